//! How is a guest stopped while it runs?
//!
//! It gets its fuel in slices. When one is used up the engine stops, in a way that it can be resumed from, and the host
//! looks around. What the guest does, and how much fuel that takes, is the same as without.

use crate::Run;
use wasmi::{AsContext, Error, Store, TrapCode, TypedFunc, TypedResumableCall, WasmParams, WasmResults};

/// Less than a millisecond, so that an interruption is felt at once; much more than the microsecond that a stop takes.
pub(crate) const SLICE: u64 = 200_000;

/// Why a function did not return.
pub(crate) enum Stop {
    /// The engine's reason.
    Engine(Error),
    /// The run was interrupted.
    Interrupted,
}

/// Calls a function with the fuel that the store has.
pub(crate) fn call<T, P: WasmParams, R: WasmResults>(
    function: TypedFunc<P, R>,
    store: &mut Store<T>,
    params: P,
    run: Option<&Run>,
) -> Result<R, Stop> {
    let mut rest = take_slice(store, 0);
    let mut state = function.call_resumable(&mut *store, params);
    loop {
        let paused = match state {
            Ok(TypedResumableCall::OutOfFuel(paused)) => paused,
            Ok(TypedResumableCall::Finished(result)) => {
                give_back(store, rest);
                return Ok(result);
            }
            Ok(TypedResumableCall::HostTrap(trap)) => {
                give_back(store, rest);
                return Err(Stop::Engine(Error::new(trap.host_error().to_string())));
            }
            Err(error) => {
                give_back(store, rest);
                return Err(Stop::Engine(error));
            }
        };
        give_back(store, rest);
        if run.is_some_and(Run::is_interrupted) {
            return Err(Stop::Interrupted);
        }
        if paused.required_fuel() > fuel(store) {
            return Err(Stop::Engine(Error::from(TrapCode::OutOfFuel)));
        }
        rest = take_slice(store, paused.required_fuel());
        state = paused.resume(&mut *store);
    }
}

/// Leaves a slice of the fuel in the store, as much as is required at least, and gives the rest.
fn take_slice<T>(store: &mut Store<T>, required: u64) -> u64 {
    let all = fuel(store);
    let slice = SLICE.max(required).min(all);
    store.set_fuel(slice).expect(FUEL_IS_ON);
    all - slice
}

fn give_back<T>(store: &mut Store<T>, rest: u64) {
    let all = fuel(store) + rest;
    store.set_fuel(all).expect(FUEL_IS_ON);
}

fn fuel<T>(store: &Store<T>) -> u64 {
    store.as_context().get_fuel().expect(FUEL_IS_ON)
}

pub(crate) const FUEL_IS_ON: &str = "each engine of this crate is configured to charge fuel";
