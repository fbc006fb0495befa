//! What a run makes of BUILD files that are there already, and of their directives.

mod support;

use dorcas_abi::message::{
    Attr, Command, ConfigureRequest, ConfigureResponse, DirectiveInfo, Edit, EmptyRule, FileData, FindRequest,
    FindResponse, FixRequest, FixResponse, GenerateRequest, GenerateResponse, GeneratedRule, ImportSpec,
    ImportsRequest, ImportsResponse, Input, Kind, LoadInfo, Manifest, Methods, ResolveRequest, ResolveResponse,
    ResolvedRule, Rule, RuleImports, Value, Want,
};
use dorcas_gazelle::{Indexing, Language, Measured, Options};
use std::sync::Mutex;
use support::{Failed, attr, outcome, repo, shown};

/// For each file `x.lib` a `lib(name = "x")` that can be imported as `x`, and depends on what the lines of the file
/// name; `lib` rules without their file are empty. A line `@a/b` wants the directory `a/b` in the index.
struct Lib {
    manifest: Manifest,
    /// What it was told, in order.
    told: Mutex<Vec<String>>,
}

impl Lib {
    fn new() -> Self {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let kind = Kind {
            name: "lib".into(),
            match_attrs: names(&["srcs"]),
            non_empty_attrs: names(&["srcs"]),
            mergeable_attrs: names(&["srcs"]),
            resolve_attrs: names(&["deps"]),
            ..Kind::default()
        };
        let load =
            LoadInfo { repo: "r".into(), file: "//:lib.bzl".into(), symbols: names(&["lib"]), ..LoadInfo::default() };
        let directive = DirectiveInfo { name: "lib".into(), ..DirectiveInfo::default() };
        let manifest = Manifest {
            kinds: vec![kind],
            loads: vec![load],
            directives: vec![directive],
            inputs: vec![Input {
                glob: "**/*.lib".into(),
                want: Want::Content,
                methods: Methods::GENERATE_RULES,
                ..Input::default()
            }],
            ..Manifest::default()
        };
        Self { manifest, told: Mutex::default() }
    }

    fn tell(&self, text: String) {
        self.told.lock().unwrap().push(text);
    }

    fn told(&self) -> Vec<String> {
        let mut told = std::mem::take(&mut *self.told.lock().unwrap());
        told.sort();
        told
    }
}

fn ok<T>(value: T) -> Measured<T> {
    Ok::<T, Failed>(value).into()
}

fn name(file: &str) -> String {
    file.rsplit('/').next().unwrap().strip_suffix(".lib").unwrap().into()
}

fn import(imp: &str) -> ImportSpec {
    ImportSpec { lang: "lib".into(), imp: imp.into() }
}

fn strings(attr: &Attr) -> &[String] {
    match &attr.value {
        Value::Strings(items) | Value::SortedStrings(items) => items,
        value => panic!("{value:?} is no list"),
    }
}

impl Language for Lib {
    fn name(&self) -> &'static str {
        "lib"
    }
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }
    fn has(&self, method: &str) -> bool {
        !["setup", "scan", "find", "finish"].contains(&method)
    }

    fn configure(&self, request: &ConfigureRequest) -> Measured<ConfigureResponse> {
        let own: Vec<_> = request.directives.iter().map(|found| format!("{}={}", found.key, found.value)).collect();
        let all = request.build_file.as_ref().map_or(0, |file| file.directives.len());
        if all > 0 {
            self.tell(format!("configure //{}: {own:?} of {all}", request.rel));
        }
        ok(ConfigureResponse::default())
    }

    /// Calls what is called `old` by its new name, and deletes what is called `gone`.
    fn fix(&self, request: &FixRequest) -> Measured<FixResponse> {
        let edit = |(index, rule): (usize, &Rule)| {
            let rule_index = u32::try_from(index).unwrap();
            match rule.name.as_str() {
                "old" => Some(Edit::SetName { rule: rule_index, name: "new".into() }),
                "gone" => Some(Edit::DeleteRule { rule: rule_index }),
                "plain" => Some(Edit::SetAttr { rule: rule_index, attr: attr("size", Value::Int(1)) }),
                _ => None,
            }
        };
        let edits = request.build_file.rules.iter().enumerate().filter_map(edit);
        let is_allowed = |edit: &Edit| request.should_fix || matches!(edit, Edit::SetAttr { .. });
        ok(FixResponse { edits: edits.filter(is_allowed).collect(), ..FixResponse::default() })
    }

    fn generate(&self, request: &GenerateRequest) -> Measured<GenerateResponse> {
        let names: Vec<_> = request.files.iter().map(|file| file.name.clone()).collect();
        let existing = request.build_file.iter().flat_map(|file| &file.rules);
        let seen: Vec<_> = existing.clone().map(|rule| format!("{} {}", rule.kind, rule.name)).collect();
        self.tell(format!("generate //{}: {names:?} {seen:?} {:?}", request.rel, request.generated_files));
        let mut response = GenerateResponse::default();
        for file in &request.files {
            let FileData::Content(content) = &file.data else { panic!("asked for content") };
            let lines = String::from_utf8(content.to_vec()).unwrap();
            let (rels, imports): (Vec<_>, Vec<_>) = lines.lines().partition(|line| line.starts_with('@'));
            response.rels_to_index.extend(rels.iter().map(|rel| rel[1..].to_owned()));
            let rule = Rule {
                kind: "lib".into(),
                name: name(&file.name),
                attrs: vec![attr("srcs", Value::SortedStrings(vec![file.name.clone()]))],
                ..Rule::default()
            };
            let imports = imports.into_iter().map(import).collect();
            response.rules.push(GeneratedRule { rule, imports, ..GeneratedRule::default() });
        }
        for rule in existing.filter(|rule| rule.kind == "lib") {
            let srcs = rule.attrs.iter().find(|attr| attr.name == "srcs");
            if !srcs.is_some_and(|srcs| strings(srcs).iter().any(|src| names.contains(src))) {
                let (kind, name) = (rule.kind.clone(), rule.name.clone());
                response.empty.push(EmptyRule { kind, name, attrs: Vec::new() });
            }
        }
        ok(response)
    }

    fn imports(&self, request: &ImportsRequest) -> Measured<ImportsResponse> {
        let rules = request.rules.iter().map(|told| &told.rule).map(|rule| {
            let srcs = rule.attrs.iter().find(|attr| attr.name == "srcs");
            let imports = srcs.iter().flat_map(|srcs| strings(srcs)).map(|src| import(&name(src))).collect();
            let embeds = rule.attrs.iter().find(|attr| attr.name == "embed");
            let embeds = embeds.iter().flat_map(|embed| strings(embed)).cloned().collect();
            RuleImports { importable: true, imports, embeds, ..RuleImports::default() }
        });
        ok(ImportsResponse { rules: rules.collect() })
    }

    fn resolve(&self, request: &ResolveRequest) -> Measured<ResolveResponse> {
        let resolve = |rule: &dorcas_abi::message::ResolveRule| {
            let found = request.found.iter().filter(|found| rule.imports.contains(&found.query.import));
            let own = format!("//{}:{}", request.rel, rule.rule.name);
            let labels = found.flat_map(|found| match &found.override_label {
                Some(label) => vec![label.clone()],
                None => found.matches.iter().map(|found| found.label.clone()).collect(),
            });
            let deps: Vec<_> = labels.filter(|label| *label != own).collect();
            let set = if deps.is_empty() { vec![] } else { vec![attr("deps", Value::Labels(deps))] };
            ResolvedRule { set, delete: Vec::new() }
        };
        let rules = request.rules.iter().map(resolve).collect();
        ok(ResolveResponse::Resolved { rules, diagnostics: Vec::new() })
    }

    fn find(&self, _: &FindRequest) -> Measured<FindResponse> {
        unreachable!("it says that it has no `find`")
    }
}

const LOAD: &str = "load(\"@r//:lib.bzl\", \"lib\")\n";

fn lib(name: &str, src: &str, rest: &str) -> String {
    format!("lib(\n    name = \"{name}\",\n    srcs = [\"{src}\"],\n{rest})\n")
}

#[test]
fn what_is_there_is_updated() {
    let stale = lib("stale", "gone.lib", "");
    let dir = repo(&[
        (
            "a/BUILD",
            format!(
                "{LOAD}\n{stale}\n# Mine.\n{}",
                lib("mine", "x.lib", "    tags = [\"t\"],\n    deps = [\":old\"],\n")
            ),
        ),
        ("a/x.lib", "y\nx\n".into()),
        ("a/y.lib", String::new()),
        ("b/BUILD.bazel", format!("{LOAD}\n{stale}\nother()\n")),
    ]);
    let found = outcome(&Options::new(dir.path()), &[&Lib::new()]);
    assert_eq!(
        shown(&found),
        format!(
            ">>> ROOT/a/BUILD\n{LOAD}\n# Mine.\n{}\n{}>>> ROOT/b/BUILD.bazel\nother()\n",
            lib("mine", "x.lib", "    tags = [\"t\"],\n    deps = [\":y\"],\n"),
            lib("y", "y.lib", "")
        )
    );
}

#[test]
fn rules_of_directories_that_are_not_updated_can_be_imported() {
    let dir = repo(&[
        ("a/x.lib", "y\nz\n".to_owned()),
        ("b/BUILD", lib("by", "y.lib", "")),
        ("c/BUILD", format!("# gazelle:ignore\n\n{}", lib("cz", "z.lib", ""))),
    ]);
    let options = Options { dirs: vec![dir.path().join("a")], ..Options::new(dir.path()) };
    assert_eq!(
        shown(&outcome(&options, &[&Lib::new()])),
        format!(
            ">>> ROOT/a/BUILD.bazel\n{LOAD}\n{}",
            lib("x", "x.lib", "    deps = [\n        \"//b:by\",\n        \"//c:cz\",\n    ],\n")
        )
    );
    let options = Options { indexing: Indexing::Lazy, ..options };
    assert!(!shown(&outcome(&options, &[&Lib::new()])).contains("deps"));
}

#[test]
fn a_language_may_name_directories_for_the_index() {
    let dir = repo(&[
        ("a/x.lib", "@b/c\n@nowhere\ny\n".to_owned()),
        ("b/BUILD", "# gazelle:alias_kind my lib\n".to_owned()),
        ("b/c/BUILD", lib("by", "y.lib", "").replace("lib(", "my(")),
        ("b/d/BUILD", lib("other", "y.lib", "")),
    ]);
    let options = Options { dirs: vec![dir.path().join("a")], indexing: Indexing::Lazy, ..Options::new(dir.path()) };
    let language = Lib::new();
    assert!(shown(&outcome(&options, &[&language])).contains("    deps = [\"//b/c:by\"],\n"));
    assert_eq!(language.told(), ["configure //b: [] of 1", "generate //a: [\"x.lib\"] [] []"]);
}

#[test]
fn what_is_embedded_is_found_in_what_embeds_it() {
    let dir = repo(&[
        ("a/x.lib", "y\n".to_owned()),
        (
            "b/BUILD",
            format!(
                "{}\nlib(\n    name = \"outer\",\n    srcs = [\"o.lib\"],\n    embed = [\":inner\"],\n)\n",
                lib("inner", "y.lib", "")
            ),
        ),
    ]);
    let options = Options { dirs: vec![dir.path().join("a")], ..Options::new(dir.path()) };
    assert!(shown(&outcome(&options, &[&Lib::new()])).contains("    deps = [\"//b:outer\"],\n"));
}

#[test]
fn a_label_that_the_user_has_set_goes_before_the_index() {
    let dir = repo(&[
        ("BUILD", "# gazelle:resolve lib y //over:ride\n# gazelle:resolve_regexp lib ^(z)$ //over:$1\n"),
        ("a/x.lib", "y\nz\n"),
        ("a/y.lib", ""),
    ]);
    let printed = shown(&outcome(&Options::new(dir.path()), &[&Lib::new()]));
    assert!(printed.contains("    deps = [\n        \"//over:ride\",\n        \"//over:z\",\n    ],\n"), "{printed}");
}

#[test]
fn a_kind_may_have_another_name_in_the_file() {
    let dir = repo(&[
        ("BUILD", "# gazelle:map_kind lib my_lib //:my.bzl\n# gazelle:alias_kind wrapped my_lib\n".to_owned()),
        (
            "a/BUILD",
            format!(
                "{LOAD}\n{}\nwrapped(\n    name = \"w\",\n    srcs = [\"w.lib\"],\n)\n\nmaybe(\n    lib,\n    name = \"m\",\n)\n",
                lib("x", "x.lib", "")
            ),
        ),
        ("a/w.lib", "x\n".to_owned()),
        ("a/x.lib", "w\n".to_owned()),
        ("b/BUILD", lib("stale", "gone.lib", "").replace("lib(", "my_lib(")),
        ("c/z.lib", "w".to_owned()),
    ]);
    let language = Lib::new();
    let printed = shown(&outcome(&Options::new(dir.path()), &[&language]));
    assert_eq!(
        printed,
        ">>> ROOT/a/BUILD\nload(\"//:my.bzl\", \"my_lib\")\n\nmy_lib(\n    name = \"x\",\n    srcs = [\"x.lib\"],\n    deps = [\":w\"],\n)\n\n\
         wrapped(\n    name = \"w\",\n    srcs = [\"w.lib\"],\n    deps = [\":x\"],\n)\n\nmaybe(\n    my_lib,\n    name = \"m\",\n)\n\
         >>> ROOT/b/BUILD\n\
         >>> ROOT/c/BUILD.bazel\nload(\"//:my.bzl\", \"my_lib\")\n\nmy_lib(\n    name = \"z\",\n    srcs = [\"z.lib\"],\n    deps = [\"//a:w\"],\n)\n\
         >>> ROOT/BUILD\n# gazelle:map_kind lib my_lib //:my.bzl\n# gazelle:alias_kind wrapped my_lib\n\
         diagnostic: a/BUILD: //a:w depends on itself, which Bazel refuses: //a:w -> //a:x -> //a:w; put their sources into one \
         rule, or take one of the imports out\n"
    );
    let told = language.told();
    assert!(told.iter().any(|told| told.contains("[\"lib x\", \"lib w\", \"maybe m\"]")), "{told:?}");
}

#[test]
fn edits_are_made_before_rules_are_generated() {
    let text = format!("lib(name = \"old\")\n\nlib(name = \"gone\")\n\n{}", lib("plain", "x.lib", ""));
    let dir = repo(&[("BUILD", text.as_str()), ("x.lib", "")]);
    let language = Lib::new();
    let printed = shown(&outcome(&Options { command: Command::Fix, ..Options::new(dir.path()) }, &[&language]));
    assert_eq!(
        printed,
        format!(">>> ROOT/BUILD\n{LOAD}\n{}", lib("plain", "x.lib", "    size = 1,\n"))
            .replace("    srcs = [\"x.lib\"],\n    size = 1,\n", "    size = 1,\n    srcs = [\"x.lib\"],\n")
    );
    assert_eq!(language.told(), ["generate //: [\"x.lib\"] [\"lib new\", \"lib plain\"] []"]);
    outcome(&Options::new(dir.path()), &[&language]);
    assert_eq!(language.told(), ["generate //: [\"x.lib\"] [\"lib old\", \"lib gone\", \"lib plain\"] []"]);
}

#[test]
fn directives_say_who_takes_part() {
    let dir = repo(&[
        ("a/BUILD", "# gazelle:lang other\n\nlib(name = \"x\")\n"),
        ("a/y.lib", ""),
        ("a/b/BUILD", "# gazelle:lang\n"),
        ("a/b/z.lib", ""),
    ]);
    let language = Lib::new();
    let printed = shown(&outcome(&Options::new(dir.path()), &[&language]));
    assert!(
        printed.contains(
            ">>> ROOT/a/BUILD\nload(\"@r//:lib.bzl\", \"lib\")\n\n# gazelle:lang other\n\nlib(name = \"x\")\n"
        ),
        "{printed}"
    );
    let told = language.told();
    assert_eq!(told.iter().filter(|told| told.starts_with("generate")).count(), 2, "{told:?}");
    let options = Options { languages: vec!["other".into()], ..Options::new(dir.path()) };
    assert_eq!(shown(&outcome(&options, &[&language])).matches("lib(").count(), 2);
}

#[test]
fn what_directives_leave_out_is_not_shown() {
    let dir = repo(&[
        (
            "BUILD",
            "# gazelle:exclude x.lib\n# gazelle:exclude made.txt\n# gazelle:generation_mode update_only\n\nrule(\n    name = \"r\",\n    outs = [\n        \"made.txt\",\n        \"other.txt\",\n    ],\n)\n",
        ),
        ("x.lib", ""),
        ("y.lib", ""),
        ("a/z.lib", ""),
    ]);
    let language = Lib::new();
    outcome(&Options { exclude: vec!["q".into()], ..Options::new(dir.path()) }, &[&language]);
    assert_eq!(
        language.told(),
        ["configure //: [] of 3", "generate //: [\"a/z.lib\", \"y.lib\"] [\"rule r\"] [\"other.txt\"]"]
    );
}

#[test]
fn where_nobody_can_say_what_holds_nothing_is_done() {
    let dir = repo(&[
        ("a/BUILD", "# gazelle:directive_file gone\n"),
        ("a/b/x.lib", ""),
        ("c/BUILD", "# gazelle:generation_mode all\n"),
        ("c/x.lib", ""),
        ("d/BUILD", "# gazelle:map_kind lib other //:o.bzl\n# gazelle:map_kind other lib //:o.bzl\n"),
        ("d/x.lib", ""),
        ("e/x.lib", ""),
    ]);
    let found = outcome(&Options::new(dir.path()), &[&Lib::new()]);
    assert_eq!(
        shown(&found),
        format!(
            ">>> ROOT/e/BUILD.bazel\n{LOAD}\n{}\
             failure: //a: a/BUILD: directive file gone: No such file or directory (os error 2) (1 directories in it \
             were not looked at)\n\
             failure: //c: c/BUILD: directive `generation_mode all`: \"all\" is neither update_only nor \
             create_and_update\n\
             failure: //d: d: map_kind goes in a circle: lib -> other -> lib -> other\n",
            lib("x", "x.lib", "")
        )
    );
}

#[test]
fn a_language_gets_its_own_directives_and_others_are_warned_of() {
    let dir = repo(&[
        ("a/BUILD", "# gazelle:lib one\n# gazelle:directive_file d\n# gazelle:nonsense\n"),
        ("a/d", "lib two\n"),
    ]);
    let language = Lib::new();
    let found = outcome(&Options::new(dir.path()), &[&language]);
    assert_eq!(language.told()[0], "configure //a: [\"lib=one\", \"lib=two\"] of 3");
    let diagnostics: Vec<_> = found.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(diagnostics, ["a/BUILD: no language of this run knows the directive `nonsense`"]);
}
