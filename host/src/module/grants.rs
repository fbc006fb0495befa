//! Which functions may a guest import, and what happens when it calls one?

use super::{Function, HostCall, HostFault, HostModule, Offer, Problem, Slot, function::Checked, function::Signature};
use crate::{
    error::{ImportFault, LoadError},
    interface::ExternType,
    outline::Outline,
    sandbox::{
        defect::caught,
        slices::FUEL_IS_ON,
        store::{HostStop, StoreData},
    },
};
use qcell::QCellOwner;
use std::{any::Any, fmt, sync::Arc};
use sync_wrapper::SyncWrapper;
use wasmi::{Caller, Extern, Store};

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

impl Grants {
    pub(crate) fn add<S: Send + 'static>(&mut self, module: HostModule<S>) {
        self.0.retain(|other| other.name != module.name);
        let state = module.state;
        self.0.push(Arc::new(Offer {
            name: module.name,
            state: Box::new(move |key| Arc::new(Slot::new(key, SyncWrapper::new(state())))),
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
    pub(crate) fn bind(&self, store: &mut Store<StoreData>) -> Vec<Extern> {
        if self.functions.is_empty() {
            return Vec::new();
        }
        let key = QCellOwner::new();
        let states: Vec<_> = self.offers.iter().map(|offer| (offer.state)(key.id())).collect();
        store.data_mut().key = Some(key);
        let bind = |(position, function): &(usize, Arc<Function>)| {
            let (function, offer) = (Arc::clone(function), Arc::clone(&self.offers[*position]));
            let (state, fuel) = (Arc::clone(&states[*position]), function.fuel);
            let link = Link { state, fuel, function: Arc::clone(&function), offer };
            (function.bind)(&mut *store, link).into()
        };
        self.functions.iter().map(bind).collect()
    }
}

/// What stands around a function of one instance.
pub(crate) struct Link {
    pub(super) state: Arc<dyn Any + Send + Sync>,
    /// What a call costs, apart from the memory that is passed.
    fuel: u64,
    function: Arc<Function>,
    offer: Arc<Offer>,
}

/// One call of a function of the host.
#[inline]
pub(super) fn enter<S, P: Signature<S, F>, F>(
    caller: &mut Caller<'_, StoreData>,
    function: &F,
    state: &Slot<S>,
    link: &Link,
    words: &[u64],
    results: &mut [u64],
) -> Result<(), HostStop> {
    admit::<S, P, F>(caller, state, link, words, |_, state, memory| P::call(function, state, memory, words, results))
}

/// The same with the layers of the module around it.
pub(super) fn enter_layers<S, P: Signature<S, F>, F>(
    caller: &mut Caller<'_, StoreData>,
    function: &F,
    state: &Slot<S>,
    link: &Link,
    words: &[u64],
    results: &mut [u64],
) -> Result<(), HostStop> {
    admit::<S, P, F>(caller, state, link, words, |fuel, state, memory| {
        let mut body = |results: &mut [u64]| P::call(function, state, memory, words, results);
        HostCall::new(&link.function, fuel, words, &mut body, &link.offer.layers).finish(results)
    })
}

/// Looks at what is passed, and whether there is fuel for it; then runs.
///
/// What runs gets bytes and a state, nothing that it could call the guest with.
#[inline]
fn admit<S, P: Signature<S, F>, F>(
    caller: &mut Caller<'_, StoreData>,
    state: &Slot<S>,
    link: &Link,
    words: &[u64],
    run: impl FnOnce(u64, &mut S, &mut [u8]) -> Checked<()>,
) -> Result<(), HostStop> {
    let here = caller.get_fuel().expect(FUEL_IS_ON);
    // To look for the memory takes as long as everything else here, so that it is done once and not in vain. While it is
    // borrowed nothing can be charged; that comes afterwards.
    let memory = if P::CLAIMS == 0 { None } else { caller.data().memory };
    let (memory, data) = match memory {
        Some(memory) => memory.data_and_store_mut(&mut *caller),
        None => (&mut [][..], caller.data_mut()),
    };
    let bytes = P::check(words, memory.len() as u64).map_err(|fault| link.fault(fault))?;
    let fuel = link.fuel.saturating_add(bytes.div_ceil(BYTES_A_UNIT));
    let missing = fuel.saturating_sub(here);
    // What is missing in this slice comes out of the next ones.
    data.reserve = data.reserve.checked_sub(missing).ok_or(HostStop::Fuel)?;
    let key = data.key.as_mut().expect("a function is bound with the state of its module");
    let state = state.rw(key).get_mut();
    let outcome = caught(|| run(fuel, state, memory));
    caller.set_fuel(here.saturating_sub(fuel)).expect(FUEL_IS_ON);
    outcome.map_err(|what| link.panicked(&what))?.map_err(|fault| link.fault(fault))
}

impl Link {
    pub(super) fn is_layered(&self) -> bool {
        !self.offer.layers.is_empty()
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

impl fmt::Debug for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|offer| &offer.name)).finish()
    }
}
