//! `dorcas golden`: test folders in Gazelle's format.

mod support;

use serde_json::{Value, json};
use std::{fs, path::Path};
use support::{Ran, contents, dorcas, line_in, project, repo};
use tempfile::TempDir;

const PROTO: &str = "syntax = \"proto3\";\npackage shop;\n";

/// What becomes of it.
const BUILD: &str = "\
load(\"@com_google_protobuf//bazel:proto_library.bzl\", \"proto_library\")

proto_library(
    name = \"shop_proto\",
    srcs = [\"item.proto\"],
    visibility = [\"//visibility:public\"],
)
";

/// A case called `one` with a rule to be made in `shop`, and these files beside.
fn case(files: &[(&str, &str)]) -> TempDir {
    let mut all = vec![("one/WORKSPACE", ""), ("one/shop/item.proto", PROTO)];
    all.extend(files);
    repo(&all)
}

fn golden(dir: &TempDir, flags: &str) -> Ran {
    line_in(dir.path(), &format!("golden . {flags}"))
}

/// What is said of the only case, which fails.
fn fails(dir: &TempDir, flags: &str) -> String {
    let Ran { code, out, err } = golden(dir, flags);
    assert_eq!((code, err.as_str()), (1, ""), "{out}");
    let rest = out.strip_prefix("FAIL    one\n").unwrap();
    rest.strip_suffix("1 case: 0 passed, 1 failed\n").unwrap().replace("\n    ", "\n").trim_start().to_owned()
}

fn passes(dir: &TempDir, flags: &str) {
    let out = "pass    one\n1 case: 1 passed, 0 failed\n".into();
    assert_eq!(golden(dir, flags), Ran { code: 0, out, err: String::new() });
}

/// Sources and name of each prebuilt guest.
const FOLDERS: [(&str, &str); 6] = [
    ("assemblyscript/ts", "ts"),
    ("c/cc", "cc"),
    ("rust/proto", "proto"),
    ("rust/python", "python"),
    ("rust/visibility", "visibility"),
    ("zig/zig_rules", "zig"),
];

#[test]
fn the_cases_of_the_prebuilt_guests() {
    for (folder, guest) in FOLDERS {
        let folder = project(&format!("guest/{folder}/testdata"));
        let guest = project(&format!("guest/prebuilt/{guest}.wasm"));
        let cases = fs::read_dir(&folder).unwrap().count();
        assert!(cases > 1);
        let args = ["golden", "--strict", folder.to_str().unwrap(), "--guest", guest.to_str().unwrap()];
        let Ran { code, out, err } = dorcas(args);
        assert!(out.ends_with(&format!("\n{cases} cases: {cases} passed, 0 failed\n")), "{out}{err}");
        assert_eq!((code, err.as_str()), (0, ""));
    }
}

#[test]
fn what_comes_out_as_expected() {
    passes(&case(&[("one/shop/BUILD.out", BUILD)]), "--strict");
}

#[test]
fn space_around_an_expectation_and_its_ends_of_lines_do_not_count() {
    passes(&case(&[("one/shop/BUILD.out", &format!("\n{}  \n\n", BUILD.replace('\n', "\r\n")))]), "");
}

#[test]
fn a_build_file_that_differs() {
    let dir = case(&[("one/shop/BUILD.out", &BUILD.replace("item.proto", "thing.proto"))]);
    let before = contents(dir.path());
    assert_eq!(
        fails(&dir, ""),
        "--- shop/BUILD.out\n+++ shop/BUILD.bazel\n@@ -2,6 +2,6 @@\n \n proto_library(\n     name = \"shop_proto\",\n\
         -    srcs = [\"thing.proto\"],\n+    srcs = [\"item.proto\"],\n     visibility = [\"//visibility:public\"],\n )\n"
    );
    assert_eq!(contents(dir.path()), before, "the case itself is left alone");
}

#[test]
fn a_build_file_that_is_not_there() {
    let dir = case(&[("one/shop/BUILD.out", BUILD), ("one/BUILD.out", "x()\n")]);
    assert_eq!(fails(&dir, ""), "there is no BUILD.bazel after the run\n");
}

#[test]
fn a_build_file_without_a_suffix_is_both_before_and_after() {
    let dir = case(&[("one/shop/BUILD.bazel", "# Mine.\n")]);
    for flags in ["", "--update"] {
        let said = fails(&dir, flags);
        assert!(said.starts_with("--- shop/BUILD.bazel\n+++ shop/BUILD.bazel\n@@ -1 +1,9 @@\n+load("), "{said}");
        assert!(said.ends_with("shop/BUILD.bazel was changed; rename it to shop/BUILD.in if it should be\n"), "{said}");
    }
    assert_eq!(fs::read_to_string(dir.path().join("one/shop/BUILD.bazel")).unwrap(), "# Mine.\n");
}

#[test]
fn a_build_file_of_which_nothing_is_expected() {
    let dir = case(&[]);
    passes(&dir, "");
    let said = fails(&dir, "--strict");
    assert!(
        said.starts_with(
            "there is no shop/BUILD.out for this file\n--- /dev/null\n+++ shop/BUILD.bazel\n@@ -0,0 +1,7 @@\n+load("
        ),
        "{said}"
    );
}

#[test]
fn arguments_are_lines() {
    let build = [("one/shop/BUILD.out", BUILD)];
    for arguments in ["", "update", "fix\n", "-r\r\n", "-build_file_name\nBUILD.bazel,NOT ONE\nshop\n"] {
        passes(&case(&[build[0], ("one/arguments.txt", arguments)]), "--strict");
    }
    let dir = case(&[("one/arguments.txt", "fix\n-proto=disable_global\n")]);
    passes(&dir, "--strict");
}

#[test]
fn an_exit_status_that_differs() {
    let code = ("one/expectedExitCode.txt", "1\n");
    assert_eq!(fails(&case(&[code]), ""), "the exit status is 0, expected was 1\n");
    passes(&case(&[code, ("one/arguments.txt", "-mode=diff"), ("one/expectedStdout.txt", PATCH)]), "");
    let none = case(&[("one/expectedExitCode.txt", "one\n")]);
    assert_eq!(fails(&none, ""), "the exit status is 0, and \"one\" is none\n");
}

const PATCH: &str = "\
--- /dev/null\t1970-01-01 00:00:00.000000001 +0000
+++ shop/BUILD.bazel\t1970-01-01 00:00:00.000000001 +0000
@@ -0,0 +1,7 @@
+load(\"@com_google_protobuf//bazel:proto_library.bzl\", \"proto_library\")
+
+proto_library(
+    name = \"shop_proto\",
+    srcs = [\"item.proto\"],
+    visibility = [\"//visibility:public\"],
+)
";

#[test]
fn output_that_differs() {
    let dir =
        case(&[("one/arguments.txt", "-mode=print\n-proto=disable_global\nshop"), ("one/shop/BUILD.in", "x()\n")]);
    assert_eq!(
        fails(&dir, ""),
        "--- expectedStdout.txt\n+++ standard output\n@@ -0,0 +1,2 @@\n\
         +>>> %WORKSPACEPATH%/shop/BUILD.bazel\n+x()\n"
    );
    let dir = case(&[("one/shop/BUILD.in", "# gazelle:no_such a\\b\n"), ("one/expectedStderr.txt", "nothing")]);
    assert_eq!(
        fails(&dir, ""),
        "--- expectedStderr.txt\n+++ standard error\n@@ -1 +1 @@\n-nothing\n\
         +warning: shop/BUILD.bazel: no language of this run knows the directive `no_such`\n"
    );
}

#[test]
fn a_case_is_updated() {
    let dir = case(&[
        ("one/arguments.txt", "-strict=false"),
        ("one/expectedExitCode.txt", "3"),
        ("one/expectedStderr.txt", "something"),
        ("one/gone/BUILD.out", "x()\n"),
        ("one/BUILD.in", "# gazelle:no_such\n"),
        ("one/shop/BUILD.out", "y()\n"),
    ]);
    let Ran { code, out, err } = golden(&dir, "--update");
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (
            0,
            "update  one: expectedExitCode.txt, expectedStderr.txt, gone/BUILD.out, shop/BUILD.out, BUILD.out\n\
             1 case: 0 passed, 1 updated, 0 failed\n",
            ""
        )
    );
    let read = |name: &str| fs::read_to_string(dir.path().join("one").join(name)).unwrap();
    assert_eq!(read("expectedExitCode.txt"), "0\n");
    assert_eq!(
        read("expectedStderr.txt"),
        "warning: BUILD.bazel: no language of this run knows the directive `no_such`\n"
    );
    assert_eq!((read("shop/BUILD.out"), read("BUILD.out")), (BUILD.to_owned(), "# gazelle:no_such\n".to_owned()));
    assert!(!dir.path().join("one/gone/BUILD.out").exists());
    passes(&dir, "--strict");
    passes(&dir, "--update");
}

#[test]
fn cases_are_found_in_folders_and_not_in_cases() {
    let dir = repo(&[
        ("b/MODULE.bazel", ""),
        ("b/inner/WORKSPACE", ""),
        ("a/deep/REPO.bazel", ""),
        ("a/WORKSPACE.txt", ""),
        ("c/notes.txt", ""),
    ]);
    let out = "pass    a/deep\npass    b\n2 cases: 2 passed, 0 failed\n";
    assert_eq!(golden(&dir, ""), Ran { code: 0, out: out.into(), err: String::new() });
    let out = "pass    inner\n1 case: 1 passed, 0 failed\n";
    assert_eq!(line_in(dir.path(), "golden b/inner").out, out);
}

#[test]
fn a_folder_that_only_looks_like_a_case() {
    let dir = repo(&[("one/BUILD.in", ""), ("one/BUILD.out", "x()\n")]);
    assert_eq!(
        fails(&dir, ""),
        "there is a BUILD.in or BUILD.out here, but no MODULE.bazel, REPO.bazel, WORKSPACE.bazel or WORKSPACE file\n"
    );
}

#[test]
fn no_case_at_all() {
    let dir = repo(&[("a/b.txt", "")]);
    let err =
        "error: no case in .: a case is a folder with a MODULE.bazel, REPO.bazel, WORKSPACE.bazel or WORKSPACE file\n";
    assert_eq!(golden(&dir, ""), Ran { code: 1, out: String::new(), err: err.into() });
}

#[test]
fn a_folder_that_is_not_there() {
    let Ran { code, out, err } = dorcas(["golden", "no/such"]);
    assert_eq!((code, out.as_str()), (4, ""));
    assert_eq!(err, "error: can't read the folder no/such: No such file or directory (os error 2)\n");
}

#[test]
fn a_line_that_is_wrong() {
    let dir = case(&[]);
    assert_eq!(dorcas(["golden"]).code, 2);
    let ran = golden(&dir, "--lang proto,none");
    let err = "error: no guest has the name `none` that --lang gives; there are: proto\n";
    assert_eq!(ran, Ran { code: 2, out: String::new(), err: err.into() });
}

#[test]
fn a_guest_that_is_none() {
    let dir = case(&[]);
    fs::write(dir.path().join("guest.wasm"), "no").unwrap();
    let Ran { code, out, err } = golden(&dir, "--guest guest.wasm");
    assert!(code == 3 && out.is_empty() && err.starts_with("error: can't load the guest guest.wasm: "), "{err}");
}

#[test]
fn a_guest_of_a_relative_path_and_the_languages_to_run() {
    let dir = case(&[("one/BUILD.in", "# gazelle:default_visibility //:a\n"), ("one/shop/BUILD.in", "")]);
    fs::copy(project("guest/prebuilt/visibility.wasm"), dir.path().join("guest.wasm")).unwrap();
    let flags = "--strict --guest guest.wasm --lang visibility_extension";
    let only_visibility = fails(&dir, flags);
    assert!(only_visibility.contains("+package(default_visibility = [\"//:a\"])"), "{only_visibility}");
    assert!(!only_visibility.contains("proto_library"), "{only_visibility}");
    // What the case says of its own counts.
    fs::write(dir.path().join("one/arguments.txt"), "-lang=proto\n").unwrap();
    let only_proto = fails(&dir, flags);
    assert!(only_proto.contains("+proto_library(") && !only_proto.contains("+package("), "{only_proto}");
}

#[test]
fn a_report_for_machines() {
    let dir = case(&[("one/expectedExitCode.txt", "1"), ("two/WORKSPACE", "")]);
    let Ran { code, out, .. } = golden(&dir, "--format json");
    let document: Value = serde_json::from_str(&out).unwrap();
    let text = "the exit status is 0, expected was 1";
    let expected = json!({
        "sum": {"cases": 2, "passed": 1, "updated": 0, "failed": 1},
        "cases": [
            {"name": "one", "status": "failed", "updated": [], "mismatches": [{"file": "expectedExitCode.txt", "text": text}]},
            {"name": "two", "status": "passed", "updated": [], "mismatches": []},
        ],
    });
    assert_eq!((code, document), (1, expected));
}

#[test]
fn a_report_for_test_runners() {
    let dir = case(&[("one/expectedExitCode.txt", "1"), ("two/WORKSPACE", "")]);
    let Ran { code, out, .. } = golden(&dir, "--format junit");
    assert_eq!(code, 1);
    for part in [
        "<testsuite name=\"golden\" tests=\"2\" skipped=\"0\" errors=\"0\" failures=\"1\">",
        "<testcase name=\"one\" classname=\"dorcas.golden\">",
        "<failure message=\"expectedExitCode.txt\">the exit status is 0, expected was 1</failure>",
        "<testcase name=\"two\" classname=\"dorcas.golden\"/>",
    ] {
        assert!(out.contains(part), "{part} in {out}");
    }
}

#[test]
fn a_report_for_test_runners_beside_what_is_shown() {
    let dir = case(&[("one/expectedExitCode.txt", "1"), ("two/WORKSPACE", "")]);
    let path = dir.path().join("reports/of bazel.xml");
    let shown = golden(&dir, "");
    let mut command = support::binary();
    command.args(["golden", "."]).current_dir(dir.path()).env("XML_OUTPUT_FILE", &path);
    let Ran { code, out, .. } = support::ran(&mut command);
    assert_eq!((code, &out), (1, &shown.out));
    let report = |path| without_times(&fs::read_to_string(path).unwrap());
    let expected = without_times(&golden(&dir, "--format junit").out);
    assert_eq!(report(path), expected);
    assert_eq!(golden(&dir, "--junit other.xml").out, shown.out);
    let failed = golden(&dir, &format!("--junit {}", dir.path().display()));
    assert!(failed.code == 4 && failed.err.starts_with("error: can't write the JUnit report "), "{}", failed.err);
}

/// A report without the moments at which it was made.
fn without_times(report: &str) -> String {
    report.split("timestamp=").map(|part| part.split_once('"').map_or(part, |(_, rest)| rest)).collect()
}

#[test]
fn what_would_move_a_terminal_is_shown_as_text() {
    let dir = case(&[("one/expectedStdout.txt", "\u{1b}[31m")]);
    assert!(fails(&dir, "").contains("\n-\\u{1b}[31m\n"));
}

#[test]
fn arguments_that_reach_beyond_the_case() {
    let elsewhere = repo(&[("MODULE.bazel", ""), ("a/item.proto", PROTO), ("mine", "mine\n")]);
    let before = contents(elsewhere.path());
    let (mine, root) = (elsewhere.path().join("mine"), elsewhere.path());
    for (arguments, flag) in [
        (format!("--record\n{}", mine.display()), "record"),
        (format!("-mode=diff\n--patch={}", mine.display()), "patch"),
        (format!("-repo_root\n{}", root.display()), "repo-root"),
        ("--limit=fuel_per_call=18446744073709551615".into(), "limit"),
        (format!("update\n--guest\n{}", mine.display()), "guest"),
        (format!("fix\n--cache-dir={}", root.display()), "cache-dir"),
    ] {
        let dir = case(&[("one/arguments.txt", arguments.as_str())]);
        for flags in ["", "--update"] {
            let said = fails(&dir, flags);
            let start = format!("arguments.txt has --{flag}, which no case may have: it may have --build-file-name, ");
            assert!(said.starts_with(&start), "{said}");
        }
        assert_eq!(contents(root), before, "{arguments}");
    }
    // A directory elsewhere is none of the case's repository.
    let there = root.display().to_string();
    let dir = case(&[("one/arguments.txt", there.as_str())]);
    assert!(fails(&dir, "").contains("is not in repository %WORKSPACEPATH%"));
    assert_eq!(contents(root), before);
}

#[test]
fn a_case_that_is_too_large() {
    let dir = case(&[("one/expectedStdout.txt", "")]);
    fs::File::options().write(true).open(dir.path().join("one/expectedStdout.txt")).unwrap().set_len(3 << 30).unwrap();
    assert_eq!(fails(&dir, ""), "expectedStdout.txt has more than 67108864 bytes\n");
}

#[cfg(unix)]
mod links {
    use super::*;
    use std::{os::unix::fs::symlink, process::Command};

    fn link(dir: &TempDir, to: impl AsRef<Path>, name: &str) {
        symlink(to, dir.path().join(name)).unwrap();
    }

    #[test]
    fn a_link_to_a_folder_of_the_case_stays_one() {
        let dir = case(&[
            ("one/shop/BUILD.out", BUILD),
            ("one/BUILD.in", "# gazelle:follow linked\n# gazelle:exclude shop\n"),
        ]);
        link(&dir, "shop", "one/linked");
        passes(&dir, "");
        assert!(fails(&dir, "--strict").contains("there is no BUILD.out for this file\n"));
    }

    #[test]
    fn a_link_to_a_file_is_the_file() {
        let dir = case(&[("one/shop/BUILD.out", BUILD)]);
        fs::rename(dir.path().join("one/shop/BUILD.out"), dir.path().join("elsewhere")).unwrap();
        link(&dir, dir.path().join("elsewhere"), "one/shop/BUILD.out");
        passes(&dir, "--strict");
    }

    #[test]
    fn an_expectation_elsewhere_is_not_written() {
        let dir = case(&[("out/BUILD", "mine\n"), ("out/folder/file", "")]);
        for (to, name) in [("../../out/BUILD", "one/shop/BUILD.out"), ("../out/gone", "one/expectedExitCode.txt")] {
            let _ = fs::remove_file(dir.path().join(name));
            link(&dir, to, name);
        }
        fs::remove_file(dir.path().join("one/expectedExitCode.txt")).unwrap();
        let said = fails(&dir, "--update");
        assert_eq!(said, "can't write shop/BUILD.out: a link leads out of the case\n");
        assert_eq!(fs::read_to_string(dir.path().join("out/BUILD")).unwrap(), "mine\n");
        assert_eq!(fs::read_dir(dir.path().join("out")).unwrap().count(), 2);
    }

    #[test]
    fn an_expectation_in_the_case_is_written_by_its_link() {
        let dir = case(&[("one/shop/expected/BUILD", "mine\n")]);
        link(&dir, "expected/BUILD", "one/shop/BUILD.out");
        let Ran { code, .. } = golden(&dir, "--update");
        assert_eq!(code, 0);
        assert_eq!(fs::read_to_string(dir.path().join("one/shop/expected/BUILD")).unwrap(), BUILD);
    }

    #[test]
    fn a_link_that_leads_out_and_in_again() {
        let dir = case(&[]);
        link(&dir, "../../one/shop", "one/shop/linked");
        assert_eq!(fails(&dir, ""), "the link shop/linked leads to a folder outside the case\n");
    }

    #[test]
    fn a_link_that_leads_out() {
        let dir = case(&[("out/file", "")]);
        link(&dir, "../../out", "one/shop/linked");
        assert_eq!(fails(&dir, ""), "the link shop/linked leads to a folder outside the case\n");
    }

    #[test]
    fn a_link_that_leads_nowhere() {
        let dir = case(&[]);
        link(&dir, "nowhere", "one/shop/linked");
        assert_eq!(fails(&dir, ""), "can't read shop/linked: No such file or directory (os error 2)\n");
    }

    #[test]
    fn a_file_that_never_ends() {
        let dir = case(&[]);
        link(&dir, "/dev/zero", "one/shop/BUILD.in");
        assert_eq!(fails(&dir, ""), "shop/BUILD.in is neither a file nor a folder\n");
    }

    #[test]
    fn a_pipe_that_nobody_writes_to() {
        let dir = case(&[]);
        let made = Command::new("mkfifo").arg(dir.path().join("one/pipe")).status().unwrap();
        assert!(made.success());
        assert_eq!(fails(&dir, ""), "pipe is neither a file nor a folder\n");
    }
}
