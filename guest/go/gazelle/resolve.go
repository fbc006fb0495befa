package gazelle

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"os"
	"path"
	"slices"
	"strings"

	"dorcas.dev/dorcas"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/label"
	"github.com/bazel-contrib/bazel-gazelle/v2/resolve"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
	"github.com/bazelbuild/bazel-gazelle/repo"
)

func (a *adapter) imports(request dorcas.ImportsRequest) (response dorcas.ImportsResponse, err error) {
	dir, err := a.configured(request.State, request.Rel)
	if err != nil {
		return response, err
	}
	own := make([]dorcas.Rule, 0, len(request.Rules)+len(request.OtherRules))
	for _, told := range request.Rules {
		own = append(own, told.Rule)
	}
	all := dorcas.BuildFile{Name: dir.config.DefaultBuildFileName(), Rules: append(own, request.OtherRules...)}
	file, err := a.buildFile(request.Rel, all)
	if err != nil {
		return response, err
	}
	for i, r := range file.rules[:len(request.Rules)] {
		for _, attr := range request.Rules[i].Private {
			r.SetPrivateAttr(attr.Name, goValue(attr.Value))
		}
		from := label.New(dir.config.RepoName, request.Rel, r.Name())
		result, err := a.language.Imports(context.Background(), resolve.ImportsArgs{Config: dir.config, Rule: r, File: file.File, From: from})
		if err != nil {
			return response, err
		}
		// Gazelle takes nil alone for a rule that can't be imported.
		known := dorcas.RuleImports{Importable: result.Imports != nil, Imports: specs(result.Imports)}
		for _, embedded := range result.Embeds {
			known.Embeds = append(known.Embeds, embedded.Abs(from.Repo, from.Pkg).String())
		}
		response.Rules = append(response.Rules, known)
	}
	return response, nil
}

// specs are the imports in the order of the ABI, each once.
func specs(imports []resolve.ImportSpec) []dorcas.ImportSpec {
	var list []dorcas.ImportSpec
	for _, spec := range imports {
		list = append(list, dorcas.ImportSpec{Lang: spec.Lang, Imp: spec.Imp})
	}
	slices.SortFunc(list, compareSpecs)
	return slices.Compact(list)
}

func compareSpecs(a, b dorcas.ImportSpec) int {
	return cmp.Or(cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Imp, b.Imp))
}

func (a *adapter) resolve(request dorcas.ResolveRequest) (dorcas.ResolveResponse, error) {
	dir, err := a.configured(request.State, request.Rel)
	if err != nil {
		return nil, err
	}
	if a.options.Stateful && !a.resolving {
		a.resolving = true
		if err := a.language.OnResolve(context.Background()); err != nil {
			return nil, err
		}
	}
	rules, imports, err := a.rulesOf(request, dir)
	if err != nil {
		return nil, err
	}
	a.logged.listen()
	answers := lookup{known: map[dorcas.Query][]resolve.FindResult{}}
	for _, found := range request.Found {
		results := []resolve.FindResult{}
		for _, match := range found.Matches {
			results = append(results, findResult(match, dir.config.RepoName))
		}
		answers.known[found.Query] = results
	}
	var resolved dorcas.Resolved
	for i, r := range rules {
		before := message(r)
		if err := a.resolveRule(&answers, dir, request.Rel, r, imports[i]); err != nil {
			return nil, err
		}
		one, err := difference(before, message(r))
		if err != nil {
			return nil, err
		}
		resolved.Rules = append(resolved.Rules, one)
	}
	// In the last round what is not known is taken not to be there, as an index without it would have it.
	if len(answers.missing) > 0 && request.Round < dorcas.MaxResolveRounds {
		slices.SortFunc(answers.missing, func(a, b dorcas.Query) int {
			return cmp.Or(compareSpecs(a.Import, b.Import), cmp.Compare(a.Lang, b.Lang))
		})
		return dorcas.Need(slices.Compact(answers.missing)), nil
	}
	resolved.Diagnostics = a.logged.diagnostics()
	return resolved, nil
}

func (a *adapter) resolveRule(answers *lookup, dir configured, rel string, r *rule.Rule, imports any) error {
	if a.remote == nil || !a.options.Stateful {
		var err error
		if a.remote, err = remoteCache(dir.config); err != nil {
			return err
		}
	}
	index := resolve.NewRuleIndex(nil, []resolve.Finder{answers})
	index.Finish()
	return a.language.Resolve(context.Background(), resolve.ResolveArgs{
		Config:      dir.config,
		Index:       index,
		RemoteCache: a.remote,
		Rule:        r,
		From:        label.New(dir.config.RepoName, rel, r.Name()),
		Imports:     imports,
	})
}

// remoteCache knows what Gazelle's own does before it asks others: the repositories of a WORKSPACE file and, if Gazelle's Go
// language is there, the modules of the root directory's go.mod. There is no network and no other program to ask.
func remoteCache(c *config.Config) (*repo.RemoteCache, error) {
	var known []repo.Repo
	for _, r := range c.Repos {
		if r.Kind() == "go_repository" {
			name := cmp.Or(c.ModuleToApparentName(r.AttrString("module_name")), r.Name())
			known = append(known, repo.Repo{Name: name, GoPrefix: r.AttrString("importpath")})
		}
	}
	cache, _ := repo.NewRemoteCache(known)
	cache.ModInfo = func(imported string) (string, error) {
		module, _, err := cache.RootStatic(imported)
		if err == nil && module == "" {
			err = errors.New("no module that go.mod requires has the package " + imported)
		}
		return module, err
	}
	modules := path.Join(c.RepoRoot, "go.mod")
	if _, err := os.Stat(modules); err != nil || c.Exts["go"] == nil {
		return cache, nil
	}
	return cache, cache.PopulateFromGoMod(modules)
}

// rulesOf are the rules of a request as the extension has generated them, and their imports.
func (a *adapter) rulesOf(request dorcas.ResolveRequest, dir configured) (rules []*rule.Rule, imports []any, err error) {
	notes := make([]note, len(request.Rules))
	for i, r := range request.Rules {
		if notes[i], err = decodeNote(r.Note); err != nil {
			return nil, nil, err
		}
	}
	if len(notes) == 0 {
		return nil, nil, nil
	}
	switch notes[0].kept {
	case keptRequest, keptInMemory:
		result, ok := a.generatedIn[request.Rel]
		if notes[0].kept == keptRequest {
			var generate dorcas.GenerateRequest
			if err := dorcas.Decode(notes[0].imports, &generate); err != nil {
				return nil, nil, errNote
			}
			if result, err = a.generated(generate, dir); err != nil {
				return nil, nil, err
			}
			ok = true
		}
		if !ok || len(result.Gen) != len(request.Rules) {
			return nil, nil, errNote
		}
		for i, r := range result.Gen {
			// The host may have given it the name of the rule that it matched.
			if r = clone(r); request.Rules[i].Rule.Name != r.Name() {
				r.SetName(request.Rules[i].Rule.Name)
			}
			rules = append(rules, r)
		}
		return rules, result.Imports, nil
	}
	for i, n := range notes {
		r, err := looseRule(request.Rules[i].Rule, n.private)
		if err != nil {
			return nil, nil, err
		}
		kept, err := a.importsIn(n)
		if err != nil {
			return nil, nil, err
		}
		rules, imports = append(rules, r), append(imports, kept)
	}
	return rules, imports, nil
}

// difference is what resolving has changed.
func difference(before, after dorcas.Rule) (resolved dorcas.ResolvedRule, err error) {
	for _, attr := range after.Attrs {
		i := slices.IndexFunc(before.Attrs, func(old dorcas.Attr) bool { return old.Name == attr.Name })
		same := false
		if i >= 0 {
			if same, err = equal(attr, before.Attrs[i]); err != nil {
				return resolved, err
			}
		}
		if !same {
			resolved.Set = append(resolved.Set, attr)
		}
	}
	for _, attr := range before.Attrs {
		if !slices.ContainsFunc(after.Attrs, func(new dorcas.Attr) bool { return new.Name == attr.Name }) {
			resolved.Delete = append(resolved.Delete, attr.Name)
		}
	}
	return resolved, nil
}

// equal compares attributes by their encoding.
func equal(a, b dorcas.Attr) (bool, error) {
	first, err := dorcas.Encode(&a)
	if err != nil {
		return false, err
	}
	second, err := dorcas.Encode(&b)
	return bytes.Equal(first, second), err
}

// lookup answers an index that has no rules of its own, and notes what it has no answer to.
type lookup struct {
	known   map[dorcas.Query][]resolve.FindResult
	missing []dorcas.Query
}

func (l *lookup) Find(_ context.Context, args resolve.FindArgs) ([]resolve.FindResult, error) {
	query := dorcas.Query{Import: dorcas.ImportSpec{Lang: args.Import.Lang, Imp: args.Import.Imp}, Lang: args.Lang}
	results, ok := l.known[query]
	if !ok {
		l.missing = append(l.missing, query)
	}
	return results, nil
}

// foresee runs Resolve on a copy, to see which imports the host has to look up for it.
func (a *adapter) foresee(dir configured, r *rule.Rule, imports any) []dorcas.ImportSpec {
	var nothing lookup
	rel := dir.rel
	if err := a.resolveRule(&nothing, dir, rel, clone(r), imports); err != nil {
		return nil
	}
	var list []resolve.ImportSpec
	for _, query := range nothing.missing {
		if query.Lang == a.language.Language.Name() {
			list = append(list, resolve.ImportSpec{Lang: query.Import.Lang, Imp: query.Import.Imp})
		}
	}
	return specs(list)
}

func (a *adapter) find(request dorcas.FindRequest) (response dorcas.FindResponse, err error) {
	dir, err := a.configured(request.State, request.Rel)
	if err != nil {
		return response, err
	}
	for _, query := range request.Queries {
		index := resolve.NewRuleIndex(nil, nil)
		index.Finish()
		results, err := a.language.Find(context.Background(), resolve.FindArgs{
			Config: dir.config,
			Index:  index,
			Import: resolve.ImportSpec{Lang: query.Import.Lang, Imp: query.Import.Imp},
			Lang:   query.Lang,
		})
		if err != nil {
			return response, err
		}
		var found dorcas.FindAnswer
		for _, result := range results {
			match := dorcas.Provider{Label: absolute(result.Label).String()}
			for _, embedded := range result.Embeds {
				match.Embeds = append(match.Embeds, absolute(embedded).String())
			}
			found.Matches = append(found.Matches, match)
		}
		response.Found = append(response.Found, found)
	}
	return response, nil
}

// absolute takes a label without a package for one of the root directory.
func absolute(l label.Label) label.Label { return l.Abs(l.Repo, l.Pkg) }

// findResult is what the index of Gazelle would have, where each label of the repository has its name.
func findResult(match dorcas.Provider, repo string) resolve.FindResult {
	named := func(text string) label.Label {
		l := parseLabel(text)
		if l.Repo == "" {
			l.Repo = repo
		}
		return l
	}
	result := resolve.FindResult{Label: named(match.Label)}
	for _, text := range match.Embeds {
		result.Embeds = append(result.Embeds, named(text))
	}
	return result
}

// parseLabel takes an absolute label apart. Gazelle's own parser refuses characters that its index doesn't mind.
func parseLabel(text string) label.Label {
	repo, rest, ok := strings.Cut(text, "//")
	if !ok {
		repo, rest = text, ""
	}
	pkg, name, ok := strings.Cut(rest, ":")
	if !ok {
		name = path.Base(pkg)
	}
	if rest == "" {
		name = strings.TrimLeft(repo, "@")
	}
	return label.New(strings.TrimLeft(repo, "@"), pkg, name)
}
