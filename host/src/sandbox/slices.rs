//! How is a guest stopped while it runs?
//!
//! The fuel of a call lies beside the engine; while the guest runs the engine has some of it. Where that is a slice, the
//! engine stops when it is used up, in a way that it can be resumed from, and the host looks around. What the guest does,
//! and how much fuel that takes, is the same as without.

use super::store::StoreData;
use crate::run::Run;
use std::cell::{Cell, RefCell};
use wasmi::{
    Error, Func, ResumableCall, ResumableCallOutOfFuel, Store, TrapCode, TypedFunc, TypedResumableCall,
    TypedResumableCallOutOfFuel, Val, WasmParams, WasmResults,
};

/// Less than a millisecond, so that an interruption is felt at once; much more than the microsecond that a stop takes.
pub(crate) const SLICE: u64 = 200_000;

/// Why a function did not return.
pub(crate) enum Stop {
    /// The engine's reason.
    Engine(Error),
    /// The run was interrupted.
    Interrupted,
    /// A guest is running on this thread already.
    Nested,
}

/// Says that a guest is running on this thread. There is one at a time: a function of the host that called another could go
/// on until the stack is full.
struct Alone;

thread_local! {
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}

impl Alone {
    fn on_this_thread() -> Result<Self, Stop> {
        if RUNNING.replace(true) { Err(Stop::Nested) } else { Ok(Self) }
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        RUNNING.set(false);
    }
}

/// The fuel that is left of a call, while the guest doesn't run.
pub(crate) fn fuel(store: &Store<StoreData>) -> u64 {
    store.data().reserve
}

/// What a call may use from now on.
pub(crate) fn set_fuel(store: &mut Store<StoreData>, fuel: u64) {
    store.data_mut().reserve = fuel;
}

/// Gives the engine fuel for making an instance, before any call.
pub(crate) fn for_instantiation(store: &mut Store<StoreData>, fuel: u64) {
    store.set_fuel(fuel).expect(FUEL_IS_ON);
}

/// How a call gets its fuel.
#[derive(Clone, Copy)]
pub(crate) enum Mode<'a> {
    /// All that there is at once.
    Whole,
    /// Slice by slice, with a look at the run between two of them.
    Sliced(Option<&'a Run>),
}

/// Calls a function with the fuel that there is.
pub(crate) fn call<P: WasmParams, R: WasmResults>(
    function: TypedFunc<P, R>,
    store: &mut Store<StoreData>,
    params: P,
    mode: Mode<'_>,
) -> Result<R, Stop> {
    let run = match mode {
        Mode::Whole => return whole(store, |store| function.call(store, params)),
        Mode::Sliced(run) => run,
    };
    let step = |state| match state {
        Ok(TypedResumableCall::OutOfFuel(paused)) => Step::Paused(paused),
        Ok(TypedResumableCall::Finished(result)) => Step::Done(result),
        Ok(TypedResumableCall::HostTrap(trap)) => Step::Failed(Error::new(trap.host_error().to_string())),
        Err(error) => Step::Failed(error),
    };
    sliced(
        store,
        run,
        |store| step(function.call_resumable(store, params)),
        |paused: &TypedResumableCallOutOfFuel<R>| paused.required_fuel(),
        |store, paused| step(paused.resume(store)),
    )
}

/// The same for values whose types are known to the engine alone.
pub(crate) fn call_values(
    function: Func,
    store: &mut Store<StoreData>,
    params: &[Val],
    results: &mut [Val],
    mode: Mode<'_>,
) -> Result<(), Stop> {
    let run = match mode {
        Mode::Whole => return whole(store, |store| function.call(store, params, results)),
        Mode::Sliced(run) => run,
    };
    let step = |state| match state {
        Ok(ResumableCall::OutOfFuel(paused)) => Step::Paused(paused),
        Ok(ResumableCall::Finished) => Step::Done(()),
        Ok(ResumableCall::HostTrap(trap)) => Step::Failed(Error::new(trap.host_error().to_string())),
        Err(error) => Step::Failed(error),
    };
    let results = RefCell::new(results);
    sliced(
        store,
        run,
        |store| step(function.call_resumable(store, params, &mut results.borrow_mut())),
        |paused: &ResumableCallOutOfFuel| paused.required_fuel(),
        |store, paused| step(paused.resume(store, &mut results.borrow_mut())),
    )
}

fn whole<R>(
    store: &mut Store<StoreData>,
    call: impl FnOnce(&mut Store<StoreData>) -> Result<R, Error>,
) -> Result<R, Stop> {
    let _alone = Alone::on_this_thread()?;
    hand_over(store, u64::MAX);
    let result = call(store).map_err(Stop::Engine);
    take_back(store);
    result
}

/// How far a call has come.
enum Step<R, P> {
    Done(R),
    Paused(P),
    Failed(Error),
}

fn sliced<R, P>(
    store: &mut Store<StoreData>,
    run: Option<&Run>,
    begin: impl FnOnce(&mut Store<StoreData>) -> Step<R, P>,
    required_fuel: impl Fn(&P) -> u64,
    mut resume: impl FnMut(&mut Store<StoreData>, P) -> Step<R, P>,
) -> Result<R, Stop> {
    let _alone = Alone::on_this_thread()?;
    hand_over(store, SLICE);
    let mut step = begin(store);
    loop {
        take_back(store);
        let paused = match step {
            Step::Done(result) => return Ok(result),
            Step::Failed(error) => return Err(Stop::Engine(error)),
            Step::Paused(paused) => paused,
        };
        if run.is_some_and(Run::is_interrupted) {
            return Err(Stop::Interrupted);
        }
        let required = required_fuel(&paused);
        if required > fuel(store) {
            return Err(Stop::Engine(Error::from(TrapCode::OutOfFuel)));
        }
        hand_over(store, SLICE.max(required));
        step = resume(store, paused);
    }
}

/// Gives the engine so much of the fuel, or what there is. The rest stays where the host finds it when it charges for a
/// function of its own.
fn hand_over(store: &mut Store<StoreData>, most: u64) {
    let all = fuel(store);
    let slice = most.min(all);
    set_fuel(store, all - slice);
    store.set_fuel(slice).expect(FUEL_IS_ON);
}

fn take_back(store: &mut Store<StoreData>) {
    let left = store.get_fuel().expect(FUEL_IS_ON);
    store.data_mut().reserve += left;
}

pub(crate) const FUEL_IS_ON: &str = "each engine of this crate is configured to charge fuel";
