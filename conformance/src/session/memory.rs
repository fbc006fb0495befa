//! Does the guest keep the clauses on buffers in a call, whichever it is?

use super::{
    EMPTY, Instance, Session,
    instance::{Did, Owner, overlap},
};
use crate::{findings::Broken, report::Finding};
use dorcas_abi::{Span, export};
use dorcas_host::Returned;

/// What an idle buffer is filled with, one byte after the other: the buffers of one time have different ones.
const FIRST_FILL: u8 = 0xa0;

impl Session<'_> {
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
        let told = instance.told();
        let did = || format!("called `alloc({len})`{told}");
        let ptr = match self.enter(instance, export::ALLOC, &[len]) {
            Ok(Returned::I32(ptr)) => ptr,
            Ok(_) | Err(None) => return Err(Broken),
            Err(Some(stop)) => {
                self.findings.fails("mem.alloc-failure", Finding::new(did(), stop.to_string()));
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
            Finding::new(did(), format!("{span}, up to {:#x}; the memory ends at {memory:#x}", span.end()))
        }) {
            return Err(Broken);
        }
        if disjoint && let Some(other) = instance.live().find(|other| overlap(span, other.span)) {
            let what = match other.owner {
                Owner::Result(method) => format!("the result of `{method}`, which was not freed yet"),
                _ => "another live buffer from `alloc`".into(),
            };
            let saw = format!("{span}, which overlaps {}, {what}", other.span);
            self.findings.fails("mem.alloc-disjoint/overlap", Finding::new(did(), saw));
            return Err(Broken);
        }
        self.findings.holds("mem.alloc-disjoint/overlap");
        instance.keep(span, Owner::Idle);
        Ok(Some(span))
    }

    /// Asks for a buffer, and fills it as its owner may: with a byte that the next one doesn't have.
    pub(crate) fn alloc_filled(&mut self, instance: &mut Instance, len: u32) -> Result<Option<Span>, Broken> {
        let Some(span) = self.alloc(instance, len)? else { return Ok(None) };
        let fill = FIRST_FILL | (instance.live().count() % 16).to_le_bytes()[0];
        instance.fill(span, fill).ok_or(Broken)?;
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
        instance.write(span, request).ok_or(Broken)?;
        Ok(Some(span))
    }

    /// Frees a buffer; `check` is what a guest breaks that doesn't return.
    pub(crate) fn free(&mut self, instance: &mut Instance, span: Span, check: &'static str) -> Result<(), Broken> {
        if span == EMPTY {
            return Ok(());
        }
        let told = instance.told();
        instance.drop_live(span);
        // With other buffers around it is the order that may be what the guest can't do.
        let by_itself = !instance.has_live() || self.findings.is_broken("mem.free");
        let check = if check == "mem.free" && !by_itself { "mem.free-order" } else { check };
        match self.enter(instance, export::FREE, &[span.ptr, span.len]) {
            Ok(_) => {
                self.findings.holds(check);
                Ok(())
            }
            Err(None) => Err(Broken),
            Err(Some(stop)) => {
                let did = format!("called `free({:#x}, {})`{told}", span.ptr, span.len);
                self.findings.fails(check, Finding::new(did, stop.to_string()));
                Err(Broken)
            }
        }
    }

    /// Whether all live buffers are as their owners have left them.
    pub(super) fn look_at_buffers(&mut self, instance: &mut Instance, called: &'static str) {
        let mut looks: [(&'static str, u64); 3] = [("", 0); 3];
        for live in instance.live().filter(|live| live.owner != Owner::Argument) {
            let check = violated(live.owner, called);
            if let Some(place) = looks.iter_mut().find(|(known, _)| known.is_empty() || *known == check) {
                *place = (check, place.1 + 1);
            }
        }
        for (check, times) in looks {
            self.findings.hold(check, times);
        }
        while let Some((live, (piece, expected), at)) = instance.changed(|owner| owner != Owner::Argument) {
            let (span, check) = (live.span, violated(live.owner, called));
            // Where an old argument is written to, another buffer may lie by now.
            if check == WRITTEN && self.findings.is_broken(DROPPED_CLAUSE) {
                instance.look_again(span);
                continue;
            }
            let now = instance.probe.read(*piece).unwrap_or_default();
            let what = match live.owner {
                Owner::Idle | Owner::Argument => format!("{span}, a buffer from `alloc`"),
                Owner::PastArgument(method) => format!("{span}, the argument of `{method}`, which had returned"),
                Owner::Result(method) => format!("{span}, the result of `{method}`, which was not freed yet"),
            };
            let offset = u64::from(piece.ptr) + at as u64 - u64::from(span.ptr);
            let did = format!("called `{called}`{} and watched {what}", instance.told());
            let finding = Finding::new(did, format!("byte {offset} of it changed"))
                .bytes_at("the buffer before", expected, at)
                .bytes_at("the buffer now", now, at);
            self.findings.fails(check, finding);
            instance.look_again(span);
        }
    }

    /// Whether the argument of a call is what it was before.
    pub(super) fn look_at_argument(&mut self, instance: &mut Instance, argument: Span, did: &Did) {
        let changed = instance.changed(|owner| owner == Owner::Argument).map(|(_, piece, at)| (piece.clone(), at));
        self.verify("behaviour.argument-intact", changed.is_none(), || {
            let Some(((piece, expected), at)) = &changed else { return Finding::new(did, "") };
            let offset = u64::from(piece.ptr) + *at as u64 - u64::from(argument.ptr);
            Finding::new(did, format!("byte {offset} of the argument is another one afterwards"))
                .bytes_at("the argument before", expected, *at)
                .bytes_at("the argument afterwards", instance.probe.read(*piece).unwrap_or_default(), *at)
        });
        if changed.is_some() {
            instance.look_again(argument);
        }
    }

    /// Whether there is no text of a panic.
    pub(super) fn look_at_panic_text(&mut self, instance: &Instance, when: &str) {
        let Some(address) = instance.probe.constant(export::PANIC) else { return };
        let place = Span { ptr: address, len: 8 };
        let memory = instance.probe.memory_bytes();
        let did = || format!("read `dorcas_panic` {when}{}", instance.told());
        let bytes = instance.probe.read(place);
        self.verify("result.panic-text/place", bytes.is_some(), || {
            Finding::new(did(), format!("the address {address:#x}; the memory ends at {memory:#x}"))
        });
        let Some(bytes) = bytes else { return };
        let len = &bytes[4..];
        self.verify("result.panic-text/quiet", len == [0; 4], || {
            Finding::new(did(), "a length that is not 0, without a trap").bytes("address and length", bytes)
        });
    }
}

const WRITTEN: &str = "mem.alloc-disjoint/written";
const DROPPED_CLAUSE: &str = "mem.argument-dropped";

/// The check that is broken where a buffer changes in a call.
fn violated(owner: Owner, called: &'static str) -> &'static str {
    match owner {
        Owner::Result(_) => "result.valid",
        Owner::Argument => "behaviour.argument-intact",
        Owner::PastArgument(_) if !matches!(called, export::ALLOC | export::FREE) => "mem.argument-dropped/written",
        Owner::Idle | Owner::PastArgument(_) => WRITTEN,
    }
}
