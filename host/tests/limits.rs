//! Files that are no modules, and modules that have too much of something.

use dorcas_host::{Config, Engine, Limits, LoadError, Outline};

fn refusal(wasm: &[u8]) -> String {
    Engine::default().load(wasm).expect_err("this is no guest").to_string()
}

#[test]
fn an_empty_file() {
    assert_eq!(refusal(b""), "not a WebAssembly module: the file is empty (module.core)");
}

#[test]
fn text() {
    let expected = "not a WebAssembly module: it is WebAssembly text; assemble it first (module.core)";
    assert_eq!(refusal(b"  (module)"), expected);
    assert_eq!(refusal(b";; a comment\n(module)"), expected);
}

#[test]
fn a_component() {
    let expected = "not a WebAssembly module: it is a component; build a core module, without a component adapter";
    assert_eq!(refusal(b"\0asm\x0d\0\x01\0"), format!("{expected} (module.core)"));
}

#[test]
fn another_file() {
    let expected = "not a WebAssembly module: it begins with the bytes 7f 45 4c 46 02 01 01 00 (module.core)";
    assert_eq!(refusal(b"\x7fELF\x02\x01\x01\0\0\0"), expected);
    let expected = "not a WebAssembly module: it begins with the bytes 00 61 73 6d (module.core)";
    assert_eq!(refusal(b"\0asm"), expected);
}

#[test]
fn a_module_that_was_cut_off() {
    let wasm = wat::parse_str(include_str!("guests/good.wat")).unwrap();
    let expected = "module can't be read, at byte 149: unexpected end-of-file (module.core)";
    assert_eq!(refusal(&wasm[..200]), expected);
}

#[test]
fn no_prefix_of_a_guest_is_a_guest() {
    let wasm = wat::parse_str(include_str!("guests/good.wat")).unwrap();
    let names = wasm.windows(5).rposition(|bytes| bytes == b"\x04name").unwrap() - 2;
    for len in (0..wasm.len()).filter(|len| *len != names) {
        assert!(Engine::default().load(&wasm[..len]).is_err(), "the first {len} bytes");
    }
    Engine::default().load(&wasm[..names]).expect("names of functions are not part of it");
}

#[test]
fn no_changed_byte_of_a_guest_does_harm() {
    let wasm = wat::parse_str(include_str!("guests/good.wat")).unwrap();
    let limits = Limits { fuel_per_call: 10_000, memory_bytes: 1 << 20, ..Limits::default() };
    let engine = Engine::new(Config { limits, ..Config::default() });
    for index in 0..wasm.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut wasm = wasm.clone();
            wasm[index] ^= flip;
            let Ok(guest) = engine.load(&wasm) else { continue };
            // A result or an error, nothing else.
            let _ = guest.call_bytes("generate_rules", &[0; 8]);
        }
    }
}

#[test]
fn bytes_of_the_module() {
    let wasm = wat::parse_str(include_str!("guests/good.wat")).unwrap();
    let limits = Limits { module_bytes: 100, ..Limits::default() };
    let error = Engine::new(Config { limits, ..Config::default() }).load(&wasm).unwrap_err();
    let bytes = wasm.len();
    assert_eq!(error.to_string(), format!("module has {bytes} bytes, the limit is 100 (`Limits::module_bytes`)"));
}

/// What is said about a module with three of something where two are allowed; two are fine.
fn third(item: impl Fn(usize) -> String, limits: &Limits) -> String {
    let module = |count: usize| {
        let mut text = String::from("(module ");
        for index in 0..count {
            text += &item(index);
        }
        wat::parse_str(text + ")").unwrap()
    };
    Outline::read(&module(2), limits).expect("two are allowed");
    match Outline::read(&module(3), limits).expect_err("three are too many") {
        error @ LoadError::TooMuch { got, limit, .. } if got > limit => error.to_string(),
        error => panic!("{error}"),
    }
}

#[test]
fn types() {
    let error =
        third(|n| format!("(type (func (param {})))", "i32 ".repeat(n)), &Limits { types: 2, ..Limits::default() });
    assert_eq!(error, "module has 3 types, the limit is 2 (`Limits::types`)");
}

#[test]
fn params() {
    let error =
        third(|n| format!("(type (func (param {})))", "i32 ".repeat(n)), &Limits { params: 1, ..Limits::default() });
    assert_eq!(error, "module has 2 parameters in a type, the limit is 1 (`Limits::params`)");
}

#[test]
fn results() {
    let error =
        third(|n| format!("(type (func (result {})))", "i32 ".repeat(n)), &Limits { params: 1, ..Limits::default() });
    assert_eq!(error, "module has 2 results in a type, the limit is 1 (`Limits::params`)");
}

#[test]
fn imports() {
    let error = third(|n| format!(r#"(import "env" "{n}" (func))"#), &Limits { imports: 2, ..Limits::default() });
    assert_eq!(error, "module has 3 imports, the limit is 2 (`Limits::imports`)");
}

#[test]
fn functions() {
    let error = third(|_| "(func)".into(), &Limits { functions: 2, ..Limits::default() });
    assert_eq!(error, "module has 3 functions, the limit is 2 (`Limits::functions`)");
}

#[test]
fn locals_of_a_function() {
    let item = |n| format!("(func (param i32) (local {}))", "i64 ".repeat(n));
    let error = third(item, &Limits { locals_per_function: 2, ..Limits::default() });
    assert_eq!(error, "module has 3 locals in a function, the limit is 2 (`Limits::locals_per_function`)");
}

#[test]
fn locals_of_all_functions() {
    let error = third(|_| "(func (param i32))".into(), &Limits { locals: 2, ..Limits::default() });
    assert_eq!(error, "module has 3 locals in all functions, the limit is 2 (`Limits::locals`)");
}

#[test]
fn locals_that_a_few_bytes_declare() {
    // A function with 2^32 - 1 locals of one type: six bytes.
    let mut wasm = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0".to_vec();
    wasm.extend(b"\x0a\x0b\x01\x09\x01\xff\xff\xff\xff\x0f\x7f\x0b\0");
    let expected = "module has 4294967295 locals in a function, the limit is 2000 (`Limits::locals_per_function`)";
    assert_eq!(Outline::read(&wasm, &Limits::default()).unwrap_err().to_string(), expected);
}

#[test]
fn globals() {
    let error = third(|_| "(global i32 (i32.const 0))".into(), &Limits { globals: 2, ..Limits::default() });
    assert_eq!(error, "module has 3 globals, the limit is 2 (`Limits::globals`)");
}

#[test]
fn tables() {
    let error = third(|_| "(table 1 funcref)".into(), &Limits { tables: 2, ..Limits::default() });
    assert_eq!(error, "module has 3 tables, the limit is 2 (`Limits::tables`)");
}

#[test]
fn table_entries() {
    let error = third(|_| "(table 50 funcref)".into(), &Limits { table_elements: 100, ..Limits::default() });
    assert_eq!(error, "module has 150 table entries at the start, the limit is 100 (`Limits::table_elements`)");
}

#[test]
fn memories() {
    let error = third(|_| "(memory 1)".into(), &Limits { memory_bytes: 2 << 16, ..Limits::default() });
    assert_eq!(error, "module has 196608 bytes of memory at the start, the limit is 131072 (`Limits::memory_bytes`)");
}

#[test]
fn exports() {
    let item = |n| format!(r#"(func (export "{n}"))"#);
    let error = third(item, &Limits { exports: 2, ..Limits::default() });
    assert_eq!(error, "module has 3 exports, the limit is 2 (`Limits::exports`)");
}

#[test]
fn element_segments() {
    let error = third(|_| "(elem funcref)".into(), &Limits { element_segments: 2, ..Limits::default() });
    assert_eq!(error, "module has 3 element segments, the limit is 2 (`Limits::element_segments`)");
}

#[test]
fn entries_of_element_segments() {
    let item = |_| "(elem funcref (ref.null func))".into();
    let error = third(item, &Limits { table_elements: 2, ..Limits::default() });
    assert_eq!(error, "module has 3 entries in element segments, the limit is 2 (`Limits::table_elements`)");
}

#[test]
fn data_segments() {
    let error = third(|_| r#"(data "")"#.into(), &Limits { data_segments: 2, ..Limits::default() });
    assert_eq!(error, "module has 3 data segments, the limit is 2 (`Limits::data_segments`)");
}

#[test]
fn data_bytes() {
    // The count, and for each segment its kind, its length and a byte.
    let error = third(|_| r#"(data "x")"#.into(), &Limits { data_bytes: 7, ..Limits::default() });
    assert_eq!(error, "module has 10 bytes of data, the limit is 7 (`Limits::data_bytes`)");
}

#[test]
fn custom_bytes() {
    let error = third(|_| r#"(@custom "x" "y")"#.into(), &Limits { custom_bytes: 6, ..Limits::default() });
    assert_eq!(error, "module has 9 bytes of custom sections, the limit is 6 (`Limits::custom_bytes`)");
}

#[test]
fn code_bytes() {
    // For each function its length, no locals and `end`.
    let error = third(|_| "(func)".into(), &Limits { code_bytes: 6, ..Limits::default() });
    assert_eq!(error, "module has 9 bytes of code, the limit is 6 (`Limits::code_bytes`)");
}

#[test]
fn function_bytes() {
    let item = |n| format!("(func {})", "nop ".repeat(n));
    let error = third(item, &Limits { function_bytes: 3, ..Limits::default() });
    assert_eq!(error, "module has 4 bytes in a function, the limit is 3 (`Limits::function_bytes`)");
}

/// Several of everything that a module can have.
const FULL: &str = r#"(module
    (type $two (func (param i32 i32) (result i32 i32))) (type (func))
    (import "env" "f" (func)) (import "env" "g" (global i32))
    (func (export "f") (type $two) (local i64 i64)
        (block (loop (if (i32.const 1) (then))))
        (local.get 0) (block (param i32) (result i32 i32) (local.get 0)) (drop) (drop)
        (drop (memory.grow (i32.const 0))) (drop (memory.grow (i32.const 0)))
        (local.get 0) (local.get 1))
    (func (export "g") (param f32))
    (table 3 funcref) (table 4 externref) (memory 2) (global i32 (i32.const 0))
    (elem func 0 1 2) (elem func 0 1 2 0 1)
    (data "one") (data "two") (@custom "one" "1") (@custom "two" "2"))"#;

#[test]
fn each_limit_of_a_module_is_kept_to_the_unit() {
    let wasm = wat::parse_str(FULL).unwrap();
    let read = |name: &str, value: u64| {
        let mut limits = Limits::default();
        assert!(limits.set(name, value), "{name}");
        Outline::read(&wasm, &limits)
    };
    let mut others = Vec::new();
    for (name, default) in Limits::default().list() {
        if read(name, 0).is_ok() {
            others.push(name);
            continue;
        }
        // The least that is enough.
        let (mut refused, mut enough) = (0, default);
        while enough - refused > 1 {
            let middle = refused.midpoint(enough);
            if read(name, middle).is_ok() { enough = middle } else { refused = middle }
        }
        match read(name, enough - 1).unwrap_err() {
            LoadError::TooMuch { got, limit, field, .. } => assert_eq!((got, limit, field), (enough, enough - 1, name)),
            error => panic!("{name}: {error}"),
        }
    }
    let of_calls = [
        "fuel_per_call",
        "fuel_bytes",
        "work_per_call",
        "work_bytes",
        "request_bytes",
        "reply_bytes",
        "diagnostics",
        "recursion_depth",
        "stack_bytes",
    ];
    assert_eq!(others, of_calls, "every other limit is one of modules");
}

#[test]
fn nesting() {
    // Blocks one after the other, and a number that is the same byte, don't count.
    let item = |n| {
        let rest = "(block) (loop) (if (i32.const 2) (then)) (drop (i32.const 3))";
        format!("(func {}{} {rest})", "block ".repeat(n + 1), "end ".repeat(n + 1))
    };
    let error = third(item, &Limits { nesting: 2, ..Limits::default() });
    assert_eq!(error, "module has 3 blocks within blocks, the limit is 2 (`Limits::nesting`)");
}

#[test]
fn values_of_a_block() {
    let item = |n| {
        let values = "i32 ".repeat(n + 1);
        let (pushed, dropped) = ("(i32.const 1) ".repeat(n + 1), "drop ".repeat(n + 1));
        // As parameters, as results, and as those of the function, which is no block.
        format!(
            "(func (loop (result {values}) {pushed}) {dropped}) (func {pushed} (if (param {values}) (i32.const 1)
             (then {dropped}) (else {dropped}))) (func (result {values} {values}) {pushed} {pushed})"
        )
    };
    let error = third(item, &Limits { block_values: 2, ..Limits::default() });
    assert_eq!(error, "module has 3 parameters or results of a block, the limit is 2 (`Limits::block_values`)");
}

/// What the body of a function carries, which takes an `i32`, in a module with some types and a function `$f`.
fn carried(body: &str) -> u64 {
    let text = format!(
        "(module (type $in (func (param i32 i32))) (type $out (func (result i32 i32))) (type $both (func (param i32 i32)
         (result i32 i32))) (import \"env\" \"f\" (func $f (type $both))) (table 1 funcref) (func (param i32) {body}))"
    );
    let wasm = wat::parse_str(text).unwrap_or_else(|error| panic!("{body}: {error}"));
    // Without the parameter.
    Outline::read(&wasm, &Limits::default()).unwrap().carried_values - 1
}

#[test]
fn values_that_are_carried() {
    let (two, drop) = ("(i32.const 1) (i32.const 2)", "drop drop");
    let out = |body: &str| format!("block (type $out) {body} end {drop}");
    for (body, expected) in [
        // Their type, and their end.
        (format!("block {two} {drop} end"), 0),
        (out(two), 4),
        // Two parameters, and two operands that are looked through.
        (format!("{two} block (type $in) {drop} end"), 4),
        (format!("(i32.const 0) {two} block (type $in) {drop} end drop"), 5),
        (format!("{two} (i32.const 1) if (type $both) else end {drop}"), 4 + 2 + 4 + 2),
        // A branch to a block takes its results, one to a loop its parameters, one out of the body the results of that.
        (out(&format!("{two} br 0")), 4 + 2),
        (out(&format!("{two} local.get 0 br_if 0")), 4 + 2),
        (format!("{two} loop (type $in) br 0 end"), 4 + 2),
        (format!("loop (type $out) {two} local.get 0 br_if 0 end {drop}"), 4),
        ("local.get 0 br_if 0 br 0".into(), 0),
        // Each target, the last one included.
        (out(&out(&format!("{two} local.get 0 br_table 0 1 1 0"))), 4 + 4 + 8),
        (format!("{two} call $f {drop}"), 4),
        (format!("{two} local.get 0 call_indirect (type $both) {drop}"), 4),
        ("return".into(), 0),
        // What is never carried out is validated all the same.
        (out("unreachable br 0"), 4 + 2),
        ("unreachable call $f unreachable".into(), 4),
        (format!("unreachable block (type $in) {drop} end"), 2),
        // Operands that aren't there any more are not looked through.
        (format!("{two} {drop} {two} block (type $in) {drop} end"), 4),
        (format!("block {two} br 0 end {two} block (type $in) {drop} end"), 4),
        (format!("local.get 0 if {two} unreachable else end {two} block (type $in) {drop} end"), 4),
        // Its operand and its result, and what is below them.
        ("(i32.const 1) (memory.grow (i32.const 1)) (i32.store)".into(), 2 + 2),
        (format!("(i32.store (i32.const 0) (i32.const 1)) {two} block (type $in) {drop} end"), 4),
    ] {
        let memory = if body.contains("store") { format!("{body}) (memory 1) (func") } else { body.clone() };
        assert_eq!(carried(&memory), expected, "{body}");
    }
    // Those of a function: at its beginning, its end and its returns.
    let wasm = wat::parse_str("(module (func (param i32) (result i32 i32) i32.const 1 i32.const 2 return))").unwrap();
    assert_eq!(Outline::read(&wasm, &Limits::default()).unwrap().carried_values, 1 + 2 + 2 + 2);
}

#[test]
fn values_of_all_functions() {
    let error = third(|_| "(func (param i32))".into(), &Limits { carried_values: 2, ..Limits::default() });
    assert_eq!(
        error,
        "module has 3 values carried by blocks, branches and calls, the limit is 2 (`Limits::carried_values`)"
    );
}

#[test]
fn growth_of_tables_is_found() {
    let grows = |instruction: &str| {
        let text = format!("(module (table 0 externref) (func (drop {instruction})))");
        Outline::read(&wat::parse_str(text).unwrap(), &Limits::default()).unwrap().grows_table
    };
    assert!(grows("(table.grow 0 (ref.null extern) (i32.const 1))"));
    // The bytes of the instruction, in a number.
    assert!(!grows("(i32.const 0x3fc)") && !grows("(i32.const 0x7fc)"));
    // A number that is longer than need be: fc 8f 00 for fc 0f.
    let mut wasm =
        wat::parse_str("(module (table 0 externref) (func (drop (table.grow 0 (ref.null extern) (i32.const 1)))))")
            .unwrap();
    let at = wasm.windows(2).position(|pair| pair == [0xfc, 0x0f]).unwrap();
    wasm.splice(at..at + 2, [0xfc, 0x8f, 0]);
    // The lengths of the body and of its section grow by one.
    let body = wasm.windows(3).position(|bytes| bytes == [0x0a, 0x0c, 0x01]).unwrap();
    wasm[body + 1] += 1;
    wasm[body + 3] += 1;
    assert!(Outline::read(&wasm, &Limits::default()).unwrap().grows_table);
}

#[test]
fn a_count_that_the_file_cannot_hold() {
    // A type section of five bytes that claims 4 billion types.
    let wasm = b"\0asm\x01\0\0\0\x01\x05\xff\xff\xff\xff\x0f";
    let expected = "module has 4294967295 types, the limit is 10000 (`Limits::types`)";
    assert_eq!(Outline::read(wasm, &Limits::default()).unwrap_err().to_string(), expected);
}

#[test]
fn a_long_list_of_imports_is_cut() {
    let module = "m".repeat(5_000);
    let imports: String =
        (0..25).map(|index| [r#"(import ""#, &module, r#"" ""#, &index.to_string(), r#"" (func))"#].concat()).collect();
    let text = ["(module ", &imports, r#"(func (export "dorcas_abi_v1")))"#].concat();
    let message = refusal(&wat::parse_str(text).unwrap());
    let shown = format!("`{}... (5000 bytes).19`, a function () -> () and 5 more (module.no-imports)", "m".repeat(100));
    assert!(message.ends_with(&shown), "{message}");
    assert!(message.len() < 4_000, "{}", message.len());
}
