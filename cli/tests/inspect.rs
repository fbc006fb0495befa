//! `dorcas inspect`, of guests and of what is none.

mod support;

use dorcas_abi::message::{DirectiveInfo, Flag, FlagType, Input, Kind, LoadInfo, Manifest, Methods, Reach, Want};
use dorcas_host::Digest;
use serde_json::{Value, json};
use std::{fs, path::Path};
use support::{assemble, dorcas, dorcas_in, faulty, guest, project, repo};

fn full() -> Manifest {
    Manifest {
        version: "1.2".into(),
        kinds: vec![
            Kind { name: "plain".into(), ..Kind::default() },
            Kind {
                name: "thing".into(),
                match_attrs: vec!["id".into(), "srcs".into()],
                non_empty_attrs: vec!["srcs".into()],
                mergeable_attrs: vec!["srcs".into()],
                resolve_attrs: vec!["deps".into()],
                ..Kind::default()
            },
        ],
        loads: vec![
            LoadInfo {
                module: "rules_thing".into(),
                file: "//:defs.bzl".into(),
                symbols: vec!["plain".into(), "thing".into()],
                ..LoadInfo::default()
            },
            LoadInfo { file: "//tools:own.bzl".into(), symbols: vec!["own".into()], ..LoadInfo::default() },
        ],
        directives: vec![
            DirectiveInfo { name: "a".into(), help: String::new() },
            DirectiveInfo { name: "b".into(), help: "What it does \u{1b}[31min red".into() },
        ],
        flags: vec![
            Flag { name: "b".into(), help: "Says yes".into(), ..Flag::default() },
            Flag { name: "s".into(), ty: FlagType::Strings, ..Flag::default() },
        ],
        inputs: vec![
            Input {
                glob: "*.a".into(),
                want: Want::Matches(vec!["#.*".into(), "(x)".into()]),
                methods: Methods::GENERATE_RULES,
                ..Input::default()
            },
            Input { glob: "*.b".into(), want: Want::Content, methods: Methods::GENERATE_RULES, ..Input::default() },
            Input { glob: "*".into(), want: Want::Name, methods: Methods::GENERATE_RULES, ..Input::default() },
            Input { glob: "config".into(), reach: Reach::Above, want: Want::Content, methods: Methods::CONFIGURE },
            Input { glob: "exports".into(), reach: Reach::Below, want: Want::Name, methods: Methods::IMPORTS },
            Input {
                glob: "*.c".into(),
                reach: Reach::Root,
                want: Want::Scan,
                methods: Methods { setup: true, ..Methods::FIX },
            },
        ],
        stateful: true,
        quiet: true,
    }
}

/// What is shown, but for the lines that change with any byte of the module.
fn shown(dir: &Path, file: &str) -> String {
    let out = dorcas_in(dir, ["inspect", file]).out;
    let is_kept = |line: &&str| !["sha-256 ", "size ", "memory ", "holds "].iter().any(|key| line.starts_with(key));
    out.split_inclusive('\n').filter(is_kept).collect()
}

#[test]
fn a_guest_with_all_that_a_manifest_can_say() {
    let dir = repo::<&str, &str>(&[]);
    assemble(dir.path(), "guest", &guest(&full(), "(call $refuse)"));
    insta::assert_snapshot!("full", shown(dir.path(), "guest.wasm"));
}

#[test]
fn a_guest_without_a_manifest() {
    let dir = repo::<&str, &str>(&[]);
    faulty(dir.path(), "error_of_its_own");
    let ran = dorcas_in(dir.path(), ["inspect", "error_of_its_own.wasm"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let digest = Digest::of(&fs::read(dir.path().join("error_of_its_own.wasm")).unwrap());
    assert!(
        ran.out.starts_with(&format!("file      error_of_its_own.wasm\nsha-256   {digest}\nlanguage  faulty\n")),
        "{}",
        ran.out
    );
    assert!(ran.out.ends_with("\nmanifest\n  none: it is shown the name of every file\n"), "{}", ran.out);
}

#[test]
fn the_built_in_guest() {
    let ran = dorcas(["inspect", "builtin:proto"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for line in [
        "language  proto\n",
        "ABI       version 1\n",
        "imports   none\n",
        "  memory          32-bit memory of ",
        "  dorcas_abi_v1   function () -> ()\n",
        "  generate_rules  function (i32, i32) -> i64\n",
        "  @protobuf//bazel:proto_library.bzl: proto_library\n",
        "  **/*.proto: for generate_rules the matches of\n",
    ] {
        assert!(ran.out.contains(line), "{line}: {}", ran.out);
    }
    // It is the one that stands in the tree.
    let digest = Digest::of(&fs::read(project("guest/prebuilt/proto.wasm")).unwrap());
    assert!(ran.out.contains(&format!("sha-256   {digest}\n")));
}

fn document(dir: &Path, file: &str) -> (i32, Value) {
    let ran = dorcas_in(dir, ["inspect", "--format", "json", file]);
    (ran.code, serde_json::from_str(&ran.out).unwrap())
}

#[test]
fn a_guest_for_machines() {
    let dir = repo::<&str, &str>(&[]);
    let path = assemble(dir.path(), "guest", &guest(&full(), "(call $refuse)"));
    let (code, document) = document(dir.path(), "guest.wasm");
    assert_eq!(code, 0);
    let about = &document["guest"];
    assert_eq!(
        (&document["path"], &document["error"], &about["name"], &about["abi_version"], &about["methods"]),
        (
            &json!("guest.wasm"),
            &Value::Null,
            &json!("wat"),
            &json!(1),
            &json!(["lang_name", "manifest", "generate_rules"])
        )
    );
    // The manifest is the message as the ABI has it.
    assert_eq!(serde_json::from_value::<Manifest>(about["manifest"].clone()).unwrap(), full());
    let module = &document["module"];
    assert_eq!(module["module_bytes"], path.metadata().unwrap().len());
    assert_eq!((&module["memory_bytes"], &module["imports"]), (&json!(4 << 16), &json!([])));
    assert_eq!(module["exports"][0], json!({"name": "memory", "type": "32-bit memory of 4 pages"}));
}

#[test]
fn a_module_that_is_no_guest_is_shown_as_far_as_it_goes() {
    let dir = repo::<&str, &str>(&[]);
    faulty(dir.path(), "imports");
    let ran = dorcas_in(dir.path(), ["inspect", "imports.wasm"]);
    assert_eq!(ran.code, 3);
    let imports = "\nimports\n  wasi_snapshot_preview1.fd_write  function (i32, i32, i32, i32) -> i32\n  \
                   env.line\\nbreak  mutable i64 global\nexports\n";
    assert!(ran.out.contains(imports), "{}", ran.out);
    assert!(!ran.out.contains("language"), "{}", ran.out);
    assert!(ran.err.starts_with("error: can't load the guest imports.wasm: a guest imports nothing"), "{}", ran.err);

    let (code, document) = document(dir.path(), "imports.wasm");
    assert_eq!((code, &document["guest"]), (3, &Value::Null));
    assert_eq!(
        document["module"]["imports"][0],
        json!({"module": "wasi_snapshot_preview1", "name": "fd_write", "type": "function (i32, i32, i32, i32) -> i32"})
    );
    assert!(document["error"].as_str().unwrap().ends_with("(module.no-imports)"));
}

#[test]
fn a_file_that_is_no_module_has_a_digest_at_least() {
    let dir = repo(&[("text", "hello")]);
    let ran = dorcas_in(dir.path(), ["inspect", "text"]);
    let digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    assert_eq!((ran.code, ran.out), (3, format!("file      text\nsha-256   {digest}\n")));
}

#[test]
fn a_module_that_is_no_language_is_shown_and_that_is_no_failure() {
    let dir = repo::<&str, &str>(&[]);
    let write = |wat: &str| fs::write(dir.path().join("m.wasm"), wat::parse_str(wat).unwrap()).unwrap();
    write(
        r#"(module (import "wasi_snapshot_preview1" "sched_yield" (func (result i32))) (func (export "add") (param i32)))"#,
    );
    let ran = dorcas_in(dir.path(), ["inspect", "m.wasm"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for line in [
        "language  none: it does not export `dorcas_abi_v1`\n",
        "  wasi_snapshot_preview1.sched_yield  function () -> i32\n",
        "  add  function (i32) -> ()\n",
        "hint      `dorcas seal` answers imports of WASI inside of the module\n",
    ] {
        assert!(ran.out.contains(line), "{line}: {}", ran.out);
    }
    let (code, document) = document(dir.path(), "m.wasm");
    assert_eq!((code, &document["guest"], &document["module"]["exports"][0]["name"]), (0, &Value::Null, &json!("add")));

    // What is not even valid is a failure.
    let mut wasm = wat::parse_str(r#"(module (func (export "f") (result i32) (i32.const 1)))"#).unwrap();
    let place = wasm.windows(2).position(|bytes| bytes == [0x41, 1]).unwrap();
    wasm[place] = 0x42;
    fs::write(dir.path().join("m.wasm"), wasm).unwrap();
    let ran = dorcas_in(dir.path(), ["inspect", "m.wasm"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("module is not valid here: type mismatch"), "{}", ran.err);
}
