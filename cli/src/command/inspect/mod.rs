//! `dorcas inspect`: what a guest is, as far as its bytes and its manifest tell.
//!
//! [`show`] has it for people, [`document`] for machines.

mod document;
mod show;

use crate::{
    bazel,
    exit::Failure,
    flags::{FormatFlag, GUEST_HELP, LIMIT_HELP, limits},
    guests::{self, GuestError},
};
use clap::Args;
use dorcas_abi::{export, method};
use dorcas_host::{Config, Digest, Engine, Guest, LoadError, Outline};
use dorcas_seal::Note;
use std::{
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

const EXAMPLES: &str = "\
Examples:
  dorcas inspect guest/prebuilt/proto.wasm
  dorcas inspect --format json my_lang.wasm

A module that is no language is shown as far as it is a module; `dorcas run` calls its functions.

Exit status: 0 it is a guest, or a module that is no language; 2 the command line is wrong; 3 it is
neither, or a language that can't be loaded.";

#[derive(Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(super) struct InspectArgs {
    #[arg(value_name = "GUEST", value_parser = bazel::input(), help = GUEST_HELP)]
    guest: PathBuf,
    #[arg(long, value_name = "NAME=N", help = LIMIT_HELP)]
    limit: Vec<String>,
    #[command(flatten)]
    format: FormatFlag,
}

pub(super) fn run(args: &InspectArgs) -> Result<ExitCode, Failure> {
    let path = &args.guest;
    let limits = limits(&args.limit)?;
    let wasm = guests::read_up_to(path, limits.module_bytes)?;
    // What can't be loaded can be looked at all the same, as long as it is a module.
    let outline = Outline::read(&wasm, &limits).ok();
    let engine = Engine::new(Config { limits, ..Config::default() });
    let loaded = engine.load(&wasm);
    let module = match engine.module(&wasm) {
        // Somebody else may provide them.
        Err(LoadError::Unprovided(_)) => Ok(()),
        module => module.map(drop),
    };
    let seen = Seen { path, digest: Digest::of(&wasm), outline, loaded: loaded.as_ref(), sealed: Note::read(&wasm) };
    let mut out = BufWriter::new(io::stdout().lock());
    if args.format.is_json() {
        document::document(&seen, &mut out)?;
    } else {
        show::show(&seen, &mut out)?;
    }
    out.flush()?;
    match loaded {
        Ok(_) => Ok(ExitCode::SUCCESS),
        // It is no language, and need not be one: what a module is was shown.
        Err(LoadError::NoVersion) if module.is_ok() => Ok(ExitCode::SUCCESS),
        Err(LoadError::NoVersion) => {
            let cause = module.err().unwrap_or(LoadError::NoVersion);
            Err(GuestError::Load { path: path.clone(), cause: cause.into() }.into())
        }
        Err(cause) => Err(GuestError::Load { path: path.clone(), cause: cause.into() }.into()),
    }
}

/// What was found out about a file.
struct Seen<'a> {
    path: &'a Path,
    digest: Digest,
    outline: Option<Outline>,
    loaded: Result<&'a Guest, &'a LoadError>,
    /// What it says of how it was sealed, if it was.
    sealed: Vec<Note>,
}

/// The methods that it has, in the order of the specification.
fn methods(guest: &Guest) -> Vec<&'static str> {
    [export::LANG_NAME].into_iter().chain(method::NAMES.iter().copied()).filter(|name| guest.has(name)).collect()
}
