//! Which rules of the BUILD file have nothing left?

use crate::{PY_BINARY, PY_LIBRARY, PY_TEST, sources::Sources};
use dorcas_guest::message::{EmptyRule, GenerateRequest, Rule, Value};
use std::collections::BTreeSet;

/// The strings of a list.
pub(crate) fn strings<'a>(rule: &'a Rule, name: &str) -> &'a [String] {
    match rule.attrs.iter().find(|attr| attr.name == name).map(|attr| &attr.value) {
        Some(Value::Strings(list) | Value::SortedStrings(list) | Value::Labels(list)) => list,
        _ => &[],
    }
}

/// Whether a file is one of Python's, by its ending in exactly this spelling.
#[allow(clippy::case_sensitive_file_extension_comparisons, reason = "rules_python's is")]
pub(crate) fn is_python(file: &str) -> bool {
    file.ends_with(".py")
}

/// Whether a source is what a rule makes, and no file.
fn is_label(src: &str) -> bool {
    src.starts_with(['@', ':']) || src.starts_with("//")
}

/// Rules whose sources are gone; for a binary also those that are no programs.
pub(crate) fn stale(request: &GenerateRequest, sources: &Sources, programs: &BTreeSet<String>) -> Vec<EmptyRule> {
    let generated = |src: &str| request.generated_files.iter().any(|file| file == src);
    // The language sees Python files of this directory. Of others it knows nothing, so they are there.
    let is_there = |src: &str| !is_python(src) || src.contains('/') || sources.existing.contains(src);
    let rules = request.build_file.iter().flat_map(|file| &file.rules);
    let is_stale = |rule: &&Rule| {
        let srcs = strings(rule, "srcs");
        let is_valid = |src: &String| {
            let own = match &*rule.kind {
                PY_BINARY => programs.contains(src),
                _ => is_there(src),
            };
            own || is_label(src) || generated(src)
        };
        [PY_BINARY, PY_LIBRARY, PY_TEST].contains(&&*rule.kind) && !srcs.is_empty() && !srcs.iter().any(is_valid)
    };
    rules.filter(is_stale).map(|rule| empty(&rule.kind, &rule.name)).collect()
}

pub(crate) fn empty(kind: &str, name: &str) -> EmptyRule {
    EmptyRule { kind: kind.into(), name: name.into(), ..EmptyRule::default() }
}
