//! Gazelle's proto language as a guest: a `proto_library` for the `.proto` files of a directory.
//!
//! It does what the extension `language/proto` of Gazelle 0.54 does, so that the same sources yield the same BUILD
//! files. What a run decides, in the order in which it does: `config` how rules are to be generated in a directory,
//! `source` what the files say, `package` which of them belong together and what their rule is called,
//! `generate` the rules, `resolve` how they can be imported and what they depend on, `fix` what has to
//! be repaired before.
#![forbid(unsafe_code)]

mod config;
mod existing;
mod fix;
mod generate;
mod known;
mod manifest;
mod package;
mod path;
mod resolve;
mod source;

use dorcas_guest::{
    Language, Result,
    message::{
        ConfigureRequest, ConfigureResponse, FindRequest, FindResponse, FixRequest, FixResponse, GenerateRequest,
        GenerateResponse, ImportsRequest, ImportsResponse, Manifest, ResolveRequest, ResolveResponse,
    },
};

/// The language `proto`.
#[derive(Debug)]
pub struct Proto;

/// The name of the language, of its imports, and of its most important directive.
const PROTO: &str = "proto";

/// The kind of rule that is generated.
const PROTO_LIBRARY: &str = "proto_library";

/// Whether a file or an import is one of protobuf's, by its ending in exactly this spelling.
#[allow(clippy::case_sensitive_file_extension_comparisons, reason = "Gazelle's is")]
fn is_proto(name: &str) -> bool {
    name.ends_with(".proto")
}

impl Language for Proto {
    const NAME: &'static str = PROTO;

    fn manifest() -> Result<Manifest> {
        Ok(manifest::manifest())
    }

    fn configure(request: ConfigureRequest) -> Result<ConfigureResponse> {
        config::configure(&request)
    }

    fn fix(request: FixRequest) -> Result<FixResponse> {
        fix::fix(&request)
    }

    fn generate_rules(request: GenerateRequest) -> Result<GenerateResponse> {
        generate::generate(&request)
    }

    fn imports(request: ImportsRequest) -> Result<ImportsResponse> {
        Ok(resolve::imports(&request))
    }

    fn resolve(request: ResolveRequest) -> Result<ResolveResponse> {
        resolve::resolve(&request)
    }

    fn find(request: FindRequest) -> Result<FindResponse> {
        resolve::find(&request)
    }
}

dorcas_guest::export!(Proto, manifest, configure, fix, imports, resolve, find);
