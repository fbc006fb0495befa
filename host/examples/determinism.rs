//! The test of the same name, as a program: for targets where there is no test runner, `wasm32-unknown-unknown` above all.

#[path = "../tests/portable/mod.rs"]
mod portable;

fn main() {
    assert_eq!(portable::digest(), portable::EXPECTED);
}
