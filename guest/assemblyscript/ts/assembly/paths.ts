// Paths relative to the root of the repository, and what an import says about a file.

/** A path, or one relative to `dir`, without `.` and `..`; null where it leaves the repository. */
export function join(dir: string, path: string): string | null {
  const parts: string[] = dir.length ? dir.split("/") : [];
  const more = path.split("/");
  for (let index = 0; index < more.length; ++index) {
    const part = more[index];
    if (!part.length || part == ".") continue;
    if (part != "..") parts.push(part);
    else if (parts.length) parts.pop();
    else return null;
  }
  return parts.join("/");
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function isRelative(text: string): bool {
  return text == "." || text == ".." || text.startsWith("./") || text.startsWith("../");
}

/** The longer ones first: `a.d.ts` is no `a.d`. */
const EXTENSIONS: StaticArray<string> = [
  ".d.ts", ".d.mts", ".d.cts", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs",
];
const DECLARATIONS: i32 = 3;
const TYPESCRIPT: i32 = 7;

/** Which of the extensions of source files a name has; -1 for none. */
function extensionOf(name: string): i32 {
  for (let index = 0; index < EXTENSIONS.length; ++index) if (name.endsWith(EXTENSIONS[index])) return index;
  return -1;
}

export function isSource(name: string): bool {
  return extensionOf(name) >= 0;
}

export function isDeclaration(name: string): bool {
  const extension = extensionOf(name);
  return extension >= 0 && extension < DECLARATIONS;
}

/** Whether the compiler of TypeScript has something to make of the file. */
export function isTypescript(name: string): bool {
  const extension = extensionOf(name);
  return extension >= DECLARATIONS && extension < TYPESCRIPT;
}

/** The path without an extension of sources. `./a`, `./a.js` and `./a.ts` may all mean `a.ts`. */
export function stemOf(path: string): string {
  const extension = extensionOf(path);
  return extension < 0 ? path : path.slice(0, path.length - EXTENSIONS[extension].length);
}

/** Appends what an import may come to that means this file. */
export function addKeys(keys: string[], path: string): void {
  const stem = stemOf(path);
  keys.push(stem);
  if (baseOf(stem) == "index") keys.push(parentOf(stem));
  // `./a.d` is `a.d.ts` too.
  if (isDeclaration(path)) keys.push(stem + ".d");
}

/** A label as it is written in the package of that path. */
export function shorten(label: string, rel: string): string {
  const own = "//" + rel + ":";
  return label.startsWith(own) ? label.slice(own.length - 1) : label;
}

/** The npm package of an import: `@scope/name` of `@scope/name/part`; empty where there can be none. */
export function packageOf(text: string): string {
  const parts = text.split("/");
  if (!text.startsWith("@")) return parts[0];
  return parts.length > 1 && parts[0].length > 1 && parts[1].length ? parts[0] + "/" + parts[1] : "";
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
  for (let index = 0; index < text.length; ++index) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit == 0x7f || unit == 0xfffd || (unit & 0xf800) == 0xd800) return false;
  }
  return text.length > 0;
}

const BUILTINS = " assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns " +
  "domain events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl " +
  "stream string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib ";

/** Whether Node brings this itself: `fs`, `fs/promises`, `node:test`. */
export function isBuiltin(text: string): bool {
  return text.startsWith("node:") || BUILTINS.includes(" " + packageOf(text) + " ");
}
