use crate::measurement::Measurement;
use std::io::{self, Read, Write};

/// What is done with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// It is sent back.
    Echo,
    /// It is sent back with its FNV-1a behind it, which takes a step for every byte that no compiler can leave out.
    Hash,
}

impl Work {
    /// What a measurement wants done, if it is about that.
    pub fn of(measure: Measurement) -> Option<Self> {
        match measure {
            Measurement::ServiceEcho => Some(Self::Echo),
            Measurement::ServiceWork => Some(Self::Hash),
            _ => None,
        }
    }

    /// The reply to a message: the native function, and what the processes run.
    pub fn on(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Echo => message.to_vec(),
            Self::Hash => {
                let mut reply = Vec::with_capacity(message.len() + 8);
                reply.extend_from_slice(message);
                reply.extend_from_slice(&fnv_1a(message).to_le_bytes());
                reply
            }
        }
    }
}

/// FNV-1a of 64 bits.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Answers requests until there are no more.
pub(super) fn serve(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut message = Vec::new();
    loop {
        let mut work = [0];
        if input.read(&mut work)? == 0 {
            return Ok(());
        }
        let work = if work == [0] { Work::Echo } else { Work::Hash };
        receive(&mut input, &mut message)?;
        send(&mut output, &[], &work.on(&message))?;
    }
}

/// Sends a request and waits for its reply.
pub(super) fn ask(mut output: impl Write, mut input: impl Read, work: Work, message: &[u8]) -> io::Result<Vec<u8>> {
    send(&mut output, &[u8::from(work == Work::Hash)], message)?;
    let mut reply = Vec::new();
    receive(&mut input, &mut reply)?;
    Ok(reply)
}

/// A frame: the length in four bytes, then so many bytes. All in one piece, so that the other side wakes up once.
fn send(output: &mut impl Write, head: &[u8], bytes: &[u8]) -> io::Result<()> {
    let len = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    let frame = [head, &len.to_le_bytes(), bytes].concat();
    output.write_all(&frame)
}

fn receive(input: &mut impl Read, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut len = [0; 4];
    input.read_exact(&mut len)?;
    bytes.resize(u32::from_le_bytes(len) as usize, 0);
    input.read_exact(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_and_its_reply_as_bytes() {
        let mut replies = Vec::new();
        serve(&b"\x00\x02\0\0\0hi\x01\x01\0\0\0a"[..], &mut replies).unwrap();
        // The hash is the one that the authors of FNV give for "a".
        assert_eq!(replies, b"\x02\0\0\0hi\x09\0\0\0a\x8c\xec\x01\x86\x4c\xdc\x63\xaf");
    }

    #[test]
    fn a_request_that_ends_early() {
        assert_eq!(serve(&b"\x00\x02\0\0\0h"[..], io::sink()).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
