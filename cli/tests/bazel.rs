//! As Bazel and Gazelle's users start it: under `bazel run`, by Gazelle's own rule, and without a command.
#![cfg(unix)]

mod support;

use std::{fs, os::unix::fs::symlink, path::Path};
use support::{Ran, binary, line_in, project, ran, repo};
use tempfile::TempDir;

const PROTO: &str = "syntax = \"proto3\";\npackage a;\n";

fn demo() -> TempDir {
    repo(&[
        ("MODULE.bazel", ""),
        ("a/x.proto", PROTO),
        ("b/c/y.proto", "syntax = \"proto3\";\nimport \"a/x.proto\";\n"),
    ])
}

/// What Bazel makes of links to a repository, and the directory in which it starts a program.
fn runfiles(repo: &Path) -> (TempDir, std::path::PathBuf) {
    let base = tempfile::tempdir().unwrap();
    let dir = base.path().join("execroot/demo/bazel-out/k8-fastbuild/bin/naive.runfiles/demo");
    fs::create_dir_all(&dir).unwrap();
    for dir in [base.path().join("execroot/demo"), dir.clone()] {
        symlink(repo.join("MODULE.bazel"), dir.join("MODULE.bazel")).unwrap();
    }
    (base, dir)
}

/// A line as `bazel run` starts it, typed in a directory of the repository.
fn under_bazel(repo: &Path, typed_in: &str, line: &str) -> Ran {
    let (_base, dir) = runfiles(repo);
    fs::copy(project("guest/prebuilt/visibility.wasm"), dir.join("in_runfiles.wasm")).unwrap();
    let mut command = binary();
    command.current_dir(dir).env("BUILD_WORKSPACE_DIRECTORY", repo);
    command.env("BUILD_WORKING_DIRECTORY", repo.join(typed_in)).args(line.split_whitespace());
    ran(&mut command)
}

fn built(repo: &TempDir) -> Vec<&'static str> {
    ["a", "b", "b/c"].into_iter().filter(|dir| repo.path().join(dir).join("BUILD.bazel").exists()).collect()
}

#[test]
fn the_repository_is_where_bazel_says() {
    for (typed_in, line, expected) in [
        ("", "update", &["a", "b/c"][..]),
        // What Gazelle's own wrapper passes.
        ("", "update -bzlmod -repo_config /dev/null -mode=fix -index=all a", &["a"]),
        ("", "", &["a", "b/c"]),
        // From the root first, then from where it was typed.
        ("b", "update b", &["b/c"]),
        ("b", "update c", &["b/c"]),
        ("b", "-repo_root=. c", &["b/c"]),
        ("", "update --guest in_runfiles.wasm a", &["a"]),
    ] {
        let repo = demo();
        let Ran { code, err, .. } = under_bazel(repo.path(), typed_in, line);
        assert_eq!((code, &*built(&repo)), (0, expected), "{line}: {err}");
    }
}

#[test]
fn a_file_that_is_written_is_in_the_repository() {
    let repo = demo();
    let Ran { code, err, .. } = under_bazel(repo.path(), "b", "update --mode diff --patch out.patch");
    assert_eq!(code, 1, "{err}");
    assert!(fs::read_to_string(repo.path().join("out.patch")).unwrap().contains("a/BUILD.bazel"));
}

#[test]
fn what_bazel_makes_of_links_is_no_repository() {
    let repo = demo();
    let (base, dir) = runfiles(repo.path());
    for dir in [&dir, &base.path().join("execroot/demo")] {
        let Ran { code, out, err } = line_in(dir, "update");
        assert_eq!((code, &*out), (4, ""), "{err}");
        assert!(err.contains("is made by Bazel of links") && err.contains("--repo-root"), "{err}");
        let Ran { code, err, .. } = line_in(dir, "update --repo-root .");
        assert!(code == 4 && err.contains("it is a link that leads out of the repository"), "{code} {err}");
    }
    assert!(built(&repo).is_empty());
}

#[test]
fn a_root_that_is_named_and_not_there() {
    let mut command = binary();
    command.env("BUILD_WORKSPACE_DIRECTORY", "/nowhere/at/all").arg("update");
    let Ran { code, err, .. } = ran(&mut command);
    assert_eq!(code, 4, "{err}");
    assert!(err.starts_with("error: BUILD_WORKSPACE_DIRECTORY is /nowhere/at/all, which can't be entered: "), "{err}");
}

#[test]
fn nothing_to_look_at_is_no_success() {
    for files in [&[("WORKSPACE", "")][..], &[("MODULE.bazel", ""), (".bazelrc", "")]] {
        let repo = repo(files);
        let Ran { code, err, .. } = line_in(repo.path(), "update");
        assert_eq!(code, 4, "{err}");
        assert!(err.starts_with("error: there is nothing to look at: "), "{err}");
    }
    let repo = repo(&[("WORKSPACE", ""), ("README", "")]);
    assert_eq!(line_in(repo.path(), "update").code, 0);
}

#[test]
fn without_a_command_it_is_update() {
    for (line, code, expected) in [
        ("", 0, &["a", "b/c"][..]),
        ("-mode=diff", 1, &[]),
        ("-r=false a b", 0, &["a"]),
        ("./b", 0, &["b/c"]),
        ("--quiet a", 0, &["a"]),
    ] {
        let repo = demo();
        let ran = line_in(repo.path(), line);
        assert_eq!((ran.code, &*built(&repo)), (code, expected), "{line}: {}", ran.err);
    }
    let repo = demo();
    let Ran { code, err, .. } = line_in(repo.path(), "updat");
    assert!(code == 2 && err.contains("'update'"), "{err}");
    for line in ["--help", "-h", "help", "--version"] {
        assert_eq!(line_in(repo.path(), line).code, 0, "{line}");
    }
    assert!(built(&repo).is_empty());
}

#[test]
fn flags_of_gazelle_are_named_whole() {
    let repo = demo();
    for (line, said) in [
        (
            "update -go_prefix example.com",
            "error: Gazelle has the flag -go_prefix, and dorcas hasn't: a flag of Gazelle's Go language",
        ),
        ("-cpuprofile=x", "error: Gazelle has the flag -cpuprofile, and dorcas hasn't: `--stats` says"),
        ("update-repos -from_file=go.mod", "error: `update-repos` is about Go modules"),
        ("update -bogus", "error: unexpected argument '--bogus' found"),
        ("update -exclud x", "error: unexpected argument '--exclud' found"),
    ] {
        let Ran { code, err, .. } = line_in(repo.path(), line);
        assert!(code == 2 && err.starts_with(said), "{line}: {code} {err}");
    }
    assert!(built(&repo).is_empty());
}
