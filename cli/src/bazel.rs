//! Where is a command that `bazel run` has started, and what do its paths mean?
//!
//! Bazel starts a program among its runfiles, and says in two variables where the repository is and where the person is that
//! has typed the line. A relative path is one from the root of the repository, as with Gazelle. A path that isn't there is
//! looked for in the other two places.

use crate::exit::{Ends, Status};
use clap::builder::{PathBufValueParser, TypedValueParser};
use std::{
    env, fs, io,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// Set by `bazel run`: the root of the repository.
pub(crate) const WORKSPACE: &str = "BUILD_WORKSPACE_DIRECTORY";
/// Set by `bazel run`: the working directory of the shell.
pub(crate) const WORKING: &str = "BUILD_WORKING_DIRECTORY";

/// Where a path is looked for that isn't in the repository: empty without Bazel.
static ELSEWHERE: OnceLock<Vec<PathBuf>> = OnceLock::new();

/// The directory that Bazel names as the root of the repository is none.
#[derive(Debug, thiserror::Error)]
#[error("{WORKSPACE} is {}, which can't be entered: {cause}", path.display())]
pub(crate) struct NoWorkspace {
    path: PathBuf,
    cause: io::Error,
}

impl Ends for NoWorkspace {
    fn status(&self) -> Status {
        Status::System
    }
}

/// Goes where Bazel says that the repository is; does nothing if Bazel hasn't started this.
pub(crate) fn enter() -> Result<(), NoWorkspace> {
    let Some(path) = workspace() else { return Ok(()) };
    let places = env::var_os(WORKING).map(PathBuf::from).into_iter().chain(env::current_dir());
    ELSEWHERE.get_or_init(|| places.filter(|place| place.is_absolute()).collect());
    env::set_current_dir(&path).map_err(|cause| NoWorkspace { path, cause })
}

/// The root of the repository, if Bazel has named one.
pub(crate) fn workspace() -> Option<PathBuf> {
    env::var_os(WORKSPACE).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// A path that is read: where it is in the repository, or else where the person is, or else among the runfiles.
pub(crate) fn found(path: PathBuf) -> PathBuf {
    let elsewhere = ELSEWHERE.get().map_or(&[][..], Vec::as_slice);
    if path.is_absolute() || elsewhere.is_empty() || path.exists() {
        return path;
    }
    elsewhere.iter().map(|place| place.join(&path)).find(|path| path.exists()).unwrap_or(path)
}

/// The value of an argument that is a path to read.
pub(crate) fn input() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().map(found)
}

/// Whether a directory is one in which Bazel runs actions, or one of runfiles: what looks like a repository there is links to
/// one.
pub(crate) fn is_execroot(root: &Path) -> bool {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let is_in_output = root.iter().any(|part| part == "bazel-out" || part.to_string_lossy().ends_with(".runfiles"));
    is_in_output || root.parent().and_then(Path::file_name).is_some_and(|name| name == "execroot")
}

/// Files of a repository that are about Bazel alone.
const MARKERS: [&str; 6] =
    ["MODULE.bazel", "MODULE.bazel.lock", "REPO.bazel", "WORKSPACE", "WORKSPACE.bazel", "WORKSPACE.bzlmod"];

/// Whether a directory has neither a directory nor a file that a language could look at. One that can't be read isn't empty:
/// the run says why.
pub(crate) fn is_empty(root: &Path) -> bool {
    let Ok(mut entries) = fs::read_dir(root) else { return false };
    let real = root.canonicalize().ok();
    let leads_out = |path: &Path| {
        let inside = path.canonicalize().ok().zip(real.as_ref()).is_some_and(|(path, root)| path.starts_with(root));
        path.is_symlink() && !inside
    };
    !entries.any(|entry| {
        entry.is_ok_and(|entry| {
            let name = entry.file_name();
            let is_marker = MARKERS.iter().any(|marker| name == *marker) || name.to_string_lossy().starts_with('.');
            !is_marker && !leads_out(&entry.path())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_of_bazel() {
        for path in [
            "/cache/_bazel_me/0123/execroot/demo",
            "/cache/_bazel_me/0123/execroot/demo/bazel-out/k8-fastbuild/bin/naive.runfiles/demo",
            "/x/gazelle.runfiles/_main",
        ] {
            assert!(is_execroot(Path::new(path)), "{path}");
        }
        for path in ["/home/me/demo", "/home/me/execroot", "/cache/0123/execroot/demo/_tmp/case", "/runfiles/x"] {
            assert!(!is_execroot(Path::new(path)), "{path}");
        }
    }
}
