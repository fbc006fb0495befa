//! What happens when a guest calls a function of the host?

use super::{
    HostCall, Memory, Slot,
    function::{Ended, HostFn, MemoryFn, MemorySignature, Signature},
    grants::Link,
    layer::{Called, Run},
    memory,
};
use crate::{
    error::{Halt, HostFault},
    sandbox::{
        defect::caught,
        slices::FUEL_IS_ON,
        store::{HostStop, StoreData},
    },
};
use std::sync::Arc;
use wasmi::Caller;

/// Looks at what is passed, and whether there is fuel for it; then runs the function.
///
/// It gets bytes and a state, nothing that it could call the guest with.
#[inline]
pub(super) fn enter<S, P: Signature<S, F>, F: HostFn<S, P>>(
    caller: &mut Caller<'_, StoreData>,
    function: &F,
    state: &Slot<S>,
    link: &Link,
    words: &[u64],
    results: &mut [u64],
) -> Result<(), HostStop> {
    let here = caller.get_fuel().expect(FUEL_IS_ON);
    // To look for the memory takes as long as everything else here, so that it is done once and not in vain. While it is
    // borrowed nothing can be charged; that comes afterwards.
    let memory = if P::CLAIMS == 0 { None } else { caller.data().memory };
    let (memory, data) = match memory {
        Some(memory) => memory.data_and_store_mut(&mut *caller),
        None => (&mut [][..], caller.data_mut()),
    };
    let bytes =
        P::check(words, memory.len() as u64).map_err(|(at, problem)| link.ended(Ended::Parameter(at, problem)))?;
    let fuel = link.fuel.saturating_add(bytes.div_ceil(memory::BYTES_A_UNIT));
    let missing = fuel.saturating_sub(here);
    // What is missing in this slice comes out of the next ones.
    data.reserve = data.reserve.checked_sub(missing).ok_or(HostStop::Fuel)?;
    let key = data.key.as_mut().expect("a function is bound with the state of its module");
    let state = state.rw(key).get_mut();
    let outcome = caught(|| P::call(function, state, memory, words, results));
    caller.set_fuel(here.saturating_sub(fuel)).expect(FUEL_IS_ON);
    outcome.map_err(|what| link.panicked(what))?.map_err(|ended| link.ended(ended))
}

/// The same for a function that sees all of the memory.
#[inline]
pub(super) fn enter_with_memory<S, P: MemorySignature<S, F>, F: MemoryFn<S, P>>(
    caller: &mut Caller<'_, StoreData>,
    function: &F,
    state: &Slot<S>,
    link: &Link,
    words: &[u64],
    results: &mut [u64],
) -> Result<(), HostStop> {
    let here = caller.get_fuel().expect(FUEL_IS_ON);
    let data = caller.data_mut();
    let memory = data.memory;
    let budget = here.saturating_add(data.reserve).checked_sub(link.fuel).ok_or(HostStop::Fuel)?;
    // Taken out for the call: the function has the state and the store at once.
    let mut key = data.key.take().expect("a function is bound with the state of its module");
    let outcome = caught(|| {
        let state = state.rw(&mut key).get_mut();
        let mut linear = memory::Called { caller: &mut *caller, memory };
        let mut memory = Memory::new(&mut linear, budget);
        let outcome = P::call(function, state, &mut memory, words, results);
        (outcome, memory.spent())
    });
    let spent = outcome.as_ref().map_or(0, |(_, spent)| *spent);
    let fuel = link.fuel.saturating_add(spent);
    let data = caller.data_mut();
    data.key = Some(key);
    data.reserve = data.reserve.saturating_sub(fuel.saturating_sub(here));
    caller.set_fuel(here.saturating_sub(fuel)).expect(FUEL_IS_ON);
    outcome.map_err(|what| link.panicked(what))?.0.map_err(|ended| link.ended(ended))
}

/// One call with the layers of the module around it.
pub(super) fn around<'c>(
    caller: &mut Caller<'c, StoreData>,
    link: &Link,
    words: &[u64],
    results: &mut [u64],
    run: &mut Run<'_, 'c>,
) -> Result<(), HostStop> {
    let mut inner = Called { caller, run };
    let outcome = caught(|| HostCall::new(link, words, results, &mut inner).finish());
    match outcome.map_err(|what| link.panicked(what))? {
        Some(outcome) => outcome,
        // A layer answered in its place, which is not for nothing.
        None => charge(inner.caller, link.fuel),
    }
}

fn charge(caller: &mut Caller<'_, StoreData>, fuel: u64) -> Result<(), HostStop> {
    let here = caller.get_fuel().expect(FUEL_IS_ON);
    let data = caller.data_mut();
    data.reserve = data.reserve.checked_sub(fuel.saturating_sub(here)).ok_or(HostStop::Fuel)?;
    caller.set_fuel(here.saturating_sub(fuel)).expect(FUEL_IS_ON);
    Ok(())
}

impl Link {
    #[cold]
    fn ended(&self, ended: Ended) -> HostStop {
        let function = Arc::clone(&self.function.path);
        match ended {
            Ended::Parameter(at, problem) => {
                let last = self.function.params.len();
                HostStop::Fault(HostFault { function, parameter: at.min(last) + 1, problem })
            }
            Ended::Halt(Halt::Fuel) => HostStop::Fuel,
            Ended::Halt(halt) => HostStop::Halt { function, halt },
        }
    }

    #[cold]
    fn panicked(&self, what: String) -> HostStop {
        HostStop::Panic { function: Arc::clone(&self.function.path), what }
    }
}
