/** What the SDK does around the codec: memory, replies, lists. */
#include "../dorcas.c"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define EXPECT(holds)                                                                                                  \
    do {                                                                                                               \
        if (!(holds)) {                                                                                                \
            failures++;                                                                                                \
            printf("FAIL %s:%d %s\n", __func__, __LINE__, #holds);                                                     \
        }                                                                                                              \
    } while (0)

static bool is(dorcas_text text, const char *expected) {
    return dorcas_equal(text, text_of(expected));
}

/* ---- The heap. ---- */

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t bound) {
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % bound;
}

static void a_class_is_never_smaller_than_what_it_is_for(void) {
    for (size_t bytes = 0; bytes < 70000; bytes++) {
        size_t size;
        EXPECT(class_of(bytes, &size) < CLASSES);
        EXPECT(size >= bytes && size % GRAIN == 0 && (bytes < 16 || size < bytes * 2));
    }
    size_t size;
    EXPECT(class_of(LARGEST, &size) == CLASSES - 1 && size == LARGEST);
}

static void blocks_keep_their_bytes(void) {
    enum { BLOCKS = 200 };
    struct {
        uint8_t *start;
        size_t len;
        uint8_t fill;
    } live[BLOCKS] = { { NULL, 0, 0 } };
    for (int step = 0; step < 20000; step++) {
        const uint32_t at = random_below(BLOCKS);
        for (size_t byte = 0; byte < live[at].len; byte++) EXPECT(live[at].start[byte] == live[at].fill);
        if (live[at].start) {
            heap_give_back(live[at].start, live[at].len);
            live[at].start = NULL;
            live[at].len = 0;
        } else {
            live[at].len = 1 + random_below(random_below(4) ? 600 : 20000);
            live[at].start = heap_get(live[at].len);
            live[at].fill = (uint8_t)step;
            EXPECT(live[at].start);
            memset(live[at].start, live[at].fill, live[at].len);
        }
    }
    for (int at = 0; at < BLOCKS; at++) {
        if (live[at].start) heap_give_back(live[at].start, live[at].len);
    }
}

static void no_room_changes_nothing(void) {
    unsigned char *const before = unused;
    EXPECT(!heap_get(LARGEST + 1) && !heap_get(LARGEST) && !heap_get((size_t)-1));
    EXPECT(unused == before);
    void *block = heap_get(48);
    EXPECT(block);
    heap_give_back(block, 48);
}

static void the_same_calls_take_no_more_memory(void) {
    unsigned char *after_first = NULL;
    for (int round = 0; round < 5; round++) {
        dorcas_call call = { .chunks = NULL };
        for (size_t size = 1; size < 100000; size += size / 2 + 1) EXPECT(arena_get(&call, size));
        arena_drop(&call);
        if (round == 0) after_first = unused;
        EXPECT(unused == after_first);
    }
}

/* ---- Replies. ---- */

static bool unsorted(dorcas_call *call, const void *request, void *response) {
    (void)request;
    dorcas_generate_response *out = response;
    *dorcas_text_add(call, &out->rels_to_index) = DORCAS_TEXT("b");
    *dorcas_text_add(call, &out->rels_to_index) = DORCAS_TEXT("a");
    return true;
}

static bool refuses(dorcas_call *call, const void *request, void *response) {
    (void)request, (void)response;
    return dorcas_fail(call, 1000, DORCAS_TEXT("no rules, thanks"));
}

static bool refuses_badly(dorcas_call *call, const void *request, void *response) {
    (void)request, (void)response;
    return dorcas_fail(call, 1000, DORCAS_TEXT(""));
}

static bool says_nothing(dorcas_call *call, const void *request, void *response) {
    (void)call, (void)request, (void)response;
    return false;
}

static bool knows_no_such_value(dorcas_call *call, const void *request, void *response) {
    (void)request;
    dorcas_generate_response *out = response;
    dorcas_generated_rule *rule = dorcas_generated_rule_add(call, &out->rules);
    dorcas_attr *attr = dorcas_attr_add(call, &rule->rule.attrs);
    attr->name = DORCAS_TEXT("srcs");
    attr->value.tag = (dorcas_value_tag)77;
    return true;
}

static bool is_endless(dorcas_call *call, const void *request, void *response) {
    (void)request;
    dorcas_generate_response *out = response;
    /* The same bytes many times: what doesn't fit into a message is found before all of it is written. */
    const size_t bytes = 9 << 20;
    char *text = dorcas_alloc(call, bytes);
    dorcas_diagnostic *diagnostic = dorcas_diagnostic_add(call, &out->diagnostics);
    memset(text, 'a', bytes);
    diagnostic->message = (dorcas_text){ text, bytes };
    *dorcas_diagnostic_add(call, &out->diagnostics) = *diagnostic;
    return true;
}

static void expect_error(dorcas_function *function, const uint8_t *argument, size_t len, uint32_t code,
                         const char *text) {
    dorcas_call call = { .chunks = NULL };
    const dorcas_bytes bytes = answer(&call, &methods[DORCAS_METHOD_GENERATE_RULES], function, argument, len);
    struct checker checker;
    EXPECT(check(&checker, methods[DORCAS_METHOD_GENERATE_RULES].reply, bytes.ptr, bytes.len));
    dorcas_reply_generate_response *reply = dorcas_alloc(&call, sizeof *reply);
    struct reader reader = { bytes.ptr, &call };
    EXPECT(read_value(&reader, methods[DORCAS_METHOD_GENERATE_RULES].reply, reply));
    EXPECT(reply->tag == DORCAS_REPLY_GENERATE_RESPONSE_ERR && reply->err.code == code && is(reply->err.message, text));
    if (!is(reply->err.message, text)) printf("%.*s\n", (int)reply->err.message.len, reply->err.message.ptr);
    arena_drop(&call);
}

static void what_goes_wrong_is_an_error(void) {
    static const uint8_t good[10] = { 0 }, wrong[] = { 0xff };
    expect_error(unsorted, wrong, 1, 1, "the request of `generate_rules` breaks the schema, wire.exact");
    expect_error(unsorted, NULL, 0, 1, "the request of `generate_rules` breaks the schema, wire.exact");
    expect_error(unsorted, good, sizeof good, 3, "what `generate_rules` answered breaks the schema, wire.sorted");
    expect_error(knows_no_such_value, good, sizeof good, 3, "what `generate_rules` answered breaks the schema, wire.closed");
    expect_error(is_endless, good, sizeof good, 3, "what `generate_rules` answered breaks the schema, wire.size");
    expect_error(refuses_badly, good, sizeof good, 3, "what `generate_rules` answered breaks the schema, wire.non-empty");
    expect_error(refuses, good, sizeof good, 1000, "no rules, thanks");
    expect_error(says_nothing, good, sizeof good, 3, "`generate_rules` failed without saying why");
}

static void no_memory_is_an_error(void) {
    static const uint8_t good[10] = { 0 };
    /* Everything that is left, in pieces that get smaller. */
    struct chunk *taken = NULL;
    for (size_t size = LARGEST; size >= GRAIN; size /= 2) {
        for (struct chunk *next; (next = heap_get(size)); taken = next) {
            next->next = taken;
            next->size = size;
        }
    }
    dorcas_call call = { .chunks = NULL };
    const dorcas_bytes bytes = answer(&call, &methods[DORCAS_METHOD_GENERATE_RULES], refuses, good, sizeof good);
    EXPECT(bytes.ptr == out_of_memory);
    for (struct chunk *next; taken; taken = next) {
        next = taken->next;
        heap_give_back(taken, taken->size);
    }
    expect_error(refuses, good, sizeof good, 1000, "no rules, thanks");
}

/* ---- Lists and texts. ---- */

static void a_list_grows_from_a_constant(void) {
    static const dorcas_text two[] = { DORCAS_INIT("a"), DORCAS_INIT("b") };
    dorcas_call call = { .chunks = NULL };
    dorcas_text_list list = DORCAS_INIT_LIST(two);
    for (int more = 0; more < 100; more++) *dorcas_text_add(&call, &list) = DORCAS_TEXT("c");
    EXPECT(list.len == 102 && is(list.items[0], "a") && is(list.items[1], "b") && is(list.items[101], "c"));
    arena_drop(&call);
}

static void a_sorted_list_is_left_where_it_is(void) {
    static const dorcas_text two[] = { DORCAS_INIT("a"), DORCAS_INIT("b") };
    dorcas_call call = { .chunks = NULL };
    dorcas_text_list list = DORCAS_INIT_LIST(two);
    dorcas_text_sort(&call, &list);
    EXPECT(list.items == two && list.len == 2);
    arena_drop(&call);
}

static void sorting_takes_the_first_of_one_key(void) {
    dorcas_call call = { .chunks = NULL };
    for (size_t len = 0; len < 40; len++) {
        dorcas_import_spec_list list = { NULL, 0, 0 };
        for (size_t at = 0; at < len; at++) {
            dorcas_import_spec *spec = dorcas_import_spec_add(&call, &list);
            spec->lang = at % 3 ? DORCAS_TEXT("b") : DORCAS_TEXT("a");
            char *imp = dorcas_alloc(&call, 1);
            *imp = (char)('a' + random_below(10));
            spec->imp = (dorcas_text){ imp, random_below(2) };
        }
        const dorcas_import_spec_list before = list;
        dorcas_import_spec_sort(&call, &list);
        for (size_t at = 1; at < list.len; at++) EXPECT(compare_items(&list.items[at - 1], &list.items[at], 2) < 0);
        for (size_t at = 0; at < before.len; at++) {
            size_t first = 0, found = 0;
            while (compare_items(&before.items[first], &before.items[at], 2)) first++;
            while (found < list.len && compare_items(&list.items[found], &before.items[at], 2)) found++;
            EXPECT(found < list.len && list.items[found].imp.ptr == before.items[first].imp.ptr);
        }
    }
    arena_drop(&call);
}

static void texts_are_ordered_by_bytes(void) {
    EXPECT(dorcas_compare(DORCAS_TEXT("a"), DORCAS_TEXT("ab")) < 0 &&
           dorcas_compare(DORCAS_TEXT("\xc3\xa9"), DORCAS_TEXT("z")) > 0);
    EXPECT(dorcas_starts_with(DORCAS_TEXT("abc"), DORCAS_TEXT("ab")) &&
           !dorcas_starts_with(DORCAS_TEXT("a"), DORCAS_TEXT("ab")));
    EXPECT(dorcas_ends_with(DORCAS_TEXT("abc"), DORCAS_TEXT("bc")) &&
           !dorcas_ends_with(DORCAS_TEXT("c"), DORCAS_TEXT("bc")));
    EXPECT(dorcas_find_last(DORCAS_TEXT("a/b/c"), '/') == 3 && dorcas_find_last(DORCAS_TEXT("abc"), '/') == 3);
    EXPECT(is(dorcas_slice(DORCAS_TEXT("abc"), 1, 2), "b") && is(dorcas_slice(DORCAS_TEXT("abc"), 2, 9), "c"));
    EXPECT(is(dorcas_slice(DORCAS_TEXT("abc"), 3, 2), "") && is(dorcas_slice(DORCAS_TEXT(""), 1, 0), ""));
    dorcas_call call = { .chunks = NULL };
    const dorcas_text joined = DORCAS_CONCAT(&call, DORCAS_TEXT("//"), DORCAS_TEXT(""), DORCAS_TEXT("a:b"));
    EXPECT(is(joined, "//a:b") && joined.ptr[joined.len] == 0);
    arena_drop(&call);
}

int main(void) {
    a_class_is_never_smaller_than_what_it_is_for();
    blocks_keep_their_bytes();
    no_room_changes_nothing();
    the_same_calls_take_no_more_memory();
    what_goes_wrong_is_an_error();
    a_list_grows_from_a_constant();
    a_sorted_list_is_left_where_it_is();
    sorting_takes_the_first_of_one_key();
    texts_are_ordered_by_bytes();
    no_memory_is_an_error();
    printf("sdk: %d failures\n", failures);
    return failures != 0;
}
