// How do messages become values of the script's, and back? The schema, and the check against it, are those of the SDK for C.
#include "engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The SDK's heap and its way to answer are left alone: nothing of them is reached from here, and so nothing is linked.
#define memcpy sdk_memcpy
#define memset sdk_memset
#define memcmp sdk_memcmp
#include "dorcas.h"
#undef DORCAS_EXPORT
#define DORCAS_EXPORT(name)
#include "dorcas.c"
#undef memcpy
#undef memset
#undef memcmp
#include "schema.inc"

enum { MEMBERS = sizeof member_names / sizeof *member_names, ERROR_BYTES = 4096 };
_Static_assert(MEMBERS == sizeof members / sizeof *members, "each member has a name");

/// Of which schema the engine is.
__attribute__((used)) const char js_schema[] = SCHEMA;

static JSAtom member_atoms[MEMBERS];
static Text language_name;

// From bytes that have been checked to a value.

static JSValue from_bytes(const uint8_t **at, unsigned number);

static uint64_t take_varint(const uint8_t **at) {
  uint64_t number = 0;
  for (unsigned shift = 0;; shift += 7) {
    const uint8_t byte = *(*at)++;
    number |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
}

static JSValue number_of(int64_t value) {
  const int64_t most = 9007199254740991;
  return value >= -most && value <= most ? JS_NewInt64(js, value) : JS_NewBigInt64(js, value);
}

static JSValue from_fields(const uint8_t **at, const struct node *node) {
  JSValue object = JS_NewObject(js);
  for (unsigned field = 0; field < node->count; field++) {
    unsigned member = node->first + field;
    JS_DefinePropertyValue(js, object, member_atoms[member], from_bytes(at, members[member].node), JS_PROP_C_W_E);
  }
  return object;
}

static JSValue from_bytes(const uint8_t **at, unsigned number) {
  const struct node *node = &nodes[number];
  uint64_t bits;
  switch (node->kind) {
  case BOOL:
    return JS_NewBool(js, *(*at)++);
  case U32:
    return JS_NewUint32(js, (uint32_t)take_varint(at));
  case I64:
    bits = take_varint(at);
    return number_of((int64_t)(bits >> 1 ^ (0 - (bits & 1))));
  case TEXT:
  case FILLED:
  case BYTES:
    // Bytes that are no UTF-8 become U+FFFD.
    bits = take_varint(at);
    *at += bits;
    return JS_NewStringLen(js, (const char *)*at - bits, (size_t)bits);
  case MAYBE:
  case OPTION:
    return *(*at)++ ? from_bytes(at, node->first) : JS_NULL;
  case LIST: {
    JSValue list = JS_NewArray(js);
    bits = take_varint(at);
    for (uint32_t item = 0; item < bits; item++) {
      JS_DefinePropertyValueUint32(js, list, item, from_bytes(at, node->first), JS_PROP_C_W_E);
    }
    return list;
  }
  case STRUCT:
    return from_fields(at, node);
  default: {
    // A variant that carries nothing is its name, any other an object with what it carries under its name.
    unsigned member = node->first + (unsigned)take_varint(at);
    if (members[member].node == 0) return JS_AtomToString(js, member_atoms[member]);
    JSValue object = JS_NewObject(js);
    JS_DefinePropertyValue(js, object, member_atoms[member], from_bytes(at, members[member].node), JS_PROP_C_W_E);
    return object;
  }
  }
}

// From a value to bytes.

/// Where in the answer something is wrong, from the inside out, and what.
static Text place, wrong;

static bool refuse(const char *what, JSValueConst value) {
  const char *is = JS_IsUndefined(value) || JS_IsNull(value) ? "nothing"
                   : JS_IsString(value)                        ? "a string"
                   : JS_IsBool(value)                          ? "a boolean"
                   : JS_IsNumber(value)                        ? "a number"
                   : JS_IsBigInt(value)                        ? "a BigInt"
                   : JS_IsArray(value)                         ? "an array"
                                                               : "an object";
  text_say(&wrong, is);
  text_say(&wrong, " where there should be ");
  text_say(&wrong, what);
  return false;
}

/// Adds a part in front of the place.
static bool within(const char *part) {
  Text longer = {0};
  text_say(&longer, part);
  // A schema that goes round would make a place without end.
  if (place.len < 300) text_add(&longer, place.bytes, place.len);
  free(place.bytes);
  place = longer;
  return false;
}

static bool within_field(unsigned member) {
  char part[100];
  snprintf(part, sizeof part, ".%.80s", member_names[member]);
  return within(part);
}

static void put_varint(Text *out, uint64_t value) {
  uint8_t bytes[10];
  uint32_t len = 0;
  for (; value >= 0x80; value >>= 7) bytes[len++] = (uint8_t)value | 0x80;
  bytes[len++] = (uint8_t)value;
  text_add(out, bytes, len);
}

static bool to_bytes(Text *out, unsigned number, JSValueConst value);

static bool put_number(Text *out, bool is_signed, JSValueConst value) {
  uint64_t bits;
  double number;
  if (is_signed) {
    bool fits = !JS_IsBool(value) && js_to_bits(js, 'j', value, &bits);
    // An I64 of an interface can be meant without a sign; here it has one.
    if (fits && JS_IsBigInt(value)) {
      JSValue made = JS_NewBigInt64(js, (int64_t)bits);
      fits = JS_IsStrictEqual(js, made, value);
      JS_FreeValue(js, made);
    }
    if (!fits) return refuse("an integer of 64 bits", value);
    put_varint(out, bits << 1 ^ (0 - (bits >> 63)));
    return true;
  }
  if (!JS_IsNumber(value) || JS_ToFloat64(js, &number, value) || !(number >= 0 && number <= 4294967295.0) || number != trunc(number))
    return refuse("an integer from 0 to 4294967295", value);
  put_varint(out, (uint64_t)number);
  return true;
}

static bool put_text(Text *out, JSValueConst value) {
  if (!JS_IsString(value)) return refuse("a string", value);
  Text text = {0};
  bool done = text_value(&text, js, value);
  if (done) {
    put_varint(out, text.len);
    text_add(out, text.bytes, text.len);
  }
  free(text.bytes);
  return done;
}

/// A key of an item that has been written: its first texts.
static int compare_keys(const uint8_t *a, const uint8_t *b, unsigned texts) {
  for (; texts--;) {
    uint64_t x = take_varint(&a), y = take_varint(&b);
    int order = dorcas_compare((dorcas_text){(const char *)a, (size_t)x}, (dorcas_text){(const char *)b, (size_t)y});
    if (order) return order;
    a += x;
    b += y;
  }
  return 0;
}

typedef struct {
  const uint8_t *bytes;
  uint32_t len;
  unsigned texts;
} Item;

static int compare_written(const void *a, const void *b) {
  const Item *x = a, *y = b;
  int order = compare_keys(x->bytes, y->bytes, x->texts);
  // Of equals the first is first, as it was.
  return order ? order : x->bytes < y->bytes ? -1 : 1;
}

/// Puts the items of a list in order, where the schema wants one; of those that are the same in all, one stays.
static void sort_items(Text *out, uint32_t begin, const uint32_t *ends, uint32_t *count, unsigned texts) {
  Item *items = malloc((*count + 1) * sizeof *items);
  uint8_t *sorted = malloc(out->len - begin + 1);
  if (!items || !sorted) abort();
  uint32_t at = begin, kept = 0, len = 0;
  for (uint32_t item = 0; item < *count; item++) {
    items[item] = (Item){out->bytes + at, ends[item] - at, texts};
    at = ends[item];
  }
  qsort(items, *count, sizeof *items, compare_written);
  for (uint32_t item = 0; item < *count; item++) {
    const Item *last = kept ? &items[kept - 1] : NULL;
    if (last && last->len == items[item].len && memcmp(last->bytes, items[item].bytes, last->len) == 0) continue;
    items[kept++] = items[item];
    memcpy(sorted + len, items[item].bytes, items[item].len);
    len += items[item].len;
  }
  memcpy(out->bytes + begin, sorted, len);
  out->len = begin + len;
  *count = kept;
  free(items);
  free(sorted);
}

static bool put_list(Text *out, const struct node *node, JSValueConst value) {
  int64_t length;
  if (!JS_IsArray(value)) return refuse("an array", value);
  if (JS_GetLength(js, value, &length)) return false;
  if (length > MESSAGE_ITEMS) return refuse("at most 1048576 items", value);
  Text items = {0};
  uint32_t count = (uint32_t)length, *ends = malloc(((size_t)count + 1) * sizeof *ends);
  if (!ends) abort();
  bool done = true;
  for (uint32_t item = 0; item < count && done; item++) {
    JSValue one = JS_GetPropertyUint32(js, value, item);
    done = !JS_IsException(one) && to_bytes(&items, node->first, one);
    JS_FreeValue(js, one);
    ends[item] = items.len;
    if (!done) {
      char part[24];
      snprintf(part, sizeof part, "[%u]", (unsigned)item);
      within(part);
    }
  }
  if (done) {
    if (node->key && count > 1) sort_items(&items, 0, ends, &count, node->key);
    put_varint(out, count);
    text_add(out, items.bytes, items.len);
  }
  free(items.bytes);
  free(ends);
  return done;
}

/// The name of a property that is none of so many members; false where there is none.
static bool unknown_property(JSValueConst object, unsigned first, unsigned count) {
  JSPropertyEnum *names;
  uint32_t own;
  if (JS_GetOwnPropertyNames(js, &names, &own, object, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY)) return true;
  bool found = false;
  for (uint32_t name = 0; name < own && !found; name++) {
    found = true;
    for (unsigned member = first; member < first + count && found; member++) found = member_atoms[member] != names[name].atom;
    if (found) {
      JSValue text = JS_AtomToString(js, names[name].atom);
      text_say(&wrong, "there is no `");
      text_value(&wrong, js, text);
      text_say(&wrong, "`; there is");
      for (unsigned member = first; member < first + count; member++) {
        text_say(&wrong, member == first ? " `" : ", `");
        text_say(&wrong, member_names[member]);
        text_say(&wrong, "`");
      }
      JS_FreeValue(js, text);
    }
  }
  JS_FreePropertyEnum(js, names, own);
  return found;
}

static bool put_fields(Text *out, const struct node *node, JSValueConst value) {
  bool is_nothing = JS_IsUndefined(value) || JS_IsNull(value);
  if (!is_nothing && (!JS_IsObject(value) || JS_IsArray(value))) return refuse("an object", value);
  if (!is_nothing && unknown_property(value, node->first, node->count)) return false;
  for (unsigned member = node->first; member < (unsigned)node->first + node->count; member++) {
    JSValue field = is_nothing ? JS_UNDEFINED : JS_GetProperty(js, value, member_atoms[member]);
    bool done = !JS_IsException(field) && to_bytes(out, members[member].node, field);
    JS_FreeValue(js, field);
    if (!done) return within_field(member);
  }
  return true;
}

static bool put_variant(Text *out, const struct node *node, JSValueConst value) {
  unsigned first = node->first;
  if (JS_IsUndefined(value) || JS_IsNull(value)) {
    if (members[first].node) return refuse("an object with one of the variants", value);
    put_varint(out, 0);
    return true;
  }
  if (JS_IsString(value)) {
    JSAtom atom = JS_ValueToAtom(js, value);
    JS_FreeAtom(js, atom);
    for (unsigned variant = 0; variant < node->count; variant++) {
      if (member_atoms[first + variant] != atom || members[first + variant].node) continue;
      put_varint(out, variant);
      return true;
    }
    text_say(&wrong, "there is no variant '");
    text_value(&wrong, js, value);
    text_say(&wrong, "' that carries nothing");
    return false;
  }
  if (!JS_IsObject(value) || JS_IsArray(value)) return refuse("a variant: a string, or an object with one property", value);
  if (unknown_property(value, first, node->count)) return false;
  for (unsigned variant = 0; variant < node->count; variant++) {
    unsigned member = first + variant;
    JSValue carried = members[member].node ? JS_GetProperty(js, value, member_atoms[member]) : JS_UNDEFINED;
    if (JS_IsException(carried)) return within_field(member);
    if (JS_IsUndefined(carried)) continue;
    put_varint(out, variant);
    bool done = to_bytes(out, members[member].node, carried);
    JS_FreeValue(js, carried);
    return done || within_field(member);
  }
  return refuse("an object with one of the variants", value);
}

/// What isn't there is empty, false, 0, or the first variant.
static bool to_bytes(Text *out, unsigned number, JSValueConst value) {
  const struct node *node = &nodes[number];
  bool is_nothing = JS_IsUndefined(value) || JS_IsNull(value);
  if (out->len > MESSAGE_BYTES) {
    text_say(&wrong, "more than a message of 16777216 bytes");
    return false;
  }
  switch (node->kind) {
  case NOTHING:
    return true;
  case STRUCT:
    return put_fields(out, node, value);
  case ENUM:
    return put_variant(out, node, value);
  case MAYBE:
  case OPTION:
    put_varint(out, !is_nothing);
    return is_nothing || to_bytes(out, node->first, value);
  default:
    break;
  }
  if (is_nothing && node->kind != FILLED) {
    put_varint(out, 0);
    return true;
  }
  switch (node->kind) {
  case BOOL:
    if (!JS_IsBool(value)) return refuse("true or false", value);
    put_varint(out, (uint64_t)JS_ToBool(js, value));
    return true;
  case U32:
    return put_number(out, false, value);
  case I64:
    return put_number(out, true, value);
  case LIST:
    return put_list(out, node, value);
  default:
    return put_text(out, value);
  }
}

// From a request to a reply.

static uint64_t give(Text *reply) {
  uint64_t span = text_span(reply);
  *reply = (Text){0};
  return span;
}

/// A reply with an error. A long text ends before a character that would be cut.
static uint64_t fail(uint32_t code, Text *message) {
  uint32_t len = message->len;
  if (len > ERROR_BYTES) {
    len = ERROR_BYTES;
    while (len > 0 && (message->bytes[len] & 0xc0) == 0x80) len--;
  }
  Text reply = {0};
  put_varint(&reply, 1);
  put_varint(&reply, code);
  put_varint(&reply, len);
  text_add(&reply, message->bytes, len);
  free(message->bytes);
  return give(&reply);
}

static uint64_t fail_broken(uint32_t code, const char *a, const char *name, const char *clause) {
  Text text = {0};
  text_say(&text, a);
  text_say(&text, name);
  text_say(&text, "` breaks the schema, ");
  text_say(&text, clause);
  return fail(code, &text);
}

static uint64_t answered(unsigned number, const uint8_t *request, uint32_t len) {
  const struct method *method = &methods[number];
  struct checker checker;
  if (!check(&checker, method->request, request, len))
    return fail_broken(UNDECODABLE, "the request of `", method->name, checker.fault);
  JSValue argument = from_bytes(&request, method->request);
  JSValue result = js_call(method->name, (uint32_t)strlen(method->name), 1, &argument);
  JS_FreeValue(js, argument);
  if (JS_IsException(result)) {
    Text text = {0};
    text_thrown(&text, js);
    return fail(INTERNAL, &text);
  }
  Text reply = {0};
  put_varint(&reply, 0);
  bool done = to_bytes(&reply, members[nodes[method->reply].first].node, result);
  JS_FreeValue(js, result);
  if (!done) {
    Text text = {0};
    if (wrong.len == 0) {
      text_thrown(&text, js);
    } else {
      text_say(&text, "what `");
      text_say(&text, method->name);
      text_say(&text, "` returned is wrong");
      if (place.len > 0) {
        // Without the dot in front.
        uint32_t dot = place.bytes[0] == '.';
        text_say(&text, " at `");
        text_add(&text, place.bytes + dot, place.len - dot);
        text_say(&text, "`");
      }
      text_say(&text, ": ");
      text_add(&text, wrong.bytes, wrong.len);
    }
    free(reply.bytes);
    free(place.bytes);
    free(wrong.bytes);
    place = wrong = (Text){0};
    return fail(INTERNAL, &text);
  }
  if (!check(&checker, method->reply, reply.bytes, reply.len)) {
    free(reply.bytes);
    return fail_broken(INTERNAL, "what `", method->name, checker.fault);
  }
  return give(&reply);
}

#define METHOD(number, name) \
  EXPORT(#name) uint64_t js_call_##name(const uint8_t *request, uint32_t len) { return answered(number, request, len); }
METHODS(METHOD)

EXPORT("dorcas_abi_v1") void js_marker(void) {}
EXPORT("alloc") void *js_lend(uint32_t size) { return malloc(size); }
EXPORT("free") void js_take_back(void *start, uint32_t size) {
  // The name of the language stays.
  (void)size;
  if (start != language_name.bytes) free(start);
}
EXPORT("lang_name") uint64_t js_lang_name(void) { return text_span(&language_name); }

/// What a language begins with, besides its script.
EXPORT("js_begin_language") void js_begin_language(uint8_t *bytes, uint32_t len) {
  js_begin(bytes, len);
  for (unsigned member = 0; member < MEMBERS; member++) member_atoms[member] = JS_NewAtom(js, member_names[member]);
  JSValue name = JS_GetPropertyStr(js, js_script, "name");
  if (!JS_IsString(name) || !text_value(&language_name, js, name)) abort();
  JS_FreeValue(js, name);
}
