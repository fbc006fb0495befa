//! What has been looked at, and what was found?

use crate::{
    check::{self, clause_name},
    report::{Finding, Verdict},
};
use std::collections::BTreeMap;

/// Most findings of one check that are kept: more would only repeat it.
const KEPT: usize = 3;

/// A call did not come to its end, and the findings says why.
#[derive(Debug)]
pub(crate) struct Broken;

/// A record of every look at a clause.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    looks: BTreeMap<&'static str, u64>,
    broken: BTreeMap<&'static str, u64>,
    kept: Vec<Finding>,
    /// A check that is left out, to show that it is missed.
    without: Option<String>,
}

impl Findings {
    pub(crate) fn without(check: Option<&str>) -> Self {
        Self { without: check.map(str::to_owned), ..Self::default() }
    }

    /// Notes one look of a check: what it saw is in order, or there is a finding.
    pub(crate) fn verify(&mut self, check: &'static str, holds: bool, finding: impl FnOnce() -> Finding) -> bool {
        debug_assert!(check::find(check).is_some(), "no check `{check}`");
        if self.without.as_deref() == Some(check) {
            return holds;
        }
        *self.looks.entry(clause_name(check)).or_default() += 1;
        if !holds {
            *self.broken.entry(clause_name(check)).or_default() += 1;
            if self.kept.iter().filter(|finding| finding.check == check).count() < KEPT {
                self.kept.push(Finding { check, ..finding() });
            }
        }
        holds
    }

    pub(crate) fn holds(&mut self, check: &'static str) {
        self.verify(check, true, || unreachable!("what holds has no finding"));
    }

    pub(crate) fn fails(&mut self, check: &'static str, finding: Finding) {
        self.verify(check, false, || finding);
    }

    pub(crate) fn is_broken(&self, clause: &str) -> bool {
        self.broken.contains_key(clause)
    }

    /// The names of the broken clauses.
    pub(crate) fn broken(&self) -> impl Iterator<Item = &'static str> {
        self.broken.keys().copied()
    }

    /// How a clause ends, if it was looked at.
    pub(crate) fn verdict(&self, clause: &str) -> Option<Verdict> {
        if let Some(times) = self.broken.get(clause) {
            let of_clause = |finding: &&Finding| clause_name(finding.check) == clause;
            let mut findings: Vec<_> = self.kept.iter().filter(of_clause).cloned().collect();
            findings.sort_by_key(|finding| check::ALL.iter().position(|check| check.name == finding.check));
            return Some(Verdict::Fail { times: *times, findings });
        }
        self.looks.get(clause).map(|times| Verdict::Pass { times: *times })
    }
}
