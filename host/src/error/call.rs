use super::{ExportError, Halt, HostFault};
use crate::printable::{MAX_NAME_BYTES, MAX_TEXT_BYTES, printable};
use dorcas_abi::{clause::Clause, export, message::GuestError, wire::Fault};
use std::{fmt, ops::Deref, sync::Arc};

/// Why a call has no result. The variants say who can change that.
///
/// After [`Trap`](Self::Trap), [`Halted`](Self::Halted), [`HostPanic`](Self::HostPanic), [`Violation`](Self::Violation), [`Defect`](Self::Defect), and a [`Limit`](Self::Limit) or
/// [`Interrupted`](Self::Interrupted) that stopped the guest in its middle, the [`Instance`](crate::Instance) is poisoned. The [`Guest`](crate::Guest) stays usable after all of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// You: the request can't be sent.
    #[error("request for {at} {problem}")]
    Request {
        /// Where.
        at: At,
        /// What is wrong with it.
        problem: RequestProblem,
    },
    /// You: the guest doesn't export this method, or the ABI doesn't have it.
    #[error("{} has no method `{}`", Who(guest), printable(method, MAX_NAME_BYTES))]
    NoMethod {
        /// Name of the guest.
        guest: Arc<str>,
        /// The method that was asked for.
        method: String,
    },
    /// The guest, properly: it answered with an error of its own.
    #[error("{at} failed with error {}: {}{}", error.code, printable(&error.message, MAX_TEXT_BYTES), After(*memory_refused))]
    Guest {
        /// Where.
        at: At,
        /// What the guest says.
        error: GuestError,
        /// The instance had asked for more memory before, and got none. Then this is likely to be the cause.
        memory_refused: Option<MemoryRefused>,
    },
    /// Whoever set the limits: the guest needed more.
    #[error("{at} {exceeded}")]
    Limit {
        /// Where.
        at: At,
        /// Which limit, and its value.
        exceeded: Exceeded,
    },
    /// The guest's author: it stopped in the middle.
    #[error("{at} trapped: {kind}{}{}", After(*memory_refused), Said(panic_text.as_deref()))]
    Trap {
        /// Where.
        at: At,
        /// The trap.
        kind: TrapKind,
        /// What the guest left as an explanation, as it may be shown: bounded and without control characters.
        panic_text: Option<String>,
        /// Whether the instance had asked for more memory before, and got none. Then this is likely to be the cause.
        memory_refused: Option<MemoryRefused>,
    },
    /// The guest's author: it broke a rule of the ABI.
    #[error("{at} broke the ABI: {what}{}", .clause.suffix())]
    Violation {
        /// Where.
        at: At,
        /// The clause of `abi-spec.md`.
        clause: Clause,
        /// What was seen.
        what: String,
    },
    /// You: the run was interrupted, before this call or during it.
    #[error("{at} was interrupted")]
    Interrupted {
        /// Where.
        at: At,
    },
    /// You: a function of the host called a guest while another one waited for it. Nothing of this one ran. Guests on guests
    /// would pile up on the thread's stack, which ends the process when it is full.
    #[error("{at} was not called: a guest waits on this thread for a function of the host, which can't call one")]
    Nested {
        /// Where.
        at: At,
    },
    /// You: the module has no such function, or not with those types.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// You: no host module of the engine has a state of this type.
    #[error("{at} was not begun: no host module of the engine has {state}")]
    State {
        /// Where.
        at: At,
        /// The state that was given for it, in words.
        state: String,
    },
    /// You: an instance that was made by [`Module::instantiate`](crate::Module::instantiate) has not been initialised.
    #[error("{at} was not called: the instance is not initialised yet")]
    NotInitialised {
        /// Where.
        at: At,
    },
    /// A function of the host ended the call, on purpose.
    #[error("{at} was ended by the host's `{}`: {halt}", printable(function, 2 * MAX_NAME_BYTES))]
    Halted {
        /// Where.
        at: At,
        /// The function with its module, `env.exit`.
        function: Arc<str>,
        /// Why.
        halt: Halt,
    },
    /// You: a function that you offer panicked.
    #[error("{at} was ended by the host's `{}`, which panicked: {what}", printable(function, 2 * MAX_NAME_BYTES))]
    HostPanic {
        /// Where.
        at: At,
        /// The function with its module, `kv.get`.
        function: Arc<str>,
        /// The text of the panic.
        what: String,
    },
    /// You: the instance is not usable any more. Take a fresh one.
    #[error("{at} was not called: the instance is poisoned since {cause}")]
    Poisoned {
        /// Where.
        at: At,
        /// The text of the error that poisoned it.
        cause: String,
    },
    /// This crate, or what it builds on: there was a panic. Nobody else can do anything about it.
    #[error("{at} made the host fail, please report this: {what}")]
    Defect {
        /// Where.
        at: At,
        /// The text of the panic.
        what: String,
    },
}

/// Where an error came up: a [`Place`], which its fields are read of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct At(Box<Place>);

/// The guest or module, the function that was called, the function that was running.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// Name of the guest or [module](crate::Module::named); empty if it has none, and while a guest is being loaded.
    pub guest: Arc<str>,
    /// The method or export that was called, `_initialize`, or the word `instantiation`.
    pub method: String,
    /// The function of the guest that was running, for instance `alloc`; the method itself most of the time.
    pub entry: String,
    /// Whether it is a module that need not be a language.
    pub(crate) is_module: bool,
}

/// How an error speaks of what comes before any function of a module.
pub(crate) const INSTANTIATION: &str = "instantiation";

impl At {
    /// In a language.
    pub(crate) fn guest(guest: &Arc<str>, method: &str, entry: &str) -> Self {
        Self::new(guest, method, entry, false)
    }

    pub(crate) fn new(guest: &Arc<str>, method: &str, entry: &str, is_module: bool) -> Self {
        let (method, entry) = (method.to_owned(), entry.to_owned());
        Self(Box::new(Place { guest: Arc::clone(guest), method, entry, is_module }))
    }
}

impl Deref for At {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.0
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_function =
            if self.is_module { self.entry != INSTANTIATION } else { export::function(&self.entry).is_some() };
        let quote = if is_function { "`" } else { "" };
        write!(f, "{quote}{}{quote} of ", printable(&self.entry, MAX_NAME_BYTES))?;
        match (self.is_module, &*self.guest) {
            (false, guest) => write!(f, "{}", Who(guest))?,
            (true, "") => f.write_str("the module")?,
            (true, name) => write!(f, "module `{}`", printable(name, MAX_NAME_BYTES))?,
        }
        if self.entry == self.method {
            Ok(())
        } else {
            write!(f, ", called for `{}`,", printable(&self.method, MAX_NAME_BYTES))
        }
    }
}

/// What is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestProblem {
    /// The value breaks a rule of the schema.
    #[error("has no encoding: {0}")]
    Schema(Fault),
    /// The request is larger than the embedder allows.
    #[error("has {got} bytes, the limit is {limit} (`Limits::request_bytes`)")]
    TooLarge {
        /// Its size in bytes.
        got: u64,
        /// The limit.
        limit: u32,
    },
}

/// A limit that a call ran into.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Exceeded {
    /// Fuel.
    #[error("used up its fuel of {limit} (`Limits::fuel_per_call`)")]
    Fuel {
        /// What the call had: [`Limits::fuel_for`](crate::Limits::fuel_for) its request.
        limit: u64,
    },
    /// Fuel of the [`Run`](crate::Run) that the call belongs to.
    #[error("went over the fuel of the whole run, {limit} (`Run::with_fuel`)")]
    Run {
        /// The limit.
        limit: u64,
    },
    /// Work that was done for the call outside of the guest.
    #[error("asks for {got} units of work beside it, the limit is {limit} (`Limits::work_per_call`)")]
    Work {
        /// How much it was.
        got: u64,
        /// What the call had: [`Limits::work_for`](crate::Limits::work_for) its bytes.
        limit: u64,
    },
    /// Memory: `alloc` returned 0.
    #[error(
        "has no memory for {wanted} bytes: the guest has {memory} bytes, the limit is {limit} (`Limits::memory_bytes`)"
    )]
    Memory {
        /// Bytes that `alloc` was asked for.
        wanted: u64,
        /// Size of the guest's memory in bytes.
        memory: u64,
        /// The limit.
        limit: u64,
    },
    /// The size of the reply.
    #[error("returned {got} bytes, the limit is {limit} (`Limits::reply_bytes`)")]
    Reply {
        /// Its size in bytes.
        got: u32,
        /// The limit.
        limit: u32,
    },
    /// The number of diagnostics in the reply.
    #[error("returned {got} diagnostics, the limit is {limit} (`Limits::diagnostics`)")]
    Diagnostics {
        /// Their number.
        got: u64,
        /// The limit.
        limit: u32,
    },
    /// Calls within calls. The engine doesn't tell which of the two limits it was.
    #[error(
        "called too deep: the limits are {depth} calls (`Limits::recursion_depth`) and a stack of {stack_bytes} bytes \
         (`Limits::stack_bytes`)"
    )]
    Stack {
        /// Most calls within calls.
        depth: u32,
        /// Most bytes on the stack.
        stack_bytes: u32,
    },
    /// The machine has no memory for what the limits would allow.
    #[error("got no memory from the system")]
    System,
}

/// Why a guest stopped in its middle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrapKind {
    /// The `unreachable` instruction: how a panic or an abort ends.
    #[error("unreachable")]
    Unreachable,
    /// A load, store or copy outside memory.
    #[error("memory access out of bounds")]
    MemoryOutOfBounds,
    /// An access outside a table.
    #[error("table access out of bounds")]
    TableOutOfBounds,
    /// An indirect call of an empty table entry.
    #[error("indirect call to null")]
    IndirectCallToNull,
    /// An indirect call with the wrong type.
    #[error("indirect call with the wrong type")]
    BadSignature,
    /// Division by zero.
    #[error("integer division by zero")]
    DivisionByZero,
    /// The result of a division that doesn't fit.
    #[error("integer overflow")]
    IntegerOverflow,
    /// A float that isn't an integer of that width.
    #[error("float out of range for an integer")]
    BadConversion,
    /// A call of a function of the host with something wrong.
    #[error("{0}")]
    Host(Box<HostFault>),
    /// Anything else that the engine reports.
    #[error("{0}")]
    Other(String),
}

/// Growth of memory that a limit prevented. To the guest it is an ordinary `-1` from `memory.grow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryRefused {
    /// Size in bytes that the memory would have had; the largest one, if there were several.
    pub wanted: u64,
    /// The limit.
    pub limit: u64,
}

impl CallError {
    /// Where the error came up; nothing for a method that isn't there.
    pub fn at(&self) -> Option<&At> {
        match self {
            Self::Request { at, .. }
            | Self::Guest { at, .. }
            | Self::Limit { at, .. }
            | Self::Trap { at, .. }
            | Self::Violation { at, .. }
            | Self::Interrupted { at }
            | Self::Nested { at }
            | Self::State { at, .. }
            | Self::NotInitialised { at }
            | Self::Halted { at, .. }
            | Self::HostPanic { at, .. }
            | Self::Poisoned { at, .. }
            | Self::Defect { at, .. } => Some(at),
            Self::NoMethod { .. } | Self::Export(_) => None,
        }
    }
}

/// The guest in a message; it has no name while it is being loaded.
struct Who<'a>(&'a str);

impl fmt::Display for Who<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { f.write_str("the guest") } else { write!(f, "guest `{}`", self.0) }
    }
}

struct Said<'a>(Option<&'a str>);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |text| write!(f, "; it said: {text}"))
    }
}

struct After(Option<MemoryRefused>);

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(MemoryRefused { wanted, limit }) = self.0 else { return Ok(()) };
        write!(f, ", after it wanted {wanted} bytes of memory, the limit is {limit} (`Limits::memory_bytes`)")
    }
}
