//! How much may the host do for a language?
//!
//! What a guest computes is paid for with fuel. What the host does because a guest asks for it is counted too, in the same
//! unit of a few nanoseconds: by sizes, never by a clock, so that it is the same on every machine and on any number of
//! threads.
//!
//! There is more of it for a large input, as with fuel: so much for each call, and once more for each so many bytes of files,
//! BUILD file and imports that are handled for it.
//!
//! | work | units |
//! |---|---|
//! | bytes that regular expressions are run over, as often as they are looked at | 1 for 2 |
//! | a match that is told | its bytes, times the states of its expression and the ways between them; 16 for a group |
//! | the same where a search comes upon more sets of states than fit into a cache | the bytes, times the states of all expressions, up to 600 million, for filling it, then all bytes behind, times 3, times the states of all expressions |
//! | a rule, an argument or a string of one, or a load statement, that is looked at in a merge | 1 |
//! | a directory that is to be in the index | 1000, and 1 for each byte of its path |
//! | a byte of a `Raw` value, of an argument or of a name, which are read as Starlark a few times | 16 |
//! | an answer from the index | 200, and as much for each label that the rule embeds |

use crate::{error::Cause, stop};

/// Most units that are spent without looking whether the run has to end: a tenth of a millisecond.
const UNASKED: u64 = 20_000;

/// What is left for one call of a language.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    what: &'static str,
    per_call: u64,
    /// Bytes for which there is `per_call` once more; 0 where there never is.
    step: u32,
    bytes: u64,
    limit: u64,
    left: u64,
    /// Units until it is asked again whether the run has to end.
    unasked: u64,
}

impl Default for Work {
    /// As much as need be.
    fn default() -> Self {
        Self::new("this", u64::MAX)
    }
}

impl Work {
    /// A budget; `what` is the work in an error.
    pub(crate) fn new(what: &'static str, limit: u64) -> Self {
        Self { what, per_call: limit, step: 0, bytes: 0, limit, left: limit, unasked: 0 }
    }

    /// The same that grows with what is [handled](Self::handle).
    pub(crate) fn growing(what: &'static str, per_call: u64, step: u32) -> Self {
        Self { step, ..Self::new(what, per_call) }
    }

    /// Notes that so many bytes are handled for the call.
    pub(crate) fn handle(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        let steps = self.bytes.checked_div(self.step.into()).unwrap_or(0);
        let limit = self.per_call.saturating_mul(steps.saturating_add(1));
        self.left = self.left.saturating_add(limit - self.limit);
        self.limit = limit;
    }

    /// Takes something away, before the work is done.
    pub(crate) fn spend(&mut self, units: u64) -> Result<(), Cause> {
        match self.left.checked_sub(units) {
            Some(left) => {
                self.left = left;
                self.ask(units)
            }
            None => Err(Cause::TooMuchWork { what: self.what, limit: self.limit }),
        }
    }

    /// Looks from time to time whether the run has to end.
    fn ask(&mut self, units: u64) -> Result<(), Cause> {
        if let Some(unasked) = self.unasked.checked_sub(units) {
            self.unasked = unasked;
            return Ok(());
        }
        self.unasked = UNASKED;
        stop::check()
    }

    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    pub(crate) fn spent(&self) -> u64 {
        self.limit - self.left
    }
}

/// So much work as comparing each of some things with each of others.
pub(crate) fn pairs(some: usize, others: usize) -> u64 {
    (some as u64).saturating_mul(others as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_more_for_more_bytes() {
        let mut work = Work::growing("to count", 10, 100);
        work.spend(8).unwrap();
        work.handle(99);
        assert_eq!(work.left(), 2);
        work.handle(201);
        assert_eq!((work.left(), work.spent()), (32, 8));
        let mut flat = Work::new("to count", 10);
        flat.handle(usize::MAX);
        assert_eq!(flat.left(), 10);
    }

    #[test]
    fn one_unit_more_than_there_is() {
        let mut work = Work::new("to count", 10);
        work.spend(4).unwrap();
        work.spend(6).unwrap();
        assert_eq!((work.left(), work.spent()), (0, 10));
        assert_eq!(
            work.spend(1).unwrap_err().to_string(),
            "to count takes more work of the host than one call may ask for, 10 (`Limits::work_per_call`)"
        );
    }
}
