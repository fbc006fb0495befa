//! How large do tables get, and do element segments fit into them?
//!
//! wazero has no limit for a table that grows, and leaves an element segment out that doesn't fit. So a module gets a maximum for
//! each of its tables, at which `table.grow` answers -1, and a segment that doesn't fit is found here.

use dorcas_abi::clause;
use wasmparser::{ElementKind, Operator, Parser, Payload, RefType};

const TABLE_SECTION: u8 = 4;

/// The module with no table above so many entries. It has been validated.
pub(crate) fn bounded(wasm: &[u8], most: u32) -> Result<Vec<u8>, String> {
    let damaged = |error: wasmparser::Error| format!("the module can't be read: {error}");
    let mut module = Vec::with_capacity(wasm.len() + 64);
    let mut initial: Vec<u64> = Vec::new();
    // Up to where the module is copied, and where the section begins that is read next.
    let (mut copied, mut begins) = (0, 0);
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.map_err(damaged)?;
        if let Payload::Version { range, .. } = &payload {
            begins = range.end as usize;
        }
        match &payload {
            Payload::TableSection(section) => {
                let mut content = Vec::new();
                number(&mut content, section.count());
                for table in section.clone() {
                    let ty = table.map_err(damaged)?.ty;
                    content.push(if ty.element_type == RefType::FUNCREF { 0x70 } else { 0x6f });
                    content.push(1);
                    let least = u32::try_from(ty.initial).unwrap_or(u32::MAX);
                    number(&mut content, least);
                    let maximum = ty.maximum.and_then(|most| u32::try_from(most).ok()).unwrap_or(u32::MAX);
                    number(&mut content, maximum.min(most).max(least));
                    initial.push(ty.initial);
                }
                module.extend_from_slice(&wasm[copied..begins]);
                module.push(TABLE_SECTION);
                number(&mut module, u32::try_from(content.len()).unwrap_or(u32::MAX));
                module.extend_from_slice(&content);
                copied = section.range().end as usize;
            }
            Payload::ElementSection(section) => {
                for element in section.clone() {
                    let element = element.map_err(damaged)?;
                    let ElementKind::Active { table_index, offset_expr } = &element.kind else { continue };
                    let count = match &element.items {
                        wasmparser::ElementItems::Functions(items) => items.count(),
                        wasmparser::ElementItems::Expressions(_, items) => items.count(),
                    };
                    let Ok(Operator::I32Const { value }) = offset_expr.get_operators_reader().read() else { continue };
                    let offset = value.cast_unsigned();
                    let room = initial.get(table_index.unwrap_or(0) as usize).copied().unwrap_or(0);
                    if u64::from(offset) + u64::from(count) > room {
                        let suffix = clause::MODULE_INSTANTIATES.suffix();
                        return Err(format!(
                            "{count} entries of an element segment do not fit into its table from {offset} on{suffix}"
                        ));
                    }
                }
            }
            _ => {}
        }
        if let Some((_, range)) = payload.as_section() {
            begins = range.end as usize;
        }
    }
    module.extend_from_slice(&wasm[copied..]);
    Ok(module)
}

/// A number of 32 bits as a module has it.
fn number(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
