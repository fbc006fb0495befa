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
//! | load | reads MODULE.bazel, WORKSPACE, REPO.bazel and .bazelignore | `repo`, `walk/ignore.rs` |
//! | walk | lists directories | `walk` |
//! | configure | asks each language for a directory's state, the directory before those in it | `run/visit.rs` |
//! | generate | reads sources as the manifests want them, and asks for rules | `input`, `run/visit.rs` |
//! | index | notes how rules are imported | `index` |
//! | resolve | looks imports up and asks for dependencies | `run/resolve.rs` |
//! | write | lays BUILD files out as buildifier does, and prints, compares or writes them | `build`, `starlark`, `emit` |
//!
//! Calls of languages are pure, so directories go through these stages in parallel. The outcome is the same for any
//! number of threads.
//!
//! Not here yet: directives and merging. A BUILD file that is there already is never changed; where it isn't what would
//! be generated, its directory fails.
#![deny(missing_docs)]

mod build;
mod emit;
mod error;
mod glob;
mod index;
mod input;
mod label;
mod language;
mod repo;
mod run;
mod starlark;
mod walk;

pub use emit::{WriteError, diff, print, write};
pub use error::{Cause, Failure, RunError};
pub use input::InputError;
pub use label::{Label, NotALabel};
pub use language::{GuestLanguage, Language, Measured};
pub use repo::{Facts, find_root};
pub use run::{
    CallTotals, Diagnostic, Indexing, LanguageStats, Options, Outcome, OutputFile, Progress, Stage, Timings, run,
};
