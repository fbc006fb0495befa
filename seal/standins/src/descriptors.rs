//! What is done with files and folders: opened, read, listed, described, and never changed.

use crate::{
    clock,
    errno::{ACCES, BADF, EXIST, INVAL, ISDIR, MFILE, NOSYS, NOTDIR, ROFS, SPIPE, SUCCESS},
    files::{self, FILE, FOLDER, NOTHING, ROOT},
    memory::{clear, copy, load_u8, load_u32, store_u8, store_u32, store_u64},
    paths,
};

/// Bits of `oflags` and `rights`.
const CREATE: u32 = 1;
const DIRECTORY: u32 = 2;
const EXCLUSIVE: u32 = 4;
const TRUNCATE: u32 = 8;
const MAY_WRITE: u64 = 1 << 6;

stand_in!(
    "wasi_snapshot_preview1.path_open",
    fn path_open(
        fd: u32,
        _lookup: u32,
        path: u32,
        len: u32,
        flags: u32,
        rights: u64,
        _inheriting: u64,
        _mode: u32,
        opened: u32,
    ) -> u32 {
        let found = paths::look_up(fd, path, len);
        let error = paths::error(found);
        if error != SUCCESS {
            return if error == crate::errno::NOENT && flags & CREATE != 0 { ROFS } else { error };
        }
        let is_file = paths::kind(found) == FILE;
        if flags & CREATE != 0 && flags & EXCLUSIVE != 0 {
            return EXIST;
        }
        if is_file && flags & DIRECTORY != 0 {
            return NOTDIR;
        }
        if flags & TRUNCATE != 0 || rights & MAY_WRITE != 0 {
            return if is_file { ROFS } else { ISDIR };
        }
        if is_file && files::is_absent(paths::entry(found)) {
            return ACCES;
        }
        let number = files::open(paths::kind(found), paths::entry(found), paths::prefix_len(found));
        if number == 0 {
            return MFILE;
        }
        store_u32(opened, number);
        SUCCESS
    }
);

stand_in!(
    "wasi_snapshot_preview1.fd_close",
    fn fd_close(fd: u32) -> u32 {
        let status = known(fd);
        if status == SUCCESS {
            files::close_fd(fd);
        }
        status
    }
);

/// Whether a number is one of something that is open, the three streams included.
fn known(fd: u32) -> u32 {
    if fd < ROOT || files::is_open(fd) { SUCCESS } else { BADF }
}

stand_in!(
    "wasi_snapshot_preview1.fd_read",
    fn fd_read(fd: u32, slices: u32, count: u32, read: u32) -> u32 {
        if fd == 0 {
            // Standard input is at its end.
            store_u32(read, 0);
            return SUCCESS;
        }
        match files::kind(fd) {
            FILE => {
                let position = files::position(fd);
                let len = read_at(fd, slices, count, position);
                files::set_position(fd, position.saturating_add(u64::from(len)));
                store_u32(read, len);
                SUCCESS
            }
            FOLDER => ISDIR,
            _ => BADF,
        }
    }
);

stand_in!(
    "wasi_snapshot_preview1.fd_pread",
    fn fd_pread(fd: u32, slices: u32, count: u32, position: u64, read: u32) -> u32 {
        match files::kind(fd) {
            FILE => {
                store_u32(read, read_at(fd, slices, count, position));
                SUCCESS
            }
            FOLDER => ISDIR,
            _ if fd < ROOT => SPIPE,
            _ => BADF,
        }
    }
);

/// Copies a file's content into slices; says how many bytes.
#[inline(never)]
fn read_at(fd: u32, slices: u32, count: u32, position: u64) -> u32 {
    let entry = files::entry(fd);
    let size = files::size(entry);
    let start = if position > u64::from(size) { size } else { position as u32 };
    let (mut at, mut slice, mut left) = (start, slices, count);
    while left != 0 && at != size {
        let len = load_u32(slice.wrapping_add(4)).min(size - at);
        copy(load_u32(slice), files::content(entry).wrapping_add(at), len);
        at += len;
        slice = slice.wrapping_add(8);
        left -= 1;
    }
    at - start
}

stand_in!(
    "wasi_snapshot_preview1.fd_seek",
    fn fd_seek(fd: u32, offset: u64, whence: u32, position: u32) -> u32 {
        if fd < ROOT {
            return SPIPE;
        }
        if files::kind(fd) != FILE {
            return BADF;
        }
        let from = match whence {
            0 => 0,
            1 => files::position(fd),
            2 => u64::from(files::size(files::entry(fd))),
            _ => return INVAL,
        };
        // The offset is signed; a position is below 2^63.
        let to = from.wrapping_add(offset);
        if to >> 63 == 1 {
            return INVAL;
        }
        files::set_position(fd, to);
        store_u64(position, to);
        SUCCESS
    }
);

stand_in!(
    "wasi_snapshot_preview1.fd_tell",
    fn fd_tell(fd: u32, position: u32) -> u32 {
        if fd < ROOT {
            return SPIPE;
        }
        if files::kind(fd) != FILE {
            return BADF;
        }
        store_u64(position, files::position(fd));
        SUCCESS
    }
);

/// Size of a `dirent`, without the name behind it.
const DIRENT: u32 = 24;

stand_in!(
    "wasi_snapshot_preview1.fd_readdir",
    fn fd_readdir(fd: u32, buffer: u32, len: u32, cookie: u64, used: u32) -> u32 {
        if files::kind(fd) != FOLDER {
            return if known(fd) == SUCCESS { NOTDIR } else { BADF };
        }
        let (first, prefix_len) = (files::entry(fd), files::prefix_len(fd));
        let prefix = if prefix_len == 0 { 0 } else { files::path(first) };
        // A cookie is the number of the entry to go on with, and one: 0 is the beginning.
        let mut entry = match cookie {
            0 => first,
            1..=0xffff_ffff => cookie as u32 - 1,
            _ => return INVAL,
        };
        let mut at = 0;
        while files::begins_with(entry, prefix, prefix_len) {
            let rest = files::path_len(entry) - prefix_len;
            let name = files::path(entry).wrapping_add(prefix_len);
            let mut name_len = 0;
            while name_len != rest && load_u8(name.wrapping_add(name_len)) != b'/' {
                name_len += 1;
            }
            if name_len == 0 {
                // The folder itself, empty.
                entry += 1;
                continue;
            }
            let (kind, number) = if name_len == rest { (FILE, entry) } else { (FOLDER, entry) };
            entry += 1;
            if kind == FOLDER {
                let folder_len = prefix_len + name_len + 1;
                while files::begins_with(entry, files::path(number), folder_len) {
                    entry += 1;
                }
            }
            // What doesn't fit is cut off: that the buffer is full says so.
            let room = len - at;
            if room < DIRENT {
                at = len;
                break;
            }
            let to = buffer.wrapping_add(at);
            store_u64(to, u64::from(entry) + 1);
            store_u64(to.wrapping_add(8), inode(kind, number, prefix_len + name_len + 1));
            store_u32(to.wrapping_add(16), name_len);
            store_u32(to.wrapping_add(20), kind);
            let fits = name_len.min(room - DIRENT);
            copy(to.wrapping_add(DIRENT), name, fits);
            at += DIRENT + fits;
            if fits != name_len {
                break;
            }
        }
        store_u32(used, at);
        SUCCESS
    }
);

/// A number of its own for each file and folder, and not 0.
fn inode(kind: u32, entry: u32, prefix_len: u32) -> u64 {
    let level = if kind == FOLDER { prefix_len } else { 0 };
    (u64::from(level) << 32 | u64::from(entry)) + 1
}

stand_in!(
    "wasi_snapshot_preview1.fd_prestat_get",
    fn fd_prestat_get(fd: u32, prestat: u32) -> u32 {
        if fd != ROOT {
            return BADF;
        }
        // A folder, whose name has one byte.
        store_u32(prestat, 0);
        store_u32(prestat.wrapping_add(4), 1);
        SUCCESS
    }
);

stand_in!(
    "wasi_snapshot_preview1.fd_prestat_dir_name",
    fn fd_prestat_dir_name(fd: u32, name: u32, len: u32) -> u32 {
        if fd != ROOT {
            return BADF;
        }
        if len == 0 {
            return crate::errno::NAMETOOLONG;
        }
        store_u8(name, b'/');
        SUCCESS
    }
);

/// The streams' type.
const CHARACTER_DEVICE: u32 = 2;

/// What may be done, by WASI's bits: with a stream, with a file, and with a folder.
const STREAM_RIGHTS: u64 = 1 << 1 | 1 << 6 | 1 << 21 | 1 << 27;
const FILE_RIGHTS: u64 = 1 << 1 | 1 << 2 | 1 << 5 | 1 << 7 | 1 << 21 | 1 << 27;
const FOLDER_RIGHTS: u64 = 1 << 13 | 1 << 14 | 1 << 15 | 1 << 18 | 1 << 21;

stand_in!(
    "wasi_snapshot_preview1.fd_fdstat_get",
    fn fd_fdstat_get(fd: u32, stat: u32) -> u32 {
        let status = known(fd);
        if status != SUCCESS {
            return status;
        }
        let (ty, rights, inheriting) = match files::kind(fd) {
            NOTHING => (CHARACTER_DEVICE, STREAM_RIGHTS, 0),
            FILE => (FILE, FILE_RIGHTS, 0),
            _ => (FOLDER, FOLDER_RIGHTS, FOLDER_RIGHTS | FILE_RIGHTS),
        };
        store_u64(stat, u64::from(ty));
        store_u64(stat.wrapping_add(8), rights);
        store_u64(stat.wrapping_add(16), inheriting);
        SUCCESS
    }
);

stand_in!(
    "wasi_snapshot_preview1.fd_filestat_get",
    fn fd_filestat_get(fd: u32, stat: u32) -> u32 {
        let status = known(fd);
        if status == SUCCESS {
            if fd < ROOT {
                filestat(stat, CHARACTER_DEVICE, u64::from(fd) << 48 | 1 << 56, 0);
            } else {
                describe(stat, files::kind(fd), files::entry(fd), files::prefix_len(fd));
            }
        }
        status
    }
);

stand_in!(
    "wasi_snapshot_preview1.path_filestat_get",
    fn path_filestat_get(fd: u32, _flags: u32, path: u32, len: u32, stat: u32) -> u32 {
        let found = paths::look_up(fd, path, len);
        let status = paths::error(found);
        if status == SUCCESS {
            describe(stat, paths::kind(found), paths::entry(found), paths::prefix_len(found));
        }
        status
    }
);

fn describe(stat: u32, kind: u32, entry: u32, prefix_len: u32) {
    let size = if kind == FILE { files::size(entry) } else { 0 };
    filestat(stat, kind, inode(kind, entry, prefix_len), u64::from(size));
}

#[inline(never)]
fn filestat(stat: u32, ty: u32, inode: u64, size: u64) {
    clear(stat, 64);
    store_u64(stat, 1);
    store_u64(stat.wrapping_add(8), inode);
    store_u8(stat.wrapping_add(16), ty as u8);
    store_u64(stat.wrapping_add(24), 1);
    store_u64(stat.wrapping_add(32), size);
    store_u64(stat.wrapping_add(40), clock::EPOCH);
    store_u64(stat.wrapping_add(48), clock::EPOCH);
    store_u64(stat.wrapping_add(56), clock::EPOCH);
}

// There are no links: what is there is none.
stand_in!(
    "wasi_snapshot_preview1.path_readlink",
    fn path_readlink(fd: u32, path: u32, len: u32, _link: u32, _room: u32, _used: u32) -> u32 {
        let status = paths::error(paths::look_up(fd, path, len));
        if status == SUCCESS { INVAL } else { status }
    }
);

/// Nothing to be done, if it is open.
macro_rules! nothing_to_do {
    ($($import:literal $name:ident($($param:ident: $ty:ty),*);)*) => {$(
        stand_in!($import, fn $name(fd: u32, $($param: $ty),*) -> u32 { known(fd) });
    )*};
}

nothing_to_do! {
    "wasi_snapshot_preview1.fd_advise" fd_advise(_offset: u64, _len: u64, _advice: u32);
    "wasi_snapshot_preview1.fd_datasync" fd_datasync();
    "wasi_snapshot_preview1.fd_sync" fd_sync();
    "wasi_snapshot_preview1.fd_fdstat_set_flags" fd_fdstat_set_flags(_flags: u32);
    "wasi_snapshot_preview1.fd_fdstat_set_rights" fd_fdstat_set_rights(_base: u64, _inheriting: u64);
}

/// Refused, if it is open.
macro_rules! read_only {
    ($($import:literal $name:ident($($param:ident: $ty:ty),*);)*) => {$(
        stand_in!($import, fn $name(fd: u32, $($param: $ty),*) -> u32 {
            let status = known(fd);
            if status == SUCCESS { ROFS } else { status }
        });
    )*};
}

read_only! {
    "wasi_snapshot_preview1.fd_allocate" fd_allocate(_offset: u64, _len: u64);
    "wasi_snapshot_preview1.fd_filestat_set_size" fd_filestat_set_size(_size: u64);
    "wasi_snapshot_preview1.fd_filestat_set_times" fd_filestat_set_times(_accessed: u64, _modified: u64, _flags: u32);
    "wasi_snapshot_preview1.path_create_directory" path_create_directory(_path: u32, _len: u32);
    "wasi_snapshot_preview1.path_filestat_set_times" path_filestat_set_times(_lookup: u32, _path: u32, _len: u32, _accessed: u64, _modified: u64, _flags: u32);
    "wasi_snapshot_preview1.path_link" path_link(_lookup: u32, _path: u32, _len: u32, _to: u32, _new: u32, _new_len: u32);
    "wasi_snapshot_preview1.path_remove_directory" path_remove_directory(_path: u32, _len: u32);
    "wasi_snapshot_preview1.path_rename" path_rename(_path: u32, _len: u32, _to: u32, _new: u32, _new_len: u32);
    "wasi_snapshot_preview1.path_unlink_file" path_unlink_file(_path: u32, _len: u32);
}

// The folder comes third here.
stand_in!(
    "wasi_snapshot_preview1.path_symlink",
    fn path_symlink(_old: u32, _old_len: u32, fd: u32, _path: u32, _len: u32) -> u32 {
        let status = known(fd);
        if status == SUCCESS { ROFS } else { status }
    }
);

stand_in!(
    "wasi_snapshot_preview1.fd_renumber",
    fn fd_renumber(_from: u32, _to: u32) -> u32 {
        NOSYS
    }
);
