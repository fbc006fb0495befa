use super::{Mark, conditions, summary, thousands, verdict};
use crate::{Finding, Outcome, Report, Verdict};
use std::fmt::Write as _;

pub(super) fn show(report: &Report) -> String {
    let mut out = format!(
        "## {}: {}\n\n{}\n\n{}.\n\n",
        code(&report.module.file),
        verdict(report),
        report.badge(),
        summary(report)
    );
    let broken: Vec<_> = report
        .clauses
        .iter()
        .filter(|outcome| outcome.is_broken() || matches!(Mark::of(report, outcome), Mark::Fixed | Mark::Blocked))
        .collect();
    for outcome in broken {
        one(&mut out, report, outcome);
    }
    out.push_str("<details><summary>All clauses</summary>\n\n| | clause | |\n|---|---|---|\n");
    for outcome in &report.clauses {
        let why = match &outcome.verdict {
            Verdict::Pass { times } => format!("looked at {}", often(*times)),
            Verdict::Fail { times, .. } => format!("broken {}", often(*times)),
            Verdict::Skip { reason, .. } => code(reason),
            Verdict::Unchecked => "not checkable from outside".into(),
        };
        let word = Mark::of(report, outcome).word();
        line(&mut out, &format!("| {word} | `{}` | {} |", outcome.name, cell(&why)));
    }
    out.push_str("\n</details>\n\n");
    if !report.calls.is_empty() {
        out.push_str("| fuel of | calls | least | most |\n|---|--:|--:|--:|\n");
        for calls in &report.calls {
            let [count, least, most] = [calls.calls, calls.least_fuel, calls.most_fuel].map(thousands);
            line(&mut out, &format!("| `{}` | {count} | {least} | {most} |", calls.export));
        }
        out.push('\n');
    }
    out.push_str("| | |\n|---|---|\n");
    for (name, value) in conditions(report) {
        line(&mut out, &format!("| {name} | {} |", cell(&code(&value))));
    }
    out
}

fn one(out: &mut String, report: &Report, outcome: &Outcome) {
    let mark = Mark::of(report, outcome);
    line(out, &format!("### {} `{}` ({})\n\n> {}\n", mark.word(), outcome.name, outcome.level, outcome.text));
    if let Some(reason) = &outcome.known {
        line(out, &format!("Known: {}\n", code(reason)));
    }
    match &outcome.verdict {
        Verdict::Fail { findings, .. } => findings.iter().for_each(|shown| finding(out, shown)),
        Verdict::Skip { reason, .. } => line(out, &format!("{}\n", code(reason))),
        _ => {}
    }
}

fn finding(out: &mut String, finding: &Finding) {
    line(out, &format!("- did: {}", code(&finding.did)));
    line(out, &format!("- saw: {}", code(&finding.saw)));
    if let Some(hint) = &finding.hint {
        line(out, &format!("- hint: {}", code(hint)));
    }
    if let Some(seed) = finding.seed {
        line(out, &format!("- again: `--seed {seed}`"));
    }
    out.push('\n');
    if !finding.bytes.is_empty() {
        out.push_str("```text\n");
        for dump in &finding.bytes {
            line(out, &format!("{}, {} bytes:", dump.of, thousands(dump.len as u64)));
            dump.lines().iter().for_each(|row| line(out, row));
        }
        out.push_str("```\n\n");
    }
}

fn line(out: &mut String, text: &str) {
    writeln!(out, "{text}").expect("writing to a string");
}

fn often(times: u64) -> String {
    if times == 1 { "once".into() } else { format!("{} times", thousands(times)) }
}

/// Text in a table, where a bar ends a cell even in code.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Text in which nothing is a link, a picture, HTML or the name of somebody: between more backticks than it has in a row.
fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut run, mut longest) = (0, 0);
    for char in text.chars() {
        run = if char == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    // A space at each end goes, and keeps a backtick there apart from the fence.
    if text.is_empty() || text.starts_with('`') || text.ends_with('`') {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_a_piece_of_code() {
        for (text, shown) in [
            ("plain <img>", "`plain <img>`"),
            ("a`b](http://x) <img src=x>", "``a`b](http://x) <img src=x>``"),
            ("`a` and ``b", "``` `a` and ``b ```"),
            ("two\n\n# lines", "`two # lines`"),
            ("", "`  `"),
        ] {
            assert_eq!(code(text), shown);
        }
        assert_eq!(cell(&code("a | b")), "`a \\| b`");
    }
}
