use super::Stage;
use crate::subject;
use dorcas_host::{Config, Engine, GuestInstance, HostModule, Limits, module::Array};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use wasmi::{Caller, Linker, Memory, Store, TypedFunc};

/// A call of a typed function of the host, beside the same written by hand against the engine, both from the same
/// WebAssembly code.
///
/// The ones by hand do the same: they keep a state, compare addresses with the memory, check UTF-8. They neither charge
/// fuel for what they do nor catch a panic.
pub(super) fn stages() -> Vec<Stage> {
    let mut stages = Vec::new();
    for case in CASES {
        let group = format!("function of the host, {}", case.name);
        let wasm = case.wasm(case.calls);
        let sums: [Arc<AtomicU64>; 2] = Default::default();
        let mut by_hand = ByHand::new(&wasm, &sums[0]).expect("it is valid");
        let mut typed = typed(&wasm, &sums[1]);
        by_hand.call();
        typed.call_bytes("generate_rules", b"").expect("it traps nowhere");
        let [a, b] = sums.each_ref().map(|sum| sum.load(Ordering::Relaxed));
        assert!(a == b && a != 0, "{}: {a} and {b}", case.name);

        stages.push(case.stage(&group, "by hand", move || by_hand.call()));
        stages.push(case.stage(&group, "typed", move || {
            typed.call_bytes("generate_rules", b"").expect("it traps nowhere");
        }));
    }
    stages
}

/// A function, and how the guest calls it.
struct Case {
    name: &'static str,
    /// Calls in one of the guest's.
    calls: u32,
    import: &'static str,
    call: &'static str,
}

const CASES: [Case; 4] = [
    Case {
        name: "three scalars",
        calls: 6_400,
        import: r#"(import "bench" "scalars" (func $f (param i32 i32 i64) (result i64)))"#,
        call: "(local.set $sum (i64.add (local.get $sum) (call $f (i32.const 3) (i32.const 4) (local.get $sum))))",
    },
    Case {
        name: "a string of 24 bytes",
        calls: 6_400,
        import: r#"(import "bench" "string" (func $f (param i32 i32) (result i64)))"#,
        call: "(local.set $sum (i64.add (local.get $sum) (call $f (i32.const 64) (i32.const 24))))",
    },
    Case {
        name: "24 bytes to write to",
        calls: 6_400,
        import: r#"(import "bench" "buffer" (func $f (param i32 i32) (result i64)))"#,
        call: "(local.set $sum (i64.add (local.get $sum) (call $f (i32.const 600) (i32.const 24))))",
    },
    Case {
        name: "an array of 10,000 u32",
        calls: 128,
        import: r#"(import "bench" "array" (func $f (param i32 i32) (result i64)))"#,
        call: "(local.set $sum (i64.add (local.get $sum) (call $f (i32.const 4096) (i32.const 10000))))",
    },
];

/// Calls in one turn of the guest's loop, so that the loop itself doesn't count.
const UNROLLED: u32 = 64;

impl Case {
    /// A stage of single calls, though the guest makes many at once.
    fn stage(&self, group: &str, name: &'static str, mut work: impl FnMut() + 'static) -> Stage {
        let calls = u64::from(self.calls);
        Stage::new(group, name, move |times| {
            let turns = times.div_ceil(calls);
            let started = Instant::now();
            (0..turns).for_each(|_| work());
            #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
            let part = times as f64 / (turns * calls) as f64;
            started.elapsed().mul_f64(part).max(Duration::from_nanos(1))
        })
    }

    /// A guest whose `generate_rules` makes the calls, and then tells the sum of the results.
    fn wasm(&self, calls: u32) -> Vec<u8> {
        let Self { import, call, .. } = self;
        let imports = format!(r#"(module {import} (import "bench" "done" (func $done (param i64)))"#);
        let data =
            format!(r#"(data (i32.const 64) "{TEXT}") (data (i32.const 4096) "{NUMBERS}") (data (i32.const 16)"#);
        let head = r#"(func (export "generate_rules") (param i32 i32) (result i64)"#;
        let body = format!(
            "{head} (local $sum i64) (local $turns i32)
            (loop $again {calls}
              (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
              (br_if $again (i32.lt_u (local.get $turns) (i32.const {turns}))))
            (call $done (local.get $sum))",
            calls = call.repeat(UNROLLED as usize),
            turns = calls / UNROLLED,
        );
        let good = include_str!("../../../host/tests/guests/good.wat");
        let text = good.replacen("(module", &imports, 1).replace("(data (i32.const 16)", &data).replace(head, &body);
        wat::parse_str(text).expect("it is WebAssembly text")
    }
}

const TEXT: &str = "//a/b/c:some_proto_lib_x";
const NUMBERS: &str = r"\01\00\00\00\02\00\00\00\ff\ff\ff\ff";

/// What both keep.
struct State {
    calls: u64,
    /// What the guest has come to.
    sum: Arc<AtomicU64>,
}

impl State {
    fn scalars(&mut self, a: u32, b: u32, c: u64) -> u64 {
        self.calls += 1;
        u64::from(a ^ b) + (c >> 1)
    }

    fn string(&mut self, text: &str) -> u64 {
        self.calls += 1;
        text.rfind(':').unwrap_or(0) as u64
    }

    fn buffer(&mut self, buffer: &mut [u8]) -> u64 {
        self.calls += 1;
        buffer.fill(1);
        self.calls ^ buffer.len() as u64
    }

    fn done(&mut self, sum: u64) {
        self.sum.store(sum, Ordering::Relaxed);
    }

    fn array(&mut self, numbers: impl Iterator<Item = u32>) -> u64 {
        self.calls += 1;
        numbers.map(u64::from).sum()
    }
}

/// The typed ones.
fn typed(wasm: &[u8], sum: &Arc<AtomicU64>) -> GuestInstance {
    let sum = Arc::clone(sum);
    let module = HostModule::new("bench", move || State { calls: 0, sum: Arc::clone(&sum) })
        .function("done", State::done)
        .function("scalars", State::scalars)
        .function("string", State::string)
        .function("buffer", State::buffer)
        .function("array", |state: &mut State, numbers: Array<'_, u32>| state.array(numbers.iter()));
    let limits = Limits { fuel_per_call: 1 << 50, ..subject::config().limits };
    let engine = Engine::new(Config { limits, ..subject::config() }).with_module(module);
    engine.load(wasm).expect("it is a guest").instantiate().expect("it has no `_initialize`")
}

/// The same by hand.
struct ByHand {
    store: Store<Data>,
    function: TypedFunc<(u32, u32), i64>,
}

type Data = (State, Option<Memory>);

fn memory<'a>(caller: &'a mut Caller<'_, Data>) -> Result<(&'a mut [u8], &'a mut State), wasmi::Error> {
    let memory = caller.data().1.ok_or_else(|| wasmi::Error::new("no memory"))?;
    let (memory, data) = memory.data_and_store_mut(caller);
    Ok((memory, &mut data.0))
}

fn bytes(memory: &mut [u8], ptr: u32, len: u64) -> Result<&mut [u8], wasmi::Error> {
    let outside = || wasmi::Error::new(format!("{len} bytes at {ptr} are outside"));
    let len = usize::try_from(len).map_err(|_| outside())?;
    memory.get_mut(ptr as usize..).and_then(|rest| rest.get_mut(..len)).ok_or_else(outside)
}

impl ByHand {
    fn new(wasm: &[u8], sum: &Arc<AtomicU64>) -> Result<Self, wasmi::Error> {
        let mut config = wasmi::Config::default();
        config.consume_fuel(true).compilation_mode(wasmi::CompilationMode::Eager);
        let engine = wasmi::Engine::new(&config);
        let mut linker = Linker::<Data>::new(&engine);
        linker.func_wrap("bench", "done", |mut caller: Caller<'_, Data>, sum: u64| caller.data_mut().0.done(sum))?;
        linker.func_wrap("bench", "scalars", |mut caller: Caller<'_, Data>, a: u32, b: u32, c: u64| {
            caller.data_mut().0.scalars(a, b, c)
        })?;
        linker.func_wrap("bench", "string", |mut caller: Caller<'_, Data>, ptr: u32, len: u32| {
            let (memory, state) = memory(&mut caller)?;
            let text = str::from_utf8(bytes(memory, ptr, len.into())?).map_err(|_| wasmi::Error::new("not UTF-8"))?;
            Ok::<_, wasmi::Error>(state.string(text))
        })?;
        linker.func_wrap("bench", "buffer", |mut caller: Caller<'_, Data>, ptr: u32, len: u32| {
            let (memory, state) = memory(&mut caller)?;
            Ok::<_, wasmi::Error>(state.buffer(bytes(memory, ptr, len.into())?))
        })?;
        linker.func_wrap("bench", "array", |mut caller: Caller<'_, Data>, ptr: u32, len: u32| {
            let (memory, state) = memory(&mut caller)?;
            let (numbers, _) = bytes(memory, ptr, 4 * u64::from(len))?.as_chunks();
            Ok::<_, wasmi::Error>(state.array(numbers.iter().map(|bytes| u32::from_le_bytes(*bytes))))
        })?;
        let mut store = Store::new(&engine, (State { calls: 0, sum: Arc::clone(sum) }, None));
        let instance = linker.instantiate_and_start(&mut store, &wasmi::Module::new(&engine, wasm)?)?;
        store.data_mut().1 = instance.get_memory(&store, "memory");
        let function = instance.get_typed_func(&store, "generate_rules")?;
        Ok(Self { store, function })
    }

    fn call(&mut self) {
        self.store.set_fuel(1 << 50).expect("fuel is on");
        self.function.call(&mut self.store, (0, 0)).expect("it traps nowhere");
    }
}
