//! How can a well-formed message be corrupted, and stay as it was but for that?
//!
//! The message is read along the schema, so that each place is known for what it is: there a number can be written with
//! more bytes than needed, two items exchanged, a text broken. What comes out breaks exactly one clause.

use crate::arbitrary::{Numbers, varint};
use dorcas_abi::{
    message,
    wire::{MAX_ITEMS, Message, Payload, Shape, Type},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, ops::Range};

/// A message that is none any more.
#[derive(Clone, Debug)]
pub(crate) struct Corrupted {
    /// The check that sends it.
    pub(crate) check: &'static str,
    /// What was done to it.
    pub(crate) what: String,
    /// Where.
    pub(crate) at: usize,
    pub(crate) bytes: Vec<u8>,
}

/// Every way to corrupt a well-formed message of a type, and in each way at most so many messages.
pub(crate) fn all(type_name: &'static str, message: &[u8], most: u32, numbers: &mut Numbers) -> Vec<Corrupted> {
    let mut walk = Walk { bytes: message, at: 0, places: Vec::new() };
    if walk.named(type_name, "").is_none() || walk.at != message.len() {
        return Vec::new();
    }
    let mut corruptor = Corruptor { message, out: Vec::new() };
    for place in &walk.places {
        corruptor.place(place);
    }
    for end in 1..message.len() {
        corruptor.push("error.undecodable/truncated", format!("ends after {end} bytes"), end, message[..end].into());
    }
    for left_over in [&[0][..], &[0xff], &[0; 16]] {
        let bytes = [message, left_over].concat();
        corruptor.push("error.undecodable/left-over", format!("has {left_over:02x?} behind"), message.len(), bytes);
    }
    let step = (message.len() * 8).div_ceil(most.max(1) as usize).max(1);
    for bit in (numbers.below(step)..message.len() * 8).step_by(step) {
        let (at, mask) = (bit / 8, 1 << (bit % 8));
        let mut bytes = message.to_vec();
        bytes[at] ^= mask;
        corruptor.push("error.undecodable/flipped", format!("has a bit flipped in byte {at}"), at, bytes);
    }
    thin_out(corruptor.out, most, numbers)
}

/// Messages with more items than any may have: in one list, or in two lists together.
pub(crate) fn too_many_items(type_name: &'static str, message: &[u8]) -> Vec<Corrupted> {
    // Few items in the first of two lists: the count of the second is what is too much, and nothing of it has to be read.
    const FIRST: u32 = 1_000;
    let mut walk = Walk { bytes: message, at: 0, places: Vec::new() };
    if walk.named(type_name, "").is_none() {
        return Vec::new();
    }
    // Lists of which an item may be one zero byte: an empty text.
    let lists: Vec<(&Place, &Range<usize>)> = walk
        .places
        .iter()
        .filter_map(|place| match &place.what {
            What::List { item: Type::Text { non_empty: false } | Type::Bytes, sorted_by: 0, body, .. } => {
                Some((place, body))
            }
            _ => None,
        })
        .collect();
    let zeros = |count: u32| {
        let mut bytes = Vec::new();
        varint(count.into(), &mut bytes);
        bytes.resize(bytes.len() + count as usize, 0);
        bytes
    };
    let mut out = Vec::new();
    if let Some((place, body)) = lists.first() {
        let bytes = [&message[..place.range.start], &zeros(MAX_ITEMS + 1), &message[body.end..]].concat();
        let what = format!("has {} items in `{}`", MAX_ITEMS + 1, place.path);
        out.push(Corrupted { check: "error.undecodable/items", what, at: place.range.start, bytes });
    }
    if let [(first, first_body), .., (last, last_body)] = &lists[..]
        && first_body.end <= last.range.start
    {
        let bytes = [
            &message[..first.range.start],
            &zeros(FIRST),
            &message[first_body.end..last.range.start],
            &zeros(MAX_ITEMS + 1 - FIRST),
            &message[last_body.end..],
        ]
        .concat();
        let what = format!("has {} items in `{}` and `{}` together", MAX_ITEMS + 1, first.path, last.path);
        out.push(Corrupted { check: "error.undecodable/items-together", what, at: first.range.start, bytes });
    }
    out
}

/// Keeps some of each kind, spread evenly.
fn thin_out(all: Vec<Corrupted>, most: u32, numbers: &mut Numbers) -> Vec<Corrupted> {
    let mut kinds: BTreeMap<&'static str, Vec<Corrupted>> = BTreeMap::new();
    for corrupted in all {
        kinds.entry(corrupted.check).or_default().push(corrupted);
    }
    let mut kept = Vec::new();
    for (_, kind) in kinds {
        let step = kind.len().div_ceil(most.max(1) as usize).max(1);
        kept.extend(kind.into_iter().skip(numbers.below(step)).step_by(step));
    }
    kept
}

/// Whether bytes are no message of the named type.
pub(crate) fn is_malformed(type_name: &str, bytes: &[u8]) -> bool {
    struct Is<'a>(&'a [u8]);
    impl message::Visitor for Is<'_> {
        type Output = bool;
        fn visit<T: Message + Serialize + DeserializeOwned>(self) -> bool {
            dorcas_abi::wire::check::<T>(self.0).is_err()
        }
    }
    message::visit(type_name, Is(bytes)).unwrap_or(false)
}

/// A place in a message, and what stands there.
struct Place {
    path: String,
    range: Range<usize>,
    what: What,
}

enum What {
    Number {
        bits: u32,
    },
    Flag,
    /// `end` is where what the variant carries ends.
    Variant {
        count: usize,
        end: usize,
    },
    Text {
        non_empty: bool,
        body: Range<usize>,
    },
    Bytes,
    List {
        item: &'static Type,
        sorted_by: u8,
        items: Vec<Range<usize>>,
        body: Range<usize>,
    },
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    places: Vec<Place>,
}

impl Walk<'_> {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn push(&mut self, path: &str, start: usize, end: usize, what: What) {
        self.places.push(Place { path: path.into(), range: start..end, what });
    }

    fn value(&mut self, ty: &Type, path: &str) -> Option<()> {
        let start = self.at;
        match *ty {
            Type::Bool => {
                self.varint()?;
                self.push(path, start, self.at, What::Flag);
            }
            Type::U32 | Type::I64 => {
                self.varint()?;
                let bits = if *ty == Type::U32 { 32 } else { 64 };
                self.push(path, start, self.at, What::Number { bits });
            }
            Type::Text { .. } | Type::Bytes => {
                let len = usize::try_from(self.varint()?).ok()?;
                let body = self.at..self.at.checked_add(len)?;
                self.at = body.end;
                let what = match *ty {
                    Type::Text { non_empty } => What::Text { non_empty, body: body.clone() },
                    _ => What::Bytes,
                };
                self.push(path, start, body.start, what);
            }
            Type::Option(some) => {
                let is_some = self.varint()? == 1;
                self.push(path, start, self.at, What::Flag);
                if is_some {
                    self.value(some, path)?;
                }
            }
            Type::List { item, sorted_by } => {
                let count = self.varint()?;
                let (index, head) = (self.places.len(), self.at);
                let mut items = Vec::new();
                for position in 0..count {
                    let from = self.at;
                    self.value(item, &format!("{path}[{position}]"))?;
                    items.push(from..self.at);
                }
                let what = What::List { item, sorted_by, items, body: head..self.at };
                self.places.insert(index, Place { path: path.into(), range: start..head, what });
            }
            Type::Named(name) => self.named(name, path)?,
        }
        Some(())
    }

    fn named(&mut self, name: &str, path: &str) -> Option<()> {
        let join = |path: &str, name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        match message::definition(name)?.shape {
            Shape::Struct(fields) => {
                for field in fields {
                    self.value(&field.ty, &join(path, field.name))?;
                }
            }
            Shape::Enum(variants) => {
                let start = self.at;
                let variant = variants.get(usize::try_from(self.varint()?).ok()?)?;
                let (index, head) = (self.places.len(), self.at);
                match variant.payload {
                    Payload::Unit => {}
                    Payload::One(ty) => self.value(&ty, path)?,
                    Payload::Fields(fields) => {
                        for field in fields {
                            self.value(&field.ty, &join(path, field.name))?;
                        }
                    }
                }
                let what = What::Variant { count: variants.len(), end: self.at };
                self.places.insert(index, Place { path: path.into(), range: start..head, what });
            }
        }
        Some(())
    }
}

struct Corruptor<'a> {
    message: &'a [u8],
    out: Vec<Corrupted>,
}

impl Corruptor<'_> {
    fn push(&mut self, check: &'static str, what: String, at: usize, bytes: Vec<u8>) {
        self.out.push(Corrupted { check, what, at, bytes });
    }

    /// Other bytes in place of some.
    fn put(&mut self, check: &'static str, what: &str, place: &Place, range: Range<usize>, with: &[u8]) {
        let bytes = [&self.message[..range.start], with, &self.message[range.end..]].concat();
        self.push(check, format!("has {what} in `{}`", place.path), range.start, bytes);
    }

    fn place(&mut self, place: &Place) {
        let range = place.range.clone();
        match &place.what {
            What::Flag => {
                self.put("error.undecodable/bool", "a bool or option of 2", place, range.clone(), &[2]);
                self.put("error.undecodable/bool", "a bool or option of two bytes", place, range, &[0x80, 0]);
            }
            What::Number { bits } => {
                self.long(place);
                let too_large = if *bits == 32 {
                    vec![0x80, 0x80, 0x80, 0x80, 0x10]
                } else {
                    vec![0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]
                };
                let canonical = "error.undecodable/canonical";
                self.put(canonical, "a number beyond its range", place, range, &too_large);
            }
            What::Variant { count, end } => {
                self.long(place);
                let mut beyond = Vec::new();
                varint(*count as u64, &mut beyond);
                let what = "the variant after the last";
                self.put("error.undecodable/closed", what, place, range.start..*end, &beyond);
                if *end > range.end {
                    self.put("error.undecodable/closed", what, place, range, &beyond);
                }
            }
            What::Text { non_empty, body } => {
                self.long(place);
                self.length(place);
                if *non_empty {
                    self.put("error.undecodable/non-empty", "no text", place, range.start..body.end, &[0]);
                }
                for (name, bytes) in NOT_UTF8 {
                    let mut text = Vec::new();
                    varint(bytes.len() as u64, &mut text);
                    text.extend_from_slice(bytes);
                    self.put("error.undecodable/utf8", name, place, range.start..body.end, &text);
                }
            }
            What::Bytes => {
                self.long(place);
                self.length(place);
            }
            What::List { sorted_by, items, body, .. } => {
                self.long(place);
                self.length(place);
                if *sorted_by > 0 && !items.is_empty() {
                    self.order(place, items, body);
                }
            }
        }
    }

    /// A number with a byte more than it needs.
    fn long(&mut self, place: &Place) {
        let mut long = self.message[place.range.clone()].to_vec();
        if let Some(last) = long.last_mut() {
            *last |= 0x80;
        }
        long.push(0);
        self.put("error.undecodable/canonical", "a byte too many in the number", place, place.range.clone(), &long);
    }

    /// Lengths that the rest of the message can't hold.
    fn length(&mut self, place: &Place) {
        let left = self.message.len() - place.range.end;
        for (what, len) in [("a length beyond the end", left as u64 + 1), ("a length of 4 GiB", u32::MAX.into())] {
            let mut bytes = Vec::new();
            varint(len, &mut bytes);
            self.put("error.undecodable/length", what, place, place.range.clone(), &bytes);
        }
    }

    /// An item twice, and two items the other way round.
    fn order(&mut self, place: &Place, items: &[Range<usize>], body: &Range<usize>) {
        let check = "error.undecodable/sorted";
        let item = |index: usize| &self.message[items[index].clone()];
        let mut twice = Vec::new();
        varint(items.len() as u64 + 1, &mut twice);
        twice.extend_from_slice(item(0));
        twice.extend_from_slice(&self.message[body.clone()]);
        let swapped = (items.len() > 1).then(|| {
            let rest = &self.message[items[1].end..body.end];
            [&self.message[place.range.clone()], item(1), item(0), rest].concat()
        });
        self.put(check, "an item twice", place, place.range.start..body.end, &twice);
        if let Some(swapped) = swapped {
            self.put(check, "two items the other way round", place, place.range.start..body.end, &swapped);
        }
    }
}

const NOT_UTF8: [(&str, &[u8]); 5] = [
    ("a lone byte ff", &[0x61, 0xff]),
    ("half a character", &[0x61, 0xc3]),
    ("a character in a longer form than needed", &[0xc0, 0x80]),
    ("a surrogate", &[0xed, 0xa0, 0x80]),
    ("a character beyond the last one", &[0xf4, 0x90, 0x80, 0x80]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arbitrary;
    use dorcas_abi::{Method, method};
    use std::collections::BTreeSet;

    struct Request;
    impl method::Visitor for Request {
        type Output = &'static str;
        fn visit<M: Method>(self) -> &'static str {
            <M::Request as Message>::DEFINITION.name
        }
    }

    #[test]
    fn what_is_spoiled_is_malformed() {
        let mut numbers = Numbers::new(7);
        let mut seen = BTreeSet::new();
        for name in method::NAMES {
            let ty = method::visit(name, Request).unwrap();
            for _ in 0..20 {
                let message = arbitrary::message(ty, &mut numbers);
                for corrupted in all(ty, &message, 100, &mut numbers) {
                    // A flipped bit may give another message; everything else may not.
                    let malformed = is_malformed(ty, &corrupted.bytes);
                    assert!(
                        malformed || corrupted.check.ends_with("/flipped"),
                        "{ty} {}: {:02x?}",
                        corrupted.what,
                        corrupted.bytes
                    );
                    seen.insert(corrupted.check);
                }
            }
        }
        assert_eq!(seen.len(), 10, "{seen:?}");
    }

    #[test]
    fn a_message_with_too_many_items() {
        // A rule with two lists of texts, args and comments.
        let message = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let corrupted = too_many_items("GenerateRequest", &message);
        assert_eq!(corrupted.len(), 2);
        for corrupted in corrupted {
            assert!(is_malformed("GenerateRequest", &corrupted.bytes), "{}", corrupted.what);
        }
    }
}
