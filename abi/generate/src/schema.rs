//! The machine-readable schema: `abi/schema.json`.

use dorcas_abi::{
    Method, clause, export, floor, message,
    message::DEFINITIONS,
    method,
    wire::{self, Definition, Message, Payload, Shape},
};
use serde::{Serialize, de::DeserializeOwned};

#[derive(Serialize)]
struct Schema {
    /// For whoever opens the file.
    about: &'static str,
    abi_version: u32,
    fingerprint: String,
    limits: Vec<Limit>,
    floor: Vec<Limit>,
    memory: &'static str,
    panic_global: &'static str,
    functions: Vec<Function>,
    methods: Vec<MethodEnds>,
    types: Vec<Type>,
    clauses: Vec<Clause>,
}

#[derive(Serialize)]
struct Limit {
    name: &'static str,
    value: u32,
}

#[derive(Serialize)]
struct Function {
    name: &'static str,
    params: Vec<&'static str>,
    results: Vec<&'static str>,
    required: bool,
}

#[derive(Serialize)]
struct MethodEnds {
    export: &'static str,
    request: &'static str,
    response: &'static str,
}

#[derive(Serialize)]
struct Type {
    name: &'static str,
    doc: String,
    least_bytes: u32,
    #[serde(flatten)]
    shape: TypeShape,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum TypeShape {
    Struct(Vec<Field>),
    Enum(Vec<Variant>),
}

#[derive(Serialize)]
struct Field {
    name: &'static str,
    #[serde(rename = "type")]
    ty: FieldType,
    doc: String,
}

#[derive(Serialize)]
struct Variant {
    name: &'static str,
    discriminant: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    one: Option<FieldType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<Field>>,
    doc: String,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum FieldType {
    Bool,
    U32,
    I64,
    Text { non_empty: bool },
    Bytes,
    Option { of: Box<FieldType> },
    List { of: Box<FieldType>, sorted_by: u8 },
    Type { name: &'static str },
}

#[derive(Serialize)]
struct Clause {
    name: &'static str,
    level: String,
    check: String,
}

/// The shared limits, by the names that the schema gives them.
pub(crate) const LIMITS: [(&str, u32, &str); 10] = [
    ("message_bytes", wire::MAX_MESSAGE_BYTES, "bytes of a message"),
    ("message_items", wire::MAX_ITEMS, "items of all lists of a message together"),
    ("lang_name_bytes", export::MAX_LANG_NAME_BYTES, "bytes of a language's name"),
    ("panic_bytes", export::MAX_PANIC_BYTES, "bytes of a panic text that a host reads"),
    ("error_bytes", message::MAX_ERROR_BYTES, "bytes of an error's message that a host has to show"),
    ("resolve_rounds", method::MAX_RESOLVE_ROUNDS, "`Need`s in a row in answer to `resolve`"),
    ("pattern_bytes", message::MAX_PATTERN_BYTES, "bytes of all regular expressions of one input"),
    (
        "pattern_positions",
        message::MAX_PATTERN_POSITIONS,
        "positions of all regular expressions of one input, and groups",
    ),
    (
        "pattern_cells",
        message::MAX_PATTERN_CELLS,
        "positions and groups of a regular expression, times the numbers of its groups",
    ),
    ("pattern_depth", message::MAX_PATTERN_DEPTH, "levels of nesting in a regular expression"),
];

/// Lines of documentation as one paragraph.
pub(crate) fn prose(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// Fewest bytes of a value of the named type.
pub(crate) fn least_bytes(type_name: &str) -> u32 {
    struct MinLen;
    impl message::Visitor for MinLen {
        type Output = u32;
        fn visit<T: Message + Serialize + DeserializeOwned>(self) -> u32 {
            T::MIN_LEN
        }
    }
    message::visit(type_name, MinLen).expect(type_name)
}

/// Fewest bytes of a value, as `wire.length` counts them.
pub(crate) fn least(ty: &wire::Type) -> u32 {
    if let wire::Type::Named(name) = ty { least_bytes(name) } else { 1 }
}

/// Whether no variant carries anything.
pub(crate) fn is_plain(variants: &[wire::Variant]) -> bool {
    variants.iter().all(|variant| matches!(variant.payload, Payload::Unit))
}

/// A shared limit.
pub(crate) fn limit(name: &str) -> u32 {
    LIMITS.iter().find(|(known, ..)| *known == name).unwrap_or_else(|| panic!("no limit {name}")).1
}

/// Names of the request and the response of a method.
pub(crate) fn ends(export: &str) -> [&'static str; 2] {
    struct Ends;
    impl method::Visitor for Ends {
        type Output = [&'static str; 2];
        fn visit<M: Method>(self) -> [&'static str; 2] {
            [<M::Request as Message>::DEFINITION.name, <M::Response as Message>::DEFINITION.name]
        }
    }
    method::visit(export, Ends).expect(export)
}

fn field_type(ty: &wire::Type) -> FieldType {
    match *ty {
        wire::Type::Bool => FieldType::Bool,
        wire::Type::U32 => FieldType::U32,
        wire::Type::I64 => FieldType::I64,
        wire::Type::Text { non_empty } => FieldType::Text { non_empty },
        wire::Type::Bytes => FieldType::Bytes,
        wire::Type::Option(of) => FieldType::Option { of: field_type(of).into() },
        wire::Type::List { item, sorted_by } => FieldType::List { of: field_type(item).into(), sorted_by },
        wire::Type::Named(name) => FieldType::Type { name },
    }
}

fn fields(fields: &[wire::Field]) -> Vec<Field> {
    let field = |field: &wire::Field| Field { name: field.name, ty: field_type(&field.ty), doc: prose(field.doc) };
    fields.iter().map(field).collect()
}

fn shape(definition: &Definition) -> TypeShape {
    match definition.shape {
        Shape::Struct(all) => TypeShape::Struct(fields(all)),
        Shape::Enum(variants) => TypeShape::Enum(
            variants
                .iter()
                .enumerate()
                .map(|(discriminant, variant)| {
                    let (one, fields) = match variant.payload {
                        Payload::Unit => (None, None),
                        Payload::One(ty) => (Some(field_type(&ty)), None),
                        Payload::Fields(all) => (None, Some(fields(all))),
                    };
                    Variant { name: variant.name, discriminant, one, fields, doc: prose(variant.doc) }
                })
                .collect(),
        ),
    }
}

/// What the fingerprint is of: all that decides about bytes, and no documentation.
#[must_use]
pub fn essence() -> String {
    let list = |fields: &[wire::Field]| {
        fields.iter().map(|field| format!("{}: {}", field.name, field.ty)).collect::<Vec<_>>().join(", ")
    };
    let mut lines =
        vec![format!("message bytes {}", wire::MAX_MESSAGE_BYTES), format!("message items {}", wire::MAX_ITEMS)];
    for definition in DEFINITIONS {
        lines.push(match definition.shape {
            Shape::Struct(fields) => format!("{} {{ {} }}", definition.name, list(fields)),
            Shape::Enum(variants) => {
                let variant = |variant: &wire::Variant| match variant.payload {
                    Payload::Unit => variant.name.to_owned(),
                    Payload::One(ty) => format!("{}({ty})", variant.name),
                    Payload::Fields(fields) => format!("{} {{ {} }}", variant.name, list(fields)),
                };
                format!("{} = {}", definition.name, variants.iter().map(variant).collect::<Vec<_>>().join(" | "))
            }
        });
    }
    for export in method::NAMES {
        let [request, response] = ends(export);
        lines.push(format!("{export}: {request} -> {response}"));
    }
    lines.join("\n")
}

/// FNV-1a with 64 bits: enough to notice a change, and a few lines in any language.
#[must_use]
pub fn fingerprint() -> String {
    let hash = essence()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// `abi/schema.json`.
pub(crate) fn json() -> String {
    let value_types = |types: &[export::ValueType]| {
        types.iter().map(|ty| if *ty == export::ValueType::I32 { "i32" } else { "i64" }).collect()
    };
    let schema = Schema {
        about: "The schema of Dorcas' ABI, generated from the crate dorcas-abi. abi-spec.md says what it means.",
        abi_version: export::VERSION,
        fingerprint: fingerprint(),
        limits: LIMITS.iter().map(|&(name, value, _)| Limit { name, value }).collect(),
        floor: floor::ALL.iter().map(|floor| Limit { name: floor.name, value: floor.value }).collect(),
        memory: export::MEMORY,
        panic_global: export::PANIC,
        functions: export::FUNCTIONS
            .iter()
            .map(|function| Function {
                name: function.name,
                params: value_types(function.params),
                results: value_types(function.results),
                required: function.required,
            })
            .collect(),
        methods: method::NAMES
            .iter()
            .map(|export| {
                let [request, response] = ends(export);
                MethodEnds { export, request, response }
            })
            .collect(),
        types: DEFINITIONS
            .iter()
            .map(|definition| Type {
                name: definition.name,
                doc: prose(definition.doc),
                least_bytes: least_bytes(definition.name),
                shape: shape(definition),
            })
            .collect(),
        clauses: clause::ALL
            .iter()
            .map(|clause| Clause {
                name: clause.name,
                level: clause.level.to_string(),
                check: clause.check.to_string(),
            })
            .collect(),
    };
    serde_json::to_string_pretty(&schema).expect("a schema has a JSON form") + "\n"
}
