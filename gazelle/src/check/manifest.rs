//! Is a manifest one that a run can use? Regular expressions are seen where they are compiled, in `input/`.

use super::{Checked, diagnostic::short, glob, rule, verify};
use dorcas_abi::{
    clause,
    message::{Catalogue, FlagType, Manifest},
};

pub(crate) fn catalogue(catalogue: &Catalogue) -> Checked {
    super::diagnostic::diagnostics(&catalogue.diagnostics)?;
    let Catalogue { kinds, loads, directives, inputs, .. } = catalogue.clone();
    manifest(&Manifest { kinds, loads, directives, inputs, ..Manifest::default() })
}

pub(crate) fn manifest(manifest: &Manifest) -> Checked {
    for directive in &manifest.directives {
        let name = &directive.name;
        let holds = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        verify(clause::MANIFEST_NAMES, holds, || format!("{name:?} is no name of a directive"))?;
    }
    for flag in &manifest.flags {
        let name = &flag.name;
        let holds = !name.starts_with('-')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        verify(clause::MANIFEST_NAMES, holds, || format!("{name:?} is no name of a flag"))?;
        let default = &flag.default;
        let holds = match flag.ty {
            FlagType::Bool => matches!(default.as_str(), "true" | "false"),
            // Rust reads a plus sign too.
            FlagType::Int => !default.starts_with('+') && default.parse::<i64>().is_ok(),
            FlagType::String | FlagType::Strings => true,
        };
        verify(clause::MANIFEST_FLAG_DEFAULTS, holds, || {
            format!("the default {default:?} of flag {name:?} is no value of type {:?}", flag.ty)
        })?;
    }
    for kind in &manifest.kinds {
        rule::kind(&kind.name)?;
        let sorted = [&kind.non_empty_attrs, &kind.substitute_attrs, &kind.mergeable_attrs, &kind.resolve_attrs];
        let attrs = sorted.into_iter().chain([&kind.match_attrs]).flatten();
        attrs.map(String::as_str).try_for_each(rule::identifier)?;
    }
    for load in &manifest.loads {
        let file = &load.file;
        let holds = file.starts_with("//") && file.contains(':') && rule::is_label(file);
        verify(clause::MANIFEST_LOAD_FILES, holds, || format!("{file:?} is no label of a file within its repository"))?;
        for repo in [&load.module, &load.repo] {
            let holds = repo.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.~+-".contains(&byte));
            verify(clause::MANIFEST_LOAD_FILES, holds, || format!("{repo:?} is no name of a module or repository"))?;
        }
        load.symbols.iter().chain(&load.after).map(String::as_str).try_for_each(rule::identifier)?;
    }
    for input in &manifest.inputs {
        let fault = glob::fault(&input.glob);
        verify(clause::MANIFEST_GLOBS, fault.is_none(), || {
            format!("{:?} is no glob: {}", short(&input.glob), fault.unwrap_or_default())
        })?;
    }
    Ok(())
}
