//! Which bytes are a message of a type? Any: a source of bytes decides at each choice, and 0 is the smallest choice.
//!
//! So proptest shrinks a message by shrinking its source.

use dorcas_abi::{
    message,
    wire::{Payload, Shape, Type},
};

/// A message of the named type, made by what `source` says. Where it ends, all further choices are the smallest.
pub(crate) fn message(type_name: &str, source: &[u8]) -> Vec<u8> {
    let mut random = Random { source: source.iter() };
    let mut out = Vec::new();
    match type_name.strip_prefix("Reply<").and_then(|rest| rest.strip_suffix('>')) {
        None => random.value(&Type::Named(leak(type_name)), &mut out),
        Some(response) => {
            let error = random.choice() % 4 == 3;
            out.push(error.into());
            random.value(&Type::Named(leak(if error { "GuestError" } else { response })), &mut out);
        }
    }
    out
}

/// The schema's names are static: looks the name up there.
fn leak(name: &str) -> &'static str {
    message::definition(name).unwrap_or_else(|| panic!("no type {name}")).name
}

struct Random<'a> {
    source: std::slice::Iter<'a, u8>,
}

impl Random<'_> {
    fn choice(&mut self) -> u8 {
        self.source.next().copied().unwrap_or(0)
    }

    /// A number of up to 64 bits; small ones are frequent.
    fn number(&mut self) -> u64 {
        let bytes = match self.choice() {
            small @ 0..192 => return u64::from(small),
            wide => wide % 9,
        };
        (0..bytes).fold(0, |value, _| value << 8 | u64::from(self.choice()))
    }

    fn text(&mut self, out: &mut Vec<u8>, non_empty: bool) {
        let count = (self.choice() % 6).max(non_empty.into());
        let text: String = (0..count)
            .map(|_| match self.choice() {
                letter @ 0..200 => char::from(b'a' + letter % 26),
                other => ['/', '\0', '\u{7f}', 'é', '\u{7ff}', '\u{800}', '\u{ffff}', '😀'][usize::from(other) % 8],
            })
            .collect();
        varint(text.len() as u64, out);
        out.extend(text.bytes());
    }

    fn value(&mut self, ty: &Type, out: &mut Vec<u8>) {
        match *ty {
            Type::Bool => out.push(self.choice() % 2),
            Type::U32 => varint(self.number() & u64::from(u32::MAX), out),
            Type::I64 => varint(self.number(), out),
            Type::Text { non_empty } => self.text(out, non_empty),
            Type::Bytes => {
                let count = self.choice() % 4;
                varint(count.into(), out);
                out.extend((0..count).map(|_| self.choice()).collect::<Vec<_>>());
            }
            Type::Option(some) => {
                let is_some = self.choice() % 2;
                out.push(is_some);
                if is_some == 1 {
                    self.value(some, out);
                }
            }
            Type::List { item, sorted_by } => {
                let count = self.choice() % 4;
                let mut items: Vec<Vec<u8>> = Vec::new();
                for _ in 0..count {
                    let mut bytes = Vec::new();
                    self.value(item, &mut bytes);
                    items.push(bytes);
                }
                if sorted_by > 0 {
                    items.sort_by_key(|item| key(item, sorted_by));
                    items.dedup_by_key(|item| key(item, sorted_by));
                }
                varint(items.len() as u64, out);
                out.extend(items.concat());
            }
            Type::Named(name) => match message::definition(name).unwrap_or_else(|| panic!("no type {name}")).shape {
                Shape::Struct(fields) => fields.iter().for_each(|field| self.value(&field.ty, out)),
                Shape::Enum(variants) => {
                    let index = usize::from(self.choice()) % variants.len();
                    varint(index as u64, out);
                    match variants[index].payload {
                        Payload::Unit => {}
                        Payload::One(ty) => self.value(&ty, out),
                        Payload::Fields(fields) => fields.iter().for_each(|field| self.value(&field.ty, out)),
                    }
                }
            },
        }
    }
}

/// The first texts of an item.
fn key(item: &[u8], texts: u8) -> Vec<Vec<u8>> {
    let mut at = 0;
    (0..texts)
        .map(|_| {
            // Generated texts are short: their length is one byte.
            let end = at + 1 + usize::from(item[at]);
            let text = item[at + 1..end].to_vec();
            at = end;
            text
        })
        .collect()
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap());
}
