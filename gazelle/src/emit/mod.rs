//! How does the outcome of a run leave the process?
//!
//! | mode | function |
//! |---|---|
//! | `fix` | [`write`] |
//! | `print` | [`print`] |
//! | `diff` | [`diff`] |

mod compare;
mod diff;
mod print;
mod write;

pub use diff::diff;
pub use print::print;
pub use write::{WriteError, write};
