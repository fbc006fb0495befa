// A Gazelle language for TypeScript and JavaScript: ts_project and js_library from what sources import.

import { Kind, Manifest, ManifestRequest, Want, answer, name } from "dorcas-guest/assembly";
import { CONFIGURE_INPUTS, DIRECTIVES, configure as configureDirectory } from "./config";
import { JS, generate } from "./generate";
import { JSON_PATTERNS } from "./json";
import { imports as importsOf, resolve as resolveRules } from "./resolve";
import { sourcePatterns } from "./sources";

export * from "dorcas-guest/assembly/exports";

export function lang_name(): u64 {
  return name(JS);
}

export function manifest(ptr: usize, len: usize): u64 {
  return answer(ptr, len, describe);
}

export function configure(ptr: usize, len: usize): u64 {
  return answer(ptr, len, configureDirectory);
}

export function generate_rules(ptr: usize, len: usize): u64 {
  return answer(ptr, len, generate);
}

export function imports(ptr: usize, len: usize): u64 {
  return answer(ptr, len, importsOf);
}

export function resolve(ptr: usize, len: usize): u64 {
  return answer(ptr, len, resolveRules);
}

function describe(_: ManifestRequest): Manifest {
  return {
    version: "0.1.0",
    kinds: [
      kind("js_library", ["srcs"]),
      {
        name: "ts_config",
        matchAttrs: ["src"],
        nonEmptyAttrs: ["src"],
        mergeableAttrs: ["deps", "src"],
      },
      kind("ts_project", ["assets", "srcs"]),
    ],
    loads: [
      { module: "aspect_rules_js", repo: "aspect_rules_js", file: "//js:defs.bzl", symbols: ["js_library"] },
      { module: "aspect_rules_ts", repo: "aspect_rules_ts", file: "//ts:defs.bzl", symbols: ["ts_config", "ts_project"] },
    ],
    directives: DIRECTIVES,
    inputs: CONFIGURE_INPUTS.concat([
      { glob: "*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}", want: Want.matches(sourcePatterns()), methods: { generateRules: true } },
      { glob: "tsconfig.json", want: Want.matches(JSON_PATTERNS), methods: { generateRules: true } },
      { glob: "*", want: Want.name(), methods: { generateRules: true } },
    ]),
  };
}

function kind(name: string, mergeableAttrs: string[]): Kind {
  return { name: name, nonEmptyAttrs: ["srcs"], mergeableAttrs: mergeableAttrs, resolveAttrs: ["deps"] };
}
