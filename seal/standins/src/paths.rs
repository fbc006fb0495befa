//! How a name leads to an entry.

use crate::{
    errno::{BADF, NAMETOOLONG, NOENT, NOTCAPABLE, NOTDIR},
    files::{self, FILE, FOLDER, NOTHING},
    memory::{copy, load_u8, store_u8},
    region::{self, PATH_BYTES},
};

const SLASH: u8 = b'/';
const DOT: u8 = b'.';

/// Compares two paths byte by byte: below, at or above 0.
#[inline(never)]
pub(crate) fn compare(a: u32, a_len: u32, b: u32, b_len: u32) -> i32 {
    let (shorter, mut at) = (a_len.min(b_len), 0);
    while at != shorter {
        let (a, b) = (load_u8(a.wrapping_add(at)), load_u8(b.wrapping_add(at)));
        if a != b {
            return i32::from(a) - i32::from(b);
        }
        at += 1;
    }
    i32::from(a_len > b_len) - i32::from(a_len < b_len)
}

/// Whether a path can be one of a table: parts with slashes between them, none of them empty, `.` or `..`. A slash at the
/// end makes it a folder.
#[inline(never)]
pub(crate) fn is_plain(path: u32, len: u32) -> bool {
    if len == 0 || len >= PATH_BYTES {
        return false;
    }
    let mut begin = 0;
    while begin < len {
        let end = part_end(path, begin, len);
        if end == begin || is_dots(path, begin, end) {
            return false;
        }
        begin = end + 1;
    }
    true
}

/// Where the part that begins there ends.
fn part_end(path: u32, begin: u32, len: u32) -> u32 {
    let mut end = begin;
    while end != len && load_u8(path.wrapping_add(end)) != SLASH {
        // A NUL would end the path somewhere else for C.
        if load_u8(path.wrapping_add(end)) == 0 {
            return begin;
        }
        end += 1;
    }
    end
}

/// Whether a part is `.` or `..`.
fn is_dots(path: u32, begin: u32, end: u32) -> bool {
    let is_dot = |at: u32| load_u8(path.wrapping_add(at)) == DOT;
    match end - begin {
        1 => is_dot(begin),
        2 => is_dot(begin) && is_dot(begin + 1),
        _ => false,
    }
}

/// Finds what is at a path, as it is seen from an open folder: one number, since a struct would have to be in memory.
/// [`error`], [`kind`], [`entry`] and [`prefix_len`] read it.
#[inline(never)]
pub(crate) fn look_up(fd: u32, path: u32, len: u32) -> u64 {
    match files::kind(fd) {
        FOLDER => {}
        FILE => return failed(NOTDIR),
        _ => return failed(if fd < files::ROOT { NOTDIR } else { BADF }),
    }
    if len == 0 {
        return failed(NOENT);
    }
    let buffer = region::path();
    // From the folder's own path, without its slash; an absolute path begins at the root.
    let mut used = 0;
    if load_u8(path) != SLASH {
        let prefix = files::prefix_len(fd);
        if prefix != 0 {
            copy(buffer, files::path(files::entry(fd)), prefix);
            used = prefix - 1;
        }
    }
    let mut begin = 0;
    let mut wants_folder = false;
    while begin < len {
        if load_u8(path.wrapping_add(begin)) == SLASH {
            begin += 1;
            wants_folder = true;
            continue;
        }
        let end = part_end(path, begin, len);
        if end == begin {
            return failed(NOENT);
        }
        wants_folder = is_dots(path, begin, end);
        if !wants_folder {
            if used + (end - begin) + 2 > PATH_BYTES || end - begin > PATH_BYTES {
                return failed(NAMETOOLONG);
            }
            if used != 0 {
                store_u8(buffer + used, SLASH);
                used += 1;
            }
            copy(buffer + used, path.wrapping_add(begin), end - begin);
            used += end - begin;
        } else if end - begin == 2 {
            if used == 0 {
                return failed(NOTCAPABLE);
            }
            while used != 0 && load_u8(buffer + used - 1) != SLASH {
                used -= 1;
            }
            used = used.saturating_sub(1);
        }
        begin = end;
    }
    let found = entry_of(buffer, used);
    match kind(found) {
        NOTHING => failed(NOENT),
        FILE if wants_folder => failed(NOTDIR),
        _ => found,
    }
}

/// What is at a path that has been cleaned. There is room for a slash behind it.
fn entry_of(path: u32, len: u32) -> u64 {
    if len == 0 {
        return found(FOLDER, 0, 0);
    }
    let entry = files::lower_bound(path, len);
    if files::begins_with(entry, path, len) && files::path_len(entry) == len {
        return found(FILE, entry, 0);
    }
    store_u8(path + len, SLASH);
    let entry = files::lower_bound(path, len + 1);
    if files::begins_with(entry, path, len + 1) { found(FOLDER, entry, len + 1) } else { found(NOTHING, 0, 0) }
}

fn found(kind: u32, entry: u32, prefix_len: u32) -> u64 {
    u64::from(kind) << 48 | u64::from(prefix_len) << 32 | u64::from(entry)
}

fn failed(error: u32) -> u64 {
    1 << 63 | u64::from(error)
}

/// Why nothing was found; 0 if something was.
pub(crate) fn error(found: u64) -> u32 {
    if found >> 63 == 1 { found as u32 } else { 0 }
}

/// [`FILE`] or [`FOLDER`].
pub(crate) fn kind(found: u64) -> u32 {
    (found >> 48) as u32
}

/// The entry that a file is, or the first one in a folder.
pub(crate) fn entry(found: u64) -> u32 {
    found as u32
}

/// How many bytes of the paths in a folder are the folder's own, the slash at the end included.
pub(crate) fn prefix_len(found: u64) -> u32 {
    (found >> 32) as u32 & 0xffff
}
