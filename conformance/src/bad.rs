//! Guests that are known to be bad, and the proof by them that the suite can fail.
//!
//! Each is a file in `bad/`, named after its fault: an edit of [`GOOD`], as a patch without line numbers. The text at its
//! head says what is wrong and lists *exactly* the checks that find something; a check is named after its clause. A suite
//! that finds more, or less, is wrong.

use crate::{GOOD, Suite, edit};
use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};
use thiserror::Error;

pub use crate::edit::EditError;

/// All of them, by area and name.
pub const ALL: &[BadGuest] = include!(concat!(env!("OUT_DIR"), "/bad.rs"));

/// The suite for them: less of everything than usual, which is enough for faults that were put there on purpose.
pub fn suite() -> Suite {
    Suite { rounds: 160, corrupted: 24, ..Suite::default() }
}

/// A guest with a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadGuest {
    /// The guest's file without the ending: `mem/leak`.
    pub name: &'static str,
    file: &'static str,
}

/// Why a known-bad guest can't be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BadGuestError {
    /// The edit does not fit the good guest.
    #[error("bad/{guest}.diff: {cause}")]
    Edit {
        /// The guest.
        guest: &'static str,
        /// Why not.
        #[source]
        cause: EditError,
    },
    /// The edited text is not WebAssembly.
    #[error("{guest}: the text can't be assembled: {fault}")]
    Text {
        /// The guest.
        guest: &'static str,
        /// The assembler's message.
        fault: String,
    },
}

impl BadGuest {
    /// What is wrong with the guest.
    pub fn claim(&self) -> String {
        let lines = edit::head(self.file).lines().take_while(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join(" ")
    }

    /// The checks that find something, all of them, in the order of the specification.
    pub fn fails(&self) -> Vec<&'static str> {
        let lines = edit::head(self.file).lines();
        let list = lines.skip_while(|line| !line.starts_with("fails:")).take_while(|line| !line.is_empty());
        list.flat_map(|line| line.trim_start_matches("fails:").split_whitespace()).collect()
    }

    /// The number of lines of the good guest that the edit takes away, and the number that it adds.
    pub fn size(&self) -> (usize, usize) {
        edit::size(self.file)
    }

    /// The guest's text, with the head of its file as a comment.
    pub fn text(&self) -> Result<String, BadGuestError> {
        let module = GOOD.find("(module").map_or(GOOD, |start| &GOOD[start..]);
        let module = edit::apply(module, self.file).map_err(|cause| BadGuestError::Edit { guest: self.name, cause })?;
        let head = edit::head(self.file).lines().map(|line| format!(";; {line}").trim_end().to_owned() + "\n");
        Ok(head.collect::<String>() + &module)
    }

    /// The guest's bytes.
    pub fn wasm(&self) -> Result<Vec<u8>, BadGuestError> {
        let fault = |error: wat::Error| BadGuestError::Text { guest: self.name, fault: error.to_string() };
        let mut wasm = wat::parse_str(self.text()?).map_err(fault)?;
        // The head says what can't be said in text.
        let cut = edit::head(self.file).lines().find_map(|line| {
            line.strip_prefix("after assembling: without its last ")?.strip_suffix(" bytes")?.parse::<usize>().ok()
        });
        wasm.truncate(wasm.len().saturating_sub(cut.unwrap_or(0)));
        Ok(wasm)
    }
}

/// The bytes of the good guest.
pub fn good() -> Result<Vec<u8>, BadGuestError> {
    wat::parse_str(GOOD).map_err(|error| BadGuestError::Text { guest: "good", fault: error.to_string() })
}

/// A guest about which the suite says something else than it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The guest: `mem/leak`, or `good`.
    pub guest: &'static str,
    /// The checks that find something and should not.
    pub unexpected: Vec<&'static str>,
    /// The checks that find nothing and should.
    pub missing: Vec<&'static str>,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.guest)?;
        for check in &self.unexpected {
            write!(f, " +{check}")?;
        }
        for check in &self.missing {
            write!(f, " -{check}")?;
        }
        Ok(())
    }
}

/// Runs a suite on the good guest and on all bad ones. Returns how many guests there were, and what was not as it should be.
pub fn self_test(suite: &Suite) -> (usize, Vec<Mistake>) {
    let guests: Vec<Option<&BadGuest>> = [None].into_iter().chain(ALL.iter().map(Some)).collect();
    let mistakes = each(&guests, |guest| match guest {
        Some(guest) => mistake(suite, guest.name, &guest.fails(), guest.wasm().ok()),
        None => mistake(suite, "good", &[], good().ok()),
    });
    (guests.len(), mistakes.into_iter().flatten().collect())
}

fn mistake(suite: &Suite, guest: &'static str, expected: &[&'static str], wasm: Option<Vec<u8>>) -> Option<Mistake> {
    let found = match wasm {
        Some(wasm) => suite.run(guest, &wasm).failed_checks(),
        None => vec!["its text can't be assembled"],
    };
    let unexpected: Vec<_> = found.iter().copied().filter(|check| !expected.contains(check)).collect();
    let missing: Vec<_> = expected.iter().copied().filter(|check| !found.contains(check)).collect();
    let wrong = !unexpected.is_empty() || !missing.is_empty();
    wrong.then_some(Mistake { guest, unexpected, missing })
}

/// Works on all items, on as many threads as there are processors; results are in the order of the items.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let threads = thread::available_parallelism().map_or(1, usize::from).min(items.len().max(1));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((index, item)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    items.get(index).map(|item| (index, item))
                } {
                    let result = work(item);
                    results.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
