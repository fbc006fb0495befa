//! Does a result stay as it is until it is freed?

use super::Samples;
use crate::{
    findings::Broken,
    report::Finding,
    session::{Instance, Session},
};
use dorcas_abi::{Span, export};

pub(super) fn valid(session: &mut Session<'_>, samples: &Samples) {
    let _ = keep_results(session, samples);
}

struct Kept {
    export: &'static str,
    result: Span,
    bytes: Vec<u8>,
}

fn keep_results(session: &mut Session<'_>, samples: &Samples) -> Result<(), Broken> {
    const BLAME: &str = "behaviour.answers";
    let mut instance = session.start()?;
    let mut kept = Vec::new();
    let name = session.ask(&mut instance, export::LANG_NAME, Span { ptr: 0, len: 0 }, &[], BLAME)?;
    kept.push(Kept { export: export::LANG_NAME, result: name.result, bytes: name.bytes });
    for sample in samples.iter() {
        let answer = session.call_and_keep(&mut instance, sample.method, &sample.request, BLAME)?;
        // The argument is over with; what was said stays.
        session.free(&mut instance, answer.argument, "mem.free-order")?;
        look(session, &instance, &kept, sample.method)?;
        kept.push(Kept { export: sample.method, result: answer.result, bytes: answer.bytes });
    }
    for len in [1, 16, 300, 5_000, 70_000] {
        if let Some(buffer) = session.alloc(&mut instance, len)? {
            instance.probe.bytes_mut(buffer).ok_or(Broken)?.fill(0xee);
        }
        look(session, &instance, &kept, export::ALLOC)?;
    }
    for sample in samples.iter().rev() {
        session.call(&mut instance, sample.method, &sample.request, BLAME)?;
        session.lang_name(&mut instance, BLAME)?;
        look(session, &instance, &kept, sample.method)?;
    }
    Ok(())
}

fn look(session: &mut Session<'_>, instance: &Instance, kept: &[Kept], called: &str) -> Result<(), Broken> {
    for Kept { export, result, bytes } in kept {
        let now = instance.probe.read(*result).unwrap_or_default();
        let holds = session.verify("result.valid", now == bytes, || {
            let at = bytes.iter().zip(now).position(|(before, now)| before != now).unwrap_or(0);
            let did = format!("kept the result of `{export}`, {result}, and called `{called}`");
            Finding::new(did, format!("byte {at} of the result changed before it was freed"))
                .bytes_at("the result at first", bytes, at)
                .bytes_at("the result now", now, at)
        });
        if !holds {
            return Err(Broken);
        }
    }
    Ok(())
}
