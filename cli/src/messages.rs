//! What is said to people on standard error: one line each, led by how grave it is.

use anstyle::AnsiColor;
use dorcas_abi::message::Severity;
use dorcas_gazelle::Diagnostic;
use dorcas_host::{Limits, is_shown, printable, printable_lines};
use std::{
    fmt::Display,
    io::{self, Write as _},
};

/// Most bytes of one message. Guests' texts and names of files have a part in most of them.
const MAX_BYTES: usize = 16 << 10;

/// `error: text`, in colour where a terminal shows it, with flags for the limits that it names.
pub(crate) fn error(text: impl Display) {
    say(&Severity::Error, with_flags(&text.to_string()));
}

/// The text with the flag that sets each limit, in the place of its name in the library: `` `Limits::types` `` becomes
/// `` `--limit types=N` ``.
pub(crate) fn with_flags(text: &str) -> String {
    let mut flagged = text.to_owned();
    for (name, _) in Limits::default().list() {
        let named = format!("`Limits::{name}`");
        if flagged.contains(&named) {
            flagged = flagged.replace(&named, &format!("`--limit {name}=N`"));
        }
    }
    flagged
}

/// A message of this severity.
pub(crate) fn say(severity: &Severity, text: impl Display) {
    let (word, colour) = match severity {
        Severity::Error => ("error", AnsiColor::Red),
        Severity::Warning => ("warning", AnsiColor::Yellow),
        Severity::Note => ("note", AnsiColor::Cyan),
    };
    let style = colour.on_default().bold();
    plain(format_args!("{style}{word}{style:#}: {}", printable(&text.to_string(), MAX_BYTES)));
}

/// What clap has to say of a command line, or of the commands there are.
pub(crate) fn usage(shown: &clap::Error, typed: &[String]) {
    if typed.iter().flat_map(|arg| arg.chars()).all(is_shown) {
        // Where nobody listens any more there is nobody to tell.
        let _ = shown.print();
        return;
    }
    // Some of what was typed would steer the terminal, and clap repeats it.
    let text = shown.render().to_string();
    let text = printable_lines(&text);
    let _ = if shown.use_stderr() { write!(io::stderr(), "{text}") } else { write!(io::stdout(), "{text}") };
}

/// A line as it is.
pub(crate) fn plain(line: impl Display) {
    // Where nobody listens any more there is nobody to tell.
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, what: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { what } else { many })
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Most messages that are shown one by one.
const SHOWN: usize = 10_000;
/// Most bytes of these.
const SHOWN_BYTES: usize = 4 << 20;

/// Shows messages up to a total, and counts those beyond.
pub(crate) fn diagnostics<'d>(diagnostics: impl ExactSizeIterator<Item = &'d Diagnostic>) {
    let (mut left, mut bytes) = (diagnostics.len(), 0);
    for (number, diagnostic) in diagnostics.enumerate() {
        bytes += diagnostic.message.len() + diagnostic.path.len();
        if number >= SHOWN || bytes > SHOWN_BYTES {
            say(&Severity::Note, format!("and {left} more messages; --format json has all"));
            return;
        }
        say(&diagnostic.severity, diagnostic);
        left -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups_of_three() {
        let shown = [0, 999, 1000, 123_456, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "123,456", "1,234,567"]);
    }
}
