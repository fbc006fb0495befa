//! What do other encodings of the same message cost?
//!
//! The message is what the host asks about a real directory, a `GenerateRequest`. It goes from a value to bytes
//! (`encode_request`), from bytes to a value (`decode_request`), and from bytes to having been read, every number and every
//! byte of every text (`visit_request`), for which Cap'n Proto has no need of a value.
//!
//! What each comes to is told as Dorcas's encoding of the value that is there in the end, which must be the same for all.

mod cap_n_proto;
mod request_capnp {
    #![allow(
        dead_code,
        clippy::all,
        clippy::pedantic,
        unreachable_pub,
        unused_qualifications,
        reason = "it is generated"
    )]
    include!("request_capnp.rs");
}
mod tally;

pub use cap_n_proto::{CapNProto, CapNProtoPacked};
pub use tally::Tally;

use crate::{
    measurement::Measurement,
    protocol::Greeting,
    subject::{Outcome, Subject, Task},
    workload,
};
use dorcas_abi::{message::GenerateRequest, wire};
use std::{
    error::Error,
    fmt::Debug,
    hint::black_box,
    marker::PhantomData,
    time::{Duration, Instant},
};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// Names of the messages, and how many files of Google Ads they are about.
pub const FILES: [(&str, usize); 2] = [("1 file", 1), ("20 files", 20)];

/// A message as Dorcas sends it.
///
/// # Panics
/// Where a file of this crate is broken, which its tests would find.
pub fn request(files: usize) -> Vec<u8> {
    wire::encode(&workload::proto_files(files)).expect("a test encodes it")
}

/// A way to write a message as bytes.
pub trait Encoding: Debug {
    /// Its name in the report.
    const NAME: &'static str;
    /// Of the library.
    const VERSION: &'static str;

    /// A value as bytes.
    fn encode(value: &GenerateRequest) -> Result<Vec<u8>>;

    /// Bytes as a value that owns all of it.
    fn decode(bytes: &[u8]) -> Result<GenerateRequest>;

    /// Reads all of it, in place where the encoding can be read in place.
    fn visit(bytes: &[u8]) -> Result<Tally> {
        Ok(Tally::of(&Self::decode(bytes)?))
    }
}

/// Dorcas's own: postcard in the strict profile of `abi-spec.md`, which has one encoding a value and checks each rule of it.
#[derive(Debug)]
pub struct Wire;

impl Encoding for Wire {
    const NAME: &'static str = "dorcas";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn encode(value: &GenerateRequest) -> Result<Vec<u8>> {
        Ok(wire::encode(value)?)
    }

    fn decode(bytes: &[u8]) -> Result<GenerateRequest> {
        Ok(wire::decode(bytes)?)
    }
}

/// postcard without the profile: the library by itself.
#[derive(Debug)]
pub struct Postcard;

impl Encoding for Postcard {
    const NAME: &'static str = "postcard alone";
    const VERSION: &'static str = "1.1.3";

    fn encode(value: &GenerateRequest) -> Result<Vec<u8>> {
        Ok(postcard::to_allocvec(value)?)
    }

    fn decode(bytes: &[u8]) -> Result<GenerateRequest> {
        Ok(postcard::from_bytes(bytes)?)
    }
}

/// JSON, as `dorcas call` shows messages.
#[derive(Debug)]
pub struct Json;

impl Encoding for Json {
    const NAME: &'static str = "JSON";
    const VERSION: &'static str = "serde_json 1.0.154";

    fn encode(value: &GenerateRequest) -> Result<Vec<u8>> {
        Ok(serde_json::to_vec(value)?)
    }

    fn decode(bytes: &[u8]) -> Result<GenerateRequest> {
        Ok(serde_json::from_slice(bytes)?)
    }
}

/// A subject that encodes and decodes, no more.
#[derive(Debug)]
pub struct Encoded<E>(PhantomData<E>);

impl<E> Default for Encoded<E> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<E: Encoding> Subject for Encoded<E> {
    fn greeting(&self) -> Greeting {
        Greeting { subject: E::NAME.into(), version: E::VERSION.into() }
    }

    fn measure(&mut self, task: &Task) -> Result<Outcome> {
        measure::<E>(task)
    }
}

/// Does what a task wants with an encoding.
pub fn measure<E: Encoding>(task: &Task) -> Result<Outcome> {
    let known = [Measurement::EncodeRequest, Measurement::DecodeRequest, Measurement::VisitRequest];
    if !known.contains(&task.measure) {
        return Ok(Outcome::Missing("it encodes and decodes, no more"));
    }
    let value: GenerateRequest = wire::decode(&task.request)?;
    let bytes = E::encode(&value)?;
    let (took, reply) = match task.measure {
        Measurement::EncodeRequest => {
            let (took, bytes) = timed(task.times, || E::encode(black_box(&value)))?;
            (took, wire::encode(&E::decode(&bytes)?)?)
        }
        Measurement::DecodeRequest => {
            let (took, value) = timed(task.times, || E::decode(black_box(&bytes)))?;
            (took, wire::encode(&value)?)
        }
        _ => {
            let (took, tally) = timed(task.times, || E::visit(black_box(&bytes)))?;
            (took, tally.to_bytes().to_vec())
        }
    };
    Ok(Outcome::Done { took, reply, bytes: Some(bytes.len() as u64) })
}

/// Does something so many times; the last result counts. What it made is dropped while the clock runs, as it is in a
/// program that goes on.
fn timed<T>(times: u64, work: impl Fn() -> Result<T>) -> Result<(Duration, T)> {
    let started = Instant::now();
    for _ in 1..times {
        black_box(work()?);
    }
    let last = work()?;
    Ok((started.elapsed(), last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps_all<E: Encoding>(value: &GenerateRequest) {
        let bytes = E::encode(value).unwrap();
        assert_eq!(E::decode(&bytes).unwrap(), *value, "{}", E::NAME);
        assert_eq!(E::visit(&bytes).unwrap(), Tally::of(value), "{}", E::NAME);
    }

    #[test]
    fn every_encoding_keeps_all_of_a_request() {
        use dorcas_abi::message::{File, FileData, Match};

        let file = |name: &str, data| File { name: name.into(), data };
        let groups = vec![None, Some("".into()), Some((&b"\xff\x00"[..]).into())];
        let of_each = GenerateRequest {
            rel: "a/ü".into(),
            state: (&b"\x00\xff"[..]).into(),
            files: vec![
                file("a", FileData::Name),
                file("b", FileData::Content("text".into())),
                file("c", FileData::Matches(vec![Match { pattern: u32::MAX, groups }])),
            ],
            subdirs: vec!["d".into(), "e".into()],
            generated_files: vec!["f".into()],
            ..GenerateRequest::default()
        };
        for value in [of_each, workload::proto_files(20), GenerateRequest::default()] {
            keeps_all::<Wire>(&value);
            keeps_all::<Postcard>(&value);
            keeps_all::<Json>(&value);
            keeps_all::<CapNProto>(&value);
            keeps_all::<CapNProtoPacked>(&value);
        }
    }

    #[test]
    fn a_build_file_has_no_place_in_the_schema_of_cap_n_proto() {
        use dorcas_abi::message::BuildFile;

        let value = GenerateRequest { build_file: Some(BuildFile::default()), ..GenerateRequest::default() };
        let why = "the schema has no place for BUILD files and rules of other languages";
        assert_eq!(CapNProto::encode(&value).unwrap_err().to_string(), why);
    }
}
