//! What is imported or exported, and how is its type written?

use crate::printable::{MAX_NAME_BYTES, printable};
use std::fmt;

/// Something that a module exports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Export {
    /// Its name.
    pub name: String,
    /// What it is.
    pub ty: ExternType,
}

/// Something that a module imports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Import {
    /// The module it is to come from.
    pub module: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub ty: ExternType,
}

/// The type of an import or export.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExternType {
    /// A function.
    Function {
        /// Its parameters and results, `(i32, i32) -> i64`.
        signature: String,
    },
    /// A linear memory.
    Memory {
        /// Its pages at the start.
        initial: u64,
        /// The most pages it may have.
        maximum: Option<u64>,
        /// Whether its addresses have 64 bits.
        wide: bool,
    },
    /// A global.
    Global {
        /// The type of its value, `i32`.
        value: String,
        /// Whether it may change.
        mutable: bool,
    },
    /// A table.
    Table {
        /// The type of its entries, `funcref`.
        element: String,
        /// Its entries at the start.
        initial: u64,
    },
    /// An exception tag.
    Tag,
}

/// The type of a WebAssembly value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// A 32-bit integer.
    I32,
    /// A 64-bit integer.
    I64,
    /// A 32-bit float.
    F32,
    /// A 64-bit float.
    F64,
}

/// A function's type as it is written in messages: `(i32, i32) -> i64`.
pub(crate) fn signature(params: &[String], results: &[String]) -> String {
    match results {
        [result] => format!("({}) -> {result}", params.join(", ")),
        results => format!("({}) -> ({})", params.join(", "), results.join(", ")),
    }
}

impl fmt::Display for ExternType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function { signature } => write!(f, "function {signature}"),
            Self::Memory { initial, maximum, wide } => {
                let (bits, pages) = (if *wide { 64 } else { 32 }, if *initial == 1 { "page" } else { "pages" });
                write!(f, "{bits}-bit memory of {initial} {pages}")?;
                maximum.map_or(Ok(()), |maximum| write!(f, " up to {maximum}"))
            }
            Self::Global { value, mutable: true } => write!(f, "mutable {value} global"),
            Self::Global { value, mutable: false } => write!(f, "constant {value} global"),
            Self::Table { element, initial } => write!(f, "table of {initial} {element} entries"),
            Self::Tag => f.write_str("tag"),
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
        })
    }
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (module, name) = (printable(&self.module, MAX_NAME_BYTES), printable(&self.name, MAX_NAME_BYTES));
        write!(f, "`{module}.{name}`, a {}", self.ty)
    }
}

impl fmt::Display for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`, a {}", printable(&self.name, MAX_NAME_BYTES), self.ty)
    }
}
