//! Writes the request that a guest gets for a directory of a real repository, as JSON.
//!
//! ```text
//! cargo run -p dorcas-benches --example capture -- GUEST.wasm REPOSITORY DIRECTORY > benches/requests/NAME.json
//! ```

use dorcas_abi::message::{
    ConfigureRequest, ConfigureResponse, FindRequest, FindResponse, GenerateRequest, GenerateResponse, ImportsRequest,
    ImportsResponse, Manifest, ResolveRequest, ResolveResponse,
};
use dorcas_gazelle::{GuestLanguage, Language, Measured, Options};
use dorcas_host::Engine;
use std::{error::Error, sync::Mutex};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [guest, repository, rel] = &arguments[..] else {
        return Err("usage: capture GUEST.wasm REPOSITORY DIRECTORY".into());
    };
    let guest = Engine::default().load(&std::fs::read(guest)?)?;
    let listener = Listener { language: GuestLanguage::new(guest)?, rel: rel.clone(), heard: Mutex::new(None) };
    dorcas_gazelle::run(&Options::new(repository), &[&listener as &dyn Language], &())?;
    let heard = listener.heard.into_inner()?.ok_or_else(|| format!("{rel} is no directory of {repository}"))?;
    println!("{}", serde_json::to_string(&heard)?);
    Ok(())
}

/// A language that remembers what it was asked about one directory.
struct Listener {
    language: GuestLanguage,
    rel: String,
    heard: Mutex<Option<GenerateRequest>>,
}

impl Language for Listener {
    fn name(&self) -> &str {
        self.language.name()
    }
    fn manifest(&self) -> &Manifest {
        self.language.manifest()
    }
    fn has(&self, method: &str) -> bool {
        self.language.has(method)
    }
    fn configure(&self, request: &ConfigureRequest) -> Measured<ConfigureResponse> {
        self.language.configure(request)
    }
    fn generate(&self, request: &GenerateRequest) -> Measured<GenerateResponse> {
        if request.rel == self.rel {
            *self.heard.lock().expect("nothing panics while it holds this") = Some(request.clone());
        }
        self.language.generate(request)
    }
    fn imports(&self, request: &ImportsRequest) -> Measured<ImportsResponse> {
        self.language.imports(request)
    }
    fn resolve(&self, request: &ResolveRequest) -> Measured<ResolveResponse> {
        self.language.resolve(request)
    }
    fn find(&self, request: &FindRequest) -> Measured<FindResponse> {
        self.language.find(request)
    }
}
