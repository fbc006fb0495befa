//! Which kinds have another name in the BUILD file?

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    iter,
    sync::{Arc, Mutex, PoisonError},
};

/// What `map_kind` says in a directory, and in those that it is in.
///
/// What it comes to for a kind is found out when someone asks, and noted for all directories in which the same holds.
#[derive(Debug, Default)]
pub(crate) struct Mappings {
    by_kind: BTreeMap<String, Arc<Mapping>>,
    /// The kinds that each is put in the place of.
    by_target: BTreeMap<String, BTreeSet<String>>,
    parent: Option<Arc<Mappings>>,
    ends: Noted<End>,
    originals: Noted<Option<Arc<str>>>,
}

/// What is put in the place of a kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mapping {
    pub(crate) kind: String,
    /// The file that it is loaded from.
    pub(crate) file: String,
}

/// Mappings go in a circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Circle;

/// Where the way of a kind ends; `None` where it has none.
type End = Result<Option<Arc<Mapping>>, Circle>;

/// What was found out of kinds.
#[derive(Debug)]
struct Noted<T>(Mutex<HashMap<String, T>>);

impl<T> Default for Noted<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Noted<T> {
    fn get(&self, kind: &str) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(kind).cloned()
    }

    fn set<'k>(&self, kinds: impl IntoIterator<Item = &'k str>, what: &T) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.extend(kinds.into_iter().map(|kind| (kind.to_owned(), what.clone())));
    }
}

impl Mappings {
    pub(crate) fn add(&mut self, value: &str) -> Result<(), String> {
        let words: Vec<_> = value.split_whitespace().collect();
        let [from, kind, file] = words.as_slice() else {
            return Err("it takes three words: a kind, what is put in its place, and the file that defines that".into());
        };
        if !crate::starlark::is_kind(kind) {
            return Err(format!("{:?} is not a name of a kind", crate::error::shortened(kind)));
        }
        let mapping = Arc::new(Mapping { kind: (*kind).into(), file: (*file).into() });
        if let Some(old) = self.by_kind.insert((*from).into(), mapping)
            && let Some(sources) = self.by_target.get_mut(&old.kind)
        {
            sources.remove(*from);
            if sources.is_empty() {
                self.by_target.remove(&old.kind);
            }
        }
        self.by_target.entry((*kind).into()).or_default().insert((*from).into());
        Ok(())
    }

    /// These and those above, which are shared.
    pub(super) fn finish(mut self, above: &Arc<Self>) -> Arc<Self> {
        if self.by_kind.is_empty() {
            return Arc::clone(above);
        }
        self.parent = Some(Arc::clone(above)).filter(|above| !above.is_empty());
        Arc::new(self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_kind.is_empty()
    }

    fn levels(&self) -> impl Iterator<Item = &Self> {
        iter::successors(Some(self), |level| level.parent.as_deref())
    }

    /// What is put in the place of a kind in one step.
    pub(crate) fn direct(&self, kind: &str) -> Option<&Arc<Mapping>> {
        self.levels().find_map(|level| level.by_kind.get(kind))
    }

    /// What is put in the place of a kind, over as many steps as there are.
    pub(crate) fn of(&self, kind: &str) -> End {
        if self.is_empty() {
            return Ok(None);
        }
        if let Some(end) = self.ends.get(kind) {
            return end;
        }
        let (mut way, mut seen): (Vec<&str>, HashSet<&str>) = (Vec::new(), HashSet::new());
        let mut last: Option<&Arc<Mapping>> = None;
        let mut kind = kind;
        let end = loop {
            if !seen.insert(kind) {
                break Err(Circle);
            }
            if let Some(known) = self.ends.get(kind) {
                let goes_on = known.as_ref().is_ok_and(|end| end.as_ref().is_none_or(|end| end.kind != kind));
                break match known {
                    Ok(None) => Ok(last.cloned()),
                    _ if goes_on => known,
                    _ => Err(Circle),
                };
            }
            let Some(mapping) = self.direct(kind) else { break Ok(last.cloned()) };
            if mapping.kind == kind {
                // A kind that stands for itself is an end where the way begins there.
                if way.is_empty() {
                    way.push(kind);
                    break Ok(Some(Arc::clone(mapping)));
                }
                break Err(Circle);
            }
            way.push(kind);
            last = Some(mapping);
            kind = &mapping.kind;
        };
        self.ends.set(way, &end);
        end
    }

    /// Says how the mappings of a kind go in a circle.
    pub(crate) fn circle(&self, kind: &str) -> String {
        let (mut path, mut seen) = (kind.to_owned(), HashSet::new());
        let mut kind = kind;
        while let Some(mapping) = self.direct(kind) {
            path.push_str(" -> ");
            path.push_str(&mapping.kind);
            if !seen.insert(&mapping.kind) {
                break;
            }
            kind = &mapping.kind;
        }
        format!("map_kind goes in a circle: {path}")
    }

    /// The kind that one in the file stands for; `None` if it is put in the place of none. Of several, the one at the
    /// beginning of a way that ends here, by name.
    pub(crate) fn original(&self, kind: &str) -> Option<Arc<str>> {
        if self.is_empty() {
            return None;
        }
        self.originals.get(kind).unwrap_or_else(|| {
            let original = self.find_original(kind).map(Arc::from);
            self.originals.set([kind], &original);
            original
        })
    }

    fn find_original<'m>(&'m self, kind: &'m str) -> Option<&'m str> {
        match self.direct(kind) {
            Some(mapping) if mapping.kind == kind => Some(kind),
            Some(_) => self.sources(kind).min(),
            None => {
                let (mut first, mut open) = (None, vec![kind]);
                while let Some(next) = open.pop() {
                    let before = open.len();
                    open.extend(self.sources(next));
                    if open.len() == before && next != kind {
                        first = first.into_iter().chain([next]).min();
                    }
                }
                first
            }
        }
    }

    /// The kinds that this one is put in the place of in one step.
    fn sources<'m>(&'m self, kind: &'m str) -> impl Iterator<Item = &'m str> {
        let of_level = move |level: &'m Self| {
            let sources = level.by_target.get(kind).into_iter().flatten();
            // Not those for which a directory below says something else.
            sources.filter(move |source| {
                let (known, holds) = (level.by_kind.get(*source), self.direct(source));
                known.zip(holds).is_some_and(|(known, holds)| Arc::ptr_eq(known, holds))
            })
        };
        self.levels().flat_map(of_level).map(String::as_str)
    }
}

/// What `alias_kind` says in a directory, and in those that it is in: macros, and the kind that each stands for.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    kinds: BTreeMap<String, String>,
    parent: Option<Arc<Aliases>>,
}

impl Aliases {
    pub(crate) fn add(&mut self, value: &str) -> Result<(), String> {
        let words: Vec<_> = value.split_whitespace().collect();
        match words.as_slice() {
            [alias, kind] if alias == kind => Err("a kind cannot stand for itself".into()),
            [alias, kind] => {
                self.kinds.insert((*alias).into(), (*kind).into());
                Ok(())
            }
            _ => Err("it takes two words: a macro, and the kind that it stands for".into()),
        }
    }

    /// These and those above, which are shared.
    pub(super) fn finish(mut self, above: &Arc<Self>) -> Arc<Self> {
        if self.kinds.is_empty() {
            return Arc::clone(above);
        }
        self.parent = Some(Arc::clone(above)).filter(|above| !above.kinds.is_empty());
        Arc::new(self)
    }

    pub(crate) fn get(&self, kind: &str) -> Option<&str> {
        let mut levels = iter::successors(Some(self), |level| level.parent.as_deref());
        levels.find_map(|level| level.kinds.get(kind)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mappings(levels: &[&[&str]]) -> Arc<Mappings> {
        let mut all = Arc::default();
        for level in levels {
            let mut mappings = Mappings::default();
            for value in *level {
                mappings.add(value).unwrap();
            }
            all = mappings.finish(&all);
        }
        all
    }

    fn shown(end: End) -> String {
        match end {
            Ok(None) => "none".into(),
            Ok(Some(mapping)) => format!("{} {}", mapping.kind, mapping.file),
            Err(Circle) => "circle".into(),
        }
    }

    #[test]
    fn a_mapping_is_followed_to_its_end() {
        let mappings = mappings(&[&["a b //b.bzl", "b c //c.bzl", "s s //s.bzl", "t s //s.bzl"]]);
        let of = |kind| shown(mappings.of(kind));
        assert_eq!([of("a"), of("s"), of("t"), of("c")], ["c //c.bzl", "s //s.bzl", "circle", "none"]);
        let original = |kind| mappings.original(kind);
        assert_eq!([original("c"), original("b"), original("s")], ["a", "a", "s"].map(|kind| Some(kind.into())));
        assert_eq!(original("a"), None);
    }

    #[test]
    fn a_circle() {
        let mappings = mappings(&[&["a b //b.bzl", "b a //a.bzl"]]);
        assert_eq!(mappings.of("a"), Err(Circle));
        assert_eq!(mappings.circle("a"), "map_kind goes in a circle: a -> b -> a -> b");
    }

    #[test]
    fn a_directory_takes_the_place_of_those_above() {
        let mappings = mappings(&[&["a b //b.bzl", "b c //c.bzl"], &[], &["b d //d.bzl"]]);
        assert_eq!([shown(mappings.of("a")), shown(mappings.of("b"))], ["d //d.bzl", "d //d.bzl"]);
        assert_eq!((mappings.original("d"), mappings.original("c")), (Some("a".into()), None));
    }

    #[test]
    fn a_long_way_is_gone_once() {
        let chain: Vec<String> = (0..50_000).map(|n| format!("k{n} k{} //:k.bzl", n + 1)).collect();
        let mappings = mappings(&[&chain.iter().map(String::as_str).collect::<Vec<_>>()]);
        // One after the other, and each again: with a way for each of them this would take minutes.
        for _ in 0..2 {
            for n in 0..50_000 {
                assert_eq!(mappings.of(&format!("k{n}")).unwrap().unwrap().kind, "k50000");
                assert!(mappings.original(&format!("k{}", n + 1)).is_some());
            }
        }
        assert_eq!(mappings.original("k50000").as_deref(), Some("k0"));
    }

    /// What a kind is mapped to, word for word as Gazelle finds it out.
    fn slow(by_kind: &BTreeMap<String, String>, kind: &str) -> Result<Option<String>, Circle> {
        let (mut last, mut seen, mut kind) = (None, BTreeSet::new(), kind);
        while let Some(next) = by_kind.get(kind) {
            if !seen.insert(next) {
                return Err(Circle);
            }
            last = Some(next.clone());
            if next == kind {
                break;
            }
            kind = next;
        }
        Ok(last)
    }

    /// The kinds that each in a file stands for, found out from all ways.
    fn slow_originals(by_kind: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let targets: BTreeSet<_> = by_kind.iter().filter(|(from, to)| from != to).map(|(_, to)| to).collect();
        let (first, rest): (Vec<_>, Vec<_>) = by_kind.keys().partition(|from| !targets.contains(from));
        let mut originals = BTreeMap::new();
        for from in first.into_iter().chain(rest) {
            if let Ok(Some(end)) = slow(by_kind, from) {
                originals.entry(end).or_insert_with(|| from.clone());
            }
        }
        for (from, to) in by_kind {
            originals.entry(to.clone()).or_insert_with(|| from.clone());
        }
        originals
    }

    proptest! {
        #[test]
        fn ways_are_those_of_gazelle(
            levels in prop::collection::vec(prop::collection::vec(("[a-h]", "[a-h]"), 0..6), 1..4),
            asked in prop::collection::vec("[a-h]", 1..12),
        ) {
            let mut all = Arc::default();
            let mut by_kind = BTreeMap::new();
            for level in &levels {
                let mut mappings = Mappings::default();
                for (from, to) in level {
                    mappings.add(&format!("{from} {to} //:x.bzl")).unwrap();
                    by_kind.insert(from.clone(), to.clone());
                }
                all = mappings.finish(&all);
            }
            let originals = slow_originals(&by_kind);
            for kind in &asked {
                let end = all.of(kind).map(|end| end.map(|end| end.kind.clone()));
                prop_assert_eq!(end, slow(&by_kind, kind), "{} {:?}", kind, by_kind);
                let original = all.original(kind);
                prop_assert_eq!(original.as_deref(), originals.get(kind).map(String::as_str), "{} {:?}", kind, by_kind);
            }
        }
    }
}
