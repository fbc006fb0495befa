//! What should the user know?

use crate::error::MAX_TEXT_BYTES;
use dorcas_abi::message::Severity;
use dorcas_host::printable;
use std::fmt;

/// Something that the user should know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The language that says so; none for the pipeline itself.
    pub language: Option<String>,
    /// How grave it is.
    pub severity: Severity,
    /// The directory or file that it is about, from the root.
    pub path: String,
    /// The line in the file, from 1.
    pub line: Option<usize>,
    /// What it is.
    pub message: String,
}

impl Default for Diagnostic {
    fn default() -> Self {
        Self { language: None, severity: Severity::Note, path: String::new(), line: None, message: String::new() }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            f.write_str(&printable(&self.path, MAX_TEXT_BYTES))?;
            if let Some(line) = self.line {
                write!(f, ":{line}")?;
            }
            f.write_str(": ")?;
        }
        if let Some(language) = &self.language {
            write!(f, "{language}: ")?;
        }
        f.write_str(&printable(&self.message, MAX_TEXT_BYTES))
    }
}
