//! What many calls have in common: a total of fuel, and a way to stop them.

use dorcas_host::{
    CallError, CallStats, Config, Digest, Engine, Exceeded, Guest, Limits, LoadError, Pool, Profile, Recording, Run,
    abi::{message::GenerateRequest, method::GenerateRules},
};
use std::{
    thread,
    time::{Duration, Instant},
};

const GOOD: &str = include_str!("guests/good.wat");
const LOOPS: &str = include_str!("guests/generate_rules_loops.wat");

/// So much fuel that nobody waits for it to end.
fn endless() -> Limits {
    Limits { fuel_per_call: u64::MAX / 4, ..Limits::default() }
}

fn load(text: &str, limits: Limits, run: Option<&Run>) -> Guest {
    let guest = Engine::new(Config { limits, ..Config::default() }).load(&wat::parse_str(text).unwrap()).unwrap();
    run.map_or(guest.clone(), |run| guest.in_run(run))
}

fn call(guest: &Guest) -> (Result<(), CallError>, CallStats) {
    let (result, stats) = guest.call_measured::<GenerateRules>(&GenerateRequest::default());
    (result.map(drop), stats)
}

/// Interrupts a run soon. It may be any time later: that makes no difference to what is tested.
fn interrupt_soon(run: &Run) {
    let run = run.clone();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(50));
        run.interrupt();
    });
}

#[test]
fn a_call_is_interrupted_while_it_runs() {
    let run = Run::new();
    let guest = load(LOOPS, endless(), Some(&run));
    let mut instance = guest.instantiate().unwrap();
    interrupt_soon(&run);
    let start = Instant::now();
    let error = instance.call::<GenerateRules>(&GenerateRequest::default()).unwrap_err();
    assert_eq!(error.to_string(), "`generate_rules` of guest `faulty` was interrupted");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    // It stopped somewhere.
    assert!(instance.is_poisoned());
    let error = guest.call::<GenerateRules>(&GenerateRequest::default()).unwrap_err();
    assert_eq!(error.to_string(), "instantiation of guest `faulty` was interrupted");
}

#[test]
fn all_calls_of_a_run_are_interrupted() {
    let run = Run::new();
    let pool = Pool::new(load(LOOPS, endless(), Some(&run)));
    interrupt_soon(&run);
    thread::scope(|scope| {
        let call = || pool.call::<GenerateRules>(&GenerateRequest::default()).unwrap_err();
        let calls: Vec<_> = (0..4).map(|_| scope.spawn(call)).collect();
        for call in calls {
            assert!(matches!(call.join().unwrap(), CallError::Interrupted { .. }));
        }
    });
}

#[test]
fn a_call_that_had_not_begun_leaves_the_instance_sound() {
    let (before, after) = (Run::new(), Run::new());
    let guest = load(GOOD, Limits::default(), Some(&before));
    let mut instance = guest.instantiate().unwrap();
    before.interrupt();
    assert!(matches!(instance.lang_name(), Err(CallError::Interrupted { .. })));
    assert!(!instance.is_poisoned());
    // The guest itself has nothing to do with the run.
    call(&guest.in_run(&after)).0.unwrap();
    assert!(before.is_interrupted() && !after.is_interrupted());
}

#[test]
fn loading_is_interrupted_too() {
    let run = Run::new();
    let wasm = wat::parse_str(include_str!("guests/lang_name_loops.wat")).unwrap();
    let engine = Engine::new(Config { limits: endless(), ..Config::default() }).in_run(&run);
    interrupt_soon(&run);
    let error = engine.load(&wasm).unwrap_err();
    assert!(matches!(error, LoadError::Call(CallError::Interrupted { .. })), "{error}");
}

/// Where the engine can't go on after a stop, the guest runs to the end of its fuel in one piece.
#[test]
fn what_cannot_be_resumed_is_not_cut() {
    // A loop that grows a table: `table.grow` without fuel for it is where the engine loses its place.
    let text = GOOD.replace("(memory (export", "(table $t 0 externref) (memory (export").replace(
        r#"(func (export "generate_rules") (param i32 i32) (result i64)"#,
        r#"(func (export "generate_rules") (param i32 i32) (result i64)
          (loop $more (br_if $more (i32.ne (table.grow $t (ref.null extern) (i32.const 7)) (i32.const -1))))"#,
    );
    let limits = Limits { fuel_per_call: 50_000_000, ..Limits::default() };
    let alone = call(&load(&text, limits.clone(), None));
    alone.0.as_ref().unwrap();
    assert_eq!(call(&load(&text, limits.clone(), Some(&Run::new()))), alone);

    let fast = Config { profile: Profile::Fast, limits, ..Config::default() };
    let guest = Engine::new(fast).load(&wat::parse_str(LOOPS).unwrap()).unwrap();
    let error = call(&guest.in_run(&Run::new())).0.unwrap_err();
    assert!(matches!(error, CallError::Limit { exceeded: Exceeded::Fuel { limit: 50_000_000 }, .. }), "{error}");
}

#[test]
fn a_run_changes_neither_outcome_nor_fuel() {
    // Each takes several slices; some end by a trap or a limit in one of them.
    let bodies = [
        "(loop $l (local.set 2 (i32.add (local.get 2) (i32.const 1))) (br_if $l (i32.lt_u (local.get 2) (i32.const 999999))))",
        "(loop $l (memory.fill (i32.const 4096) (i32.const 1) (i32.const 60000)) (local.set 2 (i32.add (local.get 2) (i32.const 1)))
          (br_if $l (i32.lt_u (local.get 2) (i32.const 9999))))",
        "(loop $l (drop (memory.grow (i32.const 1))) (local.set 2 (i32.add (local.get 2) (i32.const 1)))
          (br_if $l (i32.lt_u (local.get 2) (i32.const 99999))))",
        "(loop $l (drop (call $alloc (i32.const 8))) (br $l))",
        "(loop $l (br $l))",
        "(loop $l (local.set 2 (i32.add (local.get 2) (i32.const 1))) (br_if $l (i32.lt_u (local.get 2) (i32.const 999999))))
          (unreachable)",
    ];
    for body in bodies {
        let text = GOOD.replace(
            r#"(func (export "generate_rules") (param i32 i32) (result i64)"#,
            &format!(r#"(func (export "generate_rules") (param i32 i32) (result i64) (local i32) {body}"#),
        );
        let limits = Limits { fuel_per_call: 20_000_000, ..Limits::default() };
        let alone = call(&load(&text, limits.clone(), None));
        assert!(alone.1.fuel > 3_000_000, "{body}: {alone:?}");
        assert_eq!(call(&load(&text, limits, Some(&Run::new()))), alone, "{body}");
    }
}

#[test]
fn one_unit_of_fuel_less_than_a_run_needs_is_too_little() {
    let needed = {
        let run = Run::new();
        let guest = load(GOOD, Limits::default(), Some(&run));
        (0..10).for_each(|_| call(&guest).0.unwrap());
        run.fuel_used()
    };
    for (fuel, enough) in [(needed, true), (needed - 1, false)] {
        for threads in [1, 2, 5] {
            let run = Run::new().with_fuel(fuel);
            let guest = load(GOOD, Limits::default(), Some(&run));
            let errors: Vec<_> = thread::scope(|scope| {
                let work = || (0..10 / threads).filter_map(|_| call(&guest).0.err()).collect::<Vec<_>>();
                let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
                threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
            });
            assert_eq!(errors.is_empty(), enough, "{fuel} of {needed} on {threads} threads: {errors:?}");
            for error in errors {
                assert!(
                    error
                        .to_string()
                        .ends_with(&format!("went over the fuel of the whole run, {fuel} (`Run::with_fuel`)")),
                    "{error}"
                );
            }
        }
    }
}

#[test]
fn the_fuel_of_a_run_stops_a_loop() {
    let run = Run::new().with_fuel(5_000_000);
    let error = call(&load(LOOPS, Limits::default(), Some(&run))).0.unwrap_err();
    let expected = "`generate_rules` of guest `faulty` went over the fuel of the whole run, 5000000 (`Run::with_fuel`)";
    assert_eq!(error.to_string(), expected);
    assert!(run.fuel_used() <= 5_000_000 && run.fuel_used() > 4_000_000);
}

#[test]
fn work_beside_the_guest_counts() {
    let limits = Limits { work_per_call: 1_000, ..Limits::default() };
    let guest = load(include_str!("guests/good.wat"), limits.clone(), None);
    guest.charge("generate_rules", 1_000).unwrap();
    assert_eq!(
        guest.charge("generate_rules", 1_001).unwrap_err().to_string(),
        "`generate_rules` of guest `good` asks for 1001 units of work beside it, the limit is 1000 (`Limits::work_per_call`)"
    );
    let loading = Run::new();
    load(include_str!("guests/good.wat"), limits.clone(), Some(&loading));
    let total = loading.fuel_used() + 1_500;
    let run = Run::new().with_fuel(total);
    let guest = load(include_str!("guests/good.wat"), limits, Some(&run));
    guest.charge("generate_rules", 1_000).unwrap();
    guest.charge("generate_rules", 500).unwrap();
    assert_eq!(
        guest.charge("generate_rules", 1).unwrap_err().to_string(),
        format!("`generate_rules` of guest `good` went over the fuel of the whole run, {total} (`Run::with_fuel`)")
    );
    run.interrupt();
    assert!(matches!(guest.charge("generate_rules", 1), Err(CallError::Interrupted { .. })));
}

/// A total that can't be counted is one that is too much, for a run without bounds of its own too.
#[test]
fn what_a_run_has_used_never_becomes_less() {
    let run = Run::new();
    let limits = Limits { work_per_call: u64::MAX, ..Limits::default() };
    let guest = load(GOOD, limits, Some(&run));
    guest.charge("generate_rules", 25_070).unwrap();
    for work in [u64::MAX, 1, u64::MAX - 5] {
        let error = guest.charge("generate_rules", work).unwrap_err();
        assert!(matches!(error, CallError::Limit { exceeded: Exceeded::Run { limit: u64::MAX }, .. }), "{error}");
        assert_eq!(run.fuel_used(), u64::MAX);
    }
    let (result, stats) = call(&guest);
    assert!(matches!(result, Err(CallError::Limit { exceeded: Exceeded::Run { .. }, .. })), "{result:?}");
    assert_eq!((stats.fuel, run.fuel_used()), (0, u64::MAX));
}

#[test]
fn fuel_grows_with_the_request() {
    let limits = Limits { fuel_per_call: 100_000, fuel_bytes: 10, ..Limits::default() };
    for (bytes, fuel) in [(1, 100_000), (9, 100_000), (10, 200_000), (35, 400_000)] {
        let request = vec![0; bytes];
        let text = format!("`generate_rules` of guest `faulty` used up its fuel of {fuel} (`Limits::fuel_per_call`)");
        let guest = load(LOOPS, limits.clone(), None);
        let (error, stats) = guest.call_bytes_measured("generate_rules", &request);
        assert_eq!(error.unwrap_err().to_string(), text);
        // That of making the instance comes on top.
        assert!((fuel - 100..fuel + 100_000).contains(&stats.fuel), "{bytes}: {stats:?}");
        let mut instance = guest.instantiate().unwrap();
        let (error, stats) = instance.call_bytes_measured("generate_rules", &request);
        assert_eq!(error.unwrap_err().to_string(), text);
        assert!((fuel - 100..=fuel).contains(&stats.fuel), "{bytes}: {stats:?}");
        assert_eq!(Pool::new(guest).call_bytes("generate_rules", &request).unwrap_err().to_string(), text);

        let guest = load(LOOPS, limits.clone(), Some(&Run::new().with_fuel(150_000)));
        let run = "`generate_rules` of guest `faulty` went over the fuel of the whole run, 150000 (`Run::with_fuel`)";
        let text = if bytes < 10 { &text } else { run };
        let error = guest.instantiate().unwrap().call_bytes("generate_rules", &request).unwrap_err();
        assert!(bytes < 10 || error.to_string() == text, "{error}");
    }
    let flat = Limits { fuel_bytes: 0, ..limits };
    let error = load(LOOPS, flat, None).call_bytes("generate_rules", &[0; 1_000]).unwrap_err();
    assert!(error.to_string().contains("used up its fuel of 100000 "), "{error}");
}

#[test]
fn work_beside_the_guest_grows_with_what_it_is_for() {
    let guest = load(GOOD, Limits { work_per_call: 1_000, work_bytes: 100, ..Limits::default() }, None);
    guest.charge("generate_rules", 1_000).unwrap();
    guest.charge_for("generate_rules", 4_000, 399).unwrap();
    let error = guest.charge_for("generate_rules", 4_001, 399).unwrap_err();
    let text = "`generate_rules` of guest `good` asks for 4001 units of work beside it, the limit is 4000 \
                (`Limits::work_per_call`)";
    assert_eq!(error.to_string(), text);
}

#[test]
fn a_recording_has_the_fuel_of_a_large_request() {
    let path = std::env::temp_dir().join(format!("dorcas-fuel-{}", std::process::id()));
    let run = Run::new().with_record(std::fs::File::create(&path).unwrap());
    let limits = Limits { fuel_per_call: 100_000, fuel_bytes: 60_000, ..Limits::default() };
    load(LOOPS, limits, Some(&run)).call_bytes("generate_rules", &vec![0; 61_000]).unwrap_err();
    run.finish_record().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    assert!(text.contains("used up its fuel of 200000 "), "{}", &text[..1_000]);
    let module = |_: &Digest| Some(wat::parse_str(LOOPS).unwrap());
    let replay = |text: &str| Recording::parse(text).unwrap().replay(module);
    assert_eq!(replay(&text).unwrap().calls, 1);
    // A step of fewer bytes would be more fuel than a replay has without further words.
    for (name, step) in [("fuel_bytes", "60000"), ("work_bytes", "1000000")] {
        let wider = text.replace(&format!("limit {name} {step}\n"), &format!("limit {name} 1\n"));
        assert!(replay(&wider).unwrap_err().to_string().contains(name), "{name}");
    }
}
