//! What a run may cost, however much its languages say, and how it ends before its time.

mod support;

use dorcas_abi::{
    message::{
        ConfigureRequest, ConfigureResponse, Diagnostic, EmptyRule, FindRequest, FindResponse, GenerateRequest,
        GenerateResponse, GeneratedRule, ImportSpec, ImportsRequest, ImportsResponse, Input, Kind, Manifest, Methods,
        ResolveRequest, ResolveResponse, Rule, RuleImports, Severity, Value, Want,
    },
    wire::Bytes,
};
use dorcas_gazelle::{Language, Measured, Options, Outcome, RunError, run};
use dorcas_host::Run;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use support::{attr, outcome, repo};

/// A language that says what a test wants it to say.
struct Says {
    manifest: Manifest,
    run: Run,
    state: fn(&ConfigureRequest) -> Vec<u8>,
    generate: Box<dyn Fn(&GenerateRequest) -> GenerateResponse + Send + Sync>,
    imports: fn(&str) -> RuleImports,
    work_per_call: u64,
    calls: AtomicUsize,
}

impl Says {
    fn new(generate: impl Fn(&GenerateRequest) -> GenerateResponse + Send + Sync + 'static) -> Self {
        Self {
            manifest: Manifest { kinds: vec![Kind { name: "thing".into(), ..Kind::default() }], ..Manifest::default() },
            run: Run::new(),
            state: |request| request.parent.to_vec(),
            generate: Box::new(generate),
            imports: |_| RuleImports::default(),
            work_per_call: 200_000_000,
            calls: AtomicUsize::new(0),
        }
    }

    fn called<T>(&self, answer: impl FnOnce() -> T) -> Measured<T> {
        self.calls.fetch_add(1, Relaxed);
        Ok(answer()).into()
    }
}

impl Language for Says {
    fn name(&self) -> &'static str {
        "says"
    }
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }
    fn has(&self, method: &str) -> bool {
        !matches!(method, "setup" | "scan" | "find" | "fix" | "resolve" | "finish")
    }
    fn run(&self) -> Option<&Run> {
        Some(&self.run)
    }
    fn work_per_call(&self) -> u64 {
        self.work_per_call
    }
    fn configure(&self, request: &ConfigureRequest) -> Measured<ConfigureResponse> {
        self.called(|| ConfigureResponse {
            state: Bytes::from((self.state)(request).as_slice()),
            ..ConfigureResponse::default()
        })
    }
    fn generate(&self, request: &GenerateRequest) -> Measured<GenerateResponse> {
        self.called(|| (self.generate)(request))
    }
    fn imports(&self, request: &ImportsRequest) -> Measured<ImportsResponse> {
        self.called(|| ImportsResponse {
            rules: request.rules.iter().map(|rule| (self.imports)(&rule.rule.name)).collect(),
        })
    }
    fn resolve(&self, _: &ResolveRequest) -> Measured<ResolveResponse> {
        unreachable!("it says that it has no `resolve`")
    }
    fn find(&self, _: &FindRequest) -> Measured<FindResponse> {
        unreachable!("it says that it has no `find`")
    }
}

fn nothing(_: &GenerateRequest) -> GenerateResponse {
    GenerateResponse::default()
}

fn rule(kind: &str, name: String) -> GeneratedRule {
    GeneratedRule { rule: Rule { kind: kind.into(), name, ..Rule::default() }, ..GeneratedRule::default() }
}

/// A repository with so many directories.
fn directories(count: usize) -> tempfile::TempDir {
    repo(&(0..count).map(|n| (format!("d{n:04}/x"), "")).collect::<Vec<_>>())
}

fn failures(outcome: &Outcome) -> Vec<String> {
    outcome.failures.iter().map(ToString::to_string).collect()
}

#[test]
fn a_run_that_was_interrupted_before_it_began_does_nothing() {
    let dir = directories(3);
    let says = Says::new(nothing);
    says.run.interrupt();
    assert!(matches!(run(&Options::new(dir.path()), &[&says], &()), Err(RunError::Interrupted)));
    // So it is where the run is the options' own.
    let calls = Run::new();
    let options = Options { run: Some(calls.clone()), ..Options::new(dir.path()) };
    assert!(run(&options, &[&Says::new(nothing)], &()).is_ok());
    calls.interrupt();
    let error = run(&options, &[&Says::new(nothing)], &()).unwrap_err();
    assert_eq!(error.to_string(), "the run was interrupted; nothing was done");
    assert_eq!(says.calls.load(Relaxed), 0);
}

#[test]
fn a_run_that_is_interrupted_makes_no_more_calls() {
    for threads in [1, 4] {
        let dir = directories(500);
        let mut says = Says::new(nothing);
        let calls = says.run.clone();
        says.generate = Box::new(move |request| {
            if request.rel == "d0003" {
                calls.interrupt();
            }
            GenerateResponse::default()
        });
        let options = Options { threads, ..Options::new(dir.path()) };
        assert!(matches!(run(&options, &[&says], &()), Err(RunError::Interrupted)));
    }
}

#[test]
fn work_beside_the_languages_is_interrupted() {
    // So much work that nobody waits for it: each of a million bytes is looked at by a million searches.
    let dir = repo(&[("x.a", &"a".repeat(1 << 20))]);
    let mut says = Says::new(nothing);
    let want = Want::Matches(vec!["a[^x]*x|(a)".into()]);
    says.manifest.inputs =
        vec![Input { glob: "*.a".into(), want, methods: Methods::GENERATE_RULES, ..Input::default() }];
    says.work_per_call = u64::MAX;
    let calls = says.run.clone();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(200));
        calls.interrupt();
    });
    assert!(matches!(run(&Options::new(dir.path()), &[&says], &()), Err(RunError::Interrupted)));
    stopper.join().unwrap();
    assert_eq!(says.calls.load(Relaxed), 1, "`generate_rules` has not been called");
}

#[test]
fn the_same_state_is_kept_once() {
    let dir = directories(300);
    let mut says = Says::new(nothing);
    says.state = |request| if request.rel.is_empty() { vec![7; 8 << 20] } else { request.parent.to_vec() };
    assert_eq!(failures(&outcome(&Options::new(dir.path()), &[&says])), [""; 0]);
    // 300 states of their own are more than half a gibibyte, and a mebibyte for each.
    says.state = |request| [&vec![1; 8 << 20][..], request.rel.as_bytes()].concat();
    let error = run(&Options::new(dir.path()), &[&says], &()).unwrap_err();
    let limit = (512 << 20) + (301 << 20);
    assert_eq!(
        error.to_string(),
        format!(
            "language says: what the run keeps for its languages comes to more than {limit} bytes \
             (`Options::kept_bytes`, --kept-bytes); nothing was done"
        )
    );
    let calls = says.calls.load(Relaxed);
    assert!(calls < 2 * 301 + 400, "it went on: {calls}");
}

#[test]
fn one_byte_more_than_a_run_may_keep() {
    for (kept_bytes, is_enough) in [(3_000, true), (2_999, false)] {
        for threads in [1, 2, 8] {
            let dir = repo(&[("a/x", ""), ("b/x", "")]);
            let mut says = Says::new(nothing);
            // A mebibyte and a thousand bytes in each of three directories.
            says.state =
                |request| [vec![0; (1 << 20) + 1_000 - 2], format!("{:>2}", request.rel).into_bytes()].concat();
            let options = Options { kept_bytes, threads, ..Options::new(dir.path()) };
            assert_eq!(run(&options, &[&says], &()).is_ok(), is_enough, "{kept_bytes} {threads}");
        }
    }
}

#[test]
fn a_directory_for_which_too_much_is_said_fails_alone() {
    type Make = fn(usize) -> GenerateResponse;
    let cases: [(&str, Make, usize); 5] = [
        (
            "rules",
            |count| GenerateResponse {
                rules: (0..count).map(|n| rule("thing", n.to_string())).collect(),
                ..GenerateResponse::default()
            },
            700_000,
        ),
        (
            "empty rules",
            |count| GenerateResponse {
                empty: (0..count)
                    .map(|n| EmptyRule { kind: "thing".into(), name: n.to_string(), attrs: Vec::new() })
                    .collect(),
                ..GenerateResponse::default()
            },
            700_000,
        ),
        (
            "strings",
            |count| {
                let mut one = rule("thing", "one".into());
                one.rule.attrs = vec![attr("list", Value::Strings(vec![String::new(); count]))];
                GenerateResponse { rules: vec![one], ..GenerateResponse::default() }
            },
            1_000_000,
        ),
        (
            "imports",
            |count| {
                let mut one = rule("thing", "one".into());
                one.imports = (0..count).map(|n| ImportSpec { lang: "l".into(), imp: n.to_string() }).collect();
                GenerateResponse { rules: vec![one], ..GenerateResponse::default() }
            },
            1_000_000,
        ),
        (
            "messages",
            |count| {
                let message = "m".repeat(20_000);
                let one = Diagnostic { severity: Severity::Note, message, ..Diagnostic::default() };
                GenerateResponse { diagnostics: vec![one; count], ..GenerateResponse::default() }
            },
            10_000,
        ),
    ];
    for (what, make, count) in cases {
        let dir = repo(&[("loud/x", ""), ("quiet/x", "")]);
        let says = Says::new(move |request| make(if request.rel == "loud" { count } else { 1 }));
        let outcome = outcome(&Options { threads: 1, ..Options::new(dir.path()) }, &[&says]);
        let failed = failures(&outcome);
        assert_eq!(failed.len(), 1, "{what}: {failed:?}");
        assert!(
            failed[0].starts_with("//loud: language says: generate_rules: its rules and messages take "),
            "{what}: {}",
            failed[0]
        );
        assert!(
            failed[0]
                .ends_with("the limit for a directory is 134217728 (`Options::directory_bytes`, --directory-bytes)"),
            "{what}"
        );
    }
}

#[test]
fn what_is_said_about_many_directories_is_bounded_too() {
    // In each directory less than it may be, in all more: whichever thread comes to it first, the run ends.
    for threads in [1, 8] {
        let dir = directories(40);
        let says = Says::new(|_| GenerateResponse {
            rules: (0..30_000).map(|n| rule("thing", n.to_string())).collect(),
            ..GenerateResponse::default()
        });
        let options = Options { threads, ..Options::new(dir.path()) };
        assert!(matches!(run(&options, &[&says], &()), Err(RunError::KeepsTooMuch { .. })));
    }
}

#[test]
fn empty_rules_cost_what_they_are_and_not_what_a_kind_is_matched_by() {
    // 20,000 empty rules of a kind that is matched by 20,000 attributes would be compared 400 million times.
    let dir = repo(&[("BUILD.bazel", "thing(name = \"old\", m5 = \"x\")\n")]);
    let mut says = Says::new(|_| GenerateResponse {
        empty: (0..20_000)
            .map(|n| EmptyRule { kind: "thing".into(), name: format!("e{n}"), attrs: Vec::new() })
            .collect(),
        ..GenerateResponse::default()
    });
    let match_attrs = (0..20_000).map(|n| format!("m{n}")).collect();
    says.manifest.kinds = vec![Kind { name: "thing".into(), match_attrs, ..Kind::default() }];
    says.work_per_call = 1_000_000;
    assert_eq!(failures(&outcome(&Options::new(dir.path()), &[&says])), [""; 0]);
}

#[test]
fn expressions_that_would_take_all_memory_are_refused() {
    let many = |part: &str, count: usize| part.repeat(count);
    for (pattern, refusal) in [
        (format!("(?s:.+){}", many("()", 20_000)), "is too large: with those before it it has 20002 positions"),
        (
            format!("(?s:.+){}", many("()", 2_000)),
            "has 4002 positions and groups, the limit for that times its 2000 groups",
        ),
        (format!(r"(\w)(?:{}\w?)", many("^|", 30_000)), "is too large: with those before it it has 30002 positions"),
        (format!("(?:{}a)", many("|", 30_000)), "is too large: with those before it it has 30001 positions"),
        ("(?:(a)|(b)){5000}".into(), "is too large: with those before it it has 10000 positions"),
        ("(?:a|b|c|d){8192}".into(), "is too large: with those before it it has 32768 positions"),
    ] {
        let mut says = Says::new(nothing);
        says.manifest.inputs = vec![Input {
            glob: "*".into(),
            want: Want::Matches(vec![pattern]),
            methods: Methods::GENERATE_RULES,
            ..Input::default()
        }];
        let dir = repo(&[("x", "x")]);
        let error = run(&Options::new(dir.path()), &[&says], &()).unwrap_err().to_string();
        assert!(error.contains(refusal) && error.ends_with("(manifest.pattern-size)"), "{error}");
    }
}

#[test]
fn what_stands_for_no_byte_is_charged() {
    // 4,000 assertions at each word of a text of 40,000 words: 200 million steps.
    let dir = repo(&[("x.a", &"a ".repeat(40_000))]);
    let mut says = Says::new(nothing);
    let pattern = format!(r"(\w)(?:{}\w?)", "^|".repeat(4_000));
    says.manifest.inputs = vec![Input {
        glob: "*.a".into(),
        want: Want::Matches(vec![pattern]),
        methods: Methods::GENERATE_RULES,
        ..Input::default()
    }];
    says.work_per_call = 100_000_000;
    let failed = failures(&outcome(&Options::new(dir.path()), &[&says]));
    assert!(failed[0].contains("takes more work of the host than one call may ask for"), "{failed:?}");
}

#[test]
fn expressions_of_directories_that_a_language_asks_for_are_bounded_too() {
    let large = "# gazelle:resolve_regexp toy [a-z]{1000} //x\n".repeat(60);
    let mut files: Vec<_> = (0..6).map(|number| (format!("d{number}/BUILD.bazel"), large.clone())).collect();
    files.push(("x/BUILD.bazel".into(), String::new()));
    let dir = repo(&files);
    let says = Says::new(|_| GenerateResponse {
        rels_to_index: (0..6).map(|number| format!("d{number}")).collect(),
        ..GenerateResponse::default()
    });
    let options = Options {
        dirs: vec![dir.path().join("x")],
        indexing: dorcas_gazelle::Indexing::Lazy,
        ..Options::new(dir.path())
    };
    let error = run(&options, &[&says as &dyn Language], &()).unwrap_err().to_string();
    let end = "positions in the whole repository, the limit is 262144; use fewer, or `resolve`";
    assert!(error.contains("d4/BUILD.bazel: ") && error.ends_with(end), "{error}");
}

#[test]
fn globs_that_each_file_would_be_compared_with_are_bounded() {
    let refusal = |count: usize, glob: &str| {
        let mut says = Says::new(|_| GenerateResponse::default());
        says.manifest.inputs =
            vec![
                Input { glob: glob.into(), want: Want::Name, methods: Methods::GENERATE_RULES, ..Input::default() };
                count
            ];
        let dir = repo(&[("x", "")]);
        run(&Options::new(dir.path()), &[&says as &dyn Language], &()).err().map(|error| error.to_string())
    };
    assert_eq!(refusal(1_000, "*a*b*c*"), None);
    let expected =
        "language says: its inputs have 9000 wildcards of globs, and texts between them, together, the limit is 8192";
    assert_eq!(refusal(1_000, "*a*b*c*d*").as_deref(), Some(expected));
}

#[test]
fn too_much_to_merge_is_the_failure_of_who_generated_it() {
    let attrs: Vec<_> = (0..4_000).map(|number| attr(&format!("a{number:04}"), Value::Bool(true))).collect();
    let mut says = Says::new(move |_| {
        let rule = Rule { kind: "thing".into(), name: "x".into(), attrs: attrs.clone(), ..Rule::default() };
        GenerateResponse {
            rules: vec![GeneratedRule { rule, ..GeneratedRule::default() }],
            ..GenerateResponse::default()
        }
    });
    says.work_per_call = 10_000_000;
    let dir = repo(&[("a/BUILD.bazel", "thing(name = \"x\")\n")]);
    let failed = outcome(&Options::new(dir.path()), &[&says as &dyn Language]);
    let said: Vec<_> = failed.failures.iter().map(ToString::to_string).collect();
    let expected = "//a: language says: generate_rules: merging its rules takes more work of the host than one call may ask \
                    for, 10000000 (`Limits::work_per_call`)";
    assert_eq!(said, [expected]);
}
