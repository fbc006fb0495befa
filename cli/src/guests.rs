//! Where guests come from: the one in this binary, and files.

use crate::{args, args::GuestFlag, exit::Failure};
use dorcas_host::{Engine, Guest};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Gazelle's proto language, built from `guest/rust/proto`.
const PROTO: &[u8] = include_bytes!("../../guest/prebuilt/proto.wasm");

/// The path by which the command line means the built-in proto language.
pub(crate) const BUILTIN_PROTO: &str = "builtin:proto";

/// A guest and where it came from.
pub(crate) struct Loaded {
    pub(crate) path: PathBuf,
    pub(crate) guest: Guest,
}

/// The built-in guest, then those in files, in the order given. A file whose language has the name of the
/// built-in one takes its place: that is how someone tries a newer one.
pub(crate) fn load(paths: &[PathBuf]) -> Result<Vec<Loaded>, Failure> {
    let mut guests: Vec<Loaded> = Vec::new();
    for path in paths {
        let loaded = load_one(path)?;
        if let Some(first) = guests.iter().find(|other| other.guest.name() == loaded.guest.name()) {
            return Err(Failure::TwoGuests {
                name: loaded.guest.name().into(),
                first: first.path.clone(),
                second: path.clone(),
            });
        }
        guests.push(loaded);
    }
    let builtin = load_one(Path::new(BUILTIN_PROTO))?;
    if guests.iter().all(|other| other.guest.name() != builtin.guest.name()) {
        guests.insert(0, builtin);
    }
    Ok(guests)
}

/// Loads one guest.
pub(crate) fn load_one(path: &Path) -> Result<Loaded, Failure> {
    let read;
    let bytes = if path == Path::new(BUILTIN_PROTO) {
        PROTO
    } else {
        read = fs::read(path).map_err(|cause| Failure::ReadGuest { path: path.into(), cause })?;
        &read
    };
    let guest = Engine::default().load(bytes).map_err(|cause| Failure::LoadGuest { path: path.into(), cause })?;
    Ok(Loaded { path: path.into(), guest })
}

/// The flags that the guests' manifests declare.
pub(crate) fn flags(guests: &[Loaded]) -> Result<Vec<GuestFlag>, Failure> {
    let mut flags = Vec::new();
    for Loaded { path, guest } in guests {
        for flag in &guest.manifest().flags {
            if args::is_taken(&flag.name, &flags) {
                return Err(Failure::FlagTaken { path: path.clone(), flag: flag.name.clone() });
            }
            flags.push(GuestFlag { lang: guest.name().into(), flag: flag.clone() });
        }
    }
    Ok(flags)
}
