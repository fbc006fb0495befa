//! What a call from the host into WebAssembly costs in wasmi, and what of it is the engine's: see `benches/upstream.md`.
//!
//! ```text
//! cargo run -p dorcas-benches --release --example engine_call
//! valgrind --tool=callgrind --toggle-collect='*measured*' target/release/examples/engine_call 1
//! ```

use std::{error::Error, hint::black_box, time::Instant};
use wasmi::{Config, Engine, Instance, Module, Store, TypedFunc};

/// A function that does nothing, one that does as little as `alloc` of a small guest, and calls of it from inside.
const GUEST: &str = r#"(module
    (global $top (mut i32) (i32.const 1024))
    (func $nothing (export "nothing"))
    (func $alloc (export "alloc") (param i32) (result i32)
        (global.get $top)
        (global.set $top (i32.add (global.get $top) (local.get 0))))
    (func (export "many") (param $times i32)
        (loop $again
            (call $nothing)
            (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))))"#;

fn main() -> Result<(), Box<dyn Error>> {
    let rounds = std::env::args().nth(1).map_or(Ok(2_000), |rounds| rounds.parse::<u32>())?;
    println!("| | without fuel | with fuel |\n|---|--:|--:|");
    let [without, with] = [measure(rounds, false)?, measure(rounds, true)?];
    for ((name, without), (_, with)) in without.into_iter().zip(with) {
        println!("| {name} | {without:.1} ns | {with:.1} ns |");
    }
    Ok(())
}

/// In a round.
const CALLS: u32 = 1_000;

type Row = (&'static str, f64);

fn measure(rounds: u32, fuel: bool) -> Result<[Row; 4], Box<dyn Error>> {
    let mut config = Config::default();
    config.consume_fuel(fuel);
    let engine = Engine::new(&config);
    let mut store = Store::new(&engine, ());
    if fuel {
        store.set_fuel(u64::MAX)?;
    }
    let instance = Instance::new(&mut store, &Module::new(&engine, wat::parse_str(GUEST)?)?, &[])?;
    let nothing: TypedFunc<(), ()> = instance.get_typed_func(&store, "nothing")?;
    let alloc: TypedFunc<u32, u32> = instance.get_typed_func(&store, "alloc")?;
    let many: TypedFunc<u32, ()> = instance.get_typed_func(&store, "many")?;
    // Once before the clock runs: the stack is there, and everything is compiled.
    nothing.call(&mut store, ())?;
    alloc.call(&mut store, 0)?;
    many.call(&mut store, 1)?;
    Ok([
        ("host to guest, nothing to do", best(rounds, CALLS, || measured(|| nothing.call(&mut store, ()).is_ok()))),
        ("host to guest, `alloc`", best(rounds, CALLS, || measured(|| alloc.call(&mut store, black_box(8)).is_ok()))),
        (
            "the same, resumable",
            best(rounds, CALLS, || measured(|| alloc.call_resumable(&mut store, black_box(8)).is_ok())),
        ),
        ("guest to guest", best(rounds, 1, || many.call(&mut store, CALLS).is_ok()) / f64::from(CALLS)),
    ])
}

/// A name for callgrind.
#[inline(never)]
fn measured(work: impl FnOnce() -> bool) -> bool {
    work()
}

/// Nanoseconds for doing it once, in the best of the rounds: each is shorter than what the system gives a process at a time.
fn best(rounds: u32, calls: u32, mut work: impl FnMut() -> bool) -> f64 {
    let round = |_| {
        let started = Instant::now();
        for _ in 0..calls {
            assert!(work());
        }
        started.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
    };
    (0..rounds).map(round).fold(f64::INFINITY, f64::min)
}
