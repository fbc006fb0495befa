//! Is a rule, or a part of one, such as a BUILD file can have?

use super::{Breach, Checked, diagnostic::short, in_it, verify};
use crate::{
    build,
    label::Label,
    starlark::{expression_names, is_identifier, is_kind},
};
use dorcas_abi::{
    clause,
    message::{Attr, Rule, SelectBranch, Term, Value},
};

pub(super) fn rule(rule: &Rule) -> Checked {
    kind(&rule.kind)?;
    name(&rule.name)?;
    comments(&rule.comments)?;
    rule.args.iter().try_for_each(|arg| raw(arg).map_err(in_it(|| "a positional argument".into())))?;
    rule.attrs.iter().try_for_each(attr)
}

pub(super) fn kind(kind: &str) -> Checked {
    verify(clause::RULE_IDENTIFIERS, is_kind(kind), || format!("{kind:?} is no name of a kind"))
}

pub(super) fn name(name: &str) -> Checked {
    verify(clause::RULE_NAMES, name.is_empty() || is_target_name(name), || {
        format!("{name:?} is no name of a rule: it has a control character, a colon or a backslash")
    })
}

pub(super) fn identifier(name: &str) -> Checked {
    verify(clause::RULE_IDENTIFIERS, is_identifier(name), || format!("{name:?} is no identifier"))
}

pub(super) fn attr_name(name: &str) -> Checked {
    verify(clause::RULE_NAME_APART, name != "name", || "the name stands among the attributes".into())?;
    verify(clause::RULE_IDENTIFIERS, is_identifier(name), || format!("{name:?} is no name of an attribute"))
}

pub(super) fn attr(attr: &Attr) -> Checked {
    attr_name(&attr.name)?;
    let check = || {
        comments(&attr.comments)?;
        value(&attr.value)
    };
    check().map_err(in_it(|| format!("attribute {}", attr.name)))
}

fn value(value: &Value) -> Checked {
    match value {
        Value::Label(text) => label("", text),
        Value::Labels(texts) => texts.iter().try_for_each(|text| label("", text)),
        Value::Select(branches) => conditions(branches),
        Value::Concat(terms) => terms.iter().try_for_each(|term| match term {
            Term::Select(branches) => conditions(branches),
            Term::Strings(_) | Term::Glob { .. } => Ok(()),
        }),
        Value::Raw(text) => raw(text),
        _ => Ok(()),
    }
}

fn conditions(branches: &[SelectBranch]) -> Checked {
    branches.iter().try_for_each(|branch| label("a condition", &branch.condition))
}

/// `what` is the thing that the text names, if that isn't clear.
pub(super) fn label(what: &str, text: &str) -> Checked {
    match Label::parse(text) {
        Ok(_) => Ok(()),
        Err(fault) => {
            let what = if what.is_empty() { String::new() } else { format!("{what}: ") };
            Err(Breach { clause: clause::RULE_LABELS, what: format!("{what}{fault}") })
        }
    }
}

pub(super) fn is_label(text: &str) -> bool {
    Label::parse(text).is_ok()
}

/// Whether a text can stand behind the colon of a label.
pub(crate) fn is_target_name(name: &str) -> bool {
    !name.is_empty() && !name.contains([':', '\\']) && !name.contains(char::is_control)
}

fn raw(text: &str) -> Checked {
    match expression_names(text) {
        Ok(_) => Ok(()),
        Err(fault) => {
            let what = format!("{:?} is no Starlark expression: {fault}", short(text));
            Err(Breach { clause: clause::RULE_RAW, what })
        }
    }
}

fn comments(comments: &[String]) -> Checked {
    build::check_comments(comments).map_err(|fault| Breach { clause: clause::RULE_COMMENTS, what: fault.to_string() })
}
