//! Does each export work when it is the first to be called?

use super::Samples;
use crate::session::{Purpose, Session};

const FIRST: Purpose = Purpose {
    stops: "init.any-order",
    differs: "init.any-order",
    when: "as the first call, where it came after `lang_name` and `manifest` before",
};

pub(super) fn any_order(session: &mut Session<'_>, samples: &Samples) {
    if let Ok(mut instance) = session.start() {
        let _ = session.lang_name(&mut instance, &FIRST);
    }
    for sample in samples.few() {
        let Ok(mut instance) = session.start() else { return };
        let _ = session.call(&mut instance, sample.method, &sample.request, &FIRST);
    }
}
