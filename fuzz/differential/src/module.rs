//! A module that was generated: its functions, one after the other.

use crate::other::{Other, Running, Stopped};
use dorcas_host::{
    Config, Limits, Probe, Returned, Specimen, Stop,
    abi::{Span, method},
};

const MEMORY_BYTES: u32 = 1 << 20;
const TABLE_ELEMENTS: u32 = 1_000;
const FUEL: u64 = 250_000;

/// Numbers at which something may change.
const ARGUMENTS: [(u32, u32); 4] = [(0, 0), (1, 64), (65_530, 16), (u32::MAX, 0x8000_0000)];

/// Calls all functions that a guest may have, and compares results, traps and all of the memory.
pub(crate) fn compare(data: &[u8]) {
    let Some(wasm) = dorcas_properties::shape(data) else { return };
    let limits = Limits {
        memory_bytes: MEMORY_BYTES.into(),
        table_elements: TABLE_ELEMENTS,
        recursion_depth: 100,
        ..Limits::default()
    };
    // What the host refuses is no module to it, whatever others say.
    let Ok(specimen) = Specimen::compile(&wasm, &Config { limits, ..Config::default() }) else { return };
    let other = Other::compile(&wasm);
    let ours = specimen.instantiate(MEMORY_BYTES.into());
    let theirs = other.instantiate(MEMORY_BYTES as usize, TABLE_ELEMENTS as usize);
    let (mut ours, mut theirs) = match (ours, theirs) {
        (Ok(ours), Some(theirs)) => (ours, theirs),
        (Err(_), None) => return,
        (ours, theirs) => panic!("ours {ours:?}, theirs {}", theirs.is_some()),
    };
    same_memory("at the beginning", &ours, &mut theirs);
    for (place, arguments) in ARGUMENTS.into_iter().enumerate() {
        let all = ["_initialize", "lang_name", "alloc", "free"].into_iter().chain(method::NAMES.iter().copied());
        for export in all.filter(|export| place == 0 || !matches!(*export, "_initialize" | "lang_name")) {
            // Ours first: what ends within its fuel ends there too, and nothing else is started.
            let our = match here(export, arguments, &mut ours) {
                Err(Stop::Fuel { .. } | Stop::Stack | Stop::System) => return,
                Err(Stop::Trap { kind, .. }) => Err(kind.to_string()),
                other => other.map_err(|stop| panic!("{stop}")),
            };
            let their = match there(export, arguments, &mut theirs) {
                Err(Stopped::Exhausted) => return,
                Err(Stopped::Trap(trap)) => Err(trap.to_owned()),
                Ok(returned) => Ok(returned),
            };
            assert_eq!(our, their, "{export}{arguments:?}");
            same_memory(export, &ours, &mut theirs);
        }
    }
}

fn here(export: &'static str, (a, b): (u32, u32), ours: &mut Probe) -> Result<Returned, Stop> {
    match export {
        "_initialize" | "lang_name" => ours.call(export, &[], FUEL),
        "alloc" => ours.call(export, &[a], FUEL),
        _ => ours.call(export, &[a, b], FUEL),
    }
}

fn there(export: &str, (a, b): (u32, u32), theirs: &mut Running) -> Result<Returned, Stopped> {
    match export {
        "_initialize" => theirs.call(export, ()).map(|()| Returned::Nothing),
        "lang_name" => theirs.call(export, ()).map(Returned::I64),
        "alloc" => theirs.call(export, a).map(Returned::I32),
        "free" => theirs.call(export, (a, b)).map(|()| Returned::Nothing),
        _ => theirs.call(export, (a, b)).map(Returned::I64),
    }
}

fn same_memory(when: &str, ours: &Probe, theirs: &mut Running) {
    let len = u32::try_from(ours.memory_bytes()).expect("it is limited");
    let ours = ours.read(Span { ptr: 0, len }).expect("it is all there");
    let theirs = theirs.memory();
    assert_eq!(ours.len(), theirs.len(), "bytes of memory, {when}");
    if let Some(place) = ours.iter().zip(theirs.iter()).position(|(our, their)| our != their) {
        panic!("{when}: byte {place} is {:02x} here, {:02x} there", ours[place], theirs[place]);
    }
}
