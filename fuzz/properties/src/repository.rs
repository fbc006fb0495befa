//! Any small repository.

use arbitrary::{Arbitrary, Unstructured};
use dorcas_gazelle::{Diagnostic, Language, Measured, Options, OutputFile, run, write};
use dorcas_host::abi::message::{
    Attr, ConfigureRequest, ConfigureResponse, DirectiveInfo, FileData, FindRequest, FindResponse, GenerateRequest,
    GenerateResponse, GeneratedRule, ImportSpec, ImportsRequest, ImportsResponse, Input, Kind, LoadInfo, Manifest,
    Methods, ResolveRequest, ResolveResponse, ResolvedRule, Rule, RuleImports, Value, Want,
};
use std::{fs, path::Path};

/// The bytes are files: names from a few, directives with values from pieces that are hostile to something, rules, sources
/// that import each other, links.
///
/// A run over them ends, and what it says is of a bounded size. What is written stands in the repository, and a second
/// run changes nothing and says the same. That many threads say what one says, too.
pub fn repository(data: &[u8]) {
    let mut wish = Unstructured::new(data);
    let outside = tempfile::tempdir().expect("there is room for a folder");
    fs::write(outside.path().join("secret"), "x()\n").expect("it can be written");
    let root = outside.path().join("repo");
    fs::create_dir(&root).expect("it can be made");
    let files: Vec<File> = wish.arbitrary_iter().expect("it always begins").flatten().take(16).collect();
    for file in &files {
        file.write(&root);
    }
    let once = Said::of(&root, 1, false);
    assert_eq!(once, Said::of(&root, 2, true), "with two threads, of {files:?}");
    if let Said::Done { changed: true, .. } = once {
        let again = Said::of(&root, 2, false);
        assert!(again.is_as_after(&once), "{again:?} after {once:?}, of {files:?}");
    }
    let mut left: Vec<_> =
        fs::read_dir(outside.path()).expect("it is there").flatten().map(|it| it.file_name()).collect();
    left.sort();
    assert_eq!(left, ["repo", "secret"], "something was written outside, of {files:?}");
    assert_eq!(fs::read_to_string(outside.path().join("secret")).expect("it is there"), "x()\n");
}

/// What a run says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// Nothing was done.
    Refused(String),
    Done {
        /// Whether there was anything to write.
        changed: bool,
        failures: Vec<String>,
        diagnostics: Vec<String>,
    },
}

impl Said {
    fn of(root: &Path, threads: usize, writes: bool) -> Self {
        let options = Options { threads, ..Options::new(root) };
        let outcome = match run(&options, &[&Tiny::new() as &dyn Language], &()) {
            Ok(outcome) => outcome,
            Err(error) => return Self::Refused(error.to_string()),
        };
        let failures: Vec<_> = outcome.failures.iter().map(ToString::to_string).collect();
        let diagnostics: Vec<_> = outcome.diagnostics.iter().map(Diagnostic::to_string).collect();
        assert!(failures.iter().chain(&diagnostics).all(|said| said.len() < 64 << 10), "{failures:?} {diagnostics:?}");
        let changed = outcome.files.iter().any(OutputFile::changed);
        if writes {
            let errors = write(&outcome);
            assert!(errors.is_empty(), "{errors:?}");
        }
        Self::Done { changed, failures, diagnostics }
    }

    /// Whether nothing is left to do after another run.
    fn is_as_after(&self, before: &Self) -> bool {
        match (self, before) {
            (Self::Done { changed, failures, .. }, Self::Done { failures: before, .. }) => {
                !changed && failures == before
            }
            _ => false,
        }
    }
}

#[derive(Arbitrary, Debug)]
struct File {
    dir: u8,
    kind: FileKind,
}

#[derive(Arbitrary, Debug)]
enum FileKind {
    Build(Vec<Line>),
    Source(Vec<u8>),
    Link(u8),
    Ignore(Vec<Piece>),
    IgnoreGlobs(Vec<Piece>),
    DirectiveFile(Vec<Line>),
}

#[derive(Arbitrary, Debug)]
enum Line {
    Directive(u8, Vec<Piece>),
    Rule(u8, u8),
    Other(u8),
}

/// A part of a value.
#[derive(Arbitrary, Debug)]
struct Piece(u8);

const DIRS: [&str; 8] = ["", "a", "a/b", "a/b/c", "b", "c", "c/a", "x y"];

const KEYS: [&str; 12] = [
    "alias_kind",
    "build_file_name",
    "directive_file",
    "exclude",
    "follow",
    "generation_mode",
    "ignore",
    "lang",
    "map_kind",
    "resolve",
    "resolve_regexp",
    "tiny_mode",
];

const PIECES: [&str; 32] = [
    "*",
    "**",
    "/",
    "..",
    "a",
    "b",
    "{",
    "}",
    ",",
    "[!a]",
    "\\",
    "?",
    "tiny",
    " ",
    "//a:b",
    "//:x.bzl",
    "lib",
    "my",
    "off",
    "update_only",
    "BUILD",
    "BUILD.bazel",
    "d",
    "(",
    ")",
    "{1000}",
    ".*",
    "$0",
    "\u{202e}",
    "é",
    "[",
    "secret",
];

const STATEMENTS: [&str; 8] = [
    "load(\"@tiny//:defs.bzl\", \"lib\")\n",
    "load(\":my.bzl\", \"my\")\n",
    "# keep\n",
    "x = [a for a in b]\n",
    "maybe(lib, name = \"m\")\n",
    "\"\"\"doc\"\"\"\n",
    "package(default_visibility = [])\n",
    "def f():\n    pass\n",
];

fn text(pieces: &[Piece]) -> String {
    let of = |piece: &Piece| match piece.0 {
        // Much of one kind: depth, length, number.
        200.. => PIECES[usize::from(piece.0) % PIECES.len()].repeat(300),
        _ => PIECES[usize::from(piece.0) % PIECES.len()].to_owned(),
    };
    pieces.iter().take(8).map(of).collect()
}

fn lines(lines: &[Line], prefix: &str) -> String {
    let of = |line: &Line| match line {
        Line::Directive(key, value) => format!("{prefix}{} {}\n", KEYS[usize::from(*key) % KEYS.len()], text(value)),
        Line::Rule(kind, name) => {
            let kind = ["lib", "my", "other"][usize::from(kind % 3)];
            format!("{kind}(name = \"{}\", srcs = [\"{}.tiny\"], deps = [\":gone\"])\n", name % 5, name % 5)
        }
        Line::Other(which) => STATEMENTS[usize::from(*which) % STATEMENTS.len()].to_owned(),
    };
    lines.iter().take(12).map(of).collect()
}

impl File {
    /// What can't be written, since another file is in its way, is left out.
    fn write(&self, root: &Path) {
        let dir = root.join(DIRS[usize::from(self.dir) % DIRS.len()]);
        if fs::create_dir_all(&dir).is_err() {
            return;
        }
        let written = match &self.kind {
            FileKind::Build(all) => fs::write(dir.join("BUILD.bazel"), lines(all, "# gazelle:")),
            FileKind::DirectiveFile(all) => fs::write(dir.join("d"), lines(all, "")),
            FileKind::Source(imports) => {
                let imports =
                    imports.iter().take(6).map(|dir| format!("import {}\n", DIRS[usize::from(*dir) % DIRS.len()]));
                fs::write(dir.join(format!("{}.tiny", self.dir % 5)), imports.collect::<String>())
            }
            FileKind::Ignore(pieces) => fs::write(root.join(".bazelignore"), text(pieces)),
            FileKind::IgnoreGlobs(pieces) => {
                let quoted = text(pieces).replace('\\', "\\\\").replace('"', "\\\"");
                fs::write(root.join("REPO.bazel"), format!("ignore_directories([\"{quoted}\"])\n"))
            }
            FileKind::Link(to) => link(&dir, *to),
        };
        drop(written);
    }
}

#[cfg(unix)]
fn link(dir: &Path, to: u8) -> std::io::Result<()> {
    let to = ["..", "../..", "a", "../secret", "/", "BUILD.bazel", ".", "gone"][usize::from(to) % 8];
    std::os::unix::fs::symlink(to, dir.join(["l", "BUILD", "d"][to.len() % 3]))
}

#[cfg(not(unix))]
fn link(_: &Path, _: u8) -> std::io::Result<()> {
    Ok(())
}

/// A rule for each directory with sources, which depends on what these import.
struct Tiny(Manifest);

impl Tiny {
    fn new() -> Self {
        let strings = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let kind = Kind {
            name: "lib".into(),
            match_attrs: strings(&["srcs"]),
            non_empty_attrs: strings(&["srcs"]),
            mergeable_attrs: strings(&["srcs"]),
            resolve_attrs: strings(&["deps"]),
            ..Kind::default()
        };
        let load = LoadInfo {
            repo: "tiny".into(),
            file: "//:defs.bzl".into(),
            symbols: strings(&["lib"]),
            ..LoadInfo::default()
        };
        Self(Manifest {
            kinds: vec![kind],
            loads: vec![load],
            inputs: vec![Input {
                glob: "*.tiny".into(),
                want: Want::Content,
                methods: Methods::GENERATE_RULES,
                ..Input::default()
            }],
            directives: vec![DirectiveInfo { name: "tiny_mode".into(), ..DirectiveInfo::default() }],
            ..Manifest::default()
        })
    }
}

fn attr(name: &str, value: Value) -> Attr {
    Attr { name: name.into(), value, ..Attr::default() }
}

fn answer<T>(answer: T) -> Measured<T> {
    Ok(answer).into()
}

impl Language for Tiny {
    fn name(&self) -> &'static str {
        "tiny"
    }
    fn manifest(&self) -> &Manifest {
        &self.0
    }
    fn has(&self, method: &str) -> bool {
        !["setup", "scan", "find", "fix", "finish"].contains(&method)
    }
    fn configure(&self, _: &ConfigureRequest) -> Measured<ConfigureResponse> {
        answer(ConfigureResponse::default())
    }

    fn generate(&self, request: &GenerateRequest) -> Measured<GenerateResponse> {
        if request.files.is_empty() {
            return answer(GenerateResponse::default());
        }
        let content = |data: &FileData| match data {
            FileData::Content(content) => String::from_utf8_lossy(content).into_owned(),
            _ => String::new(),
        };
        let all: String = request.files.iter().map(|file| content(&file.data)).collect();
        let mut imports: Vec<_> = all.lines().filter_map(|line| line.strip_prefix("import ")).collect();
        imports.sort_unstable();
        imports.dedup();
        let imports = imports.into_iter().map(|imp| ImportSpec { lang: "tiny".into(), imp: imp.into() }).collect();
        let srcs = request.files.iter().map(|file| file.name.clone()).collect();
        let rule = Rule {
            kind: "lib".into(),
            name: "tiny".into(),
            attrs: vec![attr("srcs", Value::SortedStrings(srcs))],
            ..Rule::default()
        };
        answer(GenerateResponse {
            rules: vec![GeneratedRule { rule, imports, ..GeneratedRule::default() }],
            ..Default::default()
        })
    }

    fn imports(&self, request: &ImportsRequest) -> Measured<ImportsResponse> {
        let imports = vec![ImportSpec { lang: "tiny".into(), imp: request.rel.clone() }];
        let rule = RuleImports { importable: true, imports, ..RuleImports::default() };
        answer(ImportsResponse { rules: request.rules.iter().map(|_| rule.clone()).collect() })
    }

    fn resolve(&self, request: &ResolveRequest) -> Measured<ResolveResponse> {
        let resolved = |rule: &dorcas_host::abi::message::ResolveRule| {
            let found = request.found.iter().filter(|found| rule.imports.contains(&found.query.import));
            let deps = found.filter_map(|found| match (&found.override_label, found.matches.as_slice()) {
                (Some(label), _) => Some(label.clone()),
                (None, [only]) => Some(only.label.clone()),
                _ => None,
            });
            let mut deps: Vec<String> = deps.collect();
            deps.sort_unstable();
            deps.dedup();
            let set = if deps.is_empty() { Vec::new() } else { vec![attr("deps", Value::Labels(deps))] };
            ResolvedRule { set, delete: Vec::new() }
        };
        answer(ResolveResponse::Resolved {
            rules: request.rules.iter().map(resolved).collect(),
            diagnostics: Vec::new(),
        })
    }

    fn find(&self, _: &FindRequest) -> Measured<FindResponse> {
        unreachable!("it says that it has no `find`")
    }
}
