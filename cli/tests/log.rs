//! `--log`: what guests write for whoever debugs them.

mod support;

use dorcas_abi::message::Manifest;
use std::{fs, path::Path};
use support::{MADE, assemble, contents, guest, line_in, repo};

/// A repository and the guest of the other tests, which writes the directory's name to the log, that it may import.
fn repository() -> tempfile::TempDir {
    let dir = repo(&[("WORKSPACE", ""), ("api/a.txt", ""), ("cmd/a.txt", ""), ("doc/a.txt", "")]);
    let text = guest(&Manifest::default(), "(call $refuse)")
        .replacen("(module", r#"(module (import "dorcas" "log" (func $log (param i32 i32 i32)))"#, 1)
        .replace(
            ";; The request begins",
            "(call $log (i32.const 2) (i32.add (local.get $ptr) (i32.const 1)) (i32.load8_u (local.get $ptr)))
            ;; The request begins",
        );
    assemble(dir.path(), "guest", &text);
    dir
}

const LOG: &str = "log of guest.wasm: info: \nlog of guest.wasm: info: api\nlog of guest.wasm: info: cmd\n\
                   log of guest.wasm: info: doc\n";

/// The BUILD files below.
fn made(dir: &Path) -> Vec<(String, String)> {
    contents(dir).into_iter().filter(|(name, _)| name.ends_with("BUILD.bazel")).collect()
}

#[test]
fn it_is_shown_in_order_and_changes_nothing_else() {
    let dir = repository();
    let ran = line_in(dir.path(), "update --guest guest.wasm --log --quiet --threads 4");
    let mut lines: Vec<_> = ran.err.lines().collect();
    let shown = ran.err.clone();
    lines.sort_unstable();
    assert_eq!((ran.code, ran.out.as_str(), lines.join("\n") + "\n"), (0, "", LOG.to_owned()));
    assert_eq!(made(dir.path()).len(), 4);
    assert!(made(dir.path()).iter().all(|(_, text)| text == MADE));

    let again = repository();
    assert_eq!(line_in(again.path(), "update -guest guest.wasm -log -quiet").err, shown);
}

#[test]
fn it_is_off_unless_asked_for() {
    let dir = repository();
    let ran = line_in(dir.path(), "update --guest guest.wasm");
    assert_eq!((ran.code, made(dir.path()).len()), (3, 0));
    assert!(ran.err.contains("this module imports `dorcas.log`, a function (i32, i32, i32) -> ()"), "{}", ran.err);
}

#[test]
fn call_shows_it_too() {
    let dir = repository();
    let ran = line_in(dir.path(), "call --log guest.wasm generate_rules");
    assert!(ran.code == 0 && ran.err.starts_with("log of guest.wasm: info: \n"), "{}", ran.err);
}

#[test]
fn a_recorded_run_is_replayed_with_it() {
    let dir = repository();
    assert_eq!(line_in(dir.path(), "update --guest guest.wasm --log --record run.txt").code, 0);
    let ran = line_in(dir.path(), "replay --guest guest.wasm --log run.txt");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let ran = line_in(dir.path(), "replay --guest guest.wasm run.txt");
    assert!(ran.code == 1 && ran.err.contains("dorcas.log"), "{}", ran.err);
}

#[test]
fn golden_shows_it_apart_from_what_is_expected() {
    let dir = repo(&[("cases/one/WORKSPACE", ""), ("cases/one/BUILD.out", MADE), ("cases/two/WORKSPACE", "")]);
    fs::copy(repository().path().join("guest.wasm"), dir.path().join("guest.wasm")).unwrap();
    let ran = line_in(dir.path(), "golden cases --guest guest.wasm --log --strict");
    let path = dir.path().canonicalize().unwrap().join("guest.wasm");
    let lines = format!("one: log of {0}: info: \ntwo: log of {0}: info: \n", path.display());
    assert_eq!((ran.code, ran.err), (1, lines), "{}", ran.out);
    assert!(ran.out.contains("FAIL    two\n") && ran.out.ends_with("2 cases: 1 passed, 1 failed\n"), "{}", ran.out);

    // Who expects the log says so in the case.
    fs::write(dir.path().join("cases/one/arguments.txt"), "--log\n").unwrap();
    fs::write(dir.path().join("cases/one/expectedStderr.txt"), format!("log of {}: info: \n", path.display())).unwrap();
    let ran = line_in(dir.path(), "golden cases/one --guest guest.wasm --log --strict");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);

    let ran = line_in(dir.path(), "golden cases --guest guest.wasm");
    assert!(ran.code == 3 && ran.err.contains("this module imports `dorcas.log`"), "{}", ran.err);
}
