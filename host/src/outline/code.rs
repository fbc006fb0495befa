//! What is in a function's body that matters before it is compiled?

use crate::Limits;
use wasmparser::{FunctionBody, Operator};

/// What of a body was looked for.
#[derive(Default)]
pub(super) struct Found {
    /// Most blocks that are open at once.
    pub(super) nesting: u32,
    /// Whether it has a `table.grow`.
    pub(super) grows_table: bool,
    /// Number of its instructions that make a memory or a table larger; or a number that is larger, and allowed too.
    pub(super) growths: u32,
}

/// Looks into a body, as far as that can matter.
///
/// Reading all instructions of a module would take a good part of the time for loading it. Most bodies don't have the
/// bytes that it would take: those are counted first, as if all of them were instructions.
pub(super) fn look(body: &FunctionBody<'_>, limits: &Limits) -> Found {
    let bytes = body.as_bytes();
    let (mut blocks, mut growths, mut grows_table) = (0_u32, 0_u32, false);
    for (at, byte) in bytes.iter().enumerate() {
        // The number that follows may have been written with more bytes than it needs.
        let number = bytes.get(at + 1).map_or(0, |byte| byte & 0x7f);
        match byte {
            0x02..=0x04 => blocks += 1,
            0x40 if number == 0 => growths += 1,
            0xfc if number == 15 => grows_table = true,
            _ => {}
        }
    }
    if blocks <= limits.nesting && growths <= limits.growths_per_function && !grows_table {
        return Found { nesting: blocks, grows_table, growths };
    }
    let mut found = Found::default();
    let (mut open, Ok(mut operators)) = (0_u32, body.get_operators_reader()) else { return found };
    // Where an instruction can't be read, the engine will say so.
    while let Ok(operator) = operators.read() {
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                open += 1;
                found.nesting = found.nesting.max(open);
            }
            Operator::End => open = open.saturating_sub(1),
            Operator::MemoryGrow { .. } => found.growths += 1,
            Operator::TableGrow { .. } => {
                found.growths += 1;
                found.grows_table = true;
            }
            _ => {}
        }
    }
    found
}
