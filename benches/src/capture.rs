//! What is a guest asked about a directory of a real repository?

use dorcas_abi::message::{
    Catalogue, ConfigureRequest, ConfigureResponse, FindRequest, FindResponse, FinishRequest, FinishResponse,
    GenerateRequest, GenerateResponse, ImportsRequest, ImportsResponse, Manifest, ResolveRequest, ResolveResponse,
    ScanRequest, ScanResponse, SetupRequest,
};
use dorcas_gazelle::{GuestLanguage, Language, Measured, Options};
use dorcas_host::Guest;
use std::{error::Error, path::Path, sync::Mutex};

/// The request of `generate_rules` for a directory, as the host makes it.
pub fn capture(guest: Guest, repository: &Path, rel: &str) -> Result<GenerateRequest, Box<dyn Error>> {
    let listener = Listener { language: GuestLanguage::new(guest)?, rel: rel.to_owned(), heard: Mutex::new(None) };
    dorcas_gazelle::run(&Options::new(repository), &[&listener as &dyn Language], &())?;
    let heard = listener.heard.into_inner()?;
    heard.ok_or_else(|| format!("{rel} is no directory of {}", repository.display()).into())
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
    fn setup(&self, request: &SetupRequest) -> Measured<Catalogue> {
        self.language.setup(request)
    }
    fn scan(&self, request: &ScanRequest) -> Measured<ScanResponse> {
        self.language.scan(request)
    }
    fn finish(&self, request: &FinishRequest) -> Measured<FinishResponse> {
        self.language.finish(request)
    }
}
