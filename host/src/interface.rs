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

/// A WebAssembly value.
///
/// Two of them are equal if their types and bits are: a NaN is equal to itself, and 0 differs from -0.
#[derive(Clone, Copy)]
pub enum Value {
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// A 32-bit float.
    F32(f32),
    /// A 64-bit float.
    F64(f64),
}

/// The type of a function, as far as it is made of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FunctionType {
    /// What it takes.
    pub params: Vec<ValueType>,
    /// What it returns.
    pub results: Vec<ValueType>,
}

impl Value {
    /// Its type.
    pub fn ty(self) -> ValueType {
        match self {
            Self::I32(_) => ValueType::I32,
            Self::I64(_) => ValueType::I64,
            Self::F32(_) => ValueType::F32,
            Self::F64(_) => ValueType::F64,
        }
    }

    /// Its bits; those of 32 are the lower half.
    pub fn bits(self) -> u64 {
        match self {
            Self::I32(value) => value.cast_unsigned().into(),
            Self::I64(value) => value.cast_unsigned(),
            Self::F32(value) => value.to_bits().into(),
            Self::F64(value) => value.to_bits(),
        }
    }

    /// Reads a number of that type. An integer may be signed or unsigned, and hexadecimal behind `0x`. `None` if it is none,
    /// or does not fit.
    ///
    /// ```
    /// # use dorcas_host::{Value, ValueType};
    /// assert_eq!(Value::parse(ValueType::I32, "-1"), Some(Value::I32(-1)));
    /// assert_eq!(Value::parse(ValueType::I32, "4294967295"), Some(Value::I32(-1)));
    /// assert_eq!(Value::parse(ValueType::I64, "0x10"), Some(Value::I64(16)));
    /// assert_eq!(Value::parse(ValueType::F64, "1e3"), Some(Value::F64(1000.0)));
    /// assert_eq!(Value::parse(ValueType::I32, "4294967296"), None);
    /// ```
    pub fn parse(ty: ValueType, text: &str) -> Option<Self> {
        match ty {
            ValueType::I32 => {
                let value = integer(text)?;
                let signed = i32::try_from(value).ok();
                signed.or_else(|| u32::try_from(value).ok().map(u32::cast_signed)).map(Self::I32)
            }
            ValueType::I64 => {
                let value = integer(text)?;
                let signed = i64::try_from(value).ok();
                signed.or_else(|| u64::try_from(value).ok().map(u64::cast_signed)).map(Self::I64)
            }
            ValueType::F32 => text.parse().ok().map(Self::F32),
            ValueType::F64 => text.parse().ok().map(Self::F64),
        }
    }
}

fn integer(text: &str) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (radix, digits) = digits.strip_prefix("0x").map_or((10, digits), |digits| (16, digits));
    let magnitude = u64::from_str_radix(digits.strip_prefix('+').map_or(digits, |_| ""), radix).ok()?;
    Some(sign * i128::from(magnitude))
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        (self.ty(), self.bits()) == (other.ty(), other.bits())
    }
}

impl Eq for Value {}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::I32(value) => write!(f, "{value}"),
            Self::I64(value) => write!(f, "{value}"),
            Self::F32(value) => write!(f, "{value:?}"),
            Self::F64(value) => write!(f, "{value:?}"),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({self})", self.ty())
    }
}

impl fmt::Display for FunctionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = |types: &[ValueType]| -> Vec<_> { types.iter().map(ValueType::to_string).collect() };
        f.write_str(&signature(&texts(&self.params), &texts(&self.results)))
    }
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
