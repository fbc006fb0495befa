//! What becomes of a BUILD file when rules are generated for it?
//!
//! As in Gazelle there are two merges: one after rules are generated, of what the index is made from, and one after
//! they are resolved. In both, generated rules look for a rule that is meant by them, empty rules for one that is
//! to go, and `# keep` holds against all.
//!
//! | question | file |
//! |---|---|
//! | Which rule does a generated one mean? | `find.rs` |
//! | What becomes of a value? | `value.rs` |
//! | Which kinds are there, and what is known of them? | `kinds.rs` |

mod find;
mod kinds;
mod platforms;
mod value;

pub(crate) use kinds::{Kinds, native};

use crate::{
    build::{Package, new_rule, source_rule},
    build_file::{BuildFile, Rule},
    error::Cause,
};
use dorcas_abi::message::{self, Kind, Term, Value};
use std::collections::HashMap;
use value::{How, Merged};

/// When a merge happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// After rules are generated: attributes that the index may need.
    Generated,
    /// After they are resolved: dependencies.
    Resolved,
}

/// What stays the same for all merges of a directory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Merge<'a> {
    pub(crate) kinds: &'a Kinds<'a>,
    pub(crate) package: Package<'a>,
    /// Whether `# keep` goes where it has no effect.
    pub(crate) drop_keep: bool,
}

/// A generated rule on its way into a file.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    /// The rule, of the kind that it has in the file.
    pub(crate) rule: message::Rule,
    /// Index of the rule that it has become, where the file had none like it.
    pub(crate) inserted: Option<usize>,
    /// The name of the rule in the file that it means.
    pub(crate) name: Option<String>,
}

impl Incoming {
    pub(crate) fn new(rule: message::Rule) -> Self {
        Self { rule, inserted: None, name: None }
    }
}

/// An attribute that could not be merged, and the line of the rule it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unmerged {
    pub(crate) line: usize,
    pub(crate) attr: String,
}

impl Merge<'_> {
    /// Merges generated rules, and those for which nothing is left, into a file.
    pub(crate) fn merge(
        &self,
        file: &mut BuildFile,
        empty: &[message::Rule],
        incoming: &mut [Incoming],
        phase: Phase,
    ) -> Result<Vec<Unmerged>, Cause> {
        let mut unmerged = Vec::new();
        for rule in empty {
            self.merge_empty(file, &source_rule(rule, self.package)?, phase, &mut unmerged);
        }
        let mut sources = self.sources(incoming)?;
        let found: Vec<_> = sources.iter().map(|source| find::find(file, source, self.kinds)).collect();
        let mut renamed = HashMap::new();
        for ((source, incoming), found) in sources.iter().zip(incoming.iter_mut()).zip(&found) {
            if let Ok(Some(index)) = found
                && let Some(rule) = file.rule(*index)
            {
                incoming.name = Some(rule.name().to_owned());
                if rule.name() != source.name() {
                    renamed.insert(source.name().to_owned(), rule.name().to_owned());
                }
            }
        }
        if !renamed.is_empty() {
            for incoming in incoming.iter_mut() {
                if let Some(kind) = self.kinds.info(&incoming.rule.kind) {
                    rename(&mut incoming.rule, kind, &renamed);
                }
            }
            sources = self.sources(incoming)?;
        }
        for ((source, incoming), found) in sources.iter().zip(incoming).zip(found) {
            match found {
                Err(find::Ambiguous) => {}
                Ok(None) => incoming.inserted = Some(file.push(new_rule(&incoming.rule, self.package)?)),
                Ok(Some(index)) if incoming.inserted == Some(index) => {
                    let new = new_rule(&incoming.rule, self.package)?;
                    if let Some(rule) = file.rule_mut(index) {
                        *rule = new;
                    }
                }
                Ok(Some(index)) => {
                    let how = |attr: &str| {
                        How::of(source.kind(), incoming.rule.attrs.iter().find(|known| known.name == attr))
                    };
                    self.merge_rules(file, index, source, &how, phase, &mut unmerged);
                }
            }
        }
        Ok(unmerged)
    }

    fn sources(&self, incoming: &[Incoming]) -> Result<Vec<Rule>, Cause> {
        incoming.iter().map(|incoming| source_rule(&incoming.rule, self.package)).collect()
    }

    /// Takes out of the rule that is meant what had been generated, and deletes it if nothing is left.
    fn merge_empty(&self, file: &mut BuildFile, empty: &Rule, phase: Phase, unmerged: &mut Vec<Unmerged>) {
        let Ok(Some(index)) = find::find(file, empty, self.kinds) else { return };
        if file.rule(index).is_none_or(Rule::is_kept) {
            return;
        }
        self.merge_rules(file, index, empty, &|_| How::Platforms, phase, unmerged);
        let Some(rule) = file.rule(index) else { return };
        let needed = self.kinds.info(self.kinds.unaliased(rule.kind())).map(|kind| &kind.non_empty_attrs);
        let is_empty =
            needed.is_some_and(|needed| !needed.is_empty() && needed.iter().all(|attr| rule.attr(attr).is_none()));
        if is_empty {
            file.delete(index);
        }
    }

    fn merge_rules(
        &self,
        file: &mut BuildFile,
        index: usize,
        source: &Rule,
        how: &dyn Fn(&str) -> How,
        phase: Phase,
        unmerged: &mut Vec<Unmerged>,
    ) {
        let info = self.kinds.info(source.kind());
        let mergeable = info.map_or(&[][..], |kind| match phase {
            Phase::Generated => &kind.mergeable_attrs,
            Phase::Resolved => &kind.resolve_attrs,
        });
        let is_mergeable = |attr: &str| mergeable.iter().any(|known| known == attr);
        let Some(rule) = file.rule_mut(index) else { return };
        if rule.is_kept() {
            return;
        }
        let mut failed = Vec::new();
        let old: Vec<String> = rule.named().map(|(name, _)| name.to_owned()).collect();
        for name in old.iter().filter(|name| source.argument(name).is_none() && is_mergeable(name)) {
            let Some(target) = rule.argument(name) else { continue };
            let merged = value::merge(None, target, self.drop_keep);
            apply(rule, name, merged, &mut failed);
        }
        for (name, argument) in source.named() {
            match rule.argument(name) {
                None => rule.set_argument(argument.clone()),
                Some(_) if !is_mergeable(name) => {}
                Some(target) => {
                    let merged = value::merge(Some((argument, how(name))), target, self.drop_keep);
                    apply(rule, name, merged, &mut failed);
                }
            }
        }
        rule.arrange();
        for (attr, source) in failed {
            unmerged.push(Unmerged { line: file.line(source.as_ref()), attr });
        }
    }
}

type Failed = Vec<(String, Option<std::ops::Range<usize>>)>;

fn apply(rule: &mut Rule, name: &str, merged: Merged, failed: &mut Failed) {
    match merged {
        Merged::Keep => {}
        Merged::Delete => rule.delete(name),
        Merged::Set(value) => rule.set(name, value),
        Merged::SetAndDropKeep(value) => {
            rule.set(name, value);
            rule.drop_keep(name);
        }
        Merged::Fails => {
            let source = rule.argument(name).and_then(|argument| argument.source.clone());
            failed.push((name.to_owned(), source));
        }
    }
}

/// Puts the names that rules have in the file in the place of those that were generated, in the attributes that the
/// kind names for it.
fn rename(rule: &mut message::Rule, kind: &Kind, renamed: &HashMap<String, String>) {
    let change = |text: &mut String| {
        if let Some(name) = renamed.get(text.strip_prefix(':').unwrap_or(text)) {
            *text = format!(":{name}");
        }
    };
    for attr in rule.attrs.iter_mut().filter(|attr| kind.substitute_attrs.contains(&attr.name)) {
        let lists: Vec<&mut Vec<String>> = match &mut attr.value {
            Value::String(text) | Value::Label(text) => {
                change(text);
                continue;
            }
            Value::Strings(list) | Value::SortedStrings(list) | Value::Labels(list) => vec![list],
            Value::ListDict(entries) => entries.iter_mut().map(|entry| &mut entry.values).collect(),
            Value::Select(branches) => branches.iter_mut().map(|branch| &mut branch.values).collect(),
            Value::Concat(terms) => terms
                .iter_mut()
                .flat_map(|term| match term {
                    Term::Strings(list) => vec![list],
                    Term::Select(branches) => branches.iter_mut().map(|branch| &mut branch.values).collect(),
                    Term::Glob { .. } => Vec::new(),
                })
                .collect(),
            _ => continue,
        };
        lists.into_iter().flatten().for_each(change);
    }
}

#[cfg(test)]
mod tests;
