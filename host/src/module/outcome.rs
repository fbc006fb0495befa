//! What may a function return?

use super::flat::Wasm;
use std::num::NonZeroI32;

/// A type that a function of a [`HostModule`](crate::HostModule) may return.
///
/// Numbers are returned as they are taken ([`Param`](super::Param)); a [`Duration`](std::time::Duration) that is too long
/// as the longest. `()` is no value, a tuple of up to four as many. A `Result<T, E>` is the values of `T`, all 0 in case of an error, and an `i32`: 0 for
/// success, or else the code of the error ([`ErrorCode`]).
#[diagnostic::on_unimplemented(
    message = "a function of a host module can't return `{Self}`",
    note = "it returns nothing, a number, `bool`, `Duration`, or a `Result` of those with an `ErrorCode`",
    note = "what is longer goes into memory that the guest passes: `PtrMut`, `ArrayMut`, `&mut [u8]`"
)]
pub trait Ret {
    #[doc(hidden)]
    type Wasm: Wasm;

    /// Writes a word for each WebAssembly value; they are 0 before.
    #[doc(hidden)]
    fn store(self, words: &mut [u64]);
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

macro_rules! tuples {
    ($($part:ident)*) => {
        impl<$($part: Ret,)*> Ret for ($($part,)*) {
            type Wasm = ($($part::Wasm,)*);

            #[allow(non_snake_case, unused_variables)]
            #[inline]
            fn store(self, words: &mut [u64]) {
                let ($($part,)*) = self;
                let rest = words;
                $(
                    let (here, rest) = rest.split_at_mut(<$part as Ret>::Wasm::LEN);
                    $part.store(here);
                )*
            }
        }
    };
}

tuples!();
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);

impl<T: Ret, E: ErrorCode> Ret for Result<T, E> {
    type Wasm = (T::Wasm, i32);

    #[inline]
    fn store(self, words: &mut [u64]) {
        match self {
            Ok(value) => value.store(words),
            Err(error) => words[T::Wasm::LEN] = error.code().get().cast_unsigned().into(),
        }
    }
}
