//! Where guests come from: the one in this binary, and files.

use crate::{
    args::{self, GuestFlag, TakenNames},
    exit::Failure,
    messages,
};
use clap::ArgMatches;
use dorcas_host::{Config, Engine, Guest, Limits, module::Level, printable};
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

/// What guests of a run may have.
#[derive(Default)]
pub(crate) struct Sandbox {
    pub(crate) limits: Limits,
    /// Whether they may write to a log.
    pub(crate) log: bool,
}

/// A guest and where it came from.
pub(crate) struct Loaded {
    pub(crate) path: PathBuf,
    pub(crate) guest: Guest,
}

/// The built-in guest, then those in files, in the order given. A file whose language has the name of the
/// built-in one takes its place: that is how someone tries a newer one.
pub(crate) fn load(paths: &[PathBuf], sandbox: &Sandbox) -> Result<Vec<Loaded>, Failure> {
    let mut guests: Vec<Loaded> = Vec::new();
    for path in paths {
        let loaded = load_one(path, sandbox)?;
        if let Some(first) = guests.iter().find(|other| other.guest.name() == loaded.guest.name()) {
            return Err(Failure::TwoGuests {
                name: loaded.guest.name().into(),
                first: first.path.clone(),
                second: path.clone(),
            });
        }
        guests.push(loaded);
    }
    let builtin = load_one(Path::new(BUILTIN_PROTO), sandbox)?;
    if guests.iter().all(|other| other.guest.name() != builtin.guest.name()) {
        guests.insert(0, builtin);
    }
    Ok(guests)
}

/// Loads one guest.
pub(crate) fn load_one(path: &Path, sandbox: &Sandbox) -> Result<Loaded, Failure> {
    let limits = sandbox.limits.clone();
    let wasm = read_up_to(path, limits.module_bytes)?;
    let engine = Engine::new(Config { limits, ..Config::default() });
    let engine = if sandbox.log { logging(engine, path) } else { engine };
    let guest = engine.load(&wasm).map_err(|cause| Failure::LoadGuest { path: path.into(), cause: cause.into() })?;
    Ok(Loaded { path: path.into(), guest })
}

/// How a line of a guest's log begins.
pub(crate) const LOG_OF: &str = "log of ";

/// Shows what guests write to their log, as it comes.
fn logging(engine: Engine, path: &Path) -> Engine {
    let path = path.display().to_string();
    engine.with_log(move |level, text| {
        let level = match level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "info",
            Level::Debug => "debug",
        };
        messages::plain(format_args!("{LOG_OF}{path}: {level}: {text}", path = printable(&path, 1000)));
    })
}

/// These limits with what `--limit` says, `NAME=N` each.
pub(crate) fn limits<'a>(mut limits: Limits, settings: impl IntoIterator<Item = &'a str>) -> Result<Limits, Failure> {
    for setting in settings {
        let set = setting
            .split_once('=')
            .and_then(|(name, value)| value.parse().ok().map(|value| limits.set(name, value)))
            .unwrap_or(false);
        if !set {
            let known: Vec<_> = limits.list().into_iter().map(|(name, _)| name).collect();
            return Err(Failure::Limit { setting: setting.into(), known: known.join(", ") });
        }
    }
    Ok(limits)
}

/// What `--limit` says on a command line that has been understood.
pub(crate) fn settings(matches: &ArgMatches) -> impl Iterator<Item = &str> {
    matches.get_many::<String>("limit").into_iter().flatten().map(String::as_str)
}

/// What the guests of a command may have.
pub(crate) fn sandbox(matches: &ArgMatches) -> Result<Sandbox, Failure> {
    let log = matches.try_get_one("log").ok().flatten().copied().unwrap_or(false);
    Ok(Sandbox { limits: limits(Limits::default(), settings(matches))?, log })
}

/// The bytes of a guest's module.
pub(crate) fn read(path: &Path) -> Result<Cow<'static, [u8]>, Failure> {
    read_up_to(path, Limits::default().module_bytes)
}

/// The same up to a limit, and a byte of what is beyond it.
pub(crate) fn read_up_to(path: &Path, module_bytes: u32) -> Result<Cow<'static, [u8]>, Failure> {
    if path == Path::new(BUILTIN_PROTO) {
        return Ok(Cow::Borrowed(PROTO));
    }
    let unreadable = |cause| Failure::ReadGuest { path: path.into(), cause };
    let file = fs::File::open(path).map_err(unreadable)?;
    // A byte above the limit is enough for the engine to see that it is exceeded, whatever the file is.
    let most = u64::from(module_bytes) + 1;
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
