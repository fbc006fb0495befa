use dorcas_host::{Import, LoadError};
use std::fmt;

/// Why a module can't be sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The file is no module that a host would take, whatever it imports.
    #[error(transparent)]
    Module(#[from] LoadError),
    /// There is no stand-in for some of its imports.
    #[error("no stand-in for {}", List(.0))]
    Imports(Vec<Unknown>),
    /// The module is a program that runs once and ends.
    #[error(
        "module exports `_start` and no `_initialize`: it is a command, which runs once; build a reactor \
        (clang, zig: `-mexec-model=reactor`; Go: `-buildmode=c-shared`)"
    )]
    Command,
    /// There is nowhere to put what the stand-ins have to remember.
    #[error("module has no memory of its own, in which stand-ins could work")]
    NoMemory,
    /// The same: the memory can't be larger.
    #[error("module has a memory of {pages} pages, which leaves no room for the page of the stand-ins")]
    FullMemory {
        /// Its pages at the start.
        pages: u64,
    },
    /// The eight bytes at address 0 are in use.
    #[error(
        "module has data at address {address}, and address and length of a panic's text are to be at 0; \
        export `dorcas_panic` to say where they can be"
    )]
    LowData {
        /// Where the data begin.
        address: u32,
    },
    /// Instantiation would fail.
    #[error("module has a data segment at {address} of {bytes} bytes, outside of its memory (module.instantiates)")]
    DataOutside {
        /// Where the segment begins.
        address: u32,
        /// Its size.
        bytes: u64,
    },
    /// There can be no exact snapshot.
    #[error("no snapshot: {0}")]
    Snapshot(#[from] SnapshotError),
    /// This crate, or what it builds on. Nobody else can do anything about it.
    #[error("module made the sealing fail, please report this: {what}")]
    Defect {
        /// What happened.
        what: String,
    },
}

/// Why a state can't be frozen exactly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Nothing can be seen of the memory.
    #[error("module has no memory, or doesn't export it as `memory`")]
    NoMemory,
    /// Its code makes changes that can't be seen from outside.
    #[error("code of the module has the instruction `{instruction}`, whose effect can't be seen from outside")]
    Unseen {
        /// The instruction.
        instruction: &'static str,
    },
    /// It has state that is no number.
    #[error("global {global} can change and is a reference")]
    Reference {
        /// The global.
        global: u32,
    },
    /// Initialisation failed.
    #[error("`_initialize` stopped: {stop}")]
    Stopped {
        /// How.
        stop: dorcas_host::Stop,
    },
}

/// An import without a stand-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The import.
    pub import: Import,
    /// What there is under that name; nothing where there is no such function.
    pub offered: Option<String>,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.import)?;
        match &self.offered {
            Some(offered) => write!(f, ", where there is one of type {offered}"),
            None if self.import.module.starts_with("wasi_") => f.write_str(" (known is `wasi_snapshot_preview1`)"),
            None => Ok(()),
        }
    }
}

/// Most entries of a list in a message.
const MAX_LISTED: usize = 20;

struct List<'a>(&'a [Unknown]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, item) in self.0.iter().take(MAX_LISTED).enumerate() {
            write!(f, "{}{item}", if position == 0 { "" } else { "; " })?;
        }
        match self.0.len().saturating_sub(MAX_LISTED) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
