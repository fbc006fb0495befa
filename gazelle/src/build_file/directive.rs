//! What is a directive?

use dorcas_abi::message::Directive;

/// The directive that a comment is: `# gazelle:key value`.
pub(crate) fn directive(comment: &str) -> Option<Directive> {
    let text = comment.strip_prefix('#')?.trim_start();
    key_value(text.strip_prefix("gazelle:")?)
}

/// The directive that a line of a directive file is: the same, or `key value`. Nothing, and a comment that isn't a
/// directive, is none.
pub(crate) fn directive_in_file(line: &str) -> Result<Option<Directive>, String> {
    if line.starts_with('#') {
        return Ok(directive(line));
    }
    match key_value(line) {
        Some(found) if found.key == "gazelle" => {
            Err(format!("`{line}` is not a directive: it has to be `# gazelle:key value` or `key value`"))
        }
        found => Ok(found),
    }
}

fn key_value(text: &str) -> Option<Directive> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let end = text.bytes().position(|byte| !is_word(byte)).unwrap_or(text.len());
    let key = text[..end].to_owned();
    (end > 0).then(|| Directive { key, value: text[end..].trim().into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(found: Option<Directive>) -> String {
        found.map_or_else(|| "none".into(), |found| format!("{}={}", found.key, found.value))
    }

    #[test]
    fn a_comment_may_be_a_directive() {
        for (comment, directive_text) in [
            ("# gazelle:exclude a b ", "exclude=a b"),
            ("#gazelle:ignore", "ignore="),
            ("# gazelle:a:b", "a=:b"),
            ("# gazelle: a", "none"),
            ("## gazelle:a", "none"),
            ("# x gazelle:a", "none"),
        ] {
            assert_eq!(shown(directive(comment)), directive_text, "{comment}");
        }
    }

    #[test]
    fn a_directive_file_may_leave_the_prefix_out() {
        let shown = |line| directive_in_file(line).map(shown);
        assert_eq!(shown("proto file").unwrap(), "proto=file");
        assert_eq!(shown("# gazelle:proto  file").unwrap(), "proto=file");
        assert_eq!(shown("# proto file").unwrap(), "none");
        assert_eq!(shown("").unwrap(), "none");
        assert_eq!(
            shown("gazelle:proto file").unwrap_err(),
            "`gazelle:proto file` is not a directive: it has to be `# gazelle:key value` or `key value`"
        );
    }
}
