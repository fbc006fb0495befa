use crate::printable::printable;
use std::{convert::Infallible, fmt, sync::Arc};

/// What a guest did wrong when it called a function of a [`HostModule`](crate::HostModule).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostFault {
    /// The function with its module, `kv.get`.
    pub function: Arc<str>,
    /// Which of the parameters of the Rust function it is about, from 1.
    pub parameter: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a parameter that a guest passed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It points outside memory.
    #[error("is {bytes} bytes at {ptr:#x}, outside its memory of {memory} bytes")]
    OutOfBounds {
        /// Its address.
        ptr: u32,
        /// Its length in bytes.
        bytes: u64,
        /// Size of the guest's memory in bytes.
        memory: u64,
    },
    /// It is not aligned as its type wants it.
    #[error("is {bytes} bytes at {ptr:#x}, which is not a multiple of {align}, in its memory of {memory} bytes")]
    Misaligned {
        /// Its address.
        ptr: u32,
        /// Its length in bytes.
        bytes: u64,
        /// The alignment of the type.
        align: u32,
        /// Size of the guest's memory in bytes.
        memory: u64,
    },
    /// It is to be written to, or another one is, and they have bytes in common.
    #[error(
        "is {bytes} bytes at {ptr:#x}, overlaps parameter {other} and one is written to, in its memory of {memory} bytes"
    )]
    Overlaps {
        /// Its address.
        ptr: u32,
        /// Its length in bytes.
        bytes: u64,
        /// The other one.
        other: usize,
        /// Size of the guest's memory in bytes.
        memory: u64,
    },
    /// It is no text.
    #[error("is {bytes} bytes at {ptr:#x} that are not UTF-8 from byte {valid} on, in its memory of {memory} bytes")]
    NotUtf8 {
        /// Its address.
        ptr: u32,
        /// Its length in bytes.
        bytes: u64,
        /// So many bytes of it are good.
        valid: u64,
        /// Size of the guest's memory in bytes.
        memory: u64,
    },
    /// An object in it can't be loaded.
    #[error("is {bytes} bytes at {ptr:#x} whose object {index}, from 0, {problem}, in its memory of {memory} bytes")]
    Object {
        /// Its address.
        ptr: u32,
        /// Its length in bytes.
        bytes: u64,
        /// Which object, from 0.
        index: usize,
        /// What is wrong with that.
        problem: Box<Problem>,
        /// Size of the guest's memory in bytes.
        memory: u64,
    },
    /// It is no value of its type.
    #[error("is {value}, which is no {expected}")]
    Value {
        /// The integer that was passed.
        value: i64,
        /// What it should be.
        expected: &'static str,
    },
}

/// For a [`Compose`](crate::module::Compose) that any parts will do for.
impl From<Infallible> for Problem {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl fmt::Display for HostFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { function, parameter, problem } = self;
        write!(f, "parameter {parameter} of the host's `{}` {problem}", printable(function, 200))
    }
}
