//! Does the guest keep to the rules of buffers?

use super::Samples;
use crate::{
    findings::Broken,
    report::Finding,
    sampling::Sample,
    session::{Instance, Session, overlap, show_call},
};
use dorcas_abi::{Span, export, floor};

/// Lengths at which allocators change their mind, and the largest that a host may ask for.
const LENGTHS: [u32; 24] = [
    1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 100, 255, 256, 1_000, 4_095, 4_096, 65_535, 65_536, 65_537, 100_000,
    1_048_577, 16_777_215, 16_777_216,
];

/// How much less memory than usual an instance gets that is to run out of it.
const LITTLE: u64 = 1 << 20;

pub(super) fn alloc_bounds(session: &mut Session<'_>) {
    // Each by itself, then all of them live at the same time.
    for keep in [false, true] {
        let Ok(mut instance) = session.start() else { return };
        for len in LENGTHS {
            match session.alloc(&mut instance, len) {
                Ok(Some(span)) if !keep => {
                    if session.free(&mut instance, span, "mem.free").is_err() {
                        return;
                    }
                }
                Ok(_) => {}
                Err(Broken) => return,
            }
        }
    }
}

/// The size that a memory may have to be nearly full at once.
fn little_memory(session: &mut Session<'_>) -> Option<u64> {
    let instance = session.start().ok()?;
    Some(instance.probe.memory_bytes() + LITTLE)
}

pub(super) fn alloc_failure(session: &mut Session<'_>) {
    const STEP: u32 = 65_536;
    let Some(limit) = little_memory(session) else { return };
    let Ok(mut instance) = session.start_within(limit) else { return };
    // Buffers don't overlap, which is checked for each, so that this ends.
    while let Ok(Some(_)) = session.alloc(&mut instance, STEP) {}
}

pub(super) fn alloc_again(session: &mut Session<'_>) {
    const TIMES: u32 = 20;
    let Some(limit) = little_memory(session) else { return };
    let Ok(mut instance) = session.start_within(limit) else { return };
    for _ in 0..TIMES {
        match session.alloc(&mut instance, 16_777_216) {
            Ok(None) => {}
            Ok(Some(_)) | Err(Broken) => return,
        }
    }
    for len in [1_000, 100_000] {
        let Ok(after) = session.alloc(&mut instance, len) else { return };
        session.verify("mem.alloc-again", after.is_some(), || {
            Finding::new(
                format!("called `alloc(16777216)` {TIMES} times, which all returned 0, then `alloc({len})`"),
                format!("0, though the memory may grow by {LITTLE} bytes from where it was at the start"),
            )
        });
    }
}

pub(super) fn alloc_large(session: &mut Session<'_>) {
    const LARGE: u32 = 1_048_576;
    let initial = session.specimen.outline().memory_bytes;
    let Ok(mut instance) = session.start_within(initial.max(floor::MEMORY_BYTES.into())) else { return };
    let Ok(buffer) = session.alloc(&mut instance, LARGE) else { return };
    session.verify("mem.alloc-large", buffer.is_some(), || {
        let saw = format!("0, with {} bytes of memory that may grow", instance.probe.memory_bytes());
        Finding::new(format!("called `alloc({LARGE})`, first in a fresh instance"), saw)
            .hint("does the module declare a maximum for its memory?")
    });
}

/// Buffers with a byte of their own each; some are freed and made anew.
fn idle_buffers(
    session: &mut Session<'_>,
    instance: &mut Instance,
    fill: impl Fn(usize) -> u8,
) -> Result<Vec<Span>, Broken> {
    let mut buffers = Vec::new();
    for len in [1, 3, 8, 16, 64, 200, 1_000, 5_000, 20_000, 40_000] {
        buffers.extend(session.alloc(instance, len)?);
    }
    for index in [1, 3] {
        if let Some(span) = buffers.get(index).copied() {
            session.free(instance, span, "mem.free")?;
            if let (Some(again), Some(place)) = (session.alloc(instance, span.len)?, buffers.get_mut(index)) {
                *place = again;
            }
        }
    }
    for (index, span) in buffers.iter().enumerate() {
        instance.probe.bytes_mut(*span).ok_or(Broken)?.fill(fill(index));
    }
    // What comes next is not their neighbour.
    session.alloc(instance, 64)?;
    Ok(buffers)
}

pub(super) fn disjoint(session: &mut Session<'_>, samples: &Samples) {
    let _ = written(session, samples);
    for sample in samples.largest() {
        let replies = [0, 0xff].map(|byte| {
            let mut instance = session.start().ok()?;
            idle_buffers(session, &mut instance, |_| byte).ok()?;
            session.greet(&mut instance).ok()?;
            session.call(&mut instance, sample.method, &sample.request, "mem.alloc-disjoint/read").ok()
        });
        let [Some(zeros), Some(ones)] = replies else { continue };
        session.verify("mem.alloc-disjoint/read", zeros == ones, || {
            Finding::new(
                format!("called `{}` twice, with other buffers full of 00 and full of ff", sample.method),
                "two different replies",
            )
            .bytes("the reply with 00", &zeros)
            .bytes("the reply with ff", &ones)
        });
    }
}

fn written(session: &mut Session<'_>, samples: &Samples) -> Result<(), Broken> {
    let mut instance = session.start()?;
    let byte = |index: usize| 0xa0 | u8::try_from(index).unwrap_or(0);
    let buffers = idle_buffers(session, &mut instance, byte)?;
    session.greet(&mut instance)?;
    for sample in samples.iter() {
        session.call(&mut instance, sample.method, &sample.request, "behaviour.answers")?;
        session.lang_name(&mut instance, "behaviour.answers")?;
        for (index, span) in buffers.iter().enumerate() {
            let bytes = instance.probe.read(*span).ok_or(Broken)?;
            let changed = bytes.iter().position(|found| *found != byte(index));
            let holds = session.findings.verify("mem.alloc-disjoint/written", changed.is_none(), || {
                let did = format!("filled {span}, a buffer from `alloc`, and called `{}` with another", sample.method);
                let at = changed.unwrap_or(0);
                Finding::new(did, format!("byte {at} of the buffer changed")).bytes_at("the buffer", bytes, at)
            });
            if !holds {
                return Err(Broken);
            }
        }
    }
    Ok(())
}

pub(super) fn free_order(session: &mut Session<'_>, samples: &Samples) {
    if session.findings.is_broken("mem.free") {
        return;
    }
    let largest = samples.largest();
    for order in [Order::LastFirst, Order::FirstFirst, Order::Mixed] {
        if free_in_order(session, &largest, order).is_err() {
            return;
        }
    }
}

#[derive(Clone, Copy)]
enum Order {
    LastFirst,
    FirstFirst,
    Mixed,
}

fn free_in_order(session: &mut Session<'_>, samples: &[&Sample], order: Order) -> Result<(), Broken> {
    const CHECK: &str = "mem.free-order";
    let mut instance = session.warm()?;
    let mut buffers = Vec::new();
    for len in [24, 7, 3_000, 1, 64] {
        buffers.extend(session.alloc(&mut instance, len)?);
    }
    for sample in samples {
        let answer = session.call_and_keep(&mut instance, sample.method, &sample.request, "behaviour.answers")?;
        buffers.extend([answer.argument, answer.result]);
    }
    match order {
        Order::FirstFirst => {}
        Order::LastFirst => buffers.reverse(),
        Order::Mixed => {
            let (even, odd): (Vec<_>, Vec<_>) = buffers.iter().enumerate().partition(|(index, _)| index % 2 == 0);
            buffers = odd.into_iter().chain(even).map(|(_, span)| *span).collect();
        }
    }
    for (index, span) in buffers.into_iter().enumerate() {
        session.free(&mut instance, span, CHECK)?;
        if index % 4 == 0 {
            session.lang_name(&mut instance, "behaviour.answers")?;
        }
    }
    Ok(())
}

pub(super) fn argument_not_freed(session: &mut Session<'_>, samples: &Samples) {
    // Where buffers overlap anyway, nothing can be said about this.
    if session.findings.is_broken("mem.alloc-disjoint") {
        return;
    }
    for sample in samples.iter() {
        // Nothing was freed in this instance yet.
        let Ok(mut instance) = session.start() else { return };
        let Ok(answer) = session.call_and_keep(&mut instance, sample.method, &sample.request, "init.any-order") else {
            continue;
        };
        for _ in 0..8 {
            // That it overlaps is the point here, and noted below.
            let Ok(Some(again)) = session.alloc_checked(&mut instance, answer.argument.len, false) else { break };
            let held = session.verify("mem.argument-not-freed", !overlap(again, answer.argument), || {
                let did = show_call(sample.method, answer.argument);
                Finding::new(
                    format!("{did}, kept the argument, and called `alloc({})`", answer.argument.len),
                    format!("{again}, which is in the argument: somebody has freed it"),
                )
                .hint("the host frees the argument when the call is over, not the method")
            });
            if !held {
                break;
            }
        }
    }
}

pub(super) fn argument_dropped(session: &mut Session<'_>, samples: &Samples) {
    for sample in samples.largest() {
        let _ = look_at_kept_argument(session, sample, samples);
    }
}

fn look_at_kept_argument(session: &mut Session<'_>, sample: &Sample, samples: &Samples) -> Result<(), Broken> {
    const POISON: u8 = 0xaa;
    // The same calls with the argument as it was, and with other bytes in its place.
    let mut as_it_was = session.warm()?;
    session.call_and_keep(&mut as_it_was, sample.method, &sample.request, "behaviour.answers")?;
    let mut instance = session.warm()?;
    let kept = session.call_and_keep(&mut instance, sample.method, &sample.request, "behaviour.answers")?;
    instance.probe.bytes_mut(kept.argument).ok_or(Broken)?.fill(POISON);
    let did = || {
        let call = show_call(sample.method, kept.argument);
        format!("{call}, filled the argument with {POISON:02x} when it had returned, and made other calls")
    };
    for other in samples.iter() {
        session.lang_name(&mut as_it_was, "behaviour.answers")?;
        session.lang_name(&mut instance, "behaviour.answers")?;
        let usual = session.call(&mut as_it_was, other.method, &other.request, "behaviour.answers")?;
        let reply = session.call(&mut instance, other.method, &other.request, "mem.argument-dropped/read")?;
        session.verify("mem.argument-dropped/read", reply == usual, || {
            Finding::new(did(), format!("another reply of `{}` than without that", other.method))
                .bytes("the reply", &reply)
                .bytes("the reply without that", &usual)
        });
        let bytes = instance.probe.read(kept.argument).ok_or(Broken)?;
        let changed = bytes.iter().position(|byte| *byte != POISON);
        if !session.findings.verify("mem.argument-dropped/written", changed.is_none(), || {
            let at = changed.unwrap_or(0);
            Finding::new(did(), format!("byte {at} of it changed")).bytes_at("the old argument", bytes, at)
        }) {
            return Err(Broken);
        }
    }
    Ok(())
}

/// Rounds in which the memory may grow.
const FIRST_ROUNDS: u32 = 100;

/// The part of all fuel that may be used to watch the memory, for good and for malformed calls each.
const SHARE_OF_FUEL: u64 = 16;

pub(super) fn steady(session: &mut Session<'_>, samples: &Samples, rounds: u32) {
    let good: Vec<_> = samples.largest().iter().map(|sample| (sample.method, sample.request.clone())).collect();
    let malformed = good.iter().map(|(method, request)| (*method, [&request[..], &[0]].concat())).collect();
    for (check, calls) in [("mem.steady/good", good), ("mem.steady/errors", malformed)] {
        let _ = watch(session, check, &calls, rounds);
    }
}

fn watch(
    session: &mut Session<'_>,
    check: &'static str,
    calls: &[(&'static str, Vec<u8>)],
    rounds: u32,
) -> Result<(), Broken> {
    if calls.is_empty() {
        return Ok(());
    }
    let mut instance = session.start()?;
    let fuel_at_start = session.fuel_left();
    let given_up: Vec<_> = session.methods().into_iter().filter(|method| session.has_given_up(method)).collect();
    let (mut at_first, mut made, mut stopped) = (None, 0, None);
    for round in 1..=rounds.max(FIRST_ROUNDS + 1) {
        let name = (export::LANG_NAME, Vec::new());
        let calls = calls.iter().filter(|(method, _)| !given_up.contains(method));
        let outcome = [&name]
            .into_iter()
            .chain(calls)
            .try_for_each(|(method, request)| session.quick(&mut instance, method, request));
        if let Err(stop) = outcome {
            stopped = Some(stop.ok_or(Broken)?);
            break;
        }
        made = round;
        if round == FIRST_ROUNDS {
            at_first = Some(instance.probe.memory_bytes());
        }
        if fuel_at_start - session.fuel_left() > session.limits.fuel_in_all / SHARE_OF_FUEL {
            break;
        }
    }
    let last = instance.probe.memory_bytes();
    let what = if check.ends_with("errors") { "malformed calls" } else { "calls" };
    let did = format!("made the same {} {what} in {made} rounds and freed every buffer", calls.len());
    if let Some(at_first) = at_first {
        session.verify(check, last <= at_first, || {
            let bytes = (last - at_first) / u64::from((made - FIRST_ROUNDS).max(1));
            let saw = format!(
                "the memory had {at_first} bytes after {FIRST_ROUNDS} rounds, and {last} at the end: about {bytes} bytes \
                 a round are lost"
            );
            Finding::new(did.clone(), saw)
        });
    }
    if let Some(stop) = stopped {
        let finding = Finding::new(did, format!("{stop}, with {last} bytes of memory"));
        session.findings.fails("behaviour.answers", finding);
    }
    Ok(())
}
