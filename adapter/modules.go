package adapter

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"dorcas.dev/adapter/internal/abi"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/label"
	bzl "github.com/bazelbuild/buildtools/build"
)

// modules are those that MODULE.bazel depends on, and its own. Gazelle tells the apparent name of a module, and not which
// there are.
func modules(c *config.Config) ([]abi.BazelModule, error) {
	names := map[string]string{}
	seen := map[string]bool{}
	for files := []string{"MODULE.bazel"}; len(files) > 0; files = files[1:] {
		name := files[0]
		if seen[name] {
			continue
		}
		seen[name] = true
		content, err := sharedOf(c).read(c, name)
		if os.IsNotExist(err) && name == "MODULE.bazel" {
			return nil, nil
		}
		if _, out := err.(leftOut); out && name == "MODULE.bazel" {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		file, err := bzl.ParseModule(name, content)
		if err != nil {
			return nil, err
		}
		for _, call := range file.Rules("") {
			if ident, ok := call.Call.X.(*bzl.Ident); ok && ident.Name == "include" && len(call.Call.List) == 1 {
				if text, ok := call.Call.List[0].(*bzl.StringExpr); ok {
					l, err := label.Parse(text.Value)
					if err != nil || l.Repo != "" && l.Repo != "@" {
						return nil, fmt.Errorf("%s: include(%q): a file of this repository is wanted", name, text.Value)
					}
					files = append(files, path.Join(l.Pkg, filepath.ToSlash(l.Name)))
				}
				continue
			}
			if kind := call.Kind(); kind != "module" && kind != "bazel_dep" {
				continue
			}
			module := call.AttrString("name")
			if module == "" {
				continue
			}
			names[module] = module
			if apparent := call.AttrString("repo_name"); apparent != "" {
				names[module] = apparent
			}
		}
	}
	var list []abi.BazelModule
	for name, apparent := range names {
		list = append(list, abi.BazelModule{Name: name, Apparent: apparent})
	}
	slices.SortFunc(list, func(a, b abi.BazelModule) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}
