use crate::wire::{enums, structs};
use alloc::{string::String, vec::Vec};

/// Most positions and groups of one regular expression, times the numbers of its groups (`manifest.pattern-size`).
pub const MAX_PATTERN_CELLS: u32 = 262_144;

/// Most bytes of all regular expressions of one input (`manifest.pattern-size`).
pub const MAX_PATTERN_BYTES: u32 = 64 << 10;

/// Most positions of all regular expressions of one input, and most groups, repetitions with a count written out
/// (`manifest.pattern-size`).
pub const MAX_PATTERN_POSITIONS: u32 = 8192;

/// Most groups, repetitions and alternatives within each other in a regular expression (`manifest.pattern-size`).
pub const MAX_PATTERN_DEPTH: u32 = 100;

structs! {
    /// The argument of `manifest`.
    pub struct ManifestRequest {
        /// Name and version of the host, for the guest's own messages. A manifest must not depend on it.
        host: String,
    }

    /// What a guest is, and what it asks of the host. A guest without `manifest` has no kinds, loads, directives
    /// and flags, and sees the name of every regular file.
    pub struct Manifest {
        /// The guest's own version, for people; any text.
        version: String,
        /// The kinds of rules that the guest generates, now or in the past (Gazelle: `Kinds`).
        kinds: Vec<Kind> [sorted 1],
        /// Where these kinds are loaded from (Gazelle: `ApparentLoads`).
        loads: Vec<LoadInfo>,
        /// The directives that the guest understands (Gazelle: `KnownDirectives`).
        directives: Vec<DirectiveInfo> [sorted 1],
        /// The command line flags that the guest understands (Gazelle: `RegisterFlags`).
        flags: Vec<Flag> [sorted 1],
        /// What the guest wants to know of which files, and in which methods. For each file, of the inputs for a method that
        /// reach it the first whose glob matches decides; a file that none matches is not shown.
        inputs: Vec<Input>,
        /// Whether calls depend on earlier calls. Such a guest gets one instance and its calls in order;
        /// nothing is memoised or run in parallel.
        stateful: bool,
        /// Whether the guest has nothing to say of a directory that has nothing for it. The host then leaves out the
        /// calls that `host.quiet` describes.
        quiet: bool,
    }

    /// A kind of rule, and how rules of that kind are matched and merged (Gazelle: `rule.KindInfo`).
    pub struct Kind {
        /// Its name, `proto_library`.
        name: String [non_empty],
        /// Whether a generated rule matches the only rule of its kind in a file, whatever their attributes.
        match_any: bool,
        /// Attributes by which rules match, tried in this order.
        match_attrs: Vec<String>,
        /// Attributes of which one is enough to keep a rule from being deleted.
        non_empty_attrs: Vec<String> [sorted 1],
        /// Attributes in which the name of a generated rule is replaced by the name of the rule it matched.
        substitute_attrs: Vec<String> [sorted 1],
        /// Attributes that are merged after `generate_rules`.
        mergeable_attrs: Vec<String> [sorted 1],
        /// Attributes that are merged after `resolve`.
        resolve_attrs: Vec<String> [sorted 1],
    }

    /// A file that defines kinds (Gazelle: `rule.LoadInfo`).
    pub struct LoadInfo {
        /// The Bazel module that has the file, `protobuf`; empty for a file of this repository. The host puts the
        /// module's apparent name, as MODULE.bazel gives it, in front of `file`.
        module: String,
        /// The repository's name where MODULE.bazel doesn't have the module, `com_google_protobuf`; without `@`.
        repo: String,
        /// The file's label within its repository, `//bazel:proto_library.bzl`.
        file: String [non_empty],
        /// What it defines.
        symbols: Vec<String> [sorted 1],
        /// Symbols after whose use the load statement has to stand.
        after: Vec<String>,
    }

    /// A directive that a guest understands: `# gazelle:name value`.
    pub struct DirectiveInfo {
        /// Its name.
        name: String [non_empty],
        /// What it does, in a line.
        help: String,
    }

    /// A command line flag that a guest understands: `-name value`.
    pub struct Flag {
        /// Its name, without dashes.
        name: String [non_empty],
        /// What values it takes.
        ty: FlagType,
        /// Its value where the command line doesn't have it; meaningless for `Strings`.
        default: String,
        /// What it does, in a line.
        help: String,
    }

    /// What a guest wants to know of which files.
    pub struct Input {
        /// A glob over the path relative to the directory; with the reach `Above` and `Root` relative to that of these
        /// directories which the file is in. `?`, `*`, `[...]` and `{a,b}` don't match `/`, `**` does.
        glob: String [non_empty],
        /// In which directories files are looked for.
        reach: Reach,
        /// What the guest is told of a file that matches.
        want: Want,
        /// Which methods are told.
        methods: Methods,
    }

    /// Methods that can be told of files. One that isn't exported, or that isn't called, is told nothing.
    pub struct Methods {
        /// `setup`: of the root directory, whatever the reach, and with `Below` of all directories.
        setup: bool,
        /// `configure`.
        configure: bool,
        /// `fix`.
        fix: bool,
        /// `generate_rules`.
        generate_rules: bool,
        /// `imports`, also in directories that are only indexed.
        imports: bool,
    }
}

impl Methods {
    const NONE: Self = Self { setup: false, configure: false, fix: false, generate_rules: false, imports: false };
    /// `setup` alone.
    pub const SETUP: Self = Self { setup: true, ..Self::NONE };
    /// `configure` alone.
    pub const CONFIGURE: Self = Self { configure: true, ..Self::NONE };
    /// `fix` alone.
    pub const FIX: Self = Self { fix: true, ..Self::NONE };
    /// `generate_rules` alone.
    pub const GENERATE_RULES: Self = Self { generate_rules: true, ..Self::NONE };
    /// `imports` alone.
    pub const IMPORTS: Self = Self { imports: true, ..Self::NONE };
}

enums! {
    /// The values that a flag takes.
    pub enum FlagType default Bool {
        /// `true` or `false`; the flag alone means `true`.
        Bool,
        /// One string.
        String,
        /// A decimal integer in the range of an `i64`.
        Int,
        /// Any number of strings; the flag may be repeated.
        Strings,
    }

    /// In which directories files are looked for. A directory that has no package of its own, by `generation_mode`, is a
    /// part of the one above it.
    pub enum Reach default Here {
        /// In the directory that the call is about. The files are in `files` of the request.
        Here,
        /// In this directory and all below it, whether or not these have a BUILD file. The files are in `files` too.
        Below,
        /// In this directory and those that it is in. The files are in `above` of the request.
        Above,
        /// In the root directory alone. The files are in `above` too.
        Root,
    }

    /// What a guest is told of a file.
    pub enum Want default Name {
        /// Its name alone.
        Name,
        /// All its bytes.
        Content,
        /// Where these regular expressions match, as if they were joined by `|`: from left to right, without
        /// overlap, at each place the first one that matches. A match of an expression without groups is
        /// passed over and not told; that is how to skip comments. The dialect is in `manifest.patterns`.
        Matches(Vec<String>),
        /// What the guest's own `scan` makes of its content. The host calls that once for the same content, and keeps the
        /// answer from run to run.
        Scan,
    }
}
