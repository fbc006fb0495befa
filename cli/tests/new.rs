//! `dorcas new`: what it makes in each language, and what it refuses. What is made is built by `guest/*/build --check`.

mod support;

use serde_json::{Value, json};
use std::{fs, path::Path};
use support::{contents, dorcas_in, line_in, repo};

const LANGUAGES: [&str; 6] = ["assemblyscript", "c", "go", "js", "rust", "zig"];

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The path of a file, or of the folder in the SDK that it is in.
fn shortened(path: &str) -> String {
    let parts = if path.starts_with("dorcas/") { 2 } else { 9 };
    path.split('/').take(parts).collect::<Vec<_>>().join("/")
}

#[test]
fn the_files_of_each_language() {
    for language in LANGUAGES {
        let dir = repo::<&str, &str>(&[]);
        let ran = line_in(dir.path(), &format!("new --lang {language} toy_2"));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{language}");
        assert_eq!(names(dir.path()), ["toy_2"], "{language}");
        let files = contents(&dir.path().join("toy_2"));
        let out = ran.out.replace(&format!("with {} files", files.len()), "with N files");
        // Of the SDK, what is in its folder; files come and go with its versions.
        let mut paths: Vec<_> = files.iter().map(|(path, _)| shortened(path)).collect();
        paths.dedup();
        insta::assert_snapshot!(language, format!("{out}\n{}", paths.join("\n")));
    }
}

#[test]
fn nothing_is_left_of_the_placeholder() {
    for language in LANGUAGES {
        let dir = repo::<&str, &str>(&[]);
        line_in(dir.path(), &format!("new --lang {language} toy_2"));
        let files = contents(&dir.path().join("toy_2"));
        for (path, text) in &files {
            assert!(!path.contains("my_lang") && !text.contains("my_lang"), "{language}: {path}");
        }
        let named = files.iter().filter(|(path, text)| !path.starts_with("dorcas/") && text.contains("toy_2"));
        assert!(named.count() > 5, "{language}");
    }
}

#[test]
fn they_are_one_language() {
    let tests = |language: &str| {
        let dir = repo::<&str, &str>(&[]);
        line_in(dir.path(), &format!("new --lang {language} toy_2"));
        contents(&dir.path().join("toy_2/testdata"))
    };
    let first = tests(LANGUAGES[0]);
    let paths: Vec<_> = first.iter().map(|(path, _)| path.as_str()).collect();
    assert!(paths.contains(&"simple/salad/BUILD.out") && paths.contains(&"simple/salad/bowl.toy_2"), "{paths:?}");
    for language in &LANGUAGES[1..] {
        assert_eq!(tests(language), first, "{language}");
    }
}

#[test]
#[cfg(unix)]
fn scripts_can_be_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = repo::<&str, &str>(&[]);
    line_in(dir.path(), "new --lang c toy");
    let mode = |path: &str| fs::metadata(dir.path().join("toy").join(path)).unwrap().permissions().mode();
    // Whatever the umask leaves of it: where one may read, one may run.
    assert_eq!(mode("build") & 0o111, (mode("README.md") & 0o444) >> 2);
    assert_eq!(mode("toy.c") & 0o111, 0);
}

#[test]
fn an_empty_folder_is_filled() {
    let dir = repo::<&str, &str>(&[]);
    fs::create_dir(dir.path().join("toy")).unwrap();
    let ran = line_in(dir.path(), "new --lang go toy");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(names(dir.path()), ["toy"]);
    assert!(dir.path().join("toy/main.go").exists());
}

#[test]
fn what_was_made_for_machines() {
    let dir = repo::<&str, &str>(&[]);
    let ran = line_in(dir.path(), "new --lang zig --format json toy");
    let mut document: Value = serde_json::from_str(&ran.out).unwrap();
    let files = document["files"].take();
    let files: Vec<_> = files.as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    let there = contents(&dir.path().join("toy"));
    assert!(there.iter().map(|(path, _)| path.as_str()).eq(files));
    assert_eq!(
        document,
        json!({
            "name": "toy",
            "language": "zig",
            "needs": "Zig 0.17.0",
            "guest": "zig-out/bin/toy.wasm",
            "files": null,
            "commands": [
                "cd toy",
                "zig build",
                "dorcas conform --strict zig-out/bin/toy.wasm",
                "dorcas golden --strict testdata --guest zig-out/bin/toy.wasm",
                "dorcas update --guest zig-out/bin/toy.wasm --repo-root REPOSITORY",
            ],
        })
    );
}

#[test]
fn a_folder_that_is_not_empty() {
    let dir = repo(&[("toy/mine", "text")]);
    let ran = line_in(dir.path(), "new --lang c toy");
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
    assert_eq!(ran.err, "error: toy is there already, and is no empty folder; choose another name, or move it away\n");
    assert_eq!(contents(dir.path()), [("toy/mine".into(), "text".into())]);
}

#[test]
fn a_file_where_the_folder_should_be() {
    let dir = repo(&[("toy", "text")]);
    let ran = line_in(dir.path(), "new --lang c toy");
    assert_eq!(ran.code, 4);
    assert!(ran.err.starts_with("error: toy is there already, and is no empty folder; "), "{}", ran.err);
    assert_eq!(contents(dir.path()), [("toy".into(), "text".into())]);
}

#[test]
#[cfg(unix)]
fn a_disk_that_is_full() {
    let dir = repo::<&str, &str>(&[]);
    // No file may have more than some kilobytes, which the SDK's have.
    let mut shell = std::process::Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" new --lang c toy";
    shell.current_dir(dir.path()).args(["-c", script, env!("CARGO_BIN_EXE_dorcas")]);
    let ran = support::ran(&mut shell);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
    assert!(ran.err.starts_with("error: can't make toy/dorcas/"), "{}", ran.err);
    assert_eq!(names(dir.path()), [""; 0]);
}

#[test]
fn a_name_that_no_language_has() {
    let dir = repo::<&str, &str>(&[]);
    let ran = line_in(dir.path(), "new --lang c ../My-Lang");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert_eq!(
        ran.err,
        "error: the name \"../My-Lang\" has '.' in it; a name begins with a lower-case letter, a to z, and goes on with \
         lower-case letters, digits and underscores\n"
    );
    let ran = dorcas_in(dir.path(), ["new", "--lang", "c", ""]);
    assert_eq!((ran.code, ran.err.as_str()), (2, "error: the name is empty; choose one such as my_lang\n"));
    assert_eq!(names(dir.path()), [""; 0]);
}

#[test]
fn a_programming_language_that_has_no_sdk() {
    let dir = repo::<&str, &str>(&[]);
    let ran = line_in(dir.path(), "new --lang cobol toy");
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.starts_with(
            "error: invalid value 'cobol' for '--lang <LANG>'\n  [possible values: assemblyscript, c, go, js, rust, zig]\n"
        ),
        "{}",
        ran.err
    );
    assert_eq!(names(dir.path()), [""; 0]);
}

#[test]
fn no_programming_language_at_all() {
    let dir = repo::<&str, &str>(&[]);
    let ran = line_in(dir.path(), "new toy");
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.starts_with("error: the following required arguments were not provided:\n  --lang <LANG>\n"),
        "{}",
        ran.err
    );
}

/// The part of the Go folder's README that is about extensions of Gazelle is right as long as the adapter's own is.
#[test]
fn how_to_wrap_an_extension_of_gazelle() {
    let read = |path: &str| fs::read_to_string(support::project(path)).unwrap();
    let readme = read("guest/go/template/README.md");
    let (_, code) = readme.split_once("```go\n").unwrap();
    let (code, _) = code.split_once("```\n").unwrap();
    assert!(read("guest/go/gazelle/README.md").contains(code));
}
