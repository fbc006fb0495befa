//! What has become of an attribute?

use crate::{
    build_file::{BuildFile, Rule},
    starlark::Kind,
    trace::{self, Merging, Phase},
};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// An attribute on its way through both merges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// What was decided.
    pub decision: Decision,
    /// After which method the merge took place that decided it: `generate_rules` or `resolve`.
    pub after: Option<String>,
    /// The value in the BUILD file as it was found, as Starlark.
    pub before: Option<String>,
    /// The value that the language wants.
    pub generated: Option<String>,
    /// The value in the BUILD file as it comes out.
    pub result: Option<String>,
}

/// What was decided about an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It is new.
    Added,
    /// A comment `# keep`, on it or on the rule, keeps it.
    Kept,
    /// The lists of both were brought together.
    Merged,
    /// The new value has taken the place of the old one.
    Replaced,
    /// Old and new come to the same.
    Same,
    /// The language wants another value, but its kind doesn't say that the attribute is merged: the old one stays.
    NotMergeable,
    /// The old value has a form that can't be merged. It stays.
    NotUnderstood,
    /// The language wants no value any more.
    Removed,
    /// Nobody but the file has it.
    NotGenerated,
}

/// What has become of the attributes of a rule, in the order in which it has them afterwards.
pub(super) fn attributes(
    before: Option<(&BuildFile, &Rule)>,
    result: Option<(&BuildFile, &Rule)>,
    mergings: &[&Merging],
    is_new: bool,
) -> Vec<Attribute> {
    // Of two arguments with one name the last is meant.
    let of_rule = |rule: Option<(&BuildFile, &Rule)>| -> (Vec<String>, HashMap<String, String>) {
        let all = rule.iter().flat_map(|(file, rule)| rule.named().map(move |(name, argument)| (file, name, argument)));
        let (mut names, mut values) = (Vec::new(), HashMap::new());
        for (file, name, argument) in all {
            names.push(name.to_owned());
            if let Kind::Named(_, value) = &argument.kind {
                values.insert(name.to_owned(), file.show(value));
            }
        }
        (names, values)
    };
    let ((after, mut results), (old, mut befores)) = (of_rule(result), of_rule(before));
    let mut steps: HashMap<&str, Vec<(Phase, &trace::Attribute)>> = HashMap::new();
    let mut of_steps = Vec::new();
    for (merging, step) in
        mergings.iter().flat_map(|merging| merging.attributes.iter().map(move |step| (merging, step)))
    {
        steps.entry(&step.name).or_default().push((merging.phase, step));
        of_steps.push(step.name.clone());
    }
    let mut seen = HashSet::new();
    let all = after.iter().chain(&old).chain(&of_steps).filter(|name| *name != "name");
    let names: Vec<&String> = all.filter(|name| seen.insert(*name)).collect();
    let kept = mergings.iter().any(|merging| merging.kept);
    let attribute = |name: &String| {
        let (before, result) = (befores.remove(name), results.remove(name));
        let own = steps.remove(name.as_str()).unwrap_or_default();
        // The last merge that changed it, or that could have.
        let decided = own.iter().rev().find(|(_, step)| step.before != step.after).or_else(|| {
            let mut could = own.iter().rev();
            could.find(|(_, step)| step.decision != trace::Decision::NotMergeable)
        });
        let decision = if kept {
            Decision::Kept
        } else {
            let last = decided.or(own.last()).map(|(_, step)| step);
            decision(last.copied(), before.as_deref(), result.as_deref())
        };
        let generated = own.iter().rev().find_map(|(_, step)| step.generated.clone());
        Attribute {
            name: name.to_owned(),
            decision,
            after: decided.filter(|_| !kept).map(|(phase, _)| method(*phase).into()),
            generated: if is_new { result.clone() } else { generated },
            before,
            result,
        }
    };
    names.into_iter().map(attribute).collect()
}

/// What a value, and what has become of it, say of the last step on its way.
fn decision(step: Option<&trace::Attribute>, before: Option<&str>, result: Option<&str>) -> Decision {
    match (before, result, step.map(|step| step.decision)) {
        (None, Some(_), _) => Decision::Added,
        (Some(_), None, _) => Decision::Removed,
        (Some(old), Some(new), Some(trace::Decision::Merged)) if old != new => Decision::Merged,
        (Some(old), Some(new), _) if old != new => Decision::Replaced,
        (_, _, Some(trace::Decision::Kept)) => Decision::Kept,
        (_, _, Some(trace::Decision::NotUnderstood)) => Decision::NotUnderstood,
        (_, _, Some(trace::Decision::NotMergeable)) if step.is_some_and(|step| step.generated.as_deref() != before) => {
            Decision::NotMergeable
        }
        (_, _, Some(_)) => Decision::Same,
        (_, _, None) => Decision::NotGenerated,
    }
}

fn method(phase: Phase) -> &'static str {
    match phase {
        Phase::Generated => "generate_rules",
        Phase::Resolved => "resolve",
    }
}
