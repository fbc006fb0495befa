//! In which order does a script become a module?

use crate::{
    BuildError,
    engine::{self, Places},
    interface::{Interface, Position},
    link::{Additions, link},
    program::{Exported, Reader, Sources},
    shims::Shims,
};
use dorcas_host::{
    Config, Limits,
    abi::{export, method},
};
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

/// How a module begins that is made of a script: a function of the engine's, and exports of the engine's that stay.
struct Begin {
    function: &'static str,
    exports: &'static [&'static str],
}

const PLUGIN: Begin = Begin { function: "js_begin", exports: &[] };

const LANGUAGE: Begin =
    Begin { function: "js_begin_language", exports: &[export::MARKER, export::ALLOC, export::FREE, export::LANG_NAME] };

/// Exports of the engine with which a script is looked at.
const LOOKING: [&str; 5] = ["_initialize", "js_alloc", "js_scan", "js_boot", "js_describe"];

/// Makes a module of a script: `first` is the name of its first file, and `read` gives the text of a file by a name seen from the
/// folder of that one, as `plugin.js`, `lib/a.js` or `../b.js`. Without an interface the module is a language for Gazelle: it has the
/// methods of the ABI that the script exports functions for, under the name that it exports as `name`.
///
/// The same texts give the same bytes.
pub fn build(
    first: &str,
    read: impl FnMut(&str) -> io::Result<String>,
    interface: Option<&Interface>,
    options: &Options,
) -> Result<Built, BuildError> {
    Builder::new(interface, options)?.build(first, read)
}

/// Makes languages, or modules with one interface, of any number of scripts, or of one that changes: half of the work is done once.
pub struct Builder {
    /// `None` for languages.
    interface: Option<Interface>,
    options: Options,
    shims: Shims,
    shims_wasm: Vec<u8>,
    keep: Vec<Keep>,
    reader: Reader,
}

impl Builder {
    /// Starts with an interface; without one, for languages.
    pub fn new(interface: Option<&Interface>, options: &Options) -> Result<Self, BuildError> {
        let no_functions = Interface::default();
        let all = interface.unwrap_or(&no_functions);
        let shims = Shims::of(all, Places::of(engine::WASM)?);
        let shims_wasm = wat::parse_str(&shims.text)?;
        let functions = all.imports.iter().flat_map(|host| host.functions.iter().map(move |one| (host, one)));
        let keep: Vec<_> = functions.map(|(host, function)| Keep::function(host.name(), &function.name)).collect();
        let additions = Additions { exports: &LOOKING, begin: None, ..additions(&shims, &shims_wasm) };
        let looking = sealed(&additions, false, &keep, options)?;
        let reader = Reader::new(&looking.wasm, &options.config, &keep)?;
        Ok(Self { interface: interface.cloned(), options: options.clone(), shims, shims_wasm, keep, reader })
    }

    /// Makes a module of a script, as [`build`] does.
    pub fn build(&self, first: &str, read: impl FnMut(&str) -> io::Result<String>) -> Result<Built, BuildError> {
        let sources = self.reader.sources(first, self.interface.as_ref(), read)?;
        let exported = self.reader.exports(&sources, &self.shims.host)?;
        let (begin, methods, warnings) = match &self.interface {
            Some(interface) => (PLUGIN, Vec::new(), compare(first, interface, &exported)?),
            None => (LANGUAGE, methods(first, &exported)?, Vec::new()),
        };
        let bundle = sources.bundle(&self.shims.host);
        let exports: Vec<_> = methods.iter().map(String::as_str).chain(begin.exports.iter().copied()).collect();
        let begin = Some((begin.function, &*bundle));
        let additions = Additions { begin, exports: &exports, ..additions(&self.shims, &self.shims_wasm) };
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
        begin: None,
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

/// The methods of a language that a script exports.
fn methods(first: &str, exported: &[Exported]) -> Result<Vec<String>, BuildError> {
    let is = |name: &str, what: fn(&Exported) -> bool| exported.iter().any(|one| one.name == name && what(one));
    let name = is("name", |one| one.is_text).then_some(());
    let needed = is("generate_rules", |one| one.params.is_some()).then_some(());
    if name.and(needed).is_none() {
        let lacking = if name.is_none() { "const name = \"NAME\"" } else { "function generate_rules(request)" };
        return Err(BuildError::NoLanguage { file: first.to_owned(), lacking });
    }
    let functions = exported.iter().filter(|one| one.params.is_some() && method::NAMES.contains(&&*one.name));
    Ok(functions.map(|one| one.name.clone()).collect())
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
