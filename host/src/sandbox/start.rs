//! How is a start function run under the limits of any call?
//!
//! The engine runs it while it makes an instance, where it can't be stopped between two slices of fuel. So before a module is
//! compiled its start function becomes an export, which the host calls first.

use crate::metering::{place, unsigned};
use crate::{
    error::LoadError,
    outline::{Outline, Refused},
};
use std::borrow::Cow;
use wasmparser::{Parser, Payload};

const EXPORT_SECTION: u8 = 7;
const FUNCTION: u8 = 0;

/// The name of the export that a start function becomes: one that no export of the module has.
pub(crate) fn name(outline: &Outline) -> String {
    let mut name = "start function".to_owned();
    while outline.exports.iter().any(|export| export.name == name) {
        name.push('\'');
    }
    name
}

/// The module without a start function, which is an export instead.
pub(crate) fn exported<'a>(wasm: &'a [u8], outline: &Outline) -> Result<Cow<'a, [u8]>, LoadError> {
    match outline.start_function {
        None => Ok(wasm.into()),
        Some(function) => rewritten(wasm, function, &name(outline)).map(Into::into).map_err(|refused| refused.0),
    }
}

fn rewritten(wasm: &[u8], function: u32, name: &str) -> Result<Vec<u8>, Refused> {
    let mut entry = Vec::new();
    unsigned(&mut entry, name.len());
    entry.extend_from_slice(name.as_bytes());
    entry.push(FUNCTION);
    unsigned(&mut entry, function as usize);

    let mut module = Vec::with_capacity(wasm.len() + entry.len() + 8);
    // Where the section begins that is read next, and whether its exports have been written.
    let (mut begins, mut written) = (0, false);
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        let end = match &payload {
            Payload::Version { range, .. } => place(range.end),
            Payload::CodeSectionStart { unchecked_range, .. } => place(unchecked_range.end),
            Payload::CodeSectionEntry(_) => continue,
            other => match other.as_section() {
                Some((_, range)) => place(range.end),
                None => continue,
            },
        };
        match &payload {
            Payload::ExportSection(section) => {
                let first = section.clone().into_iter_with_offsets().next().transpose()?;
                let first = first.map_or(end, |(first, _)| place(first));
                exports(&mut module, section.count() as usize + 1, &wasm[first..end], &entry);
                written = true;
            }
            // It stands behind the exports, and where they would be.
            Payload::StartSection { .. } if !written => exports(&mut module, 1, &[], &entry),
            Payload::StartSection { .. } => {}
            _ => module.extend_from_slice(&wasm[begins..end]),
        }
        begins = end;
    }
    Ok(module)
}

fn exports(module: &mut Vec<u8>, count: usize, others: &[u8], entry: &[u8]) {
    let mut content = Vec::with_capacity(others.len() + entry.len() + 4);
    unsigned(&mut content, count);
    content.extend_from_slice(others);
    content.extend_from_slice(entry);
    module.push(EXPORT_SECTION);
    unsigned(module, content.len());
    module.append(&mut content);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn a_start_function_becomes_an_export() {
        for (text, name) in [
            ("(module (func $f) (start $f))", "start function"),
            (
                r#"(module (func $f) (export "a" (func $f)) (start $f) (memory 1) (data (i32.const 0) "x"))"#,
                "start function",
            ),
            (r#"(module (func $f) (export "start function" (func $f)) (start $f))"#, "start function'"),
            ("(module (memory 1) (func $f) (start $f) (@custom \"x\" (after last) \"y\"))", "start function"),
        ] {
            let wasm = wat::parse_str(text).unwrap();
            let before = Outline::read(&wasm, &Limits::default()).unwrap();
            let after = exported(&wasm, &before).unwrap();
            let after = Outline::read(&after, &Limits::default()).unwrap();
            assert!(before.start && !after.start, "{text}");
            assert_eq!(after.exports.len(), before.exports.len() + 1, "{text}");
            assert_eq!(after.exports.last().unwrap().to_string(), format!("`{name}`, a function () -> ()"));
            assert_eq!((after.custom_bytes, after.data_bytes), (before.custom_bytes, before.data_bytes), "{text}");
        }
    }
}
