//! Functions that an embedder offers to guests.

use crate::sandbox::store::StoreData;
use qcell::{QCell, QCellOwnerID};
use std::{
    any::{Any, TypeId},
    fmt,
    sync::Arc,
};
use sync_wrapper::SyncWrapper;

mod call;
mod claim;
mod flat;
mod function;
mod grants;
mod layer;
mod list;
mod log;
mod memory;
mod outcome;
mod param;
#[cfg(target_endian = "little")]
mod plain;
mod scalar;
mod show;
mod states;
#[cfg(feature = "tracing")]
mod trace;
mod types;

pub use crate::error::{Halt, HostFault, Problem};
pub use bytemuck::Pod;
use claim::Claim;
pub use function::{HostFn, MemoryFn};
pub(crate) use grants::{Grants, Links};
pub use layer::{HostCall, Stopped};
pub use list::{List, ListMut, Object};
pub use log::Level;
pub(crate) use log::module as log_module;
pub use memory::Memory;
pub(crate) use memory::outside;
pub use outcome::{ErrorCode, Failure, MultiValue, Optional, Plain, Ret};
pub use param::{Compose, Param};
#[cfg(target_endian = "little")]
pub use plain::{Array, ArrayMut, Ptr, PtrMut};
pub use scalar::{LenPtr, PtrLen};
pub use states::States;
pub(crate) use states::state;

use function::{MemorySignature, Show, Signature};
use grants::Link;
use layer::Layer;
use types::Types;

/// A module whose functions guests may import: methods of a value, of which each instance of a guest has its own.
///
/// ```
/// use dorcas_host::{Engine, HostModule, module::{ErrorCode, Optional}};
/// use std::{collections::BTreeMap, num::NonZeroI32};
///
/// #[derive(Default)]
/// struct KeyValue(BTreeMap<String, Vec<u8>>);
///
/// impl KeyValue {
///     // To a guest: set(key: i32, key_len: i32, value: i32, value_len: i32)
///     fn set(&mut self, key: &str, value: &[u8]) {
///         self.0.insert(key.into(), value.into());
///     }
///
///     // get(key: i32, key_len: i32, buffer: i32, buffer_len: i32, len: i32) -> i32: a code that is 0 for success; the
///     // length is written to the address that comes last. In C: int get(.., unsigned *len)
///     fn get(&mut self, key: &str, buffer: &mut [u8]) -> Result<u32, Missing> {
///         let value = self.0.get(key).ok_or(Missing::Key)?;
///         buffer.get_mut(..value.len()).ok_or(Missing::Room)?.copy_from_slice(value);
///         Ok(value.len() as u32)
///     }
///
///     // len() -> i64
///     fn len(&mut self) -> u64 {
///         self.0.len() as u64
///     }
/// }
///
/// #[derive(Clone, Copy)]
/// enum Missing { Key = 1, Room = 2 }
///
/// impl ErrorCode for Missing {
///     fn code(&self) -> NonZeroI32 {
///         NonZeroI32::new(*self as i32).expect("no variant is 0")
///     }
/// }
///
/// let module = HostModule::new("kv", KeyValue::default)
///     .function("set", KeyValue::set)
///     .function("get", KeyValue::get)
///     .function("len", KeyValue::len);
/// assert_eq!(module.to_string(), "\
/// kv.set (i32, i32, i32, i32) -> ()
/// kv.get (i32, i32, i32, i32, i32) -> i32
/// kv.len () -> i64
/// ");
/// let engine = Engine::default().with_module(module);
/// ```
///
/// The types of a method are those that a guest imports ([`Param`], [`Ret`]); a guest that imports others is refused when
/// it is loaded. What a guest passes is looked at before the method runs. An address outside its memory, text that isn't
/// UTF-8, or a `&mut [u8]` that overlaps another parameter stops the guest with a [`HostFault`]; the host goes on. [`Ptr`],
/// [`Array`] and their like may overlap and lie at any address, as in C.
///
/// A method sees its own value and the memory that was passed to it, and nothing else of the guest. Above all it can't
/// call the guest, nor another one: where it has got hold of one the call fails with
/// [`CallError::Nested`](crate::CallError::Nested). It should be quick: while it runs the call can't be interrupted. One that returns
/// `Result<T, Halt>` can end the call ([`Halt`]); one that panics ends it as a
/// [`CallError::HostPanic`](crate::CallError::HostPanic).
///
/// Each call costs the guest 250 units of fuel, and one for every 8 bytes of memory that are passed; more where
/// [`costing`](Self::costing) says so.
///
/// Whoever offers a function whose answers may change gives up that calls are pure: a recording of them may differ when it
/// is replayed, and results must not be kept for later.
pub struct HostModule<S> {
    name: Arc<str>,
    state: Arc<State<S>>,
    functions: Vec<Arc<Function>>,
    layers: Vec<Layer>,
    fuel: u64,
    /// The name of the memory that guests may import from it.
    memory: Option<String>,
    /// Whether every function that is imported from it is there.
    stubs: bool,
}

type State<S> = dyn Fn() -> S + Send + Sync;

/// A function without the types of Rust.
pub(crate) struct Function {
    /// Its name with that of the module, as messages show it.
    path: Arc<str>,
    name: String,
    params: Types,
    results: Types,
    /// What a call costs, apart from the memory that is passed.
    fuel: u64,
    show: Show,
    bind: Box<Bind>,
}

/// Makes it a function of an instance.
type Bind = dyn Fn(&mut wasmi::Store<StoreData>, Link) -> wasmi::Func + Send + Sync;

/// The state of an instance. Its functions share it, and who has the key of the instance may change it: that is as quick
/// as if each had it alone, where `dyn Any` would be asked for its type at each call.
type Slot<S> = QCell<SyncWrapper<S>>;

/// A module without the type of its state.
struct Offer {
    name: Arc<str>,
    state_type: TypeId,
    state: Box<dyn Fn(QCellOwnerID) -> Arc<dyn Any + Send + Sync> + Send + Sync>,
    functions: Vec<Arc<Function>>,
    /// The outermost first.
    layers: Vec<Layer>,
    memory: Option<String>,
    stubs: bool,
}

impl<S: Send + 'static> HostModule<S> {
    /// A module without functions yet. `state` makes the value that an instance of a guest gets, when that comes into
    /// being; it goes with the instance.
    pub fn new(name: impl Into<Arc<str>>, state: impl Fn() -> S + Send + Sync + 'static) -> Self {
        let (functions, layers) = (Vec::new(), Vec::new());
        let (name, state) = (name.into(), Arc::new(state));
        Self { name, state, functions, layers, fuel: CALL_FUEL, memory: None, stubs: false }
    }

    /// The same functions, with states that are made in another way: what one engine's guests get may depend on options.
    ///
    /// ```
    /// # use dorcas_host::{Engine, HostModule};
    /// struct Dice { sides: u32 }
    ///
    /// let module = HostModule::new("dice", || Dice { sides: 6 }).function("sides", |dice: &mut Dice| dice.sides);
    /// let engine = |sides: u32| Engine::default().with_module(module.clone().with_state(move || Dice { sides }));
    /// let (small, large) = (engine(4), engine(20));
    /// ```
    #[must_use]
    pub fn with_state(self, state: impl Fn() -> S + Send + Sync + 'static) -> Self {
        Self { state: Arc::new(state), ..self }
    }

    /// Offers a function: a method of the state, or a closure that takes it by mutable reference, and up to twelve
    /// parameters. One of the same name takes the place of the one before.
    #[must_use]
    pub fn function<F, P>(mut self, name: impl Into<String>, function: F) -> Self
    where
        F: HostFn<S, P>,
        P: Signature<S, F>,
    {
        let name = name.into();
        self.functions.retain(|other| other.name != name);
        let path = format!("{}.{name}", self.name).into();
        self.functions.push(Arc::new(Function::new(path, name, self.fuel, function)));
        self
    }

    /// Offers a function that sees all of its caller's memory, and may let it grow: between the state and its parameters,
    /// which are numbers, it takes a [`&mut Memory`](Memory). For addresses that lie in memory themselves, for allocators,
    /// and for results of any length.
    ///
    /// ```
    /// use dorcas_host::{Engine, HostModule, abi::Span, module::{Halt, LenPtr, Memory}};
    ///
    /// struct Heap { top: u32 }
    ///
    /// impl Heap {
    ///     fn malloc(&mut self, memory: &mut Memory<'_>, bytes: u32) -> Result<u32, Halt> {
    ///         let ptr = self.top;
    ///         self.top = ptr.checked_add(bytes).ok_or(Halt::error("the heap is full"))?;
    ///         while u64::from(self.top) > memory.size() {
    ///             memory.grow(1)?.ok_or(Halt::error("there is no more memory"))?;
    ///         }
    ///         Ok(ptr)
    ///     }
    ///
    ///     // A greeting, at an address that the guest didn't choose: length and address in one number.
    ///     fn greeting(&mut self, memory: &mut Memory<'_>) -> Result<LenPtr, Halt> {
    ///         let text = "good day";
    ///         let ptr = self.malloc(memory, text.len() as u32)?;
    ///         memory.get_mut(ptr, text.len() as u32)?.copy_from_slice(text.as_bytes());
    ///         Ok(LenPtr(Span { ptr, len: text.len() as u32 }))
    ///     }
    /// }
    ///
    /// let module = HostModule::new("heap", || Heap { top: 1 << 16 })
    ///     .with_memory("malloc", Heap::malloc)
    ///     .with_memory("greeting", Heap::greeting);
    /// assert_eq!(module.to_string(), "heap.malloc (i32) -> i32\nheap.greeting () -> i64\n");
    /// ```
    #[must_use]
    pub fn with_memory<F, P>(mut self, name: impl Into<String>, function: F) -> Self
    where
        F: MemoryFn<S, P>,
        P: MemorySignature<S, F>,
    {
        let name = name.into();
        self.functions.retain(|other| other.name != name);
        let path = format!("{}.{name}", self.name).into();
        self.functions.push(Arc::new(Function::with_memory::<S, P, F>(path, name, self.fuel, function)));
        self
    }

    /// Offers a memory that modules may import, as large as they want it at the start, within the limits: for modules that
    /// have none of their own.
    #[must_use]
    pub fn memory(self, name: impl Into<String>) -> Self {
        Self { memory: Some(name.into()), ..self }
    }

    /// Every other function that is imported from this module is there too, with the type that is wanted. One that is called
    /// ends the call by [`Halt::Unprovided`], which names it.
    #[must_use]
    pub fn stubs(self) -> Self {
        Self { stubs: true, ..self }
    }

    /// Does something around each call: trace it, measure it, answer in its place. What is added later is further outside.
    ///
    /// ```
    /// # use dorcas_host::HostModule;
    /// let traced = HostModule::new("math", || ())
    ///     .function("add", |_: &mut (), a: u32, b: u32| a.wrapping_add(b))
    ///     .around(|call| {
    ///         call.run();
    ///         eprintln!("{call}"); // math.add(1, 2) -> 3
    ///     });
    /// ```
    #[must_use]
    pub fn around(mut self, layer: impl Fn(&mut HostCall<'_>) + Send + Sync + 'static) -> Self {
        self.layers.insert(0, Arc::new(layer));
        self
    }

    /// From here on functions cost so much fuel a call more than others do: for those that do much for few bytes.
    #[must_use]
    pub fn costing(mut self, fuel: u64) -> Self {
        self.fuel = CALL_FUEL.saturating_add(fuel);
        self
    }
}

/// What a call costs: more than it takes, and no less than what a guest may pile up on the host's stack with, where the
/// engine doesn't give that back ([`dispatch`](crate::sandbox::dispatch)).
const CALL_FUEL: u64 = crate::sandbox::dispatch::GROWTH_FUEL as u64;

impl<S> fmt::Display for HostModule<S> {
    /// A line for each function, with its type as a guest imports it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.functions.iter().try_for_each(|function| writeln!(f, "{} {}", function.path, function.signature()))
    }
}

impl<S> fmt::Debug for HostModule<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostModule").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<S> Clone for HostModule<S> {
    fn clone(&self) -> Self {
        Self {
            name: Arc::clone(&self.name),
            state: Arc::clone(&self.state),
            functions: self.functions.clone(),
            layers: self.layers.clone(),
            fuel: self.fuel,
            memory: self.memory.clone(),
            stubs: self.stubs,
        }
    }
}
