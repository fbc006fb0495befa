//! How are numbers passed?

use super::{Param, Piece, Problem, Ret, Types, ValueType, param::low};
use std::time::Duration;

macro_rules! integers {
    ($($ty:ident $types:ident: $load:expr, $store:expr;)*) => {
        $(
            impl Param for $ty {
                type Item<'m> = Self;
                const TYPES: Types = Types::of(&[ValueType::$types]);

                fn load<'m>(words: &[u64], _: Piece<'m>) -> Result<Self, Problem> {
                    let load: fn(u64) -> Result<Self, Problem> = $load;
                    load(words[0])
                }
            }

            impl Ret for $ty {
                const TYPES: Types = Types::of(&[ValueType::$types]);

                fn store(self, words: &mut [u64]) {
                    let store: fn(Self) -> u64 = $store;
                    words[0] = store(self);
                }
            }
        )*
    };
}

integers! {
    i8 I32: |word| narrow(signed(word), "i8"), |value| i32::from(value).cast_unsigned().into();
    u8 I32: |word| narrow(signed(word), "u8"), Into::into;
    i16 I32: |word| narrow(signed(word), "i16"), |value| i32::from(value).cast_unsigned().into();
    u16 I32: |word| narrow(signed(word), "u16"), Into::into;
    i32 I32: |word| Ok(signed(word)), |value| value.cast_unsigned().into();
    u32 I32: |word| Ok(low(word)), Into::into;
    i64 I64: |word| Ok(word.cast_signed()), i64::cast_unsigned;
    u64 I64: Ok, |value| value;
    bool I32: |word| match low(word) {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Problem::Value { value: signed(word).into(), expected: "bool" }),
    }, Into::into;
    f32 F32: |word| Ok(f32::from_bits(low(word))), |value| canonical_32(value).to_bits().into();
    f64 F64: |word| Ok(f64::from_bits(word)), |value| canonical_64(value).to_bits();
    Duration I64: |word| Ok(Duration::from_nanos(word)),
        |value| u64::try_from(value.as_nanos()).unwrap_or(u64::MAX);
}

fn signed(word: u64) -> i32 {
    low(word).cast_signed()
}

/// A value that doesn't fit is refused, not cut: a guest whose compiler passes more than it says has a defect.
fn narrow<T: TryFrom<i32>>(value: i32, expected: &'static str) -> Result<T, Problem> {
    T::try_from(value).map_err(|_| Problem::Value { value: value.into(), expected })
}

/// The bits of a NaN differ from machine to machine, and a guest can see them.
fn canonical_32(value: f32) -> f32 {
    if value.is_nan() { f32::from_bits(0x7fc0_0000) } else { value }
}

fn canonical_64(value: f64) -> f64 {
    if value.is_nan() { f64::from_bits(0x7ff8_0000_0000_0000) } else { value }
}
