//! Under which conditions does an attack run, and what may it cost?
//!
//! Each attack has a process of its own, with a bounded address space, and in it a thread with a small stack. Whatever
//! overflows that stack, or asks the system for more than a guest may have, ends the process and fails the test.

use std::{env, fs, process::Command, thread};

/// The stack that the documentation of the crate asks for.
const STACK_BYTES: usize = 512 << 10;

/// Kibibytes of address space for the whole process, the test runner included.
const ADDRESS_SPACE_KIB: u64 = 640 << 10;

/// Mebibytes that an attack may occupy at its height, with default limits.
const PEAK_MIB: u64 = 256;

/// Milliseconds of a processor that an attack may take, with default limits. This crate isn't optimised for tests.
const MILLISECONDS: u64 = if cfg!(debug_assertions) { 5_000 } else { 1_000 };

/// Tells the process that it is the one for the attack of this name.
const ATTACK: &str = "DORCAS_ATTACK";

/// Runs an attack in a process of its own; `work` says how it ended. The path is that of the test.
pub(crate) fn attack(path: &str, work: fn() -> String) {
    let (_, name) = path.split_once("::").unwrap();
    if env::var_os(ATTACK).is_some() {
        return measured(work);
    }
    let program = env::current_exe().unwrap();
    // A shell, because a limit of the address space can't be set without unsafe code.
    let script = format!("ulimit -v {ADDRESS_SPACE_KIB} && exec \"$0\" --exact \"$1\" --nocapture --test-threads=1");
    let output = Command::new("sh")
        .args(["-c", &script])
        .arg(program)
        .arg(name)
        .env(ATTACK, name)
        // Each thread's arena would reserve address space without making use of it.
        .env("MALLOC_ARENA_MAX", "1")
        .output()
        .unwrap();
    let (told, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {told}{errors}", output.status);
    let row =
        told.lines().find_map(|line| line.split_once("outcome: ")).unwrap_or_else(|| panic!("no outcome: {told}"));
    println!("| {} | {}", name.replace("::", ": ").replace('_', " "), row.1);
}

fn measured(work: fn() -> String) {
    let in_thread = move || {
        let (time, memory) = (processor_ms(), kib("VmRSS:"));
        let outcome = work();
        let (time, peak) = (processor_ms() - time, (kib("VmHWM:").saturating_sub(memory)).div_ceil(1024));
        let outcome: String = outcome.chars().take(200).collect();
        println!("outcome: {outcome} | {time} ms | {peak} MiB |");
        assert!(time <= MILLISECONDS, "{time} ms, allowed are {MILLISECONDS}");
        assert!(peak <= PEAK_MIB, "{peak} MiB, allowed are {PEAK_MIB}");
    };
    thread::Builder::new().stack_size(STACK_BYTES).spawn(in_thread).unwrap().join().unwrap();
}

/// Time that this thread had a processor, so that a busy machine doesn't fail a test.
fn processor_ms() -> u64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse::<u64>().unwrap() / 1_000_000
}

/// A line of the process's status, in kibibytes.
pub(crate) fn kib(key: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
