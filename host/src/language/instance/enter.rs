//! What happens when the guest runs, and when it stops?

use super::{Instance, touched};
use crate::{
    error::{At, CallError, Exceeded, TrapKind},
    language::door::{Broken, Door},
    run::Run,
    sandbox::{
        defect::caught,
        dispatch,
        slices::{self, Stop},
        store::HostStop,
        trap,
    },
    stats::CallStats,
};
use std::sync::Arc;
use wasmi::{TrapCode, TypedFunc, WasmParams, WasmResults};

impl Instance {
    /// Runs a function of the guest. This is the only place where that happens.
    pub(super) fn enter<P: WasmParams, R: WasmResults>(
        &mut self,
        door: &Door,
        entry: &'static str,
        function: TypedFunc<P, R>,
        params: P,
    ) -> Result<R, CallError> {
        let outcome = match &self.run {
            Some(run) if run.is_interrupted() => Err(Stop::Interrupted),
            run if self.code.in_slices && (run.is_some() || !dispatch::PORTABLE) => {
                slices::call(function, &mut self.store, params, run.as_ref())
            }
            _ => slices::call_whole(function, &mut self.store, params),
        };
        outcome.map_err(|stop| {
            let at = self.at_entry(door, entry);
            if let Some(stop) = self.store.data_mut().stop.take() {
                let error = self.stopped_by_host(at, stop);
                return self.poison(error);
            }
            let error = match stop {
                Stop::Interrupted => CallError::Interrupted { at },
                // Nothing has begun.
                Stop::Nested => return CallError::Nested { at },
                Stop::Engine(error) if error.as_trap_code() == Some(TrapCode::OutOfFuel) => self.out_of_fuel(at),
                Stop::Engine(error) => {
                    let memory = self.memory.data(&self.store);
                    trap::stopped(at, &error, &self.code.config.limits, self.store.data(), memory)
                }
            };
            self.poison(error)
        })
    }

    /// Charges for work that the host does for the guest.
    #[inline]
    pub(super) fn charge(&mut self, at: impl FnOnce(&Self) -> At, fuel: u64) -> Result<(), CallError> {
        match self.fuel().checked_sub(fuel) {
            Some(left) => {
                slices::set_fuel(&mut self.store, left);
                Ok(())
            }
            None => Err(self.poison(self.out_of_fuel(at(self)))),
        }
    }

    /// Does the work of one call on one budget of fuel, that of the run included. How much that is follows from the size of
    /// the request, before anything of the guest runs.
    pub(super) fn fuelled<T>(
        &mut self,
        door: &Door,
        request_bytes: usize,
        stats: &mut CallStats,
        work: impl FnOnce(&mut Self, &mut CallStats) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        self.sound(door)?;
        if self.run.as_ref().is_some_and(Run::is_interrupted) {
            return Err(CallError::Interrupted { at: self.at(door) });
        }
        let left = self.run.as_ref().map_or(u64::MAX, Run::fuel_left);
        self.entitled = self.code.config.limits.fuel_for(request_bytes as u64);
        self.granted = self.entitled.min(left);
        slices::set_fuel(&mut self.store, self.granted);
        let touched_before = touched(self.memory_bytes());
        let outcome = work(self, stats);
        // The engine charges for growth what it takes to set the new memory to zero.
        let more = touched(self.memory_bytes()) - touched_before;
        let outcome = match outcome {
            Ok(value) => self.charge(|this| this.at(door), more).map(|()| value),
            Err(error) => {
                let left = self.fuel().saturating_sub(more);
                slices::set_fuel(&mut self.store, left);
                Err(error)
            }
        };

        let used = self.granted - self.fuel().min(self.granted);
        stats.fuel = stats.fuel.saturating_add(used);
        match &self.run {
            // Calls at the same time may each have stayed within what was left when they began.
            Some(run) if !run.charge(used) && outcome.is_ok() => {
                Err(CallError::Limit { at: self.at(door), exceeded: run.exceeded() })
            }
            _ => outcome,
        }
    }

    fn stopped_by_host(&self, at: At, stop: HostStop) -> CallError {
        match stop {
            HostStop::Fuel => self.out_of_fuel(at),
            // The guest didn't stop by itself, so that it left no text about it.
            HostStop::Fault(fault) => {
                CallError::Trap { at, kind: TrapKind::Host(Box::new(fault)), panic_text: None, memory_refused: None }
            }
            HostStop::Panic(what) => CallError::Defect { at, what },
        }
    }

    fn out_of_fuel(&self, at: At) -> CallError {
        let limit = self.entitled;
        let exceeded = match &self.run {
            Some(run) if self.granted < limit => run.exceeded(),
            _ => Exceeded::Fuel { limit },
        };
        CallError::Limit { at, exceeded }
    }

    fn fuel(&self) -> u64 {
        slices::fuel(&self.store)
    }

    /// Keeps a panic in this crate, or in what it builds on, from the embedder.
    pub(super) fn guarded<T>(
        &mut self,
        door: &Door,
        work: impl FnOnce(&mut Self) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        caught(|| work(self)).unwrap_or_else(|what| Err(self.poison(CallError::Defect { at: self.at(door), what })))
    }

    pub(super) fn violation(&mut self, door: &Door, (clause, what): Broken) -> CallError {
        let suffix = format!(" ({clause})");
        let what = what.strip_suffix(&suffix).map(str::to_owned).unwrap_or(what);
        let at = self.at(door);
        self.poison(CallError::Violation { at, clause, what })
    }

    fn poison(&mut self, error: CallError) -> CallError {
        self.poisoned = Some(error.to_string());
        error
    }

    pub(super) fn sound(&self, door: &Door) -> Result<(), CallError> {
        match &self.poisoned {
            None => Ok(()),
            Some(cause) => Err(CallError::Poisoned { at: self.at(door), cause: cause.clone() }),
        }
    }

    pub(super) fn at(&self, door: &Door) -> At {
        self.at_entry(door, door.export)
    }

    pub(super) fn at_entry(&self, door: &Door, entry: &'static str) -> At {
        At { guest: Arc::clone(&self.guest), method: door.export, entry }
    }
}
