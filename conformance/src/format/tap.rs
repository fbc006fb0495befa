use super::{Mark, conditions, summary, verdict};
use crate::{Finding, Report, Verdict};

pub(super) fn show(report: &Report) -> String {
    let mut lines = vec!["TAP version 14".to_owned()];
    lines.extend(conditions(report).into_iter().map(|(name, value)| format!("# {name}: {value}")));
    lines.push(format!("1..{}", report.clauses.len()));
    for (index, outcome) in report.clauses.iter().enumerate() {
        let mark = Mark::of(report, outcome);
        let name = format!("{} - {} ({})", index + 1, outcome.name, outcome.level);
        let reason = outcome.known.as_deref().unwrap_or_default();
        lines.push(match (&outcome.verdict, mark) {
            (Verdict::Skip { reason, .. }, Mark::Skipped) => format!("ok {name} # SKIP {}", escape(reason)),
            (Verdict::Skip { reason, .. }, _) => format!("not ok {name}: {}", escape(reason)),
            (Verdict::Unchecked, _) => format!("ok {name} # SKIP not checkable from outside"),
            (_, Mark::Fixed) => format!("not ok {name}: kept, though it is said to be broken: {}", escape(reason)),
            (Verdict::Pass { .. }, _) => format!("ok {name}"),
            (_, Mark::Known) => format!("not ok {name} # TODO known: {}", escape(reason)),
            (_, Mark::Advice) => format!("not ok {name} # TODO a SHOULD"),
            _ => format!("not ok {name}"),
        });
        if let Verdict::Fail { findings, .. } = &outcome.verdict {
            lines.push("  ---".into());
            lines.push(format!("  clause: {}", quoted(&outcome.text)));
            lines.push("  findings:".into());
            for finding in findings {
                details(&mut lines, finding);
            }
            lines.push("  ...".into());
        }
    }
    lines.push(format!("# {}", summary(report)));
    lines.push(format!("# {}", verdict(report)));
    lines.join("\n") + "\n"
}

fn details(lines: &mut Vec<String>, finding: &Finding) {
    lines.push(format!("    - did: {}", quoted(&finding.did)));
    lines.push(format!("      saw: {}", quoted(&finding.saw)));
    lines.extend(finding.hint.iter().map(|hint| format!("      hint: {}", quoted(hint))));
    for dump in &finding.bytes {
        lines.push(format!("      {}: {}", quoted(&dump.of), quoted(&format!("at {}: {}", dump.offset, dump.hex))));
    }
}

/// A string in YAML, which takes JSON's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}
