//! How does what a language generates become a part of a BUILD file?

mod loads;
mod value;

pub(crate) use loads::KnownLoads;

use crate::{
    build_file::{BuildFile, Rule},
    error::{Cause, Unwritable},
    starlark::{Expr, is_hidden, is_identifier},
    stop,
};
use dorcas_abi::message::{self, Attr, Value};

/// Where a BUILD file stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Package<'a> {
    pub(crate) repo: &'a str,
    pub(crate) rel: &'a str,
}

/// A new BUILD file that has these rules and the load statements they need.
pub(crate) fn compose(
    name: &str,
    rules: &[&message::Rule],
    loads: &KnownLoads,
    package: Package<'_>,
) -> Result<BuildFile, Cause> {
    let mut file = BuildFile::new(name);
    for rule in rules {
        stop::check()?;
        file.push(new_rule(rule, package)?);
    }
    loads.fix(&mut file);
    Ok(file)
}

/// A generated rule as it is put into a file that has none like it.
pub(crate) fn new_rule(rule: &message::Rule, package: Package<'_>) -> Result<Rule, Cause> {
    let mut args = arguments(rule, package)?;
    // The attributes stand behind all else, in their order.
    let first = args.len() - rule.attrs.len();
    for (attr, arg) in rule.attrs.iter().zip(&mut args[first..]) {
        // Gazelle sorts every list within these two attributes, but for one that was given as unsorted.
        let sorted = match attr.value {
            Value::Strings(_) => false,
            Value::Labels(_) | Value::SortedStrings(_) => true,
            _ => matches!(attr.name.as_str(), "srcs" | "deps"),
        };
        if sorted {
            value::sort_lists(arg);
        }
    }
    let mut rule = Rule::new(&rule.kind, args, rule.comments.clone());
    rule.arrange();
    Ok(rule)
}

/// A generated rule as it is merged with one in a file.
pub(crate) fn source_rule(rule: &message::Rule, package: Package<'_>) -> Result<Rule, Cause> {
    Ok(Rule::new(&rule.kind, arguments(rule, package)?, rule.comments.clone()))
}

fn arguments(rule: &message::Rule, package: Package<'_>) -> Result<Vec<Expr>, Cause> {
    try_arguments(rule, package).map_err(|fault| cause(rule, &fault))
}

fn cause(rule: &message::Rule, fault: &Unwritable) -> Cause {
    Cause::Rule { rule: shown(rule), fault: fault.to_string() }
}

/// A rule as errors name it.
pub(crate) fn shown(rule: &message::Rule) -> String {
    format!("{} {:?}", rule.kind, rule.name)
}

fn try_arguments(rule: &message::Rule, package: Package<'_>) -> Result<Vec<Expr>, Unwritable> {
    if !rule.kind.split('.').all(is_identifier) {
        return Err(Unwritable::Kind(rule.kind.clone()));
    }
    check_comments(&rule.comments)?;
    let mut args = Vec::with_capacity(rule.args.len() + rule.attrs.len() + 1);
    for text in &rule.args {
        args.push(value::raw("a positional argument", text)?);
    }
    if !rule.name.is_empty() {
        args.push(Expr::named("name", Expr::string(rule.name.as_str())));
    }
    for attr in &rule.attrs {
        args.push(argument(attr, &rule.kind, package)?);
    }
    Ok(args)
}

/// An attribute as an argument of a rule of a kind.
pub(crate) fn argument(attr: &Attr, kind: &str, package: Package<'_>) -> Result<Expr, Unwritable> {
    if attr.name == "name" {
        return Err(Unwritable::NameAttr);
    }
    if !is_identifier(&attr.name) {
        return Err(Unwritable::AttrName(attr.name.clone()));
    }
    check_comments(&attr.comments)?;
    let value = value::expr(attr, kind, package)?;
    Ok(Expr { before: attr.comments.clone(), ..Expr::named(&attr.name, value) })
}

/// Units of work for a byte of a text that is read as Starlark: when it is checked, and whenever it is merged.
const UNITS_PER_BYTE: u64 = 16;

/// Work of reading what a rule has of Starlark, before it is done.
pub(crate) fn reading(rule: &message::Rule) -> u64 {
    let texts = rule.args.iter().chain([&rule.kind]).map(|text| units(text));
    texts.chain(rule.attrs.iter().map(reading_attr)).fold(0, u64::saturating_add)
}

/// See [`reading`].
pub(crate) fn reading_attr(attr: &Attr) -> u64 {
    let value = if let Value::Raw(text) = &attr.value { text } else { "" };
    units(&attr.name).saturating_add(units(value))
}

fn units(text: &str) -> u64 {
    (text.len() as u64).saturating_mul(UNITS_PER_BYTE)
}

/// Whether texts can be the comments above a rule or an attribute.
pub(crate) fn check_comments(comments: &[String]) -> Result<(), Unwritable> {
    // What is around a comment is not written.
    let is_good = |comment: &str| comment.starts_with('#') && !comment.contains(|char| char != '\t' && is_hidden(char));
    match comments.iter().find(|comment| !is_good(comment.trim())) {
        Some(text) => Err(Unwritable::Comment { text: text.clone() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
