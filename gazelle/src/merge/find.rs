//! Which rule does a generated one mean?

use super::Kinds;
use crate::{
    build_file::{BuildFile, Rule},
    error::Cause,
    starlark::Expr,
    work::Work,
};
use std::collections::HashMap;

/// By what a rule is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Name,
    Attr(String),
    Kind,
}

/// Several rules may be meant, or one of another kind has the name: nothing is done then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ambiguous {
    /// What they have in common.
    pub(crate) by: By,
}

/// The index of the rule that is meant, and by what it is; none if there is none like it.
pub(crate) type Found = Result<Option<(usize, By)>, Ambiguous>;

/// The index of the rule in the file that is meant by a generated one; none if it is new.
///
/// The name goes before all, then the attributes by which the kind is matched, in their order, then the kind alone if
/// that is enough for it.
pub(super) fn find(
    file: &BuildFile,
    names: &Names,
    rule: &Rule,
    kinds: &Kinds<'_>,
    work: &mut Work,
) -> Result<Found, Cause> {
    let is_of_kind = |other: &Rule| kinds.match_up(other.kind(), rule.kind());
    match names.of(rule.name()) {
        [index] if file.rule(*index).is_some_and(is_of_kind) => return Ok(Ok(Some((*index, By::Name)))),
        [_, ..] if !rule.name().is_empty() => return Ok(Err(Ambiguous { by: By::Name })),
        _ => {}
    }
    let Some(info) = kinds.info(rule.kind()) else { return Ok(Ok(None)) };
    if info.match_attrs.is_empty() && !info.match_any {
        return Ok(Ok(None));
    }
    work.spend(names.rules as u64)?;
    let same_kind: Vec<_> = file.rules().filter(|(_, other)| is_of_kind(other)).collect();
    for attr in &info.match_attrs {
        let wanted = rule.attr(attr).map_or(0, size);
        for (_, other) in &same_kind {
            work.spend(1 + (wanted + other.attr(attr).map_or(0, size)) as u64)?;
        }
        let mut same = same_kind.iter().filter(|(_, other)| has_same(rule, other, attr));
        match (same.next(), same.next()) {
            (Some((index, _)), None) => return Ok(Ok(Some((*index, By::Attr(attr.clone()))))),
            (Some(_), Some(_)) => return Ok(Err(Ambiguous { by: By::Attr(attr.clone()) })),
            _ => {}
        }
    }
    Ok(match same_kind.as_slice() {
        [(index, _)] if info.match_any => Ok(Some((*index, By::Kind))),
        [_, _, ..] if info.match_any => Err(Ambiguous { by: By::Kind }),
        _ => Ok(None),
    })
}

/// The rules of a file by their names.
pub(super) struct Names {
    rules: usize,
    indices: HashMap<String, Vec<usize>>,
}

impl Names {
    pub(super) fn new(file: &BuildFile) -> Self {
        let mut names = Self { rules: 0, indices: HashMap::new() };
        for (index, rule) in file.rules() {
            names.rules += 1;
            names.indices.entry(rule.name().to_owned()).or_default().push(index);
        }
        names
    }

    fn of(&self, name: &str) -> &[usize] {
        self.indices.get(name).map_or(&[], Vec::as_slice)
    }

    /// The rule is no longer there.
    pub(super) fn delete(&mut self, name: &str, index: usize) {
        if let Some(indices) = self.indices.get_mut(name) {
            indices.retain(|known| *known != index);
        }
    }
}

/// What it takes to compare a value with another.
fn size(value: &Expr) -> usize {
    value.as_list().map_or(0, |list| list.items.len())
}

/// Whether an attribute is the same string, or has the same strings in whatever order.
fn has_same(rule: &Rule, other: &Rule, attr: &str) -> bool {
    let text = |rule: &Rule| rule.attr(attr).and_then(Expr::as_str).map(String::from);
    if let Some(text) = text(rule).filter(|text| !text.is_empty())
        && text == other.attr(attr).and_then(Expr::as_str).unwrap_or_default()
    {
        return true;
    }
    let (Some(mut a), Some(mut b)) = (rule.strings(attr), other.strings(attr)) else { return false };
    a.sort_unstable();
    b.sort_unstable();
    a == b
}
