use crate::interface::Position;
use dorcas_host::{CallError, ExportError, LoadError};
use dorcas_seal::SealError;
use std::{fmt, io};

/// Why a script is no module.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A file can't be read.
    #[error("can't read {file}{}: {cause}", Importer(importer.as_ref()))]
    Read {
        /// Its name, seen from the folder of the first one.
        file: String,
        /// Where it is imported; `None` for the first file.
        importer: Option<Place>,
        /// Why.
        cause: io::Error,
    },
    /// An import is neither a file nor of the interface.
    #[error(
        "{at}: there is no module '{name}': a script imports its own files, './{name}.js', and what its interface declares{}",
        Known(known)
    )]
    NoModule {
        /// Where it is imported.
        at: Place,
        /// The name.
        name: String,
        /// The modules that the interface declares.
        known: Vec<String>,
    },
    /// There are too many files.
    #[error("the script has more than {limit} files")]
    Files {
        /// The limit.
        limit: usize,
    },
    /// The script is no JavaScript, or its top level failed.
    #[error("{}{message}{}", Where(at.as_ref()), Calls(calls))]
    Script {
        /// Where, if the engine says it.
        at: Option<Place>,
        /// What the engine says.
        message: String,
        /// The calls that were under way there, the innermost first.
        calls: Vec<String>,
    },
    /// The top level didn't come to its end.
    #[error("the script's top level can't be run: {}{}", without_names(cause), hint(cause))]
    Stopped {
        /// Why.
        cause: Box<CallError>,
    },
    /// The interface declares what the script doesn't export.
    #[error("{file} has no {}; {}", Lacking(lacking), Exported(exported))]
    Lacking {
        /// The script's first file.
        file: String,
        /// The functions, and where the interface declares them.
        lacking: Vec<(String, Position)>,
        /// Functions that the script does export.
        exported: Vec<String>,
    },
    /// A script without an interface is a language, and lacks something.
    #[error("{file} has no `export {lacking}`: a language has one; for a module that is none give an interface")]
    NoLanguage {
        /// The script's first file.
        file: String,
        /// What isn't there.
        lacking: &'static str,
    },
    /// The host refuses the module: the interface has more than its limits allow.
    #[error("{0}")]
    Module(Box<LoadError>),
    /// The module can't be sealed.
    #[error("{0}")]
    Seal(Box<SealError>),
    /// This crate, or what it builds on. Nobody else can do anything about it.
    #[error("the script made the build fail, please report this: {what}")]
    Defect {
        /// What happened.
        what: String,
    },
}

/// A place in a file of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The name of the file, seen from the folder of the first one.
    pub file: String,
    /// Line and column.
    pub at: Position,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.at)
    }
}

impl BuildError {
    /// The same with a folder in front of the names of files: where the first one is, `src/`, or nothing.
    #[must_use]
    pub fn within(mut self, folder: &str) -> Self {
        let before = |name: &mut String| name.insert_str(0, folder);
        match &mut self {
            Self::Read { file, importer, .. } => {
                before(file);
                if let Some(place) = importer {
                    before(&mut place.file);
                }
            }
            Self::NoModule { at, .. } | Self::Script { at: Some(at), .. } => before(&mut at.file),
            Self::Lacking { file, .. } | Self::NoLanguage { file, .. } => before(file),
            _ => {}
        }
        self
    }

    pub(crate) fn defect(what: impl Into<String>) -> Self {
        Self::Defect { what: what.into() }
    }
}

impl From<CallError> for BuildError {
    fn from(cause: CallError) -> Self {
        Self::Stopped { cause: cause.into() }
    }
}

impl From<SealError> for BuildError {
    fn from(cause: SealError) -> Self {
        Self::Seal(cause.into())
    }
}

impl From<LoadError> for BuildError {
    fn from(cause: LoadError) -> Self {
        Self::Module(cause.into())
    }
}

// The engine is ours, and so are the shims.

impl From<ExportError> for BuildError {
    fn from(error: ExportError) -> Self {
        Self::defect(error.to_string())
    }
}

impl From<wasmparser::Error> for BuildError {
    fn from(error: wasmparser::Error) -> Self {
        Self::defect(error.to_string())
    }
}

impl From<wasm_encoder::reencode::Error> for BuildError {
    fn from(error: wasm_encoder::reencode::Error) -> Self {
        Self::defect(error.to_string())
    }
}

impl From<wat::Error> for BuildError {
    fn from(error: wat::Error) -> Self {
        Self::defect(error.to_string())
    }
}

/// The engine's own functions say nothing to an author.
fn without_names(cause: &CallError) -> String {
    match cause {
        CallError::Limit { exceeded, .. } => format!("it {exceeded}"),
        CallError::Halted { function, .. } => format!("it calls `{function}`"),
        CallError::Trap { panic_text: Some(text), .. } => text.clone(),
        cause => cause.to_string(),
    }
}

fn hint(cause: &CallError) -> &'static str {
    match cause {
        CallError::Halted { .. } => ", and there is no host while a module is built; call it in a function",
        _ => "",
    }
}

struct Importer<'a>(Option<&'a Place>);

impl fmt::Display for Importer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |place| write!(f, ", which {place} imports"))
    }
}

struct Where<'a>(Option<&'a Place>);

impl fmt::Display for Where<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |place| write!(f, "{place}: "))
    }
}

/// Most entries of a list in a message.
const MAX_LISTED: usize = 20;

struct Known<'a>(&'a [String]);

impl fmt::Display for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            Ok(())
        } else {
            write!(f, ": '{}'", self.0[..self.0.len().min(MAX_LISTED)].join("', '"))
        }
    }
}

struct Calls<'a>(&'a [String]);

impl fmt::Display for Calls<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().skip(1).take(MAX_LISTED).try_for_each(|call| write!(f, "; {call}"))
    }
}

struct Lacking<'a>(&'a [(String, Position)]);

impl fmt::Display for Lacking<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (name, at)) in self.0.iter().take(MAX_LISTED).enumerate() {
            write!(
                f,
                "{}`export function {name}`, which the interface declares at {at}",
                if place == 0 { "" } else { ", and no " }
            )?;
        }
        match self.0.len().saturating_sub(MAX_LISTED) {
            0 => Ok(()),
            more => write!(f, ", and {more} more"),
        }
    }
}

struct Exported<'a>(&'a [String]);

impl fmt::Display for Exported<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("it exports no function"),
            names => write!(f, "it exports `{}`", names[..names.len().min(MAX_LISTED)].join("`, `")),
        }
    }
}
