//! Are these rules that the guest may have? Directories to index are seen where they become paths, in `run/generate.rs`.

use super::{
    Breach, Checked,
    diagnostic::{diagnostics, short},
    imports, in_it, rule, verify,
};
use dorcas_abi::{
    clause,
    message::{ConfigureResponse, EmptyRule, GenerateResponse, GeneratedRule, Manifest},
};
use std::collections::HashSet;

/// The kinds of Bazel's own that no manifest need name.
const NATIVE: [&str; 2] = ["alias", "filegroup"];

pub(crate) fn configure(response: &ConfigureResponse) -> Checked {
    imports::provided(&response.provided)?;
    diagnostics(&response.diagnostics)
}

pub(crate) fn generate(manifest: &Manifest, response: &GenerateResponse) -> Checked {
    let kinds: HashSet<&str> = manifest.kinds.iter().map(|kind| kind.name.as_str()).chain(NATIVE).collect();
    let known = |kind: &str| {
        verify(clause::GENERATE_RULES_KINDS, kinds.contains(kind), || {
            format!("its kind {kind:?} is not in the manifest, which has {}", names(manifest))
        })
    };
    let mut seen = HashSet::new();
    for GeneratedRule { rule: one, private, .. } in &response.rules {
        let check = || -> Result<(), Breach> {
            known(&one.kind)?;
            rule::rule(one)?;
            private.iter().try_for_each(rule::attr)
        };
        check().map_err(in_it(|| named("rule", &one.kind, &one.name)))?;
        verify(clause::GENERATE_RULES_UNIQUE, one.name.is_empty() || seen.insert(one.name.as_str()), || {
            format!("two rules are called {:?}", one.name)
        })?;
    }
    for EmptyRule { kind, name, attrs } in &response.empty {
        let check = || -> Result<(), Breach> {
            known(kind)?;
            rule::name(name)?;
            attrs.iter().try_for_each(rule::attr)
        };
        check().map_err(in_it(|| named("empty rule", kind, name)))?;
    }
    imports::provided(&response.provided)?;
    diagnostics(&response.diagnostics)
}

fn named(what: &str, kind: &str, name: &str) -> String {
    format!("{what} {} {:?}", short(kind), short(name))
}

/// The kinds of a manifest, for a message.
fn names(manifest: &Manifest) -> String {
    const MOST: usize = 20;
    let names: Vec<_> = manifest.kinds.iter().take(MOST).map(|kind| kind.name.as_str()).collect();
    match manifest.kinds.len() {
        0 => "none".into(),
        all if all > MOST => format!("{} and {} more", names.join(", "), all - MOST),
        _ => names.join(", "),
    }
}
