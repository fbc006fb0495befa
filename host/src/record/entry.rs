//! How is a piece of a recording written?

use crate::{
    config::{Config, Features, Profile},
    digest::Digest,
};
use std::fmt;

/// The first line, with the version of the format.
pub(crate) const HEAD: &str = "dorcas recording 1";

/// Something that happened, in one line and those that belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A module was loaded, or a guest joined the run: its name and manifest.
    Guest { digest: Digest, config: Config, fuel: u64, outcome: Outcome<(String, Vec<u8>)> },
    /// An instance was made of a guest, by its place among the guests.
    Instance { guest: usize, fuel: u64, outcome: Outcome<()> },
    /// A method was called in an instance, by its place among the instances. Where the reply was checked by the host, an
    /// instance is not asked to free one that was wrong, which takes less fuel.
    Call { instance: usize, checked: bool, method: String, fuel: u64, request: Vec<u8>, outcome: Outcome<Vec<u8>> },
}

impl Entry {
    /// Number of its lines.
    pub(crate) fn lines(&self) -> usize {
        match self {
            Self::Guest { config, .. } => 2 + config.limits.list().len(),
            Self::Instance { .. } | Self::Call { .. } => 2,
        }
    }
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome<T> {
    Done(T),
    /// It would fail in the same way again.
    Failed(String),
    /// By something outside: the run was interrupted or used up its fuel, or the machine had no memory.
    Stopped(String),
}

/// What is written where something succeeded.
pub(crate) trait Success {
    fn line(&self) -> String;
}

/// A guest's name and manifest.
impl Success for (String, Vec<u8>) {
    fn line(&self) -> String {
        format!("is {} {}", self.0, Hex(&self.1))
    }
}

/// An instance.
impl Success for () {
    fn line(&self) -> String {
        "ready".into()
    }
}

/// A reply.
impl Success for Vec<u8> {
    fn line(&self) -> String {
        format!("reply {}", Hex(self))
    }
}

impl<T: Success> fmt::Display for Outcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done(value) => f.write_str(&value.line()),
            Self::Failed(text) => write!(f, "failed {text}"),
            Self::Stopped(text) => write!(f, "stopped {text}"),
        }
    }
}

/// The lines of an entry, each with its end.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guest { digest, config, fuel, outcome } => {
                let profile = if config.profile == Profile::Deterministic { "deterministic" } else { "fast" };
                write!(f, "guest {digest} {profile}")?;
                if config.features != Features::ABI {
                    write!(f, ",{}", config.features)?;
                }
                writeln!(f, " fuel {fuel}")?;
                for (name, value) in config.limits.list() {
                    writeln!(f, "limit {name} {value}")?;
                }
                writeln!(f, "{outcome}")
            }
            Self::Instance { guest, fuel, outcome } => {
                writeln!(f, "instance {guest} fuel {fuel}")?;
                writeln!(f, "{outcome}")
            }
            Self::Call { instance, checked, method, fuel, request, outcome } => {
                let kind = if *checked { "call" } else { "bytes" };
                writeln!(f, "{kind} {instance} {method} fuel {fuel} {}", Hex(request))?;
                writeln!(f, "{outcome}")
            }
        }
    }
}

/// Bytes as two digits each; `-` for none, so that every line has all its words.
struct Hex<'a>(&'a [u8]);

const DIGITS: &[u8; 16] = b"0123456789abcdef";

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("-");
        }
        // In pieces on the stack: a formatter call a byte would take longer than the call that is recorded.
        for piece in self.0.chunks(256) {
            let mut text = [0; 512];
            for (byte, pair) in piece.iter().zip(text.chunks_mut(2)) {
                pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
            }
            f.write_str(str::from_utf8(&text[..2 * piece.len()]).map_err(|_| fmt::Error)?)?;
        }
        Ok(())
    }
}
