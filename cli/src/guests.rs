//! Where guests come from: the one in this binary, and files.

use crate::{
    embedded,
    exit::{Ends, Status},
    flags::{GuestFlag, TakenNames, is_flag_name},
    messages,
};
use dorcas_abi::clause;
use dorcas_gazelle::GuestLanguage;
use dorcas_host::{Config, Engine, Guest, Limits, LoadError, Run, module::Level, printable};
use std::{
    borrow::Cow,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// The path by which the command line means the built-in proto language.
pub(crate) const BUILTIN_PROTO: &str = "builtin:proto";

/// A guest that can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GuestError {
    #[error("can't read the guest {}: {cause}", path.display())]
    Read { path: PathBuf, cause: io::Error },
    #[error("can't load the guest {}: {cause}", path.display())]
    Load { path: PathBuf, cause: Box<LoadError> },
    #[error(
        "the guest {} has a flag {flag:?}; a flag's name has letters, digits, underscores, dots and hyphens, and no \
         hyphen in front{}",
        path.display(),
        clause::MANIFEST_NAMES.suffix()
    )]
    FlagName { path: PathBuf, flag: String },
    #[error("the guest {} has {count} flags, the limit is {limit}", path.display())]
    ManyFlags { path: PathBuf, count: usize, limit: usize },
    #[error("the guest {} has a flag `{flag}` that dorcas or another guest has already; give it another name", path.display())]
    FlagTaken { path: PathBuf, flag: String },
    #[error("two guests have the name `{name}`: {} and {}; leave one out", first.display(), second.display())]
    SameName { name: String, first: PathBuf, second: PathBuf },
}

impl Ends for GuestError {
    fn status(&self) -> Status {
        match self {
            Self::FlagTaken { .. } | Self::SameName { .. } => Status::Usage,
            Self::Read { .. } | Self::Load { .. } | Self::FlagName { .. } | Self::ManyFlags { .. } => Status::Guest,
        }
    }
}

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
pub(crate) fn load(paths: &[PathBuf], sandbox: &Sandbox) -> Result<Vec<Loaded>, GuestError> {
    let mut guests: Vec<Loaded> = Vec::new();
    for path in paths {
        let loaded = load_one(path, sandbox)?;
        if let Some(first) = guests.iter().find(|other| other.guest.name() == loaded.guest.name()) {
            return Err(GuestError::SameName {
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
pub(crate) fn load_one(path: &Path, sandbox: &Sandbox) -> Result<Loaded, GuestError> {
    let limits = sandbox.limits.clone();
    let wasm = read_up_to(path, limits.module_bytes)?;
    let engine = Engine::new(Config { limits, ..Config::default() });
    let engine = if sandbox.log { logging(engine, path) } else { engine };
    let guest = engine.load(&wasm).map_err(|cause| GuestError::Load { path: path.into(), cause: cause.into() })?;
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

/// The guests as languages of a run, in their order. All of them are in the run: `--lang` says which take part where no
/// directive says otherwise.
pub(crate) fn languages(guests: &[Loaded], run: &Run) -> Result<Vec<GuestLanguage>, GuestError> {
    let language = |Loaded { path, guest }: &Loaded| {
        GuestLanguage::new(guest.in_run(run))
            .map_err(|cause| GuestError::Load { path: path.clone(), cause: LoadError::Call(cause).into() })
    };
    guests.iter().map(language).collect()
}

/// The bytes of a guest's module, up to the usual limit.
pub(crate) fn read(path: &Path) -> Result<Cow<'static, [u8]>, GuestError> {
    read_up_to(path, Limits::default().module_bytes)
}

/// The bytes of a guest's module up to `module_bytes`, and a byte of what is beyond it.
pub(crate) fn read_up_to(path: &Path, module_bytes: u32) -> Result<Cow<'static, [u8]>, GuestError> {
    if path == Path::new(BUILTIN_PROTO) {
        return Ok(Cow::Borrowed(embedded::PROTO));
    }
    let unreadable = |cause| GuestError::Read { path: path.into(), cause };
    let file = fs::File::open(path).map_err(unreadable)?;
    // A byte above the limit is enough for the engine to see that it is exceeded, whatever the file is.
    let most = u64::from(module_bytes) + 1;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(Cow::Owned(bytes))
}

/// Most flags of one guest: each costs some hundred bytes and a line of help.
const MAX_FLAGS: usize = 1000;

/// The flags that the guests' manifests declare; `names` are those that the command has itself.
pub(crate) fn flags(guests: &[Loaded], mut names: TakenNames) -> Result<Vec<GuestFlag>, GuestError> {
    let mut flags = Vec::new();
    for Loaded { path, guest } in guests {
        let declared = &guest.manifest().flags;
        if declared.len() > MAX_FLAGS {
            return Err(GuestError::ManyFlags { path: path.clone(), count: declared.len(), limit: MAX_FLAGS });
        }
        for flag in declared {
            if !is_flag_name(&flag.name) {
                return Err(GuestError::FlagName { path: path.clone(), flag: flag.name.clone() });
            }
            if !names.take(&flag.name) {
                return Err(GuestError::FlagTaken { path: path.clone(), flag: flag.name.clone() });
            }
            flags.push(GuestFlag { lang: guest.name().into(), flag: flag.clone() });
        }
    }
    Ok(flags)
}
