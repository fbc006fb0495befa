//! How does a Rust function become one of a guest's imports?

use super::{
    Function, Param, Problem, Ret, Slot,
    claim::{self, Claims, Pieces},
    flat::{Flat, Wasm, listed},
    grants::{Link, enter, enter_layers},
    types::Types,
};
use crate::{
    interface::{ValueType, signature},
    sandbox::store::{HostStop, StoreData},
};
use std::sync::Arc;
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

/// The parameters of a function and what it returns, `fn(A, B) -> R`.
///
/// Apart from [`HostFn`], which says what they are: so the compiler can say which of them is none.
pub trait Signature<S, F> {
    /// What it takes.
    type Params: Wasm;
    /// What it returns.
    type Results: Wasm;
    /// How many parts of memory it takes.
    const CLAIMS: usize;

    /// Number of bytes that are passed.
    fn check(words: &[u64], memory: u64) -> Checked<u64>;

    /// Runs it, once that was checked.
    fn call(function: &F, state: &mut S, memory: &mut [u8], words: &[u64], results: &mut [u64]) -> Checked<()>;
}

/// Fails with a parameter, from 0, and what is wrong with it.
pub(super) type Checked<T> = Result<T, (usize, Problem)>;

macro_rules! functions {
    ($($param:ident $position:literal)*) => {
        impl<S, F, R, $($param,)*> HostFn<S, fn($($param,)*) -> R> for F
        where
            F: Fn(&mut S, $($param,)*) -> R + Send + Sync + 'static,
        {
        }

        impl<S, F, R, $($param,)*> Signature<S, F> for fn($($param,)*) -> R
        where
            $($param: Param,)*
            R: Ret,
            // Borrowed for any length of time, however short.
            F: for<'m> Fn(&mut S, $($param::Item<'m>,)*) -> R,
        {
            type Params = ($($param::Wasm,)*);
            type Results = R::Wasm;
            const CLAIMS: usize = <($($param,)*) as Param>::CLAIMS;

            #[inline]
            fn check(words: &[u64], memory: u64) -> Checked<u64> {
                sized!(($($param,)*), N => {
                    claim::check(&claims::<($($param,)*), N>(words), memory)
                        .map_err(|fault| by_parameter(&[$($param::CLAIMS,)*], fault))
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
            ) -> Checked<()> {
                let size = memory.len() as u64;
                sized!(($($param,)*), N => {
                    let mut pieces = claim::carve(&claims::<($($param,)*), N>(words), memory);
                    let mut pieces = Pieces(pieces.iter_mut());
                    let rest = words;
                    $(
                        let (here, rest) = rest.split_at(<$param as Param>::Wasm::LEN);
                        let $param = $param::load(here, &mut pieces).map_err(|problem| ($position, problem.within(size)))?;
                    )*
                    function(state, $($param,)*).store(results);
                    Ok(())
                })
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

#[cold]
fn stopped(data: &mut StoreData, stop: HostStop) -> Error {
    data.stop = Some(stop);
    Error::new("stopped by a function of the host")
}

/// Values side by side.
type Side<W> = <W as Wasm>::After<()>;

impl Function {
    pub(super) fn new<S: Send + 'static, P: Signature<S, F>, F: HostFn<S, P>>(
        path: Arc<str>,
        name: String,
        fuel: u64,
        function: F,
    ) -> Self {
        let (params, results) = (P::Params::TYPES, P::Results::TYPES);
        let function = Arc::new(function);
        let bind = Box::new(move |store: &mut Store<StoreData>, link: Link| {
            let function = Arc::clone(&function);
            let state = Arc::downcast::<Slot<S>>(Arc::clone(&link.state));
            let state = state.expect("a function is bound with the state of its module");
            if link.is_layered() {
                let body = move |caller: &mut Caller<'_, StoreData>, words: &[u64], results: &mut [u64]| {
                    enter_layers::<S, P, F>(caller, &*function, &state, &link, words, results)
                        .map_err(|stop| stopped(caller.data_mut(), stop))
                };
                return listed(store, [params, results], body);
            }
            let body = move |caller: &mut Caller<'_, StoreData>, words: &[u64], results: &mut [u64]| {
                enter::<S, P, F>(caller, &*function, &state, &link, words, results)
                    .map_err(|stop| stopped(caller.data_mut(), stop))
            };
            Side::<P::Params>::function::<_, Side<P::Results>>(store, [params, results], body)
        });
        Self { path, name, params, results, fuel, bind }
    }

    /// Its type, as the outline of a module has it.
    pub(crate) fn signature(&self) -> String {
        let texts = |types: &Types| -> Vec<_> { types.as_slice().iter().map(ValueType::to_string).collect() };
        signature(&texts(&self.params), &texts(&self.results))
    }
}
