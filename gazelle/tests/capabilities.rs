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
    setup: fn(&SetupRequest) -> Catalogue,
    scan: fn(&ScanRequest) -> Result<ScanResponse, &'static str>,
    finish: fn(&FinishRequest) -> Result<FinishResponse, &'static str>,
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
                inputs: vec![Input { glob: glob.into(), want, methods: Methods::GENERATE_RULES, ..Input::default() }],
                ..Manifest::default()
            },
            has: &["imports", "resolve"],
            configure: |_| ConfigureResponse::default(),
            fix: |_| FixResponse::default(),
            setup: |_| Catalogue::default(),
            scan: |_| Ok(ScanResponse::default()),
            finish: |_| Ok(FinishResponse::default()),
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
    fn setup(&self, request: &SetupRequest) -> Measured<Catalogue> {
        self.call("setup", "", || (self.setup)(&sent(request)))
    }
    fn scan(&self, request: &ScanRequest) -> Measured<ScanResponse> {
        match (self.scan)(&sent(request)) {
            Ok(response) => self.call("scan", &request.name, || response),
            Err(message) => {
                self.calls.lock().unwrap().push(format!("scan {}", request.name));
                Err(Failed::from(message)).into()
            }
        }
    }
    fn finish(&self, request: &FinishRequest) -> Measured<FinishResponse> {
        match (self.finish)(&sent(request)) {
            Ok(response) => self.call("finish", "", || response),
            Err(message) => Err(Failed::from(message)).into(),
        }
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

/// The manifest of a language that is told the content of its sources, and of another input.
fn with_input(sources: &str, input: Input) -> Manifest {
    let mut manifest = Small::new(sources, Want::Content).manifest;
    manifest.inputs.push(input);
    manifest
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
        manifest: with_input(
            "*.cc",
            Input { glob: "*.h".into(), want: Want::Content, methods: Methods::IMPORTS, ..Input::default() },
        ),
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
        manifest: with_input(
            "*.py",
            Input { glob: "lock".into(), want: Want::Content, methods: Methods::CONFIGURE, ..Input::default() },
        ),
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

/// An input of a language that looks at files itself.
fn scanned(glob: &str, reach: Reach, methods: Methods) -> Input {
    Input { glob: glob.into(), reach, want: Want::Scan, methods }
}

/// What stands in a file's lines, and a complaint about each `odd` one.
fn facts(request: &ScanRequest) -> Result<ScanResponse, &'static str> {
    let content = text(&request.content);
    if content.contains("unreadable") {
        return Err("it makes no sense");
    }
    let odd = content.match_indices("odd").map(|(at, _)| Diagnostic {
        severity: Severity::Warning,
        message: "it is odd".into(),
        file: Some(request.name.clone()),
        position: Position::Offset(u32::try_from(at).unwrap()),
    });
    Ok(ScanResponse { facts: Bytes::from(content.to_uppercase().as_bytes()), diagnostics: odd.collect() })
}

/// What a language was told of files, one in a line.
fn told(files: &[File]) -> Vec<String> {
    let of = |file: &File| match &file.data {
        FileData::Facts(facts) => format!("{}: {}", file.name, text(facts).trim()),
        FileData::Content(content) => format!("{}= {}", file.name, text(content).trim()),
        FileData::Failed => format!("{} failed", file.name),
        _ => file.name.clone(),
    };
    files.iter().map(of).collect()
}

/// A rule that has what was told of files.
fn rule_of(told: Vec<String>) -> GenerateResponse {
    let rule = Rule {
        kind: "lib".into(),
        name: "all".into(),
        attrs: vec![attr("told", Value::Strings(told))],
        ..Rule::default()
    };
    GenerateResponse { rules: vec![GeneratedRule { rule, ..GeneratedRule::default() }], ..GenerateResponse::default() }
}

/// aspect-gazelle's cache: a source is parsed once, whichever methods want to know of it.
fn scanner() -> Small {
    let both = Methods { imports: true, ..Methods::GENERATE_RULES };
    Small {
        manifest: Manifest {
            inputs: vec![scanned("*.x", Reach::Here, both)],
            ..Small::new("*.x", Want::Scan).manifest
        },
        has: &["scan", "imports"],
        scan: facts,
        generate: |request| rule_of(told(&request.files)),
        imports: |request| {
            assert!(request.files.iter().all(|file| matches!(file.data, FileData::Facts(_) | FileData::Failed)));
            vec![RuleImports::default(); request.rules.len()]
        },
        ..Small::new("*.x", Want::Scan)
    }
}

#[test]
fn a_file_is_scanned_once() {
    let dir = repo(&[
        ("a/one.x", "same"),
        ("b/one.x", "same"),
        ("b/two.x", "same"),
        ("b/three.x", "other odd\nodd"),
        ("b/four.x", "unreadable"),
        ("c/four.x", "unreadable"),
        ("MODULE.bazel", ""),
    ]);
    let mut printed = Vec::new();
    for threads in [1, 2, 8] {
        let small = scanner();
        let options = Options { threads, ..Options::new(dir.path()) };
        let outcome = outcome(&options, &[&small]);
        let scans: Vec<_> = small.calls().into_iter().filter(|call| call.starts_with("scan")).collect();
        assert_eq!(scans, ["scan four.x", "scan one.x", "scan three.x", "scan two.x"]);
        assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
        printed.push(shown(&outcome));
        let said: Vec<_> = outcome
            .diagnostics
            .iter()
            .map(|one| format!("{:?} {}:{:?} {}", one.severity, one.path, one.line, one.message))
            .collect();
        assert_eq!(
            said,
            [
                "Error b/four.x:None scan: it makes no sense",
                "Warning b/three.x:Some(1) it is odd",
                "Warning b/three.x:Some(2) it is odd",
                "Error c/four.x:None scan: it makes no sense",
            ]
        );
    }
    assert!(
        printed[0].contains("    told = [\n        \"four.x failed\",\n        \"one.x: SAME\",\n"),
        "{}",
        printed[0]
    );
    assert!(printed.iter().all(|one| *one == printed[0]));
}

/// Whatever is to be scanned in a directory with many files, several threads do it, and none comes to an end of its stack.
#[test]
fn many_directories_with_many_files() {
    let files: Vec<_> = (0..40)
        .flat_map(|dir| (0..30).map(move |file| (format!("d{dir}/f{file}.x"), format!("{dir} {file}"))))
        .chain([("MODULE.bazel".to_owned(), String::new())])
        .collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let dir = repo(&files);
    let run = |threads| {
        let small = scanner();
        let options = Options { threads, ..Options::new(dir.path()) };
        let printed = shown(&outcome(&options, &[&small]));
        (printed, small.calls())
    };
    let one = run(1);
    assert_eq!(one.1.iter().filter(|call| call.starts_with("scan")).count(), 1_200);
    assert!(one == run(2) && one == run(8));
}

/// A language with a memory sees each scan, one after the other.
#[test]
fn a_stateful_language_scans_in_order() {
    let dir = repo(&[("a/b.x", "one"), ("a/a.x", "two"), ("c/a.x", "three"), ("MODULE.bazel", "")]);
    let mut small = scanner();
    small.manifest.stateful = true;
    outcome(&Options { threads: 8, ..Options::new(dir.path()) }, &[&small]);
    let calls = small.calls.lock().unwrap().clone();
    let expected =
        ["scan a.x", "scan b.x", "generate_rules a", "imports a", "scan a.x", "generate_rules c", "imports c"];
    assert_eq!(calls[..7], expected);
}

#[test]
fn an_input_that_wants_a_scan_needs_one() {
    let dir = repo(&[("a/a.x", ""), ("MODULE.bazel", "")]);
    let small = Small { has: &["imports"], ..scanner() };
    let error = dorcas_gazelle::run(&Options::new(dir.path()), &[&small], &()).unwrap_err().to_string();
    assert!(error.ends_with("an input wants `Scan`, and there is no export `scan` (manifest.scan)"), "{error}");
}

#[test]
fn a_scan_says_nothing_of_other_files() {
    let dir = repo(&[("a/a.x", "odd"), ("MODULE.bazel", "")]);
    let small = Small {
        scan: |request| {
            let mut response = facts(request)?;
            response.diagnostics[0].file = Some("b.x".into());
            Ok(response)
        },
        ..scanner()
    };
    let outcome = outcome(&Options::new(dir.path()), &[&small]);
    assert!(outcome.diagnostics[0].message.ends_with("(scan.file)"), "{:?}", outcome.diagnostics);
    assert!(shown(&outcome).contains("\"a.x failed\""));
}

/// tsconfig.json with `extends`: the one of the directory goes before those above it.
#[test]
fn files_of_directories_above_are_told_the_nearest_first() {
    let small = Small {
        manifest: with_input(
            "*.ts",
            Input {
                glob: "tsconfig*.json".into(),
                reach: Reach::Above,
                want: Want::Content,
                methods: Methods { configure: true, ..Methods::GENERATE_RULES },
            },
        ),
        has: &["configure"],
        configure: |request| {
            let state = told(&request.above).join(" ");
            ConfigureResponse { state: Bytes::from(state.as_bytes()), ..ConfigureResponse::default() }
        },
        generate: |request| {
            if request.files.is_empty() {
                return GenerateResponse::default();
            }
            assert_eq!(text(&request.state), told(&request.above).join(" "));
            rule_of(told(&request.above))
        },
        ..Small::new("*.ts", Want::Content)
    };
    let dir = repo(&[
        ("tsconfig.base.json", "base"),
        ("a/tsconfig.json", "../tsconfig.base.json"),
        ("a/b/c/tsconfig.json", "c"),
        ("a/b/c/x.ts", ""),
        ("d/tsconfig.json", "d"),
        ("MODULE.bazel", ""),
    ]);
    let printed = shown(&outcome(&Options::new(dir.path()), &[&small]));
    let told_of = "    told = [\n        \"a/b/c/tsconfig.json= c\",\n        \"a/tsconfig.json= ../tsconfig.base.json\",\n        \"tsconfig.base.json= base\",\n    ],\n";
    assert!(printed.contains(told_of), "{printed}");
    // The same when no other directory is updated or in the index.
    let options = Options { dirs: vec![dir.path().join("a/b/c")], indexing: Index::None, ..Options::new(dir.path()) };
    assert!(shown(&outcome(&options, &[&small])).contains(told_of));
}

/// `rules_python` in project mode: one target of all files below, whether or not they are in packages of their own; and what the
/// root has is told everywhere.
fn project() -> Small {
    Small {
        manifest: with_input(
            "none",
            Input {
                glob: "gazelle_python.yaml".into(),
                reach: Reach::Root,
                want: Want::Content,
                methods: Methods::GENERATE_RULES,
            },
        ),
        has: &["scan"],
        scan: facts,
        generate: |request| match &request.build_file {
            Some(file) if !file.directives.is_empty() => {
                rule_of(told(&request.above).into_iter().chain(told(&request.files)).collect())
            }
            _ => GenerateResponse::default(),
        },
        ..Small::new("none", Want::Name)
    }
}

#[test]
fn files_of_directories_below_are_told_across_packages() {
    let mut small = project();
    small.manifest.inputs.push(scanned("**/*.py", Reach::Below, Methods::GENERATE_RULES));
    let dir = repo(&[
        ("gazelle_python.yaml", "yaml"),
        ("p/BUILD.bazel", "# gazelle:exclude out\n"),
        ("p/z.py", "z"),
        ("p/q/BUILD.bazel", ""),
        ("p/q/y.py", "y"),
        ("p/q/r/s/x.py", "x"),
        ("p/q/r/other", ""),
        ("p/out/w.py", ""),
        ("pp/v.py", ""),
        ("MODULE.bazel", ""),
    ]);
    let expected = "    told = [\n        \"gazelle_python.yaml= yaml\",\n        \"q/r/s/x.py: X\",\n        \"q/y.py: Y\",\n        \"z.py: Z\",\n    ],\n";
    for (dirs, recursive, indexing) in [
        (vec![], true, Index::All),
        (vec!["p"], true, Index::None),
        (vec!["p"], false, Index::None),
        (vec!["p"], false, Index::Lazy),
    ] {
        let dirs = dirs.into_iter().map(|name| dir.path().join(name)).collect();
        let options = Options { dirs, recursive, indexing, ..Options::new(dir.path()) };
        let printed = shown(&outcome(&options, &[&small]));
        assert!(printed.contains(expected), "{recursive} {indexing:?}: {printed}");
    }
}

/// A quiet language is asked where one of its inputs reaches something.
#[test]
fn a_quiet_language_is_asked_about_what_its_inputs_reach() {
    let mut small = project();
    small.manifest.inputs.push(scanned("**/*.py", Reach::Below, Methods::GENERATE_RULES));
    small.manifest.quiet = true;
    let dir = repo(&[("a/b/c/x.py", ""), ("a/d/e", ""), ("f/gazelle_python.yaml", ""), ("MODULE.bazel", "")]);
    outcome(&Options::new(dir.path()), &[&small]);
    assert_eq!(
        small.calls(),
        ["generate_rules ", "generate_rules a", "generate_rules a/b", "generate_rules a/b/c", "scan x.py"]
    );
}

/// `rules_jvm` and orion: kinds and loads depend on flags and on a file of the root.
fn orion() -> Small {
    Small {
        manifest: Manifest {
            inputs: vec![Input {
                glob: "kinds.txt".into(),
                reach: Reach::Root,
                want: Want::Content,
                methods: Methods::SETUP,
            }],
            flags: vec![Flag { name: "prefix".into(), ty: FlagType::String, ..Flag::default() }],
            ..Manifest::default()
        },
        has: &["setup"],
        setup: |request| {
            let prefix = &request.run.flags[0].value;
            let kinds: Vec<String> = request
                .files
                .iter()
                .flat_map(|file| content(file).lines().map(String::from).collect::<Vec<_>>())
                .collect();
            let kind = |name: &String| Kind {
                name: format!("{prefix}{name}"),
                non_empty_attrs: vec!["srcs".into()],
                mergeable_attrs: vec!["srcs".into()],
                ..Kind::default()
            };
            let kinds: Vec<_> = kinds.iter().map(kind).collect();
            let symbols = kinds.iter().map(|kind| kind.name.clone()).collect();
            Catalogue {
                kinds,
                loads: vec![LoadInfo { file: "//:orion.bzl".into(), symbols, ..LoadInfo::default() }],
                directives: vec![DirectiveInfo { name: "orion".into(), help: String::new() }],
                inputs: vec![Input { glob: "*.o".into(), methods: Methods::GENERATE_RULES, ..Input::default() }],
                diagnostics: vec![Diagnostic { message: "set up".into(), ..Diagnostic::default() }],
            }
        },
        generate: |request| {
            let rule = |file: &File| Rule {
                kind: format!("my_{}", file.name.trim_end_matches(".o")),
                name: file.name.clone(),
                attrs: vec![attr("srcs", Value::Strings(vec![file.name.clone()]))],
                ..Rule::default()
            };
            let rules = request.files.iter().map(rule);
            GenerateResponse {
                rules: rules.map(|rule| GeneratedRule { rule, ..GeneratedRule::default() }).collect(),
                ..GenerateResponse::default()
            }
        },
        ..Small::new("none", Want::Name)
    }
}

#[test]
fn kinds_and_loads_depend_on_flags_and_root_files() {
    let orion = orion();
    let dir = repo(&[
        ("kinds.txt", "one\ntwo\n"),
        ("a/BUILD.bazel", "# gazelle:orion x\n\nmy_two(\n    name = \"old\",\n    srcs = [\"two.o\"],\n)\n"),
        ("a/one.o", ""),
        ("MODULE.bazel", ""),
    ]);
    let options = Options { flags: vec![("prefix".into(), "my_".into())], ..Options::new(dir.path()) };
    let outcome_of = outcome(&options, &[&orion]);
    let printed = shown(&outcome_of);
    assert!(printed.contains("load(\"//:orion.bzl\", \"my_one\""), "{printed}");
    assert!(printed.contains("my_one(\n    name = \"one.o\",\n    srcs = [\"one.o\"],\n)\n"), "{printed}");
    let said: Vec<_> = outcome_of.diagnostics.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(said, ["set up"], "the directive is known, and there is one setup");
    assert_eq!(orion.calls().iter().filter(|call| call.starts_with("setup")).count(), 1);
    // A kind that setup didn't name is none.
    let options = Options { flags: vec![("prefix".into(), "other_".into())], ..Options::new(dir.path()) };
    let failure = outcome(&options, &[&orion]).failures[0].to_string();
    assert!(failure.ends_with("(generate_rules.kinds)"), "{failure}");
}

#[test]
fn a_catalogue_keeps_the_clauses_of_a_manifest() {
    let dir = repo(&[("MODULE.bazel", "")]);
    let orion = Small {
        setup: |_| Catalogue {
            directives: vec![DirectiveInfo { name: "not-one".into(), help: String::new() }],
            ..Catalogue::default()
        },
        ..orion()
    };
    let error = dorcas_gazelle::run(&Options::new(dir.path()), &[&orion], &()).unwrap_err().to_string();
    assert!(error.contains("setup") && error.contains("(manifest.names)"), "{error}");
}

/// `gazelle_rust` and `scala-gazelle`: at the end something is said of the repository as a whole.
#[test]
fn all_summaries_are_told_at_the_end() {
    let small = Small {
        has: &["configure", "finish"],
        configure: |_| ConfigureResponse { state: Bytes::from("state"), ..ConfigureResponse::default() },
        generate: |request| {
            let summary = told(&request.files).join(" ");
            GenerateResponse { summary: Bytes::from(summary.as_bytes()), ..GenerateResponse::default() }
        },
        finish: |request| {
            let all: Vec<_> = request
                .summaries
                .iter()
                .map(|one| format!("{}: {}{}", one.rel, text(&one.summary), if one.failed { "failed" } else { "" }))
                .collect();
            let message = format!("{} {}", text(&request.state), all.join(", "));
            let diagnostic = Diagnostic {
                severity: Severity::Warning,
                message,
                file: Some("a/x.s".into()),
                position: Position::Line(1),
            };
            Ok(FinishResponse { diagnostics: vec![diagnostic] })
        },
        ..Small::new("*.s", Want::Content)
    };
    let dir = repo(&[("a/x.s", "1"), ("b/c/y.s", "2"), ("d/BUILD.bazel", "("), ("e/f", ""), ("MODULE.bazel", "")]);
    for threads in [1, 8] {
        let outcome = outcome(&Options { threads, ..Options::new(dir.path()) }, &[&small]);
        let said = outcome.diagnostics.iter().map(|one| format!("{}:{:?} {}", one.path, one.line, one.message));
        assert_eq!(said.collect::<Vec<_>>(), ["a/x.s:Some(1) state a: x.s= 1, b/c: y.s= 2, d: failed"]);
    }
    let small = Small { finish: |_| Err("not at all"), ..small };
    let outcome = outcome(&Options::new(dir.path()), &[&small]);
    let failures: Vec<_> = outcome.failures.iter().map(ToString::to_string).collect();
    assert!(
        failures.iter().any(|failure| failure.contains("finish") && failure.contains("not at all")),
        "{failures:?}"
    );
}
