//! Which functions may a guest import, and what happens when it calls one?

use super::{Function, HostCall, HostFault, HostModule, Offer, Types, ValueType, layer::Layer};
use crate::{
    defect::caught,
    error::{ImportFault, LoadError},
    limiter::Limiter,
    outline::{ExternType, Outline},
    slices::FUEL_IS_ON,
};
use std::{any::Any, fmt, sync::Arc};
use wasmi::{Caller, Extern, FuncType, Memory, Store, Val, ValType};

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
    /// Fuel of the call that is not in the store, while it runs in slices.
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
            let (position, function, offer) = (*position, Arc::clone(function), Arc::clone(&self.offers[*position]));
            let ty = FuncType::new(types(&function.params), types(&function.results));
            wasmi::Func::new(&mut *store, ty, move |mut caller: Caller<'_, Limiter>, args, results| {
                let stop = match enter(&mut caller, position, &function, &offer.layers, args, results) {
                    Ok(()) => return Ok(()),
                    Err(stop) => stop,
                };
                caller.data_mut().host.stop = Some(stop);
                Err(wasmi::Error::new("stopped by a function of the host"))
            })
            .into()
        };
        self.functions.iter().map(bind).collect()
    }
}

/// One call of a function of the host: look at what is passed, charge for it, run.
///
/// The function gets bytes and a state, nothing that it could call the guest with.
fn enter(
    caller: &mut Caller<'_, Limiter>,
    position: usize,
    function: &Function,
    layers: &[Layer],
    args: &[Val],
    results: &mut [Val],
) -> Result<(), HostStop> {
    let mut words = [0; Types::MAX];
    words.iter_mut().zip(args).for_each(|(word, value)| *word = bits(value));
    let words = &words[..args.len()];
    let fault = |(parameter, problem)| {
        HostStop::Fault(HostFault { function: Arc::clone(&function.path), parameter: parameter + 1, problem })
    };

    let memory = caller.data().host.memory.ok_or_else(|| HostStop::Panic("called before there is a memory".into()))?;
    let bytes = (function.erased.check)(words, memory.data_size(&*caller) as u64).map_err(fault)?;
    charge(caller, function.fuel.saturating_add(bytes.div_ceil(BYTES_A_UNIT)))?;

    let (memory, data) = memory.data_and_store_mut(&mut *caller);
    let state = data.host.states[position].as_mut();
    let mut call = HostCall { function, words, results: [0; Types::MAX], outcome: None, state, memory, layers };
    caught(|| call.run())
        .map_err(|what| HostStop::Panic(format!("the host's `{}` panicked: {what}", function.path)))?;
    call.outcome.unwrap_or(Ok(())).map_err(fault)?;
    for ((result, word), ty) in results.iter_mut().zip(call.results).zip(function.results.as_slice()) {
        *result = value(*ty, word);
    }
    Ok(())
}

/// Bytes of memory that are passed for a unit of fuel: what a guest reads with one instruction.
const BYTES_A_UNIT: u64 = 8;

fn charge(caller: &mut Caller<'_, Limiter>, fuel: u64) -> Result<(), HostStop> {
    let here = caller.get_fuel().expect(FUEL_IS_ON);
    let reserve = caller.data().host.reserve;
    let left = here.saturating_add(reserve).checked_sub(fuel).ok_or(HostStop::Fuel)?;
    // What is missing in this slice comes out of the next ones.
    let here = here.saturating_sub(fuel);
    caller.set_fuel(here).expect(FUEL_IS_ON);
    caller.data_mut().host.reserve = left - here;
    Ok(())
}

fn bits(value: &Val) -> u64 {
    match value {
        Val::I32(value) => value.cast_unsigned().into(),
        Val::I64(value) => value.cast_unsigned(),
        Val::F32(value) => value.to_bits().into(),
        Val::F64(value) => value.to_bits(),
        // No parameter is of another type.
        _ => 0,
    }
}

fn value(ty: ValueType, word: u64) -> Val {
    let low = super::param::low(word);
    match ty {
        ValueType::I32 => Val::I32(low.cast_signed()),
        ValueType::I64 => Val::I64(word.cast_signed()),
        ValueType::F32 => Val::F32(wasmi::F32::from_bits(low)),
        ValueType::F64 => Val::F64(wasmi::F64::from_bits(word)),
    }
}

fn types(types: &Types) -> Vec<ValType> {
    let one = |ty: &ValueType| match ty {
        ValueType::I32 => ValType::I32,
        ValueType::I64 => ValType::I64,
        ValueType::F32 => ValType::F32,
        ValueType::F64 => ValType::F64,
    };
    types.as_slice().iter().map(one).collect()
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
