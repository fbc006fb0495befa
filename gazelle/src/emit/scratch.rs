//! Where do files stand that are not finished?
//!
//! In a directory of their own at the root of the repository, which goes when the run has written all. A run that is killed
//! leaves it, and nobody takes notice:
//!
//! | who | why |
//! |---|---|
//! | Git | its `.gitignore` leaves out all that is in it |
//! | Bazel's `glob` | it is a package, and `glob` does not go into packages |
//! | languages | the walk leaves it out by its name |
//! | the next run that writes | it removes each directory of this kind that no run holds a lock on |

use super::{
    ordinary::File,
    write::{WriteError, WriteFault},
};
use crate::{
    repo::{Repository, absolute},
    walk::{SCRATCH_PREFIX, SCRATCH_SUFFIX, is_scratch},
};
use cap_std::fs::{Dir, OpenOptions};
use std::{
    io::{self, Write as _},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

/// What makes a directory ours, and Git pass it over.
const IGNORE: (&str, &str) = (".gitignore", "*\n");
/// What makes it a package.
const PACKAGE: &str = "BUILD.bazel";
/// How the name of a copy ends that may be all that is left of a BUILD file.
const COPY_SUFFIX: &str = ".was";
/// How often a directory is made anew that another run has taken for one that nobody holds.
const TRIES: usize = 8;

static NEXT: AtomicU64 = AtomicU64::new(0);

/// The directory of a run, made when the first file needs it.
pub(super) struct Scratch<'r> {
    root: &'r Dir,
    held: Mutex<Option<Held>>,
}

/// A directory that nobody else may remove.
struct Held {
    name: String,
    dir: Dir,
    _lock: Lock,
}

/// A file in it, which goes when this is dropped.
pub(super) struct Unfinished {
    dir: Dir,
    name: String,
    pub(super) file: File,
    is_kept: bool,
}

impl<'r> Scratch<'r> {
    pub(super) fn new(root: &'r Dir) -> Self {
        Self { root, held: Mutex::default() }
    }

    /// A file with the permissions of any other new file.
    pub(super) fn file(&self) -> io::Result<Unfinished> {
        self.named("")
    }

    /// A copy of a BUILD file that is about to be written in place. Whoever finds it after a run was killed needs it.
    pub(super) fn copy(&self, name: &str, content: &[u8]) -> io::Result<Unfinished> {
        let mut copy = self.named(&format!("-{name}{COPY_SUFFIX}"))?;
        copy.file.write_all(content)?;
        copy.file.sync_data()?;
        Ok(copy)
    }

    fn named(&self, suffix: &str) -> io::Result<Unfinished> {
        let dir = self.dir()?;
        let name = format!("{}{suffix}", NEXT.fetch_add(1, Relaxed));
        let file = dir.open_with(&name, OpenOptions::new().write(true).create_new(true))?.into_std();
        Ok(Unfinished { dir, name, file, is_kept: false })
    }

    fn dir(&self) -> io::Result<Dir> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = &*held {
            return held.dir.try_clone();
        }
        let mut tries = 0;
        let made = loop {
            let name =
                format!("{SCRATCH_PREFIX}{:08x}{:04x}{SCRATCH_SUFFIX}", std::process::id(), NEXT.fetch_add(1, Relaxed));
            match make(self.root, &name) {
                Ok(made) => break made,
                Err(error) if tries < TRIES && is_taken(&error) => tries += 1,
                Err(error) => return Err(error),
            }
        };
        held.insert(made).dir.try_clone()
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        let held = self.held.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Held { name, dir, _lock }) = held
            && copies_in(&dir).is_ok_and(|copies| copies.is_empty())
        {
            // What can't be removed now the next run removes.
            let _ = remove(self.root, &name, &dir);
        }
    }
}

impl Unfinished {
    /// Takes the place of a file.
    pub(super) fn rename(mut self, dir: &Dir, name: &str) -> io::Result<()> {
        self.dir.rename(&self.name, dir, name)?;
        self.is_kept = true;
        Ok(())
    }

    /// Gets a name that nothing has.
    pub(super) fn link(&self, dir: &Dir, name: &str) -> io::Result<()> {
        self.dir.hard_link(&self.name, dir, name)
    }

    /// Leaves the file.
    pub(super) fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_kept {
            // What can't be removed now goes with the directory.
            let _ = self.dir.remove_file(&self.name);
        }
    }
}

fn make(root: &Dir, name: &str) -> io::Result<Held> {
    root.create_dir(name)?;
    let dir = root.open_dir(name)?;
    let lock = hold(&dir)?;
    dir.write(IGNORE.0, IGNORE.1)?;
    dir.write(PACKAGE, "")?;
    Ok(Held { name: name.into(), dir, _lock: lock })
}

/// Whether another run has the name, or has removed what had it.
fn is_taken(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound | io::ErrorKind::WouldBlock)
}

/// Removes what runs have left that are no more, and says what is left of a BUILD file.
pub(super) fn clean(repo: &Repository, root: &Dir) -> Vec<WriteError> {
    let mut copies = Vec::new();
    let Ok(entries) = root.entries() else { return copies };
    for entry in entries.flatten() {
        let Some(name) = entry.file_name().to_str().filter(|name| is_scratch(name)).map(String::from) else { continue };
        if !entry.file_type().is_ok_and(|ty| ty.is_dir()) {
            continue;
        }
        let Ok(dir) = root.open_dir(&name) else { continue };
        let Ok(_lock) = hold(&dir) else { continue };
        match copies_in(&dir) {
            Ok(found) if found.is_empty() => {
                // Another run may be faster.
                let _ = remove(root, &name, &dir);
            }
            Ok(found) => copies.extend(found.into_iter().map(|copy| {
                let path = absolute(repo.path(), &format!("{name}/{copy}"));
                WriteError { path, cause: WriteFault::Interrupted }
            })),
            Err(_) => {}
        }
    }
    copies
}

fn copies_in(dir: &Dir) -> io::Result<Vec<String>> {
    let mut copies = Vec::new();
    for entry in dir.entries()? {
        if let Ok(name) = entry?.file_name().into_string()
            && name.ends_with(COPY_SUFFIX)
        {
            copies.push(name);
        }
    }
    copies.sort();
    Ok(copies)
}

/// Removes a directory with the files in it. What hides it goes last, so that it is hidden as long as it is there.
fn remove(root: &Dir, name: &str, dir: &Dir) -> io::Result<()> {
    for entry in dir.entries()? {
        let name = entry?.file_name();
        if name != IGNORE.0 && name != PACKAGE {
            dir.remove_file(&name)?;
        }
    }
    for name in [PACKAGE, IGNORE.0] {
        match dir.remove_file(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    root.remove_dir(name)
}

#[cfg(unix)]
type Lock = std::os::fd::OwnedFd;
#[cfg(not(unix))]
type Lock = ();

/// Holds a lock on a directory as long as the result lives.
#[cfg(unix)]
fn hold(dir: &Dir) -> io::Result<Lock> {
    use rustix::fs::{FlockOperation, Mode, OFlags, flock, openat};
    // A handle that only names the directory takes no lock.
    let open = openat(dir, ".", OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    flock(&open, FlockOperation::NonBlockingLockExclusive)?;
    Ok(open)
}

/// Where directories have no locks, one that nobody uses is known by its age.
#[cfg(not(unix))]
fn hold(dir: &Dir) -> io::Result<Lock> {
    const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);
    let made = dir.metadata(IGNORE.0).and_then(|found| found.modified());
    let is_young = made.is_ok_and(|made| made.into_std().elapsed().is_ok_and(|age| age < DAY));
    if is_young { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
}
