//! Is a diagnostic about something in its directory?

use super::{Checked, verify};
use dorcas_abi::{
    clause,
    message::{Diagnostic, FinishResponse, Position, ScanRequest, ScanResponse},
};

pub(crate) fn scan(request: &ScanRequest, response: &ScanResponse) -> Checked {
    diagnostics(&response.diagnostics)?;
    for Diagnostic { message, file, .. } in &response.diagnostics {
        let is_it = file.as_ref().is_none_or(|file| *file == request.name);
        verify(clause::SCAN_FILE, is_it, || {
            format!("diagnostic {:?} is about {file:?}, the request about {:?}", short(message), request.name)
        })?;
    }
    Ok(())
}

pub(crate) fn finish(response: &FinishResponse) -> Checked {
    diagnostics(&response.diagnostics)
}

pub(super) fn diagnostics(all: &[Diagnostic]) -> Checked {
    for Diagnostic { message, file, position, .. } in all {
        let placed = match position {
            Position::Unknown => true,
            Position::Line(line) => *line > 0 && file.is_some(),
            Position::Offset(_) | Position::MatchIndex(_) => file.is_some(),
            Position::DirectiveIndex(_) | Position::RuleIndex(_) => file.is_none(),
        };
        verify(clause::DIAGNOSTIC_POSITION, placed, || {
            let file = file.as_ref().map_or_else(|| "no file".into(), |file| format!("the file {file:?}"));
            format!("diagnostic {:?} has {file} and the position {position:?}", short(message))
        })?;
        let Some(file) = file else { continue };
        verify(clause::DIAGNOSTIC_FILE, is_below(file), || {
            format!("diagnostic {:?} is about {file:?}, which is no path below the directory", short(message))
        })?;
    }
    Ok(())
}

/// Whether a text is a path to something in the directory that it is relative to: it has no slash at either end and no part
/// that is empty, `.` or `..`.
fn is_below(path: &str) -> bool {
    path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// The beginning of a text, to know it by.
pub(super) fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
