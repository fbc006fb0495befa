//! How are the modules of the attacks made?

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection, GlobalSection,
    GlobalType, Instruction, MemorySection, MemoryType, Module, TypeSection, ValType,
};

/// A guest in text: what all of them have, and a body for each function that may misbehave.
pub(crate) struct Text {
    pub(crate) head: String,
    pub(crate) initialize: String,
    pub(crate) alloc: String,
    pub(crate) free: String,
    pub(crate) lang_name: String,
    pub(crate) manifest: String,
    pub(crate) generate_rules: String,
}

impl Default for Text {
    fn default() -> Self {
        Self {
            head: r#"(memory (export "memory") 1)"#.into(),
            initialize: String::new(),
            alloc: "(i32.const 1024)".into(),
            free: String::new(),
            lang_name: "(i64.const 0x10_0000_0006)".into(),
            manifest: "(i64.const 0x20_0000_0009)".into(),
            generate_rules: "(i64.const 0x20_0000_0007)".into(),
        }
    }
}

impl Text {
    pub(crate) fn wasm(&self) -> Vec<u8> {
        let Self { head, initialize, alloc, free, lang_name, manifest, generate_rules } = self;
        let text = format!(
            r#"(module {head}
              (data (i32.const 16) "attack")
              (func (export "dorcas_abi_v1"))
              (func (export "_initialize") {initialize})
              (func (export "alloc") (param i32) (result i32) {alloc})
              (func (export "free") (param i32 i32) {free})
              (func (export "lang_name") (result i64) {lang_name})
              (func (export "manifest") (param i32 i32) (result i64) {manifest})
              (func $generate_rules (export "generate_rules") (param i32 i32) (result i64) {generate_rules}))"#
        );
        wat::parse_str(text).unwrap()
    }
}

/// A guest in binary form, with any number of functions that are never called.
pub(crate) struct Bomb {
    types: TypeSection,
    functions: FunctionSection,
    pub(crate) exports: ExportSection,
    code: CodeSection,
    /// Index of the next function.
    next: u32,
}

impl Bomb {
    /// The functions of a good guest.
    pub(crate) fn new() -> Self {
        use Instruction::{End, I32Const, I64Const};
        let mut bomb = Self {
            types: TypeSection::new(),
            functions: FunctionSection::new(),
            exports: ExportSection::new(),
            code: CodeSection::new(),
            next: 0,
        };
        let (i32, i64) = (ValType::I32, ValType::I64);
        bomb.exports.export("memory", ExportKind::Memory, 0);
        for (index, (name, params, results, body)) in [
            ("dorcas_abi_v1", &[][..], &[][..], &[End][..]),
            ("alloc", &[i32], &[i32], &[I32Const(1024), End]),
            ("free", &[i32, i32], &[], &[End]),
            ("lang_name", &[], &[i64], &[I64Const(0x10_0000_0006), End]),
            ("generate_rules", &[i32, i32], &[i64], &[I64Const(0x20_0000_0007), End]),
        ]
        .into_iter()
        .enumerate()
        {
            let index = u32::try_from(index).unwrap();
            bomb.types.ty().function(params.iter().copied(), results.iter().copied());
            bomb.exports.export(name, ExportKind::Func, index);
            let mut function = Function::new([]);
            for instruction in body {
                function.instruction(instruction);
            }
            bomb.function(index, &function);
        }
        bomb
    }

    /// One type more; gives its index.
    pub(crate) fn ty(&mut self, params: usize, results: usize) -> u32 {
        let index = self.types.len();
        self.types.ty().function(vec![ValType::I32; params], vec![ValType::I32; results]);
        index
    }

    pub(crate) fn function(&mut self, ty: u32, function: &Function) {
        self.functions.function(ty);
        self.code.function(function);
        self.next += 1;
    }

    /// A function without locals, from the bytes of its instructions; the `end` is added.
    pub(crate) fn body(&mut self, ty: u32, instructions: &[u8]) {
        let mut function = Function::new([]);
        function.raw(instructions.iter().copied()).raw([0x0b]);
        self.function(ty, &function);
    }

    pub(crate) fn wasm(self) -> Vec<u8> {
        let mut module = Module::new();
        let (mut memories, mut globals, mut data) = (MemorySection::new(), GlobalSection::new(), DataSection::new());
        memories.memory(MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None });
        let ty = GlobalType { val_type: ValType::I64, mutable: true, shared: false };
        globals.global(ty, &ConstExpr::i64_const(0));
        data.active(0, &ConstExpr::i32_const(16), *b"attack");
        module.section(&self.types).section(&self.functions).section(&memories).section(&globals);
        module.section(&self.exports).section(&self.code).section(&data);
        module.finish()
    }
}
