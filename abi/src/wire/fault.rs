use crate::clause::{self, Clause};
use alloc::{boxed::Box, vec::Vec};
use core::fmt;

/// Bytes that are not a message, or a value that has no encoding: what is wrong, at which byte, in which field.
///
/// ```
/// # use dorcas_abi::{clause, wire, message::Rule};
/// let fault = wire::decode::<Rule>(&[0x01, b'k', 0x00, 0x01, 0xff]).unwrap_err();
/// assert_eq!(fault.to_string(), "byte 4, in `name`: text is not UTF-8 (wire.utf8)");
/// assert_eq!((fault.offset(), fault.clause()), (4, clause::WIRE_UTF8));
/// ```
///
/// `{fault:#}` leaves the clause out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: FaultKind,
    offset: usize,
    /// Innermost first: segments are added while the error travels outwards.
    path: Vec<Segment>,
}

/// One step on the way from a message to a field in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// A field of a struct, or a variant of an enum, by name.
    Field(&'static str),
    /// An item of a list, from 0.
    Index(u32),
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// The message is larger than any message may be.
    #[error("message of {len} bytes exceeds the limit of {max}")]
    TooManyBytes {
        /// Length of the message in bytes.
        len: usize,
        /// Largest length.
        max: u32,
    },
    /// The lists of the message have more items, together, than any message may have.
    #[error("list of {count} items brings the message over the limit of {max} items")]
    TooManyItems {
        /// Items that the list in question claims.
        count: u32,
        /// Most items in a message.
        max: u32,
    },
    /// The bytes end inside a value.
    #[error("message ends here, {wanted} more bytes were expected")]
    UnexpectedEnd {
        /// Bytes that are missing, at least.
        wanted: u64,
    },
    /// The value ends before the bytes do.
    #[error("{len} bytes are left over")]
    LeftOver {
        /// Bytes after the end of the value.
        len: usize,
    },
    /// A varint has more bytes than its value needs.
    #[error("varint is not in its shortest form")]
    LongVarint,
    /// A varint's value doesn't fit its type.
    #[error("varint is out of range for {bits} bits")]
    VarintRange {
        /// Width of the type.
        bits: u8,
    },
    /// A bool or an option begins with something other than 0 and 1.
    #[error("expected 00 or 01, got {byte:02x}")]
    NotABool {
        /// The byte.
        byte: u8,
    },
    /// Text is not UTF-8.
    #[error("text is not UTF-8")]
    NotUtf8,
    /// An enum has no such variant.
    #[error("`{name}` has {count} variants, 0 to {last}, got {got}", last = count - 1)]
    UnknownVariant {
        /// Name of the enum.
        name: &'static str,
        /// The discriminant.
        got: u32,
        /// Number of variants.
        count: u32,
    },
    /// A length is larger than what is left of the message can hold.
    #[error("length {claimed} needs at least {needed} bytes, {left} are left")]
    Length {
        /// Items, or bytes of a text.
        claimed: u32,
        /// Fewest bytes that so many take.
        needed: u64,
        /// Bytes left in the message.
        left: usize,
    },
    /// A sorted list is out of order.
    #[error("item sorts before the one in front of it")]
    Unsorted,
    /// A sorted list has two items with one key.
    #[error("item has the same key as the one in front of it")]
    Duplicate,
    /// A text that must say something is empty.
    #[error("text is empty")]
    Empty,
    /// The check and the postcard library disagree, a defect of this crate.
    #[error("the codec disagrees with itself; please report this")]
    Library,
}

impl Fault {
    // Out of line, as is what adds to the path: almost every function of a check has some of both.
    #[cold]
    #[inline(never)]
    pub(crate) fn new(kind: FaultKind, offset: usize) -> Self {
        Self(Box::new(Inner { kind, offset, path: Vec::new() }))
    }

    /// Says in which field or item of the enclosing value the fault lies. Outer segments are added later.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub(crate) fn within(mut self, segment: Segment) -> Self {
        self.0.path.push(segment);
        self
    }

    /// What is wrong.
    pub fn kind(&self) -> FaultKind {
        self.0.kind
    }

    /// Byte offset from the start of the message at which the offending value begins.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The way to the offending field, outermost first.
    pub fn path(&self) -> impl Iterator<Item = Segment> + '_ {
        self.0.path.iter().rev().copied()
    }

    /// The clause that is broken.
    pub fn clause(&self) -> Clause {
        match self.0.kind {
            FaultKind::TooManyBytes { .. } | FaultKind::TooManyItems { .. } => clause::WIRE_SIZE,
            FaultKind::UnexpectedEnd { .. } | FaultKind::LeftOver { .. } => clause::WIRE_EXACT,
            FaultKind::LongVarint | FaultKind::VarintRange { .. } => clause::WIRE_CANONICAL,
            FaultKind::NotABool { .. } => clause::WIRE_BOOL,
            FaultKind::NotUtf8 => clause::WIRE_UTF8,
            FaultKind::UnknownVariant { .. } => clause::WIRE_CLOSED,
            FaultKind::Length { .. } => clause::WIRE_LENGTH,
            FaultKind::Unsorted | FaultKind::Duplicate => clause::WIRE_SORTED,
            FaultKind::Empty => clause::WIRE_NON_EMPTY,
            FaultKind::Library => clause::WIRE_FORMAT,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}", self.0.offset)?;
        for (position, segment) in self.path().enumerate() {
            if position == 0 {
                f.write_str(", in `")?;
            }
            match segment {
                Segment::Field(name) if position > 0 => write!(f, ".{name}")?,
                Segment::Field(name) => f.write_str(name)?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        if !self.0.path.is_empty() {
            f.write_str("`")?;
        }
        write!(f, ": {}", self.0.kind)?;
        // A defect of this crate breaks no clause that the reader of the error could keep.
        let ours = matches!(self.0.kind, FaultKind::Library);
        if f.alternate() || ours { Ok(()) } else { write!(f, "{}", self.clause().suffix()) }
    }
}

impl core::error::Error for Fault {}
