//! What each step takes, and each choice of an embedder, with Criterion.

use criterion::{Criterion, criterion_group, criterion_main};
use dorcas_benches::{stage, workload};

fn stages(criterion: &mut Criterion) {
    let mut stages = stage::all(&workload::all());
    for group in stages.chunk_by_mut(|a, b| a.group == b.group) {
        let mut benchmarks = criterion.benchmark_group(&group[0].group);
        for stage in group {
            benchmarks.bench_function(stage.name, |bencher| bencher.iter_custom(|times| stage.run(times)));
        }
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
