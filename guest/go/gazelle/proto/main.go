// Gazelle's own proto language as a guest.
package main

import (
	"strings"

	"dorcas.dev/dorcas"
	"dorcas.dev/gazelle"
	"github.com/bazelbuild/bazel-gazelle/language/proto"
)

func init() {
	gazelle.Export(proto.NewLanguage(), gazelle.Options{
		Version: "Gazelle 0.54.0",
		Inputs:  []dorcas.Input{{Glob: "**/*.proto", Want: statements()}},
	})
}

// statements are what the language looks for in a file. It does so by a regular expression over all of it, which takes most of
// the time that there is; the host is faster at that. What is found here, and nothing else, the language finds again.
func statements() dorcas.WantMatches {
	const (
		ident  = `[A-Za-z]\w*`
		path   = ident + `(?:\.` + ident + `)*`
		escape = `\\(?:[xX][0-9A-f]{2}|[0-7]{3}|[abfnrtv'"\\])`
		quoted = `(?:'(?:[^\x00'\\]|` + escape + `)*'|"(?:[^\x00"\\]|` + escape + `)*")`
	)
	patterns := dorcas.WantMatches{
		// Without a group, what matches is left out.
		`//[^\n]*`,
		// These it notes as well, but for other languages in the same program: no rule depends on them.
		`(?:message|enum) +` + ident + ` *\{`,
		`(\bimport *(?:public|weak)? *` + quoted + ` *;)`,
		`(\bpackage *` + path + ` *;)`,
		`(\boption *` + path + ` *= *` + quoted + ` *;)`,
		`(service +` + ident + ` *\{)`,
	}
	for i := range patterns {
		// Go's `\s`, which is without the vertical tab.
		patterns[i] = strings.ReplaceAll(patterns[i], " ", `[\t\n\f\r ]`)
	}
	return patterns
}

func main() {}
