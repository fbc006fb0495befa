/** The guest answers each well-formed request with a well-formed reply, the same each time, and touches no memory that
 * isn't its own: over requests made at random from the words that it knows, and over the golden ones with bytes
 * changed. */
#include "../dorcas.c"

#include "../cc/cc.c"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct good {
    const char *name;
    unsigned node;
    const uint8_t *bytes;
    size_t len;
    const void *value;
    int method;
};
struct bad {
    const char *name;
    unsigned node;
    const uint8_t *bytes;
    size_t len;
    uint8_t byte;
    size_t times;
    const char *clause;
    size_t offset;
};
#include "golden.inc"

static bool on_generate(dorcas_call *call, const void *in, void *out) {
    return generate(call, in, out);
}
static bool on_imports(dorcas_call *call, const void *in, void *out) {
    return imports(call, in, out);
}
static bool on_resolve(dorcas_call *call, const void *in, void *out) {
    return resolve(call, in, out);
}

static dorcas_function *const functions[] = {
    [DORCAS_METHOD_MANIFEST] = dorcas_manifest_of_language,
    [DORCAS_METHOD_CONFIGURE] = dorcas_configure_of_language,
    [DORCAS_METHOD_GENERATE_RULES] = on_generate,
    [DORCAS_METHOD_IMPORTS] = on_imports,
    [DORCAS_METHOD_RESOLVE] = on_resolve,
    [DORCAS_METHOD_FINISH] = NULL,
};

static int failures;
static long calls;

/* Calls a method twice; the reply's first byte, which says whether it worked. */
static int ask_twice(dorcas_method method, const uint8_t *argument, size_t len) {
    uint8_t *exact = malloc(len ? len : 1);
    if (len) memcpy(exact, argument, len);
    dorcas_call first = { .chunks = NULL }, second = { .chunks = NULL };
    const dorcas_bytes a = answer(&first, &methods[method], functions[method], exact, len);
    const dorcas_bytes b = answer(&second, &methods[method], functions[method], exact, len);
    struct checker checker;
    const bool is_right = check(&checker, methods[method].reply, a.ptr, a.len) && a.len == b.len &&
                          memcmp(a.ptr, b.ptr, a.len) == 0 && (!len || memcmp(exact, argument, len) == 0);
    if (!is_right) {
        failures++;
        printf("FAIL %s, call %ld\n", methods[method].name, calls);
    }
    calls++;
    const int tag = a.ptr[0];
    arena_drop(&first);
    arena_drop(&second);
    free(exact);
    return tag;
}

/* ---- Requests at random. ---- */

static uint64_t random_state = 1;

static uint32_t random_below(uint32_t bound) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % bound;
}

static const char *const words[] = {
    "",
    "a.h",
    "a.cc",
    "b.h",
    "b.cc",
    "a_test.cc",
    "main.c",
    "c.pb.h",
    "cc",
    "proto",
    "srcs",
    "hdrs",
    "deps",
    "includes",
    "cc_library",
    "cc_test",
    "cc_binary",
    ":a",
    "//x:y",
    "@r//x",
    "x",
    "x/a.h",
    "../a.h",
    "*.h",
    "**/*.cc",
    "glob",
    "package",
    "cc_group",
    "unit",
    "true",
    "default_visibility",
    "strip_include_prefix",
    "include_prefix",
    "proto_library",
    "cc_proto_library",
    "a_proto",
    "./b.h",
    "gtest/gtest.h",
    "c.proto",
    "cc_import",
    "googletest",
    "/",
    "..",
    "\xc3\xa9",
};

static dorcas_text random_text(bool filled) {
    const uint32_t count = sizeof words / sizeof *words;
    return text_of(words[random_below(count - filled) + filled]);
}

static dorcas_bytes state;

/* Fills in a value of a node, all zero before. */
static void random_value(dorcas_call *call, unsigned number, void *out, unsigned depth) {
    const struct node *node = &nodes[number];
    switch (node->kind) {
    case BOOL: *(bool *)out = random_below(2); break;
    case U32: *(uint32_t *)out = random_below(9); break;
    case I64: *(int64_t *)out = (int64_t)random_below(9) - 4; break;
    case TEXT:
    case FILLED: {
        const dorcas_text text = random_text(node->kind == FILLED);
        copy(out, &text, sizeof text);
        break;
    }
    case BYTES: {
        /* A state, a note, or what a regular expression has found. */
        const dorcas_text text =
            random_below(3) ? random_text(false) : DORCAS_TEXT("m\nd //x:a\nh\"a.h\ns<x/a.h\ns\"c.pb.h\n");
        copy(out, &text, sizeof text);
        break;
    }
    case MAYBE:
        if (random_below(3)) random_value(call, node->first, out, depth);
        break;
    case OPTION:
        if (random_below(4)) {
            void *inner = dorcas_alloc(call, nodes[node->first].size);
            random_value(call, node->first, inner, depth);
            copy(out, &inner, sizeof inner);
        }
        break;
    case LIST: {
        const size_t size = nodes[node->first].size, len = random_below(depth < 4 ? 6 : 3);
        if (!len) break;
        struct list list = { dorcas_alloc(call, len * size), len, 0 };
        for (size_t at = 0; at < len; at++)
            random_value(call, node->first, (char *)(uintptr_t)list.items + at * size, depth + 1);
        if (node->key) list.len = dorcas_sort(call, &list.items, len, size, node->key);
        copy(out, &list, sizeof list);
        break;
    }
    case STRUCT:
        for (unsigned at = 0; at < node->count; at++) {
            const struct member *member = &members[node->first + at];
            random_value(call, member->node, (char *)out + member->offset, depth);
        }
        break;
    case ENUM: {
        const unsigned tag = random_below(node->count);
        const struct member *member = &members[node->first + tag];
        *(unsigned *)out = tag;
        random_value(call, member->node, (char *)out + member->offset, depth);
        break;
    }
    default: break;
    }
}

/* The guest's own state, in the place where a request has one. */
static void put_state(dorcas_method method, void *request) {
    switch (method) {
    case DORCAS_METHOD_CONFIGURE: ((dorcas_configure_request *)request)->parent = state; break;
    case DORCAS_METHOD_GENERATE_RULES: ((dorcas_generate_request *)request)->state = state; break;
    case DORCAS_METHOD_IMPORTS: ((dorcas_imports_request *)request)->state = state; break;
    case DORCAS_METHOD_RESOLVE: ((dorcas_resolve_request *)request)->state = state; break;
    default: break;
    }
}

static void random_requests(long rounds) {
    static const char *const states[] = {
        "",
        "dttw\nsample\n\n\ngoogletest\ngoogletest\nbench\ncatch2\n",
        "utti\n\nx\n/x\ng\ng\nb\nc\na.h\nb.h\n",
        "uffe\n\n\n..\ng\ng\nb\nc\n",
        "bad",
    };
    long worked = 0, well_formed = 0;
    for (long round = 0; round < rounds; round++) {
        const dorcas_method method = (dorcas_method)random_below(sizeof functions / sizeof *functions);
        if (!functions[method]) continue;
        const dorcas_text own = text_of(states[random_below(sizeof states / sizeof *states)]);
        state = (dorcas_bytes){ (const uint8_t *)own.ptr, own.len };
        dorcas_call call = { .chunks = NULL };
        void *request = dorcas_alloc(&call, nodes[methods[method].request].size);
        random_value(&call, methods[method].request, request, 0);
        if (random_below(10)) put_state(method, request);
        struct writer writer = { .call = &call };
        write_value(&writer, methods[method].request, request);
        struct checker checker;
        const bool is_request = check(&checker, methods[method].request, writer.bytes, writer.len);
        well_formed += is_request;
        worked += ask_twice(method, writer.bytes, writer.len) == 0;
        arena_drop(&call);
    }
    /* Otherwise this test would show nothing. */
    if (worked * 2 < well_formed || well_formed * 3 < rounds) {
        failures++;
        printf("FAIL of %ld requests %ld were well-formed and %ld worked\n", rounds, well_formed, worked);
    }
}

static void golden_requests(void) {
    for (size_t at = 0; at < sizeof good / sizeof *good; at++) {
        const struct good *vector = &good[at];
        if (vector->method < 0 || !functions[vector->method]) continue;
        ask_twice((dorcas_method)vector->method, vector->bytes, vector->len);
        uint8_t *bytes = malloc(vector->len + 1);
        for (size_t byte = 0; byte < vector->len; byte++) {
            for (int change = 0; change < 8; change++) {
                memcpy(bytes, vector->bytes, vector->len);
                bytes[byte] ^= (uint8_t)(1 << change);
                ask_twice((dorcas_method)vector->method, bytes, vector->len);
            }
        }
        free(bytes);
    }
}

int main(int argc, char **argv) {
    (void)bad;
    if (argc > 2) random_state = strtoull(argv[2], NULL, 10);
    golden_requests();
    random_requests(argc > 1 ? atol(argv[1]) : 20000);
    printf("cc: %ld requests, %d failures\n", calls, failures);
    return failures != 0;
}
