//! Does a result stay as it is until it is freed, whatever is called in between?

use super::Samples;
use crate::{
    findings::Broken,
    numbers::Numbers,
    session::{Answer, LEFT_OVER, ORDINARY, Purpose, Sample, Session},
};
use dorcas_abi::{Span, export};

const CROSSED: Purpose =
    Purpose { differs: "behaviour.pure/order", when: "with other arguments and results alive", ..ORDINARY };

/// Results that are alive at one time.
const ALIVE: usize = 16;

/// Every method before and after every other one, with what the other one left still there.
pub(super) fn crossed(session: &mut Session<'_>, samples: &Samples) {
    let _ = keep_results(session, samples);
    let largest = samples.largest();
    for first in &largest {
        for second in &largest {
            if pair(session, first, second).is_err() {
                break;
            }
        }
    }
}

/// Many calls, of which each result stays for a while.
pub(super) fn crowd(session: &mut Session<'_>, samples: &Samples, numbers: &mut Numbers) {
    let _ = keep_some(session, samples, numbers);
}

/// Results that lie there while idle buffers are asked for.
fn keep_results(session: &mut Session<'_>, samples: &Samples) -> Result<(), Broken> {
    let mut instance = session.start()?;
    session.ask(&mut instance, export::LANG_NAME, Span { ptr: 0, len: 0 }, &[], &CROSSED)?;
    for sample in samples.few() {
        let answer = session.call_and_keep(&mut instance, sample.method, &sample.request, &CROSSED)?;
        // The argument is over with; what was said stays.
        session.free(&mut instance, answer.argument, "mem.free-order")?;
    }
    // Errors come and go meanwhile.
    for sample in samples.smallest() {
        session.call(&mut instance, sample.method, &sample.left_over(), &LEFT_OVER)?;
    }
    for len in [1, 16, 300, 5_000, 70_000] {
        session.alloc_filled(&mut instance, len)?;
    }
    for sample in samples.few().rev() {
        session.call(&mut instance, sample.method, &sample.request, &CROSSED)?;
        session.lang_name(&mut instance, &CROSSED)?;
    }
    Ok(())
}

/// Both arguments are written before either method is called, and both results are there until the end.
fn pair(session: &mut Session<'_>, first: &Sample, second: &Sample) -> Result<(), Broken> {
    let mut instance = session.start()?;
    let one = session.send(&mut instance, &first.request)?.ok_or(Broken)?;
    let two = session.send(&mut instance, &second.request)?.ok_or(Broken)?;
    let name = session.ask(&mut instance, export::LANG_NAME, Span { ptr: 0, len: 0 }, &[], &CROSSED)?;
    let one = session.ask(&mut instance, first.method, one, &first.request, &CROSSED)?;
    let two = session.ask(&mut instance, second.method, two, &second.request, &CROSSED)?;
    session.free(&mut instance, two.argument, "mem.free-order")?;
    session.lang_name(&mut instance, &CROSSED)?;
    for span in [one.argument, two.result, one.result, name.result] {
        session.free(&mut instance, span, "mem.free-order")?;
    }
    Ok(())
}

fn keep_some(session: &mut Session<'_>, samples: &Samples, numbers: &mut Numbers) -> Result<(), Broken> {
    let end = session.share(200);
    let mut instance = session.warm()?;
    let mut alive: Vec<Answer> = Vec::new();
    // Each once, in any order, and between them one of the few that are small, more than once.
    let mut all: Vec<_> = samples.iter().collect();
    numbers.shuffle(&mut all);
    let few: Vec<_> = samples.few().collect();
    let order = all.into_iter().flat_map(|sample| [Some(sample), few.get(numbers.below(few.len())).copied()]);
    for sample in order.flatten().collect::<Vec<_>>() {
        if !session.has_fuel_above(end) {
            break;
        }
        alive.push(session.call_and_keep(&mut instance, sample.method, &sample.request, &CROSSED)?);
        if alive.len() >= ALIVE {
            let gone = alive.swap_remove(numbers.below(alive.len()));
            let mut spans = [gone.argument, gone.result];
            numbers.shuffle(&mut spans);
            for span in spans {
                session.free(&mut instance, span, "mem.free-order")?;
            }
        }
    }
    let mut spans: Vec<_> = alive.iter().flat_map(|answer| [answer.argument, answer.result]).collect();
    numbers.shuffle(&mut spans);
    spans.into_iter().try_for_each(|span| session.free(&mut instance, span, "mem.free-order"))
}
