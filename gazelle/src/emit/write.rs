//! Mode `fix`: BUILD files are written where they belong.

use super::{
    ordinary::{self, File, Metadata},
    scratch::{self, Scratch, Unfinished},
};
use crate::{
    repo::{RepoPath, Repository, Unread, absolute},
    run::{Outcome, OutputFile},
};
use cap_fs_ext::OpenOptionsSyncExt as _;
use cap_std::fs::{Dir, OpenOptions};
use dorcas_host::printable_path;
use rayon::prelude::*;
use std::{
    io::{self, Read as _, Write as _},
    path::PathBuf,
};

/// A BUILD file that could not be written. What stood there before still does.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {cause}", printable_path(path))]
#[non_exhaustive]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub cause: WriteFault,
}

/// Why a BUILD file was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteFault {
    /// Someone has written the file after the run has read it.
    #[error("it was changed while the run went on, and stays as it is now; run again")]
    Changed,
    /// Someone has removed the file after the run has read it.
    #[error("it was removed while the run went on; run again")]
    Removed,
    /// Someone has made the file that the run wants to make.
    #[error("it came there while the run went on, and stays as it is; run again")]
    Appeared,
    /// The file's mode lets nobody write it, or not whoever runs this.
    #[error("it is read-only; make it writable, or leave it out with `# gazelle:ignore`")]
    ReadOnly,
    /// The file is a link that leads out of the repository.
    #[error("it is a link that leads out of the repository")]
    Outside,
    /// A run was killed while it wrote a BUILD file that can't be replaced as a whole.
    #[error(
        "a run was killed when it wrote this BUILD file in place, and here is what stood in it: compare, and remove this copy"
    )]
    Interrupted,
    /// The system refuses.
    #[error("{0}")]
    System(#[from] io::Error),
}

/// Most files that are written at a time: each waits for the disk, and several can wait together.
const WRITERS: usize = 16;

/// Writes the BUILD files that have changed, and returns those that couldn't be written.
///
/// A file is written elsewhere, brought to the disk, and then renamed: whoever looks sees the old content or the new, and
/// nothing in between. One that would lose something by that, an owner or a second name, is written in place. In both cases
/// it keeps its permissions, and a file that isn't what the run has read is left alone.
///
/// Nothing is written outside the repository, even if a directory was replaced by a link in the meantime.
pub fn write(outcome: &Outcome) -> Vec<WriteError> {
    let changed: Vec<_> = outcome.files.iter().filter(|file| file.changed()).collect();
    let opened = Repository::reopen(&outcome.root).and_then(|repo| {
        let root = repo.folder(&RepoPath::root()).map_err(system)?.into_dir();
        Ok((repo, root))
    });
    let (repo, root) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            let failed = |file: &&OutputFile| WriteError {
                path: absolute(&outcome.root, &file.rel),
                cause: io::Error::new(error.kind(), error.to_string()).into(),
            };
            return changed.iter().map(failed).collect();
        }
    };
    let mut failed = scratch::clean(&repo, &root);
    if changed.is_empty() {
        return failed;
    }
    let scratch = Scratch::new(&root);
    let write = |file: &&OutputFile| {
        let written = match &file.old {
            None => create(&repo, file, &scratch),
            Some(old) => replace(&repo, file, old, &scratch),
        };
        written.err().map(|cause| WriteError { path: absolute(&outcome.root, &file.rel), cause })
    };
    let all = || changed.par_iter().filter_map(write).collect::<Vec<_>>();
    let threads = rayon::ThreadPoolBuilder::new().num_threads(WRITERS.min(changed.len())).build();
    failed.extend(threads.map_or_else(|_| all(), |threads| threads.install(all)));
    failed
}

/// Makes a file. One that someone else has made in the meantime is not ours to replace.
fn create(repo: &Repository, file: &OutputFile, scratch: &Scratch<'_>) -> Result<(), WriteFault> {
    let Place { dir, name } = Place::new(repo, &parse(file)?)?;
    let made = ordinary::create_whole(&dir, &name, &file.new).unwrap_or_else(|| {
        let mut temporary = scratch.file()?;
        fill(&mut temporary.file, &file.new)?;
        temporary.link(&dir, &name)
    });
    made.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => WriteFault::Appeared,
        _ => error.into(),
    })
}

/// Puts a content in the place of another.
fn replace(repo: &Repository, file: &OutputFile, old: &[u8], scratch: &Scratch<'_>) -> Result<(), WriteFault> {
    // Where the BUILD file is a symbolic link, what it leads to is meant.
    let real = repo.real(&parse(file)?).map_err(unread)?;
    let place = Place::new(repo, &real)?;
    let (opened, found) = place.check(old)?;
    // A file that this user may not write is not replaced either. The system says so: the superuser may, as in Gazelle.
    let open = place.dir.open_with(&place.name, OpenOptions::new().write(true).nonblock(cfg!(unix)));
    let open = open.map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => WriteFault::ReadOnly,
        _ => gone(error),
    })?;
    if let Some(mut temporary) = stand_in(&opened, &found, scratch)? {
        fill(&mut temporary.file, &file.new)?;
        place.check(old)?;
        match temporary.rename(&place.dir, &place.name) {
            Ok(()) => return Ok(()),
            // Another disk, or a directory in which nothing can be renamed.
            Err(error) if is_no_place(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    overwrite(&place, open.into_std(), old, &file.new, scratch)
}

/// A file that can take the place of another without a loss; `None` if there is none.
fn stand_in(opened: &File, found: &Metadata, scratch: &Scratch<'_>) -> io::Result<Option<Unfinished>> {
    if !ordinary::is_ordinary(opened, found) {
        return Ok(None);
    }
    let temporary = match scratch.file() {
        Ok(temporary) => temporary,
        Err(error) if is_no_place(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    if !ordinary::give(&temporary.file, found) {
        return Ok(None);
    }
    temporary.file.set_permissions(found.permissions())?;
    Ok(Some(temporary))
}

/// Writes a file in place, with a copy of what stands in it elsewhere. Where the disk is full, it gets back what it had.
fn overwrite(place: &Place, mut open: File, old: &[u8], new: &[u8], scratch: &Scratch<'_>) -> Result<(), WriteFault> {
    let copy = match scratch.copy(&place.name, old) {
        Err(error) if is_no_place(&error) => None,
        copy => Some(copy?),
    };
    place.check(old)?;
    if let Err(error) = fill(&mut open, new) {
        let restored = io::Seek::rewind(&mut open).and_then(|()| fill(&mut open, old));
        if restored.is_err()
            && let Some(copy) = copy
        {
            // It is all that there is.
            copy.keep();
        }
        return Err(error.into());
    }
    Ok(())
}

/// Writes a file from its start, so that nothing else is in it, and waits until it is on the disk.
fn fill(file: &mut File, content: &[u8]) -> io::Result<()> {
    file.write_all(content)?;
    file.set_len(content.len() as u64)?;
    file.sync_data()
}

/// A name in a directory of the repository.
struct Place {
    dir: Dir,
    name: String,
}

impl Place {
    fn new(repo: &Repository, path: &RepoPath) -> Result<Self, WriteFault> {
        let (dir, name) = path.split().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(Self { dir: repo.folder(&dir).map_err(unread)?.into_dir(), name: name.to_owned() })
    }

    /// Says whether the file there still is what the run has read.
    fn check(&self, old: &[u8]) -> Result<(File, Metadata), WriteFault> {
        // To open a pipe would wait for someone who writes to it.
        let mut reading = OpenOptions::new();
        reading.read(true).nonblock(cfg!(unix));
        let opened = self.dir.open_with(&self.name, &reading).map_err(gone)?.into_std();
        let found = opened.metadata()?;
        // Whatever else has come there may have no end.
        if !found.is_file() || found.len() != old.len() as u64 {
            return Err(WriteFault::Changed);
        }
        let mut now = Vec::with_capacity(old.len());
        (&opened).take(old.len() as u64 + 1).read_to_end(&mut now)?;
        if now == old { Ok((opened, found)) } else { Err(WriteFault::Changed) }
    }
}

fn parse(file: &OutputFile) -> io::Result<RepoPath> {
    RepoPath::parse(&file.rel).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error.to_string()))
}

fn unread(error: Unread) -> WriteFault {
    match error {
        Unread::LeadsOut => WriteFault::Outside,
        Unread::System(error) => gone(error),
        error => io::Error::other(error.to_string()).into(),
    }
}

fn system(error: Unread) -> io::Error {
    match error {
        Unread::System(error) => error,
        error => io::Error::other(error.to_string()),
    }
}

fn gone(error: io::Error) -> WriteFault {
    if error.kind() == io::ErrorKind::NotFound { WriteFault::Removed } else { error.into() }
}

/// Whether an error means that there is no room for a file of ours, or no way from there.
fn is_no_place(error: &io::Error) -> bool {
    use io::ErrorKind::{CrossesDevices, PermissionDenied, ReadOnlyFilesystem};
    matches!(error.kind(), CrossesDevices | PermissionDenied | ReadOnlyFilesystem)
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
        assert_eq!(
            failed[0].to_string(),
            format!(
                "cannot write {}: it came there while the run went on, and stays as it is; run again",
                path.display()
            )
        );
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
        assert!(
            matches!(&write(&outcome(&gone, None, "ours"))[0].cause, WriteFault::System(error) if error.kind() == io::ErrorKind::NotFound)
        );
    }

    #[test]
    fn what_was_written_in_between_is_kept() {
        for (now, said) in [
            (Some("edited"), "it was changed while the run went on, and stays as it is now; run again"),
            (Some("new"), "it was changed while the run went on, and stays as it is now; run again"),
            (None, "it was removed while the run went on; run again"),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("BUILD.bazel");
            if let Some(now) = now {
                fs::write(&path, now).unwrap();
            }
            let failed = write(&outcome(dir.path(), Some("old"), "new!"));
            assert_eq!(failed[0].to_string(), format!("cannot write {}: {said}", path.display()));
            assert_eq!(fs::read_to_string(&path).ok().as_deref(), now);
            assert_eq!(names(dir.path()).len(), usize::from(now.is_some()));
        }
    }

    #[test]
    fn a_file_that_this_user_may_not_write_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("BUILD.bazel");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o444)).unwrap();
        // The superuser may write it.
        let may_write = fs::OpenOptions::new().write(true).open(&path).is_ok();
        let failed: Vec<_> = write(&outcome(dir.path(), Some("old"), "new")).iter().map(ToString::to_string).collect();
        let said = "it is read-only; make it writable, or leave it out with `# gazelle:ignore`";
        let error = format!("cannot write {}: {said}", path.display());
        assert_eq!(failed, if may_write { vec![] } else { vec![error] });
        assert_eq!(fs::read_to_string(&path).unwrap(), if may_write { "new" } else { "old" });
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o444);
    }

    #[test]
    fn a_file_with_two_names_keeps_them() {
        for (old, new) in [("old\n", "a longer one\n"), ("a longer one\n", "new\n")] {
            let dir = tempfile::tempdir().unwrap();
            let (path, second) = (dir.path().join("BUILD.bazel"), dir.path().join("second"));
            fs::write(&path, old).unwrap();
            fs::hard_link(&path, &second).unwrap();
            assert!(write(&outcome(dir.path(), Some(old), new)).is_empty());
            for path in [path, second] {
                assert_eq!(fs::read_to_string(path).unwrap(), new);
            }
            assert_eq!(names(dir.path()).len(), 2);
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_keeps_its_attributes_and_its_owner() {
        use rustix::fs::{XattrFlags, getxattr, setxattr};
        use std::os::unix::fs::{MetadataExt as _, chown};
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("BUILD.bazel");
        fs::write(&path, "old").unwrap();
        // Where these are not to be had, there is nothing to keep.
        let has_attribute = setxattr(&path, "user.mine", b"1", XattrFlags::empty()).is_ok();
        let _ = chown(&path, Some(1234), Some(2345));
        let owner = |path: &Path| (path.metadata().unwrap().uid(), path.metadata().unwrap().gid());
        let before = owner(&path);
        for (old, new) in [("old", "new"), ("new", "newer")] {
            assert!(write(&outcome(dir.path(), Some(old), new)).is_empty());
            assert_eq!((fs::read_to_string(&path).unwrap().as_str(), owner(&path)), (new, before));
            if has_attribute && old == "old" {
                assert_eq!(getxattr(&path, "user.mine", &mut [0; 8][..]), Ok(1));
                rustix::fs::removexattr(&path, "user.mine").unwrap();
            }
        }
    }

    #[test]
    fn a_link_out_of_the_repository_is_left() {
        let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let target = outside.path().join("real");
        fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, dir.path().join("BUILD.bazel")).unwrap();
        let root = dir.path().canonicalize().unwrap();
        let failed = write(&outcome(&root, Some("old"), "new"));
        assert!(matches!(failed[0].cause, WriteFault::Outside));
        assert_eq!(fs::read_to_string(&target).unwrap(), "old");
    }

    #[test]
    fn what_a_killed_run_has_left_goes_and_what_a_living_one_needs_stays() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("BUILD.bazel"), "old").unwrap();
        let left = dir.path().join(".dorcas-aB3dE6.tmp");
        fs::create_dir(&left).unwrap();
        fs::write(left.join(".tmpXYZ"), "half").unwrap();
        // Of others, whatever they are called.
        let others = dir.path().join(".dorcas-mine.tmp.txt");
        fs::create_dir(&others).unwrap();
        std::os::unix::fs::symlink(&others, dir.path().join(".dorcas-bB3dE6.tmp")).unwrap();
        let root = Dir::open_ambient_dir(dir.path(), cap_std::ambient_authority()).unwrap();
        let ours = || names(dir.path()).into_iter().filter(|name| name.starts_with(".dorcas-") && name.len() == 24);
        let scratch = Scratch::new(&root);
        let file = scratch.file().unwrap();
        let own = dir.path().join(ours().next().unwrap());
        let hidden = ["BUILD.bazel", ".gitignore"].map(|name| fs::read_to_string(own.join(name)).unwrap());
        assert_eq!(hidden, ["", "*\n"]);
        assert!(write(&outcome(dir.path(), Some("old"), "new")).is_empty());
        assert!(!left.exists() && others.exists() && names(&own).len() == 3);
        drop((file, scratch));
        assert_eq!(ours().count(), 0);
        // Without anything to write the same.
        fs::create_dir(&left).unwrap();
        assert!(write(&Outcome { root: dir.path().into(), ..Outcome::default() }).is_empty());
        assert!(!left.exists());
    }

    #[test]
    fn what_may_be_all_that_is_left_of_a_file_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let left = dir.path().join(".dorcas-aB3dE6.tmp");
        fs::create_dir(&left).unwrap();
        let copy = left.join("BUILD.bazelaBcDeF.was");
        fs::write(&copy, "all").unwrap();
        let failed = write(&Outcome { root: dir.path().into(), ..Outcome::default() });
        assert!(matches!(failed[0].cause, WriteFault::Interrupted) && failed[0].path == copy && copy.exists());
    }
}
