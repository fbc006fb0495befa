//! The golden vectors as C, for the tests of the SDK: bytes, and for the good ones the value as initializers.

use crate::{
    Root,
    c::{CBody, CShape, Types, c_name, field_name, reply},
    golden::{self, GOOD_FILES, Repeated},
    names::snake,
    schema::ends,
};
use dorcas_abi::method;
use serde_json::Value;

/// `tests/golden.inc`.
pub(crate) fn text(root: &Root) -> String {
    let mut writer = Writer { types: Types::new(), out: String::from(HEAD), constants: 0 };
    let (mut good, mut bad) = (String::new(), String::new());
    let mut files = GOOD_FILES.to_vec();
    files.sort_unstable();
    for vector in golden::bad(root) {
        let node = writer.types.number(&type_of(&vector.ty));
        let data = writer.bytes(&vector.shown());
        let (byte, times) = vector.then.map_or_else(|| ("00".into(), 0), |Repeated { byte, times }| (byte, times));
        bad += &format!(
            "    {{ {}, {node}, {data}, 0x{byte}, {times}, {}, {} }},\n",
            quoted(&vector.name),
            quoted(&vector.clause),
            vector.offset
        );
    }
    for vector in files.iter().flat_map(|file| golden::good(root, file)) {
        let of = type_of(&vector.ty);
        let node = writer.types.number(&of);
        let data = writer.bytes(&vector.bytes());
        let value = writer.value(&CShape::Named(of.clone()), &vector.value);
        let value = writer.constant(&c_name(&of), &format!(" = {value}"));
        let method = method::NAMES.iter().find(|export| ends(export)[0] == of);
        let method = method.map_or_else(|| "-1".into(), |export| format!("DORCAS_METHOD_{}", export.to_uppercase()));
        good += &format!("    {{ {}, {node}, {data}, &{value}, {method} }},\n", quoted(&vector.name));
    }
    writer.out
        + "static const struct good good[] = {\n"
        + &good
        + "};\nstatic const struct bad bad[] = {\n"
        + &bad
        + "};\n"
}

const HEAD: &str = "/* Generated from abi/golden by `cargo run -p dorcas-generate`. Don't edit. */\n";

struct Writer {
    types: Types,
    out: String,
    constants: usize,
}

impl Writer {
    /// Writes a constant; returns its name.
    fn constant(&mut self, c_type: &str, value: &str) -> String {
        self.constants += 1;
        let name = format!("value{}", self.constants);
        self.out += &format!("static const {c_type} {name}{value};\n");
        name
    }

    fn array(&mut self, bytes: &[u8]) -> String {
        let items: Vec<_> = bytes.iter().map(ToString::to_string).collect();
        self.constant("uint8_t", &format!("[] = {{ {} }}", items.join(", ")))
    }

    fn bytes(&mut self, bytes: &[u8]) -> String {
        if bytes.is_empty() { "NULL, 0".into() } else { format!("{}, {}", self.array(bytes), bytes.len()) }
    }

    /// The initializer of a value.
    fn value(&mut self, shape: &CShape, json: &Value) -> String {
        match shape {
            CShape::Bool => json.to_string(),
            CShape::U32 => format!("{json}u"),
            // The literal of the smallest number would be one of a larger type.
            CShape::I64 if json.as_i64() == Some(i64::MIN) => "INT64_MIN".into(),
            CShape::I64 => format!("INT64_C({json})"),
            CShape::Text { .. } | CShape::Bytes => {
                let bytes = match json {
                    Value::String(text) => text.clone().into_bytes(),
                    json => golden::from_lines(&[json["hex"].as_str().expect("bytes are text or hex").to_owned()]),
                };
                if bytes.is_empty() {
                    return "{ (const void *)\"\", 0 }".into();
                }
                format!("{{ (const void *){}, {} }}", self.array(&bytes), bytes.len())
            }
            CShape::Option(some) if some.is_run() && json.is_null() => "{ NULL, 0 }".into(),
            CShape::Option(some) if some.is_run() => self.value(some, json),
            CShape::Option(_) if json.is_null() => "NULL".into(),
            CShape::Option(some) => {
                let value = self.value(some, json);
                format!("&{}", self.constant(&some.c_type(), &format!(" = {value}")))
            }
            CShape::List { item, .. } => {
                let items = json.as_array().expect("a list");
                if items.is_empty() {
                    return "{ NULL, 0, 0 }".into();
                }
                let items: Vec<_> = items.iter().map(|json| self.value(item, json)).collect();
                let name = self.constant(&item.c_type(), &format!("[] = {{ {} }}", items.join(", ")));
                format!("{{ {name}, {}, 0 }}", items.len())
            }
            CShape::Named(name) => self.named(name, json),
        }
    }

    fn named(&mut self, name: &str, json: &Value) -> String {
        let tag = |variant: &str| format!("{}_{}", c_name(name).to_uppercase(), snake(variant).to_uppercase());
        match self.types.body(name) {
            CBody::Struct(fields) => {
                let json = json.as_object().expect("a struct");
                let fields: Vec<_> = fields.iter().map(|field| (field.name.clone(), field.shape.clone())).collect();
                assert_eq!(json.len(), fields.len(), "{name}: {json:?}");
                let shape = |name: &String| &fields.iter().find(|(field, _)| field == name).expect("a known field").1;
                let parts = json.iter().map(|(field, json)| (field, shape(field), json));
                let parts: Vec<_> = parts
                    .map(|(field, shape, json)| format!(".{} = {}", field_name(field), self.value(shape, json)))
                    .collect();
                format!("{{ {} }}", parts.join(", "))
            }
            CBody::Enum(variants) => {
                let has_payloads = variants.iter().any(|variant| variant.payload.is_some());
                if let Value::String(variant) = json {
                    return if has_payloads { format!("{{ .tag = {} }}", tag(variant)) } else { tag(variant) };
                }
                let (variant, json) = json.as_object().and_then(|json| json.iter().next()).expect("one variant");
                let known = variants.iter().find(|known| known.name == *variant).expect("a known variant");
                let shape = known.payload.clone().expect("a variant with a payload");
                let value = self.value(&shape, json);
                format!("{{ .tag = {}, .{} = {value} }}", tag(variant), field_name(variant))
            }
        }
    }
}

fn type_of(ty: &str) -> String {
    ty.strip_prefix("Reply<").and_then(|rest| rest.strip_suffix('>')).map_or_else(|| ty.to_owned(), reply)
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text has a JSON form")
}
