//! What does a module consist of, section by section?

use wasmparser::{
    CustomSectionReader, DataSectionReader, ElementSectionReader, ExportSectionReader, FuncType, FunctionBody,
    GlobalSectionReader, MemoryType, Parser, Payload, TableSectionReader, TypeRef, TypeSectionReader,
};

/// A module that is known to be valid, taken apart. Nothing is copied that can be large.
#[derive(Default)]
pub(crate) struct Parts<'a> {
    pub(crate) type_section: Option<TypeSectionReader<'a>>,
    pub(crate) types: Vec<FuncType>,
    /// The type of each function, imported ones first.
    pub(crate) functions: Vec<u32>,
    /// How many of them are imported.
    pub(crate) imported: u32,
    /// Module and name of each of those.
    pub(crate) imports: Vec<(&'a str, &'a str)>,
    pub(crate) tables: Option<TableSectionReader<'a>>,
    pub(crate) memory: Option<MemoryType>,
    pub(crate) globals: Option<GlobalSectionReader<'a>>,
    pub(crate) exports: Option<ExportSectionReader<'a>>,
    pub(crate) start: Option<u32>,
    pub(crate) elements: Option<ElementSectionReader<'a>>,
    pub(crate) data_count: Option<u32>,
    /// One for each function that isn't imported.
    pub(crate) bodies: Vec<FunctionBody<'a>>,
    pub(crate) data: Option<DataSectionReader<'a>>,
    pub(crate) customs: Vec<CustomSectionReader<'a>>,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(wasm: &'a [u8]) -> Result<Self, wasmparser::Error> {
        let mut parts = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(section) => {
                    parts.types = section.clone().into_iter_err_on_gc_types().collect::<Result<_, _>>()?;
                    parts.type_section = Some(section);
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        if let TypeRef::Func(ty) | TypeRef::FuncExact(ty) = import.ty {
                            parts.functions.push(ty);
                            parts.imported += 1;
                            parts.imports.push((import.module, import.name));
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        parts.functions.push(ty?);
                    }
                }
                Payload::TableSection(section) => parts.tables = Some(section),
                Payload::MemorySection(section) => parts.memory = section.into_iter().next().transpose()?,
                Payload::GlobalSection(section) => parts.globals = Some(section),
                Payload::ExportSection(section) => parts.exports = Some(section),
                Payload::StartSection { func, .. } => parts.start = Some(func),
                Payload::ElementSection(section) => parts.elements = Some(section),
                Payload::DataCountSection { count, .. } => parts.data_count = Some(count),
                Payload::CodeSectionEntry(body) => parts.bodies.push(body),
                Payload::DataSection(section) => parts.data = Some(section),
                Payload::CustomSection(section) => parts.customs.push(section),
                _ => {}
            }
        }
        Ok(parts)
    }

    /// The type of a function.
    pub(crate) fn function_type(&self, function: u32) -> &FuncType {
        &self.types[self.functions[function as usize] as usize]
    }

    /// The body of a function; nothing for an imported one.
    pub(crate) fn body(&self, function: u32) -> Option<&FunctionBody<'a>> {
        self.bodies.get(function.checked_sub(self.imported)? as usize)
    }
}
