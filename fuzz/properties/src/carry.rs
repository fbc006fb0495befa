//! Any module whose blocks, branches and calls carry values.

use crate::module_bytes;
use arbitrary::{Result, Unstructured};
use dorcas_host::{Limits, LoadError, Outline};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ElementSection, Elements, ExportKind, ExportSection, Function, FunctionSection,
    Instruction, MemorySection, MemoryType, Module, RefType, TableSection, TableType, TypeSection, ValType,
};
use wasmparser::{
    FrameKind, FuncToValidate, FuncValidator, Operator, Parser, ValidPayload, Validator, ValidatorResources,
    WasmFeatures,
};

/// A valid module, made from the bytes: what the host counts of it is what a validator finds on its stack, it is let in to the
/// unit of the limit, and it runs the same each time.
pub fn carrying_module(data: &[u8]) {
    let Ok(wasm) = module(&mut Unstructured::new(data)) else { return };
    let wide = Limits { block_values: u32::MAX, carried_values: u32::MAX, ..Limits::default() };
    let outline = Outline::read(&wasm, &wide).expect("it is small");
    let (carried, widest) = counted(&wasm);
    assert_eq!((outline.carried_values, outline.block_values), (carried, widest));
    let carried = u32::try_from(carried).expect("it is small");
    let read =
        |block_values, carried_values| Outline::read(&wasm, &Limits { block_values, carried_values, ..wide.clone() });
    assert!(read(widest, carried).is_ok());
    let refused = |outcome| matches!(outcome, Err(LoadError::TooMuch { .. }));
    assert!(refused(read(widest, carried - 1)));
    assert!(widest == 0 || refused(read(widest - 1, carried)));
    module_bytes(&wasm);
}

/// What a body carries, by the stack and the blocks of a validator.
fn counted(wasm: &[u8]) -> (u64, u32) {
    let mut validator = Validator::new_with_features(WasmFeatures::default());
    let (mut types, mut functions) = (Vec::new(), Vec::new());
    let (mut carried, mut widest, mut next) = (0, 0, 0);
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.expect("it can be read");
        match &payload {
            wasmparser::Payload::TypeSection(section) => {
                types = section.clone().into_iter_err_on_gc_types().collect::<Result<_, _>>().expect("they are types");
            }
            wasmparser::Payload::FunctionSection(section) => {
                functions = section.clone().into_iter().collect::<Result<Vec<_>, _>>().expect("they are indices");
            }
            _ => {}
        }
        if let ValidPayload::Func(function, body) = validator.payload(&payload).expect("it is valid") {
            let arity = |ty: u32| {
                let ty: &wasmparser::FuncType = &types[ty as usize];
                (ty.params().len() as u64, ty.results().len() as u64)
            };
            let types = Types { of_type: &arity, functions: &functions };
            let (more, wide) = types.body(function, &body, functions[next]);
            (carried, widest, next) = (carried + more, widest.max(wide), next + 1);
        }
    }
    (carried, u32::try_from(widest).expect("it is small"))
}

struct Types<'a> {
    /// Parameters and results of a type.
    of_type: &'a dyn Fn(u32) -> (u64, u64),
    functions: &'a [u32],
}

impl Types<'_> {
    fn block(&self, ty: wasmparser::BlockType) -> (u64, u64) {
        match ty {
            wasmparser::BlockType::Empty => (0, 0),
            wasmparser::BlockType::Type(_) => (0, 1),
            wasmparser::BlockType::FuncType(ty) => (self.of_type)(ty),
        }
    }

    fn body(
        &self,
        function: FuncToValidate<ValidatorResources>,
        body: &wasmparser::FunctionBody<'_>,
        ty: u32,
    ) -> (u64, u64) {
        let mut validator: FuncValidator<_> = function.into_validator(wasmparser::FuncValidatorAllocations::default());
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader).expect("they are right");
        let mut operators = body.get_operators_reader().expect("there are some");
        let (params, results) = (self.of_type)(ty);
        let (mut carried, mut widest) = (params + results, 0);
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset().expect("it can be read");
            let height = u64::from(validator.operand_stack_height());
            let frame = |depth: u32| validator.get_control_frame(depth as usize).expect("there is one");
            let body = validator.control_stack_height() - 1;
            // What is asked for and isn't there, where nothing is reached.
            let there = |wanted: u64| wanted.min(height - frame(0).height as u64);
            let to = |depth: u32| match self.block(frame(depth).block_type) {
                _ if depth == body => results,
                (params, results) => {
                    if frame(depth).kind == FrameKind::Loop {
                        params
                    } else {
                        results
                    }
                }
            };
            match &operator {
                Operator::Block { blockty } | Operator::Loop { blockty } | Operator::If { blockty } => {
                    let (params, results) = self.block(*blockty);
                    let condition = there(u64::from(matches!(operator, Operator::If { .. })));
                    carried += params + results + if params > 0 { height - condition } else { 0 };
                    widest = widest.max(params).max(results);
                }
                Operator::Else => {
                    let (params, results) = self.block(frame(0).block_type);
                    carried += params + results;
                }
                Operator::End if body == 0 => carried += results,
                Operator::End => carried += self.block(frame(0).block_type).1,
                Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => carried += to(*relative_depth),
                Operator::BrTable { targets } => {
                    carried += targets.targets().map(|depth| to(depth.expect("it can be read"))).sum::<u64>();
                    carried += to(targets.default());
                }
                Operator::Return => carried += results,
                Operator::Call { function_index } => {
                    let (params, results) = (self.of_type)(self.functions[*function_index as usize]);
                    carried += params + results;
                }
                Operator::CallIndirect { type_index, .. } => {
                    let (params, results) = (self.of_type)(*type_index);
                    carried += params + results;
                }
                Operator::MemoryGrow { .. } => carried += 2 + height,
                _ => {}
            }
            validator.op(offset, &operator).expect("it is valid");
        }
        (carried, widest)
    }
}

/// A type with so many parameters and results, each an `i32`.
const WIDEST: u32 = 5;

fn ty(params: u32, results: u32) -> u32 {
    params * (WIDEST + 1) + results
}

/// Functions of a guest: a name, its type, and a word that it returns.
const EXPORTS: [(&str, &[ValType], &[ValType]); 5] = [
    ("dorcas_abi_v1", &[], &[]),
    ("alloc", &[ValType::I32], &[ValType::I32]),
    ("free", &[ValType::I32, ValType::I32], &[]),
    ("lang_name", &[], &[ValType::I64]),
    ("generate_rules", &[ValType::I32, ValType::I32], &[ValType::I64]),
];

/// A guest whose `generate_rules` calls functions that are made from the bytes.
fn module(bytes: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let (mut types, mut functions, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    let mut exports = ExportSection::new();
    for params in 0..=WIDEST {
        for results in 0..=WIDEST {
            types.ty().function(vec![ValType::I32; params as usize], vec![ValType::I32; results as usize]);
        }
    }
    let signatures: Vec<(u32, u32)> = (0..bytes.int_in_range(1..=3)?)
        .map(|_| Ok((bytes.int_in_range(0..=WIDEST)?, bytes.int_in_range(0..=WIDEST)?)))
        .collect::<Result<_>>()?;
    for (params, results) in &signatures {
        functions.function(ty(*params, *results));
        code.function(&Body::new(&signatures, *params, *results).written(bytes)?);
    }
    exports.export("memory", ExportKind::Memory, 0);
    for (name, params, results) in EXPORTS {
        functions.function(types.len());
        types.ty().function(params.iter().copied(), results.iter().copied());
        exports.export(name, ExportKind::Func, functions.len() - 1);
        let mut function = Function::new([]);
        if name == "generate_rules" {
            let (params, results) = signatures[0];
            for value in 0..params {
                function.instruction(&Instruction::I32Const(value.cast_signed()));
            }
            function.instruction(&Instruction::Call(0));
            for _ in 0..results {
                function.instruction(&Instruction::Drop);
            }
        }
        if name == "lang_name" {
            // `x`, which the memory has at 16.
            function.instruction(&Instruction::I64Const(0x10_0000_0001));
        } else if let [result] = results {
            let (word, number) = (Instruction::I64Const(0x20_0000_0007), Instruction::I32Const(1_024));
            function.instruction(if *result == ValType::I64 { &word } else { &number });
        }
        function.instruction(&Instruction::End);
        code.function(&function);
    }
    let (mut tables, mut memories, mut elements) = (TableSection::new(), MemorySection::new(), ElementSection::new());
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 3,
        maximum: None,
        shared: false,
    });
    memories.memory(MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None });
    let targets: Vec<u32> = (0..).take(signatures.len()).collect();
    elements.active(None, &ConstExpr::i32_const(0), Elements::Functions(targets.into()));
    let mut data = wasm_encoder::DataSection::new();
    data.active(0, &ConstExpr::i32_const(16), *b"x");
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&tables).section(&memories).section(&exports);
    Ok(module.section(&elements).section(&code).section(&data).clone().finish())
}

/// A body that is being written.
struct Body<'a> {
    signatures: &'a [(u32, u32)],
    params: u32,
    function: Function,
    /// The blocks that are open, the body itself first.
    open: Vec<Block>,
}

struct Block {
    kind: FrameKind,
    params: u32,
    results: u32,
    /// Operands in it.
    operands: u32,
}

impl<'a> Body<'a> {
    fn new(signatures: &'a [(u32, u32)], params: u32, results: u32) -> Self {
        let open = vec![Block { kind: FrameKind::Block, params: 0, results, operands: 0 }];
        Self { signatures, params, function: Function::new([(1, ValType::I32)]), open }
    }

    fn written(mut self, bytes: &mut Unstructured<'_>) -> Result<Function> {
        for _ in 0..bytes.int_in_range(0..=60)? {
            self.instruction(bytes)?;
        }
        while !self.open.is_empty() {
            self.end();
        }
        Ok(self.function)
    }

    fn instruction(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        match bytes.int_in_range(0..=13)? {
            0 => self.push(1),
            1 => {
                self.function.instruction(&Instruction::LocalGet(bytes.int_in_range(0..=self.params)?));
                self.here().operands += 1;
            }
            2 => {
                self.have(1);
                self.function.instruction(&Instruction::LocalSet(bytes.int_in_range(0..=self.params)?));
                self.here().operands -= 1;
            }
            3 if self.here().operands > 0 => self.drop_one(),
            4..=6 => self.block(bytes)?,
            7 if self.here().kind == FrameKind::If => self.turn(),
            8 if self.open.len() > 1 => self.end(),
            9 => {
                let depth = self.target(bytes)?;
                self.have(self.arity(depth));
                self.function.instruction(&Instruction::Br(depth));
                self.here().operands = 0;
            }
            10 => {
                let depth = self.target(bytes)?;
                self.have(self.arity(depth));
                self.push(1);
                self.function.instruction(&Instruction::BrIf(depth));
                self.here().operands -= 1;
            }
            11 => {
                let default = self.target(bytes)?;
                let targets: Vec<u32> = (0..bytes.int_in_range(0..=3)?)
                    .map(|_| self.target(bytes))
                    .filter(|depth| depth.as_ref().is_ok_and(|depth| self.arity(*depth) == self.arity(default)))
                    .collect::<Result<_>>()?;
                self.have(self.arity(default));
                self.push(1);
                self.function.instruction(&Instruction::BrTable(targets.into(), default));
                self.here().operands = 0;
            }
            12 => {
                let callee = bytes.int_in_range(0..=self.signatures.len() - 1)?;
                let (params, results) = self.signatures[callee];
                self.have(params);
                if bytes.arbitrary()? {
                    self.push(1);
                    let (type_index, table_index) = (ty(params, results), 0);
                    self.function.instruction(&Instruction::CallIndirect { type_index, table_index });
                    self.here().operands -= 1;
                } else {
                    self.function.instruction(&Instruction::Call(u32::try_from(callee).expect("there are few")));
                }
                self.here().operands = self.here().operands - params + results;
            }
            13 => {
                self.have(1);
                self.function.instruction(&Instruction::MemoryGrow(0));
            }
            _ => {
                self.have(self.open[0].results);
                self.function.instruction(&Instruction::Return);
                self.here().operands = 0;
            }
        }
        Ok(())
    }

    fn block(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let (params, results) = (bytes.int_in_range(0..=WIDEST)?, bytes.int_in_range(0..=WIDEST)?);
        let block = BlockType::FunctionType(ty(params, results));
        self.have(params);
        let kind = match bytes.int_in_range(0..=2)? {
            0 => {
                self.function.instruction(&Instruction::Block(block));
                FrameKind::Block
            }
            1 => {
                self.function.instruction(&Instruction::Loop(block));
                FrameKind::Loop
            }
            _ => {
                self.push(1);
                self.function.instruction(&Instruction::If(block));
                self.here().operands -= 1;
                FrameKind::If
            }
        };
        self.here().operands -= params;
        self.open.push(Block { kind, params, results, operands: params });
        Ok(())
    }

    fn turn(&mut self) {
        self.settle();
        self.function.instruction(&Instruction::Else);
        let here = self.here();
        (here.kind, here.operands) = (FrameKind::Else, here.params);
    }

    fn end(&mut self) {
        if self.here().kind == FrameKind::If {
            self.turn();
        }
        self.settle();
        self.function.instruction(&Instruction::End);
        let results = self.open.pop().map_or(0, |block| block.results);
        if let Some(outer) = self.open.last_mut() {
            outer.operands += results;
        }
    }

    /// As many operands as the block gives.
    fn settle(&mut self) {
        self.have(self.open[self.open.len() - 1].results);
        while self.here().operands > self.here().results {
            self.drop_one();
        }
    }

    fn target(&self, bytes: &mut Unstructured<'_>) -> Result<u32> {
        Ok(u32::try_from(bytes.int_in_range(0..=self.open.len() - 1)?).expect("there are few"))
    }

    /// Values that a branch to a block takes along.
    fn arity(&self, depth: u32) -> u32 {
        let block = &self.open[self.open.len() - 1 - depth as usize];
        if block.kind == FrameKind::Loop { block.params } else { block.results }
    }

    fn here(&mut self) -> &mut Block {
        self.open.last_mut().expect("the body is open")
    }

    fn have(&mut self, operands: u32) {
        let missing = operands.saturating_sub(self.here().operands);
        self.push(missing);
    }

    fn push(&mut self, count: u32) {
        for _ in 0..count {
            self.function.instruction(&Instruction::I32Const(1));
        }
        self.here().operands += count;
    }

    fn drop_one(&mut self) {
        self.function.instruction(&Instruction::Drop);
        self.here().operands -= 1;
    }
}
