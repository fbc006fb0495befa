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
fn a_new_build_shows_what_it_answers_otherwise() {
    let dir = recorded();
    // The same but for a custom section: nothing differs.
    let mut wasm = fs::read(dir.path().join("guest.wasm")).unwrap();
    wasm.extend(b"\0\x02\x01x");
    fs::write(dir.path().join("same.wasm"), wasm).unwrap();
    let ran = line_in(dir.path(), "replay --guest same.wasm run.txt");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.ends_with(" calls of wat: 0 answered otherwise\n"), "{}", ran.out);
    // One that names its rule otherwise.
    let text = guest(&Manifest::default(), "(call $refuse)");
    let (made, changed) = (r"\6d\61\64\65", r"\6d\6f\64\65");
    assert!(text.contains(made), "{text}");
    assemble(dir.path(), "new", &text.replace(made, changed));
    let ran = line_in(dir.path(), "replay --guest new.wasm run.txt");
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert!(ran.out.contains(", generate_rules:\n") && ran.out.contains("\"made\""), "{}", ran.out);
    assert!(ran.out.lines().any(|line| line.starts_with('+') && line.contains("\"mode\"")), "{}", ran.out);
    // Of another language.
    let line = format!("replay --guest {} run.txt", support::project("guest/prebuilt/cc.wasm").display());
    let ran = line_in(dir.path(), &line);
    assert!(ran.code == 2 && ran.err.contains("it has no call of the language `cc`"), "{}", ran.err);
}

#[test]
fn a_call_is_taken_out() {
    let dir = recorded();
    let (mut found, mut number) = (false, 0);
    loop {
        number += 1;
        let taken = line_in(dir.path(), &format!("replay --call {number} run.txt"));
        if taken.code != 0 {
            assert!(
                taken.code == 2
                    && taken.err.contains(&format!("no call {number} in the recording, which has {}", number - 1))
            );
            break;
        }
        let Some(("`generate_rules` of wat", _)) = taken.err.split_once(',') else { continue };
        fs::write(dir.path().join("request.json"), &taken.out).unwrap();
        let called = line_in(dir.path(), "call guest.wasm generate_rules request.json");
        assert!(called.code == 0 && called.out.contains("\"made\""), "{} {}", called.out, called.err);
        found = true;
    }
    assert!(found && number > 2);
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
