//! What a run may take as a whole.

mod support;

use dorcas_abi::message::Manifest;
use support::{Ran, assemble, contents, guest, line_in, repo};

#[test]
fn a_run_that_is_not_done_within_its_time_writes_nothing() {
    let dir = repo(&[("WORKSPACE", ""), ("bad/x", "")]);
    // A loop with fuel for hours.
    assemble(dir.path(), "guest", &guest(&Manifest::default(), "(loop (br 0)) (unreachable)"));
    let line = "update --guest guest.wasm --limit fuel_per_call=9000000000000 --run-fuel 9000000000000 --timeout 200ms";
    let Ran { code, out, err } = line_in(dir.path(), line);
    assert_eq!((code, out.as_str()), (4, ""), "{err}");
    assert_eq!(err, "error: the run was not done within its time, --timeout 200ms; nothing was written\n");
    assert!(!contents(dir.path()).iter().any(|(name, _)| name.starts_with("BUILD")));
}

#[test]
fn a_run_that_is_out_of_fuel_writes_nothing() {
    let dir = repo(&[("WORKSPACE", ""), ("bad/x", "")]);
    assemble(dir.path(), "guest", &guest(&Manifest::default(), "(loop (br 0)) (unreachable)"));
    let Ran { code, out, err } = line_in(dir.path(), "update --guest guest.wasm --run-fuel 1000000");
    assert_eq!((code, out.as_str()), (4, ""), "{err}");
    let expected = "error: the languages went over the fuel of the whole run, 1000000 (`Run::with_fuel`, --run-fuel); nothing was done\n";
    assert_eq!(err, expected);
}

#[test]
fn a_time_that_is_none() {
    let dir = repo(&[("WORKSPACE", "")]);
    let Ran { code, err, .. } = line_in(dir.path(), "update --timeout soon");
    assert!(code == 2 && err.contains("write a number and ms, s, m or h: 30s"), "{err}");
}
