//! Which Rust values are the parameters and results of an export?

use crate::{
    arity::for_tuples,
    interface::{Value, ValueType},
    module::{LenPtr, PtrLen},
};
use dorcas_abi::Span;
use wasmi::{F32, F64, WasmParams, WasmResults, WasmTy};

/// The parameters of an export, or its results: a number, a tuple of up to twelve, or `()` for none.
///
/// | Rust | WebAssembly |
/// |---|---|
/// | `i32`, `u32`, `bool` | `i32`; as a `bool` everything but 0 is true |
/// | `i64`, `u64` | `i64` |
/// | `f32`, `f64` | the same |
/// | [`PtrLen`], [`LenPtr`] | `i64`: an address and a length in one number |
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the parameters or results of an export",
    note = "they are `i32`, `u32`, `i64`, `u64`, `f32`, `f64`, `bool`, `PtrLen`, `LenPtr`, or a tuple of up to twelve of those"
)]
pub trait Values: Sized {
    #[doc(hidden)]
    type Engine: WasmParams + WasmResults + 'static;

    /// Their types.
    #[doc(hidden)]
    fn types() -> Vec<ValueType>;

    #[doc(hidden)]
    fn into_engine(self) -> Self::Engine;

    #[doc(hidden)]
    fn of_engine(values: Self::Engine) -> Self;

    /// As a recording has them.
    #[doc(hidden)]
    fn list(values: &Self::Engine) -> Vec<Value>;
}

/// One of them.
pub trait One: Sized {
    type Engine: WasmTy + Copy + 'static;
    const TYPE: ValueType;
    fn into_engine(self) -> Self::Engine;
    fn of_engine(value: Self::Engine) -> Self;
    fn value(value: Self::Engine) -> Value;
}

macro_rules! ones {
    ($($ty:ty, $engine:ty, $name:ident: $value:ident => $into:expr, $back:ident => $of:expr, $shown:ident => $list:expr;)*) => {
        $(
            impl One for $ty {
                type Engine = $engine;
                const TYPE: ValueType = ValueType::$name;

                #[inline]
                fn into_engine(self) -> $engine {
                    let $value = self;
                    $into
                }

                #[inline]
                fn of_engine($back: $engine) -> Self {
                    $of
                }

                fn value($shown: $engine) -> Value {
                    Value::$name($list)
                }
            }

            impl Values for $ty {
                type Engine = $engine;

                fn types() -> Vec<ValueType> {
                    vec![Self::TYPE]
                }

                #[inline]
                fn into_engine(self) -> $engine {
                    One::into_engine(self)
                }

                #[inline]
                fn of_engine(value: $engine) -> Self {
                    One::of_engine(value)
                }

                fn list(value: &$engine) -> Vec<Value> {
                    vec![<Self as One>::value(*value)]
                }
            }
        )*
    };
}

ones! {
    i32, i32, I32: value => value, value => value, value => value;
    u32, i32, I32: value => value.cast_signed(), value => value.cast_unsigned(), value => value;
    bool, i32, I32: value => value.into(), value => value != 0, value => value;
    i64, i64, I64: value => value, value => value, value => value;
    u64, i64, I64: value => value.cast_signed(), value => value.cast_unsigned(), value => value;
    f32, F32, F32: value => F32::from_bits(value.to_bits()), value => Self::from_bits(value.to_bits()), value => f32::from_bits(value.to_bits());
    f64, F64, F64: value => F64::from_bits(value.to_bits()), value => Self::from_bits(value.to_bits()), value => f64::from_bits(value.to_bits());
    PtrLen, i64, I64: value => value.0.pack(), value => Self(Span::unpack(value)), value => value;
    LenPtr, i64, I64: value => value.0.swapped().pack(), value => Self(Span::unpack(value).swapped()), value => value;
}

macro_rules! tuples {
    ($($part:ident)*) => {
        impl<$($part: One,)*> Values for ($($part,)*) {
            type Engine = ($($part::Engine,)*);

            fn types() -> Vec<ValueType> {
                vec![$($part::TYPE,)*]
            }

            #[allow(non_snake_case, clippy::unused_unit)]
            #[inline]
            fn into_engine(self) -> Self::Engine {
                let ($($part,)*) = self;
                ($($part.into_engine(),)*)
            }

            #[allow(non_snake_case, clippy::unused_unit)]
            #[inline]
            fn of_engine(values: Self::Engine) -> Self {
                let ($($part,)*) = values;
                ($($part::of_engine($part),)*)
            }

            #[allow(non_snake_case)]
            fn list(values: &Self::Engine) -> Vec<Value> {
                let ($($part,)*) = *values;
                vec![$($part::value($part),)*]
            }
        }
    };
}

for_tuples!(tuples);
