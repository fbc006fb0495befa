//! Where guests come from: the one in this binary, and files.

use crate::{
    embedded,
    exit::{Ends, Failure, Status},
    flags::{GuestFlag, GuestFlagValues, TakenNames, is_flag_name, limits, with_limits},
    messages,
    pins::{self, FlagValue, Pin, Pins, PinsError},
};
use dorcas_abi::{clause, message::FlagType};
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

/// How a path begins by which the command line means a guest in this binary.
const BUILTIN: &str = "builtin:";

/// The modules of the guests in this binary.
pub(crate) fn builtins() -> impl Iterator<Item = &'static [u8]> {
    embedded::GUESTS.iter().map(|&(_, wasm)| wasm)
}

/// Name and module of the guest in this binary that a path means.
pub(crate) fn builtin(path: &Path) -> Option<(&'static str, &'static [u8])> {
    let name = path.to_str()?.strip_prefix(BUILTIN)?;
    embedded::GUESTS.iter().find(|(known, _)| *known == name).copied()
}

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
    /// Values for its flags that `dorcas.json` has.
    pub(crate) flags: GuestFlagValues,
}

/// Which guests a run has, and what they may have.
pub(crate) struct Wanted {
    /// `--guest`.
    pub(crate) paths: Vec<PathBuf>,
    /// `--limit`, which counts before what `dorcas.json` says.
    pub(crate) limits: Vec<String>,
    /// Whether they may write to a log.
    pub(crate) log: bool,
    pub(crate) pinned: Option<Pinned>,
}

/// The guests of a repository, and where that is written.
pub(crate) struct Pinned {
    pub(crate) path: PathBuf,
    root: PathBuf,
    pins: Pins,
}

impl Pinned {
    /// What a repository has, or a file that was named; `None` if there is nothing of it, or if it isn't wanted.
    pub(crate) fn find(root: Option<&Path>, named: Option<&Path>, unwanted: bool) -> Result<Option<Self>, PinsError> {
        if unwanted {
            return Ok(None);
        }
        let path = match (named, root) {
            (Some(path), _) => path.to_owned(),
            (None, Some(root)) => root.join(pins::FILE),
            (None, None) => return Ok(None),
        };
        let root = path.parent().filter(|root| !root.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        match Pins::read(&path)? {
            Some(pins) => Ok(Some(Self { path, root, pins })),
            None if named.is_some() => Err(PinsError::Read { path, cause: io::ErrorKind::NotFound.into() }),
            None => Ok(None),
        }
    }

    fn load(&self, wanted: &Wanted) -> Result<Vec<Loaded>, Failure> {
        let mut guests = Vec::new();
        for (index, pin) in self.pins.guests.iter().enumerate() {
            let loaded = self.load_one(index, pin, wanted)?;
            add(&mut guests, loaded)?;
        }
        Ok(guests)
    }

    fn load_one(&self, index: usize, pin: &Pin, wanted: &Wanted) -> Result<Loaded, Failure> {
        pin.check_place(index, &self.path, &self.root)?;
        let path = pin.path(&self.root);
        let settings: Vec<_> = pin.limits.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let refuse = |what| Pin::refused(index, &self.path, what);
        let own = limits(&settings)
            .map_err(|error| refuse(format!("there is no limit `{}`; there are: {}", error.setting, error.known)))?;
        let sandbox = Sandbox { limits: with_limits(own, &wanted.limits)?, log: wanted.log };
        let wasm = read_up_to(&path, sandbox.limits.module_bytes)?;
        // One that is too large isn't read to its end, and refused for that.
        if wasm.len() as u64 <= u64::from(sandbox.limits.module_bytes) {
            pin.check(index, &self.path, &wasm)?;
        }
        let mut loaded = load_bytes(&path, &wasm, &sandbox)?;
        for (name, value) in &pin.flags {
            let flags = &loaded.guest.manifest().flags;
            let Some(flag) = flags.iter().find(|flag| flag.name == *name) else {
                let known: Vec<_> = flags.iter().map(|flag| flag.name.as_str()).collect();
                let known =
                    if known.is_empty() { "it has none".into() } else { format!("there are: {}", known.join(", ")) };
                return Err(refuse(format!("the guest has no flag {name:?}; {known}")).into());
            };
            let ty = match (&flag.ty, value) {
                (FlagType::Bool, FlagValue::Bool(_))
                | (FlagType::Int, FlagValue::Int(_))
                | (FlagType::String, FlagValue::Text(_))
                | (FlagType::Strings, FlagValue::Text(_) | FlagValue::Texts(_)) => None,
                (FlagType::Bool, _) => Some("true or false"),
                (FlagType::Int, _) => Some("a whole number"),
                (FlagType::String, _) => Some("a text"),
                (FlagType::Strings, _) => Some("a list of texts"),
            };
            if let Some(ty) = ty {
                return Err(refuse(format!("the value of the flag {name:?} is {ty}")).into());
            }
            loaded.flags.extend(value.texts().into_iter().map(|text| (name.clone(), text)));
        }
        Ok(loaded)
    }
}

/// One more guest, whose language no other one has.
fn add(guests: &mut Vec<Loaded>, loaded: Loaded) -> Result<(), GuestError> {
    if let Some(first) = guests.iter().find(|other| other.guest.name() == loaded.guest.name()) {
        let name = loaded.guest.name().into();
        return Err(GuestError::SameName { name, first: first.path.clone(), second: loaded.path });
    }
    guests.push(loaded);
    Ok(())
}

/// The guests of `dorcas.json`, or the built-in one, then those of `--guest`, in the order given. One of these whose
/// language another has takes its place: that is how someone tries a newer one.
pub(crate) fn load(wanted: &Wanted) -> Result<Vec<Loaded>, Failure> {
    let sandbox = Sandbox { limits: limits(&wanted.limits)?, log: wanted.log };
    let mut guests: Vec<Loaded> = Vec::new();
    for path in &wanted.paths {
        add(&mut guests, load_one(path, &sandbox)?)?;
    }
    if let Some(pinned) = &wanted.pinned {
        let mut all = pinned.load(wanted)?;
        for loaded in guests {
            match all.iter_mut().find(|other| other.guest.name() == loaded.guest.name()) {
                Some(other) => *other = loaded,
                None => all.push(loaded),
            }
        }
        return Ok(all);
    }
    let builtin = load_one(Path::new(BUILTIN_PROTO), &sandbox)?;
    if guests.iter().all(|other| other.guest.name() != builtin.guest.name()) {
        guests.insert(0, builtin);
    }
    Ok(guests)
}

/// Loads one guest.
pub(crate) fn load_one(path: &Path, sandbox: &Sandbox) -> Result<Loaded, GuestError> {
    load_bytes(path, &read_up_to(path, sandbox.limits.module_bytes)?, sandbox)
}

fn load_bytes(path: &Path, wasm: &[u8], sandbox: &Sandbox) -> Result<Loaded, GuestError> {
    let limits = sandbox.limits.clone();
    let engine = Engine::new(Config { limits, ..Config::default() });
    let engine = if sandbox.log { logging(engine, path) } else { engine };
    let guest = engine.load(wasm).map_err(|cause| GuestError::Load { path: path.into(), cause: cause.into() })?;
    Ok(Loaded { path: path.into(), guest, flags: Vec::new() })
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
    let language = |Loaded { path, guest, .. }: &Loaded| {
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
    if let Some((_, wasm)) = builtin(path) {
        return Ok(Cow::Borrowed(wasm));
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
    for Loaded { path, guest, .. } in guests {
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
