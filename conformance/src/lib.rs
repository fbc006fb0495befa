//! Says of a WebAssembly module, clause by clause, whether it is a guest as `abi-spec.md` wants it.
//!
//! ```
//! use dorcas_conformance::Suite;
//!
//! let wasm = wat::parse_str(dorcas_conformance::GOOD)?;
//! let report = Suite { rounds: 200, ..Suite::default() }.run("good.wasm", &wasm);
//! assert!(report.passes());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It knows nothing of the guest but its bytes, and nothing of the language that it is written in. Requests are made by the
//! host's own pipeline over repositories that are made from the guest's manifest, from the schema alone, and from what the
//! author gives ([`Suite::repositories`], [`Suite::given`]).
//!
//! | | |
//! |---|---|
//! | [`Suite`] | which clauses, and how; runs a module |
//! | [`Report`] | a verdict for each clause, with what was done and seen; how it was run |
//! | [`check`] | what is looked at for each clause |
//! | [`Format`](format::Format) | a report for people, as Markdown, JSON, `JUnit` and TAP |
//! | [`Repository`] | a repository that the guest's author knows of: what a host asks over it is asked here |
//! | [`Expected`] | failures that are known, with a reason |
//! | [`bad`] | guests that are known to be bad, by which the suite shows that it can fail |
//!
//! Left out on purpose: what hosts have to do (the `host` clauses), and what no run from outside can show.

mod arbitrary;
pub mod bad;
pub mod check;
mod corrupt;
mod dialect;
mod edit;
mod expect;
mod experiment;
mod findings;
pub mod format;
mod grant;
mod host_run;
mod limits;
mod numbers;
mod reply_checks;
mod report;
mod requests;
mod sampling;
mod session;
mod static_checks;
mod suite;
mod trees;
mod vocabulary;

pub use expect::{Expected, ExpectedError};
pub use grant::{Grant, NoSuchGrant};
pub use limits::RunnerLimits;
pub use report::{Calls, Conditions, Counts, Dump, Finding, Module, Outcome, Report, Verdict, wordings};
pub use suite::{NoSuchClause, Suite};
pub use trees::{Repository, Trees};

/// The clauses of the specification, which `dorcas-generate` copies: a package has nothing from outside its folder.
pub(crate) const CLAUSES: &str = include_str!("clauses.md");

/// A guest that keeps every clause, as WebAssembly text. Each of the [`bad`] ones is an edit of it.
pub const GOOD: &str = include_str!("../good.wat");

/// The examples of the package's README, which compile and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
