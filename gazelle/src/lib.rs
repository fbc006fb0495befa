//! wip
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
