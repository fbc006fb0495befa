package adapter

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bazel-contrib/bazel-gazelle/v2/cmd/gazelle/update"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/label"
	v2 "github.com/bazel-contrib/bazel-gazelle/v2/language"
	resolvev2 "github.com/bazel-contrib/bazel-gazelle/v2/resolve"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
	"github.com/bazelbuild/bazel-gazelle/language"
	golang "github.com/bazelbuild/bazel-gazelle/language/go"
)

// cacheDir keeps compiled code from test to test.
var cacheDir string

func TestMain(m *testing.M) {
	var err error
	if cacheDir, err = os.MkdirTemp("", "dorcas-adapter-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(cacheDir)
	os.Exit(code)
}

// prebuilt is a guest of the repository.
func prebuilt(t *testing.T, name string) []byte {
	t.Helper()
	wasm, err := os.ReadFile(filepath.Join("..", "guest", "prebuilt", name+".wasm"))
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// failed is what Fail panics with, so that a run ends there.
type failed struct{ err error }

func guestOf(t *testing.T, name string) *Language {
	t.Helper()
	l, err := Load(prebuilt(t, name), Options{CacheDir: cacheDir, Fail: func(err error) { panic(failed{err}) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// gazelle runs the real Gazelle, and returns the error with which a guest ended the run.
func gazelle(t *testing.T, root string, languages []language.Language, args ...string) (err error) {
	t.Helper()
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case failed:
			err = cause.err
		default:
			panic(cause)
		}
	}()
	if err := update.Run(context.Background(), languages, root, append(args, "-repo_root", root)); err != nil && !errors.Is(err, update.ErrDiff) {
		t.Fatal(err)
	}
	return nil
}

func write(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func read(t *testing.T, root, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The trees on which dorcas is held against Gazelle come to the same here.
func TestSampleTrees(t *testing.T) {
	trees, err := filepath.Glob("../gazelle/tests/trees/*/repo")
	if err != nil || len(trees) == 0 {
		t.Fatal("no trees", err)
	}
	for _, tree := range trees {
		t.Run(filepath.Base(filepath.Dir(tree)), func(t *testing.T) {
			root, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			root = filepath.Join(root, "repo")
			if err := os.CopyFS(root, os.DirFS(tree)); err != nil {
				t.Skip("the tree has links, which are not copied: ", err)
			}
			args := []string{"update", "-lang", "proto", "-proto", "default"}
			if err := gazelle(t, root, []language.Language{guestOf(t, "proto")}, args...); err != nil {
				t.Fatal(err)
			}
			expected := read(t, filepath.Dir(tree), "expected.print")
			files := strings.Split("\n"+expected, "\n>>> ")[1:]
			if len(files) == 0 {
				t.Fatal("nothing is expected")
			}
			for i, file := range files {
				name, text, _ := strings.Cut(file, "\n")
				if i < len(files)-1 {
					text += "\n"
				}
				if got := read(t, root, name); got != text {
					t.Errorf("%s is\n%s\nand not\n%s", name, got, text)
				}
			}
		})
	}
}

// The golden folders of the guests, which dorcas comes to, are what Gazelle comes to with the same guests; but for these.
func TestGoldenFolders(t *testing.T) {
	different := map[string]string{
		"ts/forms":          "Gazelle deletes a list that somebody computes, where it can't merge it",
		"proto/broken_file": "Gazelle ends where a BUILD file can't be read, and dorcas goes on",
	}
	for name, folder := range map[string]string{
		"zig": "zig/zig_rules", "cc": "c/cc", "ts": "assemblyscript/ts", "proto": "rust/proto", "visibility": "rust/visibility",
		"python": "rust/python",
	} {
		cases, err := os.ReadDir(filepath.Join("..", "guest", filepath.FromSlash(folder), "testdata"))
		if err != nil || len(cases) == 0 {
			t.Fatal("no cases", err)
		}
		for _, one := range cases {
			t.Run(name+"/"+one.Name(), func(t *testing.T) {
				if why := different[name+"/"+one.Name()]; why != "" {
					t.Skip(why)
				}
				golden(t, name, filepath.Join("..", "guest", filepath.FromSlash(folder), "testdata", one.Name()))
			})
		}
	}
}

func golden(t *testing.T, name, folder string) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root = filepath.Join(root, filepath.Base(folder))
	if err := os.CopyFS(root, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	args := []string{"update"}
	if text, err := os.ReadFile(filepath.Join(root, "arguments.txt")); err == nil {
		if fields := strings.Fields(string(text)); len(fields) > 0 && (fields[0] == "fix" || fields[0] == "update") {
			args = fields
		} else {
			args = append(args, fields...)
		}
	}
	expected, inputs := map[string]string{}, 0
	err = filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if before, ok := strings.CutSuffix(path, ".in"); ok {
			inputs++
			return os.Rename(path, before)
		}
		if before, ok := strings.CutSuffix(path, ".out"); ok {
			text, err := os.ReadFile(path)
			expected[before] = string(text)
			return errors.Join(err, os.Remove(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Where the guest ends the run, this is what it says.
	ends := ""
	if said, err := os.ReadFile(filepath.Join(root, "expectedStderr.txt")); err == nil {
		_, ends, _ = strings.Cut(string(said), " ended the run at ")
		_, ends, _ = strings.Cut(strings.TrimSuffix(strings.TrimSpace(ends), "; nothing was written"), ": ")
	}
	if inputs+len(expected) == 0 && ends == "" {
		t.Fatal("nothing is expected")
	}
	if _, err := os.Stat(filepath.Join(root, "MODULE.bazel")); err != nil {
		file, err := os.OpenFile(filepath.Join(root, "WORKSPACE"), os.O_CREATE, 0o666)
		if err != nil {
			t.Fatal(err)
		}
		file.Close()
	}
	languages := []language.Language{guestOf(t, name)}
	if name != "proto" {
		// It is in dorcas without being asked for.
		languages = []language.Language{guestOf(t, "proto"), languages[0]}
	}
	err = gazelle(t, root, languages, args...)
	if ends == "" && err != nil || ends != "" && (err == nil || !strings.Contains(err.Error(), ends)) {
		t.Fatalf("%v, where %q is expected", err, ends)
	}
	for path, text := range expected {
		got, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			// A new file may have the other name.
			got, err = os.ReadFile(path + ".bazel")
		}
		if err != nil || string(got) != text {
			t.Errorf("%s is\n%s\nand not\n%s%v", path, got, text, err)
		}
	}
}

func TestWhatIsNoGuestIsRefused(t *testing.T) {
	for _, refused := range []struct{ wasm, text string }{
		{"", "not a WebAssembly module: the file is empty (module.core)"},
		{"(module)", "it is WebAssembly text; assemble it first (module.core)"},
		{"\x00asm\x01\x00\x00\x00", "module has no export `dorcas_abi_v1`: it is not a Dorcas guest (exports.version)"},
	} {
		_, err := Load([]byte(refused.wasm), Options{})
		if err == nil || !strings.Contains(err.Error(), refused.text) {
			t.Errorf("%q: %v", refused.wasm, err)
		}
	}
	_, err := Load(prebuilt(t, "proto"), Options{MemoryBytes: 1})
	if err == nil || !strings.Contains(err.Error(), "module has 65536 bytes of memory at the start, the limit is 0") {
		t.Error(err)
	}
}

func TestProtoBesideGazellesGoIsRefused(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{"WORKSPACE": "", "a.proto": "syntax = \"proto3\";\n"})
	languages := func() []language.Language { return []language.Language{guestOf(t, "proto"), golang.NewLanguage()} }
	err := gazelle(t, root, languages(), "update")
	if err == nil || !strings.Contains(err.Error(), "Gazelle's own Go language is in this binary") {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "BUILD.bazel")); !os.IsNotExist(err) {
		t.Error("something was written")
	}
	if err := gazelle(t, root, languages(), "update", "-lang", "proto"); err != nil {
		t.Error(err)
	}
}

// A guest of another language beside Gazelle's own.
func TestBesideGazellesOwnLanguages(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{
		"WORKSPACE":    "",
		"BUILD.bazel":  "# gazelle:prefix example.com/x\n",
		"a.go":         "package x\n",
		"zig/main.zig": "const std = @import(\"std\");\npub fn main() void {}\n",
	})
	languages := []language.Language{golang.NewLanguage(), guestOf(t, "zig")}
	if err := gazelle(t, root, languages, "update", "-external=static"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, root, "BUILD.bazel"); !strings.Contains(got, "go_library(") {
		t.Error(got)
	}
	if got := read(t, root, "zig/BUILD.bazel"); !strings.Contains(got, "zig_binary(") {
		t.Error(got)
	}
}

// A link out of the repository is not followed, and a pipe not waited for.
func TestFilesThatAreNone(t *testing.T) {
	root := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret.proto")
	write(t, filepath.Dir(outside), map[string]string{"secret.proto": "syntax = \"proto3\";\nimport \"secret.proto\";\n"})
	write(t, root, map[string]string{
		"WORKSPACE": "", "p/a.proto": "syntax = \"proto3\";\n", "real/b.proto": "syntax = \"proto3\";\npackage b;\n",
	})
	for link, target := range map[string]string{"p/out.proto": outside, "p/gone.proto": "nowhere", "p/in.proto": "../real/b.proto"} {
		if err := os.Symlink(target, filepath.Join(root, filepath.FromSlash(link))); err != nil {
			t.Skip(err)
		}
	}
	if err := gazelle(t, root, []language.Language{guestOf(t, "proto")}, "update", "-proto=file"); err != nil {
		t.Fatal(err)
	}
	got := read(t, root, "p/BUILD.bazel")
	for name, there := range map[string]bool{"a.proto": true, "in.proto": true, "out.proto": false, "gone.proto": false} {
		if strings.Contains(got, `"`+name+`"`) != there {
			t.Errorf("%s: %v is wanted, in\n%s", name, there, got)
		}
	}
}

func TestFlagsAreChecked(t *testing.T) {
	l := guestOf(t, "proto")
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(&bytes.Buffer{})
	l.RegisterFlags(fs, "update", config.New())
	if err := fs.Parse([]string{"-proto=package", "-proto=file"}); err != nil {
		t.Fatal(err)
	}
	for _, value := range l.one.flagList() {
		if value.Name == "proto" && value.Value != "file" {
			t.Error("the last value counts, and not", value.Value)
		}
	}
	// A flag that two languages have sets both.
	other := guestOf(t, "proto")
	other.RegisterFlags(fs, "update", config.New())
	if err := fs.Parse([]string{"-proto=legacy"}); err != nil {
		t.Fatal(err)
	}
	for _, l := range []*Language{l, other} {
		if got := *l.one.flags["proto"]; got[len(got)-1] != "legacy" {
			t.Error(got)
		}
	}
}

// The interfaces of version 2, in Gazelle's order.
func TestVersion2(t *testing.T) {
	l, err := LoadV2(prebuilt(t, "proto"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	root := t.TempDir()
	write(t, root, map[string]string{
		"a.proto": "syntax = \"proto3\";\npackage a;\nimport \"b.proto\";\n", "b.proto": "syntax = \"proto3\";\npackage a;\n",
	})
	ctx, c := context.Background(), config.New()
	c.RepoRoot, c.IndexLibraries = root, true
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	(&resolvev2.Configurer{}).RegisterFlags(fs, "update", c)
	l.RegisterFlags(fs, "update", c)
	if err := fs.Parse([]string{"-proto=file"}); err != nil {
		t.Fatal(err)
	}
	if err := l.Configure(ctx, config.ConfigureArgs{Config: c}); err != nil {
		t.Fatal(err)
	}
	args := v2.GenerateArgs{Config: c, Dir: root, RegularFiles: []string{"a.proto", "b.proto"}}
	result, err := l.Generate(ctx, args)
	if err != nil || len(result.Gen) != 2 || len(result.Imports) != 2 {
		t.Fatal(result, err)
	}
	f := rule.EmptyFile(filepath.Join(root, "BUILD.bazel"), "")
	index := resolvev2.NewRuleIndex(func(*rule.Rule, string) resolvev2.Indexer { return l }, []resolvev2.Finder{l})
	for _, r := range result.Gen {
		r.Insert(f)
	}
	for _, r := range f.Rules {
		index.AddRule(c, r, f)
	}
	index.Finish()
	for i, r := range result.Gen {
		err := l.Resolve(ctx, resolvev2.ResolveArgs{
			Config: c, Index: index, Rule: r, Imports: result.Imports[i], From: label.New("", "", r.Name()),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if deps := result.Gen[0].AttrStrings("deps"); len(deps) != 1 || deps[0] != ":b_proto" {
		t.Error(deps)
	}
	if err := l.OnFinish(ctx); err != nil {
		t.Error(err)
	}
}

func TestLabels(t *testing.T) {
	for text, want := range map[string]label.Label{
		"//é:a":     {Pkg: "é", Name: "a"},
		"//a/é":     {Pkg: "a/é", Name: "é"},
		"@r//é:b":   {Repo: "r", Pkg: "é", Name: "b"},
		"@@r~//é:b": {Repo: "r~", Pkg: "é", Name: "b", Canonical: true},
		":é":        {Name: "é", Relative: true},
		"//a:b":     {Pkg: "a", Name: "b"},
		"@r":        {Repo: "r", Name: "r"},
	} {
		if got, err := parseLabel(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "//é:a:b", "//é\\:a", "@é", ":"} {
		if got, err := parseLabel(text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
