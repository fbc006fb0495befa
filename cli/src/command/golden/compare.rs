//! What came out otherwise than expected?

use super::{
    case::{Case, CaseError, EXIT_CODE, STDERR, STDOUT},
    play::Played,
};
use similar::TextDiff;
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

/// Something that came out otherwise.
pub(super) struct Mismatch {
    /// The file of the case that says what was expected.
    pub(super) file: String,
    /// A unified diff, or a sentence.
    pub(super) text: String,
    /// How `--update` makes it the expectation; none where that isn't possible.
    pub(super) accept: Option<Accept>,
}

/// What becomes of a file of the case.
pub(super) struct Accept {
    pub(super) rel: PathBuf,
    /// What is in the file; empty where there is none.
    pub(super) old: Vec<u8>,
    /// What is to be in it; `None` if it is to go.
    pub(super) new: Option<Vec<u8>>,
}

/// All that came out otherwise; with `strict`, also BUILD files of which nothing was expected.
pub(super) fn compare(case: &Case, played: &Played, strict: bool) -> Result<Vec<Mismatch>, CaseError> {
    let mut found = Vec::new();
    exit_code(case, played, &mut found);
    output(STDOUT, "standard output", (&case.stdout, &played.stdout), &mut found);
    output(STDERR, "standard error", (&case.stderr, &played.stderr), &mut found);
    files(case, played, &mut found)?;
    if strict {
        unexpected(case, played, &mut found)?;
    }
    Ok(found)
}

fn exit_code(case: &Case, played: &Played, found: &mut Vec<Mismatch>) {
    let expected = case.exit_code.as_deref().map_or("0".into(), String::from_utf8_lossy);
    let (expected, actual) = (expected.trim(), played.exit_code);
    let text = match expected.parse::<i32>() {
        Ok(expected) if expected == actual => return,
        Ok(expected) => format!("the exit status is {actual}, expected was {expected}"),
        Err(_) => format!("the exit status is {actual}, and {expected:?} is none"),
    };
    let old = case.exit_code.clone().unwrap_or_default();
    let accept = Some(Accept { rel: EXIT_CODE.into(), old, new: Some(format!("{actual}\n").into()) });
    found.push(Mismatch { file: EXIT_CODE.into(), text, accept });
}

fn output(file: &str, what: &str, (expected, actual): (&[u8], &str), found: &mut Vec<Mismatch>) {
    // Gazelle's own runner makes slashes of the backslashes in what came, so those in expectations may be either.
    let slashes = |bytes: &[u8]| bytes.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect::<Vec<_>>();
    if normal(&slashes(expected)) != normal(&slashes(actual.as_bytes())) {
        let text = diff((file, expected), (what, actual.as_bytes()));
        let accept = Some(Accept { rel: file.into(), old: expected.to_vec(), new: Some(actual.into()) });
        found.push(Mismatch { file: file.into(), text, accept });
    }
}

fn files(case: &Case, played: &Played, found: &mut Vec<Mismatch>) -> Result<(), CaseError> {
    for expected in &case.after {
        let (said_by, rel) = (&expected.said_by, &expected.file.rel);
        let file = slashed(said_by);
        let is_input = said_by == rel;
        let actual = match fs::read(played.root.join(rel)) {
            Ok(actual) => actual,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let old = || expected.file.bytes.clone();
                let accept = (!is_input).then(|| Accept { rel: said_by.clone(), old: old(), new: None });
                found.push(Mismatch { text: format!("there is no {} after the run", slashed(rel)), file, accept });
                continue;
            }
            Err(error) => return Err(CaseError::Read { path: rel.clone(), cause: error }),
        };
        if normal(&actual) == normal(&expected.file.bytes) {
            continue;
        }
        let mut text = diff((&file, &expected.file.bytes), (&slashed(rel), &actual));
        if is_input {
            // It can't say both what is before the run and what is after it.
            let input = slashed(&rel.with_extension("in"));
            text = format!("{text}{file} was changed; rename it to {input} if it should be\n");
        }
        let old = || expected.file.bytes.clone();
        let accept = (!is_input).then(|| Accept { rel: said_by.clone(), old: old(), new: Some(actual) });
        found.push(Mismatch { file, text, accept });
    }
    Ok(())
}

/// BUILD files after the run that no file of the case says anything of.
fn unexpected(case: &Case, played: &Played, found: &mut Vec<Mismatch>) -> Result<(), CaseError> {
    let expected: BTreeSet<&Path> = case.after.iter().map(|expected| expected.file.rel.as_path()).collect();
    let mut files = Vec::new();
    build_files(&played.root, Path::new(""), &mut files)
        .map_err(|cause| CaseError::Read { path: played.root.clone(), cause })?;
    for rel in files.iter().filter(|rel| !expected.contains(rel.as_path())) {
        let bytes = fs::read(played.root.join(rel)).map_err(|cause| CaseError::Read { path: rel.clone(), cause })?;
        let said_by = rel.with_extension("out");
        let text = diff(("/dev/null", b""), (&slashed(rel), &bytes));
        found.push(Mismatch {
            file: slashed(&said_by),
            text: format!("there is no {} for this file\n{text}", slashed(&said_by)),
            accept: Some(Accept { rel: said_by, old: Vec::new(), new: Some(bytes) }),
        });
    }
    Ok(())
}

fn build_files(root: &Path, rel: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = fs::read_dir(root.join(rel))?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let rel = rel.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            build_files(root, &rel, files)?;
        } else if entry.file_name() == "BUILD.bazel" {
            files.push(rel);
        }
    }
    Ok(())
}

/// A text as it is compared: without space at its ends, and with newlines that are one character.
fn normal(text: &[u8]) -> Vec<u8> {
    let mut bytes = text.trim_ascii().iter().copied().peekable();
    let mut normal = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'\r' || bytes.peek() != Some(&b'\n') {
            normal.push(byte);
        }
    }
    normal
}

fn diff((old_name, old): (&str, &[u8]), (new_name, new): (&str, &[u8])) -> String {
    // Only what makes a difference is shown, and every line has an end.
    let shown = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(&normal(bytes)).into_owned();
        if text.is_empty() { text } else { text + "\n" }
    };
    let (old, new) = (shown(old), shown(new));
    let text = TextDiff::from_lines(&old, &new).unified_diff().header(old_name, new_name).to_string();
    if text.is_empty() { "they differ in bytes that aren't UTF-8\n".into() } else { text }
}

fn slashed(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_at_the_ends_and_ends_of_lines_make_no_difference() {
        assert_eq!(normal(b"\r\n a\r\nb\rc \n\n"), b"a\nb\rc");
    }

    #[test]
    fn a_difference_that_cannot_be_shown_is_told() {
        assert_eq!(diff(("a", b"\xff"), ("b", b"\xfe")), "they differ in bytes that aren't UTF-8\n");
    }

    #[test]
    fn a_diff_against_nothing() {
        assert_eq!(diff(("a", b""), ("b", b"x\ny\n")), "--- a\n+++ b\n@@ -0,0 +1,2 @@\n+x\n+y\n");
    }
}
