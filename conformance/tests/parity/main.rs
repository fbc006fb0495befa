//! Guests in different languages take, and refuse, the same requests.
//!
//! Each prebuilt guest gets the golden requests and those that `shapes` writes from the schema: whole, cut off, with bytes
//! behind them, with bits changed, and with each fault of `faults` at each place. Whether that is a request, and which clause
//! it breaks otherwise, `dorcas-abi` says, so that each guest is compared with the same judge.

mod faults;
mod shapes;

use dorcas_abi::{
    Method,
    message::{Reply, error_code},
    method::{NAMES, Visitor, visit},
    wire,
};
use dorcas_host::{Engine, GuestInstance};
use shapes::Style;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    thread,
};

fn project(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn json(path: PathBuf) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The bytes of an argument, and what is special about them.
struct Request {
    what: String,
    bytes: Vec<u8>,
}

/// The type of the request of each method.
fn request_types() -> BTreeMap<String, String> {
    let schema = json(project("abi/schema.json"));
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    schema["methods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|method| (text(&method["export"]), text(&method["request"])))
        .collect()
}

/// The golden messages of a type.
fn golden(type_name: &str) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let mut paths: Vec<_> = fs::read_dir(project("abi/golden")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.extension().is_none_or(|extension| extension != "json") || path.ends_with("bad.json") {
            continue;
        }
        for vector in json(path).as_array().unwrap().iter().filter(|vector| vector["type"] == type_name) {
            let pieces = vector["hex"].as_array().unwrap().iter().map(|piece| piece.as_str().unwrap());
            let bytes = pieces.flat_map(str::split_whitespace).map(|byte| u8::from_str_radix(byte, 16).unwrap());
            messages.push(bytes.collect());
        }
    }
    messages
}

/// The arguments that a method is called with.
fn requests(type_name: &str) -> Vec<Request> {
    let mut requests = Vec::new();
    let mut add = |what: String, bytes| requests.push(Request { what, bytes });
    for (number, message) in golden(type_name).into_iter().enumerate() {
        for len in 0..message.len() {
            add(format!("golden {number}, its first {len} bytes"), message[..len].to_vec());
            let mut changed = message.clone();
            changed[len] ^= 1 << (len % 8);
            add(format!("golden {number}, a bit of byte {len}"), changed);
        }
        add(format!("golden {number}"), message);
    }
    let every = (0..shapes::every(type_name)).map(Style::Every);
    for style in [Style::Empty, Style::Many, Style::Unicode, Style::Long, Style::Largest].into_iter().chain(every) {
        let (message, places) = shapes::message(type_name, style);
        // The largest ones have the same places again and again, and those outside of lists are in the first one.
        if !matches!(style, Style::Many | Style::Long | Style::Every(1..)) {
            for (fault, bytes) in faults::faults(&message, &places) {
                add(format!("{style:?}, {fault}"), bytes);
            }
        }
        add(format!("{style:?}"), message);
    }
    requests
}

/// Requests as large as they may be, for a guest with `generate_rules`.
fn large_requests() -> Vec<Request> {
    let request = |what: &str, pieces: &[&[u8]]| Request { what: what.into(), bytes: pieces.concat() };
    let ascii = vec![b'x'; 1 << 20];
    let mut items = 1_u32 << 16;
    let mut groups = vec![0; items as usize];
    let some = |groups: &[u8], count: u32| {
        let mut count_bytes = Vec::new();
        shapes::varint(count.into(), &mut count_bytes);
        // A file `a`, one match of pattern 0, and its groups.
        [&[0, 0, 0, 1, 1, b'a', 2, 1, 0][..], &count_bytes, groups, &[0; 4]].concat()
    };
    let many = some(&groups, items);
    items = (1 << 20) + 1;
    groups.resize(items as usize, 0);
    vec![
        request("a path of 1 MiB", &[&[0x80, 0x80, 0x40], &ascii, &[0; 7]]),
        request("a path of 1 MiB, its last byte no UTF-8", &[&[0x80, 0x80, 0x40], &ascii[1..], &[0xff], &[0; 7]]),
        request("65,536 groups", &[&many]),
        request("more items than there may be", &[&some(&groups, items)]),
    ]
}

/// What became of a request.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Taken,
    /// By the clause that it breaks.
    Refused(&'static str),
}

/// A request on its way to a guest.
struct Ask<'a> {
    guest: &'a str,
    instance: &'a mut GuestInstance,
    request: &'a Request,
}

impl Visitor for Ask<'_> {
    type Output = Outcome;

    fn visit<M: Method>(self) -> Outcome {
        let Self { guest, instance, request: Request { what, bytes } } = self;
        let what = format!("`{}` of {guest}, {what}, {:02x?}", M::EXPORT, &bytes[..bytes.len().min(300)]);
        let reply = instance.call_bytes(M::EXPORT, bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
        let reply: Reply<M::Response> = wire::decode(&reply).unwrap_or_else(|fault| panic!("{what}: {fault}"));
        let error = reply.err();
        let refused = error.as_ref().filter(|error| error.code == error_code::UNDECODABLE);
        match wire::check::<M::Request>(bytes) {
            Ok(()) => {
                // What it does with it is its own affair, as long as it is no failure inside (code 3).
                let well = error.as_ref().is_none_or(|error| error.code >= 1000);
                assert!(well, "{what}: {error:?}");
                Outcome::Taken
            }
            Err(fault) => {
                let error = refused.unwrap_or_else(|| panic!("{what}: {fault}, and the guest says {error:?}"));
                // The one clause that a decoder finds from left to right.
                let clause = error.message.find("wire.").map(|at| &error.message[at..]).unwrap_or_default();
                let clause = clause.split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-').next().unwrap();
                assert_eq!(clause, fault.clause().name, "{what}: {fault}, and the guest says {error:?}");
                Outcome::Refused(fault.clause().name)
            }
        }
    }
}

/// Calls a guest with all requests for the methods that it has, and counts what becomes of them.
fn ask(path: &PathBuf, requests: &BTreeMap<&str, Vec<Request>>) -> (BTreeSet<&'static str>, BTreeMap<Outcome, u32>) {
    let guest = Engine::default().load(&fs::read(path).unwrap()).unwrap();
    let mut instance = guest.instantiate().unwrap();
    let mut methods = BTreeSet::new();
    let mut outcomes = BTreeMap::new();
    for export in NAMES.iter().copied().filter(|export| guest.has(export)) {
        methods.insert(export);
        for request in &requests[export] {
            let ask = Ask { guest: guest.name(), instance: &mut instance, request };
            *outcomes.entry(visit(export, ask).unwrap()).or_default() += 1;
        }
    }
    (methods, outcomes)
}

#[test]
fn guests_in_all_languages_take_and_refuse_the_same_requests() {
    let types = request_types();
    let requests: BTreeMap<&str, Vec<Request>> = NAMES
        .iter()
        .map(|&export| {
            let large = (export == "generate_rules").then(large_requests);
            (export, requests(&types[export]).into_iter().chain(large.into_iter().flatten()).collect())
        })
        .collect();
    let files = fs::read_dir(project("guest/prebuilt")).unwrap().map(|entry| entry.unwrap().path());
    let paths: Vec<_> = files.filter(|path| path.extension().is_some_and(|extension| extension == "wasm")).collect();
    let answers: Vec<_> = thread::scope(|scope| {
        let asked: Vec<_> = paths.iter().map(|path| scope.spawn(|| ask(path, &requests))).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    assert!(answers.len() >= 5, "Rust twice, Zig, C and AssemblyScript");
    for (path, (_, outcomes)) in paths.iter().zip(&answers) {
        // Otherwise this would show nothing.
        let clauses = ["bool", "canonical", "closed", "exact", "length", "non-empty", "size", "sorted", "utf8"];
        for clause in clauses.map(|clause| format!("wire.{clause}")) {
            let broken = outcomes.keys().any(|outcome| matches!(outcome, Outcome::Refused(of) if *of == clause));
            assert!(broken, "{path:?}: no request breaks {clause}: {outcomes:?}");
        }
        assert!(outcomes[&Outcome::Taken] > 50, "{path:?}: {outcomes:?}");
    }
    let methods: BTreeSet<_> = answers.iter().flat_map(|(methods, _)| methods).copied().collect();
    // No guest in the tree has these yet.
    let absent = ["setup", "finish"];
    let expected = NAMES.iter().copied().filter(|name| !absent.contains(name)).collect();
    assert_eq!(methods, expected, "each other method is in some guest");
}

#[test]
fn faults_are_faults() {
    struct Judge<'a>(&'a Request);
    impl Visitor for Judge<'_> {
        type Output = bool;
        fn visit<M: Method>(self) -> bool {
            wire::check::<M::Request>(&self.0.bytes).is_ok()
        }
    }
    for (export, type_name) in request_types() {
        for style in [Style::Empty, Style::Unicode, Style::Every(0)] {
            let (message, places) = shapes::message(&type_name, style);
            let judge = |what: String, bytes| (what.clone(), visit(&export, Judge(&Request { what, bytes })).unwrap());
            assert_eq!(judge(format!("{style:?}"), message.clone()), (format!("{style:?}"), true), "{export}");
            for (fault, bytes) in faults::faults(&message, &places) {
                assert_eq!(judge(fault.clone(), bytes), (fault, false), "{export}, {style:?}");
            }
        }
    }
}
