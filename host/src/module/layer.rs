//! What happens around a call of a function of the host?

use super::{Function, function::Checked, param::low, types::Types};
use crate::interface::ValueType;
use std::{fmt, sync::Arc};

/// What stands around the calls of a module.
pub(super) type Layer = Arc<dyn Fn(&mut HostCall<'_>) + Send + Sync>;

/// A call of a function of the host, as [`HostModule::around`](crate::HostModule::around) sees it.
///
/// It is shown as the guest makes it, in WebAssembly values: `kv.get(48, 5, 56, 1) -> (1, 0)`; without the results as long
/// as the function has not run. One that is refused for its memory or its fuel does not come this far.
pub struct HostCall<'a> {
    function: &'a Function,
    fuel: u64,
    words: &'a [u64],
    results: [u64; Types::MAX],
    outcome: Option<Checked<()>>,
    body: &'a mut Body<'a>,
    /// Those that are still to come.
    layers: &'a [Layer],
}

/// The function itself, which sets its results.
type Body<'a> = dyn FnMut(&mut [u64]) -> Checked<()> + 'a;

impl<'a> HostCall<'a> {
    pub(super) fn new(
        function: &'a Function,
        fuel: u64,
        words: &'a [u64],
        body: &'a mut Body<'a>,
        layers: &'a [Layer],
    ) -> Self {
        Self { function, fuel, words, results: [0; Types::MAX], outcome: None, body, layers }
    }

    /// Runs it with all that stands around it.
    pub(super) fn finish(mut self, results: &mut [u64]) -> Checked<()> {
        self.run();
        results.copy_from_slice(&self.results[..results.len()]);
        self.outcome.unwrap_or(Ok(()))
    }
}

impl HostCall<'_> {
    /// The function with its module, `kv.get`.
    pub fn function(&self) -> &str {
        &self.function.path
    }

    /// What the call costs the guest.
    pub fn fuel(&self) -> u64 {
        self.fuel
    }

    /// Runs the function. A layer that doesn't do this lets the guest have results of 0.
    pub fn run(&mut self) {
        if let Some((layer, inner)) = self.layers.split_first() {
            let all = std::mem::replace(&mut self.layers, inner);
            layer(self);
            self.layers = all;
        } else {
            self.results = [0; Types::MAX];
            self.outcome = Some((self.body)(&mut self.results[..self.function.results.len()]));
        }
    }
}

impl fmt::Display for HostCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.function.path)?;
        list(f, &self.function.params, self.words)?;
        f.write_str(")")?;
        match &self.outcome {
            None => Ok(()),
            Some(Err((parameter, problem))) => write!(f, " stopped: parameter {} {problem}", parameter + 1),
            Some(Ok(())) => {
                let one = self.function.results.len() == 1;
                f.write_str(if one { " -> " } else { " -> (" })?;
                list(f, &self.function.results, &self.results)?;
                f.write_str(if one { "" } else { ")" })
            }
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, types: &Types, words: &[u64]) -> fmt::Result {
    for (position, (ty, word)) in types.as_slice().iter().zip(words).enumerate() {
        f.write_str(if position == 0 { "" } else { ", " })?;
        match ty {
            ValueType::I32 => write!(f, "{:?}", low(*word).cast_signed()),
            ValueType::I64 => write!(f, "{:?}", word.cast_signed()),
            ValueType::F32 => write!(f, "{:?}", f32::from_bits(low(*word))),
            ValueType::F64 => write!(f, "{:?}", f64::from_bits(*word)),
        }?;
    }
    Ok(())
}

impl fmt::Debug for HostCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
