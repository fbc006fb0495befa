//! Any module: typed exports, the life of an instance, states, memory, functions with memory, limits.

use dorcas_host::{
    CallError, Config, Engine, Exceeded, ExportError, Feature, Features, HostModule, Limits, LoadError, Module,
    Profile, Run, States, TrapKind, Value, ValueType,
    abi::Span,
    module::{Array, ArrayMut, ErrorCode, Halt, LenPtr, Memory, Optional, Ptr, PtrLen, PtrMut, Stopped},
};
use std::{
    num::NonZeroI32,
    sync::{Arc, Mutex},
};

fn wasm(fields: &str) -> Vec<u8> {
    wat::parse_str(format!("(module {fields})")).unwrap()
}

fn module(fields: &str) -> Module {
    Engine::default().module(&wasm(fields)).unwrap()
}

const ADD: &str = r#"(func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))"#;

#[test]
fn a_function_is_called_with_its_types() {
    let module = module(
        r#"(func (export "all") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
            (local.get 3) (local.get 2) (local.get 1) (local.get 0))
        (func (export "nothing"))
        (func (export "not") (param i32) (result i32) (i32.eqz (local.get 0)))
        (func (export "swap") (param i64) (result i64) (i64.rotl (local.get 0) (i64.const 32)))"#,
    );
    let all = module.export::<(i32, u64, f32, f64), (f64, f32, i64, u32)>("all").unwrap();
    let mut instance = module.start().unwrap();
    let (f64, f32, i64, u32) = instance.call(&all, (-1, u64::MAX, -0.0, f64::NEG_INFINITY)).unwrap();
    assert_eq!((f64, i64, u32), (f64::NEG_INFINITY, -1, u32::MAX));
    assert!(f32 == 0.0 && f32.is_sign_negative());
    // The bits of a NaN are kept.
    let nan = f64::from_bits(0x7ff4_0000_0000_0001);
    assert_eq!(instance.call(&all, (0, 0, 0.0, nan)).unwrap().0.to_bits(), nan.to_bits());

    let nothing = module.export::<(), ()>("nothing").unwrap();
    instance.call(&nothing, ()).unwrap();
    let not = module.export::<bool, bool>("not").unwrap();
    assert!(instance.call(&not, false).unwrap() && !instance.call(&not, true).unwrap());
    let swap = module.export::<PtrLen, LenPtr>("swap").unwrap();
    let span = Span { ptr: 1, len: 2 };
    assert_eq!(instance.call(&swap, PtrLen(span)).unwrap(), LenPtr(span));
}

#[test]
fn an_export_is_compared_once_and_both_types_are_shown() {
    let module = module(&format!(
        r#"{ADD} (memory (export "memory") 1) (func (export "_initialize")) (func (export "ref") (param funcref))"#
    ));
    let text = |error: ExportError| error.to_string();
    assert_eq!(
        text(module.export::<(i32, i32), i64>("add").unwrap_err()),
        "`add` is a function (i32, i32) -> i32; it was asked for as a function (i32, i32) -> i64"
    );
    assert_eq!(
        text(module.export::<(), ()>("sub").unwrap_err()),
        "the module exports no `sub`, asked for as a function () -> (); its functions are: `add`, `_initialize`, `ref`"
    );
    assert_eq!(
        text(module.export::<(), ()>("memory").unwrap_err()),
        "`memory` is a 32-bit memory of 1 page; it was asked for as a function () -> ()"
    );
    assert_eq!(
        text(module.export::<i32, ()>("ref").unwrap_err()),
        "`ref` is a function (funcref) -> (); it was asked for as a function (i32) -> ()"
    );
    assert_eq!(
        text(module.export::<(), ()>("_initialize").unwrap_err()),
        "`_initialize` is called by the host, once, when an instance starts"
    );
    let ty = module.function_type("add").unwrap();
    assert_eq!((ty.params, ty.results), (vec![ValueType::I32; 2], vec![ValueType::I32]));
    assert_eq!(module.function_type("ref"), None);

    // An export of another module, even of the same bytes, is not taken for one of this.
    let other = Engine::default().module(&wasm(ADD)).unwrap();
    let add = other.export::<(i32, i32), i32>("add").unwrap();
    let error = module.start().unwrap().call(&add, (1, 2)).unwrap_err();
    assert_eq!(error.to_string(), "`add` is an export of another module than the instance is of");
}

#[test]
fn a_tool_calls_with_values() {
    let mut instance = module(ADD).start().unwrap();
    assert_eq!(instance.call_values("add", &[Value::I32(1), Value::I32(-2)]).unwrap(), [Value::I32(-1)]);
    assert_eq!(
        instance.call_values("add", &[Value::I32(1), Value::F64(0.5)]).unwrap_err().to_string(),
        "`add` is a function (i32, i32) -> i32; it was asked for as a function of (i32, f64)"
    );
    assert_eq!(
        instance.call_values("sub", &[]).unwrap_err().to_string(),
        "the module exports no `sub`, asked for as a function of (); its functions are: `add`"
    );
    // Neither poisons.
    assert_eq!(instance.call_values("add", &[Value::I32(1), Value::I32(2)]).unwrap(), [Value::I32(3)]);
    let (outcome, stats) = instance.call_values_measured("add", &[Value::I32(1), Value::I32(2)]);
    assert!(outcome.is_ok() && stats.fuel > 0 && stats.fuel < 100, "{stats:?}");
}

#[test]
fn the_host_owns_the_life_of_an_instance() {
    let module = module(
        r#"(global $state (export "state") (mut i32) (i32.const 0))
        (func $start (global.set $state (i32.add (global.get $state) (i32.const 1))))
        (start $start)
        (func (export "_initialize") (global.set $state (i32.mul (global.get $state) (i32.const 10))))
        (func (export "get") (result i32) (global.get $state))
        (func (export "fail") (unreachable))"#,
    );
    let (get, fail) = (module.export::<(), i32>("get").unwrap(), module.export::<(), ()>("fail").unwrap());

    let mut instance = module.instantiate().unwrap();
    assert_eq!(instance.global("state"), Some(Value::I32(0)));
    assert_eq!(
        instance.call(&get, ()).unwrap_err().to_string(),
        "`get` of the module was not called: the instance is not initialised yet"
    );
    instance.initialize().0.unwrap();
    assert_eq!(instance.call(&get, ()).unwrap(), 10, "the start function first, and each of them once");
    assert!(matches!(instance.initialize().0, Err(CallError::Export(ExportError::Initializer { .. }))));
    assert_eq!(instance.call(&get, ()).unwrap(), 10);

    let trap = instance.call(&fail, ()).unwrap_err();
    assert!(matches!(trap, CallError::Trap { kind: TrapKind::Unreachable, .. }), "{trap}");
    assert!(instance.is_poisoned());
    for refused in [instance.call(&get, ()).unwrap_err(), instance.call_values("get", &[]).unwrap_err()] {
        assert!(matches!(&refused, CallError::Poisoned { cause, .. } if *cause == trap.to_string()), "{refused}");
    }
    // What it left can be looked at.
    assert_eq!(instance.global("state"), Some(Value::I32(10)));
    assert_eq!(module.start().unwrap().call(&get, ()).unwrap(), 10, "a fresh one is sound");
}

#[test]
fn an_instance_that_fails_to_start_says_so() {
    let start = |fields: &str| module(fields).start().unwrap_err().to_string();
    assert_eq!(
        start(r#"(func (export "_initialize") (unreachable))"#),
        "`_initialize` of the module trapped: unreachable"
    );
    assert_eq!(start("(func $f (unreachable)) (start $f)"), "instantiation of the module trapped: unreachable");
    assert_eq!(
        start("(func $f (loop (br 0))) (start $f)"),
        "instantiation of the module used up its fuel of 200000000 (`Limits::fuel_per_call`)"
    );
    assert_eq!(
        start(r#"(memory 1) (data (i32.const 65535) "ab")"#),
        "instantiation of the module trapped: a data segment does not fit into memory"
    );
    let named = module(r#"(func (export "_initialize") (unreachable))"#).named("plugin");
    assert_eq!(named.start().unwrap_err().to_string(), "`_initialize` of module `plugin` trapped: unreachable");
}

#[test]
fn a_command_runs_once_and_has_no_other_function() {
    let module = module(&format!(r#"{ADD} (func (export "_start"))"#));
    assert!(module.is_command());
    assert_eq!(
        module.export::<(i32, i32), i32>("add").unwrap_err().to_string(),
        "the module is a command, which runs by `_start`: `add` can't be called; build a reactor to call its exports"
    );
    let run = module.export::<(), ()>("_start").unwrap();
    let mut instance = module.start().unwrap();
    instance.call(&run, ()).unwrap();
    assert_eq!(
        instance.call(&run, ()).unwrap_err().to_string(),
        "`_start` of the module was not called: the instance is poisoned since `_start` returned: a command runs once"
    );
}

#[test]
fn limits_hold_as_for_languages() {
    let limits = Limits { fuel_per_call: 10_000, memory_bytes: 2 << 16, ..Limits::default() };
    let engine = Engine::new(Config { limits, ..Config::default() });
    let module = engine
        .module(&wasm(
            r#"(memory (export "memory") 1)
            (func (export "loop") (loop (br 0)))
            (func $deep (export "deep") (call $deep))
            (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))"#,
        ))
        .unwrap();
    let limit = |name: &str| {
        let export = module.export::<(), ()>(name).unwrap();
        let mut instance = module.start().unwrap();
        let (outcome, stats) = instance.call_measured(&export, ());
        assert!(instance.is_poisoned());
        (outcome.unwrap_err(), stats.fuel)
    };
    let (error, fuel) = limit("loop");
    assert!(matches!(error, CallError::Limit { exceeded: Exceeded::Fuel { limit: 10_000 }, .. }), "{error}");
    assert!(fuel > 9_990 && fuel <= 10_000, "{fuel}");
    let limits = Limits { recursion_depth: 100, ..Limits::default() };
    let deep = Engine::new(Config { limits, ..Config::default() }).module(&wasm(r#"(func $f (export "f") (call $f))"#));
    let deep = deep.unwrap();
    let error = deep.start().unwrap().call(&deep.export::<(), ()>("f").unwrap(), ()).unwrap_err();
    assert!(matches!(error, CallError::Limit { exceeded: Exceeded::Stack { depth: 100, .. }, .. }), "{error}");

    let grow = module.export::<i32, i32>("grow").unwrap();
    let mut instance = module.start().unwrap();
    assert_eq!(instance.call(&grow, 1).unwrap(), 1);
    assert_eq!((instance.call(&grow, 1).unwrap(), instance.memory_bytes()), (-1, 2 << 16));
    let mut less = module.clone().with_memory_bytes(1 << 16).start().unwrap();
    assert_eq!(less.call(&grow, 1).unwrap(), -1);

    let mut little = module.start().unwrap();
    little.set_fuel_per_call(Some(5));
    let error = little.call(&grow, 0).unwrap_err();
    assert!(matches!(error, CallError::Limit { exceeded: Exceeded::Fuel { limit: 5 }, .. }), "{error}");
}

#[test]
fn calls_belong_to_a_run() {
    let run = Run::new().with_fuel(20_000);
    let looping = wasm(
        r#"(func (export "loop") (param i32)
            (loop (br_if 0 (i32.ne (i32.const 0) (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))"#,
    );
    let module = Engine::default().in_run(&run).module(&looping).unwrap();
    let export = module.export::<i32, ()>("loop").unwrap();
    let mut instance = module.start().unwrap();
    instance.call(&export, 1_000).unwrap();
    let used = run.fuel_used();
    assert!(used > 1_000 && used < 20_000, "{used}");
    let error = instance.call(&export, 1_000_000).unwrap_err();
    assert!(matches!(error, CallError::Limit { exceeded: Exceeded::Run { limit: 20_000 }, .. }), "{error}");

    let run = Run::new();
    let module = module.in_run(&run);
    let mut instance = module.start().unwrap();
    run.interrupt();
    assert!(matches!(instance.call(&export, 1), Err(CallError::Interrupted { .. })));
    assert!(matches!(module.start(), Err(CallError::Interrupted { .. })));
}

#[test]
fn a_run_stops_an_endless_loop() {
    let run = Run::new();
    let limits = Limits { fuel_per_call: u64::MAX, ..Limits::default() };
    let engine = Engine::new(Config { limits, ..Config::default() }).in_run(&run);
    let module = engine.module(&wasm(r#"(func (export "loop") (loop (br 0)))"#)).unwrap();
    let export = module.export::<(), ()>("loop").unwrap();
    let mut instance = module.start().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            run.interrupt();
        });
        assert!(matches!(instance.call(&export, ()), Err(CallError::Interrupted { .. })));
    });
    assert!(instance.is_poisoned());
}

#[test]
fn fuel_is_the_same_in_each_instance_and_by_each_door() {
    let module = module(&format!(r#"{ADD} (memory (export "memory") 1) (data (i32.const 0) "x")"#));
    let add = module.export::<(i32, i32), i32>("add").unwrap();
    let fuel = || {
        let (instance, started) = module.start_measured(States::new());
        let mut instance = instance.unwrap();
        let typed = instance.call_measured(&add, (1, 2)).1;
        let values = instance.call_values_measured("add", &[Value::I32(1), Value::I32(2)]).1;
        (started.fuel, typed.fuel, values.fuel)
    };
    let first = fuel();
    assert_eq!(first, fuel());
    assert_eq!((first.0, first.1), (module.instance_fuel(), first.2));
    let run = Run::new();
    let in_run = module.in_run(&run);
    let mut instance = in_run.start().unwrap();
    assert_eq!(instance.call_measured(&add, (1, 2)).1.fuel, first.1);
}

#[test]
fn features_are_a_setting() {
    let refused = |features: Features, fields: &str| {
        let engine = Engine::new(Config { features, ..Config::default() });
        let refused = engine.module(&wasm(fields)).err().map(|error| error.to_string());
        assert!(Engine::default().module(&wasm(fields)).is_ok(), "the default has all of them: {fields}");
        refused
    };
    let newer = [
        (
            Feature::SignExtension,
            r#"(func (export "f") (param i32) (result i32) (i32.extend8_s (local.get 0)))"#,
            "sign extension",
        ),
        (
            Feature::BulkMemory,
            r#"(memory 1) (func (export "f") (memory.fill (i32.const 0) (i32.const 0) (i32.const 1)))"#,
            "bulk memory",
        ),
        (Feature::MultiValue, r#"(func (export "f") (result i32 i32) (i32.const 1) (i32.const 2))"#, "multi-value"),
        (Feature::MutableGlobal, r#"(global (export "g") (mut i32) (i32.const 0))"#, "mutable global"),
        (
            Feature::SaturatingFloatToInt,
            r#"(func (export "f") (param f32) (result i32) (i32.trunc_sat_f32_s (local.get 0)))"#,
            "saturating float to int",
        ),
        (Feature::ReferenceTypes, r#"(func (export "f") (param externref))"#, "reference types"),
    ];
    for (feature, fields, name) in newer {
        let text = refused(Features::MVP, fields).unwrap_or_else(|| panic!("{name} is no part of the first version"));
        assert!(text.contains(name), "{text}");
        assert_eq!(refused(Features::MVP.with(feature), fields), None, "{name}");
        assert!(refused(Features::ABI.without(feature), fields).is_some(), "{name}");
    }
    // A memory that grows is of the first version, though this host puts a loop with a parameter around it.
    let grows = r#"(memory 1) (func (export "f") (result i32) (memory.grow (i32.const 1)))"#;
    assert_eq!(refused(Features::MVP, grows), None);
    let good = wat::parse_str(include_str!("guests/good.wat")).unwrap();
    let refused = Engine::new(Config { features: Features::MVP, ..Config::default() }).load(&good);
    assert!(matches!(refused, Ok(_) | Err(LoadError::Invalid { .. })));
}

struct Counter {
    next: u32,
    seen: Vec<u32>,
}

fn counter() -> HostModule<Counter> {
    HostModule::new("counter", || Counter { next: 0, seen: Vec::new() }).function("next", |counter: &mut Counter| {
        counter.next += 1;
        counter.seen.push(counter.next);
        counter.next
    })
}

const NEXT: &str = r#"(import "counter" "next" (func $next (result i32)))
    (func (export "run") (result i32) (drop (call $next)) (call $next))"#;

#[test]
fn one_module_has_instances_with_different_states() {
    let module = Engine::default().with_module(counter()).module(&wasm(NEXT)).unwrap();
    let run = module.export::<(), u32>("run").unwrap();
    let states = [0, 21, 40].map(|next| {
        let mut instance = module.start_with(Counter { next, seen: Vec::new() }).unwrap();
        let last = instance.call(&run, ()).unwrap();
        (last, instance.state::<Counter>().unwrap().seen.clone())
    });
    assert_eq!(states, [(2, vec![1, 2]), (23, vec![22, 23]), (42, vec![41, 42])]);

    let mut own = module.start().unwrap();
    own.state::<Counter>().unwrap().next = 7;
    assert_eq!(own.call(&run, ()).unwrap(), 9);
    assert!(own.state::<String>().is_none() && own.state_of::<Counter>("other").is_none());
    assert_eq!(own.state_of::<Counter>("counter").unwrap().seen, [8, 9]);

    assert_eq!(
        module.start_with(5_u8).unwrap_err().to_string(),
        "instantiation of the module was not begun: no host module of the engine has a state of type `u8`"
    );
}

#[test]
fn states_of_one_type_are_told_apart_by_name() {
    let number = |name: &str| HostModule::new(name, || 0_u32).function("get", |number: &mut u32| *number);
    let engine = Engine::default().with_module(number("left")).with_module(number("right")).with_module(counter());
    let module = engine
        .module(&wasm(
            r#"(import "right" "get" (func $right (result i32))) (import "left" "get" (func $left (result i32)))
            (func (export "run") (result i32) (i32.sub (call $left) (call $right)))"#,
        ))
        .unwrap();
    let run = module.export::<(), i32>("run").unwrap();
    let states = States::new().with_named("left", 10_u32).with_named("right", 3_u32);
    assert_eq!(module.start_with_states(states).unwrap().call(&run, ()).unwrap(), 7);
    assert_eq!(
        module.start_with(1_u32).unwrap_err().to_string(),
        "instantiation of the module was not begun: no host module of the engine has the only state of type `u32`; name the \
         module of this one"
    );
    let error = module.start_with_states(States::new().with_named("up", 1_u32)).unwrap_err().to_string();
    assert!(error.ends_with("has the name `up` and a state of type `u32`"), "{error}");
    // A state may be given for a module that the guest doesn't import from.
    let mut instance = module.start_with(Counter { next: 5, seen: Vec::new() }).unwrap();
    assert_eq!(instance.state::<Counter>().unwrap().next, 5);
}

/// WASI's `fd_write`, a heap, and the ways to end a call.
#[derive(Default)]
struct Env {
    written: Vec<u8>,
    top: u32,
}

impl Env {
    fn fd_write(&mut self, memory: &mut Memory<'_>, fd: u32, list: u32, count: u32, out: u32) -> Result<u32, Halt> {
        if fd != 1 {
            return Ok(8);
        }
        let parts: Vec<[u32; 2]> = memory.list(list, count)?.collect();
        let before = self.written.len();
        for [ptr, len] in parts {
            self.written.extend_from_slice(memory.get(ptr, len)?);
        }
        memory.write(out, u32::try_from(self.written.len() - before).unwrap())?;
        Ok(0)
    }

    fn malloc(&mut self, memory: &mut Memory<'_>, bytes: u32) -> Result<u32, Halt> {
        let ptr = self.top;
        self.top = ptr.checked_add(bytes).ok_or_else(|| Halt::error("the heap is full"))?;
        while u64::from(self.top) > memory.size() {
            memory.grow(1)?.ok_or_else(|| Halt::error("there is no more memory"))?;
        }
        Ok(ptr)
    }

    fn text(&mut self, memory: &mut Memory<'_>) -> Result<LenPtr, Halt> {
        let ptr = self.malloc(memory, 5)?;
        memory.get_mut(ptr, 5)?.copy_from_slice(b"hello");
        Ok(LenPtr(Span { ptr, len: 5 }))
    }
}

fn length(_: &mut Env, memory: &mut Memory<'_>, text: PtrLen) -> Result<Optional<u32>, Halt> {
    let text = memory.str(text.0.ptr, text.0.len)?;
    Ok(if text.is_empty() { Err(NonZeroI32::MIN) } else { Ok(u32::try_from(text.chars().count()).unwrap()) })
}

fn env() -> HostModule<Env> {
    HostModule::new("env", || Env { top: 1 << 16, ..Env::default() })
        .with_memory("fd_write", Env::fd_write)
        .with_memory("malloc", Env::malloc)
        .with_memory("text", Env::text)
        .with_memory("length", length)
        .with_memory("work", |_: &mut Env, memory: &mut Memory<'_>, fuel: u64| memory.charge(fuel))
        .function("exit", |_: &mut Env, status: i32| -> Result<(), Halt> { Err(Halt::Exit(status)) })
        .function("fail", |_: &mut Env| -> Result<u32, Halt> { Err(Halt::error("no such table")) })
        .function("panic", |_: &mut Env, text: &str| -> () { panic!("{text}") })
}

const ENV: &str = r#"
    (import "env" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "env" "malloc" (func $malloc (param i32) (result i32)))
    (import "env" "text" (func $text (result i64)))
    (import "env" "length" (func $length (param i64 i32) (result i32)))
    (import "env" "work" (func $work (param i64)))
    (import "env" "exit" (func $exit (param i32)))
    (import "env" "fail" (func $fail (result i32)))
    (import "env" "panic" (func $panic (param i32 i32)))
    (memory (export "memory") 1)
    (data (i32.const 16) "\20\00\00\00\03\00\00\00\23\00\00\00\04\00\00\00") (data (i32.const 32) "one four\ff")
    (func (export "write") (param i32 i32 i32 i32) (result i32)
        (call $fd_write (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
    (func (export "malloc") (param i32) (result i32) (call $malloc (local.get 0)))
    (func (export "text") (result i64) (call $text))
    (func (export "length") (param i64 i32) (result i32) (call $length (local.get 0) (local.get 1)))
    (func (export "work") (param i64) (call $work (local.get 0)))
    (func (export "exit") (param i32) (call $exit (local.get 0)))
    (func (export "fail") (drop (call $fail)))
    (func (export "panic") (call $panic (i32.const 32) (i32.const 3)))"#;

#[test]
fn a_function_sees_memory_beyond_its_parameters() {
    let module = Engine::default().with_module(env()).module(&wasm(ENV)).unwrap();
    let write = module.export::<(i32, u32, u32, u32), u32>("write").unwrap();
    let mut instance = module.start().unwrap();
    assert_eq!(instance.call(&write, (1, 16, 2, 8)).unwrap(), 0);
    assert_eq!(instance.state::<Env>().unwrap().written, b"one fou");
    assert_eq!(instance.bytes(Span { ptr: 8, len: 4 }), Some(&[7, 0, 0, 0][..]));
    assert_eq!(instance.call(&write, (3, 16, 2, 8)).unwrap(), 8, "a code, as WASI has it");

    // An allocator lets the memory grow, and a result lies where the host has put it.
    let text = module.export::<(), LenPtr>("text").unwrap();
    let LenPtr(span) = instance.call(&text, ()).unwrap();
    assert_eq!((span.ptr, instance.bytes(span)), (1 << 16, Some(&b"hello"[..])));
    assert_eq!(instance.memory_bytes(), 2 << 16);
    let length = module.export::<(PtrLen, u32), i32>("length").unwrap();
    assert_eq!(instance.call(&length, (PtrLen(span), 4)).unwrap(), 0);
    assert_eq!(instance.bytes(Span { ptr: 4, len: 4 }), Some(&[5, 0, 0, 0][..]));
    assert_eq!(instance.call(&length, (PtrLen(Span { ptr: 0, len: 0 }), 4)).unwrap(), i32::MIN);

    // All 64 MiB that the limits allow, and not a page more.
    let malloc = module.export::<u32, u32>("malloc").unwrap();
    let error = instance.call(&malloc, 64 << 20).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`malloc` of the module was ended by the host's `env.malloc`: there is no more memory"
    );
    assert_eq!(instance.memory_bytes(), 64 << 20);
}

#[test]
fn what_is_outside_of_memory_ends_the_call() {
    let module = Engine::default().with_module(env()).module(&wasm(ENV)).unwrap();
    let write = module.export::<(i32, u32, u32, u32), u32>("write").unwrap();
    let length = module.export::<(PtrLen, u32), i32>("length").unwrap();
    let outside = |outcome: Result<u32, CallError>| match outcome.unwrap_err() {
        CallError::Halted { halt: Halt::OutOfBounds { ptr, bytes, memory: 65_536 }, .. } => (ptr, bytes),
        other => panic!("{other}"),
    };
    for (params, expected) in [
        ((1, 65_529, 1, 8), (65_529, 8)),
        ((1, 16, 0x2000_0001, 8), (16, 0x1_0000_0008)),
        ((1, u32::MAX, 1, 8), (u32::MAX, 8)),
    ] {
        assert_eq!(outside(module.start().unwrap().call(&write, params)), expected);
    }
    let nested = outside(module.start().unwrap().call(&write, (1, 32, 1, 8)));
    assert_eq!(nested, (u32::from_le_bytes(*b"one "), u64::from(u32::from_le_bytes(*b"four"))));
    // The place of the result is compared before the function runs.
    let mut instance = module.start().unwrap();
    let error = instance.call(&length, (PtrLen(Span { ptr: 40, len: 1 }), 65_533)).unwrap_err();
    assert!(
        matches!(error, CallError::Halted { halt: Halt::OutOfBounds { ptr: 65_533, bytes: 4, .. }, .. }),
        "{error}"
    );
    let error = module.start().unwrap().call(&length, (PtrLen(Span { ptr: 32, len: 9 }), 4)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`length` of the module was ended by the host's `env.length`: 9 bytes at 0x20 are not UTF-8"
    );
    // Nothing at the end of memory is inside.
    assert_eq!(module.start().unwrap().call(&length, (PtrLen(Span { ptr: 65_536, len: 0 }), 4)).unwrap(), i32::MIN);
}

#[test]
fn a_function_ends_the_call_in_its_own_way() {
    let module = Engine::default().with_module(env()).module(&wasm(ENV)).unwrap();
    let exit = module.export::<i32, ()>("exit").unwrap();
    for status in [0, 3, i32::MIN] {
        let mut instance = module.start().unwrap();
        let error = instance.call(&exit, status).unwrap_err();
        assert!(matches!(&error, CallError::Halted { halt: Halt::Exit(got), .. } if *got == status), "{error}");
        assert!(instance.is_poisoned());
    }
    let run = |name: &str| module.start().unwrap().call(&module.export::<(), ()>(name).unwrap(), ()).unwrap_err();
    assert_eq!(run("fail").to_string(), "`fail` of the module was ended by the host's `env.fail`: no such table");
    let panic = run("panic");
    assert_eq!(panic.to_string(), "`panic` of the module was ended by the host's `env.panic`, which panicked: one");
    assert!(matches!(panic, CallError::HostPanic { .. }));
}

#[test]
fn a_function_with_memory_is_paid_for() {
    let module = Engine::default().with_module(env()).module(&wasm(ENV)).unwrap();
    let work = module.export::<u64, ()>("work").unwrap();
    let fuel = |units| {
        let (outcome, stats) = module.start().unwrap().call_measured(&work, units);
        (outcome.err(), stats.fuel)
    };
    let (none, some) = (fuel(0), fuel(1_000_000));
    assert_eq!((none.0, some.0, some.1 - none.1), (None, None, 1_000_000));
    let (error, used) = fuel(u64::MAX);
    assert!(matches!(error, Some(CallError::Limit { exceeded: Exceeded::Fuel { .. }, .. })), "{error:?}");
    assert!(used <= 200_000_000);
    // In slices it is the same.
    let run = Run::new();
    let in_run = module.in_run(&run);
    let (outcome, stats) = in_run.start().unwrap().call_measured(&work, 1_000_000);
    assert_eq!((outcome.is_ok(), stats.fuel), (true, some.1));
    // Memory that is read: a unit for 8 bytes.
    let write = module.export::<(i32, u32, u32, u32), u32>("write").unwrap();
    let read = |count| module.start().unwrap().call_measured(&write, (1, 16, count, 8)).1.fuel;
    assert_eq!(read(2) - read(0), 4, "a list of 16 bytes, 3 bytes, 4 bytes");
}

#[test]
fn a_module_imports_a_memory() {
    let host = HostModule::new("env", || ()).memory("memory").with_memory(
        "fill",
        |(): &mut (), memory: &mut Memory<'_>, byte: u8| -> Result<u64, Halt> {
            memory.get_mut(0, 4)?.fill(byte);
            Ok(memory.size())
        },
    );
    let engine = Engine::default().with_module(host);
    let fields = r#"(import "env" "fill" (func $fill (param i32) (result i64)))
        (func (export "fill") (param i32) (result i64) (call $fill (local.get 0)))
        (func (export "load") (result i32) (i32.load (i32.const 0)))
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))"#;
    // The order of kinds in the file is not that of the engine.
    for memory in [r#"(import "env" "memory" (memory 2))"#, r#"(import "env" "memory" (memory 2 3))"#] {
        for fields in
            [format!("{memory} {fields}"), fields.replacen("(func (export", &format!("{memory} (func (export"), 1)]
        {
            let module = engine.module(&wasm(&fields)).unwrap();
            let mut instance = module.start().unwrap();
            assert_eq!(instance.call(&module.export::<u32, u64>("fill").unwrap(), 1).unwrap(), 2 << 16);
            assert_eq!(instance.call(&module.export::<(), u32>("load").unwrap(), ()).unwrap(), 0x0101_0101);
            assert_eq!(instance.bytes(Span { ptr: 0, len: 5 }), Some(&[1, 1, 1, 1, 0][..]));
            let pages = if memory.contains("2 3") { -1 } else { 2 };
            assert_eq!(instance.call(&module.export::<i32, i32>("grow").unwrap(), 2).unwrap(), pages);
        }
    }
    let limits = Limits { memory_bytes: 3 << 16, ..Limits::default() };
    let narrow =
        Engine::new(Config { limits, ..Config::default() }).with_module(HostModule::new("env", || ()).memory("memory"));
    let module = narrow.module(&wasm(r#"(import "env" "memory" (memory 2)) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))"#)).unwrap();
    let mut instance = module.start().unwrap();
    let grow = module.export::<i32, i32>("grow").unwrap();
    assert_eq!((instance.call(&grow, 2).unwrap(), instance.call(&grow, 1).unwrap()), (-1, 2));
    let refused = engine.module(&wasm(r#"(import "env" "memory" (global i32))"#)).unwrap_err().to_string();
    assert!(
        refused.contains("`env.memory`, a constant i32 global, where the host offers a 32-bit memory"),
        "{refused}"
    );
    let large = narrow.module(&wasm(r#"(import "env" "memory" (memory 4))"#)).unwrap_err();
    assert!(matches!(large, LoadError::TooMuch { field: "memory_bytes", .. }), "{large}");
}

#[test]
fn a_stub_names_itself_when_it_is_called() {
    let host = HostModule::new("env", || ()).function("one", |(): &mut ()| 1_u32).stubs();
    let engine = Engine::default().with_module(host);
    let module = engine
        .module(&wasm(
            r#"(import "env" "one" (func $one (result i32))) (import "env" "storage_get" (func $get (param i64 f64) (result i64 i64)))
            (func (export "run") (result i32) (call $one))
            (func (export "get") (drop (drop (call $get (i64.const 1) (f64.const 0)))))"#,
        ))
        .unwrap();
    let mut instance = module.start().unwrap();
    assert_eq!(instance.call(&module.export::<(), u32>("run").unwrap(), ()).unwrap(), 1);
    let error = instance.call(&module.export::<(), ()>("get").unwrap(), ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`get` of the module was ended by the host's `env.storage_get`: the host does not provide this function"
    );
    // What it offers with another type is not stubbed.
    let error = engine.module(&wasm(r#"(import "env" "one" (func (param i32)))"#)).unwrap_err().to_string();
    assert!(error.contains("`env.one`, a function (i32) -> (), where the host offers a function () -> i32"), "{error}");
    let error = engine.module(&wasm(r#"(import "env" "g" (global i32))"#)).unwrap_err();
    assert!(matches!(error, LoadError::Granted(_)), "{error}");
}

#[test]
fn imports_that_nobody_provides_are_named() {
    let refused = |fields: &str| Engine::default().module(&wasm(fields)).unwrap_err().to_string();
    assert_eq!(
        refused(r#"(import "env" "f" (func (param i32))) (import "other" "m" (memory 1))"#),
        "the host does not provide what this module imports: `env.f`, a function (i32) -> (); `other.m`, a 32-bit memory of 1 \
         page"
    );
    let wasi = refused(r#"(import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))"#);
    assert!(wasi.ends_with("; `dorcas seal` answers the imports of WASI inside of the module"), "{wasi}");
}

#[test]
fn a_layer_sees_values_faults_halts_and_panics() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lines);
    let host = env().around(move |call| {
        let before = call.to_string();
        call.run();
        let after = call.to_string();
        let rest = after.strip_prefix(&before).unwrap_or(&after).to_owned();
        let kind = match call.stopped() {
            None => "returned",
            Some(Stopped::Halt(Halt::Exit(_))) => "exit",
            Some(Stopped::Halt(_)) => "halt",
            Some(Stopped::Panic(_)) => "panic",
            Some(Stopped::Fault(_)) => "fault",
            Some(_) => "other",
        };
        seen.lock().unwrap().push(format!("{before}|{rest}|{kind}"));
    });
    let module = Engine::default().with_module(host).module(&wasm(ENV)).unwrap();
    let call = |name: &str, args: &[Value]| module.start().unwrap().call_values(name, args).is_ok();
    assert!(call("write", &[Value::I32(1), Value::I32(16), Value::I32(2), Value::I32(8)]));
    assert!(!call("write", &[Value::I32(1), Value::I32(-1), Value::I32(2), Value::I32(8)]));
    assert!(call("text", &[]));
    assert!(call("length", &[Value::I64(0x20_0000_0003), Value::I32(4)]));
    assert!(call("length", &[Value::I64(0), Value::I32(4)]));
    assert!(!call("exit", &[Value::I32(3)]));
    assert!(!call("panic", &[]));
    let expected = [
        "env.fd_write(1, 16, 2, 8)| -> 0|returned",
        "env.fd_write(1, 4294967295, 2, 8)| stopped: 16 bytes at 0xffffffff are outside of the guest's memory of 65536 bytes|halt",
        "env.text()| -> 5 bytes at 0x00010000|returned",
        "env.length(3 bytes at 0x00000020)| -> Ok(3)|returned",
        "env.length(0 bytes at 0x00000000)| -> Err(-2147483648)|returned",
        "env.exit(3)| stopped: exit status 3|exit",
        "env.panic(\"one\")| panicked: one|panic",
    ];
    assert_eq!(*lines.lock().unwrap(), expected);
}

#[test]
fn a_layer_sees_a_call_that_is_refused_for_its_memory() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lines);
    let host =
        HostModule::new("t", || ()).function("say", |(): &mut (), text: &str| text.len() as u64).around(move |call| {
            call.run();
            seen.lock().unwrap().push(format!("{call} {:?} {:?}", call.params(), call.results()));
        });
    let module = Engine::default()
        .with_module(host)
        .module(&wasm(
            r#"(import "t" "say" (func $say (param i32 i32) (result i64))) (memory (export "memory") 1)
            (data (i32.const 0) "a \"b\"\0a")
            (func (export "say") (param i32 i32) (result i64) (call $say (local.get 0) (local.get 1)))"#,
        ))
        .unwrap();
    let say = module.export::<(u32, u32), u64>("say").unwrap();
    assert_eq!(module.start().unwrap().call(&say, (0, 6)).unwrap(), 6);
    let error = module.start().unwrap().call(&say, (65_530, 9)).unwrap_err();
    assert!(matches!(error, CallError::Trap { kind: TrapKind::Host(_), .. }), "{error}");
    let expected = [
        "t.say(\"a \\\"b\\\"\\n\") -> 6 [i32(0), i32(6)] Some([i64(6)])",
        "t.say(<9 bytes at 0xfffa>) stopped: parameter 1 is 9 bytes at 0xfffa, outside its memory of 65536 bytes [i32(65530), i32(9)] None",
    ];
    assert_eq!(*lines.lock().unwrap(), expected);
}

#[test]
fn a_function_of_the_host_calls_no_module() {
    let inner = module(ADD);
    let add = inner.export::<(i32, i32), i32>("add").unwrap();
    let host = HostModule::new("embedder", move || inner.start().unwrap())
        .function("nest", move |inner: &mut dorcas_host::Instance| -> Result<i32, Halt> {
            inner.call(&add, (1, 2)).map_err(Halt::error)
        });
    let outer = Engine::default()
        .with_module(host)
        .module(&wasm(
            r#"(import "embedder" "nest" (func $nest (result i32))) (func (export "run") (result i32) (call $nest))"#,
        ))
        .unwrap();
    let error = outer.start().unwrap().call(&outer.export::<(), i32>("run").unwrap(), ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`run` of the module was ended by the host's `embedder.nest`: `add` of the module was not called: a guest waits on this \
         thread for a function of the host, which can't call one"
    );
}

#[test]
fn memory_and_globals_are_written_between_calls() {
    let module = module(
        r#"(memory (export "other name") 1) (global (export "g") (mut i64) (i64.const 1)) (global (export "c") f32 (f32.const 1))
        (func (export "sum") (result i64) (i64.add (global.get 0) (i64.load (i32.const 65528))))"#,
    );
    let mut instance = module.start().unwrap();
    instance.bytes_mut(Span { ptr: 65_528, len: 8 }).unwrap().copy_from_slice(&41_i64.to_le_bytes());
    assert_eq!(instance.call(&module.export::<(), i64>("sum").unwrap(), ()).unwrap(), 42);
    assert!(instance.set_global("g", Value::I64(-41)));
    assert!(!instance.set_global("g", Value::I32(0)) && !instance.set_global("c", Value::F32(0.0)));
    assert!(!instance.set_global("none", Value::I32(0)));
    assert_eq!(instance.call(&module.export::<(), i64>("sum").unwrap(), ()).unwrap(), 0);
    assert_eq!((instance.global("c"), instance.global("sum")), (Some(Value::F32(1.0)), None));
    assert_eq!(instance.bytes(Span { ptr: 65_530, len: 8 }), None);
    assert_eq!(instance.bytes_mut(Span { ptr: u32::MAX, len: u32::MAX }), None);
    let mut none = self::module(ADD).start().unwrap();
    assert_eq!((none.memory_bytes(), none.bytes(Span { ptr: 0, len: 0 })), (0, None));
    assert_eq!(none.bytes_mut(Span { ptr: 0, len: 0 }), None);
}

#[test]
fn both_profiles_run_the_same() {
    for profile in [Profile::Deterministic, Profile::Fast] {
        let engine = Engine::new(Config { profile, ..Config::default() }).with_module(env());
        let module = engine.module(&wasm(ENV)).unwrap();
        let write = module.export::<(i32, u32, u32, u32), u32>("write").unwrap();
        let mut instance = module.start().unwrap();
        assert_eq!(instance.call(&write, (1, 16, 2, 8)).unwrap(), 0);
        assert_eq!(instance.state::<Env>().unwrap().written, b"one fou");
    }
}

struct Code(i32);

impl ErrorCode for Code {
    fn code(&self) -> NonZeroI32 {
        NonZeroI32::new(self.0).unwrap()
    }
}

#[test]
fn a_result_has_a_shape_that_compilers_import() {
    let host = HostModule::new("r", || ())
        .function("unit", |(): &mut ()| -> Result<(), Code> { Ok(()) })
        .function("number", |(): &mut (), _: &str| -> Result<u64, Code> { Err(Code(1)) })
        .function("pair", |(): &mut ()| -> Result<(u8, f64), Code> { Ok((1, 2.0)) })
        .function("halting", |(): &mut ()| -> Result<Result<u32, Code>, Halt> { Ok(Ok(1)) })
        .with_memory("with_memory", |(): &mut (), _: &mut Memory<'_>, _: u32| -> Result<bool, Code> { Ok(true) });
    assert_eq!(
        host.to_string(),
        "r.unit () -> i32\nr.number (i32, i32, i32) -> i32\nr.pair (i32) -> i32\nr.halting (i32) -> i32\n\
         r.with_memory (i32, i32) -> i32\n"
    );
}

/// Copies numbers one by one, and says what it read of them.
fn shift(from: Array<'_, u16>, mut to: ArrayMut<'_, u16>) -> u64 {
    let mut sum = 0;
    for index in 0..from.len() {
        let number = from.get(index).unwrap();
        sum = 10 * sum + u64::from(number);
        assert!(to.set(index, 2 * number));
    }
    assert_eq!(from.iter().map(u64::from).sum::<u64>(), from.to_slice().iter().copied().map(u64::from).sum());
    sum
}

#[test]
fn plain_old_data_overlaps_and_lies_anywhere_as_in_c() {
    // The same function by itself, without any guest.
    let mut to = [0; 3];
    assert_eq!(shift(Array::of(&[1, 2, 3]), ArrayMut::of(&mut to)), 123);
    assert_eq!(to, [2, 4, 6]);

    let cross = |(): &mut (), a: Ptr<'_, [i32; 3]>, b: Ptr<'_, [i32; 3]>, mut out: PtrMut<'_, [i32; 3]>| {
        let ([ax, ay, az], [bx, by, bz]) = (a.load(), b.load());
        out.store([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx]);
        // What was written is seen in what overlaps it.
        b.load()[0]
    };
    let host = HostModule::new("c", || ())
        .function("shift", |(): &mut (), from: Array<'_, u16>, to: ArrayMut<'_, u16>| shift(from, to))
        .function("cross", cross)
        .function("sum", |(): &mut (), numbers: Array<'_, u32>| -> Optional<u32> { Ok(numbers.iter().sum()) });
    let module = Engine::default()
        .with_module(host)
        .module(&wasm(
            r#"(import "c" "shift" (func $shift (param i32 i32 i32 i32) (result i64)))
            (import "c" "cross" (func $cross (param i32 i32 i32) (result i32)))
            (import "c" "sum" (func $sum (param i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (func (export "shift") (param i32 i32 i32 i32) (result i64)
                (call $shift (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
            (func (export "cross") (param i32 i32 i32) (result i32) (call $cross (local.get 0) (local.get 1) (local.get 2)))
            (func (export "sum") (param i32 i32 i32) (result i32) (call $sum (local.get 0) (local.get 1) (local.get 2)))"#,
        ))
        .unwrap();
    let numbers = |instance: &mut dorcas_host::Instance, ptr: u32, numbers: &[u16]| {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let len = u32::try_from(bytes.len()).unwrap();
        instance.bytes_mut(Span { ptr, len }).unwrap().copy_from_slice(&bytes);
    };
    let shift = module.export::<(u32, u32, u32, u32), u64>("shift").unwrap();
    // Apart; the same; one element ahead, at odd addresses, where each write is read next; and one behind.
    for (from, to, expected) in [(1, 101, 1234), (1, 1, 1234), (1, 3, 1234), (3, 1, 1234)] {
        let mut instance = module.start().unwrap();
        numbers(&mut instance, from, &[1, 2, 3, 4]);
        // A loop in C over these addresses reads what it has written an element before.
        let expected = if to == from + 2 { 1248 } else { expected };
        assert_eq!(instance.call(&shift, (from, 4, to, 4)).unwrap(), expected, "{from} {to}");
    }
    let cross = module.export::<(u32, u32, u32), i32>("cross").unwrap();
    let mut instance = module.start().unwrap();
    let vectors: Vec<u8> = [1, 2, 3, 4, 5, 6_i32].iter().flat_map(|number| number.to_le_bytes()).collect();
    instance.bytes_mut(Span { ptr: 7, len: 24 }).unwrap().copy_from_slice(&vectors);
    assert_eq!(instance.call(&cross, (7, 19, 19)).unwrap(), -3);
    let product: Vec<u8> = [-3, 6, -3_i32].iter().flat_map(|number| number.to_le_bytes()).collect();
    assert_eq!(instance.bytes(Span { ptr: 19, len: 12 }), Some(&product[..]));
    // A result may lie in what was read.
    let sum = module.export::<(u32, u32, u32), i32>("sum").unwrap();
    let mut instance = module.start().unwrap();
    numbers(&mut instance, 9, &[5, 0, 6, 0]);
    assert_eq!(instance.call(&sum, (9, 2, 10)).unwrap(), 0);
    assert_eq!(instance.bytes(Span { ptr: 9, len: 6 }), Some(&[5, 11, 0, 0, 0, 0][..]));
}
