//! Which instructions are paid for together?
//!
//! The engine takes fuel at the beginning of a *piece* of code. By itself it begins one with a function, with a `loop` and with
//! either side of an `if`, and with nothing else: what stands behind a branch, or behind the `end` of a block, is paid for
//! although the branch may have led past it. An interpreter is one loop around all of its cases, and so is every function that
//! Go's compiler makes: such code pays for all cases at each step, fifty times what it does.
//!
//! So before the module is compiled, code that a branch can lead past gets a `loop` of its own, to which nothing branches back:
//!
//! ```text
//! loop $next                       loop $next
//!   block $one                       block $one
//!     block $two                       block $two
//!       br_table $one $two               br_table $one $two
//!     end                              end
//!     case two                         loop case two br $next end
//!     br $next                       end
//!   end                       ->     loop case one br $next end
//!   case one                       end
//!   br $next
//! end
//! ```
//!
//! The depths of the branches are counted anew, and nothing else changes: results, traps and memory are the same. A loop
//! begins where the frame that it stands in has no operands, and goes on to the end of that frame or to the next such loop, so
//! that at most twice as many frames are open at once. A piece costs a unit, and an instruction of the engine, so that pieces
//! are put together up to [`PIECE_FUEL`].
//!
//! Each `memory.grow` is a piece of its own, whatever stands around it:
//!
//! ```text
//! memory.grow    becomes    loop (param i32) (result i32) memory.grow end
//! ```
//!
//! A thousand calls in each other could otherwise all have paid for growths that come when they return, and between which the
//! engine never stops. Where growth leaves something on the host's stack until then ([`dispatch`](crate::sandbox::dispatch)), 60,000 of
//! them fill it. It is done whether or not this build needs it, so that all builds run the same code.
//!
//! The work is a pass over the code and, function by function, over its branches: both time and memory are linear in the
//! largest function and in the module. What isn't valid stays so.

mod body;
mod leb;
mod pieces;
mod types;

use crate::{
    config::Features,
    error::LoadError,
    limits::Limits,
    outline::{Outline, Refused, validate},
};
use body::Bodies;
pub(crate) use leb::unsigned;
use std::{borrow::Cow, ops::Range};
use types::Types;
use wasmparser::{Parser, Payload, TypeRef};

/// What the loop around `memory.grow` costs by itself. The growth costs so much less, so that no guest pays more or less than
/// without.
pub(crate) const LOOP_FUEL: u8 = 1;

const TYPE_SECTION: u8 = 1;
const CODE_SECTION: u8 = 10;

/// Units of fuel that code may cost together with what stands in front of it, although a branch may lead past it.
///
/// Measured from 0 to 96: guests from C, Rust, Zig and `AssemblyScript` get 1.1 to 1.3 units a nanosecond with 0, and take a tenth to
/// a sixth more time; with 64 they get 1.5 to 1.7, for 4% at most.
pub const PIECE_FUEL: u32 = 64;

/// The module as an engine gets it that takes the fuel for a piece of code at its beginning: what a branch can lead past is a
/// piece of its own, where it would cost more than `piece` units together with what is in front of it. Results, traps and memory
/// are the same.
///
/// [`Engine`](crate::Engine) does it with all modules, in pieces of [`PIECE_FUEL`]: this is for tools that look at what runs. It
/// reads the module under the limits, but doesn't validate it; a module that isn't valid stays so.
///
/// ```
/// # use dorcas_host::{Limits, PIECE_FUEL, metered};
/// let text = |case: &str| format!("(module (func $f) (func (param i32) (block (br_if 0 (local.get 0)) {case})))");
/// let case = "(call $f) (call $f) (call $f)";
/// let wasm = wat::parse_str(text(case))?;
/// assert_eq!(metered(&wasm, &Limits::default(), PIECE_FUEL)?, wat::parse_str(text(&format!("(loop {case})")))?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn metered(wasm: &[u8], limits: &Limits, piece: u32) -> Result<Vec<u8>, LoadError> {
    Outline::read(wasm, limits)?;
    in_pieces(wasm, piece).map(Cow::into_owned)
}

/// The same for a module that was read before.
pub(crate) fn in_pieces(wasm: &[u8], piece: u32) -> Result<Cow<'_, [u8]>, LoadError> {
    changed(wasm, piece).map_err(|refused| refused.0)
}

fn changed(wasm: &[u8], piece: u32) -> Result<Cow<'_, [u8]>, Refused> {
    let mut types = Types::default();
    let mut bodies = Bodies::new(piece);
    // Where the section begins that is read next, its id and its length included.
    let mut begins = 0;
    let (mut type_section, mut code_section) = (Range::default(), Range::default());
    let mut code: Vec<u8> = Vec::new();
    let mut is_changed = false;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::Version { range, .. } => begins = place(range.end),
            Payload::TypeSection(section) => {
                type_section = begins..place(section.range().end);
                for ty in section.clone().into_iter_err_on_gc_types() {
                    types.declare(&ty?);
                }
            }
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    if let TypeRef::Func(ty) | TypeRef::FuncExact(ty) = import?.ty {
                        types.import_function(ty);
                    }
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section.clone() {
                    types.function(ty?);
                }
            }
            Payload::CodeSectionStart { count, unchecked_range, .. } => {
                code_section = begins..place(unchecked_range.end);
                code.reserve(code_section.len() + code_section.len() / 16);
                unsigned(&mut code, *count as usize);
            }
            Payload::CodeSectionEntry(body) => is_changed |= bodies.next(wasm, body, &mut types, &mut code)?,
            _ => {}
        }
        if let Some((_, range)) = payload.as_section() {
            begins = place(range.end);
        }
    }
    if !is_changed {
        return Ok(wasm.into());
    }
    let mut module = Vec::with_capacity(wasm.len() - code_section.len() + code.len() + 64);
    let mut copied = 0;
    if types.are_more() {
        // An index that means nothing in the module must not mean one of these.
        validate(wasm, Features::ABI)?;
        module.extend_from_slice(&wasm[..type_section.start]);
        section(&mut module, TYPE_SECTION, &types.section(&wasm[type_section.clone()]));
        copied = type_section.end;
    }
    module.extend_from_slice(&wasm[copied..code_section.start]);
    section(&mut module, CODE_SECTION, &code);
    module.extend_from_slice(&wasm[code_section.end..]);
    Ok(module.into())
}

fn section(module: &mut Vec<u8>, id: u8, content: &[u8]) {
    module.push(id);
    unsigned(module, content.len());
    module.extend_from_slice(content);
}

#[allow(clippy::cast_possible_truncation)] // It is a place in a file that is in memory.
pub(crate) fn place(offset: u64) -> usize {
    offset as usize
}

#[cfg(test)]
mod tests;
