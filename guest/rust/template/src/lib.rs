//! A Gazelle language: a `my_lang_library` for each file `*.my_lang`, whose lines `import DIR/FILE`
//! are its dependencies.
//!
//! It is meant to be changed. `dorcas/abi/src/message` has all messages, and says what each field
//! means.
#![forbid(unsafe_code)]

use dorcas_guest::{Language, Result, message::*, sort};

struct Guest;

const LANG: &str = "my_lang";
const EXTENSION: &str = ".my_lang";

impl Language for Guest {
    const NAME: &'static str = LANG;

    /// What the guest is, and what it wants to be told of which files: here where the lines with
    /// imports match.
    fn manifest() -> Result<Manifest> {
        let library = Kind {
            name: "my_lang_library".into(),
            match_attrs: vec!["srcs".into()],
            non_empty_attrs: vec!["srcs".into()],
            mergeable_attrs: vec!["srcs".into()],
            resolve_attrs: vec!["deps".into()],
            ..Kind::default()
        };
        let load = LoadInfo {
            module: "rules_my_lang".into(),
            repo: "rules_my_lang".into(),
            file: "//my_lang:defs.bzl".into(),
            symbols: vec!["my_lang_library".into()],
            ..LoadInfo::default()
        };
        // What matches a pattern without a group is passed over, which is how to skip comments.
        let patterns = vec![r"#[^\n]*".into(), r"(?m)^import +([^\s#]+)".into()];
        let sources = Input {
            glob: format!("*{EXTENSION}"),
            want: Want::Matches(patterns),
            methods: Methods::GENERATE_RULES,
            ..Input::default()
        };
        Ok(Manifest {
            version: env!("CARGO_PKG_VERSION").into(),
            kinds: vec![library],
            loads: vec![load],
            inputs: vec![sources],
            ..Manifest::default()
        })
    }

    /// From what is in a directory to the rules that should be there.
    fn generate_rules(request: GenerateRequest) -> Result<GenerateResponse> {
        Ok(GenerateResponse {
            rules: request.files.iter().filter_map(library).collect(),
            ..GenerateResponse::default()
        })
    }

    /// How the rules of a BUILD file can be imported: by directory and name.
    fn imports(request: ImportsRequest) -> Result<ImportsResponse> {
        let of = |told: &ImportsRule| RuleImports {
            importable: true,
            imports: vec![import(format!("{}/{}", request.rel, told.rule.name))],
            ..RuleImports::default()
        };
        Ok(ImportsResponse {
            rules: request.rules.iter().map(of).collect(),
        })
    }

    /// From what rules import to what they depend on.
    fn resolve(request: ResolveRequest) -> Result<ResolveResponse> {
        let mut diagnostics = Vec::new();
        let mut rules = Vec::new();
        for rule in &request.rules {
            let mut labels = Vec::new();
            for ImportSpec { imp, .. } in &rule.imports {
                match label_of(&request.found, imp) {
                    Some(label) => labels.push(label.clone()),
                    None => diagnostics.push(Diagnostic {
                        severity: Severity::Warning,
                        message: format!("nobody provides {imp}"),
                        ..Diagnostic::default()
                    }),
                }
            }
            let mut resolved = ResolvedRule::default();
            if labels.is_empty() {
                resolved.delete.push("deps".into());
            } else {
                resolved.set.push(attr("deps", Value::Labels(labels)));
            }
            rules.push(resolved);
        }
        Ok(ResolveResponse::Resolved { rules, diagnostics })
    }
}

dorcas_guest::export!(Guest, manifest, imports, resolve);

fn library(file: &File) -> Option<GeneratedRule> {
    let name = file.name.strip_suffix(EXTENSION)?;
    if name.is_empty() {
        return None;
    }
    let rule = Rule {
        kind: "my_lang_library".into(),
        name: name.into(),
        attrs: vec![attr("srcs", Value::SortedStrings(vec![file.name.clone()]))],
        ..Rule::default()
    };
    Some(GeneratedRule {
        rule,
        imports: imports_in(file),
        ..GeneratedRule::default()
    })
}

/// What a file imports, sorted, each once.
fn imports_in(file: &File) -> Vec<ImportSpec> {
    let FileData::Matches(matches) = &file.data else {
        return Vec::new();
    };
    let texts = matches.iter().filter_map(|found| {
        let bytes = found.groups.first()?.as_ref()?;
        // Sources may be any bytes, a text may not.
        std::str::from_utf8(bytes).ok()
    });
    let mut specs: Vec<ImportSpec> = texts.map(import).collect();
    sort(&mut specs);
    specs.dedup();
    specs
}

/// What the user has set for an import, or the rule that provides it.
fn label_of<'a>(found: &'a [Lookup], imp: &str) -> Option<&'a String> {
    let answer = found.iter().find(|answer| answer.query.import.imp == imp)?;
    let provider = || answer.matches.first().map(|provider| &provider.label);
    answer.override_label.as_ref().or_else(provider)
}

fn import(imp: impl Into<String>) -> ImportSpec {
    ImportSpec {
        lang: LANG.into(),
        imp: imp.into(),
    }
}

fn attr(name: &str, value: Value) -> Attr {
    Attr {
        name: name.into(),
        value,
        ..Attr::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_sorted_and_there_once() {
        let found = |text: &[u8]| Match {
            pattern: 1,
            groups: vec![Some(text.into())],
        };
        let texts: [&[u8]; 4] = [b"fruit/pear", b"fruit/apple", b"fruit/pear", b"\xff"];
        let file = File {
            name: "bowl.my_lang".into(),
            data: FileData::Matches(texts.map(found).into()),
        };
        let expected = ["fruit/apple", "fruit/pear"].map(import);
        assert_eq!(imports_in(&file), expected);
    }
}
