//! How is a string written?

/// Appends a string in double quotes, escaped as buildifier does it: what isn't printable ASCII byte by byte in octal.
pub(super) fn quote(text: &str, out: &mut String) {
    out.push('"');
    for byte in text.bytes() {
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            0x07 => out.push_str("\\a"),
            0x08 => out.push_str("\\b"),
            0x0b => out.push_str("\\v"),
            0x0c => out.push_str("\\f"),
            0x20..=0x7f => out.push(char::from(byte)),
            _ => {
                out.push('\\');
                for shift in [6, 3, 0] {
                    out.push(char::from(b'0' + (byte >> shift & 7)));
                }
            }
        }
    }
    out.push('"');
}

/// What a string literal stands for, prefix and quotes included; none for one with an escape that means nothing.
pub(super) fn unquote(literal: &str) -> Option<String> {
    let raw = literal.starts_with(['r', 'R']);
    let quoted = literal.trim_start_matches(['r', 'R', 'b', 'B']);
    let mark = if quoted.starts_with("\"\"\"") || quoted.starts_with("'''") { 3 } else { 1 };
    let body = quoted.get(mark..quoted.len().checked_sub(mark)?)?;
    if raw || !body.contains('\\') {
        return Some(body.into());
    }
    let mut bytes = Vec::new();
    let mut rest = body;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let escape = rest[at + 1..].chars().next()?;
        rest = &rest[at + 1 + escape.len_utf8()..];
        let mut number = |digits: usize| {
            let code = u32::from_str_radix(rest.get(..digits)?, 16).ok()?;
            rest = &rest[digits..];
            Some(code)
        };
        match escape {
            '\n' => {}
            'a' => bytes.push(0x07),
            'b' => bytes.push(0x08),
            'f' => bytes.push(0x0c),
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            't' => bytes.push(b'\t'),
            'v' => bytes.push(0x0b),
            '\\' | '\'' | '"' => bytes.push(escape as u8),
            'x' => bytes.push(u8::try_from(number(2)?).ok()?),
            'u' | 'U' => {
                let code = number(if escape == 'u' { 4 } else { 8 })?;
                bytes.extend_from_slice(char::from_u32(code)?.encode_utf8(&mut [0; 4]).as_bytes());
            }
            '0'..='7' => {
                let more = rest.bytes().take(2).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
                let octal = format!("{escape}{}", &rest[..more]);
                rest = &rest[more..];
                bytes.push(u8::from_str_radix(&octal, 8).ok()?);
            }
            _ => return None,
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> String {
        let mut out = String::new();
        quote(text, &mut out);
        out
    }

    #[test]
    fn strings_are_escaped_like_buildifier_does() {
        assert_eq!(quoted("a'b"), r#""a'b""#);
        assert_eq!(quoted("\"\\\n\t\r"), r#""\"\\\n\t\r""#);
        assert_eq!(quoted("\u{7}\u{8}\u{b}\u{c}\0\u{1b}"), r#""\a\b\v\f\000\033""#);
        assert_eq!(quoted("é"), r#""\303\251""#);
        assert_eq!(quoted("$(location :x)"), r#""$(location :x)""#);
    }

    #[test]
    fn literals_are_read() {
        for (literal, text) in [
            (r#""a""#, "a"),
            ("'a\"b'", "a\"b"),
            (
                r#""\x41\102\u00e9\n\
""#,
                "AB\u{e9}\n",
            ),
            (r#"r"a\n""#, "a\\n"),
            ("\"\"\"a\"b\"\"\"", "a\"b"),
            (r#""\303\251""#, "é"),
        ] {
            assert_eq!(unquote(literal).as_deref(), Some(text), "{literal}");
        }
        for bad in [r#""\q""#, r#""\x4""#, r#""\777""#, r#""\ud800""#, "\""] {
            assert_eq!(unquote(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_quoted_reads_back(text: String) {
            proptest::prop_assert_eq!(unquote(&quoted(&text)), Some(text));
        }
    }
}
