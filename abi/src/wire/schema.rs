use super::{Bytes, Fault, Reader, Wire};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// What stands on the wire, as data: from these the specification's tables and the machine-readable schema are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// One byte, 0 or 1.
    Bool,
    /// A varint of 1 to 5 bytes.
    U32,
    /// Zigzag, then a varint of 1 to 10 bytes.
    I64,
    /// A length and UTF-8.
    Text {
        /// Whether the text must have at least one byte.
        non_empty: bool,
    },
    /// A length and bytes.
    Bytes,
    /// 0, or 1 and the value.
    Option(&'static Type),
    /// A count and the items.
    List {
        /// Type of an item.
        item: &'static Type,
        /// Number of leading texts of an item that make the key by which the list is sorted and unique;
        /// 0 where the order carries meaning.
        sorted_by: u8,
    },
    /// A struct or enum of the schema.
    Named(&'static str),
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::U32 => f.write_str("u32"),
            Self::I64 => f.write_str("i64"),
            Self::Text { non_empty: false } => f.write_str("text"),
            Self::Text { non_empty: true } => f.write_str("text, not empty"),
            Self::Bytes => f.write_str("bytes"),
            Self::Option(some) => write!(f, "option of {some}"),
            Self::List { item, sorted_by: 0 } => write!(f, "list of {item}"),
            Self::List { item, sorted_by: 1 } => write!(f, "sorted list of {item}"),
            Self::List { item, sorted_by } => write!(f, "sorted list of {item}, by its first {sorted_by} texts"),
            Self::Named(name) => f.write_str(name),
        }
    }
}

/// A named type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// What it is for: lines of Markdown.
    pub doc: &'static [&'static str],
    /// Its fields or variants.
    pub shape: Shape,
}

/// What a named type is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The fields one after the other, nothing between them.
    Struct(&'static [Field]),
    /// A varint that is the index of a variant, then what the variant carries.
    Enum(&'static [Variant]),
}

/// A field of a struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name. Names don't stand on the wire.
    pub name: &'static str,
    /// What it means: lines of Markdown.
    pub doc: &'static [&'static str],
    /// Its type.
    pub ty: Type,
}

/// A variant of an enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Its name.
    pub name: &'static str,
    /// What it means: lines of Markdown.
    pub doc: &'static [&'static str],
    /// What follows the discriminant.
    pub payload: Payload,
}

/// What a variant carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Nothing.
    Unit,
    /// One value.
    One(Type),
    /// Named values one after the other.
    Fields(&'static [Field]),
}

impl Wire for bool {
    const TYPE: Type = Type::Bool;
    const MIN_LEN: u32 = 1;
    fn check(reader: &mut Reader<'_>) -> Result<(), Fault> {
        reader.bool().map(drop)
    }
}

impl Wire for u32 {
    const TYPE: Type = Type::U32;
    const MIN_LEN: u32 = 1;
    fn check(reader: &mut Reader<'_>) -> Result<(), Fault> {
        reader.u32().map(drop)
    }
}

impl Wire for i64 {
    const TYPE: Type = Type::I64;
    const MIN_LEN: u32 = 1;
    fn check(reader: &mut Reader<'_>) -> Result<(), Fault> {
        reader.i64()
    }
}

impl Wire for String {
    const TYPE: Type = Type::Text { non_empty: false };
    const MIN_LEN: u32 = 1;
    fn check(reader: &mut Reader<'_>) -> Result<(), Fault> {
        reader.text().map(drop)
    }
}

impl Wire for Bytes {
    const TYPE: Type = Type::Bytes;
    const MIN_LEN: u32 = 1;
    fn check(reader: &mut Reader<'_>) -> Result<(), Fault> {
        reader.bytes().map(drop)
    }
}

impl<T: Wire> Wire for Option<T> {
    const TYPE: Type = Type::Option(&T::TYPE);
    const MIN_LEN: u32 = 1;
    fn check(reader: &mut Reader<'_>) -> Result<(), Fault> {
        if reader.bool()? { T::check(reader) } else { Ok(()) }
    }
}

impl<T: Wire> Wire for Vec<T> {
    const TYPE: Type = Type::List { item: &T::TYPE, sorted_by: 0 };
    const MIN_LEN: u32 = 1;
    fn check(reader: &mut Reader<'_>) -> Result<(), Fault> {
        reader.list::<T>()
    }
}

/// A list type, so that the macros below can name what a field's list holds.
pub(crate) trait ListOf {
    type Item: Wire;
}

impl<T: Wire> ListOf for Vec<T> {
    type Item = T;
}

/// The type of a field with the rule that stands behind it in [`messages!`].
macro_rules! field_type {
    ($ty:ty) => {
        <$ty as $crate::wire::Wire>::TYPE
    };
    ($ty:ty, sorted $key:literal) => {
        $crate::wire::Type::List {
            item: &<<$ty as $crate::wire::ListOf>::Item as $crate::wire::Wire>::TYPE,
            sorted_by: $key,
        }
    };
    ($ty:ty, non_empty) => {
        $crate::wire::Type::Text { non_empty: true }
    };
}

/// The check of a field with the rule that stands behind it in [`messages!`].
macro_rules! field_check {
    ($reader:ident, $ty:ty) => {
        <$ty as $crate::wire::Wire>::check($reader)
    };
    ($reader:ident, $ty:ty, sorted $key:literal) => {
        $reader.sorted_list::<<$ty as $crate::wire::ListOf>::Item>($key)
    };
    ($reader:ident, $ty:ty, non_empty) => {
        $reader.non_empty_text()
    };
}

/// Defines structs of the schema: the Rust type, its serde form, its check and its [`Definition`], from one text.
///
/// Behind a field's type may stand a rule in brackets: `[sorted N]`, a list in strictly rising order of the
/// first N texts of its items, or `[non_empty]`, a text of at least one byte.
macro_rules! structs {
    ($(
        $(#[doc = $doc:literal])*
        $(#[derive($($derived:ident),+)])?
        pub struct $name:ident {
            $( $(#[doc = $field_doc:literal])* $field:ident : $ty:ty $([$($rule:tt)+])? ),* $(,)?
        }
    )*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        $(#[derive($($derived),+)])?
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $( $(#[doc = $field_doc])* pub $field: $ty, )*
        }

        impl $crate::wire::Wire for $name {
            const TYPE: $crate::wire::Type = $crate::wire::Type::Named(stringify!($name));
            const MIN_LEN: u32 = 0 $( + <$ty as $crate::wire::Wire>::MIN_LEN )*;
            fn check(reader: &mut $crate::wire::Reader<'_>) -> Result<(), $crate::wire::Fault> {
                $(
                    $crate::wire::field_check!(reader, $ty $(, $($rule)+)?)
                        .map_err(|fault| fault.within($crate::wire::Segment::Field(stringify!($field))))?;
                )*
                Ok(())
            }
        }

        impl $crate::wire::Message for $name {
            const DEFINITION: $crate::wire::Definition = $crate::wire::Definition {
                name: stringify!($name),
                doc: &[$($doc),*],
                shape: $crate::wire::Shape::Struct(&[$(
                    $crate::wire::Field {
                        name: stringify!($field),
                        doc: &[$($field_doc),*],
                        ty: $crate::wire::field_type!($ty $(, $($rule)+)?),
                    },
                )*]),
            };
        }
    )*};
}

/// Defines an enum of the schema. The first variant has discriminant 0. `default Name` behind the enum's name makes
/// a variant without payload the default.
macro_rules! enums {
    ($(
        $(#[doc = $doc:literal])*
        pub enum $name:ident $(default $default:ident)? {
            $(
                $(#[doc = $variant_doc:literal])*
                $variant:ident
                $( ( $one:ty $([$($rule:tt)+])? ) )?
                $( { $( $(#[doc = $field_doc:literal])* $field:ident : $ty:ty $([$($field_rule:tt)+])? ),* $(,)? } )?
            ),* $(,)?
        }
    )*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $(
                $(#[doc = $variant_doc])*
                $variant $( ($one) )? $( { $( $(#[doc = $field_doc])* $field: $ty, )* } )?,
            )*
        }

        $(impl Default for $name {
            fn default() -> Self {
                Self::$default
            }
        })?

        impl $crate::wire::Wire for $name {
            const TYPE: $crate::wire::Type = $crate::wire::Type::Named(stringify!($name));
            const MIN_LEN: u32 = 1;
            fn check(reader: &mut $crate::wire::Reader<'_>) -> Result<(), $crate::wire::Fault> {
                // Discriminants are compared one after the other: a declarative macro can't number its
                // repetitions, and the compiler makes a jump table of it.
                const NAMES: &[&str] = &[$(stringify!($variant)),*];
                #[allow(clippy::cast_possible_truncation, reason = "nobody writes down 2^32 variants")]
                let variant = reader.variant(stringify!($name), NAMES.len() as u32)?;
                let mut next = 0;
                $(
                    if variant == next {
                        $(
                            $crate::wire::field_check!(reader, $one $(, $($rule)+)?)
                                .map_err(|fault| fault.within($crate::wire::Segment::Field(stringify!($variant))))?;
                        )?
                        $($(
                            $crate::wire::field_check!(reader, $ty $(, $($field_rule)+)?)
                                .map_err(|fault| fault.within($crate::wire::Segment::Field(stringify!($field))))
                                .map_err(|fault| fault.within($crate::wire::Segment::Field(stringify!($variant))))?;
                        )*)?
                        return Ok(());
                    }
                    next += 1;
                )*
                // variant() has made sure that one of the comparisons holds.
                let _ = next;
                Ok(())
            }
        }

        impl $crate::wire::Message for $name {
            const DEFINITION: $crate::wire::Definition = $crate::wire::Definition {
                name: stringify!($name),
                doc: &[$($doc),*],
                shape: $crate::wire::Shape::Enum(&[$(
                    $crate::wire::Variant {
                        name: stringify!($variant),
                        doc: &[$($variant_doc),*],
                        payload: $crate::wire::payload!(
                            $( one $crate::wire::field_type!($one $(, $($rule)+)?) )?
                            $( fields [$(
                                $crate::wire::Field {
                                    name: stringify!($field),
                                    doc: &[$($field_doc),*],
                                    ty: $crate::wire::field_type!($ty $(, $($field_rule)+)?),
                                },
                            )*] )?
                        ),
                    },
                )*]),
            };
        }
    )*};
}

/// What a variant carries, for its [`Definition`].
macro_rules! payload {
    () => { $crate::wire::Payload::Unit };
    (one $ty:expr) => { $crate::wire::Payload::One($ty) };
    (fields [$($fields:tt)*]) => { $crate::wire::Payload::Fields(&[$($fields)*]) };
}

pub(crate) use {enums, field_check, field_type, payload, structs};
