//! How does the name of a file stand in a line?

use dorcas_host::is_shown;
use std::{borrow::Cow, fmt::Write as _};

/// A path as git and patch(1) write and read it: as it is, or between double quotes with escapes where it has a character
/// that would end the line or the name, steer a terminal, or not be seen.
pub(super) fn quoted(path: &str) -> Cow<'_, str> {
    let is_plain = |char: char| is_shown(char) && !matches!(char, '"' | '\\');
    if path.chars().all(is_plain) {
        return Cow::Borrowed(path);
    }
    let mut out = String::from("\"");
    for char in path.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char if is_shown(char) => out.push(char),
            char => {
                for byte in char.encode_utf8(&mut [0; 4]).bytes() {
                    write!(out, "\\{byte:03o}").expect("writing to a string");
                }
            }
        }
    }
    out.push('"');
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_git_writes_them() {
        for (path, line) in [
            ("a/BUILD.bazel", "a/BUILD.bazel"),
            ("a b/größe/BUILD", "a b/größe/BUILD"),
            ("a\nb\t\r", r#""a\nb\t\r""#),
            ("a\"b\\", r#""a\"b\\""#),
            ("\u{1b}[2J\u{7f}", r#""\033[2J\177""#),
            ("\u{9b}é\u{202e}", r#""\302\233é\342\200\256""#),
        ] {
            assert_eq!(quoted(path), line);
        }
    }
}
