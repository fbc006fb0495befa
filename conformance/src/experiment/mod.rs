//! What comes to light only when calls are arranged for it?
//!
//! An experiment works with requests to which the sampling has seen the replies. Where a call in it does not come to its end,
//! that has been noted, and the experiment is over.

mod behaviour;
mod error;
mod init;
mod memory;
mod result;

use crate::{arbitrary::Numbers, sampling::Sample, session::Session};
use std::collections::BTreeSet;

/// How much of each the experiments try.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amounts {
    /// Corrupted requests of each kind.
    pub(crate) corrupted: u32,
    /// Rounds of the same calls in which the memory is watched.
    pub(crate) rounds: u32,
}

/// Runs all of them.
pub(crate) fn run(session: &mut Session<'_>, samples: &[Sample], amounts: Amounts, numbers: &mut Numbers) {
    let samples = Samples::choose(samples);
    memory::alloc_bounds(session);
    memory::alloc_failure(session);
    memory::alloc_again(session);
    memory::alloc_large(session);
    memory::argument_not_freed(session, &samples);
    init::any_order(session, &samples);
    behaviour::constant(session, &samples);
    let unsteady = behaviour::pure(session, &samples, numbers);
    behaviour::stateful(session, &samples);
    error::empty_argument(session);
    error::undecodable(session, &samples, &unsteady, amounts.corrupted, numbers);
    let samples = samples.without(&unsteady);
    behaviour::argument_only(session, &samples);
    memory::disjoint(session, &samples);
    memory::free_order(session, &samples);
    memory::argument_dropped(session, &samples);
    result::valid(session, &samples);
    memory::steady(session, &samples, amounts.rounds);
}

/// Requests to experiment with, some of each method.
#[derive(Clone, Debug)]
pub(crate) struct Samples(Vec<Sample>);

/// How many of each method.
const OF_A_METHOD: usize = 3;

impl Samples {
    /// The first, the largest and the last of each method.
    fn choose(all: &[Sample]) -> Self {
        let mut chosen: Vec<Sample> = Vec::new();
        let methods: BTreeSet<_> = all.iter().map(|sample| sample.method).collect();
        for method in methods {
            let of_method: Vec<_> = all.iter().filter(|sample| sample.method == method).collect();
            let largest = of_method.iter().max_by_key(|sample| sample.request.len());
            let some = [of_method.first(), of_method.last(), largest];
            for sample in some.into_iter().flatten().take(OF_A_METHOD) {
                if !chosen.iter().any(|other| other.method == method && other.request == sample.request) {
                    chosen.push((*sample).clone());
                }
            }
        }
        Self(chosen)
    }

    fn without(&self, methods: &BTreeSet<&'static str>) -> Self {
        Self(self.0.iter().filter(|sample| !methods.contains(sample.method)).cloned().collect())
    }

    fn iter(&self) -> impl DoubleEndedIterator<Item = &Sample> {
        self.0.iter()
    }

    /// The largest of each method.
    fn largest(&self) -> Vec<&Sample> {
        let methods: BTreeSet<_> = self.0.iter().map(|sample| sample.method).collect();
        let of_method = |method| self.0.iter().filter(move |sample| sample.method == method);
        methods.into_iter().filter_map(|method| of_method(method).max_by_key(|sample| sample.request.len())).collect()
    }
}
