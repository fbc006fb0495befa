//! Mode `print`: all BUILD files, one after the other.

use crate::{repo::absolute, run::Outcome};
use std::io::{self, Write};

/// Prints every BUILD file of the directories that were updated, changed or not, each below a line `>>> path`.
pub fn print(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    for file in &outcome.files {
        writeln!(out, ">>> {}", absolute(&outcome.root, &file.rel).display())?;
        out.write_all(&file.new)?;
    }
    Ok(())
}
