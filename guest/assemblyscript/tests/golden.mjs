// The codec does what the golden vectors of the ABI say, and the SDK answers as the specification wants it.
//
//   node tests/golden.mjs golden.wasm     where golden.wasm is tests/golden.ts

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (path) => readFileSync(new URL(`../../../abi/${path}`, import.meta.url), "utf8");
const schema = JSON.parse(read("schema.json"));
const bad = JSON.parse(read("golden/bad.json"));
const files = ["configure", "find", "fix", "generate_rules", "imports", "manifest", "primitives", "reply", "resolve", "rule"];

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), {});
const wasm = instance.exports;
wasm._initialize();

/** Calls a function with bytes, and returns the bytes that it gives back. */
function call(method, bytes, ...before) {
  const ptr = bytes.length ? wasm.alloc(bytes.length) >>> 0 : 0;
  assert(ptr || !bytes.length);
  new Uint8Array(wasm.memory.buffer).set(bytes, ptr);
  const result = take(wasm[method](...before, ptr, bytes.length));
  wasm.free(ptr, bytes.length);
  return result;
}

function take(result) {
  const ptr = Number(BigInt.asUintN(64, result) >> 32n);
  const len = Number(BigInt.asUintN(32, result));
  const bytes = Buffer.from(wasm.memory.buffer.slice(ptr, ptr + len));
  wasm.free(ptr, len);
  return bytes;
}

/** The bytes of a vector. */
function bytesOf(vector) {
  const bytes = Buffer.from(vector.hex.join(" ").replaceAll(" ", ""), "hex");
  const then = vector.then;
  return then ? Buffer.concat([bytes, Buffer.alloc(then.times, parseInt(then.byte, 16))]) : bytes;
}

/** The place of a type in the schema, and whether it is a reply with it. */
function typeOf(vector) {
  const inner = /^Reply<(.*)>$/.exec(vector.type);
  const index = schema.types.findIndex((type) => type.name == (inner ? inner[1] : vector.type));
  assert(index >= 0, vector.type);
  return [index, inner ? 1 : 0];
}

test("the types are those of the schema", () => {
  const names = [];
  for (let index = 0; ; ++index) {
    const name = take(wasm.type_name(index)).toString();
    if (!name) break;
    names.push(name);
  }
  assert.deepEqual(names, schema.types.map((type) => type.name));
});

let seen = 0;
for (const file of files) {
  for (const vector of JSON.parse(read(`golden/${file}.json`))) {
    ++seen;
    test(`good: ${vector.name}`, () => {
      const type = typeOf(vector);
      const bytes = bytesOf(vector);
      assert.equal(call("fault", bytes, ...type).toString(), "");
      assert.deepEqual(JSON.parse(call("meaning", bytes, ...type).toString()), vector.value);
      assert.deepEqual(take(wasm.bytes()), bytes);
    });
  }
}

for (const vector of bad) {
  ++seen;
  test(`bad: ${vector.name}`, () => {
    assert.equal(call("fault", bytesOf(vector), ...typeOf(vector)).toString(), `${vector.clause} ${vector.offset}`);
  });
}

test("texts of each length, with characters of each length at each place", () => {
  const type = typeOf({ type: "Value" });
  for (let length = 0; length < 20; ++length) {
    for (const character of ["a", "\0", "\x7f", "\x80", "é", "€", "\uffff", "😀"]) {
      for (let place = 0; place <= length; ++place) {
        const text = "x".repeat(place) + character + "y".repeat(length - place);
        const utf8 = Buffer.from(text);
        const bytes = Buffer.concat([Buffer.from([2, utf8.length]), utf8]);
        assert.equal(call("fault", bytes, ...type).toString(), "");
        assert.deepEqual(JSON.parse(call("meaning", bytes, ...type).toString()), { String: text });
        assert.deepEqual(take(wasm.bytes()), bytes);
        bytes[2 + place] = 0xff;
        assert.equal(call("fault", bytes, ...type).toString(), `wire.utf8 ${2 + place}`);
      }
    }
  }
});

test("bytes that are no text", () => {
  for (const [hex, text] of [["", "."], ["61", "a."], ["c3a9", "é."], ["61ff62", "a\ufffdb."], ["eda080", "\ufffd\ufffd\ufffd."], ["c3", "\ufffd."]]) {
    assert.equal(call("text", Buffer.from(hex, "hex")).toString(), text, hex);
  }
});

test("there are vectors of both kinds", () => assert(seen > 100 && bad.length > 30));

/** Code and message of an error. */
function refused(method, request) {
  const reply = call(method, request);
  assert.equal(reply[0], 1);
  const [index] = typeOf({ type: "GuestError" });
  const error = reply.subarray(1);
  assert.equal(call("fault", error, index, 0).toString(), "");
  const { code, message } = JSON.parse(call("meaning", error, index, 0).toString());
  take(wasm.bytes());
  return `${code}: ${message}`;
}

const empty = Buffer.alloc(10);

test("a request that is none", () => {
  assert.equal(refused("unsorted", Buffer.from([0xff])), "1: byte 1 of the GenerateRequest breaks wire.exact");
});

test("no bytes are no request", () => {
  assert.equal(refused("unsorted", Buffer.alloc(0)), "1: byte 0 of the GenerateRequest breaks wire.exact");
});

test("a response out of order is an error and not a trap", () => {
  assert.equal(refused("unsorted", empty), "3: byte 6 of the GenerateResponse breaks wire.sorted");
});

test("a response that has no UTF-8 is an error", () => {
  assert.equal(refused("surrogate", empty), "3: byte 5 of the GenerateResponse breaks wire.utf8");
});

test("an error of the guest's own", () => {
  assert.equal(refused("refusal", empty), "1000: no rules, thanks");
});

test("memory stays where it is over thousands of calls, good and bad", () => {
  const request = Buffer.from([1, 0x61, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const rounds = (count) => {
    for (let round = 0; round < count; ++round) {
      assert.deepEqual([...call("wasteful", request)], [0, 0, 0, 1, 1, 0x61, 0, 0, 0]);
      refused("wasteful", Buffer.from([1]));
      refused("unsorted", empty);
    }
    return wasm.memory.buffer.byteLength;
  };
  assert.equal(rounds(50), rounds(1000));
});

test("buffers don't overlap, and come back in any order", () => {
  const live = [];
  const before = wasm.memory.buffer.byteLength;
  let random = 1;
  const next = (below) => (random = (random * 48271) % 2147483647) % below;
  for (let round = 0; round < 20000; ++round) {
    if (live.length > 40 || (live.length && next(2))) {
      const [{ ptr, len, byte }] = live.splice(next(live.length), 1);
      assert(new Uint8Array(wasm.memory.buffer, ptr, len).every((got) => got == byte));
      wasm.free(ptr, len);
    } else {
      const len = 1 + next(3000);
      const ptr = wasm.alloc(len) >>> 0;
      const byte = next(256);
      assert(ptr && ptr + len <= wasm.memory.buffer.byteLength);
      new Uint8Array(wasm.memory.buffer, ptr, len).fill(byte);
      live.push({ ptr, len, byte });
    }
  }
  for (const { ptr, len } of live) wasm.free(ptr, len);
  assert(wasm.memory.buffer.byteLength - before <= 4 * 65536);
});

test("an abort leaves its text", () => {
  const text = () => {
    const [ptr, len] = new Uint32Array(wasm.memory.buffer, wasm.dorcas_panic.value, 2);
    return Buffer.from(wasm.memory.buffer.slice(ptr, ptr + len)).toString();
  };
  assert.equal(text(), "");
  assert.throws(() => wasm.boom(0), WebAssembly.RuntimeError);
  assert.match(text(), /^tests\/golden\.ts:\d+:\d+: boom$/);
  assert.throws(() => wasm.boom(1), WebAssembly.RuntimeError);
  assert.match(text(), /^tests\/golden\.ts:\d+:\d+: é{1000,}$/);
  assert(Buffer.byteLength(text()) <= 4096);
});

test("texts are in the order of their UTF-8", () => {
  const points = [0, 0x61, 0x62, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x1f600, 0x10ffff];
  for (const a of points) {
    for (const b of points) {
      const wanted = Buffer.compare(Buffer.from(String.fromCodePoint(a)), Buffer.from(String.fromCodePoint(b)));
      assert.equal(Math.sign(wasm.order(a, b)), wanted, `${a} ${b}`);
    }
  }
  assert.equal(take(wasm.sorted()).toString(), " a aa b \uffff \u{1f600}");
});
