//! How many operands does an instruction take and leave, and how does a loop begin that leaves what a frame does?

use super::leb::{signed, unsigned};
use std::collections::HashMap;
use wasmparser::{BlockType, FuncType, ValType};

const LOOP: u8 = 0x03;

/// Number of parameters and results.
#[derive(Clone, Copy, Default)]
pub(super) struct Arity {
    pub(super) params: u32,
    pub(super) results: u32,
}

/// How a loop begins that takes nothing and leaves what a certain frame leaves: the type of the block, as a number that is
/// written with a sign.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Head(i32);

impl Head {
    /// It leaves nothing.
    pub(super) const EMPTY: Self = Self(-0x40);
    /// There is no such loop.
    pub(super) const NONE: Self = Self(i32::MIN);

    pub(super) fn write(self, out: &mut Vec<u8>) {
        out.push(LOOP);
        signed(out, self.0);
    }

    fn of_index(index: usize) -> Self {
        i32::try_from(index).map_or(Self::NONE, Self)
    }

    fn of_value(ty: ValType) -> Self {
        match ty {
            ValType::I32 => Self(-0x01),
            ValType::I64 => Self(-0x02),
            ValType::F32 => Self(-0x03),
            ValType::F64 => Self(-0x04),
            ValType::FUNCREF => Self(-0x10),
            ValType::EXTERNREF => Self(-0x11),
            _ => Self::NONE,
        }
    }
}

/// The types of a module by their indices, and those that are added behind them. An index that means nothing takes and leaves
/// nothing: the module isn't valid.
#[derive(Default)]
pub(super) struct Types {
    declared: Vec<Declared>,
    /// The type of each function, imported ones first.
    functions: Vec<u32>,
    imported: usize,
    /// The types without parameters and with several results: the first index of each.
    of_results: HashMap<Box<[ValType]>, Head>,
    growth: Option<Head>,
    /// The types that are added, as a type section has them.
    more: Vec<u8>,
    added: usize,
}

struct Declared {
    arity: Arity,
    /// The loop with its results; for several results, once it was asked for.
    head: Option<Head>,
    /// Its results, where the loop was not asked for yet.
    results: Box<[ValType]>,
}

impl Types {
    pub(super) fn declare(&mut self, ty: &FuncType) {
        let index = Head::of_index(self.declared.len());
        let len = |types: &[_]| u32::try_from(types.len()).unwrap_or(u32::MAX);
        let arity = Arity { params: len(ty.params()), results: len(ty.results()) };
        if (ty.params(), ty.results()) == (&[ValType::I32], &[ValType::I32]) {
            self.growth.get_or_insert(index);
        }
        let head = match ty.results() {
            [] => Some(Head::EMPTY),
            [result] => Some(Head::of_value(*result)),
            results if ty.params().is_empty() => {
                self.of_results.entry(results.into()).or_insert(index);
                Some(index)
            }
            _ => None,
        };
        let results = if head.is_none() { ty.results().into() } else { Box::default() };
        self.declared.push(Declared { arity, head, results });
    }

    pub(super) fn import_function(&mut self, ty: u32) {
        self.functions.push(ty);
        self.imported += 1;
    }

    pub(super) fn function(&mut self, ty: u32) {
        self.functions.push(ty);
    }

    pub(super) fn of_type(&self, index: u32) -> Arity {
        self.declared.get(index as usize).map_or_else(Arity::default, |declared| declared.arity)
    }

    pub(super) fn of_function(&self, index: u32) -> Arity {
        self.functions.get(index as usize).map_or_else(Arity::default, |ty| self.of_type(*ty))
    }

    pub(super) fn of_block(&self, ty: BlockType) -> Arity {
        match ty {
            BlockType::Empty => Arity::default(),
            BlockType::Type(_) => Arity { params: 0, results: 1 },
            BlockType::FuncType(index) => self.of_type(index),
        }
    }

    /// The type of the function with the body of this number.
    pub(super) fn of_body(&self, number: usize) -> Option<u32> {
        self.functions.get(self.imported + number).copied()
    }

    /// The loop that leaves what a block leaves.
    pub(super) fn head(&mut self, ty: BlockType) -> Head {
        match ty {
            BlockType::Empty => Head::EMPTY,
            BlockType::Type(ty) => Head::of_value(ty),
            BlockType::FuncType(index) => self.head_of_type(index),
        }
    }

    /// The loop that leaves what a function of a type does.
    pub(super) fn head_of_type(&mut self, index: u32) -> Head {
        let Some(declared) = self.declared.get_mut(index as usize) else { return Head::NONE };
        if let Some(head) = declared.head {
            return head;
        }
        let results = std::mem::take(&mut declared.results);
        let head = match self.of_results.get(&results) {
            Some(head) => *head,
            None => self.add(&[], &results),
        };
        self.declared[index as usize].head = Some(head);
        self.of_results.insert(results, head);
        head
    }

    /// The loop around `memory.grow`.
    pub(super) fn growth(&mut self) -> Head {
        if let Some(head) = self.growth {
            return head;
        }
        let head = self.add(&[ValType::I32], &[ValType::I32]);
        self.growth = Some(head);
        head
    }

    fn add(&mut self, params: &[ValType], results: &[ValType]) -> Head {
        const FUNCTION: u8 = 0x60;
        let mut ty = vec![FUNCTION];
        for values in [params, results] {
            unsigned(&mut ty, values.len());
            for value in values {
                match Head::of_value(*value) {
                    Head::NONE => return Head::NONE,
                    Head(value) => signed(&mut ty, value),
                }
            }
        }
        let head = Head::of_index(self.declared.len() + self.added);
        if head != Head::NONE {
            self.more.append(&mut ty);
            self.added += 1;
        }
        head
    }

    /// Whether types were added.
    pub(super) fn are_more(&self) -> bool {
        self.added > 0
    }

    /// What the type section holds with those that were added. `section` is what it was, with its id and its length.
    pub(super) fn section(&self, section: &[u8]) -> Vec<u8> {
        // Behind the id, the length and the number, each of which may be written longer than it has to be.
        let mut at = 1;
        super::leb::read(section, &mut at);
        super::leb::read(section, &mut at);
        let mut content = Vec::with_capacity(section.len() + self.more.len() + 8);
        unsigned(&mut content, self.declared.len() + self.added);
        content.extend_from_slice(&section[at..]);
        content.extend_from_slice(&self.more);
        content
    }
}
