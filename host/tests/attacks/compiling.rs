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

/// As much code as is allowed, in functions of one `i32`: a head, a piece as often as it fits, and a tail.
fn filled(bomb: Bomb, head: &[u8], piece: &[u8], tail: &[u8]) -> Vec<u8> {
    repeated(bomb, head, piece, tail, ((1 << 20) - 10 - head.len() - tail.len()) / piece.len())
}

fn repeated(mut bomb: Bomb, head: &[u8], piece: &[u8], tail: &[u8], times: usize) -> Vec<u8> {
    let body = [head, &piece.repeat(times), tail].concat();
    let ty = bomb.ty(1, 0);
    for _ in 0..7 {
        bomb.body(ty, &body);
    }
    bomb.wasm()
}

/// A type of its own at `TY`, and a function of it at `CALLEE`.
fn with_type(params: usize, results: usize) -> Bomb {
    let mut bomb = Bomb::new();
    assert_eq!(bomb.ty(params, results), u32::from(TY));
    bomb.body(TY.into(), &[0x00]);
    bomb
}

const TY: u8 = 5;
const CALLEE: u8 = 5;
const MANY: usize = 128;
/// As many values as a block may have.
const WIDE: usize = 4;

fn consts(count: usize) -> Vec<u8> {
    [0x41, 0].repeat(count)
}

fn drops(count: usize) -> Vec<u8> {
    vec![0x1a; count]
}

/// Code of few bytes that is dear enough for a piece of its own: three calls of a function without parameters.
const DEAR: [u8; 6] = [0x10, 0, 0x10, 0, 0x10, 0];

/// What is said about too many values, whatever their number.
fn refused_for_values(wasm: &[u8]) -> String {
    let said = refused(wasm);
    let (before, number) = said.split_once("module has ").unwrap_or((&said, ""));
    let number = number.trim_start_matches(|letter: char| letter.is_ascii_digit());
    format!("{before}module has N{number}")
}

const TOO_MANY: &str = "module has N values carried by blocks, branches and calls, the limit is 2000000 \
                        (`Limits::carried_values`)";
const TOO_WIDE: &str = "module has 128 parameters or results of a block, the limit is 4 (`Limits::block_values`)";

/// A `br_table` of 60,000 times the target 0, and one other.
fn table(last: u8) -> Vec<u8> {
    [&[0x0e, 0xe0, 0xd4, 0x03][..], &vec![0; 60_000], &[last]].concat()
}

/// Branches out of a block with results.
fn branches(values: usize) -> Vec<u8> {
    filled(
        with_type(0, values),
        &[vec![0x02, TY], consts(values)].concat(),
        &[0x20, 0, 0x0d, 0],
        &[vec![0x0b], drops(values)].concat(),
    )
}

/// As many of a piece as carry all that may be carried, in functions of one `i32`. The engine's time for a value and its
/// memory for it are what is measured.
fn at_the_limit(values: usize, head: &[u8], piece: &[u8], tail: &[u8], of_a_piece: usize) -> String {
    let times = (2_000_000 - 1_000) / 7 / of_a_piece;
    called(&repeated(with_type(values, values), head, piece, tail, times.min(((1 << 20) - 1_000) / piece.len())))
}

/// All that may be carried in one function, whose code is not moved to its place before its end, and other code for the
/// rest.
fn in_one_function() -> String {
    let mut bomb = Bomb::new();
    let ty = bomb.ty(1, MANY);
    bomb.body(ty, &[consts(MANY), [0x20, 0, 0x0d, 0].repeat(2_000_000 / MANY - 10)].concat());
    let other = bomb.ty(1, 0);
    for _ in 0..7 {
        bomb.body(other, &[0x20, 0, 0x04, 0x40, 0x05, 0x0b].repeat(170_000));
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

    fn branches_out_of_a_block_of_128() { refused(&branches(MANY)) } => TOO_WIDE;

    fn branches_out_of_a_block_of_4() { refused_for_values(&branches(WIDE)) } => TOO_MANY;

    fn branches_out_of_a_function_of_128() {
        let mut bomb = Bomb::new();
        let ty = bomb.ty(1, MANY);
        bomb.body(ty, &[consts(MANY), [0x20, 0, 0x0d, 0].repeat(250_000)].concat());
        refused_for_values(&bomb.wasm())
    } => TOO_MANY;

    /// The engine doesn't look at what is never carried out, but validates it.
    fn branches_that_are_never_reached() {
        let mut bomb = Bomb::new();
        let ty = bomb.ty(0, MANY);
        bomb.body(ty, &[vec![0x00], [0x0c, 0].repeat(500_000)].concat());
        refused_for_values(&bomb.wasm())
    } => TOO_MANY;

    fn branch_tables_of_many_values() {
        refused_for_values(&filled(
            with_type(0, WIDE),
            &[0x02, TY, 0x00],
            &table(0),
            &[vec![0x0b], drops(WIDE)].concat(),
        ))
    } => TOO_MANY;

    fn branch_tables_of_60_000_targets() {
        called(&filled(
            Bomb::new(),
            &[0x02, 0x40],
            &[vec![0x02, 0x40, 0x20, 0], table(1), vec![0x0b]].concat(),
            &[0x0b],
        ))
    } => GOES_THROUGH;

    fn calls_of_128_values() {
        refused_for_values(&filled(with_type(MANY, MANY), &consts(MANY), &[0x10, CALLEE], &drops(MANY)))
    } => TOO_MANY;

    fn indirect_calls_of_128_values() {
        refused_for_values(&filled(with_type(MANY, 0), &[0x00], &[0x11, TY, 0], &[]))
    } => TOO_MANY;

    fn conditions_with_4_parameters() {
        let piece = [0x20, 0, 0x04, TY, 0x05, 0x0b];
        refused_for_values(&filled(with_type(WIDE, WIDE), &consts(WIDE), &piece, &drops(WIDE)))
    } => TOO_MANY;

    fn loops_with_4_parameters() {
        refused_for_values(&filled(with_type(WIDE, WIDE), &consts(WIDE), &[0x03, TY, 0x0b], &drops(WIDE)))
    } => TOO_MANY;

    /// A condition within a condition: the operands of each are kept for its `else`.
    fn conditions_in_each_other_with_4_parameters() {
        let piece = [[0x20, 0, 0x04, TY].repeat(40_000), vec![0x0b; 40_000]].concat();
        refused_for_values(&filled(with_type(WIDE, WIDE), &consts(WIDE), &piece, &drops(WIDE)))
    } => TOO_MANY;

    fn returns_of_128_values() {
        let mut bomb = Bomb::new();
        let ty = bomb.ty(1, MANY);
        bomb.body(ty, &[vec![0x00], vec![0x0f; 500_000]].concat());
        refused_for_values(&bomb.wasm())
    } => TOO_MANY;

    fn functions_of_128_results() {
        let mut bomb = Bomb::new();
        let ty = bomb.ty(0, MANY);
        for _ in 0..49_000 {
            bomb.body(ty, &[0x00]);
        }
        refused_for_values(&bomb.wasm())
    } => TOO_MANY;

    /// A block with a parameter has the engine look through all operands below it for a local, which is the last one here:
    /// a module of one such function took minutes.
    fn blocks_above_60_000_operands() {
        let head = [vec![0x20, 0], [0x3f, 0].repeat(60_000)].concat();
        refused_for_values(&filled(with_type(1, 1), &head, &[0x03, TY, 0x0b], &drops(60_001)))
    } => TOO_MANY;

    fn blocks_without_parameters_above_60_000_operands() {
        let head = [vec![0x20, 0], [0x3f, 0].repeat(60_000)].concat();
        called(&filled(with_type(0, 0), &head, &[0x03, TY, 0x0b], &drops(60_001)))
    } => GOES_THROUGH;

    fn as_many_values_in_branches_as_are_allowed() {
        let (head, tail) = ([consts(WIDE), vec![0x02, TY]].concat(), [vec![0x0b], drops(WIDE)].concat());
        at_the_limit(WIDE, &head, &[0x20, 0, 0x0d, 0], &tail, WIDE)
    } => GOES_THROUGH;

    fn as_many_values_in_loops_as_are_allowed() {
        at_the_limit(WIDE, &consts(WIDE), &[0x03, TY, 0x0b], &drops(WIDE), 4 * WIDE)
    } => GOES_THROUGH;

    fn as_many_values_in_conditions_as_are_allowed() {
        at_the_limit(WIDE, &consts(WIDE), &[0x20, 0, 0x04, TY, 0x05, 0x0b], &drops(WIDE), 6 * WIDE)
    } => GOES_THROUGH;

    fn as_many_values_in_calls_as_are_allowed() {
        at_the_limit(MANY, &consts(MANY), &[0x10, CALLEE], &drops(MANY), 2 * MANY)
    } => GOES_THROUGH;

    fn as_many_values_in_one_function_as_are_allowed() { in_one_function() } => GOES_THROUGH;

    fn as_many_operands_below_blocks_as_are_allowed() {
        let head = [vec![0x20, 0], [0x3f, 0].repeat(60_000)].concat();
        at_the_limit(1, &head, &[0x03, TY, 0x0b], &drops(60_001), 60_004)
    } => GOES_THROUGH;

    fn code_of_locals_that_are_kept() {
        called(&filled(
            Bomb::new(),
            &[],
            &[[0x20, 0].repeat(20_000), vec![0x41, 0, 0x21, 0], drops(20_000)].concat(),
            &[],
        ))
    } => GOES_THROUGH;

    fn code_of_globals_on_the_stack() {
        code(&[[0x23, 0].repeat(60_000), drops(60_000)].concat())
    } => GOES_THROUGH;

    /// Code that is made as many pieces as it can be: see `src/metering`.
    fn pieces_as_many_as_there_can_be() {
        called(&filled(Bomb::new(), &[], &[&[0x20, 0, 0x0d, 0][..], &DEAR].concat(), &[]))
    } => GOES_THROUGH;

    fn pieces_in_each_other_as_deep_as_is_allowed() {
        let piece = [[&[0x02, 0x40, 0x20, 0, 0x0d, 0][..], &DEAR].concat().repeat(50_000), vec![0x0b; 50_000]].concat();
        called(&filled(Bomb::new(), &[], &piece, &[]))
    } => GOES_THROUGH;

    /// Each block leaves values, and a piece in it does.
    fn pieces_of_blocks_with_4_results() {
        let piece = [
            vec![0x02, TY], consts(WIDE), vec![0x20, 0, 0x0d, 0], drops(WIDE), vec![0x20, 0, 0x0d, 1], DEAR.to_vec(),
            consts(WIDE), vec![0x0b], drops(WIDE),
        ]
        .concat();
        let times = (2_000_000 - 1_000) / 7 / (3 * WIDE);
        let head = [0x02, 0x40];
        called(&repeated(with_type(0, WIDE), &head, &piece, &[0x0b], times.min(((1 << 20) - 1_000) / piece.len())))
    } => GOES_THROUGH;

    /// Places where a piece could begin, of which each takes memory while a function is read.
    fn places_for_pieces_that_are_not_worth_it() {
        called(&filled(Bomb::new(), &[], &[0x20, 0, 0x0d, 0, 0x03, 0x40, 0x0b], &[]))
    } => GOES_THROUGH;

    /// Depths of one byte that take two when there are loops between.
    fn branch_tables_across_pieces() {
        let frames = [&[0x02, 0x40, 0x20, 0, 0x0d, 0][..], &DEAR].concat().repeat(70);
        let table = [&[0x0e, 0xe0, 0xd4, 0x03][..], &vec![69; 60_000], &[0]].concat();
        let piece = [vec![0x02, 0x40, 0x20, 0], table, vec![0x0b]].concat();
        called(&filled(Bomb::new(), &frames, &piece, &[0x0b; 70]))
    } => GOES_THROUGH;

    fn code_of_empty_conditions() { called(&filled(Bomb::new(), &[], &[0x20, 0, 0x04, 0x40, 0x05, 0x0b], &[])) } => GOES_THROUGH;
    fn code_of_conditional_branches_on_a_local() { called(&filled(Bomb::new(), &[], &[0x20, 0, 0x0d, 0], &[])) } => GOES_THROUGH;
    fn code_of_copies() { code(&[0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0a, 0, 0]) } => GOES_THROUGH;
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
