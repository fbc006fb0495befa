/* What does a source say about itself? */
#include "cc.h"

DORCAS_LIST_FUNCTIONS(include)
DORCAS_LIST_FUNCTIONS(source)

#define COMMENT "/\\*[^*]*\\*+(?:[^/*][^*]*\\*+)*/"
/* What may stand between the words of a directive: a comment is a blank, and a line may go on in the next one. */
#define GAP "(?:[ \\t\\f\\v]|\\\\\\r?\\n|" COMMENT ")*"
/* The rest of a word around a raw text. */
#define REST "[^()\\\\\\s\"]*"
/* A raw text ends with the word that it begins with. No expression can compare the two, but it can tell most of them apart
 * by how they begin. */
#define RAW(first) "|" first REST "\\((?s:.*?)\\)" first REST "\""
/* The words in front of a function's name. */
#define TYPE "(?:(?:\\[\\[[^\\]\\n]*\\]\\]|extern\\s+\"C\"|[A-Za-z_][A-Za-z0-9_:]*)(?:\\s|" COMMENT ")+)"
/* `main` with what makes it more than a declaration. */
#define MAIN "\\(?(main|wmain|_tmain|WinMain|wWinMain)\\)?\\s*\\((?:[^()]|\\([^()]*\\))*\\)\\s*[^;,=\\s]"

/* Those without a group are passed over: what stands in a comment or a text is no code. A comment in front of a directive
 * belongs to it, so that these stand first. */
static const dorcas_text patterns[] = {
    DORCAS_INIT("(?m)^(?:\\xef\\xbb\\xbf)?" GAP "(?:#|%:)" GAP "(?:include|import)" GAP
                "(?:\"([^\"\\n]+)\"|<([^>\\n]+)>)"),
    DORCAS_INIT("(?m)^(?:" COMMENT "[ \\t]*)?" TYPE "*" MAIN),
    DORCAS_INIT("(?m)^[ \\t]+" TYPE "+" MAIN),
    DORCAS_INIT("\\b(class|struct|union|namespace)\\b[^;{}()=]*\\{"),
    DORCAS_INIT("//(?s:[^\\\\\\n]|\\\\.)*"),
    DORCAS_INIT(COMMENT),
    DORCAS_INIT("\\b(?:u8|[uUL])?R\"(?:\\((?s:.*?)\\)\"" RAW("[aA]") RAW("[bB]") RAW("[cC]") RAW("[dD]") RAW("[eE]")
                    RAW("[fF]") RAW("[gG]") RAW("[hH]") RAW("[iI]") RAW("[jJ]") RAW("[kK]") RAW("[lL]") RAW("[mM]")
                        RAW("[nN]") RAW("[oO]") RAW("[pP]") RAW("[qQ]") RAW("[rR]") RAW("[sS]") RAW("[tT]") RAW("[uU]")
                            RAW("[vV]") RAW("[wW]") RAW("[xX]") RAW("[yY]") RAW("[zZ]") RAW("[0-4]") RAW("[5-9]")
                                RAW("_") RAW("[-+]") RAW("[=#]") RAW("[*~]") RAW("[/|]") RAW("[.:,;]")
                                    RAW("[^A-Za-z0-9_+=#*~/|.:,;()\\\\\\s\"-]") ")"),
    DORCAS_INIT("\"(?s:[^\"\\\\\\n]|\\\\.)*\""),
    /* A number may have quotes in it, which begin no character. */
    DORCAS_INIT("\\b[0-9](?:'?[0-9A-Za-z_.])*"),
    DORCAS_INIT("'(?:[^'\\\\\\n]|\\\\[^\\n])+'"),
};
enum { INCLUDE_PATTERN, MAIN_PATTERN, INDENTED_MAIN_PATTERN, SCOPE_PATTERN };

const dorcas_text_list source_patterns = DORCAS_INIT_LIST(patterns);

bool is_source_name(dorcas_text name, bool *is_header) {
    static const dorcas_text extensions[] = {
        DORCAS_INIT(".h"),   DORCAS_INIT(".hh"), DORCAS_INIT(".hpp"), DORCAS_INIT(".hxx"), DORCAS_INIT(".inl"),
        DORCAS_INIT(".ipp"), DORCAS_INIT(".c"),  DORCAS_INIT(".cc"),  DORCAS_INIT(".cpp"), DORCAS_INIT(".cxx"),
    };
    enum { HEADERS = 6, ALL = sizeof extensions / sizeof *extensions };
    const size_t dot = dorcas_find_last(name, '.');
    if (dot == 0 || dot == name.len || dorcas_find_last(name, '/') != name.len) return false;
    for (size_t at = 0; at < ALL; at++) {
        if (!dorcas_equal(dorcas_slice(name, dot, name.len), extensions[at])) continue;
        *is_header = at < HEADERS;
        return true;
    }
    return false;
}

/* Whether a file is there for tests, by its name. */
static bool is_test_name(dorcas_text stem) {
    static const dorcas_text ends[] = {
        DORCAS_INIT("_test"), DORCAS_INIT("_tests"), DORCAS_INIT("_unittest"),
        DORCAS_INIT("-test"), DORCAS_INIT("Test"),   DORCAS_INIT("Tests"),
    };
    if (dorcas_equal(stem, DORCAS_TEXT("test")) || dorcas_equal(stem, DORCAS_TEXT("tests"))) return true;
    if (dorcas_starts_with(stem, DORCAS_TEXT("test_"))) return true;
    for (size_t at = 0; at < sizeof ends / sizeof *ends; at++) {
        if (dorcas_ends_with(stem, ends[at])) return true;
    }
    return false;
}

bool is_plain_text(const void *bytes, size_t len) {
    const uint8_t *at = bytes;
    for (size_t left = len; left; left--, at++) {
        if (*at < 0x20 || *at == 0x7f) return false;
    }
    return len && dorcas_is_utf8(bytes, len);
}

static void read_matches(dorcas_call *call, const dorcas_match_list *matches, source *out) {
    bool is_in_scope = false;
    for (size_t at = 0; at < matches->len; at++) {
        const dorcas_match *match = &matches->items[at];
        if (match->pattern == SCOPE_PATTERN) is_in_scope = true;
        /* An indented one is rather a method, where there is anything that has methods. */
        if (match->pattern == MAIN_PATTERN || (match->pattern == INDENTED_MAIN_PATTERN && !is_in_scope))
            out->has_main = !out->is_header;
        if (match->pattern != INCLUDE_PATTERN) continue;
        for (size_t group = 0; group < match->groups.len && group < 2; group++) {
            const dorcas_bytes found = match->groups.items[group];
            if (!found.ptr || !is_plain_text(found.ptr, found.len)) continue;
            include *of = include_add(call, &out->includes);
            of->path = (dorcas_text){ (const char *)found.ptr, found.len };
            of->quoted = group == 0;
        }
    }
}

source_list read_sources(dorcas_call *call, dorcas_file_list files) {
    source_list out = { NULL, 0, 0 };
    for (size_t at = 0; at < files.len; at++) {
        const dorcas_file *file = &files.items[at];
        bool is_header;
        if (!is_source_name(file->name, &is_header)) continue;
        source *of = source_add(call, &out);
        of->name = file->name;
        of->stem = dorcas_slice(file->name, 0, dorcas_find_last(file->name, '.'));
        of->is_header = is_header;
        of->is_test = is_test_name(of->stem);
        if (file->data.tag == DORCAS_FILE_DATA_MATCHES) read_matches(call, &file->data.matches, of);
    }
    return out;
}

size_t find_source(source_list sources, dorcas_text name) {
    size_t low = 0, high = sources.len;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = dorcas_compare(sources.items[middle].name, name);
        if (order == 0) return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return sources.len;
}

size_t first_source(source_list sources, dorcas_text start) {
    size_t low = 0, high = sources.len;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (dorcas_compare(sources.items[middle].name, start) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

dorcas_text join_path(dorcas_call *call, dorcas_text dir, dorcas_text path) {
    const dorcas_text none = { NULL, 0 };
    if (path.len && path.ptr[0] == '/') return none;
    if (dir.len) path = DORCAS_CONCAT(call, dir, DORCAS_TEXT("/"), path);
    char *out = dorcas_alloc(call, path.len + 1);
    size_t len = 0;
    for (size_t at = 0, end; at < path.len; at = end + 1) {
        for (end = at; end < path.len && path.ptr[end] != '/'; end++) {}
        const dorcas_text part = dorcas_slice(path, at, end);
        if (part.len == 0 || dorcas_equal(part, DORCAS_TEXT("."))) continue;
        if (dorcas_equal(part, DORCAS_TEXT(".."))) {
            if (len == 0) return none;
            const size_t slash = dorcas_find_last((dorcas_text){ out, len }, '/');
            len = slash == len ? 0 : slash;
            continue;
        }
        if (len) out[len++] = '/';
        __builtin_memcpy(out + len, part.ptr, part.len);
        len += part.len;
    }
    return (dorcas_text){ out, len };
}
