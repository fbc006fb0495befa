//! Where the stand-ins keep what they have to remember.
//!
//! In the last page of the memory, which the module doesn't know of: asked for the size of its memory, it is told one page
//! less (`growth`). An allocator may take all that it sees for its own, and for contiguous, as Go's and
//! many others do. All of it is zero at the start.

use crate::memory::{load_u32, load_u64, pages, store_u32, store_u64};

/// Where it begins.
pub(crate) fn base() -> u32 {
    (pages() - 1) << 16
}

/// Its bytes that are in use: two buffers behind the numbers.
pub(crate) const BYTES: u32 = PATH + PATH_BYTES;

/// A number that is kept, by its place.
#[derive(Clone, Copy)]
pub(crate) struct Word(u32);

/// Time that has passed on the monotonic clock.
pub(crate) const MONOTONIC: Word = Word(0);
/// Time that has passed on the wall clock.
pub(crate) const REAL: Word = Word(8);
/// How far the random stream is.
pub(crate) const RANDOM: Word = Word(16);
/// Address of the table that is mounted.
pub(crate) const TABLE: Word = Word(24);
/// Number of its records.
pub(crate) const COUNT: Word = Word(32);
/// Number of descriptors that have been in use since the last reset.
pub(crate) const OPENED: Word = Word(40);
/// Bytes of text.
pub(crate) const TEXT_LEN: Word = Word(48);
/// Whether something was cut out of the text.
pub(crate) const TEXT_CUT: Word = Word(56);

/// The descriptors, [`DESCRIPTOR_BYTES`] each.
const DESCRIPTORS: u32 = 64;
pub(crate) const DESCRIPTOR_BYTES: u32 = 24;
/// Most files that are open at once.
pub(crate) const MAX_DESCRIPTORS: u32 = 256;

/// The text of the output.
const TEXT: u32 = DESCRIPTORS + MAX_DESCRIPTORS * DESCRIPTOR_BYTES;
pub(crate) const TEXT_BYTES: u32 = 4_096;

/// A path while it is looked up.
const PATH: u32 = TEXT + TEXT_BYTES;
pub(crate) const PATH_BYTES: u32 = 4_096;

const _: () = assert!(BYTES <= 1 << 16);

impl Word {
    pub(crate) fn get(self) -> u64 {
        load_u64(base() + self.0)
    }

    pub(crate) fn get_u32(self) -> u32 {
        load_u32(base() + self.0)
    }

    pub(crate) fn set(self, value: u64) {
        store_u64(base() + self.0, value);
    }

    pub(crate) fn set_u32(self, value: u32) {
        store_u32(base() + self.0, value);
    }
}

pub(crate) fn text() -> u32 {
    base() + TEXT
}

/// Where the text is in a region that begins there.
pub(crate) fn text_in(base: u32) -> u32 {
    base + TEXT
}

pub(crate) fn path() -> u32 {
    base() + PATH
}

pub(crate) fn descriptor(number: u32) -> u32 {
    base() + DESCRIPTORS + number * DESCRIPTOR_BYTES
}
