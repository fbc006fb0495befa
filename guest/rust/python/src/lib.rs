//! The Python language of rules_python's Gazelle extension as a guest, on ruff's parser.
//!
//! It does what the extension of rules_python 2.2 does, so that the same sources yield the same BUILD files; where it differs,
//! its README says why. What a run decides, in the order in which it does: `config` how rules are to be generated in a
//! directory, with `pip` what other repositories have; `facts` what a file says, which `scan` answers; `sources` which of them are what;
//! `target` what becomes of a group of files; `generate` the rules; `resolve` how they can be imported and what they depend on.
#![forbid(unsafe_code)]

mod config;
mod facts;
mod generate;
mod manifest;
mod path;
mod pip;
mod resolve;
mod scan;
mod sources;
mod stale;
mod stdlib;
mod target;

use dorcas_guest::{
    Language, Result,
    message::{
        ConfigureRequest, ConfigureResponse, GenerateRequest, GenerateResponse, ImportsRequest, ImportsResponse,
        Manifest, ResolveRequest, ResolveResponse, ScanRequest, ScanResponse,
    },
};

/// The language `py`.
#[derive(Debug)]
pub struct Python;

/// The name of the language, and of its imports.
const LANG: &str = "py";

const PY_BINARY: &str = "py_binary";
const PY_LIBRARY: &str = "py_library";
const PY_PROTO_LIBRARY: &str = "py_proto_library";
const PY_TEST: &str = "py_test";

impl Language for Python {
    const NAME: &'static str = LANG;

    fn manifest() -> Result<Manifest> {
        Ok(manifest::manifest())
    }

    fn scan(request: ScanRequest) -> Result<ScanResponse> {
        scan::scan(&request)
    }

    fn configure(request: ConfigureRequest) -> Result<ConfigureResponse> {
        config::configure(&request)
    }

    fn generate_rules(request: GenerateRequest) -> Result<GenerateResponse> {
        generate::generate(&request)
    }

    fn imports(request: ImportsRequest) -> Result<ImportsResponse> {
        resolve::imports(&request)
    }

    fn resolve(request: ResolveRequest) -> Result<ResolveResponse> {
        resolve::resolve(&request)
    }
}

dorcas_guest::export!(Python, manifest, scan, configure, imports, resolve);
