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
  Reach,
  Want,
  WantTag,
  Methods,
  SetupRequest,
  Catalogue,
  ScanRequest,
  ScanResponse,
  ConfigureRequest,
  RunInfo,
  Command,
  Indexing,
  BazelModule,
  FlagValue,
  ConfigureResponse,
  Provided,
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
  Child,
  GenerateResponse,
  GeneratedRule,
  EmptyRule,
  ImportSpec,
  ImportsRequest,
  ImportsRule,
  ImportsResponse,
  RuleImports,
  ResolveRequest,
  ResolveRule,
  Lookup,
  Origin,
  Query,
  ResolveResponse,
  ResolveResponseTag,
  ResolveResponseResolved,
  ResolvedRule,
  FindRequest,
  FindResponse,
  FindAnswer,
  Provider,
  FinishRequest,
  Summary,
  FinishResponse,
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
    case PositionTag.MatchIndex: return "{\"MatchIndex\":" + (value.matchIndex.toString()) + "}";
    case PositionTag.DirectiveIndex: return "{\"DirectiveIndex\":" + (value.directiveIndex.toString()) + "}";
    case PositionTag.RuleIndex: return "{\"RuleIndex\":" + (value.ruleIndex.toString()) + "}";
  }
  return "";
}

function showManifestRequest(value: ManifestRequest): string {
  return "{" + "\"host\":" + (text(value.host)) + "}";
}

function showManifest(value: Manifest): string {
  return "{" + "\"version\":" + (text(value.version)) + "," + "\"kinds\":" + (list<Kind>(value.kinds, showKind)) + "," + "\"loads\":" + (list<LoadInfo>(value.loads, showLoadInfo)) + "," + "\"directives\":" + (list<DirectiveInfo>(value.directives, showDirectiveInfo)) + "," + "\"flags\":" + (list<Flag>(value.flags, showFlag)) + "," + "\"inputs\":" + (list<Input>(value.inputs, showInput)) + "," + "\"stateful\":" + (value.stateful ? "true" : "false") + "," + "\"quiet\":" + (value.quiet ? "true" : "false") + "}";
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
  return "{" + "\"glob\":" + (text(value.glob)) + "," + "\"reach\":" + (showReach(value.reach)) + "," + "\"want\":" + (showWant(value.want)) + "," + "\"methods\":" + (showMethods(value.methods)) + "}";
}

function showReach(value: Reach): string {
  switch (value) {
    case Reach.Here: return "\"Here\"";
    case Reach.Below: return "\"Below\"";
    case Reach.Above: return "\"Above\"";
    case Reach.Root: return "\"Root\"";
  }
  return "";
}

function showWant(value: Want): string {
  switch (value.tag) {
    case WantTag.Name: return "\"Name\"";
    case WantTag.Content: return "\"Content\"";
    case WantTag.Matches: return "{\"Matches\":" + (texts(value.matches!)) + "}";
    case WantTag.Scan: return "\"Scan\"";
  }
  return "";
}

function showMethods(value: Methods): string {
  return "{" + "\"setup\":" + (value.setup ? "true" : "false") + "," + "\"configure\":" + (value.configure ? "true" : "false") + "," + "\"fix\":" + (value.fix ? "true" : "false") + "," + "\"generate_rules\":" + (value.generateRules ? "true" : "false") + "," + "\"imports\":" + (value.imports ? "true" : "false") + "}";
}

function showSetupRequest(value: SetupRequest): string {
  return "{" + "\"run\":" + (showRunInfo(value.run)) + "," + "\"files\":" + (list<File>(value.files, showFile)) + "}";
}

function showCatalogue(value: Catalogue): string {
  return "{" + "\"kinds\":" + (list<Kind>(value.kinds, showKind)) + "," + "\"loads\":" + (list<LoadInfo>(value.loads, showLoadInfo)) + "," + "\"directives\":" + (list<DirectiveInfo>(value.directives, showDirectiveInfo)) + "," + "\"inputs\":" + (list<Input>(value.inputs, showInput)) + "," + "\"diagnostics\":" + (list<Diagnostic>(value.diagnostics, showDiagnostic)) + "}";
}

function showScanRequest(value: ScanRequest): string {
  return "{" + "\"name\":" + (text(value.name)) + "," + "\"content\":" + (bytes(value.content)) + "}";
}

function showScanResponse(value: ScanResponse): string {
  return "{" + "\"facts\":" + (bytes(value.facts)) + "," + "\"diagnostics\":" + (list<Diagnostic>(value.diagnostics, showDiagnostic)) + "}";
}

function showConfigureRequest(value: ConfigureRequest): string {
  return "{" + "\"rel\":" + (text(value.rel)) + "," + "\"parent\":" + (bytes(value.parent)) + "," + "\"run\":" + (value.run === null ? "null" : showRunInfo(value.run!)) + "," + "\"directives\":" + (list<Directive>(value.directives, showDirective)) + "," + "\"build_file\":" + (value.buildFile === null ? "null" : showBuildFile(value.buildFile!)) + "," + "\"files\":" + (list<File>(value.files, showFile)) + "," + "\"above\":" + (list<File>(value.above, showFile)) + "}";
}

function showRunInfo(value: RunInfo): string {
  return "{" + "\"command\":" + (showCommand(value.command)) + "," + "\"repo_name\":" + (text(value.repoName)) + "," + "\"root_name\":" + (text(value.rootName)) + "," + "\"build_file_names\":" + (texts(value.buildFileNames)) + "," + "\"indexing\":" + (showIndexing(value.indexing)) + "," + "\"modules\":" + (list<BazelModule>(value.modules, showBazelModule)) + "," + "\"flags\":" + (list<FlagValue>(value.flags, showFlagValue)) + "," + "\"languages\":" + (texts(value.languages)) + "}";
}

function showCommand(value: Command): string {
  switch (value) {
    case Command.Update: return "\"Update\"";
    case Command.Fix: return "\"Fix\"";
  }
  return "";
}

function showIndexing(value: Indexing): string {
  switch (value) {
    case Indexing.All: return "\"All\"";
    case Indexing.Lazy: return "\"Lazy\"";
    case Indexing.None: return "\"None\"";
  }
  return "";
}

function showBazelModule(value: BazelModule): string {
  return "{" + "\"name\":" + (text(value.name)) + "," + "\"apparent\":" + (text(value.apparent)) + "}";
}

function showFlagValue(value: FlagValue): string {
  return "{" + "\"name\":" + (text(value.name)) + "," + "\"value\":" + (text(value.value)) + "}";
}

function showConfigureResponse(value: ConfigureResponse): string {
  return "{" + "\"state\":" + (bytes(value.state)) + "," + "\"provided\":" + (list<Provided>(value.provided, showProvided)) + "," + "\"diagnostics\":" + (list<Diagnostic>(value.diagnostics, showDiagnostic)) + "}";
}

function showProvided(value: Provided): string {
  return "{" + "\"import\":" + (showImportSpec(value.spec)) + "," + "\"label\":" + (text(value.label)) + "," + "\"payload\":" + (bytes(value.payload)) + "}";
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
  return "{" + "\"kind\":" + (text(value.kind)) + "," + "\"written\":" + (value.written === null ? "null" : text(value.written!)) + "," + "\"name\":" + (text(value.name)) + "," + "\"attrs\":" + (list<Attr>(value.attrs, showAttr)) + "," + "\"args\":" + (texts(value.args)) + "," + "\"comments\":" + (texts(value.comments)) + "," + "\"keep\":" + (value.keep ? "true" : "false") + "}";
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
    case FileDataTag.Facts: return "{\"Facts\":" + (bytes(value.facts!)) + "}";
    case FileDataTag.Failed: return "\"Failed\"";
  }
  return "";
}

function showMatch(value: Match): string {
  return "{" + "\"pattern\":" + (value.pattern.toString()) + "," + "\"groups\":" + (optionalBytes(value.groups)) + "}";
}

function showFixRequest(value: FixRequest): string {
  return "{" + "\"rel\":" + (text(value.rel)) + "," + "\"state\":" + (bytes(value.state)) + "," + "\"build_file\":" + (showBuildFile(value.buildFile)) + "," + "\"should_fix\":" + (value.shouldFix ? "true" : "false") + "," + "\"files\":" + (list<File>(value.files, showFile)) + "," + "\"above\":" + (list<File>(value.above, showFile)) + "}";
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
  return "{" + "\"rel\":" + (text(value.rel)) + "," + "\"state\":" + (bytes(value.state)) + "," + "\"build_file\":" + (value.buildFile === null ? "null" : showBuildFile(value.buildFile!)) + "," + "\"files\":" + (list<File>(value.files, showFile)) + "," + "\"above\":" + (list<File>(value.above, showFile)) + "," + "\"subdirs\":" + (texts(value.subdirs)) + "," + "\"generated_files\":" + (texts(value.generatedFiles)) + "," + "\"other_rules\":" + (list<GeneratedRule>(value.otherRules, showGeneratedRule)) + "," + "\"other_empty\":" + (list<EmptyRule>(value.otherEmpty, showEmptyRule)) + "," + "\"children\":" + (list<Child>(value.children, showChild)) + "}";
}

function showChild(value: Child): string {
  return "{" + "\"name\":" + (text(value.name)) + "," + "\"failed\":" + (value.failed ? "true" : "false") + "," + "\"summary\":" + (bytes(value.summary)) + "}";
}

function showGenerateResponse(value: GenerateResponse): string {
  return "{" + "\"rules\":" + (list<GeneratedRule>(value.rules, showGeneratedRule)) + "," + "\"empty\":" + (list<EmptyRule>(value.empty, showEmptyRule)) + "," + "\"rels_to_index\":" + (texts(value.relsToIndex)) + "," + "\"provided\":" + (list<Provided>(value.provided, showProvided)) + "," + "\"summary\":" + (bytes(value.summary)) + "," + "\"diagnostics\":" + (list<Diagnostic>(value.diagnostics, showDiagnostic)) + "}";
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
  return "{" + "\"rel\":" + (text(value.rel)) + "," + "\"state\":" + (bytes(value.state)) + "," + "\"rules\":" + (list<ImportsRule>(value.rules, showImportsRule)) + "," + "\"other_rules\":" + (list<Rule>(value.otherRules, showRule)) + "," + "\"files\":" + (list<File>(value.files, showFile)) + "," + "\"above\":" + (list<File>(value.above, showFile)) + "}";
}

function showImportsRule(value: ImportsRule): string {
  return "{" + "\"rule\":" + (showRule(value.rule)) + "," + "\"private\":" + (list<Attr>(value.privateAttrs, showAttr)) + "," + "\"note\":" + (bytes(value.note)) + "}";
}

function showImportsResponse(value: ImportsResponse): string {
  return "{" + "\"rules\":" + (list<RuleImports>(value.rules, showRuleImports)) + "}";
}

function showRuleImports(value: RuleImports): string {
  return "{" + "\"importable\":" + (value.importable ? "true" : "false") + "," + "\"imports\":" + (list<ImportSpec>(value.imports, showImportSpec)) + "," + "\"embeds\":" + (texts(value.embeds)) + "," + "\"payload\":" + (bytes(value.payload)) + "}";
}

function showResolveRequest(value: ResolveRequest): string {
  return "{" + "\"rel\":" + (text(value.rel)) + "," + "\"state\":" + (bytes(value.state)) + "," + "\"rules\":" + (list<ResolveRule>(value.rules, showResolveRule)) + "," + "\"found\":" + (list<Lookup>(value.found, showLookup)) + "," + "\"round\":" + (value.round.toString()) + "}";
}

function showResolveRule(value: ResolveRule): string {
  return "{" + "\"rule\":" + (showRule(value.rule)) + "," + "\"imports\":" + (list<ImportSpec>(value.imports, showImportSpec)) + "," + "\"note\":" + (bytes(value.note)) + "}";
}

function showLookup(value: Lookup): string {
  return "{" + "\"query\":" + (showQuery(value.query)) + "," + "\"override_label\":" + (value.overrideLabel === null ? "null" : text(value.overrideLabel!)) + "," + "\"origin\":" + (showOrigin(value.origin)) + "," + "\"matches\":" + (list<Provider>(value.matches, showProvider)) + "}";
}

function showOrigin(value: Origin): string {
  switch (value) {
    case Origin.Nowhere: return "\"Nowhere\"";
    case Origin.Index: return "\"Index\"";
    case Origin.Configure: return "\"Configure\"";
    case Origin.Find: return "\"Find\"";
  }
  return "";
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
  return "{" + "\"found\":" + (list<FindAnswer>(value.found, showFindAnswer)) + "}";
}

function showFindAnswer(value: FindAnswer): string {
  return "{" + "\"matches\":" + (list<Provider>(value.matches, showProvider)) + "}";
}

function showProvider(value: Provider): string {
  return "{" + "\"label\":" + (text(value.label)) + "," + "\"embeds\":" + (texts(value.embeds)) + "," + "\"payload\":" + (bytes(value.payload)) + "}";
}

function showFinishRequest(value: FinishRequest): string {
  return "{" + "\"state\":" + (bytes(value.state)) + "," + "\"summaries\":" + (list<Summary>(value.summaries, showSummary)) + "}";
}

function showSummary(value: Summary): string {
  return "{" + "\"rel\":" + (text(value.rel)) + "," + "\"failed\":" + (value.failed ? "true" : "false") + "," + "\"summary\":" + (bytes(value.summary)) + "}";
}

function showFinishResponse(value: FinishResponse): string {
  return "{" + "\"diagnostics\":" + (list<Diagnostic>(value.diagnostics, showDiagnostic)) + "}";
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
    case 12: return "Reach";
    case 13: return "Want";
    case 14: return "Methods";
    case 15: return "SetupRequest";
    case 16: return "Catalogue";
    case 17: return "ScanRequest";
    case 18: return "ScanResponse";
    case 19: return "ConfigureRequest";
    case 20: return "RunInfo";
    case 21: return "Command";
    case 22: return "Indexing";
    case 23: return "BazelModule";
    case 24: return "FlagValue";
    case 25: return "ConfigureResponse";
    case 26: return "Provided";
    case 27: return "BuildFile";
    case 28: return "Load";
    case 29: return "Symbol";
    case 30: return "Directive";
    case 31: return "Rule";
    case 32: return "Attr";
    case 33: return "Value";
    case 34: return "StringEntry";
    case 35: return "ListEntry";
    case 36: return "SelectBranch";
    case 37: return "Term";
    case 38: return "File";
    case 39: return "FileData";
    case 40: return "Match";
    case 41: return "FixRequest";
    case 42: return "FixResponse";
    case 43: return "Edit";
    case 44: return "GenerateRequest";
    case 45: return "Child";
    case 46: return "GenerateResponse";
    case 47: return "GeneratedRule";
    case 48: return "EmptyRule";
    case 49: return "ImportSpec";
    case 50: return "ImportsRequest";
    case 51: return "ImportsRule";
    case 52: return "ImportsResponse";
    case 53: return "RuleImports";
    case 54: return "ResolveRequest";
    case 55: return "ResolveRule";
    case 56: return "Lookup";
    case 57: return "Origin";
    case 58: return "Query";
    case 59: return "ResolveResponse";
    case 60: return "ResolvedRule";
    case 61: return "FindRequest";
    case 62: return "FindResponse";
    case 63: return "FindAnswer";
    case 64: return "Provider";
    case 65: return "FinishRequest";
    case 66: return "Summary";
    case 67: return "FinishResponse";
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
    case 14: return 29;
    case 15: return 30;
    case 16: return 45;
    case 17: return 47;
    case 18: return 48;
    case 19: return 49;
    case 20: return 31;
    case 21: return 32;
    case 22: return 33;
    case 23: return 35;
    case 24: return 37;
    case 25: return 75;
    case 26: return 77;
    case 27: return 54;
    case 28: return 56;
    case 29: return 58;
    case 30: return 52;
    case 31: return 60;
    case 32: return 62;
    case 33: return 63;
    case 34: return 65;
    case 35: return 67;
    case 36: return 70;
    case 37: return 72;
    case 38: return 39;
    case 39: return 40;
    case 40: return 42;
    case 41: return 79;
    case 42: return 80;
    case 43: return 82;
    case 44: return 91;
    case 45: return 98;
    case 46: return 99;
    case 47: return 93;
    case 48: return 96;
    case 49: return 78;
    case 50: return 100;
    case 51: return 102;
    case 52: return 103;
    case 53: return 105;
    case 54: return 106;
    case 55: return 108;
    case 56: return 110;
    case 57: return 112;
    case 58: return 111;
    case 59: return 115;
    case 60: return 118;
    case 61: return 120;
    case 62: return 121;
    case 63: return 123;
    case 64: return 114;
    case 65: return 124;
    case 66: return 126;
    case 67: return 127;
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
      const value = <Reach>r.u32();
      w.u32(value);
      return showReach(value);
    }
    case 13: {
      const value = r.one<Want>();
      value.write(w);
      return showWant(value);
    }
    case 14: {
      const value = r.one<Methods>();
      value.write(w);
      return showMethods(value);
    }
    case 15: {
      const value = r.one<SetupRequest>();
      value.write(w);
      return showSetupRequest(value);
    }
    case 16: {
      const value = r.one<Catalogue>();
      value.write(w);
      return showCatalogue(value);
    }
    case 17: {
      const value = r.one<ScanRequest>();
      value.write(w);
      return showScanRequest(value);
    }
    case 18: {
      const value = r.one<ScanResponse>();
      value.write(w);
      return showScanResponse(value);
    }
    case 19: {
      const value = r.one<ConfigureRequest>();
      value.write(w);
      return showConfigureRequest(value);
    }
    case 20: {
      const value = r.one<RunInfo>();
      value.write(w);
      return showRunInfo(value);
    }
    case 21: {
      const value = <Command>r.u32();
      w.u32(value);
      return showCommand(value);
    }
    case 22: {
      const value = <Indexing>r.u32();
      w.u32(value);
      return showIndexing(value);
    }
    case 23: {
      const value = r.one<BazelModule>();
      value.write(w);
      return showBazelModule(value);
    }
    case 24: {
      const value = r.one<FlagValue>();
      value.write(w);
      return showFlagValue(value);
    }
    case 25: {
      const value = r.one<ConfigureResponse>();
      value.write(w);
      return showConfigureResponse(value);
    }
    case 26: {
      const value = r.one<Provided>();
      value.write(w);
      return showProvided(value);
    }
    case 27: {
      const value = r.one<BuildFile>();
      value.write(w);
      return showBuildFile(value);
    }
    case 28: {
      const value = r.one<Load>();
      value.write(w);
      return showLoad(value);
    }
    case 29: {
      const value = r.one<Symbol>();
      value.write(w);
      return showSymbol(value);
    }
    case 30: {
      const value = r.one<Directive>();
      value.write(w);
      return showDirective(value);
    }
    case 31: {
      const value = r.one<Rule>();
      value.write(w);
      return showRule(value);
    }
    case 32: {
      const value = r.one<Attr>();
      value.write(w);
      return showAttr(value);
    }
    case 33: {
      const value = r.one<Value>();
      value.write(w);
      return showValue(value);
    }
    case 34: {
      const value = r.one<StringEntry>();
      value.write(w);
      return showStringEntry(value);
    }
    case 35: {
      const value = r.one<ListEntry>();
      value.write(w);
      return showListEntry(value);
    }
    case 36: {
      const value = r.one<SelectBranch>();
      value.write(w);
      return showSelectBranch(value);
    }
    case 37: {
      const value = r.one<Term>();
      value.write(w);
      return showTerm(value);
    }
    case 38: {
      const value = r.one<File>();
      value.write(w);
      return showFile(value);
    }
    case 39: {
      const value = r.one<FileData>();
      value.write(w);
      return showFileData(value);
    }
    case 40: {
      const value = r.one<Match>();
      value.write(w);
      return showMatch(value);
    }
    case 41: {
      const value = r.one<FixRequest>();
      value.write(w);
      return showFixRequest(value);
    }
    case 42: {
      const value = r.one<FixResponse>();
      value.write(w);
      return showFixResponse(value);
    }
    case 43: {
      const value = r.one<Edit>();
      value.write(w);
      return showEdit(value);
    }
    case 44: {
      const value = r.one<GenerateRequest>();
      value.write(w);
      return showGenerateRequest(value);
    }
    case 45: {
      const value = r.one<Child>();
      value.write(w);
      return showChild(value);
    }
    case 46: {
      const value = r.one<GenerateResponse>();
      value.write(w);
      return showGenerateResponse(value);
    }
    case 47: {
      const value = r.one<GeneratedRule>();
      value.write(w);
      return showGeneratedRule(value);
    }
    case 48: {
      const value = r.one<EmptyRule>();
      value.write(w);
      return showEmptyRule(value);
    }
    case 49: {
      const value = r.one<ImportSpec>();
      value.write(w);
      return showImportSpec(value);
    }
    case 50: {
      const value = r.one<ImportsRequest>();
      value.write(w);
      return showImportsRequest(value);
    }
    case 51: {
      const value = r.one<ImportsRule>();
      value.write(w);
      return showImportsRule(value);
    }
    case 52: {
      const value = r.one<ImportsResponse>();
      value.write(w);
      return showImportsResponse(value);
    }
    case 53: {
      const value = r.one<RuleImports>();
      value.write(w);
      return showRuleImports(value);
    }
    case 54: {
      const value = r.one<ResolveRequest>();
      value.write(w);
      return showResolveRequest(value);
    }
    case 55: {
      const value = r.one<ResolveRule>();
      value.write(w);
      return showResolveRule(value);
    }
    case 56: {
      const value = r.one<Lookup>();
      value.write(w);
      return showLookup(value);
    }
    case 57: {
      const value = <Origin>r.u32();
      w.u32(value);
      return showOrigin(value);
    }
    case 58: {
      const value = r.one<Query>();
      value.write(w);
      return showQuery(value);
    }
    case 59: {
      const value = r.one<ResolveResponse>();
      value.write(w);
      return showResolveResponse(value);
    }
    case 60: {
      const value = r.one<ResolvedRule>();
      value.write(w);
      return showResolvedRule(value);
    }
    case 61: {
      const value = r.one<FindRequest>();
      value.write(w);
      return showFindRequest(value);
    }
    case 62: {
      const value = r.one<FindResponse>();
      value.write(w);
      return showFindResponse(value);
    }
    case 63: {
      const value = r.one<FindAnswer>();
      value.write(w);
      return showFindAnswer(value);
    }
    case 64: {
      const value = r.one<Provider>();
      value.write(w);
      return showProvider(value);
    }
    case 65: {
      const value = r.one<FinishRequest>();
      value.write(w);
      return showFinishRequest(value);
    }
    case 66: {
      const value = r.one<Summary>();
      value.write(w);
      return showSummary(value);
    }
    case 67: {
      const value = r.one<FinishResponse>();
      value.write(w);
      return showFinishResponse(value);
    }
  }
  return "";
}
