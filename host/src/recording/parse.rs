//! Is a text a recording?

use super::Recording;
use crate::{
    config::{Config, Features, Profile},
    digest::Digest,
    limits::Limits,
    printable::printable,
    record::entry::{Entry, HEAD, Outcome},
};
use dorcas_abi::{export, method};
use std::fmt;

/// Why a text is no recording.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the recording: expected {expected}, got `{got}`")]
#[non_exhaustive]
pub struct RecordingError {
    /// Its number, from 1.
    pub line: usize,
    /// What could stand there.
    pub expected: &'static str,
    /// What stands there, as it may be shown.
    pub got: String,
}

impl Recording {
    /// Reads the text of a recording. Nothing else is accepted than what is written: a text has one meaning, and a
    /// recording has one text.
    pub fn parse(text: &str) -> Result<Self, RecordingError> {
        let mut lines = Lines { rest: text, line: 0, current: "" };
        if lines.next() != HEAD {
            return Err(lines.error("`dorcas recording 1`"));
        }
        let mut recording = Self { entries: Vec::new() };
        let (mut guests, mut instances) = (0, 0);
        loop {
            let words: Vec<_> = lines.next().split(' ').collect();
            let entry = match words[..] {
                ["end", _] => break,
                ["guest", digest, profile, "fuel", fuel] => {
                    guests += 1;
                    lines.guest(digest, profile, fuel)
                }
                ["instance", guest, "fuel", fuel] => {
                    instances += 1;
                    lines.instance(guest, fuel, guests)
                }
                [kind @ ("call" | "bytes"), instance, method, "fuel", fuel, request] => {
                    let head = Call { checked: kind == "call", instance, method, fuel, request };
                    lines.call(&head, instances)
                }
                _ => return Err(lines.error("`guest`, `instance`, `call`, `bytes` or `end`, with their words")),
            };
            recording.entries.push(entry.ok_or_else(|| lines.error("what a recorder writes"))?);
        }
        // Whatever is written in another way, such as a number with a zero in front, shows in the difference.
        let written = recording.to_string();
        if written == text {
            return Ok(recording);
        }
        let (line, (got, _)) = (1..)
            .zip(text.split('\n').zip(written.split('\n').chain([""])))
            .find(|(_, (got, want))| got != want)
            .unwrap_or((lines.line + 1, ("", "")));
        Err(RecordingError { line, expected: "what a recorder writes", got: printable(got, SHOWN) })
    }
}

const SHOWN: usize = 100;

struct Call<'a> {
    checked: bool,
    instance: &'a str,
    method: &'a str,
    fuel: &'a str,
    request: &'a str,
}

struct Lines<'a> {
    rest: &'a str,
    line: usize,
    current: &'a str,
}

impl<'a> Lines<'a> {
    /// The next line; an empty one at the end, which is never right.
    fn next(&mut self) -> &'a str {
        self.line += 1;
        (self.current, self.rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.current
    }

    fn error(&self, expected: &'static str) -> RecordingError {
        RecordingError { line: self.line, expected, got: printable(self.current, SHOWN) }
    }

    fn guest(&mut self, digest: &str, profile: &str, fuel: &str) -> Option<Entry> {
        let digest = Digest::from_bytes(bytes(digest)?.try_into().ok()?);
        let (profile, features) = match profile.split_once(',') {
            Some((profile, features)) => (profile, Features::named(features)?),
            None => (profile, Features::ABI),
        };
        let profile = match profile {
            "deterministic" => Profile::Deterministic,
            "fast" => Profile::Fast,
            _ => return None,
        };
        let mut limits = Limits::default();
        for (name, _) in Limits::default().list() {
            let value = self.next().strip_prefix("limit ")?.strip_prefix(name)?.strip_prefix(' ')?;
            limits.set(name, value.parse().ok()?).then_some(())?;
        }
        let outcome = self.outcome(|line| {
            let (name, manifest) = line.strip_prefix("is ")?.split_once(' ')?;
            Some((name.to_owned(), bytes(manifest)?))
        })?;
        Some(Entry::Guest { digest, config: Config { profile, limits, features }, fuel: fuel.parse().ok()?, outcome })
    }

    fn instance(&mut self, guest: &str, fuel: &str, guests: usize) -> Option<Entry> {
        let guest = guest.parse().ok().filter(|guest| *guest < guests)?;
        let outcome = self.outcome(|line| (line == "ready").then_some(()))?;
        Some(Entry::Instance { guest, fuel: fuel.parse().ok()?, outcome })
    }

    fn call(&mut self, head: &Call<'_>, instances: usize) -> Option<Entry> {
        let instance = head.instance.parse().ok().filter(|instance| *instance < instances)?;
        if !method::NAMES.contains(&head.method) && head.method != export::LANG_NAME {
            return None;
        }
        let request = bytes(head.request)?;
        let outcome = self.outcome(|line| bytes(line.strip_prefix("reply ")?))?;
        let (method, fuel) = (head.method.to_owned(), head.fuel.parse().ok()?);
        Some(Entry::Call { instance, checked: head.checked, method, fuel, request, outcome })
    }

    fn outcome<T>(&mut self, done: impl FnOnce(&str) -> Option<T>) -> Option<Outcome<T>> {
        let line = self.next();
        if let Some(text) = line.strip_prefix("failed ") {
            return Some(Outcome::Failed(text.into()));
        }
        if let Some(text) = line.strip_prefix("stopped ") {
            return Some(Outcome::Stopped(text.into()));
        }
        done(line).map(Outcome::Done)
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    if hex == "-" {
        return Some(Vec::new());
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect()
}

/// The text that a recorder writes.
impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}")?;
        self.entries.iter().try_for_each(|entry| write!(f, "{entry}"))?;
        writeln!(f, "end {}", self.entries.len())
    }
}
