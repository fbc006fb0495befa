//! Which bytes are a message of a type? Any: the schema says what is possible, a stream of numbers what is chosen.

use crate::{numbers::Numbers, vocabulary::Vocabulary};
use dorcas_abi::{
    message,
    wire::{Field, Payload, Shape, Type},
};

/// A well-formed message of the named type.
#[cfg(test)]
pub(crate) fn message(type_name: &str, vocabulary: &Vocabulary, numbers: &mut Numbers) -> Vec<u8> {
    let mut writer = Writer { vocabulary, numbers, long: None, out: Vec::new() };
    writer.named(type_name);
    writer.out
}

/// A well-formed request of the named type with a state of the guest's own.
pub(crate) fn with_state(type_name: &str, state: &[u8], vocabulary: &Vocabulary, numbers: &mut Numbers) -> Vec<u8> {
    // One message in eight has a list that is long.
    let long = (numbers.below(8) == 0).then(|| numbers.below(12));
    let mut writer = Writer { vocabulary, numbers, long, out: Vec::new() };
    for field in fields(type_name) {
        writer.own_field(field, state);
    }
    writer.out
}

/// The fields of a request.
fn fields(type_name: &str) -> &'static [Field] {
    match message::definition(type_name).map(|definition| definition.shape) {
        Some(Shape::Struct(fields)) => fields,
        _ => &[],
    }
}

/// A well-formed message of the named type that has something of much, and a few of each: the longest of several up to a
/// length.
pub(crate) fn varied(type_name: &str, vocabulary: &Vocabulary, numbers: &mut Numbers, longest: usize) -> Vec<u8> {
    const SEVERAL: usize = 24;
    let several = (0..SEVERAL).map(|_| {
        let mut writer = Writer { vocabulary, numbers, long: None, out: Vec::new() };
        writer.named(type_name);
        writer.out
    });
    several.filter(|bytes| bytes.len() <= longest).max_by_key(Vec::len).unwrap_or_default()
}

/// Well-formed requests of the named type with a state of the guest's own, each with so many items in another of its lists.
pub(crate) fn with_many(
    type_name: &str,
    state: &[u8],
    many: usize,
    vocabulary: &Vocabulary,
    numbers: &mut Numbers,
) -> Vec<Vec<u8>> {
    let fields = fields(type_name);
    let lists = fields.iter().enumerate().filter(|(_, field)| matches!(field.ty, Type::List { .. }));
    lists
        .map(|(at, _)| {
            let mut writer = Writer { vocabulary, numbers, long: None, out: Vec::new() };
            for (index, field) in fields.iter().enumerate() {
                match field.ty {
                    Type::List { item, sorted_by } if index == at => writer.items(many, item, sorted_by),
                    _ => writer.own_field(field, state),
                }
            }
            writer.out
        })
        .collect()
}

/// In a message of more bytes the lists that follow are empty.
const ENOUGH: usize = 24 << 10;

struct Writer<'a> {
    vocabulary: &'a Vocabulary,
    /// How many lists come before one that is long.
    long: Option<usize>,
    numbers: &'a mut Numbers,
    out: Vec<u8>,
}

impl Writer<'_> {
    fn varint(&mut self, value: u64) {
        varint(value, &mut self.out);
    }

    fn text(&mut self, non_empty: bool) {
        const CHARS: [char; 16] =
            ['a', 'b', 'c', 'x', '/', '.', ':', '_', ' ', '\n', '\0', '\u{7f}', 'é', '\u{800}', '\u{ffff}', '😀'];
        // Half of all texts are words.
        if self.numbers.below(2) == 0 {
            let word = self.vocabulary.word(self.numbers);
            if !(word.is_empty() && non_empty) {
                self.varint(word.len() as u64);
                self.out.extend(word.bytes());
                return;
            }
        }
        let count = self.numbers.below(6).max(non_empty.into());
        // Half of the others are plain.
        let chars = if self.numbers.below(2) == 0 { &CHARS[..5] } else { &CHARS[..] };
        let text: String = (0..count).map(|_| chars[self.numbers.below(chars.len())]).collect();
        self.varint(text.len() as u64);
        self.out.extend(text.bytes());
    }

    /// A field of the request itself.
    fn own_field(&mut self, field: &Field, state: &[u8]) {
        if matches!(field.ty, Type::Bytes) && ["state", "parent"].contains(&field.name) {
            self.varint(state.len() as u64);
            self.out.extend(state);
        } else {
            self.value(&field.ty);
        }
    }

    fn number(&mut self) -> u64 {
        let bits = [3, 7, 8, 14, 16, 32, 63, 64][self.numbers.below(8)];
        self.numbers.next() >> (64 - bits)
    }

    fn value(&mut self, ty: &Type) {
        match *ty {
            Type::Bool => {
                let value = self.numbers.below(2) as u64;
                self.varint(value);
            }
            Type::U32 => {
                let value = self.number() & u64::from(u32::MAX);
                self.varint(value);
            }
            Type::I64 => {
                let value = self.number();
                self.varint(value);
            }
            Type::Text { non_empty } => self.text(non_empty),
            Type::Bytes => {
                let count = self.numbers.below(4);
                self.varint(count as u64);
                for _ in 0..count {
                    let byte = self.numbers.next().to_le_bytes()[0];
                    self.out.push(byte);
                }
            }
            Type::Option(some) => {
                let is_some = self.numbers.below(2);
                self.varint(is_some as u64);
                if is_some == 1 {
                    self.value(some);
                }
            }
            Type::List { item, sorted_by } => self.list(item, sorted_by),
            Type::Named(name) => self.named(name),
        }
    }

    fn list(&mut self, item: &Type, sorted_by: u8) {
        let mut count = if self.out.len() > ENOUGH { 0 } else { self.numbers.below(4) };
        match &mut self.long {
            Some(0) => {
                let known: Vec<u32> = self.vocabulary.numbers(400).chain([127, 128, 130, 300]).collect();
                count = known[self.numbers.below(known.len())] as usize;
                self.long = None;
            }
            Some(before) => *before -= 1,
            None => {}
        }
        self.items(count, item, sorted_by);
    }

    /// So many items, or fewer where two have the same key, with the count in front.
    fn items(&mut self, count: usize, item: &Type, sorted_by: u8) {
        let mut items: Vec<Vec<u8>> = Vec::new();
        for _ in 0..count {
            let start = self.out.len();
            self.value(item);
            items.push(self.out.split_off(start));
        }
        if sorted_by > 0 {
            items.sort_by_cached_key(|item| key(item, sorted_by));
            items.dedup_by_key(|item| key(item, sorted_by));
        }
        self.varint(items.len() as u64);
        self.out.extend(items.concat());
    }

    fn named(&mut self, name: &str) {
        let Some(definition) = message::definition(name) else { return };
        match definition.shape {
            Shape::Struct(fields) => fields.iter().for_each(|field| self.value(&field.ty)),
            Shape::Enum(variants) => {
                let index = self.numbers.below(variants.len());
                self.varint(index as u64);
                match variants[index].payload {
                    Payload::Unit => {}
                    Payload::One(ty) => self.value(&ty),
                    Payload::Fields(fields) => fields.iter().for_each(|field| self.value(&field.ty)),
                }
            }
        }
    }
}

/// The first texts of an item: by them a list is sorted.
fn key(item: &[u8], texts: u8) -> Vec<Vec<u8>> {
    let mut at = 0;
    let mut text = || {
        let (mut len, mut shift) = (0, 0);
        loop {
            let byte = usize::from(*item.get(at)?);
            at += 1;
            len |= (byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        let text = item.get(at..at + len)?.to_vec();
        at += len;
        Some(text)
    };
    (0..texts).map_while(|_| text()).collect()
}

pub(crate) fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use dorcas_abi::{
        Method, method,
        wire::{self, Message},
    };

    struct Check;
    impl method::Visitor for Check {
        type Output = ();
        fn visit<M: Method>(self) {
            let mut numbers = Numbers::new(1);
            for _ in 0..200 {
                let bytes = message(<M::Request as Message>::DEFINITION.name, &Vocabulary::default(), &mut numbers);
                assert_eq!(wire::check::<M::Request>(&bytes), Ok(()), "{} {bytes:02x?}", M::EXPORT);
            }
        }
    }

    #[test]
    fn what_is_made_is_well_formed() {
        for name in method::NAMES {
            method::visit(name, Check).unwrap();
        }
    }
}
