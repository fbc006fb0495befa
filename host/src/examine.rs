//! How does one look at a module from outside, without trusting it to be a guest?

use crate::{
    config::Config,
    engine::Engine,
    error::{At, CallError, Exceeded, LoadError, TrapKind},
    limits::Limits,
    module::{Links, States},
    outline::Outline,
    sandbox::{
        compile::compile,
        defect::caught,
        dispatch, memory, slices,
        store::{HostStop, StoreData},
        trap,
    },
};
use dorcas_abi::{Span, export};
use std::{fmt, sync::Arc};
use wasmi::{Memory, Store, TypedFunc, WasmParams, WasmResults};

/// A module that was compiled and may or may not be a guest: for tools that examine modules, a conformance runner above
/// all. To use a guest, load it with an [`Engine`](crate::Engine).
///
/// Nothing of it has run. [`Specimen::instantiate`] makes a [`Probe`], which calls single exports with plain numbers.
#[derive(Clone)]
pub struct Specimen {
    engine: wasmi::Engine,
    module: wasmi::Module,
    outline: Arc<Outline>,
    limits: Limits,
    /// What its imports stand for; none where somebody would have to provide them.
    links: Option<Links>,
}

/// An instance of a [`Specimen`]: its memory, and its functions one call at a time.
///
/// It knows no rule of the ABI. Whatever the module does, each call ends, with a value or a [`Stop`], within the fuel
/// that it was given and the memory that the instance may have. Nothing runs by itself, not even `_initialize`.
///
/// ```
/// use dorcas_host::{Config, Specimen, abi::Span};
///
/// let wasm = wat::parse_str(include_str!("../tests/guests/good.wat"))?;
/// let specimen = Specimen::compile(&wasm, &Config::default())?;
/// let mut probe = specimen.instantiate(1 << 20)?;
/// let name = Span::unpack(probe.call("lang_name", &[], 1_000_000)?.i64().expect("an i64"));
/// assert_eq!(probe.read(name), Some(&b"good"[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Probe {
    store: Store<StoreData>,
    instance: wasmi::Instance,
    memory: Option<Memory>,
    limits: Limits,
    fuel_used: u64,
    /// The functions that were called before, by name and number of parameters.
    known: Vec<(&'static str, usize, Function)>,
}

/// A function of one of the types that those of a guest have.
#[derive(Clone, Copy)]
enum Function {
    Initialize(TypedFunc<(), ()>),
    Name(TypedFunc<(), i64>),
    Alloc(TypedFunc<u32, u32>),
    Free(TypedFunc<(u32, u32), ()>),
    Method(TypedFunc<(u32, u32), i64>),
}

/// What a function returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// Nothing.
    Nothing,
    /// An `i32`, as the unsigned number that the ABI takes it for.
    I32(u32),
    /// An `i64`.
    I64(i64),
}

/// Why a function returned nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Stop {
    /// It isn't there, or its type is none of those that a guest's functions have.
    #[error("the module has no function `{export}` of a guest's type with {params} parameters")]
    NoFunction {
        /// The export.
        export: String,
        /// The number of parameters that were passed.
        params: usize,
    },
    /// It used up its fuel.
    #[error("it used up its fuel of {fuel}")]
    Fuel {
        /// How much it had.
        fuel: u64,
    },
    /// It called too deep.
    #[error("it called too deep")]
    Stack,
    /// The machine had no memory.
    #[error("the system had no memory")]
    System,
    /// It trapped.
    #[error("it trapped: {kind}{}{}", panic_text.as_deref().map_or("", |_| "; it said: "), panic_text.as_deref().unwrap_or(""))]
    Trap {
        /// The trap.
        kind: TrapKind,
        /// What the guest left as an explanation, as it may be shown.
        panic_text: Option<String>,
    },
    /// There is no instance: the module could not be instantiated.
    #[error("{0}")]
    NotInstantiated(String),
}

impl Specimen {
    /// Measures and compiles a module. Its imports, exports and start function don't matter, as long as it is valid.
    pub fn compile(wasm: &[u8], config: &Config) -> Result<Self, LoadError> {
        let (engine, module, outline) = caught(|| {
            let outline = Outline::read(wasm, &config.limits)?;
            // A start function is for the caller to judge. It never runs: see `instantiate`.
            let (engine, module) = compile(config, wasm, &outline)?;
            Ok((engine, module, outline))
        })
        .unwrap_or_else(|what| Err(LoadError::Defect { what }))?;
        let links = links(&Engine::default(), &outline);
        Ok(Self { engine, module, outline: Arc::new(outline), limits: config.limits.clone(), links })
    }

    /// The same module, with the functions that guests of an engine may import.
    #[must_use]
    pub fn granted(self, engine: &Engine) -> Self {
        Self { links: links(engine, &self.outline), ..self }
    }

    /// Its imports, exports and sizes.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// Why there can be no instance here, if so: the module has imports that are not granted, or a start function, which
    /// would run, or needs another build of this crate.
    pub fn obstacle(&self) -> Option<String> {
        if self.outline.start {
            return Some("a module with a start function is not instantiated".into());
        }
        if self.links.is_none() {
            return Some("a module with imports that are not granted is not instantiated".into());
        }
        dispatch::check(&self.outline).err().map(|error| error.to_string())
    }

    /// A fresh instance, in which nothing has run, with at most so many bytes of memory.
    pub fn instantiate(&self, memory_bytes: u64) -> Result<Probe, Stop> {
        if let Some(obstacle) = self.obstacle() {
            return Err(Stop::NotInstantiated(obstacle));
        }
        let limits = Limits { memory_bytes, ..self.limits.clone() };
        let mut store = Store::new(&self.engine, StoreData::new(&limits, memory_bytes));
        store.limiter(|limiter| limiter);
        slices::for_instantiation(&mut store, limits.fuel_per_call);
        let mut imports = Vec::new();
        if let Some(links) = &self.links {
            links.begin(&mut store, States::new()).map_err(Stop::NotInstantiated)?;
            imports = links.bind(&mut store, &self.module).map_err(|error| Stop::NotInstantiated(error.to_string()))?;
        }
        let instance = wasmi::Instance::new(&mut store, &self.module, &imports).map_err(|error| {
            Stop::NotInstantiated(match trap::not_instantiated(at("instantiation"), &error) {
                CallError::Violation { what, .. } => what,
                error => error.to_string(),
            })
        })?;
        let memory = instance.get_memory(&store, export::MEMORY);
        store.data_mut().memory = memory;
        let mut probe = Probe { store, instance, memory, limits, fuel_used: 0, known: Vec::new() };
        probe.store.data_mut().panic_address = probe.constant(export::PANIC);
        Ok(probe)
    }
}

fn links(engine: &Engine, outline: &Outline) -> Option<Links> {
    engine.grants.strange(outline).is_empty().then(|| engine.grants.resolve(outline).ok()).flatten()
}

impl Probe {
    /// Calls an export with so much fuel.
    ///
    /// After a [`Stop`] the module may have left off in the middle of anything; a further call is possible, and means
    /// little.
    pub fn call(&mut self, export: &'static str, params: &[u32], fuel: u64) -> Result<Returned, Stop> {
        let Some(function) = self.find(export, params.len()) else {
            self.fuel_used = 0;
            return Err(Stop::NoFunction { export: export.to_owned(), params: params.len() });
        };
        slices::set_fuel(&mut self.store, fuel);
        let outcome = caught(|| match (function, params) {
            (Function::Initialize(function), []) => self.run(function, (), |()| Returned::Nothing),
            (Function::Name(function), []) => self.run(function, (), Returned::I64),
            (Function::Alloc(function), [a]) => self.run(function, *a, Returned::I32),
            (Function::Free(function), [a, b]) => self.run(function, (*a, *b), |()| Returned::Nothing),
            (Function::Method(function), [a, b]) => self.run(function, (*a, *b), Returned::I64),
            _ => unreachable!("it was looked for with as many parameters"),
        });
        self.fuel_used = fuel.saturating_sub(slices::fuel(&self.store));
        match outcome {
            Ok(Ok(returned)) => Ok(returned),
            Ok(Err(error)) => Err(self.stop(&error, export, fuel)),
            Err(defect) => Err(Stop::Trap { kind: TrapKind::Other(defect), panic_text: None }),
        }
    }

    /// An export of a guest's type, with so many parameters. To look one up costs as much as half a call.
    fn find(&mut self, export: &'static str, params: usize) -> Option<Function> {
        let known = self.known.iter().find(|(name, count, _)| (*name, *count) == (export, params));
        if let Some((_, _, function)) = known {
            return Some(*function);
        }
        let function = self.instance.get_func(&self.store, export)?;
        let store = &self.store;
        let found = match params {
            0 => {
                (function.typed(store).map(Function::Name)).or_else(|_| function.typed(store).map(Function::Initialize))
            }
            1 => function.typed(store).map(Function::Alloc),
            2 => (function.typed(store).map(Function::Method)).or_else(|_| function.typed(store).map(Function::Free)),
            _ => return None,
        };
        let found = found.ok()?;
        self.known.push((export, params, found));
        Some(found)
    }

    fn run<P: WasmParams, R: WasmResults>(
        &mut self,
        function: TypedFunc<P, R>,
        params: P,
        returned: impl FnOnce(R) -> Returned,
    ) -> Result<Returned, wasmi::Error> {
        let mode = if dispatch::PORTABLE { slices::Mode::Whole } else { slices::Mode::Sliced(None) };
        let outcome = slices::call(function, &mut self.store, params, mode);
        outcome.map(returned).map_err(|stop| match stop {
            slices::Stop::Engine(error) => error,
            slices::Stop::Interrupted => unreachable!("there is nobody who could interrupt"),
            slices::Stop::Nested => wasmi::Error::new("called by a function of the host"),
        })
    }

    /// The fuel that the last call used, whether it returned or not.
    pub fn fuel_used(&self) -> u64 {
        self.fuel_used
    }

    /// Size of the memory at present.
    pub fn memory_bytes(&self) -> u64 {
        self.memory.map_or(0, |memory| memory.data_size(&self.store) as u64)
    }

    /// The bytes of a span; nothing where it isn't inside the memory.
    pub fn read(&self, span: Span) -> Option<&[u8]> {
        memory::bytes(self.memory?.data(&self.store), span)
    }

    /// The same to write to.
    pub fn bytes_mut(&mut self, span: Span) -> Option<&mut [u8]> {
        memory::bytes_mut(self.memory?.data_mut(&mut self.store), span)
    }

    /// The value of an exported constant of type `i32`.
    pub fn constant(&self, export: &str) -> Option<u32> {
        self.instance.get_global(&self.store, export)?.get(&self.store).i32().map(i32::cast_unsigned)
    }

    fn stop(&mut self, error: &wasmi::Error, export: &'static str, fuel: u64) -> Stop {
        let other = |text: String| Stop::Trap { kind: TrapKind::Other(text), panic_text: None };
        match self.store.data_mut().stop.take() {
            None => {}
            Some(HostStop::Fuel) => return Stop::Fuel { fuel },
            Some(HostStop::Fault(fault)) => return other(fault.to_string()),
            Some(HostStop::Halt { function, halt }) => return other(format!("the host's `{function}`: {halt}")),
            Some(HostStop::Panic { function, what }) => {
                return other(format!("the host's `{function}` panicked: {what}"));
            }
        }
        if error.as_trap_code() == Some(wasmi::TrapCode::OutOfFuel) {
            return Stop::Fuel { fuel };
        }
        let memory = self.memory.map_or(&[][..], |memory| memory.data(&self.store));
        match trap::stopped(at(export), error, &self.limits, self.store.data(), memory) {
            CallError::Trap { kind, panic_text, .. } => Stop::Trap { kind, panic_text },
            CallError::Limit { exceeded: Exceeded::Stack { .. }, .. } => Stop::Stack,
            CallError::Limit { exceeded: Exceeded::System, .. } => Stop::System,
            other => Stop::Trap { kind: TrapKind::Other(other.to_string()), panic_text: None },
        }
    }
}

impl Returned {
    /// The `i32`, if it is one.
    pub fn i32(self) -> Option<u32> {
        if let Self::I32(value) = self { Some(value) } else { None }
    }

    /// The `i64`, if it is one.
    pub fn i64(self) -> Option<i64> {
        if let Self::I64(value) = self { Some(value) } else { None }
    }
}

/// A probe's errors don't say where: the caller knows.
fn at(entry: &'static str) -> At {
    At::guest(&Arc::from(""), entry, entry)
}

impl fmt::Debug for Specimen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Specimen").field("outline", &self.outline).finish_non_exhaustive()
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe").field("memory_bytes", &self.memory_bytes()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUEL: u64 = 1_000_000;

    fn specimen(fields: &str) -> Specimen {
        let wasm = wat::parse_str(format!("(module {fields})")).unwrap();
        Specimen::compile(&wasm, &Config::default()).unwrap()
    }

    fn probe(fields: &str) -> Probe {
        specimen(fields).instantiate(1 << 20).unwrap()
    }

    #[test]
    fn results_are_what_they_are() {
        let mut probe = probe(
            r#"(func (export "none")) (func (export "i32") (param i32) (result i32) (i32.const -1))
            (func (export "i64") (param i32 i32) (result i64) (i64.extend_i32_u (local.get 1)))"#,
        );
        assert_eq!(probe.call("none", &[], FUEL), Ok(Returned::Nothing));
        assert_eq!(probe.call("i32", &[1], FUEL), Ok(Returned::I32(u32::MAX)));
        assert_eq!(probe.call("i64", &[1, u32::MAX], FUEL), Ok(Returned::I64(u32::MAX.into())));
    }

    #[test]
    fn a_function_that_is_not_there() {
        let mut probe = probe(r#"(func (export "f") (param i64))"#);
        assert_eq!(
            probe.call("g", &[], FUEL).unwrap_err().to_string(),
            "the module has no function `g` of a guest's type with 0 parameters"
        );
        assert_eq!(
            probe.call("f", &[1], FUEL).unwrap_err().to_string(),
            "the module has no function `f` of a guest's type with 1 parameters"
        );
    }

    #[test]
    fn a_loop_ends_with_its_fuel() {
        let mut probe = probe(r#"(func (export "f") (loop (br 0)))"#);
        assert_eq!(probe.call("f", &[], 1_000), Err(Stop::Fuel { fuel: 1_000 }));
        assert!(probe.fuel_used() > 900, "{}", probe.fuel_used());
    }

    #[test]
    fn a_recursion_ends_with_the_stack() {
        let mut probe = probe(r#"(func $f (export "f") (call $f))"#);
        assert_eq!(probe.call("f", &[], FUEL), Err(Stop::Stack));
    }

    #[test]
    fn a_trap_comes_with_its_text() {
        let mut probe = probe(
            r#"(memory (export "memory") 1) (global (export "dorcas_panic") i32 (i32.const 16))
            (data (i32.const 16) "\20\00\00\00\04\00\00\00") (data (i32.const 32) "oops")
            (func (export "f") (unreachable))"#,
        );
        assert_eq!(probe.constant("dorcas_panic"), Some(16));
        let stop = probe.call("f", &[], FUEL).unwrap_err();
        assert_eq!(stop.to_string(), "it trapped: unreachable; it said: oops");
    }

    #[test]
    fn memory_is_bounded_for_each_instance() {
        let specimen = specimen(
            r#"(memory (export "memory") 2) (func (export "f") (param i32) (result i32) (memory.grow (local.get 0)))"#,
        );
        let mut roomy = specimen.instantiate(3 << 16).unwrap();
        assert_eq!(roomy.call("f", &[1], FUEL), Ok(Returned::I32(2)));
        assert_eq!(roomy.memory_bytes(), 3 << 16);
        assert_eq!(roomy.call("f", &[1], FUEL), Ok(Returned::I32(u32::MAX)));
        assert!(matches!(specimen.instantiate(1 << 16), Err(Stop::NotInstantiated(_))));
    }

    #[test]
    fn a_start_function_does_not_run() {
        let stop = specimen("(func $f (unreachable)) (start $f)").instantiate(1 << 16).unwrap_err();
        assert_eq!(stop.to_string(), "a module with a start function is not instantiated");
    }

    #[test]
    fn a_module_without_memory_has_no_bytes() {
        let mut probe = probe("");
        assert_eq!((probe.memory_bytes(), probe.read(Span { ptr: 0, len: 0 })), (0, None));
        assert_eq!(probe.bytes_mut(Span { ptr: 0, len: 1 }), None);
    }
}
