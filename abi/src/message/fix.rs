use super::{Attr, BuildFile, Diagnostic, File, Rule, Symbol};
use crate::wire::{Bytes, enums, structs};
use alloc::{string::String, vec::Vec};

structs! {
    /// The argument of `fix`, which is called before rules are generated (Gazelle: `Fixer.Fix`).
    pub struct FixRequest {
        /// Path of the directory.
        rel: String,
        /// What `configure` returned for it.
        state: Bytes,
        /// The file that may need repair.
        build_file: BuildFile,
        /// Whether rules may be deleted and renamed (Gazelle: `Config.ShouldFix`). The host refuses such edits otherwise.
        should_fix: bool,
        /// Files that match inputs with the reach `Here` or `Below`.
        files: Vec<File> [sorted 1],
        /// Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the
        /// nearest directory stand first.
        above: Vec<File>,
    }

    /// The result of `fix`.
    pub struct FixResponse {
        /// What to change, one after the other.
        edits: Vec<Edit>,
        /// What the user should know.
        diagnostics: Vec<Diagnostic>,
    }
}

enums! {
    /// A change of a BUILD file. Rules and loads are named by their index in the request, whatever the edits
    /// before have done.
    pub enum Edit {
        /// Gives a rule another kind.
        SetKind {
            /// Index of the rule.
            rule: u32,
            /// Its new kind.
            kind: String [non_empty],
        },
        /// Gives a rule another name.
        SetName {
            /// Index of the rule.
            rule: u32,
            /// Its new name.
            name: String [non_empty],
        },
        /// Sets an attribute.
        SetAttr {
            /// Index of the rule.
            rule: u32,
            /// The attribute.
            attr: Attr,
        },
        /// Takes an attribute away, if it is there.
        DeleteAttr {
            /// Index of the rule.
            rule: u32,
            /// Name of the attribute.
            name: String [non_empty],
        },
        /// Deletes a rule.
        DeleteRule {
            /// Index of the rule.
            rule: u32,
        },
        /// Puts a rule at the end of the file.
        AppendRule {
            /// The rule.
            rule: Rule,
        },
        /// Changes a load statement; one without symbols is deleted.
        SetLoad {
            /// Index of the load statement.
            load: u32,
            /// Label of the file.
            name: String [non_empty],
            /// What is loaded from it.
            symbols: Vec<Symbol>,
        },
        /// Puts a load statement in front of another. Those put in front of the same one stand in the order of the edits.
        InsertLoad {
            /// Index of the load statement that it is put in front of; their number puts it behind the last one.
            load: u32,
            /// Label of the file.
            name: String [non_empty],
            /// What is loaded from it.
            symbols: Vec<Symbol>,
        },
    }
}
