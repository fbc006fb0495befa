//! What becomes of a value?

use super::platforms::{Platform, platform};
use crate::{
    label::Label,
    starlark::{Call, Expr, Kind, Layout, Seq, is_sorted, sort_strings},
};
use dorcas_abi::message::{Attr, Value};
use std::collections::{BTreeMap, HashMap, HashSet};

/// How a generated value is merged, if it isn't a single string, number or name: these replace what was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// As a list, a sum of a list and selects by platform, or one of these alone.
    Platforms,
    /// As a list that is sorted.
    Sorted,
    /// As a dict, entry by entry.
    Dict,
}

/// What a merge comes to.
#[derive(Clone, Debug)]
pub(super) enum Merged {
    Keep,
    Delete,
    Set(Expr),
    SetAndDropKeep(Expr),
    /// The value has a form that isn't understood. It stays.
    Fails,
}

/// A value has a form that isn't understood.
struct NotUnderstood;

impl How {
    pub(super) fn of(kind: &str, attr: Option<&Attr>) -> Self {
        match attr.map(|attr| (&attr.value, &attr.name)) {
            // Where buildifier sorts an attribute it is left to it.
            Some((Value::SortedStrings(_) | Value::Labels(_), name)) if !is_sorted(kind, name) => Self::Sorted,
            Some((Value::StringDict(_) | Value::ListDict(_), _)) => Self::Dict,
            _ => Self::Platforms,
        }
    }
}

/// Merges a generated argument, none where the rule has none any more, into one of a file.
pub(super) fn merge(source: Option<(&Expr, How)>, target: &Expr, drop_keep: bool) -> Merged {
    let Kind::Named(_, old) = &target.kind else { return Merged::Keep };
    if old.is_kept() {
        return Merged::Keep;
    }
    let Some((source, how)) = source else {
        return match target.is_kept() {
            true => Merged::Keep,
            false if is_constant(old) => Merged::Fails,
            false if is_scalar(old) => Merged::Delete,
            false => finish(platforms(None, old)),
        };
    };
    let Kind::Named(_, new) = &source.kind else { return Merged::Keep };
    if is_scalar(new) {
        if drop_keep && target.is_kept() && is_same_scalar(new, old) {
            return Merged::SetAndDropKeep((**old).clone());
        }
        return if target.is_kept() { Merged::Keep } else { Merged::Set(scalar(new, old)) };
    }
    if target.is_kept() {
        return Merged::Keep;
    }
    match how {
        How::Sorted => finish(platforms_with(Some(new), old, drop_keep).map(|list| {
            list.map(|mut list| {
                sort_strings(&mut list);
                list
            })
        })),
        How::Dict => finish(dict(new, old, drop_keep)),
        How::Platforms => finish(platforms_with(Some(new), old, drop_keep)),
    }
}

fn finish(merged: Result<Option<Expr>, NotUnderstood>) -> Merged {
    match merged {
        Ok(Some(value)) => Merged::Set(value),
        Ok(None) => Merged::Delete,
        Err(NotUnderstood) => Merged::Fails,
    }
}

pub(super) fn is_scalar(expr: &Expr) -> bool {
    matches!(expr.kind, Kind::Str(_) | Kind::Number(_) | Kind::Ident(_))
}

/// Whether it is the name of something that somebody has defined.
fn is_constant(expr: &Expr) -> bool {
    matches!(&expr.kind, Kind::Ident(name) if !matches!(name.as_str(), "True" | "False" | "None"))
}

fn is_same_scalar(a: &Expr, b: &Expr) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Str(a), Kind::Str(b)) | (Kind::Number(a), Kind::Number(b)) | (Kind::Ident(a), Kind::Ident(b)) => a == b,
        _ => false,
    }
}

/// The new value, in the old spelling if it is the same.
fn scalar(new: &Expr, old: &Expr) -> Expr {
    if is_same_scalar(new, old) { old.clone() } else { new.clone() }
}

fn platforms(new: Option<&Expr>, old: &Expr) -> Result<Option<Expr>, NotUnderstood> {
    platforms_with(new, old, false)
}

/// A sum in its parts.
#[derive(Default)]
struct Parts<'a> {
    list: Option<&'a Seq>,
    /// By system, processor, both: calls and their dicts.
    selects: [Option<(&'a Expr, &'a Seq)>; 3],
    /// Terms that a comment keeps as they are.
    kept: Vec<&'a Expr>,
}

fn platforms_with(new: Option<&Expr>, old: &Expr, drop_keep: bool) -> Result<Option<Expr>, NotUnderstood> {
    let new = new.map_or_else(|| Ok(Parts::default()), parts)?;
    let old = parts(old)?;
    let mut terms: Vec<Expr> = merge_lists(new.list, old.list, drop_keep).into_iter().collect();
    for (new, old) in new.selects.into_iter().zip(old.selects) {
        if let Some(dict) = merge_dicts(new.map(|(_, dict)| dict), old.map(|(_, dict)| dict), drop_keep)? {
            let select = Expr::call("select", vec![dict]);
            terms.push(match old {
                Some((old, _)) => Expr { before: old.before.clone(), suffix: old.suffix.clone(), ..select },
                None => select,
            });
        }
    }
    terms.extend(old.kept.into_iter().cloned());
    Ok(match terms.len() {
        0 | 1 => terms.pop(),
        _ => {
            // The dicts have lines anyway.
            if let Kind::List(list) = &mut terms[0].kind {
                list.layout = Layout::Lines;
            }
            Some(Expr::new(Kind::Sum(terms)))
        }
    })
}

/// The parts of a sum. A scalar is none: where a list belongs it says nothing. What somebody computes isn't understood.
fn parts(expr: &Expr) -> Result<Parts<'_>, NotUnderstood> {
    let mut parts = Parts::default();
    let terms = match &expr.kind {
        Kind::Sum(terms) => terms.as_slice(),
        _ => std::slice::from_ref(expr),
    };
    for term in terms {
        match &term.kind {
            _ if term.is_kept() => parts.kept.push(term),
            Kind::List(list) if parts.list.is_none() && is_plain(list) => parts.list = Some(list),
            Kind::Call(call) => {
                let dict = selected(call)?;
                let place = match platform_of(dict)? {
                    Platform::System => 0,
                    Platform::Processor => 1,
                    Platform::Both => 2,
                };
                if parts.selects[place].replace((term, dict)).is_some() {
                    return Err(NotUnderstood);
                }
            }
            _ if is_scalar(term) && !is_constant(term) => {}
            _ => return Err(NotUnderstood),
        }
    }
    Ok(parts)
}

/// Whether a list has nothing but strings, and what a comment keeps.
fn is_plain(list: &Seq) -> bool {
    list.items.iter().all(|item| matches!(item.kind, Kind::Str(_)) || item.is_kept())
}

/// The dict of a `select`; any other call isn't understood.
fn selected(call: &Call) -> Result<&Seq, NotUnderstood> {
    match call.args.items.as_slice() {
        [Expr { kind: Kind::Dict(dict), .. }] if call.function == "select" => Ok(dict),
        _ => Err(NotUnderstood),
    }
}

/// The first condition that isn't the default decides what a `select` is by.
fn platform_of(dict: &Seq) -> Result<Platform, NotUnderstood> {
    for item in &dict.items {
        let Kind::Pair(key, _) = &item.kind else { return Err(NotUnderstood) };
        let key = key.as_str().ok_or(NotUnderstood)?;
        if key != DEFAULT {
            let label = Label::parse(key).map_err(|_| NotUnderstood)?;
            return platform(&label.name).ok_or(NotUnderstood);
        }
    }
    Ok(Platform::Both)
}

const DEFAULT: &str = "//conditions:default";

/// What is in the new list, with the comments of the old one, in the order of the old one; and what is kept.
fn merge_lists(new: Option<&Seq>, old: Option<&Seq>, drop_keep: bool) -> Option<Expr> {
    let Some(old) = old else {
        return new.map(|new| Expr::list(new.items.clone(), new.layout));
    };
    let none = Seq::default();
    let new = new.unwrap_or(&none);
    let wanted: HashSet<&str> = new.items.iter().filter_map(Expr::as_str).filter(|text| !text.is_empty()).collect();
    let mut known = HashSet::new();
    let mut merged = Vec::new();
    let mut lines = new.layout == Layout::Lines || old.layout == Layout::Lines;
    for item in &old.items {
        let text = item.as_str().unwrap_or_default();
        let is_wanted = wanted.contains(text);
        if !is_wanted && !item.is_kept() {
            continue;
        }
        let mut item = item.clone();
        if is_wanted && drop_keep {
            item.drop_keep();
        }
        lines |= item.is_kept();
        if !text.is_empty() {
            known.insert(text);
        }
        merged.push(item);
    }
    let is_known = |item: &&Expr| item.as_str().is_some_and(|text| known.contains(text));
    merged.extend(new.items.iter().filter(|item| !is_known(item)).cloned());
    let layout = if lines { Layout::Lines } else { Layout::ByNumber };
    (!merged.is_empty()).then(|| Expr::list(merged, layout))
}

/// What is known of a branch of a `select`.
#[derive(Default)]
struct Branch<'a> {
    /// The entry of the file.
    item: Option<&'a Expr>,
    new: Option<&'a Seq>,
    old: Option<&'a Seq>,
}

/// Merges the branches of selects, list by list, in the order of their conditions.
///
/// A branch that has become empty goes where the default is empty as well, since it says the same then. One that somebody
/// has left empty stays, as long as there is anything else.
fn merge_dicts(new: Option<&Seq>, old: Option<&Seq>, drop_keep: bool) -> Result<Option<Expr>, NotUnderstood> {
    let Some(old) = old else {
        return Ok(new.map(|new| Expr::new(Kind::Dict(new.clone()))));
    };
    let mut branches: BTreeMap<&str, Branch<'_>> = BTreeMap::new();
    for item in &old.items {
        let Kind::Pair(key, value) = &item.kind else { return Err(NotUnderstood) };
        let old = value.as_list().filter(|list| is_plain(list));
        if old.is_none() && !is_kept_branch(item) {
            return Err(NotUnderstood);
        }
        let key = key.as_str().ok_or(NotUnderstood)?;
        if branches.insert(key, Branch { item: Some(item), new: None, old }).is_some() {
            return Err(NotUnderstood);
        }
    }
    for item in new.iter().flat_map(|new| &new.items) {
        let Kind::Pair(key, value) = &item.kind else { return Err(NotUnderstood) };
        let list = value.as_list().ok_or(NotUnderstood)?;
        branches.entry(key.as_str().ok_or(NotUnderstood)?).or_default().new = Some(list);
    }
    let default_says_nothing = branches.get(DEFAULT).is_some_and(|branch| {
        let is_kept = branch.item.is_some_and(is_kept_branch);
        !is_kept && merge_lists(branch.new, branch.old, drop_keep).is_none()
    });
    let (mut items, mut default, mut says_something) = (Vec::new(), None, false);
    for (key, Branch { item, new, old }) in branches {
        if let Some(kept) = item.filter(|item| is_kept_branch(item)) {
            says_something = true;
            if key == DEFAULT {
                default = Some(kept.clone());
            } else {
                items.push(kept.clone());
            }
            continue;
        }
        let merged = merge_lists(new, old, drop_keep);
        says_something |= merged.is_some();
        let is_left_empty = |list: Option<&Seq>| list.is_some_and(|list| list.items.is_empty());
        let stays_empty = key == DEFAULT || is_left_empty(new) || is_left_empty(old) || !default_says_nothing;
        let Some(list) = merged.or_else(|| stays_empty.then(|| Expr::strings([]))) else { continue };
        let entry = match item {
            Some(Expr { kind: Kind::Pair(_, value), .. }) if list.is_same(value) => item.cloned(),
            Some(Expr { kind: Kind::Pair(key, _), before, suffix, .. }) => {
                let (before, suffix) = (before.clone(), suffix.clone());
                Some(Expr { before, suffix, ..Expr::new(Kind::Pair(key.clone(), Box::new(list))) })
            }
            _ => Some(Expr::new(Kind::Pair(Box::new(Expr::string(key)), Box::new(list)))),
        };
        if key == DEFAULT {
            default = entry;
        } else {
            items.extend(entry);
        }
    }
    items.extend(default);
    let dict = Seq { items, end: old.end.clone(), layout: Layout::Lines };
    Ok(says_something.then(|| Expr::new(Kind::Dict(dict))))
}

/// Whether a comment keeps a branch, wherever it stands in it.
fn is_kept_branch(item: &Expr) -> bool {
    let Kind::Pair(key, value) = &item.kind else { return false };
    item.is_kept() || key.is_kept() || value.is_kept()
}

/// What is in the new dict, in the order of its keys, lists merged with the old ones; and the entries that are kept.
fn dict(new: &Expr, old: &Expr, drop_keep: bool) -> Result<Option<Expr>, NotUnderstood> {
    let Kind::Dict(new) = &new.kind else { return Err(NotUnderstood) };
    let Kind::Dict(old) = &old.kind else { return Err(NotUnderstood) };
    let mut known: HashMap<&str, &Expr> = HashMap::new();
    for item in &old.items {
        let Kind::Pair(key, _) = &item.kind else { return Err(NotUnderstood) };
        if known.insert(key.as_str().ok_or(NotUnderstood)?, item).is_some() {
            return Err(NotUnderstood);
        }
    }
    let mut items = Vec::new();
    for item in &new.items {
        let Kind::Pair(key, value) = &item.kind else { return Err(NotUnderstood) };
        let merged = match key.as_str().and_then(|key| known.remove(key)) {
            None => item.clone(),
            Some(old) if old.is_kept() => old.clone(),
            Some(old) => merge_entry(value, old, drop_keep),
        };
        items.push(merged);
    }
    let mut kept: Vec<&Expr> = known.into_values().filter(|item| item.is_kept()).collect();
    kept.sort_by_key(|item| item.source.as_ref().map(|source| source.start));
    items.extend(kept.into_iter().cloned());
    let key = |item: &Expr| match &item.kind {
        Kind::Pair(key, _) => key.as_str().unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    items.sort_by_cached_key(key);
    let dict = Seq { items, end: old.end.clone(), layout: Layout::Lines };
    Ok((!dict.items.is_empty()).then(|| Expr::new(Kind::Dict(dict))))
}

/// An entry with the comments that it had.
fn merge_entry(value: &Expr, old: &Expr, drop_keep: bool) -> Expr {
    let Kind::Pair(key, old_value) = &old.kind else { return old.clone() };
    let merged = match (value.as_list(), old_value.as_list()) {
        (Some(new), Some(list)) => merge_lists(Some(new), Some(list), drop_keep).unwrap_or_else(|| value.clone()),
        _ => scalar(value, old_value),
    };
    if merged.is_same(old_value) {
        return old.clone();
    }
    Expr { source: None, kind: Kind::Pair(key.clone(), Box::new(merged)), ..old.clone() }
}
