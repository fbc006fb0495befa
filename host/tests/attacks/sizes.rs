//! Modules that declare more than anyone has.

use crate::{Bomb, Text, attacks, refused};
use dorcas_host::{Limits, Outline};

fn with(head: &str) -> Vec<u8> {
    Text { head: format!(r#"(memory (export "memory") 1) {head}"#), ..Text::default() }.wasm()
}

attacks! {
    fn memory_of_4_gib() {
        refused(&Text { head: r#"(memory (export "memory") 65536)"#.into(), ..Text::default() }.wasm())
    } => "module has 4294967296 bytes of memory at the start, the limit is 67108864 (`Limits::memory_bytes`)";

    fn table_of_4_billion_entries() {
        refused(&with("(table 4294967295 funcref)"))
    } => "module has 4294967295 table entries at the start, the limit is 65536 (`Limits::table_elements`)";

    fn elements_in_passive_segments() {
        refused(&with(&format!("(func $f) (elem func {})", "$f ".repeat(1_000_000))))
    } => "module has 1000000 entries in element segments, the limit is 65536 (`Limits::table_elements`)";

    fn exports_200_000() {
        let mut bomb = Bomb::new();
        for index in 0..200_000 {
            bomb.exports.export(&index.to_string(), wasm_encoder::ExportKind::Func, 0);
        }
        refused(&bomb.wasm())
    } => "module has 200006 exports, the limit is 1000 (`Limits::exports`)";

    fn types_300_000() {
        let mut bomb = Bomb::new();
        for index in 0..300_000 {
            bomb.ty(index % 100, 0);
        }
        refused(&bomb.wasm())
    } => "module has 300005 types, the limit is 10000 (`Limits::types`)";

    fn custom_section_of_200_mib() {
        let mut wasm = Text::default().wasm();
        wasm.extend([0, 0x81, 0x80, 0x80, 0x64, 0]);
        wasm.resize(wasm.len() + (200 << 20), 0);
        refused(&wasm)
    } => "module has 209715440 bytes, the limit is 16777216 (`Limits::module_bytes`)";

    /// The count is all there is: the file ends behind it.
    fn count_that_the_file_cannot_hold() {
        Outline::read(b"\0asm\x01\0\0\0\x01\x05\xff\xff\xff\xff\x0f", &Limits::default()).unwrap_err().to_string()
    } => "module has 4294967295 types, the limit is 10000 (`Limits::types`)";

    fn text_as_module() {
        refused(b"(module (memory 65536))")
    } => "not a WebAssembly module: it is WebAssembly text; assemble it first (module.core)";

    fn export_twice() {
        let mut bomb = Bomb::new();
        bomb.exports.export("alloc", wasm_encoder::ExportKind::Func, 2);
        refused(&bomb.wasm())
    } => "module is not valid here: duplicate export name `alloc` already defined (at offset 0x7f) (module.features)";

    fn names_of_90_000_bytes() {
        let long = |letter: &str| letter.repeat(90_000);
        refused(&with(&format!(r#"(func (export "dorcas_{}")) (func (export "dorcas_{}"))"#, long("a"), long("\\1b"))))
    } => format!(
        "exports that begin with `dorcas_` are kept for later versions: `dorcas_{}... (90007 bytes)`; \
         `dorcas_{}... (90007 bytes)` (exports.reserved)",
        "a".repeat(93),
        r"\u{1b}".repeat(93),
    );

    fn import_that_calls_back() {
        let head = r#"(import "embedder" "again" (func (param i32 i32) (result i64))) (memory (export "memory") 1)"#;
        refused(&Text { head: head.into(), ..Text::default() }.wasm())
    } => "a guest imports nothing, this module imports `embedder.again`, a function (i32, i32) -> i64 (module.no-imports)";

    fn start_function_that_loops() {
        refused(&with("(func $loops (loop (br 0))) (start $loops)"))
    } => "module has a start function; initialisation belongs in the export `_initialize` (module.no-start)";
}
