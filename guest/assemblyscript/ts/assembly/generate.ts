// Which rules does a directory get?

import {
  Attr, EmptyRule, GenerateRequest, GenerateResponse, GeneratedRule, ImportSpec, Rule, SelectBranch, Value, bytesOf,
  compare, sort,
} from "dorcas-guest/assembly";
import { Config, extendedLabels } from "./config";
import { matches } from "./glob";
import { baseOf, child, isDeclaration, isRelative, isSource, isTypescript, join, parentOf, shorten, stemOf } from "./paths";
import { SLASH, find } from "./scan";
import { Import, addImports, isTestName } from "./sources";

/** The language's name, in imports too. */
export const JS = "js";

/** A rule to be, with the files that belong to it. */
class Target {
  name: string = "";
  /** Of the rule that is there; empty for none. */
  kind: string = "";
  isTest: bool = false;
  files: string[] = [];
  /** How many of them the rule that is there has already. */
  known: i32 = 0;
  /** What stands among the sources and is made by somebody else. */
  others: string[] = [];
  /** How the rule that is there names its sources, if it is no list. */
  srcs: Value | null = null;
  /** Who may see the rule that is there. */
  visibility: Value | null = null;
}

/** A rule for the directory's sources, one for its tests, and what the rules that somebody wrote need. */
export function generate(request: GenerateRequest): GenerateResponse {
  const config = Config.decode(request.state);
  if (!config.isEnabled) return {};
  const targets = targetsOf(request, config);
  const out: GenerateResponse = {};
  const rels: string[] = [];
  if (config.hasTsconfig && config.tsconfig.length && config.tsconfigDir == request.rel && has(request, "tsconfig.json")) {
    out.rules.push(tsconfigRule(request, config));
  }
  for (let index = 0; index < targets.length; ++index) {
    const target = targets[index];
    if (target.files.length || target.others.length || target.srcs !== null) {
      if (config.isCreating || target.kind.length) out.rules.push(generated(request, config, target, rels));
    }
  }
  out.empty = emptyRules(request, out.rules);
  out.relsToIndex = sort(rels);
  return out;
}

/** The rules that are there, and those for what none of them has. */
function targetsOf(request: GenerateRequest, config: Config): Target[] {
  const targets = existing(request);
  const libraryName = nameOf(config.libraryName, request.rel);
  const testsName = nameOf(config.testsName, request.rel);
  const library = adopt(targets, libraryName, testsName, false);
  const tests = adopt(targets, testsName, libraryName, true);
  const taken = new Set<string>();
  for (let index = 0; index < targets.length; ++index) addAll(taken, targets[index].files);
  for (let index = 0; index < request.files.length; ++index) {
    const name = request.files[index].name;
    if (!isSource(name) || find(name, SLASH) >= 0 || taken.has(name)) continue;
    const isTest = isTestName(name) || (config.tests.length > 0 && config.isTest(child(request.rel, name)));
    const target = isTest ? tests : library;
    // What a glob leaves out is left out by the user.
    if (target.srcs === null) target.files.push(name);
  }
  return targets;
}

/** The rules of the BUILD file that have sources, with those of their files that are still there. */
function existing(request: GenerateRequest): Target[] {
  const out: Target[] = [];
  const file = request.buildFile;
  if (file === null) return out;
  const rules = file.rules;
  for (let index = 0; index < rules.length; ++index) {
    const rule = rules[index];
    if (!isOurs(rule.kind) || !rule.name.length) continue;
    const target: Target = { name: rule.name, kind: rule.kind, isTest: isTrue(attr(rule, "testonly")) };
    target.visibility = attr(rule, "visibility");
    const srcs = sourcesOf(rule);
    if (srcs === null) continue;
    const list = textsOf(srcs);
    if (list !== null) {
      for (let at = 0; at < list.length; ++at) {
        const src = list[at];
        if (isLabel(src) || isMade(request, src)) target.others.push(src);
        else if (has(request, src)) target.files.push(src);
      }
    } else {
      target.srcs = srcs;
      target.files = filesOf(request, srcs);
    }
    target.known = target.files.length;
    out.push(target);
  }
  return out;
}

/** The rule for all that has no rule: the one of this name, or the only one of its sort, or a new one. */
function adopt(targets: Target[], name: string, other: string, isTest: bool): Target {
  let only: Target | null = null;
  let count = 0;
  for (let index = 0; index < targets.length; ++index) {
    const target = targets[index];
    if (target.name == name) return target;
    if (target.isTest == isTest && target.name != other && target.srcs === null) {
      only = target;
      ++count;
    }
  }
  if (only !== null && count == 1) return only;
  const target: Target = { name: name, isTest: isTest };
  targets.push(target);
  return target;
}

function addAll(set: Set<string>, texts: string[]): void {
  for (let index = 0; index < texts.length; ++index) set.add(texts[index]);
}

function generated(request: GenerateRequest, config: Config, target: Target, rels: string[]): GeneratedRule {
  const files = target.files;
  const imports = allImports(request, files);
  // What is imported beside sources from this directory: data for the compiler, or something for a bundler.
  const assets: string[] = [];
  const known = new Set<string>();
  addAll(known, files);
  for (let index = 0; index < imports.length; ++index) {
    const path = isRelative(imports[index].text) ? join(request.rel, imports[index].text) : null;
    if (path === null || parentOf(path) != request.rel) continue;
    const name = baseOf(path);
    if (isSource(name) || !has(request, name) || known.has(name)) continue;
    known.add(name);
    if (name.endsWith(".json")) files.push(name);
    else assets.push(name);
  }
  const kind = kindOf(target);
  const attrs: Attr[] = [];
  const srcs = target.srcs;
  // Sources that are no list are the user's: they go back as they came. A glob or text the host leaves alone by itself.
  if (srcs !== null) {
    if (isSpelledOut(srcs)) attrs.push({ name: "srcs", value: srcs });
    if (kind == "ts_project" && assets.length) attrs.push({ name: "assets", value: Value.sortedStrings(assets) });
  } else if (kind == "js_library") attrs.push({ name: "srcs", value: Value.sortedStrings(files.concat(target.others).concat(assets)) });
  else {
    attrs.push({ name: "srcs", value: Value.sortedStrings(files.concat(target.others)) });
    if (assets.length) attrs.push({ name: "assets", value: Value.sortedStrings(assets) });
    if (config.tsconfig.length) {
      attrs.push({ name: "tsconfig", value: Value.label(shorten(config.tsconfig, request.rel)) });
      for (let index = 0; index < config.options.length; ++index) {
        attrs.push({ name: config.options[index], value: Value.bool(true) });
      }
    }
  }
  if (target.isTest) attrs.push({ name: "testonly", value: Value.bool(true) });
  else if (!target.kind.length) visibility(request, config, attrs);
  const seen = target.visibility;
  // A rule of another kind takes its place.
  if (target.kind.length && target.kind != kind && seen !== null) attrs.push({ name: "visibility", value: seen });
  attrs.sort((a, b) => compare(a.name, b.name));
  const rule: Rule = { kind: kind, name: target.name, attrs: attrs };
  return { rule: rule, imports: specs(request.rel, config, imports, rels), note: noteOf(imports) };
}

/** TypeScript is for ts_project, and so are declarations alone. A rule that is there is left what it is as far as possible. */
function kindOf(target: Target): string {
  const files = target.files;
  let isTs = false;
  let isNew = false;
  let isAllDeclared = true;
  for (let index = 0; index < files.length; ++index) {
    if (isTypescript(files[index])) {
      isTs = true;
      if (index >= target.known) isNew = true;
    }
    if (isSource(files[index]) && !isDeclaration(files[index])) isAllDeclared = false;
  }
  const isKept = target.known || target.others.length || target.srcs !== null;
  if (target.kind.length && isKept && !(isNew && target.kind == "js_library")) return target.kind;
  return isTs || isAllDeclared ? "ts_project" : "js_library";
}

function allImports(request: GenerateRequest, files: string[]): Import[] {
  const out: Import[] = [];
  const known = new Set<string>();
  // In the order of the request: a directory may have as many rules as files.
  const own = sort(files.slice());
  for (let index = 0; index < own.length; ++index) {
    const at = indexOf(request, own[index]);
    if (at >= 0) addImports(out, known, request.files[at]);
  }
  return out;
}

/** What the index is asked: the paths that imports may mean, and the imports themselves, for which a user may have set a label. */
function specs(rel: string, config: Config, imports: Import[], rels: string[]): ImportSpec[] {
  const all: string[] = [];
  for (let index = 0; index < imports.length; ++index) {
    const keys = keysToAsk(rel, config, imports[index].text);
    for (let at = 0; at < keys.length; ++at) {
      all.push(keys[at]);
      rels.push(parentOf(keys[at]));
      if (!isSource(keys[at])) rels.push(keys[at]);
    }
    if (!isRelative(imports[index].text)) all.push(imports[index].text);
  }
  sort(all);
  return all.map<ImportSpec>((imp) => ({ lang: JS, imp: imp }));
}

/** The paths that an import may mean, as they are in the index. */
export function keysToAsk(rel: string, config: Config, text: string): string[] {
  const out: string[] = [];
  if (isRelative(text)) {
    const path = join(rel, text);
    if (path !== null) out.push(stemOf(path));
    return out;
  }
  const candidates = config.candidates(text);
  for (let index = 0; index < candidates.length; ++index) out.push(stemOf(candidates[index]));
  return out;
}

/** The imports for `resolve`, one a line with its file. */
function noteOf(imports: Import[]): ArrayBuffer {
  const lines: string[] = [];
  for (let index = 0; index < imports.length; ++index) lines.push(imports[index].file + "\t" + imports[index].text);
  return bytesOf(lines.join("\n"));
}

function visibility(request: GenerateRequest, config: Config, attrs: Attr[]): void {
  if (config.visibility.length) attrs.push({ name: "visibility", value: Value.strings(config.visibility) });
  else if (!hasDefaultVisibility(request)) {
    attrs.push({ name: "visibility", value: Value.strings(["//visibility:public"]) });
  }
}

function hasDefaultVisibility(request: GenerateRequest): bool {
  const file = request.buildFile;
  if (file !== null) {
    for (let index = 0; index < file.rules.length; ++index) if (setsVisibility(file.rules[index])) return true;
  }
  // What a language before this one generates will stand in the file.
  const others = request.otherRules;
  for (let index = 0; index < others.length; ++index) if (setsVisibility(others[index].rule)) return true;
  return false;
}

function setsVisibility(rule: Rule): bool {
  return rule.kind == "package" && attr(rule, "default_visibility") !== null;
}

function tsconfigRule(request: GenerateRequest, config: Config): GeneratedRule {
  const attrs: Attr[] = [];
  const deps = extendedLabels(config, request.rel, request.files);
  if (deps.length) attrs.push({ name: "deps", value: Value.labels(deps) });
  attrs.push({ name: "src", value: Value.string("tsconfig.json") });
  visibility(request, config, attrs);
  const name = config.tsconfig.slice(config.tsconfig.lastIndexOf(":") + 1);
  return { rule: { kind: "ts_config", name: name, attrs: attrs } };
}

/** Rules that have lost all their sources, and those whose name goes to a rule of another kind. */
function emptyRules(request: GenerateRequest, rules: GeneratedRule[]): EmptyRule[] {
  const out: EmptyRule[] = [];
  const file = request.buildFile;
  if (file === null) return out;
  // Kinds by names, which no two of these rules share.
  const kinds = new Map<string, string>();
  for (let index = 0; index < rules.length; ++index) kinds.set(rules[index].rule.name, rules[index].rule.kind);
  for (let index = 0; index < file.rules.length; ++index) {
    const rule = file.rules[index];
    const isNamed = kinds.has(rule.name);
    if (!rule.name.length || (isNamed && kinds.get(rule.name) == rule.kind)) continue;
    if (rule.kind == "ts_config") {
      const src = attr(rule, "src");
      if (src !== null && src.string == "tsconfig.json" && !has(request, "tsconfig.json")) {
        out.push({ kind: rule.kind, name: rule.name });
      }
    } else if (isOurs(rule.kind)) {
      const srcs = attr(rule, "srcs");
      if (srcs === null || textsOf(srcs) === null) continue;
      if (isNamed || isGone(request, srcs)) out.push({ kind: rule.kind, name: rule.name });
    }
  }
  return out;
}

function isGone(request: GenerateRequest, srcs: Value): bool {
  const list = textsOf(srcs);
  if (list === null || !list.length) return false;
  for (let index = 0; index < list.length; ++index) {
    const src = list[index];
    if (isLabel(src) || has(request, src) || isMade(request, src)) return false;
  }
  return true;
}

/** The name that a convention gives; the root directory is called `root`. */
function nameOf(convention: string, rel: string): string {
  // `replaceAll` of AssemblyScript 0.28.20 writes behind its buffer where the replacement is long.
  return convention.split("{dirname}").join(rel.length ? baseOf(rel) : "root");
}

/** Whether a file is there. */
function has(request: GenerateRequest, name: string): bool {
  return indexOf(request, name) >= 0;
}

/** Whether a rule makes a file of this name. They are sorted. */
function isMade(request: GenerateRequest, name: string): bool {
  const files = request.generatedFiles;
  let low = 0;
  let high = files.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compare(files[middle], name);
    if (!order) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

/** The place of a file; less than 0 where it isn't there. They are sorted. */
function indexOf(request: GenerateRequest, name: string): i32 {
  const files = request.files;
  let low = 0;
  let high = files.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compare(files[middle].name, name);
    if (!order) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return -1;
}

/** The files of the directory that a value means: by name, in whatever form, and by a glob. */
function filesOf(request: GenerateRequest, value: Value): string[] {
  const out: string[] = [];
  const names = namesIn(value);
  for (let index = 0; index < names.length; ++index) if (has(request, names[index])) out.push(names[index]);
  const glob = value.glob;
  const terms = value.concat;
  if (glob !== null) addGlobbed(out, request, glob.include, glob.exclude);
  for (let index = 0; terms !== null && index < terms.length; ++index) {
    const term = terms[index].glob;
    if (term !== null) addGlobbed(out, request, term.include, term.exclude);
  }
  return unique(sort(out));
}

/** The sources of the directory that a glob matches. */
function addGlobbed(out: string[], request: GenerateRequest, include: string[], exclude: string[]): void {
  for (let index = 0; index < request.files.length; ++index) {
    const name = request.files[index].name;
    if (isSource(name) && isAny(include, name) && !isAny(exclude, name)) out.push(name);
  }
}

/** A sorted list without what stands in it twice. */
export function unique(sorted: string[]): string[] {
  const out: string[] = [];
  for (let index = 0; index < sorted.length; ++index) {
    if (!index || sorted[index] != sorted[index - 1]) out.push(sorted[index]);
  }
  return out;
}

function isAny(globs: string[], name: string): bool {
  for (let index = 0; index < globs.length; ++index) if (matches(globs[index], name)) return true;
  return false;
}

export function isOurs(kind: string): bool {
  return kind == "ts_project" || kind == "js_library";
}

export function attr(rule: Rule, name: string): Value | null {
  for (let index = 0; index < rule.attrs.length; ++index) {
    if (rule.attrs[index].name == name) return rule.attrs[index].value;
  }
  return null;
}

/** The sources of a rule. ts_project takes all TypeScript where it is told nothing. */
export function sourcesOf(rule: Rule): Value | null {
  const srcs = attr(rule, "srcs");
  return srcs !== null || rule.kind != "ts_project" ? srcs : Value.glob(["**/*.ts", "**/*.tsx"], []);
}

/** The strings in a value: of a string, of lists, of the branches of a select. */
export function namesIn(value: Value): string[] {
  const text = value.string;
  if (text !== null) return [text];
  const list = textsOf(value);
  if (list !== null) return list;
  const out: string[] = [];
  addBranches(out, value.select);
  const terms = value.concat;
  for (let index = 0; terms !== null && index < terms.length; ++index) {
    const strings = terms[index].strings;
    for (let at = 0; strings !== null && at < strings.length; ++at) out.push(strings[at]);
    addBranches(out, terms[index].select);
  }
  return out;
}

function addBranches(out: string[], branches: SelectBranch[] | null): void {
  for (let index = 0; branches !== null && index < branches.length; ++index) {
    const values = branches[index].values;
    for (let at = 0; at < values.length; ++at) out.push(values[at]);
  }
}

/** Whether the strings are all that there is in a value: no glob, and no text that only Bazel can evaluate. */
export function isSpelledOut(value: Value): bool {
  if (value.glob !== null || value.raw !== null) return false;
  const terms = value.concat;
  for (let index = 0; terms !== null && index < terms.length; ++index) if (terms[index].glob !== null) return false;
  return true;
}

/** The strings of a list; null of anything else. */
export function textsOf(value: Value): string[] | null {
  const strings = value.strings;
  if (strings !== null) return strings;
  const sorted = value.sortedStrings;
  return sorted !== null ? sorted : value.labels;
}

function isTrue(value: Value | null): bool {
  return value !== null && value.bool;
}

function isLabel(src: string): bool {
  return src.startsWith(":") || src.startsWith("//") || src.startsWith("@");
}
