//! A call, stage by stage, and what the choices of an embedder cost.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dorcas_abi::{
    message::{GenerateRequest, GenerateResponse, Reply},
    method::GenerateRules,
    wire,
};
use dorcas_benches::workload;
use dorcas_host::{Config, Engine, Guest, Limits, Pool, Profile};
use std::{hint::black_box, thread};

/// Directories of the proto guest, by the number of their files.
const SIZES: [usize; 3] = [1, 20, 1_000];

fn proto() -> Vec<u8> {
    let workloads = workload::all();
    workloads.into_iter().find(|workload| workload.id == "rust").expect("there is one").wasm.into_owned()
}

fn guest(profile: Profile) -> Guest {
    // A thousand files take more than the fuel that a call has by default.
    let limits = Limits { fuel_per_call: 10_000_000_000, ..Limits::default() };
    Engine::new(Config { profile, limits }).load(&proto()).expect("the prebuilt guest is one")
}

fn wire_format(criterion: &mut Criterion) {
    for files in SIZES {
        let request = workload::proto_files(files);
        let bytes = wire::encode(&request).expect("it was decoded");
        let reply = guest(Profile::default()).call_bytes("generate_rules", &bytes).expect("it answers");
        let decoded: Reply<GenerateResponse> = wire::decode(&reply).expect("it is a reply");
        assert!(decoded.is_ok_and(|response| !response.rules.is_empty()));

        let mut group = criterion.benchmark_group(format!("wire/{files}_files"));
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function("encode_request", |bencher| bencher.iter(|| wire::encode(black_box(&request))));
        group.bench_function("decode_request", |bencher| {
            bencher.iter(|| wire::decode::<GenerateRequest>(black_box(&bytes)));
        });
        group.throughput(Throughput::Bytes(reply.len() as u64));
        group.bench_function("decode_reply", |bencher| {
            bencher.iter(|| wire::decode::<Reply<GenerateResponse>>(black_box(&reply)));
        });
    }
}

fn generate_rules(criterion: &mut Criterion) {
    for files in SIZES {
        let request = workload::proto_files(files);
        let mut group = criterion.benchmark_group(format!("generate_rules/{files}_files"));
        for (name, profile) in [("deterministic", Profile::Deterministic), ("fast", Profile::Fast)] {
            let guest = guest(profile);
            let mut instance = guest.instantiate().expect("it has no need of anything");
            let expected = guest.call::<GenerateRules>(&request).expect("it answers");
            group.bench_function(format!("{name}/kept_instance"), |bencher| {
                bencher.iter(|| instance.call::<GenerateRules>(black_box(&request)));
            });
            assert_eq!(instance.call::<GenerateRules>(&request).expect("it answers"), expected);
            group.bench_function(format!("{name}/fresh_instance"), |bencher| {
                bencher.iter(|| guest.call::<GenerateRules>(black_box(&request)));
            });
        }
    }
}

/// 64 directories of 20 files, by one thread and by two.
fn pool(criterion: &mut Criterion) {
    let request = workload::proto_files(20);
    let expected = guest(Profile::default()).call::<GenerateRules>(&request).expect("it answers");
    let mut group = criterion.benchmark_group("pool/64_calls");
    group.throughput(Throughput::Elements(64));
    for threads in [1, 2] {
        let pool = Pool::new(guest(Profile::default()));
        group.bench_function(format!("{threads}_threads"), |bencher| {
            bencher.iter(|| {
                thread::scope(|scope| {
                    for _ in 0..threads {
                        scope.spawn(|| {
                            for _ in 0..64 / threads {
                                assert_eq!(pool.call::<GenerateRules>(&request).as_ref(), Ok(&expected));
                            }
                        });
                    }
                });
            });
        });
    }
}

criterion_group!(benches, wire_format, generate_rules, pool);
criterion_main!(benches);
