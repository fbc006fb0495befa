// How can rules be imported, and what do they depend on?

import {
  Attr, Diagnostic, Lookup, ImportsRequest, ImportsResponse, Query, ResolveRequest, ResolveResponse, ResolveRule,
  ResolvedRule, RuleImports, Severity, Value, compare, sort, textOf,
} from "dorcas-guest/assembly";
import { Config, printable } from "./config";
import { JS, isOurs, isSpelledOut, keysToAsk, namesIn, sourcesOf, unique } from "./generate";
import {
  addKeys, baseOf, child, isBuiltin, isPackage, isRelative, isSource, join, packageOf, parentOf, shorten, typesOf,
} from "./paths";
import { DOT, NEWLINE, TAB, find, findLast, hasWord, split } from "./scan";

/** Behind the directory, in the index, for rules whose sources are a glob. */
const ANY = "*";

/** A rule by the paths of its sources. */
export function imports(request: ImportsRequest): ImportsResponse {
  const out: ImportsResponse = {};
  for (let index = 0; index < request.rules.length; ++index) {
    const rule = request.rules[index].rule;
    const srcs = isOurs(rule.kind) ? sourcesOf(rule) : null;
    if (srcs === null) {
      out.rules.push({});
      continue;
    }
    const keys: string[] = [];
    const list = namesIn(srcs);
    if (!isSpelledOut(srcs)) keys.push(child(request.rel, ANY));
    else {
      for (let at = 0; at < list.length; ++at) {
        const src = list[at].startsWith(":") ? list[at].slice(1) : list[at];
        if (src.includes(":") || src.startsWith("/") || src.startsWith("@")) continue;
        const path = join(request.rel, src);
        if (path === null) continue;
        if (isSource(path)) addKeys(keys, path);
        else keys.push(path);
      }
    }
    const provided = unique(sort(keys));
    const imports: RuleImports = { importable: true };
    for (let at = 0; at < provided.length; ++at) imports.imports.push({ lang: JS, imp: provided[at] });
    out.rules.push(imports);
  }
  return out;
}

/** The rule, or the npm package, of each import. */
export function resolve(request: ResolveRequest): ResolveResponse {
  const resolver = new Resolver(request, Config.decode(request.state));
  const rules: ResolvedRule[] = [];
  for (let index = 0; index < request.rules.length; ++index) rules.push(resolver.one(request.rules[index]));
  const questions = resolver.questions;
  if (!request.round && questions.size) {
    const need: Query[] = [];
    const keys = sort(questions.values());
    for (let index = 0; index < keys.length; ++index) need.push({ spec: { lang: JS, imp: keys[index] }, lang: JS });
    return ResolveResponse.need(need);
  }
  return ResolveResponse.resolved(rules, inOrder(resolver.diagnostics));
}

/** The diagnostics in the order of their files and texts: rules stand in another order where some are new. */
function inOrder(diagnostics: Diagnostic[]): Diagnostic[] {
  // No two have one text.
  const places = new Map<string, Diagnostic>();
  for (let index = 0; index < diagnostics.length; ++index) {
    places.set(diagnostics[index].file! + "\n" + diagnostics[index].message, diagnostics[index]);
  }
  const keys = sort(places.keys());
  const out: Diagnostic[] = [];
  for (let index = 0; index < keys.length; ++index) out.push(places.get(keys[index]));
  return out;
}

class Resolver {
  diagnostics: Diagnostic[] = [];
  /** What the index should be asked too. */
  questions: Set<string> = new Set<string>();
  /** The place of each message. */
  private told: Map<string, i32> = new Map<string, i32>();
  private own: string = "";
  private isTs: bool = false;
  private deps: Set<string> = new Set<string>();

  constructor(private request: ResolveRequest, private config: Config) {}

  one(rule: ResolveRule): ResolvedRule {
    this.own = "//" + this.request.rel + ":" + rule.rule.name;
    this.isTs = rule.rule.kind == "ts_project";
    this.deps = new Set<string>();
    if (!isOurs(rule.rule.kind)) return {};
    const lines = split(textOf(rule.note), NEWLINE);
    for (let index = 0; index < lines.length; ++index) {
      const tab = find(lines[index], TAB);
      if (tab > 0) this.import(lines[index].slice(tab + 1), lines[index].slice(0, tab));
    }
    if (!this.deps.size) return { delete: ["deps"] };
    const deps: Attr = { name: "deps", value: Value.labels(sort(this.deps.values())) };
    return { set: [deps] };
  }

  private import(text: string, file: string): void {
    if (this.config.isIgnored(text)) return;
    const keys = keysToAsk(this.request.rel, this.config, text);
    const isPath = isRelative(text);
    // What the user has set goes before all else.
    if (!isPath && this.isSet(text)) return;
    for (let index = 0; index < keys.length; ++index) if (this.isSet(keys[index])) return;
    const label = this.config.labelOf(text);
    if (label.length) this.add(label);
    else if (isPath && !keys.length) this.tell(file, "\"" + text + "\" leaves the repository");
    else if (!this.isFile(keys, text, file) && (isPath || !this.isPackage(text, file))) this.missing(text, file);
  }

  /** Whether a directive of the user's says what an import is. */
  private isSet(key: string): bool {
    const found = this.lookup(key);
    if (found === null) return false;
    const label = found.overrideLabel;
    if (label !== null) this.add(label);
    return label !== null;
  }

  /** Whether an import is a file of the repository that has a rule. */
  private isFile(keys: string[], text: string, file: string): bool {
    for (let index = 0; index < keys.length; ++index) {
      const found = this.lookup(keys[index]);
      if (found === null || !found.matches.length) continue;
      for (let at = 0; at < found.matches.length; ++at) if (this.isOwn(found.matches[at].label)) return true;
      if (found.matches.length == 1) this.add(found.matches[0].label);
      else {
        this.tell(file, found.matches[0].label + " and " + found.matches[1].label + " provide \"" + text +
          "\"; to choose: # gazelle:resolve js " + keys[index] + " LABEL");
      }
      return true;
    }
    // A rule whose sources are a glob may have it: the one that is nearest.
    for (let index = 0; index < keys.length; ++index) {
      let dir = keys[index];
      while (true) {
        const key = child(dir, ANY);
        const found = this.lookup(key);
        if (found === null) this.questions.add(key);
        else if (found.matches.length) {
          for (let at = 0; at < found.matches.length; ++at) if (this.isOwn(found.matches[at].label)) return true;
          this.add(found.matches[0].label);
          return true;
        }
        if (!dir.length) break;
        dir = parentOf(dir);
      }
    }
    // An asset of this directory stands in the rule itself.
    return keys.length > 0 && isRelative(text) && this.isAsset(keys[0]);
  }

  /** Whether a path is no source, such as a style sheet. What a bundler makes of it is none of ours. */
  private isAsset(path: string): bool {
    const base = baseOf(path);
    const dot = findLast(base, DOT);
    return dot > 0 && hasWord(ASSETS, base.slice(dot + 1));
  }

  /** Whether an import is an npm package, or comes with Node. */
  private isPackage(text: string, file: string): bool {
    // Imports within a package, and what a bundler understands: `#internal`, `virtual:a`, `https://a/b.js`.
    if (text.startsWith("#")) return true;
    const name = packageOf(text);
    const label = isPackage(name) ? this.config.packageLabel(name) : "";
    if (isBuiltin(text) && (!label.length || !this.config.knowsPackages || text.startsWith("node:"))) {
      this.addTypes("node");
      return true;
    }
    if (text.includes(":")) return true;
    if (label.length) this.add(label);
    const isTyped = this.config.knowsPackages && isPackage(name) && this.addTypes(name);
    return label.length > 0 || isTyped;
  }

  /** Adds the types of a package, where it is known that they are apart. */
  private addTypes(name: string): bool {
    if (!this.isTs || name.startsWith("@types/") || (!this.config.knowsPackages && name != "node")) return false;
    const label = this.config.packageLabel(typesOf(name));
    if (label.length) this.add(label);
    return label.length > 0;
  }

  private missing(text: string, file: string): void {
    const isPath = isRelative(text);
    this.tell(file, isPath
      ? "no rule has \"" + text + "\" among its sources; to choose one: # gazelle:js_resolve " + text + " LABEL"
      : "\"" + text + "\" " + (this.config.knowsPackages ? "is in no package.json here and above" : "is no npm package") +
        "; if another rule provides it: # gazelle:resolve js " + text + " LABEL");
  }

  private tell(file: string, message: string): void {
    const validate = this.config.validate;
    if (validate == "off") return;
    if (this.told.has(message)) {
      // Of several files the first is named, in whichever order their rules stand.
      const known = this.diagnostics[this.told.get(message)];
      if (compare(file, known.file!) < 0) known.file = file;
      return;
    }
    this.told.set(message, this.diagnostics.length);
    this.diagnostics.push({ severity: validate == "error" ? Severity.Error : Severity.Warning, message: message, file: file });
  }

  private add(label: string): void {
    if (!this.isOwn(label)) this.deps.add(shorten(label, this.request.rel));
  }

  /** Whether a label is that of the rule itself. The index may know it with the repository in front. */
  private isOwn(label: string): bool {
    const start = label.indexOf("//");
    return start >= 0 && label.slice(start) == this.own;
  }

  private lookup(key: string): Lookup | null {
    const found = this.request.found;
    let low = 0;
    let high = found.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const query = found[middle].query;
      let order = compare(query.spec.lang, JS);
      if (!order) order = compare(query.spec.imp, key);
      if (!order) order = compare(query.lang, JS);
      if (!order) return found[middle];
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return null;
  }
}

const ASSETS = "avif bmp css csv eot gif glb gltf graphql gql html ico jpeg jpg json5 less md mdx mp3 mp4 ogg otf pdf png " +
  "sass scss svg toml ttf txt vue wasm wav webm webp woff woff2 xml yaml yml ";
