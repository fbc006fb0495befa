//! `dorcas replay`: all calls of a recorded run again, compared with what they came to then.

use crate::{
    args, bounded,
    exit::Failure,
    guests::{self, BUILTIN_PROTO},
    messages::count,
};
use clap::{Arg, ArgMatches, Command, value_parser};
use dorcas_host::{Config, Digest, Engine, Limits, Recording, Run};
use std::{
    borrow::Cow,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

const EXAMPLES: &str = "\
Examples:
  dorcas update --record run.txt --guest my_lang.wasm
  dorcas replay run.txt --guest my_lang.wasm

A recording has the limits, the bytes and the fuel of every call of a run, and no modules. It can be
replayed on any machine: the first difference is told.

Exit status: 0 nothing differs; 1 something does; 2 the command line or the recording is wrong; 3 a
guest is missing; 4 the recording can't be read.";

/// The subcommand and its flags.
pub(crate) fn command() -> Command {
    Command::new("replay")
        .about("Makes the calls of a recorded run again, and compares bytes and fuel")
        .after_help(EXAMPLES)
        .arg(
            Arg::new("recording")
                .value_name("FILE")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("What `update --record` wrote"),
        )
        .arg(args::guest_files().help("A guest of the run, a .wasm file; may be repeated"))
        .arg(
            args::limit()
                .help("Sets what guests may have here, by the name that errors have for it: fuel_per_call=2000000000; a recording that was made with more is refused"),
        )
        .arg(args::log().help("Lets guests write to a log, as `update --log` did; nothing is shown of it"))
}

/// A run whose calls are recorded, if the command line wants that.
pub(crate) fn recorder(matches: &ArgMatches) -> Result<Option<Run>, Failure> {
    let Some(path) = matches.get_one::<PathBuf>("record") else { return Ok(None) };
    let file = fs::File::create(path).map_err(|cause| Failure::Record { path: path.clone(), cause })?;
    Ok(Some(Run::new().with_record(file)))
}

/// Ends a record.
pub(crate) fn finish(run: Option<&Run>, matches: &ArgMatches) -> Result<(), Failure> {
    let (Some(run), Some(path)) = (run, matches.get_one::<PathBuf>("record")) else { return Ok(()) };
    run.finish_record().map_err(|cause| Failure::Record { path: path.clone(), cause })
}

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let limits = guests::limits(Limits::default(), guests::settings(matches))?;
    let path = matches.get_one::<PathBuf>("recording").expect("the argument is required");
    let text = bounded::read_text(path, bounded::RECORDING_BYTES)
        .map_err(|cause| Failure::ReadRecording { path: path.clone(), cause })?;
    let recording =
        Recording::parse(&text).map_err(|cause| Failure::Recording { path: path.clone(), cause: cause.into() })?;

    let named = matches.get_many::<PathBuf>("guest").into_iter().flatten().map(PathBuf::as_path);
    let modules: Vec<(Digest, Cow<'static, [u8]>)> = named
        .chain([Path::new(BUILTIN_PROTO)])
        .map(|path| guests::read_up_to(path, limits.module_bytes).map(|wasm| (Digest::of(&wasm), wasm)))
        .collect::<Result<_, _>>()?;
    let find = |digest: &Digest| modules.iter().find(|(known, _)| known == digest).map(|(_, wasm)| wasm.to_vec());
    let engine = Engine::new(Config { limits, ..Config::default() });
    let engine = if matches.get_flag("log") { engine.with_log(|_, _| {}) } else { engine };
    let replayed = recording.replay_with(&engine, find).map_err(|cause| Failure::Replay(cause.into()))?;

    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{} in {} of {}: the same bytes, the same fuel",
        count(replayed.calls, "call", "calls"),
        count(replayed.instances, "instance", "instances"),
        count(replayed.guests, "guest", "guests"),
    )?;
    if replayed.stopped > 0 {
        let stopped = count(replayed.stopped, "step", "steps");
        writeln!(out, "{stopped} not compared: something outside had stopped what was recorded")?;
    }
    Ok(ExitCode::SUCCESS)
}
