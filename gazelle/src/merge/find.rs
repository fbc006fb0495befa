//! Which rule does a generated one mean?

use super::Kinds;
use crate::{
    build_file::{BuildFile, Rule},
    starlark::Expr,
};

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
pub(super) fn find(file: &BuildFile, rule: &Rule, kinds: &Kinds<'_>) -> Found {
    let is_of_kind = |other: &Rule| kinds.match_up(other.kind(), rule.kind());
    let mut same_name = file.rules().filter(|(_, other)| other.name() == rule.name());
    match (same_name.next(), same_name.next()) {
        (Some((index, other)), None) if is_of_kind(other) => return Ok(Some((index, By::Name))),
        (Some(_), _) if !rule.name().is_empty() => return Err(Ambiguous { by: By::Name }),
        _ => {}
    }
    let Some(info) = kinds.info(rule.kind()) else { return Ok(None) };
    let same_kind: Vec<_> = file.rules().filter(|(_, other)| is_of_kind(other)).collect();
    for attr in &info.match_attrs {
        let mut same = same_kind.iter().filter(|(_, other)| has_same(rule, other, attr));
        match (same.next(), same.next()) {
            (Some((index, _)), None) => return Ok(Some((*index, By::Attr(attr.clone())))),
            (Some(_), Some(_)) => return Err(Ambiguous { by: By::Attr(attr.clone()) }),
            _ => {}
        }
    }
    match same_kind.as_slice() {
        [(index, _)] if info.match_any => Ok(Some((*index, By::Kind))),
        [_, _, ..] if info.match_any => Err(Ambiguous { by: By::Kind }),
        _ => Ok(None),
    }
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
