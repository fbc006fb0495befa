//! Mode `fix`: BUILD files are written where they belong.

use crate::{
    repo::{RepoPath, Repository, Unread, absolute},
    run::{Outcome, OutputFile},
};
use cap_std::fs::{Dir, OpenOptions};
use rayon::prelude::*;
use std::{
    io::{self, Write as _},
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

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
///
/// Nothing is written outside the repository, even if a directory was replaced by a link in the meantime.
pub fn write(outcome: &Outcome) -> Vec<WriteError> {
    let repo = Repository::reopen(&outcome.root);
    let changed: Vec<_> = outcome.files.iter().filter(|file| file.changed()).collect();
    let failed = changed.par_iter().filter_map(|file| {
        let written = match &repo {
            Ok(repo) => replace(repo, file),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        };
        written.err().map(|cause| WriteError { path: absolute(&outcome.root, &file.rel), cause })
    });
    failed.collect()
}

fn replace(repo: &Repository, file: &OutputFile) -> io::Result<()> {
    let is_new = file.old.is_none();
    let path =
        RepoPath::parse(&file.rel).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error.to_string()))?;
    // Where the BUILD file is a symbolic link, what it leads to is meant.
    let path = if is_new { path } else { repo.real(&path).map_err(system)? };
    let (dir, name) = path.split().ok_or(io::ErrorKind::InvalidInput)?;
    let dir = repo.folder(&dir).map_err(system)?.into_dir();
    let mut temporary = Temporary::new(&dir)?;
    temporary.file.write_all(&file.new)?;
    if is_new {
        // A file that someone else has made in the meantime is not ours to replace.
        dir.hard_link(&temporary.name, &dir, name)
    } else {
        temporary.file.set_permissions(dir.metadata(name)?.permissions())?;
        dir.rename(&temporary.name, &dir, name)
    }
}

fn system(error: Unread) -> io::Error {
    match error {
        Unread::System(error) => error,
        error => io::Error::other(error.to_string()),
    }
}

/// A new file with the permissions of any other, which is removed if it still has its name in the end.
struct Temporary<'a> {
    dir: &'a Dir,
    name: String,
    file: cap_std::fs::File,
}

impl<'a> Temporary<'a> {
    fn new(dir: &'a Dir) -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        loop {
            let name = format!(".dorcas-{}-{}.tmp", std::process::id(), NEXT.fetch_add(1, Relaxed));
            match dir.open_with(&name, &options) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                file => return file.map(|file| Self { dir, name, file }),
            }
        }
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        // It is gone if it was renamed.
        let _ = self.dir.remove_file(&self.name);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::{
        fs::{self, Permissions},
        os::unix::fs::PermissionsExt as _,
        path::Path,
    };

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
    fn nothing_is_written_outside() {
        let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("BUILD.bazel"), "old").unwrap();
        fs::write(outside.path().join("real"), "old").unwrap();
        let link = |target: &Path, name: &str| std::os::unix::fs::symlink(target, dir.path().join(name)).unwrap();
        link(outside.path(), "away");
        link(&outside.path().join("real"), "BUILD.bazel");
        fs::create_dir(dir.path().join("a")).unwrap();
        for rel in ["away/BUILD.bazel", "away/new", "BUILD.bazel", "../new", "a/../../new", "/new", "a//new", "a/", ""]
        {
            for old in [None, Some("old".into())] {
                let file = OutputFile { rel: rel.into(), old, new: "ours".into() };
                let root = dir.path().canonicalize().unwrap();
                let outcome = Outcome { root, files: vec![file], ..Outcome::default() };
                assert_eq!(write(&outcome).len(), 1, "{rel}");
            }
        }
        assert_eq!(names(outside.path()).len(), 2);
        for name in ["BUILD.bazel", "real"] {
            assert_eq!(fs::read_to_string(outside.path().join(name)).unwrap(), "old");
        }
        assert_eq!(names(&dir.path().join("a")), [""; 0]);
        assert!(dir.path().join("BUILD.bazel").is_symlink());
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
