// Gazelle's own proto language as a guest.
package main

import (
	"dorcas.dev/dorcas"
	"dorcas.dev/gazelle"
	"github.com/bazelbuild/bazel-gazelle/language/proto"
)

func init() {
	gazelle.Export(proto.NewLanguage(), gazelle.Options{
		Version: "Gazelle 0.54.0",
		Inputs:  []dorcas.Input{{Glob: "**/*.proto", Want: dorcas.WantContent{}}},
	})
}

func main() {}
