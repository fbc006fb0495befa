//! Guests that are known to be bad, and the proof by them that the suite can fail.
//!
//! Each is a file in `bad/`, named after its fault, and is [`GOOD`] after one edit. The comment at its head
//! says what is wrong and lists *exactly* the checks that find something; a check is named after its clause. A suite that
//! finds more, or less, is wrong.

use crate::{GOOD, Suite};
use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// All of them, by area and name.
pub const ALL: &[BadGuest] = include!(concat!(env!("OUT_DIR"), "/bad.rs"));

/// The suite for them: less of everything than usual, which is enough for faults that were put there on purpose.
pub fn suite() -> Suite {
    Suite { rounds: 160, spoiled: 24, ..Suite::default() }
}

/// A guest with a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadGuest {
    /// Its file without the ending: `mem/leak`.
    pub name: &'static str,
    head: &'static str,
    /// The lines of the good guest's module that the edit takes away.
    from: usize,
    to: usize,
    edit: &'static str,
}

impl BadGuest {
    /// What is wrong with it.
    pub fn claim(&self) -> String {
        let lines = self.head.lines().map(|line| line.trim_start_matches(";;").trim());
        lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The checks that find something, all of them, in the order of the specification.
    pub fn fails(&self) -> Vec<&'static str> {
        let lines = self.head.lines().map(|line| line.trim_start_matches(";;").trim());
        let list = lines.skip_while(|line| !line.starts_with("fails:")).take_while(|line| !line.is_empty());
        list.flat_map(|line| line.trim_start_matches("fails:").split_whitespace()).collect()
    }

    /// How many lines of the good guest the edit takes away, and how many it puts there.
    pub fn size(&self) -> (usize, usize) {
        (self.to - self.from, self.edit.lines().count())
    }

    /// Its text, from the head on.
    pub fn text(&self) -> String {
        let module = GOOD.find("(module").map_or(GOOD, |start| &GOOD[start..]);
        let lines: Vec<&str> = module.split_inclusive('\n').collect();
        let (before, behind) = (lines[..self.from].concat(), lines[self.to..].concat());
        format!("{}{before}{}{behind}", self.head, self.edit)
    }

    /// Its bytes.
    pub fn wasm(&self) -> Result<Vec<u8>, wat::Error> {
        let mut wasm = wat::parse_str(self.text())?;
        // What can't be said in text is said at the head.
        let cut = self.head.lines().find_map(|line| {
            line.strip_prefix(";; after assembling: without its last ")?.strip_suffix(" bytes")?.parse::<usize>().ok()
        });
        wasm.truncate(wasm.len().saturating_sub(cut.unwrap_or(0)));
        Ok(wasm)
    }
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
        Some(guest) => mistake(suite, guest.name, &guest.fails(), guest.wasm()),
        None => mistake(suite, "good", &[], wat::parse_str(GOOD)),
    });
    (guests.len(), mistakes.into_iter().flatten().collect())
}

fn mistake(
    suite: &Suite,
    guest: &'static str,
    expected: &[&'static str],
    wasm: Result<Vec<u8>, wat::Error>,
) -> Option<Mistake> {
    let found = match wasm {
        Ok(wasm) => suite.run(guest, &wasm).failed_checks(),
        Err(_) => vec!["its text can't be assembled"],
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
