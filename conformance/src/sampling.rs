//! What does a guest say to a run from the first call to the last?
//!
//! Each call is made in an instance of its own, after `lang_name` and `manifest`. The requests and replies are kept: what
//! they were here, they have to be under all other circumstances.

use crate::{
    arbitrary, host_run,
    numbers::Numbers,
    reply_checks::{Verdict, request_type, verdict},
    report::Finding,
    requests,
    session::{METHOD_MANIFEST, ORDINARY, Sample, Session},
    trees::{Forester, Repository, Trees},
    vocabulary::Vocabulary,
};
use dorcas_abi::{
    Method,
    message::{self, Command, GeneratedRule, Reply, ResolveResponse},
    method,
    wire::{self, Bytes},
};
use std::collections::HashMap;

/// The method without whose answer nothing else can be asked.
const CONFIGURE: &str = <method::Configure as Method>::EXPORT;

/// Arbitrary requests of each method.
const GENERIC: usize = 24;

/// Items of a list that is long: more than one byte counts, and more than any tree here leads to.
const MANY: [usize; 2] = [300, 1_000];

/// What to make requests of.
#[derive(Clone, Copy)]
pub(crate) struct Material<'a> {
    pub(crate) vocabulary: &'a Vocabulary,
    /// Repositories that the guest's author knows of.
    pub(crate) repositories: &'a [Repository],
    /// Requests that the guest's author knows of, by method.
    pub(crate) given: &'a [(&'static str, Vec<u8>)],
    /// Repositories that are laid out already.
    pub(crate) trees: &'a Trees,
    /// Whether nothing of the kind was done before: what is the same each time is done once.
    pub(crate) first: bool,
}

/// Makes a run's calls.
pub(crate) fn run(session: &mut Session<'_>, material: Material<'_>, numbers: &mut Numbers) -> Vec<Sample> {
    let mut sampling = Sampling { session, samples: Vec::new() };
    if sampling.meet().is_none() {
        return Vec::new();
    }
    sampling.setup();
    let states = sampling.configure();
    for state in &states {
        sampling.directory(state);
    }
    if sampling.session.is_over() {
        return Vec::new();
    }
    sampling.trees(material, numbers);
    if material.first {
        sampling.given(material);
    }
    if sampling.session.is_over() {
        return Vec::new();
    }
    let state = states.first().cloned().unwrap_or_default();
    sampling.session.facts.far_fetched = true;
    sampling.arbitrary(&state, material, numbers);
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
        let name = self.session.lang_name(&mut instance, &ORDINARY).ok()?;
        self.session.facts.name = String::from_utf8(name).ok();
        if !self.has(METHOD_MANIFEST) {
            return Some(());
        }
        let hello = wire::encode(&message::ManifestRequest { host: requests::HOST.into() }).ok()?;
        let reply = self.session.call(&mut instance, METHOD_MANIFEST, &hello, &ORDINARY).ok()?;
        if let Ok(Ok(manifest)) = wire::decode::<Reply<message::Manifest>>(&reply) {
            self.session.facts.manifest = manifest;
        }
        self.session.facts.hello.clone_from(&hello);
        self.session.facts.manifest_reply.clone_from(&reply);
        self.samples.push(Sample { method: METHOD_MANIFEST, request: hello, reply });
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
        let reply = self.session.call(&mut instance, M::EXPORT, &request, &ORDINARY).ok()?;
        self.samples.push(Sample { method: M::EXPORT, request, reply: reply.clone() });
        wire::decode::<Reply<M::Response>>(&reply).ok()?.ok()
    }

    /// What holds in a run, and what the guest finds in single files.
    fn setup(&mut self) {
        let setup = requests::setup(&self.session.facts);
        if let Some(message::Catalogue { kinds, loads, directives, inputs, .. }) = self.call::<method::Setup>(&setup) {
            let manifest = &mut self.session.facts.manifest;
            *manifest = message::Manifest { kinds, loads, directives, inputs, ..manifest.clone() };
        }
        for request in requests::scans(&self.session.facts) {
            self.call::<method::Scan>(&request);
        }
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

    /// What the pipeline asks over some repositories.
    fn trees(&mut self, material: Material<'_>, numbers: &mut Numbers) {
        let manifest = self.session.facts.manifest.clone();
        let mut forester = Forester {
            manifest: &manifest,
            vocabulary: material.vocabulary,
            numbers,
            patterns: HashMap::new(),
            contents: HashMap::new(),
        };
        let mut repositories = vec![forester.plain(), forester.odd()];
        if material.first {
            repositories.push(forester.large());
            repositories.extend(material.repositories.iter().cloned());
        }
        for repository in repositories {
            // Without a place for temporary files there is less to ask.
            self.samples.extend(host_run::over(self.session, &repository, material.trees).unwrap_or_default());
        }
        let answered = |sample: &Sample| sample.method == CONFIGURE && sample.reply.first() == Some(&0);
        self.session.facts.configure_fails = self.has(CONFIGURE) && !self.samples.iter().any(answered);
    }

    /// What the guest's author knows that hosts ask.
    fn given(&mut self, material: Material<'_>) {
        for (method, request) in material.given {
            if !self.has(method) {
                continue;
            }
            let Ok(mut instance) = self.session.warm() else { return };
            if let Ok(reply) = self.session.call(&mut instance, method, request, &ORDINARY) {
                self.samples.push(Sample { method, request: request.clone(), reply });
            }
        }
    }

    /// Requests of every shape that the schema allows. Each method has to return from them, with whatever it likes.
    fn arbitrary(&mut self, state: &Bytes, material: Material<'_>, numbers: &mut Numbers) {
        let vocabulary = material.vocabulary;
        for method in self.session.methods() {
            let Ok(mut instance) = self.session.warm() else { return };
            let ty = request_type(method);
            let mut requests = Vec::new();
            if material.first {
                for many in MANY {
                    requests.extend(arbitrary::with_many(ty, state, many, vocabulary, numbers));
                }
            }
            requests.extend((0..GENERIC).map(|_| arbitrary::with_state(ty, state, vocabulary, numbers)));
            for request in requests {
                if self.session.call(&mut instance, method, &request, &ORDINARY).is_err() {
                    let Ok(fresh) = self.session.warm() else { return };
                    instance = fresh;
                }
            }
        }
    }
}
