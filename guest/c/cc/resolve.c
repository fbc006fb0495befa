/* How can rules be included, and what do they depend on? */
#include "cc.h"

/* ---- imports ---- */

/* Whether `path` is `dir` or in it; then `rest` is what is left of it. */
static bool strip(dorcas_text path, dorcas_text dir, dorcas_text *rest) {
    if (dir.len == 0) {
        *rest = path;
        return true;
    }
    if (path.len <= dir.len || path.ptr[dir.len] != '/' || !dorcas_starts_with(path, dir)) return false;
    *rest = dorcas_slice(path, dir.len + 1, path.len);
    return true;
}

dorcas_text include_path(dorcas_call *call, dorcas_text rel, dorcas_text strip_include_prefix,
                         dorcas_text include_prefix, dorcas_text path) {
    const dorcas_text prefix = strip_include_prefix, nothing = { NULL, 0 };
    if (prefix.len == 0 && include_prefix.len == 0) return path;
    /* With a slash in front it is from the root, else from the package; without one at all the package is stripped. */
    const bool from_root = prefix.len && prefix.ptr[0] == '/';
    const dorcas_text dir = from_root ? join_path(call, DORCAS_TEXT(""), dorcas_slice(prefix, 1, prefix.len))
                                      : join_path(call, rel, prefix);
    dorcas_text rest;
    if (!dir.ptr || !strip(path, dir, &rest)) return nothing;
    return join_path(call, include_prefix, rest);
}

static void add_import(dorcas_call *call, dorcas_rule_imports *out, dorcas_text path) {
    if (!path.ptr) return;
    dorcas_import_spec *spec = dorcas_import_spec_add(call, &out->imports);
    spec->lang = DORCAS_TEXT("cc");
    spec->imp = path;
}

/* All paths by which a header can be included: from the root, and as `include_prefix`, `strip_include_prefix` and
 * `includes` have it. */
static void add_header(dorcas_call *call, const dorcas_rule *rule, dorcas_text rel, dorcas_text header,
                       dorcas_rule_imports *out) {
    if (header.len && header.ptr[0] == ':') header = dorcas_slice(header, 1, header.len);
    if (dorcas_find_last(header, ':') < header.len || dorcas_starts_with(header, DORCAS_TEXT("@"))) return;
    const dorcas_text path = join_path(call, rel, header);
    add_import(call, out, path);
    if (!path.ptr) return;
    add_import(call, out,
               include_path(call, rel, plain_text(attribute(rule, DORCAS_TEXT("strip_include_prefix"))),
                            plain_text(attribute(rule, DORCAS_TEXT("include_prefix"))), path));
    const dorcas_text_list *includes = plain_list(attribute(rule, DORCAS_TEXT("includes")));
    for (size_t at = 0; includes && at < includes->len; at++) {
        const dorcas_text dir = join_path(call, rel, includes->items[at]);
        dorcas_text rest;
        if (strip(path, dir.ptr ? dir : DORCAS_TEXT(""), &rest)) add_import(call, out, rest);
    }
}

bool imports(dorcas_call *call, const dorcas_imports_request *request, dorcas_imports_response *out) {
    settings settings;
    if (!read_settings(call, request->state, &settings)) return false;
    for (size_t at = 0; at < request->rules.len; at++) {
        const dorcas_rule *rule = &request->rules.items[at].rule;
        dorcas_rule_imports *of = dorcas_rule_imports_add(call, &out->rules);
        if (dorcas_equal(rule->kind, DORCAS_TEXT("cc_proto_library"))) {
            /* By the label of the rule that has the `.proto` files. */
            const dorcas_text_list *deps = plain_list(attribute(rule, DORCAS_TEXT("deps")));
            of->importable = true;
            for (size_t dep = 0; deps && dep < deps->len; dep++)
                add_import(call, of, absolute_label(call, deps->items[dep], request->rel));
        } else if (dorcas_equal(rule->kind, DORCAS_TEXT("cc_library")) ||
                   dorcas_equal(rule->kind, DORCAS_TEXT("cc_import"))) {
            static const dorcas_text attrs[] = { DORCAS_INIT("hdrs"), DORCAS_INIT("textual_hdrs") };
            of->importable = true;
            for (size_t attr = 0; attr < 2; attr++) {
                const dorcas_value *value = attribute(rule, attrs[attr]);
                dorcas_text_list headers = { NULL, 0, 0 };
                all_strings(call, value, &headers);
                for (size_t start = 0, end = 0; has_glob(value) && start < settings.headers.len; start = end + 1) {
                    for (end = start; settings.headers.ptr[end] != '\n'; end++) {}
                    const dorcas_text name = dorcas_slice(settings.headers, start, end);
                    if (glob_names(value, name)) *dorcas_text_add(call, &headers) = name;
                }
                for (size_t header = 0; header < headers.len; header++)
                    add_header(call, rule, request->rel, headers.items[header], of);
            }
        }
        dorcas_import_spec_sort(call, &of->imports);
    }
    return true;
}

/* ---- resolve ---- */

dorcas_text absolute_label(dorcas_call *call, dorcas_text label, dorcas_text rel) {
    const size_t colon = dorcas_find_last(label, ':');
    if (dorcas_starts_with(label, DORCAS_TEXT("//")) || dorcas_starts_with(label, DORCAS_TEXT("@"))) {
        if (colon < label.len) return label;
        const size_t slash = dorcas_find_last(label, '/');
        return DORCAS_CONCAT(call, label, DORCAS_TEXT(":"),
                             dorcas_slice(label, slash == label.len ? 0 : slash + 1, label.len));
    }
    const dorcas_text name = label.len && colon == 0 ? dorcas_slice(label, 1, label.len) : label;
    return DORCAS_CONCAT(call, DORCAS_TEXT("//"), rel, DORCAS_TEXT(":"), name);
}

/* What the index finds is of this repository, by its name, which is left out here. */
static dorcas_text without_repository(dorcas_text label) {
    for (size_t at = 0; at + 1 < label.len; at++) {
        if (label.ptr[at] == '/' && label.ptr[at + 1] == '/') return dorcas_slice(label, at, label.len);
    }
    return label;
}

typedef struct resolver {
    dorcas_call *call;
    const dorcas_resolve_request *request;
    settings settings;
    dorcas_diagnostic_list diagnostics;
    /* What was said already: a library and its test include the same. */
    text_set said;
    dorcas_query_list need;
} resolver;

/* A rule's part of it. */
typedef struct rule_resolver {
    const dorcas_rule *rule;
    dorcas_text own_label;
    bool has_main;
    /* What its `deps` were, sorted before the first include is looked at. */
    dorcas_text_list old_deps;
    bool is_sorted;
    dorcas_text_list deps;
    dorcas_text_list implementation_deps;
} rule_resolver;

static const dorcas_lookup *look_up(const resolver *r, dorcas_text lang, dorcas_text imp) {
    const dorcas_text wanted[3] = { lang, imp, lang };
    size_t low = 0, high = r->request->found.len;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const dorcas_lookup *found = &r->request->found.items[middle];
        const dorcas_text texts[3] = { found->query.import.lang, found->query.import.imp, found->query.lang };
        int order = 0;
        for (size_t at = 0; at < 3 && order == 0; at++) order = dorcas_compare(texts[at], wanted[at]);
        if (order == 0) return found;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void say(resolver *r, dorcas_severity severity, dorcas_text message) {
    if (!text_set_add(r->call, &r->said, message)) return;
    dorcas_diagnostic *diagnostic = dorcas_diagnostic_add(r->call, &r->diagnostics);
    diagnostic->severity = severity;
    diagnostic->message = message;
}

/* What an include comes to. */
typedef enum outcome { UNKNOWN, SETTLED, ASKED } outcome;

/* The rule that provides a path. `SETTLED` without a label is the rule itself, or what the user has to choose. */
static outcome provider(resolver *r, const rule_resolver *rule, const dorcas_lookup *found, dorcas_text path,
                        dorcas_text *label) {
    if (!found || found->matches.len == 0) return UNKNOWN;
    for (size_t at = 0; at < found->matches.len; at++) {
        if (dorcas_equal(without_repository(found->matches.items[at].label), rule->own_label)) return SETTLED;
    }
    if (found->matches.len == 1) {
        *label = found->matches.items[0].label;
        return SETTLED;
    }
    say(r, DORCAS_SEVERITY_WARNING,
        DORCAS_CONCAT(r->call, without_repository(found->matches.items[0].label), DORCAS_TEXT(" and "),
                      without_repository(found->matches.items[1].label), DORCAS_TEXT(" provide the header \""), path,
                      DORCAS_TEXT("\"; to choose: # gazelle:resolve cc "), path, DORCAS_TEXT(" LABEL")));
    return SETTLED;
}

static const dorcas_lookup *ask(resolver *r, dorcas_text lang, dorcas_text imp) {
    const dorcas_lookup *found = look_up(r, lang, imp);
    /* The last round has to do with what there is. */
    if (!found && r->request->round < 8) {
        dorcas_query *query = dorcas_query_add(r->call, &r->need);
        query->import.lang = query->lang = lang;
        query->import.imp = imp;
    }
    return found;
}

/* `a.pb.h` comes from the `cc_proto_library` for the `proto_library` that has `a.proto`: two questions. */
static outcome proto_provider(resolver *r, const rule_resolver *rule, dorcas_text path, dorcas_text *label) {
    const dorcas_text end = DORCAS_TEXT(".pb.h");
    if (!dorcas_ends_with(path, end)) return UNKNOWN;
    const dorcas_text file = DORCAS_CONCAT(r->call, dorcas_slice(path, 0, path.len - end.len), DORCAS_TEXT(".proto"));
    const dorcas_lookup *proto = ask(r, DORCAS_TEXT("proto"), file);
    if (!proto) return r->need.len ? ASKED : UNKNOWN;
    if (proto->matches.len == 0) return UNKNOWN;
    const dorcas_text of_proto = without_repository(proto->matches.items[0].label);
    const dorcas_lookup *found = ask(r, DORCAS_TEXT("cc"), absolute_label(r->call, of_proto, DORCAS_TEXT("")));
    if (!found) return r->need.len ? ASKED : UNKNOWN;
    return provider(r, rule, found, path, label);
}

static outcome known_provider(const resolver *r, const rule_resolver *rule, dorcas_text path, dorcas_text *label) {
    for (size_t at = 0; at < KNOWN_MODULES; at++) {
        if (!dorcas_starts_with(path, known_modules[at].headers)) continue;
        const bool needs_main = dorcas_equal(rule->rule->kind, draft_kinds[TEST]) && !rule->has_main;
        *label = DORCAS_CONCAT(r->call, DORCAS_TEXT("@"), r->settings.known[at], DORCAS_TEXT("//:"),
                               needs_main ? known_modules[at].with_main : known_modules[at].library);
        return SETTLED;
    }
    return UNKNOWN;
}

static outcome find_provider(resolver *r, const rule_resolver *rule, dorcas_text path, bool quoted,
                             dorcas_text *label) {
    dorcas_text paths[2];
    size_t count = 0;
    if (quoted) paths[count++] = join_path(r->call, r->request->rel, path);
    paths[count++] = join_path(r->call, DORCAS_TEXT(""), path);
    outcome outcome = UNKNOWN;
    for (size_t at = 0; at < count; at++) {
        const dorcas_lookup *found = paths[at].ptr ? look_up(r, DORCAS_TEXT("cc"), paths[at]) : NULL;
        if (!found || !found->override_label.ptr) continue;
        *label = found->override_label;
        return SETTLED;
    }
    for (size_t at = 0; at < count && outcome == UNKNOWN; at++) {
        if (paths[at].ptr) outcome = provider(r, rule, look_up(r, DORCAS_TEXT("cc"), paths[at]), paths[at], label);
    }
    for (size_t at = 0; at < count && outcome == UNKNOWN; at++) {
        if (paths[at].ptr) outcome = proto_provider(r, rule, paths[at], label);
    }
    return outcome == UNKNOWN ? known_provider(r, rule, path, label) : outcome;
}

static bool has_label(const rule_resolver *rule, dorcas_text label) {
    return has_text(rule->old_deps, label) || has_text(rule->old_deps, without_repository(label));
}

static void resolve_include(resolver *r, rule_resolver *rule, bool in_header, bool quoted, dorcas_text path) {
    dorcas_text label = { NULL, 0 };
    switch (find_provider(r, rule, path, quoted, &label)) {
    case ASKED: return;
    case UNKNOWN:
        /* What is in brackets is the system's, as far as we know. */
        if (!quoted || !r->settings.unresolved_said) return;
        say(r, r->settings.unresolved,
            DORCAS_CONCAT(r->call, DORCAS_TEXT("no rule provides the header \""), path,
                          DORCAS_TEXT("\"; one from elsewhere: # gazelle:resolve cc "), path, DORCAS_TEXT(" LABEL")));
        return;
    case SETTLED: break;
    }
    if (!label.ptr) return;
    /* A library passes on what its headers include, and what somebody has said that it passes on. */
    const bool is_interface = in_header || !dorcas_equal(rule->rule->kind, draft_kinds[LIBRARY]) ||
                              has_label(rule, absolute_label(r->call, label, r->request->rel));
    *dorcas_text_add(r->call, is_interface ? &rule->deps : &rule->implementation_deps) = label;
}

static void set_labels(resolver *r, dorcas_resolved_rule *out, dorcas_text name, dorcas_text_list labels) {
    if (labels.len == 0) {
        *dorcas_text_add(r->call, &out->delete_) = name;
        return;
    }
    dorcas_attr *attr = dorcas_attr_add(r->call, &out->set);
    attr->name = name;
    attr->value.tag = DORCAS_VALUE_LABELS;
    attr->value.labels = labels;
}

static void resolve_rule(resolver *r, const dorcas_resolve_rule *of, dorcas_resolved_rule *out) {
    const dorcas_text note = { (const char *)of->note.ptr, of->note.len };
    /* The `deps` of a `cc_proto_library` were there from the beginning. */
    if (note.len == 0) return;
    rule_resolver rule = { .rule = &of->rule, .has_main = note.ptr[0] == 'm' };
    rule.own_label = DORCAS_CONCAT(r->call, DORCAS_TEXT("//"), r->request->rel, DORCAS_TEXT(":"), of->rule.name);
    for (size_t start = 0, end; start < note.len; start = end + 1) {
        for (end = start; end < note.len && note.ptr[end] != '\n'; end++) {}
        const dorcas_text line = dorcas_slice(note, start, end);
        if (line.len <= 2 || !is_plain_text(line.ptr, line.len)) continue;
        /* These stand before those for includes. */
        if (line.ptr[0] == 'd')
            *dorcas_text_add(r->call, &rule.old_deps) = dorcas_slice(line, 2, line.len);
        else {
            if (!rule.is_sorted) dorcas_text_sort(r->call, &rule.old_deps);
            rule.is_sorted = true;
            resolve_include(r, &rule, line.ptr[0] == 'h', line.ptr[1] == '"', dorcas_slice(line, 2, line.len));
        }
    }
    /* What is passed on is there anyway. */
    dorcas_text_list rest = { NULL, 0, 0 };
    dorcas_text_sort(r->call, &rule.deps);
    dorcas_text_sort(r->call, &rule.implementation_deps);
    for (size_t at = 0, other = 0; at < rule.implementation_deps.len; at++) {
        const dorcas_text label = rule.implementation_deps.items[at];
        while (other < rule.deps.len && dorcas_compare(rule.deps.items[other], label) < 0) other++;
        if (other == rule.deps.len || !dorcas_equal(rule.deps.items[other], label))
            *dorcas_text_add(r->call, &rest) = label;
    }
    set_labels(r, out, DORCAS_TEXT("deps"), rule.deps);
    if (dorcas_equal(of->rule.kind, draft_kinds[LIBRARY])) set_labels(r, out, DORCAS_TEXT("implementation_deps"), rest);
}

bool resolve(dorcas_call *call, const dorcas_resolve_request *request, dorcas_resolve_response *out) {
    resolver r = { .call = call, .request = request };
    if (!read_settings(call, request->state, &r.settings)) return false;
    dorcas_resolved_rule_list rules = { NULL, 0, 0 };
    for (size_t at = 0; at < request->rules.len; at++)
        resolve_rule(&r, &request->rules.items[at], dorcas_resolved_rule_add(call, &rules));
    if (r.need.len) {
        dorcas_query_sort(call, &r.need);
        out->tag = DORCAS_RESOLVE_RESPONSE_NEED;
        out->need = r.need;
        return true;
    }
    out->tag = DORCAS_RESOLVE_RESPONSE_RESOLVED;
    out->resolved.rules = rules;
    out->resolved.diagnostics = r.diagnostics;
    return true;
}
