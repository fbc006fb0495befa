//! Guests that are known to be bad, and the proof by them that the suite can fail.
//!
//! Each is a file in `bad/`, named after its fault: an edit of [`GOOD`], as a patch without line numbers. The text at its
//! head says what is wrong and lists *exactly* the checks that find something; a check is named after its clause. A suite
//! that finds more, or less, is wrong.

use crate::{GOOD, Suite, Trees, check, edit};
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

/// The suites for them, with less of everything than usual, which is enough for faults that were put there on purpose. Most
/// show with the first; the second is for those that have not all shown by then.
pub fn suites() -> [Suite; 2] {
    [
        Suite { rounds: 101, corrupted: 6, seeds: 1, ..Suite::default() },
        Suite { rounds: 500, corrupted: 24, seeds: 1, seed: 2, ..Suite::default() },
    ]
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

/// How much a self-test looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Each guest has its run to the end, after which it may be that a check has found more than it should.
    Whole,
    /// A run of a bad guest ends when all has been found that should be.
    UntilFound,
}

/// Runs suites on the good guest and on all bad ones: on the good one all, on a bad one the next as long as there are checks
/// that should find something and have not. Returns how many guests there were, and what was not as it should be.
pub fn self_test(suites: &[Suite], effort: Effort) -> (usize, Vec<Mistake>) {
    let guests: Vec<Option<&BadGuest>> = [None].into_iter().chain(ALL.iter().map(Some)).collect();
    let trees = Trees::new();
    let mistakes = each(&guests, |guest| match guest {
        Some(guest) => mistake(suites, effort, &trees, guest.name, &guest.fails(), guest.wasm().ok()),
        None => mistake(suites, effort, &trees, "good", &[], good().ok()),
    });
    (guests.len(), mistakes.into_iter().flatten().collect())
}

fn mistake(
    suites: &[Suite],
    effort: Effort,
    trees: &Trees,
    guest: &'static str,
    expected: &[&'static str],
    wasm: Option<Vec<u8>>,
) -> Option<Mistake> {
    let mut found: Vec<&'static str> = Vec::new();
    let until = (effort == Effort::UntilFound && !expected.is_empty()).then_some(expected);
    match wasm {
        Some(wasm) => {
            for suite in suites {
                found.extend(suite.run_until(until, trees, guest, &wasm).failed_checks());
                let all = expected.iter().all(|check| found.contains(check));
                if all && !expected.is_empty() {
                    break;
                }
            }
        }
        None => found.push("its text can't be assembled"),
    }
    found.sort_by_key(|found| check::ALL.iter().position(|check| check.name == *found));
    found.dedup();
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
