//! Does a module export what the ABI asks for, and import nothing but what was granted?

use crate::{
    error::{ExportFault, LoadError},
    interface::{ExternType, signature},
    module::{Grants, Links},
    outline::Outline,
};
use dorcas_abi::export::{self, Function, ValueType};

/// Compares a module with the ABI, on its outline alone: nothing of it has been compiled yet. Finds what it imports.
pub(crate) fn check(outline: &Outline, grants: &Grants) -> Result<Links, LoadError> {
    version(outline)?;
    let strange = grants.strange(outline);
    if !strange.is_empty() {
        return Err(LoadError::Imports(strange));
    }
    let links = grants.resolve(outline)?;
    if outline.start {
        return Err(LoadError::Start);
    }
    exports(outline)?;
    reserved(outline)?;
    Ok(links)
}

fn version(outline: &Outline) -> Result<(), LoadError> {
    let markers: Vec<_> = outline
        .exports
        .iter()
        .filter_map(|export| export.name.strip_prefix(export::MARKER_PREFIX))
        .filter(|version| !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    match markers[..] {
        [] => Err(LoadError::NoVersion),
        [version] if version == export::VERSION.to_string() => Ok(()),
        [version] => Err(LoadError::OtherVersion { found: version.to_owned() }),
        _ => Err(LoadError::ManyVersions(
            markers.iter().map(|version| format!("{}{version}", export::MARKER_PREFIX)).collect(),
        )),
    }
}

/// All that is wrong with the exports at once, so that an author doesn't meet it piece by piece.
fn exports(outline: &Outline) -> Result<(), LoadError> {
    let find = |name| outline.exports.iter().find(|export| export.name == name).map(|export| &export.ty);
    let mut faults = Vec::new();

    let memory = find(export::MEMORY);
    if !matches!(memory, Some(ExternType::Memory { wide: false, .. })) {
        let found = memory.map(ToString::to_string);
        faults.push(ExportFault { name: export::MEMORY, expected: "32-bit memory".into(), found });
    }
    for function in export::FUNCTIONS {
        let expected = expected(function);
        match find(function.name) {
            Some(found) if *found != expected => faults.push(ExportFault {
                name: function.name,
                expected: expected.to_string(),
                found: Some(found.to_string()),
            }),
            None if function.required => {
                faults.push(ExportFault { name: function.name, expected: expected.to_string(), found: None });
            }
            _ => {}
        }
    }
    let address = ExternType::Global { value: "i32".into(), mutable: false };
    if let Some(found) = find(export::PANIC).filter(|found| **found != address) {
        let found = Some(found.to_string());
        faults.push(ExportFault { name: export::PANIC, expected: address.to_string(), found });
    }

    if faults.is_empty() { Ok(()) } else { Err(LoadError::Exports(faults)) }
}

/// Names that a later version may give a meaning to.
fn reserved(outline: &Outline) -> Result<(), LoadError> {
    let names: Vec<_> = outline
        .exports
        .iter()
        .map(|export| &export.name)
        .filter(|name| name.starts_with(RESERVED) && *name != export::MARKER && *name != export::PANIC)
        .cloned()
        .collect();
    if names.is_empty() { Ok(()) } else { Err(LoadError::Reserved(names)) }
}

const RESERVED: &str = "dorcas_";

fn expected(function: &Function) -> ExternType {
    let texts = |types: &[ValueType]| -> Vec<String> {
        types.iter().map(|ty| if *ty == ValueType::I32 { "i32".into() } else { "i64".into() }).collect()
    };
    ExternType::Function { signature: signature(&texts(function.params), &texts(function.results)) }
}
