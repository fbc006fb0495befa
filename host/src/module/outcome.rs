//! What may a function return?

use super::{Types, ValueType};
use std::num::NonZeroI32;

/// A type that a function of a [`HostModule`](crate::HostModule) may return.
///
/// Numbers are returned as they are taken ([`Param`](super::Param)); a [`Duration`](std::time::Duration) that is too long
/// as the longest. `()` is no value. A `Result<T, E>` is the values of `T`, all 0 in case of an error, and an `i32`: 0 for
/// success, or else the code of the error ([`ErrorCode`]).
#[diagnostic::on_unimplemented(
    message = "a function of a host module can't return `{Self}`",
    note = "it returns nothing, a number, `bool`, `Duration`, or a `Result` of those with an `ErrorCode`",
    note = "what is longer goes into memory that the guest passes: `PtrMut`, `ArrayMut`, `&mut [u8]`"
)]
pub trait Ret {
    /// The WebAssembly values that it is made of.
    const TYPES: Types;

    /// Writes a word for each of [`Self::TYPES`]; they are 0 before.
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

impl Ret for () {
    const TYPES: Types = Types::of(&[]);

    fn store(self, _: &mut [u64]) {}
}

impl<T: Ret, E: ErrorCode> Ret for Result<T, E> {
    const TYPES: Types = T::TYPES.and(Types::of(&[ValueType::I32]));

    fn store(self, words: &mut [u64]) {
        match self {
            Ok(value) => value.store(words),
            Err(error) => words[T::TYPES.len()] = error.code().get().cast_unsigned().into(),
        }
    }
}
