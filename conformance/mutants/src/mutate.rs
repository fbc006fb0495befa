//! Which small changes can be made to a module?
//!
//! A mutant is the module with one instruction, or one byte of its data, replaced. All mutants of a module are listed
//! ([`mutants`]), each with the function that it is in; a mutant that no longer validates is left out when its bytes are
//! made ([`Mutant::wasm`]).

use std::{collections::BTreeMap, fmt, ops::Range};
use wasm_encoder::{Encode as _, Instruction};
use wasmparser::{
    BinaryReader, BinaryReaderError, CompositeInnerType, DataKind, FuncType, KnownCustom, Name, Operator, Parser,
    Payload, Validator,
};

/// What a mutation does to an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A constant is another one.
    Constant,
    /// A comparison compares otherwise.
    Comparison,
    /// A sum is a difference, an `and` an `or`.
    Arithmetic,
    /// A call, or an operation on the memory as a whole, is left out.
    Dropped,
    /// A load reads a byte further on, or with another width or sign.
    Load,
    /// A store writes a byte further on, or not at all.
    Store,
    /// A variable keeps its value.
    Variable,
    /// A branch is always taken, never taken, or taken in the other case.
    Branch,
    /// A byte of the data is another one.
    Data,
}

impl Kind {
    /// All kinds, in the order in which they are reported.
    pub(crate) const ALL: [Self; 9] = [
        Self::Constant,
        Self::Comparison,
        Self::Arithmetic,
        Self::Dropped,
        Self::Load,
        Self::Store,
        Self::Variable,
        Self::Branch,
        Self::Data,
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Constant => "constant",
            Self::Comparison => "comparison",
            Self::Arithmetic => "arithmetic",
            Self::Dropped => "left out",
            Self::Load => "load",
            Self::Store => "store",
            Self::Variable => "variable",
            Self::Branch => "branch",
            Self::Data => "data",
        })
    }
}

/// One small change of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mutant {
    /// What it does.
    pub kind: Kind,
    /// The function that it is in: its name where the module has names, otherwise its index. `data` for a byte of data.
    pub function: String,
    /// The position among the instructions of the function, or the offset in the data segment.
    pub at: usize,
    /// The instruction, and what is there instead.
    pub change: String,
    /// The bytes of the module that are replaced.
    range: Range<usize>,
    /// The bytes that replace them.
    bytes: Vec<u8>,
    /// The function body, with its size in front, if the mutant is in one.
    body: Option<Range<usize>>,
    /// The section around it.
    section: Range<usize>,
}

impl Mutant {
    /// The name by which a person refers to it: the function, the position and the change.
    pub(crate) fn name(&self) -> String {
        format!("{} {}: {}", self.function, self.at, self.change)
    }

    /// The bytes of the changed module. `None` if it isn't a valid module.
    pub(crate) fn wasm(&self, original: &[u8]) -> Option<Vec<u8>> {
        let replaced = |around: &Range<usize>, range: &Range<usize>, bytes: &[u8]| {
            [&original[around.start..range.start], bytes, &original[range.end..around.end]].concat()
        };
        let (range, bytes) = match &self.body {
            Some(body) => {
                let inner = replaced(body, &self.range, &self.bytes);
                (size_before(original, body)?..body.end, sized(&inner))
            }
            None => (self.range.clone(), self.bytes.clone()),
        };
        let content = replaced(&self.section, &range, &bytes);
        let size_at = size_before(original, &self.section)?;
        let wasm = [&original[..size_at], &sized(&content), &original[self.section.end..]].concat();
        Validator::new().validate_all(&wasm).is_ok().then_some(wasm)
    }
}

/// Where the size begins that stands before a section or a body.
fn size_before(wasm: &[u8], content: &Range<usize>) -> Option<usize> {
    let len = u32::try_from(content.len()).ok()?;
    (1..=5).filter_map(|bytes| content.start.checked_sub(bytes)).find(|at| {
        let mut reader = BinaryReader::new(&wasm[*at..content.start], 0);
        reader.read_var_u32().is_ok_and(|size| size == len) && reader.eof()
    })
}

fn sized(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    content.encode(&mut out);
    out
}

/// A place in a module that is in memory as a whole.
fn place(at: u64) -> usize {
    usize::try_from(at).expect("a place in a slice")
}

fn inside(range: &Range<u64>) -> Range<usize> {
    place(range.start)..place(range.end)
}

/// All mutants of a module.
pub(crate) fn mutants(wasm: &[u8]) -> Result<Vec<Mutant>, BinaryReaderError> {
    let mut types: Vec<Option<FuncType>> = Vec::new();
    let mut functions: Vec<u32> = Vec::new();
    let mut imported = 0;
    let names = names(wasm)?;
    let mut out = Vec::new();
    let (mut code, mut index) = (0..0, 0);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::TypeSection(section) => {
                for group in section {
                    types.extend(group?.into_types().map(|ty| match ty.composite_type.inner {
                        CompositeInnerType::Func(ty) => Some(ty),
                        _ => None,
                    }));
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    if let wasmparser::TypeRef::Func(ty) = import?.ty {
                        functions.push(ty);
                        imported += 1;
                    }
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    functions.push(ty?);
                }
            }
            Payload::CodeSectionStart { unchecked_range, .. } => code = inside(&unchecked_range),
            Payload::CodeSectionEntry(body) => {
                let number = imported + index;
                index += 1;
                let function = names.get(&number).cloned().unwrap_or_else(|| format!("#{number}"));
                let context = Context { wasm, types: &types, functions: &functions, function: &function };
                context.body(&body, &code, &mut out)?;
            }
            Payload::DataSection(section) => {
                let range = inside(&section.range());
                for (number, segment) in section.into_iter().enumerate() {
                    let segment = segment?;
                    if matches!(segment.kind, DataKind::Active { .. }) {
                        data(wasm, number, &segment, &range, &mut out);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(out)
}

/// The names of functions, from the name section and from exports.
fn names(wasm: &[u8]) -> Result<BTreeMap<u32, String>, BinaryReaderError> {
    let mut names = BTreeMap::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == wasmparser::ExternalKind::Func {
                        names.insert(export.index, export.name.to_owned());
                    }
                }
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(section) = section.as_known() else { continue };
                for name in section {
                    if let Name::Function(map) = name? {
                        for naming in map {
                            let naming = naming?;
                            names.entry(naming.index).or_insert_with(|| naming.name.to_owned());
                        }
                    }
                }
            }
            _ => {}
        }
    }
    Ok(names)
}

/// Each byte of a segment, one higher.
fn data(wasm: &[u8], number: usize, segment: &wasmparser::Data<'_>, section: &Range<usize>, out: &mut Vec<Mutant>) {
    let end = inside(&segment.range).end;
    let start = end - segment.data.len();
    for (at, byte) in segment.data.iter().enumerate() {
        let other = byte.wrapping_add(1);
        out.push(Mutant {
            kind: Kind::Data,
            function: format!("data {number}"),
            at,
            change: format!("{byte:02x} -> {other:02x}"),
            range: start + at..start + at + 1,
            bytes: vec![other],
            body: None,
            section: section.clone(),
        });
    }
    debug_assert_eq!(&wasm[start..end], segment.data);
}

struct Context<'a> {
    wasm: &'a [u8],
    types: &'a [Option<FuncType>],
    functions: &'a [u32],
    function: &'a str,
}

impl Context<'_> {
    fn body(
        &self,
        body: &wasmparser::FunctionBody<'_>,
        section: &Range<usize>,
        out: &mut Vec<Mutant>,
    ) -> Result<(), BinaryReaderError> {
        let mut reader = body.get_operators_reader()?;
        let mut at = 0;
        while !reader.eof() {
            let start = place(reader.original_position());
            let operator = reader.read()?;
            let range = start..place(reader.original_position());
            for (kind, change, bytes) in self.changes(&operator, &self.wasm[range.clone()]) {
                out.push(Mutant {
                    kind,
                    function: self.function.to_owned(),
                    at,
                    change,
                    range: range.clone(),
                    bytes,
                    body: Some(inside(&body.range())),
                    section: section.clone(),
                });
            }
            at += 1;
        }
        Ok(())
    }

    /// What can be made of an instruction.
    fn changes(&self, operator: &Operator<'_>, raw: &[u8]) -> Vec<(Kind, String, Vec<u8>)> {
        let name = name(operator);
        let one = |kind, other: &str, instructions: &[Instruction<'_>]| {
            (kind, format!("{name} -> {other}"), encoded(instructions))
        };
        match operator {
            Operator::I32Const { value } => others(i64::from(*value))
                .into_iter()
                .filter_map(|other| i32::try_from(other).ok())
                .map(|other| one(Kind::Constant, &other.to_string(), &[Instruction::I32Const(other)]))
                .collect(),
            Operator::I64Const { value } => others(*value)
                .into_iter()
                .map(|other| one(Kind::Constant, &other.to_string(), &[Instruction::I64Const(other)]))
                .collect(),
            Operator::Call { function_index } => self.without_call(*function_index, &name),
            Operator::MemoryFill { .. } | Operator::MemoryCopy { .. } => {
                vec![one(Kind::Dropped, "drop", &[Instruction::Drop, Instruction::Drop, Instruction::Drop])]
            }
            Operator::MemoryGrow { .. } => {
                vec![one(Kind::Dropped, "-1", &[Instruction::Drop, Instruction::I32Const(-1)])]
            }
            Operator::LocalSet { .. } | Operator::GlobalSet { .. } => {
                vec![one(Kind::Variable, "drop", &[Instruction::Drop])]
            }
            Operator::LocalTee { .. } => vec![one(Kind::Variable, "nop", &[Instruction::Nop])],
            Operator::BrIf { relative_depth } => vec![
                one(Kind::Branch, "never", &[Instruction::Drop]),
                one(Kind::Branch, "always", &[Instruction::Drop, Instruction::Br(*relative_depth)]),
                one(Kind::Branch, "otherwise", &[Instruction::I32Eqz, Instruction::BrIf(*relative_depth)]),
            ],
            Operator::If { .. } => {
                let never = [Instruction::Drop, Instruction::I32Const(0)];
                let always = [Instruction::Drop, Instruction::I32Const(1)];
                let before = |other: &str, instructions: &[Instruction<'_>]| {
                    (Kind::Branch, format!("{name} -> {other}"), [encoded(instructions), raw.to_vec()].concat())
                };
                vec![before("never", &never), before("always", &always), before("otherwise", &[Instruction::I32Eqz])]
            }
            Operator::Select => {
                vec![one(Kind::Branch, "otherwise", &[Instruction::I32Eqz, Instruction::Select])]
            }
            _ => Self::by_opcode(operator, raw, &name),
        }
    }

    /// A call whose parameters are dropped and whose results are 0.
    fn without_call(&self, index: u32, name: &str) -> Vec<(Kind, String, Vec<u8>)> {
        let ty = self.functions.get(index as usize).and_then(|ty| self.types.get(*ty as usize)?.as_ref());
        let Some(ty) = ty else { return Vec::new() };
        let mut instructions: Vec<_> = ty.params().iter().map(|_| Instruction::Drop).collect();
        for result in ty.results() {
            instructions.push(match result {
                wasmparser::ValType::I32 => Instruction::I32Const(0),
                wasmparser::ValType::I64 => Instruction::I64Const(0),
                wasmparser::ValType::F32 => Instruction::F32Const(0.0.into()),
                wasmparser::ValType::F64 => Instruction::F64Const(0.0.into()),
                _ => return Vec::new(),
            });
        }
        vec![(Kind::Dropped, format!("{name} -> drop"), encoded(&instructions))]
    }

    /// What follows from the number of an instruction alone.
    fn by_opcode(operator: &Operator<'_>, raw: &[u8], name: &str) -> Vec<(Kind, String, Vec<u8>)> {
        let Some((opcode, immediates)) = raw.split_first() else { return Vec::new() };
        let with =
            |kind, opcode: u8, other: &str| (kind, format!("{name} -> {other}"), [&[opcode][..], immediates].concat());
        let others = OTHERS.iter().filter(|(from, ..)| from == opcode);
        let mut changes: Vec<_> = others.map(|(_, kind, to, other)| with(*kind, *to, other)).collect();
        match opcode {
            // Negated: compared with 0 once more.
            0x45 | 0x50 => changes.push((Kind::Comparison, format!("{name} -> not"), [raw, &[0x45]].concat())),
            0x28..=0x35 => changes.extend(Self::further_on(operator, raw, Kind::Load, name)),
            0x36..=0x3e => {
                changes.extend(Self::further_on(operator, raw, Kind::Store, name));
                let dropped = encoded(&[Instruction::Drop, Instruction::Drop]);
                changes.push((Kind::Store, format!("{name} -> drop"), dropped));
            }
            _ => {}
        }
        changes
    }

    /// A load or store one byte further on.
    fn further_on(operator: &Operator<'_>, raw: &[u8], kind: Kind, name: &str) -> Option<(Kind, String, Vec<u8>)> {
        let offset = offset(operator)?;
        let mut reader = BinaryReader::new(raw, 0);
        let (opcode, align) = (reader.read_u8().ok()?, reader.read_var_u32().ok()?);
        let mut bytes = vec![opcode];
        align.encode(&mut bytes);
        (offset + 1).encode(&mut bytes);
        Some((kind, format!("{name} -> offset={}", offset + 1), bytes))
    }
}

/// Other values of a constant.
fn others(value: i64) -> Vec<i64> {
    let mut others = vec![value.wrapping_add(1), value.wrapping_sub(1)];
    if !(-1..=1).contains(&value) {
        others.push(0);
    }
    others
}

fn encoded(instructions: &[Instruction<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for instruction in instructions {
        instruction.encode(&mut bytes);
    }
    bytes
}

/// An instruction as text, near enough to the text format to be found.
fn name(operator: &Operator<'_>) -> String {
    format!("{operator:?}").replace(" { ", "(").replace(" }", ")")
}

/// Where a load or store reads or writes, beside the address on the stack.
fn offset(operator: &Operator<'_>) -> Option<u64> {
    use Operator as O;
    match operator {
        O::I32Load { memarg }
        | O::I64Load { memarg }
        | O::I32Load8S { memarg }
        | O::I32Load8U { memarg }
        | O::I32Load16S { memarg }
        | O::I32Load16U { memarg }
        | O::I64Load8S { memarg }
        | O::I64Load8U { memarg }
        | O::I64Load16S { memarg }
        | O::I64Load16U { memarg }
        | O::I64Load32S { memarg }
        | O::I64Load32U { memarg }
        | O::I32Store { memarg }
        | O::I64Store { memarg }
        | O::I32Store8 { memarg }
        | O::I32Store16 { memarg }
        | O::I64Store8 { memarg }
        | O::I64Store16 { memarg }
        | O::I64Store32 { memarg } => Some(memarg.offset),
        _ => None,
    }
}

/// Instructions with the same type and immediates: what may stand in the place of what.
const OTHERS: &[(u8, Kind, u8, &str)] = &[
    (0x46, Kind::Comparison, 0x47, "ne"),
    (0x47, Kind::Comparison, 0x46, "eq"),
    (0x48, Kind::Comparison, 0x4c, "le_s"),
    (0x48, Kind::Comparison, 0x4e, "ge_s"),
    (0x49, Kind::Comparison, 0x4d, "le_u"),
    (0x49, Kind::Comparison, 0x4f, "ge_u"),
    (0x49, Kind::Comparison, 0x48, "lt_s"),
    (0x4a, Kind::Comparison, 0x4e, "ge_s"),
    (0x4a, Kind::Comparison, 0x4c, "le_s"),
    (0x4b, Kind::Comparison, 0x4f, "ge_u"),
    (0x4b, Kind::Comparison, 0x4d, "le_u"),
    (0x4b, Kind::Comparison, 0x4a, "gt_s"),
    (0x4c, Kind::Comparison, 0x48, "lt_s"),
    (0x4d, Kind::Comparison, 0x49, "lt_u"),
    (0x4d, Kind::Comparison, 0x4b, "gt_u"),
    (0x4e, Kind::Comparison, 0x4a, "gt_s"),
    (0x4f, Kind::Comparison, 0x4b, "gt_u"),
    (0x4f, Kind::Comparison, 0x49, "lt_u"),
    (0x51, Kind::Comparison, 0x52, "ne"),
    (0x52, Kind::Comparison, 0x51, "eq"),
    (0x53, Kind::Comparison, 0x57, "le_s"),
    (0x54, Kind::Comparison, 0x58, "le_u"),
    (0x54, Kind::Comparison, 0x5a, "ge_u"),
    (0x56, Kind::Comparison, 0x5a, "ge_u"),
    (0x56, Kind::Comparison, 0x58, "le_u"),
    (0x58, Kind::Comparison, 0x54, "lt_u"),
    (0x58, Kind::Comparison, 0x56, "gt_u"),
    (0x5a, Kind::Comparison, 0x56, "gt_u"),
    (0x5a, Kind::Comparison, 0x54, "lt_u"),
    (0x6a, Kind::Arithmetic, 0x6b, "sub"),
    (0x6b, Kind::Arithmetic, 0x6a, "add"),
    (0x6c, Kind::Arithmetic, 0x6a, "add"),
    (0x71, Kind::Arithmetic, 0x72, "or"),
    (0x72, Kind::Arithmetic, 0x71, "and"),
    (0x73, Kind::Arithmetic, 0x72, "or"),
    (0x74, Kind::Arithmetic, 0x76, "shr_u"),
    (0x75, Kind::Arithmetic, 0x76, "shr_u"),
    (0x76, Kind::Arithmetic, 0x74, "shl"),
    (0x76, Kind::Arithmetic, 0x75, "shr_s"),
    (0x7c, Kind::Arithmetic, 0x7d, "sub"),
    (0x7d, Kind::Arithmetic, 0x7c, "add"),
    (0x7e, Kind::Arithmetic, 0x7c, "add"),
    (0x83, Kind::Arithmetic, 0x84, "or"),
    (0x84, Kind::Arithmetic, 0x83, "and"),
    (0x86, Kind::Arithmetic, 0x88, "shr_u"),
    (0x88, Kind::Arithmetic, 0x86, "shl"),
    (0x2d, Kind::Load, 0x2c, "load8_s"),
    (0x2c, Kind::Load, 0x2d, "load8_u"),
    (0x2f, Kind::Load, 0x2d, "load8_u"),
];

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = r#"(module
        (memory (export "memory") 1)
        (data (i32.const 8) "ab")
        (func $twice (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1)))
        (func (export "f") (param i32) (result i32)
            (i32.store8 (i32.const 8) (local.get 0))
            (if (i32.lt_u (local.get 0) (i32.const 7)) (then (return (call $twice (local.get 0)))))
            (i32.load8_u (i32.const 8))))"#;

    #[test]
    fn each_mutant_is_a_module_that_differs_in_one_place() {
        let wasm = wat::parse_str(MODULE).unwrap();
        let all = mutants(&wasm).unwrap();
        let kinds: std::collections::BTreeSet<_> = all.iter().map(|mutant| mutant.kind).collect();
        assert_eq!(kinds.len(), 8, "{kinds:?}");
        for mutant in &all {
            let changed = mutant.wasm(&wasm).unwrap_or_else(|| panic!("{} is no module", mutant.name()));
            assert_ne!(changed, wasm, "{}", mutant.name());
        }
    }

    #[test]
    fn a_mutant_says_where_it_is_and_what_it_does() {
        let wasm = wat::parse_str(MODULE).unwrap();
        let names: Vec<_> = mutants(&wasm).unwrap().iter().map(Mutant::name).collect();
        for name in ["twice 2: I32Shl -> shr_u", "f 4: I32Const(value: 7) -> 8", "data 0 1: 62 -> 63"] {
            assert!(names.iter().any(|found| found == name), "{name} isn't in {names:#?}");
        }
    }

    #[test]
    fn a_size_that_needs_another_byte_moves_what_follows() {
        // 127 bytes of nothing: one more byte of an instruction makes the size of the body two bytes long.
        let nops = "nop ".repeat(119);
        let wasm = wat::parse_str(format!("(module (func (export \"f\") {nops} (drop (i32.const 63))))")).unwrap();
        let longer = mutants(&wasm).unwrap().into_iter().find(|mutant| mutant.change.ends_with("-> 64")).unwrap();
        assert!(longer.wasm(&wasm).is_some());
    }
}
