/** A Gazelle language: a `my_lang_library` for each file `*.my_lang`, whose lines `import DIR/FILE` are its
 * dependencies.
 *
 *  It is meant to be changed. `dorcas/dorcas.h` has all messages, and says what each field means. */
#include "dorcas/dorcas.h"

DORCAS_LANGUAGE("my_lang")

#define EXTENSION ".my_lang"

/* What the guest is, and what it wants to be told of which files: here where the lines with imports match. Patterns
 * without a group are passed over, which is how to skip comments. */
static bool manifest(dorcas_call *call, const dorcas_manifest_request *request, dorcas_manifest *out) {
    static const dorcas_text deps[] = { DORCAS_INIT("deps") }, srcs[] = { DORCAS_INIT("srcs") };
    static const dorcas_kind kinds[] = { {
        .name = DORCAS_INIT("my_lang_library"),
        .match_attrs = DORCAS_INIT_LIST(srcs),
        .non_empty_attrs = DORCAS_INIT_LIST(srcs),
        .mergeable_attrs = DORCAS_INIT_LIST(srcs),
        .resolve_attrs = DORCAS_INIT_LIST(deps),
    } };
    static const dorcas_text symbols[] = { DORCAS_INIT("my_lang_library") };
    static const dorcas_load_info loads[] = { {
        .module = DORCAS_INIT("rules_my_lang"),
        .repo = DORCAS_INIT("rules_my_lang"),
        .file = DORCAS_INIT("//my_lang:defs.bzl"),
        .symbols = DORCAS_INIT_LIST(symbols),
    } };
    static const dorcas_text patterns[] = { DORCAS_INIT("#[^\\n]*"), DORCAS_INIT("(?m)^import +([^\\s#]+)") };
    static const dorcas_input inputs[] = { {
        .glob = DORCAS_INIT("*" EXTENSION),
        .want = { .tag = DORCAS_WANT_MATCHES, .matches = DORCAS_INIT_LIST(patterns) },
        .methods = { .generate_rules = true },
    } };
    (void)call, (void)request;
    out->version = DORCAS_TEXT("0.1.0");
    out->kinds = (dorcas_kind_list)DORCAS_INIT_LIST(kinds);
    out->loads = (dorcas_load_info_list)DORCAS_INIT_LIST(loads);
    out->inputs = (dorcas_input_list)DORCAS_INIT_LIST(inputs);
    return true;
}
DORCAS_MANIFEST(manifest)

static void add_file(dorcas_call *call, const dorcas_file *file, dorcas_generate_response *out) {
    dorcas_generated_rule *generated = dorcas_generated_rule_add(call, &out->rules);
    generated->rule.kind = DORCAS_TEXT("my_lang_library");
    generated->rule.name = dorcas_slice(file->name, 0, file->name.len - (sizeof EXTENSION - 1));
    dorcas_attr *srcs = dorcas_attr_add(call, &generated->rule.attrs);
    srcs->name = DORCAS_TEXT("srcs");
    srcs->value.tag = DORCAS_VALUE_SORTED_STRINGS;
    *dorcas_text_add(call, &srcs->value.sorted_strings) = file->name;

    if (file->data.tag != DORCAS_FILE_DATA_MATCHES) return;
    for (size_t at = 0; at < file->data.matches.len; at++) {
        const dorcas_match *match = &file->data.matches.items[at];
        const dorcas_bytes found = match->groups.len ? match->groups.items[0] : (dorcas_bytes){ NULL, 0 };
        /* Sources may be any bytes, a text may not. */
        if (!found.ptr || !dorcas_is_utf8(found.ptr, found.len)) continue;
        dorcas_import_spec *import = dorcas_import_spec_add(call, &generated->imports);
        import->lang = DORCAS_TEXT("my_lang");
        import->imp = (dorcas_text){ (const char *)found.ptr, found.len };
    }
    dorcas_import_spec_sort(call, &generated->imports);
}

/* From what is in a directory to the rules that should be there. */
static bool generate(dorcas_call *call, const dorcas_generate_request *request, dorcas_generate_response *out) {
    for (size_t at = 0; at < request->files.len; at++) {
        const dorcas_file *file = &request->files.items[at];
        if (file->name.len >= sizeof EXTENSION && dorcas_ends_with(file->name, DORCAS_TEXT(EXTENSION)))
            add_file(call, file, out);
    }
    return true;
}
DORCAS_GENERATE_RULES(generate)

/* How the rules of a BUILD file can be imported: by directory and name. */
static bool imports(dorcas_call *call, const dorcas_imports_request *request, dorcas_imports_response *out) {
    for (size_t at = 0; at < request->rules.len; at++) {
        dorcas_rule_imports *of = dorcas_rule_imports_add(call, &out->rules);
        dorcas_import_spec *import = dorcas_import_spec_add(call, &of->imports);
        of->importable = true;
        import->lang = DORCAS_TEXT("my_lang");
        import->imp = DORCAS_CONCAT(call, request->rel, DORCAS_TEXT("/"), request->rules.items[at].rule.name);
    }
    return true;
}
DORCAS_IMPORTS(imports)

/* What the index knows of an import. */
static const dorcas_lookup *look_up(const dorcas_resolve_request *request, dorcas_text imp) {
    for (size_t at = 0; at < request->found.len; at++) {
        if (dorcas_equal(request->found.items[at].query.import.imp, imp)) return &request->found.items[at];
    }
    return NULL;
}

static void resolve_rule(dorcas_call *call, const dorcas_resolve_request *request, const dorcas_resolve_rule *rule,
                         dorcas_resolve_response *out) {
    dorcas_text_list labels = { NULL, 0, 0 };
    for (size_t at = 0; at < rule->imports.len; at++) {
        const dorcas_text imp = rule->imports.items[at].imp;
        const dorcas_lookup *found = look_up(request, imp);
        if (found && found->override_label.ptr) {
            *dorcas_text_add(call, &labels) = found->override_label;
        } else if (found && found->matches.len) {
            *dorcas_text_add(call, &labels) = found->matches.items[0].label;
        } else {
            dorcas_diagnostic *diagnostic = dorcas_diagnostic_add(call, &out->resolved.diagnostics);
            diagnostic->severity = DORCAS_SEVERITY_WARNING;
            diagnostic->message = DORCAS_CONCAT(call, DORCAS_TEXT("nobody provides "), imp);
        }
    }
    dorcas_resolved_rule *resolved = dorcas_resolved_rule_add(call, &out->resolved.rules);
    if (labels.len == 0) {
        *dorcas_text_add(call, &resolved->delete_) = DORCAS_TEXT("deps");
        return;
    }
    dorcas_attr *deps = dorcas_attr_add(call, &resolved->set);
    deps->name = DORCAS_TEXT("deps");
    deps->value.tag = DORCAS_VALUE_LABELS;
    deps->value.labels = labels;
}

/* From what rules import to what they depend on. */
static bool resolve(dorcas_call *call, const dorcas_resolve_request *request, dorcas_resolve_response *out) {
    out->tag = DORCAS_RESOLVE_RESPONSE_RESOLVED;
    for (size_t at = 0; at < request->rules.len; at++) resolve_rule(call, request, &request->rules.items[at], out);
    return true;
}
DORCAS_RESOLVE(resolve)
