/** A Gazelle language for rules_cc: `cc_library`, `cc_binary` and `cc_test` from what sources `#include`.
 *
 *  | question | file |
 *  |---|---|
 *  | What is the guest, and what does a directory's state say? | cc.c |
 *  | What does a source say about itself? | source.c |
 *  | Which files make a rule? | group.c |
 *  | What do these rules look like? | generate.c |
 *  | How can rules be included, and what do they depend on? | resolve.c |
 *  | Which files does an attribute name? | attribute.c |
 *  | Is a text among others? | texts.c | */
#ifndef CC_H
#define CC_H

#include "dorcas.h"

/* ---- cc.c ---- */

/** Modules that tests use, by their headers. */
typedef struct known_module {
    dorcas_text headers;
    dorcas_text name;
    /** The library with `main`, and the one without. */
    dorcas_text with_main;
    dorcas_text library;
} known_module;
enum { KNOWN_MODULES = 4 };
extern const known_module known_modules[KNOWN_MODULES];

/** What a directory's state says. */
typedef struct settings {
    bool by_unit;
    bool generate;
    bool generate_proto;
    /** What is said about an include that nobody provides: nothing, or how grave it is. */
    bool unresolved_said;
    dorcas_severity unresolved;
    /** Name of the repository; may be empty. */
    dorcas_text repo_name;
    /** Attributes of libraries; empty where they don't get them. */
    dorcas_text include_prefix;
    dorcas_text strip_include_prefix;
    /** The names by which this repository knows the modules above. */
    dorcas_text known[KNOWN_MODULES];
    /** The names of headers, each with a line feed behind; only where a rule has a glob of headers. */
    dorcas_text headers;
} settings;

/** Reads a state; false where it is none, and the call has failed. */
bool read_settings(dorcas_call *call, dorcas_bytes state, settings *out);

/* ---- source.c ---- */

/** What the host searches sources for. */
extern const dorcas_text_list source_patterns;

typedef struct include {
    dorcas_text path;
    bool quoted;
} include;
DORCAS_LIST_TYPE(include)

typedef struct source {
    dorcas_text name;
    /** The name without its extension. */
    dorcas_text stem;
    bool is_header;
    bool is_test;
    bool has_main;
    include_list includes;
} source;
DORCAS_LIST_TYPE(source)

/** The sources and headers among a directory's files, in their order. */
source_list read_sources(dorcas_call *call, dorcas_file_list files);
/** Where the source of this name is; the number of sources where there is none. */
size_t find_source(source_list sources, dorcas_text name);
/** The first source whose name begins with this text or comes after it; those that begin with it follow. */
size_t first_source(source_list sources, dorcas_text start);
/** Whether a file is a source, or a header, by its name. */
bool is_source_name(dorcas_text name, bool *is_header);
/** The path of `path` as seen from `dir`, without `.` and `..`; empty for the root of the repository, a null `ptr`
 * where it leaves it. */
dorcas_text join_path(dorcas_call *call, dorcas_text dir, dorcas_text path);
/** Whether something is a text without control characters. */
bool is_plain_text(const void *bytes, size_t len);

/* ---- texts.c ---- */

/** The place of a text in a sorted list, or the place where it would be. */
size_t find_text(dorcas_text_list sorted, dorcas_text text);
/** Whether a sorted list has a text. */
bool has_text(dorcas_text_list sorted, dorcas_text text);

/** A set of texts, each at a place that follows from its bytes. Begin with an empty one. */
typedef struct text_set {
    dorcas_text *places;
    size_t size;
    size_t len;
} text_set;

/** Puts a text into a set; false where it is there already. */
bool text_set_add(dorcas_call *call, text_set *set, dorcas_text text);

/** Whether a text is in a set. */
bool text_set_has(const text_set *set, dorcas_text text);

/* ---- attribute.c ---- */

/** An attribute's value; null where the rule doesn't have it. */
const dorcas_value *attribute(const dorcas_rule *rule, dorcas_text name);
/** The strings of a list; null where the value is anything else. */
const dorcas_text_list *plain_list(const dorcas_value *value);
/** A string or a label; empty where the value is anything else. */
dorcas_text plain_text(const dorcas_value *value);
/** Whether a glob in it names this file of its directory. */
bool glob_names(const dorcas_value *value, dorcas_text file);
/** Whether a glob in it leaves this file out by name. */
bool leaves_out(const dorcas_value *value, dorcas_text file);
/** Whether there is a glob in it. */
bool has_glob(const dorcas_value *value);
/** All strings in lists and selects. */
void all_strings(dorcas_call *call, const dorcas_value *value, dorcas_text_list *out);

/* ---- group.c ---- */

typedef enum draft_kind { LIBRARY, BINARY, TEST } draft_kind;
extern const dorcas_text draft_kinds[3];

/** A file of a rule. */
typedef struct position {
    dorcas_text name;
    /** Which source it is. */
    size_t at;
    /** Whether somebody has put it into `srcs`. */
    bool is_in_srcs;
} position;
DORCAS_LIST_TYPE(position)

/** A rule in the making. */
typedef struct draft {
    draft_kind kind;
    dorcas_text name;
    /** The rule of the BUILD file that it is; null where it is new. */
    const dorcas_rule *existing;
    /** Which sources are in it. */
    position_list files;
} draft;
DORCAS_LIST_TYPE(draft)
DORCAS_LIST_FUNCTIONS(draft)

/** The rules of a directory: those of its BUILD file that are lists of files, and new ones for all other files. */
draft_list group_sources(dorcas_call *call, const dorcas_generate_request *request, const settings *settings,
                         source_list sources);

/* ---- generate.c and resolve.c ---- */

/** What is left of a path in the package `rel` by these attributes, either of which may be empty; a null `ptr` where
 * they don't go with it. */
dorcas_text include_path(dorcas_call *call, dorcas_text rel, dorcas_text strip_include_prefix,
                         dorcas_text include_prefix, dorcas_text path);

bool generate(dorcas_call *call, const dorcas_generate_request *request, dorcas_generate_response *out);
bool imports(dorcas_call *call, const dorcas_imports_request *request, dorcas_imports_response *out);
bool resolve(dorcas_call *call, const dorcas_resolve_request *request, dorcas_resolve_response *out);

/** The label `//rel:name` of a label in the package `rel`; that of another repository stays as it is. */
dorcas_text absolute_label(dorcas_call *call, dorcas_text label, dorcas_text rel);

#endif
