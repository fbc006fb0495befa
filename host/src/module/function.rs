//! How does a Rust function become one of a guest's imports?

use super::{
    Function, Memory, Param, Problem, Ret, Slot,
    call::{around, enter, enter_with_memory},
    claim::{self, Claims, Pieces},
    flat::{Flat, Wasm},
    grants::Link,
    param::Pointer,
    types::Types,
};
use crate::{
    error::Halt,
    interface::{ValueType, signature},
    sandbox::store::{HostStop, StoreData},
};
use std::{fmt, sync::Arc};
use wasmi::{Caller, Error, Store};

/// A function that a [`HostModule`](super::HostModule) can offer: one that takes the state, `&mut S`, and up to twelve
/// parameters, each a [`Param`], and returns a [`Ret`]. Methods of `S` are such functions.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a function of a host module with the state `{S}`",
    label = "no function of a host module",
    note = "it takes `&mut {S}` and up to twelve parameters that implement `Param`, and returns what implements `Ret`",
    note = "a closure needs the types of its parameters written out"
)]
pub trait HostFn<S, Parameters>: Send + Sync + 'static {}

/// A function that sees all of its caller's memory: it takes the state, `&mut S`, a [`&mut Memory`](Memory), and up to twelve
/// numbers, and returns a [`Ret`]: see [`HostModule::with_memory`](crate::HostModule::with_memory).
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a function with memory of a host module with the state `{S}`",
    label = "no function with memory",
    note = "it takes `&mut {S}`, `&mut Memory<'_>` and up to twelve numbers, and returns what implements `Ret`",
    note = "a closure needs the types of its parameters written out"
)]
pub trait MemoryFn<S, Parameters>: Send + Sync + 'static {}

/// The parameters of a function and what it returns, `fn(A, B) -> R`.
///
/// Apart from [`HostFn`], which says what they are: so the compiler can say which of them is none.
pub trait Signature<S, F> {
    /// What it takes, and where its result is written.
    type Params: Wasm;
    /// What it returns.
    type Results: Wasm;
    /// How many parts of memory it takes.
    const CLAIMS: usize;

    /// Number of bytes that are passed.
    fn check(words: &[u64], memory: u64) -> Result<u64, (usize, Problem)>;

    /// Runs it, once that was checked.
    fn call(function: &F, state: &mut S, memory: &mut [u8], words: &[u64], results: &mut [u64]) -> Result<(), Ended>;

    /// Shows what it was called with.
    fn show(words: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Shows what it returned.
    fn show_results(words: &[u64], results: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// The same for a function with memory.
pub trait MemorySignature<S, F> {
    /// What it takes, and where its result is written.
    type Params: Wasm;
    /// What it returns.
    type Results: Wasm;

    /// Runs it.
    fn call(
        function: &F,
        state: &mut S,
        memory: &mut Memory<'_>,
        words: &[u64],
        results: &mut [u64],
    ) -> Result<(), Ended>;

    /// Shows what it was called with.
    fn show(words: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Shows what it returned.
    fn show_results(words: &[u64], results: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// Why a function did not return.
pub enum Ended {
    /// A parameter, from 0, and what is wrong with it.
    Parameter(usize, Problem),
    /// It ended the call.
    Halt(Halt),
}

macro_rules! functions {
    ($($param:ident $position:literal)*) => {
        impl<S, F, R, $($param,)*> HostFn<S, fn($($param,)*) -> R> for F
        where
            F: Fn(&mut S, $($param,)*) -> R + Send + Sync + 'static,
        {
        }

        impl<S, F, R, $($param,)*> MemoryFn<S, fn($($param,)*) -> R> for F
        where
            F: Fn(&mut S, &mut Memory<'_>, $($param,)*) -> R + Send + Sync + 'static,
        {
        }

        impl<S, F, R, $($param,)*> Signature<S, F> for fn($($param,)*) -> R
        where
            $($param: Param,)*
            R: Ret,
            // Borrowed for any length of time, however short.
            F: for<'m> Fn(&mut S, $($param::Item<'m>,)*) -> R,
        {
            type Params = <(($($param,)*), R::Pointer) as Param>::Wasm;
            type Results = R::Wasm;
            const CLAIMS: usize = <(($($param,)*), R::Pointer) as Param>::CLAIMS;

            #[inline]
            fn check(words: &[u64], memory: u64) -> Result<u64, (usize, Problem)> {
                sized!((($($param,)*), R::Pointer), N => {
                    claim::check(&claims::<(($($param,)*), R::Pointer), N>(words), memory)
                        .map_err(|fault| by_parameter(&[$($param::CLAIMS,)* R::Pointer::CLAIMS], fault))
                })
            }

            #[allow(non_snake_case, unused_variables, unused_mut)]
            #[inline]
            fn call(
                function: &F,
                state: &mut S,
                memory: &mut [u8],
                words: &[u64],
                results: &mut [u64],
            ) -> Result<(), Ended> {
                let size = memory.len() as u64;
                sized!((($($param,)*), R::Pointer), N => {
                    let mut pieces = claim::carve(&claims::<(($($param,)*), R::Pointer), N>(words), memory);
                    let mut pieces = Pieces(pieces.iter_mut());
                    let rest = words;
                    $(
                        let (here, rest) = rest.split_at(<$param as Param>::Wasm::LEN);
                        let $param = $param::load(here, &mut pieces)
                            .map_err(|problem| Ended::Parameter($position, problem.within(size)))?;
                    )*
                    let pointer = R::Pointer::load(rest, &mut pieces)
                        .map_err(|problem| Ended::Parameter(usize::MAX, problem))?;
                    function(state, $($param,)*).store(results, pointer).map_err(Ended::Halt)
                })
            }

            fn show(words: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
                <($($param,)*) as Param>::show(words, memory, f)
            }

            fn show_results(words: &[u64], results: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
                R::show(results, written::<R>(words, memory), f)
            }
        }

        impl<S, F, R, $($param,)*> MemorySignature<S, F> for fn($($param,)*) -> R
        where
            $($param: Param,)*
            R: Ret,
            F: for<'m> Fn(&mut S, &mut Memory<'_>, $($param::Item<'m>,)*) -> R,
        {
            type Params = <(($($param,)*), R::Pointer) as Param>::Wasm;
            type Results = R::Wasm;

            #[allow(non_snake_case, unused_variables, unused_mut)]
            #[inline]
            fn call(
                function: &F,
                state: &mut S,
                memory: &mut Memory<'_>,
                words: &[u64],
                results: &mut [u64],
            ) -> Result<(), Ended> {
                const {
                    assert!(
                        <($($param,)*) as Param>::CLAIMS == 0,
                        "a function with memory takes numbers: an address is a `u32`, and `Memory` has what lies there"
                    );
                }
                let mut pieces = [];
                let mut pieces = Pieces(pieces.iter_mut());
                let rest = words;
                $(
                    let (here, rest) = rest.split_at(<$param as Param>::Wasm::LEN);
                    let $param = $param::load(here, &mut pieces)
                        .map_err(|problem| Ended::Parameter($position, problem))?;
                )*
                // Compared before anything is done that would be in vain.
                R::Pointer::within(rest, memory).map_err(Ended::Halt)?;
                let returned = function(state, memory, $($param,)*);
                R::Pointer::within(rest, memory)
                    .and_then(|pointer| returned.store(results, pointer))
                    .map_err(Ended::Halt)
            }

            fn show(words: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
                <($($param,)*) as Param>::show(words, memory, f)
            }

            fn show_results(words: &[u64], results: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
                R::show(results, written::<R>(words, memory), f)
            }
        }
    };
}

/// Does something with a number of claims `N` that is enough for the parameters. The compiler knows which, and nothing of
/// the others is left.
macro_rules! sized {
    ($params:ty, $count:ident => $work:block) => {
        match <$params as Param>::CLAIMS {
            0 => {
                const $count: usize = 0;
                $work
            }
            1 => {
                const $count: usize = 1;
                $work
            }
            2 => {
                const $count: usize = 2;
                $work
            }
            3 | 4 => {
                const $count: usize = 4;
                $work
            }
            _ => {
                const $count: usize = Types::MAX;
                $work
            }
        }
    };
}

functions!();
functions!(A 0);
functions!(A 0 B 1);
functions!(A 0 B 1 C 2);
functions!(A 0 B 1 C 2 D 3);
functions!(A 0 B 1 C 2 D 3 E 4);
functions!(A 0 B 1 C 2 D 3 E 4 G 5);
functions!(A 0 B 1 C 2 D 3 E 4 G 5 H 6);
functions!(A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7);
functions!(A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8);
functions!(A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9);
functions!(A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9 L 10);
functions!(A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9 L 10 M 11);

/// The claims of a call, and empty ones where there are fewer.
#[inline]
fn claims<P: Param, const N: usize>(words: &[u64]) -> [claim::Claim; N] {
    Claims::collect(|claims: &mut Claims<N>| P::claim(words, claims))
}

/// What is wrong with a claim, told of the parameter that made it.
#[cold]
fn by_parameter(counts: &[usize], (position, mut problem): (usize, Problem)) -> (usize, Problem) {
    let parameter = |claim: usize| {
        let mut end = 0;
        counts
            .iter()
            .take_while(|count| {
                end += **count;
                end <= claim
            })
            .count()
    };
    if let Problem::Overlaps { other, .. } = &mut problem {
        *other = parameter(*other) + 1;
    }
    (parameter(position), problem)
}

impl Problem {
    /// Tells it the size of the memory, where a parameter alone doesn't know it.
    #[cold]
    fn within(mut self, size: u64) -> Self {
        if let Self::NotUtf8 { memory, .. } | Self::Object { memory, .. } = &mut self {
            *memory = size;
        }
        self
    }
}

/// The bytes that a result was written to.
fn written<'m, R: Ret>(words: &[u64], memory: &'m [u8]) -> &'m [u8] {
    let Some(start) = words.last().map(|word| super::param::low(*word) as usize) else { return &[] };
    memory.get(start..).and_then(|rest| rest.get(..R::Pointer::SIZE)).unwrap_or_default()
}

#[cold]
pub(super) fn stopped(data: &mut StoreData, stop: HostStop) -> Error {
    data.stop = Some(stop);
    Error::new("stopped by a function of the host")
}

/// Values side by side.
type Side<W> = <W as Wasm>::After<()>;

/// How a call of a function is shown.
pub(super) struct Show {
    /// Number of bytes that are passed, of a memory of that size.
    pub(super) bytes: fn(&[u64], u64) -> u64,
    pub(super) params: fn(&[u64], &[u8], &mut fmt::Formatter<'_>) -> fmt::Result,
    pub(super) results: fn(&[u64], &[u64], &[u8], &mut fmt::Formatter<'_>) -> fmt::Result,
}

impl Function {
    pub(super) fn new<S: Send + 'static, P: Signature<S, F>, F: HostFn<S, P>>(
        path: Arc<str>,
        name: String,
        fuel: u64,
        function: F,
    ) -> Self {
        let run =
            move |caller: &mut Caller<'_, StoreData>, state: &Slot<S>, link: &Link, words: &[u64], out: &mut [u64]| {
                enter::<S, P, F>(caller, &function, state, link, words, out)
            };
        let bytes = |words: &[u64], memory| P::check(words, memory).unwrap_or(0);
        let show = Show { bytes, params: P::show, results: P::show_results };
        Self::with_types::<S, P::Params, P::Results>(path, name, fuel, run, show)
    }

    pub(super) fn with_memory<S: Send + 'static, P: MemorySignature<S, F>, F: MemoryFn<S, P>>(
        path: Arc<str>,
        name: String,
        fuel: u64,
        function: F,
    ) -> Self {
        let run =
            move |caller: &mut Caller<'_, StoreData>, state: &Slot<S>, link: &Link, words: &[u64], out: &mut [u64]| {
                enter_with_memory::<S, P, F>(caller, &function, state, link, words, out)
            };
        let show = Show { bytes: |_, _| 0, params: P::show, results: P::show_results };
        Self::with_types::<S, P::Params, P::Results>(path, name, fuel, run, show)
    }

    fn with_types<S: Send + 'static, Params: Wasm, Results: Wasm>(
        path: Arc<str>,
        name: String,
        fuel: u64,
        run: impl Fn(&mut Caller<'_, StoreData>, &Slot<S>, &Link, &[u64], &mut [u64]) -> Result<(), HostStop>
        + Send
        + Sync
        + 'static,
        show: Show,
    ) -> Self {
        let (params, results) = (Params::TYPES, Results::TYPES);
        let run = Arc::new(run);
        let bind = Box::new(move |store: &mut Store<StoreData>, link: Link| {
            let run = Arc::clone(&run);
            let state = Arc::downcast::<Slot<S>>(Arc::clone(&link.state));
            let state = state.expect("a function is bound with the state of its module");
            if link.offer.layers.is_empty() {
                let body = move |caller: &mut Caller<'_, StoreData>, words: &[u64], out: &mut [u64]| {
                    run(caller, &state, &link, words, out).map_err(|stop| stopped(caller.data_mut(), stop))
                };
                return Side::<Params>::function::<_, Side<Results>>(store, [params, results], body);
            }
            let body = move |caller: &mut Caller<'_, StoreData>, words: &[u64], out: &mut [u64]| {
                around(caller, &link, words, out, &mut |caller, out| run(caller, &state, &link, words, out))
                    .map_err(|stop| stopped(caller.data_mut(), stop))
            };
            Side::<Params>::function::<_, Side<Results>>(store, [params, results], body)
        });
        Self { path, name, params, results, fuel, show, bind }
    }

    /// Its type, as the outline of a module has it.
    pub(crate) fn signature(&self) -> String {
        let texts = |types: &Types| -> Vec<_> { types.as_slice().iter().map(ValueType::to_string).collect() };
        signature(&texts(&self.params), &texts(&self.results))
    }
}
