//! How much of a file is read?
//!
//! A file that someone names may be anything, a pipe of the shell included. Read is only as much of it as there is room
//! for.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Most bytes of a file of text that isn't a recording.
pub(crate) const TEXT_BYTES: u64 = 256 << 20;
/// Most bytes of a recording.
pub(crate) const RECORDING_BYTES: u64 = 2 << 30;

/// Why a file isn't read.
#[derive(Debug)]
pub(crate) enum Unread {
    System(io::Error),
    TooLarge { limit: u64 },
}

impl From<Unread> for io::Error {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::System(error) => error,
            Unread::TooLarge { limit } => {
                Self::new(io::ErrorKind::FileTooLarge, format!("it has more than {limit} bytes"))
            }
        }
    }
}

/// All of a file.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Unread> {
    read_from(File::open(path).map_err(Unread::System)?, limit)
}

/// All of a file of text.
pub(crate) fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    text(read(path, limit)?)
}

/// All that comes from a reader, as text.
pub(crate) fn text_from(reader: impl Read, limit: u64) -> io::Result<String> {
    text(read_from(reader, limit)?)
}

fn text(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

fn read_from(reader: impl Read, limit: u64) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    reader.take(limit + 1).read_to_end(&mut bytes).map_err(Unread::System)?;
    if bytes.len() as u64 > limit { Err(Unread::TooLarge { limit }) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_more_than_there_is_room_for() {
        assert_eq!(text_from(&b"abc"[..], 3).unwrap(), "abc");
        assert_eq!(text_from(&b"abcd"[..], 3).unwrap_err().to_string(), "it has more than 3 bytes");
        assert_eq!(text_from(io::repeat(0), 1000).unwrap_err().to_string(), "it has more than 1000 bytes");
        assert_eq!(text_from(&b"\xff"[..], 3).unwrap_err().to_string(), "it is not UTF-8");
    }
}
