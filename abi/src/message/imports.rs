use super::{ImportSpec, Rule};
use crate::wire::{Bytes, structs};
use alloc::{string::String, vec::Vec};

structs! {
    /// The argument of `imports`, which is called once for all rules of a directory that have one of the guest's
    /// kinds (Gazelle: `Indexer.Imports`).
    pub struct ImportsRequest {
        /// Path of the directory.
        rel: String,
        /// What `configure` returned for it.
        state: Bytes,
        /// The rules, in the order of the BUILD file.
        rules: Vec<Rule>,
    }

    /// The result of `imports`.
    pub struct ImportsResponse {
        /// One entry for each rule of the request, in the same order.
        rules: Vec<RuleImports>,
    }

    /// How a rule can be imported.
    pub struct RuleImports {
        /// Whether it can at all. A rule that can be is in the index even when no import names it.
        importable: bool,
        /// What a source file may say to import it.
        imports: Vec<ImportSpec> [sorted 2],
        /// Labels of the rules that it embeds: these can no longer be imported themselves, and what they
        /// provide is found in this one.
        embeds: Vec<String>,
    }
}
