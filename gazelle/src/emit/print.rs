//! Mode `print`: all BUILD files, one after the other.

use super::path::quoted;
use crate::{repo::absolute, run::Outcome};
use std::io::{self, Write};

/// Prints every BUILD file of the directories that were updated, changed or not, each below a line `>>> path`.
pub fn print(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    for file in &outcome.files {
        writeln!(out, ">>> {}", quoted(&absolute(&outcome.root, &file.rel).to_string_lossy()))?;
        out.write_all(&file.new)?;
    }
    Ok(())
}
