//! Is a reply the one that the same request got before?
//!
//! What a guest has said once it has to say always: in every instance, after whatever, from every address. So all replies of
//! a run are compared, whichever experiment made the call. A guest that is stateful is held to that by its name and manifest.

use super::{Answer, METHOD_MANIFEST, Purpose, Session, instance::Did};
use crate::report::Finding;
use dorcas_abi::export;
use std::collections::{BTreeMap, HashMap};

/// All replies so far, as long as they are not too many bytes.
#[derive(Default)]
pub(crate) struct Known {
    replies: HashMap<&'static str, HashMap<Box<[u8]>, Reply>>,
    bytes: usize,
    /// Methods whose replies differ, and the first check that says so.
    unsteady: BTreeMap<&'static str, &'static str>,
}

struct Reply {
    bytes: Vec<u8>,
    /// Where the request lay.
    at: u32,
}

/// Most bytes of requests and replies that are kept.
const MOST_BYTES: usize = 128 << 20;

impl Session<'_> {
    /// Whether this is the reply that the same request got before, so that all is known of it.
    pub(super) fn is_known(&self, method: &'static str, request: &[u8], reply: &[u8]) -> bool {
        let known = self.known.replies.get(method).and_then(|replies| replies.get(request));
        known.is_some_and(|known| known.bytes == reply)
    }

    /// Compares a reply with the one before, and keeps the first.
    pub(super) fn compare(
        &mut self,
        method: &'static str,
        request: &[u8],
        answer: &Answer,
        purpose: &Purpose,
        did: &Did,
    ) {
        let told_once = matches!(method, export::LANG_NAME | METHOD_MANIFEST);
        if self.facts.is_stateful() && !told_once {
            return;
        }
        let replies = self.known.replies.entry(method).or_default();
        let Some(before) = replies.get(request) else {
            if self.known.bytes < MOST_BYTES {
                self.known.bytes += answer.bytes.len() + request.len();
                let reply = Reply { bytes: answer.bytes.clone(), at: answer.argument.ptr };
                replies.insert(request.into(), reply);
            }
            return;
        };
        let check = match method {
            export::LANG_NAME => "lang_name.constant",
            METHOD_MANIFEST if answer.bytes.first() == Some(&0) || before.bytes.first() == Some(&0) => {
                "manifest.constant/again"
            }
            _ => purpose.differs,
        };
        if self.facts.is_stateful() && check == purpose.differs {
            return;
        }
        let holds = before.bytes == answer.bytes;
        if !holds {
            // One thing that is wrong with a method shows in many ways, of which the first is told.
            if *self.known.unsteady.entry(method).or_insert(check) != check {
                return;
            }
        }
        self.findings.verify(check, holds, || {
            let at = before.bytes.iter().zip(&answer.bytes).position(|(before, now)| before != now);
            let at = at.unwrap_or(before.bytes.len().min(answer.bytes.len()));
            let saw = format!("another reply than to the same request before, from byte {at} on");
            let finding = Finding::new(format!("{did}, {}", purpose.when), saw).argument(method, request);
            let finding = if before.at == answer.argument.ptr {
                finding
            } else {
                finding.hint(format!("the request lay at {:#x} before", before.at))
            };
            finding.bytes_at("the reply", &answer.bytes, at).bytes_at("the reply before", &before.bytes, at)
        });
    }

    /// Whether the replies of a method are known to differ.
    pub(crate) fn is_unsteady(&self, method: &str) -> bool {
        self.known.unsteady.contains_key(method)
    }
}
