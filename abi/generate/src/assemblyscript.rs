//! The messages of the SDK for `AssemblyScript`: classes, the table by which messages are checked, and JSON for the tests.

use crate::{
    names::{camel, lower},
    schema::{is_plain, least, limit, prose},
};
use dorcas_abi::{
    message::{self, DEFINITIONS},
    wire::{Definition, Field, Payload, Shape, Type, Variant},
};

const HEAD: &str = "// Generated from abi/schema.json by `cargo run -p dorcas-generate`. Don't edit.\n\n";

/// `assembly/messages.ts`: a class or an enum for each type.
pub(crate) fn messages() -> String {
    let mut out = HEAD.to_owned() + "import { NO_BYTES, Reader, Writer } from \"./wire\";\n";
    let mut table = Table::new();
    for definition in DEFINITIONS {
        out.push('\n');
        out += &match definition.shape {
            Shape::Struct(fields) => class(&mut table, &Of::definition(definition), fields),
            Shape::Enum(variants) if is_plain(variants) => plain_enum(definition, variants),
            Shape::Enum(variants) => union(&mut table, definition, variants),
        };
    }
    out
}

/// `assembly/schema.ts`: the table.
pub(crate) fn table() -> String {
    let nodes = Table::new().nodes;
    assert!(nodes.len() <= 249, "the number of a node no longer fits in a byte");
    let starts = nodes.iter().scan(0, |at, node| Some(std::mem::replace(at, *at + node.len())));
    let starts: Vec<_> = starts.map(|start| start.to_string()).collect();
    let bytes: Vec<_> = nodes.iter().flatten().map(ToString::to_string).collect();
    format!(
        "{HEAD}export const MAX_MESSAGE_BYTES: u32 = {};\nexport const MAX_MESSAGE_ITEMS: u32 = {};\n\n\
         /** Where the node of each type begins in NODES; the first one has the number 7. */\n\
         // @ts-ignore: decorator\n@lazy export const STARTS: usize = memory.data<u16>([\n{}]);\n\n\
         /** The nodes: 0, the fields. 1, the variants. 2, texts of the key, least bytes of an item, the item. 3, what is \
         optional. */\n// @ts-ignore: decorator\n@lazy export const NODES: usize = memory.data<u8>([\n{}]);\n",
        limit("message_bytes"),
        limit("message_items"),
        lines(&starts),
        lines(&bytes)
    )
}

/// `tests/json.ts`: messages as JSON.
pub(crate) fn shown() -> String {
    let mut table = Table::new();
    let mut out = HEAD.to_owned() + "// Messages as JSON, for the tests.\n\nimport {\n";
    for definition in DEFINITIONS {
        out += &format!("  {},\n", definition.name);
        let Shape::Enum(variants) = definition.shape else { continue };
        if is_plain(variants) {
            continue;
        }
        out += &format!("  {}Tag,\n", definition.name);
        let with_fields = variants.iter().filter(|variant| matches!(variant.payload, Payload::Fields(_)));
        out.extend(with_fields.map(|variant| format!("  {}{},\n", definition.name, variant.name)));
    }
    out += "} from \"dorcas-guest/assembly/messages\";\n\
            import { Reader, Writer } from \"dorcas-guest/assembly/wire\";\n\
            import { bytes, list, optionalBytes, text, texts } from \"./shown\";\n";
    for definition in DEFINITIONS {
        match definition.shape {
            Shape::Struct(fields) => out += &show_struct(definition.name, fields),
            Shape::Enum(variants) => {
                for variant in variants {
                    if let Payload::Fields(fields) = variant.payload {
                        out += &show_struct(&format!("{}{}", definition.name, variant.name), fields);
                    }
                }
                out += &show_enum(definition, variants);
            }
        }
    }
    out += "\nexport function nameOfType(type: u32): string {\n  switch (type) {\n";
    for (index, definition) in DEFINITIONS.iter().enumerate() {
        out += &format!("    case {index}: return \"{}\";\n", definition.name);
    }
    out += "  }\n  return \"\";\n}\n\nexport function schemaOf(type: u32): u32 {\n  switch (type) {\n";
    for (index, definition) in DEFINITIONS.iter().enumerate() {
        out += &format!("    case {index}: return {};\n", table.number(definition));
    }
    out += "  }\n  return 0;\n}\n\n/** Reads a message, writes it again, and returns it as JSON. */\n\
            export function again(type: u32, r: Reader, w: Writer): string {\n  switch (type) {\n";
    for (index, definition) in DEFINITIONS.iter().enumerate() {
        let of = Code::named(definition.name);
        out += &format!(
            "    case {index}: {{\n      const value = {};\n      {};\n      return show{}(value);\n    }}\n",
            of.read,
            of.write("value"),
            definition.name
        );
    }
    out + "  }\n  return \"\";\n}\n"
}

/// How a value is declared, begun, read, written and shown. `$` stands for the value.
struct Code {
    ts: String,
    start: String,
    read: String,
    write: String,
    show: String,
    /// Of an option, the value in it.
    some: Option<Box<Code>>,
}

impl Code {
    fn new(ts: &str, start: &str, read: &str, write: &str, show: &str) -> Self {
        let (ts, start, read) = (ts.into(), start.into(), read.into());
        Self { ts, start, read, write: write.into(), show: show.into(), some: None }
    }

    fn of(ty: &Type) -> Self {
        match ty {
            Type::Bool => Self::new("bool", "false", "r.bool()", "w.bool($)", "$ ? \"true\" : \"false\""),
            Type::U32 => Self::new("u32", "0", "r.u32()", "w.u32($)", "$.toString()"),
            Type::I64 => Self::new("i64", "0", "r.i64()", "w.i64($)", "$.toString()"),
            Type::Text { .. } => Self::new("string", "\"\"", "r.text()", "w.text($)", "text($)"),
            Type::Bytes => Self::new("ArrayBuffer", "NO_BYTES", "r.bytes()", "w.bytes($)", "bytes($)"),
            Type::Named(name) => Self::named(name),
            Type::Option(some) => {
                let some = Self::of(some);
                assert!(!is_number(&some), "AssemblyScript has no null for a {}", some.ts);
                let show = format!("$ === null ? \"null\" : {}", some.show.replace('$', "$!"));
                let (ts, read) = (format!("{} | null", some.ts), format!("r.bool() ? {} : null", some.read));
                Self { some: Some(some.into()), ..Self::new(&ts, "null", &read, "", &show) }
            }
            Type::List { item: Type::Text { .. }, .. } => {
                Self::new("string[]", "[]", "r.texts()", "w.texts($)", "texts($)")
            }
            Type::List { item: Type::Option(Type::Bytes), .. } => Self::new(
                "Array<ArrayBuffer | null>",
                "[]",
                "r.optionalBytes()",
                "w.optionalBytes($)",
                "optionalBytes($)",
            ),
            Type::List { item: Type::Named(name), .. } if !is_plain_type(name) => Self::new(
                &format!("{name}[]"),
                "[]",
                &format!("r.list<{name}>()"),
                &format!("w.list<{name}>($)"),
                &format!("list<{name}>($, show{name})"),
            ),
            Type::List { item, .. } => panic!("the SDK has no list of {item}"),
        }
    }

    fn named(name: &str) -> Self {
        let definition = message::definition(name).unwrap_or_else(|| panic!("no type {name}"));
        let show = format!("show{name}($)");
        match definition.shape {
            Shape::Enum(variants) if is_plain(variants) => {
                let start = format!("{name}.{}", variants[0].name);
                Self::new(name, &start, &format!("<{name}>r.u32()"), "w.u32($)", &show)
            }
            Shape::Enum(_) => Self::object(name, &(lower(name) + "Start")),
            Shape::Struct(_) => Self::object(name, &format!("new {name}()")),
        }
    }

    fn object(name: &str, start: &str) -> Self {
        Self::new(name, start, &format!("r.one<{name}>()"), "$.write(w)", &format!("show{name}($)"))
    }

    fn write(&self, value: &str) -> String {
        self.write.replace('$', value)
    }

    fn show(&self, value: &str) -> String {
        self.show.replace('$', value)
    }
}

/// A class: of a struct, or of the fields of a variant.
struct Of {
    name: String,
    doc: String,
}

impl Of {
    fn definition(definition: &Definition) -> Self {
        Self { name: definition.name.into(), doc: prose(definition.doc) }
    }

    fn variant(definition: &Definition, variant: &Variant) -> Self {
        Self { name: definition.name.to_owned() + variant.name, doc: prose(variant.doc) }
    }
}

fn class(table: &mut Table, of: &Of, fields: &'static [Field]) -> String {
    let mut out = comment("", &of.doc) + &format!("export class {} {{\n", of.name);
    let codes: Vec<_> = fields.iter().map(|field| (field, field_name(field.name), Code::of(&field.ty))).collect();
    for (field, name, code) in &codes {
        out += &comment("  ", &prose(field.doc));
        out += &format!("  {name}: {} = {};\n", code.ts, code.start);
    }
    out += &format!("\n  get schema(): u32 {{\n    return {};\n  }}\n", table.structure(&of.name, fields));
    out += "\n  read(r: Reader): void {\n";
    for (_, name, code) in &codes {
        out += &format!("    this.{name} = {};\n", code.read);
    }
    out += "  }\n\n  write(w: Writer): void {\n";
    for (_, name, code) in &codes {
        match &code.some {
            Some(some) => {
                out += &format!("    const {name} = this.{name};\n    w.bool({name} !== null);\n");
                out += &format!("    if ({name} !== null) {};\n", some.write(name));
            }
            None => out += &format!("    {};\n", code.write(&format!("this.{name}"))),
        }
    }
    out + "  }\n}\n"
}

fn plain_enum(definition: &Definition, variants: &[Variant]) -> String {
    let mut out = comment("", &prose(definition.doc)) + &format!("export enum {} {{\n", definition.name);
    for variant in variants {
        out += &comment("  ", &prose(variant.doc));
        out += &format!("  {},\n", variant.name);
    }
    out + "}\n"
}

/// The code for the payload of a variant.
fn payload(definition: &Definition, variant: &Variant) -> Option<Code> {
    match variant.payload {
        Payload::Unit => None,
        Payload::One(ty) => Some(Code::of(&ty)),
        Payload::Fields(_) => Some(Code::object(&(definition.name.to_owned() + variant.name), "")),
    }
}

fn union(table: &mut Table, definition: &Definition, variants: &'static [Variant]) -> String {
    let name = definition.name;
    let codes: Vec<_> = variants.iter().map(|variant| (variant, payload(definition, variant))).collect();
    let numbers = codes.iter().any(|(_, code)| code.as_ref().is_some_and(is_number));
    let objects = codes.iter().any(|(_, code)| code.as_ref().is_some_and(|code| !is_number(code)));
    let mut out = String::new();
    for variant in variants {
        if let Payload::Fields(fields) = variant.payload {
            out += &class(table, &Of::variant(definition, variant), fields);
            out.push('\n');
        }
    }
    out += &format!("/** The variants of {name}. */\nexport enum {name}Tag {{\n");
    for variant in variants {
        out += &comment("  ", &prose(variant.doc));
        out += &format!("  {},\n", variant.name);
    }
    out += &format!("}}\n\n{}export class {name} {{\n", comment("", &prose(definition.doc)));
    out += &format!("  private constructor(\n    /** Which variant it is. */\n    public tag: {name}Tag,\n");
    if objects {
        out += "    private payload: Object | null,\n";
    }
    if numbers {
        out += "    private number: i64,\n";
    }
    out += "  ) {}\n";
    for (variant, code) in &codes {
        out += &accessors(definition, variant, code.as_ref(), objects, numbers);
    }
    let number = table.number(definition);
    out += &format!("\n  get schema(): u32 {{\n    return {number};\n  }}\n");
    let cases = |line: &dyn Fn(&Code) -> String| {
        let mut out = String::new();
        for (variant, code) in &codes {
            if let Some(code) = code {
                out += &format!("      case {name}Tag.{}:\n        {};\n        break;\n", variant.name, line(code));
            }
        }
        out
    };
    out += &format!("\n  read(r: Reader): void {{\n    this.tag = <{name}Tag>r.u32();\n");
    if objects {
        out += "    this.payload = null;\n";
    }
    if numbers {
        out += "    this.number = 0;\n";
    }
    let read = |code: &Code| format!("this.{} = {}", if is_number(code) { "number" } else { "payload" }, code.read);
    out += &format!("    switch (this.tag) {{\n{}    }}\n  }}\n", cases(&read));
    let write = |code: &Code| {
        let value =
            if is_number(code) { "this.number".into() } else { format!("changetype<{}>(this.payload)", code.ts) };
        code.write(&if is_number(code) { format!("<{}>{value}", code.ts) } else { value })
    };
    out += "\n  write(w: Writer): void {\n    w.u32(this.tag);\n    switch (this.tag) {\n";
    out += &cases(&write);
    out + "    }\n  }\n}\n" + &start(definition, variants)
}

/// How a variant is made, and how its payload is read.
fn accessors(definition: &Definition, variant: &Variant, code: Option<&Code>, objects: bool, numbers: bool) -> String {
    let name = definition.name;
    let (tag, function) = (format!("{name}Tag.{}", variant.name), lower(variant.name));
    let make = |payload: &str, number: &str| {
        let payload = if objects { format!(", {payload}") } else { String::new() };
        let number = if numbers { format!(", {number}") } else { String::new() };
        format!("return new {name}({tag}{payload}{number});")
    };
    let mut out = "\n".to_owned() + &comment("  ", &prose(variant.doc));
    match (variant.payload, code) {
        (Payload::Fields(fields), _) => {
            let names: Vec<_> = fields.iter().map(|field| (field_name(field.name), Code::of(&field.ty).ts)).collect();
            let parameters: Vec<_> = names.iter().map(|(name, ts)| format!("{name}: {ts}")).collect();
            let literal: Vec<_> = names.iter().map(|(name, _)| format!("{name}: {name}")).collect();
            out += &format!("  static {function}({}): {name} {{\n", parameters.join(", "));
            out += &format!("    const fields: {name}{} = {{ {} }};\n", variant.name, literal.join(", "));
            out += &format!("    {}\n  }}\n", make("fields", "0"));
        }
        (_, None) => out += &format!("  static {function}(): {name} {{\n    {}\n  }}\n", make("null", "0")),
        (_, Some(code)) => {
            let call = if is_number(code) { make("null", "value") } else { make("value", "0") };
            out += &format!("  static {function}(value: {}): {name} {{\n    {call}\n  }}\n", code.ts);
        }
    }
    let Some(code) = code else { return out };
    let (none, ts, value) = if is_number(code) {
        let zero = if code.ts == "bool" { "false" } else { "0" };
        (zero, code.ts.clone(), format!("<{}>this.number", code.ts))
    } else {
        ("null", format!("{} | null", code.ts), format!("changetype<{}>(this.payload)", code.ts))
    };
    out += &format!("\n  /** What `{}` carries; {none} of another variant. */\n", variant.name);
    out += &format!("  get {function}(): {ts} {{\n    return this.tag == {tag} ? {value} : {none};\n  }}\n");
    out
}

/// The value of a field of this type before somebody sets it. It never changes, so that one is enough.
fn start(definition: &Definition, variants: &[Variant]) -> String {
    let is_field = |field: &Field| matches!(field.ty, Type::Named(name) if name == definition.name);
    let is_start = DEFINITIONS.iter().any(|definition| match definition.shape {
        Shape::Struct(fields) => fields.iter().any(is_field),
        Shape::Enum(variants) => variants
            .iter()
            .any(|variant| matches!(variant.payload, Payload::Fields(fields) if fields.iter().any(is_field))),
    });
    if !is_start {
        return String::new();
    }
    let (name, first) = (definition.name, &variants[0]);
    let value = match first.payload {
        Payload::Unit => String::new(),
        Payload::One(ty) => Code::of(&ty).start,
        Payload::Fields(_) => panic!("{name} begins with fields"),
    };
    let (constant, function) = (lower(name), lower(first.name));
    format!("\n// @ts-ignore: decorator\n@lazy const {constant}Start = {name}.{function}({value});\n")
}

fn show_struct(name: &str, fields: &[Field]) -> String {
    let fields: Vec<_> = fields
        .iter()
        .map(|field| {
            let shown = Code::of(&field.ty).show(&format!("value.{}", field_name(field.name)));
            format!("\"\\\"{}\\\":\" + ({shown})", field.name)
        })
        .collect();
    let fields = fields.join(" + \",\" + ");
    format!("\nfunction show{name}(value: {name}): string {{\n  return \"{{\" + {fields} + \"}}\";\n}}\n")
}

fn show_enum(definition: &Definition, variants: &[Variant]) -> String {
    let name = definition.name;
    let (tag, type_of_tag) =
        if is_plain(variants) { ("value", name.to_owned()) } else { ("value.tag", format!("{name}Tag")) };
    let mut out = format!("\nfunction show{name}(value: {name}): string {{\n  switch ({tag}) {{\n");
    for variant in variants {
        out += &format!("    case {type_of_tag}.{}: ", variant.name);
        match payload(definition, variant) {
            None => out += &format!("return \"\\\"{}\\\"\";\n", variant.name),
            Some(code) => {
                let got = format!("value.{}{}", lower(variant.name), if is_number(&code) { "" } else { "!" });
                out += &format!("return \"{{\\\"{}\\\":\" + ({}) + \"}}\";\n", variant.name, code.show(&got));
            }
        }
    }
    out + "  }\n  return \"\";\n}\n"
}

/// The table by which a message is checked. Numbers below 7 are leaves, as in `assembly/wire.ts`.
struct Table {
    known: Vec<String>,
    nodes: Vec<Vec<u32>>,
}

impl Table {
    /// The table of all types, in the order of the schema.
    fn new() -> Self {
        let mut table = Self { known: Vec::new(), nodes: Vec::new() };
        for definition in DEFINITIONS {
            table.number(definition);
        }
        table
    }

    fn number(&mut self, definition: &Definition) -> u32 {
        match definition.shape {
            Shape::Struct(fields) => self.structure(definition.name, fields),
            Shape::Enum(variants) => self.node(definition.name, |table| {
                let count = u32::try_from(variants.len()).expect("an enum is small");
                let mut node = vec![1, count];
                for variant in variants {
                    node.push(match variant.payload {
                        Payload::Unit => 0,
                        Payload::One(ty) => table.shape(&ty),
                        Payload::Fields(fields) => {
                            table.structure(&(definition.name.to_owned() + variant.name), fields)
                        }
                    });
                }
                node
            }),
        }
    }

    fn structure(&mut self, name: &str, fields: &[Field]) -> u32 {
        self.node(name, |table| {
            let count = u32::try_from(fields.len()).expect("a struct is small");
            let mut node = vec![0, count];
            node.extend(fields.iter().map(|field| table.shape(&field.ty)).collect::<Vec<_>>());
            node
        })
    }

    fn shape(&mut self, ty: &Type) -> u32 {
        match ty {
            Type::Bool => 1,
            Type::U32 => 2,
            Type::I64 => 3,
            Type::Text { non_empty: false } => 4,
            Type::Text { non_empty: true } => 5,
            Type::Bytes => 6,
            Type::Named(name) => self.number(message::definition(name).expect("the schema is closed")),
            Type::Option(some) => self.node(&ty.to_string(), |table| vec![3, table.shape(some)]),
            Type::List { item, sorted_by } => {
                self.node(&ty.to_string(), |table| vec![2, u32::from(*sorted_by), least(item), table.shape(item)])
            }
        }
    }

    /// The number of a node. A key that is not known yet gets one.
    fn node(&mut self, key: &str, make: impl FnOnce(&mut Self) -> Vec<u32>) -> u32 {
        let at = self.known.iter().position(|known| known == key).unwrap_or_else(|| {
            self.known.push(key.into());
            self.nodes.push(Vec::new());
            let at = self.nodes.len() - 1;
            self.nodes[at] = make(self);
            at
        });
        u32::try_from(at + 7).expect("a table is small")
    }
}

/// Numbers as the lines of a list.
fn lines(numbers: &[String]) -> String {
    let (mut out, mut line) = (String::new(), String::new());
    for number in numbers {
        if line.len() + number.len() + 2 > 110 {
            out += &format!("  {}\n", line.trim_end());
            line.clear();
        }
        line += &format!("{number}, ");
    }
    out + &format!("  {}\n", line.trim_end())
}

fn is_plain_type(name: &str) -> bool {
    let shape = message::definition(name).map(|definition| definition.shape);
    matches!(shape, Some(Shape::Enum(variants)) if is_plain(variants))
}

fn is_number(code: &Code) -> bool {
    matches!(code.ts.as_str(), "bool" | "u32" | "i64")
}

/// A field's name. Some words can't be one.
fn field_name(name: &str) -> String {
    match name {
        "import" => "spec".into(),
        "default" => "defaultValue".into(),
        "private" => "privateAttrs".into(),
        name => camel(name),
    }
}

fn comment(indent: &str, doc: &str) -> String {
    if doc.is_empty() { String::new() } else { format!("{indent}/** {doc} */\n") }
}
