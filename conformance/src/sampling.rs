//! What does a guest say to a run from the first call to the last?
//!
//! Each call is made in an instance of its own, after `lang_name` and `manifest`. The requests and replies are kept: what
//! they were here, they have to be under all other circumstances.

use crate::{
    arbitrary::{self, Numbers},
    reply_checks::{Verdict, verdict},
    report::Finding,
    requests,
    session::Session,
};
use dorcas_abi::{
    Method,
    message::{self, Command, GeneratedRule, Reply, ResolveResponse},
    method,
    wire::{self, Bytes, Message},
};

/// A well-formed request and the reply to it.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) method: &'static str,
    pub(crate) request: Vec<u8>,
    pub(crate) reply: Vec<u8>,
}

/// Generic requests of each method.
const GENERIC: usize = 24;

const BLAME: &str = "behaviour.answers";

/// Makes a run's calls.
pub(crate) fn run(session: &mut Session<'_>, numbers: &mut Numbers) -> Vec<Sample> {
    let mut sampling = Sampling { session, samples: Vec::new() };
    if sampling.meet().is_none() {
        return Vec::new();
    }
    let setup = requests::setup(&sampling.session.facts);
    if let Some(message::Catalogue { kinds, loads, directives, inputs, .. }) = sampling.call::<method::Setup>(&setup) {
        let manifest = &mut sampling.session.facts.manifest;
        *manifest = message::Manifest { kinds, loads, directives, inputs, ..manifest.clone() };
    }
    for request in requests::scans(&sampling.session.facts) {
        sampling.call::<method::Scan>(&request);
    }
    let states = sampling.configure();
    for state in &states {
        sampling.directory(state);
    }
    let state = states.first().cloned().unwrap_or_default();
    sampling.session.facts.far_fetched = true;
    sampling.arbitrary(&state, numbers);
    sampling.session.facts.far_fetched = false;
    sampling.samples
}

struct Sampling<'l, 'a> {
    session: &'l mut Session<'a>,
    samples: Vec<Sample>,
}

impl Sampling<'_, '_> {
    /// Name and manifest, on which everything else depends.
    fn meet(&mut self) -> Option<()> {
        let mut instance = self.session.start().ok()?;
        let name = self.session.lang_name(&mut instance, BLAME).ok()?;
        self.session.facts.name = String::from_utf8(name).ok();
        if !self.has("manifest") {
            return Some(());
        }
        let hello = wire::encode(&message::ManifestRequest { host: requests::HOST.into() }).ok()?;
        let reply = self.session.call(&mut instance, "manifest", &hello, BLAME).ok()?;
        if let Ok(Ok(manifest)) = wire::decode::<Reply<message::Manifest>>(&reply) {
            self.session.facts.manifest = manifest;
        }
        self.session.facts.hello.clone_from(&hello);
        self.samples.push(Sample { method: "manifest", request: hello, reply });
        Some(())
    }

    fn has(&self, method: &str) -> bool {
        self.session.facts.methods.contains(&method)
    }

    /// One call in a fresh instance; nothing where the guest doesn't have the method or answers with an error.
    fn call<M: Method>(&mut self, request: &M::Request) -> Option<M::Response> {
        if !self.has(M::EXPORT) {
            return None;
        }
        let request = wire::encode(request).ok()?;
        let mut instance = self.session.warm().ok()?;
        let reply = self.session.call(&mut instance, M::EXPORT, &request, BLAME).ok()?;
        self.samples.push(Sample { method: M::EXPORT, request, reply: reply.clone() });
        wire::decode::<Reply<M::Response>>(&reply).ok()?.ok()
    }

    /// The states of some directories. A guest without `configure` has the empty one.
    fn configure(&mut self) -> Vec<Bytes> {
        if !self.has("configure") {
            return vec![Bytes::default()];
        }
        let mut states: Vec<Bytes> = Vec::new();
        for command in [Command::Update, Command::Fix] {
            let request = requests::configure_root(&self.session.facts, command);
            let Some(root) = self.call::<method::Configure>(&request) else { continue };
            let child = requests::configure_child(&self.session.facts, &root.state);
            states.push(root.state);
            if let Some(child) = self.call_with_state::<method::Configure>(&child) {
                states.push(child.state);
            }
        }
        states.dedup();
        states
    }

    /// A call whose request has a state of the guest's own: whatever else is wrong with it, it can be decoded.
    fn call_with_state<M: Method>(&mut self, request: &M::Request) -> Option<M::Response> {
        let before = self.samples.len();
        let response = self.call::<M>(request);
        if let Some(sample) = self.samples.get(before) {
            let refused = verdict(&sample.reply) == Verdict::Err(message::error_code::UNDECODABLE);
            let (request, reply) = (sample.request.clone(), sample.reply.clone());
            self.session.verify("configure.own-state", !refused, || {
                Finding::new(
                    format!("called `{}` with a state that `configure` has returned, or the empty one", M::EXPORT),
                    "an error of code 1, as if the request could not be decoded",
                )
                .bytes("the argument", &request)
                .bytes("the reply", &reply)
            });
        }
        response
    }

    /// All methods on a directory with this state.
    fn directory(&mut self, state: &Bytes) {
        for should_fix in [false, true] {
            let request = requests::fix(&self.session.facts, state, should_fix);
            self.call_with_state::<method::Fix>(&request);
        }
        let nothing = requests::generate_nothing(state);
        self.call_with_state::<method::GenerateRules>(&nothing);
        let request = requests::generate(&self.session.facts, state);
        let response = self.call_with_state::<method::GenerateRules>(&request);
        let generated = response.map(|response| response.rules).unwrap_or_default();

        let request = requests::imports(&self.session.facts, state, &generated);
        self.call_with_state::<method::Imports>(&request);
        for answers in 0..3 {
            self.resolve(state, &generated, answers);
        }
        let request = requests::find(&self.session.facts, state, &generated);
        self.call_with_state::<method::Find>(&request);
        self.call_with_state::<method::Finish>(&requests::finish(state));
    }

    fn resolve(&mut self, state: &Bytes, generated: &[GeneratedRule], answers: usize) {
        let mut request = requests::resolve(&self.session.facts, state, generated, answers);
        while request.round <= method::MAX_RESOLVE_ROUNDS {
            match self.call_with_state::<method::Resolve>(&request) {
                Some(ResolveResponse::Need(need)) => request = requests::resolve_again(&request, need),
                Some(ResolveResponse::Resolved { .. }) => {
                    // It has not gone on for more rounds than there may be.
                    self.session.findings.holds("resolve.rounds");
                    break;
                }
                None => break,
            }
        }
    }

    /// Requests of every shape that the schema allows. Each method has to return from them, with whatever it likes.
    fn arbitrary(&mut self, state: &Bytes, numbers: &mut Numbers) {
        for method in self.session.methods() {
            let Ok(mut instance) = self.session.warm() else { return };
            for _ in 0..GENERIC {
                let made = method::visit(method, Generic { state, numbers }).flatten();
                let Some(request) = made else { continue };
                if self.session.call(&mut instance, method, &request, BLAME).is_err() {
                    let Ok(fresh) = self.session.warm() else { return };
                    instance = fresh;
                }
            }
        }
    }
}

/// A arbitrary request in which the guest's own state stands where it belongs.
struct Generic<'a> {
    state: &'a Bytes,
    numbers: &'a mut Numbers,
}

impl method::Visitor for Generic<'_> {
    type Output = Option<Vec<u8>>;

    fn visit<M: Method>(self) -> Option<Vec<u8>> {
        let name = <M::Request as Message>::DEFINITION.name;
        let bytes = arbitrary::message(name, self.numbers);
        match name {
            "ConfigureRequest" => {
                let request: message::ConfigureRequest = wire::decode(&bytes).ok()?;
                wire::encode(&message::ConfigureRequest { parent: self.state.clone(), ..request }).ok()
            }
            "FixRequest" => {
                let request: message::FixRequest = wire::decode(&bytes).ok()?;
                wire::encode(&message::FixRequest { state: self.state.clone(), ..request }).ok()
            }
            "GenerateRequest" => {
                let request: message::GenerateRequest = wire::decode(&bytes).ok()?;
                wire::encode(&message::GenerateRequest { state: self.state.clone(), ..request }).ok()
            }
            "ImportsRequest" => {
                let request: message::ImportsRequest = wire::decode(&bytes).ok()?;
                wire::encode(&message::ImportsRequest { state: self.state.clone(), ..request }).ok()
            }
            "ResolveRequest" => {
                let request: message::ResolveRequest = wire::decode(&bytes).ok()?;
                wire::encode(&message::ResolveRequest { state: self.state.clone(), ..request }).ok()
            }
            "FindRequest" => {
                let request: message::FindRequest = wire::decode(&bytes).ok()?;
                wire::encode(&message::FindRequest { state: self.state.clone(), ..request }).ok()
            }
            "FinishRequest" => {
                let request: message::FinishRequest = wire::decode(&bytes).ok()?;
                wire::encode(&message::FinishRequest { state: self.state.clone(), ..request }).ok()
            }
            _ => Some(bytes),
        }
    }
}
