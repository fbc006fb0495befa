use super::{Attr, File, ImportSpec, Rule};
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
        rules: Vec<ImportsRule>,
        /// All other rules of the BUILD file, in its order.
        other_rules: Vec<Rule>,
        /// Files that match inputs with the reach `Here` or `Below`.
        files: Vec<File> [sorted 1],
        /// Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the
        /// nearest directory stand first.
        above: Vec<File>,
    }

    /// A rule that may be imported.
    pub struct ImportsRule {
        /// The rule as it is in the BUILD file after the first merge.
        rule: Rule,
        /// The private attributes that this guest's `generate_rules` gave it in this run; none if it did not generate it.
        private: Vec<Attr> [sorted 1],
        /// The note that `generate_rules` gave it; empty if it did not generate it.
        note: Bytes,
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
        /// What a guest wants to be told with the label wherever the rule is found. The host doesn't look into it.
        payload: Bytes,
    }

    /// Something that can be imported and that no rule of this repository need stand for: a package of another
    /// repository, a file.
    pub struct Provided {
        /// What a source file says to import it.
        import: ImportSpec,
        /// The absolute label to depend on.
        label: String [non_empty],
        /// What a guest wants to be told with the label. The host doesn't look into it.
        payload: Bytes,
    }
}
