//! From the bytes of a module to a report.

use crate::{
    Grant, experiment,
    findings::Findings,
    limits::RunnerLimits,
    numbers::Numbers,
    report::{Calls, Conditions, Module, Outcome, Report, Verdict, wordings},
    sampling::{self, Material},
    session::Session,
    static_checks,
    trees::{Repository, Trees},
    vocabulary::Vocabulary,
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
    /// How many seeds there are, one after the other. What doesn't depend on it is done with the first.
    pub seeds: u32,
    /// Repositories that the guest's author knows of: what a host asks over them is asked, and tried in every way.
    pub repositories: Vec<Repository>,
    /// Requests that the guest's author knows of, by method: those of a recording, for instance. They are tried likewise.
    pub given: Vec<(&'static str, Vec<u8>)>,
    /// How often the same calls are made to watch the memory.
    pub rounds: u32,
    /// Most malformed requests that are made of one request in one way, by a number that is too long for instance.
    pub corrupted: u32,
    /// What the module may use.
    pub limits: RunnerLimits,
    /// What it may import.
    pub grants: Vec<Grant>,
}

/// With a later seed there is one part in so many of the corrupted requests.
const LATER_SEEDS: u32 = 8;

impl Default for Suite {
    fn default() -> Self {
        Self {
            select: Vec::new(),
            static_only: false,
            strict: false,
            seed: 1,
            seeds: 8,
            repositories: Vec::new(),
            given: Vec::new(),
            rounds: 2_000,
            corrupted: 100,
            limits: RunnerLimits::default(),
            grants: Vec::new(),
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
        self.run_with(&Trees::none(), file, wasm)
    }

    /// The same, for one of many modules: what has to be laid out on the disk for several of them is laid out once.
    pub fn run_with(&self, trees: &Trees, file: &str, wasm: &[u8]) -> Report {
        self.run_until(None, trees, file, wasm)
    }

    /// The same, which may end once all of some checks have found something.
    pub(crate) fn run_until(&self, until: Option<&[&'static str]>, trees: &Trees, file: &str, wasm: &[u8]) -> Report {
        let mut findings = Findings::default();
        let outside = static_checks::look(&mut findings, wasm, &self.limits, &self.grants);
        let exports = exports(wasm, &self.limits);
        let mut inside = Inside::default();
        let mut obstacle = outside.runnable.as_ref().err().cloned();
        if self.static_only {
            obstacle = Some("nothing is executed".into());
        } else if let Ok(specimen) = &outside.runnable {
            let mut session = Session::new(specimen, self.limits);
            session.findings = findings;
            session.until = until;
            let vocabulary = Vocabulary::of(wasm);
            for index in 0..self.seeds.max(1) {
                if session.exhausted || session.is_over() {
                    break;
                }
                let first = index == 0;
                let seed = self.seed.wrapping_add(index.into());
                session.findings.seed = Some(seed);
                let mut numbers = Numbers::new(seed);
                let material = Material {
                    vocabulary: &vocabulary,
                    repositories: &self.repositories,
                    given: &self.given,
                    trees,
                    first,
                };
                let samples = sampling::run(&mut session, material, &mut numbers);
                let corrupted = if first { self.corrupted } else { self.corrupted.div_ceil(LATER_SEEDS) };
                let amounts = experiment::Amounts { corrupted, rounds: self.rounds };
                experiment::run(&mut session, &samples, material, amounts, &mut numbers);
            }
            inside = Inside {
                language: session.facts.name.clone(),
                stateful: session.facts.is_stateful(),
                configure_fails: session.facts.configure_fails,
                ..inside
            };
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
                seeds: self.seeds.max(1),
                given: self.repositories.len() + self.given.len(),
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
        if let Some(what) = occasion(clause.name).filter(|_| inside.configure_fails) {
            return skip(format!("no reply had {what}, since `configure` answered each request with an error"), false);
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
    configure_fails: bool,
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
