//! Which rule does a generated one mean?

use super::Kinds;
use crate::{
    build_file::{BuildFile, Rule},
    error::Cause,
    starlark::{Expr, Kind},
    trace::{Ambiguous, By, Found},
    work::Work,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// The rule in the file that is meant by a generated one; none if it is new.
///
/// The name goes before all, then the attributes by which the kind is matched, in their order, then the kind alone if
/// that is enough for it.
pub(super) fn find(
    file: &BuildFile,
    known: &mut Known,
    rule: &Rule,
    kinds: &Kinds<'_>,
    work: &mut Work,
) -> Result<Found, Cause> {
    match known.named(rule.name()) {
        [index] if file.rule(*index).is_some_and(|other| kinds.match_up(other.kind(), rule.kind())) => {
            return Ok(Ok(Some((*index, By::Name))));
        }
        [_, ..] if !rule.name().is_empty() => return Ok(Err(Ambiguous { by: By::Name })),
        _ => {}
    }
    let Some(info) = kinds.info(rule.kind()) else { return Ok(Ok(None)) };
    if info.match_attrs.is_empty() && !info.match_any {
        return Ok(Ok(None));
    }
    let same_kind = known.of_kind(file, kinds, rule.kind(), work)?;
    // Of the attributes by which the kind is matched those count that the rule has. The first one of a name decides.
    let mut own: Vec<(usize, &str)> = Vec::new();
    for (name, _) in rule.named() {
        work.spend(1)?;
        own.extend(same_kind.order.get(name).map(|place| (*place, name)));
    }
    own.sort_unstable();
    own.dedup();
    for (_, attr) in own {
        let mut same = BTreeSet::new();
        if let Some(value) = rule.attr(attr).and_then(Text::all) {
            work.spend(1 + value.size())?;
            let of_value = same_kind.by_value.get(attr).and_then(|values| values.get(&value));
            // Two are as good as many.
            same.extend(of_value.iter().flat_map(|indices| indices.iter().take(2)).copied());
        }
        match (same.pop_first(), same.pop_first()) {
            (Some(index), None) => return Ok(Ok(Some((index, By::Attr(attr.to_owned()))))),
            (Some(_), Some(_)) => return Ok(Err(Ambiguous { by: By::Attr(attr.to_owned()) })),
            (None, _) => {}
        }
    }
    let mut all = same_kind.all.iter();
    Ok(match (all.next(), all.next()) {
        (Some(index), None) if info.match_any => Ok(Some((*index, By::Kind))),
        (Some(_), Some(_)) if info.match_any => Err(Ambiguous { by: By::Kind }),
        _ => Ok(None),
    })
}

/// The rules of a file as they are looked for.
pub(super) struct Known {
    names: HashMap<String, Vec<usize>>,
    /// By the kind that a generated rule has; made when the first one asks.
    kinds: HashMap<String, SameKind>,
}

/// The rules that one of a kind may mean.
struct SameKind {
    all: BTreeSet<usize>,
    /// The attributes by which the kind is matched, and which of them come first.
    order: HashMap<String, usize>,
    /// By attribute, then by what it is.
    by_value: HashMap<String, HashMap<Text, BTreeSet<usize>>>,
}

/// What two values have to have in common to be the same: a string, or strings in whatever order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Text {
    One(String),
    List(Vec<String>),
}

impl Text {
    fn all(value: &Expr) -> Option<Self> {
        if let Some(text) = value.as_str() {
            return (!text.is_empty()).then(|| Self::One(text.to_owned()));
        }
        let mut all: Vec<String> = value.as_list()?.items.iter().filter_map(Expr::as_str).map(String::from).collect();
        all.sort_unstable();
        Some(Self::List(all))
    }

    fn size(&self) -> u64 {
        match self {
            Self::One(_) => 1,
            Self::List(all) => all.len() as u64,
        }
    }
}

impl Known {
    pub(super) fn new(file: &BuildFile) -> Self {
        let mut known = Self { names: HashMap::new(), kinds: HashMap::new() };
        for (index, rule) in file.rules() {
            known.names.entry(rule.name().to_owned()).or_default().push(index);
        }
        known
    }

    pub(super) fn named(&self, name: &str) -> &[usize] {
        self.names.get(name).map_or(&[], Vec::as_slice)
    }

    fn of_kind(
        &mut self,
        file: &BuildFile,
        kinds: &Kinds<'_>,
        kind: &str,
        work: &mut Work,
    ) -> Result<&SameKind, Cause> {
        if !self.kinds.contains_key(kind) {
            let mut same = SameKind { all: BTreeSet::new(), order: HashMap::new(), by_value: HashMap::new() };
            for (place, attr) in kinds.info(kind).into_iter().flat_map(|info| &info.match_attrs).enumerate() {
                work.spend(1)?;
                same.order.entry(attr.clone()).or_insert(place);
            }
            for (index, rule) in file.rules() {
                work.spend(1)?;
                if kinds.match_up(rule.kind(), kind) {
                    work.spend(same.change(index, rule, true))?;
                }
            }
            self.kinds.insert(kind.to_owned(), same);
        }
        Ok(&self.kinds[kind])
    }

    /// Takes out a rule that is about to change.
    pub(super) fn take(&mut self, kinds: &Kinds<'_>, index: usize, rule: &Rule) {
        if let Some(indices) = self.names.get_mut(rule.name()) {
            indices.retain(|known| *known != index);
        }
        self.in_kinds(kinds, index, rule, false);
    }

    /// Puts a rule back as it is now.
    pub(super) fn put(&mut self, kinds: &Kinds<'_>, index: usize, rule: &Rule) {
        let indices = self.names.entry(rule.name().to_owned()).or_default();
        let place = indices.partition_point(|known| *known < index);
        indices.insert(place, index);
        self.in_kinds(kinds, index, rule, true);
    }

    fn in_kinds(&mut self, kinds: &Kinds<'_>, index: usize, rule: &Rule, is_there: bool) {
        for kind in kinds.meant_by(rule.kind()) {
            if let Some(same) = self.kinds.get_mut(&*kind) {
                same.change(index, rule, is_there);
            }
        }
    }
}

impl SameKind {
    /// Puts a rule in, or takes it out, and says how much was looked at.
    fn change(&mut self, index: usize, rule: &Rule, is_there: bool) -> u64 {
        let mut looked_at = 1;
        if is_there {
            self.all.insert(index);
        } else {
            self.all.remove(&index);
        }
        // Of two arguments with one name the last is meant.
        let mut seen = HashSet::new();
        for (name, argument) in rule.named().rev() {
            looked_at += 1;
            let Kind::Named(_, value) = &argument.kind else { continue };
            if !self.order.contains_key(name) || !seen.insert(name) {
                continue;
            }
            let Some(value) = Text::all(value) else { continue };
            looked_at += value.size();
            if is_there {
                self.by_value.entry(name.to_owned()).or_default().entry(value).or_default().insert(index);
            } else if let Some(values) = self.by_value.get_mut(name)
                && let Some(indices) = values.get_mut(&value)
            {
                indices.remove(&index);
            }
        }
        looked_at
    }
}
