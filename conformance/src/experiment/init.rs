//! Does each export work when it is the first to be called?

use super::Samples;
use crate::{
    reply_checks::verdict,
    report::Finding,
    session::{Session, show_call},
};

pub(super) fn any_order(session: &mut Session<'_>, samples: &Samples) {
    const CHECK: &str = "init.any-order";
    if let Ok(mut instance) = session.start() {
        let _ = session.lang_name(&mut instance, CHECK);
    }
    for sample in samples.largest() {
        let Ok(mut instance) = session.start() else { return };
        let Ok(answer) = session.call_and_keep(&mut instance, sample.method, &sample.request, CHECK) else { continue };
        let same = verdict(&answer.bytes) == verdict(&sample.reply);
        session.verify(CHECK, same, || {
            let did = format!("{}, first in a fresh instance", show_call(sample.method, answer.argument));
            Finding::new(did, "a reply of another kind than after `lang_name` and `manifest`")
                .bytes("the reply as the first call", &answer.bytes)
                .bytes("the reply after the two", &sample.reply)
        });
    }
}
