//! Calls whose results and fuel must be the same in debug and release builds, with either dispatch, on 32 and 64 bits.

use dorcas_host::{Config, Digest, Engine, Limits, abi::method};
use std::fmt::Write as _;

/// What all of it comes to.
///
/// A change here means that results or fuel have changed: by a new engine, another price, another message. Say so in the
/// changelog.
pub(crate) const EXPECTED: &str = "bf2b562e915aa210c0c7c4ce09ce347b25d36ad98da97ff859a6442ac8087239";

macro_rules! guests {
    ($($name:literal)*) => {
        &[$(include_str!(concat!("../guests/", $name, ".wat"))),*]
    };
}

/// A good guest, and ones that end in different ways. None has a `table.grow`, which not every build lets in.
const GUESTS: &[&str] = guests! {
    "alloc_returns_0" "error_of_its_own" "error_with_control_characters" "free_traps" "generate_rules_loops"
    "generate_rules_recurses" "good" "initialize_traps" "memory_bomb" "memory_refused" "panic_text" "reply_undecodable"
    "result_is_the_argument" "result_past_4_gib" "result_too_large" "trap_bad_conversion"
    "trap_division_by_zero" "trap_null_call" "trap_wrong_call" "feature_simd" "imports" "memory_of_64_bits"
};

/// Numbers that processors, compilers and interpreters tend to disagree about, one after the other in a reply.
const NUMBERS: &[&str] = &[
    "(i64.reinterpret_f64 (f64.sub (f64.const inf) (f64.const inf)))",
    "(i64.reinterpret_f64 (f64.div (f64.const 0) (f64.const 0)))",
    "(i64.reinterpret_f64 (f64.sqrt (f64.const -1)))",
    "(i64.reinterpret_f64 (f64.min (f64.const nan:0x4000000000001) (f64.const 1)))",
    "(i64.reinterpret_f64 (f64.add (f64.const 1) (f64.const -nan)))",
    "(i64.extend_i32_u (i32.reinterpret_f32 (f32.mul (f32.const nan:0x200001) (f32.const 0))))",
    "(i64.extend_i32_u (i32.reinterpret_f32 (f32.demote_f64 (f64.const nan:0x4000000000001))))",
    "(i64.reinterpret_f64 (f64.promote_f32 (f32.const 0.1)))",
    "(i64.reinterpret_f64 (f64.nearest (f64.const 2.5)))",
    "(i64.reinterpret_f64 (f64.nearest (f64.const -0.4)))",
    "(i64.reinterpret_f64 (f64.sqrt (f64.const 2)))",
    "(i64.reinterpret_f64 (f64.div (f64.const 1) (f64.const 3)))",
    "(i64.reinterpret_f64 (f64.mul (f64.const 5e-324) (f64.const 0.5)))",
    "(i64.extend_i32_u (i32.reinterpret_f32 (f32.convert_i64_u (i64.const 0x7fffff4000000001))))",
    "(i64.reinterpret_f64 (f64.convert_i64_u (i64.const -1)))",
    "(i64.trunc_sat_f64_u (f64.const -5))",
    "(i64.trunc_sat_f32_s (f32.const nan))",
    "(i64.rem_s (i64.const 0x8000000000000000) (i64.const -1))",
    "(i64.shl (i64.const 1) (i64.const 65))",
    "(i64.rotr (i64.const 1) (i64.const -1))",
    "(i64.extend_i32_s (i32.rotl (i32.const 0x12345678) (i32.const 40)))",
    "(i64.clz (i64.const 0))",
    "(i64.extend_i32_u (memory.grow (i32.const 65535)))",
    "(i64.extend_i32_u (memory.size))",
    "(i64.extend_i32_u (table.size $t))",
];

fn numbers() -> String {
    let store = |(place, number): (usize, &&str)| format!("(i64.store (i32.const {}) {number})", 4096 + 8 * place);
    let stores = NUMBERS.iter().enumerate().map(store).collect::<Vec<_>>().concat();
    format!(
        r#"(module
          (memory (export "memory") 1 100) (table $t 1 2000 funcref) (data (i32.const 16) "numbers")
          (func (export "dorcas_abi_v1"))
          (func (export "alloc") (param i32) (result i32) (i32.const 1024))
          (func (export "free") (param i32 i32))
          (func (export "lang_name") (result i64) (i64.const 0x10_0000_0007))
          (func (export "generate_rules") (param i32 i32) (result i64)
            {stores} (i64.const 0x1000_{:08x})))"#,
        8 * NUMBERS.len()
    )
}

/// Loads the guests, makes the calls, and puts everything that came of them into one number.
pub(crate) fn digest() -> String {
    let limits = Limits { fuel_per_call: 1_000_000, memory_bytes: 8 << 16, recursion_depth: 50, ..Limits::default() };
    let engine = Engine::new(Config { limits, ..Config::default() });
    let mut text = String::new();
    for module in GUESTS.iter().map(|text| (*text).to_owned()).chain([numbers()]) {
        let wasm = wat::parse_str(module).unwrap();
        let guest = match engine.load(&wasm) {
            Ok(guest) => guest,
            Err(error) => {
                writeln!(text, "{error}").unwrap();
                continue;
            }
        };
        for (export, size) in method::NAMES.iter().flat_map(|export| [0, 1, 300].map(|size| (export, size))) {
            let (result, stats) = guest.call_bytes_measured(export, &vec![0; size]);
            writeln!(text, "{:02x?} {stats:?}", result.map_err(|error| error.to_string())).unwrap();
        }
    }
    Digest::of(text.as_bytes()).to_string()
}
