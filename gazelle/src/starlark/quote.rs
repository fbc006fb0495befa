//! How is a string written?

use super::bytes::byte_of;

/// Which escapes a string may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    /// A backslash before anything else stands for itself.
    OfGazelle,
    OfBazel,
}

/// Appends a string in double quotes, escaped as buildifier does it: what isn't printable ASCII byte by byte in octal.
/// So is the one control character that buildifier leaves alone, DEL.
pub(super) fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut utf8 = [0; 4];
    let bytes = text.chars().flat_map(|char| {
        if let Some(byte) = byte_of(char) {
            return [Some(byte), None, None, None];
        }
        let len = char.encode_utf8(&mut utf8).len();
        [0, 1, 2, 3].map(|at| (at < len).then_some(utf8[at]))
    });
    for byte in bytes.flatten() {
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
            0x20..=0x7e => out.push(char::from(byte)),
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

/// What a string literal stands for, prefix and quotes included; `None` for one with an escape that means nothing, or
/// whose bytes are no text.
pub(super) fn unquote(literal: &str) -> Option<String> {
    let raw = literal.starts_with('r');
    let quoted = literal.trim_start_matches('r');
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

/// Whether each escape in a string, quotes left aside, is one; otherwise where one isn't, and why.
pub(super) fn check_escapes(body: &str, escapes: Escapes) -> Result<(), (usize, String)> {
    let bytes = body.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &bytes[at..]) {
        let start = at + found;
        let code = bytes.get(start + 1).copied().unwrap_or(b'\\');
        at = start + 2;
        let hex = |digits: usize| {
            let digits = body.get(start + 2..start + 2 + digits).unwrap_or_default();
            // As in Gazelle, there may be a sign.
            i64::from_str_radix(digits, 16).ok()
        };
        let is_good = match (code, escapes) {
            (b'0'..=b'7', _) => {
                let digits = bytes[start + 1..].iter().take(3).take_while(|byte| (b'0'..=b'7').contains(byte));
                digits.fold(0, |code, digit| code * 8 + u32::from(digit - b'0')) < 256
            }
            (b'\n' | b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'\\' | b'\'' | b'"', _) => true,
            (_, Escapes::OfBazel) => false,
            (b'x', _) => hex(2).is_some(),
            (b'u', _) => hex(4).is_some_and(|code| !(0xd800..=0xdfff).contains(&code)),
            (b'U', _) => hex(8).is_some_and(|code| !(0xd800..=0xdfff).contains(&code) && code <= 0x0010_ffff),
            _ => true,
        };
        if !is_good {
            let shown: String = body[start..].chars().take(4).collect();
            return Err((start, format!("the escape that begins with `{shown}` means nothing")));
        }
    }
    Ok(())
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
