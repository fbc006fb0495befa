//! What does the pipeline need of a language?

use dorcas_abi::{
    Method,
    message::{
        Catalogue, ConfigureRequest, ConfigureResponse, FindRequest, FindResponse, FinishRequest, FinishResponse,
        FixRequest, FixResponse, GenerateRequest, GenerateResponse, ImportsRequest, ImportsResponse, Manifest,
        ResolveRequest, ResolveResponse, ScanRequest, ScanResponse, SetupRequest,
    },
    method, wire,
};
use dorcas_host::{CallError, CallStats, Digest, Guest, GuestInstance, Run};
use std::{
    error::Error,
    fmt::Write as _,
    sync::{Mutex, PoisonError},
};

/// A language: a [`Guest`] most of the time, Rust code for a test.
///
/// A call depends on its request alone, unless the manifest says `stateful`. So calls run on any thread, in any
/// order and at the same time.
pub trait Language: Send + Sync {
    /// Its name, unique in a run.
    fn name(&self) -> &str;

    /// What it is and what it asks for.
    fn manifest(&self) -> &Manifest;

    /// Whether it has a method, by the name of the export: `resolve`.
    fn has(&self, method: &str) -> bool;

    /// Most bytes in a request.
    fn request_bytes(&self) -> u32 {
        wire::MAX_MESSAGE_BYTES
    }

    /// All that an answer depends on beside the request, [`request_bytes`](Self::request_bytes) included: then answers of
    /// earlier runs may be used again. None where each call has to be made.
    fn identity(&self) -> Option<Digest> {
        None
    }

    /// Most work that the pipeline does for one of its calls, by `Limits::work_per_call`.
    fn work_per_call(&self) -> u64 {
        u64::MAX
    }

    /// Bytes of files and BUILD file for which a call may ask for [`work_per_call`](Self::work_per_call) once more, by
    /// `Limits::work_bytes`; 0 where it never may.
    fn work_bytes(&self) -> u32 {
        0
    }

    /// The run that its calls belong to: where that is interrupted or out of fuel, [`run`](crate::run()) ends.
    fn run(&self) -> Option<&Run> {
        None
    }

    /// Counts the work that was done for a call against what the run may use.
    fn charge(&self, _method: &'static str, _work: u64) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(())
    }

    /// Kinds, loads, directives and inputs of the run. Called only where [`has`](Self::has) says that there is such a method.
    fn setup(&self, _: &SetupRequest) -> Measured<Catalogue> {
        Err(no_method(method::Setup::EXPORT)).into()
    }
    /// What there is to know of a file. Called only where an input of the manifest wants it.
    fn scan(&self, _: &ScanRequest) -> Measured<ScanResponse> {
        Err(no_method(method::Scan::EXPORT)).into()
    }
    /// State of a directory.
    fn configure(&self, request: &ConfigureRequest) -> Measured<ConfigureResponse>;
    /// Repair of a BUILD file. Called only where [`has`](Self::has) says that there is such a method.
    fn fix(&self, _: &FixRequest) -> Measured<FixResponse> {
        Ok::<_, Box<dyn Error + Send + Sync>>(FixResponse::default()).into()
    }
    /// Rules of a directory.
    fn generate(&self, request: &GenerateRequest) -> Measured<GenerateResponse>;
    /// How a directory's rules can be imported.
    fn imports(&self, request: &ImportsRequest) -> Measured<ImportsResponse>;
    /// Dependencies of a directory's rules.
    fn resolve(&self, request: &ResolveRequest) -> Measured<ResolveResponse>;
    /// Imports that the index doesn't have.
    fn find(&self, request: &FindRequest) -> Measured<FindResponse>;
    /// The end of a run. Called only where [`has`](Self::has) says that there is such a method.
    fn finish(&self, _: &FinishRequest) -> Measured<FinishResponse> {
        Err(no_method(method::Finish::EXPORT)).into()
    }
}

fn no_method(name: &str) -> Box<dyn Error + Send + Sync> {
    format!("the language has no `{name}`").into()
}

/// The result of a call, and what it took.
#[derive(Debug)]
pub struct Measured<T> {
    /// The response.
    pub result: Result<T, Box<dyn Error + Send + Sync>>,
    /// Fuel and bytes.
    pub stats: CallStats,
}

impl<T> Measured<T> {
    fn of((result, stats): (Result<T, CallError>, CallStats)) -> Self {
        Self { result: result.map_err(Into::into), stats }
    }
}

impl<T> From<Result<T, Box<dyn Error + Send + Sync>>> for Measured<T> {
    fn from(result: Result<T, Box<dyn Error + Send + Sync>>) -> Self {
        Self { result, stats: CallStats::default() }
    }
}

/// A guest as a language. Each call gets a fresh instance, unless the guest is stateful: then one instance gets them
/// all, and the run makes its calls one after the other, in Gazelle's order.
pub struct GuestLanguage {
    guest: Guest,
    instance: Option<Mutex<GuestInstance>>,
}

impl GuestLanguage {
    /// Makes a language of a guest.
    pub fn new(guest: Guest) -> Result<Self, CallError> {
        let instance = if guest.manifest().stateful { Some(Mutex::new(guest.instantiate()?)) } else { None };
        Ok(Self { guest, instance })
    }

    /// The guest.
    pub fn guest(&self) -> &Guest {
        &self.guest
    }

    fn call<M: Method>(&self, request: &M::Request) -> Measured<M::Response> {
        Measured::of(match &self.instance {
            None => self.guest.call_measured::<M>(request),
            Some(instance) => instance.lock().unwrap_or_else(PoisonError::into_inner).call_measured::<M>(request),
        })
    }
}

impl Language for GuestLanguage {
    fn name(&self) -> &str {
        self.guest.name()
    }
    fn manifest(&self) -> &Manifest {
        self.guest.manifest()
    }
    fn has(&self, method: &str) -> bool {
        self.guest.has(method)
    }
    fn request_bytes(&self) -> u32 {
        self.guest.config().limits.request_bytes
    }
    /// The module and the limits. None for a guest that is stateful, that imports anything, since nobody knows what that
    /// depends on or does, or whose calls belong to a [`Run`] that records each. An answer of an earlier run takes no fuel.
    fn identity(&self) -> Option<Digest> {
        if self.instance.is_some()
            || self.guest.run().is_some_and(Run::is_recorded)
            || !self.guest.outline().imports.is_empty()
        {
            return None;
        }
        let config = self.guest.config();
        let mut all = format!("{} {} {:?}", self.guest.digest(), self.guest.abi_version(), config.profile);
        for (limit, value) in config.limits.list() {
            let _ = write!(all, " {limit}={value}");
        }
        Some(Digest::of(all.as_bytes()))
    }

    fn work_per_call(&self) -> u64 {
        self.guest.config().limits.work_per_call
    }
    fn work_bytes(&self) -> u32 {
        self.guest.config().limits.work_bytes
    }
    fn run(&self) -> Option<&Run> {
        self.guest.run()
    }
    fn charge(&self, method: &'static str, work: u64) -> Result<(), Box<dyn Error + Send + Sync>> {
        // What one call may ask for was looked at while the work was done, with the bytes that it was done for.
        Ok(self.guest.charge_for(method, work, u64::MAX)?)
    }
    fn setup(&self, request: &SetupRequest) -> Measured<Catalogue> {
        self.call::<method::Setup>(request)
    }
    fn scan(&self, request: &ScanRequest) -> Measured<ScanResponse> {
        self.call::<method::Scan>(request)
    }
    fn configure(&self, request: &ConfigureRequest) -> Measured<ConfigureResponse> {
        self.call::<method::Configure>(request)
    }
    fn fix(&self, request: &FixRequest) -> Measured<FixResponse> {
        self.call::<method::Fix>(request)
    }
    fn generate(&self, request: &GenerateRequest) -> Measured<GenerateResponse> {
        self.call::<method::GenerateRules>(request)
    }
    fn imports(&self, request: &ImportsRequest) -> Measured<ImportsResponse> {
        self.call::<method::Imports>(request)
    }
    fn resolve(&self, request: &ResolveRequest) -> Measured<ResolveResponse> {
        self.call::<method::Resolve>(request)
    }
    fn find(&self, request: &FindRequest) -> Measured<FindResponse> {
        self.call::<method::Find>(request)
    }
    fn finish(&self, request: &FinishRequest) -> Measured<FinishResponse> {
        self.call::<method::Finish>(request)
    }
}
