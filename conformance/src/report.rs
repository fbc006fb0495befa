//! What came out?

use crate::{check, limits::RunnerLimits};
use dorcas_abi::clause::{self, Clause, Level, Wording};
use serde::Serialize;
use std::fmt::{self, Write as _};

/// The verdict on a module, clause by clause, with all that is needed to get it again.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Name and version of this runner.
    pub runner: &'static str,
    /// The version of the ABI whose clauses were checked.
    pub abi_version: u32,
    /// The module.
    pub module: Module,
    /// How it was run.
    pub conditions: Conditions,
    /// Every clause that binds guests, in the order of the specification, as far as it was asked for.
    pub clauses: Vec<Outcome>,
    /// What the calls of each export took.
    pub calls: Vec<Calls>,
    /// Whether the fuel for the whole run was used up before all had been seen.
    pub exhausted: bool,
}

/// Which module.
#[derive(Clone, Debug, Serialize)]
pub struct Module {
    /// What it was called by whoever ran this.
    pub file: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: usize,
    /// Whether it is a WebAssembly module at all.
    pub is_module: bool,
    /// The name of its language, if it could be asked for that.
    pub language: Option<String>,
}

/// How a module was run.
#[derive(Clone, Debug, Serialize)]
pub struct Conditions {
    /// The host's profile.
    pub profile: &'static str,
    /// What the module was allowed to import.
    pub grants: Vec<String>,
    /// The limits.
    pub limits: RunnerLimits,
    /// The first of the seeds that decide about arbitrary requests, orders and odd values.
    pub seed: u64,
    /// Number of seeds.
    pub seeds: u32,
    /// Repositories and single requests that the guest's author gave.
    pub given: usize,
    /// How often the same calls were made to watch the memory.
    pub rounds: u32,
    /// How many malformed requests were made of one request in one way.
    pub corrupted: u32,
    /// Whether a SHOULD counts like a MUST.
    pub strict: bool,
    /// Whether nothing was executed.
    pub static_only: bool,
}

/// What is known of a clause.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Its name.
    pub name: &'static str,
    /// `MUST` or `SHOULD`.
    #[serde(serialize_with = "level")]
    pub level: Level,
    /// Its words in the specification, on one line.
    pub text: String,
    /// The verdict.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Why it is known to be broken, where somebody says so ([`Expected`](crate::Expected)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
}

/// How a clause ends.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// It was looked at so many times, and held.
    Pass {
        /// How many times.
        times: u64,
    },
    /// It was broken.
    Fail {
        /// How many times.
        times: u64,
        /// The first cases of each check.
        findings: Vec<Finding>,
    },
    /// It could not be looked at.
    Skip {
        /// Why.
        reason: String,
        /// Whether that is in order: there is nothing in the guest that the clause is about. Otherwise something else
        /// stood in the way.
        in_order: bool,
    },
    /// No run from outside can show it: the specification says so.
    Unchecked,
}

/// One case of a broken clause.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The check that found it.
    pub check: &'static str,
    /// What was done.
    pub did: String,
    /// What was seen.
    pub saw: String,
    /// What is likely to be wrong, where that can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The seed with which it was found, if there was one: a run that begins with it finds it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Bytes that matter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bytes: Vec<Dump>,
}

/// Some bytes, at most [`Dump::MAX`] of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dump {
    /// What they are.
    pub of: String,
    /// How many there were.
    pub len: usize,
    /// Where the shown ones begin.
    pub offset: usize,
    /// The shown ones, in hexadecimal.
    pub hex: String,
}

/// What the calls of an export took.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calls {
    /// The export.
    pub export: &'static str,
    /// How many calls returned.
    pub calls: u64,
    /// The least fuel of one.
    pub least_fuel: u64,
    /// The most fuel of one.
    pub most_fuel: u64,
    /// The fuel of all.
    pub total_fuel: u64,
}

/// How many clauses ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Looked at, and held.
    pub passed: usize,
    /// A broken MUST.
    pub failed: usize,
    /// A broken SHOULD.
    pub warned: usize,
    /// Nothing to look at.
    pub skipped: usize,
    /// Not looked at since something else was in the way.
    pub blocked: usize,
    /// Not to be seen from outside.
    pub unchecked: usize,
}

impl Counts {
    /// Clauses that were looked at.
    pub fn ran(&self) -> usize {
        self.passed + self.failed + self.warned
    }
}

impl Report {
    /// How many clauses ended how.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for outcome in &self.clauses {
            *match (&outcome.verdict, outcome.level) {
                (Verdict::Pass { .. }, _) => &mut counts.passed,
                (Verdict::Fail { .. }, Level::Must) => &mut counts.failed,
                (Verdict::Fail { .. }, Level::Should) => &mut counts.warned,
                (Verdict::Skip { in_order: true, .. }, _) => &mut counts.skipped,
                (Verdict::Skip { in_order: false, .. }, _) => &mut counts.blocked,
                (Verdict::Unchecked, _) => &mut counts.unchecked,
            } += 1;
        }
        counts
    }

    /// Whether the module keeps the clauses: at least one was looked at, none is broken but those of which that is known,
    /// and nothing stood in the way of another.
    pub fn passes(&self) -> bool {
        let counts = self.counts();
        let counts_as_broken = |outcome: &&Outcome| match &outcome.verdict {
            Verdict::Fail { .. } => outcome.known.is_none() && (outcome.level == Level::Must || self.conditions.strict),
            Verdict::Pass { .. } => outcome.known.is_some(),
            _ => false,
        };
        let broken = self.clauses.iter().filter(counts_as_broken).count();
        let known = self.clauses.iter().any(|outcome| outcome.is_broken() && outcome.known.is_some());
        counts.ran() > 0 && broken == 0 && (counts.blocked == 0 || known) && !self.exhausted
    }

    /// The names of all checks that found something, in the order of the specification.
    pub fn failed_checks(&self) -> Vec<&'static str> {
        let found = |name: &&'static str| self.findings().any(|finding| finding.check == *name);
        check::ALL.iter().map(|check| check.name).filter(found).collect()
    }

    /// All findings.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.clauses.iter().flat_map(|outcome| match &outcome.verdict {
            Verdict::Fail { findings, .. } => &findings[..],
            _ => &[],
        })
    }

    /// A line of Markdown that shows the verdict.
    pub fn badge(&self) -> String {
        let counts = self.counts();
        let (text, colour) = if self.passes() {
            let all = counts.ran() + counts.skipped + counts.blocked;
            let skipped =
                if counts.skipped == 0 { String::new() } else { format!(", {} not applicable", counts.skipped) };
            (format!("{} of {all} clauses{skipped}", counts.passed), "brightgreen")
        } else {
            let broken = counts.failed + if self.conditions.strict { counts.warned } else { 0 };
            let text = match (broken, counts.blocked) {
                (0, 0) if self.exhausted => "not checked to the end".into(),
                (0, 0) if counts.ran() == 0 => "no clause checked".into(),
                (0, 0) => "other failures than are known".into(),
                (0, blocked) => format!("{blocked} clauses could not be checked"),
                (broken, _) => format!("{broken} clauses broken"),
            };
            (text, "red")
        };
        let strict = if self.conditions.strict { "_strict" } else { "" };
        let message = text.replace(' ', "_").replace(',', "%2C");
        format!(
            "![Dorcas ABI {}: {text}](https://img.shields.io/badge/Dorcas_ABI_{}{strict}-{message}-{colour})",
            self.abi_version, self.abi_version,
        )
    }
}

impl Outcome {
    /// Whether the clause is broken.
    pub fn is_broken(&self) -> bool {
        matches!(self.verdict, Verdict::Fail { .. })
    }

    pub(crate) fn new(wording: &Wording<'_>, verdict: Verdict) -> Self {
        let Clause { name, level, .. } = wording.clause;
        Self { name, level, text: one_line(wording.text), verdict, known: None }
    }
}

impl Finding {
    /// A finding without bytes.
    pub(crate) fn new(did: impl fmt::Display, saw: impl Into<String>) -> Self {
        Self { check: "", did: did.to_string(), saw: saw.into(), hint: None, seed: None, bytes: Vec::new() }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The request of the call that it is about.
    pub(crate) fn argument(self, _method: &'static str, request: &[u8]) -> Self {
        if request.is_empty() { self } else { self.bytes("the argument", request) }
    }

    pub(crate) fn bytes(mut self, of: impl Into<String>, bytes: &[u8]) -> Self {
        self.bytes.push(Dump::around(of, bytes, 0));
        self
    }

    /// The bytes around a place.
    pub(crate) fn bytes_at(mut self, of: impl Into<String>, bytes: &[u8], at: usize) -> Self {
        self.bytes.push(Dump::around(of, bytes, at));
        self
    }
}

impl Dump {
    /// Most bytes that are shown.
    pub const MAX: usize = 64;

    /// The bytes around a place, from an offset that is a multiple of 16.
    fn around(of: impl Into<String>, bytes: &[u8], at: usize) -> Self {
        let offset = if bytes.len() <= Self::MAX { 0 } else { at.saturating_sub(16) / 16 * 16 };
        let shown = bytes.get(offset..).unwrap_or_default();
        let shown = &shown[..shown.len().min(Self::MAX)];
        let mut hex = String::new();
        for byte in shown {
            write!(hex, "{byte:02x}").expect("writing to a string");
        }
        Self { of: of.into(), len: bytes.len(), offset, hex }
    }

    /// Lines of at most 76 characters: offset, sixteen bytes, and what they are as text.
    pub fn lines(&self) -> Vec<String> {
        let bytes: Vec<u8> = (0..self.hex.len() / 2)
            .filter_map(|index| u8::from_str_radix(self.hex.get(index * 2..index * 2 + 2)?, 16).ok())
            .collect();
        bytes
            .chunks(16)
            .enumerate()
            .map(|(row, bytes)| {
                let hex: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                let show = |byte: &u8| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' };
                let text: String = bytes.iter().map(show).collect();
                format!("{:06x}  {:<47}  {text}", self.offset + row * 16, hex.join(" "))
            })
            .collect()
    }
}

/// The clauses that bind guests, as the specification words them.
///
/// # Panics
///
/// Never: a test of `dorcas-abi` reads the same text.
pub fn wordings() -> Vec<Wording<'static>> {
    let all = clause::parse(crate::CLAUSES).expect("the specification is checked by a test of dorcas-abi");
    all.into_iter().filter(|wording| wording.clause.check != clause::Check::Host).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants it")]
fn level<S: serde::Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_with_their_offset() {
        let dump = Finding::new("", "").bytes_at("x", &[0x61; 100], 50).bytes.remove(0);
        assert_eq!((dump.offset, dump.len, dump.hex.len()), (32, 100, 128));
        assert_eq!(dump.lines()[0], format!("000020  {}  aaaaaaaaaaaaaaaa", ["61"; 16].join(" ")));
        let short = Finding::new("", "").bytes("x", b"a\0").bytes.remove(0);
        assert_eq!(short.lines(), [format!("000000  61 00{}  a.", " ".repeat(42))]);
    }
}
