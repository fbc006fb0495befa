//! What is in a directory?

use super::{Build, Directory, Entry, Ignore, Reach, join};
use crate::{
    build_file::BuildFile,
    config::{Config, expand},
    error::Cause,
    explain::LeftOut,
    trace::Trace,
};
use rayon::Scope;
use std::{
    fs::{self, DirEntry},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Most bytes of a BUILD file.
const BUILD_FILE_BYTES: u64 = 16 << 20;

/// What all threads know on their way through the directories.
#[derive(Clone, Copy)]
pub(super) struct Visit<'a> {
    pub(super) ignore: &'a Ignore,
    pub(super) reach: &'a Reach,
    pub(super) found: &'a Mutex<Vec<Directory>>,
    pub(super) trace: Option<&'a Trace>,
}

impl<'a> Visit<'a> {
    /// Looks at a directory, and at those in it, each as a task of its own.
    pub(super) fn directory(
        self,
        threads: &Scope<'a>,
        rel: String,
        path: PathBuf,
        parent_updated: bool,
        parent: &Arc<Config>,
    ) {
        let update = self.reach.updates(&rel, parent_updated);
        let Some(mut dir) = list(rel, path, update, self.ignore, parent, self.trace) else { return };
        for name in &dir.subdirs {
            let rel = join(&dir.rel, name);
            if self.reach.visits(&rel, update) {
                let (path, config) = (dir.path.join(name), Arc::clone(&dir.config));
                threads.spawn(move |threads| self.directory(threads, rel, path, update, &config));
            }
        }
        // What is ignored may be looked at all the same, for the index.
        dir.update &= !dir.config.ignore;
        self.found.lock().unwrap_or_else(PoisonError::into_inner).push(dir);
    }
}

/// Lists a directory; none where its own BUILD file leaves it out.
pub(super) fn list(
    rel: String,
    path: PathBuf,
    update: bool,
    ignore: &Ignore,
    parent: &Arc<Config>,
    trace: Option<&Trace>,
) -> Option<Directory> {
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
        config: Arc::clone(parent),
        build: Build::Missing,
        directives: Vec::new(),
        in_files: Vec::new(),
        remarks: Vec::new(),
    };
    let entries = read(&mut dir).unwrap_or_else(|error| {
        dir.unreadable = Some(error);
        Vec::new()
    });
    dir.build = build(&dir, &entries, parent);
    if let Some(file) = dir.build.file() {
        dir.directives = expand(&dir.path, file.directives(), &mut dir.remarks, &mut dir.in_files);
    }
    if !dir.directives.is_empty() || parent.ignore {
        dir.config = Arc::new(parent.below(&dir.rel, &dir.directives, &mut dir.remarks));
    }
    if !dir.rel.is_empty()
        && let Some(glob) = dir.config.excluding(&dir.rel)
    {
        if let Some(trace) = trace {
            trace.leave_out(&dir.rel, |path| LeftOut::Excluded { path, glob: glob.into() });
        }
        return None;
    }
    let config = Arc::clone(&dir.config);
    for Found { name, is_dir, regular } in entries {
        let path = join(&dir.rel, &name);
        let out = config.excluding(&path);
        if is_dir || (!regular && follow(&mut dir, &name)) {
            let ignored = ignore.directory(&dir.rel, &name);
            if let Some(trace) = trace {
                match (out, ignored) {
                    (Some(glob), _) => trace.leave_out(&path, |path| LeftOut::Excluded { path, glob: glob.into() }),
                    (None, Some(by)) => trace.leave_out(&path, |path| LeftOut::Ignored { path, by: by.into() }),
                    (None, None) => {}
                }
            }
            if out.is_none() && ignored.is_none() {
                dir.subdirs.push(name);
            }
        } else if out.is_none() && !ignore.file(&dir.rel, &name) {
            dir.files.push(Entry { name, regular });
        }
    }
    if let Some(trace) = trace {
        trace.no_directories(&dir.rel, &dir.files);
    }
    dir.files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    dir.subdirs.sort_unstable();
    dir.unnameable.sort_unstable();
    Some(dir)
}

struct Found {
    name: String,
    is_dir: bool,
    regular: bool,
}

fn read(dir: &mut Directory) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(&dir.path)? {
        let entry: DirEntry = entry?;
        let ty = entry.file_type()?;
        match entry.file_name().into_string() {
            // As in Gazelle, a symbolic link is a file, wherever it leads.
            Ok(name) => found.push(Found { name, is_dir: ty.is_dir(), regular: ty.is_file() }),
            Err(name) => dir.unnameable.push(name.to_string_lossy().into_owned()),
        }
    }
    Ok(found)
}

/// Whether a name is a symbolic link for a directory that a directive wants to be followed.
fn follow(dir: &mut Directory, name: &str) -> bool {
    let rel = join(&dir.rel, name);
    if !dir.config.follows(&rel) || !dir.path.join(name).is_dir() {
        return false;
    }
    // Whoever follows a link upwards never comes to an end, nor who goes in a circle over several.
    let way = dir.path.ancestors().take(1 + dir.rel.split('/').filter(|part| !part.is_empty()).count());
    let ahead = fs::canonicalize(dir.path.join(name))
        .is_ok_and(|target| way.map(fs::canonicalize).all(|here| here.is_ok_and(|here| !here.starts_with(&target))));
    if !ahead {
        dir.remarks.push(crate::config::Remark {
            severity: dorcas_abi::message::Severity::Warning,
            directive: None,
            fatal: false,
            is_limit: false,
            message: format!("the link {name} is not followed: it leads to a directory that it is in"),
        });
    }
    ahead
}

/// The BUILD file: the first of the names that there is.
fn build(dir: &Directory, entries: &[Found], config: &Config) -> Build {
    let there = entries.iter().filter(|entry| !entry.is_dir).map(|entry| entry.name.as_str());
    let Some(name) = config.build_file_names.best(there) else { return Build::Missing };
    match parse(&dir.path, &dir.rel, name) {
        Ok(file) => Build::File(Box::new(file)),
        Err(cause) => Build::Broken(cause),
    }
}

fn parse(dir: &Path, rel: &str, name: &str) -> Result<BuildFile, Cause> {
    let path = join(rel, name);
    let failed = |cause| Cause::Read { path: path.clone(), cause };
    // A link may lead to something that has no end, or that waits for someone to write.
    let found = fs::metadata(dir.join(name)).map_err(failed)?;
    if !found.is_file() {
        return Err(Cause::NotAFile { path });
    }
    if found.len() > BUILD_FILE_BYTES {
        return Err(Cause::FileTooLarge { path, size: found.len(), limit: BUILD_FILE_BYTES });
    }
    let content = fs::read(dir.join(name)).map_err(failed)?;
    let text = String::from_utf8(content).map_err(|error| {
        let (valid, bad) = error.as_bytes().split_at(error.utf8_error().valid_up_to());
        let line = valid.split(|byte| *byte == b'\n').count();
        let column = valid.len() - valid.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1) + 1;
        let fault = format!("the byte 0x{:02x} is not UTF-8", bad[0]);
        Cause::BuildFile { path: path.clone(), line, column, fault }
    })?;
    BuildFile::parse(name, text).map_err(|fault| Cause::BuildFile {
        path,
        line: fault.line,
        column: fault.column,
        fault: fault.what,
    })
}
