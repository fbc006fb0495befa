// package.json and tsconfig.json, as far as the host's expressions show them.

import { Match, textOf } from "dorcas-guest/assembly";

/** What the host searches for: comments are passed over, keys come with their value. */
export const JSON_PATTERNS: string[] = [
  "//[^\\n]*",
  "/\\*(?s:.)*?\\*/",
  '"((?:[^"\\\\\\n]|\\\\[^\\n])*)"\\s*:\\s*(?:"((?:[^"\\\\\\n]|\\\\[^\\n])*)"|([{\\[])|(true|false))',
  '"((?:[^"\\\\\\n]|\\\\[^\\n])*)"',
  "([{\\[])",
  "([}\\]])",
];
const MEMBER: u32 = 2;
const ITEM: u32 = 3;
const OPEN: u32 = 4;
const CLOSE: u32 = 5;

/** A string, a bool, or the beginning of something, with the keys that lead to it. */
export class Member {
  /** `.compilerOptions.paths` */
  path: string = "";
  key: string = "";
  /** The string, `true`, `false`, `{` or `[`. */
  value: string = "";
  isString: bool = false;
}

/** The members of a file in their order, whatever is wrong with it. Items of a list have an empty key. */
export function members(matches: Match[]): Member[] {
  const out: Member[] = [];
  const paths: string[] = [];
  let path = "";
  for (let index = 0; index < matches.length; ++index) {
    const match = matches[index];
    if (match.pattern == MEMBER) {
      const key = group(match, 0);
      const open = group(match, 2);
      const isString = match.groups.length > 1 && match.groups[1] !== null;
      const value = isString ? group(match, 1) : open.length ? open : group(match, 3);
      out.push({ path: path, key: key, value: value, isString: isString });
      if (open.length) {
        paths.push(path);
        path += "." + key;
      }
    } else if (match.pattern == ITEM) out.push({ path: path, value: group(match, 0), isString: true });
    else if (match.pattern == OPEN) {
      // What the file consists of has no name.
      paths.push(path);
      if (paths.length > 1) path += ".";
    } else if (match.pattern == CLOSE && paths.length) path = paths.pop();
  }
  return out;
}

/** A group as text; empty where it took no part. */
export function group(match: Match, index: i32): string {
  return index < match.groups.length ? textOf(match.groups[index]) : "";
}
