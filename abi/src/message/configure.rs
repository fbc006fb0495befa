use super::{BuildFile, Diagnostic, Directive, File};
use crate::wire::{Bytes, enums, structs};
use alloc::{string::String, vec::Vec};

structs! {
    /// The argument of `configure`, which is called for each directory after its parent (Gazelle: `Configurer.Configure`).
    pub struct ConfigureRequest {
        /// Path of the directory.
        rel: String,
        /// The parent directory's state; empty in the root directory.
        parent: Bytes,
        /// What holds for the whole run; only in the root directory.
        root: Option<Root>,
        /// The directory's directives that the guest's manifest names, in the order of the file.
        directives: Vec<Directive>,
        /// The directory's BUILD file, if it has one.
        build_file: Option<BuildFile>,
        /// Files that match `configure_inputs`.
        files: Vec<File> [sorted 1],
    }

    /// What holds for the whole run.
    pub struct Root {
        /// What the user asked for.
        command: Command,
        /// Name of the repository; may be empty.
        repo_name: String,
        /// The modules of MODULE.bazel that this one depends on, and this one itself.
        modules: Vec<Module> [sorted 1],
        /// Values of the flags in the guest's manifest, those left at their default included.
        flags: Vec<FlagValue>,
        /// The names of all languages of this run, in their order.
        languages: Vec<String>,
    }

    /// A Bazel module.
    pub struct Module {
        /// Its name.
        name: String,
        /// The name that this repository knows it by (`repo_name` in MODULE.bazel), without `@`.
        apparent: String,
    }

    /// A value of a command line flag. A flag of type `Strings` has one entry for each of its values.
    pub struct FlagValue {
        /// The flag's name.
        name: String,
        /// Its value, as the manifest's type for it demands.
        value: String,
    }

    /// The result of `configure`.
    pub struct ConfigureResponse {
        /// What the guest wants to be told in every later call for this directory, and in `configure` for the
        /// directories in it. The host doesn't look into it.
        state: Bytes,
        /// What the user should know.
        diagnostics: Vec<Diagnostic>,
    }
}

enums! {
    /// What the user asked for.
    pub enum Command default Update {
        /// Update BUILD files, without changes that may break something.
        Update,
        /// Update BUILD files and repair deprecated usage (Gazelle: `Config.ShouldFix`).
        Fix,
    }
}
