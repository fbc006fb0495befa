//! Seals modules with and without a snapshot, compares what they answer, and prints what that takes.
//!
//! ```console
//! $ cargo run --release -p dorcas-seal --example compare -- target/real/*.wasm
//! ```

use dorcas_host::{Engine, Guest, abi::message::GenerateRequest};
use dorcas_seal::{Options, Sealed, seal};
use std::{
    error::Error,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// What is asked for, as the name of a directory.
const REQUESTS: &[&str] = &["", "a/b", "panic", "exit", "deadlock"];

fn main() -> Result<(), Box<dyn Error>> {
    println!(
        "| guest | bytes | sealed | with a snapshot | instance | from a snapshot | `_initialize` | call | from a snapshot |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for path in std::env::args_os().skip(1).map(PathBuf::from) {
        row(&path).map_err(|cause| format!("{}: {cause}", path.display()))?;
    }
    println!("\nTimes are medians of 21; `_initialize` and calls are in thousands of units of fuel.");
    Ok(())
}

fn row(path: &Path) -> Result<(), Box<dyn Error>> {
    let wasm = std::fs::read(path)?;
    let sealed = seal(&wasm, &Options::default())?;
    let frozen = seal(&wasm, &Options { snapshot: true, ..Options::default() })?;
    if seal(&wasm, &Options { snapshot: true, ..Options::default() })?.wasm != frozen.wasm {
        return Err("two snapshots of one module differ".into());
    }
    let [guest, from_snapshot] = [load(&sealed)?, load(&frozen)?];
    for request in REQUESTS {
        let answers = [answer(&guest, request), answer(&from_snapshot, request)];
        if answers[0] != answers[1] {
            return Err(format!("{request:?}: {}\nwith a snapshot: {}", answers[0], answers[1]).into());
        }
        eprintln!("{} {request:?}: {}", guest.name(), answers[0]);
    }
    // What was asked before doesn't matter.
    let mut used = guest.instantiate()?;
    for _ in 0..3 {
        let reply = used.call_bytes("generate_rules", &request("a/b")?)?;
        if reply != guest.call_bytes("generate_rules", &request("a/b")?)? {
            let answers = (String::from_utf8_lossy(&reply).into_owned(), answer(&guest, "a/b"));
            return Err(format!("an instance that was used before answers something else: {answers:#?}").into());
        }
    }
    println!(
        "| {} | {} | {} | {} | {:.1?} | {:.1?} | {} | {} | {} |",
        guest.name(),
        wasm.len(),
        sealed.wasm.len(),
        frozen.wasm.len(),
        start_up(&guest)?,
        start_up(&from_snapshot)?,
        frozen.note.snapshot.unwrap_or(0) / 1_000,
        fuel(&guest)? / 1_000,
        fuel(&from_snapshot)? / 1_000,
    );
    Ok(())
}

fn load(sealed: &Sealed) -> Result<Guest, Box<dyn Error>> {
    Ok(Engine::default().load(&sealed.wasm)?)
}

fn request(rel: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let request = GenerateRequest { rel: rel.to_owned(), ..GenerateRequest::default() };
    Ok(dorcas_host::abi::wire::encode(&request).map_err(|fault| fault.to_string())?)
}

/// The reply, or why there is none, as text.
fn answer(guest: &Guest, rel: &str) -> String {
    match request(rel).map(|request| guest.call_bytes("generate_rules", &request)) {
        Ok(Ok(reply)) => String::from_utf8_lossy(&reply).into_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    }
}

/// How long it takes until an instance can be called.
fn start_up(guest: &Guest) -> Result<Duration, Box<dyn Error>> {
    let mut times = Vec::new();
    for _ in 0..21 {
        let start = Instant::now();
        let instance = guest.instantiate()?;
        times.push(start.elapsed());
        drop(instance);
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}

/// What a call takes in an instance of its own, from nothing.
fn fuel(guest: &Guest) -> Result<u64, Box<dyn Error>> {
    let (reply, cost) = guest.call_bytes_measured("generate_rules", &request("a/b")?);
    reply?;
    Ok(cost.fuel)
}
