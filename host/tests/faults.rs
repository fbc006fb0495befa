//! Guests that break one rule each, and what is said about it.
//!
//! A case is a file in `guests`, named after its fault. Its head has the claim, then after `load:` or `call:` the whole
//! text of the error from loading the guest or from a call of `generate_rules` (or another `method:`), then whether the
//! instance is `poisoned` or `sound` afterwards.

use dorcas_host::{
    CallError, Config, Engine, Guest, GuestInstance, Limits, Profile,
    abi::{
        Method,
        message::{GenerateRequest, ImportsRequest, ImportsRule},
        method::{GenerateRules, Imports},
    },
};

/// Small ones, so that reaching them takes no time.
fn limits() -> Limits {
    Limits {
        fuel_per_call: 1_000_000,
        memory_bytes: 4 << 16,
        table_elements: 100,
        reply_bytes: 1_000,
        recursion_depth: 100,
        ..Limits::default()
    }
}

fn check(text: &str) {
    let head = |key: &str| text.lines().find_map(|line| line.strip_prefix(&format!(";; {key}: ")));
    let wasm = wat::parse_str(text).expect("the case is WebAssembly text");
    for profile in [Profile::Deterministic, Profile::Fast] {
        let loaded = Engine::new(Config { profile, limits: limits(), ..Config::default() }).load(&wasm);
        if let Some(expected) = head("load") {
            let error = loaded.expect_err("the guest must not load");
            assert_eq!(error.to_string(), expected);
            continue;
        }
        let (expected, then) =
            (head("call").expect("a `load:` or `call:` line"), head("then").expect("a `then:` line"));
        let guest = loaded.expect("the guest loads");
        match head("method") {
            None => check_call::<GenerateRules>(&guest, &GenerateRequest::default(), expected, then),
            Some("imports") => {
                let request = ImportsRequest { rules: vec![ImportsRule::default()], ..ImportsRequest::default() };
                check_call::<Imports>(&guest, &request, expected, then);
            }
            Some(method) => panic!("no request is at hand for `{method}`"),
        }
    }
}

fn check_call<M: Method>(guest: &Guest, request: &M::Request, expected: &str, then: &str) {
    // The guest is as good as new after each call, however it ended.
    for _ in 0..2 {
        let error = guest.call::<M>(request).map(drop).expect_err("the call must fail");
        assert_eq!(error.to_string(), expected);
    }
    let mut instance = guest.instantiate().unwrap();
    let (first, stats) = instance.call_measured::<M>(request);
    assert_eq!(first.map(drop).unwrap_err().to_string(), expected);
    assert!(stats.fuel > 0, "fuel is told for calls that fail too");

    let second = instance.call::<M>(request).map(drop).unwrap_err();
    match then {
        "sound" => assert_eq!(second.to_string(), expected),
        "poisoned" => assert_refuses(&mut instance, &second, guest, M::EXPORT, expected),
        then => panic!("an instance is `sound` or `poisoned`, not `{then}`"),
    }
}

fn assert_refuses(instance: &mut GuestInstance, second: &CallError, guest: &Guest, method: &str, cause: &str) {
    let refusal = |method: &str| {
        let guest = guest.name();
        format!("`{method}` of guest `{guest}` was not called: the instance is poisoned since {cause}")
    };
    assert!(instance.is_poisoned());
    assert_eq!(second.to_string(), refusal(method));
    assert_eq!(instance.call_bytes(method, &[0]).unwrap_err().to_string(), refusal(method));
    assert_eq!(instance.lang_name().unwrap_err().to_string(), refusal("lang_name"));
    assert_eq!(guest.instantiate().unwrap().lang_name().unwrap(), guest.name());
}

macro_rules! faults {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                check(include_str!(concat!("guests/", stringify!($name), ".wat")));
            }
        )*

        const FAULTS: &[&str] = &[$(stringify!($name)),*];
    };
}

faults! {
    alloc_loops
    alloc_outside_memory
    alloc_returns_0
    alloc_traps
    answer_with_too_few_rules
    data_outside_memory
    elements_outside_table
    error_of_its_own
    error_with_control_characters
    exports_missing
    exports_of_wrong_type
    exports_reserved
    feature_custom_page_sizes
    feature_exceptions
    feature_extended_const
    feature_function_references
    feature_gc
    feature_multi_memory
    feature_relaxed_simd
    feature_shared_memory
    feature_simd
    feature_tail_call
    feature_threads
    feature_wide_arithmetic
    free_loops
    free_traps
    generate_rules_loops
    generate_rules_recurses
    imports
    initialize_loops
    initialize_traps
    lang_name_loops
    lang_name_not_utf8
    lang_name_of_wrong_form
    lang_name_outside_memory
    lang_name_too_long
    lang_name_traps
    lang_name_zero
    manifest_refused
    manifest_traps
    manifest_undecodable
    marker_missing
    marker_of_version_2
    marker_twice
    memory_bomb
    memory_bomb_at_start
    memory_imported
    memory_of_64_bits
    memory_refused
    memory_that_is_a_table
    optional_exports_of_wrong_type
    panic_address_outside_memory
    panic_address_that_changes
    panic_text
    panic_text_outside_memory
    reply_empty
    reply_undecodable
    reply_with_a_bad_text
    reply_with_a_byte_left_over
    result_halves_exchanged
    result_halves_exchanged_out_of_bounds
    result_is_the_argument
    result_outside_memory
    result_past_4_gib
    result_too_large
    result_zero
    start_section
    table_bomb
    table_bomb_at_start
    trap_bad_conversion
    trap_division_by_zero
    trap_integer_overflow
    trap_memory_access
    trap_null_call
    trap_table_access
    trap_unreachable
    trap_wrong_call
}

#[test]
fn every_file_is_a_case() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guests");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".wat", ""))
        .filter(|name| name != "good")
        .collect();
    files.sort();
    assert_eq!(files, FAULTS);
}
