//! Generates BUILD files: walks a repository, asks languages for rules, resolves their dependencies, and lays them out.
//!
//! ```no_run
//! use dorcas_gazelle::{GuestLanguage, Language, Options, run, write};
//! use dorcas_host::Engine;
//!
//! let guest = Engine::default().load(&std::fs::read("proto.wasm")?)?;
//! let proto = GuestLanguage::new(guest)?;
//! let outcome = run(&Options::new("my/repository"), &[&proto as &dyn Language], &())?;
//! for failure in &outcome.failures {
//!     eprintln!("{failure}");
//! }
//! for error in write(&outcome) {
//!     eprintln!("{error}");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The stages, their order and their words are Gazelle's. Each is a folder or file here:
//!
//! | stage | what it does | where |
//! |---|---|---|
//! | load | reads MODULE.bazel, WORKSPACE, REPO.bazel and .bazelignore; opens whatever is in the repository | `repo`, `walk/ignore.rs` |
//! | walk | lists directories, and reads BUILD files and their directives | `walk`, `build_file`, `config` |
//! | configure | asks each language for a directory's state, the directory before those in it | `run/visit.rs` |
//! | fix | asks for repairs of a BUILD file | `run/fix.rs` |
//! | generate | reads sources as the manifests want them, and asks for rules | `input`, `run/generate.rs` |
//! | check | sees whether a reply keeps the clauses of the ABI, before anything of it is used | `check` |
//! | merge | brings rules into the BUILD file, before the index and after resolve | `merge`, `build` |
//! | index | notes how rules are imported | `index` |
//! | resolve | looks imports up and asks for dependencies | `run/resolve.rs` |
//! | leave | leaves what may depend on a directory that failed as it is | `run/left.rs` |
//! | write | lays out what has changed as buildifier does, and prints, compares or writes BUILD files | `starlark`, `emit` |
//!
//! Calls of languages are pure, so that answers can be kept from run to run (`memo`), and directories go through these stages in parallel. The outcome is the same for any
//! number of threads.
//!
//! A BUILD file that is there already is edited, not written anew: what nobody has to change stays byte for byte. One
//! that cannot be understood is left alone, and its directory fails.
#![deny(missing_docs)]

mod build;
mod build_file;
mod check;
mod config;
mod diagnostic;
mod emit;
mod error;
pub mod explain;
mod glob;
mod index;
mod input;
#[cfg(feature = "inside")]
pub mod inside;
mod label;
mod language;
mod memo;
mod merge;
mod options;
mod path;
mod repo;
mod run;
mod starlark;
mod stop;
mod trace;
mod walk;
mod work;

pub use config::{PipelineDirective, pipeline_directives};
pub use diagnostic::Diagnostic;
pub use emit::{WriteError, WriteFault, diff, print, write};
pub use error::{Cause, Failure, InputError, RunError};
pub use label::{Label, NotALabel};
pub use language::{GuestLanguage, Language, Measured};
pub use memo::{Memo, MemoDir, MemoFile};
pub use options::{Indexing, Options, Progress, Stage};
pub use repo::{Facts, find_root};
pub use run::{CallTotals, LanguageStats, Outcome, OutputFile, Timings, run};

/// The examples of the package's README, which compile and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
