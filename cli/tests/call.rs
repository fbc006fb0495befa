//! `dorcas call`: JSON in, JSON out.

mod support;

use dorcas_abi::message::Manifest;
use serde_json::{Value, json};
use std::{
    io::Write as _,
    process::{Output, Stdio},
};
use support::{Ran, assemble, binary, dorcas, dorcas_in, faulty, guest, repo};

/// Calls the built-in guest with a request on standard input.
fn answered(method: &str, request: &str) -> Ran {
    let mut command = binary();
    command.args(["call", "builtin:proto", method, "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // What isn't read need not be written.
    let _ = child.stdin.take().unwrap().write_all(request.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    Ran {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

/// Says whether this is what a call has taken: `31407 fuel, 0.277 ms, 8 bytes in, 5 bytes out`.
fn is_bill(line: &str) -> bool {
    let words: Vec<_> = line.split_whitespace().filter(|word| word.parse::<f64>().is_err()).collect();
    words.join(" ") == "fuel, ms, bytes in, bytes out"
}

#[test]
fn the_name_of_the_language() {
    let ran = dorcas(["call", "builtin:proto", "lang_name"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "\"proto\"\n"));
}

#[test]
fn the_manifest() {
    let ran = dorcas(["call", "builtin:proto", "manifest"]);
    assert!(ran.code == 0 && is_bill(&ran.err), "{}", ran.err);
    let manifest: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(manifest["kinds"][0]["name"], "proto_library");
}

#[test]
fn an_empty_request() {
    let dir = repo::<&str, &str>(&[]);
    assemble(dir.path(), "guest", &guest(&Manifest::default(), "(call $refuse)"));
    let ran = dorcas_in(dir.path(), ["call", "guest.wasm", "generate_rules"]);
    assert_eq!(ran.code, 0);
    let response: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(response["rules"][0]["rule"]["name"], "made");
}

#[test]
fn a_request_from_a_file() {
    let dir = repo(&[("request.json", r#"{"rel": "bad"}"#)]);
    assemble(dir.path(), "guest", &guest(&Manifest::default(), "(call $refuse)"));
    let ran = dorcas_in(dir.path(), ["call", "guest.wasm", "generate_rules", "request.json"]);
    let (bill, error) = ran.err.split_once('\n').unwrap();
    assert!(is_bill(bill), "{bill}");
    assert_eq!(
        (ran.code, ran.out.as_str(), error),
        (1, "", "error: `generate_rules` of guest `wat` failed with error 1234: no, thanks\n")
    );
}

#[test]
fn a_request_from_standard_input() {
    let ran = answered("find", r#"{"queries": []}"#);
    assert_eq!((ran.code, serde_json::from_str::<Value>(&ran.out).unwrap()), (0, json!({"found": []})));
}

#[test]
fn a_method_that_is_none() {
    let err = "error: `nope` is no method; there are: lang_name, manifest, setup, scan, configure, fix, generate_rules, imports, \
               resolve, find, finish\n";
    assert_eq!(dorcas(["call", "builtin:proto", "nope"]), Ran { code: 2, out: String::new(), err: err.into() });
}

#[test]
fn a_method_that_the_guest_lacks() {
    let dir = repo::<&str, &str>(&[]);
    faulty(dir.path(), "good");
    let err = "error: the guest `good` doesn't export `find`; it has: manifest, generate_rules\n";
    let ran = dorcas_in(dir.path(), ["call", "good.wasm", "find"]);
    assert_eq!(ran, Ran { code: 2, out: String::new(), err: err.into() });
}

#[test]
fn a_request_that_does_not_fit() {
    for (request, why) in [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("{\"rel\": 3}", "invalid type: integer `3`, expected a string at line 1 column 9"),
        ("{} {}", "trailing characters at line 1 column 4"),
    ] {
        let err = format!("error: the request doesn't fit `generate_rules`: {why}\n");
        assert_eq!(answered("generate_rules", request), Ran { code: 2, out: String::new(), err });
    }
    let ran = answered("generate_rules", "{\"rol\": \"x\"}");
    let begin = "error: the request doesn't fit `generate_rules`: unknown field `rol`, expected one of `rel`, ";
    assert!(ran.code == 2 && ran.err.starts_with(begin), "{}", ran.err);
}

#[test]
fn a_request_that_breaks_the_schema() {
    let ran = answered("generate_rules", r#"{"subdirs": ["b", "a"]}"#);
    let begin = "error: the request has no encoding: ";
    assert!(ran.code == 2 && ran.err.starts_with(begin) && ran.err.contains("subdirs"), "{}", ran.err);
}

#[test]
fn a_request_that_cannot_be_read() {
    let err = "error: can't read the request gone.json: No such file or directory (os error 2)\n";
    let ran = dorcas(["call", "builtin:proto", "manifest", "gone.json"]);
    assert_eq!(ran, Ran { code: 2, out: String::new(), err: err.into() });
}

#[test]
fn a_guest_that_traps() {
    let dir = repo::<&str, &str>(&[]);
    faulty(dir.path(), "panic_text");
    let ran = dorcas_in(dir.path(), ["call", "panic_text.wasm", "generate_rules"]);
    let (bill, error) = ran.err.split_once('\n').unwrap();
    assert!(is_bill(bill), "{bill}");
    let begin = "error: `generate_rules` of guest `faulty` trapped: unreachable; it said: ";
    assert!(ran.code == 1 && error.starts_with(begin), "{error}");
}

#[test]
fn a_limit_by_its_name() {
    let ran = dorcas(["call", "builtin:proto", "manifest", "--limit", "reply_bytes=64"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    assert!(ran.err.contains("`--limit reply_bytes=N`"), "{}", ran.err);
}

#[test]
fn a_limit_that_is_none() {
    for setting in ["fuel=1", "fuel_per_call", "types=4294967296"] {
        let ran = dorcas(["call", "builtin:proto", "manifest", "--limit", setting]);
        assert_eq!(ran.code, 2);
        let start = format!(
            "error: `--limit {setting}` sets no limit: write NAME=N, with a whole number and one of these names: \
             fuel_per_call, "
        );
        assert!(ran.err.starts_with(&start), "{}", ran.err);
    }
}
