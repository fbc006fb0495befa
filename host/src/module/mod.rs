//! Functions that an embedder offers to guests.

use crate::sandbox::store::StoreData;
use qcell::{QCell, QCellOwnerID};
use std::{any::Any, fmt, sync::Arc};
use sync_wrapper::SyncWrapper;

mod claim;
mod flat;
mod function;
mod grants;
mod layer;
mod list;
mod log;
mod outcome;
mod param;
#[cfg(target_endian = "little")]
mod plain;
mod scalar;
#[cfg(feature = "tracing")]
mod trace;
mod types;

pub use crate::error::{HostFault, Problem};
pub use bytemuck::Pod;
use claim::Claim;
pub use function::HostFn;
pub(crate) use grants::{Grants, Links};
pub use layer::HostCall;
pub use list::{List, ListMut, Object};
pub use log::Level;
pub(crate) use log::module as log_module;
pub use outcome::{ErrorCode, Optional, Ret};
pub use param::{Compose, Param};
#[cfg(target_endian = "little")]
pub use plain::{Array, ArrayMut, Ptr, PtrMut};

use function::Signature;
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
///     // get(key: i32, key_len: i32, buffer: i32, buffer_len: i32) -> (i32, i32): a length, and a code that is 0 for success
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
/// kv.get (i32, i32, i32, i32) -> (i32, i32)
/// kv.len () -> i64
/// ");
/// let engine = Engine::default().with_module(module);
/// ```
///
/// The types of a method are those that a guest imports ([`Param`], [`Ret`]); a guest that imports others is refused when
/// it is loaded. What a guest passes is looked at before the method runs. An address outside its memory, text that isn't
/// UTF-8, or a buffer to write to that overlaps another stops the guest with a [`HostFault`]; the host goes on.
///
/// A method sees its own value and the memory that was passed to it, and nothing else of the guest. Above all it can't
/// call the guest, nor another one: where it has got hold of one the call fails with
/// [`CallError::Nested`](crate::CallError::Nested). It should be quick: while it runs the call can't be interrupted. One that panics ends the call as a
/// [`CallError::Defect`](crate::CallError::Defect).
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
    state: Box<dyn Fn(QCellOwnerID) -> Arc<dyn Any + Send + Sync> + Send + Sync>,
    functions: Vec<Arc<Function>>,
    /// The outermost first.
    layers: Vec<Layer>,
}

impl<S: Send + 'static> HostModule<S> {
    /// A module without functions yet. `state` makes the value that an instance of a guest gets, when that comes into
    /// being; it goes with the instance.
    pub fn new(name: impl Into<Arc<str>>, state: impl Fn() -> S + Send + Sync + 'static) -> Self {
        let (functions, layers) = (Vec::new(), Vec::new());
        Self { name: name.into(), state: Arc::new(state), functions, layers, fuel: CALL_FUEL }
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
        }
    }
}
