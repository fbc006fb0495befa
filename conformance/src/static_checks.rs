//! What does the module show before anything of it runs?

use crate::{Grant, findings::Findings, limits::RunnerLimits, report::Finding};
use dorcas_abi::{
    export::{self, Function, ValueType},
    floor,
};
use dorcas_host::{Config, Engine, ExternType, Import, Limits, LoadError, Outline, Specimen};
use wasmparser::{MemoryType, Parser, Payload, TypeRef, Validator, WasmFeatures};

/// What comes of a look from outside.
pub(crate) struct Outside {
    /// Whether it is a module at all.
    pub(crate) is_module: bool,
    /// What can be run, unless something stands in the way.
    pub(crate) runnable: Result<Specimen, String>,
}

/// Notes all clauses that the bytes alone show.
pub(crate) fn look(findings: &mut Findings, wasm: &[u8], limits: &RunnerLimits, grants: &[Grant]) -> Outside {
    let host = limits.host();
    let outline = match Outline::read(wasm, &host) {
        Ok(outline) => outline,
        Err(error) => return no_outline(findings, wasm, &error),
    };
    findings.holds("module.core");
    let mut ready = module(findings, wasm, &outline, grants);
    ready &= exports(findings, &outline);

    let specimen = Specimen::compile(wasm, &Config { limits: host, ..Config::default() });
    let valid = findings.verify("module.features", specimen.is_ok(), || {
        // The clause stands above the finding.
        let what = specimen.as_ref().err().map(|error| format!("{error:#}")).unwrap_or_default();
        Finding::new("compiled the module", what)
    });
    let runnable = match specimen {
        Ok(specimen) if ready && valid => {
            let specimen = specimen.granted(&engine(grants));
            specimen.obstacle().map_or(Ok(specimen), Err)
        }
        _ => Err("nothing was run: the clauses on the module and its exports come first".to_owned()),
    };
    Outside { is_module: true, runnable }
}

/// The bytes can't be read, or there are too many of them.
fn no_outline(findings: &mut Findings, wasm: &[u8], error: &LoadError) -> Outside {
    let finding = Finding::new("read the module's sections", format!("{error:#}"));
    let stopped = |is_module| Outside { is_module, runnable: Err("there is no module that could be run".into()) };
    match error {
        LoadError::TooMuch { .. } => {
            findings.holds("module.core");
            findings.fails("module.floor", finding);
            Outside { is_module: true, runnable: Err("the module is larger than this runner's limits".into()) }
        }
        // What a newer WebAssembly knows is a module all the same.
        _ if Validator::new_with_features(WasmFeatures::all()).validate_all(wasm).is_ok() && is_core(wasm) => {
            findings.holds("module.core");
            findings.fails("module.features", finding);
            one_memory(findings, wasm);
            stopped(true)
        }
        _ => {
            findings.fails("module.core", finding.bytes("the beginning of the file", &wasm[..wasm.len().min(16)]));
            stopped(false)
        }
    }
}

fn is_core(wasm: &[u8]) -> bool {
    Parser::is_core_wasm(wasm)
}

/// An engine whose guests may import what is granted. What they do with it leads nowhere.
fn engine(grants: &[Grant]) -> Engine {
    grants.iter().fold(Engine::default(), |engine, grant| match grant {
        Grant::Log => engine.with_log(|_, _| {}),
    })
}

/// The clauses of the module's area. Says whether it can be run.
fn module(findings: &mut Findings, wasm: &[u8], outline: &Outline, grants: &[Grant]) -> bool {
    let others: Vec<&Import> = outline.imports.iter().filter(|import| !grants.iter().any(|it| it.is(import))).collect();
    let needs_wasi = others.iter().any(|import| import.module.starts_with("wasi"));
    let pure = findings.verify("module.no-imports", others.is_empty(), || {
        let imports: Vec<_> = others.iter().take(8).map(ToString::to_string).collect();
        let granted = if grants.is_empty() { "" } else { " that are not granted" };
        let saw = format!("{} imports{granted}: {}", others.len(), imports.join("; "));
        let finding = Finding::new("read the imports", saw);
        if needs_wasi { finding.hint("WASI can be replaced inside the module: `dorcas seal`") } else { finding }
    });
    let quiet = findings.verify("module.no-start", !outline.start, || {
        Finding::new("looked for a start function", "there is one")
            .hint("what has to run first belongs in `_initialize`")
    });
    let one = one_memory(findings, wasm);
    let floor = Outline::read(wasm, &floor_limits());
    findings.verify("module.floor", floor.is_ok(), || {
        let what = match floor.err() {
            Some(LoadError::TooMuch { what, got, .. }) => format!("module has {got} {what}, which is above the floor"),
            Some(error) => format!("{error:#}"),
            None => String::new(),
        };
        Finding::new("compared counts and sizes with the floor", what)
    });
    pure && quiet && one
}

/// Counts the memories of the module; reads on where an engine would not.
fn one_memory(findings: &mut Findings, wasm: &[u8]) -> bool {
    let mut memories: Vec<(MemoryType, bool)> = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload {
            Ok(Payload::MemorySection(section)) => {
                memories.extend(section.into_iter().take(4).filter_map(Result::ok).map(|ty| (ty, false)));
            }
            Ok(Payload::ImportSection(section)) => {
                let imported = section.into_imports().filter_map(Result::ok);
                memories.extend(imported.filter_map(|import| match import.ty {
                    TypeRef::Memory(ty) => Some((ty, true)),
                    _ => None,
                }));
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    let fault = match &memories[..] {
        [(_, true)] => Some("it is imported".to_owned()),
        [(ty, _)] if ty.memory64 => Some("its addresses have 64 bits".to_owned()),
        [(ty, _)] if ty.shared => Some("it is shared".to_owned()),
        [_] => None,
        [] => Some("there is none".to_owned()),
        several => Some(format!("there are {}", several.len())),
    };
    findings.verify("module.one-memory", fault.is_none(), || {
        Finding::new("looked for the memory", fault.unwrap_or_default())
    })
}

fn floor_limits() -> Limits {
    Limits {
        module_bytes: floor::MODULE_BYTES,
        functions: floor::FUNCTIONS,
        locals_per_function: floor::LOCALS_PER_FUNCTION,
        block_values: floor::BLOCK_VALUES,
        carried_values: floor::CARRIED_VALUES,
        table_elements: floor::TABLE_ELEMENTS,
        globals: floor::GLOBALS,
        exports: floor::EXPORTS,
        data_segments: floor::DATA_SEGMENTS,
        memory_bytes: floor::MEMORY_BYTES.into(),
        ..Limits::default()
    }
}

/// The clauses of the exports' area. Says whether they are such that a host can use them.
fn exports(findings: &mut Findings, outline: &Outline) -> bool {
    let find = |name: &str| outline.exports.iter().find(|export| export.name == name).map(|export| &export.ty);
    let is_version = |name: &&str| {
        let digits = name.strip_prefix(export::MARKER_PREFIX);
        digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let names = || outline.exports.iter().map(|export| export.name.as_str());
    let markers: Vec<_> = names().filter(is_version).take(8).collect();
    let mut ready = findings.verify("exports.version", markers == [export::MARKER], || {
        let saw = match markers[..] {
            [] => "no version marker".into(),
            [other] => format!("the marker `{}`", printable(other)),
            _ => format!("the markers {}", quoted(&markers)),
        };
        Finding::new(format!("looked for the export `{}`", export::MARKER), saw)
    });

    let required = export::FUNCTIONS.iter().filter(|function| function.required).map(|function| function.name);
    let missing: Vec<_> = required.chain([export::MEMORY]).filter(|name| find(name).is_none()).collect();
    ready &= findings.verify("exports.required", missing.is_empty(), || {
        Finding::new("looked for the required exports", format!("there is no {}", quoted(&missing)))
    });

    let mut faults = Vec::new();
    for (name, expected) in expected() {
        if let Some(found) = find(name).filter(|found| !expected.matches(found)) {
            faults.push(format!("`{name}` is a {found}, it should be a {}", expected.text()));
        }
    }
    ready &= findings.verify("exports.types", faults.is_empty(), || {
        Finding::new("compared the types of the exports", faults.join("; "))
    });

    let known = |name: &str| expected().iter().any(|(known, _)| *known == name);
    let reserved: Vec<_> = names().filter(|name| name.starts_with("dorcas_") && !known(name)).take(8).collect();
    findings.verify("exports.reserved", reserved.is_empty(), || {
        Finding::new("looked for names that begin with `dorcas_`", quoted(&reserved))
    });
    ready
}

/// What an export should be.
enum Expected {
    Function(String),
    Memory,
    Address,
}

impl Expected {
    fn matches(&self, found: &ExternType) -> bool {
        match (self, found) {
            (Self::Function(expected), ExternType::Function { signature }) => expected == signature,
            // What memory it is, is the matter of another clause.
            (Self::Memory, ExternType::Memory { .. }) => true,
            (Self::Address, ExternType::Global { value, mutable: false }) => value == "i32",
            _ => false,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Function(signature) => format!("function {signature}"),
            Self::Memory => "memory".into(),
            Self::Address => "constant i32 global".into(),
        }
    }
}

fn expected() -> Vec<(&'static str, Expected)> {
    let functions = export::FUNCTIONS.iter().map(|function| (function.name, Expected::Function(signature(function))));
    functions.chain([(export::MEMORY, Expected::Memory), (export::PANIC, Expected::Address)]).collect()
}

/// A type as the host's outline writes it: `(i32, i32) -> i64`.
fn signature(function: &Function) -> String {
    let names = |types: &[ValueType]| -> Vec<&str> {
        types.iter().map(|ty| if *ty == ValueType::I32 { "i32" } else { "i64" }).collect()
    };
    let params = names(function.params).join(", ");
    match names(function.results)[..] {
        [result] => format!("({params}) -> {result}"),
        ref results => format!("({params}) -> ({})", results.join(", ")),
    }
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{}`", printable(name))).collect::<Vec<_>>().join(", ")
}

fn printable(name: &str) -> String {
    dorcas_host::printable(name, 100)
}
