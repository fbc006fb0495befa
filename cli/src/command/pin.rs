//! `dorcas add` and `dorcas remove`: the guests that a repository has for everyone.

use crate::{
    bazel,
    exit::{Ends, Failure, Status},
    guests::{self, Sandbox},
    messages,
    pins::{self, Pin, Pins},
};
use clap::Args;
use dorcas_gazelle::find_root;
use dorcas_host::Digest;
use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

const EXAMPLES: &str = "\
Examples:
  dorcas add ../my_lang/my_lang.wasm      copies it to tools/dorcas, and pins its SHA-256 in dorcas.json
  dorcas add tools/dorcas/my_lang.wasm    pins it where it is, or pins what it has become
  dorcas remove my_lang                   takes the language out of dorcas.json; its file stays

dorcas.json stands at the root of the repository. Each command that runs guests over a repository
takes them from there, in that order, and refuses a file with another SHA-256.

Exit status: 0 done; 2 the command line or dorcas.json is wrong, or there is no such guest; 3 it can't
be used as a guest; 4 a file can't be read or written.";

#[derive(Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(super) struct AddArgs {
    #[arg(value_name = "FILE", value_parser = bazel::input(), help = "The guest, a .wasm file")]
    guest: PathBuf,
    #[arg(
        long,
        value_name = "DIR",
        default_value = "tools/dorcas",
        help = "Where a file from elsewhere is copied to, from the root of the repository"
    )]
    to: PathBuf,
    #[command(flatten)]
    root: RootFlag,
}

#[derive(Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(super) struct RemoveArgs {
    #[arg(value_name = "GUEST", help = "The name of its language, or its path from the root")]
    guest: String,
    #[command(flatten)]
    root: RootFlag,
}

#[derive(Args)]
#[group(skip)]
struct RootFlag {
    #[arg(long, alias = "repo_root", value_name = "DIR", value_parser = bazel::input(), help = "Root of the repository")]
    repo_root: Option<PathBuf>,
}

/// A guest that can't be added or removed.
#[derive(Debug, thiserror::Error)]
enum PinFailure {
    #[error("can't copy {} to {}: {cause}", from.display(), to.display())]
    Copy { from: PathBuf, to: PathBuf, cause: io::Error },
    #[error("{} is there and has other bytes; remove it first, or say --to DIR", path.display())]
    Taken { path: PathBuf },
    #[error("--to {} leads out of the repository", to.display())]
    Outside { to: PathBuf },
    #[error("{}: {guest:?} is in it already, as {other}; remove that first", path.display())]
    Twice { path: PathBuf, guest: String, other: String },
    #[error("{} has no guest {guest:?}; there are: {known}", path.display())]
    None { path: PathBuf, guest: String, known: String },
}

impl Ends for PinFailure {
    fn status(&self) -> Status {
        match self {
            Self::Taken { .. } | Self::Outside { .. } | Self::Twice { .. } | Self::None { .. } => Status::Usage,
            Self::Copy { .. } => Status::System,
        }
    }
}

impl RootFlag {
    fn root(&self) -> Result<PathBuf, Failure> {
        match self.repo_root.clone().or_else(bazel::workspace) {
            Some(root) => Ok(root),
            None => Ok(find_root(Path::new("."))?),
        }
    }
}

pub(super) fn add(args: &AddArgs) -> Result<ExitCode, Failure> {
    let root = args.root.root()?;
    let document = root.join(pins::FILE);
    // A new document has what runs without one.
    let mut pins = Pins::read(&document)?.unwrap_or_else(|| Pins {
        schema: None,
        guests: vec![Pin { builtin: Some("proto".into()), ..Pin::default() }],
    });
    let loaded = guests::load_one(&args.guest, &Sandbox::default())?;
    let name = loaded.guest.name().to_owned();
    let pin = if let Some((name, _)) = guests::builtin(&args.guest) {
        Pin { builtin: Some(name.into()), ..Pin::default() }
    } else {
        let wasm = guests::read(&args.guest)?;
        let file = place(&root, &args.guest, &args.to, &wasm)?;
        Pin { file: Some(file), sha256: Some(Digest::of(&wasm).to_string()), ..Pin::default() }
    };

    let said = describe(&pin);
    let same = pins.guests.iter_mut().find(|other| other.file == pin.file && other.builtin == pin.builtin);
    if let Some(other) = same {
        // Its limits and flags stay.
        other.sha256 = pin.sha256;
    } else {
        if let Some(other) = pins.guests.iter().find(|other| language(&root, other).is_some_and(|other| other == name))
        {
            return Err(PinFailure::Twice { path: document, guest: name, other: describe(other) }.into());
        }
        pins.guests.push(pin);
    }
    pins.write(&document)?;
    messages::plain(format_args!("{name}: {said}, in {}", document.display()));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn remove(args: &RemoveArgs) -> Result<ExitCode, Failure> {
    let root = args.root.root()?;
    let document = root.join(pins::FILE);
    let mut pins = Pins::read(&document)?.unwrap_or_default();
    let is_meant =
        |pin: &Pin| describe(pin) == args.guest || language(&root, pin).is_some_and(|name| name == args.guest);
    let Some(at) = pins.guests.iter().position(is_meant) else {
        let known: Vec<_> = pins.guests.iter().map(describe).collect();
        let known = if known.is_empty() { "none".into() } else { known.join(", ") };
        return Err(PinFailure::None { path: document, guest: args.guest.clone(), known }.into());
    };
    let pin = pins.guests.remove(at);
    pins.write(&document)?;
    let stays = if pin.file.is_some() { "; the file stays" } else { "" };
    messages::plain(format_args!("{} is no longer in {}{stays}", describe(&pin), document.display()));
    Ok(ExitCode::SUCCESS)
}

/// The path of a guest from the root. One from elsewhere is copied.
fn place(root: &Path, guest: &Path, to: &Path, wasm: &[u8]) -> Result<String, PinFailure> {
    let failed = |cause| PinFailure::Copy { from: guest.into(), to: root.join(to), cause };
    let (real, real_root) = (guest.canonicalize().map_err(failed)?, root.canonicalize().map_err(failed)?);
    if let Ok(below) = real.strip_prefix(&real_root) {
        return Ok(slashes(below));
    }
    let name = guest.file_name().map_or_else(|| "guest.wasm".into(), PathBuf::from);
    let below = to.join(name);
    let target = root.join(&below);
    fs::create_dir_all(root.join(to)).map_err(failed)?;
    let is_inside = root.join(to).canonicalize().map_err(failed)?.starts_with(&real_root);
    if !is_inside || to.is_absolute() {
        return Err(PinFailure::Outside { to: to.into() });
    }
    match fs::read(&target) {
        Ok(there) if there == wasm => {}
        Ok(_) => return Err(PinFailure::Taken { path: target }),
        Err(_) => write(guest, &target, wasm)?,
    }
    Ok(slashes(&below))
}

fn write(from: &Path, to: &Path, wasm: &[u8]) -> Result<(), PinFailure> {
    fs::write(to, wasm).map_err(|cause| PinFailure::Copy { from: from.into(), to: to.into(), cause })
}

/// A path as it stands in the document, on any system.
fn slashes(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// How a guest of the document is named.
fn describe(pin: &Pin) -> String {
    match (&pin.file, &pin.builtin) {
        (Some(file), _) => file.clone(),
        (None, name) => format!("builtin:{}", name.as_deref().unwrap_or_default()),
    }
}

/// The name of the language of a guest of the document; `None` if it can't be loaded.
fn language(root: &Path, pin: &Pin) -> Option<String> {
    let loaded = guests::load_one(&pin.path(root), &Sandbox::default()).ok()?;
    Some(loaded.guest.name().to_owned())
}
