/* Which files make a rule?
 *
 * A file stays in the rule that it is in. What is in none gets one: a binary for each `main`, a test, and a library; of
 * the last two either one for the directory or one for each unit, which is `a.h` and `a.cc`, and what includes each
 * other. */
#include "cc.h"

DORCAS_LIST_FUNCTIONS(position)
DORCAS_SORT_FUNCTION(position, 1)

const dorcas_text draft_kinds[3] = { DORCAS_INIT("cc_library"), DORCAS_INIT("cc_binary"), DORCAS_INIT("cc_test") };

/* What is known while rules are made. */
typedef struct grouping {
    dorcas_call *call;
    const dorcas_generate_request *request;
    source_list sources;
    /* The directory as includes have it, by the prefixes of libraries; a null `ptr` where these don't go with it. */
    dorcas_text include_dir;
    draft_list drafts;
    /* Which sources are in a rule. */
    bool *taken;
    /* The names of all rules. */
    text_set names;
} grouping;

static draft *draft_at(grouping *g, size_t at) {
    return (draft *)(uintptr_t)&g->drafts.items[at];
}

static position *put(grouping *g, draft *of, size_t file) {
    position *new_one = position_add(g->call, &of->files);
    new_one->name = g->sources.items[file].name;
    new_one->at = file;
    g->taken[file] = true;
    return new_one;
}

/* Takes a name; false where somebody has it. */
static bool take_name(grouping *g, dorcas_text name) {
    return text_set_add(g->call, &g->names, name);
}

/* Puts what is in no rule and has this stem into one. The names of such files begin with the stem and a dot, so that they
 * lie together; those with a `main` stay out where that makes a rule of its own. */
static void put_unit(grouping *g, draft *of, dorcas_text stem, bool with_mains) {
    const dorcas_text start = DORCAS_CONCAT(g->call, stem, DORCAS_TEXT("."));
    for (size_t at = first_source(g->sources, start); at < g->sources.len; at++) {
        const source *file = &g->sources.items[at];
        if (!dorcas_starts_with(file->name, start)) break;
        if (!g->taken[at] && (with_mains || !file->has_main) && dorcas_equal(file->stem, stem)) put(g, of, at);
    }
}

/* ---- Rules that are there. ---- */

/* Whether what somebody wrote in a rule is lists of files: then files can be added. */
static bool is_list_of_files(const dorcas_rule *rule) {
    const dorcas_value *srcs = attribute(rule, DORCAS_TEXT("srcs")), *hdrs = attribute(rule, DORCAS_TEXT("hdrs"));
    return rule->name.len && (srcs || hdrs) && (!srcs || plain_list(srcs)) && (!hdrs || plain_list(hdrs));
}

/* Takes the files that an attribute names, and puts them into the rule if there is one. */
static void take_files(grouping *g, draft *of, const dorcas_value *value, bool is_srcs) {
    const bool is_list = plain_list(value);
    dorcas_text_list names = { NULL, 0, 0 };
    all_strings(g->call, value, &names);
    for (size_t at = 0; at < names.len; at++) {
        dorcas_text name = names.items[at];
        if (name.len && name.ptr[0] == ':') name = dorcas_slice(name, 1, name.len);
        const size_t file = find_source(g->sources, name);
        if (file == g->sources.len) continue;
        if (of && is_list) put(g, of, file)->is_in_srcs = is_srcs;
        g->taken[file] = true;
    }
    for (size_t file = 0; has_glob(value) && file < g->sources.len; file++) {
        const dorcas_text name = g->sources.items[file].name;
        /* What a glob leaves out is left out on purpose. */
        if (!g->taken[file] && (glob_names(value, name) || leaves_out(value, name))) g->taken[file] = true;
    }
}

/* A rule by its kind and name, which has no blank. */
static dorcas_text kind_and_name(grouping *g, dorcas_text kind, dorcas_text name) {
    return DORCAS_CONCAT(g->call, kind, DORCAS_TEXT(" "), name);
}

static void take_existing(grouping *g) {
    const dorcas_build_file *file = g->request->build_file;
    text_set emptied = { NULL, 0, 0 };
    for (size_t at = 0; at < g->request->other_empty.len; at++) {
        const dorcas_empty_rule *rule = &g->request->other_empty.items[at];
        text_set_add(g->call, &emptied, kind_and_name(g, rule->kind, rule->name));
    }
    for (size_t at = 0; file && at < file->rules.len; at++) {
        const dorcas_rule *rule = &file->rules.items[at];
        size_t kind = 0;
        while (kind < 3 && !dorcas_equal(rule->kind, draft_kinds[kind])) kind++;
        /* Rules of other kinds, and what isn't a list, are somebody's own, with the files in them. */
        draft *of = NULL;
        const bool is_first = take_name(g, rule->name);
        /* One that another language empties has none of these files in the next run. */
        if (emptied.len && text_set_has(&emptied, kind_and_name(g, rule->kind, rule->name))) continue;
        if (kind < 3 && is_list_of_files(rule) && is_first) {
            of = draft_add(g->call, &g->drafts);
            *of = (draft){ .kind = (draft_kind)kind, .name = rule->name, .existing = rule };
        }
        take_files(g, of, attribute(rule, DORCAS_TEXT("srcs")), true);
        take_files(g, of, attribute(rule, DORCAS_TEXT("hdrs")), false);
        take_files(g, NULL, attribute(rule, DORCAS_TEXT("textual_hdrs")), false);
    }
    for (size_t at = 0; at < g->request->other_rules.len; at++)
        take_name(g, g->request->other_rules.items[at].rule.name);
}

static draft *new_draft(grouping *g, draft_kind kind, dorcas_text name) {
    static const dorcas_text ends[] = { DORCAS_INIT("_lib"), DORCAS_INIT("_bin"), DORCAS_INIT("_test") };
    while (!take_name(g, name)) name = DORCAS_CONCAT(g->call, name, ends[kind]);
    draft *of = draft_add(g->call, &g->drafts);
    *of = (draft){ .kind = kind, .name = name };
    return of;
}

/* ---- New rules. ---- */

/* A rule for each file with `main`. */
static void take_mains(grouping *g, bool by_unit) {
    for (size_t at = 0; at < g->sources.len; at++) {
        const source *of = &g->sources.items[at];
        if (g->taken[at] || !of->has_main) continue;
        draft *binary = new_draft(g, of->is_test ? TEST : BINARY, of->stem);
        put(g, binary, at);
        if (by_unit) put_unit(g, binary, of->stem, false);
    }
}

/* The rule of the BUILD file for files of this kind: the one named as a new one would be, or the only one. */
static draft *rule_for(grouping *g, draft_kind kind, dorcas_text name) {
    draft *only = NULL;
    size_t count = 0;
    for (size_t at = 0; at < g->drafts.len; at++) {
        draft *of = draft_at(g, at);
        if (of->kind != kind || !of->existing) continue;
        if (dorcas_equal(of->name, name)) return of;
        only = of;
        count++;
    }
    return count == 1 ? only : new_draft(g, kind, name);
}

static void take_directory(grouping *g, dorcas_text name) {
    bool has_tests = false, has_others = false;
    for (size_t at = 0; at < g->sources.len; at++) {
        if (!g->taken[at]) has_tests |= g->sources.items[at].is_test && !g->sources.items[at].is_header;
    }
    /* A header of tests is theirs, if there are any without a `main` of their own. */
    for (size_t at = 0; at < g->sources.len; at++) {
        if (!g->taken[at]) has_others |= !has_tests || !g->sources.items[at].is_test;
    }
    if (has_others) {
        draft *library = rule_for(g, LIBRARY, name);
        for (size_t at = 0; at < g->sources.len; at++) {
            if (!g->taken[at] && !(has_tests && g->sources.items[at].is_test)) put(g, library, at);
        }
    }
    if (has_tests) {
        draft *test = rule_for(g, TEST, DORCAS_CONCAT(g->call, name, DORCAS_TEXT("_test")));
        for (size_t at = 0; at < g->sources.len; at++) {
            if (!g->taken[at]) put(g, test, at);
        }
    }
}

/* ---- Units. ---- */

/* Units that include each other, directly or not, are one: those that Tarjan's algorithm finds on a stack together. */
typedef struct units {
    size_t count;
    /* The unit of each source; `count` where it has none. */
    size_t *of_source;
    /* The next source of the same unit; the number of sources where there is none. */
    size_t *next_source;
    /* Where the walk of each stands: a source of it, and one of that one's includes. */
    size_t *source;
    size_t *next_include;
    /* When a unit was met, and the earliest that leads back to it; 0 where it wasn't met. */
    size_t *met;
    size_t *low;
    bool *on_stack;
    /* The first unit of those that are one. */
    size_t *leader;
} units;

static size_t *numbers(grouping *g, size_t count) {
    return dorcas_alloc(g->call, count * sizeof(size_t) + 1);
}

/* The source that a path leads to, if it is in this directory. */
static size_t find_in(const grouping *g, dorcas_text dir, dorcas_text path) {
    if (!path.ptr || !dir.ptr) return g->sources.len;
    const size_t slash = dorcas_find_last(path, '/');
    const bool has_dir = slash < path.len;
    if (!dorcas_equal(dorcas_slice(path, 0, has_dir ? slash : 0), dir)) return g->sources.len;
    return find_source(g->sources, dorcas_slice(path, has_dir ? slash + 1 : 0, path.len));
}

/* The unit that an include leads to; the number of units where it is none of this directory. */
static size_t included_unit(const grouping *g, const units *u, const include *of) {
    const dorcas_text from_root = join_path(g->call, DORCAS_TEXT(""), of->path);
    size_t at = find_in(g, g->include_dir, from_root);
    if (at == g->sources.len) at = find_in(g, g->request->rel, from_root);
    if (at == g->sources.len && of->quoted)
        at = find_in(g, g->request->rel, join_path(g->call, g->request->rel, of->path));
    return at == g->sources.len ? u->count : u->of_source[at];
}

/* The unit of the next include of a unit; their number where there are no more. */
static size_t next_unit(const grouping *g, units *u, size_t unit) {
    for (;;) {
        const size_t at = u->source[unit];
        if (at == g->sources.len) return u->count;
        const include_list includes = g->sources.items[at].includes;
        while (u->next_include[unit] < includes.len) {
            const size_t to = included_unit(g, u, &includes.items[u->next_include[unit]++]);
            if (to != u->count && to != unit) return to;
        }
        u->next_include[unit] = 0;
        u->source[unit] = u->next_source[at];
    }
}

static void join_cycles(grouping *g, units *u) {
    size_t *path = numbers(g, u->count), *stack = numbers(g, u->count);
    size_t on_path = 0, on_stack = 0, time = 0;
    for (size_t start = 0; start < u->count; start++) {
        if (u->met[start]) continue;
        path[on_path++] = start;
        while (on_path) {
            const size_t unit = path[on_path - 1];
            if (!u->met[unit]) {
                u->met[unit] = u->low[unit] = ++time;
                stack[on_stack++] = unit;
                u->on_stack[unit] = true;
            }
            const size_t to = next_unit(g, u, unit);
            if (to < u->count) {
                if (!u->met[to])
                    path[on_path++] = to;
                else if (u->on_stack[to] && u->met[to] < u->low[unit])
                    u->low[unit] = u->met[to];
                continue;
            }
            on_path--;
            if (on_path && u->low[unit] < u->low[path[on_path - 1]]) u->low[path[on_path - 1]] = u->low[unit];
            if (u->low[unit] != u->met[unit]) continue;
            size_t leader = unit;
            for (size_t at = on_stack; stack[--at] != unit;) {
                if (stack[at] < leader) leader = stack[at];
            }
            do {
                u->leader[stack[--on_stack]] = leader;
                u->on_stack[stack[on_stack]] = false;
            } while (stack[on_stack] != unit);
        }
    }
}

/* A new file of a unit goes where the unit's other files are. */
static void take_others(grouping *g) {
    for (size_t at = 0; at < g->drafts.len; at++) {
        draft *of = draft_at(g, at);
        for (size_t file = 0, had = of->files.len; file < had; file++)
            put_unit(g, of, g->sources.items[of->files.items[file].at].stem, true);
    }
}

static void take_units(grouping *g) {
    take_others(g);
    const size_t count = g->sources.len;
    dorcas_text_list stems = { NULL, 0, 0 };
    for (size_t at = 0; at < count; at++) {
        if (!g->taken[at]) *dorcas_text_add(g->call, &stems) = g->sources.items[at].stem;
    }
    dorcas_text_sort(g->call, &stems);
    units u = {
        .count = stems.len,
        .of_source = numbers(g, count),
        .next_source = numbers(g, count),
        .source = numbers(g, stems.len),
        .next_include = numbers(g, stems.len),
        .met = numbers(g, stems.len),
        .low = numbers(g, stems.len),
        .on_stack = dorcas_alloc(g->call, stems.len + 1),
        .leader = numbers(g, stems.len),
    };
    for (size_t unit = 0; unit < u.count; unit++) u.source[unit] = count;
    for (size_t at = count; at--;) {
        const size_t unit = g->taken[at] ? u.count : find_text(stems, g->sources.items[at].stem);
        u.of_source[at] = unit;
        if (unit == u.count) continue;
        u.next_source[at] = u.source[unit];
        u.source[unit] = at;
    }
    join_cycles(g, &u);

    bool *is_test = dorcas_alloc(g->call, u.count + 1);
    for (size_t at = 0; at < count; at++) {
        const source *of = &g->sources.items[at];
        if (u.of_source[at] < u.count) is_test[u.leader[u.of_source[at]]] |= of->is_test && !of->is_header;
    }
    size_t *place = numbers(g, u.count);
    for (size_t unit = 0; unit < u.count; unit++) {
        if (u.leader[unit] != unit) continue;
        place[unit] = g->drafts.len;
        new_draft(g, is_test[unit] ? TEST : LIBRARY, stems.items[unit]);
    }
    for (size_t at = 0; at < count; at++) {
        if (u.of_source[at] < u.count) put(g, draft_at(g, place[u.leader[u.of_source[at]]]), at);
    }
}

/* The last part of a path, or the name of the repository. */
static dorcas_text directory_name(dorcas_text rel, dorcas_text repo_name) {
    if (rel.len == 0) return is_plain_text(repo_name.ptr, repo_name.len) ? repo_name : DORCAS_TEXT("root");
    const size_t slash = dorcas_find_last(rel, '/');
    return dorcas_slice(rel, slash == rel.len ? 0 : slash + 1, rel.len);
}

draft_list group_sources(dorcas_call *call, const dorcas_generate_request *request, const settings *settings,
                         source_list sources) {
    grouping g = { .call = call, .request = request, .sources = sources };
    g.taken = dorcas_alloc(call, sources.len + 1);
    const dorcas_text file = join_path(call, request->rel, DORCAS_TEXT("x"));
    const dorcas_text path =
        include_path(call, request->rel, settings->strip_include_prefix, settings->include_prefix, file);
    if (path.ptr) g.include_dir = dorcas_slice(path, 0, path.len < 2 ? 0 : path.len - 2);
    take_existing(&g);
    take_mains(&g, settings->by_unit);
    if (settings->by_unit)
        take_units(&g);
    else
        take_directory(&g, directory_name(request->rel, settings->repo_name));
    for (size_t at = 0; at < g.drafts.len; at++) position_sort(call, &draft_at(&g, at)->files);
    return g.drafts;
}
