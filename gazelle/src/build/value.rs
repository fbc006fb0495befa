//! How is the value of an attribute written?

use super::Package;
use crate::{
    error::Unwritable,
    label::Label,
    starlark::{Call, Expr, Kind, Layout, Seq, expression_names, is_sorted, sort_strings},
};
use dorcas_abi::message::{Attr, SelectBranch, Term, Value};
use std::collections::BTreeSet;

const DEFAULT: &str = "//conditions:default";

/// The value as an expression, in Gazelle's form for it.
pub(super) fn expr(attr: &Attr, kind: &str, package: Package<'_>) -> Result<Expr, Unwritable> {
    let label = |text: &String| match Label::parse(text) {
        Ok(label) => Ok(label.rel(package.repo, package.rel).to_string()),
        Err(cause) => Err(Unwritable::Label { attr: attr.name.clone(), cause }),
    };
    Ok(match &attr.value {
        Value::Bool(value) => Expr::ident(if *value { "True" } else { "False" }),
        Value::Int(value) => Expr::new(Kind::Number(value.to_string())),
        Value::String(text) => Expr::string(text.as_str()),
        Value::Strings(items) => list(items),
        Value::SortedStrings(items) => sorted(items.iter().cloned().collect(), kind, attr),
        Value::Label(text) => Expr::string(label(text)?),
        Value::Labels(items) => sorted(items.iter().map(label).collect::<Result<_, _>>()?, kind, attr),
        Value::StringDict(entries) => {
            Expr::dict(entries.iter().map(|entry| (entry.key.clone(), Expr::string(entry.value.as_str()))).collect())
        }
        Value::ListDict(entries) => {
            Expr::dict(entries.iter().map(|entry| (entry.key.clone(), in_lines(&entry.values))).collect())
        }
        Value::Glob { include, exclude } => glob(include, exclude),
        Value::Select(branches) => select(branches),
        Value::Concat(terms) => concat(terms),
        Value::Raw(text) => raw(&attr.name, text)?,
    })
}

/// A list in order. Where buildifier sorts the attribute it is left to it: comments in the file may keep it from that,
/// and then what is new stands behind what is old in the order of the bytes.
fn sorted(items: BTreeSet<String>, kind: &str, attr: &Attr) -> Expr {
    let mut list = Expr::strings(items);
    if !is_sorted(kind, &attr.name) {
        sort_strings(&mut list);
    }
    list
}

/// Text as an expression, if it is one.
pub(super) fn raw(attr: &str, text: &str) -> Result<Expr, Unwritable> {
    let names =
        expression_names(text).map_err(|fault| Unwritable::Raw { attr: attr.into(), text: text.into(), fault })?;
    let kind = match names.as_slice() {
        [name] if *name == text.trim() => Kind::Ident((*name).into()),
        _ => Kind::Text(text.trim().into(), names.into_iter().map(String::from).collect()),
    };
    Ok(Expr::new(kind))
}

/// Sorts every list in an expression that has only strings.
pub(super) fn sort_lists(expr: &mut Expr) {
    match &mut expr.kind {
        Kind::List(_) => sort_strings(expr),
        Kind::Dict(Seq { items, .. }) | Kind::Sum(items) | Kind::Call(Call { args: Seq { items, .. }, .. }) => {
            items.iter_mut().for_each(sort_lists);
        }
        Kind::Pair(_, value) | Kind::Named(_, value) => sort_lists(value),
        _ => {}
    }
}

fn list(items: &[String]) -> Expr {
    Expr::strings(items.iter().cloned())
}

fn in_lines(items: &[String]) -> Expr {
    Expr::list(items.iter().cloned().map(Expr::string).collect(), Layout::Lines)
}

fn glob(include: &[String], exclude: &[String]) -> Expr {
    let mut args = vec![list(include)];
    if !exclude.is_empty() {
        args.push(Expr::named("exclude", list(exclude)));
    }
    Expr::call("glob", args)
}

/// The branches in the order of their conditions, the default last.
fn select(branches: &[SelectBranch]) -> Expr {
    let (last, first): (Vec<_>, Vec<_>) = branches.iter().partition(|branch| branch.condition == DEFAULT);
    let entry = |branch: &SelectBranch| {
        let lines = branch.condition != DEFAULT && !branch.values.is_empty();
        (branch.condition.clone(), if lines { in_lines(&branch.values) } else { list(&branch.values) })
    };
    Expr::call("select", vec![Expr::dict(first.into_iter().chain(last).map(entry).collect())])
}

fn concat(terms: &[Term]) -> Expr {
    let expr = |(index, term): (usize, &Term)| match term {
        Term::Strings(items) if index == 0 && terms.len() > 1 => in_lines(items),
        Term::Strings(items) => list(items),
        Term::Glob { include, exclude } => glob(include, exclude),
        Term::Select(branches) => select(branches),
    };
    let mut values: Vec<_> = terms.iter().enumerate().map(expr).collect();
    match values.len() {
        0 => list(&[]),
        1 => values.remove(0),
        _ => Expr::new(Kind::Sum(values)),
    }
}
