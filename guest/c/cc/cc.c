/* What is the guest, and what does a directory's state say? */
#include "cc.h"

DORCAS_LANGUAGE("cc")

/* ---- The manifest. ---- */

static const dorcas_text deps[] = { DORCAS_INIT("deps") };
static const dorcas_text all_deps[] = { DORCAS_INIT("deps"), DORCAS_INIT("implementation_deps") };
static const dorcas_text srcs[] = { DORCAS_INIT("srcs") };
static const dorcas_text files[] = { DORCAS_INIT("hdrs"), DORCAS_INIT("srcs") };
static const dorcas_text symbols[] = {
    DORCAS_INIT("cc_binary"),         DORCAS_INIT("cc_import"), DORCAS_INIT("cc_library"),
    DORCAS_INIT("cc_shared_library"), DORCAS_INIT("cc_test"),
};
static const dorcas_text proto_symbols[] = { DORCAS_INIT("cc_proto_library") };

static const dorcas_kind kinds[] = {
    { .name = DORCAS_INIT("cc_binary"),
      .match_attrs = DORCAS_INIT_LIST(srcs),
      .non_empty_attrs = DORCAS_INIT_LIST(srcs),
      .mergeable_attrs = DORCAS_INIT_LIST(srcs),
      .resolve_attrs = DORCAS_INIT_LIST(deps) },
    /* Never generated. What somebody wrote can be included all the same. */
    { .name = DORCAS_INIT("cc_import"), .non_empty_attrs = DORCAS_INIT_LIST(files) },
    { .name = DORCAS_INIT("cc_library"),
      .match_attrs = DORCAS_INIT_LIST(files),
      .non_empty_attrs = DORCAS_INIT_LIST(files),
      .mergeable_attrs = DORCAS_INIT_LIST(files),
      .resolve_attrs = DORCAS_INIT_LIST(all_deps) },
    { .name = DORCAS_INIT("cc_proto_library"),
      .match_attrs = DORCAS_INIT_LIST(deps),
      .non_empty_attrs = DORCAS_INIT_LIST(deps),
      .mergeable_attrs = DORCAS_INIT_LIST(deps) },
    { .name = DORCAS_INIT("cc_shared_library"), .non_empty_attrs = DORCAS_INIT_LIST(deps) },
    { .name = DORCAS_INIT("cc_test"),
      .match_attrs = DORCAS_INIT_LIST(srcs),
      .non_empty_attrs = DORCAS_INIT_LIST(srcs),
      .mergeable_attrs = DORCAS_INIT_LIST(srcs),
      .resolve_attrs = DORCAS_INIT_LIST(deps) },
};

static const dorcas_load_info loads[] = {
    { .module = DORCAS_INIT("rules_cc"),
      .repo = DORCAS_INIT("rules_cc"),
      .file = DORCAS_INIT("//cc:defs.bzl"),
      .symbols = DORCAS_INIT_LIST(symbols) },
    { .module = DORCAS_INIT("protobuf"),
      .repo = DORCAS_INIT("com_google_protobuf"),
      .file = DORCAS_INIT("//bazel:cc_proto_library.bzl"),
      .symbols = DORCAS_INIT_LIST(proto_symbols) },
};

static const dorcas_directive_info directives[] = {
    { DORCAS_INIT("cc_generate"), DORCAS_INIT("true or false: whether there are rules for C and C++ from here on") },
    { DORCAS_INIT("cc_generate_proto"),
      DORCAS_INIT("true or false: whether there is a cc_proto_library for each proto_library") },
    { DORCAS_INIT("cc_group"),
      DORCAS_INIT("directory: one library for each directory; unit: one for each a.h with its a.cc") },
    { DORCAS_INIT("cc_include_prefix"),
      DORCAS_INIT("the include_prefix of libraries from here on; none where it is empty") },
    { DORCAS_INIT("cc_strip_include_prefix"),
      DORCAS_INIT("their strip_include_prefix: /include for a directory of the root") },
    { DORCAS_INIT("cc_unresolved_deps"),
      DORCAS_INIT("ignore, warn or error: what becomes of an include in quotes that no rule provides") },
};

#define HEADERS DORCAS_INIT("*.{h,hh,hpp,hxx,inl,ipp}")

static bool manifest(dorcas_call *call, const dorcas_manifest_request *request, dorcas_manifest *out) {
    (void)request;
    out->version = DORCAS_TEXT("0.1.0");
    out->kinds = (dorcas_kind_list)DORCAS_INIT_LIST(kinds);
    out->loads = (dorcas_load_info_list)DORCAS_INIT_LIST(loads);
    out->directives = (dorcas_directive_info_list)DORCAS_INIT_LIST(directives);
    dorcas_input *input = dorcas_input_add(call, &out->inputs);
    input->glob = (dorcas_text)HEADERS;
    input->want.tag = DORCAS_WANT_NAME;
    input->methods.configure = true;
    input = dorcas_input_add(call, &out->inputs);
    input->glob = DORCAS_TEXT("*.{h,hh,hpp,hxx,inl,ipp,c,cc,cpp,cxx}");
    input->want.tag = DORCAS_WANT_MATCHES;
    input->want.matches = source_patterns;
    input->methods.generate_rules = true;
    return true;
}
DORCAS_MANIFEST(manifest)

/* ---- The state. ---- */

const known_module known_modules[KNOWN_MODULES] = {
    { DORCAS_INIT("gtest/"), DORCAS_INIT("googletest"), DORCAS_INIT("gtest_main"), DORCAS_INIT("gtest") },
    { DORCAS_INIT("gmock/"), DORCAS_INIT("googletest"), DORCAS_INIT("gtest_main"), DORCAS_INIT("gtest") },
    { DORCAS_INIT("benchmark/benchmark.h"), DORCAS_INIT("google_benchmark"), DORCAS_INIT("benchmark_main"),
      DORCAS_INIT("benchmark") },
    { DORCAS_INIT("catch2/"), DORCAS_INIT("catch2"), DORCAS_INIT("catch2_main"), DORCAS_INIT("catch2") },
};

/* A state is a line of four letters for the directives, one for the repository's name and one for each prefix, one for
 * each known module, and one for each header that a glob may mean. */
enum { LETTERS = 4, FIRST_LINES = 4, LINES = FIRST_LINES + KNOWN_MODULES };

bool read_settings(dorcas_call *call, dorcas_bytes state, settings *out) {
    *out = (settings){
        .generate = true, .generate_proto = true, .unresolved_said = true, .unresolved = DORCAS_SEVERITY_WARNING
    };
    for (size_t at = 0; at < KNOWN_MODULES; at++) out->known[at] = known_modules[at].name;
    if (state.len == 0) return true;
    const dorcas_text text = { (const char *)state.ptr, state.len };
    dorcas_text lines[LINES];
    size_t line = 0, start = 0;
    for (size_t at = 0; at < text.len && line < LINES; at++) {
        if (text.ptr[at] != '\n') continue;
        lines[line++] = dorcas_slice(text, start, at);
        start = at + 1;
    }
    if (!dorcas_is_utf8(text.ptr, text.len) || line < LINES || lines[0].len != LETTERS ||
        text.ptr[text.len - 1] != '\n')
        return dorcas_fail(call, 1000, DORCAS_TEXT("the state is none that `configure` has returned"));
    out->by_unit = lines[0].ptr[0] == 'u';
    out->generate = lines[0].ptr[1] == 't';
    out->generate_proto = lines[0].ptr[2] == 't';
    out->unresolved_said = lines[0].ptr[3] != 'i';
    out->unresolved = lines[0].ptr[3] == 'e' ? DORCAS_SEVERITY_ERROR : DORCAS_SEVERITY_WARNING;
    out->repo_name = lines[1];
    out->include_prefix = lines[2];
    out->strip_include_prefix = lines[3];
    for (size_t at = 0; at < KNOWN_MODULES; at++) out->known[at] = lines[FIRST_LINES + at];
    out->headers = dorcas_slice(text, start, text.len);
    return true;
}

static dorcas_bytes write_settings(dorcas_call *call, const settings *from) {
    dorcas_text_list parts = { NULL, 0, 0 };
    const dorcas_text end = DORCAS_TEXT("\n");
    *dorcas_text_add(call, &parts) = from->by_unit ? DORCAS_TEXT("u") : DORCAS_TEXT("d");
    *dorcas_text_add(call, &parts) = from->generate ? DORCAS_TEXT("t") : DORCAS_TEXT("f");
    *dorcas_text_add(call, &parts) = from->generate_proto ? DORCAS_TEXT("t") : DORCAS_TEXT("f");
    *dorcas_text_add(call, &parts) = !from->unresolved_said                        ? DORCAS_TEXT("i")
                                     : from->unresolved == DORCAS_SEVERITY_WARNING ? DORCAS_TEXT("w")
                                                                                   : DORCAS_TEXT("e");
    *dorcas_text_add(call, &parts) = end;
    const dorcas_text texts[] = { from->repo_name, from->include_prefix, from->strip_include_prefix };
    for (size_t at = 0; at < FIRST_LINES - 1; at++) {
        *dorcas_text_add(call, &parts) = texts[at];
        *dorcas_text_add(call, &parts) = end;
    }
    for (size_t at = 0; at < KNOWN_MODULES; at++) {
        *dorcas_text_add(call, &parts) = from->known[at];
        *dorcas_text_add(call, &parts) = end;
    }
    *dorcas_text_add(call, &parts) = from->headers;
    const dorcas_text text = dorcas_concat(call, parts.items, parts.len);
    return (dorcas_bytes){ (const uint8_t *)text.ptr, text.len };
}

/* ---- configure ---- */

/* Whether a name can be that of a repository in a label. */
static bool is_repository(dorcas_text name) {
    for (size_t at = 0; at < name.len; at++) {
        const char c = name.ptr[at];
        const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_word && c != '_' && c != '.' && c != '~' && c != '+' && c != '-') return false;
    }
    return name.len > 0;
}

static void read_root(const dorcas_run_info *root, settings *out) {
    if (is_plain_text(root->repo_name.ptr, root->repo_name.len)) out->repo_name = root->repo_name;
    for (size_t at = 0; at < root->modules.len; at++) {
        for (size_t known = 0; known < KNOWN_MODULES; known++) {
            if (dorcas_equal(root->modules.items[at].name, known_modules[known].name) &&
                is_repository(root->modules.items[at].apparent))
                out->known[known] = root->modules.items[at].apparent;
        }
    }
}

/* The one of several words that a directive says; their number, and a warning, where it says none of them. */
static size_t word(dorcas_call *call, const dorcas_directive *directive, const dorcas_text *words, size_t count,
                   dorcas_configure_response *out) {
    for (size_t at = 0; at < count; at++) {
        if (dorcas_equal(directive->value, words[at])) return at;
    }
    dorcas_text_list message = { NULL, 0, 0 };
    *dorcas_text_add(call, &message) = directive->key;
    *dorcas_text_add(call, &message) = DORCAS_TEXT(": \"");
    *dorcas_text_add(call, &message) =
        is_plain_text(directive->value.ptr, directive->value.len) ? directive->value : DORCAS_TEXT("");
    *dorcas_text_add(call, &message) = DORCAS_TEXT("\" is none of");
    for (size_t at = 0; at < count; at++) {
        *dorcas_text_add(call, &message) = at ? DORCAS_TEXT(", ") : DORCAS_TEXT(" ");
        *dorcas_text_add(call, &message) = words[at];
    }
    dorcas_diagnostic *diagnostic = dorcas_diagnostic_add(call, &out->diagnostics);
    diagnostic->severity = DORCAS_SEVERITY_WARNING;
    diagnostic->message = dorcas_concat(call, message.items, message.len);
    return count;
}

static dorcas_text prefix(const dorcas_directive *directive) {
    return is_plain_text(directive->value.ptr, directive->value.len) ? directive->value : DORCAS_TEXT("");
}

static void read_directive(dorcas_call *call, const dorcas_directive *directive, settings *of,
                           dorcas_configure_response *out) {
    static const dorcas_text truth[] = { DORCAS_INIT("false"), DORCAS_INIT("true") };
    static const dorcas_text groups[] = { DORCAS_INIT("directory"), DORCAS_INIT("unit") };
    static const dorcas_text levels[] = { DORCAS_INIT("ignore"), DORCAS_INIT("warn"), DORCAS_INIT("error") };
    if (dorcas_equal(directive->key, directives[0].name)) {
        const size_t said = word(call, directive, truth, 2, out);
        if (said < 2) of->generate = said == 1;
    } else if (dorcas_equal(directive->key, directives[1].name)) {
        const size_t said = word(call, directive, truth, 2, out);
        if (said < 2) of->generate_proto = said == 1;
    } else if (dorcas_equal(directive->key, directives[2].name)) {
        const size_t said = word(call, directive, groups, 2, out);
        if (said < 2) of->by_unit = said == 1;
    } else if (dorcas_equal(directive->key, directives[3].name)) {
        of->include_prefix = prefix(directive);
    } else if (dorcas_equal(directive->key, directives[4].name)) {
        of->strip_include_prefix = prefix(directive);
    } else if (dorcas_equal(directive->key, directives[5].name)) {
        const size_t said = word(call, directive, levels, 3, out);
        if (said == 3) return;
        of->unresolved_said = said > 0;
        of->unresolved = said == 2 ? DORCAS_SEVERITY_ERROR : DORCAS_SEVERITY_WARNING;
    }
}

/* The headers of a directory where a rule has a glob of them: `imports` is told no files. */
static dorcas_text headers_for_globs(dorcas_call *call, const dorcas_configure_request *request) {
    bool is_wanted = false;
    for (size_t at = 0; request->build_file && at < request->build_file->rules.len; at++) {
        const dorcas_rule *rule = &request->build_file->rules.items[at];
        is_wanted |=
            has_glob(attribute(rule, DORCAS_TEXT("hdrs"))) || has_glob(attribute(rule, DORCAS_TEXT("textual_hdrs")));
    }
    dorcas_text_list lines = { NULL, 0, 0 };
    for (size_t at = 0; is_wanted && at < request->files.len; at++) {
        const dorcas_text name = request->files.items[at].name;
        bool is_header;
        if (!is_source_name(name, &is_header) || !is_header || !is_plain_text(name.ptr, name.len)) continue;
        *dorcas_text_add(call, &lines) = name;
        *dorcas_text_add(call, &lines) = DORCAS_TEXT("\n");
    }
    return dorcas_concat(call, lines.items, lines.len);
}

static bool configure(dorcas_call *call, const dorcas_configure_request *request, dorcas_configure_response *out) {
    settings settings;
    if (!read_settings(call, request->parent, &settings)) return false;
    if (request->run) read_root(request->run, &settings);
    for (size_t at = 0; at < request->directives.len; at++)
        read_directive(call, &request->directives.items[at], &settings, out);
    settings.headers = headers_for_globs(call, request);
    out->state = write_settings(call, &settings);
    return true;
}
DORCAS_CONFIGURE(configure)

DORCAS_GENERATE_RULES(generate)
DORCAS_IMPORTS(imports)
DORCAS_RESOLVE(resolve)
