//! What can go wrong, sorted by who can do something about it.

mod call;
mod export;
mod halt;
mod host;
mod load;

pub(crate) use call::INSTANTIATION;
pub use call::{At, CallError, Exceeded, MemoryRefused, Place, RequestProblem, TrapKind};
pub use export::ExportError;
pub use halt::Halt;
pub use host::{HostFault, Problem};
pub use load::{ExportFault, ImportFault, LoadError};
