//! Which kinds are there, and what is known of them?

use dorcas_abi::message::Kind;
use std::collections::{BTreeMap, HashMap};

/// The kinds of a directory: those of all languages, and the names that directives have given to some.
#[derive(Clone, Debug)]
pub(crate) struct Kinds<'a> {
    /// By name.
    known: &'a HashMap<String, Kind>,
    /// What `map_kind` has put in the place of a kind, and that kind.
    mapped: BTreeMap<String, String>,
    /// Macros, and the kind that each stands for (`alias_kind`).
    aliases: &'a BTreeMap<String, String>,
}

impl<'a> Kinds<'a> {
    /// `mapped` has pairs of kinds: the one in the file and the one it stands for.
    pub(crate) fn new(
        known: &'a HashMap<String, Kind>,
        mapped: impl IntoIterator<Item = (String, String)>,
        aliases: &'a BTreeMap<String, String>,
    ) -> Self {
        let mut all = BTreeMap::new();
        for (name, kind) in mapped {
            all.entry(name).or_insert(kind);
        }
        Self { known, mapped: all, aliases }
    }

    /// What is known of a kind, by the name that it has in the file.
    pub(crate) fn info(&self, name: &str) -> Option<&Kind> {
        let name = self.mapped.get(name).map_or(name, String::as_str);
        self.known.get(name)
    }

    /// The kind that a macro stands for, or the kind itself.
    pub(crate) fn unaliased<'k>(&'k self, kind: &'k str) -> &'k str {
        self.aliases.get(kind).map_or(kind, String::as_str)
    }

    /// What a language calls a kind in the file.
    pub(crate) fn original<'k>(&'k self, kind: &'k str) -> &'k str {
        let kind = self.unaliased(kind);
        self.mapped.get(kind).map_or(kind, String::as_str)
    }

    /// Whether a rule of the kind `existing` can be meant by one of the kind `generated`.
    pub(crate) fn match_up(&self, existing: &str, generated: &str) -> bool {
        existing == generated || self.aliases.get(existing).is_some_and(|kind| kind == generated)
    }
}

/// What is known of kinds that Bazel itself has and any language may generate.
pub(crate) fn native() -> [Kind; 2] {
    [("alias", "actual"), ("filegroup", "srcs")].map(|(name, attr)| Kind {
        name: name.into(),
        non_empty_attrs: vec![attr.into()],
        mergeable_attrs: vec![attr.into()],
        ..Kind::default()
    })
}
