//! What does a case say?

use super::{confine, find::Found};
use crate::bounded;
use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

/// A repository before a run, and what should become of it.
#[derive(Default)]
pub(super) struct Case {
    pub(super) dir: PathBuf,
    pub(super) arguments: Vec<String>,
    /// The files before the run, later ones over earlier ones.
    pub(super) before: Vec<File>,
    /// Links to folders, and where they lead.
    pub(super) links: Vec<(PathBuf, PathBuf)>,
    /// The files after it.
    pub(super) after: Vec<Expected>,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    /// None where the case doesn't say it.
    pub(super) exit_code: Option<Vec<u8>>,
    /// Bytes of its files.
    bytes: u64,
}

/// A file of the repository, by its path from the root.
pub(super) struct File {
    pub(super) rel: PathBuf,
    pub(super) bytes: Vec<u8>,
}

/// A file as it should be, and the file of the case that says so.
pub(super) struct Expected {
    pub(super) file: File,
    pub(super) said_by: PathBuf,
}

pub(super) const STDOUT: &str = "expectedStdout.txt";
pub(super) const STDERR: &str = "expectedStderr.txt";
pub(super) const EXIT_CODE: &str = "expectedExitCode.txt";
const ARGUMENTS: &str = "arguments.txt";

/// Most bytes of a file of a case, and of all of them.
const FILE_BYTES: u64 = 64 << 20;
const CASE_BYTES: u64 = 512 << 20;

/// A case that can't be run.
#[derive(Debug, thiserror::Error)]
pub(super) enum CaseError {
    #[error(
        "there is a BUILD.in or BUILD.out here, but no MODULE.bazel, REPO.bazel, WORKSPACE.bazel or WORKSPACE file"
    )]
    Unmarked,
    #[error("can't read {}: {cause}", path.display())]
    Read { path: PathBuf, cause: io::Error },
    #[error("{} is neither a file nor a folder", path.display())]
    Kind { path: PathBuf },
    #[error("the link {} leads to a folder outside the case", path.display())]
    LeadsOut { path: PathBuf },
    #[error("{} has more than {limit} bytes", path.display())]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("with {} the files of the case have more than {limit} bytes together", path.display())]
    TooMuch { path: PathBuf, limit: u64 },
    #[error(
        "{ARGUMENTS} has --{flag}, which no case may have: it may have {}, and flags of guests",
        confine::allowed()
    )]
    Flag { flag: String },
    #[error("{ARGUMENTS} isn't UTF-8")]
    Arguments,
    #[error("can't run it: {cause}")]
    Play { cause: io::Error },
    #[error("can't write {}: {cause}", path.display())]
    Write { path: PathBuf, cause: io::Error },
}

impl CaseError {
    /// The file of the case that it is about; empty where it is the case itself.
    pub(super) fn file(&self) -> String {
        match self {
            Self::Arguments | Self::Flag { .. } => ARGUMENTS.into(),
            Self::Read { path, .. }
            | Self::Kind { path }
            | Self::LeadsOut { path }
            | Self::TooLarge { path, .. }
            | Self::TooMuch { path, .. }
            | Self::Write { path, .. } => path.display().to_string(),
            Self::Unmarked | Self::Play { .. } => String::new(),
        }
    }
}

impl Case {
    pub(super) fn read(found: &Found) -> Result<Self, CaseError> {
        if !found.marked {
            return Err(CaseError::Unmarked);
        }
        let mut case = Self { dir: found.dir.clone(), ..Self::default() };
        case.folder(Path::new(""))?;
        Ok(case)
    }

    fn folder(&mut self, rel: &Path) -> Result<(), CaseError> {
        let unreadable = |path: &Path, cause| CaseError::Read { path: path.into(), cause };
        let entries = fs::read_dir(self.dir.join(rel)).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = entries.map_err(|cause| unreadable(rel, cause))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let rel = rel.join(entry.file_name());
            let kind = entry.file_type().map_err(|cause| unreadable(&rel, cause))?;
            // What a link leads to counts, and reading anything but a file might never end.
            let meant = fs::metadata(entry.path()).map_err(|cause| unreadable(&rel, cause))?;
            if meant.is_file() {
                let bytes = bounded::read(&entry.path(), FILE_BYTES).map_err(|cause| match cause {
                    bounded::Unread::System(cause) => unreadable(&rel, cause),
                    bounded::Unread::TooLarge { limit } => CaseError::TooLarge { path: rel.clone(), limit },
                })?;
                self.bytes += bytes.len() as u64;
                if self.bytes > CASE_BYTES {
                    return Err(CaseError::TooMuch { path: rel, limit: CASE_BYTES });
                }
                self.file(File { rel, bytes })?;
            } else if !meant.is_dir() {
                return Err(CaseError::Kind { path: rel });
            } else if kind.is_symlink() {
                self.link(rel)?;
            } else {
                self.folder(&rel)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, file: File) -> Result<(), CaseError> {
        match file.rel.to_str() {
            Some(ARGUMENTS) => {
                let text = String::from_utf8(file.bytes).map_err(|_| CaseError::Arguments)?;
                self.arguments = text.trim().lines().map(str::to_owned).collect();
            }
            Some(STDOUT) => self.stdout = file.bytes,
            Some(STDERR) => self.stderr = file.bytes,
            Some(EXIT_CODE) => self.exit_code = Some(file.bytes),
            _ => {
                let said_by = file.rel.clone();
                let bazel = || file.rel.with_extension("bazel");
                match file.rel.extension().and_then(|extension| extension.to_str()) {
                    Some("in") => self.before.push(File { rel: bazel(), ..file }),
                    Some("out") => self.after.push(Expected { file: File { rel: bazel(), ..file }, said_by }),
                    _ => {
                        self.before.push(File { rel: said_by.clone(), bytes: file.bytes.clone() });
                        self.after.push(Expected { file, said_by });
                    }
                }
            }
        }
        Ok(())
    }

    /// A link to a folder stays one. It may not lead out: the run would write there.
    fn link(&mut self, rel: PathBuf) -> Result<(), CaseError> {
        let path = self.dir.join(&rel);
        let unreadable = |cause| CaseError::Read { path: rel.clone(), cause };
        let target = fs::read_link(&path).map_err(unreadable)?;
        let end = path.canonicalize().map_err(unreadable)?;
        if !stays_in(&rel, &target) || !end.starts_with(&self.dir) {
            return Err(CaseError::LeadsOut { path: rel });
        }
        self.links.push((rel, target));
        Ok(())
    }
}

/// Whether a link's text leads to no place outside even on the way: the copy of the case stands elsewhere.
fn stays_in(link: &Path, target: &Path) -> bool {
    let mut depth = link.components().count() - 1;
    target.components().all(|part| match part {
        Component::CurDir => true,
        Component::Normal(_) => {
            depth += 1;
            true
        }
        Component::ParentDir => depth.checked_sub(1).is_some_and(|above| {
            depth = above;
            true
        }),
        Component::RootDir | Component::Prefix(_) => false,
    })
}
