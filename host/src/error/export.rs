use crate::printable::{MAX_NAME_BYTES, printable};

/// Why a function of a module can't be called by that name and those types.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The module exports nothing of that name.
    #[error(
        "the module exports no `{}`, asked for as a {asked}; its functions are: {}",
        printable(name, MAX_NAME_BYTES),
        Names(functions)
    )]
    Missing {
        /// The name.
        name: String,
        /// The type that was asked for, in words.
        asked: String,
        /// The names of all functions that it exports.
        functions: Vec<String>,
    },
    /// What it exports under that name is of another type.
    #[error("`{}` is a {found}; it was asked for as a {asked}", printable(name, MAX_NAME_BYTES))]
    Type {
        /// The name.
        name: String,
        /// The type that was asked for, in words.
        asked: String,
        /// The type that it has, in words.
        found: String,
    },
    /// The host calls this function itself, when an instance starts.
    #[error("`{}` is called by the host, once, when an instance starts", printable(name, MAX_NAME_BYTES))]
    Initializer {
        /// The name.
        name: String,
    },
    /// The module is a command of WASI: it runs by its `_start`, and nothing else of it may be called.
    #[error(
        "the module is a command, which runs by `_start`: `{}` can't be called; build a reactor to call its exports",
        printable(name, MAX_NAME_BYTES)
    )]
    Command {
        /// The name.
        name: String,
    },
    /// The export was found in another module than the instance is of.
    #[error("`{}` is an export of another module than the instance is of", printable(name, MAX_NAME_BYTES))]
    OtherModule {
        /// The name.
        name: String,
    },
}

/// Most names that a message lists.
const MAX_LISTED: usize = 20;

struct Names<'a>(&'a [String]);

impl std::fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (position, name) in self.0.iter().take(MAX_LISTED).enumerate() {
            let comma = if position == 0 { "" } else { ", " };
            write!(f, "{comma}`{}`", printable(name, MAX_NAME_BYTES))?;
        }
        match self.0.len() {
            0 => f.write_str("none"),
            len if len > MAX_LISTED => write!(f, " and {} more", len - MAX_LISTED),
            _ => Ok(()),
        }
    }
}
