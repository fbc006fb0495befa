//! Which rules should a directory have?

use crate::{
    PROTO, PROTO_LIBRARY,
    config::{Config, Mode, warning},
    existing::{self, Existing},
    is_proto, package,
    package::Package,
    path,
    resolve::transform_import,
    source::Source,
};
use dorcas_guest::{
    Bytes, Result,
    message::{Attr, BuildFile, EmptyRule, GenerateRequest, GenerateResponse, GeneratedRule, ImportSpec, Rule, Value},
    sort, sort_by,
};

/// The private attribute with the names of a library's services, for languages that generate code for them.
const SERVICES: &str = "_services";

/// `generate_rules`.
pub(crate) fn generate(request: &GenerateRequest) -> Result<GenerateResponse> {
    let config = Config::from_state(&request.state)?;
    let mut response = GenerateResponse::default();
    if !config.mode.generates() {
        // Rules that are there are likely to be hand-written.
        return Ok(response);
    }
    let sources = request.files.iter().map(Source::read);
    let mut packages = match package::packages(&config, &request.rel, sources) {
        Ok(packages) => packages,
        Err(message) => {
            response.diagnostics.push(warning(message, None));
            Vec::new()
        }
    };
    if config.mode == Mode::Default
        && let [package] = &mut packages[..]
    {
        let generated = generated_files(request);
        if !generated.is_empty() {
            package.files.extend(generated);
            sort(&mut package.files);
            package.files.dedup();
        }
    }

    let build_file = request.build_file.as_ref();
    let mut existing = build_file.map(Existing::new).unwrap_or_default();
    // What a language before this one generates will stand in the file.
    existing.has_default_visibility |= request.other_rules.iter().any(|other| existing::sets_visibility(&other.rule));
    let mut rules: Vec<GeneratedRule> =
        packages.iter().map(|package| library(&config, &request.rel, &existing, package)).collect();
    sort_by(&mut rules, |a, b| a.rule.name.cmp(&b.rule.name));
    // Two rules of one name are no BUILD file.
    rules.dedup_by(|second, first| {
        let same = second.rule.name == first.rule.name;
        if same {
            let message = format!(
                "two packages or files would have a rule with the name {}; it is generated for one of them",
                first.rule.name
            );
            response.diagnostics.push(warning(message, None));
        }
        same
    });
    response.rules = rules;
    response.empty = build_file.map(|file| empty_rules(file, request)).unwrap_or_default();
    response.rels_to_index = rels_to_index(&config, &packages);
    Ok(response)
}

/// Files that other rules make, and that no language before has a library for.
fn generated_files(request: &GenerateRequest) -> Vec<&str> {
    let libraries = request.other_rules.iter().filter(|other| other.rule.kind == PROTO_LIBRARY);
    let mut taken: Vec<&String> =
        libraries.flat_map(|other| existing::strings(&other.rule, "srcs").unwrap_or_default()).collect();
    sort(&mut taken);
    let is_left = |name: &&String| is_proto(name) && taken.binary_search(name).is_err();
    request.generated_files.iter().filter(is_left).map(|name| &**name).collect()
}

/// The rule of a package.
fn library(config: &Config, rel: &str, existing: &Existing<'_>, package: &Package<'_>) -> GeneratedRule {
    let name = package.rule_name(config.mode, rel);
    let name = existing.name_of_match(&name, &package.files).map_or(name, str::to_owned);

    let mut attrs = Vec::new();
    let mut set = |name: &str, value| attrs.push(Attr { name: name.into(), value, ..Attr::default() });
    if !config.import_prefix.is_empty() {
        set("import_prefix", Value::String(config.import_prefix.clone()));
    }
    set("srcs", Value::SortedStrings(owned(&package.files)));
    if !config.strip_import_prefix.is_empty() {
        set("strip_import_prefix", Value::String(config.strip_import_prefix.clone()));
    }
    if !existing.has_default_visibility {
        set("visibility", Value::Labels(vec![visibility(rel)]));
    }

    let prefix = import_prefix(config, rel);
    let imports = package.imports.iter().filter(|import| !is_own(import, &prefix, &package.files));
    GeneratedRule {
        rule: Rule { kind: PROTO_LIBRARY.into(), name, attrs, ..Rule::default() },
        private: private(package),
        imports: imports.map(|import| ImportSpec { lang: PROTO.into(), imp: import.to_string() }).collect(),
        note: Bytes::default(),
    }
}

/// What languages after this one may want to know of a library: its options, and the names of its services. An option whose
/// name has dots can't be an attribute (`rule.identifiers`).
fn private(package: &Package<'_>) -> Vec<Attr> {
    let attr = |name: &str, value| Attr { name: name.into(), value, ..Attr::default() };
    let options = package.options.iter().filter(|(name, _)| is_identifier(name));
    let mut attrs: Vec<Attr> = options.map(|(name, value)| attr(name, Value::String(value.to_string()))).collect();
    if !package.services.is_empty() {
        attrs.push(attr(SERVICES, Value::Strings(owned(&package.services))));
    }
    sort_by(&mut attrs, |a, b| a.name.cmp(&b.name));
    attrs
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether an import means one of the package's own files.
fn is_own(import: &str, prefix: &str, files: &[&str]) -> bool {
    // Most imports are of another directory, which the length alone tells.
    let file = path::base(import);
    import.len() >= prefix.len() && path::dir(import) == prefix && files.binary_search(&file).is_ok()
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// Who may depend on the rules of a directory (Gazelle: `rule.CheckInternalVisibility`).
fn visibility(rel: &str) -> String {
    let inner = "/internal/";
    // The search for a text in a text that comes with Rust is made for long ones, and is long itself.
    let last = || rel.as_bytes().windows(inner.len()).rposition(|part| part == inner.as_bytes());
    let parent = rel.strip_suffix("/internal").or_else(|| rel.get(..last()?));
    match parent {
        Some(parent) => format!("//{parent}:__subpackages__"),
        None if rel == "internal" || rel.starts_with("internal/") => "//:__subpackages__".into(),
        None => "//visibility:public".into(),
    }
}

/// What imports of this directory's files begin with.
fn import_prefix(config: &Config, rel: &str) -> String {
    let strip = &*config.strip_import_prefix;
    let rest = match strip.strip_prefix('/') {
        Some(from_root) => path::trim_prefix(rel, from_root),
        None if strip.is_empty() => rel,
        None => path::trim_prefix(rel, &path::join(rel, strip)),
    };
    if config.import_prefix.is_empty() { rest.to_owned() } else { path::join(&config.import_prefix, rest) }
}

/// Rules in the file of whose sources none is left. A rule without any may be there for its deps, and one for a label has
/// sources that another rule makes or has.
fn empty_rules(file: &BuildFile, request: &GenerateRequest) -> Vec<EmptyRule> {
    let is_there = |src: &String| {
        let is_label = matches!(src.as_bytes(), [b':' | b'@', ..] | [b'/', b'/', ..]);
        is_label
            || request.files.binary_search_by(|file| file.name.cmp(src)).is_ok()
            || request.generated_files.binary_search(src).is_ok()
    };
    let is_empty = |rule: &&Rule| {
        rule.kind == PROTO_LIBRARY
            && match existing::strings(rule, "srcs") {
                Some([]) => false,
                Some(srcs) => !srcs.iter().any(is_there),
                // Something else than a list of strings is left alone.
                None => ["srcs", "deps", "exports"].iter().all(|name| existing::attr(rule, name).is_none()),
            }
    };
    let empty = |rule: &Rule| EmptyRule { kind: PROTO_LIBRARY.into(), name: rule.name.clone(), attrs: Vec::new() };
    file.rules.iter().filter(is_empty).map(empty).collect()
}

/// The directories in which the `proto_search` directives expect what these packages import.
fn rels_to_index(config: &Config, packages: &[Package<'_>]) -> Vec<String> {
    let mut rels = Vec::new();
    for import in packages.iter().flat_map(|package| &package.imports) {
        for search in &config.search {
            if let Some(file) = transform_import("", import, &search.strip_prefix, &search.add_prefix) {
                let dir = path::dir(&file);
                // An import that leads out of the repository, or is none, is in no directory.
                if !dir.starts_with('/') && !dir.starts_with("..") {
                    rels.push(if dir == "." { String::new() } else { dir });
                }
            }
        }
    }
    sort(&mut rels);
    rels.dedup();
    rels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Search;

    #[test]
    fn who_sees_a_directory() {
        for (rel, label) in [
            ("", "//visibility:public"),
            ("a", "//visibility:public"),
            ("internal", "//:__subpackages__"),
            ("internal/a", "//:__subpackages__"),
            ("a/internal", "//a:__subpackages__"),
            ("a/internal/b/internal/c", "//a/internal/b:__subpackages__"),
            ("a/internals", "//visibility:public"),
        ] {
            assert_eq!(visibility(rel), label, "{rel}");
        }
    }

    #[test]
    fn options_and_services_are_told_to_other_languages() {
        let options = vec![("go_package", "x".into()), ("a.b", "y".into()), ("1", "z".into())];
        let package = Package { options, services: vec!["S"], ..Package::default() };
        let attrs = private(&package);
        assert_eq!(attrs.iter().map(|attr| &*attr.name).collect::<Vec<_>>(), [SERVICES, "go_package"]);
    }

    #[test]
    fn prefixes_of_imports() {
        let prefix = |strip: &str, add: &str| {
            import_prefix(
                &Config { strip_import_prefix: strip.into(), import_prefix: add.into(), ..Config::default() },
                "a/b/c",
            )
        };
        assert_eq!(prefix("", ""), "a/b/c");
        assert_eq!(prefix("/a/b", ""), "c");
        assert_eq!(prefix("/a/b", "x/y"), "x/y/c");
        assert_eq!(prefix("/x", ""), "a/b/c");
    }

    #[test]
    fn rules_that_have_lost_their_sources_are_empty() {
        let attr = |name: &str, values: &[&str]| {
            let value = Value::Strings(values.iter().map(|&value| value.into()).collect());
            Attr { name: name.into(), value, ..Attr::default() }
        };
        let is_empty = |attrs: Vec<Attr>| {
            let rule = Rule { kind: PROTO_LIBRARY.into(), name: "x".into(), attrs, ..Rule::default() };
            let request = GenerateRequest { generated_files: vec!["made.proto".into()], ..GenerateRequest::default() };
            !empty_rules(&BuildFile { rules: vec![rule], ..BuildFile::default() }, &request).is_empty()
        };
        for srcs in [&["gone.proto"][..], &["gone.proto", "too.proto"]] {
            assert!(is_empty(vec![attr("srcs", srcs)]), "{srcs:?}");
            assert!(is_empty(vec![attr("deps", &["//a"]), attr("srcs", srcs)]), "{srcs:?}");
        }
        for srcs in
            [&[":made"][..], &["//a:b.proto"], &["@a//:b.proto"], &["made.proto"], &["gone.proto", ":made"], &[]]
        {
            assert!(!is_empty(vec![attr("srcs", srcs)]), "{srcs:?}");
        }
        assert!(is_empty(vec![]) && is_empty(vec![attr("tags", &["t"])]));
        assert!(!is_empty(vec![attr("deps", &["//a"])]) && !is_empty(vec![attr("exports", &["//a"])]));
    }

    #[test]
    fn a_visibility_that_another_language_sets_holds() {
        let package = |name: &str| {
            let attrs = vec![Attr { name: name.into(), value: Value::Strings(vec!["x".into()]), ..Attr::default() }];
            let rule = Rule { kind: "package".into(), attrs, ..Rule::default() };
            GeneratedRule { rule, ..GeneratedRule::default() }
        };
        let file = dorcas_guest::message::File { name: "a.proto".into(), ..Default::default() };
        let has_visibility = |other: &str| {
            let files = vec![file.clone()];
            let request = GenerateRequest { files, other_rules: vec![package(other)], ..GenerateRequest::default() };
            generate(&request).unwrap().rules[0].rule.attrs.iter().any(|attr| attr.name == "visibility")
        };
        assert!(!has_visibility("default_visibility") && has_visibility("features"));
    }

    #[test]
    fn where_imports_are_looked_for() {
        let search = |strip: &str, add: &str| Search { strip_prefix: strip.into(), add_prefix: add.into() };
        let config = Config {
            mode: Mode::Package,
            search: vec![search("foo", "third_party/foo"), search("bar", "..")],
            ..Config::default()
        };
        let imports = ["foo/api.proto", "bar/x.proto", "other.proto"].map(Into::into).into();
        let packages = [Package { imports, ..Package::default() }];
        assert_eq!(rels_to_index(&config, &packages), ["third_party/foo"]);
    }
}
