//! Where does a new piece begin?
//!
//! A body is read once. Wherever a branch can lead past what comes next, and the frame has no operands, there may be a *cut*: a
//! piece of its own. When the costs of all are known, those that are worth it are chosen.

use super::types::{Arity, Head, Types};
use wasmparser::{BlockType, BrTable, FrameKind, FrameStack, FunctionBody, VisitOperator};

/// No piece, no frame.
const NONE: u32 = u32::MAX;

/// What calls cost, as the engine is told.
const CALL: u32 = 24;
const CALL_INDIRECT: u32 = 28;

/// What was found in a body. Kept from body to body for its memory.
#[derive(Default)]
pub(super) struct Pieces {
    list: Vec<Piece>,
    /// What matters when the body is written, in its order, with the offset of the instruction in the body.
    pub(super) events: Vec<(u32, Event)>,
    /// The frames around the innermost.
    outer: Vec<Frame>,
    /// How many cuts were chosen.
    pub(super) cuts: usize,
    /// How many times memory grows.
    pub(super) growths: usize,
}

/// Something that matters when a body is written.
#[derive(Clone, Copy)]
pub(super) enum Event {
    /// A frame begins.
    Enter,
    Else,
    End,
    /// `br` or `br_if`, to this depth.
    Branch(u32),
    BrTable,
    MemoryGrow,
    /// In front of the instruction a piece may begin.
    Cut(u32),
}

struct Piece {
    /// The piece that is charged for this one as long as there is no cut; itself where the engine begins one anyway.
    charged: u32,
    /// The cut before it in the same frame.
    before: u32,
    /// What its instructions cost.
    cost: u32,
    /// The loop that leaves what the frame leaves.
    head: Head,
    is_cut: bool,
    /// Whether another cut comes behind it in the same frame.
    is_followed: bool,
}

/// A block, loop, side of an `if`, or the body.
struct Frame {
    kind: FrameKind,
    arity: Arity,
    head: Head,
    /// Operands below it.
    below: u64,
    /// Whether the code can be reached at its beginning, and where the pass stands. Elsewhere the number of operands isn't
    /// known.
    is_entered: bool,
    is_reached: bool,
    /// The piece that its next instruction belongs to.
    piece: u32,
    /// The last cut in it.
    cut: u32,
    /// The outermost frame that a branch in it leads to the end of, or back to.
    leads_to: u32,
    /// Whether a branch can lead past the next instruction that could be reached at the beginning of the piece.
    is_passed: bool,
}

/// How the piece at a cut is begun.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// There is none.
    No,
    /// With this loop.
    Loop(Head),
}

impl Pieces {
    /// Reads a body. `ty` is the type of the function; `size` is what a piece may cost in which there are cuts.
    pub(super) fn read(
        &mut self,
        body: &FunctionBody<'_>,
        ty: Option<u32>,
        types: &mut Types,
        size: u32,
    ) -> wasmparser::Result<()> {
        self.list.clear();
        self.events.clear();
        self.outer.clear();
        self.growths = 0;
        let begins = body.range().start;
        let mut walk = Walk::new(self, types, ty);
        let mut instructions = body.get_binary_reader_for_operators()?;
        while !instructions.eof() {
            walk.at = offset(instructions.original_position() - begins);
            walk.may_cut();
            instructions.visit_operator(&mut walk)?;
        }
        instructions.finish_expression(&walk)?;
        self.choose(size);
        Ok(())
    }

    /// Chooses the cuts: where a piece would otherwise cost more than `size`, together with what is in front of it.
    fn choose(&mut self, size: u32) {
        self.cuts = 0;
        for index in 0..self.list.len() {
            let Piece { charged, before, cost, .. } = self.list[index];
            if charged as usize == index {
                continue;
            }
            // Both stand before it, so that they are decided.
            let before = match self.list.get(before as usize) {
                Some(piece) if !piece.is_cut => piece.before,
                _ => before,
            };
            let charged = self.list[charged as usize].charged;
            let together = self.list[charged as usize].cost.saturating_add(cost);
            let is_cut = cost > 0 && together > size;
            let piece = &mut self.list[index];
            (piece.before, piece.is_cut) = (before, is_cut);
            if is_cut {
                piece.charged = offset(index as u64);
                self.cuts += 1;
                if let Some(before) = self.list.get_mut(before as usize) {
                    before.is_followed = true;
                }
            } else {
                piece.charged = charged;
                self.list[charged as usize].cost = together;
            }
        }
    }

    /// Takes all cuts back.
    pub(super) fn forget_cuts(&mut self) {
        self.cuts = 0;
        for piece in &mut self.list {
            piece.is_cut = false;
        }
    }

    /// What is done at a possible cut.
    pub(super) fn cut(&self, number: u32) -> Cut {
        match &self.list[number as usize] {
            Piece { is_cut: false, .. } => Cut::No,
            // At the next cut the frame has no operands.
            Piece { is_followed: true, .. } => Cut::Loop(Head::EMPTY),
            piece => Cut::Loop(piece.head),
        }
    }
}

/// A way through a body.
struct Walk<'w> {
    pieces: &'w mut Pieces,
    types: &'w mut Types,
    /// The innermost frame.
    top: Frame,
    /// Whether the body goes on.
    is_open: bool,
    /// Operands that there are, those of all frames together.
    operands: u64,
    /// What the instructions of the piece cost that are not counted in it yet.
    cost: u32,
    /// Where the next instruction stands.
    at: u32,
}

impl<'w> Walk<'w> {
    fn new(pieces: &'w mut Pieces, types: &'w mut Types, ty: Option<u32>) -> Self {
        let results = ty.map_or(0, |ty| types.of_type(ty).results);
        let top = Frame {
            kind: FrameKind::Block,
            arity: Arity { params: 0, results },
            head: ty.map_or(Head::NONE, |ty| types.head_of_type(ty)),
            below: 0,
            is_entered: true,
            is_reached: true,
            piece: 0,
            cut: NONE,
            leads_to: NONE,
            is_passed: false,
        };
        let mut walk = Self { pieces, types, top, is_open: true, operands: 0, cost: 0, at: 0 };
        walk.begin_piece();
        walk
    }

    /// A piece that the engine begins.
    fn begin_piece(&mut self) -> u32 {
        let number = offset(self.pieces.list.len() as u64);
        self.pieces.list.push(Piece {
            charged: number,
            before: NONE,
            cost: 0,
            head: Head::NONE,
            is_cut: false,
            is_followed: false,
        });
        number
    }

    /// Notes where a cut could be.
    #[inline]
    fn may_cut(&mut self) {
        if self.top.is_passed && self.operands == self.top.below && self.top.is_reached && self.top.head != Head::NONE {
            self.count();
            let number = offset(self.pieces.list.len() as u64);
            self.pieces.list.push(Piece {
                charged: self.top.piece,
                before: self.top.cut,
                cost: 0,
                head: self.top.head,
                is_cut: false,
                is_followed: false,
            });
            (self.top.piece, self.top.cut, self.top.is_passed) = (number, number, false);
            self.note(Event::Cut(number));
        }
    }

    fn note(&mut self, event: Event) {
        self.pieces.events.push((self.at, event));
    }

    /// Counts in the piece what its instructions have cost so far.
    fn count(&mut self) {
        let piece = &mut self.pieces.list[self.top.piece as usize];
        piece.cost = piece.cost.saturating_add(std::mem::take(&mut self.cost));
    }

    fn enter(&mut self, kind: FrameKind, ty: BlockType) {
        self.note(Event::Enter);
        self.count();
        let arity = self.types.of_block(ty);
        self.pop(arity.params);
        let is_reached = self.top.is_reached;
        let frame = Frame {
            kind,
            arity,
            head: self.types.head(ty),
            below: self.operands,
            is_entered: is_reached,
            is_reached,
            piece: if kind == FrameKind::Block { self.top.piece } else { self.begin_piece() },
            cut: NONE,
            leads_to: NONE,
            is_passed: false,
        };
        self.pieces.outer.push(std::mem::replace(&mut self.top, frame));
        self.push(arity.params);
    }

    /// `else`.
    fn turn(&mut self) {
        self.note(Event::Else);
        self.count();
        let piece = self.begin_piece();
        let top = &mut self.top;
        (top.kind, top.piece, top.cut) = (FrameKind::Else, piece, NONE);
        (top.is_passed, top.is_reached) = (false, top.is_entered);
        self.operands = top.below + u64::from(top.arity.params);
    }

    /// `end`.
    fn leave(&mut self) {
        self.note(Event::End);
        self.count();
        self.operands = self.top.below + u64::from(self.top.arity.results);
        let Some(outer) = self.pieces.outer.pop() else {
            self.is_open = false;
            return;
        };
        let inner = std::mem::replace(&mut self.top, outer);
        if inner.leads_to < self.frame() + 1 {
            self.leads(inner.leads_to);
        }
    }

    /// The number of the innermost frame, from the body, which is 0.
    fn frame(&self) -> u32 {
        offset(self.pieces.outer.len() as u64)
    }

    /// A branch leads from the innermost frame to another one, or to its own end or beginning.
    fn leads(&mut self, to: u32) {
        self.top.leads_to = self.top.leads_to.min(to);
        self.top.is_passed = true;
    }

    fn branch_if(&mut self, depth: u32) {
        self.step(1, 0);
        self.note(Event::Branch(depth));
        self.leads(self.frame().saturating_sub(depth));
    }

    fn branch(&mut self, depth: u32) {
        self.step(0, 0);
        self.note(Event::Branch(depth));
        self.leads(self.frame().saturating_sub(depth));
        self.stop();
    }

    fn branch_table(&mut self, table: &BrTable<'_>) {
        self.step(1, 0);
        self.note(Event::BrTable);
        let farthest = table.targets().map_while(Result::ok).fold(table.default(), u32::max);
        self.leads(self.frame().saturating_sub(farthest));
        self.stop();
    }

    fn return_(&mut self) {
        self.leads(0);
        self.stop();
    }

    /// Nothing comes to here from above.
    fn stop(&mut self) {
        self.operands = self.top.below;
        self.top.is_reached = false;
    }

    fn call(&mut self, arity: Arity, cost: u32) {
        self.cost = self.cost.saturating_add(cost - 1);
        self.step(arity.params, arity.results);
    }

    fn grow_memory(&mut self) {
        // What it costs is paid for in its own piece.
        self.pieces.growths += 1;
        self.note(Event::MemoryGrow);
        self.pop(1);
        self.push(1);
    }

    /// Any other instruction.
    #[inline]
    fn step(&mut self, pops: u32, pushes: u32) {
        self.cost = self.cost.saturating_add(1);
        self.pop(pops);
        self.push(pushes);
    }

    #[inline]
    fn pop(&mut self, count: u32) {
        self.operands = self.operands.saturating_sub(count.into()).max(self.top.below);
    }

    #[inline]
    fn push(&mut self, count: u32) {
        self.operands += u64::from(count);
    }
}

/// A number below the size of a function, which is a file in memory that is no larger than a `u32` says.
#[allow(clippy::cast_possible_truncation)]
fn offset(number: u64) -> u32 {
    number as u32
}

impl FrameStack for Walk<'_> {
    fn current_frame(&self) -> Option<FrameKind> {
        self.is_open.then_some(self.top.kind)
    }
}

/// A method for each instruction of WebAssembly. Of most only the number of operands matters.
macro_rules! visit {
    ($(@$proposal:ident $name:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident ($($annotation:tt)*))*) => {
        $(
            #[inline]
            fn $visit(&mut self $($(, $arg: $ty)*)?) {
                $($(let _ = &$arg;)*)?
                visit!(self $name ($($annotation)*) $($($arg)*)?)
            }
        )*
    };
    ($walk:ident Nop $arity:tt) => {{}};
    ($walk:ident Drop $arity:tt) => { $walk.pop(1) };
    ($walk:ident Block $arity:tt $ty:ident) => { $walk.enter(FrameKind::Block, $ty) };
    ($walk:ident Loop $arity:tt $ty:ident) => { $walk.enter(FrameKind::Loop, $ty) };
    ($walk:ident If $arity:tt $ty:ident) => {{
        $walk.step(1, 0);
        $walk.enter(FrameKind::If, $ty);
    }};
    ($walk:ident Else $arity:tt) => { $walk.turn() };
    ($walk:ident End $arity:tt) => { $walk.leave() };
    ($walk:ident Unreachable $arity:tt) => { $walk.stop() };
    ($walk:ident Return $arity:tt) => { $walk.return_() };
    ($walk:ident Br $arity:tt $depth:ident) => { $walk.branch($depth) };
    ($walk:ident BrIf $arity:tt $depth:ident) => { $walk.branch_if($depth) };
    ($walk:ident BrTable $arity:tt $table:ident) => { $walk.branch_table(&$table) };
    ($walk:ident Call $arity:tt $function:ident) => { $walk.call($walk.types.of_function($function), CALL) };
    ($walk:ident CallIndirect $arity:tt $ty:ident $table:ident) => {{
        $walk.pop(1);
        $walk.call($walk.types.of_type($ty), CALL_INDIRECT);
    }};
    ($walk:ident MemoryGrow $arity:tt $memory:ident) => { $walk.grow_memory() };
    ($walk:ident $name:ident (arity $pops:literal -> $pushes:literal) $($arg:ident)*) => {
        $walk.step($pops, $pushes)
    };
    ($walk:ident $name:ident (arity memarg $pops:literal -> $pushes:literal) $($arg:ident)*) => {
        $walk.step($pops, $pushes)
    };
    // Those of proposals that aren't allowed: the module isn't valid from here on.
    ($walk:ident $name:ident (arity custom) $($arg:ident)*) => {{}};
}

impl<'a> VisitOperator<'a> for Walk<'_> {
    type Output = ();

    wasmparser::for_each_visit_operator!(visit);
}
