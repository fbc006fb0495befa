//! Which directories are there, what is in them, and what holds in each?

mod follow;
mod ignore;
mod list;

pub(crate) use ignore::{Ignore, SCRATCH_PREFIX, SCRATCH_SUFFIX, is_scratch};

use crate::{
    build_file::BuildFile,
    config::{Config, InFile, Remark},
    error::Cause,
    path::join,
    repo::{RepoPath, Repository},
    trace::{Entry, Trace},
};
use dorcas_abi::message::Directive;
use follow::Looks;
use list::{Listing, Place};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    io,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

/// A directory that the run looks at.
#[derive(Debug)]
pub(crate) struct Directory {
    /// Its path from the root, slash-separated; empty for the root itself.
    pub(crate) rel: String,
    /// Where it is, without symbolic links: other than `rel` if a link was followed.
    pub(crate) real: RepoPath,
    /// The directories with the links that were followed, without symbolic links.
    trail: Arc<Vec<RepoPath>>,
    /// The names of followed links in it, and where they lead.
    links: BTreeMap<String, RepoPath>,
    /// What is in it and no directory, in the order of the names; also what is in directories that have no package of
    /// their own.
    pub(crate) files: Vec<Entry>,
    /// The names of the directories in it that are not left out, and in those that have no package of their own.
    pub(crate) subdirs: Vec<String>,
    /// Whether its BUILD file is to be updated.
    pub(crate) update: bool,
    /// Where its BUILD file is, without symbolic links, if it has one that can be read.
    pub(crate) written: Option<RepoPath>,
    /// Where the directories in it stand that the run looks at as well.
    pub(crate) children: Vec<usize>,
    pub(crate) parent: Option<usize>,
    /// Names that are not UTF-8, which no request can carry.
    pub(crate) unnameable: Vec<String>,
    /// What a language wants to be told of as of a file, but is none, and why not.
    pub(crate) not_files: Vec<(String, String)>,
    pub(crate) unreadable: Option<io::Error>,
    pub(crate) config: Arc<Config>,
    pub(crate) build: Build,
    /// What the BUILD file says, that of directive files included.
    pub(crate) directives: Vec<Directive>,
    /// Where those stand that are in directive files.
    pub(crate) in_files: Vec<InFile>,
    pub(crate) remarks: Vec<Remark>,
}

/// A directory among the others of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site<'t> {
    dirs: &'t [Directory],
    index: usize,
}

impl<'t> Site<'t> {
    pub(crate) fn new(dirs: &'t [Directory], index: usize) -> Self {
        Self { dirs, index }
    }

    pub(crate) fn dir(self) -> &'t Directory {
        &self.dirs[self.index]
    }

    /// The directory and those that it is in, the root last.
    pub(crate) fn and_above(self) -> impl Iterator<Item = &'t Directory> {
        std::iter::successors(Some(self.dir()), move |dir| dir.parent.map(|parent| &self.dirs[parent]))
    }

    /// Calls `each` with each directory below, the one that others are in before these, until it fails.
    pub(crate) fn below<E>(self, each: &mut dyn FnMut(&'t Directory) -> Result<(), E>) -> Result<(), E> {
        let mut open: Vec<usize> = self.dir().children.iter().rev().copied().collect();
        while let Some(index) = open.pop() {
            let dir = &self.dirs[index];
            each(dir)?;
            open.extend(dir.children.iter().rev());
        }
        Ok(())
    }
}

impl Deref for Site<'_> {
    type Target = Directory;
    fn deref(&self) -> &Directory {
        self.dir()
    }
}

/// What stands in a directory's BUILD file.
#[derive(Debug)]
pub(crate) enum Build {
    /// There is none.
    Missing,
    File(Box<BuildFile>),
    /// It can't be read, or understood.
    Broken(Cause),
}

impl Build {
    pub(crate) fn file(&self) -> Option<&BuildFile> {
        if let Self::File(file) = self { Some(file) } else { None }
    }
}

impl Directory {
    /// Whether it has no package of its own: what is in it belongs to the directory above.
    fn is_contained(&self) -> bool {
        self.config.update_only && matches!(self.build, Build::Missing)
    }
}

/// Which directories are to be looked at, and which updated?
#[derive(Debug)]
pub(crate) struct Reach {
    /// `true` for the directories that were named, `false` for those above them.
    named: HashMap<String, bool>,
    recursive: bool,
    all: bool,
    below: bool,
}

impl Reach {
    /// `dirs` are updated; with `recursive` those in them too. With `all`, all others are looked at nevertheless, with `below`
    /// those in them.
    pub(crate) fn new(dirs: &[String], recursive: bool, all: bool, below: bool) -> Self {
        let mut named = HashMap::new();
        for dir in dirs {
            named.entry(String::new()).or_insert(false);
            for (end, _) in dir.match_indices('/') {
                named.entry(dir[..end].to_owned()).or_insert(false);
            }
            named.insert(dir.clone(), true);
        }
        Self { named, recursive, all, below }
    }

    fn updates(&self, rel: &str, parent: bool) -> bool {
        self.recursive && parent || self.named.get(rel) == Some(&true)
    }

    fn visits(&self, rel: &str, parent: bool) -> bool {
        self.all
            || self.recursive && parent
            || self.named.contains_key(rel)
            || self.below && rel.match_indices('/').any(|(end, _)| self.named.get(&rel[..end]) == Some(&true))
            || self.below && self.named.get("") == Some(&true)
    }
}

/// The directories that a run looks at. A directory stands before those in it, and siblings are in the order of their
/// names.
#[derive(Debug)]
pub(crate) struct Tree {
    ignore: Ignore,
    pub(crate) dirs: Vec<Directory>,
    /// The directories that have no package of their own, without their files.
    contained: HashMap<String, Directory>,
    looks: Looks,
    /// The number of directories before those that were looked at for the index alone.
    main: usize,
    /// Directories that are left out since each is a module of its own, and nothing at the root says so.
    pub(crate) modules: Vec<String>,
}

impl Tree {
    /// Looks at the directories below `root` in parallel; the outcome is the same however many threads there are.
    pub(crate) fn walk(
        repo: &Repository,
        ignore: Ignore,
        config: &Arc<Config>,
        reach: &Reach,
        trace: Option<&Trace>,
    ) -> Self {
        let modules = Mutex::default();
        let listing = Listing { repo, ignore: &ignore, trace, modules: &modules };
        let (dirs, looks) = follow::directories(listing, reach, config);
        let mut modules = modules.into_inner().unwrap_or_else(PoisonError::into_inner);
        modules.sort_unstable();
        let mut tree = Self { ignore, main: 0, dirs, contained: HashMap::new(), looks, modules };
        tree.fold_contained(trace);
        link(&mut tree.dirs);
        tree.main = tree.dirs.len();
        tree
    }

    /// Gives what is in directories without a package to the directory above.
    fn fold_contained(&mut self, trace: Option<&Trace>) {
        if self.dirs.iter().all(|dir| !dir.is_contained()) {
            return;
        }
        let mut dirs: Vec<Directory> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        // The directories that can still be given to the package above: those right below it.
        let mut contained: BTreeMap<String, usize> = BTreeMap::new();
        for mut dir in std::mem::take(&mut self.dirs) {
            while open.last().is_some_and(|&last| !is_in(&dir.rel, &dirs[last].rel)) {
                open.pop();
            }
            if !dir.is_contained() {
                open.push(dirs.len());
                dirs.push(dir);
                continue;
            }
            let above = dir.rel.rsplit_once('/').map_or("", |(above, _)| above);
            let package = match contained.get(above) {
                Some(&package) => Some(package),
                None => open.last().copied().filter(|&last| dirs[last].rel == above),
            };
            if let (Some(trace), Some(package)) = (trace, package.or(open.last().copied())) {
                trace.contain(&dir.rel, &dirs[package].rel);
            }
            if let Some(package) = package {
                let prefix = dir.rel[dirs[package].rel.len()..].trim_start_matches('/').to_owned();
                let entry = |entry: Entry| Entry { name: join(&prefix, &entry.name), ..entry };
                dirs[package].files.extend(dir.files.drain(..).map(entry));
                dirs[package].subdirs.extend(dir.subdirs.iter().map(|name| join(&prefix, name)));
                // The package is not known without it.
                let said = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", dir.rel));
                dirs[package].unreadable = dirs[package].unreadable.take().or(dir.unreadable.take().map(said));
                contained.insert(dir.rel.clone(), package);
            }
            self.contained.insert(dir.rel.clone(), dir);
        }
        // Once each, however many directories belong to it.
        for package in contained.into_values().collect::<BTreeSet<_>>() {
            dirs[package].files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
            dirs[package].subdirs.sort_unstable();
        }
        self.dirs = dirs;
    }

    /// The directories in Gazelle's order of work: each after those in it, and at the end those that were looked at for
    /// the index alone.
    pub(crate) fn post_order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.dirs.len());
        let mut open: Vec<(usize, usize)> = if self.dirs.is_empty() { vec![] } else { vec![(0, 0)] };
        while let Some((dir, next)) = open.pop() {
            if let Some(&child) = self.dirs[dir].children.get(next) {
                open.push((dir, next + 1));
                open.push((child, 0));
            } else {
                order.push(dir);
            }
        }
        order.extend(self.main..self.dirs.len());
        order
    }

    /// Looks at more directories, for the index, and at those that they are in. What the walk would not look at is passed
    /// over: what isn't there, what is left out, and links that no directive wants to be followed.
    pub(crate) fn extend(&mut self, repo: &Repository, rels: &[RepoPath]) {
        let mut known: HashMap<String, usize> =
            self.dirs.iter().enumerate().map(|(index, dir)| (dir.rel.clone(), index)).collect();
        let mut failed: HashSet<String> = HashSet::new();
        for rel in rels {
            let mut parent = None;
            for prefix in prefixes(rel.as_str()) {
                if let Some(&index) = known.get(prefix) {
                    parent = Some(index);
                    continue;
                }
                if self.contained.contains_key(prefix) {
                    continue;
                }
                if failed.contains(prefix) {
                    break;
                }
                let name = prefix.rsplit('/').next().unwrap_or(prefix);
                let above = self.contained.get(crate::path::parent(prefix)).or(parent.map(|parent| &self.dirs[parent]));
                let Some(mut dir) = above.and_then(|above| self.look(repo, above, name)) else {
                    failed.insert(prefix.to_owned());
                    break;
                };
                *self.looks.entry(dir.real.clone()).or_default() += 1;
                if dir.is_contained() && dir.unreadable.is_none() {
                    dir.files.clear();
                    self.contained.insert(dir.rel.clone(), dir);
                    continue;
                }
                dir.parent = parent;
                parent = Some(self.dirs.len());
                known.insert(dir.rel.clone(), self.dirs.len());
                self.dirs.push(dir);
            }
        }
    }

    /// Looks at a directory that the one above it has; `None` if that one has none of the name.
    fn look(&self, repo: &Repository, above: &Directory, name: &str) -> Option<Directory> {
        above.subdirs.binary_search_by(|known| known.as_str().cmp(name)).ok()?;
        let place = Place::below(above, name)?;
        if !follow::may_look(&self.looks, &place) {
            return None;
        }
        let listing = Listing { repo, ignore: &self.ignore, trace: None, modules: &Mutex::default() };
        // What is there and cannot be read is a directory that fails.
        let is_there = |dir: &Directory| dir.unreadable.as_ref().is_none_or(|error| !is_missing(error));
        listing.list(place, false, &above.config).filter(is_there)
    }
}
/// A directory, and those that it is in, the root first.
fn prefixes(rel: &str) -> impl Iterator<Item = &str> {
    let ends = rel.match_indices('/').map(|(end, _)| end).chain([rel.len()]);
    std::iter::once("").chain(ends.filter(|end| *end > 0).map(|end| &rel[..end]))
}

/// Connects directories with those in them; a directory stands after the one it is in.
fn link(dirs: &mut [Directory]) {
    let mut open: Vec<usize> = Vec::new();
    for index in 0..dirs.len() {
        while let Some(&parent) = open.last() {
            if is_in(&dirs[index].rel, &dirs[parent].rel) {
                dirs[parent].children.push(index);
                dirs[index].parent = Some(parent);
                break;
            }
            open.pop();
        }
        open.push(index);
    }
}

fn is_missing(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, InvalidInput, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | InvalidFilename | InvalidInput)
}

fn is_in(rel: &str, parent: &str) -> bool {
    parent.is_empty() || rel.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests;
