// How do numbers get in and out? A shim for each export and each import, made by `dorcas build`, calls what is here.
#include "engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Where shims have the names of the exports: the script's functions are called by name.
#define NAMES_BYTES 65536
__attribute__((used, visibility("default"))) char js_names[NAMES_BYTES];

/// More than that no function of WebAssembly has.
#define MAX_ARGS 1000

static struct {
  char type;
  uint64_t bits;
} args[MAX_ARGS];
static uint32_t arg_count;

static const char *type_name(char type) {
  return type == 'i' ? "I32" : type == 'j' ? "I64" : type == 'f' ? "F32" : type == 'd' ? "F64" : "void";
}

static JSValue from_bits(JSContext *context, char type, uint64_t bits) {
  uint32_t low = (uint32_t)bits;
  float narrow;
  double wide;
  switch (type) {
  case 'i':
    return JS_NewInt32(context, (int32_t)low);
  case 'j':
    return JS_NewBigInt64(context, (int64_t)bits);
  case 'f':
    memcpy(&narrow, &low, sizeof narrow);
    return JS_NewFloat64(context, narrow);
  case 'd':
    memcpy(&wide, &bits, sizeof wide);
    return JS_NewFloat64(context, wide);
  default:
    return JS_UNDEFINED;
  }
}

static bool same(JSContext *context, JSValue made, JSValueConst value) {
  bool same = JS_IsStrictEqual(context, made, value);
  JS_FreeValue(context, made);
  return same;
}

bool js_to_bits(JSContext *context, char type, JSValueConst value, uint64_t *bits) {
  *bits = 0;
  if (type == 'v') return true;
  if (type == 'j' && JS_IsBigInt(value)) {
    int64_t wide;
    if (JS_ToBigInt64(context, &wide, value)) return false;
    *bits = (uint64_t)wide;
    return same(context, JS_NewBigInt64(context, wide), value) || same(context, JS_NewBigUint64(context, *bits), value);
  }
  if (!JS_IsNumber(value) && !(JS_IsBool(value) && type != 'f' && type != 'd')) return false;
  double number;
  if (JS_ToFloat64(context, &number, value)) return false;
  float narrow = (float)number;
  uint32_t low;
  switch (type) {
  case 'i':
    if (!(number >= -2147483648.0 && number <= 4294967295.0) || number != trunc(number)) return false;
    *bits = (uint32_t)(int64_t)number;
    return true;
  case 'j':
    // A number is exact up to there.
    if (!(fabs(number) <= 9007199254740991.0) || number != trunc(number)) return false;
    *bits = (uint64_t)(int64_t)number;
    return true;
  case 'f':
    memcpy(&low, &narrow, sizeof low);
    *bits = low;
    return true;
  default:
    memcpy(bits, &number, sizeof number);
    return true;
  }
}

/// A TypeError that says what a value should have been.
static void refuse(JSContext *context, const char *what, const char *name, char type, JSValueConst value) {
  Text text = {0};
  if (JS_IsString(value)) text_say(&text, "a string");
  else if (JS_IsObject(value)) text_say(&text, "an object");
  else if (!text_value(&text, context, value)) JS_FreeValue(context, JS_GetException(context));
  const char *hint = type == 'j' ? ": a BigInt, or an integer up to 2**53 - 1"
                     : type == 'i' ? ": an integer from -(2**31) to 2**32 - 1"
                                   : ": a number";
  JS_ThrowTypeError(context, "%s of %s is %.*s%s, and its type is %s%s", what, name, (int)(text.len > 100 ? 100 : text.len),
                    text.len ? (const char *)text.bytes : "", JS_IsBigInt(value) ? "n" : "", type_name(type), hint);
  free(text.bytes);
}

// Exports.

static void push(char type, uint64_t bits) {
  if (arg_count == MAX_ARGS) abort();
  args[arg_count].type = type;
  args[arg_count++].bits = bits;
}

EXPORT("js_arg_i32") void js_arg_i32(uint32_t value) { push('i', value); }
EXPORT("js_arg_i64") void js_arg_i64(uint64_t value) { push('j', value); }
EXPORT("js_arg_f32") void js_arg_f32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  push('f', bits);
}
EXPORT("js_arg_f64") void js_arg_f64(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  push('d', bits);
}

static uint64_t invoke(const char *name, uint32_t len, char type) {
  int argc = (int)arg_count;
  JSValue *values = malloc((arg_count + 1) * sizeof *values);
  if (!values) abort();
  for (int i = 0; i < argc; i++) values[i] = from_bits(js, args[i].type, args[i].bits);
  // From here on the script runs, and may come back in.
  arg_count = 0;
  JSValue result = js_call(name, len, argc, values);
  for (int i = 0; i < argc; i++) JS_FreeValue(js, values[i]);
  free(values);
  uint64_t bits;
  if (JS_IsException(result)) die_thrown();
  if (!js_to_bits(js, type, result, &bits)) {
    char shown[200];
    snprintf(shown, sizeof shown, "`%.*s`", len > 150 ? 150 : (int)len, name);
    refuse(js, "the result", shown, type, result);
    die_thrown();
  }
  JS_FreeValue(js, result);
  return bits;
}

EXPORT("js_invoke_void") void js_invoke_void(const char *name, uint32_t len) { invoke(name, len, 'v'); }
EXPORT("js_invoke_i32") uint32_t js_invoke_i32(const char *name, uint32_t len) { return (uint32_t)invoke(name, len, 'i'); }
EXPORT("js_invoke_i64") uint64_t js_invoke_i64(const char *name, uint32_t len) { return invoke(name, len, 'j'); }
EXPORT("js_invoke_f32") float js_invoke_f32(const char *name, uint32_t len) {
  uint32_t bits = (uint32_t)invoke(name, len, 'f');
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
EXPORT("js_invoke_f64") double js_invoke_f64(const char *name, uint32_t len) {
  uint64_t bits = invoke(name, len, 'd');
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// Imports.

static JSValue call_host(JSContext *context, JSValueConst self, int argc, JSValueConst *argv, int magic, JSValueConst *data) {
  (void)self, (void)magic;
  uint32_t address = 0;
  JS_ToUint32(context, &address, data[0]);
  const HostFunction *function = (const HostFunction *)(uintptr_t)address;
  const char *types = function->types;
  int params = (int)(strchr(types, '>') - types);
  // A word for each parameter; the first has the result, too.
  uint64_t *words = malloc(((size_t)params + 1) * sizeof *words);
  if (!words) return JS_ThrowOutOfMemory(context);
  for (int i = 0; i < params; i++) {
    JSValueConst value = i < argc ? argv[i] : JS_UNDEFINED;
    if (!js_to_bits(context, types[i], value, &words[i])) {
      char what[32], shown[200];
      snprintf(what, sizeof what, "argument %d", i + 1);
      snprintf(shown, sizeof shown, "`%.150s`", function->name);
      free(words);
      refuse(context, what, shown, types[i], value);
      return JS_EXCEPTION;
    }
  }
  ((void (*)(uint64_t *))(uintptr_t)function->shim)(words);
  JSValue result = from_bits(context, types[params + 1], words[0]);
  free(words);
  return result;
}

JSValue js_host_function(JSContext *context, const HostFunction *function) {
  JSValue data = JS_NewUint32(context, (uint32_t)(uintptr_t)function);
  int params = (int)(strchr(function->types, '>') - function->types);
  return JS_NewCFunctionData2(context, call_host, function->name, params, 0, 1, &data);
}
