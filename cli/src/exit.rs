//! How the command ends: the exit statuses that `--help` documents, and what each failure has to say for that.

use dorcas_gazelle::RunError;
use dorcas_host::CallError;
use std::{error::Error, io, process::ExitCode};

/// An exit status other than 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// The command has done its work, and something in it failed: a call, a directory, a comparison.
    Failed = 1,
    /// The command line, a request or a file that it names is wrong.
    Usage = 2,
    /// A guest can't be used.
    Guest = 3,
    /// Something outside can't be read or written.
    System = 4,
    /// Ctrl-C has ended it: the shell's status for a program that the signal ends.
    Interrupted = 130,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// An error that ends the command. Each command has its own.
pub(crate) trait Ends: Error {
    /// The exit status that the command's help text documents for it.
    fn status(&self) -> Status;
}

/// Something that stops the command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("can't write to standard output: {0}")]
    Output(#[from] io::Error),
    #[error("{0}")]
    Other(Box<dyn Ends>),
}

impl<E: Ends + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Other(Box::new(error))
    }
}

impl Failure {
    pub(crate) fn status(&self) -> Status {
        match self {
            Self::Output(_) => Status::System,
            Self::Other(error) => error.status(),
        }
    }
}

impl Ends for CallError {
    fn status(&self) -> Status {
        Status::Failed
    }
}

impl Ends for RunError {
    fn status(&self) -> Status {
        match self {
            Self::Directory { .. }
            | Self::OutsideRepository { .. }
            | Self::Flag { .. }
            | Self::SameName { .. }
            | Self::Threads { .. } => Status::Usage,
            Self::Manifest { .. } | Self::Breach { .. } => Status::Guest,
            // What a guest reports, as Gazelle ends where a language does.
            Self::Refused { .. } => Status::Failed,
            _ => Status::System,
        }
    }
}
