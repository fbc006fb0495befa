//! Where is the repository, and which of its directories are meant?

use super::WORKSPACE_FILES;
use crate::RunError;
use std::{
    fs, io,
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

/// The absolute path of a repository, without symbolic links.
pub(crate) fn open_root(path: &Path) -> Result<PathBuf, RunError> {
    let root = path.canonicalize().map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => RunError::NoRepository { path: path.into() },
        _ => RunError::UnreadableRepository { path: path.into(), cause },
    })?;
    if !root.is_dir() {
        return Err(RunError::NotADirectory { path: path.into() });
    }
    fs::read_dir(&root).map_err(|cause| RunError::UnreadableRepository { path: path.into(), cause })?;
    Ok(root)
}

/// The directories to update, as slash-separated paths from the root; all of it where none is named.
pub(crate) fn relative_dirs(root: &Path, dirs: &[PathBuf]) -> Result<Vec<String>, RunError> {
    if dirs.is_empty() {
        return Ok(vec![String::new()]);
    }
    dirs.iter().map(|dir| relative_dir(root, dir)).collect()
}

fn relative_dir(root: &Path, dir: &Path) -> Result<String, RunError> {
    let unusable = |cause| RunError::Directory { path: dir.into(), cause };
    let outside = || RunError::OutsideRepository { path: dir.into(), root: root.into() };
    let real = dir.canonicalize().map_err(unusable)?;
    let below = real.strip_prefix(root).map_err(|_| outside())?;
    if !real.is_dir() {
        return Err(unusable(io::Error::new(io::ErrorKind::NotADirectory, "it is not a directory")));
    }
    let not_utf8 = || unusable(io::Error::new(io::ErrorKind::InvalidData, "its path is not UTF-8"));
    let parts: Option<Vec<_>> = below.iter().map(|part| part.to_str()).collect();
    Ok(parts.ok_or_else(not_utf8)?.join("/"))
}
