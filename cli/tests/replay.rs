//! `--record` and `dorcas replay`.

mod support;

use dorcas_abi::message::Manifest;
use std::fs;
use support::{assemble, dorcas_in, guest, line_in, repo};

/// A repository with a `.proto` file and a guest, after a recorded run.
fn recorded() -> tempfile::TempDir {
    let proto = "syntax = \"proto3\";\npackage api;\nmessage Thing {}\n";
    let dir = repo(&[("WORKSPACE", ""), ("api/api.proto", proto)]);
    assemble(dir.path(), "guest", &guest(&Manifest::default(), "(call $refuse)"));
    let ran = line_in(dir.path(), "update --guest guest.wasm --record run.txt");
    assert_eq!(ran.code, 0, "{}", ran.err);
    dir
}

#[test]
fn a_recorded_run_happens_again() {
    let dir = recorded();
    let text = fs::read_to_string(dir.path().join("run.txt")).unwrap();
    assert!(text.starts_with("dorcas recording 1\nguest "), "{text}");
    let ran = line_in(dir.path(), "replay --guest guest.wasm run.txt");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.ends_with(" of 2 guests: the same bytes, the same fuel\n"), "{}", ran.out);
}

#[test]
fn a_difference_is_told() {
    let dir = recorded();
    let file = dir.path().join("run.txt");
    let text = fs::read_to_string(&file).unwrap();
    let (line, call) = (1..).zip(text.lines()).find(|(_, line)| line.starts_with("call ")).unwrap();
    let (front, back) = call.split_once(" fuel ").unwrap();
    let (fuel, request) = back.split_once(' ').unwrap();
    fs::write(&file, text.replacen(call, &format!("{front} fuel 1{fuel} {request}"), 1)).unwrap();
    let ran = line_in(dir.path(), "replay --guest guest.wasm run.txt");
    let method = front.rsplit(' ').next().unwrap();
    let expected =
        format!("error: line {line} of the recording: the fuel of `{method}` was `1{fuel}`, now it is `{fuel}`\n");
    assert_eq!((ran.code, ran.err), (1, expected));
}

#[test]
fn a_guest_that_is_not_named() {
    let dir = recorded();
    let ran = line_in(dir.path(), "replay run.txt");
    assert!(ran.code == 3 && ran.err.starts_with("error: line "), "{}", ran.err);
    assert!(
        ran.err.contains(": no module with the SHA-256 ") && ran.err.ends_with(" is at hand; name it with --guest\n")
    );
}

#[test]
fn what_is_no_recording() {
    let dir = repo(&[("run.txt", "hello\n")]);
    let ran = dorcas_in(dir.path(), ["replay", "run.txt"]);
    let expected =
        "error: can't use the recording run.txt: line 1 of the recording: expected `dorcas recording 1`, got `hello`\n";
    assert_eq!((ran.code, ran.err.as_str()), (2, expected));
    let ran = dorcas_in(dir.path(), ["replay", "none.txt"]);
    assert!(ran.code == 4 && ran.err.starts_with("error: can't read the recording none.txt: "), "{}", ran.err);
}

#[test]
fn a_record_that_cannot_be_written() {
    let dir = repo(&[("WORKSPACE", "")]);
    let ran = line_in(dir.path(), "update --record no/such/run.txt");
    assert!(ran.code == 4 && ran.err.starts_with("error: can't write the record no/such/run.txt: "), "{}", ran.err);
}
