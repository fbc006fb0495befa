//! Which kinds are there, and what is known of them?

use crate::config::{Aliases, Mappings};
use dorcas_abi::message::Kind;
use std::{borrow::Cow, collections::HashMap};

/// The kinds of a directory: those of all languages, and the names that directives have given to some.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kinds<'a> {
    /// By name.
    known: &'a HashMap<String, Kind>,
    mappings: &'a Mappings,
    aliases: &'a Aliases,
}

impl<'a> Kinds<'a> {
    pub(crate) fn new(known: &'a HashMap<String, Kind>, mappings: &'a Mappings, aliases: &'a Aliases) -> Self {
        Self { known, mappings, aliases }
    }

    /// What is known of a kind, by the name that it has in the file.
    pub(crate) fn info(&self, name: &str) -> Option<&'a Kind> {
        match self.mappings.original(name) {
            Some(name) => self.known.get(&*name),
            None => self.known.get(name),
        }
    }

    /// The kind that a macro stands for, or the kind itself.
    pub(crate) fn unaliased<'k>(&self, kind: &'k str) -> &'k str
    where
        'a: 'k,
    {
        self.aliases.get(kind).unwrap_or(kind)
    }

    /// What a language calls a kind in the file.
    pub(crate) fn original<'k>(&self, kind: &'k str) -> Cow<'k, str>
    where
        'a: 'k,
    {
        let kind = self.unaliased(kind);
        self.mappings.original(kind).map_or(Cow::Borrowed(kind), |kind| Cow::Owned(kind.as_ref().into()))
    }

    /// Whether a rule of the kind `existing` can be meant by one of the kind `generated`.
    pub(crate) fn match_up(&self, existing: &str, generated: &str) -> bool {
        existing == generated || self.aliases.get(existing) == Some(generated)
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
