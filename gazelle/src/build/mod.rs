//! What stands in a BUILD file?

mod loads;
mod merge;
mod value;

pub(crate) use loads::KnownLoads;
pub(crate) use merge::{Existing, merge};

use crate::{
    error::{Cause, Unwritable},
    starlark::{Argument, Call, Expr, Statement, expression_names, print, rewrite},
};
use dorcas_abi::message::{Attr, Rule};
use std::collections::BTreeSet;

/// The names that a new BUILD file gets, and those under which an existing one is looked for, best first.
pub(crate) const FILE_NAMES: [&str; 2] = ["BUILD.bazel", "BUILD"];

/// Where a BUILD file stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Package<'a> {
    pub(crate) repo: &'a str,
    pub(crate) rel: &'a str,
}

/// The text of a BUILD file that has these rules and the load statements they need.
pub(crate) fn compose(rules: &[&Rule], loads: &KnownLoads, package: Package<'_>) -> Result<String, Cause> {
    let mut statements = Vec::with_capacity(rules.len() + 1);
    let mut used = BTreeSet::new();
    for rule in rules {
        let call = call(rule, package, &mut used).map_err(|fault| Cause::Rule {
            rule: format!("{} {:?}", rule.kind, rule.name),
            fault: fault.to_string(),
        })?;
        statements.push(call);
    }
    let mut all: Vec<_> = loads.statements(&used).into_iter().map(Statement::Load).collect();
    all.append(&mut statements);
    Ok(print(&rewrite(all)))
}

/// A rule as a statement. Names that it uses, of its kind first, are added to `used`.
fn call(rule: &Rule, package: Package<'_>, used: &mut BTreeSet<String>) -> Result<Statement, Unwritable> {
    let mut parts = rule.kind.split('.');
    if !parts.clone().all(is_identifier) {
        return Err(Unwritable::Kind(rule.kind.clone()));
    }
    used.extend(parts.next().map(String::from));
    let mut arguments = Vec::with_capacity(rule.args.len() + rule.attrs.len() + 1);
    for text in &rule.args {
        let value = value::raw("a positional argument", text, used)?;
        arguments.push(Argument { name: None, value, comments: Vec::new() });
    }
    if !rule.name.is_empty() {
        let value = Expr::String(rule.name.clone());
        arguments.push(Argument { name: Some("name".into()), value, comments: Vec::new() });
    }
    for attr in &rule.attrs {
        arguments.push(argument(attr, package, used)?);
    }
    let multi_line = arguments.len() - rule.args.len() > 1;
    check_comments(&rule.comments)?;
    Ok(Statement::Call {
        comments: rule.comments.clone(),
        call: Call { name: rule.kind.clone(), arguments, multi_line },
    })
}

fn argument(attr: &Attr, package: Package<'_>, used: &mut BTreeSet<String>) -> Result<Argument, Unwritable> {
    if attr.name == "name" {
        return Err(Unwritable::NameAttr);
    }
    if !is_identifier(&attr.name) {
        return Err(Unwritable::AttrName(attr.name.clone()));
    }
    check_comments(&attr.comments)?;
    let value = value::expr(attr, package, used)?;
    Ok(Argument { name: Some(attr.name.clone()), value, comments: attr.comments.clone() })
}

fn is_identifier(text: &str) -> bool {
    let is_start = |char: char| char.is_ascii_alphabetic() || char == '_';
    text.starts_with(is_start) && text.chars().all(|char| is_start(char) || char.is_ascii_digit())
        // A word of the language is no identifier: as an expression it has no names in it, or is none.
        && expression_names(text).is_ok_and(|names| names == [text])
}

fn check_comments(comments: &[String]) -> Result<(), Unwritable> {
    match comments.iter().find(|comment| !comment.trim().starts_with('#') || comment.trim().contains(['\n', '\r'])) {
        Some(text) => Err(Unwritable::Comment { text: text.clone() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
