//! What happens when a function of a module runs, and when it stops?

use super::{
    code::touched,
    instance::{Instance, Phase},
};
use crate::{
    error::{At, CallError, Exceeded, TrapKind},
    run::Run,
    sandbox::{
        defect::caught,
        dispatch,
        slices::{self, Mode, Stop},
        store::{HostStop, StoreData},
        trap,
    },
    stats::CallStats,
};
use wasmi::{Func, Store, TrapCode, TypedFunc, Val, WasmParams, WasmResults};

/// What was called, and which function runs for it: the same most of the time.
#[derive(Clone, Copy)]
pub(crate) struct Site<'a> {
    pub(crate) called: &'a str,
    pub(crate) runs: &'a str,
}

impl<'a> Site<'a> {
    pub(crate) fn of(name: &'a str) -> Self {
        Self { called: name, runs: name }
    }

    /// The same call, while another function runs for it.
    pub(crate) fn running(self, runs: &'a str) -> Self {
        Self { runs, ..self }
    }
}

/// A function of an instance with its type. To look one up costs as much as half a call, so that it is done once.
pub(crate) struct Function<P, R>(pub(super) TypedFunc<P, R>);

impl<P, R> Clone for Function<P, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, R> Copy for Function<P, R> {}

impl Instance {
    /// Runs a function of the module.
    pub(crate) fn enter<P: WasmParams, R: WasmResults>(
        &mut self,
        site: Site<'_>,
        function: Function<P, R>,
        params: P,
    ) -> Result<R, CallError> {
        self.entered(site, |store, mode| slices::call(function.0, store, params, mode))
    }

    /// The same with values whose types are known to the engine alone.
    pub(super) fn enter_values(
        &mut self,
        site: Site<'_>,
        function: Func,
        params: &[Val],
        results: &mut [Val],
    ) -> Result<(), CallError> {
        self.entered(site, |store, mode| slices::call_values(function, store, params, results, mode))
    }

    /// Runs something of the module, slice by slice where that is needed. This is the only place where that happens.
    fn entered<R>(
        &mut self,
        site: Site<'_>,
        call: impl FnOnce(&mut Store<StoreData>, Mode<'_>) -> Result<R, Stop>,
    ) -> Result<R, CallError> {
        let outcome = match &self.run {
            Some(run) if run.is_interrupted() => Err(Stop::Interrupted),
            run if self.code.in_slices && (run.is_some() || !dispatch::PORTABLE) => {
                call(&mut self.store, Mode::Sliced(run.as_ref()))
            }
            _ => call(&mut self.store, Mode::Whole),
        };
        outcome.map_err(|stop| {
            let at = self.at(site);
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
                    let memory = self.memory.map_or(&[][..], |memory| memory.data(&self.store));
                    trap::stopped(at, &error, &self.code.config.limits, self.store.data(), memory)
                }
            };
            self.poison(error)
        })
    }

    /// Charges for work that the host does for the module.
    #[inline]
    pub(crate) fn charge(&mut self, site: Site<'_>, fuel: u64) -> Result<(), CallError> {
        match slices::fuel(&self.store).checked_sub(fuel) {
            Some(left) => {
                slices::set_fuel(&mut self.store, left);
                Ok(())
            }
            None => Err(self.poison(self.out_of_fuel(self.at(site)))),
        }
    }

    /// Gives the call that begins its fuel, that of the run included. How much that is follows from the size of the request,
    /// before anything of the module runs.
    pub(crate) fn begin(&mut self, site: Site<'_>, request_bytes: usize) -> Result<(), CallError> {
        if self.run.as_ref().is_some_and(Run::is_interrupted) {
            return Err(CallError::Interrupted { at: self.at(site) });
        }
        let left = self.run.as_ref().map_or(u64::MAX, Run::fuel_left);
        let entitled = self.code.config.limits.fuel_for(request_bytes as u64);
        self.entitled = entitled.min(self.fuel_per_call.unwrap_or(u64::MAX));
        self.granted = self.entitled.min(left);
        slices::set_fuel(&mut self.store, self.granted);
        self.touched = touched(self.memory_bytes());
        Ok(())
    }

    /// Counts what a call has used, however it ended.
    pub(crate) fn end<T>(
        &mut self,
        site: Site<'_>,
        stats: &mut CallStats,
        outcome: Result<T, CallError>,
    ) -> Result<T, CallError> {
        // The engine charges for growth what it takes to set the new memory to zero.
        let more = touched(self.memory_bytes()) - self.touched;
        let outcome = match outcome {
            Ok(value) => self.charge(Site::of(site.called), more).map(|()| value),
            Err(error) => {
                let left = slices::fuel(&self.store).saturating_sub(more);
                slices::set_fuel(&mut self.store, left);
                Err(error)
            }
        };
        let used = self.granted - slices::fuel(&self.store).min(self.granted);
        stats.fuel = stats.fuel.saturating_add(used);
        match &self.run {
            // Calls at the same time may each have stayed within what was left when they began.
            Some(run) if !run.charge(used) && outcome.is_ok() => {
                Err(CallError::Limit { at: self.at(site), exceeded: run.exceeded() })
            }
            _ => outcome,
        }
    }

    /// Keeps a panic in this crate, or in what it builds on, from the embedder.
    pub(crate) fn guarded<T>(
        &mut self,
        site: Site<'_>,
        work: impl FnOnce(&mut Self) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        caught(|| work(self)).unwrap_or_else(|what| Err(self.defect(site, what)))
    }

    /// A panic that was caught.
    pub(crate) fn defect(&mut self, site: Site<'_>, what: String) -> CallError {
        let at = self.at(site);
        self.poison(CallError::Defect { at, what })
    }

    fn stopped_by_host(&self, at: At, stop: HostStop) -> CallError {
        match stop {
            HostStop::Fuel => self.out_of_fuel(at),
            // The guest didn't stop by itself, so that it left no text about it.
            HostStop::Fault(fault) => {
                CallError::Trap { at, kind: TrapKind::Host(Box::new(fault)), panic_text: None, memory_refused: None }
            }
            HostStop::Halt { function, halt } => CallError::Halted { at, function, halt },
            HostStop::Panic { function, what } => CallError::HostPanic { at, function, what },
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

    pub(crate) fn poison(&mut self, error: CallError) -> CallError {
        self.phase = Phase::Poisoned(error.to_string());
        error
    }

    /// Whether it may be called.
    pub(crate) fn sound(&self, site: Site<'_>) -> Result<(), CallError> {
        match &self.phase {
            Phase::Ready => Ok(()),
            Phase::New => Err(CallError::NotInitialised { at: self.at(site) }),
            Phase::Poisoned(cause) => Err(CallError::Poisoned { at: self.at(site), cause: cause.clone() }),
        }
    }

    pub(crate) fn at(&self, site: Site<'_>) -> At {
        At::new(&self.name, site.called, site.runs, self.is_module)
    }
}
