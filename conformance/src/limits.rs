//! Under which limits does a module run here?

use dorcas_host::Limits;
use serde::Serialize;

/// Most fuel of one call. A call on a directory takes some thousandths of that.
const FUEL_PER_CALL: u64 = 200_000_000;
/// Most fuel of a whole run, which bounds its time whatever a guest does. A small guest in Go takes two thirds of it.
const FUEL_IN_ALL: u64 = 12_000_000_000;

/// The limits under which modules run here. Every report has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RunnerLimits {
    /// Fuel of one call of an export.
    pub fuel_per_call: u64,
    /// A method whose request is larger has `fuel_per_call` once more for each so many bytes of it.
    pub fuel_bytes: u32,
    /// Fuel of all calls of a run.
    pub fuel_in_all: u64,
    /// Linear memory, unless a check is about a smaller one.
    pub memory_bytes: u64,
    /// Calls within calls.
    pub call_depth: u32,
    /// Bytes of the module.
    pub module_bytes: u32,
}

impl Default for RunnerLimits {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            fuel_per_call: FUEL_PER_CALL,
            fuel_bytes: limits.fuel_bytes,
            fuel_in_all: FUEL_IN_ALL,
            memory_bytes: limits.memory_bytes,
            call_depth: limits.recursion_depth,
            module_bytes: limits.module_bytes,
        }
    }
}

impl RunnerLimits {
    pub(crate) fn host(&self) -> Limits {
        Limits { fuel_per_call: self.fuel_per_call, fuel_bytes: self.fuel_bytes, ..Limits::default() }
    }

    /// Fuel of a call with a request of so many bytes, as a host has it.
    pub(crate) fn fuel_for(&self, request_bytes: u32) -> u64 {
        self.host().fuel_for(request_bytes.into())
    }
}
