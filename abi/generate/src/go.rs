//! The messages of the SDK for Go: types, their codec, and the list that its tests go through.
//!
//! What is written is as gofmt would have it.

use crate::{
    names::capital,
    schema::{ends, fingerprint, is_plain, least, limit, prose},
};
use dorcas_abi::{
    message::DEFINITIONS,
    method,
    wire::{Definition, Field, Payload, Shape, Type, Variant},
};
use std::{collections::BTreeSet, fmt::Write as _};

const HEAD: &str =
    "// Code generated from abi/schema.json by `cargo run -p dorcas-generate`. DO NOT EDIT.\n\npackage dorcas\n";

/// `message.go`: the types.
pub(crate) fn messages() -> String {
    let mut text = HEAD.to_owned();
    put(
        &mut text,
        &format!(
            "\n// Fingerprint is a hash of all that decides about bytes.\nconst Fingerprint = {:?}\n",
            fingerprint()
        ),
    );
    for (name, doc, constant) in [
        ("message_bytes", "MaxMessageBytes bounds an encoded message.", "MaxMessageBytes"),
        ("message_items", "MaxMessageItems bounds the items of all lists of a message together.", "MaxMessageItems"),
        ("error_bytes", "", "maxErrorBytes"),
        ("resolve_rounds", "MaxResolveRounds is how many times in a row resolve may answer Need.", "MaxResolveRounds"),
    ] {
        let doc = if doc.is_empty() { String::new() } else { format!("// {doc}\n") };
        put(&mut text, &format!("\n{doc}const {constant} = {}\n", limit(name)));
    }
    // Enums may share the type of a variant.
    let mut variants_written = BTreeSet::new();
    for definition in DEFINITIONS {
        let (name, doc) = (definition.name, prose(definition.doc));
        match definition.shape {
            Shape::Struct(fields) => put(&mut text, &format!("\n// {name}: {doc}\n{}", structure(name, fields))),
            Shape::Enum(variants) if is_plain(variants) => {
                put(&mut text, &format!("\n// {name}: {doc}\n{}", constants(definition, variants)));
            }
            Shape::Enum(variants) => put(&mut text, &union(definition, variants, &mut variants_written)),
        }
    }
    text
}

/// `codec.go`: a reader and a writer for each type.
pub(crate) fn codec() -> String {
    let mut text = HEAD.to_owned();
    let mut written = BTreeSet::new();
    for definition in DEFINITIONS {
        let name = definition.name;
        match definition.shape {
            Shape::Struct(fields) => put(&mut text, &structure_codec(name, fields)),
            Shape::Enum(variants) if is_plain(variants) => {
                let count = variants.len();
                put(
                    &mut text,
                    &format!(
                        "\nfunc read{name}(r *reader, v *{name}) *Fault {{\ntag, fault := r.tag(\"{name}\", {count})\n\
                         *v = {name}(tag)\nreturn fault\n}}\n\nfunc write{name}(w *writer, v *{name}) *Fault {{ \
                         return w.tag(\"{name}\", uint32(*v), {count}) }}\n"
                    ),
                );
            }
            Shape::Enum(variants) => put(&mut text, &union_codec(definition, variants, &mut written)),
        }
    }
    let mut last = String::from(
        "\n// codecOf finds the codec of a message by its type.\nfunc codecOf(message any) (read func(*reader) *Fault, write \
         func(*writer) *Fault) {\nswitch v := message.(type) {\n",
    );
    for Definition { name, .. } in DEFINITIONS {
        let functions = format!(
            "func(r *reader) *Fault {{ return read{name}(r, v) }}, func(w *writer) *Fault {{ return write{name}(w, v) }}"
        );
        writeln!(last, "case *{name}:\nreturn {functions}").expect("a string takes everything");
    }
    last.push_str("}\nreturn nil, nil\n}\n");
    for export in method::NAMES {
        let [request, response] = ends(export);
        writeln!(last, "\nfunc (*{request}) answeredBy(*{response}) string {{ return \"{export}\" }}")
            .expect("a string takes everything");
    }
    put(&mut text, &last);
    text
}

/// `messages_test.go`: a value of each type.
pub(crate) fn list() -> String {
    let mut text = HEAD.to_owned();
    let mut values = String::from("\n// messages has a value of each type of the schema.\nvar messages = []any{\n");
    for definition in DEFINITIONS {
        values += &format!("new({}),\n", definition.name);
    }
    put(&mut text, &(values + "}\n"));
    text
}

/// A file of the SDK as the adapter for Gazelle has it, whose module stands alone.
pub(crate) fn of_adapter(file: &str) -> String {
    let (head, rest) = file.split_once("package dorcas\n").unwrap_or_else(|| panic!("no package clause"));
    let head = if head.is_empty() {
        "// Code generated from guest/go by `cargo run -p dorcas-generate`. DO NOT EDIT.\n\n"
    } else {
        head
    };
    // The golden vectors are a folder further away, and another package asks which method a request is for.
    let rest = rest.replace("\"../../abi/", "\"../../../abi/").replace("answeredBy", "AnsweredBy");
    format!("{head}package abi\n{rest}")
}

/// Indents lines as gofmt does, by the brackets that are open.
fn put(text: &mut String, lines: &str) {
    let mut depth = 0_usize;
    for line in lines.lines() {
        let code = if line.starts_with("//") { "" } else { line };
        let closes_first = code.starts_with(['}', ')']);
        let level = if closes_first || code.starts_with("case ") { depth.saturating_sub(1) } else { depth };
        if !line.is_empty() {
            text.extend(std::iter::repeat_n('\t', level));
        }
        text.push_str(line);
        text.push('\n');
        let opened = code.matches(['{', '(']).count();
        let closed = code.matches(['}', ')']).count();
        depth = (depth + opened).saturating_sub(closed);
    }
}

fn structure(name: &str, fields: &[Field]) -> String {
    let mut out = format!("type {name} struct {{\n");
    for field in fields {
        let order = match field.ty {
            Type::List { sorted_by: 1, .. } => " Sorted, without duplicates.".to_owned(),
            Type::List { sorted_by: 0, .. } => String::new(),
            Type::List { sorted_by, .. } => format!(" Sorted by its first {sorted_by} texts, without duplicates."),
            _ => String::new(),
        };
        let doc = prose(field.doc) + &order;
        out += &format!("// {doc}\n{} {}\n", field_name(field.name), go_type(&field.ty));
    }
    out + "}\n"
}

fn constants(definition: &Definition, variants: &[Variant]) -> String {
    let name = definition.name;
    let mut out = format!("type {name} uint32\n\nconst (\n");
    for (number, variant) in variants.iter().enumerate() {
        let constant = constant(definition, variant);
        out += &format!("// {constant}: {}\n{constant} {name} = {number}\n", prose(variant.doc));
    }
    out += &format!(")\n\nfunc (v {name}) String() string {{\nswitch v {{\n");
    for variant in variants {
        out += &format!("case {}:\nreturn {:?}\n", constant(definition, variant), variant.name);
    }
    out + "}\nreturn \"none of the schema\"\n}\n"
}

/// An enum with payloads: an interface, and a type for each variant.
fn union(definition: &Definition, variants: &'static [Variant], written: &mut BTreeSet<String>) -> String {
    let name = definition.name;
    let mut out = format!("\n// {name}: {}\n//\n", prose(definition.doc));
    for (number, variant) in variants.iter().enumerate() {
        let variant_type = variant_type(definition, number, variant).unwrap_or_else(|| "nil".into());
        out += &format!("//   - {variant_type}: {}\n", prose(variant.doc));
    }
    out += &format!("type {name} interface{{ write{name}(*writer) *Fault }}\n");
    for (number, variant) in variants.iter().enumerate() {
        let Some(variant_type) = variant_type(definition, number, variant) else { continue };
        if !written.insert(variant_type.clone()) {
            continue;
        }
        out += &format!("\n// {variant_type} is a [{name}]: {}\n", prose(variant.doc));
        out += &match variant.payload {
            Payload::One(ty) => format!("type {variant_type} {}\n", go_type(&ty)),
            Payload::Fields(fields) => structure(&variant_type, fields),
            Payload::Unit => format!("type {variant_type} struct{{}}\n"),
        };
    }
    out
}

fn structure_codec(name: &str, fields: &[Field]) -> String {
    let mut out = String::new();
    for (verb, agent) in [("read", "reader"), ("write", "writer")] {
        let short = &verb[..1];
        out += &format!("\nfunc {verb}{name}({short} *{agent}, v *{name}) *Fault {{\n");
        for field in fields {
            let call = call(verb, &field.ty, &format!("&v.{}", field_name(field.name)));
            out += &format!("if fault := {call}; fault != nil {{\nreturn fault.in(\"{}\")\n}}\n", field.name);
        }
        out += "return nil\n}\n";
    }
    out
}

fn union_codec(definition: &Definition, variants: &'static [Variant], written: &mut BTreeSet<String>) -> String {
    let (name, count) = (definition.name, variants.len());
    let mut out = format!("\nfunc read{name}(r *reader, v *{name}) *Fault {{\n");
    out += &format!("tag, fault := r.tag(\"{name}\", {count})\nif fault != nil {{\nreturn fault\n}}\nswitch tag {{\n");
    for (number, variant) in variants.iter().enumerate() {
        out += &format!("case {number}:\n");
        let Some(variant_type) = variant_type(definition, number, variant) else {
            out += "*v = nil\n";
            continue;
        };
        out += &match variant.payload {
            Payload::Unit => format!("*v = {variant_type}{{}}\n"),
            Payload::Fields(_) => format!(
                "var one {variant_type}\nfault = read{variant_type}(r, &one).in(\"{}\")\n*v = one\n",
                variant.name
            ),
            Payload::One(ty) => format!(
                "var one {}\nfault = {}.in(\"{}\")\n*v = {variant_type}(one)\n",
                go_type(&ty),
                call("read", &ty, "&one"),
                variant.name
            ),
        };
    }
    out += "}\nreturn fault\n}\n";
    let nil =
        variants.iter().enumerate().find(|(number, variant)| variant_type(definition, *number, variant).is_none());
    let none = match nil {
        Some((number, _)) => format!("w.tag(\"{name}\", {number}, {count})"),
        None => format!("w.none(\"{name}\")"),
    };
    out += &format!("\nfunc write{name}(w *writer, v *{name}) *Fault {{\nif *v == nil {{\nreturn {none}\n}}\n");
    out += &format!("return (*v).write{name}(w)\n}}\n");
    for (number, variant) in variants.iter().enumerate() {
        let Some(variant_type) = variant_type(definition, number, variant) else { continue };
        if let Payload::Fields(fields) = variant.payload
            && written.insert(variant_type.clone())
        {
            out += &structure_codec(&variant_type, fields);
        }
        out += &format!("\nfunc (v {variant_type}) write{name}(w *writer) *Fault {{\n");
        out += &format!("if fault := w.tag(\"{name}\", {number}, {count}); fault != nil {{\nreturn fault\n}}\n");
        out += &match variant.payload {
            Payload::Fields(_) => format!("return write{variant_type}(w, &v).in(\"{}\")\n}}\n", variant.name),
            Payload::One(ty) => {
                format!(
                    "one := {}(v)\nreturn {}.in(\"{}\")\n}}\n",
                    go_type(&ty),
                    call("write", &ty, "&one"),
                    variant.name
                )
            }
            Payload::Unit => "return nil\n}\n".to_owned(),
        };
    }
    out
}

/// The call that reads or writes a value.
fn call(verb: &str, ty: &Type, target: &str) -> String {
    let short = &verb[..1];
    match ty {
        Type::List { item, sorted_by } => {
            format!("{verb}List({short}, {target}, {}, {sorted_by}, {})", least(item), function(verb, item))
        }
        Type::Option(Type::Bytes) => format!("{verb}OptionalBytes({short}, {target})"),
        Type::Option(some) => format!("{verb}Option({short}, {target}, {})", function(verb, some)),
        _ => format!("{}({short}, {target})", function(verb, ty)),
    }
}

/// The function that reads or writes a value, for use as an argument.
fn function(verb: &str, ty: &Type) -> String {
    let name = match ty {
        Type::U32 => "U32",
        Type::I64 => "I64",
        Type::Bool => "Bool",
        Type::Bytes => "Bytes",
        Type::Text { non_empty: true } => "NonEmpty",
        Type::Text { non_empty: false } => "Text",
        Type::Named(name) => name,
        Type::Option(Type::Bytes) => "OptionalBytes",
        Type::Option(_) | Type::List { .. } => panic!("the SDK has no function for a {ty} within a list or an option"),
    };
    format!("{verb}{name}")
}

/// The text in front of a variant's name. A variant of an enum with payloads is a type, whose name must be its own.
fn prefix(definition: &Definition) -> Option<&'static str> {
    match definition.name {
        "Want" => Some("Want"),
        "FileData" => Some("File"),
        "FlagType" => Some("Flag"),
        _ => None,
    }
}

/// The constant for a variant without payload.
fn constant(definition: &Definition, variant: &Variant) -> String {
    prefix(definition).unwrap_or(definition.name).to_owned() + variant.name
}

/// The type for a variant; `None` for the variant that nil stands for.
fn variant_type(definition: &Definition, number: usize, variant: &Variant) -> Option<String> {
    let is_nil = number == 0 && matches!(variant.payload, Payload::Unit);
    (!is_nil).then(|| prefix(definition).unwrap_or_default().to_owned() + variant.name)
}

fn field_name(name: &str) -> String {
    if name == "ty" { "Type".into() } else { name.split('_').map(capital).collect() }
}

fn go_type(ty: &Type) -> String {
    match ty {
        Type::U32 => "uint32".into(),
        Type::I64 => "int64".into(),
        Type::Bool => "bool".into(),
        Type::Text { .. } => "string".into(),
        // Of an option, nil is none.
        Type::Bytes | Type::Option(Type::Bytes) => "[]byte".into(),
        Type::List { item, .. } => format!("[]{}", go_type(item)),
        Type::Option(some) => format!("*{}", go_type(some)),
        Type::Named(name) => (*name).into(),
    }
}
