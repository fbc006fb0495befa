//! Calls plugins that were made with [go-plugin](https://github.com/knqyf263/go-plugin), in the sandbox of [`dorcas_host`].
//!
//! ```
//! use dorcas_go_plugin::Plugin;
//! use dorcas_host::Engine;
//! # let wasm = wat::parse_str(r#"(module (memory (export "memory") 1) (func (export "malloc") (param i32) (result i32) (i32.const 64))
//! #   (func (export "free") (param i32)) (func (export "greeter_api_version") (result i64) (i64.const 1))
//! #   (func (export "greeter_greet") (param i32 i32) (result i64)
//! #     (i64.or (i64.shl (i64.extend_i32_u (local.get 0)) (i64.const 32)) (i64.extend_i32_u (local.get 1)))))"#)?;
//! let module = Engine::default().module(&wasm)?;
//! let mut plugin = Plugin::start(&module)?;
//! assert_eq!(plugin.api_version("greeter")?, 1);
//! // The request and the reply are messages of protocol buffers, which are the caller's business.
//! let reply = plugin.call("greeter_greet", b"\x0a\x05wasmi")?;
//! assert_eq!(reply, b"\x0a\x05wasmi");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A plugin exports `malloc`, `free`, `SERVICE_api_version` and a function for each method, `SERVICE_METHOD`. Such a function
//! takes the address and length of a request, and returns those of a reply in one number: the address in the high half, the length
//! in the low one. Bit 31 of the length says that the reply is the text of an error. What a plugin imports beside, WASI above all,
//! the embedder offers, or `dorcas seal --any` puts it into the module.
//!
//! go-plugin returns 0 for a reply whose fields all have their defaults, and for a request that it can't read. Here the second is an
//! error, [`PluginError::Unread`], if the request is no message of protocol buffers at all.

#![deny(missing_docs)]

mod message;

use dorcas_host::{CallError, CallStats, ExportError, Instance, Module, TypedExport, abi::Span, module::PtrLen};

/// An instance of a plugin. Its globals and memory stay from call to call.
#[derive(Debug)]
pub struct Plugin {
    module: Module,
    instance: Instance,
    malloc: TypedExport<u32, u32>,
    free: TypedExport<u32, ()>,
    stats: CallStats,
}

/// Why there is no plugin, or no reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PluginError {
    /// It lacks a function, or has one of another type.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A call ended without a result. The instance isn't called again.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The plugin answered with an error.
    #[error("`{method}` failed: {text}")]
    Failed {
        /// What was called.
        method: String,
        /// What the plugin says.
        text: String,
    },
    /// The plugin returned 0 for a request that it can't have read.
    #[error(
        "`{method}` returned nothing at all, for a request that is no message of protocol buffers: {what} at byte {at} of {bytes}"
    )]
    Unread {
        /// What was called.
        method: String,
        /// What is wrong with the request.
        what: &'static str,
        /// Where.
        at: usize,
        /// Size of the request.
        bytes: usize,
    },
    /// The request is larger than a plugin's memory can be.
    #[error("the request for `{method}` has {bytes} bytes; there can be {most}", most = u32::MAX)]
    Request {
        /// What was called.
        method: String,
        /// Its size.
        bytes: usize,
    },
    /// `malloc` returned an address at which there is no room for what was asked for.
    #[error("`malloc` returned {ptr:#x} for {bytes} bytes, which are not in the plugin's memory of {memory} bytes")]
    Room {
        /// The address.
        ptr: u32,
        /// How much was asked for.
        bytes: u32,
        /// The size of the memory.
        memory: u64,
    },
    /// The reply is not in the plugin's memory.
    #[error(
        "`{method}` returned {len} bytes at {ptr:#x}, which are not in the plugin's memory of {memory} bytes; the address is in the high half"
    )]
    Reply {
        /// What was called.
        method: String,
        /// The address.
        ptr: u32,
        /// The length, without bit 31.
        len: u32,
        /// The size of the memory.
        memory: u64,
    },
}

/// In the length of a reply: it is the text of an error.
const IS_ERROR: u32 = 1 << 31;

impl Plugin {
    /// Starts an instance of a plugin.
    pub fn start(module: &Module) -> Result<Self, PluginError> {
        let (malloc, free) = (module.export("malloc")?, module.export("free")?);
        Ok(Self { instance: module.start()?, module: module.clone(), malloc, free, stats: CallStats::default() })
    }

    /// The version of a service that the plugin was made for: what it exports as `SERVICE_api_version`.
    pub fn api_version(&mut self, service: &str) -> Result<u64, PluginError> {
        let export = self.module.export::<(), u64>(&format!("{service}_api_version"))?;
        self.run(&export, ())
    }

    /// Calls a method, named by its export, with the bytes of a request: the bytes of the reply.
    pub fn call(&mut self, method: &str, request: &[u8]) -> Result<Vec<u8>, PluginError> {
        let export = self.module.export::<(u32, u32), PtrLen>(method)?;
        let owned = || method.to_owned();
        let bytes = request.len();
        let len = u32::try_from(bytes).map_err(|_| PluginError::Request { method: owned(), bytes })?;
        let ptr = self.pass(request, len)?;
        let PtrLen(reply) = self.run(&export, (ptr, len))?;
        let (at, len) = (reply.ptr, reply.len & !IS_ERROR);
        let found = self.instance.bytes(Span { ptr: at, len }).map(<[u8]>::to_vec);
        let memory = self.instance.memory_bytes();
        let found = found.ok_or_else(|| PluginError::Reply { method: owned(), ptr: at, len, memory })?;
        let free = self.free.clone();
        // A plugin may answer in place.
        for buffer in [ptr, at].into_iter().filter(|buffer| *buffer != 0).take(if ptr == at { 1 } else { 2 }) {
            self.run(&free, buffer)?;
        }
        match (reply.ptr, reply.len) {
            (0, 0) => match message::check(request) {
                Ok(()) => Ok(found),
                Err((at, what)) => Err(PluginError::Unread { method: owned(), what, at, bytes }),
            },
            (_, len) if len & IS_ERROR != 0 => {
                Err(PluginError::Failed { method: owned(), text: String::from_utf8_lossy(&found).into_owned() })
            }
            _ => Ok(found),
        }
    }

    /// Fuel that all calls have taken.
    pub fn fuel_used(&self) -> u64 {
        self.stats.fuel
    }

    /// The instance.
    pub fn instance(&mut self) -> &mut Instance {
        &mut self.instance
    }

    /// Copies a request to where the plugin wants it. An empty one has no address.
    fn pass(&mut self, request: &[u8], bytes: u32) -> Result<u32, PluginError> {
        if bytes == 0 {
            return Ok(0);
        }
        let malloc = self.malloc.clone();
        let ptr = self.run(&malloc, bytes)?;
        let memory = self.instance.memory_bytes();
        match self.instance.bytes_mut(Span { ptr, len: bytes }) {
            Some(room) if ptr != 0 => {
                room.copy_from_slice(request);
                Ok(ptr)
            }
            _ => Err(PluginError::Room { ptr, bytes, memory }),
        }
    }

    fn run<A: dorcas_host::Values, R: dorcas_host::Values>(
        &mut self,
        export: &TypedExport<A, R>,
        args: A,
    ) -> Result<R, PluginError> {
        let (returned, stats) = self.instance.call_measured(export, args);
        self.stats.fuel = self.stats.fuel.saturating_add(stats.fuel);
        Ok(returned?)
    }
}
