//! On which modules and requests is it measured?
//!
//! The requests in `requests/` are what the guests are asked about directories of real repositories, as
//! `examples/capture.rs` has heard it. They hold what the host's regular expressions found there, not the sources.

use crate::{capture::capture, subject};
use dorcas_abi::{
    message::{File, GenerateRequest},
    wire,
};
use dorcas_host::Engine;
use std::{borrow::Cow, collections::BTreeMap, error::Error, fs, path::Path};

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

/// All workloads whose guests are in this repository.
///
/// # Panics
/// Where a file of this crate is broken, which its tests would find.
pub fn all() -> Vec<Workload> {
    let [proto, zig, c, assemblyscript] = [
        proto_files(20),
        first(20, include_str!("../requests/zig_crypto.json")),
        first(20, include_str!("../requests/musl_time.json")),
        first(20, include_str!("../requests/assemblyscript_std.json")),
    ];
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
        Workload {
            id: "c",
            title: "a language for rules_cc in C; the expensive call is about 20 files of musl's `src/time`",
            wasm: include_bytes!("../../guest/prebuilt/cc.wasm").into(),
            simple: generate(&empty(&c)),
            expensive: generate(&c),
        },
        Workload {
            id: "assemblyscript",
            title: "a language for rules_ts in AssemblyScript; the expensive call is about 20 files of AssemblyScript's own \
                    `std/assembly`",
            wasm: include_bytes!("../../guest/prebuilt/ts.wasm").into(),
            simple: generate(&empty(&assemblyscript)),
            expensive: generate(&assemblyscript),
        },
    ]
}

/// The workload whose guest is made by Go's compiler, which takes a Go and is too large for this repository: Gazelle's own
/// proto language. It is asked about the files that `rust` is asked about, as its manifest wants them.
pub fn go(wasm: &Path, corpus: &Path) -> Result<Workload, Box<dyn Error>> {
    let named = |path: &Path, cause| format!("{}: {cause}", path.display());
    let wasm = fs::read(wasm).map_err(|cause| named(wasm, cause))?;
    let files = proto_files(20);
    let repository = tempfile::tempdir()?;
    let directory = repository.path().join(&files.rel);
    fs::create_dir_all(&directory).map_err(|cause| named(&directory, cause))?;
    fs::write(repository.path().join("WORKSPACE"), "")?;
    for file in &files.files {
        let source = corpus.join(&files.rel).join(&file.name);
        fs::copy(&source, directory.join(&file.name)).map_err(|cause| named(&source, cause))?;
    }
    let guest = Engine::new(subject::config()).load(&wasm)?;
    let request = capture(guest, repository.path(), &files.rel)?;
    Ok(Workload {
        id: "go",
        title: "Gazelle's own proto language in Go, wrapped and sealed; the expensive call is about the files of `rust`",
        wasm: wasm.into(),
        simple: generate(&empty(&request)),
        expensive: generate(&request),
    })
}

fn generate(request: &GenerateRequest) -> Call {
    Call { method: "generate_rules", request: encoded(request) }
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

/// A request with no more than so many of its files.
fn first(count: usize, json: &str) -> GenerateRequest {
    let mut request = read(json);
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
    use dorcas_abi::method::GenerateRules;

    #[test]
    fn a_directory_has_as_many_files_as_its_name_says() {
        for count in [0, 1, 20, 387, 1_000] {
            assert_eq!(proto_files(count).files.len(), count);
            assert!(wire::encode(&proto_files(count)).is_ok());
        }
    }

    #[test]
    fn an_expensive_call_is_about_20_files_and_makes_rules() {
        for workload in all().into_iter().filter(|workload| workload.id != "text") {
            let request: GenerateRequest = wire::decode(&workload.expensive.request).unwrap();
            assert_eq!(request.files.len(), 20, "{}", workload.id);
            let guest = Engine::new(subject::config()).load(&workload.wasm).unwrap();
            let rules = |request| guest.call::<GenerateRules>(request).unwrap().rules.len();
            assert_eq!((rules(&empty(&request)), rules(&request) > 0), (0, true), "{}", workload.id);
        }
    }
}
