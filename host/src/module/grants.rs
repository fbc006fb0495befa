//! Which functions may a guest import, and what happens when it calls one?

use super::{Function, HostCall, HostFault, HostFn, HostModule, Offer, Problem, function::Checked, layer::Body};
use crate::{
    defect::caught,
    error::{ImportFault, LoadError},
    limiter::Limiter,
    outline::{ExternType, Outline},
    slices::FUEL_IS_ON,
};
use std::{any::Any, fmt, sync::Arc};
use wasmi::{Caller, Extern, Memory, Store};

/// The host modules of an engine.
#[derive(Clone, Default)]
pub(crate) struct Grants(Vec<Arc<Offer>>);

/// What the imports of a module stand for.
#[derive(Clone, Default)]
pub(crate) struct Links {
    offers: Vec<Arc<Offer>>,
    /// In the order of the imports, each with the position of its module.
    functions: Vec<(usize, Arc<Function>)>,
}

/// What the host modules of one instance have: it is part of the data of the store.
#[derive(Default)]
pub(crate) struct Bound {
    /// The guest's, once there is one.
    pub(crate) memory: Option<Memory>,
    states: Vec<Box<dyn Any + Send>>,
    /// Fuel of the call that the engine doesn't have.
    pub(crate) reserve: u64,
    /// Why a function of the host stopped the guest.
    pub(crate) stop: Option<HostStop>,
}

/// Why a function of the host stopped the guest.
pub(crate) enum HostStop {
    /// There was not enough fuel for it.
    Fuel,
    /// The guest passed something wrong.
    Fault(HostFault),
    /// The function panicked.
    Panic(String),
}

impl Grants {
    pub(crate) fn add<S: Send + 'static>(&mut self, module: HostModule<S>) {
        self.0.retain(|other| other.name != module.name);
        let state = module.state;
        self.0.push(Arc::new(Offer {
            name: module.name,
            state: Box::new(move || Box::new(state())),
            functions: module.functions,
            layers: module.layers,
        }));
    }

    /// Finds what a module imports. Nothing of it is called yet.
    pub(crate) fn resolve(&self, outline: &Outline) -> Result<Links, LoadError> {
        let offer = |module: &str| self.0.iter().position(|offer| *offer.name == *module);
        let strange: Vec<_> =
            outline.imports.iter().filter(|import| offer(&import.module).is_none()).cloned().collect();
        if !strange.is_empty() {
            return Err(LoadError::Imports(strange));
        }
        let (mut functions, mut faults) = (Vec::new(), Vec::new());
        for import in &outline.imports {
            let Some(position) = offer(&import.module) else { continue };
            let function = self.0[position].functions.iter().find(|function| function.name == import.name);
            match function {
                Some(function) if import.ty == (ExternType::Function { signature: function.signature() }) => {
                    functions.push((position, Arc::clone(function)));
                }
                function => faults.push(ImportFault {
                    import: import.clone(),
                    offered: function.map(|function| format!("function {}", function.signature())),
                }),
            }
        }
        if faults.is_empty() {
            Ok(Links { offers: self.0.clone(), functions })
        } else {
            Err(LoadError::Granted(faults))
        }
    }
}

impl Links {
    /// Fuel for binding them.
    pub(crate) fn fuel(&self) -> u64 {
        64 * self.functions.len() as u64
    }

    /// The functions for one instance, with states of its own.
    pub(crate) fn bind(&self, store: &mut Store<Limiter>) -> Vec<Extern> {
        if self.functions.is_empty() {
            return Vec::new();
        }
        store.data_mut().host.states = self.offers.iter().map(|offer| (offer.state)()).collect();
        let bind = |(position, function): &(usize, Arc<Function>)| {
            let (function, offer) = (Arc::clone(function), Arc::clone(&self.offers[*position]));
            let (fuel, layered) = (function.fuel, !offer.layers.is_empty());
            let link = Link { position: *position, fuel, layered, function: Arc::clone(&function), offer };
            (function.bind)(&mut *store, link).into()
        };
        self.functions.iter().map(bind).collect()
    }
}

/// What stands around a function of one instance.
pub(crate) struct Link {
    /// That of the state.
    position: usize,
    /// What a call costs, apart from the memory that is passed.
    fuel: u64,
    layered: bool,
    function: Arc<Function>,
    offer: Arc<Offer>,
}

/// One call of a function of the host: look at what is passed, charge for it, run.
///
/// The function gets bytes and a state, nothing that it could call the guest with.
#[inline]
pub(super) fn enter<S: 'static, Signature, F: HostFn<S, Signature>>(
    caller: &mut Caller<'_, Limiter>,
    function: &F,
    link: &Link,
    words: &[u64],
    results: &mut [u64],
) -> Result<(), HostStop> {
    let memory = if F::CLAIMS == 0 { None } else { caller.data().host.memory };
    let size = memory.map_or(0, |memory| memory.data_size(&*caller) as u64);
    let bytes = F::check(words, size).map_err(|fault| link.fault(fault))?;
    let fuel = link.fuel.saturating_add(bytes.div_ceil(BYTES_A_UNIT));
    charge(caller, fuel)?;

    let (memory, data) = match memory {
        Some(memory) => memory.data_and_store_mut(&mut *caller),
        None => (&mut [][..], caller.data_mut()),
    };
    let state = data.host.states[link.position].downcast_mut::<S>();
    let state = state.expect("a function is bound with the state of its module");
    let mut run = |results: &mut [u64]| function.call(state, memory, words, results);
    let outcome =
        if link.layered { caught(|| link.around(fuel, words, &mut run, results)) } else { caught(|| run(results)) };
    outcome.map_err(|what| link.panicked(&what))?.map_err(|fault| link.fault(fault))
}

impl Link {
    /// Runs it within the layers of its module.
    fn around(&self, fuel: u64, words: &[u64], body: &mut Body<'_>, results: &mut [u64]) -> Checked<()> {
        HostCall::new(&self.function, fuel, words, body, &self.offer.layers).finish(results)
    }

    #[cold]
    fn fault(&self, (parameter, problem): (usize, Problem)) -> HostStop {
        HostStop::Fault(HostFault { function: Arc::clone(&self.function.path), parameter: parameter + 1, problem })
    }

    #[cold]
    fn panicked(&self, what: &str) -> HostStop {
        HostStop::Panic(format!("the host's `{}` panicked: {what}", self.function.path))
    }
}

/// Bytes of memory that are passed for a unit of fuel: what a guest reads with one instruction.
const BYTES_A_UNIT: u64 = 8;

#[inline]
fn charge(caller: &mut Caller<'_, Limiter>, fuel: u64) -> Result<(), HostStop> {
    let here = caller.get_fuel().expect(FUEL_IS_ON);
    if let Some(left) = here.checked_sub(fuel) {
        caller.set_fuel(left).expect(FUEL_IS_ON);
        return Ok(());
    }
    charge_later(caller, fuel - here)
}

/// What is missing in this slice comes out of the next ones.
#[cold]
fn charge_later(caller: &mut Caller<'_, Limiter>, missing: u64) -> Result<(), HostStop> {
    let reserve = &mut caller.data_mut().host.reserve;
    *reserve = reserve.checked_sub(missing).ok_or(HostStop::Fuel)?;
    caller.set_fuel(0).expect(FUEL_IS_ON);
    Ok(())
}

impl fmt::Debug for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|offer| &offer.name)).finish()
    }
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound").field("reserve", &self.reserve).finish_non_exhaustive()
    }
}
