//! How is a body written with its new pieces?

use super::{
    leb::{read, unsigned},
    pieces::{Cut, Event, Pieces},
    place,
    types::Types,
};
use wasmparser::FunctionBody;

const END: u8 = 0x0b;

/// What the engine takes for a body.
const MOST_BYTES: usize = 7_654_321;

/// The bodies of a module, one after the other.
pub(super) struct Bodies {
    /// What a piece may cost in which something can be passed.
    size: u32,
    /// How many there were.
    count: usize,
    pieces: Pieces,
    open: Vec<Open>,
    written: Vec<u8>,
}

/// A frame that is open where the pass stands.
#[derive(Clone, Copy, Default)]
struct Open {
    /// Whether what comes next stands in a loop that was put into the frame.
    has_loop: bool,
    /// Such loops that are open in the frames around it.
    around: u32,
}

impl Bodies {
    pub(super) fn new(size: u32) -> Self {
        Self { size, count: 0, pieces: Pieces::default(), open: Vec::new(), written: Vec::new() }
    }

    /// Writes the next body, its length in front. Says whether it isn't what it was.
    pub(super) fn next(
        &mut self,
        wasm: &[u8],
        body: &FunctionBody<'_>,
        types: &mut Types,
        out: &mut Vec<u8>,
    ) -> wasmparser::Result<bool> {
        let bytes = &wasm[place(body.range().start)..place(body.range().end)];
        let ty = types.of_body(self.count);
        self.count += 1;
        self.pieces.read(body, ty, types, self.size)?;
        if self.pieces.cuts + self.pieces.growths == 0 {
            unsigned(out, bytes.len());
            out.extend_from_slice(bytes);
            return Ok(false);
        }
        self.write(bytes, types);
        if self.written.len() > MOST_BYTES {
            self.pieces.forget_cuts();
            self.write(bytes, types);
        }
        unsigned(out, self.written.len());
        out.extend_from_slice(&self.written);
        Ok(true)
    }

    fn write(&mut self, bytes: &[u8], types: &mut Types) {
        let Self { pieces, open, written: out, .. } = self;
        out.clear();
        open.clear();
        let mut top = Open::default();
        let mut copied = 0;
        for (at, event) in &pieces.events {
            let at = *at as usize;
            match *event {
                Event::Enter => {
                    open.push(top);
                    top = Open { has_loop: false, around: top.all() };
                }
                Event::Else | Event::End => {
                    if top.has_loop {
                        out.extend_from_slice(&bytes[copied..at]);
                        copied = at;
                        out.push(END);
                    }
                    top.has_loop = false;
                    if let Event::End = event {
                        // Behind the body nothing comes.
                        top = open.pop().unwrap_or_default();
                    }
                }
                Event::Cut(number) => {
                    if let Cut::Loop(head) = pieces.cut(number) {
                        out.extend_from_slice(&bytes[copied..at]);
                        copied = at;
                        if top.has_loop {
                            out.push(END);
                        }
                        head.write(out);
                        top.has_loop = true;
                    }
                }
                Event::Branch(depth) => {
                    let new = renumbered(depth, top, open);
                    if new != depth {
                        out.extend_from_slice(&bytes[copied..=at]);
                        copied = at + 1;
                        read(bytes, &mut copied);
                        unsigned(out, new as usize);
                    }
                }
                Event::BrTable => {
                    out.extend_from_slice(&bytes[copied..=at]);
                    copied = at + 1;
                    let targets = read(bytes, &mut copied);
                    unsigned(out, targets as usize);
                    for _ in 0..=targets {
                        let depth = read(bytes, &mut copied);
                        unsigned(out, renumbered(depth, top, open) as usize);
                    }
                }
                Event::MemoryGrow => {
                    out.extend_from_slice(&bytes[copied..at]);
                    types.growth().write(out);
                    copied = at + 1;
                    read(bytes, &mut copied);
                    out.extend_from_slice(&bytes[at..copied]);
                    out.push(END);
                }
            }
        }
        out.extend_from_slice(&bytes[copied..]);
    }
}

impl Open {
    /// Loops that are open here.
    fn all(self) -> u32 {
        self.around + u32::from(self.has_loop)
    }
}

/// The new depth of a branch from the frame `top`, in the frames `open`.
fn renumbered(depth: u32, top: Open, open: &[Open]) -> u32 {
    let around = match depth {
        0 => top.around,
        // A depth that means nothing goes on meaning nothing: all loops are added.
        _ => open.len().checked_sub(depth as usize).and_then(|index| open.get(index)).map_or(0, |frame| frame.around),
    };
    depth.saturating_add(top.all() - around)
}
