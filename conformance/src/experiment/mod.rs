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
    vocabulary::Vocabulary,
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

/// What an experiment has to work with.
struct Bench<'b, 's> {
    session: &'b mut Session<'s>,
    samples: &'b Samples,
    vocabulary: &'b Vocabulary,
    amounts: Amounts,
    numbers: &'b mut Numbers,
}

/// One experiment.
#[derive(Clone, Copy)]
struct Experiment {
    /// Whether the seed makes no difference to it, so that the first does.
    once: bool,
    /// Whether it leaves methods out whose replies are known to differ anyway.
    steady: bool,
    run: fn(&mut Bench<'_, '_>),
}

const fn once(run: fn(&mut Bench<'_, '_>)) -> Experiment {
    Experiment { once: true, steady: false, run }
}

const fn each_seed(run: fn(&mut Bench<'_, '_>)) -> Experiment {
    Experiment { once: false, steady: false, run }
}

const fn steady(experiment: Experiment) -> Experiment {
    Experiment { steady: true, ..experiment }
}

/// All of them. One that shows one fault by itself stands before one that shows any.
const ALL: &[Experiment] = &[
    once(|bench| memory::alloc_bounds(bench.session)),
    once(|bench| memory::alloc_to_the_end(bench.session)),
    once(|bench| memory::alloc_failure(bench.session)),
    once(|bench| memory::alloc_again(bench.session)),
    once(|bench| memory::alloc_large(bench.session)),
    each_seed(|bench| memory::mixed_sizes(bench.session, bench.vocabulary, bench.numbers)),
    once(|bench| memory::argument_not_freed(bench.session, bench.samples)),
    once(|bench| init::any_order(bench.session, bench.samples)),
    each_seed(|bench| behaviour::pure(bench.session, bench.samples, bench.numbers)),
    once(|bench| behaviour::constant(bench.session, bench.samples)),
    once(|bench| behaviour::stateful(bench.session, bench.samples)),
    once(|bench| behaviour::argument_only(bench.session, bench.samples)),
    once(|bench| memory::argument_not_freed_later(bench.session, bench.samples)),
    once(|bench| memory::argument_dropped(bench.session, bench.samples)),
    once(|bench| memory::disjoint(bench.session, bench.samples)),
    once(|bench| error::empty_argument(bench.session)),
    each_seed(|bench| {
        error::undecodable(bench.session, bench.samples, bench.vocabulary, bench.amounts.corrupted, bench.numbers);
    }),
    steady(once(|bench| memory::free_order(bench.session, bench.samples))),
    steady(once(|bench| result::crossed(bench.session, bench.samples))),
    steady(each_seed(|bench| result::crowd(bench.session, bench.samples, bench.numbers))),
    steady(once(|bench| {
        memory::steady(bench.session, bench.samples, bench.amounts.rounds, bench.vocabulary, bench.numbers);
    })),
];

/// Runs them.
pub(crate) fn run(
    session: &mut Session<'_>,
    samples: &[Sample],
    material: Material<'_>,
    amounts: Amounts,
    numbers: &mut Numbers,
) {
    let all = Samples::choose(samples, numbers);
    let mut without_unsteady = None;
    for experiment in ALL.iter().filter(|experiment| material.first || !experiment.once) {
        if session.is_over() {
            return;
        }
        let samples =
            if experiment.steady { &*without_unsteady.get_or_insert_with(|| all.steady(session)) } else { &all };
        let vocabulary = material.vocabulary;
        (experiment.run)(&mut Bench { session, samples, vocabulary, amounts, numbers });
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

    /// Those few of a method.
    fn few_of(&self, method: &str) -> Vec<&Sample> {
        self.few().filter(|sample| sample.method == method).collect()
    }

    /// The largest of those few of each method.
    fn largest(&self) -> Vec<&Sample> {
        self.best(|sample| sample.request.len())
    }

    /// The first of each method that is long, and not longer than it has to be for that.
    fn long(&self) -> Vec<&Sample> {
        const LONG: usize = 2 << 10;
        let methods: BTreeSet<_> = self.all.iter().map(|sample| sample.method).collect();
        let of_method =
            |method| self.all.iter().filter(move |sample| sample.method == method && sample.request.len() > LONG);
        methods.into_iter().filter_map(|method| of_method(method).min_by_key(|sample| sample.request.len())).collect()
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
