//! What are a manifest's regular expressions, and which automata find their matches?
//!
//! | question | automaton |
//! |---|---|
//! | where does the next match end, and of which expression is it? | one of all expressions, forwards |
//! | where does it begin? | the same backwards |
//! | where are its groups? | one of the expression alone, with groups |
//!
//! The first two are made of states that are worked out as a search comes upon them, and kept as long as there is room.

use super::{InputError, automaton::Automaton, search::Scratch};
use dorcas_abi::{
    message::{MAX_PATTERN_BYTES, MAX_PATTERN_CELLS, MAX_PATTERN_POSITIONS},
    pattern::{self, Size},
};
use regex_automata::{
    MatchKind,
    hybrid::dfa::DFA,
    nfa::thompson::{
        self, NFA, State, WhichCaptures,
        backtrack::{self, BoundedBacktracker},
    },
    util::prefilter::Prefilter,
};
use regex_syntax::{
    ast::{self, Ast, Flag, FlagsItemKind},
    hir::{Class, Hir, HirKind, translate::TranslatorBuilder},
};
use std::{fmt, sync::Mutex};

/// Most bytes of one automaton as it is built. Those of expressions within the ABI's limits stay far below.
const NFA_BYTES: usize = 32 << 20;
/// Most bytes of the states that a search keeps as it comes upon them, in one direction. A file that needs more is
/// searched slowly.
///
/// To work them all out before would take 30 ms for the expressions of the proto language, and save nothing then.
const CACHE_BYTES: u64 = 4 << 20;
/// Most bytes of these states for all inputs of a list.
const ALL_CACHE_BYTES: u64 = 16 << 20;
/// Most work of finding out all states that have room, for all inputs of a list together. It is done once for each thread,
/// whatever the number of files, so that no call is charged for it.
pub(super) const FILLING_ALL: u64 = 600_000_000;
/// Least bytes of a state beside its row.
const STATE_BYTES: u64 = 56;
/// Most bytes by which the search for groups remembers where it has been. Where it needs more, it goes another way.
const VISITED_BYTES: usize = 128 << 10;
/// Most entries of the table with which it goes that other way: states times places of groups. Expressions within the
/// ABI's limits stay below.
const MOST_SLOTS: u64 = 4 << 20;

/// Regular expressions that are tried together.
pub(crate) struct Matcher {
    pub(super) patterns: Vec<Pattern>,
    nfas: Option<[NFA; 2]>,
    prefilter: Option<Prefilter>,
    /// With states that have room; a search gives up where they have none.
    pub(super) quick: Option<Directions>,
    /// With states that are forgotten where there is no room.
    pub(super) slow: Option<Directions>,
    /// What it may take to search a byte without any states that are known.
    pub(super) weight: u64,
    /// Of all expressions together.
    pub(super) positions: u64,
    /// Scratch space for as many threads as have needed it.
    pub(super) scratch: Mutex<Vec<Scratch>>,
}

/// Finds where a match ends and where it begins.
pub(super) struct Directions {
    pub(super) forwards: Automaton,
    pub(super) backwards: Automaton,
}

pub(super) struct Pattern {
    /// Finds the groups, for an expression that has any.
    pub(super) groups: Option<Box<Groups>>,
    pub(super) may_be_empty: bool,
    /// A byte up to which the match goes on from where the automaton says that it ends; see [`split_tail`].
    pub(super) until: Option<u8>,
}

/// Finds the groups of one expression in a match that is known.
pub(super) struct Groups {
    pub(super) count: usize,
    /// For a match that isn't too long for it.
    pub(super) backtracker: BoundedBacktracker,
    /// What it may take for a byte.
    pub(super) weight: u64,
    /// Entries of the table that the second one needs.
    pub(super) slots: u64,
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matcher").field("positions", &self.positions).finish_non_exhaustive()
    }
}

/// What all automata of a run may take.
#[derive(Debug)]
pub(crate) struct Room {
    bytes: u64,
}

impl Default for Room {
    fn default() -> Self {
        Self { bytes: Self::BYTES }
    }
}

impl Room {
    /// Most bytes of the automata of all languages, before a file is searched.
    pub(super) const BYTES: u64 = 256 << 20;

    fn take(&mut self, bytes: usize) -> Result<(), InputError> {
        let bytes = bytes as u64;
        self.bytes = self.bytes.checked_sub(bytes).ok_or(InputError::TooMany {
            what: "bytes of automata, with those of the languages before,",
            got: Self::BYTES - self.bytes + bytes,
            limit: Self::BYTES,
        })?;
        Ok(())
    }
}

impl Matcher {
    /// Reads expressions. [`Matcher::finish`] is to follow.
    pub(super) fn new(glob: &str, patterns: &[String], room: &mut Room) -> Result<Self, InputError> {
        let shown = |index: usize| shorten(patterns.get(index).map_or("", String::as_str));
        let too_large = |index: usize, size: u64, unit, limit: u32| {
            Err(InputError::PatternTooLarge { glob: glob.into(), pattern: shown(index), size, unit, limit })
        };
        let refused = |index: usize, fault| InputError::Pattern { glob: glob.into(), pattern: shown(index), fault };
        let (mut bytes, mut all) = (0, Size::default());
        let mut hirs = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            bytes += pattern.len() as u64;
            if bytes > MAX_PATTERN_BYTES.into() {
                return too_large(index, bytes, "bytes", MAX_PATTERN_BYTES);
            }
            let ast = pattern::parse(pattern).map_err(|fault| match fault {
                pattern::Fault::Depth => {
                    InputError::PatternTooDeep { glob: glob.into(), pattern: shown(index), fault: fault.to_string() }
                }
                fault => refused(index, fault.to_string()),
            })?;
            ast::visit(&ast, NoUnicode).map_err(|fault| refused(index, fault))?;
            let size = pattern::size(&ast);
            all = all.and(size);
            if all.positions > MAX_PATTERN_POSITIONS.into() {
                return too_large(index, all.positions, "positions", MAX_PATTERN_POSITIONS);
            }
            if all.groups > MAX_PATTERN_POSITIONS.into() {
                return too_large(index, all.groups, "groups", MAX_PATTERN_POSITIONS);
            }
            if !size.has_few_cells() {
                return Err(InputError::ManyGroups {
                    glob: glob.into(),
                    pattern: shown(index),
                    size: size.positions.saturating_add(size.groups),
                    groups: size.numbers,
                    limit: MAX_PATTERN_CELLS,
                });
            }
            hirs.push(translate(pattern, &ast).map_err(|fault| refused(index, fault))?);
        }
        let (hirs, tails): (Vec<_>, Vec<_>) = hirs.into_iter().map(split_tail).unzip();
        let compiled = |hirs: &[Hir], direction| compile(hirs, direction, WhichCaptures::None);
        let of_all = |error: String| {
            // The error is of all together; which one would not compile alone?
            let fails = |hir: &Hir| compiled(std::slice::from_ref(hir), Direction::Forwards).is_err();
            refused(hirs.iter().position(fails).unwrap_or(hirs.len().saturating_sub(1)), error)
        };
        let forwards = compiled(&hirs, Direction::Forwards).map_err(of_all)?;
        let backwards = compiled(&hirs, Direction::Backwards).map_err(of_all)?;
        room.take(forwards.memory_usage() + backwards.memory_usage())?;
        let mut found = Vec::with_capacity(hirs.len());
        for (index, (hir, until)) in hirs.iter().zip(tails).enumerate() {
            let properties = hir.properties();
            let groups = match properties.explicit_captures_len() {
                0 => None,
                count => Some(Box::new(Groups::new(hir, count, room).map_err(|fault| refused(index, fault))??)),
            };
            found.push(Pattern { groups, may_be_empty: properties.minimum_len() == Some(0), until });
        }
        Ok(Self {
            patterns: found,
            weight: weight(&forwards).max(weight(&backwards)),
            prefilter: Prefilter::from_hirs_prefix(MatchKind::LeftmostFirst, &hirs),
            nfas: Some([forwards, backwards]),
            quick: None,
            slow: None,
            positions: all.positions,
            scratch: Mutex::default(),
        })
    }

    /// Makes the automata of all inputs of a list ready for searches.
    pub(super) fn finish(all: &mut [&mut Self]) -> Result<(), String> {
        let weight = all.iter().map(|matcher| matcher.weight).fold(0, u64::saturating_add).max(1);
        let most = (ALL_CACHE_BYTES / all.len().max(1) as u64).min(CACHE_BYTES);
        for matcher in all {
            let Some(nfas) = matcher.nfas.take() else { continue };
            // A state is a row of a table: four bytes for each class of bytes, behind which stands a state that has to be
            // worked out.
            let classes = nfas[0].byte_classes().alphabet_len() as u64;
            let state_bytes = 4 * classes.next_power_of_two() + STATE_BYTES;
            let room = most.min(FILLING_ALL / weight * state_bytes / classes);
            let room = usize::try_from(room).unwrap_or(usize::MAX);
            matcher.quick = Some(Directions::new(&nfas, matcher.prefilter.as_ref(), room, matcher.weight, true)?);
            matcher.slow = Some(Directions::new(&nfas, matcher.prefilter.as_ref(), room, matcher.weight, false)?);
        }
        Ok(())
    }
}

impl Directions {
    fn new(
        [forwards, backwards]: &[NFA; 2],
        prefilter: Option<&Prefilter>,
        room: usize,
        weight: u64,
        gives_up: bool,
    ) -> Result<Self, String> {
        let config = DFA::config()
            .cache_capacity(room)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(gives_up.then_some(0));
        let build = |config, nfa: &NFA| {
            let dfa =
                DFA::builder().configure(config).build_from_nfa(nfa.clone()).map_err(|error| error.to_string())?;
            Ok::<_, String>(Automaton::new(dfa, weight))
        };
        let with_prefilter = config.clone().specialize_start_states(prefilter.is_some()).prefilter(prefilter.cloned());
        Ok(Self {
            forwards: build(with_prefilter, forwards)?,
            // Of all that ends in a place, the match that begins first is the one that was found.
            backwards: build(config.match_kind(MatchKind::All), backwards)?,
        })
    }
}

impl Groups {
    fn new(hir: &Hir, count: usize, room: &mut Room) -> Result<Result<Self, InputError>, String> {
        let nfa = compile(std::slice::from_ref(hir), Direction::Forwards, WhichCaptures::All)?;
        if let Err(error) = room.take(nfa.memory_usage()) {
            return Ok(Err(error));
        }
        let slots = (nfa.states().len() as u64).saturating_mul(nfa.group_info().slot_len() as u64);
        if slots > MOST_SLOTS {
            return Ok(Err(InputError::TooMany { what: "places of groups", got: slots, limit: MOST_SLOTS }));
        }
        let config = backtrack::Config::new().visited_capacity(VISITED_BYTES);
        let backtracker = BoundedBacktracker::builder().configure(config).build_from_nfa(nfa.clone());
        Ok(Ok(Self {
            count,
            weight: weight(&nfa),
            slots,
            backtracker: backtracker.map_err(|error| error.to_string())?,
        }))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forwards,
    Backwards,
}

fn compile(hirs: &[Hir], direction: Direction, captures: WhichCaptures) -> Result<NFA, String> {
    let config = thompson::Config::new()
        .utf8(false)
        .nfa_size_limit(Some(NFA_BYTES))
        .reverse(direction == Direction::Backwards)
        .which_captures(captures);
    thompson::Compiler::new().configure(config).build_many_from_hir(hirs).map_err(|error| error.to_string())
}

/// The steps of going through all of an automaton once: states, and the ways that lead out of those with several.
fn weight(nfa: &NFA) -> u64 {
    let ways = |state: &State| match state {
        State::Union { alternates } => alternates.len(),
        State::BinaryUnion { .. } => 2,
        // They are looked through in order.
        State::Sparse(sparse) => sparse.transitions.len() / 4,
        _ => 0,
    };
    nfa.states().iter().map(|state| 1 + ways(state) as u64).sum()
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

/// An expression in the ABI's dialect: bytes, and nothing that depends on tables of Unicode.
fn translate(pattern: &str, ast: &Ast) -> Result<Hir, String> {
    let mut translator = TranslatorBuilder::new().unicode(false).utf8(false).build();
    let last_line = |error: String| error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
    translator.translate(pattern, ast).map_err(|error| last_line(error.to_string()))
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
        input::{automaton::Halt, search::Pace},
        work::Work,
    };
    use dorcas_abi::{message::Match, wire::Bytes};
    use proptest::prelude::*;
    use regex_automata::meta;

    fn all(matcher: &Matcher, text: &[u8], pace: Pace) -> Vec<Match> {
        let mut found = Vec::new();
        let told: Result<(), Halt> = matcher.each(text, pace, &mut Work::new("this", u64::MAX), |found_match, _| {
            found.push(found_match);
            Ok(())
        });
        told.unwrap();
        found
    }

    fn matcher(patterns: &[&str]) -> Result<Matcher, InputError> {
        let patterns: Vec<_> = patterns.iter().map(ToString::to_string).collect();
        let mut matcher = Matcher::new("*.x", &patterns, &mut Room::default())?;
        Matcher::finish(&mut [&mut matcher]).unwrap();
        Ok(matcher)
    }

    fn parse(pattern: &str) -> Result<Hir, String> {
        translate(pattern, &pattern::parse(pattern).unwrap())
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
    fn an_expression_with_too_many_groups() {
        assert!(matcher(&[&"()".repeat(362)]).is_ok());
        assert_eq!(
            matcher(&["(?s:.+)", &"()".repeat(363)]).unwrap_err().to_string(),
            "regular expression \"()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()...\" of glob \"*.x\" has 726 \
             positions and groups, the limit for that times its 363 groups is 262144 (manifest.pattern-size)"
        );
    }

    #[test]
    fn what_searches_for_groups_is_bounded_by_the_clause() {
        // As many states and places as the clause allows come to less than what is refused here.
        for pattern in [
            "()".repeat(362),
            format!("(?:{})*", "(a|b|)?".repeat(200)),
            format!("{}{}", "()".repeat(32), "a?".repeat(8_000)),
        ] {
            let matcher = matcher(&[&pattern]).unwrap();
            let slots = matcher.patterns[0].groups.as_ref().unwrap().slots;
            assert!(slots <= MOST_SLOTS / 2, "{slots}");
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
            let syntax = meta::Config::new().utf8_empty(false);
            let plain = patterns.iter().map(|pattern| parse(pattern).unwrap()).collect::<Vec<_>>();
            let plain = meta::Regex::builder().configure(syntax).build_many_from_hir(&plain).unwrap();
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
