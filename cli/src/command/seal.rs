//! `dorcas seal`: a module with WASI imports becomes a guest that imports nothing.

use crate::{
    bazel,
    exit::{Ends, Failure, Status},
    flags::{limits, with_limits},
    guests,
    messages::{self, count, grouped},
};
use clap::Args;
use dorcas_abi::message::Severity;
use dorcas_host::{CallError, Config, Engine, Limits, LoadError, Outline};
use dorcas_seal::{Keep, KeepError, Options, SealError, seal};
use std::{
    fs,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

const EXAMPLES: &str = "\
Examples:
  GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o raw.wasm .
  dorcas seal raw.wasm my_lang.wasm
  dorcas seal --snapshot raw.wasm my_lang.wasm    with _initialize run now, and its result kept
  dorcas seal --any --keep env.notify raw.wasm plugin.wasm    for a host that provides env.notify

Each import is answered inside the module, the same way every time: there are no files but those
that the guest mounts itself, no arguments, a clock that moves by fixed steps, and a random stream
that always begins alike. What the guest writes to standard error is shown when a call traps.

Exit status: 0 done; 2 the command line is wrong; 3 the module can't be sealed, or is no guest;
4 the output can't be written.";

/// `_initialize` runs once here, for the author of the guest, and not in each instance: it may take some seconds.
const INITIALIZE_FUEL: u64 = 4_000_000_000;

#[derive(Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(super) struct SealArgs {
    #[arg(value_name = "IN", value_parser = bazel::input(), help = "A module that imports WASI, or what AssemblyScript imports; a .wasm file")]
    input: PathBuf,
    #[arg(value_name = "OUT", help = "Where to write the guest")]
    output: PathBuf,
    #[arg(long, help = "Runs _initialize now and freezes what it leaves, so that an instance has nothing to run")]
    snapshot: bool,
    #[arg(
        long,
        value_name = "MODULE[.NAME]",
        help = "Leaves imports for host modules: all functions of a module, or one; may be repeated"
    )]
    keep: Vec<String>,
    #[arg(long, help = "Writes a module that is no guest too; a warning says so")]
    any: bool,
    #[arg(
        long,
        value_name = "NAME=N",
        help = "Sets a limit for the module, for _initialize, and for the look at the guest at the end: \
                  fuel_per_call=8000000000"
    )]
    limit: Vec<String>,
}

/// A module that can't be sealed, or written.
#[derive(Debug, thiserror::Error)]
enum SealFailure {
    #[error("can't seal {}: {cause}", path.display())]
    Seal { path: PathBuf, cause: Box<SealError> },
    #[error("`--keep {keep}`: {cause}")]
    Keep { keep: String, cause: KeepError },
    #[error(
        "{} can be sealed, but it is no guest: {cause}{hint}",
        path.display(),
        hint = match &**cause {
            LoadError::Call(CallError::Limit { at, .. }) if at.method == "_initialize" => "; try --snapshot",
            LoadError::NoVersion => "; --any writes it all the same",
            _ => "",
        }
    )]
    NoGuest { path: PathBuf, cause: Box<LoadError> },
    #[error("can't write {}: {cause}", path.display())]
    Write { path: PathBuf, cause: io::Error },
}

impl Ends for SealFailure {
    fn status(&self) -> Status {
        match self {
            Self::Seal { .. } | Self::NoGuest { .. } => Status::Guest,
            Self::Keep { .. } => Status::Usage,
            Self::Write { .. } => Status::System,
        }
    }
}

pub(super) fn run(args: &SealArgs) -> Result<ExitCode, Failure> {
    let (input, output) = (args.input.as_path(), args.output.as_path());
    // Those of a host that the guest is for, as far as the command line says anything.
    let limits = limits(&args.limit)?;
    let usual = Limits { fuel_per_call: INITIALIZE_FUEL, ..Limits::default() };
    let with_fuel = with_limits(usual, &args.limit)?;
    let wasm = guests::read_up_to(input, limits.module_bytes)?;
    let config = Config { limits: with_fuel, ..Config::default() };
    let keep = args
        .keep
        .iter()
        .map(|keep| keep.parse::<Keep>().map_err(|cause| SealFailure::Keep { keep: keep.clone(), cause }));
    let keep = keep.collect::<Result<Vec<_>, _>>()?;
    let options = Options { snapshot: args.snapshot, config, keep };
    let sealed =
        seal(&wasm, &options).map_err(|cause| SealFailure::Seal { path: input.into(), cause: Box::new(cause) })?;
    // It is for the host to say whether it is a guest now, and to run it for that. What is kept is there, and answers nothing.
    let engine = Keep::unanswered(&options.keep, Engine::new(Config { limits, ..Config::default() }));
    let no_guest = |cause: LoadError| SealFailure::NoGuest { path: input.into(), cause: Box::new(cause) };
    let name = match engine.load(&sealed.wasm) {
        Ok(guest) => guest.name().to_owned(),
        Err(LoadError::NoVersion) if args.any => {
            let module = engine.module(&sealed.wasm).map_err(no_guest)?;
            if !args.snapshot {
                module.start()?;
            }
            let text = format!("{} is no guest: a host calls its exports by their own names", output.display());
            messages::say(&Severity::Warning, text);
            output.display().to_string()
        }
        Err(cause) => return Err(no_guest(cause).into()),
    };
    fs::write(output, &sealed.wasm).map_err(|cause| SealFailure::Write { path: output.into(), cause })?;

    let took = |fuel| format!("; _initialize took {} units of fuel", grouped(fuel));
    writeln!(
        io::stdout(),
        "{}: {} bytes, was {}; {} answered{}{}",
        name,
        grouped(sealed.wasm.len() as u64),
        grouped(wasm.len() as u64),
        count(sealed.note.stand_ins.len(), "import", "imports"),
        kept(&sealed.wasm),
        sealed.note.snapshot.map(took).unwrap_or_default(),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// How many imports are left.
fn kept(wasm: &[u8]) -> String {
    let imports = Outline::read(wasm, &Limits::default()).map_or(0, |outline| outline.imports.len());
    if imports == 0 { String::new() } else { format!(", {imports} kept") }
}
