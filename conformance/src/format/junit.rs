use super::{Mark, conditions, verdict};
use crate::{Finding, Outcome, Report, Verdict};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

pub(super) fn show(report: &Report) -> String {
    let mut document = quick_junit::Report::new(report.runner);
    let mut areas: Vec<TestSuite> = Vec::new();
    for outcome in &report.clauses {
        let area = outcome.name.split('.').next().unwrap_or_default();
        if areas.last().is_none_or(|suite| suite.name.as_str() != area) {
            areas.push(TestSuite::new(area));
        }
        if let Some(suite) = areas.last_mut() {
            suite.add_test_case(case(report, outcome));
        }
    }
    if areas.is_empty() {
        areas.push(TestSuite::new("none"));
    }
    for suite in &mut areas {
        suite.add_property(("verdict", verdict(report).as_str()));
        for (name, value) in conditions(report) {
            suite.add_property((name, value.as_str()));
        }
    }
    document.add_test_suites(areas);
    document.to_string().expect("a report has nothing that XML can't have")
}

fn case(report: &Report, outcome: &Outcome) -> TestCase {
    let mut status = match Mark::of(report, outcome) {
        Mark::Kept => TestCaseStatus::success(),
        Mark::Broken | Mark::Fixed | Mark::Blocked => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Mark::Advice | Mark::Known | Mark::Skipped | Mark::Unchecked => TestCaseStatus::skipped(),
    };
    match &outcome.verdict {
        Verdict::Pass { .. } => {
            if let Some(reason) = &outcome.known {
                status.set_message(format!("kept, though it is said to be broken: {reason}"));
            }
        }
        Verdict::Skip { reason, .. } => {
            status.set_message(reason.as_str());
        }
        Verdict::Unchecked => {
            status.set_message("not checkable from outside");
        }
        Verdict::Fail { findings, .. } => {
            let first = findings.first().map(|finding| finding.saw.as_str()).unwrap_or_default();
            let known = outcome.known.as_ref().map(|reason| format!(" (known: {reason})")).unwrap_or_default();
            status.set_message(format!("{first}{known}"));
            status.set_type(outcome.level.to_string());
            let text: Vec<_> = findings.iter().map(describe).collect();
            status.set_description(format!("{}\n\n{}", outcome.text, text.join("\n\n")));
        }
    }
    let mut case = TestCase::new(outcome.name, status);
    case.set_classname(format!("dorcas.abi{}", report.abi_version));
    case
}

fn describe(finding: &Finding) -> String {
    let mut lines = vec![format!("did: {}", finding.did), format!("saw: {}", finding.saw)];
    lines.extend(finding.hint.iter().map(|hint| format!("hint: {hint}")));
    for dump in &finding.bytes {
        lines.push(format!("{}, {} bytes:", dump.of, dump.len));
        lines.extend(dump.lines());
    }
    lines.join("\n")
}
