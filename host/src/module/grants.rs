//! Which imports does an engine have something for, and what is that in an instance?

use super::{Function, HostModule, Offer, States, states};
use crate::{
    error::{Halt, ImportFault, LoadError},
    interface::{ExternType, Import},
    outline::Outline,
    sandbox::store::{HostStop, State, StoreData},
};
use qcell::QCellOwner;
use std::{
    any::{Any, TypeId},
    fmt,
    sync::Arc,
};
use wasmi::{Caller, Error, Extern, Func, Memory, Store};

/// The host modules of an engine.
#[derive(Clone, Default)]
pub(crate) struct Grants(Vec<Arc<Offer>>);

/// What the imports of a module stand for.
#[derive(Clone, Default)]
pub(crate) struct Links {
    offers: Vec<Arc<Offer>>,
    /// In the order of the engine.
    links: Vec<(Import, Linked)>,
}

/// What an import stands for.
#[derive(Clone)]
enum Linked {
    /// A function, and the position of its module.
    Function(usize, Arc<Function>),
    /// A memory that is made for the instance.
    Memory,
    /// A function that ends the call, and names itself.
    Stub,
}

impl Grants {
    pub(crate) fn add<S: Send + 'static>(&mut self, module: HostModule<S>) {
        self.0.retain(|other| other.name != module.name);
        let state = module.state;
        self.0.push(Arc::new(Offer {
            name: module.name,
            state_type: TypeId::of::<S>(),
            state: Box::new(move |key| states::slot(key, state())),
            functions: module.functions,
            layers: module.layers,
            memory: module.memory,
            stubs: module.stubs,
        }));
    }

    /// The first modules that are imported from and are not there, with what is imported.
    pub(crate) fn strange(&self, outline: &Outline) -> Vec<Import> {
        outline.imports.iter().filter(|import| self.position(&import.module).is_none()).cloned().collect()
    }

    fn position(&self, module: &str) -> Option<usize> {
        self.0.iter().position(|offer| *offer.name == *module)
    }

    /// Finds what a module imports. Nothing of it is called yet.
    pub(crate) fn resolve(&self, outline: &Outline) -> Result<Links, LoadError> {
        let (mut links, mut faults) = (Vec::new(), Vec::new());
        for import in &outline.imports {
            let Some(position) = self.position(&import.module) else { continue };
            match self.0[position].linked(position, import) {
                Ok(linked) => links.push((import.clone(), linked)),
                Err(offered) => faults.push(ImportFault { import: import.clone(), offered }),
            }
        }
        // The engine wants those of one kind together, functions first.
        links.sort_by_key(|(import, _): &(Import, _)| !matches!(import.ty, ExternType::Function { .. }));
        if faults.is_empty() { Ok(Links { offers: self.0.clone(), links }) } else { Err(LoadError::Granted(faults)) }
    }
}

impl Offer {
    /// What it has for an import; or else what it has under that name.
    fn linked(&self, position: usize, import: &Import) -> Result<Linked, Option<String>> {
        if self.memory.as_deref() == Some(&*import.name) {
            return match import.ty {
                ExternType::Memory { wide: false, .. } => Ok(Linked::Memory),
                _ => Err(Some("32-bit memory".to_owned())),
            };
        }
        match self.functions.iter().find(|function| function.name == import.name) {
            Some(function) if import.ty == (ExternType::Function { signature: function.signature() }) => {
                Ok(Linked::Function(position, Arc::clone(function)))
            }
            Some(function) => Err(Some(format!("function {}", function.signature()))),
            None if self.stubs && matches!(import.ty, ExternType::Function { .. }) => Ok(Linked::Stub),
            None => Err(None),
        }
    }
}

impl Links {
    /// Fuel for binding them.
    pub(crate) fn fuel(&self) -> u64 {
        64 * self.links.len() as u64
    }

    /// The name and the type of state of each module.
    fn modules(&self) -> Vec<(&str, TypeId)> {
        self.offers.iter().map(|offer| (&*offer.name, offer.state_type)).collect()
    }

    /// What the imports of one instance are, with states of its own: those that are given, and others as their modules make
    /// them. Fails with what is wrong with a state that is given.
    pub(crate) fn begin(&self, store: &mut Store<StoreData>, given: States) -> Result<(), String> {
        let places = given.places(&self.modules())?;
        if self.offers.is_empty() {
            return Ok(());
        }
        let key = QCellOwner::new();
        let mut slots: Vec<Option<Arc<dyn Any + Send + Sync>>> = vec![None; self.offers.len()];
        for (place, slot) in places.into_iter().zip(given.into_slots()) {
            slots[place] = Some(slot(key.id()));
        }
        let states = self.offers.iter().zip(slots).map(|(offer, slot)| {
            let slot = slot.unwrap_or_else(|| (offer.state)(key.id()));
            State { module: Arc::clone(&offer.name), slot }
        });
        store.data_mut().states = states.collect();
        store.data_mut().key = Some(key);
        Ok(())
    }

    /// The imports of one instance that has its states, in the order in which the engine wants them: those of one kind
    /// stand together.
    pub(crate) fn bind(&self, store: &mut Store<StoreData>, module: &wasmi::Module) -> Result<Vec<Extern>, Error> {
        let mut externs = Vec::with_capacity(self.links.len());
        if self.links.is_empty() {
            return Ok(externs);
        }
        for ((own, linked), import) in self.links.iter().zip(module.imports()) {
            debug_assert_eq!((&*own.module, &*own.name), (import.module(), import.name()));
            externs.push(match (linked, import.ty()) {
                (Linked::Function(position, function), _) => {
                    let (function, offer) = (Arc::clone(function), Arc::clone(&self.offers[*position]));
                    let (state, fuel) = (Arc::clone(&store.data().states[*position].slot), function.fuel);
                    let link = Link { state, fuel, function: Arc::clone(&function), offer };
                    (function.bind)(&mut *store, link).into()
                }
                (Linked::Memory, wasmi::ExternType::Memory(ty)) => {
                    let memory = Memory::new(&mut *store, *ty)?;
                    store.data_mut().memory = Some(memory);
                    memory.into()
                }
                (Linked::Stub, wasmi::ExternType::Func(ty)) => {
                    let path = Arc::from(format!("{}.{}", own.module, own.name));
                    stub(&mut *store, ty.clone(), path).into()
                }
                _ => return Err(Error::new("an import is of another kind than it was")),
            });
        }
        Ok(externs)
    }
}

/// A function that ends the call.
fn stub(store: &mut Store<StoreData>, ty: wasmi::FuncType, path: Arc<str>) -> Func {
    Func::new(store, ty, move |mut caller: Caller<'_, StoreData>, _, _| {
        let stop = HostStop::Halt { function: Arc::clone(&path), halt: Halt::Unprovided };
        Err(super::function::stopped(caller.data_mut(), stop))
    })
}

/// What stands around a function of one instance.
pub(crate) struct Link {
    pub(super) state: Arc<dyn Any + Send + Sync>,
    /// What a call costs, apart from the memory that is passed.
    pub(super) fuel: u64,
    pub(super) function: Arc<Function>,
    pub(super) offer: Arc<Offer>,
}

impl fmt::Debug for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|offer| &offer.name)).finish()
    }
}
