//! `dorcas cache`: what earlier runs have kept, and where `dorcas update` finds it.

use crate::{args, exit::Failure, json, messages, stats::grouped};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use dorcas_gazelle::{Memo, MemoDir, MemoFile};
use dorcas_host::printable_path;
use serde::Serialize;
use std::{
    env,
    ffi::OsString,
    fs,
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

/// Most bytes of all that is kept, for all repositories.
const CACHE_BYTES: u64 = 256 << 20;
/// Where the cache is; nothing is kept where this is set to nothing.
pub(crate) const VARIABLE: &str = "DORCAS_CACHE_DIR";

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

/// The subcommand and its flags.
pub(crate) fn command() -> Command {
    Command::new("cache")
        .about("Shows and removes what earlier runs have kept")
        .after_help(EXAMPLES)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("dir").about("Shows where it is").arg(place()))
        .subcommand(
            Command::new("show").about("Shows what is kept for which repository").arg(place()).arg(args::format()),
        )
        .subcommand(Command::new("clear").about("Removes it").arg(place()))
}

/// The flags of `update` and `fix` that are about the cache.
pub(crate) fn flags() -> [Arg; 2] {
    [
        place(),
        Arg::new("no-cache")
            .long("no-cache")
            .action(ArgAction::SetTrue)
            .help("Makes every call anew, and keeps nothing; the result is the same"),
    ]
}

fn place() -> Arg {
    Arg::new("cache-dir")
        .long("cache-dir")
        .value_name("DIR")
        .value_parser(value_parser!(PathBuf))
        .help("Where answers of guests are kept from run to run; see `dorcas help cache`")
}

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let (name, matches) = matches.subcommand().expect("one is required");
    let dir = dir(matches).ok_or(Failure::NoCache)?;
    let failed = |cause| Failure::Cache { dir: dir.path().into(), cause };
    let mut out = io::stdout().lock();
    match name {
        "dir" if io::stdout().is_terminal() => writeln!(out, "{}", printable_path(dir.path()))?,
        // For a script, which wants to use it.
        "dir" => writeln!(out, "{}", dir.path().display())?,
        "clear" => {
            let (files, bytes) = dir.clear().map_err(failed)?;
            let files = messages::count(files, "file", "files");
            writeln!(out, "{files} of {} bytes removed from {}", grouped(bytes), printable_path(dir.path()))?;
        }
        _ => {
            let files = dir.files().map_err(failed)?;
            if args::is_json(matches) {
                json::write(&Document::new(&dir, &files), &mut out)?;
            } else {
                show(&dir, &files, &mut out)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What earlier runs have found out about a repository, if the command line and the environment have a place for it.
pub(crate) fn memo(matches: &ArgMatches, repo_root: &Path) -> Option<Arc<Memo>> {
    let dir = dir(matches).filter(|_| !matches.get_flag("no-cache"))?;
    Some(Arc::new(dir.open(repo_root, &program())))
}

fn dir(matches: &ArgMatches) -> Option<MemoDir> {
    let given = matches.get_one::<PathBuf>("cache-dir").cloned();
    let path = given.or_else(|| usual_place(|name| env::var_os(name)))?;
    Some(MemoDir::new(path, CACHE_BYTES))
}

/// Where the environment puts the cache.
fn usual_place(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if let Some(dir) = variable(VARIABLE) {
        return Some(dir).filter(|dir| !dir.is_empty()).map(PathBuf::from);
    }
    // A relative path there is none, says the XDG specification; and a home that is none means that there is no home.
    let absolute = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = if cfg!(windows) { "LOCALAPPDATA" } else { "HOME" };
    let in_home = |home: PathBuf| if cfg!(windows) { home } else { home.join(".cache") };
    Some(absolute("XDG_CACHE_HOME").or_else(|| absolute(home).map(in_home))?.join("dorcas"))
}

/// What this program is known by: another build of it may find something else in the same files.
fn program() -> String {
    let path = env::current_exe().unwrap_or_default();
    let about = fs::metadata(&path).ok();
    let size = about.as_ref().map_or(0, fs::Metadata::len);
    let built = about.and_then(|about| about.modified().ok()).and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("{} {} {size} {:?}", env!("CARGO_PKG_VERSION"), path.display(), built.unwrap_or_default())
}

fn show(dir: &MemoDir, files: &[MemoFile], out: &mut impl io::Write) -> io::Result<()> {
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn place_with(variables: &[(&str, &str)]) -> Option<String> {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        usual_place(find).map(|path| path.to_str().unwrap().to_owned())
    }

    #[test]
    fn the_usual_place() {
        let (home, xdg) = (("HOME", "/home/me"), ("XDG_CACHE_HOME", "/var/cache/me"));
        let shown = [
            place_with(&[home]),
            place_with(&[home, xdg]),
            place_with(&[xdg]),
            place_with(&[home, ("XDG_CACHE_HOME", "relative")]),
            place_with(&[home, xdg, (VARIABLE, "here")]),
        ];
        let shown = shown.map(Option::unwrap);
        let (of_home, of_xdg) = ("/home/me/.cache/dorcas", "/var/cache/me/dorcas");
        assert_eq!(shown, [of_home, of_xdg, of_xdg, of_home, "here"]);
    }

    #[test]
    fn no_place() {
        assert_eq!(place_with(&[]), None);
        assert_eq!(place_with(&[("HOME", "")]), None);
        assert_eq!(place_with(&[("HOME", "/home/me"), (VARIABLE, "")]), None);
    }
}
