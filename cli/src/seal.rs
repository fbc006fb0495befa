//! `dorcas seal`: a module with WASI imports becomes a guest that imports nothing.

use crate::{args, exit::Failure, guests, messages::count, stats::grouped};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use dorcas_host::{Config, Engine, Limits};
use dorcas_seal::{Options, seal};
use std::{
    fs,
    io::{self, Write as _},
    iter,
    path::PathBuf,
    process::ExitCode,
};

const EXAMPLES: &str = "\
Examples:
  GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o raw.wasm .
  dorcas seal raw.wasm my_lang.wasm
  dorcas seal --snapshot raw.wasm my_lang.wasm    with _initialize run now, and its result kept

Each import is answered inside the module, the same way every time: there are no files but those
that the guest mounts itself, no arguments, a clock that moves by fixed steps, and a random stream
that always begins alike. What the guest writes to standard error is shown when a call traps.

Exit status: 0 done; 2 the command line is wrong; 3 the module can't be sealed, or is no guest;
4 the output can't be written.";

/// `_initialize` runs once here, for the author of the guest, and not in each instance: it may take some seconds.
const INITIALIZE_FUEL: &str = "fuel_per_call=4000000000";

/// The subcommand and its flags.
pub(crate) fn command() -> Command {
    let file = |name, value_name, help| {
        Arg::new(name).value_name(value_name).required(true).value_parser(value_parser!(PathBuf)).help(help)
    };
    Command::new("seal")
        .about("Replaces the imports of a module by stand-ins inside it")
        .after_help(EXAMPLES)
        .arg(file("input", "IN", "A module that imports WASI, or what AssemblyScript imports; a .wasm file"))
        .arg(file("output", "OUT", "Where to write the guest"))
        .arg(
            Arg::new("snapshot")
                .long("snapshot")
                .action(ArgAction::SetTrue)
                .help("Runs _initialize now and freezes what it leaves, so that an instance has nothing to run"),
        )
        .arg(args::limit().help(
            "Sets a limit for the module, for _initialize, and for the look at the guest at the end: \
             fuel_per_call=8000000000",
        ))
}

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let path = |name| matches.get_one::<PathBuf>(name).expect("the argument is required").as_path();
    let (input, output) = (path("input"), path("output"));
    // Those of a host that the guest is for, as far as the command line says anything.
    let limits = guests::limits(Limits::default(), guests::settings(matches))?;
    let with_fuel = guests::limits(Limits::default(), iter::once(INITIALIZE_FUEL).chain(guests::settings(matches)))?;
    let wasm = guests::read_up_to(input, limits.module_bytes)?;
    let config = Config { limits: with_fuel, ..Config::default() };
    let options = Options { snapshot: matches.get_flag("snapshot"), config };
    let sealed = seal(&wasm, &options).map_err(|cause| Failure::Seal { path: input.into(), cause: Box::new(cause) })?;
    // It is for the host to say whether it is a guest now, and to run it for that.
    let guest = Engine::new(Config { limits, ..Config::default() })
        .load(&sealed.wasm)
        .map_err(|cause| Failure::NotSealed { path: input.into(), cause: Box::new(cause) })?;
    fs::write(output, &sealed.wasm).map_err(|cause| Failure::Write { path: output.into(), cause })?;

    let took = |fuel| format!("; _initialize took {} units of fuel", grouped(fuel));
    writeln!(
        io::stdout(),
        "{}: {} bytes, was {}; {} answered{}",
        guest.name(),
        grouped(sealed.wasm.len() as u64),
        grouped(wasm.len() as u64),
        count(sealed.note.stand_ins.len(), "import", "imports"),
        sealed.note.snapshot.map(took).unwrap_or_default(),
    )?;
    Ok(ExitCode::SUCCESS)
}
