//! `dorcas conform`: what it says, and how it ends.

mod support;

use dorcas_conformance::{GOOD, bad};
use std::{
    fs,
    path::{Path, PathBuf},
};
use support::{Ran, dorcas};
use tempfile::TempDir;

/// A directory with files to examine.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn good(&self) -> PathBuf {
        self.file("good.wasm", wat::parse_str(GOOD).unwrap())
    }

    fn bad(&self, name: &str) -> PathBuf {
        let guest = bad::ALL.iter().find(|guest| guest.name == name).unwrap();
        self.file("bad.wasm", guest.wasm().unwrap())
    }
}

fn conform(path: &Path, flags: &[&str]) -> Ran {
    let mut args = vec!["conform".into(), path.as_os_str().to_owned()];
    args.extend(flags.iter().map(Into::into));
    dorcas(args)
}

#[test]
fn a_good_guest_ends_with_0() {
    let bench = Bench::new();
    let Ran { code, out, err } = conform(&bench.good(), &["--strict", "--rounds", "150"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("good.wasm KEEPS the ABI, version 1, strictly"), "{out}");
    let too_long: Vec<_> = out.lines().filter(|line| line.len() > 80 && !line.starts_with("![")).collect();
    assert_eq!(too_long, [""; 0]);
}

#[test]
fn a_broken_clause_ends_with_1() {
    let bench = Bench::new();
    let Ran { code, out, .. } = conform(&bench.bad("result/halves_swapped"), &["result"]);
    assert_eq!(code, 1);
    assert!(out.contains("\nFAIL     result.packing (MUST)"), "{out}");
    assert!(out.contains("hint  the halves look swapped: read the other way round"), "{out}");
}

#[test]
fn a_should_counts_where_it_is_asked_for() {
    let bench = Bench::new();
    let guest = bench.bad("module/above_the_floor");
    assert_eq!(conform(&guest, &["--static"]).code, 0);
    assert_eq!(conform(&guest, &["--static", "--strict"]).code, 1);
}

#[test]
fn what_is_no_module_ends_with_3() {
    let bench = Bench::new();
    let Ran { code, out, .. } = conform(&bench.file("text.wasm", "(module)"), &["--static"]);
    assert_eq!(code, 3);
    assert!(out.contains("it is WebAssembly text;"), "{out}");
}

#[test]
fn a_known_failure_is_none_and_a_fixed_one_is() {
    let bench = Bench::new();
    let known = bench.file("known.toml", "[[known]]\nclause = \"exports.reserved\"\nreason = \"an old name\"\n");
    let flags = ["--static", "--expect", known.to_str().unwrap()];
    let Ran { code, out, .. } = conform(&bench.bad("exports/reserved_name"), &flags);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("known: an old name"), "{out}");
    let Ran { code, out, .. } = conform(&bench.good(), &flags);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("exports.reserved: kept, though it is said to be broken: an old name"), "{out}");
}

#[test]
fn what_the_command_line_can_get_wrong() {
    let bench = Bench::new();
    let guest = bench.good();
    let wrong = bench.file("wrong.toml", "[[known]]\nclause = \"mem.none\"\nreason = \"x\"\n");
    for (flags, text) in [
        (&["mem.none"][..], "error: no clause for guests has the name or prefix `mem.none`; `--list` shows all\n"),
        (&["--grant", "files"], "error: `files` can't be granted; there is: log\n"),
        (
            &["--expect", wrong.to_str().unwrap()],
            "is no list of known failures: no clause for guests has the name `mem.none`\n",
        ),
    ] {
        let Ran { code, out, err } = conform(&guest, flags);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(err.ends_with(text), "{err}");
    }
    assert_eq!(dorcas(["conform"]).code, 2);
}

#[test]
fn a_clause_explained() {
    let Ran { code, out, .. } = dorcas(["conform", "--explain", "result.packing"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("result.packing (MUST, dynamic)\n\nA method's result MUST have the address"), "{out}");
    assert!(
        out.contains("\n  bad/result/halves_swapped.diff: Address and length stand in each other's half.\n"),
        "{out}"
    );
    let list = dorcas(["conform", "--list"]).out;
    assert!(list.contains("result.packing                 MUST    dynamic\n") && !list.contains("host."), "{list}");
}

#[test]
fn every_format_shows_the_same_failure() {
    let bench = Bench::new();
    let guest = bench.bad("exports/reserved_name");
    let target = bench.0.path().join("report");
    for (format, text) in [
        ("human", "FAIL     exports.reserved (MUST)"),
        ("json", "\"name\": \"exports.reserved\",\n      \"level\": \"MUST\""),
        ("junit", "<testcase name=\"exports.reserved\" classname=\"dorcas.abi1\">\n            <failure message="),
        ("tap", "\nnot ok 11 - exports.reserved (MUST)\n  ---\n"),
        ("markdown", "\n### FAIL `exports.reserved` (MUST)\n"),
    ] {
        let flags = ["--static", "--format", format, "--output", target.to_str().unwrap()];
        let Ran { code, out, err } = conform(&guest, &flags);
        assert_eq!((code, out.as_str(), err.as_str()), (1, "", ""), "{format}");
        let report = fs::read_to_string(&target).unwrap();
        assert!(report.contains(text), "{format}: {report}");
        assert!(report.contains("dorcas-conformance 0.1.0"), "{format}");
    }
}

#[test]
fn limits_of_a_run() {
    let bench = Bench::new();
    let guest = bench.bad("exports/reserved_name");
    let out = conform(&guest, &["--static", "--limit", "fuel_per_call=7", "--limit=fuel_in_all=9000"]).out;
    assert!(out.contains("limits   7 fuel a call, 9,000 in all, "), "{out}");
    let Ran { code, err, .. } = conform(&guest, &["--limit", "memory_bytes=1"]);
    let text = "error: `--limit memory_bytes=1` sets no limit: write NAME=N, with a whole number and one of these names: \
                fuel_per_call, fuel_in_all\n";
    assert_eq!((code, err.as_str()), (2, text));
}

#[test]
fn the_guests_that_the_runner_is_tried_on_can_be_had_whole() {
    let bench = Bench::new();
    let dir = bench.0.path().join("guests");
    let Ran { code, out, err } = dorcas(["conform", "--self-test", "--write", dir.to_str().unwrap()]);
    assert_eq!((code, err.as_str()), (0, ""));
    let guests = 1 + bad::ALL.len();
    assert_eq!(out, format!("{guests} guests in {}\n", dir.display()));
    let text = fs::read_to_string(dir.join("mem/leak.wat")).unwrap();
    assert!(text.starts_with(
        ";; `generate_rules` gets itself a buffer and forgets it.\n;;\n;; fails: mem.steady/good\n(module\n"
    ));
    assert_eq!(text.lines().count(), 3 + 1 + GOOD[GOOD.find("(module").unwrap()..].lines().count());
    for (name, code) in [("good", 0), ("mem/leak", 1)] {
        let guest = dir.join(name).with_extension("wasm");
        assert_eq!(conform(&guest, &[]).code, code, "{name}");
    }
    assert_eq!(dorcas(["conform", "--write", dir.to_str().unwrap()]).code, 2);
}
