/** The codec does what the golden vectors of the ABI say. The value of each stands here as C, made by generate: where
 * it gives the right bytes, and what is read from them gives them again, both mean the same. */
#include "../dorcas.c"

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
    /* So many bytes of this stand behind. */
    uint8_t byte;
    size_t times;
    const char *clause;
    size_t offset;
};

#include "golden.inc"

static int failures;

static void expect(bool holds, const char *name, const char *what) {
    if (holds) return;
    failures++;
    printf("FAIL %s: %s\n", name, what);
}

static bool writes(dorcas_call *call, unsigned node, const void *value, const uint8_t *bytes, size_t len) {
    struct writer writer = { .call = call };
    return write_value(&writer, node, value) && writer.len == len && memcmp(writer.bytes, bytes, len) == 0;
}

/* A copy whose end a sanitizer knows. */
static uint8_t *exact(const uint8_t *bytes, size_t len) {
    uint8_t *copied = malloc(len ? len : 1);
    if (len) memcpy(copied, bytes, len);
    return copied;
}

static void expect_good(const struct good *vector) {
    dorcas_call call = { .chunks = NULL };
    struct checker checker;
    uint8_t *bytes = exact(vector->bytes, vector->len);
    expect(check(&checker, vector->node, bytes, vector->len), vector->name, "is refused");
    expect(writes(&call, vector->node, vector->value, bytes, vector->len), vector->name, "its value gives other bytes");
    void *value = dorcas_alloc(&call, nodes[vector->node].size);
    struct reader reader = { bytes, &call };
    expect(read_value(&reader, vector->node, value), vector->name, "has no room");
    expect(reader.at == bytes + vector->len, vector->name, "is not read to its end");
    expect(writes(&call, vector->node, value, bytes, vector->len), vector->name, "what was read gives other bytes");
    for (size_t len = 0; len < vector->len; len++) {
        uint8_t *part = exact(bytes, len);
        expect(!check(&checker, vector->node, part, len), vector->name, "its beginning is accepted");
        free(part);
    }
    arena_drop(&call);
    free(bytes);
}

static void expect_bad(const struct bad *vector) {
    const size_t len = vector->len + vector->times;
    uint8_t *bytes = malloc(len ? len : 1);
    if (vector->len) memcpy(bytes, vector->bytes, vector->len);
    memset(bytes + vector->len, vector->byte, vector->times);
    struct checker checker;
    expect(!check(&checker, vector->node, bytes, len), vector->name, "is accepted");
    expect(checker.fault && strcmp(checker.fault, vector->clause) == 0, vector->name,
           "another clause is said to be broken");
    expect(checker.at == vector->offset, vector->name, "another byte is said to be wrong");
    free(bytes);
}

int main(void) {
    const size_t goods = sizeof good / sizeof *good, bads = sizeof bad / sizeof *bad;
    for (size_t at = 0; at < goods; at++) expect_good(&good[at]);
    for (size_t at = 0; at < bads; at++) expect_bad(&bad[at]);
    printf("golden: %zu good and %zu bad vectors, %d failures\n", goods, bads, failures);
    return failures != 0;
}
