//! `dorcas replay`: all calls of a recorded run again, compared with what they came to then.
//!
//! [`anew`] makes them in another build of a guest, [`shown`] is how their bytes are shown.

mod anew;
mod shown;

use crate::{
    bazel, bounded,
    exit::{Ends, Failure, Status},
    flags::{CallBounds, limits},
    guests::{self, GuestError},
    messages::{self, count},
    timer::Timer,
};
use clap::Args;
use dorcas_host::{Config, Digest, Engine, Recording, RecordingError, ReplayError, Run, printable};
use std::{
    borrow::Cow,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

const EXAMPLES: &str = "\
Examples:
  dorcas update --record run.txt --guest my_lang.wasm
  dorcas replay run.txt --guest my_lang.wasm
  dorcas replay run.txt --guest my_lang_2.wasm     what a new build answers otherwise
  dorcas replay run.txt --call 7 | dorcas call my_lang.wasm generate_rules -

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
    #[arg(
        long,
        value_name = "FILE",
        value_parser = bazel::input(),
        help = "A guest of the run, a .wasm file; may be repeated. Another build of one gets its calls, and what it answers \
                otherwise is shown"
    )]
    guest: Vec<PathBuf>,
    #[arg(
        long,
        value_name = "N",
        conflicts_with = "guest",
        help = "Prints the request of the Nth call as JSON, for `dorcas call`, and makes none"
    )]
    call: Option<usize>,
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
    #[error("{} is no guest of the recording: it has no call of the language `{name}`", path.display())]
    Foreign { path: PathBuf, name: String },
    #[error("there is no call {number} in the recording, which has {calls}")]
    NoCall { number: usize, calls: usize },
    #[error("the request of call {number} is none of `{method}` as this version knows it")]
    Unknown { number: usize, method: String },
    #[error("{0}{hint}", hint = if matches!(**.0, ReplayError::Module { .. }) { "; name it with --guest" } else { "" })]
    Replay(Box<ReplayError>),
}

impl Ends for ReplayFailure {
    fn status(&self) -> Status {
        match self {
            Self::Read { .. } => Status::System,
            Self::Recording { .. } | Self::Foreign { .. } | Self::NoCall { .. } | Self::Unknown { .. } => Status::Usage,
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

    if let Some(number) = args.call {
        return take(&recording, number);
    }
    let named = args.guest.iter().map(PathBuf::as_path);
    let modules: Vec<(Digest, Cow<'static, [u8]>)> = named
        .map(|path| guests::read_up_to(path, limits.module_bytes).map(|wasm| (Digest::of(&wasm), wasm)))
        .chain(guests::builtins().map(|wasm| Ok((Digest::of(wasm), wasm.into()))))
        .collect::<Result<_, _>>()?;
    let find = |digest: &Digest| modules.iter().find(|(known, _)| known == digest).map(|(_, wasm)| wasm.to_vec());
    let run = Run::new().with_fuel(args.bounds.fuel(&args.limit, recording.calls()));
    let engine = Engine::new(Config { limits, ..Config::default() }).in_run(&run);
    let engine = if args.log { engine.with_log(|_, _| {}) } else { engine };
    let timer = Timer::start(args.bounds.timeout, &run);
    let recorded = recording.modules();
    // A guest that was not there then takes no part, unless without it there is nothing to do.
    let is_whole = recorded.iter().all(|digest| modules.iter().any(|(known, _)| known == digest));
    let mut builds = Vec::new();
    for (path, (digest, wasm)) in args.guest.iter().zip(&modules) {
        if recorded.contains(digest) {
            continue;
        }
        match engine.load(wasm) {
            Ok(guest) if recording.recorded_calls().any(|call| call.language == guest.name()) => builds.push(guest),
            _ if is_whole => {}
            Ok(guest) => {
                return Err(ReplayFailure::Foreign { path: path.clone(), name: guest.name().into() }.into());
            }
            Err(cause) => return Err(GuestError::Load { path: path.clone(), cause: cause.into() }.into()),
        }
    }
    if !builds.is_empty() {
        let mut out = io::stdout().lock();
        let mut differing = 0;
        for guest in builds {
            differing += anew::compare(&recording, &guest, &mut out)?
                .map_err(|cause| if run.is_interrupted() { timer.reason() } else { cause.into() })?;
        }
        out.flush()?;
        return Ok(ExitCode::from(u8::from(differing > 0)));
    }
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

/// Prints the request of a call, counted from 1.
fn take(recording: &Recording, number: usize) -> Result<ExitCode, Failure> {
    let call = number.checked_sub(1).and_then(|index| recording.recorded_calls().nth(index));
    let Some(call) = call else { return Err(ReplayFailure::NoCall { number, calls: recording.calls() }.into()) };
    let unknown = || ReplayFailure::Unknown { number, method: call.method.into() };
    let text = shown::request(call.method, call.request).ok_or_else(unknown)?;
    io::stdout().lock().write_all(text.as_bytes())?;
    let (method, language) = (printable(call.method, 100), printable(call.language, 100));
    messages::plain(format_args!("`{method}` of {language}, {}", call.digest));
    Ok(ExitCode::SUCCESS)
}
