//! How is it told that a guest stopped in its middle, or didn't even start?

use super::{memory, store::StoreData};
use crate::{
    error::{At, CallError, Exceeded, TrapKind},
    limits::Limits,
    printable::{MAX_NAME_BYTES, printable},
};
use dorcas_abi::clause;
use wasmi::{
    TrapCode,
    errors::{ErrorKind, InstantiationError, MemoryError, TableError},
};

/// What the engine reports of a call that had fuel enough, as an error that says who can act.
pub(crate) fn stopped(at: At, error: &wasmi::Error, limits: &Limits, data: &StoreData, memory: &[u8]) -> CallError {
    let kind = match error.as_trap_code() {
        Some(TrapCode::StackOverflow) => {
            let exceeded = Exceeded::Stack { depth: limits.recursion_depth, stack_bytes: limits.stack_bytes };
            return CallError::Limit { at, exceeded };
        }
        Some(TrapCode::OutOfSystemMemory) => return CallError::Limit { at, exceeded: Exceeded::System },
        Some(TrapCode::UnreachableCodeReached) => TrapKind::Unreachable,
        Some(TrapCode::MemoryOutOfBounds) => TrapKind::MemoryOutOfBounds,
        Some(TrapCode::TableOutOfBounds) => TrapKind::TableOutOfBounds,
        Some(TrapCode::IndirectCallToNull) => TrapKind::IndirectCallToNull,
        Some(TrapCode::BadSignature) => TrapKind::BadSignature,
        Some(TrapCode::IntegerDivisionByZero) => TrapKind::DivisionByZero,
        Some(TrapCode::IntegerOverflow) => TrapKind::IntegerOverflow,
        Some(TrapCode::BadConversionToInteger) => TrapKind::BadConversion,
        Some(TrapCode::GrowthOperationLimited | TrapCode::OutOfFuel) | None => TrapKind::Other(shown(error)),
    };
    let panic_text = data.panic_address.and_then(|address| memory::panic_text(memory, address));
    CallError::Trap { at, kind, panic_text, memory_refused: data.refused }
}

/// What the engine reports of an instantiation. The limits were compared before, so that it is the module's fault.
pub(crate) fn not_instantiated(at: At, error: &wasmi::Error) -> CallError {
    let what = match error.kind() {
        ErrorKind::Instantiation(
            InstantiationError::FailedToInstantiateMemory(MemoryError::OutOfSystemMemory)
            | InstantiationError::FailedToInstantiateTable(TableError::OutOfSystemMemory),
        ) => return CallError::Limit { at, exceeded: Exceeded::System },
        ErrorKind::Instantiation(InstantiationError::ElementSegmentDoesNotFit { table_index, len, .. }) => {
            format!("{len} entries of an element segment do not fit into its table from {table_index} on")
        }
        ErrorKind::Memory(MemoryError::OutOfBoundsAccess) => "a data segment does not fit into memory".into(),
        _ => shown(error),
    };
    if at.is_module {
        let (panic_text, memory_refused) = (None, None);
        return CallError::Trap { at, kind: TrapKind::Other(what), panic_text, memory_refused };
    }
    CallError::Violation { at, clause: clause::MODULE_INSTANTIATES, what }
}

fn shown(error: &wasmi::Error) -> String {
    printable(&error.to_string(), 2 * MAX_NAME_BYTES)
}
