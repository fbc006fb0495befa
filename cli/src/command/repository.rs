//! The commands over a repository: their guests bring flags of their own.

use super::{
    explain::{self, ExplainArgs},
    update::{self, UpdateArgs},
};
use crate::{
    bazel,
    exit::Failure,
    flags::{Early, GuestFlag, GuestFlagValues, TakenNames, from_go_style, gazelle},
    guests::{self, Loaded, Pinned, Wanted},
};
use clap::Subcommand;
use dorcas_abi::message;
use dorcas_gazelle::find_root;
use std::{ffi::OsString, path::Path, process::ExitCode};

#[derive(Subcommand)]
pub(super) enum Command {
    #[command(about = "Generates and updates BUILD files")]
    Update(UpdateArgs),
    #[command(about = "Like update, and lets languages repair deprecated usage")]
    Fix(UpdateArgs),
    #[command(about = "Says why a rule is as it is: directives, files, imports, merge decisions")]
    Explain(ExplainArgs),
}

impl Command {
    pub(super) fn run(self, guests: &[Loaded], values: GuestFlagValues) -> Result<ExitCode, Failure> {
        match self {
            Self::Update(args) => update::run(message::Command::Update, &args, guests, values),
            Self::Fix(args) => update::run(message::Command::Fix, &args, guests, values),
            Self::Explain(args) => explain::run(&args, guests, values),
        }
    }
}

/// A program that has these commands and no others.
pub(super) fn command(guest_flags: &[GuestFlag]) -> clap::Command {
    with_guest_flags(Command::augment_subcommands(clap::Command::new("dorcas")), guest_flags)
}

/// A program whose commands over a repository have the flags of guests, too.
pub(super) fn with_guest_flags(program: clap::Command, guest_flags: &[GuestFlag]) -> clap::Command {
    names().into_iter().fold(program, |program, name| {
        program.mut_subcommand(name, |command| {
            command.args(gazelle::ignored()).args(guest_flags.iter().map(clap::Arg::from))
        })
    })
}

/// The flags of these commands.
pub(super) fn taken_names() -> TakenNames {
    TakenNames::of(command(&[]).get_subcommands())
}

/// What a line with one of these commands says that must be known early; `None` if it has another command.
pub(super) fn early(line: &[OsString]) -> Option<Early> {
    let name = line.get(1)?.to_str()?;
    is_one(name).then(|| Early::read(&from_go_style(line.to_vec(), &command(&[]))))
}

/// The guests of a line; empty if its command is another.
pub(super) fn guests(line: &[OsString]) -> Result<Vec<Loaded>, Failure> {
    let Some(early) = early(line) else { return Ok(Vec::new()) };
    let root = early.repo_root.or_else(bazel::workspace).or_else(|| find_root(Path::new(".")).ok());
    let pinned = Pinned::find(root.as_deref(), early.config.as_deref(), early.no_config)?;
    guests::load(&Wanted { paths: early.guests, limits: early.limits, log: early.log, pinned })
}

/// Whether a command is one of these.
pub(super) fn is_one(name: &str) -> bool {
    names().iter().any(|known| known == name)
}

fn names() -> Vec<String> {
    let program = Command::augment_subcommands(clap::Command::new("dorcas"));
    program.get_subcommands().map(|command| command.get_name().to_owned()).collect()
}
