//! Mode `fix`: BUILD files are written where they belong.

use crate::run::{Outcome, OutputFile};
use rayon::prelude::*;
use std::{
    fs::{self, Permissions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;

/// A BUILD file that could not be written. What stood there before still does.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {cause}", path.display())]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    pub cause: io::Error,
}

/// Writes the BUILD files that have changed, and returns those that couldn't be written.
///
/// A file is written under another name in its directory and then renamed: whoever looks sees the old content or
/// the new, and nothing in between. An existing file keeps its permissions.
pub fn write(outcome: &Outcome) -> Vec<WriteError> {
    let changed: Vec<_> = outcome.files.iter().filter(|file| file.changed()).collect();
    let failed = changed.par_iter().filter_map(|file| {
        let path = outcome.root.join(&file.rel);
        replace(&path, file).err().map(|cause| WriteError { path, cause })
    });
    failed.collect()
}

fn replace(path: &Path, file: &OutputFile) -> io::Result<()> {
    let is_new = file.old.is_none();
    // Where the BUILD file is a symbolic link, what it leads to is meant.
    let target = if is_new { path.to_path_buf() } else { path.canonicalize()? };
    let dir = target.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".dorcas-").suffix(".tmp");
    let mut temporary = create(&mut builder, dir)?;
    temporary.write_all(&file.new)?;
    if is_new {
        // A file that someone else has made in the meantime is not ours to replace.
        temporary.persist_noclobber(&target).map_err(|error| error.error)?;
    } else {
        fs::set_permissions(temporary.path(), fs::metadata(&target)?.permissions())?;
        temporary.persist(&target).map_err(|error| error.error)?;
    }
    Ok(())
}

/// A temporary file with the permissions of any other new file.
fn create(builder: &mut tempfile::Builder<'_, '_>, dir: &Path) -> io::Result<NamedTempFile> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(Permissions::from_mode(0o666));
    }
    builder.tempfile_in(dir)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn outcome(root: &Path, old: Option<&str>, new: &str) -> Outcome {
        let file = OutputFile { rel: "BUILD.bazel".into(), old: old.map(Into::into), new: new.into() };
        Outcome { root: root.into(), files: vec![file], ..Outcome::default() }
    }

    fn names(dir: &Path) -> Vec<String> {
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_new_file_is_like_any_other() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("other"), "").unwrap();
        assert!(write(&outcome(dir.path(), None, "a()\n")).is_empty());
        let mode = |name: &str| dir.path().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode("BUILD.bazel"), mode("other"));
        assert_eq!(fs::read_to_string(dir.path().join("BUILD.bazel")).unwrap(), "a()\n");
        assert_eq!(names(dir.path()).len(), 2);
    }

    #[test]
    fn an_existing_file_keeps_its_permissions() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("BUILD.bazel");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert!(write(&outcome(dir.path(), Some("old"), "new")).is_empty());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_link_stays_a_link() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("real"), "old").unwrap();
        std::os::unix::fs::symlink("real", dir.path().join("BUILD.bazel")).unwrap();
        assert!(write(&outcome(dir.path(), Some("old"), "new")).is_empty());
        assert!(dir.path().join("BUILD.bazel").is_symlink());
        assert_eq!(fs::read_to_string(dir.path().join("real")).unwrap(), "new");
    }

    #[test]
    fn a_file_that_came_in_between_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("BUILD.bazel");
        fs::write(&path, "someone else's").unwrap();
        let failed = write(&outcome(dir.path(), None, "ours"));
        assert_eq!(failed[0].to_string(), format!("cannot write {}: File exists (os error 17)", path.display()));
        assert_eq!(fs::read_to_string(&path).unwrap(), "someone else's");
        assert_eq!(names(dir.path()), ["BUILD.bazel"]);
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("BUILD.bazel")).unwrap();
        assert_eq!(write(&outcome(dir.path(), None, "ours")).len(), 1);
        assert_eq!(names(dir.path()), ["BUILD.bazel"]);
        let gone = dir.path().join("gone");
        assert_eq!(write(&outcome(&gone, None, "ours"))[0].cause.kind(), io::ErrorKind::NotFound);
    }
}
