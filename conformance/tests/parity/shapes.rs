//! Which shapes can a request have? Written from the schema, so that a new field or variant needs nothing here.

use dorcas_abi::{
    message::definition,
    wire::{Payload, Shape, Type},
};

/// How the values of a message are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// The least that there is: empty lists, nothing for an option.
    Empty,
    /// Something everywhere, and each variant of an enum that an item of a list can be. What is outside of lists takes
    /// the variant with this number.
    Every(usize),
    /// Three items in each list.
    Many,
    /// Texts of characters of one to four bytes, and bytes that are none.
    Unicode,
    /// Texts and bytes whose lengths take two bytes.
    Long,
    /// The largest numbers.
    Largest,
}

/// Where a value stands in a message, and what it is: what can go wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A bool, or the byte before an option.
    Flag,
    /// A number, of so many bits.
    Number { bits: u8 },
    /// The number of a variant, of so many.
    Variant { count: u64 },
    /// A length and bytes; where they are text, whether it may be empty.
    Run { text: bool, non_empty: bool },
    /// A count, and where each item ends.
    List { ends: Vec<usize>, sorted: bool },
}

/// A part and its first byte.
pub(crate) type Place = (usize, Part);

/// A message of a type, and its parts.
pub(crate) fn message(type_name: &str, style: Style) -> (Vec<u8>, Vec<Place>) {
    let mut writer = Writer { style, out: Vec::new(), places: Vec::new(), texts: 0 };
    let number = if let Style::Every(number) = style { number } else { 0 };
    writer.named(type_name, number);
    (writer.out, writer.places)
}

struct Writer {
    style: Style,
    out: Vec<u8>,
    places: Vec<Place>,
    /// Texts so far. Each begins with its number, so that any list is in order.
    texts: u32,
}

impl Writer {
    /// A value; `number` says which variant an enum in it is.
    fn value(&mut self, ty: &Type, number: usize) {
        let at = self.out.len();
        match *ty {
            Type::Bool => self.flag(self.style != Style::Empty),
            Type::U32 => {
                self.places.push((at, Part::Number { bits: 32 }));
                let value = if self.style == Style::Largest { u32::MAX } else { self.texts };
                varint(value.into(), &mut self.out);
            }
            Type::I64 => {
                self.places.push((at, Part::Number { bits: 64 }));
                varint(if self.style == Style::Largest { u64::MAX } else { self.texts.into() }, &mut self.out);
            }
            Type::Text { non_empty } => {
                self.places.push((at, Part::Run { text: true, non_empty }));
                let text = self.text(non_empty);
                self.run(text.as_bytes());
            }
            Type::Bytes => {
                self.places.push((at, Part::Run { text: false, non_empty: false }));
                match self.style {
                    Style::Empty => self.run(&[]),
                    Style::Long => self.run(&[0; 300]),
                    _ => self.run(&[0xff, 0x00, 0xc3]),
                }
            }
            Type::Option(some) => {
                self.flag(self.style != Style::Empty);
                if self.style != Style::Empty {
                    self.value(some, number);
                }
            }
            Type::List { item, sorted_by } => self.list(item, sorted_by > 0),
            Type::Named(name) => self.named(name, number),
        }
    }

    fn flag(&mut self, set: bool) {
        self.places.push((self.out.len(), Part::Flag));
        self.out.push(set.into());
    }

    fn list(&mut self, item: &Type, sorted: bool) {
        let count = match self.style {
            Style::Empty => 0,
            Style::Many => 3,
            Style::Every(_) => variants(item),
            _ => 1,
        };
        let place = self.places.len();
        self.places.push((self.out.len(), Part::Flag));
        let at = self.out.len();
        varint(count as u64, &mut self.out);
        let mut ends = Vec::new();
        for number in 0..count {
            self.value(item, number);
            ends.push(self.out.len());
        }
        self.places[place] = (at, Part::List { ends, sorted });
    }

    fn named(&mut self, name: &str, number: usize) {
        match definition(name).unwrap_or_else(|| panic!("no type {name}")).shape {
            Shape::Struct(fields) => fields.iter().for_each(|field| self.value(&field.ty, number)),
            Shape::Enum(variants) => {
                self.places.push((self.out.len(), Part::Variant { count: variants.len() as u64 }));
                let index = number % variants.len();
                varint(index as u64, &mut self.out);
                match variants[index].payload {
                    Payload::Unit => {}
                    Payload::One(ty) => self.value(&ty, number),
                    Payload::Fields(fields) => fields.iter().for_each(|field| self.value(&field.ty, number)),
                }
            }
        }
    }

    fn text(&mut self, non_empty: bool) -> String {
        self.texts += 1;
        let number = self.texts;
        match self.style {
            Style::Empty => if non_empty { "a" } else { "" }.into(),
            Style::Unicode => format!("{number:05}\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}\0"),
            Style::Long => format!("{number:05}{}", "x".repeat(200)),
            _ => format!("{number:05}"),
        }
    }

    fn run(&mut self, bytes: &[u8]) {
        varint(bytes.len() as u64, &mut self.out);
        self.out.extend(bytes);
    }
}

/// How many items it takes to have each variant of the enums in one, those in lists of its own aside. At least 1.
fn variants(ty: &Type) -> usize {
    let fields = |fields: &[dorcas_abi::wire::Field]| fields.iter().map(|field| variants(&field.ty)).max();
    match *ty {
        Type::Option(some) => variants(some),
        Type::Named(name) => match definition(name).unwrap_or_else(|| panic!("no type {name}")).shape {
            Shape::Struct(of) => fields(of).unwrap_or(1),
            Shape::Enum(variants) => variants.len(),
        },
        _ => 1,
    }
}

/// How many messages in the style [`Style::Every`] have all that there is outside of lists.
pub(crate) fn every(type_name: &str) -> usize {
    match definition(type_name).unwrap_or_else(|| panic!("no type {type_name}")).shape {
        Shape::Struct(fields) => fields.iter().map(|field| variants(&field.ty)).max().unwrap_or(1),
        Shape::Enum(variants) => variants.len(),
    }
}

pub(crate) fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap());
}
