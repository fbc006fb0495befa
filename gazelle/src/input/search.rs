//! How is a file searched, and how much work is that?
//!
//! To find all matches may take time that grows with the square of a file: each search looks on for a longer match, up to
//! the end of the file, and the next one begins a byte further on. So what is looked at is counted as often as it is, and
//! stopped where it is too much.

use super::{
    automaton::{Automaton, Halt, Looked},
    pattern::{Directions, FILLING_ALL, Groups, Matcher},
    places,
};
use crate::{error::Cause, work::Work};
use dorcas_abi::{message::Match, wire::Bytes};
use memchr::memchr;
use regex_automata::{
    Anchored, HalfMatch, Input, hybrid::dfa::Cache, nfa::thompson::backtrack, util::primitives::NonMaxUsize,
};
use std::sync::PoisonError;

/// Scratch space of a thread.
#[derive(Default)]
pub(super) struct Scratch {
    /// States of the quick automata that were met so far, forwards and backwards.
    quick: Option<[Cache; 2]>,
    groups: Option<backtrack::Cache>,
}

/// To work a state out takes so many times what it takes to pass through those that it is made of.
const WORKING_OUT: u64 = 3;
/// Work of telling a group.
const UNITS_PER_GROUP: u64 = 16;
/// Most bytes for finding groups that are kept for the next file.
const KEPT_BYTES: usize = 1 << 20;

/// How a file is gone about. Each gets slower, and gets by with more. What is found is the same, and what is counted
/// doesn't depend on the files before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// With the states that are known from files before, as long as the cache has room for new ones.
    Warm,
    /// With a cache that is empty at first.
    Cold,
    /// Without the automaton. How far each search looks is not known then, so that all the rest of the file is counted.
    Slow,
}

/// Work of filling the cache with the states that a text of so many bytes leads to, which was for nothing where a slow search
/// follows: each byte may take all states of the expressions.
pub(super) fn filling(matcher: &Matcher, bytes: usize) -> u64 {
    matcher.weight.saturating_mul(bytes as u64 + 1).min(FILLING_ALL)
}

impl Matcher {
    /// The matches in `text`, from left to right and without overlap, that are to be told: those of expressions
    /// with groups. `tell` gets each with the place where it, or the first of its groups, begins; it may stop the search with
    /// an error.
    pub(super) fn each(
        &self,
        text: &[u8],
        pace: Pace,
        work: &mut Work,
        tell: impl FnMut(Match, usize) -> Result<(), Cause>,
    ) -> Result<(), Halt> {
        let automata = if pace == Pace::Slow { &self.slow } else { &self.quick };
        let Some(automata) = automata else { return Ok(()) };
        let mut scratch = self.scratch.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let kept = if pace == Pace::Warm { scratch.quick.take() } else { None };
        let states = kept.unwrap_or_else(|| [automata.forwards.create_cache(), automata.backwards.create_cache()]);
        // A slow search has to work out all states again and again.
        let weight = if pace == Pace::Slow { Some(WORKING_OUT * self.weight) } else { None };
        let mut search = Search { matcher: self, automata, states, weight, groups: scratch.groups.take() };
        let result = search.each(text, work, tell);
        let Search { states, groups, .. } = search;
        if pace != Pace::Slow {
            scratch.quick = Some(states);
        }
        scratch.groups = groups.filter(|groups| groups.memory_usage() <= KEPT_BYTES);
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        result
    }
}

/// A file on its way through the automata.
struct Search<'m> {
    matcher: &'m Matcher,
    automata: &'m Directions,
    states: [Cache; 2],
    /// Work for a byte, where that isn't to look at it alone.
    weight: Option<u64>,
    groups: Option<backtrack::Cache>,
}

impl Search<'_> {
    fn each(
        &mut self,
        text: &[u8],
        work: &mut Work,
        mut tell: impl FnMut(Match, usize) -> Result<(), Cause>,
    ) -> Result<(), Halt> {
        let (mut at, mut last_end) = (0, None);
        while at <= text.len() {
            let input = Input::new(text).range(at..);
            // Most matches are comments to be passed over. Of those only the end is needed, which takes one scan
            // instead of two.
            let Some(half) = self.end(&input, work)? else { break };
            let end = half.offset();
            let pattern = &self.matcher.patterns[half.pattern().as_usize()];
            if pattern.groups.is_none() && !pattern.may_be_empty {
                let tail = pattern.until.map_or(0, |byte| memchr(byte, &text[end..]).unwrap_or(text.len() - end));
                work.spend(tail as u64 / 64)?;
                (at, last_end) = (end + tail, Some(end + tail));
                continue;
            }
            let start = self.start(&input.range(at..end), work)?;
            if start == end && last_end == Some(end) {
                // An empty match where the one before it ended doesn't count.
                at = end + 1;
                continue;
            }
            (at, last_end) = (end, Some(end));
            if let Some(groups) = &pattern.groups {
                // Nothing beyond its end can be part of it.
                let (groups, first) = self.groups(groups, &Input::new(text).range(start..end), work)?;
                tell(Match { pattern: half.pattern().as_u32(), groups }, first.unwrap_or(start))?;
            }
        }
        Ok(())
    }

    /// Where the next match ends.
    fn end(&mut self, input: &Input<'_>, work: &mut Work) -> Result<Option<HalfMatch>, Halt> {
        looked(&self.automata.forwards, &mut self.states[0], self.weight, input, work, Automaton::forwards)
    }

    /// Where a match begins that ends where the input does.
    fn start(&mut self, input: &Input<'_>, work: &mut Work) -> Result<usize, Halt> {
        let input = input.clone().anchored(Anchored::Yes);
        let (backwards, states) = (&self.automata.backwards, &mut self.states[1]);
        let found = looked(backwards, states, self.weight, &input, work, Automaton::backwards)?;
        Ok(found.map_or(input.start(), |half| half.offset()))
    }

    /// The groups of a match, and where the first of them begins. They are found without states to remember: the larger the
    /// expression, the longer it takes for a byte.
    fn groups(
        &mut self,
        groups: &Groups,
        input: &Input<'_>,
        work: &mut Work,
    ) -> Result<(Vec<Option<Bytes>>, Option<usize>), Cause> {
        let input = input.clone().anchored(Anchored::Yes);
        let bytes = input.get_span().len() as u64 + 1;
        let is_short = input.get_span().len() <= groups.backtracker.max_haystack_len();
        // The long way has a table, which is made anew, and copies from place to place where groups are.
        let (table, weight) =
            if is_short { (0, groups.weight) } else { (groups.slots / 8, groups.weight + groups.slots / 16) };
        let told = UNITS_PER_GROUP * (1 + groups.count as u64);
        work.spend(bytes.saturating_mul(weight).saturating_add(table).saturating_add(told))?;
        let mut found = None;
        if is_short {
            let mut slots: Vec<Option<NonMaxUsize>> = vec![None; 2 * (groups.count + 1)];
            let cache = self.groups.get_or_insert_with(|| groups.backtracker.create_cache());
            cache.reset(&groups.backtracker);
            if groups.backtracker.try_search_slots(cache, &input, &mut slots).is_ok() {
                found = Some(slots.into_iter().map(|slot| slot.map(NonMaxUsize::get)).collect());
            }
        }
        let slots: Vec<Option<usize>> = match found {
            Some(found) => found,
            None => places::search(groups.backtracker.get_nfa(), &input)?.unwrap_or_default(),
        };
        let offset = |slot: usize| slots.get(slot).copied().flatten();
        let text = input.haystack();
        let group = |index: usize| Some(Bytes::from(&text[offset(2 * index)?..offset(2 * index + 1)?]));
        let first = (1..=groups.count).find_map(|index| offset(2 * index));
        Ok(((1..=groups.count).map(group).collect(), first))
    }
}

type Look = fn(&Automaton, &mut Cache, &Input<'_>) -> Result<Looked, Halt>;

/// Looks on with an automaton until it knows, and counts what it has looked at.
fn looked(
    automaton: &Automaton,
    states: &mut Cache,
    weight: Option<u64>,
    input: &Input<'_>,
    work: &mut Work,
    look: Look,
) -> Result<Option<HalfMatch>, Halt> {
    if let Some(weight) = weight {
        work.spend((input.get_span().len() as u64 + 1).saturating_mul(weight))?;
    }
    let (found, bytes) = look(automaton, states, input)?;
    if weight.is_none() {
        work.spend(1 + bytes as u64 / 2)?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::InputError, input::pattern::Room};

    const PLENTY: u64 = 200_000_000;

    fn matcher(patterns: &[&str]) -> Result<Matcher, InputError> {
        let patterns: Vec<_> = patterns.iter().map(ToString::to_string).collect();
        let mut matcher = Matcher::new("*.x", &patterns, &mut Room::default())?;
        Matcher::finish(&mut [&mut matcher]).unwrap();
        Ok(matcher)
    }

    /// How many matches there are, and the work of finding them; nothing where that is too much or the cache is full.
    fn measured(matcher: &Matcher, text: &[u8], pace: Pace) -> Result<(usize, u64), Halt> {
        let (mut work, mut count) = (Work::new("this", PLENTY), 0);
        matcher.each(text, pace, &mut work, |_, _| {
            count += 1;
            Ok(())
        })?;
        Ok((count, work.spent()))
    }

    #[test]
    fn a_search_that_looks_to_the_end_for_each_byte_is_stopped() {
        // Each search looks for an x up to the end, and takes one byte.
        let matcher = matcher(&["a[^x]*x|(a)"]).unwrap();
        let (count, work) = measured(&matcher, &b"a".repeat(1_000), Pace::Warm).unwrap();
        assert_eq!(count, 1_000);
        assert!((1_000 * 1_000 / 8..1_000 * 1_000 / 2).contains(&work), "{work}");
        let text = b"a".repeat(1 << 20);
        assert!(matches!(measured(&matcher, &text, Pace::Warm), Err(Halt::Cause(Cause::TooMuchWork { .. }))));
    }

    #[test]
    fn the_work_of_an_ordinary_search_grows_with_the_file() {
        let matcher = matcher(&["//[^\n]*", r"import\s+(\w+);"]).unwrap();
        let text = "// nothing to see\nimport some_thing;\nmessage M { string s = 1; }\n";
        let one = measured(&matcher, text.repeat(100).as_bytes(), Pace::Warm).unwrap();
        let ten = measured(&matcher, text.repeat(1_000).as_bytes(), Pace::Warm).unwrap();
        assert_eq!((one.0, ten.0), (100, 1_000));
        assert!(ten.1 <= 10 * one.1 + 10 && ten.1 < 1_000 * 1_000, "{one:?} {ten:?}");
    }

    #[test]
    fn work_does_not_depend_on_what_was_searched_before() {
        let matcher = matcher(&[r"(\w+)\s*=\s*(\w+)", "#[^\n]*"]).unwrap();
        let text = b"a = b # c = d\n e=f ".repeat(50);
        let cold = measured(&matcher, &text, Pace::Cold).unwrap();
        assert_eq!(measured(&matcher, &text, Pace::Warm).unwrap(), cold);
        assert_eq!(measured(&matcher, &text, Pace::Warm).unwrap(), cold);
    }

    #[test]
    fn an_automaton_with_too_many_states_gives_way_to_a_slow_search() {
        // Which of the last 3,000 bytes were an a is part of the state.
        let matcher = matcher(&["(?:[ab]*a)[ab]{3000}(c)"]).unwrap();
        let mut text = Vec::new();
        let mut seed = 1_u32;
        for _ in 0..20_000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.push(b'a' + (seed >> 31) as u8);
        }
        text.push(b'c');
        assert!(matches!(measured(&matcher, &text, Pace::Warm), Err(Halt::Full)));
        assert!(matches!(measured(&matcher, &text, Pace::Cold), Err(Halt::Full)));
        // Three times 20,001 bytes times 3,000 states would be 180 million.
        let text = &text[15_000..];
        assert_eq!(measured(&matcher, text, Pace::Slow).unwrap().0, 1);
        let text = text.repeat(20);
        assert!(matches!(measured(&matcher, &text, Pace::Slow), Err(Halt::Cause(Cause::TooMuchWork { .. }))));
    }

    #[test]
    fn groups_cost_as_much_as_the_expression_is_long() {
        let work =
            |pattern: &str, text: &str| measured(&matcher(&[pattern]).unwrap(), text.as_bytes(), Pace::Warm).unwrap().1;
        let text = "x".repeat(1_000);
        let (short, long) = (work("(x{1000})", &text), work("((?:x?){1000})", &text));
        assert!((1_000_000..1_100_000).contains(&short), "{short}");
        // A byte that may be left out is two ways at one place, and a way at another; half a million is for the end.
        assert!((4_500_000..4_600_000).contains(&long), "{long}");
        // What stands for no byte is counted too: 8,000 ways to go on at each of two places.
        let looks = work(&format!(r"(\w)(?:{}\w?)", "^|".repeat(4_000)), "x");
        assert!((16_000..32_000).contains(&looks), "{looks}");
        let text = format!("{}x", "-".repeat(100_000));
        assert!(work("(x)", &text) < 60_000, "what is in front of a match is passed over");
    }
}
