//! How many values does a body carry?
//!
//! Where control flow meets, the engine has the values of each side copied into one place, and the validator compares them.
//! A call moves its parameters and results. That is work for each value, while a byte or two of code are enough for a branch,
//! a block or a call with a hundred of them.

use wasmparser::{BlockType, BrTable, FrameKind, FuncType};

/// Number of parameters and results.
#[derive(Clone, Copy, Default)]
pub(super) struct Arity {
    params: u32,
    results: u32,
}

impl Arity {
    pub(super) fn of(ty: &FuncType) -> Self {
        let len = |types: &[_]| u32::try_from(types.len()).unwrap_or(u32::MAX);
        Self { params: len(ty.params()), results: len(ty.results()) }
    }

    fn sum(self) -> u64 {
        u64::from(self.params) + u64::from(self.results)
    }
}

/// The types of a module by their indices. An index that means nothing carries nothing: the module isn't valid.
#[derive(Clone, Copy)]
pub(super) struct Types<'m> {
    pub(super) types: &'m [FuncType],
    /// The type of each function.
    pub(super) functions: &'m [u32],
}

impl Types<'_> {
    pub(super) fn of_type(self, index: u32) -> Arity {
        self.types.get(index as usize).map_or_else(Arity::default, Arity::of)
    }

    pub(super) fn of_function(self, index: u32) -> Arity {
        self.functions.get(index as usize).map_or_else(Arity::default, |ty| self.of_type(*ty))
    }

    pub(super) fn of_block(self, ty: BlockType) -> Arity {
        match ty {
            BlockType::Empty => Arity::default(),
            BlockType::Type(_) => Arity { params: 0, results: 1 },
            BlockType::FuncType(index) => self.of_type(index),
        }
    }
}

/// The blocks that are open in a body, the body itself first, and the operands in them.
#[derive(Default)]
pub(super) struct Flow {
    open: Vec<Block>,
    /// Operands that there are, those of all open blocks together.
    operands: u64,
    /// Values that have been carried so far.
    pub(super) carried: u64,
    /// The most parameters, or results, of a block so far.
    pub(super) widest: u32,
    /// The most blocks that were open at once so far, without the body.
    pub(super) nesting: u32,
}

struct Block {
    kind: FrameKind,
    arity: Arity,
    /// Operands below it.
    below: u64,
}

impl Flow {
    /// Begins a body.
    pub(super) fn begin(&mut self, function: Arity) {
        self.open.clear();
        self.open.push(Block { kind: FrameKind::Block, arity: function, below: 0 });
        (self.operands, self.carried, self.widest, self.nesting) = (0, function.sum(), 0, 0);
    }

    /// The kind of the innermost block.
    pub(super) fn innermost(&self) -> Option<FrameKind> {
        self.open.last().map(|block| block.kind)
    }

    pub(super) fn enter(&mut self, kind: FrameKind, arity: Arity) {
        self.carried += arity.sum();
        if arity.params > 0 {
            // The engine looks for locals among all operands that don't go into the block.
            self.carried += self.operands;
        }
        self.pop(arity.params);
        self.nesting = self.nesting.max(u32::try_from(self.open.len()).unwrap_or(u32::MAX));
        self.widest = self.widest.max(arity.params).max(arity.results);
        self.open.push(Block { kind, arity, below: self.operands });
        self.push(arity.params);
    }

    /// `else`.
    pub(super) fn turn(&mut self) {
        if let Some(block) = self.open.last_mut() {
            block.kind = FrameKind::Else;
            self.carried += block.arity.sum();
            self.operands = block.below + u64::from(block.arity.params);
        }
    }

    /// `end`.
    pub(super) fn leave(&mut self) {
        if let Some(block) = self.open.pop() {
            self.carried += u64::from(block.arity.results);
            self.operands = block.below;
            self.push(block.arity.results);
        }
    }

    /// A branch that may be taken or not.
    pub(super) fn branch_if(&mut self, depth: u32) {
        self.pop(1);
        self.carried += self.to(depth);
    }

    /// Each target's values are compared with those of the others.
    pub(super) fn branch_table(&mut self, table: &BrTable<'_>) {
        for depth in table.targets().map_while(Result::ok) {
            self.carried += self.to(depth);
        }
        self.branch(table.default());
    }

    pub(super) fn branch(&mut self, depth: u32) {
        self.carried += self.to(depth);
        self.stop();
    }

    pub(super) fn return_(&mut self) {
        self.carried += self.open.first().map_or(0, |body| body.arity.results.into());
        self.stop();
    }

    /// Nothing is carried out from here to the end of the block; there are as many operands as anything asks for.
    pub(super) fn stop(&mut self) {
        self.operands = self.below();
    }

    pub(super) fn call(&mut self, arity: Arity) {
        self.carried += arity.sum();
        self.step(arity.params, arity.results);
    }

    /// `memory.grow`, around which a loop is put with its operand and its result: see [`growth`](crate::metering).
    pub(super) fn grow(&mut self) {
        self.carried += 2 + self.operands;
        self.step(1, 1);
    }

    /// Any other instruction.
    #[inline]
    pub(super) fn step(&mut self, pops: u32, pushes: u32) {
        self.pop(pops);
        self.push(pushes);
    }

    fn pop(&mut self, count: u32) {
        self.operands = self.operands.saturating_sub(count.into()).max(self.below());
    }

    fn push(&mut self, count: u32) {
        self.operands += u64::from(count);
    }

    /// Operands below the innermost block, which nothing in it takes.
    fn below(&self) -> u64 {
        self.open.last().map_or(0, |block| block.below)
    }

    /// Values that a branch takes along.
    fn to(&self, depth: u32) -> u64 {
        let index = self.open.len().checked_sub(1 + depth as usize);
        let target = index.and_then(|index| self.open.get(index).map(|block| (index, block)));
        target.map_or(0, |(index, block)| match block.kind {
            FrameKind::Loop if index > 0 => block.arity.params.into(),
            _ => block.arity.results.into(),
        })
    }
}
