//! How is an instance made, and what can be asked of it?

use super::{
    Function, Site, TypedExport, Values,
    code::{Code, INITIALIZE, START},
};
use crate::{
    error::{At, CallError, ExportError, INSTANTIATION},
    interface::{ExternType, FunctionType, Value},
    module::{self, States},
    run::Run,
    sandbox::{defect::caught, memory, slices, start, store::StoreData, trap},
    stats::CallStats,
};
use dorcas_abi::Span;
use std::{any::Any, fmt, sync::Arc};
use wasmi::{Memory, Store, TypedFunc, Val, WasmParams, WasmResults};

/// A [`Module`](crate::Module)'s memory and globals, the states of its host modules, and calls in it one after the other.
///
/// The host owns its life. It is *new* until its start function and `_initialize` have run, which [`Module::start`] sees to;
/// then it is *ready*; and the first trap, exhausted limit, or [`Halt`](crate::module::Halt) *poisons* it: the module may
/// have stopped halfway through any change, so that no call goes through any more, each is answered by
/// [`CallError::Poisoned`]. Its memory and states can be looked at all the while.
///
/// ```
/// use dorcas_host::{Engine, abi::Span, module::PtrLen};
///
/// let wasm = wat::parse_str(r#"(module
///     (memory (export "memory") 1)
///     (data (i32.const 16) "hello")
///     (func (export "greeting") (result i64) (i64.const 0x1000000005))
///     (func (export "fail") (unreachable)))"#)?;
/// let module = Engine::default().module(&wasm)?;
/// let greeting = module.export::<(), PtrLen>("greeting")?;
/// let fail = module.export::<(), ()>("fail")?;
///
/// let mut instance = module.start()?;
/// let PtrLen(span) = instance.call(&greeting, ())?;
/// assert_eq!(instance.bytes(span), Some(&b"hello"[..]));
///
/// assert_eq!(instance.call(&fail, ()).unwrap_err().to_string(), "`fail` of the module trapped: unreachable");
/// assert_eq!(
///     instance.call(&greeting, ()).unwrap_err().to_string(),
///     "`greeting` of the module was not called: the instance is poisoned since `fail` of the module trapped: unreachable"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`Module::start`]: crate::Module::start
pub struct Instance {
    pub(super) code: Arc<Code>,
    pub(super) name: Arc<str>,
    /// Whether errors speak of a module, and not of a guest.
    pub(super) is_module: bool,
    pub(super) run: Option<Run>,
    pub(super) store: Store<StoreData>,
    inner: wasmi::Instance,
    pub(super) memory: Option<Memory>,
    /// The exports that were called before, at their places.
    found: Vec<Option<Box<dyn Any + Send + Sync>>>,
    /// Most fuel of a call, beside what the limits say.
    pub(super) fuel_per_call: Option<u64>,
    /// Fuel that the limits have for the call.
    pub(super) entitled: u64,
    /// Fuel that the call had at its beginning: less than that where the run had less.
    pub(super) granted: u64,
    /// What its memory came to then.
    pub(super) touched: u64,
    pub(super) phase: Phase,
}

/// What an instance has behind it.
pub(super) enum Phase {
    /// Nothing has run.
    New,
    /// It is initialised.
    Ready,
    /// It can't be trusted any more, since this.
    Poisoned(String),
}

impl Instance {
    /// Makes one in which nothing has run. Limits and fuel are set before anything of the module exists.
    pub(crate) fn make(
        code: &Arc<Code>,
        name: &Arc<str>,
        run: Option<&Run>,
        is_module: bool,
        memory_bytes: u64,
        states: States,
    ) -> Result<Self, CallError> {
        let at = At::new(name, INSTANTIATION, INSTANTIATION, is_module);
        if run.is_some_and(Run::is_interrupted) {
            return Err(CallError::Interrupted { at });
        }
        let made = caught(|| {
            let limits = &code.config.limits;
            let mut store = Store::new(&code.engine, StoreData::new(limits, memory_bytes));
            store.limiter(|data| data);
            slices::for_instantiation(&mut store, limits.fuel_per_call);
            let begun = code.links.begin(&mut store, states);
            begun.map_err(|state| CallError::State { at: at.clone(), state })?;
            let not_instantiated = |error| trap::not_instantiated(at.clone(), &error);
            let imports = code.links.bind(&mut store, &code.module).map_err(not_instantiated)?;
            let instance = wasmi::Instance::new(&mut store, &code.module, &imports).map_err(not_instantiated)?;
            if let Some(memory) = code.memory().and_then(|memory| instance.get_memory(&store, memory)) {
                store.data_mut().memory = Some(memory);
            }
            let memory = store.data().memory;
            let mut instance = Self {
                code: Arc::clone(code),
                name: Arc::clone(name),
                is_module,
                run: run.cloned(),
                store,
                inner: instance,
                memory,
                found: Vec::new(),
                fuel_per_call: None,
                entitled: 0,
                granted: 0,
                touched: 0,
                phase: Phase::New,
            };
            let panic = instance.global(dorcas_abi::export::PANIC);
            let address = if let Some(Value::I32(address)) = panic { Some(address.cast_unsigned()) } else { None };
            instance.store.data_mut().panic_address = address;
            Ok(instance)
        });
        made.unwrap_or_else(|what| Err(CallError::Defect { at, what }))
    }

    /// Runs the start function and `_initialize`, on one budget of fuel, of which making the instance is a part.
    pub(crate) fn begin_life(&mut self, stats: &mut CallStats) -> Result<(), CallError> {
        let (site, making) = (Site::of(INITIALIZE), Site::of(INSTANTIATION));
        match &self.phase {
            Phase::New => {}
            Phase::Ready => return Err(ExportError::Initializer { name: INITIALIZE.to_owned() }.into()),
            Phase::Poisoned(_) => return self.sound(site),
        }
        self.guarded(site, |this| {
            this.begin(site, 0)?;
            let done = this.charge(making, this.code.instance_fuel).and_then(|()| {
                if this.code.outline.start
                    && let Ok(start) = this.look_up::<(), ()>(&start::name(&this.code.outline))
                {
                    this.enter(making, start, ())?;
                }
                this.look_up::<(), ()>(INITIALIZE).map_or(Ok(()), |initialize| this.enter(site, initialize, ()))
            });
            if done.is_ok() {
                this.phase = Phase::Ready;
            }
            this.end(site, stats, done)
        })
    }

    /// Initialises an instance of [`Module::instantiate`](crate::Module::instantiate): runs its start function and
    /// `_initialize`, where it has them. Says what that took, the making of the instance included.
    ///
    /// Fails if it was initialised before.
    pub fn initialize(&mut self) -> (Result<(), CallError>, CallStats) {
        let mut stats = CallStats::default();
        (self.begin_life(&mut stats), stats)
    }

    /// Calls an export.
    pub fn call<A: Values, R: Values>(&mut self, export: &TypedExport<A, R>, args: A) -> Result<R, CallError> {
        self.call_measured(export, args).0
    }

    /// Calls an export, and says what that took, in case of an error too.
    pub fn call_measured<A: Values, R: Values>(
        &mut self,
        export: &TypedExport<A, R>,
        args: A,
    ) -> (Result<R, CallError>, CallStats) {
        let mut stats = CallStats::default();
        (self.run_export(export, args, &mut stats), stats)
    }

    fn run_export<A: Values, R: Values>(
        &mut self,
        export: &TypedExport<A, R>,
        args: A,
        stats: &mut CallStats,
    ) -> Result<R, CallError> {
        if !Arc::ptr_eq(&self.code, &export.code) {
            return Err(ExportError::OtherModule { name: export.name().to_owned() }.into());
        }
        let site = Site::of(export.name());
        self.sound(site)?;
        let function = self.find(export)?;
        let returned = self.guarded(site, |this| {
            this.begin(site, 0)?;
            let outcome = this.enter(site, function, args.into_engine());
            this.end(site, stats, outcome)
        })?;
        self.is_over(site.called);
        Ok(R::of_engine(returned))
    }

    /// Calls an export by its name, with values whose types are compared now: for tools, which don't know them before.
    pub fn call_values(&mut self, name: &str, args: &[Value]) -> Result<Vec<Value>, CallError> {
        self.call_values_measured(name, args).0
    }

    /// Calls an export by its name, and says what that took, in case of an error too.
    pub fn call_values_measured(&mut self, name: &str, args: &[Value]) -> (Result<Vec<Value>, CallError>, CallStats) {
        let mut stats = CallStats::default();
        (self.run_values(name, args, &mut stats), stats)
    }

    fn run_values(&mut self, name: &str, args: &[Value], stats: &mut CallStats) -> Result<Vec<Value>, CallError> {
        let asked = || {
            let types: Vec<_> = args.iter().map(|value| value.ty().to_string()).collect();
            format!("function of ({})", types.join(", "))
        };
        let ty = self.code.callable(name, &asked)?;
        if !ty.params.iter().copied().eq(args.iter().map(|value| value.ty())) {
            let found = ExternType::Function { signature: ty.to_string() }.to_string();
            return Err(ExportError::Type { name: name.to_owned(), asked: asked(), found }.into());
        }
        let site = Site::of(name);
        self.sound(site)?;
        let Some(function) = self.inner.get_func(&self.store, name) else {
            return Err(ExportError::OtherModule { name: name.to_owned() }.into());
        };
        let params: Vec<_> = args.iter().map(|value| into_engine(*value)).collect();
        let mut results = vec![Val::I32(0); ty.results.len()];
        self.guarded(site, |this| {
            this.begin(site, 0)?;
            let outcome = this.enter_values(site, function, &params, &mut results);
            this.end(site, stats, outcome)
        })?;
        self.is_over(name);
        Ok(results.iter().filter_map(of_engine).collect())
    }

    /// A command runs once.
    fn is_over(&mut self, called: &str) {
        if called == START && self.code.is_command() {
            self.phase = Phase::Poisoned("`_start` returned: a command runs once".to_owned());
        }
    }

    /// The function of an export, which is looked up once.
    fn find<A: Values, R: Values>(
        &mut self,
        export: &TypedExport<A, R>,
    ) -> Result<Function<A::Engine, R::Engine>, CallError> {
        if self.found.is_empty() {
            self.found.resize_with(self.code.outline.exports.len(), || None);
        }
        let known = self.found[export.place].as_ref().and_then(|function| function.downcast_ref());
        if let Some(function) = known {
            return Ok(*function);
        }
        let function = self.look_up(export.name())?;
        self.found[export.place] = Some(Box::new(function));
        Ok(function)
    }

    /// A function by its name and type.
    pub(crate) fn look_up<P: WasmParams, R: WasmResults>(&self, name: &str) -> Result<Function<P, R>, ExportError> {
        let function: Result<TypedFunc<P, R>, _> = self.inner.get_typed_func(&self.store, name);
        function.map(Function).map_err(|error| ExportError::Type {
            name: name.to_owned(),
            asked: "function of another type".to_owned(),
            found: error.to_string(),
        })
    }

    /// The state of the host module whose functions take an `S`; the first one, if several do. `None` if there is none.
    pub fn state<S: Send + 'static>(&mut self) -> Option<&mut S> {
        module::state(self.store.data_mut(), None)
    }

    /// The state of the host module of that name. `None` if there is none, or it is no `S`.
    pub fn state_of<S: Send + 'static>(&mut self, module: &str) -> Option<&mut S> {
        module::state(self.store.data_mut(), Some(module))
    }

    /// The bytes of a span. `None` if it isn't inside of the memory.
    pub fn bytes(&self, span: Span) -> Option<&[u8]> {
        memory::bytes(self.memory?.data(&self.store), span)
    }

    /// The bytes of a span to write to. `None` if it isn't inside of the memory.
    pub fn bytes_mut(&mut self, span: Span) -> Option<&mut [u8]> {
        memory::bytes_mut(self.memory?.data_mut(&mut self.store), span)
    }

    /// Looks at its memory as a function of a host module does, which may make it larger: for an allocator of the host's. What
    /// `work` does takes no fuel of a call, and there is at most as much of it as the limits have for one.
    ///
    /// ```
    /// # use dorcas_host::{Engine, abi::Span};
    /// let wasm = wat::parse_str(r#"(module (memory (export "memory") 1))"#)?;
    /// let mut instance = Engine::default().module(&wasm)?.start()?;
    /// let written = instance.with_memory(|memory| {
    ///     memory.grow(1)?;
    ///     memory.write(65_536, 7_u32)
    /// });
    /// assert!(written.is_ok());
    /// assert_eq!(instance.bytes(Span { ptr: 65_536, len: 4 }), Some(&[7, 0, 0, 0][..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_memory<T>(&mut self, work: impl FnOnce(&mut module::Memory<'_>) -> T) -> T {
        let fuel = self.code.config.limits.fuel_per_call;
        module::outside(&mut self.store, self.memory, fuel, work)
    }

    /// Size of its memory at present; 0 if it has none that is exported or imported.
    pub fn memory_bytes(&self) -> u64 {
        self.memory.map_or(0, |memory| memory.data_size(&self.store) as u64)
    }

    /// The value of an exported global. `None` if there is none of that name, or it is no number.
    pub fn global(&self, name: &str) -> Option<Value> {
        of_engine(&self.inner.get_global(&self.store, name)?.get(&self.store))
    }

    /// Sets an exported global. False if there is none of that name, if it is constant, or of another type.
    #[must_use]
    pub fn set_global(&mut self, name: &str, value: Value) -> bool {
        let global = self.inner.get_global(&self.store, name);
        global.is_some_and(|global| global.set(&mut self.store, into_engine(value)).is_ok())
    }

    /// Gives each call from now on no more fuel than this, beside what the limits and the run say. `None`: what they say.
    pub fn set_fuel_per_call(&mut self, fuel: Option<u64>) {
        self.fuel_per_call = fuel;
    }

    /// Whether no call goes through any more.
    pub fn is_poisoned(&self) -> bool {
        matches!(self.phase, Phase::Poisoned(_))
    }

    /// The type of an exported function: [`Module::function_type`](crate::Module::function_type).
    pub fn function_type(&self, name: &str) -> Option<FunctionType> {
        self.code.function_type(name)
    }

    /// What it was made of.
    pub(crate) fn code(&self) -> &Arc<Code> {
        &self.code
    }

    pub(crate) fn name(&self) -> &Arc<str> {
        &self.name
    }

    pub(crate) fn rename(&mut self, name: Arc<str>) {
        self.name = name;
    }

    /// All of its memory.
    pub(crate) fn memory(&self) -> &[u8] {
        self.memory.map_or(&[], |memory| memory.data(&self.store))
    }

    /// Growth of its memory that a limit prevented.
    pub(crate) fn refused(&self) -> Option<crate::error::MemoryRefused> {
        self.store.data().refused
    }
}

fn into_engine(value: Value) -> Val {
    match value {
        Value::I32(value) => Val::I32(value),
        Value::I64(value) => Val::I64(value),
        Value::F32(value) => Val::F32(wasmi::F32::from_bits(value.to_bits())),
        Value::F64(value) => Val::F64(wasmi::F64::from_bits(value.to_bits())),
    }
}

fn of_engine(value: &Val) -> Option<Value> {
    Some(match value {
        Val::I32(value) => Value::I32(*value),
        Val::I64(value) => Value::I64(*value),
        Val::F32(value) => Value::F32(f32::from_bits(value.to_bits())),
        Val::F64(value) => Value::F64(f64::from_bits(value.to_bits())),
        _ => return None,
    })
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("module", &self.name)
            .field("memory_bytes", &self.memory_bytes())
            .field("is_poisoned", &self.is_poisoned())
            .finish_non_exhaustive()
    }
}
