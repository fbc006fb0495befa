//! How can a well-formed message be corrupted, and stay as it was but for that?
//!
//! The message is read along the schema, so that each place is known for what it is: there a number can be written with
//! more bytes than needed, two items exchanged, a text broken. What comes out breaks exactly one clause.

use crate::{arbitrary::varint, numbers::Numbers};
use dorcas_abi::{
    message,
    wire::{self, FaultKind, MAX_ITEMS, Message, Payload, Shape, Type},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{borrow::Cow, collections::BTreeMap, ops::Range};

/// A message that is none any more.
#[derive(Clone, Debug)]
pub(crate) struct Corrupted {
    /// The check that sends it, or [`FLIPPED`].
    pub(crate) check: &'static str,
    /// What was done to it.
    pub(crate) what: String,
    /// Where.
    pub(crate) at: usize,
    pub(crate) bytes: Vec<u8>,
}

/// In the place of a check: a bit was flipped, and [`fault`] says which one that comes to.
pub(crate) const FLIPPED: &str = "flipped";

/// Every way to corrupt a well-formed message of a type, and in each way at most so many messages.
pub(crate) fn all(type_name: &'static str, message: &[u8], most: u32, numbers: &mut Numbers) -> Vec<Corrupted> {
    let mut walk = Walk { bytes: message, at: 0, places: Vec::new() };
    if walk.named(type_name, "").is_none() || walk.at != message.len() {
        return Vec::new();
    }
    let mut corruptor = Corruptor { message, places: &walk.places, out: Vec::new() };
    for index in 0..walk.places.len() {
        corruptor.place(index);
    }
    let step = message.len().div_ceil(most.max(1) as usize).max(1);
    for end in (1 + numbers.below(step)..message.len()).step_by(step) {
        let what = format!("ends after {end} bytes");
        corruptor.push("error.undecodable/truncated", what, end..message.len(), Vec::new());
    }
    for left_over in [&[0][..], &[0xff], &[0; 16]] {
        let what = format!("has {left_over:02x?} behind");
        corruptor.push("error.undecodable/left-over", what, message.len()..message.len(), left_over.to_vec());
    }
    let step = (message.len() * 8).div_ceil(most.max(1) as usize).max(1);
    for bit in (numbers.below(step)..message.len() * 8).step_by(step) {
        let (at, mask) = (bit / 8, 1 << (bit % 8));
        let what = format!("has a bit flipped in byte {at}");
        corruptor.push(FLIPPED, what, at..at + 1, vec![message[at] ^ mask]);
    }
    let Corruptor { out, .. } = corruptor;
    thin_out(out, most, numbers).into_iter().map(|draft| draft.corrupt(message, &walk.places)).collect()
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
fn thin_out(all: Vec<Draft>, most: u32, numbers: &mut Numbers) -> Vec<Draft> {
    let mut kinds: BTreeMap<&'static str, Vec<Draft>> = BTreeMap::new();
    for draft in all {
        kinds.entry(draft.check).or_default().push(draft);
    }
    let mut kept = Vec::new();
    for (_, kind) in kinds {
        let step = kind.len().div_ceil(most.max(1) as usize).max(1);
        kept.extend(kind.into_iter().skip(numbers.below(step)).step_by(step));
    }
    kept
}

/// Why bytes are no message of the named type: the check that sends what is malformed like that. `None` if they are one.
pub(crate) fn fault(type_name: &str, bytes: &[u8]) -> Option<&'static str> {
    struct Check<'a>(&'a [u8]);
    impl message::Visitor for Check<'_> {
        type Output = Option<wire::Fault>;
        fn visit<T: Message + Serialize + DeserializeOwned>(self) -> Self::Output {
            wire::check::<T>(self.0).err()
        }
    }
    let fault = message::visit(type_name, Check(bytes)).flatten()?;
    Some(match fault.kind() {
        FaultKind::TooManyItems { .. } | FaultKind::TooManyBytes { .. } => "error.undecodable/items",
        FaultKind::UnexpectedEnd { .. } => "error.undecodable/truncated",
        FaultKind::LeftOver { .. } => "error.undecodable/left-over",
        FaultKind::NotABool { .. } => "error.undecodable/bool",
        FaultKind::NotUtf8 => "error.undecodable/utf8",
        FaultKind::UnknownVariant { .. } => "error.undecodable/closed",
        FaultKind::Length { .. } => "error.undecodable/length",
        FaultKind::Unsorted | FaultKind::Duplicate => "error.undecodable/sorted",
        FaultKind::Empty => "error.undecodable/non-empty",
        _ => "error.undecodable/canonical",
    })
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

/// What can be done to a message: other bytes in place of some. Most drafts are dropped, so that no message is copied yet.
struct Draft {
    check: &'static str,
    what: Cow<'static, str>,
    /// The position of the place that it is about; `None` if it is about the message as a whole.
    place: Option<usize>,
    range: Range<usize>,
    with: Vec<u8>,
}

impl Draft {
    fn corrupt(self, message: &[u8], places: &[Place]) -> Corrupted {
        let Self { check, what, place, range, with } = self;
        let bytes = [&message[..range.start], &with, &message[range.end..]].concat();
        let what = match place.and_then(|index| places.get(index)) {
            Some(place) => format!("has {what} in `{}`", place.path),
            None => what.into_owned(),
        };
        Corrupted { check, what, at: range.start, bytes }
    }
}

struct Corruptor<'a> {
    message: &'a [u8],
    places: &'a [Place],
    out: Vec<Draft>,
}

impl Corruptor<'_> {
    fn push(&mut self, check: &'static str, what: String, range: Range<usize>, with: Vec<u8>) {
        self.out.push(Draft { check, what: what.into(), place: None, range, with });
    }

    fn put(&mut self, check: &'static str, what: &'static str, place: usize, range: Range<usize>, with: &[u8]) {
        self.out.push(Draft { check, what: what.into(), place: Some(place), range, with: with.to_vec() });
    }

    fn place(&mut self, place: usize) {
        let places = self.places;
        let range = places[place].range.clone();
        match &places[place].what {
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
                // By itself, and behind much.
                for front in [&[][..], &[b'a'; 100]] {
                    for (name, bytes) in NOT_UTF8 {
                        let mut text = Vec::new();
                        varint((front.len() + bytes.len()) as u64, &mut text);
                        text.extend_from_slice(front);
                        text.extend_from_slice(bytes);
                        self.put("error.undecodable/utf8", name, place, range.start..body.end, &text);
                    }
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
    fn long(&mut self, place: usize) {
        let range = self.places[place].range.clone();
        let mut long = self.message[range.clone()].to_vec();
        if let Some(last) = long.last_mut() {
            *last |= 0x80;
        }
        long.push(0);
        self.put("error.undecodable/canonical", "a byte too many in the number", place, range, &long);
    }

    /// Lengths that the rest of the message can't hold.
    fn length(&mut self, place: usize) {
        let range = self.places[place].range.clone();
        let left = self.message.len() - range.end;
        for (what, len) in [("a length beyond the end", left as u64 + 1), ("a length of 4 GiB", u32::MAX.into())] {
            let mut bytes = Vec::new();
            varint(len, &mut bytes);
            self.put("error.undecodable/length", what, place, range.clone(), &bytes);
        }
    }

    /// An item twice, and two items the other way round.
    fn order(&mut self, place: usize, items: &[Range<usize>], body: &Range<usize>) {
        let range = self.places[place].range.clone();
        let check = "error.undecodable/sorted";
        let item = |index: usize| &self.message[items[index].clone()];
        let mut twice = Vec::new();
        varint(items.len() as u64 + 1, &mut twice);
        twice.extend_from_slice(item(0));
        twice.extend_from_slice(&self.message[body.clone()]);
        let last = items.len() - 1;
        let swapped = |at: usize| {
            let (before, rest) =
                (&self.message[range.start..items[at].start], &self.message[items[at + 1].end..body.end]);
            [before, item(at + 1), item(at), rest].concat()
        };
        let mut last_twice = Vec::new();
        varint(items.len() as u64 + 1, &mut last_twice);
        last_twice.extend_from_slice(&self.message[body.clone()]);
        last_twice.extend_from_slice(item(last));
        // The last ones of several are others than the first.
        let swaps: Vec<_> =
            [0, last.saturating_sub(1)].into_iter().filter(|at| at + 1 < items.len()).map(swapped).collect();
        self.put(check, "an item twice", place, range.start..body.end, &twice);
        self.put(check, "the last item twice", place, range.start..body.end, &last_twice);
        for swapped in swaps {
            self.put(check, "two items the other way round", place, range.start..body.end, &swapped);
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
    use crate::{arbitrary, vocabulary::Vocabulary};
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
                let message = arbitrary::message(ty, &Vocabulary::default(), &mut numbers);
                for corrupted in all(ty, &message, 100, &mut numbers) {
                    // A flipped bit may give another message; everything else may not.
                    let malformed = fault(ty, &corrupted.bytes).is_some();
                    assert!(
                        malformed || corrupted.check == FLIPPED,
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
            assert!(fault("GenerateRequest", &corrupted.bytes).is_some(), "{}", corrupted.what);
        }
    }
}
