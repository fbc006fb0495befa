//! What is shown of an outcome to people?

use super::Mode;
use crate::messages;
use dorcas_gazelle::{Outcome, OutputFile, WriteError, diff, print};
use dorcas_host::printable_lines;
use std::{
    collections::BTreeSet,
    io::{self, Write},
    path::PathBuf,
};

/// What goes to standard output, for people and patch(1). A file or a program gets the bytes of the BUILD files; a terminal
/// gets nothing that it would obey or that nobody would see.
pub(super) fn files(outcome: &Outcome, mode: Mode, terminal: bool, out: &mut dyn Write) -> io::Result<()> {
    if terminal {
        let mut exact = Vec::new();
        files(outcome, mode, false, &mut exact)?;
        return out.write_all(printable_lines(&String::from_utf8_lossy(&exact)).as_bytes());
    }
    match mode {
        Mode::Fix => Ok(()),
        Mode::Print => print(outcome, out),
        Mode::Diff => diff(outcome, out).map(drop),
    }
}

/// The paths of the files that were written, for `xargs -0`.
pub(super) fn names(outcome: &Outcome, unwritten: &[WriteError], out: &mut dyn Write) -> io::Result<()> {
    for file in written(outcome, unwritten) {
        out.write_all(outcome.root.join(&file.rel).as_os_str().as_encoded_bytes())?;
        out.write_all(b"\0")?;
    }
    Ok(())
}

/// The files that were written.
fn written<'o>(outcome: &'o Outcome, unwritten: &[WriteError]) -> impl Iterator<Item = &'o OutputFile> {
    let unwritten: BTreeSet<PathBuf> = unwritten.iter().map(|error| error.path.clone()).collect();
    outcome.files.iter().filter(move |file| file.changed() && !unwritten.contains(&outcome.root.join(&file.rel)))
}

/// What languages had to say, and which directories failed.
pub(super) fn report(outcome: &Outcome, unwritten: &[WriteError]) {
    messages::diagnostics(outcome.diagnostics.iter());
    for failure in &outcome.failures {
        messages::error(failure);
    }
    for error in unwritten {
        messages::error(error);
    }
}

/// What was done, in one line.
pub(super) fn summary(outcome: &Outcome, unwritten: &[WriteError]) -> String {
    let (created, changed): (Vec<_>, Vec<_>) = written(outcome, unwritten).partition(|file| file.old.is_none());
    let unchanged = outcome.files.iter().filter(|file| !file.changed()).count();
    let failed = outcome.failures.len() + unwritten.len();
    let created = messages::count(created.len(), "BUILD file", "BUILD files");
    let failed = match failed {
        0 => String::new(),
        _ => format!("; {} failed", messages::count(failed, "directory", "directories")),
    };
    let left = match outcome.failures.iter().map(|failure| failure.left.len()).sum() {
        0 => String::new(),
        left => format!("; {} left because of that", messages::count(left, "BUILD file", "BUILD files")),
    };
    format!("{created} created, {} changed, {unchanged} unchanged{failed}{left}", changed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in a BUILD file is exact for a program, and harmless at a terminal.
    #[test]
    fn a_terminal_is_not_steered_and_a_patch_stays_one() {
        let hostile = "# \u{1b}[1A\u{1b}[2K\u{9b}8m\u{7f}\u{202e}\u{61c}\u{ad}\u{e0041}\tx\r\n";
        let mut file = OutputFile::default();
        file.rel = "a\n+++ b\u{1b}/BUILD.bazel".into();
        file.old = Some(format!("{hostile}a()\n").into());
        file.new = format!("{hostile}b()\n").into();
        let mut outcome = Outcome::default();
        (outcome.root, outcome.files) = ("/r\u{1b}".into(), vec![file]);
        for mode in [Mode::Print, Mode::Diff] {
            let shown = |terminal| {
                let mut out = Vec::new();
                files(&outcome, mode, terminal, &mut out).unwrap();
                String::from_utf8(out).unwrap()
            };
            let (exact, at_terminal) = (shown(false), shown(true));
            assert!(exact.contains(hostile), "{exact:?}");
            assert_eq!(exact.lines().count(), at_terminal.lines().count());
            let is_harmless = |char| dorcas_host::is_shown(char) || matches!(char, '\n' | '\t');
            assert!(at_terminal.chars().all(is_harmless), "{at_terminal:?}");
            assert!(exact.replace(hostile, "").chars().all(is_harmless), "{exact:?}");
        }
    }
}
