//! The generated parts of `abi-spec.md`, between their markers.

use crate::{
    Root, golden, guest_table,
    schema::{LIMITS, ends, least_bytes, prose},
    walk::{hex, pieces},
};
use dorcas_abi::{
    clause,
    clause::Check,
    export::{self, ValueType},
    floor, message,
    message::DEFINITIONS,
    method,
    wire::{Payload, Shape},
};
use std::fmt::Write as _;

/// The specification with its generated parts made anew.
pub(crate) fn text(root: &Root) -> String {
    let parts = [
        ("clauses", clauses()),
        ("exports", exports()),
        ("limits", limits()),
        ("floor", floor()),
        ("methods", methods()),
        ("messages", messages()),
        ("examples", examples(root)),
        ("refused", refused(root)),
        ("request", call(root, "generate_rules, the example's request")),
        ("reply", call(root, "generate_rules, the example's reply")),
        ("guest-table", guest_table::of_the_specification()),
    ];
    let mut text = root.read("abi-spec.md");
    for (name, part) in parts {
        let (begin, end) = (format!("<!-- begin generated: {name} -->"), format!("<!-- end generated: {name} -->"));
        let at = |marker: &str| text.find(marker).unwrap_or_else(|| panic!("abi-spec.md has no {marker}"));
        let start = at(&begin) + begin.len();
        // The closing marker may be indented or stand in a comment: its whole line stays.
        let stop = text[..at(&end)].rfind('\n').unwrap_or(start);
        // In Markdown a table needs an empty line around it; in the guest's text there is none.
        let (before, after) = if name == "guest-table" { ("\n", "") } else { ("\n\n", "\n") };
        text.replace_range(start..stop, &format!("{before}{}{after}", part.trim_end()));
    }
    text
}

/// The paragraphs of the specification that are clauses, for the crate that shows them.
pub(crate) fn clauses_alone(root: &Root) -> String {
    let spec = root.read("abi-spec.md");
    let mut text = "<!-- Copied from abi-spec.md by `cargo run -p dorcas-generate`. -->\n".to_owned();
    for clause::Wording { clause, text: words } in clause::parse(&spec).expect("a test reads the same text") {
        write!(text, "\n**{clause}** ({}, {}) {words}\n", clause.level, clause.check).unwrap();
    }
    text
}

fn clauses() -> String {
    let mut text = "| | MUST | SHOULD |\n|---|---|---|\n".to_owned();
    for (check, what) in [
        (Check::Static, "a guest, seen in the module's bytes (`static`)"),
        (Check::Dynamic, "a guest, seen in calls (`dynamic`)"),
        (Check::Unchecked, "a guest, not to be seen from outside (`unchecked`)"),
        (Check::Host, "a host (`host`)"),
    ] {
        let count = |level| clause::ALL.iter().filter(|clause| clause.check == check && clause.level == level).count();
        writeln!(text, "| {what} | {} | {} |", count(clause::Level::Must), count(clause::Level::Should)).unwrap();
    }
    text
}

fn exports() -> String {
    let types = |types: &[ValueType]| {
        let names = types.iter().map(|ty| if *ty == ValueType::I32 { "i32" } else { "i64" });
        format!("({})", names.collect::<Vec<_>>().join(", "))
    };
    let mut text = "| export | type | |\n|---|---|---|\n".to_owned();
    writeln!(text, "| `{}` | memory | required |", export::MEMORY).unwrap();
    for function in export::FUNCTIONS {
        let result = match function.results {
            [] => "()".to_owned(),
            [ValueType::I32] => "i32".to_owned(),
            [ValueType::I64] => "i64".to_owned(),
            more => types(more),
        };
        let required = if function.required { "required" } else { "optional" };
        writeln!(text, "| `{}` | `{} -> {result}` | {required} |", function.name, types(function.params)).unwrap();
    }
    writeln!(text, "| `{}` | constant global, `i32` | optional |", export::PANIC).unwrap();
    text
}

fn limits() -> String {
    let mut text = "| limit | at most |\n|---|---|\n".to_owned();
    for (_, value, what) in LIMITS {
        writeln!(text, "| {what} | {} |", grouped(value)).unwrap();
    }
    text
}

fn floor() -> String {
    let mut text = "| every host has room for | |\n|---|---|\n".to_owned();
    for floor in floor::ALL {
        writeln!(text, "| {} | {} |", floor.of, grouped(floor.value)).unwrap();
    }
    text
}

fn methods() -> String {
    let mut text = "| method | request | response |\n|---|---|---|\n".to_owned();
    for name in method::NAMES {
        let [request, response] = ends(name);
        writeln!(text, "| `{name}` | {} | {} |", link(request), link(response)).unwrap();
    }
    text
}

fn messages() -> String {
    let mut text = String::new();
    for definition in DEFINITIONS {
        let least = least_bytes(definition.name);
        let plural = if least == 1 { "byte" } else { "bytes" };
        write!(text, "#### Type `{}`\n\n{} At least {least} {plural}.\n\n", definition.name, linked(definition.doc))
            .unwrap();
        match definition.shape {
            Shape::Struct(fields) => {
                text.push_str("| field | type | |\n|---|---|---|\n");
                for field in fields {
                    let ty = type_name(&field.ty.to_string());
                    writeln!(text, "| `{}` | {ty} | {} |", field.name, linked(field.doc)).unwrap();
                }
            }
            Shape::Enum(variants) => {
                text.push_str("| | variant | carries | |\n|---|---|---|---|\n");
                for (number, variant) in variants.iter().enumerate() {
                    let carries = match variant.payload {
                        Payload::Unit => String::new(),
                        Payload::One(ty) => type_name(&ty.to_string()),
                        Payload::Fields(fields) => {
                            let field = |field: &dorcas_abi::wire::Field| {
                                let ty = type_name(&field.ty.to_string());
                                format!("`{}`: {ty}. {}", field.name, linked(field.doc))
                            };
                            fields.iter().map(field).collect::<Vec<_>>().join("<br>")
                        }
                    };
                    let doc = linked(variant.doc);
                    writeln!(text, "| {number} | `{}` | {carries} | {doc} |", variant.name).unwrap();
                }
            }
        }
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}

/// The vectors that show one encoding each.
fn examples(root: &Root) -> String {
    let mut text = "| | type | value | bytes |\n|---|---|---|---|\n".to_owned();
    for vector in golden::good(root, "primitives") {
        let value = vector.value.to_string().replace('|', "\\|").replace('\0', "\\u0000");
        let value = if value.len() > 300 { format!("{}...", &value[..60]) } else { value };
        let bytes = vector.bytes();
        let bytes = match bytes.get(..64) {
            Some(first) => format!("{} ...", hex(first)),
            None => hex(&bytes),
        };
        writeln!(text, "| {} | `{}` | `{value}` | `{bytes}` |", vector.name, vector.ty).unwrap();
    }
    text
}

fn refused(root: &Root) -> String {
    let mut text = "| | type | bytes | clause |\n|---|---|---|---|\n".to_owned();
    for vector in golden::bad(root) {
        let bytes = vector.bytes();
        let bytes = match bytes.get(..40) {
            Some(_) => {
                format!("{} and so on, {} bytes", hex(&bytes[..8]), grouped(u32::try_from(bytes.len()).unwrap()))
            }
            None if bytes.is_empty() => "none".to_owned(),
            None => format!("`{}`", hex(&bytes)),
        };
        writeln!(text, "| {} | `{}` | {bytes} | {} |", vector.name, vector.ty, vector.clause).unwrap();
    }
    text
}

fn call(root: &Root, name: &str) -> String {
    let vectors = golden::good(root, "generate_rules");
    let vector = vectors.iter().find(|vector| vector.name == name).unwrap_or_else(|| panic!("no vector {name}"));
    let mut text = "| at | bytes | field | |\n|---|---|---|---|\n".to_owned();
    let mut at = 0;
    for piece in pieces(&vector.ty, &vector.bytes()) {
        let path = if piece.path.is_empty() { String::new() } else { format!("`{}`", piece.path) };
        writeln!(text, "| {at} | `{}` | {path} | {} |", hex(&piece.bytes), piece.meaning).unwrap();
        at += piece.bytes.len();
    }
    text
}

/// 16,777,216.
fn grouped(value: u32) -> String {
    let digits = value.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(|group| str::from_utf8(group).unwrap()).collect();
    groups.join(",")
}

fn link(type_name: &str) -> String {
    format!("[{type_name}](#type-{})", type_name.to_lowercase())
}

/// A type with its last word a link, where that is the name of a definition.
fn type_name(ty: &str) -> String {
    ty.split(' ')
        .map(|word| {
            let name = word.trim_end_matches(',');
            match message::definition(name) {
                Some(_) => format!("{}{}", link(name), &word[name.len()..]),
                None => word.to_owned(),
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Documentation for a cell of a table.
fn linked(doc: &[&str]) -> String {
    prose(doc).replace('|', "\\|")
}
