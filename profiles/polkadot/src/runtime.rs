//! How is a runtime loaded and called?

use crate::{
    code,
    heap::{Heap, HeapFault},
    version::{Version, VersionError},
};
use dorcas_host::{
    CallError, CallStats, Config, Engine, ExportError, Features, HostModule, Instance, LoadError, Module, Value,
    abi::Span,
    module::{Halt, LenPtr, States},
};

/// A runtime: code that was checked and compiled. It never changes, clones cheaply, and may be called from any number of threads.
#[derive(Clone, Debug)]
pub struct Runtime {
    module: Module,
}

/// Why code is no runtime, or a call has no reply.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuntimeError {
    /// The compressed code can't be read.
    #[error("the compressed code can't be read: {what}")]
    Compressed {
        /// Why.
        what: String,
    },
    /// The code takes more than a module may.
    #[error("the code is more than {most} bytes when it is decompressed (`Limits::module_bytes`)")]
    Bomb {
        /// How much a module may take.
        most: u32,
    },
    /// To decompress the code takes more than it may.
    #[error("the compressed code has a window of {window} bytes, and may have {most} (`Limits::module_bytes`)")]
    Window {
        /// Bytes that the decoder would have to keep.
        window: u64,
        /// Bytes that it may keep.
        most: u64,
    },
    /// The code is no module, or none that may be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The runtime has no memory: it neither exports one nor imports `env.memory`.
    #[error("the runtime has no memory: it neither exports one nor imports `env.memory`")]
    NoMemory,
    /// The runtime doesn't say where its heap begins.
    #[error("the runtime has no heap: it must export a global `__heap_base` of type i32 above 0, {found}")]
    NoHeapBase {
        /// What there is instead.
        found: String,
    },
    /// It has no such function, or one of another type.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The arguments don't fit into its memory.
    #[error("the arguments have {bytes} bytes, for which there is no room in the runtime's memory: {fault}")]
    Arguments {
        /// How many.
        bytes: usize,
        /// What the allocator says.
        fault: Halt,
    },
    /// The call ended without a reply.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The reply is not in the runtime's memory.
    #[error("`{export}` returned {:#018x}, {len} bytes at {ptr:#x}, which are not in its memory of {memory} bytes; the length is in the high half", u64::from(*len) << 32 | u64::from(*ptr))]
    Reply {
        /// What was called.
        export: String,
        /// Where the reply begins.
        ptr: u32,
        /// Its length.
        len: u32,
        /// Size of the memory.
        memory: u64,
    },
    /// The reply is no version.
    #[error(transparent)]
    Version(#[from] VersionError),
}

const MEMORY: &str = "memory";
const ENV: &str = "env";
const HEAP_BASE: &str = "__heap_base";

/// What a runtime may import.
fn env() -> HostModule<Heap> {
    HostModule::new(ENV, Heap::none)
        .memory(MEMORY)
        .with_memory("ext_allocator_malloc_version_1", Heap::allocate)
        .with_memory("ext_allocator_free_version_1", Heap::free)
        // No message is of interest.
        .function("ext_logging_max_level_version_1", |_: &mut Heap| 0_u32)
        .stubs()
}

impl Runtime {
    /// Loads code, as it is or compressed, under the limits of a configuration.
    pub fn load(config: &Config, code: &[u8]) -> Result<Self, RuntimeError> {
        let wasm = code::module(code, config.limits.module_bytes)?;
        let config = Config { features: Features::MVP, ..config.clone() };
        let module = Engine::new(config).with_module(env()).module(&wasm)?;
        if module.outline().memories == 0 {
            return Err(RuntimeError::NoMemory);
        }
        let found = module.outline().exports.iter().find(|export| export.name == HEAP_BASE);
        match found.map(|export| export.ty.to_string()) {
            None => return Err(RuntimeError::NoHeapBase { found: "and exports nothing of that name".into() }),
            Some(ty) if !ty.ends_with("i32 global") => {
                return Err(RuntimeError::NoHeapBase { found: format!("and that is a {ty}") });
            }
            Some(_) => {}
        }
        Ok(Self { module })
    }

    /// The module.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Calls a function of the runtime with encoded arguments, in a fresh instance: its reply, encoded too.
    pub fn call(&self, export: &str, arguments: &[u8]) -> Result<Vec<u8>, RuntimeError> {
        self.call_measured(export, arguments).0
    }

    /// The same, and what it took, in case of an error too.
    pub fn call_measured(&self, export: &str, arguments: &[u8]) -> (Result<Vec<u8>, RuntimeError>, CallStats) {
        let mut stats = CallStats::default();
        let outcome = self.in_instance(export, arguments, &mut stats);
        (outcome, stats)
    }

    fn in_instance(&self, export: &str, arguments: &[u8], stats: &mut CallStats) -> Result<Vec<u8>, RuntimeError> {
        let function = self.module.export::<(u32, u32), LenPtr>(export)?;
        let (instance, started) = self.module.start_measured(States::new());
        stats.fuel += started.fuel;
        let mut instance = instance?;
        let base = match instance.global(HEAP_BASE) {
            Some(Value::I32(base)) if base != 0 => base.cast_unsigned(),
            other => return Err(RuntimeError::NoHeapBase { found: format!("and it is {other:?}") }),
        };
        let ptr = pass(&mut instance, Heap::at(base), arguments)?;
        let len = u32::try_from(arguments.len()).unwrap_or(u32::MAX);
        let (reply, called) = instance.call_measured(&function, (ptr, len));
        stats.fuel += called.fuel;
        let LenPtr(Span { ptr, len }) = reply?;
        let memory = instance.memory_bytes();
        let reply = instance.bytes(Span { ptr, len });
        reply.map(<[u8]>::to_vec).ok_or_else(|| RuntimeError::Reply { export: export.to_owned(), ptr, len, memory })
    }

    /// What the runtime says about itself.
    pub fn version(&self) -> Result<Version, RuntimeError> {
        Ok(Version::decode(&self.call("Core_version", &[])?)?)
    }
}

/// Gives an instance its heap, and puts the arguments there, as the first block.
fn pass(instance: &mut Instance, mut heap: Heap, arguments: &[u8]) -> Result<u32, RuntimeError> {
    let bytes = arguments.len();
    let placed = if bytes == 0 {
        Ok(0)
    } else {
        instance.with_memory(|memory| {
            let bytes = u32::try_from(bytes).map_err(|_| Halt::error(HeapFault::TooLarge { bytes: u32::MAX }))?;
            let ptr = heap.allocate(memory, bytes)?;
            memory.get_mut(ptr, bytes)?.copy_from_slice(arguments);
            Ok(ptr)
        })
    };
    let ptr = placed.map_err(|fault| RuntimeError::Arguments { bytes, fault })?;
    if let Some(state) = instance.state::<Heap>() {
        *state = heap;
    }
    Ok(ptr)
}
