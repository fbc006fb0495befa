//! How is a report shown?

mod human;
mod json;
mod junit;
mod markdown;
mod tap;

use crate::Report;
use dorcas_host::{printable_json, printable_lines};
use std::str::FromStr;

/// A way to show a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For a terminal of 80 columns.
    #[default]
    Human,
    /// For programs: the report as it is, with the counts.
    Json,
    /// For build servers: XML, a suite an area, a case a clause.
    Junit,
    /// For test harnesses: the Test Anything Protocol, version 14.
    Tap,
    /// To be pasted.
    Markdown,
}

impl Format {
    /// The names of all formats.
    pub const NAMES: [&str; 5] = ["human", "json", "junit", "tap", "markdown"];

    /// Shows a report. The same report gives the same text: there is no time in it. Nothing in it steers a terminal, or is
    /// there without being seen.
    pub fn show(self, report: &Report) -> String {
        match self {
            Self::Human => printable_lines(&human::show(report)).into_owned(),
            Self::Json => printable_json(&json::show(report)).into_owned(),
            Self::Junit => printable_lines(&junit::show(report)).into_owned(),
            // Its strings are JSON's.
            Self::Tap => printable_json(&tap::show(report)).into_owned(),
            Self::Markdown => printable_lines(&markdown::show(report)).into_owned(),
        }
    }
}

impl FromStr for Format {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        match name {
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            "junit" => Ok(Self::Junit),
            "tap" => Ok(Self::Tap),
            "markdown" => Ok(Self::Markdown),
            _ => Err(()),
        }
    }
}

/// How an outcome counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Kept,
    Broken,
    /// Broken, and only a SHOULD.
    Advice,
    /// Broken as somebody knows already.
    Known,
    /// Kept, though somebody says that it is broken.
    Fixed,
    Skipped,
    /// Something else stood in the way.
    Blocked,
    Unchecked,
}

impl Mark {
    fn of(report: &Report, outcome: &crate::Outcome) -> Self {
        use crate::Verdict;
        use dorcas_abi::clause::Level;
        match (&outcome.verdict, &outcome.known) {
            (Verdict::Pass { .. }, None) => Self::Kept,
            (Verdict::Pass { .. }, Some(_)) => Self::Fixed,
            (Verdict::Fail { .. }, Some(_)) => Self::Known,
            (Verdict::Fail { .. }, None) if outcome.level == Level::Must || report.conditions.strict => Self::Broken,
            (Verdict::Fail { .. }, None) => Self::Advice,
            (Verdict::Skip { in_order: true, .. }, _) => Self::Skipped,
            (Verdict::Skip { .. }, _) => Self::Blocked,
            (Verdict::Unchecked, _) => Self::Unchecked,
        }
    }

    /// The word in front of a clause.
    fn word(self) -> &'static str {
        match self {
            Self::Kept => "ok",
            Self::Broken => "FAIL",
            Self::Advice => "should",
            Self::Known => "known",
            Self::Fixed => "FIXED",
            Self::Skipped => "skip",
            Self::Blocked => "BLOCKED",
            Self::Unchecked => "-",
        }
    }
}

/// `71 clauses kept, 1 broken, 4 skipped, 4 not checkable from outside`.
fn summary(report: &Report) -> String {
    let counts = report.counts();
    let known = report.clauses.iter().filter(|outcome| outcome.known.is_some() && outcome.is_broken()).count();
    let fixed = report.clauses.iter().filter(|outcome| Mark::of(report, outcome) == Mark::Fixed).count();
    let mut parts = vec![format!("{} clauses ran: {} kept", counts.ran(), counts.passed)];
    for (count, what) in [
        (counts.failed, "broken"),
        (counts.warned, "SHOULD not kept"),
        (known, "of these known"),
        (fixed, "said to be broken and is not"),
        (counts.blocked, "blocked by others"),
        (counts.skipped, "skipped"),
        (counts.unchecked, "not checkable from outside"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    parts.join(", ")
}

fn verdict(report: &Report) -> String {
    if report.counts().ran() == 0 {
        return "FAILS: no clause ran".into();
    }
    if report.passes() {
        let strict = if report.conditions.strict { ", strictly" } else { "" };
        let of = if report.conditions.static_only { "the clauses that show without running it" } else { "the ABI" };
        return format!("KEEPS {of}, version {}{strict}", report.abi_version);
    }
    if report.exhausted {
        return "FAILS: the fuel for the whole run was used up".into();
    }
    format!("FAILS version {} of the ABI", report.abi_version)
}

/// The lines that say what was run, and how.
fn conditions(report: &Report) -> Vec<(&'static str, String)> {
    let (module, conditions) = (&report.module, &report.conditions);
    let limits = &conditions.limits;
    let grants = if conditions.grants.is_empty() { "none".into() } else { conditions.grants.join(", ") };
    let language = module.language.as_deref().map(|name| format!(", language `{name}`")).unwrap_or_default();
    vec![
        ("module", format!("{}, {} bytes{language}", module.file, thousands(module.bytes as u64))),
        ("sha256", module.sha256.clone()),
        ("runner", format!("{}, ABI version {}", report.runner, report.abi_version)),
        ("profile", format!("{}, grants: {grants}", conditions.profile)),
        (
            "limits",
            format!(
                "{} fuel a call, {} in all, {} bytes of memory, {} calls deep; fuel of a call once more for each {} bytes \
                 of its request",
                thousands(limits.fuel_per_call),
                thousands(limits.fuel_in_all),
                thousands(limits.memory_bytes),
                thousands(limits.call_depth.into()),
                thousands(limits.fuel_bytes.into()),
            ),
        ),
        (
            "work",
            if conditions.static_only {
                "nothing was executed".into()
            } else {
                format!(
                    "{} seeds from {}, {} rounds, {} corrupted of a kind, {} repositories and requests given",
                    conditions.seeds, conditions.seed, conditions.rounds, conditions.corrupted, conditions.given
                )
            },
        ),
    ]
}

/// `1,048,576`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_a_name() {
        for name in Format::NAMES {
            assert!(name.parse::<Format>().is_ok(), "{name}");
        }
        assert!("xml".parse::<Format>().is_err());
    }

    #[test]
    fn large_numbers_have_commas() {
        assert_eq!([1, 999, 1_000, 1_234_567].map(thousands), ["1", "999", "1,000", "1,234,567"]);
    }
}
