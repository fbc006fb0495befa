//! Any module: its code, its instances, calls of its exports. Languages stand on this.

mod code;
mod enter;
mod instance;
mod module;
mod values;

pub(crate) use code::{BYTES_COPIED, Code};
pub(crate) use enter::{Function, Site};
pub use instance::Instance;
pub use module::{Module, TypedExport};
pub use values::Values;
