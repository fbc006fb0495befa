//! Every attack on a host that is known to have worked on some, and how it ends here.
//!
//! With default limits, in a thread with a small stack, in a process with little memory. Bombs are made by code, since
//! they are large; small faults have a file each in `guests`, for `faults.rs`. `cargo test --test attacks -- --nocapture`
//! prints a table of outcomes, times and memory.
#![cfg(target_os = "linux")]

mod compiling;
mod harness;
mod lasting;
mod lying;
mod module;
mod running;
mod sizes;

use dorcas_host::{
    Engine,
    abi::{message::GenerateRequest, method::GenerateRules},
};
use module::{Bomb, Text};

/// What is said about a module that isn't let in.
fn refused(wasm: &[u8]) -> String {
    kept(wasm, "refused");
    Engine::default().load(wasm).expect_err("this must not load").to_string()
}

/// Leaves a module for the tests of another host, where a folder for it is given.
fn kept(wasm: &[u8], outcome: &str) {
    if let Some(folder) = std::env::var_os("DORCAS_ATTACKS") {
        let name = format!("{outcome}-{}.wasm", dorcas_host::Digest::of(wasm));
        std::fs::write(std::path::Path::new(&folder).join(name), wasm).expect("the folder can be written to");
    }
}

/// How a call of `generate_rules` ends in a guest that loads.
fn called(wasm: &[u8]) -> String {
    kept(wasm, "called");
    let guest = Engine::default().load(wasm).expect("this must load");
    let outcome = guest.call::<GenerateRules>(&GenerateRequest::default());
    outcome.map_or_else(|error| error.to_string(), |_| GOES_THROUGH.into())
}

/// The outcome of an attack that costs time and memory within the bounds, and achieves nothing else.
const GOES_THROUGH: &str = "goes through";

/// Tests that run in a process of their own. Each says how it ended, and how that is put into words.
macro_rules! attacks {
    ($($(#[$attribute:meta])* fn $name:ident() $outcome:block => $expected:expr;)*) => {
        $(
            $(#[$attribute])*
            #[test]
            fn $name() {
                crate::harness::attack(concat!(module_path!(), "::", stringify!($name)), || {
                    let outcome: String = $outcome;
                    assert_eq!(outcome, $expected);
                    outcome
                });
            }
        )*
    };
}
pub(crate) use attacks;
