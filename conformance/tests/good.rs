//! The guests that keep every clause.

use dorcas_conformance::{GOOD, Grant, Report, Suite, Verdict, bad::each};
use std::{cmp::Reverse, fs, path::Path};

const SPEC: &str = include_str!("../../abi-spec.md");

fn strict(name: &str, text: &str) -> Report {
    let suite = Suite { strict: true, rounds: 101, corrupted: 24, seeds: 2, ..Suite::default() };
    suite.run(name, &wat::parse_str(text).unwrap())
}

fn spec_guest() -> &'static str {
    let (_, rest) = SPEC.split_once("\n```wat\n").unwrap();
    rest.split_once("\n```").unwrap().0
}

/// The clauses of a report that were not looked at, though they can be.
fn not_looked_at(report: &Report) -> Vec<&'static str> {
    let skipped = report.clauses.iter().filter(|outcome| matches!(outcome.verdict, Verdict::Skip { .. }));
    skipped.map(|outcome| outcome.name).collect()
}

#[test]
fn the_good_guest_keeps_every_clause() {
    let report = strict("good.wasm", GOOD);
    assert!(report.passes(), "{:#?} {:?}", report.findings().collect::<Vec<_>>(), report.counts());
    // It has every export. Of what a reply may have it leaves out these.
    assert_eq!(
        not_looked_at(&report),
        [
            "behaviour.stateful",
            "scan.file",
            "fix.deleted",
            "resolve.set-or-delete",
            "resolve.new-queries",
            "find.absolute",
            "provided.absolute"
        ]
    );
}

/// The good guest after some calls: every second reply of `configure` is an error. That is no fault if the manifest says so.
#[test]
fn a_guest_that_counts_calls_may_be_stateful() {
    let (pure, stateful) = (r#"\00\00\00\01\00" "\00\00")"#, r#"\00\00\00\01\00" "\01\00")"#);
    let usual = "    (call $say (i32.const 328)))";
    let counts = "    (i32.store8 (i32.const 1000) (i32.xor (i32.load8_u (i32.const 1000)) (i32.const 1)))
    (if (i32.eqz (i32.load8_u (i32.const 1000))) (then (return (call $say (i32.const 296)))))
    (call $say (i32.const 328)))";
    assert!(GOOD.contains(pure) && GOOD.contains(usual), "the good guest reads otherwise");
    let text = GOOD.replacen(usual, counts, 1);
    let report = strict("undeclared.wasm", &text);
    assert_eq!(report.failed_checks(), ["behaviour.pure/again"]);
    let report = strict("stateful.wasm", &text.replacen(pure, stateful, 1));
    assert!(report.passes(), "{:#?} {:?}", report.findings().collect::<Vec<_>>(), report.counts());
    assert_eq!(not_looked_at(&report)[..2], ["behaviour.pure", "behaviour.argument-only"]);
}

/// The good guest, which writes to the log before it reads a request for rules.
fn good_with_log() -> Vec<u8> {
    let head = "(module";
    let first = "    ;; The files stand behind rel, state and the BUILD file.";
    assert!(GOOD.contains(first), "generate_rules begins otherwise");
    let import = r#"(module (import "dorcas" "log" (func $log (param i32 i32 i32)))"#;
    let call = format!("    (call $log (i32.const 2) (i32.const 0) (i32.const 4))\n{first}");
    wat::parse_str(GOOD.replacen(head, import, 1).replacen(first, &call, 1)).unwrap()
}

#[test]
fn what_is_granted_may_be_imported() {
    let suite = Suite { strict: true, rounds: 300, grants: vec![Grant::Log], ..Suite::default() };
    let report = suite.run("log.wasm", &good_with_log());
    assert!(report.passes(), "{:#?} {:?}", report.findings().collect::<Vec<_>>(), report.counts());
    assert_eq!(report.conditions.grants, ["log"]);
    let report = Suite::default().run("log.wasm", &good_with_log());
    let failed: Vec<_> =
        report.clauses.iter().filter(|outcome| matches!(outcome.verdict, Verdict::Fail { .. })).collect();
    assert_eq!(failed.iter().map(|outcome| outcome.name).collect::<Vec<_>>(), ["module.no-imports"]);
}

#[test]
fn the_guest_of_the_specification_keeps_every_clause() {
    let report = strict("txt.wasm", spec_guest());
    assert!(report.passes(), "{:#?} {:?}", report.findings().collect::<Vec<_>>(), report.counts());
    assert!(report.counts().passed > 50, "{:?}", report.counts());
}

/// The guests that are kept as modules: each file of the folder.
#[test]
fn the_prebuilt_guests_keep_every_clause() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest/prebuilt");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut guests: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "wasm")).collect();
    assert!(!guests.is_empty());
    // The largest takes longest, and comes first.
    guests.sort_by_key(|path| Reverse(fs::metadata(path).unwrap().len()));
    let reports = each(&guests, |path| {
        let suite = Suite { strict: true, rounds: 20, corrupted: 6, seeds: 1, ..Suite::default() };
        suite.run(&path.display().to_string(), &fs::read(path).unwrap())
    });
    for (path, report) in guests.iter().zip(reports) {
        assert!(report.passes(), "{path:?} {:#?}", report.findings().collect::<Vec<_>>());
    }
}

#[test]
fn the_good_guest_has_all_functions_of_the_specifications() {
    // Everything behind the name of a function, up to the next one.
    let functions = |text: &'static str| -> Vec<&'static str> {
        text.split("\n  (func ")
            .skip(1)
            .map(|rest| rest.split("\n\n").next().unwrap().trim_end_matches([')', '\n']))
            .collect()
    };
    let good = functions(GOOD);
    // What these two say lies elsewhere in the good guest.
    let elsewhere = ["(export \"lang_name\")", "(export \"manifest\")", "(export \"generate_rules\")"];
    let mut compared = 0;
    for function in functions(spec_guest()) {
        if !elsewhere.iter().any(|name| function.starts_with(name)) {
            assert!(good.contains(&function), "{function}");
            compared += 1;
        }
    }
    assert!(compared >= 10, "{compared}");
}
