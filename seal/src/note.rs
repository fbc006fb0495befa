//! What does a module say about how it was sealed?

use dorcas_host::Digest;
use std::fmt::Write as _;
use wasmparser::{Parser, Payload};

/// The section in which it stands, as text.
pub(crate) const SECTION: &str = "dorcas.seal";

/// How a module was sealed, as it says itself: a custom section `dorcas.seal` of lines with a word and a value. Anybody can
/// write one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// What did it, with its version.
    pub tool: String,
    /// The SHA-256 of what it was made from, in hexadecimal digits.
    pub input: String,
    /// The fuel that `_initialize` took, if its state has been frozen.
    pub snapshot: Option<u64>,
    /// The stand-ins for its imports, by the imports' names.
    pub stand_ins: Vec<String>,
}

/// Most bytes that are read of a note.
const MAX_BYTES: usize = 1 << 16;

impl Note {
    pub(crate) fn new(wasm: &[u8], snapshot: Option<u64>, stand_ins: Vec<String>) -> Self {
        let tool = concat!("dorcas-seal ", env!("CARGO_PKG_VERSION")).to_owned();
        Self { tool, input: Digest::of(wasm).to_string(), snapshot, stand_ins }
    }

    /// The notes of a module, the oldest first: sealed twice, it has two. Whatever can't be read is no note.
    pub fn read(wasm: &[u8]) -> Vec<Self> {
        let mut notes = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload {
                Ok(Payload::CustomSection(section)) if section.name() == SECTION => {
                    notes.extend(Self::parse(section.data()));
                }
                Ok(_) => {}
                Err(_) => break,
            }
        }
        notes
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let text = str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_BYTES)?;
        let (mut tool, mut input, mut snapshot, mut stand_ins) = (None, None, None, Vec::new());
        for line in text.lines() {
            let (word, value) = line.split_once(' ')?;
            match word {
                "made-by" => tool = Some(value.to_owned()),
                "input" => input = Some(value.to_owned()),
                "snapshot-fuel" => snapshot = Some(value.parse().ok()?),
                "stand-in" => stand_ins.push(value.to_owned()),
                _ => return None,
            }
        }
        Some(Self { tool: tool?, input: input?, snapshot, stand_ins })
    }

    pub(crate) fn text(&self) -> String {
        let mut text = format!("made-by {}\ninput {}\n", self.tool, self.input);
        let mut line = |word: &str, value: &dyn std::fmt::Display| {
            let _ = writeln!(text, "{word} {value}");
        };
        if let Some(fuel) = self.snapshot {
            line("snapshot-fuel", &fuel);
        }
        for name in &self.stand_ins {
            line("stand-in", name);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for snapshot in [None, Some(12)] {
            let note = Note::new(b"", snapshot, vec!["a.b".into(), "a.c".into()]);
            assert_eq!(Note::parse(note.text().as_bytes()), Some(note));
        }
    }

    #[test]
    fn a_line_of_another_tool() {
        assert_eq!(Note::parse(b"made-by x\ninput y\n").map(|note| note.tool), Some("x".into()));
        assert_eq!(Note::parse(b"made-by x\ninput y\nother z\n"), None);
    }

    #[test]
    fn a_note_that_says_nothing() {
        assert_eq!(Note::parse(b"made-by x\n"), None);
    }

    #[test]
    fn a_note_that_is_no_text() {
        assert_eq!(Note::parse(b"made-by \xff\ninput y\n"), None);
    }

    #[test]
    fn a_note_beyond_all_measure() {
        let text = format!("made-by x\ninput {}\n", "y".repeat(MAX_BYTES));
        assert_eq!(Note::parse(text.as_bytes()), None);
    }
}
