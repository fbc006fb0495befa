//! What is in a function's body that matters before it is compiled?

use wasmparser::{FrameKind, FrameStack, FunctionBody, VisitOperator};

/// What of a body was looked for.
#[derive(Default)]
pub(super) struct Found {
    /// Most blocks that are open at once.
    pub(super) nesting: u32,
    /// Whether it has a `table.grow`.
    pub(super) grows_table: bool,
    /// Number of its instructions that make a memory or a table larger.
    pub(super) growths: u32,
    /// Whether it could be read to its end, and ends where it should.
    pub(super) is_readable: bool,
}

/// Looks into bodies, one after the other.
#[derive(Default)]
pub(super) struct Look {
    found: Found,
    /// The blocks that are open, the body itself first.
    open: Vec<FrameKind>,
}

impl Look {
    /// Reads a body to its end. Types and indices are not looked at.
    pub(super) fn at(&mut self, body: &FunctionBody<'_>) -> Found {
        self.found = Found::default();
        self.open.clear();
        self.open.push(FrameKind::Block);
        let is_readable = self.read(body).is_ok();
        Found { is_readable, ..std::mem::take(&mut self.found) }
    }

    fn read(&mut self, body: &FunctionBody<'_>) -> wasmparser::Result<()> {
        let mut instructions = body.get_binary_reader_for_operators()?;
        while !instructions.eof() {
            // This is also where it is noticed that something stands behind the last `end`.
            instructions.visit_operator(self)?;
        }
        instructions.finish_expression(self)
    }

    fn enter(&mut self, kind: FrameKind) {
        // The body is none of them.
        self.found.nesting = self.found.nesting.max(u32::try_from(self.open.len()).unwrap_or(u32::MAX));
        self.open.push(kind);
    }

    fn grow(&mut self, is_table: bool) {
        self.found.growths += 1;
        self.found.grows_table |= is_table;
    }
}

impl FrameStack for Look {
    fn current_frame(&self) -> Option<FrameKind> {
        self.open.last().copied()
    }
}

/// A method for each instruction of WebAssembly, of which few do something.
macro_rules! visit {
    ($(@$proposal:ident $name:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident ($($annotation:tt)*))*) => {
        $(
            #[inline]
            fn $visit(&mut self $($(, _: $ty)*)?) {
                visit!(self $name)
            }
        )*
    };
    ($look:ident Block) => { $look.enter(FrameKind::Block) };
    ($look:ident Loop) => { $look.enter(FrameKind::Loop) };
    ($look:ident If) => { $look.enter(FrameKind::If) };
    ($look:ident Else) => {
        if let Some(innermost) = $look.open.last_mut() {
            *innermost = FrameKind::Else;
        }
    };
    ($look:ident End) => {{
        $look.open.pop();
    }};
    ($look:ident MemoryGrow) => { $look.grow(false) };
    ($look:ident TableGrow) => { $look.grow(true) };
    ($look:ident $name:ident) => {{}};
}

impl<'a> VisitOperator<'a> for Look {
    type Output = ();

    wasmparser::for_each_visit_operator!(visit);
}
