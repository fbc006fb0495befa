//! How does the outcome of a run leave the process?
//!
//! | mode | function |
//! |---|---|
//! | `fix` | [`write`] |
//! | `print` | [`print`] |
//! | `diff` | [`diff`] |

mod compare;
mod diff;
mod ordinary;
mod path;
mod print;
mod scratch;
mod write;

pub use diff::diff;
pub use print::print;
pub use write::{WriteError, WriteFault, write};
