//! How the command ends: the exit statuses that `--help` documents, and the failures behind them.

use crate::new::{FolderError, NameError};
use dorcas_conformance::{ExpectedError, NoSuchClause, NoSuchGrant};
use dorcas_gazelle::{RunError, explain::NoTarget};
use dorcas_host::{CallError, LoadError, RecordingError, ReplayError};
use dorcas_seal::SealError;
use std::{io, path::PathBuf, process::ExitCode};

/// Something that stops the command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("can't read the guest {}: {cause}", path.display())]
    ReadGuest { path: PathBuf, cause: io::Error },
    #[error("the guest {} has a name that isn't UTF-8: write `--guest FILE` with a space in between", path.display())]
    GuestUnseen { path: PathBuf },
    #[error("`--limit {setting}` sets no limit: write NAME=N, with a whole number and one of these names: {known}")]
    Limit { setting: String, known: String },
    #[error("can't load the guest {}: {cause}", path.display())]
    LoadGuest { path: PathBuf, cause: Box<LoadError> },
    #[error(
        "the guest {} has a flag {flag:?}; a flag's name has letters, digits, underscores, dots and hyphens, and no \
         hyphen in front (manifest.names)",
        path.display()
    )]
    FlagName { path: PathBuf, flag: String },
    #[error("the guest {} has {count} flags, the limit is {limit}", path.display())]
    ManyFlags { path: PathBuf, count: usize, limit: usize },
    #[error("the guest {} has a flag `{flag}` that dorcas or another guest has already; give it another name", path.display())]
    FlagTaken { path: PathBuf, flag: String },
    #[error("two guests have the name `{name}`: {} and {}; leave one out", first.display(), second.display())]
    TwoGuests { name: String, first: PathBuf, second: PathBuf },
    #[error("no guest has the name `{name}` that --lang gives; there are: {known}")]
    UnknownLang { name: String, known: String },
    #[error("no MODULE.bazel, REPO.bazel, WORKSPACE.bazel or WORKSPACE file at or above {}; say --repo-root", dir.display())]
    NoRepository { dir: PathBuf },
    #[error("`{method}` is no method; there are: lang_name, {known}")]
    UnknownMethod { method: String, known: String },
    #[error("the guest `{guest}` doesn't export `{method}`; it has: {known}")]
    NotExported { guest: String, method: String, known: String },
    #[error("can't read the request {}: {cause}", path.display())]
    ReadRequest { path: PathBuf, cause: io::Error },
    #[error("the request doesn't fit `{method}`: {cause}")]
    Request { method: String, cause: serde_json::Error },
    #[error("the request has no encoding: {0}")]
    Encode(dorcas_abi::wire::Fault),
    #[error("{0}")]
    Call(#[from] CallError),
    #[error("{0}")]
    Run(#[from] RunError),
    #[error("the run was not done within its time, --timeout {}; nothing was written", in_seconds(time))]
    Timeout { time: std::time::Duration },
    #[error("--patch is for --mode diff, not {mode}")]
    Patch { mode: &'static str },
    #[error("can't write the patch {}: {cause}", path.display())]
    WritePatch { path: PathBuf, cause: io::Error },
    #[error("{0}")]
    Target(#[from] NoTarget),
    #[error("{0}")]
    NoSuchClause(#[from] NoSuchClause),
    #[error("{0}")]
    Grant(#[from] NoSuchGrant),
    #[error("can't read the known failures {}: {cause}", path.display())]
    ReadExpected { path: PathBuf, cause: io::Error },
    #[error("{} is no list of known failures: {cause}", path.display())]
    Expected { path: PathBuf, cause: Box<ExpectedError> },
    #[error("can't write the report {}: {cause}", path.display())]
    WriteReport { path: PathBuf, cause: io::Error },
    #[error("the runner itself failed; please report this with the guest")]
    Runner,
    #[error("can't write the record {}: {cause}", path.display())]
    Record { path: PathBuf, cause: io::Error },
    #[error("can't read the recording {}: {cause}", path.display())]
    ReadRecording { path: PathBuf, cause: io::Error },
    #[error("can't use the recording {}: {cause}", path.display())]
    Recording { path: PathBuf, cause: Box<RecordingError> },
    #[error("{0}{hint}", hint = if matches!(**.0, ReplayError::Module { .. }) { "; name it with --guest" } else { "" })]
    Replay(Box<ReplayError>),
    #[error("can't seal {}: {cause}", path.display())]
    Seal { path: PathBuf, cause: Box<SealError> },
    #[error(
        "{} imports nothing once it is sealed, but it is no guest: {cause}{hint}",
        path.display(),
        hint = if matches!(&**cause, LoadError::Call(CallError::Limit { at, .. }) if at.method == "_initialize") { "; try --snapshot" } else { "" }
    )]
    NotSealed { path: PathBuf, cause: Box<LoadError> },
    #[error("can't write {}: {cause}", path.display())]
    Write { path: PathBuf, cause: io::Error },
    #[error("{0}")]
    NewName(#[from] NameError),
    #[error("{0}")]
    NewFolder(#[from] FolderError),
    #[error("can't read the folder {}: {cause}", path.display())]
    GoldenDir { path: PathBuf, cause: io::Error },
    #[error(
        "no case in {}: a case is a folder with a MODULE.bazel, REPO.bazel, WORKSPACE.bazel or WORKSPACE file",
        dir.display()
    )]
    NoCases { dir: PathBuf },
    #[error(
        "there is no place for a cache: neither $DORCAS_CACHE_DIR nor $XDG_CACHE_HOME nor $HOME says one; say \
         --cache-dir"
    )]
    NoCache,
    #[error("can't read or clear the cache {}: {cause}", dir.display())]
    Cache { dir: PathBuf, cause: io::Error },
    #[error("can't find this program, to run cases with it: {cause}")]
    Program { cause: io::Error },
    #[error("can't write to standard output: {0}")]
    Output(#[from] io::Error),
}

/// The command line or a request is wrong.
pub(crate) fn usage() -> ExitCode {
    ExitCode::from(2)
}

impl Failure {
    /// The exit status that the help texts document.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Replay(cause) if matches!(**cause, ReplayError::Module { .. }) => 3,
            Self::Call(_) | Self::Replay(_) | Self::NoCases { .. } => 1,
            Self::FlagTaken { .. }
            | Self::GuestUnseen { .. }
            | Self::Limit { .. }
            | Self::TwoGuests { .. }
            | Self::UnknownLang { .. }
            | Self::UnknownMethod { .. }
            | Self::NotExported { .. }
            | Self::ReadRequest { .. }
            | Self::Request { .. }
            | Self::Encode(_)
            | Self::Patch { .. }
            | Self::Target(_)
            | Self::NoSuchClause(_)
            | Self::Grant(_)
            | Self::ReadExpected { .. }
            | Self::Expected { .. }
            | Self::Recording { .. }
            | Self::NewName(_)
            | Self::Run(
                RunError::Directory { .. }
                | RunError::OutsideRepository { .. }
                | RunError::Flag { .. }
                | RunError::SameName { .. }
                | RunError::Threads { .. },
            ) => 2,
            Self::ReadGuest { .. }
            | Self::LoadGuest { .. }
            | Self::Seal { .. }
            | Self::NotSealed { .. }
            | Self::FlagName { .. }
            | Self::ManyFlags { .. }
            | Self::Run(RunError::Manifest { .. } | RunError::Breach { .. }) => 3,
            Self::NoRepository { .. }
            | Self::WritePatch { .. }
            | Self::Record { .. }
            | Self::ReadRecording { .. }
            | Self::Run(_)
            | Self::Timeout { .. }
            | Self::WriteReport { .. }
            | Self::GoldenDir { .. }
            | Self::Program { .. }
            | Self::NoCache
            | Self::Cache { .. }
            | Self::Write { .. }
            | Self::NewFolder(_)
            | Self::Runner
            | Self::Output(_) => 4,
        })
    }
}

/// A time as `--timeout` takes it.
fn in_seconds(time: &std::time::Duration) -> String {
    match time.subsec_millis() {
        0 => format!("{}s", time.as_secs()),
        _ => format!("{}ms", time.as_millis()),
    }
}
