//! The `dorcas` command: BUILD files from languages that are WebAssembly modules.
//!
//! ```console
//! $ dorcas update --mode print --repo-root path/to/repository
//! ```
//!
//! A file a question: [`args`] is what can be said, [`guests`] where guests come from, [`update`], [`explain`], [`inspect`],
//! [`call`], [`cache`], [`conform`], [`golden`], [`new`], [`replay`] and [`seal`] are the subcommands, [`document`], [`json`], [`stats`], [`progress`] and [`messages`] what
//! `update` shows, [`exit`] is how they end. What a language may do and how BUILD files come about is decided in `dorcas-host` and `dorcas-gazelle`, nothing of it here.

mod args;
mod bounded;
mod bounds;
mod cache;
mod call;
mod conform;
mod document;
mod exit;
mod explain;
mod golden;
mod guests;
mod inspect;
mod json;
mod messages;
mod new;
mod progress;
mod replay;
mod seal;
mod stats;
mod update;

use dorcas_host::Limits;
use exit::Failure;
use guests::Sandbox;
use std::{ffi::OsString, io, path::PathBuf, process::ExitCode};

/// A run makes and drops millions of small values on all of its threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(std::env::args_os().collect()) {
        Ok(code) => code,
        // Whoever was reading has seen enough.
        Err(Failure::Output(cause)) if cause.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            messages::error(&failure);
            failure.exit_code()
        }
    }
}

fn run(line: Vec<OsString>) -> Result<ExitCode, Failure> {
    // Guests bring flags of their own, so they are loaded before the command line can be understood.
    let named = args::guests_named(&line);
    let subcommand = line.get(1).and_then(|name| name.to_str());
    let guests = match subcommand {
        Some("update" | "fix" | "explain") => {
            let limits = guests::limits(Limits::default(), args::limits_named(&line))?;
            guests::load(&named, &Sandbox { limits, log: args::logs(&line) })?
        }
        _ => Vec::new(),
    };
    let mut command = args::command(&guests::flags(&guests)?);
    let line = args::from_go_style(line, &command);
    let typed: Vec<_> = line.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let matches = match command.try_get_matches_from_mut(line) {
        Ok(matches) => matches,
        Err(shown) => {
            // Help and version go to standard output and are no failure; clap knows which.
            messages::usage(&shown, &typed);
            return Ok(if shown.use_stderr() { exit::usage() } else { ExitCode::SUCCESS });
        }
    };
    match matches.subcommand() {
        Some((name @ ("update" | "fix" | "explain"), matches)) => {
            // Only a name that isn't UTF-8 and hangs on an equals sign goes unseen.
            match matches.get_many::<PathBuf>("guest").into_iter().flatten().find(|path| !named.contains(path)) {
                Some(path) => Err(Failure::GuestUnseen { path: path.clone() }),
                None if name == "explain" => explain::run(matches, &guests),
                None => update::run(name, matches, &guests),
            }
        }
        Some(("inspect", matches)) => inspect::run(matches),
        Some(("cache", matches)) => cache::run(matches),
        Some(("call", matches)) => call::run(matches),
        Some(("conform", matches)) => conform::run(matches),
        Some(("golden", matches)) => golden::run(matches),
        Some(("new", matches)) => new::run(matches),
        Some(("replay", matches)) => replay::run(matches),
        Some(("seal", matches)) => seal::run(matches),
        _ => Ok(exit::usage()),
    }
}
