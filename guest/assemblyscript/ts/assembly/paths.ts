// Paths relative to the root of the repository, and what an import says about a file.

import { DOT, SLASH, find, findLast, hasWord } from "./scan";

/** A path, or one relative to `dir`, without `.` and `..`; null where it leaves the repository. */
export function join(dir: string, path: string): string | null {
  let out = dir;
  let start = 0;
  while (start < path.length) {
    const end = find(path, SLASH, start);
    const len = (end < 0 ? path.length : end) - start;
    const isDotted = len > 0 && len < 3 && path.charCodeAt(start) == DOT && path.charCodeAt(start + len - 1) == DOT;
    if (len && !isDotted) {
      // Nothing but plain parts may follow: most paths have their dots in front.
      if (isWhole(path, start)) return child(out, path.slice(start));
      out = child(out, path.slice(start, start + len));
    } else if (len == 2) {
      if (!out.length) return null;
      out = parentOf(out);
    }
    start += len + 1;
  }
  return out;
}

/** Whether no part from here on is empty or begins with a dot. */
function isWhole(path: string, start: i32): bool {
  for (let at = find(path, SLASH, start); at >= 0; at = find(path, SLASH, at + 1)) {
    const next = path.charCodeAt(at + 1);
    if (at + 1 == path.length || next == SLASH || next == DOT) return false;
  }
  return true;
}

export function child(dir: string, name: string): string {
  return dir.length ? dir + "/" + name : name;
}

export function parentOf(path: string): string {
  const slash = findLast(path, SLASH);
  return slash < 0 ? "" : path.slice(0, slash);
}

export function baseOf(path: string): string {
  return path.slice(findLast(path, SLASH) + 1);
}

export function isRelative(text: string): bool {
  if (text.charCodeAt(0) != DOT) return false;
  return text.length == 1 || text.charCodeAt(1) == SLASH || text == ".." || text.startsWith("../");
}

/** What the extension of a name says; nothing for `a.css`. */
enum Extension {
  None,
  Javascript,
  Typescript,
  Declaration,
}

const T = 0x74;
const J = 0x6a;
const S = 0x73;

/** `.ts`, `.tsx`, `.mts`, `.cts` and the same of JavaScript, and `.d.ts`, `.d.mts`, `.d.cts`. */
function extensionOf(name: string): Extension {
  const dot = findLast(name, DOT);
  const len = name.length - dot - 1;
  if (dot < 0 || len < 2 || len > 3) return Extension.None;
  let first = name.charCodeAt(dot + 1);
  let second = name.charCodeAt(dot + 2);
  let isX = false;
  if (len == 3) {
    const third = name.charCodeAt(dot + 3);
    isX = third == 0x78;
    if (!isX) {
      if (first != 0x6d && first != 0x63) return Extension.None;
      first = second;
      second = third;
    }
  }
  if ((first != T && first != J) || second != S) return Extension.None;
  if (first == J) return Extension.Javascript;
  const isDeclared = !isX && dot > 1 && name.charCodeAt(dot - 1) == 0x64 && name.charCodeAt(dot - 2) == DOT;
  return isDeclared ? Extension.Declaration : Extension.Typescript;
}

export function isSource(name: string): bool {
  return extensionOf(name) != Extension.None;
}

export function isDeclaration(name: string): bool {
  return extensionOf(name) == Extension.Declaration;
}

/** Whether the compiler of TypeScript has something to make of the file. */
export function isTypescript(name: string): bool {
  return extensionOf(name) == Extension.Typescript;
}

/** The path without an extension of sources. `./a`, `./a.js` and `./a.ts` may all mean `a.ts`. */
export function stemOf(path: string): string {
  const extension = extensionOf(path);
  if (extension == Extension.None) return path;
  return path.slice(0, findLast(path, DOT) - (extension == Extension.Declaration ? 2 : 0));
}

/** Appends what an import may come to that means this file. */
export function addKeys(keys: string[], path: string): void {
  const stem = stemOf(path);
  keys.push(stem);
  if (baseOf(stem) == "index") keys.push(parentOf(stem));
  // `./a.d` is `a.d.ts` too.
  if (isDeclaration(path)) keys.push(stem + ".d");
}

/** Whether a text is a label that says where it is: `//a:b`, `@c//a`, `@c`, `:b`. */
export function isLabel(text: string): bool {
  if (!isPlain(text) || text.includes("\\")) return false;
  let at = 0;
  if (text.charCodeAt(0) == 0x40) {
    at = text.charCodeAt(1) == 0x40 ? 2 : 1;
    const start = at;
    while (at < text.length && isRepository(text.charCodeAt(at))) ++at;
    if (at == start) return false;
    if (at == text.length) return true;
  }
  if (text.startsWith("//", at)) at += 2;
  else if (at) return false;
  else if (text.charCodeAt(0) != COLON) return false;
  const colon = find(text, COLON, at);
  if (colon < 0) return at < text.length && !text.endsWith("/");
  return colon + 1 < text.length && find(text, COLON, colon + 1) < 0;
}

const COLON = 0x3a;

function isRepository(unit: i32): bool {
  return (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a || unit >= 0x30 && unit <= 0x39 || find("_.~+-", unit) >= 0;
}

/** A label as it is written in the package of that path. */
export function shorten(label: string, rel: string): string {
  const own = "//" + rel + ":";
  return label.startsWith(own) ? label.slice(own.length - 1) : label;
}

/** The npm package of an import: `@scope/name` of `@scope/name/part`; empty where there can be none. */
export function packageOf(text: string): string {
  const first = find(text, SLASH);
  if (text.charCodeAt(0) != 0x40) return first < 0 ? text : text.slice(0, first);
  const second = first < 0 ? -1 : find(text, SLASH, first + 1);
  const end = second < 0 ? text.length : second;
  return first > 1 && end > first + 1 ? text.slice(0, end) : "";
}

/** Where the types of an npm package are that has none itself. */
export function typesOf(name: string): string {
  return "@types/" + (name.startsWith("@") ? name.slice(1).replace("/", "__") : name);
}

/** A name in a label: letters, digits, and what else npm allows in names. */
export function isPackage(name: string): bool {
  if (!name.length) return false;
  for (let index = 0; index < name.length; ++index) {
    const unit = name.charCodeAt(index);
    const isPlain = (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a || unit >= 0x30 && unit <= 0x39;
    if (!isPlain && !"@/._-~+$!".includes(name.charAt(index))) return false;
  }
  return !name.startsWith(".") && !name.startsWith("/");
}

/** Whether a text can be written into a line of state, a label or a message: no control characters. */
export function isPlain(text: string): bool {
  const start = changetype<usize>(text);
  const end = start + ((<usize>text.length) << 1);
  for (let at = start; at < end; at += 2) {
    const unit = <u32>load<u16>(at);
    if (unit < 0x20 || unit == 0x7f || unit == 0xfffd || (unit & 0xf800) == 0xd800) return false;
  }
  return start < end;
}

const BUILTINS = "assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns " +
  "domain events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl " +
  "stream string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib ";

/** Whether Node brings this itself: `fs`, `fs/promises`, `node:test`. */
export function isBuiltin(text: string): bool {
  return text.startsWith("node:") || hasWord(BUILTINS, packageOf(text));
}
