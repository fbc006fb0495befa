//! `dorcas golden`: Gazelle's own test folders, run as a user would run them.
//!
//! A case is a small repository in a folder, with what should become of it: `BUILD.in` is a BUILD file before the run,
//! `BUILD.out` the same one after. [`find`] is which folders are cases, [`case`] what one says, [`play`] how it is run,
//! [`confine`] what its
//! arguments may say, [`compare`] what came out otherwise, [`accept`] how `--update` makes that the expectation, [`report`] what is shown.

mod accept;
mod case;
mod compare;
mod confine;
mod find;
mod play;
mod report;

use super::repository;
use crate::{
    bazel,
    exit::{Ends, Failure, Status},
    flags::{BoundsFlags, JunitFlag, LIMIT_HELP, LOG_HELP, check_languages},
    guests::{self, Pinned, Wanted},
    messages,
};
use case::{Case, CaseError};
use clap::{Args, ValueEnum};
use compare::Mismatch;
use dorcas_gazelle::find_root;
use dorcas_host::printable;
use find::Found;
use play::Setting;
use rayon::prelude::*;
use report::{Tested, Verdict};
use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

const EXAMPLES: &str = "\
Examples:
  dorcas golden testdata --guest my_lang.wasm
  dorcas golden testdata --guest my_lang.wasm --update    write what came out as what is expected
  dorcas golden testdata --format junit > report.xml

A case is a folder with a MODULE.bazel, REPO.bazel, WORKSPACE.bazel or WORKSPACE file. In it,
as in Gazelle's own tests:
  arguments.txt          arguments of the run, one a line; `update` where it begins with no command;
                         no flag that reads or writes anything outside the case
  app/BUILD.in           app/BUILD.bazel before the run
  app/BUILD.out          app/BUILD.bazel after it
  expectedStdout.txt     standard output, with %WORKSPACEPATH% for the root; empty without it
  expectedStderr.txt     standard error, likewise, but for the line that says what was done
  expectedExitCode.txt   exit status; 0 without it
All other files are part of the repository, and must be the same after the run. Space at the ends
of a file, and how its lines end, makes no difference.

What guests write to their log with --log is no part of standard error: it is shown on this
command's, with the name of the case in front, and compared with nothing.

Exit status: 0 all cases pass; 1 one fails, or there is none; 2 the command line is wrong; 3 a guest
can't be used; 4 the folder can't be read.";

#[derive(Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
#[allow(clippy::struct_excessive_bools, reason = "they are flags")]
pub(super) struct GoldenArgs {
    #[arg(value_name = "DIR", value_parser = bazel::input(), help = "A case, or a folder with cases in it")]
    dir: PathBuf,
    #[arg(long, value_name = "FILE", value_parser = bazel::input(), help = "Adds a language from a .wasm file; may be repeated")]
    guest: Vec<PathBuf>,
    #[arg(
        long,
        value_name = "FILE",
        value_parser = bazel::input(),
        help = "A file with the guests of the run, in the place of the repository's dorcas.json"
    )]
    config: Option<PathBuf>,
    #[arg(
        long,
        conflicts_with = "config",
        help = "Leaves dorcas.json alone: the built-in guests run, and those of --guest"
    )]
    no_config: bool,
    #[arg(long, value_name = "NAMES", help = "Languages to run, where a case's arguments don't say it")]
    lang: Option<String>,
    #[arg(long, value_name = "NAME=N", help = LIMIT_HELP)]
    limit: Vec<String>,
    #[command(flatten)]
    bounds: BoundsFlags,
    #[arg(long, help = LOG_HELP)]
    log: bool,
    #[arg(long, help = "Writes what came out over what was expected")]
    update: bool,
    #[arg(long, help = "Lets a case fail that has no BUILD.out for a BUILD file")]
    strict: bool,
    #[arg(long, value_name = "FORMAT", default_value = "human", help = "How to show the report")]
    format: Format,
    #[command(flatten)]
    junit: JunitFlag,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Human,
    Json,
    Junit,
}

/// A case before its run.
pub(super) struct Before {
    /// Its files, by their paths from the root.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// What its `arguments.txt` says, line by line.
    pub(super) arguments: Vec<String>,
}

/// The cases in a folder as they are before their runs, each with its path; or why one can't be read.
#[allow(clippy::type_complexity, reason = "a path and what is there, or why not; said once")]
pub(super) fn before(dir: &Path) -> Result<Vec<(PathBuf, Result<Before, String>)>, (PathBuf, io::Error)> {
    let read = |found: Found| {
        let case = Case::read(&found).map_err(|error| error.to_string());
        let before = case.map(|case| {
            let path = |rel: &Path| rel.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
            let files = case.before.into_iter().map(|file| (path(&file.rel), file.bytes)).collect();
            Before { files, arguments: case.arguments }
        });
        (found.dir, before)
    };
    Ok(find::cases(dir)?.into_iter().map(read).collect())
}

/// Cases that can't be run.
#[derive(Debug, thiserror::Error)]
enum GoldenFailure {
    #[error("can't read the folder {}: {cause}", path.display())]
    Folder { path: PathBuf, cause: io::Error },
    #[error(
        "no case in {}: a case is a folder with a MODULE.bazel, REPO.bazel, WORKSPACE.bazel or WORKSPACE file",
        dir.display()
    )]
    NoCases { dir: PathBuf },
    #[error("can't find this program, to run cases with it: {cause}")]
    Program { cause: io::Error },
}

impl Ends for GoldenFailure {
    fn status(&self) -> Status {
        match self {
            Self::NoCases { .. } => Status::Failed,
            Self::Folder { .. } | Self::Program { .. } => Status::System,
        }
    }
}

pub(super) fn run(args: &GoldenArgs) -> Result<ExitCode, Failure> {
    let dir = &args.dir;
    let root = find_root(dir).ok();
    let pinned = Pinned::find(root.as_deref(), args.config.as_deref(), args.no_config)?;
    let wanted = Wanted { paths: args.guest.clone(), limits: args.limit.clone(), log: args.log, pinned };
    // Said once here, and not by every case.
    let loaded = guests::load(&wanted)?;
    let known: Vec<_> = loaded.iter().map(|loaded| loaded.guest.name()).collect();
    let chosen = args.lang.iter().flat_map(|names| names.split(',')).filter(|name| !name.is_empty());
    check_languages(chosen, &known)?;
    let setting = Setting::new(args, wanted.pinned.as_ref(), guests::flags(&loaded, repository::taken_names())?)?;

    let found = find::cases(dir).map_err(|(path, cause)| GoldenFailure::Folder { path, cause })?;
    if found.is_empty() {
        return Err(GoldenFailure::NoCases { dir: dir.clone() }.into());
    }
    let tested: Vec<_> = found.par_iter().map(|found| args.test(found, &setting)).collect();

    for Tested { name, log, .. } in &tested {
        for line in log {
            messages::plain(format_args!("{name}: {line}", name = printable(name, 1000)));
        }
    }
    let mut out = io::stdout().lock();
    match args.format {
        Format::Human => report::human(&tested, &mut out)?,
        Format::Json => report::json(&tested, &mut out)?,
        Format::Junit => report::junit(&tested, &mut out)?,
    }
    out.flush()?;
    args.junit.write(|| {
        let mut report = Vec::new();
        report::junit(&tested, &mut report).map(|()| report)
    })?;
    let failed = tested.iter().any(|tested| matches!(tested.verdict, Verdict::Failed(_)));
    Ok(ExitCode::from(u8::from(failed)))
}

impl GoldenArgs {
    fn test(&self, found: &Found, setting: &Setting) -> Tested {
        let mut log = Vec::new();
        let verdict = self.try_test(found, setting, &mut log);
        let verdict = verdict.unwrap_or_else(|error| Verdict::Failed(vec![error.into()]));
        Tested { name: found.name.clone(), verdict, log }
    }

    fn try_test(&self, found: &Found, setting: &Setting, log: &mut Vec<String>) -> Result<Verdict, CaseError> {
        let case = Case::read(found)?;
        let mut played = play::play(&case, setting)?;
        log.append(&mut played.log);
        // What nobody has expected yet becomes an expectation as well.
        let mismatches = compare::compare(&case, &played, self.strict || self.update)?;
        Ok(match mismatches {
            none if none.is_empty() => Verdict::Passed,
            some if self.update => accept::accept(&case, some)?,
            some => Verdict::Failed(some),
        })
    }
}

impl From<CaseError> for Mismatch {
    fn from(error: CaseError) -> Self {
        Self { file: error.file(), text: error.to_string(), accept: None }
    }
}
