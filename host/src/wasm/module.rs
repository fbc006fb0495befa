//! What can be asked of a module that was loaded?

use super::{Instance, Values, code::Code};
use crate::{
    config::Config,
    digest::Digest,
    engine::Engine,
    error::{CallError, ExportError, LoadError},
    interface::{ExternType, FunctionType},
    module::States,
    outline::Outline,
    run::Run,
    stats::CallStats,
};
use std::{fmt, marker::PhantomData, sync::Arc};

/// Any WebAssembly module: checked against the limits and features of its [`Engine`], compiled, and its imports found among
/// the engine's [host modules](crate::HostModule). It need not be a language.
///
/// It never changes, clones cheaply, and may be used from any number of threads. [`Module::start`] makes an [`Instance`].
///
/// ```
/// use dorcas_host::Engine;
///
/// let wasm = wat::parse_str(r#"(module
///     (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"#)?;
/// let module = Engine::default().module(&wasm)?;
/// let add = module.export::<(i32, i32), i32>("add")?;
/// assert_eq!(module.start()?.call(&add, (1, 2))?, 3);
///
/// let wrong = module.export::<i64, i64>("add").unwrap_err();
/// assert_eq!(
///     wrong.to_string(),
///     "`add` is a function (i32, i32) -> i32; it was asked for as a function (i64) -> i64"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Module {
    code: Arc<Code>,
    name: Arc<str>,
    run: Option<Run>,
    /// Most bytes of memory of an instance.
    memory_bytes: u64,
}

/// A function that a [`Module`] exports, with its type: found once, called in any instance of the module.
pub struct TypedExport<A, R> {
    pub(super) code: Arc<Code>,
    /// Its place among the exports.
    pub(super) place: usize,
    types: PhantomData<fn(A) -> R>,
}

impl Engine {
    /// Turns the bytes of a module into one whose exports can be called, whatever they are.
    ///
    /// First the bytes are measured ([`Outline`]), then the imports are looked for, then the module is compiled. Nothing of
    /// it runs. A language is loaded by [`Engine::load`], which has the rules of the ABI beside these.
    pub fn module(&self, wasm: &[u8]) -> Result<Module, LoadError> {
        let code = Code::load(self, wasm, Digest::of(wasm), |outline, grants| {
            let strange = grants.strange(outline);
            if strange.is_empty() { grants.resolve(outline) } else { Err(LoadError::Unprovided(strange)) }
        })?;
        let memory_bytes = self.config.limits.memory_bytes;
        Ok(Module { code, name: Arc::from(""), run: self.run.clone(), memory_bytes })
    }
}

impl Module {
    /// The same module with a name, by which errors speak of it.
    #[must_use]
    pub fn named(self, name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The same module, for calls that belong to a run.
    #[must_use]
    pub fn in_run(&self, run: &Run) -> Self {
        Self { run: Some(run.clone()), ..self.clone() }
    }

    /// The same module, for instances that have less memory than the limits of the engine allow.
    #[must_use]
    pub fn with_memory_bytes(self, memory_bytes: u64) -> Self {
        Self { memory_bytes: memory_bytes.min(self.config().limits.memory_bytes), ..self }
    }

    /// Its imports, exports and sizes.
    pub fn outline(&self) -> &Outline {
        &self.code.outline
    }

    /// The SHA-256 of its bytes.
    pub fn digest(&self) -> Digest {
        self.code.digest
    }

    /// The configuration under which it runs.
    pub fn config(&self) -> &Config {
        &self.code.config
    }

    /// An exported function that takes an `A` and returns an `R`. The types are compared here, and not when it is called.
    pub fn export<A: Values, R: Values>(&self, name: &str) -> Result<TypedExport<A, R>, ExportError> {
        let asked = FunctionType { params: A::types(), results: R::types() };
        let describe = || ExternType::Function { signature: asked.to_string() }.to_string();
        let found = self.code.callable(name, &describe)?;
        let place = self.code.outline.exports.iter().position(|export| export.name == name);
        match place {
            Some(place) if found == asked => {
                Ok(TypedExport { code: Arc::clone(&self.code), place, types: PhantomData })
            }
            _ => Err(ExportError::Type {
                name: name.to_owned(),
                asked: describe(),
                found: ExternType::Function { signature: found.to_string() }.to_string(),
            }),
        }
    }

    /// The type of an exported function. `None` if there is no such function, or it is not made of numbers alone.
    ///
    /// For tools that don't know the types when they are compiled; they call by [`Instance::call_values`].
    pub fn function_type(&self, name: &str) -> Option<FunctionType> {
        self.code.function_type(name)
    }

    /// Whether it is a command of WASI: a program whose `_start` runs once. It has no other function that can be called.
    pub fn is_command(&self) -> bool {
        self.code.is_command()
    }

    /// Fuel that an instance costs, beside what `_initialize` takes: for its memory, data and tables.
    pub fn instance_fuel(&self) -> u64 {
        self.code.instance_fuel
    }

    /// A fresh instance that is ready to be called: its host modules have made their states, and its start function and
    /// `_initialize` have run, where it has them.
    pub fn start(&self) -> Result<Instance, CallError> {
        self.start_with_states(States::new())
    }

    /// The same with a state of yours, for the host module whose functions take an `S`: one module, loaded once, may have
    /// many instances with different states. [`Instance::state`] has it afterwards.
    ///
    /// ```
    /// use dorcas_host::{Engine, HostModule};
    ///
    /// struct Answer(u32);
    ///
    /// let wasm = wat::parse_str(r#"(module
    ///     (import "my_host_module" "answer" (func $answer (result i32)))
    ///     (func (export "run") (result i32) (call $answer)))"#)?;
    /// let host = HostModule::new("my_host_module", || Answer(42)).function("answer", |state: &mut Answer| state.0);
    /// let module = Engine::default().with_module(host).module(&wasm)?;
    /// let run = module.export::<(), u32>("run")?;
    /// assert_eq!(module.start()?.call(&run, ())?, 42);
    /// assert_eq!(module.start_with(Answer(21))?.call(&run, ())?, 21);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn start_with<S: Send + 'static>(&self, state: S) -> Result<Instance, CallError> {
        self.start_with_states(States::new().with(state))
    }

    /// The same with states for several host modules, or for one that is named.
    pub fn start_with_states(&self, states: States) -> Result<Instance, CallError> {
        self.start_measured(states).0
    }

    /// The same, and what it took, in case of an error too.
    pub fn start_measured(&self, given: States) -> (Result<Instance, CallError>, CallStats) {
        let mut stats = CallStats::default();
        let started = self.make(given).and_then(|mut instance| {
            instance.begin_life(&mut stats)?;
            Ok(instance)
        });
        (started, stats)
    }

    /// A fresh instance in which nothing has run, not even `_initialize`. No function of it can be called before
    /// [`Instance::initialize`]; its memory and globals can be looked at, and written.
    ///
    /// For tools that look at what initialisation does. [`Module::start`] does both.
    pub fn instantiate(&self) -> Result<Instance, CallError> {
        self.make(States::new())
    }

    fn make(&self, states: States) -> Result<Instance, CallError> {
        Instance::make(&self.code, &self.name, self.run.as_ref(), true, self.memory_bytes, states)
    }
}

impl<A, R> TypedExport<A, R> {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.code.outline.exports[self.place].name
    }
}

impl<A, R> Clone for TypedExport<A, R> {
    fn clone(&self) -> Self {
        Self { code: Arc::clone(&self.code), place: self.place, types: PhantomData }
    }
}

impl<A, R> fmt::Debug for TypedExport<A, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TypedExport").field(&self.name()).finish()
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module").field("name", &self.name).field("digest", &self.digest()).finish_non_exhaustive()
    }
}
