//! The golden vectors: bytes beside what they mean, or beside what is wrong with them.
//!
//! A person writes values; the bytes of good vectors follow from them.

use crate::{
    Root,
    walk::{from_hex, hex, pieces},
};
use dorcas_abi::{
    message,
    wire::{self, Message},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt::Write as _;

/// Bytes beside what they mean.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Good {
    pub name: String,
    #[serde(rename = "type")]
    pub ty: String,
    #[serde(default)]
    hex: Vec<String>,
    pub value: serde_json::Value,
}

/// Bytes that are no message, beside what is wrong with them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bad {
    pub name: String,
    #[serde(rename = "type")]
    pub ty: String,
    hex: Vec<String>,
    pub then: Option<Repeated>,
    pub clause: String,
    pub offset: usize,
    pub path: String,
    pub error: String,
}

/// A byte that stands many times behind the others.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeated {
    pub byte: String,
    pub times: usize,
}

impl Good {
    pub fn bytes(&self) -> Vec<u8> {
        from_hex(&self.hex.concat())
    }
}

impl Bad {
    /// The bytes that the file shows, without the repeated ones.
    pub(crate) fn shown(&self) -> Vec<u8> {
        from_hex(&self.hex.concat())
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = from_hex(&self.hex.concat());
        if let Some(Repeated { byte, times }) = &self.then {
            bytes.extend(from_hex(byte).repeat(*times));
        }
        bytes
    }
}

/// The files of good vectors, in the order of the specification.
pub const GOOD_FILES: [&str; 13] = [
    "primitives",
    "reply",
    "manifest",
    "setup",
    "scan",
    "rule",
    "configure",
    "fix",
    "generate_rules",
    "imports",
    "resolve",
    "find",
    "finish",
];

/// The good vectors of a file.
///
/// # Panics
///
/// If the file is no list of vectors.
pub fn good(root: &Root, file: &str) -> Vec<Good> {
    let path = format!("abi/golden/{file}.json");
    serde_json::from_str(&root.read(&path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The bad vectors.
///
/// # Panics
///
/// If the file is no list of vectors.
pub fn bad(root: &Root) -> Vec<Bad> {
    serde_json::from_str(&root.read("abi/golden/bad.json")).unwrap_or_else(|error| panic!("bad.json: {error}"))
}

/// A file of good vectors, with the bytes that follow from their values.
pub(crate) fn text(root: &Root, file: &str) -> String {
    let mut text = String::from("[");
    for (index, vector) in good(root, file).iter().enumerate() {
        let name = format!("{file}.json, {:?}", vector.name);
        let (bytes, json) = message::visit(&vector.ty, FromJson(&vector.value))
            .unwrap_or_else(|| panic!("{name}: no type {}", vector.ty))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let pieces: Vec<_> = pieces(&vector.ty, &bytes).iter().map(|piece| hex(&piece.bytes)).collect();
        let hex = if pieces.len() == 1 {
            format!("[\"{}\"]", pieces[0])
        } else {
            format!("[\n      \"{}\"\n    ]", pieces.join("\",\n      \""))
        };
        let comma = if index == 0 { "" } else { "," };
        let value = json.replace('\n', "\n    ");
        write!(
            text,
            "{comma}\n  {{\n    \"name\": {:?},\n    \"type\": {:?},\n    \"hex\": {hex},\n    \"value\": {value}\n  }}",
            vector.name, vector.ty
        )
        .expect("a string takes everything");
    }
    text + "\n]\n"
}

/// Reads the JSON of a value, and gives its bytes and its JSON in full.
pub struct FromJson<'a>(pub &'a serde_json::Value);
impl message::Visitor for FromJson<'_> {
    type Output = Result<(Vec<u8>, String), String>;
    fn visit<T: Message + Serialize + DeserializeOwned>(self) -> Self::Output {
        let value: T = serde_json::from_value(self.0.clone()).map_err(|error| error.to_string())?;
        let bytes = wire::encode(&value).map_err(|fault| fault.to_string())?;
        Ok((bytes, serde_json::to_string_pretty(&value).map_err(|error| error.to_string())?))
    }
}

/// Bytes in lines of hexadecimal digits.
pub(crate) fn from_lines(lines: &[String]) -> Vec<u8> {
    from_hex(&lines.concat())
}
