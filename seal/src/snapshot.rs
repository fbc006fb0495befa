//! What is there when `_initialize` has run, and how is it written down?

use crate::{
    Keep, Options, SealError, SnapshotError,
    merge::{Plan, SHOWN, State},
    parts::Parts,
    reach::Walk,
    standins::StandIns,
};
use dorcas_host::{
    Engine, Specimen,
    abi::{Span, export},
};
use std::collections::BTreeMap;
use wasm_encoder::{ConstExpr, Ieee32, Ieee64};
use wasmparser::{ExternalKind, Operator, ValType};

/// Runs `_initialize` of a module that imports nothing, under the limits of any call, and finds the state that it leaves;
/// with the fuel that it took.
pub(crate) fn take(
    wasm: &[u8],
    parts: &Parts<'_>,
    stand_ins: &StandIns,
    options: &Options,
) -> Result<(State, u64), SealError> {
    let exports = || parts.exports.iter().cloned().flatten().filter_map(Result::ok);
    if !exports().any(|one| one.name == export::MEMORY && one.kind == ExternalKind::Memory) {
        return Err(SnapshotError::NoMemory.into());
    }
    let (config, kept) = (&options.config, vec![None; parts.imported as usize]);
    let mut walk = Walk::new(parts, stand_ins, &kept);
    walk.roots(&[])?;
    let mut unseen = None;
    let reached = walk.finish(|operator| unseen = unseen.or(out_of_sight(operator)))?;
    if let Some(instruction) = unseen {
        return Err(SnapshotError::Unseen { instruction }.into());
    }
    let shown = changing_globals(parts)?;
    // What only `_initialize` reads is not read any more.
    let (mut walk, mut reads_segments) = (Walk::new(parts, stand_ins, &kept), false);
    walk.roots(&[export::INITIALIZE])?;
    walk.finish(|operator| reads_segments |= matches!(operator, Operator::MemoryInit { .. }))?;

    // The same module, with a function that shows its globals.
    let plan = Plan {
        parts,
        stand_ins,
        answers: &kept,
        reached,
        panic_address: 0,
        exports_panic: false,
        state: None,
        shown: &shown,
        note: None,
    };
    let observed = if shown.is_empty() { wasm.to_vec() } else { plan.build()? };
    let stopped = |stop| SnapshotError::Stopped { stop };
    let engine = Keep::unanswered(&options.keep, Engine::new(config.clone()));
    let specimen = Specimen::compile(&observed, config)?.granted(&engine);
    let mut probe = specimen.instantiate(config.limits.memory_bytes).map_err(stopped)?;
    let fuel = config.limits.fuel_per_call;
    probe.call(export::INITIALIZE, &[], fuel).map_err(stopped)?;
    let used = probe.fuel_used();
    let mut globals = BTreeMap::new();
    for (global, ty) in &shown {
        let bits = probe.call(SHOWN, &[*global, 0], fuel).map_err(stopped)?.i64().unwrap_or(0).cast_unsigned();
        globals.insert(*global, constant(*ty, bits));
    }
    let bytes = u32::try_from(probe.memory_bytes()).map_err(|_| SnapshotError::NoMemory)?;
    let memory = probe.read(Span { ptr: 0, len: bytes }).ok_or(SnapshotError::NoMemory)?;
    let pages = u64::from(bytes >> 16);
    Ok((State { pages, data: segments(memory), globals, keeps_segments: reads_segments }, used))
}

/// Instructions that change what can't be looked at from outside.
fn out_of_sight(operator: &Operator<'_>) -> Option<&'static str> {
    Some(match operator {
        Operator::TableSet { .. } => "table.set",
        Operator::TableGrow { .. } => "table.grow",
        Operator::TableFill { .. } => "table.fill",
        Operator::TableCopy { .. } => "table.copy",
        Operator::TableInit { .. } => "table.init",
        Operator::ElemDrop { .. } => "elem.drop",
        Operator::DataDrop { .. } => "data.drop",
        _ => return None,
    })
}

fn changing_globals(parts: &Parts<'_>) -> Result<Vec<(u32, ValType)>, SealError> {
    let mut changing = Vec::new();
    for (number, global) in (0..).zip(parts.globals.iter().cloned().flatten()) {
        let ty = global?.ty;
        match ty.content_type {
            _ if !ty.mutable => {}
            ValType::Ref(_) => return Err(SnapshotError::Reference { global: number }.into()),
            number_type => changing.push((number, number_type)),
        }
    }
    Ok(changing)
}

/// The value of a global, of which the bits are known.
fn constant(ty: ValType, bits: u64) -> ConstExpr {
    // The upper half of a type of 32 bits is zero.
    #[allow(clippy::cast_possible_truncation)]
    let low = bits as u32;
    match ty {
        ValType::I32 => ConstExpr::i32_const(low.cast_signed()),
        ValType::F32 => ConstExpr::f32_const(Ieee32::new(low)),
        ValType::F64 => ConstExpr::f64_const(Ieee64::new(bits)),
        _ => ConstExpr::i64_const(bits.cast_signed()),
    }
}

/// Data segments that a module may have on every host, with room for its own.
const MAX_SEGMENTS: usize = 4_000;

/// The bytes of a memory that are not zero, with their addresses. Zeros in between stay in where a segment of its own
/// would be longer, or one too many.
fn segments(memory: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let mut gap = 16;
    loop {
        let ranges = ranges(memory, gap);
        if ranges.len() <= MAX_SEGMENTS {
            let segment =
                |(begin, end): (usize, usize)| Some((u32::try_from(begin).ok()?, memory.get(begin..end)?.to_vec()));
            return ranges.into_iter().filter_map(segment).collect();
        }
        gap *= 2;
    }
}

/// Most of a memory is zero, so that it is looked at in larger pieces.
const PIECE: usize = 64;

/// Where there is something, with no more than so many zeros in a row.
fn ranges(memory: &[u8], gap: usize) -> Vec<(usize, usize)> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for (piece, bytes) in memory.chunks(PIECE).enumerate() {
        if bytes == &[0; PIECE][..bytes.len()] {
            continue;
        }
        for (place, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte != 0) {
            let at = piece * PIECE + place;
            match ranges.last_mut() {
                Some((_, end)) if at - *end <= gap => *end = at + 1,
                _ => ranges.push((at, at + 1)),
            }
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_is_what_its_segments_say() {
        let mut memory = vec![0; 1 << 16];
        for (place, byte) in [(0, 1), (17, 2), (40, 3), (41, 4), (63, 5), (64, 6), (200, 7), (65_535, 8)] {
            memory[place] = byte;
        }
        let segments = segments(&memory);
        let begins: Vec<_> = segments.iter().map(|(begin, bytes)| (*begin, bytes.len())).collect();
        assert_eq!(begins, [(0, 18), (40, 2), (63, 2), (200, 1), (65_535, 1)]);
        let mut again = vec![0; 1 << 16];
        for (begin, bytes) in segments {
            again[begin as usize..][..bytes.len()].copy_from_slice(&bytes);
        }
        assert_eq!(again, memory);
    }

    #[test]
    fn a_memory_with_a_byte_here_and_there() {
        let memory: Vec<u8> = (0..1 << 20).map(|at| u8::from(at % 64 == 0)).collect();
        assert!(segments(&memory).len() <= MAX_SEGMENTS);
    }
}
