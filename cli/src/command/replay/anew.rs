//! What does a new build of a guest answer otherwise than the one that was recorded?

use super::shown;
use crate::messages::count;
use dorcas_host::{CallError, Guest, RecordedCall, Recording, printable, printable_lines};
use similar::TextDiff;
use std::io::{self, Write};

/// Most calls whose difference is shown.
const SHOWN_CALLS: usize = 20;
/// Most lines of a difference.
const SHOWN_LINES: usize = 200;
/// Most bytes of a line, and of a reply that is looked at line by line.
const SHOWN_BYTES: usize = 1000;
const COMPARED_BYTES: usize = 4 << 20;

/// Makes the calls of the guest's language anew, each in a fresh instance, and shows what comes out otherwise. The number of
/// those calls; an error if the run has to end.
pub(super) fn compare(
    recording: &Recording,
    guest: &Guest,
    out: &mut dyn Write,
) -> io::Result<Result<usize, CallError>> {
    let (mut made, mut differing) = (0, 0);
    for (number, call) in recording.recorded_calls().enumerate().filter(|(_, call)| call.language == guest.name()) {
        let now = guest.call_bytes(call.method, call.request);
        if let Err(error @ CallError::Interrupted { .. }) = now {
            return Ok(Err(error));
        }
        made += 1;
        let now = now.map_err(|error| error.to_string());
        let is_same = match (&call.outcome, &now) {
            (Ok(then), Ok(now)) => then == now,
            (Err(_), Err(_)) => true,
            _ => false,
        };
        if is_same {
            continue;
        }
        differing += 1;
        if differing <= SHOWN_CALLS {
            difference(number + 1, &call, &now, out)?;
        }
    }
    let name = printable(guest.name(), SHOWN_BYTES);
    if differing > SHOWN_CALLS {
        writeln!(out, "and {} more", count(differing - SHOWN_CALLS, "call", "calls"))?;
    }
    writeln!(out, "{} of {name}: {differing} answered otherwise", count(made, "call", "calls"))?;
    Ok(Ok(differing))
}

fn difference(
    number: usize,
    call: &RecordedCall<'_>,
    now: &Result<Vec<u8>, String>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let shown = |outcome: Result<&[u8], &str>| match outcome {
        Ok(bytes) if bytes.len() > COMPARED_BYTES => format!("a reply of {} bytes\n", bytes.len()),
        Ok(bytes) => shown::reply(call.method, bytes).unwrap_or_else(|| format!("{bytes:02x?}\n")),
        Err(error) => format!("{error}\n"),
    };
    let (then, now) = (shown(call.outcome), shown(now.as_deref().map_err(String::as_str)));
    writeln!(out, "call {number}, {}:", printable(call.method, SHOWN_BYTES))?;
    let diff = TextDiff::from_lines(&then, &now);
    let text = diff.unified_diff().context_radius(2).to_string();
    let lines = text.lines().count();
    for line in text.lines().take(SHOWN_LINES) {
        writeln!(out, "{}", printable_lines(line).trim_end_matches('\n'))?;
    }
    if lines > SHOWN_LINES {
        writeln!(out, "and {} more", count(lines - SHOWN_LINES, "line", "lines"))?;
    }
    Ok(())
}
