//! Which files of a directory can be read?

use crate::{
    repo::{Folder, Opened, RepoPath, Repository, Unread},
    trace::Entry,
    walk::Directory,
};
use cap_std::fs::Metadata;
use std::io;

/// The files of a directory, which is opened for the first of them.
pub(super) struct Sources<'a> {
    pub(super) dir: &'a Directory,
    repo: &'a Repository,
    folder: Option<Folder>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(repo: &'a Repository, dir: &'a Directory) -> Self {
        Self { dir, repo, folder: None }
    }

    pub(super) fn open(&mut self, entry: &Entry) -> Result<Opened, Unread> {
        match direct(entry) {
            Some(name) => self.folder()?.file(&name),
            None => self.repo.file(&place(self.dir, entry)?),
        }
    }

    pub(super) fn metadata(&mut self, entry: &Entry) -> Result<Metadata, Unread> {
        match direct(entry) {
            Some(name) => self.folder()?.metadata(&name),
            None => self.repo.metadata(&place(self.dir, entry)?),
        }
    }

    fn folder(&mut self) -> Result<&Folder, Unread> {
        let folder = match self.folder.take() {
            Some(folder) => folder,
            None => self.repo.folder(&self.dir.real)?,
        };
        Ok(self.folder.insert(folder))
    }
}

/// What languages want of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wish {
    /// Nothing.
    Nothing,
    /// Its name.
    Name,
    /// What is in it.
    Content,
}

/// Leaves out what a language wants to be told of as of a file, but is none: a link to nothing, to a directory or out of
/// the repository, a pipe. Editors leave such links beside the files that they have open.
///
/// As in Gazelle, a link is as good as any file where nobody reads it, as long as it leads somewhere.
pub(crate) fn leave_out(repo: &Repository, dir: &mut Directory, wish: impl Fn(&str, &str) -> Wish) {
    if dir.files.iter().all(|entry| entry.regular) {
        return;
    }
    let mut files = std::mem::take(&mut dir.files);
    files.retain(|entry| {
        let wish = if entry.regular { Wish::Nothing } else { wish(&dir.rel, &entry.name) };
        if wish == Wish::Nothing {
            return true;
        }
        let why = match place(dir, entry).and_then(|path| repo.metadata(&path)) {
            Ok(about) if about.is_file() => return true,
            Ok(about) if about.is_dir() && wish == Wish::Name => return true,
            Err(Unread::LeadsOut) if wish == Wish::Name => return true,
            Ok(_) => Unread::NotAFile.to_string(),
            Err(error) if error.is_missing() => "it is a link that leads to nothing".into(),
            Err(error) => error.to_string(),
        };
        dir.not_files.push((entry.name.clone(), why));
        false
    });
    dir.files = files;
}

/// The name of a file that stands in the directory itself, and is no link.
fn direct(entry: &Entry) -> Option<RepoPath> {
    let is_direct = entry.regular && !entry.name.contains('/');
    RepoPath::parse(&entry.name).ok().filter(|_| is_direct)
}

fn place(dir: &Directory, entry: &Entry) -> Result<RepoPath, Unread> {
    dir.real.join(&entry.name).map_err(|error| io::Error::other(error.to_string()).into())
}
