//! What has become of an attribute?

use crate::{
    build_file::{BuildFile, Rule},
    merge::Phase,
    trace::{self, Merging},
};
use serde::Serialize;

/// An attribute on its way through both merges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
    let mut names: Vec<&str> = Vec::new();
    let of_rule = |rule: Option<(&'_ BuildFile, &'_ Rule)>| -> Vec<String> {
        rule.iter().flat_map(|(_, rule)| rule.named().map(|(name, _)| name.to_owned())).collect()
    };
    let (after, old) = (of_rule(result), of_rule(before));
    let steps = || mergings.iter().flat_map(|merging| merging.attributes.iter().map(|step| (merging.phase, step)));
    let of_steps: Vec<String> = steps().map(|(_, step)| step.name.clone()).collect();
    for name in after.iter().chain(&old).chain(&of_steps).filter(|name| *name != "name") {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let kept = mergings.iter().any(|merging| merging.kept);
    let value = |rule: Option<(&BuildFile, &Rule)>, name: &str| {
        rule.and_then(|(file, rule)| rule.attr(name).map(|value| file.show(value)))
    };
    let attribute = |name: &str| {
        let (before, result) = (value(before, name), value(result, name));
        let own: Vec<_> = steps().filter(|(_, step)| step.name == name).collect();
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
