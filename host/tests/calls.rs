//! Calls of a guest that keeps the rules.

use dorcas_host::{
    CallError, CallStats, Config, Engine, Guest, GuestInstance, Limits, LoadError, Pool, Profile, Run,
    abi::{
        message::{
            ConfigureRequest, GenerateRequest, GenerateResponse, GeneratedRule, Input, Manifest, Methods, Rule, Want,
        },
        method::{Configure, GenerateRules},
        wire,
    },
};
use std::thread;

const GOOD: &str = include_str!("guests/good.wat");

fn good() -> Guest {
    load(GOOD, Config::default())
}

fn load(text: &str, config: Config) -> Guest {
    Engine::new(config).load(&wat::parse_str(text).unwrap()).unwrap()
}

fn request() -> GenerateRequest {
    GenerateRequest { rel: "api/v1".into(), ..GenerateRequest::default() }
}

#[test]
fn a_guest_tells_what_it_is() {
    let wasm = wat::parse_str(GOOD).unwrap();
    let guest = Engine::default().load(&wasm).unwrap();
    assert_eq!(guest.name(), "good");
    assert_eq!(guest.abi_version(), 1);
    assert_eq!(guest.manifest(), &Manifest::default());
    assert_eq!(guest.digest(), dorcas_host::Digest::of(&wasm));
    assert!(guest.has("generate_rules") && !guest.has("fix"));
    assert_eq!(guest.outline().module_bytes, wasm.len() as u64);
    assert_eq!(
        guest.outline().exports.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "`memory`, a 32-bit memory of 1 page",
            "`dorcas_abi_v1`, a function () -> ()",
            "`alloc`, a function (i32) -> i32",
            "`free`, a function (i32, i32) -> ()",
            "`lang_name`, a function () -> i64",
            "`manifest`, a function (i32, i32) -> i64",
            "`generate_rules`, a function (i32, i32) -> i64",
        ]
    );
}

#[test]
fn a_guest_without_a_manifest_sees_all_names() {
    let guest = load(&GOOD.replace(r#"(export "manifest")"#, ""), Config::default());
    let inputs =
        vec![Input { glob: "*".into(), want: Want::Name, methods: Methods::GENERATE_RULES, ..Input::default() }];
    assert_eq!(guest.manifest(), &Manifest { inputs, ..Manifest::default() });
}

#[test]
fn the_same_call_through_every_door() {
    let (guest, bytes) = (good(), wire::encode(&request()).unwrap());
    let mut instance = guest.instantiate().unwrap();
    let pool = Pool::new(guest.clone());

    let response = Ok(GenerateResponse::default());
    assert_eq!(guest.call::<GenerateRules>(&request()), response);
    assert_eq!(instance.call::<GenerateRules>(&request()), response);
    assert_eq!(pool.call::<GenerateRules>(&request()), response);

    let reply = Ok(vec![0; 7]);
    assert_eq!(guest.call_bytes("generate_rules", &bytes), reply);
    assert_eq!(instance.call_bytes("generate_rules", &bytes), reply);
    assert_eq!(pool.call_bytes("generate_rules", &bytes), reply);
}

#[test]
fn a_call_tells_what_it_took() {
    let (guest, bytes) = (good(), wire::encode(&request()).unwrap());
    let stats: CallStats = guest.call_measured::<GenerateRules>(&request()).1;
    assert_eq!((stats.request_bytes, stats.reply_bytes), (bytes.len() as u64, 7));
    assert_eq!(guest.call_bytes_measured("generate_rules", &bytes).1, stats);
}

#[test]
fn fuel_is_the_same_each_time_and_on_each_thread() {
    let guest = good();
    let fuel = || guest.call_measured::<GenerateRules>(&request()).1.fuel;
    let expected = fuel();
    assert!(expected > 0);
    assert_eq!([fuel(), fuel(), fuel()], [expected; 3]);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(fuel)).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), expected);
        }
    });
    assert_eq!(good().call_measured::<GenerateRules>(&request()).1.fuel, expected, "loaded again");
}

#[test]
fn one_diagnostic_more_than_the_limit() {
    let note = r"\02\01x\00\00";
    let text = GOOD
        .replace("(call $answer (i32.const 32) (i32.const 7))))", "(call $answer (i32.const 64) (i32.const 22))))")
        .replace(
            r#"(func (export "dorcas_abi_v1"))"#,
            &format!(
                r#"(func (export "dorcas_abi_v1")) (data (i32.const 64) "\00\00\00\00\00\00\03{}")"#,
                note.repeat(3)
            ),
        );
    let instance = |diagnostics| {
        let limits = Limits { diagnostics, ..Limits::default() };
        load(&text, Config { limits, ..Config::default() }).instantiate().unwrap()
    };
    assert_eq!(instance(3).call::<GenerateRules>(&request()).unwrap().diagnostics.len(), 3);
    let mut refusing = instance(2);
    for _ in 0..2 {
        assert_eq!(
            refusing.call::<GenerateRules>(&request()).unwrap_err().to_string(),
            "`generate_rules` of guest `good` returned 3 diagnostics, the limit is 2 (`Limits::diagnostics`)",
            "and the instance is not poisoned"
        );
    }
    assert!(refusing.call_bytes("generate_rules", &[]).is_ok(), "bytes are not looked into");
}

#[test]
fn fuel_covers_initialisation() {
    let text = GOOD.replace(
        r#"(func (export "dorcas_abi_v1"))"#,
        r#"(func (export "dorcas_abi_v1")) (func (export "_initialize") (drop (memory.grow (i32.const 1))))"#,
    );
    let guest = load(&text, Config::default());
    let fresh = guest.call_measured::<GenerateRules>(&request()).1.fuel;
    let (result, stats) = guest.instantiate().unwrap().call_measured::<GenerateRules>(&request());
    result.unwrap();
    assert!(fresh > stats.fuel + 1_000, "a page of memory is 1024 units: {fresh}, {}", stats.fuel);
}

#[test]
fn one_unit_of_fuel_less_than_needed_is_too_little() {
    // A reply of 4,096 bytes takes more than to make an instance and to ask for the manifest.
    let text = GOOD
        .replace("(call $answer (i32.const 32) (i32.const 7))))", "(call $answer (i32.const 64) (i32.const 4096))))");
    let call = |limits: Limits| {
        let mut instance = load(&text, Config { limits, ..Config::default() }).instantiate().unwrap();
        instance.call_bytes_measured("generate_rules", &[])
    };
    let (result, stats) = call(Limits::default());
    result.unwrap();
    for (fuel_per_call, enough) in [(stats.fuel, true), (stats.fuel - 1, false)] {
        let (result, stats) = call(Limits { fuel_per_call, ..Limits::default() });
        assert_eq!(result.is_ok(), enough, "{result:?}");
        assert!(stats.fuel <= fuel_per_call);
    }
}

#[test]
fn the_host_charges_for_its_own_work() {
    let load = |memory: &str, reply: u32| {
        let body = format!("(call $answer (i32.const 64) (i32.const {reply}))))");
        let text = GOOD.replace("(call $answer (i32.const 32) (i32.const 7))))", &body);
        load(
            &text.replace(r#"(memory (export "memory") 1)"#, &format!(r#"(memory (export "memory") {memory})"#)),
            Config::default(),
        )
    };
    let fresh = |guest: Guest, request: usize| guest.call_bytes_measured("generate_rules", &vec![0; request]).1.fuel;
    let least = fresh(load("10", 64), 0);
    assert_eq!(fresh(load("11", 64), 0) - least, (1 << 16) / 64, "64 bytes of a new memory are a unit");
    let large = fresh(load("65", 64), 0) - fresh(load("64", 64), 0);
    assert_eq!(large, (1 << 16) / 64 + (1 << 16) / 16, "beyond 4 MiB, 16 bytes are one more");
    // The guest copies the reply too.
    assert_eq!(fresh(load("10", 128), 0) - least, 64 + 1, "a byte of a reply is a unit");
    let request = fresh(load("10", 64), 64_000) - fresh(load("10", 64), 1_280);
    assert_eq!(request, (64_000 - 1_280) / 64, "64 bytes of a request are a unit");
}

#[test]
fn a_memory_costs_the_same_whether_it_is_there_or_grows() {
    let fuel = |pages: u32, grows: u32| {
        let memory = format!(r#"(memory (export "memory") {pages})"#);
        let grow = format!("(drop (memory.grow (i32.const {grows}))) (call $answer (i32.const 32)");
        let text = GOOD.replace(r#"(memory (export "memory") 1)"#, &memory);
        let text = text.replace("(call $answer (i32.const 32)", &grow);
        let guest = load(&text, Config::default());
        assert!(guest.call_bytes("generate_rules", &[]).is_ok());
        guest.call_bytes_measured("generate_rules", &[]).1.fuel
    };
    assert_eq!(fuel(64, 300), fuel(364, 0));
    assert_eq!(fuel(400, 300), fuel(700, 0));
    assert!(fuel(64, 300) - fuel(64, 0) >= 300 * 65_536 / 16);
}

#[test]
fn an_instance_is_charged_for_each_thing_that_it_has() {
    let fuel = |more: &str| {
        let text = GOOD.replace(r#"(memory (export "memory") 1)"#, &format!(r#"(memory (export "memory") 1) {more}"#));
        load(&text, Config::default()).call_bytes_measured("generate_rules", &[]).1.fuel
    };
    let least = fuel("");
    for (what, one, units) in [
        ("a function", "(func)", 6),
        ("a segment of data", "(data \"\")", 20),
        ("a global", "(global i32 (i32.const 0))", 32),
        ("a table", "(table 0 funcref)", 32),
        ("a segment with an element", "(elem externref (ref.null extern))", 20 + 8),
    ] {
        assert_eq!(fuel(&one.repeat(10)) - least, 10 * units, "{what}");
    }
    let long = |bytes: usize| fuel(&format!("(func $f) (export {:?} (func $f))", "x".repeat(bytes)));
    assert_eq!(long(4) - least, 6 + 80 + 1, "an export");
    assert_eq!(long(40_004) - long(4), 10_000, "the name of one");
}

#[test]
fn nan_has_one_form() {
    // inf - inf is a NaN whose sign differs between processors. The guest traps unless it is the positive, quiet one.
    let body =
        "(if (i64.ne (i64.reinterpret_f64 (f64.sub (f64.const inf) (f64.const inf))) (i64.const 0x7ff8000000000000))
        (then (unreachable))) (call $answer (i32.const 32) (i32.const 7))))";
    let text = GOOD.replace("(call $answer (i32.const 32) (i32.const 7))))", body);
    assert_ne!(text, GOOD);
    load(&text, Config::default()).call::<GenerateRules>(&request()).unwrap();
}

#[test]
fn a_method_that_the_guest_lacks() {
    let expected = "guest `good` has no method `configure`";
    assert_eq!(good().call::<Configure>(&ConfigureRequest::default()).unwrap_err().to_string(), expected);
    let expected = "guest `good` has no method `alloc`";
    assert_eq!(good().call_bytes("alloc", &[]).unwrap_err().to_string(), expected);
}

#[test]
fn a_request_that_is_too_large() {
    let limits = Limits { request_bytes: 15, ..Limits::default() };
    let guest = load(GOOD, Config { limits, ..Config::default() });
    assert_eq!(wire::encode(&request()).unwrap().len(), 16);
    let (result, stats) = guest.instantiate().unwrap().call_measured::<GenerateRules>(&request());
    let expected =
        "request for `generate_rules` of guest `good` has 16 bytes, the limit is 15 (`Limits::request_bytes`)";
    assert_eq!(result.unwrap_err().to_string(), expected);
    assert_eq!(stats, CallStats::default(), "the guest was not entered");
    guest.call::<GenerateRules>(&GenerateRequest::default()).unwrap();
}

#[test]
fn a_request_that_has_no_encoding() {
    let rule = GeneratedRule { rule: Rule::default(), ..GeneratedRule::default() };
    let mut request = GenerateRequest { other_rules: vec![rule], ..request() };
    request.subdirs = vec!["b".into(), "a".into()];
    let expected = "request for `generate_rules` of guest `good` has no encoding: byte 14, in `subdirs[1]`: item sorts \
                    before the one in front of it (wire.sorted)";
    assert_eq!(good().call::<GenerateRules>(&request).unwrap_err().to_string(), expected);
}

#[test]
fn a_reply_one_byte_longer_than_the_limit() {
    let answer = |len: u32| {
        let body = format!("(call $answer (i32.const 64) (i32.const {len}))))");
        let text = GOOD.replace("(call $answer (i32.const 32) (i32.const 7))))", &body);
        let limits = Limits { reply_bytes: 64, ..Limits::default() };
        load(&text, Config { limits, ..Config::default() }).call_bytes("generate_rules", &[])
    };
    assert_eq!(answer(64).unwrap().len(), 64);
    let expected = "`generate_rules` of guest `good` returned 65 bytes, the limit is 64 (`Limits::reply_bytes`)";
    assert_eq!(answer(65).unwrap_err().to_string(), expected);
}

#[test]
fn one_call_deeper_than_the_limit() {
    // As many calls within calls as the request has bytes.
    let body = "(call $down (local.get 1)) (call $answer (i32.const 32) (i32.const 7)))
        (func $down (param i32) (if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1)))))))";
    let text = GOOD.replace("(call $answer (i32.const 32) (i32.const 7))))", body);
    let deepest = |recursion_depth: u32| {
        let limits = Limits { recursion_depth, ..Limits::default() };
        let guest = load(&text, Config { limits, ..Config::default() });
        let fits = |depth: &usize| guest.call_bytes("generate_rules", &vec![0; *depth]).is_ok();
        (1..100).take_while(fits).last().unwrap()
    };
    let at_twenty = deepest(20);
    assert!((15..=20).contains(&at_twenty), "the method and its first call count too: {at_twenty}");
    assert_eq!(deepest(21), at_twenty + 1);
}

#[test]
fn an_empty_request_is_nowhere() {
    assert_eq!(good().call_bytes("generate_rules", &[]), Ok(vec![0; 7]));
}

#[test]
fn the_memory_of_a_guest_ends_at_the_limit() {
    let limits = Limits { memory_bytes: 2 << 16, ..Limits::default() };
    let mut instance = load(GOOD, Config { limits, ..Config::default() }).instantiate().unwrap();
    assert_eq!(instance.memory_bytes(), 1 << 16);
    // With the 1024 bytes below the first buffer and the seven of the reply, this fills two pages to the last byte.
    let fits = vec![0; (2 << 16) - 1_024 - 7];
    instance.call_bytes("generate_rules", &fits).unwrap();
    assert_eq!(instance.memory_bytes(), 2 << 16);

    let mut instance = instance;
    let error = instance.call_bytes("generate_rules", &vec![0; 2 << 16]).unwrap_err();
    let expected = "`alloc` of guest `good`, called for `generate_rules`, has no memory for 131072 bytes: the guest has \
                    131072 bytes, the limit is 131072 (`Limits::memory_bytes`)";
    assert_eq!(error.to_string(), expected);
    assert!(!instance.is_poisoned());
}

#[test]
fn every_buffer_is_freed_once() {
    // The good guest has its first address back when all buffers were freed in the order of their making, the last one
    // first; here it counts instead, and traps unless each `alloc` was followed by one `free` of the same length.
    let text = r#"(module
        (memory (export "memory") 1)
        (data (i32.const 16) "good")
        (global $held (mut i32) (i32.const 0))
        (func (export "dorcas_abi_v1"))
        (func (export "alloc") (param i32) (result i32)
          (global.set $held (i32.add (global.get $held) (local.get 0))) (i32.const 1024))
        (func (export "free") (param i32 i32)
          (global.set $held (i32.sub (global.get $held) (local.get 1)))
          (if (i32.lt_s (global.get $held) (i32.const 0)) (then (unreachable))))
        (func (export "lang_name") (result i64)
          (global.set $held (i32.add (global.get $held) (i32.const 4))) (i64.const 0x10_0000_0004))
        (func (export "generate_rules") (param i32 i32) (result i64)
          ;; The argument alone is held, and nothing of earlier calls.
          (if (i32.ne (global.get $held) (local.get 1)) (then (unreachable)))
          (global.set $held (i32.add (global.get $held) (i32.const 7))) (i64.const 0x20_0000_0007)))"#;
    let mut instance = load(text, Config::default()).instantiate().unwrap();
    for _ in 0..3 {
        instance.lang_name().unwrap();
        instance.call::<GenerateRules>(&request()).unwrap();
    }
}

#[test]
fn a_pool_replaces_what_was_poisoned() {
    // Traps at every second call in one instance.
    let body = "(global.set $odd (i32.xor (global.get $odd) (i32.const 1)))
        (if (i32.eqz (global.get $odd)) (then (unreachable)))
        (call $answer (i32.const 32) (i32.const 7))) (global $odd (mut i32) (i32.const 0)))";
    let pool = Pool::new(load(&GOOD.replace("(call $answer (i32.const 32) (i32.const 7))))", body), Config::default()));
    let results: Vec<_> = (0..4).map(|_| pool.call::<GenerateRules>(&request()).is_ok()).collect();
    assert_eq!(results, [true, false, true, false]);
}

#[test]
fn a_pool_serves_many_threads() {
    let pool = Pool::new(good());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..100).for_each(|_| drop(pool.call::<GenerateRules>(&request()).unwrap())));
        }
    });
}

#[test]
fn a_slow_call_holds_nobody_up() {
    // It never returns where the request's first byte is 1.
    let body = "(loop $again (br_if $again (i32.eq (i32.load8_u (local.get 0)) (i32.const 1))))
        (call $answer (i32.const 32) (i32.const 7))))";
    let text = GOOD.replace("(call $answer (i32.const 32) (i32.const 7))))", body);
    let limits = Limits { fuel_per_call: u64::MAX / 2, ..Limits::default() };
    let run = Run::new();
    let pool = Pool::new(load(&text, Config { limits, ..Config::default() }).in_run(&run));
    thread::scope(|scope| {
        let slow = [(); 3].map(|()| scope.spawn(|| pool.call_bytes("generate_rules", &[1])));
        let quick = [(); 4]
            .map(|()| scope.spawn(|| (0..100).for_each(|_| drop(pool.call_bytes("generate_rules", &[0]).unwrap()))));
        for thread in quick {
            thread.join().unwrap();
        }
        assert!(slow.iter().all(|thread| !thread.is_finished()));
        run.interrupt();
        for thread in slow {
            assert!(matches!(thread.join().unwrap(), Err(CallError::Interrupted { .. })));
        }
    });
}

#[test]
fn a_small_stack_is_enough() {
    let text = include_str!("guests/generate_rules_recurses.wat");
    let work = move || {
        good().call::<GenerateRules>(&request()).unwrap();
        // As deep as the default allows.
        load(text, Config::default()).call::<GenerateRules>(&request()).unwrap_err()
    };
    let error = thread::Builder::new().stack_size(512 << 10).spawn(work).unwrap().join().unwrap();
    assert!(matches!(error, CallError::Limit { .. }), "{error}");
}

#[test]
fn a_stack_of_nothing_is_a_limit_like_any_other() {
    let limits = Limits { stack_bytes: 0, recursion_depth: 0, ..Limits::default() };
    let config = Config { limits, ..Config::default() };
    let error = Engine::new(config).load(&wat::parse_str(GOOD).unwrap()).unwrap_err();
    assert!(matches!(error, LoadError::Call(CallError::Limit { .. })), "{error}");
}

#[test]
fn the_fast_profile_gives_the_same_results() {
    let guest = load(GOOD, Config { profile: Profile::Fast, ..Config::default() });
    assert_eq!(guest.call::<GenerateRules>(&request()), good().call::<GenerateRules>(&request()));
}

#[test]
fn promises_to_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    fn sent<T: Send + 'static>() {}
    shared::<Engine>();
    shared::<Guest>();
    shared::<Pool>();
    shared::<CallError>();
    shared::<LoadError>();
    sent::<GuestInstance>();
}
