//! What may a function return?

use super::{
    LenPtr, PtrLen,
    flat::Wasm,
    param::{Nowhere, Param, Pointer, Somewhere},
};
use crate::error::Halt;
use std::{fmt, num::NonZeroI32, time::Duration};

/// A type that a function of a [`HostModule`](crate::HostModule) may return.
///
/// | Rust | what a guest imports | in C |
/// |---|---|---|
/// | `()` | no result | `void f(void)` |
/// | a number, `bool`, [`Duration`](std::time::Duration) | one result, of the type that it is [taken](super::Param) as; a duration that is too long is the longest | `uint32_t f(void)` |
/// | `Result<(), E>` | an `i32`: 0 for success, or else the code of the error ([`ErrorCode`]) | `int32_t f(void)` |
/// | `Result<T, E>` | the same, and one parameter more, behind the others: the address where a `T` is written in case of success | `int32_t f(uint32_t *out)` |
/// | [`PtrLen`](super::PtrLen), [`LenPtr`](super::LenPtr) | an `i64`: an address and a length | `uint64_t f(void)` |
/// | a tuple of up to four | as many results, which no common compiler but hand-written text imports | |
/// | [`MultiValue<Result<T, E>>`](MultiValue) | the results of `T`, all 0 in case of an error, and the code, an `i32` | |
/// | `Result<R, Halt>` | those of `R`; a [`Halt`] ends the call | |
///
/// A `T` that is a tuple is written as C lays out a `struct` of its parts; a `bool` takes a byte.
#[diagnostic::on_unimplemented(
    message = "a function of a host module can't return `{Self}`",
    note = "it returns nothing, a number, `bool`, `Duration`, or a `Result` of those with an `ErrorCode` or a `Halt`",
    note = "what is longer goes into memory that the guest passes: `PtrMut`, `ArrayMut`, `&mut [u8]`"
)]
pub trait Ret {
    #[doc(hidden)]
    type Wasm: Wasm;

    /// Where it is written, beside the results: a parameter behind the others.
    #[doc(hidden)]
    type Pointer: Pointer;

    /// Writes a word for each WebAssembly value; they are 0 before.
    #[doc(hidden)]
    fn store(self, words: &mut [u64], out: <Self::Pointer as Param>::Item<'_>) -> Result<(), Halt>;

    /// Shows what was returned.
    #[doc(hidden)]
    fn show(words: &[u64], out: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// A value, or several, that a function returns as results or writes to the guest's memory.
#[diagnostic::on_unimplemented(
    message = "a function of a host module can't return `{Self}`",
    note = "it returns nothing, a number, `bool`, `Duration`, or a `Result` of those with an `ErrorCode` or a `Halt`",
    note = "what is longer goes into memory that the guest passes: `PtrMut`, `ArrayMut`, `&mut [u8]`"
)]
pub trait Plain: Sized {
    #[doc(hidden)]
    type Wasm: Wasm;
    #[doc(hidden)]
    type Pointer: Pointer;
    #[doc(hidden)]
    const SIZE: usize;
    #[doc(hidden)]
    const ALIGN: usize;

    /// As words.
    #[doc(hidden)]
    fn store(self, words: &mut [u64]);

    /// As bytes, little end first.
    #[doc(hidden)]
    fn write(self, bytes: &mut [u8]);

    #[doc(hidden)]
    fn show(words: &[u64], f: &mut fmt::Formatter<'_>) -> fmt::Result;

    #[doc(hidden)]
    fn show_bytes(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// What is plain is returned as results. One by one: among fewer candidates the compiler finds better words.
macro_rules! returned {
    ($([$($generic:tt)*] $ty:ty;)*) => {
        $(
            impl<$($generic)*> Ret for $ty {
                type Wasm = <Self as Plain>::Wasm;
                type Pointer = Nowhere;

                #[inline]
                fn store(self, words: &mut [u64], (): ()) -> Result<(), Halt> {
                    Plain::store(self, words);
                    Ok(())
                }

                fn show(words: &[u64], _: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    <Self as Plain>::show(words, f)
                }
            }
        )*
    };
}

returned! {
    [] (); [] i8; [] u8; [] i16; [] u16; [] i32; [] u32; [] i64; [] u64; [] bool; [] f32; [] f64; [] Duration; [] PtrLen;
    [] LenPtr; [A: Plain] (A,); [A: Plain, B: Plain] (A, B); [A: Plain, B: Plain, C: Plain] (A, B, C);
    [A: Plain, B: Plain, C: Plain, D: Plain] (A, B, C, D);
}

/// An error that a guest gets as a number.
#[diagnostic::on_unimplemented(
    message = "a guest can't get `{Self}` as the error of a function",
    note = "implement `ErrorCode` for it, which says the number"
)]
pub trait ErrorCode {
    /// The number. 0 means success, so that no error has it.
    fn code(&self) -> NonZeroI32;
}

/// A value, or the code of an error.
pub type Optional<T> = Result<T, NonZeroI32>;

impl ErrorCode for NonZeroI32 {
    fn code(&self) -> NonZeroI32 {
        *self
    }
}

/// The error of a function that returns a `Result<T, Self>`: an [`ErrorCode`], or a [`Halt`].
#[diagnostic::on_unimplemented(
    message = "a guest can't get `{Self}` as the error of a function",
    note = "implement `ErrorCode` for it, which says the number",
    note = "an error that is to end the call is a `Halt`: `map_err(Halt::error)`"
)]
pub trait Failure<T>: Sized {
    #[doc(hidden)]
    type Wasm: Wasm;
    #[doc(hidden)]
    type Pointer: Pointer;

    #[doc(hidden)]
    fn store(result: Result<T, Self>, words: &mut [u64], out: <Self::Pointer as Param>::Item<'_>) -> Result<(), Halt>;

    #[doc(hidden)]
    fn show(words: &[u64], out: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl<T, E: Failure<T>> Ret for Result<T, E> {
    type Wasm = E::Wasm;
    type Pointer = E::Pointer;

    #[inline]
    fn store(self, words: &mut [u64], out: <E::Pointer as Param>::Item<'_>) -> Result<(), Halt> {
        E::store(self, words, out)
    }

    fn show(words: &[u64], out: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        E::show(words, out, f)
    }
}

/// A code, and the value in memory.
impl<T: Plain, E: ErrorCode> Failure<T> for E {
    type Wasm = i32;
    type Pointer = T::Pointer;

    #[inline]
    fn store(result: Result<T, Self>, words: &mut [u64], out: <T::Pointer as Param>::Item<'_>) -> Result<(), Halt> {
        match result {
            Ok(value) => T::Pointer::bytes(out, |bytes| value.write(bytes)),
            Err(error) => words[0] = code(&error),
        }
        Ok(())
    }

    fn show(words: &[u64], out: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match words[0] {
            0 => {
                f.write_str("Ok(")?;
                T::show_bytes(out, f)?;
                f.write_str(")")
            }
            code => write!(f, "Err({})", super::param::low(code).cast_signed()),
        }
    }
}

fn code(error: &impl ErrorCode) -> u64 {
    error.code().get().cast_unsigned().into()
}

/// A function that may end the call.
impl<R: Ret> Failure<R> for Halt {
    type Wasm = R::Wasm;
    type Pointer = R::Pointer;

    #[inline]
    fn store(result: Result<R, Self>, words: &mut [u64], out: <R::Pointer as Param>::Item<'_>) -> Result<(), Halt> {
        result?.store(words, out)
    }

    fn show(words: &[u64], out: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        R::show(words, out, f)
    }
}

/// A `Result` as several results: for guests that are written by hand, and compilers that import functions of several results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MultiValue<R>(pub R);

impl<T: Plain, E: ErrorCode> Ret for MultiValue<Result<T, E>> {
    type Wasm = (T::Wasm, i32);
    type Pointer = Nowhere;

    #[inline]
    fn store(self, words: &mut [u64], (): ()) -> Result<(), Halt> {
        match self.0 {
            Ok(value) => value.store(words),
            Err(error) => words[T::Wasm::LEN] = code(&error),
        }
        Ok(())
    }

    fn show(words: &[u64], _: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        T::show(&words[..T::Wasm::LEN], f)?;
        write!(f, ", {})", super::param::low(words[T::Wasm::LEN]).cast_signed())
    }
}

/// Nothing.
impl Plain for () {
    type Wasm = ();
    type Pointer = Nowhere;
    const SIZE: usize = 0;
    const ALIGN: usize = 1;

    #[inline]
    fn store(self, _: &mut [u64]) {}

    #[inline]
    fn write(self, _: &mut [u8]) {}

    fn show(_: &[u64], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("()")
    }

    fn show_bytes(_: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("()")
    }
}

/// The next multiple of an alignment.
const fn aligned(offset: usize, align: usize) -> usize {
    offset.next_multiple_of(align)
}

const fn max(one: usize, two: usize) -> usize {
    if one > two { one } else { two }
}

macro_rules! tuples {
    ($($part:ident)*) => {
        impl<$($part: Plain,)*> Plain for ($($part,)*) {
            type Wasm = ($($part::Wasm,)*);
            type Pointer = Somewhere<Self>;
            const SIZE: usize = {
                let end = 0;
                $(let end = aligned(end, $part::ALIGN) + $part::SIZE;)*
                aligned(end, Self::ALIGN)
            };
            const ALIGN: usize = {
                let align = 1;
                $(let align = max(align, $part::ALIGN);)*
                align
            };

            #[allow(non_snake_case, unused_variables)]
            #[inline]
            fn store(self, words: &mut [u64]) {
                let ($($part,)*) = self;
                let rest = words;
                $(
                    let (here, rest) = rest.split_at_mut(<$part as Plain>::Wasm::LEN);
                    $part.store(here);
                )*
            }

            #[allow(non_snake_case, unused_variables)]
            #[inline]
            fn write(self, bytes: &mut [u8]) {
                let ($($part,)*) = self;
                let end = 0;
                $(
                    let start = aligned(end, <$part as Plain>::ALIGN);
                    let end = start + <$part as Plain>::SIZE;
                    $part.write(&mut bytes[start..end]);
                )*
            }

            #[allow(unused_variables, unused_assignments)]
            fn show(words: &[u64], f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let (rest, mut comma) = (words, "(");
                $(
                    let (here, rest) = rest.split_at(<$part as Plain>::Wasm::LEN);
                    f.write_str(comma)?;
                    $part::show(here, f)?;
                    comma = ", ";
                )*
                f.write_str(")")
            }

            #[allow(unused_variables, unused_assignments)]
            fn show_bytes(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let (end, mut comma) = (0, "(");
                $(
                    let start = aligned(end, <$part as Plain>::ALIGN);
                    let end = start + <$part as Plain>::SIZE;
                    f.write_str(comma)?;
                    $part::show_bytes(bytes.get(start..end).unwrap_or_default(), f)?;
                    comma = ", ";
                )*
                f.write_str(")")
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
