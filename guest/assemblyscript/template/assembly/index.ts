// A Gazelle language: a `my_lang_library` for each file `*.my_lang`, whose lines `import DIR/FILE` are its dependencies.
//
// It is meant to be changed. dorcas/assembly/messages.ts has all messages, and says what each field means.

import {
  Diagnostic, File, Lookup, GenerateRequest, GenerateResponse, GeneratedRule, ImportSpec, ImportsRequest, ImportsResponse,
  Manifest, ManifestRequest, ResolveRequest, ResolveResponse, ResolvedRule, Severity, Value, Want, answer, name, sort, textOf,
} from "dorcas-guest/assembly";

export * from "dorcas-guest/assembly/exports";

const LANG = "my_lang";
const EXTENSION = ".my_lang";

export function lang_name(): u64 {
  return name(LANG);
}

export function manifest(ptr: usize, len: usize): u64 {
  return answer(ptr, len, describe);
}

export function generate_rules(ptr: usize, len: usize): u64 {
  return answer(ptr, len, generate);
}

export function imports(ptr: usize, len: usize): u64 {
  return answer(ptr, len, importsOf);
}

export function resolve(ptr: usize, len: usize): u64 {
  return answer(ptr, len, resolveAll);
}

/** What the guest is, and what it wants to be told of which files: here where the lines with imports match. */
function describe(_: ManifestRequest): Manifest {
  return {
    version: "0.1.0",
    kinds: [{
      name: "my_lang_library",
      matchAttrs: ["srcs"],
      nonEmptyAttrs: ["srcs"],
      mergeableAttrs: ["srcs"],
      resolveAttrs: ["deps"],
    }],
    loads: [{ module: "rules_my_lang", repo: "rules_my_lang", file: "//my_lang:defs.bzl", symbols: ["my_lang_library"] }],
    // What matches a pattern without a group is passed over, which is how to skip comments.
    inputs: [{
      glob: "*" + EXTENSION,
      want: Want.matches(["#[^\\n]*", "(?m)^import +([^\\s#]+)"]),
      methods: { generateRules: true },
    }],
  };
}

/** From what is in a directory to the rules that should be there. */
function generate(request: GenerateRequest): GenerateResponse {
  const rules: GeneratedRule[] = [];
  for (let index = 0; index < request.files.length; ++index) {
    const file = request.files[index];
    if (file.name.length > EXTENSION.length && file.name.endsWith(EXTENSION)) rules.push(library(file));
  }
  return { rules: rules };
}

function library(file: File): GeneratedRule {
  const found: string[] = [];
  const matches = file.data.matches;
  if (matches !== null) {
    for (let index = 0; index < matches.length; ++index) {
      const groups = matches[index].groups;
      if (groups.length) found.push(textOf(groups[0]));
    }
  }
  return {
    rule: {
      kind: "my_lang_library",
      name: file.name.slice(0, file.name.length - EXTENSION.length),
      attrs: [{ name: "srcs", value: Value.sortedStrings([file.name]) }],
    },
    imports: sort(found).map<ImportSpec>((text) => ({ lang: LANG, imp: text })),
  };
}

/** How the rules of a BUILD file can be imported: by directory and name. */
function importsOf(request: ImportsRequest): ImportsResponse {
  const out: ImportsResponse = {};
  for (let index = 0; index < request.rules.length; ++index) {
    out.rules.push({ importable: true, imports: [{ lang: LANG, imp: request.rel + "/" + request.rules[index].rule.name }] });
  }
  return out;
}

/** From what rules import to what they depend on. */
function resolveAll(request: ResolveRequest): ResolveResponse {
  const rules: ResolvedRule[] = [];
  const diagnostics: Diagnostic[] = [];
  for (let index = 0; index < request.rules.length; ++index) {
    const imports = request.rules[index].imports;
    const labels: string[] = [];
    for (let at = 0; at < imports.length; ++at) {
      const label = labelOf(request.found, imports[at].imp);
      if (label !== null) labels.push(label);
      else diagnostics.push({ severity: Severity.Warning, message: "nobody provides " + imports[at].imp });
    }
    if (labels.length) rules.push({ set: [{ name: "deps", value: Value.labels(labels) }] });
    else rules.push({ delete: ["deps"] });
  }
  return ResolveResponse.resolved(rules, diagnostics);
}

/** What the user has set for an import, or the rule that provides it. */
function labelOf(found: Lookup[], imp: string): string | null {
  for (let index = 0; index < found.length; ++index) {
    if (found[index].query.spec.imp != imp) continue;
    if (found[index].overrideLabel !== null) return found[index].overrideLabel;
    return found[index].matches.length ? found[index].matches[0].label : null;
  }
  return null;
}
