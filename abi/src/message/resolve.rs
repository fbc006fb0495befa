use super::{Attr, Diagnostic, Provider, Rule};
use crate::wire::{Bytes, enums, structs};
use alloc::{string::String, vec::Vec};

structs! {
    /// Something that can be imported: a text as it stands in source code, and the language it stands in
    /// (Gazelle: `resolve.ImportSpec`). Its order is that of sorted lists.
    #[derive(PartialOrd, Ord)]
    pub struct ImportSpec {
        /// Name of the language in which the text means something.
        lang: String,
        /// The text: `google/protobuf/any.proto`.
        imp: String,
    }

    /// A question to the index. Its order is that of sorted lists.
    #[derive(PartialOrd, Ord)]
    pub struct Query {
        /// What is looked for.
        import: ImportSpec,
        /// Name of the language whose rules may be found (Gazelle: `lang` of `FindRulesByImport`).
        lang: String,
    }

    /// The argument of `resolve`, which is called once for all rules that the guest has generated in a directory
    /// (Gazelle: `Resolver.Resolve`).
    pub struct ResolveRequest {
        /// Path of the directory.
        rel: String,
        /// What `configure` returned for it.
        state: Bytes,
        /// The rules, in the order of the response of `generate_rules`, as they are after the first merge.
        rules: Vec<ResolveRule>,
        /// What the index knows: an entry for each import of these rules, asked for this guest's language, and for
        /// each query of earlier rounds.
        found: Vec<Lookup> [sorted 3],
        /// 0 in the first call, one more after each `Need`.
        round: u32,
    }

    /// A rule to be resolved.
    pub struct ResolveRule {
        /// The rule.
        rule: Rule,
        /// What its sources import, from `generate_rules`.
        imports: Vec<ImportSpec> [sorted 2],
        /// The note that `generate_rules` left.
        note: Bytes,
    }

    /// What is known of an import.
    pub struct Lookup {
        /// The question.
        query: Query,
        /// A label that the user has set for this import by a `resolve` or `resolve_regexp` directive. It goes
        /// before all else.
        override_label: Option<String>,
        /// Where `matches` are from.
        origin: Origin,
        /// What provides it, by label; the asking rule itself may be among them. More than one is for the guest to choose from or to report.
        matches: Vec<Provider>,
    }

    /// What resolving has found out about a rule.
    pub struct ResolvedRule {
        /// Attributes to set, `deps` for one.
        set: Vec<Attr> [sorted 1],
        /// Names of attributes to take away.
        delete: Vec<String> [sorted 1],
    }
}

enums! {
    /// Where the answer to a query is from: the first of these places that has one.
    pub enum Origin default Nowhere {
        /// Nothing provides it.
        Nowhere,
        /// The index: rules, and what `generate_rules` of any directory has `provided`.
        Index,
        /// What `configure` has `provided`, of the nearest directory.
        Configure,
        /// The languages' `find`.
        Find,
    }

    /// The result of `resolve`.
    pub enum ResolveResponse {
        /// All rules are resolved.
        Resolved {
            /// One entry for each rule of the request, in the same order.
            rules: Vec<ResolvedRule>,
            /// What the user should know.
            diagnostics: Vec<Diagnostic>,
        },
        /// The guest has further questions. The host calls `resolve` again with the same rules and all answers so far.
        /// The number of rounds is bounded (`resolve.rounds`).
        Need(Vec<Query> [sorted 3]),
    }
}
