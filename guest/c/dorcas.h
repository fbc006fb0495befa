/** Write a Gazelle language in C that compiles to a WebAssembly guest for Dorcas: this header, dorcas.c beside it, and
 *  a file with functions from requests to responses. README.md has a whole guest.
 *
 *  Freestanding C11: no libc, no imports. Left out on purpose: regular expressions, file access, and a parser for any
 *  language. Sources come with the request, in the form that the manifest's inputs ask for. */
#ifndef DORCAS_H
#define DORCAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** UTF-8, without a zero at the end. Where the schema has an option of text, none is a null `ptr`. */
typedef struct dorcas_text {
    const char *ptr;
    size_t len;
} dorcas_text;

/** Any bytes; the same about options. */
typedef struct dorcas_bytes {
    const uint8_t *ptr;
    size_t len;
} dorcas_bytes;

/** The text of a literal, as the initializer of a constant: `static const dorcas_text t = DORCAS_INIT("srcs");` */
#define DORCAS_INIT(literal) { "" literal, sizeof(literal) - 1 }
/** The text of a literal, as an expression. */
#ifdef __cplusplus
#define DORCAS_TEXT(literal) (dorcas_text DORCAS_INIT(literal))
#else
#define DORCAS_TEXT(literal) ((dorcas_text)DORCAS_INIT(literal))
#endif

/** The list of an array's items, as the initializer of a constant. */
#define DORCAS_INIT_LIST(array) { array, sizeof(array) / sizeof *(array), 0 }

/** A list. `cap` is for those that were made with `dorcas_TYPE_add`: in all others it is 0. */
#define DORCAS_LIST_TYPE(type)                                                                                         \
    typedef struct type type;                                                                                          \
    typedef struct type##_list {                                                                                       \
        const type *items;                                                                                             \
        size_t len;                                                                                                    \
        size_t cap;                                                                                                    \
    } type##_list;

DORCAS_LIST_TYPE(dorcas_text)
DORCAS_LIST_TYPE(dorcas_bytes)

/* The messages of version 1 of the ABI. Texts, bytes and lists of a request lie in memory that is there until the call
 * is over. A response is all zero to begin with, which is the empty one. */

/* clang-format off */
/* begin generated: messages */
DORCAS_LIST_TYPE(dorcas_kind)
DORCAS_LIST_TYPE(dorcas_load_info)
DORCAS_LIST_TYPE(dorcas_directive_info)
DORCAS_LIST_TYPE(dorcas_flag)
DORCAS_LIST_TYPE(dorcas_input)
DORCAS_LIST_TYPE(dorcas_file)
DORCAS_LIST_TYPE(dorcas_diagnostic)
DORCAS_LIST_TYPE(dorcas_directive)
DORCAS_LIST_TYPE(dorcas_bazel_module)
DORCAS_LIST_TYPE(dorcas_flag_value)
DORCAS_LIST_TYPE(dorcas_provided)
DORCAS_LIST_TYPE(dorcas_load)
DORCAS_LIST_TYPE(dorcas_rule)
DORCAS_LIST_TYPE(dorcas_symbol)
DORCAS_LIST_TYPE(dorcas_attr)
DORCAS_LIST_TYPE(dorcas_string_entry)
DORCAS_LIST_TYPE(dorcas_list_entry)
DORCAS_LIST_TYPE(dorcas_select_branch)
DORCAS_LIST_TYPE(dorcas_term)
DORCAS_LIST_TYPE(dorcas_match)
DORCAS_LIST_TYPE(dorcas_edit)
DORCAS_LIST_TYPE(dorcas_generated_rule)
DORCAS_LIST_TYPE(dorcas_empty_rule)
DORCAS_LIST_TYPE(dorcas_child)
DORCAS_LIST_TYPE(dorcas_import_spec)
DORCAS_LIST_TYPE(dorcas_imports_rule)
DORCAS_LIST_TYPE(dorcas_rule_imports)
DORCAS_LIST_TYPE(dorcas_resolve_rule)
DORCAS_LIST_TYPE(dorcas_lookup)
DORCAS_LIST_TYPE(dorcas_provider)
DORCAS_LIST_TYPE(dorcas_query)
DORCAS_LIST_TYPE(dorcas_resolved_rule)
DORCAS_LIST_TYPE(dorcas_find_answer)
DORCAS_LIST_TYPE(dorcas_summary)

/** A guest's own error: the call did not work out, and nothing of it counts. */
typedef struct dorcas_guest_error {
    /** 1: the request could not be decoded. 2: the guest doesn't support what was asked. 3: it failed inside, by a
     *  panic that it caught for instance. 4: the run must end, and nothing may be written. Others below 1000 are
     *  reserved; from 1000 on they are the guest's own. */
    uint32_t code;
    /** What happened, for people. Not empty. */
    dorcas_text message;
} dorcas_guest_error;

/** How grave a diagnostic is. */
typedef enum dorcas_severity {
    /** The user has to do something: the run's exit status is not 0. */
    DORCAS_SEVERITY_ERROR = 0,
    /** The user may want to do something. */
    DORCAS_SEVERITY_WARNING = 1,
    /** Good to know. */
    DORCAS_SEVERITY_NOTE = 2,
} dorcas_severity;

/** A place in a file. */
typedef enum dorcas_position_tag {
    /** The file as a whole. */
    DORCAS_POSITION_UNKNOWN = 0,
    /** A line, from 1. */
    DORCAS_POSITION_LINE = 1,
    /** A byte, from 0; the host finds the line. */
    DORCAS_POSITION_OFFSET = 2,
    /** A match, by its index in the file's `Matches` in the request, in `resolve` in that of `generate_rules`; the
     *  host finds the line. */
    DORCAS_POSITION_MATCH_INDEX = 3,
    /** A directive, by its index among the directory's directives that the guest's manifest names; the host finds
     *  file and line. The diagnostic has no `file`. */
    DORCAS_POSITION_DIRECTIVE_INDEX = 4,
    /** A rule, by its index in the `build_file` of the request; the host finds file and line. The diagnostic has no
     *  `file`. */
    DORCAS_POSITION_RULE_INDEX = 5,
} dorcas_position_tag;
typedef struct dorcas_position {
    dorcas_position_tag tag;
    union {
        uint32_t line;
        uint32_t offset;
        uint32_t match_index;
        uint32_t directive_index;
        uint32_t rule_index;
    };
} dorcas_position;

/** Something that the user should know; the result counts all the same (Gazelle: `log.Print`). */
struct dorcas_diagnostic {
    /** How grave it is. */
    dorcas_severity severity;
    /** What it is, in a line. Not empty. */
    dorcas_text message;
    /** The file it is about, relative to the directory; `None` if it is about the directory, or about a place that
     *  says which file is meant. None is a null `ptr`. */
    dorcas_text file;
    /** Where in the file. */
    dorcas_position position;
};

/** The argument of `manifest`. */
typedef struct dorcas_manifest_request {
    /** Name and version of the host, for the guest's own messages. A manifest must not depend on it. */
    dorcas_text host;
} dorcas_manifest_request;

/** What a guest is, and what it asks of the host. A guest without `manifest` has no kinds, loads, directives and
 *  flags, and sees the name of every regular file. */
typedef struct dorcas_manifest {
    /** The guest's own version, for people; any text. */
    dorcas_text version;
    /** The kinds of rules that the guest generates, now or in the past (Gazelle: `Kinds`). Sorted. */
    dorcas_kind_list kinds;
    /** Where these kinds are loaded from (Gazelle: `ApparentLoads`). */
    dorcas_load_info_list loads;
    /** The directives that the guest understands (Gazelle: `KnownDirectives`). Sorted. */
    dorcas_directive_info_list directives;
    /** The command line flags that the guest understands (Gazelle: `RegisterFlags`). Sorted. */
    dorcas_flag_list flags;
    /** What the guest wants to know of which files, and in which methods. For each file, of the inputs for a method
     *  that reach it the first whose glob matches decides; a file that none matches is not shown. */
    dorcas_input_list inputs;
    /** Whether calls depend on earlier calls. Such a guest gets one instance and its calls in order; nothing is
     *  memoised or run in parallel. */
    bool stateful;
    /** Whether the guest has nothing to say of a directory that has nothing for it. The host then leaves out the
     *  calls that `host.quiet` describes. */
    bool quiet;
} dorcas_manifest;

/** A kind of rule, and how rules of that kind are matched and merged (Gazelle: `rule.KindInfo`). */
struct dorcas_kind {
    /** Its name, `proto_library`. Not empty. */
    dorcas_text name;
    /** Whether a generated rule matches the only rule of its kind in a file, whatever their attributes. */
    bool match_any;
    /** Attributes by which rules match, tried in this order. */
    dorcas_text_list match_attrs;
    /** Attributes of which one is enough to keep a rule from being deleted. Sorted. */
    dorcas_text_list non_empty_attrs;
    /** Attributes in which the name of a generated rule is replaced by the name of the rule it matched. Sorted. */
    dorcas_text_list substitute_attrs;
    /** Attributes that are merged after `generate_rules`. Sorted. */
    dorcas_text_list mergeable_attrs;
    /** Attributes that are merged after `resolve`. Sorted. */
    dorcas_text_list resolve_attrs;
};

/** A file that defines kinds (Gazelle: `rule.LoadInfo`). */
struct dorcas_load_info {
    /** The Bazel module that has the file, `protobuf`; empty for a file of this repository. The host puts the
     *  module's apparent name, as MODULE.bazel gives it, in front of `file`. */
    dorcas_text module;
    /** The repository's name where MODULE.bazel doesn't have the module, `com_google_protobuf`; without `@`. */
    dorcas_text repo;
    /** The file's label within its repository, `//bazel:proto_library.bzl`. Not empty. */
    dorcas_text file;
    /** What it defines. Sorted. */
    dorcas_text_list symbols;
    /** Symbols after whose use the load statement has to stand. */
    dorcas_text_list after;
};

/** A directive that a guest understands: `# gazelle:name value`. */
struct dorcas_directive_info {
    /** Its name. Not empty. */
    dorcas_text name;
    /** What it does, in a line. */
    dorcas_text help;
};

/** The values that a flag takes. */
typedef enum dorcas_flag_type {
    /** `true` or `false`; the flag alone means `true`. */
    DORCAS_FLAG_TYPE_BOOL = 0,
    /** One string. */
    DORCAS_FLAG_TYPE_STRING = 1,
    /** A decimal integer in the range of an `i64`. */
    DORCAS_FLAG_TYPE_INT = 2,
    /** Any number of strings; the flag may be repeated. */
    DORCAS_FLAG_TYPE_STRINGS = 3,
} dorcas_flag_type;

/** A command line flag that a guest understands: `-name value`. */
struct dorcas_flag {
    /** Its name, without dashes. Not empty. */
    dorcas_text name;
    /** What values it takes. */
    dorcas_flag_type ty;
    /** Its value where the command line doesn't have it; meaningless for `Strings`. */
    dorcas_text default_;
    /** What it does, in a line. */
    dorcas_text help;
};

/** In which directories files are looked for. A directory that has no package of its own, by `generation_mode`, is a
 *  part of the one above it. */
typedef enum dorcas_reach {
    /** In the directory that the call is about. The files are in `files` of the request. */
    DORCAS_REACH_HERE = 0,
    /** In this directory and all below it, whether or not these have a BUILD file. The files are in `files` too. */
    DORCAS_REACH_BELOW = 1,
    /** In this directory and those that it is in. The files are in `above` of the request. */
    DORCAS_REACH_ABOVE = 2,
    /** In the root directory alone. The files are in `above` too. */
    DORCAS_REACH_ROOT = 3,
} dorcas_reach;

/** What a guest is told of a file. */
typedef enum dorcas_want_tag {
    /** Its name alone. */
    DORCAS_WANT_NAME = 0,
    /** All its bytes. */
    DORCAS_WANT_CONTENT = 1,
    /** Where these regular expressions match, as if they were joined by `|`: from left to right, without overlap, at
     *  each place the first one that matches. A match of an expression without groups is passed over and not told;
     *  that is how to skip comments. The dialect is in `manifest.patterns`. */
    DORCAS_WANT_MATCHES = 2,
    /** What the guest's own `scan` makes of its content. The host calls that once for the same content, and keeps
     *  the answer from run to run. */
    DORCAS_WANT_SCAN = 3,
} dorcas_want_tag;
typedef struct dorcas_want {
    dorcas_want_tag tag;
    union {
        dorcas_text_list matches;
    };
} dorcas_want;

/** Methods that can be told of files. One that isn't exported, or that isn't called, is told nothing. */
typedef struct dorcas_methods {
    /** `setup`: of the root directory, whatever the reach, and with `Below` of all directories. */
    bool setup;
    /** `configure`. */
    bool configure;
    /** `fix`. */
    bool fix;
    /** `generate_rules`. */
    bool generate_rules;
    /** `imports`, also in directories that are only indexed. */
    bool imports;
} dorcas_methods;

/** What a guest wants to know of which files. */
struct dorcas_input {
    /** A glob over the path relative to the directory; with the reach `Above` and `Root` relative to that of these
     *  directories which the file is in. `?`, `*`, `[...]` and `{a,b}` don't match `/`, `**` does. Not empty. */
    dorcas_text glob;
    /** In which directories files are looked for. */
    dorcas_reach reach;
    /** What the guest is told of a file that matches. */
    dorcas_want want;
    /** Which methods are told. */
    dorcas_methods methods;
};

/** What the user asked for. */
typedef enum dorcas_command {
    /** Update BUILD files, without changes that may break something. */
    DORCAS_COMMAND_UPDATE = 0,
    /** Update BUILD files and repair deprecated usage (Gazelle: `Config.ShouldFix`). */
    DORCAS_COMMAND_FIX = 1,
} dorcas_command;

/** Which directories are in the index (Gazelle: `-index`). */
typedef enum dorcas_indexing {
    /** All of the repository. */
    DORCAS_INDEXING_ALL = 0,
    /** Those that are updated, and those that `rels_to_index` names. */
    DORCAS_INDEXING_LAZY = 1,
    /** There is no index. */
    DORCAS_INDEXING_NONE = 2,
} dorcas_indexing;

/** What holds for the whole run. */
typedef struct dorcas_run_info {
    /** What the user asked for. */
    dorcas_command command;
    /** Name of the repository; may be empty. */
    dorcas_text repo_name;
    /** Base name of the directory that is the root of the repository. It differs from checkout to checkout. */
    dorcas_text root_name;
    /** The names that a BUILD file may have in the root directory, the one for new files first. */
    dorcas_text_list build_file_names;
    /** Which directories are in the index. */
    dorcas_indexing indexing;
    /** The modules of MODULE.bazel that this one depends on, and this one itself. Sorted. */
    dorcas_bazel_module_list modules;
    /** Values of the flags in the guest's manifest, those left at their default included. */
    dorcas_flag_value_list flags;
    /** The names of all languages of this run, in their order. */
    dorcas_text_list languages;
} dorcas_run_info;

/** The argument of `setup`, which is called once in a run, before all directories. */
typedef struct dorcas_setup_request {
    /** What holds for the whole run. */
    dorcas_run_info run;
    /** Files of the root directory that match inputs for `setup`, and with the reach `Below` those of all
     *  directories. Sorted. */
    dorcas_file_list files;
} dorcas_setup_request;

/** The result of `setup`: what holds in this run in the place of what the manifest says of it. */
typedef struct dorcas_catalogue {
    /** The kinds of rules that the guest generates, now or in the past (Gazelle: `Kinds`). Sorted. */
    dorcas_kind_list kinds;
    /** Where these kinds are loaded from (Gazelle: `ApparentLoads`). */
    dorcas_load_info_list loads;
    /** The directives that the guest understands (Gazelle: `KnownDirectives`). Sorted. */
    dorcas_directive_info_list directives;
    /** What the guest wants to know of which files, and in which methods. */
    dorcas_input_list inputs;
    /** What the user should know. */
    dorcas_diagnostic_list diagnostics;
} dorcas_catalogue;

/** The argument of `scan`, which is called for a file that an input wants `Scan` of. */
typedef struct dorcas_scan_request {
    /** Base name of the file. Not empty. */
    dorcas_text name;
    /** All its bytes. */
    dorcas_bytes content;
} dorcas_scan_request;

/** The result of `scan`. */
typedef struct dorcas_scan_response {
    /** What the guest wants to be told of the file in the other methods. The host doesn't look into it. */
    dorcas_bytes facts;
    /** What the user should know. The `file` of one is the `name` of the request, if it has any. */
    dorcas_diagnostic_list diagnostics;
} dorcas_scan_response;

/** A BUILD file as its directory's guests see it. */
typedef struct dorcas_build_file {
    /** The file's base name, `BUILD.bazel` or `BUILD`. */
    dorcas_text name;
    /** Its `load` statements, in the order of the file. */
    dorcas_load_list loads;
    /** Its rules, macro calls and `package()`, in the order of the file. */
    dorcas_rule_list rules;
    /** Its `# gazelle:` comments, in the order of the file, whichever language they are for. */
    dorcas_directive_list directives;
} dorcas_build_file;

/** The argument of `configure`, which is called for each directory after its parent (Gazelle:
 *  `Configurer.Configure`). */
typedef struct dorcas_configure_request {
    /** Path of the directory. */
    dorcas_text rel;
    /** The parent directory's state; empty in the root directory. */
    dorcas_bytes parent;
    /** What holds for the whole run; only in the root directory. None is null. */
    const dorcas_run_info *run;
    /** The directory's directives that the guest's manifest names, in the order of the file. */
    dorcas_directive_list directives;
    /** The directory's BUILD file, if it has one. None is null. */
    const dorcas_build_file *build_file;
    /** Files that match inputs with the reach `Here` or `Below`. Sorted. */
    dorcas_file_list files;
    /** Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of
     *  the nearest directory stand first. */
    dorcas_file_list above;
} dorcas_configure_request;

/** A Bazel module. */
struct dorcas_bazel_module {
    /** Its name. */
    dorcas_text name;
    /** The name that this repository knows it by (`repo_name` in MODULE.bazel), without `@`. */
    dorcas_text apparent;
};

/** A value of a command line flag. A flag of type `Strings` has one entry for each of its values. */
struct dorcas_flag_value {
    /** The flag's name. */
    dorcas_text name;
    /** Its value, as the manifest's type for it demands. */
    dorcas_text value;
};

/** The result of `configure`. */
typedef struct dorcas_configure_response {
    /** What the guest wants to be told in every later call for this directory, and in `configure` for the
     *  directories in it. The host doesn't look into it. */
    dorcas_bytes state;
    /** What can be imported in this directory, and in those in it, without a rule of this repository that stands for
     *  it. The host looks it up, and puts it in no request but as an answer. Sorted. */
    dorcas_provided_list provided;
    /** What the user should know. */
    dorcas_diagnostic_list diagnostics;
} dorcas_configure_response;

/** Something that can be imported: a text as it stands in source code, and the language it stands in (Gazelle:
 *  `resolve.ImportSpec`). Its order is that of sorted lists. */
struct dorcas_import_spec {
    /** Name of the language in which the text means something. */
    dorcas_text lang;
    /** The text: `google/protobuf/any.proto`. */
    dorcas_text imp;
};

/** Something that can be imported and that no rule of this repository need stand for: a package of another
 *  repository, a file. */
struct dorcas_provided {
    /** What a source file says to import it. */
    dorcas_import_spec import;
    /** The absolute label to depend on. Not empty. */
    dorcas_text label;
    /** What a guest wants to be told with the label. The host doesn't look into it. */
    dorcas_bytes payload;
};

/** A `load` statement. */
struct dorcas_load {
    /** The label of the file that is loaded, as written. */
    dorcas_text name;
    /** What is loaded from it, in the order written. */
    dorcas_symbol_list symbols;
};

/** A symbol in a `load` statement. */
struct dorcas_symbol {
    /** Its name where it is defined. */
    dorcas_text from;
    /** Its name in this file; the same as `from` where it has no alias. */
    dorcas_text to;
};

/** A `# gazelle:key value` comment. */
struct dorcas_directive {
    /** What stands before the first space. */
    dorcas_text key;
    /** The rest of the line, without spaces at its ends. */
    dorcas_text value;
};

/** A call at the top of a BUILD file that has a kind: a rule, a macro, or `package`. */
struct dorcas_rule {
    /** The kind as the guest's manifest spells it, `proto_library`. Where `map_kind` or `alias_kind` gives it
     *  another name in the file, the host translates in both directions. */
    dorcas_text kind;
    /** The kind as the file spells it, `my_proto_library`; `None` if that is the same. Meaningless in a rule that a
     *  guest generates. None is a null `ptr`. */
    dorcas_text written;
    /** The `name` attribute; empty where there is none, as in `package()`. */
    dorcas_text name;
    /** All other attributes. Sorted. */
    dorcas_attr_list attrs;
    /** Positional arguments, as Starlark text. */
    dorcas_text_list args;
    /** Comment lines above the rule, each with its `#`. */
    dorcas_text_list comments;
    /** Whether the rule is marked `# keep`. Meaningless in a rule that a guest generates. */
    bool keep;
};

/** What a `Value` of the variant `Glob` carries. */
typedef struct dorcas_value_glob {
    /** Patterns of files that are meant. */
    dorcas_text_list include;
    /** Patterns of files that are not; the argument is left out where the list is empty. */
    dorcas_text_list exclude;
} dorcas_value_glob;

/** The value of an attribute. There is no nesting: what doesn't fit is Starlark text. */
typedef enum dorcas_value_tag {
    /** `True` or `False`. */
    DORCAS_VALUE_BOOL = 0,
    /** An integer. */
    DORCAS_VALUE_INT = 1,
    /** A string. */
    DORCAS_VALUE_STRING = 2,
    /** A list of strings, in the order given. */
    DORCAS_VALUE_STRINGS = 3,
    /** A list of strings that the host puts in the order of buildifier's labels, without duplicates. */
    DORCAS_VALUE_SORTED_STRINGS = 4,
    /** A label, absolute or relative. The host writes it in its shortest form for the package it stands in. */
    DORCAS_VALUE_LABEL = 5,
    /** A list of labels. The host shortens each, puts them in buildifier's order and drops duplicates. */
    DORCAS_VALUE_LABELS = 6,
    /** A dict of strings. */
    DORCAS_VALUE_STRING_DICT = 7,
    /** A dict of string lists. */
    DORCAS_VALUE_LIST_DICT = 8,
    /** `glob(include, exclude = exclude)`. */
    DORCAS_VALUE_GLOB = 9,
    /** `select({condition: values})`. */
    DORCAS_VALUE_SELECT = 10,
    /** Lists joined by `+`, in the order given. */
    DORCAS_VALUE_CONCAT = 11,
    /** Any other expression, as Starlark text. A host that writes it parses it first. */
    DORCAS_VALUE_RAW = 12,
} dorcas_value_tag;
typedef struct dorcas_value {
    dorcas_value_tag tag;
    union {
        bool bool_;
        int64_t int_;
        dorcas_text string;
        dorcas_text_list strings;
        dorcas_text_list sorted_strings;
        dorcas_text label;
        dorcas_text_list labels;
        dorcas_string_entry_list string_dict;
        dorcas_list_entry_list list_dict;
        dorcas_value_glob glob;
        dorcas_select_branch_list select;
        dorcas_term_list concat;
        dorcas_text raw;
    };
} dorcas_value;

/** An attribute of a rule. */
struct dorcas_attr {
    /** Its name. Not empty. */
    dorcas_text name;
    /** Its value. */
    dorcas_value value;
    /** Comment lines above the attribute, each with its `#`. */
    dorcas_text_list comments;
};

/** An entry of a dict of strings. */
struct dorcas_string_entry {
    /** The key. */
    dorcas_text key;
    /** What it stands for. */
    dorcas_text value;
};

/** An entry of a dict of string lists. */
struct dorcas_list_entry {
    /** The key. */
    dorcas_text key;
    /** What it stands for, in the order given. */
    dorcas_text_list values;
};

/** A branch of a `select`. */
struct dorcas_select_branch {
    /** The label of a `config_setting`, or `//conditions:default`. */
    dorcas_text condition;
    /** The strings that hold under this condition, in the order given. */
    dorcas_text_list values;
};

/** What a `Term` of the variant `Glob` carries. */
typedef struct dorcas_term_glob {
    /** Patterns of files that are meant. */
    dorcas_text_list include;
    /** Patterns of files that are not; the argument is left out where the list is empty. */
    dorcas_text_list exclude;
} dorcas_term_glob;

/** A part of a sum of lists. */
typedef enum dorcas_term_tag {
    /** A list of strings, in the order given. */
    DORCAS_TERM_STRINGS = 0,
    /** `glob(include, exclude = exclude)`. */
    DORCAS_TERM_GLOB = 1,
    /** `select({condition: values})`. */
    DORCAS_TERM_SELECT = 2,
} dorcas_term_tag;
struct dorcas_term {
    dorcas_term_tag tag;
    union {
        dorcas_text_list strings;
        dorcas_term_glob glob;
        dorcas_select_branch_list select;
    };
};

/** What a guest is told of a file. */
typedef enum dorcas_file_data_tag {
    /** Only that it is there. */
    DORCAS_FILE_DATA_NAME = 0,
    /** All its bytes. */
    DORCAS_FILE_DATA_CONTENT = 1,
    /** Where the manifest's expressions match, from left to right. */
    DORCAS_FILE_DATA_MATCHES = 2,
    /** What `scan` has returned for it. */
    DORCAS_FILE_DATA_FACTS = 3,
    /** `scan` has answered with an error, or not at all. The user is told so. */
    DORCAS_FILE_DATA_FAILED = 4,
} dorcas_file_data_tag;
typedef struct dorcas_file_data {
    dorcas_file_data_tag tag;
    union {
        dorcas_bytes content;
        dorcas_match_list matches;
        dorcas_bytes facts;
    };
} dorcas_file_data;

/** A file, and what the guest asked to be told of it. */
struct dorcas_file {
    /** Path relative to the directory; in `above` from the root. Not empty. */
    dorcas_text name;
    /** What the manifest wants of it. */
    dorcas_file_data data;
};

/** A place where a regular expression matched. */
struct dorcas_match {
    /** Index of the expression in the manifest's list. */
    uint32_t pattern;
    /** Its groups in the order of their opening parentheses, group 1 first; none for a group that took no part. None
     *  is a null `ptr`. */
    dorcas_bytes_list groups;
};

/** The argument of `fix`, which is called before rules are generated (Gazelle: `Fixer.Fix`). */
typedef struct dorcas_fix_request {
    /** Path of the directory. */
    dorcas_text rel;
    /** What `configure` returned for it. */
    dorcas_bytes state;
    /** The file that may need repair. */
    dorcas_build_file build_file;
    /** Whether rules may be deleted and renamed (Gazelle: `Config.ShouldFix`). The host refuses such edits
     *  otherwise. */
    bool should_fix;
    /** Files that match inputs with the reach `Here` or `Below`. Sorted. */
    dorcas_file_list files;
    /** Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of
     *  the nearest directory stand first. */
    dorcas_file_list above;
} dorcas_fix_request;

/** The result of `fix`. */
typedef struct dorcas_fix_response {
    /** What to change, one after the other. */
    dorcas_edit_list edits;
    /** What the user should know. */
    dorcas_diagnostic_list diagnostics;
} dorcas_fix_response;

/** What a `Edit` of the variant `SetKind` carries. */
typedef struct dorcas_edit_set_kind {
    /** Index of the rule. */
    uint32_t rule;
    /** Its new kind. Not empty. */
    dorcas_text kind;
} dorcas_edit_set_kind;

/** What a `Edit` of the variant `SetName` carries. */
typedef struct dorcas_edit_set_name {
    /** Index of the rule. */
    uint32_t rule;
    /** Its new name. Not empty. */
    dorcas_text name;
} dorcas_edit_set_name;

/** What a `Edit` of the variant `SetAttr` carries. */
typedef struct dorcas_edit_set_attr {
    /** Index of the rule. */
    uint32_t rule;
    /** The attribute. */
    dorcas_attr attr;
} dorcas_edit_set_attr;

/** What a `Edit` of the variant `DeleteAttr` carries. */
typedef struct dorcas_edit_delete_attr {
    /** Index of the rule. */
    uint32_t rule;
    /** Name of the attribute. Not empty. */
    dorcas_text name;
} dorcas_edit_delete_attr;

/** What a `Edit` of the variant `DeleteRule` carries. */
typedef struct dorcas_edit_delete_rule {
    /** Index of the rule. */
    uint32_t rule;
} dorcas_edit_delete_rule;

/** What a `Edit` of the variant `AppendRule` carries. */
typedef struct dorcas_edit_append_rule {
    /** The rule. */
    dorcas_rule rule;
} dorcas_edit_append_rule;

/** What a `Edit` of the variant `SetLoad` carries. */
typedef struct dorcas_edit_set_load {
    /** Index of the load statement. */
    uint32_t load;
    /** Label of the file. Not empty. */
    dorcas_text name;
    /** What is loaded from it. */
    dorcas_symbol_list symbols;
} dorcas_edit_set_load;

/** What a `Edit` of the variant `InsertLoad` carries. */
typedef struct dorcas_edit_insert_load {
    /** Index of the load statement that it is put in front of; their number puts it behind the last one. */
    uint32_t load;
    /** Label of the file. Not empty. */
    dorcas_text name;
    /** What is loaded from it. */
    dorcas_symbol_list symbols;
} dorcas_edit_insert_load;

/** A change of a BUILD file. Rules and loads are named by their index in the request, whatever the edits before have
 *  done. */
typedef enum dorcas_edit_tag {
    /** Gives a rule another kind. */
    DORCAS_EDIT_SET_KIND = 0,
    /** Gives a rule another name. */
    DORCAS_EDIT_SET_NAME = 1,
    /** Sets an attribute. */
    DORCAS_EDIT_SET_ATTR = 2,
    /** Takes an attribute away, if it is there. */
    DORCAS_EDIT_DELETE_ATTR = 3,
    /** Deletes a rule. */
    DORCAS_EDIT_DELETE_RULE = 4,
    /** Puts a rule at the end of the file. */
    DORCAS_EDIT_APPEND_RULE = 5,
    /** Changes a load statement; one without symbols is deleted. */
    DORCAS_EDIT_SET_LOAD = 6,
    /** Puts a load statement in front of another. Those put in front of the same one stand in the order of the
     *  edits. */
    DORCAS_EDIT_INSERT_LOAD = 7,
} dorcas_edit_tag;
struct dorcas_edit {
    dorcas_edit_tag tag;
    union {
        dorcas_edit_set_kind set_kind;
        dorcas_edit_set_name set_name;
        dorcas_edit_set_attr set_attr;
        dorcas_edit_delete_attr delete_attr;
        dorcas_edit_delete_rule delete_rule;
        dorcas_edit_append_rule append_rule;
        dorcas_edit_set_load set_load;
        dorcas_edit_insert_load insert_load;
    };
};

/** The argument of `generate_rules`, which is called for each directory after those in it (Gazelle:
 *  `Generator.Generate`). */
typedef struct dorcas_generate_request {
    /** Path of the directory. */
    dorcas_text rel;
    /** What `configure` returned for it. */
    dorcas_bytes state;
    /** The directory's BUILD file as `fix` has left it, if it has one. None is null. */
    const dorcas_build_file *build_file;
    /** Files that match inputs with the reach `Here` (Gazelle: `RegularFiles`) or `Below`. Sorted. */
    dorcas_file_list files;
    /** Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of
     *  the nearest directory stand first. */
    dorcas_file_list above;
    /** Names of the directories in this one (Gazelle: `Subdirs`). Sorted. */
    dorcas_text_list subdirs;
    /** Names of the files that rules of the BUILD file, and rules generated by languages before this one, make
     *  (Gazelle: `GenFiles`). Sorted. */
    dorcas_text_list generated_files;
    /** Rules that languages before this one have generated here (Gazelle: `OtherGen`). */
    dorcas_generated_rule_list other_rules;
    /** Rules that languages before this one have found to be empty here (Gazelle: `OtherEmpty`). */
    dorcas_empty_rule_list other_empty;
    /** The directories in this one of which `generate_rules` has returned a summary in this run that is not empty,
     *  and those that have failed in this run. Sorted. */
    dorcas_child_list children;
} dorcas_generate_request;

/** A directory in another, and what is known of it there. */
struct dorcas_child {
    /** Path relative to this one. Not empty. */
    dorcas_text name;
    /** Whether it has failed in this run. Its summary is then empty. */
    bool failed;
    /** What `generate_rules` has returned for it as `summary`. */
    dorcas_bytes summary;
};

/** The result of `generate_rules`. */
typedef struct dorcas_generate_response {
    /** Rules that should be in the BUILD file (Gazelle: `Gen`). */
    dorcas_generated_rule_list rules;
    /** Rules that should not: rules that match them lose what they had been generated with, and go when nothing is
     *  left (Gazelle: `Empty`). */
    dorcas_empty_rule_list empty;
    /** Directories that have to be indexed before this one's rules are resolved (Gazelle: `RelsToIndex`). Sorted. */
    dorcas_text_list rels_to_index;
    /** What can be imported, from anywhere, and isn't told by `imports` of a rule. It is in the index like a rule.
     *  Sorted. */
    dorcas_provided_list provided;
    /** What the guest wants to be told in the request for the directory that this one is in. The host doesn't look
     *  into it. */
    dorcas_bytes summary;
    /** What the user should know. */
    dorcas_diagnostic_list diagnostics;
} dorcas_generate_response;

/** A rule that a language has generated. */
struct dorcas_generated_rule {
    /** The rule. */
    dorcas_rule rule;
    /** Attributes that are not written but shown to the languages after this one, and in `imports` (Gazelle: private
     *  attributes). Sorted. */
    dorcas_attr_list private_;
    /** What the rule's sources import (Gazelle: `Imports`). The host looks each up before it calls `resolve`.
     *  Sorted. */
    dorcas_import_spec_list imports;
    /** What the guest wants to be told in `imports` and `resolve` of the rule. The host doesn't look into it. */
    dorcas_bytes note;
};

/** A rule that nothing is left to generate for. */
struct dorcas_empty_rule {
    /** Its kind. Not empty. */
    dorcas_text kind;
    /** Its name. */
    dorcas_text name;
    /** Attributes by which it may be matched. Sorted. */
    dorcas_attr_list attrs;
};

/** The argument of `imports`, which is called once for all rules of a directory that have one of the guest's kinds
 *  (Gazelle: `Indexer.Imports`). */
typedef struct dorcas_imports_request {
    /** Path of the directory. */
    dorcas_text rel;
    /** What `configure` returned for it. */
    dorcas_bytes state;
    /** The rules, in the order of the BUILD file. */
    dorcas_imports_rule_list rules;
    /** All other rules of the BUILD file, in its order. */
    dorcas_rule_list other_rules;
    /** Files that match inputs with the reach `Here` or `Below`. Sorted. */
    dorcas_file_list files;
    /** Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of
     *  the nearest directory stand first. */
    dorcas_file_list above;
} dorcas_imports_request;

/** A rule that may be imported. */
struct dorcas_imports_rule {
    /** The rule as it is in the BUILD file after the first merge. */
    dorcas_rule rule;
    /** The private attributes that this guest's `generate_rules` gave it in this run; none if it did not generate
     *  it. Sorted. */
    dorcas_attr_list private_;
    /** The note that `generate_rules` gave it; empty if it did not generate it. */
    dorcas_bytes note;
};

/** The result of `imports`. */
typedef struct dorcas_imports_response {
    /** One entry for each rule of the request, in the same order. */
    dorcas_rule_imports_list rules;
} dorcas_imports_response;

/** How a rule can be imported. */
struct dorcas_rule_imports {
    /** Whether it can at all. A rule that can be is in the index even when no import names it. */
    bool importable;
    /** What a source file may say to import it. Sorted. */
    dorcas_import_spec_list imports;
    /** Labels of the rules that it embeds: these can no longer be imported themselves, and what they provide is
     *  found in this one. */
    dorcas_text_list embeds;
    /** What a guest wants to be told with the label wherever the rule is found. The host doesn't look into it. */
    dorcas_bytes payload;
};

/** The argument of `resolve`, which is called once for all rules that the guest has generated in a directory
 *  (Gazelle: `Resolver.Resolve`). */
typedef struct dorcas_resolve_request {
    /** Path of the directory. */
    dorcas_text rel;
    /** What `configure` returned for it. */
    dorcas_bytes state;
    /** The rules, in the order of the response of `generate_rules`, as they are after the first merge. */
    dorcas_resolve_rule_list rules;
    /** What the index knows: an entry for each import of these rules, asked for this guest's language, and for each
     *  query of earlier rounds. Sorted. */
    dorcas_lookup_list found;
    /** 0 in the first call, one more after each `Need`. */
    uint32_t round;
} dorcas_resolve_request;

/** A rule to be resolved. */
struct dorcas_resolve_rule {
    /** The rule. */
    dorcas_rule rule;
    /** What its sources import, from `generate_rules`. Sorted. */
    dorcas_import_spec_list imports;
    /** The note that `generate_rules` left. */
    dorcas_bytes note;
};

/** A question to the index. Its order is that of sorted lists. */
struct dorcas_query {
    /** What is looked for. */
    dorcas_import_spec import;
    /** Name of the language whose rules may be found (Gazelle: `lang` of `FindRulesByImport`). */
    dorcas_text lang;
};

/** Where the answer to a query is from: the first of these places that has one. */
typedef enum dorcas_origin {
    /** Nothing provides it. */
    DORCAS_ORIGIN_NOWHERE = 0,
    /** The index: rules, and what `generate_rules` of any directory has `provided`. */
    DORCAS_ORIGIN_INDEX = 1,
    /** What `configure` has `provided`, of the nearest directory. */
    DORCAS_ORIGIN_CONFIGURE = 2,
    /** The languages' `find`. */
    DORCAS_ORIGIN_FIND = 3,
} dorcas_origin;

/** What is known of an import. */
struct dorcas_lookup {
    /** The question. */
    dorcas_query query;
    /** A label that the user has set for this import by a `resolve` or `resolve_regexp` directive. It goes before
     *  all else. None is a null `ptr`. */
    dorcas_text override_label;
    /** Where `matches` are from. */
    dorcas_origin origin;
    /** What provides it, by label; the asking rule itself may be among them. More than one is for the guest to
     *  choose from or to report. */
    dorcas_provider_list matches;
};

/** What a `ResolveResponse` of the variant `Resolved` carries. */
typedef struct dorcas_resolve_response_resolved {
    /** One entry for each rule of the request, in the same order. */
    dorcas_resolved_rule_list rules;
    /** What the user should know. */
    dorcas_diagnostic_list diagnostics;
} dorcas_resolve_response_resolved;

/** The result of `resolve`. */
typedef enum dorcas_resolve_response_tag {
    /** All rules are resolved. */
    DORCAS_RESOLVE_RESPONSE_RESOLVED = 0,
    /** The guest has further questions. The host calls `resolve` again with the same rules and all answers so far.
     *  The number of rounds is bounded (`resolve.rounds`). */
    DORCAS_RESOLVE_RESPONSE_NEED = 1,
} dorcas_resolve_response_tag;
typedef struct dorcas_resolve_response {
    dorcas_resolve_response_tag tag;
    union {
        dorcas_resolve_response_resolved resolved;
        dorcas_query_list need;
    };
} dorcas_resolve_response;

/** What resolving has found out about a rule. */
struct dorcas_resolved_rule {
    /** Attributes to set, `deps` for one. Sorted. */
    dorcas_attr_list set;
    /** Names of attributes to take away. Sorted. */
    dorcas_text_list delete_;
};

/** The argument of `find`, which is called for imports that the index doesn't have (Gazelle: `Finder.Find`,
 *  `CrossResolver`). */
typedef struct dorcas_find_request {
    /** Path of the directory whose rules have the imports. */
    dorcas_text rel;
    /** What this guest's `configure` returned for it. */
    dorcas_bytes state;
    /** What is looked for. Sorted. */
    dorcas_query_list queries;
} dorcas_find_request;

/** The result of `find`. */
typedef struct dorcas_find_response {
    /** One entry for each query of the request, in the same order. */
    dorcas_find_answer_list found;
} dorcas_find_response;

/** What a language knows of an import. */
struct dorcas_find_answer {
    /** What provides it; nothing where the language doesn't know. */
    dorcas_provider_list matches;
};

/** Something that provides an import, a rule for one (Gazelle: `resolve.FindResult`). */
struct dorcas_provider {
    /** Its absolute label. Not empty. */
    dorcas_text label;
    /** Labels of the rules that it embeds, directly or not. */
    dorcas_text_list embeds;
    /** The `payload` of the rule, or of what is provided; from `find`, any bytes. */
    dorcas_bytes payload;
};

/** The argument of `finish`, which is called once in a run, after all rules are resolved. */
typedef struct dorcas_finish_request {
    /** What `configure` returned for the root directory. */
    dorcas_bytes state;
    /** The directories of which `generate_rules` has returned a summary in this run that is not empty, and those
     *  that have failed in this run. Sorted. */
    dorcas_summary_list summaries;
} dorcas_finish_request;

/** What is known of a directory when a run ends. */
struct dorcas_summary {
    /** Path of the directory. */
    dorcas_text rel;
    /** Whether it has failed in this run. Its summary is then empty. */
    bool failed;
    /** What `generate_rules` has returned for it as `summary`. */
    dorcas_bytes summary;
};

/** The result of `finish`. */
typedef struct dorcas_finish_response {
    /** What the user should know. The directory that files are relative to is the root. */
    dorcas_diagnostic_list diagnostics;
} dorcas_finish_response;

/** What `manifest` returns. */
typedef enum dorcas_reply_manifest_tag {
    DORCAS_REPLY_MANIFEST_OK = 0,
    DORCAS_REPLY_MANIFEST_ERR = 1,
} dorcas_reply_manifest_tag;
typedef struct dorcas_reply_manifest {
    dorcas_reply_manifest_tag tag;
    union {
        dorcas_manifest ok;
        dorcas_guest_error err;
    };
} dorcas_reply_manifest;

/** What `setup` returns. */
typedef enum dorcas_reply_catalogue_tag {
    DORCAS_REPLY_CATALOGUE_OK = 0,
    DORCAS_REPLY_CATALOGUE_ERR = 1,
} dorcas_reply_catalogue_tag;
typedef struct dorcas_reply_catalogue {
    dorcas_reply_catalogue_tag tag;
    union {
        dorcas_catalogue ok;
        dorcas_guest_error err;
    };
} dorcas_reply_catalogue;

/** What `scan` returns. */
typedef enum dorcas_reply_scan_response_tag {
    DORCAS_REPLY_SCAN_RESPONSE_OK = 0,
    DORCAS_REPLY_SCAN_RESPONSE_ERR = 1,
} dorcas_reply_scan_response_tag;
typedef struct dorcas_reply_scan_response {
    dorcas_reply_scan_response_tag tag;
    union {
        dorcas_scan_response ok;
        dorcas_guest_error err;
    };
} dorcas_reply_scan_response;

/** What `configure` returns. */
typedef enum dorcas_reply_configure_response_tag {
    DORCAS_REPLY_CONFIGURE_RESPONSE_OK = 0,
    DORCAS_REPLY_CONFIGURE_RESPONSE_ERR = 1,
} dorcas_reply_configure_response_tag;
typedef struct dorcas_reply_configure_response {
    dorcas_reply_configure_response_tag tag;
    union {
        dorcas_configure_response ok;
        dorcas_guest_error err;
    };
} dorcas_reply_configure_response;

/** What `fix` returns. */
typedef enum dorcas_reply_fix_response_tag {
    DORCAS_REPLY_FIX_RESPONSE_OK = 0,
    DORCAS_REPLY_FIX_RESPONSE_ERR = 1,
} dorcas_reply_fix_response_tag;
typedef struct dorcas_reply_fix_response {
    dorcas_reply_fix_response_tag tag;
    union {
        dorcas_fix_response ok;
        dorcas_guest_error err;
    };
} dorcas_reply_fix_response;

/** What `generate_rules` returns. */
typedef enum dorcas_reply_generate_response_tag {
    DORCAS_REPLY_GENERATE_RESPONSE_OK = 0,
    DORCAS_REPLY_GENERATE_RESPONSE_ERR = 1,
} dorcas_reply_generate_response_tag;
typedef struct dorcas_reply_generate_response {
    dorcas_reply_generate_response_tag tag;
    union {
        dorcas_generate_response ok;
        dorcas_guest_error err;
    };
} dorcas_reply_generate_response;

/** What `imports` returns. */
typedef enum dorcas_reply_imports_response_tag {
    DORCAS_REPLY_IMPORTS_RESPONSE_OK = 0,
    DORCAS_REPLY_IMPORTS_RESPONSE_ERR = 1,
} dorcas_reply_imports_response_tag;
typedef struct dorcas_reply_imports_response {
    dorcas_reply_imports_response_tag tag;
    union {
        dorcas_imports_response ok;
        dorcas_guest_error err;
    };
} dorcas_reply_imports_response;

/** What `resolve` returns. */
typedef enum dorcas_reply_resolve_response_tag {
    DORCAS_REPLY_RESOLVE_RESPONSE_OK = 0,
    DORCAS_REPLY_RESOLVE_RESPONSE_ERR = 1,
} dorcas_reply_resolve_response_tag;
typedef struct dorcas_reply_resolve_response {
    dorcas_reply_resolve_response_tag tag;
    union {
        dorcas_resolve_response ok;
        dorcas_guest_error err;
    };
} dorcas_reply_resolve_response;

/** What `find` returns. */
typedef enum dorcas_reply_find_response_tag {
    DORCAS_REPLY_FIND_RESPONSE_OK = 0,
    DORCAS_REPLY_FIND_RESPONSE_ERR = 1,
} dorcas_reply_find_response_tag;
typedef struct dorcas_reply_find_response {
    dorcas_reply_find_response_tag tag;
    union {
        dorcas_find_response ok;
        dorcas_guest_error err;
    };
} dorcas_reply_find_response;

/** What `finish` returns. */
typedef enum dorcas_reply_finish_response_tag {
    DORCAS_REPLY_FINISH_RESPONSE_OK = 0,
    DORCAS_REPLY_FINISH_RESPONSE_ERR = 1,
} dorcas_reply_finish_response_tag;
typedef struct dorcas_reply_finish_response {
    dorcas_reply_finish_response_tag tag;
    union {
        dorcas_finish_response ok;
        dorcas_guest_error err;
    };
} dorcas_reply_finish_response;
/* end generated: messages */
/* clang-format on */

/** What a method is given beside its request: memory, and a way to fail. */
typedef struct dorcas_call dorcas_call;

/** Memory of this size, all zero, until the call is over. Where there is none the guest stops. */
void *dorcas_alloc(dorcas_call *call, size_t size);

/** Ends a call with an error of the guest's own: `return dorcas_fail(call, 1000, DORCAS_TEXT("why"));`. A code is at
 *  least 1000, a message is not empty. Returns false. */
bool dorcas_fail(dorcas_call *call, uint32_t code, dorcas_text message);

/** Stops the guest and leaves the text for its user. For what can't happen: a call that can fail has `dorcas_fail`. */
__attribute__((noreturn)) void dorcas_abort(dorcas_text message);

/** Less than 0, 0, or more: the order of sorted lists, by bytes. */
int dorcas_compare(dorcas_text a, dorcas_text b);
/** Whether two texts are the same. */
static inline bool dorcas_equal(dorcas_text a, dorcas_text b) {
    return a.len == b.len && dorcas_compare(a, b) == 0;
}
bool dorcas_starts_with(dorcas_text text, dorcas_text start);
bool dorcas_ends_with(dorcas_text text, dorcas_text end);
/** The part from `from` up to `to`, as far as there is one. */
static inline dorcas_text dorcas_slice(dorcas_text text, size_t from, size_t to) {
    if (to > text.len) to = text.len;
    if (from > to) from = to;
    dorcas_text part = { text.ptr + from, to - from };
    return part;
}
/** Where a byte stands last; the length where it doesn't. */
size_t dorcas_find_last(dorcas_text text, char byte);
/** Whether bytes are UTF-8. A text has to be; what a regular expression found may be anything. */
bool dorcas_is_utf8(const void *bytes, size_t len);
/** Several texts one after the other, and a zero behind them that doesn't count. */
dorcas_text dorcas_concat(dorcas_call *call, const dorcas_text *texts, size_t count);
#ifndef __cplusplus
#define DORCAS_CONCAT(call, ...)                                                                                       \
    dorcas_concat(call, (const dorcas_text[]){ __VA_ARGS__ },                                                          \
                  sizeof((const dorcas_text[]){ __VA_ARGS__ }) / sizeof(dorcas_text))
#endif

/* dorcas_TYPE_add puts a new item, all zero, at the end of a list, and returns it. It is good until the next is added.
 * dorcas_TYPE_sort puts a list in the order that the schema demands of it, and takes out what has the key of the item
 * before. */
void *dorcas_add(dorcas_call *call, const void **items, size_t *len, size_t *cap, size_t size);
size_t dorcas_sort(dorcas_call *call, const void **items, size_t len, size_t size, size_t texts);

#define DORCAS_LIST_FUNCTIONS(type)                                                                                    \
    static inline type *type##_add(dorcas_call *call, type##_list *list) {                                             \
        const void *items = list->items;                                                                               \
        type *item = (type *)dorcas_add(call, &items, &list->len, &list->cap, sizeof(type));                           \
        list->items = (const type *)items;                                                                             \
        return item;                                                                                                   \
    }
#define DORCAS_SORT_FUNCTION(type, texts)                                                                              \
    static inline void type##_sort(dorcas_call *call, type##_list *list) {                                             \
        const void *items = list->items;                                                                               \
        list->len = dorcas_sort(call, &items, list->len, sizeof(type), texts);                                         \
        if (items != list->items) list->cap = 0;                                                                       \
        list->items = (const type *)items;                                                                             \
    }

/* clang-format off */
/* begin generated: lists */
DORCAS_LIST_FUNCTIONS(dorcas_kind)
DORCAS_SORT_FUNCTION(dorcas_kind, 1)
DORCAS_LIST_FUNCTIONS(dorcas_load_info)
DORCAS_LIST_FUNCTIONS(dorcas_directive_info)
DORCAS_SORT_FUNCTION(dorcas_directive_info, 1)
DORCAS_LIST_FUNCTIONS(dorcas_flag)
DORCAS_SORT_FUNCTION(dorcas_flag, 1)
DORCAS_LIST_FUNCTIONS(dorcas_input)
DORCAS_LIST_FUNCTIONS(dorcas_text)
DORCAS_SORT_FUNCTION(dorcas_text, 1)
DORCAS_LIST_FUNCTIONS(dorcas_file)
DORCAS_SORT_FUNCTION(dorcas_file, 1)
DORCAS_LIST_FUNCTIONS(dorcas_diagnostic)
DORCAS_LIST_FUNCTIONS(dorcas_directive)
DORCAS_LIST_FUNCTIONS(dorcas_bazel_module)
DORCAS_SORT_FUNCTION(dorcas_bazel_module, 1)
DORCAS_LIST_FUNCTIONS(dorcas_flag_value)
DORCAS_LIST_FUNCTIONS(dorcas_provided)
DORCAS_SORT_FUNCTION(dorcas_provided, 3)
DORCAS_LIST_FUNCTIONS(dorcas_load)
DORCAS_LIST_FUNCTIONS(dorcas_rule)
DORCAS_LIST_FUNCTIONS(dorcas_symbol)
DORCAS_LIST_FUNCTIONS(dorcas_attr)
DORCAS_SORT_FUNCTION(dorcas_attr, 1)
DORCAS_LIST_FUNCTIONS(dorcas_string_entry)
DORCAS_SORT_FUNCTION(dorcas_string_entry, 1)
DORCAS_LIST_FUNCTIONS(dorcas_list_entry)
DORCAS_SORT_FUNCTION(dorcas_list_entry, 1)
DORCAS_LIST_FUNCTIONS(dorcas_select_branch)
DORCAS_SORT_FUNCTION(dorcas_select_branch, 1)
DORCAS_LIST_FUNCTIONS(dorcas_term)
DORCAS_LIST_FUNCTIONS(dorcas_match)
DORCAS_LIST_FUNCTIONS(dorcas_edit)
DORCAS_LIST_FUNCTIONS(dorcas_generated_rule)
DORCAS_LIST_FUNCTIONS(dorcas_empty_rule)
DORCAS_LIST_FUNCTIONS(dorcas_child)
DORCAS_SORT_FUNCTION(dorcas_child, 1)
DORCAS_LIST_FUNCTIONS(dorcas_import_spec)
DORCAS_SORT_FUNCTION(dorcas_import_spec, 2)
DORCAS_LIST_FUNCTIONS(dorcas_imports_rule)
DORCAS_LIST_FUNCTIONS(dorcas_rule_imports)
DORCAS_LIST_FUNCTIONS(dorcas_resolve_rule)
DORCAS_LIST_FUNCTIONS(dorcas_lookup)
DORCAS_SORT_FUNCTION(dorcas_lookup, 3)
DORCAS_LIST_FUNCTIONS(dorcas_provider)
DORCAS_LIST_FUNCTIONS(dorcas_query)
DORCAS_SORT_FUNCTION(dorcas_query, 3)
DORCAS_LIST_FUNCTIONS(dorcas_resolved_rule)
DORCAS_LIST_FUNCTIONS(dorcas_find_answer)
DORCAS_LIST_FUNCTIONS(dorcas_summary)
DORCAS_SORT_FUNCTION(dorcas_summary, 1)
/* end generated: lists */
/* clang-format on */

/* What a guest exports. Each of these stands once, in one file, behind the function that it is about:
 *
 *     DORCAS_LANGUAGE("sh")                        the language's name
 *     DORCAS_GENERATE_RULES(generate)              static bool generate(dorcas_call *, const dorcas_generate_request *,
 *                                                                       dorcas_generate_response *);
 *
 * and where the guest has them DORCAS_MANIFEST, DORCAS_SETUP, DORCAS_SCAN, DORCAS_CONFIGURE, DORCAS_FIX, DORCAS_IMPORTS,
 * DORCAS_RESOLVE, DORCAS_FIND and DORCAS_FINISH. A function fills in its response and returns true, or returns what `dorcas_fail` does. */

#ifdef __wasm__
#define DORCAS_EXPORT(name) __attribute__((export_name(name)))
#else
#define DORCAS_EXPORT(name)
#endif

/** What a method returns to the host: address above, length below. */
typedef uint64_t dorcas_span;
typedef bool dorcas_function(dorcas_call *call, const void *request, void *response);

#define DORCAS_LANGUAGE(name)                                                                                          \
    DORCAS_EXPORT("lang_name") dorcas_span dorcas_lang_name(void) {                                                    \
        static const char text[] = name;                                                                               \
        return (dorcas_span)(uintptr_t)text << 32 | (sizeof text - 1);                                                 \
    }

#define DORCAS_METHOD(name, number, function, request, response)                                                       \
    static bool dorcas_##name##_of_language(dorcas_call *call, const void *in, void *out) {                            \
        return function(call, (const request *)in, (response *)out);                                                   \
    }                                                                                                                  \
    DORCAS_EXPORT(#name) dorcas_span dorcas_call_##name(const uint8_t *argument, size_t len) {                         \
        return dorcas_answer(number, dorcas_##name##_of_language, argument, len);                                      \
    }

/* clang-format off */
/* begin generated: methods */
/** The methods, for `dorcas_answer`. */
typedef enum dorcas_method {
    DORCAS_METHOD_MANIFEST,
    DORCAS_METHOD_SETUP,
    DORCAS_METHOD_SCAN,
    DORCAS_METHOD_CONFIGURE,
    DORCAS_METHOD_FIX,
    DORCAS_METHOD_GENERATE_RULES,
    DORCAS_METHOD_IMPORTS,
    DORCAS_METHOD_RESOLVE,
    DORCAS_METHOD_FIND,
    DORCAS_METHOD_FINISH,
} dorcas_method;

#define DORCAS_MANIFEST(function) \
    DORCAS_METHOD(manifest, DORCAS_METHOD_MANIFEST, function, \
                  dorcas_manifest_request, dorcas_manifest)

#define DORCAS_SETUP(function) \
    DORCAS_METHOD(setup, DORCAS_METHOD_SETUP, function, \
                  dorcas_setup_request, dorcas_catalogue)

#define DORCAS_SCAN(function) \
    DORCAS_METHOD(scan, DORCAS_METHOD_SCAN, function, \
                  dorcas_scan_request, dorcas_scan_response)

#define DORCAS_CONFIGURE(function) \
    DORCAS_METHOD(configure, DORCAS_METHOD_CONFIGURE, function, \
                  dorcas_configure_request, dorcas_configure_response)

#define DORCAS_FIX(function) \
    DORCAS_METHOD(fix, DORCAS_METHOD_FIX, function, \
                  dorcas_fix_request, dorcas_fix_response)

#define DORCAS_GENERATE_RULES(function) \
    DORCAS_METHOD(generate_rules, DORCAS_METHOD_GENERATE_RULES, function, \
                  dorcas_generate_request, dorcas_generate_response)

#define DORCAS_IMPORTS(function) \
    DORCAS_METHOD(imports, DORCAS_METHOD_IMPORTS, function, \
                  dorcas_imports_request, dorcas_imports_response)

#define DORCAS_RESOLVE(function) \
    DORCAS_METHOD(resolve, DORCAS_METHOD_RESOLVE, function, \
                  dorcas_resolve_request, dorcas_resolve_response)

#define DORCAS_FIND(function) \
    DORCAS_METHOD(find, DORCAS_METHOD_FIND, function, \
                  dorcas_find_request, dorcas_find_response)

#define DORCAS_FINISH(function) \
    DORCAS_METHOD(finish, DORCAS_METHOD_FINISH, function, \
                  dorcas_finish_request, dorcas_finish_response)
/* end generated: methods */
/* clang-format on */

/** Decodes a request, has it answered, and encodes the reply. */
dorcas_span dorcas_answer(dorcas_method method, dorcas_function *function, const uint8_t *argument, size_t len);

#ifdef __cplusplus
}
#endif
#endif
