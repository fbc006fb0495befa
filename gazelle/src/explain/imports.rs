//! What was chosen for an import, and from what?

use crate::{
    label::Label,
    trace::{Asked, LookedUp, Told},
};
use dorcas_abi::message::{GeneratedRule, ImportSpec, Provider, Term, Value};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// An import of the rule's sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Import {
    /// The language of the import.
    pub lang: String,
    /// Its text.
    pub import: String,
    /// What may provide it, in the order in which the language was told.
    pub candidates: Vec<Candidate>,
    /// What the language has made of it.
    pub choice: Choice,
    /// The labels that the rule has for it, as the BUILD file has them.
    pub labels: Vec<String>,
    /// What the language has to say.
    pub messages: Vec<String>,
}

/// Something that may provide an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Candidate {
    /// Its label, as the BUILD file would have it.
    pub label: String,
    /// Who says so.
    pub source: Source,
    /// Rules that it embeds.
    pub embeds: Vec<String>,
}

/// Where a candidate comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A directive `resolve` or `resolve_regexp`.
    Override,
    /// A rule that says that it provides the import.
    Index,
    /// What the language's `configure` has provided, here or in a directory above, which the index doesn't have.
    Configured,
    /// A language that was asked because the index has none.
    Language(String),
}

/// What a language has made of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The label of a directive.
    Override,
    /// A rule of the index.
    Index,
    /// What the language's `configure` has provided.
    Configured,
    /// What another language has found.
    OtherLanguage,
    /// A label that nobody has offered: the language knows the import, or guesses.
    OwnKnowledge,
    /// Nothing: the rule provides it itself.
    OwnRule,
    /// Nothing: more than one rule provides it.
    Ambiguous,
    /// Nothing, though there is something that provides it.
    PassedOver,
    /// Nothing: there is nothing that provides it, or nothing is needed.
    Nothing,
    /// Not known: the language keeps state, or could not be asked about the import alone.
    Unknown,
}

/// Explains the imports of a generated rule that is called `name` in the file.
pub(super) fn imports(
    rule: &GeneratedRule,
    language: &str,
    name: &str,
    told: &Told,
    names: &[String],
    (repo, package): (&str, &str),
) -> Vec<Import> {
    let mut asked: HashMap<(&str, &str), &Asked> = HashMap::new();
    for one in &told.asked {
        if let Some(import) = &one.import {
            asked.entry((&import.lang, &import.imp)).or_insert(one);
        }
    }
    let baseline = told.asked.iter().find(|asked| asked.import.is_none()).map(Baseline::new);
    let explain = |import: &ImportSpec| {
        let key = (import.lang.clone(), import.imp.clone(), language.to_owned());
        let asked = asked.get(&(import.lang.as_str(), import.imp.as_str())).copied();
        let place = Place { repo, package, name };
        explain(import, told.looked_up.get(&key), asked.zip(baseline.as_ref()), names, place)
    };
    rule.imports.iter().map(explain).collect()
}

/// What the language makes of the rule without any import.
struct Baseline<'a> {
    texts: HashSet<String>,
    messages: HashSet<&'a String>,
}

impl<'a> Baseline<'a> {
    fn new(asked: &'a Asked) -> Self {
        Self { texts: texts(asked).into_iter().collect(), messages: asked.messages.iter().collect() }
    }
}

#[derive(Clone, Copy)]
struct Place<'a> {
    repo: &'a str,
    package: &'a str,
    name: &'a str,
}

fn explain(
    import: &ImportSpec,
    looked_up: Option<&LookedUp>,
    asked: Option<(&Asked, &Baseline<'_>)>,
    names: &[String],
    place: Place<'_>,
) -> Import {
    let mut candidates = Vec::new();
    if let Some(LookedUp { override_label, known, is_configured, others }) = looked_up {
        candidates.extend(override_label.iter().map(|label| Candidate {
            label: place.shown(label),
            source: Source::Override,
            embeds: Vec::new(),
        }));
        let source = || if *is_configured { Source::Configured } else { Source::Index };
        candidates.extend(known.iter().map(|found| place.candidate(found, source())));
        let of_others = others.iter().map(|(index, found)| (Source::Language(names[*index].clone()), found));
        candidates.extend(of_others.map(|(source, found)| place.candidate(found, source)));
    }
    let (mut labels, mut messages) = (Vec::new(), Vec::new());
    if let Some((asked, baseline)) = asked {
        let own = texts(asked).into_iter().filter(|text| !baseline.texts.contains(text));
        labels = own.map(|text| place.shown(&text)).collect();
        messages = asked.messages.iter().filter(|message| !baseline.messages.contains(message)).cloned().collect();
    }
    let choice = if asked.is_none() { Choice::Unknown } else { choice(&candidates, &labels, place) };
    Import { lang: import.lang.clone(), import: import.imp.clone(), candidates, choice, labels, messages }
}

fn choice(candidates: &[Candidate], labels: &[String], place: Place<'_>) -> Choice {
    let chosen: HashSet<Option<Label>> = labels.iter().map(|label| place.whole(label)).collect();
    let is_chosen = |candidate: &&Candidate| chosen.contains(&place.whole(&candidate.label));
    if !labels.is_empty() {
        return match candidates.iter().find(|candidate| is_chosen(candidate)).map(|found| &found.source) {
            Some(Source::Override) => Choice::Override,
            Some(Source::Index) => Choice::Index,
            Some(Source::Configured) => Choice::Configured,
            Some(Source::Language(_)) => Choice::OtherLanguage,
            None => Choice::OwnKnowledge,
        };
    }
    let is_own = |label: &String| place.whole(label) == Some(Label::new("", place.package, place.name));
    match candidates {
        [] => Choice::Nothing,
        all if all.iter().any(|found| is_own(&found.label) || found.embeds.iter().any(is_own)) => Choice::OwnRule,
        [_, _, ..] => Choice::Ambiguous,
        _ => Choice::PassedOver,
    }
}

impl Place<'_> {
    fn candidate(self, found: &Provider, source: Source) -> Candidate {
        let embeds = found.embeds.iter().map(|label| self.shown(label)).collect();
        Candidate { label: self.shown(&found.label), source, embeds }
    }

    /// A label without what can be left out, to compare it.
    fn whole(self, label: &str) -> Option<Label> {
        let label = Label::parse(label).ok()?.abs("", self.package);
        let is_own = [self.repo, "@"].contains(&label.repo.as_str());
        Some(if is_own { Label::new("", &label.package, &label.name) } else { label })
    }

    /// A label as it stands in the BUILD file.
    fn shown(self, label: &str) -> String {
        match Label::parse(label) {
            Ok(label) => {
                let mut label = label.abs(self.repo, self.package);
                // The host tells labels of the repository without its name.
                if label.repo.is_empty() {
                    label.repo = self.repo.into();
                }
                label.rel(self.repo, self.package).to_string()
            }
            Err(_) => label.to_owned(),
        }
    }
}

/// All strings in the attributes that were set.
fn texts(asked: &Asked) -> Vec<String> {
    let branches = |branches: &[dorcas_abi::message::SelectBranch]| -> Vec<String> {
        branches.iter().flat_map(|branch| branch.values.clone()).collect()
    };
    let of_value = |value: &Value| match value {
        Value::String(text) | Value::Label(text) => vec![text.clone()],
        Value::Strings(list) | Value::SortedStrings(list) | Value::Labels(list) => list.clone(),
        Value::StringDict(entries) => entries.iter().map(|entry| entry.value.clone()).collect(),
        Value::ListDict(entries) => entries.iter().flat_map(|entry| entry.values.clone()).collect(),
        Value::Select(all) => branches(all),
        Value::Concat(terms) => terms
            .iter()
            .flat_map(|term| match term {
                Term::Strings(list) => list.clone(),
                Term::Select(all) => branches(all),
                Term::Glob { .. } => Vec::new(),
            })
            .collect(),
        _ => Vec::new(),
    };
    asked.set.iter().flat_map(|attr| of_value(&attr.value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dorcas_abi::message::Attr;

    /// What is said of an import `x` of `//p:own` in the repository `me`.
    fn said(looked_up: &LookedUp, deps: &[&str], without: &[&str]) -> String {
        let asked = |labels: &[&str], import| {
            let value = Value::Labels(labels.iter().map(ToString::to_string).collect());
            let set = vec![Attr { name: "deps".into(), value, ..Attr::default() }];
            Asked { import, set, messages: Vec::new() }
        };
        let import = ImportSpec { lang: "l".into(), imp: "x".into() };
        let all: Vec<&str> = without.iter().chain(deps).copied().collect();
        let (alone, baseline) = (asked(&all, Some(import.clone())), asked(without, None));
        let place = Place { repo: "me", package: "p", name: "own" };
        let said =
            explain(&import, Some(looked_up), Some((&alone, &Baseline::new(&baseline))), &["other".into()], place);
        format!("{:?} {}", said.choice, said.labels.join(" "))
    }

    fn found(label: &str, embeds: &[&str]) -> Provider {
        Provider {
            label: label.into(),
            embeds: embeds.iter().map(ToString::to_string).collect(),
            ..Provider::default()
        }
    }

    #[test]
    fn every_choice_is_told_from_the_others() {
        let none = LookedUp::default;
        let index = |index: &[Provider]| LookedUp { known: index.to_vec(), ..none() };
        let a = || found("@me//a:a", &[]);
        let overridden = LookedUp { override_label: Some("//p:o".into()), ..index(&[a()]) };
        let other = LookedUp { others: vec![(0, found("@r//:r", &[]))], ..none() };
        for (looked_up, deps, said_of_it) in [
            (overridden, &["//p:o"][..], "Override :o"),
            (index(&[found("@me//p:o", &[])]), &["//p:o"], "Index :o"),
            (index(&[a()]), &["//a"], "Index //a"),
            (index(&[a(), found("//b:b", &[])]), &["@me//b"], "Index //b"),
            (other, &["@r//:r"], "OtherLanguage @r"),
            (none(), &["//guess"], "OwnKnowledge //guess"),
            (index(&[found("@me//p:own", &[])]), &[], "OwnRule "),
            (index(&[found("//b:b", &["//p:own"])]), &[], "OwnRule "),
            (index(&[a(), found("//b:b", &[])]), &[], "Ambiguous "),
            (index(&[a()]), &[], "PassedOver "),
            (none(), &[], "Nothing "),
        ] {
            assert_eq!(said(&looked_up, deps, &["//always"]), said_of_it);
        }
    }
}
