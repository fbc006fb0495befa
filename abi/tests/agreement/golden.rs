//! The golden vectors: do bytes and meaning belong together, and is what is wrong refused for the right reason?

use crate::{
    update,
    walk::{from_hex, hex, pieces},
};
use dorcas_abi::{
    clause,
    message::{self, DEFINITIONS},
    method,
    wire::{self, Fault, Message},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{collections::BTreeSet, fmt::Write as _, fs};

/// Bytes beside what they mean.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Good {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) ty: String,
    #[serde(default)]
    hex: Vec<String>,
    pub(crate) value: serde_json::Value,
}

/// Bytes that are no message, beside what is wrong with them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bad {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) ty: String,
    hex: Vec<String>,
    then: Option<Repeated>,
    pub(crate) clause: String,
    offset: usize,
    path: String,
    error: String,
}

/// A byte that stands many times behind the others.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeated {
    byte: String,
    times: usize,
}

impl Good {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        from_hex(&self.hex.concat())
    }
}

impl Bad {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = from_hex(&self.hex.concat());
        if let Some(Repeated { byte, times }) = &self.then {
            bytes.extend(from_hex(byte).repeat(*times));
        }
        bytes
    }
}

/// The files of good vectors, in the order of the specification.
pub(crate) const GOOD_FILES: [&str; 10] =
    ["primitives", "reply", "manifest", "rule", "configure", "fix", "generate_rules", "imports", "resolve", "find"];

pub(crate) fn good(file: &str) -> Vec<Good> {
    let path = format!("abi/golden/{file}.json");
    serde_json::from_str(&update::read(&path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn bad() -> Vec<Bad> {
    serde_json::from_str(&update::read("abi/golden/bad.json")).unwrap_or_else(|error| panic!("bad.json: {error}"))
}

/// Reads the JSON of a value, and gives its bytes and its JSON in full.
pub(crate) struct FromJson<'a>(pub(crate) &'a serde_json::Value);
impl message::Visitor for FromJson<'_> {
    type Output = Result<(Vec<u8>, String), String>;
    fn visit<T: Message + Serialize + DeserializeOwned>(self) -> Self::Output {
        let value: T = serde_json::from_value(self.0.clone()).map_err(|error| error.to_string())?;
        let bytes = wire::encode(&value).map_err(|fault| fault.to_string())?;
        Ok((bytes, serde_json::to_string_pretty(&value).map_err(|error| error.to_string())?))
    }
}

/// Decodes bytes, and gives the JSON of what they mean and what it encodes to.
struct FromBytes<'a>(&'a [u8]);
impl message::Visitor for FromBytes<'_> {
    type Output = Result<(serde_json::Value, Vec<u8>), Fault>;
    fn visit<T: Message + Serialize + DeserializeOwned>(self) -> Self::Output {
        let value: T = wire::decode(self.0)?;
        let json = serde_json::to_value(&value).expect("a message has a JSON form");
        Ok((json, wire::encode(&value)?))
    }
}

#[test]
fn good_vectors_mean_what_they_say() {
    for file in GOOD_FILES {
        let mut text = String::from("[");
        for (index, vector) in good(file).iter().enumerate() {
            let name = format!("{file}.json, {:?}", vector.name);
            let (bytes, json) = message::visit(&vector.ty, FromJson(&vector.value))
                .unwrap_or_else(|| panic!("{name}: no type {}", vector.ty))
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            let (meaning, again) = message::visit(&vector.ty, FromBytes(&bytes)).unwrap().unwrap();
            assert_eq!(again, bytes, "{name}");
            assert_eq!(meaning, serde_json::from_str::<serde_json::Value>(&json).unwrap(), "{name}");
            if !update::updating() {
                assert_eq!(hex(&vector.bytes()), hex(&bytes), "{name}");
            }

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
            .unwrap();
        }
        text.push_str("\n]\n");
        update::expect(&format!("abi/golden/{file}.json"), &text);
    }
}

#[test]
fn bad_vectors_are_refused_where_they_say() {
    for vector in bad() {
        let fault = message::visit(&vector.ty, FromBytes(&vector.bytes()))
            .unwrap_or_else(|| panic!("{:?}: no type {}", vector.name, vector.ty))
            .err()
            .unwrap_or_else(|| panic!("{:?} is accepted", vector.name));
        let path: String = fault.path().enumerate().fold(String::new(), |path, (index, segment)| match segment {
            wire::Segment::Field(name) if index > 0 => path + "." + name,
            wire::Segment::Field(name) => path + name,
            wire::Segment::Index(index) => format!("{path}[{index}]"),
        });
        assert_eq!(
            (fault.clause(), fault.offset(), path, fault.to_string()),
            (vector.clause.as_str(), vector.offset, vector.path, vector.error),
            "{:?}",
            vector.name
        );
    }
}

#[test]
fn every_type_has_a_good_vector() {
    struct Ends;
    impl method::Visitor for Ends {
        type Output = [String; 2];
        fn visit<M: dorcas_abi::Method>(self) -> [String; 2] {
            let [request, response] = [<M::Request as Message>::DEFINITION, <M::Response as Message>::DEFINITION];
            [request.name.into(), format!("Reply<{}>", response.name)]
        }
    }
    let vectors: Vec<_> = GOOD_FILES.iter().flat_map(|file| good(file)).collect();
    let tops: BTreeSet<_> = vectors.iter().map(|vector| vector.ty.clone()).collect();
    for end in method::NAMES.iter().flat_map(|name| method::visit(name, Ends).unwrap()) {
        assert!(tops.contains(&end), "no vector of type {end}");
    }
    // Each field of each struct, and each variant of each enum, occurs somewhere in the JSON.
    let all: String = GOOD_FILES.iter().map(|file| update::read(&format!("abi/golden/{file}.json"))).collect();
    for definition in DEFINITIONS {
        let names: Vec<_> = match definition.shape {
            wire::Shape::Struct(fields) => fields.iter().map(|field| field.name).collect(),
            wire::Shape::Enum(variants) => variants.iter().map(|variant| variant.name).collect(),
        };
        for name in names {
            assert!(all.contains(&format!("\"{name}\"")), "{}.{name} occurs in no vector", definition.name);
        }
    }
}

#[test]
fn every_clause_of_the_wire_has_a_bad_vector() {
    let covered: BTreeSet<_> = bad().into_iter().map(|vector| vector.clause).collect();
    let wire = clause::ALL.iter().filter(|clause| clause.area() == "wire" && clause.check == clause::Check::Dynamic);
    assert_eq!(covered, wire.map(|clause| clause.name.to_owned()).collect());
}

#[test]
fn names_of_vectors_are_unique() {
    let mut seen = BTreeSet::new();
    let good = GOOD_FILES.iter().flat_map(|file| good(file)).map(|vector| vector.name);
    for name in good.chain(bad().into_iter().map(|vector| vector.name)) {
        assert!(seen.insert(name.clone()), "two vectors are called {name:?}");
    }
}

#[test]
fn no_file_of_vectors_is_left_out() {
    let mut present: Vec<String> = fs::read_dir(update::path("abi/golden"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    present.sort();
    let mut expected: Vec<String> = GOOD_FILES.iter().map(|file| format!("{file}.json")).collect();
    expected.extend(["README.md".to_owned(), "bad.json".to_owned()]);
    expected.sort();
    assert_eq!(present, expected);
}
