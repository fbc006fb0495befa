//! What is shown of a guest to people?

use super::{Seen, methods};
use crate::messages::{count, grouped};
use dorcas_abi::message::{FlagType, Input, Kind, LoadInfo, Manifest, Reach, Want};
use dorcas_host::{Export, Import, LoadError, Outline, printable};
use dorcas_seal::Note;
use std::io::{self, Write};

/// Most bytes of one text of a guest's.
const MAX_TEXT_BYTES: usize = 1000;

pub(super) fn show(seen: &Seen<'_>, out: &mut dyn Write) -> io::Result<()> {
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
    if matches!(seen.loaded, Err(LoadError::NoVersion)) {
        line(out, "language", "none: it does not export `dorcas_abi_v1`")?;
    }
    if let Some(outline) = &seen.outline {
        show_outline(outline, out)?;
    }
    if let Some(outline) = &seen.outline
        && outline.imports.iter().any(|import| import.module.starts_with("wasi_"))
    {
        line(out, "hint", "`dorcas seal` answers imports of WASI inside of the module")?;
    }
    seen.sealed.iter().try_for_each(|note| list(out, "sealed", &sealed(note)))?;
    match seen.loaded {
        Ok(guest) if guest.has("manifest") => show_manifest(guest.manifest(), out),
        Ok(_) => list(out, "manifest", &["none: it is shown the name of every file".into()]),
        Err(_) => Ok(()),
    }
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
    let state = if manifest.stateful { "kept between calls: one instance, in order" } else { "none between calls" };
    line(out, "state", state)?;
    let asked = if manifest.quiet { "those that have something for it" } else { "all" };
    line(out, "directories", asked)
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
fn input(Input { glob, reach, want, methods }: &Input) -> Vec<String> {
    let told = [
        ("setup", methods.setup),
        ("configure", methods.configure),
        ("fix", methods.fix),
        ("generate_rules", methods.generate_rules),
        ("imports", methods.imports),
    ];
    let told: Vec<_> = told.into_iter().filter(|(_, is_told)| *is_told).map(|(name, _)| name).collect();
    let told = if told.is_empty() { "nothing".into() } else { told.join(", ") };
    let reach = match reach {
        Reach::Here => "",
        Reach::Below => " here and below",
        Reach::Above => " here and above",
        Reach::Root => " in the root",
    };
    match want {
        Want::Name => vec![format!("{glob}{reach}: the name, for {told}")],
        Want::Content => vec![format!("{glob}{reach}: the content, for {told}")],
        Want::Scan => vec![format!("{glob}{reach}: what scan says, for {told}")],
        Want::Matches(patterns) => {
            let patterns = patterns.iter().map(|pattern| format!("  {pattern}"));
            [format!("{glob}{reach}: for {told} the matches of")].into_iter().chain(patterns).collect()
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
