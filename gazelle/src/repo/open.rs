//! How is something below the root opened?
//!
//! From a handle of the root, and nowhere else in this crate: a link is followed where it stays inside, and the system
//! itself refuses one that leads out, so that a link which is put in place at the last moment leads nowhere either.

use super::RepoPath;
use crate::{RunError, error::Cause};
use cap_fs_ext::OpenOptionsSyncExt as _;
use cap_std::{
    ambient_authority,
    fs::{Dir, FileType, Metadata, OpenOptions},
};
use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// Most bytes of a BUILD file, and of any other text that says how a run goes.
pub(crate) const TEXT_BYTES: u64 = 16 << 20;

/// A repository that was opened.
#[derive(Debug)]
pub(crate) struct Repository {
    /// Its absolute path, without symbolic links.
    path: PathBuf,
    root: Dir,
}

/// A directory of a repository that was opened.
#[derive(Debug)]
pub(crate) struct Folder(Dir);

/// A regular file that was opened.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) file: File,
    pub(crate) about: Metadata,
}

/// What a directory has in it.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) name: OsString,
    /// What it is itself: a link is a link.
    pub(crate) ty: FileType,
}

/// Why something of a repository can't be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unread {
    #[error("{0}")]
    System(#[from] io::Error),
    #[error("it is a link that leads out of the repository")]
    LeadsOut,
    #[error("it is not a regular file")]
    NotAFile,
    #[error("it has {size} bytes, the limit is {limit}")]
    TooLarge { size: u64, limit: u64 },
}

impl Unread {
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::System(error) if error.kind() == io::ErrorKind::NotFound)
    }

    /// The same about a file that a directory's rules depend on.
    pub(crate) fn into_cause(self, path: String) -> Cause {
        match self {
            Self::System(cause) => Cause::Read { path, cause },
            Self::LeadsOut => Cause::LeadsOut { path },
            Self::NotAFile => Cause::NotAFile { path },
            Self::TooLarge { size, limit } => Cause::FileTooLarge { path, size, limit },
        }
    }
}

impl Repository {
    /// Opens a repository. Its root may itself be a link.
    pub(crate) fn open(path: &Path) -> Result<Self, RunError> {
        let unreadable = |cause| RunError::UnreadableRepository { path: path.into(), cause };
        let real = path.canonicalize().map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound => RunError::NoRepository { path: path.into() },
            _ => unreadable(cause),
        })?;
        if !real.is_dir() {
            return Err(RunError::NotADirectory { path: path.into() });
        }
        let repo = Self::reopen(&real).map_err(unreadable)?;
        repo.root.entries().map_err(unreadable)?;
        Ok(repo)
    }

    /// Opens it again, by its path without symbolic links.
    pub(crate) fn reopen(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.into(), root: Dir::open_ambient_dir(path, ambient_authority())? })
    }

    /// Its absolute path, without symbolic links.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A path of the repository as the system has it, for people.
    pub(crate) fn shown(&self, path: &RepoPath) -> PathBuf {
        absolute(&self.path, path.as_str())
    }

    /// Where a path leads, without symbolic links.
    pub(crate) fn real(&self, path: &RepoPath) -> Result<RepoPath, Unread> {
        let real = absolute(&self.path, path.as_str()).canonicalize()?;
        self.inside(&real)
    }

    /// An absolute path without symbolic links as one of the repository.
    pub(crate) fn inside(&self, real: &Path) -> Result<RepoPath, Unread> {
        let below = real.strip_prefix(&self.path).map_err(|_| Unread::LeadsOut)?;
        let not_utf8 = || io::Error::new(io::ErrorKind::InvalidData, "its path is not UTF-8");
        let parts: Option<Vec<_>> = below.iter().map(|part| part.to_str()).collect();
        let text = parts.ok_or_else(not_utf8)?.join("/");
        RepoPath::parse(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()).into())
    }

    /// A directory of the repository.
    pub(crate) fn folder(&self, path: &RepoPath) -> Result<Folder, Unread> {
        self.following(path, |path| self.root.open_dir(path)).map(Folder)
    }

    /// What is in a directory, in no order.
    pub(crate) fn list(&self, path: &RepoPath) -> Result<Vec<Item>, Unread> {
        let entries = self.following(path, |path| self.root.read_dir(path))?;
        let items =
            entries.map(|entry| entry.and_then(|entry| Ok(Item { ty: entry.file_type()?, name: entry.file_name() })));
        Ok(items.collect::<io::Result<_>>()?)
    }

    /// What the system says of what a path leads to.
    pub(crate) fn metadata(&self, path: &RepoPath) -> Result<Metadata, Unread> {
        self.following(path, |path| self.root.metadata(path))
    }

    /// A regular file.
    pub(crate) fn file(&self, path: &RepoPath) -> Result<Opened, Unread> {
        self.following(path, |path| self.root.open_with(path, &reading())).and_then(Opened::new)
    }

    /// All of a regular file.
    pub(crate) fn read(&self, path: &RepoPath, limit: u64) -> Result<Vec<u8>, Unread> {
        self.file(path)?.read(limit)
    }

    /// All of a regular file of text. What isn't UTF-8 becomes replacement characters: it is in comments, or in names that no
    /// language can be told of.
    pub(crate) fn read_text(&self, path: &RepoPath) -> Result<String, Unread> {
        let content = self.read(path, TEXT_BYTES)?;
        Ok(String::from_utf8(content).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// Opens a path; where a link on it names a place from the root of the system, that place, if it is inside.
    fn following<T>(&self, path: &RepoPath, open: impl Fn(&Path) -> io::Result<T>) -> Result<T, Unread> {
        match open(in_root(path)) {
            Ok(opened) => Ok(opened),
            Err(error) if leads_out(&error) => {
                // Whether there is anything out there is not told either.
                let real = self.real(path).map_err(|_| Unread::LeadsOut)?;
                open(in_root(&real)).map_err(|error| if leads_out(&error) { Unread::LeadsOut } else { error.into() })
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Folder {
    /// A handle by which something can be written here, and nowhere else.
    pub(crate) fn into_dir(self) -> Dir {
        self.0
    }

    /// A regular file of the directory, which is no link.
    pub(crate) fn file(&self, name: &RepoPath) -> Result<Opened, Unread> {
        Opened::new(self.0.open_with(in_root(name), &reading())?)
    }

    /// What the system says of something in the directory, which is no link.
    pub(crate) fn metadata(&self, name: &RepoPath) -> Result<Metadata, Unread> {
        Ok(self.0.symlink_metadata(in_root(name))?)
    }
}

impl Opened {
    fn new(file: cap_std::fs::File) -> Result<Self, Unread> {
        let file = file.into_std();
        // Asked of what was opened, not of its name.
        let about = Metadata::from_file(&file)?;
        if about.is_file() { Ok(Self { file, about }) } else { Err(Unread::NotAFile) }
    }

    /// All that is in it.
    fn read(self, limit: u64) -> Result<Vec<u8>, Unread> {
        let size = self.about.len();
        if size > limit {
            return Err(Unread::TooLarge { size, limit });
        }
        let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        // It may have grown since.
        self.file.take(limit + 1).read_to_end(&mut content)?;
        let size = content.len() as u64;
        if size > limit { Err(Unread::TooLarge { size, limit }) } else { Ok(content) }
    }
}

/// A path of a repository as the system has it, for people.
pub(crate) fn absolute(root: &Path, path: &str) -> PathBuf {
    root.join(path)
}

fn in_root(path: &RepoPath) -> &Path {
    Path::new(if path.is_root() { "." } else { path.as_str() })
}

/// To open a pipe would wait for someone who writes to it.
fn reading() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).nonblock(cfg!(unix));
    options
}

/// Whether an error says that a path has led out. It comes from the library, not from the system.
fn leads_out(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}
