//! Any module, as the engine gets it.

use crate::module::known_features;
use arbitrary::Unstructured;
use dorcas_host::{Limits, LoadError, PIECE_FUEL, metered};
use std::sync::LazyLock;
use wasmi::{CompilationMode, Engine, Instance, Module, Store, StoreLimits, StoreLimitsBuilder, Val};
use wasmparser::Validator;

/// A valid module, made from the bytes, and the same in pieces of any size: the results, the traps, the memory and the globals
/// are the same after each call, for no more than twice the fuel. Any bytes are no module in pieces, or one that is as valid as
/// they are.
pub fn metered_module(data: &[u8]) {
    let piece = u32::from(data.last().copied().unwrap_or(0) / 2);
    let limits = Limits { block_values: u32::MAX, carried_values: u32::MAX, ..Limits::default() };
    if let Ok(metered) = metered(data, &limits, piece) {
        assert_eq!(is_valid(&metered), is_valid(data));
    }
    let Some(wasm) = module(data) else { return };
    let expected = outcomes(&wasm);
    for piece in [0, piece, PIECE_FUEL] {
        let metered = match metered(&wasm, &limits, piece) {
            Ok(metered) => metered,
            // With several memories, and a type that had to be added.
            Err(LoadError::Invalid { .. }) => return,
            Err(error) => panic!("{error}"),
        };
        if let Err(error) = Validator::new().validate_all(&metered) {
            panic!("in pieces of {piece}: {error}");
        }
        let outcomes = outcomes(&metered);
        for (outcome, expected) in outcomes.iter().zip(&expected) {
            assert_eq!(outcome.shown, expected.shown, "in pieces of {piece}");
            assert!(outcome.fuel <= 2 * expected.fuel, "{} and {}", outcome.fuel, expected.fuel);
        }
        assert_eq!(outcomes.len(), expected.len());
    }
}

fn is_valid(wasm: &[u8]) -> bool {
    Validator::new().validate_all(wasm).is_ok()
}

/// A module that ends.
fn module(data: &[u8]) -> Option<Vec<u8>> {
    let config = wasm_smith::Config {
        max_imports: 0,
        min_funcs: 2,
        max_funcs: 8,
        max_instructions: 400,
        allow_start_export: false,
        max_memories: 1,
        max_memory32_bytes: 1 << 19,
        ..known_features(&EXPORTS)
    };
    let mut module = wasm_smith::Module::new(config, &mut Unstructured::new(data)).ok()?;
    module.ensure_termination(STEPS).ok()?;
    Some(module.to_bytes())
}

/// Calls and turns of loops that such a module may make.
const STEPS: u32 = 300;

/// After a call.
struct Outcome {
    /// What it returned or trapped with, the memory and the globals.
    shown: (String, Vec<u8>, Vec<String>),
    fuel: u64,
}

fn outcomes(wasm: &[u8]) -> Vec<Outcome> {
    const FUEL: u64 = 1 << 40;
    let mut config = wasmi::Config::default();
    // Stack for more calls than there can be, however large their frames are.
    config.consume_fuel(true).compilation_mode(CompilationMode::Eager).set_max_stack_height(64 << 20);
    let engine = Engine::new(&config);
    let limits = StoreLimitsBuilder::new().memory_size(1 << 20).table_elements(2_000).build();
    let mut store = Store::new(&engine, limits);
    store.limiter(|limits: &mut StoreLimits| limits);
    let mut outcomes = Vec::new();
    let Ok(module) = Module::new(&engine, wasm) else { panic!("the engine takes it") };
    store.set_fuel(FUEL).expect("it is turned on");
    let Ok(instance) = Instance::new(&mut store, &module, &[]) else { return outcomes };
    for (export, params) in [("f", [1, 2]), ("g", [-1, 7]), ("f", [0, 1 << 20])] {
        let Some(function) = instance.get_func(&store, export) else { continue };
        store.set_fuel(FUEL).expect("it is turned on");
        let mut results = vec![Val::I64(0); function.ty(&store).results().len()];
        let ended = function.call(&mut store, &params.map(Val::I32), &mut results);
        let fuel = FUEL - store.get_fuel().expect("it is turned on");
        let globals = instance.exports(&store).filter_map(wasmi::Export::into_global);
        let globals = globals.map(|global| format!("{:?}", global.get(&store))).collect();
        let memory = instance.get_memory(&store, "memory").map(|memory| memory.data(&store).to_vec());
        let shown = (format!("{ended:?} {results:?}"), memory.unwrap_or_default(), globals);
        outcomes.push(Outcome { shown, fuel });
    }
    outcomes
}

static EXPORTS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    wat::parse_str(
        r#"(module (memory (export "memory") 1) (global (export "a") (mut i64) (i64.const 1))
        (global (export "b") (mut i32) (i32.const 1)) (func (export "f") (param i32 i32) (result i64) (i64.const 0))
        (func (export "g") (param i32 i32)))"#,
    )
    .expect("the text is right")
});
