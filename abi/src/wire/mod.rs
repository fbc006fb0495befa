//! Values to bytes and back: postcard, in a strict profile.
//!
//! [`encode`] and [`decode`] are the only two doors, and this folder is the only place that names postcard.
//! A message has exactly one encoding (`wire.canonical`), so [`decode`] accepts precisely the bytes that
//! [`encode`] yields. It first *checks* them, without allocating anything for what they claim, and then
//! lets postcard build the value:
//!
//! | refused | clause |
//! |---|---|
//! | a message over [`MAX_MESSAGE_BYTES`] or with more than [`MAX_ITEMS`] list items | `wire.size` |
//! | bytes after the end, or too few | `wire.exact` |
//! | a varint that is longer than it need be, or over its range | `wire.canonical` |
//! | a bool or option byte that is neither 0 nor 1 | `wire.bool` |
//! | text that is not UTF-8 | `wire.utf8` |
//! | an enum variant that the schema doesn't have | `wire.closed` |
//! | a length beyond what the remaining bytes can hold | `wire.length` |
//! | a list that is out of order or has duplicates, where the schema says sorted | `wire.sorted` |
//! | an empty text where the schema says non-empty | `wire.non-empty` |

use alloc::vec::Vec;
use output::Output;
use serde::{Serialize, de::DeserializeOwned};

mod bytes;
mod fault;
mod output;
mod reader;
mod schema;

pub use bytes::Bytes;
pub use fault::{Fault, FaultKind, Segment};
pub use reader::Reader;
pub use schema::{Definition, Field, Payload, Shape, Type, Variant};
pub(crate) use schema::{ListOf, enums, field_check, field_type, payload, structs};

/// Most bytes in one message: 16 MiB (`wire.size`). A host may set a lower limit, never a higher one.
pub const MAX_MESSAGE_BYTES: u32 = 16 << 20;

/// Most list items in one message, those of all its lists together (`wire.size`).
///
/// A byte count alone would not bound memory: one byte of an empty string becomes 24 bytes of a
/// `String` in Rust.
pub const MAX_ITEMS: u32 = 1 << 20;

/// A type that has a place on the wire: it knows its schema and can check bytes against it.
///
/// Implemented for the messages of this ABI version and what they are made of. The set is closed.
pub trait Wire {
    /// What stands on the wire.
    const TYPE: Type;
    /// Fewest bytes that a value takes; at least 1, so that a claimed count is bounded by the bytes that are left.
    const MIN_LEN: u32;
    /// Reads over one value and says whether it is well-formed. Allocates nothing, unless to report a fault.
    fn check(reader: &mut Reader<'_>) -> Result<(), Fault>;
}

/// A named type of the schema, with its definition.
pub trait Message: Wire {
    /// Name, documentation and shape.
    const DEFINITION: Definition;
}

/// Writes a value in its one encoding.
///
/// Fails where the value breaks a rule of the schema, such as a list that must be sorted and isn't:
/// what [`encode`] yields, [`decode`] accepts.
pub fn encode<T: Wire + Serialize>(value: &T) -> Result<Vec<u8>, Fault> {
    let bytes =
        postcard::serialize_with_flavor(value, Output::default()).map_err(|_| Fault::new(FaultKind::Library, 0))?;
    check::<T>(&bytes)?;
    Ok(bytes)
}

/// Reads a value from exactly `bytes`.
pub fn decode<T: Wire + DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    check::<T>(bytes)?;
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        // The check above is stricter than the library: to arrive here is a defect of this crate.
        Ok((_, rest)) => Err(Fault::new(FaultKind::Library, bytes.len() - rest.len())),
        Err(_) => Err(Fault::new(FaultKind::Library, 0)),
    }
}

/// Says whether `bytes` are the encoding of some value of type `T`, without building it.
pub fn check<T: Wire>(bytes: &[u8]) -> Result<(), Fault> {
    let mut reader = Reader::new(bytes)?;
    T::check(&mut reader)?;
    reader.finish()
}

#[cfg(test)]
mod tests;
