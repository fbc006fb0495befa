//! What a Dorcas host and a guest agree on: the exports, the packed result, the messages and their bytes.
//!
//! ```
//! use dorcas_abi::{message::{GenerateRequest, GenerateResponse, Reply}, wire, Span};
//!
//! // The host encodes a request, the guest decodes it: the same bytes mean the same value on both sides.
//! let request = GenerateRequest { rel: "api/v1".into(), ..GenerateRequest::default() };
//! let bytes = wire::encode(&request)?;
//! assert_eq!(wire::decode::<GenerateRequest>(&bytes)?, request);
//!
//! // The guest answers with a reply, and names the place where it lies by one `i64`.
//! let reply: Reply<GenerateResponse> = Ok(GenerateResponse::default());
//! let bytes = wire::encode(&reply)?;
//! let span = Span { ptr: 0x1_0000, len: bytes.len() as u32 };
//! assert_eq!(Span::unpack(span.pack()), span);
//! # Ok::<(), wire::Fault>(())
//! ```
//!
//! The words of the agreement are in `abi-spec.md`, at the root of the repository. Each rule there has a
//! dotted name ([`clause`]); documentation and errors here refer to rules by that name.
//!
//! Left out on purpose: a WebAssembly engine (see `dorcas-host`), an allocator and a panic hook
//! (see `dorcas-guest`), and every decision about limits other than the ones that both sides must share.
//!
//! The crate is `no_std` and needs `alloc`. The feature `patterns` adds [`pattern`], for hosts and for those who judge guests.
#![no_std]
#![deny(missing_docs)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod clause;
pub mod export;
pub mod floor;
pub mod message;
pub mod method;
#[cfg(feature = "patterns")]
pub mod pattern;
mod span;
pub mod wire;

pub use method::Method;
pub use span::Span;

/// The examples of the package's README, which compile and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
