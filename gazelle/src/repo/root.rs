//! Where is the repository, and which of its directories are meant?

use super::{RepoPath, Repository, Unread, WORKSPACE_FILES};
use crate::RunError;
use std::{
    io,
    path::{Path, PathBuf},
};

/// The root of the repository that a directory is in: the nearest directory with a WORKSPACE, MODULE.bazel or
/// REPO.bazel file.
pub fn find_root(dir: &Path) -> Result<PathBuf, RunError> {
    let start = std::path::absolute(dir).map_err(|cause| RunError::UnreadableRepository { path: dir.into(), cause })?;
    let is_root = |dir: &&Path| {
        let mut markers = WORKSPACE_FILES.iter().chain(&["REPO.bazel", "MODULE.bazel"]);
        markers.any(|marker| dir.join(marker).metadata().is_ok_and(|marker| !marker.is_dir()))
    };
    let root = start.ancestors().find(is_root).map(Path::to_path_buf);
    root.ok_or(RunError::RepositoryNotFound { path: start })
}

/// The directories to update; all of the repository if none is named.
pub(crate) fn relative_dirs(repo: &Repository, dirs: &[PathBuf]) -> Result<Vec<String>, RunError> {
    if dirs.is_empty() {
        return Ok(vec![String::new()]);
    }
    dirs.iter().map(|dir| relative_dir(repo, dir).map(|dir| dir.to_string())).collect()
}

fn relative_dir(repo: &Repository, dir: &Path) -> Result<RepoPath, RunError> {
    let unusable = |cause| RunError::Directory { path: dir.into(), cause };
    let real = dir.canonicalize().map_err(unusable)?;
    let below = repo.inside(&real).map_err(|error| match error {
        Unread::System(cause) => unusable(cause),
        _ => RunError::OutsideRepository { path: dir.into(), root: repo.path().into() },
    })?;
    if !real.is_dir() {
        return Err(unusable(io::Error::new(io::ErrorKind::NotADirectory, "it is not a directory")));
    }
    Ok(below)
}
