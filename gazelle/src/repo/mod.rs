//! Which repository is it, and what holds for all of it?
//!
//! | question | file |
//! |---|---|
//! | Which texts are paths inside a repository? | `path.rs` |
//! | How is something below the root opened? | `open.rs` |
//! | Where is the repository, and which of its directories are meant? | `root.rs` |
//! | What do MODULE.bazel and WORKSPACE say? | `facts.rs` |

mod facts;
mod open;
mod path;
mod root;

pub use facts::Facts;
pub(crate) use open::{Folder, Opened, Repository, TEXT_BYTES, Unread, absolute};
pub(crate) use path::RepoPath;
pub use root::find_root;
pub(crate) use root::relative_dirs;

/// The files of which one makes a directory the root of a repository, in the order in which Gazelle looks for them.
pub(crate) const WORKSPACE_FILES: [&str; 2] = ["WORKSPACE.bazel", "WORKSPACE"];
