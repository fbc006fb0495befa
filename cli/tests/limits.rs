//! `--limit` is obeyed by every command that runs guests, and each message about a limit names the flag that sets it.

mod support;

use std::{fs, path::Path};
use support::{Ran, contents, dorcas_in, line_in, project, repo};
use tempfile::TempDir;

const PROTO: &str = "syntax = \"proto3\";\npackage shop;\n";

/// A repository, a case of its own, a recording of a run over it, and a guest.
fn bench() -> TempDir {
    let dir = repo(&[("WORKSPACE", ""), ("shop/item.proto", PROTO)]);
    fs::copy(project("guest/prebuilt/zig.wasm"), dir.path().join("zig.wasm")).unwrap();
    let ran = line_in(dir.path(), "update --record run.txt --quiet");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    dir
}

/// The commands that run guests; `LIMIT` is where the flag may stand.
const COMMANDS: &[&str] = &[
    "update LIMIT",
    "update shop LIMIT --no-cache",
    "update --guest zig.wasm LIMIT",
    "fix LIMIT",
    "explain LIMIT //shop:shop_proto",
    "inspect builtin:proto LIMIT",
    "inspect LIMIT --format json zig.wasm",
    "call LIMIT builtin:proto manifest",
    "call builtin:proto manifest - LIMIT",
    "call builtin:proto manifest request.json LIMIT",
    "golden . LIMIT",
    "golden LIMIT . --guest zig.wasm",
    "replay run.txt LIMIT",
    "replay LIMIT run.txt --guest zig.wasm",
    "conform zig.wasm LIMIT",
    "seal zig.wasm out.wasm LIMIT",
];

fn run(dir: &Path, command: &str, limit: &str) -> Ran {
    let words = command.split(' ').flat_map(|word| match word {
        "LIMIT" => limit.split(' ').collect::<Vec<_>>(),
        word => vec![word],
    });
    dorcas_in(dir, words)
}

#[test]
fn every_command_that_runs_guests_obeys_a_limit() {
    let dir = bench();
    fs::write(dir.path().join("request.json"), "{}").unwrap();
    let before = contents(dir.path());
    for command in COMMANDS {
        for limit in ["--limit fuel_per_call=1", "--limit=fuel_per_call=1"] {
            let Ran { code, out, err } = run(dir.path(), command, limit);
            assert!(code != 0 && code != 2, "{command}: {code} {out} {err}");
            let told = format!("{out}{err}");
            let text =
                if command.starts_with("replay") { "above the limit of 1 for this" } else { "used up its fuel of 1 " };
            assert!(told.contains(text) || command.starts_with("conform"), "{command}: {told}");
            // A report of clauses is about the guest, for which there are no flags.
            let flag = "`--limit fuel_per_call=N`";
            assert!(told.contains(flag) || command.starts_with("conform"), "{command}: {told}");
            assert!(!told.contains("`Limits::"), "{command}: {told}");
        }
        assert_eq!(contents(dir.path()), before, "{command}: nothing is written");
    }
}

#[test]
fn every_command_refuses_a_limit_that_is_none() {
    let dir = bench();
    for command in COMMANDS {
        for setting in [
            "fuel=1",
            "fuel_per_call",
            "fuel_per_call=-1",
            "fuel_per_call=18446744073709551616",
            "fuel_bytes=4294967296",
        ] {
            let Ran { code, out, err } = run(dir.path(), command, &format!("--limit {setting}"));
            assert_eq!((code, out.as_str()), (2, ""), "{command}: {err}");
            let names = if command.starts_with("conform") {
                "fuel_per_call, fuel_in_all"
            } else {
                "fuel_per_call, fuel_bytes, "
            };
            let start = format!(
                "error: `--limit {setting}` sets no limit: write NAME=N, with a whole number and one of these names: {names}"
            );
            assert!(err.starts_with(&start), "{command}: {err}");
        }
    }
}

#[test]
fn no_command_says_no_to_a_limit_that_is_wide() {
    let dir = bench();
    for command in COMMANDS.iter().filter(|command| !command.ends_with("- LIMIT") && !command.contains("request.json"))
    {
        let Ran { code, out, err } = run(dir.path(), command, "--limit fuel_per_call=300000000");
        // There is no case in this folder but the repository itself, where nothing is expected of the BUILD file.
        assert!(code == 0 || (code == 1 && command.starts_with("golden")), "{command}: {out} {err}");
    }
}

#[test]
fn each_limit_that_a_run_can_reach_is_named_with_its_value_and_its_flag() {
    let dir = bench();
    for (limit, told) in [
        ("module_bytes=1000", "bytes, the limit is 1000 (`--limit module_bytes=N`)"),
        ("code_bytes=1000", "the limit is 1000 (`--limit code_bytes=N`)"),
        ("functions=10", "functions, the limit is 10 (`--limit functions=N`)"),
        ("memory_bytes=1000", "the limit is 1000 (`--limit memory_bytes=N`)"),
        ("reply_bytes=10", "bytes, the limit is 10 (`--limit reply_bytes=N`)"),
        ("request_bytes=3", "bytes, the limit is 3 (`--limit request_bytes=N`)"),
        ("stack_bytes=100", "a stack of 100 bytes (`--limit stack_bytes=N`)"),
        ("recursion_depth=1", "the limits are 1 calls (`--limit recursion_depth=N`)"),
    ] {
        let Ran { err, .. } = line_in(dir.path(), &format!("update --limit {limit}"));
        assert!(err.contains(told), "{limit}: {err}");
    }
}

#[test]
fn a_document_for_machines_names_the_flag_too() {
    let dir = repo(&[("WORKSPACE", ""), ("shop/item.proto", PROTO)]);
    let text = "(module (memory (export \"memory\") 1) (data (i32.const 64) \"wat\") (func (export \"dorcas_abi_v1\"))
        (func (export \"alloc\") (param i32) (result i32) (i32.const 1024)) (func (export \"free\") (param i32 i32))
        (func (export \"lang_name\") (result i64) (i64.const 0x4000000003))
        (func (export \"generate_rules\") (param i32 i32) (result i64) (loop (br 0)) (i64.const 0)))";
    support::assemble(dir.path(), "wat", text);
    let Ran { code, out, .. } =
        line_in(dir.path(), "update --guest wat.wasm --format json --limit fuel_per_call=20000000");
    assert_eq!(code, 1);
    assert!(out.contains("used up its fuel of 20000000 (`--limit fuel_per_call=N`)"), "{out}");
}

#[test]
fn what_is_sealed_is_looked_at_within_the_limits_of_the_command_line() {
    let dir = repo::<&str, &str>(&[]);
    let text = "(module (import \"wasi_snapshot_preview1\" \"random_get\" (func (param i32 i32) (result i32)))
        (memory (export \"memory\") 1) (data (i32.const 64) \"slow\") (func (export \"dorcas_abi_v1\"))
        (func (export \"_initialize\") (local i32) (local.set 0 (i32.const 60000000))
          (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
        (func (export \"alloc\") (param i32) (result i32) (i32.const 1024)) (func (export \"free\") (param i32 i32))
        (func (export \"lang_name\") (result i64) (i64.const 0x4000000004))
        (func (export \"generate_rules\") (param i32 i32) (result i64) (i64.const 0)))";
    support::assemble(dir.path(), "raw", text);
    let Ran { code, err, .. } = line_in(dir.path(), "seal raw.wasm out.wasm");
    assert_eq!(code, 3, "{err}");
    let Ran { code, err, .. } = line_in(dir.path(), "seal raw.wasm out.wasm --limit fuel_per_call=400000000");
    assert_eq!((code, err.as_str()), (0, ""));
}

#[test]
fn a_case_is_run_within_the_limits_of_the_command_line() {
    // The guest loads within so much, and makes a rule of few files.
    let limits = "golden . --limit fuel_per_call=250000 --limit fuel_bytes=0";
    for (count, is_enough) in [(1, true), (100, false)] {
        let files: Vec<_> = (0..count).map(|number| (format!("one/shop/f{number}.proto"), PROTO)).collect();
        let dir = repo(&files);
        fs::write(dir.path().join("one/WORKSPACE"), "").unwrap();
        let Ran { code, out, .. } = line_in(dir.path(), limits);
        assert_eq!(
            (code, out.contains("used up its fuel of 250000 (`--limit")),
            (i32::from(!is_enough), !is_enough),
            "{out}"
        );
    }
}

#[test]
fn a_guest_that_says_itself_that_it_has_no_memory() {
    let files: Vec<_> = (0..3_000).map(|number| (format!("shop/f{number}.zig"), "test \"a\" {}\n")).collect();
    let dir = repo(&files);
    fs::write(dir.path().join("WORKSPACE"), "").unwrap();
    let zig = project("guest/prebuilt/zig.wasm").display().to_string();
    let limit = 1 << 20;
    let Ran { code, err, .. } = line_in(dir.path(), &format!("update --guest {zig} --limit memory_bytes={limit}"));
    assert_eq!(code, 1);
    let text = format!("bytes of memory, the limit is {limit} (`--limit memory_bytes=N`)");
    assert!(err.contains("failed with error 3: out of memory, after it wanted ") && err.contains(&text), "{err}");
}
