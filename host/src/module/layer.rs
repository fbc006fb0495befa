//! What happens around a call of a function of the host?

use super::{Function, grants::Link, memory::BYTES_A_UNIT, param::low};
use crate::{
    error::{Halt, HostFault},
    interface::{Value, ValueType},
    sandbox::store::{HostStop, StoreData},
};
use std::{fmt, sync::Arc};
use wasmi::Caller;

/// What stands around the calls of a module.
pub(super) type Layer = Arc<dyn Fn(&mut HostCall<'_>) + Send + Sync>;

/// A call of a function of the host, as [`HostModule::around`](crate::HostModule::around) sees it.
///
/// It is shown with the values of its parameters and results as the function has them, `kv.get("key", 0x0000) -> Ok(3)`:
/// texts, numbers and bytes out of the guest's memory, shortened. Before the function has run there are no results;
/// afterwards what it has written shows. A call that did not return says why:
/// `kv.get("key", <9 bytes at 0xffff>) stopped: parameter 2 ...`.
pub struct HostCall<'a> {
    link: &'a Link,
    words: &'a [u64],
    results: &'a mut [u64],
    outcome: Option<Result<(), HostStop>>,
    inner: &'a mut dyn Inner,
    /// Those that are still to come.
    layers: &'a [Layer],
}

/// Why a call of a function of the host did not return to the guest.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// The guest's call had not enough fuel for it.
    Fuel,
    /// The guest passed something wrong.
    Fault(HostFault),
    /// The function ended the call.
    Halt(Halt),
    /// The function panicked, with this text.
    Panic(String),
}

/// The function itself, and what it sees.
trait Inner {
    fn run(&mut self, results: &mut [u64]) -> Result<(), HostStop>;
    fn memory(&self) -> &[u8];
}

/// A function that is called by a guest.
pub(super) struct Called<'a, 'c> {
    pub(super) caller: &'a mut Caller<'c, StoreData>,
    pub(super) run: &'a mut Run<'a, 'c>,
}

pub(super) type Run<'a, 'c> = dyn FnMut(&mut Caller<'c, StoreData>, &mut [u64]) -> Result<(), HostStop> + 'a;

impl Inner for Called<'_, '_> {
    fn run(&mut self, results: &mut [u64]) -> Result<(), HostStop> {
        (self.run)(self.caller, results)
    }

    fn memory(&self) -> &[u8] {
        self.caller.data().memory.map_or(&[], |memory| memory.data(&*self.caller))
    }
}

impl<'a> HostCall<'a> {
    pub(super) fn new(link: &'a Link, words: &'a [u64], results: &'a mut [u64], inner: &'a mut Called<'_, '_>) -> Self {
        Self { link, words, results, outcome: None, inner, layers: &link.offer.layers }
    }

    /// Runs it with all that stands around it.
    /// `None` if a layer did not let it run.
    pub(super) fn finish(mut self) -> Option<Result<(), HostStop>> {
        self.run();
        self.outcome
    }
}

impl HostCall<'_> {
    /// The function with its module, `kv.get`.
    pub fn function(&self) -> &str {
        &self.described().path
    }

    /// What the call costs the guest, apart from what a function with memory reads and writes there.
    pub fn fuel(&self) -> u64 {
        let bytes = (self.described().show.bytes)(self.words, self.inner.memory().len() as u64);
        self.link.fuel.saturating_add(bytes.div_ceil(BYTES_A_UNIT))
    }

    /// Runs the function. A layer that doesn't do this lets the guest have results of 0.
    pub fn run(&mut self) {
        if let Some((layer, inner)) = self.layers.split_first() {
            let all = std::mem::replace(&mut self.layers, inner);
            layer(self);
            self.layers = all;
        } else {
            self.results.fill(0);
            self.outcome = Some(self.inner.run(self.results));
        }
    }

    /// The parameters as WebAssembly has them.
    pub fn params(&self) -> Vec<Value> {
        values(self.described().params.as_slice(), self.words)
    }

    /// The results as WebAssembly has them. `None` if the function has not returned.
    pub fn results(&self) -> Option<Vec<Value>> {
        matches!(self.outcome, Some(Ok(()))).then(|| values(self.described().results.as_slice(), self.results))
    }

    /// Why it did not return. `None` if it did, and as long as it has not run.
    pub fn stopped(&self) -> Option<Stopped> {
        Some(match self.outcome.as_ref()?.as_ref().err()?.clone() {
            HostStop::Fuel => Stopped::Fuel,
            HostStop::Fault(fault) => Stopped::Fault(fault),
            HostStop::Halt { halt, .. } => Stopped::Halt(halt),
            HostStop::Panic { what, .. } => Stopped::Panic(what),
        })
    }

    fn described(&self) -> &Function {
        &self.link.function
    }
}

fn values(types: &[ValueType], words: &[u64]) -> Vec<Value> {
    let value = |(ty, word): (&ValueType, &u64)| match ty {
        ValueType::I32 => Value::I32(low(*word).cast_signed()),
        ValueType::I64 => Value::I64(word.cast_signed()),
        ValueType::F32 => Value::F32(f32::from_bits(low(*word))),
        ValueType::F64 => Value::F64(f64::from_bits(*word)),
    };
    types.iter().zip(words).map(value).collect()
}

impl fmt::Display for HostCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let function = self.described();
        write!(f, "{}(", function.path)?;
        (function.show.params)(self.words, self.inner.memory(), f)?;
        f.write_str(")")?;
        match &self.outcome {
            None => Ok(()),
            Some(Ok(())) => {
                f.write_str(" -> ")?;
                (function.show.results)(self.words, self.results, self.inner.memory(), f)
            }
            Some(Err(stop)) => match stop {
                HostStop::Fuel => f.write_str(" stopped: there is not enough fuel for it"),
                HostStop::Fault(fault) => write!(f, " stopped: parameter {} {}", fault.parameter, fault.problem),
                HostStop::Halt { halt, .. } => write!(f, " stopped: {halt}"),
                HostStop::Panic { what, .. } => write!(f, " panicked: {what}"),
            },
        }
    }
}

impl fmt::Debug for HostCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
