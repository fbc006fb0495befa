//! Which texts are identifiers, labels and paths?

/// A letter or underscore, then letters, digits and underscores, of ASCII, but none of the language's words.
pub(super) fn is_identifier(text: &str) -> bool {
    if WORDS.contains(&text) {
        return false;
    }
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What Bazel takes for no name.
const WORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "load",
    "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// What can stand behind the colon of a label.
pub(super) fn is_target_name(text: &str) -> bool {
    is_name(text) && !text.contains('\\') && !text.chars().any(char::is_control)
}

/// `//package:name`, `//package`, `:name`, `name`, the first two also behind a repository, or a repository alone.
pub(super) fn is_label(text: &str) -> bool {
    if text.chars().any(char::is_control) || text.contains('\\') {
        return false;
    }
    let Some(after) = text.strip_prefix("@@").or_else(|| text.strip_prefix('@')) else {
        return match text.strip_prefix("//") {
            Some(rest) => is_absolute(rest),
            None => is_name(text.strip_prefix(':').unwrap_or(text)),
        };
    };
    let (repository, rest) = match after.split_once("//") {
        Some((repository, rest)) => (repository, Some(rest)),
        None => (after, None),
    };
    let known = repository.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.~+-".contains(&byte));
    // `@//a` is the main repository; a repository alone has a name.
    known && rest.map_or(!repository.is_empty(), is_absolute)
}

/// What stands behind `//`.
fn is_absolute(text: &str) -> bool {
    match text.split_once(':') {
        Some((package, name)) => !package.contains(':') && is_name(name),
        None => !text.is_empty(),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(':')
}

/// A path without a slash at either end and without empty parts, `.` and `..`; or nothing.
pub(super) fn is_rel(text: &str) -> bool {
    text.is_empty() || text.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// A control character, a mark of the direction of reading, a separator of lines, or a tag.
pub(super) fn is_hidden(char: char) -> bool {
    let marks = matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    char.is_control() || marks || matches!(char, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        for good in
            ["//a:b", "//a", "//:b", ":b", "b", "a/b.go", "@r//a:b", "@r//a", "@r", "@@r~1//a", "@//a", "@r//:b"]
        {
            assert!(is_label(good), "{good}");
        }
        for bad in ["", ":", "//", "//a:", "//a:b:c", "a:b", "@", "@r:b", "@r!//a", "a\\b", "a\nb", "@r//"] {
            assert!(!is_label(bad), "{bad:?}");
        }
    }

    #[test]
    fn paths() {
        for good in ["", "a", "a/b", "..a/.b"] {
            assert!(is_rel(good), "{good}");
        }
        for bad in ["/", "/a", "a/", "a//b", ".", "a/..", "./a"] {
            assert!(!is_rel(bad), "{bad}");
        }
    }

    #[test]
    fn identifiers() {
        assert!(is_identifier("_a1") && is_identifier("A"));
        assert!(!is_identifier("load") && !is_identifier("if") && is_identifier("loads"));
        assert!(is_target_name("a/b c") && !is_target_name("a:b") && !is_target_name("a\n") && !is_target_name(""));
        assert!(!is_identifier("") && !is_identifier("1a") && !is_identifier("a-b") && !is_identifier("ä"));
    }
}
