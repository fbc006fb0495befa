//! Any text wherever a reply has one that gets into a BUILD file.

use arbitrary::{Arbitrary, Unstructured};
use dorcas_gazelle::inside::{Generated, Refused, Statement, fixed, merged, statements};
use dorcas_host::abi::message::{
    Attr, Edit, Kind, ListEntry, LoadInfo, Rule, SelectBranch, StringEntry, Symbol, Value,
};

/// What stands in the file before.
const FILE: &str = "load(\":own.bzl\", \"own\")\n\n# About it.\nown(name = \"own\")\n\nlib(\n    name = \"old\",\n    x = [\"1\"],\n)\n";

/// The reply is refused, or the file that comes of it can be read, has nothing in it that can't be seen, says what the reply
/// says and no more, and is the same when it is made again.
pub fn reply_texts(data: &[u8]) {
    let mut wish = Unstructured::new(data);
    let (Ok(place), Ok(pieces)) = (wish.arbitrary::<u8>(), wish.arbitrary::<Vec<Piece<'_>>>()) else { return };
    let text: String = pieces.into_iter().take(8).map(Piece::text).collect();

    for file in ["", FILE] {
        let generated = generated(place, &text);
        let Some(once) = allowed(merged(file, &generated)) else { continue };
        assert_sound(file, &once, 1);
        assert_eq!(merged(&once, &generated).as_ref(), Ok(&once), "the second time, from {file:?}");
    }
    for (edit, more) in edits(&text) {
        let Some(once) = allowed(fixed(FILE, vec![edit])) else { continue };
        assert_sound(FILE, &once, more);
    }
}

fn allowed(result: Result<String, Refused>) -> Option<String> {
    match result {
        Ok(text) => Some(text),
        Err(Refused::Change(_)) => None,
        Err(refused) => panic!("{refused:?}"),
    }
}

/// The new file has what it had and at most so many rules more, whatever is loaded left aside.
fn assert_sound(old: &str, new: &str, more: usize) {
    let count = |text: &str| {
        let all: Vec<Statement> = statements(text).unwrap_or_else(|fault| panic!("{fault:?} in {text:?}"));
        assert!(all.iter().all(|statement| statement.is_load || statement.rule.is_some()), "{text:?}");
        all.into_iter().filter(|statement| !statement.is_load).count()
    };
    assert!(count(new) <= count(old) + more, "{new:?}");
    assert!(!new.chars().any(|char| char != '\n' && char != '\t' && steers(char)), "{new:?}");
    assert_eq!(new.matches("own(name = \"own\")").count(), old.matches("own(name = \"own\")").count(), "{new:?}");
}

fn steers(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A rule that has the text in one place.
fn generated(place: u8, text: &str) -> Generated {
    let text = text.to_owned();
    let kind = Kind { name: "lib".into(), mergeable_attrs: vec!["x".into()], ..Kind::default() };
    let load = LoadInfo { file: "//:lib.bzl".into(), symbols: vec!["lib".into()], ..LoadInfo::default() };
    let mut attr = Attr { name: "x".into(), value: Value::Bool(true), ..Attr::default() };
    let mut rule = Rule { kind: "lib".into(), name: "new".into(), ..Rule::default() };
    match place % 14 {
        0 => rule.kind = text,
        1 => rule.name = text,
        2 => rule.args = vec![text],
        3 => rule.comments = vec![text],
        4 => attr.name = text,
        5 => attr.comments = vec![text],
        6 => attr.value = Value::String(text),
        7 => attr.value = Value::Strings(vec![text]),
        8 => attr.value = Value::Label(text),
        9 => attr.value = Value::Glob { include: vec![text], exclude: vec![] },
        10 => attr.value = Value::StringDict(vec![StringEntry { key: text.clone(), value: text }]),
        11 => attr.value = Value::ListDict(vec![ListEntry { key: text.clone(), values: vec![text] }]),
        12 => attr.value = Value::Select(vec![SelectBranch { condition: text.clone(), values: vec![text] }]),
        _ => attr.value = Value::Raw(text),
    }
    rule.attrs = vec![attr];
    Generated { kinds: vec![kind], loads: vec![load], rules: vec![rule], ..Generated::default() }
}

/// Edits that have the text in one place, and how many rules each adds.
fn edits(text: &str) -> Vec<(Edit, usize)> {
    let symbol = |from: &str, to: &str| vec![Symbol { from: from.into(), to: to.into() }];
    let attr = Attr { name: "x".into(), value: Value::Raw(text.into()), ..Attr::default() };
    let new = Rule { kind: text.into(), name: "new".into(), ..Rule::default() };
    vec![
        (Edit::SetKind { rule: 1, kind: text.into() }, 0),
        (Edit::SetName { rule: 1, name: text.into() }, 0),
        (Edit::SetAttr { rule: 1, attr }, 0),
        (Edit::DeleteAttr { rule: 1, name: text.into() }, 0),
        (Edit::AppendRule { rule: new }, 1),
        (Edit::SetLoad { load: 0, name: text.into(), symbols: symbol("a", "a") }, 0),
        (Edit::SetLoad { load: 0, name: ":a.bzl".into(), symbols: symbol("a", text) }, 0),
        (Edit::InsertLoad { load: 1, name: ":a.bzl".into(), symbols: symbol(text, "b") }, 0),
        (Edit::InsertLoad { load: 0, name: ":a.bzl".into(), symbols: symbol(text, text) }, 0),
        (Edit::InsertLoad { load: 0, name: text.into(), symbols: vec![] }, 0),
    ]
}

/// A part of a text: what leaves its place most easily, or anything.
#[derive(Arbitrary)]
enum Piece<'a> {
    Known(u8),
    Any(&'a str),
}

impl Piece<'_> {
    fn text(self) -> String {
        const KNOWN: [&str; 64] = [
            "a",
            "b",
            "x",
            "1",
            "\"a\"",
            "'b'",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            ".",
            "=",
            " ",
            "\n",
            "\t",
            "\r",
            "\\",
            "\\\n",
            "#",
            "# a",
            "\"",
            "'",
            "\"\"\"",
            "+",
            "-",
            "*",
            "**",
            "not ",
            " in ",
            " if ",
            " else ",
            " for ",
            "lambda: ",
            "load",
            "True",
            "def",
            ";",
            ":=",
            "<>",
            "@",
            "`",
            "...",
            "f\"\"",
            "r\"\"",
            "b\"\"",
            "\0",
            "\u{1b}[1A",
            "\u{7f}",
            "\u{9b}",
            "\u{202e}",
            "\u{2066}",
            "\u{61c}",
            "\u{2028}",
            "\u{85}",
            "\u{c}",
            "\u{feff}",
            "é",
            "//a:b",
            "{1, 2}",
            "1, y = 2",
        ];
        match self {
            Self::Known(index) => KNOWN[index as usize % KNOWN.len()].into(),
            Self::Any(text) => text.into(),
        }
    }
}
