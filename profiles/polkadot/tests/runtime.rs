//! Runtimes of our own making, right and hostile ones.

#![allow(clippy::cast_possible_truncation)] // Bytes of counters.

use dorcas_host::{CallError, Config, Limits, module::Halt};
use dorcas_polkadot::{HeapFault, Runtime, RuntimeError};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

const MEMORY: &str = r#"(import "env" "memory" (memory 17))"#;
const HEAP: &str = r#"(global (export "__heap_base") i32 (i32.const 70000))"#;
const ALLOCATOR: &str = r#"(import "env" "ext_allocator_malloc_version_1" (func $malloc (param i32) (result i32)))
    (import "env" "ext_allocator_free_version_1" (func $free (param i32)))"#;

/// `(ptr, len)` as a reply.
const REPLY: &str =
    "(i64.or (i64.shl (i64.extend_i32_u (local.get 1)) (i64.const 32)) (i64.extend_i32_u (local.get 0)))";

fn wat(fields: &str) -> Vec<u8> {
    wat::parse_str(format!("(module {fields})")).unwrap()
}

fn load(fields: &str) -> Result<Runtime, RuntimeError> {
    Runtime::load(&Config::default(), &wat(fields))
}

/// A runtime with an export `f` that does this with its arguments, and has the allocator.
fn runtime(body: &str) -> Runtime {
    load(&format!("{ALLOCATOR} {MEMORY} {HEAP} (func (export \"f\") (param i32 i32) (result i64) (local $a i32) (local $b i32) {body})"))
        .unwrap()
}

fn version() -> Vec<u8> {
    let mut bytes = vec![4 * 4];
    bytes.extend(b"test");
    bytes.extend([4 * 5]);
    bytes.extend(b"tests");
    for number in [1_u32, 9_400, 2] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.push(4);
    bytes.extend(0xdf6a_cb68_9907_609b_u64.to_be_bytes());
    bytes.extend(4_u32.to_le_bytes());
    bytes.extend(7_u32.to_le_bytes());
    bytes.push(1);
    bytes
}

/// A runtime with a version.
fn versioned(memory: &str) -> Vec<u8> {
    let (bytes, len) = (version(), version().len());
    let data: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect::<Vec<_>>().concat();
    wat(&format!(
        "{memory} {HEAP} (data (i32.const 1024) \"{data}\")
         (func (export \"Core_version\") (param i32 i32) (result i64) (i64.const {}))",
        (len as u64) << 32 | 1024
    ))
}

fn compressed(wasm: &[u8]) -> Vec<u8> {
    let magic = [0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05];
    [&magic[..], &compress_to_vec(wasm, CompressionLevel::Fastest)].concat()
}

fn fault(error: &RuntimeError) -> Option<&HeapFault> {
    match error {
        RuntimeError::Call(CallError::Halted { halt: Halt::Error(error), .. }) => error.downcast_ref(),
        _ => None,
    }
}

#[test]
fn a_version_is_told_by_code_of_each_form_with_each_memory() {
    for memory in [MEMORY, r#"(memory (export "memory") 17)"#, r#"(import "env" "memory" (memory 17 1000))"#] {
        let wasm = versioned(memory);
        let frame = &compressed(&wasm)[8..];
        for code in [&wasm[..], &compressed(&wasm), frame] {
            let runtime = Runtime::load(&Config::default(), code).unwrap();
            assert_eq!(runtime.call("Core_version", &[]).unwrap(), version());
            let version = runtime.version().unwrap();
            assert_eq!((&*version.spec_name, version.spec_version, version.state_version), ("test", 9_400, Some(1)));
        }
    }
}

#[test]
fn arguments_come_through_the_heap_however_large() {
    let runtime = runtime(REPLY);
    for len in [0, 1, 8, 4_000, 3 << 20] {
        let arguments: Vec<u8> = (0..len).map(|n: u32| n as u8).collect();
        assert_eq!(runtime.call("f", &arguments).unwrap(), arguments, "{len}");
    }
    let error = runtime.call("f", &vec![0; (32 << 20) + 1]).unwrap_err();
    assert!(matches!(error, RuntimeError::Arguments { .. }), "{error}");
    assert!(error.to_string().contains("a block has at most 33554432"), "{error}");
}

#[test]
fn what_came_after_the_first_version_is_refused_by_its_name() {
    let function = |body: &str| format!("(func (param i32) {body})");
    for (fields, name) in [
        (function("(drop (i32.extend8_s (local.get 0)))"), "sign"),
        (function("(memory.fill (local.get 0) (local.get 0) (local.get 0))"), "bulk memory"),
        ("(func (result i32 i32) (i32.const 1) (i32.const 2))".into(), "multi"),
        ("(global (export \"g\") (mut i32) (i32.const 1))".into(), "mutable"),
        (function("(drop (i32.trunc_sat_f32_s (f32.const 1)))"), "saturating"),
        ("(table 1 externref)".into(), "reference"),
    ] {
        let error = load(&format!("{MEMORY} {HEAP} {fields}")).unwrap_err().to_string();
        assert!(error.contains(name), "{fields}: {error}");
    }
    // All of the first.
    load(&format!(
        "{MEMORY} {HEAP} (table 1 funcref) (global (mut i64) (i64.const 1)) (func (result f64) (f64.const 1))"
    ))
    .unwrap();
}

#[test]
fn what_every_runtime_has_is_asked_for_by_name() {
    for (fields, text) in [
        (HEAP.to_owned(), "the runtime has no memory: it neither exports one nor imports `env.memory`"),
        (
            MEMORY.to_owned(),
            "the runtime has no heap: it must export a global `__heap_base` of type i32 above 0, and exports nothing of that name",
        ),
        (
            format!(r#"{MEMORY} (global (export "__heap_base") i64 (i64.const 1))"#),
            "__heap_base` of type i32 above 0, and that is a constant i64 global",
        ),
        (
            format!(r#"{MEMORY} (func (export "__heap_base"))"#),
            "__heap_base` of type i32 above 0, and that is a function",
        ),
    ] {
        let error = load(&fields).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
    let runtime = load(&format!(
        r#"{MEMORY} (global (export "__heap_base") i32 (i32.const 0)) (func (export "f") (param i32 i32) (result i64) {REPLY})"#
    ));
    let error = runtime.unwrap().call("f", b"").unwrap_err().to_string();
    assert!(error.contains("above 0"), "{error}");
    let error = runtime_of_other_imports().unwrap_err().to_string();
    assert!(error.contains("other.memory") && error.contains("elsewhere.function"), "{error}");
}

fn runtime_of_other_imports() -> Result<Runtime, RuntimeError> {
    load(&format!(r#"(import "other" "memory" (memory 1)) (import "elsewhere" "function" (func)) {HEAP}"#))
}

#[test]
fn functions_that_the_host_lacks_are_there_until_they_are_called() {
    let runtime = load(&format!(
        r#"(import "env" "ext_storage_get_version_1" (func $get (param i64) (result i64))) {MEMORY} {HEAP}
        (func (export "quiet") (param i32 i32) (result i64) (i64.const 0))
        (func (export "asks") (param i32 i32) (result i64) (call $get (i64.const 1)))"#
    ))
    .unwrap();
    assert_eq!(runtime.call("quiet", b"").unwrap(), b"");
    let error = runtime.call("asks", b"").unwrap_err();
    assert!(matches!(&error, RuntimeError::Call(CallError::Halted { halt: Halt::Unprovided, .. })), "{error}");
    assert!(error.to_string().contains("env.ext_storage_get_version_1"), "{error}");
}

#[test]
fn the_heap_is_behind_its_base_and_blocks_come_back() {
    let runtime = runtime(
        "(local.set $a (call $malloc (i32.const 5))) (call $free (local.get $a)) (local.set $b (call $malloc (i32.const 8)))
         (i32.store (local.get $b) (local.get $a)) (i32.store offset=4 (local.get $b) (local.get $b))
         (i64.or (i64.const 0x800000000) (i64.extend_i32_u (local.get $b)))",
    );
    let first = 70_000 + 8_u32;
    let expected = [first.to_le_bytes(), first.to_le_bytes()].concat();
    assert_eq!(runtime.call("f", b"").unwrap(), expected);
    // Behind the arguments.
    let second = first + 16 + 8;
    assert_eq!(runtime.call("f", &[1; 9]).unwrap(), [second.to_le_bytes(), second.to_le_bytes()].concat());
}

#[test]
fn hostile_runtimes_end_in_a_fault_that_says_what_they_did() {
    let block = "(local.set $a (call $malloc (i32.const 8)))";
    let free = "(call $free (local.get $a))";
    let written = |value: &str| format!("(i64.store (i32.sub (local.get $a) (i32.const 8)) (i64.const {value}))");
    for (body, text) in [
        (format!("{block} {free} {free}"), "given back twice"),
        (format!("{block} {} {free}", written("-1")), "was written to"),
        (format!("{block} {} {free}", written("0x100000016")), "was written to"),
        (format!("{block} {free} {} {block}", written("0")), "was written to"),
        (format!("{block} {free} {} {block}", written("0x100000000")), "was written to"),
        ("(call $free (i32.const 0))".into(), "no block begins"),
        ("(call $free (i32.const -1))".into(), "no block begins"),
        ("(call $free (i32.const 69992))".into(), "no block begins"),
        ("(drop (call $malloc (i32.const 33554433)))".into(), "33554433 bytes were asked for"),
        ("(drop (call $malloc (i32.const -1)))".into(), "4294967295 bytes were asked for"),
        (
            "(loop (drop (call $malloc (i32.const 33554432))) (br 0))".into(),
            "there is no room for a block of 33554432 bytes",
        ),
    ] {
        let error = runtime(&format!("{body} (i64.const 0)")).call("f", b"").unwrap_err();
        let said = fault(&error).unwrap_or_else(|| panic!("{body}: {error}")).to_string();
        assert!(said.contains(text), "{body}: {said}");
    }
    // A loop that allocates little until its fuel or its memory is gone.
    let error = runtime("(loop (drop (call $malloc (i32.const 8))) (br 0)) (i64.const 0)").call("f", b"").unwrap_err();
    assert!(fault(&error).is_some() || matches!(error, RuntimeError::Call(CallError::Limit { .. })), "{error}");
}

#[test]
fn a_reply_is_in_the_memory_the_length_in_the_high_half() {
    for (word, text) in [
        ("0x1000000112000", "`f` returned 0x0001000000112000"),
        ("0xffffffff00000000", "4294967295 bytes at 0x0"),
        // The halves exchanged: 4 bytes at 1 MiB, and not a MiB at 4.
        ("0x0010000000000004", "the length is in the high half"),
        ("-1", "4294967295 bytes at 0xffffffff"),
    ] {
        match runtime(&format!("(i64.const {word})")).call("f", b"") {
            Ok(reply) => assert_eq!((word, reply.len()), ("0x0010000000000004", 1 << 20)),
            Err(error) => assert!(error.to_string().contains(text), "{error}"),
        }
    }
}

#[test]
fn each_call_is_one_in_a_fresh_instance_and_takes_the_same_fuel() {
    let counting = runtime(
        "(drop (call $malloc (i32.const 100000)))
         (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1))) (i64.const 0x400000010)",
    );
    let mut fuel = Vec::new();
    for runtime in [&counting, &counting, &counting.clone()] {
        let (reply, stats) = runtime.call_measured("f", b"");
        assert_eq!(reply.unwrap(), [1, 0, 0, 0]);
        fuel.push(stats.fuel);
    }
    assert!(fuel.iter().all(|other| *other == fuel[0] && *other > 0), "{fuel:?}");
}

#[test]
fn functions_of_other_types_are_told_apart() {
    let runtime =
        load(&format!("{MEMORY} {HEAP} (func (export \"f\") (param i32) (result i64) (i64.const 0))")).unwrap();
    let error = runtime.call("f", b"").unwrap_err().to_string();
    assert!(error.contains("(i32) -> i64") && error.contains("(i32, i32) -> i64"), "{error}");
    let error = runtime.call("Core_version", b"").unwrap_err().to_string();
    assert!(error.contains("Core_version"), "{error}");
}

#[test]
fn a_bomb_is_bounded_by_the_limit_of_a_module() {
    let bomb = compressed(&vec![0; 40 << 20]);
    let error = Runtime::load(&Config::default(), &bomb).unwrap_err();
    assert!(matches!(error, RuntimeError::Bomb { most: 0x100_0000 }), "{error}");
    let limits = Limits { module_bytes: 1_000, ..Limits::default() };
    let small = Config { limits, ..Config::default() };
    Runtime::load(&small, &compressed(&versioned(MEMORY))).unwrap();
    assert!(matches!(Runtime::load(&small, &compressed(&vec![0; 1_001])), Err(RuntimeError::Bomb { most: 1_000 })));
}
