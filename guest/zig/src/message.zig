//! The messages of version 1 of the ABI. Generated from abi/schema.json by `cargo run -p dorcas-generate`: don't edit.
//!
//! Names are Zig's: a variant `SortedStrings` is `.sorted_strings`. What a Zig type can't say stands in `wire` beside it:
//! which texts may not be empty, which are bytes, and by how many texts a list is sorted. Nothing is copied when a
//! message is read: texts and bytes lie in the argument.

/// What can be said about a field beside its type.
pub const Note = struct {
    /// What a `[]const u8` in it is.
    leaf: enum { text, non_empty, bytes } = .text,
    /// By how many of its first texts each item of the list is ordered; 0 where any order will do.
    sorted_by: u8 = 0,
};

/// What each method but `lang_name` returns.
pub fn Reply(comptime T: type) type {
    return union(enum) { ok: T, err: GuestError };
}

/// A guest's own error: the call did not work out, and nothing of it counts.
pub const GuestError = struct {
    /// 1: the request could not be decoded. 2: the guest doesn't support what was asked. 3: it failed inside, by a panic that it caught for instance. 4: the run must end, and nothing may be written. Others below 1000 are reserved; from 1000 on they are the guest's own.
    code: u32 = 0,
    /// What happened, for people.
    message: []const u8 = "",

    pub const wire = .{
        .message = Note{ .leaf = .non_empty },
    };
};

/// Something that the user should know; the result counts all the same (Gazelle: `log.Print`).
pub const Diagnostic = struct {
    /// How grave it is.
    severity: Severity,
    /// What it is, in a line.
    message: []const u8 = "",
    /// The file it is about, relative to the directory; `None` if it is about the directory, or about a place that says which file is meant.
    file: ?[]const u8 = null,
    /// Where in the file.
    position: Position = .unknown,

    pub const wire = .{
        .message = Note{ .leaf = .non_empty },
    };
};

/// How grave a diagnostic is.
pub const Severity = enum {
    /// The user has to do something: the run's exit status is not 0.
    @"error",
    /// The user may want to do something.
    warning,
    /// Good to know.
    note,
};

/// A place in a file.
pub const Position = union(enum) {
    /// The file as a whole.
    unknown,
    /// A line, from 1.
    line: u32,
    /// A byte, from 0; the host finds the line.
    offset: u32,
    /// A match, by its index in the file's `Matches` in the request, in `resolve` in that of `generate_rules`; the host finds the line.
    match_index: u32,
    /// A directive, by its index among the directory's directives that the guest's manifest names; the host finds file and line. The diagnostic has no `file`.
    directive_index: u32,
    /// A rule, by its index in the `build_file` of the request; the host finds file and line. The diagnostic has no `file`.
    rule_index: u32,
};

/// The argument of `manifest`.
pub const ManifestRequest = struct {
    /// Name and version of the host, for the guest's own messages. A manifest must not depend on it.
    host: []const u8 = "",
};

/// What a guest is, and what it asks of the host. A guest without `manifest` has no kinds, loads, directives and flags, and sees the name of every regular file.
pub const Manifest = struct {
    /// The guest's own version, for people; any text.
    version: []const u8 = "",
    /// The kinds of rules that the guest generates, now or in the past (Gazelle: `Kinds`).
    kinds: []const Kind = &.{},
    /// Where these kinds are loaded from (Gazelle: `ApparentLoads`).
    loads: []const LoadInfo = &.{},
    /// The directives that the guest understands (Gazelle: `KnownDirectives`).
    directives: []const DirectiveInfo = &.{},
    /// The command line flags that the guest understands (Gazelle: `RegisterFlags`).
    flags: []const Flag = &.{},
    /// What the guest wants to know of which files, and in which methods. For each file, of the inputs for a method that reach it the first whose glob matches decides; a file that none matches is not shown.
    inputs: []const Input = &.{},
    /// Whether calls depend on earlier calls. Such a guest gets one instance and its calls in order; nothing is memoised or run in parallel.
    stateful: bool = false,
    /// Whether the guest has nothing to say of a directory that has nothing for it. The host then leaves out the calls that `host.quiet` describes.
    quiet: bool = false,

    pub const wire = .{
        .kinds = Note{ .sorted_by = 1 },
        .directives = Note{ .sorted_by = 1 },
        .flags = Note{ .sorted_by = 1 },
    };
};

/// A kind of rule, and how rules of that kind are matched and merged (Gazelle: `rule.KindInfo`).
pub const Kind = struct {
    /// Its name, `proto_library`.
    name: []const u8 = "",
    /// Whether a generated rule matches the only rule of its kind in a file, whatever their attributes.
    match_any: bool = false,
    /// Attributes by which rules match, tried in this order.
    match_attrs: []const []const u8 = &.{},
    /// Attributes of which one is enough to keep a rule from being deleted.
    non_empty_attrs: []const []const u8 = &.{},
    /// Attributes in which the name of a generated rule is replaced by the name of the rule it matched.
    substitute_attrs: []const []const u8 = &.{},
    /// Attributes that are merged after `generate_rules`.
    mergeable_attrs: []const []const u8 = &.{},
    /// Attributes that are merged after `resolve`.
    resolve_attrs: []const []const u8 = &.{},

    pub const wire = .{
        .name = Note{ .leaf = .non_empty },
        .non_empty_attrs = Note{ .sorted_by = 1 },
        .substitute_attrs = Note{ .sorted_by = 1 },
        .mergeable_attrs = Note{ .sorted_by = 1 },
        .resolve_attrs = Note{ .sorted_by = 1 },
    };
};

/// A file that defines kinds (Gazelle: `rule.LoadInfo`).
pub const LoadInfo = struct {
    /// The Bazel module that has the file, `protobuf`; empty for a file of this repository. The host puts the module's apparent name, as MODULE.bazel gives it, in front of `file`.
    module: []const u8 = "",
    /// The repository's name where MODULE.bazel doesn't have the module, `com_google_protobuf`; without `@`.
    repo: []const u8 = "",
    /// The file's label within its repository, `//bazel:proto_library.bzl`.
    file: []const u8 = "",
    /// What it defines.
    symbols: []const []const u8 = &.{},
    /// Symbols after whose use the load statement has to stand.
    after: []const []const u8 = &.{},

    pub const wire = .{
        .file = Note{ .leaf = .non_empty },
        .symbols = Note{ .sorted_by = 1 },
    };
};

/// A directive that a guest understands: `# gazelle:name value`.
pub const DirectiveInfo = struct {
    /// Its name.
    name: []const u8 = "",
    /// What it does, in a line.
    help: []const u8 = "",

    pub const wire = .{
        .name = Note{ .leaf = .non_empty },
    };
};

/// A command line flag that a guest understands: `-name value`.
pub const Flag = struct {
    /// Its name, without dashes.
    name: []const u8 = "",
    /// What values it takes.
    ty: FlagType,
    /// Its value where the command line doesn't have it; meaningless for `Strings`.
    default: []const u8 = "",
    /// What it does, in a line.
    help: []const u8 = "",

    pub const wire = .{
        .name = Note{ .leaf = .non_empty },
    };
};

/// The values that a flag takes.
pub const FlagType = enum {
    /// `true` or `false`; the flag alone means `true`.
    bool,
    /// One string.
    string,
    /// A decimal integer in the range of an `i64`.
    int,
    /// Any number of strings; the flag may be repeated.
    strings,
};

/// What a guest wants to know of which files.
pub const Input = struct {
    /// A glob over the path relative to the directory; with the reach `Above` and `Root` relative to that of these directories which the file is in. `?`, `*`, `[...]` and `{a,b}` don't match `/`, `**` does.
    glob: []const u8 = "",
    /// In which directories files are looked for.
    reach: Reach = .here,
    /// What the guest is told of a file that matches.
    want: Want,
    /// Which methods are told.
    methods: Methods = .{},

    pub const wire = .{
        .glob = Note{ .leaf = .non_empty },
    };
};

/// In which directories files are looked for. A directory that has no package of its own, by `generation_mode`, is a part of the one above it.
pub const Reach = enum {
    /// In the directory that the call is about. The files are in `files` of the request.
    here,
    /// In this directory and all below it, whether or not these have a BUILD file. The files are in `files` too.
    below,
    /// In this directory and those that it is in. The files are in `above` of the request.
    above,
    /// In the root directory alone. The files are in `above` too.
    root,
};

/// What a guest is told of a file.
pub const Want = union(enum) {
    /// Its name alone.
    name,
    /// All its bytes.
    content,
    /// Where these regular expressions match, as if they were joined by `|`: from left to right, without overlap, at each place the first one that matches. A match of an expression without groups is passed over and not told; that is how to skip comments. The dialect is in `manifest.patterns`.
    matches: []const []const u8,
    /// What the guest's own `scan` makes of its content. The host calls that once for the same content, and keeps the answer from run to run.
    scan,
};

/// Methods that can be told of files. One that isn't exported, or that isn't called, is told nothing.
pub const Methods = struct {
    /// `setup`: of the root directory, whatever the reach, and with `Below` of all directories.
    setup: bool = false,
    /// `configure`.
    configure: bool = false,
    /// `fix`.
    fix: bool = false,
    /// `generate_rules`.
    generate_rules: bool = false,
    /// `imports`, also in directories that are only indexed.
    imports: bool = false,
};

/// The argument of `setup`, which is called once in a run, before all directories.
pub const SetupRequest = struct {
    /// What holds for the whole run.
    run: RunInfo,
    /// Files of the root directory that match inputs for `setup`, and with the reach `Below` those of all directories.
    files: []const File = &.{},

    pub const wire = .{
        .files = Note{ .sorted_by = 1 },
    };
};

/// The result of `setup`: what holds in this run in the place of what the manifest says of it.
pub const Catalogue = struct {
    /// The kinds of rules that the guest generates, now or in the past (Gazelle: `Kinds`).
    kinds: []const Kind = &.{},
    /// Where these kinds are loaded from (Gazelle: `ApparentLoads`).
    loads: []const LoadInfo = &.{},
    /// The directives that the guest understands (Gazelle: `KnownDirectives`).
    directives: []const DirectiveInfo = &.{},
    /// What the guest wants to know of which files, and in which methods.
    inputs: []const Input = &.{},
    /// What the user should know.
    diagnostics: []const Diagnostic = &.{},

    pub const wire = .{
        .kinds = Note{ .sorted_by = 1 },
        .directives = Note{ .sorted_by = 1 },
    };
};

/// The argument of `scan`, which is called for a file that an input wants `Scan` of.
pub const ScanRequest = struct {
    /// Base name of the file.
    name: []const u8 = "",
    /// All its bytes.
    content: []const u8 = "",

    pub const wire = .{
        .name = Note{ .leaf = .non_empty },
        .content = Note{ .leaf = .bytes },
    };
};

/// The result of `scan`.
pub const ScanResponse = struct {
    /// What the guest wants to be told of the file in the other methods. The host doesn't look into it.
    facts: []const u8 = "",
    /// What the user should know. The `file` of one is the `name` of the request, if it has any.
    diagnostics: []const Diagnostic = &.{},

    pub const wire = .{
        .facts = Note{ .leaf = .bytes },
    };
};

/// The argument of `configure`, which is called for each directory after its parent (Gazelle: `Configurer.Configure`).
pub const ConfigureRequest = struct {
    /// Path of the directory.
    rel: []const u8 = "",
    /// The parent directory's state; empty in the root directory.
    parent: []const u8 = "",
    /// What holds for the whole run; only in the root directory.
    run: ?RunInfo = null,
    /// The directory's directives that the guest's manifest names, in the order of the file.
    directives: []const Directive = &.{},
    /// The directory's BUILD file, if it has one.
    build_file: ?BuildFile = null,
    /// Files that match inputs with the reach `Here` or `Below`.
    files: []const File = &.{},
    /// Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first.
    above: []const File = &.{},

    pub const wire = .{
        .parent = Note{ .leaf = .bytes },
        .files = Note{ .sorted_by = 1 },
    };
};

/// What holds for the whole run.
pub const RunInfo = struct {
    /// What the user asked for.
    command: Command,
    /// Name of the repository; may be empty.
    repo_name: []const u8 = "",
    /// Base name of the directory that is the root of the repository. It differs from checkout to checkout.
    root_name: []const u8 = "",
    /// The names that a BUILD file may have in the root directory, the one for new files first.
    build_file_names: []const []const u8 = &.{},
    /// Which directories are in the index.
    indexing: Indexing,
    /// The modules of MODULE.bazel that this one depends on, and this one itself.
    modules: []const BazelModule = &.{},
    /// Values of the flags in the guest's manifest, those left at their default included.
    flags: []const FlagValue = &.{},
    /// The names of all languages of this run, in their order.
    languages: []const []const u8 = &.{},

    pub const wire = .{
        .modules = Note{ .sorted_by = 1 },
    };
};

/// What the user asked for.
pub const Command = enum {
    /// Update BUILD files, without changes that may break something.
    update,
    /// Update BUILD files and repair deprecated usage (Gazelle: `Config.ShouldFix`).
    fix,
};

/// Which directories are in the index (Gazelle: `-index`).
pub const Indexing = enum {
    /// All of the repository.
    all,
    /// Those that are updated, and those that `rels_to_index` names.
    lazy,
    /// There is no index.
    none,
};

/// A Bazel module.
pub const BazelModule = struct {
    /// Its name.
    name: []const u8 = "",
    /// The name that this repository knows it by (`repo_name` in MODULE.bazel), without `@`.
    apparent: []const u8 = "",
};

/// A value of a command line flag. A flag of type `Strings` has one entry for each of its values.
pub const FlagValue = struct {
    /// The flag's name.
    name: []const u8 = "",
    /// Its value, as the manifest's type for it demands.
    value: []const u8 = "",
};

/// The result of `configure`.
pub const ConfigureResponse = struct {
    /// What the guest wants to be told in every later call for this directory, and in `configure` for the directories in it. The host doesn't look into it.
    state: []const u8 = "",
    /// What can be imported in this directory, and in those in it, without a rule of this repository that stands for it. The host looks it up, and puts it in no request but as an answer.
    provided: []const Provided = &.{},
    /// What the user should know.
    diagnostics: []const Diagnostic = &.{},

    pub const wire = .{
        .state = Note{ .leaf = .bytes },
        .provided = Note{ .sorted_by = 3 },
    };
};

/// Something that can be imported and that no rule of this repository need stand for: a package of another repository, a file.
pub const Provided = struct {
    /// What a source file says to import it.
    import: ImportSpec,
    /// The absolute label to depend on.
    label: []const u8 = "",
    /// What a guest wants to be told with the label. The host doesn't look into it.
    payload: []const u8 = "",

    pub const wire = .{
        .label = Note{ .leaf = .non_empty },
        .payload = Note{ .leaf = .bytes },
    };
};

/// A BUILD file as its directory's guests see it.
pub const BuildFile = struct {
    /// The file's base name, `BUILD.bazel` or `BUILD`.
    name: []const u8 = "",
    /// Its `load` statements, in the order of the file.
    loads: []const Load = &.{},
    /// Its rules, macro calls and `package()`, in the order of the file.
    rules: []const Rule = &.{},
    /// Its `# gazelle:` comments, in the order of the file, whichever language they are for.
    directives: []const Directive = &.{},
};

/// A `load` statement.
pub const Load = struct {
    /// The label of the file that is loaded, as written.
    name: []const u8 = "",
    /// What is loaded from it, in the order written.
    symbols: []const Symbol = &.{},
};

/// A symbol in a `load` statement.
pub const Symbol = struct {
    /// Its name where it is defined.
    from: []const u8 = "",
    /// Its name in this file; the same as `from` where it has no alias.
    to: []const u8 = "",
};

/// A `# gazelle:key value` comment.
pub const Directive = struct {
    /// What stands before the first space.
    key: []const u8 = "",
    /// The rest of the line, without spaces at its ends.
    value: []const u8 = "",
};

/// A call at the top of a BUILD file that has a kind: a rule, a macro, or `package`.
pub const Rule = struct {
    /// The kind as the guest's manifest spells it, `proto_library`. Where `map_kind` or `alias_kind` gives it another name in the file, the host translates in both directions.
    kind: []const u8 = "",
    /// The kind as the file spells it, `my_proto_library`; `None` if that is the same. Meaningless in a rule that a guest generates.
    written: ?[]const u8 = null,
    /// The `name` attribute; empty where there is none, as in `package()`.
    name: []const u8 = "",
    /// All other attributes.
    attrs: []const Attr = &.{},
    /// Positional arguments, as Starlark text.
    args: []const []const u8 = &.{},
    /// Comment lines above the rule, each with its `#`.
    comments: []const []const u8 = &.{},
    /// Whether the rule is marked `# keep`. Meaningless in a rule that a guest generates.
    keep: bool = false,

    pub const wire = .{
        .attrs = Note{ .sorted_by = 1 },
    };
};

/// An attribute of a rule.
pub const Attr = struct {
    /// Its name.
    name: []const u8 = "",
    /// Its value.
    value: Value,
    /// Comment lines above the attribute, each with its `#`.
    comments: []const []const u8 = &.{},

    pub const wire = .{
        .name = Note{ .leaf = .non_empty },
    };
};

/// The value of an attribute. There is no nesting: what doesn't fit is Starlark text.
pub const Value = union(enum) {
    /// `True` or `False`.
    bool: bool,
    /// An integer.
    int: i64,
    /// A string.
    string: []const u8,
    /// A list of strings, in the order given.
    strings: []const []const u8,
    /// A list of strings that the host puts in the order of buildifier's labels, without duplicates.
    sorted_strings: []const []const u8,
    /// A label, absolute or relative. The host writes it in its shortest form for the package it stands in.
    label: []const u8,
    /// A list of labels. The host shortens each, puts them in buildifier's order and drops duplicates.
    labels: []const []const u8,
    /// A dict of strings.
    string_dict: []const StringEntry,
    /// A dict of string lists.
    list_dict: []const ListEntry,
    /// `glob(include, exclude = exclude)`.
    glob: struct {
        /// Patterns of files that are meant.
        include: []const []const u8 = &.{},
        /// Patterns of files that are not; the argument is left out where the list is empty.
        exclude: []const []const u8 = &.{},
    },
    /// `select({condition: values})`.
    select: []const SelectBranch,
    /// Lists joined by `+`, in the order given.
    concat: []const Term,
    /// Any other expression, as Starlark text. A host that writes it parses it first.
    raw: []const u8,

    pub const wire = .{
        .string_dict = Note{ .sorted_by = 1 },
        .list_dict = Note{ .sorted_by = 1 },
        .select = Note{ .sorted_by = 1 },
        .raw = Note{ .leaf = .non_empty },
    };
};

/// An entry of a dict of strings.
pub const StringEntry = struct {
    /// The key.
    key: []const u8 = "",
    /// What it stands for.
    value: []const u8 = "",
};

/// An entry of a dict of string lists.
pub const ListEntry = struct {
    /// The key.
    key: []const u8 = "",
    /// What it stands for, in the order given.
    values: []const []const u8 = &.{},
};

/// A branch of a `select`.
pub const SelectBranch = struct {
    /// The label of a `config_setting`, or `//conditions:default`.
    condition: []const u8 = "",
    /// The strings that hold under this condition, in the order given.
    values: []const []const u8 = &.{},
};

/// A part of a sum of lists.
pub const Term = union(enum) {
    /// A list of strings, in the order given.
    strings: []const []const u8,
    /// `glob(include, exclude = exclude)`.
    glob: struct {
        /// Patterns of files that are meant.
        include: []const []const u8 = &.{},
        /// Patterns of files that are not; the argument is left out where the list is empty.
        exclude: []const []const u8 = &.{},
    },
    /// `select({condition: values})`.
    select: []const SelectBranch,

    pub const wire = .{
        .select = Note{ .sorted_by = 1 },
    };
};

/// A file, and what the guest asked to be told of it.
pub const File = struct {
    /// Path relative to the directory; in `above` from the root.
    name: []const u8 = "",
    /// What the manifest wants of it.
    data: FileData,

    pub const wire = .{
        .name = Note{ .leaf = .non_empty },
    };
};

/// What a guest is told of a file.
pub const FileData = union(enum) {
    /// Only that it is there.
    name,
    /// All its bytes.
    content: []const u8,
    /// Where the manifest's expressions match, from left to right.
    matches: []const Match,
    /// What `scan` has returned for it.
    facts: []const u8,
    /// `scan` has answered with an error, or not at all. The user is told so.
    failed,

    pub const wire = .{
        .content = Note{ .leaf = .bytes },
        .facts = Note{ .leaf = .bytes },
    };
};

/// A place where a regular expression matched.
pub const Match = struct {
    /// Index of the expression in the manifest's list.
    pattern: u32 = 0,
    /// Its groups in the order of their opening parentheses, group 1 first; none for a group that took no part.
    groups: []const ?[]const u8 = &.{},

    pub const wire = .{
        .groups = Note{ .leaf = .bytes },
    };
};

/// The argument of `fix`, which is called before rules are generated (Gazelle: `Fixer.Fix`).
pub const FixRequest = struct {
    /// Path of the directory.
    rel: []const u8 = "",
    /// What `configure` returned for it.
    state: []const u8 = "",
    /// The file that may need repair.
    build_file: BuildFile,
    /// Whether rules may be deleted and renamed (Gazelle: `Config.ShouldFix`). The host refuses such edits otherwise.
    should_fix: bool = false,
    /// Files that match inputs with the reach `Here` or `Below`.
    files: []const File = &.{},
    /// Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first.
    above: []const File = &.{},

    pub const wire = .{
        .state = Note{ .leaf = .bytes },
        .files = Note{ .sorted_by = 1 },
    };
};

/// The result of `fix`.
pub const FixResponse = struct {
    /// What to change, one after the other.
    edits: []const Edit = &.{},
    /// What the user should know.
    diagnostics: []const Diagnostic = &.{},
};

/// A change of a BUILD file. Rules and loads are named by their index in the request, whatever the edits before have done.
pub const Edit = union(enum) {
    /// Gives a rule another kind.
    set_kind: struct {
        /// Index of the rule.
        rule: u32 = 0,
        /// Its new kind.
        kind: []const u8 = "",

        pub const wire = .{
            .kind = Note{ .leaf = .non_empty },
        };
    },
    /// Gives a rule another name.
    set_name: struct {
        /// Index of the rule.
        rule: u32 = 0,
        /// Its new name.
        name: []const u8 = "",

        pub const wire = .{
            .name = Note{ .leaf = .non_empty },
        };
    },
    /// Sets an attribute.
    set_attr: struct {
        /// Index of the rule.
        rule: u32 = 0,
        /// The attribute.
        attr: Attr,
    },
    /// Takes an attribute away, if it is there.
    delete_attr: struct {
        /// Index of the rule.
        rule: u32 = 0,
        /// Name of the attribute.
        name: []const u8 = "",

        pub const wire = .{
            .name = Note{ .leaf = .non_empty },
        };
    },
    /// Deletes a rule.
    delete_rule: struct {
        /// Index of the rule.
        rule: u32 = 0,
    },
    /// Puts a rule at the end of the file.
    append_rule: struct {
        /// The rule.
        rule: Rule,
    },
    /// Changes a load statement; one without symbols is deleted.
    set_load: struct {
        /// Index of the load statement.
        load: u32 = 0,
        /// Label of the file.
        name: []const u8 = "",
        /// What is loaded from it.
        symbols: []const Symbol = &.{},

        pub const wire = .{
            .name = Note{ .leaf = .non_empty },
        };
    },
    /// Puts a load statement in front of another. Those put in front of the same one stand in the order of the edits.
    insert_load: struct {
        /// Index of the load statement that it is put in front of; their number puts it behind the last one.
        load: u32 = 0,
        /// Label of the file.
        name: []const u8 = "",
        /// What is loaded from it.
        symbols: []const Symbol = &.{},

        pub const wire = .{
            .name = Note{ .leaf = .non_empty },
        };
    },
};

/// The argument of `generate_rules`, which is called for each directory after those in it (Gazelle: `Generator.Generate`).
pub const GenerateRequest = struct {
    /// Path of the directory.
    rel: []const u8 = "",
    /// What `configure` returned for it.
    state: []const u8 = "",
    /// The directory's BUILD file as `fix` has left it, if it has one.
    build_file: ?BuildFile = null,
    /// Files that match inputs with the reach `Here` (Gazelle: `RegularFiles`) or `Below`.
    files: []const File = &.{},
    /// Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first.
    above: []const File = &.{},
    /// Names of the directories in this one (Gazelle: `Subdirs`).
    subdirs: []const []const u8 = &.{},
    /// Names of the files that rules of the BUILD file, and rules generated by languages before this one, make (Gazelle: `GenFiles`).
    generated_files: []const []const u8 = &.{},
    /// Rules that languages before this one have generated here (Gazelle: `OtherGen`).
    other_rules: []const GeneratedRule = &.{},
    /// Rules that languages before this one have found to be empty here (Gazelle: `OtherEmpty`).
    other_empty: []const EmptyRule = &.{},
    /// The directories in this one of which `generate_rules` has returned a summary in this run that is not empty, and those that have failed in this run.
    children: []const Child = &.{},

    pub const wire = .{
        .state = Note{ .leaf = .bytes },
        .files = Note{ .sorted_by = 1 },
        .subdirs = Note{ .sorted_by = 1 },
        .generated_files = Note{ .sorted_by = 1 },
        .children = Note{ .sorted_by = 1 },
    };
};

/// A directory in another, and what is known of it there.
pub const Child = struct {
    /// Path relative to this one.
    name: []const u8 = "",
    /// Whether it has failed in this run. Its summary is then empty.
    failed: bool = false,
    /// What `generate_rules` has returned for it as `summary`.
    summary: []const u8 = "",

    pub const wire = .{
        .name = Note{ .leaf = .non_empty },
        .summary = Note{ .leaf = .bytes },
    };
};

/// The result of `generate_rules`.
pub const GenerateResponse = struct {
    /// Rules that should be in the BUILD file (Gazelle: `Gen`).
    rules: []const GeneratedRule = &.{},
    /// Rules that should not: rules that match them lose what they had been generated with, and go when nothing is left (Gazelle: `Empty`).
    empty: []const EmptyRule = &.{},
    /// Directories that have to be indexed before this one's rules are resolved (Gazelle: `RelsToIndex`).
    rels_to_index: []const []const u8 = &.{},
    /// What can be imported, from anywhere, and isn't told by `imports` of a rule. It is in the index like a rule.
    provided: []const Provided = &.{},
    /// What the guest wants to be told in the request for the directory that this one is in. The host doesn't look into it.
    summary: []const u8 = "",
    /// What the user should know.
    diagnostics: []const Diagnostic = &.{},

    pub const wire = .{
        .rels_to_index = Note{ .sorted_by = 1 },
        .provided = Note{ .sorted_by = 3 },
        .summary = Note{ .leaf = .bytes },
    };
};

/// A rule that a language has generated.
pub const GeneratedRule = struct {
    /// The rule.
    rule: Rule,
    /// Attributes that are not written but shown to the languages after this one, and in `imports` (Gazelle: private attributes).
    private: []const Attr = &.{},
    /// What the rule's sources import (Gazelle: `Imports`). The host looks each up before it calls `resolve`.
    imports: []const ImportSpec = &.{},
    /// What the guest wants to be told in `imports` and `resolve` of the rule. The host doesn't look into it.
    note: []const u8 = "",

    pub const wire = .{
        .private = Note{ .sorted_by = 1 },
        .imports = Note{ .sorted_by = 2 },
        .note = Note{ .leaf = .bytes },
    };
};

/// A rule that nothing is left to generate for.
pub const EmptyRule = struct {
    /// Its kind.
    kind: []const u8 = "",
    /// Its name.
    name: []const u8 = "",
    /// Attributes by which it may be matched.
    attrs: []const Attr = &.{},

    pub const wire = .{
        .kind = Note{ .leaf = .non_empty },
        .attrs = Note{ .sorted_by = 1 },
    };
};

/// Something that can be imported: a text as it stands in source code, and the language it stands in (Gazelle: `resolve.ImportSpec`). Its order is that of sorted lists.
pub const ImportSpec = struct {
    /// Name of the language in which the text means something.
    lang: []const u8 = "",
    /// The text: `google/protobuf/any.proto`.
    imp: []const u8 = "",
};

/// The argument of `imports`, which is called once for all rules of a directory that have one of the guest's kinds (Gazelle: `Indexer.Imports`).
pub const ImportsRequest = struct {
    /// Path of the directory.
    rel: []const u8 = "",
    /// What `configure` returned for it.
    state: []const u8 = "",
    /// The rules, in the order of the BUILD file.
    rules: []const ImportsRule = &.{},
    /// All other rules of the BUILD file, in its order.
    other_rules: []const Rule = &.{},
    /// Files that match inputs with the reach `Here` or `Below`.
    files: []const File = &.{},
    /// Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first.
    above: []const File = &.{},

    pub const wire = .{
        .state = Note{ .leaf = .bytes },
        .files = Note{ .sorted_by = 1 },
    };
};

/// A rule that may be imported.
pub const ImportsRule = struct {
    /// The rule as it is in the BUILD file after the first merge.
    rule: Rule,
    /// The private attributes that this guest's `generate_rules` gave it in this run; none if it did not generate it.
    private: []const Attr = &.{},
    /// The note that `generate_rules` gave it; empty if it did not generate it.
    note: []const u8 = "",

    pub const wire = .{
        .private = Note{ .sorted_by = 1 },
        .note = Note{ .leaf = .bytes },
    };
};

/// The result of `imports`.
pub const ImportsResponse = struct {
    /// One entry for each rule of the request, in the same order.
    rules: []const RuleImports = &.{},
};

/// How a rule can be imported.
pub const RuleImports = struct {
    /// Whether it can at all. A rule that can be is in the index even when no import names it.
    importable: bool = false,
    /// What a source file may say to import it.
    imports: []const ImportSpec = &.{},
    /// Labels of the rules that it embeds: these can no longer be imported themselves, and what they provide is found in this one.
    embeds: []const []const u8 = &.{},
    /// What a guest wants to be told with the label wherever the rule is found. The host doesn't look into it.
    payload: []const u8 = "",

    pub const wire = .{
        .imports = Note{ .sorted_by = 2 },
        .payload = Note{ .leaf = .bytes },
    };
};

/// The argument of `resolve`, which is called once for all rules that the guest has generated in a directory (Gazelle: `Resolver.Resolve`).
pub const ResolveRequest = struct {
    /// Path of the directory.
    rel: []const u8 = "",
    /// What `configure` returned for it.
    state: []const u8 = "",
    /// The rules, in the order of the response of `generate_rules`, as they are after the first merge.
    rules: []const ResolveRule = &.{},
    /// What the index knows: an entry for each import of these rules, asked for this guest's language, and for each query of earlier rounds.
    found: []const Lookup = &.{},
    /// 0 in the first call, one more after each `Need`.
    round: u32 = 0,

    pub const wire = .{
        .state = Note{ .leaf = .bytes },
        .found = Note{ .sorted_by = 3 },
    };
};

/// A rule to be resolved.
pub const ResolveRule = struct {
    /// The rule.
    rule: Rule,
    /// What its sources import, from `generate_rules`.
    imports: []const ImportSpec = &.{},
    /// The note that `generate_rules` left.
    note: []const u8 = "",

    pub const wire = .{
        .imports = Note{ .sorted_by = 2 },
        .note = Note{ .leaf = .bytes },
    };
};

/// What is known of an import.
pub const Lookup = struct {
    /// The question.
    query: Query,
    /// A label that the user has set for this import by a `resolve` or `resolve_regexp` directive. It goes before all else.
    override_label: ?[]const u8 = null,
    /// Where `matches` are from.
    origin: Origin,
    /// What provides it, by label; the asking rule itself may be among them. More than one is for the guest to choose from or to report.
    matches: []const Provider = &.{},
};

/// Where the answer to a query is from: the first of these places that has one.
pub const Origin = enum {
    /// Nothing provides it.
    nowhere,
    /// The index: rules, and what `generate_rules` of any directory has `provided`.
    index,
    /// What `configure` has `provided`, of the nearest directory.
    configure,
    /// The languages' `find`.
    find,
};

/// A question to the index. Its order is that of sorted lists.
pub const Query = struct {
    /// What is looked for.
    import: ImportSpec,
    /// Name of the language whose rules may be found (Gazelle: `lang` of `FindRulesByImport`).
    lang: []const u8 = "",
};

/// The result of `resolve`.
pub const ResolveResponse = union(enum) {
    /// All rules are resolved.
    resolved: struct {
        /// One entry for each rule of the request, in the same order.
        rules: []const ResolvedRule = &.{},
        /// What the user should know.
        diagnostics: []const Diagnostic = &.{},
    },
    /// The guest has further questions. The host calls `resolve` again with the same rules and all answers so far. The number of rounds is bounded (`resolve.rounds`).
    need: []const Query,

    pub const wire = .{
        .need = Note{ .sorted_by = 3 },
    };
};

/// What resolving has found out about a rule.
pub const ResolvedRule = struct {
    /// Attributes to set, `deps` for one.
    set: []const Attr = &.{},
    /// Names of attributes to take away.
    delete: []const []const u8 = &.{},

    pub const wire = .{
        .set = Note{ .sorted_by = 1 },
        .delete = Note{ .sorted_by = 1 },
    };
};

/// The argument of `find`, which is called for imports that the index doesn't have (Gazelle: `Finder.Find`, `CrossResolver`).
pub const FindRequest = struct {
    /// Path of the directory whose rules have the imports.
    rel: []const u8 = "",
    /// What this guest's `configure` returned for it.
    state: []const u8 = "",
    /// What is looked for.
    queries: []const Query = &.{},

    pub const wire = .{
        .state = Note{ .leaf = .bytes },
        .queries = Note{ .sorted_by = 3 },
    };
};

/// The result of `find`.
pub const FindResponse = struct {
    /// One entry for each query of the request, in the same order.
    found: []const FindAnswer = &.{},
};

/// What a language knows of an import.
pub const FindAnswer = struct {
    /// What provides it; nothing where the language doesn't know.
    matches: []const Provider = &.{},
};

/// Something that provides an import, a rule for one (Gazelle: `resolve.FindResult`).
pub const Provider = struct {
    /// Its absolute label.
    label: []const u8 = "",
    /// Labels of the rules that it embeds, directly or not.
    embeds: []const []const u8 = &.{},
    /// The `payload` of the rule, or of what is provided; from `find`, any bytes.
    payload: []const u8 = "",

    pub const wire = .{
        .label = Note{ .leaf = .non_empty },
        .payload = Note{ .leaf = .bytes },
    };
};

/// The argument of `finish`, which is called once in a run, after all rules are resolved.
pub const FinishRequest = struct {
    /// What `configure` returned for the root directory.
    state: []const u8 = "",
    /// The directories of which `generate_rules` has returned a summary in this run that is not empty, and those that have failed in this run.
    summaries: []const Summary = &.{},

    pub const wire = .{
        .state = Note{ .leaf = .bytes },
        .summaries = Note{ .sorted_by = 1 },
    };
};

/// What is known of a directory when a run ends.
pub const Summary = struct {
    /// Path of the directory.
    rel: []const u8 = "",
    /// Whether it has failed in this run. Its summary is then empty.
    failed: bool = false,
    /// What `generate_rules` has returned for it as `summary`.
    summary: []const u8 = "",

    pub const wire = .{
        .summary = Note{ .leaf = .bytes },
    };
};

/// The result of `finish`.
pub const FinishResponse = struct {
    /// What the user should know. The directory that files are relative to is the root.
    diagnostics: []const Diagnostic = &.{},
};
