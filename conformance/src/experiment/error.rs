//! Is what is no request answered as such, and does it leave no trace?

use super::Samples;
use crate::{
    arbitrary,
    corrupt::{self, Corrupted},
    findings::Broken,
    numbers::Numbers,
    reply_checks::{Verdict, request_type, verdict},
    report::Finding,
    session::{Instance, ORDINARY, Purpose, Sample, Session, show_call},
    vocabulary::Vocabulary,
};
use dorcas_abi::{Span, message::error_code};

const REFUSED: Verdict = Verdict::Err(error_code::UNDECODABLE);

const AFTER_ERROR: Purpose =
    Purpose { differs: "behaviour.pure/after-error", when: "after malformed requests", ..ORDINARY };

/// Bytes of an arbitrary message that is corrupted, unless each is longer.
const LONGEST: usize = 600;

/// Most instances that a method may bring to an end before it is left alone.
const MOST_INSTANCES: u32 = 3;

pub(super) fn empty_argument(session: &mut Session<'_>) {
    const CHECK: &str = "error.empty-argument";
    for method in session.methods() {
        let Ok(mut instance) = session.warm() else { return };
        let nothing = Span { ptr: 0, len: 0 };
        let purpose = Purpose { stops: CHECK, ..ORDINARY };
        let Ok(answer) = session.ask(&mut instance, method, nothing, &[], &purpose) else { continue };
        session.verify(CHECK, verdict(&answer.bytes) == REFUSED, || {
            Finding::new(show_call(method, nothing), "a reply that is not an error of code 1")
                .bytes("the reply", &answer.bytes)
        });
    }
}

pub(super) fn undecodable(
    session: &mut Session<'_>,
    samples: &Samples,
    vocabulary: &Vocabulary,
    most: u32,
    numbers: &mut Numbers,
) {
    // In a small one each bit is flipped, in a large one there is more of everything.
    let small = samples.smallest().into_iter().map(|sample| (sample, false));
    for (sample, is_large) in small.chain(samples.largest().into_iter().map(|sample| (sample, true))) {
        let mut corrupted = every_way(sample, vocabulary, most, numbers);
        if is_large {
            let ty = request_type(sample.method);
            let arbitrary = arbitrary::varied(ty, vocabulary, numbers, LONGEST);
            corrupted.extend(corrupt::too_many_items(ty, &arbitrary));
        }
        let mut refusals = Refusals { method: sample.method, ty: request_type(sample.method), instances: 0 };
        let _ = refusals.run(session, &corrupted, sample);
    }
}

/// What no request of the method is: one that the guest knows how to use, and one with something of everything, each
/// corrupted in every way.
pub(super) fn every_way(sample: &Sample, vocabulary: &Vocabulary, most: u32, numbers: &mut Numbers) -> Vec<Corrupted> {
    let ty = request_type(sample.method);
    let arbitrary = arbitrary::varied(ty, vocabulary, numbers, LONGEST);
    let mut corrupted = corrupt::all(ty, &sample.request, most, numbers);
    corrupted.extend(corrupt::all(ty, &arbitrary, most, numbers));
    corrupted
}

struct Refusals {
    method: &'static str,
    ty: &'static str,
    instances: u32,
}

impl Refusals {
    /// Sends everything to one instance, and to a fresh one after each stop; a good request after each kind.
    fn run(&mut self, session: &mut Session<'_>, corrupted: &[Corrupted], good: &Sample) -> Result<(), Broken> {
        let mut instance = session.warm()?;
        let mut last = None;
        for corrupted in corrupted {
            if instance.is_dead() {
                self.instances += 1;
                if self.instances >= MOST_INSTANCES {
                    return Err(Broken);
                }
                instance = session.warm()?;
            }
            if last.replace(corrupted.check).is_some_and(|last| last != corrupted.check) {
                let _ = self.look_after(session, &mut instance, good);
            }
            self.send(session, &mut instance, corrupted);
        }
        self.look_after(session, &mut instance, good)
    }

    /// Whether a fresh instance refuses a request.
    fn is_refused_at_first(&self, session: &mut Session<'_>, bytes: &[u8]) -> bool {
        let reply = session.warm().and_then(|mut fresh| session.call(&mut fresh, self.method, bytes, &AFTER_ERROR));
        reply.is_ok_and(|reply| verdict(&reply) == REFUSED)
    }

    fn look_after(&self, session: &mut Session<'_>, instance: &mut Instance, good: &Sample) -> Result<(), Broken> {
        session.call(instance, self.method, &good.request, &AFTER_ERROR)?;
        session.lang_name(instance, &AFTER_ERROR)?;
        Ok(())
    }

    fn send(&self, session: &mut Session<'_>, instance: &mut Instance, corrupted: &Corrupted) {
        let Corrupted { check, what, at, bytes } = corrupted;
        let Some(fault) = corrupt::fault(self.ty, bytes) else {
            // A flipped bit can make another request: from that the method has to return.
            session.facts.far_fetched = true;
            let _ = session.call(instance, self.method, bytes, &ORDINARY);
            session.facts.far_fetched = false;
            return;
        };
        let check = if *check == corrupt::FLIPPED { fault } else { check };
        let purpose = Purpose { stops: check, ..AFTER_ERROR };
        let Ok(reply) = session.call(instance, self.method, bytes, &purpose) else { return };
        let answer = verdict(&reply);
        if answer != REFUSED && self.is_refused_at_first(session, bytes) {
            // Earlier requests make the difference, which was noted: it isn't this one that the guest can't tell.
            return;
        }
        session.verify(check, answer == REFUSED, || {
            let saw = match answer {
                Verdict::Ok => "a response, as if nothing were wrong with it".into(),
                Verdict::Err(code) => format!("an error of code {code}, where 1 is the one for this"),
            };
            Finding::new(format!("called `{}` with a request that {what}", self.method), saw)
                .bytes_at("the argument", bytes, *at)
                .bytes("the reply", &reply)
        });
    }
}

/// Whether bytes are no request of a method.
pub(super) fn is_malformed(method: &str, bytes: &[u8]) -> bool {
    corrupt::fault(request_type(method), bytes).is_some()
}
