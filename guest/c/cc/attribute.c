/* Which files does an attribute name? */
#include "cc.h"

const dorcas_value *attribute(const dorcas_rule *rule, dorcas_text name) {
    for (size_t at = 0; at < rule->attrs.len; at++) {
        if (dorcas_equal(rule->attrs.items[at].name, name)) return &rule->attrs.items[at].value;
    }
    return NULL;
}

const dorcas_text_list *plain_list(const dorcas_value *value) {
    if (!value) return NULL;
    switch (value->tag) {
    case DORCAS_VALUE_STRINGS: return &value->strings;
    case DORCAS_VALUE_SORTED_STRINGS: return &value->sorted_strings;
    case DORCAS_VALUE_LABELS: return &value->labels;
    default: return NULL;
    }
}

dorcas_text plain_text(const dorcas_value *value) {
    if (value && value->tag == DORCAS_VALUE_STRING) return value->string;
    if (value && value->tag == DORCAS_VALUE_LABEL) return value->label;
    return DORCAS_TEXT("");
}

/* Whether a glob of Bazel's matches the name of a file in its own directory. */
static bool glob_matches(dorcas_text glob, dorcas_text file) {
    while (dorcas_starts_with(glob, DORCAS_TEXT("**/"))) glob = dorcas_slice(glob, 3, glob.len);
    /* After the last asterisk all before it is settled: it only has to take more. */
    size_t g = 0, f = 0, star = glob.len, star_file = 0;
    while (f < file.len) {
        if (g < glob.len && glob.ptr[g] == '*') {
            star = g++;
            star_file = f;
        } else if (g < glob.len && glob.ptr[g] == file.ptr[f]) {
            g++;
            f++;
        } else if (star < glob.len) {
            g = star + 1;
            f = ++star_file;
        } else {
            return false;
        }
    }
    while (g < glob.len && glob.ptr[g] == '*') g++;
    return g == glob.len;
}

static bool any_matches(dorcas_text_list globs, dorcas_text file) {
    for (size_t at = 0; at < globs.len; at++) {
        if (glob_matches(globs.items[at], file)) return true;
    }
    return false;
}

static bool in_glob(dorcas_text_list include, dorcas_text_list exclude, dorcas_text file) {
    return any_matches(include, file) && !any_matches(exclude, file);
}

bool glob_names(const dorcas_value *value, dorcas_text file) {
    if (!value) return false;
    if (value->tag == DORCAS_VALUE_GLOB) return in_glob(value->glob.include, value->glob.exclude, file);
    for (size_t at = 0; value->tag == DORCAS_VALUE_CONCAT && at < value->concat.len; at++) {
        const dorcas_term *term = &value->concat.items[at];
        if (term->tag == DORCAS_TERM_GLOB && in_glob(term->glob.include, term->glob.exclude, file)) return true;
    }
    return false;
}

bool leaves_out(const dorcas_value *value, dorcas_text file) {
    if (!value) return false;
    if (value->tag == DORCAS_VALUE_GLOB) return any_matches(value->glob.exclude, file);
    for (size_t at = 0; value->tag == DORCAS_VALUE_CONCAT && at < value->concat.len; at++) {
        const dorcas_term *term = &value->concat.items[at];
        if (term->tag == DORCAS_TERM_GLOB && any_matches(term->glob.exclude, file)) return true;
    }
    return false;
}

bool has_glob(const dorcas_value *value) {
    if (!value) return false;
    if (value->tag == DORCAS_VALUE_GLOB) return true;
    if (value->tag != DORCAS_VALUE_CONCAT) return false;
    for (size_t at = 0; at < value->concat.len; at++) {
        if (value->concat.items[at].tag == DORCAS_TERM_GLOB) return true;
    }
    return false;
}

static void add_all(dorcas_call *call, dorcas_text_list from, dorcas_text_list *out) {
    for (size_t at = 0; at < from.len; at++) *dorcas_text_add(call, out) = from.items[at];
}

static void add_branches(dorcas_call *call, dorcas_select_branch_list from, dorcas_text_list *out) {
    for (size_t at = 0; at < from.len; at++) add_all(call, from.items[at].values, out);
}

void all_strings(dorcas_call *call, const dorcas_value *value, dorcas_text_list *out) {
    const dorcas_text_list *list = plain_list(value);
    if (list) add_all(call, *list, out);
    if (value && value->tag == DORCAS_VALUE_SELECT) add_branches(call, value->select, out);
    if (!value || value->tag != DORCAS_VALUE_CONCAT) return;
    for (size_t at = 0; at < value->concat.len; at++) {
        const dorcas_term *term = &value->concat.items[at];
        if (term->tag == DORCAS_TERM_STRINGS) add_all(call, term->strings, out);
        if (term->tag == DORCAS_TERM_SELECT) add_branches(call, term->select, out);
    }
}
