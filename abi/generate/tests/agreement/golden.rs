//! The golden vectors: do bytes and meaning belong together, and is what is wrong refused for the right reason?

use crate::root;
use dorcas_abi::{
    clause,
    message::{self, DEFINITIONS},
    method,
    wire::{self, Fault, Message},
};
use dorcas_generate::{
    golden::{FromJson, GOOD_FILES, bad, good},
    walk::hex,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeSet, fs};

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
        for vector in good(&root(), file) {
            let name = format!("{file}.json, {:?}", vector.name);
            let (bytes, json) = message::visit(&vector.ty, FromJson(&vector.value))
                .unwrap_or_else(|| panic!("{name}: no type {}", vector.ty))
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            let (meaning, again) = message::visit(&vector.ty, FromBytes(&bytes)).unwrap().unwrap();
            assert_eq!(again, bytes, "{name}");
            assert_eq!(meaning, serde_json::from_str::<serde_json::Value>(&json).unwrap(), "{name}");
            assert_eq!(hex(&vector.bytes()), hex(&bytes), "{name}");
        }
    }
}

#[test]
fn bad_vectors_are_refused_where_they_say() {
    for vector in bad(&root()) {
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
            (fault.clause().name, fault.offset(), path, fault.to_string()),
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
    let vectors: Vec<_> = GOOD_FILES.iter().flat_map(|file| good(&root(), file)).collect();
    let tops: BTreeSet<_> = vectors.iter().map(|vector| vector.ty.clone()).collect();
    for end in method::NAMES.iter().flat_map(|name| method::visit(name, Ends).unwrap()) {
        assert!(tops.contains(&end), "no vector of type {end}");
    }
    // Each field of each struct, and each variant of each enum, occurs somewhere in the JSON.
    let all: String = GOOD_FILES.iter().map(|file| root().read(&format!("abi/golden/{file}.json"))).collect();
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
    let covered: BTreeSet<_> = bad(&root()).into_iter().map(|vector| vector.clause).collect();
    let wire = clause::ALL.iter().filter(|clause| clause.area() == "wire" && clause.check == clause::Check::Dynamic);
    assert_eq!(covered, wire.map(|clause| clause.name.to_owned()).collect());
}

#[test]
fn names_of_vectors_are_unique() {
    let mut seen = BTreeSet::new();
    let good = GOOD_FILES.iter().flat_map(|file| good(&root(), file)).map(|vector| vector.name);
    for name in good.chain(bad(&root()).into_iter().map(|vector| vector.name)) {
        assert!(seen.insert(name.clone()), "two vectors are called {name:?}");
    }
}

#[test]
fn no_file_of_vectors_is_left_out() {
    let mut present: Vec<String> = fs::read_dir(root().path("abi/golden"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    present.sort();
    let mut expected: Vec<String> = GOOD_FILES.iter().map(|file| format!("{file}.json")).collect();
    expected.extend(["README.md".to_owned(), "bad.json".to_owned()]);
    expected.sort();
    assert_eq!(present, expected);
}
