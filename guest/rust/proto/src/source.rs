//! What does a `.proto` file say?

use dorcas_guest::message::{File, FileData, Match};
use std::borrow::Cow;

/// What the rules of a directory need to know of a file. Almost all of it stands in the request as it is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Source<'a> {
    pub(crate) name: &'a str,
    /// The proto package that it declares first; empty without one.
    pub(crate) package: &'a str,
    pub(crate) imports: Vec<Cow<'a, str>>,
    /// The options at its top that have a string for a value, in its order.
    pub(crate) options: Vec<(&'a str, Cow<'a, str>)>,
    /// Names of its services, in its order.
    pub(crate) services: Vec<&'a str>,
}

/// The statements that are looked for, by the index of their expression in [`patterns`].
const IMPORT: u32 = 1;
const PACKAGE: u32 = 2;
const OPTION: u32 = 3;
const SERVICE: u32 = 4;

/// The regular expressions that the host runs over each file. Together they find what Gazelle's one finds: comments
/// begin no statement, strings may hold escapes, and what is within braces is not told apart from what is not. For Gazelle
/// only lines that begin with two slashes are comments; here `/*` begins one too, unless it stands in a string.
///
/// Gazelle looks for messages and enums too, which no rule depends on.
pub(crate) fn patterns() -> Vec<String> {
    let escape = r#"\\(?:[xX][0-9a-fA-F]{2}|[0-7]{3}|[abfnrtv'"\\])"#;
    // A string goes on to the end of its line at most. In Gazelle one that goes further ends the run with a panic.
    let string = format!(r#"'(?:[^\x00\n'\\]|{escape})*'|"(?:[^\x00\n"\\]|{escape})*""#);
    let ident = "[A-Za-z][A-Za-z0-9_]*";
    let name = format!(r"{ident}(?:\.{ident})*");
    let line = r"//[^\n]*";
    let block = r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/";
    // What may stand between the parts of a statement.
    let gap = format!(r"(?:\s|{line}\n|{block})*");
    vec![
        line.into(),
        format!(r"\bimport{gap}(?:public|weak)?{gap}({string}){gap};"),
        format!(r"\bpackage{gap}({name}){gap};"),
        format!(r"\boption{gap}({name}){gap}={gap}({string}){gap};"),
        format!(r"service\s+({ident})\s*\{{"),
        block.into(),
        string,
    ]
}

impl<'a> Source<'a> {
    /// Takes together what was found in a file.
    pub(crate) fn read(file: &'a File) -> Self {
        let mut source = Self { name: &file.name, ..Self::default() };
        if let FileData::Matches(matches) = &file.data {
            for found in matches {
                source.statement(found);
            }
        }
        source
    }

    fn statement(&mut self, found: &'a Match) {
        let group =
            |index: usize| -> &'a [u8] { found.groups.get(index).and_then(Option::as_deref).unwrap_or_default() };
        // Names have no byte but ASCII's, by their expression.
        let word = |index| str::from_utf8(group(index)).unwrap_or_default();
        match found.pattern {
            IMPORT => self.imports.push(unquote(group(0))),
            PACKAGE if self.package.is_empty() => self.package = word(0),
            OPTION => self.options.push((word(0), unquote(group(1)))),
            SERVICE => self.services.push(word(0)),
            _ => {}
        }
    }
}

/// The text that a string literal means. Bytes that are no UTF-8 become replacement characters, as they do in Gazelle.
fn unquote(literal: &[u8]) -> Cow<'_, str> {
    let inner = literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default();
    if !inner.contains(&b'\\')
        && let Ok(text) = str::from_utf8(inner)
    {
        return Cow::Borrowed(text);
    }
    Cow::Owned(unescape(inner))
}

fn unescape(mut rest: &[u8]) -> String {
    let mut text = Vec::with_capacity(rest.len());
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let Some((&escaped, after)) = after.split_first().filter(|_| byte == b'\\') else {
            text.push(byte);
            continue;
        };
        rest = after;
        text.push(match escaped {
            b'a' => 0x07,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            b'x' | b'X' => number(&mut rest, None, 2, 16),
            b'0'..=b'7' => number(&mut rest, Some(escaped), 2, 8),
            other => other,
        });
    }
    String::from_utf8(text).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The low byte of a number of so many digits, after a first one where there is one.
fn number(rest: &mut &[u8], first: Option<u8>, digits: usize, radix: u32) -> u8 {
    let (taken, after) = rest.split_at(digits.min(rest.len()));
    *rest = after;
    let digits = first.iter().chain(taken).filter_map(|&digit| char::from(digit).to_digit(radix));
    let value = digits.fold(0, |value, digit| value * radix + digit);
    value.to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use dorcas_guest::Bytes;

    #[test]
    fn strings() {
        for (literal, text) in [
            (r#""a/b.proto""#, "a/b.proto"),
            (r#"'a"b'"#, "a\"b"),
            (r#""a\"b\'c\\d""#, "a\"b'c\\d"),
            (r#""\x41\X42\103\n""#, "ABC\n"),
            (r#""\303\274""#, "\u{fc}"),
            (r#""\377""#, "\u{fffd}"),
            (r#""""#, ""),
        ] {
            assert_eq!(unquote(literal.as_bytes()), text, "{literal}");
        }
    }

    #[test]
    fn the_first_package_counts_and_every_option() {
        let found = |pattern, groups: &[&str]| Match {
            pattern,
            groups: groups.iter().map(|group| Some(Bytes::from(group.as_bytes()))).collect(),
        };
        let data = FileData::Matches(vec![
            found(PACKAGE, &["a.b"]),
            found(OPTION, &["go_package", "\"x\""]),
            found(PACKAGE, &["c"]),
            found(IMPORT, &["'d.proto'"]),
            found(OPTION, &["go_package", "\"y\""]),
            found(SERVICE, &["S"]),
        ]);
        assert_eq!(
            Source::read(&File { name: "f.proto".into(), data }),
            Source {
                name: "f.proto",
                package: "a.b",
                imports: vec!["d.proto".into()],
                options: vec![("go_package", "x".into()), ("go_package", "y".into())],
                services: vec!["S"],
            }
        );
    }
}
