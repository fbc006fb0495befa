//! How does an automaton go through a text, so that it can be stopped on the way?
//!
//! The loops of the library come back at the end of a text, which may have 256 MiB. Here they are cut into pieces: behind
//! each it is asked whether the run has to end.

use crate::{error::Cause, stop};
use regex_automata::{
    HalfMatch, Input, MatchError, Span,
    hybrid::{
        LazyStateID,
        dfa::{Cache, DFA},
    },
    util::prefilter::Prefilter,
};
use std::ops::Range;

/// Most steps between two looks: a byte takes one, or as many as the automaton is large where a state has to be worked out.
const UNASKED: u64 = 4_000_000;
/// Most bytes between two looks.
const PIECE: usize = 1 << 20;

/// An automaton whose states are worked out as a search comes upon them.
pub(super) struct Automaton {
    dfa: DFA,
    /// Bytes between two looks.
    piece: usize,
    /// Whether the state at the beginning depends on the byte in front.
    looks_back: bool,
}

/// Why a search stopped.
#[derive(Debug)]
pub(super) enum Halt {
    /// There are more states than the cache has room for.
    Full,
    /// There is too much of something, or the run has to end.
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

/// Where a match ends or begins, and how many bytes were looked at to know.
pub(super) type Looked = (Option<HalfMatch>, usize);

/// The one error of an automaton without bytes at which it quits.
fn full(_: MatchError) -> Halt {
    Halt::Full
}

impl Automaton {
    /// `weight` is what it may take to work out a state.
    pub(super) fn new(dfa: DFA, weight: u64) -> Self {
        let piece = usize::try_from(UNASKED / weight.max(1)).unwrap_or(PIECE).clamp(1, PIECE);
        let looks_back = !dfa.get_nfa().look_set_prefix_any().is_empty();
        Self { dfa, piece, looks_back }
    }

    /// An empty cache for its states.
    pub(super) fn create_cache(&self) -> Cache {
        self.dfa.create_cache()
    }

    /// Where the first match ends that begins in the span of the input.
    pub(super) fn forwards(&self, cache: &mut Cache, input: &Input<'_>) -> Result<Looked, Halt> {
        let (text, Span { start, end }) = (input.haystack(), input.get_span());
        let mut state = self.dfa.start_state_forward(cache, input).map_err(full)?;
        let prefilter = self.dfa.get_config().get_prefilter();
        let mut at = start;
        if let Some(prefilter) = prefilter {
            let Some(candidate) = candidate(prefilter, text, at..end)? else { return Ok((None, 0)) };
            at = candidate;
            state = self.again(cache, input, state, at)?;
        }
        let (first, mut found) = (at, None);
        let mut asked_at = at;
        while at < end {
            if at >= asked_at {
                stop::check()?;
                asked_at = at + self.piece;
            }
            let until = end.min(asked_at);
            while at < until {
                state = self.next(cache, state, text[at])?;
                if state.is_tagged() {
                    if state.is_match() {
                        // A match is known a byte behind its end.
                        found = Some(HalfMatch::new(self.dfa.match_pattern(cache, state, 0), at));
                    } else if state.is_dead() {
                        return Ok((found, at - first));
                    } else if state.is_start()
                        && found.is_none()
                        && let Some(prefilter) = prefilter
                    {
                        let Some(candidate) = candidate(prefilter, text, at..end)? else {
                            return Ok((None, end - first));
                        };
                        if candidate > at {
                            at = candidate;
                            state = self.again(cache, input, state, at)?;
                            continue;
                        }
                    }
                }
                at += 1;
            }
        }
        state = match text.get(end) {
            Some(byte) => self.next(cache, state, *byte)?,
            None => self.end(cache, state)?,
        };
        if state.is_match() {
            found = Some(HalfMatch::new(self.dfa.match_pattern(cache, state, 0), end));
        }
        Ok((found, end - first))
    }

    /// Where the match begins, as far in front as can be, that ends at the end of the span of the input.
    pub(super) fn backwards(&self, cache: &mut Cache, input: &Input<'_>) -> Result<Looked, Halt> {
        let (text, Span { start, end }) = (input.haystack(), input.get_span());
        let mut state = self.dfa.start_state_reverse(cache, input).map_err(full)?;
        let mut found = None;
        let mut at = end;
        while at > start {
            stop::check()?;
            let until = start.max(at.saturating_sub(self.piece));
            while at > until {
                at -= 1;
                state = self.next(cache, state, text[at])?;
                if state.is_tagged() {
                    if state.is_match() {
                        found = Some(HalfMatch::new(self.dfa.match_pattern(cache, state, 0), at + 1));
                    } else if state.is_dead() {
                        return Ok((found, end - at));
                    }
                }
            }
        }
        state = match start.checked_sub(1) {
            Some(before) => self.next(cache, state, text[before])?,
            None => self.end(cache, state)?,
        };
        if state.is_match() {
            found = Some(HalfMatch::new(self.dfa.match_pattern(cache, state, 0), start));
        }
        Ok((found, end - start))
    }

    #[inline]
    fn next(&self, cache: &mut Cache, state: LazyStateID, byte: u8) -> Result<LazyStateID, Halt> {
        self.dfa.next_state(cache, state, byte).map_err(|_| Halt::Full)
    }

    fn end(&self, cache: &mut Cache, state: LazyStateID) -> Result<LazyStateID, Halt> {
        self.dfa.next_eoi_state(cache, state).map_err(|_| Halt::Full)
    }

    /// The state at a place that was jumped to from the beginning.
    fn again(&self, cache: &mut Cache, input: &Input<'_>, state: LazyStateID, at: usize) -> Result<LazyStateID, Halt> {
        if !self.looks_back {
            return Ok(state);
        }
        self.dfa.start_state_forward(cache, &input.clone().range(at..input.end())).map_err(full)
    }
}

/// The first place in a range at which a match may begin.
fn candidate(prefilter: &Prefilter, text: &[u8], range: Range<usize>) -> Result<Option<usize>, Halt> {
    let mut start = range.start;
    loop {
        // What begins in the piece may end behind it.
        let next = start.saturating_add(PIECE);
        let end = range.end.min(next.saturating_add(prefilter.max_needle_len()));
        match prefilter.find(text, Span { start, end }) {
            Some(found) if found.start <= next || end == range.end => return Ok(Some(found.start)),
            None if end == range.end => return Ok(None),
            _ => start = next,
        }
        stop::check()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::Stop;
    use dorcas_host::Run;
    use proptest::prelude::*;
    use regex_automata::{Anchored, MatchKind, nfa::thompson};
    use regex_syntax::hir::Hir;

    fn hirs(patterns: &[&str]) -> Vec<Hir> {
        let parser = || regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
        patterns.iter().map(|pattern| parser().parse(pattern).unwrap()).collect()
    }

    fn automata(patterns: &[&str], weight: u64) -> [Automaton; 2] {
        let hirs = hirs(patterns);
        let nfa = |reverse| {
            let config =
                thompson::Config::new().utf8(false).reverse(reverse).which_captures(thompson::WhichCaptures::None);
            thompson::Compiler::new().configure(config).build_many_from_hir(&hirs).unwrap()
        };
        let prefilter = Prefilter::from_hirs_prefix(MatchKind::LeftmostFirst, &hirs);
        let config = DFA::config();
        let with = config.clone().specialize_start_states(prefilter.is_some()).prefilter(prefilter);
        let forwards = DFA::builder().configure(with).build_from_nfa(nfa(false)).unwrap();
        let backwards = DFA::builder().configure(config.match_kind(MatchKind::All)).build_from_nfa(nfa(true)).unwrap();
        [Automaton::new(forwards, weight), Automaton::new(backwards, weight)]
    }

    /// Finds the same as the library, in pieces of as many bytes as come of the weight.
    fn compare(patterns: &[&str], text: &[u8], weight: u64) {
        let [forwards, backwards] = automata(patterns, weight);
        let (mut cache, mut reverse) = (forwards.create_cache(), backwards.create_cache());
        for start in 0..=text.len() {
            let input = Input::new(text).range(start..);
            let before = cache.search_total_len();
            let expected = forwards.dfa.try_search_fwd(&mut cache, &input).unwrap();
            let looked = cache.search_total_len() - before;
            assert_eq!(forwards.forwards(&mut cache, &input).unwrap(), (expected, looked), "{patterns:?} {start}");
            let Some(end) = expected else { continue };
            let input = input.range(start..end.offset()).anchored(Anchored::Yes);
            let expected = backwards.dfa.try_search_rev(&mut reverse, &input).unwrap();
            assert_eq!(backwards.backwards(&mut reverse, &input).unwrap().0, expected, "{patterns:?} {start}");
        }
    }

    #[test]
    fn a_long_text_is_searched_in_pieces() {
        let mut text = vec![b'-'; 3 * PIECE];
        for place in [7, PIECE - 3, PIECE, 2 * PIECE - 1, 3 * PIECE - 5] {
            text[place..place + 5].copy_from_slice(b"abcde");
        }
        for patterns in [&["abcde"][..], &["abcd|bc", "cde"], &["a[^x]*e"], &[r"\babcde"]] {
            let [forwards, _] = automata(patterns, 1);
            let mut cache = forwards.create_cache();
            for start in [0, 8, PIECE - 3, PIECE + 1, 2 * PIECE] {
                let input = Input::new(&text).range(start..);
                let expected = forwards.dfa.try_search_fwd(&mut cache, &input).unwrap();
                assert_eq!(forwards.forwards(&mut cache, &input).unwrap().0, expected, "{patterns:?} {start}");
            }
        }
    }

    #[test]
    fn a_search_is_stopped_in_the_middle() {
        let run = Run::new();
        Stop::new(vec![run.clone()]).enter();
        let text = vec![b'-'; 8 * PIECE];
        let [forwards, backwards] = automata(&["-*x", "[^y]*-"], 1);
        let mut cache = forwards.create_cache();
        assert!(forwards.forwards(&mut cache, &Input::new(&text)).is_ok());
        run.interrupt();
        assert!(matches!(forwards.forwards(&mut cache, &Input::new(&text)), Err(Halt::Cause(Cause::Stopped))));
        let (mut cache, input) = (backwards.create_cache(), Input::new(&text).anchored(Anchored::Yes));
        assert!(matches!(backwards.backwards(&mut cache, &input), Err(Halt::Cause(Cause::Stopped))));
        let [forwards, _] = automata(&["xyz"], 1);
        assert!(matches!(
            forwards.forwards(&mut forwards.create_cache(), &Input::new(&text)),
            Err(Halt::Cause(Cause::Stopped))
        ));
    }

    proptest! {
        #[test]
        fn the_same_as_the_library_finds(
            patterns in proptest::collection::vec(
                r"(\((a|b|ab|\[ab\]\+\?|\^|\$|\\b|a\{3\})\)|a|b\+|c\?|\[ab\]\*c|\\b|ab|x\[\^\n\]\*|b\[\^c\]\*){1,3}", 1..4
            ),
            text in "[abcx\n ]{0,30}",
            weight in prop_oneof![Just(1), Just(UNASKED / 3), Just(UNASKED)],
        ) {
            let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
            compare(&patterns, text.as_bytes(), weight);
        }
    }
}
