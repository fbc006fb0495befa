//! How do a function's values come from the engine without a detour?
//!
//! The engine hands values over in two ways: as a list that is allocated for each call, with a tag at each value, or as the
//! parameters of a closure, when their number and types are known to the compiler. The second costs a quarter of the first.
//! So the values of all parameters are put side by side as types, up to sixteen, and there is a closure for each number.

use super::types::Types;
use crate::{arity::for_tuples, interface::ValueType};
use wasmi::{Caller, Error, F32, F64, Func, FuncType, Store, Val, ValType, WasmRet, WasmTy};

/// The WebAssembly values of a type: `i32`, `i64`, `f32`, `f64`, or a tuple of such, however deep.
pub trait Wasm {
    /// Side by side.
    const TYPES: Types;
    /// Their number.
    const LEN: usize = Self::TYPES.len();

    /// These values behind others.
    type After<F: Flat>: Flat;
}

/// Values side by side, as the engine has them.
pub trait Flat {
    /// One more behind them.
    type Push<W: Word>: Flat;
    /// A word for each.
    type Words: Default + AsMut<[u64]>;
    /// What a closure returns whose results they are.
    type Returned: WasmRet;
    /// Whether the engine has closures for so many.
    const FITS: bool;

    /// A function of the engine that takes them, and returns an `R`.
    fn function<T: 'static, R: Flat>(store: &mut Store<T>, types: [Types; 2], body: impl Body<T>) -> Func;

    /// Returns them, or an error.
    fn returned(words: Result<Self::Words, Error>) -> Self::Returned;
}

/// What a function does: it gets a word for each parameter, and sets one for each result. Those are 0 before.
///
/// The caller is lent: to move it, or to take its address, costs a tenth of a call.
pub trait Body<T>: Fn(&mut Caller<'_, T>, &[u64], &mut [u64]) -> Result<(), Error> + Send + Sync + 'static {}

impl<T, B: Fn(&mut Caller<'_, T>, &[u64], &mut [u64]) -> Result<(), Error> + Send + Sync + 'static> Body<T> for B {}

/// A value of the engine. One of 32 bits is the lower half of a word.
pub trait Word: WasmTy + Sized {
    /// To a word.
    fn word(self) -> u64;
    /// And back.
    fn of(word: u64) -> Self;
}

/// More values than the engine has closures for.
pub struct Wide;

macro_rules! words {
    ($($ty:ident $engine:ident $name:ident: $value:ident => $word:expr, $back:ident => $of:expr;)*) => {
        $(
            impl Word for $engine {
                #[inline]
                fn word(self) -> u64 {
                    let $value = self;
                    $word
                }

                #[inline]
                fn of(word: u64) -> Self {
                    let $back = word;
                    $of
                }
            }

            impl Wasm for $ty {
                const TYPES: Types = Types::of(&[ValueType::$name]);
                type After<F: Flat> = F::Push<$engine>;
            }
        )*
    };
}

words! {
    i32 i32 I32: value => value.cast_unsigned().into(), word => super::param::low(word).cast_signed();
    i64 i64 I64: value => value.cast_unsigned(), word => word.cast_signed();
    f32 F32 F32: value => value.to_bits().into(), word => F32::from_bits(super::param::low(word));
    f64 F64 F64: value => value.to_bits(), word => F64::from_bits(word);
}

macro_rules! tuples {
    ($($part:ident)*) => {
        impl<$($part: Wasm,)*> Wasm for ($($part,)*) {
            const TYPES: Types = Types::of(&[])$(.and($part::TYPES))*;
            type After<F: Flat> = after!(F; $($part)*);
        }
    };
}

macro_rules! after {
    ($flat:ty;) => { $flat };
    ($flat:ty; $part:ident $($rest:ident)*) => { after!(<$part as Wasm>::After<$flat>; $($rest)*) };
}

for_tuples!(tuples);

macro_rules! flat {
    ($count:literal $push:ty; $($word:ident)*) => {
        impl<$($word: Word,)*> Flat for ($($word,)*) {
            type Push<Last: Word> = $push;
            type Words = [u64; $count];
            type Returned = Result<($($word,)*), Error>;
            const FITS: bool = true;

            fn function<T: 'static, Results: Flat>(store: &mut Store<T>, types: [Types; 2], body: impl Body<T>) -> Func {
                if !Results::FITS {
                    return listed(store, types, body);
                }
                #[allow(non_snake_case)]
                let function = move |mut caller: Caller<'_, T>, $($word: $word,)*| {
                    let mut results = Results::Words::default();
                    let outcome = body(&mut caller, &[$($word.word(),)*], results.as_mut());
                    Results::returned(outcome.map(|()| results))
                };
                Func::wrap(store, function)
            }

            #[allow(non_snake_case, clippy::unused_unit)]
            #[inline]
            fn returned(words: Result<[u64; $count], Error>) -> Self::Returned {
                words.map(|[$($word,)*]| ($($word::of($word),)*))
            }
        }
    };
}

flat!(0 (Last,););
flat!(1 (A, Last); A);
flat!(2 (A, B, Last); A B);
flat!(3 (A, B, C, Last); A B C);
flat!(4 (A, B, C, D, Last); A B C D);
flat!(5 (A, B, C, D, E, Last); A B C D E);
flat!(6 (A, B, C, D, E, F, Last); A B C D E F);
flat!(7 (A, B, C, D, E, F, G, Last); A B C D E F G);
flat!(8 (A, B, C, D, E, F, G, H, Last); A B C D E F G H);
flat!(9 (A, B, C, D, E, F, G, H, I, Last); A B C D E F G H I);
flat!(10 (A, B, C, D, E, F, G, H, I, J, Last); A B C D E F G H I J);
flat!(11 (A, B, C, D, E, F, G, H, I, J, K, Last); A B C D E F G H I J K);
flat!(12 (A, B, C, D, E, F, G, H, I, J, K, L, Last); A B C D E F G H I J K L);
flat!(13 (A, B, C, D, E, F, G, H, I, J, K, L, M, Last); A B C D E F G H I J K L M);
flat!(14 (A, B, C, D, E, F, G, H, I, J, K, L, M, N, Last); A B C D E F G H I J K L M N);
flat!(15 (A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, Last); A B C D E F G H I J K L M N O);
flat!(16 Wide; A B C D E F G H I J K L M N O P);

impl Flat for Wide {
    type Push<Last: Word> = Self;
    type Words = [u64; 0];
    type Returned = Result<(), Error>;
    const FITS: bool = false;

    fn function<T: 'static, R: Flat>(store: &mut Store<T>, types: [Types; 2], body: impl Body<T>) -> Func {
        listed(store, types, body)
    }

    fn returned(words: Result<[u64; 0], Error>) -> Self::Returned {
        words.map(|[]| ())
    }
}

/// With any number of values, as lists.
fn listed<T: 'static>(store: &mut Store<T>, types: [Types; 2], body: impl Body<T>) -> Func {
    let [params, returned] = types;
    let ty = FuncType::new(engine_types(&params), engine_types(&returned));
    Func::new(store, ty, move |mut caller, args, results| {
        let (mut words, mut outs) = ([0; Types::MAX], [0; Types::MAX]);
        words.iter_mut().zip(args).for_each(|(word, value)| *word = bits(value));
        body(&mut caller, &words[..args.len()], &mut outs[..results.len()])?;
        for ((result, word), ty) in results.iter_mut().zip(outs).zip(returned.as_slice()) {
            *result = value(*ty, word);
        }
        Ok(())
    })
}

fn bits(value: &Val) -> u64 {
    match *value {
        Val::I32(value) => value.word(),
        Val::I64(value) => value.word(),
        Val::F32(value) => value.word(),
        Val::F64(value) => value.word(),
        // No parameter is of another type.
        _ => 0,
    }
}

fn value(ty: ValueType, word: u64) -> Val {
    match ty {
        ValueType::I32 => Val::I32(Word::of(word)),
        ValueType::I64 => Val::I64(Word::of(word)),
        ValueType::F32 => Val::F32(Word::of(word)),
        ValueType::F64 => Val::F64(Word::of(word)),
    }
}

fn engine_types(types: &Types) -> Vec<ValType> {
    let one = |ty: &ValueType| match ty {
        ValueType::I32 => ValType::I32,
        ValueType::I64 => ValType::I64,
        ValueType::F32 => ValType::F32,
        ValueType::F64 => ValType::F64,
    };
    types.as_slice().iter().map(one).collect()
}
