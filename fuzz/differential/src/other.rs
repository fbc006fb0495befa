//! wasmtime, set up as the host sets up wasmi.

use wasmtime::{
    Config, Engine, Instance, Memory, Module, Store, StoreLimits, StoreLimitsBuilder, Trap, TypedFunc, WasmParams,
    WasmResults,
};

/// A module compiled by wasmtime.
pub(crate) struct Other {
    engine: Engine,
    module: Module,
}

/// An instance of it.
pub(crate) struct Running {
    store: Store<StoreLimits>,
    instance: Instance,
}

/// Why a call has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// Fuel or stack: nothing to compare.
    Exhausted,
    /// A trap, by the words that the host has for it.
    Trap(&'static str),
}

/// Much more than the host allows: units of the two are not the same, and the host's limit is the one that is met.
const FUEL: u64 = 10_000_000_000;

impl Other {
    pub(crate) fn compile(wasm: &[u8]) -> Self {
        let mut config = Config::new();
        config
            .consume_fuel(true)
            .cranelift_nan_canonicalization(true)
            .wasm_backtrace_max_frames(None)
            .wasm_memory64(false)
            .wasm_multi_memory(false)
            // Checks instead of signals and of address space: the fuzzer has handlers and limits of its own.
            .signals_based_traps(false)
            .memory_reservation(0)
            .memory_guard_size(0)
            .memory_reservation_for_growth(1 << 20)
            .memory_init_cow(false);
        let engine = Engine::new(&config).expect("the configuration makes sense");
        let module = Module::new(&engine, wasm).expect("what the host accepts is a module");
        Self { engine, module }
    }

    /// Nothing where a segment lies outside.
    pub(crate) fn instantiate(&self, memory_bytes: usize, table_elements: usize) -> Option<Running> {
        let limits = StoreLimitsBuilder::new().memory_size(memory_bytes).table_elements(table_elements).build();
        let mut store = Store::new(&self.engine, limits);
        store.limiter(|limits| limits);
        store.set_fuel(FUEL).expect("fuel is on");
        let instance = Instance::new(&mut store, &self.module, &[]).ok()?;
        Some(Running { store, instance })
    }
}

impl Running {
    pub(crate) fn call<P: WasmParams, R: WasmResults>(&mut self, export: &str, params: P) -> Result<R, Stopped> {
        self.store.set_fuel(FUEL).expect("fuel is on");
        let function: TypedFunc<P, R> =
            self.instance.get_typed_func(&mut self.store, export).expect("the host has found it");
        function.call(&mut self.store, params).map_err(|error| stopped(error.downcast_ref().copied()))
    }

    pub(crate) fn has(&mut self, export: &str) -> bool {
        self.instance.get_func(&mut self.store, export).is_some()
    }

    pub(crate) fn memory(&mut self) -> &mut [u8] {
        let memory: Memory = self.instance.get_memory(&mut self.store, "memory").expect("a guest has a memory");
        memory.data_mut(&mut self.store)
    }
}

fn stopped(trap: Option<Trap>) -> Stopped {
    Stopped::Trap(match trap.expect("nothing but traps ends a call") {
        Trap::OutOfFuel | Trap::StackOverflow => return Stopped::Exhausted,
        Trap::UnreachableCodeReached => "unreachable",
        Trap::MemoryOutOfBounds => "memory access out of bounds",
        Trap::TableOutOfBounds => "table access out of bounds",
        Trap::IndirectCallToNull => "indirect call to null",
        Trap::BadSignature => "indirect call with the wrong type",
        Trap::IntegerDivisionByZero => "integer division by zero",
        Trap::IntegerOverflow => "integer overflow",
        Trap::BadConversionToInteger => "float out of range for an integer",
        trap => panic!("{trap}"),
    })
}
