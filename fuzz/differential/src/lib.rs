//! The host beside wasmtime: the same module and the same calls have the same outcome.
//!
//! ```
//! // What a guest is sent, or a module, is made of the bytes.
//! dorcas_differential::differential(&[0, 3, 0]);
//! ```
//!
//! wasmi interprets, wasmtime compiles, and they have no code in common but the parser. Where they agree on a result, and
//! on every byte of memory, neither has misunderstood WebAssembly; where both refuse, neither lets something through.
//! Fuel and depth of the stack are counted differently, so that what runs out of one of them is not compared.
//!
//! In a crate of its own, because wasmtime takes as long to build as all the other properties together.

mod guest;
mod module;
mod other;

/// The first byte says whether the others become a request of a prebuilt guest, or a module with a guest's exports.
pub fn differential(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    if first % 2 == 0 { guest::compare(rest) } else { module::compare(rest) }
}
