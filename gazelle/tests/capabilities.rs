//! What extensions of Gazelle do that needs more than a directory's own files and rules: for each capability a small
//! language in the shape in which one of them does it.

mod support;

use dorcas_abi::{
    message::*,
    wire::{self, Bytes, Message, Wire},
};
use dorcas_gazelle::{Indexing as Index, Language, Measured, Options};
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Mutex;
use support::{Failed, attr, outcome, repo, shown};

/// A language that is made of functions. What it is told and says goes over the wire, as a guest's does.
struct Small {
    manifest: Manifest,
    has: &'static [&'static str],
    configure: fn(&ConfigureRequest) -> ConfigureResponse,
    fix: fn(&FixRequest) -> FixResponse,
    generate: fn(&GenerateRequest) -> GenerateResponse,
    imports: fn(&ImportsRequest) -> Vec<RuleImports>,
    resolve: fn(&ResolveRule, &[Lookup]) -> ResolvedRule,
    calls: Mutex<Vec<String>>,
}

/// The value as it arrives on the other side.
fn sent<T: Message + Wire + Serialize + DeserializeOwned>(value: &T) -> T {
    wire::decode(&wire::encode(value).expect("it has an encoding")).expect("it is well-formed")
}

impl Small {
    fn new(glob: &str, want: Want) -> Self {
        let kind = Kind {
            name: "lib".into(),
            non_empty_attrs: vec!["srcs".into()],
            mergeable_attrs: vec!["srcs".into()],
            resolve_attrs: vec!["deps".into()],
            ..Kind::default()
        };
        let load = LoadInfo { file: "//:lib.bzl".into(), symbols: vec!["lib".into()], ..LoadInfo::default() };
        Self {
            manifest: Manifest {
                kinds: vec![kind],
                loads: vec![load],
                inputs: vec![Input { glob: glob.into(), want }],
                ..Manifest::default()
            },
            has: &["imports", "resolve"],
            configure: |_| ConfigureResponse::default(),
            fix: |_| FixResponse::default(),
            generate: |_| GenerateResponse::default(),
            imports: |request| vec![RuleImports::default(); request.rules.len()],
            resolve: |_, _| ResolvedRule::default(),
            calls: Mutex::default(),
        }
    }

    fn call<T: Message + Wire + Serialize + DeserializeOwned>(
        &self,
        method: &str,
        rel: &str,
        answer: impl FnOnce() -> T,
    ) -> Measured<T> {
        self.calls.lock().unwrap().push(format!("{method} {rel}"));
        Ok::<T, Failed>(sent(&answer())).into()
    }

    fn calls(&self) -> Vec<String> {
        let mut calls = self.calls.lock().unwrap().clone();
        calls.sort();
        calls
    }
}

impl Language for Small {
    fn name(&self) -> &'static str {
        "small"
    }
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }
    fn has(&self, method: &str) -> bool {
        method == "generate_rules" || self.has.contains(&method)
    }
    fn configure(&self, request: &ConfigureRequest) -> Measured<ConfigureResponse> {
        self.call("configure", &request.rel, || (self.configure)(&sent(request)))
    }
    fn fix(&self, request: &FixRequest) -> Measured<FixResponse> {
        self.call("fix", &request.rel, || (self.fix)(&sent(request)))
    }
    fn generate(&self, request: &GenerateRequest) -> Measured<GenerateResponse> {
        self.call("generate_rules", &request.rel, || (self.generate)(&sent(request)))
    }
    fn imports(&self, request: &ImportsRequest) -> Measured<ImportsResponse> {
        self.call("imports", &request.rel, || ImportsResponse { rules: (self.imports)(&sent(request)) })
    }
    fn resolve(&self, request: &ResolveRequest) -> Measured<ResolveResponse> {
        self.call("resolve", &request.rel, || {
            let request = sent(request);
            let rules = request.rules.iter().map(|rule| (self.resolve)(rule, &request.found)).collect();
            ResolveResponse::Resolved { rules, diagnostics: Vec::new() }
        })
    }
    fn find(&self, _: &FindRequest) -> Measured<FindResponse> {
        unreachable!("it says that it has no `find`")
    }
}

fn import(imp: &str) -> ImportSpec {
    ImportSpec { lang: "small".into(), imp: imp.into() }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A `lib` for the files of a directory, whose lines are `provides X` and `needs Y`; the note has what it provides.
fn lib(request: &GenerateRequest) -> GenerateResponse {
    if request.files.is_empty() {
        return GenerateResponse::default();
    }
    let all: String = request.files.iter().map(content).collect();
    let of = |word: &str| -> Vec<&str> { all.lines().filter_map(|line| line.strip_prefix(word)).collect() };
    let rule = Rule {
        kind: "lib".into(),
        name: format!("{}_lib", request.rel.replace('/', "_")),
        attrs: vec![attr("srcs", Value::Strings(request.files.iter().map(|file| file.name.clone()).collect()))],
        ..Rule::default()
    };
    let mut imports: Vec<_> = of("needs ").into_iter().map(import).collect();
    imports.sort();
    let packages = of("provides ");
    let note = Bytes::from(packages.join(" ").as_bytes());
    let private = vec![attr("_packages", Value::Int(i64::try_from(packages.len()).unwrap()))];
    GenerateResponse { rules: vec![GeneratedRule { rule, private, imports, note }], ..GenerateResponse::default() }
}

fn content(file: &File) -> String {
    if let FileData::Content(content) = &file.data { text(content) } else { String::new() }
}

/// Each import by the first label that provides it, with its origin and payload in a comment.
fn deps(rule: &ResolveRule, found: &[Lookup]) -> ResolvedRule {
    let mut labels = Vec::new();
    let mut comments = Vec::new();
    for import in &rule.imports {
        let answer = found.iter().find(|answer| answer.query.import == *import).expect("each import has an answer");
        let Some(first) = answer.matches.first() else { continue };
        labels.push(first.label.clone());
        comments.push(format!("# {}: {:?} {}", import.imp, answer.origin, text(&first.payload)));
    }
    let deps = Attr { name: "told".into(), value: Value::Strings(labels), comments };
    ResolvedRule { set: vec![deps], delete: Vec::new() }
}

/// `rules_jvm`: the packages that Java sources declare are known when rules are generated, and told by `imports`.
#[test]
fn packages_that_sources_declare_are_told_by_imports() {
    let java = Small {
        generate: lib,
        imports: |request| {
            let of = |told: &ImportsRule| {
                let imports: Vec<_> = text(&told.note).split_whitespace().map(import).collect();
                let count = Value::Int(imports.len().try_into().unwrap());
                assert_eq!(told.private.iter().map(|attr| &attr.value).next(), Some(&count));
                let payload = Bytes::from(format!("{} packages", imports.len()).as_bytes());
                RuleImports { importable: true, imports, payload, ..RuleImports::default() }
            };
            request.rules.iter().map(of).collect()
        },
        resolve: deps,
        ..Small::new("*.java", Want::Content)
    };
    let dir = repo(&[
        ("a/A.java", "provides com.a\nprovides com.a.inner\n"),
        ("b/B.java", "needs com.a.inner\nneeds com.none\n"),
        ("MODULE.bazel", "module(name = \"own\")\n"),
    ]);
    let printed = shown(&outcome(&Options::new(dir.path()), &[&java]));
    assert!(printed.contains("    # com.a.inner: Index 2 packages\n    told = [\"//a:a_lib\"],\n"), "{printed}");
}

/// `gazelle_cc`: all rules of the file are seen in `imports`; aspect's js: files are, in directories that are only indexed too.
#[test]
fn imports_sees_other_rules_and_files() {
    let cc = Small {
        manifest: Manifest {
            imports_inputs: vec![Input { glob: "*.h".into(), want: Want::Content }],
            ..Small::new("*.cc", Want::Content).manifest
        },
        generate: lib,
        imports: |request| {
            let headers = request.files.iter().map(|file| import(&format!("{}/{}", request.rel, file.name)));
            let mut imports: Vec<_> = headers.collect();
            let of_macros = request.other_rules.iter().filter(|rule| rule.kind == "cc_macro");
            imports.extend(of_macros.map(|rule| import(&rule.name)));
            imports.sort();
            vec![RuleImports { importable: true, imports, ..RuleImports::default() }; request.rules.len()]
        },
        resolve: deps,
        ..Small::new("*.cc", Want::Content)
    };
    let old = "load(\"//:lib.bzl\", \"lib\")\n\nlib(\n    name = \"old\",\n    srcs = [\"a.h\"],\n)\n\ncc_macro(name = \"made\")\n";
    let dir =
        repo(&[("a/BUILD.bazel", old), ("a/a.h", ""), ("b/b.cc", "needs a/a.h\nneeds made\n"), ("MODULE.bazel", "")]);
    // Of `a` the rules are in the index alone.
    let options = Options { dirs: vec![dir.path().join("b")], ..Options::new(dir.path()) };
    let printed = shown(&outcome(&options, &[&cc]));
    assert!(printed.contains("    told = [\n        \"//a:old\",\n        \"//a:old\",\n    ],\n"), "{printed}");
}

/// `rules_python` and `rules_jvm`: a lock file has what can be imported from other repositories; a directory below has its own.
fn locked(request: &ConfigureRequest) -> ConfigureResponse {
    let lines = request.files.iter().flat_map(|file| content(file).lines().map(String::from).collect::<Vec<_>>());
    let of = |line: String| {
        let (imp, label) = line.split_once(' ').unwrap();
        Provided { import: import(imp), label: label.into(), payload: Bytes::from("locked") }
    };
    ConfigureResponse { provided: lines.map(of).collect(), ..ConfigureResponse::default() }
}

fn python() -> Small {
    Small {
        manifest: Manifest {
            configure_inputs: vec![Input { glob: "lock".into(), want: Want::Content }],
            ..Small::new("*.py", Want::Content).manifest
        },
        has: &["configure", "imports", "resolve"],
        configure: locked,
        generate: lib,
        imports: |request| {
            let of = |told: &ImportsRule| RuleImports {
                importable: true,
                imports: text(&told.note).split_whitespace().map(import).collect(),
                ..RuleImports::default()
            };
            request.rules.iter().map(of).collect()
        },
        resolve: deps,
        ..Small::new("*.py", Want::Content)
    }
}

#[test]
fn a_lock_file_is_read_once_and_costs_nothing_where_it_is_not_asked() {
    let python = python();
    let dir = repo(&[
        ("lock", "attr @pip//attrs\nboth @pip//both\nnumpy @pip//numpy:pkg\n"),
        ("a/a.py", "needs numpy\nneeds both\nneeds nothing\n"),
        ("b/lock", "numpy @old_pip//numpy\n"),
        ("b/c/c.py", "needs attr\nneeds numpy\n"),
        ("d/d.py", "provides both\n"),
        ("MODULE.bazel", "module(name = \"own\")\n"),
    ]);
    let printed = shown(&outcome(&Options::new(dir.path()), &[&python]));
    // A rule goes before the lock file.
    let a = "    # both: Index\n    # numpy: Configure locked\n    told = [\n        \"//d:d_lib\",\n        \"@pip//numpy:pkg\",\n    ],\n";
    assert!(printed.contains(a), "{printed}");
    // The nearest lock file goes before the others, import by import.
    let c = "    # attr: Configure locked\n    # numpy: Configure locked\n    told = [\n        \"@pip//attrs:attrs\",\n        \"@old_pip//numpy:numpy\",\n    ],\n";
    assert!(printed.contains(c), "{printed}");
}

/// The requests of a run with a large lock file have no byte more than those of a run with an empty one, but for that of the root.
#[test]
fn a_large_lock_file_is_in_one_request() {
    let bytes = |lock: &str| {
        let dir = repo(&[("lock", lock), ("a/a.py", "needs m7\n"), ("b/b.py", "needs m7\n"), ("MODULE.bazel", "")]);
        let python = python();
        let outcome = outcome(&Options::new(dir.path()), &[&python]);
        (shown(&outcome).matches("@pip//m7:m7").count(), outcome.failures.len())
    };
    let mut lines: Vec<_> = (0..20_000).map(|n| format!("m{n} @pip//m{n}\n")).collect();
    lines.sort();
    assert_eq!(bytes(&lines.concat()), (2, 0));
    assert_eq!(bytes(""), (0, 0));
}

/// aspect-gazelle's js: a source file can be imported though no rule of that name stands for it.
#[test]
fn what_generate_rules_provides_is_in_the_index() {
    let js = Small {
        generate: |request| {
            let file = |file: &File| Provided {
                import: import(&format!("{}/{}", request.rel, file.name)),
                label: format!("//{}:{}", request.rel, file.name),
                payload: Bytes::from("file"),
            };
            GenerateResponse { provided: request.files.iter().map(file).collect(), ..lib(request) }
        },
        resolve: deps,
        ..Small::new("*.js", Want::Content)
    };
    let dir = repo(&[("a/a.js", ""), ("b/b.js", "needs a/a.js\n"), ("MODULE.bazel", "module(name = \"own\")\n")]);
    let printed = shown(&outcome(&Options::new(dir.path()), &[&js]));
    assert!(printed.contains("    # a/a.js: Index file\n    told = [\"//a:a.js\"],\n"), "{printed}");
    let none = Options { indexing: Index::None, ..Options::new(dir.path()) };
    let printed = shown(&outcome(&none, &[&js]));
    assert!(!printed.contains("//a:a.js"), "{printed}");
}

/// `rules_python` in project mode, `rules_swift`: a parent is made of what the directories in it have said.
fn parent() -> Small {
    Small {
        has: &[],
        generate: |request| {
            let own = request.files.iter().map(|file| format!("{}/{}", request.rel, file.name));
            let below = request
                .children
                .iter()
                .map(|child| if child.failed { format!("{} failed", child.name) } else { text(&child.summary) });
            let all = own.chain(below).collect::<Vec<_>>().join(" ");
            let summary = Bytes::from(all.as_bytes());
            if !request.rel.is_empty() {
                return GenerateResponse { summary, ..GenerateResponse::default() };
            }
            let srcs = attr("srcs", Value::Strings(all.split(' ').map(String::from).collect()));
            let rule = Rule { kind: "lib".into(), name: "all".into(), attrs: vec![srcs], ..Rule::default() };
            GenerateResponse { rules: vec![GeneratedRule { rule, ..GeneratedRule::default() }], ..Default::default() }
        },
        ..Small::new("*.swift", Want::Name)
    }
}

#[test]
fn a_parent_is_made_of_its_childrens_summaries() {
    let dir = repo(&[
        ("a/x.swift", ""),
        ("a/b/y.swift", ""),
        ("a/c/z.swift", ""),
        ("empty/.keep", ""),
        ("d/e/f/w.swift", ""),
        ("MODULE.bazel", ""),
    ]);
    let expected = "    srcs = [\n        \"a/b/y.swift\",\n        \"a/c/z.swift\",\n        \"a/x.swift\",\n        \"d/e/f/w.swift\",\n    ],\n";
    for threads in [1, 2, 8] {
        for stateful in [false, true] {
            let mut parent = parent();
            parent.manifest.stateful = stateful;
            let printed = shown(&outcome(&Options { threads, ..Options::new(dir.path()) }, &[&parent]));
            assert!(printed.contains(expected), "{threads} {stateful}: {printed}");
        }
    }
}

#[test]
fn a_parent_is_told_that_a_child_has_failed() {
    let dir = repo(&[("a/BUILD.bazel", "broken("), ("b/x.swift", ""), ("MODULE.bazel", "")]);
    let printed = shown(&outcome(&Options::new(dir.path()), &[&parent()]));
    assert!(printed.contains("        \"a\",\n        \"b/x.swift\",\n        \"failed\",\n"), "{printed}");
}

/// Most directories have nothing for most languages.
#[test]
fn a_quiet_language_is_asked_where_something_concerns_it() {
    let files = [
        ("a/x.small", ""),
        ("b/BUILD.bazel", "# gazelle:small on\n"),
        ("c/BUILD.bazel", "lib(name = \"x\")\n"),
        ("d/other", ""),
        ("e/f/g/other", ""),
        ("h/i/x.small", ""),
        ("MODULE.bazel", ""),
    ];
    let dir = repo(&files);
    let small = |quiet| {
        let mut small = Small {
            has: &["configure", "fix", "imports"],
            configure: |request| ConfigureResponse {
                state: if request.rel.is_empty() { Bytes::from("root") } else { request.parent.clone() },
                ..ConfigureResponse::default()
            },
            generate: |request| {
                assert_eq!(text(&request.state), "root");
                lib(request)
            },
            ..Small::new("*.small", Want::Content)
        };
        small.manifest.directives = vec![DirectiveInfo { name: "small".into(), help: String::new() }];
        small.manifest.quiet = quiet;
        small
    };
    let (loud, quiet) = (small(false), small(true));
    assert_eq!(
        shown(&outcome(&Options::new(dir.path()), &[&loud])),
        shown(&outcome(&Options::new(dir.path()), &[&quiet]))
    );
    assert_eq!(
        quiet.calls(),
        [
            "configure ",
            "configure a",
            "configure b",
            "configure c",
            "configure h/i",
            "fix b",
            "fix c",
            "generate_rules a",
            "generate_rules b",
            "generate_rules c",
            "generate_rules h/i",
            "imports a",
            "imports c",
            "imports h/i",
        ]
    );
    assert!(loud.calls().len() > 20, "{:?}", loud.calls());
}

/// A parent with nothing of its own is asked where a directory in it has said something.
#[test]
fn a_quiet_language_is_asked_about_summaries() {
    let dir = repo(&[("a/b/x.swift", ""), ("c/other", ""), ("MODULE.bazel", "")]);
    let mut parent = parent();
    parent.manifest.quiet = true;
    let printed = shown(&outcome(&Options::new(dir.path()), &[&parent]));
    assert!(printed.contains("srcs = [\"a/b/x.swift\"]"), "{printed}");
    assert_eq!(parent.calls(), ["generate_rules ", "generate_rules a", "generate_rules a/b"]);
}

/// `rules_python` names a library after the root folder, bzl and cc look at the index mode.
#[test]
fn the_root_directory_is_told_of_the_run() {
    let small = Small {
        has: &["configure"],
        configure: |request| {
            let Some(run) = &request.run else {
                return ConfigureResponse { state: request.parent.clone(), ..Default::default() };
            };
            let state = format!("{} {:?} {}", run.root_name, run.indexing, run.build_file_names.join("+"));
            ConfigureResponse { state: Bytes::from(state.as_bytes()), ..ConfigureResponse::default() }
        },
        generate: |request| {
            let srcs = attr("srcs", Value::Strings(vec![text(&request.state)]));
            let rule = Rule { kind: "lib".into(), name: "all".into(), attrs: vec![srcs], ..Rule::default() };
            GenerateResponse { rules: vec![GeneratedRule { rule, ..GeneratedRule::default() }], ..Default::default() }
        },
        ..Small::new("*", Want::Name)
    };
    let dir = repo(&[("checkout/MODULE.bazel", "")]);
    let options = Options {
        build_file_names: vec!["BUILD.here".into(), "BUILD".into()],
        indexing: Index::Lazy,
        ..Options::new(dir.path().join("checkout"))
    };
    let printed = shown(&outcome(&options, &[&small]));
    assert!(printed.contains("srcs = [\"checkout Lazy BUILD.here+BUILD\"]"), "{printed}");
}

/// Seven extensions look at the kind as it is written: a macro has other attributes than the rule.
#[test]
fn a_rule_has_the_kind_as_it_is_written_too() {
    let small = Small {
        has: &[],
        generate: |request| {
            let rules = request.build_file.iter().flat_map(|file| &file.rules);
            let written = rules.map(|rule| format!("{} {:?}", rule.kind, rule.written)).collect();
            let rule = Rule {
                kind: "lib".into(),
                name: "all".into(),
                attrs: vec![attr("srcs", Value::Strings(written))],
                ..Rule::default()
            };
            GenerateResponse { rules: vec![GeneratedRule { rule, ..GeneratedRule::default() }], ..Default::default() }
        },
        ..Small::new("*", Want::Name)
    };
    let build = "# gazelle:alias_kind my_macro lib\nlib(name = \"a\")\nmy_macro(name = \"b\")\nother(name = \"c\")\n";
    let dir = repo(&[("BUILD.bazel", build), ("MODULE.bazel", "")]);
    let printed = shown(&outcome(&Options::new(dir.path()), &[&small]));
    let srcs = "        \"lib None\",\n        \"lib Some(\\\"my_macro\\\")\",\n        \"other None\",\n";
    assert!(printed.contains(srcs), "{printed}");
}

/// A warning has a line though the request has none.
#[test]
fn the_host_finds_the_lines_of_diagnostics() {
    fn about(message: &str, file: Option<&str>, position: Position) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, message: message.into(), file: file.map(Into::into), position }
    }
    let mut small = Small {
        has: &["configure", "fix"],
        configure: |request| ConfigureResponse {
            diagnostics: if request.directives.is_empty() {
                Vec::new()
            } else {
                vec![
                    about("second of mine", None, Position::DirectiveIndex(1)),
                    about("none", None, Position::DirectiveIndex(9)),
                ]
            },
            ..ConfigureResponse::default()
        },
        fix: |_| FixResponse {
            diagnostics: vec![about("second rule", None, Position::RuleIndex(1))],
            ..FixResponse::default()
        },
        generate: |request| GenerateResponse {
            diagnostics: request
                .files
                .iter()
                .flat_map(|file| {
                    [0, 1, 7]
                        .map(|index| about(&format!("match {index}"), Some(&file.name), Position::MatchIndex(index)))
                })
                .collect(),
            ..GenerateResponse::default()
        },
        ..Small::new("*.x", Want::Matches(vec!["#[^\n]*".into(), r"\s*use (\w+)".into()]))
    };
    small.manifest.directives = vec![DirectiveInfo { name: "small".into(), help: String::new() }];
    let build = "# gazelle:small a\n# gazelle:exclude none\n\n# gazelle:small b\n\nlib(name = \"a\")\n\nlib(\n    name = \"b\",\n)\n";
    let source = "# use nothing\nuse one\n# use nothing\n\n\n   use two\n";
    let dir = repo(&[("p/BUILD.bazel", build), ("p/a.x", source), ("MODULE.bazel", "")]);
    let outcome = outcome(&Options::new(dir.path()), &[&small]);
    let mut said: Vec<_> =
        outcome.diagnostics.iter().map(|found| format!("{}:{:?} {}", found.path, found.line, found.message)).collect();
    said.sort();
    assert_eq!(
        said,
        [
            "p/BUILD.bazel:None none",
            "p/BUILD.bazel:Some(4) second of mine",
            "p/BUILD.bazel:Some(8) second rule",
            "p/a.x:None match 7",
            "p/a.x:Some(2) match 0",
            "p/a.x:Some(6) match 1",
        ]
    );
}

/// `host.labels`: whatever the repository is called, a label of it has one form.
#[test]
fn labels_that_a_language_is_told_have_one_form() {
    let small = Small {
        generate: lib,
        imports: |request| {
            let of = |told: &ImportsRule| RuleImports {
                importable: true,
                imports: text(&told.note).split_whitespace().map(import).collect(),
                embeds: vec![":embedded".into()],
                ..RuleImports::default()
            };
            request.rules.iter().map(of).collect()
        },
        resolve: |rule, found| {
            let mut told: Vec<_> = found.iter().filter_map(|answer| answer.override_label.clone()).collect();
            for one in found.iter().flat_map(|answer| &answer.matches) {
                told.push(format!("{} {}", one.label, one.embeds.join(" ")));
            }
            let told = if rule.imports.is_empty() { Vec::new() } else { told };
            ResolvedRule { set: vec![attr("told", Value::Strings(told))], delete: Vec::new() }
        },
        ..Small::new("*.x", Want::Content)
    };
    let expected =
        "    told = [\n        \"//q:set\",\n        \"@other//r:r\",\n        \"//a:a_lib //a:embedded\",\n    ],\n";
    for module in ["", "module(name = \"own\")\n", "module(name = \"own\", repo_name = \"me\")\n"] {
        let directives = "# gazelle:resolve small set :set\n# gazelle:resolve small there @other//r\n";
        let dir = repo(&[
            ("MODULE.bazel", module),
            ("a/a.x", "provides a\n"),
            ("q/BUILD.bazel", directives),
            ("q/q.x", "needs a\nneeds set\nneeds there\n"),
        ]);
        let outcome = outcome(&Options::new(dir.path()), &[&small]);
        let printed = shown(&outcome);
        let (mut lines, mut want): (Vec<_>, Vec<_>) = (printed.lines().collect(), expected.lines().collect());
        lines.sort_unstable();
        want.sort_unstable();
        assert!(want.iter().all(|line| lines.contains(line)), "{module}: {printed}");
    }
}
