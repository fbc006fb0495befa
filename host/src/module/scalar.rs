//! How are numbers passed?

use super::{Param, Problem, Ret, claim::Collect, claim::Pieces, param::low};
use std::time::Duration;

macro_rules! scalars {
    ($($ty:ident $wasm:ident: $word:ident => $load:expr, $value:ident => $store:expr;)*) => {
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
            }

            impl Ret for $ty {
                type Wasm = $wasm;

                #[inline]
                fn store(self, words: &mut [u64]) {
                    let $value = self;
                    words[0] = $store;
                }
            }
        )*
    };
}

scalars! {
    i8 i32: word => narrow(signed(word), "i8"), value => i32::from(value).cast_unsigned().into();
    u8 i32: word => narrow(signed(word), "u8"), value => value.into();
    i16 i32: word => narrow(signed(word), "i16"), value => i32::from(value).cast_unsigned().into();
    u16 i32: word => narrow(signed(word), "u16"), value => value.into();
    i32 i32: word => Ok(signed(word)), value => value.cast_unsigned().into();
    u32 i32: word => Ok(low(word)), value => value.into();
    i64 i64: word => Ok(word.cast_signed()), value => value.cast_unsigned();
    u64 i64: word => Ok(word), value => value;
    bool i32: word => flag(signed(word)), value => value.into();
    f32 f32: word => Ok(Self::from_bits(low(word))), value => canonical_32(value).to_bits().into();
    f64 f64: word => Ok(Self::from_bits(word)), value => canonical_64(value).to_bits();
    Duration i64: word => Ok(Self::from_nanos(word)), value => u64::try_from(value.as_nanos()).unwrap_or(u64::MAX);
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

/// The bits of a NaN differ from machine to machine, and a guest can see them.
fn canonical_32(value: f32) -> f32 {
    if value.is_nan() { f32::from_bits(0x7fc0_0000) } else { value }
}

fn canonical_64(value: f64) -> f64 {
    if value.is_nan() { f64::from_bits(0x7ff8_0000_0000_0000) } else { value }
}
