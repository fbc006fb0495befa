//! How is a guest stopped while it runs?
//!
//! It gets its fuel in slices. When one is used up the engine stops, in a way that it can be resumed from, and the host
//! looks around. What the guest does, and how much fuel that takes, is the same as without.

use crate::{Run, limiter::Limiter};
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
pub(crate) fn call<P: WasmParams, R: WasmResults>(
    function: TypedFunc<P, R>,
    store: &mut Store<Limiter>,
    params: P,
    run: Option<&Run>,
) -> Result<R, Stop> {
    take_slice(store, 0);
    let mut state = function.call_resumable(&mut *store, params);
    loop {
        let paused = match state {
            Ok(TypedResumableCall::OutOfFuel(paused)) => paused,
            Ok(TypedResumableCall::Finished(result)) => {
                give_back(store);
                return Ok(result);
            }
            Ok(TypedResumableCall::HostTrap(trap)) => {
                give_back(store);
                return Err(Stop::Engine(Error::new(trap.host_error().to_string())));
            }
            Err(error) => {
                give_back(store);
                return Err(Stop::Engine(error));
            }
        };
        give_back(store);
        if run.is_some_and(Run::is_interrupted) {
            return Err(Stop::Interrupted);
        }
        if paused.required_fuel() > fuel(store) {
            return Err(Stop::Engine(Error::from(TrapCode::OutOfFuel)));
        }
        take_slice(store, paused.required_fuel());
        state = paused.resume(&mut *store);
    }
}

/// Leaves a slice of the fuel in the store, as much as is required at least. The rest is kept beside it, where the host
/// finds it when it charges for a function of its own.
fn take_slice(store: &mut Store<Limiter>, required: u64) {
    let all = fuel(store);
    let slice = SLICE.max(required).min(all);
    store.set_fuel(slice).expect(FUEL_IS_ON);
    store.data_mut().host.reserve = all - slice;
}

fn give_back(store: &mut Store<Limiter>) {
    let all = fuel(store) + std::mem::take(&mut store.data_mut().host.reserve);
    store.set_fuel(all).expect(FUEL_IS_ON);
}

fn fuel(store: &Store<Limiter>) -> u64 {
    store.as_context().get_fuel().expect(FUEL_IS_ON)
}

pub(crate) const FUEL_IS_ON: &str = "each engine of this crate is configured to charge fuel";
