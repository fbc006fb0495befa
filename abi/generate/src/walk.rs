//! What do the bytes of a message mean, piece by piece?
//!
//! A reader of its own, driven by the schema as data. It trusts its input: only well-formed messages are walked.

use dorcas_abi::{
    message,
    wire::{Payload, Shape, Type},
};

/// A run of bytes that belongs together: a length with its bytes, a count, a discriminant, a number.
#[derive(Debug)]
pub struct Piece {
    pub path: String,
    pub meaning: String,
    pub bytes: Vec<u8>,
}

/// The pieces of a message of the named type; `Reply<T>` for a reply.
///
/// # Panics
///
/// If the bytes are no message of that type.
#[must_use]
pub fn pieces(type_name: &str, bytes: &[u8]) -> Vec<Piece> {
    let mut walk = Walk { bytes, at: 0, pieces: Vec::new() };
    match type_name.strip_prefix("Reply<").and_then(|rest| rest.strip_suffix('>')) {
        None => walk.named(type_name, ""),
        Some(response) => {
            let variants = [("Ok", response), ("Err", "GuestError")];
            let start = walk.at;
            let (name, payload) = variants[usize::try_from(walk.varint()).unwrap()];
            walk.piece(start, "", format!("`{name}`"));
            walk.named(payload, name);
        }
    }
    assert_eq!(walk.at, bytes.len(), "the walk of a {type_name} ends early");
    walk.pieces
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    pieces: Vec<Piece>,
}

impl Walk<'_> {
    fn varint(&mut self) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let byte = self.bytes[self.at];
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        value
    }

    fn run(&mut self) -> Vec<u8> {
        let len = usize::try_from(self.varint()).unwrap();
        self.at += len;
        self.bytes[self.at - len..self.at].to_vec()
    }

    fn piece(&mut self, start: usize, path: &str, meaning: impl Into<String>) {
        let bytes = self.bytes[start..self.at].to_vec();
        self.pieces.push(Piece { path: path.into(), meaning: meaning.into(), bytes });
    }

    fn value(&mut self, ty: &Type, path: &str) {
        let start = self.at;
        match ty {
            Type::Bool => {
                let meaning = if self.varint() == 1 { "true" } else { "false" };
                self.piece(start, path, meaning);
            }
            Type::U32 => {
                let value = self.varint();
                self.piece(start, path, value.to_string());
            }
            Type::I64 => {
                let zigzag = self.varint();
                let value = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
                self.piece(start, path, value.to_string());
            }
            Type::Text { .. } | Type::Bytes => {
                let run = self.run();
                self.piece(start, path, format!("\"{}\"", run.escape_ascii()));
            }
            Type::Option(some) => {
                let is_some = self.varint() == 1;
                self.piece(start, path, if is_some { "some" } else { "none" });
                if is_some {
                    self.value(some, path);
                }
            }
            Type::List { item, .. } => {
                let count = self.varint();
                self.piece(start, path, if count == 1 { "1 item".into() } else { format!("{count} items") });
                for index in 0..count {
                    self.value(item, &format!("{path}[{index}]"));
                }
            }
            Type::Named(name) => self.named(name, path),
        }
    }

    fn named(&mut self, name: &str, path: &str) {
        let join = |path: &str, name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let definition = message::definition(name).unwrap_or_else(|| panic!("no type {name}"));
        match definition.shape {
            Shape::Struct(fields) => fields.iter().for_each(|field| self.value(&field.ty, &join(path, field.name))),
            Shape::Enum(variants) => {
                let start = self.at;
                let variant = &variants[usize::try_from(self.varint()).unwrap()];
                self.piece(start, path, format!("`{}`", variant.name));
                match variant.payload {
                    Payload::Unit => {}
                    Payload::One(ty) => self.value(&ty, &join(path, variant.name)),
                    Payload::Fields(fields) => fields
                        .iter()
                        .for_each(|field| self.value(&field.ty, &join(&join(path, variant.name), field.name))),
                }
            }
        }
    }
}

/// `03 66 6f 6f`.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// The bytes that [`hex`] shows, spaces or not.
///
/// # Panics
///
/// If the text has anything but pairs of hexadecimal digits and spaces.
#[must_use]
pub fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> =
        text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(16).expect("a hexadecimal digit")).collect();
    assert!(digits.len().is_multiple_of(2), "half a byte: {text}");
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
}
