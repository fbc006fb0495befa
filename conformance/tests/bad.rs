//! The suite can fail: on each guest that is known to be bad, by exactly the checks that its file names.

use dorcas_abi::clause::{self, Level};
use dorcas_conformance::{
    bad::{self, BadGuest, Effort},
    check,
};
use std::collections::BTreeSet;

#[test]
fn every_bad_guest_fails_by_the_checks_that_it_names() {
    let (guests, mistakes) = bad::self_test(&bad::suites(), Effort::UntilFound);
    assert!(guests > 100, "{guests}");
    let mistakes: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

#[test]
fn every_bad_guest_is_the_good_one_after_a_small_edit() {
    for guest in bad::ALL {
        let (taken, put) = guest.size();
        // What can't be said in text is done to the bytes.
        let least = usize::from(guest.name != "module/cut_off");
        assert!((least..=18).contains(&(taken + put)), "{} takes {taken} lines and puts {put}", guest.name);
        assert!(taken <= 8, "{} takes {taken} lines", guest.name);
        assert!(guest.claim().ends_with('.'), "{}", guest.name);
        guest.text().unwrap();
    }
}

#[test]
fn every_check_has_a_guest_that_needs_it() {
    let named: BTreeSet<_> = bad::ALL.iter().flat_map(BadGuest::fails).collect();
    let checks: BTreeSet<_> = check::ALL.iter().map(|check| check.name).collect();
    assert_eq!(named, checks);
}

#[test]
fn every_must_that_can_be_seen_has_a_bad_guest() {
    let broken: BTreeSet<_> =
        bad::ALL.iter().flat_map(BadGuest::fails).map(|name| name.split('/').next().unwrap()).collect();
    let visible = |clause: &&clause::Clause| matches!(clause.check, clause::Check::Static | clause::Check::Dynamic);
    let musts = clause::ALL.iter().filter(visible).filter(|clause| clause.level == Level::Must);
    let missing: Vec<_> = musts.filter(|clause| !broken.contains(clause.name)).map(|clause| clause.name).collect();
    assert_eq!(missing, [""; 0]);
}
