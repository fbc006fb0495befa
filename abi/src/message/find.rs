use super::Query;
use crate::wire::{Bytes, structs};
use alloc::{string::String, vec::Vec};

structs! {
    /// The argument of `find`, which is called for imports that the index doesn't have
    /// (Gazelle: `Finder.Find`, `CrossResolver`).
    pub struct FindRequest {
        /// Path of the directory whose rules have the imports.
        rel: String,
        /// What this guest's `configure` returned for it.
        state: Bytes,
        /// What is looked for.
        queries: Vec<Query> [sorted 3],
    }

    /// The result of `find`.
    pub struct FindResponse {
        /// One entry for each query of the request, in the same order.
        found: Vec<Find>,
    }

    /// What a language knows of an import.
    pub struct Find {
        /// Rules that provide it; none where the language doesn't know.
        matches: Vec<FindResult>,
    }

    /// A rule that provides an import (Gazelle: `resolve.FindResult`).
    pub struct FindResult {
        /// Its absolute label.
        label: String [non_empty],
        /// Labels of the rules that it embeds, directly or not.
        embeds: Vec<String>,
    }
}
