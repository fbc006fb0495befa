//! Until when is something needed?

use crate::record::entry::Entry;

/// For each guest and instance of a recording, the place of the last entry that has to do with it.
pub(super) struct Spans {
    pub(super) guests: Vec<usize>,
    pub(super) instances: Vec<usize>,
}

impl Spans {
    pub(super) fn of(entries: &[Entry]) -> Self {
        let (mut guests, mut instances) = (Vec::new(), Vec::new());
        for (place, entry) in entries.iter().enumerate() {
            match entry {
                Entry::Guest { .. } => guests.push(place),
                Entry::Instance { guest, .. } => {
                    guests[*guest] = place;
                    instances.push(place);
                }
                Entry::Call { instance, .. } => instances[*instance] = place,
            }
        }
        Self { guests, instances }
    }
}
