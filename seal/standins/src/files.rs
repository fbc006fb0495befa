//! What is in the file system: a table that the module mounts.
//!
//! A record has four numbers of 32 bits: address and length of a path, address and length of a content. They are sorted by
//! path. Nothing is copied. Folders are there because something is in them; the path of an empty one ends with a slash.

use crate::{
    errno::{INVAL, SUCCESS},
    memory::{load_u8, load_u32, store_u32, store_u64},
    paths,
    region::{self, COUNT, DESCRIPTOR_BYTES, MAX_DESCRIPTORS, OPENED, TABLE},
};

const RECORD: u32 = 16;
/// The address of a content that isn't there.
const ABSENT: u32 = u32::MAX;

stand_in!(
    "dorcas_seal.mount",
    fn mount(table: u32, count: u32) -> u32 {
        unmount();
        if u64::from(table) + u64::from(count) * u64::from(RECORD) > 1 << 32 {
            return INVAL;
        }
        let (mut at, mut left) = (table, count);
        let (mut before, mut before_len) = (0, 0);
        while left != 0 {
            let (path, len) = (load_u32(at), load_u32(at.wrapping_add(4)));
            let rises = left == count || paths::compare(before, before_len, path, len) < 0;
            if !rises || !paths::is_plain(path, len) {
                return INVAL;
            }
            (before, before_len) = (path, len);
            at = at.wrapping_add(RECORD);
            left -= 1;
        }
        TABLE.set_u32(table);
        COUNT.set_u32(count);
        SUCCESS
    }
);

/// Nothing is in the file system any more, and nothing is open.
pub(crate) fn unmount() {
    TABLE.set_u32(0);
    COUNT.set_u32(0);
    let mut left = OPENED.get_u32();
    while left != 0 {
        left -= 1;
        close(left);
    }
    OPENED.set_u32(0);
}

pub(crate) fn count() -> u32 {
    COUNT.get_u32()
}

fn record(entry: u32) -> u32 {
    TABLE.get_u32().wrapping_add(entry.wrapping_mul(RECORD))
}

pub(crate) fn path(entry: u32) -> u32 {
    load_u32(record(entry))
}

pub(crate) fn path_len(entry: u32) -> u32 {
    load_u32(record(entry).wrapping_add(4))
}

pub(crate) fn content(entry: u32) -> u32 {
    load_u32(record(entry).wrapping_add(8))
}

pub(crate) fn is_absent(entry: u32) -> bool {
    content(entry) == ABSENT
}

/// The size that a file is said to have.
pub(crate) fn size(entry: u32) -> u32 {
    if is_absent(entry) { 0 } else { load_u32(record(entry).wrapping_add(12)) }
}

/// Kinds of what a descriptor, or a path, stands for; the first two are WASI's numbers of file types.
pub(crate) const FOLDER: u32 = 3;
pub(crate) const FILE: u32 = 4;
pub(crate) const NOTHING: u32 = 0;

/// The root is open from the start, standard input, output and error before it.
pub(crate) const ROOT: u32 = 3;
const FIRST: u32 = 4;

/// What is open under that number, if it isn't one of the three streams.
pub(crate) fn kind(fd: u32) -> u32 {
    match fd {
        ROOT => FOLDER,
        _ if fd < FIRST || fd - FIRST >= MAX_DESCRIPTORS => NOTHING,
        _ => load_u32(region::descriptor(fd - FIRST)),
    }
}

/// Whether it is a file or a folder that is open.
pub(crate) fn is_open(fd: u32) -> bool {
    kind(fd) != NOTHING
}

/// The entry that an open file is, or the first one in an open folder.
pub(crate) fn entry(fd: u32) -> u32 {
    if fd == ROOT { 0 } else { load_u32(region::descriptor(fd - FIRST) + 4) }
}

/// How many bytes of the paths in a folder are the folder's own, the slash at the end included.
pub(crate) fn prefix_len(fd: u32) -> u32 {
    if fd == ROOT { 0 } else { load_u32(region::descriptor(fd - FIRST) + 8) }
}

/// Where an open file is being read.
pub(crate) fn position(fd: u32) -> u64 {
    crate::memory::load_u64(region::descriptor(fd - FIRST) + 16)
}

pub(crate) fn set_position(fd: u32, position: u64) {
    store_u64(region::descriptor(fd - FIRST) + 16, position);
}

/// Opens something under a number of its own; 0 where there are too many.
pub(crate) fn open(kind: u32, entry: u32, prefix_len: u32) -> u32 {
    let mut number = 0;
    while number != MAX_DESCRIPTORS {
        let at = region::descriptor(number);
        if load_u32(at) == NOTHING {
            store_u32(at, kind);
            store_u32(at + 4, entry);
            store_u32(at + 8, prefix_len);
            store_u64(at + 16, 0);
            OPENED.set_u32(OPENED.get_u32().max(number + 1));
            return number + FIRST;
        }
        number += 1;
    }
    0
}

pub(crate) fn close_fd(fd: u32) {
    if fd >= FIRST {
        close(fd - FIRST);
    }
}

fn close(number: u32) {
    crate::memory::clear(region::descriptor(number), DESCRIPTOR_BYTES);
}

/// The first entry whose path is that one, or comes after it.
pub(crate) fn lower_bound(path: u32, len: u32) -> u32 {
    let (mut low, mut high) = (0, count());
    while low < high {
        let middle = low + (high - low) / 2;
        if paths::compare(self::path(middle), path_len(middle), path, len) < 0 {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Whether there is an entry of that number whose path begins like that.
pub(crate) fn begins_with(entry: u32, path: u32, len: u32) -> bool {
    if entry >= count() || path_len(entry) < len {
        return false;
    }
    let (own, mut at) = (self::path(entry), 0);
    while at != len {
        if load_u8(own.wrapping_add(at)) != load_u8(path.wrapping_add(at)) {
            return false;
        }
        at += 1;
    }
    true
}
