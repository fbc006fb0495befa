//! Is a manifest one that a host can use?

use super::{Judge, text};
use crate::dialect::{self, PatternFault};
use dorcas_abi::message::{Catalogue, FlagType, Input, MAX_PATTERN_BYTES, MAX_PATTERN_POSITIONS, Manifest, Want};
use dorcas_abi::pattern::Size;

pub(super) fn look(judge: &mut Judge<'_>, manifest: &Manifest) {
    for directive in &manifest.directives {
        let name = &directive.name;
        let holds = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        judge.verify("manifest.names", holds, || format!("a directive {name:?}"));
    }
    for flag in &manifest.flags {
        let name = &flag.name;
        let holds = !name.starts_with('-')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        judge.verify("manifest.names", holds, || format!("a flag {name:?}"));
        let default = &flag.default;
        let holds = match flag.ty {
            FlagType::Bool => matches!(default.as_str(), "true" | "false"),
            // Rust reads a plus sign too.
            FlagType::Int => !default.starts_with('+') && default.parse::<i64>().is_ok(),
            FlagType::String | FlagType::Strings => true,
        };
        judge.verify("manifest.flag-defaults", holds, || {
            format!("the default {default:?} of the flag {name:?}, which is of type {:?}", flag.ty)
        });
    }
    for kind in &manifest.kinds {
        judge.kind(&kind.name);
    }
    for load in &manifest.loads {
        let file = &load.file;
        let holds = file.starts_with("//") && file.contains(':') && text::is_label(file);
        judge.verify("manifest.load-files", holds, || format!("the file {file:?}"));
        for repo in [&load.module, &load.repo] {
            let holds = repo.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.~+-".contains(&byte));
            judge.verify("manifest.load-files", holds, || format!("the module or repository {repo:?}"));
        }
        for symbol in &load.symbols {
            judge.verify("rule.identifiers", text::is_identifier(symbol), || format!("the symbol {symbol:?}"));
        }
    }
    for input in &manifest.inputs {
        look_at_input(judge, input);
        if input.want == Want::Scan {
            let has = judge.facts.methods.contains(&"scan");
            judge.verify("manifest.scan", has, || {
                format!("the input {:?} wants `Scan`, there is no `scan`", input.glob)
            });
        }
    }
}

/// The same for what `setup` says in its place.
pub(super) fn catalogue(judge: &mut Judge<'_>, catalogue: &Catalogue) {
    let Catalogue { kinds, loads, directives, inputs, .. } = catalogue.clone();
    look(judge, &Manifest { kinds, loads, directives, inputs, ..Manifest::default() });
    judge.diagnostics(&catalogue.diagnostics);
}

fn look_at_input(judge: &mut Judge<'_>, Input { glob, want, .. }: &Input) {
    let fault = dialect::glob(glob).err();
    judge.verify("manifest.globs", fault.is_none(), || format!("the glob {glob:?}: {}", fault.unwrap_or_default()));
    let Want::Matches(patterns) = want else { return };
    let bytes: usize = patterns.iter().map(String::len).sum();
    let mut all = Size::default();
    let (mut too_deep, mut many_cells) = (None, None);
    for pattern in patterns {
        match dialect::pattern(pattern) {
            Ok(size) => {
                all = all.and(size);
                if !size.has_few_cells() {
                    many_cells = Some((pattern, size));
                }
                judge.findings.holds("manifest.patterns");
            }
            Err(PatternFault::Depth) => too_deep = Some(pattern),
            Err(PatternFault::Dialect(fault)) => {
                judge.verify("manifest.patterns", false, || format!("the expression {pattern:?}: {fault}"));
            }
        }
    }
    let holds = bytes <= MAX_PATTERN_BYTES as usize
        && all.positions.max(all.groups) <= MAX_PATTERN_POSITIONS.into()
        && too_deep.is_none()
        && many_cells.is_none();
    judge.verify("manifest.pattern-size", holds, || match (too_deep, many_cells) {
        (Some(pattern), _) => format!("the expression {pattern:?}, which is nested too deep"),
        (None, Some((pattern, size))) => format!(
            "the expression {pattern:?} with {} positions and {} groups, which have {} numbers",
            size.positions, size.groups, size.numbers
        ),
        (None, None) => format!(
            "the expressions of the glob {glob:?} with {bytes} bytes, {} positions and {} groups",
            all.positions, all.groups
        ),
    });
}
