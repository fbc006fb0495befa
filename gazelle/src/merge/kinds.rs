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

/// Whose a kind in a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A language's, by the name that it has there.
    Itself,
    /// What `map_kind` puts in the place of one.
    Mapped,
    /// A macro that `alias_kind` names.
    Alias,
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
        existing == generated || self.meant_by(existing).any(|kind| kind == generated)
    }

    /// The kinds of generated rules that can mean one of this kind in the file: itself, the kind that it is a macro for, and
    /// what `map_kind` puts in the place of that.
    pub(crate) fn meant_by<'k>(&self, existing: &'k str) -> impl Iterator<Item = Cow<'k, str>>
    where
        'a: 'k,
    {
        let other = self.aliases.get(existing);
        let mapped = other.and_then(|other| self.mappings.of(other).ok().flatten());
        let mapped = mapped.map(|mapping| mapping.kind.clone()).filter(|kind| Some(kind.as_str()) != other);
        [Some(Cow::Borrowed(existing)), other.map(Cow::Borrowed), mapped.map(Cow::Owned)].into_iter().flatten()
    }

    /// The attributes without which there is nothing to a rule of this kind in the file, sorted; `None` if no language has
    /// the kind.
    pub(crate) fn needed(&self, kind: &str) -> Option<&'a [String]> {
        self.info(self.unaliased(kind)).map(|kind| kind.non_empty_attrs.as_slice())
    }

    /// Whose a kind in the file is.
    pub(crate) fn standing(&self, kind: &str) -> Standing {
        if self.aliases.get(kind).is_some() {
            Standing::Alias
        } else if self.mappings.original(kind).is_some_and(|original| *original != *kind) {
            Standing::Mapped
        } else {
            Standing::Itself
        }
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
