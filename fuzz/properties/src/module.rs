//! Any module, and any module with the exports of a guest.

use arbitrary::Unstructured;
use dorcas_host::{CallError, CallStats, Config, Engine, Guest, Limits, LoadError, Profile, Run, abi::method};
use std::sync::LazyLock;
use wasm_encoder::{
    CodeSection, Function,
    Instruction::{End, I32Const, I64Const},
    Module, RawSection, SectionId,
};
use wasmparser::{Parser, Payload};

/// Any bytes as a module: a guest or an error, the same each time. A guest answers or fails, the same each time.
pub fn module_bytes(data: &[u8]) {
    let outcome = |engine: Engine| match engine.load(data) {
        Ok(guest) => (guest.name().to_owned(), calls(&guest)),
        Err(LoadError::Defect { what }) => panic!("{what}"),
        Err(error) => (shown(&error.to_string()), Vec::new()),
    };
    // Once as it is, and once in a run, which makes the engine stop and go on.
    let alone = outcome(engine(Profile::Deterministic));
    assert_eq!(outcome(engine(Profile::Deterministic).in_run(&Run::new())), alone);
    let _ = outcome(engine(Profile::Fast));
}

/// A valid module with the exports of a guest, made from the bytes.
pub fn shaped_module(data: &[u8]) {
    if let Some(wasm) = shape(data) {
        module_bytes(&wasm);
        // The name and the manifest of such a module are hardly ever right: with right ones the other methods run too.
        module_bytes(&introduced(&wasm));
    }
}

/// Modules with these exports, and with the features that a guest may use, so that most of them get further than the static pass.
pub(crate) fn known_features(exports: &[u8]) -> wasm_smith::Config {
    wasm_smith::Config {
        exports: Some(exports.to_vec()),
        compact_imports_enabled: false,
        exceptions_enabled: false,
        extended_const_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        relaxed_simd_enabled: false,
        simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        max_table_elements: 1_000,
        ..wasm_smith::Config::default()
    }
}

/// Makes the module; nothing where the bytes are not enough for one.
pub fn shape(data: &[u8]) -> Option<Vec<u8>> {
    let config = wasm_smith::Config {
        max_imports: 0,
        allow_start_export: false,
        max_memory32_bytes: 1 << 20,
        ..known_features(&EXPORTS)
    };
    wasm_smith::Module::new(config, &mut Unstructured::new(data)).ok().map(|module| module.to_bytes())
}

/// Small ones, so that most time goes into new inputs.
fn engine(profile: Profile) -> Engine {
    let limits = Limits {
        fuel_per_call: 250_000,
        memory_bytes: 1 << 20,
        table_elements: 1_000,
        reply_bytes: 1 << 16,
        recursion_depth: 100,
        ..Limits::default()
    };
    Engine::new(Config { profile, limits, ..Config::default() })
}

/// How calls of all methods end, with their fuel.
fn calls(guest: &Guest) -> Vec<(Result<Vec<u8>, String>, CallStats)> {
    let mut instance = guest.instantiate().ok();
    let mut outcomes = Vec::new();
    for export in method::NAMES {
        for request in [&[][..], &[0; 12], &[0xff; 100]] {
            let (result, stats) = guest.call_bytes_measured(export, request);
            assert!(!matches!(result, Err(CallError::Defect { .. })), "{result:?}");
            assert!(stats.fuel <= 2 * guest.config().limits.fuel_per_call, "{stats:?}");
            outcomes.push((result.map_err(|error| shown(&error.to_string())), stats));
            if let Some(instance) = &mut instance {
                let (result, stats) = instance.call_bytes_measured(export, request);
                assert!(stats.fuel <= guest.config().limits.fuel_per_call, "{stats:?}");
                assert!(instance.memory_bytes() <= guest.config().limits.memory_bytes);
                outcomes.push((result.map_err(|error| shown(&error.to_string())), stats));
            }
        }
    }
    outcomes
}

/// An error's text is for people: one line of bounded length.
fn shown(text: &str) -> String {
    assert!(!text.chars().any(char::is_control), "{text:?}");
    assert!(text.len() < 64 << 10, "{} bytes", text.len());
    text.to_owned()
}

/// What a guest exports, as a module.
static EXPORTS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let methods = method::NAMES
        .iter()
        .map(|name| format!(r#"(func (export "{name}") (param i32 i32) (result i64) (i64.const 0))"#))
        .collect::<Vec<_>>()
        .join(" ");
    let text = format!(
        r#"(module (memory (export "memory") 1) (func (export "dorcas_abi_v1")) (func (export "_initialize"))
          (func (export "alloc") (param i32) (result i32) (i32.const 0)) (func (export "free") (param i32 i32))
          (func (export "lang_name") (result i64) (i64.const 0)) {methods})"#
    );
    wat::parse_str(text).expect("the text is right")
});

/// The module with other bodies for `alloc`, `lang_name` and `manifest`: they answer as those of a guest do.
fn introduced(wasm: &[u8]) -> Vec<u8> {
    let mut functions = Vec::new();
    let mut module = Module::new();
    let (mut code, mut bodies) = (CodeSection::new(), 0);
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.expect("the generator makes valid modules");
        match &payload {
            Payload::ExportSection(exports) => {
                functions = exports.clone().into_iter().flatten().map(|export| (export.index, export.name)).collect();
            }
            Payload::CodeSectionStart { count, .. } => bodies = *count,
            Payload::CodeSectionEntry(body) => {
                match functions.iter().find(|(index, _)| *index == code.len()).and_then(|(_, name)| answer(name)) {
                    Some(function) => code.function(&function),
                    None => code.raw(body.as_bytes()),
                };
                if code.len() == bodies {
                    module.section(&code);
                }
            }
            _ => {}
        }
        if let Some((id, range)) = payload.as_section().filter(|(id, _)| *id != SectionId::Code as u8) {
            module.section(&RawSection { id, data: &wasm[range.start as usize..range.end as usize] });
        }
    }
    module.finish()
}

const I32_STORE8: [u8; 3] = [0x3a, 0, 0];
const I64_STORE: [u8; 3] = [0x37, 0, 0];

fn answer(export: &str) -> Option<Function> {
    let mut function = Function::new([]);
    match export {
        "alloc" => function.instruction(&I32Const(1024)),
        // `x` at 16.
        "lang_name" => function
            .instruction(&I32Const(16))
            .instruction(&I32Const(i32::from(b'x')))
            .raw(I32_STORE8)
            .instruction(&I64Const(0x10_0000_0001)),
        // Nine zeros at 32.
        "manifest" => function
            .instruction(&I32Const(32))
            .instruction(&I64Const(0))
            .raw(I64_STORE)
            .instruction(&I32Const(40))
            .instruction(&I32Const(0))
            .raw(I32_STORE8)
            .instruction(&I64Const(0x20_0000_0009)),
        _ => return None,
    };
    function.instruction(&End);
    Some(function)
}
