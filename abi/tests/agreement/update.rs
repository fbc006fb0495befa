//! How is a generated file compared, or written again?

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// A file, by its path from the root of the repository.
pub(crate) fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(relative)
}

pub(crate) fn read(relative: &str) -> String {
    fs::read_to_string(path(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
}

pub(crate) fn updating() -> bool {
    env::var_os("DORCAS_UPDATE").is_some_and(|value| value == "1")
}

/// Demands that a file has this text, or gives it to it.
pub(crate) fn expect(relative: &str, text: &str) {
    let present = fs::read_to_string(path(relative)).unwrap_or_default();
    if present == text {
        return;
    }
    if updating() {
        fs::write(path(relative), text).unwrap_or_else(|error| panic!("{relative}: {error}"));
        return;
    }
    let line = present.lines().zip(text.lines()).take_while(|(present, text)| present == text).count();
    panic!(
        "{relative} is out of date from line {} on:\n  is        {:?}\n  should be {:?}\nDORCAS_UPDATE=1 writes it again",
        line + 1,
        present.lines().nth(line).unwrap_or("(its end)"),
        text.lines().nth(line).unwrap_or("(its end)"),
    );
}
