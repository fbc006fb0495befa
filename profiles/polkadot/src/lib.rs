//! Loads Polkadot runtimes and calls them, in the sandbox of [`dorcas_host`].
//!
//! ```
//! use dorcas_polkadot::Runtime;
//! # let wasm = wat::parse_str(r#"(module (import "env" "memory" (memory 1)) (global (export "__heap_base") i32 (i32.const 1024))
//! #   (func (export "Core_version") (param i32 i32) (result i64) (i64.const 0x600000000)))"#)?;
//! let runtime = Runtime::load(&dorcas_host::Config::default(), &wasm)?;
//! let reply = runtime.call("Core_version", b"")?;
//! assert_eq!(reply, [0; 6]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | | |
//! |---|---|
//! | [`Runtime`] | the code of a runtime, as it is or compressed; each call is one in a fresh instance |
//! | [`Version`] | what `Core_version` returns |
//! | [`RuntimeError`], [`HeapFault`] | why there is no runtime, and what it did to its heap |
//!
//! A runtime has WebAssembly's first version, and nothing after it: another feature is refused by its name. It exports its memory
//! or imports it as `env.memory`, and exports `__heap_base`, behind which the host allocates for it. What else it imports
//! from `env` is there by name, and ends the call when it is called: there is no chain here.
//!
//! Nothing of this is in `dorcas-host`: what stands here is made of what it offers to anyone.

#![deny(missing_docs)]

mod code;
mod heap;
mod runtime;
mod version;

pub use heap::HeapFault;
pub use runtime::{Runtime, RuntimeError};
pub use version::{Version, VersionError};
