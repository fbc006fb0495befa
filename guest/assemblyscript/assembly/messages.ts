// Generated from abi/schema.json by `cargo run -p dorcas-generate`. Don't edit.

import { NO_BYTES, Reader, Writer } from "./wire";

/** A guest's own error: the call did not work out, and nothing of it counts. */
export class GuestError {
  /** 1: the request could not be decoded. 2: the guest doesn't support what was asked. 3: it failed inside, by a panic that it caught for instance. 4: the run must end, and nothing may be written. Others below 1000 are reserved; from 1000 on they are the guest's own. */
  code: u32 = 0;
  /** What happened, for people. */
  message: string = "";

  get schema(): u32 {
    return 7;
  }

  read(r: Reader): void {
    this.code = r.u32();
    this.message = r.text();
  }

  write(w: Writer): void {
    w.u32(this.code);
    w.text(this.message);
  }
}

/** Something that the user should know; the result counts all the same (Gazelle: `log.Print`). */
export class Diagnostic {
  /** How grave it is. */
  severity: Severity = Severity.Error;
  /** What it is, in a line. */
  message: string = "";
  /** The file it is about, relative to the directory; `None` if it is about the directory, or about a place that says which file is meant. */
  file: string | null = null;
  /** Where in the file. */
  position: Position = positionStart;

  get schema(): u32 {
    return 8;
  }

  read(r: Reader): void {
    this.severity = <Severity>r.u32();
    this.message = r.text();
    this.file = r.bool() ? r.text() : null;
    this.position = r.one<Position>();
  }

  write(w: Writer): void {
    w.u32(this.severity);
    w.text(this.message);
    const file = this.file;
    w.bool(file !== null);
    if (file !== null) w.text(file);
    this.position.write(w);
  }
}

/** How grave a diagnostic is. */
export enum Severity {
  /** The user has to do something: the run's exit status is not 0. */
  Error,
  /** The user may want to do something. */
  Warning,
  /** Good to know. */
  Note,
}

/** The variants of Position. */
export enum PositionTag {
  /** The file as a whole. */
  Unknown,
  /** A line, from 1. */
  Line,
  /** A byte, from 0; the host finds the line. */
  Offset,
  /** A match, by its index in the file's `Matches` in the request, in `resolve` in that of `generate_rules`; the host finds the line. */
  MatchIndex,
  /** A directive, by its index among the directory's directives that the guest's manifest names; the host finds file and line. The diagnostic has no `file`. */
  DirectiveIndex,
  /** A rule, by its index in the `build_file` of the request; the host finds file and line. The diagnostic has no `file`. */
  RuleIndex,
}

/** A place in a file. */
export class Position {
  private constructor(
    /** Which variant it is. */
    public tag: PositionTag,
    private number: i64,
  ) {}

  /** The file as a whole. */
  static unknown(): Position {
    return new Position(PositionTag.Unknown, 0);
  }

  /** A line, from 1. */
  static line(value: u32): Position {
    return new Position(PositionTag.Line, value);
  }

  /** What `Line` carries; 0 of another variant. */
  get line(): u32 {
    return this.tag == PositionTag.Line ? <u32>this.number : 0;
  }

  /** A byte, from 0; the host finds the line. */
  static offset(value: u32): Position {
    return new Position(PositionTag.Offset, value);
  }

  /** What `Offset` carries; 0 of another variant. */
  get offset(): u32 {
    return this.tag == PositionTag.Offset ? <u32>this.number : 0;
  }

  /** A match, by its index in the file's `Matches` in the request, in `resolve` in that of `generate_rules`; the host finds the line. */
  static matchIndex(value: u32): Position {
    return new Position(PositionTag.MatchIndex, value);
  }

  /** What `MatchIndex` carries; 0 of another variant. */
  get matchIndex(): u32 {
    return this.tag == PositionTag.MatchIndex ? <u32>this.number : 0;
  }

  /** A directive, by its index among the directory's directives that the guest's manifest names; the host finds file and line. The diagnostic has no `file`. */
  static directiveIndex(value: u32): Position {
    return new Position(PositionTag.DirectiveIndex, value);
  }

  /** What `DirectiveIndex` carries; 0 of another variant. */
  get directiveIndex(): u32 {
    return this.tag == PositionTag.DirectiveIndex ? <u32>this.number : 0;
  }

  /** A rule, by its index in the `build_file` of the request; the host finds file and line. The diagnostic has no `file`. */
  static ruleIndex(value: u32): Position {
    return new Position(PositionTag.RuleIndex, value);
  }

  /** What `RuleIndex` carries; 0 of another variant. */
  get ruleIndex(): u32 {
    return this.tag == PositionTag.RuleIndex ? <u32>this.number : 0;
  }

  get schema(): u32 {
    return 11;
  }

  read(r: Reader): void {
    this.tag = <PositionTag>r.u32();
    this.number = 0;
    switch (this.tag) {
      case PositionTag.Line:
        this.number = r.u32();
        break;
      case PositionTag.Offset:
        this.number = r.u32();
        break;
      case PositionTag.MatchIndex:
        this.number = r.u32();
        break;
      case PositionTag.DirectiveIndex:
        this.number = r.u32();
        break;
      case PositionTag.RuleIndex:
        this.number = r.u32();
        break;
    }
  }

  write(w: Writer): void {
    w.u32(this.tag);
    switch (this.tag) {
      case PositionTag.Line:
        w.u32(<u32>this.number);
        break;
      case PositionTag.Offset:
        w.u32(<u32>this.number);
        break;
      case PositionTag.MatchIndex:
        w.u32(<u32>this.number);
        break;
      case PositionTag.DirectiveIndex:
        w.u32(<u32>this.number);
        break;
      case PositionTag.RuleIndex:
        w.u32(<u32>this.number);
        break;
    }
  }
}

// @ts-ignore: decorator
@lazy const positionStart = Position.unknown();

/** The argument of `manifest`. */
export class ManifestRequest {
  /** Name and version of the host, for the guest's own messages. A manifest must not depend on it. */
  host: string = "";

  get schema(): u32 {
    return 12;
  }

  read(r: Reader): void {
    this.host = r.text();
  }

  write(w: Writer): void {
    w.text(this.host);
  }
}

/** What a guest is, and what it asks of the host. A guest without `manifest` has no kinds, loads, directives and flags, and sees the name of every regular file. */
export class Manifest {
  /** The guest's own version, for people; any text. */
  version: string = "";
  /** The kinds of rules that the guest generates, now or in the past (Gazelle: `Kinds`). */
  kinds: Kind[] = [];
  /** Where these kinds are loaded from (Gazelle: `ApparentLoads`). */
  loads: LoadInfo[] = [];
  /** The directives that the guest understands (Gazelle: `KnownDirectives`). */
  directives: DirectiveInfo[] = [];
  /** The command line flags that the guest understands (Gazelle: `RegisterFlags`). */
  flags: Flag[] = [];
  /** What the guest wants to know of which files, and in which methods. For each file, of the inputs for a method that reach it the first whose glob matches decides; a file that none matches is not shown. */
  inputs: Input[] = [];
  /** Whether calls depend on earlier calls. Such a guest gets one instance and its calls in order; nothing is memoised or run in parallel. */
  stateful: bool = false;
  /** Whether the guest has nothing to say of a directory that has nothing for it. The host then leaves out the calls that `host.quiet` describes. */
  quiet: bool = false;

  get schema(): u32 {
    return 13;
  }

  read(r: Reader): void {
    this.version = r.text();
    this.kinds = r.list<Kind>();
    this.loads = r.list<LoadInfo>();
    this.directives = r.list<DirectiveInfo>();
    this.flags = r.list<Flag>();
    this.inputs = r.list<Input>();
    this.stateful = r.bool();
    this.quiet = r.bool();
  }

  write(w: Writer): void {
    w.text(this.version);
    w.list<Kind>(this.kinds);
    w.list<LoadInfo>(this.loads);
    w.list<DirectiveInfo>(this.directives);
    w.list<Flag>(this.flags);
    w.list<Input>(this.inputs);
    w.bool(this.stateful);
    w.bool(this.quiet);
  }
}

/** A kind of rule, and how rules of that kind are matched and merged (Gazelle: `rule.KindInfo`). */
export class Kind {
  /** Its name, `proto_library`. */
  name: string = "";
  /** Whether a generated rule matches the only rule of its kind in a file, whatever their attributes. */
  matchAny: bool = false;
  /** Attributes by which rules match, tried in this order. */
  matchAttrs: string[] = [];
  /** Attributes of which one is enough to keep a rule from being deleted. */
  nonEmptyAttrs: string[] = [];
  /** Attributes in which the name of a generated rule is replaced by the name of the rule it matched. */
  substituteAttrs: string[] = [];
  /** Attributes that are merged after `generate_rules`. */
  mergeableAttrs: string[] = [];
  /** Attributes that are merged after `resolve`. */
  resolveAttrs: string[] = [];

  get schema(): u32 {
    return 15;
  }

  read(r: Reader): void {
    this.name = r.text();
    this.matchAny = r.bool();
    this.matchAttrs = r.texts();
    this.nonEmptyAttrs = r.texts();
    this.substituteAttrs = r.texts();
    this.mergeableAttrs = r.texts();
    this.resolveAttrs = r.texts();
  }

  write(w: Writer): void {
    w.text(this.name);
    w.bool(this.matchAny);
    w.texts(this.matchAttrs);
    w.texts(this.nonEmptyAttrs);
    w.texts(this.substituteAttrs);
    w.texts(this.mergeableAttrs);
    w.texts(this.resolveAttrs);
  }
}

/** A file that defines kinds (Gazelle: `rule.LoadInfo`). */
export class LoadInfo {
  /** The Bazel module that has the file, `protobuf`; empty for a file of this repository. The host puts the module's apparent name, as MODULE.bazel gives it, in front of `file`. */
  module: string = "";
  /** The repository's name where MODULE.bazel doesn't have the module, `com_google_protobuf`; without `@`. */
  repo: string = "";
  /** The file's label within its repository, `//bazel:proto_library.bzl`. */
  file: string = "";
  /** What it defines. */
  symbols: string[] = [];
  /** Symbols after whose use the load statement has to stand. */
  after: string[] = [];

  get schema(): u32 {
    return 19;
  }

  read(r: Reader): void {
    this.module = r.text();
    this.repo = r.text();
    this.file = r.text();
    this.symbols = r.texts();
    this.after = r.texts();
  }

  write(w: Writer): void {
    w.text(this.module);
    w.text(this.repo);
    w.text(this.file);
    w.texts(this.symbols);
    w.texts(this.after);
  }
}

/** A directive that a guest understands: `# gazelle:name value`. */
export class DirectiveInfo {
  /** Its name. */
  name: string = "";
  /** What it does, in a line. */
  help: string = "";

  get schema(): u32 {
    return 21;
  }

  read(r: Reader): void {
    this.name = r.text();
    this.help = r.text();
  }

  write(w: Writer): void {
    w.text(this.name);
    w.text(this.help);
  }
}

/** A command line flag that a guest understands: `-name value`. */
export class Flag {
  /** Its name, without dashes. */
  name: string = "";
  /** What values it takes. */
  ty: FlagType = FlagType.Bool;
  /** Its value where the command line doesn't have it; meaningless for `Strings`. */
  defaultValue: string = "";
  /** What it does, in a line. */
  help: string = "";

  get schema(): u32 {
    return 23;
  }

  read(r: Reader): void {
    this.name = r.text();
    this.ty = <FlagType>r.u32();
    this.defaultValue = r.text();
    this.help = r.text();
  }

  write(w: Writer): void {
    w.text(this.name);
    w.u32(this.ty);
    w.text(this.defaultValue);
    w.text(this.help);
  }
}

/** The values that a flag takes. */
export enum FlagType {
  /** `true` or `false`; the flag alone means `true`. */
  Bool,
  /** One string. */
  String,
  /** A decimal integer in the range of an `i64`. */
  Int,
  /** Any number of strings; the flag may be repeated. */
  Strings,
}

/** What a guest wants to know of which files. */
export class Input {
  /** A glob over the path relative to the directory; with the reach `Above` and `Root` relative to that of these directories which the file is in. `?`, `*`, `[...]` and `{a,b}` don't match `/`, `**` does. */
  glob: string = "";
  /** In which directories files are looked for. */
  reach: Reach = Reach.Here;
  /** What the guest is told of a file that matches. */
  want: Want = wantStart;
  /** Which methods are told. */
  methods: Methods = new Methods();

  get schema(): u32 {
    return 26;
  }

  read(r: Reader): void {
    this.glob = r.text();
    this.reach = <Reach>r.u32();
    this.want = r.one<Want>();
    this.methods = r.one<Methods>();
  }

  write(w: Writer): void {
    w.text(this.glob);
    w.u32(this.reach);
    this.want.write(w);
    this.methods.write(w);
  }
}

/** In which directories files are looked for. A directory that has no package of its own, by `generation_mode`, is a part of the one above it. */
export enum Reach {
  /** In the directory that the call is about. The files are in `files` of the request. */
  Here,
  /** In this directory and all below it, whether or not these have a BUILD file. The files are in `files` too. */
  Below,
  /** In this directory and those that it is in. The files are in `above` of the request. */
  Above,
  /** In the root directory alone. The files are in `above` too. */
  Root,
}

/** The variants of Want. */
export enum WantTag {
  /** Its name alone. */
  Name,
  /** All its bytes. */
  Content,
  /** Where these regular expressions match, as if they were joined by `|`: from left to right, without overlap, at each place the first one that matches. A match of an expression without groups is passed over and not told; that is how to skip comments. The dialect is in `manifest.patterns`. */
  Matches,
  /** What the guest's own `scan` makes of its content. The host calls that once for the same content, and keeps the answer from run to run. */
  Scan,
}

/** What a guest is told of a file. */
export class Want {
  private constructor(
    /** Which variant it is. */
    public tag: WantTag,
    private payload: Object | null,
  ) {}

  /** Its name alone. */
  static name(): Want {
    return new Want(WantTag.Name, null);
  }

  /** All its bytes. */
  static content(): Want {
    return new Want(WantTag.Content, null);
  }

  /** Where these regular expressions match, as if they were joined by `|`: from left to right, without overlap, at each place the first one that matches. A match of an expression without groups is passed over and not told; that is how to skip comments. The dialect is in `manifest.patterns`. */
  static matches(value: string[]): Want {
    return new Want(WantTag.Matches, value);
  }

  /** What `Matches` carries; null of another variant. */
  get matches(): string[] | null {
    return this.tag == WantTag.Matches ? changetype<string[]>(this.payload) : null;
  }

  /** What the guest's own `scan` makes of its content. The host calls that once for the same content, and keeps the answer from run to run. */
  static scan(): Want {
    return new Want(WantTag.Scan, null);
  }

  get schema(): u32 {
    return 28;
  }

  read(r: Reader): void {
    this.tag = <WantTag>r.u32();
    this.payload = null;
    switch (this.tag) {
      case WantTag.Matches:
        this.payload = r.texts();
        break;
    }
  }

  write(w: Writer): void {
    w.u32(this.tag);
    switch (this.tag) {
      case WantTag.Matches:
        w.texts(changetype<string[]>(this.payload));
        break;
    }
  }
}

// @ts-ignore: decorator
@lazy const wantStart = Want.name();

/** Methods that can be told of files. One that isn't exported, or that isn't called, is told nothing. */
export class Methods {
  /** `setup`: of the root directory, whatever the reach, and with `Below` of all directories. */
  setup: bool = false;
  /** `configure`. */
  configure: bool = false;
  /** `fix`. */
  fix: bool = false;
  /** `generate_rules`. */
  generateRules: bool = false;
  /** `imports`, also in directories that are only indexed. */
  imports: bool = false;

  get schema(): u32 {
    return 29;
  }

  read(r: Reader): void {
    this.setup = r.bool();
    this.configure = r.bool();
    this.fix = r.bool();
    this.generateRules = r.bool();
    this.imports = r.bool();
  }

  write(w: Writer): void {
    w.bool(this.setup);
    w.bool(this.configure);
    w.bool(this.fix);
    w.bool(this.generateRules);
    w.bool(this.imports);
  }
}

/** The argument of `setup`, which is called once in a run, before all directories. */
export class SetupRequest {
  /** What holds for the whole run. */
  run: RunInfo = new RunInfo();
  /** Files of the root directory that match inputs for `setup`, and with the reach `Below` those of all directories. */
  files: File[] = [];

  get schema(): u32 {
    return 30;
  }

  read(r: Reader): void {
    this.run = r.one<RunInfo>();
    this.files = r.list<File>();
  }

  write(w: Writer): void {
    this.run.write(w);
    w.list<File>(this.files);
  }
}

/** The result of `setup`: what holds in this run in the place of what the manifest says of it. */
export class Catalogue {
  /** The kinds of rules that the guest generates, now or in the past (Gazelle: `Kinds`). */
  kinds: Kind[] = [];
  /** Where these kinds are loaded from (Gazelle: `ApparentLoads`). */
  loads: LoadInfo[] = [];
  /** The directives that the guest understands (Gazelle: `KnownDirectives`). */
  directives: DirectiveInfo[] = [];
  /** What the guest wants to know of which files, and in which methods. */
  inputs: Input[] = [];
  /** What the user should know. */
  diagnostics: Diagnostic[] = [];

  get schema(): u32 {
    return 45;
  }

  read(r: Reader): void {
    this.kinds = r.list<Kind>();
    this.loads = r.list<LoadInfo>();
    this.directives = r.list<DirectiveInfo>();
    this.inputs = r.list<Input>();
    this.diagnostics = r.list<Diagnostic>();
  }

  write(w: Writer): void {
    w.list<Kind>(this.kinds);
    w.list<LoadInfo>(this.loads);
    w.list<DirectiveInfo>(this.directives);
    w.list<Input>(this.inputs);
    w.list<Diagnostic>(this.diagnostics);
  }
}

/** The argument of `scan`, which is called for a file that an input wants `Scan` of. */
export class ScanRequest {
  /** Base name of the file. */
  name: string = "";
  /** All its bytes. */
  content: ArrayBuffer = NO_BYTES;

  get schema(): u32 {
    return 47;
  }

  read(r: Reader): void {
    this.name = r.text();
    this.content = r.bytes();
  }

  write(w: Writer): void {
    w.text(this.name);
    w.bytes(this.content);
  }
}

/** The result of `scan`. */
export class ScanResponse {
  /** What the guest wants to be told of the file in the other methods. The host doesn't look into it. */
  facts: ArrayBuffer = NO_BYTES;
  /** What the user should know. The `file` of one is the `name` of the request, if it has any. */
  diagnostics: Diagnostic[] = [];

  get schema(): u32 {
    return 48;
  }

  read(r: Reader): void {
    this.facts = r.bytes();
    this.diagnostics = r.list<Diagnostic>();
  }

  write(w: Writer): void {
    w.bytes(this.facts);
    w.list<Diagnostic>(this.diagnostics);
  }
}

/** The argument of `configure`, which is called for each directory after its parent (Gazelle: `Configurer.Configure`). */
export class ConfigureRequest {
  /** Path of the directory. */
  rel: string = "";
  /** The parent directory's state; empty in the root directory. */
  parent: ArrayBuffer = NO_BYTES;
  /** What holds for the whole run; only in the root directory. */
  run: RunInfo | null = null;
  /** The directory's directives that the guest's manifest names, in the order of the file. */
  directives: Directive[] = [];
  /** The directory's BUILD file, if it has one. */
  buildFile: BuildFile | null = null;
  /** Files that match inputs with the reach `Here` or `Below`. */
  files: File[] = [];
  /** Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first. */
  above: File[] = [];

  get schema(): u32 {
    return 49;
  }

  read(r: Reader): void {
    this.rel = r.text();
    this.parent = r.bytes();
    this.run = r.bool() ? r.one<RunInfo>() : null;
    this.directives = r.list<Directive>();
    this.buildFile = r.bool() ? r.one<BuildFile>() : null;
    this.files = r.list<File>();
    this.above = r.list<File>();
  }

  write(w: Writer): void {
    w.text(this.rel);
    w.bytes(this.parent);
    const run = this.run;
    w.bool(run !== null);
    if (run !== null) run.write(w);
    w.list<Directive>(this.directives);
    const buildFile = this.buildFile;
    w.bool(buildFile !== null);
    if (buildFile !== null) buildFile.write(w);
    w.list<File>(this.files);
    w.list<File>(this.above);
  }
}

/** What holds for the whole run. */
export class RunInfo {
  /** What the user asked for. */
  command: Command = Command.Update;
  /** Name of the repository; may be empty. */
  repoName: string = "";
  /** Base name of the directory that is the root of the repository. It differs from checkout to checkout. */
  rootName: string = "";
  /** The names that a BUILD file may have in the root directory, the one for new files first. */
  buildFileNames: string[] = [];
  /** Which directories are in the index. */
  indexing: Indexing = Indexing.All;
  /** The modules of MODULE.bazel that this one depends on, and this one itself. */
  modules: BazelModule[] = [];
  /** Values of the flags in the guest's manifest, those left at their default included. */
  flags: FlagValue[] = [];
  /** The names of all languages of this run, in their order. */
  languages: string[] = [];

  get schema(): u32 {
    return 31;
  }

  read(r: Reader): void {
    this.command = <Command>r.u32();
    this.repoName = r.text();
    this.rootName = r.text();
    this.buildFileNames = r.texts();
    this.indexing = <Indexing>r.u32();
    this.modules = r.list<BazelModule>();
    this.flags = r.list<FlagValue>();
    this.languages = r.texts();
  }

  write(w: Writer): void {
    w.u32(this.command);
    w.text(this.repoName);
    w.text(this.rootName);
    w.texts(this.buildFileNames);
    w.u32(this.indexing);
    w.list<BazelModule>(this.modules);
    w.list<FlagValue>(this.flags);
    w.texts(this.languages);
  }
}

/** What the user asked for. */
export enum Command {
  /** Update BUILD files, without changes that may break something. */
  Update,
  /** Update BUILD files and repair deprecated usage (Gazelle: `Config.ShouldFix`). */
  Fix,
}

/** Which directories are in the index (Gazelle: `-index`). */
export enum Indexing {
  /** All of the repository. */
  All,
  /** Those that are updated, and those that `rels_to_index` names. */
  Lazy,
  /** There is no index. */
  None,
}

/** A Bazel module. */
export class BazelModule {
  /** Its name. */
  name: string = "";
  /** The name that this repository knows it by (`repo_name` in MODULE.bazel), without `@`. */
  apparent: string = "";

  get schema(): u32 {
    return 35;
  }

  read(r: Reader): void {
    this.name = r.text();
    this.apparent = r.text();
  }

  write(w: Writer): void {
    w.text(this.name);
    w.text(this.apparent);
  }
}

/** A value of a command line flag. A flag of type `Strings` has one entry for each of its values. */
export class FlagValue {
  /** The flag's name. */
  name: string = "";
  /** Its value, as the manifest's type for it demands. */
  value: string = "";

  get schema(): u32 {
    return 37;
  }

  read(r: Reader): void {
    this.name = r.text();
    this.value = r.text();
  }

  write(w: Writer): void {
    w.text(this.name);
    w.text(this.value);
  }
}

/** The result of `configure`. */
export class ConfigureResponse {
  /** What the guest wants to be told in every later call for this directory, and in `configure` for the directories in it. The host doesn't look into it. */
  state: ArrayBuffer = NO_BYTES;
  /** What can be imported in this directory, and in those in it, without a rule of this repository that stands for it. The host looks it up, and puts it in no request but as an answer. */
  provided: Provided[] = [];
  /** What the user should know. */
  diagnostics: Diagnostic[] = [];

  get schema(): u32 {
    return 75;
  }

  read(r: Reader): void {
    this.state = r.bytes();
    this.provided = r.list<Provided>();
    this.diagnostics = r.list<Diagnostic>();
  }

  write(w: Writer): void {
    w.bytes(this.state);
    w.list<Provided>(this.provided);
    w.list<Diagnostic>(this.diagnostics);
  }
}

/** Something that can be imported and that no rule of this repository need stand for: a package of another repository, a file. */
export class Provided {
  /** What a source file says to import it. */
  spec: ImportSpec = new ImportSpec();
  /** The absolute label to depend on. */
  label: string = "";
  /** What a guest wants to be told with the label. The host doesn't look into it. */
  payload: ArrayBuffer = NO_BYTES;

  get schema(): u32 {
    return 77;
  }

  read(r: Reader): void {
    this.spec = r.one<ImportSpec>();
    this.label = r.text();
    this.payload = r.bytes();
  }

  write(w: Writer): void {
    this.spec.write(w);
    w.text(this.label);
    w.bytes(this.payload);
  }
}

/** A BUILD file as its directory's guests see it. */
export class BuildFile {
  /** The file's base name, `BUILD.bazel` or `BUILD`. */
  name: string = "";
  /** Its `load` statements, in the order of the file. */
  loads: Load[] = [];
  /** Its rules, macro calls and `package()`, in the order of the file. */
  rules: Rule[] = [];
  /** Its `# gazelle:` comments, in the order of the file, whichever language they are for. */
  directives: Directive[] = [];

  get schema(): u32 {
    return 54;
  }

  read(r: Reader): void {
    this.name = r.text();
    this.loads = r.list<Load>();
    this.rules = r.list<Rule>();
    this.directives = r.list<Directive>();
  }

  write(w: Writer): void {
    w.text(this.name);
    w.list<Load>(this.loads);
    w.list<Rule>(this.rules);
    w.list<Directive>(this.directives);
  }
}

/** A `load` statement. */
export class Load {
  /** The label of the file that is loaded, as written. */
  name: string = "";
  /** What is loaded from it, in the order written. */
  symbols: Symbol[] = [];

  get schema(): u32 {
    return 56;
  }

  read(r: Reader): void {
    this.name = r.text();
    this.symbols = r.list<Symbol>();
  }

  write(w: Writer): void {
    w.text(this.name);
    w.list<Symbol>(this.symbols);
  }
}

/** A symbol in a `load` statement. */
export class Symbol {
  /** Its name where it is defined. */
  from: string = "";
  /** Its name in this file; the same as `from` where it has no alias. */
  to: string = "";

  get schema(): u32 {
    return 58;
  }

  read(r: Reader): void {
    this.from = r.text();
    this.to = r.text();
  }

  write(w: Writer): void {
    w.text(this.from);
    w.text(this.to);
  }
}

/** A `# gazelle:key value` comment. */
export class Directive {
  /** What stands before the first space. */
  key: string = "";
  /** The rest of the line, without spaces at its ends. */
  value: string = "";

  get schema(): u32 {
    return 52;
  }

  read(r: Reader): void {
    this.key = r.text();
    this.value = r.text();
  }

  write(w: Writer): void {
    w.text(this.key);
    w.text(this.value);
  }
}

/** A call at the top of a BUILD file that has a kind: a rule, a macro, or `package`. */
export class Rule {
  /** The kind as the guest's manifest spells it, `proto_library`. Where `map_kind` or `alias_kind` gives it another name in the file, the host translates in both directions. */
  kind: string = "";
  /** The kind as the file spells it, `my_proto_library`; `None` if that is the same. Meaningless in a rule that a guest generates. */
  written: string | null = null;
  /** The `name` attribute; empty where there is none, as in `package()`. */
  name: string = "";
  /** All other attributes. */
  attrs: Attr[] = [];
  /** Positional arguments, as Starlark text. */
  args: string[] = [];
  /** Comment lines above the rule, each with its `#`. */
  comments: string[] = [];
  /** Whether the rule is marked `# keep`. Meaningless in a rule that a guest generates. */
  keep: bool = false;

  get schema(): u32 {
    return 60;
  }

  read(r: Reader): void {
    this.kind = r.text();
    this.written = r.bool() ? r.text() : null;
    this.name = r.text();
    this.attrs = r.list<Attr>();
    this.args = r.texts();
    this.comments = r.texts();
    this.keep = r.bool();
  }

  write(w: Writer): void {
    w.text(this.kind);
    const written = this.written;
    w.bool(written !== null);
    if (written !== null) w.text(written);
    w.text(this.name);
    w.list<Attr>(this.attrs);
    w.texts(this.args);
    w.texts(this.comments);
    w.bool(this.keep);
  }
}

/** An attribute of a rule. */
export class Attr {
  /** Its name. */
  name: string = "";
  /** Its value. */
  value: Value = valueStart;
  /** Comment lines above the attribute, each with its `#`. */
  comments: string[] = [];

  get schema(): u32 {
    return 62;
  }

  read(r: Reader): void {
    this.name = r.text();
    this.value = r.one<Value>();
    this.comments = r.texts();
  }

  write(w: Writer): void {
    w.text(this.name);
    this.value.write(w);
    w.texts(this.comments);
  }
}

/** `glob(include, exclude = exclude)`. */
export class ValueGlob {
  /** Patterns of files that are meant. */
  include: string[] = [];
  /** Patterns of files that are not; the argument is left out where the list is empty. */
  exclude: string[] = [];

  get schema(): u32 {
    return 68;
  }

  read(r: Reader): void {
    this.include = r.texts();
    this.exclude = r.texts();
  }

  write(w: Writer): void {
    w.texts(this.include);
    w.texts(this.exclude);
  }
}

/** The variants of Value. */
export enum ValueTag {
  /** `True` or `False`. */
  Bool,
  /** An integer. */
  Int,
  /** A string. */
  String,
  /** A list of strings, in the order given. */
  Strings,
  /** A list of strings that the host puts in the order of buildifier's labels, without duplicates. */
  SortedStrings,
  /** A label, absolute or relative. The host writes it in its shortest form for the package it stands in. */
  Label,
  /** A list of labels. The host shortens each, puts them in buildifier's order and drops duplicates. */
  Labels,
  /** A dict of strings. */
  StringDict,
  /** A dict of string lists. */
  ListDict,
  /** `glob(include, exclude = exclude)`. */
  Glob,
  /** `select({condition: values})`. */
  Select,
  /** Lists joined by `+`, in the order given. */
  Concat,
  /** Any other expression, as Starlark text. A host that writes it parses it first. */
  Raw,
}

/** The value of an attribute. There is no nesting: what doesn't fit is Starlark text. */
export class Value {
  private constructor(
    /** Which variant it is. */
    public tag: ValueTag,
    private payload: Object | null,
    private number: i64,
  ) {}

  /** `True` or `False`. */
  static bool(value: bool): Value {
    return new Value(ValueTag.Bool, null, value);
  }

  /** What `Bool` carries; false of another variant. */
  get bool(): bool {
    return this.tag == ValueTag.Bool ? <bool>this.number : false;
  }

  /** An integer. */
  static int(value: i64): Value {
    return new Value(ValueTag.Int, null, value);
  }

  /** What `Int` carries; 0 of another variant. */
  get int(): i64 {
    return this.tag == ValueTag.Int ? <i64>this.number : 0;
  }

  /** A string. */
  static string(value: string): Value {
    return new Value(ValueTag.String, value, 0);
  }

  /** What `String` carries; null of another variant. */
  get string(): string | null {
    return this.tag == ValueTag.String ? changetype<string>(this.payload) : null;
  }

  /** A list of strings, in the order given. */
  static strings(value: string[]): Value {
    return new Value(ValueTag.Strings, value, 0);
  }

  /** What `Strings` carries; null of another variant. */
  get strings(): string[] | null {
    return this.tag == ValueTag.Strings ? changetype<string[]>(this.payload) : null;
  }

  /** A list of strings that the host puts in the order of buildifier's labels, without duplicates. */
  static sortedStrings(value: string[]): Value {
    return new Value(ValueTag.SortedStrings, value, 0);
  }

  /** What `SortedStrings` carries; null of another variant. */
  get sortedStrings(): string[] | null {
    return this.tag == ValueTag.SortedStrings ? changetype<string[]>(this.payload) : null;
  }

  /** A label, absolute or relative. The host writes it in its shortest form for the package it stands in. */
  static label(value: string): Value {
    return new Value(ValueTag.Label, value, 0);
  }

  /** What `Label` carries; null of another variant. */
  get label(): string | null {
    return this.tag == ValueTag.Label ? changetype<string>(this.payload) : null;
  }

  /** A list of labels. The host shortens each, puts them in buildifier's order and drops duplicates. */
  static labels(value: string[]): Value {
    return new Value(ValueTag.Labels, value, 0);
  }

  /** What `Labels` carries; null of another variant. */
  get labels(): string[] | null {
    return this.tag == ValueTag.Labels ? changetype<string[]>(this.payload) : null;
  }

  /** A dict of strings. */
  static stringDict(value: StringEntry[]): Value {
    return new Value(ValueTag.StringDict, value, 0);
  }

  /** What `StringDict` carries; null of another variant. */
  get stringDict(): StringEntry[] | null {
    return this.tag == ValueTag.StringDict ? changetype<StringEntry[]>(this.payload) : null;
  }

  /** A dict of string lists. */
  static listDict(value: ListEntry[]): Value {
    return new Value(ValueTag.ListDict, value, 0);
  }

  /** What `ListDict` carries; null of another variant. */
  get listDict(): ListEntry[] | null {
    return this.tag == ValueTag.ListDict ? changetype<ListEntry[]>(this.payload) : null;
  }

  /** `glob(include, exclude = exclude)`. */
  static glob(include: string[], exclude: string[]): Value {
    const fields: ValueGlob = { include: include, exclude: exclude };
    return new Value(ValueTag.Glob, fields, 0);
  }

  /** What `Glob` carries; null of another variant. */
  get glob(): ValueGlob | null {
    return this.tag == ValueTag.Glob ? changetype<ValueGlob>(this.payload) : null;
  }

  /** `select({condition: values})`. */
  static select(value: SelectBranch[]): Value {
    return new Value(ValueTag.Select, value, 0);
  }

  /** What `Select` carries; null of another variant. */
  get select(): SelectBranch[] | null {
    return this.tag == ValueTag.Select ? changetype<SelectBranch[]>(this.payload) : null;
  }

  /** Lists joined by `+`, in the order given. */
  static concat(value: Term[]): Value {
    return new Value(ValueTag.Concat, value, 0);
  }

  /** What `Concat` carries; null of another variant. */
  get concat(): Term[] | null {
    return this.tag == ValueTag.Concat ? changetype<Term[]>(this.payload) : null;
  }

  /** Any other expression, as Starlark text. A host that writes it parses it first. */
  static raw(value: string): Value {
    return new Value(ValueTag.Raw, value, 0);
  }

  /** What `Raw` carries; null of another variant. */
  get raw(): string | null {
    return this.tag == ValueTag.Raw ? changetype<string>(this.payload) : null;
  }

  get schema(): u32 {
    return 63;
  }

  read(r: Reader): void {
    this.tag = <ValueTag>r.u32();
    this.payload = null;
    this.number = 0;
    switch (this.tag) {
      case ValueTag.Bool:
        this.number = r.bool();
        break;
      case ValueTag.Int:
        this.number = r.i64();
        break;
      case ValueTag.String:
        this.payload = r.text();
        break;
      case ValueTag.Strings:
        this.payload = r.texts();
        break;
      case ValueTag.SortedStrings:
        this.payload = r.texts();
        break;
      case ValueTag.Label:
        this.payload = r.text();
        break;
      case ValueTag.Labels:
        this.payload = r.texts();
        break;
      case ValueTag.StringDict:
        this.payload = r.list<StringEntry>();
        break;
      case ValueTag.ListDict:
        this.payload = r.list<ListEntry>();
        break;
      case ValueTag.Glob:
        this.payload = r.one<ValueGlob>();
        break;
      case ValueTag.Select:
        this.payload = r.list<SelectBranch>();
        break;
      case ValueTag.Concat:
        this.payload = r.list<Term>();
        break;
      case ValueTag.Raw:
        this.payload = r.text();
        break;
    }
  }

  write(w: Writer): void {
    w.u32(this.tag);
    switch (this.tag) {
      case ValueTag.Bool:
        w.bool(<bool>this.number);
        break;
      case ValueTag.Int:
        w.i64(<i64>this.number);
        break;
      case ValueTag.String:
        w.text(changetype<string>(this.payload));
        break;
      case ValueTag.Strings:
        w.texts(changetype<string[]>(this.payload));
        break;
      case ValueTag.SortedStrings:
        w.texts(changetype<string[]>(this.payload));
        break;
      case ValueTag.Label:
        w.text(changetype<string>(this.payload));
        break;
      case ValueTag.Labels:
        w.texts(changetype<string[]>(this.payload));
        break;
      case ValueTag.StringDict:
        w.list<StringEntry>(changetype<StringEntry[]>(this.payload));
        break;
      case ValueTag.ListDict:
        w.list<ListEntry>(changetype<ListEntry[]>(this.payload));
        break;
      case ValueTag.Glob:
        changetype<ValueGlob>(this.payload).write(w);
        break;
      case ValueTag.Select:
        w.list<SelectBranch>(changetype<SelectBranch[]>(this.payload));
        break;
      case ValueTag.Concat:
        w.list<Term>(changetype<Term[]>(this.payload));
        break;
      case ValueTag.Raw:
        w.text(changetype<string>(this.payload));
        break;
    }
  }
}

// @ts-ignore: decorator
@lazy const valueStart = Value.bool(false);

/** An entry of a dict of strings. */
export class StringEntry {
  /** The key. */
  key: string = "";
  /** What it stands for. */
  value: string = "";

  get schema(): u32 {
    return 65;
  }

  read(r: Reader): void {
    this.key = r.text();
    this.value = r.text();
  }

  write(w: Writer): void {
    w.text(this.key);
    w.text(this.value);
  }
}

/** An entry of a dict of string lists. */
export class ListEntry {
  /** The key. */
  key: string = "";
  /** What it stands for, in the order given. */
  values: string[] = [];

  get schema(): u32 {
    return 67;
  }

  read(r: Reader): void {
    this.key = r.text();
    this.values = r.texts();
  }

  write(w: Writer): void {
    w.text(this.key);
    w.texts(this.values);
  }
}

/** A branch of a `select`. */
export class SelectBranch {
  /** The label of a `config_setting`, or `//conditions:default`. */
  condition: string = "";
  /** The strings that hold under this condition, in the order given. */
  values: string[] = [];

  get schema(): u32 {
    return 70;
  }

  read(r: Reader): void {
    this.condition = r.text();
    this.values = r.texts();
  }

  write(w: Writer): void {
    w.text(this.condition);
    w.texts(this.values);
  }
}

/** `glob(include, exclude = exclude)`. */
export class TermGlob {
  /** Patterns of files that are meant. */
  include: string[] = [];
  /** Patterns of files that are not; the argument is left out where the list is empty. */
  exclude: string[] = [];

  get schema(): u32 {
    return 73;
  }

  read(r: Reader): void {
    this.include = r.texts();
    this.exclude = r.texts();
  }

  write(w: Writer): void {
    w.texts(this.include);
    w.texts(this.exclude);
  }
}

/** The variants of Term. */
export enum TermTag {
  /** A list of strings, in the order given. */
  Strings,
  /** `glob(include, exclude = exclude)`. */
  Glob,
  /** `select({condition: values})`. */
  Select,
}

/** A part of a sum of lists. */
export class Term {
  private constructor(
    /** Which variant it is. */
    public tag: TermTag,
    private payload: Object | null,
  ) {}

  /** A list of strings, in the order given. */
  static strings(value: string[]): Term {
    return new Term(TermTag.Strings, value);
  }

  /** What `Strings` carries; null of another variant. */
  get strings(): string[] | null {
    return this.tag == TermTag.Strings ? changetype<string[]>(this.payload) : null;
  }

  /** `glob(include, exclude = exclude)`. */
  static glob(include: string[], exclude: string[]): Term {
    const fields: TermGlob = { include: include, exclude: exclude };
    return new Term(TermTag.Glob, fields);
  }

  /** What `Glob` carries; null of another variant. */
  get glob(): TermGlob | null {
    return this.tag == TermTag.Glob ? changetype<TermGlob>(this.payload) : null;
  }

  /** `select({condition: values})`. */
  static select(value: SelectBranch[]): Term {
    return new Term(TermTag.Select, value);
  }

  /** What `Select` carries; null of another variant. */
  get select(): SelectBranch[] | null {
    return this.tag == TermTag.Select ? changetype<SelectBranch[]>(this.payload) : null;
  }

  get schema(): u32 {
    return 72;
  }

  read(r: Reader): void {
    this.tag = <TermTag>r.u32();
    this.payload = null;
    switch (this.tag) {
      case TermTag.Strings:
        this.payload = r.texts();
        break;
      case TermTag.Glob:
        this.payload = r.one<TermGlob>();
        break;
      case TermTag.Select:
        this.payload = r.list<SelectBranch>();
        break;
    }
  }

  write(w: Writer): void {
    w.u32(this.tag);
    switch (this.tag) {
      case TermTag.Strings:
        w.texts(changetype<string[]>(this.payload));
        break;
      case TermTag.Glob:
        changetype<TermGlob>(this.payload).write(w);
        break;
      case TermTag.Select:
        w.list<SelectBranch>(changetype<SelectBranch[]>(this.payload));
        break;
    }
  }
}

/** A file, and what the guest asked to be told of it. */
export class File {
  /** Path relative to the directory; in `above` from the root. */
  name: string = "";
  /** What the manifest wants of it. */
  data: FileData = fileDataStart;

  get schema(): u32 {
    return 39;
  }

  read(r: Reader): void {
    this.name = r.text();
    this.data = r.one<FileData>();
  }

  write(w: Writer): void {
    w.text(this.name);
    this.data.write(w);
  }
}

/** The variants of FileData. */
export enum FileDataTag {
  /** Only that it is there. */
  Name,
  /** All its bytes. */
  Content,
  /** Where the manifest's expressions match, from left to right. */
  Matches,
  /** What `scan` has returned for it. */
  Facts,
  /** `scan` has answered with an error, or not at all. The user is told so. */
  Failed,
}

/** What a guest is told of a file. */
export class FileData {
  private constructor(
    /** Which variant it is. */
    public tag: FileDataTag,
    private payload: Object | null,
  ) {}

  /** Only that it is there. */
  static name(): FileData {
    return new FileData(FileDataTag.Name, null);
  }

  /** All its bytes. */
  static content(value: ArrayBuffer): FileData {
    return new FileData(FileDataTag.Content, value);
  }

  /** What `Content` carries; null of another variant. */
  get content(): ArrayBuffer | null {
    return this.tag == FileDataTag.Content ? changetype<ArrayBuffer>(this.payload) : null;
  }

  /** Where the manifest's expressions match, from left to right. */
  static matches(value: Match[]): FileData {
    return new FileData(FileDataTag.Matches, value);
  }

  /** What `Matches` carries; null of another variant. */
  get matches(): Match[] | null {
    return this.tag == FileDataTag.Matches ? changetype<Match[]>(this.payload) : null;
  }

  /** What `scan` has returned for it. */
  static facts(value: ArrayBuffer): FileData {
    return new FileData(FileDataTag.Facts, value);
  }

  /** What `Facts` carries; null of another variant. */
  get facts(): ArrayBuffer | null {
    return this.tag == FileDataTag.Facts ? changetype<ArrayBuffer>(this.payload) : null;
  }

  /** `scan` has answered with an error, or not at all. The user is told so. */
  static failed(): FileData {
    return new FileData(FileDataTag.Failed, null);
  }

  get schema(): u32 {
    return 40;
  }

  read(r: Reader): void {
    this.tag = <FileDataTag>r.u32();
    this.payload = null;
    switch (this.tag) {
      case FileDataTag.Content:
        this.payload = r.bytes();
        break;
      case FileDataTag.Matches:
        this.payload = r.list<Match>();
        break;
      case FileDataTag.Facts:
        this.payload = r.bytes();
        break;
    }
  }

  write(w: Writer): void {
    w.u32(this.tag);
    switch (this.tag) {
      case FileDataTag.Content:
        w.bytes(changetype<ArrayBuffer>(this.payload));
        break;
      case FileDataTag.Matches:
        w.list<Match>(changetype<Match[]>(this.payload));
        break;
      case FileDataTag.Facts:
        w.bytes(changetype<ArrayBuffer>(this.payload));
        break;
    }
  }
}

// @ts-ignore: decorator
@lazy const fileDataStart = FileData.name();

/** A place where a regular expression matched. */
export class Match {
  /** Index of the expression in the manifest's list. */
  pattern: u32 = 0;
  /** Its groups in the order of their opening parentheses, group 1 first; none for a group that took no part. */
  groups: Array<ArrayBuffer | null> = [];

  get schema(): u32 {
    return 42;
  }

  read(r: Reader): void {
    this.pattern = r.u32();
    this.groups = r.optionalBytes();
  }

  write(w: Writer): void {
    w.u32(this.pattern);
    w.optionalBytes(this.groups);
  }
}

/** The argument of `fix`, which is called before rules are generated (Gazelle: `Fixer.Fix`). */
export class FixRequest {
  /** Path of the directory. */
  rel: string = "";
  /** What `configure` returned for it. */
  state: ArrayBuffer = NO_BYTES;
  /** The file that may need repair. */
  buildFile: BuildFile = new BuildFile();
  /** Whether rules may be deleted and renamed (Gazelle: `Config.ShouldFix`). The host refuses such edits otherwise. */
  shouldFix: bool = false;
  /** Files that match inputs with the reach `Here` or `Below`. */
  files: File[] = [];
  /** Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first. */
  above: File[] = [];

  get schema(): u32 {
    return 79;
  }

  read(r: Reader): void {
    this.rel = r.text();
    this.state = r.bytes();
    this.buildFile = r.one<BuildFile>();
    this.shouldFix = r.bool();
    this.files = r.list<File>();
    this.above = r.list<File>();
  }

  write(w: Writer): void {
    w.text(this.rel);
    w.bytes(this.state);
    this.buildFile.write(w);
    w.bool(this.shouldFix);
    w.list<File>(this.files);
    w.list<File>(this.above);
  }
}

/** The result of `fix`. */
export class FixResponse {
  /** What to change, one after the other. */
  edits: Edit[] = [];
  /** What the user should know. */
  diagnostics: Diagnostic[] = [];

  get schema(): u32 {
    return 80;
  }

  read(r: Reader): void {
    this.edits = r.list<Edit>();
    this.diagnostics = r.list<Diagnostic>();
  }

  write(w: Writer): void {
    w.list<Edit>(this.edits);
    w.list<Diagnostic>(this.diagnostics);
  }
}

/** Gives a rule another kind. */
export class EditSetKind {
  /** Index of the rule. */
  rule: u32 = 0;
  /** Its new kind. */
  kind: string = "";

  get schema(): u32 {
    return 83;
  }

  read(r: Reader): void {
    this.rule = r.u32();
    this.kind = r.text();
  }

  write(w: Writer): void {
    w.u32(this.rule);
    w.text(this.kind);
  }
}

/** Gives a rule another name. */
export class EditSetName {
  /** Index of the rule. */
  rule: u32 = 0;
  /** Its new name. */
  name: string = "";

  get schema(): u32 {
    return 84;
  }

  read(r: Reader): void {
    this.rule = r.u32();
    this.name = r.text();
  }

  write(w: Writer): void {
    w.u32(this.rule);
    w.text(this.name);
  }
}

/** Sets an attribute. */
export class EditSetAttr {
  /** Index of the rule. */
  rule: u32 = 0;
  /** The attribute. */
  attr: Attr = new Attr();

  get schema(): u32 {
    return 85;
  }

  read(r: Reader): void {
    this.rule = r.u32();
    this.attr = r.one<Attr>();
  }

  write(w: Writer): void {
    w.u32(this.rule);
    this.attr.write(w);
  }
}

/** Takes an attribute away, if it is there. */
export class EditDeleteAttr {
  /** Index of the rule. */
  rule: u32 = 0;
  /** Name of the attribute. */
  name: string = "";

  get schema(): u32 {
    return 86;
  }

  read(r: Reader): void {
    this.rule = r.u32();
    this.name = r.text();
  }

  write(w: Writer): void {
    w.u32(this.rule);
    w.text(this.name);
  }
}

/** Deletes a rule. */
export class EditDeleteRule {
  /** Index of the rule. */
  rule: u32 = 0;

  get schema(): u32 {
    return 87;
  }

  read(r: Reader): void {
    this.rule = r.u32();
  }

  write(w: Writer): void {
    w.u32(this.rule);
  }
}

/** Puts a rule at the end of the file. */
export class EditAppendRule {
  /** The rule. */
  rule: Rule = new Rule();

  get schema(): u32 {
    return 88;
  }

  read(r: Reader): void {
    this.rule = r.one<Rule>();
  }

  write(w: Writer): void {
    this.rule.write(w);
  }
}

/** Changes a load statement; one without symbols is deleted. */
export class EditSetLoad {
  /** Index of the load statement. */
  load: u32 = 0;
  /** Label of the file. */
  name: string = "";
  /** What is loaded from it. */
  symbols: Symbol[] = [];

  get schema(): u32 {
    return 89;
  }

  read(r: Reader): void {
    this.load = r.u32();
    this.name = r.text();
    this.symbols = r.list<Symbol>();
  }

  write(w: Writer): void {
    w.u32(this.load);
    w.text(this.name);
    w.list<Symbol>(this.symbols);
  }
}

/** Puts a load statement in front of another. Those put in front of the same one stand in the order of the edits. */
export class EditInsertLoad {
  /** Index of the load statement that it is put in front of; their number puts it behind the last one. */
  load: u32 = 0;
  /** Label of the file. */
  name: string = "";
  /** What is loaded from it. */
  symbols: Symbol[] = [];

  get schema(): u32 {
    return 90;
  }

  read(r: Reader): void {
    this.load = r.u32();
    this.name = r.text();
    this.symbols = r.list<Symbol>();
  }

  write(w: Writer): void {
    w.u32(this.load);
    w.text(this.name);
    w.list<Symbol>(this.symbols);
  }
}

/** The variants of Edit. */
export enum EditTag {
  /** Gives a rule another kind. */
  SetKind,
  /** Gives a rule another name. */
  SetName,
  /** Sets an attribute. */
  SetAttr,
  /** Takes an attribute away, if it is there. */
  DeleteAttr,
  /** Deletes a rule. */
  DeleteRule,
  /** Puts a rule at the end of the file. */
  AppendRule,
  /** Changes a load statement; one without symbols is deleted. */
  SetLoad,
  /** Puts a load statement in front of another. Those put in front of the same one stand in the order of the edits. */
  InsertLoad,
}

/** A change of a BUILD file. Rules and loads are named by their index in the request, whatever the edits before have done. */
export class Edit {
  private constructor(
    /** Which variant it is. */
    public tag: EditTag,
    private payload: Object | null,
  ) {}

  /** Gives a rule another kind. */
  static setKind(rule: u32, kind: string): Edit {
    const fields: EditSetKind = { rule: rule, kind: kind };
    return new Edit(EditTag.SetKind, fields);
  }

  /** What `SetKind` carries; null of another variant. */
  get setKind(): EditSetKind | null {
    return this.tag == EditTag.SetKind ? changetype<EditSetKind>(this.payload) : null;
  }

  /** Gives a rule another name. */
  static setName(rule: u32, name: string): Edit {
    const fields: EditSetName = { rule: rule, name: name };
    return new Edit(EditTag.SetName, fields);
  }

  /** What `SetName` carries; null of another variant. */
  get setName(): EditSetName | null {
    return this.tag == EditTag.SetName ? changetype<EditSetName>(this.payload) : null;
  }

  /** Sets an attribute. */
  static setAttr(rule: u32, attr: Attr): Edit {
    const fields: EditSetAttr = { rule: rule, attr: attr };
    return new Edit(EditTag.SetAttr, fields);
  }

  /** What `SetAttr` carries; null of another variant. */
  get setAttr(): EditSetAttr | null {
    return this.tag == EditTag.SetAttr ? changetype<EditSetAttr>(this.payload) : null;
  }

  /** Takes an attribute away, if it is there. */
  static deleteAttr(rule: u32, name: string): Edit {
    const fields: EditDeleteAttr = { rule: rule, name: name };
    return new Edit(EditTag.DeleteAttr, fields);
  }

  /** What `DeleteAttr` carries; null of another variant. */
  get deleteAttr(): EditDeleteAttr | null {
    return this.tag == EditTag.DeleteAttr ? changetype<EditDeleteAttr>(this.payload) : null;
  }

  /** Deletes a rule. */
  static deleteRule(rule: u32): Edit {
    const fields: EditDeleteRule = { rule: rule };
    return new Edit(EditTag.DeleteRule, fields);
  }

  /** What `DeleteRule` carries; null of another variant. */
  get deleteRule(): EditDeleteRule | null {
    return this.tag == EditTag.DeleteRule ? changetype<EditDeleteRule>(this.payload) : null;
  }

  /** Puts a rule at the end of the file. */
  static appendRule(rule: Rule): Edit {
    const fields: EditAppendRule = { rule: rule };
    return new Edit(EditTag.AppendRule, fields);
  }

  /** What `AppendRule` carries; null of another variant. */
  get appendRule(): EditAppendRule | null {
    return this.tag == EditTag.AppendRule ? changetype<EditAppendRule>(this.payload) : null;
  }

  /** Changes a load statement; one without symbols is deleted. */
  static setLoad(load: u32, name: string, symbols: Symbol[]): Edit {
    const fields: EditSetLoad = { load: load, name: name, symbols: symbols };
    return new Edit(EditTag.SetLoad, fields);
  }

  /** What `SetLoad` carries; null of another variant. */
  get setLoad(): EditSetLoad | null {
    return this.tag == EditTag.SetLoad ? changetype<EditSetLoad>(this.payload) : null;
  }

  /** Puts a load statement in front of another. Those put in front of the same one stand in the order of the edits. */
  static insertLoad(load: u32, name: string, symbols: Symbol[]): Edit {
    const fields: EditInsertLoad = { load: load, name: name, symbols: symbols };
    return new Edit(EditTag.InsertLoad, fields);
  }

  /** What `InsertLoad` carries; null of another variant. */
  get insertLoad(): EditInsertLoad | null {
    return this.tag == EditTag.InsertLoad ? changetype<EditInsertLoad>(this.payload) : null;
  }

  get schema(): u32 {
    return 82;
  }

  read(r: Reader): void {
    this.tag = <EditTag>r.u32();
    this.payload = null;
    switch (this.tag) {
      case EditTag.SetKind:
        this.payload = r.one<EditSetKind>();
        break;
      case EditTag.SetName:
        this.payload = r.one<EditSetName>();
        break;
      case EditTag.SetAttr:
        this.payload = r.one<EditSetAttr>();
        break;
      case EditTag.DeleteAttr:
        this.payload = r.one<EditDeleteAttr>();
        break;
      case EditTag.DeleteRule:
        this.payload = r.one<EditDeleteRule>();
        break;
      case EditTag.AppendRule:
        this.payload = r.one<EditAppendRule>();
        break;
      case EditTag.SetLoad:
        this.payload = r.one<EditSetLoad>();
        break;
      case EditTag.InsertLoad:
        this.payload = r.one<EditInsertLoad>();
        break;
    }
  }

  write(w: Writer): void {
    w.u32(this.tag);
    switch (this.tag) {
      case EditTag.SetKind:
        changetype<EditSetKind>(this.payload).write(w);
        break;
      case EditTag.SetName:
        changetype<EditSetName>(this.payload).write(w);
        break;
      case EditTag.SetAttr:
        changetype<EditSetAttr>(this.payload).write(w);
        break;
      case EditTag.DeleteAttr:
        changetype<EditDeleteAttr>(this.payload).write(w);
        break;
      case EditTag.DeleteRule:
        changetype<EditDeleteRule>(this.payload).write(w);
        break;
      case EditTag.AppendRule:
        changetype<EditAppendRule>(this.payload).write(w);
        break;
      case EditTag.SetLoad:
        changetype<EditSetLoad>(this.payload).write(w);
        break;
      case EditTag.InsertLoad:
        changetype<EditInsertLoad>(this.payload).write(w);
        break;
    }
  }
}

/** The argument of `generate_rules`, which is called for each directory after those in it (Gazelle: `Generator.Generate`). */
export class GenerateRequest {
  /** Path of the directory. */
  rel: string = "";
  /** What `configure` returned for it. */
  state: ArrayBuffer = NO_BYTES;
  /** The directory's BUILD file as `fix` has left it, if it has one. */
  buildFile: BuildFile | null = null;
  /** Files that match inputs with the reach `Here` (Gazelle: `RegularFiles`) or `Below`. */
  files: File[] = [];
  /** Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first. */
  above: File[] = [];
  /** Names of the directories in this one (Gazelle: `Subdirs`). */
  subdirs: string[] = [];
  /** Names of the files that rules of the BUILD file, and rules generated by languages before this one, make (Gazelle: `GenFiles`). */
  generatedFiles: string[] = [];
  /** Rules that languages before this one have generated here (Gazelle: `OtherGen`). */
  otherRules: GeneratedRule[] = [];
  /** Rules that languages before this one have found to be empty here (Gazelle: `OtherEmpty`). */
  otherEmpty: EmptyRule[] = [];
  /** The directories in this one of which `generate_rules` has returned a summary in this run that is not empty, and those that have failed in this run. */
  children: Child[] = [];

  get schema(): u32 {
    return 91;
  }

  read(r: Reader): void {
    this.rel = r.text();
    this.state = r.bytes();
    this.buildFile = r.bool() ? r.one<BuildFile>() : null;
    this.files = r.list<File>();
    this.above = r.list<File>();
    this.subdirs = r.texts();
    this.generatedFiles = r.texts();
    this.otherRules = r.list<GeneratedRule>();
    this.otherEmpty = r.list<EmptyRule>();
    this.children = r.list<Child>();
  }

  write(w: Writer): void {
    w.text(this.rel);
    w.bytes(this.state);
    const buildFile = this.buildFile;
    w.bool(buildFile !== null);
    if (buildFile !== null) buildFile.write(w);
    w.list<File>(this.files);
    w.list<File>(this.above);
    w.texts(this.subdirs);
    w.texts(this.generatedFiles);
    w.list<GeneratedRule>(this.otherRules);
    w.list<EmptyRule>(this.otherEmpty);
    w.list<Child>(this.children);
  }
}

/** A directory in another, and what is known of it there. */
export class Child {
  /** Path relative to this one. */
  name: string = "";
  /** Whether it has failed in this run. Its summary is then empty. */
  failed: bool = false;
  /** What `generate_rules` has returned for it as `summary`. */
  summary: ArrayBuffer = NO_BYTES;

  get schema(): u32 {
    return 98;
  }

  read(r: Reader): void {
    this.name = r.text();
    this.failed = r.bool();
    this.summary = r.bytes();
  }

  write(w: Writer): void {
    w.text(this.name);
    w.bool(this.failed);
    w.bytes(this.summary);
  }
}

/** The result of `generate_rules`. */
export class GenerateResponse {
  /** Rules that should be in the BUILD file (Gazelle: `Gen`). */
  rules: GeneratedRule[] = [];
  /** Rules that should not: rules that match them lose what they had been generated with, and go when nothing is left (Gazelle: `Empty`). */
  empty: EmptyRule[] = [];
  /** Directories that have to be indexed before this one's rules are resolved (Gazelle: `RelsToIndex`). */
  relsToIndex: string[] = [];
  /** What can be imported, from anywhere, and isn't told by `imports` of a rule. It is in the index like a rule. */
  provided: Provided[] = [];
  /** What the guest wants to be told in the request for the directory that this one is in. The host doesn't look into it. */
  summary: ArrayBuffer = NO_BYTES;
  /** What the user should know. */
  diagnostics: Diagnostic[] = [];

  get schema(): u32 {
    return 99;
  }

  read(r: Reader): void {
    this.rules = r.list<GeneratedRule>();
    this.empty = r.list<EmptyRule>();
    this.relsToIndex = r.texts();
    this.provided = r.list<Provided>();
    this.summary = r.bytes();
    this.diagnostics = r.list<Diagnostic>();
  }

  write(w: Writer): void {
    w.list<GeneratedRule>(this.rules);
    w.list<EmptyRule>(this.empty);
    w.texts(this.relsToIndex);
    w.list<Provided>(this.provided);
    w.bytes(this.summary);
    w.list<Diagnostic>(this.diagnostics);
  }
}

/** A rule that a language has generated. */
export class GeneratedRule {
  /** The rule. */
  rule: Rule = new Rule();
  /** Attributes that are not written but shown to the languages after this one, and in `imports` (Gazelle: private attributes). */
  privateAttrs: Attr[] = [];
  /** What the rule's sources import (Gazelle: `Imports`). The host looks each up before it calls `resolve`. */
  imports: ImportSpec[] = [];
  /** What the guest wants to be told in `imports` and `resolve` of the rule. The host doesn't look into it. */
  note: ArrayBuffer = NO_BYTES;

  get schema(): u32 {
    return 93;
  }

  read(r: Reader): void {
    this.rule = r.one<Rule>();
    this.privateAttrs = r.list<Attr>();
    this.imports = r.list<ImportSpec>();
    this.note = r.bytes();
  }

  write(w: Writer): void {
    this.rule.write(w);
    w.list<Attr>(this.privateAttrs);
    w.list<ImportSpec>(this.imports);
    w.bytes(this.note);
  }
}

/** A rule that nothing is left to generate for. */
export class EmptyRule {
  /** Its kind. */
  kind: string = "";
  /** Its name. */
  name: string = "";
  /** Attributes by which it may be matched. */
  attrs: Attr[] = [];

  get schema(): u32 {
    return 96;
  }

  read(r: Reader): void {
    this.kind = r.text();
    this.name = r.text();
    this.attrs = r.list<Attr>();
  }

  write(w: Writer): void {
    w.text(this.kind);
    w.text(this.name);
    w.list<Attr>(this.attrs);
  }
}

/** Something that can be imported: a text as it stands in source code, and the language it stands in (Gazelle: `resolve.ImportSpec`). Its order is that of sorted lists. */
export class ImportSpec {
  /** Name of the language in which the text means something. */
  lang: string = "";
  /** The text: `google/protobuf/any.proto`. */
  imp: string = "";

  get schema(): u32 {
    return 78;
  }

  read(r: Reader): void {
    this.lang = r.text();
    this.imp = r.text();
  }

  write(w: Writer): void {
    w.text(this.lang);
    w.text(this.imp);
  }
}

/** The argument of `imports`, which is called once for all rules of a directory that have one of the guest's kinds (Gazelle: `Indexer.Imports`). */
export class ImportsRequest {
  /** Path of the directory. */
  rel: string = "";
  /** What `configure` returned for it. */
  state: ArrayBuffer = NO_BYTES;
  /** The rules, in the order of the BUILD file. */
  rules: ImportsRule[] = [];
  /** All other rules of the BUILD file, in its order. */
  otherRules: Rule[] = [];
  /** Files that match inputs with the reach `Here` or `Below`. */
  files: File[] = [];
  /** Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first. */
  above: File[] = [];

  get schema(): u32 {
    return 100;
  }

  read(r: Reader): void {
    this.rel = r.text();
    this.state = r.bytes();
    this.rules = r.list<ImportsRule>();
    this.otherRules = r.list<Rule>();
    this.files = r.list<File>();
    this.above = r.list<File>();
  }

  write(w: Writer): void {
    w.text(this.rel);
    w.bytes(this.state);
    w.list<ImportsRule>(this.rules);
    w.list<Rule>(this.otherRules);
    w.list<File>(this.files);
    w.list<File>(this.above);
  }
}

/** A rule that may be imported. */
export class ImportsRule {
  /** The rule as it is in the BUILD file after the first merge. */
  rule: Rule = new Rule();
  /** The private attributes that this guest's `generate_rules` gave it in this run; none if it did not generate it. */
  privateAttrs: Attr[] = [];
  /** The note that `generate_rules` gave it; empty if it did not generate it. */
  note: ArrayBuffer = NO_BYTES;

  get schema(): u32 {
    return 102;
  }

  read(r: Reader): void {
    this.rule = r.one<Rule>();
    this.privateAttrs = r.list<Attr>();
    this.note = r.bytes();
  }

  write(w: Writer): void {
    this.rule.write(w);
    w.list<Attr>(this.privateAttrs);
    w.bytes(this.note);
  }
}

/** The result of `imports`. */
export class ImportsResponse {
  /** One entry for each rule of the request, in the same order. */
  rules: RuleImports[] = [];

  get schema(): u32 {
    return 103;
  }

  read(r: Reader): void {
    this.rules = r.list<RuleImports>();
  }

  write(w: Writer): void {
    w.list<RuleImports>(this.rules);
  }
}

/** How a rule can be imported. */
export class RuleImports {
  /** Whether it can at all. A rule that can be is in the index even when no import names it. */
  importable: bool = false;
  /** What a source file may say to import it. */
  imports: ImportSpec[] = [];
  /** Labels of the rules that it embeds: these can no longer be imported themselves, and what they provide is found in this one. */
  embeds: string[] = [];
  /** What a guest wants to be told with the label wherever the rule is found. The host doesn't look into it. */
  payload: ArrayBuffer = NO_BYTES;

  get schema(): u32 {
    return 105;
  }

  read(r: Reader): void {
    this.importable = r.bool();
    this.imports = r.list<ImportSpec>();
    this.embeds = r.texts();
    this.payload = r.bytes();
  }

  write(w: Writer): void {
    w.bool(this.importable);
    w.list<ImportSpec>(this.imports);
    w.texts(this.embeds);
    w.bytes(this.payload);
  }
}

/** The argument of `resolve`, which is called once for all rules that the guest has generated in a directory (Gazelle: `Resolver.Resolve`). */
export class ResolveRequest {
  /** Path of the directory. */
  rel: string = "";
  /** What `configure` returned for it. */
  state: ArrayBuffer = NO_BYTES;
  /** The rules, in the order of the response of `generate_rules`, as they are after the first merge. */
  rules: ResolveRule[] = [];
  /** What the index knows: an entry for each import of these rules, asked for this guest's language, and for each query of earlier rounds. */
  found: Lookup[] = [];
  /** 0 in the first call, one more after each `Need`. */
  round: u32 = 0;

  get schema(): u32 {
    return 106;
  }

  read(r: Reader): void {
    this.rel = r.text();
    this.state = r.bytes();
    this.rules = r.list<ResolveRule>();
    this.found = r.list<Lookup>();
    this.round = r.u32();
  }

  write(w: Writer): void {
    w.text(this.rel);
    w.bytes(this.state);
    w.list<ResolveRule>(this.rules);
    w.list<Lookup>(this.found);
    w.u32(this.round);
  }
}

/** A rule to be resolved. */
export class ResolveRule {
  /** The rule. */
  rule: Rule = new Rule();
  /** What its sources import, from `generate_rules`. */
  imports: ImportSpec[] = [];
  /** The note that `generate_rules` left. */
  note: ArrayBuffer = NO_BYTES;

  get schema(): u32 {
    return 108;
  }

  read(r: Reader): void {
    this.rule = r.one<Rule>();
    this.imports = r.list<ImportSpec>();
    this.note = r.bytes();
  }

  write(w: Writer): void {
    this.rule.write(w);
    w.list<ImportSpec>(this.imports);
    w.bytes(this.note);
  }
}

/** What is known of an import. */
export class Lookup {
  /** The question. */
  query: Query = new Query();
  /** A label that the user has set for this import by a `resolve` or `resolve_regexp` directive. It goes before all else. */
  overrideLabel: string | null = null;
  /** Where `matches` are from. */
  origin: Origin = Origin.Nowhere;
  /** What provides it, by label; the asking rule itself may be among them. More than one is for the guest to choose from or to report. */
  matches: Provider[] = [];

  get schema(): u32 {
    return 110;
  }

  read(r: Reader): void {
    this.query = r.one<Query>();
    this.overrideLabel = r.bool() ? r.text() : null;
    this.origin = <Origin>r.u32();
    this.matches = r.list<Provider>();
  }

  write(w: Writer): void {
    this.query.write(w);
    const overrideLabel = this.overrideLabel;
    w.bool(overrideLabel !== null);
    if (overrideLabel !== null) w.text(overrideLabel);
    w.u32(this.origin);
    w.list<Provider>(this.matches);
  }
}

/** Where the answer to a query is from: the first of these places that has one. */
export enum Origin {
  /** Nothing provides it. */
  Nowhere,
  /** The index: rules, and what `generate_rules` of any directory has `provided`. */
  Index,
  /** What `configure` has `provided`, of the nearest directory. */
  Configure,
  /** The languages' `find`. */
  Find,
}

/** A question to the index. Its order is that of sorted lists. */
export class Query {
  /** What is looked for. */
  spec: ImportSpec = new ImportSpec();
  /** Name of the language whose rules may be found (Gazelle: `lang` of `FindRulesByImport`). */
  lang: string = "";

  get schema(): u32 {
    return 111;
  }

  read(r: Reader): void {
    this.spec = r.one<ImportSpec>();
    this.lang = r.text();
  }

  write(w: Writer): void {
    this.spec.write(w);
    w.text(this.lang);
  }
}

/** All rules are resolved. */
export class ResolveResponseResolved {
  /** One entry for each rule of the request, in the same order. */
  rules: ResolvedRule[] = [];
  /** What the user should know. */
  diagnostics: Diagnostic[] = [];

  get schema(): u32 {
    return 116;
  }

  read(r: Reader): void {
    this.rules = r.list<ResolvedRule>();
    this.diagnostics = r.list<Diagnostic>();
  }

  write(w: Writer): void {
    w.list<ResolvedRule>(this.rules);
    w.list<Diagnostic>(this.diagnostics);
  }
}

/** The variants of ResolveResponse. */
export enum ResolveResponseTag {
  /** All rules are resolved. */
  Resolved,
  /** The guest has further questions. The host calls `resolve` again with the same rules and all answers so far. The number of rounds is bounded (`resolve.rounds`). */
  Need,
}

/** The result of `resolve`. */
export class ResolveResponse {
  private constructor(
    /** Which variant it is. */
    public tag: ResolveResponseTag,
    private payload: Object | null,
  ) {}

  /** All rules are resolved. */
  static resolved(rules: ResolvedRule[], diagnostics: Diagnostic[]): ResolveResponse {
    const fields: ResolveResponseResolved = { rules: rules, diagnostics: diagnostics };
    return new ResolveResponse(ResolveResponseTag.Resolved, fields);
  }

  /** What `Resolved` carries; null of another variant. */
  get resolved(): ResolveResponseResolved | null {
    return this.tag == ResolveResponseTag.Resolved ? changetype<ResolveResponseResolved>(this.payload) : null;
  }

  /** The guest has further questions. The host calls `resolve` again with the same rules and all answers so far. The number of rounds is bounded (`resolve.rounds`). */
  static need(value: Query[]): ResolveResponse {
    return new ResolveResponse(ResolveResponseTag.Need, value);
  }

  /** What `Need` carries; null of another variant. */
  get need(): Query[] | null {
    return this.tag == ResolveResponseTag.Need ? changetype<Query[]>(this.payload) : null;
  }

  get schema(): u32 {
    return 115;
  }

  read(r: Reader): void {
    this.tag = <ResolveResponseTag>r.u32();
    this.payload = null;
    switch (this.tag) {
      case ResolveResponseTag.Resolved:
        this.payload = r.one<ResolveResponseResolved>();
        break;
      case ResolveResponseTag.Need:
        this.payload = r.list<Query>();
        break;
    }
  }

  write(w: Writer): void {
    w.u32(this.tag);
    switch (this.tag) {
      case ResolveResponseTag.Resolved:
        changetype<ResolveResponseResolved>(this.payload).write(w);
        break;
      case ResolveResponseTag.Need:
        w.list<Query>(changetype<Query[]>(this.payload));
        break;
    }
  }
}

/** What resolving has found out about a rule. */
export class ResolvedRule {
  /** Attributes to set, `deps` for one. */
  set: Attr[] = [];
  /** Names of attributes to take away. */
  delete: string[] = [];

  get schema(): u32 {
    return 118;
  }

  read(r: Reader): void {
    this.set = r.list<Attr>();
    this.delete = r.texts();
  }

  write(w: Writer): void {
    w.list<Attr>(this.set);
    w.texts(this.delete);
  }
}

/** The argument of `find`, which is called for imports that the index doesn't have (Gazelle: `Finder.Find`, `CrossResolver`). */
export class FindRequest {
  /** Path of the directory whose rules have the imports. */
  rel: string = "";
  /** What this guest's `configure` returned for it. */
  state: ArrayBuffer = NO_BYTES;
  /** What is looked for. */
  queries: Query[] = [];

  get schema(): u32 {
    return 120;
  }

  read(r: Reader): void {
    this.rel = r.text();
    this.state = r.bytes();
    this.queries = r.list<Query>();
  }

  write(w: Writer): void {
    w.text(this.rel);
    w.bytes(this.state);
    w.list<Query>(this.queries);
  }
}

/** The result of `find`. */
export class FindResponse {
  /** One entry for each query of the request, in the same order. */
  found: FindAnswer[] = [];

  get schema(): u32 {
    return 121;
  }

  read(r: Reader): void {
    this.found = r.list<FindAnswer>();
  }

  write(w: Writer): void {
    w.list<FindAnswer>(this.found);
  }
}

/** What a language knows of an import. */
export class FindAnswer {
  /** What provides it; nothing where the language doesn't know. */
  matches: Provider[] = [];

  get schema(): u32 {
    return 123;
  }

  read(r: Reader): void {
    this.matches = r.list<Provider>();
  }

  write(w: Writer): void {
    w.list<Provider>(this.matches);
  }
}

/** Something that provides an import, a rule for one (Gazelle: `resolve.FindResult`). */
export class Provider {
  /** Its absolute label. */
  label: string = "";
  /** Labels of the rules that it embeds, directly or not. */
  embeds: string[] = [];
  /** The `payload` of the rule, or of what is provided; from `find`, any bytes. */
  payload: ArrayBuffer = NO_BYTES;

  get schema(): u32 {
    return 114;
  }

  read(r: Reader): void {
    this.label = r.text();
    this.embeds = r.texts();
    this.payload = r.bytes();
  }

  write(w: Writer): void {
    w.text(this.label);
    w.texts(this.embeds);
    w.bytes(this.payload);
  }
}

/** The argument of `finish`, which is called once in a run, after all rules are resolved. */
export class FinishRequest {
  /** What `configure` returned for the root directory. */
  state: ArrayBuffer = NO_BYTES;
  /** The directories of which `generate_rules` has returned a summary in this run that is not empty, and those that have failed in this run. */
  summaries: Summary[] = [];

  get schema(): u32 {
    return 124;
  }

  read(r: Reader): void {
    this.state = r.bytes();
    this.summaries = r.list<Summary>();
  }

  write(w: Writer): void {
    w.bytes(this.state);
    w.list<Summary>(this.summaries);
  }
}

/** What is known of a directory when a run ends. */
export class Summary {
  /** Path of the directory. */
  rel: string = "";
  /** Whether it has failed in this run. Its summary is then empty. */
  failed: bool = false;
  /** What `generate_rules` has returned for it as `summary`. */
  summary: ArrayBuffer = NO_BYTES;

  get schema(): u32 {
    return 126;
  }

  read(r: Reader): void {
    this.rel = r.text();
    this.failed = r.bool();
    this.summary = r.bytes();
  }

  write(w: Writer): void {
    w.text(this.rel);
    w.bool(this.failed);
    w.bytes(this.summary);
  }
}

/** The result of `finish`. */
export class FinishResponse {
  /** What the user should know. The directory that files are relative to is the root. */
  diagnostics: Diagnostic[] = [];

  get schema(): u32 {
    return 127;
  }

  read(r: Reader): void {
    this.diagnostics = r.list<Diagnostic>();
  }

  write(w: Writer): void {
    w.list<Diagnostic>(this.diagnostics);
  }
}
