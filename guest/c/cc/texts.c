/* Is a text among others? A directory may have thousands of them, so that none is looked for one by one. */
#include "cc.h"

size_t find_text(dorcas_text_list sorted, dorcas_text text) {
    size_t low = 0, high = sorted.len;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (dorcas_compare(sorted.items[middle], text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool has_text(dorcas_text_list sorted, dorcas_text text) {
    const size_t at = find_text(sorted, text);
    return at < sorted.len && dorcas_equal(sorted.items[at], text);
}

/* The place that has a text, or the free one for it. A free one has no `ptr`. */
static dorcas_text *place_of(const text_set *set, dorcas_text text) {
    uint32_t hash = 2166136261u;
    for (size_t at = 0; at < text.len; at++) hash = (hash ^ (uint8_t)text.ptr[at]) * 16777619u;
    for (;; hash++) {
        dorcas_text *place = &set->places[hash & (set->size - 1)];
        if (!place->ptr || dorcas_equal(*place, text)) return place;
    }
}

bool text_set_add(dorcas_call *call, text_set *set, dorcas_text text) {
    if (set->len * 2 >= set->size) {
        const text_set old = *set;
        set->size = old.size ? old.size * 2 : 16;
        set->places = dorcas_alloc(call, set->size * sizeof *set->places);
        for (size_t at = 0; at < old.size; at++) {
            if (old.places[at].ptr) *place_of(set, old.places[at]) = old.places[at];
        }
    }
    dorcas_text *place = place_of(set, text);
    if (place->ptr) return false;
    *place = text;
    set->len++;
    return true;
}

bool text_set_has(const text_set *set, dorcas_text text) {
    return set->size && place_of(set, text)->ptr;
}
