//! What becomes of text that the module writes.
//!
//! It is kept until the call returns, and where the call traps instead, the host finds it as the text of a panic. Of a
//! longer one the first and the last half are kept: a panic's message comes first, and what was going on last.

use crate::{
    errno::{BADF, ROFS, SUCCESS},
    files,
    memory::{copy, load_bytes, load_u32, store_bytes, store_u8, store_u32},
    region::{self, TEXT_BYTES, TEXT_CUT, TEXT_LEN},
};

const HEAD: u32 = TEXT_BYTES / 2;
const TAIL_AT: u32 = HEAD + 7;
const TAIL: u32 = TEXT_BYTES - TAIL_AT;

// The address at which the host looks for address and length of the text. `dorcas-seal` makes this function.
#[cfg(target_arch = "wasm32")]
#[link(wasm_import_module = "dorcas_seal_module")]
unsafe extern "C" {
    safe fn panic_address() -> u32;
}
#[cfg(not(target_arch = "wasm32"))]
fn panic_address() -> u32 {
    unreachable!("this is code for a module")
}

stand_in!(
    "wasi_snapshot_preview1.fd_write",
    fn fd_write(fd: u32, slices: u32, count: u32, written: u32) -> u32 {
        if fd != 1 && fd != 2 {
            return if files::is_open(fd) { ROFS } else { BADF };
        }
        let mut total = 0_u32;
        let mut slice = slices;
        let mut left = count;
        while left != 0 {
            let len = load_u32(slice.wrapping_add(4));
            append(load_u32(slice), len);
            total = total.wrapping_add(len);
            slice = slice.wrapping_add(8);
            left -= 1;
        }
        publish();
        store_u32(written, total);
        SUCCESS
    }
);

stand_in!(
    "wasi_snapshot_preview1.fd_pwrite",
    fn fd_pwrite(fd: u32, _slices: u32, _count: u32, _offset: u64, _written: u32) -> u32 {
        match fd {
            0..=2 => crate::errno::SPIPE,
            _ if files::is_open(fd) => ROFS,
            _ => BADF,
        }
    }
);

stand_in!(
    "dorcas.log",
    fn log(_level: u32, text: u32, len: u32) {
        append(text, len);
        byte(b'\n');
        publish();
    }
);

/// Adds bytes to the text.
#[inline(never)]
pub(crate) fn append(from: u32, len: u32) {
    let (mut from, mut len) = (from, len);
    let text = region::text();
    if TEXT_CUT.get_u32() == 0 {
        let used = TEXT_LEN.get_u32();
        let fits = len.min(TEXT_BYTES - used);
        copy(text + used, from, fits);
        TEXT_LEN.set_u32(used + fits);
        from = from.wrapping_add(fits);
        len -= fits;
        if len == 0 {
            return;
        }
        // The last bytes stand already where the second half begins.
        TEXT_CUT.set_u32(1);
        store_u8(text + HEAD, b'\n');
        store_u8(text + HEAD + 1, b'[');
        store_u8(text + HEAD + 2, b'.');
        store_u8(text + HEAD + 3, b'.');
        store_u8(text + HEAD + 4, b'.');
        store_u8(text + HEAD + 5, b']');
        store_u8(text + HEAD + 6, b'\n');
    }
    let tail = text + TAIL_AT;
    if len >= TAIL {
        copy(tail, from.wrapping_add(len - TAIL), TAIL);
    } else {
        copy(tail, tail + len, TAIL - len);
        copy(text + TEXT_BYTES - len, from, len);
    }
}

/// Adds one byte.
#[inline(never)]
pub(crate) fn byte(byte: u8) {
    // The buffer for paths is free whenever text is written.
    store_u8(region::path(), byte);
    append(region::path(), 1);
}

/// Adds a number.
pub(crate) fn decimal(number: u32) {
    let (mut rest, mut at) = (number, region::path() + 16);
    loop {
        at -= 1;
        store_u8(at, b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    append(at, region::path() + 16 - at);
}

/// Tells the host of the text, unless the module has left one of its own there.
#[inline(never)]
pub(crate) fn publish() {
    let (at, text) = (panic_address(), region::text());
    if load_bytes(at.wrapping_add(4)) == 0 || load_bytes(at) == text {
        store_bytes(at, text);
        store_bytes(at.wrapping_add(4), TEXT_LEN.get_u32());
    }
}

/// The region has moved: so has the text in it.
pub(crate) fn moved(from: u32, to: u32) {
    let at = panic_address();
    if TEXT_LEN.get_u32() != 0 && load_bytes(at) == region::text_in(from) {
        store_bytes(at, region::text_in(to));
    }
}

/// Forgets the text.
pub(crate) fn forget() {
    if TEXT_LEN.get_u32() == 0 {
        return;
    }
    let at = panic_address();
    if load_bytes(at) == region::text() {
        store_bytes(at.wrapping_add(4), 0);
    }
    TEXT_LEN.set_u32(0);
    TEXT_CUT.set_u32(0);
}
