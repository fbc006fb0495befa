//! What languages get to know of each other, and of the index.

mod support;

use dorcas_abi::message::{
    ConfigureRequest, ConfigureResponse, FindAnswer, FindRequest, FindResponse, GenerateRequest, GenerateResponse,
    GeneratedRule, ImportSpec, ImportsRequest, ImportsResponse, Input, Kind, Manifest, Methods, Provider, Query,
    ResolveRequest, ResolveResponse, ResolvedRule, Rule, RuleImports, Value, Want,
};
use dorcas_gazelle::{Language, Measured, Options};
use support::{Failed, Toy, attr, outcome, repo, shown};

/// Generates a `box` that names what it is told, asks for `asks` one round after the other, and finds what
/// begins with `ext/`.
struct Curious {
    name: &'static str,
    manifest: Manifest,
    asks: &'static [&'static str],
}

impl Curious {
    fn new(asks: &'static [&'static str]) -> Self {
        let kind = Kind { name: "box".into(), ..Kind::default() };
        let inputs =
            vec![Input { glob: "*".into(), want: Want::Name, methods: Methods::GENERATE_RULES, ..Input::default() }];
        Self { name: "curious", manifest: Manifest { kinds: vec![kind], inputs, ..Manifest::default() }, asks }
    }

    fn query(imp: &str) -> Query {
        Query { import: ImportSpec { lang: "toy".into(), imp: imp.into() }, lang: "toy".into() }
    }
}

fn ok<T>(value: T) -> Measured<T> {
    Ok::<T, Failed>(value).into()
}

impl Language for Curious {
    fn name(&self) -> &str {
        self.name
    }
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }
    fn has(&self, method: &str) -> bool {
        !["setup", "scan", "configure", "finish"].contains(&method)
    }
    fn configure(&self, _: &ConfigureRequest) -> Measured<ConfigureResponse> {
        unreachable!("it says that it has no `configure`")
    }

    fn generate(&self, request: &GenerateRequest) -> Measured<GenerateResponse> {
        if request.files.is_empty() {
            return ok(GenerateResponse::default());
        }
        let others = request.other_rules.iter().map(|other| other.rule.name.clone());
        let rule = Rule {
            kind: "box".into(),
            name: if self.name == "first" { "first" } else { "box" }.into(),
            attrs: vec![
                attr("files", Value::Strings(request.files.iter().map(|file| file.name.clone()).collect())),
                attr("others", Value::Strings(others.collect())),
                attr("outs", Value::Strings(vec!["made".into()])),
                attr("seen", Value::Strings(request.generated_files.clone())),
                attr("subdirs", Value::Strings(request.subdirs.clone())),
            ],
            ..Rule::default()
        };
        ok(GenerateResponse { rules: vec![GeneratedRule { rule, ..GeneratedRule::default() }], ..Default::default() })
    }

    fn imports(&self, request: &ImportsRequest) -> Measured<ImportsResponse> {
        ok(ImportsResponse { rules: request.rules.iter().map(|_| RuleImports::default()).collect() })
    }

    fn resolve(&self, request: &ResolveRequest) -> Measured<ResolveResponse> {
        if let Some(ask) = self.asks.get(request.round as usize) {
            return ok(ResolveResponse::Need(vec![Self::query(ask)]));
        }
        let matches = request.found.iter().flat_map(|found| &found.matches);
        let found = matches.map(|found| found.label.clone()).collect();
        let set = vec![attr("found", Value::Strings(found))];
        let resolved = ResolvedRule { set, delete: vec!["subdirs".into()] };
        let rules = request.rules.iter().map(|_| resolved.clone()).collect();
        ok(ResolveResponse::Resolved { rules, diagnostics: Vec::new() })
    }

    fn find(&self, request: &FindRequest) -> Measured<FindResponse> {
        let find = |query: &Query| match query.import.imp.strip_prefix("ext/") {
            Some(name) => {
                FindAnswer { matches: vec![Provider { label: format!("@ext//:{name}"), ..Provider::default() }] }
            }
            None => FindAnswer::default(),
        };
        ok(FindResponse { found: request.queries.iter().map(find).collect() })
    }
}

#[test]
fn languages_see_what_those_before_them_have_generated() {
    let dir = repo(&[("x.toy", ""), ("sub/.keep", "")]);
    let outcome = outcome(&Options::new(dir.path()), &[&Toy::new(), &Curious::new(&["", "ext/a", "none"])]);
    assert_eq!(
        outcome.files[1].new.escape_ascii().to_string().replace("\\n", "\n").replace("\\\"", "\""),
        r#"load("@rules_toy//:defs.bzl", "toy_library")

toy_library(
    name = "root",
    srcs = ["x.toy"],
)

box(
    name = "box",
    outs = ["made"],
    files = ["x.toy"],
    found = [
        "//:root",
        "@ext//:a",
    ],
    others = ["root"],
    seen = [],
)
"#
    );
}

#[test]
fn files_that_rules_make_are_shown() {
    let dir = repo(&[("x", "")]);
    let first = Curious { name: "first", ..Curious::new(&[]) };
    let printed = shown(&outcome(&Options::new(dir.path()), &[&first, &Curious::new(&[])]));
    assert!(printed.contains("    seen = [\"made\"],\n"), "{printed}");
}

#[test]
fn of_two_rules_with_one_name_the_first_is_written() {
    let dir = repo(&[("x", "")]);
    let second = Curious { name: "second", ..Curious::new(&[]) };
    let printed = shown(&outcome(&Options::new(dir.path()), &[&Curious::new(&[]), &second]));
    assert_eq!(printed.matches("box(").count(), 1, "{printed}");
    let warning = "diagnostic: .: second: box box is not written: the language curious generates a box of this name; give that \
                   rule another name, or exclude the sources\n";
    assert!(printed.ends_with(warning), "{printed}");
}

#[test]
fn a_language_that_asks_without_end() {
    let dir = repo(&[("x", "")]);
    let endless = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
    let curious = Curious::new(Box::leak(Box::new(endless)));
    assert_eq!(
        outcome(&Options::new(dir.path()), &[&curious]).failures[0].to_string(),
        "//: language curious: resolve: it asked for more in each of 8 rounds, and no more are allowed (resolve.rounds)"
    );
}

#[test]
fn a_language_that_asks_again() {
    let dir = repo(&[("x", "")]);
    assert_eq!(
        outcome(&Options::new(dir.path()), &[&Curious::new(&["a", "a"])]).failures[0].to_string(),
        "//: language curious: resolve: it asked again for \"a\", which it had been told (resolve.new-queries)"
    );
}
