//! What does an instance have beside its memory, and how much may it grow?

use crate::{
    error::{Halt, HostFault, MemoryRefused},
    limits::Limits,
};
use qcell::QCellOwner;
use std::{any::Any, fmt, sync::Arc};
use wasmi::{
    Memory, ResourceLimiter,
    errors::{MemoryError, TableError},
};
use wasmi_core::LimiterError;

/// The data of a store: all that the host knows of one instance.
///
/// It grants growth up to the limits, and remembers what it refused: a guest that traps soon afterwards most likely did
/// so for that reason, and says less about it than the host can.
pub(crate) struct StoreData {
    memory_bytes: u64,
    table_elements: usize,
    tables: usize,
    /// Where the guest says that its panic text is found.
    pub(crate) panic_address: Option<u32>,
    pub(crate) refused: Option<MemoryRefused>,
    /// The guest's memory, once there is one.
    pub(crate) memory: Option<Memory>,
    /// The key of the states of host modules, once there are any.
    pub(crate) key: Option<QCellOwner>,
    pub(crate) states: Vec<State>,
    /// Fuel of the call that the engine doesn't have.
    pub(crate) reserve: u64,
    /// Why a function of the host stopped the guest.
    pub(crate) stop: Option<HostStop>,
}

/// Why a function of the host stopped the guest.
#[derive(Clone, Debug)]
pub(crate) enum HostStop {
    /// There was not enough fuel for it.
    Fuel,
    /// The guest passed something wrong.
    Fault(HostFault),
    /// The function ended the call.
    Halt { function: Arc<str>, halt: Halt },
    /// The function panicked.
    Panic { function: Arc<str>, what: String },
}

/// The state that the functions of a host module have in one instance.
pub(crate) struct State {
    pub(crate) module: Arc<str>,
    /// What it is a value of is known to the room that made it.
    pub(crate) slot: Arc<dyn Any + Send + Sync>,
}

impl StoreData {
    pub(crate) fn new(limits: &Limits, memory_bytes: u64) -> Self {
        Self {
            memory_bytes,
            table_elements: limits.table_elements as usize,
            tables: limits.tables as usize,
            panic_address: None,
            refused: None,
            memory: None,
            key: None,
            states: Vec::new(),
            reserve: 0,
            stop: None,
        }
    }
}

impl ResourceLimiter for StoreData {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool, LimiterError> {
        let (desired, limit) = (desired as u64, self.memory_bytes);
        if desired > limit {
            let wanted = self.refused.map_or(desired, |before| before.wanted.max(desired));
            self.refused = Some(MemoryRefused { wanted, limit });
        }
        Ok(desired <= limit)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool, LimiterError> {
        Ok(desired <= self.table_elements)
    }

    // The system's own refusal is the same to the guest: growth fails, it goes on.
    fn memory_grow_failed(&mut self, _: &MemoryError) -> Result<(), LimiterError> {
        Ok(())
    }

    fn table_grow_failed(&mut self, _: &TableError) -> Result<(), LimiterError> {
        Ok(())
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        self.tables
    }

    fn memories(&self) -> usize {
        // A module has one at most; one that is imported is counted when it is made, and again with the module.
        2
    }
}

impl fmt::Debug for StoreData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreData").field("reserve", &self.reserve).finish_non_exhaustive()
    }
}
