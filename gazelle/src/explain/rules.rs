//! What has become of the rules of the package?

use super::{
    attributes::{Attribute, attributes},
    imports::{Import, imports},
};
use crate::{
    build_file::{self, BuildFile},
    trace::{self, Ambiguous, By, Merging, Phase, Told},
};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A rule of the package, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Listed {
    /// Its kind, as the BUILD file has it.
    pub kind: String,
    /// Its name, as the BUILD file has it.
    pub name: String,
    /// What has become of it.
    pub what: What,
    /// The language that has generated it, or says that nothing is left of it.
    pub language: Option<String>,
}

/// What has become of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It is new.
    Created,
    /// It was generated, and merged with the one in the file, which changes.
    Changed,
    /// The same, and nothing changes.
    Unchanged,
    /// A comment `# keep` keeps it from what was generated.
    Kept,
    /// Nothing is left of it: it is deleted.
    Deleted,
    /// A language's `fix` has deleted it.
    DeletedByFix,
    /// What was generated is gone, but it has attributes that let it stay.
    Stays,
    /// No language generates it.
    HandWritten,
    /// It was generated, but can't be told from others in the file: nothing is done.
    Ambiguous,
    /// The package isn't updated, so nobody was asked.
    LeftAlone,
}

/// All about a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Rule {
    /// What stands in the list, too.
    #[serde(flatten)]
    pub listed: Listed,
    /// The line in the BUILD file as it was found, from 1.
    pub line: Option<usize>,
    /// The kind that the language gave it.
    pub generated_kind: Option<String>,
    /// The name that the language gave it.
    pub generated_name: Option<String>,
    /// By what the rule in the file was found to be meant, or what several have in common.
    pub matched_by: Option<Match>,
    /// How others can import it: language and text.
    pub provides: Vec<[String; 2]>,
    /// The rules that it embeds.
    pub embeds: Vec<String>,
    /// What its sources import.
    pub imports: Vec<Import>,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
}

/// By what a rule in the file is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// Its kind and name.
    Name,
    /// An attribute that has the same value.
    Attribute(String),
    /// Its kind, of which it is the only one.
    Kind,
}

/// A rule and all that was told of it.
pub(super) struct Story<'t> {
    pub(super) listed: Listed,
    before: Option<(&'t BuildFile, &'t build_file::Rule)>,
    result: Option<(&'t BuildFile, &'t build_file::Rule)>,
    mergings: Vec<&'t Merging>,
    /// The number of the generated rule.
    generated: Option<usize>,
}

impl Story<'_> {
    pub(super) fn generated_name<'t>(&self, told: &'t Told) -> Option<&'t str> {
        self.generated.map(|number| told.rules[number].1.rule.name.as_str())
    }
}

/// The rules in the order of the file.
pub(super) fn rules<'t>(told: &'t Told, names: &[String]) -> Vec<Story<'t>> {
    match (&told.fixed, &told.merged_file) {
        (Some(fixed), Some(result)) => merged(told, fixed, result, names),
        (None, Some(result)) => new_file(told, result, names),
        (_, None) => left_alone(told),
    }
}

fn left_alone(told: &Told) -> Vec<Story<'_>> {
    let Some(file) = &told.found else { return Vec::new() };
    let story = |rule| {
        let at = Some((file, rule));
        Story {
            listed: listed(rule, What::LeftAlone, None),
            before: at,
            result: at,
            mergings: Vec::new(),
            generated: None,
        }
    };
    file.rules().map(|(_, rule)| story(rule)).collect()
}

fn new_file<'t>(told: &'t Told, file: &'t BuildFile, names: &[String]) -> Vec<Story<'t>> {
    let story = |(number, (_, rule)): (usize, (usize, &'t build_file::Rule))| Story {
        listed: listed(rule, What::Created, told.rules.get(number).map(|(language, _)| names[*language].clone())),
        before: None,
        result: Some((file, rule)),
        mergings: Vec::new(),
        generated: (number < told.rules.len()).then_some(number),
    };
    file.rules().enumerate().map(story).collect()
}

fn merged<'t>(told: &'t Told, fixed: &'t BuildFile, result: &'t BuildFile, names: &[String]) -> Vec<Story<'t>> {
    let mut by_index: BTreeMap<usize, Vec<&Merging>> = BTreeMap::new();
    let mut ambiguous: Vec<&Merging> = Vec::new();
    for merging in &told.merged {
        let meant = merging.meant.as_ref().ok().and_then(|found| found.as_ref().map(|(index, _)| *index));
        if let Some(index) = merging.inserted.or(meant) {
            by_index.entry(index).or_default().push(merging);
        } else if merging.meant.is_err() && number(merging).is_some() {
            ambiguous.push(merging);
        }
    }
    let mut stories = Vec::new();
    let deleted_by_fix = told.found.iter().flat_map(|file| file.rules().map(move |(_, rule)| (file, rule)));
    let left: HashSet<&str> = fixed.rules().map(|(_, rule)| rule.name()).collect();
    let is_gone = |name: &str| !name.is_empty() && !left.contains(name);
    let found: HashMap<&str, (&BuildFile, &build_file::Rule)> =
        told.found.iter().flat_map(|file| file.rules().map(move |(_, rule)| (rule.name(), (file, rule)))).collect();
    let mut by_name: HashMap<&str, Vec<&Merging>> = HashMap::new();
    for merging in ambiguous.iter().filter(|merging| matches!(merging.meant, Err(Ambiguous { by: By::Name }))) {
        by_name.entry(name(merging, told)).or_default().push(merging);
    }
    for (file, rule) in deleted_by_fix.filter(|(_, rule)| !told.edits.is_empty() && is_gone(rule.name())) {
        let listed = listed(rule, What::DeletedByFix, None);
        stories.push(Story { listed, before: Some((file, rule)), result: None, mergings: Vec::new(), generated: None });
    }
    let indices: std::collections::BTreeSet<usize> =
        fixed.rules().map(|(index, _)| index).chain(result.rules().map(|(index, _)| index)).collect();
    for index in indices {
        let Some(rule) = result.rule(index).or_else(|| fixed.rule(index)) else { continue };
        let mut mergings = by_index.remove(&index).unwrap_or_default();
        // The rule as it was found, if `fix` hasn't made another of it.
        let before = fixed.rule(index).map(|rule| {
            let same = found.get(rule.name()).filter(|_| !rule.name().is_empty());
            same.copied().unwrap_or((fixed, rule))
        });
        let after = result.rule(index).map(|rule| (result, rule));
        if mergings.is_empty() {
            mergings.extend(by_name.get(rule.name()).into_iter().flatten().copied());
        }
        let generated = mergings.iter().find_map(|merging| number(merging));
        let what = what(before, after, &mergings, generated.is_some());
        let language = generated.map(|number| told.rules[number].0).or_else(|| {
            mergings.iter().find_map(|merging| match merging.what {
                trace::What::Empty(number) => told.empty.get(number).map(|(language, _)| *language),
                trace::What::Rule(_) => None,
            })
        });
        let language = language.map(|index| names[index].clone());
        stories.push(Story { listed: listed(rule, what, language), before, result: after, mergings, generated });
    }
    let told_of: HashSet<usize> = stories.iter().filter_map(|story| story.generated).collect();
    for merging in ambiguous.iter().filter(|merging| merging.phase == Phase::Generated) {
        let Some(number) = number(merging).filter(|number| !told_of.contains(number)) else { continue };
        let (language, generated) = &told.rules[number];
        let listed = Listed {
            kind: generated.rule.kind.clone(),
            name: generated.rule.name.clone(),
            what: What::Ambiguous,
            language: Some(names[*language].clone()),
        };
        stories.push(Story { listed, before: None, result: None, mergings: vec![merging], generated: Some(number) });
    }
    stories
}

fn what(
    before: Option<(&BuildFile, &build_file::Rule)>,
    after: Option<(&BuildFile, &build_file::Rule)>,
    mergings: &[&Merging],
    generated: bool,
) -> What {
    let (Some(before), Some(after)) = (before, after) else {
        return if before.is_none() { What::Created } else { What::Deleted };
    };
    if mergings.is_empty() {
        What::HandWritten
    } else if mergings.iter().any(|merging| merging.meant.is_err()) {
        What::Ambiguous
    } else if mergings.iter().any(|merging| merging.kept) {
        What::Kept
    } else if !generated {
        What::Stays
    } else if shown(before) == shown(after) {
        What::Unchanged
    } else {
        What::Changed
    }
}

fn shown((file, rule): (&BuildFile, &build_file::Rule)) -> (String, Vec<(String, String)>) {
    let attrs = rule.named().filter_map(|(name, _)| Some((name.to_owned(), file.show(rule.attr(name)?)))).collect();
    (rule.kind().into(), attrs)
}

fn number(merging: &Merging) -> Option<usize> {
    if let trace::What::Rule(number) = merging.what { Some(number) } else { None }
}

fn name<'t>(merging: &Merging, told: &'t Told) -> &'t str {
    number(merging).map_or("", |number| told.rules[number].1.rule.name.as_str())
}

fn listed(rule: &build_file::Rule, what: What, language: Option<String>) -> Listed {
    Listed { kind: rule.kind().into(), name: rule.name().into(), what, language }
}

/// All about one of the rules.
pub(super) fn rule(story: &Story<'_>, told: &Told, names: &[String], place: (&str, &str)) -> Rule {
    let generated = story.generated.map(|number| &told.rules[number]);
    let provided = told.provided.iter().find(|provided| provided.name == story.listed.name);
    let matched = story.mergings.first().and_then(|merging| match &merging.meant {
        Ok(Some((_, by))) if merging.inserted.is_none() => Some(by),
        Err(Ambiguous { by }) => Some(by),
        Ok(_) => None,
    });
    let line = story.before.map(|(file, rule)| file.line_of(rule)).filter(|line| *line > 0);
    let imports =
        generated.map(|(language, rule)| imports(rule, &names[*language], &story.listed.name, told, names, place));
    Rule {
        listed: story.listed.clone(),
        line,
        generated_kind: generated.map(|(_, rule)| rule.rule.kind.clone()),
        generated_name: generated.map(|(_, rule)| rule.rule.name.clone()),
        matched_by: matched.map(|by| match by {
            By::Name => Match::Name,
            By::Attr(attr) => Match::Attribute(attr.clone()),
            By::Kind => Match::Kind,
        }),
        provides: provided
            .iter()
            .flat_map(|provided| provided.imports.iter().map(|spec| [spec.lang.clone(), spec.imp.clone()]))
            .collect(),
        embeds: provided.iter().flat_map(|provided| provided.embeds.clone()).collect(),
        imports: imports.unwrap_or_default(),
        attributes: attributes(story.before, story.result, &story.mergings, story.listed.what == What::Created),
    }
}
