//! A Go program with `go:wasmexport`, which is called by the names that its author chose, between which its goroutines stay.
//!
//! The module is built from `guest/go/exports/main.go` by `guest/go/build`, and kept, so that these tests need no Go.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Halves of a word, and times that are not negative.

#[path = "../examples/go_exports/wasi.rs"]
mod wasi;

use dorcas_host::{
    CallError, Config, Engine, Exceeded, ExportError, HostModule, Instance, Limits, Module, TypedExport, Values,
    abi::Span, module::Halt,
};
use std::{
    env, fs,
    process::Command,
    sync::{Arc, Mutex, OnceLock},
};
use wasi::Wasi;

fn wasm() -> Vec<u8> {
    fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../guest/go/exports/exports.wasm")).unwrap()
}

fn engine(seed: u64) -> Engine {
    let env = HostModule::new("env", || ()).function("notify", |(): &mut (), value: i32| value * 2);
    Engine::default().with_module(wasi::module(seed)).with_module(env)
}

/// The module with the seed 42: loaded once for all tests.
fn module() -> &'static Module {
    static MODULE: OnceLock<Module> = OnceLock::new();
    MODULE.get_or_init(|| engine(42).module(&wasm()).unwrap())
}

fn export<A: Values, R: Values>(name: &str) -> TypedExport<A, R> {
    module().export(name).unwrap()
}

fn start() -> Instance {
    module().start().unwrap()
}

fn log(instance: &mut Instance) -> String {
    instance.state::<Wasi>().unwrap().text()
}

#[test]
fn a_goroutine_sums_up_what_it_is_sent() {
    let mut program = start();
    program.call(&export::<(), ()>("start"), ()).unwrap();
    let process_a = export::<i32, i32>("process_a");
    let (mut last, mut sum) = (0, 0);
    for event in 1..=4 {
        let seen = program.call(&process_a, event).unwrap();
        sum += event;
        assert!(last <= seen && seen <= sum, "{last}, then {seen} of {sum}");
        last = seen;
    }
    assert_eq!(program.call(&export::<(), i32>("stop"), ()).unwrap(), 10);
}

#[test]
fn a_goroutine_stays_parked_for_a_thousand_events_with_other_calls_between() {
    let mut program = start();
    program.call(&export::<(), ()>("start"), ()).unwrap();
    let (process_a, add) = (export::<i32, i32>("process_a"), export::<(i32, i32), i32>("add"));
    let mut after_ten = 0;
    for event in 0..1_000 {
        program.call(&process_a, event).unwrap();
        assert_eq!(program.call(&add, (event, 1)).unwrap(), event + 1);
        if event == 10 {
            after_ten = program.memory_bytes();
        }
    }
    assert_eq!(program.call(&export::<(), i32>("stop"), ()).unwrap(), 499_500);
    assert_eq!(program.memory_bytes(), after_ten);
    // And once more.
    program.call(&export::<(), ()>("start"), ()).unwrap();
    program.call(&process_a, 5).unwrap();
    assert_eq!(program.call(&export::<(), i32>("stop"), ()).unwrap(), 5);
}

#[test]
fn what_waits_in_a_channel_is_taken_when_a_call_lets_the_goroutine_run() {
    let mut program = start();
    program.call(&export::<i32, ()>("start_buffered"), 8).unwrap();
    let process_a = export::<i32, i32>("process_a");
    assert_eq!((program.call(&process_a, 3).unwrap(), program.call(&process_a, 4).unwrap()), (0, 0));
    assert_eq!(program.call(&export::<(), i32>("drain"), ()).unwrap(), 7);
}

#[test]
fn nothing_is_called_before_the_runtime_is_there_and_it_is_made_once() {
    let add = export::<(i32, i32), i32>("add");
    let mut program = module().instantiate().unwrap();
    let error = program.call(&add, (1, 2)).unwrap_err();
    assert!(matches!(error, CallError::NotInitialised { .. }), "{error}");
    program.initialize().0.unwrap();
    assert_eq!(program.call(&add, (1, 2)).unwrap(), 3);
    assert!(program.initialize().0.is_err());
    let error = module().export::<(), ()>("_initialize").unwrap_err();
    assert!(matches!(error, ExportError::Initializer { .. }), "{error}");
}

#[test]
fn a_deadlock_ends_the_call_and_the_instance_and_is_told_by_go() {
    let mut program = start();
    let (outcome, stats) = program.call_measured(&export::<(), ()>("deadlock"), ());
    let error = outcome.unwrap_err();
    assert!(matches!(error, CallError::Halted { halt: Halt::Exit(2), .. } | CallError::Trap { .. }), "{error}");
    assert!(stats.fuel < 10_000_000, "{}", stats.fuel);
    assert!(log(&mut program).contains("all goroutines are asleep - deadlock!"), "{}", log(&mut program));
    let error = program.call(&export::<(i32, i32), i32>("add"), (1, 2)).unwrap_err();
    assert!(matches!(error, CallError::Poisoned { .. }), "{error}");
}

#[test]
fn a_panic_is_told_by_go_and_one_that_is_recovered_is_not() {
    let mut program = start();
    assert_eq!(program.call(&export::<(), i32>("recover_nil"), ()).unwrap(), 7);
    assert_eq!(log(&mut program), "");
    let error = program.call(&export::<(), ()>("do_panic"), ()).unwrap_err();
    assert!(matches!(error, CallError::Halted { halt: Halt::Exit(2), .. } | CallError::Trap { .. }), "{error}");
    assert!(log(&mut program).starts_with("panic: out of order\n"), "{}", log(&mut program));
    assert!(program.is_poisoned());
}

#[test]
fn a_program_that_exits_says_with_which_status() {
    for status in [0, 3] {
        let mut program = start();
        match program.call(&export::<i32, ()>("exit"), status) {
            Err(CallError::Halted { halt: Halt::Exit(said), .. }) => assert_eq!(said, status),
            other => panic!("{other:?}"),
        }
        assert_eq!(log(&mut program), "");
        assert!(program.is_poisoned());
    }
}

#[test]
fn sleep_takes_time_by_the_clock_of_the_program_alone() {
    let mut program = start();
    let sleep = export::<i32, i64>("sleep_ms");
    for ms in [0, 50, 86_400_000] {
        let before = program.state::<Wasi>().unwrap().now;
        let slept = program.call(&sleep, ms).unwrap();
        assert!(slept >= ms.into() && slept <= i64::from(ms) + 5, "{slept} of {ms}");
        assert!(program.state::<Wasi>().unwrap().now - before >= ms as u64 * 1_000_000);
    }
}

/// Results, logs and fuel of a history of calls.
fn history(seed: u64) -> String {
    let module = engine(seed).module(&wasm()).unwrap();
    let mut program = module.start().unwrap();
    let order = module.export::<(), i64>("map_order").unwrap();
    let mut told = Vec::new();
    for _ in 0..3 {
        let (order, stats) = program.call_measured(&order, ());
        told.push(format!("{} for {}", order.unwrap(), stats.fuel));
    }
    let (collected, stats) = program.call_measured(&module.export::<i32, i32>("collect").unwrap(), 3);
    told.push(format!("{} for {}", collected.unwrap(), stats.fuel));
    let (_, stats) = program.call_measured(&module.export::<(), ()>("deadlock").unwrap(), ());
    told.push(format!("{} for {}", log(&mut program).replace('\n', "|"), stats.fuel));
    told.join("; ")
}

#[test]
fn two_processes_tell_the_same() {
    const SEED: &str = "DORCAS_GO_EXPORTS";
    const MARK: &str = "history: ";
    if let Ok(seed) = env::var(SEED) {
        println!("{MARK}{}", history(seed.parse().unwrap()));
        return;
    }
    let in_a_process = |seed: u64| {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "two_processes_tell_the_same", "--nocapture"]).env(SEED, seed.to_string());
        let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
        output.lines().find_map(|line| line.split_once(MARK)).unwrap_or_else(|| panic!("{output}")).1.to_owned()
    };
    let first = in_a_process(42);
    assert!(first.contains("deadlock!"), "{first}");
    assert_eq!(in_a_process(42), first);
    assert_eq!(history(42), first);
    assert_ne!(in_a_process(43), first, "the order of a map follows from the seed");
}

#[test]
fn a_function_of_the_host_is_called_and_calls_nobody() {
    let mut program = start();
    assert_eq!(program.call(&export::<i32, i32>("call_host"), 5).unwrap(), 11);
    // One that tries to.
    let said = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&said);
    let env = HostModule::new("env", || ()).function("notify", move |(): &mut (), value: i32| -> i32 {
        let other = module().start().and_then(|mut other| other.call(&export::<(i32, i32), i32>("add"), (value, 1)));
        *told.lock().unwrap() = other.map_or_else(|error| error.to_string(), |sum| sum.to_string());
        value
    });
    let nested = Engine::default().with_module(wasi::module(42)).with_module(env).module(&wasm()).unwrap();
    let call = nested.export::<i32, i32>("call_host").unwrap();
    assert_eq!(nested.start().unwrap().call(&call, 5).unwrap(), 6);
    assert!(
        said.lock().unwrap().contains("a guest waits on this thread for a function of the host"),
        "{}",
        said.lock().unwrap()
    );
}

#[test]
fn fuel_that_is_gone_in_the_collector_ends_the_instance_and_no_other() {
    let mut program = start();
    let collect = export::<i32, i32>("collect");
    let (whole, stats) = program.call_measured(&collect, 2);
    assert_eq!(whole.unwrap(), 2);
    for part in [2, 3, 5, 8, 13] {
        let mut program = start();
        let fuel = stats.fuel / part;
        program.set_fuel_per_call(Some(fuel));
        let error = program.call(&collect, 2).unwrap_err();
        assert!(
            matches!(error, CallError::Limit { exceeded: Exceeded::Fuel { limit }, .. } if limit == fuel),
            "{error}"
        );
        let error = program.call(&collect, 2).unwrap_err();
        assert!(matches!(error, CallError::Poisoned { .. }), "{error}");
    }
    assert_eq!(start().call(&collect, 1).unwrap(), 1);
}

#[test]
fn strings_go_in_and_bytes_come_out() {
    let mut program = start();
    let (alloc, free) = (export::<u32, u32>("alloc"), export::<u32, ()>("free"));
    let take = export::<(u32, u32), i32>("take_string");
    for (text, sum) in [("hello", 532), ("", 0), ("\u{20ac}", 226 + 130 + 172)] {
        let len = u32::try_from(text.len()).unwrap();
        let ptr = program.call(&alloc, len).unwrap();
        program.bytes_mut(Span { ptr, len }).unwrap().copy_from_slice(text.as_bytes());
        assert_eq!(program.call(&take, (ptr, len)).unwrap(), sum);
        program.call(&free, ptr).unwrap();
    }
    let give = export::<i32, u64>("give_bytes");
    let given = |program: &mut Instance| {
        let word = program.call(&give, 64).unwrap();
        let span = Span { ptr: word as u32, len: (word >> 32) as u32 };
        assert_eq!(program.bytes(span).unwrap(), (0..64).collect::<Vec<u8>>());
        program.call(&free, span.ptr).unwrap();
    };
    for _ in 0..5_000 {
        given(&mut program);
    }
    let before = program.memory_bytes();
    for _ in 0..5_000 {
        given(&mut program);
    }
    assert_eq!(program.memory_bytes(), before, "what is freed is collected");
    let error = program.call(&take, (0xffff_fff0, 5)).unwrap_err();
    assert!(matches!(error, CallError::Trap { .. } | CallError::Halted { .. }), "{error}");
    assert!(program.is_poisoned());
}

#[test]
fn what_it_imports_is_listed_and_refused_by_name_before_anything_runs() {
    let names: Vec<_> = module().outline().imports.iter().map(|import| import.name.clone()).collect();
    assert_eq!(names.len(), 17, "{names:?}");
    assert!(
        ["notify", "fd_write", "poll_oneoff", "proc_exit"].iter().all(|name| names.iter().any(|other| other == name))
    );
    let error = Engine::default().with_module(wasi::module(42)).module(&wasm()).unwrap_err().to_string();
    assert!(error.contains("`env.notify`, a function (i32) -> i32"), "{error}");
    assert!(!error.contains("fd_write"), "{error}");
    let error = Engine::default().module(&wasm()).unwrap_err().to_string();
    assert!(error.contains("`wasi_snapshot_preview1."), "{error}");
}

#[test]
fn it_runs_under_the_default_limits_with_room() {
    let limits = Limits { fuel_per_call: Limits::default().fuel_per_call / 10, ..Limits::default() };
    let env = HostModule::new("env", || ()).function("notify", |(): &mut (), value: i32| value);
    let engine = Engine::new(Config { limits, ..Config::default() }).with_module(wasi::module(42)).with_module(env);
    let module = engine.module(&wasm()).unwrap();
    let mut program = module.start().unwrap();
    program.call(&module.export::<(), ()>("start").unwrap(), ()).unwrap();
    assert_eq!(program.call(&module.export::<(), i32>("stop").unwrap(), ()).unwrap(), 0);
}
