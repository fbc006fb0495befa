//! `dorcas build`: a script in JavaScript becomes a module.

use crate::{
    bounded,
    exit::{Ends, Failure, Status},
    flags::{limits, with_limits},
    messages::{self, count, grouped},
};
use clap::{Args, ValueEnum};
use dorcas_abi::message::Severity;
use dorcas_host::{Config, Engine, LoadError};
use dorcas_script::{BuildError, Interface, InterfaceError, Options, build, shims};
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

const EXAMPLES: &str = "\
Examples:
  dorcas build my_lang.js -o my_lang.wasm         a language: a guest for `dorcas update --guest`
  dorcas build plugin.js --interface interface.d.ts -o plugin.wasm
  dorcas build --interface interface.d.ts --emit shims

A language has `export const name = \"my_lang\"` and a function for each method of the ABI that it
has, `export function generate_rules(request)` among them; guest/js/dorcas.d.ts has the messages.

With an interface the module has functions of its own. The interface says what the module exports and imports, in TypeScript; numbers are I32, I64 (a
BigInt in the script), F32 and F64:

  declare module 'main' {
    export function greet(times: I32): I32;
  }
  declare module 'extism:host' {
    interface user { notify(level: I32, at: F64): void; }
  }

The script is an ES module, with files of its own that it imports by relative paths. It has
`export function greet`, and imports `notify` from \"extism:host/user\". Its top level runs now,
once, and the module begins with what that leaves. There is no clock, no chance and no file in
it: the same script is the same module, which does the same everywhere.

Exit status: 0 done; 2 the command line or the interface is wrong; 3 the script is no module: an
error in it, or a function that it lacks; 4 a file can't be read or written.";

/// Most bytes of one file of a script, and of an interface.
const FILE_BYTES: u64 = 16 << 20;

#[derive(Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(super) struct BuildArgs {
    #[arg(value_name = "SCRIPT", required_unless_present = "emit", help = "The script's first file, an ES module")]
    script: Option<PathBuf>,
    #[arg(short, long, value_name = "OUT", required_unless_present = "emit", help = "Where to write the module")]
    output: Option<PathBuf>,
    #[arg(
        long,
        value_name = "FILE",
        help = "The functions that the module exports and imports, a .d.ts file; without it the module is a language"
    )]
    interface: Option<PathBuf>,
    #[arg(long, value_name = "WHAT", value_enum, requires = "interface", help = "Prints a part of the module as text")]
    emit: Option<Emit>,
    #[arg(
        long,
        value_name = "NAME=N",
        help = "Sets a limit for the module and for the script's top level: fuel_per_call=8000000000"
    )]
    limit: Vec<String>,
}

/// A part of a module that can be looked at.
#[derive(Clone, Copy, ValueEnum)]
enum Emit {
    /// What stands between the functions of the interface and the script, in WebAssembly's text format
    Shims,
}

/// A script that can't be built.
#[derive(Debug, thiserror::Error)]
enum BuildFailure {
    #[error("can't read {}: {cause}", path.display())]
    Read { path: PathBuf, cause: io::Error },
    #[error("{}:{cause}", path.display())]
    Interface { path: PathBuf, cause: InterfaceError },
    #[error("{}: the path has no name of a file, or none in UTF-8", path.display())]
    NoFile { path: PathBuf },
    #[error("{0}")]
    Build(Box<BuildError>),
    #[error("{}: the language can't be loaded: {cause}", path.display())]
    NoGuest { path: PathBuf, cause: Box<LoadError> },
    #[error("can't write {}: {cause}", path.display())]
    Write { path: PathBuf, cause: io::Error },
}

impl Ends for BuildFailure {
    fn status(&self) -> Status {
        match self {
            Self::Interface { .. } | Self::NoFile { .. } => Status::Usage,
            Self::Build(error) => match **error {
                BuildError::Read { .. } => Status::System,
                _ => Status::Guest,
            },
            Self::NoGuest { .. } => Status::Guest,
            Self::Read { .. } | Self::Write { .. } => Status::System,
        }
    }
}

impl From<BuildError> for BuildFailure {
    fn from(error: BuildError) -> Self {
        Self::Build(error.into())
    }
}

pub(super) fn run(args: &BuildArgs) -> Result<ExitCode, Failure> {
    let mut options = Options::default();
    options.config.limits = with_limits(options.config.limits, &args.limit)?;
    let interface = args.interface.as_deref().map(interface).transpose()?;
    if let (Some(Emit::Shims), Some(interface)) = (args.emit, &interface) {
        io::stdout().write_all(shims(interface).map_err(BuildFailure::from)?.as_bytes())?;
    }
    let (Some(script), Some(output)) = (&args.script, &args.output) else { return Ok(ExitCode::SUCCESS) };

    let no_file = || BuildFailure::NoFile { path: script.clone() };
    let first = script.file_name().and_then(|name| name.to_str()).ok_or_else(no_file)?;
    let folder = script.parent().unwrap_or(Path::new(""));
    let read = |name: &str| bounded::read_text(&folder.join(name), FILE_BYTES);
    let shown = folder.join("").display().to_string();
    let mut built =
        build(first, read, interface.as_ref(), &options).map_err(|error| BuildFailure::from(error.within(&shown)))?;
    for warning in &mut built.warnings {
        warning.file.insert_str(0, &shown);
        messages::say(&Severity::Warning, warning);
    }
    let what = match &interface {
        Some(interface) => {
            let imports = interface.imports.iter().map(|host| host.functions.len()).sum();
            let exports = count(interface.exports.len(), "export", "exports");
            format!("{exports}, {}", count(imports, "import", "imports"))
        }
        None => language(&built.wasm, script, &args.limit)?,
    };
    fs::write(output, &built.wasm).map_err(|cause| BuildFailure::Write { path: output.clone(), cause })?;
    if args.emit.is_none() {
        let (bytes, files) = (grouped(built.wasm.len() as u64), count(built.files.len(), "file", "files"));
        writeln!(io::stdout(), "{}: {bytes} bytes of {files}, {what}", output.display())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Loads a language, as a host does: its name and what it has.
fn language(wasm: &[u8], script: &Path, limit: &[String]) -> Result<String, Failure> {
    let config = Config { limits: limits(limit)?, ..Config::default() };
    let refused = |cause: LoadError| BuildFailure::NoGuest { path: script.into(), cause: cause.into() };
    let guest = Engine::new(config).load(wasm).map_err(refused)?;
    Ok(format!("the language `{}`", guest.name()))
}

fn interface(path: &Path) -> Result<Interface, BuildFailure> {
    let text = bounded::read_text(path, FILE_BYTES).map_err(|cause| BuildFailure::Read { path: path.into(), cause })?;
    text.parse().map_err(|cause| BuildFailure::Interface { path: path.into(), cause })
}
