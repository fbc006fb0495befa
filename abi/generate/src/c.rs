//! The messages of the SDK for C: types, functions for lists, macros for methods, and the tables of the codec.

use crate::{
    names::snake,
    schema::{ends, least_bytes, limit, prose},
};
use dorcas_abi::{
    message::DEFINITIONS,
    method,
    wire::{Payload, Shape, Type},
};
use std::collections::BTreeMap;

/// Columns of a line.
const WIDTH: usize = 120;

/// The types as C has them, in an order in which C can define them.
///
/// C has a struct for each variant with fields, and a type for each reply: `Reply<Manifest>` is `ReplyManifest`.
pub(crate) struct Types {
    all: BTreeMap<String, CType>,
    order: Vec<String>,
    /// The types of items of which there are lists, with the largest number of texts in a key, as they are met.
    lists: Vec<(String, u8)>,
    nodes: Nodes,
}

/// The shape of a value in C.
#[derive(Clone, Debug)]
pub(crate) enum CShape {
    Bool,
    U32,
    I64,
    Text { non_empty: bool },
    Bytes,
    Option(Box<CShape>),
    List { item: Box<CShape>, sorted_by: u8 },
    Named(String),
}

struct CType {
    doc: String,
    body: CBody,
}

pub(crate) enum CBody {
    Struct(Vec<CField>),
    Enum(Vec<CVariant>),
}

pub(crate) struct CField {
    pub(crate) name: String,
    doc: String,
    pub(crate) shape: CShape,
}

pub(crate) struct CVariant {
    pub(crate) name: String,
    doc: String,
    pub(crate) payload: Option<CShape>,
}

/// The tables by which the codec goes through a message.
#[derive(Default)]
struct Nodes {
    rows: Vec<Option<Row>>,
    index: BTreeMap<String, usize>,
    /// Offset, node, and the name in the schema.
    members: Vec<(String, usize, String)>,
}

struct Row {
    kind: &'static str,
    key: u8,
    least: u32,
    count: usize,
    size: String,
    first: usize,
    comment: String,
}

impl CShape {
    fn of(ty: &Type) -> Self {
        match *ty {
            Type::Bool => Self::Bool,
            Type::U32 => Self::U32,
            Type::I64 => Self::I64,
            Type::Text { non_empty } => Self::Text { non_empty },
            Type::Bytes => Self::Bytes,
            Type::Option(some) => Self::Option(Self::of(some).into()),
            Type::List { item, sorted_by } => Self::List { item: Self::of(item).into(), sorted_by },
            Type::Named(name) => Self::Named(name.into()),
        }
    }

    /// Whether a value is an address and a length.
    pub(crate) fn is_run(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::Bytes)
    }

    /// The type of a field of this shape.
    pub(crate) fn c_type(&self) -> String {
        match self {
            Self::Bool => "bool".into(),
            Self::U32 => "uint32_t".into(),
            Self::I64 => "int64_t".into(),
            Self::Text { .. } => "dorcas_text".into(),
            Self::Bytes => "dorcas_bytes".into(),
            Self::Option(some) if some.is_run() => some.c_type(),
            Self::Option(some) => format!("const {} *", some.c_type()),
            Self::List { item, .. } => match &**item {
                Self::Option(some) => some.c_type() + "_list",
                item => item.c_type() + "_list",
            },
            Self::Named(name) => c_name(name),
        }
    }

    /// What the type in C doesn't say.
    fn remark(&self) -> &'static str {
        match self {
            Self::Option(some) if some.is_run() => "None is a null `ptr`.",
            Self::Option(_) => "None is null.",
            Self::List { item, .. } if matches!(**item, Self::Option(_)) => "None is a null `ptr`.",
            Self::List { sorted_by: 1.., .. } => "Sorted.",
            Self::Text { non_empty: true } => "Not empty.",
            _ => "",
        }
    }
}

impl CVariant {
    fn new(name: &str, doc: String, payload: Option<CShape>) -> Self {
        Self { name: name.into(), doc, payload }
    }
}

impl CBody {
    fn shapes(&self) -> Vec<&CShape> {
        match self {
            Self::Struct(fields) => fields.iter().map(|field| &field.shape).collect(),
            Self::Enum(variants) => variants.iter().filter_map(|variant| variant.payload.as_ref()).collect(),
        }
    }
}

impl Types {
    pub(crate) fn new() -> Self {
        let mut types = Self { all: BTreeMap::new(), order: Vec::new(), lists: Vec::new(), nodes: Nodes::default() };
        let named = types.define();
        for name in &named {
            types.visit(name);
        }
        for name in &named {
            for shape in types.all[name].body.shapes().into_iter().cloned().collect::<Vec<_>>() {
                types.note_list(&shape);
            }
        }
        // Node 0 is for a variant without payload.
        types.nodes.rows.push(None);
        for name in types.order.clone() {
            types.node(&CShape::Named(name));
        }
        types
    }

    /// Fills `all`; returns the names in the order of the schema.
    fn define(&mut self) -> Vec<String> {
        let mut named = Vec::new();
        let fields = |fields: &[dorcas_abi::wire::Field]| {
            let field = |field: &dorcas_abi::wire::Field| CField {
                name: field.name.into(),
                doc: prose(field.doc),
                shape: CShape::of(&field.ty),
            };
            fields.iter().map(field).collect::<Vec<_>>()
        };
        for definition in DEFINITIONS {
            named.push(definition.name.to_owned());
            let body = match definition.shape {
                Shape::Struct(all) => CBody::Struct(fields(all)),
                Shape::Enum(variants) => {
                    let mut all = Vec::new();
                    for variant in variants {
                        let payload = match variant.payload {
                            Payload::Unit => None,
                            Payload::One(ty) => Some(CShape::of(&ty)),
                            Payload::Fields(of_variant) => {
                                let name = definition.name.to_owned() + variant.name;
                                let doc =
                                    format!("What a `{}` of the variant `{}` carries.", definition.name, variant.name);
                                let body = CBody::Struct(fields(of_variant));
                                self.all.insert(name.clone(), CType { doc, body });
                                named.push(name.clone());
                                Some(CShape::Named(name))
                            }
                        };
                        all.push(CVariant::new(variant.name, prose(variant.doc), payload));
                    }
                    CBody::Enum(all)
                }
            };
            self.all.insert(definition.name.into(), CType { doc: prose(definition.doc), body });
        }
        for export in method::NAMES {
            let [_, response] = ends(export);
            let named_shape = |name: &str| Some(CShape::Named(name.into()));
            let ok = CVariant::new("Ok", String::new(), named_shape(response));
            let err = CVariant::new("Err", String::new(), named_shape("GuestError"));
            let body = CBody::Enum(vec![ok, err]);
            let name = reply(response);
            self.all.insert(name.clone(), CType { doc: format!("What `{export}` returns."), body });
            named.push(name);
        }
        named
    }

    /// Puts a type behind the types that it holds.
    fn visit(&mut self, name: &str) {
        if self.order.iter().any(|known| known == name) {
            return;
        }
        let held: Vec<String> = self.all[name]
            .body
            .shapes()
            .into_iter()
            .filter_map(|shape| match shape {
                CShape::Named(name) => Some(name.clone()),
                CShape::Option(some) => match &**some {
                    CShape::Named(name) => Some(name.clone()),
                    _ => None,
                },
                _ => None,
            })
            .collect();
        for name in held {
            self.visit(&name);
        }
        self.order.push(name.into());
    }

    fn note_list(&mut self, shape: &CShape) {
        match shape {
            CShape::List { item, sorted_by } => {
                let item = if let CShape::Option(some) = &**item { some } else { item };
                let key = item.c_type();
                match self.lists.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, most)) => *most = (*most).max(*sorted_by),
                    None => self.lists.push((key, *sorted_by)),
                }
                self.note_list(item);
            }
            CShape::Option(some) => self.note_list(some),
            _ => {}
        }
    }

    fn has_list(&self, c_name: &str) -> bool {
        self.lists.iter().any(|(item, _)| item == c_name)
    }

    /// Fewest bytes of a value.
    fn least(&self, shape: &CShape) -> u32 {
        let CShape::Named(name) = shape else { return 1 };
        if name.starts_with("Reply") && !DEFINITIONS.iter().any(|definition| definition.name == name) {
            return 1;
        }
        match &self.all[name].body {
            CBody::Struct(fields) if !DEFINITIONS.iter().any(|definition| definition.name == name) => {
                fields.iter().map(|field| self.least(&field.shape)).sum()
            }
            _ => least_bytes(name),
        }
    }

    /// The number of the node for a shape. A shape that is not known yet gets one.
    fn node(&mut self, shape: &CShape) -> usize {
        let key = if let CShape::Named(name) = shape { name.clone() } else { format!("{shape:?}") };
        if let Some(number) = self.nodes.index.get(&key) {
            return *number;
        }
        let number = self.nodes.rows.len();
        self.nodes.index.insert(key, number);
        self.nodes.rows.push(None);
        let size = format!("sizeof({})", shape.c_type());
        let mut row =
            Row { kind: "", key: 0, least: self.least(shape), count: 0, size, first: 0, comment: String::new() };
        match shape {
            CShape::Bool => row.kind = "BOOL",
            CShape::U32 => row.kind = "U32",
            CShape::I64 => row.kind = "I64",
            CShape::Text { non_empty: true } => row.kind = "FILLED",
            CShape::Text { non_empty: false } => row.kind = "TEXT",
            CShape::Bytes => row.kind = "BYTES",
            CShape::Option(some) => {
                row.kind = if some.is_run() { "MAYBE" } else { "OPTION" };
                row.first = self.node(some);
            }
            CShape::List { item, sorted_by } => {
                row.kind = "LIST";
                row.key = *sorted_by;
                row.first = self.node(item);
            }
            CShape::Named(name) => {
                row.comment = spelled(name);
                let c_name = c_name(name);
                let body = &self.all[name].body;
                let offset = |field: &str| format!("offsetof({c_name}, {})", field_name(field));
                let members: Vec<(String, Option<CShape>, String)> = match body {
                    CBody::Struct(fields) => {
                        row.kind = "STRUCT";
                        let member =
                            |field: &CField| (offset(&field.name), Some(field.shape.clone()), field.name.clone());
                        fields.iter().map(member).collect()
                    }
                    CBody::Enum(variants) => {
                        row.kind = "ENUM";
                        let member = |variant: &CVariant| match &variant.payload {
                            Some(payload) => (offset(&variant.name), Some(payload.clone()), variant.name.clone()),
                            None => ("0".to_owned(), None, variant.name.clone()),
                        };
                        variants.iter().map(member).collect()
                    }
                };
                let members: Vec<_> = members
                    .into_iter()
                    .map(|(offset, shape, name)| (offset, shape.map_or(0, |shape| self.node(&shape)), name))
                    .collect();
                row.count = members.len();
                row.first = self.nodes.members.len();
                self.nodes.members.extend(members);
            }
        }
        self.nodes.rows[number] = Some(row);
        number
    }

    /// The number of the node of a named type.
    pub(crate) fn number(&self, name: &str) -> usize {
        self.nodes.index[name]
    }

    pub(crate) fn body(&self, name: &str) -> &CBody {
        &self.all[name].body
    }

    /// The types of messages.
    pub(crate) fn messages(&self) -> String {
        let mut out = String::new();
        for (item, _) in &self.lists {
            if item != "dorcas_text" && item != "dorcas_bytes" {
                out += &format!("DORCAS_LIST_TYPE({item})\n");
            }
        }
        for name in &self.order {
            let CType { doc, body } = &self.all[name];
            let c_name = c_name(name);
            // The macro above has said `typedef` already.
            let (typedef, end) =
                if self.has_list(&c_name) { ("", ";\n".to_owned()) } else { ("typedef ", format!(" {c_name};\n")) };
            out += "\n";
            out += &comment("", doc, "");
            match body {
                CBody::Struct(fields) => {
                    out += &format!("{typedef}struct {c_name} {{\n");
                    for field in fields {
                        out += &comment("    ", &field.doc, field.shape.remark());
                        out += &format!("    {}\n", declared(&field.shape.c_type(), &field_name(&field.name)));
                    }
                    out += &format!("}}{end}");
                }
                CBody::Enum(variants) => out += &enumeration(&c_name, variants, typedef, &end),
            }
        }
        out
    }

    /// The functions for lists.
    pub(crate) fn lists(&self) -> String {
        let mut out = String::new();
        for (item, key) in &self.lists {
            if item == "dorcas_bytes" {
                continue;
            }
            out += &format!("DORCAS_LIST_FUNCTIONS({item})\n");
            if *key > 0 {
                out += &format!("DORCAS_SORT_FUNCTION({item}, {key})\n");
            }
        }
        out
    }

    /// The tables of the codec.
    /// The names of the members in the table of that name, in its order.
    pub(crate) fn member_names(&self) -> impl Iterator<Item = &str> {
        self.nodes.members.iter().map(|(_, _, name)| name.as_str())
    }

    pub(crate) fn tables(&self) -> String {
        let mut out = format!(
            "enum {{ MESSAGE_BYTES = {}, MESSAGE_ITEMS = {} }};\n\n",
            limit("message_bytes"),
            limit("message_items")
        );
        out += "static const struct node nodes[] = {\n    { NOTHING, 0, 1, 0, 0, 0 },\n";
        for (number, row) in self.nodes.rows.iter().enumerate() {
            let Some(Row { kind, key, least, count, size, first, comment }) = row else { continue };
            let said = if comment.is_empty() { number.to_string() } else { format!("{number}: {comment}") };
            out += &format!("    {{ {kind}, {key}, {least}, {count}, {size}, {first} }}, /* {said} */\n");
        }
        out += "};\n\nstatic const struct member members[] = {\n";
        for (offset, node, _) in &self.nodes.members {
            out += &format!("    {{ {offset}, {node} }},\n");
        }
        out += "};\n\nstatic const struct method methods[] = {\n";
        for export in method::NAMES {
            let [request, response] = ends(export);
            out += &format!("    {{ \"{export}\", {}, {} }},\n", self.number(request), self.number(&reply(response)));
        }
        out + "};\n"
    }
}

/// The macros for methods.
pub(crate) fn methods() -> String {
    let mut out = "/** The methods, for `dorcas_answer`. */\ntypedef enum dorcas_method {\n".to_owned();
    for export in method::NAMES {
        out += &format!("    DORCAS_METHOD_{},\n", export.to_uppercase());
    }
    out += "} dorcas_method;\n";
    for export in method::NAMES {
        let [request, response] = ends(export).map(c_name);
        let upper = export.to_uppercase();
        out += &format!("\n#define DORCAS_{upper}(function) \\\n");
        out += &format!("    DORCAS_METHOD({export}, DORCAS_METHOD_{upper}, function, \\\n");
        out += &format!("                  {request}, {response})\n");
    }
    out
}

/// An enum of C where no variant carries anything, else a struct with a tag.
fn enumeration(c_name: &str, variants: &[CVariant], typedef: &str, end: &str) -> String {
    let has_payloads = variants.iter().any(|variant| variant.payload.is_some());
    let tag = if has_payloads { format!("{c_name}_tag") } else { c_name.to_owned() };
    let mut out = format!("typedef enum {tag} {{\n");
    for (number, variant) in variants.iter().enumerate() {
        if !variant.doc.is_empty() {
            out += &comment("    ", &variant.doc, "");
        }
        out += &format!("    {}_{} = {number},\n", c_name.to_uppercase(), snake(&variant.name).to_uppercase());
    }
    out += &format!("}} {tag};\n");
    if !has_payloads {
        return out;
    }
    out += &format!("{typedef}struct {c_name} {{\n    {tag} tag;\n    union {{\n");
    for variant in variants {
        if let Some(payload) = &variant.payload {
            out += &format!("        {}\n", declared(&payload.c_type(), &field_name(&variant.name)));
        }
    }
    out + "    };\n}" + end
}

/// The name in C of a type of the schema.
pub(crate) fn c_name(name: &str) -> String {
    "dorcas_".to_owned() + &snake(name)
}

/// A field's name. Some words are taken in C or C++.
pub(crate) fn field_name(name: &str) -> String {
    let name = snake(name);
    if matches!(name.as_str(), "bool" | "default" | "delete" | "int" | "private") { name + "_" } else { name }
}

pub(crate) fn reply(response: &str) -> String {
    format!("Reply{response}")
}

/// `ReplyManifest` as `Reply<Manifest>`.
fn spelled(name: &str) -> String {
    name.strip_prefix("Reply").map_or_else(|| name.to_owned(), |response| format!("Reply<{response}>"))
}

fn declared(c_type: &str, name: &str) -> String {
    if c_type.ends_with('*') { format!("{c_type}{name};") } else { format!("{c_type} {name};") }
}

/// A comment, its lines wrapped.
fn comment(indent: &str, doc: &str, remark: &str) -> String {
    let text = [doc, remark].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
    let text = text.replace("*/", "* /");
    let mut out = String::new();
    let mut line = format!("{indent}/** ");
    let mut is_empty = true;
    for word in text.split_whitespace() {
        // Three columns are for the comment's end.
        let space = usize::from(!is_empty);
        if !is_empty && line.chars().count() + space + word.chars().count() > WIDTH - 3 {
            out += line.trim_end();
            out.push('\n');
            line = format!("{indent} *  ");
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    out + &line + " */\n"
}
