//! On which modules and requests is it measured?
//!
//! The requests in `requests/` are what the guests are asked about directories of real repositories, as
//! `examples/capture.rs` has heard it. They hold what the host's regular expressions found there, not the sources.

use dorcas_abi::{
    message::{File, GenerateRequest},
    wire,
};
use std::{borrow::Cow, collections::BTreeMap};

/// A guest, and what it is asked.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name in orders, records and reports.
    pub id: &'static str,
    /// What it is.
    pub title: &'static str,
    /// The module.
    pub wasm: Cow<'static, [u8]>,
    /// A call with next to nothing to do.
    pub simple: Call,
    /// A call with real work.
    pub expensive: Call,
}

/// An export and the bytes of a request.
#[derive(Clone, Debug)]
pub struct Call {
    /// The export.
    pub method: &'static str,
    /// What it is asked for.
    pub request: Vec<u8>,
}

/// All workloads.
///
/// # Panics
/// Where a file of this crate is broken, which its tests would find.
pub fn all() -> Vec<Workload> {
    let (proto, zig) = (proto_files(20), zig_files(20));
    let generate = |request: &GenerateRequest| Call { method: "generate_rules", request: encoded(request) };
    vec![
        Workload {
            id: "text",
            title: "written by hand in WebAssembly text; the expensive call hashes the request of `rust` with FNV-1a",
            wasm: wat::parse_str(include_str!("../guests/text.wat")).expect("a test assembles it").into(),
            simple: generate(&empty(&proto)),
            expensive: Call { method: "find", request: encoded(&proto) },
        },
        Workload {
            id: "rust",
            title: "Gazelle's proto language in Rust; the expensive call is about 20 files of Google Ads",
            wasm: include_bytes!("../../guest/prebuilt/proto.wasm").into(),
            simple: generate(&empty(&proto)),
            expensive: generate(&proto),
        },
        Workload {
            id: "zig",
            title: "a language for rules_zig in Zig; the expensive call is about 20 files of Zig's `std/crypto`",
            wasm: include_bytes!("../../guest/prebuilt/zig.wasm").into(),
            simple: generate(&empty(&zig)),
            expensive: generate(&zig),
        },
    ]
}

/// The request of the proto guest for a directory with so many files: those of `google/ads/googleads/v25/enums`, and
/// where there are more than these the same again under other names.
///
/// # Panics
/// Where a file of this crate is broken, which its tests would find.
pub fn proto_files(count: usize) -> GenerateRequest {
    let real: GenerateRequest = read(include_str!("../requests/google_ads_enums.json"));
    let again = (0..).flat_map(|round| {
        real.files.iter().map(move |file| match round {
            0 => file.clone(),
            _ => File { name: format!("again_{round}_{}", file.name), ..file.clone() },
        })
    });
    // Sorted by name, as the ABI has it.
    let files: BTreeMap<String, File> = again.take(count).map(|file| (file.name.clone(), file)).collect();
    GenerateRequest { files: files.into_values().collect(), ..real.clone() }
}

/// The request of the Zig guest for the first files of `std/crypto` in Zig's library, 45 at most.
fn zig_files(count: usize) -> GenerateRequest {
    let mut request = read(include_str!("../requests/zig_crypto.json"));
    request.files.truncate(count);
    request
}

/// The same directory without files.
fn empty(request: &GenerateRequest) -> GenerateRequest {
    GenerateRequest { files: Vec::new(), ..request.clone() }
}

fn read(json: &str) -> GenerateRequest {
    serde_json::from_str(json).expect("a test reads it")
}

fn encoded(request: &GenerateRequest) -> Vec<u8> {
    wire::encode(request).expect("a test encodes it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_as_many_files_as_its_name_says() {
        for count in [0, 1, 20, 387, 1_000] {
            assert_eq!(proto_files(count).files.len(), count);
            assert!(wire::encode(&proto_files(count)).is_ok());
        }
        assert_eq!(zig_files(20).files.len(), 20);
    }
}
