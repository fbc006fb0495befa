//! What does the guest's author know that hosts ask?

use crate::{bounded, command::golden};
use dorcas_conformance::Repository;
use dorcas_host::{Digest, Recording, RecordingError, abi::method};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Requests that can't be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum GivenError {
    #[error("can't read the golden folder {}: {cause}", path.display())]
    Folder { path: PathBuf, cause: io::Error },
    #[error("no golden case in {}: a case is a folder with a MODULE.bazel, REPO.bazel, WORKSPACE.bazel or WORKSPACE file", path.display())]
    NoCase { path: PathBuf },
    #[error("{}: {cause}", path.display())]
    Case { path: PathBuf, cause: String },
    #[error("can't read the recording {}: {cause}", path.display())]
    Read { path: PathBuf, cause: io::Error },
    #[error("{} is no recording: {cause}", path.display())]
    Recording { path: PathBuf, cause: RecordingError },
    #[error("{} has no call of this guest, whose SHA-256 is {digest}; record a run of it: `dorcas update --record`", path.display())]
    Another { path: PathBuf, digest: Digest },
}

/// The repositories of the cases in a folder, as they are before the run.
pub(super) fn golden(dir: &Path) -> Result<Vec<Repository>, GivenError> {
    let cases = golden::before(dir).map_err(|(path, cause)| GivenError::Folder { path, cause })?;
    if cases.is_empty() {
        return Err(GivenError::NoCase { path: dir.into() });
    }
    let repository = |(path, case): (PathBuf, Result<golden::Before, String>)| {
        let golden::Before { files, arguments } = case.map_err(|cause| GivenError::Case { path, cause })?;
        let mut repository = Repository::default();
        repository.files = files;
        repository.fix = arguments.first().is_some_and(|first| first == "fix");
        repository.flags = flags(&arguments);
        Ok(repository)
    };
    cases.into_iter().map(repository).collect()
}

/// `-name=value`, `--name value`, and `-name` alone for `true`. Which of them are the guest's, its manifest says.
fn flags(arguments: &[String]) -> Vec<(String, String)> {
    let mut flags = Vec::new();
    let mut rest = arguments.iter().peekable();
    while let Some(argument) = rest.next() {
        let Some(flag) = argument.strip_prefix('-') else { continue };
        let flag = flag.strip_prefix('-').unwrap_or(flag);
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, value.to_owned()),
            None => (flag, rest.next_if(|next| !next.starts_with('-')).cloned().unwrap_or_else(|| "true".into())),
        };
        flags.push((name.to_owned(), value));
    }
    flags
}

/// The requests of a recording that went to this guest.
pub(super) fn recording(path: &Path, wasm: &[u8]) -> Result<Vec<(&'static str, Vec<u8>)>, GivenError> {
    let text = bounded::read_text(path, bounded::RECORDING_BYTES)
        .map_err(|cause| GivenError::Read { path: path.into(), cause })?;
    Recording::parse(&text).map_err(|cause| GivenError::Recording { path: path.into(), cause })?;
    let digest = Digest::of(wasm);
    let requests = requests(&text, &digest.to_string());
    if requests.is_empty() { Err(GivenError::Another { path: path.into(), digest }) } else { Ok(requests) }
}

/// The text is that of a recording: each line has its words.
fn requests(text: &str, digest: &str) -> Vec<(&'static str, Vec<u8>)> {
    let (mut guests, mut instances, mut requests): (Vec<bool>, Vec<bool>, Vec<_>) = Default::default();
    for line in text.lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["guest", of, _, "fuel", _] => guests.push(of == digest),
            ["instance", guest, "fuel", _] => {
                let guest = guest.parse::<usize>().ok().and_then(|guest| guests.get(guest));
                instances.push(guest.copied().unwrap_or_default());
            }
            ["call" | "bytes", instance, name, "fuel", _, request] => {
                let is_own = instance.parse::<usize>().ok().and_then(|instance| instances.get(instance).copied());
                let method = method::NAMES.iter().find(|known| **known == name);
                if let (Some(true), Some(method), Some(request)) = (is_own, method, bytes(request)) {
                    requests.push((*method, request));
                }
            }
            _ => {}
        }
    }
    requests.sort();
    requests.dedup();
    requests
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    if hex == "-" {
        return Some(Vec::new());
    }
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_in_each_form() {
        let arguments = ["update", "-a=1", "--b", "x y", "-c", "--d=", "dir"].map(String::from);
        let flags: Vec<_> = flags(&arguments).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(flags, ["a=1", "b=x y", "c=true", "d="]);
    }

    #[test]
    fn requests_to_this_guest_alone() {
        let text = "dorcas recording 1\nguest aa fast fuel 1\nis x -\nguest bb fast fuel 1\nis y -\ninstance 1 fuel 1\n\
                    ready\ninstance 0 fuel 1\nready\ncall 0 find fuel 1 00ff\nreply 00\ncall 1 fix fuel 1 01\nreply 00\nend 6\n";
        assert_eq!(requests(text, "bb"), [("find", vec![0, 255])]);
        assert_eq!(requests(text, "aa"), [("fix", vec![1])]);
        assert_eq!(requests(text, "cc"), []);
    }
}
