// How does a script begin? A bundle of sources is compiled and run, once: `dorcas build` takes a snapshot of what that leaves.
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

JSContext *js;
JSValue js_script;

static JSRuntime *runtime;

/// A part of the bundle: `F` a file, its name and source; `H` a function of the host, its module, name and types, with the
/// place of its shim in front of these.
typedef struct {
  char tag;
  const char *parts[3];
  uint32_t lens[3];
} Entry;

static const uint8_t *bundle, *bundle_end;
static HostFunction *functions;
static uint32_t function_count;
/// Where `js_scan` notes the modules that a file imports.
static Text *imports;

_Noreturn static void die(const char *why) {
  fprintf(stderr, "%s\n", why);
  abort();
}

static void *room(void *old, size_t size) {
  void *made = realloc(old, size);
  if (!made) die("out of memory");
  return made;
}

// Texts.

void text_add(Text *text, const void *bytes, uint32_t len) {
  if (len > text->room - text->len) {
    text->room = (text->len + len) * 2 + 64;
    text->bytes = room(text->bytes, text->room);
  }
  memcpy(text->bytes + text->len, bytes, len);
  text->len += len;
}

void text_say(Text *text, const char *words) { text_add(text, words, (uint32_t)strlen(words)); }

uint64_t text_span(const Text *text) { return (uint64_t)(uintptr_t)text->bytes << 32 | text->len; }

bool text_value(Text *text, JSContext *context, JSValueConst value) {
  size_t len;
  const char *bytes = JS_ToCStringLen(context, &len, value);
  if (!bytes) return false;
  uint32_t begin = text->len;
  text_add(text, bytes, (uint32_t)len);
  JS_FreeCString(context, bytes);
  // The engine writes half of a pair as three bytes that no UTF-8 has.
  for (uint8_t *byte = text->bytes + begin, *end = text->bytes + text->len; end - byte >= 3; byte++) {
    if (byte[0] == 0xed && byte[1] >= 0xa0) memcpy(byte, "\xef\xbf\xbd", 3);
  }
  return true;
}

static void text_property(Text *text, JSContext *context, JSValueConst object, const char *name) {
  JSValue value = JS_GetPropertyStr(context, object, name);
  if (!JS_IsString(value) || !text_value(text, context, value)) JS_FreeValue(context, JS_GetException(context));
  JS_FreeValue(context, value);
}

void text_thrown(Text *text, JSContext *context) {
  JSValue thrown = JS_GetException(context);
  if (!JS_IsError(thrown)) text_say(text, "thrown: ");
  if (!text_value(text, context, thrown)) {
    JS_FreeValue(context, JS_GetException(context));
    text_say(text, "a value that can't be shown");
  }
  if (JS_IsError(thrown)) {
    text_say(text, "\n");
    text_property(text, context, thrown, "stack");
  }
  while (text->len > 0 && text->bytes[text->len - 1] == '\n') text->len--;
  JS_FreeValue(context, thrown);
}

_Noreturn void die_thrown(void) {
  Text text = {0};
  text_thrown(&text, js);
  fwrite(text.bytes, 1, text.len, stderr);
  abort();
}

// The bundle.

static bool next_entry(const uint8_t **at, Entry *entry) {
  if (*at == bundle_end) return false;
  entry->tag = (char)*(*at)++;
  for (int part = 0; part < 3; part++) {
    memcpy(&entry->lens[part], *at, 4);
    entry->parts[part] = (const char *)*at + 4;
    // Each part has a NUL behind it, as the compiler of scripts wants it.
    *at += 4 + entry->lens[part] + 1;
  }
  return true;
}

static bool find_file(const char *name, Entry *entry) {
  for (const uint8_t *at = bundle; next_entry(&at, entry);) {
    if (entry->tag == 'F' && strcmp(entry->parts[0], name) == 0) return true;
  }
  return false;
}

static char *copy(const char *part) {
  size_t size = strlen(part) + 1;
  return memcpy(room(NULL, size), part, size);
}

static void read_functions(void) {
  Entry entry;
  for (const uint8_t *at = bundle; next_entry(&at, &entry);) {
    if (entry.tag != 'H') continue;
    functions = room(functions, (function_count + 1) * sizeof *functions);
    char *types;
    uint32_t shim = (uint32_t)strtoul(entry.parts[2], &types, 10);
    functions[function_count++] = (HostFunction){copy(entry.parts[0]), copy(entry.parts[1]), copy(types + 1), shim};
  }
}

// Modules.

/// `./x` and `../x` from the module that imports it; any other name is as it is.
static char *path_of(JSContext *context, const char *base, const char *name) {
  if (name[0] != '.') return js_strdup(context, name);
  const char *slash = strrchr(base, '/');
  size_t folder = slash ? (size_t)(slash - base) + 1 : 0, size = folder + strlen(name) + 1;
  char *path = js_malloc(context, size);
  if (!path) return NULL;
  memcpy(path, base, folder);
  memcpy(path + folder, name, size - folder);
  // Written over itself, part by part; `..` takes one away, unless there is none.
  char *to = path;
  for (char *part = path; part;) {
    char *end = strchr(part, '/');
    if (end) *end = 0;
    size_t len = strlen(part);
    char *last = to;
    while (last > path && last[-1] != '/') last--;
    if (len == 2 && part[0] == '.' && part[1] == '.' && to > path && strcmp(last, "..") != 0) {
      to = last > path ? last - 1 : path;
      *to = 0;
    } else if (len > 0 && !(len == 1 && part[0] == '.')) {
      if (to > path) *to++ = '/';
      memmove(to, part, len + 1);
      to += len;
    }
    part = end ? end + 1 : NULL;
  }
  *to = 0;
  return path;
}

static char *normalize(JSContext *context, const char *base, const char *name, void *opaque) {
  (void)opaque;
  char *path = path_of(context, base, name);
  if (imports && path) {
    text_say(imports, name);
    text_say(imports, "\t");
    text_say(imports, path);
    text_say(imports, "\n");
  }
  return path;
}

static int fill_host_module(JSContext *context, JSModuleDef *module) {
  JSAtom atom = JS_GetModuleName(context, module);
  const char *name = JS_AtomToCString(context, atom);
  JS_FreeAtom(context, atom);
  if (!name) return -1;
  int status = 0;
  for (uint32_t i = 0; i < function_count && status == 0; i++) {
    if (strcmp(functions[i].module, name) != 0) continue;
    status = JS_SetModuleExport(context, module, functions[i].name, js_host_function(context, &functions[i]));
  }
  JS_FreeCString(context, name);
  return status;
}

static int fill_nothing(JSContext *context, JSModuleDef *module) {
  (void)context, (void)module;
  return 0;
}

static JSModuleDef *load(JSContext *context, const char *name, void *opaque) {
  (void)opaque;
  if (imports) return JS_NewCModule(context, name, fill_nothing);
  Entry entry;
  if (find_file(name, &entry)) {
    JSValue compiled = JS_Eval(context, entry.parts[1], entry.lens[1], name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    if (JS_IsException(compiled)) return NULL;
    JSModuleDef *module = JS_VALUE_GET_PTR(compiled);
    JS_FreeValue(context, compiled);
    return module;
  }
  JSModuleDef *module = NULL;
  for (uint32_t i = 0; i < function_count; i++) {
    if (strcmp(functions[i].module, name) != 0) continue;
    if (!module && !(module = JS_NewCModule(context, name, fill_host_module))) return NULL;
    if (JS_AddModuleExport(context, module, functions[i].name)) return NULL;
  }
  if (!module) JS_ThrowReferenceError(context, "there is no module '%s': a script imports its own files, when it is built", name);
  return module;
}

// What every script finds.

/// `console`: what is written is shown when the call traps.
static JSValue console_log(JSContext *context, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self;
  Text text = {0};
  for (int i = 0; i < argc; i++) {
    if (i) text_say(&text, " ");
    if (!text_value(&text, context, argv[i])) {
      free(text.bytes);
      return JS_EXCEPTION;
    }
  }
  text_say(&text, "\n");
  fwrite(text.bytes, 1, text.len, stderr);
  free(text.bytes);
  return JS_UNDEFINED;
}

/// `Host.getFunctions()`: the functions of all interfaces in one object, but for names that two of them have.
static JSValue get_functions(JSContext *context, JSValueConst self, int argc, JSValueConst *argv) {
  (void)self, (void)argc, (void)argv;
  JSValue object = JS_NewObject(context);
  for (uint32_t i = 0; i < function_count; i++) {
    uint32_t same = 0;
    for (uint32_t other = 0; other < function_count; other++) same += strcmp(functions[i].name, functions[other].name) == 0;
    if (same == 1) JS_SetPropertyStr(context, object, functions[i].name, js_host_function(context, &functions[i]));
  }
  return object;
}

static const char *const levels[] = {"debug", "error", "info", "log", "warn"};

static void add_globals(void) {
  JSValue global = JS_GetGlobalObject(js), console = JS_NewObject(js);
  for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
    JS_SetPropertyStr(js, console, levels[i], JS_NewCFunction(js, console_log, levels[i], 0));
  }
  JS_SetPropertyStr(js, global, "console", console);
  if (function_count > 0) {
    JSValue host = JS_NewObject(js);
    JS_SetPropertyStr(js, host, "getFunctions", JS_NewCFunction(js, get_functions, "getFunctions", 0));
    JS_SetPropertyStr(js, global, "Host", host);
  }
  JS_FreeValue(js, global);
}

// The beginning.

/// Of the stack that the module is linked with, as much as is used before a host's 1,000 calls within calls are: functions of C that
/// call each other, by way of the script, take 110 bytes each at the least. Beyond it there is a RangeError.
#define STACK_BYTES (96 << 10)

static void start(const uint8_t *bytes, uint32_t len) {
  bundle = bytes;
  bundle_end = bytes + len;
  if (!runtime) {
    runtime = JS_NewRuntime();
    if (!runtime) die("out of memory");
    JS_SetMaxStackSize(runtime, STACK_BYTES);
    JS_SetModuleLoaderFunc(runtime, normalize, load, NULL);
  }
}

/// Runs jobs until a promise is settled: its value, or an exception. Takes the value.
static JSValue settled(JSContext *context, JSValue value) {
  if (!JS_IsPromise(value)) return value;
  JSContext *other;
  while (JS_PromiseState(context, value) == JS_PROMISE_PENDING && JS_ExecutePendingJob(runtime, &other) > 0) {}
  JSPromiseStateEnum state = JS_PromiseState(context, value);
  JSValue result = state == JS_PROMISE_PENDING ? JS_UNDEFINED : JS_PromiseResult(context, value);
  JS_FreeValue(context, value);
  if (state == JS_PROMISE_REJECTED) return JS_Throw(context, result);
  if (state == JS_PROMISE_PENDING) return JS_ThrowTypeError(context, "a promise is awaited that nothing settles");
  return result;
}

EXPORT("js_alloc") void *js_alloc(uint32_t size) { return room(NULL, size); }

/// Compiles the one file of a bundle: the modules that it imports, a line each, with the name as it is written, a tab, and
/// the name from the first file; or what is wrong, behind a `!`.
EXPORT("js_scan") uint64_t js_scan(const uint8_t *bytes, uint32_t len) {
  start(bytes, len);
  Text text = {0};
  Entry file;
  const uint8_t *at = bundle;
  if (!next_entry(&at, &file)) die("an empty bundle");
  JSContext *context = JS_NewContext(runtime);
  if (!context) die("out of memory");
  imports = &text;
  JSValue module =
      JS_Eval(context, file.parts[1], file.lens[1], file.parts[0], JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
  if (JS_IsException(module) || JS_ResolveModule(context, module) < 0) {
    text.len = 0;
    text_say(&text, "!");
    text_thrown(&text, context);
  }
  JS_FreeValue(context, module);
  JS_FreeContext(context);
  imports = NULL;
  return text_span(&text);
}

/// Runs the top level of a bundle's first file, and of all that it imports. The text is empty, or says what is wrong.
EXPORT("js_boot") uint64_t js_boot(const uint8_t *bytes, uint32_t len) {
  start(bytes, len);
  read_functions();
  js = JS_NewContext(runtime);
  if (!js) die("out of memory");
  add_globals();
  Text text = {0};
  Entry file;
  for (const uint8_t *at = bundle;;) {
    if (!next_entry(&at, &file)) die("a bundle without files");
    if (file.tag == 'F') break;
  }
  JSValue done = JS_UNDEFINED;
  JSModuleDef *module = load(js, file.parts[0], NULL);
  if (module) {
    done = JS_EvalFunction(js, JS_DupValue(js, JS_MKPTR(JS_TAG_MODULE, module)));
    if (!JS_IsException(done)) done = settled(js, done);
  }
  if (!module || JS_IsException(done)) {
    text_thrown(&text, js);
  } else {
    JSContext *other;
    while (JS_ExecutePendingJob(runtime, &other) > 0) {}
    js_script = JS_GetModuleNamespace(js, module);
    if (JS_IsException(js_script)) text_thrown(&text, js);
  }
  JS_FreeValue(js, done);
  // A file that is imported later was in the bundle, or it isn't there.
  bundle = bundle_end = NULL;
  JS_RunGC(runtime);
  return text_span(&text);
}

/// The same, as what a module begins with: a script that fails ends it.
EXPORT("js_begin") void js_begin(uint8_t *bytes, uint32_t len) {
  uint64_t said = js_boot(bytes, len);
  if ((uint32_t)said > 0) {
    fwrite((const void *)(uintptr_t)(said >> 32), 1, (uint32_t)said, stderr);
    abort();
  }
  free(bytes);
}

/// What the script exports, a line each: the number of parameters of a function, `s` of a string, or `-`, and the name.
EXPORT("js_describe") uint64_t js_describe(void) {
  Text text = {0};
  JSPropertyEnum *names;
  uint32_t count;
  if (JS_GetOwnPropertyNames(js, &names, &count, js_script, JS_GPN_STRING_MASK)) die_thrown();
  for (uint32_t i = 0; i < count; i++) {
    JSValue value = JS_GetProperty(js, js_script, names[i].atom), name = JS_AtomToString(js, names[i].atom);
    int64_t params = -1;
    if (JS_IsFunction(js, value) && JS_GetLength(js, value, &params)) params = 0;
    char number[24];
    snprintf(number, sizeof number, JS_IsString(value) ? "s " : params < 0 ? "- " : "%lld ", (long long)params);
    text_say(&text, number);
    text_value(&text, js, name);
    text_say(&text, "\n");
    // A name that is exported and never given a value.
    JS_FreeValue(js, JS_GetException(js));
    JS_FreeValue(js, name);
    JS_FreeValue(js, value);
  }
  JS_FreePropertyEnum(js, names, count);
  return text_span(&text);
}

JSValue js_call(const char *name, uint32_t len, int argc, JSValueConst *argv) {
  JSAtom atom = JS_NewAtomLen(js, name, len);
  JSValue function = JS_GetProperty(js, js_script, atom);
  JS_FreeAtom(js, atom);
  if (JS_IsException(function)) return function;
  JSValue result = JS_Call(js, function, JS_UNDEFINED, argc, argv);
  JS_FreeValue(js, function);
  return settled(js, result);
}
