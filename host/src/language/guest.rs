use super::{door::Door, instance::GuestInstance};
use crate::{
    config::Config,
    digest::Digest,
    error::{At, CallError, Exceeded, LoadError},
    outline::Outline,
    run::Run,
    stats::CallStats,
    wasm::Code,
};
use dorcas_abi::{
    Method, export,
    message::{Input, Manifest, ManifestRequest, Methods, Reach, Want},
    method, wire,
};
use std::{fmt, sync::Arc};

/// A language: a module that was checked and compiled, and that has told its name and manifest.
///
/// It never changes, clones cheaply, and may be called from any number of threads. Each call through it runs in a fresh
/// instance, so that no call can depend on another.
#[derive(Clone)]
pub struct Guest {
    loaded: Arc<Loaded>,
    run: Option<Run>,
}

struct Loaded {
    code: Arc<Code>,
    name: Arc<str>,
    manifest: Manifest,
    /// What loading took.
    fuel: u64,
}

impl Guest {
    pub(crate) fn load(code: Arc<Code>, run: Option<Run>, stats: &mut CallStats) -> Result<Self, LoadError> {
        let mut instance = GuestInstance::start(&code, &Arc::from(""), run.as_ref(), stats)?;
        let name = instance.ask_name(stats)?;
        if !export::is_lang_name(&name) {
            return Err(LoadError::Name { name });
        }
        instance.rename(Arc::from(name));
        let manifest = if code.outline.exports.iter().any(|export| export.name == method::Manifest::EXPORT) {
            instance.run::<method::Manifest>(&ManifestRequest { host: HOST.into() }, stats)?
        } else {
            let methods = Methods::GENERATE_RULES;
            let inputs = vec![Input { glob: "*".into(), reach: Reach::Here, want: Want::Name, methods }];
            Manifest { inputs, ..Manifest::default() }
        };
        let loaded = Loaded { code, name: instance.guest_name(), manifest, fuel: stats.fuel };
        Ok(Self { loaded: Arc::new(loaded), run })
    }

    /// The same guest, for calls that belong to a run, whichever it belonged to before.
    #[must_use]
    pub fn in_run(&self, run: &Run) -> Self {
        if let Some(recorder) = run.recorder() {
            recorder.guest(self.digest(), self.config(), self.loaded.fuel, Ok(self.introduction()));
        }
        Self { loaded: Arc::clone(&self.loaded), run: Some(run.clone()) }
    }

    /// Whether its calls belong to a [`Run`].
    pub fn is_in_run(&self) -> bool {
        self.run.is_some()
    }

    /// The [`Run`] that its calls belong to.
    pub fn run(&self) -> Option<&Run> {
        self.run.as_ref()
    }

    /// What a recording knows of it.
    pub(crate) fn introduction(&self) -> (String, Vec<u8>) {
        (self.name().to_owned(), wire::encode(self.manifest()).expect("it was decoded, or is one of ours"))
    }

    /// The name of the language.
    pub fn name(&self) -> &str {
        &self.loaded.name
    }

    /// What the guest is and asks for. Where it has no `manifest`, what that means: the name of every file.
    pub fn manifest(&self) -> &Manifest {
        &self.loaded.manifest
    }

    /// The SHA-256 of the module.
    pub fn digest(&self) -> Digest {
        self.loaded.code.digest
    }

    /// The module's imports, exports and sizes.
    pub fn outline(&self) -> &Outline {
        &self.loaded.code.outline
    }

    /// The version of the ABI that it speaks.
    pub fn abi_version(&self) -> u32 {
        export::VERSION
    }

    /// Whether it exports something of this name: `guest.has("fix")`.
    pub fn has(&self, export: &str) -> bool {
        self.loaded.code.outline.exports.iter().any(|candidate| candidate.name == export)
    }

    /// The configuration under which it runs.
    pub fn config(&self) -> &Config {
        &self.loaded.code.config
    }

    /// A fresh instance, with `_initialize` behind it.
    ///
    /// For several calls in one instance, and for a guest that keeps state; [`Guest::call`] needs none.
    pub fn instantiate(&self) -> Result<GuestInstance, CallError> {
        self.start(&mut CallStats::default())
    }

    /// Calls a method in a fresh instance.
    pub fn call<M: Method>(&self, request: &M::Request) -> Result<M::Response, CallError> {
        self.call_measured::<M>(request).0
    }

    /// Calls a method in a fresh instance, and says what that took, in case of an error too.
    pub fn call_measured<M: Method>(&self, request: &M::Request) -> (Result<M::Response, CallError>, CallStats) {
        let mut stats = CallStats::default();
        let result = self.start(&mut stats).and_then(|mut instance| instance.run::<M>(request, &mut stats));
        (result, stats)
    }

    /// Calls a method, named by its export, with the bytes of a request, and returns the bytes of the reply.
    ///
    /// Neither is looked into: this is for tools that look at bytes themselves.
    pub fn call_bytes(&self, export: &str, request: &[u8]) -> Result<Vec<u8>, CallError> {
        self.call_bytes_measured(export, request).0
    }

    /// [`Guest::call_bytes`], and what it took.
    pub fn call_bytes_measured(&self, export: &str, request: &[u8]) -> (Result<Vec<u8>, CallError>, CallStats) {
        let mut stats = CallStats::default();
        let result = Door::named(export, &self.loaded.name).and_then(|door| {
            let mut instance = self.start(&mut stats)?;
            instance.run_bytes(&door, request, &mut stats)
        });
        (result, stats)
    }

    /// Counts work that was done for a call outside of the guest, because its manifest or replies asked for it, in units of
    /// fuel: against [`Limits::work_per_call`](crate::Limits), and against the total of the run.
    ///
    /// ```
    /// # use dorcas_host::{Engine, Run};
    /// # let run = Run::new().with_fuel(1_000_000);
    /// # let wasm = wat::parse_str(include_str!("../../tests/guests/good.wat"))?;
    /// # let guest = Engine::default().in_run(&run).load(&wasm)?;
    /// let before = run.fuel_used();
    /// guest.charge("generate_rules", 5_000)?;
    /// assert_eq!(run.fuel_used(), before + 5_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn charge(&self, method: &'static str, work: u64) -> Result<(), CallError> {
        self.charge_for(method, work, 0)
    }

    /// The same for a call that came to so many bytes: see [`Limits::work_bytes`](crate::Limits::work_bytes).
    pub fn charge_for(&self, method: &'static str, work: u64, bytes: u64) -> Result<(), CallError> {
        let at = || At::guest(&self.loaded.name, method, method);
        let limit = self.config().limits.work_for(bytes);
        if work > limit {
            return Err(CallError::Limit { at: at(), exceeded: Exceeded::Work { got: work, limit } });
        }
        let Some(run) = &self.run else { return Ok(()) };
        if run.is_interrupted() {
            return Err(CallError::Interrupted { at: at() });
        }
        if !run.charge(work) {
            return Err(CallError::Limit { at: at(), exceeded: run.exceeded() });
        }
        Ok(())
    }

    pub(crate) fn start(&self, stats: &mut CallStats) -> Result<GuestInstance, CallError> {
        let mut started = GuestInstance::start(&self.loaded.code, &self.loaded.name, self.run.as_ref(), stats);
        if let Some(recorder) = self.run.as_ref().and_then(Run::recorder) {
            let outcome = started.as_ref().map(drop);
            let number = recorder.instance(self.digest(), self.config(), stats.fuel, outcome);
            if let Ok(instance) = &mut started {
                instance.record(recorder, number);
            }
        }
        started
    }
}

/// How the host calls itself in a [`ManifestRequest`].
const HOST: &str = concat!("dorcas ", env!("CARGO_PKG_VERSION"));

impl fmt::Debug for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guest").field("name", &self.name()).field("digest", &self.digest()).finish_non_exhaustive()
    }
}
