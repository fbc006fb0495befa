use crate::{
    Config, Exceeded,
    door::{Broken, Door, broken, lang_name},
    error::{At, CallError, RequestProblem},
    limiter::Limiter,
    memory, trap,
};
use dorcas_abi::{Method, Span, export, message::Reply, method, wire};
use std::{fmt, sync::Arc};
use wasmi::{Memory, Store, TypedFunc, WasmParams, WasmResults};

/// A guest's memory and globals, and calls in it one after the other.
///
/// An instance is *initialised* when it comes into being: `_initialize`, where the guest has it, was the first thing that
/// ran. The first trap, exhausted limit of fuel or stack, or breach of the ABI *poisons* it: the guest may have stopped
/// halfway through any change, so that no call goes through any more, each is answered by [`CallError::Poisoned`].
pub struct Instance {
    code: Arc<Code>,
    guest: Arc<str>,
    store: Store<Limiter>,
    memory: Memory,
    exports: Exports,
    /// The text of the error after which the instance can't be trusted.
    poisoned: Option<String>,
}

/// What a call took, whether it succeeded or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallStats {
    /// Fuel that was used: by the method, by `alloc` and `free` around it, and by `_initialize` where the call was made
    /// in a fresh instance.
    pub fuel: u64,
    /// Bytes of the request, once the guest had them.
    pub request_bytes: u64,
    /// Bytes of the reply, as far as the guest returned one.
    pub reply_bytes: u64,
}

/// A compiled module, with what is needed to make instances of it.
pub(crate) struct Code {
    pub(crate) engine: wasmi::Engine,
    pub(crate) module: wasmi::Module,
    pub(crate) config: Arc<Config>,
}

type MethodFunc = TypedFunc<(u32, u32), i64>;

/// The functions of an instance. To look one up costs as much as half a call, so that it is done once.
struct Exports {
    alloc: TypedFunc<u32, u32>,
    free: TypedFunc<(u32, u32), ()>,
    lang_name: TypedFunc<(), i64>,
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
        let door = Door::LANG_NAME;
        self.sound(&door)?;
        self.refuel();
        let word = self.enter(&door, export::LANG_NAME, self.exports.lang_name, ())?;
        let result = Span::unpack(word);
        let name = self.receive(&door, NOTHING, result, lang_name)?;
        self.free(&door, result)?;
        Ok(name)
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
    pub(crate) fn start(code: &Arc<Code>, guest: &Arc<str>, stats: &mut CallStats) -> Result<Self, CallError> {
        let at = || At { guest: Arc::clone(guest), method: INSTANTIATION, entry: INSTANTIATION };
        let mut store = Store::new(&code.engine, Limiter::new(&code.config.limits));
        store.limiter(|limiter| limiter);
        store.set_fuel(code.config.limits.fuel_per_call).expect(FUEL_IS_ON);
        let instance = wasmi::Instance::new(&mut store, &code.module, &[])
            .map_err(|error| trap::not_instantiated(at(), &error))?;
        let missing = |name: &str| CallError::Violation {
            at: at(),
            clause: "exports.required",
            what: format!("the module has no `{name}`"),
        };
        let memory = instance.get_memory(&store, export::MEMORY).ok_or_else(|| missing(export::MEMORY))?;
        let exports = Exports::find(&store, instance).map_err(missing)?;
        let initialize = instance.get_typed_func::<(), ()>(&store, export::INITIALIZE).ok();
        let panic_address = instance.get_global(&store, export::PANIC).and_then(|global| global.get(&store).i32());
        store.data_mut().panic_address = panic_address.map(i32::cast_unsigned);

        let (code, guest) = (Arc::clone(code), Arc::clone(guest));
        let mut instance = Self { code, guest, store, memory, exports, poisoned: None };
        if let Some(initialize) = initialize {
            instance.refuel();
            let done = instance.enter(&Door::INITIALIZE, export::INITIALIZE, initialize, ());
            stats.fuel += instance.fuel_used();
            done?;
        }
        Ok(instance)
    }

    /// From a request to the response: encode, exchange, and see whether it answers.
    pub(crate) fn run<M: Method>(
        &mut self,
        request: &M::Request,
        stats: &mut CallStats,
    ) -> Result<M::Response, CallError> {
        let door = Door::of::<M>();
        let bytes = wire::encode(request)
            .map_err(|fault| CallError::Request { at: self.at(&door), problem: RequestProblem::Schema(fault) })?;
        let reply: Reply<M::Response> =
            self.exchange(&door, &bytes, stats, |bytes| wire::decode(bytes).map_err(|fault| broken(&fault)))?;
        let response = reply.map_err(|error| CallError::Guest { at: self.at(&door), error })?;
        match M::check_answer(request, &response) {
            Ok(()) => Ok(response),
            Err(mismatch) => Err(self.violation(&door, (mismatch.clause, mismatch.to_string()))),
        }
    }

    pub(crate) fn run_bytes(
        &mut self,
        door: &Door,
        request: &[u8],
        stats: &mut CallStats,
    ) -> Result<Vec<u8>, CallError> {
        self.exchange(door, request, stats, |reply| Ok(reply.to_vec()))
    }

    /// One call as the ABI has it: allocate, write, call, read, free the argument, free the result.
    ///
    /// The reply is decoded where it lies. All of it runs on one budget of fuel.
    fn exchange<T>(
        &mut self,
        door: &Door,
        request: &[u8],
        stats: &mut CallStats,
        decode: impl FnOnce(&[u8]) -> Result<T, Broken>,
    ) -> Result<T, CallError> {
        self.sound(door)?;
        let method = self.exports.methods[door.index].ok_or_else(|| door.missing(&self.guest))?;
        self.refuel();
        let outcome = self.exchange_fuelled(door, method, request, stats, decode);
        stats.fuel += self.fuel_used();
        outcome
    }

    fn exchange_fuelled<T>(
        &mut self,
        door: &Door,
        method: MethodFunc,
        request: &[u8],
        stats: &mut CallStats,
        decode: impl FnOnce(&[u8]) -> Result<T, Broken>,
    ) -> Result<T, CallError> {
        let argument = self.alloc(door, request)?;
        self.write(door, argument, request)?;
        stats.request_bytes = request.len() as u64;

        let word = self.enter(door, door.export, method, (argument.ptr, argument.len))?;
        let result = Span::unpack(word);
        let reply = self.receive(door, argument, result, decode);
        stats.reply_bytes = if self.is_poisoned() { 0 } else { result.len.into() };

        // A guest that broke a rule isn't asked to go on, not even to free: it could only trap and hide the cause.
        if !self.is_poisoned() {
            self.free(door, argument)?;
            self.free(door, result)?;
        }
        reply
    }

    /// Asks the guest for a buffer. 0 is a proper answer and means that it has none.
    fn alloc(&mut self, door: &Door, request: &[u8]) -> Result<Span, CallError> {
        let limits = &self.code.config.limits;
        let len = match u32::try_from(request.len()) {
            Ok(len) if len <= limits.request_bytes => len,
            _ => {
                let problem = RequestProblem::TooLarge { got: request.len() as u64, limit: limits.request_bytes };
                return Err(CallError::Request { at: self.at(door), problem });
            }
        };
        if len == 0 {
            return Ok(NOTHING);
        }
        let ptr = self.enter(door, export::ALLOC, self.exports.alloc, len)?;
        if ptr == 0 {
            let (memory, limit) = (self.memory_bytes(), self.code.config.limits.memory_bytes);
            let exceeded = Exceeded::Memory { wanted: len.into(), memory, limit };
            return Err(CallError::Limit { at: self.at_entry(door, export::ALLOC), exceeded });
        }
        Ok(Span { ptr, len })
    }

    fn write(&mut self, door: &Door, argument: Span, request: &[u8]) -> Result<(), CallError> {
        let memory_len = self.memory_bytes();
        if let Some(buffer) = memory::bytes_mut(self.memory.data_mut(&mut self.store), argument) {
            buffer.copy_from_slice(request);
            return Ok(());
        }
        let what = format!("`alloc` returned {argument}, outside its memory of {memory_len} bytes");
        Err(self.violation(door, ("mem.alloc-bounds", what)))
    }

    /// Turns the claim that a method returned into a value. What breaks a rule poisons the instance; a reply that is
    /// merely too large does not.
    fn receive<T>(
        &mut self,
        door: &Door,
        argument: Span,
        result: Span,
        decode: impl FnOnce(&[u8]) -> Result<T, Broken>,
    ) -> Result<T, CallError> {
        let limit = self.code.config.limits.reply_bytes;
        let memory = self.memory.data(&self.store);
        let broken = if result.pack() == 0 {
            ("result.not-zero", "it returned 0, which is no reply".into())
        } else if let Some(advice) = door.advice(memory, result) {
            advice
        } else if let Some(bytes) = memory::bytes(memory, result) {
            if memory::overlap(argument, result) {
                let what =
                    format!("it returned {result}, which is not a buffer of its own: the argument is {argument}");
                ("result.own-buffer", what)
            } else if result.len > limit {
                let exceeded = Exceeded::Reply { got: result.len, limit };
                return Err(CallError::Limit { at: self.at(door), exceeded });
            } else {
                match decode(bytes) {
                    Ok(value) => return Ok(value),
                    Err(broken) => broken,
                }
            }
        } else {
            let what = format!("it returned {result}, outside its memory of {} bytes", memory.len());
            ("result.bounds", what)
        };
        Err(self.violation(door, broken))
    }

    fn free(&mut self, door: &Door, span: Span) -> Result<(), CallError> {
        if span == NOTHING {
            return Ok(());
        }
        self.enter(door, export::FREE, self.exports.free, (span.ptr, span.len))
    }

    /// Runs a function of the guest. This is the only place where that happens.
    fn enter<P: WasmParams, R: WasmResults>(
        &mut self,
        door: &Door,
        entry: &'static str,
        function: TypedFunc<P, R>,
        params: P,
    ) -> Result<R, CallError> {
        function.call(&mut self.store, params).map_err(|error| {
            let memory = self.memory.data(&self.store);
            let error =
                trap::stopped(self.at_entry(door, entry), &error, &self.code.config.limits, self.store.data(), memory);
            self.poison(error)
        })
    }

    fn violation(&mut self, door: &Door, (clause, what): Broken) -> CallError {
        let suffix = format!(" ({clause})");
        let what = what.strip_suffix(&suffix).map(str::to_owned).unwrap_or(what);
        let at = self.at(door);
        self.poison(CallError::Violation { at, clause, what })
    }

    fn poison(&mut self, error: CallError) -> CallError {
        self.poisoned = Some(error.to_string());
        error
    }

    fn sound(&self, door: &Door) -> Result<(), CallError> {
        match &self.poisoned {
            None => Ok(()),
            Some(cause) => Err(CallError::Poisoned { at: self.at(door), cause: cause.clone() }),
        }
    }

    fn refuel(&mut self) {
        self.store.set_fuel(self.code.config.limits.fuel_per_call).expect(FUEL_IS_ON);
    }

    fn fuel_used(&self) -> u64 {
        self.code.config.limits.fuel_per_call.saturating_sub(self.store.get_fuel().expect(FUEL_IS_ON))
    }

    fn at(&self, door: &Door) -> At {
        self.at_entry(door, door.export)
    }

    fn at_entry(&self, door: &Door, entry: &'static str) -> At {
        At { guest: Arc::clone(&self.guest), method: door.export, entry }
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

const FUEL_IS_ON: &str = "each engine of this crate is configured to charge fuel";

/// The argument of a call that has none.
const NOTHING: Span = Span { ptr: 0, len: 0 };

impl Exports {
    /// Fails with the name of the function that isn't there.
    fn find(store: &Store<Limiter>, instance: wasmi::Instance) -> Result<Self, &'static str> {
        Ok(Self {
            alloc: instance.get_typed_func(store, export::ALLOC).map_err(|_| export::ALLOC)?,
            free: instance.get_typed_func(store, export::FREE).map_err(|_| export::FREE)?,
            lang_name: instance.get_typed_func(store, export::LANG_NAME).map_err(|_| export::LANG_NAME)?,
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
