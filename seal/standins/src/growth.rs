//! How the module's memory grows, and what is left of a call when it has returned.

use crate::{
    files,
    memory::{clear, copy, grow, pages},
    output,
    region::{self, RANDOM, REAL},
};

stand_in!(
    "memory.size",
    fn memory_size() -> u32 {
        pages() - 1
    }
);

// The region stays the last page: it moves.
stand_in!(
    "memory.grow",
    fn memory_grow(more: u32) -> u32 {
        let from = region::base();
        if grow(more) == u32::MAX {
            return u32::MAX;
        }
        let to = region::base();
        if to != from {
            copy(to, from, region::BYTES);
            clear(from, region::BYTES);
            output::moved(from, to);
        }
        from >> 16
    }
);

// A call depends on its argument alone. So the wall clock and the random stream begin anew for the next one, and there
// is no file and no text of this one. Time that only says what is before and what after goes on.
stand_in!(
    "leave",
    fn leave() {
        REAL.set(0);
        RANDOM.set(0);
        files::unmount();
        output::forget();
    }
);
