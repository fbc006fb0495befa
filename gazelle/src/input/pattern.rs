//! Where do a manifest's regular expressions match?

use super::{InputError, search::Scratch};
use dorcas_abi::message::{MAX_PATTERN_BYTES, MAX_PATTERN_DEPTH, MAX_PATTERN_POSITIONS};
use regex_automata::{
    MatchKind, PatternID,
    hybrid::dfa::DFA,
    meta::{BuildError, Config, Regex},
    nfa::thompson::{self, WhichCaptures},
    util::prefilter::Prefilter,
};
use regex_syntax::{
    ast::{self, Ast, Flag, FlagsItemKind},
    hir::{Class, Hir, HirKind, translate::TranslatorBuilder},
};
use std::{fmt, sync::Mutex};

/// Most bytes of the automaton that is built first. Expressions within the ABI's limits stay far below.
const NFA_BYTES: usize = 64 << 20;
/// Most bytes of the states that a search keeps as it comes upon them. A file that needs more is searched without.
///
/// To work them all out before would take 30 ms for the expressions of the proto language, and save nothing then.
const CACHE_BYTES: usize = 4 << 20;

/// Regular expressions that are tried together.
pub(crate) struct Matcher {
    pub(super) regex: Regex,
    /// Finds where the next match ends, and says how far it looked.
    pub(super) automaton: DFA,
    pub(super) patterns: Vec<Pattern>,
    /// Of all expressions together.
    pub(super) positions: u64,
    /// Scratch space for as many threads as have needed it.
    pub(super) scratch: Mutex<Vec<Scratch>>,
}

#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) groups: usize,
    /// Index of its first group's slots.
    pub(super) slots: usize,
    pub(super) may_be_empty: bool,
    /// A byte up to which the match goes on from where the automaton says that it ends; see [`split_tail`].
    pub(super) until: Option<u8>,
    pub(super) positions: u64,
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matcher").field("patterns", &self.patterns).finish_non_exhaustive()
    }
}

impl Matcher {
    pub(super) fn new(glob: &str, patterns: &[String]) -> Result<Self, InputError> {
        let shown = |index: usize| shorten(patterns.get(index).map_or("", String::as_str));
        let too_large = |index: usize, size: u64, unit, limit: u32| {
            Err(InputError::PatternTooLarge { glob: glob.into(), pattern: shown(index), size, unit, limit })
        };
        let (mut bytes, mut positions) = (0, 0);
        let mut hirs = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            bytes += pattern.len() as u64;
            if bytes > MAX_PATTERN_BYTES.into() {
                return too_large(index, bytes, "bytes", MAX_PATTERN_BYTES);
            }
            let hir = parse(pattern).map_err(|fault| InputError::Pattern {
                glob: glob.into(),
                pattern: shown(index),
                fault,
            })?;
            positions = count_positions(&hir).saturating_add(positions);
            if positions > MAX_PATTERN_POSITIONS.into() {
                return too_large(index, positions, "positions", MAX_PATTERN_POSITIONS);
            }
            hirs.push(hir);
        }
        let (hirs, tails): (Vec<_>, Vec<_>) = hirs.into_iter().map(split_tail).unzip();
        let refused = |fault: String| {
            // The error is of all together; which one would not compile alone?
            let index = hirs.iter().position(|hir| build(std::slice::from_ref(hir)).is_err());
            let index = index.unwrap_or(hirs.len().saturating_sub(1));
            InputError::Pattern { glob: glob.into(), pattern: shown(index), fault }
        };
        let regex = build(&hirs).map_err(|error| refused(error.to_string()))?;
        let automaton = automaton(&hirs).map_err(refused)?;
        let info = regex.group_info();
        let patterns = hirs.iter().zip(tails).enumerate().map(|(index, (hir, until))| {
            let id = PatternID::must(index);
            Pattern {
                groups: info.group_len(id) - 1,
                slots: info.slot(id, 1).unwrap_or(0),
                may_be_empty: hir.properties().minimum_len() == Some(0),
                until,
                positions: count_positions(hir).max(1),
            }
        });
        let patterns = patterns.collect();
        Ok(Self { regex, automaton, patterns, positions: positions.max(1), scratch: Mutex::default() })
    }
}

#[allow(clippy::result_large_err, reason = "the library's error, looked at once")]
fn build(hirs: &[Hir]) -> Result<Regex, BuildError> {
    let config = Config::new().utf8_empty(false).nfa_size_limit(Some(NFA_BYTES)).hybrid_cache_capacity(CACHE_BYTES);
    Regex::builder().configure(config).build_many_from_hir(hirs)
}

/// One that gives up where its states have no more room, instead of forgetting those that it has.
fn automaton(hirs: &[Hir]) -> Result<DFA, String> {
    let config =
        thompson::Config::new().utf8(false).nfa_size_limit(Some(NFA_BYTES)).which_captures(WhichCaptures::None);
    let nfa =
        thompson::Compiler::new().configure(config).build_many_from_hir(hirs).map_err(|error| error.to_string())?;
    let prefilter = Prefilter::from_hirs_prefix(MatchKind::LeftmostFirst, hirs);
    let config = DFA::config()
        .specialize_start_states(prefilter.is_some())
        .prefilter(prefilter)
        .cache_capacity(CACHE_BYTES)
        .skip_cache_capacity_check(true)
        .minimum_cache_clear_count(Some(0));
    DFA::builder().configure(config).build_from_nfa(nfa).map_err(|error| error.to_string())
}

/// Takes `[^\n]*` off an expression like `//[^\n]*`: some text, then everything up to a byte.
///
/// Such an expression matches where its text does, and where its match ends is found by looking for the byte, many
/// times as fast as by an automaton. Most of a source file may be comments.
fn split_tail(hir: Hir) -> (Hir, Option<u8>) {
    if let HirKind::Concat(parts) = hir.kind()
        && let [text, tail] = &parts[..]
        && let (HirKind::Literal(_), HirKind::Repetition(tail)) = (text.kind(), tail.kind())
        && let (0, None, true) = (tail.min, tail.max, tail.greedy)
        && let HirKind::Class(Class::Bytes(class)) = tail.sub.kind()
    {
        let mut others = class.clone();
        others.negate();
        if let [range] = others.ranges()
            && range.start() == range.end()
        {
            return (text.clone(), Some(range.start()));
        }
    }
    (hir, None)
}

/// Reads an expression in the ABI's dialect: bytes, and nothing that depends on tables of Unicode.
fn parse(pattern: &str) -> Result<Hir, String> {
    let last_line = |error: String| error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
    // The library counts concatenations and alternatives too. Its limit protects the stack, the ABI's is the one below.
    let mut parser = ast::parse::ParserBuilder::new().nest_limit(4 * MAX_PATTERN_DEPTH).build();
    let too_deep = || format!("it has more than {MAX_PATTERN_DEPTH} groups and repetitions within each other");
    let ast = parser.parse(pattern).map_err(|error| match error.kind() {
        ast::ErrorKind::NestLimitExceeded(_) => too_deep(),
        _ => last_line(error.to_string()),
    })?;
    if depth(&ast) > MAX_PATTERN_DEPTH {
        return Err(too_deep());
    }
    ast::visit(&ast, NoUnicode)?;
    let mut translator = TranslatorBuilder::new().unicode(false).utf8(false).build();
    translator.translate(pattern, &ast).map_err(|error| last_line(error.to_string()))
}

/// The places in an expression that stand for a byte, repetitions with a count written out.
fn count_positions(hir: &Hir) -> u64 {
    let sum = |hirs: &[Hir]| hirs.iter().map(count_positions).fold(0, u64::saturating_add);
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.len() as u64,
        HirKind::Class(_) => 1,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1));
            count_positions(&repetition.sub).saturating_mul(times.into())
        }
        HirKind::Capture(capture) => count_positions(&capture.sub),
        HirKind::Concat(hirs) | HirKind::Alternation(hirs) => sum(hirs),
    }
}

/// Groups and repetitions within each other, which the parser has bounded.
fn depth(ast: &Ast) -> u32 {
    let deepest = |parts: &[Ast]| parts.iter().map(depth).max().unwrap_or(0);
    match ast {
        Ast::Group(group) => 1 + depth(&group.ast),
        Ast::Repetition(repetition) => 1 + depth(&repetition.ast),
        Ast::Concat(concat) => deepest(&concat.asts),
        Ast::Alternation(alternation) => deepest(&alternation.asts),
        _ => 0,
    }
}

/// Finds the flag `u`, which would switch to Unicode within an expression.
struct NoUnicode;

impl ast::Visitor for NoUnicode {
    type Output = ();
    type Err = String;

    fn finish(self) -> Result<(), String> {
        Ok(())
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), String> {
        let flags = match ast {
            Ast::Flags(flags) => Some(&flags.flags),
            Ast::Group(group) => group.flags(),
            _ => None,
        };
        let is_unicode = |item: &ast::FlagsItem| item.kind == FlagsItemKind::Flag(Flag::Unicode);
        if flags.is_some_and(|flags| flags.items.iter().any(is_unicode)) {
            return Err("the dialect has no Unicode, so there is no flag u".into());
        }
        Ok(())
    }
}

fn shorten(pattern: &str) -> String {
    const SHOWN: usize = 60;
    match pattern.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &pattern[..end]),
        None => pattern.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        input::search::{Halt, Pace},
        work::Work,
    };
    use dorcas_abi::{message::Match, wire::Bytes};
    use proptest::prelude::*;

    fn all(matcher: &Matcher, text: &[u8], pace: Pace) -> Vec<Match> {
        let mut found = Vec::new();
        let told: Result<(), Halt> = matcher.each(text, pace, &mut Work::new("this", u64::MAX), |found_match| {
            found.push(found_match);
            Ok(())
        });
        told.unwrap();
        found
    }

    fn matcher(patterns: &[&str]) -> Result<Matcher, InputError> {
        Matcher::new("*.x", &patterns.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    fn matches(patterns: &[&str], text: &[u8]) -> Vec<String> {
        let shown = |found: Match| {
            let group = |group: &Option<Bytes>| match group {
                Some(bytes) => format!("{}", bytes.escape_ascii()),
                None => "-".into(),
            };
            let groups: Vec<_> = found.groups.iter().map(group).collect();
            format!("{}:{}", found.pattern, groups.join(","))
        };
        all(&matcher(patterns).unwrap(), text, Pace::Warm).into_iter().map(shown).collect()
    }

    #[test]
    fn the_first_expression_wins_at_a_place() {
        assert_eq!(matches(&["(ab)", "(abc)", "(b)"], b"abcb"), ["0:ab", "2:b"]);
        assert_eq!(matches(&["(abc)", "(ab)"], b"abcab"), ["0:abc", "1:ab"]);
    }

    #[test]
    fn an_expression_without_groups_is_passed_over() {
        assert_eq!(matches(&["//[^\n]*", r#"import "([^"]*)""#], b"// import \"a\"\nimport \"b\""), ["1:b"]);
    }

    #[test]
    fn a_group_may_take_no_part() {
        assert_eq!(matches(&["x(a)?(b)?(?:c)"], b"xbc"), ["0:-,b"]);
        assert_eq!(matches(&["(?<n>a)|()b"], b"ab"), ["0:a,-", "0:-,"]);
    }

    #[test]
    fn bytes_need_not_be_text() {
        assert_eq!(matches(&[r"(\xff.)"], b"a\xff\xfe"), [r"0:\xff\xfe"]);
        assert_eq!(matches(&[r"(\w+)"], "é_1".as_bytes()), ["0:_1"]);
        // A letter beyond ASCII stands for its bytes in UTF-8, of which the last alone is repeated.
        assert_eq!(matches(&["(é)"], "é".as_bytes()), [r"0:\xc3\xa9"]);
    }

    #[test]
    fn empty_matches_come_once_a_place() {
        assert_eq!(matches(&["(x*)"], b"xxa"), ["0:xx", "0:"]);
        assert_eq!(matches(&["x*", "(a)"], b"aa"), [""; 0]);
        assert_eq!(matches(&["(^)", "($)"], b"ab"), ["0:", "1:"]);
    }

    #[test]
    fn a_match_does_not_change_when_it_is_looked_at_again() {
        // Where the end of the match were the end of the text, `$` and `\b` would match there.
        assert_eq!(matches(&[r"(a$)?(a)"], b"aa"), ["0:-,a", "0:-,a"]);
        assert_eq!(matches(&[r"(a\b)?(\w)"], b"ab"), ["0:-,a", "0:-,b"]);
    }

    #[test]
    fn expressions_that_do_not_compile() {
        for (pattern, fault) in [
            ("a(", "unclosed group"),
            (r"\pL", "Unicode not allowed here"),
            ("(?u)a", "the dialect has no Unicode, so there is no flag u"),
            ("(?-u:a)", "the dialect has no Unicode, so there is no flag u"),
            (r"(a)\1", "backreferences are not supported"),
            ("(?=a)", "look-around, including look-ahead and look-behind, is not supported"),
        ] {
            assert_eq!(
                matcher(&["ok", pattern]).unwrap_err().to_string(),
                format!("regular expression {pattern:?} of glob \"*.x\" does not compile: {fault} (manifest.patterns)")
            );
        }
    }

    #[test]
    fn an_expression_that_is_too_large() {
        assert_eq!(
            matcher(&["a", "((a{1000}){1000}){1000}"]).unwrap_err().to_string(),
            "regular expression \"((a{1000}){1000}){1000}\" of glob \"*.x\" is too large: with those before it it has \
             1000000001 positions, the limit is 8192 (manifest.pattern-size)"
        );
        let long = "a".repeat(70_000);
        assert_eq!(
            matcher(&[&long]).unwrap_err().to_string(),
            format!(
                "regular expression \"{}...\" of glob \"*.x\" is too large: with those before it it has 70000 bytes, \
                 the limit is 65536 (manifest.pattern-size)",
                "a".repeat(60)
            )
        );
    }

    #[test]
    fn positions_are_counted_as_the_clause_says() {
        for (pattern, positions) in [("abc", 3), ("[a-c]x", 2), ("x{3,5}", 5), ("x{3,}", 4), ("x*", 1), ("(ab)+", 4)] {
            assert_eq!(matcher(&[pattern]).unwrap().positions, positions, "{pattern}");
        }
    }

    #[test]
    fn an_expression_that_is_too_deep() {
        let deep = |levels: usize| format!("{}a{}", "(b|c".repeat(levels), ")".repeat(levels));
        assert!(matcher(&[&deep(100)]).is_ok());
        for levels in [101, 10_000] {
            let message = matcher(&[&deep(levels)]).unwrap_err().to_string();
            assert!(message.contains("it has more than 100 groups and repetitions within each other"), "{message}");
        }
    }

    #[test]
    fn all_that_the_limits_allow_compiles() {
        let class = r"[\x00\x02\x04\x06\x08\x0a\x0c\x0e\x10\x12\x14\x16\x18\x1a\x1c\x1e\x80\x82\x84\x86\x88\x8a]";
        assert!(matcher(&[&format!("(?:({class}{{90}}){{90}})?")]).is_ok());
    }

    #[test]
    fn text_up_to_a_byte_is_skipped() {
        for (pattern, until) in [
            (r"//[^\n]*", Some(b'\n')),
            ("#.*", Some(b'\n')),
            ("/[^x]*", Some(b'x')),
            ("//[^\n]+", None),
            ("//[^\n]*?", None),
            ("//[^\n\r]*", None),
            ("//[^\n]*\n", None),
            ("(//)[^\n]*", None),
            ("a?[^\n]*", None),
        ] {
            assert_eq!(split_tail(parse(pattern).unwrap()).1, until, "{pattern}");
        }
        assert_eq!(matches(&["#.*", "(a)"], b"a#a\na#a"), ["1:a", "1:a"]);
    }

    proptest! {
        // One pass in halves finds what a plain search finds.
        #[test]
        fn the_same_matches_as_a_plain_search(
            patterns in proptest::collection::vec(r"(\((a|b|ab|a\*|\[ab\]\+\?|\^|\$|\\b)\)|a|b\+|c\?|\[ab\]\*c|x|x\[\^\n\]\*|b\[\^c\]\*){1,3}", 1..4),
            text in "[abcx\n ]{0,30}",
        ) {
            let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
            let matcher = matcher(&patterns).unwrap();
            let found = all(&matcher, text.as_bytes(), Pace::Warm);
            prop_assert_eq!(&all(&matcher, text.as_bytes(), Pace::Slow), &found);
            let mut expected = Vec::new();
            let syntax = Config::new().utf8_empty(false);
            let plain = patterns.iter().map(|pattern| parse(pattern).unwrap()).collect::<Vec<_>>();
            let plain = Regex::builder().configure(syntax).build_many_from_hir(&plain).unwrap();
            for captures in plain.captures_iter(text.as_bytes()) {
                let groups: Vec<_> = captures.iter().skip(1)
                    .map(|span| span.map(|span| Bytes::from(&text.as_bytes()[span.range()]))).collect();
                if !groups.is_empty() {
                    expected.push(Match { pattern: captures.pattern().unwrap().as_u32(), groups });
                }
            }
            prop_assert_eq!(found, expected);
        }
    }
}
