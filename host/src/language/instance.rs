use super::door::{Broken, Door, broken, lang_name};
use crate::{
    config::Config,
    error::{At, CallError, Exceeded, INSTANTIATION, RequestProblem},
    module::States,
    record::Recorder,
    run::Run,
    sandbox::defect::caught,
    stats::CallStats,
    wasm::{self, Code, Function, Site},
};
use dorcas_abi::{
    Method, Span, clause, export,
    message::{Reply, error_code},
    method, wire,
};
use std::{fmt, sync::Arc};

mod exchange;

use exchange::NOTHING;

/// A guest's memory and globals, and calls in it one after the other.
///
/// An instance is *initialised* when it comes into being: `_initialize`, where the guest has it, was the first thing that
/// ran. The first trap, exhausted limit of fuel or stack, or breach of the ABI *poisons* it: the guest may have stopped
/// halfway through any change, so that no call goes through any more, each is answered by [`CallError::Poisoned`].
pub struct GuestInstance {
    wasm: wasm::Instance,
    exports: Exports,
    record: Option<Record>,
}

/// Where the calls of an instance are recorded.
struct Record {
    recorder: Arc<Recorder>,
    /// The number of the instance there.
    instance: usize,
    /// The last reply that could be read.
    reply: Vec<u8>,
}

type MethodFunc = Function<(u32, u32), i64>;

/// The functions of an instance. To look one up costs as much as half a call, so that it is done once.
struct Exports {
    alloc: Function<u32, u32>,
    free: Function<(u32, u32), ()>,
    lang_name: Function<(), i64>,
    /// In the order of [`method::NAMES`].
    methods: [Option<MethodFunc>; method::NAMES.len()],
}

impl GuestInstance {
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

    /// [`GuestInstance::call_bytes`], and what it took.
    pub fn call_bytes_measured(&mut self, export: &str, request: &[u8]) -> (Result<Vec<u8>, CallError>, CallStats) {
        let mut stats = CallStats::default();
        let result = Door::named(export, self.wasm.name()).and_then(|door| self.run_bytes(&door, request, &mut stats));
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
                let word = this.wasm.enter(Site::of(export::LANG_NAME), this.exports.lang_name, ())?;
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
        self.wasm.is_poisoned()
    }

    /// Size of the guest's memory at present.
    pub fn memory_bytes(&self) -> u64 {
        self.wasm.memory_bytes()
    }

    /// Makes an instance and has it initialised. Limits and fuel are set before anything of the guest exists.
    pub(crate) fn start(
        code: &Arc<Code>,
        guest: &Arc<str>,
        run: Option<&Run>,
        stats: &mut CallStats,
    ) -> Result<Self, CallError> {
        let memory_bytes = code.config.limits.memory_bytes;
        let wasm = wasm::Instance::make(code, guest, run, false, memory_bytes, States::new())?;
        let missing = |name: &str| CallError::Violation {
            at: At::guest(guest, INSTANTIATION, INSTANTIATION),
            clause: clause::EXPORTS_REQUIRED,
            what: format!("the module has no `{name}`"),
        };
        let exports = Exports::find(&wasm).map_err(missing)?;
        let mut instance = Self { wasm, exports, record: None };
        instance.wasm.begin_life(stats)?;
        Ok(instance)
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
                error_code::UNDECODABLE..=error_code::STOP | error_code::FIRST_OWN.. => {
                    let memory_refused = this.wasm.refused();
                    CallError::Guest { at: this.at(&door), error, memory_refused }
                }
                code => {
                    this.violation(&door, (clause::ERROR_CODE, format!("it answered with an error of code {code}")))
                }
            })?;
            if let Err(mismatch) = M::check_answer(request, &response) {
                return Err(this.violation(&door, (mismatch.clause, format!("{mismatch:#}"))));
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
        let door = Door::named(method, self.wasm.name())?;
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
        &self.wasm.code().config
    }

    pub(crate) fn guest_name(&self) -> Arc<str> {
        Arc::clone(self.wasm.name())
    }

    /// Gives the instance its guest's name, once that is known.
    pub(crate) fn rename(&mut self, guest: Arc<str>) {
        self.wasm.rename(guest);
    }

    /// Keeps a panic in this crate, or in what it builds on, from the embedder.
    fn guarded<T>(
        &mut self,
        door: &Door,
        work: impl FnOnce(&mut Self) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        caught(|| work(self)).unwrap_or_else(|what| Err(self.wasm.defect(Site::of(door.export), what)))
    }

    fn violation(&mut self, door: &Door, (clause, what): Broken) -> CallError {
        let at = self.at(door);
        self.wasm.poison(CallError::Violation { at, clause, what })
    }

    fn at(&self, door: &Door) -> At {
        self.wasm.at(Site::of(door.export))
    }
}

impl Exports {
    /// Fails with the name of the function that isn't there.
    fn find(wasm: &wasm::Instance) -> Result<Self, &'static str> {
        Ok(Self {
            alloc: wasm.look_up(export::ALLOC).map_err(|_| export::ALLOC)?,
            free: wasm.look_up(export::FREE).map_err(|_| export::FREE)?,
            lang_name: wasm.look_up(export::LANG_NAME).map_err(|_| export::LANG_NAME)?,
            methods: std::array::from_fn(|index| wasm.look_up(method::NAMES[index]).ok()),
        })
    }
}

impl fmt::Debug for GuestInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("guest", &self.wasm.name())
            .field("memory_bytes", &self.memory_bytes())
            .field("is_poisoned", &self.is_poisoned())
            .finish_non_exhaustive()
    }
}
