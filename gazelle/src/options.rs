//! What is a run told?

use crate::memo::Memo;
use dorcas_abi::message::Command;
use dorcas_host::Run;
use std::{path::PathBuf, sync::Arc};

/// What a run is to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The root of the repository; see [`find_root`](crate::find_root).
    pub repo_root: PathBuf,
    /// The directories to update; all of the repository where there are none.
    pub dirs: Vec<PathBuf>,
    /// Whether the directories in them are updated too.
    pub recursive: bool,
    /// `update` or `fix`.
    pub command: Command,
    /// Which directories' rules can be found by imports.
    pub indexing: Indexing,
    /// The names of BUILD files: new ones get the first, and of those in a directory the first counts
    /// (`-build_file_name`).
    pub build_file_names: Vec<String>,
    /// Globs of what is left out, relative to the root (`-exclude`).
    pub exclude: Vec<String>,
    /// The names of the languages that take part where no directive says otherwise; all where there are none (`-lang`).
    pub languages: Vec<String>,
    /// Whether a BUILD file that can't be understood, or an unknown directive, ends the run (`-strict`).
    pub strict: bool,
    /// Whether `# keep` is removed where it keeps nothing; `fix` does it always (`-remove_noop_keep_comments`).
    pub remove_noop_keep_comments: bool,
    /// Values of the languages' flags, in the order of the command line.
    pub flags: Vec<(String, String)>,
    /// Number of threads; 0 for one a processor.
    pub threads: usize,
    /// What earlier runs have found out, so that it need not be found out again. The outcome is the same without.
    pub memo: Option<Arc<Memo>>,
    /// The run that the calls of the languages belong to. Where it is interrupted, or out of fuel, all ends with a
    /// [`RunError`](crate::RunError); so it does for the runs of the languages themselves.
    ///
    /// ```
    /// # use dorcas_gazelle::{Options, RunError, run};
    /// # use dorcas_host::Run;
    /// # let dir = tempfile::tempdir()?;
    /// let calls = Run::new();
    /// // A language of a guest is made of one in this run: `GuestLanguage::new(guest.in_run(&calls))`.
    /// let options = Options { run: Some(calls.clone()), ..Options::new(dir.path()) };
    /// // From any thread, at any time:
    /// calls.interrupt();
    /// assert!(matches!(run(&options, &[], &()), Err(RunError::Interrupted)));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub run: Option<Run>,
    /// Fuel that [`run`](Self::run) may use for each directory beside what it was made with.
    pub fuel_per_directory: u64,
    /// Most bytes of what languages say about one directory. Rules count with all that is made of them until the BUILD file
    /// is written, so that each item is some hundred bytes.
    pub directory_bytes: u64,
    /// Most bytes of what is kept for languages until all directories are done: states, rules, imports, messages. There is
    /// room for a mebibyte more with each directory.
    pub kept_bytes: u64,
}

impl Options {
    /// Updates all of a repository.
    pub fn new(repo_root: impl Into<PathBuf>) -> Self {
        Self {
            repo_root: repo_root.into(),
            dirs: Vec::new(),
            recursive: true,
            command: Command::Update,
            indexing: Indexing::All,
            build_file_names: ["BUILD.bazel", "BUILD"].map(String::from).to_vec(),
            exclude: Vec::new(),
            languages: Vec::new(),
            strict: false,
            remove_noop_keep_comments: false,
            flags: Vec::new(),
            threads: 0,
            memo: None,
            run: None,
            fuel_per_directory: 0,
            directory_bytes: 128 << 20,
            kept_bytes: 512 << 20,
        }
    }
}

/// Which directories' rules can be found by imports (Gazelle: `-index`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Indexing {
    /// Those of all directories.
    #[default]
    All,
    /// Those of the directories that are updated, and of those that languages name.
    Lazy,
    /// None: only languages that guess resolve anything.
    None,
}

/// A part of a run that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Reading sources and generating rules.
    Generate,
    /// Resolving dependencies.
    Resolve,
}

/// Someone who watches a run. Calls come from many threads.
pub trait Progress: Sync {
    /// A stage begins that has so many directories to go through.
    fn begin(&self, stage: Stage, directories: usize);
    /// A directory is done.
    fn step(&self);
}

/// Nobody watches.
impl Progress for () {
    fn begin(&self, _: Stage, _: usize) {}
    fn step(&self) {}
}
