// Generated from abi/schema.json by `cargo run -p dorcas-generate`. Don't edit.

// Messages as JSON, for the tests.

import {
  GuestError,
  Diagnostic,
  Severity,
  Position,
  PositionTag,
  ManifestRequest,
  Manifest,
  Kind,
  LoadInfo,
  DirectiveInfo,
  Flag,
  FlagType,
  Input,
  Want,
  WantTag,
  ConfigureRequest,
  Root,
  Command,
  Module,
  FlagValue,
  ConfigureResponse,
  BuildFile,
  Load,
  Symbol,
  Directive,
  Rule,
  Attr,
  Value,
  ValueTag,
  ValueGlob,
  StringEntry,
  ListEntry,
  SelectBranch,
  Term,
  TermTag,
  TermGlob,
  File,
  FileData,
  FileDataTag,
  Match,
  FixRequest,
  FixResponse,
  Edit,
  EditTag,
  EditSetKind,
  EditSetName,
  EditSetAttr,
  EditDeleteAttr,
  EditDeleteRule,
  EditAppendRule,
  EditSetLoad,
  EditInsertLoad,
  GenerateRequest,
  GenerateResponse,
  GeneratedRule,
  EmptyRule,
  ImportSpec,
  ImportsRequest,
  ImportsResponse,
  RuleImports,
  ResolveRequest,
  ResolveRule,
  Found,
  Query,
  ResolveResponse,
  ResolveResponseTag,
  ResolveResponseResolved,
  ResolvedRule,
  FindRequest,
  FindResponse,
  Find,
  FindResult,
} from "dorcas-guest/assembly/messages";
import { Reader, Writer } from "dorcas-guest/assembly/wire";
import { bytes, list, optionalBytes, text, texts } from "./shown";

function showGuestError(value: GuestError): string {
  return "{" + "\"code\":" + (value.code.toString()) + "," + "\"message\":" + (text(value.message)) + "}";
}

function showDiagnostic(value: Diagnostic): string {
  return "{" + "\"severity\":" + (showSeverity(value.severity)) + "," + "\"message\":" + (text(value.message)) + "," + "\"file\":" + (value.file === null ? "null" : text(value.file!)) + "," + "\"position\":" + (showPosition(value.position)) + "}";
}

function showSeverity(value: Severity): string {
  switch (value) {
    case Severity.Error: return "\"Error\"";
    case Severity.Warning: return "\"Warning\"";
    case Severity.Note: return "\"Note\"";
  }
  return "";
}

function showPosition(value: Position): string {
  switch (value.tag) {
    case PositionTag.Unknown: return "\"Unknown\"";
    case PositionTag.Line: return "{\"Line\":" + (value.line.toString()) + "}";
    case PositionTag.Offset: return "{\"Offset\":" + (value.offset.toString()) + "}";
  }
  return "";
}

function showManifestRequest(value: ManifestRequest): string {
  return "{" + "\"host\":" + (text(value.host)) + "}";
}

function showManifest(value: Manifest): string {
  return "{" + "\"version\":" + (text(value.version)) + "," + "\"kinds\":" + (list<Kind>(value.kinds, showKind)) + "," + "\"loads\":" + (list<LoadInfo>(value.loads, showLoadInfo)) + "," + "\"directives\":" + (list<DirectiveInfo>(value.directives, showDirectiveInfo)) + "," + "\"flags\":" + (list<Flag>(value.flags, showFlag)) + "," + "\"inputs\":" + (list<Input>(value.inputs, showInput)) + "," + "\"configure_inputs\":" + (list<Input>(value.configureInputs, showInput)) + "," + "\"stateful\":" + (value.stateful ? "true" : "false") + "}";
}

function showKind(value: Kind): string {
  return "{" + "\"name\":" + (text(value.name)) + "," + "\"match_any\":" + (value.matchAny ? "true" : "false") + "," + "\"match_attrs\":" + (texts(value.matchAttrs)) + "," + "\"non_empty_attrs\":" + (texts(value.nonEmptyAttrs)) + "," + "\"substitute_attrs\":" + (texts(value.substituteAttrs)) + "," + "\"mergeable_attrs\":" + (texts(value.mergeableAttrs)) + "," + "\"resolve_attrs\":" + (texts(value.resolveAttrs)) + "}";
}

function showLoadInfo(value: LoadInfo): string {
  return "{" + "\"module\":" + (text(value.module)) + "," + "\"repo\":" + (text(value.repo)) + "," + "\"file\":" + (text(value.file)) + "," + "\"symbols\":" + (texts(value.symbols)) + "," + "\"after\":" + (texts(value.after)) + "}";
}

function showDirectiveInfo(value: DirectiveInfo): string {
  return "{" + "\"name\":" + (text(value.name)) + "," + "\"help\":" + (text(value.help)) + "}";
}

function showFlag(value: Flag): string {
  return "{" + "\"name\":" + (text(value.name)) + "," + "\"ty\":" + (showFlagType(value.ty)) + "," + "\"default\":" + (text(value.defaultValue)) + "," + "\"help\":" + (text(value.help)) + "}";
}

function showFlagType(value: FlagType): string {
  switch (value) {
    case FlagType.Bool: return "\"Bool\"";
    case FlagType.String: return "\"String\"";
    case FlagType.Int: return "\"Int\"";
    case FlagType.Strings: return "\"Strings\"";
  }
  return "";
}

function showInput(value: Input): string {
  return "{" + "\"glob\":" + (text(value.glob)) + "," + "\"want\":" + (showWant(value.want)) + "}";
}

function showWant(value: Want): string {
  switch (value.tag) {
    case WantTag.Name: return "\"Name\"";
    case WantTag.Content: return "\"Content\"";
    case WantTag.Matches: return "{\"Matches\":" + (texts(value.matches!)) + "}";
  }
  return "";
}

function showConfigureRequest(value: ConfigureRequest): string {
  return "{" + "\"rel\":" + (text(value.rel)) + "," + "\"parent\":" + (bytes(value.parent)) + "," + "\"root\":" + (value.root === null ? "null" : showRoot(value.root!)) + "," + "\"directives\":" + (list<Directive>(value.directives, showDirective)) + "," + "\"build_file\":" + (value.buildFile === null ? "null" : showBuildFile(value.buildFile!)) + "," + "\"files\":" + (list<File>(value.files, showFile)) + "}";
}

function showRoot(value: Root): string {
  return "{" + "\"command\":" + (showCommand(value.command)) + "," + "\"repo_name\":" + (text(value.repoName)) + "," + "\"modules\":" + (list<Module>(value.modules, showModule)) + "," + "\"flags\":" + (list<FlagValue>(value.flags, showFlagValue)) + "," + "\"languages\":" + (texts(value.languages)) + "}";
}

function showCommand(value: Command): string {
  switch (value) {
    case Command.Update: return "\"Update\"";
    case Command.Fix: return "\"Fix\"";
  }
  return "";
}

function showModule(value: Module): string {
  return "{" + "\"name\":" + (text(value.name)) + "," + "\"apparent\":" + (text(value.apparent)) + "}";
}

function showFlagValue(value: FlagValue): string {
  return "{" + "\"name\":" + (text(value.name)) + "," + "\"value\":" + (text(value.value)) + "}";
}

function showConfigureResponse(value: ConfigureResponse): string {
  return "{" + "\"state\":" + (bytes(value.state)) + "," + "\"diagnostics\":" + (list<Diagnostic>(value.diagnostics, showDiagnostic)) + "}";
}

function showBuildFile(value: BuildFile): string {
  return "{" + "\"name\":" + (text(value.name)) + "," + "\"loads\":" + (list<Load>(value.loads, showLoad)) + "," + "\"rules\":" + (list<Rule>(value.rules, showRule)) + "," + "\"directives\":" + (list<Directive>(value.directives, showDirective)) + "}";
}

function showLoad(value: Load): string {
  return "{" + "\"name\":" + (text(value.name)) + "," + "\"symbols\":" + (list<Symbol>(value.symbols, showSymbol)) + "}";
}

function showSymbol(value: Symbol): string {
  return "{" + "\"from\":" + (text(value.from)) + "," + "\"to\":" + (text(value.to)) + "}";
}

function showDirective(value: Directive): string {
  return "{" + "\"key\":" + (text(value.key)) + "," + "\"value\":" + (text(value.value)) + "}";
}

function showRule(value: Rule): string {
  return "{" + "\"kind\":" + (text(value.kind)) + "," + "\"name\":" + (text(value.name)) + "," + "\"attrs\":" + (list<Attr>(value.attrs, showAttr)) + "," + "\"args\":" + (texts(value.args)) + "," + "\"comments\":" + (texts(value.comments)) + "," + "\"keep\":" + (value.keep ? "true" : "false") + "}";
}

function showAttr(value: Attr): string {
  return "{" + "\"name\":" + (text(value.name)) + "," + "\"value\":" + (showValue(value.value)) + "," + "\"comments\":" + (texts(value.comments)) + "}";
}

function showValueGlob(value: ValueGlob): string {
  return "{" + "\"include\":" + (texts(value.include)) + "," + "\"exclude\":" + (texts(value.exclude)) + "}";
}

function showValue(value: Value): string {
  switch (value.tag) {
    case ValueTag.Bool: return "{\"Bool\":" + (value.bool ? "true" : "false") + "}";
    case ValueTag.Int: return "{\"Int\":" + (value.int.toString()) + "}";
    case ValueTag.String: return "{\"String\":" + (text(value.string!)) + "}";
    case ValueTag.Strings: return "{\"Strings\":" + (texts(value.strings!)) + "}";
    case ValueTag.SortedStrings: return "{\"SortedStrings\":" + (texts(value.sortedStrings!)) + "}";
    case ValueTag.Label: return "{\"Label\":" + (text(value.label!)) + "}";
    case ValueTag.Labels: return "{\"Labels\":" + (texts(value.labels!)) + "}";
    case ValueTag.StringDict: return "{\"StringDict\":" + (list<StringEntry>(value.stringDict!, showStringEntry)) + "}";
    case ValueTag.ListDict: return "{\"ListDict\":" + (list<ListEntry>(value.listDict!, showListEntry)) + "}";
    case ValueTag.Glob: return "{\"Glob\":" + (showValueGlob(value.glob!)) + "}";
    case ValueTag.Select: return "{\"Select\":" + (list<SelectBranch>(value.select!, showSelectBranch)) + "}";
    case ValueTag.Concat: return "{\"Concat\":" + (list<Term>(value.concat!, showTerm)) + "}";
    case ValueTag.Raw: return "{\"Raw\":" + (text(value.raw!)) + "}";
  }
  return "";
}

function showStringEntry(value: StringEntry): string {
  return "{" + "\"key\":" + (text(value.key)) + "," + "\"value\":" + (text(value.value)) + "}";
}

function showListEntry(value: ListEntry): string {
  return "{" + "\"key\":" + (text(value.key)) + "," + "\"values\":" + (texts(value.values)) + "}";
}

function showSelectBranch(value: SelectBranch): string {
  return "{" + "\"condition\":" + (text(value.condition)) + "," + "\"values\":" + (texts(value.values)) + "}";
}

function showTermGlob(value: TermGlob): string {
  return "{" + "\"include\":" + (texts(value.include)) + "," + "\"exclude\":" + (texts(value.exclude)) + "}";
}

function showTerm(value: Term): string {
  switch (value.tag) {
    case TermTag.Strings: return "{\"Strings\":" + (texts(value.strings!)) + "}";
    case TermTag.Glob: return "{\"Glob\":" + (showTermGlob(value.glob!)) + "}";
    case TermTag.Select: return "{\"Select\":" + (list<SelectBranch>(value.select!, showSelectBranch)) + "}";
  }
  return "";
}

function showFile(value: File): string {
  return "{" + "\"name\":" + (text(value.name)) + "," + "\"data\":" + (showFileData(value.data)) + "}";
}

function showFileData(value: FileData): string {
  switch (value.tag) {
    case FileDataTag.Name: return "\"Name\"";
    case FileDataTag.Content: return "{\"Content\":" + (bytes(value.content!)) + "}";
    case FileDataTag.Matches: return "{\"Matches\":" + (list<Match>(value.matches!, showMatch)) + "}";
  }
  return "";
}

function showMatch(value: Match): string {
  return "{" + "\"pattern\":" + (value.pattern.toString()) + "," + "\"groups\":" + (optionalBytes(value.groups)) + "}";
}

function showFixRequest(value: FixRequest): string {
  return "{" + "\"rel\":" + (text(value.rel)) + "," + "\"state\":" + (bytes(value.state)) + "," + "\"build_file\":" + (showBuildFile(value.buildFile)) + "," + "\"should_fix\":" + (value.shouldFix ? "true" : "false") + "}";
}

function showFixResponse(value: FixResponse): string {
  return "{" + "\"edits\":" + (list<Edit>(value.edits, showEdit)) + "," + "\"diagnostics\":" + (list<Diagnostic>(value.diagnostics, showDiagnostic)) + "}";
}

function showEditSetKind(value: EditSetKind): string {
  return "{" + "\"rule\":" + (value.rule.toString()) + "," + "\"kind\":" + (text(value.kind)) + "}";
}

function showEditSetName(value: EditSetName): string {
  return "{" + "\"rule\":" + (value.rule.toString()) + "," + "\"name\":" + (text(value.name)) + "}";
}

function showEditSetAttr(value: EditSetAttr): string {
  return "{" + "\"rule\":" + (value.rule.toString()) + "," + "\"attr\":" + (showAttr(value.attr)) + "}";
}

function showEditDeleteAttr(value: EditDeleteAttr): string {
  return "{" + "\"rule\":" + (value.rule.toString()) + "," + "\"name\":" + (text(value.name)) + "}";
}

function showEditDeleteRule(value: EditDeleteRule): string {
  return "{" + "\"rule\":" + (value.rule.toString()) + "}";
}

function showEditAppendRule(value: EditAppendRule): string {
  return "{" + "\"rule\":" + (showRule(value.rule)) + "}";
}

function showEditSetLoad(value: EditSetLoad): string {
  return "{" + "\"load\":" + (value.load.toString()) + "," + "\"name\":" + (text(value.name)) + "," + "\"symbols\":" + (list<Symbol>(value.symbols, showSymbol)) + "}";
}

function showEditInsertLoad(value: EditInsertLoad): string {
  return "{" + "\"load\":" + (value.load.toString()) + "," + "\"name\":" + (text(value.name)) + "," + "\"symbols\":" + (list<Symbol>(value.symbols, showSymbol)) + "}";
}

function showEdit(value: Edit): string {
  switch (value.tag) {
    case EditTag.SetKind: return "{\"SetKind\":" + (showEditSetKind(value.setKind!)) + "}";
    case EditTag.SetName: return "{\"SetName\":" + (showEditSetName(value.setName!)) + "}";
    case EditTag.SetAttr: return "{\"SetAttr\":" + (showEditSetAttr(value.setAttr!)) + "}";
    case EditTag.DeleteAttr: return "{\"DeleteAttr\":" + (showEditDeleteAttr(value.deleteAttr!)) + "}";
    case EditTag.DeleteRule: return "{\"DeleteRule\":" + (showEditDeleteRule(value.deleteRule!)) + "}";
    case EditTag.AppendRule: return "{\"AppendRule\":" + (showEditAppendRule(value.appendRule!)) + "}";
    case EditTag.SetLoad: return "{\"SetLoad\":" + (showEditSetLoad(value.setLoad!)) + "}";
    case EditTag.InsertLoad: return "{\"InsertLoad\":" + (showEditInsertLoad(value.insertLoad!)) + "}";
  }
  return "";
}

function showGenerateRequest(value: GenerateRequest): string {
  return "{" + "\"rel\":" + (text(value.rel)) + "," + "\"state\":" + (bytes(value.state)) + "," + "\"build_file\":" + (value.buildFile === null ? "null" : showBuildFile(value.buildFile!)) + "," + "\"files\":" + (list<File>(value.files, showFile)) + "," + "\"subdirs\":" + (texts(value.subdirs)) + "," + "\"generated_files\":" + (texts(value.generatedFiles)) + "," + "\"other_rules\":" + (list<GeneratedRule>(value.otherRules, showGeneratedRule)) + "," + "\"other_empty\":" + (list<EmptyRule>(value.otherEmpty, showEmptyRule)) + "}";
}

function showGenerateResponse(value: GenerateResponse): string {
  return "{" + "\"rules\":" + (list<GeneratedRule>(value.rules, showGeneratedRule)) + "," + "\"empty\":" + (list<EmptyRule>(value.empty, showEmptyRule)) + "," + "\"rels_to_index\":" + (texts(value.relsToIndex)) + "," + "\"diagnostics\":" + (list<Diagnostic>(value.diagnostics, showDiagnostic)) + "}";
}

function showGeneratedRule(value: GeneratedRule): string {
  return "{" + "\"rule\":" + (showRule(value.rule)) + "," + "\"private\":" + (list<Attr>(value.privateAttrs, showAttr)) + "," + "\"imports\":" + (list<ImportSpec>(value.imports, showImportSpec)) + "," + "\"note\":" + (bytes(value.note)) + "}";
}

function showEmptyRule(value: EmptyRule): string {
  return "{" + "\"kind\":" + (text(value.kind)) + "," + "\"name\":" + (text(value.name)) + "," + "\"attrs\":" + (list<Attr>(value.attrs, showAttr)) + "}";
}

function showImportSpec(value: ImportSpec): string {
  return "{" + "\"lang\":" + (text(value.lang)) + "," + "\"imp\":" + (text(value.imp)) + "}";
}

function showImportsRequest(value: ImportsRequest): string {
  return "{" + "\"rel\":" + (text(value.rel)) + "," + "\"state\":" + (bytes(value.state)) + "," + "\"rules\":" + (list<Rule>(value.rules, showRule)) + "}";
}

function showImportsResponse(value: ImportsResponse): string {
  return "{" + "\"rules\":" + (list<RuleImports>(value.rules, showRuleImports)) + "}";
}

function showRuleImports(value: RuleImports): string {
  return "{" + "\"importable\":" + (value.importable ? "true" : "false") + "," + "\"imports\":" + (list<ImportSpec>(value.imports, showImportSpec)) + "," + "\"embeds\":" + (texts(value.embeds)) + "}";
}

function showResolveRequest(value: ResolveRequest): string {
  return "{" + "\"rel\":" + (text(value.rel)) + "," + "\"state\":" + (bytes(value.state)) + "," + "\"rules\":" + (list<ResolveRule>(value.rules, showResolveRule)) + "," + "\"found\":" + (list<Found>(value.found, showFound)) + "," + "\"round\":" + (value.round.toString()) + "}";
}

function showResolveRule(value: ResolveRule): string {
  return "{" + "\"rule\":" + (showRule(value.rule)) + "," + "\"imports\":" + (list<ImportSpec>(value.imports, showImportSpec)) + "," + "\"note\":" + (bytes(value.note)) + "}";
}

function showFound(value: Found): string {
  return "{" + "\"query\":" + (showQuery(value.query)) + "," + "\"override_label\":" + (value.overrideLabel === null ? "null" : text(value.overrideLabel!)) + "," + "\"matches\":" + (list<FindResult>(value.matches, showFindResult)) + "}";
}

function showQuery(value: Query): string {
  return "{" + "\"import\":" + (showImportSpec(value.spec)) + "," + "\"lang\":" + (text(value.lang)) + "}";
}

function showResolveResponseResolved(value: ResolveResponseResolved): string {
  return "{" + "\"rules\":" + (list<ResolvedRule>(value.rules, showResolvedRule)) + "," + "\"diagnostics\":" + (list<Diagnostic>(value.diagnostics, showDiagnostic)) + "}";
}

function showResolveResponse(value: ResolveResponse): string {
  switch (value.tag) {
    case ResolveResponseTag.Resolved: return "{\"Resolved\":" + (showResolveResponseResolved(value.resolved!)) + "}";
    case ResolveResponseTag.Need: return "{\"Need\":" + (list<Query>(value.need!, showQuery)) + "}";
  }
  return "";
}

function showResolvedRule(value: ResolvedRule): string {
  return "{" + "\"set\":" + (list<Attr>(value.set, showAttr)) + "," + "\"delete\":" + (texts(value.delete)) + "}";
}

function showFindRequest(value: FindRequest): string {
  return "{" + "\"rel\":" + (text(value.rel)) + "," + "\"state\":" + (bytes(value.state)) + "," + "\"queries\":" + (list<Query>(value.queries, showQuery)) + "}";
}

function showFindResponse(value: FindResponse): string {
  return "{" + "\"found\":" + (list<Find>(value.found, showFind)) + "}";
}

function showFind(value: Find): string {
  return "{" + "\"matches\":" + (list<FindResult>(value.matches, showFindResult)) + "}";
}

function showFindResult(value: FindResult): string {
  return "{" + "\"label\":" + (text(value.label)) + "," + "\"embeds\":" + (texts(value.embeds)) + "}";
}

export function nameOfType(type: u32): string {
  switch (type) {
    case 0: return "GuestError";
    case 1: return "Diagnostic";
    case 2: return "Severity";
    case 3: return "Position";
    case 4: return "ManifestRequest";
    case 5: return "Manifest";
    case 6: return "Kind";
    case 7: return "LoadInfo";
    case 8: return "DirectiveInfo";
    case 9: return "Flag";
    case 10: return "FlagType";
    case 11: return "Input";
    case 12: return "Want";
    case 13: return "ConfigureRequest";
    case 14: return "Root";
    case 15: return "Command";
    case 16: return "Module";
    case 17: return "FlagValue";
    case 18: return "ConfigureResponse";
    case 19: return "BuildFile";
    case 20: return "Load";
    case 21: return "Symbol";
    case 22: return "Directive";
    case 23: return "Rule";
    case 24: return "Attr";
    case 25: return "Value";
    case 26: return "StringEntry";
    case 27: return "ListEntry";
    case 28: return "SelectBranch";
    case 29: return "Term";
    case 30: return "File";
    case 31: return "FileData";
    case 32: return "Match";
    case 33: return "FixRequest";
    case 34: return "FixResponse";
    case 35: return "Edit";
    case 36: return "GenerateRequest";
    case 37: return "GenerateResponse";
    case 38: return "GeneratedRule";
    case 39: return "EmptyRule";
    case 40: return "ImportSpec";
    case 41: return "ImportsRequest";
    case 42: return "ImportsResponse";
    case 43: return "RuleImports";
    case 44: return "ResolveRequest";
    case 45: return "ResolveRule";
    case 46: return "Found";
    case 47: return "Query";
    case 48: return "ResolveResponse";
    case 49: return "ResolvedRule";
    case 50: return "FindRequest";
    case 51: return "FindResponse";
    case 52: return "Find";
    case 53: return "FindResult";
  }
  return "";
}

export function schemaOf(type: u32): u32 {
  switch (type) {
    case 0: return 7;
    case 1: return 8;
    case 2: return 9;
    case 3: return 11;
    case 4: return 12;
    case 5: return 13;
    case 6: return 15;
    case 7: return 19;
    case 8: return 21;
    case 9: return 23;
    case 10: return 24;
    case 11: return 26;
    case 12: return 27;
    case 13: return 28;
    case 14: return 30;
    case 15: return 31;
    case 16: return 33;
    case 17: return 35;
    case 18: return 66;
    case 19: return 39;
    case 20: return 41;
    case 21: return 43;
    case 22: return 37;
    case 23: return 45;
    case 24: return 47;
    case 25: return 48;
    case 26: return 50;
    case 27: return 52;
    case 28: return 55;
    case 29: return 57;
    case 30: return 60;
    case 31: return 61;
    case 32: return 63;
    case 33: return 68;
    case 34: return 69;
    case 35: return 71;
    case 36: return 80;
    case 37: return 87;
    case 38: return 82;
    case 39: return 86;
    case 40: return 84;
    case 41: return 88;
    case 42: return 89;
    case 43: return 91;
    case 44: return 92;
    case 45: return 94;
    case 46: return 96;
    case 47: return 97;
    case 48: return 100;
    case 49: return 103;
    case 50: return 105;
    case 51: return 106;
    case 52: return 108;
    case 53: return 99;
  }
  return 0;
}

/** Reads a message, writes it again, and returns it as JSON. */
export function again(type: u32, r: Reader, w: Writer): string {
  switch (type) {
    case 0: {
      const value = r.one<GuestError>();
      value.write(w);
      return showGuestError(value);
    }
    case 1: {
      const value = r.one<Diagnostic>();
      value.write(w);
      return showDiagnostic(value);
    }
    case 2: {
      const value = <Severity>r.u32();
      w.u32(value);
      return showSeverity(value);
    }
    case 3: {
      const value = r.one<Position>();
      value.write(w);
      return showPosition(value);
    }
    case 4: {
      const value = r.one<ManifestRequest>();
      value.write(w);
      return showManifestRequest(value);
    }
    case 5: {
      const value = r.one<Manifest>();
      value.write(w);
      return showManifest(value);
    }
    case 6: {
      const value = r.one<Kind>();
      value.write(w);
      return showKind(value);
    }
    case 7: {
      const value = r.one<LoadInfo>();
      value.write(w);
      return showLoadInfo(value);
    }
    case 8: {
      const value = r.one<DirectiveInfo>();
      value.write(w);
      return showDirectiveInfo(value);
    }
    case 9: {
      const value = r.one<Flag>();
      value.write(w);
      return showFlag(value);
    }
    case 10: {
      const value = <FlagType>r.u32();
      w.u32(value);
      return showFlagType(value);
    }
    case 11: {
      const value = r.one<Input>();
      value.write(w);
      return showInput(value);
    }
    case 12: {
      const value = r.one<Want>();
      value.write(w);
      return showWant(value);
    }
    case 13: {
      const value = r.one<ConfigureRequest>();
      value.write(w);
      return showConfigureRequest(value);
    }
    case 14: {
      const value = r.one<Root>();
      value.write(w);
      return showRoot(value);
    }
    case 15: {
      const value = <Command>r.u32();
      w.u32(value);
      return showCommand(value);
    }
    case 16: {
      const value = r.one<Module>();
      value.write(w);
      return showModule(value);
    }
    case 17: {
      const value = r.one<FlagValue>();
      value.write(w);
      return showFlagValue(value);
    }
    case 18: {
      const value = r.one<ConfigureResponse>();
      value.write(w);
      return showConfigureResponse(value);
    }
    case 19: {
      const value = r.one<BuildFile>();
      value.write(w);
      return showBuildFile(value);
    }
    case 20: {
      const value = r.one<Load>();
      value.write(w);
      return showLoad(value);
    }
    case 21: {
      const value = r.one<Symbol>();
      value.write(w);
      return showSymbol(value);
    }
    case 22: {
      const value = r.one<Directive>();
      value.write(w);
      return showDirective(value);
    }
    case 23: {
      const value = r.one<Rule>();
      value.write(w);
      return showRule(value);
    }
    case 24: {
      const value = r.one<Attr>();
      value.write(w);
      return showAttr(value);
    }
    case 25: {
      const value = r.one<Value>();
      value.write(w);
      return showValue(value);
    }
    case 26: {
      const value = r.one<StringEntry>();
      value.write(w);
      return showStringEntry(value);
    }
    case 27: {
      const value = r.one<ListEntry>();
      value.write(w);
      return showListEntry(value);
    }
    case 28: {
      const value = r.one<SelectBranch>();
      value.write(w);
      return showSelectBranch(value);
    }
    case 29: {
      const value = r.one<Term>();
      value.write(w);
      return showTerm(value);
    }
    case 30: {
      const value = r.one<File>();
      value.write(w);
      return showFile(value);
    }
    case 31: {
      const value = r.one<FileData>();
      value.write(w);
      return showFileData(value);
    }
    case 32: {
      const value = r.one<Match>();
      value.write(w);
      return showMatch(value);
    }
    case 33: {
      const value = r.one<FixRequest>();
      value.write(w);
      return showFixRequest(value);
    }
    case 34: {
      const value = r.one<FixResponse>();
      value.write(w);
      return showFixResponse(value);
    }
    case 35: {
      const value = r.one<Edit>();
      value.write(w);
      return showEdit(value);
    }
    case 36: {
      const value = r.one<GenerateRequest>();
      value.write(w);
      return showGenerateRequest(value);
    }
    case 37: {
      const value = r.one<GenerateResponse>();
      value.write(w);
      return showGenerateResponse(value);
    }
    case 38: {
      const value = r.one<GeneratedRule>();
      value.write(w);
      return showGeneratedRule(value);
    }
    case 39: {
      const value = r.one<EmptyRule>();
      value.write(w);
      return showEmptyRule(value);
    }
    case 40: {
      const value = r.one<ImportSpec>();
      value.write(w);
      return showImportSpec(value);
    }
    case 41: {
      const value = r.one<ImportsRequest>();
      value.write(w);
      return showImportsRequest(value);
    }
    case 42: {
      const value = r.one<ImportsResponse>();
      value.write(w);
      return showImportsResponse(value);
    }
    case 43: {
      const value = r.one<RuleImports>();
      value.write(w);
      return showRuleImports(value);
    }
    case 44: {
      const value = r.one<ResolveRequest>();
      value.write(w);
      return showResolveRequest(value);
    }
    case 45: {
      const value = r.one<ResolveRule>();
      value.write(w);
      return showResolveRule(value);
    }
    case 46: {
      const value = r.one<Found>();
      value.write(w);
      return showFound(value);
    }
    case 47: {
      const value = r.one<Query>();
      value.write(w);
      return showQuery(value);
    }
    case 48: {
      const value = r.one<ResolveResponse>();
      value.write(w);
      return showResolveResponse(value);
    }
    case 49: {
      const value = r.one<ResolvedRule>();
      value.write(w);
      return showResolvedRule(value);
    }
    case 50: {
      const value = r.one<FindRequest>();
      value.write(w);
      return showFindRequest(value);
    }
    case 51: {
      const value = r.one<FindResponse>();
      value.write(w);
      return showFindResponse(value);
    }
    case 52: {
      const value = r.one<Find>();
      value.write(w);
      return showFind(value);
    }
    case 53: {
      const value = r.one<FindResult>();
      value.write(w);
      return showFindResult(value);
    }
  }
  return "";
}
