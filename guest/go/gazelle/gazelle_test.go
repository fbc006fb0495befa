package gazelle

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"dorcas.dev/dorcas"
	languagev2 "github.com/bazel-contrib/bazel-gazelle/v2/language"
	resolvev2 "github.com/bazel-contrib/bazel-gazelle/v2/resolve"
	rulev2 "github.com/bazel-contrib/bazel-gazelle/v2/rule"
	"github.com/bazelbuild/bazel-gazelle/config"
	"github.com/bazelbuild/bazel-gazelle/label"
	"github.com/bazelbuild/bazel-gazelle/language"
	"github.com/bazelbuild/bazel-gazelle/language/proto"
	"github.com/bazelbuild/bazel-gazelle/repo"
	"github.com/bazelbuild/bazel-gazelle/resolve"
	"github.com/bazelbuild/bazel-gazelle/rule"
	"github.com/bazelbuild/bazel-gazelle/walk"
)

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "gazelle")
	if err != nil {
		log.Fatal(err)
	}
	repoRoot = filepath.Join(folder, "repo")
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

func wrapProto() *adapter {
	return newAdapter(complete(proto.NewLanguage()), Options{Inputs: []dorcas.Input{{Glob: "**/*.proto", Want: dorcas.WantContent{}}}})
}

// rootState is the state of a root directory.
func rootState(t *testing.T, a *adapter, root dorcas.RunInfo, build *dorcas.BuildFile) []byte {
	t.Helper()
	response, err := a.configure(dorcas.ConfigureRequest{Run: &root, BuildFile: build})
	if err != nil {
		t.Fatal(err)
	}
	return response.State
}

func protoFile(name, text string) dorcas.File {
	return dorcas.File{Name: name, Data: dorcas.FileContent(text)}
}

func check[T any](t *testing.T, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwanted\n%+v", got, want)
	}
}

func TestWhatProtoIsStandsInTheManifest(t *testing.T) {
	manifest, err := wrapProto().manifest(dorcas.ManifestRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dorcas.Encode(&manifest); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(manifest.Kinds, func(kind dorcas.Kind) bool { return kind.Name == "proto_library" })
	check(t, manifest.Kinds[i], dorcas.Kind{
		Name:           "proto_library",
		MatchAttrs:     []string{"srcs"},
		NonEmptyAttrs:  []string{"srcs"},
		MergeableAttrs: []string{"import_prefix", "srcs", "strip_import_prefix"},
		ResolveAttrs:   []string{"deps"},
	})
	check(t, manifest.Loads, []dorcas.LoadInfo{
		{Module: "protobuf", Repo: "com_google_protobuf", File: "//bazel:proto_library.bzl", Symbols: []string{"proto_library"}},
	})
	check(t, manifest.Directives[0], dorcas.DirectiveInfo{Name: "proto"})
	check(t, manifest.Flags[0], dorcas.Flag{
		Name: "proto", Type: dorcas.FlagString, Default: "default", Help: "default: generates a proto_library rule for one package",
	})
}

func TestProtoIsGeneratedAndResolved(t *testing.T) {
	a := wrapProto()
	state := rootState(t, a, dorcas.RunInfo{Modules: []dorcas.BazelModule{{Name: "protobuf", Apparent: "pb"}}}, nil)
	generated, err := a.generate(dorcas.GenerateRequest{Rel: "shop", State: state, Files: []dorcas.File{
		protoFile("a.proto", "package shop; import \"item/item.proto\"; import \"google/protobuf/any.proto\"; import \"shop/b.proto\";"),
		protoFile("b.proto", "package shop;"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	rule := generated.Rules[0].Rule
	check(t, rule, dorcas.Rule{Kind: "proto_library", Name: "shop_proto", Attrs: []dorcas.Attr{
		{Name: "srcs", Value: dorcas.SortedStrings{"a.proto", "b.proto"}},
		{Name: "visibility", Value: dorcas.Strings{"//visibility:public"}},
	}})
	item := dorcas.ImportSpec{Lang: "proto", Imp: "item/item.proto"}
	check(t, generated.Rules[0].Imports, []dorcas.ImportSpec{item})

	request := dorcas.ResolveRequest{Rel: "shop", State: state, Rules: []dorcas.ResolveRule{{Rule: rule, Note: generated.Rules[0].Note}}}
	query := dorcas.Query{Import: item, Lang: "proto"}
	response, err := a.resolve(request)
	if err != nil {
		t.Fatal(err)
	}
	check(t, response, dorcas.ResolveResponse(dorcas.Need{query}))
	request.Round, request.Found = 1, []dorcas.Lookup{{Query: query, Matches: []dorcas.Provider{{Label: "//item:item_proto"}}}}
	if response, err = a.resolve(request); err != nil {
		t.Fatal(err)
	}
	deps := dorcas.Attr{Name: "deps", Value: dorcas.SortedStrings{"//item:item_proto", "@pb//:any_proto"}}
	check(t, response, dorcas.ResolveResponse(dorcas.Resolved{Rules: []dorcas.ResolvedRule{{Set: []dorcas.Attr{deps}}}}))
}

func TestInTheLastRoundNothingIsAsked(t *testing.T) {
	a := wrapProto()
	note, err := note{kept: keptStrings, imports: append([]byte{6}, "a.none"...)}.encode()
	if err != nil {
		t.Fatal(err)
	}
	imports := append([]byte{7}, "a.proto"...)
	known, err := newNote(imports)
	if err != nil {
		t.Fatal(err)
	}
	rule := dorcas.Rule{Kind: "proto_library", Name: "a"}
	response, err := a.resolve(dorcas.ResolveRequest{Round: 8, Rules: []dorcas.ResolveRule{{Rule: rule, Note: known}, {Rule: rule, Note: note}}})
	if err != nil {
		t.Fatal(err)
	}
	check(t, response, dorcas.ResolveResponse(dorcas.Resolved{
		Rules: []dorcas.ResolvedRule{
			{Set: []dorcas.Attr{{Name: "deps", Value: dorcas.SortedStrings{":root_proto"}}}},
			{},
		},
		Diagnostics: []dorcas.Diagnostic{{Severity: dorcas.SeverityWarning, Message: "can't import non-proto: \"a.none\""}},
	}))
}

func newNote(imports []byte) ([]byte, error) {
	return note{kept: keptStrings, imports: imports}.encode()
}

func TestDirectivesHoldInTheDirectoriesBelow(t *testing.T) {
	a := wrapProto()
	state := rootState(t, a, dorcas.RunInfo{}, &dorcas.BuildFile{Name: "BUILD", Directives: []dorcas.Directive{
		{Key: "proto", Value: "file"}, {Key: "resolve", Value: "proto x.proto //override"}}})
	below, err := a.configure(dorcas.ConfigureRequest{Rel: "a", Parent: state})
	if err != nil {
		t.Fatal(err)
	}
	check(t, below.State, state)
	generated, err := a.generate(dorcas.GenerateRequest{Rel: "a/b", State: below.State, Files: []dorcas.File{
		protoFile("x.proto", "package p;"), protoFile("y.proto", "package p; import \"x.proto\";")}})
	if err != nil {
		t.Fatal(err)
	}
	check(t, []string{generated.Rules[0].Rule.Name, generated.Rules[1].Rule.Name}, []string{"x_proto", "y_proto"})
	response, err := a.resolve(dorcas.ResolveRequest{Rel: "a/b", State: below.State, Rules: []dorcas.ResolveRule{
		{Rule: generated.Rules[1].Rule, Note: generated.Rules[1].Note}}})
	if err != nil {
		t.Fatal(err)
	}
	deps := dorcas.Attr{Name: "deps", Value: dorcas.SortedStrings{"//override"}}
	check(t, response, dorcas.ResolveResponse(dorcas.Resolved{Rules: []dorcas.ResolvedRule{{Set: []dorcas.Attr{deps}}}}))
}

func TestWhatIsLoggedIsAWarning(t *testing.T) {
	a := wrapProto()
	response, err := a.configure(dorcas.ConfigureRequest{Run: &dorcas.RunInfo{}, BuildFile: &dorcas.BuildFile{Name: "BUILD",
		Directives: []dorcas.Directive{{Key: "proto", Value: "never"}}}})
	if err != nil {
		t.Fatal(err)
	}
	check(t, response.Diagnostics, []dorcas.Diagnostic{{Severity: dorcas.SeverityWarning, Message: `unrecognized proto mode: "never"`}})
	below, err := a.configure(dorcas.ConfigureRequest{Rel: "a", Parent: response.State})
	if err != nil || len(below.Diagnostics) > 0 {
		t.Error("it was told again below", below.Diagnostics, err)
	}
	generated, err := a.generate(dorcas.GenerateRequest{Rel: "a", State: response.State, Files: []dorcas.File{
		protoFile("x.proto", "package p;"), protoFile("y.proto", "package q;")}})
	if err != nil {
		t.Fatal(err)
	}
	check(t, generated.Diagnostics, []dorcas.Diagnostic{{Severity: dorcas.SeverityWarning, Message: "a: directory contains " +
		"multiple proto packages. Gazelle can only generate a proto_library for one package."}})
}

func TestAFlagThatCantBeParsedIsAnError(t *testing.T) {
	root := dorcas.RunInfo{Flags: []dorcas.FlagValue{{Name: "proto", Value: "never"}}}
	_, err := wrapProto().configure(dorcas.ConfigureRequest{Run: &root})
	if err == nil || err.Error() != `invalid value never for -proto: unrecognized proto mode: "never"` {
		t.Error(err)
	}
}

func TestAStateThatIsNone(t *testing.T) {
	_, err := wrapProto().generate(dorcas.GenerateRequest{State: []byte{3, 1}})
	if err == nil || err.Error() != "the state is not one that configure has returned" {
		t.Error(err)
	}
}

// toy is an extension of version 1 whose imports are of a type of its own.
type toy struct {
	language.BaseLang
	generated int
	fix       func(*rule.File)
}

type toyImports struct{ Needs map[string]string }

func (*toy) Name() string { return "toy" }

func (*toy) Kinds() map[string]rule.KindInfo {
	return map[string]rule.KindInfo{"toy_library": {ResolveAttrs: map[string]bool{"deps": true}}}
}

func (l *toy) GenerateRules(args language.GenerateArgs) language.GenerateResult {
	l.generated++
	r := rule.NewRule("toy_library", "toy")
	r.SetAttr("platforms", rule.SelectStringListValue{"//conditions:default": nil, "//os:linux": {"a"}})
	r.SetPrivateAttr("about", []string{"b", "a"})
	text, err := os.ReadFile(filepath.Join(args.Dir, "toy.txt"))
	if err != nil {
		log.Fatal(err)
	}
	return language.GenerateResult{Gen: []*rule.Rule{r}, Imports: []any{toyImports{map[string]string{"x": string(text)}}}}
}

func (*toy) Resolve(c *config.Config, ix *resolve.RuleIndex, rc *repo.RemoteCache, r *rule.Rule, imports any, from label.Label) {
	r.SetAttr("deps", rule.UnsortedStrings{imports.(toyImports).Needs["x"], fmt.Sprint(r.PrivateAttr("about")), from.String()})
}

func (l *toy) Fix(c *config.Config, f *rule.File) { l.fix(f) }

func (*toy) Imports(c *config.Config, r *rule.Rule, f *rule.File) []resolve.ImportSpec {
	if r.Name() == "hidden" {
		return nil
	}
	return []resolve.ImportSpec{{Lang: "toy", Imp: "b"}, {Lang: "toy", Imp: "a"}, {Lang: "toy", Imp: "b"}}
}

func (*toy) Embeds(r *rule.Rule, from label.Label) []label.Label {
	return []label.Label{label.New("", "", "embedded")}
}

func TestImportsOfAnyTypeReachResolve(t *testing.T) {
	for name, options := range map[string]Options{
		"as JSON":         {Imports: []any{"", toyImports{}}},
		"generated again": {},
		"in memory":       {Stateful: true},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAdapter(complete(&toy{}), options)
			state := rootState(t, a, dorcas.RunInfo{}, nil)
			generated, err := a.generate(dorcas.GenerateRequest{Rel: "d", State: state, Files: []dorcas.File{protoFile("toy.txt", "//needed")}})
			if err != nil {
				t.Fatal(err)
			}
			check(t, generated.Rules[0].Rule.Attrs[0].Value, dorcas.Value(dorcas.Select{
				{Condition: "//conditions:default", Values: []string{}}, {Condition: "//os:linux", Values: []string{"a"}}}))
			check(t, generated.Rules[0].Private, []dorcas.Attr{{Name: "about", Value: dorcas.Strings{"b", "a"}}})
			renamed := generated.Rules[0].Rule
			renamed.Name = "renamed"
			response, err := a.resolve(dorcas.ResolveRequest{Rel: "d", State: state,
				Rules: []dorcas.ResolveRule{{Rule: renamed, Note: generated.Rules[0].Note}}})
			if err != nil {
				t.Fatal(err)
			}
			deps := dorcas.Attr{Name: "deps", Value: dorcas.Strings{"//needed", "[b a]", "//d:renamed"}}
			check(t, response, dorcas.ResolveResponse(dorcas.Resolved{Rules: []dorcas.ResolvedRule{{Set: []dorcas.Attr{deps}}}}))
		})
	}
}

func TestWhatAnExtensionFindsBesideItsOwn(t *testing.T) {
	var seen string
	a := newAdapter(complete(&toy{}), Options{
		With: []languagev2.Language{proto.NewLanguage()},
		BeforeGenerate: func(args *languagev2.GenerateArgs) {
			seen = proto.GetProtoConfig(args.Config).Mode.String()
			args.OtherGen[0].SetPrivateAttr("added", "yes")
			seen += fmt.Sprint(args.OtherGen[0].PrivateAttr("text"), args.OtherGen[0].PrivateAttr("added"))
		},
	})
	state := rootState(t, a, dorcas.RunInfo{}, &dorcas.BuildFile{Name: "BUILD", Directives: []dorcas.Directive{{Key: "proto", Value: "file"}}})
	other := dorcas.GeneratedRule{Rule: dorcas.Rule{Kind: "a", Name: "b"}, Private: []dorcas.Attr{{Name: "text", Value: dorcas.String("t")}}}
	_, err := a.generate(dorcas.GenerateRequest{State: state, Files: []dorcas.File{protoFile("toy.txt", "")}, OtherRules: []dorcas.GeneratedRule{other}})
	if err != nil {
		t.Fatal(err)
	}
	check(t, seen, "filetyes")
}

// walker is an extension that looks at the directory `data` below its own, and at what it can find and read there.
type walker struct {
	language.BaseLang
	seen string
}

func (*walker) Name() string { return "walker" }

func (l *walker) GenerateRules(args language.GenerateArgs) language.GenerateResult {
	info, err := walk.GetDirInfo(path.Join(args.Rel, "data"))
	rules := 0
	if info.File != nil {
		rules = len(info.File.Rules)
	}
	l.seen = fmt.Sprint(info.RegularFiles, info.Subdirs, info.GenFiles, rules, err != nil)
	return language.GenerateResult{}
}

func TestGetDirInfoHasAWalkToAsk(t *testing.T) {
	built := dorcas.BuildFile{Name: "BUILD", Directives: []dorcas.Directive{{Key: "generation_mode", Value: "none"}}, Rules: []dorcas.Rule{
		{Kind: "genrule", Name: "g", Attrs: []dorcas.Attr{{Name: "outs", Value: dorcas.Strings{"made"}}}}}}
	for name, c := range map[string]struct {
		stateful bool
		want     string
	}{
		"a stateful extension remembers directories": {true, "[BUILD a.txt] [deep empty] [made] 1 false"},
		"any other knows the files of its request":   {false, "[] [] [] 0 true"},
	} {
		t.Run(name, func(t *testing.T) {
			l := &walker{}
			a := newAdapter(complete(l), Options{Stateful: c.stateful, ConfigureInputs: []dorcas.Input{{Glob: "**"}}})
			state := rootState(t, a, dorcas.RunInfo{}, nil)
			for _, request := range []dorcas.ConfigureRequest{
				{Rel: "d"},
				{Rel: "d/data", BuildFile: &built, Files: []dorcas.File{{Name: "BUILD"}, {Name: "a.txt"}}},
				{Rel: "d/data/deep", Files: []dorcas.File{{Name: "b.txt"}}},
				{Rel: "d/data/empty"},
			} {
				request.Parent = state
				if _, err := a.configure(request); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := a.generate(dorcas.GenerateRequest{Rel: "d", State: state, Subdirs: []string{"data"}}); err != nil {
				t.Fatal(err)
			}
			check(t, l.seen, c.want)
		})
	}
}

func TestDirectoriesWithNamesThatLeadUpwards(t *testing.T) {
	a := newAdapter(complete(&walker{}), Options{Stateful: true})
	state := rootState(t, a, dorcas.RunInfo{}, nil)
	request := dorcas.GenerateRequest{State: state, Subdirs: []string{"", ".", "..", "a/../.."}}
	for _, rel := range []string{"a", "", ".."} {
		request.Rel = rel
		if _, err := a.generate(request); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhereModulesAndRepositoriesAreFound(t *testing.T) {
	files := []dorcas.File{
		protoFile("WORKSPACE", `go_repository(name = "named", importpath = "example.com/named")`),
		protoFile("go.mod", "module example.com/own\nrequire example.com/needed/v2 v2.0.0\n"),
	}
	for imported, want := range map[string]string{
		"example.com/named/a":     "example.com/named named",
		"example.com/needed/v2/a": "example.com/needed/v2 com_example_needed_v2",
		"example.com/other":       "no module that go.mod requires has the package example.com/other",
	} {
		l := &asking{imported: imported}
		a := newAdapter(complete(l), Options{ConfigureInputs: []dorcas.Input{{Glob: "*", Want: dorcas.WantContent{}}}})
		response, err := a.configure(dorcas.ConfigureRequest{Run: &dorcas.RunInfo{}, Files: files})
		if err != nil {
			t.Fatal(err)
		}
		note, err := note{}.encode()
		if err != nil {
			t.Fatal(err)
		}
		rule := dorcas.ResolveRule{Rule: dorcas.Rule{Kind: "k", Name: "r"}, Note: note}
		if _, err := a.resolve(dorcas.ResolveRequest{State: response.State, Rules: []dorcas.ResolveRule{rule}}); err != nil {
			t.Fatal(err)
		}
		check(t, l.found, want)
	}
}

// asking is an extension that asks for the module of a package, under the name of the Go language.
type asking struct {
	language.BaseLang
	imported, found string
}

func (*asking) Name() string { return "go" }

func (*asking) Configure(c *config.Config, _ string, _ *rule.File) { c.Exts["go"] = true }

func (l *asking) Resolve(_ *config.Config, _ *resolve.RuleIndex, rc *repo.RemoteCache, _ *rule.Rule, _ any, _ label.Label) {
	module, name, err := rc.Mod(l.imported)
	if l.found = module + " " + name; err != nil {
		l.found = err.Error()
	}
}

func TestKindsBesideItsOwn(t *testing.T) {
	a := newAdapter(complete(&toy{}), Options{Kinds: rulev2.GenericKinds})
	manifest, err := a.manifest(dorcas.ManifestRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, kind := range manifest.Kinds {
		names = append(names, kind.Name)
	}
	check(t, names, []string{"alias", "filegroup", "toy_library"})
}

func TestHowRulesCanBeImported(t *testing.T) {
	a := newAdapter(complete(&toy{}), Options{})
	response, err := a.imports(dorcas.ImportsRequest{Rel: "d", State: rootState(t, a, dorcas.RunInfo{}, nil), Rules: []dorcas.ImportsRule{
		{Rule: dorcas.Rule{Kind: "toy_library", Name: "seen"}}, {Rule: dorcas.Rule{Kind: "toy_library", Name: "hidden"}}}})
	if err != nil {
		t.Fatal(err)
	}
	both := []dorcas.ImportSpec{{Lang: "toy", Imp: "a"}, {Lang: "toy", Imp: "b"}}
	check(t, response.Rules, []dorcas.RuleImports{
		{Importable: true, Imports: both, Embeds: []string{"//:embedded"}},
		{Embeds: []string{"//:embedded"}},
	})
}

func TestWhatFixDoesToAFileBecomesEdits(t *testing.T) {
	file := dorcas.BuildFile{
		Name:  "BUILD",
		Loads: []dorcas.Load{{Name: "//:a.bzl", Symbols: []dorcas.Symbol{{From: "a", To: "a"}, {From: "b", To: "c"}}}, {Name: "//:old.bzl", Symbols: []dorcas.Symbol{{From: "o", To: "o"}}}},
		Rules: []dorcas.Rule{
			{Kind: "a", Name: "one", Attrs: []dorcas.Attr{{Name: "gone", Value: dorcas.Int(1)}, {Name: "raw", Value: dorcas.Raw("[x for x in\n  y]")}}},
			{Kind: "a", Name: "two"},
			{Kind: "package", Args: []string{"f(1)"}},
		},
	}
	request := dorcas.FixRequest{BuildFile: file, ShouldFix: true}
	for name, c := range map[string]struct {
		fix  func(*rule.File)
		want []dorcas.Edit
	}{
		"nothing": {func(*rule.File) {}, nil},
		"a rule is changed": {func(f *rule.File) {
			f.Rules[0].SetKind("b")
			f.Rules[0].SetName("uno")
			f.Rules[0].DelAttr("gone")
			f.Rules[0].SetAttr("srcs", []string{"x"})
		}, []dorcas.Edit{
			dorcas.SetKind{Rule: 0, Kind: "b"},
			dorcas.SetName{Rule: 0, Name: "uno"},
			dorcas.SetAttr{Rule: 0, Attr: dorcas.Attr{Name: "srcs", Value: dorcas.Strings{"x"}}},
			dorcas.DeleteAttr{Rule: 0, Name: "gone"},
		}},
		"rules come and go": {func(f *rule.File) {
			f.Rules[1].Delete()
			rule.NewRule("c", "three").Insert(f)
		}, []dorcas.Edit{dorcas.DeleteRule{Rule: 1}, dorcas.AppendRule{Rule: dorcas.Rule{Kind: "c", Name: "three"}}}},
		"loads come, change and go": {func(f *rule.File) {
			f.Loads[0].Remove("a")
			f.Loads[1].Delete()
			l := rule.NewLoad("//:new.bzl")
			l.Add("n")
			l.Insert(f, 0)
		}, []dorcas.Edit{
			dorcas.SetLoad{Load: 0, Name: "//:a.bzl", Symbols: []dorcas.Symbol{{From: "b", To: "c"}}},
			dorcas.SetLoad{Load: 1, Name: "//:old.bzl"},
			dorcas.InsertLoad{Load: 0, Name: "//:new.bzl", Symbols: []dorcas.Symbol{{From: "n", To: "n"}}},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAdapter(complete(&toy{fix: c.fix}), Options{})
			request.State = rootState(t, a, dorcas.RunInfo{}, nil)
			response, err := a.fix(request)
			if err != nil {
				t.Fatal(err)
			}
			check(t, response.Edits, c.want)
		})
	}
}

func TestWhatUpdateDoesNotDoIsAWarning(t *testing.T) {
	file := dorcas.BuildFile{Name: "BUILD", Rules: []dorcas.Rule{{Kind: "a", Name: "one"}, {Kind: "a", Name: "two"}}}
	for name, c := range map[string]struct {
		fix     func(*rule.File)
		edits   int
		refused bool
	}{
		"an attribute": {func(f *rule.File) { f.Rules[0].SetAttr("x", 1) }, 1, false},
		"a name":       {func(f *rule.File) { f.Rules[0].SetName("uno"); f.Rules[1].SetAttr("embed", []string{":uno"}) }, 2, true},
		"a kind":       {func(f *rule.File) { f.Rules[0].SetKind("b") }, 1, true},
		"a rule":       {func(f *rule.File) { f.Rules[0].Delete() }, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, shouldFix := range []bool{true, false} {
				a := newAdapter(complete(&toy{fix: c.fix}), Options{})
				request := dorcas.FixRequest{BuildFile: file, ShouldFix: shouldFix, State: rootState(t, a, dorcas.RunInfo{}, nil)}
				response, err := a.fix(request)
				if err != nil {
					t.Fatal(err)
				}
				refused := c.refused && !shouldFix
				if (len(response.Edits) == 0) != refused || (len(response.Diagnostics) == 1) != refused || !refused && len(response.Edits) != c.edits {
					t.Errorf("shouldFix %v: %v, %v", shouldFix, response.Edits, response.Diagnostics)
				}
			}
		})
	}
}

func TestValuesComeBackAsTheyWere(t *testing.T) {
	for _, v := range []dorcas.Value{
		dorcas.Bool(true), dorcas.Bool(false), dorcas.Int(-7), dorcas.String("a\"b\n\\é"), dorcas.Strings{}, dorcas.Strings{"b", "a", "b"},
		dorcas.StringDict{{Key: "a", Value: "b"}, {Key: "c", Value: ""}}, dorcas.ListDict{{Key: "a", Values: []string{"b"}}},
		dorcas.Glob{Include: []string{"*.a"}}, dorcas.Glob{Include: []string{"*.a"}, Exclude: []string{"b"}},
		dorcas.Select{{Condition: "//:c", Values: []string{"x"}}},
		dorcas.Concat{dorcas.Strings{"a"}, dorcas.Glob{Include: []string{"b"}}, dorcas.Select{{Condition: "//:c", Values: []string{}}}},
		dorcas.Raw("f(x)"), dorcas.Raw("\"a\" + b"), dorcas.Raw("None"), dorcas.Raw("1.5"), dorcas.Raw("(1, 2)"), dorcas.Raw("{\"b\": 1}"),
	} {
		expr, err := expression(v)
		if err != nil {
			t.Fatal(err)
		}
		check(t, value(expr, false), v)
	}
	if _, err := expression(dorcas.Raw("f(")); err == nil {
		t.Error("what is no Starlark was parsed")
	}
}

// modern is an extension of version 2 that does little.
type modern struct{}

func (modern) Name() string { return "modern" }

func (modern) Kinds() map[string]rule.KindInfo {
	return map[string]rule.KindInfo{"m": {MatchAny: true}}
}

func (modern) Generate(_ context.Context, args languagev2.GenerateArgs) (languagev2.GenerateResult, error) {
	if args.Rel == "bad" {
		return languagev2.GenerateResult{}, errors.New("bad directory")
	}
	return languagev2.GenerateResult{Gen: []*rule.Rule{rule.NewRule("m", strings.Join(args.RegularFiles, "+"))},
		RelsToIndex: []string{"b", "../out", "a", "b"}}, nil
}

func (modern) Resolve(_ context.Context, args resolvev2.ResolveArgs) error {
	for _, imp := range []string{"x", "x2"} {
		for _, found := range args.Index.FindRulesByImportWithConfig(args.Config, resolvev2.ImportSpec{Lang: "z", Imp: imp}, "modern") {
			args.Rule.SetAttr("dep", found.Label.String())
		}
	}
	return nil
}

func (modern) Find(_ context.Context, args resolvev2.FindArgs) ([]resolvev2.FindResult, error) {
	if args.Lang != "modern" {
		return nil, nil
	}
	return []resolvev2.FindResult{{Label: label.New("r", "", args.Import.Imp)}}, nil
}

func TestAnExtensionOfVersion2(t *testing.T) {
	a := newAdapter(complete(modern{}), Options{})
	state := rootState(t, a, dorcas.RunInfo{}, nil)
	generated, err := a.generate(dorcas.GenerateRequest{State: state, Files: []dorcas.File{{Name: "a"}, {Name: "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	check(t, generated.Rules[0].Rule, dorcas.Rule{Kind: "m", Name: "a+b"})
	check(t, generated.Rules[0].Imports, []dorcas.ImportSpec{{Lang: "z", Imp: "x"}, {Lang: "z", Imp: "x2"}})
	check(t, generated.RelsToIndex, []string{"a", "b"})
	if _, err := a.generate(dorcas.GenerateRequest{Rel: "bad", State: state}); err == nil || err.Error() != "bad directory" {
		t.Error(err)
	}
	query := dorcas.Query{Import: dorcas.ImportSpec{Lang: "z", Imp: "x"}, Lang: "modern"}
	other := dorcas.Query{Import: dorcas.ImportSpec{Lang: "z", Imp: "x"}, Lang: "other"}
	found, err := a.find(dorcas.FindRequest{State: state, Queries: []dorcas.Query{query, other}})
	if err != nil {
		t.Fatal(err)
	}
	check(t, found.Found, []dorcas.FindAnswer{{Matches: []dorcas.Provider{{Label: "@r//:x"}}}, {}})
}

func TestDirectoriesAboveADirectory(t *testing.T) {
	for rel, want := range map[string][]string{
		"": {""}, "a": {"", "a"}, "a/b/c": {"", "a", "a/b", "a/b/c"}, "/": {"", "/"}, "//a": {"", "/", "//a"},
	} {
		check(t, withParents(rel), want)
	}
}

func TestLabelsOfTheIndex(t *testing.T) {
	for text, want := range map[string]label.Label{
		"//a/b:c": label.New("", "a/b", "c"), "//a/b": label.New("", "a/b", "b"), "@r//:c": label.New("r", "", "c"),
		"@@r~1//a": label.New("r~1", "a", "a"), "@r": label.New("r", "", "r"), "//\u00e9 :x": label.New("", "\u00e9 ", "x"),
	} {
		check(t, parseLabel(text), want)
	}
}

func TestAFileOfWhichThereAreMatches(t *testing.T) {
	a := wrapProto()
	matches := dorcas.FileMatches{
		{Pattern: 2, Groups: [][]byte{[]byte("package shop;"), []byte("shop")}},
		{Pattern: 1, Groups: [][]byte{nil}},
		{Pattern: 1},
		{Pattern: 3, Groups: [][]byte{[]byte("import\n\"item/item.proto\";")}},
	}
	check(t, string(lines(matches)), "package shop;\nimport\n\"item/item.proto\";\n")
	generated, err := a.generate(dorcas.GenerateRequest{Rel: "shop", State: rootState(t, a, dorcas.RunInfo{}, nil),
		Files: []dorcas.File{{Name: "a.proto", Data: matches}}})
	if err != nil {
		t.Fatal(err)
	}
	check(t, generated.Rules[0].Rule.Attrs[0].Value, dorcas.Value(dorcas.SortedStrings{"a.proto"}))
	check(t, generated.Rules[0].Imports, []dorcas.ImportSpec{{Lang: "proto", Imp: "item/item.proto"}})
}

// counting is an extension that counts how often it is configured.
type counting struct {
	language.BaseLang
	configured []string
}

func (*counting) Name() string { return "counting" }

func (l *counting) Configure(c *config.Config, rel string, f *rule.File) {
	l.configured = append(l.configured, rel)
}

func TestAStatefulExtensionIsConfiguredOnceADirectory(t *testing.T) {
	for stateful, want := range map[bool]string{true: "[ a a/b]", false: "[  a  a a/b  a a/b]"} {
		l := &counting{}
		a := newAdapter(complete(l), Options{Stateful: stateful})
		state := rootState(t, a, dorcas.RunInfo{}, &dorcas.BuildFile{Name: "BUILD"})
		for _, rel := range []string{"a", "a/b"} {
			response, err := a.configure(dorcas.ConfigureRequest{Rel: rel, Parent: state, BuildFile: &dorcas.BuildFile{Name: "BUILD"}})
			if err != nil {
				t.Fatal(err)
			}
			state = response.State
		}
		if _, err := a.generate(dorcas.GenerateRequest{Rel: "a/b", State: state}); err != nil {
			t.Fatal(err)
		}
		check(t, fmt.Sprint(l.configured), want)
	}
}
