//! In which order does a script become a module?

use crate::{
    BuildError,
    engine::{self, Places},
    interface::{Interface, Position},
    link::{Additions, link},
    program::{Exported, Reader, Sources},
    shims::Shims,
};
use dorcas_host::{Config, Limits};
use dorcas_seal::{Keep, Note, SealError, Sealed, SnapshotError, seal};
use std::{fmt, io};

/// How a script is to be built.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Limits for the module, and for its top level.
    pub config: Config,
}

/// The top level runs once, for the author of the script: it may take some seconds.
const TOP_LEVEL_FUEL: u64 = 4_000_000_000;

impl Default for Options {
    /// The usual limits, but for the fuel of the top level, which is four thousand million units.
    fn default() -> Self {
        let limits = Limits { fuel_per_call: TOP_LEVEL_FUEL, ..Limits::default() };
        Self { config: Config { limits, ..Config::default() } }
    }
}

/// A module made of a script.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Built {
    /// Its bytes.
    pub wasm: Vec<u8>,
    /// How it was sealed.
    pub note: Note,
    /// The names of the files of the script, seen from the folder of the first one, which is the first here too.
    pub files: Vec<String>,
    /// What is likely to be a mistake.
    pub warnings: Vec<Warning>,
}

/// A function of the script has more parameters than its interface declares.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// The script's first file.
    pub file: String,
    /// The function.
    pub function: String,
    /// Its parameters.
    pub params: u32,
    /// Those that are declared.
    pub declared: usize,
    /// Where.
    pub at: Position,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, function, params, declared, at } = self;
        let s = if *params == 1 { "" } else { "s" };
        let rest = if *params == 1 { "it is" } else { "the others are" };
        write!(f, "`{function}` of {file} has {params} parameter{s}, and the interface declares ")?;
        if *declared == 0 {
            f.write_str("none")?;
        } else {
            write!(f, "{declared}")?;
        }
        write!(f, " at {at}: {rest} undefined")
    }
}

/// The shims of an interface, in WebAssembly's text format: a module that imports what it calls of the engine.
pub fn shims(interface: &Interface) -> Result<String, BuildError> {
    Ok(Shims::of(interface, Places::of(engine::WASM)?).text)
}

/// Exports of the engine with which a script is looked at.
const LOOKING: [&str; 5] = ["_initialize", "js_alloc", "js_scan", "js_boot", "js_describe"];

/// Makes a module of a script: `first` is the name of its first file, and `read` gives the text of a file by a name seen from the
/// folder of that one, as `plugin.js`, `lib/a.js` or `../b.js`.
///
/// The same texts give the same bytes.
pub fn build(
    first: &str,
    read: impl FnMut(&str) -> io::Result<String>,
    interface: &Interface,
    options: &Options,
) -> Result<Built, BuildError> {
    Builder::new(interface, options)?.build(first, read)
}

/// Makes modules with one interface of any number of scripts, or of one that changes: half of the work is done once.
pub struct Builder {
    interface: Interface,
    options: Options,
    shims: Shims,
    shims_wasm: Vec<u8>,
    keep: Vec<Keep>,
    reader: Reader,
}

impl Builder {
    /// Starts with an interface.
    pub fn new(interface: &Interface, options: &Options) -> Result<Self, BuildError> {
        let shims = Shims::of(interface, Places::of(engine::WASM)?);
        let shims_wasm = wat::parse_str(&shims.text)?;
        let functions = interface.imports.iter().flat_map(|host| host.functions.iter().map(move |one| (host, one)));
        let keep: Vec<_> = functions.map(|(host, function)| Keep::function(host.name(), &function.name)).collect();
        let additions = Additions { exports: &LOOKING, bundle: None, ..additions(&shims, &shims_wasm) };
        let looking = sealed(&additions, false, &keep, options)?;
        let reader = Reader::new(&looking.wasm, &options.config, &keep)?;
        Ok(Self { interface: interface.clone(), options: options.clone(), shims, shims_wasm, keep, reader })
    }

    /// Makes a module of a script, as [`build`] does.
    pub fn build(&self, first: &str, read: impl FnMut(&str) -> io::Result<String>) -> Result<Built, BuildError> {
        let sources = self.reader.sources(first, &self.interface, read)?;
        let exported = self.reader.exports(&sources, &self.shims.host)?;
        let warnings = compare(first, &self.interface, &exported)?;
        let bundle = sources.bundle(&self.shims.host);
        let additions = Additions { bundle: Some(&bundle), ..additions(&self.shims, &self.shims_wasm) };
        let sealed = sealed(&additions, true, &self.keep, &self.options).map_err(stopped)?;
        let Sources { files } = sources;
        let files = files.into_iter().map(|(name, _)| name).collect();
        Ok(Built { wasm: sealed.wasm, note: sealed.note, files, warnings })
    }
}

fn additions<'a>(shims: &Shims, wasm: &'a [u8]) -> Additions<'a> {
    Additions {
        shims: wasm,
        engine_functions: shims.engine_functions,
        table_entries: shims.host.len() as u64,
        exports: &[],
        bundle: None,
    }
}

fn sealed(additions: &Additions<'_>, snapshot: bool, keep: &[Keep], options: &Options) -> Result<Sealed, BuildError> {
    let options = dorcas_seal::Options { snapshot, config: options.config.clone(), keep: keep.to_vec() };
    Ok(seal(&link(engine::WASM, additions)?, &options)?)
}

/// The top level has run once before, so there is nothing that it could fail by now.
fn stopped(error: BuildError) -> BuildError {
    match error {
        BuildError::Seal(error) => match *error {
            SealError::Snapshot(SnapshotError::Stopped { stop }) => BuildError::defect(stop.to_string()),
            error => error.into(),
        },
        error => error,
    }
}

/// Whether the script exports what the interface declares; with warnings.
fn compare(first: &str, interface: &Interface, exported: &[Exported]) -> Result<Vec<Warning>, BuildError> {
    let (mut lacking, mut warnings) = (Vec::new(), Vec::new());
    for function in &interface.exports {
        let found = exported.iter().find(|export| export.name == function.name).and_then(|export| export.params);
        let declared = function.params.len();
        match found {
            None => lacking.push((function.name.clone(), function.at)),
            Some(params) if params as usize > declared => warnings.push(Warning {
                file: first.to_owned(),
                function: function.name.clone(),
                params,
                declared,
                at: function.at,
            }),
            Some(_) => {}
        }
    }
    if lacking.is_empty() {
        return Ok(warnings);
    }
    let functions = exported.iter().filter(|export| export.params.is_some());
    let exported = functions.map(|export| export.name.clone()).collect();
    Err(BuildError::Lacking { file: first.to_owned(), lacking, exported })
}
