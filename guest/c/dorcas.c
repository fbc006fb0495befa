/** What stands behind dorcas.h: the strict codec, memory, and the way from a request to a reply. */
#include "dorcas.h"

/* Of what stands behind the header a file of its own sees nothing: tests include this one. */

/* ---- What a compiler takes for granted, also where there is no libc. ---- */

#ifdef __wasm__
/* A guest that has them from elsewhere keeps those. */
__attribute__((weak)) void *memcpy(void *restrict to, const void *restrict from, size_t len) {
#ifdef __wasm_bulk_memory__
    __builtin_memcpy(to, from, len);
#else
    for (size_t at = 0; at < len; at++) ((unsigned char *)to)[at] = ((const unsigned char *)from)[at];
#endif
    return to;
}

__attribute__((weak)) void *memset(void *to, int byte, size_t len) {
#ifdef __wasm_bulk_memory__
    __builtin_memset(to, byte, len);
#else
    for (size_t at = 0; at < len; at++) ((unsigned char *)to)[at] = (unsigned char)byte;
#endif
    return to;
}

__attribute__((weak)) int memcmp(const void *a, const void *b, size_t len) {
    const unsigned char *x = a, *y = b;
    for (size_t at = 0; at < len; at++) {
        if (x[at] != y[at]) return x[at] < y[at] ? -1 : 1;
    }
    return 0;
}
#endif

/* For what is needed seldom: hosts may charge for a whole function whenever it is entered. */
#define APART __attribute__((noinline))
#define copy(to, from, len) __builtin_memcpy(to, from, len)
#define clear(to, len) __builtin_memset(to, 0, len)

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* ---- The heap. ---- */

/* A call makes many small values, answers, and drops them all. Here each size has a list of free blocks, and what isn't
 * there is cut from the end of the memory. Blocks are never split nor joined, so that the same calls again and again
 * find their blocks again and the memory stays as it is (mem.steady). */

/* Blocks are multiples of this, and so are their addresses. */
#define GRAIN ((size_t)16)
/* Up to here there is a class for each multiple of GRAIN, beyond for each power of two. */
#define FINE ((size_t)512)
#define LARGEST ((size_t)1 << 30)
enum { FINE_CLASSES = 32, CLASSES = FINE_CLASSES + 21 };

struct block {
    struct block *next;
};

static struct block *free_blocks[CLASSES];

/* How many bytes nobody has had yet, and where they begin: the heap's end is the memory's. */
static unsigned char *unused;
static size_t unused_bytes;

#ifdef __wasm__
extern unsigned char __heap_base;
#define HEAP_START (&__heap_base)
#define PAGE ((size_t)65536)

/* Makes the memory longer by at least so many bytes. */
APART static bool extend(size_t bytes) {
    const size_t needed = (bytes + PAGE - 1) / PAGE, has = __builtin_wasm_memory_size(0);
    /* To grow copies the memory in some engines, so that half as much again is cheaper in the long run. */
    size_t pages = needed > has / 2 ? needed : has / 2;
    if (__builtin_wasm_memory_grow(0, pages) == SIZE_MAX) {
        pages = needed;
        if (__builtin_wasm_memory_grow(0, pages) == SIZE_MAX) return false;
    }
    unused_bytes += pages * PAGE;
    return true;
}

APART static size_t first_bytes(void) {
    return __builtin_wasm_memory_size(0) * PAGE - (size_t)unused;
}
#else
/* For tests on the machine itself: a heap of 256 MiB that grows a page at a time. */
static _Alignas(16) unsigned char native_memory[256 << 20];
#define HEAP_START native_memory

APART static bool extend(size_t bytes) {
    const size_t pages = (bytes + 4095) / 4096 * 4096;
    const size_t left = (size_t)(native_memory + sizeof native_memory - unused) - unused_bytes;
    if (pages > left) return false;
    unused_bytes += pages;
    return true;
}

APART static size_t first_bytes(void) {
    return 0;
}
#endif

/* Under a sanitizer, memory that nobody has may not be touched. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define HIDE(start, len) ASAN_POISON_MEMORY_REGION(start, len)
#define SHOW(start, len) ASAN_UNPOISON_MEMORY_REGION(start, len)
#else
#define HIDE(start, len) ((void)(start), (void)(len))
#define SHOW(start, len) ((void)(start), (void)(len))
#endif

/* The class of the blocks for so many bytes; their size goes to `size`. */
static size_t class_of(size_t bytes, size_t *size) {
    if (bytes <= FINE) {
        const size_t grains = bytes ? (bytes + GRAIN - 1) / GRAIN : 1;
        *size = grains * GRAIN;
        return grains - 1;
    }
    /* A power of two has one bit more than the number before it. */
    const unsigned bits = (unsigned)(sizeof(long) * 8) - (unsigned)__builtin_clzl((unsigned long)bytes - 1);
    *size = (size_t)1 << bits;
    return FINE_CLASSES + bits - 10;
}

/* A block for so many bytes; null where there is no room, and then nothing has changed. */
static void *heap_get(size_t bytes) {
    if (bytes > LARGEST) return NULL;
    if (!unused) {
        unused = (unsigned char *)(((uintptr_t)HEAP_START + GRAIN - 1) & ~(uintptr_t)(GRAIN - 1));
        unused_bytes = first_bytes();
    }
    size_t size;
    struct block **list = &free_blocks[class_of(bytes, &size)];
    unsigned char *block;
    if (*list) {
        block = (unsigned char *)*list;
        SHOW(block, sizeof(struct block));
        *list = (*list)->next;
    } else {
        if (size > unused_bytes && !extend(size - unused_bytes)) return NULL;
        block = unused;
        unused += size;
        unused_bytes -= size;
    }
    HIDE(block, size);
    SHOW(block, bytes);
    return block;
}

/* Takes a block back, by the number of bytes that it was asked for. */
static void heap_give_back(void *start, size_t bytes) {
    size_t size;
    struct block **list = &free_blocks[class_of(bytes, &size)];
    struct block *block = start;
    SHOW(block, sizeof(struct block));
    block->next = *list;
    *list = block;
    HIDE(block, size);
}

/* ---- Memory of a call. ---- */

struct chunk {
    struct chunk *next;
    size_t size;
};

struct dorcas_call {
    struct chunk *chunks;
    unsigned char *at;
    size_t left;
    uint32_t code;
    dorcas_text message;
};

enum { FIRST_CHUNK = 8 << 10, LAST_CHUNK = 1 << 20 };

/* Gets a chunk that has room for so many bytes. */
APART static bool arena_grow(dorcas_call *call, size_t size) {
    size_t bytes = call->chunks ? least(call->chunks->size * 2, LAST_CHUNK) : FIRST_CHUNK;
    /* A large one is a chunk by itself, of the size that its block has in any case. */
    if (size + GRAIN > bytes) class_of(size + GRAIN, &bytes);
    struct chunk *chunk = heap_get(bytes);
    if (!chunk) return false;
    chunk->next = call->chunks;
    chunk->size = bytes;
    call->chunks = chunk;
    call->at = (unsigned char *)chunk + GRAIN;
    call->left = bytes - GRAIN;
    HIDE(call->at, call->left);
    return true;
}

/* Memory that isn't cleared; null where there is none. */
static void *arena_get(dorcas_call *call, size_t size) {
    if (size > LARGEST) return NULL;
    size = (size + GRAIN - 1) & ~(GRAIN - 1);
    if (size > call->left && !arena_grow(call, size)) return NULL;
    void *start = call->at;
    call->at += size;
    call->left -= size;
    SHOW(start, size);
    return start;
}

static void arena_drop(dorcas_call *call) {
    for (struct chunk *chunk = call->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        heap_give_back(chunk, chunk->size);
    }
    call->chunks = NULL;
    call->left = 0;
}

/* ---- The schema, as generate has it. ---- */

enum { NOTHING, BOOL, U32, I64, TEXT, FILLED, BYTES, MAYBE, OPTION, LIST, STRUCT, ENUM };

/* A shape of values, and of their encoding. */
struct node {
    uint8_t kind;
    /* By how many of its first texts each item of a list is ordered; 0 where any order will do. */
    uint8_t key;
    /* The fewest bytes that it takes. */
    uint8_t least;
    /* Of a struct the fields, of an enum the variants. */
    uint8_t count;
    /* Of its C type. */
    uint16_t size;
    /* Of an option or list the item's node, of a struct or enum the first member. */
    uint16_t first;
};

struct member {
    uint16_t offset;
    uint16_t node;
};

struct method {
    const char *name;
    uint16_t request;
    uint16_t reply;
};

/* clang-format off */
/* begin generated: tables */
enum { MESSAGE_BYTES = 16777216, MESSAGE_ITEMS = 1048576 };

static const struct node nodes[] = {
    { NOTHING, 0, 1, 0, 0, 0 },
    { STRUCT, 0, 2, 2, sizeof(dorcas_guest_error), 0 }, /* 1: GuestError */
    { U32, 0, 1, 0, sizeof(uint32_t), 0 }, /* 2 */
    { FILLED, 0, 1, 0, sizeof(dorcas_text), 0 }, /* 3 */
    { ENUM, 0, 1, 3, sizeof(dorcas_severity), 2 }, /* 4: Severity */
    { ENUM, 0, 1, 6, sizeof(dorcas_position), 5 }, /* 5: Position */
    { STRUCT, 0, 4, 4, sizeof(dorcas_diagnostic), 11 }, /* 6: Diagnostic */
    { MAYBE, 0, 1, 0, sizeof(dorcas_text), 8 }, /* 7 */
    { TEXT, 0, 1, 0, sizeof(dorcas_text), 0 }, /* 8 */
    { STRUCT, 0, 1, 1, sizeof(dorcas_manifest_request), 15 }, /* 9: ManifestRequest */
    { STRUCT, 0, 8, 8, sizeof(dorcas_manifest), 55 }, /* 10: Manifest */
    { LIST, 1, 1, 0, sizeof(dorcas_kind_list), 12 }, /* 11 */
    { STRUCT, 0, 7, 7, sizeof(dorcas_kind), 16 }, /* 12: Kind */
    { BOOL, 0, 1, 0, sizeof(bool), 0 }, /* 13 */
    { LIST, 0, 1, 0, sizeof(dorcas_text_list), 8 }, /* 14 */
    { LIST, 1, 1, 0, sizeof(dorcas_text_list), 8 }, /* 15 */
    { LIST, 0, 1, 0, sizeof(dorcas_load_info_list), 17 }, /* 16 */
    { STRUCT, 0, 5, 5, sizeof(dorcas_load_info), 23 }, /* 17: LoadInfo */
    { LIST, 1, 1, 0, sizeof(dorcas_directive_info_list), 19 }, /* 18 */
    { STRUCT, 0, 2, 2, sizeof(dorcas_directive_info), 28 }, /* 19: DirectiveInfo */
    { LIST, 1, 1, 0, sizeof(dorcas_flag_list), 21 }, /* 20 */
    { STRUCT, 0, 4, 4, sizeof(dorcas_flag), 34 }, /* 21: Flag */
    { ENUM, 0, 1, 4, sizeof(dorcas_flag_type), 30 }, /* 22: FlagType */
    { LIST, 0, 1, 0, sizeof(dorcas_input_list), 24 }, /* 23 */
    { STRUCT, 0, 8, 4, sizeof(dorcas_input), 51 }, /* 24: Input */
    { ENUM, 0, 1, 4, sizeof(dorcas_reach), 38 }, /* 25: Reach */
    { ENUM, 0, 1, 4, sizeof(dorcas_want), 42 }, /* 26: Want */
    { STRUCT, 0, 5, 5, sizeof(dorcas_methods), 46 }, /* 27: Methods */
    { ENUM, 0, 1, 2, sizeof(dorcas_command), 63 }, /* 28: Command */
    { ENUM, 0, 1, 3, sizeof(dorcas_indexing), 65 }, /* 29: Indexing */
    { STRUCT, 0, 8, 8, sizeof(dorcas_run_info), 72 }, /* 30: RunInfo */
    { LIST, 1, 1, 0, sizeof(dorcas_bazel_module_list), 32 }, /* 31 */
    { STRUCT, 0, 2, 2, sizeof(dorcas_bazel_module), 68 }, /* 32: BazelModule */
    { LIST, 0, 1, 0, sizeof(dorcas_flag_value_list), 34 }, /* 33 */
    { STRUCT, 0, 2, 2, sizeof(dorcas_flag_value), 70 }, /* 34: FlagValue */
    { STRUCT, 0, 9, 2, sizeof(dorcas_setup_request), 89 }, /* 35: SetupRequest */
    { LIST, 1, 1, 0, sizeof(dorcas_file_list), 37 }, /* 36 */
    { STRUCT, 0, 2, 2, sizeof(dorcas_file), 87 }, /* 37: File */
    { ENUM, 0, 1, 5, sizeof(dorcas_file_data), 82 }, /* 38: FileData */
    { BYTES, 0, 1, 0, sizeof(dorcas_bytes), 0 }, /* 39 */
    { LIST, 0, 1, 0, sizeof(dorcas_match_list), 41 }, /* 40 */
    { STRUCT, 0, 2, 2, sizeof(dorcas_match), 80 }, /* 41: Match */
    { LIST, 0, 1, 0, sizeof(dorcas_bytes_list), 43 }, /* 42 */
    { MAYBE, 0, 1, 0, sizeof(dorcas_bytes), 39 }, /* 43 */
    { STRUCT, 0, 5, 5, sizeof(dorcas_catalogue), 91 }, /* 44: Catalogue */
    { LIST, 0, 1, 0, sizeof(dorcas_diagnostic_list), 6 }, /* 45 */
    { STRUCT, 0, 2, 2, sizeof(dorcas_scan_request), 96 }, /* 46: ScanRequest */
    { STRUCT, 0, 2, 2, sizeof(dorcas_scan_response), 98 }, /* 47: ScanResponse */
    { STRUCT, 0, 4, 4, sizeof(dorcas_build_file), 142 }, /* 48: BuildFile */
    { LIST, 0, 1, 0, sizeof(dorcas_load_list), 50 }, /* 49 */
    { STRUCT, 0, 2, 2, sizeof(dorcas_load), 102 }, /* 50: Load */
    { LIST, 0, 1, 0, sizeof(dorcas_symbol_list), 52 }, /* 51 */
    { STRUCT, 0, 2, 2, sizeof(dorcas_symbol), 100 }, /* 52: Symbol */
    { LIST, 0, 1, 0, sizeof(dorcas_rule_list), 54 }, /* 53 */
    { STRUCT, 0, 7, 7, sizeof(dorcas_rule), 133 }, /* 54: Rule */
    { LIST, 1, 1, 0, sizeof(dorcas_attr_list), 56 }, /* 55 */
    { STRUCT, 0, 3, 3, sizeof(dorcas_attr), 130 }, /* 56: Attr */
    { ENUM, 0, 1, 13, sizeof(dorcas_value), 117 }, /* 57: Value */
    { I64, 0, 1, 0, sizeof(int64_t), 0 }, /* 58 */
    { LIST, 1, 1, 0, sizeof(dorcas_string_entry_list), 60 }, /* 59 */
    { STRUCT, 0, 2, 2, sizeof(dorcas_string_entry), 104 }, /* 60: StringEntry */
    { LIST, 1, 1, 0, sizeof(dorcas_list_entry_list), 62 }, /* 61 */
    { STRUCT, 0, 2, 2, sizeof(dorcas_list_entry), 106 }, /* 62: ListEntry */
    { STRUCT, 0, 2, 2, sizeof(dorcas_value_glob), 108 }, /* 63: ValueGlob */
    { LIST, 1, 1, 0, sizeof(dorcas_select_branch_list), 65 }, /* 64 */
    { STRUCT, 0, 2, 2, sizeof(dorcas_select_branch), 110 }, /* 65: SelectBranch */
    { LIST, 0, 1, 0, sizeof(dorcas_term_list), 67 }, /* 66 */
    { ENUM, 0, 1, 3, sizeof(dorcas_term), 114 }, /* 67: Term */
    { STRUCT, 0, 2, 2, sizeof(dorcas_term_glob), 112 }, /* 68: TermGlob */
    { LIST, 0, 1, 0, sizeof(dorcas_directive_list), 70 }, /* 69 */
    { STRUCT, 0, 2, 2, sizeof(dorcas_directive), 140 }, /* 70: Directive */
    { STRUCT, 0, 7, 7, sizeof(dorcas_configure_request), 146 }, /* 71: ConfigureRequest */
    { OPTION, 0, 1, 0, sizeof(const dorcas_run_info *), 30 }, /* 72 */
    { OPTION, 0, 1, 0, sizeof(const dorcas_build_file *), 48 }, /* 73 */
    { LIST, 0, 1, 0, sizeof(dorcas_file_list), 37 }, /* 74 */
    { STRUCT, 0, 3, 3, sizeof(dorcas_configure_response), 158 }, /* 75: ConfigureResponse */
    { LIST, 3, 1, 0, sizeof(dorcas_provided_list), 77 }, /* 76 */
    { STRUCT, 0, 4, 3, sizeof(dorcas_provided), 155 }, /* 77: Provided */
    { STRUCT, 0, 2, 2, sizeof(dorcas_import_spec), 153 }, /* 78: ImportSpec */
    { STRUCT, 0, 9, 6, sizeof(dorcas_fix_request), 161 }, /* 79: FixRequest */
    { STRUCT, 0, 2, 2, sizeof(dorcas_fix_response), 191 }, /* 80: FixResponse */
    { LIST, 0, 1, 0, sizeof(dorcas_edit_list), 82 }, /* 81 */
    { ENUM, 0, 1, 8, sizeof(dorcas_edit), 183 }, /* 82: Edit */
    { STRUCT, 0, 2, 2, sizeof(dorcas_edit_set_kind), 167 }, /* 83: EditSetKind */
    { STRUCT, 0, 2, 2, sizeof(dorcas_edit_set_name), 169 }, /* 84: EditSetName */
    { STRUCT, 0, 4, 2, sizeof(dorcas_edit_set_attr), 171 }, /* 85: EditSetAttr */
    { STRUCT, 0, 2, 2, sizeof(dorcas_edit_delete_attr), 173 }, /* 86: EditDeleteAttr */
    { STRUCT, 0, 1, 1, sizeof(dorcas_edit_delete_rule), 175 }, /* 87: EditDeleteRule */
    { STRUCT, 0, 7, 1, sizeof(dorcas_edit_append_rule), 176 }, /* 88: EditAppendRule */
    { STRUCT, 0, 3, 3, sizeof(dorcas_edit_set_load), 177 }, /* 89: EditSetLoad */
    { STRUCT, 0, 3, 3, sizeof(dorcas_edit_insert_load), 180 }, /* 90: EditInsertLoad */
    { STRUCT, 0, 10, 10, sizeof(dorcas_generate_request), 203 }, /* 91: GenerateRequest */
    { LIST, 0, 1, 0, sizeof(dorcas_generated_rule_list), 93 }, /* 92 */
    { STRUCT, 0, 10, 4, sizeof(dorcas_generated_rule), 193 }, /* 93: GeneratedRule */
    { LIST, 2, 1, 0, sizeof(dorcas_import_spec_list), 78 }, /* 94 */
    { LIST, 0, 1, 0, sizeof(dorcas_empty_rule_list), 96 }, /* 95 */
    { STRUCT, 0, 3, 3, sizeof(dorcas_empty_rule), 197 }, /* 96: EmptyRule */
    { LIST, 1, 1, 0, sizeof(dorcas_child_list), 98 }, /* 97 */
    { STRUCT, 0, 3, 3, sizeof(dorcas_child), 200 }, /* 98: Child */
    { STRUCT, 0, 6, 6, sizeof(dorcas_generate_response), 213 }, /* 99: GenerateResponse */
    { STRUCT, 0, 6, 6, sizeof(dorcas_imports_request), 222 }, /* 100: ImportsRequest */
    { LIST, 0, 1, 0, sizeof(dorcas_imports_rule_list), 102 }, /* 101 */
    { STRUCT, 0, 9, 3, sizeof(dorcas_imports_rule), 219 }, /* 102: ImportsRule */
    { STRUCT, 0, 1, 1, sizeof(dorcas_imports_response), 232 }, /* 103: ImportsResponse */
    { LIST, 0, 1, 0, sizeof(dorcas_rule_imports_list), 105 }, /* 104 */
    { STRUCT, 0, 4, 4, sizeof(dorcas_rule_imports), 228 }, /* 105: RuleImports */
    { STRUCT, 0, 5, 5, sizeof(dorcas_resolve_request), 249 }, /* 106: ResolveRequest */
    { LIST, 0, 1, 0, sizeof(dorcas_resolve_rule_list), 108 }, /* 107 */
    { STRUCT, 0, 9, 3, sizeof(dorcas_resolve_rule), 233 }, /* 108: ResolveRule */
    { LIST, 3, 1, 0, sizeof(dorcas_lookup_list), 110 }, /* 109 */
    { STRUCT, 0, 6, 4, sizeof(dorcas_lookup), 245 }, /* 110: Lookup */
    { STRUCT, 0, 3, 2, sizeof(dorcas_query), 236 }, /* 111: Query */
    { ENUM, 0, 1, 4, sizeof(dorcas_origin), 238 }, /* 112: Origin */
    { LIST, 0, 1, 0, sizeof(dorcas_provider_list), 114 }, /* 113 */
    { STRUCT, 0, 3, 3, sizeof(dorcas_provider), 242 }, /* 114: Provider */
    { STRUCT, 0, 2, 2, sizeof(dorcas_resolve_response_resolved), 256 }, /* 115: ResolveResponseResolved */
    { LIST, 0, 1, 0, sizeof(dorcas_resolved_rule_list), 117 }, /* 116 */
    { STRUCT, 0, 2, 2, sizeof(dorcas_resolved_rule), 254 }, /* 117: ResolvedRule */
    { ENUM, 0, 1, 2, sizeof(dorcas_resolve_response), 258 }, /* 118: ResolveResponse */
    { LIST, 3, 1, 0, sizeof(dorcas_query_list), 111 }, /* 119 */
    { STRUCT, 0, 3, 3, sizeof(dorcas_find_request), 260 }, /* 120: FindRequest */
    { STRUCT, 0, 1, 1, sizeof(dorcas_find_response), 264 }, /* 121: FindResponse */
    { LIST, 0, 1, 0, sizeof(dorcas_find_answer_list), 123 }, /* 122 */
    { STRUCT, 0, 1, 1, sizeof(dorcas_find_answer), 263 }, /* 123: FindAnswer */
    { STRUCT, 0, 2, 2, sizeof(dorcas_finish_request), 268 }, /* 124: FinishRequest */
    { LIST, 1, 1, 0, sizeof(dorcas_summary_list), 126 }, /* 125 */
    { STRUCT, 0, 3, 3, sizeof(dorcas_summary), 265 }, /* 126: Summary */
    { STRUCT, 0, 1, 1, sizeof(dorcas_finish_response), 270 }, /* 127: FinishResponse */
    { ENUM, 0, 1, 2, sizeof(dorcas_reply_manifest), 271 }, /* 128: Reply<Manifest> */
    { ENUM, 0, 1, 2, sizeof(dorcas_reply_catalogue), 273 }, /* 129: Reply<Catalogue> */
    { ENUM, 0, 1, 2, sizeof(dorcas_reply_scan_response), 275 }, /* 130: Reply<ScanResponse> */
    { ENUM, 0, 1, 2, sizeof(dorcas_reply_configure_response), 277 }, /* 131: Reply<ConfigureResponse> */
    { ENUM, 0, 1, 2, sizeof(dorcas_reply_fix_response), 279 }, /* 132: Reply<FixResponse> */
    { ENUM, 0, 1, 2, sizeof(dorcas_reply_generate_response), 281 }, /* 133: Reply<GenerateResponse> */
    { ENUM, 0, 1, 2, sizeof(dorcas_reply_imports_response), 283 }, /* 134: Reply<ImportsResponse> */
    { ENUM, 0, 1, 2, sizeof(dorcas_reply_resolve_response), 285 }, /* 135: Reply<ResolveResponse> */
    { ENUM, 0, 1, 2, sizeof(dorcas_reply_find_response), 287 }, /* 136: Reply<FindResponse> */
    { ENUM, 0, 1, 2, sizeof(dorcas_reply_finish_response), 289 }, /* 137: Reply<FinishResponse> */
};

static const struct member members[] = {
    { offsetof(dorcas_guest_error, code), 2 },
    { offsetof(dorcas_guest_error, message), 3 },
    { 0, 0 },
    { 0, 0 },
    { 0, 0 },
    { 0, 0 },
    { offsetof(dorcas_position, line), 2 },
    { offsetof(dorcas_position, offset), 2 },
    { offsetof(dorcas_position, match_index), 2 },
    { offsetof(dorcas_position, directive_index), 2 },
    { offsetof(dorcas_position, rule_index), 2 },
    { offsetof(dorcas_diagnostic, severity), 4 },
    { offsetof(dorcas_diagnostic, message), 3 },
    { offsetof(dorcas_diagnostic, file), 7 },
    { offsetof(dorcas_diagnostic, position), 5 },
    { offsetof(dorcas_manifest_request, host), 8 },
    { offsetof(dorcas_kind, name), 3 },
    { offsetof(dorcas_kind, match_any), 13 },
    { offsetof(dorcas_kind, match_attrs), 14 },
    { offsetof(dorcas_kind, non_empty_attrs), 15 },
    { offsetof(dorcas_kind, substitute_attrs), 15 },
    { offsetof(dorcas_kind, mergeable_attrs), 15 },
    { offsetof(dorcas_kind, resolve_attrs), 15 },
    { offsetof(dorcas_load_info, module), 8 },
    { offsetof(dorcas_load_info, repo), 8 },
    { offsetof(dorcas_load_info, file), 3 },
    { offsetof(dorcas_load_info, symbols), 15 },
    { offsetof(dorcas_load_info, after), 14 },
    { offsetof(dorcas_directive_info, name), 3 },
    { offsetof(dorcas_directive_info, help), 8 },
    { 0, 0 },
    { 0, 0 },
    { 0, 0 },
    { 0, 0 },
    { offsetof(dorcas_flag, name), 3 },
    { offsetof(dorcas_flag, ty), 22 },
    { offsetof(dorcas_flag, default_), 8 },
    { offsetof(dorcas_flag, help), 8 },
    { 0, 0 },
    { 0, 0 },
    { 0, 0 },
    { 0, 0 },
    { 0, 0 },
    { 0, 0 },
    { offsetof(dorcas_want, matches), 14 },
    { 0, 0 },
    { offsetof(dorcas_methods, setup), 13 },
    { offsetof(dorcas_methods, configure), 13 },
    { offsetof(dorcas_methods, fix), 13 },
    { offsetof(dorcas_methods, generate_rules), 13 },
    { offsetof(dorcas_methods, imports), 13 },
    { offsetof(dorcas_input, glob), 3 },
    { offsetof(dorcas_input, reach), 25 },
    { offsetof(dorcas_input, want), 26 },
    { offsetof(dorcas_input, methods), 27 },
    { offsetof(dorcas_manifest, version), 8 },
    { offsetof(dorcas_manifest, kinds), 11 },
    { offsetof(dorcas_manifest, loads), 16 },
    { offsetof(dorcas_manifest, directives), 18 },
    { offsetof(dorcas_manifest, flags), 20 },
    { offsetof(dorcas_manifest, inputs), 23 },
    { offsetof(dorcas_manifest, stateful), 13 },
    { offsetof(dorcas_manifest, quiet), 13 },
    { 0, 0 },
    { 0, 0 },
    { 0, 0 },
    { 0, 0 },
    { 0, 0 },
    { offsetof(dorcas_bazel_module, name), 8 },
    { offsetof(dorcas_bazel_module, apparent), 8 },
    { offsetof(dorcas_flag_value, name), 8 },
    { offsetof(dorcas_flag_value, value), 8 },
    { offsetof(dorcas_run_info, command), 28 },
    { offsetof(dorcas_run_info, repo_name), 8 },
    { offsetof(dorcas_run_info, root_name), 8 },
    { offsetof(dorcas_run_info, build_file_names), 14 },
    { offsetof(dorcas_run_info, indexing), 29 },
    { offsetof(dorcas_run_info, modules), 31 },
    { offsetof(dorcas_run_info, flags), 33 },
    { offsetof(dorcas_run_info, languages), 14 },
    { offsetof(dorcas_match, pattern), 2 },
    { offsetof(dorcas_match, groups), 42 },
    { 0, 0 },
    { offsetof(dorcas_file_data, content), 39 },
    { offsetof(dorcas_file_data, matches), 40 },
    { offsetof(dorcas_file_data, facts), 39 },
    { 0, 0 },
    { offsetof(dorcas_file, name), 3 },
    { offsetof(dorcas_file, data), 38 },
    { offsetof(dorcas_setup_request, run), 30 },
    { offsetof(dorcas_setup_request, files), 36 },
    { offsetof(dorcas_catalogue, kinds), 11 },
    { offsetof(dorcas_catalogue, loads), 16 },
    { offsetof(dorcas_catalogue, directives), 18 },
    { offsetof(dorcas_catalogue, inputs), 23 },
    { offsetof(dorcas_catalogue, diagnostics), 45 },
    { offsetof(dorcas_scan_request, name), 3 },
    { offsetof(dorcas_scan_request, content), 39 },
    { offsetof(dorcas_scan_response, facts), 39 },
    { offsetof(dorcas_scan_response, diagnostics), 45 },
    { offsetof(dorcas_symbol, from), 8 },
    { offsetof(dorcas_symbol, to), 8 },
    { offsetof(dorcas_load, name), 8 },
    { offsetof(dorcas_load, symbols), 51 },
    { offsetof(dorcas_string_entry, key), 8 },
    { offsetof(dorcas_string_entry, value), 8 },
    { offsetof(dorcas_list_entry, key), 8 },
    { offsetof(dorcas_list_entry, values), 14 },
    { offsetof(dorcas_value_glob, include), 14 },
    { offsetof(dorcas_value_glob, exclude), 14 },
    { offsetof(dorcas_select_branch, condition), 8 },
    { offsetof(dorcas_select_branch, values), 14 },
    { offsetof(dorcas_term_glob, include), 14 },
    { offsetof(dorcas_term_glob, exclude), 14 },
    { offsetof(dorcas_term, strings), 14 },
    { offsetof(dorcas_term, glob), 68 },
    { offsetof(dorcas_term, select), 64 },
    { offsetof(dorcas_value, bool_), 13 },
    { offsetof(dorcas_value, int_), 58 },
    { offsetof(dorcas_value, string), 8 },
    { offsetof(dorcas_value, strings), 14 },
    { offsetof(dorcas_value, sorted_strings), 14 },
    { offsetof(dorcas_value, label), 8 },
    { offsetof(dorcas_value, labels), 14 },
    { offsetof(dorcas_value, string_dict), 59 },
    { offsetof(dorcas_value, list_dict), 61 },
    { offsetof(dorcas_value, glob), 63 },
    { offsetof(dorcas_value, select), 64 },
    { offsetof(dorcas_value, concat), 66 },
    { offsetof(dorcas_value, raw), 3 },
    { offsetof(dorcas_attr, name), 3 },
    { offsetof(dorcas_attr, value), 57 },
    { offsetof(dorcas_attr, comments), 14 },
    { offsetof(dorcas_rule, kind), 8 },
    { offsetof(dorcas_rule, written), 7 },
    { offsetof(dorcas_rule, name), 8 },
    { offsetof(dorcas_rule, attrs), 55 },
    { offsetof(dorcas_rule, args), 14 },
    { offsetof(dorcas_rule, comments), 14 },
    { offsetof(dorcas_rule, keep), 13 },
    { offsetof(dorcas_directive, key), 8 },
    { offsetof(dorcas_directive, value), 8 },
    { offsetof(dorcas_build_file, name), 8 },
    { offsetof(dorcas_build_file, loads), 49 },
    { offsetof(dorcas_build_file, rules), 53 },
    { offsetof(dorcas_build_file, directives), 69 },
    { offsetof(dorcas_configure_request, rel), 8 },
    { offsetof(dorcas_configure_request, parent), 39 },
    { offsetof(dorcas_configure_request, run), 72 },
    { offsetof(dorcas_configure_request, directives), 69 },
    { offsetof(dorcas_configure_request, build_file), 73 },
    { offsetof(dorcas_configure_request, files), 36 },
    { offsetof(dorcas_configure_request, above), 74 },
    { offsetof(dorcas_import_spec, lang), 8 },
    { offsetof(dorcas_import_spec, imp), 8 },
    { offsetof(dorcas_provided, import), 78 },
    { offsetof(dorcas_provided, label), 3 },
    { offsetof(dorcas_provided, payload), 39 },
    { offsetof(dorcas_configure_response, state), 39 },
    { offsetof(dorcas_configure_response, provided), 76 },
    { offsetof(dorcas_configure_response, diagnostics), 45 },
    { offsetof(dorcas_fix_request, rel), 8 },
    { offsetof(dorcas_fix_request, state), 39 },
    { offsetof(dorcas_fix_request, build_file), 48 },
    { offsetof(dorcas_fix_request, should_fix), 13 },
    { offsetof(dorcas_fix_request, files), 36 },
    { offsetof(dorcas_fix_request, above), 74 },
    { offsetof(dorcas_edit_set_kind, rule), 2 },
    { offsetof(dorcas_edit_set_kind, kind), 3 },
    { offsetof(dorcas_edit_set_name, rule), 2 },
    { offsetof(dorcas_edit_set_name, name), 3 },
    { offsetof(dorcas_edit_set_attr, rule), 2 },
    { offsetof(dorcas_edit_set_attr, attr), 56 },
    { offsetof(dorcas_edit_delete_attr, rule), 2 },
    { offsetof(dorcas_edit_delete_attr, name), 3 },
    { offsetof(dorcas_edit_delete_rule, rule), 2 },
    { offsetof(dorcas_edit_append_rule, rule), 54 },
    { offsetof(dorcas_edit_set_load, load), 2 },
    { offsetof(dorcas_edit_set_load, name), 3 },
    { offsetof(dorcas_edit_set_load, symbols), 51 },
    { offsetof(dorcas_edit_insert_load, load), 2 },
    { offsetof(dorcas_edit_insert_load, name), 3 },
    { offsetof(dorcas_edit_insert_load, symbols), 51 },
    { offsetof(dorcas_edit, set_kind), 83 },
    { offsetof(dorcas_edit, set_name), 84 },
    { offsetof(dorcas_edit, set_attr), 85 },
    { offsetof(dorcas_edit, delete_attr), 86 },
    { offsetof(dorcas_edit, delete_rule), 87 },
    { offsetof(dorcas_edit, append_rule), 88 },
    { offsetof(dorcas_edit, set_load), 89 },
    { offsetof(dorcas_edit, insert_load), 90 },
    { offsetof(dorcas_fix_response, edits), 81 },
    { offsetof(dorcas_fix_response, diagnostics), 45 },
    { offsetof(dorcas_generated_rule, rule), 54 },
    { offsetof(dorcas_generated_rule, private_), 55 },
    { offsetof(dorcas_generated_rule, imports), 94 },
    { offsetof(dorcas_generated_rule, note), 39 },
    { offsetof(dorcas_empty_rule, kind), 3 },
    { offsetof(dorcas_empty_rule, name), 8 },
    { offsetof(dorcas_empty_rule, attrs), 55 },
    { offsetof(dorcas_child, name), 3 },
    { offsetof(dorcas_child, failed), 13 },
    { offsetof(dorcas_child, summary), 39 },
    { offsetof(dorcas_generate_request, rel), 8 },
    { offsetof(dorcas_generate_request, state), 39 },
    { offsetof(dorcas_generate_request, build_file), 73 },
    { offsetof(dorcas_generate_request, files), 36 },
    { offsetof(dorcas_generate_request, above), 74 },
    { offsetof(dorcas_generate_request, subdirs), 15 },
    { offsetof(dorcas_generate_request, generated_files), 15 },
    { offsetof(dorcas_generate_request, other_rules), 92 },
    { offsetof(dorcas_generate_request, other_empty), 95 },
    { offsetof(dorcas_generate_request, children), 97 },
    { offsetof(dorcas_generate_response, rules), 92 },
    { offsetof(dorcas_generate_response, empty), 95 },
    { offsetof(dorcas_generate_response, rels_to_index), 15 },
    { offsetof(dorcas_generate_response, provided), 76 },
    { offsetof(dorcas_generate_response, summary), 39 },
    { offsetof(dorcas_generate_response, diagnostics), 45 },
    { offsetof(dorcas_imports_rule, rule), 54 },
    { offsetof(dorcas_imports_rule, private_), 55 },
    { offsetof(dorcas_imports_rule, note), 39 },
    { offsetof(dorcas_imports_request, rel), 8 },
    { offsetof(dorcas_imports_request, state), 39 },
    { offsetof(dorcas_imports_request, rules), 101 },
    { offsetof(dorcas_imports_request, other_rules), 53 },
    { offsetof(dorcas_imports_request, files), 36 },
    { offsetof(dorcas_imports_request, above), 74 },
    { offsetof(dorcas_rule_imports, importable), 13 },
    { offsetof(dorcas_rule_imports, imports), 94 },
    { offsetof(dorcas_rule_imports, embeds), 14 },
    { offsetof(dorcas_rule_imports, payload), 39 },
    { offsetof(dorcas_imports_response, rules), 104 },
    { offsetof(dorcas_resolve_rule, rule), 54 },
    { offsetof(dorcas_resolve_rule, imports), 94 },
    { offsetof(dorcas_resolve_rule, note), 39 },
    { offsetof(dorcas_query, import), 78 },
    { offsetof(dorcas_query, lang), 8 },
    { 0, 0 },
    { 0, 0 },
    { 0, 0 },
    { 0, 0 },
    { offsetof(dorcas_provider, label), 3 },
    { offsetof(dorcas_provider, embeds), 14 },
    { offsetof(dorcas_provider, payload), 39 },
    { offsetof(dorcas_lookup, query), 111 },
    { offsetof(dorcas_lookup, override_label), 7 },
    { offsetof(dorcas_lookup, origin), 112 },
    { offsetof(dorcas_lookup, matches), 113 },
    { offsetof(dorcas_resolve_request, rel), 8 },
    { offsetof(dorcas_resolve_request, state), 39 },
    { offsetof(dorcas_resolve_request, rules), 107 },
    { offsetof(dorcas_resolve_request, found), 109 },
    { offsetof(dorcas_resolve_request, round), 2 },
    { offsetof(dorcas_resolved_rule, set), 55 },
    { offsetof(dorcas_resolved_rule, delete_), 15 },
    { offsetof(dorcas_resolve_response_resolved, rules), 116 },
    { offsetof(dorcas_resolve_response_resolved, diagnostics), 45 },
    { offsetof(dorcas_resolve_response, resolved), 115 },
    { offsetof(dorcas_resolve_response, need), 119 },
    { offsetof(dorcas_find_request, rel), 8 },
    { offsetof(dorcas_find_request, state), 39 },
    { offsetof(dorcas_find_request, queries), 119 },
    { offsetof(dorcas_find_answer, matches), 113 },
    { offsetof(dorcas_find_response, found), 122 },
    { offsetof(dorcas_summary, rel), 8 },
    { offsetof(dorcas_summary, failed), 13 },
    { offsetof(dorcas_summary, summary), 39 },
    { offsetof(dorcas_finish_request, state), 39 },
    { offsetof(dorcas_finish_request, summaries), 125 },
    { offsetof(dorcas_finish_response, diagnostics), 45 },
    { offsetof(dorcas_reply_manifest, ok), 10 },
    { offsetof(dorcas_reply_manifest, err), 1 },
    { offsetof(dorcas_reply_catalogue, ok), 44 },
    { offsetof(dorcas_reply_catalogue, err), 1 },
    { offsetof(dorcas_reply_scan_response, ok), 47 },
    { offsetof(dorcas_reply_scan_response, err), 1 },
    { offsetof(dorcas_reply_configure_response, ok), 75 },
    { offsetof(dorcas_reply_configure_response, err), 1 },
    { offsetof(dorcas_reply_fix_response, ok), 80 },
    { offsetof(dorcas_reply_fix_response, err), 1 },
    { offsetof(dorcas_reply_generate_response, ok), 99 },
    { offsetof(dorcas_reply_generate_response, err), 1 },
    { offsetof(dorcas_reply_imports_response, ok), 103 },
    { offsetof(dorcas_reply_imports_response, err), 1 },
    { offsetof(dorcas_reply_resolve_response, ok), 118 },
    { offsetof(dorcas_reply_resolve_response, err), 1 },
    { offsetof(dorcas_reply_find_response, ok), 121 },
    { offsetof(dorcas_reply_find_response, err), 1 },
    { offsetof(dorcas_reply_finish_response, ok), 127 },
    { offsetof(dorcas_reply_finish_response, err), 1 },
};

static const struct method methods[] = {
    { "manifest", 9, 128 },
    { "setup", 35, 129 },
    { "scan", 46, 130 },
    { "configure", 71, 131 },
    { "fix", 79, 132 },
    { "generate_rules", 91, 133 },
    { "imports", 100, 134 },
    { "resolve", 106, 135 },
    { "find", 120, 136 },
    { "finish", 124, 137 },
};
/* end generated: tables */
/* clang-format on */

/* All lists look the same, and so do texts and bytes. They are copied from and to these: to C they are other types. */
struct list {
    const void *items;
    size_t len;
    size_t cap;
};

struct run {
    const uint8_t *ptr;
    size_t len;
};

/* ---- Is it a message? ---- */

/* Goes over bytes without building anything, so that a count that lies costs no memory. */
struct checker {
    const uint8_t *bytes;
    size_t len;
    /* After a fault the offset of what is wrong. */
    size_t at;
    size_t items_left;
    /* The clause that is broken. */
    const char *fault;
};

static bool faulty(struct checker *c, size_t at, const char *clause) {
    c->at = at;
    c->fault = clause;
    return false;
}

APART static bool check_long_varint(struct checker *c, unsigned bits, uint64_t *value) {
    const size_t start = c->at;
    uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        if (c->at == c->len) return faulty(c, c->at, "wire.exact");
        const uint8_t byte = c->bytes[c->at++];
        const uint64_t low = byte & 0x7f;
        const bool over = shift >= bits || (bits - shift < 7 && low >> (bits - shift));
        /* A last byte of 0 says nothing. */
        if (over || (byte == 0 && shift > 0)) return faulty(c, start, "wire.canonical");
        number |= low << shift;
        if (byte < 0x80) break;
    }
    *value = number;
    return true;
}

static bool check_varint(struct checker *c, unsigned bits, uint64_t *value) {
    if (c->at == c->len || c->bytes[c->at] >= 0x80) return check_long_varint(c, bits, value);
    *value = c->bytes[c->at++];
    return true;
}

APART static bool check_flag(struct checker *c, uint64_t *value) {
    if (c->at == c->len) return faulty(c, c->at, "wire.exact");
    if (c->bytes[c->at] > 1) return faulty(c, c->at, "wire.bool");
    *value = c->bytes[c->at++];
    return true;
}

APART static bool check_run(struct checker *c, uint64_t *len) {
    const size_t start = c->at;
    if (!check_varint(c, 32, len)) return false;
    if (*len > c->len - c->at) return faulty(c, start, "wire.length");
    c->at += (size_t)*len;
    return true;
}

/* How many bytes at the beginning are UTF-8, of those from `at` on. */
APART static size_t utf8_rest(const uint8_t *bytes, size_t at, size_t len) {
    while (at < len) {
        const uint8_t first = bytes[at];
        if (first < 0x80) {
            at++;
            continue;
        }
        if (first < 0xc2 || first > 0xf4) return at;
        const size_t more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        if (len - at <= more) return at;
        /* The second byte decides about long forms, surrogates and the last character; the others are free. */
        const uint8_t lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        const uint8_t highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (bytes[at + 1] < lowest || bytes[at + 1] > highest) return at;
        for (size_t next = 2; next <= more; next++) {
            if ((bytes[at + next] & 0xc0) != 0x80) return at;
        }
        at += more + 1;
    }
    return at;
}

/* How many bytes at the beginning are UTF-8. */
static size_t utf8_bytes(const uint8_t *bytes, size_t len) {
    size_t at = 0;
    /* Eight of ASCII at once. */
    for (uint64_t eight; len - at >= sizeof eight; at += sizeof eight) {
        copy(&eight, bytes + at, sizeof eight);
        if (eight & 0x8080808080808080u) return utf8_rest(bytes, at, len);
    }
    while (at < len && bytes[at] < 0x80) at++;
    return at == len ? at : utf8_rest(bytes, at, len);
}

/* Whether the first so many texts at `a` come before those at `b`. A struct has no bytes of its own, so that the texts
 * of a key lie side by side, also where they belong to a struct in the item. Both have been checked. */
APART static bool rises(const struct checker *c, size_t a, size_t b, unsigned texts) {
    struct checker left = *c, right = *c;
    left.at = a;
    right.at = b;
    while (texts--) {
        uint64_t x = 0, y = 0;
        check_run(&left, &x);
        check_run(&right, &y);
        const dorcas_text before = { (const char *)c->bytes + left.at - x, (size_t)x };
        const dorcas_text after = { (const char *)c->bytes + right.at - y, (size_t)y };
        const int order = dorcas_compare(before, after);
        if (order) return order < 0;
    }
    return false;
}

static bool check_value(struct checker *c, unsigned number);

APART static bool check_list(struct checker *c, const struct node *node) {
    const size_t start = c->at;
    uint64_t count;
    if (!check_varint(c, 32, &count)) return false;
    if (count * nodes[node->first].least > c->len - c->at) return faulty(c, start, "wire.length");
    if (count > c->items_left) return faulty(c, start, "wire.size");
    c->items_left -= (size_t)count;
    size_t previous = 0;
    for (size_t item = 0; item < count; item++) {
        const size_t at = c->at;
        if (!check_value(c, node->first)) return false;
        if (node->key && item && !rises(c, previous, at, node->key)) return faulty(c, at, "wire.sorted");
        previous = at;
    }
    return true;
}

APART static bool check_text(struct checker *c, bool filled) {
    const size_t start = c->at;
    uint64_t len;
    if (!check_run(c, &len)) return false;
    const size_t text = c->at - (size_t)len, good = utf8_bytes(c->bytes + text, (size_t)len);
    if (good != len) return faulty(c, text + good, "wire.utf8");
    return len || !filled || faulty(c, start, "wire.non-empty");
}

APART static bool check_option(struct checker *c, unsigned item) {
    uint64_t is_some;
    return check_flag(c, &is_some) && (!is_some || check_value(c, item));
}

APART static bool check_struct(struct checker *c, const struct node *node) {
    for (unsigned at = 0; at < node->count; at++) {
        if (!check_value(c, members[node->first + at].node)) return false;
    }
    return true;
}

APART static bool check_enum(struct checker *c, const struct node *node) {
    const size_t start = c->at;
    uint64_t variant;
    if (!check_varint(c, 32, &variant)) return false;
    if (variant >= node->count) return faulty(c, start, "wire.closed");
    return check_value(c, members[node->first + variant].node);
}

static bool check_value(struct checker *c, unsigned number) {
    const struct node *node = &nodes[number];
    uint64_t value;
    switch (node->kind) {
    case BOOL: return check_flag(c, &value);
    case U32: return check_varint(c, 32, &value);
    case I64: return check_long_varint(c, 64, &value);
    case BYTES: return check_run(c, &value);
    case TEXT: return check_text(c, false);
    case FILLED: return check_text(c, true);
    case MAYBE:
    case OPTION: return check_option(c, node->first);
    case LIST: return check_list(c, node);
    case STRUCT: return check_struct(c, node);
    case ENUM: return check_enum(c, node);
    default: return true;
    }
}

/* Whether bytes are the encoding of a value, to the last of them. Where they are not, `c` says why. */
static bool check(struct checker *c, unsigned node, const uint8_t *bytes, size_t len) {
    *c = (struct checker){ .bytes = bytes, .len = len, .items_left = MESSAGE_ITEMS };
    if (len > MESSAGE_BYTES) return faulty(c, 0, "wire.size");
    return check_value(c, node) && (c->at == len || faulty(c, c->at, "wire.exact"));
}

/* ---- From bytes that have been checked to a value. ---- */

struct reader {
    const uint8_t *at;
    dorcas_call *call;
};

static uint64_t read_varint(struct reader *r) {
    uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        const uint8_t byte = *r->at++;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return number;
    }
}

static bool read_value(struct reader *r, unsigned number, void *out);

APART static bool read_i64(struct reader *r, int64_t *out) {
    /* Zigzag: 0, 1, 2, 3 stand for 0, -1, 1, -2. */
    const uint64_t value = read_varint(r);
    *out = (int64_t)((value >> 1) ^ (0 - (value & 1)));
    return true;
}

APART static bool read_run(struct reader *r, void *out) {
    struct run run;
    run.len = (size_t)read_varint(r);
    run.ptr = r->at;
    r->at += run.len;
    copy(out, &run, sizeof run);
    return true;
}

/* Memory for so many values, all zero. */
static void *read_room(struct reader *r, size_t bytes) {
    void *room = arena_get(r->call, bytes);
    if (room) clear(room, bytes);
    return room;
}

APART static bool read_option(struct reader *r, unsigned item, void *out) {
    if (!*r->at++) return true;
    void *inner = read_room(r, nodes[item].size);
    if (!inner) return false;
    copy(out, &inner, sizeof inner);
    return read_value(r, item, inner);
}

APART static bool read_list(struct reader *r, unsigned item, void *out) {
    const size_t count = (size_t)read_varint(r), size = nodes[item].size;
    if (!count) return true;
    unsigned char *items = read_room(r, count * size);
    if (!items) return false;
    const struct list list = { items, count, 0 };
    copy(out, &list, sizeof list);
    for (size_t at = 0; at < count; at++) {
        if (!read_value(r, item, items + at * size)) return false;
    }
    return true;
}

APART static bool read_struct(struct reader *r, const struct node *node, unsigned char *out) {
    for (unsigned at = 0; at < node->count; at++) {
        const struct member *member = &members[node->first + at];
        if (!read_value(r, member->node, out + member->offset)) return false;
    }
    return true;
}

APART static bool read_enum(struct reader *r, const struct node *node, unsigned char *out) {
    /* The tag stands first, and is an enum of C. */
    const unsigned tag = (unsigned)read_varint(r);
    const struct member *member = &members[node->first + tag];
    *(unsigned *)(void *)out = tag;
    return read_value(r, member->node, out + member->offset);
}

/* Fills in a value that is all zero. False where there is no memory. */
static bool read_value(struct reader *r, unsigned number, void *out) {
    const struct node *node = &nodes[number];
    switch (node->kind) {
    case BOOL: *(bool *)out = *r->at++; return true;
    case U32: *(uint32_t *)out = (uint32_t)read_varint(r); return true;
    case I64: return read_i64(r, out);
    case MAYBE: return !*r->at++ || read_run(r, out);
    case TEXT:
    case FILLED:
    case BYTES: return read_run(r, out);
    case OPTION: return read_option(r, node->first, out);
    case LIST: return read_list(r, node->first, out);
    case STRUCT: return read_struct(r, node, out);
    case ENUM: return read_enum(r, node, out);
    default: return true;
    }
}

/* ---- From a value to bytes. ---- */

struct writer {
    uint8_t *bytes;
    size_t len;
    size_t cap;
    dorcas_call *call;
    /* There was no memory, or the value doesn't fit into a message. */
    bool full;
    bool too_large;
};

APART static bool write_grow(struct writer *w, size_t more) {
    /* What doesn't fit into a message needn't be written. */
    if (w->full || more > MESSAGE_BYTES || w->len > MESSAGE_BYTES) {
        w->too_large |= !w->full;
        return false;
    }
    /* With the head of its chunk a power of two, which is what the heap has. */
    size_t cap = w->cap ? w->cap * 2 + GRAIN : 1024 - GRAIN;
    while (cap - w->len < more) cap = cap * 2 + GRAIN;
    uint8_t *bytes = arena_get(w->call, cap);
    if (!bytes) {
        w->full = true;
        return false;
    }
    if (w->len) copy(bytes, w->bytes, w->len);
    w->bytes = bytes;
    w->cap = cap;
    return true;
}

static bool write_room(struct writer *w, size_t more) {
    return more <= w->cap - w->len || write_grow(w, more);
}

APART static bool write_varint(struct writer *w, uint64_t value) {
    if (!write_room(w, 10)) return false;
    for (; value >= 0x80; value >>= 7) w->bytes[w->len++] = (uint8_t)value | 0x80;
    w->bytes[w->len++] = (uint8_t)value;
    return true;
}

APART static bool write_i64(struct writer *w, int64_t value) {
    const uint64_t bits = (uint64_t)value;
    return write_varint(w, bits << 1 ^ (0 - (bits >> 63)));
}

APART static bool write_run(struct writer *w, const void *value) {
    struct run run;
    copy(&run, value, sizeof run);
    if (!write_varint(w, run.len) || !write_room(w, run.len)) return false;
    if (run.len) copy(w->bytes + w->len, run.ptr, run.len);
    w->len += run.len;
    return true;
}

APART static bool write_maybe(struct writer *w, const void *value) {
    struct run run;
    copy(&run, value, sizeof run);
    return run.ptr ? write_varint(w, 1) && write_run(w, value) : write_varint(w, 0);
}

static bool write_value(struct writer *w, unsigned number, const void *value);

APART static bool write_option(struct writer *w, unsigned item, const void *value) {
    const void *inner;
    copy(&inner, value, sizeof inner);
    return write_varint(w, inner != NULL) && (!inner || write_value(w, item, inner));
}

APART static bool write_list(struct writer *w, unsigned item, const void *value) {
    struct list list;
    copy(&list, value, sizeof list);
    const unsigned char *items = list.items;
    if (!write_varint(w, list.len)) return false;
    for (size_t at = 0; at < list.len; at++) {
        if (!write_value(w, item, items + at * nodes[item].size)) return false;
    }
    return true;
}

APART static bool write_struct(struct writer *w, const struct node *node, const unsigned char *value) {
    for (unsigned at = 0; at < node->count; at++) {
        const struct member *member = &members[node->first + at];
        if (!write_value(w, member->node, value + member->offset)) return false;
    }
    return true;
}

APART static bool write_enum(struct writer *w, const struct node *node, const unsigned char *value) {
    const unsigned tag = *(const unsigned *)(const void *)value;
    if (!write_varint(w, tag)) return false;
    /* The check of what was written finds that there is no such variant. */
    if (tag >= node->count) return true;
    const struct member *member = &members[node->first + tag];
    return write_value(w, member->node, value + member->offset);
}

static bool write_value(struct writer *w, unsigned number, const void *value) {
    const struct node *node = &nodes[number];
    switch (node->kind) {
    case BOOL: return write_varint(w, *(const bool *)value);
    case U32: return write_varint(w, *(const uint32_t *)value);
    case I64: return write_i64(w, *(const int64_t *)value);
    case MAYBE: return write_maybe(w, value);
    case TEXT:
    case FILLED:
    case BYTES: return write_run(w, value);
    case OPTION: return write_option(w, node->first, value);
    case LIST: return write_list(w, node->first, value);
    case STRUCT: return write_struct(w, node, value);
    case ENUM: return write_enum(w, node, value);
    default: return true;
    }
}

/* ---- From a request to a reply. ---- */

/* Codes of errors that the SDK answers with. */
enum { UNDECODABLE = 1, INTERNAL = 3 };

/* Where there is no memory for a better reply. */
static const uint8_t out_of_memory[] = { 1,   INTERNAL, 13,  'o', 'u', 't', ' ', 'o',
                                         'f', ' ',      'm', 'e', 'm', 'o', 'r', 'y' };

static dorcas_text text_of(const char *zero_terminated) {
    dorcas_text text = { zero_terminated, 0 };
    while (text.ptr[text.len]) text.len++;
    return text;
}

/* A text in an error, of a few parts that have few bytes. */
APART static bool explain(dorcas_call *call, uint32_t code, const char *a, const char *b, const char *c,
                          const char *d) {
    const dorcas_text parts[] = { text_of(a), text_of(b), text_of(c), text_of(d) };
    size_t len = 0;
    for (size_t at = 0; at < 4; at++) len += parts[at].len;
    char *bytes = arena_get(call, len);
    if (!bytes) return false;
    call->code = code;
    call->message = (dorcas_text){ bytes, len };
    for (size_t at = 0; at < 4; bytes += parts[at++].len) copy(bytes, parts[at].ptr, parts[at].len);
    return true;
}

/* The bytes of a reply, in memory of the call or constant. */
static dorcas_bytes answer(dorcas_call *call, const struct method *method, dorcas_function *function,
                           const uint8_t *argument, size_t len) {
    const dorcas_bytes nothing_left = { out_of_memory, sizeof out_of_memory };
    const struct node *reply_node = &nodes[method->reply];
    const struct member *ok = &members[reply_node->first], *err = ok + 1;
    unsigned char *request = arena_get(call, nodes[method->request].size);
    unsigned char *reply = arena_get(call, reply_node->size);
    if (!request || !reply) return nothing_left;
    clear(request, nodes[method->request].size);
    clear(reply, reply_node->size);

    struct checker checker;
    bool answered = false;
    if (!check(&checker, method->request, argument, len)) {
        if (!explain(call, UNDECODABLE, "the request of `", method->name, "` breaks the schema, ", checker.fault))
            return nothing_left;
    } else {
        struct reader reader = { argument, call };
        if (!read_value(&reader, method->request, request)) return nothing_left;
        answered = function(call, request, reply + ok->offset);
        if (!answered && !call->code && !explain(call, INTERNAL, "`", method->name, "` failed without saying why", ""))
            return nothing_left;
    }
    for (;;) {
        if (!answered) {
            const dorcas_guest_error error = { call->code, call->message };
            *(unsigned *)(void *)reply = 1;
            copy(reply + err->offset, &error, sizeof error);
        }
        struct writer writer = { .call = call };
        if (write_value(&writer, method->reply, reply)) {
            if (check(&checker, method->reply, writer.bytes, writer.len))
                return (dorcas_bytes){ writer.bytes, writer.len };
        } else {
            if (writer.full) return nothing_left;
            checker.fault = "wire.size";
        }
        /* This says nothing that could break the schema, so that the second time is the last. */
        answered = false;
        if (!explain(call, INTERNAL, "what `", method->name, "` answered breaks the schema, ", checker.fault))
            return nothing_left;
    }
}

/* ---- What crosses. ---- */

/* Address and length of the text of a panic, where the host finds it. */
uint32_t dorcas_panic[2];

void dorcas_abort(dorcas_text message) {
    dorcas_panic[0] = (uint32_t)(uintptr_t)message.ptr;
    dorcas_panic[1] = (uint32_t)least(message.len, 4096);
    __builtin_trap();
}

DORCAS_EXPORT("dorcas_abi_v1") void dorcas_marker(void) {}

DORCAS_EXPORT("alloc") void *dorcas_lend(size_t len) {
    return heap_get(len);
}

DORCAS_EXPORT("free") void dorcas_take_back(void *start, size_t len) {
    /* What lies before the heap is constant, and nobody's to free. */
    if (len && (uintptr_t)start >= (uintptr_t)HEAP_START) heap_give_back(start, len);
}

dorcas_span dorcas_answer(dorcas_method method, dorcas_function *function, const uint8_t *argument, size_t len) {
    dorcas_call call = { .chunks = NULL };
    dorcas_bytes reply = answer(&call, &methods[method], function, argument, len);
    if (reply.ptr != out_of_memory) {
        uint8_t *lent = heap_get(reply.len);
        if (lent) {
            copy(lent, reply.ptr, reply.len);
            reply.ptr = lent;
        } else {
            reply = (dorcas_bytes){ out_of_memory, sizeof out_of_memory };
        }
    }
    arena_drop(&call);
    return (dorcas_span)(uintptr_t)reply.ptr << 32 | reply.len;
}

/* ---- What languages use. ---- */

void *dorcas_alloc(dorcas_call *call, size_t size) {
    void *start = arena_get(call, size);
    if (!start) dorcas_abort(DORCAS_TEXT("out of memory"));
    clear(start, size);
    return start;
}

bool dorcas_fail(dorcas_call *call, uint32_t code, dorcas_text message) {
    call->code = code;
    call->message = message;
    return false;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte of a word is its lowest, as in WebAssembly");

int dorcas_compare(dorcas_text a, dorcas_text b) {
    const size_t len = least(a.len, b.len);
    size_t at = a.ptr == b.ptr ? len : 0;
    for (uint64_t x, y; len - at >= 8; at += 8) {
        copy(&x, a.ptr + at, sizeof x);
        copy(&y, b.ptr + at, sizeof y);
        if (x == y) continue;
        const unsigned first = (unsigned)__builtin_ctzll(x ^ y) & 56;
        return (int)(x >> first & 255) - (int)(y >> first & 255);
    }
    if (len - at >= 4) {
        uint32_t x, y;
        copy(&x, a.ptr + at, sizeof x);
        copy(&y, b.ptr + at, sizeof y);
        if (x != y) {
            const unsigned first = (unsigned)__builtin_ctz(x ^ y) & 24;
            return (int)(x >> first & 255) - (int)(y >> first & 255);
        }
        at += 4;
    }
    for (; at < len; at++) {
        const int difference = (uint8_t)a.ptr[at] - (uint8_t)b.ptr[at];
        if (difference) return difference;
    }
    return (a.len > b.len) - (a.len < b.len);
}

bool dorcas_starts_with(dorcas_text text, dorcas_text start) {
    return text.len >= start.len && dorcas_equal(dorcas_slice(text, 0, start.len), start);
}

bool dorcas_ends_with(dorcas_text text, dorcas_text end) {
    return text.len >= end.len && dorcas_equal(dorcas_slice(text, text.len - end.len, text.len), end);
}

size_t dorcas_find_last(dorcas_text text, char byte) {
    for (size_t at = text.len; at--;) {
        if (text.ptr[at] == byte) return at;
    }
    return text.len;
}

bool dorcas_is_utf8(const void *bytes, size_t len) {
    return utf8_bytes(bytes, len) == len;
}

dorcas_text dorcas_concat(dorcas_call *call, const dorcas_text *texts, size_t count) {
    size_t len = 0;
    for (size_t at = 0; at < count; at++) len += texts[at].len;
    char *bytes = dorcas_alloc(call, len + 1), *end = bytes;
    for (size_t at = 0; at < count; end += texts[at++].len) {
        if (texts[at].len) copy(end, texts[at].ptr, texts[at].len);
    }
    return (dorcas_text){ bytes, len };
}

void *dorcas_add(dorcas_call *call, const void **items, size_t *len, size_t *cap, size_t size) {
    if (*len >= *cap) {
        const size_t room = *len < 4 ? 8 : *len * 2;
        void *larger = dorcas_alloc(call, room * size);
        if (*len) copy(larger, *items, *len * size);
        *items = larger;
        *cap = room;
    }
    return (unsigned char *)(uintptr_t)*items + (*len)++ * size;
}

/* The key of an item is its first texts, which stand first in its struct too. */
static int compare_items(const void *a, const void *b, size_t texts) {
    const dorcas_text *x = a, *y = b;
    for (size_t at = 0; at < texts; at++) {
        const int order = dorcas_compare(x[at], y[at]);
        if (order) return order;
    }
    return 0;
}

/* Sorts by merging, and never in place: the items may be constants. */
size_t dorcas_sort(dorcas_call *call, const void **items, size_t len, size_t size, size_t texts) {
    const unsigned char *from = *items;
    size_t at = 1;
    while (at < len && compare_items(from + (at - 1) * size, from + at * size, texts) < 0) at++;
    if (at >= len) return len;

    unsigned char *to = dorcas_alloc(call, len * size), *other = dorcas_alloc(call, len * size);
    for (size_t run = 1; run < len; run *= 2) {
        for (size_t start = 0; start < len; start += run * 2) {
            size_t a = start, b = least(start + run, len), out = start;
            const size_t a_end = b, b_end = least(start + run * 2, len);
            while (a < a_end || b < b_end) {
                const bool first =
                    b == b_end || (a < a_end && compare_items(from + a * size, from + b * size, texts) <= 0);
                const size_t next = first ? a++ : b++;
                copy(to + out++ * size, from + next * size, size);
            }
        }
        from = to;
        to = other;
        other = (unsigned char *)(uintptr_t)from;
    }
    /* Of those with one key the first stays. */
    unsigned char *sorted = other;
    size_t kept = 1;
    for (size_t next = 1; next < len; next++) {
        if (compare_items(sorted + (kept - 1) * size, sorted + next * size, texts) == 0) continue;
        if (kept != next) copy(sorted + kept * size, sorted + next * size, size);
        kept++;
    }
    *items = sorted;
    return kept;
}
