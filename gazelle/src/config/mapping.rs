//! Which kinds have another name in the BUILD file?

use std::collections::{BTreeMap, BTreeSet};

/// What `map_kind` says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mappings {
    by_kind: BTreeMap<String, Mapping>,
}

/// What is put in the place of a kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mapping {
    pub(crate) kind: String,
    /// The file that it is loaded from.
    pub(crate) file: String,
}

impl Mappings {
    pub(super) fn add(&mut self, value: &str) -> Result<(), String> {
        let words: Vec<_> = value.split_whitespace().collect();
        let [from, kind, file] = words.as_slice() else {
            return Err("it takes three words: a kind, what is put in its place, and the file that defines that".into());
        };
        if !crate::build::is_kind(kind) {
            return Err(format!("{kind:?} is not a name of a kind"));
        }
        self.by_kind.insert((*from).into(), Mapping { kind: (*kind).into(), file: (*file).into() });
        Ok(())
    }

    /// What is put in the place of a kind, over as many steps as there are; an error where they go in a circle.
    pub(crate) fn of(&self, kind: &str) -> Result<Option<&Mapping>, String> {
        let mut last = None;
        let mut seen = BTreeSet::new();
        let mut path = kind.to_owned();
        let mut kind = kind;
        while let Some(mapping) = self.by_kind.get(kind) {
            path = format!("{path} -> {}", mapping.kind);
            if !seen.insert(&mapping.kind) {
                return Err(format!("map_kind goes in a circle: {path}"));
            }
            last = Some(mapping);
            if mapping.kind == kind {
                break;
            }
            kind = &mapping.kind;
        }
        Ok(last)
    }

    /// What is put in the place of a kind in one step.
    pub(crate) fn direct(&self, kind: &str) -> Option<&Mapping> {
        self.by_kind.get(kind)
    }

    /// Pairs of a kind in a file and the one that it stands for.
    pub(crate) fn reversed(&self) -> Vec<(String, String)> {
        let end = |from: &String| {
            let mapping = self.of(from).ok().flatten()?;
            Some((mapping.kind.clone(), from.clone()))
        };
        // A kind in the middle of a way stands for the first one on it.
        let targets: BTreeSet<_> =
            self.by_kind.iter().filter(|(from, to)| **from != to.kind).map(|(_, to)| &to.kind).collect();
        let (first, rest): (Vec<_>, Vec<_>) = self.by_kind.keys().partition(|from| !targets.contains(from));
        let direct = self.by_kind.iter().map(|(from, to)| (to.kind.clone(), from.clone()));
        first.into_iter().chain(rest).filter_map(end).chain(direct).collect()
    }
}

/// Reads an `alias_kind` directive.
pub(super) fn alias(value: &str, aliases: &mut BTreeMap<String, String>) -> Result<(), String> {
    let words: Vec<_> = value.split_whitespace().collect();
    match words.as_slice() {
        [alias, kind] if alias == kind => Err("a kind cannot stand for itself".into()),
        [alias, kind] => {
            aliases.insert((*alias).into(), (*kind).into());
            Ok(())
        }
        _ => Err("it takes two words: a macro, and the kind that it stands for".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mappings(all: &[&str]) -> Mappings {
        let mut mappings = Mappings::default();
        for value in all {
            mappings.add(value).unwrap();
        }
        mappings
    }

    #[test]
    fn a_mapping_is_followed_to_its_end() {
        let mappings = mappings(&["a b //b.bzl", "b c //c.bzl", "s s //s.bzl"]);
        let of = |kind| mappings.of(kind).unwrap().map(|mapping| format!("{} {}", mapping.kind, mapping.file));
        assert_eq!(of("a").as_deref(), Some("c //c.bzl"));
        assert_eq!(of("s").as_deref(), Some("s //s.bzl"));
        assert_eq!(of("c"), None);
        assert_eq!(mappings.reversed()[0], ("c".into(), "a".into()));
    }

    #[test]
    fn a_circle() {
        let mappings = mappings(&["a b //b.bzl", "b a //a.bzl"]);
        assert_eq!(mappings.of("a").unwrap_err(), "map_kind goes in a circle: a -> b -> a -> b");
    }
}
