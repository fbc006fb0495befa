//! `dorcas inspect`: what a guest is, as far as its bytes and its manifest tell.

use crate::{
    args,
    exit::Failure,
    guests, json,
    messages::{count, with_flags},
    stats::grouped,
};
use clap::ArgMatches;
use dorcas_abi::{
    export,
    message::{FlagType, Input, Kind, LoadInfo, Manifest, Want},
    method,
};
use dorcas_host::{Config, Digest, Engine, Export, Guest, Import, LoadError, Outline, printable};
use dorcas_seal::Note;
use serde::Serialize;
use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Most bytes of one text of a guest's.
const MAX_TEXT_BYTES: usize = 1000;

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let path = matches.get_one::<PathBuf>("guest").expect("the argument is required");
    let limits = guests::sandbox(matches)?.limits;
    let wasm = guests::read_up_to(path, limits.module_bytes)?;
    // What can't be loaded can be looked at all the same, as long as it is a module.
    let outline = Outline::read(&wasm, &limits).ok();
    let loaded = Engine::new(Config { limits, ..Config::default() }).load(&wasm);
    let seen = Seen { path, digest: Digest::of(&wasm), outline, loaded: loaded.as_ref(), sealed: Note::read(&wasm) };
    let mut out = BufWriter::new(io::stdout().lock());
    if args::is_json(matches) {
        document(&seen, &mut out)?;
    } else {
        show(&seen, &mut out)?;
    }
    out.flush()?;
    match loaded {
        Ok(_) => Ok(ExitCode::SUCCESS),
        Err(cause) => Err(Failure::LoadGuest { path: path.clone(), cause: cause.into() }),
    }
}

/// What was found out about a file.
struct Seen<'a> {
    path: &'a Path,
    digest: Digest,
    outline: Option<Outline>,
    loaded: Result<&'a Guest, &'a LoadError>,
    /// What it says of how it was sealed, if it was.
    sealed: Vec<Note>,
}

fn show(seen: &Seen<'_>, out: &mut dyn Write) -> io::Result<()> {
    line(out, "file", &seen.path.display().to_string())?;
    line(out, "sha-256", &seen.digest.to_string())?;
    if let Ok(guest) = seen.loaded {
        line(out, "language", guest.name())?;
        if !guest.manifest().version.is_empty() {
            line(out, "version", &guest.manifest().version)?;
        }
        line(out, "ABI", &format!("version {}", guest.abi_version()))?;
        line(out, "methods", &methods(guest).join(", "))?;
    }
    if let Some(outline) = &seen.outline {
        show_outline(outline, out)?;
    }
    seen.sealed.iter().try_for_each(|note| list(out, "sealed", &sealed(note)))?;
    match seen.loaded {
        Ok(guest) if guest.has("manifest") => show_manifest(guest.manifest(), out),
        Ok(_) => list(out, "manifest", &["none: it is shown the name of every file".into()]),
        Err(_) => Ok(()),
    }
}

/// The methods that it has, in the order of the specification.
fn methods(guest: &Guest) -> Vec<&'static str> {
    [export::LANG_NAME].into_iter().chain(method::NAMES.iter().copied()).filter(|name| guest.has(name)).collect()
}

fn show_outline(outline: &Outline, out: &mut dyn Write) -> io::Result<()> {
    let size = format!(
        "{} bytes: code {}, data {}, custom sections {}",
        grouped(outline.module_bytes),
        grouped(outline.code_bytes),
        grouped(outline.data_bytes),
        grouped(outline.custom_bytes)
    );
    line(out, "size", &size)?;
    line(out, "memory", &format!("{} bytes at the start", grouped(outline.memory_bytes)))?;
    let counts = [
        count(outline.functions as usize, "function", "functions"),
        count(outline.types as usize, "type", "types"),
        count(outline.globals as usize, "global", "globals"),
        count(outline.table_elements.try_into().unwrap_or(usize::MAX), "table entry", "table entries"),
        count(outline.data_segments as usize, "data segment", "data segments"),
    ];
    line(out, "holds", &counts.join(", "))?;
    if outline.start {
        line(out, "start", "it has a start function")?;
    }
    list(out, "imports", &outline.imports.iter().map(import).collect::<Vec<_>>())?;
    let width = outline.exports.iter().map(|export| export.name.len().min(40)).max().unwrap_or(0);
    let exports: Vec<_> =
        outline.exports.iter().map(|Export { name, ty, .. }| format!("{name:width$}  {ty}")).collect();
    list(out, "exports", &exports)
}

/// How a module came to import nothing, by its own account.
fn sealed(note: &Note) -> Vec<String> {
    let mut lines = vec![format!("by {}, from {}", note.tool, note.input)];
    if let Some(fuel) = note.snapshot {
        lines.push(format!("_initialize was run before, for {} units of fuel", grouped(fuel)));
    }
    lines.extend(note.stand_ins.iter().map(|name| format!("answers {name}")));
    lines
}

fn import(Import { module, name, ty, .. }: &Import) -> String {
    format!("{module}.{name}  {ty}")
}

fn show_manifest(manifest: &Manifest, out: &mut dyn Write) -> io::Result<()> {
    list(out, "kinds", &manifest.kinds.iter().map(kind).collect::<Vec<_>>())?;
    list(out, "loads", &manifest.loads.iter().map(load).collect::<Vec<_>>())?;
    let directives = manifest.directives.iter();
    list(out, "directives", &directives.map(|one| described(&one.name, &one.help)).collect::<Vec<_>>())?;
    let flags = manifest.flags.iter().map(|flag| {
        let value = match flag.ty {
            FlagType::Bool => "[=BOOL]",
            FlagType::String => " TEXT",
            FlagType::Int => " N",
            FlagType::Strings => " TEXT ...",
        };
        described(&format!("-{}{value}", flag.name), &flag.help)
    });
    list(out, "flags", &flags.collect::<Vec<_>>())?;
    list(out, "inputs", &manifest.inputs.iter().flat_map(input).collect::<Vec<_>>())?;
    if !manifest.configure_inputs.is_empty() {
        let inputs: Vec<_> = manifest.configure_inputs.iter().flat_map(input).collect();
        list(out, "inputs of configure", &inputs)?;
    }
    let state = if manifest.stateful { "kept between calls: one instance, in order" } else { "none between calls" };
    line(out, "state", state)
}

fn described(name: &str, help: &str) -> String {
    if help.is_empty() { name.into() } else { format!("{name}: {help}") }
}

fn kind(kind: &Kind) -> String {
    let lists = [
        ("matched by", &kind.match_attrs),
        ("kept for", &kind.non_empty_attrs),
        ("merged", &kind.mergeable_attrs),
        ("resolved", &kind.resolve_attrs),
    ];
    let lists = lists.into_iter().filter(|(_, attrs)| !attrs.is_empty());
    let lists: Vec<_> = lists.map(|(what, attrs)| format!("{what} {}", attrs.join(", "))).collect();
    described(&kind.name, &lists.join("; "))
}

fn load(load: &LoadInfo) -> String {
    let repo = if load.module.is_empty() { &load.repo } else { &load.module };
    let at = if repo.is_empty() { "" } else { "@" };
    format!("{at}{repo}{}: {}", load.file, load.symbols.join(", "))
}

/// An input, and below it its regular expressions.
fn input(Input { glob, want }: &Input) -> Vec<String> {
    match want {
        Want::Name => vec![format!("{glob}: the name")],
        Want::Content => vec![format!("{glob}: the content")],
        Want::Matches(patterns) => {
            let patterns = patterns.iter().map(|pattern| format!("  {pattern}"));
            [format!("{glob}: the matches of")].into_iter().chain(patterns).collect()
        }
    }
}

fn line(out: &mut dyn Write, key: &str, value: &str) -> io::Result<()> {
    writeln!(out, "{key:<9} {}", printable(value, MAX_TEXT_BYTES))
}

/// A heading, and indented below it what belongs there.
fn list(out: &mut dyn Write, key: &str, values: &[String]) -> io::Result<()> {
    if values.is_empty() {
        return line(out, key, "none");
    }
    writeln!(out, "{key}")?;
    values.iter().try_for_each(|value| writeln!(out, "  {}", printable(value, MAX_TEXT_BYTES)))
}

fn document(seen: &Seen<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        path: seen.path.display().to_string(),
        sha256: seen.digest.to_string(),
        guest: seen.loaded.ok().map(|guest| About {
            name: guest.name(),
            abi_version: guest.abi_version(),
            methods: methods(guest),
            manifest: guest.manifest(),
        }),
        module: seen.outline.as_ref().map(Sizes::new),
        sealed: seen.sealed.iter().map(How::new).collect(),
        error: seen.loaded.err().map(|error| with_flags(&error.to_string())),
    };
    json::write(&document, out)
}

#[derive(Serialize)]
struct Document<'a> {
    path: String,
    sha256: String,
    /// What it is as a guest, if it is one.
    guest: Option<About<'a>>,
    /// What it is as a module, if it is one.
    module: Option<Sizes<'a>>,
    /// How it came to import nothing, if it did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sealed: Vec<How<'a>>,
    /// Why it can't be loaded.
    error: Option<String>,
}

#[derive(Serialize)]
struct About<'a> {
    name: &'a str,
    abi_version: u32,
    methods: Vec<&'static str>,
    manifest: &'a Manifest,
}

/// A note of `dorcas seal`.
#[derive(Serialize)]
struct How<'a> {
    tool: &'a str,
    input: &'a str,
    snapshot_fuel: Option<u64>,
    stand_ins: &'a [String],
}

impl<'a> How<'a> {
    fn new(note: &'a Note) -> Self {
        Self { tool: &note.tool, input: &note.input, snapshot_fuel: note.snapshot, stand_ins: &note.stand_ins }
    }
}

/// What a module declares, with the names of the host's `Outline`.
#[derive(Serialize)]
struct Sizes<'a> {
    module_bytes: u64,
    code_bytes: u64,
    data_bytes: u64,
    custom_bytes: u64,
    memory_bytes: u64,
    types: u32,
    functions: u32,
    locals: u64,
    globals: u32,
    tables: u32,
    table_elements: u64,
    element_segments: u32,
    data_segments: u32,
    start: bool,
    imports: Vec<Item<'a>>,
    exports: Vec<Item<'a>>,
}

/// Something imported or exported.
#[derive(Serialize)]
struct Item<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<&'a str>,
    name: &'a str,
    #[serde(rename = "type")]
    ty: String,
}

impl<'a> Sizes<'a> {
    fn new(outline: &'a Outline) -> Self {
        let imports = outline.imports.iter();
        let exports = outline.exports.iter();
        Self {
            module_bytes: outline.module_bytes,
            code_bytes: outline.code_bytes,
            data_bytes: outline.data_bytes,
            custom_bytes: outline.custom_bytes,
            memory_bytes: outline.memory_bytes,
            types: outline.types,
            functions: outline.functions,
            locals: outline.locals,
            globals: outline.globals,
            tables: outline.tables,
            table_elements: outline.table_elements,
            element_segments: outline.element_segments,
            data_segments: outline.data_segments,
            start: outline.start,
            imports: imports
                .map(|one| Item { module: Some(&one.module), name: &one.name, ty: one.ty.to_string() })
                .collect(),
            exports: exports.map(|one| Item { module: None, name: &one.name, ty: one.ty.to_string() }).collect(),
        }
    }
}
