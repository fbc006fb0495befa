//! Modules that are made to be dear to compile. No fuel is charged for that.

use crate::{Bomb, GOES_THROUGH, attacks, called, refused};
use wasm_encoder::{Function, ValType};

/// As much code as is allowed, in functions of the size that is allowed, made of one piece.
fn code(piece: &[u8]) -> String {
    let mut bomb = Bomb::new();
    let body = piece.repeat(((1 << 20) - 10) / piece.len());
    for _ in 0..7 {
        bomb.body(0, &body);
    }
    called(&bomb.wasm())
}

fn locals(functions: usize, locals: u32, padding: usize) -> Vec<u8> {
    let mut bomb = Bomb::new();
    let mut function = Function::new([(locals, ValType::I64)]);
    function.raw(vec![0x01; padding]).raw([0x0b]);
    for _ in 0..functions {
        bomb.function(0, &function);
    }
    bomb.wasm()
}

attacks! {
    fn functions_with_1_000_params() {
        let mut bomb = Bomb::new();
        let ty = bomb.ty(1_000, 0);
        for _ in 0..40_000 {
            bomb.body(ty, &[]);
        }
        refused(&bomb.wasm())
    } => "module has 1000 parameters in a type, the limit is 128 (`Limits::params`)";

    fn functions_100_000() {
        let mut bomb = Bomb::new();
        for _ in 0..100_000 {
            bomb.body(0, &[]);
        }
        refused(&bomb.wasm())
    } => "module has 100005 functions, the limit is 50000 (`Limits::functions`)";

    fn functions_with_as_many_params_as_are_allowed() {
        let mut bomb = Bomb::new();
        let ty = bomb.ty(20, 0);
        for _ in 0..49_000 {
            bomb.body(ty, &[]);
        }
        called(&bomb.wasm())
    } => GOES_THROUGH;

    fn functions_with_30_000_locals() {
        refused(&locals(10_000, 30_000, 0))
    } => "module has 30000 locals in a function, the limit is 2000 (`Limits::locals_per_function`)";

    /// The engine's own limit is an average of bytes a function.
    fn functions_with_locals_and_padding() {
        refused(&locals(10_000, 2_000, 44))
    } => "module has 1000005 locals in all functions, the limit is 1000000 (`Limits::locals`)";

    fn as_many_locals_as_are_allowed() {
        called(&locals(499, 2_000, 44))
    } => GOES_THROUGH;

    fn nesting_of_a_million() {
        let mut bomb = Bomb::new();
        bomb.body(0, &[[0x02, 0x40].repeat(340_000), vec![0x0b; 340_000]].concat());
        refused(&bomb.wasm())
    } => "module has 340000 blocks within blocks, the limit is 50000 (`Limits::nesting`)";

    fn nesting_as_deep_as_is_allowed() {
        let mut bomb = Bomb::new();
        let body = [[0x02, 0x40].repeat(50_000), vec![0x0b; 50_000]].concat();
        for _ in 0..40 {
            bomb.body(0, &body);
        }
        called(&bomb.wasm())
    } => GOES_THROUGH;

    fn function_of_5_mib() {
        let mut bomb = Bomb::new();
        bomb.body(0, &vec![0x01; 5 << 20]);
        refused(&bomb.wasm())
    } => "module has 5242882 bytes in a function, the limit is 1048576 (`Limits::function_bytes`)";

    fn code_of_12_mib() {
        let mut bomb = Bomb::new();
        for _ in 0..12 {
            bomb.body(0, &vec![0x01; (1 << 20) - 10]);
        }
        refused(&bomb.wasm())
    } => "module has 12582884 bytes of code, the limit is 8388608 (`Limits::code_bytes`)";

    fn branch_table_of_500_000() {
        let mut bomb = Bomb::new();
        bomb.body(0, &[vec![0x41, 0, 0x0e, 0xa0, 0xc2, 0x1e], vec![0; 500_001]].concat());
        refused(&bomb.wasm())
    } => "module is not valid here: br_table size is out of bounds (at offset 0xac) (module.features)";

    fn operands_without_end() {
        let mut bomb = Bomb::new();
        bomb.body(0, &[[0x41, 0].repeat(300_000), vec![0x1a; 300_000]].concat());
        refused(&bomb.wasm())
    } => "module is not valid here: translation requires more registers for a function than available (module.features)";

    /// Found by fuzzing: the engine compiled it, with nothing to stand on, before it said that it isn't valid.
    fn code_behind_the_end_of_a_function() {
        let mut bomb = Bomb::new();
        bomb.body(1, &[0x41, 0, 0x0b, 0x20, 0]);
        refused(&bomb.wasm())
    } => "module is not valid here: operators remaining after end of function body or expression (at offset 0xa8) \
          (module.features)";

    fn code_of_empty_blocks() { code(&[0x02, 0x40, 0x0b]) } => GOES_THROUGH;
    fn code_of_empty_loops() { code(&[0x03, 0x40, 0x0b]) } => GOES_THROUGH;
    fn code_of_conditions() { code(&[0x23, 0, 0xa7, 0x04, 0x40, 0x05, 0x0b]) } => GOES_THROUGH;
    fn code_of_conditional_branches() { code(&[0x23, 0, 0xa7, 0x0d, 0]) } => GOES_THROUGH;
    fn code_of_branch_tables() { code(&[0x02, 0x40, 0x23, 0, 0xa7, 0x0e, 1, 0, 0, 0x0b]) } => GOES_THROUGH;
    fn code_of_calls() { code(&[0x10, 0]) } => GOES_THROUGH;
    fn code_of_sums() { code(&[0x23, 0, 0x23, 0, 0x7c, 0x24, 0]) } => GOES_THROUGH;
    /// Bytes that could be a `table.grow`, and have to be looked at.
    fn code_that_looks_like_growth_of_tables() { code(&[0x41, 0xfc, 0x0f, 0x1a]) } => GOES_THROUGH;
}
