//! What scripts in JavaScript have of the schema: names for the codec's table, and declarations for editors.

use crate::{
    c,
    names::{camel, capital},
    schema::{ends, fingerprint, prose},
};
use dorcas_abi::{
    message::DEFINITIONS,
    method,
    wire::{Field, Payload, Shape, Type},
};

/// `schema.inc`: the names of the members in the table of the SDK for C, and the methods with their numbers.
pub(crate) fn names(types: &c::Types) -> String {
    let mut out = "// Generated from abi/schema.json by `cargo run -p dorcas-generate`. Don't edit.\n\n\
                   "
    .to_owned();
    out += &format!(
        "#define SCHEMA \"dorcas schema {}\"\n\nstatic const char *const member_names[] = {{\n",
        fingerprint()
    );
    for name in types.member_names() {
        out += &format!("  \"{name}\",\n");
    }
    out += "};\n\n#define METHODS(METHOD)";
    for (number, export) in method::NAMES.iter().enumerate() {
        out += &format!(" \\\n  METHOD({number}, {export})");
    }
    out + "\n"
}

/// `dorcas.d.ts`: a type for each message, and one for each method.
pub(crate) fn declarations() -> String {
    let mut out = "// The messages of Dorcas' ABI, version 1. Generated from abi/schema.json by `cargo run -p dorcas-generate`. Don't edit.\n\n\
                   /** What a method returns: what is left out is empty, false, 0, null, or the first variant. */\n\
                   export type Given<T> = T extends (infer Item)[] ? Given<Item>[] : T extends object ? { [Key in keyof T]?: Given<T[Key]> } : T;\n"
        .to_owned();
    for definition in DEFINITIONS {
        out += &format!("\n{}export ", doc("", definition.doc));
        match definition.shape {
            Shape::Struct(all) => out += &format!("interface {} {}\n", definition.name, fields("", all)),
            Shape::Enum(variants) => {
                out += &format!("type {} =", definition.name);
                for variant in variants {
                    let name = variant.name;
                    out += &format!("\n{}  | ", doc("  ", variant.doc));
                    out += &match variant.payload {
                        Payload::Unit => format!("\"{name}\""),
                        Payload::One(ty) => format!("{{ {name}: {} }}", type_of(&ty)),
                        Payload::Fields(all) => format!("{{ {name}: {} }}", fields("  ", all)),
                    };
                }
                out += ";\n";
            }
        }
    }
    for export in method::NAMES {
        let [request, response] = ends(export);
        out += &format!(
            "\n/** The type of the function `{export}`. */\nexport type {} = (request: {request}) => Given<{response}> | Promise<Given<{response}>>;\n",
            method_type(export)
        );
    }
    out
}

/// `GenerateRules`; where a message has that name, `ManifestMethod`.
fn method_type(export: &str) -> String {
    let name = capital(&camel(export));
    let is_message = DEFINITIONS.iter().any(|definition| definition.name == name);
    if is_message { name + "Method" } else { name }
}

fn fields(indent: &str, all: &[Field]) -> String {
    let mut out = String::from("{\n");
    for field in all {
        let deeper = format!("{indent}  ");
        out += &format!("{}{deeper}{}: {};\n", doc(&deeper, field.doc), field.name, type_of(&field.ty));
    }
    out + indent + "}"
}

fn type_of(ty: &Type) -> String {
    match *ty {
        Type::Bool => "boolean".to_owned(),
        Type::U32 => "number".to_owned(),
        Type::I64 => "number | bigint".to_owned(),
        Type::Text { .. } | Type::Bytes => "string".to_owned(),
        Type::Option(some) => format!("{} | null", type_of(some)),
        Type::List { item, .. } => {
            let item = type_of(item);
            if item.contains(' ') { format!("({item})[]") } else { format!("{item}[]") }
        }
        Type::Named(name) => name.to_owned(),
    }
}

fn doc(indent: &str, lines: &[&str]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    format!("{indent}/** {} */\n", prose(lines).replace("*/", "* /"))
}
