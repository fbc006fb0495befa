//! Which directives hold, and where do they stand?

use super::Target;
use crate::{Options, config, trace::Told};
use dorcas_abi::message;
use serde::Serialize;
use std::collections::HashSet;

/// A directive that was read for the package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Directive {
    /// Its key: `exclude`.
    pub key: String,
    /// Its value.
    pub value: String,
    /// The file that it stands in, from the root; none for the command line.
    pub file: Option<String>,
    /// The line in the file, from 1.
    pub line: Option<usize>,
    /// Whether it stands in a directory above the package, or on the command line.
    pub inherited: bool,
    /// Who understands it: `gazelle`, or the languages that declare it.
    pub known_to: Vec<String>,
    /// Whether it holds.
    pub standing: Standing,
    /// What is wrong with it.
    pub message: Option<String>,
}

/// Whether a directive holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It does. What one of a language's own comes to beside others of its kind, the language decides.
    InForce,
    /// One that was read later has taken its place.
    Replaced,
    /// It can't be understood.
    Faulty,
    /// Nobody knows it.
    Unknown,
}

pub(super) fn directives(options: &Options, told: &Told, names: &[String], target: &Target) -> Vec<Directive> {
    let mut found: Vec<(message::Directive, Directive)> = Vec::new();
    for (key, value) in flags(options) {
        let directive = message::Directive { key: key.into(), value };
        let shown = shown(&directive, true, vec![GAZELLE.into()]);
        found.push((directive, shown));
    }
    for level in &told.levels {
        let inherited = level.rel != target.package;
        for placed in &level.directives {
            if inherited && placed.directive.key == "ignore" {
                continue;
            }
            let mut known_to: Vec<String> = placed.known_to.iter().map(|index| names[*index].clone()).collect();
            if config::find(&placed.directive.key).is_some() {
                known_to.insert(0, GAZELLE.into());
            }
            let mut shown = shown(&placed.directive, inherited, known_to);
            shown.file = Some(placed.file.clone());
            shown.line = Some(placed.line);
            if let Some((_, message)) = &placed.fault {
                shown.message = Some(message.clone());
                // An `ignore` with a value is an `ignore`.
                if placed.directive.key != "ignore" {
                    shown.standing = Standing::Faulty;
                }
            }
            found.push((placed.directive.clone(), shown));
        }
    }
    // From the last one on: those that were read later are known then.
    let mut later = HashSet::new();
    for (directive, shown) in found.iter_mut().rev() {
        let Some(subject) = config::subject(directive) else { continue };
        if later.contains(&subject) && shown.standing == Standing::InForce {
            shown.standing = Standing::Replaced;
        }
        if shown.standing != Standing::Faulty {
            later.insert(subject);
        }
    }
    found.into_iter().map(|(_, shown)| shown).collect()
}

/// Who understands the directives that aren't a language's.
const GAZELLE: &str = "gazelle";

/// What the command line says, as directives.
fn flags(options: &Options) -> Vec<(&'static str, String)> {
    let mut flags = Vec::new();
    if options.build_file_names != Options::new("").build_file_names {
        flags.push(("build_file_name", options.build_file_names.join(",")));
    }
    flags.extend(options.exclude.iter().map(|glob| ("exclude", glob.clone())));
    if !options.languages.is_empty() {
        flags.push(("lang", options.languages.join(",")));
    }
    flags
}

fn shown(directive: &message::Directive, inherited: bool, known_to: Vec<String>) -> Directive {
    Directive {
        key: directive.key.clone(),
        value: directive.value.clone(),
        file: None,
        line: None,
        inherited,
        standing: if known_to.is_empty() { Standing::Unknown } else { Standing::InForce },
        known_to,
        message: None,
    }
}
