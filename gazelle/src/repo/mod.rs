//! Which repository is it, and what holds for all of it?

mod facts;
mod root;

pub use facts::Facts;
pub use root::find_root;
pub(crate) use root::{open_root, relative_dirs};

/// The files of which one makes a directory the root of a repository, in the order in which Gazelle looks for them.
pub(crate) const WORKSPACE_FILES: [&str; 2] = ["WORKSPACE.bazel", "WORKSPACE"];
