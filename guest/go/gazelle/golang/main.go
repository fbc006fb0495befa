// Gazelle's own Go language as a guest.
package main

import (
	"slices"

	"dorcas.dev/dorcas"
	"dorcas.dev/gazelle"
	languagev2 "github.com/bazel-contrib/bazel-gazelle/v2/language"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
	"github.com/bazelbuild/bazel-gazelle/language"
	golang "github.com/bazelbuild/bazel-gazelle/language/go"
	"github.com/bazelbuild/bazel-gazelle/language/proto"
)

// protos is what the Go language builds on: it reads the proto language's configuration, and its packages.
var protos = proto.NewLanguage()

func init() {
	gazelle.Export(golang.NewLanguage(), gazelle.Options{
		Version: "Gazelle 0.54.0",
		Inputs: []dorcas.Input{
			{Glob: "**/*.{go,c,cc,cpp,cxx,m,mm,h,hh,hpp,hxx,s,S,proto,pgo}", Want: dorcas.WantContent{}},
			{Glob: "**"},
		},
		ConfigureInputs: []dorcas.Input{
			{Glob: "{go.mod,*MODULE.bazel,WORKSPACE,WORKSPACE.bazel}", Want: dorcas.WantContent{}},
			{Glob: "**"},
		},
		Kinds: rule.GenericKinds,
		// It keeps in which directories there is Go code, for those above them.
		Stateful:       true,
		With:           []languagev2.Language{protos},
		BeforeGenerate: addPackages,
	})
}

// addPackages gives the proto_library rules of another guest what the proto language in this module knows of them: a value of
// a Go type, which stays within a guest.
func addPackages(args *languagev2.GenerateArgs) {
	isProto := func(r *rule.Rule) bool { return r.Kind() == "proto_library" }
	if !slices.ContainsFunc(args.OtherGen, isProto) {
		return
	}
	own := protos.GenerateRules(language.GenerateArgs(*args)).Gen
	for _, r := range args.OtherGen {
		same := func(other *rule.Rule) bool { return isProto(other) && other.Name() == r.Name() }
		if i := slices.IndexFunc(own, same); i >= 0 && isProto(r) {
			r.SetPrivateAttr(proto.PackageKey, own[i].PrivateAttr(proto.PackageKey))
		}
	}
}

func main() {}
