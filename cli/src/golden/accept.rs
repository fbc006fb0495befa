//! How does what came out become the expectation?

use super::{
    case::{Case, CaseError},
    compare::{Accept, Mismatch},
    report::Verdict,
};
use std::fs;

/// Rewrites the files of the case. What can't be an expectation stays a failure.
pub(super) fn accept(case: &Case, mismatches: Vec<Mismatch>) -> Result<Verdict, CaseError> {
    let mut updated = Vec::new();
    let mut left = Vec::new();
    for mut mismatch in mismatches {
        let (rel, done) = match mismatch.accept.take() {
            Some(Accept::Write(rel, bytes)) => {
                let done = fs::write(case.dir.join(&rel), bytes);
                (rel, done)
            }
            Some(Accept::Remove(rel)) => {
                let done = fs::remove_file(case.dir.join(&rel));
                (rel, done)
            }
            None => {
                left.push(mismatch);
                continue;
            }
        };
        done.map_err(|cause| CaseError::Write { path: rel, cause })?;
        updated.push(mismatch.file);
    }
    Ok(if left.is_empty() { Verdict::Updated(updated) } else { Verdict::Failed(left) })
}
