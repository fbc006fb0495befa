//! What is in a function's body that matters before it is compiled?

use super::values::{Arity, Flow, Types};
use wasmparser::{FrameKind, FrameStack, FunctionBody, VisitOperator};

/// What of a body was looked for.
#[derive(Default)]
pub(super) struct Found {
    /// Most blocks that are open at once.
    pub(super) nesting: u32,
    /// Most parameters, or results, of a block.
    pub(super) block_values: u32,
    /// Values that blocks, branches, calls and returns carry.
    pub(super) carried_values: u64,
    /// Whether it has a `table.grow`.
    pub(super) grows_table: bool,
    /// Whether it could be read to its end, and ends where it should.
    pub(super) is_readable: bool,
}

/// Looks into bodies, one after the other.
#[derive(Default)]
pub(super) struct Look {
    flow: Flow,
}

impl Look {
    /// Reads a body to its end. Whether types and indices are right is not looked at.
    pub(super) fn at(&mut self, body: &FunctionBody<'_>, function: Arity, types: Types<'_>) -> Found {
        self.flow.begin(function);
        let mut walk = Walk { flow: &mut self.flow, types, grows_table: false };
        let is_readable = walk.read(body).is_ok();
        let grows_table = walk.grows_table;
        let Flow { nesting, widest, carried, .. } = self.flow;
        Found { nesting, block_values: widest, carried_values: carried, grows_table, is_readable }
    }
}

/// A way through a body.
struct Walk<'w> {
    flow: &'w mut Flow,
    types: Types<'w>,
    grows_table: bool,
}

impl Walk<'_> {
    fn read(&mut self, body: &FunctionBody<'_>) -> wasmparser::Result<()> {
        let mut instructions = body.get_binary_reader_for_operators()?;
        while !instructions.eof() {
            // This is also where it is noticed that something stands behind the last `end`.
            instructions.visit_operator(self)?;
        }
        instructions.finish_expression(self)
    }

    fn grow_table(&mut self) {
        self.grows_table = true;
        self.flow.step(2, 1);
    }
}

impl FrameStack for Walk<'_> {
    fn current_frame(&self) -> Option<FrameKind> {
        self.flow.innermost()
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
    ($walk:ident Block $arity:tt $ty:ident) => { $walk.flow.enter(FrameKind::Block, $walk.types.of_block($ty)) };
    ($walk:ident Loop $arity:tt $ty:ident) => { $walk.flow.enter(FrameKind::Loop, $walk.types.of_block($ty)) };
    ($walk:ident If $arity:tt $ty:ident) => {{
        $walk.flow.step(1, 0);
        $walk.flow.enter(FrameKind::If, $walk.types.of_block($ty));
    }};
    ($walk:ident Else $arity:tt) => { $walk.flow.turn() };
    ($walk:ident End $arity:tt) => { $walk.flow.leave() };
    ($walk:ident Unreachable $arity:tt) => { $walk.flow.stop() };
    ($walk:ident Return $arity:tt) => { $walk.flow.return_() };
    ($walk:ident Br $arity:tt $depth:ident) => { $walk.flow.branch($depth) };
    ($walk:ident BrIf $arity:tt $depth:ident) => { $walk.flow.branch_if($depth) };
    ($walk:ident BrTable $arity:tt $table:ident) => { $walk.flow.branch_table(&$table) };
    ($walk:ident Call $arity:tt $function:ident) => { $walk.flow.call($walk.types.of_function($function)) };
    ($walk:ident CallIndirect $arity:tt $ty:ident $table:ident) => {{
        $walk.flow.step(1, 0);
        $walk.flow.call($walk.types.of_type($ty));
    }};
    ($walk:ident MemoryGrow $arity:tt $memory:ident) => { $walk.flow.grow() };
    ($walk:ident TableGrow $arity:tt $table:ident) => { $walk.grow_table() };
    ($walk:ident $name:ident (arity $pops:literal -> $pushes:literal) $($arg:ident)*) => {
        $walk.flow.step($pops, $pushes)
    };
    ($walk:ident $name:ident (arity memarg $pops:literal -> $pushes:literal) $($arg:ident)*) => {
        $walk.flow.step($pops, $pushes)
    };
    // Those of proposals that aren't allowed: the module isn't valid from here on.
    ($walk:ident $name:ident (arity custom) $($arg:ident)*) => {{}};
}

impl<'a> VisitOperator<'a> for Walk<'_> {
    type Output = ();

    wasmparser::for_each_visit_operator!(visit);
}
