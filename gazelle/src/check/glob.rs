//! Is a text a glob of the ABI? What compares globs with paths takes more than these.

/// What is wrong with a glob, if anything is.
pub(super) fn fault(glob: &str) -> Option<&'static str> {
    let mut rest = glob;
    // Where alternatives begin, of all braces that are open.
    let mut open: Vec<usize> = Vec::new();
    let at = |rest: &str| glob.len() - rest.len();
    while let Some(first) = rest.chars().next() {
        let here = at(rest);
        rest = &rest[first.len_utf8()..];
        match first {
            '*' if rest.starts_with('*') => {
                rest = &rest[1..];
                let begins = here == 0 || glob[..here].ends_with('/') || open.last() == Some(&here);
                let ends = rest.is_empty() || rest.starts_with('/') || !open.is_empty() && rest.starts_with([',', '}']);
                if !begins || !ends {
                    return Some("two asterisks stand for directories, between slashes or at an end");
                }
            }
            '[' => match class(rest) {
                Ok(end) => rest = &rest[end..],
                Err(fault) => return Some(fault),
            },
            '{' => open.push(at(rest)),
            ',' | '}' if !open.is_empty() => {
                if open.pop() == Some(here) {
                    return Some("an alternative is empty");
                }
                if first == ',' {
                    open.push(at(rest));
                }
            }
            '}' => return Some("a brace closes nothing"),
            '\\' => match rest.chars().next() {
                Some(escaped) => rest = &rest[escaped.len_utf8()..],
                None => return Some("it ends in a backslash"),
            },
            _ => {}
        }
    }
    if open.is_empty() { None } else { Some("a brace is not closed") }
}

/// Where a class ends, from behind its bracket.
fn class(text: &str) -> Result<usize, &'static str> {
    let start = usize::from(text.starts_with('!'));
    let len = text[start..].char_indices().skip(1).find(|(_, char)| *char == ']').map(|(end, _)| end);
    let listed = &text[start..start + len.ok_or("a bracket is not closed")?];
    if !listed.is_ascii() {
        return Err("a class lists characters of ASCII");
    }
    let mut bytes = listed.as_bytes();
    while let [from, rest @ ..] = bytes {
        bytes = rest;
        if let [b'-', to, behind @ ..] = rest {
            if from > to {
                return Err("a range of a class ends before it begins");
            }
            bytes = behind;
        }
    }
    Ok(start + listed.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_of_the_table() {
        for good in [
            "*.proto",
            "a?b",
            "[abc]",
            "[a-z0-9_]",
            "[!-~]",
            "[a/]",
            "[!abc]",
            "[]a]",
            "[!]]",
            "[-a]",
            "[a-]",
            "{a,b}",
            "{a,{b,c}}*",
            "**/a",
            "a/**/b",
            "a/**",
            "**",
            "{**/a,b/**}",
            r"\*\{",
            "größe",
            "a,b",
            "a]",
            "",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "***", "a**", "**a", "a/**b", "a**/b", "{a,**b}", "{a", "a}", "{a,}", "{}", "{,a}", "[a", "[]", "[!]",
            "[ä]", "[z-a]", r"a\",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
