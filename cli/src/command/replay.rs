//! `dorcas replay`: all calls of a recorded run again, compared with what they came to then.

use crate::{
    bazel, bounded,
    exit::{Ends, Failure, Status},
    flags::{CallBounds, limits},
    guests::{self, BUILTIN_PROTO},
    messages::count,
    timer::Timer,
};
use clap::Args;
use dorcas_host::{Config, Digest, Engine, Recording, RecordingError, ReplayError, Run};
use std::{
    borrow::Cow,
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

#[derive(Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(super) struct ReplayArgs {
    #[arg(value_name = "FILE", value_parser = bazel::input(), help = "What `update --record` wrote")]
    recording: PathBuf,
    #[arg(long, value_name = "FILE", value_parser = bazel::input(), help = "A guest of the run, a .wasm file; may be repeated")]
    guest: Vec<PathBuf>,
    #[arg(
        long,
        value_name = "NAME=N",
        help = "Sets what guests may have here, by the name that errors have for it: fuel_per_call=2000000000; a \
                  recording that was made with more is refused"
    )]
    limit: Vec<String>,
    #[command(flatten)]
    bounds: CallBounds,
    #[arg(long, help = "Lets guests write to a log, as `update --log` did; nothing is shown of it")]
    log: bool,
}

/// A recording that can't be replayed, or that differs.
#[derive(Debug, thiserror::Error)]
enum ReplayFailure {
    #[error("can't read the recording {}: {cause}", path.display())]
    Read { path: PathBuf, cause: io::Error },
    #[error("can't use the recording {}: {cause}", path.display())]
    Recording { path: PathBuf, cause: Box<RecordingError> },
    #[error("{0}{hint}", hint = if matches!(**.0, ReplayError::Module { .. }) { "; name it with --guest" } else { "" })]
    Replay(Box<ReplayError>),
}

impl Ends for ReplayFailure {
    fn status(&self) -> Status {
        match self {
            Self::Read { .. } => Status::System,
            Self::Recording { .. } => Status::Usage,
            Self::Replay(cause) if matches!(**cause, ReplayError::Module { .. }) => Status::Guest,
            Self::Replay(_) => Status::Failed,
        }
    }
}

pub(super) fn run(args: &ReplayArgs) -> Result<ExitCode, Failure> {
    let limits = limits(&args.limit)?;
    let path = &args.recording;
    let text = bounded::read_text(path, bounded::RECORDING_BYTES)
        .map_err(|cause| ReplayFailure::Read { path: path.clone(), cause })?;
    let recording = Recording::parse(&text)
        .map_err(|cause| ReplayFailure::Recording { path: path.clone(), cause: cause.into() })?;

    let named = args.guest.iter().map(PathBuf::as_path);
    let modules: Vec<(Digest, Cow<'static, [u8]>)> = named
        .chain([Path::new(BUILTIN_PROTO)])
        .map(|path| guests::read_up_to(path, limits.module_bytes).map(|wasm| (Digest::of(&wasm), wasm)))
        .collect::<Result<_, _>>()?;
    let find = |digest: &Digest| modules.iter().find(|(known, _)| known == digest).map(|(_, wasm)| wasm.to_vec());
    let run = Run::new().with_fuel(args.bounds.fuel(&args.limit, recording.calls()));
    let engine = Engine::new(Config { limits, ..Config::default() }).in_run(&run);
    let engine = if args.log { engine.with_log(|_, _| {}) } else { engine };
    let timer = Timer::start(args.bounds.timeout, &run);
    let replayed = recording.replay_with(&engine, find).map_err(|cause| match cause {
        ReplayError::Stopped { .. } if run.is_interrupted() => timer.reason(),
        cause => ReplayFailure::Replay(cause.into()).into(),
    })?;

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
