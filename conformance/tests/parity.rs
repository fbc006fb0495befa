//! Guests in different languages take, and refuse, the same requests.
//!
//! Each prebuilt guest gets the golden requests: whole, cut off at each byte, with a byte too many, and with one bit of
//! each byte changed. Whether that is a request, `dorcas-abi` says, so that each guest is compared with the same judge.

use dorcas_abi::{
    Method,
    message::{Reply, error_code},
    method::{Visitor, visit},
    wire,
};
use dorcas_host::{Engine, Instance};
use std::{fs, path::PathBuf};

fn project(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn json(path: PathBuf) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The golden requests, each with the export that takes it.
fn requests() -> Vec<(String, Vec<u8>)> {
    let schema = json(project("abi/schema.json"));
    let mut requests = Vec::new();
    for entry in fs::read_dir(project("abi/golden")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") || path.ends_with("bad.json") {
            continue;
        }
        for vector in json(path).as_array().unwrap() {
            let takes = |method: &&serde_json::Value| method["request"] == vector["type"];
            if let Some(method) = schema["methods"].as_array().unwrap().iter().find(takes) {
                let pieces = vector["hex"].as_array().unwrap().iter().map(|piece| piece.as_str().unwrap());
                let bytes = pieces.flat_map(str::split_whitespace).map(|byte| u8::from_str_radix(byte, 16).unwrap());
                requests.push((method["export"].as_str().unwrap().to_owned(), bytes.collect()));
            }
        }
    }
    requests.sort();
    requests
}

/// A request, and what can become of it on its way.
fn spoiled(request: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let cut = (0..request.len()).map(|len| request[..len].to_vec());
    let changed = (0..request.len()).map(|at| {
        let mut bytes = request.to_vec();
        bytes[at] ^= 1 << (at % 8);
        bytes
    });
    [request.to_vec(), [request, &[0]].concat()].into_iter().chain(cut).chain(changed)
}

/// A request on its way to a guest.
struct Ask<'a> {
    guest: &'a str,
    instance: &'a mut Instance,
    request: &'a [u8],
}

impl Visitor for Ask<'_> {
    /// Whether it was taken.
    type Output = bool;

    fn visit<M: Method>(self) -> bool {
        let Self { guest, instance, request } = self;
        let what = format!("`{}` of {guest}, {request:02x?}", M::EXPORT);
        let bytes = instance.call_bytes(M::EXPORT, request).unwrap_or_else(|error| panic!("{what}: {error}"));
        let reply: Reply<M::Response> = wire::decode(&bytes).unwrap_or_else(|fault| panic!("{what}: {fault}"));
        let error = reply.err();
        let refused = error.as_ref().is_some_and(|error| error.code == error_code::UNDECODABLE);
        match wire::check::<M::Request>(request) {
            Ok(()) => assert!(!refused, "{what}: {error:?}"),
            Err(fault) => assert!(refused, "{what}: {fault}, and the guest says {error:?}"),
        }
        !refused
    }
}

#[test]
fn guests_in_all_languages_take_the_same_requests() {
    let requests = requests();
    let mut guests = 0;
    for entry in fs::read_dir(project("guest/prebuilt")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "wasm") {
            continue;
        }
        let guest = Engine::default().load(&fs::read(&path).unwrap()).unwrap();
        let mut instance = guest.instantiate().unwrap();
        let (mut taken, mut refused) = (0, 0);
        for (export, request) in requests.iter().filter(|(export, _)| guest.has(export)) {
            for request in spoiled(request) {
                let ask = Ask { guest: guest.name(), instance: &mut instance, request: &request };
                if visit(export, ask).unwrap() {
                    taken += 1;
                } else {
                    refused += 1;
                }
            }
        }
        // Otherwise this would show nothing.
        assert!(taken > 20 && refused > 20, "{path:?}: {taken} taken, {refused} refused");
        guests += 1;
    }
    assert!(guests >= 4, "Rust, Zig, C and AssemblyScript");
}
