//! Does the guest keep to the rules of buffers?

use super::Samples;
use crate::{
    corrupt::Corrupted,
    findings::Broken,
    numbers::Numbers,
    report::Finding,
    session::{Instance, LEFT_OVER, ORDINARY, Purpose, Sample, Session, overlap, show_call},
    vocabulary::Vocabulary,
};
use dorcas_abi::{Span, floor};

/// Lengths at which allocators change their mind, and the largest that a host may ask for.
const LENGTHS: [u32; 24] = [
    1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 100, 255, 256, 1_000, 4_095, 4_096, 65_535, 65_536, 65_537, 100_000,
    1_048_577, 16_777_215, 16_777_216,
];

/// How much less memory than usual an instance gets that is to run out of it.
const LITTLE: u64 = 1 << 20;
/// The same for one in which ordinary calls are made too: a parser may need a few MiB.
const SOME: u64 = 8 << 20;

pub(super) fn alloc_bounds(session: &mut Session<'_>) {
    // Each by itself, then all of them live at the same time, those that are very large aside.
    for keep in [false, true] {
        let Ok(mut instance) = session.start() else { return };
        for len in LENGTHS.into_iter().filter(|len| !keep || *len <= floor::MESSAGE_BYTES) {
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

/// Buffers that end near the end of the memory: the last byte in it, and the first behind it.
pub(super) fn alloc_to_the_end(session: &mut Session<'_>) {
    const AROUND: u64 = 18;
    for beyond in 0..=2 * AROUND {
        let Ok(mut instance) = session.start() else { return };
        let Ok(Some(first)) = session.alloc(&mut instance, 1) else { return };
        let left = instance.probe.memory_bytes().saturating_sub(first.end());
        let Ok(len) = u32::try_from((left + beyond).saturating_sub(AROUND)) else { return };
        if len > 0 && session.alloc(&mut instance, len).is_err() {
            return;
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

/// What a method does while buffers are full of the one byte or the other.
const READ: Purpose = Purpose {
    stops: "mem.alloc-disjoint/read",
    differs: "mem.alloc-disjoint/read",
    when: "with other bytes in buffers that are none of its own",
};
/// What a method does after the argument of another call was overwritten.
const DROPPED: Purpose = Purpose {
    stops: "mem.argument-dropped/read",
    differs: "mem.argument-dropped/read",
    when: "after the argument of an earlier call was overwritten",
};
/// A call before which nothing but `_initialize` has run.
const FIRST: Purpose = Purpose { stops: "init.any-order", differs: "init.any-order", when: "as the first call" };
/// A call in between.
const BETWEEN: Purpose = Purpose { differs: "behaviour.pure/order", when: "after other calls", ..ORDINARY };
/// A call after a malformed one.
const AFTER_ERROR: Purpose =
    Purpose { differs: "behaviour.pure/after-error", when: "after many malformed requests", ..ORDINARY };

/// Buffers of all sizes, asked for and freed in any order, with their contents watched: sizes that repeat, odd steps, and
/// those of large messages.
pub(super) fn mixed_sizes(session: &mut Session<'_>, vocabulary: &Vocabulary, numbers: &mut Numbers) {
    // Sizes at which the module may count differently.
    let known: Vec<u32> = vocabulary.numbers(1 << 17).collect();
    for _ in 0..2 {
        let _ = mixed(session, &known, numbers);
    }
}

fn mixed(session: &mut Session<'_>, known: &[u32], numbers: &mut Numbers) -> Result<(), Broken> {
    const TIMES: usize = 300;
    const MOST_LIVE: usize = 24;
    let mut instance = session.start()?;
    let (mut live, mut last): (Vec<Span>, u32) = (Vec::new(), 1);
    for time in 0..TIMES {
        let full = live.len() >= MOST_LIVE;
        if full || (!live.is_empty() && numbers.below(5) < 2) {
            let span = live.swap_remove(numbers.below(live.len()));
            session.free(&mut instance, span, if live.is_empty() { "mem.free" } else { "mem.free-order" })?;
            continue;
        }
        let small = u32::try_from(numbers.below(300)).unwrap_or(0) + 1;
        let len = match time % 8 {
            0 => last,
            1 => last.saturating_add(1),
            2 => small * 17,
            3 => LENGTHS[numbers.below(LENGTHS.len() - 4)],
            4 => small * 331,
            6 if !known.is_empty() => known[numbers.below(known.len())],
            5 if time % 40 == 5 => floor::MESSAGE_BYTES - small,
            _ => small,
        };
        last = len;
        match session.alloc_filled(&mut instance, len)? {
            Some(span) => live.push(span),
            // There is room again when nothing is live any more.
            None => {
                while let Some(span) = live.pop() {
                    session.free(&mut instance, span, "mem.free-order")?;
                }
            }
        }
    }
    while !live.is_empty() {
        let span = live.swap_remove(numbers.below(live.len()));
        session.free(&mut instance, span, "mem.free-order")?;
    }
    Ok(())
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
        instance.fill(*span, fill(index)).ok_or(Broken)?;
    }
    // What comes next is not their neighbour.
    session.alloc(instance, 64)?;
    Ok(buffers)
}

/// Methods between idle buffers, which are watched.
pub(super) fn disjoint(session: &mut Session<'_>, samples: &Samples) {
    let _ = idle(session, samples);
    for sample in samples.largest() {
        for byte in [0, 0xff] {
            let _ = surrounded(session, sample, byte);
        }
    }
}

fn surrounded(session: &mut Session<'_>, sample: &Sample, byte: u8) -> Result<(), Broken> {
    let mut instance = session.start()?;
    idle_buffers(session, &mut instance, |_| byte)?;
    session.greet(&mut instance)?;
    session.call(&mut instance, sample.method, &sample.request, &READ)?;
    Ok(())
}

fn idle(session: &mut Session<'_>, samples: &Samples) -> Result<(), Broken> {
    let mut instance = session.start()?;
    idle_buffers(session, &mut instance, |index| 0xa0 | u8::try_from(index).unwrap_or(0))?;
    session.greet(&mut instance)?;
    for sample in samples.few() {
        session.call(&mut instance, sample.method, &sample.request, &READ)?;
        session.lang_name(&mut instance, &READ)?;
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
        buffers.extend(session.alloc_filled(&mut instance, len)?);
    }
    for sample in samples {
        let answer = session.call_and_keep(&mut instance, sample.method, &sample.request, &BETWEEN)?;
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
            session.lang_name(&mut instance, &BETWEEN)?;
        }
    }
    Ok(())
}

pub(super) fn argument_not_freed(session: &mut Session<'_>, samples: &Samples) {
    // Where buffers overlap anyway, nothing can be said about this.
    if session.findings.is_broken("mem.alloc-disjoint") {
        return;
    }
    for sample in samples.few() {
        let _ = keep_argument(session, sample.method, (&sample.request, &FIRST), None);
    }
}

/// The same after another call, and with malformed requests: what a method does with an argument that it can't read is
/// another way through it, and what it does with the argument of an earlier call another.
pub(super) fn argument_not_freed_later(session: &mut Session<'_>, samples: &Samples) {
    if session.findings.is_broken("mem.alloc-disjoint") {
        return;
    }
    for sample in samples.smallest() {
        let (good, malformed) = ((&sample.request[..], &FIRST), (&sample.left_over()[..], &LEFT_OVER));
        let _ = keep_argument(session, sample.method, malformed, None);
        let _ = keep_argument(session, sample.method, good, Some((&sample.request, &BETWEEN)));
        let _ = keep_argument(session, sample.method, good, Some(malformed));
    }
}

/// The argument of the first call stays live, perhaps over another call, and buffers of its size are asked for.
fn keep_argument(
    session: &mut Session<'_>,
    method: &'static str,
    (request, purpose): (&[u8], &Purpose),
    then: Option<(&[u8], &Purpose)>,
) -> Result<(), Broken> {
    const TIMES: usize = 8;
    // Nothing was freed in this instance yet.
    let mut instance = session.start()?;
    let answer = session.call_and_keep(&mut instance, method, request, purpose)?;
    if let Some((then, purpose)) = then {
        session.call(&mut instance, method, then, purpose)?;
    }
    for _ in 0..TIMES {
        // That it overlaps is the point here, and noted below.
        let Some(again) = session.alloc_checked(&mut instance, answer.argument.len, false)? else { break };
        let held = session.verify("mem.argument-not-freed", !overlap(again, answer.argument), || {
            let did = show_call(method, answer.argument);
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
    Ok(())
}

pub(super) fn argument_dropped(session: &mut Session<'_>, samples: &Samples) {
    let largest = samples.largest();
    for sample in &largest {
        for other in &largest {
            let _ = overwrite_argument(session, sample, other);
        }
    }
}

/// An argument is overwritten when its call is over, and another method is called.
fn overwrite_argument(session: &mut Session<'_>, sample: &Sample, other: &Sample) -> Result<(), Broken> {
    const POISON: u8 = 0xaa;
    let mut instance = session.warm()?;
    let kept = session.call_and_keep(&mut instance, sample.method, &sample.request, &BETWEEN)?;
    instance.fill(kept.argument, POISON).ok_or(Broken)?;
    session.call(&mut instance, other.method, &other.request, &DROPPED)?;
    session.lang_name(&mut instance, &DROPPED)?;
    Ok(())
}

/// Rounds in which the memory may grow.
const FIRST_ROUNDS: u32 = 100;

/// There are so many times as many rounds of the few good calls as of others.
const ROUNDS_OF_FEW: u32 = 5;

/// Calls with long requests are made once for so many times that others are made.
const LONG_ROUNDS: u32 = 8;

/// Rounds of them in which the memory may grow.
const FIRST_LONG_ROUNDS: u32 = 40;

/// Each run of the same calls may have one part in so many of all fuel, and the run of the few good ones more.
const SHARE_OF_FUEL: u64 = 48;
const SHARE_OF_FEW: u64 = 12;

/// A call that is made again and again.
type Call = (&'static str, Vec<u8>);

pub(super) fn steady(
    session: &mut Session<'_>,
    samples: &Samples,
    rounds: u32,
    vocabulary: &Vocabulary,
    numbers: &mut Numbers,
) {
    let calls = |samples: Vec<&Sample>| -> Vec<Call> {
        samples.into_iter().map(|sample| (sample.method, sample.request.clone())).collect()
    };
    // Of each method one of the few in a round, the next in the next: what is counted is counted, whichever it is.
    let few: Vec<Vec<Call>> = session.methods().into_iter().map(|method| calls(samples.few_of(method))).collect();
    let turns = |round: usize| few.iter().filter_map(move |few| few.get(round % few.len().max(1)));
    let Ok(instance) = session.start() else { return };
    let _ = watch(
        session,
        instance,
        "mem.steady/good",
        turns,
        (FIRST_ROUNDS, rounds.saturating_mul(ROUNDS_OF_FEW)),
        SHARE_OF_FEW,
        &BETWEEN,
    );
    let long = calls(samples.long());
    let Ok(instance) = session.start() else { return };
    let _ = watch(
        session,
        instance,
        "mem.steady/good",
        |_| long.iter(),
        (FIRST_LONG_ROUNDS, FIRST_LONG_ROUNDS + rounds / LONG_ROUNDS),
        SHARE_OF_FUEL,
        &BETWEEN,
    );
    let _ = steady_after_failure(session, &calls(samples.smallest()), rounds);
    // Of each method one request that is malformed in each way: in a round one of them, the next in the next.
    let ways: Vec<Vec<Call>> =
        samples.smallest().into_iter().map(|sample| one_of_each_kind(sample, vocabulary, numbers)).collect();
    let malformed = |round: usize| ways.iter().filter_map(move |ways| ways.get(round % ways.len().max(1)));
    let Ok(instance) = session.start() else { return };
    let Ok(mut instance) =
        watch(session, instance, "mem.steady/errors", malformed, (FIRST_ROUNDS, rounds), SHARE_OF_FUEL, &AFTER_ERROR)
    else {
        return;
    };
    for sample in samples.few() {
        if session.call(&mut instance, sample.method, &sample.request, &AFTER_ERROR).is_err() {
            return;
        }
    }
}

/// Good calls after an `alloc` that the memory had no room for.
fn steady_after_failure(session: &mut Session<'_>, good: &[Call], rounds: u32) -> Result<(), Broken> {
    let limit = session.start()?.probe.memory_bytes() + SOME;
    let mut instance = session.start_within(limit)?;
    if session.alloc(&mut instance, 16_777_216)?.is_none() {
        watch(session, instance, "mem.steady/good", |_| good.iter(), (FIRST_ROUNDS, rounds), SHARE_OF_FUEL, &BETWEEN)?;
    }
    Ok(())
}

/// The request, malformed in one way of each kind.
fn one_of_each_kind(sample: &Sample, vocabulary: &Vocabulary, numbers: &mut Numbers) -> Vec<Call> {
    const LONGEST: usize = 4_096;
    let mut one_each: Vec<Corrupted> = Vec::new();
    for corrupted in super::error::every_way(sample, vocabulary, 4, numbers) {
        let is_new = one_each.iter().all(|one| one.check != corrupted.check);
        if is_new && corrupted.bytes.len() <= LONGEST && super::error::is_malformed(sample.method, &corrupted.bytes) {
            one_each.push(corrupted);
        }
    }
    one_each.into_iter().map(|corrupted| (sample.method, corrupted.bytes)).collect()
}

/// Makes calls round by round, and gives the instance in which that was done. The memory may grow in the first rounds.
fn watch<'c, I: Iterator<Item = &'c Call>>(
    session: &mut Session<'_>,
    mut instance: Instance,
    check: &'static str,
    calls: impl Fn(usize) -> I,
    (first_rounds, rounds): (u32, u32),
    share: u64,
    purpose: &Purpose,
) -> Result<Instance, Broken> {
    let end = session.share(share);
    let given_up: Vec<_> = session.methods().into_iter().filter(|method| session.has_given_up(method)).collect();
    let (mut at_first, mut made, mut count) = (None, 0, 0);
    for round in 1..=rounds.max(first_rounds + 1) {
        session.lang_name(&mut instance, purpose)?;
        for (method, request) in calls(round as usize).filter(|(method, _)| !given_up.contains(method)) {
            session.call(&mut instance, method, request, purpose)?;
            count += 1;
        }
        made = round;
        if round == first_rounds {
            at_first = Some(instance.probe.memory_bytes());
        }
        if !session.has_fuel_above(end) {
            break;
        }
    }
    let last = instance.probe.memory_bytes();
    if let Some(at_first) = at_first {
        session.verify(check, last <= at_first, || {
            let bytes = (last - at_first) / u64::from((made - first_rounds).max(1));
            let saw = format!(
                "the memory had {at_first} bytes after {first_rounds} rounds, and {last} at the end: about {bytes} bytes \
                 a round are lost"
            );
            Finding::new(format!("made {count} calls in {made} rounds and freed every buffer"), saw)
        });
    }
    Ok(instance)
}
