//! The numbers of errors, as `wasi_snapshot_preview1` has them.

pub const SUCCESS: u32 = 0;
/// The file's content isn't there.
pub const ACCES: u32 = 2;
/// No such open file.
pub const BADF: u32 = 8;
/// The file is there already.
pub const EXIST: u32 = 20;
/// An argument that means nothing.
pub const INVAL: u32 = 28;
/// A folder where there should be a file.
pub const ISDIR: u32 = 31;
/// Too many open files.
pub const MFILE: u32 = 33;
/// A path is too long.
pub const NAMETOOLONG: u32 = 37;
/// No such file.
pub const NOENT: u32 = 44;
/// No such function.
pub const NOSYS: u32 = 52;
/// A file where there should be a folder.
pub const NOTDIR: u32 = 54;
/// Nothing can be written here.
pub const ROFS: u32 = 69;
/// What can't be read from another place.
pub const SPIPE: u32 = 70;
/// A path that leads out of the root.
pub const NOTCAPABLE: u32 = 76;
