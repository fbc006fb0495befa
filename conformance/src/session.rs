//! How is one call made, and what does the call alone show?
//!
//! The path of a call is that of the specification: allocate, write, call, look at the claim, read, free. Each step notes
//! the clauses that it shows. Whatever goes wrong in a step is noted there, once, under the clause that it breaks; the
//! caller gets [`Broken`] and has nothing more to say about it.

use crate::{
    findings::{Broken, Findings},
    limits::RunnerLimits,
    reply_checks::{self, Facts},
    report::{Calls, Finding},
};
use dorcas_abi::{Span, export, method};
use dorcas_host::{Probe, Returned, Specimen, Stop};
use std::collections::{BTreeMap, BTreeSet};

/// A module under examination: what is known of it, and the fuel that is left.
pub(crate) struct Session<'a> {
    pub(crate) specimen: &'a Specimen,
    pub(crate) limits: RunnerLimits,
    pub(crate) findings: Findings,
    pub(crate) facts: Facts,
    fuel_left: u64,
    pub(crate) exhausted: bool,
    calls: BTreeMap<&'static str, Calls>,
    /// Methods that have stopped so often that nothing new would be seen.
    stops: BTreeMap<&'static str, u32>,
    given_up: BTreeSet<&'static str>,
}

/// An instance, and the buffers in it that were not freed yet.
pub(crate) struct Instance {
    pub(crate) probe: Probe,
    pub(crate) live: Vec<Span>,
    /// Calls of anything but `alloc` and `free`, and the last of them.
    calls: u32,
    last: Option<&'static str>,
    dead: bool,
}

/// A result that keeps all clauses on its place.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) argument: Span,
    pub(crate) result: Span,
    pub(crate) bytes: Vec<u8>,
}

/// Most times that a method may stop in the middle before it is left alone.
const MOST_STOPS: u32 = 3;

const EMPTY: Span = Span { ptr: 0, len: 0 };

impl<'a> Session<'a> {
    pub(crate) fn new(specimen: &'a Specimen, limits: RunnerLimits, without: Option<&str>) -> Self {
        let exports = &specimen.outline().exports;
        let has = |name: &&&str| exports.iter().any(|export| export.name == **name);
        let facts = Facts::new(method::NAMES.iter().filter(has).copied().collect());
        Self {
            specimen,
            limits,
            findings: Findings::without(without),
            facts,
            fuel_left: limits.fuel_in_all,
            exhausted: false,
            calls: BTreeMap::new(),
            stops: BTreeMap::new(),
            given_up: BTreeSet::new(),
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

    /// The methods that the guest has.
    pub(crate) fn methods(&self) -> Vec<&'static str> {
        self.facts.methods.clone()
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
        let mut instance = Instance { probe, live: Vec::new(), calls: 0, last: None, dead: false };
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
        self.look_at_panic_text(&instance, "after instantiation");
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
        self.lang_name(instance, "behaviour.answers")?;
        if self.facts.methods.contains(&"manifest") && !self.facts.hello.is_empty() {
            let hello = self.facts.hello.clone();
            self.call(instance, "manifest", &hello, "behaviour.answers")?;
        }
        Ok(())
    }

    /// Calls an export. No stop is given where there is none to speak of: the instance is dead, or all fuel is used up.
    fn enter(
        &mut self,
        instance: &mut Instance,
        export: &'static str,
        params: &[u32],
    ) -> Result<Returned, Option<Stop>> {
        if instance.dead {
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
        if !matches!(export, export::ALLOC | export::FREE) {
            instance.calls += 1;
            instance.last = Some(export);
        }
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
                Ok(returned)
            }
            Err(stop) => {
                instance.dead = true;
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

    /// Asks for a buffer. None where the guest says that it has no room.
    pub(crate) fn alloc(&mut self, instance: &mut Instance, len: u32) -> Result<Option<Span>, Broken> {
        self.alloc_checked(instance, len, true)
    }

    /// The same; `disjoint` says whether an overlap with another live buffer is noted here.
    pub(crate) fn alloc_checked(
        &mut self,
        instance: &mut Instance,
        len: u32,
        disjoint: bool,
    ) -> Result<Option<Span>, Broken> {
        let did = format!("called `alloc({len})`{}", instance.told());
        let ptr = match self.enter(instance, export::ALLOC, &[len]) {
            Ok(Returned::I32(ptr)) => ptr,
            Ok(_) | Err(None) => return Err(Broken),
            Err(Some(stop)) => {
                self.findings.fails("mem.alloc-failure", Finding::new(did, stop.to_string()));
                return Err(Broken);
            }
        };
        self.findings.holds("mem.alloc-failure");
        if ptr == 0 {
            self.findings.holds("mem.alloc-bounds");
            return Ok(None);
        }
        let span = Span { ptr, len };
        let memory = instance.probe.memory_bytes();
        if !self.verify("mem.alloc-bounds", span.end() <= memory, || {
            Finding::new(did.clone(), format!("{span}, up to {:#x}; the memory ends at {memory:#x}", span.end()))
        }) {
            return Err(Broken);
        }
        if disjoint && let Some(other) = instance.live.iter().copied().find(|other| overlap(span, *other)) {
            let saw = format!("{span}, which overlaps {other}, another live buffer from `alloc`");
            self.findings.fails("mem.alloc-disjoint/overlap", Finding::new(did, saw));
            return Err(Broken);
        }
        self.findings.holds("mem.alloc-disjoint/overlap");
        instance.live.push(span);
        Ok(Some(span))
    }

    /// Gets a buffer and writes an argument to it. None where the guest has no room for it; an empty argument has no
    /// buffer.
    pub(crate) fn send(&mut self, instance: &mut Instance, request: &[u8]) -> Result<Option<Span>, Broken> {
        if request.is_empty() {
            return Ok(Some(EMPTY));
        }
        let len = u32::try_from(request.len()).map_err(|_| Broken)?;
        let Some(span) = self.alloc(instance, len)? else { return Ok(None) };
        instance.probe.bytes_mut(span).ok_or(Broken)?.copy_from_slice(request);
        Ok(Some(span))
    }

    /// Frees a buffer; `check` is what a guest breaks that doesn't return.
    pub(crate) fn free(&mut self, instance: &mut Instance, span: Span, check: &'static str) -> Result<(), Broken> {
        if span == EMPTY {
            return Ok(());
        }
        let did = format!("called `free({:#x}, {})`{}", span.ptr, span.len, instance.told());
        instance.live.retain(|live| *live != span);
        // With other buffers around it is the order that may be what the guest can't do.
        let by_itself = instance.live.is_empty() || self.findings.is_broken("mem.free");
        let check = if check == "mem.free" && !by_itself { "mem.free-order" } else { check };
        match self.enter(instance, export::FREE, &[span.ptr, span.len]) {
            Ok(_) => {
                self.findings.holds(check);
                Ok(())
            }
            Err(None) => Err(Broken),
            Err(Some(stop)) => {
                self.findings.fails(check, Finding::new(did, stop.to_string()));
                Err(Broken)
            }
        }
    }

    /// Asks for the name, and frees it.
    pub(crate) fn lang_name(&mut self, instance: &mut Instance, blame: &'static str) -> Result<Vec<u8>, Broken> {
        let answer = self.ask(instance, export::LANG_NAME, EMPTY, &[], blame)?;
        self.free(instance, answer.result, "mem.free")?;
        Ok(answer.bytes)
    }

    /// One call from `alloc` to the second `free`. `blame` is the check that a guest breaks that doesn't return.
    pub(crate) fn call(
        &mut self,
        instance: &mut Instance,
        method: &'static str,
        request: &[u8],
        blame: &'static str,
    ) -> Result<Vec<u8>, Broken> {
        let answer = self.call_and_keep(instance, method, request, blame)?;
        self.free(instance, answer.argument, "mem.free")?;
        self.free(instance, answer.result, "mem.free")?;
        Ok(answer.bytes)
    }

    /// A call without a look at what comes back. For calls that were looked at before: what stops one is given as text.
    pub(crate) fn quick(
        &mut self,
        instance: &mut Instance,
        method: &'static str,
        request: &[u8],
    ) -> Result<(), Option<String>> {
        let mut result = Span { ptr: 0, len: 0 };
        if method == export::LANG_NAME {
            if let Some(word) = self.quick_enter(instance, method, &[])?.i64() {
                result = Span::unpack(word);
            }
        } else {
            let len = u32::try_from(request.len()).map_err(|_| None)?;
            let ptr = self.quick_enter(instance, export::ALLOC, &[len])?.i32().unwrap_or(0);
            let argument = Span { ptr, len };
            match instance.probe.bytes_mut(argument) {
                Some(buffer) if ptr != 0 => buffer.copy_from_slice(request),
                _ => return Err(Some(format!("`alloc({len})` returned {ptr:#x}"))),
            }
            if let Some(word) = self.quick_enter(instance, method, &[ptr, len])?.i64() {
                result = Span::unpack(word);
            }
            self.quick_enter(instance, export::FREE, &[ptr, len])?;
        }
        self.quick_enter(instance, export::FREE, &[result.ptr, result.len])?;
        Ok(())
    }

    fn quick_enter(
        &mut self,
        instance: &mut Instance,
        export: &'static str,
        params: &[u32],
    ) -> Result<Returned, Option<String>> {
        self.enter(instance, export, params).map_err(|stop| stop.map(|stop| format!("`{export}`: {stop}")))
    }

    /// Whether a method has stopped so often that it isn't called any more.
    pub(crate) fn has_given_up(&self, method: &str) -> bool {
        self.given_up.contains(method)
    }

    /// The fuel that is left for the whole run.
    pub(crate) fn fuel_left(&self) -> u64 {
        self.fuel_left
    }

    /// The same without the frees.
    pub(crate) fn call_and_keep(
        &mut self,
        instance: &mut Instance,
        method: &'static str,
        request: &[u8],
        blame: &'static str,
    ) -> Result<Answer, Broken> {
        // No room for the argument is a proper answer; the call is left out.
        let argument = self.send(instance, request)?.ok_or(Broken)?;
        let answer = self.ask(instance, method, argument, request, blame)?;
        let after = instance.probe.read(argument).unwrap_or_default();
        let changed = request.iter().zip(after).position(|(before, after)| before != after);
        self.verify("behaviour.argument-intact", changed.is_none(), || {
            let at = changed.unwrap_or(0);
            Finding::new(show_call(method, argument), format!("byte {at} of the argument is another one afterwards"))
                .bytes_at("the argument before", request, at)
                .bytes_at("the argument afterwards", instance.probe.read(argument).unwrap_or_default(), at)
        });
        Ok(answer)
    }

    /// Calls a method with an argument that is in place, and looks at what it claims and at the reply.
    pub(crate) fn ask(
        &mut self,
        instance: &mut Instance,
        method: &'static str,
        argument: Span,
        request: &[u8],
        blame: &'static str,
    ) -> Result<Answer, Broken> {
        if self.given_up.contains(method) {
            return Err(Broken);
        }
        let params: &[u32] = if method == export::LANG_NAME { &[] } else { &[argument.ptr, argument.len] };
        let did = format!("{}{}", show_call(method, argument), instance.told());
        let word = match self.enter(instance, method, params) {
            Ok(Returned::I64(word)) => word,
            Ok(_) | Err(None) => return Err(Broken),
            Err(Some(stop)) => {
                let finding = Finding::new(did, stop.to_string()).bytes("the argument", request);
                self.findings.fails(blame, finding);
                return Err(Broken);
            }
        };
        self.findings.holds(blame);
        let result = Span::unpack(word);
        if self.claim(instance, method, argument, request, result, &did).is_err() {
            // Its buffers can't be told any more.
            instance.dead = true;
            return Err(Broken);
        }
        let bytes = instance.probe.read(result).unwrap_or_default().to_vec();
        reply_checks::reply(&mut self.findings, &self.facts, method, request, &bytes, &did)?;
        self.look_at_panic_text(instance, "after a call that returned");
        Ok(Answer { argument, result, bytes })
    }

    /// Looks at a returned `i64`: is it a place, and one of its own?
    fn claim(
        &mut self,
        instance: &Instance,
        method: &'static str,
        argument: Span,
        request: &[u8],
        result: Span,
        did: &str,
    ) -> Result<(), Broken> {
        let word = result.pack();
        let shown = format!("{:#018x}, that is {result}", word.cast_unsigned());
        let finding = |saw: String| Finding::new(did, saw).bytes("the argument", request);
        if !self.verify("result.not-zero", word != 0, || finding("the result 0".into())) {
            return Err(Broken);
        }
        let means = |span| instance.probe.read(span).is_some_and(|bytes| reply_checks::is_reply(method, bytes));
        let swapped = result.swapped();
        let is_swapped = !means(result) && means(swapped);
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
        let shared = instance.live.iter().copied().chain([argument]).find(|other| overlap(*other, result));
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

    fn look_at_panic_text(&mut self, instance: &Instance, when: &str) {
        let Some(address) = instance.probe.constant(export::PANIC) else { return };
        let place = Span { ptr: address, len: 8 };
        let memory = instance.probe.memory_bytes();
        let did = format!("read `dorcas_panic` {when}");
        let bytes = instance.probe.read(place);
        self.verify("result.panic-text/place", bytes.is_some(), || {
            Finding::new(did.clone(), format!("the address {address:#x}; the memory ends at {memory:#x}"))
        });
        let Some(bytes) = bytes else { return };
        let len = &bytes[4..];
        self.verify("result.panic-text/quiet", len == [0; 4], || {
            Finding::new(did, "a length that is not 0, without a trap").bytes("address and length", bytes)
        });
    }
}

impl Instance {
    /// Whether nothing more can be learned from it.
    pub(crate) fn is_dead(&self) -> bool {
        self.dead
    }

    /// What was called before, for the reader of a finding.
    fn told(&self) -> String {
        match (self.calls, self.last) {
            (0, _) | (_, None) => ", first in a fresh instance".into(),
            (1, Some(last)) => format!(", after `{last}`"),
            (calls, Some(last)) => format!(", after {calls} calls, the last one `{last}`"),
        }
    }
}

/// `called generate_rules(0x400, 30)`.
pub(crate) fn show_call(method: &str, argument: Span) -> String {
    if method == export::LANG_NAME {
        "called `lang_name()`".into()
    } else {
        format!("called `{method}({:#x}, {})`", argument.ptr, argument.len)
    }
}

pub(crate) fn overlap(a: Span, b: Span) -> bool {
    a.len > 0 && b.len > 0 && u64::from(a.ptr) < b.end() && u64::from(b.ptr) < a.end()
}
