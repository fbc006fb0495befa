//! What may a function take?

use super::{
    Claim, Memory, Plain, Problem,
    claim::{Collect, Pieces, ViewMut},
    flat::Wasm,
    show,
};
use crate::{arity::for_tuples, error::Halt};
use std::{fmt, marker::PhantomData};

/// A type that a function of a [`HostModule`](crate::HostModule) may take.
///
/// | Rust | WebAssembly |
/// |---|---|
/// | `i8` `u8` `i16` `u16` `bool` | `i32`; another value than those of the type stops the guest |
/// | `i32` `u32` | `i32` |
/// | `i64` `u64` | `i64` |
/// | `f32`, `f64` | the same |
/// | [`Duration`](std::time::Duration) | `i64`, nanoseconds without sign |
/// | [`PtrLen`](super::PtrLen), [`LenPtr`](super::LenPtr) | `i64`: an address and a length in one number |
/// | `&[u8]`, `&mut [u8]` | `i32`, `i32`: address and length |
/// | `&str` | the same; anything but UTF-8 stops the guest |
/// | [`Ptr<T>`](super::Ptr), [`PtrMut<T>`](super::PtrMut) | `i32`: address of a `T`, plain old data |
/// | [`Array<T>`](super::Array), [`ArrayMut<T>`](super::ArrayMut) | `i32`, `i32`: address, and number of `T`, not bytes |
/// | [`List<T>`](super::List), [`ListMut<T>`](super::ListMut) | the same, of objects that load and store themselves |
/// | tuples | the values of each part, one after the other |
/// | [`Compose`] | the same as what it is made of: types of your own |
///
/// What is borrowed lies in the guest's memory; nothing is copied. It can't be kept beyond the call.
#[diagnostic::on_unimplemented(
    message = "a function of a host module can't take `{Self}`",
    label = "no parameter",
    note = "the `T` of `Ptr<T>`, `PtrMut<T>`, `Array<T>` and `ArrayMut<T>` is plain old data, `dorcas_host::module::Pod`; that \
            of `List<T>` and `ListMut<T>` is an `Object`"
)]
pub trait Param {
    /// The type itself, borrowed from the guest's memory for one call.
    type Item<'m>;

    #[doc(hidden)]
    type Wasm: Wasm;

    /// How many parts of memory it is made of.
    #[doc(hidden)]
    const CLAIMS: usize;

    /// Says which. There is a word for each WebAssembly value; one of 32 bits is in the lower half.
    #[doc(hidden)]
    fn claim(words: &[u64], claims: &mut impl Collect);

    /// Makes the value. The pieces are those of the claims, which were compared with the memory.
    #[doc(hidden)]
    fn load<'m>(words: &[u64], pieces: &mut Pieces<'_, 'm>) -> Result<Self::Item<'m>, Problem>;

    /// Shows what a guest passes, good or not.
    #[doc(hidden)]
    fn show(words: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// Where the value of a `Result` is written: a parameter that the guest passes behind the others.
pub trait Pointer: Param {
    /// Number of bytes.
    const SIZE: usize;

    /// Finds them in all of a memory.
    fn within<'m>(words: &[u64], memory: &'m mut Memory<'_>) -> Result<Self::Item<'m>, Halt>;

    /// Hands them over to be written.
    fn bytes(item: Self::Item<'_>, write: impl FnOnce(&mut [u8]));
}

/// There is none.
pub struct Nowhere;

/// The address of a `T`.
pub struct Somewhere<T>(PhantomData<T>);

impl Param for Nowhere {
    type Item<'m> = ();
    type Wasm = ();
    const CLAIMS: usize = 0;

    #[inline]
    fn claim(_: &[u64], _: &mut impl Collect) {}

    #[inline]
    fn load(_: &[u64], _: &mut Pieces<'_, '_>) -> Result<(), Problem> {
        Ok(())
    }

    fn show(_: &[u64], _: &[u8], _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl Pointer for Nowhere {
    const SIZE: usize = 0;

    #[inline]
    fn within(_: &[u64], _: &mut Memory<'_>) -> Result<(), Halt> {
        Ok(())
    }

    #[inline]
    fn bytes((): (), write: impl FnOnce(&mut [u8])) {
        write(&mut []);
    }
}

impl<T: Plain> Param for Somewhere<T> {
    type Item<'m> = ViewMut<'m>;
    type Wasm = i32;
    const CLAIMS: usize = 1;

    #[inline]
    fn claim(words: &[u64], claims: &mut impl Collect) {
        claims.push(Claim::exclusive(low(words[0]), T::SIZE as u64).as_cells());
    }

    #[inline]
    fn load<'m>(_: &[u64], pieces: &mut Pieces<'_, 'm>) -> Result<ViewMut<'m>, Problem> {
        Ok(pieces.view_mut())
    }

    fn show(_: &[u64], _: &[u8], _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl<T: Plain> Pointer for Somewhere<T> {
    const SIZE: usize = T::SIZE;

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // A few numbers.
    fn within<'m>(words: &[u64], memory: &'m mut Memory<'_>) -> Result<ViewMut<'m>, Halt> {
        memory.get_mut(low(words[0]), T::SIZE as u32).map(ViewMut::Exclusive)
    }

    #[inline]
    fn bytes(item: ViewMut<'_>, write: impl FnOnce(&mut [u8])) {
        match item {
            ViewMut::Exclusive(bytes) => write(bytes),
            mut cells @ ViewMut::Cells(_) => {
                let mut bytes = vec![0; T::SIZE];
                write(&mut bytes);
                cells.write(0, &bytes);
            }
        }
    }
}

/// A type of your own that functions take: made of what they take anyway, before the function runs.
///
/// ```
/// use dorcas_host::{HostModule, module::{Compose, Problem}};
///
/// enum Side { Left, Right }
///
/// impl Compose for Side {
///     type Item<'m> = Self;
///     type Parts = u32;
/// }
///
/// impl TryFrom<u32> for Side {
///     type Error = Problem;
///
///     fn try_from(value: u32) -> Result<Self, Problem> {
///         match value {
///             0 => Ok(Self::Left),
///             1 => Ok(Self::Right),
///             // This stops the guest.
///             _ => Err(Problem::Value { value: value.into(), expected: "side" }),
///         }
///     }
/// }
///
/// // Several parameters of the guest's as one.
/// struct Line<'m> { side: Side, text: &'m str }
///
/// impl Compose for Line<'_> {
///     type Item<'m> = Line<'m>;
///     type Parts = (Side, &'static str);
/// }
///
/// impl<'m> From<(Side, &'m str)> for Line<'m> {
///     fn from((side, text): (Side, &'m str)) -> Self {
///         Self { side, text }
///     }
/// }
///
/// let module = HostModule::new("screen", String::new).function("print", |screen: &mut String, line: Line<'_>| {
///     match line.side {
///         Side::Left => screen.insert_str(0, line.text),
///         Side::Right => screen.push_str(line.text),
///     }
/// });
/// assert_eq!(module.to_string(), "screen.print (i32, i32, i32) -> ()\n");
/// ```
#[diagnostic::on_unimplemented(
    message = "a function of a host module can't take `{Self}`",
    label = "no parameter",
    note = "it takes integers, floats, `bool`, `Duration`, `&str`, `&[u8]`, `&mut [u8]`, tuples of those, and from \
            `dorcas_host::module` `Ptr`, `PtrMut`, `Array`, `ArrayMut`, `List` and `ListMut`",
    note = "a type of your own implements `dorcas_host::module::Compose`"
)]
pub trait Compose {
    /// The type itself, borrowed from the guest's memory for one call.
    type Item<'m>: TryFrom<<Self::Parts as Param>::Item<'m>, Error: Into<Problem>>;
    /// What it is made of, in the order in which the guest passes it.
    type Parts: Param;
}

impl<T: Compose> Param for T {
    type Item<'m> = <T as Compose>::Item<'m>;
    type Wasm = <T::Parts as Param>::Wasm;
    const CLAIMS: usize = T::Parts::CLAIMS;

    #[inline]
    fn claim(words: &[u64], claims: &mut impl Collect) {
        T::Parts::claim(words, claims);
    }

    #[inline]
    fn load<'m>(words: &[u64], pieces: &mut Pieces<'_, 'm>) -> Result<<T as Compose>::Item<'m>, Problem> {
        T::Parts::load(words, pieces)?.try_into().map_err(Into::into)
    }

    fn show(words: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::Parts::show(words, memory, f)
    }
}

macro_rules! tuples {
    ($($part:ident)*) => {
        impl<$($part: Param,)*> Param for ($($part,)*) {
            type Item<'m> = ($($part::Item<'m>,)*);
            type Wasm = ($($part::Wasm,)*);
            const CLAIMS: usize = 0 $(+ $part::CLAIMS)*;

            #[allow(unused_variables)]
            #[inline]
            fn claim(words: &[u64], claims: &mut impl Collect) {
                let rest = words;
                $(
                    let (here, rest) = rest.split_at($part::Wasm::LEN);
                    $part::claim(here, claims);
                )*
            }

            #[allow(non_snake_case, unused_variables)]
            #[inline]
            fn load<'m>(words: &[u64], pieces: &mut Pieces<'_, 'm>) -> Result<Self::Item<'m>, Problem> {
                let rest = words;
                $(
                    let (here, rest) = rest.split_at($part::Wasm::LEN);
                    let $part = $part::load(here, pieces)?;
                )*
                Ok(($($part,)*))
            }

            #[allow(unused_variables, unused_assignments, unused_mut)]
            fn show(words: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let (rest, mut comma) = (words, "");
                $(
                    let (here, rest) = rest.split_at($part::Wasm::LEN);
                    f.write_str(comma)?;
                    $part::show(here, memory, f)?;
                    comma = ", ";
                )*
                Ok(())
            }
        }
    };
}

for_tuples!(tuples);

/// The lower half of a word, which is where a value of 32 bits is.
#[expect(clippy::cast_possible_truncation)]
#[inline]
pub(super) fn low(word: u64) -> u32 {
    word as u32
}

/// An address and a length.
pub(super) type Span = (i32, i32);

macro_rules! bytes {
    ($($ty:ty, $item:ty, $claim:ident, $bytes:ident;)*) => {
        $(
            impl Param for $ty {
                type Item<'m> = $item;
                type Wasm = Span;
                const CLAIMS: usize = 1;

                #[inline]
                fn claim(words: &[u64], claims: &mut impl Collect) {
                    claims.push(Claim::$claim(low(words[0]), low(words[1]).into()));
                }

                #[inline]
                fn load<'m>(_: &[u64], pieces: &mut Pieces<'_, 'm>) -> Result<$item, Problem> {
                    Ok(pieces.$bytes())
                }

                fn show(words: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    show::bytes(words, memory, f)
                }
            }
        )*
    };
}

bytes! {
    &[u8], &'m [u8], shared, bytes;
    &mut [u8], &'m mut [u8], exclusive, bytes_mut;
}

impl Param for &str {
    type Item<'m> = &'m str;
    type Wasm = Span;
    const CLAIMS: usize = 1;

    #[inline]
    fn claim(words: &[u64], claims: &mut impl Collect) {
        <&[u8]>::claim(words, claims);
    }

    #[inline]
    fn load<'m>(words: &[u64], pieces: &mut Pieces<'_, 'm>) -> Result<&'m str, Problem> {
        let bytes = pieces.bytes();
        str::from_utf8(bytes).map_err(|error| Problem::NotUtf8 {
            ptr: low(words[0]),
            bytes: bytes.len() as u64,
            valid: error.valid_up_to() as u64,
            // The size is not known here; whoever calls this fills it in.
            memory: 0,
        })
    }

    fn show(words: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::text(words, memory, f)
    }
}
