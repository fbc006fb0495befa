//! Where guests come from: the one in this binary, and files.

use crate::{
    args::{self, GuestFlag, TakenNames},
    exit::Failure,
    messages,
};
use dorcas_host::{Engine, Guest, Limits, module::Level, printable};
use std::{
    borrow::Cow,
    fs,
    io::Read as _,
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
/// built-in one takes its place: that is how someone tries a newer one. With `log` they may write to one.
pub(crate) fn load(paths: &[PathBuf], log: bool) -> Result<Vec<Loaded>, Failure> {
    let mut guests: Vec<Loaded> = Vec::new();
    for path in paths {
        let loaded = load_one(path, log)?;
        if let Some(first) = guests.iter().find(|other| other.guest.name() == loaded.guest.name()) {
            return Err(Failure::TwoGuests {
                name: loaded.guest.name().into(),
                first: first.path.clone(),
                second: path.clone(),
            });
        }
        guests.push(loaded);
    }
    let builtin = load_one(Path::new(BUILTIN_PROTO), log)?;
    if guests.iter().all(|other| other.guest.name() != builtin.guest.name()) {
        guests.insert(0, builtin);
    }
    Ok(guests)
}

/// Loads one guest.
pub(crate) fn load_one(path: &Path, log: bool) -> Result<Loaded, Failure> {
    let engine = if log { logging(path) } else { Engine::default() };
    let guest =
        engine.load(&read(path)?).map_err(|cause| Failure::LoadGuest { path: path.into(), cause: cause.into() })?;
    Ok(Loaded { path: path.into(), guest })
}

/// Shows what guests write to their log, as it comes.
fn logging(path: &Path) -> Engine {
    let path = path.display().to_string();
    Engine::default().with_log(move |level, text| {
        let level = match level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "info",
            Level::Debug => "debug",
        };
        messages::plain(format_args!("log of {path}: {level}: {text}", path = printable(&path, 1000)));
    })
}

/// The bytes of a guest's module.
pub(crate) fn read(path: &Path) -> Result<Cow<'static, [u8]>, Failure> {
    if path == Path::new(BUILTIN_PROTO) {
        return Ok(Cow::Borrowed(PROTO));
    }
    let unreadable = |cause| Failure::ReadGuest { path: path.into(), cause };
    let file = fs::File::open(path).map_err(unreadable)?;
    // A byte above the limit is enough for the engine to see that it is exceeded, whatever the file is.
    let most = u64::from(Limits::default().module_bytes) + 1;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(Cow::Owned(bytes))
}

/// Most flags of one guest: each costs some hundred bytes and a line of help.
const MAX_FLAGS: usize = 1000;

/// The flags that the guests' manifests declare.
pub(crate) fn flags(guests: &[Loaded]) -> Result<Vec<GuestFlag>, Failure> {
    let mut names = TakenNames::new();
    let mut flags = Vec::new();
    for Loaded { path, guest } in guests {
        let declared = &guest.manifest().flags;
        if declared.len() > MAX_FLAGS {
            return Err(Failure::ManyFlags { path: path.clone(), count: declared.len(), limit: MAX_FLAGS });
        }
        for flag in declared {
            if !args::is_flag_name(&flag.name) {
                return Err(Failure::FlagName { path: path.clone(), flag: flag.name.clone() });
            }
            if !names.take(&flag.name) {
                return Err(Failure::FlagTaken { path: path.clone(), flag: flag.name.clone() });
            }
            flags.push(GuestFlag { lang: guest.name().into(), flag: flag.clone() });
        }
    }
    Ok(flags)
}
