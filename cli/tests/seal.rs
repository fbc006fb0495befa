//! `dorcas seal`, of modules that become guests and of those that don't.

mod support;

use dorcas_host::{Engine, HostModule};
use serde_json::{Value, json};
use std::{fs, path::Path};
use support::{dorcas_in, line_in, repo};

/// A guest but for two imports: what it answers is an error that says `random`, with eight random bytes.
const GUEST: &str = r#"(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "sealed")
  (data (i32.const 80) "\01\e8\07\08")
  (data (i32.const 128) "\40\00\00\00\06\00\00\00")
  (func (export "_initialize") (drop (call $random (i32.const 84) (i32.const 8)))
    (i64.store (i32.const 84) (i64.or (i64.const 0x6161616161616161)
      (i64.and (i64.load (i32.const 84)) (i64.const 0x0f0f0f0f0f0f0f0f)))))
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x4000000006))
  (func (export "generate_rules") (param i32 i32) (result i64)
    ;; A directory with a name is more than it can bear.
    (if (i32.ne (i32.load8_u (i32.const 1024)) (i32.const 0)) (then
      (drop (call $write (i32.const 2) (i32.const 128) (i32.const 1) (i32.const 136)))
      (unreachable)))
    (i64.const 0x500000000c)))"#;

fn write(dir: &Path, wat: &str) {
    fs::write(dir.join("raw.wasm"), wat::parse_str(wat).unwrap()).unwrap();
}

#[test]
fn a_module_becomes_a_guest() {
    let dir = repo::<&str, &str>(&[]);
    write(dir.path(), GUEST);
    let refused = line_in(dir.path(), "call raw.wasm lang_name");
    assert!(refused.err.contains("this module imports `wasi_snapshot_preview1.random_get`"), "{}", refused.err);

    let ran = line_in(dir.path(), "seal raw.wasm guest.wasm");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("sealed: ") && ran.out.ends_with("; 2 imports answered\n"), "{}", ran.out);
    let frozen = line_in(dir.path(), "seal --snapshot raw.wasm frozen.wasm");
    assert!(frozen.out.contains("; _initialize took "), "{}", frozen.out);

    // The same answers, with and without.
    let answers = ["guest.wasm", "frozen.wasm"].map(|guest| {
        let ran = line_in(dir.path(), &format!("call {guest} generate_rules"));
        (ran.code, ran.err.split_once('\n').unwrap().1.to_owned())
    });
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].1.contains("failed with error 1000: "), "{}", answers[0].1);

    fs::write(dir.path().join("request.json"), r#"{"rel": "x"}"#).unwrap();
    let panicked = line_in(dir.path(), "call guest.wasm generate_rules request.json");
    assert!(panicked.err.ends_with("trapped: unreachable; it said: sealed\n"), "{}", panicked.err);
}

#[test]
fn inspect_shows_it() {
    let dir = repo::<&str, &str>(&[]);
    write(dir.path(), GUEST);
    line_in(dir.path(), "seal --snapshot raw.wasm guest.wasm");
    let raw = dorcas_host::Digest::of(&fs::read(dir.path().join("raw.wasm")).unwrap());
    let shown = line_in(dir.path(), "inspect guest.wasm").out;
    let (_, shown) = shown.split_once("\nsealed\n").unwrap();
    let lines: Vec<_> = shown.lines().take(4).collect();
    assert_eq!(lines[0], format!("  by dorcas-seal {}, from {raw}", env!("CARGO_PKG_VERSION")));
    assert!(lines[1].starts_with("  _initialize was run before, for "), "{}", lines[1]);
    assert_eq!(
        lines[2..],
        ["  answers wasi_snapshot_preview1.fd_write", "  answers wasi_snapshot_preview1.random_get"]
    );

    let document = dorcas_in(dir.path(), ["inspect", "--format", "json", "guest.wasm"]).out;
    let document: Value = serde_json::from_str(&document).unwrap();
    let note = &document["sealed"][0];
    assert_eq!(note["input"], json!(raw.to_string()));
    assert!(note["snapshot_fuel"].as_u64().unwrap() > 0);
    assert_eq!(note["stand_ins"].as_array().unwrap().len(), 2);
}

#[test]
fn an_import_that_nobody_knows() {
    let dir = repo::<&str, &str>(&[]);
    write(dir.path(), r#"(module (import "env" "now" (func (result i64))) (memory (export "memory") 1))"#);
    let ran = line_in(dir.path(), "seal raw.wasm guest.wasm");
    assert_eq!(ran.code, 3);
    assert_eq!(ran.err, "error: can't seal raw.wasm: no stand-in for `env.now`, a function () -> i64\n");
    assert!(!dir.path().join("guest.wasm").exists());
}

#[test]
fn a_module_that_is_no_guest() {
    let dir = repo::<&str, &str>(&[]);
    write(dir.path(), "(module)");
    let ran = line_in(dir.path(), "seal raw.wasm guest.wasm");
    assert_eq!(ran.code, 3);
    assert_eq!(
        ran.err,
        "error: raw.wasm can be sealed, but it is no guest: module has no export `dorcas_abi_v1`: it is not a \
         Dorcas guest (exports.version); --any writes it all the same
"
    );
    assert!(!dir.path().join("guest.wasm").exists());
}

#[test]
fn a_guest_that_takes_long_to_start() {
    let dir = repo::<&str, &str>(&[]);
    let work = r#"(func (export "_initialize") (local i32) (local.set 0 (i32.const 60000000))
      (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"#;
    write(dir.path(), &GUEST.replace(r#"(func (export "_initialize")"#, work));
    let ran = line_in(dir.path(), "seal raw.wasm guest.wasm");
    assert_eq!(ran.code, 3);
    assert!(
        ran.err.ends_with("used up its fuel of 200000000 (`--limit fuel_per_call=N`); try --snapshot\n"),
        "{}",
        ran.err
    );
    let ran = line_in(dir.path(), "seal --snapshot raw.wasm guest.wasm");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn an_output_that_can_not_be_written() {
    let dir = repo::<&str, &str>(&[]);
    write(dir.path(), GUEST);
    let ran = line_in(dir.path(), "seal raw.wasm nowhere/guest.wasm");
    assert_eq!(ran.code, 4);
    assert!(ran.err.starts_with("error: can't write nowhere/guest.wasm: "), "{}", ran.err);
}

/// A plugin of somebody else's host: it is no guest, and imports a function of that host.
const PLUGIN: &str = r#"(module
  (import "env" "notify" (func $notify (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "env" "unused" (func $unused (param i64)))
  (memory (export "memory") 1)
  (table 2 funcref) (elem (i32.const 0) $notify $random)
  (func (export "_initialize") (drop (call $random (i32.const 8) (i32.const 8))))
  (func (export "run") (param i32) (result i32) (call $notify (i32.add (local.get 0) (i32.load8_u (i32.const 8))))))"#;

#[test]
fn imports_are_kept_for_a_host_of_ones_own() {
    let dir = repo::<&str, &str>(&[]);
    write(dir.path(), PLUGIN);
    let refused = line_in(dir.path(), "seal raw.wasm out.wasm");
    assert!(refused.err.contains("no stand-in for `env.notify`"), "{}", refused.err);
    let refused = line_in(dir.path(), "seal --keep env raw.wasm out.wasm");
    assert_eq!(refused.code, 3);
    assert!(refused.err.contains("can be sealed, but it is no guest: module has no export"), "{}", refused.err);
    assert!(refused.err.ends_with("; --any writes it all the same\n") && !dir.path().join("out.wasm").exists());

    for (line, snapshot) in [("--keep env.notify --keep env.unused", false), ("--snapshot --keep env", true)] {
        let ran = line_in(dir.path(), &format!("seal --any {line} raw.wasm out.wasm"));
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.starts_with("warning: out.wasm is no guest"), "{}", ran.err);
        assert!(ran.out.contains("; 1 import answered, 1 kept"), "{}", ran.out);
        assert_eq!(ran.out.contains("_initialize took"), snapshot);

        let host = HostModule::new("env", Vec::new).function("notify", |seen: &mut Vec<u32>, value: u32| {
            seen.push(value);
            value + 1
        });
        let wasm = fs::read(dir.path().join("out.wasm")).unwrap();
        let module = Engine::default().with_module(host).module(&wasm).unwrap();
        let imports: Vec<_> = module.outline().imports.iter().map(ToString::to_string).collect();
        assert_eq!(imports, ["`env.notify`, a function (i32) -> i32"]);
        let run = module.export::<u32, u32>("run").unwrap();
        let mut instance = module.start().unwrap();
        let first = instance.call(&run, 1000).unwrap();
        assert_eq!(instance.state::<Vec<u32>>().unwrap(), &[first - 1]);
        assert_eq!(module.start().unwrap().call(&run, 1000).unwrap(), first, "the random stream begins alike");
    }
}

#[test]
fn a_kept_import_can_not_be_called_while_a_snapshot_is_taken() {
    let dir = repo::<&str, &str>(&[]);
    write(
        dir.path(),
        r#"(module (import "env" "notify" (func $notify)) (memory (export "memory") 1)
        (func (export "_initialize") (call $notify)))"#,
    );
    let ran = line_in(dir.path(), "seal --snapshot --any --keep env.notify raw.wasm out.wasm");
    assert_eq!(ran.code, 3);
    let text = "`_initialize` stopped: it trapped: the host's `env.notify`: the host does not provide this function";
    assert!(ran.err.contains(text), "{}", ran.err);
    let ran = line_in(dir.path(), "seal --any --keep .notify raw.wasm out.wasm");
    assert_eq!((ran.code, ran.err.contains("`.notify` names no imports")), (2, true), "{}", ran.err);
}

#[test]
fn a_guest_may_keep_imports_too() {
    let dir = repo::<&str, &str>(&[]);
    let guest = GUEST.replace("(memory (export", r#"(import "env" "hello" (func $hello)) (memory (export"#).replace(
        "(func (export \"dorcas_abi_v1\"))",
        "(func (export \"dorcas_abi_v1\")) (func (export \"hello\") (call $hello))",
    );
    write(dir.path(), &guest);
    let ran = line_in(dir.path(), "seal --keep env.hello raw.wasm guest.wasm");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.ends_with("; 2 imports answered, 1 kept\n"), "{}", ran.out);
}
