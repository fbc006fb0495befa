//! Which folders are cases?

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A folder that is a case.
pub(super) struct Found {
    /// Its path from the folder with all cases, slash-separated.
    pub(super) name: String,
    /// Where it is, without symbolic links.
    pub(super) dir: PathBuf,
    /// Whether it has what marks the root of a repository. Without it the folder only looks like a case, which nobody
    /// would notice if it were passed over.
    pub(super) marked: bool,
}

/// The files that mark the root of a repository.
const MARKS: [&str; 4] = ["MODULE.bazel", "REPO.bazel", "WORKSPACE.bazel", "WORKSPACE"];

/// The cases in a folder, or the folder itself if it is one, by name. There are no cases in a case.
pub(super) fn cases(dir: &Path) -> Result<Vec<Found>, (PathBuf, io::Error)> {
    let top = dir.canonicalize().map_err(|cause| (dir.to_path_buf(), cause))?;
    let mut found = Vec::new();
    let mut open = vec![top.clone()];
    while let Some(dir) = open.pop() {
        let entries = read_dir(&dir).map_err(|cause| (dir.clone(), cause))?;
        let has = |names: &[&str]| entries.iter().any(|entry| names.iter().any(|name| entry.file_name() == *name));
        let marked = has(&MARKS);
        if marked || has(&["BUILD.in", "BUILD.out"]) {
            found.push(Found { name: name(&top, &dir), dir, marked });
        } else {
            // The type is that of a link itself, so there are no circles.
            let folders = entries.iter().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
            open.extend(folders.map(fs::DirEntry::path));
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn read_dir(dir: &Path) -> io::Result<Vec<fs::DirEntry>> {
    fs::read_dir(dir)?.collect()
}

fn name(top: &Path, dir: &Path) -> String {
    let rel = dir.strip_prefix(top).unwrap_or(dir);
    let parts: Vec<_> = rel.iter().map(|part| part.to_string_lossy()).collect();
    if parts.is_empty() {
        return dir.file_name().unwrap_or(dir.as_os_str()).to_string_lossy().into_owned();
    }
    parts.join("/")
}
