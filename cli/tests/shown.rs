//! Does anything that a guest, a repository or a name says reach a terminal or a report raw?

#![cfg(unix)]

mod support;

use dorcas_abi::message::{DirectiveInfo, Flag, FlagType, Input, Manifest, Methods, Want};
use dorcas_host::is_shown;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use support::{Ran, assemble, binary, dorcas_in, guest, ran};

/// Escapes that move and hide, a bell, DEL, C1, marks of direction, what nobody sees, and separators of lines.
const HOSTILE: &str = "\u{1b}[2K\u{1b}]0;t\u{7}\u{8}\u{7f}\u{9b}8m\u{61c}\u{202e}\u{2066}\u{200b}\u{ad}\u{180e}\u{fffa}\u{e0041}\u{2028}\u{feff}\r";

fn is_harmless(char: char) -> bool {
    is_shown(char) || matches!(char, '\n' | '\t')
}

/// A repository, with a guest, in which all names and texts are hostile that may be.
struct Scene {
    dir: tempfile::TempDir,
    guest: PathBuf,
    /// The names of the directories.
    dirs: Vec<String>,
}

impl Scene {
    fn new(first: &str, module: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("r");
        let dirs = vec![format!("{first}{HOSTILE}"), format!("c\n--- x\n+++ x\n{HOSTILE}`\"\\'<img src=x>")];
        for name in &dirs {
            fs::create_dir_all(root.join(name)).unwrap();
            fs::write(root.join(name).join(format!("x{HOSTILE}\n.txt")), HOSTILE).unwrap();
        }
        fs::write(root.join("MODULE.bazel"), "").unwrap();
        let guest = assemble(dir.path(), "wat", module);
        Self { dir, guest, dirs }
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("r")
    }

    /// Runs the binary in the repository, and sees that nothing it says is hostile.
    fn says(&self, args: &[&str]) -> Ran {
        let ran = dorcas_in(&self.root(), args);
        for (stream, text) in [("stdout", &ran.out), ("stderr", &ran.err)] {
            let bad: Vec<_> = text.chars().filter(|char| !is_harmless(*char)).collect();
            assert!(bad.is_empty(), "{args:?}: {bad:?} in {stream}: {text:?}");
        }
        ran
    }

    fn guest(&self) -> &str {
        self.guest.to_str().unwrap()
    }
}

fn manifest() -> Manifest {
    let hostile = || format!("h{HOSTILE}");
    Manifest {
        version: hostile(),
        directives: vec![DirectiveInfo { name: "wat_d".into(), help: hostile() }],
        flags: vec![Flag { name: "wat_f".into(), ty: FlagType::String, default: hostile(), help: hostile() }],
        inputs: vec![
            Input {
                glob: format!("*.{HOSTILE}"),
                want: Want::Matches(vec![format!("({HOSTILE})")]),
                methods: Methods::GENERATE_RULES,
                ..Input::default()
            },
            Input { glob: "*".into(), want: Want::Name, methods: Methods::GENERATE_RULES, ..Input::default() },
        ],
        ..Manifest::default()
    }
}

/// A guest that traps in directories that begin with a `b`, with a text.
fn module() -> String {
    guest(&manifest(), "unreachable")
}

#[test]
fn every_command_in_every_form() {
    let scene = Scene::new("b", &module());
    let (root, guest) = (scene.root(), scene.guest());
    let broken = format!("# gazelle:{HOSTILE} {HOSTILE}\n# gazelle:exclude [{HOSTILE}\nx(name = \"{HOSTILE}\"\n");
    fs::create_dir(root.join("d")).unwrap();
    fs::write(root.join("d/BUILD.bazel"), broken).unwrap();
    let in_c = format!("//{}:made", scene.dirs[1]);
    for args in [
        &["update", "--mode", "print", "--guest", guest][..],
        &["update", "--mode", "diff", "--guest", guest],
        &["update", "--format", "json", "--guest", guest],
        &["update", "--mode", "diff", "--format", "json", "--guest", guest],
        &["update", "--mode", "print", "--format", "json", "--stats", "--guest", guest],
        &["update", "--stats", "--guest", guest],
        &["update", "--strict", "--guest", guest],
        &["explain", "--guest", guest, &in_c],
        &["explain", "--guest", guest, "--format", "json", &in_c],
        &["explain", "--guest", guest, "//d"],
        &["explain", "--guest", guest, HOSTILE],
        &["inspect", guest],
        &["inspect", "--format", "json", guest],
        &["call", guest, "manifest"],
        &["call", guest, HOSTILE],
        &["update", "--help", "--guest", guest],
        &["update", HOSTILE, "--guest", guest],
        &["update", "--lang", HOSTILE],
        &["update", "--index", HOSTILE],
        &["update", "--limit", HOSTILE],
        &["update", &format!("--{HOSTILE}")],
        &["update", "--guest", HOSTILE],
        &["update", "--repo-root", HOSTILE],
        &["update", "--build-file-name", HOSTILE, "--mode", "diff", "--guest", guest],
        &["update", "--patch", &format!("{HOSTILE}/x"), "--mode", "diff"],
        &["update", "--record", &format!("{HOSTILE}/x")],
        &["replay", HOSTILE],
        &["seal", HOSTILE, HOSTILE],
        &["golden", HOSTILE],
        &["golden", "."],
        &["conform", HOSTILE],
        &["conform", "--explain", HOSTILE],
        &["cache", "show", "--cache-dir", HOSTILE],
        &["cache", "clear", "--cache-dir", HOSTILE],
        &["new", "--lang", "zig", HOSTILE],
        &[HOSTILE],
    ] {
        let ran = scene.says(args);
        assert!(!ran.out.is_empty() || !ran.err.is_empty(), "{args:?}");
    }
}

#[test]
fn reports_about_a_module() {
    let names = format!("(func (export \"{}`](http://x) <img src=x> | @all\"))", "\\1b[2K\\e2\\80\\aeo");
    let scene = Scene::new(
        "b",
        &module().replace("(func (export \"dorcas_abi_v1\"))", &format!("(func (export \"dorcas_abi_v1\")){names}")),
    );
    // Another name that the ABI keeps for itself, so that reports have something to say of it.
    let reserved = names.replace("\\1b", "dorcas_`](http://x) <img src=x> |\\1b");
    let text =
        module().replace("(func (export \"dorcas_abi_v1\"))", &format!("(func (export \"dorcas_abi_v1\")){reserved}"));
    let other = assemble(scene.dir.path(), "other`<img src=x>|", &text);
    for format in ["human", "json", "junit", "tap", "markdown"] {
        for path in [scene.guest(), other.to_str().unwrap()] {
            let Ran { out, .. } = scene.says(&["conform", "--static", "--format", format, path]);
            assert!(out.contains("reserved"), "{format}: {out}");
            if format == "markdown" {
                markdown_is_inert(&out);
            }
        }
    }
    scene.says(&["inspect", other.to_str().unwrap()]);
    scene.says(&["inspect", "--format", "json", other.to_str().unwrap()]);
}

/// Outside of code there is no angle bracket but the report's own, and no link.
fn markdown_is_inert(report: &str) {
    let own = ["<details>", "</details>", "![Dorcas ABI"];
    for line in report.lines().filter(|line| !own.iter().any(|own| line.starts_with(own))) {
        let mut rest = line;
        let mut prose = String::new();
        // A piece of code ends at as many backticks as it began with.
        while let Some(start) = rest.find('`') {
            prose += &rest[..start];
            let fence = rest[start..].bytes().take_while(|byte| *byte == b'`').count();
            let code = &rest[start + fence..];
            let mut end = 0;
            loop {
                let Some(at) = code[end..].find('`') else { panic!("code without an end: {line}") };
                let run = code[end + at..].bytes().take_while(|byte| *byte == b'`').count();
                end += at + run;
                if run == fence {
                    break;
                }
            }
            rest = &code[end..];
        }
        prose += rest;
        // The report's own quotations of the specification begin with a bracket.
        if !line.starts_with('>') {
            assert!(!prose.contains(['<', '@']) && !prose.contains("]("), "{line}");
        }
    }
}

#[test]
fn a_golden_case() {
    let scene = Scene::new("b", &module());
    let case = scene.dir.path().join(format!("case{HOSTILE}"));
    fs::create_dir_all(case.join(&scene.dirs[1])).unwrap();
    fs::write(case.join("MODULE.bazel"), "").unwrap();
    fs::write(case.join(&scene.dirs[1]).join("BUILD.out"), format!("# {HOSTILE}\n")).unwrap();
    fs::write(case.join("expectedStderr.txt"), HOSTILE).unwrap();
    fs::write(case.join("arguments.txt"), format!("--{HOSTILE}\n")).unwrap();
    for format in ["human", "json", "junit"] {
        let ran =
            scene.says(&["golden", scene.dir.path().to_str().unwrap(), "--format", format, "--guest", scene.guest()]);
        assert_eq!(ran.code, 1, "{format}: {ran:?}");
    }
}

/// What patch(1) makes of the patch is what a run would have written, whatever the directories are called.
#[test]
fn a_patch_is_of_the_files_that_it_names() {
    let scene = Scene::new("e", &module());
    let root = scene.root();
    let patch = scene.dir.path().join("patch");
    scene.says(&["update", "--mode", "diff", "--patch", patch.to_str().unwrap(), "--guest", scene.guest()]);
    let text = fs::read_to_string(&patch).unwrap();
    let headers = text.lines().filter(|line| line.starts_with("+++ ")).count();
    assert_eq!((headers, text.chars().all(is_harmless)), (3, true), "{text:?}");
    let apply = |program: &str, args: &[&str]| {
        let copy = tempfile::tempdir().unwrap();
        for name in &scene.dirs {
            fs::create_dir(copy.path().join(name)).unwrap();
        }
        let done = Command::new(program).args(args).arg(&patch).current_dir(copy.path()).output();
        // Not every machine has it.
        let Ok(done) = done else { return };
        assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
        written(copy.path(), &scene.dirs);
    };
    apply("git", &["apply", "-p0"]);
    apply("patch", &["-p0", "-s", "-i"]);
    let ran = ran(binary().current_dir(&root).args(["update", "--quiet", "--guest", scene.guest()]));
    assert_eq!(ran.code, 0, "{ran:?}");
    written(&root, &scene.dirs);
}

fn written(root: &Path, dirs: &[String]) {
    for name in dirs {
        let text = fs::read_to_string(root.join(name).join("BUILD.bazel"));
        assert_eq!(text.unwrap_or_default(), "thing(name = \"made\")\n", "{name:?}");
    }
}
