//! Does a reply depend on anything but its request?

use super::Samples;
use crate::{
    findings::Broken,
    numbers::Numbers,
    report::Finding,
    session::{LEFT_OVER, METHOD_MANIFEST, ORDINARY, Purpose, Sample, Session},
};
use dorcas_abi::{message::ManifestRequest, wire};

const AGAIN: Purpose = Purpose { when: "a second time in one instance", ..ORDINARY };
const ORDER: Purpose =
    Purpose { differs: "behaviour.pure/order", when: "after other calls, in another order", ..ORDINARY };
const ADDRESS: Purpose =
    Purpose { differs: "behaviour.argument-only/address", when: "with the request at another address", ..ORDINARY };
const SURROUNDINGS: Purpose = Purpose {
    differs: "behaviour.argument-only/surroundings",
    when: "with other bytes in front of the argument and behind it",
    ..ORDINARY
};

/// Name and manifest, between other calls and for other hosts.
pub(super) fn constant(session: &mut Session<'_>, samples: &Samples) {
    let _ = name(session, samples);
    for host in ["", "gazelle 0.45.0", "é", &"a long name ".repeat(20), &"x".repeat(5_000)] {
        let _ = manifest(session, host);
    }
}

fn name(session: &mut Session<'_>, samples: &Samples) -> Result<(), Broken> {
    let mut instance = session.start()?;
    session.lang_name(&mut instance, &AGAIN)?;
    for sample in samples.few() {
        session.lang_name(&mut instance, &AGAIN)?;
        session.call(&mut instance, sample.method, &sample.request, &ORDER)?;
    }
    session.lang_name(&mut instance, &AGAIN)?;
    Ok(())
}

fn manifest(session: &mut Session<'_>, host: &str) -> Result<(), Broken> {
    if !session.facts.has(METHOD_MANIFEST) || session.facts.manifest_reply.is_empty() {
        return Ok(());
    }
    let request = wire::encode(&ManifestRequest { host: host.into() }).map_err(|_| Broken)?;
    let mut instance = session.start()?;
    session.lang_name(&mut instance, &AGAIN)?;
    let reply = session.call(&mut instance, METHOD_MANIFEST, &request, &AGAIN)?;
    let usual = session.facts.manifest_reply.clone();
    session.verify("manifest.constant/request", reply == usual, || {
        let host: String = host.chars().take(40).collect();
        Finding::new(format!("called `manifest` with the host {host:?}"), "another manifest than for other hosts")
            .argument(METHOD_MANIFEST, &request)
            .bytes("the reply", &reply)
            .bytes("the reply to another host", &usual)
    });
    Ok(())
}

/// Requests again, and in other orders.
pub(super) fn pure(session: &mut Session<'_>, samples: &Samples, numbers: &mut Numbers) {
    for sample in samples.few() {
        let _ = again(session, sample);
    }
    let mut order: Vec<_> = samples.few().collect();
    for _ in 0..3 {
        numbers.shuffle(&mut order);
        let _ = in_order(session, &order);
    }
}

fn again(session: &mut Session<'_>, sample: &Sample) -> Result<(), Broken> {
    const TIMES: usize = 4;
    let mut instance = session.warm()?;
    for _ in 0..TIMES {
        session.call(&mut instance, sample.method, &sample.request, &AGAIN)?;
    }
    // A large buffer that was there and is gone makes no difference either.
    if let Some(span) = session.alloc(&mut instance, 70_000)? {
        session.free(&mut instance, span, "mem.free")?;
    }
    session.call(&mut instance, sample.method, &sample.request, &ORDER)?;
    Ok(())
}

fn in_order(session: &mut Session<'_>, order: &[&Sample]) -> Result<(), Broken> {
    let mut instance = session.start()?;
    for sample in order {
        session.lang_name(&mut instance, &ORDER)?;
        session.call(&mut instance, sample.method, &sample.request, &ORDER)?;
    }
    Ok(())
}

/// The same requests in the same order as to another instance: at other addresses, and with malformed ones in between.
pub(super) fn stateful(session: &mut Session<'_>, samples: &Samples) {
    if session.facts.is_stateful() {
        let _ = retold(session, samples);
    }
}

fn retold(session: &mut Session<'_>, samples: &Samples) -> Result<(), Broken> {
    // Twice, so that each method comes after each other one.
    let requests: Vec<_> = samples.few().chain(samples.few()).collect();
    let mut instance = session.warm()?;
    let mut usual = Vec::new();
    for sample in &requests {
        usual.push(session.call(&mut instance, sample.method, &sample.request, &ORDINARY)?);
    }

    let mut instance = session.warm()?;
    for (sample, usual) in requests.iter().zip(&usual) {
        let pad = session.alloc(&mut instance, 1)?;
        let answer = session.call_and_keep(&mut instance, sample.method, &sample.request, &ORDINARY)?;
        session.verify("behaviour.stateful/address", answer.bytes == *usual, || {
            let did = format!("called `{}` with a request at {:#x}", sample.method, answer.argument.ptr);
            other_story(did, &answer.bytes, usual)
        });
        session.free(&mut instance, answer.argument, "mem.free")?;
        session.free(&mut instance, answer.result, "mem.free")?;
        if let Some(pad) = pad {
            session.free(&mut instance, pad, "mem.free")?;
        }
    }

    let mut instance = session.warm()?;
    for (sample, usual) in requests.iter().zip(&usual) {
        session.call(&mut instance, sample.method, &sample.left_over(), &LEFT_OVER)?;
        let reply = session.call(&mut instance, sample.method, &sample.request, &ORDINARY)?;
        session.verify("behaviour.stateful/after-error", reply == *usual, || {
            let did = format!("called `{}`, with a malformed request before each call", sample.method);
            other_story(did, &reply, usual)
        });
    }
    Ok(())
}

fn other_story(did: String, reply: &[u8], usual: &[u8]) -> Finding {
    Finding::new(did, "another reply than after the same requests in another instance")
        .bytes("the reply", reply)
        .bytes("the usual reply", usual)
}

pub(super) fn argument_only(session: &mut Session<'_>, samples: &Samples) {
    if session.facts.is_stateful() {
        return;
    }
    for sample in samples.few() {
        let _ = elsewhere(session, sample, &[1, 2, 8, 100, 70_000]);
    }
    for sample in samples.largest() {
        let _ = elsewhere(session, sample, &[3, 5, 9_000_001, 14_000_000]);
        let _ = across_pages(session, sample);
    }
    for sample in samples.few() {
        let _ = surrounded(session, sample);
    }
}

/// The same request at other addresses: behind more and more buffers, at odd addresses and beyond 8 and 16 MiB.
fn elsewhere(session: &mut Session<'_>, sample: &Sample, pads: &[u32]) -> Result<(), Broken> {
    let mut instance = session.warm()?;
    for pad in pads {
        session.alloc(&mut instance, *pad)?;
        let answer = session.call_and_keep(&mut instance, sample.method, &sample.request, &ADDRESS)?;
        session.free(&mut instance, answer.argument, "mem.free")?;
        session.free(&mut instance, answer.result, "mem.free")?;
    }
    Ok(())
}

/// The same request where one page of the memory ends and the next begins, if the guest's allocator leads there.
fn across_pages(session: &mut Session<'_>, sample: &Sample) -> Result<(), Broken> {
    const PAGE: u32 = 1 << 16;
    let half = u32::try_from(sample.request.len() / 2).unwrap_or(0);
    let mut instance = session.warm()?;
    let Some(first) = session.alloc(&mut instance, 1)? else { return Ok(()) };
    let to_go = PAGE - (first.ptr + 1) % PAGE;
    if let Some(pad) = to_go.checked_sub(half).filter(|pad| *pad > 0) {
        session.alloc(&mut instance, pad)?;
    }
    session.call(&mut instance, sample.method, &sample.request, &ADDRESS)?;
    Ok(())
}

/// The same request between buffers that are full of one byte, and of another.
fn surrounded(session: &mut Session<'_>, sample: &Sample) -> Result<(), Broken> {
    for byte in [0, 0xff] {
        let mut instance = session.warm()?;
        let before = session.alloc(&mut instance, 64)?;
        let argument = session.send(&mut instance, &sample.request)?.ok_or(Broken)?;
        let behind = session.alloc(&mut instance, 64)?;
        for buffer in [before, behind].into_iter().flatten() {
            instance.fill(buffer, byte).ok_or(Broken)?;
        }
        session.ask(&mut instance, sample.method, argument, &sample.request, &SURROUNDINGS)?;
    }
    Ok(())
}
