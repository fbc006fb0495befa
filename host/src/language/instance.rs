use super::door::{Door, broken, lang_name};
use crate::{
    config::Config,
    error::{At, CallError, Exceeded, RequestProblem},
    module::Links,
    outline::Outline,
    record::Recorder,
    run::Run,
    sandbox::{defect::caught, dispatch, slices, store::StoreData, trap},
    stats::CallStats,
};
use dorcas_abi::{
    Method, Span, export,
    message::{Reply, error_code},
    method, wire,
};
use std::{fmt, sync::Arc};
use wasmi::{Memory, Store, TypedFunc};

mod enter;
mod exchange;

use exchange::NOTHING;

/// A guest's memory and globals, and calls in it one after the other.
///
/// An instance is *initialised* when it comes into being: `_initialize`, where the guest has it, was the first thing that
/// ran. The first trap, exhausted limit of fuel or stack, or breach of the ABI *poisons* it: the guest may have stopped
/// halfway through any change, so that no call goes through any more, each is answered by [`CallError::Poisoned`].
pub struct Instance {
    code: Arc<Code>,
    guest: Arc<str>,
    run: Option<Run>,
    store: Store<StoreData>,
    memory: Memory,
    exports: Exports,
    /// Fuel that the limits have for the call.
    entitled: u64,
    /// Fuel that the call had at its beginning: less than that where the run had less.
    granted: u64,
    record: Option<Record>,
    /// The text of the error after which the instance can't be trusted.
    poisoned: Option<String>,
}

/// Where the calls of an instance are recorded.
struct Record {
    recorder: Arc<Recorder>,
    /// The number of the instance there.
    instance: usize,
    /// The last reply that could be read.
    reply: Vec<u8>,
}

/// A compiled module, with what is needed to make instances of it.
pub(crate) struct Code {
    pub(crate) engine: wasmi::Engine,
    pub(crate) module: wasmi::Module,
    pub(crate) config: Arc<Config>,
    /// Fuel for making an instance: for its memory, data and tables, at the price of copying them.
    pub(crate) instance_fuel: u64,
    /// Whether the engine can stop in the middle of any function and go on.
    pub(crate) in_slices: bool,
    /// What it imports.
    links: Links,
}

impl Code {
    pub(crate) fn new(
        engine: wasmi::Engine,
        module: wasmi::Module,
        config: Arc<Config>,
        outline: &Outline,
        links: Links,
    ) -> Self {
        let in_slices = dispatch::in_slices(config.profile, outline);
        let instance_fuel = instance_fuel(outline) + links.fuel();
        Self { engine, module, config, instance_fuel, in_slices, links }
    }
}

/// Fuel for an instance of a module: for its bytes at the price of copying them, and for each thing of which the engine makes
/// one for an instance, however small it is.
fn instance_fuel(outline: &Outline) -> u64 {
    let bytes = outline.memory_bytes + outline.data_bytes;
    let names: u64 = outline.exports.iter().map(|export| export.name.len() as u64).sum();
    let exports = outline.exports.len() as u64;
    let items: u64 = [
        (u64::from(outline.functions), 6),
        (outline.elements, 8),
        (u64::from(outline.data_segments) + u64::from(outline.element_segments), 20),
        (u64::from(outline.globals) + u64::from(outline.tables), 32),
        (exports, 80),
    ]
    .into_iter()
    .map(|(count, fuel)| count * fuel)
    .sum();
    bytes.div_ceil(BYTES_COPIED) + touched(outline.memory_bytes) + (outline.table_elements + names) / 4 + items
}

/// What a large memory costs beside setting it to zero. Up to a few megabytes an allocator has at hand; what is beyond the
/// system gives page by page, each time anew.
fn touched(memory_bytes: u64) -> u64 {
    memory_bytes.saturating_sub(BYTES_AT_HAND) / BYTES_TOUCHED
}

const BYTES_AT_HAND: u64 = 4 << 20;
const BYTES_TOUCHED: u64 = 16;

/// Bytes that are copied for a unit of fuel, by the engine and by the host.
const BYTES_COPIED: u64 = 64;

type MethodFunc = TypedFunc<(u32, u32), i64>;

/// The functions of an instance. To look one up costs as much as half a call, so that it is done once.
struct Exports {
    alloc: TypedFunc<u32, u32>,
    free: TypedFunc<(u32, u32), ()>,
    lang_name: TypedFunc<(), i64>,
    initialize: Option<TypedFunc<(), ()>>,
    /// In the order of [`method::NAMES`].
    methods: [Option<MethodFunc>; method::NAMES.len()],
}

impl Instance {
    /// Calls a method.
    pub fn call<M: Method>(&mut self, request: &M::Request) -> Result<M::Response, CallError> {
        self.call_measured::<M>(request).0
    }

    /// Calls a method, and says what that took, in case of an error too.
    pub fn call_measured<M: Method>(&mut self, request: &M::Request) -> (Result<M::Response, CallError>, CallStats) {
        let mut stats = CallStats::default();
        (self.run::<M>(request, &mut stats), stats)
    }

    /// Calls a method, named by its export, with the bytes of a request, and returns the bytes of the reply.
    /// Neither is looked into.
    pub fn call_bytes(&mut self, export: &str, request: &[u8]) -> Result<Vec<u8>, CallError> {
        self.call_bytes_measured(export, request).0
    }

    /// [`Instance::call_bytes`], and what it took.
    pub fn call_bytes_measured(&mut self, export: &str, request: &[u8]) -> (Result<Vec<u8>, CallError>, CallStats) {
        let mut stats = CallStats::default();
        let result = Door::named(export, &self.guest).and_then(|door| self.run_bytes(&door, request, &mut stats));
        (result, stats)
    }

    /// Asks for the name of the language. [`Guest::name`](crate::Guest::name) knows it already.
    pub fn lang_name(&mut self) -> Result<String, CallError> {
        self.ask_name(&mut CallStats::default())
    }

    pub(crate) fn ask_name(&mut self, stats: &mut CallStats) -> Result<String, CallError> {
        let door = Door::LANG_NAME;
        self.guarded(&door, |this| {
            this.recorded(&door, true, &[], stats, |this, stats| {
                let word = this.enter(&door, export::LANG_NAME, this.exports.lang_name, ())?;
                let result = Span::unpack(word);
                let name = this.receive(&door, NOTHING, result, lang_name)?;
                stats.reply_bytes = result.len.into();
                this.free(&door, result)?;
                Ok(name)
            })
        })
    }

    /// Whether no call goes through any more.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.is_some()
    }

    /// Size of the guest's memory at present.
    pub fn memory_bytes(&self) -> u64 {
        self.memory.data_size(&self.store) as u64
    }

    /// Makes an instance and has it initialised. Limits and fuel are set before anything of the guest exists.
    pub(crate) fn start(
        code: &Arc<Code>,
        guest: &Arc<str>,
        run: Option<&Run>,
        stats: &mut CallStats,
    ) -> Result<Self, CallError> {
        let at = || At { guest: Arc::clone(guest), method: INSTANTIATION, entry: INSTANTIATION };
        if run.is_some_and(Run::is_interrupted) {
            return Err(CallError::Interrupted { at: at() });
        }
        let mut instance = caught(|| Self::make(code, guest, run, &at))
            .unwrap_or_else(|what| Err(CallError::Defect { at: at(), what }))?;
        let (initialize, door) = (instance.exports.initialize, Door::INITIALIZE);
        let done = instance.guarded(&door, |this| {
            this.fuelled(&door, 0, stats, |this, _| {
                let fuel = this.code.instance_fuel;
                this.charge(|_| at(), fuel)?;
                initialize.map_or(Ok(()), |initialize| this.enter(&door, export::INITIALIZE, initialize, ()))
            })
        });
        done.map(|()| instance)
    }

    fn make(code: &Arc<Code>, guest: &Arc<str>, run: Option<&Run>, at: &impl Fn() -> At) -> Result<Self, CallError> {
        let mut store = Store::new(&code.engine, StoreData::new(&code.config.limits));
        store.limiter(|limiter| limiter);
        slices::for_instantiation(&mut store, code.config.limits.fuel_per_call);
        let imports = code.links.bind(&mut store);
        let instance = wasmi::Instance::new(&mut store, &code.module, &imports)
            .map_err(|error| trap::not_instantiated(at(), &error))?;
        let missing = |name: &str| CallError::Violation {
            at: at(),
            clause: "exports.required",
            what: format!("the module has no `{name}`"),
        };
        let memory = instance.get_memory(&store, export::MEMORY).ok_or_else(|| missing(export::MEMORY))?;
        let exports = Exports::find(&store, instance).map_err(missing)?;
        let panic_address = instance.get_global(&store, export::PANIC).and_then(|global| global.get(&store).i32());
        store.data_mut().panic_address = panic_address.map(i32::cast_unsigned);
        store.data_mut().memory = Some(memory);
        let (code, guest, run) = (Arc::clone(code), Arc::clone(guest), run.cloned());
        Ok(Self { code, guest, run, store, memory, exports, entitled: 0, granted: 0, record: None, poisoned: None })
    }

    /// From a request to the response: encode, exchange, and see whether it answers.
    pub(crate) fn run<M: Method>(
        &mut self,
        request: &M::Request,
        stats: &mut CallStats,
    ) -> Result<M::Response, CallError> {
        let door = Door::of::<M>();
        self.guarded(&door, |this| {
            let bytes = wire::encode(request)
                .map_err(|fault| CallError::Request { at: this.at(&door), problem: RequestProblem::Schema(fault) })?;
            let reply: Reply<M::Response> =
                this.exchange(&door, true, &bytes, stats, |bytes| wire::decode(bytes).map_err(|fault| broken(&fault)))?;
            let response = reply.map_err(|error| match error.code {
                error_code::UNDECODABLE | error_code::UNSUPPORTED | error_code::INTERNAL | error_code::FIRST_OWN.. => {
                    let memory_refused = this.store.data().refused;
                    CallError::Guest { at: this.at(&door), error, memory_refused }
                }
                code => this.violation(&door, ("error.code", format!("it answered with an error of code {code}"))),
            })?;
            if let Err(mismatch) = M::check_answer(request, &response) {
                return Err(this.violation(&door, (mismatch.clause, mismatch.to_string())));
            }
            let (got, limit) = (M::diagnostics(&response).len() as u64, this.config().limits.diagnostics);
            if got > limit.into() {
                return Err(CallError::Limit { at: this.at(&door), exceeded: Exceeded::Diagnostics { got, limit } });
            }
            Ok(response)
        })
    }

    pub(crate) fn run_bytes(
        &mut self,
        door: &Door,
        request: &[u8],
        stats: &mut CallStats,
    ) -> Result<Vec<u8>, CallError> {
        self.guarded(door, |this| this.exchange(door, false, request, stats, |reply| Ok(reply.to_vec())))
    }

    /// A call that was recorded, in the way it was made.
    pub(crate) fn repeat(
        &mut self,
        method: &str,
        checked: bool,
        request: &[u8],
        stats: &mut CallStats,
    ) -> Result<Vec<u8>, CallError> {
        if method == export::LANG_NAME {
            return self.ask_name(stats).map(String::into_bytes);
        }
        let door = Door::named(method, &self.guest)?;
        if !checked {
            return self.run_bytes(&door, request, stats);
        }
        self.guarded(&door, |this| {
            this.exchange(&door, true, request, stats, |reply| (door.check)(reply).map(|()| reply.to_vec()))
        })
    }

    /// From now on its calls are recorded.
    pub(crate) fn record(&mut self, recorder: &Arc<Recorder>, instance: Option<usize>) {
        let recorder = Arc::clone(recorder);
        self.record = instance.map(|instance| Record { recorder, instance, reply: Vec::new() });
    }

    pub(crate) fn config(&self) -> &Config {
        &self.code.config
    }

    pub(crate) fn guest_name(&self) -> Arc<str> {
        Arc::clone(&self.guest)
    }

    /// Gives the instance its guest's name, once that is known.
    pub(crate) fn rename(&mut self, guest: Arc<str>) {
        self.guest = guest;
    }
}

/// How an error speaks of what comes before any function of the guest.
const INSTANTIATION: &str = "instantiation";

impl Exports {
    /// Fails with the name of the function that isn't there.
    fn find(store: &Store<StoreData>, instance: wasmi::Instance) -> Result<Self, &'static str> {
        Ok(Self {
            alloc: instance.get_typed_func(store, export::ALLOC).map_err(|_| export::ALLOC)?,
            free: instance.get_typed_func(store, export::FREE).map_err(|_| export::FREE)?,
            lang_name: instance.get_typed_func(store, export::LANG_NAME).map_err(|_| export::LANG_NAME)?,
            initialize: instance.get_typed_func(store, export::INITIALIZE).ok(),
            methods: std::array::from_fn(|index| instance.get_typed_func(store, method::NAMES[index]).ok()),
        })
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("guest", &self.guest)
            .field("memory_bytes", &self.memory_bytes())
            .field("poisoned", &self.poisoned)
            .finish_non_exhaustive()
    }
}
