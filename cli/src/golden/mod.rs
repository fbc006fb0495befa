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

use crate::{args, exit::Failure, guests, messages};
use case::{Case, CaseError};
use clap::{Arg, ArgAction, ArgMatches, Command, builder::PossibleValuesParser, value_parser};
use compare::Mismatch;
use dorcas_host::printable;
use find::Found;
use play::Setting;
use rayon::prelude::*;
use report::{Tested, Verdict};
use std::{
    io::{self, Write as _},
    path::PathBuf,
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

/// The subcommand with its flags.
pub(crate) fn command() -> Command {
    let switch = |name, help| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("golden")
        .about("Runs test folders in Gazelle's format, BUILD.in and BUILD.out")
        .after_help(EXAMPLES)
        .arg(
            Arg::new("dir")
                .value_name("DIR")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("A case, or a folder with cases in it"),
        )
        .arg(args::guest_files().help("Adds a language from a .wasm file; may be repeated"))
        .arg(
            Arg::new("lang")
                .long("lang")
                .value_name("NAMES")
                .help("Languages to run, where a case's arguments don't say it"),
        )
        .arg(args::limit())
        .arg(args::log())
        .arg(switch("update", "Writes what came out over what was expected"))
        .arg(switch("strict", "Lets a case fail that has no BUILD.out for a BUILD file"))
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(PossibleValuesParser::new(["human", "json", "junit"]))
                .default_value("human")
                .help("How to show the report"),
        )
}

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let dir = matches.get_one::<PathBuf>("dir").expect("the argument is required");
    let named: Vec<_> = matches.get_many::<PathBuf>("guest").into_iter().flatten().cloned().collect();
    let sandbox = guests::sandbox(matches)?;
    // Said once here, and not by every case.
    let loaded = guests::load(&named, &sandbox)?;
    let lang = matches.get_one::<String>("lang").cloned();
    if let Some(unknown) = lang
        .iter()
        .flat_map(|names| names.split(','))
        .find(|name| !name.is_empty() && loaded.iter().all(|loaded| loaded.guest.name() != *name))
    {
        let known: Vec<_> = loaded.iter().map(|loaded| loaded.guest.name()).collect();
        return Err(Failure::UnknownLang { name: unknown.into(), known: known.join(", ") });
    }
    let limits = guests::settings(matches).map(str::to_owned).collect();
    let setting = Setting::new(&named, guests::flags(&loaded)?, lang, limits, sandbox.log)?;

    let found = find::cases(dir).map_err(|(path, cause)| Failure::GoldenDir { path, cause })?;
    if found.is_empty() {
        return Err(Failure::NoCases { dir: dir.clone() });
    }
    let asked = Asked { update: matches.get_flag("update"), strict: matches.get_flag("strict") };
    let tested: Vec<_> = found.par_iter().map(|found| asked.test(found, &setting)).collect();

    for Tested { name, log, .. } in &tested {
        for line in log {
            messages::plain(format_args!("{name}: {line}", name = printable(name, 1000)));
        }
    }
    let mut out = io::stdout().lock();
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => report::json(&tested, &mut out)?,
        Some("junit") => report::junit(&tested, &mut out)?,
        _ => report::human(&tested, &mut out)?,
    }
    out.flush()?;
    let failed = tested.iter().any(|tested| matches!(tested.verdict, Verdict::Failed(_)));
    Ok(ExitCode::from(u8::from(failed)))
}

/// What is to be done about each case.
struct Asked {
    update: bool,
    strict: bool,
}

impl Asked {
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
