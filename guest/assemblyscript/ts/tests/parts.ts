// What parts.mjs asks of parts of the guest: a module that is no guest.

export * from "dorcas-guest/assembly/exports";
import { name } from "dorcas-guest/assembly";
import { decode } from "dorcas-guest/assembly/wire";
import { matches } from "../assembly/glob";
import { addKeys, isBuiltin, isLabel, isPackage, isRelative, join, packageOf, shorten, stemOf, typesOf } from "../assembly/paths";
import { split } from "../assembly/scan";

const NEWLINE = 0x0a;

/** Calls a function with the lines of a text, and returns what it says as text. */
export function part(ptr: usize, len: usize): u64 {
  const lines = split(decode(ptr, len), NEWLINE);
  return name(said(lines[0], lines[1], lines.length > 2 ? lines[2] : ""));
}

function said(what: string, a: string, b: string): string {
  if (what == "matches") return matches(a, b) ? "yes" : "no";
  if (what == "join") {
    const path = join(a, b);
    return path === null ? "none" : path;
  }
  if (what == "keys") {
    const keys: string[] = [];
    addKeys(keys, a);
    return keys.join(" ");
  }
  if (what == "stem") return stemOf(a);
  if (what == "package") return packageOf(a);
  if (what == "types") return typesOf(a);
  if (what == "shorten") return shorten(a, b);
  if (what == "isPackage") return isPackage(a) ? "yes" : "no";
  if (what == "isLabel") return isLabel(a) ? "yes" : "no";
  if (what == "isBuiltin") return isBuiltin(a) ? "yes" : "no";
  if (what == "isRelative") return isRelative(a) ? "yes" : "no";
  throw new Error(what);
}
