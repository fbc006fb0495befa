//! Turns scripts in JavaScript into WebAssembly modules, with no compiler.
//!
//! ```
//! use dorcas_host::{Config, Engine, Limits};
//! use dorcas_script::{Interface, Options, build};
//!
//! let interface: Interface = "declare module 'main' { export function add(a: I32, b: I32): I32; }".parse()?;
//! let files = |name: &str| match name {
//!     "plugin.js" => Ok("import { plus } from './lib/plus.js'; export function add(a, b) { return plus(a, b); }".into()),
//!     "lib/plus.js" => Ok("export const plus = (a, b) => a + b;".into()),
//!     _ => Err(std::io::ErrorKind::NotFound.into()),
//! };
//! let built = build("plugin.js", files, Some(&interface), &Options::default())?;
//!
//! // It imports nothing, and its top level has run.
//! let module = Engine::default().module(&built.wasm)?;
//! let add = module.export::<(i32, i32), i32>("add")?;
//! assert_eq!(module.start()?.call(&add, (1, 2))?, 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The module is a JavaScript engine as it is when the top level of the script has run: a snapshot. Nothing of WASI is left in it
//! (`dorcas-seal`), so that its clock and its random numbers are the same everywhere; what it imports is what its interface
//! says. The same files give the same bytes.
//!
//! A file a question: `interface` which functions come in and go out, `engine` where what is in the engine, `shims` what
//! stands between those functions and the script, `link` how one module is made of all, `program` which files a script consists of,
//! `build` in which order that happens, `error` why it can't be done.
//!
//! Left out on purpose: packages of npm, which a bundler puts into one file; and types other than numbers.
#![deny(missing_docs)]

mod build;
mod engine;
mod error;
mod interface;
mod link;
mod program;
mod shims;

pub use build::{Builder, Built, Options, Warning, build, shims};
pub use error::{BuildError, Place};
pub use interface::{
    Function, HostInterface, Interface, InterfaceError, InterfaceProblem, MAX_NAME_BYTES, MAX_PARAMS, Position, Type,
};
