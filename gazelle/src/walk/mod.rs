//! Which directories are there, and what is in them?

mod ignore;

pub(crate) use ignore::Ignore;

use rayon::Scope;
use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// A directory that the run looks at.
#[derive(Debug)]
pub(crate) struct Directory {
    /// Its path from the root, slash-separated; empty for the root itself.
    pub(crate) rel: String,
    pub(crate) path: PathBuf,
    /// What is in it and no directory, in the order of the names.
    pub(crate) files: Vec<Entry>,
    /// The names of the directories in it that are not ignored.
    pub(crate) subdirs: Vec<String>,
    /// Whether its BUILD file is to be updated.
    pub(crate) update: bool,
    /// Where the directories in it stand that the run looks at as well.
    pub(crate) children: Vec<usize>,
    pub(crate) parent: Option<usize>,
    /// Names that are not UTF-8, which no request can carry.
    pub(crate) unnameable: Vec<String>,
    pub(crate) unreadable: Option<io::Error>,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// Whether it is a regular file for sure; a symbolic link for one is not.
    pub(crate) regular: bool,
}

/// Which directories are to be looked at, and which updated?
#[derive(Debug)]
pub(crate) struct Reach {
    /// `true` for the directories that were named, `false` for those above them.
    named: HashMap<String, bool>,
    recursive: bool,
    all: bool,
}

impl Reach {
    /// `dirs` are updated; with `recursive` those in them too. With `all`, all others are looked at nevertheless.
    pub(crate) fn new(dirs: &[String], recursive: bool, all: bool) -> Self {
        let mut named = HashMap::new();
        for dir in dirs {
            named.entry(String::new()).or_insert(false);
            for (end, _) in dir.match_indices('/') {
                named.entry(dir[..end].to_owned()).or_insert(false);
            }
            named.insert(dir.clone(), true);
        }
        Self { named, recursive, all }
    }

    fn updates(&self, rel: &str, parent: bool) -> bool {
        self.recursive && parent || self.named.get(rel) == Some(&true)
    }

    fn visits(&self, rel: &str, parent: bool) -> bool {
        self.all || self.recursive && parent || self.named.contains_key(rel)
    }
}

/// Looks at the directories below `root` in parallel. A directory stands before those in it, and siblings are in the
/// order of their names, however many threads there are.
pub(crate) fn walk(root: &Path, ignore: &Ignore, reach: &Reach) -> Vec<Directory> {
    let found = Mutex::new(Vec::new());
    rayon::scope(|threads| {
        visit(threads, &Visit { ignore, reach, found: &found }, String::new(), root.to_path_buf(), false);
    });
    let mut dirs = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    dirs.sort_unstable_by(|a, b| a.rel.split('/').cmp(b.rel.split('/')));
    link(&mut dirs);
    dirs
}

#[derive(Clone, Copy)]
struct Visit<'a> {
    ignore: &'a Ignore,
    reach: &'a Reach,
    found: &'a Mutex<Vec<Directory>>,
}

fn visit<'a>(threads: &Scope<'a>, run: &Visit<'a>, rel: String, path: PathBuf, parent_updated: bool) {
    let update = run.reach.updates(&rel, parent_updated);
    let dir = list(rel, path, update, run.ignore);
    for name in &dir.subdirs {
        let rel = join(&dir.rel, name);
        if run.reach.visits(&rel, update) {
            let (path, run) = (dir.path.join(name), *run);
            threads.spawn(move |threads| visit(threads, &run, rel, path, update));
        }
    }
    run.found.lock().unwrap_or_else(PoisonError::into_inner).push(dir);
}

/// A name in a directory as a path from the root.
pub(crate) fn join(rel: &str, name: &str) -> String {
    if rel.is_empty() { name.into() } else { format!("{rel}/{name}") }
}

fn list(rel: String, path: PathBuf, update: bool, ignore: &Ignore) -> Directory {
    let mut dir = Directory {
        rel,
        path,
        update,
        files: Vec::new(),
        subdirs: Vec::new(),
        children: Vec::new(),
        parent: None,
        unnameable: Vec::new(),
        unreadable: None,
    };
    if let Err(error) = read(&mut dir, ignore) {
        dir.unreadable = Some(error);
    }
    dir.files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    dir.subdirs.sort_unstable();
    dir.unnameable.sort_unstable();
    dir
}

fn read(dir: &mut Directory, ignore: &Ignore) -> io::Result<()> {
    for entry in fs::read_dir(&dir.path)? {
        let entry = entry?;
        let ty = entry.file_type()?;
        let name = match entry.file_name().into_string() {
            Ok(name) => name,
            Err(name) => {
                dir.unnameable.push(name.to_string_lossy().into_owned());
                continue;
            }
        };
        // As in Gazelle, a symbolic link is a file, wherever it leads.
        if ty.is_dir() {
            if !ignore.directory(&dir.rel, &name) {
                dir.subdirs.push(name);
            }
        } else if !ignore.file(&dir.rel, &name) {
            dir.files.push(Entry { name, regular: ty.is_file() });
        }
    }
    Ok(())
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

fn is_in(rel: &str, parent: &str) -> bool {
    parent.is_empty() || rel.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'))
}

/// The directories in Gazelle's order of work: each after those in it.
pub(crate) fn post_order(dirs: &[Directory]) -> Vec<usize> {
    let mut order = Vec::with_capacity(dirs.len());
    let mut open: Vec<(usize, usize)> = if dirs.is_empty() { vec![] } else { vec![(0, 0)] };
    while let Some((dir, next)) = open.pop() {
        if let Some(&child) = dirs[dir].children.get(next) {
            open.push((dir, next + 1));
            open.push((child, 0));
        } else {
            order.push(dir);
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for path in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        dir
    }

    fn rels(dirs: &[Directory]) -> Vec<&str> {
        dirs.iter().map(|dir| dir.rel.as_str()).collect()
    }

    #[test]
    fn directories_are_in_order_whatever_their_names() {
        let dir = tree(&["a/b/x", "a-b/x", "a/x", "b/x", "a.b/x"]);
        let dirs = walk(dir.path(), &Ignore::default(), &Reach::new(&[String::new()], true, true));
        assert_eq!(rels(&dirs), ["", "a", "a/b", "a-b", "a.b", "b"]);
        let after: Vec<_> = post_order(&dirs).into_iter().map(|index| dirs[index].rel.as_str()).collect();
        assert_eq!(after, ["a/b", "a", "a-b", "a.b", "b", ""]);
    }

    #[test]
    fn a_named_directory_is_updated_and_those_above_are_not() {
        let dir = tree(&["a/b/c/x", "a/d/x", "e/x"]);
        let look = |recursive, all| {
            let dirs = walk(dir.path(), &Ignore::default(), &Reach::new(&["a/b".into()], recursive, all));
            dirs.iter().map(|dir| format!("{}{}", dir.rel, if dir.update { "!" } else { "" })).collect::<Vec<_>>()
        };
        assert_eq!(look(true, true), ["", "a", "a/b!", "a/b/c!", "a/d", "e"]);
        assert_eq!(look(true, false), ["", "a", "a/b!", "a/b/c!"]);
        assert_eq!(look(false, true), ["", "a", "a/b!", "a/b/c", "a/d", "e"]);
        assert_eq!(look(false, false), ["", "a", "a/b!"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_a_file() {
        let dir = tree(&["a/x"]);
        std::os::unix::fs::symlink("a", dir.path().join("b")).unwrap();
        let dirs = walk(dir.path(), &Ignore::default(), &Reach::new(&[String::new()], true, true));
        assert_eq!(rels(&dirs), ["", "a"]);
        let files: Vec<_> = dirs[0].files.iter().map(|file| (file.name.as_str(), file.regular)).collect();
        assert_eq!(files, [("b", false)]);
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_utf8_is_set_aside() {
        use std::os::unix::ffi::OsStrExt as _;
        let dir = tree(&["a"]);
        fs::write(dir.path().join(std::ffi::OsStr::from_bytes(b"b\xff")), "").unwrap();
        let dirs = walk(dir.path(), &Ignore::default(), &Reach::new(&[String::new()], true, true));
        assert_eq!((dirs[0].files.len(), &dirs[0].unnameable[..]), (1, &["b\u{fffd}".to_owned()][..]));
    }
}
