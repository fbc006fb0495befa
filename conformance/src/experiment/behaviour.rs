//! Does a reply depend on anything but its request?

use super::Samples;
use crate::{arbitrary::Numbers, findings::Broken, report::Finding, sampling::Sample, session::Session};
use dorcas_abi::{message::ManifestRequest, wire};
use std::collections::BTreeSet;

const BLAME: &str = "behaviour.answers";

/// Name and manifest, under other circumstances.
pub(super) fn constant(session: &mut Session<'_>, samples: &Samples) {
    let _ = name(session, samples);
    let _ = manifest(session, samples);
}

fn name(session: &mut Session<'_>, samples: &Samples) -> Result<(), Broken> {
    let mut instance = session.start()?;
    let first = session.lang_name(&mut instance, BLAME)?;
    for sample in samples.iter() {
        let again = session.lang_name(&mut instance, BLAME)?;
        session.verify("lang_name.constant", again == first, || {
            Finding::new("called `lang_name` again", format!("\"{}\"", again.escape_ascii()))
                .bytes("the name at first", &first)
                .bytes("the name now", &again)
        });
        session.call(&mut instance, sample.method, &sample.request, BLAME)?;
    }
    Ok(())
}

fn manifest(session: &mut Session<'_>, samples: &Samples) -> Result<(), Broken> {
    let Some(sample) = samples.iter().find(|sample| sample.method == "manifest") else { return Ok(()) };
    for host in ["", "gazelle 0.45.0", &"a long name ".repeat(20)] {
        let request = wire::encode(&ManifestRequest { host: host.into() }).map_err(|_| Broken)?;
        let mut instance = session.start()?;
        session.lang_name(&mut instance, BLAME)?;
        let reply = session.call(&mut instance, "manifest", &request, BLAME)?;
        session.verify("manifest.constant/request", reply == sample.reply, || {
            Finding::new(format!("called `manifest` with the host {host:?}"), "another manifest than for other hosts")
                .bytes("the reply", &reply)
                .bytes("the reply to another host", &sample.reply)
        });
    }
    Ok(())
}

/// Requests again, and in other orders. Gives the methods of which the replies change.
pub(super) fn pure(session: &mut Session<'_>, samples: &Samples, numbers: &mut Numbers) -> BTreeSet<&'static str> {
    let mut unsteady = BTreeSet::new();
    for sample in samples.iter() {
        let _ = again(session, sample, &mut unsteady);
    }
    let mut order: Vec<_> = samples.iter().collect();
    for _ in 0..3 {
        numbers.shuffle(&mut order);
        let _ = in_order(session, &order, &mut unsteady);
    }
    unsteady
}

fn again(session: &mut Session<'_>, sample: &Sample, unsteady: &mut BTreeSet<&'static str>) -> Result<(), Broken> {
    let mut instance = session.warm()?;
    for _ in 0..2 {
        let reply = session.call(&mut instance, sample.method, &sample.request, BLAME)?;
        compare(session, "behaviour.pure/again", sample, &reply, unsteady, "a second time in one instance");
    }
    Ok(())
}

fn in_order(session: &mut Session<'_>, order: &[&Sample], unsteady: &mut BTreeSet<&'static str>) -> Result<(), Broken> {
    let mut instance = session.start()?;
    for sample in order {
        session.lang_name(&mut instance, BLAME)?;
        let reply = session.call(&mut instance, sample.method, &sample.request, BLAME)?;
        compare(session, "behaviour.pure/order", sample, &reply, unsteady, "after other calls, in another order");
    }
    Ok(())
}

fn compare(
    session: &mut Session<'_>,
    check: &'static str,
    sample: &Sample,
    reply: &[u8],
    unsteady: &mut BTreeSet<&'static str>,
    when: &str,
) {
    let check = match sample.method {
        "manifest" => "manifest.constant/again",
        _ if session.facts.is_stateful() => {
            unsteady.insert(sample.method);
            return;
        }
        _ => check,
    };
    let at = reply.iter().zip(&sample.reply).position(|(now, before)| now != before);
    let holds = session.verify(check, reply == sample.reply, || {
        let at = at.unwrap_or(0);
        Finding::new(format!("called `{}` {when}", sample.method), format!("another reply, from byte {at} on"))
            .bytes("the argument", &sample.request)
            .bytes_at("the reply", reply, at)
            .bytes_at("the reply before", &sample.reply, at)
    });
    if !holds {
        unsteady.insert(sample.method);
    }
}

/// The same requests in the same order as to another instance: at other addresses, and with malformed ones in between.
pub(super) fn stateful(session: &mut Session<'_>, samples: &Samples) {
    if session.facts.is_stateful() {
        let _ = retold(session, samples);
    }
}

fn retold(session: &mut Session<'_>, samples: &Samples) -> Result<(), Broken> {
    // Twice, so that each method comes after each other one.
    let requests: Vec<_> = samples.iter().chain(samples.iter()).collect();
    let mut instance = session.warm()?;
    let mut usual = Vec::new();
    for sample in &requests {
        usual.push(session.call(&mut instance, sample.method, &sample.request, BLAME)?);
    }

    let mut instance = session.warm()?;
    for (sample, usual) in requests.iter().zip(&usual) {
        let pad = session.alloc(&mut instance, 1)?;
        let answer = session.call_and_keep(&mut instance, sample.method, &sample.request, BLAME)?;
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
        let malformed = [&sample.request[..], &[0]].concat();
        session.call(&mut instance, sample.method, &malformed, BLAME)?;
        let reply = session.call(&mut instance, sample.method, &sample.request, BLAME)?;
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
    for sample in samples.iter() {
        let _ = elsewhere(session, sample);
        let _ = surrounded(session, sample);
    }
}

/// The same request at other addresses, odd ones among them.
fn elsewhere(session: &mut Session<'_>, sample: &Sample) -> Result<(), Broken> {
    let mut instance = session.warm()?;
    for pad in [1, 2, 8, 100, 70_000] {
        session.alloc(&mut instance, pad)?;
        let answer = session.call_and_keep(&mut instance, sample.method, &sample.request, BLAME)?;
        session.verify("behaviour.argument-only/address", answer.bytes == sample.reply, || {
            let did = format!("called `{}` with a request at {:#x}", sample.method, answer.argument.ptr);
            Finding::new(did, "another reply than to the same bytes elsewhere")
                .bytes("the reply", &answer.bytes)
                .bytes("the reply elsewhere", &sample.reply)
        });
        session.free(&mut instance, answer.argument, "mem.free")?;
        session.free(&mut instance, answer.result, "mem.free")?;
    }
    Ok(())
}

/// The same request between buffers that are full of one byte, and of another.
fn surrounded(session: &mut Session<'_>, sample: &Sample) -> Result<(), Broken> {
    let mut replies = Vec::new();
    for byte in [0, 0xff] {
        let mut instance = session.warm()?;
        let before = session.alloc(&mut instance, 64)?;
        let argument = session.send(&mut instance, &sample.request)?.ok_or(Broken)?;
        let behind = session.alloc(&mut instance, 64)?;
        for buffer in [before, behind].into_iter().flatten() {
            instance.probe.bytes_mut(buffer).ok_or(Broken)?.fill(byte);
        }
        let answer = session.ask(&mut instance, sample.method, argument, &sample.request, BLAME)?;
        replies.push(answer.bytes);
    }
    if let [zeros, ones] = &replies[..] {
        session.verify("behaviour.argument-only/surroundings", zeros == ones, || {
            let did = format!("called `{}` with 00 and with ff around the argument", sample.method);
            Finding::new(did, "two different replies")
                .hint("a byte in front of the argument or behind it is read")
                .bytes("the reply with 00", zeros)
                .bytes("the reply with ff", ones)
        });
    }
    Ok(())
}
