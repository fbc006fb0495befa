//! What does each step take, and each choice of an embedder?
//!
//! Dorcas alone, in this process. The rows of a group stand beside each other: the first is what the others are compared
//! with. Each checks what it does before it is measured.

mod call;
mod choice;
mod host_function;
mod load;
mod memo;
mod wire;

pub use load::{COMPILE, DIGEST, ENGINE_ALONE, LOAD, OUTLINE};

use crate::{
    record::StageRow,
    session::Effort,
    workload::{self, Workload},
};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// Something that is measured.
pub struct Stage {
    /// Those of a group are compared with its first.
    pub group: String,
    /// What.
    pub name: &'static str,
    /// Does it so many times, and says how long all of them took.
    run: Box<dyn FnMut(u64) -> Duration>,
}

/// Directories of the proto guest, by the number of their files.
const SIZES: [usize; 3] = [1, 20, 1_000];

/// All, in the order of the report.
///
/// # Panics
/// Where a stage doesn't do what it should.
pub fn all(workloads: &[Workload]) -> Vec<Stage> {
    let mut stages = wire::stages();
    stages.extend(load::stages(workloads));
    stages.extend(call::stages());
    stages.extend(choice::stages());
    stages.extend(memo::stages());
    stages.extend(host_function::stages());
    stages
}

impl Stage {
    fn new(group: impl Into<String>, name: &'static str, run: impl FnMut(u64) -> Duration + 'static) -> Self {
        Self { group: group.into(), name, run: Box::new(run) }
    }

    /// A stage that is nothing but a function.
    fn of<T>(group: impl Into<String>, name: &'static str, mut work: impl FnMut() -> T + 'static) -> Self {
        Self::new(group, name, move |times| {
            let started = Instant::now();
            for _ in 0..times {
                black_box(work());
            }
            started.elapsed()
        })
    }

    /// Does it so many times.
    pub fn run(&mut self, times: u64) -> Duration {
        (self.run)(times)
    }
}

/// Measures all of them, group by group, those of one in turns.
pub fn hold(mut stages: Vec<Stage>, effort: Effort, progress: &mut dyn FnMut(&str)) -> Vec<StageRow> {
    let mut rows = Vec::new();
    for group in stages.chunk_by_mut(|a, b| a.group == b.group) {
        progress(&group[0].group);
        let times: Vec<u64> = group.iter_mut().map(|stage| calibrated(stage, effort.batch)).collect();
        let mut samples = vec![Vec::new(); group.len()];
        for round in 0..effort.rounds {
            // Whoever comes first in a round comes last in the next.
            for turn in 0..group.len() {
                let index = (turn + round) % group.len();
                let took = group[index].run(times[index]);
                #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
                samples[index].push(took.as_nanos() as f64 / times[index] as f64);
            }
        }
        rows.extend(group.iter().zip(samples).map(|(stage, samples)| StageRow {
            group: stage.group.clone(),
            name: stage.name.into(),
            samples,
        }));
    }
    rows
}

fn calibrated(stage: &mut Stage, batch: Duration) -> u64 {
    let mut times = 1;
    while stage.run(times) < batch && times < 1 << 22 {
        times *= 2;
    }
    times
}

fn proto_wasm() -> Vec<u8> {
    let workloads = workload::all();
    workloads.into_iter().find(|workload| workload.id == "rust").expect("there is one").wasm.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_is_done_once() {
        let mut names = BTreeSet::new();
        for mut stage in all(&workload::all()) {
            assert!(stage.run(2) > Duration::ZERO, "{} {}", stage.group, stage.name);
            assert!(names.insert((stage.group, stage.name)));
        }
    }
}
