//! Functions that a host offers to guests.

use dorcas_host::{
    CallError, Config, Engine, Guest, HostModule, Limits, LoadError, Profile, Recording, Run,
    abi::{message::GenerateRequest, method::GenerateRules},
    module::{
        Array, ArrayMut, Compose, ErrorCode, Level, List, ListMut, MultiValue, Object, Optional, Problem, Ptr, PtrMut,
    },
};
use std::{
    num::NonZeroI32,
    sync::{Arc, Mutex},
    time::Duration,
};

const GOOD: &str = include_str!("guests/good.wat");

/// The guest `good` with imports, and with a body that runs before `generate_rules` answers.
fn text(imports: &str, body: &str) -> String {
    let with_body = GOOD.replace(
        r#"(func (export "generate_rules") (param i32 i32) (result i64)"#,
        &format!(r#"(func (export "generate_rules") (param i32 i32) (result i64) (local $i i32) {body}"#),
    );
    with_body.replacen("(module", &format!("(module {imports}"), 1)
}

fn wasm(imports: &str, body: &str) -> Vec<u8> {
    wat::parse_str(text(imports, body)).expect("it is WebAssembly text")
}

fn load(engine: &Engine, imports: &str, body: &str) -> Guest {
    engine.load(&wasm(imports, body)).expect("it is a guest")
}

fn call(guest: &Guest) -> Result<(), CallError> {
    guest.call::<GenerateRules>(&GenerateRequest::default()).map(drop)
}

/// What a body calls to tell what it got.
fn notes() -> (HostModule<()>, Arc<Mutex<Vec<i64>>>) {
    let notes = Arc::new(Mutex::new(Vec::new()));
    (notes_of(&notes), notes)
}

fn notes_of(notes: &Arc<Mutex<Vec<i64>>>) -> HostModule<()> {
    let kept = Arc::clone(notes);
    HostModule::new("test", || ()).function("note", move |(): &mut (), value: i64| kept.lock().unwrap().push(value))
}

const NOTE: &str = r#"(import "test" "note" (func $note (param i64)))"#;

#[test]
fn every_type_arrives_and_returns() {
    let (module, notes) = notes();
    let scalars = HostModule::new("s", || ())
        .function("i8", |(): &mut (), value: i8| value)
        .function("u16", |(): &mut (), value: u16| value)
        .function("bool", |(): &mut (), value: bool| !value)
        .function("f32", |(): &mut (), value: f32| value / 2.0)
        .function("f64", |(): &mut (), value: f64| value * 0.0)
        .function("time", |(): &mut (), value: Duration| value * 2);
    assert_eq!(
        scalars.to_string(),
        "s.i8 (i32) -> i32\ns.u16 (i32) -> i32\ns.bool (i32) -> i32\ns.f32 (f32) -> f32\ns.f64 (f64) -> f64\n\
         s.time (i64) -> i64\n"
    );
    let imports = format!(
        r#"{NOTE} (import "s" "i8" (func $i8 (param i32) (result i32)))
        (import "s" "u16" (func $u16 (param i32) (result i32)))
        (import "s" "bool" (func $bool (param i32) (result i32)))
        (import "s" "f32" (func $f32 (param f32) (result f32)))
        (import "s" "f64" (func $f64 (param f64) (result f64)))
        (import "s" "time" (func $time (param i64) (result i64)))"#
    );
    let body = "
        (call $note (i64.extend_i32_s (call $i8 (i32.const -5))))
        (call $note (i64.extend_i32_s (call $u16 (i32.const 65535))))
        (call $note (i64.extend_i32_s (call $bool (i32.const 0))))
        (call $note (i64.extend_i32_s (i32.reinterpret_f32 (call $f32 (f32.const 3)))))
        (call $note (i64.reinterpret_f64 (call $f64 (f64.const -inf))))
        (call $note (call $time (i64.const 21)))";
    call(&load(&Engine::default().with_module(module).with_module(scalars), &imports, body)).unwrap();
    let expected = [-5, 65535, 1, 1.5_f32.to_bits().into(), 0x7ff8_0000_0000_0000, 42];
    assert_eq!(*notes.lock().unwrap(), expected);
}

#[derive(Clone, Copy)]
struct Refused;

impl ErrorCode for Refused {
    fn code(&self) -> NonZeroI32 {
        NonZeroI32::new(-7).unwrap()
    }
}

#[test]
fn an_error_is_a_code_and_a_value_is_written_to_memory() {
    let (module, notes) = notes();
    let odd = HostModule::new("odd", || ())
        .function("half", |(): &mut (), value: u32| if value.is_multiple_of(2) { Ok(value / 2) } else { Err(Refused) })
        .function("halves", |(): &mut (), value: u32| {
            MultiValue(if value.is_multiple_of(2) { Ok(value / 2) } else { Err(Refused) })
        })
        .function("both", |(): &mut (), value: u64| -> Optional<(bool, u64)> { Ok((true, value + (1 << 32))) })
        .function("check", |(): &mut ()| -> Optional<()> { Err(NonZeroI32::MAX) });
    let imports = format!(
        r#"{NOTE} (import "odd" "half" (func $half (param i32 i32) (result i32)))
        (import "odd" "halves" (func $halves (param i32) (result i32 i32)))
        (import "odd" "both" (func $both (param i64 i32) (result i32)))
        (import "odd" "check" (func $check (result i32)))"#
    );
    let body = "
        (call $note (i64.extend_i32_s (call $half (i32.const 8) (i32.const 600))))
        (call $note (i64.extend_i32_s (call $half (i32.const 9) (i32.const 600))))
        (call $note (i64.load32_u (i32.const 600)))
        (call $note (i64.extend_i32_s (i32.add (call $halves (i32.const 8)))))
        (call $note (i64.extend_i32_s (i32.add (call $halves (i32.const 9)))))
        (call $note (i64.extend_i32_s (call $both (i64.const 3) (i32.const 608))))
        (call $note (i64.load (i32.const 608)))
        (call $note (i64.load (i32.const 616)))
        (call $note (i64.extend_i32_s (call $check)))";
    let engine = Engine::default().with_module(module).with_module(odd);
    call(&load(&engine, &imports, body)).unwrap();
    // A tuple lies as C lays out a struct: a byte, and eight bytes at the next multiple of 8.
    assert_eq!(*notes.lock().unwrap(), [0, -7, 4, 4, -7, 0, 1, 0x1_0000_0003, i32::MAX.into()]);

    let error = call(&load(&engine, &imports, "(drop (call $half (i32.const 8) (i32.const -2)))")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`generate_rules` of guest `good` trapped: parameter 2 of the host's `odd.half` is 4 bytes at 0xfffffffe, outside its \
         memory of 65536 bytes"
    );
}

struct Sum {
    calls: u32,
}

impl Sum {
    fn sum(&mut self, numbers: Array<'_, u32>, mut total: PtrMut<'_, u64>, first: Ptr<'_, u32>) -> u32 {
        self.calls += 1;
        assert_eq!(numbers.to_slice().len(), numbers.len());
        assert_eq!(numbers.get(0), Some(first.load()));
        total.store(numbers.iter().map(u64::from).sum());
        total.load().try_into().unwrap()
    }

    fn count(&mut self, mut numbers: ArrayMut<'_, u16>) {
        assert_eq!(self.calls, 1);
        assert_eq!(numbers.fill(1..), numbers.len());
        assert!(numbers.set(0, 9) && !numbers.set(numbers.len(), 9));
    }
}

#[test]
fn plain_old_data_lies_where_it_is() {
    let (module, notes) = notes();
    let sum = HostModule::new("sum", || Sum { calls: 0 }).function("sum", Sum::sum).function("count", Sum::count);
    let imports = format!(
        r#"{NOTE} (import "sum" "sum" (func $sum (param i32 i32 i32 i32) (result i32)))
        (import "sum" "count" (func $count (param i32 i32)))"#
    );
    let body = "
        (i32.store (i32.const 512) (i32.const -1)) (i32.store (i32.const 516) (i32.const -1))
        (call $note (i64.extend_i32_s (call $sum (i32.const 512) (i32.const 0) (i32.const 600) (i32.const 512))))
        unreachable";
    // The first element is looked at, and an empty array has none: that is a defect of the function.
    let engine = Engine::default().with_module(module).with_module(sum);
    let error = call(&load(&engine, &imports, body)).unwrap_err().to_string();
    assert!(
        error.starts_with(
            "`generate_rules` of guest `good` was ended by the host's `sum.sum`, which panicked: assertion"
        ),
        "{error}"
    );

    let body = "
        (i32.store (i32.const 512) (i32.const 7)) (i32.store (i32.const 516) (i32.const 8))
        (call $note (i64.extend_i32_s (call $sum (i32.const 512) (i32.const 2) (i32.const 600) (i32.const 512))))
        (call $note (i64.load (i32.const 600)))
        (call $count (i32.const 700) (i32.const 3)) (call $note (i64.load (i32.const 700)))";
    call(&load(&engine, &imports, body)).unwrap();
    assert_eq!(*notes.lock().unwrap(), [15, 15, 0x0000_0003_0002_0009]);
}

#[rustfmt::skip]
#[expect(clippy::too_many_arguments, clippy::many_single_char_names)]
fn list(
    (): &mut (), a: u32, text: &str, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32, k: u32, times: i64,
) -> i64 {
    let sum = [a, c, d, e, f, g, h, i, j, k].into_iter().sum::<u32>();
    i64::from(sum) * times + i64::try_from(text.len()).unwrap()
}

#[test]
fn twelve_parameters() {
    let (module, notes) = notes();
    let many = HostModule::new("many", || ()).function("list", list);
    let imports = format!(
        r#"{NOTE} (import "many" "list" (func $list (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64)
        (result i64)))"#
    );
    let ones = "(i32.const 1)".repeat(9);
    let body = format!("(call $note (call $list (i32.const 1) (i32.const 16) (i32.const 4) {ones} (i64.const 100)))");
    call(&load(&Engine::default().with_module(module).with_module(many), &imports, &body)).unwrap();
    assert_eq!(*notes.lock().unwrap(), [1004]);
}

/// More values than the engine has closures for, with memory among them.
#[test]
fn twelve_texts() {
    type Text<'m> = (&'m str, &'m str);
    let (module, notes) = notes();
    let join =
        |(): &mut (), a: Text<'_>, b: Text<'_>, c: Text<'_>, d: Text<'_>, e: Text<'_>, f: Text<'_>, end: &mut [u8]| {
            let texts = [a, b, c, d, e, f].map(|(a, b)| format!("{a}{b}")).concat();
            end.copy_from_slice(&texts.as_bytes()[texts.len() - end.len()..]);
            texts.len() as u64
        };
    let many = HostModule::new("many", || ()).function("join", join);
    assert_eq!(many.to_string(), format!("many.join ({}i32, i32) -> i64\n", "i32, i32, ".repeat(12)));
    let imports =
        format!(r#"{NOTE} (import "many" "join" (func $join {} (result i64)))"#, "(param i32 i32)".repeat(13));
    let texts = "(i32.const 16) (i32.const 4)".repeat(12);
    let body = format!(
        "(call $note (call $join {texts} (i32.const 600) (i32.const 8))) (call $note (i64.load (i32.const 600)))"
    );
    let engine = Engine::default().with_module(module).with_module(many);
    call(&load(&engine, &imports, &body)).unwrap();
    assert_eq!(*notes.lock().unwrap(), [48, i64::from_le_bytes(*b"goodgood")]);

    // The buffer is the seventh parameter, and the thirteenth part of memory.
    let body = format!("(drop (call $join {texts} (i32.const 18) (i32.const 8)))");
    let error = call(&load(&engine, &imports, &body)).unwrap_err().to_string();
    assert!(
        error.contains("parameter 7 of the host's `many.join` is 8 bytes at 0x12, overlaps parameter 1 and"),
        "{error}"
    );
}

struct Entry<'m> {
    key: &'m str,
    value: Array<'m, u16>,
}

impl Compose for Entry<'_> {
    type Item<'m> = Entry<'m>;
    type Parts = (&'static str, Array<'static, u16>);
}

impl<'m> From<(&'m str, Array<'m, u16>)> for Entry<'m> {
    fn from((key, value): (&'m str, Array<'m, u16>)) -> Self {
        Self { key, value }
    }
}

#[test]
fn parameters_are_composed_of_others() {
    let (module, notes) = notes();
    let store = HostModule::new("store", || ()).function("put", |(): &mut (), level: Level, entry: Entry<'_>| {
        (u32::from(level == Level::Info), entry.key.len() as u64, entry.value.iter().sum::<u16>())
    });
    assert_eq!(store.to_string(), "store.put (i32, i32, i32, i32, i32) -> (i32, i64, i32)\n");
    let imports =
        format!(r#"{NOTE} (import "store" "put" (func $put (param i32 i32 i32 i32 i32) (result i32 i64 i32)))"#);
    let put = "(call $put (i32.const 2) (i32.const 16) (i32.const 4) (i32.const 600) (i32.const 2))";
    let body = format!(
        "(i32.store (i32.const 600) (i32.const 0x00050002)) {put}
        (call $note (i64.extend_i32_u)) (call $note) (call $note (i64.extend_i32_u))"
    );
    let engine = Engine::default().with_module(module).with_module(store);
    call(&load(&engine, &imports, &body)).unwrap();
    assert_eq!(*notes.lock().unwrap(), [7, 4, 1]);

    // What is wrong with a part is told of the whole parameter.
    let body = format!("{} drop drop drop", put.replace("600", "65535"));
    let error = call(&load(&engine, &imports, &body)).unwrap_err().to_string();
    assert!(error.contains("parameter 2 of the host's `store.put` is 4 bytes at 0xffff, outside its memory"));
}

/// A `bool` and then a number at an odd address.
struct Flagged(bool, u16);

impl Object for Flagged {
    const SIZE: usize = 3;

    fn load(bytes: &[u8]) -> Result<Self, Problem> {
        let number = u16::from_le_bytes([bytes[1], bytes[2]]);
        match bytes[0] {
            tag @ 0..=1 => Ok(Self(tag == 1, number)),
            tag => Err(Problem::Value { value: tag.into(), expected: "flag" }),
        }
    }

    fn store(&self, bytes: &mut [u8]) {
        bytes[0] = self.0.into();
        bytes[1..].copy_from_slice(&self.1.to_le_bytes());
    }
}

#[test]
fn objects_load_and_store_themselves() {
    #[expect(clippy::needless_pass_by_value, reason = "it is a parameter of the guest's")]
    fn flip((): &mut (), from: List<'_, Flagged>, mut to: ListMut<'_, Flagged>) -> u64 {
        assert!(to.set(from.len(), &Flagged(true, 99)) && !to.set(to.len(), &Flagged(true, 99)));
        assert_eq!(from.get(1).map(|object| object.1), Some(0x0605));
        to.fill(from.iter().map(|object| Flagged(!object.0, object.1 + 1))) as u64
    }
    let (module, notes) = notes();
    let flags = HostModule::new("flags", || ()).function("flip", flip);
    let imports = format!(r#"{NOTE} (import "flags" "flip" (func $flip (param i32 i32 i32 i32) (result i64)))"#);
    let flip = "(call $flip (i32.const 601) (i32.const 2) (i32.const 611) (i32.const 3))";
    let body = format!(
        "(i64.store (i32.const 601) (i64.const 0x060500020301)) (call $note {flip})
        (call $note (i64.load (i32.const 611))) (call $note (i64.load8_u (i32.const 619)))"
    );
    let engine = Engine::default().with_module(module).with_module(flags);
    call(&load(&engine, &imports, &body)).unwrap();
    assert_eq!(*notes.lock().unwrap(), [2, 0x63_01_06_06_01_02_04_00, 0]);

    let body = format!("(i64.store (i32.const 601) (i64.const 0x060507020301)) (drop {flip})");
    assert_eq!(
        call(&load(&engine, &imports, &body)).unwrap_err().to_string(),
        "`generate_rules` of guest `good` trapped: parameter 1 of the host's `flags.flip` is 6 bytes at 0x259 whose object \
         1, from 0, is 7, which is no flag, in its memory of 65536 bytes"
    );
}

#[test]
fn states_are_made_with_options() {
    let (_, notes) = notes();
    let step = HostModule::new("step", || 1).function("step", |step: &mut i64| *step);
    let imports = format!(r#"{NOTE} (import "step" "step" (func $step (result i64)))"#);
    for module in [step.clone(), step.with_state(|| 5)] {
        let engine = Engine::default().with_module(notes_of(&notes)).with_module(module);
        call(&load(&engine, &imports, "(call $note (call $step))")).unwrap();
    }
    assert_eq!(*notes.lock().unwrap(), [1, 5]);
}

#[test]
fn each_instance_has_a_state_of_its_own() {
    struct Counter(i64);
    impl Counter {
        fn next(&mut self) -> i64 {
            self.0 += 1;
            self.0
        }
    }
    let (module, notes) = notes();
    let counter = HostModule::new("counter", || Counter(10)).function("next", Counter::next);
    let imports = format!(r#"{NOTE} (import "counter" "next" (func $next (result i64)))"#);
    let guest =
        load(&Engine::default().with_module(module).with_module(counter), &imports, "(call $note (call $next))");
    call(&guest).unwrap();
    call(&guest).unwrap();
    let mut instance = guest.instantiate().unwrap();
    for _ in 0..2 {
        instance.call::<GenerateRules>(&GenerateRequest::default()).unwrap();
    }
    assert_eq!(*notes.lock().unwrap(), [11, 11, 11, 12]);
}

fn offered() -> HostModule<()> {
    HostModule::new("io", || ())
        .function("text", |(): &mut (), _: &str| {})
        .function("copy", |(): &mut (), to: &mut [u8], from: &[u8]| to.copy_from_slice(from))
        .function("number", |(): &mut (), _: Ptr<'_, u32>| {})
        .function("numbers", |(): &mut (), _: u8, _: Array<'_, u64>| {})
        .function("small", |(): &mut (), _: i8| {})
        .function("flag", |(): &mut (), _: bool| {})
}

const IO: &str = r#"(import "io" "text" (func $text (param i32 i32)))
    (import "io" "copy" (func $copy (param i32 i32 i32 i32)))
    (import "io" "number" (func $number (param i32)))
    (import "io" "numbers" (func $numbers (param i32 i32 i32)))
    (import "io" "small" (func $small (param i32)))
    (import "io" "flag" (func $flag (param i32)))"#;

#[test]
fn what_a_guest_passes_wrongly_stops_it() {
    let cases = [
        (
            "(call $text (i32.const 65530) (i32.const 7))",
            "1 of the host's `io.text` is 7 bytes at 0xfffa, outside its memory of 65536 bytes",
        ),
        (
            "(call $text (i32.const -1) (i32.const -1))",
            "1 of the host's `io.text` is 4294967295 bytes at 0xffffffff, outside its memory of 65536 bytes",
        ),
        (
            "(call $text (i32.const 65537) (i32.const 0))",
            "1 of the host's `io.text` is 0 bytes at 0x10001, outside its memory of 65536 bytes",
        ),
        (
            "(i32.store8 (i32.const 18) (i32.const 255)) (call $text (i32.const 16) (i32.const 4))",
            "1 of the host's `io.text` is 4 bytes at 0x10 that are not UTF-8 from byte 2 on, in its memory of 65536 bytes",
        ),
        (
            "(call $copy (i32.const 512) (i32.const 4) (i32.const 515) (i32.const 4))",
            "2 of the host's `io.copy` is 4 bytes at 0x203, overlaps parameter 1 and one is written to, in its memory of 65536 bytes",
        ),
        (
            "(call $number (i32.const 65533))",
            "1 of the host's `io.number` is 4 bytes at 0xfffd, outside its memory of 65536 bytes",
        ),
        (
            "(call $numbers (i32.const 1) (i32.const 0) (i32.const 0x20000001))",
            "2 of the host's `io.numbers` is 4294967304 bytes at 0x0, outside its memory of 65536 bytes",
        ),
        (
            "(call $numbers (i32.const 256) (i32.const 0) (i32.const 0))",
            "1 of the host's `io.numbers` is 256, which is no u8",
        ),
        ("(call $small (i32.const 128))", "1 of the host's `io.small` is 128, which is no i8"),
        ("(call $flag (i32.const 2))", "1 of the host's `io.flag` is 2, which is no bool"),
    ];
    for (body, expected) in cases {
        for run in [None, Some(Run::new())] {
            let mut engine = Engine::default().with_module(offered());
            if let Some(run) = &run {
                engine = engine.in_run(run);
            }
            let guest = load(&engine, IO, body);
            let expected = format!("`generate_rules` of guest `good` trapped: parameter {expected}");
            // The guest is as good as new; the instance is not.
            for _ in 0..2 {
                assert_eq!(call(&guest).unwrap_err().to_string(), expected);
            }
            let mut instance = guest.instantiate().unwrap();
            assert!(matches!(instance.call::<GenerateRules>(&GenerateRequest::default()), Err(CallError::Trap { .. })));
            assert!(instance.is_poisoned());
            assert_eq!(guest.instantiate().unwrap().lang_name().unwrap(), "good");
        }
    }
}

#[test]
fn what_is_passed_well_goes_through() {
    let body = "(call $text (i32.const 65536) (i32.const 0))
        (call $copy (i32.const 512) (i32.const 4) (i32.const 16) (i32.const 4))
        (call $text (i32.const 512) (i32.const 4))
        (call $numbers (i32.const 255) (i32.const 8) (i32.const 8191)) (call $flag (i32.const 1))";
    call(&load(&Engine::default().with_module(offered()), IO, body)).unwrap();
}

#[test]
fn a_function_that_panics_is_a_defect_of_the_host() {
    fn fails((): &mut ()) {
        panic!("not today");
    }
    let engine = Engine::default().with_module(HostModule::new("bad", || ()).function("fails", fails));
    let guest = load(&engine, r#"(import "bad" "fails" (func $fails))"#, "(call $fails)");
    assert_eq!(
        call(&guest).unwrap_err().to_string(),
        "`generate_rules` of guest `good` was ended by the host's `bad.fails`, which panicked: not today"
    );
}

#[test]
fn an_import_of_another_type_is_refused() {
    let imports = r#"(import "io" "text" (func (param i32) (result i32))) (import "io" "txt" (func (param i32 i32)))"#;
    let error = Engine::default().with_module(offered()).load(&wasm(imports, "")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "imports are not those that the host offers: `io.text`, a function (i32) -> i32, where the host offers a function \
         (i32, i32) -> (); `io.txt`, a function (i32, i32) -> (), which its host module does not have"
    );
}

#[test]
fn what_was_not_granted_is_refused_as_ever() {
    let imports = r#"(import "io" "text" (func (param i32 i32))) (import "env" "now" (func (result i64)))"#;
    let error = Engine::default().with_module(offered()).load(&wasm(imports, "")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a guest imports nothing, this module imports `env.now`, a function () -> i64 (module.no-imports)"
    );
    let LoadError::Imports(refused) = Engine::default().load(&wasm(imports, "")).unwrap_err() else {
        panic!("without a grant no import is let in")
    };
    assert_eq!(refused.len(), 2);
}

/// Loops a hundred thousand times around a call.
fn looping(call: &str) -> String {
    format!(
        "(loop $again {call}
            (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100000))))"
    )
}

#[test]
fn calls_are_paid_for_and_slices_change_nothing() {
    let body = looping("(call $copy (i32.const 512) (i32.const 4) (i32.const 16) (i32.const 4))");
    let engine = Engine::default().with_module(offered());
    let (outcome, alone) = load(&engine, IO, &body).call_measured::<GenerateRules>(&GenerateRequest::default());
    outcome.unwrap();
    assert!(alone.fuel > 25_100_000, "250 a call and 1 for 8 bytes: {}", alone.fuel);
    let run = Run::new();
    let (outcome, in_run) =
        load(&engine.in_run(&run), IO, &body).call_measured::<GenerateRules>(&GenerateRequest::default());
    outcome.unwrap();
    assert_eq!(alone.fuel, in_run.fuel);

    // Instantiation has a budget of its own.
    let mut instance = load(&engine, IO, &body).instantiate().unwrap();
    let (_, call) = instance.call_measured::<GenerateRules>(&GenerateRequest::default());
    let limits = Limits { fuel_per_call: call.fuel - 300, ..Limits::default() };
    let engine = Engine::new(Config { limits, ..Config::default() }).with_module(offered());
    let mut used = Vec::new();
    for engine in [engine.clone(), engine.in_run(&Run::new())] {
        let (outcome, stats) = load(&engine, IO, &body).call_measured::<GenerateRules>(&GenerateRequest::default());
        assert!(matches!(outcome, Err(CallError::Limit { .. })), "{outcome:?}");
        used.push(stats.fuel);
    }
    assert_eq!(used[0], used[1]);
}

#[test]
fn a_function_that_costs_more_than_there_is_does_not_run() {
    let dear = HostModule::new("dear", || ())
        .function("cheap", |(): &mut ()| {})
        .costing(1 << 40)
        .function("dear", |(): &mut ()| -> () { panic!("it ran") });
    let engine = Engine::default().with_module(dear);
    let guest = load(&engine, r#"(import "dear" "dear" (func $dear))"#, "(call $dear)");
    assert_eq!(
        call(&guest).unwrap_err().to_string(),
        "`generate_rules` of guest `good` used up its fuel of 200000000 (`Limits::fuel_per_call`)"
    );
    call(&load(&engine, r#"(import "dear" "cheap" (func $cheap))"#, "(call $cheap)")).unwrap();
}

#[test]
fn a_function_may_cost_more_than_a_slice() {
    let dear = HostModule::new("dear", || ()).costing(1_000_000).function("dear", |(): &mut ()| {});
    let engine = Engine::default().with_module(dear);
    let (imports, body) = (r#"(import "dear" "dear" (func $dear))"#, "(call $dear) (call $dear)");
    let mut fuel = Vec::new();
    for engine in [engine.clone(), engine.in_run(&Run::new())] {
        let (outcome, stats) = load(&engine, imports, body).call_measured::<GenerateRules>(&GenerateRequest::default());
        outcome.unwrap();
        fuel.push(stats.fuel);
    }
    assert!(fuel[0] > 2_000_000);
    assert_eq!(fuel[0], fuel[1]);
}

/// A function that has got hold of a guest, of its own one even, calls it in vain.
#[test]
fn a_function_cannot_call_a_guest() {
    let this: Arc<Mutex<Option<Guest>>> = Arc::default();
    let errors: Arc<Mutex<Vec<String>>> = Arc::default();
    let (found, told) = (Arc::clone(&this), Arc::clone(&errors));
    let module = HostModule::new("again", || ()).function("again", move |(): &mut ()| {
        let guest = found.lock().unwrap().clone().expect("it was loaded");
        told.lock().unwrap().push(call(&guest).unwrap_err().to_string());
    });
    let guest =
        load(&Engine::default().with_module(module), r#"(import "again" "again" (func $again))"#, "(call $again)");
    *this.lock().unwrap() = Some(guest.clone());
    for guest in [guest.clone(), guest.in_run(&Run::new())] {
        call(&guest).unwrap();
    }
    let expected = "`alloc` of guest `good`, called for `generate_rules`, was not called: a guest waits on this thread for a \
                    function of the host, which can't call one";
    assert_eq!(*errors.lock().unwrap(), [expected, expected]);
    *this.lock().unwrap() = None;
}

/// On a thread of its own it is anyone who calls a guest: that thread has a stack of its own, and the call its own fuel.
#[test]
fn a_function_that_has_another_thread_call_a_guest_is_like_anyone() {
    let this: Arc<Mutex<Option<Guest>>> = Arc::default();
    let depth = Arc::new(Mutex::new(0));
    let (found, deep) = (Arc::clone(&this), Arc::clone(&depth));
    let module = HostModule::new("again", || ()).function("again", move |(): &mut ()| {
        let guest = found.lock().unwrap().clone().expect("it was loaded");
        let first = std::mem::replace(&mut *deep.lock().unwrap(), 1) == 0;
        if first {
            std::thread::scope(|scope| scope.spawn(|| call(&guest).unwrap()).join().unwrap());
            // On this thread it is no different from before.
            assert!(matches!(call(&guest), Err(CallError::Nested { .. })));
        }
    });
    let guest =
        load(&Engine::default().with_module(module), r#"(import "again" "again" (func $again))"#, "(call $again)");
    *this.lock().unwrap() = Some(guest.clone());
    call(&guest).unwrap();
    assert_eq!(*depth.lock().unwrap(), 1);
    *this.lock().unwrap() = None;
}

#[test]
fn many_calls_fit_on_the_stack_that_a_thread_needs() {
    let work = || {
        let engine = Engine::default().with_module(offered());
        call(&load(&engine, IO, &looping("(call $flag (i32.const 1))"))).unwrap();
        let fast = Engine::new(Config { profile: Profile::Fast, ..Config::default() }).with_module(offered());
        call(&load(&fast, IO, &looping("(call $flag (i32.const 1))"))).unwrap();
    };
    std::thread::Builder::new().stack_size(512 << 10).spawn(work).unwrap().join().unwrap();
}

#[test]
fn layers_stand_around_each_call() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let (outer, inner) = (Arc::clone(&lines), Arc::clone(&lines));
    let module = offered()
        .function("add", |(): &mut (), a: u32, b: f32| u64::from(a) + u64::from(b.to_bits()))
        .around(move |call| {
            inner.lock().unwrap().push(format!("inner {call}"));
            call.run();
        })
        .around(move |call| {
            call.run();
            outer.lock().unwrap().push(format!("outer {call}"));
        });
    let imports = format!(r#"{IO} (import "io" "add" (func $add (param i32 f32) (result i64)))"#);
    let body = "(drop (call $add (i32.const 2) (f32.const 0))) (call $text (i32.const 16) (i32.const 4))
        (call $small (i32.const 300))";
    call(&load(&Engine::default().with_module(module), &imports, body)).unwrap_err();
    let expected = [
        "inner io.add(2, 0.0)",
        "outer io.add(2, 0.0) -> 2",
        "inner io.text(\"good\")",
        "outer io.text(\"good\") -> ()",
        "inner io.small(300)",
        "outer io.small(300) stopped: parameter 1 is 300, which is no i8",
    ];
    assert_eq!(*lines.lock().unwrap(), expected);
}

#[test]
fn a_layer_may_answer_in_place_of_the_function() {
    let (module, notes) = notes();
    let never = HostModule::new("never", || ())
        .function("seven", |(): &mut ()| -> u32 { panic!("it ran") })
        .around(|call| assert_eq!(call.function(), "never.seven"));
    let imports = format!(r#"{NOTE} (import "never" "seven" (func $seven (result i32)))"#);
    let engine = Engine::default().with_module(module).with_module(never);
    call(&load(&engine, &imports, "(call $note (i64.extend_i32_u (call $seven)))")).unwrap();
    assert_eq!(*notes.lock().unwrap(), [0]);
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_run_with_a_log_is_replayed_with_any_log() {
    let (engine, lines) = logging();
    let (record, wasm) = (Shared::default(), wasm(LOG, "(call $log (i32.const 0) (i32.const 16) (i32.const 4))"));
    let run = Run::new().with_record(record.clone());
    call(&engine.in_run(&run).load(&wasm).unwrap()).unwrap();
    run.finish_record().unwrap();
    assert_eq!(lines.lock().unwrap().len(), 1);

    let text = String::from_utf8(record.0.lock().unwrap().clone()).unwrap();
    let recording = Recording::parse(&text).unwrap();
    let quiet = Engine::default().with_log(|_, _| {});
    assert_eq!(recording.replay_with(&quiet, |_| Some(wasm.clone())).unwrap().calls, 1);
    assert!(recording.replay(|_| Some(wasm.clone())).unwrap_err().to_string().contains("module.no-imports"));
}

/// A function with a state and a layer is replayed if it gives the same answers, and told where it doesn't.
#[test]
fn a_run_with_a_module_is_replayed() {
    fn module(start: u64) -> HostModule<u64> {
        let next = |state: &mut u64, buffer: &mut [u8]| {
            *state += 1;
            buffer.fill(b'0' + u8::try_from(*state).unwrap());
        };
        HostModule::new("counter", move || start).function("next", next).around(|call| {
            assert_eq!(call.fuel(), 251, "a call, and a byte of memory");
            call.run();
        })
    }
    // It traps when the counter comes to 3.
    let imports = r#"(import "counter" "next" (func $next (param i32 i32)))"#;
    let body = "(call $next (i32.const 600) (i32.const 1))
        (if (i32.eq (i32.load8_u (i32.const 600)) (i32.const 51)) (then (unreachable)))";
    let (record, wasm) = (Shared::default(), wasm(imports, body));
    let run = Run::new().with_record(record.clone());
    let guest = Engine::default().with_module(module(0)).in_run(&run).load(&wasm).unwrap();
    let mut instance = guest.instantiate().unwrap();
    let outcomes: Vec<_> = (0..3).map(|_| instance.call_bytes("generate_rules", b"").is_ok()).collect();
    assert_eq!(outcomes, [true, true, false]);
    run.finish_record().unwrap();

    let recording = Recording::parse(&String::from_utf8(record.0.lock().unwrap().clone()).unwrap()).unwrap();
    let replay = |start| recording.replay_with(&Engine::default().with_module(module(start)), |_| Some(wasm.clone()));
    assert_eq!(replay(0).unwrap().calls, 3);
    let error = replay(1).unwrap_err().to_string();
    assert!(error.contains("what came of `generate_rules` was `reply ") && error.contains("trapped"), "{error}");
}

const LOG: &str = r#"(import "dorcas" "log" (func $log (param i32 i32 i32)))"#;

type Lines = Arc<Mutex<Vec<(Level, String)>>>;

fn logging() -> (Engine, Lines) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&lines);
    let engine = Engine::default().with_log(move |level, text| kept.lock().unwrap().push((level, text.to_owned())));
    (engine, lines)
}

#[test]
fn a_log_message_is_delivered_as_it_may_be_shown() {
    let (engine, lines) = logging();
    let body = "(memory.copy (i32.const 512) (i32.const 16) (i32.const 4))
        (i32.store8 (i32.const 516) (i32.const 27)) (i32.store8 (i32.const 517) (i32.const 255))
        (call $log (i32.const 1) (i32.const 512) (i32.const 6)) (call $log (i32.const 77) (i32.const 16) (i32.const 4))
        (memory.fill (i32.const 512) (i32.const 97) (i32.const 2000))
        (call $log (i32.const 0) (i32.const 512) (i32.const 2000))";
    call(&load(&engine, LOG, body)).unwrap();
    let long = format!("{}... (2000 bytes)", "a".repeat(1000));
    let expected =
        [(Level::Warning, "good\\u{1b}\u{fffd}".to_owned()), (Level::Debug, "good".to_owned()), (Level::Error, long)];
    assert_eq!(*lines.lock().unwrap(), expected);
}

#[test]
fn a_log_is_bounded() {
    let (engine, lines) = logging();
    let limits = Limits { fuel_per_call: 1 << 40, ..Limits::default() };
    let engine = Engine::new(Config { limits, ..engine.config().clone() }).with_log({
        let lines = Arc::clone(&lines);
        move |level, text| lines.lock().unwrap().push((level, text.to_owned()))
    });
    call(&load(&engine, LOG, &looping("(call $log (i32.const 0) (i32.const 16) (i32.const 0))"))).unwrap();
    let lines = lines.lock().unwrap();
    assert_eq!(lines.len(), 2049);
    assert_eq!(lines[2048], (Level::Warning, "further messages of this instance are left out".to_owned()));
}

#[test]
fn a_log_changes_no_result_and_no_fuel() {
    let body = "(call $log (i32.const 0) (i32.const 16) (i32.const 4))";
    let quiet = Engine::default().with_log(|_, _| {});
    let (loud, _) = logging();
    let outcome = |engine: &Engine| {
        let (response, stats) = load(engine, LOG, body).call_measured::<GenerateRules>(&GenerateRequest::default());
        (response.unwrap(), stats)
    };
    assert_eq!(outcome(&quiet), outcome(&loud));
}

#[test]
fn a_log_is_off_unless_granted() {
    let error = Engine::default().load(&wasm(LOG, "")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a guest imports nothing, this module imports `dorcas.log`, a function (i32, i32, i32) -> () (module.no-imports)"
    );
}
