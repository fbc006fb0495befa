/* What do the rules look like? */
#include "cc.h"

#define PROTO DORCAS_TEXT("proto_library")
#define CC_PROTO DORCAS_TEXT("cc_proto_library")

typedef struct generation {
    dorcas_call *call;
    const dorcas_generate_request *request;
    const settings *settings;
    source_list sources;
    dorcas_generate_response *out;
    /* Whether rules of the package are visible as it says. */
    bool has_visibility;
} generation;

static bool sets_visibility(const dorcas_rule *rule) {
    return dorcas_equal(rule->kind, DORCAS_TEXT("package")) && attribute(rule, DORCAS_TEXT("default_visibility"));
}

static bool has_default_visibility(const dorcas_generate_request *request) {
    const dorcas_build_file *file = request->build_file;
    for (size_t at = 0; file && at < file->rules.len; at++) {
        if (sets_visibility(&file->rules.items[at])) return true;
    }
    /* What a language before this one generates will stand in the file. */
    for (size_t at = 0; at < request->other_rules.len; at++) {
        if (sets_visibility(&request->other_rules.items[at].rule)) return true;
    }
    return false;
}

static void add_visibility(generation *g, dorcas_rule *rule) {
    static const dorcas_text public[] = { DORCAS_INIT("//visibility:public") };
    if (g->has_visibility) return;
    dorcas_attr *attr = dorcas_attr_add(g->call, &rule->attrs);
    attr->name = DORCAS_TEXT("visibility");
    attr->value.tag = DORCAS_VALUE_STRINGS;
    attr->value.strings = (dorcas_text_list)DORCAS_INIT_LIST(public);
}

/* ---- Files. ---- */

/* Whether an entry is for something else than a source in this directory that was there once. */
static bool is_not_ours(const generation *g, dorcas_text entry) {
    bool is_header;
    if (entry.len && entry.ptr[0] == ':') entry = dorcas_slice(entry, 1, entry.len);
    return !is_source_name(entry, &is_header) || dorcas_find_last(entry, ':') < entry.len ||
           has_text(g->request->generated_files, entry);
}

/* What an attribute has beside our files. */
static void add_others(generation *g, const dorcas_rule *rule, dorcas_text name, dorcas_text_list *out) {
    const dorcas_text_list *list = rule ? plain_list(attribute(rule, name)) : NULL;
    for (size_t at = 0; list && at < list->len; at++) {
        if (is_not_ours(g, list->items[at])) *dorcas_text_add(g->call, out) = list->items[at];
    }
}

static void add_list(generation *g, dorcas_rule *rule, dorcas_text name, dorcas_text_list list) {
    if (list.len == 0) return;
    dorcas_attr *attr = dorcas_attr_add(g->call, &rule->attrs);
    attr->name = name;
    attr->value.tag = DORCAS_VALUE_SORTED_STRINGS;
    attr->value.sorted_strings = list;
}

static void add_prefix(generation *g, dorcas_rule *rule, dorcas_text name, dorcas_text prefix) {
    if (prefix.len == 0) return;
    dorcas_attr *attr = dorcas_attr_add(g->call, &rule->attrs);
    attr->name = name;
    attr->value.tag = DORCAS_VALUE_STRING;
    attr->value.string = prefix;
}

/* ---- What a rule includes. ---- */

static bool is_in(const generation *g, const draft *of, dorcas_text path) {
    if (!path.ptr) return false;
    const size_t slash = dorcas_find_last(path, '/');
    const size_t dir = slash == path.len ? 0 : slash, base = slash == path.len ? 0 : slash + 1;
    if (!dorcas_equal(dorcas_slice(path, 0, dir), g->request->rel)) return false;
    const size_t file = find_source(g->sources, dorcas_slice(path, base, path.len));
    for (size_t low = 0, high = of->files.len; low < high;) {
        const size_t middle = low + (high - low) / 2, at = of->files.items[middle].at;
        if (at == file) return true;
        if (at < file)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static void add_path(generation *g, dorcas_generated_rule *rule, dorcas_text path) {
    if (!path.ptr) return;
    dorcas_import_spec *spec = dorcas_import_spec_add(g->call, &rule->imports);
    spec->lang = DORCAS_TEXT("cc");
    spec->imp = path;
    const size_t slash = dorcas_find_last(path, '/');
    const dorcas_text dir = dorcas_slice(path, 0, slash == path.len ? 0 : slash);
    dorcas_text_list *rels = &g->out->rels_to_index;
    /* Paths come in an order in which many are of the directory before. */
    if (rels->len == 0 || !dorcas_equal(rels->items[rels->len - 1], dir)) *dorcas_text_add(g->call, rels) = dir;
}

static void add_line(generation *g, dorcas_text_list *note, dorcas_text head, dorcas_text rest) {
    *dorcas_text_add(g->call, note) = head;
    *dorcas_text_add(g->call, note) = rest;
    *dorcas_text_add(g->call, note) = DORCAS_TEXT("\n");
}

/* The note of a rule is lines. The first says whether there is a `main`, those with a `d` what the rule's `deps` were,
 * and all others what is included: `h` or `s` for where, in a header or a source, the character that it is written
 * with, and the path. */
static void add_includes(generation *g, const draft *of, dorcas_generated_rule *rule) {
    static const dorcas_text heads[2][2] = { { DORCAS_INIT("s<"), DORCAS_INIT("s\"") },
                                             { DORCAS_INIT("h<"), DORCAS_INIT("h\"") } };
    dorcas_text_list paths[2][2] = { { { NULL, 0, 0 }, { NULL, 0, 0 } }, { { NULL, 0, 0 }, { NULL, 0, 0 } } };
    bool has_main = false;
    for (size_t at = 0; at < of->files.len; at++) {
        const source *file = &g->sources.items[of->files.items[at].at];
        has_main |= file->has_main;
        for (size_t i = 0; i < file->includes.len; i++) {
            const include *in = &file->includes.items[i];
            *dorcas_text_add(g->call, &paths[file->is_header][in->quoted]) = in->path;
        }
    }
    dorcas_text_list note = { NULL, 0, 0 };
    *dorcas_text_add(g->call, &note) = has_main ? DORCAS_TEXT("m\n") : DORCAS_TEXT("-\n");
    const dorcas_text_list *deps = of->existing ? plain_list(attribute(of->existing, DORCAS_TEXT("deps"))) : NULL;
    for (size_t at = 0; deps && at < deps->len; at++)
        add_line(g, &note, DORCAS_TEXT("d "), absolute_label(g->call, deps->items[at], g->request->rel));
    for (size_t header = 2; header--;) {
        for (size_t quoted = 2; quoted--;) {
            dorcas_text_list *list = &paths[header][quoted];
            dorcas_text_sort(g->call, list);
            for (size_t at = 0; at < list->len; at++) {
                const dorcas_text path = list->items[at];
                const dorcas_text from_root = join_path(g->call, DORCAS_TEXT(""), path);
                const dorcas_text from_file = quoted ? join_path(g->call, g->request->rel, path) : from_root;
                if (quoted && (is_in(g, of, from_file) || is_in(g, of, from_root))) continue;
                if (quoted) add_path(g, rule, from_file);
                add_path(g, rule, from_root);
                add_line(g, &note, heads[header][quoted], path);
            }
        }
    }
    dorcas_import_spec_sort(g->call, &rule->imports);
    const dorcas_text text = dorcas_concat(g->call, note.items, note.len);
    rule->note = (dorcas_bytes){ (const uint8_t *)text.ptr, text.len };
}

/* ---- Rules. ---- */

static void add_draft(generation *g, const draft *of) {
    const dorcas_text srcs_name = DORCAS_TEXT("srcs"), hdrs_name = DORCAS_TEXT("hdrs");
    dorcas_text_list srcs = { NULL, 0, 0 }, hdrs = { NULL, 0, 0 };
    for (size_t at = 0; at < of->files.len; at++) {
        const source *file = &g->sources.items[of->files.items[at].at];
        /* A header is a library's interface, but where somebody has put it among the sources. */
        const bool is_interface = of->kind == LIBRARY && file->is_header && !of->files.items[at].is_in_srcs;
        *dorcas_text_add(g->call, is_interface ? &hdrs : &srcs) = file->name;
    }
    add_others(g, of->existing, srcs_name, &srcs);
    add_others(g, of->existing, hdrs_name, &hdrs);
    if (srcs.len == 0 && hdrs.len == 0) {
        /* What never had files is somebody's own. */
        bool had_files = false;
        for (size_t at = 0; at < 2; at++) {
            const dorcas_text_list *list = plain_list(attribute(of->existing, at ? hdrs_name : srcs_name));
            had_files |= list && list->len;
        }
        if (!had_files) return;
        dorcas_empty_rule *empty = dorcas_empty_rule_add(g->call, &g->out->empty);
        empty->kind = draft_kinds[of->kind];
        empty->name = of->name;
        return;
    }
    dorcas_generated_rule *generated = dorcas_generated_rule_add(g->call, &g->out->rules);
    generated->rule.kind = draft_kinds[of->kind];
    generated->rule.name = of->name;
    const bool has_interface = of->kind == LIBRARY && hdrs.len;
    add_list(g, &generated->rule, hdrs_name, hdrs);
    if (has_interface) add_prefix(g, &generated->rule, DORCAS_TEXT("include_prefix"), g->settings->include_prefix);
    add_list(g, &generated->rule, srcs_name, srcs);
    if (has_interface)
        add_prefix(g, &generated->rule, DORCAS_TEXT("strip_include_prefix"), g->settings->strip_include_prefix);
    if (of->kind == LIBRARY && !of->existing) add_visibility(g, &generated->rule);
    add_includes(g, of, generated);
}

/* ---- Protocol buffers. ---- */

static bool is_name(dorcas_text name) {
    for (size_t at = 0; at < name.len; at++) {
        if (name.ptr[at] == ':' || name.ptr[at] == '\\' || name.ptr[at] == '@' || name.ptr[at] == '/') return false;
    }
    return is_plain_text(name.ptr, name.len);
}

/* A rule of the BUILD file by the label of its only dependency. */
typedef struct proto_rule {
    dorcas_text label;
    const dorcas_rule *rule;
} proto_rule;
DORCAS_LIST_TYPE(proto_rule)
DORCAS_LIST_FUNCTIONS(proto_rule)
DORCAS_SORT_FUNCTION(proto_rule, 1)

typedef struct protos {
    generation *g;
    /* The rules of the BUILD file that are for one `proto_library`, sorted. */
    proto_rule_list existing;
    /* The names of the rules that are generated. */
    text_set names;
} protos;

static protos read_protos(generation *g) {
    protos p = { .g = g };
    const dorcas_build_file *file = g->request->build_file;
    for (size_t at = 0; file && at < file->rules.len; at++) {
        const dorcas_rule *rule = &file->rules.items[at];
        const dorcas_text_list *deps = plain_list(attribute(rule, DORCAS_TEXT("deps")));
        if (!dorcas_equal(rule->kind, CC_PROTO) || !deps || deps->len != 1) continue;
        *proto_rule_add(g->call, &p.existing) = (proto_rule){ .label = deps->items[0], .rule = rule };
    }
    /* Of several for one label the first stays. */
    proto_rule_sort(g->call, &p.existing);
    for (size_t at = 0; at < g->out->rules.len; at++)
        text_set_add(g->call, &p.names, g->out->rules.items[at].rule.name);
    return p;
}

/* The rule of the BUILD file for a `proto_library` of the same file; null where there is none. */
static const dorcas_rule *existing_proto(const protos *p, dorcas_text label) {
    size_t low = 0, high = p->existing.len;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = dorcas_compare(p->existing.items[middle].label, label);
        if (order == 0) return p->existing.items[middle].rule;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void add_proto(protos *p, const dorcas_rule *proto) {
    generation *g = p->g;
    const dorcas_text end = DORCAS_TEXT("_proto"), name = proto->name;
    if (!dorcas_equal(proto->kind, PROTO) || !is_name(name)) return;
    const dorcas_text label = DORCAS_CONCAT(g->call, DORCAS_TEXT(":"), name);
    const dorcas_rule *existing = existing_proto(p, label);
    const size_t stem = dorcas_ends_with(name, end) ? name.len - end.len : name.len;
    const dorcas_text own_name =
        existing ? existing->name : DORCAS_CONCAT(g->call, dorcas_slice(name, 0, stem), DORCAS_TEXT("_cc_proto"));
    if (!text_set_add(g->call, &p->names, own_name)) return;
    dorcas_rule *rule = &dorcas_generated_rule_add(g->call, &g->out->rules)->rule;
    rule->kind = CC_PROTO;
    rule->name = own_name;
    dorcas_attr *attr = dorcas_attr_add(g->call, &rule->attrs);
    attr->name = DORCAS_TEXT("deps");
    attr->value.tag = DORCAS_VALUE_LABELS;
    *dorcas_text_add(g->call, &attr->value.labels) = label;
    if (!existing) add_visibility(g, rule);
}

static void add_protos(generation *g) {
    protos p = read_protos(g);
    for (size_t at = 0; at < g->request->other_rules.len; at++) add_proto(&p, &g->request->other_rules.items[at].rule);
    for (size_t at = 0; at < g->request->other_empty.len; at++) {
        const dorcas_empty_rule *proto = &g->request->other_empty.items[at];
        if (!dorcas_equal(proto->kind, PROTO)) continue;
        const dorcas_rule *existing = existing_proto(&p, DORCAS_CONCAT(g->call, DORCAS_TEXT(":"), proto->name));
        /* One that is generated stays. */
        if (!existing || !text_set_add(g->call, &p.names, existing->name)) continue;
        dorcas_empty_rule *empty = dorcas_empty_rule_add(g->call, &g->out->empty);
        empty->kind = CC_PROTO;
        empty->name = existing->name;
    }
}

bool generate(dorcas_call *call, const dorcas_generate_request *request, dorcas_generate_response *out) {
    settings settings;
    if (!read_settings(call, request->state, &settings)) return false;
    generation g = {
        .call = call,
        .request = request,
        .settings = &settings,
        .sources = read_sources(call, request->files),
        .out = out,
        .has_visibility = has_default_visibility(request),
    };
    if (settings.generate) {
        const draft_list drafts = group_sources(call, request, &settings, g.sources);
        for (draft_kind kind = LIBRARY; kind <= TEST; kind++) {
            for (size_t at = 0; at < drafts.len; at++) {
                if (drafts.items[at].kind == kind) add_draft(&g, &drafts.items[at]);
            }
        }
    }
    if (settings.generate && settings.generate_proto) add_protos(&g);
    dorcas_text_sort(call, &out->rels_to_index);
    return true;
}
