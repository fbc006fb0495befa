//! What does a module hold, before any engine sees it?
//!
//! The engine's own limits leave most counts open, and none of its work at load is metered. So every count and size
//! that costs time or memory is compared here, on the bytes alone: a claimed count is checked before anything is read
//! or allocated for it.

mod code;
mod pass;
mod values;

use crate::{
    config::Features,
    error::LoadError,
    interface::{Export, Import},
    limits::Limits,
    printable::{MAX_NAME_BYTES, printable},
};
use wasmparser::{Parser, Validator};

/// What a module declares: its imports, exports and sizes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outline {
    /// Size of the module.
    pub module_bytes: u64,
    /// Size of its code.
    pub code_bytes: u64,
    /// Size of its data segments.
    pub data_bytes: u64,
    /// Size of its custom sections: names and debug information, which the host doesn't read.
    pub custom_bytes: u64,
    /// What it imports, in the order of the file.
    pub imports: Vec<Import>,
    /// What it exports, in the order of the file.
    pub exports: Vec<Export>,
    /// Number of function types.
    pub types: u32,
    /// Number of functions, imported ones included.
    pub functions: u32,
    /// Number of locals of all functions, parameters included.
    pub locals: u64,
    /// Most parameters, or results, of a block.
    pub block_values: u32,
    /// Values that the blocks, branches, calls and returns of all functions carry, as far as
    /// [`Limits::carried_values`] counts them.
    pub carried_values: u64,
    /// Number of globals, imported ones included.
    pub globals: u32,
    /// Number of tables, imported ones included.
    pub tables: u32,
    /// Entries of all tables at the start.
    pub table_elements: u64,
    /// Number of memories, imported ones included.
    pub memories: u32,
    /// Size of all memories at the start.
    pub memory_bytes: u64,
    /// Number of element segments.
    pub element_segments: u32,
    /// Entries of all element segments.
    pub elements: u64,
    /// Number of data segments.
    pub data_segments: u32,
    /// Whether it runs code when it is instantiated.
    pub start: bool,
    /// The index of the function that it runs then.
    pub(crate) start_function: Option<u32>,
    /// Whether it has the instruction `table.grow`, in the middle of which the engine can't be stopped and resumed.
    pub grows_table: bool,
    /// Whether each function could be read to its end, and ends where it should. If not, the module isn't valid.
    pub(crate) is_readable: bool,
}

impl Outline {
    /// Reads a module, as far as is needed to know its imports, exports and sizes.
    ///
    /// Fails where the bytes are no module or exceed a limit. What comes out is not validated yet, nor known to be
    /// a guest; that is what [`Engine::load`](crate::Engine::load) does.
    pub fn read(wasm: &[u8], limits: &Limits) -> Result<Self, LoadError> {
        pass::at_most("bytes", wasm.len() as u64, limits.module_bytes, "module_bytes")?;
        if !Parser::is_core_wasm(wasm) {
            return Err(LoadError::NotWasm { found: what_is(wasm) });
        }
        pass::run(wasm, limits).map_err(|refused| refused.0)
    }
}

/// Says whether a module is valid, by the features that it may use, and if not, why.
pub(crate) fn validate(wasm: &[u8], features: Features) -> Result<(), LoadError> {
    let mut validator = Validator::new_with_features(pass::features(features));
    validator.validate_all(wasm).map(drop).map_err(|error| LoadError::Invalid {
        what: printable(&format!("{} (at offset {:#x})", error.message(), error.offset()), 4 * MAX_NAME_BYTES),
    })
}

/// A guess at what a file is that is no module.
fn what_is(bytes: &[u8]) -> String {
    let text = bytes.trim_ascii_start();
    if bytes.is_empty() {
        "the file is empty".into()
    } else if Parser::is_component(bytes) {
        "it is a component; build a core module, without a component adapter".into()
    } else if text.starts_with(b"(module") || text.starts_with(b";;") || text.starts_with(b"(component") {
        "it is WebAssembly text; assemble it first".into()
    } else {
        let first: Vec<_> = bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        format!("it begins with the bytes {}", first.join(" "))
    }
}

/// Why a module is refused: by a limit, or by the parser, whose error type stays inside this crate.
pub(crate) struct Refused(pub(crate) LoadError);

impl From<LoadError> for Refused {
    fn from(error: LoadError) -> Self {
        Self(error)
    }
}

impl From<wasmparser::Error> for Refused {
    fn from(error: wasmparser::Error) -> Self {
        let what = printable(error.message(), 4 * MAX_NAME_BYTES);
        Self(LoadError::Malformed { offset: error.offset(), what })
    }
}
