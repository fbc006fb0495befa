//! Has the run to end?
//!
//! A run ends early where it was interrupted, where its calls and the work beside them have used up its fuel, and where it
//! would keep more than it may. Loops whose length a language or a repository chooses ask here, every some thousand units of
//! work; all that they say then is thrown away, since the run ends with an error.
//!
//! All threads of a run are its own, so that each knows its run, and who asks need not be told.

use crate::error::{Cause, RunError};
use dorcas_host::Run;
use std::{
    cell::RefCell,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

/// What may end a run.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    runs: Vec<Run>,
    /// Bytes that are kept for languages, and most of them.
    kept: AtomicU64,
    most: AtomicU64,
    is_full: AtomicBool,
    /// The language for which there was no more room.
    language: Mutex<Option<String>>,
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Stop>>> = const { RefCell::new(None) };
}

/// Whether the run of this thread has to end.
pub(crate) fn is_set() -> bool {
    CURRENT.with_borrow(|stop| stop.as_ref().is_some_and(|stop| stop.is_set()))
}

/// The same as an error.
pub(crate) fn check() -> Result<(), Cause> {
    if is_set() { Err(Cause::Stopped) } else { Ok(()) }
}

impl Stop {
    pub(crate) fn new(runs: Vec<Run>) -> Arc<Self> {
        Arc::new(Self { runs, most: AtomicU64::new(u64::MAX), ..Self::default() })
    }

    /// Tells a thread which run it is for.
    pub(crate) fn enter(self: &Arc<Self>) {
        CURRENT.set(Some(Arc::clone(self)));
    }

    fn is_set(&self) -> bool {
        self.is_full.load(Relaxed) || self.runs.iter().any(|run| run.is_interrupted() || run.is_out_of_fuel())
    }

    /// Sets how many bytes may be kept.
    pub(crate) fn keep_at_most(&self, bytes: u64) {
        self.most.store(bytes, Relaxed);
    }

    /// Adds bytes that are kept until the end for a language.
    pub(crate) fn keep(&self, language: &str, bytes: u64) -> Result<(), Cause> {
        let before = self.kept.fetch_add(bytes, Relaxed);
        if before.saturating_add(bytes) <= self.most.load(Relaxed) {
            return Ok(());
        }
        self.language.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| language.to_owned());
        self.is_full.store(true, Relaxed);
        Err(Cause::Stopped)
    }

    /// Bytes that are kept.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> u64 {
        self.kept.load(Relaxed)
    }

    /// Why the run has to end, if it has to.
    pub(crate) fn reason(&self) -> Result<(), RunError> {
        if self.runs.iter().any(Run::is_interrupted) {
            return Err(RunError::Interrupted);
        }
        if let Some(run) = self.runs.iter().find(|run| run.is_out_of_fuel()) {
            return Err(RunError::OutOfFuel { limit: run.fuel_limit() });
        }
        if self.is_full.load(Relaxed) {
            let language = self.language.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default();
            return Err(RunError::KeepsTooMuch { language, limit: self.most.load(Relaxed) });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_knows_its_run() {
        let run = Run::new();
        let stop = Stop::new(vec![Run::new(), run.clone()]);
        std::thread::scope(|threads| {
            let inside = threads.spawn(|| {
                stop.enter();
                assert!(check().is_ok());
                run.interrupt();
                check().is_err()
            });
            assert!(inside.join().unwrap());
        });
        assert!(check().is_ok(), "this thread is for none");
        assert_eq!(stop.reason().unwrap_err().to_string(), "the run was interrupted; nothing was done");
    }

    #[test]
    fn one_byte_more_than_may_be_kept() {
        let stop = Stop::new(Vec::new());
        stop.keep_at_most(10);
        assert!(stop.keep("a", 6).is_ok() && stop.keep("b", 4).is_ok() && stop.reason().is_ok());
        assert!(stop.keep("c", 1).is_err());
        assert_eq!(stop.kept(), 11);
        let expected = "language c: what the run keeps for its languages comes to more than 10 bytes \
                        (`Options::kept_bytes`, --kept-bytes); nothing was done";
        assert_eq!(stop.reason().unwrap_err().to_string(), expected);
    }
}
