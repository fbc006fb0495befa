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

#[test]
fn a_replay_that_is_not_done_within_its_time() {
    let dir = repo(&[("WORKSPACE", ""), ("bad/x", "")]);
    let module = assemble(dir.path(), "guest", &guest(&Manifest::default(), "(loop (br 0)) (unreachable)"));
    let digest = dorcas_host::Digest::of(&std::fs::read(module).unwrap());
    let ran = line_in(dir.path(), "update --guest guest.wasm --record run.txt --limit fuel_per_call=10000000");
    assert_eq!(ran.code, 1, "{}", ran.err);
    let text = std::fs::read_to_string(dir.path().join("run.txt")).unwrap();
    assert!(text.contains(&digest.to_string()), "{text}");
    let text = text.replace("limit fuel_per_call 10000000\n", "limit fuel_per_call 9000000000000\n");
    std::fs::write(dir.path().join("run.txt"), text).unwrap();
    let line = "replay run.txt --guest guest.wasm --limit fuel_per_call=9000000000000";
    let Ran { code, out, err } = line_in(dir.path(), &format!("{line} --timeout 200ms"));
    assert_eq!((code, out.as_str()), (4, ""), "{err}");
    assert!(err.starts_with("error: the run was not done within its time, --timeout 200ms"), "{err}");
    let Ran { code, out, err } = line_in(dir.path(), &format!("{line} --run-fuel 1000000"));
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(err.contains("fuel of the whole run, 1000000"), "{err}");
}

#[test]
fn golden_cases_have_the_bounds_of_the_command() {
    let dir = repo(&[("case/WORKSPACE", ""), ("case/bad/x", ""), ("case/expectedExitCode.txt", "4")]);
    assemble(dir.path(), "guest", &guest(&Manifest::default(), "(loop (br 0)) (unreachable)"));
    let line = "golden case --guest guest.wasm --limit fuel_per_call=9000000000000 --run-fuel 9000000000000";
    let Ran { code, out, err } = line_in(dir.path(), &format!("{line} --timeout 200ms"));
    assert_eq!(code, 1, "{err}");
    assert!(out.contains("the run was not done within its time, --timeout 200ms"), "{out}");
}

/// Ctrl-C sends this to all of a terminal's programs.
#[cfg(unix)]
#[test]
fn a_run_that_is_interrupted_ends_with_130_and_writes_nothing() {
    use std::{
        io::Read as _,
        process::{Command, Stdio},
        thread,
        time::Duration,
    };
    let dir = repo(&[("WORKSPACE", ""), ("a/x", ""), ("b/x", "")]);
    assemble(dir.path(), "guest", &guest(&Manifest::default(), "(loop (br 0)) (unreachable)"));
    let before = contents(dir.path());
    let line = "update --guest guest.wasm --limit fuel_per_call=9000000000000 --run-fuel 9000000000000 --timeout 300s";
    let mut run = support::binary()
        .current_dir(dir.path())
        .args(line.split(' '))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It is in the loop when it has taken some time of a processor.
    let busy = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", run.id()));
        let ticks = |stat: String| stat.rsplit_once(") ")?.1.split(' ').nth(11)?.parse::<u64>().ok();
        stat.ok().and_then(ticks).is_none_or(|ticks| ticks > 30)
    };
    while !busy() {
        thread::sleep(Duration::from_millis(10));
    }
    thread::sleep(Duration::from_millis(100));
    assert!(Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap().success());
    let status = run.wait().unwrap();
    let mut err = String::new();
    run.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(status.code(), Some(130), "{err}");
    assert_eq!(err, "error: the run was interrupted; nothing was written\n");
    assert_eq!(contents(dir.path()), before);
}
