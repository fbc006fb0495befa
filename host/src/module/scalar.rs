//! How are numbers passed?

use super::{
    Param, Plain, Problem,
    claim::Collect,
    claim::Pieces,
    param::{Somewhere, low},
};
use dorcas_abi::Span;
use std::{fmt, time::Duration};

/// For each type: the WebAssembly type; how a word is loaded; how a value becomes a word; the integer that it is in memory,
/// how it becomes that, and how that becomes a value again.
macro_rules! scalars {
    ($(
        $ty:ident $wasm:ident $word:ident => $load:expr, $value:ident => $store:expr;
        $bits:ident $whole:ident => $raw:expr, $back:ident => $of:expr;
    )*) => {
        $(
            impl Param for $ty {
                type Item<'m> = Self;
                type Wasm = $wasm;
                const CLAIMS: usize = 0;

                #[inline]
                fn claim(_: &[u64], _: &mut impl Collect) {}

                #[inline]
                fn load(words: &[u64], _: &mut Pieces<'_, '_>) -> Result<Self, Problem> {
                    let $word = words[0];
                    $load
                }

                fn show(words: &[u64], _: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    let $word = words[0];
                    let loaded: Result<Self, Problem> = $load;
                    match loaded {
                        Ok(value) => write!(f, "{value:?}"),
                        Err(_) => write!(f, "{}", signed(words[0])),
                    }
                }
            }

            impl Plain for $ty {
                type Wasm = $wasm;
                type Pointer = Somewhere<Self>;
                const SIZE: usize = size_of::<$bits>();
                const ALIGN: usize = Self::SIZE;

                #[inline]
                fn store(self, words: &mut [u64]) {
                    let $value = self;
                    words[0] = $store;
                }

                #[inline]
                fn write(self, bytes: &mut [u8]) {
                    let $whole = self;
                    let raw: $bits = $raw;
                    bytes.copy_from_slice(&raw.to_le_bytes());
                }

                fn show(words: &[u64], f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    <Self as Param>::show(words, &[], f)
                }

                fn show_bytes(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    let Ok(bytes) = bytes.try_into() else { return f.write_str("?") };
                    let $back = $bits::from_le_bytes(bytes);
                    let value: Self = $of;
                    write!(f, "{value:?}")
                }
            }
        )*
    };
}

scalars! {
    i8 i32 word => narrow(signed(word), "i8"), value => i32::from(value).cast_unsigned().into();
        i8 value => value, raw => raw;
    u8 i32 word => narrow(signed(word), "u8"), value => value.into();
        u8 value => value, raw => raw;
    i16 i32 word => narrow(signed(word), "i16"), value => i32::from(value).cast_unsigned().into();
        i16 value => value, raw => raw;
    u16 i32 word => narrow(signed(word), "u16"), value => value.into();
        u16 value => value, raw => raw;
    i32 i32 word => Ok(signed(word)), value => value.cast_unsigned().into();
        i32 value => value, raw => raw;
    u32 i32 word => Ok(low(word)), value => value.into();
        u32 value => value, raw => raw;
    i64 i64 word => Ok(word.cast_signed()), value => value.cast_unsigned();
        i64 value => value, raw => raw;
    u64 i64 word => Ok(word), value => value;
        u64 value => value, raw => raw;
    bool i32 word => flag(signed(word)), value => value.into();
        u8 value => value.into(), raw => raw != 0;
    f32 f32 word => Ok(Self::from_bits(low(word))), value => canonical_32(value).to_bits().into();
        u32 value => canonical_32(value).to_bits(), raw => Self::from_bits(raw);
    f64 f64 word => Ok(Self::from_bits(word)), value => canonical_64(value).to_bits();
        u64 value => canonical_64(value).to_bits(), raw => Self::from_bits(raw);
    Duration i64 word => Ok(Self::from_nanos(word)), value => nanoseconds(value);
        u64 value => nanoseconds(value), raw => Self::from_nanos(raw);
    PtrLen i64 word => Ok(Self(Span::unpack(word.cast_signed()))), value => value.0.pack().cast_unsigned();
        u64 value => value.0.pack().cast_unsigned(), raw => Self(Span::unpack(raw.cast_signed()));
    LenPtr i64 word => Ok(Self(Span::unpack(word.cast_signed()).swapped())), value => value.0.swapped().pack().cast_unsigned();
        u64 value => value.0.swapped().pack().cast_unsigned(), raw => Self(Span::unpack(raw.cast_signed()).swapped());
}

/// An address and a length in one `i64`: the address is the upper half, `ptr << 32 | len`.
///
/// Nothing is looked at in memory: a function [with memory](crate::HostModule::with_memory) does that.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PtrLen(pub Span);

/// An address and a length in one `i64`: the length is the upper half, `len << 32 | ptr`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LenPtr(pub Span);

impl fmt::Debug for PtrLen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for LenPtr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[inline]
fn flag(value: i32) -> Result<bool, Problem> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Problem::Value { value: value.into(), expected: "bool" }),
    }
}

#[inline]
fn signed(word: u64) -> i32 {
    low(word).cast_signed()
}

/// A value that doesn't fit is refused, not cut: a guest whose compiler passes more than it says has a defect.
#[inline]
fn narrow<T: TryFrom<i32>>(value: i32, expected: &'static str) -> Result<T, Problem> {
    T::try_from(value).map_err(|_| Problem::Value { value: value.into(), expected })
}

/// A duration that is too long is the longest.
fn nanoseconds(value: Duration) -> u64 {
    u64::try_from(value.as_nanos()).unwrap_or(u64::MAX)
}

/// The bits of a NaN differ from machine to machine, and a guest can see them.
fn canonical_32(value: f32) -> f32 {
    if value.is_nan() { f32::from_bits(0x7fc0_0000) } else { value }
}

fn canonical_64(value: f64) -> f64 {
    if value.is_nan() { f64::from_bits(0x7ff8_0000_0000_0000) } else { value }
}
