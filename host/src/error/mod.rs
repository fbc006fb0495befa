//! What can go wrong, sorted by who can do something about it.

mod call;
mod load;

pub use call::{At, CallError, Exceeded, MemoryRefused, RequestProblem, TrapKind};
pub use load::{ExportFault, ImportFault, LoadError};

/// Most bytes of one name of a guest's in a message.
pub(crate) const MAX_NAME_BYTES: usize = 100;

/// Most bytes of a text of a guest's in a message.
pub(crate) const MAX_TEXT_BYTES: usize = dorcas_abi::export::MAX_PANIC_BYTES as usize;
