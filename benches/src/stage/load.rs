use super::Stage;
use crate::{
    subject::{self, Settings},
    workload::Workload,
};
use dorcas_host::{Digest, Engine, Outline, Specimen};

/// What loading a guest consists of. The engine alone comes first: what it does is what there is to compare.
pub(super) fn stages(workloads: &[Workload]) -> Vec<Stage> {
    let mut stages = Vec::new();
    for workload in workloads {
        let group = format!("load, {}", workload.id);
        let wasm = || workload.wasm.to_vec();
        let guest = Engine::new(subject::config()).load(&workload.wasm).expect("it is a guest");

        let bytes = wasm();
        let engine_alone = move || {
            let engine = Settings::OfDorcas.engine();
            wasmi::Module::new(&engine, &bytes).expect("it is valid")
        };
        stages.push(Stage::of(&group, ENGINE_ALONE, engine_alone));
        let bytes = wasm();
        stages.push(Stage::of(&group, DIGEST, move || Digest::of(&bytes)));
        let bytes = wasm();
        let measure = move || Outline::read(&bytes, &subject::config().limits).expect("it is within all limits");
        stages.push(Stage::of(&group, OUTLINE, measure));
        let bytes = wasm();
        let compile = move || Specimen::compile(&bytes, &subject::config()).expect("it is valid");
        stages.push(Stage::of(&group, COMPILE, compile));
        stages.push(Stage::of(&group, "instantiate", move || guest.instantiate().expect("it has no need of anything")));
        let bytes = wasm();
        let load = move || Engine::new(subject::config()).load(&bytes).expect("it is a guest");
        stages.push(Stage::of(&group, LOAD, load));
    }
    stages
}

/// wasmi's part in loading.
pub const ENGINE_ALONE: &str = "wasmi alone: validate and compile";
/// SHA-256 of the module.
pub const DIGEST: &str = "SHA-256";
/// The static pass.
pub const OUTLINE: &str = "static pass";
/// The static pass, and wasmi's part.
pub const COMPILE: &str = "static pass, validate and compile";
/// All of it.
pub const LOAD: &str = "all: these, an instance, its name and manifest";
