//! What is shown of the cases?

use super::compare::Mismatch;
use crate::json;
use dorcas_host::{printable, printable_lines};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde::Serialize;
use std::io::{self, Write};

/// A case and what it has come to.
pub(super) struct Tested {
    pub(super) name: String,
    pub(super) verdict: Verdict,
    /// What guests wrote to their log, a line each.
    pub(super) log: Vec<String>,
}

pub(super) enum Verdict {
    Passed,
    /// The files that were rewritten.
    Updated(Vec<String>),
    Failed(Vec<Mismatch>),
}

/// Most bytes of a line for people.
const MAX_LINE_BYTES: usize = 1000;

/// For a terminal: a line a case, what came out otherwise below it, the sum at the end.
pub(super) fn human(tested: &[Tested], out: &mut dyn Write) -> io::Result<()> {
    for Tested { name, verdict, .. } in tested {
        let name = printable(name, MAX_LINE_BYTES);
        match verdict {
            Verdict::Passed => writeln!(out, "pass    {name}")?,
            Verdict::Updated(files) => {
                let files: Vec<_> = files.iter().map(|file| printable(file, MAX_LINE_BYTES)).collect();
                writeln!(out, "update  {name}: {}", files.join(", "))?;
            }
            Verdict::Failed(mismatches) => {
                writeln!(out, "FAIL    {name}")?;
                for line in mismatches.iter().flat_map(|mismatch| mismatch.text.lines()) {
                    writeln!(out, "    {}", printable(line, MAX_LINE_BYTES))?;
                }
            }
        }
    }
    let Sum { cases, passed, updated, failed } = sum(tested);
    let cases = crate::messages::count(cases, "case", "cases");
    let updated = if updated == 0 { String::new() } else { format!(", {updated} updated") };
    writeln!(out, "{cases}: {passed} passed{updated}, {failed} failed")
}

/// For machines.
pub(super) fn json(tested: &[Tested], out: &mut dyn Write) -> io::Result<()> {
    let cases = tested.iter().map(case).collect();
    json::write(&Document { sum: sum(tested), cases }, out)
}

#[derive(Serialize)]
struct Document<'a> {
    sum: Sum,
    cases: Vec<Case<'a>>,
}

#[derive(Clone, Copy, Serialize)]
struct Sum {
    cases: usize,
    passed: usize,
    updated: usize,
    failed: usize,
}

fn sum(tested: &[Tested]) -> Sum {
    let count = |is: fn(&Verdict) -> bool| tested.iter().filter(|tested| is(&tested.verdict)).count();
    Sum {
        cases: tested.len(),
        passed: count(|verdict| matches!(verdict, Verdict::Passed)),
        updated: count(|verdict| matches!(verdict, Verdict::Updated(_))),
        failed: count(|verdict| matches!(verdict, Verdict::Failed(_))),
    }
}

#[derive(Serialize)]
struct Case<'a> {
    name: &'a str,
    status: &'static str,
    updated: &'a [String],
    mismatches: Vec<Difference<'a>>,
}

#[derive(Serialize)]
struct Difference<'a> {
    file: &'a str,
    text: &'a str,
}

fn case(tested: &Tested) -> Case<'_> {
    let (status, updated, mismatches): (_, &[String], &[Mismatch]) = match &tested.verdict {
        Verdict::Passed => ("passed", &[], &[]),
        Verdict::Updated(files) => ("updated", files, &[]),
        Verdict::Failed(mismatches) => ("failed", &[], mismatches),
    };
    let mismatches = mismatches.iter().map(|Mismatch { file, text, .. }| Difference { file, text }).collect();
    Case { name: &tested.name, status, updated, mismatches }
}

/// For what reads the reports of test runners.
pub(super) fn junit(tested: &[Tested], out: &mut dyn Write) -> io::Result<()> {
    let mut suite = TestSuite::new("golden");
    for Tested { name, verdict, .. } in tested {
        let status = match verdict {
            Verdict::Passed | Verdict::Updated(_) => TestCaseStatus::success(),
            Verdict::Failed(mismatches) => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                let files: Vec<_> =
                    mismatches.iter().map(|mismatch| printable(&mismatch.file, MAX_LINE_BYTES)).collect();
                let texts: Vec<_> = mismatches.iter().map(|mismatch| printable_lines(&mismatch.text)).collect();
                status.set_message(files.join(", ")).set_description(texts.join("\n"));
                status
            }
        };
        let mut case = TestCase::new(printable(name, MAX_LINE_BYTES), status);
        case.set_classname("dorcas.golden");
        suite.add_test_case(case);
    }
    let mut report = Report::new(concat!("dorcas ", env!("CARGO_PKG_VERSION")));
    report.add_test_suite(suite);
    let text = report.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}
