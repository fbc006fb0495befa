//! What came out of a run?

use crate::{Diagnostic, Failure};
use dorcas_abi::message::Severity;
use std::{path::PathBuf, time::Duration};

/// What came out of a run. Directories are in Gazelle's order: each after those in it.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Outcome {
    /// The repository, as an absolute path without symbolic links.
    pub root: PathBuf,
    /// The BUILD files of the directories that were updated.
    pub files: Vec<OutputFile>,
    /// The directories that failed. Their BUILD files are not among `files`.
    pub failures: Vec<Failure>,
    /// What languages want the user to know.
    pub diagnostics: Vec<Diagnostic>,
    /// What each language has taken, in the order of the run.
    pub languages: Vec<LanguageStats>,
    /// Where the time went.
    pub timings: Timings,
}

impl Outcome {
    /// Whether the run failed somewhere: the exit status is not 0 then.
    pub fn failed(&self) -> bool {
        !self.failures.is_empty() || self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// A BUILD file as it is and as it should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutputFile {
    /// Its path from the root, slash-separated.
    pub rel: String,
    /// What stands in it; none where it doesn't exist.
    pub old: Option<Vec<u8>>,
    /// What should stand in it.
    pub new: Vec<u8>,
}

impl OutputFile {
    /// Whether there is anything to write.
    pub fn changed(&self) -> bool {
        self.old.as_ref() != Some(&self.new)
    }
}

/// What a language has taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LanguageStats {
    /// Its name.
    pub name: String,
    /// Its methods that were called.
    pub methods: Vec<(&'static str, CallTotals)>,
}

impl LanguageStats {
    /// All methods together.
    pub fn total(&self) -> CallTotals {
        self.methods.iter().fold(CallTotals::default(), |sum, (_, one)| CallTotals {
            calls: sum.calls + one.calls,
            known: sum.known + one.known,
            fuel: sum.fuel + one.fuel,
            time: sum.time + one.time,
            request_bytes: sum.request_bytes + one.request_bytes,
            reply_bytes: sum.reply_bytes + one.reply_bytes,
        })
    }
}

/// What calls have taken. An answer that was known from an earlier run has taken nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallTotals {
    /// Number of calls that were made.
    pub calls: u64,
    /// Number of calls that were not made, since their answer was known from an earlier run.
    pub known: u64,
    /// Fuel.
    pub fuel: u64,
    /// Time, that of all threads added up.
    pub time: Duration,
    /// Bytes sent.
    pub request_bytes: u64,
    /// Bytes received.
    pub reply_bytes: u64,
}

/// Time that passed, by stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timings {
    /// Reading what holds for the whole repository; compiling regular expressions.
    pub load: Duration,
    /// Listing directories.
    pub walk: Duration,
    /// Configuring, reading sources, generating rules, and asking how they are imported.
    pub generate: Duration,
    /// Building the index.
    pub index: Duration,
    /// Resolving dependencies, and laying out the BUILD files.
    pub resolve: Duration,
}
