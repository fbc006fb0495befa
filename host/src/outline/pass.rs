//! Which limit does a module exceed?
//!
//! One pass over the sections, in the order of the file. A claimed count is compared before anything is read for it.

use super::{
    Outline, Refused,
    code::Look,
    values::{Arity, Types},
};
use crate::{
    config::{Feature, Features},
    error::LoadError,
    interface::{Export, ExternType, Import, signature},
    limits::Limits,
    printable::{MAX_NAME_BYTES, printable},
};
use wasmparser::{
    ElementItems, ExternalKind, FuncType, FunctionBody, GlobalType, Imports, MemoryType, Parser, Payload,
    SectionLimited, TableType, TypeRef, ValType, WasmFeatures,
};

/// Reads all sections of a module.
pub(super) fn run(wasm: &[u8], limits: &Limits) -> Result<Outline, Refused> {
    let mut parser = Parser::new(0);
    parser.set_features(features(Features::ABI));
    let mut pass = Pass::new(wasm, limits);
    for payload in parser.parse_all(wasm) {
        pass.section(payload?)?;
    }
    pass.finish()
}

/// What is always there.
const BASE: WasmFeatures = WasmFeatures::FLOATS.union(WasmFeatures::GC_TYPES);

/// The same features as the parser names them.
pub(super) fn features(features: Features) -> WasmFeatures {
    features.list().fold(BASE, |all, feature| {
        all | match feature {
            Feature::MutableGlobal => WasmFeatures::MUTABLE_GLOBAL,
            Feature::SignExtension => WasmFeatures::SIGN_EXTENSION,
            Feature::SaturatingFloatToInt => WasmFeatures::SATURATING_FLOAT_TO_INT,
            Feature::BulkMemory => WasmFeatures::BULK_MEMORY,
            Feature::ReferenceTypes => WasmFeatures::REFERENCE_TYPES,
            Feature::MultiValue => WasmFeatures::MULTI_VALUE,
        }
    })
}

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
    look: Look,
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
            block_values: 0,
            carried_values: 0,
            globals: 0,
            tables: 0,
            table_elements: 0,
            memories: 0,
            memory_bytes: 0,
            element_segments: 0,
            elements: 0,
            data_segments: 0,
            start: false,
            start_function: None,
            grows_table: false,
            is_readable: true,
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
            look: Look::default(),
        }
    }

    fn section(&mut self, payload: Payload<'a>) -> Result<(), Refused> {
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
            Payload::StartSection { func, .. } => {
                self.outline.start = true;
                self.outline.start_function = Some(func);
            }
            Payload::ElementSection(section) => {
                let seen = self.outline.element_segments;
                count("element segments", seen as usize, &section, limits.element_segments, "element_segments")?;
                self.outline.element_segments += section.count();
                for element in section {
                    let items = match element?.items {
                        ElementItems::Functions(items) => items.count(),
                        ElementItems::Expressions(_, items) => items.count(),
                    };
                    self.outline.elements += u64::from(items);
                    let got = self.outline.elements;
                    at_most("entries in element segments", got, limits.table_elements, "table_elements")?;
                }
            }
            Payload::DataSection(section) => {
                let seen = self.outline.data_segments;
                count("data segments", seen as usize, &section, limits.data_segments, "data_segments")?;
                self.outline.data_segments += section.count();
                let range = section.range();
                self.outline.data_bytes += range.end - range.start;
                at_most("bytes of data", self.outline.data_bytes, limits.data_bytes, "data_bytes")?;
            }
            Payload::CodeSectionStart { size, .. } => {
                self.outline.code_bytes += u64::from(size);
                at_most("bytes of code", self.outline.code_bytes, limits.code_bytes, "code_bytes")?;
            }
            Payload::CodeSectionEntry(body) => self.body(&body)?,
            Payload::CustomSection(section) => {
                let range = section.range();
                self.outline.custom_bytes += range.end - range.start;
                at_most("bytes of custom sections", self.outline.custom_bytes, limits.custom_bytes, "custom_bytes")?;
            }
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, import: &Imports<'a>) -> Result<(), Refused> {
        // The compact forms belong to a proposal that isn't allowed; the parser has refused them.
        let Imports::Single(_, import) = import else { return Ok(()) };
        let ty = match import.ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                self.functions.push(ty);
                self.function_type(ty)
            }
            TypeRef::Table(ty) => {
                self.table(ty)?;
                table_type(&ty)
            }
            TypeRef::Memory(ty) => {
                self.memory(ty)?;
                memory_type(&ty)
            }
            TypeRef::Global(ty) => {
                self.globals.push(ty);
                global_type(&ty)
            }
            TypeRef::Tag(_) => ExternType::Tag,
        };
        self.outline.imports.push(Import { module: import.module.to_owned(), name: import.name.to_owned(), ty });
        self.bodies = self.functions.len();
        Ok(())
    }

    fn table(&mut self, ty: TableType) -> Result<(), Refused> {
        self.outline.table_elements = self.outline.table_elements.saturating_add(ty.initial);
        let limit = self.limits.table_elements;
        at_most("table entries at the start", self.outline.table_elements, limit, "table_elements")?;
        self.tables.push(ty);
        Ok(())
    }

    fn memory(&mut self, ty: MemoryType) -> Result<(), Refused> {
        // Pages of other sizes belong to a proposal that isn't allowed; what they'd amount to is compared all the same.
        let page = 1_u64.checked_shl(ty.page_size_log2.unwrap_or(16)).unwrap_or(u64::MAX);
        let bytes = ty.initial.saturating_mul(page);
        self.outline.memory_bytes = self.outline.memory_bytes.saturating_add(bytes);
        let limit = self.limits.memory_bytes;
        at_most("bytes of memory at the start", self.outline.memory_bytes, limit, "memory_bytes")?;
        self.memories.push(ty);
        Ok(())
    }

    fn body(&mut self, body: &FunctionBody<'a>) -> Result<(), Refused> {
        let ty = self.functions.get(self.bodies).and_then(|ty| self.types.get(*ty as usize));
        self.bodies += 1;
        let (limits, range) = (self.limits, body.range());
        at_most("bytes in a function", range.end - range.start, limits.function_bytes, "function_bytes")?;
        let mut locals = ty.map_or(0, |ty| ty.params().len() as u64);
        let mut declared = body.get_locals_reader()?;
        for _ in 0..declared.get_count() {
            locals += u64::from(declared.read()?.0);
        }
        at_most("locals in a function", locals, limits.locals_per_function, "locals_per_function")?;
        self.outline.locals += locals;
        at_most("locals in all functions", self.outline.locals, limits.locals, "locals")?;
        let types = Types { types: &self.types, functions: &self.functions };
        let found = self.look.at(body, ty.map_or_else(Arity::default, Arity::of), types);
        self.outline.grows_table |= found.grows_table;
        self.outline.is_readable &= found.is_readable;
        at_most("blocks within blocks", found.nesting.into(), limits.nesting, "nesting")?;
        self.outline.block_values = self.outline.block_values.max(found.block_values);
        at_most("parameters or results of a block", found.block_values.into(), limits.block_values, "block_values")?;
        self.outline.carried_values += found.carried_values;
        let what = "values carried by blocks, branches and calls";
        at_most(what, self.outline.carried_values, limits.carried_values, "carried_values")?;
        Ok(())
    }

    fn finish(mut self) -> Result<Outline, Refused> {
        for export in &self.exports {
            let index = export.index as usize;
            let ty = match export.kind {
                ExternalKind::Func | ExternalKind::FuncExact => {
                    self.functions.get(index).map(|ty| self.function_type(*ty))
                }
                ExternalKind::Table => self.tables.get(index).map(table_type),
                ExternalKind::Memory => self.memories.get(index).map(memory_type),
                ExternalKind::Global => self.globals.get(index).map(global_type),
                ExternalKind::Tag => Some(ExternType::Tag),
            };
            let Some(ty) = ty else {
                let what = format!("export `{}` names nothing", printable(export.name, MAX_NAME_BYTES));
                return Err(LoadError::Invalid { what }.into());
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

pub(super) fn at_most(
    what: &'static str,
    got: u64,
    limit: impl Into<u64>,
    field: &'static str,
) -> Result<(), LoadError> {
    let limit = limit.into();
    if got <= limit { Ok(()) } else { Err(LoadError::TooMuch { what, got, limit, field }) }
}

fn texts(types: &[ValType]) -> Vec<String> {
    types.iter().map(ToString::to_string).collect()
}

fn table_type(ty: &TableType) -> ExternType {
    ExternType::Table { element: ty.element_type.to_string(), initial: ty.initial }
}

fn memory_type(ty: &MemoryType) -> ExternType {
    ExternType::Memory { initial: ty.initial, maximum: ty.maximum, wide: ty.memory64 }
}

fn global_type(ty: &GlobalType) -> ExternType {
    ExternType::Global { value: ty.content_type.to_string(), mutable: ty.mutable }
}
