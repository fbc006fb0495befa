//! What can any run over a repository be told?

use super::{cache::CacheFlags, guest::GuestFlagValues, limit::LIMIT_HELP, switch};
use crate::{
    bazel,
    exit::{Ends, Failure, Status},
};
use clap::{ArgAction, Args, ValueEnum, value_parser};
use dorcas_gazelle::{Indexing, Language, Options, RunError, find_root};
use std::path::{Path, PathBuf};

/// The flags of each command that runs guests over a repository.
#[derive(Args)]
#[group(skip)]
#[command(mut_arg("drop_keep", switch))]
pub(crate) struct RunFlags {
    #[arg(
        long,
        alias = "repo_root",
        value_name = "DIR",
        value_parser = bazel::input(),
        help = "Root of the repository; where it isn't given, the closest folder at or above this one that has a \
                  MODULE.bazel, REPO.bazel, WORKSPACE.bazel or WORKSPACE file"
    )]
    repo_root: Option<PathBuf>,
    // The guests are loaded before this is known: `Early`.
    #[arg(
        long,
        value_name = "FILE",
        help = "Adds a language from a .wasm file; may be repeated, languages run in this order"
    )]
    guest: Vec<PathBuf>,
    #[arg(
        long,
        value_name = "FILE",
        value_parser = bazel::input(),
        help = "A file with the guests of the run, in the place of the repository's dorcas.json"
    )]
    config: Option<PathBuf>,
    #[arg(
        long,
        conflicts_with = "config",
        help = "Leaves dorcas.json alone: the built-in guests run, and those of --guest"
    )]
    no_config: bool,
    #[arg(long, value_name = "NAME=N", help = LIMIT_HELP)]
    pub(crate) limit: Vec<String>,
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        help = "Languages that take part where no `# gazelle:lang` says otherwise; all where it isn't given"
    )]
    lang: Vec<String>,
    #[arg(
        long,
        value_name = "WHICH",
        default_value = "all",
        help = "Directories whose rules dependencies may resolve to: all of the repository, the updated ones and \
                  those that languages name, or none"
    )]
    index: Index,
    #[arg(long, alias = "build_file_name", value_name = "NAMES", value_delimiter = ',', action = ArgAction::Set,
          num_args = 1, default_value = "BUILD.bazel,BUILD",
          help = "Names of BUILD files: new ones get the first, and in a directory the first that is there counts")]
    build_file_name: Vec<String>,
    #[arg(
        long,
        value_name = "GLOB",
        help = "Leaves out files and directories whose path from the root matches; may be repeated"
    )]
    exclude: Vec<String>,
    #[arg(long, aliases = ["remove-noop-keep-comments", "remove_noop_keep_comments"], action = ArgAction::Set,
          default_value = "false", help = "Removes `# keep` where it keeps nothing; `dorcas fix` always does")]
    drop_keep: bool,
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1024),
          help = "Threads to work on; one a processor where it isn't given. The result is the same")]
    threads: Option<u16>,
    #[arg(
        long,
        help = "Lets guests write to a log, by importing `dorcas.log`, and shows it on standard error; every call \
                  is made, on one thread, so that all of it comes in order"
    )]
    pub(crate) log: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Index {
    #[value(alias = "true")]
    All,
    Lazy,
    #[value(alias = "false")]
    None,
}

/// A repository, or languages of it, that are not there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RepositoryError {
    #[error("no guest has the name `{name}` that --lang gives; there are: {known}")]
    UnknownLang { name: String, known: String },
    #[error("no MODULE.bazel, REPO.bazel, WORKSPACE.bazel or WORKSPACE file at or above {}; say --repo-root", dir.display())]
    NotFound { dir: PathBuf },
    #[error(
        "{} is made by Bazel of links to a repository; `bazel run` names the repository itself in {}, and --repo-root does by hand",
        root.display(), bazel::WORKSPACE
    )]
    Execroot { root: PathBuf },
}

impl Ends for RepositoryError {
    fn status(&self) -> Status {
        match self {
            Self::UnknownLang { .. } => Status::Usage,
            Self::NotFound { .. } | Self::Execroot { .. } => Status::System,
        }
    }
}

impl RunFlags {
    /// The root of the repository: what the line names, or Bazel, or the closest one above.
    fn root(&self) -> Result<PathBuf, Failure> {
        if let Some(root) = self.repo_root.clone().or_else(bazel::workspace) {
            return Ok(root);
        }
        let root = find_root(Path::new(".")).map_err(|error| match error {
            RunError::RepositoryNotFound { path } => RepositoryError::NotFound { dir: path }.into(),
            error => Failure::from(error),
        })?;
        if bazel::is_execroot(&root) { Err(RepositoryError::Execroot { root }.into()) } else { Ok(root) }
    }

    /// The options of a run with these languages, over the repository that the flags or the working directory name.
    pub(crate) fn options(
        &self,
        cache: &CacheFlags,
        languages: &[&dyn Language],
        guest_flags: GuestFlagValues,
    ) -> Result<Options, Failure> {
        let root = self.root()?;
        let chosen: Vec<_> = self.lang.iter().filter(|name| !name.is_empty()).cloned().collect();
        let known: Vec<_> = languages.iter().map(|language| language.name()).collect();
        check_languages(chosen.iter().map(String::as_str), &known)?;
        Ok(Options {
            indexing: match self.index {
                Index::All => Indexing::All,
                Index::Lazy => Indexing::Lazy,
                Index::None => Indexing::None,
            },
            build_file_names: self.build_file_name.clone(),
            languages: chosen,
            exclude: self.exclude.clone(),
            remove_noop_keep_comments: self.drop_keep,
            flags: guest_flags,
            threads: if self.log { 1 } else { self.threads.map_or(0, usize::from) },
            memo: if self.log { None } else { cache.memo(&root) },
            ..Options::new(root)
        })
    }
}

/// Refuses a name that `--lang` gives and no guest has.
pub(crate) fn check_languages<'a>(
    names: impl IntoIterator<Item = &'a str>,
    known: &[&str],
) -> Result<(), RepositoryError> {
    match names.into_iter().find(|name| !known.contains(name)) {
        Some(name) => Err(RepositoryError::UnknownLang { name: name.into(), known: known.join(", ") }),
        None => Ok(()),
    }
}
