// A guest in JavaScript, by QuickJS: `_initialize` starts the engine and runs a script, each call runs a function of it.
#include "guest.h"

#include "quickjs.h"
#include <stdio.h>

static const char script[] =
    "const words = new Map();\n"
    "for (let i = 0; i < 200; i++) words.set('word' + i, i * i);\n"
    "function see(request) {\n"
    "  if (request.includes('panic')) throw new Error('as requested');\n"
    "  const sum = [...words.values()].reduce((a, b) => a + b, 0);\n"
    "  const found = 'a1b22c333'.replace(/[0-9]+/g, (digits) => `<${digits.length}>`);\n"
    "  return `${sum} ${found} ${new Date().toISOString()} ${typeof Math.random()} ${JSON.stringify({ n: request.length })}`;\n"
    "}\n";

static JSContext *context;

__attribute__((constructor)) static void start(void) {
  context = JS_NewContext(JS_NewRuntime());
  // The stack here is none that the engine could measure.
  JS_SetMaxStackSize(JS_GetRuntime(context), 0);
  JSValue done = JS_Eval(context, script, sizeof script - 1, "script.js", JS_EVAL_TYPE_GLOBAL);
  if (JS_IsException(done)) {
    fprintf(stderr, "the script failed: %s\n", JS_ToCString(context, JS_GetException(context)));
    abort();
  }
  JS_FreeValue(context, done);
}

EXPORT("lang_name") uint64_t lang_name(void) { return give("quickjs", 7); }

EXPORT("generate_rules") uint64_t generate_rules(const char *request, uint32_t n) {
  JSValue global = JS_GetGlobalObject(context);
  JSValue function = JS_GetPropertyStr(context, global, "see");
  JSValue argument = JS_NewStringLen(context, request, n);
  JSValue answer = JS_Call(context, function, JS_UNDEFINED, 1, &argument);
  if (JS_IsException(answer)) {
    fprintf(stderr, "%s\n", JS_ToCString(context, JS_GetException(context)));
    abort();
  }
  const char *text = JS_ToCString(context, answer);
  uint64_t result = say(text, strlen(text));
  JS_FreeCString(context, text);
  JS_FreeValue(context, answer);
  JS_FreeValue(context, argument);
  JS_FreeValue(context, function);
  JS_FreeValue(context, global);
  return result;
}
