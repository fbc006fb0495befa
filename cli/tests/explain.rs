//! `dorcas explain`, from a label to the words about it.

mod support;

use dorcas_abi::message::Manifest;
use serde_json::Value;
use std::fs;
use support::{Ran, assemble, binary, contents, guest, line_in, project, ran, repo};

/// A repository where something was decided in every way.
fn shop() -> tempfile::TempDir {
    repo(&[
        ("MODULE.bazel", "module(name = \"shop\")\n"),
        (
            "BUILD.bazel",
            "# gazelle:resolve proto far/away.proto //over:ride\n# gazelle:lang proto\n# gazelle:proto file\n\
             # gazelle:nonsense x\n",
        ),
        ("common/c.proto", "syntax = \"proto3\";\n"),
        ("x/BUILD.bazel", "# gazelle:proto_strip_import_prefix /x\n# gazelle:proto_import_prefix common\n"),
        ("x/c.proto", "syntax = \"proto3\";\n"),
        ("item/i.proto", "syntax = \"proto3\";\n"),
        (
            "api/BUILD.bazel",
            "# gazelle:proto default\n# gazelle:resolve proto far/away.proto //near\n# gazelle:map_kind a\n\n\
             proto_library(\n    name = \"api_proto\",\n    srcs = [\n        \"gone.proto\",\n        \"kept.proto\",  # keep\n    ],\n\
             \x20   tags = [\"mine\"],\n    visibility = [\"//visibility:private\"],\n    deps = [\"//old\"],\n)\n\n\
             filegroup(\n    name = \"docs\",\n    srcs = [\"README.md\"],\n)\n\n\
             # keep\nproto_library(\n    name = \"kept_proto\",\n    srcs = [\"none.proto\"],\n)\n\n\
             proto_library(\n    name = \"stale_proto\",\n    srcs = [\"stale.proto\"],\n)\n",
        ),
        (
            "api/a.proto",
            "syntax = \"proto3\";\nimport \"api/b.proto\";\nimport \"common/c.proto\";\nimport \"far/away.proto\";\n\
             import \"google/protobuf/any.proto\";\nimport \"item/i.proto\";\nimport \"nowhere/n.proto\";\n\
             import \"read.me\";\n",
        ),
        ("api/b.proto", "syntax = \"proto3\";\n"),
        ("old/BUILD.bazel", "# gazelle:ignore\n\nproto_library(name = \"old_proto\")\n"),
        ("tmp/t.proto", "syntax = \"proto3\";\n"),
        ("out/sub/t.proto", "syntax = \"proto3\";\n"),
        ("third/BUILD.bazel", "# gazelle:exclude party/**\n# gazelle:generation_mode update_only\n"),
        ("third/party/p.proto", "syntax = \"proto3\";\n"),
        ("third/loose/p.proto", "syntax = \"proto3\";\n"),
        (".bazelignore", "tmp\n"),
    ])
}

/// The output without what changes with the guest and not with the repository.
fn stable(text: &str) -> String {
    let line = |line: &str| {
        if line.contains(" fuel, ") || line.contains("sha-256") {
            let digits = |char: char| char.is_ascii_digit() || char == ',';
            let head = line.split_once("sha-256 ").map_or_else(
                || line.split_once(": ").map_or(line, |(method, _)| method).to_owned(),
                |(name, rest)| format!("{name}sha-256 DIGEST{}", &rest[12..]),
            );
            return head.trim_end_matches(digits).to_owned();
        }
        line.to_owned()
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn explained(label: &str) -> String {
    let dir = shop();
    let before = contents(dir.path());
    let Ran { code, out, err } = line_in(dir.path(), &format!("explain {label}"));
    assert_eq!(contents(dir.path()), before, "nothing is written");
    format!("exit {code}\n{err}{}", stable(&out))
}

#[test]
fn a_rule_with_imports_and_merges_of_every_sort() {
    insta::assert_snapshot!("rule", explained("//api:api_proto"));
}

#[test]
fn a_rule_that_is_new() {
    insta::assert_snapshot!("new_rule", explained("//common:c_proto"));
}

#[test]
fn a_rule_that_nobody_generates() {
    insta::assert_snapshot!("hand_written", explained("//api:docs"));
}

#[test]
fn a_rule_that_is_deleted() {
    insta::assert_snapshot!("deleted", explained("//api:stale_proto"));
}

#[test]
fn a_rule_that_a_comment_keeps() {
    insta::assert_snapshot!("kept", explained("//api:kept_proto"));
}

#[test]
fn a_rule_that_is_not_there() {
    insta::assert_snapshot!("no_such_rule", explained("//api:api_porto"));
}

#[test]
fn a_package() {
    insta::assert_snapshot!("package", explained("//api"));
}

#[test]
fn an_ignored_package() {
    insta::assert_snapshot!("ignored", explained("//old:old_proto"));
}

#[test]
fn directories_that_are_left_out() {
    let dir = shop();
    #[cfg(unix)]
    std::os::unix::fs::symlink("item", dir.path().join("link")).unwrap();
    for (label, why) in [
        ("//tmp:t_proto", "tmp is left out by .bazelignore"),
        ("//third/party:p_proto", "third/party is left out: `exclude` has third/party/**"),
        (
            "//third/loose",
            "third/loose has no BUILD file and gets none (generation_mode update_only): it belongs to //third",
        ),
        ("//nowhere", "there is no such directory"),
        ("//link/sub:i_proto", "link is a link, and no `follow` names it"),
        ("//item/i.proto:x", "item/i.proto is a file, not a directory"),
    ] {
        let Ran { code, out, err } = line_in(dir.path(), &format!("explain {label}"));
        let line = out.lines().nth(1).map(str::trim);
        assert_eq!((code, line, err.as_str()), (1, Some(why), ""), "{label}");
    }
    let excluded = line_in(dir.path(), "explain --exclude out/sub //out/sub:t_proto");
    let first = excluded.out.lines().nth(1).map(str::trim);
    assert_eq!(first, Some("out/sub is left out: `exclude` has out/sub"));
    assert!(excluded.out.contains("exclude out/sub  (command line; gazelle)"), "{}", excluded.out);
}

#[test]
fn labels_are_relative_to_the_working_directory() {
    let dir = shop();
    let whole = line_in(dir.path(), "explain //api:api_proto");
    for label in [":api_proto", "api_proto", "//api:api_proto", "@//api:api_proto", "@shop//api:api_proto"] {
        assert_eq!(line_in(&dir.path().join("api"), &format!("explain {label}")), whole, "{label}");
    }
    let elsewhere = line_in(dir.path(), "explain @other//api:api_proto");
    let err = "error: @other//api:api_proto is in the repository other, which is another one\n";
    assert_eq!((elsewhere.code, elsewhere.err.as_str()), (2, err));
}

#[test]
fn nothing_is_kept_of_what_is_asked() {
    let dir = shop();
    let cache = tempfile::tempdir().unwrap();
    let line = |rest: &str| line_in(dir.path(), &format!("{rest} --cache-dir {}", cache.path().display()));
    let fresh = line("explain //api:api_proto");
    assert_eq!(contents(cache.path()), []);
    line("update -mode print");
    let kept = contents(cache.path());
    assert_ne!(kept, []);
    // The same where answers are known: those for the package are asked for again, with their fuel.
    assert_eq!(line("explain //api:api_proto"), fresh);
    assert_eq!(contents(cache.path()), kept);
}

#[test]
fn several_guests() {
    let dir = repo(&[("WORKSPACE", ""), ("a/a.proto", "syntax = \"proto3\";\n")]);
    assemble(dir.path(), "guest", &guest(&Manifest::default(), "(call $refuse)"));
    let both = line_in(dir.path(), "explain --guest guest.wasm //a:made");
    insta::assert_snapshot!("several_guests", stable(&both.out));
    let one = line_in(dir.path(), "explain --guest guest.wasm --lang proto //a:made");
    assert_eq!(one.code, 1);
    assert!(one.out.contains("takes no part here"), "{}", one.out);
}

#[test]
fn a_package_that_fails() {
    let dir = repo(&[("WORKSPACE", ""), ("b/BUILD", "x(name = \"x\")\n"), ("c/BUILD", "x(\n")]);
    assemble(dir.path(), "guest", &guest(&Manifest::default(), "(call $refuse)"));
    let refused = line_in(dir.path(), "explain --guest guest.wasm //b:x");
    assert_eq!(refused.code, 1);
    assert!(refused.out.contains("no, thanks") && refused.out.contains("x, left alone"), "{}", refused.out);
    let broken = line_in(dir.path(), "explain //c:x");
    assert_eq!(broken.code, 1);
    assert!(broken.out.contains("c/BUILD:"), "{}", broken.out);
}

#[test]
fn what_is_explained_is_what_update_does() {
    let dir = shop();
    let document = |label: &str| -> Value {
        serde_json::from_str(&line_in(dir.path(), &format!("explain --format json {label}")).out).unwrap()
    };
    let before = document("//api:api_proto");
    // What is wrong with the directives is an error, and no reason not to write.
    assert_eq!(line_in(dir.path(), "update --quiet").code, 1);
    let file = fs::read_to_string(dir.path().join("api/BUILD.bazel")).unwrap();
    for attribute in before["rule"]["attributes"].as_array().unwrap() {
        let value = attribute["result"].as_str().unwrap().replace('\n', "\n    ");
        let line = format!("    {} = {value},\n", attribute["name"].as_str().unwrap());
        assert!(file.contains(&line), "{line}\n{file}");
    }
    assert!(!file.contains("stale_proto"));
    let after = document("//api:api_proto");
    assert_eq!((&before["rule"]["what"], &after["rule"]["what"]), (&"changed".into(), &"unchanged".into()));
    assert_eq!(after["rule"]["imports"], before["rule"]["imports"]);
}

/// Each field of the document, as a path in which `[]` stands for an element.
fn fields(value: &Value, path: &str, found: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                fields(value, &path, found);
                found.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields(item, &format!("{path}[]"), found)),
        _ => {}
    }
}

#[test]
fn the_document_is_the_one_that_is_described() {
    let dir = shop();
    let mut found = std::collections::BTreeSet::new();
    for label in ["//api:api_proto", "//third/party:x", "//third/loose:x", "//tmp:x"] {
        let document = line_in(dir.path(), &format!("explain --format json {label}")).out;
        fields(&serde_json::from_str(&document).unwrap(), "", &mut found);
    }
    let text = fs::read_to_string(project("cli/explain.md")).unwrap();
    let described: std::collections::BTreeSet<String> =
        text.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned())).collect();
    assert_eq!(found, described);
}

#[test]
fn colours_only_where_they_are_wanted() {
    let dir = shop();
    let coloured = ran(binary().current_dir(dir.path()).env("CLICOLOR_FORCE", "1").args(["explain", "//item:i_proto"]));
    assert!(coloured.out.contains("\u{1b}["), "{}", coloured.out);
    let no = ran(binary().current_dir(dir.path()).env("NO_COLOR", "1").args(["explain", "//item:i_proto"]));
    assert!(!no.out.contains('\u{1b}'), "{}", no.out);
    let json =
        ran(binary().current_dir(dir.path()).env("CLICOLOR_FORCE", "1").args(["explain", "--format=json", "//item"]));
    assert!(!json.out.contains('\u{1b}'), "{}", json.out);
}
