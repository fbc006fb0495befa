// Globs, paths and names, by tables; and the memory that a large directory takes.
//
//   node ts/tests/parts.mjs parts.wasm ts.wasm     where parts.wasm is ts/tests/parts.ts, and ts.wasm the guest

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), {});
const wasm = instance.exports;
wasm._initialize();

function ask(...lines) {
  const bytes = Buffer.from(lines.join("\n"));
  const ptr = wasm.alloc(bytes.length) >>> 0;
  new Uint8Array(wasm.memory.buffer).set(bytes, ptr);
  const result = BigInt.asUintN(64, wasm.part(ptr, bytes.length));
  const [at, len] = [Number(result >> 32n), Number(result & 0xffffffffn)];
  const text = Buffer.from(wasm.memory.buffer.slice(at, at + len)).toString();
  wasm.free(ptr, bytes.length);
  wasm.free(at, len);
  return text;
}

const TABLES = {
  matches: [
    ["", "", "yes"], ["a", "a", "yes"], ["a", "ab", "no"], ["ab", "a", "no"], ["*", "", "yes"], ["*", "a.ts", "yes"],
    ["*", "a/b", "no"], ["*.ts", "a.ts", "yes"], ["*.ts", ".ts", "yes"], ["*.ts", "a.tsx", "no"], ["a*c", "abbc", "yes"],
    ["a*b*c", "axxbyyc", "yes"], ["?", "a", "yes"], ["?", "", "no"], ["a?c", "a/c", "no"], ["**", "", "yes"],
    ["**", "a/b/c", "yes"], ["**/a.ts", "a.ts", "yes"], ["**/a.ts", "x/y/a.ts", "yes"], ["**/a.ts", "xa.ts", "no"],
    ["x/**/a.ts", "x/a.ts", "yes"], ["x/**/a.ts", "x/y/z/a.ts", "yes"], ["x/**/a.ts", "xy/a.ts", "no"],
    ["x/**", "x/y/z", "yes"], ["x/**", "x", "no"], ["~/**", "~/any/where", "yes"], ["virtual:*", "virtual:routes", "yes"],
    ["{a,b}", "a", "yes"], ["{a,b}", "b", "yes"], ["{a,b}", "{a,b}", "no"], ["*.{ts,js}", "a.js", "yes"],
    ["{a,{b,c}d}e", "cde", "yes"], ["{a,{b,c}d}e", "ce", "no"], ["{a,}b", "b", "yes"], ["{a", "{a", "yes"],
    ["**/*.{test,spec}.{ts,tsx}", "a/b.spec.tsx", "yes"], ["é*", "éa", "yes"],
    ["*a".repeat(40) + "b", "a".repeat(400), "no"], ["{a,b}".repeat(40), "a".repeat(40), "no"],
  ],
  join: [
    ["", ".", ""], ["", "./a", "a"], ["a", "./b", "a/b"], ["a/b", "../c", "a/c"], ["a/b", "..", "a"], ["a", "..", ""],
    ["a", "../..", "none"], ["", "..", "none"], ["", "../a", "none"], ["a", "./b/../c", "a/c"], ["a", "b//c", "a/b/c"],
    ["a", "b/", "a/b"], ["a", "./b/./c", "a/b/c"], ["a", "b/..", "a"], ["a", "b/../../..", "none"], ["a", ".b/..c", "a/.b/..c"],
    ["a", "./.b/c", "a/.b/c"], ["a", "...", "a/..."], ["", "/a", "a"], ["a", "", "a"], ["a", "b/.", "a/b"], ["a", "b/.c/../d", "a/b/d"],
  ],
  keys: [
    ["a.ts", "", "a"], ["x/a.tsx", "", "x/a"], ["x/index.ts", "", "x/index x"], ["index.js", "", "index "], ["x/a.d.ts", "", "x/a x/a.d"],
    ["x/index.d.mts", "", "x/index x x/index.d"], ["a.test.ts", "", "a.test"],
  ],
  stem: [
    ["a.ts", "", "a"], ["a.tsx", "", "a"], ["a.mts", "", "a"], ["a.cts", "", "a"], ["a.js", "", "a"], ["a.jsx", "", "a"], ["a.mjs", "", "a"],
    ["a.cjs", "", "a"], ["a.d.ts", "", "a"], ["a.d.cts", "", "a"], ["a.d.tsx", "", "a.d"], ["a.mtsx", "", "a.mtsx"], ["a.xts", "", "a.xts"],
    ["a.css", "", "a.css"], ["a.ts.map", "", "a.ts.map"], ["ts", "", "ts"], ["a.service", "", "a.service"], ["a.b/c", "", "a.b/c"], ["a.tjs", "", "a.tjs"],
  ],
  package: [
    ["a", "", "a"], ["a/b", "", "a"], ["@a/b", "", "@a/b"], ["@a/b/c/d", "", "@a/b"], ["@a", "", ""], ["@/b", "", ""], ["@a/", "", ""], ["@a//b", "", ""],
  ],
  types: [["a", "", "@types/a"], ["@a/b", "", "@types/a__b"]],
  shorten: [["//a:b", "a", ":b"], ["//a:b", "", "//a:b"], ["//:b", "", ":b"], ["//a", "a", "//a"], ["//ab:c", "a", "//ab:c"], ["@x//a:b", "a", "@x//a:b"]],
  isPackage: [
    ["lodash", "", "yes"], ["@a/b-c", "", "yes"], ["lodash.get", "", "yes"], ["", "", "no"], [".a", "", "no"], ["a b", "", "no"], ["a:b", "", "no"],
    ["é", "", "no"], ["/a", "", "no"],
  ],
  isLabel: [
    ["//a:b", "", "yes"], ["//a/b", "", "yes"], ["//:b", "", "yes"], [":b", "", "yes"], ["@c//a:b", "", "yes"], ["@@c+1~//:b", "", "yes"],
    ["@c", "", "yes"], ["@", "", "no"], ["@@", "", "no"], ["//", "", "no"], ["@c//", "", "no"], ["b", "", "no"], [":", "", "no"], ["//a:", "", "no"],
    ["//a:b:c", "", "no"], ["//a\\b", "", "no"], ["@c d//a", "", "no"], ["@c/a", "", "no"], ["//a/", "", "no"], ["", "", "no"], ["//a\t", "", "no"],
  ],
  isBuiltin: [
    ["fs", "", "yes"], ["fs/promises", "", "yes"], ["zlib", "", "yes"], ["assert", "", "yes"], ["node:test", "", "yes"], ["fsx", "", "no"], ["f", "", "no"], ["", "", "no"],
  ],
  isRelative: [
    [".", "", "yes"], ["..", "", "yes"], ["./a", "", "yes"], ["../a", "", "yes"], ["...", "", "no"], [".a", "", "no"], ["a", "", "no"], ["", "", "no"], ["..a", "", "no"],
  ],
};

for (const [part, rows] of Object.entries(TABLES)) {
  for (const [a, b, wanted] of rows) test(`${part} ${a} ${b}`, () => assert.equal(ask(part, a, b), wanted));
}

/** A request to generate rules for so many files with five imports each. */
function directory(count) {
  const number = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...number(value >>> 7)]);
  const text = (value) => [...number(Buffer.byteLength(value)), ...Buffer.from(value)];
  const files = [];
  for (let file = 0; file < count; ++file) {
    files.push(...text(`file${String(file).padStart(5, "0")}.ts`), 2, 5);
    for (let index = 0; index < 5; ++index) files.push(4, 2, 1, ...text(`package${file}-${index}`), 0);
  }
  return Buffer.from([...text("app"), 0, 0, ...number(count), ...files, 0, 0, 0, 0, 0, 0]);
}

test("a large directory takes memory in proportion", async () => {
  const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[3]), {});
  const guest = instance.exports;
  guest._initialize();
  const request = directory(1000);
  const ptr = guest.alloc(request.length) >>> 0;
  new Uint8Array(guest.memory.buffer).set(request, ptr);
  const result = BigInt.asUintN(64, guest.generate_rules(ptr, request.length));
  assert(Number(result & 0xffffffffn) > request.length);
  assert.equal(new Uint8Array(guest.memory.buffer)[Number(result >> 32n)], 0);
  assert(guest.memory.buffer.byteLength < 100 * request.length, `${guest.memory.buffer.byteLength} for ${request.length}`);
});
