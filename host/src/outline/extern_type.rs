//! What is imported or exported, and how is its type written?

use std::fmt;
use wasmparser::{GlobalType, MemoryType, TableType, ValType};

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

/// A function's type as it is written in messages: `(i32, i32) -> i64`.
pub(crate) fn signature(params: &[String], results: &[String]) -> String {
    match results {
        [result] => format!("({}) -> {result}", params.join(", ")),
        results => format!("({}) -> ({})", params.join(", "), results.join(", ")),
    }
}

pub(super) fn texts(types: &[ValType]) -> Vec<String> {
    types.iter().map(ToString::to_string).collect()
}

impl From<&TableType> for ExternType {
    fn from(ty: &TableType) -> Self {
        Self::Table { element: ty.element_type.to_string(), initial: ty.initial }
    }
}

impl From<&MemoryType> for ExternType {
    fn from(ty: &MemoryType) -> Self {
        Self::Memory { initial: ty.initial, maximum: ty.maximum, wide: ty.memory64 }
    }
}

impl From<&GlobalType> for ExternType {
    fn from(ty: &GlobalType) -> Self {
        Self::Global { value: ty.content_type.to_string(), mutable: ty.mutable }
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
