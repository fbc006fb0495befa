//! The messages of the SDK for Zig: a type each, with a note where a Zig type doesn't say all.

use crate::{
    names::snake,
    schema::{is_plain, prose},
};
use dorcas_abi::{
    message::{self, DEFINITIONS},
    wire::{Definition, Field, Payload, Shape, Type, Variant},
};

const HEAD: &str = r"//! The messages of version 1 of the ABI. Generated from abi/schema.json by `cargo run -p dorcas-generate`: don't edit.
//!
//! Names are Zig's: a variant `SortedStrings` is `.sorted_strings`. What a Zig type can't say stands in `wire` beside it:
//! which texts may not be empty, which are bytes, and by how many texts a list is sorted. Nothing is copied when a
//! message is read: texts and bytes lie in the argument.

/// What can be said about a field beside its type.
pub const Note = struct {
    /// What a `[]const u8` in it is.
    leaf: enum { text, non_empty, bytes } = .text,
    /// By how many of its first texts each item of the list is ordered; 0 where any order will do.
    sorted_by: u8 = 0,
};

/// What each method but `lang_name` returns.
pub fn Reply(comptime T: type) type {
    return union(enum) { ok: T, err: GuestError };
}
";

/// `src/message.zig`.
pub(crate) fn messages() -> String {
    let mut out = HEAD.to_owned();
    for definition in DEFINITIONS {
        let Definition { name, doc, shape } = definition;
        out += &format!("\n/// {}\n", prose(doc));
        out += &match shape {
            Shape::Struct(fields) => format!("pub const {name} = {};\n", structure("", fields)),
            Shape::Enum(variants) if is_plain(variants) => {
                let variant =
                    |variant: &Variant| format!("    /// {}\n    {},\n", prose(variant.doc), word(variant.name));
                format!("pub const {name} = enum {{\n{}}};\n", variants.iter().map(variant).collect::<String>())
            }
            Shape::Enum(variants) => format!("pub const {name} = {};\n", union(variants)),
        };
    }
    out
}

fn structure(indent: &str, fields: &[Field]) -> String {
    let mut out = "struct {\n".to_owned();
    for field in fields {
        let value = start(&field.ty).map_or_else(String::new, |start| format!(" = {start}"));
        out += &format!("{indent}    /// {}\n", prose(field.doc));
        out += &format!("{indent}    {}: {}{value},\n", quoted(field.name), zig_type(&field.ty));
    }
    let notes = fields.iter().map(|field| (quoted(field.name), Some(field.ty)));
    out + &wire(indent, notes) + indent + "}"
}

fn union(variants: &[Variant]) -> String {
    let mut out = "union(enum) {\n".to_owned();
    for variant in variants {
        let payload = match variant.payload {
            Payload::Unit => String::new(),
            Payload::One(ty) => format!(": {}", zig_type(&ty)),
            Payload::Fields(fields) => format!(": {}", structure("    ", fields)),
        };
        out += &format!("    /// {}\n    {}{payload},\n", prose(variant.doc), word(variant.name));
    }
    let notes = variants.iter().map(|variant| {
        let ty = if let Payload::One(ty) = variant.payload { Some(ty) } else { None };
        (word(variant.name), ty)
    });
    out + &wire("", notes) + "}"
}

/// The notes of a type, if it needs any.
fn wire(indent: &str, members: impl Iterator<Item = (String, Option<Type>)>) -> String {
    let notes: String = members
        .filter_map(|(name, ty)| Some(format!("{indent}        .{name} = Note{{ {} }},\n", note(&ty?)?)))
        .collect();
    if notes.is_empty() {
        return String::new();
    }
    format!("\n{indent}    pub const wire = .{{\n{notes}{indent}    }};\n")
}

/// What the type in Zig doesn't say.
fn note(ty: &Type) -> Option<String> {
    let leaf = match leaf(ty) {
        Type::Bytes => Some(".leaf = .bytes".to_owned()),
        Type::Text { non_empty: true } => Some(".leaf = .non_empty".to_owned()),
        _ => None,
    };
    let sorted = match ty {
        Type::List { sorted_by: 1.., .. } => Some(format!(".sorted_by = {}", sorted_by(ty))),
        _ => None,
    };
    let parts: Vec<_> = leaf.into_iter().chain(sorted).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn sorted_by(ty: &Type) -> u8 {
    if let Type::List { sorted_by, .. } = ty { *sorted_by } else { 0 }
}

/// The type within options and lists.
fn leaf(ty: &Type) -> Type {
    match ty {
        Type::Option(item) | Type::List { item, .. } => leaf(item),
        ty => *ty,
    }
}

fn zig_type(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".into(),
        Type::U32 => "u32".into(),
        Type::I64 => "i64".into(),
        Type::Text { .. } | Type::Bytes => "[]const u8".into(),
        Type::Option(some) => format!("?{}", zig_type(some)),
        Type::List { item, .. } => format!("[]const {}", zig_type(item)),
        Type::Named(name) => (*name).into(),
    }
}

/// The value of a field before somebody sets it; `None` if the field has to be set.
fn start(ty: &Type) -> Option<String> {
    Some(match ty {
        Type::Bool => "false".into(),
        Type::U32 | Type::I64 => "0".into(),
        Type::Text { .. } | Type::Bytes => "\"\"".into(),
        Type::Option(_) => "null".into(),
        Type::List { .. } => "&.{}".into(),
        Type::Named(name) => match message::definition(name)?.shape {
            Shape::Enum([Variant { name: first @ ("Unknown" | "Here"), payload: Payload::Unit, .. }, ..]) => {
                format!(".{}", word(first))
            }
            // Nothing but switches.
            Shape::Struct(fields) if fields.iter().all(|field| field.ty == Type::Bool) => ".{}".into(),
            _ => return None,
        },
    })
}

/// A variant's name.
fn word(name: &str) -> String {
    quoted(&snake(name))
}

/// A name; a keyword of Zig in quotes.
fn quoted(name: &str) -> String {
    let is_keyword = matches!(
        name,
        "error"
            | "enum"
            | "union"
            | "struct"
            | "switch"
            | "test"
            | "var"
            | "const"
            | "fn"
            | "or"
            | "and"
            | "if"
            | "else"
            | "for"
            | "while"
            | "return"
            | "break"
            | "continue"
            | "defer"
            | "export"
            | "extern"
            | "inline"
            | "pub"
            | "suspend"
            | "resume"
            | "try"
            | "catch"
            | "orelse"
            | "align"
            | "packed"
            | "opaque"
            | "volatile"
    );
    if is_keyword { format!("@\"{name}\"") } else { name.to_owned() }
}
