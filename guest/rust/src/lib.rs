//! Write a Gazelle language in Rust that compiles to a WebAssembly guest for Dorcas.
//!
//! A whole guest: a `sh_library` for each directory with shell scripts, which depends on the libraries of the scripts
//! that its own ones source.
//!
//! ```
//! #![forbid(unsafe_code)]
//! use dorcas_guest::{Language, Result, message::*};
//!
//! struct Shell;
//!
//! impl Language for Shell {
//!     const NAME: &'static str = "sh";
//!
//!     fn manifest() -> Result<Manifest> {
//!         let sources = vec![r"(?m)^(?:\.|source) ([^\s]+)".into()];
//!         Ok(Manifest {
//!             kinds: vec![Kind {
//!                 name: "sh_library".into(),
//!                 match_any: true,
//!                 mergeable_attrs: vec!["srcs".into()],
//!                 resolve_attrs: vec!["deps".into()],
//!                 ..Kind::default()
//!             }],
//!             inputs: vec![Input { glob: "*.sh".into(), want: Want::Matches(sources), methods: Methods::GENERATE_RULES, ..Input::default() }],
//!             ..Manifest::default()
//!         })
//!     }
//!
//!     fn generate_rules(request: GenerateRequest) -> Result<GenerateResponse> {
//!         if request.files.is_empty() {
//!             return Ok(GenerateResponse::default());
//!         }
//!         let name = request.rel.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("root");
//!         let srcs = request.files.iter().map(|file| file.name.clone()).collect();
//!         let mut imports: Vec<ImportSpec> = (request.files.iter())
//!             .flat_map(|file| match &file.data { FileData::Matches(matches) => &matches[..], _ => &[] })
//!             .filter_map(|found| String::from_utf8(found.groups[0].as_ref()?.to_vec()).ok())
//!             .map(|imp| ImportSpec { lang: "sh".into(), imp })
//!             .collect();
//!         imports.sort();
//!         imports.dedup();
//!         let rule = Rule {
//!             kind: "sh_library".into(),
//!             name: name.into(),
//!             attrs: vec![Attr { name: "srcs".into(), value: Value::SortedStrings(srcs), ..Attr::default() }],
//!             ..Rule::default()
//!         };
//!         Ok(GenerateResponse {
//!             rules: vec![GeneratedRule { rule, imports, ..GeneratedRule::default() }],
//!             ..GenerateResponse::default()
//!         })
//!     }
//! }
//!
//! // Without `imports` and `resolve` nothing finds these rules and `deps` stays as it is; that's the next screen.
//! dorcas_guest::export!(Shell, manifest);
//! # let guest = Shell::generate_rules(GenerateRequest::default()).unwrap();
//! # assert!(guest.rules.is_empty());
//! ```
//!
//! Its `Cargo.toml` says `crate-type = ["cdylib"]`, and
//! `cargo build --release --target wasm32-unknown-unknown` yields the `.wasm` file. `dorcas inspect` shows what it is,
//! `dorcas update --guest` runs it. `guest/rust/proto` is a full-grown one.
//!
//! What the rest of the agreement demands is done here: [`export!`] exports memory, version marker, `alloc`, `free` and
//! `lang_name`; requests are decoded strictly and answered by an error where they are none; a panic leaves its text for
//! the host, place in the source included. The rules are in `abi-spec.md`, by the names that stand in parentheses.
//!
//! Left out on purpose: regular expressions, file access, and a parser for any language. Sources come with the
//! request, in the form that the [manifest](message::Manifest)'s inputs ask for.
//!
//! On other targets the crate builds too, without exports, so that a guest's functions can be tested by `cargo test`
//! like any others.

mod answer;
#[cfg(any(target_family = "wasm", test))]
mod compare;
mod export;
#[cfg(any(target_family = "wasm", test))]
mod heap;
mod language;
#[cfg(target_family = "wasm")]
mod memory;
#[cfg(target_family = "wasm")]
mod panic;
mod sort;

pub use dorcas_abi::{message, wire::Bytes};
pub use language::{Language, Result, error};
pub use sort::{sort, sort_by};

/// What [`export!`] expands to. Not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::answer::answer;
    #[cfg(target_family = "wasm")]
    pub use crate::{
        memory::{argument, get, give_back, lend},
        panic::{Text, leave_text_in},
    };
    pub use dorcas_abi::method;
}

/// The examples of the project's README, which compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
