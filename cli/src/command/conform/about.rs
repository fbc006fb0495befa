//! What does the suite say of itself? Its clauses, and the guests that it is tried on.

use super::ConformFailure;
use crate::exit::{Failure, Status};
use dorcas_abi::clause;
use dorcas_conformance::{GOOD, NoSuchClause, bad, check, wordings};
use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

pub(super) fn list() -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    for wording in wordings() {
        let clause::Clause { name, level, check, .. } = wording.clause;
        writeln!(out, "{name:<30} {:<7} {check}", level.to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn explain(name: &str) -> Result<ExitCode, Failure> {
    let all = wordings();
    let wording = all.iter().find(|wording| wording.clause.name == name);
    let wording = wording.ok_or_else(|| ConformFailure::NoSuchClause(NoSuchClause(name.to_owned())))?;
    let mut out = io::stdout().lock();
    writeln!(out, "{name} ({}, {})\n\n{}", wording.clause.level, wording.clause.check, wording.text)?;
    for check in check::of(name) {
        writeln!(out, "\n{}\n  {}", check.name, check.about)?;
        for guest in bad::ALL.iter().filter(|guest| guest.fails().contains(&check.name)) {
            writeln!(out, "  bad/{}.diff: {}", guest.name, guest.claim())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn self_test() -> Result<ExitCode, Failure> {
    let (guests, mistakes) = bad::self_test(&bad::suites(), bad::Effort::Whole);
    let mut out = io::stdout().lock();
    for mistake in &mistakes {
        writeln!(out, "{mistake}")?;
    }
    let checks = check::ALL.len();
    writeln!(out, "{guests} guests, {checks} checks, {} verdicts other than they should be", mistakes.len())?;
    Ok(if mistakes.is_empty() { ExitCode::SUCCESS } else { Status::System.into() })
}

/// Writes the good guest and the bad ones, whole.
pub(super) fn write_guests(dir: &Path) -> Result<ExitCode, Failure> {
    let write = |name: &str, text: &str, wasm: &[u8]| {
        let path = dir.join(name);
        let folder = path.parent().unwrap_or(dir);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(path.with_extension("wat"), text))
            .and_then(|()| fs::write(path.with_extension("wasm"), wasm))
            .map_err(|cause| ConformFailure::Write { path, cause })
    };
    // A guest that can't be made is a fault of this runner.
    let fault = |_| ConformFailure::Runner;
    write("good", GOOD, &bad::good().map_err(fault)?)?;
    for guest in bad::ALL {
        write(guest.name, &guest.text().map_err(fault)?, &guest.wasm().map_err(fault)?)?;
    }
    writeln!(io::stdout(), "{} guests in {}", bad::ALL.len() + 1, dir.display())?;
    Ok(ExitCode::SUCCESS)
}
