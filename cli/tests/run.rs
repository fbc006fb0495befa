//! `dorcas run`: a function of any module.

mod support;

use std::fs;
use support::{dorcas_in, line_in, repo};

const MODULE: &str = r#"(module
  (memory (export "memory") 2)
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "mixed") (param i64 f32 f64) (result i64 f32 f64) (local.get 0) (local.get 1) (local.get 2))
  (func (export "nothing"))
  (func (export "ref") (param externref))
  (func (export "fill") (param i32) (memory.fill (i32.const 0) (local.get 0) (i32.const 1)))
  (func (export "loop") (loop (br 0)))
  (func (export "fail") (unreachable)))"#;

fn module(wat: &str) -> tempfile::TempDir {
    let dir = repo::<&str, &str>(&[]);
    fs::write(dir.path().join("m.wasm"), wat::parse_str(wat).unwrap()).unwrap();
    dir
}

#[test]
fn numbers_go_in_and_come_out() {
    let dir = module(MODULE);
    for (line, out) in [
        ("run m.wasm add 1 2", "3\n"),
        ("run m.wasm add -1 -2", "-3\n"),
        ("run m.wasm add 0xffffffff 4294967295", "-2\n"),
        ("run m.wasm add -- -5 4", "-1\n"),
        ("run m.wasm mixed -9223372036854775808 1.5 -0", "-9223372036854775808\n1.5\n-0.0\n"),
        ("run m.wasm mixed 18446744073709551615 inf nan", "-1\ninf\nNaN\n"),
        ("run m.wasm nothing", ""),
        ("run -features abi m.wasm add 1 2", "3\n"),
    ] {
        let ran = line_in(dir.path(), line);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, out, ""), "{line}");
    }
}

#[test]
fn a_line_that_does_not_fit_the_function_is_told_why() {
    let dir = module(MODULE);
    for (line, code, err) in [
        ("run m.wasm add 1", 2, "error: `add` is a function (i32, i32) -> i32: it takes 2 numbers and not 1\n"),
        ("run m.wasm nothing 1", 2, "error: `nothing` is a function () -> (): it takes 0 numbers and not 1\n"),
        (
            "run m.wasm add 1 4294967296",
            2,
            "error: `4294967296` is no i32: argument 2 of `add`, a function (i32, i32) -> i32\n",
        ),
        ("run m.wasm add 1.5 2", 2, "error: `1.5` is no i32: argument 1 of `add`, a function (i32, i32) -> i32\n"),
        (
            "run m.wasm sub 1 2",
            2,
            "error: can't run m.wasm: the module exports no `sub`, asked for as a function of numbers; its functions are: \
             `add`, `mixed`, `nothing`, `ref`, `fill`, `loop`, `fail`\n",
        ),
        (
            "run m.wasm ref 1",
            2,
            "error: can't run m.wasm: `ref` is a function (externref) -> (); it was asked for as a function of numbers\n",
        ),
        (
            "run m.wasm memory",
            2,
            "error: can't run m.wasm: `memory` is a 32-bit memory of 2 pages; it was asked for as a function of numbers\n",
        ),
        (
            "run --features mvp+simd m.wasm add 1 2",
            2,
            "error: `--features mvp+simd` is no set of features: write abi, mvp, or mvp with names behind it, \
             mvp+mutable-global+sign-extension+saturating-float-to-int+bulk-memory+reference-types+multi-value\n",
        ),
        ("run m.wasm fail", 1, "error: `fail` of the module trapped: unreachable\n"),
        ("run --fuel 1000 m.wasm loop", 1, "error: `loop` of the module used up its fuel of 1000 (`--fuel N`)\n"),
    ] {
        let ran = line_in(dir.path(), line);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (code, "", err), "{line}");
    }
    let ran = line_in(dir.path(), "run --features mvp m.wasm add 1 2");
    assert_eq!(ran.code, 3);
    assert!(ran.err.starts_with("error: can't load m.wasm: module is not valid here: "), "{}", ran.err);
    let ran = line_in(dir.path(), "run none.wasm add 1 2");
    assert!((ran.code, ran.err.contains("none.wasm")) == (3, true), "{}", ran.err);
}

#[test]
fn stats_go_to_standard_error() {
    let dir = module(MODULE);
    let ran = line_in(dir.path(), "run --stats m.wasm add 1 2");
    assert_eq!((ran.code, ran.out.as_str()), (0, "3\n"));
    let (fuel, rest) = ran.err.split_once(" fuel, ").unwrap();
    assert!(fuel.parse::<u64>().unwrap() > 0 && rest.contains(" ms, 131,072 bytes of memory; "), "{}", ran.err);
    // Of a call that fails too.
    let ran = line_in(dir.path(), "run --stats --fuel 5000 m.wasm loop");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains(" fuel, ") && ran.err.contains("error: `loop`"), "{}", ran.err);
}

#[test]
fn a_reactor_of_wasi_is_sealed_first() {
    let dir = module(
        r#"(module
        (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
        (memory (export "memory") 1) (global $ready (mut i32) (i32.const 0))
        (func (export "_initialize") (global.set $ready (i32.const 40)))
        (func (export "run") (result i32) (i32.add (global.get $ready) (call $time (i32.const 0) (i64.const 1) (i32.const 8)))))"#,
    );
    let ran = line_in(dir.path(), "run m.wasm run");
    assert_eq!(ran.code, 3);
    assert!(
        ran.err.contains(
            "`dorcas seal` answers the imports of WASI inside of the module, and so does `dorcas run --seal`"
        ),
        "{}",
        ran.err
    );
    let ran = line_in(dir.path(), "run --seal m.wasm run");
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "40\n", ""));
    let ran = dorcas_in(dir.path(), ["run", "--seal", "m.wasm", "_initialize"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`_initialize` is called by the host, once"), "{}", ran.err);
}

/// A runtime of Polkadot's kind: a version at 1024, and a function that returns its arguments.
const RUNTIME: &str = r#"(module
  (import "env" "memory" (memory 17))
  (import "env" "ext_storage_get_version_1" (func $get (param i64) (result i64)))
  (global (export "__heap_base") i32 (i32.const 70000))
  (data (i32.const 1024) "\10test\14tests\01\00\00\00\b8\24\00\00\02\00\00\00\04\df\6a\cb\68\99\07\60\9b\04\00\00\00\07\00\00\00\01")
  (func (export "Core_version") (param i32 i32) (result i64) (i64.const 0x2900000400))
  (func (export "echo") (param i32 i32) (result i64)
    (i64.or (i64.shl (i64.extend_i32_u (local.get 1)) (i64.const 32)) (i64.extend_i32_u (local.get 0))))
  (func (export "asks") (param i32 i32) (result i64) (call $get (i64.const 0))))"#;

#[test]
fn a_runtime_is_called_as_its_own_host_does() {
    let dir = module(RUNTIME);
    let ran = line_in(dir.path(), "run --profile polkadot m.wasm Core_version");
    let version = "spec_name: \"test\"\nimpl_name: \"tests\"\nauthoring_version: 1\nspec_version: 9400\nimpl_version: 2\n\
                   apis:\n  0xdf6acb689907609b: 4\ntransaction_version: 7\nstate_version: 1\n";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, version, ""));
    let ran = line_in(dir.path(), "run --stats --profile polkadot m.wasm echo 0x00ff10");
    assert_eq!((ran.code, ran.out.as_str()), (0, "0x00ff10\n"));
    assert!(ran.err.contains(" fuel, "), "{}", ran.err);
    for (line, code, text) in [
        ("run --profile polkadot m.wasm asks", 1, "env.ext_storage_get_version_1"),
        ("run --profile polkadot m.wasm echo 123", 2, "`123` is no hexadecimal"),
        ("run --profile polkadot m.wasm echo 0x123", 2, "`0x123` is no hexadecimal"),
        ("run --profile polkadot m.wasm echo 0x12 0x34", 2, "there are 2"),
        ("run --profile polkadot m.wasm nothing", 2, "nothing"),
        ("run --profile polkadot --features abi m.wasm echo", 2, "--features"),
        ("run --profile other m.wasm echo", 2, "polkadot"),
    ] {
        let ran = line_in(dir.path(), line);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{line}: {}", ran.err);
        assert!(ran.err.contains(text), "{line}: {}", ran.err);
    }
    let newer = module(r#"(module (memory (export "memory") 1) (func (drop (i32.extend8_s (i32.const 1)))))"#);
    let ran = line_in(newer.path(), "run --profile polkadot m.wasm echo");
    assert!(ran.code == 3 && ran.err.contains("sign"), "{}", ran.err);
}
