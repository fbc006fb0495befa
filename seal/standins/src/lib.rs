//! What a sealed module has in the place of its imports: each function here that has a name of an import is a stand-in.
//!
//! ```text
//! stand_in!("wasi_snapshot_preview1.sched_yield", fn sched_yield() -> u32 { SUCCESS });
//! ```
//!
//! `seal/build` compiles this crate into `seal/src/standins.wasm`; `dorcas-seal` takes the functions that a module needs out
//! of it and puts them into the module. There they work in the module's own memory, whose layout nobody knows. So nothing
//! here may have an address: no static data, no string or table, no local that has to be in memory. What has to be kept is
//! in `region`, one page behind the memory that the module believes to have. The tests of `dorcas-seal` refuse a build that
//! has data or a stack.
//!
//! A file a question: [`files`] is what is in the file system, [`paths`] how a name leads to it, [`descriptors`] what is done
//! with open files, [`clock`] what time it is, [`output`] what becomes of text, [`process`] arguments, randomness and the
//! end, [`growth`] how the module's memory grows, [`script`] what AssemblyScript imports.
#![cfg_attr(target_arch = "wasm32", no_std)]
// Addresses are 32 bits wide in a module; elsewhere this is compiled for the lints' sake alone.
#![allow(clippy::cast_possible_truncation)]
// Names and types are those of the imports that these functions stand for.
#![allow(clippy::too_many_arguments, clippy::similar_names)]
// The name of a language.
#![allow(clippy::doc_markdown)]

/// A function that stands for an import of that name.
macro_rules! stand_in {
    ($import:literal, fn $name:ident($($param:ident: $ty:ty),* $(,)?) $(-> $result:ty)? $body:block) => {
        #[cfg_attr(target_arch = "wasm32", unsafe(export_name = $import))]
        pub extern "C" fn $name($($param: $ty),*) $(-> $result)? $body
    };
}

pub mod clock;
pub mod descriptors;
pub mod errno;
pub mod files;
pub mod growth;
mod memory;
pub mod output;
pub mod paths;
pub mod process;
mod region;
pub mod script;

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
