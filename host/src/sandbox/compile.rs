//! How do the bytes of a module become code?

use super::{dispatch, start};
use crate::{
    config::{Config, Features},
    error::LoadError,
    metering,
    outline::{self, Outline},
    printable::{MAX_NAME_BYTES, printable},
};

/// Validates and compiles a module with an engine of its own, since wasmi's engine never frees code: dropped with its
/// last guest and instance, it takes the code along.
///
/// The engine validates each function instruction by instruction, each before it compiles it, and notices only at the end
/// of a function that something stands behind its last `end`. A module with such a function doesn't get to it.
///
/// The engine itself takes all features of the ABI: a loop that this crate adds is made of one of them.
pub(crate) fn compile(
    config: &Config,
    wasm: &[u8],
    outline: &Outline,
) -> Result<(wasmi::Engine, wasmi::Module), LoadError> {
    let features = config.features;
    if !outline.is_readable || features != Features::ABI {
        outline::validate(wasm, features)?;
    }
    let engine = wasmi::Engine::new(&engine_config(config));
    let metered = metering::in_pieces(wasm, metering::PIECE_FUEL)?;
    let callable = start::exported(&metered, outline)?;
    let module = wasmi::Module::new(&engine, &callable).map_err(|error| {
        // Our own words for what isn't valid, the same for every version of the engine.
        outline::validate(wasm, features)
            .err()
            .unwrap_or_else(|| LoadError::Invalid { what: printable(&error.to_string(), 4 * MAX_NAME_BYTES) })
    })?;
    // Two versions of one validator: none of the modules of all tests may tell them apart.
    debug_assert_eq!(outline::validate(wasm, features), Ok(()));
    Ok((engine, module))
}

fn engine_config(config: &Config) -> wasmi::Config {
    let limits = &config.limits;
    let (recursion_depth, stack_bytes) = (limits.recursion_depth as usize, limits.stack_bytes as usize);
    let mut engine = wasmi::Config::default();
    engine
        // The minimum goes first to 0, so that no choice of the embedder's is below it, which wasmi answers by a panic.
        .set_min_stack_height(0)
        .set_max_stack_height(stack_bytes)
        .set_min_stack_height(stack_bytes.min(4_096))
        .set_max_recursion_depth(recursion_depth)
        .consume_fuel(true)
        .operator_cost(operator_cost())
        .ignore_custom_sections(true)
        .allow_start_fn(false)
        .compilation_mode(if dispatch::is_eager(config.profile) {
            wasmi::CompilationMode::Eager
        } else {
            wasmi::CompilationMode::LazyTranslation
        })
        // An explicit list: what a later engine turns on by default must not become part of the ABI unseen.
        .floats(true)
        .wasm_mutable_global(true)
        .wasm_sign_extension(true)
        .wasm_saturating_float_to_int(true)
        .wasm_bulk_memory(true)
        .wasm_reference_types(true)
        .wasm_multi_value(true)
        .wasm_multi_memory(false)
        .wasm_tail_call(false)
        .wasm_extended_const(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false);
    engine
}

/// What an instruction costs, where that is not the one unit of most: those behind which there is more work, so that a
/// unit of fuel is about the same time whatever a guest does.
fn operator_cost() -> wasmi::OperatorCost {
    wasmi::OperatorCost {
        // A call sets the locals of the callee to zero, up to `Limits::locals_per_function` of them.
        call: 24,
        call_indirect: 28,
        memory_grow: dispatch::GROWTH_FUEL - metering::LOOP_FUEL,
        memory_copy: 4,
        memory_fill: 4,
        memory_init: 4,
        table_grow: dispatch::GROWTH_FUEL,
        table_copy: 4,
        table_fill: 4,
        table_init: 4,
        ..wasmi::OperatorCost::default()
    }
}
