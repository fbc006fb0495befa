use super::Diagnostic;
use crate::wire::{Bytes, structs};
use alloc::{string::String, vec::Vec};

structs! {
    /// The argument of `finish`, which is called once in a run, after all rules are resolved.
    pub struct FinishRequest {
        /// What `configure` returned for the root directory.
        state: Bytes,
        /// The directories of which `generate_rules` has returned a summary in this run that is not empty, and those that
        /// have failed in this run.
        summaries: Vec<Summary> [sorted 1],
    }

    /// What is known of a directory when a run ends.
    pub struct Summary {
        /// Path of the directory.
        rel: String,
        /// Whether it has failed in this run. Its summary is then empty.
        failed: bool,
        /// What `generate_rules` has returned for it as `summary`.
        summary: Bytes,
    }

    /// The result of `finish`.
    pub struct FinishResponse {
        /// What the user should know. The directory that files are relative to is the root.
        diagnostics: Vec<Diagnostic>,
    }
}
