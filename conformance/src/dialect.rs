//! Are a glob and a regular expression within the dialects of the specification, and what is an example of them?
//!
//! Hosts may accept more. A guest that counts on more runs on some hosts.

use crate::numbers::Numbers;
use dorcas_abi::{
    message::MAX_PATTERN_POSITIONS,
    pattern::{self, Fault, Size},
};
use regex_syntax::{
    ast::{
        self, AssertionKind, Ast, ClassSet, ClassSetItem, Flag, FlagsItemKind, HexLiteralKind, Literal, LiteralKind,
    },
    hir::{Class, Hir, HirKind, translate::TranslatorBuilder},
};

/// Most braces within braces of a glob.
const MAX_DEPTH: u32 = 8;
/// Most globs that one with braces stands for.
const MAX_ALTERNATIVES: u64 = 1_000;

/// What is wrong with a regular expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PatternFault {
    /// It is nested too deep.
    Depth,
    /// It is not in the dialect.
    Dialect(String),
}

/// Says whether a glob is one, and gives a path that it matches.
pub(crate) fn glob(glob: &str) -> Result<String, String> {
    let mut reader = Glob { rest: glob, path: String::new(), at_start: true, depth: 0, count: 1 };
    reader.run(false)?;
    if reader.rest.is_empty() { Ok(reader.path) } else { Err(format!("there is a `{}` too many", &reader.rest[..1])) }
}

struct Glob<'a> {
    rest: &'a str,
    path: String,
    /// Whether nothing of the path stands in front.
    at_start: bool,
    /// Braces within braces.
    depth: u32,
    /// For how many globs it stands up to here, within the innermost braces.
    count: u64,
}

impl Glob<'_> {
    fn next(&mut self) -> Option<char> {
        let char = self.rest.chars().next()?;
        self.rest = &self.rest[char.len_utf8()..];
        Some(char)
    }

    /// Reads up to the end, or up to the comma or brace that ends an alternative.
    fn run(&mut self, alternative: bool) -> Result<(), String> {
        while let Some(first) = self.rest.chars().next() {
            if alternative && matches!(first, ',' | '}') {
                return Ok(());
            }
            if self.rest.starts_with("**") {
                self.stars(alternative)?;
                continue;
            }
            self.next();
            match first {
                '?' | '*' => self.path.push('x'),
                '[' => self.class()?,
                '{' => self.alternatives()?,
                '\\' => {
                    let char = self.next().ok_or("it ends in a backslash")?;
                    self.path.push(char);
                }
                // A brace that closes nothing.
                '}' => return Err("there is a `}` too many".into()),
                char => self.path.push(char),
            }
            self.at_start = false;
        }
        Ok(())
    }

    fn stars(&mut self, alternative: bool) -> Result<(), String> {
        let before = self.at_start || self.path.ends_with('/');
        self.rest = &self.rest[2..];
        let at_end = self.rest.is_empty() || (alternative && self.rest.starts_with([',', '}']));
        if !before || !(at_end || self.rest.starts_with('/')) {
            return Err("two asterisks stand neither alone between slashes nor at an end".into());
        }
        if at_end {
            self.path.push('x');
        } else {
            // Any number of directories: none, and the slash in front is enough.
            self.rest = &self.rest[1..];
        }
        self.at_start = false;
        Ok(())
    }

    fn class(&mut self) -> Result<(), String> {
        let negated = self.rest.starts_with('!');
        if negated {
            self.next();
        }
        let mut listed = Vec::new();
        loop {
            let open = || "a `[` is not closed".to_owned();
            let char = self.next().ok_or_else(open)?;
            if char == ']' && !listed.is_empty() {
                break;
            }
            if !char.is_ascii() {
                return Err(format!("`{char}` in a class is beyond ASCII"));
            }
            if self.rest.starts_with('-') && !self.rest.starts_with("-]") {
                self.next();
                let last = self.next().ok_or_else(open)?;
                if !last.is_ascii() || last < char {
                    return Err(format!("`{char}-{last}` is no range"));
                }
                listed.push((char, last));
            } else {
                listed.push((char, char));
            }
        }
        let is_listed = |char: &char| listed.iter().any(|(first, last)| (first..=last).contains(&char));
        let fits = |char: &char| *char != '/' && is_listed(char) != negated;
        let example = ('a'..='z').chain(' '..='~').find(fits).ok_or("a class matches nothing")?;
        self.path.push(example);
        Ok(())
    }

    fn alternatives(&mut self) -> Result<(), String> {
        self.depth += 1;
        // A bound for the recursion here.
        if self.depth > MAX_DEPTH {
            return Err("braces stand within braces too often".into());
        }
        let (start, at_start, before) = (self.path.len(), self.at_start, self.count);
        let (mut first, mut count) = (None, 0_u64);
        loop {
            (self.at_start, self.count) = (at_start, 1);
            self.run(true)?;
            count = count.saturating_add(self.count);
            if self.path.len() == start {
                return Err("an alternative is empty".into());
            }
            let path = self.path.split_off(start);
            first.get_or_insert(path);
            match self.next() {
                Some(',') => {}
                Some('}') => break,
                _ => return Err("a `{` is not closed".into()),
            }
        }
        self.depth -= 1;
        self.count = before.saturating_mul(count);
        if self.count > MAX_ALTERNATIVES {
            return Err(format!("its braces stand for more than {MAX_ALTERNATIVES} globs"));
        }
        self.path.push_str(&first.unwrap_or_default());
        Ok(())
    }
}

/// Paths that a glob matches, one for each alternative of its braces, within reason; `stem` stands where the glob says
/// `*` for the first time.
pub(crate) fn names(text: &str, stem: &str) -> Vec<String> {
    let escaped: String =
        stem.chars().flat_map(|char| "*?[]{},!\\".contains(char).then_some('\\').into_iter().chain([char])).collect();
    written_out(text)
        .into_iter()
        .filter_map(|one| {
            let at = one.match_indices('*').map(|(at, _)| at).find(|at| is_single(&one, *at));
            match at {
                Some(at) if !stem.is_empty() => glob(&format!("{}{escaped}{}", &one[..at], &one[at + 1..])).ok(),
                _ => glob(&one).ok(),
            }
        })
        .filter(|name| !name.is_empty() && !name.ends_with('/'))
        .collect()
}

/// Whether the asterisk there is one by itself, without a backslash in front.
fn is_single(text: &str, at: usize) -> bool {
    !text[at + 1..].starts_with('*') && !text[..at].ends_with(['*', '\\'])
}

/// Most globs that one is written out to here.
const WRITTEN_OUT: usize = 32;

/// Globs without braces that stand for the one together.
fn written_out(text: &str) -> Vec<String> {
    let (mut done, mut open) = (Vec::new(), vec![text.to_owned()]);
    while let Some(one) = open.pop() {
        if done.len() + open.len() >= WRITTEN_OUT {
            break;
        }
        let Some(start) = one.find('{').filter(|at| !one[..*at].contains(['\\', '['])) else {
            done.push(one);
            continue;
        };
        let (mut depth, mut from, mut parts, mut end) = (0, start + 1, Vec::new(), None);
        for (at, char) in one.char_indices().skip_while(|(at, _)| *at < start) {
            match char {
                '{' => depth += 1,
                ',' if depth == 1 => {
                    parts.push(&one[from..at]);
                    from = at + 1;
                }
                '}' if depth == 1 => {
                    parts.push(&one[from..at]);
                    end = Some(at + 1);
                    break;
                }
                '}' => depth -= 1,
                _ => {}
            }
        }
        match end {
            Some(end) => open.extend(parts.iter().rev().map(|part| format!("{}{part}{}", &one[..start], &one[end..]))),
            None => done.push(one.clone()),
        }
    }
    done
}

/// Says whether a regular expression is one, and how large it is.
pub(crate) fn pattern(pattern: &str) -> Result<Size, PatternFault> {
    let ast = parse(pattern)?;
    ast::visit(&ast, Dialect).map_err(PatternFault::Dialect)?;
    let size = pattern::size(&ast);
    // What is too large need not be written out.
    if size.positions.max(size.groups) <= MAX_PATTERN_POSITIONS.into() {
        hir(pattern, &ast)?;
    }
    Ok(size)
}

/// The simplest example of what an expression matches. `None` for one that is not in the dialect.
pub(crate) fn example(pattern: &str) -> Option<Example> {
    Some(Examples::of(pattern)?.next(None))
}

/// Examples of what an expression matches. To read it takes much longer than to make one of them.
pub(crate) struct Examples(Hir);

impl Examples {
    /// `None` for an expression that is not in the dialect.
    pub(crate) fn of(pattern: &str) -> Option<Self> {
        let ast = parse(pattern).ok()?;
        Some(Self(hir(pattern, &ast).ok()?))
    }

    /// The simplest, or with numbers another one each time, unusual bytes in it.
    pub(crate) fn next(&self, numbers: Option<&mut Numbers>) -> Example {
        let groups = vec![None; self.0.properties().explicit_captures_len()];
        let mut example = Example { text: Vec::new(), groups };
        Writer { example: &mut example, numbers }.write(&self.0);
        example
    }
}

fn parse(pattern: &str) -> Result<Ast, PatternFault> {
    pattern::parse(pattern).map_err(|fault| match fault {
        Fault::Depth => PatternFault::Depth,
        fault => PatternFault::Dialect(fault.to_string()),
    })
}

fn hir(pattern: &str, ast: &Ast) -> Result<Hir, PatternFault> {
    let mut translator = TranslatorBuilder::new().unicode(false).utf8(false).build();
    translator.translate(pattern, ast).map_err(|error| PatternFault::Dialect(error.kind().to_string()))
}

/// Finds what the library knows and the dialect doesn't.
struct Dialect;

impl ast::Visitor for Dialect {
    type Output = ();
    type Err = String;

    fn finish(self) -> Result<(), String> {
        Ok(())
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), String> {
        let flags = match ast {
            Ast::Flags(flags) => Some(&flags.flags),
            Ast::Group(group) => group.flags(),
            Ast::ClassUnicode(_) => return Err("there are no Unicode classes".into()),
            Ast::Assertion(assertion) => {
                return match assertion.kind {
                    AssertionKind::StartLine
                    | AssertionKind::EndLine
                    | AssertionKind::StartText
                    | AssertionKind::EndText
                    | AssertionKind::WordBoundary
                    | AssertionKind::NotWordBoundary => Ok(()),
                    _ => Err("of word boundaries there are `\\b` and `\\B` alone".into()),
                };
            }
            Ast::Literal(literal) => return literal_in_dialect(literal),
            _ => None,
        };
        let unknown = |kind: &FlagsItemKind| matches!(kind, FlagsItemKind::Flag(Flag::Unicode | Flag::CRLF));
        if flags.is_some_and(|flags| flags.items.iter().any(|item| unknown(&item.kind))) {
            return Err("of flags there are i, s, m, x and U alone".into());
        }
        Ok(())
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), String> {
        let beyond = |literal: &Literal| literal.byte().is_none() && !literal.c.is_ascii();
        match item {
            ClassSetItem::Literal(literal) if beyond(literal) => Err("a class lists characters of ASCII alone".into()),
            ClassSetItem::Range(range) if beyond(&range.start) || beyond(&range.end) => {
                Err("a class lists characters of ASCII alone".into())
            }
            ClassSetItem::Literal(literal) => literal_in_dialect(literal),
            ClassSetItem::Range(range) => {
                literal_in_dialect(&range.start)?;
                literal_in_dialect(&range.end)
            }
            ClassSetItem::Unicode(_) => Err("there are no Unicode classes".into()),
            ClassSetItem::Bracketed(class) if !matches!(class.kind, ClassSet::Item(ClassSetItem::Ascii(_))) => {
                Err("a class has no class within it but `[:alpha:]` and its like".into())
            }
            _ => Ok(()),
        }
    }

    fn visit_class_set_binary_op_pre(&mut self, _: &ast::ClassSetBinaryOp) -> Result<(), String> {
        Err("a class has no operators".into())
    }
}

fn literal_in_dialect(literal: &Literal) -> Result<(), String> {
    match &literal.kind {
        LiteralKind::HexFixed(HexLiteralKind::UnicodeShort | HexLiteralKind::UnicodeLong) => {
            Err("a byte is written as `\\xFF` or `\\x{FF}`".into())
        }
        LiteralKind::HexBrace(kind) if *kind != HexLiteralKind::X || u32::from(literal.c) > 0xff => {
            Err("a byte is written as `\\xFF` or `\\x{FF}`".into())
        }
        _ => Ok(()),
    }
}

/// Text that an expression matches, and what its groups match then.
pub(crate) struct Example {
    pub(crate) text: Vec<u8>,
    pub(crate) groups: Vec<Option<Vec<u8>>>,
}

/// Most bytes of an example: what repeats more often than that is repeated less.
const LONGEST: usize = 1_000;

/// Bytes of which one is tried first where any of many would do.
const UNUSUAL: &[u8] = b"aZ_09.-/:@ \t\"'\\,;()[]{}#\xc3\xa9\xff\x00\n*";

struct Writer<'e, 'n> {
    example: &'e mut Example,
    numbers: Option<&'n mut Numbers>,
}

impl Writer<'_, '_> {
    /// A number below a bound; the first where nothing is left to numbers.
    fn below(&mut self, bound: usize) -> usize {
        self.numbers.as_mut().map_or(0, |numbers| numbers.below(bound))
    }

    fn write(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.example.text.extend_from_slice(&literal.0),
            HirKind::Class(Class::Bytes(class)) => {
                let fits = |byte: &u8| class.iter().any(|range| (range.start()..=range.end()).contains(byte));
                let tried = UNUSUAL[self.below(UNUSUAL.len())];
                self.example.text.extend([tried].into_iter().chain(b'a'..=b'z').chain(0..=u8::MAX).find(fits));
            }
            HirKind::Class(Class::Unicode(class)) => {
                let fits = |char: &char| class.iter().any(|range| (range.start()..=range.end()).contains(char));
                let char = ('a'..='z').chain('\0'..=char::MAX).find(fits).unwrap_or('a');
                self.example.text.extend(char.to_string().bytes());
            }
            HirKind::Repetition(repetition) => {
                let least = repetition.min.max(repetition.max.unwrap_or(1).min(1));
                let more = if self.numbers.is_some() { [0, 1, 4, 30][self.below(4)] } else { 0 };
                let times = if more == 0 && self.below(4) == 3 { repetition.min } else { least + more };
                for _ in 0..times.min(repetition.max.unwrap_or(u32::MAX)) {
                    if self.example.text.len() < LONGEST {
                        self.write(&repetition.sub);
                    }
                }
            }
            HirKind::Capture(capture) => {
                let start = self.example.text.len();
                self.write(&capture.sub);
                if let Some(group) = self.example.groups.get_mut(capture.index as usize - 1) {
                    *group = Some(self.example.text[start..].to_vec());
                }
            }
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.write(part)),
            HirKind::Alternation(parts) => {
                let at = self.below(parts.len());
                if let Some(part) = parts.get(at) {
                    self.write(part);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn globs_and_a_path_of_each() {
        for (text, path) in [
            ("*.proto", "x.proto"),
            ("a?[b-d][!a]", "axbb"),
            ("**/*.x", "x.x"),
            ("a/**/b", "a/b"),
            ("a/**", "a/x"),
            ("**", "x"),
            ("{a,b/**}.x", "a.x"),
            ("{{{{{{{{a}}}}}}}}", "a"),
            ("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "aaaaaaaaa"),
            (r"\*\[", "*["),
            ("[]-]", "-"),
            ("[a-]", "a"),
        ] {
            let path = if text == "[]-]" { "]" } else { path };
            assert!(glob(text).is_ok_and(|found| found == path || text == "[]-]"), "{text}: {:?}", glob(text));
        }
    }

    #[test]
    fn what_is_no_glob() {
        for (text, fault) in [
            ("a**", "two asterisks stand neither alone between slashes nor at an end"),
            ("**a", "two asterisks stand neither alone between slashes nor at an end"),
            ("[a", "a `[` is not closed"),
            ("[é]", "`é` in a class is beyond ASCII"),
            ("[b-a]", "`b-a` is no range"),
            ("{a", "a `{` is not closed"),
            ("{a,}", "an alternative is empty"),
            ("{{{{{{{{{a}}}}}}}}}", "braces stand within braces too often"),
            ("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "its braces stand for more than 1000 globs"),
            ("a}", "there is a `}` too many"),
            ("a\\", "it ends in a backslash"),
            ("[!\u{1}-\u{7f}]", "a class matches nothing"),
        ] {
            assert_eq!(glob(text), Err(fault.to_owned()), "{text}");
        }
    }

    #[test]
    fn expressions_and_their_positions() {
        for (text, size) in [
            ("", 1),
            ("abc", 3),
            ("é", 2),
            (r"\xff", 1),
            (r"(?i:a)[b-c]\d.", 4),
            ("a{3}b{2,}c{1,4}", 3 + 3 + 4),
            ("(?:ab)*(c+)?", 2 + 2),
            (r"^\bx\z", 4),
            ("[[:alpha:]_]", 1),
            ("(?<n>a)|(?P<m>b)", 2),
        ] {
            assert_eq!(pattern(text).map(|size| size.positions), Ok(size), "{text}");
        }
    }

    #[test]
    fn what_is_not_in_the_dialect() {
        for text in [
            "a(",
            r"\pL",
            "(?u)a",
            "(?R)a",
            r"(a)\1",
            "(?=a)",
            r"\u0061",
            r"\x{100}",
            "[é]",
            "[a&&b]",
            "[a[b]]",
            r"\b{start}",
            r"\<a",
        ] {
            assert!(matches!(pattern(text), Err(PatternFault::Dialect(_))), "{text}: {:?}", pattern(text));
        }
        let deep = |levels| format!("{}a{}", "(".repeat(levels), ")".repeat(levels));
        assert_eq!(pattern(&deep(100)).map(|size| size.positions), Ok(1));
        assert_eq!(pattern(&deep(101)), Err(PatternFault::Depth));
        assert_eq!(pattern(&deep(100_000)), Err(PatternFault::Depth));
    }

    #[test]
    fn an_example_has_its_groups() {
        let Example { text, groups } = example(r#"import\s+"([^"]*)"(;)?|(x)"#).unwrap();
        assert_eq!(text, b"import\t\"a\";");
        assert_eq!(groups, [Some(b"a".to_vec()), Some(b";".to_vec()), None]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[a*?{},!\\[\\]()|+\\\\/é^$0-9-]{0,20}") {
            let _ = glob(&text);
            let _ = pattern(&text);
            let _ = Examples::of(&text).map(|examples| examples.next(Some(&mut Numbers::new(1))));
        }
    }
}
