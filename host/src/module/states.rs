//! Which states do the host modules of an instance begin with?

use super::Slot;
use crate::sandbox::store::{State, StoreData};
use qcell::QCellOwnerID;
use std::{
    any::{Any, TypeId, type_name},
    fmt,
    sync::Arc,
};
use sync_wrapper::SyncWrapper;

/// States for an instance, in place of those that its host modules would make:
/// [`Module::start_with_states`](crate::Module::start_with_states).
///
/// ```
/// # use dorcas_host::States;
/// # struct Clock(u64);
/// // One finds its module by its type; one of a type that several modules have is named.
/// let states = States::new().with(Clock(0)).with_named("left", 1_u32).with_named("right", 2_u32);
/// ```
#[derive(Default)]
pub struct States(Vec<Given>);

struct Given {
    module: Option<String>,
    ty: TypeId,
    ty_name: &'static str,
    slot: Box<dyn FnOnce(QCellOwnerID) -> Arc<dyn Any + Send + Sync> + Send>,
}

impl States {
    /// None: each host module makes its own.
    pub fn new() -> Self {
        Self::default()
    }

    /// These, and the state of the one host module whose functions take an `S`.
    #[must_use]
    pub fn with<S: Send + 'static>(self, state: S) -> Self {
        self.given(None, state)
    }

    /// These, and the state of the host module of that name, whose functions take an `S`.
    #[must_use]
    pub fn with_named<S: Send + 'static>(self, module: impl Into<String>, state: S) -> Self {
        self.given(Some(module.into()), state)
    }

    fn given<S: Send + 'static>(mut self, module: Option<String>, state: S) -> Self {
        let slot = move |key| -> Arc<dyn Any + Send + Sync> { slot(key, state) };
        let (ty, ty_name) = (TypeId::of::<S>(), type_name::<S>());
        self.0.push(Given { module, ty, ty_name, slot: Box::new(slot) });
        self
    }

    /// The places of the modules, given by name and type of state, that each of them is for. Fails with the first one that
    /// has no place, or could have several.
    pub(super) fn places(&self, modules: &[(&str, TypeId)]) -> Result<Vec<usize>, String> {
        let place = |given: &Given| {
            let fits = |(name, ty): &(&str, TypeId)| {
                *ty == given.ty && given.module.as_deref().is_none_or(|module| module == *name)
            };
            let found: Vec<_> = (0..).zip(modules).filter(|(_, module)| fits(module)).map(|(place, _)| place).collect();
            match (&found[..], &given.module) {
                ([place], _) => Ok(*place),
                ([], None) => Err(format!("a state of type `{}`", given.ty_name)),
                ([], Some(module)) => Err(format!("the name `{module}` and a state of type `{}`", given.ty_name)),
                _ => Err(format!("the only state of type `{}`; name the module of this one", given.ty_name)),
            }
        };
        self.0.iter().map(place).collect()
    }

    pub(super) fn into_slots(
        self,
    ) -> impl Iterator<Item = Box<dyn FnOnce(QCellOwnerID) -> Arc<dyn Any + Send + Sync> + Send>> {
        self.0.into_iter().map(|given| given.slot)
    }
}

pub(super) fn slot<S: Send + 'static>(key: QCellOwnerID, state: S) -> Arc<Slot<S>> {
    Arc::new(Slot::new(key, SyncWrapper::new(state)))
}

/// The state of a module, by its type, and by the name of the module if there is one.
pub(crate) fn state<'a, S: Send + 'static>(data: &'a mut StoreData, module: Option<&str>) -> Option<&'a mut S> {
    let named = |state: &&State| module.is_none_or(|module| *state.module == *module);
    let slot = data.states.iter().filter(named).find_map(|state| state.slot.downcast_ref::<Slot<S>>())?;
    Some(slot.rw(data.key.as_mut()?).get_mut())
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|given| given.ty_name)).finish()
    }
}
