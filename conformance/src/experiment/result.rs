//! Does a result stay as it is until it is freed?

use super::Samples;
use crate::{
    lab::{Instance, Lab},
    notebook::Broken,
    report::Finding,
};
use dorcas_abi::{Span, export};

pub(super) fn valid(lab: &mut Lab<'_>, samples: &Samples) {
    let _ = keep_results(lab, samples);
}

struct Kept {
    export: &'static str,
    result: Span,
    bytes: Vec<u8>,
}

fn keep_results(lab: &mut Lab<'_>, samples: &Samples) -> Result<(), Broken> {
    const BLAME: &str = "behaviour.answers";
    let mut instance = lab.start()?;
    let mut kept = Vec::new();
    let name = lab.ask(&mut instance, export::LANG_NAME, Span { ptr: 0, len: 0 }, &[], BLAME)?;
    kept.push(Kept { export: export::LANG_NAME, result: name.result, bytes: name.bytes });
    for sample in samples.iter() {
        let answer = lab.call_and_keep(&mut instance, sample.method, &sample.request, BLAME)?;
        // The argument is over with; what was said stays.
        lab.free(&mut instance, answer.argument, "mem.free-order")?;
        look(lab, &instance, &kept, sample.method)?;
        kept.push(Kept { export: sample.method, result: answer.result, bytes: answer.bytes });
    }
    for len in [1, 16, 300, 5_000, 70_000] {
        if let Some(buffer) = lab.alloc(&mut instance, len)? {
            instance.probe.bytes_mut(buffer).ok_or(Broken)?.fill(0xee);
        }
        look(lab, &instance, &kept, export::ALLOC)?;
    }
    for sample in samples.iter().rev() {
        lab.call(&mut instance, sample.method, &sample.request, BLAME)?;
        lab.lang_name(&mut instance, BLAME)?;
        look(lab, &instance, &kept, sample.method)?;
    }
    Ok(())
}

fn look(lab: &mut Lab<'_>, instance: &Instance, kept: &[Kept], called: &str) -> Result<(), Broken> {
    for Kept { export, result, bytes } in kept {
        let now = instance.probe.read(*result).unwrap_or_default();
        let holds = lab.verify("result.valid", now == bytes, || {
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
