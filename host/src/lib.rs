//! Loads WebAssembly modules, Gazelle languages above all, and calls them, in a sandbox.
//!
//! ```
//! use dorcas_host::{Engine, abi::{message::GenerateRequest, method::GenerateRules}};
//!
//! // Any bytes may be tried: what isn't a guest is refused with the reason.
//! let wasm = wat::parse_str(include_str!("../tests/guests/good.wat"))?;
//! let guest = Engine::default().load(&wasm)?;
//! assert_eq!(guest.name(), "good");
//!
//! // A call is a pure function: fresh instance, limited memory and fuel, no imports.
//! let request = GenerateRequest { rel: "api/v1".into(), ..GenerateRequest::default() };
//! let response = guest.call::<GenerateRules>(&request)?;
//! assert!(response.rules.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | | |
//! |---|---|
//! | [`Engine`] | a [`Profile`], [`Limits`] and [`Features`], for all modules loaded with it |
//! | [`Module`], [`Instance`] | any module, its exports called with Rust types: [`Module::export`], [`Instance::call`] |
//! | [`Guest`] | a language: a module that was checked and compiled; immutable, `Send + Sync`; [`Guest::call`] |
//! | [`GuestInstance`] | memory and globals of a guest; initialised, then usable, poisoned by the first trap |
//! | [`Run`] | what many calls have in common: a total of fuel, a way to stop them, a record |
//! | [`Recording`] | all calls of a run with their bytes and fuel; it can be played again |
//! | [`Pool`] | instances that are used again, for many calls from many threads |
//! | [`HostModule`] | functions of the embedder that guests may import, with Rust types; off unless granted |
//! | [`Specimen`], [`Probe`] | any module, looked at from outside, for tools that examine guests |
//! | [`LoadError`] | why a file is no guest |
//! | [`CallError`] | why a call has no result, sorted by who can change that |
//!
//! What a guest may cost is bounded from the first byte of its file on: counts and sizes before it is compiled
//! ([`Outline`]), memory before it is instantiated, fuel for everything that runs, its `alloc` and `free` included. The
//! rules that a guest has to keep are in `abi-spec.md`; an error about one of them ends with its name, `(result.bounds)`.
//!
//! Left out on purpose: files, threads and caches, which are the caller's; WASI and every other import that the embedder
//! doesn't offer; and what the messages mean, which is the business of `dorcas-gazelle`. The engine inside is wasmi, an interpreter; none of its
//! types is in this interface.
//!
//! A thread that calls guests needs 512 KiB of stack.
//!
//! The feature `portable-dispatch` is on by default. Without it the interpreter is three times as fast, and safe in
//! optimised builds only: with debug assertions in the crate `wasmi`, a guest in a loop fills the native stack, which
//! ends the process. Who turns it off says `debug-assertions = false` for `wasmi` in the development profile too.
//!
//! The feature `tracing` has `HostModule::traced`, spans around functions of the host.
#![deny(missing_docs)]

mod arity;
mod config;
mod digest;
mod engine;
mod error;
mod examine;
mod interface;
mod language;
mod limits;
mod metering;
pub mod module;
mod outline;
mod printable;
mod record;
mod recording;
mod run;
mod sandbox;
mod stats;
mod wasm;

pub use config::{Config, Feature, Features, Profile};
pub use digest::Digest;
pub use dorcas_abi as abi;
pub use engine::Engine;
pub use error::{
    At, CallError, Exceeded, ExportError, ExportFault, ImportFault, LoadError, MemoryRefused, Place, RequestProblem,
    TrapKind,
};
pub use examine::{Probe, Returned, Specimen, Stop};
pub use interface::{Export, ExternType, FunctionType, Import, Value, ValueType};
pub use language::{Guest, GuestInstance, Pool, admit};
pub use limits::Limits;
pub use metering::{PIECE_FUEL, metered};
pub use module::{HostModule, States};
pub use outline::Outline;
pub use printable::{is_shown, printable, printable_json, printable_lines, printable_path};
pub use recording::{RecordedCall, Recording, RecordingError, ReplayError, Replayed};
pub use run::Run;
pub use stats::CallStats;
pub use wasm::{Instance, Module, TypedExport, Values};

/// The examples of the package's README, which compile and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
