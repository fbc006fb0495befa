//! A Go program whose functions are called by their own names: the example of the proposal of `go:wasmexport`.
//!
//! `guest/go/exports/main.go` starts a goroutine that waits for events on a channel; `process_a` sends one; `stop` closes the
//! channel and returns what has come of them. The goroutine is parked between the calls, and other calls may come between.
//!
//! ```sh
//! cargo run --release -p dorcas-host --example go_exports
//! ```

mod wasi;

use dorcas_host::{Engine, HostModule};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let wasm = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../guest/go/exports/exports.wasm"))?;
    let env = HostModule::new("env", || ()).function("notify", |(): &mut (), value: i32| value * 2);
    let module = Engine::default().with_module(wasi::module(42)).with_module(env).module(&wasm)?;

    let start = module.export::<(), ()>("start")?;
    let process_a = module.export::<i32, i32>("process_a")?;
    let add = module.export::<(i32, i32), i32>("add")?;
    let stop = module.export::<(), i32>("stop")?;

    let mut program = module.start()?;
    program.call(&start, ())?;
    for event in 1..=4 {
        let sum = program.call(&process_a, event)?;
        println!(
            "event {event}: the sum is {sum} by now; meanwhile 20 + {event} = {}",
            program.call(&add, (20, event))?
        );
    }
    let (sum, stats) = program.call_measured(&stop, ());
    println!("all of them: {}, the last call for {} units of fuel", sum?, stats.fuel);
    if let Some(wasi) = program.state::<wasi::Wasi>() {
        print!("{}", wasi.text());
    }
    Ok(())
}
