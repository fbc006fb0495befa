//! `dorcas update` and `dorcas fix`: the BUILD files of a repository, written, printed or compared.
//!
//! [`show`] is what people see of an outcome, [`document`] what machines do, [`stats`] what a run has taken.

mod document;
mod show;
mod stats;

use crate::{
    bazel,
    exit::{Ends, Failure, Status},
    flags::{BoundsFlags, CacheFlags, FormatFlag, GuestFlagValues, RunFlags, switch},
    guests::{self, Loaded},
    messages,
    progress::Bar,
    timer::Timer,
};
use clap::{ArgAction, Args, ValueEnum};
use document::Ending;
use dorcas_abi::message::{Command, Severity};
use dorcas_gazelle::{Language, Memo, Options, OutputFile, diff, write};
use dorcas_host::Run;
use std::{
    fs,
    io::{self, BufWriter, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

const EXAMPLES: &str = "\
Examples:
  dorcas update                           update the BUILD files of this directory and those in it
  dorcas update --mode diff api/v1        show what would change in another one
  dorcas update --guest my_lang.wasm      with a language from a file, beside the built-in ones
  dorcas update -mode print -repo_root .  Gazelle's spelling works too
  dorcas update --no-cache --stats        without what earlier runs have kept, and what that takes

Exit status: 0 done; 1 a directory failed, a guest reported an error, or --mode diff found changes;
2 the command line is wrong; 3 a guest can't be used; 4 the repository can't be read, or the output
can't be written; 130 Ctrl-C has ended it.";

#[derive(Args)]
#[group(skip)]
// As with Gazelle's flags, the last one counts.
#[command(after_help = EXAMPLES, args_override_self = true, mut_arg("recursive", switch), mut_arg("strict", switch))]
#[allow(clippy::struct_excessive_bools, reason = "they are flags")]
pub(super) struct UpdateArgs {
    #[arg(value_name = "DIR", num_args = 0.., value_parser = bazel::input(),
          help = "Directories to update, with those in them; where none is given, the working directory, or all of a \
                  repository that is elsewhere")]
    dirs: Vec<PathBuf>,
    #[arg(
        long,
        value_name = "MODE",
        default_value = "fix",
        help = "Write the files, print them, or show how they would change"
    )]
    mode: Mode,
    #[arg(long, alias = "r", action = ArgAction::Set, default_value = "true",
          help = "Whether to update the directories in a DIR too; -r=false does not")]
    recursive: bool,
    #[command(flatten)]
    run: RunFlags,
    #[arg(long, action = ArgAction::Set, default_value = "false",
          help = "Does nothing at all if a BUILD file can't be understood or has an unknown directive")]
    strict: bool,
    #[arg(long, value_name = "FILE", help = "With --mode diff, writes the patch to a file")]
    patch: Option<PathBuf>,
    #[arg(
        long,
        conflicts_with = "format",
        help = "With --mode fix, prints the path of each file that was written, with a zero byte behind it"
    )]
    print0: bool,
    #[command(flatten)]
    bounds: BoundsFlags,
    #[command(flatten)]
    cache: CacheFlags,
    #[arg(long, help = "Takes a repository without any directory or file for what it is, not for a wrong --repo-root")]
    allow_empty: bool,
    #[arg(long, help = "Leaves out the line that says what was done")]
    quiet: bool,
    #[arg(long, help = "Shows calls, fuel, time and bytes of each guest")]
    stats: bool,
    #[arg(
        long,
        value_name = "FILE",
        help = "Writes every call of a guest to a file, for `dorcas replay`; nothing is taken from the cache then"
    )]
    record: Option<PathBuf>,
    #[command(flatten)]
    format: FormatFlag,
}

/// What becomes of the BUILD files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mode {
    Fix,
    Print,
    Diff,
}

impl Mode {
    /// As the command line has it.
    fn name(self) -> &'static str {
        match self {
            Self::Fix => "fix",
            Self::Print => "print",
            Self::Diff => "diff",
        }
    }
}

/// An update that can't be made.
#[derive(Debug, thiserror::Error)]
enum UpdateFailure {
    #[error("--patch is for --mode diff, not {mode}")]
    Patch { mode: &'static str },
    #[error("can't write the patch {}: {cause}", path.display())]
    WritePatch { path: PathBuf, cause: io::Error },
    #[error(
        "there is nothing to look at: {} has no directory, and no file that isn't Bazel's; is it the right --repo-root? \
         --allow-empty takes it as it is", root.display()
    )]
    Empty { root: PathBuf },
    #[error("can't write the record {}: {cause}", path.display())]
    Record { path: PathBuf, cause: io::Error },
}

impl Ends for UpdateFailure {
    fn status(&self) -> Status {
        match self {
            Self::Patch { .. } => Status::Usage,
            Self::Empty { .. } | Self::WritePatch { .. } | Self::Record { .. } => Status::System,
        }
    }
}

pub(super) fn run(
    command: Command,
    args: &UpdateArgs,
    guests: &[Loaded],
    values: GuestFlagValues,
) -> Result<ExitCode, Failure> {
    let (mode, json, limit) = (args.mode, args.format.is_json(), &args.run.limit);
    let name = if command == Command::Fix { "fix" } else { "update" };
    if args.patch.is_some() && mode != Mode::Diff {
        return Err(UpdateFailure::Patch { mode: mode.name() }.into());
    }

    let record = args.record.as_deref().map(Record::begin).transpose()?;
    let run = args.bounds.run(limit, record.as_ref().map(|record| record.run.clone()));
    let languages = guests::languages(guests, &run)?;
    let languages: Vec<_> = languages.iter().map(|language| language as &dyn Language).collect();
    let options = args.run.options(&args.cache, &languages, values)?;
    let options = args.bounds.options(limit, &run, args.options(command, options));
    // A bar would be written over.
    let bar = Bar::new(!json && !args.run.log);
    let timer = Timer::start(args.bounds.calls.timeout, &run);
    let outcome = timer.stop(dorcas_gazelle::run(&options, &languages, &bar));
    bar.clear();
    record.map_or(Ok(()), Record::finish)?;
    let outcome = outcome?;
    if outcome.files.is_empty() && !args.allow_empty && bazel::is_empty(&options.repo_root) {
        return Err(UpdateFailure::Empty { root: options.repo_root }.into());
    }

    let clock = Instant::now();
    let unwritten = if mode == Mode::Fix { write(&outcome) } else { Vec::new() };
    let remark = options.memo.as_deref().and_then(keep);
    let writing = clock.elapsed();
    let stats = args.stats.then_some(writing);

    let mut out = BufWriter::new(io::stdout().lock());
    let shown = if json {
        document::write(&outcome, &Ending { command: name, mode, unwritten: &unwritten, stats }, &mut out)
    } else if let Some(path) = &args.patch {
        let mut text = Vec::new();
        diff(&outcome, &mut text)?;
        fs::write(path, text).map_err(|cause| UpdateFailure::WritePatch { path: path.clone(), cause })?;
        Ok(())
    } else if mode == Mode::Fix && args.print0 {
        show::names(&outcome, &unwritten, &mut out)
    } else {
        show::files(&outcome, mode, io::stdout().is_terminal(), &mut out)
    };
    let shown = shown.and_then(|()| out.flush());
    // Printed last so that it stays visible, even if standard output was closed.
    if !json {
        show::report(&outcome, &unwritten);
        if let Some(remark) = remark {
            messages::say(&Severity::Note, remark);
        }
        if let Some(writing) = stats {
            messages::plain(stats::table(&outcome.languages));
            messages::plain(stats::timings(&outcome.timings, writing));
        }
        if mode == Mode::Fix && !args.quiet {
            messages::plain(show::summary(&outcome, &unwritten));
        }
    }
    shown?;
    let differs = mode == Mode::Diff && outcome.files.iter().any(OutputFile::changed);
    let failed = outcome.failed() || !unwritten.is_empty();
    Ok(ExitCode::from(u8::from(failed || differs)))
}

/// Keeps what was found out for the next run. What is wrong with a cache is no reason to fail: all is as without one.
fn keep(memo: &Memo) -> Option<String> {
    let path = memo.path();
    if let Err(cause) = memo.save() {
        return Some(format!("can't write the cache {}: {cause}; --no-cache does without", path.display()));
    }
    memo.is_damaged().then(|| format!("the cache {} was damaged; it is made anew", path.display()))
}

impl UpdateArgs {
    /// The options of a run over a repository, with those of an update.
    fn options(&self, command: Command, options: Options) -> Options {
        let mut dirs = self.dirs.clone();
        if dirs.is_empty() && is_below(&options.repo_root) {
            dirs.push(".".into());
        }
        Options { dirs, recursive: self.recursive, command, strict: self.strict, ..options }
    }
}

/// Whether the working directory is in the repository: then it is what is meant where no DIR is named, as with Gazelle.
fn is_below(root: &Path) -> bool {
    let working = Path::new(".").canonicalize();
    working.is_ok_and(|working| root.canonicalize().is_ok_and(|root| working.starts_with(root)))
}

/// A run whose calls are recorded, and the file.
struct Record<'a> {
    run: Run,
    path: &'a Path,
}

impl<'a> Record<'a> {
    fn begin(path: &'a Path) -> Result<Self, UpdateFailure> {
        let file = fs::File::create(path).map_err(|cause| UpdateFailure::Record { path: path.into(), cause })?;
        Ok(Self { run: Run::new().with_record(file), path })
    }

    fn finish(self) -> Result<(), UpdateFailure> {
        self.run.finish_record().map_err(|cause| UpdateFailure::Record { path: self.path.into(), cause })
    }
}
