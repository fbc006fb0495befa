//! What is said of a repository is what `gazelle-flags.md` has beside the words of Gazelle.
#![cfg(unix)]

mod support;

use std::{fs, os::unix::fs::symlink};
use support::{line_in, project, repo};

/// The repository of which both were asked.
const FILES: [(&str, &str); 12] = [
    ("MODULE.bazel", ""),
    (
        "BUILD.bazel",
        "# gazelle:proto nonsense\n# gazelle:unknown thing\n# gazelle:resolve proto x\n# gazelle:map_kind a b\n\
         # gazelle:alias_kind a\n# gazelle:exclude [a\n# gazelle:resolve_regexp proto ( //a\n# gazelle:ignore b\n",
    ),
    (
        "a/BUILD.bazel",
        "load(\"@com_google_protobuf//bazel:proto_library.bzl\", \"proto_library\")\n\nproto_library(\n    \
         name = \"a_proto\",\n    srcs = [\"a.proto\"],\n    visibility = [\"//visibility:public\"],\n    \
         deps = sorted([\"//x\"]),\n)\n",
    ),
    ("a/a.proto", "package a;\nimport \"b/b.proto\";\nimport \"x.txt\";\n"),
    (
        "b/BUILD.bazel",
        "proto_library(\n    name = \"x\",\n    srcs = [\"b.proto\"],\n)\n\n\
         proto_library(\n    name = \"y\",\n    srcs = [\"b.proto\"],\n)\n",
    ),
    ("b/b.proto", "package b;\n"),
    ("c/1.proto", "package p.q;"),
    ("c/2.proto", "package r.s;"),
    ("d/BUILD.bazel", "# gazelle:proto_strip_import_prefix /zzz\n# gazelle:proto_search a\n"),
    ("e/BUILD.bazel", "# gazelle:proto_strip_import_prefix zzz\n"),
    ("f/readme.txt", ""),
    ("g/BUILD.bazel", "x(name = \"x\")\nx(name = \"x\")\n"),
];

#[test]
fn each_message_is_the_one_beside_gazelles() {
    let text = fs::read_to_string(project("cli/gazelle-flags.md")).unwrap();
    let (_, table) = text.split_once("## What both say\n").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Gazelle"));
    let messages: Vec<&str> =
        rows.map(|row| in_code(row.rsplit_once(" | ").unwrap().1.trim_end_matches(" |"))).collect();
    assert!(messages.len() > 12, "{messages:?}");
    let dir = repo(&FILES);
    symlink("nowhere", dir.path().join("f/x.proto")).unwrap();
    let ran = line_in(dir.path(), "update -mode print --no-cache");
    for message in messages {
        let is_it = |line: &str| line.contains(message);
        assert!(ran.err.lines().any(is_it), "{message}\n{}", ran.err);
    }
}

/// What stands in a span of code at the beginning of a text.
fn in_code(text: &str) -> &str {
    let ticks = text.len() - text.trim_start_matches('`').len();
    let (mark, rest) = text.split_at(ticks);
    rest.split_once(mark).map_or(rest, |(code, _)| code).trim()
}
