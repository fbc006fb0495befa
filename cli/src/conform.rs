//! `dorcas conform`: whether a module keeps the clauses of the ABI, one by one.

use crate::{args, bounded, exit::Failure, guests};
use clap::{Arg, ArgAction, ArgMatches, Command, builder::PossibleValuesParser, value_parser};
use dorcas_abi::clause;
use dorcas_conformance::{Expected, GOOD, NoSuchClause, RunnerLimits, Suite, bad, check, format::Format, wordings};
use dorcas_host::printable;
use std::{
    fs,
    io::{self, Write},
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
  dorcas conform --explain mem.steady             the clause, and what is looked at
  dorcas conform --self-test                      whether this runner can fail
  dorcas conform --self-test --write guests       the guests that it is tried on, for another runner

A file for --expect lists clauses that are known to be broken, in TOML or JSON:
  [[known]]
  clause = \"mem.steady\"
  reason = \"the allocator gives nothing back before its first collection\"

Exit status: 0 all clauses are kept; 1 a clause is broken, or none ran; 2 the command line is wrong;
3 the file is no module; 4 the runner itself failed.";

/// The subcommand with its flags.
pub(crate) fn command() -> Command {
    let switch = |name, help| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    let without_guest = ["list", "explain", "self-test"];
    Command::new("conform")
        .about("Checks a guest against each clause of the ABI")
        .after_help(EXAMPLES)
        .arg(
            Arg::new("guest")
                .value_name("GUEST")
                .required_unless_present_any(without_guest)
                .value_parser(value_parser!(PathBuf))
                .help("The guest, a .wasm file; `builtin:proto` is the one in this binary"),
        )
        .arg(
            Arg::new("clauses")
                .value_name("CLAUSE")
                .num_args(0..)
                .help("Clauses to report, or what stands before their dots; all where none is given"),
        )
        .arg(switch("list", "Lists all clauses that bind guests").exclusive(true))
        .arg(
            Arg::new("explain")
                .long("explain")
                .value_name("CLAUSE")
                .exclusive(true)
                .help("Shows a clause, what is looked at for it, and which known-bad guests break it"),
        )
        .arg(
            switch("self-test", "Runs the suite on guests that are known to be bad").conflicts_with_all([
                "guest", "strict", "static", "output", "expect", "grant", "seed", "limit", "rounds",
            ]),
        )
        .arg(
            Arg::new("write")
                .long("write")
                .value_name("DIR")
                .requires("self-test")
                .value_parser(value_parser!(PathBuf))
                .help("Writes these guests to a directory instead, as .wat and .wasm, for other runners"),
        )
        .arg(switch("strict", "Takes a SHOULD for a MUST"))
        .arg(switch("static", "Checks what shows without running anything"))
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(PossibleValuesParser::new(Format::NAMES))
                .default_value("human")
                .help("How to show the report"),
        )
        .arg(
            Arg::new("output")
                .long("output")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Writes the report to a file instead of standard output"),
        )
        .arg(
            Arg::new("expect")
                .long("expect")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Failures that are known, each with a reason; one that doesn't happen is a failure"),
        )
        .arg(
            Arg::new("grant")
                .long("grant")
                .value_name("NAME")
                .action(ArgAction::Append)
                .help("Lets the guest import something by name: log, the function `dorcas.log`"),
        )
        .arg(
            Arg::new("seed")
                .long("seed")
                .value_name("N")
                .value_parser(value_parser!(u64))
                .help("Decides about arbitrary requests and orders; the report names it"),
        )
        .arg(args::limit().help("Sets a limit of this run: fuel_per_call or fuel_in_all; the report names them"))
        .arg(
            Arg::new("rounds")
                .long("rounds")
                .value_name("N")
                .value_parser(value_parser!(u32).range(101..=1_000_000))
                .help("How often the same calls are made to watch the memory"),
        )
}

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    if matches.get_flag("list") {
        return list();
    }
    if let Some(name) = matches.get_one::<String>("explain") {
        return explain(name);
    }
    if matches.get_flag("self-test") {
        return match matches.get_one::<PathBuf>("write") {
            Some(dir) => write_guests(dir),
            None => self_test(),
        };
    }
    let suite = suite(matches)?;
    suite.check_selection()?;
    let expected = matches.get_one::<PathBuf>("expect").map(|path| expected(path)).transpose()?;
    let path = matches.get_one::<PathBuf>("guest").expect("the argument is required here");
    let wasm = guests::read(path)?;
    let file = printable(&path.display().to_string(), MAX_PATH_BYTES);

    // The runner is there to survive anything. Should it not, that says nothing about the guest.
    let mut report = panic::catch_unwind(AssertUnwindSafe(|| suite.run(&file, &wasm))).map_err(|_| Failure::Runner)?;
    if let Some(expected) = expected {
        expected.note(&mut report);
    }
    let format: Format = matches.get_one::<String>("format").and_then(|name| name.parse().ok()).unwrap_or_default();
    let text = format.show(&report);
    match matches.get_one::<PathBuf>("output") {
        Some(path) => {
            fs::write(path, text).map_err(|cause| Failure::WriteReport { path: path.clone(), cause })?;
        }
        None => io::stdout().lock().write_all(text.as_bytes())?,
    }
    Ok(if !report.module.is_module {
        ExitCode::from(3)
    } else if report.passes() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// Most bytes of a path in a report.
const MAX_PATH_BYTES: usize = 200;

fn suite(matches: &ArgMatches) -> Result<Suite, Failure> {
    let default = Suite::default();
    let grants = matches.get_many::<String>("grant").into_iter().flatten().map(|name| name.parse());
    Ok(Suite {
        grants: grants.collect::<Result<_, _>>()?,
        select: matches.get_many::<String>("clauses").into_iter().flatten().cloned().collect(),
        static_only: matches.get_flag("static"),
        strict: matches.get_flag("strict"),
        seed: matches.get_one("seed").copied().unwrap_or(default.seed),
        rounds: matches.get_one("rounds").copied().unwrap_or(default.rounds),
        limits: limits(matches)?,
        ..default
    })
}

fn limits(matches: &ArgMatches) -> Result<RunnerLimits, Failure> {
    let mut limits = RunnerLimits::default();
    for setting in matches.get_many::<String>("limit").into_iter().flatten() {
        let parts = setting.split_once('=').and_then(|(name, value)| value.parse().ok().map(|value| (name, value)));
        match parts {
            Some(("fuel_per_call", value)) => limits.fuel_per_call = value,
            Some(("fuel_in_all", value)) => limits.fuel_in_all = value,
            _ => return Err(Failure::Limit { setting: setting.clone(), known: "fuel_per_call, fuel_in_all".into() }),
        }
    }
    Ok(limits)
}

fn expected(path: &Path) -> Result<Expected, Failure> {
    let text = bounded::read_text(path, bounded::TEXT_BYTES)
        .map_err(|cause| Failure::ReadExpected { path: path.into(), cause })?;
    Expected::read(&text).map_err(|cause| Failure::Expected { path: path.into(), cause: Box::new(cause) })
}

fn list() -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    for wording in wordings() {
        let clause::Clause { name, level, check } = wording.clause;
        writeln!(out, "{name:<30} {:<7} {check}", level.to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn explain(name: &str) -> Result<ExitCode, Failure> {
    let all = wordings();
    let wording = all.iter().find(|wording| wording.clause.name == name);
    let wording = wording.ok_or_else(|| Failure::NoSuchClause(NoSuchClause(name.to_owned())))?;
    let mut out = io::stdout().lock();
    writeln!(out, "{name} ({}, {})\n\n{}", wording.clause.level, wording.clause.check, wording.text)?;
    for check in check::of(name) {
        writeln!(out, "\n{}\n  {}", check.name, check.about)?;
        for guest in bad::ALL.iter().filter(|guest| guest.fails().contains(&check.name)) {
            writeln!(out, "  bad/{}.diff: {}", guest.name, guest.claim())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn self_test() -> Result<ExitCode, Failure> {
    let (guests, mistakes) = bad::self_test(&bad::suite());
    let mut out = io::stdout().lock();
    for mistake in &mistakes {
        writeln!(out, "{mistake}")?;
    }
    let checks = check::ALL.len();
    writeln!(out, "{guests} guests, {checks} checks, {} verdicts other than they should be", mistakes.len())?;
    Ok(if mistakes.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(4) })
}

/// Writes the good guest and the bad ones, whole.
fn write_guests(dir: &Path) -> Result<ExitCode, Failure> {
    let write = |name: &str, text: &str, wasm: &[u8]| {
        let path = dir.join(name);
        let folder = path.parent().unwrap_or(dir);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(path.with_extension("wat"), text))
            .and_then(|()| fs::write(path.with_extension("wasm"), wasm))
            .map_err(|cause| Failure::Write { path, cause })
    };
    // A guest that can't be made is a fault of this runner.
    let fault = |_| Failure::Runner;
    write("good", GOOD, &bad::good().map_err(fault)?)?;
    for guest in bad::ALL {
        write(guest.name, &guest.text().map_err(fault)?, &guest.wasm().map_err(fault)?)?;
    }
    writeln!(io::stdout(), "{} guests in {}", bad::ALL.len() + 1, dir.display())?;
    Ok(ExitCode::SUCCESS)
}
