//! What has been looked at, and what was found?

use crate::{
    check::{self, clause_name},
    report::{Finding, Verdict},
};
use std::collections::{BTreeSet, HashMap};

/// Most findings of one check that are kept: more would only repeat it.
const KEPT: usize = 3;

/// A call did not come to its end, and the findings says why.
#[derive(Debug)]
pub(crate) struct Broken;

/// A record of every look at a clause.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Looks, and how many of them saw something, by check.
    looks: HashMap<&'static str, (u64, u64)>,
    kept: Vec<Finding>,
    /// What decides at present about arbitrary requests, orders and odd values.
    pub(crate) seed: Option<u64>,
}

impl Findings {
    /// Notes one look of a check: what it saw is in order, or there is a finding.
    pub(crate) fn verify(&mut self, check: &'static str, holds: bool, finding: impl FnOnce() -> Finding) -> bool {
        let (looks, broken) = self.looks.entry(check).or_insert_with(|| {
            debug_assert!(check::find(check).is_some(), "no check `{check}`");
            (0, 0)
        });
        *looks += 1;
        if !holds {
            *broken += 1;
            if self.kept.iter().filter(|finding| finding.check == check).count() < KEPT {
                self.kept.push(Finding { check, seed: self.seed, ..finding() });
            }
        }
        holds
    }

    pub(crate) fn holds(&mut self, check: &'static str) {
        self.verify(check, true, || unreachable!("what holds has no finding"));
    }

    /// Notes several looks at once, all of which saw what is in order.
    pub(crate) fn hold(&mut self, check: &'static str, times: u64) {
        if times > 0 {
            self.holds(check);
            self.looks.entry(check).or_default().0 += times - 1;
        }
    }

    pub(crate) fn fails(&mut self, check: &'static str, finding: Finding) {
        self.verify(check, false, || finding);
    }

    pub(crate) fn is_broken(&self, clause: &str) -> bool {
        self.broken_times(clause) > 0
    }

    /// Whether a check has found something.
    pub(crate) fn has_failed(&self, check: &str) -> bool {
        self.looks.get(check).is_some_and(|(_, broken)| *broken > 0)
    }

    /// The names of the broken clauses.
    pub(crate) fn broken(&self) -> impl Iterator<Item = &'static str> {
        let broken: BTreeSet<_> =
            self.looks.iter().filter(|(_, (_, broken))| *broken > 0).map(|(check, _)| clause_name(check)).collect();
        broken.into_iter()
    }

    fn broken_times(&self, clause: &str) -> u64 {
        self.looks.iter().filter(|(check, _)| clause_name(check) == clause).map(|(_, (_, broken))| *broken).sum()
    }

    /// How a clause ends, if it was looked at.
    pub(crate) fn verdict(&self, clause: &str) -> Option<Verdict> {
        let times = self.broken_times(clause);
        if times > 0 {
            let of_clause = |finding: &&Finding| clause_name(finding.check) == clause;
            let mut findings: Vec<_> = self.kept.iter().filter(of_clause).cloned().collect();
            findings.sort_by_key(|finding| check::ALL.iter().position(|check| check.name == finding.check));
            return Some(Verdict::Fail { times, findings });
        }
        let looks = self.looks.iter().filter(|(check, _)| clause_name(check) == clause).map(|(_, (looks, _))| *looks);
        let times: u64 = looks.sum();
        (times > 0).then_some(Verdict::Pass { times })
    }
}
