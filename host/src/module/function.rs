//! How does a Rust function become one of a guest's imports?

use super::{Claim, Function, Param, Problem, Ret, Types, claim, types::ValueType};
use crate::outline::signature;
use std::{any::Any, sync::Arc};

/// A function that a [`HostModule`](super::HostModule) can offer: one that takes the state, `&mut S`, and up to twelve
/// parameters, each a [`Param`], and returns a [`Ret`]. Methods of `S` are such functions.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a function of a host module with the state `{S}`",
    note = "it takes `&mut {S}` and up to twelve parameters that implement `Param`, and returns what implements `Ret`",
    note = "a closure needs the types of its parameters written out"
)]
pub trait HostFn<S, Signature>: Send + Sync + 'static {
    /// What it takes.
    #[doc(hidden)]
    const PARAMS: Types;
    /// What it returns.
    #[doc(hidden)]
    const RESULTS: Types;

    /// Number of bytes that are passed.
    #[doc(hidden)]
    fn check(words: &[u64], memory: u64) -> Result<u64, (usize, Problem)>;

    /// Runs it, once that was checked.
    #[doc(hidden)]
    fn call(
        &self,
        state: &mut S,
        memory: &mut [u8],
        words: &[u64],
        results: &mut [u64],
    ) -> Result<(), (usize, Problem)>;
}

macro_rules! functions {
    ($count:literal $($param:ident $position:literal)*) => {
        impl<S, F, R, $($param,)*> HostFn<S, fn($($param,)*) -> R> for F
        where
            F: Send + Sync + 'static,
            // Twice: the first finds out what the parameters are, the second says that they can be borrowed for any
            // length of time.
            for<'f> &'f F: Fn(&mut S, $($param,)*) -> R + Fn(&mut S, $($param::Item<'_>,)*) -> R,
            R: Ret,
            $($param: Param,)*
        {
            const PARAMS: Types = Types::of(&[])$(.and($param::TYPES))*;
            const RESULTS: Types = R::TYPES;

            fn check(words: &[u64], memory: u64) -> Result<u64, (usize, Problem)> {
                claim::check(&claims!(words $($param)*), memory)
            }

            #[allow(non_snake_case, unused_variables, unused_mut, unused_assignments)]
            fn call(
                &self,
                state: &mut S,
                memory: &mut [u8],
                words: &[u64],
                results: &mut [u64],
            ) -> Result<(), (usize, Problem)> {
                /// Says which of the two is meant.
                #[allow(clippy::too_many_arguments)]
                fn run<S, R, $($param,)*>(
                    function: impl Fn(&mut S, $($param,)*) -> R,
                    state: &mut S,
                    $($param: $param,)*
                ) -> R {
                    function(state, $($param,)*)
                }

                let size = memory.len() as u64;
                let claims: [Option<Claim>; $count] = claims!(words $($param)*);
                let mut rest = words;
                let mut pieces = claim::carve(&claims, memory).into_iter();
                $(
                    let piece = pieces.next().unwrap_or_default();
                    let $param = $param::load(rest, piece).map_err(|problem| ($position, problem.within(size)))?;
                    rest = &rest[$param::TYPES.len()..];
                )*
                run(self, state, $($param,)*).store(results);
                Ok(())
            }
        }
    };
}

macro_rules! claims {
    ($words:ident $($param:ident)*) => {{
        #[allow(unused_variables, unused_mut)]
        let mut rest = $words;
        [$({
            let claim = $param::claim(rest);
            #[allow(unused_assignments)]
            {
                rest = &rest[$param::TYPES.len()..];
            }
            claim
        },)*]
    }};
}

functions!(0);
functions!(1 A 0);
functions!(2 A 0 B 1);
functions!(3 A 0 B 1 C 2);
functions!(4 A 0 B 1 C 2 D 3);
functions!(5 A 0 B 1 C 2 D 3 E 4);
functions!(6 A 0 B 1 C 2 D 3 E 4 G 5);
functions!(7 A 0 B 1 C 2 D 3 E 4 G 5 H 6);
functions!(8 A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7);
functions!(9 A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8);
functions!(10 A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9);
functions!(11 A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9 L 10);
functions!(12 A 0 B 1 C 2 D 3 E 4 G 5 H 6 I 7 J 8 K 9 L 10 M 11);

impl Problem {
    /// Tells it the size of the memory, where a parameter alone doesn't know it.
    fn within(mut self, size: u64) -> Self {
        if let Self::NotUtf8 { memory, .. } = &mut self {
            *memory = size;
        }
        self
    }
}

/// The functions of a [`HostFn`] for a state whose type isn't known.
pub(super) struct Erased {
    pub(super) check: fn(&[u64], u64) -> Checked<u64>,
    pub(super) call: Box<Call>,
}

type Call = dyn Fn(&mut dyn Any, &mut [u8], &[u64], &mut [u64]) -> Checked<()> + Send + Sync;

/// Fails with a parameter, from 0, and what is wrong with it.
type Checked<T> = Result<T, (usize, Problem)>;

impl Function {
    pub(super) fn new<S: 'static, Signature, F: HostFn<S, Signature>>(
        path: Arc<str>,
        name: String,
        fuel: u64,
        function: F,
    ) -> Self {
        let call = Box::new(move |state: &mut dyn Any, memory: &mut [u8], words: &[u64], results: &mut [u64]| {
            let state = state.downcast_mut().expect("a function is bound with the state of its module");
            function.call(state, memory, words, results)
        });
        Self { path, name, params: F::PARAMS, results: F::RESULTS, fuel, erased: Erased { check: F::check, call } }
    }

    /// Its type, as the outline of a module has it.
    pub(crate) fn signature(&self) -> String {
        let texts = |types: &Types| -> Vec<_> { types.as_slice().iter().map(ValueType::to_string).collect() };
        signature(&texts(&self.params), &texts(&self.results))
    }
}
