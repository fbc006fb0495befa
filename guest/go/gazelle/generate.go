package gazelle

import (
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	"dorcas.dev/dorcas"
	"github.com/bazel-contrib/bazel-gazelle/v2/language"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
)

func (a *adapter) generate(request dorcas.GenerateRequest) (response dorcas.GenerateResponse, err error) {
	dir, err := a.configured(request.State, request.Rel)
	if err != nil {
		return response, err
	}
	result, err := a.generated(request, dir)
	if err != nil {
		return response, err
	}
	response.Diagnostics = a.logged.diagnostics()
	again := -1
	for i, r := range result.Gen {
		n, err := a.noteOf(r, result.Imports[i])
		if err != nil {
			return response, err
		}
		if n.kept == keptBefore && again < 0 {
			again = i
		}
		rule := dorcas.GeneratedRule{Rule: message(r), Private: n.private}
		if !a.options.Stateful {
			rule.Imports = a.foresee(dir, r, result.Imports[i])
		}
		if rule.Note, err = n.encode(); err != nil {
			return response, err
		}
		response.Rules = append(response.Rules, rule)
	}
	if again >= 0 {
		// Where one has to be generated again, all are, so that the others' imports are not kept twice.
		bytes, err := dorcas.Encode(&request)
		if err != nil {
			return response, err
		}
		for i, r := range result.Gen {
			n := note{kept: keptBefore, private: private(r)}
			if i == 0 {
				n.kept, n.imports = keptRequest, bytes
			}
			if response.Rules[i].Note, err = n.encode(); err != nil {
				return response, err
			}
		}
	}
	for _, r := range result.Empty {
		m := message(r)
		response.Empty = append(response.Empty, dorcas.EmptyRule{Kind: m.Kind, Name: m.Name, Attrs: m.Attrs})
	}
	for _, rel := range result.RelsToIndex {
		// What leads out of the repository has no rules.
		if rel = strings.Trim(rel, "/"); rel != ".." && !strings.HasPrefix(rel, "../") {
			response.RelsToIndex = append(response.RelsToIndex, rel)
		}
	}
	response.RelsToIndex = sortedSet(response.RelsToIndex)
	return response, nil
}

// generated runs Generate. What it logs is all that is in a.logged then.
func (a *adapter) generated(request dorcas.GenerateRequest, dir configured) (result language.GenerateResult, err error) {
	a.logged.listen()
	files := maps.Clone(dir.files)
	files.add(request.Rel, request.Files)
	args := language.GenerateArgs{
		Config:   dir.config,
		Dir:      dirOf(request.Rel),
		Rel:      request.Rel,
		Subdirs:  request.Subdirs,
		GenFiles: request.GeneratedFiles,
	}
	for _, file := range request.Files {
		args.RegularFiles = append(args.RegularFiles, file.Name)
	}
	if request.BuildFile != nil {
		file, err := a.buildFile(request.Rel, *request.BuildFile)
		if err != nil {
			return result, err
		}
		args.File = file.File
		files.putBuild(request.Rel, file)
	}
	if a.seen == nil {
		files.mount()
	} else {
		for _, subdir := range request.Subdirs {
			a.seen.set(pathOf(path.Join(request.Rel, subdir))+"/", nil)
		}
		defer a.seen.lend(files)()
	}
	for _, other := range request.OtherRules {
		r, err := looseRule(other.Rule, other.Private)
		if err != nil {
			return result, err
		}
		args.OtherGen = append(args.OtherGen, r)
	}
	for _, other := range request.OtherEmpty {
		r, err := looseRule(dorcas.Rule{Kind: other.Kind, Name: other.Name, Attrs: other.Attrs}, nil)
		if err != nil {
			return result, err
		}
		args.OtherEmpty = append(args.OtherEmpty, r)
	}
	a.inWalk(func() {
		if a.options.BeforeGenerate != nil {
			a.options.BeforeGenerate(&args)
			// Like what other extensions say when they configure.
			a.logged.forget()
		}
		result, err = a.language.Generate(context.Background(), args)
	})
	if err == nil && len(result.Imports) != len(result.Gen) {
		// Version 2 doesn't insist on imports.
		if len(result.Imports) > 0 {
			err = errors.New("the extension generated another number of rules than of imports")
		}
		result.Imports = make([]any, len(result.Gen))
	}
	if a.options.Stateful {
		a.generatedIn[request.Rel] = result
	}
	return result, err
}

// clone copies a rule, so that nothing that is set in one is seen in the other.
func clone(r *rule.Rule) *rule.Rule {
	c := rule.NewRule(r.Kind(), r.Name())
	for _, key := range r.AttrKeys() {
		if key != "name" {
			c.SetAttr(key, r.Attr(key))
		}
	}
	for _, key := range r.PrivateAttrKeys() {
		c.SetPrivateAttr(key, r.PrivateAttr(key))
	}
	for _, arg := range r.Args() {
		c.AddArg(arg)
	}
	c.SetSortedAttrs(slices.Clone(r.SortedAttrs()))
	return c
}
