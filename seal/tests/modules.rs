//! What becomes of a module: its functions, its memory, its exports, and why some can't be sealed.

use dorcas_host::{Config, Digest, Engine, Limits, Outline, Probe, Specimen, Stop};
use dorcas_seal::{Note, Options, SealError, Sealed, seal};

const YIELD: &str = r#"(import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))"#;
const WRITE: &str =
    r#"(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))"#;
const RANDOM: &str = r#"(import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))"#;

fn module(fields: &str) -> Vec<u8> {
    wat::parse_str(format!("(module {fields})")).unwrap()
}

fn sealed(fields: &str) -> Sealed {
    seal(&module(fields), &Options::default()).unwrap()
}

fn frozen(fields: &str) -> Sealed {
    seal(&module(fields), &Options { snapshot: true, ..Options::default() }).unwrap()
}

fn error(fields: &str) -> String {
    seal(&module(fields), &Options::default()).unwrap_err().to_string()
}

fn frozen_error(fields: &str) -> String {
    seal(&module(fields), &Options { snapshot: true, ..Options::default() }).unwrap_err().to_string()
}

fn start(sealed: &Sealed) -> Probe {
    Specimen::compile(&sealed.wasm, &Config::default()).unwrap().instantiate(1 << 20).unwrap()
}

fn outline(sealed: &Sealed) -> Outline {
    Outline::read(&sealed.wasm, &Limits::default()).unwrap()
}

fn exports(sealed: &Sealed) -> Vec<String> {
    outline(sealed).exports.into_iter().map(|export| export.name).collect()
}

fn i64(probe: &mut Probe, export: &'static str) -> i64 {
    probe.call(export, &[], 1_000_000).unwrap().i64().unwrap()
}

#[test]
fn calls_go_where_they_went() {
    let sealed = sealed(&format!(
        r#"{RANDOM} {YIELD} {YIELD_AGAIN} (memory 1) (table 4 funcref) (elem (i32.const 1) $yield $seven $again)
        (type $number (func (result i32)))
        (func $unused (unreachable))
        (func $seven (result i32) (i32.const 7))
        (func (export "f") (result i64)
            (i64.extend_i32_u (i32.add (call_indirect (type $number) (i32.const 1))
                (i32.add (call_indirect (type $number) (i32.const 2)) (call_indirect (type $number) (i32.const 3))))))
        (export "g" (func $yield))"#,
        YIELD_AGAIN = YIELD.replace("$yield", "$again"),
    ));
    assert_eq!(i64(&mut start(&sealed), "f"), 7);
    assert_eq!(exports(&sealed), ["f", "g"]);
    assert_eq!(sealed.note.stand_ins, ["wasi_snapshot_preview1.random_get", "wasi_snapshot_preview1.sched_yield"]);
}

#[test]
fn what_nothing_leads_to_is_left_out() {
    let with = |fields: &str| outline(&sealed(&format!(r#"{fields} (func (export "f") (result i64) (i64.const 0))"#)));
    let plain = with("");
    assert_eq!(plain.functions, 1);
    assert_eq!(with("(func $a (call $b)) (func $b (call $a))").functions, 1);
    assert!(with(&format!("{RANDOM} (memory 1)")).functions < 12, "only what tidies up");
}

#[test]
fn a_function_that_is_only_referred_to_stays() {
    let sealed = sealed(
        r#"(func $f (result i32) (i32.const 5)) (global $g funcref (ref.func $f)) (table $t 1 funcref)
        (type $number (func (result i32)))
        (func (export "run") (result i64) (table.set $t (i32.const 0) (global.get $g))
            (i64.extend_i32_u (call_indirect (type $number) (i32.const 0))))"#,
    );
    assert_eq!(i64(&mut start(&sealed), "run"), 5);
}

#[test]
fn names_go_with_their_functions() {
    let sealed =
        sealed(&format!(r#"{YIELD} (memory 1) (func $left_out) (func $kept (export "f") (drop (call $yield)))"#));
    let names = String::from_utf8_lossy(&sealed.wasm).into_owned();
    assert!(names.contains("kept") && !names.contains("left_out"), "{names}");
}

#[test]
fn the_same_module_gives_the_same_bytes() {
    let fields = format!(r#"{RANDOM} {WRITE} (memory (export "memory") 1) (func (export "_initialize"))"#);
    assert_eq!(sealed(&fields).wasm, sealed(&fields).wasm);
    assert_eq!(frozen(&fields).wasm, frozen(&fields).wasm);
}

#[test]
fn it_says_how_it_was_made() {
    let fields = format!(r#"{YIELD} (memory (export "memory") 1) (func (export "_initialize"))"#);
    let once = sealed(&fields);
    assert_eq!(once.note.input, Digest::of(&module(&fields)).to_string());
    assert_eq!(once.note.snapshot, None);
    assert_eq!(Note::read(&once.wasm), std::slice::from_ref(&once.note));
    assert!(frozen(&fields).note.snapshot.is_some_and(|fuel| fuel > 0));

    let twice = seal(&once.wasm, &Options { snapshot: true, ..Options::default() }).unwrap();
    assert_eq!(Note::read(&twice.wasm), [once.note, twice.note]);
}

#[test]
fn a_module_that_needs_nothing_stays_a_guest() {
    let wasm = include_bytes!("../../guest/prebuilt/visibility.wasm");
    for snapshot in [false, true] {
        let sealed = seal(wasm, &Options { snapshot, ..Options::default() }).unwrap();
        assert_eq!(sealed.note.snapshot, None);
        assert_eq!(Engine::default().load(&sealed.wasm).unwrap().name(), "visibility_extension");
    }
}

#[test]
fn a_start_function_becomes_initialize() {
    let fields = r#"(memory (export "memory") 1) (func $s (i32.store8 (i32.const 9) (i32.const 7))) (start $s)"#;
    let mut probe = start(&sealed(fields));
    assert_eq!(probe.read(dorcas_host::abi::Span { ptr: 9, len: 1 }), Some(&[0][..]));
    probe.call("_initialize", &[], 1_000).unwrap();
    assert_eq!(probe.read(dorcas_host::abi::Span { ptr: 9, len: 1 }), Some(&[7][..]));
}

#[test]
fn a_start_function_runs_before_initialize() {
    let fields = format!(
        r#"{YIELD} (memory (export "memory") 1) (global $g (mut i64) (i64.const 1))
        (func $s (global.set $g (i64.add (global.get $g) (i64.const 1)))) (start $s)
        (func (export "_initialize") (global.set $g (i64.mul (global.get $g) (i64.const 10))))
        (func (export "g") (result i64) (global.get $g))"#
    );
    let mut probe = start(&sealed(&fields));
    probe.call("_initialize", &[], 1_000).unwrap();
    assert_eq!(i64(&mut probe, "g"), 20);
    assert_eq!(i64(&mut start(&frozen(&fields)), "g"), 20);
}

#[test]
fn a_panic_text_of_its_own_stays() {
    let fields = format!(
        r#"{WRITE} (memory (export "memory") 1) (global (export "dorcas_panic") i32 (i32.const 16))
        (data (i32.const 0) "\40\00\00\00\04\00\00\00") (data (i32.const 64) "seen, left")
        (func (export "write") (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8))) (unreachable))
        (func (export "own")
            (i64.store (i32.const 16) (i64.const 0x400000044))
            (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8))) (unreachable))"#
    );
    let sealed = sealed(&fields);
    let text = |export| match start(&sealed).call(export, &[], 100_000) {
        Err(Stop::Trap { panic_text, .. }) => panic_text,
        other => panic!("{other:?}"),
    };
    assert_eq!(text("write").as_deref(), Some("seen"));
    assert_eq!(text("own").as_deref(), Some(", le"));
}

#[test]
fn a_memory_with_a_maximum_has_room_for_one_page_more() {
    let fields = format!(
        r#"{YIELD} (memory (export "memory") 1 2)
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))"#
    );
    let mut probe = start(&sealed(&fields));
    assert_eq!(probe.memory_bytes(), 2 << 16);
    assert_eq!(probe.call("grow", &[1], 10_000).unwrap().i32(), Some(1));
    assert_eq!(probe.call("grow", &[1], 10_000).unwrap().i32(), Some(u32::MAX));
}

#[test]
fn a_snapshot_has_what_initialize_left() {
    let fields = format!(
        r#"{RANDOM} (memory (export "memory") 1)
        (global $a (mut i32) (i32.const 1)) (global $b (mut i64) (i64.const 1))
        (global $c (mut f32) (f32.const 1)) (global $d (mut f64) (f64.const 1)) (global $e i32 (i32.const 5))
        (data (i32.const 100) "old")
        (func (export "_initialize")
            (drop (memory.grow (i32.const 1)))
            (drop (call $random (i32.const 131000) (i32.const 8)))
            (i32.store8 (i32.const 101) (i32.const 0))
            (global.set $a (i32.const -7)) (global.set $b (i64.const -8))
            (global.set $c (f32.const nan:0x200001)) (global.set $d (f64.const -0)))
        (func (export "memory.bytes") (result i64) (i64.load (i32.const 131000)))
        (func (export "data") (result i64) (i64.load (i32.const 100)))
        (func (export "pages") (result i64) (i64.extend_i32_u (memory.size)))
        (func (export "globals") (result i64)
            (i64.xor (i64.extend_i32_u (global.get $a)) (i64.xor (global.get $b)
                (i64.xor (i64.extend_i32_u (i32.reinterpret_f32 (global.get $c)))
                    (i64.xor (i64.reinterpret_f64 (global.get $d)) (i64.extend_i32_u (global.get $e)))))))"#
    );
    let frozen = frozen(&fields);
    assert!(!exports(&frozen).contains(&"_initialize".into()));
    let mut without = start(&sealed(&fields));
    without.call("_initialize", &[], 1_000_000).unwrap();
    let mut with = start(&frozen);
    for export in ["memory.bytes", "data", "pages", "globals"] {
        assert_eq!(i64(&mut with, export), i64(&mut without, export), "{export}");
    }
    let all = |probe: &Probe| {
        let len = u32::try_from(probe.memory_bytes()).unwrap();
        probe.read(dorcas_host::abi::Span { ptr: 0, len }).map(<[u8]>::to_vec)
    };
    assert!(all(&with) == all(&without), "memory");
}

#[test]
fn a_snapshot_leaves_out_what_only_initialize_needed() {
    let fields = format!(
        r#"{WRITE} {RANDOM} (memory (export "memory") 1)
        (func $work (drop (call $random (i32.const 64) (i32.const 8))))
        (func (export "_initialize") (call $work))
        (func (export "f") (result i64) (i64.load (i32.const 64)))"#
    );
    assert!(outline(&frozen(&fields)).functions < outline(&sealed(&fields)).functions);
}

#[test]
fn a_snapshot_keeps_segments_that_are_read_later() {
    let fields = r#"(memory (export "memory") 1) (data "later") (data (i32.const 8) "now")
        (func (export "_initialize") (i32.store8 (i32.const 8) (i32.const 78)))
        (func (export "f") (result i64)
            (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 5)) (i64.load (i32.const 0)))
        (func (export "dropped") (memory.init 1 (i32.const 0) (i32.const 0) (i32.const 1)))"#;
    for sealed in [sealed(fields), frozen(fields)] {
        let mut probe = start(&sealed);
        assert_eq!(i64(&mut probe, "f").to_le_bytes(), *b"later\0\0\0");
        assert!(matches!(probe.call("dropped", &[], 1_000), Err(Stop::Trap { .. })));
    }
}

#[test]
fn a_snapshot_of_changing_tables() {
    assert_eq!(
        frozen_error(
            r#"(memory (export "memory") 1) (table 1 funcref) (func (export "_initialize"))
            (func (export "f") (table.set 0 (i32.const 0) (ref.null func)))"#
        ),
        "no snapshot: code of the module has the instruction `table.set`, whose effect can't be seen from outside"
    );
}

#[test]
fn a_snapshot_of_a_changing_reference() {
    assert_eq!(
        frozen_error(
            r#"(memory (export "memory") 1) (global i32 (i32.const 0)) (global (mut funcref) (ref.null func))
            (func (export "_initialize"))"#
        ),
        "no snapshot: global 1 can change and is a reference"
    );
}

#[test]
fn a_snapshot_without_memory() {
    assert_eq!(
        frozen_error(r#"(memory 1) (func (export "_initialize"))"#),
        "no snapshot: module has no memory, or doesn't export it as `memory`"
    );
}

#[test]
fn a_snapshot_of_what_traps() {
    let fields = format!(
        r#"{WRITE} (memory (export "memory") 1) (data (i32.const 16) "\20\00\00\00\04\00\00\00") (data (i32.const 32) "oops")
        (func (export "_initialize")
            (drop (call $write (i32.const 2) (i32.const 16) (i32.const 1) (i32.const 24))) (unreachable))"#
    );
    assert_eq!(frozen_error(&fields), "no snapshot: `_initialize` stopped: it trapped: unreachable; it said: oops");
}

#[test]
fn a_snapshot_without_end() {
    let limits = Limits { fuel_per_call: 1_000, ..Limits::default() };
    let options = Options { snapshot: true, config: Config { limits, ..Config::default() }, ..Options::default() };
    let error = seal(&module(r#"(memory (export "memory") 1) (func (export "_initialize") (loop (br 0)))"#), &options);
    assert_eq!(error.unwrap_err().to_string(), "no snapshot: `_initialize` stopped: it used up its fuel of 1000");
}

#[test]
fn imports_that_nobody_knows() {
    assert_eq!(
        error(&format!(
            r#"{YIELD} (import "env" "now" (func (result f64))) (import "wasi_unstable" "sched_yield" (func (result i32)))
            (import "wasi_snapshot_preview1" "random_get" (func (param i64 i32) (result i32)))
            (import "env" "memory" (memory 1))"#
        )),
        "no stand-in for `env.now`, a function () -> f64; `wasi_unstable.sched_yield`, a function () -> i32 (known is \
         `wasi_snapshot_preview1`); `wasi_snapshot_preview1.random_get`, a function (i64, i32) -> i32, where there is one \
         of type function (i32, i32) -> i32; `env.memory`, a 32-bit memory of 1 page"
    );
}

#[test]
fn a_command() {
    assert_eq!(
        error(r#"(func (export "_start"))"#),
        "module exports `_start` and no `_initialize`: it is a command, which runs once; build a reactor (clang, zig: \
         `-mexec-model=reactor`; Go: `-buildmode=c-shared`)"
    );
    sealed(r#"(func (export "_start")) (func (export "_initialize"))"#);
}

#[test]
fn a_module_without_memory() {
    assert_eq!(error(YIELD), "module has no memory of its own, in which stand-ins could work");
}

#[test]
fn a_memory_that_is_full() {
    let limits = Limits { memory_bytes: 1 << 33, ..Limits::default() };
    let options = Options { config: Config { limits, ..Config::default() }, ..Options::default() };
    let full = module(&format!("{YIELD} (memory 65536)"));
    assert_eq!(
        seal(&full, &options).unwrap_err().to_string(),
        "module has a memory of 65536 pages, which leaves no room for the page of the stand-ins"
    );
}

#[test]
fn data_where_the_panic_text_is_told() {
    assert_eq!(
        error(&format!(r#"{WRITE} (memory 1) (data (i32.const 7) "x")"#)),
        "module has data at address 7, and address and length of a panic's text are to be at 0; export `dorcas_panic` to \
         say where they can be"
    );
    // Nothing is ever told there.
    sealed(&format!(r#"{RANDOM} (memory 1) (data (i32.const 7) "x")"#));
}

#[test]
fn data_that_would_lie_in_the_stand_ins_page() {
    assert_eq!(
        error(&format!(r#"{YIELD} (memory 1) (data (i32.const 65535) "xy")"#)),
        "module has a data segment at 65535 of 2 bytes, outside of its memory (module.instantiates)"
    );
}

#[test]
fn a_file_that_is_no_module() {
    let error = seal(b"\0asm", &Options::default()).unwrap_err();
    assert!(matches!(error, SealError::Module(_)), "{error}");
    assert_eq!(error.to_string(), "not a WebAssembly module: it begins with the bytes 00 61 73 6d (module.core)");
}
