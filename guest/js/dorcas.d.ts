// The messages of Dorcas' ABI, version 1. Generated from abi/schema.json by `cargo run -p dorcas-generate`. Don't edit.

/** What a method returns: what is left out is empty, false, 0, null, or the first variant. */
export type Given<T> = T extends (infer Item)[] ? Given<Item>[] : T extends object ? { [Key in keyof T]?: Given<T[Key]> } : T;

/** A guest's own error: the call did not work out, and nothing of it counts. */
export interface GuestError {
  /** 1: the request could not be decoded. 2: the guest doesn't support what was asked. 3: it failed inside, by a panic that it caught for instance. 4: the run must end, and nothing may be written. Others below 1000 are reserved; from 1000 on they are the guest's own. */
  code: number;
  /** What happened, for people. */
  message: string;
}

/** Something that the user should know; the result counts all the same (Gazelle: `log.Print`). */
export interface Diagnostic {
  /** How grave it is. */
  severity: Severity;
  /** What it is, in a line. */
  message: string;
  /** The file it is about, relative to the directory; `None` if it is about the directory, or about a place that says which file is meant. */
  file: string | null;
  /** Where in the file. */
  position: Position;
}

/** How grave a diagnostic is. */
export type Severity =
  /** The user has to do something: the run's exit status is not 0. */
  | "Error"
  /** The user may want to do something. */
  | "Warning"
  /** Good to know. */
  | "Note";

/** A place in a file. */
export type Position =
  /** The file as a whole. */
  | "Unknown"
  /** A line, from 1. */
  | { Line: number }
  /** A byte, from 0; the host finds the line. */
  | { Offset: number }
  /** A match, by its index in the file's `Matches` in the request, in `resolve` in that of `generate_rules`; the host finds the line. */
  | { MatchIndex: number }
  /** A directive, by its index among the directory's directives that the guest's manifest names; the host finds file and line. The diagnostic has no `file`. */
  | { DirectiveIndex: number }
  /** A rule, by its index in the `build_file` of the request; the host finds file and line. The diagnostic has no `file`. */
  | { RuleIndex: number };

/** The argument of `manifest`. */
export interface ManifestRequest {
  /** Name and version of the host, for the guest's own messages. A manifest must not depend on it. */
  host: string;
}

/** What a guest is, and what it asks of the host. A guest without `manifest` has no kinds, loads, directives and flags, and sees the name of every regular file. */
export interface Manifest {
  /** The guest's own version, for people; any text. */
  version: string;
  /** The kinds of rules that the guest generates, now or in the past (Gazelle: `Kinds`). */
  kinds: Kind[];
  /** Where these kinds are loaded from (Gazelle: `ApparentLoads`). */
  loads: LoadInfo[];
  /** The directives that the guest understands (Gazelle: `KnownDirectives`). */
  directives: DirectiveInfo[];
  /** The command line flags that the guest understands (Gazelle: `RegisterFlags`). */
  flags: Flag[];
  /** What the guest wants to know of which files, and in which methods. For each file, of the inputs for a method that reach it the first whose glob matches decides; a file that none matches is not shown. */
  inputs: Input[];
  /** Whether calls depend on earlier calls. Such a guest gets one instance and its calls in order; nothing is memoised or run in parallel. */
  stateful: boolean;
  /** Whether the guest has nothing to say of a directory that has nothing for it. The host then leaves out the calls that `host.quiet` describes. */
  quiet: boolean;
}

/** A kind of rule, and how rules of that kind are matched and merged (Gazelle: `rule.KindInfo`). */
export interface Kind {
  /** Its name, `proto_library`. */
  name: string;
  /** Whether a generated rule matches the only rule of its kind in a file, whatever their attributes. */
  match_any: boolean;
  /** Attributes by which rules match, tried in this order. */
  match_attrs: string[];
  /** Attributes of which one is enough to keep a rule from being deleted. */
  non_empty_attrs: string[];
  /** Attributes in which the name of a generated rule is replaced by the name of the rule it matched. */
  substitute_attrs: string[];
  /** Attributes that are merged after `generate_rules`. */
  mergeable_attrs: string[];
  /** Attributes that are merged after `resolve`. */
  resolve_attrs: string[];
}

/** A file that defines kinds (Gazelle: `rule.LoadInfo`). */
export interface LoadInfo {
  /** The Bazel module that has the file, `protobuf`; empty for a file of this repository. The host puts the module's apparent name, as MODULE.bazel gives it, in front of `file`. */
  module: string;
  /** The repository's name where MODULE.bazel doesn't have the module, `com_google_protobuf`; without `@`. */
  repo: string;
  /** The file's label within its repository, `//bazel:proto_library.bzl`. */
  file: string;
  /** What it defines. */
  symbols: string[];
  /** Symbols after whose use the load statement has to stand. */
  after: string[];
}

/** A directive that a guest understands: `# gazelle:name value`. */
export interface DirectiveInfo {
  /** Its name. */
  name: string;
  /** What it does, in a line. */
  help: string;
}

/** A command line flag that a guest understands: `-name value`. */
export interface Flag {
  /** Its name, without dashes. */
  name: string;
  /** What values it takes. */
  ty: FlagType;
  /** Its value where the command line doesn't have it; meaningless for `Strings`. */
  default: string;
  /** What it does, in a line. */
  help: string;
}

/** The values that a flag takes. */
export type FlagType =
  /** `true` or `false`; the flag alone means `true`. */
  | "Bool"
  /** One string. */
  | "String"
  /** A decimal integer in the range of an `i64`. */
  | "Int"
  /** Any number of strings; the flag may be repeated. */
  | "Strings";

/** What a guest wants to know of which files. */
export interface Input {
  /** A glob over the path relative to the directory; with the reach `Above` and `Root` relative to that of these directories which the file is in. `?`, `*`, `[...]` and `{a,b}` don't match `/`, `**` does. */
  glob: string;
  /** In which directories files are looked for. */
  reach: Reach;
  /** What the guest is told of a file that matches. */
  want: Want;
  /** Which methods are told. */
  methods: Methods;
}

/** In which directories files are looked for. A directory that has no package of its own, by `generation_mode`, is a part of the one above it. */
export type Reach =
  /** In the directory that the call is about. The files are in `files` of the request. */
  | "Here"
  /** In this directory and all below it, whether or not these have a BUILD file. The files are in `files` too. */
  | "Below"
  /** In this directory and those that it is in. The files are in `above` of the request. */
  | "Above"
  /** In the root directory alone. The files are in `above` too. */
  | "Root";

/** What a guest is told of a file. */
export type Want =
  /** Its name alone. */
  | "Name"
  /** All its bytes. */
  | "Content"
  /** Where these regular expressions match, as if they were joined by `|`: from left to right, without overlap, at each place the first one that matches. A match of an expression without groups is passed over and not told; that is how to skip comments. The dialect is in `manifest.patterns`. */
  | { Matches: string[] }
  /** What the guest's own `scan` makes of its content. The host calls that once for the same content, and keeps the answer from run to run. */
  | "Scan";

/** Methods that can be told of files. One that isn't exported, or that isn't called, is told nothing. */
export interface Methods {
  /** `setup`: of the root directory, whatever the reach, and with `Below` of all directories. */
  setup: boolean;
  /** `configure`. */
  configure: boolean;
  /** `fix`. */
  fix: boolean;
  /** `generate_rules`. */
  generate_rules: boolean;
  /** `imports`, also in directories that are only indexed. */
  imports: boolean;
}

/** The argument of `setup`, which is called once in a run, before all directories. */
export interface SetupRequest {
  /** What holds for the whole run. */
  run: RunInfo;
  /** Files of the root directory that match inputs for `setup`, and with the reach `Below` those of all directories. */
  files: File[];
}

/** The result of `setup`: what holds in this run in the place of what the manifest says of it. */
export interface Catalogue {
  /** The kinds of rules that the guest generates, now or in the past (Gazelle: `Kinds`). */
  kinds: Kind[];
  /** Where these kinds are loaded from (Gazelle: `ApparentLoads`). */
  loads: LoadInfo[];
  /** The directives that the guest understands (Gazelle: `KnownDirectives`). */
  directives: DirectiveInfo[];
  /** What the guest wants to know of which files, and in which methods. */
  inputs: Input[];
  /** What the user should know. */
  diagnostics: Diagnostic[];
}

/** The argument of `scan`, which is called for a file that an input wants `Scan` of. */
export interface ScanRequest {
  /** Base name of the file. */
  name: string;
  /** All its bytes. */
  content: string;
}

/** The result of `scan`. */
export interface ScanResponse {
  /** What the guest wants to be told of the file in the other methods. The host doesn't look into it. */
  facts: string;
  /** What the user should know. The `file` of one is the `name` of the request, if it has any. */
  diagnostics: Diagnostic[];
}

/** The argument of `configure`, which is called for each directory after its parent (Gazelle: `Configurer.Configure`). */
export interface ConfigureRequest {
  /** Path of the directory. */
  rel: string;
  /** The parent directory's state; empty in the root directory. */
  parent: string;
  /** What holds for the whole run; only in the root directory. */
  run: RunInfo | null;
  /** The directory's directives that the guest's manifest names, in the order of the file. */
  directives: Directive[];
  /** The directory's BUILD file, if it has one. */
  build_file: BuildFile | null;
  /** Files that match inputs with the reach `Here` or `Below`. */
  files: File[];
  /** Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first. */
  above: File[];
}

/** What holds for the whole run. */
export interface RunInfo {
  /** What the user asked for. */
  command: Command;
  /** Name of the repository; may be empty. */
  repo_name: string;
  /** Base name of the directory that is the root of the repository. It differs from checkout to checkout. */
  root_name: string;
  /** The names that a BUILD file may have in the root directory, the one for new files first. */
  build_file_names: string[];
  /** Which directories are in the index. */
  indexing: Indexing;
  /** The modules of MODULE.bazel that this one depends on, and this one itself. */
  modules: BazelModule[];
  /** Values of the flags in the guest's manifest, those left at their default included. */
  flags: FlagValue[];
  /** The names of all languages of this run, in their order. */
  languages: string[];
}

/** What the user asked for. */
export type Command =
  /** Update BUILD files, without changes that may break something. */
  | "Update"
  /** Update BUILD files and repair deprecated usage (Gazelle: `Config.ShouldFix`). */
  | "Fix";

/** Which directories are in the index (Gazelle: `-index`). */
export type Indexing =
  /** All of the repository. */
  | "All"
  /** Those that are updated, and those that `rels_to_index` names. */
  | "Lazy"
  /** There is no index. */
  | "None";

/** A Bazel module. */
export interface BazelModule {
  /** Its name. */
  name: string;
  /** The name that this repository knows it by (`repo_name` in MODULE.bazel), without `@`. */
  apparent: string;
}

/** A value of a command line flag. A flag of type `Strings` has one entry for each of its values. */
export interface FlagValue {
  /** The flag's name. */
  name: string;
  /** Its value, as the manifest's type for it demands. */
  value: string;
}

/** The result of `configure`. */
export interface ConfigureResponse {
  /** What the guest wants to be told in every later call for this directory, and in `configure` for the directories in it. The host doesn't look into it. */
  state: string;
  /** What can be imported in this directory, and in those in it, without a rule of this repository that stands for it. The host looks it up, and puts it in no request but as an answer. */
  provided: Provided[];
  /** What the user should know. */
  diagnostics: Diagnostic[];
}

/** Something that can be imported and that no rule of this repository need stand for: a package of another repository, a file. */
export interface Provided {
  /** What a source file says to import it. */
  import: ImportSpec;
  /** The absolute label to depend on. */
  label: string;
  /** What a guest wants to be told with the label. The host doesn't look into it. */
  payload: string;
}

/** A BUILD file as its directory's guests see it. */
export interface BuildFile {
  /** The file's base name, `BUILD.bazel` or `BUILD`. */
  name: string;
  /** Its `load` statements, in the order of the file. */
  loads: Load[];
  /** Its rules, macro calls and `package()`, in the order of the file. */
  rules: Rule[];
  /** Its `# gazelle:` comments, in the order of the file, whichever language they are for. */
  directives: Directive[];
}

/** A `load` statement. */
export interface Load {
  /** The label of the file that is loaded, as written. */
  name: string;
  /** What is loaded from it, in the order written. */
  symbols: Symbol[];
}

/** A symbol in a `load` statement. */
export interface Symbol {
  /** Its name where it is defined. */
  from: string;
  /** Its name in this file; the same as `from` where it has no alias. */
  to: string;
}

/** A `# gazelle:key value` comment. */
export interface Directive {
  /** What stands before the first space. */
  key: string;
  /** The rest of the line, without spaces at its ends. */
  value: string;
}

/** A call at the top of a BUILD file that has a kind: a rule, a macro, or `package`. */
export interface Rule {
  /** The kind as the guest's manifest spells it, `proto_library`. Where `map_kind` or `alias_kind` gives it another name in the file, the host translates in both directions. */
  kind: string;
  /** The kind as the file spells it, `my_proto_library`; `None` if that is the same. Meaningless in a rule that a guest generates. */
  written: string | null;
  /** The `name` attribute; empty where there is none, as in `package()`. */
  name: string;
  /** All other attributes. */
  attrs: Attr[];
  /** Positional arguments, as Starlark text. */
  args: string[];
  /** Comment lines above the rule, each with its `#`. */
  comments: string[];
  /** Whether the rule is marked `# keep`. Meaningless in a rule that a guest generates. */
  keep: boolean;
}

/** An attribute of a rule. */
export interface Attr {
  /** Its name. */
  name: string;
  /** Its value. */
  value: Value;
  /** Comment lines above the attribute, each with its `#`. */
  comments: string[];
}

/** The value of an attribute. There is no nesting: what doesn't fit is Starlark text. */
export type Value =
  /** `True` or `False`. */
  | { Bool: boolean }
  /** An integer. */
  | { Int: number | bigint }
  /** A string. */
  | { String: string }
  /** A list of strings, in the order given. */
  | { Strings: string[] }
  /** A list of strings that the host puts in the order of buildifier's labels, without duplicates. */
  | { SortedStrings: string[] }
  /** A label, absolute or relative. The host writes it in its shortest form for the package it stands in. */
  | { Label: string }
  /** A list of labels. The host shortens each, puts them in buildifier's order and drops duplicates. */
  | { Labels: string[] }
  /** A dict of strings. */
  | { StringDict: StringEntry[] }
  /** A dict of string lists. */
  | { ListDict: ListEntry[] }
  /** `glob(include, exclude = exclude)`. */
  | { Glob: {
    /** Patterns of files that are meant. */
    include: string[];
    /** Patterns of files that are not; the argument is left out where the list is empty. */
    exclude: string[];
  } }
  /** `select({condition: values})`. */
  | { Select: SelectBranch[] }
  /** Lists joined by `+`, in the order given. */
  | { Concat: Term[] }
  /** Any other expression, as Starlark text. A host that writes it parses it first. */
  | { Raw: string };

/** An entry of a dict of strings. */
export interface StringEntry {
  /** The key. */
  key: string;
  /** What it stands for. */
  value: string;
}

/** An entry of a dict of string lists. */
export interface ListEntry {
  /** The key. */
  key: string;
  /** What it stands for, in the order given. */
  values: string[];
}

/** A branch of a `select`. */
export interface SelectBranch {
  /** The label of a `config_setting`, or `//conditions:default`. */
  condition: string;
  /** The strings that hold under this condition, in the order given. */
  values: string[];
}

/** A part of a sum of lists. */
export type Term =
  /** A list of strings, in the order given. */
  | { Strings: string[] }
  /** `glob(include, exclude = exclude)`. */
  | { Glob: {
    /** Patterns of files that are meant. */
    include: string[];
    /** Patterns of files that are not; the argument is left out where the list is empty. */
    exclude: string[];
  } }
  /** `select({condition: values})`. */
  | { Select: SelectBranch[] };

/** A file, and what the guest asked to be told of it. */
export interface File {
  /** Path relative to the directory; in `above` from the root. */
  name: string;
  /** What the manifest wants of it. */
  data: FileData;
}

/** What a guest is told of a file. */
export type FileData =
  /** Only that it is there. */
  | "Name"
  /** All its bytes. */
  | { Content: string }
  /** Where the manifest's expressions match, from left to right. */
  | { Matches: Match[] }
  /** What `scan` has returned for it. */
  | { Facts: string }
  /** `scan` has answered with an error, or not at all. The user is told so. */
  | "Failed";

/** A place where a regular expression matched. */
export interface Match {
  /** Index of the expression in the manifest's list. */
  pattern: number;
  /** Its groups in the order of their opening parentheses, group 1 first; none for a group that took no part. */
  groups: (string | null)[];
}

/** The argument of `fix`, which is called before rules are generated (Gazelle: `Fixer.Fix`). */
export interface FixRequest {
  /** Path of the directory. */
  rel: string;
  /** What `configure` returned for it. */
  state: string;
  /** The file that may need repair. */
  build_file: BuildFile;
  /** Whether rules may be deleted and renamed (Gazelle: `Config.ShouldFix`). The host refuses such edits otherwise. */
  should_fix: boolean;
  /** Files that match inputs with the reach `Here` or `Below`. */
  files: File[];
  /** Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first. */
  above: File[];
}

/** The result of `fix`. */
export interface FixResponse {
  /** What to change, one after the other. */
  edits: Edit[];
  /** What the user should know. */
  diagnostics: Diagnostic[];
}

/** A change of a BUILD file. Rules and loads are named by their index in the request, whatever the edits before have done. */
export type Edit =
  /** Gives a rule another kind. */
  | { SetKind: {
    /** Index of the rule. */
    rule: number;
    /** Its new kind. */
    kind: string;
  } }
  /** Gives a rule another name. */
  | { SetName: {
    /** Index of the rule. */
    rule: number;
    /** Its new name. */
    name: string;
  } }
  /** Sets an attribute. */
  | { SetAttr: {
    /** Index of the rule. */
    rule: number;
    /** The attribute. */
    attr: Attr;
  } }
  /** Takes an attribute away, if it is there. */
  | { DeleteAttr: {
    /** Index of the rule. */
    rule: number;
    /** Name of the attribute. */
    name: string;
  } }
  /** Deletes a rule. */
  | { DeleteRule: {
    /** Index of the rule. */
    rule: number;
  } }
  /** Puts a rule at the end of the file. */
  | { AppendRule: {
    /** The rule. */
    rule: Rule;
  } }
  /** Changes a load statement; one without symbols is deleted. */
  | { SetLoad: {
    /** Index of the load statement. */
    load: number;
    /** Label of the file. */
    name: string;
    /** What is loaded from it. */
    symbols: Symbol[];
  } }
  /** Puts a load statement in front of another. Those put in front of the same one stand in the order of the edits. */
  | { InsertLoad: {
    /** Index of the load statement that it is put in front of; their number puts it behind the last one. */
    load: number;
    /** Label of the file. */
    name: string;
    /** What is loaded from it. */
    symbols: Symbol[];
  } };

/** The argument of `generate_rules`, which is called for each directory after those in it (Gazelle: `Generator.Generate`). */
export interface GenerateRequest {
  /** Path of the directory. */
  rel: string;
  /** What `configure` returned for it. */
  state: string;
  /** The directory's BUILD file as `fix` has left it, if it has one. */
  build_file: BuildFile | null;
  /** Files that match inputs with the reach `Here` (Gazelle: `RegularFiles`) or `Below`. */
  files: File[];
  /** Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first. */
  above: File[];
  /** Names of the directories in this one (Gazelle: `Subdirs`). */
  subdirs: string[];
  /** Names of the files that rules of the BUILD file, and rules generated by languages before this one, make (Gazelle: `GenFiles`). */
  generated_files: string[];
  /** Rules that languages before this one have generated here (Gazelle: `OtherGen`). */
  other_rules: GeneratedRule[];
  /** Rules that languages before this one have found to be empty here (Gazelle: `OtherEmpty`). */
  other_empty: EmptyRule[];
  /** The directories in this one of which `generate_rules` has returned a summary in this run that is not empty, and those that have failed in this run. */
  children: Child[];
}

/** A directory in another, and what is known of it there. */
export interface Child {
  /** Path relative to this one. */
  name: string;
  /** Whether it has failed in this run. Its summary is then empty. */
  failed: boolean;
  /** What `generate_rules` has returned for it as `summary`. */
  summary: string;
}

/** The result of `generate_rules`. */
export interface GenerateResponse {
  /** Rules that should be in the BUILD file (Gazelle: `Gen`). */
  rules: GeneratedRule[];
  /** Rules that should not: rules that match them lose what they had been generated with, and go when nothing is left (Gazelle: `Empty`). */
  empty: EmptyRule[];
  /** Directories that have to be indexed before this one's rules are resolved (Gazelle: `RelsToIndex`). */
  rels_to_index: string[];
  /** What can be imported, from anywhere, and isn't told by `imports` of a rule. It is in the index like a rule. */
  provided: Provided[];
  /** What the guest wants to be told in the request for the directory that this one is in. The host doesn't look into it. */
  summary: string;
  /** What the user should know. */
  diagnostics: Diagnostic[];
}

/** A rule that a language has generated. */
export interface GeneratedRule {
  /** The rule. */
  rule: Rule;
  /** Attributes that are not written but shown to the languages after this one, and in `imports` (Gazelle: private attributes). */
  private: Attr[];
  /** What the rule's sources import (Gazelle: `Imports`). The host looks each up before it calls `resolve`. */
  imports: ImportSpec[];
  /** What the guest wants to be told in `imports` and `resolve` of the rule. The host doesn't look into it. */
  note: string;
}

/** A rule that nothing is left to generate for. */
export interface EmptyRule {
  /** Its kind. */
  kind: string;
  /** Its name. */
  name: string;
  /** Attributes by which it may be matched. */
  attrs: Attr[];
}

/** Something that can be imported: a text as it stands in source code, and the language it stands in (Gazelle: `resolve.ImportSpec`). Its order is that of sorted lists. */
export interface ImportSpec {
  /** Name of the language in which the text means something. */
  lang: string;
  /** The text: `google/protobuf/any.proto`. */
  imp: string;
}

/** The argument of `imports`, which is called once for all rules of a directory that have one of the guest's kinds (Gazelle: `Indexer.Imports`). */
export interface ImportsRequest {
  /** Path of the directory. */
  rel: string;
  /** What `configure` returned for it. */
  state: string;
  /** The rules, in the order of the BUILD file. */
  rules: ImportsRule[];
  /** All other rules of the BUILD file, in its order. */
  other_rules: Rule[];
  /** Files that match inputs with the reach `Here` or `Below`. */
  files: File[];
  /** Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first. */
  above: File[];
}

/** A rule that may be imported. */
export interface ImportsRule {
  /** The rule as it is in the BUILD file after the first merge. */
  rule: Rule;
  /** The private attributes that this guest's `generate_rules` gave it in this run; none if it did not generate it. */
  private: Attr[];
  /** The note that `generate_rules` gave it; empty if it did not generate it. */
  note: string;
}

/** The result of `imports`. */
export interface ImportsResponse {
  /** One entry for each rule of the request, in the same order. */
  rules: RuleImports[];
}

/** How a rule can be imported. */
export interface RuleImports {
  /** Whether it can at all. A rule that can be is in the index even when no import names it. */
  importable: boolean;
  /** What a source file may say to import it. */
  imports: ImportSpec[];
  /** Labels of the rules that it embeds: these can no longer be imported themselves, and what they provide is found in this one. */
  embeds: string[];
  /** What a guest wants to be told with the label wherever the rule is found. The host doesn't look into it. */
  payload: string;
}

/** The argument of `resolve`, which is called once for all rules that the guest has generated in a directory (Gazelle: `Resolver.Resolve`). */
export interface ResolveRequest {
  /** Path of the directory. */
  rel: string;
  /** What `configure` returned for it. */
  state: string;
  /** The rules, in the order of the response of `generate_rules`, as they are after the first merge. */
  rules: ResolveRule[];
  /** What the index knows: an entry for each import of these rules, asked for this guest's language, and for each query of earlier rounds. */
  found: Lookup[];
  /** 0 in the first call, one more after each `Need`. */
  round: number;
}

/** A rule to be resolved. */
export interface ResolveRule {
  /** The rule. */
  rule: Rule;
  /** What its sources import, from `generate_rules`. */
  imports: ImportSpec[];
  /** The note that `generate_rules` left. */
  note: string;
}

/** What is known of an import. */
export interface Lookup {
  /** The question. */
  query: Query;
  /** A label that the user has set for this import by a `resolve` or `resolve_regexp` directive. It goes before all else. */
  override_label: string | null;
  /** Where `matches` are from. */
  origin: Origin;
  /** What provides it, by label; the asking rule itself may be among them. More than one is for the guest to choose from or to report. */
  matches: Provider[];
}

/** Where the answer to a query is from: the first of these places that has one. */
export type Origin =
  /** Nothing provides it. */
  | "Nowhere"
  /** The index: rules, and what `generate_rules` of any directory has `provided`. */
  | "Index"
  /** What `configure` has `provided`, of the nearest directory. */
  | "Configure"
  /** The languages' `find`. */
  | "Find";

/** A question to the index. Its order is that of sorted lists. */
export interface Query {
  /** What is looked for. */
  import: ImportSpec;
  /** Name of the language whose rules may be found (Gazelle: `lang` of `FindRulesByImport`). */
  lang: string;
}

/** The result of `resolve`. */
export type ResolveResponse =
  /** All rules are resolved. */
  | { Resolved: {
    /** One entry for each rule of the request, in the same order. */
    rules: ResolvedRule[];
    /** What the user should know. */
    diagnostics: Diagnostic[];
  } }
  /** The guest has further questions. The host calls `resolve` again with the same rules and all answers so far. The number of rounds is bounded (`resolve.rounds`). */
  | { Need: Query[] };

/** What resolving has found out about a rule. */
export interface ResolvedRule {
  /** Attributes to set, `deps` for one. */
  set: Attr[];
  /** Names of attributes to take away. */
  delete: string[];
}

/** The argument of `find`, which is called for imports that the index doesn't have (Gazelle: `Finder.Find`, `CrossResolver`). */
export interface FindRequest {
  /** Path of the directory whose rules have the imports. */
  rel: string;
  /** What this guest's `configure` returned for it. */
  state: string;
  /** What is looked for. */
  queries: Query[];
}

/** The result of `find`. */
export interface FindResponse {
  /** One entry for each query of the request, in the same order. */
  found: FindAnswer[];
}

/** What a language knows of an import. */
export interface FindAnswer {
  /** What provides it; nothing where the language doesn't know. */
  matches: Provider[];
}

/** Something that provides an import, a rule for one (Gazelle: `resolve.FindResult`). */
export interface Provider {
  /** Its absolute label. */
  label: string;
  /** Labels of the rules that it embeds, directly or not. */
  embeds: string[];
  /** The `payload` of the rule, or of what is provided; from `find`, any bytes. */
  payload: string;
}

/** The argument of `finish`, which is called once in a run, after all rules are resolved. */
export interface FinishRequest {
  /** What `configure` returned for the root directory. */
  state: string;
  /** The directories of which `generate_rules` has returned a summary in this run that is not empty, and those that have failed in this run. */
  summaries: Summary[];
}

/** What is known of a directory when a run ends. */
export interface Summary {
  /** Path of the directory. */
  rel: string;
  /** Whether it has failed in this run. Its summary is then empty. */
  failed: boolean;
  /** What `generate_rules` has returned for it as `summary`. */
  summary: string;
}

/** The result of `finish`. */
export interface FinishResponse {
  /** What the user should know. The directory that files are relative to is the root. */
  diagnostics: Diagnostic[];
}

/** The type of the function `manifest`. */
export type ManifestMethod = (request: ManifestRequest) => Given<Manifest> | Promise<Given<Manifest>>;

/** The type of the function `setup`. */
export type Setup = (request: SetupRequest) => Given<Catalogue> | Promise<Given<Catalogue>>;

/** The type of the function `scan`. */
export type Scan = (request: ScanRequest) => Given<ScanResponse> | Promise<Given<ScanResponse>>;

/** The type of the function `configure`. */
export type Configure = (request: ConfigureRequest) => Given<ConfigureResponse> | Promise<Given<ConfigureResponse>>;

/** The type of the function `fix`. */
export type Fix = (request: FixRequest) => Given<FixResponse> | Promise<Given<FixResponse>>;

/** The type of the function `generate_rules`. */
export type GenerateRules = (request: GenerateRequest) => Given<GenerateResponse> | Promise<Given<GenerateResponse>>;

/** The type of the function `imports`. */
export type Imports = (request: ImportsRequest) => Given<ImportsResponse> | Promise<Given<ImportsResponse>>;

/** The type of the function `resolve`. */
export type Resolve = (request: ResolveRequest) => Given<ResolveResponse> | Promise<Given<ResolveResponse>>;

/** The type of the function `find`. */
export type Find = (request: FindRequest) => Given<FindResponse> | Promise<Given<FindResponse>>;

/** The type of the function `finish`. */
export type Finish = (request: FinishRequest) => Given<FinishResponse> | Promise<Given<FinishResponse>>;
