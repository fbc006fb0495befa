use super::{Diagnostic, DirectiveInfo, File, Input, Kind, LoadInfo, RunInfo};
use crate::wire::structs;
use alloc::vec::Vec;

structs! {
    /// The argument of `setup`, which is called once in a run, before all directories.
    pub struct SetupRequest {
        /// What holds for the whole run.
        run: RunInfo,
        /// Files of the root directory that match inputs for `setup`, and with the reach `Below` those of all directories.
        files: Vec<File> [sorted 1],
    }

    /// The result of `setup`: what holds in this run in the place of what the manifest says of it.
    pub struct Catalogue {
        /// The kinds of rules that the guest generates, now or in the past (Gazelle: `Kinds`).
        kinds: Vec<Kind> [sorted 1],
        /// Where these kinds are loaded from (Gazelle: `ApparentLoads`).
        loads: Vec<LoadInfo>,
        /// The directives that the guest understands (Gazelle: `KnownDirectives`).
        directives: Vec<DirectiveInfo> [sorted 1],
        /// What the guest wants to know of which files, and in which methods.
        inputs: Vec<Input>,
        /// What the user should know.
        diagnostics: Vec<Diagnostic>,
    }
}
