//! The `dorcas` command: BUILD files from languages that are WebAssembly modules.
//!
//! ```console
//! $ dorcas update --mode print --repo-root path/to/repository
//! ```
//!
//! A file a question. [`command`] has the commands, a file or a folder each: the arguments of one are a struct that clap
//! fills. [`flags`] are those that several commands have, [`guests`] is where guests come from, [`pins`] which a repository has, [`timer`] ends a run in time,
//! [`progress`], [`messages`] and [`json`] are how something is shown, [`bounded`] is how a file is read, [`bazel`] where
//! `bazel run` has started it, [`exit`] how the command ends. The rules for guests and for BUILD files are in `dorcas-host` and `dorcas-gazelle`.

mod bazel;
mod bounded;
mod command;
mod embedded;
mod exit;
mod flags;
mod guests;
mod json;
mod messages;
mod pins;
mod progress;
mod timer;

use exit::Failure;
use std::{io, process::ExitCode};

/// A run makes and drops millions of small values on all of its threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match start() {
        Ok(code) => code,
        // The reader of the output has closed it, and has seen enough.
        Err(Failure::Output(cause)) if cause.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            messages::error(&failure);
            failure.status().into()
        }
    }
}

fn start() -> Result<ExitCode, Failure> {
    bazel::enter()?;
    command::run(std::env::args_os().collect())
}
