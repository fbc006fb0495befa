//! How is a file searched, and how much work is that?
//!
//! To find all matches may take time that grows with the square of a file: each search looks on for a longer match, up to
//! the end of the file, and the next one begins a byte further on. So what is looked at is counted as often as it is, and
//! stopped where it is too much.

use super::pattern::{Matcher, Pattern};
use crate::{error::Cause, work::Work};
use dorcas_abi::{message::Match, wire::Bytes};
use memchr::memchr;
use regex_automata::{HalfMatch, Input, hybrid, meta, util::primitives::NonMaxUsize};
use std::sync::PoisonError;

/// Scratch space of a thread.
pub(super) struct Scratch {
    /// States of the automaton that were met so far.
    states: hybrid::dfa::Cache,
    groups: meta::Cache,
}

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

/// Work of filling the cache, which was for nothing where a slow search follows.
pub(super) const FILLING: u64 = 10_000_000;

/// Why a search stopped.
#[derive(Debug)]
pub(super) enum Halt {
    /// There are more states than the cache has room for.
    Full,
    /// There is too much of something.
    Cause(Cause),
}

impl Halt {
    /// What the last search stopped for: a slow one has no cache that could be full.
    pub(super) fn into_cause(self) -> Cause {
        match self {
            Self::Cause(cause) => cause,
            Self::Full => Cause::TooMuchWork { what: "its regular expressions together", limit: 0 },
        }
    }
}

impl From<Cause> for Halt {
    fn from(cause: Cause) -> Self {
        Self::Cause(cause)
    }
}

impl Matcher {
    /// The matches in `text`, from left to right and without overlap, that are to be told: those of expressions
    /// with groups. `tell` may stop the search with an error.
    pub(super) fn each(
        &self,
        text: &[u8],
        pace: Pace,
        work: &mut Work,
        tell: impl FnMut(Match) -> Result<(), Cause>,
    ) -> Result<(), Halt> {
        let pooled = self.scratch.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scratch = pooled
            .unwrap_or_else(|| Scratch { states: self.automaton.create_cache(), groups: self.regex.create_cache() });
        if pace == Pace::Cold {
            scratch.states.reset(&self.automaton);
        }
        let result = self.search(&mut scratch, text, pace, work, tell);
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        result
    }

    fn search(
        &self,
        scratch: &mut Scratch,
        text: &[u8],
        pace: Pace,
        work: &mut Work,
        mut tell: impl FnMut(Match) -> Result<(), Cause>,
    ) -> Result<(), Halt> {
        let mut slots: Vec<Option<NonMaxUsize>> = vec![None; self.regex.group_info().slot_len()];
        let mut input = Input::new(text);
        let (mut at, mut last_end) = (0, None);
        while at <= text.len() {
            input.set_start(at);
            input.set_end(text.len());
            // Most matches are comments to be passed over. Of those only the end is needed, which takes one scan
            // instead of two.
            let Some(half) = self.next(scratch, &input, pace, work)? else { break };
            let (id, end) = (half.pattern(), half.offset());
            let pattern = &self.patterns[id.as_usize()];
            if pattern.groups == 0 && !pattern.may_be_empty {
                let tail = pattern.until.map_or(0, |byte| memchr(byte, &text[end..]).unwrap_or(text.len() - end));
                work.spend(tail as u64 / 64)?;
                (at, last_end) = (end + tail, Some(end + tail));
                continue;
            }
            // The same match again, with its groups: nothing beyond its end can be part of it.
            input.set_end(end);
            self.pay_for_groups(scratch, &input, pattern, work)?;
            self.regex.search_slots_with(&mut scratch.groups, &input, &mut slots);
            let offset = |slot: usize| slots.get(slot).copied().flatten().map(NonMaxUsize::get);
            if offset(id.as_usize() * 2) == Some(end) && last_end == Some(end) {
                // An empty match where the one before it ended doesn't count.
                at = end + 1;
                continue;
            }
            (at, last_end) = (end, Some(end));
            if pattern.groups > 0 {
                let group = |index: usize| {
                    let slot = pattern.slots + index * 2;
                    Some(Bytes::from(&text[offset(slot)?..offset(slot + 1)?]))
                };
                tell(Match { pattern: id.as_u32(), groups: (0..pattern.groups).map(group).collect() })?;
            }
        }
        Ok(())
    }

    /// Where the next match ends.
    fn next(
        &self,
        scratch: &mut Scratch,
        input: &Input<'_>,
        pace: Pace,
        work: &mut Work,
    ) -> Result<Option<HalfMatch>, Halt> {
        if pace == Pace::Slow {
            work.spend((input.get_span().len() as u64 + 1).saturating_mul(self.positions))?;
            return Ok(self.regex.search_half_with(&mut scratch.groups, input));
        }
        let before = scratch.states.search_total_len();
        // Its one error is that there is no room for a state.
        let found = self.automaton.try_search_fwd(&mut scratch.states, input).map_err(|_| Halt::Full)?;
        let seen = scratch.states.search_total_len() - before;
        work.spend(1 + seen as u64 / 2)?;
        Ok(found)
    }

    /// Groups are found by an automaton without states to remember: the more positions, the longer it takes for a byte.
    fn pay_for_groups(
        &self,
        scratch: &mut Scratch,
        input: &Input<'_>,
        pattern: &Pattern,
        work: &mut Work,
    ) -> Result<(), Cause> {
        let units = |start: usize| 1 + (input.end() - start) as u64 * pattern.positions;
        // Where the match begins is rarely worth to be asked: what is in front of it was passed over quickly.
        let most = units(input.start());
        if most <= MOST_UNASKED && most <= work.left() {
            return work.spend(most);
        }
        let found = self.regex.search_with(&mut scratch.groups, input);
        work.spend(units(found.map_or(input.start(), |found| found.start())))
    }
}

/// Work that is counted for a match as if it began where the one before it ended.
const MOST_UNASKED: u64 = 4_096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::InputError;

    const PLENTY: u64 = 200_000_000;

    fn matcher(patterns: &[&str]) -> Result<Matcher, InputError> {
        Matcher::new("*.x", &patterns.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    /// How many matches there are, and the work of finding them; nothing where that is too much or the cache is full.
    fn measured(matcher: &Matcher, text: &[u8], pace: Pace) -> Result<(usize, u64), Halt> {
        let (mut work, mut count) = (Work::new("this", PLENTY), 0);
        matcher.each(text, pace, &mut work, |_| {
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
        // 20,001 bytes times 3,003 positions, and once more for the group.
        assert_eq!(measured(&matcher, &text, Pace::Slow).unwrap().0, 1);
        let text = text.repeat(20);
        assert!(matches!(measured(&matcher, &text, Pace::Slow), Err(Halt::Cause(Cause::TooMuchWork { .. }))));
    }

    #[test]
    fn groups_cost_as_much_as_the_expression_is_long() {
        let work =
            |pattern: &str, text: &str| measured(&matcher(&[pattern]).unwrap(), text.as_bytes(), Pace::Warm).unwrap().1;
        let text = "x".repeat(1_000);
        let (short, long) = (work("(x{1000})", &text), work("((?:x?){1000})", &text));
        assert!((1_000_000..1_100_000).contains(&short) && (1_000_000..1_100_000).contains(&long), "{short} {long}");
        let text = format!("{}x", "-".repeat(100_000));
        assert!(work("(x)", &text) < 60_000, "what is in front of a match is passed over");
    }
}
