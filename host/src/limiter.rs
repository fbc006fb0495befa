//! What happens when a guest asks for more memory?

use crate::{Limits, MemoryRefused, module::Bound};
use wasmi::{
    ResourceLimiter,
    errors::{MemoryError, TableError},
};
use wasmi_core::LimiterError;

/// Grants growth up to the limits, and remembers what it refused: a guest that traps soon afterwards most likely did
/// so for that reason, and says less about it than the host can.
#[derive(Debug)]
pub(crate) struct Limiter {
    memory_bytes: u64,
    table_elements: usize,
    tables: usize,
    /// Where the guest says that its panic text is found.
    pub(crate) panic_address: Option<u32>,
    pub(crate) refused: Option<MemoryRefused>,
    /// The functions that the guest imports.
    pub(crate) host: Bound,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            memory_bytes: limits.memory_bytes,
            table_elements: limits.table_elements as usize,
            tables: limits.tables as usize,
            panic_address: None,
            refused: None,
            host: Bound::default(),
        }
    }
}

impl ResourceLimiter for Limiter {
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
        1
    }
}
