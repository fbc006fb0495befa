//! How does what came out become the expectation?

use super::{
    case::{Case, CaseError},
    compare::{Accept, Mismatch},
    report::Verdict,
};
use cap_std::{ambient_authority, fs::Dir};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Rewrites the files of the case, and none that a link leads to outside it. What can't be an expectation stays a failure.
pub(super) fn accept(case: &Case, mismatches: Vec<Mismatch>) -> Result<Verdict, CaseError> {
    let mut updated = Vec::new();
    let mut left = Vec::new();
    let failed = |path: &Path, cause| CaseError::Write { path: path.into(), cause };
    let dir = Dir::open_ambient_dir(&case.dir, ambient_authority()).map_err(|cause| failed(&case.dir, cause))?;
    for mut mismatch in mismatches {
        let (rel, done): (PathBuf, _) = match mismatch.accept.take() {
            Some(Accept::Write(rel, bytes)) => {
                let done = dir.write(&rel, bytes);
                (rel, done)
            }
            Some(Accept::Remove(rel)) => {
                let done = dir.remove_file(&rel);
                (rel, done)
            }
            None => {
                left.push(mismatch);
                continue;
            }
        };
        done.map_err(|cause| failed(&rel, led_out(cause)))?;
        updated.push(mismatch.file);
    }
    Ok(if left.is_empty() { Verdict::Updated(updated) } else { Verdict::Failed(left) })
}

/// Says it plainly if a link has led out: that comes from the library, not from the system.
fn led_out(cause: io::Error) -> io::Error {
    if cause.kind() == io::ErrorKind::PermissionDenied && cause.raw_os_error().is_none() {
        io::Error::new(cause.kind(), "a link leads out of the case")
    } else {
        cause
    }
}
