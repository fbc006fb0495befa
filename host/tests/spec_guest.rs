//! The guest in `abi-spec.md` is what the specification says of it: correct, strict, and as described byte by byte.

use dorcas_host::{
    CallError, Config, Engine, Guest, Limits,
    abi::{
        floor,
        message::{self, GenerateRequest, GenerateResponse, ManifestRequest, Reply},
        method, wire,
    },
};
use proptest::{collection::vec, prelude::*};
use serde_json::Value;
use std::{fs, path::Path};

fn repository(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn guest() -> Guest {
    let spec = repository("abi-spec.md");
    let (_, rest) = spec.split_once("\n```wat\n").expect("the guest's text");
    let (text, _) = rest.split_once("\n```").unwrap();
    // It looks at each byte of a request on its own, and some of these are the largest that there can be.
    let limits = Limits { fuel_per_call: 2_000_000_000, ..Limits::default() };
    Engine::new(Config { limits, ..Config::default() }).load(&wat::parse_str(text).unwrap()).unwrap()
}

/// Files named `a.txt` and so on.
fn request(names: &[&str]) -> GenerateRequest {
    let files = names.iter().map(|name| message::File { name: (*name).into(), ..Default::default() }).collect();
    GenerateRequest { rel: "docs".into(), files, ..GenerateRequest::default() }
}

#[test]
fn it_makes_one_filegroup_of_the_text_files() {
    let guest = guest();
    assert_eq!(guest.name(), "txt");
    let manifest = guest.call::<method::Manifest>(&ManifestRequest { host: "a test".into() }).unwrap();
    assert_eq!((manifest.kinds[0].name.as_str(), manifest.inputs[0].glob.as_str()), ("filegroup", "*.txt"));

    let response = guest.call::<method::GenerateRules>(&request(&["a.txt", "b.txt"])).unwrap();
    assert_eq!((response.rules.len(), response.empty.len()), (1, 0));
    let rule = &response.rules[0].rule;
    assert_eq!((rule.kind.as_str(), rule.name.as_str()), ("filegroup", "txt"));
    assert_eq!(rule.attrs[0].value, message::Value::SortedStrings(vec!["a.txt".into(), "b.txt".into()]));

    let response = guest.call::<method::GenerateRules>(&request(&[])).unwrap();
    assert_eq!((response.rules.len(), response.empty[0].name.as_str()), (0, "txt"));
}

/// Asserts that the guest takes bytes for a request if the library does, and answers to what is in them. Says which.
fn agrees(guest: &Guest, bytes: &[u8]) -> bool {
    let request = wire::decode::<GenerateRequest>(bytes);
    let reply = guest.call_bytes("generate_rules", bytes).unwrap_or_else(|error| panic!("{error}: {bytes:02x?}"));
    match wire::decode::<Reply<GenerateResponse>>(&reply).unwrap() {
        Ok(response) => {
            let request = request.as_ref().unwrap_or_else(|fault| panic!("{fault}, but it was accepted: {bytes:02x?}"));
            let names: Vec<_> = request.files.iter().map(|file| file.name.clone()).collect();
            let srcs = response.rules.first().map(|rule| rule.rule.attrs[0].value.clone());
            assert_eq!(srcs, (!names.is_empty()).then_some(message::Value::SortedStrings(names)));
        }
        Err(error) => {
            assert_eq!((error.code, error.message.as_str()), (1, "the request is malformed"));
            assert!(request.is_err(), "refused: {request:?}");
        }
    }
    request.is_ok()
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|char| char.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
}

/// The bytes of some golden vectors.
fn golden(file: &str, wanted: impl Fn(&Value) -> bool) -> Vec<Vec<u8>> {
    let vectors: Vec<Value> = serde_json::from_str(&repository(&format!("abi/golden/{file}.json"))).unwrap();
    let pieces = |vector: &Value| vector["hex"].as_array().unwrap().clone();
    let bytes = |vector: &Value| pieces(vector).iter().flat_map(|piece| hex(piece.as_str().unwrap())).collect();
    vectors.iter().filter(|vector| wanted(vector)).map(bytes).collect()
}

#[test]
fn it_answers_as_the_specification_shows_byte_by_byte() {
    let [request, reply] = ["the example's request", "the example's reply"]
        .map(|name| golden("generate_rules", |vector| vector["name"] == format!("generate_rules, {name}")).remove(0));
    assert_eq!(guest().call_bytes("generate_rules", &request).unwrap(), reply);
}

#[test]
fn it_reads_exactly_what_the_library_reads() {
    let guest = guest();
    for bytes in golden("generate_rules", |vector| vector["type"] == "GenerateRequest") {
        assert!(agrees(&guest, &bytes));
        for cut in 0..bytes.len() {
            assert!(!agrees(&guest, &bytes[..cut]));
        }
        for at in 0..bytes.len() {
            for flip in [0x01, 0x02, 0x40, 0x80, 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] ^= flip;
                agrees(&guest, &bytes);
            }
        }
    }
    for bytes in [&[][..], &[0, 0], &[1], &[2, 0xc3, 0x28]] {
        let reply = guest.call_bytes("manifest", bytes).unwrap();
        assert_eq!(reply[..2], [1, 1], "{bytes:02x?}");
    }
}

/// Each malformed value of the golden vectors, in the place where a request has room for one.
#[test]
fn it_refuses_every_malformed_value() {
    let guest = guest();
    let mut tried = 0;
    for value in golden("bad", |vector| vector["type"] == "Value" && vector.get("then").is_none()) {
        // rel, state, no BUILD file, no files, directories or generated files; a rule of another language.
        let mut bytes = hex("00 00 00 00 00 00 01  01 6b 00 01 01 61");
        bytes.extend(value);
        bytes.extend([0; 9]);
        assert!(!agrees(&guest, &bytes), "{bytes:02x?}");
        tried += 1;
    }
    assert!(tried >= 18, "{tried}");
}

#[test]
fn the_default_limits_have_room_for_the_floor() {
    let limits = Limits::default();
    for (limit, floor) in [
        (limits.module_bytes, floor::MODULE_BYTES),
        (limits.functions, floor::FUNCTIONS),
        (limits.locals_per_function, floor::LOCALS_PER_FUNCTION),
        (limits.table_elements, floor::TABLE_ELEMENTS),
        (limits.globals, floor::GLOBALS),
        (limits.exports, floor::EXPORTS),
        (limits.data_segments, floor::DATA_SEGMENTS),
        (u32::try_from(limits.memory_bytes).unwrap(), floor::MEMORY_BYTES),
        (limits.recursion_depth, floor::CALL_DEPTH),
        (limits.request_bytes, floor::MESSAGE_BYTES),
        (limits.reply_bytes, floor::MESSAGE_BYTES),
        (limits.diagnostics, floor::DIAGNOSTICS),
    ] {
        assert!(limit >= floor, "a default of {limit}, and the floor is {floor}");
    }
}

#[test]
fn it_counts_items_over_all_lists() {
    let guest = guest();
    // Two lists of strings: of 2^20 - 3 items, and of so many that the rule, its attribute and these make 2^20.
    for (second, fits) in [(1, true), (2, false)] {
        let mut bytes = hex("00 00 00 00 00 00 00 01  01 6b 00 00 01 01 61  09 fd ff 3f");
        bytes.extend(vec![0; (1 << 20) - 3]);
        bytes.push(second);
        bytes.extend(vec![0; usize::from(second)]);
        bytes.extend([0; 9]);
        assert_eq!(agrees(&guest, &bytes), fits);
    }
}

#[test]
fn a_request_of_the_largest_size() {
    let guest = guest();
    // One file of which the name takes nearly all: the reply would be larger than any message may be.
    let request = request(&[&"n".repeat((16 << 20) - 24)]);
    assert!(wire::encode(&request).unwrap().len() > (16 << 20) - 16);
    match guest.call::<method::GenerateRules>(&request) {
        Err(CallError::Guest { error, .. }) => {
            assert_eq!((error.code, error.message.as_str()), (3, "no memory for the reply"));
        }
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in vec(prop_oneof![0u8..6, any::<u8>()], 1..40)) {
        thread_local!(static GUEST: Guest = guest());
        GUEST.with(|guest| agrees(guest, &bytes));
    }
}
