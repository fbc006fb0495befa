//! `dorcas explain`: why a rule is as it is.
//!
//! What was decided is found out by `dorcas_gazelle::explain`; [`show`] has the words for it.

mod show;

use crate::{
    exit::{Ends, Failure, Status},
    flags::{BoundsFlags, CacheFlags, FormatFlag, GuestFlagValues, RunFlags, switch},
    guests::{self, Loaded},
    json,
    progress::Bar,
    timer::Timer,
};
use clap::{ArgAction, Args};
use dorcas_abi::message::Command;
use dorcas_gazelle::{
    Language, Options,
    explain::{NoTarget, Target, explain},
};
use std::{io::Write as _, path::Path, process::ExitCode};

const EXAMPLES: &str = "\
Examples:
  dorcas explain //api/v1:v1_proto        a rule, by its label
  dorcas explain :v1_proto                one of the package of this directory
  dorcas explain //api/v1                 the rule //api/v1:v1, or else the package and all of its rules
  dorcas explain //old/api                why a directory is left out
  dorcas explain --format json :v1_proto  for machines; cli/explain.md says what each field means

It makes the run that `dorcas update` would make for all of the repository, and writes nothing.

Exit status: 0 it was explained; 1 there is no such rule, its directory is left out, or its directory
failed; 2 the command line is wrong; 3 a guest can't be used; 4 the repository can't be read, or the
output can't be written.";

#[derive(Args)]
#[group(skip)]
#[command(after_help = EXAMPLES, args_override_self = true, mut_arg("fix", switch))]
pub(super) struct ExplainArgs {
    #[arg(
        value_name = "LABEL",
        help = "The rule: //package:rule, //package, :rule, package:rule; relative to the working directory"
    )]
    label: String,
    #[command(flatten)]
    run: RunFlags,
    #[arg(long, action = ArgAction::Set, default_value = "false", help = "Explains what `dorcas fix` would do")]
    fix: bool,
    #[command(flatten)]
    bounds: BoundsFlags,
    #[command(flatten)]
    cache: CacheFlags,
    #[command(flatten)]
    format: FormatFlag,
}

impl Ends for NoTarget {
    fn status(&self) -> Status {
        Status::Usage
    }
}

pub(super) fn run(args: &ExplainArgs, guests: &[Loaded], values: GuestFlagValues) -> Result<ExitCode, Failure> {
    let limit = &args.run.limit;
    let run = args.bounds.run(limit, None);
    let languages = guests::languages(guests, &run)?;
    let languages: Vec<_> = languages.iter().map(|language| language as &dyn Language).collect();
    let options = args.bounds.options(limit, &run, args.run.options(&args.cache, &languages, values)?);
    let command = if args.fix { Command::Fix } else { options.command.clone() };
    let options = Options { command, ..options };

    let target = Target::parse(&args.label, &options.repo_root, here(&options.repo_root).as_deref())?;
    let bar = Bar::new(!args.format.is_json());
    let timer = Timer::start(args.bounds.calls.timeout, &run);
    let explanation = timer.stop(explain(&options, &languages, &target, &bar));
    bar.clear();
    let mut explanation = explanation?;
    for (part, loaded) in explanation.languages.iter_mut().zip(guests) {
        part.digest = Some(loaded.guest.digest().to_string());
    }

    let mut out = anstream::stdout().lock();
    if args.format.is_json() {
        json::write(&explanation, &mut out)?;
    } else {
        show::show(&explanation, &target, &mut out)?;
    }
    out.flush()?;
    // A package is explained where its short label names no rule; a rule that isn't there can't be.
    let is_there = explanation.rule.is_some() || target.short && explanation.package.left_out.is_none();
    Ok(ExitCode::from(u8::from(!is_there || explanation.failed)))
}

/// The working directory from the root; none where it is elsewhere.
fn here(root: &Path) -> Option<String> {
    let (root, here) = (root.canonicalize().ok()?, Path::new(".").canonicalize().ok()?);
    let parts: Option<Vec<_>> = here.strip_prefix(root).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}
