//! How does a module look with the stand-ins in it?
//!
//! Its functions keep their order, without those that nothing leads to any more; the stand-ins that are needed follow, and
//! then one function around each export through which a host comes in, which cleans up when it returns.

use crate::{
    SealError,
    note::{self, Note},
    parts::Parts,
    reach::Reached,
    renumber::{REMOVED, Renumber},
    standins::StandIns,
};
use dorcas_host::abi::{export, method};
use std::collections::BTreeMap;
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, CustomSection, DataCountSection, DataSection, ElementSection, EntityType,
    ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction,
    MemorySection, MemoryType, Module, NameMap, NameSection, TableSection, TypeSection, ValType,
    reencode::{Reencode as _, RoundtripReencoder},
};
use wasmparser::{ExternalKind, FuncType, KnownCustom, Name};

/// What becomes of a module.
pub(crate) struct Plan<'m, 'a> {
    pub(crate) parts: &'m Parts<'a>,
    pub(crate) stand_ins: &'m StandIns,
    /// The stand-in of each imported function; `None` for one that stays imported.
    pub(crate) answers: &'m [Option<u32>],
    pub(crate) reached: Reached,
    /// Where the host looks for the text of a panic.
    pub(crate) panic_address: u32,
    /// Whether that is to be exported.
    pub(crate) exports_panic: bool,
    /// The state in which it begins, if that is another one.
    pub(crate) state: Option<State>,
    /// Globals that a function shows, exported as [`SHOWN`]: it takes a number and another, and returns the global's bits.
    pub(crate) shown: &'m [(u32, wasmparser::ValType)],
    /// What it says about how it was made.
    pub(crate) note: Option<Note>,
}

/// Memory and globals as `_initialize` left them.
pub(crate) struct State {
    pub(crate) pages: u64,
    /// Addresses and bytes that are not zero.
    pub(crate) data: Vec<(u32, Vec<u8>)>,
    pub(crate) globals: BTreeMap<u32, ConstExpr>,
    /// Whether the module's own segments have to keep their numbers.
    pub(crate) keeps_segments: bool,
}

type Result<T> = std::result::Result<T, SealError>;

impl Plan<'_, '_> {
    /// The bytes of the module.
    pub(crate) fn build(&self) -> Result<Vec<u8>> {
        let parts = self.parts;
        let mut types = Types::of(parts)?;
        let stand_in_types: Vec<u32> = self.stand_ins.parts.types.iter().map(|ty| types.index(ty)).collect();

        // Numbers first: the module's functions, the stand-ins', and those around exports.
        let mut next = 0..;
        let mut number = |kept: bool| if kept { next.next().unwrap_or(REMOVED) } else { REMOVED };
        let mut functions: Vec<u32> = self.reached.module.iter().map(|kept| number(*kept)).collect();
        let stand_ins: Vec<u32> = self.reached.stand_ins.iter().map(|kept| number(*kept)).collect();
        for (function, answer) in functions.iter_mut().zip(self.answers) {
            if let Some(answer) = answer {
                *function = stand_ins[*answer as usize];
            }
        }
        let first = number(true);
        let around = self.around()?;

        let sizes = self
            .has_stand_ins()
            .then(|| (stand_ins[self.stand_ins.memory_size as usize], stand_ins[self.stand_ins.memory_grow as usize]));
        let mut module_code = Renumber { functions: &functions, types: None, sizes };
        let mut stand_in_code = Renumber { functions: &stand_ins, types: Some(&stand_in_types), sizes: None };

        let mut declared = FunctionSection::new();
        let mut code = CodeSection::new();
        for (function, kept) in (0..).zip(&self.reached.module) {
            if let (true, Some(body)) = (*kept, parts.body(function)) {
                declared.function(parts.functions[function as usize]);
                module_code.parse_function_body(&mut code, body.clone())?;
            }
        }
        for (function, kept) in (0..).zip(&self.reached.stand_ins) {
            if !kept {
                continue;
            }
            declared.function(stand_in_types[self.stand_ins.parts.functions[function as usize] as usize]);
            if let Some(body) = self.stand_ins.parts.body(function) {
                stand_in_code.parse_function_body(&mut code, body.clone())?;
            } else {
                code.function(&constant(self.panic_address));
            }
        }
        for one in &around {
            declared.function(types.index(&one.ty));
            code.function(&calls_in_turn(one, &functions, self.leave(&stand_ins)));
        }
        if !self.shown.is_empty() {
            let i32 = wasmparser::ValType::I32;
            declared.function(types.index(&FuncType::new([i32, i32], [wasmparser::ValType::I64])));
            code.function(&shows(self.shown));
        }

        let mut module = Module::new();
        module.section(&types.section);
        self.imports(&mut module);
        module.section(&declared);
        self.tables(&mut module, &mut module_code)?;
        self.memory(&mut module);
        self.globals(&mut module, &mut module_code)?;
        self.exports(&mut module, &functions, first, &around)?;
        self.elements(&mut module, &mut module_code)?;
        self.data(&mut module, &code, &mut module_code)?;
        self.customs(&mut module, &functions);
        Ok(module.finish())
    }

    fn has_stand_ins(&self) -> bool {
        self.answers.iter().any(Option::is_some)
    }

    /// The functions that stay imported. They come first among the functions, as they did.
    fn imports(&self, module: &mut Module) {
        let mut imports = ImportSection::new();
        for ((function, answer), (from, name)) in (0..).zip(self.answers).zip(&self.parts.imports) {
            if answer.is_none() && self.reached.module[function] {
                imports.import(from, name, EntityType::Function(self.parts.functions[function]));
            }
        }
        if !imports.is_empty() {
            module.section(&imports);
        }
    }

    /// The exports through which a host comes in, where something has to be done before or after.
    fn around(&self) -> Result<Vec<Around>> {
        let mut around = Vec::new();
        let mut starts: Vec<u32> = self.parts.start.into_iter().collect();
        for export in self.parts.exports.iter().cloned().flatten() {
            let export = export?;
            if export.kind != ExternalKind::Func || export.name == export::INITIALIZE && self.state.is_some() {
                continue;
            }
            let is_entry = method::NAMES.contains(&export.name)
                || [export::ALLOC, export::FREE, export::LANG_NAME].contains(&export.name);
            if export.name == export::INITIALIZE {
                starts.push(export.index);
            } else if is_entry && self.has_stand_ins() {
                let ty = self.parts.function_type(export.index).clone();
                around.push(Around { name: export.name.to_owned(), calls: vec![export.index], ty });
            }
        }
        // A start function is what a guest has `_initialize` for.
        if !starts.is_empty() && (self.parts.start.is_some() || self.has_stand_ins()) && self.state.is_none() {
            let ty = self.parts.function_type(starts[starts.len() - 1]).clone();
            around.push(Around { name: export::INITIALIZE.to_owned(), calls: starts, ty });
        }
        Ok(around)
    }

    /// What runs at the end of a call.
    fn leave(&self, stand_ins: &[u32]) -> Option<u32> {
        self.has_stand_ins().then(|| stand_ins[self.stand_ins.leave as usize])
    }

    fn tables(&self, module: &mut Module, renumber: &mut Renumber<'_>) -> Result<()> {
        let Some(section) = self.parts.tables.clone() else { return Ok(()) };
        let mut tables = TableSection::new();
        renumber.parse_table_section(&mut tables, section)?;
        module.section(&tables);
        Ok(())
    }

    /// One page more, where there are stand-ins.
    fn memory(&self, module: &mut Module) {
        let Some(memory) = self.parts.memory else { return };
        let more = u64::from(self.has_stand_ins());
        let minimum = self.state.as_ref().map_or(memory.initial + more, |state| state.pages);
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum,
            maximum: memory.maximum.map(|maximum| (maximum + more).min(MAX_PAGES)),
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        module.section(&memories);
    }

    fn globals(&self, module: &mut Module, renumber: &mut Renumber<'_>) -> Result<()> {
        let mut globals = GlobalSection::new();
        for (number, global) in (0..).zip(self.parts.globals.iter().cloned().flatten()) {
            let global = global?;
            match self.state.as_ref().and_then(|state| state.globals.get(&number)) {
                Some(value) => {
                    globals.global(renumber.global_type(global.ty)?, value);
                }
                None => renumber.parse_global(&mut globals, global)?,
            }
        }
        if self.exports_panic {
            let ty = GlobalType { val_type: ValType::I32, mutable: false, shared: false };
            globals.global(ty, &ConstExpr::i32_const(self.panic_address.cast_signed()));
        }
        if !globals.is_empty() {
            module.section(&globals);
        }
        Ok(())
    }

    fn exports(&self, module: &mut Module, functions: &[u32], first: u32, around: &[Around]) -> Result<()> {
        let mut exports = ExportSection::new();
        for export in self.parts.exports.iter().cloned().flatten() {
            let export = export?;
            let function = functions.get(export.index as usize).copied();
            let (kind, index) = match (export.kind, function) {
                (ExternalKind::Func, Some(function)) => {
                    if around.iter().any(|around| around.name == export.name) || function == REMOVED {
                        continue;
                    }
                    (ExportKind::Func, function)
                }
                (kind, _) => (ExportKind::from(kind), export.index),
            };
            if export.name != export::INITIALIZE || self.state.is_none() {
                exports.export(export.name, kind, index);
            }
        }
        for (function, around) in (first..).zip(around) {
            exports.export(&around.name, ExportKind::Func, function);
        }
        if !self.shown.is_empty() {
            exports.export(SHOWN, ExportKind::Func, first + u32::try_from(around.len()).unwrap_or(0));
        }
        if self.exports_panic {
            let globals = self.parts.globals.as_ref().map_or(0, wasmparser::SectionLimited::count);
            exports.export(export::PANIC, ExportKind::Global, globals);
        }
        module.section(&exports);
        Ok(())
    }

    fn elements(&self, module: &mut Module, renumber: &mut Renumber<'_>) -> Result<()> {
        let Some(section) = self.parts.elements.clone() else { return Ok(()) };
        let mut elements = ElementSection::new();
        renumber.parse_element_section(&mut elements, section)?;
        module.section(&elements);
        Ok(())
    }

    /// Data, with the code that goes in front of them in the file.
    fn data(&self, module: &mut Module, code: &CodeSection, renumber: &mut Renumber<'_>) -> Result<()> {
        let mut data = DataSection::new();
        match &self.state {
            None => {
                if let Some(section) = self.parts.data.clone() {
                    renumber.parse_data_section(&mut data, section)?;
                }
            }
            Some(state) => {
                for segment in self.parts.data.iter().cloned().flatten().filter(|_| state.keeps_segments) {
                    // An active one has had its effect, after which it is empty.
                    let segment = segment?;
                    let is_passive = matches!(segment.kind, wasmparser::DataKind::Passive);
                    data.passive(if is_passive { segment.data } else { &[] }.iter().copied());
                }
                for (address, bytes) in &state.data {
                    data.active(0, &ConstExpr::i32_const(address.cast_signed()), bytes.iter().copied());
                }
            }
        }
        if self.parts.data_count.is_some() {
            module.section(&DataCountSection { count: data.len() });
        }
        if !code.is_empty() {
            module.section(code);
        }
        if !data.is_empty() {
            module.section(&data);
        }
        Ok(())
    }

    /// Names stay, and who made the module. What has addresses of code in it would be wrong.
    fn customs(&self, module: &mut Module, functions: &[u32]) {
        for custom in &self.parts.customs {
            match custom.as_known() {
                KnownCustom::Name(names) => {
                    if let Some(names) = self.names(names, functions) {
                        module.section(&names);
                    }
                }
                _ if KEPT.contains(&custom.name()) => {
                    module.section(&CustomSection { name: custom.name().into(), data: custom.data().into() });
                }
                _ => {}
            }
        }
        if let Some(note) = &self.note {
            module.section(&CustomSection { name: note::SECTION.into(), data: note.text().into_bytes().into() });
        }
    }

    /// The names of functions by their new numbers. Nobody has validated them: where they can't be read, there are none.
    fn names(&self, section: wasmparser::NameSectionReader<'_>, functions: &[u32]) -> Option<NameSection> {
        let mut by_number = BTreeMap::new();
        for subsection in section {
            if let Name::Function(names) = subsection.ok()? {
                for naming in names {
                    let naming = naming.ok()?;
                    match functions.get(naming.index as usize) {
                        Some(&function) if function != REMOVED && naming.index >= self.parts.imported => {
                            by_number.insert(function, naming.name);
                        }
                        _ => {}
                    }
                }
            }
        }
        let mut names = NameMap::new();
        for (number, name) in by_number {
            names.append(number, name);
        }
        let mut section = NameSection::new();
        section.functions(&names);
        Some(section)
    }
}

/// Pages that a memory can have.
pub(crate) const MAX_PAGES: u64 = 1 << 16;

/// Sections that stay true, whatever the numbers of functions are.
const KEPT: &[&str] = &["producers", "target_features", note::SECTION];

/// The export that shows globals.
pub(crate) const SHOWN: &str = "dorcas-seal: globals";

/// A function around others, one after the other. But for the last they have neither parameters nor results.
struct Around {
    name: String,
    calls: Vec<u32>,
    ty: FuncType,
}

fn calls_in_turn(around: &Around, functions: &[u32], leave: Option<u32>) -> Function {
    let mut code = Function::new([]);
    let last = around.calls.len() - 1;
    for (position, call) in around.calls.iter().enumerate() {
        let params = if position == last { around.ty.params().len() } else { 0 };
        for (param, _) in (0..).zip(0..params) {
            code.instruction(&Instruction::LocalGet(param));
        }
        code.instruction(&Instruction::Call(functions[*call as usize]));
    }
    if let Some(leave) = leave {
        code.instruction(&Instruction::Call(leave));
    }
    code.instruction(&Instruction::End);
    code
}

fn constant(value: u32) -> Function {
    let mut code = Function::new([]);
    code.instruction(&Instruction::I32Const(value.cast_signed())).instruction(&Instruction::End);
    code
}

fn shows(globals: &[(u32, wasmparser::ValType)]) -> Function {
    let mut code = Function::new([]);
    for (global, ty) in globals {
        code.instruction(&Instruction::LocalGet(0))
            .instruction(&Instruction::I32Const(global.cast_signed()))
            .instruction(&Instruction::I32Eq)
            .instruction(&Instruction::If(BlockType::Empty))
            .instruction(&Instruction::GlobalGet(*global));
        match ty {
            wasmparser::ValType::I32 => {
                code.instruction(&Instruction::I64ExtendI32U);
            }
            wasmparser::ValType::F32 => {
                code.instruction(&Instruction::I32ReinterpretF32).instruction(&Instruction::I64ExtendI32U);
            }
            wasmparser::ValType::F64 => {
                code.instruction(&Instruction::I64ReinterpretF64);
            }
            _ => {}
        }
        code.instruction(&Instruction::Return).instruction(&Instruction::End);
    }
    code.instruction(&Instruction::Unreachable).instruction(&Instruction::End);
    code
}

/// The types of functions: the module's with their numbers, and those that come in.
struct Types {
    section: TypeSection,
    known: Vec<FuncType>,
}

impl Types {
    fn of(parts: &Parts<'_>) -> Result<Self> {
        let mut section = TypeSection::new();
        if let Some(types) = parts.type_section.clone() {
            RoundtripReencoder.parse_type_section(&mut section, types)?;
        }
        Ok(Self { section, known: parts.types.clone() })
    }

    /// The number of a type, which is added where it isn't there.
    fn index(&mut self, ty: &FuncType) -> u32 {
        let position = self.known.iter().position(|known| known == ty).unwrap_or_else(|| {
            let translate = |types: &[wasmparser::ValType]| -> Vec<ValType> {
                types.iter().filter_map(|ty| RoundtripReencoder.val_type(*ty).ok()).collect()
            };
            self.section.ty().function(translate(ty.params()), translate(ty.results()));
            self.known.push(ty.clone());
            self.known.len() - 1
        });
        u32::try_from(position).unwrap_or(u32::MAX)
    }
}
