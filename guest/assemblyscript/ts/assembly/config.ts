// What holds for a directory: directives, the npm packages that can be imported, and the compiler's options.

import {
  ConfigureRequest, ConfigureResponse, Diagnostic, Directive, DirectiveInfo, File, Input, Severity, Want,
  bytesOf, textOf,
} from "dorcas-guest/assembly";
import { matches } from "./glob";
import { JSON_PATTERNS, Member, members } from "./json";
import { NEWLINE, SPACE, TAB, split } from "./scan";
import { baseOf, isLabel, isPackage, isPlain, isRelative, join, packageOf, parentOf, shorten } from "./paths";

export const CONFIGURE_INPUTS: Input[] = [
  { glob: "package.json", want: Want.matches(JSON_PATTERNS), methods: { configure: true } },
  { glob: "tsconfig.json", want: Want.matches(JSON_PATTERNS), methods: { configure: true } },
];

export const DIRECTIVES: DirectiveInfo[] = [
  { name: "js", help: "`enabled` or `disabled`, from here on" },
  { name: "js_generation_mode", help: "`directory` for rules in each directory, `none` for those that are there already" },
  { name: "js_ignore_imports", help: "a glob of imports that are no dependencies" },
  { name: "js_project_naming_convention", help: "the name of a directory's rule, `{dirname}` for that of the directory" },
  { name: "js_resolve", help: "a glob of imports, and the label that provides them" },
  { name: "js_test_files", help: "a glob of files that are tests too, relative to this directory" },
  { name: "js_tests_naming_convention", help: "the name of the rule for a directory's tests" },
  { name: "js_tsconfig", help: "`enabled` or `disabled`: rules for tsconfig.json, and what they say" },
  { name: "js_validate_import_statements", help: "`error`, `warn` or `off`: what an import is that nobody provides" },
  { name: "js_visibility", help: "labels that may see what is generated" },
];

/** Options of tsconfig.json that ts_project has to be told too, and its attributes for them. */
const OPTIONS: StaticArray<string> = [
  "allowJs", "composite", "declaration", "declarationMap", "incremental", "resolveJsonModule", "sourceMap",
];
const ATTRIBUTES: StaticArray<string> = [
  "allow_js", "composite", "declaration", "declaration_map", "incremental", "resolve_json_module", "source_map",
];

/** A mapping that a user has made: a glob, or a pattern with an asterisk, and what it stands for. */
export class Mapping {
  from: string = "";
  to: string = "";
}

/** From here on it takes less to have all names at hand than to look through them. */
const OFTEN = 16;

/** The packages of a package.json. */
class Packages {
  dir: string = "";
  /** All names, each with a space behind it, as they stand in the state: there may be hundreds, and few are asked for. */
  names: ArrayBuffer = new ArrayBuffer(0);
  /** How often one was asked for, and all of them once that was often. */
  asked: i32 = 0;
  all: Set<string> | null = null;

  has(name: string): bool {
    const all = this.all;
    if (all !== null) return all.has(name);
    if (++this.asked == OFTEN) {
      const set = new Set<string>();
      const names = split(textOf(this.names), SPACE);
      for (let index = 0; index < names.length; ++index) if (names[index].length) set.add(names[index]);
      this.all = set;
    }
    let at = changetype<usize>(this.names);
    const end = at + this.names.byteLength;
    const from = changetype<usize>(name);
    const len = <usize>name.length;
    while (at < end) {
      let same: usize = 0;
      while (same < len && at + same < end && <u32>load<u8>(at + same) == <u32>load<u16>(from + (same << 1))) ++same;
      at += same;
      if (same == len && at < end && load<u8>(at) == SPACE) return true;
      while (at < end && load<u8>(at) != SPACE) ++at;
      ++at;
    }
    return false;
  }
}

export class Config {
  isEnabled: bool = true;
  isCreating: bool = true;
  hasTsconfig: bool = true;
  libraryName: string = "{dirname}";
  testsName: string = "{dirname}_tests";
  validate: string = "warn";
  visibility: string[] = [];
  ignored: string[] = [];
  tests: Mapping[] = [];
  resolved: Mapping[] = [];
  /** From the root on. */
  packages: Packages[] = [];
  /** The label of the ts_config rule that holds here; empty for none. */
  tsconfig: string = "";
  /** The directory of its file. */
  tsconfigDir: string = "";
  /** Attributes that are true. */
  options: string[] = [];
  /** Where imports that aren't relative may begin; `?` for nowhere. */
  baseUrl: string = "?";
  paths: Mapping[] = [];

  isTest(path: string): bool {
    for (let index = 0; index < this.tests.length; ++index) {
      const test = this.tests[index];
      const dir = test.to;
      if (!dir.length) {
        if (matches(test.from, path)) return true;
      } else if (path.startsWith(dir + "/") && matches(test.from, path.slice(dir.length + 1))) return true;
    }
    return false;
  }

  isIgnored(text: string): bool {
    for (let index = 0; index < this.ignored.length; ++index) if (matches(this.ignored[index], text)) return true;
    return false;
  }

  /** What the user has set for an import; empty for nothing. The last word counts. */
  labelOf(text: string): string {
    for (let index = this.resolved.length - 1; index >= 0; --index) {
      if (matches(this.resolved[index].from, text)) return this.resolved[index].to;
    }
    return "";
  }

  /** The label of an npm package, that of the nearest package.json that has it; empty where none has. */
  packageLabel(name: string): string {
    for (let index = this.packages.length - 1; index >= 0; --index) {
      if (this.packages[index].has(name)) return npm(this.packages[index].dir, name);
    }
    // Nobody says what there is.
    return this.packages.length ? "" : npm("", name);
  }

  /** Whether some package.json says which packages there are. */
  get knowsPackages(): bool {
    return this.packages.length > 0;
  }

  /** The paths in the repository that an import may mean by tsconfig.json, the most likely one first. */
  candidates(text: string): string[] {
    const out: string[] = [];
    let longest = -1;
    for (let index = 0; index < this.paths.length; ++index) {
      const from = this.paths[index].from;
      const star = from.indexOf("*");
      let rest = "";
      if (star < 0) {
        if (from != text) continue;
      } else {
        const head = from.slice(0, star);
        const tail = from.slice(star + 1);
        if (text.length < head.length + tail.length || !text.startsWith(head) || !text.endsWith(tail)) continue;
        rest = text.slice(head.length, text.length - tail.length);
      }
      // The pattern that says most counts, one without an asterisk before all others.
      const says = star < 0 ? i32.MAX_VALUE : star;
      if (says < longest) continue;
      if (says > longest) out.length = 0;
      longest = says;
      const path = join("", this.paths[index].to.replace("*", rest));
      if (path !== null) out.push(path);
    }
    if (this.baseUrl != "?") {
      const path = join(this.baseUrl, text);
      if (path !== null) out.push(path);
    }
    return out;
  }

  /** A line a setting; the packages are the last ones. */
  encode(): ArrayBuffer {
    const lines: string[] = [
      (this.isEnabled ? "1" : "0") + (this.isCreating ? "1" : "0") + (this.hasTsconfig ? "1" : "0"),
      this.libraryName, this.testsName, this.validate, this.tsconfig, this.tsconfigDir, this.baseUrl,
    ];
    add(lines, "v", this.visibility);
    add(lines, "i", this.ignored);
    add(lines, "o", this.options);
    addMappings(lines, "t", this.tests);
    addMappings(lines, "r", this.resolved);
    addMappings(lines, "p", this.paths);
    for (let index = 0; index < this.packages.length; ++index) {
      lines.push("n" + this.packages[index].dir + "\t" + textOf(this.packages[index].names));
    }
    return bytesOf(lines.join("\n"));
  }

  static decode(state: ArrayBuffer): Config {
    const config = new Config();
    const bytes = Uint8Array.wrap(state);
    let start = 0;
    for (let line = 0; start < bytes.length; ++line) {
      let end = bytes.indexOf(<u8>NEWLINE, start);
      if (end < 0) end = bytes.length;
      // In this line alone: there may be thousands that have none.
      let tab = start;
      while (tab < end && unchecked(bytes[tab]) != <u8>TAB) ++tab;
      // The first lines have their places, the others say by a letter what they are.
      const first = textOf(state.slice(line < 7 ? start : min(start + 1, tab), tab));
      const second = state.slice(min(tab + 1, end), end);
      switch (line < 7 ? line : <i32>bytes[start]) {
        case 0:
          config.isEnabled = first.charAt(0) == "1";
          config.isCreating = first.charAt(1) == "1";
          config.hasTsconfig = first.charAt(2) == "1";
          break;
        case 1: config.libraryName = first; break;
        case 2: config.testsName = first; break;
        case 3: config.validate = first; break;
        case 4: config.tsconfig = first; break;
        case 5: config.tsconfigDir = first; break;
        case 6: config.baseUrl = first; break;
        case 0x76: config.visibility.push(first); break;
        case 0x69: config.ignored.push(first); break;
        case 0x6f: config.options.push(first); break;
        case 0x74: config.tests.push({ from: first, to: textOf(second) }); break;
        case 0x72: config.resolved.push({ from: first, to: textOf(second) }); break;
        case 0x70: config.paths.push({ from: first, to: textOf(second) }); break;
        case 0x6e: config.packages.push({ dir: first, names: second }); break;
      }
      start = end + 1;
    }
    return config;
  }
}

function npm(dir: string, name: string): string {
  return "//" + dir + ":node_modules/" + name;
}

function add(lines: string[], key: string, values: string[]): void {
  for (let index = 0; index < values.length; ++index) lines.push(key + values[index]);
}

function addMappings(lines: string[], key: string, values: Mapping[]): void {
  for (let index = 0; index < values.length; ++index) lines.push(key + values[index].from + "\t" + values[index].to);
}

/** The directory's own on top of those of the directory above. */
export function configure(request: ConfigureRequest): ConfigureResponse {
  // Most directories say nothing of their own.
  const isRoot = request.run !== null;
  const isSilent = !request.directives.length && !request.files.length;
  // Bazel has no packages in directories with such names, and a line of state has no room for them.
  const isOdd = !isLabel("//" + request.rel + ":tsconfig");
  if (!isRoot && (isSilent || isOdd)) return { state: request.parent };
  const config = Config.decode(request.parent);
  const diagnostics: Diagnostic[] = [];
  for (let index = 0; index < request.directives.length; ++index) {
    const directive = request.directives[index];
    const wrong = apply(config, directive, request.rel);
    if (wrong.length) {
      diagnostics.push({
        severity: Severity.Warning,
        message: "# gazelle:" + (directive.key + " " + printable(directive.value)).trimEnd() + ": " + wrong,
      });
    }
  }
  for (let index = 0; index < request.files.length; ++index) {
    const file = request.files[index];
    const found = file.data.matches;
    if (found === null) continue;
    if (file.name == "package.json") readPackage(config, request.rel, members(found));
    if (file.name == "tsconfig.json" && config.hasTsconfig) readTsconfig(config, request, members(found));
  }
  return { state: config.encode(), diagnostics: diagnostics };
}

/** What is wrong with a directive; nothing where it was understood. */
function apply(config: Config, directive: Directive, rel: string): string {
  const key = directive.key;
  const value = directive.value;
  if (value.length && !isPlain(value)) return "a value of this kind has no control characters";
  if (key == "js") {
    if (value != "enabled" && value != "disabled") return "it is `enabled` or `disabled`";
    config.isEnabled = value == "enabled";
  } else if (key == "js_generation_mode") {
    if (value != "directory" && value != "none") return "it is `directory` or `none`";
    config.isCreating = value == "directory";
  } else if (key == "js_tsconfig") {
    if (value != "enabled" && value != "disabled") return "it is `enabled` or `disabled`";
    config.hasTsconfig = value == "enabled";
    if (!config.hasTsconfig) forgetTsconfig(config);
  } else if (key == "js_validate_import_statements") {
    if (value != "error" && value != "warn" && value != "off") return "it is `error`, `warn` or `off`";
    config.validate = value;
  } else if (key == "js_project_naming_convention") {
    if (!isName(value)) return "it is the name of a rule";
    config.libraryName = value;
  } else if (key == "js_tests_naming_convention") {
    if (!isName(value)) return "it is the name of a rule";
    config.testsName = value;
  } else if (key == "js_ignore_imports") {
    if (!value.length) return "a glob is missing";
    config.ignored.push(value);
  } else if (key == "js_test_files") {
    if (!value.length) return "a glob is missing";
    config.tests.push({ from: value, to: rel });
  } else if (key == "js_visibility") {
    const labels = words(value);
    if (!labels.length) return "a label is missing";
    config.visibility = labels;
  } else if (key == "js_resolve") {
    const parts = words(value);
    if (parts.length != 2) return "it is a glob and a label";
    const label = parts[1];
    if (!isLabel(label)) return "a label is `//package:name`, `@repository//package:name` or `:name`";
    config.resolved.push({ from: parts[0], to: label.startsWith(":") ? "//" + rel + label : label });
  }
  return "";
}

function words(text: string): string[] {
  const out: string[] = [];
  const parts = split(text, SPACE);
  for (let index = 0; index < parts.length; ++index) if (parts[index].length) out.push(parts[index]);
  return out;
}

function isName(text: string): bool {
  return text.length > 0 && !text.includes(" ") && !text.includes(":") && !text.includes("\\");
}

export function printable(text: string): string {
  return text.length > 100 || (text.length && !isPlain(text)) ? "..." : text;
}

function readPackage(config: Config, rel: string, all: Member[]): void {
  const names: string[] = [];
  for (let index = 0; index < all.length; ++index) {
    const member = all[index];
    const path = member.path;
    const isDependency = path == ".dependencies" || path == ".devDependencies" || path == ".peerDependencies" ||
      path == ".optionalDependencies";
    if (isDependency && member.isString && isPackage(member.key)) names.push(member.key + " ");
  }
  config.packages.push({ dir: rel, names: bytesOf(names.join("")) });
}

function forgetTsconfig(config: Config): void {
  config.tsconfig = "";
  config.tsconfigDir = "";
  config.options = [];
  config.baseUrl = "?";
  config.paths = [];
}

function readTsconfig(config: Config, request: ConfigureRequest, all: Member[]): void {
  const rel = request.rel;
  const inherited = config.tsconfig.length ? join(config.tsconfigDir, "tsconfig.json") : null;
  let isInherited = false;
  for (let index = 0; index < all.length; ++index) {
    const member = all[index];
    if (!member.isString || !isExtends(member) || !isRelative(member.value)) continue;
    const path = extended(rel, member.value);
    if (path !== null && inherited !== null && path == inherited) isInherited = true;
  }
  // What another file says isn't known here, but for the one that holds above.
  if (!isInherited) forgetTsconfig(config);
  config.tsconfigDir = rel;
  config.tsconfig = "//" + rel + ":" + tsconfigName(request);
  let hasPaths = false;
  for (let index = 0; index < all.length; ++index) {
    const member = all[index];
    if (member.path == ".compilerOptions") {
      if (member.key == "baseUrl" && member.isString) {
        const base = join(rel, member.value);
        if (base !== null && isPlain("/" + base)) config.baseUrl = base;
      }
      for (let option = 0; option < OPTIONS.length; ++option) {
        if (member.key != OPTIONS[option] || member.isString) continue;
        const at = config.options.indexOf(ATTRIBUTES[option]);
        if (member.value == "true" && at < 0) config.options.push(ATTRIBUTES[option]);
        if (member.value == "false" && at >= 0) config.options.splice(at, 1);
      }
    }
  }
  for (let index = 0; index < all.length; ++index) {
    const member = all[index];
    const from = member.path.startsWith(PATHS) ? member.path.slice(PATHS.length) : "";
    if (!from.length || !member.isString || !isPlain(from)) continue;
    const to = join(config.baseUrl != "?" ? config.baseUrl : rel, member.value);
    if (to === null || !isPlain(to)) continue;
    if (!hasPaths) config.paths = [];
    hasPaths = true;
    config.paths.push({ from: from, to: to });
  }
}
const PATHS = ".compilerOptions.paths.";

function isExtends(member: Member): bool {
  return (member.path == "" && member.key == "extends") || (member.path == ".extends" && !member.key.length);
}

/** The file that another one extends; it may leave out `.json`. */
function extended(rel: string, text: string): string | null {
  return join(rel, text.endsWith(".json") ? text : text + ".json");
}

/** The name of the rule for tsconfig.json: that of the one that is there, else `tsconfig`. */
function tsconfigName(request: ConfigureRequest): string {
  const file = request.buildFile;
  if (file === null) return "tsconfig";
  for (let index = 0; index < file.rules.length; ++index) {
    const rule = file.rules[index];
    if (rule.kind != "ts_config" || !isName(rule.name)) continue;
    for (let attr = 0; attr < rule.attrs.length; ++attr) {
      if (rule.attrs[attr].name != "src") continue;
      const value = rule.attrs[attr].value;
      const src = value.string !== null ? value.string : value.label;
      if (src !== null && (src == "tsconfig.json" || src == ":tsconfig.json")) return rule.name;
    }
  }
  return "tsconfig";
}

/** The labels of the files that a tsconfig.json extends. */
export function extendedLabels(config: Config, rel: string, files: File[]): string[] {
  const out: string[] = [];
  for (let index = 0; index < files.length; ++index) {
    const found = files[index].data.matches;
    if (files[index].name != "tsconfig.json" || found === null) continue;
    const all = members(found);
    for (let at = 0; at < all.length; ++at) {
      const member = all[at];
      if (!member.isString || !isExtends(member) || !isPlain(member.value)) continue;
      if (!isRelative(member.value)) {
        const name = packageOf(member.value);
        const label = isPackage(name) ? config.packageLabel(name) : "";
        if (label.length) out.push(shorten(label, rel));
        continue;
      }
      const path = extended(rel, member.value);
      if (path === null) continue;
      const base = baseOf(path);
      const label = "//" + parentOf(path) + ":" + (base == "tsconfig.json" ? "tsconfig" : base);
      if (isLabel(label)) out.push(shorten(label, rel));
    }
  }
  return out;
}
