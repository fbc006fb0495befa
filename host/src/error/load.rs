use super::CallError;
use crate::{
    interface::Import,
    printable::{MAX_NAME_BYTES, printable},
};
use dorcas_abi::{
    clause::{self, Clause},
    export,
};
use std::{error::Error, fmt};

/// Why a file is not a guest. `{error:#}` leaves the clause out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadError {
    /// The file is no core WebAssembly module.
    NotWasm {
        /// What it is instead, as far as can be told.
        found: String,
    },
    /// The file begins like a module, but is damaged, or makes use of a form that isn't known here.
    Malformed {
        /// Where reading stopped.
        offset: u64,
        /// What is wrong there.
        what: String,
    },
    /// The module has more of something than the embedder allows.
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// How much.
        got: u64,
        /// The limit.
        limit: u64,
        /// The field of [`Limits`](crate::Limits).
        field: &'static str,
    },
    /// The module wants to run code while it is instantiated.
    Start,
    /// The module imports something.
    Imports(Vec<Import>),
    /// The module imports from host modules that the engine doesn't have.
    Unprovided(Vec<Import>),
    /// The module imports from a host module what that doesn't offer, or not with that type.
    Granted(Vec<ImportFault>),
    /// The module has no version marker: it isn't a guest at all.
    NoVersion,
    /// The module is a guest of another version of the ABI.
    OtherVersion {
        /// The version in its marker.
        found: String,
    },
    /// The module claims several versions.
    ManyVersions(Vec<String>),
    /// Exports are missing or have the wrong types.
    Exports(Vec<ExportFault>),
    /// Exports have names that are kept for later versions of the ABI.
    Reserved(Vec<String>),
    /// The module is not valid, or makes use of something in WebAssembly that the host doesn't allow.
    Invalid {
        /// What the engine says.
        what: String,
    },
    /// The name of the language is none.
    Name {
        /// What `lang_name` returned.
        name: String,
    },
    /// This crate, or what it builds on: there was a panic. Nobody else can do anything about it.
    Defect {
        /// The text of the panic.
        what: String,
    },
    /// The guest failed when it was asked for its name or manifest.
    Call(CallError),
}

impl LoadError {
    /// The clause of `abi-spec.md` that the module breaks; `None` if it is no single one, as for [`LoadError::Exports`], or none
    /// at all.
    pub fn clause(&self) -> Option<Clause> {
        Some(match self {
            Self::NotWasm { .. } | Self::Malformed { .. } => clause::MODULE_CORE,
            Self::Start => clause::MODULE_NO_START,
            Self::Imports(_) => clause::MODULE_NO_IMPORTS,
            Self::NoVersion | Self::OtherVersion { .. } | Self::ManyVersions(_) => clause::EXPORTS_VERSION,
            Self::Reserved(_) => clause::EXPORTS_RESERVED,
            Self::Invalid { .. } => clause::MODULE_FEATURES,
            Self::Name { .. } => clause::LANG_NAME_FORM,
            Self::Call(CallError::Violation { clause, .. }) => *clause,
            Self::TooMuch { .. }
            | Self::Unprovided(_)
            | Self::Granted(_)
            | Self::Exports(_)
            | Self::Defect { .. }
            | Self::Call(_) => {
                return None;
            }
        })
    }

    fn what(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWasm { found } => write!(f, "not a WebAssembly module: {found}"),
            Self::Malformed { offset, what } => write!(f, "module can't be read, at byte {offset}: {what}"),
            Self::TooMuch { what, got, limit, field } => {
                write!(f, "module has {got} {what}, the limit is {limit} (`Limits::{field}`)")
            }
            Self::Start => {
                f.write_str("module has a start function; initialisation belongs in the export `_initialize`")
            }
            Self::Imports(imports) => {
                write!(f, "a guest imports nothing, this module imports {}{}", List(imports), Wasi(imports))
            }
            Self::Unprovided(imports) => {
                write!(f, "the host does not provide what this module imports: {}{}", List(imports), Wasi(imports))
            }
            Self::Granted(faults) => write!(f, "imports are not those that the host offers: {}", List(faults)),
            Self::NoVersion => write!(f, "module has no export `{}`: it is not a Dorcas guest", export::MARKER),
            Self::OtherVersion { found } => {
                let (found, here) = (printable(found, MAX_NAME_BYTES), export::VERSION);
                write!(f, "guest speaks version {found} of the ABI, this host speaks version {here}")
            }
            Self::ManyVersions(names) => write!(f, "module has more than one version marker: {}", Quoted(names)),
            Self::Exports(faults) => write!(f, "exports are not those of the ABI: {}", List(faults)),
            Self::Reserved(names) => {
                write!(f, "exports that begin with `dorcas_` are kept for later versions: {}", Quoted(names))
            }
            Self::Invalid { what } => write!(f, "module is not valid here: {what}"),
            Self::Name { name } => {
                let name = printable(name, MAX_NAME_BYTES);
                write!(
                    f,
                    "language name `{name}` is not a lower-case letter followed by up to 63 lower-case letters, digits \
                     and underscores"
                )
            }
            Self::Defect { what } => write!(f, "module made the host fail, please report this: {what}"),
            Self::Call(error) => write!(f, "{error}"),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what(f)?;
        match self.clause() {
            // The error of a call has said it.
            Some(clause) if !f.alternate() && !matches!(self, Self::Call(_)) => write!(f, "{}", clause.suffix()),
            _ => Ok(()),
        }
    }
}

impl Error for LoadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Call(error) => error.source(),
            _ => None,
        }
    }
}

impl From<CallError> for LoadError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

/// An export that isn't as the ABI wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportFault {
    /// Its name.
    pub name: &'static str,
    /// The type it should have, in words.
    pub expected: String,
    /// The type it has; nothing where it is missing.
    pub found: Option<String>,
}

impl fmt::Display for ExportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, expected, found } = self;
        match found {
            None => {
                write!(f, "`{name}` is missing, it should be a {expected}{}", clause::EXPORTS_REQUIRED.suffix())
            }
            Some(found) => {
                write!(f, "`{name}` is a {found}, it should be a {expected}{}", clause::EXPORTS_TYPES.suffix())
            }
        }
    }
}

/// An import that a host module doesn't offer like that.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportFault {
    /// What the module imports.
    pub import: Import,
    /// The type of what the host offers under that name; nothing where there is no such function.
    pub offered: Option<String>,
}

impl fmt::Display for ImportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.offered {
            None => write!(f, "{}, which its host module does not have", self.import),
            Some(offered) => write!(f, "{}, where the host offers a {offered}", self.import),
        }
    }
}

/// Most entries of a list in a message.
const MAX_LISTED: usize = 20;

struct List<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for List<'_, T> {
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

/// A way out for modules that were built for WASI.
struct Wasi<'a>(&'a [Import]);

impl fmt::Display for Wasi<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.iter().any(|import| import.module.starts_with("wasi_")) {
            f.write_str("; `dorcas seal` answers the imports of WASI inside of the module")?;
        }
        Ok(())
    }
}

struct Quoted<'a>(&'a [String]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted: Vec<_> = self.0.iter().map(|name| format!("`{}`", printable(name, MAX_NAME_BYTES))).collect();
        fmt::Display::fmt(&List(&quoted), f)
    }
}
