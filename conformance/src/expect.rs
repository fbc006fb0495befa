//! Which failures are known?

use crate::{Report, Verdict, report};
use serde::Deserialize;

/// Clauses that a guest is known to break, each with the reason. One that it keeps all the same is a failure: the list is
/// to be true.
///
/// ```toml
/// [[known]]
/// clause = "mem.steady"
/// reason = "the allocator of this language gives nothing back before its first collection"
/// ```
///
/// In JSON the same is `{"known": [{"clause": "mem.steady", "reason": "..."}]}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    #[serde(default)]
    known: Vec<Known>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    clause: String,
    reason: String,
}

/// Why a text is no list of known failures.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExpectedError {
    /// It is not TOML, or says something else.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// It is not JSON, or says something else.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// It names a clause that there isn't.
    #[error("no clause for guests has the name `{0}`")]
    NoSuchClause(String),
    /// It doesn't say why.
    #[error("the clause `{0}` has no reason")]
    NoReason(String),
    /// It names a clause twice.
    #[error("the clause `{0}` is there twice")]
    Twice(String),
}

impl Expected {
    /// Reads a list: JSON where it begins with a brace, TOML otherwise.
    pub fn read(text: &str) -> Result<Self, ExpectedError> {
        let expected: Self =
            if text.trim_start().starts_with('{') { serde_json::from_str(text)? } else { toml::from_str(text)? };
        let clauses = report::wordings();
        for (index, Known { clause, reason }) in expected.known.iter().enumerate() {
            if !clauses.iter().any(|wording| wording.clause.name == clause) {
                return Err(ExpectedError::NoSuchClause(clause.clone()));
            }
            if reason.trim().is_empty() {
                return Err(ExpectedError::NoReason(clause.clone()));
            }
            if expected.known[..index].iter().any(|known| known.clause == *clause) {
                return Err(ExpectedError::Twice(clause.clone()));
            }
        }
        Ok(expected)
    }

    /// Notes in a report what is known: a failure with a reason doesn't count any more, a pass with one does.
    pub fn note(&self, report: &mut Report) {
        for outcome in &mut report.clauses {
            let known = self.known.iter().find(|known| known.clause == outcome.name);
            if matches!(outcome.verdict, Verdict::Pass { .. } | Verdict::Fail { .. }) {
                outcome.known = known.map(|known| known.reason.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_notations_say_the_same() {
        let toml = "[[known]]\nclause = \"mem.steady\"\nreason = \"so it is\"\n";
        let json = r#" {"known": [{"clause": "mem.steady", "reason": "so it is"}]}"#;
        assert_eq!(Expected::read(toml).unwrap(), Expected::read(json).unwrap());
    }

    #[test]
    fn lists_that_are_wrong() {
        let entry = |clause: &str, reason: &str| format!("[[known]]\nclause = \"{clause}\"\nreason = \"{reason}\"\n");
        for (text, error) in [
            (entry("mem.none", "x"), "no clause for guests has the name `mem.none`"),
            (entry("host.free", "x"), "no clause for guests has the name `host.free`"),
            (entry("mem.free", " "), "the clause `mem.free` has no reason"),
            (entry("mem.free", "x") + &entry("mem.free", "y"), "the clause `mem.free` is there twice"),
        ] {
            assert_eq!(Expected::read(&text).unwrap_err().to_string(), error);
        }
        assert!(Expected::read("known = 1").is_err());
        assert!(Expected::read("{\"unknown\": []}").is_err());
    }
}
