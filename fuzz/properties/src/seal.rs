//! Any module with WASI imports.

use crate::module::known_features;
use arbitrary::Unstructured;
use dorcas_host::{Config, Digest, Limits, LoadError, Probe, Specimen, abi::Span};
use dorcas_seal::{Note, Options, SealError, seal};
use std::{fmt::Write as _, sync::LazyLock};

/// A module with imports that can be answered, and some that can't: it is sealed and valid, or refused; a snapshot
/// changes nothing but what there is to initialise.
pub fn sealed_module(data: &[u8]) {
    let _ = sealed(data, false);
    let config = wasm_smith::Config {
        available_imports: Some(if data.len().is_multiple_of(8) { &*WITH_OTHERS } else { &*IMPORTS }.clone()),
        max_imports: 20,
        allow_start_export: true,
        max_memory32_bytes: 1 << 19,
        ..known_features(&EXPORTS)
    };
    let Ok(module) = wasm_smith::Module::new(config, &mut Unstructured::new(data)) else { return };
    let wasm = module.to_bytes();
    let (Some(plain), frozen) = (sealed(&wasm, false), sealed(&wasm, true)) else { return };
    let mut plain = start(&plain);
    let initialised = plain.as_mut().map(|probe| probe.call("_initialize", &[], FUEL).is_ok());
    let Some(frozen) = frozen else { return };
    // There may be nothing to initialise, and then `_initialize` isn't what was exported.
    let (Some(mut plain), Some(mut frozen)) = (plain, start(&frozen)) else { return };
    if frozen.call("_initialize", &[], FUEL).is_ok() || initialised != Some(true) {
        return;
    }
    assert_eq!(state(&frozen), state(&plain));
    for export in ["f", "g"] {
        assert_eq!(frozen.call(export, &[1, 2], FUEL), plain.call(export, &[1, 2], FUEL), "{export}");
        assert_eq!(frozen.fuel_used(), plain.fuel_used(), "{export}");
        assert_eq!(state(&frozen), state(&plain), "{export}");
    }
}

const FUEL: u64 = 250_000;

fn limits() -> Config {
    let limits = Limits {
        fuel_per_call: FUEL,
        memory_bytes: 1 << 20,
        table_elements: 1_000,
        recursion_depth: 100,
        ..Limits::default()
    };
    Config { limits, ..Config::default() }
}

/// The sealed module, of which the right things hold.
fn sealed(wasm: &[u8], snapshot: bool) -> Option<Vec<u8>> {
    let options = Options { snapshot, config: limits(), ..Options::default() };
    match seal(wasm, &options) {
        Ok(sealed) => {
            let outline =
                Specimen::compile(&sealed.wasm, &limits()).expect("what was sealed is valid").outline().clone();
            assert!(outline.imports.is_empty() && !outline.start, "{outline:?}");
            assert_eq!(seal(wasm, &options).map(|again| again.wasm).ok().as_ref(), Some(&sealed.wasm));
            assert_eq!(Note::read(&sealed.wasm).last(), Some(&sealed.note));
            assert_eq!(sealed.note.input, Digest::of(wasm).to_string());
            Some(sealed.wasm)
        }
        Err(SealError::Defect { what } | SealError::Module(LoadError::Defect { what })) => panic!("{what}"),
        Err(error) => {
            let text = error.to_string();
            assert!(!text.chars().any(char::is_control) && text.len() < 64 << 10, "{text:?}");
            None
        }
    }
}

fn start(wasm: &[u8]) -> Option<Probe> {
    Specimen::compile(wasm, &limits()).ok()?.instantiate(limits().limits.memory_bytes).ok()
}

fn state(probe: &Probe) -> Digest {
    let len = u32::try_from(probe.memory_bytes()).expect("it is limited");
    Digest::of(probe.read(Span { ptr: 0, len }).unwrap_or_default())
}

/// Functions that are answered, `i` for an `i32`, `l` for an `i64`.
const FUNCTIONS: &[(&str, &str)] = &[
    ("args_get", "ii"),
    ("args_sizes_get", "ii"),
    ("clock_time_get", "ili"),
    ("environ_get", "ii"),
    ("fd_close", "i"),
    ("fd_fdstat_get", "ii"),
    ("fd_filestat_get", "ii"),
    ("fd_pread", "iiili"),
    ("fd_prestat_get", "ii"),
    ("fd_read", "iiii"),
    ("fd_readdir", "iiili"),
    ("fd_seek", "ilii"),
    ("fd_write", "iiii"),
    ("path_filestat_get", "iiiii"),
    ("path_open", "iiiiillii"),
    ("poll_oneoff", "iiii"),
    ("random_get", "ii"),
    ("sched_yield", ""),
    ("sock_shutdown", "ii"),
];

static IMPORTS: LazyLock<Vec<u8>> = LazyLock::new(|| imports(""));

static WITH_OTHERS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    imports(
        r#"(import "env" "unknown" (func (param i32))) (import "wasi_snapshot_preview1" "fd_sync" (func (param i64)))
        (import "env" "g" (global i32)) (import "env" "t" (table 1 funcref))"#,
    )
});

fn imports(others: &str) -> Vec<u8> {
    let mut text = String::from("(module ");
    for (name, params) in FUNCTIONS {
        let params = params.replace('i', " i32").replace('l', " i64");
        let _ = write!(text, r#"(import "wasi_snapshot_preview1" "{name}" (func (param{params}) (result i32)))"#);
    }
    text.push_str(
        r#"(import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
        (import "dorcas_seal" "mount" (func (param i32 i32) (result i32)))
        (import "env" "abort" (func (param i32 i32 i32 i32))) (import "env" "seed" (func (result f64)))"#,
    );
    text.push_str(others);
    text.push(')');
    wat::parse_str(text).expect("the text is right")
}

static EXPORTS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    wat::parse_str(
        r#"(module (memory (export "memory") 1) (func (export "_initialize"))
        (func (export "f") (param i32 i32) (result i64) (i64.const 0)) (func (export "g") (param i32 i32)))"#,
    )
    .expect("the text is right")
});
