//! `dorcas cache`: what earlier runs have kept, and where `dorcas update` finds it.

use crate::{
    exit::{Ends, Failure, Status},
    flags::{CACHE_BYTES, FormatFlag, Place},
    json,
    messages::{self, grouped},
};
use clap::{Args, Subcommand};
use dorcas_gazelle::{MemoDir, MemoFile};
use dorcas_host::printable_path;
use serde::Serialize;
use std::{
    io::{self, IsTerminal as _, Write as _},
    path::PathBuf,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

const EXAMPLES: &str = "\
Examples:
  dorcas cache show              what is kept for which repository
  dorcas cache clear             remove it
  du -h \"$(dorcas cache dir)\"    where it is

`dorcas update` keeps what guests have answered, and makes no call again whose answer it has. A
call counts as the same where the module, its limits and every byte of the request are. Of sources
whose size, times and place on the disk are what they were, it knows what a guest would be told
without reading them. The BUILD files are the same with and without a cache.

BUILD files are input too: after a run that has written some, the next one asks about those again.

The cache is in --cache-dir, else in $DORCAS_CACHE_DIR, else in dorcas/ in $XDG_CACHE_HOME, else in
~/.cache/dorcas. Where none of these is set, or $DORCAS_CACHE_DIR is empty, nothing is kept. At most
256 MiB are, 128 for one repository; what was not used for longest, or for two weeks, goes first.
All of it may be removed at any time.

Exit status: 0 done; 2 the command line is wrong; 4 there is no place for a cache, or it can't be
read or removed.";

#[derive(Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(super) struct CacheArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    #[command(about = "Shows where it is")]
    Dir(Place),
    #[command(about = "Shows what is kept for which repository")]
    Show(ShowArgs),
    #[command(about = "Removes it")]
    Clear(Place),
}

#[derive(Args)]
#[group(skip)]
struct ShowArgs {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    format: FormatFlag,
}

/// A cache that can't be used.
#[derive(Debug, thiserror::Error)]
enum CacheError {
    #[error(
        "there is no place for a cache: neither $DORCAS_CACHE_DIR nor $XDG_CACHE_HOME nor $HOME says one; say \
         --cache-dir"
    )]
    NoPlace,
    #[error("can't read or clear the cache {}: {cause}", dir.display())]
    System { dir: PathBuf, cause: io::Error },
}

impl Ends for CacheError {
    fn status(&self) -> Status {
        Status::System
    }
}

pub(super) fn run(args: &CacheArgs) -> Result<ExitCode, Failure> {
    let place = match &args.action {
        Action::Dir(place) | Action::Clear(place) => place,
        Action::Show(show) => &show.place,
    };
    let dir = place.dir().ok_or(CacheError::NoPlace)?;
    let failed = |cause| CacheError::System { dir: dir.path().into(), cause };
    let mut out = io::stdout().lock();
    match &args.action {
        Action::Dir(_) if io::stdout().is_terminal() => writeln!(out, "{}", printable_path(dir.path()))?,
        // For a script, which wants to use it.
        Action::Dir(_) => writeln!(out, "{}", dir.path().display())?,
        Action::Clear(_) => {
            let (files, bytes) = dir.clear().map_err(failed)?;
            let files = messages::count(files, "file", "files");
            writeln!(out, "{files} of {} bytes removed from {}", grouped(bytes), printable_path(dir.path()))?;
        }
        Action::Show(show) => {
            let files = dir.files().map_err(failed)?;
            if show.format.is_json() {
                json::write(&Document::new(&dir, &files), &mut out)?;
            } else {
                list(&dir, &files, &mut out)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(dir: &MemoDir, files: &[MemoFile], out: &mut impl io::Write) -> io::Result<()> {
    writeln!(out, "{}", printable_path(dir.path()))?;
    for file in files {
        let name = file.repository.as_deref().map_or_else(
            || format!("{}, which is damaged and will be replaced", printable_path(&file.path)),
            |name| dorcas_host::printable(name, 4096),
        );
        let entries = messages::count(file.entries, "entry", "entries");
        writeln!(out, "{:>12} bytes, {entries}: {name}", grouped(file.bytes))?;
    }
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    let files = messages::count(files.len(), "file", "files");
    writeln!(out, "{:>12} bytes in {files}, of at most {}", grouped(bytes), grouped(CACHE_BYTES))
}

#[derive(Serialize)]
struct Document<'a> {
    dir: String,
    limit_bytes: u64,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    path: String,
    /// Null where the file is damaged.
    repository: Option<&'a str>,
    entries: usize,
    bytes: u64,
    /// Seconds since 1970.
    written: u64,
}

impl<'a> Document<'a> {
    fn new(dir: &MemoDir, files: &'a [MemoFile]) -> Self {
        let seconds = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let file = |file: &'a MemoFile| File {
            path: file.path.display().to_string(),
            repository: file.repository.as_deref(),
            entries: file.entries,
            bytes: file.bytes,
            written: seconds(file.modified),
        };
        Self {
            dir: dir.path().display().to_string(),
            limit_bytes: CACHE_BYTES,
            files: files.iter().map(file).collect(),
        }
    }
}
