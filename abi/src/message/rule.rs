use crate::wire::{enums, structs};
use alloc::{string::String, vec::Vec};

structs! {
    /// A call at the top of a BUILD file that has a kind: a rule, a macro, or `package`.
    pub struct Rule {
        /// The kind as the guest's manifest spells it, `proto_library`. Where `map_kind` or `alias_kind` gives it
        /// another name in the file, the host translates in both directions.
        kind: String,
        /// The kind as the file spells it, `my_proto_library`; `None` if that is the same. Meaningless in a rule that a
        /// guest generates.
        written: Option<String>,
        /// The `name` attribute; empty where there is none, as in `package()`.
        name: String,
        /// All other attributes.
        attrs: Vec<Attr> [sorted 1],
        /// Positional arguments, as Starlark text.
        args: Vec<String>,
        /// Comment lines above the rule, each with its `#`.
        comments: Vec<String>,
        /// Whether the rule is marked `# keep`. Meaningless in a rule that a guest generates.
        keep: bool,
    }

    /// An attribute of a rule.
    pub struct Attr {
        /// Its name.
        name: String [non_empty],
        /// Its value.
        value: Value,
        /// Comment lines above the attribute, each with its `#`.
        comments: Vec<String>,
    }

    /// An entry of a dict of strings.
    pub struct StringEntry {
        /// The key.
        key: String,
        /// What it stands for.
        value: String,
    }

    /// An entry of a dict of string lists.
    pub struct ListEntry {
        /// The key.
        key: String,
        /// What it stands for, in the order given.
        values: Vec<String>,
    }

    /// A branch of a `select`.
    pub struct SelectBranch {
        /// The label of a `config_setting`, or `//conditions:default`.
        condition: String,
        /// The strings that hold under this condition, in the order given.
        values: Vec<String>,
    }

    /// A BUILD file as its directory's guests see it.
    pub struct BuildFile {
        /// The file's base name, `BUILD.bazel` or `BUILD`.
        name: String,
        /// Its `load` statements, in the order of the file.
        loads: Vec<Load>,
        /// Its rules, macro calls and `package()`, in the order of the file.
        rules: Vec<Rule>,
        /// Its `# gazelle:` comments, in the order of the file, whichever language they are for.
        directives: Vec<Directive>,
    }

    /// A `load` statement.
    pub struct Load {
        /// The label of the file that is loaded, as written.
        name: String,
        /// What is loaded from it, in the order written.
        symbols: Vec<Symbol>,
    }

    /// A symbol in a `load` statement.
    pub struct Symbol {
        /// Its name where it is defined.
        from: String,
        /// Its name in this file; the same as `from` where it has no alias.
        to: String,
    }

    /// A `# gazelle:key value` comment.
    pub struct Directive {
        /// What stands before the first space.
        key: String,
        /// The rest of the line, without spaces at its ends.
        value: String,
    }
}

enums! {
    /// The value of an attribute. There is no nesting: what doesn't fit is Starlark text.
    pub enum Value {
        /// `True` or `False`.
        Bool(bool),
        /// An integer.
        Int(i64),
        /// A string.
        String(String),
        /// A list of strings, in the order given.
        Strings(Vec<String>),
        /// A list of strings that the host puts in the order of buildifier's labels, without duplicates.
        SortedStrings(Vec<String>),
        /// A label, absolute or relative. The host writes it in its shortest form for the package it stands in.
        Label(String),
        /// A list of labels. The host shortens each, puts them in buildifier's order and drops duplicates.
        Labels(Vec<String>),
        /// A dict of strings.
        StringDict(Vec<StringEntry> [sorted 1]),
        /// A dict of string lists.
        ListDict(Vec<ListEntry> [sorted 1]),
        /// `glob(include, exclude = exclude)`.
        Glob {
            /// Patterns of files that are meant.
            include: Vec<String>,
            /// Patterns of files that are not; the argument is left out where the list is empty.
            exclude: Vec<String>,
        },
        /// `select({condition: values})`.
        Select(Vec<SelectBranch> [sorted 1]),
        /// Lists joined by `+`, in the order given.
        Concat(Vec<Term>),
        /// Any other expression, as Starlark text. A host that writes it parses it first.
        Raw(String [non_empty]),
    }

    /// A part of a sum of lists.
    pub enum Term {
        /// A list of strings, in the order given.
        Strings(Vec<String>),
        /// `glob(include, exclude = exclude)`.
        Glob {
            /// Patterns of files that are meant.
            include: Vec<String>,
            /// Patterns of files that are not; the argument is left out where the list is empty.
            exclude: Vec<String>,
        },
        /// `select({condition: values})`.
        Select(Vec<SelectBranch> [sorted 1]),
    }
}

impl Default for Value {
    fn default() -> Self {
        Self::Bool(false)
    }
}
