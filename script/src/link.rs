//! How do engine, shims and sources become one module?

use crate::BuildError;
use std::convert::Infallible;
use wasm_encoder::{
    CodeSection, DataCountSection, DataSection, ElementSection, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, ImportSection, Instruction, MemorySection, Module, TableSection, TypeSection, ValType,
    reencode::{self, Reencode},
};
use wasmparser::{
    DataSectionReader, ElementSectionReader, Export, ExternalKind, FunctionBody, GlobalSectionReader, Import,
    MemorySectionReader, Parser, Payload, TableSectionReader, TypeRef, TypeSectionReader,
};

/// What the engine gets.
pub(crate) struct Additions<'a> {
    /// The shims; the first of their functions are imported from the engine.
    pub(crate) shims: &'a [u8],
    pub(crate) engine_functions: u32,
    /// Functions of the shims' that take a place in the table.
    pub(crate) table_entries: u64,
    /// Exports of the engine that stay.
    pub(crate) exports: &'a [&'a str],
    /// What the module begins with, where it is to begin with something: a function of the engine's, and a bundle.
    pub(crate) begin: Option<(&'a str, &'a [u8])>,
}

/// The engine with what it gets: valid, where both are.
pub(crate) fn link(engine: &[u8], additions: &Additions<'_>) -> Result<Vec<u8>, BuildError> {
    let (engine, shims) = (Parts::of(engine)?, Parts::of(additions.shims)?);
    let host = shims.imports.iter().filter(|import| matches!(import.ty, TypeRef::Func(_)));
    let host: Vec<_> = host.copied().skip(additions.engine_functions as usize).collect();
    let (mut in_engine, mut in_shims) = numbers(&engine, &shims, additions.engine_functions, length(&host))?;

    let mut types = TypeSection::new();
    for (code, section) in [(&mut in_engine, &engine.types), (&mut in_shims, &shims.types)] {
        if let Some(section) = section.clone() {
            code.parse_type_section(&mut types, section)?;
        }
    }
    let begin_type = types.len();
    types.ty().function([], []);

    let mut imports = ImportSection::new();
    for (code, list) in [(&mut in_engine, &engine.imports), (&mut in_shims, &host)] {
        for import in list {
            imports.import(import.module, import.name, code.entity_type(import.ty)?);
        }
    }

    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for (numbers, parts) in [(&mut in_engine, &engine), (&mut in_shims, &shims)] {
        for (ty, body) in parts.functions.iter().zip(&parts.bodies) {
            functions.function(numbers.type_index(*ty)?);
            numbers.parse_function_body(&mut code, body.clone())?;
        }
    }
    let begin = length(&imports_of_functions(&engine)) + length(&host) + functions.len();
    if let Some((begin, bundle)) = additions.begin {
        functions.function(begin_type);
        code.function(&begins(&engine, &in_engine, begin, bundle)?);
    }

    let (mut tables, mut memories, mut globals) = (TableSection::new(), MemorySection::new(), GlobalSection::new());
    for table in engine.tables.iter().cloned().flatten() {
        let mut ty = in_engine.table_type(table?.ty)?;
        ty.minimum += additions.table_entries;
        ty.maximum = ty.maximum.map(|maximum| maximum + additions.table_entries);
        tables.table(ty);
    }
    if let Some(section) = engine.memories.clone() {
        in_engine.parse_memory_section(&mut memories, section)?;
    }
    if let Some(section) = engine.globals.clone() {
        in_engine.parse_global_section(&mut globals, section)?;
    }

    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    for export in &engine.exports {
        let is_replaced = additions.begin.is_some() && export.name == INITIALIZE;
        if export.kind == ExternalKind::Func && additions.exports.contains(&export.name) && !is_replaced {
            exports.export(export.name, ExportKind::Func, in_engine.function_index(export.index)?);
        }
    }
    for export in &shims.exports {
        exports.export(export.name, ExportKind::Func, in_shims.function_index(export.index)?);
    }
    if additions.begin.is_some() {
        exports.export(INITIALIZE, ExportKind::Func, begin);
    }

    let (mut elements, mut data) = (ElementSection::new(), DataSection::new());
    for (numbers, parts) in [(&mut in_engine, &engine), (&mut in_shims, &shims)] {
        if let Some(section) = parts.elements.clone() {
            numbers.parse_element_section(&mut elements, section)?;
        }
    }
    // That of the bundle behind the engine's, where `begins` looks for it.
    if let Some(section) = engine.data.clone() {
        in_engine.parse_data_section(&mut data, section)?;
    }
    if let Some((_, bundle)) = additions.begin {
        data.passive(bundle.iter().copied());
    }
    if let Some(section) = shims.data.clone() {
        in_shims.parse_data_section(&mut data, section)?;
    }

    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&tables).section(&memories).section(&globals);
    module.section(&exports).section(&elements).section(&DataCountSection { count: data.len() });
    module.section(&code).section(&data);
    Ok(module.finish())
}

/// The new numbers of functions: imported ones come first, the engine's, then the host's.
fn numbers(
    engine: &Parts<'_>,
    shims: &Parts<'_>,
    engine_functions: u32,
    host: u32,
) -> Result<(Code, Code), BuildError> {
    let imported = length(&imports_of_functions(engine));
    let mut in_engine: Vec<u32> = (0..imported).collect();
    in_engine.extend((imported + host..).take(engine.functions.len()));
    let mut in_shims = Vec::new();
    for import in imports_of_functions(shims).into_iter().take(engine_functions as usize) {
        in_shims.push(in_engine[engine.function(import.name)? as usize]);
    }
    in_shims.extend(imported..imported + host);
    in_shims.extend((imported + host + length(&engine.functions)..).take(shims.functions.len()));
    let types = engine.types.as_ref().map_or(0, TypeSectionReader::count);
    Ok((Code { functions: in_engine, types: 0 }, Code { functions: in_shims, types }))
}

fn imports_of_functions<'a>(parts: &Parts<'a>) -> Vec<Import<'a>> {
    parts.imports.iter().filter(|import| matches!(import.ty, TypeRef::Func(_))).copied().collect()
}

fn length<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

/// A function that starts the engine, then has the bundle run, which is a passive segment.
fn begins(engine: &Parts<'_>, numbers: &Code, begin: &str, bundle: &[u8]) -> Result<Function, BuildError> {
    let bytes = i32::try_from(bundle.len()).map_err(|_| BuildError::defect("sources of more than 2 GB"))?;
    let segment = engine.data.as_ref().map_or(0, DataSectionReader::count);
    let call = |name: &str| -> Result<Instruction<'static>, BuildError> {
        Ok(Instruction::Call(numbers.functions[engine.function(name)? as usize]))
    };
    let mut code = Function::new([(1, ValType::I32)]);
    code.instruction(&call(INITIALIZE)?)
        .instruction(&Instruction::I32Const(bytes))
        .instruction(&call(ALLOC)?)
        .instruction(&Instruction::LocalTee(0))
        .instruction(&Instruction::I32Const(0))
        .instruction(&Instruction::I32Const(bytes))
        .instruction(&Instruction::MemoryInit { mem: 0, data_index: segment })
        .instruction(&Instruction::LocalGet(0))
        .instruction(&Instruction::I32Const(bytes))
        .instruction(&call(begin)?)
        .instruction(&Instruction::End);
    Ok(code)
}

/// Names in the engine.
const INITIALIZE: &str = "_initialize";
const ALLOC: &str = "js_alloc";

/// A module, taken apart.
#[derive(Default)]
struct Parts<'a> {
    types: Option<TypeSectionReader<'a>>,
    imports: Vec<Import<'a>>,
    /// The type of each function that isn't imported.
    functions: Vec<u32>,
    tables: Option<TableSectionReader<'a>>,
    memories: Option<MemorySectionReader<'a>>,
    globals: Option<GlobalSectionReader<'a>>,
    exports: Vec<Export<'a>>,
    elements: Option<ElementSectionReader<'a>>,
    bodies: Vec<FunctionBody<'a>>,
    data: Option<DataSectionReader<'a>>,
}

impl<'a> Parts<'a> {
    fn of(wasm: &'a [u8]) -> Result<Self, BuildError> {
        let mut parts = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(section) => parts.types = Some(section),
                Payload::ImportSection(section) => {
                    parts.imports = section.into_imports().collect::<Result<_, _>>()?;
                }
                Payload::FunctionSection(section) => {
                    parts.functions = section.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::TableSection(section) => parts.tables = Some(section),
                Payload::MemorySection(section) => parts.memories = Some(section),
                Payload::GlobalSection(section) => parts.globals = Some(section),
                Payload::ExportSection(section) => parts.exports = section.into_iter().collect::<Result<_, _>>()?,
                Payload::ElementSection(section) => parts.elements = Some(section),
                Payload::CodeSectionEntry(body) => parts.bodies.push(body),
                Payload::DataSection(section) => parts.data = Some(section),
                _ => {}
            }
        }
        Ok(parts)
    }

    /// The number of an exported function.
    fn function(&self, name: &str) -> Result<u32, BuildError> {
        let found = self.exports.iter().find(|export| export.name == name && export.kind == ExternalKind::Func);
        found.map(|export| export.index).ok_or_else(|| BuildError::defect(format!("the engine has no `{name}`")))
    }
}

/// New numbers for functions and types.
struct Code {
    functions: Vec<u32>,
    types: u32,
}

impl Reencode for Code {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error> {
        Ok(self.functions[function as usize])
    }

    fn type_index(&mut self, ty: u32) -> Result<u32, reencode::Error> {
        Ok(self.types + ty)
    }
}
