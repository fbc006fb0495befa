package adapter

import (
	"cmp"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dorcas.dev/adapter/internal/abi"
	"dorcas.dev/adapter/internal/judge"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/label"
	"github.com/bazel-contrib/bazel-gazelle/v2/resolve"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
	"github.com/bazelbuild/bazel-gazelle/language"
)

func guestFrom(t *testing.T, wasm []byte) *Language {
	t.Helper()
	l, err := Load(wasm, Options{CacheDir: cacheDir, Fail: func(err error) { panic(failed{err}) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

var things = abi.Manifest{Kinds: []abi.Kind{{Name: "thing"}}}

func TestAGuestThatFails(t *testing.T) {
	rules := func(name string) []abi.GeneratedRule {
		return []abi.GeneratedRule{{Rule: abi.Rule{Kind: "thing", Name: name}}}
	}
	for _, one := range []struct {
		method string
		reply  []byte
		text   string
	}{
		{"generate_rules", failure(4, "a name is taken"), "//a: one: the run ends, and nothing is written: generate_rules: the guest " +
			"answers with error 4: a name is taken"},
		{"generate_rules", failure(1000, "no\x1b[2J"), `//a: one: generate_rules: the guest answers with error 1000: no\u{1b}[2J; nothing is written`},
		{"generate_rules", failure(5, "x"), "it answered with an error of code 5 (error.code)"},
		{"generate_rules", ok(&abi.GenerateResponse{Rules: []abi.GeneratedRule{{Rule: abi.Rule{Kind: "other"}}}}),
			"(generate_rules.kinds)"},
		{"generate_rules", ok(&abi.GenerateResponse{Rules: rules("a:b")}), "(rule.names)"},
		{"generate_rules", ok(&abi.GenerateResponse{RelsToIndex: []string{"../x"}}), "(generate_rules.rels)"},
		{"generate_rules", ok(&abi.GenerateResponse{Provided: []abi.Provided{{Label: "x"}}}), "(provided.absolute)"},
		{"generate_rules", ok(&abi.GenerateResponse{Rules: rules("r")})[:7], "(wire.length)"},
		{"configure", ok(&abi.ConfigureResponse{Diagnostics: []abi.Diagnostic{{Message: "m", Position: abi.Line(1)}}}),
			"(diagnostic.position)"},
		{"fix", ok(&abi.FixResponse{Edits: []abi.Edit{abi.DeleteAttr{Rule: 7, Name: "x"}}}), "there is no rule 7: the file has 1 (fix.indices)"},
		{"fix", ok(&abi.FixResponse{Edits: []abi.Edit{abi.DeleteRule{}}}), "DeleteRule is for `fix` alone (fix.should-fix)"},
		{"imports", ok(&abi.ImportsResponse{}), "(imports.per-rule)"},
	} {
		root := t.TempDir()
		write(t, root, map[string]string{"WORKSPACE": "", "a/BUILD": "thing(name = \"t\")\n", "z/x": ""})
		l := guestFrom(t, constant("one", map[string][]byte{"manifest": ok(&things), one.method: one.reply}))
		err := gazelle(t, root, []language.Language{l}, "update")
		if err == nil || !strings.Contains(err.Error(), one.text) {
			t.Errorf("%s: %v is wanted to have %q", one.method, err, one.text)
		}
		if got := read(t, root, "a/BUILD"); got != "thing(name = \"t\")\n" {
			t.Error(got)
		}
		for _, name := range []string{"BUILD.bazel", "z/BUILD.bazel"} {
			if _, err := os.Stat(filepath.Join(root, name)); err == nil {
				t.Error(name, "is written")
			}
		}
	}
}

func TestEdits(t *testing.T) {
	const text = "load(\"//:b.bzl\", \"b\")\n\n# One.\na(name = \"one\")\n\na(\n    name = \"two\",\n    x = 1,\n)\n"
	fixed := func(shouldFix bool, edits ...abi.Edit) (string, error) {
		f, err := rule.LoadData("p/BUILD", "p", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		c := config.New()
		c.ShouldFix = shouldFix
		err = edit(c, f, edits)
		return string(f.Format()), err
	}
	symbol := func(name string) []abi.Symbol { return []abi.Symbol{{From: name, To: name}} }
	got, err := fixed(true,
		abi.DeleteRule{Rule: 0},
		abi.SetKind{Rule: 1, Kind: "c"},
		abi.SetName{Rule: 1, Name: "three"},
		abi.SetAttr{Rule: 1, Attr: abi.Attr{Name: "deps", Value: abi.Labels{"//p:d", "//a:a"}}},
		abi.DeleteAttr{Rule: 1, Name: "x"},
		abi.DeleteAttr{Rule: 1, Name: "y"},
		abi.AppendRule{Rule: abi.Rule{Kind: "e", Name: "e"}},
		abi.SetLoad{Load: 0, Name: "//:c.bzl", Symbols: symbol("c")},
		abi.InsertLoad{Load: 0, Name: "//:a.bzl", Symbols: symbol("e")},
	)
	want := "load(\"//:a.bzl\", \"e\")\nload(\"//:c.bzl\", \"c\")\n\nc(\n    name = \"three\",\n    deps = [\n        \":d\",\n        " +
		"\"//a\",\n    ],\n)\n\ne(name = \"e\")\n"
	if err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
	for text, edits := range map[string][]abi.Edit{
		"edit 2: rule 0 was deleted by an edit before (fix.deleted)":                    {abi.DeleteRule{}, abi.DeleteRule{}},
		"edit 1: there is no rule 2: the file has 2 (fix.indices)":                      {abi.DeleteRule{Rule: 2}},
		"edit 1: there is no load statement 1: the file has 1 (fix.indices)":            {abi.SetLoad{Load: 1, Name: ":x"}},
		"edit 1: \"a-b\" is no name that a load statement can have (rule.identifiers)":  {abi.InsertLoad{Load: 1, Name: ":x", Symbols: symbol("a-b")}},
		"edit 1: \"None\" is no name that a load statement can have (rule.identifiers)": {abi.InsertLoad{Load: 1, Name: ":x", Symbols: symbol("None")}},
		"edit 1: \"a\" is loaded twice in one statement (rule.identifiers)":             {abi.InsertLoad{Name: ":x", Symbols: append(symbol("a"), symbol("a")...)}},
	} {
		if _, err := fixed(true, edits...); err == nil || err.Error() != text {
			t.Errorf("%v, and not %s", err, text)
		}
	}
	if _, err := fixed(false, abi.SetName{Rule: 0, Name: "n"}); err == nil || !strings.Contains(err.Error(), "fix.should-fix") {
		t.Error(err)
	}
}

// lists is an index with rules, and with what the finders of a run answer.
type lists struct {
	rules, others map[string][]resolve.FindResult
}

func (l lists) FindRulesByImport(imp resolve.ImportSpec, _ string) []resolve.FindResult {
	return l.rules[imp.Imp]
}

func (l lists) FindRulesByImportWithConfig(_ *config.Config, imp resolve.ImportSpec, lang string) []resolve.FindResult {
	if found := l.FindRulesByImport(imp, lang); len(found) > 0 {
		return found
	}
	return l.others[imp.Imp]
}

func TestWhereAnImportIsFrom(t *testing.T) {
	l := guestFrom(t, constant("one", nil)).one
	c := config.New()
	c.RepoName, c.IndexLibraries = "me", true
	(&resolve.Configurer{}).RegisterFlags(nil, "", c)
	s := sharedOf(c)
	at := func(repo, pkg string) []resolve.FindResult {
		return []resolve.FindResult{{Label: label.New(repo, pkg, "r"), Embeds: []label.Label{label.New(repo, pkg, "e")}}}
	}
	index := lists{
		rules:  map[string][]resolve.FindResult{"rule": at("me", "x"), "both": at("me", "x")},
		others: map[string][]resolve.FindResult{"found": at("other", "y")},
	}
	spec := func(imp string) resolve.ImportSpec { return resolve.ImportSpec{Lang: "one", Imp: imp} }
	s.payloads[payloadKey{"one", "//x:r"}] = []byte("P")
	s.provided[thing{"one", spec("both")}] = []abi.Provider{{Label: "//z:z", Payload: []byte("G")}}
	scopes := &scope{things: map[resolve.ImportSpec][]abi.Provider{spec("above"): {{Label: "//s:s"}}, spec("both"): {{Label: "//no:no"}}}}
	c.Exts[dirKey("one")] = &dir{scope: &scope{things: map[resolve.ImportSpec][]abi.Provider{}, above: scopes}}
	for imp, want := range map[string]struct {
		origin abi.Origin
		labels string
	}{
		"rule":    {abi.OriginIndex, "//x:r=P"},
		"both":    {abi.OriginIndex, "//x:r=P //z:z=G"},
		"above":   {abi.OriginConfigure, "//s:s="},
		"found":   {abi.OriginFind, "@other//y:r="},
		"nowhere": {abi.OriginNowhere, ""},
	} {
		found := l.lookUp(c, index, abi.Query{Import: abi.ImportSpec{Lang: "one", Imp: imp}, Lang: "one"})
		var labels []string
		for _, match := range found.Matches {
			labels = append(labels, match.Label+"="+string(match.Payload))
		}
		if found.Origin != want.origin || strings.Join(labels, " ") != want.labels {
			t.Errorf("%s: %v %v", imp, found.Origin, labels)
		}
	}
	// Without an index that place is empty.
	c.IndexLibraries = false
	if found := l.lookUp(c, lists{}, abi.Query{Import: abi.ImportSpec{Lang: "one", Imp: "both"}, Lang: "one"}); found.Origin != abi.OriginConfigure {
		t.Error(found)
	}
}

func TestChildren(t *testing.T) {
	s := summaries{"a/b": []byte("1"), "a/c/d": []byte("2"), "ab": []byte("3")}
	if got := s.take("a"); len(got) != 2 || got[0].Name != "b" || got[1].Name != "c/d" {
		t.Error(got)
	}
	s["a"] = []byte("4")
	if got := s.take(""); len(got) != 2 || got[0].Name != "a" || got[1].Name != "ab" {
		t.Error(got)
	}
	if len(s) != 0 {
		t.Error(s)
	}
}

// A quiet guest that is asked fails, so that only the directories with something for it fail.
func TestAQuietGuestIsNotAsked(t *testing.T) {
	manifest := abi.Manifest{Quiet: true, Kinds: things.Kinds, Inputs: []abi.Input{{Glob: "*.one", Methods: abi.Methods{GenerateRules: true}}},
		Directives: []abi.DirectiveInfo{{Name: "one"}}}
	for file, text := range map[string]struct{ text, failed string }{
		"a/x.txt":   {"", ""},
		"a/x.one":   {"", "//a: one: generate_rules"},
		"a/BUILD":   {"thing(name = \"t\")\n", "//a: one: generate_rules"},
		"b/BUILD":   {"# gazelle:one x\n", "//b: one: generate_rules"},
		"c/BUILD":   {"other(name = \"t\")\n", ""},
		"d/x/a.one": {"", "//d/x: one: generate_rules"},
	} {
		root := t.TempDir()
		write(t, root, map[string]string{"WORKSPACE": "", file: text.text})
		l := guestFrom(t, constant("one", map[string][]byte{"manifest": ok(&manifest), "generate_rules": failure(1000, "asked")}))
		err := gazelle(t, root, []language.Language{l}, "update")
		if text.failed == "" && err != nil || text.failed != "" && (err == nil || !strings.HasPrefix(err.Error(), text.failed)) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// Whichever method an input is for, it concerns the directories that it reaches.
func TestWhatConcernsAQuietGuest(t *testing.T) {
	setup, imports := abi.Methods{Setup: true}, abi.Methods{Imports: true}
	for _, one := range []struct {
		input abi.Input
		file  string
		asked []string
	}{
		{abi.Input{Glob: "*.one", Methods: imports}, "a/x.one", []string{"a"}},
		{abi.Input{Glob: "*.one"}, "a/x.one", []string{"a"}},
		{abi.Input{Glob: "*.one", Methods: setup}, "a/x.one", []string{"a"}},
		{abi.Input{Glob: "*.one", Methods: setup, Reach: abi.ReachRoot}, "a/x.one", nil},
		{abi.Input{Glob: "*.one", Methods: imports, Reach: abi.ReachRoot}, "a/x.one", nil},
		{abi.Input{Glob: "*.one", Methods: imports, Reach: abi.ReachRoot}, "x.one", []string{""}},
		{abi.Input{Glob: "*.one", Methods: imports, Reach: abi.ReachAbove}, "a/x.one", []string{"a"}},
		{abi.Input{Glob: "*.one", Methods: imports, Reach: abi.ReachBelow}, "a/b/x.one", []string{"a/b"}},
		{abi.Input{Glob: "**/*.one", Methods: imports, Reach: abi.ReachBelow}, "a/b/x.one", []string{"", "a", "a/b"}},
		{abi.Input{Glob: "b/*.one", Methods: imports, Reach: abi.ReachBelow}, "a/b/x.one", []string{"a"}},
	} {
		root := t.TempDir()
		write(t, root, map[string]string{"WORKSPACE": "", one.file: "", "a/b/x.txt": ""})
		manifest := abi.Manifest{Quiet: true, Inputs: []abi.Input{one.input}}
		rules := abi.GenerateResponse{Diagnostics: []abi.Diagnostic{{Message: "asked"}}}
		l := guestFrom(t, constant("one", map[string][]byte{"manifest": ok(&manifest), "generate_rules": ok(&rules)}))
		var said strings.Builder
		log.SetOutput(&said)
		err := gazelle(t, root, []language.Language{l}, "update")
		log.SetOutput(os.Stderr)
		for _, rel := range []string{"", "a", "a/b"} {
			got := strings.Contains(said.String(), " "+cmp.Or(rel, ".")+": one: error: asked\n")
			if got != slices.Contains(one.asked, rel) {
				t.Errorf("%+v: %q is asked: %v\n%s", one.input, rel, got, said.String())
			}
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// watch is a guest that is looked at while Gazelle walks.
type watch struct {
	*Language
	method judge.Method
	told   map[string]string
}

func (w watch) Configure(c *config.Config, rel string, f *rule.File) {
	w.Language.Configure(c, rel, f)
	if w.method == judge.Configure {
		w.look(c, rel)
	}
}

func (w watch) GenerateRules(args language.GenerateArgs) language.GenerateResult {
	if w.method != judge.Configure {
		w.look(args.Config, args.Rel)
	}
	return w.Language.GenerateRules(args)
}

func (w watch) look(c *config.Config, rel string) {
	names, err := regularFiles(c, rel, dirOf(c, "one").updateOnly)
	if err != nil {
		panic(err)
	}
	files, above, err := w.one.files(c, w.method, rel, names)
	if err != nil {
		panic(err)
	}
	list := func(files []abi.File) string {
		var names []string
		for _, f := range files {
			name := f.Name
			if content, ok := f.Data.(abi.FileContent); ok {
				name += "=" + string(content)
			}
			names = append(names, name)
		}
		return strings.Join(names, " ")
	}
	w.told[rel] = list(files) + " | " + list(above)
}

func TestWhichFilesAreReached(t *testing.T) {
	methods := abi.Methods{Configure: true, Fix: true, GenerateRules: true, Imports: true}
	inputs := []abi.Input{
		{Glob: "**/*.setup", Reach: abi.ReachBelow, Methods: abi.Methods{Imports: true}},
		{Glob: "*.here", Methods: methods},
		{Glob: "**/*.low", Reach: abi.ReachBelow, Want: abi.WantContent{}, Methods: methods},
		{Glob: "{*,in/*}.up", Reach: abi.ReachAbove, Methods: methods},
		{Glob: "*.{top,low}", Reach: abi.ReachRoot, Methods: methods},
	}
	manifest := abi.Manifest{Inputs: inputs}
	for _, method := range []judge.Method{judge.Configure, judge.Fix, judge.Generate, judge.Imports} {
		w := watch{guestFrom(t, constant("one", map[string][]byte{"manifest": ok(&manifest)})), method, map[string]string{}}
		root := t.TempDir()
		write(t, root, map[string]string{"WORKSPACE": "",
			"t.top": "", "t.low": "0", "t.up": "", "s.up": "",
			"a/a.top": "", "a/a.here": "", "a/a.low": "1", "a/a.up": "", "a/x/x.up": "",
			"a/b/BUILD": "", "a/b/b.here": "", "a/b/b.low": "2", "a/b/c/c.low": "3", "a/b/c/c.here": "", "a/b/b.up": "",
			"out/BUILD": "# gazelle:exclude no\n", "out/no/n.low": "",
			"u/BUILD": "# gazelle:generation_mode update_only\n", "u/in/i.low": "4", "u/in/i.up": "", "u/in/p/BUILD": "", "u/in/p/p.low": "5"})
		if err := gazelle(t, root, []language.Language{w}, "update"); err != nil {
			t.Fatal(err)
		}
		for rel, want := range map[string]string{
			"":       "a/a.low=1 a/b/b.low=2 a/b/c/c.low=3 t.low=0 u/in/i.low=4 u/in/p/p.low=5 | s.up t.low t.top t.up",
			"a":      "a.here a.low=1 b/b.low=2 b/c/c.low=3 | a/a.up s.up t.low t.top t.up",
			"a/b":    "b.here b.low=2 c/c.low=3 | a/b/b.up a/a.up s.up t.low t.top t.up",
			"a/b/c":  "c.here c.low=3 | a/b/b.up a/a.up s.up t.low t.top t.up",
			"out":    " | s.up t.low t.top t.up",
			"u":      "in/i.low=4 in/p/p.low=5 | u/in/i.up s.up t.low t.top t.up",
			"u/in/p": "p.low=5 | u/in/i.up s.up t.low t.top t.up",
		} {
			if got := w.told[rel]; got != want {
				t.Errorf("method %d, %q: %q, and not %q", method, rel, got, want)
			}
		}
	}
}

// What setup is told stands in the root directory itself, and is a file.
func TestSetupIsToldOfTheRoot(t *testing.T) {
	name, catalogue := "x", ok(&abi.Catalogue{})
	input := func(reach abi.Reach) abi.Input {
		return abi.Input{Glob: "{x,bazel-*,**/x}", Want: abi.WantScan{}, Reach: reach, Methods: abi.Methods{Setup: true}}
	}
	scan := ok(&abi.ScanResponse{Diagnostics: []abi.Diagnostic{{Message: "seen", File: &name, Position: abi.Offset(2)}}})
	for _, reach := range []abi.Reach{abi.ReachHere, abi.ReachAbove, abi.ReachRoot, abi.ReachBelow} {
		manifest := abi.Manifest{Inputs: []abi.Input{input(reach)}}
		l := guestFrom(t, constant("one", map[string][]byte{"manifest": ok(&manifest), "setup": catalogue, "scan": scan}))
		root := t.TempDir()
		write(t, root, map[string]string{"WORKSPACE": "w", "x": "1\n2\n", "a/x": ""})
		if err := os.Symlink(root, filepath.Join(root, "bazel-out")); err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		log.SetOutput(&said)
		err := l.CheckFlags(nil, &config.Config{RepoRoot: root, Exts: map[string]any{}})
		log.SetOutput(os.Stderr)
		if reach == abi.ReachBelow {
			if err == nil || !strings.Contains(err.Error(), ` for setup has the reach Below`) {
				t.Error(err)
			}
			continue
		}
		if err != nil || strings.Count(said.String(), ": one: ") != 1 || !strings.Contains(said.String(), " x:2: one: error: seen\n") {
			t.Errorf("%v: %v\n%s", reach, err, said.String())
		}
	}
}

// A rule of a kind that setup alone has, and files that the guest scans.
func TestSetupScanAndFinish(t *testing.T) {
	manifest := abi.Manifest{Inputs: []abi.Input{{Glob: "*.one", Want: abi.WantScan{}, Methods: abi.Methods{GenerateRules: true}}}}
	catalogue := abi.Catalogue{Kinds: []abi.Kind{{Name: "late"}}, Inputs: manifest.Inputs}
	rules := abi.GenerateResponse{Rules: []abi.GeneratedRule{{Rule: abi.Rule{Kind: "late", Name: "r"}}}}
	replies := func(change map[string][]byte) map[string][]byte {
		all := map[string][]byte{"manifest": ok(&manifest), "setup": ok(&catalogue), "scan": ok(&abi.ScanResponse{Facts: []byte("F")}),
			"generate_rules": ok(&rules), "finish": ok(&abi.FinishResponse{})}
		for method, reply := range change {
			all[method] = reply
		}
		return all
	}
	for _, one := range []struct {
		change map[string][]byte
		failed string
	}{
		{nil, ""},
		{map[string][]byte{"scan": failure(1000, "not today")}, ""},
		{map[string][]byte{"setup": ok(&abi.Catalogue{Kinds: things.Kinds})}, "(generate_rules.kinds)"},
		{map[string][]byte{"scan": failure(4, "no")}, "a/x.one: scan: the guest answers with error 4: no"},
		{map[string][]byte{"scan": ok(&abi.ScanResponse{Diagnostics: []abi.Diagnostic{{Message: "m", File: &rules.Rules[0].Rule.Name}}})}, ""},
		{map[string][]byte{"finish": failure(4, "never")}, "finish: the guest answers with error 4: never"},
	} {
		root := t.TempDir()
		write(t, root, map[string]string{"WORKSPACE": "", "a/x.one": "text"})
		l := guestFrom(t, constant("one", replies(one.change)))
		err := gazelle(t, root, []language.Language{l}, "update")
		if one.failed == "" && err != nil || one.failed != "" && (err == nil || !strings.Contains(err.Error(), one.failed)) {
			t.Errorf("%v is wanted to have %q", err, one.failed)
		}
		if _, err := os.Stat(filepath.Join(root, "a", "BUILD.bazel")); (err == nil) != (one.failed == "") {
			t.Errorf("%q: %v", one.failed, err)
		}
	}
	l := guestFrom(t, constant("one", replies(map[string][]byte{"scan": failure(1000, "not today")})))
	root := t.TempDir()
	write(t, root, map[string]string{"WORKSPACE": "", "a/x.one": "text"})
	if err := gazelle(t, root, []language.Language{l}, "update", "-strict"); err == nil ||
		!strings.Contains(err.Error(), "not today, and the run is strict") {
		t.Error(err)
	}
	_, err := Load(constant("one", map[string][]byte{"manifest": ok(&manifest)}), Options{})
	if err == nil || !strings.Contains(err.Error(), "(manifest.scan)") {
		t.Error(err)
	}
}

func TestAFileIsScannedOnce(t *testing.T) {
	l := guestFrom(t, constant("one", map[string][]byte{"scan": ok(&abi.ScanResponse{Facts: []byte("F")})})).one
	c := config.New()
	for _, name := range []string{"a/x", "b/x"} {
		data, err := l.scan(c, name, []byte("same"))
		if facts, _ := data.(abi.FileFacts); err != nil || string(facts) != "F" {
			t.Error(data, err)
		}
	}
	if len(l.scanned) != 1 {
		t.Error(len(l.scanned))
	}
	if _, err := l.scan(c, "a/y", []byte("same")); err != nil || len(l.scanned) != 2 {
		t.Error(err, len(l.scanned))
	}
}
