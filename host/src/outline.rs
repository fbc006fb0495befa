//! What does a module hold, before any engine sees it?
//!
//! The engine's own limits leave most counts open, and none of its work at load is metered. So every count and size
//! that costs time or memory is compared here, on the bytes alone: a claimed count is checked before anything is read
//! or allocated for it.

use crate::{
    Limits,
    error::{LoadError, MAX_NAME_BYTES},
    printable,
};
use std::fmt;
use wasmparser::{
    ElementItems, ExternalKind, FuncType, FunctionBody, GlobalType, Imports, MemoryType, Parser, Payload,
    SectionLimited, TableType, TypeRef, ValType, WasmFeatures,
};

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
    /// Number of data segments.
    pub data_segments: u32,
    /// Whether it runs code when it is instantiated.
    pub start: bool,
}

/// Something that a module exports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Export {
    /// Its name.
    pub name: String,
    /// What it is.
    pub ty: ExternType,
}

/// Something that a module imports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Import {
    /// The module it is to come from.
    pub module: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub ty: ExternType,
}

/// The type of an import or export.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExternType {
    /// A function.
    Function {
        /// Its parameters and results, `(i32, i32) -> i64`.
        signature: String,
    },
    /// A linear memory.
    Memory {
        /// Its pages at the start.
        initial: u64,
        /// The most pages it may have.
        maximum: Option<u64>,
        /// Whether its addresses have 64 bits.
        wide: bool,
    },
    /// A global.
    Global {
        /// The type of its value, `i32`.
        value: String,
        /// Whether it may change.
        mutable: bool,
    },
    /// A table.
    Table {
        /// The type of its entries, `funcref`.
        element: String,
        /// Its entries at the start.
        initial: u64,
    },
    /// An exception tag.
    Tag,
}

impl Outline {
    /// Reads a module, as far as is needed to know its imports, exports and sizes.
    ///
    /// Fails where the bytes are no module or exceed a limit. What comes out is not validated yet, nor known to be
    /// a guest; that is what [`Engine::load`](crate::Engine::load) does.
    pub fn read(wasm: &[u8], limits: &Limits) -> Result<Self, LoadError> {
        at_most("bytes", wasm.len() as u64, limits.module_bytes, "module_bytes")?;
        if !Parser::is_core_wasm(wasm) {
            return Err(LoadError::NotWasm { found: what_is(wasm) });
        }
        let mut parser = Parser::new(0);
        parser.set_features(FEATURES);
        let mut pass = Pass::new(wasm, limits);
        for payload in parser.parse_all(wasm) {
            pass.section(payload?)?;
        }
        pass.finish()
    }
}

/// What of WebAssembly a guest may use: what stock compilers emit. The engine is told the same.
const FEATURES: WasmFeatures = WasmFeatures::MUTABLE_GLOBAL
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::REFERENCE_TYPES)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::FLOATS)
    .union(WasmFeatures::GC_TYPES);

/// One pass over a module: what has been seen of it so far.
struct Pass<'a> {
    limits: &'a Limits,
    outline: Outline,
    types: Vec<FuncType>,
    /// The index spaces, imports first: the type of each function, each global, table and memory.
    functions: Vec<u32>,
    globals: Vec<GlobalType>,
    tables: Vec<TableType>,
    memories: Vec<MemoryType>,
    exports: Vec<wasmparser::Export<'a>>,
    /// How many functions have had their bodies.
    bodies: usize,
}

impl<'a> Pass<'a> {
    fn new(wasm: &[u8], limits: &'a Limits) -> Self {
        let outline = Outline {
            module_bytes: wasm.len() as u64,
            code_bytes: 0,
            data_bytes: 0,
            custom_bytes: 0,
            imports: Vec::new(),
            exports: Vec::new(),
            types: 0,
            functions: 0,
            locals: 0,
            globals: 0,
            tables: 0,
            table_elements: 0,
            memories: 0,
            memory_bytes: 0,
            element_segments: 0,
            data_segments: 0,
            start: false,
        };
        Self {
            limits,
            outline,
            types: Vec::new(),
            functions: Vec::new(),
            globals: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            exports: Vec::new(),
            bodies: 0,
        }
    }

    fn section(&mut self, payload: Payload<'a>) -> Result<(), LoadError> {
        let limits = self.limits;
        match payload {
            Payload::TypeSection(section) => {
                count("types", self.types.len(), &section, limits.types, "types")?;
                for ty in section.into_iter_err_on_gc_types() {
                    let ty = ty?;
                    at_most("parameters in a type", ty.params().len() as u64, limits.params, "params")?;
                    at_most("results in a type", ty.results().len() as u64, limits.params, "params")?;
                    self.types.push(ty);
                }
            }
            Payload::ImportSection(section) => {
                count("imports", self.outline.imports.len(), &section, limits.imports, "imports")?;
                for import in section {
                    self.import(&import?)?;
                }
            }
            Payload::FunctionSection(section) => {
                count("functions", self.functions.len(), &section, limits.functions, "functions")?;
                for ty in section {
                    self.functions.push(ty?);
                }
            }
            Payload::TableSection(section) => {
                count("tables", self.tables.len(), &section, limits.tables, "tables")?;
                for table in section {
                    self.table(table?.ty)?;
                }
            }
            Payload::MemorySection(section) => {
                // One memory is all there can be, but that is for the engine to say.
                count("memories", self.memories.len(), &section, limits.tables, "tables")?;
                for memory in section {
                    self.memory(memory?)?;
                }
            }
            Payload::GlobalSection(section) => {
                count("globals", self.globals.len(), &section, limits.globals, "globals")?;
                for global in section {
                    self.globals.push(global?.ty);
                }
            }
            Payload::ExportSection(section) => {
                count("exports", self.exports.len(), &section, limits.exports, "exports")?;
                for export in section {
                    self.exports.push(export?);
                }
            }
            Payload::StartSection { .. } => self.outline.start = true,
            Payload::ElementSection(section) => {
                let seen = self.outline.element_segments;
                count("element segments", seen as usize, &section, limits.element_segments, "element_segments")?;
                self.outline.element_segments += section.count();
                for element in section {
                    let items = match element?.items {
                        ElementItems::Functions(items) => items.count(),
                        ElementItems::Expressions(_, items) => items.count(),
                    };
                    at_most("entries in an element segment", items.into(), limits.table_elements, "table_elements")?;
                }
            }
            Payload::DataSection(section) => {
                let seen = self.outline.data_segments;
                count("data segments", seen as usize, &section, limits.data_segments, "data_segments")?;
                self.outline.data_segments += section.count();
                let range = section.range();
                self.outline.data_bytes += range.end - range.start;
            }
            Payload::CodeSectionStart { size, .. } => self.outline.code_bytes += u64::from(size),
            Payload::CodeSectionEntry(body) => self.body(&body)?,
            Payload::CustomSection(section) => {
                let range = section.range();
                self.outline.custom_bytes += range.end - range.start;
            }
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, import: &Imports<'a>) -> Result<(), LoadError> {
        // The compact forms belong to a proposal that isn't allowed; the parser has refused them.
        let Imports::Single(_, import) = import else { return Ok(()) };
        let ty = match import.ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                self.functions.push(ty);
                self.function_type(ty)
            }
            TypeRef::Table(ty) => {
                self.table(ty)?;
                (&ty).into()
            }
            TypeRef::Memory(ty) => {
                self.memory(ty)?;
                (&ty).into()
            }
            TypeRef::Global(ty) => {
                self.globals.push(ty);
                (&ty).into()
            }
            TypeRef::Tag(_) => ExternType::Tag,
        };
        self.outline.imports.push(Import { module: import.module.to_owned(), name: import.name.to_owned(), ty });
        self.bodies = self.functions.len();
        Ok(())
    }

    fn table(&mut self, ty: TableType) -> Result<(), LoadError> {
        self.outline.table_elements = self.outline.table_elements.saturating_add(ty.initial);
        let limit = self.limits.table_elements;
        at_most("table entries at the start", self.outline.table_elements, limit, "table_elements")?;
        self.tables.push(ty);
        Ok(())
    }

    fn memory(&mut self, ty: MemoryType) -> Result<(), LoadError> {
        // Pages of other sizes belong to a proposal that isn't allowed; what they'd amount to is compared all the same.
        let page = 1_u64.checked_shl(ty.page_size_log2.unwrap_or(16)).unwrap_or(u64::MAX);
        let bytes = ty.initial.saturating_mul(page);
        self.outline.memory_bytes = self.outline.memory_bytes.saturating_add(bytes);
        let limit = self.limits.memory_bytes;
        at_most("bytes of memory at the start", self.outline.memory_bytes, limit, "memory_bytes")?;
        self.memories.push(ty);
        Ok(())
    }

    fn body(&mut self, body: &FunctionBody<'a>) -> Result<(), LoadError> {
        let ty = self.functions.get(self.bodies).and_then(|ty| self.types.get(*ty as usize));
        self.bodies += 1;
        let mut locals = ty.map_or(0, |ty| ty.params().len() as u64);
        let mut declared = body.get_locals_reader()?;
        for _ in 0..declared.get_count() {
            locals += u64::from(declared.read()?.0);
        }
        at_most("locals in a function", locals, self.limits.locals_per_function, "locals_per_function")?;
        self.outline.locals += locals;
        at_most("locals in all functions", self.outline.locals, self.limits.locals, "locals")
    }

    fn finish(mut self) -> Result<Outline, LoadError> {
        for export in &self.exports {
            let index = export.index as usize;
            let ty = match export.kind {
                ExternalKind::Func | ExternalKind::FuncExact => {
                    self.functions.get(index).map(|ty| self.function_type(*ty))
                }
                ExternalKind::Table => self.tables.get(index).map(Into::into),
                ExternalKind::Memory => self.memories.get(index).map(Into::into),
                ExternalKind::Global => self.globals.get(index).map(Into::into),
                ExternalKind::Tag => Some(ExternType::Tag),
            };
            let Some(ty) = ty else {
                let what = format!("export `{}` names nothing", printable(export.name, MAX_NAME_BYTES));
                return Err(LoadError::Invalid { what });
            };
            self.outline.exports.push(Export { name: export.name.to_owned(), ty });
        }
        Ok(Outline {
            types: len(&self.types),
            functions: len(&self.functions),
            globals: len(&self.globals),
            tables: len(&self.tables),
            memories: len(&self.memories),
            ..self.outline
        })
    }

    fn function_type(&self, index: u32) -> ExternType {
        let signature = match self.types.get(index as usize) {
            Some(ty) => signature(&texts(ty.params()), &texts(ty.results())),
            None => "of no type".to_owned(),
        };
        ExternType::Function { signature }
    }
}

/// A function's type as it is written in messages: `(i32, i32) -> i64`.
pub(crate) fn signature(params: &[String], results: &[String]) -> String {
    match results {
        [result] => format!("({}) -> {result}", params.join(", ")),
        results => format!("({}) -> ({})", params.join(", "), results.join(", ")),
    }
}

fn texts(types: &[ValType]) -> Vec<String> {
    types.iter().map(ToString::to_string).collect()
}

fn len<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}

/// Compares the count that a section claims, before anything is read of it.
fn count<T>(
    what: &'static str,
    seen: usize,
    section: &SectionLimited<'_, T>,
    limit: u32,
    field: &'static str,
) -> Result<(), LoadError> {
    at_most(what, seen as u64 + u64::from(section.count()), limit, field)
}

fn at_most(what: &'static str, got: u64, limit: impl Into<u64>, field: &'static str) -> Result<(), LoadError> {
    let limit = limit.into();
    if got <= limit { Ok(()) } else { Err(LoadError::TooMuch { what, got, limit, field }) }
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

impl From<wasmparser::Error> for LoadError {
    fn from(error: wasmparser::Error) -> Self {
        Self::Malformed { offset: error.offset(), what: printable(error.message(), 4 * MAX_NAME_BYTES) }
    }
}

impl From<&TableType> for ExternType {
    fn from(ty: &TableType) -> Self {
        Self::Table { element: ty.element_type.to_string(), initial: ty.initial }
    }
}

impl From<&MemoryType> for ExternType {
    fn from(ty: &MemoryType) -> Self {
        Self::Memory { initial: ty.initial, maximum: ty.maximum, wide: ty.memory64 }
    }
}

impl From<&GlobalType> for ExternType {
    fn from(ty: &GlobalType) -> Self {
        Self::Global { value: ty.content_type.to_string(), mutable: ty.mutable }
    }
}

impl fmt::Display for ExternType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function { signature } => write!(f, "function {signature}"),
            Self::Memory { initial, maximum, wide } => {
                let (bits, pages) = (if *wide { 64 } else { 32 }, if *initial == 1 { "page" } else { "pages" });
                write!(f, "{bits}-bit memory of {initial} {pages}")?;
                maximum.map_or(Ok(()), |maximum| write!(f, " up to {maximum}"))
            }
            Self::Global { value, mutable: true } => write!(f, "mutable {value} global"),
            Self::Global { value, mutable: false } => write!(f, "constant {value} global"),
            Self::Table { element, initial } => write!(f, "table of {initial} {element} entries"),
            Self::Tag => f.write_str("tag"),
        }
    }
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (module, name) = (printable(&self.module, MAX_NAME_BYTES), printable(&self.name, MAX_NAME_BYTES));
        write!(f, "`{module}.{name}`, a {}", self.ty)
    }
}

impl fmt::Display for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`, a {}", printable(&self.name, MAX_NAME_BYTES), self.ty)
    }
}
