//! What is said of a guest to machines?

use super::{Seen, methods};
use crate::{json, messages::with_flags};
use dorcas_abi::message::Manifest;
use dorcas_host::Outline;
use dorcas_seal::Note;
use serde::Serialize;
use std::io::{self, Write};

pub(super) fn document(seen: &Seen<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        path: seen.path.display().to_string(),
        sha256: seen.digest.to_string(),
        guest: seen.loaded.ok().map(|guest| About {
            name: guest.name(),
            abi_version: guest.abi_version(),
            methods: methods(guest),
            manifest: guest.manifest(),
        }),
        module: seen.outline.as_ref().map(Sizes::new),
        sealed: seen.sealed.iter().map(How::new).collect(),
        error: seen.loaded.err().map(|error| with_flags(&error.to_string())),
    };
    json::write(&document, out)
}

#[derive(Serialize)]
struct Document<'a> {
    path: String,
    sha256: String,
    /// What it is as a guest, if it is one.
    guest: Option<About<'a>>,
    /// What it is as a module, if it is one.
    module: Option<Sizes<'a>>,
    /// How it came to import nothing, if it did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sealed: Vec<How<'a>>,
    /// Why it can't be loaded.
    error: Option<String>,
}

#[derive(Serialize)]
struct About<'a> {
    name: &'a str,
    abi_version: u32,
    methods: Vec<&'static str>,
    manifest: &'a Manifest,
}

/// A note of `dorcas seal`.
#[derive(Serialize)]
struct How<'a> {
    tool: &'a str,
    input: &'a str,
    snapshot_fuel: Option<u64>,
    stand_ins: &'a [String],
}

impl<'a> How<'a> {
    fn new(note: &'a Note) -> Self {
        Self { tool: &note.tool, input: &note.input, snapshot_fuel: note.snapshot, stand_ins: &note.stand_ins }
    }
}

/// What a module declares, with the names of the host's `Outline`.
#[derive(Serialize)]
struct Sizes<'a> {
    module_bytes: u64,
    code_bytes: u64,
    data_bytes: u64,
    custom_bytes: u64,
    memory_bytes: u64,
    types: u32,
    functions: u32,
    locals: u64,
    globals: u32,
    tables: u32,
    table_elements: u64,
    element_segments: u32,
    data_segments: u32,
    start: bool,
    imports: Vec<Item<'a>>,
    exports: Vec<Item<'a>>,
}

/// Something imported or exported.
#[derive(Serialize)]
struct Item<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<&'a str>,
    name: &'a str,
    #[serde(rename = "type")]
    ty: String,
}

impl<'a> Sizes<'a> {
    fn new(outline: &'a Outline) -> Self {
        let imports = outline.imports.iter();
        let exports = outline.exports.iter();
        Self {
            module_bytes: outline.module_bytes,
            code_bytes: outline.code_bytes,
            data_bytes: outline.data_bytes,
            custom_bytes: outline.custom_bytes,
            memory_bytes: outline.memory_bytes,
            types: outline.types,
            functions: outline.functions,
            locals: outline.locals,
            globals: outline.globals,
            tables: outline.tables,
            table_elements: outline.table_elements,
            element_segments: outline.element_segments,
            data_segments: outline.data_segments,
            start: outline.start,
            imports: imports
                .map(|one| Item { module: Some(&one.module), name: &one.name, ty: one.ty.to_string() })
                .collect(),
            exports: exports.map(|one| Item { module: None, name: &one.name, ty: one.ty.to_string() }).collect(),
        }
    }
}
