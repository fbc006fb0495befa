//! From the bytes of a module to a report.

use crate::{
    Grant,
    arbitrary::Numbers,
    experiment,
    findings::Findings,
    limits::RunnerLimits,
    report::{Calls, Conditions, Module, Outcome, Report, Verdict, wordings},
    sampling,
    session::Session,
    static_checks,
};
use dorcas_abi::{
    clause::{Check, Clause},
    export,
};
use dorcas_host::{Digest, Outline};

/// Which clauses are checked, and how.
///
/// ```
/// # use dorcas_conformance::Suite;
/// let suite = Suite { strict: true, select: vec!["mem".into(), "result.valid".into()], ..Suite::default() };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// Names of clauses, or what stands before their dots; all clauses where there is none.
    pub select: Vec<String>,
    /// Execute nothing.
    pub static_only: bool,
    /// A SHOULD counts like a MUST.
    pub strict: bool,
    /// Decides about arbitrary requests, orders, and which of very many corrupted requests are sent.
    pub seed: u64,
    /// How often the same calls are made to watch the memory.
    pub rounds: u32,
    /// Most malformed requests that are made of one request in one way, by a number that is too long for instance.
    pub corrupted: u32,
    /// What the module may use.
    pub limits: RunnerLimits,
    /// What it may import.
    pub grants: Vec<Grant>,
    /// One of the [checks](crate::check) that is left out. That a bad guest gets another verdict without it shows that it
    /// is needed.
    pub without: Option<String>,
}

impl Default for Suite {
    fn default() -> Self {
        Self {
            select: Vec::new(),
            static_only: false,
            strict: false,
            seed: 1,
            rounds: 2_000,
            corrupted: 100,
            limits: RunnerLimits::default(),
            grants: Vec::new(),
            without: None,
        }
    }
}

/// A selection that names nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no clause for guests has the name or prefix `{0}`; `--list` shows all")]
pub struct NoSuchClause(pub String);

impl Suite {
    /// Says whether each selection names a clause that binds guests.
    pub fn check_selection(&self) -> Result<(), NoSuchClause> {
        let all = wordings();
        match self.select.iter().find(|prefix| !all.iter().any(|wording| matches(wording.clause, prefix))) {
            Some(unknown) => Err(NoSuchClause(unknown.clone())),
            None => Ok(()),
        }
    }

    /// Examines a module. Whatever its bytes are, this ends with a report, within the limits.
    ///
    /// All calls are made, whatever is selected, since one clause may stand in the way of another; the selection is what
    /// the report shows and counts.
    pub fn run(&self, file: &str, wasm: &[u8]) -> Report {
        let mut findings = Findings::without(self.without.as_deref());
        let outside = static_checks::look(&mut findings, wasm, &self.limits, &self.grants);
        let exports = exports(wasm, &self.limits);
        let mut inside = Inside::default();
        let mut obstacle = outside.runnable.as_ref().err().cloned();
        if self.static_only {
            obstacle = Some("nothing is executed".into());
        } else if let Ok(specimen) = &outside.runnable {
            let mut session = Session::new(specimen, self.limits, self.without.as_deref());
            session.findings = findings;
            let mut numbers = Numbers::new(self.seed);
            let samples = sampling::run(&mut session, &mut numbers);
            let amounts = experiment::Amounts { corrupted: self.corrupted, rounds: self.rounds };
            experiment::run(&mut session, &samples, amounts, &mut numbers);
            inside = Inside { language: session.facts.name.clone(), stateful: session.facts.is_stateful(), ..inside };
            (findings, inside.calls, inside.exhausted) = session.into_parts();
        }
        let verdict = |clause: Clause| {
            if clause.check == Check::Unchecked {
                return Verdict::Unchecked;
            }
            findings
                .verdict(clause.name)
                .unwrap_or_else(|| self.skipped(clause, &exports, &inside, obstacle.as_deref(), &findings))
        };
        let selected =
            |clause: Clause| self.select.is_empty() || self.select.iter().any(|prefix| matches(clause, prefix));
        let clauses = wordings()
            .iter()
            .filter(|wording| selected(wording.clause))
            .map(|wording| Outcome::new(wording, verdict(wording.clause)))
            .collect();
        Report {
            runner: concat!("dorcas-conformance ", env!("CARGO_PKG_VERSION")),
            abi_version: export::VERSION,
            module: Module {
                file: file.into(),
                sha256: Digest::of(wasm).to_string(),
                bytes: wasm.len(),
                is_module: outside.is_module,
                language: inside.language,
            },
            conditions: Conditions {
                profile: "deterministic",
                grants: self.grants.iter().map(ToString::to_string).collect(),
                limits: self.limits,
                seed: self.seed,
                rounds: self.rounds,
                corrupted: self.corrupted,
                strict: self.strict,
                static_only: self.static_only,
            },
            clauses,
            calls: inside.calls,
            exhausted: inside.exhausted,
        }
    }

    /// Why a clause was not looked at.
    fn skipped(
        &self,
        clause: Clause,
        exports: &[String],
        inside: &Inside,
        obstacle: Option<&str>,
        findings: &Findings,
    ) -> Verdict {
        let missing = needs(clause.name).iter().find(|need| !exports.iter().any(|export| export == *need));
        let skip = |reason: String, in_order| Verdict::Skip { reason, in_order };
        if let Some(obstacle) = obstacle {
            return skip(obstacle.to_owned(), self.static_only);
        }
        if let Some(missing) = missing {
            return skip(format!("the guest does not export `{missing}`"), true);
        }
        match clause.name {
            "behaviour.stateful" if !inside.stateful => {
                return skip("the manifest doesn't say that the guest is stateful".into(), true);
            }
            "behaviour.pure" | "behaviour.argument-only" if inside.stateful => {
                return skip("the manifest says that the guest is stateful".into(), true);
            }
            _ => {}
        }
        if inside.exhausted {
            return skip("the fuel for the whole run was used up before".into(), false);
        }
        if let Some(what) = occasion(clause.name) {
            return skip(format!("no reply had {what}"), true);
        }
        let broken: Vec<_> = findings.broken().take(3).collect();
        skip(format!("no call got that far; broken before: {}", broken.join(", ")), false)
    }
}

#[derive(Default)]
struct Inside {
    language: Option<String>,
    stateful: bool,
    calls: Vec<Calls>,
    exhausted: bool,
}

/// The names of what a module exports.
fn exports(wasm: &[u8], limits: &RunnerLimits) -> Vec<String> {
    let outline = Outline::read(wasm, &limits.host());
    outline.map(|outline| outline.exports.into_iter().map(|export| export.name).collect()).unwrap_or_default()
}

fn matches(clause: Clause, prefix: &str) -> bool {
    clause.name == prefix || clause.name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(['.', '-']))
}

/// The exports without which there is nothing that a clause is about.
fn needs(clause: &str) -> &[&'static str] {
    match clause {
        "init.initialize" => &["_initialize"],
        "result.panic-text" => &["dorcas_panic"],
        _ => match clause.split('.').next() {
            Some("manifest") => &["manifest"],
            Some("scan") => &["scan"],
            Some("fix") => &["fix"],
            Some("imports") => &["imports"],
            Some("resolve") => &["resolve"],
            Some("find") => &["find"],
            _ => &[],
        },
    }
}

/// What a reply has to have for a clause to be about it, where a good guest may never have it.
fn occasion(clause: &str) -> Option<&'static str> {
    Some(match clause {
        "error.code" | "error.size" => "an error",
        "manifest.names" => "a directive or flag",
        "manifest.load-files" => "a load",
        "manifest.flag-defaults" => "a flag",
        "manifest.globs" => "an input",
        "manifest.patterns" | "manifest.pattern-size" => "a regular expression",
        "manifest.scan" => "an input that wants `Scan`",
        "fix.indices" | "fix.deleted" | "fix.should-fix" => "an edit of this kind",
        "generate_rules.kinds" | "generate_rules.unique" | "rule.names" => "a rule",
        "generate_rules.rels" => "a directory to index",
        "resolve.set-or-delete" => "an attribute to set",
        "resolve.new-queries" => "a `Need`",
        "rule.identifiers" | "rule.name-apart" => "an attribute",
        "find.absolute" | "rule.labels" => "a label",
        "provided.absolute" => "something that is provided",
        "rule.comments" => "a comment",
        "scan.file" | "diagnostic.position" | "diagnostic.file" | "diagnostic.one-line" => "a diagnostic",
        _ => return None,
    })
}
