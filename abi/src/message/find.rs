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
        found: Vec<FindAnswer>,
    }

    /// What a language knows of an import.
    pub struct FindAnswer {
        /// What provides it; nothing where the language doesn't know.
        matches: Vec<Provider>,
    }

    /// Something that provides an import, a rule for one (Gazelle: `resolve.FindResult`).
    pub struct Provider {
        /// Its absolute label.
        label: String [non_empty],
        /// Labels of the rules that it embeds, directly or not.
        embeds: Vec<String>,
        /// The `payload` of the rule, or of what is provided; from `find`, any bytes.
        payload: Bytes,
    }
}
