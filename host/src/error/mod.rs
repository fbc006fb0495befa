//! What can go wrong, sorted by who can do something about it.

mod call;
mod host;
mod load;

pub use call::{At, CallError, Exceeded, MemoryRefused, RequestProblem, TrapKind};
pub use host::{HostFault, Problem};
pub use load::{ExportFault, ImportFault, LoadError};
