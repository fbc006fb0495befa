//! A file is read once, whatever directives say, and as long as it stays the same also in later runs.

use crate::facts::{self, Facts, Problem};
use dorcas_guest::{
    Bytes, Result, error,
    message::{Diagnostic, Position, ScanRequest, ScanResponse, Severity},
};

/// Facts that no `scan` of this language has returned.
const STRANGE_FACTS: u32 = 1003;

/// `scan`.
pub(crate) fn scan(request: &ScanRequest) -> Result<ScanResponse> {
    let facts = facts::facts(&request.content);
    let diagnostics = facts.problems.iter().filter_map(|problem| diagnostic(&request.name, problem)).collect();
    let facts = postcard::to_allocvec(&facts);
    let facts = facts.map_err(|fault| error(STRANGE_FACTS, format!("the facts can't be told: {fault}")))?;
    Ok(ScanResponse { facts: Bytes::from(facts), diagnostics })
}

/// Reads what `scan` has returned.
pub(crate) fn facts(bytes: &[u8]) -> Result<Facts> {
    match postcard::take_from_bytes(bytes) {
        Ok((facts, [])) => Ok(facts),
        _ => Err(error(STRANGE_FACTS, format!("facts of {} bytes are not those of the Python language", bytes.len()))),
    }
}

fn diagnostic(file: &str, problem: &Problem) -> Option<Diagnostic> {
    let (message, line) = match problem {
        Problem::Syntax { message, line } => {
            (format!("failed to parse {file:?}: {message}. The resulting BUILD target may be incorrect"), *line)
        }
        Problem::Deep => (
            format!(
                "{file:?} is nested too deep for the parser; its imports are read line by line, those for types like others"
            ),
            1,
        ),
        Problem::NoBool { value, comment, line } => {
            (format!("unable to cast {value:?} to bool in {comment:?}. Ignoring annotation"), *line)
        }
        // It ends the run where a rule is made of the file.
        Problem::NoValue { .. } => return None,
    };
    let (file, position) = (Some(file.to_owned()), Position::Line(line));
    Some(Diagnostic { severity: Severity::Warning, message, file, position })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_scanned_comes_back() {
        let content = b"import a\nx = (\n# gazelle:ignore\n";
        let request = ScanRequest { name: "x.py".into(), content: content.as_slice().into() };
        let response = scan(&request).unwrap();
        assert_eq!(facts(&response.facts).unwrap(), facts::facts(content));
        assert_eq!(response.diagnostics.len(), 1);
        assert_eq!(response.diagnostics[0].file.as_deref(), Some("x.py"));
        assert!(facts(b"").is_err());
        assert!(facts(&[&response.facts[..], b"x"].concat()).is_err());
    }
}
