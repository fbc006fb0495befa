//! Does a reply keep the clauses that bind it?
//!
//! Whatever the pipeline uses of a reply went through the function for its message before. The wire, and how many entries
//! an answer has, is the matter of `dorcas-host`; which rules and load statements an edit names is seen where it is made,
//! in `run/fix.rs`.
//!
//! | message | file |
//! |---|---|
//! | `Manifest` | `manifest.rs`, its globs `glob.rs` |
//! | `FixResponse` | `fix.rs` |
//! | `ConfigureResponse`, `GenerateResponse` | `generate.rs` |
//! | `ImportsResponse` | `imports.rs` |
//! | `ResolveResponse`, `FindResponse` | `resolve.rs` |
//! | rules, attributes and labels in all of them | `rule.rs` |
//! | `ScanResponse`, `FinishResponse`, diagnostics in all of them | `diagnostic.rs` |

mod diagnostic;
mod fix;
mod generate;
mod glob;
mod imports;
mod manifest;
mod resolve;
mod rule;
#[cfg(test)]
mod tests;

pub(crate) use diagnostic::{finish, scan};
pub(crate) use fix::fix;
pub(crate) use generate::{configure, generate};
pub(crate) use imports::imports;
pub(crate) use manifest::{catalogue, manifest};
pub(crate) use resolve::{find, resolve};
pub(crate) use rule::is_target_name;

use crate::error::Cause;
use dorcas_abi::clause::Clause;

/// A clause that a guest has broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}{}", .clause.suffix())]
pub(crate) struct Breach {
    /// The clause of `abi-spec.md`.
    pub(crate) clause: Clause,
    /// What was seen.
    pub(crate) what: String,
}

impl From<Breach> for Cause {
    fn from(Breach { clause, what }: Breach) -> Self {
        Self::Breach { clause, what }
    }
}

type Checked = Result<(), Breach>;

/// Fails with the clause and what was seen, unless it holds.
fn verify(clause: Clause, holds: bool, what: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(Breach { clause, what: what() }) }
}

/// Puts the thing that it is about in front of what was seen.
fn in_it(thing: impl FnOnce() -> String) -> impl FnOnce(Breach) -> Breach {
    |Breach { clause, what }| Breach { clause, what: format!("{}: {what}", thing()) }
}
