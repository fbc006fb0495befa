//! What is kept of a module so that instances can be made of it?

use crate::{
    config::Config,
    digest::Digest,
    engine::Engine,
    error::{ExportError, LoadError},
    interface::{Export, ExternType, FunctionType, ValueType},
    module::{Grants, Links},
    outline::Outline,
    sandbox::{compile::compile, defect::caught, dispatch},
};
use std::sync::Arc;

/// A compiled module, with what is needed to make instances of it.
pub(crate) struct Code {
    pub(super) engine: wasmi::Engine,
    pub(super) module: wasmi::Module,
    pub(crate) config: Arc<Config>,
    pub(crate) outline: Outline,
    pub(crate) digest: Digest,
    /// Fuel for making an instance: for its memory, data and tables, at the price of copying them.
    pub(super) instance_fuel: u64,
    /// Whether the engine can stop in the middle of any function and go on.
    pub(super) in_slices: bool,
    /// What it imports.
    pub(super) links: Links,
}

/// Bytes that are copied for a unit of fuel, by the engine and by the host.
pub(crate) const BYTES_COPIED: u64 = 64;

impl Code {
    /// All that is done before anything of the module runs. `check` finds what it imports, and may refuse it, before it is
    /// compiled.
    pub(crate) fn load(
        engine: &Engine,
        wasm: &[u8],
        digest: Digest,
        check: impl FnOnce(&Outline, &Grants) -> Result<Links, LoadError>,
    ) -> Result<Arc<Self>, LoadError> {
        let config = &engine.config;
        caught(|| {
            let outline = Outline::read(wasm, &config.limits)?;
            let links = check(&outline, &engine.grants)?;
            dispatch::check(&outline)?;
            let (engine, module) = compile(config, wasm, &outline)?;
            let in_slices = dispatch::in_slices(config.profile, &outline);
            let instance_fuel = instance_fuel(&outline) + links.fuel();
            let config = Arc::clone(config);
            Ok(Arc::new(Self { engine, module, config, outline, digest, instance_fuel, in_slices, links }))
        })
        .unwrap_or_else(|what| Err(LoadError::Defect { what }))
    }
}

/// Fuel for an instance of a module: for its bytes at the price of copying them, and for each thing of which the engine makes
/// one for an instance, however small it is.
fn instance_fuel(outline: &Outline) -> u64 {
    let bytes = outline.memory_bytes + outline.data_bytes;
    let names: u64 = outline.exports.iter().map(|export| export.name.len() as u64).sum();
    let exports = outline.exports.len() as u64;
    let items: u64 = [
        (u64::from(outline.functions), 6),
        (outline.elements, 8),
        (u64::from(outline.data_segments) + u64::from(outline.element_segments), 20),
        (u64::from(outline.globals) + u64::from(outline.tables), 32),
        (exports, 80),
    ]
    .into_iter()
    .map(|(count, fuel)| count * fuel)
    .sum();
    bytes.div_ceil(BYTES_COPIED) + touched(outline.memory_bytes) + (outline.table_elements + names) / 4 + items
}

/// What a large memory costs beside setting it to zero. Up to a few megabytes an allocator has at hand; what is beyond the
/// system gives page by page, each time anew.
pub(super) fn touched(memory_bytes: u64) -> u64 {
    memory_bytes.saturating_sub(BYTES_AT_HAND) / BYTES_TOUCHED
}

const BYTES_AT_HAND: u64 = 4 << 20;
const BYTES_TOUCHED: u64 = 16;

/// Where WASI's reactors set themselves up, and its commands begin.
pub(super) const INITIALIZE: &str = dorcas_abi::export::INITIALIZE;
pub(super) const START: &str = "_start";

impl Code {
    /// The type of an exported function that may be called; `asked` is how it was asked for.
    pub(super) fn callable(&self, name: &str, asked: &dyn Fn() -> String) -> Result<FunctionType, ExportError> {
        let owned = || name.to_owned();
        if name == INITIALIZE {
            return Err(ExportError::Initializer { name: owned() });
        }
        if self.is_command() && name != START {
            return Err(ExportError::Command { name: owned() });
        }
        let Some(found) = self.outline.exports.iter().find(|export| export.name == name) else {
            let is_function = |export: &&Export| matches!(export.ty, ExternType::Function { .. });
            let functions = self.outline.exports.iter().filter(is_function).map(|export| export.name.clone()).collect();
            return Err(ExportError::Missing { name: owned(), asked: asked(), functions });
        };
        self.function_type(name).ok_or_else(|| ExportError::Type {
            name: owned(),
            asked: asked(),
            found: found.ty.to_string(),
        })
    }

    /// The type of an exported function. `None` if it is none, or is not made of numbers alone.
    pub(super) fn function_type(&self, name: &str) -> Option<FunctionType> {
        // The name of a start function is one that the module doesn't have.
        if !self.outline.exports.iter().any(|export| export.name == name) {
            return None;
        }
        let Some(wasmi::ExternType::Func(ty)) = self.module.get_export(name) else { return None };
        let numbers = |types: &[wasmi::ValType]| -> Option<Vec<ValueType>> {
            let number = |ty: &wasmi::ValType| match ty {
                wasmi::ValType::I32 => Some(ValueType::I32),
                wasmi::ValType::I64 => Some(ValueType::I64),
                wasmi::ValType::F32 => Some(ValueType::F32),
                wasmi::ValType::F64 => Some(ValueType::F64),
                _ => None,
            };
            types.iter().map(number).collect()
        };
        Some(FunctionType { params: numbers(ty.params())?, results: numbers(ty.results())? })
    }

    /// Whether it is a program that runs once, by WASI's convention.
    pub(super) fn is_command(&self) -> bool {
        let exports = |name| self.outline.exports.iter().any(|export| export.name == name);
        exports(START) && !exports(INITIALIZE)
    }

    /// The name under which its memory is exported.
    pub(super) fn memory(&self) -> Option<&str> {
        let mut memories = self.outline.exports.iter().filter(|export| matches!(export.ty, ExternType::Memory { .. }));
        memories.next().map(|export| &*export.name)
    }
}
