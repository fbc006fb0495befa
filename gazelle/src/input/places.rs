//! Where are the groups of a match that is too long to go back in?
//!
//! All ways through the automaton are followed at a time, a byte after the other, each with the places of its groups:
//! Pike's algorithm. The library has it too, but comes back at the end of the text only.

use crate::{error::Cause, stop};
use regex_automata::{
    Input,
    nfa::thompson::{NFA, State},
    util::primitives::{SmallIndex, StateID},
};

/// Most steps between two looks whether the run has to end.
const UNASKED: u32 = 100_000;

/// A place in the text and one more; 0 is none.
type Place = usize;

/// The states in which a search may be, in the order in which they are preferred.
struct Ways {
    order: Vec<StateID>,
    /// Where each state stands in `order`, if it does.
    position: Vec<u32>,
    /// For each state, the places that led to it.
    places: Vec<Place>,
}

impl Ways {
    fn new(states: usize, places: usize) -> Self {
        Self { order: Vec::with_capacity(states), position: vec![0; states], places: vec![0; states * places] }
    }

    /// Adds a state; false if it is there.
    fn insert(&mut self, state: StateID) -> bool {
        let position = self.position[state] as usize;
        if self.order.get(position) == Some(&state) {
            return false;
        }
        self.position[state] = u32::try_from(self.order.len()).expect("a state has 32 bits");
        self.order.push(state);
        true
    }
}

enum Todo {
    Enter(StateID),
    /// To go back to where a place was before.
    Restore(SmallIndex, Place),
}

struct Search<'a> {
    nfa: &'a NFA,
    input: &'a Input<'a>,
    /// Of each state.
    len: usize,
    todo: Vec<Todo>,
    unasked: u32,
}

/// The places of all groups in the match that begins where the input does: two for each, the first group being the match.
/// `None` if nothing matches there.
pub(super) fn search(nfa: &NFA, input: &Input<'_>) -> Result<Option<Vec<Option<usize>>>, Cause> {
    let (states, len) = (nfa.states().len(), nfa.group_info().slot_len());
    let mut search = Search { nfa, input, len, todo: Vec::new(), unasked: UNASKED };
    let (mut now, mut next) = (Ways::new(states, len), Ways::new(states, len));
    let mut found: Option<Vec<Place>> = None;
    search.follow(&mut now, nfa.start_anchored(), input.start(), &mut vec![0; len])?;
    for at in input.start()..=input.end() {
        for index in 0..now.order.len() {
            search.ask()?;
            let state = now.order[index];
            let text = input.haystack();
            let target = match nfa.state(state) {
                State::ByteRange { trans } => trans.matches(text, at).then_some(trans.next),
                State::Sparse(sparse) => sparse.matches(text, at),
                State::Dense(dense) => dense.matches(text, at),
                State::Match { .. } => {
                    found = Some(now.places[state.as_usize() * len..][..len].to_vec());
                    // All that follow are less preferred.
                    break;
                }
                _ => None,
            };
            if let Some(target) = target
                && at < input.end()
            {
                let places = &mut now.places[state.as_usize() * len..][..len];
                search.follow(&mut next, target, at + 1, places)?;
            }
        }
        std::mem::swap(&mut now, &mut next);
        next.order.clear();
        if now.order.is_empty() {
            break;
        }
    }
    Ok(found.map(|places| places.into_iter().map(|place| place.checked_sub(1)).collect()))
}

impl Search<'_> {
    /// Adds all states that can be reached from one without a byte. The places are as they were at the end.
    fn follow(&mut self, ways: &mut Ways, state: StateID, at: usize, places: &mut [Place]) -> Result<(), Cause> {
        self.todo.push(Todo::Enter(state));
        while let Some(todo) = self.todo.pop() {
            match todo {
                Todo::Enter(state) => self.enter(ways, state, at, places)?,
                Todo::Restore(place, before) => places[place] = before,
            }
        }
        Ok(())
    }

    fn enter(&mut self, ways: &mut Ways, mut state: StateID, at: usize, places: &mut [Place]) -> Result<(), Cause> {
        loop {
            self.ask()?;
            if !ways.insert(state) {
                return Ok(());
            }
            state = match self.nfa.state(state) {
                State::Look { look, next } => {
                    if !self.nfa.look_matcher().matches(*look, self.input.haystack(), at) {
                        return Ok(());
                    }
                    *next
                }
                State::Union { alternates } => {
                    let Some((first, others)) = alternates.split_first() else { return Ok(()) };
                    self.todo.extend(others.iter().rev().map(|state| Todo::Enter(*state)));
                    *first
                }
                State::BinaryUnion { alt1, alt2 } => {
                    self.todo.push(Todo::Enter(*alt2));
                    *alt1
                }
                State::Capture { next, slot, .. } => {
                    if let Some(place) = places.get_mut(slot.as_usize()) {
                        self.todo.push(Todo::Restore(*slot, *place));
                        *place = at + 1;
                    }
                    *next
                }
                _ => {
                    ways.places[state.as_usize() * self.len..][..self.len].copy_from_slice(places);
                    return Ok(());
                }
            };
        }
    }

    fn ask(&mut self) -> Result<(), Cause> {
        self.unasked -= 1;
        if self.unasked == 0 {
            self.unasked = UNASKED;
            return stop::check();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::Stop;
    use dorcas_host::Run;
    use proptest::prelude::*;
    use regex_automata::{
        Anchored,
        nfa::{thompson, thompson::pikevm::PikeVM},
        util::primitives::NonMaxUsize,
    };

    fn nfa(pattern: &str) -> NFA {
        let parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
        let hir = { parser }.parse(pattern).unwrap();
        let config = thompson::Config::new().utf8(false);
        thompson::Compiler::new().configure(config).build_from_hir(&hir).unwrap()
    }

    /// What the library finds is found.
    fn compare(pattern: &str, text: &[u8]) {
        let nfa = nfa(pattern);
        let pike = PikeVM::new_from_nfa(nfa.clone()).unwrap();
        for start in 0..=text.len() {
            for end in start..=text.len() {
                let input = Input::new(text).range(start..end).anchored(Anchored::Yes);
                let mut slots = vec![None; nfa.group_info().slot_len()];
                let is_found = pike.search_slots(&mut pike.create_cache(), &input, &mut slots).is_some();
                let expected = is_found.then(|| slots.into_iter().map(|slot| slot.map(NonMaxUsize::get)).collect());
                assert_eq!(search(&nfa, &input).unwrap(), expected, "{pattern:?} {start}..{end}");
            }
        }
    }

    #[test]
    fn groups_in_groups_and_looks() {
        for pattern in ["((a)|b)*", r"(a$)?(\b)(a|)*", "(?:(a)|(b)|()){2,3}", r"(\xff)?(?s:(.+?))(b*)", "(a*)*(^b)?"] {
            compare(pattern, b"aabab b\xffa");
        }
    }

    #[test]
    fn a_search_is_stopped_in_the_middle() {
        let (nfa, text) = (nfa("((?:x?){100})*"), vec![b'x'; 10_000]);
        let input = Input::new(&text).anchored(Anchored::Yes);
        let run = Run::new();
        Stop::new(vec![run.clone()]).enter();
        assert!(search(&nfa, &input).unwrap().is_some());
        run.interrupt();
        assert!(matches!(search(&nfa, &input), Err(Cause::Stopped)));
    }

    proptest! {
        #[test]
        fn the_same_as_the_library_finds(
            pattern in r"(\((a|b|a\*|\[ab\]\+\?|\^|\$|\\b|a\|b|)\)|a|b\+|c\?|\[ab\]\*c|(\(a?\))\*|\((a)\|(b)\)\?){1,4}",
            text in "[abc ]{0,10}",
        ) {
            compare(&pattern, text.as_bytes());
        }
    }
}
