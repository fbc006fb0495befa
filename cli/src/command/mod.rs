//! The commands: a file or a folder each, with the struct of its arguments, its errors, and `run`.

mod build;
mod cache;
mod call;
mod conform;
mod directives;
mod explain;
mod golden;
mod inspect;
mod new;
mod pin;
mod polkadot;
mod replay;
mod repository;
mod run;
mod seal;
mod update;

use crate::{
    bazel,
    exit::{Ends, Failure, Status},
    flags::{GuestFlag, from_go_style, gazelle, guest_flag_values},
    guests, messages,
};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use std::{
    ffi::OsString,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

#[derive(Parser)]
#[command(
    name = "dorcas",
    version,
    about = "BUILD files from languages that are WebAssembly modules",
    after_help = "`dorcas help directives` lists the directives of BUILD files."
)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    Repository(repository::Command),
    #[command(about = "Shows what a guest is: name, ABI, exports, sizes, manifest, digest")]
    Inspect(inspect::InspectArgs),
    #[command(about = "Pins a guest for everyone in the repository, in dorcas.json")]
    Add(pin::AddArgs),
    #[command(about = "Calls one method of a guest: JSON in, JSON out")]
    Call(call::CallArgs),
    #[command(about = "Makes a module of a script in JavaScript, with no compiler")]
    Build(build::BuildArgs),
    #[command(about = "Shows and removes what earlier runs have kept")]
    Cache(cache::CacheArgs),
    #[command(about = "Checks a guest against each clause of the ABI")]
    Conform(conform::ConformArgs),
    #[command(about = "Runs test folders in Gazelle's format, BUILD.in and BUILD.out")]
    Golden(golden::GoldenArgs),
    #[command(about = "Makes a folder with a language to begin with, its tests and its SDK")]
    New(new::NewArgs),
    #[command(about = "Takes a guest out of dorcas.json")]
    Remove(pin::RemoveArgs),
    #[command(about = "Makes the calls of a recorded run again, and compares bytes and fuel")]
    Replay(replay::ReplayArgs),
    #[command(about = "Calls one function of any module: numbers in, numbers out")]
    Run(run::RunArgs),
    #[command(about = "Replaces the imports of a module by stand-ins inside it")]
    Seal(seal::SealArgs),
    // For `dorcas help directives`.
    #[command(hide = true, about = "Lists the directives that any run obeys", after_help = directives::list())]
    Directives,
}

/// A line that has something of Gazelle's that isn't here.
#[derive(Debug, thiserror::Error)]
enum LineFailure {
    #[error("Gazelle has the flag {flag}, and dorcas hasn't: {why}")]
    Missing { flag: String, why: &'static str },
    #[error(
        "`update-repos` is about Go modules as external repositories, which Gazelle itself writes: \
         `bazel run //:gazelle -- update-repos`, or `bazel mod tidy` with MODULE.bazel"
    )]
    UpdateRepos,
}

impl Ends for LineFailure {
    fn status(&self) -> Status {
        Status::Usage
    }
}

/// The line with `update` in it, where it has no command: flags alone, or directories, as with Gazelle.
fn with_command(mut line: Vec<OsString>) -> Vec<OsString> {
    let is_update = match line.get(1).map(|arg| arg.to_string_lossy()) {
        None => true,
        Some(arg) if arg.starts_with('-') => !matches!(&*arg, "-h" | "-help" | "--help" | "-V" | "--version"),
        Some(arg) => {
            let is_command =
                Line::command().get_subcommands().any(|command| command.get_name() == arg) || arg == "help";
            !is_command && (arg.contains('/') || bazel::found(PathBuf::from(&*arg)).is_dir())
        }
    };
    if is_update {
        let at = line.len().min(1);
        line.insert(at, "update".into());
    }
    line
}

/// Does what a command line says.
pub(crate) fn run(line: Vec<OsString>) -> Result<ExitCode, Failure> {
    let line = with_command(line);
    let typed: Vec<_> = line.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    if typed.get(1).is_some_and(|name| name == "update-repos") {
        return Err(LineFailure::UpdateRepos.into());
    }
    // Guests bring flags of their own, so they are loaded before the command line can be understood.
    let guests = repository::guests(&line)?;
    let guest_flags = guests::flags(&guests, repository::taken_names())?;
    let mut known = known(&guest_flags);
    if let Some(command) = line.get(1).and_then(|name| known.find_subcommand(name))
        && repository::is_one(command.get_name())
        && let Some((flag, why)) = gazelle::missing(&line, |name| guest_flags.iter().any(|flag| flag.flag.name == name))
    {
        return Err(LineFailure::Missing { flag, why }.into());
    }
    let line = from_go_style(line, &known);
    let typed: Vec<_> = line.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let matches = match known.try_get_matches_from_mut(line) {
        Ok(matches) => matches,
        Err(shown) => {
            // Help and version go to standard output and are no failure; clap knows which.
            messages::usage(&shown, &typed);
            return Ok(if shown.use_stderr() { Status::Usage.into() } else { ExitCode::SUCCESS });
        }
    };
    let line = Line::from_arg_matches(&matches).expect("the arguments are those of the command");
    match line.command {
        Command::Repository(command) => {
            let values = matches.subcommand().map(|(_, matches)| guest_flag_values(matches, &guest_flags));
            let mut values = values.unwrap_or_default();
            // What dorcas.json says holds where the line says nothing.
            let pinned = guests.iter().flat_map(|loaded| &loaded.flags);
            let pinned: Vec<_> =
                pinned.filter(|(name, _)| values.iter().all(|(given, _)| given != name)).cloned().collect();
            values.extend(pinned);
            command.run(&guests, values)
        }
        Command::Inspect(args) => inspect::run(&args),
        Command::Add(args) => pin::add(&args),
        Command::Call(args) => call::run(&args),
        Command::Build(args) => build::run(&args),
        Command::Cache(args) => cache::run(&args),
        Command::Conform(args) => conform::run(&args),
        Command::Golden(args) => golden::run(&args),
        Command::New(args) => new::run(&args),
        Command::Remove(args) => pin::remove(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Seal(args) => seal::run(&args),
        Command::Directives => {
            writeln!(io::stdout(), "{}", directives::list())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// All that can be said; `guest_flags` are those that the manifests of this run's guests declare.
fn known(guest_flags: &[GuestFlag]) -> clap::Command {
    repository::with_guest_flags(Line::command(), guest_flags)
}

#[cfg(test)]
mod tests;
