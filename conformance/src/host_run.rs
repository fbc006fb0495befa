//! Which requests does a host make of the guest?
//!
//! The host itself makes them: its pipeline runs over a repository with the guest as its language, and each call that it
//! wants to make is one of the session's. So a request here can't differ from one in a run, and what the pipeline thinks of
//! a reply shows too.

use crate::{
    reply_checks::{Verdict, verdict},
    report::Finding,
    session::{Instance, ORDINARY, Sample, Session},
    trees::{Repository, Trees},
};
use dorcas_abi::{
    Method,
    message::{
        Catalogue, ConfigureRequest, ConfigureResponse, FindRequest, FindResponse, FinishRequest, FinishResponse,
        FixRequest, FixResponse, GenerateRequest, GenerateResponse, ImportsRequest, ImportsResponse, Manifest, Reply,
        ResolveRequest, ResolveResponse, ScanRequest, ScanResponse, SetupRequest, error_code,
    },
    method, wire,
};
use dorcas_gazelle::{Language, Measured, Options, run};
use std::{
    io,
    sync::{Mutex, PoisonError},
};

/// Runs the pipeline over a repository. Gives the well-formed requests that the guest got, and its replies.
///
/// # Errors
///
/// If there is no temporary directory to lay the tree out in.
pub(crate) fn over(session: &mut Session<'_>, repository: &Repository, trees: &Trees) -> io::Result<Vec<Sample>> {
    let dir = trees.lay_out(repository)?;
    let name = session.facts.name.clone().unwrap_or_default();
    let manifest = session.facts.manifest.clone();
    let methods = session.methods();
    let stateful = session.facts.is_stateful();
    let state = State { session, instance: None, samples: Vec::new() };
    let known = |name: &str| manifest.flags.iter().any(|flag| flag.name == name);
    let flags = repository.flags.iter().filter(|(name, _)| known(name)).cloned().collect();
    let language = Watched { name, manifest, methods, stateful, state: Mutex::new(state) };
    let mut options = Options::new(dir.path());
    options.threads = 1;
    options.flags = flags;
    if repository.fix {
        options.command = dorcas_abi::message::Command::Fix;
    }
    // What comes out is of no interest here: replies are judged call by call.
    let _ = run(&options, &[&language as &dyn Language], &());
    Ok(language.state.into_inner().unwrap_or_else(PoisonError::into_inner).samples)
}

/// The guest as a language of the pipeline.
struct Watched<'s, 'a> {
    name: String,
    manifest: Manifest,
    methods: Vec<&'static str>,
    stateful: bool,
    state: Mutex<State<'s, 'a>>,
}

struct State<'s, 'a> {
    session: &'s mut Session<'a>,
    instance: Option<Instance>,
    samples: Vec<Sample>,
}

impl Watched<'_, '_> {
    fn call<M: Method>(&self, request: &M::Request) -> Measured<M::Response> {
        self.answer::<M>(request).map_err(Into::into).into()
    }

    fn answer<M: Method>(&self, request: &M::Request) -> Result<M::Response, String> {
        let broken = || "the call did not come to its end".to_owned();
        let request = wire::encode(request).map_err(|error| error.to_string())?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { session, instance, samples } = &mut *state;
        // As in a host: a guest that isn't stateful gets a fresh instance for each call.
        if !self.stateful || instance.as_ref().is_none_or(Instance::is_dead) {
            *instance = Some(session.warm().map_err(|_| broken())?);
        }
        let Some(instance) = instance else { return Err(broken()) };
        let reply = session.call(instance, M::EXPORT, &request, &ORDINARY).map_err(|_| broken())?;
        let refused = verdict(&reply) == Verdict::Err(error_code::UNDECODABLE);
        session.verify("configure.own-state", !refused, || {
            Finding::new(
                format!("called `{}` as the pipeline does, with a state that `configure` has returned", M::EXPORT),
                "an error of code 1, as if the request could not be decoded",
            )
            .bytes("the argument", &request)
            .bytes("the reply", &reply)
        });
        samples.push(Sample { method: M::EXPORT, request, reply: reply.clone() });
        match wire::decode::<Reply<M::Response>>(&reply) {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(error.message),
            Err(fault) => Err(fault.to_string()),
        }
    }
}

impl Language for Watched<'_, '_> {
    fn name(&self) -> &str {
        &self.name
    }
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }
    fn has(&self, method: &str) -> bool {
        self.methods.contains(&method)
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
