//! Does each export work when it is the first to be called?

use super::Samples;
use crate::{
    judge::verdict,
    lab::{Lab, show_call},
    report::Finding,
};

pub(super) fn any_order(lab: &mut Lab<'_>, samples: &Samples) {
    const CHECK: &str = "init.any-order";
    if let Ok(mut instance) = lab.start() {
        let _ = lab.lang_name(&mut instance, CHECK);
    }
    for sample in samples.largest() {
        let Ok(mut instance) = lab.start() else { return };
        let Ok(answer) = lab.call_and_keep(&mut instance, sample.method, &sample.request, CHECK) else { continue };
        let same = verdict(&answer.bytes) == verdict(&sample.reply);
        lab.verify(CHECK, same, || {
            let did = format!("{}, first in a fresh instance", show_call(sample.method, answer.argument));
            Finding::new(did, "a reply of another kind than after `lang_name` and `manifest`")
                .bytes("the reply as the first call", &answer.bytes)
                .bytes("the reply after the two", &sample.reply)
        });
    }
}
