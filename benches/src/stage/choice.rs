use super::{SIZES, Stage, proto_wasm};
use crate::{subject, workload};
use dorcas_abi::method::GenerateRules;
use dorcas_host::{Config, Engine, Guest, Pool, Profile};
use std::{sync::Arc, thread};

/// What an embedder chooses: a profile, an instance for each call or for many, threads.
pub(super) fn stages() -> Vec<Stage> {
    let mut stages = profiles();
    stages.extend(instances());
    stages.extend(pools());
    stages
}

fn guest(profile: Profile) -> Guest {
    Engine::new(Config { profile, ..subject::config() }).load(&proto_wasm()).expect("the prebuilt guest is one")
}

/// Loading by profile. Without the feature `portable-dispatch`, as here and in `dorcas`, the fast one compiles at load too.
fn profiles() -> Vec<Stage> {
    let load = |profile| move || drop(guest(profile));
    let call = |profile| {
        let (mut instance, request) = (guest(profile).instantiate(), workload::proto_files(20));
        move || instance.as_mut().ok().map(|instance| instance.call::<GenerateRules>(&request))
    };
    vec![
        Stage::of("profile, load", "deterministic", load(Profile::Deterministic)),
        Stage::of("profile, load", "fast", load(Profile::Fast)),
        Stage::of("profile, generate_rules for 20 files", "deterministic", call(Profile::Deterministic)),
        Stage::of("profile, generate_rules for 20 files", "fast", call(Profile::Fast)),
    ]
}

fn instances() -> Vec<Stage> {
    let mut stages = Vec::new();
    for files in SIZES {
        let group = format!("generate_rules, {files} files");
        let guest = guest(Profile::Deterministic);
        let request = workload::proto_files(files);
        let expected = guest.call::<GenerateRules>(&request).expect("it answers");
        let mut instance = guest.instantiate().expect("it has no need of anything");
        assert_eq!(instance.call::<GenerateRules>(&request), Ok(expected));
        let again = request.clone();
        stages.push(Stage::of(&group, "in an instance that is kept", move || instance.call::<GenerateRules>(&again)));
        stages.push(Stage::of(&group, "in a fresh instance", move || guest.call::<GenerateRules>(&request)));
    }
    stages
}

/// 64 directories of 20 files.
fn pools() -> Vec<Stage> {
    let request = Arc::new(workload::proto_files(20));
    let expected = Arc::new(guest(Profile::Deterministic).call::<GenerateRules>(&request).expect("it answers"));
    let stage = |name, threads: usize| {
        let (request, expected) = (Arc::clone(&request), Arc::clone(&expected));
        let pool = Pool::new(guest(Profile::Deterministic));
        Stage::of("pool, 64 calls for 20 files", name, move || {
            thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| {
                        for _ in 0..64 / threads {
                            assert_eq!(pool.call::<GenerateRules>(&request).as_ref(), Ok(&*expected));
                        }
                    });
                }
            });
        })
    };
    vec![stage("1 thread", 1), stage("2 threads", 2)]
}
