//! What does a Python file say?
//!
//! Its imports, its annotations for Gazelle, and whether it is a program. Nothing else of it counts, so that this is all that
//! has to be kept of a file.

mod deep;

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::Ranged;
use serde::{Deserialize, Serialize};

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) imports: Vec<Import>,
    /// `# gazelle:ignore`: modules whose import counts for nothing.
    pub(crate) ignore: Vec<String>,
    /// `# gazelle:include_dep`: labels that the rule depends on.
    pub(crate) include_deps: Vec<String>,
    /// `# gazelle:include_pytest_conftest`, the last one.
    pub(crate) include_conftest: Option<bool>,
    /// Whether it has `if __name__ == "__main__":` at its top.
    pub(crate) is_program: bool,
    /// Whether there is nothing in it at all.
    pub(crate) is_empty: bool,
    pub(crate) problems: Vec<Problem>,
}

/// A module, or a name in a module, that is imported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Import {
    /// `a.b` for `import a.b`, `a.b.c` for `from a.b import c`; with its dots in front where it is relative.
    pub(crate) name: String,
    /// `a.b` for `from a.b import c`; empty for `import a.b`.
    pub(crate) from: String,
    /// From 1.
    pub(crate) line: u32,
    /// Whether it stands below `if TYPE_CHECKING:`.
    pub(crate) for_types: bool,
}

/// Something the user should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Problem {
    /// The parser doesn't take it for Python; what it could read counts all the same.
    Syntax { message: String, line: u32 },
    /// An annotation without a value. Nothing can be done until it is gone.
    NoValue { comment: String, line: u32 },
    /// Too deep for the parser, which calls itself for each level; read line by line.
    Deep,
    /// A value of `include_pytest_conftest` that is neither true nor false.
    NoBool { value: String, comment: String, line: u32 },
}

/// Reads a file.
///
/// Bytes that are no UTF-8 stand in strings and comments of old files; they make no difference here.
pub(crate) fn facts(file: &[u8]) -> Facts {
    let text = String::from_utf8_lossy(file);
    let facts = if deep::is_deep(&text) { deep::facts(&text) } else { parsed_facts(&text) };
    Facts { is_empty: file.is_empty(), ..facts }
}

fn parsed_facts(text: &str) -> Facts {
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    let mut reader = Reader::new(text, parsed.tokens());
    reader.read();
    let mut facts = reader.facts;
    if let Some(error) = parsed.errors().first() {
        let line = Lines::new(text).line(error.location.start().to_usize());
        facts.problems.push(Problem::Syntax { message: error.error.to_string(), line });
    }
    facts
}

/// Finds lines for offsets that only rise.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    fn line(&mut self, offset: usize) -> u32 {
        let passed = self.text.get(self.at..offset).unwrap_or_default();
        for (index, byte) in passed.iter().enumerate() {
            let ends = match byte {
                b'\n' => true,
                b'\r' => self.text.get(self.at + index + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line += u32::from(ends);
        }
        self.at = self.at.max(offset);
        self.line
    }
}

/// Reads the tokens of a file. An import is found wherever a statement may begin, so that nothing deep or broken around it
/// makes a difference.
struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    lines: Lines<'a>,
    /// For each block around this place, whether it is for types alone.
    blocks: Vec<bool>,
    /// The block that begins next.
    next_block: Option<bool>,
    /// Whether the rest of this line is for types alone: `if TYPE_CHECKING: import a`.
    line_for_types: bool,
    facts: Facts,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Self {
            text,
            tokens,
            at: 0,
            lines: Lines::new(text),
            blocks: Vec::new(),
            next_block: None,
            line_for_types: false,
            facts: Facts::default(),
        }
    }

    fn read(&mut self) {
        // Whether a statement may begin here, and how many brackets are open.
        let (mut begins, mut open) = (true, 0_u32);
        while let Some(token) = self.tokens.get(self.at) {
            let kind = token.kind();
            match kind {
                TokenKind::Comment => self.comment(token),
                TokenKind::NonLogicalNewline => {}
                TokenKind::Indent => {
                    let for_types = self.next_block.take().unwrap_or(false) || self.for_types();
                    self.blocks.push(for_types);
                    begins = true;
                }
                TokenKind::Dedent => {
                    self.blocks.pop();
                    begins = true;
                }
                TokenKind::Newline => {
                    self.line_for_types = false;
                    (begins, open) = (true, 0);
                }
                TokenKind::Semi => begins = open == 0,
                // Behind the header of a block; in a lambda, an annotation or a slice no statement follows.
                TokenKind::Colon if open == 0 => begins = true,
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => (begins, open) = (false, open + 1),
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                    (begins, open) = (false, open.saturating_sub(1));
                }
                TokenKind::Import if begins => {
                    self.import();
                    begins = false;
                    continue;
                }
                TokenKind::From if begins => {
                    self.import_from();
                    begins = false;
                    continue;
                }
                TokenKind::If if begins => {
                    self.next_block = None;
                    self.header();
                    begins = false;
                }
                // PEP 810.
                TokenKind::Lazy if begins => {}
                _ => {
                    if begins {
                        self.next_block = None;
                    }
                    begins = false;
                }
            }
            self.at += 1;
        }
    }

    fn for_types(&self) -> bool {
        self.line_for_types || self.blocks.last() == Some(&true)
    }

    /// The tokens from here on, without comments and line breaks between brackets.
    fn ahead(&self, from: usize) -> impl Iterator<Item = &'a Token> + use<'a> {
        let tokens = self.tokens;
        tokens[from.min(tokens.len())..].iter().filter(|token| !token.kind().is_trivia())
    }

    fn text_of(&self, token: &Token) -> &'a str {
        self.text.get(token.range().to_std_range()).unwrap_or_default()
    }

    /// `if` at the beginning of a statement.
    fn header(&mut self) {
        let mut ahead = self.ahead(self.at + 1);
        let mut next = || ahead.next().map_or((TokenKind::EndOfFile, ""), |token| (token.kind(), self.text_of(token)));
        let [first, second, third, fourth] = [next(), next(), next(), next()];
        let is_for_types = matches!((first, second.0), ((TokenKind::Name, "TYPE_CHECKING"), TokenKind::Colon))
            || matches!(
                (first, second.0, third, fourth.0),
                ((TokenKind::Name, "typing"), TokenKind::Dot, (TokenKind::Name, "TYPE_CHECKING"), TokenKind::Colon)
            );
        let is_main = |(kind, text): (TokenKind, &str)| {
            let inner = text.get(1..text.len().saturating_sub(1));
            kind == TokenKind::String && inner == Some("__main__")
        };
        let is_name = |token| token == (TokenKind::Name, "__name__");
        let is_program = self.blocks.is_empty()
            && second.0 == TokenKind::EqEqual
            && fourth.0 == TokenKind::Colon
            && (is_name(first) && is_main(third) || is_main(first) && is_name(third));
        self.facts.is_program |= is_program;
        if is_for_types {
            self.next_block = Some(true);
            self.line_for_types = true;
        }
    }

    /// A dotted name, and the place behind it.
    fn dotted(&self, start: usize) -> (String, usize) {
        let (mut name, mut behind) = (String::new(), start);
        for (at, token) in self.tokens.iter().enumerate().skip(start) {
            let text = match token.kind() {
                TokenKind::Dot => ".",
                TokenKind::Ellipsis => "...",
                TokenKind::Name => self.text_of(token),
                // Words of the language only here and there: `match`, `type`.
                kind if kind.is_soft_keyword() => self.text_of(token),
                kind if kind.is_trivia() => continue,
                _ => break,
            };
            // `a b` is no name.
            if !text.starts_with('.') && !name.is_empty() && !name.ends_with('.') {
                break;
            }
            name.push_str(text);
            behind = at + 1;
        }
        (name, behind)
    }

    fn push(&mut self, name: String, from: &str, at: usize) {
        let token = self.tokens[at..].iter().find(|token| !token.kind().is_trivia());
        let line = self.lines.line(token.map_or(0, |token| token.start().to_usize()));
        let for_types = self.for_types();
        self.facts.imports.push(Import { name, from: from.to_owned(), line, for_types });
    }

    /// `import a.b as c, d`
    fn import(&mut self) {
        self.at += 1;
        loop {
            let start = self.at;
            let (name, behind) = self.dotted(start);
            self.at = behind;
            if !name.is_empty() && !name.starts_with('.') {
                self.push(name, "", start);
            }
            if !self.alias_and_comma() {
                return;
            }
        }
    }

    /// `from a import (b as c, d)`
    fn import_from(&mut self) {
        let (from, behind) = self.dotted(self.at + 1);
        self.at = behind;
        if self.tokens.get(self.at).map(Token::kind) != Some(TokenKind::Import) {
            return;
        }
        self.at += 1;
        // A package's own names, and what is no module.
        let counts = from != "." && from != "__future__" && !from.is_empty();
        loop {
            self.skip(|kind| kind.is_trivia() || kind == TokenKind::Lpar);
            let start = self.at;
            let (name, behind) = match self.tokens.get(start).map(Token::kind) {
                Some(TokenKind::Star) => ("*".to_owned(), start + 1),
                _ => self.dotted(start),
            };
            self.at = behind;
            if counts && !name.is_empty() {
                self.push(format!("{from}.{name}"), &from, start);
            }
            if !self.alias_and_comma() {
                break;
            }
        }
        self.skip(|kind| kind.is_trivia() && kind != TokenKind::Comment || kind == TokenKind::Rpar);
    }

    fn skip(&mut self, skipped: impl Fn(TokenKind) -> bool) {
        while self.tokens.get(self.at).is_some_and(|token| skipped(token.kind())) {
            self.at += 1;
        }
    }

    /// Goes on behind `as c` and a comma; whether there was a comma.
    fn alias_and_comma(&mut self) -> bool {
        let begins = self.at;
        self.skip(|kind| kind.is_trivia());
        if self.tokens.get(self.at).map(Token::kind) == Some(TokenKind::As) {
            self.at += 1;
            self.skip(|kind| kind.is_trivia() || kind == TokenKind::Name || kind.is_soft_keyword());
        }
        if self.tokens.get(self.at).map(Token::kind) == Some(TokenKind::Comma) {
            self.at += 1;
            return true;
        }
        // A comment behind the statement is one of its own, a comment between its brackets is not.
        if !matches!(self.tokens.get(self.at).map(Token::kind), Some(TokenKind::Rpar)) {
            self.at = begins;
            self.skip(|kind| kind == TokenKind::As || kind == TokenKind::Name);
        }
        false
    }

    /// `# gazelle:name value`
    fn comment(&mut self, token: &Token) {
        let comment = self.text_of(token);
        let Some(annotation) = comment.trim_start_matches(['#', ' ']).strip_prefix("gazelle:") else { return };
        let line = self.lines.line(token.start().to_usize());
        let Some((name, value)) = annotation.split_once(' ') else {
            self.facts.problems.push(Problem::NoValue { comment: comment.to_owned(), line });
            return;
        };
        let values = || value.split(',').filter(|value| !value.is_empty()).map(|value| value.trim().to_owned());
        match name {
            "ignore" => self.facts.ignore.extend(values()),
            "include_dep" => self.facts.include_deps.extend(values()),
            "include_pytest_conftest" => {
                if let Some(include) = parse_bool(value) {
                    self.facts.include_conftest = Some(include);
                } else {
                    let (value, comment) = (value.to_owned(), comment.to_owned());
                    self.facts.problems.push(Problem::NoBool { value, comment, line });
                }
            }
            _ => {}
        }
    }
}

/// A truth value, in the spellings that Go takes.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn imports(text: &str) -> Vec<String> {
        let shown = |import: Import| {
            let types = if import.for_types { " for types" } else { "" };
            format!("{}: {} from {:?}{types}", import.line, import.name, import.from)
        };
        facts(text.as_bytes()).imports.into_iter().map(shown).collect()
    }

    #[test]
    fn each_form_of_import() {
        assert_eq!(
            imports(
                "import a.b as c, d\nfrom e.f import (\n  g as h, # ,\n  i,\n)\nfrom j import *\nfrom ..k import l; import m\n\
                 def f():\n  if x: import n\n  async def g(): from .... import o\nfrom . import p\nfrom \\\n  q \\\n  import r\n"
            ),
            [
                "1: a.b from \"\"",
                "1: d from \"\"",
                "3: e.f.g from \"e.f\"",
                "4: e.f.i from \"e.f\"",
                "6: j.* from \"j\"",
                "7: ..k.l from \"..k\"",
                "7: m from \"\"",
                "9: n from \"\"",
                "10: .....o from \"....\"",
                "14: q.r from \"q\"",
            ]
        );
    }

    #[test]
    fn what_is_no_import() {
        assert_eq!(
            imports(
                "x = 'import a'\n\"\"\"\nimport b\n\"\"\"\n# import c\ndef f():\n  yield from d\nraise E from e\n\
                 from __future__ import annotations\nf'{import_}'\n"
            ),
            [""; 0]
        );
    }

    #[test]
    fn for_types_alone() {
        assert_eq!(
            imports(
                "if TYPE_CHECKING:\n  import a\n  if x:\n    import b\nelse:\n  import c\nif typing.TYPE_CHECKING: import d\nimport e\n\
                 if TYPE_CHECKING or x:\n  import f\nif not TYPE_CHECKING:\n  import g\n"
            ),
            [
                "2: a from \"\" for types",
                "4: b from \"\" for types",
                "6: c from \"\"",
                "7: d from \"\" for types",
                "8: e from \"\"",
                "10: f from \"\"",
                "12: g from \"\""
            ]
        );
    }

    #[test]
    fn a_file_that_is_broken_has_its_imports() {
        let text = "import a\nprint 'x'\nexec code in d\ndef f(:\n  pass\nimport b\n";
        assert_eq!(imports(text), ["1: a from \"\"", "6: b from \"\""]);
        let facts = facts(text.as_bytes());
        assert!(matches!(facts.problems[..], [Problem::Syntax { line: 2, .. }]), "{:?}", facts.problems);
    }

    #[test]
    fn bytes_that_are_no_utf_8() {
        let facts = facts(b"# -*- coding: latin-1 -*-\n# \xe9\ns = '\xe9'\nimport a\r\nimport b\rimport c\n");
        assert_eq!(facts.problems, []);
        let lines: Vec<_> = facts.imports.iter().map(|import| (&*import.name, import.line)).collect();
        assert_eq!(lines, [("a", 4), ("b", 5), ("c", 6)]);
        assert_eq!(imports("\u{feff}import a\n"), ["1: a from \"\""]);
    }

    #[test]
    fn programs() {
        let is_program = |text: &str| facts(text.as_bytes()).is_program;
        assert!(is_program("if __name__ == '__main__':\n  f()\n"));
        assert!(is_program("if \"__main__\" == __name__: f()\n"));
        assert!(!is_program("def f():\n  if __name__ == '__main__':\n    g()\n"));
        assert!(!is_program("if __name__ == 'main':\n  f()\n"));
        assert!(!is_program("if __name__ != '__main__':\n  f()\n"));
    }

    #[test]
    fn annotations() {
        let facts = facts(
            b"# gazelle:ignore a, b,c\nimport x  # gazelle:ignore d\n#gazelle:include_dep //e:f,:g\n\
              # gazelle:include_pytest_conftest true\n# gazelle:include_pytest_conftest F\n# gazelle:include_pytest_conftest yes\n\
              def f():\n  '''# gazelle:ignore z'''\n  # gazelle:include_dep\n# not gazelle:ignore y\n",
        );
        assert_eq!(facts.ignore, ["a", "b", "c", "d"]);
        assert_eq!(facts.include_deps, ["//e:f", ":g"]);
        assert_eq!(facts.include_conftest, Some(false));
        let yes =
            Problem::NoBool { value: "yes".into(), comment: "# gazelle:include_pytest_conftest yes".into(), line: 6 };
        assert_eq!(facts.problems, [yes, Problem::NoValue { comment: "# gazelle:include_dep".into(), line: 9 }]);
    }

    /// What tests/trees compares with what Python's own parser says: path, line, name, module and whether it is for types.
    #[test]
    #[ignore = "tests/trees runs it, on the files that PYTHON_FILES lists"]
    fn of_the_files_of_a_list() {
        let list = std::fs::read_to_string(std::env::var_os("PYTHON_FILES").expect("a list of files")).unwrap();
        let mut out = String::new();
        for path in list.lines() {
            let facts = facts(&std::fs::read(path).unwrap());
            let broken = facts.problems.iter().any(|problem| matches!(problem, Problem::Syntax { .. }));
            writeln!(out, "{path}\t{}\t{}", u8::from(broken), u8::from(facts.is_program)).unwrap();
            for Import { name, from, line, .. } in facts.imports {
                writeln!(out, "\t{line}\t{name}\t{from}").unwrap();
            }
        }
        std::fs::write(std::env::var_os("PYTHON_FACTS").expect("where to write"), out).unwrap();
    }
}
