//! What is in a directory?

use super::{Build, Directory, Ignore};
use crate::{
    build_file::BuildFile,
    config::{Config, Remark, expand},
    error::Cause,
    path::join,
    repo::{RepoPath, Repository, TEXT_BYTES, Unread},
    starlark::decode,
    trace::{Entry, LeftOut, Trace},
};
use dorcas_abi::message::Severity;
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, PoisonError},
};

/// What is known of every directory before it is listed.
#[derive(Clone, Copy)]
pub(super) struct Listing<'a> {
    pub(super) repo: &'a Repository,
    pub(super) ignore: &'a Ignore,
    pub(super) trace: Option<&'a Trace>,
    /// Directories that are left out since each is a module of its own.
    pub(super) modules: &'a Mutex<Vec<String>>,
}

/// The file that says that a directory is the root of a module.
const MODULE_FILE: &str = "MODULE.bazel";

/// A directory that is to be listed.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// By which path it is known.
    pub(super) rel: String,
    /// Where it is, without symbolic links.
    pub(super) real: RepoPath,
    /// The directories with the links that lead here, without symbolic links.
    pub(super) trail: Arc<Vec<RepoPath>>,
}

impl Place {
    pub(super) fn root() -> Self {
        Self { rel: String::new(), real: RepoPath::root(), trail: Arc::default() }
    }

    /// A directory in a directory; `None` if there can't be one of that name.
    pub(super) fn below(dir: &Directory, name: &str) -> Option<Self> {
        let rel = join(&dir.rel, name);
        let Some(target) = dir.links.get(name) else {
            return Some(Self { rel, real: dir.real.join(name).ok()?, trail: Arc::clone(&dir.trail) });
        };
        let trail = dir.trail.iter().chain([&dir.real]).cloned().collect();
        Some(Self { rel, real: target.clone(), trail: Arc::new(trail) })
    }
}

impl Listing<'_> {
    /// Lists a directory; `None` if its own BUILD file leaves it out.
    pub(super) fn list(self, place: Place, update: bool, parent: &Arc<Config>) -> Option<Directory> {
        let Place { rel, real, trail } = place;
        let mut dir = Directory {
            rel,
            real,
            trail,
            links: BTreeMap::new(),
            update,
            written: None,
            files: Vec::new(),
            subdirs: Vec::new(),
            children: Vec::new(),
            parent: None,
            unnameable: Vec::new(),
            not_files: Vec::new(),
            unreadable: None,
            config: Arc::clone(parent),
            build: Build::Missing,
            directives: Vec::new(),
            in_files: Vec::new(),
            remarks: Vec::new(),
        };
        let entries = self.read(&mut dir).unwrap_or_else(|error| {
            dir.unreadable = Some(match error {
                Unread::System(error) => error,
                error => io::Error::other(error.to_string()),
            });
            Vec::new()
        });
        if !dir.rel.is_empty() && entries.iter().any(|entry| !entry.is_dir && entry.name == MODULE_FILE) {
            if let Some(trace) = self.trace {
                trace.leave_out(&dir.rel, |path| LeftOut::Ignored { path, by: MODULE_FILE.into() });
            }
            self.modules.lock().unwrap_or_else(PoisonError::into_inner).push(dir.rel);
            return None;
        }
        self.build(&mut dir, &entries, parent);
        if let Some(file) = dir.build.file() {
            dir.directives = expand(self.repo, &dir.real, file.directives(), &mut dir.remarks, &mut dir.in_files);
        }
        if !dir.directives.is_empty() || parent.ignore {
            dir.config = Arc::new(parent.below(&dir.rel, &dir.directives, &mut dir.remarks));
        }
        if !dir.rel.is_empty()
            && let Some(glob) = dir.config.excluding(&dir.rel)
        {
            if let Some(trace) = self.trace {
                trace.leave_out(&dir.rel, |path| LeftOut::Excluded { path, glob: glob.into() });
            }
            return None;
        }
        self.sort(&mut dir, entries);
        Some(dir)
    }

    /// Tells files from directories, and leaves out what is to be left out.
    fn sort(self, dir: &mut Directory, entries: Vec<Found>) {
        let config = Arc::clone(&dir.config);
        for Found { name, is_dir, regular } in entries {
            let path = join(&dir.rel, &name);
            let out = config.excluding(&path);
            let ignored = self.ignore.directory(&dir.rel, &name);
            let left_out = out.is_some() || ignored.is_some();
            if is_dir || (!regular && config.follows(&path) && self.follow(dir, &name, left_out)) {
                if let Some(trace) = self.trace {
                    match (out, ignored) {
                        (Some(glob), _) => trace.leave_out(&path, |path| LeftOut::Excluded { path, glob: glob.into() }),
                        (None, Some(by)) => trace.leave_out(&path, |path| LeftOut::Ignored { path, by: by.into() }),
                        (None, None) => {}
                    }
                }
                if !left_out {
                    dir.subdirs.push(name);
                }
            } else if out.is_none() && !self.ignore.file(&dir.rel, &name) {
                dir.files.push(Entry { name, regular });
            }
        }
        if let Some(trace) = self.trace {
            trace.no_directories(&dir.rel, &dir.files);
        }
        dir.files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        dir.subdirs.sort_unstable();
        dir.unnameable.sort_unstable();
    }

    fn read(self, dir: &mut Directory) -> Result<Vec<Found>, Unread> {
        let items = self.repo.list(&dir.real)?;
        let mut found = Vec::with_capacity(items.len());
        for item in items {
            match item.name.into_string() {
                // As in Gazelle, a symbolic link is a file, wherever it leads.
                Ok(name) => found.push(Found { name, is_dir: item.ty.is_dir(), regular: item.ty.is_file() }),
                Err(name) => dir.unnameable.push(name.to_string_lossy().into_owned()),
            }
        }
        Ok(found)
    }

    /// Whether a name that a directive wants to be followed is a link for a directory of the repository. One that was
    /// left out needs no remark.
    fn follow(self, dir: &mut Directory, name: &str, left_out: bool) -> bool {
        let Ok(path) = dir.real.join(name) else { return false };
        let refused = match self.repo.real(&path) {
            // To follow a link upwards, or in a circle, would come to no end.
            Ok(target) if dir.trail.iter().chain([&dir.real]).any(|here| here.is_within(&target)) => {
                "it leads to a directory that it is in"
            }
            Ok(target) => {
                let is_dir = self.repo.metadata(&target).is_ok_and(|about| about.is_dir());
                if is_dir {
                    dir.links.insert(name.to_owned(), target);
                }
                return is_dir;
            }
            Err(Unread::LeadsOut) => "it leads out of the repository",
            Err(_) => return false,
        };
        if !left_out {
            dir.remarks.push(not_followed(name, refused));
        }
        false
    }

    /// Reads the BUILD file: the first of the names that there is.
    fn build(self, dir: &mut Directory, entries: &[Found], config: &Config) {
        let there = || entries.iter().filter(|entry| !entry.is_dir);
        let name = config.build_file_names.best(there().map(|entry| entry.name.as_str()));
        let Some(found) = name.and_then(|name| there().find(|entry| entry.name == name)) else { return };
        let path = join(&dir.rel, &found.name);
        let parsed = self.place_of(dir, found).and_then(|at| {
            let content = self.repo.read(&at, TEXT_BYTES)?;
            dir.written = Some(at);
            Ok(content)
        });
        dir.build = match parsed
            .map_err(|error| error.into_cause(path.clone()))
            .and_then(|content| parse(path, &found.name, content))
        {
            Ok((file, remark)) => {
                dir.remarks.extend(remark);
                Build::File(Box::new(file))
            }
            Err(cause) => Build::Broken(cause),
        };
    }

    /// Where a file is, without symbolic links.
    fn place_of(self, dir: &Directory, found: &Found) -> Result<RepoPath, Unread> {
        let path = dir.real.join(&found.name).map_err(|error| io::Error::other(error.to_string()))?;
        if found.regular { Ok(path) } else { self.repo.real(&path) }
    }
}

struct Found {
    name: String,
    is_dir: bool,
    regular: bool,
}

/// Says why a link that is to be followed isn't.
fn not_followed(name: &str, why: &str) -> Remark {
    let message = format!("the link {name} is not followed: {why}");
    Remark { severity: Severity::Warning, directive: None, fatal: false, is_limit: false, message }
}

/// Reads a BUILD file, and says where it isn't UTF-8.
fn parse(path: String, name: &str, content: Vec<u8>) -> Result<(BuildFile, Option<Remark>), Cause> {
    let (text, odd) = decode(content);
    let remark = odd.map(|at| {
        // All before it is UTF-8, and so the same in the text.
        let line = text[..at].split('\n').count();
        let message = format!(
            "line {line}: there is a byte that is not UTF-8; such bytes stay as they are, and no language is told of them but in \
             strings; save the file as UTF-8"
        );
        Remark { severity: Severity::Warning, directive: None, fatal: false, is_limit: false, message }
    });
    let file = BuildFile::parse(name, text).map_err(|fault| Cause::BuildFile {
        path,
        line: fault.line,
        column: fault.column,
        fault: fault.what,
    })?;
    Ok((file, remark))
}
