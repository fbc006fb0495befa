use std::{error::Error, fmt, sync::Arc};

/// Why a function of a [`HostModule`](crate::HostModule) ends the call in which a guest called it.
///
/// A function that returns `Result<T, Halt>` may do so. The guest doesn't go on, and its instance is poisoned; the embedder
/// gets [`CallError::Halted`](crate::CallError::Halted).
///
/// ```
/// use dorcas_host::{CallError, Engine, HostModule, module::Halt};
///
/// let wasm = wat::parse_str(r#"(module
///     (import "env" "exit" (func $exit (param i32)))
///     (func (export "run") (call $exit (i32.const 3))))"#)?;
/// let env = HostModule::new("env", || ()).function("exit", |(): &mut (), status: i32| -> Result<(), Halt> {
///     Err(Halt::Exit(status))
/// });
/// let module = Engine::default().with_module(env).module(&wasm)?;
/// let run = module.export::<(), ()>("run")?;
/// match module.start()?.call(&run, ()) {
///     Err(CallError::Halted { halt: Halt::Exit(status), .. }) => assert_eq!(status, 3),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Halt {
    /// The guest is done, with a status: 0 for success.
    Exit(i32),
    /// The guest named bytes that are not in its memory.
    OutOfBounds {
        /// The address of the first byte.
        ptr: u32,
        /// Number of bytes.
        bytes: u64,
        /// Size of the guest's memory in bytes.
        memory: u64,
    },
    /// The guest named bytes that are no UTF-8 text.
    NotUtf8 {
        /// The address of the first byte.
        ptr: u32,
        /// Number of bytes.
        bytes: u64,
    },
    /// What the function did for the guest costs more fuel than the call has.
    Fuel,
    /// The host has no such function: a [stub](crate::HostModule::stubs) was called.
    Unprovided,
    /// An error of the embedder's.
    Error(Arc<dyn Error + Send + Sync>),
}

impl Halt {
    /// An error of your own: a value that implements [`Error`], or a text.
    pub fn error(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Error(Arc::from(error.into()))
    }
}

/// Two errors of an embedder's are equal if their texts are.
impl PartialEq for Halt {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exit(one), Self::Exit(two)) => one == two,
            (
                Self::OutOfBounds { ptr, bytes, memory },
                Self::OutOfBounds { ptr: other_ptr, bytes: other_bytes, memory: other_memory },
            ) => (ptr, bytes, memory) == (other_ptr, other_bytes, other_memory),
            (Self::NotUtf8 { ptr, bytes }, Self::NotUtf8 { ptr: other_ptr, bytes: other_bytes }) => {
                (ptr, bytes) == (other_ptr, other_bytes)
            }
            (Self::Fuel, Self::Fuel) | (Self::Unprovided, Self::Unprovided) => true,
            (Self::Error(one), Self::Error(two)) => one.to_string() == two.to_string(),
            _ => false,
        }
    }
}

impl Eq for Halt {}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(status) => write!(f, "exit status {status}"),
            Self::OutOfBounds { ptr, bytes, memory } => {
                write!(f, "{bytes} bytes at {ptr:#x} are outside of the guest's memory of {memory} bytes")
            }
            Self::NotUtf8 { ptr, bytes } => write!(f, "{bytes} bytes at {ptr:#x} are not UTF-8"),
            Self::Fuel => f.write_str("there is not enough fuel for it"),
            Self::Unprovided => f.write_str("the host does not provide this function"),
            Self::Error(error) => fmt::Display::fmt(error, f),
        }
    }
}
