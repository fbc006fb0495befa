//! Is what is no request answered as such?

use super::Samples;
use crate::{
    arbitrary::{self, Numbers},
    corrupt::{self, Corrupted},
    findings::Broken,
    reply_checks::{Verdict, verdict},
    report::Finding,
    session::{Instance, Session, show_call},
};
use dorcas_abi::{Method, Span, message::error_code, method, wire::Message};
use std::collections::BTreeSet;

const REFUSED: Verdict = Verdict::Err(error_code::UNDECODABLE);

/// Most instances that a method may bring to an end before it is left alone.
const MOST_INSTANCES: u32 = 3;

pub(super) fn empty_argument(session: &mut Session<'_>) {
    const CHECK: &str = "error.empty-argument";
    for method in session.methods() {
        let Ok(mut instance) = session.warm() else { return };
        let nothing = Span { ptr: 0, len: 0 };
        let Ok(answer) = session.ask(&mut instance, method, nothing, &[], CHECK) else { continue };
        session.verify(CHECK, verdict(&answer.bytes) == REFUSED, || {
            Finding::new(show_call(method, nothing), "a reply that is not an error of code 1")
                .bytes("the reply", &answer.bytes)
        });
    }
}

pub(super) fn undecodable(
    session: &mut Session<'_>,
    samples: &Samples,
    unsteady: &BTreeSet<&'static str>,
    most: u32,
    numbers: &mut Numbers,
) {
    for sample in samples.largest() {
        let Some(ty) = method::visit(sample.method, RequestName) else { continue };
        // One request that the guest knows how to use, and one with something of everything.
        let arbitrary = most_varied(ty, numbers);
        let mut corrupted = corrupt::all(ty, &sample.request, most, numbers);
        corrupted.extend(corrupt::all(ty, &arbitrary, most, numbers));
        corrupted.extend(corrupt::too_many_items(ty, &arbitrary));
        let mut refusals = Refusals { method: sample.method, ty, instances: 0 };
        let Ok(mut instance) = refusals.run(session, &corrupted) else { continue };
        if unsteady.contains(sample.method) {
            continue;
        }
        let check = if sample.method == "manifest" { "manifest.constant/again" } else { "behaviour.pure/after-error" };
        let Ok(reply) = session.call(&mut instance, sample.method, &sample.request, "behaviour.answers") else {
            continue;
        };
        if session.facts.is_stateful() && sample.method != "manifest" {
            continue;
        }
        session.verify(check, reply == sample.reply, || {
            let did = format!("called `{}` after many malformed requests", sample.method);
            Finding::new(did, "another reply than before them")
                .bytes("the reply", &reply)
                .bytes("the usual reply", &sample.reply)
        });
    }
}

struct Refusals {
    method: &'static str,
    ty: &'static str,
    instances: u32,
}

impl Refusals {
    /// Sends everything to one instance, and to a fresh one after each stop.
    fn run(&mut self, session: &mut Session<'_>, corrupted: &[Corrupted]) -> Result<Instance, Broken> {
        let mut instance = session.warm()?;
        for corrupted in corrupted {
            if instance.is_dead() {
                self.instances += 1;
                if self.instances >= MOST_INSTANCES {
                    return Err(Broken);
                }
                instance = session.warm()?;
            }
            self.send(session, &mut instance, corrupted);
        }
        Ok(instance)
    }

    fn send(&self, session: &mut Session<'_>, instance: &mut Instance, corrupted: &Corrupted) {
        let Corrupted { check, what, at, bytes } = corrupted;
        if !corrupt::is_malformed(self.ty, bytes) {
            // A flipped bit can make another request: from that the method has to return.
            session.facts.far_fetched = true;
            let _ = session.call(instance, self.method, bytes, "behaviour.answers");
            session.facts.far_fetched = false;
            return;
        }
        let Ok(reply) = session.call(instance, self.method, bytes, check) else { return };
        let answer = verdict(&reply);
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

struct RequestName;

impl method::Visitor for RequestName {
    type Output = &'static str;
    fn visit<M: Method>(self) -> &'static str {
        <M::Request as Message>::DEFINITION.name
    }
}

/// The longest of several arbitrary messages, within reason.
fn most_varied(ty: &str, numbers: &mut Numbers) -> Vec<u8> {
    const LONGEST: usize = 600;
    let all: Vec<_> = (0..60).map(|_| arbitrary::message(ty, numbers)).collect();
    all.into_iter().filter(|bytes| bytes.len() <= LONGEST).max_by_key(Vec::len).unwrap_or_default()
}
