//! `dorcas conform`: whether a module keeps the clauses of the ABI, one by one.

mod about;
mod given;

use crate::{
    bazel, bounded,
    exit::{Ends, Failure, Status},
    flags::{GUEST_HELP, JunitFlag, LimitError},
    guests,
};
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
    value_parser,
};
use dorcas_conformance::{Expected, ExpectedError, NoSuchClause, NoSuchGrant, RunnerLimits, Suite, format::Format};
use dorcas_host::printable;
use std::{
    fs,
    io::{self, Write as _},
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    process::ExitCode,
};

const EXAMPLES: &str = "\
Examples:
  dorcas conform my_lang.wasm                     all clauses, for a terminal
  dorcas conform my_lang.wasm mem result.valid    an area and a clause
  dorcas conform my_lang.wasm --static            without running anything
  dorcas conform my_lang.wasm --format junit --output report.xml
  dorcas conform my_lang.wasm --golden testdata   what your golden folders lead to is asked too
  dorcas conform --explain mem.steady             the clause, and what is looked at
  dorcas conform --self-test                      whether this runner can fail
  dorcas conform --self-test --write guests       the guests that it is tried on, for another runner

A file for --expect lists clauses that are known to be broken, in TOML or JSON:
  [[known]]
  clause = \"mem.steady\"
  reason = \"the allocator gives nothing back before its first collection\"

Exit status: 0 all clauses are kept; 1 a clause is broken, or none ran; 2 the command line is wrong;
3 the file is no module; 4 the runner itself failed.";

#[derive(Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
#[allow(clippy::struct_excessive_bools, reason = "they are flags")]
pub(super) struct ConformArgs {
    #[arg(value_name = "GUEST", value_parser = bazel::input(), required_unless_present_any = ["list", "explain", "self_test"], help = GUEST_HELP)]
    guest: Option<PathBuf>,
    #[arg(value_name = "CLAUSE", num_args = 0..,
          help = "Clauses to report, or what stands before their dots; all where none is given")]
    clauses: Vec<String>,
    #[arg(long, exclusive = true, help = "Lists all clauses that bind guests")]
    list: bool,
    #[arg(
        long,
        value_name = "CLAUSE",
        exclusive = true,
        help = "Shows a clause, what is looked at for it, and which known-bad guests break it"
    )]
    explain: Option<String>,
    #[arg(long, help = "Runs the suite on guests that are known to be bad",
          conflicts_with_all = ["guest", "strict", "static_only", "output", "expect", "grant", "seed", "limit", "rounds",
                                "golden", "recording"])]
    self_test: bool,
    #[arg(
        long,
        value_name = "DIR",
        requires = "self_test",
        help = "Writes these guests to a directory instead, as .wat and .wasm, for other runners"
    )]
    write: Option<PathBuf>,
    #[arg(long, help = "Takes a SHOULD for a MUST")]
    strict: bool,
    #[arg(long = "static", help = "Checks what shows without running anything")]
    static_only: bool,
    #[arg(long, value_name = "FORMAT", value_parser = format(), default_value = "human", help = "How to show the report")]
    format: Format,
    #[command(flatten)]
    junit: JunitFlag,
    #[arg(long, value_name = "FILE", help = "Writes the report to a file instead of standard output")]
    output: Option<PathBuf>,
    #[arg(
        long,
        value_name = "FILE",
        help = "Failures that are known, each with a reason; one that doesn't happen is a failure"
    )]
    expect: Option<PathBuf>,
    #[arg(long, value_name = "NAME", help = "Lets the guest import something by name: log, the function `dorcas.log`")]
    grant: Vec<String>,
    #[arg(long, value_name = "N", help = "Decides about arbitrary requests and orders; the report names it")]
    seed: Option<u64>,
    #[arg(
        long,
        value_name = "NAME=N",
        help = "Sets a limit of this run: fuel_per_call or fuel_in_all; the report names them"
    )]
    limit: Vec<String>,
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(101..=1_000_000),
          help = "How often the same calls are made to watch the memory")]
    rounds: Option<u32>,
    #[arg(
        long,
        value_name = "DIR",
        help = "Asks what a run over each golden folder asks, and tries these requests in every way; may be repeated"
    )]
    golden: Vec<PathBuf>,
    #[arg(
        long,
        value_name = "FILE",
        help = "Asks what a recording has of this guest, and tries these requests in every way; may be repeated"
    )]
    recording: Vec<PathBuf>,
}

fn format() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::NAMES).map(|name| name.parse().expect("it is one of the names"))
}

/// A report that can't be made.
#[derive(Debug, thiserror::Error)]
enum ConformFailure {
    #[error(transparent)]
    NoSuchClause(#[from] NoSuchClause),
    #[error(transparent)]
    Grant(#[from] NoSuchGrant),
    #[error("can't read the known failures {}: {cause}", path.display())]
    ReadExpected { path: PathBuf, cause: io::Error },
    #[error("{} is no list of known failures: {cause}", path.display())]
    Expected { path: PathBuf, cause: Box<ExpectedError> },
    #[error("can't write the report {}: {cause}", path.display())]
    WriteReport { path: PathBuf, cause: io::Error },
    #[error("can't write {}: {cause}", path.display())]
    Write { path: PathBuf, cause: io::Error },
    #[error(transparent)]
    Given(#[from] given::GivenError),
    #[error("the runner itself failed; please report this with the guest")]
    Runner,
}

impl Ends for ConformFailure {
    fn status(&self) -> Status {
        match self {
            Self::Given(_)
            | Self::NoSuchClause(_)
            | Self::Grant(_)
            | Self::ReadExpected { .. }
            | Self::Expected { .. } => Status::Usage,
            Self::WriteReport { .. } | Self::Write { .. } | Self::Runner => Status::System,
        }
    }
}

pub(super) fn run(args: &ConformArgs) -> Result<ExitCode, Failure> {
    if args.list {
        return about::list();
    }
    if let Some(name) = &args.explain {
        return about::explain(name);
    }
    if args.self_test {
        return match &args.write {
            Some(dir) => about::write_guests(dir),
            None => about::self_test(),
        };
    }
    let mut suite = suite(args)?;
    suite.check_selection().map_err(ConformFailure::from)?;
    let expected = args.expect.as_deref().map(expected).transpose()?;
    let path = args.guest.as_deref().expect("the argument is required here");
    let wasm = guests::read(path)?;
    for dir in &args.golden {
        suite.repositories.extend(given::golden(dir).map_err(ConformFailure::from)?);
    }
    for path in &args.recording {
        suite.given.extend(given::recording(path, &wasm).map_err(ConformFailure::from)?);
    }
    let file = printable(&path.display().to_string(), MAX_PATH_BYTES);

    // The runner is there to survive anything. Should it not, that says nothing about the guest.
    let mut report =
        panic::catch_unwind(AssertUnwindSafe(|| suite.run(&file, &wasm))).map_err(|_| ConformFailure::Runner)?;
    if let Some(expected) = expected {
        expected.note(&mut report);
    }
    args.junit.write(|| Ok(Format::Junit.show(&report).into_bytes()))?;
    let text = args.format.show(&report);
    match &args.output {
        Some(path) => {
            fs::write(path, text).map_err(|cause| ConformFailure::WriteReport { path: path.clone(), cause })?;
        }
        None => io::stdout().lock().write_all(text.as_bytes())?,
    }
    Ok(if !report.module.is_module {
        Status::Guest.into()
    } else if report.passes() {
        ExitCode::SUCCESS
    } else {
        Status::Failed.into()
    })
}

/// Most bytes of a path in a report.
const MAX_PATH_BYTES: usize = 200;

fn suite(args: &ConformArgs) -> Result<Suite, Failure> {
    let default = Suite::default();
    let grants = args.grant.iter().map(|name| name.parse());
    Ok(Suite {
        grants: grants.collect::<Result<_, _>>().map_err(ConformFailure::Grant)?,
        select: args.clauses.clone(),
        static_only: args.static_only,
        strict: args.strict,
        seed: args.seed.unwrap_or(default.seed),
        rounds: args.rounds.unwrap_or(default.rounds),
        limits: limits(&args.limit)?,
        ..default
    })
}

fn limits(settings: &[String]) -> Result<RunnerLimits, LimitError> {
    let mut limits = RunnerLimits::default();
    for setting in settings {
        let parts = setting.split_once('=').and_then(|(name, value)| value.parse().ok().map(|value| (name, value)));
        match parts {
            Some(("fuel_per_call", value)) => limits.fuel_per_call = value,
            Some(("fuel_in_all", value)) => limits.fuel_in_all = value,
            _ => return Err(LimitError { setting: setting.clone(), known: "fuel_per_call, fuel_in_all".into() }),
        }
    }
    Ok(limits)
}

fn expected(path: &Path) -> Result<Expected, ConformFailure> {
    let text = bounded::read_text(path, bounded::TEXT_BYTES)
        .map_err(|cause| ConformFailure::ReadExpected { path: path.into(), cause })?;
    Expected::read(&text).map_err(|cause| ConformFailure::Expected { path: path.into(), cause: Box::new(cause) })
}
