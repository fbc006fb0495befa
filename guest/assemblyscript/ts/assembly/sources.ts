// What does a source file import?

import { File } from "dorcas-guest/assembly";
import { group } from "./json";
import { isPlain, isRelative, stemOf } from "./paths";

const STRING = "(?:\"([^\"\\\\\\n]+)\"|'([^'\\\\\\n]+)')";
const COMMENTS = "(?://[^\\n]*|/\\*(?s:.)*?\\*/)";
/** A text without an import, and one that may be a name: `import { "a b" as c }`. */
const TEXT = "(?:\"(?:[^\"\\\\\\n]|\\\\(?s:.))*\"|'(?:[^'\\\\\\n]|\\\\(?s:.))*')";
/** What `import` and `require` are called with. */
const CALLED = "\\((?:\\s|" + COMMENTS + ")*(?:" + STRING + "|`([^`\\\\$\\n]+)`)\\s*[,)]";
/** What stands in a template beside its expressions. */
const CHARS = "(?:[^`\\\\$]|\\\\(?s:.)|\\$+(?:[^`\\\\${]|\\\\(?s:.)))*";
const REGEXP = "/(?:[^/*\\\\\\n\\[]|\\\\[^\\n]|\\[(?:[^\\]\\\\\\n]|\\\\[^\\n])*\\])" +
  "(?:[^/\\\\\\n\\[]|\\\\[^\\n]|\\[(?:[^\\]\\\\\\n]|\\\\[^\\n])*\\])*/";
/** Functions of test frameworks that are given a module. */
const MOCKS = "mock|unmock|doMock|doUnmock|dontMock|deepUnmock|setMock|createMockFromModule|genMockFromModule|requireActual|" +
  "requireMock|importActual|importMock|unstable_mockModule|unstable_unmockModule";

/** An expression within a template, with templates of a sort in it, and two levels of braces. What comes first counts. */
function expression(template: string, more: string): string {
  const plain = COMMENTS + "|" + TEXT + "|" + template + "|[^`'\"{}]";
  return "(?:" + plain + "|\\{(?:" + plain + "|\\{(?:" + plain + ")*\\})*\\}" + more + ")*";
}

function template(inner: string): string {
  return "`(?:" + CHARS + "\\$*\\$\\{" + inner + "\\})*" + CHARS + "\\$*`";
}

/** What the host searches for. What has no group is passed over: there is no code in comments, texts and regular expressions. */
export function sourcePatterns(): string[] {
  // No expression counts how deep something is nested. Three templates in each other are enough.
  const nested = template(expression("`" + CHARS + "\\$*`", ""));
  const inner = expression(nested, "");
  const parts = "(?:" + CHARS + "\\$*\\$\\{" + inner + "\\})*";
  // Before an import braces may be open, which are closed behind it.
  const before = expression(nested, "|\\{") + "?";
  const behind = expression(nested, "|\\}") + "?";
  const one = before + "\\b(?:import|require)\\s*" + CALLED + behind;
  const open = CHARS + "\\$*\\$\\{";
  return [
    "(?m)^[ \\t]*///[ \\t]*<reference[ \\t]+(types|path)[ \\t]*=[ \\t]*" + STRING,
    "//[^\\n]*",
    "/\\*(?s:.)*?\\*/",
    // import "a"; import a, { b as c } from "a"; export * from "a"
    "\\bimport\\s*" + STRING,
    "\\b(?:import|export)\\b(?:[\\w\\s{},*$\\x80-\\xff]|" + COMMENTS + "|[{,]\\s*" + TEXT + "|" + TEXT + "\\s*as\\b|\\bas\\s*" +
      TEXT + ")*?\\bfrom\\s*" + STRING,
    // import("a"), require("a"), import a = require("a"), but no method of that name, nor what ends like it
    "\\b(?:import|(?:module\\s*\\.\\s*)?require(?:\\s*\\.\\s*resolve)?)\\s*" + CALLED,
    "\\b(?:jest|vi|vitest)\\s*\\.\\s*(?:" + MOCKS + ")\\s*(?:<[^()]*>\\s*)?" + CALLED,
    "\\.\\.\\.",
    "(?:\\.|\\$)\\s*(?:import|require)\\b",
    TEXT,
    // A template with an import among its expressions, or two of them, and any other
    "`" + parts + "?" + open + one + "(?:(?:\\}" + parts + open + ")?" + one + ")?\\}" + parts + CHARS + "\\$*`",
    template(inner),
    "(?:[=(,:;!&|?{}\\[+%~^-]|=>|\\b(?:return|typeof|case|in|of|do|else|void|delete|throw|yield|await|instanceof))\\s*" + REGEXP,
    "\\)\\s*" + REGEXP + "[a-z]*\\s*\\.\\s*(?:test|exec)\\b",
    // Text between tags, which no arrow begins
    "=>",
    "[>}][^<>{}]*</",
    ">[^<>{}()\"'`=;\\n]*<[A-Za-z]",
    ">[^<>{}()\"'`=;\\n]*\\{",
  ];
}
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
    const match = found[index];
    const isReference = match.pattern == REFERENCE;
    for (let at = isReference ? 1 : 0; at < match.groups.length; ++at) {
      let text = group(match, at);
      if (isReference && text.length && group(match, 0) != "types" && !isRelative(text)) text = "./" + text;
      if (!isPlain(text) || known.has(text)) continue;
      known.add(text);
      out.push({ text: text, file: file.name });
    }
  }
}

/** Whether a source is there for its tests by its name: `a.test.ts`, `a.spec.ts`. */
export function isTestName(name: string): bool {
  if (!name.includes(".test.") && !name.includes(".spec.")) return false;
  const stem = stemOf(name);
  return stem.endsWith(".test") || stem.endsWith(".spec");
}
