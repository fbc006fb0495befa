// What does a source file import?

import { File, Match } from "dorcas-guest/assembly";
import { group } from "./json";
import { isPlain, isRelative, stemOf } from "./paths";

const STRING = "(?:\"([^\"\\\\\\n]+)\"|'([^'\\\\\\n]+)')";
const COMMENTS = "(?://[^\\n]*|/\\*(?s:.)*?\\*/)";

/** What the host searches for. What has no group is passed over: there is no code in comments, texts and regular expressions. */
export const SOURCE_PATTERNS: string[] = [
  "(?m)^[ \\t]*///[ \\t]*<reference[ \\t]+(types|path)[ \\t]*=[ \\t]*" + STRING,
  "//[^\\n]*",
  "/\\*(?s:.)*?\\*/",
  // import "a"; import a, { b as c } from "a"; export * from "a"
  "\\bimport\\s*" + STRING,
  "\\b(?:import|export)\\b(?:[\\w\\s{},*$\\x80-\\xff]|" + COMMENTS + ")*?\\bfrom\\s*" + STRING,
  // import("a"), require("a"), import a = require("a")
  "\\b(?:import|require(?:\\.resolve)?)\\s*\\((?:\\s|" + COMMENTS + ")*(?:" + STRING + "|`([^`\\\\$\\n]+)`)\\s*[,)]",
  '"(?:[^"\\\\\\n]|\\\\(?s:.))*"',
  "'(?:[^'\\\\\\n]|\\\\(?s:.))*'",
  "`(?:[^`\\\\]|\\\\(?s:.))*`",
  "[=(,:;!&|?{}\\[]\\s*/(?:[^/*\\\\\\n\\[]|\\\\[^\\n]|\\[(?:[^\\]\\\\\\n]|\\\\[^\\n])*\\])" +
    "(?:[^/\\\\\\n\\[]|\\\\[^\\n]|\\[(?:[^\\]\\\\\\n]|\\\\[^\\n])*\\])*/",
];
const REFERENCE: u32 = 0;

/** Something that a file imports. */
export class Import {
  text: string = "";
  /** The file that does. */
  file: string = "";
}

/** Appends the imports of a file in its order, but for those that are known. */
export function addImports(out: Import[], known: Set<string>, file: File): void {
  const found = file.data.matches;
  if (found === null) return;
  for (let index = 0; index < found.length; ++index) {
    const text = textOf(found[index]);
    if (!isPlain(text) || known.has(text)) continue;
    known.add(text);
    out.push({ text: text, file: file.name });
  }
}

function textOf(match: Match): string {
  const isReference = match.pattern == REFERENCE;
  for (let index = isReference ? 1 : 0; index < match.groups.length; ++index) {
    const text = group(match, index);
    if (!text.length) continue;
    if (!isReference || group(match, 0) == "types" || isRelative(text)) return text;
    return "./" + text;
  }
  return "";
}

/** Whether a source is there for its tests by its name: `a.test.ts`, `a.spec.ts`. */
export function isTestName(name: string): bool {
  if (!name.includes(".test.") && !name.includes(".spec.")) return false;
  const stem = stemOf(name);
  return stem.endsWith(".test") || stem.endsWith(".spec");
}
