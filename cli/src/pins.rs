//! Which guests does a repository have for everyone, and which bytes are they?
//!
//! `dorcas.json` at the root names them, in the order of their languages, each with its SHA-256. `cli/dorcas.schema.json`
//! is the same for editors.

use crate::{
    bounded::{self, Unread},
    embedded::GUESTS,
    exit::{Ends, Status},
};
use dorcas_host::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Component, Path, PathBuf},
};

/// The name of the file.
pub(crate) const FILE: &str = "dorcas.json";
/// Most bytes of it.
const MAX_BYTES: u64 = 1 << 20;
/// Most guests in it.
const MAX_GUESTS: usize = 1000;

/// The document.
#[derive(Debug, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct Pins {
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub(crate) schema: Option<String>,
    pub(crate) guests: Vec<Pin>,
}

/// A guest of a repository.
#[derive(Debug, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct Pin {
    /// Its path from the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    /// The name of one that this binary has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) builtin: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
    /// What `--limit` would say.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) limits: BTreeMap<String, u64>,
    /// What the command line would say, for a flag that it doesn't have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) flags: BTreeMap<String, FlagValue>,
}

/// The value of a guest's flag.
#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum FlagValue {
    Bool(bool),
    Int(i64),
    Text(String),
    Texts(Vec<String>),
}

impl FlagValue {
    /// The values, as they stand on a command line.
    pub(crate) fn texts(&self) -> Vec<String> {
        match self {
            Self::Bool(value) => vec![value.to_string()],
            Self::Int(value) => vec![value.to_string()],
            Self::Text(value) => vec![value.clone()],
            Self::Texts(values) => values.clone(),
        }
    }
}

/// A `dorcas.json` that can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PinsError {
    #[error("can't read {}: {cause}", path.display())]
    Read { path: PathBuf, cause: io::Error },
    #[error("can't write {}: {cause}", path.display())]
    Write { path: PathBuf, cause: io::Error },
    #[error("{}: {cause}", path.display())]
    Json { path: PathBuf, cause: serde_json::Error },
    #[error("{}: {place} has the key {key:?}, which means nothing{}; there are: {known}", path.display(), tip(suggestion.as_ref()))]
    Key { path: PathBuf, place: String, key: String, suggestion: Option<String>, known: String },
    #[error("{}: {place}: {what}", path.display())]
    Guest { path: PathBuf, place: String, what: String },
    #[error("{}: {place}: {file} has the SHA-256 {found}, and {expected} is expected; `dorcas add {file}` takes it as it is now", path.display())]
    Digest { path: PathBuf, place: String, file: String, expected: String, found: String },
}

fn tip(suggestion: Option<&String>) -> String {
    suggestion.map_or(String::new(), |key| format!("; did you mean {key:?}?"))
}

impl Ends for PinsError {
    fn status(&self) -> Status {
        match self {
            Self::Read { .. } | Self::Write { .. } => Status::System,
            Self::Json { .. } | Self::Key { .. } => Status::Usage,
            Self::Guest { .. } | Self::Digest { .. } => Status::Guest,
        }
    }
}

impl Pins {
    /// What is in a file, if there is one.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, PinsError> {
        let unreadable = |cause: io::Error| PinsError::Read { path: path.into(), cause };
        match fs::metadata(path) {
            // A root that is no directory is refused by the run, which says so.
            Err(cause) if matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(cause) => return Err(unreadable(cause)),
            // A pipe or a device would be waited for.
            Ok(about) if !about.is_file() => return Err(unreadable(io::Error::other("it is no regular file"))),
            Ok(_) => {}
        }
        let bytes = bounded::read(path, MAX_BYTES).map_err(|cause: Unread| unreadable(cause.into()))?;
        let json = |cause| PinsError::Json { path: path.into(), cause };
        let value: Value = serde_json::from_slice(&bytes).map_err(json)?;
        check_keys(path, &value)?;
        // Once more from the bytes: an error names line and column then.
        let pins: Self = serde_json::from_slice(&bytes).map_err(json)?;
        pins.check(path)?;
        Ok(Some(pins))
    }

    /// Writes it, in place of what is there.
    pub(crate) fn write(&self, path: &Path) -> Result<(), PinsError> {
        let text = serde_json::to_string_pretty(self).expect("texts and numbers are JSON") + "\n";
        let new = path.with_extension("json.new");
        fs::write(&new, text)
            .and_then(|()| fs::rename(&new, path))
            .map_err(|cause| PinsError::Write { path: path.into(), cause })
    }

    fn check(&self, path: &Path) -> Result<(), PinsError> {
        let refuse =
            |index: usize, what: String| Err(PinsError::Guest { path: path.into(), place: place(index), what });
        if self.guests.len() > MAX_GUESTS {
            return refuse(MAX_GUESTS, format!("there are {} guests, the limit is {MAX_GUESTS}", self.guests.len()));
        }
        for (index, pin) in self.guests.iter().enumerate() {
            match (&pin.file, &pin.builtin) {
                (Some(file), None) if pin.sha256.is_none() => {
                    return refuse(index, format!("{file} has no \"sha256\"; `dorcas add {file}` writes it"));
                }
                (Some(file), None) if !is_below(file) => {
                    return refuse(index, format!("{file:?} is no path from the root of the repository, without `..`"));
                }
                (Some(_), None) => {}
                (None, Some(name)) if GUESTS.iter().any(|(known, _)| known == name) => {}
                (None, Some(name)) => {
                    let known: Vec<_> = GUESTS.iter().map(|(known, _)| format!("{known:?}")).collect();
                    return refuse(
                        index,
                        format!("there is no built-in guest {name:?}; there are {}", known.join(", ")),
                    );
                }
                _ => return refuse(index, "a guest has either \"file\" or \"builtin\"".into()),
            }
            if let Some(digest) = pin.sha256.as_ref().filter(|digest| !is_digest(digest)) {
                return refuse(index, format!("{digest:?} is no SHA-256: it has 64 hexadecimal digits in lower case"));
            }
        }
        Ok(())
    }
}

impl Pin {
    /// Where the module is, or the name by which the command line means it.
    pub(crate) fn path(&self, root: &Path) -> PathBuf {
        match (&self.file, &self.builtin) {
            (Some(file), _) => root.join(file),
            (None, Some(name)) => PathBuf::from(format!("builtin:{name}")),
            (None, None) => root.to_owned(),
        }
    }

    /// A guest that can't be used as it is written.
    pub(crate) fn refused(index: usize, document: &Path, what: String) -> PinsError {
        PinsError::Guest { path: document.into(), place: place(index), what }
    }

    /// Whether the bytes are those that are pinned.
    pub(crate) fn check(&self, index: usize, document: &Path, bytes: &[u8]) -> Result<(), PinsError> {
        let (Some(expected), found) = (&self.sha256, Digest::of(bytes).to_string()) else { return Ok(()) };
        if *expected == found {
            return Ok(());
        }
        let file = self.file.clone().or_else(|| self.builtin.as_ref().map(|name| format!("builtin:{name}")));
        Err(PinsError::Digest {
            path: document.into(),
            place: place(index),
            file: file.unwrap_or_default(),
            expected: expected.clone(),
            found,
        })
    }

    /// Refuses a module that is reached by a link out of the repository, or that is no file.
    pub(crate) fn check_place(&self, index: usize, document: &Path, root: &Path) -> Result<(), PinsError> {
        let Some(file) = &self.file else { return Ok(()) };
        let refuse = |what: String| {
            Err(PinsError::Guest { path: document.into(), place: place(index), what: format!("{file}: {what}") })
        };
        let (real, real_root) = match (root.join(file).canonicalize(), root.canonicalize()) {
            (Ok(real), Ok(root)) => (real, root),
            (Err(cause), _) | (_, Err(cause)) => return refuse(cause.to_string()),
        };
        if !real.starts_with(&real_root) {
            return refuse("it is a link that leads out of the repository".into());
        }
        if real.is_file() { Ok(()) } else { refuse("it is no regular file".into()) }
    }
}

/// How a guest is called in a message: by its number, from 1.
fn place(index: usize) -> String {
    format!("guest {}", index + 1)
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a path leads down from where it begins.
fn is_below(path: &str) -> bool {
    !path.is_empty()
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// The keys of the document, and of a guest.
pub(crate) const KEYS: [&str; 2] = ["$schema", "guests"];
pub(crate) const GUEST_KEYS: [&str; 5] = ["builtin", "file", "flags", "limits", "sha256"];

fn check_keys(path: &Path, value: &Value) -> Result<(), PinsError> {
    check_object(path, "the document", value, &KEYS)?;
    let guests = value.get("guests").and_then(Value::as_array);
    for (index, guest) in guests.into_iter().flatten().enumerate() {
        check_object(path, &place(index), guest, &GUEST_KEYS)?;
    }
    Ok(())
}

fn check_object(path: &Path, place: &str, value: &Value, known: &[&str]) -> Result<(), PinsError> {
    let keys = value.as_object().into_iter().flat_map(|object| object.keys());
    let Some(key) = keys.into_iter().find(|key| !known.contains(&key.as_str())) else { return Ok(()) };
    let near = known.iter().map(|name| (strsim::damerau_levenshtein(&key.to_lowercase(), name), *name)).min();
    let suggestion = near.filter(|(distance, name)| *distance <= name.len() / 2).map(|(_, name)| name.to_owned());
    let (path, place, key, known) = (path.into(), place.into(), key.clone(), known.join(", "));
    Err(PinsError::Key { path, place, key, suggestion, known })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_for_editors_has_the_same_keys() {
        let schema: Value = serde_json::from_str(include_str!("../dorcas.schema.json")).unwrap();
        let keys = |value: &Value| value["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&schema), KEYS);
        assert_eq!(keys(&schema["properties"]["guests"]["items"]), GUEST_KEYS);
        let limits = keys(&schema["properties"]["guests"]["items"]["properties"]["limits"]);
        let mut known: Vec<_> =
            dorcas_host::Limits::default().list().into_iter().map(|(name, _)| name.to_owned()).collect();
        known.sort();
        assert_eq!(limits, known);
    }

    #[test]
    fn paths_that_lead_down() {
        for path in ["a.wasm", "tools/dorcas/a.wasm", "./a.wasm"] {
            assert!(is_below(path), "{path}");
        }
        for path in ["", "/a.wasm", "../a.wasm", "a/../../b.wasm"] {
            assert!(!is_below(path), "{path}");
        }
    }
}
