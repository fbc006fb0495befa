//! What do rules provide by embedding others?

use super::Record;
use crate::label::Label;
use dorcas_abi::message::ImportSpec;
use std::collections::HashMap;

pub(super) struct Closure {
    /// For each record what it embeds: itself named first, then what rules of its own language embed in turn.
    pub(super) embeds: Vec<Vec<Label>>,
    /// For each record what it provides, with what those it embeds provide.
    pub(super) imports: Vec<Vec<ImportSpec>>,
    /// Whether a record is embedded by a rule of its own language: then it can't be imported itself.
    pub(super) embedded: Vec<bool>,
}

/// Follows embeds from each record in order. A rule that embeds itself over others is followed once.
pub(super) fn close(records: &[Record], by_label: &HashMap<Label, usize>) -> Closure {
    let mut closure = Closure {
        embeds: records.iter().map(|record| record.embeds.clone()).collect(),
        imports: records.iter().map(|record| record.imports.clone()).collect(),
        embedded: vec![false; records.len()],
    };
    let mut started = vec![false; records.len()];
    for root in 0..records.len() {
        // A stack of our own: a chain of embeds may be longer than the thread's stack is deep.
        let mut open = if started[root] { vec![] } else { vec![(root, 0)] };
        started[root] = true;
        while let Some((index, next)) = open.pop() {
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

impl Closure {
    fn absorb(&mut self, records: &[Record], index: usize, inner: usize) {
        if records[index].language == records[inner].language {
            self.embedded[inner] = true;
            let embeds = self.embeds[inner].clone();
            self.embeds[index].extend(embeds);
        }
        let imports = self.imports[inner].clone();
        self.imports[index].extend(imports);
    }
}
