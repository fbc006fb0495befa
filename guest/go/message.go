// Code generated from abi/schema.json by `cargo run -p dorcas-generate`. DO NOT EDIT.

package dorcas

// Fingerprint is a hash of all that decides about bytes.
const Fingerprint = "83d8a97850728e26"

// MaxMessageBytes bounds an encoded message.
const MaxMessageBytes = 16777216

// MaxMessageItems bounds the items of all lists of a message together.
const MaxMessageItems = 1048576

const maxErrorBytes = 4096

// MaxResolveRounds is how many times in a row resolve may answer Need.
const MaxResolveRounds = 8

// GuestError: A guest's own error: the call did not work out, and nothing of it counts.
type GuestError struct {
	// 1: the request could not be decoded. 2: the guest doesn't support what was asked. 3: it failed inside, by a panic that it caught for instance. 4: the run must end, and nothing may be written. Others below 1000 are reserved; from 1000 on they are the guest's own.
	Code uint32
	// What happened, for people.
	Message string
}

// Diagnostic: Something that the user should know; the result counts all the same (Gazelle: `log.Print`).
type Diagnostic struct {
	// How grave it is.
	Severity Severity
	// What it is, in a line.
	Message string
	// The file it is about, relative to the directory; `None` if it is about the directory, or about a place that says which file is meant.
	File *string
	// Where in the file.
	Position Position
}

// Severity: How grave a diagnostic is.
type Severity uint32

const (
	// SeverityError: The user has to do something: the run's exit status is not 0.
	SeverityError Severity = 0
	// SeverityWarning: The user may want to do something.
	SeverityWarning Severity = 1
	// SeverityNote: Good to know.
	SeverityNote Severity = 2
)

func (v Severity) String() string {
	switch v {
	case SeverityError:
		return "Error"
	case SeverityWarning:
		return "Warning"
	case SeverityNote:
		return "Note"
	}
	return "none of the schema"
}

// Position: A place in a file.
//
//   - nil: The file as a whole.
//   - Line: A line, from 1.
//   - Offset: A byte, from 0; the host finds the line.
//   - MatchIndex: A match, by its index in the file's `Matches` in the request, in `resolve` in that of `generate_rules`; the host finds the line.
//   - DirectiveIndex: A directive, by its index among the directory's directives that the guest's manifest names; the host finds file and line. The diagnostic has no `file`.
//   - RuleIndex: A rule, by its index in the `build_file` of the request; the host finds file and line. The diagnostic has no `file`.
type Position interface{ writePosition(*writer) *Fault }

// Line is a [Position]: A line, from 1.
type Line uint32

// Offset is a [Position]: A byte, from 0; the host finds the line.
type Offset uint32

// MatchIndex is a [Position]: A match, by its index in the file's `Matches` in the request, in `resolve` in that of `generate_rules`; the host finds the line.
type MatchIndex uint32

// DirectiveIndex is a [Position]: A directive, by its index among the directory's directives that the guest's manifest names; the host finds file and line. The diagnostic has no `file`.
type DirectiveIndex uint32

// RuleIndex is a [Position]: A rule, by its index in the `build_file` of the request; the host finds file and line. The diagnostic has no `file`.
type RuleIndex uint32

// ManifestRequest: The argument of `manifest`.
type ManifestRequest struct {
	// Name and version of the host, for the guest's own messages. A manifest must not depend on it.
	Host string
}

// Manifest: What a guest is, and what it asks of the host. A guest without `manifest` has no kinds, loads, directives and flags, and sees the name of every regular file.
type Manifest struct {
	// The guest's own version, for people; any text.
	Version string
	// The kinds of rules that the guest generates, now or in the past (Gazelle: `Kinds`). Sorted, without duplicates.
	Kinds []Kind
	// Where these kinds are loaded from (Gazelle: `ApparentLoads`).
	Loads []LoadInfo
	// The directives that the guest understands (Gazelle: `KnownDirectives`). Sorted, without duplicates.
	Directives []DirectiveInfo
	// The command line flags that the guest understands (Gazelle: `RegisterFlags`). Sorted, without duplicates.
	Flags []Flag
	// What the guest wants to know of which files, and in which methods. For each file, of the inputs for a method that reach it the first whose glob matches decides; a file that none matches is not shown.
	Inputs []Input
	// Whether calls depend on earlier calls. Such a guest gets one instance and its calls in order; nothing is memoised or run in parallel.
	Stateful bool
	// Whether the guest has nothing to say of a directory that has nothing for it. The host then leaves out the calls that `host.quiet` describes.
	Quiet bool
}

// Kind: A kind of rule, and how rules of that kind are matched and merged (Gazelle: `rule.KindInfo`).
type Kind struct {
	// Its name, `proto_library`.
	Name string
	// Whether a generated rule matches the only rule of its kind in a file, whatever their attributes.
	MatchAny bool
	// Attributes by which rules match, tried in this order.
	MatchAttrs []string
	// Attributes of which one is enough to keep a rule from being deleted. Sorted, without duplicates.
	NonEmptyAttrs []string
	// Attributes in which the name of a generated rule is replaced by the name of the rule it matched. Sorted, without duplicates.
	SubstituteAttrs []string
	// Attributes that are merged after `generate_rules`. Sorted, without duplicates.
	MergeableAttrs []string
	// Attributes that are merged after `resolve`. Sorted, without duplicates.
	ResolveAttrs []string
}

// LoadInfo: A file that defines kinds (Gazelle: `rule.LoadInfo`).
type LoadInfo struct {
	// The Bazel module that has the file, `protobuf`; empty for a file of this repository. The host puts the module's apparent name, as MODULE.bazel gives it, in front of `file`.
	Module string
	// The repository's name where MODULE.bazel doesn't have the module, `com_google_protobuf`; without `@`.
	Repo string
	// The file's label within its repository, `//bazel:proto_library.bzl`.
	File string
	// What it defines. Sorted, without duplicates.
	Symbols []string
	// Symbols after whose use the load statement has to stand.
	After []string
}

// DirectiveInfo: A directive that a guest understands: `# gazelle:name value`.
type DirectiveInfo struct {
	// Its name.
	Name string
	// What it does, in a line.
	Help string
}

// Flag: A command line flag that a guest understands: `-name value`.
type Flag struct {
	// Its name, without dashes.
	Name string
	// What values it takes.
	Type FlagType
	// Its value where the command line doesn't have it; meaningless for `Strings`.
	Default string
	// What it does, in a line.
	Help string
}

// FlagType: The values that a flag takes.
type FlagType uint32

const (
	// FlagBool: `true` or `false`; the flag alone means `true`.
	FlagBool FlagType = 0
	// FlagString: One string.
	FlagString FlagType = 1
	// FlagInt: A decimal integer in the range of an `i64`.
	FlagInt FlagType = 2
	// FlagStrings: Any number of strings; the flag may be repeated.
	FlagStrings FlagType = 3
)

func (v FlagType) String() string {
	switch v {
	case FlagBool:
		return "Bool"
	case FlagString:
		return "String"
	case FlagInt:
		return "Int"
	case FlagStrings:
		return "Strings"
	}
	return "none of the schema"
}

// Input: What a guest wants to know of which files.
type Input struct {
	// A glob over the path relative to the directory; with the reach `Above` and `Root` relative to that of these directories which the file is in. `?`, `*`, `[...]` and `{a,b}` don't match `/`, `**` does.
	Glob string
	// In which directories files are looked for.
	Reach Reach
	// What the guest is told of a file that matches.
	Want Want
	// Which methods are told.
	Methods Methods
}

// Reach: In which directories files are looked for. A directory that has no package of its own, by `generation_mode`, is a part of the one above it.
type Reach uint32

const (
	// ReachHere: In the directory that the call is about. The files are in `files` of the request.
	ReachHere Reach = 0
	// ReachBelow: In this directory and all below it, whether or not these have a BUILD file. The files are in `files` too.
	ReachBelow Reach = 1
	// ReachAbove: In this directory and those that it is in. The files are in `above` of the request.
	ReachAbove Reach = 2
	// ReachRoot: In the root directory alone. The files are in `above` too.
	ReachRoot Reach = 3
)

func (v Reach) String() string {
	switch v {
	case ReachHere:
		return "Here"
	case ReachBelow:
		return "Below"
	case ReachAbove:
		return "Above"
	case ReachRoot:
		return "Root"
	}
	return "none of the schema"
}

// Want: What a guest is told of a file.
//
//   - nil: Its name alone.
//   - WantContent: All its bytes.
//   - WantMatches: Where these regular expressions match, as if they were joined by `|`: from left to right, without overlap, at each place the first one that matches. A match of an expression without groups is passed over and not told; that is how to skip comments. The dialect is in `manifest.patterns`.
//   - WantScan: What the guest's own `scan` makes of its content. The host calls that once for the same content, and keeps the answer from run to run.
type Want interface{ writeWant(*writer) *Fault }

// WantContent is a [Want]: All its bytes.
type WantContent struct{}

// WantMatches is a [Want]: Where these regular expressions match, as if they were joined by `|`: from left to right, without overlap, at each place the first one that matches. A match of an expression without groups is passed over and not told; that is how to skip comments. The dialect is in `manifest.patterns`.
type WantMatches []string

// WantScan is a [Want]: What the guest's own `scan` makes of its content. The host calls that once for the same content, and keeps the answer from run to run.
type WantScan struct{}

// Methods: Methods that can be told of files. One that isn't exported, or that isn't called, is told nothing.
type Methods struct {
	// `setup`: of the root directory, whatever the reach, and with `Below` of all directories.
	Setup bool
	// `configure`.
	Configure bool
	// `fix`.
	Fix bool
	// `generate_rules`.
	GenerateRules bool
	// `imports`, also in directories that are only indexed.
	Imports bool
}

// SetupRequest: The argument of `setup`, which is called once in a run, before all directories.
type SetupRequest struct {
	// What holds for the whole run.
	Run RunInfo
	// Files of the root directory that match inputs for `setup`, and with the reach `Below` those of all directories. Sorted, without duplicates.
	Files []File
}

// Catalogue: The result of `setup`: what holds in this run in the place of what the manifest says of it.
type Catalogue struct {
	// The kinds of rules that the guest generates, now or in the past (Gazelle: `Kinds`). Sorted, without duplicates.
	Kinds []Kind
	// Where these kinds are loaded from (Gazelle: `ApparentLoads`).
	Loads []LoadInfo
	// The directives that the guest understands (Gazelle: `KnownDirectives`). Sorted, without duplicates.
	Directives []DirectiveInfo
	// What the guest wants to know of which files, and in which methods.
	Inputs []Input
	// What the user should know.
	Diagnostics []Diagnostic
}

// ScanRequest: The argument of `scan`, which is called for a file that an input wants `Scan` of.
type ScanRequest struct {
	// Base name of the file.
	Name string
	// All its bytes.
	Content []byte
}

// ScanResponse: The result of `scan`.
type ScanResponse struct {
	// What the guest wants to be told of the file in the other methods. The host doesn't look into it.
	Facts []byte
	// What the user should know. The `file` of one is the `name` of the request, if it has any.
	Diagnostics []Diagnostic
}

// ConfigureRequest: The argument of `configure`, which is called for each directory after its parent (Gazelle: `Configurer.Configure`).
type ConfigureRequest struct {
	// Path of the directory.
	Rel string
	// The parent directory's state; empty in the root directory.
	Parent []byte
	// What holds for the whole run; only in the root directory.
	Run *RunInfo
	// The directory's directives that the guest's manifest names, in the order of the file.
	Directives []Directive
	// The directory's BUILD file, if it has one.
	BuildFile *BuildFile
	// Files that match inputs with the reach `Here` or `Below`. Sorted, without duplicates.
	Files []File
	// Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first.
	Above []File
}

// RunInfo: What holds for the whole run.
type RunInfo struct {
	// What the user asked for.
	Command Command
	// Name of the repository; may be empty.
	RepoName string
	// Base name of the directory that is the root of the repository. It differs from checkout to checkout.
	RootName string
	// The names that a BUILD file may have in the root directory, the one for new files first.
	BuildFileNames []string
	// Which directories are in the index.
	Indexing Indexing
	// The modules of MODULE.bazel that this one depends on, and this one itself. Sorted, without duplicates.
	Modules []BazelModule
	// Values of the flags in the guest's manifest, those left at their default included.
	Flags []FlagValue
	// The names of all languages of this run, in their order.
	Languages []string
}

// Command: What the user asked for.
type Command uint32

const (
	// CommandUpdate: Update BUILD files, without changes that may break something.
	CommandUpdate Command = 0
	// CommandFix: Update BUILD files and repair deprecated usage (Gazelle: `Config.ShouldFix`).
	CommandFix Command = 1
)

func (v Command) String() string {
	switch v {
	case CommandUpdate:
		return "Update"
	case CommandFix:
		return "Fix"
	}
	return "none of the schema"
}

// Indexing: Which directories are in the index (Gazelle: `-index`).
type Indexing uint32

const (
	// IndexingAll: All of the repository.
	IndexingAll Indexing = 0
	// IndexingLazy: Those that are updated, and those that `rels_to_index` names.
	IndexingLazy Indexing = 1
	// IndexingNone: There is no index.
	IndexingNone Indexing = 2
)

func (v Indexing) String() string {
	switch v {
	case IndexingAll:
		return "All"
	case IndexingLazy:
		return "Lazy"
	case IndexingNone:
		return "None"
	}
	return "none of the schema"
}

// BazelModule: A Bazel module.
type BazelModule struct {
	// Its name.
	Name string
	// The name that this repository knows it by (`repo_name` in MODULE.bazel), without `@`.
	Apparent string
}

// FlagValue: A value of a command line flag. A flag of type `Strings` has one entry for each of its values.
type FlagValue struct {
	// The flag's name.
	Name string
	// Its value, as the manifest's type for it demands.
	Value string
}

// ConfigureResponse: The result of `configure`.
type ConfigureResponse struct {
	// What the guest wants to be told in every later call for this directory, and in `configure` for the directories in it. The host doesn't look into it.
	State []byte
	// What can be imported in this directory, and in those in it, without a rule of this repository that stands for it. The host looks it up, and puts it in no request but as an answer. Sorted by its first 3 texts, without duplicates.
	Provided []Provided
	// What the user should know.
	Diagnostics []Diagnostic
}

// Provided: Something that can be imported and that no rule of this repository need stand for: a package of another repository, a file.
type Provided struct {
	// What a source file says to import it.
	Import ImportSpec
	// The absolute label to depend on.
	Label string
	// What a guest wants to be told with the label. The host doesn't look into it.
	Payload []byte
}

// BuildFile: A BUILD file as its directory's guests see it.
type BuildFile struct {
	// The file's base name, `BUILD.bazel` or `BUILD`.
	Name string
	// Its `load` statements, in the order of the file.
	Loads []Load
	// Its rules, macro calls and `package()`, in the order of the file.
	Rules []Rule
	// Its `# gazelle:` comments, in the order of the file, whichever language they are for.
	Directives []Directive
}

// Load: A `load` statement.
type Load struct {
	// The label of the file that is loaded, as written.
	Name string
	// What is loaded from it, in the order written.
	Symbols []Symbol
}

// Symbol: A symbol in a `load` statement.
type Symbol struct {
	// Its name where it is defined.
	From string
	// Its name in this file; the same as `from` where it has no alias.
	To string
}

// Directive: A `# gazelle:key value` comment.
type Directive struct {
	// What stands before the first space.
	Key string
	// The rest of the line, without spaces at its ends.
	Value string
}

// Rule: A call at the top of a BUILD file that has a kind: a rule, a macro, or `package`.
type Rule struct {
	// The kind as the guest's manifest spells it, `proto_library`. Where `map_kind` or `alias_kind` gives it another name in the file, the host translates in both directions.
	Kind string
	// The kind as the file spells it, `my_proto_library`; `None` if that is the same. Meaningless in a rule that a guest generates.
	Written *string
	// The `name` attribute; empty where there is none, as in `package()`.
	Name string
	// All other attributes. Sorted, without duplicates.
	Attrs []Attr
	// Positional arguments, as Starlark text.
	Args []string
	// Comment lines above the rule, each with its `#`.
	Comments []string
	// Whether the rule is marked `# keep`. Meaningless in a rule that a guest generates.
	Keep bool
}

// Attr: An attribute of a rule.
type Attr struct {
	// Its name.
	Name string
	// Its value.
	Value Value
	// Comment lines above the attribute, each with its `#`.
	Comments []string
}

// Value: The value of an attribute. There is no nesting: what doesn't fit is Starlark text.
//
//   - Bool: `True` or `False`.
//   - Int: An integer.
//   - String: A string.
//   - Strings: A list of strings, in the order given.
//   - SortedStrings: A list of strings that the host puts in the order of buildifier's labels, without duplicates.
//   - Label: A label, absolute or relative. The host writes it in its shortest form for the package it stands in.
//   - Labels: A list of labels. The host shortens each, puts them in buildifier's order and drops duplicates.
//   - StringDict: A dict of strings.
//   - ListDict: A dict of string lists.
//   - Glob: `glob(include, exclude = exclude)`.
//   - Select: `select({condition: values})`.
//   - Concat: Lists joined by `+`, in the order given.
//   - Raw: Any other expression, as Starlark text. A host that writes it parses it first.
type Value interface{ writeValue(*writer) *Fault }

// Bool is a [Value]: `True` or `False`.
type Bool bool

// Int is a [Value]: An integer.
type Int int64

// String is a [Value]: A string.
type String string

// Strings is a [Value]: A list of strings, in the order given.
type Strings []string

// SortedStrings is a [Value]: A list of strings that the host puts in the order of buildifier's labels, without duplicates.
type SortedStrings []string

// Label is a [Value]: A label, absolute or relative. The host writes it in its shortest form for the package it stands in.
type Label string

// Labels is a [Value]: A list of labels. The host shortens each, puts them in buildifier's order and drops duplicates.
type Labels []string

// StringDict is a [Value]: A dict of strings.
type StringDict []StringEntry

// ListDict is a [Value]: A dict of string lists.
type ListDict []ListEntry

// Glob is a [Value]: `glob(include, exclude = exclude)`.
type Glob struct {
	// Patterns of files that are meant.
	Include []string
	// Patterns of files that are not; the argument is left out where the list is empty.
	Exclude []string
}

// Select is a [Value]: `select({condition: values})`.
type Select []SelectBranch

// Concat is a [Value]: Lists joined by `+`, in the order given.
type Concat []Term

// Raw is a [Value]: Any other expression, as Starlark text. A host that writes it parses it first.
type Raw string

// StringEntry: An entry of a dict of strings.
type StringEntry struct {
	// The key.
	Key string
	// What it stands for.
	Value string
}

// ListEntry: An entry of a dict of string lists.
type ListEntry struct {
	// The key.
	Key string
	// What it stands for, in the order given.
	Values []string
}

// SelectBranch: A branch of a `select`.
type SelectBranch struct {
	// The label of a `config_setting`, or `//conditions:default`.
	Condition string
	// The strings that hold under this condition, in the order given.
	Values []string
}

// Term: A part of a sum of lists.
//
//   - Strings: A list of strings, in the order given.
//   - Glob: `glob(include, exclude = exclude)`.
//   - Select: `select({condition: values})`.
type Term interface{ writeTerm(*writer) *Fault }

// File: A file, and what the guest asked to be told of it.
type File struct {
	// Path relative to the directory; in `above` from the root.
	Name string
	// What the manifest wants of it.
	Data FileData
}

// FileData: What a guest is told of a file.
//
//   - nil: Only that it is there.
//   - FileContent: All its bytes.
//   - FileMatches: Where the manifest's expressions match, from left to right.
//   - FileFacts: What `scan` has returned for it.
//   - FileFailed: `scan` has answered with an error, or not at all. The user is told so.
type FileData interface{ writeFileData(*writer) *Fault }

// FileContent is a [FileData]: All its bytes.
type FileContent []byte

// FileMatches is a [FileData]: Where the manifest's expressions match, from left to right.
type FileMatches []Match

// FileFacts is a [FileData]: What `scan` has returned for it.
type FileFacts []byte

// FileFailed is a [FileData]: `scan` has answered with an error, or not at all. The user is told so.
type FileFailed struct{}

// Match: A place where a regular expression matched.
type Match struct {
	// Index of the expression in the manifest's list.
	Pattern uint32
	// Its groups in the order of their opening parentheses, group 1 first; none for a group that took no part.
	Groups [][]byte
}

// FixRequest: The argument of `fix`, which is called before rules are generated (Gazelle: `Fixer.Fix`).
type FixRequest struct {
	// Path of the directory.
	Rel string
	// What `configure` returned for it.
	State []byte
	// The file that may need repair.
	BuildFile BuildFile
	// Whether rules may be deleted and renamed (Gazelle: `Config.ShouldFix`). The host refuses such edits otherwise.
	ShouldFix bool
	// Files that match inputs with the reach `Here` or `Below`. Sorted, without duplicates.
	Files []File
	// Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first.
	Above []File
}

// FixResponse: The result of `fix`.
type FixResponse struct {
	// What to change, one after the other.
	Edits []Edit
	// What the user should know.
	Diagnostics []Diagnostic
}

// Edit: A change of a BUILD file. Rules and loads are named by their index in the request, whatever the edits before have done.
//
//   - SetKind: Gives a rule another kind.
//   - SetName: Gives a rule another name.
//   - SetAttr: Sets an attribute.
//   - DeleteAttr: Takes an attribute away, if it is there.
//   - DeleteRule: Deletes a rule.
//   - AppendRule: Puts a rule at the end of the file.
//   - SetLoad: Changes a load statement; one without symbols is deleted.
//   - InsertLoad: Puts a load statement in front of another. Those put in front of the same one stand in the order of the edits.
type Edit interface{ writeEdit(*writer) *Fault }

// SetKind is a [Edit]: Gives a rule another kind.
type SetKind struct {
	// Index of the rule.
	Rule uint32
	// Its new kind.
	Kind string
}

// SetName is a [Edit]: Gives a rule another name.
type SetName struct {
	// Index of the rule.
	Rule uint32
	// Its new name.
	Name string
}

// SetAttr is a [Edit]: Sets an attribute.
type SetAttr struct {
	// Index of the rule.
	Rule uint32
	// The attribute.
	Attr Attr
}

// DeleteAttr is a [Edit]: Takes an attribute away, if it is there.
type DeleteAttr struct {
	// Index of the rule.
	Rule uint32
	// Name of the attribute.
	Name string
}

// DeleteRule is a [Edit]: Deletes a rule.
type DeleteRule struct {
	// Index of the rule.
	Rule uint32
}

// AppendRule is a [Edit]: Puts a rule at the end of the file.
type AppendRule struct {
	// The rule.
	Rule Rule
}

// SetLoad is a [Edit]: Changes a load statement; one without symbols is deleted.
type SetLoad struct {
	// Index of the load statement.
	Load uint32
	// Label of the file.
	Name string
	// What is loaded from it.
	Symbols []Symbol
}

// InsertLoad is a [Edit]: Puts a load statement in front of another. Those put in front of the same one stand in the order of the edits.
type InsertLoad struct {
	// Index of the load statement that it is put in front of; their number puts it behind the last one.
	Load uint32
	// Label of the file.
	Name string
	// What is loaded from it.
	Symbols []Symbol
}

// GenerateRequest: The argument of `generate_rules`, which is called for each directory after those in it (Gazelle: `Generator.Generate`).
type GenerateRequest struct {
	// Path of the directory.
	Rel string
	// What `configure` returned for it.
	State []byte
	// The directory's BUILD file as `fix` has left it, if it has one.
	BuildFile *BuildFile
	// Files that match inputs with the reach `Here` (Gazelle: `RegularFiles`) or `Below`. Sorted, without duplicates.
	Files []File
	// Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first.
	Above []File
	// Names of the directories in this one (Gazelle: `Subdirs`). Sorted, without duplicates.
	Subdirs []string
	// Names of the files that rules of the BUILD file, and rules generated by languages before this one, make (Gazelle: `GenFiles`). Sorted, without duplicates.
	GeneratedFiles []string
	// Rules that languages before this one have generated here (Gazelle: `OtherGen`).
	OtherRules []GeneratedRule
	// Rules that languages before this one have found to be empty here (Gazelle: `OtherEmpty`).
	OtherEmpty []EmptyRule
	// The directories in this one of which `generate_rules` has returned a summary in this run that is not empty, and those that have failed in this run. Sorted, without duplicates.
	Children []Child
}

// Child: A directory in another, and what is known of it there.
type Child struct {
	// Path relative to this one.
	Name string
	// Whether it has failed in this run. Its summary is then empty.
	Failed bool
	// What `generate_rules` has returned for it as `summary`.
	Summary []byte
}

// GenerateResponse: The result of `generate_rules`.
type GenerateResponse struct {
	// Rules that should be in the BUILD file (Gazelle: `Gen`).
	Rules []GeneratedRule
	// Rules that should not: rules that match them lose what they had been generated with, and go when nothing is left (Gazelle: `Empty`).
	Empty []EmptyRule
	// Directories that have to be indexed before this one's rules are resolved (Gazelle: `RelsToIndex`). Sorted, without duplicates.
	RelsToIndex []string
	// What can be imported, from anywhere, and isn't told by `imports` of a rule. It is in the index like a rule. Sorted by its first 3 texts, without duplicates.
	Provided []Provided
	// What the guest wants to be told in the request for the directory that this one is in. The host doesn't look into it.
	Summary []byte
	// What the user should know.
	Diagnostics []Diagnostic
}

// GeneratedRule: A rule that a language has generated.
type GeneratedRule struct {
	// The rule.
	Rule Rule
	// Attributes that are not written but shown to the languages after this one, and in `imports` (Gazelle: private attributes). Sorted, without duplicates.
	Private []Attr
	// What the rule's sources import (Gazelle: `Imports`). The host looks each up before it calls `resolve`. Sorted by its first 2 texts, without duplicates.
	Imports []ImportSpec
	// What the guest wants to be told in `imports` and `resolve` of the rule. The host doesn't look into it.
	Note []byte
}

// EmptyRule: A rule that nothing is left to generate for.
type EmptyRule struct {
	// Its kind.
	Kind string
	// Its name.
	Name string
	// Attributes by which it may be matched. Sorted, without duplicates.
	Attrs []Attr
}

// ImportSpec: Something that can be imported: a text as it stands in source code, and the language it stands in (Gazelle: `resolve.ImportSpec`). Its order is that of sorted lists.
type ImportSpec struct {
	// Name of the language in which the text means something.
	Lang string
	// The text: `google/protobuf/any.proto`.
	Imp string
}

// ImportsRequest: The argument of `imports`, which is called once for all rules of a directory that have one of the guest's kinds (Gazelle: `Indexer.Imports`).
type ImportsRequest struct {
	// Path of the directory.
	Rel string
	// What `configure` returned for it.
	State []byte
	// The rules, in the order of the BUILD file.
	Rules []ImportsRule
	// All other rules of the BUILD file, in its order.
	OtherRules []Rule
	// Files that match inputs with the reach `Here` or `Below`. Sorted, without duplicates.
	Files []File
	// Files that match inputs with the reach `Above` or `Root`: their names are paths from the root, and those of the nearest directory stand first.
	Above []File
}

// ImportsRule: A rule that may be imported.
type ImportsRule struct {
	// The rule as it is in the BUILD file after the first merge.
	Rule Rule
	// The private attributes that this guest's `generate_rules` gave it in this run; none if it did not generate it. Sorted, without duplicates.
	Private []Attr
	// The note that `generate_rules` gave it; empty if it did not generate it.
	Note []byte
}

// ImportsResponse: The result of `imports`.
type ImportsResponse struct {
	// One entry for each rule of the request, in the same order.
	Rules []RuleImports
}

// RuleImports: How a rule can be imported.
type RuleImports struct {
	// Whether it can at all. A rule that can be is in the index even when no import names it.
	Importable bool
	// What a source file may say to import it. Sorted by its first 2 texts, without duplicates.
	Imports []ImportSpec
	// Labels of the rules that it embeds: these can no longer be imported themselves, and what they provide is found in this one.
	Embeds []string
	// What a guest wants to be told with the label wherever the rule is found. The host doesn't look into it.
	Payload []byte
}

// ResolveRequest: The argument of `resolve`, which is called once for all rules that the guest has generated in a directory (Gazelle: `Resolver.Resolve`).
type ResolveRequest struct {
	// Path of the directory.
	Rel string
	// What `configure` returned for it.
	State []byte
	// The rules, in the order of the response of `generate_rules`, as they are after the first merge.
	Rules []ResolveRule
	// What the index knows: an entry for each import of these rules, asked for this guest's language, and for each query of earlier rounds. Sorted by its first 3 texts, without duplicates.
	Found []Lookup
	// 0 in the first call, one more after each `Need`.
	Round uint32
}

// ResolveRule: A rule to be resolved.
type ResolveRule struct {
	// The rule.
	Rule Rule
	// What its sources import, from `generate_rules`. Sorted by its first 2 texts, without duplicates.
	Imports []ImportSpec
	// The note that `generate_rules` left.
	Note []byte
}

// Lookup: What is known of an import.
type Lookup struct {
	// The question.
	Query Query
	// A label that the user has set for this import by a `resolve` or `resolve_regexp` directive. It goes before all else.
	OverrideLabel *string
	// Where `matches` are from.
	Origin Origin
	// What provides it, by label; the asking rule itself may be among them. More than one is for the guest to choose from or to report.
	Matches []Provider
}

// Origin: Where the answer to a query is from: the first of these places that has one.
type Origin uint32

const (
	// OriginNowhere: Nothing provides it.
	OriginNowhere Origin = 0
	// OriginIndex: The index: rules, and what `generate_rules` of any directory has `provided`.
	OriginIndex Origin = 1
	// OriginConfigure: What `configure` has `provided`, of the nearest directory.
	OriginConfigure Origin = 2
	// OriginFind: The languages' `find`.
	OriginFind Origin = 3
)

func (v Origin) String() string {
	switch v {
	case OriginNowhere:
		return "Nowhere"
	case OriginIndex:
		return "Index"
	case OriginConfigure:
		return "Configure"
	case OriginFind:
		return "Find"
	}
	return "none of the schema"
}

// Query: A question to the index. Its order is that of sorted lists.
type Query struct {
	// What is looked for.
	Import ImportSpec
	// Name of the language whose rules may be found (Gazelle: `lang` of `FindRulesByImport`).
	Lang string
}

// ResolveResponse: The result of `resolve`.
//
//   - Resolved: All rules are resolved.
//   - Need: The guest has further questions. The host calls `resolve` again with the same rules and all answers so far. The number of rounds is bounded (`resolve.rounds`).
type ResolveResponse interface{ writeResolveResponse(*writer) *Fault }

// Resolved is a [ResolveResponse]: All rules are resolved.
type Resolved struct {
	// One entry for each rule of the request, in the same order.
	Rules []ResolvedRule
	// What the user should know.
	Diagnostics []Diagnostic
}

// Need is a [ResolveResponse]: The guest has further questions. The host calls `resolve` again with the same rules and all answers so far. The number of rounds is bounded (`resolve.rounds`).
type Need []Query

// ResolvedRule: What resolving has found out about a rule.
type ResolvedRule struct {
	// Attributes to set, `deps` for one. Sorted, without duplicates.
	Set []Attr
	// Names of attributes to take away. Sorted, without duplicates.
	Delete []string
}

// FindRequest: The argument of `find`, which is called for imports that the index doesn't have (Gazelle: `Finder.Find`, `CrossResolver`).
type FindRequest struct {
	// Path of the directory whose rules have the imports.
	Rel string
	// What this guest's `configure` returned for it.
	State []byte
	// What is looked for. Sorted by its first 3 texts, without duplicates.
	Queries []Query
}

// FindResponse: The result of `find`.
type FindResponse struct {
	// One entry for each query of the request, in the same order.
	Found []FindAnswer
}

// FindAnswer: What a language knows of an import.
type FindAnswer struct {
	// What provides it; nothing where the language doesn't know.
	Matches []Provider
}

// Provider: Something that provides an import, a rule for one (Gazelle: `resolve.FindResult`).
type Provider struct {
	// Its absolute label.
	Label string
	// Labels of the rules that it embeds, directly or not.
	Embeds []string
	// The `payload` of the rule, or of what is provided; from `find`, any bytes.
	Payload []byte
}

// FinishRequest: The argument of `finish`, which is called once in a run, after all rules are resolved.
type FinishRequest struct {
	// What `configure` returned for the root directory.
	State []byte
	// The directories of which `generate_rules` has returned a summary in this run that is not empty, and those that have failed in this run. Sorted, without duplicates.
	Summaries []Summary
}

// Summary: What is known of a directory when a run ends.
type Summary struct {
	// Path of the directory.
	Rel string
	// Whether it has failed in this run. Its summary is then empty.
	Failed bool
	// What `generate_rules` has returned for it as `summary`.
	Summary []byte
}

// FinishResponse: The result of `finish`.
type FinishResponse struct {
	// What the user should know. The directory that files are relative to is the root.
	Diagnostics []Diagnostic
}
