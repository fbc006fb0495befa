// Each well-formed request is answered: no trap, and no response that breaks the schema.
//
//   node ts/tests/requests.mjs ts.wasm [COUNT [SEED]]     where ts.wasm is the guest

import { readFileSync } from "node:fs";

const schema = JSON.parse(readFileSync(new URL("../../../../abi/schema.json", import.meta.url), "utf8"));
const types = new Map(schema.types.map((type) => [type.name, type]));

/** What means something to the guest, and what is odd. */
const WORDS = [
  "", "a", "b", "js", "ts_project", "js_library", "ts_config", "srcs", "src", "testonly", "visibility", "tsconfig.json",
  "package.json", ":tsconfig.json", "a.ts", "a.test.ts", "index.ts", "b.d.ts", "c.js", "./a", "./c", "..", "../..", "../a/b", ".",
  "/", "//", "//a:b", "@x//a", ":", "*", "**", "**/*.ts", "{", "{a,b}", "}", "a/*", "enabled", "disabled", "none", "{dirname}",
  ...schema.methods.map((method) => method.export),
  "js_resolve", "js_ignore_imports", "js_test_files", "js_visibility", "js_generation_mode", "js_tsconfig",
  "js_project_naming_convention", "js_tests_naming_convention", "js_validate_import_statements", "* //x:y", "\0", "\n", "\t", "a\tb",
  "a\nb", "é😀", "\uffff", "lodash", "@a/b", "@a", "node:fs", "fs", "#x", "a:b", "x\\y", "compilerOptions", "paths", "baseUrl",
  "extends", "dependencies", "[", "true", "false", "types", "path", "data.json", "./data.json", "./x.css", "x.css", "   ",
  "x".repeat(300), "package", "default_visibility", "111\na\nb\nc\nd\ne\n?\nn\tlodash fs \np@/*\tsrc/*\nt**\ta\nr*\t//x",
  "a.ts\t./b\nb.ts\tlodash",
];

let seed = Number(process.argv[4] ?? 1);
function below(end) {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return (seed >>> 8) % end;
}

function number(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...number(value >>> 7)];
}

function word(isSome) {
  let text = WORDS[below(WORDS.length)];
  if (!below(8)) text += WORDS[below(WORDS.length)];
  return text || !isSome ? Buffer.from(text) : Buffer.from("a");
}

/** Bytes of a value of this shape, and the texts that it begins with: they are the keys of sorted lists. */
function value(of, depth) {
  switch (of.kind) {
    case "bool": return { bytes: [below(2)], texts: [] };
    case "u32": return { bytes: number(below(3) ? below(8) : below(1 << 20)), texts: [] };
    case "i64": return { bytes: number(below(1000)), texts: [] };
    case "bytes": {
      const bytes = below(6) ? word() : Array.from({ length: below(20) }, () => below(256));
      return { bytes: [...number(bytes.length), ...bytes], texts: [] };
    }
    case "text": {
      const text = word(of.non_empty);
      return { bytes: [...number(text.length), ...text], texts: [text] };
    }
    case "option": return { bytes: below(2) ? [1, ...value(of.of, depth).bytes] : [0], texts: [] };
    case "list": return list(of, depth > 6 ? 0 : below(below(4) ? 4 : 9), depth);
    case "type": return typed(types.get(of.name), depth + 1);
  }
  throw new Error(of.kind);
}

function list(of, count, depth) {
  let items = Array.from({ length: count }, () => value(of.of, depth + 1));
  if (of.sorted_by) {
    const order = (a, b) => {
      for (let key = 0; key < of.sorted_by; ++key) {
        const order = Buffer.compare(a.texts[key], b.texts[key]);
        if (order) return order;
      }
      return 0;
    };
    items = items.sort(order).filter((item, index) => !index || order(items[index - 1], item));
  }
  return { bytes: [...number(items.length), ...items.flatMap((item) => item.bytes)], texts: [] };
}

function typed(type, depth) {
  if (type.struct) return fields(type.struct, depth);
  const index = below(type.enum.length);
  const { one, fields: carried } = type.enum[index];
  const bytes = carried ? fields(carried, depth).bytes : one ? value(one, depth).bytes : [];
  return { bytes: [index, ...bytes], texts: [] };
}

function fields(all, depth) {
  const values = all.map((field) => value(field.type, depth));
  return { bytes: values.flatMap((of) => of.bytes), texts: values.flatMap((of) => of.texts) };
}

const module = await WebAssembly.compile(readFileSync(process.argv[2]));
const guest = new WebAssembly.Instance(module).exports;
guest._initialize();
const methods = schema.methods.filter((method) => guest[method.export]);
for (let count = Number(process.argv[3] ?? 5000); count; --count) {
  const before = seed;
  const { export: method, request } = methods[below(methods.length)];
  const bytes = typed(types.get(request), 0).bytes;
  const ptr = guest.alloc(bytes.length) >>> 0;
  new Uint8Array(guest.memory.buffer).set(bytes, ptr);
  let result;
  try {
    result = BigInt.asUintN(64, guest[method](ptr, bytes.length));
  } catch (trap) {
    const [at, len] = new Uint32Array(guest.memory.buffer, guest.dorcas_panic.value, 2);
    const text = Buffer.from(guest.memory.buffer.slice(at, at + len));
    throw new Error(`${method} traps: ${trap.message}: ${text}; to see it alone: 1 ${before}`);
  }
  const [at, len] = [Number(result >> 32n), Number(result & 0xffffffffn)];
  if (new Uint8Array(guest.memory.buffer)[at]) {
    const text = Buffer.from(guest.memory.buffer.slice(at, at + len));
    throw new Error(`${method} answers with an error: ${text}; to see it alone: 1 ${before}`);
  }
  guest.free(ptr, bytes.length);
  guest.free(at, len);
}
