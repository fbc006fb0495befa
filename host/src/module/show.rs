//! How is shown what a guest passes?

use super::{Pod, param::low};
use crate::printable::printable;
use std::{any::TypeId, fmt};

/// Most bytes of a text, or of bytes, that are shown.
const MAX_BYTES: usize = 64;

/// Most elements of an array that are shown.
const MAX_ELEMENTS: usize = 16;

/// The bytes at an address; `None` if they are not inside of the memory.
fn at<'m>(words: &[u64], bytes: u64, memory: &'m [u8]) -> Option<&'m [u8]> {
    let start = low(words[0]) as usize;
    let end = u64::from(low(words[0])).checked_add(bytes)?;
    memory.get(start..usize::try_from(end).ok()?)
}

/// An address and a length, where nothing else can be shown.
fn outside(words: &[u64], bytes: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "<{bytes} bytes at {:#x}>", low(words[0]))
}

/// A text in quotes, or its bytes if it is none.
pub(super) fn text(words: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let len = low(words[1]).into();
    match at(words, len, memory).map(str::from_utf8) {
        None => outside(words, len, f),
        Some(Err(_)) => bytes(words, memory, f),
        Some(Ok(text)) => {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"");
            write!(f, "\"{}\"", printable(&text, MAX_BYTES))
        }
    }
}

/// Bytes as two digits each.
pub(super) fn bytes(words: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let len = low(words[1]).into();
    match at(words, len, memory) {
        None => outside(words, len, f),
        Some(bytes) => hex(bytes, f),
    }
}

fn hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("0x")?;
    bytes.iter().take(MAX_BYTES).try_for_each(|byte| write!(f, "{byte:02x}"))?;
    if bytes.len() > MAX_BYTES { write!(f, "... ({} bytes)", bytes.len()) } else { Ok(()) }
}

/// Elements of so many bytes each: numbers, or bytes where Rust's type is a struct.
pub(super) fn elements(
    words: &[u64],
    size: usize,
    memory: &[u8],
    one: impl Fn(&[u8], &mut fmt::Formatter<'_>) -> fmt::Result,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let Some(count) = words.get(1).map(|count| low(*count)) else {
        return match at(words, size as u64, memory) {
            None => outside(words, size as u64, f),
            Some(bytes) => one(bytes, f),
        };
    };
    let len = u64::from(count).saturating_mul(size as u64);
    let Some(bytes) = at(words, len, memory) else { return outside(words, len, f) };
    f.write_str("[")?;
    for (position, element) in bytes.chunks_exact(size).take(MAX_ELEMENTS).enumerate() {
        f.write_str(if position == 0 { "" } else { ", " })?;
        one(element, f)?;
    }
    if count as usize > MAX_ELEMENTS {
        write!(f, ", ... ({count} elements)")?;
    }
    f.write_str("]")
}

/// A value of plain old data: a number as one, anything else as its bytes.
pub(super) fn pod<T: Pod>(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    macro_rules! numbers {
        ($($ty:ty)*) => {
            $(
                if TypeId::of::<T>() == TypeId::of::<$ty>()
                    && let Ok(bytes) = bytes.try_into()
                {
                    return write!(f, "{:?}", <$ty>::from_le_bytes(bytes));
                }
            )*
        };
    }
    numbers!(i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 i128 u128);
    object(bytes, f)
}

/// A value that only its type could show.
pub(super) fn object(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    hex(bytes, f)
}
