use super::CallError;
use crate::{
    interface::Import,
    printable::{MAX_NAME_BYTES, printable},
};
use dorcas_abi::export;
use std::fmt;

/// Why a file is not a guest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file is no core WebAssembly module.
    #[error("not a WebAssembly module: {found} (module.core)")]
    NotWasm {
        /// What it is instead, as far as can be told.
        found: String,
    },
    /// The file begins like a module, but is damaged, or makes use of a form that isn't known here.
    #[error("module can't be read, at byte {offset}: {what} (module.core)")]
    Malformed {
        /// Where reading stopped.
        offset: u64,
        /// What is wrong there.
        what: String,
    },
    /// The module has more of something than the embedder allows.
    #[error("module has {got} {what}, the limit is {limit} (`Limits::{field}`)")]
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
    #[error("module has a start function; initialisation belongs into the export `_initialize` (module.no-start)")]
    Start,
    /// The module imports something.
    #[error("a guest imports nothing, this module imports {} (module.no-imports)", List(.0))]
    Imports(Vec<Import>),
    /// The module imports from host modules that the engine doesn't have.
    #[error("the host does not provide what this module imports: {}{}", List(.0), Wasi(.0))]
    Unprovided(Vec<Import>),
    /// The module imports from a host module what that doesn't offer, or not with that type.
    #[error("imports are not those that the host offers: {}", List(.0))]
    Granted(Vec<ImportFault>),
    /// The module has no version marker: it isn't a guest at all.
    #[error("module has no export `{}`: it is not a Dorcas guest (exports.version)", export::MARKER)]
    NoVersion,
    /// The module is a guest of another version of the ABI.
    #[error(
        "guest speaks version {} of the ABI, this host speaks version {} (exports.version)",
        printable(found, MAX_NAME_BYTES),
        export::VERSION
    )]
    OtherVersion {
        /// The version in its marker.
        found: String,
    },
    /// The module claims several versions.
    #[error("module has more than one version marker: {} (exports.version)", Quoted(.0))]
    ManyVersions(Vec<String>),
    /// Exports are missing or have the wrong types.
    #[error("exports are not those of the ABI: {}", List(.0))]
    Exports(Vec<ExportFault>),
    /// Exports have names that are kept for later versions of the ABI.
    #[error("exports that begin with `dorcas_` are kept for later versions: {} (exports.reserved)", Quoted(.0))]
    Reserved(Vec<String>),
    /// The module is not valid, or makes use of something in WebAssembly that the host doesn't allow.
    #[error("module is not valid here: {what} (module.features)")]
    Invalid {
        /// What the engine says.
        what: String,
    },
    /// The name of the language is none.
    #[error(
        "language name `{}` is not a lower-case letter followed by up to 63 lower-case letters, digits and \
        underscores (lang_name.form)",
        printable(name, MAX_NAME_BYTES)
    )]
    Name {
        /// What `lang_name` returned.
        name: String,
    },
    /// This crate, or what it builds on: there was a panic. Nobody else can do anything about it.
    #[error("module made the host fail, please report this: {what}")]
    Defect {
        /// The text of the panic.
        what: String,
    },
    /// The guest failed when it was asked for its name or manifest.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// An export that isn't as the ABI wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
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
            None => write!(f, "`{name}` is missing, it should be a {expected} (exports.required)"),
            Some(found) => write!(f, "`{name}` is a {found}, it should be a {expected} (exports.types)"),
        }
    }
}

/// An import that a host module doesn't offer like that.
#[derive(Clone, Debug, PartialEq, Eq)]
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
