/// How much a guest may have. Plain numbers, with the unit in the name.
///
/// The defaults are wide enough for a guest of some megabytes and narrow enough that the worst module costs a few
/// seconds and some hundred megabytes, whatever it tries. Change single ones like this:
///
/// ```
/// # use dorcas_host::Limits;
/// let limits = Limits { fuel_per_call: 10_000_000, ..Limits::default() };
/// # assert_eq!(limits.memory_bytes, Limits::default().memory_bytes);
/// ```
///
/// End with `..Limits::default()`: there will be more of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Fuel of one call: a method together with the `alloc` and `free` around it. As much again for `_initialize`
    /// of a fresh instance. A unit is about one WebAssembly instruction, some nanoseconds.
    pub fuel_per_call: u64,
    /// Linear memory, initial size and growth. More is refused as the WebAssembly specification has it:
    /// `memory.grow` returns -1.
    pub memory_bytes: u64,
    /// Entries of all tables together at the start, and of each table after growth.
    pub table_elements: u32,
    /// An encoded request.
    pub request_bytes: u32,
    /// A reply, before it is decoded.
    pub reply_bytes: u32,
    /// Calls within calls in the guest. Some Go guests need more than the default.
    pub recursion_depth: u32,
    /// The engine's stack for locals and operands of all these calls. It isn't the guest's own stack in its memory.
    pub stack_bytes: u32,

    /// The module as a file. Bounds everything that isn't counted: nesting, custom sections, constants.
    pub module_bytes: u32,
    /// Function types.
    pub types: u32,
    /// Imports that are looked at in order to list them. A guest has none.
    pub imports: u32,
    /// Exports.
    pub exports: u32,
    /// Functions.
    pub functions: u32,
    /// Parameters, and results, of one function type.
    pub params: u32,
    /// Locals of one function, parameters included. A few bytes declare any number of them.
    pub locals_per_function: u32,
    /// Locals of all functions together. The time of compilation grows with it, and no fuel is charged for that.
    pub locals: u32,
    /// Globals.
    pub globals: u32,
    /// Tables.
    pub tables: u32,
    /// Element segments.
    pub element_segments: u32,
    /// Data segments.
    pub data_segments: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel_per_call: 1_000_000_000,
            memory_bytes: 64 << 20,
            table_elements: 65_536,
            request_bytes: 16 << 20,
            reply_bytes: 16 << 20,
            recursion_depth: 1_000,
            stack_bytes: 1_000_000,
            module_bytes: 16 << 20,
            types: 10_000,
            imports: 1_000,
            exports: 1_000,
            functions: 50_000,
            params: 128,
            locals_per_function: 10_000,
            locals: 1_000_000,
            globals: 1_000,
            tables: 16,
            element_segments: 1_000,
            data_segments: 100_000,
        }
    }
}
