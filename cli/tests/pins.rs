//! `dorcas.json`: the guests of a repository, pinned for everyone.

mod support;

use dorcas_abi::message::{Flag, FlagType, Manifest};
use serde_json::{Value, json};
use std::{fs, path::Path};
use support::{Ran, assemble, guest, line_in, project, repo};
use tempfile::TempDir;

const PROTO: &str = "syntax = \"proto3\";\n";

/// A repository with a guest of its own that has a flag of each type, and writes a BUILD file in each directory.
fn repository() -> TempDir {
    let dir = repo(&[("MODULE.bazel", ""), ("a/x.proto", PROTO)]);
    fs::create_dir(dir.path().join("tools")).unwrap();
    let flag = |name: &str, ty| {
        let default = if ty == FlagType::Bool {
            "false"
        } else if ty == FlagType::Int {
            "0"
        } else {
            ""
        };
        Flag { name: name.into(), ty, default: default.into(), help: String::new() }
    };
    let flags = vec![
        flag("wat_bool", FlagType::Bool),
        flag("wat_int", FlagType::Int),
        flag("wat_text", FlagType::String),
        flag("wat_texts", FlagType::Strings),
    ];
    let manifest = Manifest { flags, ..Manifest::default() };
    assemble(&dir.path().join("tools"), "wat", &guest(&manifest, "(call $refuse)"));
    dir
}

fn digest(dir: &Path, file: &str) -> String {
    let shown = line_in(dir, &format!("inspect --format json {file}"));
    let document: Value = serde_json::from_str(&shown.out).unwrap();
    document["sha256"].as_str().unwrap().to_owned()
}

fn write(dir: &TempDir, document: &Value) {
    fs::write(dir.path().join("dorcas.json"), document.to_string()).unwrap();
}

/// The languages of a run, in their order.
fn languages(dir: &Path, line: &str) -> Vec<String> {
    let ran = line_in(dir, line);
    let document: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{line}: {}", ran.err));
    document["languages"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().into()).collect()
}

const DIFF: &str = "update --mode diff --format json --stats";

#[test]
fn a_guest_that_is_in_the_command_and_does_not_run_unasked() {
    let dir = repo(&[("WORKSPACE", ""), ("a/a.py", "")]);
    assert_eq!(languages(dir.path(), DIFF), ["proto"]);
    assert_eq!(languages(dir.path(), &format!("{DIFF} --guest builtin:python")), ["proto", "py"]);
    assert_eq!(line_in(dir.path(), "add builtin:python").code, 0);
    assert_eq!(languages(dir.path(), DIFF), ["proto", "py"]);
    let document: Value = serde_json::from_slice(&fs::read(dir.path().join("dorcas.json")).unwrap()).unwrap();
    assert_eq!(document, json!({"guests": [{"builtin": "proto"}, {"builtin": "python"}]}));
    let err = line_in(dir.path(), "inspect builtin:rust").err;
    assert!(err.contains("builtin:rust"), "{err}");
}

#[test]
fn a_guest_is_added_pinned_and_removed() {
    let dir = repository();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::copy(project("guest/prebuilt/visibility.wasm"), elsewhere.path().join("visibility.wasm")).unwrap();
    assert_eq!(languages(dir.path(), DIFF), ["proto"]);

    let added = line_in(dir.path(), "add tools/wat.wasm");
    assert_eq!((added.code, added.out.as_str()), (0, ""), "{}", added.err);
    let added = line_in(dir.path(), &format!("add {}/visibility.wasm", elsewhere.path().display()));
    assert_eq!(added.code, 0, "{}", added.err);
    assert_eq!(languages(dir.path(), DIFF), ["proto", "wat", "visibility_extension"]);
    // From a directory below, too.
    assert_eq!(languages(&dir.path().join("a"), DIFF), ["proto", "wat", "visibility_extension"]);
    let document: Value = serde_json::from_slice(&fs::read(dir.path().join("dorcas.json")).unwrap()).unwrap();
    let expected = json!({"guests": [
        {"builtin": "proto"},
        {"file": "tools/wat.wasm", "sha256": digest(dir.path(), "tools/wat.wasm")},
        {"file": "tools/dorcas/visibility.wasm", "sha256": digest(dir.path(), "tools/dorcas/visibility.wasm")},
    ]});
    assert_eq!(document, expected);

    assert_eq!(languages(dir.path(), &format!("{DIFF} --no-config")), ["proto"]);
    assert_eq!(languages(dir.path(), &format!("{DIFF} --no-config --guest tools/wat.wasm")), ["proto", "wat"]);
    // One of the same name takes the place.
    fs::copy(dir.path().join("tools/wat.wasm"), elsewhere.path().join("new.wasm")).unwrap();
    let line = format!("{DIFF} --guest {}/new.wasm", elsewhere.path().display());
    assert_eq!(languages(dir.path(), &line), ["proto", "wat", "visibility_extension"]);

    let again = line_in(dir.path(), &format!("add {}/new.wasm", elsewhere.path().display()));
    assert!(again.code == 2 && again.err.contains("is in it already, as tools/wat.wasm"), "{}", again.err);
    assert_eq!(line_in(dir.path(), "remove proto").code, 0);
    assert_eq!(line_in(dir.path(), "remove tools/wat.wasm").code, 0);
    assert_eq!(languages(dir.path(), DIFF), ["visibility_extension"]);
    let none = line_in(dir.path(), "remove wat");
    assert!(none.code == 2 && none.err.contains("there are: tools/dorcas/visibility.wasm"), "{}", none.err);
}

#[test]
fn another_file_is_refused_with_both_digests() {
    let dir = repository();
    assert_eq!(line_in(dir.path(), "add tools/wat.wasm").code, 0);
    let before = digest(dir.path(), "tools/wat.wasm");
    let path = dir.path().join("tools/wat.wasm");
    let mut wasm = fs::read(&path).unwrap();
    wasm.extend(b"\0\x02\x01x");
    fs::write(&path, wasm).unwrap();
    let after = digest(dir.path(), "tools/wat.wasm");
    fs::create_dir_all(dir.path().join("cases/one")).unwrap();
    fs::write(dir.path().join("cases/one/WORKSPACE"), "").unwrap();
    for line in ["update", "fix -mode diff", "explain //a", "golden cases", "-mode print"] {
        let Ran { code, out, err } = line_in(dir.path(), line);
        assert_eq!((code, &*out), (3, ""), "{line}: {err}");
        assert!(err.contains(&before) && err.contains(&after) && err.contains("`dorcas add tools/wat.wasm`"), "{err}");
    }
    assert_eq!(line_in(dir.path(), "add tools/wat.wasm").code, 0);
    assert_eq!(line_in(dir.path(), "-mode print").code, 0);
}

#[test]
fn limits_and_flags_of_a_guest() {
    let dir = repository();
    let sha256 = digest(dir.path(), "tools/wat.wasm");
    let with = |rest: Value| {
        let mut pin = json!({"file": "tools/wat.wasm", "sha256": &sha256});
        pin.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        write(&dir, &json!({"guests": [pin]}));
        line_in(dir.path(), "update -mode print")
    };
    let all = json!({"flags": {"wat_bool": true, "wat_int": -3, "wat_text": "x", "wat_texts": ["a", "b"]}});
    assert_eq!(with(all).code, 0);
    assert_eq!(line_in(dir.path(), "update -mode print -wat_int 4").code, 0);
    let small = with(json!({"limits": {"module_bytes": 10}}));
    assert!(small.code == 3 && small.err.contains("--limit module_bytes=N"), "{}", small.err);
    // The line counts before the file.
    assert_eq!(line_in(dir.path(), "update -mode print -limit module_bytes=1000000").code, 0);
    for (rest, said) in [
        (json!({"limits": {"fuel": 10}}), "guest 1: there is no limit `fuel=10`; there are: fuel_per_call,"),
        (json!({"flags": {"wat": true}}), "guest 1: the guest has no flag \"wat\"; there are: wat_bool, wat_int,"),
        (json!({"flags": {"wat_bool": "x"}}), "guest 1: the value of the flag \"wat_bool\" is true or false"),
        (json!({"flags": {"wat_int": 1.5}}), "data did not match any variant"),
    ] {
        let Ran { code, err, .. } = with(rest);
        assert!((code == 3 || code == 2) && err.contains(said), "{code} {err}");
    }
}

#[test]
fn what_a_document_may_not_say() {
    let dir = repository();
    let sha256 = digest(dir.path(), "tools/wat.wasm");
    #[cfg(unix)]
    {
        let out = dir.path().join("out.wasm");
        std::os::unix::fs::symlink(project("guest/prebuilt/cc.wasm"), out).unwrap();
    }
    for (document, code, said) in [
        (json!({"guests": [{"file": "tools/wat.wasm"}]}), 3, "tools/wat.wasm has no \"sha256\"; `dorcas add"),
        (json!({"guests": [{"file": "../wat.wasm", "sha256": &sha256}]}), 3, "is no path from the root"),
        (json!({"guests": [{"file": "/etc/passwd", "sha256": &sha256}]}), 3, "is no path from the root"),
        (json!({"guests": [{"file": "gone.wasm", "sha256": &sha256}]}), 3, "gone.wasm: No such file"),
        (json!({"guests": [{"file": "tools", "sha256": &sha256}]}), 3, "tools: it is no regular file"),
        (json!({"guests": [{"file": "tools/wat.wasm", "sha256": "0"}]}), 3, "\"0\" is no SHA-256"),
        (json!({"guests": [{"builtin": "go"}]}), 3, "no built-in guest \"go\"; there are \"proto\", \"python\""),
        (json!({"guests": [{}]}), 3, "a guest has either \"file\" or \"builtin\""),
        (json!({"guests": [{"file": "a", "builtin": "proto", "sha256": &sha256}]}), 3, "either"),
        (
            json!({"guests": [{"fiel": "a"}]}),
            2,
            "guest 1 has the key \"fiel\", which means nothing; did you mean \"file\"?",
        ),
        (json!({"guest": []}), 2, "the document has the key \"guest\", which means nothing; did you mean \"guests\"?"),
        (json!({"guests": [{"url": "https://example.com/x.wasm"}]}), 2, "has the key \"url\""),
        (json!({"guests": {}}), 2, "invalid type: map, expected a sequence"),
        (json!([]), 2, "expected struct"),
        (json!({"guests": [{"file": "out.wasm", "sha256": &sha256}]}), 3, "a link that leads out of the repository"),
    ] {
        if cfg!(not(unix)) && said.contains("link") {
            continue;
        }
        write(&dir, &document);
        let ran = line_in(dir.path(), "update");
        assert_eq!((ran.code, &*ran.out), (code, ""), "{document}: {}", ran.err);
        assert!(ran.err.starts_with("error: ") && ran.err.contains("dorcas.json: "), "{}", ran.err);
        assert!(ran.err.contains(said) && ran.err.lines().count() == 1, "{document}: {}", ran.err);
    }
    fs::write(dir.path().join("dorcas.json"), "{\n \"guests\": [\n").unwrap();
    assert!(line_in(dir.path(), "update").err.contains(" at line 3 column 0"), "a place is named");
    assert_eq!(line_in(dir.path(), "update --no-config").code, 0);
    fs::remove_file(dir.path().join("dorcas.json")).unwrap();
    fs::create_dir(dir.path().join("dorcas.json")).unwrap();
    assert_eq!(line_in(dir.path(), "update").code, 4);
}

#[test]
fn a_document_that_is_named() {
    let dir = repository();
    let other = tempfile::tempdir().unwrap();
    fs::copy(project("guest/prebuilt/cc.wasm"), other.path().join("cc.wasm")).unwrap();
    let sha256 = digest(other.path(), "cc.wasm");
    let path = other.path().join("guests.json");
    fs::write(&path, json!({"guests": [{"file": "cc.wasm", "sha256": sha256}]}).to_string()).unwrap();
    assert_eq!(languages(dir.path(), &format!("{DIFF} --config {}", path.display())), ["cc"]);
    let gone = line_in(dir.path(), "update --config gone.json");
    assert!(gone.code == 4 && gone.err.contains("can't read gone.json"), "{}", gone.err);
}

#[test]
fn golden_cases_have_the_guests_of_the_repository() {
    let dir = repository();
    fs::copy(project("guest/prebuilt/visibility.wasm"), dir.path().join("tools/visibility.wasm")).unwrap();
    assert_eq!(line_in(dir.path(), "add tools/visibility.wasm").code, 0);
    assert_eq!(line_in(dir.path(), "remove proto").code, 0);
    fs::create_dir_all(dir.path().join("cases/one/a")).unwrap();
    fs::write(dir.path().join("cases/one/WORKSPACE"), "").unwrap();
    fs::write(dir.path().join("cases/one/a/x.proto"), PROTO).unwrap();
    // Without the built-in language nothing is generated.
    let ran = line_in(dir.path(), "golden cases --strict");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let ran = line_in(dir.path(), "golden cases --strict --no-config");
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
}
