// A Gazelle language: a my_lang_library for each file *.my_lang, whose lines "import DIR/FILE" are its dependencies.
//
// It is meant to be changed. dorcas/message.go has all messages, and says what each field means.
package main

import (
	"slices"
	"strings"
	"unicode/utf8"

	"dorcas.dev/dorcas"
)

const (
	lang      = "my_lang"
	extension = ".my_lang"
)

func main() {}

// Once, for the snapshot: memory as large as it gets.
func init() { dorcas.Settle() }

//go:wasmexport lang_name
func langName() int64 { return dorcas.Name(lang) }

//go:wasmexport manifest
func manifest(argument string) int64 { return dorcas.Answer(argument, describe) }

//go:wasmexport generate_rules
func generateRules(argument string) int64 { return dorcas.Answer(argument, generate) }

//go:wasmexport imports
func imports(argument string) int64 { return dorcas.Answer(argument, importsOf) }

//go:wasmexport resolve
func resolve(argument string) int64 { return dorcas.Answer(argument, resolveAll) }

// describe says what the guest is, and what it wants to be told of which files: here where the lines with imports match.
func describe(dorcas.ManifestRequest) (dorcas.Manifest, error) {
	return dorcas.Manifest{
		Version: "0.1.0",
		Kinds: []dorcas.Kind{{
			Name:           "my_lang_library",
			MatchAttrs:     []string{"srcs"},
			NonEmptyAttrs:  []string{"srcs"},
			MergeableAttrs: []string{"srcs"},
			ResolveAttrs:   []string{"deps"},
		}},
		Loads: []dorcas.LoadInfo{{
			Module:  "rules_my_lang",
			Repo:    "rules_my_lang",
			File:    "//my_lang:defs.bzl",
			Symbols: []string{"my_lang_library"},
		}},
		// What matches a pattern without a group is passed over, which is how to skip comments.
		Inputs: []dorcas.Input{{
			Glob:    "*" + extension,
			Want:    dorcas.WantMatches{`#[^\n]*`, `(?m)^import +([^\s#]+)`},
			Methods: dorcas.Methods{GenerateRules: true},
		}},
	}, nil
}

// generate goes from what is in a directory to the rules that should be there.
func generate(request dorcas.GenerateRequest) (response dorcas.GenerateResponse, err error) {
	for _, file := range request.Files {
		name, ok := strings.CutSuffix(file.Name, extension)
		if !ok || name == "" {
			continue
		}
		response.Rules = append(response.Rules, dorcas.GeneratedRule{
			Rule: dorcas.Rule{
				Kind:  "my_lang_library",
				Name:  name,
				Attrs: []dorcas.Attr{{Name: "srcs", Value: dorcas.SortedStrings{file.Name}}},
			},
			Imports: importsIn(file),
		})
	}
	return response, nil
}

// importsIn says what a file imports, sorted, each once.
func importsIn(file dorcas.File) (specs []dorcas.ImportSpec) {
	matches, _ := file.Data.(dorcas.FileMatches)
	var found []string
	for _, match := range matches {
		// Sources may be any bytes, a text may not.
		if len(match.Groups) > 0 && match.Groups[0] != nil && utf8.Valid(match.Groups[0]) {
			found = append(found, string(match.Groups[0]))
		}
	}
	slices.Sort(found)
	for _, imp := range slices.Compact(found) {
		specs = append(specs, dorcas.ImportSpec{Lang: lang, Imp: imp})
	}
	return specs
}

// importsOf says how the rules of a BUILD file can be imported: by directory and name.
func importsOf(request dorcas.ImportsRequest) (response dorcas.ImportsResponse, err error) {
	for _, told := range request.Rules {
		spec := dorcas.ImportSpec{Lang: lang, Imp: request.Rel + "/" + told.Rule.Name}
		response.Rules = append(response.Rules, dorcas.RuleImports{Importable: true, Imports: []dorcas.ImportSpec{spec}})
	}
	return response, nil
}

// resolveAll goes from what rules import to what they depend on.
func resolveAll(request dorcas.ResolveRequest) (dorcas.ResolveResponse, error) {
	var resolved dorcas.Resolved
	for _, rule := range request.Rules {
		var labels dorcas.Labels
		for _, spec := range rule.Imports {
			if label, ok := labelOf(request.Found, spec.Imp); ok {
				labels = append(labels, label)
				continue
			}
			message := "nobody provides " + spec.Imp
			resolved.Diagnostics = append(resolved.Diagnostics, dorcas.Diagnostic{Severity: dorcas.SeverityWarning, Message: message})
		}
		out := dorcas.ResolvedRule{Delete: []string{"deps"}}
		if labels != nil {
			out = dorcas.ResolvedRule{Set: []dorcas.Attr{{Name: "deps", Value: labels}}}
		}
		resolved.Rules = append(resolved.Rules, out)
	}
	return resolved, nil
}

// labelOf gives what the user has set for an import, or the rule that provides it.
func labelOf(found []dorcas.Lookup, imp string) (label string, ok bool) {
	for _, answer := range found {
		switch {
		case answer.Query.Import.Imp != imp:
		case answer.OverrideLabel != nil:
			return *answer.OverrideLabel, true
		case len(answer.Matches) > 0:
			return answer.Matches[0].Label, true
		}
	}
	return "", false
}
