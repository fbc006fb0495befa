//! A run that is killed while it writes leaves whole files, and nothing that the next run doesn't remove.
#![cfg(unix)]

mod support;

use dorcas_abi::message::Manifest;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::Duration,
};
use support::{assemble, binary, contents, guest, line_in, repo};

const OLD: &str = "mine()\n";
const NEW: &str = "mine()\n\nthing(name = \"made\")\n";
const MADE: &str = "thing(name = \"made\")\n";
const DIRECTORIES: usize = 60;
const KILLS: u64 = 60;

/// The BUILD files as they were: each second one is there.
fn reset(root: &Path) {
    for n in 0..DIRECTORIES {
        let file = root.join(format!("d{n}/BUILD.bazel"));
        if n % 2 == 0 {
            fs::write(file, OLD).unwrap();
        } else {
            let _ = fs::remove_file(file);
        }
    }
}

/// The directories of files that no run has finished.
fn left(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(".dorcas-")).collect()
}

#[test]
fn a_run_that_is_killed_leaves_whole_files_and_nothing_else() {
    let files: Vec<_> = (0..DIRECTORIES).map(|n| (format!("d{n}/x"), "")).chain([("WORKSPACE".into(), "")]).collect();
    let dir = repo(&files);
    let root = dir.path();
    let elsewhere = tempfile::tempdir().unwrap();
    let module = assemble(elsewhere.path(), "guest", &guest(&Manifest::default(), "(call $refuse)"));
    let line = format!("update --guest {} --lang wat", module.display());
    let mut found = 0;
    for number in 0..KILLS {
        reset(root);
        let mut run = binary()
            .current_dir(root)
            .args(line.split_whitespace())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // It is to be killed while it writes, or earlier or later now and then.
        let before = left(root).len();
        while number % 10 != 0 && left(root).len() <= before && run.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        thread::sleep(Duration::from_micros(number * 97 % 4_000));
        run.kill().unwrap();
        run.wait().unwrap();
        for (path, text) in contents(root) {
            let path = PathBuf::from(path);
            let is_ours = path.iter().next().unwrap().to_str().unwrap().starts_with(".dorcas-");
            if !is_ours && path.file_name().unwrap() == "BUILD.bazel" {
                assert!([OLD, NEW, MADE].contains(&text.as_str()), "{}: {text:?}", path.display());
            } else if !is_ours {
                assert!(path.ends_with("x") || path.ends_with("WORKSPACE"), "{}", path.display());
            } else if path.iter().count() != 2 || !path.ends_with(".gitignore") && !path.ends_with("BUILD.bazel") {
                let hides = |name: &str| fs::read_to_string(root.join(&path).with_file_name(name)).unwrap();
                assert_eq!([hides(".gitignore"), hides("BUILD.bazel")], ["*\n", ""]);
            }
        }
        found += left(root).len();
        if number % 6 == 5 {
            let ran = line_in(root, &line);
            assert_eq!(ran.code, 0, "{}", ran.err);
            assert_eq!(left(root), [""; 0].map(PathBuf::from));
        }
    }
    assert!(found > 0, "no run was killed while it wrote");
    let ran = line_in(root, &line);
    assert!(ran.err.contains(&format!("{} unchanged", DIRECTORIES + 1)), "{}", ran.err);
    assert_eq!(contents(root).len(), 2 * DIRECTORIES + 2);
}
