//! Turns WebAssembly modules with WASI imports into modules that import nothing.
//!
//! ```
//! let wasm = wat::parse_str(r#"(module
//!   (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))
//!   (memory (export "memory") 1)
//!   (func (export "random") (result i64)
//!     (drop (call 0 (i32.const 8) (i32.const 8)))
//!     (i64.load (i32.const 8))))"#)?;
//! let sealed = dorcas_seal::seal(&wasm, &dorcas_seal::Options::default())?;
//! assert_eq!(sealed.note.stand_ins, ["wasi_snapshot_preview1.random_get"]);
//!
//! let specimen = dorcas_host::Specimen::compile(&sealed.wasm, &dorcas_host::Config::default())?;
//! assert!(specimen.outline().imports.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Compilers that can't help importing WASI (Go, wasi-libc, and what is built on it) make guests by way of this: each
//! imported function is replaced, inside the module, by one that gives the same answer every time. `README.md` has all of
//! them with their answers. The stand-ins are Rust, in `standins`; what they remember is in a page of memory of their own.
//!
//! A file a question: `parts` is what a module consists of, `standins` which stand-ins there are, `reach` which
//! functions are needed, `merge` how the new module is put together, `renumber` how code is written again, `snapshot`
//! what `_initialize` leaves, `keep` which imports stay, `note` what the module says about it, `error` why it can't be done.
//!
//! Left out on purpose: commands, which run once; memories that are imported; and any import whose answer would be a guess.
#![deny(missing_docs)]

mod error;
mod keep;
mod merge;
mod note;
mod parts;
mod reach;
mod renumber;
mod snapshot;
mod standins;

pub use error::{SealError, SnapshotError, Unknown};
pub use keep::{Keep, KeepError};
pub use note::Note;

use dorcas_host::{
    Config, Specimen,
    abi::export::{self, INITIALIZE},
};
use merge::Plan;
use parts::Parts;
use reach::Walk;
use standins::StandIns;
use wasmparser::{DataKind, ExternalKind, Operator};

/// How a module is to be sealed.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether `_initialize` is run now and its result frozen, so that there is nothing to run when an instance is made.
    pub snapshot: bool,
    /// Limits for the module, and for `_initialize`.
    pub config: Config,
    /// Functions that stay imported, for a host to provide. `_initialize` can't call one while a snapshot is taken.
    pub keep: Vec<Keep>,
}

/// A module that imports nothing, but for what it was told to [keep](Options::keep).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Sealed {
    /// Its bytes.
    pub wasm: Vec<u8>,
    /// What it says about how it was made.
    pub note: Note,
}

/// Seals a module: the same bytes and options give the same bytes.
///
/// It need not be a guest; whether the result is one, a host says that loads it.
pub fn seal(wasm: &[u8], options: &Options) -> Result<Sealed, SealError> {
    let specimen = Specimen::compile(wasm, &options.config)?;
    let outline = specimen.outline();
    let exports = |name| outline.exports.iter().any(|export| export.name == name);
    if exports("_start") && !exports(INITIALIZE) {
        return Err(SealError::Command);
    }
    let stand_ins = StandIns::new()?;
    let answers = stand_ins.answers(&outline.imports, &options.keep)?;
    let answered = outline.imports.iter().zip(&answers).filter(|(_, answer)| answer.is_some());
    let mut names: Vec<_> = answered.map(|(import, _)| format!("{}.{}", import.module, import.name)).collect();
    names.sort_unstable();
    names.dedup();

    let sealed = sealed(wasm, &stand_ins, &answers, names, options)?;
    // Nothing that this crate makes should be refused here, but for a limit that one function more exceeds.
    Specimen::compile(&sealed.wasm, &options.config)?;
    Ok(sealed)
}

fn sealed(
    wasm: &[u8],
    stand_ins: &StandIns,
    answers: &[Option<u32>],
    names: Vec<String>,
    options: &Options,
) -> Result<Sealed, SealError> {
    let parts = Parts::of(wasm)?;
    let (panic_address, exports_panic) = room(&parts, stand_ins, answers)?;
    let mut walk = Walk::new(&parts, stand_ins, answers);
    walk.roots(&[])?;
    if let Some(start) = parts.start {
        walk.function(start);
    }
    if answers.iter().any(Option::is_some) {
        for always in [stand_ins.memory_size, stand_ins.memory_grow, stand_ins.leave] {
            walk.stand_in(always);
        }
    }
    let note = Note::new(wasm, None, names);
    let has_work = parts.start.is_some() || exports_function(&parts, INITIALIZE);
    let frozen = options.snapshot && has_work;
    let plan = Plan {
        parts: &parts,
        stand_ins,
        answers,
        reached: walk.finish(|_| ())?,
        panic_address,
        exports_panic,
        state: None,
        shown: &[],
        note: (!frozen).then(|| note.clone()),
    };
    let sealed = plan.build()?;
    if frozen { freeze(&sealed, stand_ins, note, options) } else { Ok(Sealed { wasm: sealed, note }) }
}

/// Runs `_initialize` of a module that imports nothing but what is kept, and makes what it leaves the module's beginning.
fn freeze(wasm: &[u8], stand_ins: &StandIns, note: Note, options: &Options) -> Result<Sealed, SealError> {
    let parts = Parts::of(wasm)?;
    let (state, fuel) = snapshot::take(wasm, &parts, stand_ins, options)?;
    let kept = vec![None; parts.imported as usize];
    let mut walk = Walk::new(&parts, stand_ins, &kept);
    walk.roots(&[INITIALIZE])?;
    let note = Note { snapshot: Some(fuel), ..note };
    let plan = Plan {
        parts: &parts,
        stand_ins,
        answers: &kept,
        reached: walk.finish(|_| ())?,
        panic_address: 0,
        exports_panic: false,
        state: Some(state),
        shown: &[],
        note: Some(note.clone()),
    };
    Ok(Sealed { wasm: plan.build()?, note })
}

fn exports_function(parts: &Parts<'_>, name: &str) -> bool {
    let mut exports = parts.exports.iter().cloned().flatten().filter_map(Result::ok);
    exports.any(|export| export.kind == ExternalKind::Func && export.name == name)
}

/// Sees whether there is room for the stand-ins: a page of memory, and eight bytes whose address is fixed, for address and
/// length of a panic's text. Says where those are, and whether they are to be exported.
fn room(parts: &Parts<'_>, stand_ins: &StandIns, answers: &[Option<u32>]) -> Result<(u32, bool), SealError> {
    if answers.iter().all(Option::is_none) {
        return Ok((0, false));
    }
    let memory = parts.memory.ok_or(SealError::NoMemory)?;
    if memory.initial >= merge::MAX_PAGES {
        return Err(SealError::FullMemory { pages: memory.initial });
    }
    let own = own_panic(parts)?;
    let mut walk = Walk::new(parts, stand_ins, answers);
    for answer in answers.iter().flatten() {
        walk.stand_in(*answer);
    }
    let has_text = walk.finish(|_| ())?.stand_ins[StandIns::PANIC_ADDRESS as usize];
    for segment in parts.data.iter().cloned().flatten() {
        let segment = segment?;
        let DataKind::Active { offset_expr, .. } = segment.kind else { continue };
        let (Some(address), bytes) = (constant(&offset_expr)?, segment.data.len() as u64) else { continue };
        if u64::from(address) + bytes > memory.initial << 16 {
            return Err(SealError::DataOutside { address, bytes });
        }
        if has_text && own.is_none() && address < 8 && bytes > 0 {
            return Err(SealError::LowData { address });
        }
    }
    Ok((own.unwrap_or(0), has_text && own.is_none()))
}

/// The address that a module exports itself for the text of a panic.
fn own_panic(parts: &Parts<'_>) -> Result<Option<u32>, SealError> {
    for export in parts.exports.iter().cloned().flatten() {
        let export = export?;
        if export.name == export::PANIC && export.kind == ExternalKind::Global {
            let global = parts.globals.iter().cloned().flatten().nth(export.index as usize).transpose()?;
            return global.map_or(Ok(None), |global| constant(&global.init_expr));
        }
    }
    Ok(None)
}

/// The value of an expression that is a constant of type `i32`.
fn constant(expression: &wasmparser::ConstExpr<'_>) -> Result<Option<u32>, SealError> {
    match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(Some(value.cast_unsigned())),
        _ => Ok(None),
    }
}
