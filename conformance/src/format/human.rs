use super::{Mark, conditions, summary, thousands, verdict};
use crate::{Finding, Outcome, Report, Verdict};
use std::fmt::Write as _;

/// Columns of a terminal.
const WIDTH: usize = 80;
/// Where text begins behind the word that says how a clause ended.
const INDENT: usize = 9;

pub(super) fn show(report: &Report) -> String {
    let mut out = String::new();
    for (name, value) in conditions(report) {
        wrap(&mut out, &format!("{name:<INDENT$}"), &value);
    }
    out.push('\n');
    kept(&mut out, report);
    for outcome in &report.clauses {
        one(&mut out, report, outcome);
    }
    if !report.calls.is_empty() {
        out.push_str("\nfuel a call           calls        least         most\n");
        for line in &report.calls {
            let [calls, least, most] = [line.calls, line.least_fuel, line.most_fuel].map(thousands);
            writeln!(out, "{:<16}{calls:>11}{least:>13}{most:>13}", line.export).expect("writing to a string");
        }
    }
    out.push('\n');
    wrap(&mut out, "", &summary(report));
    wrap(&mut out, "", &format!("{} {}", report.module.file, verdict(report)));
    writeln!(out, "\n{}", report.badge()).expect("writing to a string");
    out
}

/// What was kept, an area a line.
fn kept(out: &mut String, report: &Report) {
    let names = report.clauses.iter().filter(|outcome| Mark::of(report, outcome) == Mark::Kept).map(|one| one.name);
    let mut areas: Vec<(&str, Vec<&str>)> = Vec::new();
    for name in names {
        let (area, rest) = name.split_once('.').unwrap_or((name, ""));
        match areas.last_mut() {
            Some((last, names)) if *last == area => names.push(rest),
            _ => areas.push((area, vec![rest])),
        }
    }
    for (area, names) in areas {
        wrap(out, &format!("{:<INDENT$}", Mark::Kept.word()), &format!("{area}: {}", names.join(", ")));
    }
}

fn one(out: &mut String, report: &Report, outcome: &Outcome) {
    let mark = Mark::of(report, outcome);
    let word = format!("{:<INDENT$}", mark.word());
    let blank = " ".repeat(INDENT);
    match &outcome.verdict {
        Verdict::Pass { .. } => {
            if let (Mark::Fixed, Some(reason)) = (mark, &outcome.known) {
                wrap(out, &word, &format!("{}: kept, though it is said to be broken: {reason}", outcome.name));
            }
        }
        Verdict::Skip { reason, .. } => wrap(out, &word, &format!("{}: {reason}", outcome.name)),
        Verdict::Unchecked => wrap(out, &word, &format!("{}: not checkable from outside", outcome.name)),
        Verdict::Fail { times, findings } => {
            out.push('\n');
            let often = if *times == 1 { String::new() } else { format!(", {} times", thousands(*times)) };
            wrap(out, &word, &format!("{} ({}){often}", outcome.name, outcome.level));
            wrap(out, &blank, &outcome.text);
            if let Some(reason) = &outcome.known {
                wrap(out, &blank, &format!("known: {reason}"));
            }
            for shown in findings {
                finding(out, shown);
            }
            out.push('\n');
        }
    }
}

fn finding(out: &mut String, finding: &Finding) {
    let blank = " ".repeat(INDENT);
    out.push('\n');
    wrap(out, &format!("{blank}did   "), &finding.did);
    wrap(out, &format!("{blank}saw   "), &finding.saw);
    if let Some(hint) = &finding.hint {
        wrap(out, &format!("{blank}hint  "), hint);
    }
    if let Some(seed) = finding.seed {
        wrap(out, &format!("{blank}again "), &format!("--seed {seed}"));
    }
    for dump in &finding.bytes {
        let more = if dump.hex.len() / 2 < dump.len { ", some of them" } else { "" };
        wrap(out, &blank, &format!("{}, {} bytes{more}:", dump.of, thousands(dump.len as u64)));
        for line in dump.lines() {
            writeln!(out, "   {line}").expect("writing to a string");
        }
    }
}

/// Writes text behind a word, in lines of at most [`WIDTH`] columns that all begin where the first one does.
fn wrap(out: &mut String, head: &str, text: &str) {
    let indent = head.chars().count();
    let mut line = head.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        let width = line.chars().count() + usize::from(!empty) + word.chars().count();
        if !empty && width > WIDTH {
            out.push_str(line.trim_end());
            out.push('\n');
            line = " ".repeat(indent);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_to_its_columns() {
        let mut out = String::new();
        wrap(&mut out, "FAIL     ", &"word ".repeat(30));
        assert!(out.lines().all(|line| line.len() <= WIDTH), "{out}");
        assert!(out.lines().skip(1).all(|line| line.starts_with("         word")), "{out}");
    }
}
