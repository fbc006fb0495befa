//! How is the value of an attribute written?

use super::Package;
use crate::{
    error::Unwritable,
    label::Label,
    starlark::{Argument, Call, Expr, expression_names, sort_strings},
};
use dorcas_abi::message::{Attr, SelectBranch, Term, Value};
use std::collections::BTreeSet;

const DEFAULT: &str = "//conditions:default";

/// The value as an expression, in Gazelle's form for it. Names that raw text uses are added to `used`.
pub(super) fn expr(attr: &Attr, package: Package<'_>, used: &mut BTreeSet<String>) -> Result<Expr, Unwritable> {
    let label = |text: &String| match Label::parse(text) {
        Ok(label) => Ok(label.rel(package.repo, package.rel).to_string()),
        Err(cause) => Err(Unwritable::Label { attr: attr.name.clone(), cause }),
    };
    // Gazelle sorts every list within these two attributes, but for one that was given as unsorted.
    let sorted = matches!(attr.name.as_str(), "srcs" | "deps");
    Ok(match &attr.value {
        Value::Bool(value) => Expr::Bool(*value),
        Value::Int(value) => Expr::Int(*value),
        Value::String(text) => Expr::String(text.clone()),
        Value::Strings(items) => Expr::strings(items),
        Value::SortedStrings(items) => sorted_list(items.iter().cloned().collect()),
        Value::Label(text) => Expr::String(label(text)?),
        Value::Labels(items) => sorted_list(items.iter().map(label).collect::<Result<_, _>>()?),
        Value::StringDict(entries) => {
            Expr::Dict(entries.iter().map(|entry| (entry.key.clone(), Expr::String(entry.value.clone()))).collect())
        }
        Value::ListDict(entries) => {
            Expr::Dict(entries.iter().map(|entry| (entry.key.clone(), multi_line(&entry.values))).collect())
        }
        Value::Glob { include, exclude } => glob(include, exclude, sorted),
        Value::Select(branches) => select(branches, sorted),
        Value::Concat(terms) => concat(terms, sorted),
        Value::Raw(text) => raw(&attr.name, text, used)?,
    })
}

/// Text as an expression, if it is one.
pub(super) fn raw(attr: &str, text: &str, used: &mut BTreeSet<String>) -> Result<Expr, Unwritable> {
    let names =
        expression_names(text).map_err(|fault| Unwritable::Raw { attr: attr.into(), text: text.into(), fault })?;
    used.extend(names.into_iter().map(String::from));
    Ok(Expr::Raw(text.trim().into()))
}

fn sorted_list(items: BTreeSet<String>) -> Expr {
    list(&items.into_iter().collect::<Vec<_>>(), true)
}

fn list(items: &[String], sorted: bool) -> Expr {
    let mut list = Expr::strings(items);
    if sorted {
        sort_strings(&mut list);
    }
    list
}

fn multi_line(items: &[String]) -> Expr {
    Expr::List { items: items.iter().cloned().map(Expr::String).collect(), multi_line: true }
}

fn glob(include: &[String], exclude: &[String], sorted: bool) -> Expr {
    let argument = |name: Option<&str>, items| Argument {
        name: name.map(String::from),
        value: list(items, sorted),
        comments: Vec::new(),
    };
    let mut arguments = vec![argument(None, include)];
    if !exclude.is_empty() {
        arguments.push(argument(Some("exclude"), exclude));
    }
    Expr::Call(Call { name: "glob".into(), arguments, multi_line: false })
}

/// The branches in the order of their conditions, the default last.
fn select(branches: &[SelectBranch], sorted: bool) -> Expr {
    let (last, first): (Vec<_>, Vec<_>) = branches.iter().partition(|branch| branch.condition == DEFAULT);
    let entry = |branch: &SelectBranch| {
        let mut value = list(&branch.values, sorted);
        if let Expr::List { items, multi_line } = &mut value {
            *multi_line = branch.condition != DEFAULT && !items.is_empty();
        }
        (branch.condition.clone(), value)
    };
    let branches = Expr::Dict(first.into_iter().chain(last).map(entry).collect());
    let arguments = vec![Argument { name: None, value: branches, comments: Vec::new() }];
    Expr::Call(Call { name: "select".into(), arguments, multi_line: false })
}

fn concat(terms: &[Term], sorted: bool) -> Expr {
    let expr = |(index, term): (usize, &Term)| match term {
        Term::Strings(items) => {
            let mut value = list(items, sorted);
            if let Expr::List { multi_line, .. } = &mut value {
                *multi_line = index == 0 && terms.len() > 1;
            }
            value
        }
        Term::Glob { include, exclude } => glob(include, exclude, sorted),
        Term::Select(branches) => select(branches, sorted),
    };
    let mut values: Vec<_> = terms.iter().enumerate().map(expr).collect();
    match values.len() {
        0 => Expr::strings(&[]),
        1 => values.remove(0),
        _ => Expr::Sum(values),
    }
}
