//! Runs with guests that are WebAssembly modules, good and bad.

mod support;

use dorcas_abi::{
    message::{
        Diagnostic, GenerateResponse, GeneratedRule, GuestError, Input, Kind, Manifest, Methods, Position, Reply, Rule,
        Severity, Want,
    },
    wire,
};
use dorcas_gazelle::{GuestLanguage, Options, write};
use dorcas_host::{Config, Engine, Limits, Run};
use support::{contents, outcome, repo, shown};

/// A guest with this manifest and this body of `generate_rules`. `$reply` copies the reply of a rule named `thing0`;
/// `$digit` is where its 0 stands.
fn guest(manifest: &Manifest, body: &str, limits: Limits) -> GuestLanguage {
    let kinds = vec![Kind { name: "thing".into(), ..Kind::default() }];
    let manifest: Reply<Manifest> = Ok(Manifest { kinds, ..manifest.clone() });
    let manifest = wire::encode(&manifest).unwrap();
    let rule = Rule { kind: "thing".into(), name: "thing0".into(), ..Rule::default() };
    let rules = vec![GeneratedRule { rule, ..GeneratedRule::default() }];
    let reply: Reply<GenerateResponse> = Ok(GenerateResponse { rules, ..GenerateResponse::default() });
    let reply = wire::encode(&reply).unwrap();
    let refusal: Reply<GenerateResponse> = Err(GuestError { code: 1234, message: "no, thanks".into() });
    let refusal = wire::encode(&refusal).unwrap();
    let digit = 1000 + reply.windows(6).position(|window| window == b"thing0").unwrap() + 5;
    let data = |bytes: &[u8]| bytes.iter().map(|byte| format!("\\{byte:02x}")).collect::<Vec<_>>().concat();
    let text = format!(
        r#"(module
          (memory (export "memory") 2)
          (data (i32.const 16) "wat")
          (data (i32.const 100) "{manifest_data}")
          (data (i32.const 1000) "{reply_data}")
          (data (i32.const 2000) "{refusal_data}")
          (global $top (mut i32) (i32.const 4096))
          (global $count (mut i32) (i32.const 0))
          (global $digit i32 (i32.const {digit}))
          (func (export "dorcas_abi_v1"))
          (func $alloc (export "alloc") (param $len i32) (result i32)
            (local $ptr i32)
            (local.set $ptr (global.get $top))
            (global.set $top (i32.add (local.get $ptr) (local.get $len)))
            (local.get $ptr))
          (func (export "free") (param i32 i32))
          (func $answer (param $from i32) (param $len i32) (result i64)
            (local $ptr i32)
            (local.set $ptr (call $alloc (local.get $len)))
            (memory.copy (local.get $ptr) (local.get $from) (local.get $len))
            (i64.or (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
              (i64.extend_i32_u (local.get $len))))
          (func $reply (result i64) (call $answer (i32.const 1000) (i32.const {reply_len})))
          (func $refusal (result i64) (call $answer (i32.const 2000) (i32.const {refusal_len})))
          (func (export "lang_name") (result i64) (call $answer (i32.const 16) (i32.const 3)))
          (func (export "manifest") (param i32 i32) (result i64)
            (call $answer (i32.const 100) (i32.const {manifest_len})))
          (func (export "generate_rules") (param i32 i32) (result i64) {body}))"#,
        manifest_data = data(&manifest),
        reply_data = data(&reply),
        refusal_data = data(&refusal),
        manifest_len = manifest.len(),
        reply_len = reply.len(),
        refusal_len = refusal.len(),
    );
    let config = Config { limits, ..Config::default() };
    let guest = Engine::new(config).load(&wat::parse_str(text).unwrap()).unwrap();
    GuestLanguage::new(guest).unwrap()
}

const COUNT: &str = "
    (i32.store8 (global.get $digit) (i32.add (i32.const 48) (global.get $count)))
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (call $reply)";

#[test]
fn a_guest_generates() {
    let dir = repo(&[("a/x", "")]);
    let guest = guest(&Manifest::default(), "(call $reply)", Limits::default());
    let outcome = outcome(&Options::new(dir.path()), &[&guest]);
    assert_eq!(
        shown(&outcome),
        ">>> ROOT/a/BUILD.bazel\nthing(name = \"thing0\")\n>>> ROOT/BUILD.bazel\nthing(name = \"thing0\")\n"
    );
    let total = outcome.languages[0].total();
    assert!(total.calls == 2 && total.fuel > 0 && total.request_bytes > 0 && total.reply_bytes > 0);
}

#[test]
fn each_call_has_a_fresh_instance_unless_the_guest_is_stateful() {
    let dir = repo(&[("a/b/x", ""), ("c/x", "")]);
    let names = |stateful| {
        let guest = guest(&Manifest { stateful, ..Manifest::default() }, COUNT, Limits::default());
        let printed = shown(&outcome(&Options { threads: 8, ..Options::new(dir.path()) }, &[&guest]));
        printed.matches(char::is_numeric).collect::<Vec<_>>().concat()
    };
    assert_eq!(names(false), "0000");
    assert_eq!(names(true), "0123");
}

#[test]
fn a_guest_that_fails_leaves_everything_as_it_was() {
    for (body, message) in [
        ("(unreachable)", "//: `generate_rules` of guest `wat` trapped: unreachable"),
        (
            "(loop (br 0)) (i64.const 0)",
            "//: `generate_rules` of guest `wat` used up its fuel of 100000 (`Limits::fuel_per_call`)",
        ),
        (
            "(i64.const 0)",
            "//: `generate_rules` of guest `wat` broke the ABI: it returned 0, which is no reply (result.not-zero)",
        ),
        ("(call $answer (i32.const 1000) (i32.const 1))", "//: `generate_rules` of guest `wat` broke the ABI: "),
        ("(call $refusal)", "//: `generate_rules` of guest `wat` failed with error 1234: no, thanks"),
    ] {
        let files = [("WORKSPACE", ""), ("BUILD.bazel", "old()\n")];
        let dir = repo(&files);
        let limits = Limits { fuel_per_call: 100_000, ..Limits::default() };
        let outcome = outcome(&Options::new(dir.path()), &[&guest(&Manifest::default(), body, limits)]);
        let failure = outcome.failures[0].to_string();
        assert!(failure.starts_with(message), "{failure}");
        assert!(outcome.failed() && write(&outcome).is_empty());
        assert_eq!(contents(dir.path()).len(), files.len());
        assert_eq!(contents(dir.path())[0].1, "old()\n");
    }
}

#[test]
fn a_request_may_be_larger_than_the_hosts_limit() {
    let dir = repo(&[("a/1.big", "x".repeat(600)), ("a/2.big", "x".repeat(600))]);
    let inputs =
        vec![Input { glob: "*.big".into(), want: Want::Content, methods: Methods::GENERATE_RULES, ..Input::default() }];
    let limits = Limits { request_bytes: 1000, ..Limits::default() };
    let guest = guest(&Manifest { inputs, ..Manifest::default() }, "(call $reply)", limits);
    let outcome = outcome(&Options::new(dir.path()), &[&guest]);
    assert_eq!(
        outcome.failures[0].to_string(),
        "//a: language wat: generate_rules: what its files hold comes to 1200 bytes at a/2.big, the limit for a \
         request is 1000; exclude or split them"
    );
    assert_eq!(outcome.files.len(), 1);
}

#[test]
fn names_alone_can_be_too_large_for_a_request() {
    let names: Vec<_> = (0..100).map(|n| (format!("a/{n:0>20}"), "")).collect();
    let dir = repo(&names);
    let limits = Limits { request_bytes: 1000, ..Limits::default() };
    let inputs =
        vec![Input { glob: "*".into(), want: Want::Name, methods: Methods::GENERATE_RULES, ..Input::default() }];
    let guest = guest(&Manifest { inputs, ..Manifest::default() }, "(call $reply)", limits);
    let outcome = outcome(&Options::new(dir.path()), &[&guest]);
    let failure = outcome.failures[0].to_string();
    assert!(failure.starts_with("//a: request for `generate_rules` of guest `wat` has "), "{failure}");
    assert!(failure.ends_with(" bytes, the limit is 1000 (`Limits::request_bytes`)"), "{failure}");
}

#[test]
fn expressions_that_look_at_a_file_again_and_again_are_stopped() {
    // Each search looks for an x up to the end of the file, finds none, and takes one byte.
    let want = Want::Matches(vec!["a[^x]*x|(a)".into()]);
    let manifest = Manifest {
        inputs: vec![Input { glob: "*.a".into(), want, methods: Methods::GENERATE_RULES, ..Input::default() }],
        ..Manifest::default()
    };
    let dir = repo(&[("big/file.a", &"a".repeat(20_000)), ("small/file.a", &"a".repeat(1_000))]);
    let limits = Limits { work_per_call: 10_000_000, ..Limits::default() };
    let (run, engine_guest) = (Run::new(), guest(&manifest, "(call $reply)", limits));
    let guest = GuestLanguage::new(engine_guest.guest().in_run(&run)).unwrap();
    let outcome = outcome(&Options::new(dir.path()), &[&guest]);
    assert_eq!(
        outcome.failures.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "//big: language wat: generate_rules: looking for the regular expressions of its manifest takes more work of the \
          host than one call may ask for, 10000000 (`Limits::work_per_call`)"
        ]
    );
    assert!(shown(&outcome).contains("ROOT/small/BUILD.bazel"), "the others are not affected");
    let fuel: u64 = outcome.languages.iter().map(|language| language.total().fuel).sum();
    assert!(run.fuel_used() > fuel + 1_000 * 1_000 / 16, "the run pays for it: {} {fuel}", run.fuel_used());
}

#[test]
fn many_diagnostics_about_one_file_read_it_once() {
    let diagnostic = |offset| Diagnostic {
        severity: Severity::Note,
        message: "see".into(),
        file: Some("long.x".into()),
        position: Position::Offset(offset),
    };
    let diagnostics = (0..5_000).map(|n| diagnostic(n * 1_000)).collect();
    let reply: Reply<GenerateResponse> = Ok(GenerateResponse { diagnostics, ..GenerateResponse::default() });
    let guest = answering(&wire::encode(&reply).unwrap());
    // To read it for each of them would be 25 GB.
    let dir = repo(&[("long.x", &format!("{}\n", "x".repeat(99)).repeat(50_000))]);
    let outcome = outcome(&Options::new(dir.path()), &[&guest]);
    let lines: Vec<_> = outcome.diagnostics.iter().map(|diagnostic| diagnostic.line.unwrap()).collect();
    assert_eq!(lines, (0..5_000).map(|n| n * 10 + 1).collect::<Vec<_>>());
}

/// A guest with one reply, whatever it is asked.
fn answering(reply: &[u8]) -> GuestLanguage {
    let data = reply.iter().map(|byte| format!("\\{byte:02x}")).collect::<Vec<_>>().concat();
    let pages = reply.len() / (1 << 16) + 2;
    let text = format!(
        r#"(module
          (memory (export "memory") {pages}) (data (i32.const 16) "wat") (data (i32.const 65536) "{data}")
          (func (export "dorcas_abi_v1"))
          (func (export "alloc") (param i32) (result i32) (i32.const 1024))
          (func (export "free") (param i32 i32))
          (func (export "lang_name") (result i64) (i64.const 0x10_0000_0003))
          (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x10000_{len:08x})))"#,
        len = reply.len(),
    );
    let guest = Engine::default().load(&wat::parse_str(text).unwrap()).unwrap();
    GuestLanguage::new(guest).unwrap()
}
