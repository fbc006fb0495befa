//! How does what came out become the expectation?

use super::{
    case::{Case, CaseError},
    compare::{Accept, Mismatch},
    report::Verdict,
};
use cap_std::{
    ambient_authority,
    fs::{Dir, OpenOptions},
};
use std::{
    io::{self, Write as _},
    path::Path,
    process,
};

/// Rewrites the files of the case, and none that a link leads to outside it. What can't be an expectation stays a failure.
pub(super) fn accept(case: &Case, mismatches: Vec<Mismatch>) -> Result<Verdict, CaseError> {
    let mut updated = Vec::new();
    let mut left = Vec::new();
    let failed = |path: &Path, cause| CaseError::Write { path: path.into(), cause };
    let dir = Dir::open_ambient_dir(&case.dir, ambient_authority()).map_err(|cause| failed(&case.dir, cause))?;
    for mut mismatch in mismatches {
        let Some(accept) = mismatch.accept.take() else {
            left.push(mismatch);
            continue;
        };
        replace(&dir, &accept).map_err(|cause| failed(&accept.rel, led_out(cause)))?;
        updated.push(mismatch.file);
    }
    Ok(if left.is_empty() { Verdict::Updated(updated) } else { Verdict::Failed(left) })
}

/// Writes or removes a file, if it still is what the case was read from. Whoever reads it sees the old one or the new one.
fn replace(dir: &Dir, Accept { rel, old, new }: &Accept) -> io::Result<()> {
    // What a link in the case leads to is meant, not the link.
    let path = match dir.canonicalize(rel) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => rel.clone(),
        other => other?,
    };
    let Some(new) = new else {
        compare(dir, &path, old)?;
        return dir.remove_file(rel);
    };
    let beside = path.with_file_name(format!(".dorcas-golden-{}.tmp", process::id()));
    let written = write(dir, &path, &beside, new).and_then(|()| {
        compare(dir, &path, old)?;
        dir.rename(&beside, dir, &path)
    });
    if written.is_err() {
        let _ = dir.remove_file(&beside);
    }
    written
}

/// Brings a new file to the disk, with the mode of the one in whose place it goes.
fn write(dir: &Dir, path: &Path, beside: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = dir.open_with(beside, OpenOptions::new().write(true).create_new(true))?;
    file.write_all(bytes)?;
    if let Ok(about) = dir.metadata(path) {
        file.set_permissions(about.permissions())?;
    }
    file.sync_all()
}

fn compare(dir: &Dir, path: &Path, old: &[u8]) -> io::Result<()> {
    let now = match dir.read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        other => other?,
    };
    if now == old {
        return Ok(());
    }
    Err(io::Error::other("it was changed while the case was run, and is left as it is"))
}

/// Says it plainly if a link has led out: that comes from the library, not from the system.
fn led_out(cause: io::Error) -> io::Error {
    if cause.kind() == io::ErrorKind::PermissionDenied && cause.raw_os_error().is_none() {
        io::Error::new(cause.kind(), "a link leads out of the case")
    } else {
        cause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_while_its_case_was_run_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let dir = Dir::open_ambient_dir(folder.path(), ambient_authority()).unwrap();
        dir.create_dir("a").unwrap();
        let accept = |old: &str, new: Option<&str>| {
            let (old, new) = (old.into(), new.map(Into::into));
            replace(&dir, &Accept { rel: "a/BUILD.out".into(), old, new }).map_err(|error| error.to_string())
        };
        let is = || dir.read_to_string("a/BUILD.out").unwrap_or_default();
        accept("", Some("1")).unwrap();
        assert_eq!(is(), "1");
        let changed = "it was changed while the case was run, and is left as it is";
        assert_eq!(accept("", Some("2")).unwrap_err(), changed);
        assert_eq!(accept("0", None).unwrap_err(), changed);
        assert_eq!(is(), "1");
        accept("1", Some("2")).unwrap();
        assert_eq!(is(), "2");
        assert_eq!(dir.read_dir("a").unwrap().count(), 1, "nothing is left beside it");
        accept("2", None).unwrap();
        assert_eq!(dir.read_dir("a").unwrap().count(), 0);
    }
}
