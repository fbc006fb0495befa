package adapter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dorcas.dev/adapter/internal/abi"
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
