//! What a run makes of a repository, with a language written in Rust.

mod support;

use dorcas_abi::message::{Flag, FlagType, Input, Methods, Want};
use dorcas_gazelle::{Indexing, Language, Options, Outcome, RunError, diff, print, run, write};
use proptest::prelude::*;
use std::{fs, path::Path};
use support::{Toy, contents, outcome, repo, shown};

const FILES: &[(&str, &str)] = &[
    ("WORKSPACE", "workspace(name = \"w\")\n"),
    ("a/a.toy", "import \"b/c\"\n# import \"a/none\"\nimport \"nowhere\"\n"),
    ("a/z.toy", "import \"a\""),
    ("a/not.txt", ""),
    ("b/c/x.toy", "import \"a\""),
    ("b/c/deep/er/x.toy", "import \"\" import \"b/c\""),
    ("x.toy", ""),
];

const PRINTED: &str = r#">>> ROOT/a/BUILD.bazel
load("@rules_toy//:defs.bzl", "toy_library")

toy_library(
    name = "a",
    srcs = [
        "a.toy",
        "z.toy",
    ],
    deps = [
        "//a",
        "//b/c",
    ],
)
>>> ROOT/b/c/deep/er/BUILD.bazel
load("@rules_toy//:defs.bzl", "toy_library")

toy_library(
    name = "er",
    srcs = ["x.toy"],
    deps = [
        "//:root",
        "//b/c",
    ],
)
>>> ROOT/b/c/BUILD.bazel
load("@rules_toy//:defs.bzl", "toy_library")

toy_library(
    name = "c",
    srcs = ["x.toy"],
    deps = ["//a"],
)
>>> ROOT/BUILD.bazel
load("@rules_toy//:defs.bzl", "toy_library")

toy_library(
    name = "root",
    srcs = ["x.toy"],
)
"#;

#[test]
fn a_repository_without_build_files() {
    let dir = repo(FILES);
    assert_eq!(shown(&outcome(&Options::new(dir.path()), &[&Toy::new()])), PRINTED);
    // To run is not to write.
    assert_eq!(contents(dir.path()).len(), FILES.len());
}

#[test]
fn what_was_written_needs_no_change() {
    let dir = repo(FILES);
    let first = outcome(&Options::new(dir.path()), &[&Toy::new()]);
    assert!(write(&first).is_empty());
    assert_eq!(contents(dir.path()).len(), FILES.len() + 4);
    let second = outcome(&Options::new(dir.path()), &[&Toy::new()]);
    assert_eq!(shown(&second), PRINTED);
    assert!(!second.failed() && second.files.iter().all(|file| !file.changed()));
    let mut patch = Vec::new();
    assert!(!diff(&second, &mut patch).unwrap());
}

#[test]
fn what_a_person_wrote_is_kept() {
    let mut files = FILES.to_vec();
    files.push(("a/BUILD", "mine(  odd = [\"x\"])\n"));
    files.push(("b/BUILD.bazel", "ours()\n"));
    let dir = repo(&files);
    let outcome = outcome(&Options::new(dir.path()), &[&Toy::new()]);
    assert!(!outcome.failed() && write(&outcome).is_empty());
    let after = contents(dir.path());
    let generated = PRINTED.split(">>> ").nth(1).unwrap();
    let (load, rule) = generated.split_once('\n').unwrap().1.split_once('\n').unwrap();
    let merged = format!("{load}\n\nmine(  odd = [\"x\"])\n{rule}");
    assert!(after.contains(&("a/BUILD".into(), merged)), "{after:?}");
    assert!(after.contains(&("b/BUILD.bazel".into(), "ours()\n".into())));
    assert_eq!(after.len(), files.len() + 3);
}

#[test]
fn a_build_file_that_is_none_costs_one_directory() {
    let mut files = FILES.to_vec();
    files.push(("b/c/BUILD", "x()\n  oh no\n"));
    let dir = repo(&files);
    let found = outcome(&Options::new(dir.path()), &[&Toy::new()]);
    // `a` needs what is in it, and what it says to those below isn't known.
    assert_eq!(
        found.failures[0].to_string(),
        "//b/c: b/c/BUILD:2:3: cannot make sense of `oh no` (2 directories in it were not looked at); left as they are, \
         since they may depend on it: a/BUILD.bazel"
    );
    assert_eq!((found.failures.len(), found.files.len()), (1, 1));
    assert!(write(&found).is_empty());
    assert!(contents(dir.path()).contains(&("b/c/BUILD".into(), "x()\n  oh no\n".into())));
    assert_eq!(
        error(&Options { strict: true, ..Options::new(dir.path()) }, &[&Toy::new()]),
        "nothing was done, because the run is strict: b/c/BUILD:2:3: cannot make sense of `oh no`"
    );
}

#[test]
fn a_language_that_fails_costs_one_directory() {
    for method in ["generate_rules", "imports", "resolve"] {
        let mut files = FILES.to_vec();
        files.push(("b/c/BUILD.bazel", "old()\n"));
        let dir = repo(&files);
        let toy = Toy { fails: Some((method, "b/c")), ..Toy::new() };
        let outcome = outcome(&Options::new(dir.path()), &[&toy]);
        let failures: Vec<_> = outcome.failures.iter().map(ToString::to_string).collect();
        let left = "left as they are, since they may depend on it: a/BUILD.bazel, b/c/deep/er/BUILD.bazel";
        assert_eq!(failures, [format!("//b/c: language toy: {method}: it feels unwell; {left}")]);
        assert!(outcome.failed());
        assert!(write(&outcome).is_empty());
        let after = contents(dir.path());
        assert!(after.contains(&("b/c/BUILD.bazel".into(), "old()\n".into())), "{method}");
        // Those that need what should be in it would lack it.
        assert_eq!(after.len(), files.len() + 1, "{method}");
    }
}

#[test]
fn a_language_that_cannot_configure_costs_the_directories_below() {
    let dir = repo(FILES);
    let toy = Toy { fails: Some(("configure", "b")), ..Toy::new() };
    let outcome = outcome(&Options::new(dir.path()), &[&toy]);
    let failures: Vec<_> = outcome.failures.iter().map(ToString::to_string).collect();
    assert_eq!(
        failures,
        ["//b: language toy: configure: it feels unwell (3 directories in it were not looked at); left as they are, \
          since they may depend on it: a/BUILD.bazel"]
    );
    assert_eq!(outcome.files.len(), 1);
}

#[test]
fn what_is_no_file_is_left_out() {
    let dir = repo(FILES);
    std::os::unix::fs::symlink("nowhere", dir.path().join("a/b.toy")).unwrap();
    std::os::unix::fs::symlink("c", dir.path().join("b/c/d.toy")).unwrap();
    fs::create_dir(dir.path().join("b/c/c")).unwrap();
    std::os::unix::fs::symlink("e.toy", dir.path().join("a/e.toy")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", dir.path().join("a/f.toy")).unwrap();
    std::os::unix::fs::symlink("me@host.123:456", dir.path().join("a/.#g.toy")).unwrap();
    std::os::unix::fs::symlink("nowhere", dir.path().join("a/not_a_source")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(dir.path().join("a/h.toy")).status().unwrap().success());
    let printed = |outcome: &Outcome| {
        let mut out = Vec::new();
        print(outcome, &mut out).unwrap();
        String::from_utf8(out).unwrap().replace(outcome.root.to_str().unwrap(), "ROOT")
    };
    let without = printed(&outcome(&Options::new(repo(FILES).path()), &[&Toy::new()]));
    let outcome = outcome(&Options::new(dir.path()), &[&Toy::new()]);
    assert_eq!(outcome.failures.len(), 0);
    let diagnostics: Vec<_> = outcome.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(
        diagnostics,
        [
            "a/.#g.toy: it is left out: it is a link that leads to nothing",
            "a/b.toy: it is left out: it is a link that leads to nothing",
            "a/e.toy: it is left out: Too many levels of symbolic links (os error 40)",
            "a/f.toy: it is left out: it is a link that leads out of the repository",
            "a/h.toy: it is left out: it is not a regular file",
            "b/c/d.toy: it is left out: it is not a regular file",
        ]
    );
    assert_eq!(printed(&outcome), without);
}

#[test]
fn a_link_to_a_file_is_read() {
    let dir = repo(FILES);
    std::os::unix::fs::symlink("../b/c/x.toy", dir.path().join("a/b.toy")).unwrap();
    let printed = shown(&outcome(&Options::new(dir.path()), &[&Toy::new()]));
    assert!(printed.contains("        \"b.toy\",\n"), "{printed}");
}

#[test]
fn a_directory_too_large_for_a_request() {
    let import = format!("import \"{}\"\n", "x".repeat(60));
    let own = "import \"b\"".to_owned();
    let dir = repo(&[("a/1.toy", &import), ("a/2.toy", &import), ("b/1.toy", &own)]);
    let toy = Toy { request_bytes: 100, ..Toy::new() };
    let outcome = outcome(&Options::new(dir.path()), &[&toy]);
    let failures: Vec<_> = outcome.failures.iter().map(ToString::to_string).collect();
    assert_eq!(
        failures,
        ["//a: language toy: generate_rules: what its files hold comes to 120 bytes at a/2.toy, the limit for a \
          request is 100; exclude or split them"]
    );
    assert_eq!(outcome.files.len(), 1);
}

#[test]
fn a_file_too_large_for_a_request_is_not_even_read() {
    let dir = repo(&[("a/1.toy", "")]);
    // It takes no room on the disk.
    fs::File::options().write(true).open(dir.path().join("a/1.toy")).unwrap().set_len(1 << 40).unwrap();
    let mut toy = Toy::new();
    assert_eq!(
        outcome(&Options::new(dir.path()), &[&toy]).failures[0].to_string(),
        "//a: language toy: generate_rules: a/1.toy has 1099511627776 bytes, the limit for a source file is 268435456"
    );
    toy.manifest.inputs[0].want = Want::Content;
    assert_eq!(
        outcome(&Options::new(dir.path()), &[&toy]).failures[0].to_string(),
        "//a: language toy: generate_rules: what its files hold comes to 1099511627776 bytes at a/1.toy, the limit \
         for a request is 1048576; exclude or split them"
    );
}

#[test]
fn only_the_directories_that_were_named() {
    let dir = repo(FILES);
    let named = |dirs: &[&str], recursive, indexing| {
        let dirs = dirs.iter().map(|rel| dir.path().join(rel)).collect();
        let options = Options { dirs, recursive, indexing, ..Options::new(dir.path()) };
        let outcome = outcome(&options, &[&Toy::new()]);
        outcome.files.iter().map(|file| file.rel.clone()).collect::<Vec<_>>()
    };
    let (deep, middle) = ("b/c/deep/er/BUILD.bazel", "b/c/BUILD.bazel");
    assert_eq!(named(&["b/c"], true, Indexing::All), [deep, middle]);
    assert_eq!(named(&["b/c"], true, Indexing::Lazy), [deep, middle]);
    assert_eq!(named(&["b/c"], false, Indexing::All), [middle]);
    assert_eq!(named(&["b/c/deep/../deep", "a"], true, Indexing::None), ["a/BUILD.bazel", deep]);
}

#[test]
fn without_an_index_nothing_is_found() {
    let dir = repo(FILES);
    let options = Options { indexing: Indexing::None, ..Options::new(dir.path()) };
    assert!(!shown(&outcome(&options, &[&Toy::new()])).contains("deps"));
}

#[test]
fn a_stateful_language_is_called_in_gazelles_order() {
    let dir = repo(&[("b/c/x.toy", ""), ("a/x.toy", "")]);
    let mut toy = Toy::new();
    toy.manifest.stateful = true;
    outcome(&Options { threads: 8, ..Options::new(dir.path()) }, &[&toy]);
    assert_eq!(
        toy.calls.into_inner().unwrap(),
        [
            "configure ",
            "configure a",
            "generate_rules a",
            "imports a",
            "configure b",
            "configure b/c",
            "generate_rules b/c",
            "imports b/c",
            "generate_rules b",
            "generate_rules ",
            "resolve a",
            "resolve b/c",
        ]
    );
}

#[test]
fn what_a_language_has_taken_is_counted() {
    let dir = repo(FILES);
    let outcome = outcome(&Options::new(dir.path()), &[&Toy::new()]);
    let calls: Vec<_> = outcome.languages[0].methods.iter().map(|(method, totals)| (*method, totals.calls)).collect();
    assert_eq!(calls, [("configure", 6), ("generate_rules", 6), ("imports", 4), ("resolve", 4)]);
    assert_eq!(outcome.languages[0].total().calls, 20);
}

fn error(options: &Options, languages: &[&dyn Language]) -> String {
    let error: RunError = run(options, languages, &()).unwrap_err();
    error.to_string()
}

#[test]
fn repositories_that_are_none() {
    let dir = repo(&[("file", "")]);
    let path = |name: &str| dir.path().join(name);
    let show = |path: &Path| path.display().to_string();
    assert_eq!(error(&Options::new(path("gone")), &[]), format!("repository {} does not exist", show(&path("gone"))));
    assert_eq!(
        error(&Options::new(path("file")), &[]),
        format!("repository {} is a file, not a directory", show(&path("file")))
    );
    assert_eq!(
        error(&Options::new(path("file/below")), &[]),
        format!("repository {} cannot be read: Not a directory (os error 20)", show(&path("file/below")))
    );
}

#[test]
fn directories_that_cannot_be_updated() {
    let dir = repo(&[("repo/file", ""), ("other/x", "")]);
    let with = |rel: &str| Options { dirs: vec![dir.path().join(rel)], ..Options::new(dir.path().join("repo")) };
    let show = |rel: &str| dir.path().join(rel).display().to_string();
    assert_eq!(
        error(&with("other"), &[]),
        format!(
            "directory {} is not in repository {}",
            show("other"),
            dir.path().join("repo").canonicalize().unwrap().display()
        )
    );
    assert_eq!(
        error(&with("repo/file"), &[]),
        format!("directory {} cannot be updated: it is not a directory", show("repo/file"))
    );
    assert_eq!(
        error(&with("repo/gone"), &[]),
        format!("directory {} cannot be updated: No such file or directory (os error 2)", show("repo/gone"))
    );
}

#[test]
fn languages_that_cannot_take_part() {
    let dir = repo(FILES);
    let options = Options::new(dir.path());
    assert_eq!(
        error(&options, &[&Toy::new(), &Toy::new()]),
        "two languages are called toy: a run needs names that differ"
    );
    let with = |glob: &str, patterns: &[&str]| {
        let mut toy = Toy::new();
        let patterns = patterns.iter().map(ToString::to_string).collect();
        toy.manifest.inputs = vec![Input {
            glob: glob.into(),
            want: Want::Matches(patterns),
            methods: Methods::GENERATE_RULES,
            ..Input::default()
        }];
        error(&options, &[&toy])
    };
    assert_eq!(
        with("*.{a", &[]),
        "the manifest of language toy breaks the ABI: \"*.{a\" is no glob: a brace is not closed (manifest.globs)"
    );
    assert_eq!(
        with("*.a", &["a", "(b"]),
        "language toy: regular expression \"(b\" of glob \"*.a\" does not compile: unclosed group (manifest.patterns)"
    );
    assert_eq!(
        with("*.a", &["a", "(b{1000}){1000}"]),
        "language toy: regular expression \"(b{1000}){1000}\" of glob \"*.a\" is too large: with those before it it \
         has 1000001 positions, the limit is 8192 (manifest.pattern-size)"
    );
}

#[test]
fn flags_that_nobody_takes() {
    let dir = repo(FILES);
    let mut toy = Toy::new();
    let flag = |name: &str, ty| Flag { name: name.into(), ty, ..Flag::default() };
    toy.manifest.flags = vec![flag("b", FlagType::Bool), flag("i", FlagType::Int)];
    let with = |name: &str, value: &str| {
        let flags = vec![(name.to_owned(), value.to_owned())];
        error(&Options { flags, ..Options::new(dir.path()) }, &[&toy])
    };
    assert_eq!(with("x", ""), "flag x: no language of this run has it");
    assert_eq!(with("b", "yes"), "flag b: \"yes\" is not true or false");
    assert_eq!(with("i", "1.5"), "flag i: \"1.5\" is not a decimal integer of 64 bits");
}

/// Directories three deep with sources that import each other.
fn trees() -> impl Strategy<Value = Vec<(String, String)>> {
    let dir = "[abc]{1,2}(/[abc-]{1,2}){0,2}";
    let file = ("(WORKSPACE|[xyz]\\.toy|BUILD)", prop::collection::vec("([abc](/[ab]){0,2}|)", 0..4));
    prop::collection::vec((dir, file), 1..20).prop_map(|files| {
        let text = |imports: Vec<String>| {
            let lines: Vec<_> = imports.iter().map(|imp| format!("import \"{imp}\"")).collect();
            lines.join("\n")
        };
        files.into_iter().map(|(dir, (name, imports))| (format!("{dir}/{name}"), text(imports))).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn the_outcome_does_not_depend_on_threads(files in trees()) {
        let dir = repo(&files);
        let toy = Toy { fails: Some(("generate_rules", "a")), ..Toy::new() };
        let shown_with = |threads| shown(&outcome(&Options { threads, ..Options::new(dir.path()) }, &[&toy]));
        let expected = shown_with(1);
        for threads in [2, 8] {
            prop_assert_eq!(&shown_with(threads), &expected);
        }
        // Nor on the order in which the system lists a directory.
        let again = repo(&contents(dir.path()).into_iter().rev().collect::<Vec<_>>());
        prop_assert_eq!(shown(&outcome(&Options::new(again.path()), &[&toy])), expected);
    }
}
