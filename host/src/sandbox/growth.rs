//! What keeps `memory.grow` from being paid for long before it is carried out?
//!
//! The engine takes the fuel for a piece of code at its beginning, as far as the next loop or condition, calls of other
//! functions included. So a thousand calls in each other can all have paid for growths that come when they return, and between
//! which the engine never stops. Where growth leaves something on the host's stack until then
//! ([`dispatch`](super::dispatch)), 60,000 of them fill it.
//!
//! So each `memory.grow` gets a loop of its own before the module is compiled, which is gone through once:
//!
//! ```text
//! memory.grow    becomes    loop (param i32) (result i32) memory.grow end
//! ```
//!
//! A loop takes its fuel when it begins. It takes one unit for itself, which the growth inside costs less, so that no guest
//! pays more or less than without. It is done whether or not this build needs it, so that all builds run the same code.

use crate::{
    error::LoadError,
    outline::{Outline, Refused},
};
use std::{borrow::Cow, ops::Range};
use wasmparser::{Parser, Payload};

/// What the loop costs by itself.
pub(crate) const LOOP_FUEL: u8 = 1;

const LOOP: u8 = 0x03;
const END: u8 = 0x0b;
const TYPE_SECTION: u8 = 1;
const CODE_SECTION: u8 = 10;
/// The type (i32) -> i32, as a type section has it.
const I32_TO_I32: [u8; 5] = [0x60, 1, 0x7f, 1, 0x7f];

/// The module with a loop around each `memory.grow`.
pub(crate) fn stopped<'a>(wasm: &'a [u8], outline: &Outline) -> Result<Cow<'a, [u8]>, LoadError> {
    looped(wasm, outline).map_err(|refused| refused.0)
}

fn looped<'a>(wasm: &'a [u8], outline: &Outline) -> Result<Cow<'a, [u8]>, Refused> {
    if outline.growths.is_empty() {
        return Ok(wasm.into());
    }
    let moved_from = wasm.len();
    // Every guest has the type, from `alloc`. A module that is no guest may lack it.
    let (wasm, ty) = match outline.i32_to_i32 {
        Some(ty) => (Cow::Borrowed(wasm), ty),
        None => with_type(wasm)?,
    };
    let moved = wasm.len() - moved_from;
    let mut head = vec![LOOP];
    signed(&mut head, ty);
    // Where the section begins that is read next, its id and its length included.
    let mut begins = 0;
    let mut code: Vec<u8> = Vec::new();
    let mut section = Range::default();
    let mut growths = &outline.growths[..];
    for payload in Parser::new(0).parse_all(&wasm) {
        match payload? {
            Payload::Version { range, .. } => begins = place(range.end),
            Payload::CodeSectionStart { count, unchecked_range, .. } => {
                section = begins..place(unchecked_range.end);
                code.reserve(section.len() + (head.len() + 1) * growths.len());
                unsigned(&mut code, count as usize);
            }
            Payload::CodeSectionEntry(body) => {
                let range = place(body.range().start)..place(body.range().end);
                let here = growths.partition_point(|growth| place(growth.end) + moved <= range.end);
                let (inside, later) = growths.split_at(here);
                growths = later;
                unsigned(&mut code, range.len() + (head.len() + 1) * inside.len());
                let mut copied = range.start;
                for growth in inside {
                    let growth = place(growth.start) + moved..place(growth.end) + moved;
                    code.extend_from_slice(&wasm[copied..growth.start]);
                    code.extend_from_slice(&head);
                    copied = growth.end;
                    code.extend_from_slice(&wasm[growth]);
                    code.push(END);
                }
                code.extend_from_slice(&wasm[copied..range.end]);
            }
            other => {
                if let Some((_, range)) = other.as_section() {
                    begins = place(range.end);
                }
            }
        }
    }
    let mut module = Vec::with_capacity(wasm.len() - section.len() + code.len() + 8);
    module.extend_from_slice(&wasm[..section.start]);
    module.push(CODE_SECTION);
    unsigned(&mut module, code.len());
    module.append(&mut code);
    module.extend_from_slice(&wasm[section.end..]);
    Ok(module.into())
}

/// The module with the type (i32) -> i32 behind its other types, and the index of the type.
fn with_type(wasm: &[u8]) -> Result<(Cow<'_, [u8]>, u32), Refused> {
    const HEADER: usize = 8;
    // Where the section stands, its types without their number, and the number.
    let (mut section, mut types, mut count) = (HEADER..HEADER, &wasm[..0], 0);
    let mut begins = HEADER;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if let Payload::TypeSection(reader) = &payload {
            let range = place(reader.range().start)..place(reader.range().end);
            count = reader.count();
            let mut number = Vec::new();
            unsigned(&mut number, count as usize);
            // A number may be written longer than it has to be.
            let first = reader.clone().into_iter_with_offsets().next().transpose()?;
            let first = first.map_or(range.start + number.len(), |(first, _)| place(first));
            (section, types) = (begins..range.end, &wasm[first..range.end]);
            break;
        }
        if let Some((_, range)) = payload.as_section() {
            begins = place(range.end);
        }
    }
    let mut content = Vec::with_capacity(types.len() + 16);
    unsigned(&mut content, count as usize + 1);
    content.extend_from_slice(types);
    content.extend_from_slice(&I32_TO_I32);
    let mut module = Vec::with_capacity(wasm.len() + 16);
    module.extend_from_slice(&wasm[..section.start]);
    module.push(TYPE_SECTION);
    unsigned(&mut module, content.len());
    module.append(&mut content);
    module.extend_from_slice(&wasm[section.end..]);
    Ok((module.into(), count))
}

#[allow(clippy::cast_possible_truncation)] // It is a place in a file that is in memory.
pub(super) fn place(offset: u64) -> usize {
    offset as usize
}

/// LEB128.
pub(super) fn unsigned(out: &mut Vec<u8>, mut value: usize) {
    loop {
        let (low, rest) = (value.to_le_bytes()[0] & 0x7f, value >> 7);
        if rest == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
        value = rest;
    }
}

/// LEB128 of a number that could be negative, as a type's index in a block: the sixth bit of the last byte is its sign.
fn signed(out: &mut Vec<u8>, mut value: u32) {
    loop {
        let (low, rest) = (value.to_le_bytes()[0] & 0x7f, value >> 7);
        if rest == 0 && low & 0x40 == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
        value = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    fn changed(text: &str) -> Vec<u8> {
        let wasm = wat::parse_str(text).unwrap();
        stopped(&wasm, &Outline::read(&wasm, &Limits::default()).unwrap()).unwrap().into_owned()
    }

    #[test]
    fn each_growth_stands_in_a_loop() {
        // In several functions, of which some have none; with a type whose index takes more bytes than one; long enough for
        // lengths to become longer.
        for types in [0, 70, 200] {
            let text = |growth: &str| {
                let types = "(type (func (param f32)))".repeat(types);
                format!(
                    "(module {types} (type $t (func (param i32) (result i32))) (memory 1) (func)
                     (func (type $t) (local.get 0) {} (i32.const 9) {growth} drop)
                     (func) (func (type $t) (local.get 0) {growth} (if (result i32) (i32.const 1)
                       (then (i32.const 5) {growth}) (else (i32.const 0x40))))
                     (func) (data \"@\\00\"))",
                    "(drop (i32.const 64))".repeat(30),
                )
            };
            let expected = wat::parse_str(text("(loop (type $t) (memory.grow))")).unwrap();
            assert_eq!(changed(&text("(memory.grow)")), expected, "{types}");
        }
    }

    #[test]
    fn a_module_without_growth_is_left_as_it_is() {
        let wasm = wat::parse_str("(module (memory 1) (func (result i32) (i32.const 0x40)))").unwrap();
        let outline = Outline::read(&wasm, &Limits::default()).unwrap();
        assert!(matches!(stopped(&wasm, &outline), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn a_module_that_lacks_the_type_of_the_loop_gets_it() {
        for types in [0, 1, 126, 127, 128] {
            let text = |more: &str, growth: &str| {
                let types = "(type (func (param f32)))".repeat(types);
                format!(
                    "(module {types} (type (func (result i32))) {more} (memory 1) (func (result i32) i32.const 1 {growth}))"
                )
            };
            let growth = format!("(loop (type {}) memory.grow)", types + 1);
            let expected = text("(type (func (param i32) (result i32)))", &growth);
            assert_eq!(changed(&text("", "memory.grow")), wat::parse_str(expected).unwrap(), "{types}");
        }
    }
}
