//! What do rules provide by embedding others?

use super::Record;
use crate::{label::Label, stop};
use dorcas_abi::message::ImportSpec;
use std::collections::HashMap;

pub(super) struct Closure {
    /// For each record what it embeds: itself named first, then what rules of its own language embed in turn.
    pub(super) embeds: Vec<Vec<Label>>,
    /// For each record what it provides, with what those it embeds provide.
    pub(super) imports: Vec<Vec<ImportSpec>>,
    /// Whether a record is embedded by a rule of its own language: then it can't be imported itself.
    pub(super) embedded: Vec<bool>,
    /// Whether there would be more.
    pub(super) is_cut: bool,
    /// How many labels and imports were taken over, and their bytes.
    taken: usize,
    taken_bytes: usize,
    /// What the labels and imports of each record come to by now.
    bytes: Vec<[usize; 2]>,
}

/// Most labels and imports that rules take over from those they embed, all rules together. A chain of rules that embed
/// one another comes to the square of its length.
pub(super) const MOST: usize = 1 << 20;
/// Most bytes of these.
const MOST_BYTES: usize = 64 << 20;

/// Follows embeds from each record in order. A rule that embeds itself over others is followed once.
pub(super) fn close(records: &[Record], by_label: &HashMap<Label, usize>) -> Closure {
    let mut closure = Closure {
        embeds: records.iter().map(|record| record.embeds.clone()).collect(),
        imports: records.iter().map(|record| record.imports.clone()).collect(),
        embedded: vec![false; records.len()],
        is_cut: false,
        taken: 0,
        taken_bytes: 0,
        bytes: records.iter().map(bytes).collect(),
    };
    let mut started = vec![false; records.len()];
    for root in 0..records.len() {
        // A stack of our own: a chain of embeds may be longer than the thread's stack is deep.
        let mut open = if started[root] { vec![] } else { vec![(root, 0)] };
        started[root] = true;
        while let Some((index, next)) = open.pop() {
            if stop::is_set() {
                return closure;
            }
            let Some(label) = records[index].embeds.get(next) else { continue };
            let Some(&inner) = by_label.get(label) else {
                open.push((index, next + 1));
                continue;
            };
            if !started[inner] {
                started[inner] = true;
                open.push((index, next));
                open.push((inner, 0));
                continue;
            }
            closure.absorb(records, index, inner);
            open.push((index, next + 1));
        }
    }
    closure
}

/// Bytes of the labels that a record embeds, and of its imports.
fn bytes(record: &Record) -> [usize; 2] {
    let labels = record.embeds.iter().map(|label| label.repo.len() + label.package.len() + label.name.len());
    [labels.sum(), record.imports.iter().map(|import| import.lang.len() + import.imp.len()).sum()]
}

impl Closure {
    fn absorb(&mut self, records: &[Record], index: usize, inner: usize) {
        let same_language = records[index].language == records[inner].language;
        self.embedded[inner] |= same_language;
        let more = self.imports[inner].len() + if same_language { self.embeds[inner].len() } else { 0 };
        let [labels, imports] = self.bytes[inner];
        let labels = if same_language { labels } else { 0 };
        if self.taken + more > MOST || self.taken_bytes + labels + imports > MOST_BYTES {
            self.is_cut = true;
            return;
        }
        self.taken += more;
        self.taken_bytes += labels + imports;
        self.bytes[index][0] += labels;
        self.bytes[index][1] += imports;
        if same_language {
            let embeds = self.embeds[inner].clone();
            self.embeds[index].extend(embeds);
        }
        let imports = self.imports[inner].clone();
        self.imports[index].extend(imports);
    }
}
