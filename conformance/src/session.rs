//! How is one call made, and what does the call alone show?
//!
//! The path of a call is that of the specification: allocate, write, call, look at the claim, read, free. There is no other
//! path: whatever an experiment is about, each of its calls is watched whole. Each step notes the clauses that it shows, the
//! contents of all live buffers are compared after each call of any export, and each reply with the one that the same
//! request got before. Whatever goes wrong in a step is noted there, once, under the clause that it breaks; the caller gets
//! [`Broken`] and has nothing more to say about it.

mod instance;
mod memory;
mod replies;

pub(crate) use instance::{Answer, Instance, overlap, show_call};
pub(crate) use replies::Known;

use crate::{
    findings::{Broken, Findings},
    limits::RunnerLimits,
    reply_checks::{self, Facts},
    report::{Calls, Finding},
};
use dorcas_abi::{Span, export, method};
use dorcas_host::{Returned, Specimen, Stop};
use instance::{Did, Owner};
use std::collections::{BTreeMap, BTreeSet};

/// A module under examination: what is known of it, and the fuel that is left.
pub(crate) struct Session<'a> {
    pub(crate) specimen: &'a Specimen,
    pub(crate) limits: RunnerLimits,
    pub(crate) findings: Findings,
    pub(crate) facts: Facts,
    /// The checks after which nothing more is to be found; `None` if all is to be tried.
    pub(crate) until: Option<&'a [&'static str]>,
    fuel_left: u64,
    pub(crate) exhausted: bool,
    calls: BTreeMap<&'static str, Calls>,
    /// Methods that have stopped so often that nothing new would be seen.
    stops: BTreeMap<&'static str, u32>,
    given_up: BTreeSet<&'static str>,
    known: Known,
}

/// What a call is made for: the checks under which is noted what only a comparison shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purpose {
    /// The check that a guest breaks that doesn't return.
    pub(crate) stops: &'static str,
    /// The check that it breaks if it replies otherwise than it did to the same request before.
    pub(crate) differs: &'static str,
    /// What is special about the call, for the reader of a finding.
    pub(crate) when: &'static str,
}

/// A well-formed request and the reply to it.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) method: &'static str,
    pub(crate) request: Vec<u8>,
    pub(crate) reply: Vec<u8>,
}

/// A call about which nothing is special.
pub(crate) const ORDINARY: Purpose =
    Purpose { stops: "behaviour.answers", differs: "behaviour.pure/again", when: "again" };

/// A request with a byte too many, as [`Sample::left_over`] makes it.
pub(crate) const LEFT_OVER: Purpose = Purpose {
    stops: "error.undecodable/left-over",
    differs: "behaviour.pure/after-error",
    when: "again, with a byte left over",
};

impl Sample {
    /// The request, with a byte behind it: malformed, whatever the method.
    pub(crate) fn left_over(&self) -> Vec<u8> {
        [&self.request[..], &[0]].concat()
    }
}

/// Most times that a method may stop in the middle before it is left alone.
const MOST_STOPS: u32 = 3;

const EMPTY: Span = Span { ptr: 0, len: 0 };

impl<'a> Session<'a> {
    pub(crate) fn new(specimen: &'a Specimen, limits: RunnerLimits) -> Self {
        let exports = &specimen.outline().exports;
        let has = |name: &&&str| exports.iter().any(|export| export.name == **name);
        let facts = Facts::new(method::NAMES.iter().filter(has).copied().collect());
        Self {
            specimen,
            limits,
            findings: Findings::default(),
            facts,
            until: None,
            fuel_left: limits.fuel_in_all,
            exhausted: false,
            calls: BTreeMap::new(),
            stops: BTreeMap::new(),
            given_up: BTreeSet::new(),
            known: Known::default(),
        }
    }

    pub(crate) fn into_parts(self) -> (Findings, Vec<Calls>, bool) {
        let mut calls: Vec<_> = self.calls.into_values().collect();
        calls.sort_by_key(|line| export::FUNCTIONS.iter().position(|function| function.name == line.export));
        (self.findings, calls, self.exhausted)
    }

    pub(crate) fn verify(&mut self, check: &'static str, holds: bool, finding: impl FnOnce() -> Finding) -> bool {
        self.findings.verify(check, holds, finding)
    }

    /// Whether all was found that was to be found.
    pub(crate) fn is_over(&self) -> bool {
        self.until.is_some_and(|checks| checks.iter().all(|check| self.findings.has_failed(check)))
    }

    /// The methods that the guest has.
    pub(crate) fn methods(&self) -> Vec<&'static str> {
        self.facts.methods.clone()
    }

    /// Whether a method has stopped so often that it isn't called any more.
    pub(crate) fn has_given_up(&self, method: &str) -> bool {
        self.given_up.contains(method)
    }

    /// The fuel at which an experiment ends that may have one part in so many of all of it.
    pub(crate) fn share(&self, parts: u64) -> u64 {
        self.fuel_left.saturating_sub(self.limits.fuel_in_all / parts.max(1))
    }

    /// Whether there is fuel above the end that [`share`](Self::share) gave.
    pub(crate) fn has_fuel_above(&self, end: u64) -> bool {
        self.fuel_left > end
    }

    /// An instance in which nothing but `_initialize` has run.
    pub(crate) fn start(&mut self) -> Result<Instance, Broken> {
        self.start_within(self.limits.memory_bytes)
    }

    /// An instance with less memory.
    pub(crate) fn start_within(&mut self, memory_bytes: u64) -> Result<Instance, Broken> {
        let probe = match self.specimen.instantiate(memory_bytes) {
            Ok(probe) => probe,
            Err(stop) => {
                let did = "made an instance";
                self.findings.fails("module.instantiates", Finding::new(did, stop.to_string()));
                return Err(Broken);
            }
        };
        self.findings.holds("module.instantiates");
        let mut instance = Instance::new(probe);
        self.look_at_panic_text(&instance, "after instantiation");
        let has = |export: &dorcas_host::Export| export.name == export::INITIALIZE;
        if self.specimen.outline().exports.iter().any(has) {
            match self.enter(&mut instance, export::INITIALIZE, &[]) {
                Ok(_) => self.findings.holds("init.initialize"),
                Err(None) => return Err(Broken),
                Err(Some(stop)) => {
                    let did = "called `_initialize()` first, in a fresh instance";
                    self.findings.fails("init.initialize", Finding::new(did, stop.to_string()));
                    return Err(Broken);
                }
            }
        }
        Ok(instance)
    }

    /// An instance that has told its name and manifest, as in any host.
    pub(crate) fn warm(&mut self) -> Result<Instance, Broken> {
        let mut instance = self.start()?;
        self.greet(&mut instance)?;
        Ok(instance)
    }

    /// Asks for name and manifest.
    pub(crate) fn greet(&mut self, instance: &mut Instance) -> Result<(), Broken> {
        self.lang_name(instance, &ORDINARY)?;
        if self.facts.has(METHOD_MANIFEST) && !self.facts.hello.is_empty() {
            let hello = self.facts.hello.clone();
            self.call(instance, METHOD_MANIFEST, &hello, &ORDINARY)?;
        }
        Ok(())
    }

    /// Calls an export, and looks at all that a call can have done beside its result. No stop is given where there is none
    /// to speak of: the instance is dead, or all fuel is used up.
    fn enter(
        &mut self,
        instance: &mut Instance,
        export: &'static str,
        params: &[u32],
    ) -> Result<Returned, Option<Stop>> {
        if instance.is_dead() {
            return Err(None);
        }
        let request_bytes = match params {
            [_, len] if export != export::FREE => *len,
            _ => 0,
        };
        let entitled = self.limits.fuel_for(request_bytes);
        let fuel = entitled.min(self.fuel_left);
        if fuel == 0 {
            self.exhausted = true;
            return Err(None);
        }
        let outcome = instance.probe.call(export, params, fuel);
        let used = instance.probe.fuel_used();
        self.fuel_left = self.fuel_left.saturating_sub(used);
        instance.note_call(export);
        match outcome {
            Ok(returned) => {
                let calls = self.calls.entry(export).or_insert(Calls {
                    export,
                    calls: 0,
                    least_fuel: u64::MAX,
                    most_fuel: 0,
                    total_fuel: 0,
                });
                calls.calls += 1;
                calls.least_fuel = calls.least_fuel.min(used);
                calls.most_fuel = calls.most_fuel.max(used);
                calls.total_fuel += used;
                self.look_at_buffers(instance, export);
                self.look_at_panic_text(instance, "after a call that returned");
                Ok(returned)
            }
            Err(stop) => {
                instance.kill();
                if matches!(stop, Stop::Fuel { .. }) && fuel < entitled {
                    self.exhausted = true;
                    return Err(None);
                }
                let stops = self.stops.entry(export).or_default();
                // A loop costs a lot each time, and is the same each time.
                *stops += if matches!(stop, Stop::Fuel { .. }) { MOST_STOPS } else { 1 };
                if *stops >= MOST_STOPS {
                    self.given_up.insert(export);
                }
                Err(Some(stop))
            }
        }
    }

    /// Asks for the name, and frees it.
    pub(crate) fn lang_name(&mut self, instance: &mut Instance, purpose: &Purpose) -> Result<Vec<u8>, Broken> {
        let answer = self.ask(instance, export::LANG_NAME, EMPTY, &[], purpose)?;
        self.free(instance, answer.result, "mem.free")?;
        Ok(answer.bytes)
    }

    /// One call from `alloc` to the second `free`.
    pub(crate) fn call(
        &mut self,
        instance: &mut Instance,
        method: &'static str,
        request: &[u8],
        purpose: &Purpose,
    ) -> Result<Vec<u8>, Broken> {
        let answer = self.call_and_keep(instance, method, request, purpose)?;
        self.free(instance, answer.argument, "mem.free")?;
        self.free(instance, answer.result, "mem.free")?;
        Ok(answer.bytes)
    }

    /// The same without the frees. The name has no argument.
    pub(crate) fn call_and_keep(
        &mut self,
        instance: &mut Instance,
        method: &'static str,
        request: &[u8],
        purpose: &Purpose,
    ) -> Result<Answer, Broken> {
        // No room for the argument is a proper answer; the call is left out.
        let argument = self.send(instance, request)?.ok_or(Broken)?;
        self.ask(instance, method, argument, request, purpose)
    }

    /// Calls a method with an argument that is in place, and looks at what it claims and at the reply.
    pub(crate) fn ask(
        &mut self,
        instance: &mut Instance,
        method: &'static str,
        argument: Span,
        request: &[u8],
        purpose: &Purpose,
    ) -> Result<Answer, Broken> {
        if self.given_up.contains(method) {
            return Err(Broken);
        }
        let params: &[u32] = if method == export::LANG_NAME { &[] } else { &[argument.ptr, argument.len] };
        let did = Did { method, argument, told: instance.told() };
        instance.own(argument, Owner::Argument);
        let word = match self.enter(instance, method, params) {
            Ok(Returned::I64(word)) => word,
            Ok(_) | Err(None) => return Err(Broken),
            Err(Some(stop)) => {
                let finding = Finding::new(did, stop.to_string()).argument(method, request);
                self.findings.fails(purpose.stops, finding);
                return Err(Broken);
            }
        };
        self.findings.holds(purpose.stops);
        let result = Span::unpack(word);
        if self.claim(instance, method, argument, request, result, &did).is_err() {
            // Its buffers can't be told any more.
            instance.kill();
            return Err(Broken);
        }
        self.look_at_argument(instance, argument, &did);
        instance.own(argument, Owner::PastArgument(method));
        let bytes = instance.probe.read(result).unwrap_or_default().to_vec();
        if !self.is_known(method, request, &bytes) {
            reply_checks::reply(&mut self.findings, &self.facts, method, request, &bytes, &did)?;
        }
        let answer = Answer { argument, result, bytes };
        self.compare(method, request, &answer, purpose, &did);
        instance.keep(result, Owner::Result(method));
        Ok(answer)
    }

    /// Looks at a returned `i64`: is it a place, and one of its own?
    fn claim(
        &mut self,
        instance: &Instance,
        method: &'static str,
        argument: Span,
        request: &[u8],
        result: Span,
        did: &Did,
    ) -> Result<(), Broken> {
        let word = result.pack();
        let shown = format!("{:#018x}, that is {result}", word.cast_unsigned());
        let finding = |saw: String| Finding::new(did, saw).argument(method, request);
        if !self.verify("result.not-zero", word != 0, || finding("the result 0".into())) {
            return Err(Broken);
        }
        let means = |span| instance.probe.read(span).is_some_and(|bytes| reply_checks::is_reply(method, bytes));
        let swapped = result.swapped();
        let is_swapped = means(swapped) && !means(result);
        if !self.verify("result.packing", !is_swapped, || {
            finding(format!("the result {shown}"))
                .hint(format!(
                    "the halves look swapped: read the other way round, {swapped}, this is a valid result; the address \
                     belongs in the upper 32 bits"
                ))
                .bytes("what lies there", instance.probe.read(swapped).unwrap_or_default())
        }) {
            return Err(Broken);
        }
        let memory = instance.probe.memory_bytes();
        if !self.verify("result.bounds", result.end() <= memory, || {
            let finding = finding(format!("the result {shown}; the memory ends at {memory:#x}"));
            if result.len == 0 { finding.hint("the lower 32 bits are 0: is the length missing?") } else { finding }
        }) {
            return Err(Broken);
        }
        let shared = instance.allocated().chain([argument]).find(|other| overlap(*other, result));
        // The buffer of a result that is from `alloc` was not told to anybody, so that it is not among those.
        if !self.verify("result.own-buffer", shared.is_none(), || {
            let other = shared.unwrap_or(argument);
            let what = if other == argument { "the argument" } else { "another live buffer" };
            finding(format!("the result {shown}, which overlaps {what}, {other}"))
        }) {
            return Err(Broken);
        }
        Ok(())
    }
}

/// The method that tells what the guest is.
pub(crate) const METHOD_MANIFEST: &str = <method::Manifest as dorcas_abi::Method>::EXPORT;
