// What the files of the engine share. `dorcas build` makes a module of this, a bundle of sources, and shims.
#ifndef DORCAS_JS_ENGINE_H
#define DORCAS_JS_ENGINE_H

#include "quickjs.h"

#include <stdbool.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name)))

/// The one context, from `js_boot` on, and the namespace of the script's first file.
extern JSContext *js;
extern JSValue js_script;

/// A text that grows.
typedef struct {
  uint8_t *bytes;
  uint32_t len, room;
} Text;

void text_add(Text *text, const void *bytes, uint32_t len);
void text_say(Text *text, const char *words);
/// A string, in UTF-8: half of a surrogate pair becomes U+FFFD, as `TextEncoder` has it.
bool text_value(Text *text, JSContext *context, JSValueConst value);
/// The exception that is pending: what was thrown, and the stack where there is one.
void text_thrown(Text *text, JSContext *context);
/// Address and length in one number; the caller frees the bytes.
uint64_t text_span(const Text *text);

/// Ends the call: the host shows the text of what was thrown.
_Noreturn void die_thrown(void);

/// A function of the script by its name, called. A promise is awaited: jobs run until there are none.
JSValue js_call(const char *name, uint32_t len, int argc, JSValueConst *argv);

/// A function of the host, as the interface declares it.
typedef struct {
  char *module, *name;
  /// A letter for each parameter: `i` I32, `j` I64, `f` F32, `d` F64; then `>`, and one for the result, or `v`.
  char *types;
  /// Its shim, a place in the table of functions.
  uint32_t shim;
} HostFunction;

/// The bits of a value, by the letter of its type; false for one that the type has no room for. Nothing is rounded, but for F32.
bool js_to_bits(JSContext *context, char type, JSValueConst value, uint64_t *bits);

/// Runs the script of a bundle, which it frees; one that fails ends the call.
void js_begin(uint8_t *bytes, uint32_t len);

JSValue js_host_function(JSContext *context, const HostFunction *function);

#endif
