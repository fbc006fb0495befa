//! Which buffers of an instance are live, and what should stand in them?

use dorcas_abi::{Span, export};
use dorcas_host::Probe;
use std::fmt;

/// An instance, and the buffers in it that were not freed yet.
pub(crate) struct Instance {
    pub(crate) probe: Probe,
    live: Vec<Live>,
    /// Calls of anything but `alloc` and `free`, and the last of them.
    calls: u32,
    last: Option<&'static str>,
    dead: bool,
}

/// A result that keeps all clauses on its place.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) argument: Span,
    pub(crate) result: Span,
    pub(crate) bytes: Vec<u8>,
}

/// A piece of the memory, and the bytes in it.
pub(super) type Piece = (Span, Vec<u8>);

/// A live buffer, and what was last seen to stand in it.
pub(super) struct Live {
    pub(super) span: Span,
    pub(super) owner: Owner,
    /// All of it, or some pieces of a large one.
    pub(super) watched: Vec<Piece>,
}

/// What a live buffer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// A buffer from `alloc` with which nothing was done yet.
    Idle,
    /// The argument of the call that is being made.
    Argument,
    /// The argument of a call of this method that has returned.
    PastArgument(&'static str),
    /// The result of this method.
    Result(&'static str),
}

/// A buffer of more bytes is watched in pieces.
const WHOLE: u32 = 64 << 10;
/// Bytes of a piece.
const PIECE: u32 = 1 << 10;
/// Number of pieces, the first and the last of the buffer among them.
const PIECES: u32 = 17;

impl Instance {
    pub(super) fn new(probe: Probe) -> Self {
        Self { probe, live: Vec::new(), calls: 0, last: None, dead: false }
    }

    /// Whether nothing more can be learned from it.
    pub(crate) fn is_dead(&self) -> bool {
        self.dead
    }

    pub(super) fn kill(&mut self) {
        self.dead = true;
    }

    pub(super) fn note_call(&mut self, export: &'static str) {
        if !matches!(export, export::ALLOC | export::FREE) {
            self.calls += 1;
            self.last = Some(export);
        }
    }

    /// What was called before, for the reader of a finding.
    pub(super) fn told(&self) -> Told {
        Told { calls: self.calls, last: self.last }
    }

    /// Whether there is a live buffer.
    pub(super) fn has_live(&self) -> bool {
        !self.live.is_empty()
    }

    /// The live buffers from `alloc`.
    pub(super) fn allocated(&self) -> impl Iterator<Item = Span> {
        self.live.iter().filter(|live| !matches!(live.owner, Owner::Result(_))).map(|live| live.span)
    }

    /// The live buffers, results included.
    pub(super) fn live(&self) -> impl Iterator<Item = &Live> {
        self.live.iter()
    }

    /// From now on the buffer is live, with the bytes that stand in it.
    pub(super) fn keep(&mut self, span: Span, owner: Owner) {
        if span.len > 0 {
            let watched = self.pieces(span);
            self.live.push(Live { span, owner, watched });
        }
    }

    /// From now on a live buffer is something else.
    pub(super) fn own(&mut self, span: Span, owner: Owner) {
        let at = |live: &&mut Live| live.span == span && !matches!(live.owner, Owner::Result(_));
        if let Some(live) = self.live.iter_mut().find(at) {
            live.owner = owner;
        }
    }

    /// From now on the buffer is free. One of two results with the same bytes stays.
    pub(super) fn drop_live(&mut self, span: Span) {
        if let Some(at) = self.live.iter().rposition(|live| live.span == span) {
            self.live.remove(at);
        }
    }

    /// Fills a live buffer with a byte, as its owner may.
    pub(crate) fn fill(&mut self, span: Span, byte: u8) -> Option<()> {
        self.probe.bytes_mut(span)?.fill(byte);
        self.look_again(span);
        Some(())
    }

    /// Writes to a live buffer, as its owner may.
    pub(crate) fn write(&mut self, span: Span, bytes: &[u8]) -> Option<()> {
        self.probe.bytes_mut(span)?.copy_from_slice(bytes);
        self.look_again(span);
        Some(())
    }

    /// What stands in a buffer now is what should stand there; in all of them where several results are at one place.
    pub(super) fn look_again(&mut self, span: Span) {
        let watched = self.pieces(span);
        for live in self.live.iter_mut().filter(|live| live.span == span) {
            live.watched.clone_from(&watched);
        }
    }

    /// The first live buffer, of those that are meant, in which something else stands than should: the buffer, the piece,
    /// and the first byte that is another one.
    pub(super) fn changed(&self, meant: impl Fn(Owner) -> bool) -> Option<(&Live, &Piece, usize)> {
        self.live.iter().filter(|live| meant(live.owner)).find_map(|live| {
            live.watched.iter().find_map(|piece| {
                let (span, expected) = piece;
                let now = self.probe.read(*span).unwrap_or_default();
                if now == expected {
                    return None;
                }
                Some((live, piece, expected.iter().zip(now).position(|(expected, now)| expected != now).unwrap_or(0)))
            })
        })
    }

    fn pieces(&self, span: Span) -> Vec<Piece> {
        let read = |piece: Span| Some((piece, self.probe.read(piece)?.to_vec()));
        if span.len <= WHOLE {
            return read(span).into_iter().collect();
        }
        let last = span.len - PIECE;
        let step = last / (PIECES - 1);
        let starts = (0..PIECES - 1).map(|index| index * step).chain([last]);
        starts.filter_map(|start| read(Span { ptr: span.ptr.checked_add(start)?, len: PIECE })).collect()
    }
}

/// What was called before in an instance.
#[derive(Clone, Copy)]
pub(super) struct Told {
    calls: u32,
    last: Option<&'static str>,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.calls, self.last) {
            (0, _) | (_, None) => f.write_str(", first in a fresh instance"),
            (1, Some(last)) => write!(f, ", after `{last}`"),
            (calls, Some(last)) => write!(f, ", after {calls} calls, the last one `{last}`"),
        }
    }
}

/// A call of a method, as a finding tells it. There are very many calls and few findings, so that the text is made last.
#[derive(Clone, Copy)]
pub(super) struct Did {
    pub(super) method: &'static str,
    pub(super) argument: Span,
    pub(super) told: Told,
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", show_call(self.method, self.argument), self.told)
    }
}

/// `called generate_rules(0x400, 30)`.
pub(crate) fn show_call(method: &str, argument: Span) -> String {
    if method == export::LANG_NAME {
        "called `lang_name()`".into()
    } else {
        format!("called `{method}({:#x}, {})`", argument.ptr, argument.len)
    }
}

pub(crate) fn overlap(a: Span, b: Span) -> bool {
    a.len > 0 && b.len > 0 && u64::from(a.ptr) < b.end() && u64::from(b.ptr) < a.end()
}
