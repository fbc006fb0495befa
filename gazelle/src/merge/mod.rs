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
    trace::{Ambiguous, Attribute, By, Decision, Found, Merging, Phase, Trace, What},
    work::{Work, pairs},
};
use dorcas_abi::message::{self, Attr, Kind, Term, Value};
use find::Known;
use kinds::Standing;
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};
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

/// Something that a merge leaves as it is, of which the user has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unmerged {
    /// The line in the file as it was read, from 1; 0 if it is in none.
    pub(crate) line: usize,
    /// Kind and name of the rule, as in the file.
    pub(crate) rule: String,
    pub(crate) why: Why,
}

/// Why something is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The value of this attribute has a form that isn't understood.
    Form { attr: String },
    /// A rule is not written: another has its name, of this kind.
    NameTaken { kind: String },
    /// A rule is not written: several rules of the file may be meant, and this is what they have in common.
    Ambiguous { by: By },
    /// Nothing is left of a rule, but its kind is the user's own.
    OwnKind,
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
        let mut notes = Notes { left: Vec::new(), decisions: self.trace.map(|_| Vec::new()), work };
        let mut known = Known::new(file);
        let generated: HashSet<(String, String)> = named(incoming).collect();
        for (number, rule) in empty.iter().enumerate() {
            stop::check()?;
            let source = source_rule(rule, self.package)?;
            let found = find::find(file, &mut known, &source, self.kinds, &mut notes.work)?;
            // What is generated in the same answer is not empty: only what it had before is gone.
            let meant = found.as_ref().ok().and_then(|found| file.rule(found.as_ref()?.0)).map_or("", Rule::name);
            let is_generated = |name: &str| generated.contains(&(rule.kind.clone(), name.to_owned()));
            if is_generated(&rule.name) || is_generated(meant) {
                continue;
            }
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
                // In the first merge, so that it is told once.
                Err(Ambiguous { by }) if phase == Phase::Generated => notes.drop(file, &known, source, by),
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
        let lines = file.lines(notes.left.iter().map(|(_, source)| source.as_ref()));
        Ok(notes.left.into_iter().zip(lines).map(|((left, _), line)| Unmerged { line, ..left }).collect())
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
        // Each argument is looked for among those that keep a rule.
        notes.work.spend(rule.named().count() as u64)?;
        match self.kinds.standing(rule.written_kind()) {
            // A macro may find its sources by itself, or make them.
            Standing::Alias => {
                if phase == Phase::Generated && self.has_files(rule) {
                    notes.leave(rule, rule.source(), Why::OwnKind);
                }
                return Ok(());
            }
            Standing::Mapped if !self.is_needed(rule) => return Ok(()),
            Standing::Mapped | Standing::Itself => {}
        }
        known.take(self.kinds, index, rule);
        self.merge_rules(file, index, empty, &|_| How::Platforms, phase, notes)?;
        let Some(rule) = file.rule(index) else { return Ok(()) };
        notes.work.spend(rule.named().count() as u64)?;
        if self.kinds.needed(rule.kind()).is_none_or(<[_]>::is_empty) || self.is_needed(rule) {
            known.put(self.kinds, index, rule);
        } else {
            file.delete(index);
        }
        Ok(())
    }

    /// Whether a rule has one of the attributes without which there is nothing to it.
    fn is_needed(&self, rule: &Rule) -> bool {
        let needed = self.kinds.needed(rule.kind()).unwrap_or_default();
        rule.named().any(|(name, _)| has(needed, name))
    }

    /// Whether one of these attributes names a file, and not what another rule makes.
    fn has_files(&self, rule: &Rule) -> bool {
        let is_file = |text: &str| !text.is_empty() && !text.starts_with([':', '@']) && !text.starts_with("//");
        let needed = self.kinds.needed(rule.kind()).unwrap_or_default();
        let texts = needed.iter().filter_map(|name| rule.strings(name)).flatten();
        texts.into_iter().any(is_file)
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
        let is_mergeable = |attr: &str| has(mergeable, attr);
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
        for (attr, source) in failed {
            notes.leave(rule, source.as_ref(), Why::Form { attr });
        }
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
    /// What is left as it is, and where it stands.
    left: Vec<(Unmerged, Option<Range<usize>>)>,
    /// What becomes of each attribute of a rule, where someone wants to know.
    decisions: Option<Vec<(String, Decision)>>,
    /// What may still be done.
    work: Work,
}

impl Notes {
    /// Tells the user of a rule that isn't written, since others may be meant by it.
    fn drop(&mut self, file: &BuildFile, known: &Known, source: &Rule, by: &By) {
        let taken = known.named(source.name()).first().and_then(|index| file.rule(*index));
        let why = match (by, taken) {
            (By::Name, Some(other)) => Why::NameTaken { kind: other.kind().into() },
            _ => Why::Ambiguous { by: by.clone() },
        };
        self.leave(source, taken.and_then(Rule::source), why);
    }

    fn leave(&mut self, rule: &Rule, source: Option<&Range<usize>>, why: Why) {
        let rule = format!("{} {}", rule.kind(), rule.name());
        self.left.push((Unmerged { line: 0, rule: rule.trim_end().to_owned(), why }, source.cloned()));
    }

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

type Failed = Vec<(String, Option<Range<usize>>)>;

/// Whether a sorted list has a name.
fn has(sorted: &[String], name: &str) -> bool {
    sorted.binary_search_by(|known| known.as_str().cmp(name)).is_ok()
}

/// The kinds and names of the rules that have a name.
fn named(incoming: &[Incoming]) -> impl Iterator<Item = (String, String)> {
    let rules = incoming.iter().map(|incoming| &incoming.rule).filter(|rule| !rule.name.is_empty());
    rules.map(|rule| (rule.kind.clone(), rule.name.clone()))
}

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
