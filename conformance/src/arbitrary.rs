//! Which bytes are a message of a type? Any: the schema says what is possible, a stream of numbers what is chosen.

use dorcas_abi::{
    message,
    wire::{Payload, Shape, Type},
};

/// Numbers that look random and are the same for the same seed.
#[derive(Clone, Debug)]
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number (splitmix64).
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound that is not 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or(0)
    }

    /// Puts a list into some order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}

/// A well-formed message of the named type.
pub(crate) fn message(type_name: &str, numbers: &mut Numbers) -> Vec<u8> {
    let mut writer = Writer { numbers, out: Vec::new() };
    writer.named(type_name);
    writer.out
}

struct Writer<'a> {
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
        let count = self.numbers.below(6).max(non_empty.into());
        // Half of all texts are plain.
        let chars = if self.numbers.below(2) == 0 { &CHARS[..5] } else { &CHARS[..] };
        let text: String = (0..count).map(|_| chars[self.numbers.below(chars.len())]).collect();
        self.varint(text.len() as u64);
        self.out.extend(text.bytes());
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
        let mut items: Vec<Vec<u8>> = Vec::new();
        for _ in 0..self.numbers.below(4) {
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
        // Texts are short here: their length is one byte.
        let end = at + 1 + usize::from(*item.get(at)?);
        let text = item.get(at + 1..end)?.to_vec();
        at = end;
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
                let bytes = message(<M::Request as Message>::DEFINITION.name, &mut numbers);
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
