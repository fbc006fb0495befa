//! What every host has room for, unless whoever runs it has said otherwise (`host.floor`).
//!
//! A guest that stays below all of these runs everywhere (`module.floor`). The hosts' own limits are wider.

/// A number of the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    /// Its name in the machine-readable schema.
    pub name: &'static str,
    /// What is counted.
    pub of: &'static str,
    /// How much every host has room for.
    pub value: u32,
}

/// Size of the module.
pub const MODULE_BYTES: u32 = 8 << 20;
/// Functions of the module.
pub const FUNCTIONS: u32 = 20_000;
/// Locals of one function, parameters included.
pub const LOCALS_PER_FUNCTION: u32 = 2_000;
/// Parameters, and results, of one block.
pub const BLOCK_VALUES: u32 = 2;
/// Values that blocks, branches, calls and returns carry.
pub const CARRIED_VALUES: u32 = 1_000_000;
/// Entries of all tables together.
pub const TABLE_ELEMENTS: u32 = 16_384;
/// Globals of the module.
pub const GLOBALS: u32 = 256;
/// Exports of the module.
pub const EXPORTS: u32 = 256;
/// Data segments of the module.
pub const DATA_SEGMENTS: u32 = 10_000;
/// Linear memory, initial size and growth.
pub const MEMORY_BYTES: u32 = 32 << 20;
/// Calls within calls.
pub const CALL_DEPTH: u32 = 500;
/// A request, and a reply.
pub const MESSAGE_BYTES: u32 = 4 << 20;
/// Diagnostics in one reply.
pub const DIAGNOSTICS: u32 = 1_000;

/// All of them.
pub const ALL: &[Floor] = &[
    Floor { name: "module_bytes", of: "bytes of the module", value: MODULE_BYTES },
    Floor { name: "functions", of: "functions of the module", value: FUNCTIONS },
    Floor {
        name: "locals_per_function",
        of: "locals of one function, parameters included",
        value: LOCALS_PER_FUNCTION,
    },
    Floor { name: "block_values", of: "parameters, and results, of one block", value: BLOCK_VALUES },
    Floor {
        name: "carried_values",
        of: "values that the blocks, branches, calls and returns of the module carry: for each its parameters and results, and \
             for a block with parameters and a `memory.grow` what lies below them on the stack",
        value: CARRIED_VALUES,
    },
    Floor { name: "table_elements", of: "entries of all tables together", value: TABLE_ELEMENTS },
    Floor { name: "globals", of: "globals of the module", value: GLOBALS },
    Floor { name: "exports", of: "exports of the module", value: EXPORTS },
    Floor { name: "data_segments", of: "data segments of the module", value: DATA_SEGMENTS },
    Floor { name: "memory_bytes", of: "bytes of linear memory, growth included", value: MEMORY_BYTES },
    Floor { name: "call_depth", of: "calls within calls", value: CALL_DEPTH },
    Floor { name: "message_bytes", of: "bytes of one request, and of one reply", value: MESSAGE_BYTES },
    Floor { name: "diagnostics", of: "diagnostics in one reply", value: DIAGNOSTICS },
];
