//! How can rules be imported, and what do they depend on?

use crate::{
    PROTO,
    config::{Config, warning},
    existing, is_proto, known,
    package::rule_name,
    path,
};
use dorcas_guest::{
    Result,
    message::{
        Attr, FindAnswer, FindRequest, FindResponse, ImportSpec, ImportsRequest, ImportsResponse, Lookup, Provider,
        ResolveRequest, ResolveResponse, ResolveRule, ResolvedRule, Rule, RuleImports, Value,
    },
    sort,
};

/// The language whose rules for protobuf's own files are known.
const GO: &str = "go";

const DEPS: &str = "deps";

/// `imports`: each source of a rule by the path by which others import it.
pub(crate) fn imports(request: &ImportsRequest) -> ImportsResponse {
    let of_rule = |rule: &Rule| {
        let strip = existing::string(rule, "strip_import_prefix");
        let add = existing::string(rule, "import_prefix");
        let srcs = existing::strings(rule, "srcs").unwrap_or_default();
        let paths = srcs.iter().filter_map(|src| transform_import(&request.rel, src, strip, add));
        let mut imports: Vec<_> = paths.map(|imp| ImportSpec { lang: PROTO.into(), imp }).collect();
        sort(&mut imports);
        imports.dedup();
        RuleImports { importable: true, imports, embeds: Vec::new(), ..RuleImports::default() }
    };
    ImportsResponse { rules: request.rules.iter().map(|told| of_rule(&told.rule)).collect() }
}

/// The path by which a file is imported: its path from the root, with one prefix taken away and another put in front.
/// None where it doesn't begin with the first (Gazelle: `transformImport`).
///
/// `strip` begins with a slash if it is meant from the root, otherwise it is meant from `rel`.
pub(crate) fn transform_import(rel: &str, file: &str, strip: &str, add: &str) -> Option<String> {
    let strip = match strip.strip_prefix('/') {
        Some(from_root) => from_root.to_owned(),
        None if strip.is_empty() => String::new(),
        None => path::join(rel, strip),
    };
    let file = path::join(rel, file);
    path::has_prefix(&file, &strip).then(|| path::join(add, path::trim_prefix(&file, &strip)))
}

/// `resolve`.
pub(crate) fn resolve(request: &ResolveRequest) -> Result<ResolveResponse> {
    let mut resolver = Resolver {
        config: Config::from_state(&request.state)?,
        rel: &request.rel,
        found: &request.found,
        messages: Vec::new(),
    };
    let rules = request.rules.iter().map(|rule| resolver.rule(rule)).collect();
    let diagnostics = resolver.messages.into_iter().map(|message| warning(message, None)).collect();
    Ok(ResolveResponse::Resolved { rules, diagnostics })
}

struct Resolver<'a> {
    config: Config,
    rel: &'a str,
    found: &'a [Lookup],
    messages: Vec<String>,
}

impl Resolver<'_> {
    fn rule(&mut self, rule: &ResolveRule) -> ResolvedRule {
        let imports = rule.imports.iter().filter(|import| import.lang == PROTO);
        let mut deps: Vec<String> = imports.filter_map(|import| self.import(&import.imp, &rule.rule.name)).collect();
        sort(&mut deps);
        deps.dedup();
        if deps.is_empty() {
            ResolvedRule { set: Vec::new(), delete: vec![DEPS.into()] }
        } else {
            let deps = Attr { name: DEPS.into(), value: Value::Labels(deps), ..Attr::default() };
            ResolvedRule { set: vec![deps], delete: Vec::new() }
        }
    }

    /// The label that an import means; none where it needs no dependency, or where the user has to be told why not.
    fn import(&mut self, import: &str, name: &str) -> Option<String> {
        if !is_proto(import) {
            self.messages.push(format!("//{}:{name} imports {import:?}, which is no .proto file", self.rel));
            return None;
        }
        let found = self.found(import);
        if let Some(label) = found.and_then(|found| found.override_label.as_ref()) {
            return Some(label.clone());
        }
        if let Some(known) = known::known_import(import).filter(|_| self.config.mode.uses_known_imports()) {
            let is_own = self.config.repo_name == known::PROTOBUF.module && self.rel.is_empty() && name == known.rule;
            return (!is_own).then(|| format!("@{}//:{}", self.config.repository(&known::PROTOBUF), known.rule));
        }
        match found.map_or(&[][..], |found| &found.matches) {
            [] => {
                let guess = guess(import);
                if guess.is_none() {
                    self.messages.push(format!("can't import {import:?}: no label can name its directory"));
                }
                guess
            }
            [one] => (!self.is_own(one, name)).then(|| one.label.clone()),
            [first, second, ..] => {
                self.messages.push(format!(
                    "multiple rules ({} and {}) may be imported with {import:?} from //{}:{name}; to choose: # gazelle:resolve \
                     proto {import} LABEL",
                    first.label, second.label, self.rel
                ));
                None
            }
        }
    }

    fn found(&self, import: &str) -> Option<&Lookup> {
        let key = |Lookup { query, .. }: &Lookup| {
            (&*query.import.lang, &*query.import.imp, &*query.lang).cmp(&(PROTO, import, PROTO))
        };
        self.found.binary_search_by(key).ok().map(|index| &self.found[index])
    }

    fn is_own(&self, found: &Provider, name: &str) -> bool {
        // `host.labels` says how the host spells it.
        let own = |label: &String| {
            let parts = label.strip_prefix("//").and_then(|label| label.strip_prefix(self.rel));
            parts.and_then(|rest| rest.strip_prefix(':')) == Some(name)
        };
        own(&found.label) || found.embeds.iter().any(own)
    }
}

/// A file that nobody has is expected in the rule that its directory would have. None where Bazel allows no such label,
/// and Gazelle writes one all the same.
fn guess(import: &str) -> Option<String> {
    let dir = path::dir(import);
    let dir = if dir == "." { "" } else { &*dir };
    let allowed = !dir.contains([':', '\\']) && !dir.contains(char::is_control);
    allowed.then(|| format!("//{dir}:{}", rule_name(&[dir])))
}

/// `find`: the Go code for protobuf's own files, which is in no BUILD file (Gazelle: `CrossResolve`).
pub(crate) fn find(request: &FindRequest) -> Result<FindResponse> {
    let uses_known = Config::from_state(&request.state)?.mode.uses_known_imports();
    let found = request.queries.iter().map(|query| {
        let asked = uses_known && query.lang == GO && query.import.lang == PROTO;
        let known = known::known_import(&query.import.imp).filter(|_| asked);
        let result = |known: &known::KnownImport| Provider { label: known.go_label.into(), ..Provider::default() };
        FindAnswer { matches: known.into_iter().map(result).collect() }
    });
    Ok(FindResponse { found: found.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dorcas_guest::message::Query;

    fn query(imp: &str, lang: &str) -> Query {
        Query { import: ImportSpec { lang: PROTO.into(), imp: imp.into() }, lang: lang.into() }
    }

    /// What the rule `own` in `a/b` depends on for an import of which the index knows these labels.
    fn dep(import: &str, found: &[&str], override_label: Option<&str>) -> (Vec<String>, Vec<String>) {
        let matches = found.iter().map(|&label| Provider { label: label.into(), ..Provider::default() }).collect();
        let found = Lookup {
            query: query(import, PROTO),
            override_label: override_label.map(Into::into),
            matches,
            ..Lookup::default()
        };
        let imports = vec![ImportSpec { lang: PROTO.into(), imp: import.into() }];
        let rule = Rule { name: "own".into(), ..Rule::default() };
        let request = ResolveRequest {
            rel: "a/b".into(),
            rules: vec![ResolveRule { rule, imports, ..ResolveRule::default() }],
            found: vec![found],
            ..ResolveRequest::default()
        };
        let ResolveResponse::Resolved { rules, diagnostics } = resolve(&request).unwrap() else { panic!("it asked") };
        let deps = match rules[0].set.first().map(|attr| &attr.value) {
            Some(Value::Labels(labels)) => labels.clone(),
            _ => Vec::new(),
        };
        (deps, diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect())
    }

    #[test]
    fn in_the_order_in_which_they_count() {
        let any = "google/protobuf/any.proto";
        assert_eq!(dep(any, &["//google/protobuf:any"], Some("//my:any")).0, ["//my:any"]);
        assert_eq!(dep(any, &["//google/protobuf:any"], None).0, ["@com_google_protobuf//:any_proto"]);
        assert_eq!(dep("x/y.proto", &["//x:x_proto"], None).0, ["//x:x_proto"]);
        assert_eq!(dep("x/y.proto", &[], None).0, ["//x:x_proto"]);
        assert_eq!(dep("y.proto", &[], None).0, ["//:root_proto"]);
    }

    #[test]
    fn a_rule_does_not_depend_on_itself() {
        assert_eq!(dep("a/b/c.proto", &["//a/b:own"], None), (vec![], vec![]));
    }

    #[test]
    fn what_has_no_dependency_and_a_message() {
        assert_eq!(
            dep("a.txt", &[], None),
            (vec![], vec!["//a/b:own imports \"a.txt\", which is no .proto file".into()])
        );
        assert_eq!(
            dep("a:b/c.proto", &[], None),
            (vec![], vec!["can't import \"a:b/c.proto\": no label can name its directory".into()])
        );
        assert_eq!(
            dep("x.proto", &["//a:a", "//b:b"], None),
            (vec![], vec!["multiple rules (//a:a and //b:b) may be imported with \"x.proto\" from //a/b:own; to choose: # gazelle:resolve proto x.proto LABEL".into()])
        );
    }

    #[test]
    fn imports_with_prefixes() {
        for (strip, add, import) in [
            ("", "", Some("a/b/c.proto")),
            ("/a", "", Some("b/c.proto")),
            ("/a", "x", Some("x/b/c.proto")),
            (".", "", Some("c.proto")),
            ("/x", "", None),
        ] {
            assert_eq!(transform_import("a/b", "c.proto", strip, add).as_deref(), import, "{strip} {add}");
        }
    }

    #[test]
    fn go_code_for_known_files() {
        let any = "google/protobuf/any.proto";
        let mut queries = vec![query(any, GO), query(any, "java"), query("x.proto", GO)];
        queries.sort();
        let response = find(&FindRequest { queries, ..FindRequest::default() }).unwrap();
        let labels = response.found.iter().map(|find| find.matches.first().map(|found| &*found.label));
        assert_eq!(labels.collect::<Vec<_>>(), [Some("@com_github_golang_protobuf//ptypes/any"), None, None]);
    }
}
