//! What holds for any input: properties of the sandbox, each a function of bytes that panics where it doesn't hold.
//!
//! ```
//! // Any bytes may be tried as a module.
//! dorcas_properties::module_bytes(b"\0asm\x01\0\0\0");
//! ```
//!
//! `fuzz_targets` hands them what a fuzzer finds; `cargo test` runs them on a fixed seed and on all files in `corpus`,
//! without a nightly compiler. An input that broke a property once is kept in `corpus` under a name of its own.
//!
//! | | |
//! |---|---|
//! | [`module_bytes`] | any bytes as a module: a guest or an error, the same each time |
//! | [`shaped_module`] | any valid module with the exports of a guest: all methods, in both profiles |
//! | [`carrying_module`] | any valid module whose blocks, branches and calls carry values: they are counted as they are |
//! | [`metered_module`] | any valid module, in pieces for fuel: the same results, traps and memory |
//! | [`sealed_module`] | any valid module with WASI imports: sealed and valid, or refused; the same from a snapshot |
//! | [`returned_word`] | any `i64` as a result, against a memory of any size |
//! | [`wire_decode`] | any bytes as a message: what is accepted is what would have been written |
//! | [`recording`] | any text as a recording: what is accepted is what would have been written |
//! | [`allocator`] | any sequence of `alloc`, `free` and calls in the proto guest, against a model of what is live |
//! | [`buffers`] | any sequence of calls in one instance: each buffer is freed once, memory does not grow |
//! | [`repository`] | any small repository: the run ends, stays inside, and a second one changes nothing |
//! | [`build_file`] | any text as a BUILD file: what nobody changes stays, what is merged twice is merged once |
//! | [`interface`] | any text as the interface of a script: refused at a place in it, or it reads back, and its shims are a module |
//! | [`reply_texts`] | any text where a reply has one: refused, or in a file that reads back and shows all of it |

// A property panics where it does not hold: that is what it is for.
#![allow(clippy::missing_panics_doc)]
// Bytes and places are cut from random words, and offsets of a file that is in memory fit in `usize`.
#![allow(clippy::cast_possible_truncation)]

mod allocator;
mod buffers;
mod build_file;
mod carry;
pub mod inputs;
mod interface;
mod metering;
mod module;
mod record;
mod reply_texts;
mod repository;
mod seal;
mod wire;
mod word;

pub use allocator::allocator;
pub use buffers::buffers;
pub use build_file::build_file;
pub use carry::carrying_module;
pub use interface::interface;
pub use metering::metered_module;
pub use module::{module_bytes, shape, shaped_module};
pub use record::recording;
pub use reply_texts::reply_texts;
pub use repository::repository;
pub use seal::sealed_module;
pub use wire::wire_decode;
pub use word::returned_word;

/// A property by the name of its target.
pub type Property = fn(&[u8]);

/// All of them, for the tests.
pub const ALL: &[(&str, Property)] = &[
    ("module_bytes", module_bytes),
    ("shaped_module", shaped_module),
    ("returned_word", returned_word),
    ("wire_decode", wire_decode),
    ("buffers", buffers),
    ("allocator", allocator),
    ("recording", recording),
    ("build_file", build_file),
    ("sealed_module", sealed_module),
    ("reply_texts", reply_texts),
    ("repository", repository),
    ("carrying_module", carrying_module),
    ("metered_module", metered_module),
    ("interface", interface),
];
