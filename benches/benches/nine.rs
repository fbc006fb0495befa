//! The proposal's measurements with Criterion, for Dorcas, for wasmi alone, and for native code.

use criterion::{Criterion, criterion_group, criterion_main};
use dorcas_benches::{
    measurement::{Measurement, Needs},
    subject::{self, Outcome, Task},
    workload,
};

fn nine(criterion: &mut Criterion) {
    for measure in Measurement::ALL.into_iter().filter(|measure| measure.is_of_guests()) {
        for workload in workload::all() {
            if measure.needs() == Needs::Nothing && workload.id != "text" {
                continue;
            }
            let call = if measure.needs() == Needs::Expensive { &workload.expensive } else { &workload.simple };
            let task = |times| Task {
                measure,
                workload: workload.id.into(),
                module: workload.wasm.to_vec(),
                method: call.method.into(),
                request: call.request.clone(),
                times,
            };
            let mut group = criterion.benchmark_group(format!("{}/{}", measure.name(), workload.id));
            for name in subject::NAMES {
                let mut subject = subject::named(name).expect("it is one of the names");
                // All come to the same, which a test of this crate shows; what is missing isn't measured.
                if matches!(subject.measure(&task(1)), Ok(Outcome::Missing(_))) {
                    continue;
                }
                group.bench_function(name, |bencher| {
                    bencher.iter_custom(|times| match subject.measure(&task(times)) {
                        Ok(Outcome::Done { took, .. }) => took,
                        other => panic!("{name}: {other:?}"),
                    });
                });
            }
        }
    }
}

criterion_group!(benches, nine);
criterion_main!(benches);
