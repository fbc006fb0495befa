//! No instruction, carried out again and again, fills the stack of the process.
//!
//! The interpreter relies on the compiler to turn calls into jumps. Whether it did shows in the binary that is shipped, so
//! `.ci/run` runs this with `DORCAS_TESTED`, the path of that one, too; see `host/src/sandbox/dispatch.rs`.

mod support;

use std::{fmt::Write as _, fs};
use support::dorcas;

/// As many times as fill a stack of 8 MiB with room to spare, if each leaves a few words there.
const TIMES: u32 = 300_000;

/// A guest whose `generate_rules` carries out an instruction many times.
fn guest(body: &str) -> Vec<u8> {
    wat::parse_str(guest_text(body)).unwrap_or_else(|error| panic!("{body}: {error}"))
}

fn guest_text(body: &str) -> String {
    let (mut locals, mut globals) = (String::new(), String::new());
    for ty in ["i32", "i64", "f32", "f64"] {
        write!(locals, "(local ${ty} {ty}) (local ${ty}b {ty})").unwrap();
        write!(globals, "(global $g{ty} (mut {ty}) ({ty}.const 1))").unwrap();
    }
    format!(
        r#"(module
          (type $plain (func))
          (memory (export "memory") 1 4)
          (table $t 4 8 funcref) (table $called 1 funcref)
          (elem (table $called) (i32.const 0) func $empty) (elem $e func $empty $empty)
          (data $d "abcd") (data (i32.const 1024) "loop") (data (i32.const 1040) "\00\00\00\00\00\00\00")
          {globals} (global $gextern (mut externref) (ref.null extern))
          (func $empty) (func $returns (return))
          (func $takes (param i32 i64 f64) (result i32) (local.get 0))
          (func $two (result i32 i64) (i32.const 1) (i64.const 2))
          (func $locals {many})
          (func (export "dorcas_abi_v1"))
          (func (export "alloc") (param i32) (result i32) (i32.const 2048))
          (func (export "free") (param i32 i32))
          (func (export "lang_name") (result i64) (i64.const 0x400_0000_0004))
          (func (export "generate_rules") (param $ptr i32) (param $len i32) (result i64)
            (local $i i32) {locals}
            (local.set $i (i32.const {TIMES})) (local.set $i32b (i32.const 5)) (local.set $i64b (i64.const 5))
            (loop $again
              {body}
              (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
            (i64.const 0x410_0000_0007)))"#,
        many = "(local i64)".repeat(200),
    )
}

/// Every instruction of the ABI's WebAssembly but the two that ask for more fuel than there is.
fn bodies() -> Vec<String> {
    let mut bodies: Vec<String> = Vec::new();
    for ty in ["i32", "i64"] {
        let unary = ["clz", "ctz", "popcnt", "eqz", "extend8_s", "extend16_s"];
        bodies.extend(unary.map(|op| format!("(drop ({ty}.{op} (local.get ${ty})))")));
        let binary = "add sub mul and or xor shl shr_s shr_u rotl rotr div_s div_u rem_s rem_u \
                      eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
        for op in binary.split_whitespace() {
            bodies.push(format!("(drop ({ty}.{op} (local.get ${ty}) ({ty}.const 3)))"));
            bodies.push(format!("(drop ({ty}.{op} (local.get ${ty}) (local.get ${ty}b)))"));
        }
        for (float, sign) in [("f32", "s"), ("f32", "u"), ("f64", "s"), ("f64", "u")] {
            bodies.push(format!("(drop ({ty}.trunc_{float}_{sign} (local.get ${float})))"));
            bodies.push(format!("(drop ({ty}.trunc_sat_{float}_{sign} (local.get ${float})))"));
            bodies.push(format!("(drop ({float}.convert_{ty}_{sign} (local.get ${ty})))"));
        }
        for op in ["load8_s", "load8_u", "load16_s", "load16_u"] {
            bodies.push(format!("(drop ({ty}.{op} (i32.and (local.get $i) (i32.const 255))))"));
            bodies.push(format!("(drop ({ty}.{op} (i32.const 16)))"));
        }
        for op in ["store8", "store16"] {
            bodies.push(format!("({ty}.{op} (i32.and (local.get $i) (i32.const 255)) (local.get ${ty}))"));
            bodies.push(format!("({ty}.{op} (i32.const 64) ({ty}.const 7))"));
        }
    }
    for ty in ["f32", "f64"] {
        let unary = ["abs", "neg", "ceil", "floor", "trunc", "nearest", "sqrt"];
        bodies.extend(unary.map(|op| format!("(drop ({ty}.{op} (local.get ${ty})))")));
        for op in "add sub mul div min max copysign eq ne lt gt le ge".split_whitespace() {
            bodies.push(format!("(drop ({ty}.{op} (local.get ${ty}) ({ty}.const 1.5)))"));
            bodies.push(format!("(drop ({ty}.{op} (local.get ${ty}) (local.get ${ty}b)))"));
        }
    }
    for ty in ["i32", "i64", "f32", "f64"] {
        bodies.push(format!("(global.set $g{ty} (local.get ${ty})) (local.set ${ty} (global.get $g{ty}))"));
        bodies.push(format!("(local.set ${ty} (select (local.get ${ty}) ({ty}.const 1) (local.get $i)))"));
        bodies.push(format!("(drop ({ty}.load (i32.and (local.get $i) (i32.const 255))))"));
        bodies.push(format!("(drop ({ty}.load (i32.const 16)))"));
        bodies.push(format!("({ty}.store (i32.and (local.get $i) (i32.const 255)) (local.get ${ty}))"));
        bodies.push(format!("({ty}.store (i32.const 64) ({ty}.const 7))"));
    }
    let others = [
        "(drop (i64.load32_s (i32.const 8))) (drop (i64.load32_u (i32.const 8)))",
        "(i64.store32 (i32.const 8) (local.get $i64))",
        "(drop (i64.extend32_s (local.get $i64)))",
        "(drop (i32.wrap_i64 (local.get $i64)))",
        "(drop (i64.extend_i32_s (local.get $i32))) (drop (i64.extend_i32_u (local.get $i32)))",
        "(drop (f32.demote_f64 (local.get $f64))) (drop (f64.promote_f32 (local.get $f32)))",
        "(drop (i32.reinterpret_f32 (local.get $f32))) (drop (i64.reinterpret_f64 (local.get $f64)))",
        "(drop (f32.reinterpret_i32 (local.get $i32))) (drop (f64.reinterpret_i64 (local.get $i64)))",
        "(drop (memory.size))",
        "(drop (memory.grow (i32.const 0)))",
        "(drop (memory.grow (i32.const -1)))",
        "(drop (memory.grow (i32.const 1)))",
        "(memory.copy (i32.const 0) (i32.const 64) (i32.const 8))",
        "(memory.fill (i32.const 0) (i32.const 64) (i32.const 8))",
        "(memory.init $d (i32.const 0) (i32.const 0) (i32.const 0))",
        "(data.drop $d)",
        "(drop (table.get $t (i32.const 0)))",
        "(table.set $t (i32.const 0) (ref.null func))",
        "(drop (table.size $t))",
        "(table.fill $t (i32.const 0) (ref.null func) (i32.const 1))",
        "(table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 1))",
        "(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 0))",
        "(elem.drop $e)",
        "(drop (ref.func $empty)) (drop (ref.null func))",
        "(drop (ref.is_null (table.get $t (i32.const 0))))",
        "(global.set $gextern (global.get $gextern))",
        "(call $empty)",
        "(call $returns)",
        "(call $locals)",
        "(local.set $i32 (call $takes (local.get $i32) (i64.const 2) (local.get $f64)))",
        "(call $two) (local.set $i64) (local.set $i32)",
        "(call_indirect $called (type $plain) (i32.const 0))",
        "(block $a (block $b (br_table $a $b (i32.and (local.get $i) (i32.const 1)))))",
        "(drop (block $a (result i32) (br_table $a $a (i32.const 5) (i32.and (local.get $i) (i32.const 1)))))",
        "(if (local.get $i32) (then (local.set $i32 (i32.const 0))) (else (local.set $i32 (i32.const 1))))",
        "(block $a (br $a))",
        "(nop)",
        "(drop (local.tee $i32 (local.get $i)))",
    ];
    bodies.extend(others.map(Into::into));
    bodies
}

#[test]
fn no_instruction_fills_the_stack() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("guest.wasm");
    for body in bodies() {
        fs::write(&path, guest(&body)).unwrap();
        // Death by a signal has no exit status, which `dorcas` reports.
        let ran = dorcas(["call".as_ref(), path.as_os_str(), "generate_rules".as_ref()]);
        assert_eq!(ran.code, 0, "{body}: {}", ran.err);
    }
}

/// The engine takes the fuel for a growth when the code around it begins: in a thousand calls within each other all growths
/// may have been paid for before the first is carried out.
#[test]
fn no_growth_on_the_way_back_fills_the_stack() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("guest.wasm");
    let calls = "(call $back (i32.sub (local.get 0) (i32.const 1)))";
    for (growth, times) in [
        ("(drop (memory.grow (local.get 0)))", 64),
        ("(drop (memory.grow (i32.const 0)))", 64),
        ("(drop (memory.grow (i32.const 0)))", 1_000),
        ("(drop (memory.grow (i32.const -1)))", 64),
        ("(call $empty)", 500),
        ("(drop (memory.grow (memory.size)))", 64),
    ] {
        let growths = growth.repeat(times);
        for function in [
            format!("(block (br_if 0 (i32.eqz (local.get 0))) {calls}) {growths}"),
            format!("(if (local.get 0) (then {calls})) {growths}"),
            format!("(if (local.get 0) (then {calls} {growths}))"),
        ] {
            let text = guest_text("(call $back (i32.const 900)) (local.set $i (i32.const 1))");
            let text = text.replace("(func $empty)", &format!("(func $empty) (func $back (param i32) {function})"));
            fs::write(&path, wat::parse_str(text).unwrap()).unwrap();
            let ran = dorcas(["call".as_ref(), path.as_os_str(), "generate_rules".as_ref()]);
            // It may cost more fuel than there is; it never costs the process.
            assert!(ran.code == 0 || ran.err.contains("fuel"), "{function:.100}: {ran:?}");
        }
    }
}

#[test]
fn a_growing_table_has_an_answer() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("guest.wasm");
    fs::write(&path, guest("(drop (table.grow $t (ref.null func) (i32.const -1)))")).unwrap();
    let ran = dorcas(["call".as_ref(), path.as_os_str(), "generate_rules".as_ref()]);
    // Either the host runs it, or it says which hosts do.
    assert!(ran.code == 0 || ran.code == 3 && ran.err.contains("`table.grow` is for hosts"), "{ran:?}");
}
