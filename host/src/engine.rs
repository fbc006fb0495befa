use crate::{
    CallStats, Digest, Guest, HostModule, Limits, LoadError, Outline, Run, contract,
    defect::caught,
    dispatch,
    error::MAX_NAME_BYTES,
    growth,
    instance::Code,
    module::{self, Grants, Level},
    outline, printable,
};
use std::sync::Arc;

/// Where guests are loaded: a profile and limits that hold for each of them.
///
/// Cheap to clone, and usable from any number of threads.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    config: Arc<Config>,
    run: Option<Run>,
    grants: Grants,
}

/// How an [`Engine`] treats its guests.
///
/// ```
/// # use dorcas_host::{Config, Engine, Limits, Profile};
/// let engine = Engine::new(Config { profile: Profile::Fast, ..Config::default() });
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// What matters most.
    pub profile: Profile,
    /// How much a guest may have.
    pub limits: Limits,
}

/// What matters most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The same input gives the same bytes and uses the same fuel, on every machine and in every instance: all code
    /// is compiled at load.
    #[default]
    Deterministic,
    /// Functions are compiled when they are first called, which makes loading a large guest faster. That work is charged
    /// to the call in which it happens: fuel differs from call to call. Limits hold all the same. Without the feature
    /// `portable-dispatch` it is no different from the other profile.
    Fast,
}

impl Engine {
    /// An engine with a configuration of your own.
    pub fn new(config: Config) -> Self {
        Self { config: Arc::new(config), run: None, grants: Grants::default() }
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The same engine, for guests whose calls all belong to a run, from their loading on.
    #[must_use]
    pub fn in_run(&self, run: &Run) -> Self {
        Self { run: Some(run.clone()), ..self.clone() }
    }

    /// The same engine, with functions that its guests may import. A module takes the place of one of the same name.
    #[must_use]
    pub fn with_module<S: Send + 'static>(mut self, module: HostModule<S>) -> Self {
        self.grants.add(module);
        self
    }

    /// The same engine, with a log that its guests may write to: they may import `dorcas.log`, `(i32, i32, i32) -> ()`,
    /// which takes a level and the address and length of a text.
    ///
    /// `deliver` gets each message as it may be shown: cut after 1,000 bytes, and without anything that steers a terminal.
    /// After 64 KiB an instance is not listened to any more. Messages are never part of a result, and neither is `deliver`:
    /// what it does changes nothing for the guest, not even its fuel. It is called from every thread that calls guests.
    ///
    /// ```
    /// # use dorcas_host::Engine;
    /// let engine = Engine::default().with_log(|level, text| eprintln!("{level:?}: {text}"));
    /// ```
    #[must_use]
    pub fn with_log(self, deliver: impl Fn(Level, &str) + Send + Sync + 'static) -> Self {
        self.with_module(module::log_module(deliver))
    }

    pub(crate) fn grants(&self) -> &Grants {
        &self.grants
    }

    /// This engine with another configuration.
    pub(crate) fn configured(&self, config: &Config) -> Self {
        Self { config: Arc::new(config.clone()), ..self.clone() }
    }

    /// Turns the bytes of a module into a guest.
    ///
    /// First the bytes are measured ([`Outline`]) and the exports compared with the ABI; then the module is compiled;
    /// then a fresh instance is asked for the language's name and for the manifest, under the limits of any call.
    pub fn load(&self, wasm: &[u8]) -> Result<Guest, LoadError> {
        self.load_measured(wasm, &mut CallStats::default())
    }

    pub(crate) fn load_measured(&self, wasm: &[u8], stats: &mut CallStats) -> Result<Guest, LoadError> {
        let digest = Digest::of(wasm);
        let loaded = self
            .checked(wasm)
            .and_then(|(code, outline)| Guest::load(Arc::new(code), outline, digest, self.run.clone(), stats));
        if let Some(recorder) = self.run.as_ref().and_then(Run::recorder) {
            recorder.guest(digest, &self.config, stats.fuel, loaded.as_ref().map(Guest::introduction));
        }
        loaded
    }

    /// All that is done before anything of the guest runs.
    fn checked(&self, wasm: &[u8]) -> Result<(Code, Outline), LoadError> {
        caught(|| {
            let mut outline = Outline::read(wasm, &self.config.limits)?;
            let links = contract::check(&outline, &self.grants)?;
            dispatch::check(&outline)?;
            let (engine, module) = compile(&engine_config(&self.config), wasm, &mut outline)?;
            Ok((Code::new(engine, module, Arc::clone(&self.config), &outline, links), outline))
        })
        .unwrap_or_else(|what| Err(LoadError::Defect { what }))
    }
}

/// Validates and compiles a module with an engine of its own, since wasmi's engine never frees code: dropped with its
/// last guest and instance, it takes the code along.
///
/// The engine validates each function instruction by instruction, each before it compiles it, and notices only at the end
/// of a function that something stands behind its last `end`. A module with such a function doesn't get to it.
pub(crate) fn compile(
    config: &wasmi::Config,
    wasm: &[u8],
    outline: &mut Outline,
) -> Result<(wasmi::Engine, wasmi::Module), LoadError> {
    if !outline.is_readable {
        outline::validate(wasm)?;
    }
    let engine = wasmi::Engine::new(config);
    let stopped = growth::stopped(wasm, outline)?;
    outline.growths = Vec::new();
    let module = wasmi::Module::new(&engine, &stopped).map_err(|error| {
        // Our own words for what isn't valid, the same for every version of the engine.
        outline::validate(wasm)
            .err()
            .unwrap_or_else(|| LoadError::Invalid { what: printable(&error.to_string(), 4 * MAX_NAME_BYTES) })
    })?;
    // Two versions of one validator: none of the modules of all tests may tell them apart.
    debug_assert_eq!(outline::validate(wasm), Ok(()));
    Ok((engine, module))
}

pub(crate) fn engine_config(config: &Config) -> wasmi::Config {
    let limits = &config.limits;
    let (recursion_depth, stack_bytes) = (limits.recursion_depth as usize, limits.stack_bytes as usize);
    let mut engine = wasmi::Config::default();
    engine
        // The minimum goes first to 0, so that no choice of the embedder's is below it, which wasmi answers by a panic.
        .set_min_stack_height(0)
        .set_max_stack_height(stack_bytes)
        .set_min_stack_height(stack_bytes.min(4_096))
        .set_max_recursion_depth(recursion_depth)
        .consume_fuel(true)
        .operator_cost(operator_cost())
        .ignore_custom_sections(true)
        .allow_start_fn(false)
        .compilation_mode(if dispatch::is_eager(config.profile) {
            wasmi::CompilationMode::Eager
        } else {
            wasmi::CompilationMode::LazyTranslation
        })
        // An explicit list: what a later engine turns on by default must not become part of the ABI unseen.
        .floats(true)
        .wasm_mutable_global(true)
        .wasm_sign_extension(true)
        .wasm_saturating_float_to_int(true)
        .wasm_bulk_memory(true)
        .wasm_reference_types(true)
        .wasm_multi_value(true)
        .wasm_multi_memory(false)
        .wasm_tail_call(false)
        .wasm_extended_const(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false);
    engine
}

/// What an instruction costs, where that is not the one unit of most: those behind which there is more work, so that a
/// unit of fuel is about the same time whatever a guest does.
fn operator_cost() -> wasmi::OperatorCost {
    wasmi::OperatorCost {
        // A call sets the locals of the callee to zero, up to `Limits::locals_per_function` of them.
        call: 24,
        call_indirect: 28,
        memory_grow: dispatch::GROWTH_FUEL - growth::LOOP_FUEL,
        memory_copy: 4,
        memory_fill: 4,
        memory_init: 4,
        table_grow: dispatch::GROWTH_FUEL,
        table_copy: 4,
        table_fill: 4,
        table_init: 4,
        ..wasmi::OperatorCost::default()
    }
}
