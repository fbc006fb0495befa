//! How is a rule told to a language?

use super::{BuildFile, Load, Rule};
use crate::starlark::{Call, Expr, Kind, Seq};
use dorcas_abi::message::{self, Attr, Directive, ListEntry, SelectBranch, StringEntry, Symbol, Term, Value};
use std::collections::BTreeMap;

impl BuildFile {
    /// The file as a language sees it, where it calls kinds what `kind` says.
    pub(crate) fn describe(&self, directives: &[Directive], kind: &dyn Fn(&str) -> String) -> message::BuildFile {
        message::BuildFile {
            name: self.name.clone(),
            loads: self.loads().map(|(_, load)| load.describe()).collect(),
            rules: self.rules().map(|(_, rule)| rule.describe(self, kind)).collect(),
            directives: directives.to_vec(),
        }
    }
}

impl Load {
    fn describe(&self) -> message::Load {
        let symbols = self.pairs().into_iter().map(|(from, to)| Symbol { from, to });
        message::Load { name: self.file().into(), symbols: symbols.collect() }
    }
}

impl Rule {
    /// The rule as a language sees it.
    pub(crate) fn describe(&self, file: &BuildFile, kind: &dyn Fn(&str) -> String) -> message::Rule {
        let mut attrs: BTreeMap<&str, Attr> = BTreeMap::new();
        for (name, argument) in self.named() {
            let Kind::Named(_, expr) = &argument.kind else { continue };
            if name != "name" {
                let comments = argument.before.iter().map(|comment| comment.trim().to_owned()).collect();
                attrs.insert(name, Attr { name: name.into(), value: value(expr, file), comments });
            }
        }
        let kind = kind(self.kind());
        message::Rule {
            written: (kind != self.kind()).then(|| self.kind().to_owned()),
            kind,
            name: self.name().into(),
            attrs: attrs.into_values().collect(),
            args: self.args().map(|arg| text(arg, file)).collect(),
            comments: self.before.iter().map(|comment| comment.trim().to_owned()).collect(),
            keep: self.is_kept(),
        }
    }
}

fn value(expr: &Expr, file: &BuildFile) -> Value {
    plain(expr).unwrap_or_else(|| Value::Raw(text(expr, file)))
}

impl BuildFile {
    /// A value as it is laid out where nothing is around it, without comments of its own.
    pub(crate) fn show(&self, expr: &Expr) -> String {
        let mut printer = crate::starlark::Printer::new(&self.text);
        printer.expr(&Expr { before: Vec::new(), suffix: Vec::new(), ..expr.clone() });
        printer.finish()
    }
}

/// An expression as Starlark text.
fn text(expr: &Expr, file: &BuildFile) -> String {
    match (&expr.source, &expr.kind) {
        (Some(source), _) => file.text[source.clone()].into(),
        (None, Kind::Text(text, _)) => text.clone(),
        _ => file.show(expr),
    }
}

/// The value, where it is of a kind that has no nesting.
fn plain(expr: &Expr) -> Option<Value> {
    Some(match &expr.kind {
        Kind::Ident(name) if name == "True" => Value::Bool(true),
        Kind::Ident(name) if name == "False" => Value::Bool(false),
        Kind::Number(number) => Value::Int(number.parse().ok()?),
        Kind::Str(text) => Value::String(text.clone()),
        Kind::List(list) => Value::Strings(strings(list)?),
        Kind::Dict(dict) => dict_value(dict)?,
        Kind::Call(call) => match term(call)? {
            Term::Glob { include, exclude } => Value::Glob { include, exclude },
            Term::Select(branches) => Value::Select(branches),
            Term::Strings(list) => Value::Strings(list),
        },
        Kind::Sum(terms) => {
            let term = |expr: &Expr| match &expr.kind {
                Kind::List(list) => strings(list).map(Term::Strings),
                Kind::Call(call) => term(call),
                _ => None,
            };
            Value::Concat(terms.iter().map(term).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

fn strings(list: &Seq) -> Option<Vec<String>> {
    list.items.iter().map(|item| item.as_str().map(String::from)).collect()
}

/// The entries of a dict; none where a key isn't a string, or stands twice.
fn entries(dict: &Seq) -> Option<BTreeMap<&str, &Expr>> {
    let mut entries = BTreeMap::new();
    for item in &dict.items {
        let Kind::Pair(key, value) = &item.kind else { return None };
        if entries.insert(key.as_str()?, &**value).is_some() {
            return None;
        }
    }
    Some(entries)
}

fn dict_value(dict: &Seq) -> Option<Value> {
    let entries = entries(dict)?;
    let pair = |(key, value): (&&str, &&Expr)| {
        value.as_str().map(|value| StringEntry { key: (*key).into(), value: value.into() })
    };
    if let Some(pairs) = entries.iter().map(pair).collect() {
        return Some(Value::StringDict(pairs));
    }
    let list = |(key, value): (&str, &Expr)| {
        let values = value.as_list().and_then(strings)?;
        Some(ListEntry { key: key.into(), values })
    };
    entries.into_iter().map(list).collect::<Option<_>>().map(Value::ListDict)
}

/// A call of `glob` or `select` that has the form in which they are generated.
fn term(call: &Call) -> Option<Term> {
    let args = call.args.items.as_slice();
    match (call.function.as_str(), args) {
        ("select", [only]) => {
            let Kind::Dict(dict) = &only.kind else { return None };
            let branch = |(condition, value): (&str, &Expr)| {
                let values = value.as_list().and_then(strings)?;
                Some(SelectBranch { condition: condition.into(), values })
            };
            entries(dict)?.into_iter().map(branch).collect::<Option<_>>().map(Term::Select)
        }
        ("glob", [include, exclude @ ..]) => {
            let include = include.as_list().and_then(strings)?;
            let exclude = match exclude {
                [] => Vec::new(),
                [Expr { kind: Kind::Named(name, value), .. }] if name == "exclude" => {
                    value.as_list().and_then(strings)?
                }
                _ => return None,
            };
            Some(Term::Glob { include, exclude })
        }
        _ => None,
    }
}
