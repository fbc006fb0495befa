//! What comes to light only when calls are arranged for it?
//!
//! An experiment works with requests to which the sampling has seen the replies. Where a call in it does not come to its
//! end, that has been noted, and the experiment is over.

mod behaviour;
mod error;
mod init;
mod memory;
mod result;

use crate::{
    numbers::Numbers,
    sampling::Material,
    session::{Sample, Session},
};
use std::collections::BTreeSet;

/// How much of each the experiments try.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amounts {
    /// Corrupted requests of each kind.
    pub(crate) corrupted: u32,
    /// Rounds of the same calls in which the memory is watched.
    pub(crate) rounds: u32,
}

/// Runs all of them. What shows one fault by itself stands before what shows any.
pub(crate) fn run(
    session: &mut Session<'_>,
    samples: &[Sample],
    material: Material<'_>,
    amounts: Amounts,
    numbers: &mut Numbers,
) {
    let samples = Samples::choose(samples, numbers);
    if material.first {
        memory::alloc_bounds(session);
        memory::alloc_failure(session);
        memory::alloc_again(session);
        memory::alloc_large(session);
    }
    memory::mixed_sizes(session, material.vocabulary, numbers);
    if material.first {
        memory::argument_not_freed(session, &samples);
        init::any_order(session, &samples);
    }
    behaviour::pure(session, &samples, numbers);
    if material.first {
        behaviour::constant(session, &samples);
        behaviour::stateful(session, &samples);
        behaviour::argument_only(session, &samples);
        memory::argument_dropped(session, &samples);
        memory::disjoint(session, &samples);
        error::empty_argument(session);
    }
    error::undecodable(session, &samples, material.vocabulary, amounts.corrupted, numbers);
    let samples = samples.steady(session);
    if material.first {
        memory::free_order(session, &samples);
        result::crossed(session, &samples);
    }
    result::crowd(session, &samples, numbers);
    if material.first {
        memory::steady(session, &samples, amounts.rounds, material.vocabulary, numbers);
    }
}

/// Requests to experiment with.
#[derive(Clone, Debug)]
pub(crate) struct Samples {
    all: Vec<Sample>,
    /// Places in `all` of some of each method.
    few: Vec<usize>,
}

/// A request of more bytes is large.
const LARGE: usize = 1_500;

impl Samples {
    /// The first, the largest and the last of each method, and one more; those that are large are left to the others, where
    /// each is sent a few times and not some thousand.
    fn choose(all: &[Sample], numbers: &mut Numbers) -> Self {
        let mut few: Vec<usize> = Vec::new();
        let methods: BTreeSet<_> = all.iter().map(|sample| sample.method).collect();
        for method in methods {
            let of_method: Vec<usize> = (0..all.len()).filter(|at| all[*at].method == method).collect();
            let small: Vec<usize> = of_method.iter().copied().filter(|at| all[*at].request.len() <= LARGE).collect();
            let size = |at: &usize| all[*at].request.len();
            let largest = small.iter().copied().max_by_key(size).or_else(|| of_method.iter().copied().min_by_key(size));
            let any = small.get(numbers.below(small.len())).copied();
            let some = [small.first().copied(), small.last().copied(), largest, any];
            few.extend(some.into_iter().flatten());
        }
        few.sort_unstable();
        few.dedup();
        Self { all: all.to_vec(), few }
    }

    /// Without those of methods whose replies differ anyway.
    fn steady(&self, session: &Session<'_>) -> Self {
        let keep = |at: &usize| !session.is_unsteady(self.all[*at].method);
        let kept: Vec<usize> = (0..self.all.len()).filter(keep).collect();
        let few = self.few.iter().filter_map(|at| kept.iter().position(|kept| kept == at)).collect();
        Self { all: kept.into_iter().map(|at| self.all[at].clone()).collect(), few }
    }

    /// All of them.
    fn iter(&self) -> impl DoubleEndedIterator<Item = &Sample> {
        self.all.iter()
    }

    /// Some of each method.
    fn few(&self) -> impl DoubleEndedIterator<Item = &Sample> {
        self.few.iter().map(|at| &self.all[*at])
    }

    /// The largest of those few of each method.
    fn largest(&self) -> Vec<&Sample> {
        self.best(|sample| sample.request.len())
    }

    /// The smallest one of each method that was answered by more than an error.
    fn smallest(&self) -> Vec<&Sample> {
        self.best(|sample| (sample.reply.first() == Some(&0), usize::MAX - sample.request.len()))
    }

    fn best<K: Ord>(&self, key: impl Fn(&Sample) -> K) -> Vec<&Sample> {
        let methods: BTreeSet<_> = self.few().map(|sample| sample.method).collect();
        let of_method = |method| self.few().filter(move |sample| sample.method == method);
        methods.into_iter().filter_map(|method| of_method(method).max_by_key(|sample| key(sample))).collect()
    }
}
