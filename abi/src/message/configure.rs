use super::{BuildFile, Diagnostic, Directive, File, Provided};
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
        run: Option<RunInfo>,
        /// The directory's directives that the guest's manifest names, in the order of the file.
        directives: Vec<Directive>,
        /// The directory's BUILD file, if it has one.
        build_file: Option<BuildFile>,
        /// Files that match inputs with the reach `Here` or `Below`.
        files: Vec<File> [sorted 1],
        /// Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the
        /// nearest directory stand first.
        above: Vec<File>,
    }

    /// What holds for the whole run.
    pub struct RunInfo {
        /// What the user asked for.
        command: Command,
        /// Name of the repository; may be empty.
        repo_name: String,
        /// Base name of the directory that is the root of the repository. It differs from checkout to checkout.
        root_name: String,
        /// The names that a BUILD file may have in the root directory, the one for new files first.
        build_file_names: Vec<String>,
        /// Which directories are in the index.
        indexing: Indexing,
        /// The modules of MODULE.bazel that this one depends on, and this one itself.
        modules: Vec<BazelModule> [sorted 1],
        /// Values of the flags in the guest's manifest, those left at their default included.
        flags: Vec<FlagValue>,
        /// The names of all languages of this run, in their order.
        languages: Vec<String>,
    }

    /// A Bazel module.
    pub struct BazelModule {
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
        /// What can be imported in this directory, and in those in it, without a rule of this repository that stands for
        /// it. The host looks it up, and puts it in no request but as an answer.
        provided: Vec<Provided> [sorted 3],
        /// What the user should know.
        diagnostics: Vec<Diagnostic>,
    }
}

enums! {
    /// Which directories are in the index (Gazelle: `-index`).
    pub enum Indexing default All {
        /// All of the repository.
        All,
        /// Those that are updated, and those that `rels_to_index` names.
        Lazy,
        /// There is no index.
        None,
    }

    /// What the user asked for.
    pub enum Command default Update {
        /// Update BUILD files, without changes that may break something.
        Update,
        /// Update BUILD files and repair deprecated usage (Gazelle: `Config.ShouldFix`).
        Fix,
    }
}
