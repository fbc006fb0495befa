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
    starlark::{self, Expr},
    stop,
    trace::{Ambiguous, Attribute, Decision, Found, Merging, Phase, Trace, What},
    work::{Work, pairs},
};
use dorcas_abi::message::{self, Attr, Kind, Term, Value};
use find::Known;
use std::collections::HashMap;
use value::{How, Merged};

/// What stays the same for all merges of a directory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Merge<'a> {
    pub(crate) kinds: &'a Kinds<'a>,
    pub(crate) package: Package<'a>,
    /// Whether `# keep` goes where it has no effect.
    pub(crate) drop_keep: bool,
    /// Who wants to know what is decided.
    pub(crate) trace: Option<&'a Trace>,
    /// Most work of one merge.
    pub(crate) work: u64,
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
        let work = Work::new("merging its rules", self.work);
        let mut notes = Notes { failed: Vec::new(), decisions: self.trace.map(|_| Vec::new()), work };
        let mut known = Known::new(file);
        for (number, rule) in empty.iter().enumerate() {
            stop::check()?;
            let source = source_rule(rule, self.package)?;
            let found = find::find(file, &mut known, &source, self.kinds, &mut notes.work)?;
            let before = self.before(file, &found);
            if let Ok(Some((index, _))) = &found {
                self.merge_empty(file, &mut known, *index, &source, phase, &mut notes)?;
            }
            let meant = Meant { found, inserted: None, before };
            self.tell(file, (phase, What::Empty(number)), &source, meant, &mut notes);
        }
        let mut sources = self.sources(incoming)?;
        let find = |source| find::find(file, &mut known, source, self.kinds, &mut notes.work);
        let found: Vec<_> = sources.iter().map(find).collect::<Result<_, _>>()?;
        let mut renamed = HashMap::new();
        for ((source, incoming), found) in sources.iter().zip(incoming.iter_mut()).zip(&found) {
            if let Ok(Some((index, _))) = found
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
        for (number, ((source, incoming), found)) in sources.iter().zip(incoming).zip(found).enumerate() {
            stop::check()?;
            let before = self.before(file, &found);
            match &found {
                Err(Ambiguous { .. }) => {}
                Ok(None) => incoming.inserted = Some(file.push(new_rule(&incoming.rule, self.package)?)),
                Ok(Some((index, _))) if incoming.inserted == Some(*index) => {
                    let new = new_rule(&incoming.rule, self.package)?;
                    if let Some(rule) = file.rule_mut(*index) {
                        *rule = new;
                    }
                }
                Ok(Some((index, _))) => {
                    let attrs: HashMap<&str, &Attr> =
                        incoming.rule.attrs.iter().map(|attr| (attr.name.as_str(), attr)).collect();
                    let how = |attr: &str| How::of(source.kind(), attrs.get(attr).copied());
                    self.merge_rules(file, *index, source, &how, phase, &mut notes)?;
                }
            }
            let meant = Meant { found, inserted: incoming.inserted, before };
            self.tell(file, (phase, What::Rule(number)), source, meant, &mut notes);
        }
        let lines = file.lines(notes.failed.iter().map(|(_, source)| source.as_ref()));
        Ok(notes.failed.into_iter().zip(lines).map(|((attr, _), line)| Unmerged { line, attr }).collect())
    }

    fn sources(&self, incoming: &[Incoming]) -> Result<Vec<Rule>, Cause> {
        let source = |incoming: &Incoming| {
            stop::check()?;
            source_rule(&incoming.rule, self.package)
        };
        incoming.iter().map(source).collect()
    }

    /// Takes out of the rule that is meant what had been generated, and deletes it if nothing is left.
    fn merge_empty(
        &self,
        file: &mut BuildFile,
        known: &mut Known,
        index: usize,
        empty: &Rule,
        phase: Phase,
        notes: &mut Notes,
    ) -> Result<(), Cause> {
        let Some(rule) = file.rule(index).filter(|rule| !rule.is_kept()) else { return Ok(()) };
        known.take(self.kinds, index, rule);
        self.merge_rules(file, index, empty, &|_| How::Platforms, phase, notes)?;
        let Some(rule) = file.rule(index) else { return Ok(()) };
        let needed = self.kinds.info(self.kinds.unaliased(rule.kind())).map(|kind| &kind.non_empty_attrs);
        // Each argument is looked for among those that keep the rule.
        notes.work.spend(rule.named().count() as u64)?;
        let is_empty = needed.is_some_and(|needed| {
            let keeps = |name: &str| needed.binary_search_by(|known| known.as_str().cmp(name)).is_ok();
            !needed.is_empty() && !rule.named().any(|(name, _)| keeps(name))
        });
        if is_empty {
            file.delete(index);
        } else {
            known.put(self.kinds, index, rule);
        }
        Ok(())
    }

    fn merge_rules(
        &self,
        file: &mut BuildFile,
        index: usize,
        source: &Rule,
        how: &dyn Fn(&str) -> How,
        phase: Phase,
        notes: &mut Notes,
    ) -> Result<(), Cause> {
        let info = self.kinds.info(source.kind());
        let mergeable = info.map_or(&[][..], |kind| match phase {
            Phase::Generated => &kind.mergeable_attrs,
            Phase::Resolved => &kind.resolve_attrs,
        });
        let is_mergeable = |attr: &str| mergeable.binary_search_by(|known| known.as_str().cmp(attr)).is_ok();
        let Some(rule) = file.rule_mut(index) else { return Ok(()) };
        if rule.is_kept() {
            return Ok(());
        }
        // Each argument is looked for among the others.
        let (old, new) = (rule.named().count(), source.named().count());
        notes.work.spend(pairs(old + new, old + new))?;
        let mut failed = Vec::new();
        let old: Vec<String> = rule.named().map(|(name, _)| name.to_owned()).collect();
        for name in old.iter().filter(|name| source.argument(name).is_none() && is_mergeable(name)) {
            let Some(target) = rule.argument(name) else { continue };
            let merged = value::merge(None, target, self.drop_keep);
            notes.decide(name, Decision::of(&merged, None));
            apply(rule, name, merged, &mut failed);
        }
        for (name, argument) in source.named() {
            match rule.argument(name) {
                None => {
                    notes.decide(name, Decision::Added);
                    rule.set_argument(argument.clone());
                }
                Some(_) if !is_mergeable(name) => notes.decide(name, Decision::NotMergeable),
                Some(target) => {
                    let merged = value::merge(Some((argument, how(name))), target, self.drop_keep);
                    notes.decide(name, Decision::of(&merged, Some(argument)));
                    apply(rule, name, merged, &mut failed);
                }
            }
        }
        rule.arrange();
        notes.failed.append(&mut failed);
        Ok(())
    }

    /// The rule that is meant, as it is, for whoever wants to know what becomes of it.
    fn before(&self, file: &BuildFile, found: &Found) -> Option<Rule> {
        self.trace?;
        let (index, _) = found.as_ref().ok()?.as_ref()?;
        file.rule(*index).cloned()
    }

    /// Tells what has become of a rule.
    fn tell(
        &self,
        file: &BuildFile,
        (phase, what): (Phase, What),
        source: &Rule,
        Meant { found, inserted, before }: Meant,
        notes: &mut Notes,
    ) {
        let (Some(trace), Some(decisions)) = (self.trace, &mut notes.decisions) else { return };
        let index = found.as_ref().ok().and_then(|found| found.as_ref().map(|(index, _)| *index));
        let after = index.and_then(|index| file.rule(index));
        let text = |rule: Option<&Rule>, attr: &str| rule?.attr(attr).map(|value| file.show(value));
        let attribute = |(name, decision): (String, Decision)| Attribute {
            before: text(before.as_ref(), &name),
            generated: text(Some(source), &name),
            after: text(after, &name),
            name,
            decision,
        };
        let attributes = decisions.drain(..).map(attribute).collect();
        let kept = before.as_ref().is_some_and(Rule::is_kept);
        trace.told().merged.push(Merging { phase, what, meant: found, inserted, kept, attributes });
    }
}

/// The rule that a generated one means, as it was before the merge.
struct Meant {
    found: Found,
    inserted: Option<usize>,
    before: Option<Rule>,
}

/// What is noted on the way.
struct Notes {
    /// Attributes that could not be merged.
    failed: Failed,
    /// What becomes of each attribute of a rule, where someone wants to know.
    decisions: Option<Vec<(String, Decision)>>,
    /// What may still be done.
    work: Work,
}

impl Notes {
    fn decide(&mut self, attr: &str, decision: Decision) {
        if let Some(decisions) = &mut self.decisions {
            decisions.push((attr.to_owned(), decision));
        }
    }
}

impl Decision {
    fn of(merged: &Merged, generated: Option<&Expr>) -> Self {
        let is_scalar = generated.is_some_and(|argument| match &argument.kind {
            starlark::Kind::Named(_, value) => value::is_scalar(value),
            _ => false,
        });
        match merged {
            Merged::Keep => Self::Kept,
            Merged::Delete => Self::Removed,
            Merged::Fails => Self::NotUnderstood,
            Merged::Set(_) | Merged::SetAndDropKeep(_) if is_scalar => Self::Replaced,
            Merged::Set(_) | Merged::SetAndDropKeep(_) => Self::Merged,
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
    for attr in rule.attrs.iter_mut().filter(|attr| kind.substitute_attrs.binary_search(&attr.name).is_ok()) {
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
