use super::*;
use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};

/// Code without effect that costs so many units.
fn work(units: usize) -> String {
    "(drop (i32.const 7)) ".repeat(units)
}

fn changed(text: &str) -> Vec<u8> {
    let wasm = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let metered = in_pieces(&wasm, PIECE_FUEL).unwrap().into_owned();
    assert_eq!(validate(&metered, Features::ABI), Ok(()), "{text}");
    metered
}

fn assert_becomes(text: &str, expected: &str) {
    let (got, expected) = (changed(text), wat::parse_str(expected).unwrap());
    assert!(got == expected, "{text}\nbecame {got:02x?}\nwanted {expected:02x?}");
}

/// What a function without parameters returns or traps with, what is in the memory `m` then, and the fuel that it takes, without
/// its instance.
fn fuel(wasm: &[u8], export: &str) -> ((Result<i32, String>, Vec<u8>), u64) {
    const FUEL: u64 = 1 << 40;
    // Eagerly, since translation would take fuel too.
    let mode = wasmi::CompilationMode::Eager;
    let engine = wasmi::Engine::new(wasmi::Config::default().consume_fuel(true).compilation_mode(mode));
    let mut store = wasmi::Store::new(&engine, ());
    store.set_fuel(FUEL).unwrap();
    let module = wasmi::Module::new(&engine, wasm).unwrap();
    let instance = wasmi::Instance::new(&mut store, &module, &[]).unwrap();
    let function = instance.get_typed_func::<(), i32>(&store, export).unwrap();
    let before = store.get_fuel().unwrap();
    let result = function.call(&mut store, ()).map_err(|error| error.to_string());
    let memory = instance.get_memory(&store, "m").map(|memory| memory.data(&store).to_vec()).unwrap_or_default();
    ((result, memory), before - store.get_fuel().unwrap())
}

/// The same for the module before and after, whose results are the same.
fn both(text: &str) -> (u64, u64) {
    let ((result, before), (other, after)) = (fuel(&wat::parse_str(text).unwrap(), "f"), fuel(&changed(text), "f"));
    assert!(result == other, "{:?}, and {:?} before", other.0, result.0);
    (before, after)
}

#[test]
fn cases_of_a_switch_are_pieces_and_branches_find_their_ways() {
    let case = work(70);
    assert_becomes(
        &format!(
            "(module (func (param i32) (loop (block (block (br_table 0 1 2 (local.get 0))) {case} (br 1)) {case} (br 0))))"
        ),
        &format!(
            "(module (func (param i32) (loop (block (block (br_table 0 1 2 (local.get 0))) (loop {case} (br 2)))
               (loop {case} (br 1)))))"
        ),
    );
}

#[test]
fn what_a_branch_leads_past_is_a_piece_and_what_none_leads_past_is_not() {
    let case = work(70);
    assert_becomes(
        &format!("(module (func (param i32) (block (br_if 0 (local.get 0)) {case}) {case}))"),
        &format!("(module (func (param i32) (block (br_if 0 (local.get 0)) (loop {case})) {case}))"),
    );
    // Back to the beginning, too; and out of the function.
    for out in ["(br_if 0 (local.get 0))", "(br_if 1 (local.get 0))", "(if (local.get 0) (then (return)))"] {
        assert_becomes(
            &format!("(module (func (param i32) (loop {out} {case})))"),
            &format!("(module (func (param i32) (loop {out} (loop {case}))))"),
        );
    }
    for same in [
        // Always done.
        format!("(block {case}) {case}"),
        format!("(if (local.get 0) (then {case})) {case}"),
        format!("(loop {case} (br_if 0 (local.get 0))) {case}"),
        // Not worth it.
        format!("(block (br_if 0 (local.get 0)) {})", work(60)),
    ] {
        let text = format!("(module (func (param i32) {same}))");
        assert!(changed(&text) == wat::parse_str(&text).unwrap(), "{same}");
    }
}

#[test]
fn a_piece_leaves_what_its_frame_leaves() {
    let case = work(70);
    let out = "(br_if 0 (i32.const 1) (local.get 0)) (drop)";
    assert_becomes(
        &format!("(module (func (param i32) (result i32) {out} {case} {out} {case} (i32.const 3)))"),
        &format!(
            "(module (func (param i32) (result i32) {out} (loop {case} (br_if 1 (i32.const 1) (local.get 0)) (drop))
              (loop (result i32) {case} (i32.const 3))))"
        ),
    );
    // Several results need a type, which may be there or not; the second function needs the same one.
    let several = |types: &str, first: &str, last: &str| {
        let function = format!(
            "(func (param i32) (result i32 i64) (br_if 0 (i32.const 1) (i64.const 2) (local.get 0)) (drop) (drop)
             {first} {case} (i32.const 3) (i64.const 4) {last})"
        );
        format!("(module (type (func (param i32) (result i32 i64))) {types} {function} {function})")
    };
    let ty = "(type (func (result i32 i64)))";
    assert_becomes(&several(ty, "", ""), &several(ty, "(loop (type 1)", ")"));
    assert_becomes(&several("", "", ""), &several(ty, "(loop (type 1)", ")"));
}

#[test]
fn operands_of_the_frame_are_waited_for() {
    let (case, store) = (work(70), "(i32.const 0)");
    let block = "(block (result i32) (br_if 1 (local.get 0)) (i32.const 1))";
    assert_becomes(
        &format!("(module (memory 1) (func (param i32) (i32.store {store} {block}) {case}))"),
        &format!("(module (memory 1) (func (param i32) (i32.store {store} {block}) (loop {case})))"),
    );
}

#[test]
fn either_side_of_an_if_has_pieces_of_its_own() {
    let case = work(70);
    let side = |open: &str, depth: u32, close: &str| format!("(br_if {depth} (local.get 0)) {open} {case} {close}");
    let text = |side: &str| format!("(module (func (param i32) (if (local.get 0) (then {side}) (else {side}))))");
    assert_becomes(&text(&side("", 0, "")), &text(&side("(loop", 0, ")")));
}

#[test]
fn depths_and_lengths_may_take_more_bytes() {
    let (case, ends) = (work(70), ")".repeat(100));
    // A hundred frames, each with a loop, so that depths go beyond 127.
    let each = |open: &str| format!("(block (br_if 0 (local.get 0)) {open} {case} ").repeat(100);
    assert_becomes(
        &format!("(module (func (param i32) {} (br 100) {ends}))", each("")),
        &format!("(module (func (param i32) {} (br 200) {ends}{ends}))", each("(loop")),
    );
}

#[test]
fn each_growth_stands_in_a_loop() {
    // In several functions, of which some have none; with a type whose index takes more bytes than one; long enough for
    // lengths to become longer; in a piece of its own and in none.
    for types in [0, 70, 200] {
        let text = |growth: &str, open: &str, close: &str| {
            let types = "(type (func (param f32)))".repeat(types);
            format!(
                "(module {types} (type $t (func (param i32) (result i32))) (memory 1) (func)
                 (func (type $t) (local.get 0) {growth} (i32.const 9) {growth} drop)
                 (func) (func (type $t) (local.get 0) {growth} (if (result i32) (i32.const 1)
                   (then (i32.const 5) {growth}) (else (i32.const 0x40))) drop)
                 (func (param i32) (br_if 0 (local.get 0)) {open} {} (drop (i32.const 1) {growth}) {close})
                 (func) (data \"@\\00\"))",
                work(70),
            )
        };
        assert_becomes(&text("(memory.grow)", "", ""), &text("(loop (type $t) (memory.grow))", "(loop", ")"));
    }
}

#[test]
fn a_module_that_lacks_the_type_of_the_loop_gets_it() {
    for types in [0, 1, 126, 127, 128] {
        let text = |more: &str, growth: &str| {
            let types = "(type (func (param f32)))".repeat(types);
            format!(
                "(module {types} (type (func (result i32))) {more} (memory 1) (func (result i32) i32.const 1 {growth}))"
            )
        };
        let growth = format!("(loop (type {}) memory.grow)", types + 1);
        assert_becomes(&text("", "memory.grow"), &text("(type (func (param i32) (result i32)))", &growth));
    }
}

#[test]
fn an_index_that_means_nothing_means_nothing_afterwards() {
    // The growth would get the type 1. (func (result i32) i32.const 1 memory.grow block (type 1) end)
    let body = [0, 0x41, 1, 0x40, 0, 0x02, 1, 0x0b, 0x0b];
    let mut wasm = b"\0asm\x01\0\0\0\x01\x05\x01\x60\0\x01\x7f\x03\x02\x01\0\x05\x03\x01\0\x01\x0a".to_vec();
    let size = u8::try_from(body.len()).unwrap();
    wasm.extend([size + 2, 1, size]);
    wasm.extend(body);
    let error = in_pieces(&wasm, PIECE_FUEL).unwrap_err().to_string();
    assert!(error.contains("type index out of bounds"), "{error}");
}

#[test]
fn a_depth_that_means_nothing_means_nothing_afterwards() {
    let case = work(70);
    for depth in [1, 2, 3, u32::MAX] {
        // The last instruction is a branch, without which the module is right.
        let mut wasm = wat::parse_str(format!("(module (func (param i32) (br_if 0 (local.get 0)) {case} (br 77777)))"));
        if let Ok(wasm) = &mut wasm {
            // `br`, three bytes of depth, `end`.
            let at = wasm.len() - 4;
            let mut number = Vec::new();
            unsigned(&mut number, depth as usize);
            number.resize(3, 0);
            if depth < 128 {
                number[0] |= 0x80;
                number[1] |= 0x80;
            } else {
                number.copy_from_slice(&[0xff, 0xff, 0x03]);
            }
            wasm[at..at + 3].copy_from_slice(&number);
            let metered = in_pieces(wasm, PIECE_FUEL).unwrap();
            assert!(metered.len() > wasm.len());
            assert!(validate(&metered, Features::ABI).is_err(), "{depth}");
        }
    }
}

#[test]
fn a_module_without_branches_and_growth_is_left_as_it_is() {
    let wasm = wat::parse_str("(module (memory 1) (func (result i32) (i32.const 0x40)))").unwrap();
    assert!(matches!(in_pieces(&wasm, PIECE_FUEL), Ok(Cow::Borrowed(_))));
}

/// A thousand steps of an interpreter with so many cases, each of so many units.
fn interpreter(cases: usize, units: usize) -> String {
    let blocks = "(block ".repeat(cases + 1);
    let table: String = (0..=cases).map(|case| format!("{case} ")).collect::<Vec<_>>().concat();
    let cases: String =
        (0..cases).map(|case| format!(") {} (br {})", work(units), cases - case)).collect::<Vec<_>>().concat();
    format!(
        "(module (func (export \"f\") (result i32) (local $i i32)
           (loop $next
             (if (i32.gt_u (local.get $i) (i32.const 1000)) (then (return (local.get $i))))
             (local.set $i (i32.add (local.get $i) (i32.const 1)))
             {blocks} (br_table {table} (i32.rem_u (local.get $i) (i32.const 3))) {cases})
             (br $next))
           (unreachable)))"
    )
}

#[test]
fn an_interpreter_pays_for_the_cases_that_it_takes() {
    for (cases, units) in [(20, 100), (200, 50), (200, 5), (50, 1_000)] {
        let (before, after) = both(&interpreter(cases, units));
        let (all, taken) = (1_000 * (cases * units) as u64, 1_000 * units as u64);
        assert!(before > all, "{before}");
        // What a step takes beside its case, and what is put together with it: twice, in front of it and in it.
        let beside = 1_000 * (20 + 2 * u64::from(PIECE_FUEL));
        assert!(after > taken && after < taken + beside, "{cases} cases of {units}: {after}");
    }
}

#[test]
fn a_chain_of_conditions_pays_for_the_one_that_holds() {
    // As a compiler writes a `switch` of few cases, or a row of `if`s that return.
    let chain: String = (0..50)
        .map(|case| {
            format!(
                "(block (br_if 0 (i32.ne (local.get $i) (i32.const {case}))) {} (return (i32.const {case})))",
                work(200)
            )
        })
        .collect::<Vec<_>>()
        .concat();
    let (before, after) =
        both(&format!("(module (func (export \"f\") (result i32) (local $i i32) {chain} (i32.const -1)))"));
    assert!(before > 50 * 200, "{before}");
    // Three for each condition.
    assert!(after < 50 * 3 + 200 + 2 * u64::from(PIECE_FUEL), "{after}");
}

/// A function whose code is any nesting of frames and branches, with a budget of steps, so that it ends.
fn code(depth: u32) -> impl Strategy<Value = String> {
    let step = "(local.set $x (i32.add (i32.mul (local.get $x) (i32.const 31)) (i32.const 7))) ";
    let budget = "(if (i32.eqz (local.get $n)) (then (return (local.get $x))))
        (local.set $n (i32.sub (local.get $n) (i32.const 1))) ";
    let odd = |bit: u32| format!("(i32.and (i32.shr_u (local.get $x) (i32.const {bit})) (i32.const 1))");
    let leaf = (0..90_usize, any::<u8>()).prop_map(move |(steps, kind)| match kind % 5 {
        0 => format!("{} (drop (memory.grow (i32.and (local.get $x) (i32.const 1))))", step.repeat(steps)),
        1 => format!("(i32.store (i32.and (local.get $x) (i32.const 0xffff)) (local.get $x)) {}", step.repeat(steps)),
        2 => format!("{} (if {} (then (unreachable)))", step.repeat(steps), format_args!("(i32.eqz {})", odd(9))),
        _ => step.repeat(steps),
    });
    leaf.prop_recursive(depth, 60, 5, move |inner| {
        (prop::collection::vec(inner, 1..5), any::<u8>(), 0..31_u32, any::<u8>()).prop_map(move |(parts, kind, bit, to)| {
            let condition = odd(bit);
            // Where a branch to depth 0 and 1 leads is known; the function's own frame gives a value.
            let between = match to % 4 {
                0 => format!("(br_if $frame {condition}) "),
                1 => format!("(if {condition} (then (br $frame))) "),
                2 => format!("(block $a (block $b (br_table $a $b $frame (i32.and (local.get $x) (i32.const 3)))) {step}) "),
                _ => format!("(if {condition} (then (return (local.get $x)))) "),
            };
            let body = parts.join(&between);
            match kind % 4 {
                0 => format!("(block $frame {body} (br_if $frame {condition}) {step})"),
                1 => format!("(loop $frame {budget} {body})"),
                2 => format!("(if $frame {condition} (then {body}) (else {step} {body}))"),
                _ => format!("(local.set $x (i32.add (local.get $x) (block (result i32) (block $frame {body}) (local.get $x))))"),
            }
        })
    })
}

proptest! {
    #[test]
    fn whatever_the_code_it_does_the_same_for_no_more_than_twice_the_fuel(code in code(5), x in any::<i32>()) {
        let text = format!(
            "(module (memory (export \"m\") 1 20) (func (export \"f\") (result i32) (local $x i32) (local $n i32)
               (local.set $x (i32.const {x})) (local.set $n (i32.const 300)) {code} (local.get $x)))"
        );
        let (before, after) = both(&text);
        assert!(after <= 2 * before, "{before} became {after}");
        let again = changed(&text);
        prop_assert_eq!(changed(&text), again);
    }
}
