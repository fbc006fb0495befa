//! Guests that want more time or memory than they get.

use crate::{GOES_THROUGH, Text, attacks, called, refused};

const LOOP: &str = "(loop (br 0)) (unreachable)";

fn rules(head: &str, body: &str) -> String {
    let head = format!(r#"(memory (export "memory") 1) {head}"#);
    called(&Text { head, generate_rules: body.into(), ..Text::default() }.wasm())
}

/// A loop with parameters, which are there when it ends with a branch to itself.
fn branches(values: usize, end: &str) -> String {
    let types = "i32 ".repeat(values);
    rules("", &format!("{} (loop (param {types}) {end}) (unreachable)", "(i32.const 1)".repeat(values)))
}

const NO_FUEL: &str = "`generate_rules` of guest `attack` used up its fuel of 200000000 (`Limits::fuel_per_call`)";

attacks! {
    fn loop_in_initialize() {
        refused(&Text { initialize: LOOP.into(), ..Text::default() }.wasm())
    } => "`_initialize` of the guest used up its fuel of 200000000 (`Limits::fuel_per_call`)";

    fn loop_in_lang_name() {
        refused(&Text { lang_name: LOOP.into(), ..Text::default() }.wasm())
    } => "`lang_name` of the guest used up its fuel of 200000000 (`Limits::fuel_per_call`)";

    fn loop_in_manifest() {
        refused(&Text { manifest: LOOP.into(), ..Text::default() }.wasm())
    } => "`manifest` of guest `attack` used up its fuel of 200000000 (`Limits::fuel_per_call`)";

    /// The name needs no `alloc`, the request for the manifest does.
    fn loop_in_alloc() {
        refused(&Text { alloc: LOOP.into(), ..Text::default() }.wasm())
    } => "`alloc` of guest `attack`, called for `manifest`, used up its fuel of 200000000 (`Limits::fuel_per_call`)";

    fn loop_in_free() {
        refused(&Text { free: LOOP.into(), ..Text::default() }.wasm())
    } => "`free` of the guest, called for `lang_name`, used up its fuel of 200000000 (`Limits::fuel_per_call`)";

    fn loop_in_a_method() { rules("", LOOP) } => NO_FUEL;

    fn loop_of_calls() { rules("(func $f)", "(loop (call $f) (br 0)) (unreachable)") } => NO_FUEL;

    fn loop_of_indirect_calls() {
        rules(
            "(type $t (func)) (table 1 funcref) (elem (i32.const 0) $f) (func $f)",
            "(loop (call_indirect (type $t) (i32.const 0)) (br 0)) (unreachable)",
        )
    } => NO_FUEL;

    /// Each call sets 2,000 locals to zero, for the fuel of any call.
    fn loop_of_calls_with_many_locals() {
        rules(&format!("(func $f (local {}))", "i64 ".repeat(2_000)), "(loop (call $f) (br 0)) (unreachable)")
    } => NO_FUEL;

    /// Each branch copies as many values as a block may have, for the fuel of any branch.
    fn loop_of_branches_with_4_values() { branches(4, "(local.get 0) (br 0)") } => NO_FUEL;

    fn loop_of_branch_tables_with_4_values() { branches(4, "(local.get 0) (local.get 1) (br_table 0 0 0)") } => NO_FUEL;

    fn loop_of_branches_with_128_values() {
        let values = "i32 ".repeat(128);
        let body = format!("{} (loop (param {values}) (local.get 0) (br 0)) (unreachable)", "(i32.const 1)".repeat(128));
        refused(&Text { generate_rules: body, ..Text::default() }.wasm())
    } => "module has 128 parameters or results of a block, the limit is 4 (`Limits::block_values`)";

    fn loop_of_calls_with_128_values() {
        let values = "i32 ".repeat(128);
        let results: Vec<_> = (0..128).rev().map(|local| format!("(local.get {local})")).collect();
        let calls = ["(i32.const 1)".repeat(128), "(call $f)".repeat(100), "(drop)".repeat(128)].concat();
        rules(
            &format!("(func $f (param {values}) (result {values}) {})", results.concat()),
            &format!("(loop {calls} (br 0)) (unreachable)"),
        )
    } => NO_FUEL;

    fn loop_of_divisions() {
        let sum = "(i64.add (local.get 2) (i64.const 3))";
        rules("", &format!("(local i64) (loop (local.set 2 (i64.rem_s (i64.const -5) {sum})) (br 0)) (unreachable)"))
    } => NO_FUEL;

    fn loop_of_square_roots() {
        rules("", "(local f64) (loop (local.set 2 (f64.sqrt (f64.add (local.get 2) (f64.const 3e300)))) (br 0))
            (unreachable)")
    } => NO_FUEL;

    fn loop_of_memory_copies() {
        rules("", "(loop (memory.copy (i32.const 1) (i32.const 0) (i32.const 63)) (br 0)) (unreachable)")
    } => NO_FUEL;

    fn loop_of_memory_fills() {
        rules("", "(loop (memory.fill (i32.const 0) (i32.const 7) (i32.const 65536)) (br 0)) (unreachable)")
    } => NO_FUEL;

    fn loop_of_memory_growth() {
        rules("", "(loop (drop (memory.grow (i32.const 1))) (br 0)) (unreachable)")
    } => NO_FUEL;

    fn loop_of_memory_growth_that_is_refused() {
        rules("", "(loop (drop (memory.grow (i32.const 60000))) (br 0)) (unreachable)")
    } => NO_FUEL;

    /// Nine hundred calls in each other, all of which have paid for what they do when they return. It filled the stack of the
    /// process, before growth was paid for when it happens.
    fn growths_after_a_deep_recursion() {
        let growths = "(drop (memory.grow (local.get 0)))".repeat(64);
        let f = format!(
            "(func $f (param i32)
               (block (br_if 0 (i32.eqz (local.get 0))) (call $f (i32.sub (local.get 0) (i32.const 1)))) {growths})"
        );
        rules(&f, "(call $f (i32.const 900)) (i64.const 0x20_0000_0007)")
    } => GOES_THROUGH;

    fn growths_in_a_row() {
        rules("", &format!("{} (i64.const 0x20_0000_0007)", "(drop (memory.grow (local.get 0)))".repeat(30_000)))
    } => GOES_THROUGH;

    #[cfg(feature = "portable-dispatch")]
    fn loop_of_table_growth() {
        rules("(table $t 0 externref)", "(loop (drop (table.grow $t (ref.null extern) (i32.const 1))) (br 0))
            (unreachable)")
    } => NO_FUEL;

    #[cfg(feature = "portable-dispatch")]
    fn growth_of_16_tables() {
        let grow = |table| format!("(drop (table.grow {table} (ref.null extern) (i32.const 65536)))");
        let body: String = (0..16).map(grow).collect();
        rules(&"(table 0 externref)".repeat(16), &(body + "(unreachable)"))
    } => "`generate_rules` of guest `attack` trapped: unreachable";

    fn recursion_without_end() {
        rules("", "(call $generate_rules (local.get 0) (local.get 1))")
    } => "`generate_rules` of guest `attack` called too deep: the limits are 1000 calls (`Limits::recursion_depth`) and a \
          stack of 1000000 bytes (`Limits::stack_bytes`)";

    fn recursion_with_many_locals() {
        rules(&format!("(func $f (local {}) (call $f))", "i64 ".repeat(2_000)), "(call $f) (unreachable)")
    } => "`generate_rules` of guest `attack` called too deep: the limits are 1000 calls (`Limits::recursion_depth`) and a \
          stack of 1000000 bytes (`Limits::stack_bytes`)";
}
