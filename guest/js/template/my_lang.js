// @ts-check
// A Gazelle language: a `my_lang_library` for each file `*.my_lang`, whose lines `import DIR/FILE` are its dependencies.
//
// It is meant to be changed. dorcas/dorcas.d.ts has all messages, and says what each field means.

/** @import { File, Given, GeneratedRule, Diagnostic, Lookup, ResolvedRule } from "./dorcas/dorcas" */
/** @import { ManifestMethod, GenerateRules, Imports, Resolve } from "./dorcas/dorcas" */

export const name = "my_lang";
const EXTENSION = ".my_lang";

/** What the guest is, and what it wants to be told of which files: here where the lines with imports match.
 * @type {ManifestMethod} */
export function manifest() {
  return {
    version: "0.1.0",
    kinds: [{
      name: "my_lang_library",
      match_attrs: ["srcs"],
      non_empty_attrs: ["srcs"],
      mergeable_attrs: ["srcs"],
      resolve_attrs: ["deps"],
    }],
    loads: [{ module: "rules_my_lang", repo: "rules_my_lang", file: "//my_lang:defs.bzl", symbols: ["my_lang_library"] }],
    // What matches a pattern without a group is passed over, which is how to skip comments.
    inputs: [{
      glob: "*" + EXTENSION,
      want: { Matches: ["#[^\\n]*", "(?m)^import +([^\\s#]+)"] },
      methods: { generate_rules: true },
    }],
  };
}

/** From what is in a directory to the rules that should be there.
 * @type {GenerateRules} */
export function generate_rules(request) {
  const files = request.files.filter((file) => file.name.length > EXTENSION.length && file.name.endsWith(EXTENSION));
  return { rules: files.map(library) };
}

/** @param {File} file
 * @returns {Given<GeneratedRule>} */
function library(file) {
  const matches = typeof file.data === "object" && "Matches" in file.data ? file.data.Matches : [];
  const found = matches.flatMap((match) => match.groups.slice(0, 1));
  return {
    rule: {
      kind: "my_lang_library",
      name: file.name.slice(0, -EXTENSION.length),
      attrs: [{ name: "srcs", value: { SortedStrings: [file.name] } }],
    },
    imports: found.map((imp) => ({ lang: name, imp: imp ?? "" })),
  };
}

/** How the rules of a BUILD file can be imported: by directory and name.
 * @type {Imports} */
export function imports(request) {
  return {
    rules: request.rules.map(({ rule }) => ({ importable: true, imports: [{ lang: name, imp: `${request.rel}/${rule.name}` }] })),
  };
}

/** From what rules import to what they depend on.
 * @type {Resolve} */
export function resolve(request) {
  /** @type {Given<Diagnostic>[]} */
  const diagnostics = [];
  /** @type {Given<ResolvedRule>[]} */
  const rules = request.rules.map((rule) => {
    const labels = [];
    for (const { imp } of rule.imports) {
      const label = labelOf(request.found, imp);
      if (label !== null) labels.push(label);
      else diagnostics.push({ severity: "Warning", message: `nobody provides ${imp}` });
    }
    return labels.length > 0 ? { set: [{ name: "deps", value: { Labels: labels } }] } : { delete: ["deps"] };
  });
  return { Resolved: { rules, diagnostics } };
}

/** What the user has set for an import, or the rule that provides it.
 * @param {Lookup[]} found
 * @param {string} imp */
function labelOf(found, imp) {
  const one = found.find((one) => one.query.import.imp === imp);
  return one?.override_label ?? one?.matches[0]?.label ?? null;
}
