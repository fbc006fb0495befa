//! What may a function take?

use super::{Claim, Piece, Problem, Types, ValueType};

/// A type that a function of a [`HostModule`](crate::HostModule) may take.
///
/// | Rust | WebAssembly |
/// |---|---|
/// | `i8` `u8` `i16` `u16` `bool` | `i32`; another value than those of the type stops the guest |
/// | `i32` `u32` | `i32` |
/// | `i64` `u64` | `i64` |
/// | `f32`, `f64` | the same |
/// | [`Duration`](std::time::Duration) | `i64`, nanoseconds without sign |
/// | `&[u8]`, `&mut [u8]` | `i32`, `i32`: address and length |
/// | `&str` | the same; anything but UTF-8 stops the guest |
/// | [`Ptr<T>`](super::Ptr), [`PtrMut<T>`](super::PtrMut) | `i32`: address of a `T`, plain old data |
/// | [`Array<T>`](super::Array), [`ArrayMut<T>`](super::ArrayMut) | `i32`, `i32`: address, and number of `T`, not bytes |
///
/// What is borrowed lies in the guest's memory; nothing is copied. It can't be kept beyond the call.
///
/// A type of your own may implement it, most of the time in terms of one of these:
///
/// ```
/// use dorcas_host::module::{Param, Piece, Problem, Types};
///
/// enum Side { Left, Right }
///
/// impl Param for Side {
///     type Item<'m> = Self;
///     const TYPES: Types = u32::TYPES;
///
///     fn load(words: &[u64], piece: Piece<'_>) -> Result<Self, Problem> {
///         match u32::load(words, piece)? {
///             0 => Ok(Self::Left),
///             1 => Ok(Self::Right),
///             other => Err(Problem::Value { value: other.into(), expected: "side" }),
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a function of a host module can't take `{Self}`",
    note = "it takes integers, floats, `bool`, `Duration`, `&str`, `&[u8]`, `&mut [u8]`, `Ptr`, `PtrMut`, `Array` and `ArrayMut`"
)]
pub trait Param {
    /// The type itself, borrowed from the guest's memory for one call.
    type Item<'m>;
    /// The WebAssembly values that it is made of.
    const TYPES: Types;

    /// The part of memory that is meant, where it is one. There is a word for each of [`Self::TYPES`]; one of 32 bits is in
    /// the lower half.
    fn claim(words: &[u64]) -> Option<Claim> {
        let _ = words;
        None
    }

    /// Makes the value. The piece is that of the claim, which was compared with the memory.
    fn load<'m>(words: &[u64], piece: Piece<'m>) -> Result<Self::Item<'m>, Problem>;
}

/// The lower half of a word, which is where a value of 32 bits is.
#[expect(clippy::cast_possible_truncation)]
pub(super) fn low(word: u64) -> u32 {
    word as u32
}

pub(super) const SPAN: Types = Types::of(&[ValueType::I32, ValueType::I32]);

impl Param for &[u8] {
    type Item<'m> = &'m [u8];
    const TYPES: Types = SPAN;

    fn claim(words: &[u64]) -> Option<Claim> {
        Some(Claim::shared(low(words[0]), low(words[1]).into()))
    }

    fn load<'m>(_: &[u64], piece: Piece<'m>) -> Result<&'m [u8], Problem> {
        Ok(piece.bytes())
    }
}

impl Param for &mut [u8] {
    type Item<'m> = &'m mut [u8];
    const TYPES: Types = SPAN;

    fn claim(words: &[u64]) -> Option<Claim> {
        Some(Claim::exclusive(low(words[0]), low(words[1]).into()))
    }

    fn load<'m>(_: &[u64], piece: Piece<'m>) -> Result<&'m mut [u8], Problem> {
        Ok(piece.bytes_mut())
    }
}

impl Param for &str {
    type Item<'m> = &'m str;
    const TYPES: Types = SPAN;

    fn claim(words: &[u64]) -> Option<Claim> {
        <&[u8]>::claim(words)
    }

    fn load<'m>(words: &[u64], piece: Piece<'m>) -> Result<&'m str, Problem> {
        let bytes = piece.bytes();
        str::from_utf8(bytes).map_err(|error| Problem::NotUtf8 {
            ptr: low(words[0]),
            bytes: bytes.len() as u64,
            valid: error.valid_up_to() as u64,
            // The size is not known here; whoever calls this fills it in.
            memory: 0,
        })
    }
}
