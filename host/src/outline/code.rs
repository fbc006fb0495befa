//! What is in a function's body that matters before it is compiled?

use wasmparser::{FunctionBody, Operator};

/// What of a body was looked for.
#[derive(Default)]
pub(super) struct Found {
    /// Most blocks that are open at once.
    pub(super) nesting: u32,
    /// Whether it has a `table.grow`.
    pub(super) grows_table: bool,
}

/// Looks into a body, as far as that can matter.
///
/// Reading all instructions of a module would take a good part of the time for loading it. Most bodies don't have the
/// bytes that it would take: those are counted first, as if all of them were instructions.
pub(super) fn look(body: &FunctionBody<'_>, nesting_limit: u32) -> Found {
    let bytes = body.as_bytes();
    let blocks = bytes.iter().filter(|byte| matches!(byte, 0x02..=0x04)).count();
    // `table.grow` is a prefix and a number, which may have been written with more bytes than it needs.
    let grows = bytes.windows(2).any(|pair| pair[0] == 0xfc && pair[1] & 0x7f == 15);
    if blocks as u64 <= nesting_limit.into() && !grows {
        return Found { nesting: u32::try_from(blocks).unwrap_or(u32::MAX), grows_table: false };
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
            Operator::TableGrow { .. } => found.grows_table = true,
            _ => {}
        }
    }
    found
}
