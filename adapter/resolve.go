package adapter

import (
	"cmp"
	"fmt"
	"slices"

	"dorcas.dev/adapter/internal/abi"
	"dorcas.dev/adapter/internal/guest"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/label"
	"github.com/bazel-contrib/bazel-gazelle/v2/resolve"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
)

// index is the index of either version of Gazelle.
type index interface {
	FindRulesByImport(imp resolve.ImportSpec, lang string) []resolve.FindResult
	FindRulesByImportWithConfig(c *config.Config, imp resolve.ImportSpec, lang string) []resolve.FindResult
}

// resolve resolves a rule. All rules of a directory are resolved with the first of them.
func (l *one) resolve(c *config.Config, ix index, r *rule.Rule, imports any, from label.Label) error {
	rec, ok := imports.(*record)
	if !ok || rec.dir.by != l || !l.Has("resolve") {
		return nil
	}
	if !rec.dir.done {
		if err := l.resolveAll(c, ix, rec.dir); err != nil {
			return l.wrap(rec.dir.rel, err)
		}
		rec.dir.done = true
	}
	answer := rec.dir.resolved[rec.at]
	for _, name := range answer.Delete {
		r.DelAttr(name)
	}
	here := place{repo: c.RepoName, pkg: from.Pkg, named: rec.dir.told, own: "//" + from.Pkg + ":" + from.Name}
	for _, attr := range answer.Set {
		if err := setAttr(r, attr, here); err != nil {
			return l.wrap(rec.dir.rel, fmt.Errorf("resolve: %w", err))
		}
	}
	return nil
}

func compareQueries(a, b abi.Query) int {
	return cmp.Or(cmp.Compare(a.Import.Lang, b.Import.Lang), cmp.Compare(a.Import.Imp, b.Import.Imp), cmp.Compare(a.Lang, b.Lang))
}

func (l *one) resolveAll(c *config.Config, ix index, made *generated) error {
	request := abi.ResolveRequest{Rel: made.rel, State: dirOf(c, l.name()).state}
	var queries []abi.Query
	for _, rec := range made.records {
		request.Rules = append(request.Rules, abi.ResolveRule{Rule: l.merged(rec), Imports: rec.told.Imports, Note: rec.told.Note})
		for _, spec := range rec.told.Imports {
			queries = append(queries, abi.Query{Import: spec, Lang: l.name()})
		}
	}
	for {
		slices.SortFunc(queries, compareQueries)
		for _, query := range slices.Compact(queries) {
			request.Found = append(request.Found, l.lookUp(c, ix, query))
		}
		slices.SortFunc(request.Found, func(a, b abi.Lookup) int { return compareQueries(a.Query, b.Query) })
		var response abi.ResolveResponse
		if err := guest.Call(l.Guest, &request, &response); err != nil {
			return err
		}
		switch answer := response.(type) {
		case abi.Resolved:
			made.resolved = answer.Rules
			made.told = map[string]bool{}
			for _, found := range request.Found {
				if found.OverrideLabel == nil {
					for _, match := range found.Matches {
						made.told[match.Label] = true
					}
				}
			}
			return l.tell(c, made.rel, said{one: l, c: c, rel: made.rel}, answer.Diagnostics)
		case abi.Need:
			queries = answer
			for _, query := range queries {
				_, again := slices.BinarySearchFunc(request.Found, query, func(f abi.Lookup, q abi.Query) int {
					return compareQueries(f.Query, q)
				})
				if again {
					return fmt.Errorf("resolve: %w", &guest.Breach{Clause: "resolve.new-queries", What: fmt.Sprintf("it asks again for "+
						"%q, to which the request has an answer", query.Import.Imp)})
				}
			}
			if request.Round++; request.Round > abi.MaxResolveRounds {
				return fmt.Errorf("resolve: %w", &guest.Breach{Clause: "resolve.rounds", What: fmt.Sprintf("it asks for more than %d "+
					"times in a row", abi.MaxResolveRounds)})
			}
		}
	}
}

// merged is a rule as it is after the first merge: with the name that it got there, and the names of others.
func (l *one) merged(rec *record) abi.Rule {
	m := rec.told.Rule
	m.Name = rec.rule.Name()
	for _, name := range l.kinds[m.Kind].SubstituteAttrs {
		at := slices.IndexFunc(m.Attrs, func(attr abi.Attr) bool { return attr.Name == name })
		if at < 0 || rec.rule.Attr(name) == nil {
			continue
		}
		m.Attrs = slices.Clone(m.Attrs)
		switch m.Attrs[at].Value.(type) {
		case abi.String:
			m.Attrs[at].Value = abi.String(rec.rule.AttrString(name))
		case abi.Label:
			m.Attrs[at].Value = abi.Label(rec.rule.AttrString(name))
		case abi.Strings:
			m.Attrs[at].Value = abi.Strings(rec.rule.AttrStrings(name))
		case abi.SortedStrings:
			m.Attrs[at].Value = abi.SortedStrings(rec.rule.AttrStrings(name))
		case abi.Labels:
			m.Attrs[at].Value = abi.Labels(rec.rule.AttrStrings(name))
		}
	}
	return m
}

// lookUp answers a query: from the index, from what configure has provided, or by the languages' find.
func (l *one) lookUp(c *config.Config, ix index, query abi.Query) abi.Lookup {
	s := sharedOf(c)
	found := abi.Lookup{Query: query}
	spec := resolve.ImportSpec{Lang: query.Import.Lang, Imp: query.Import.Imp}
	if override, ok := resolve.FindRuleWithOverride(c, spec, query.Lang); ok {
		text := explicit(c.RepoName, override)
		found.OverrideLabel = &text
	}
	if c.IndexLibraries {
		for _, match := range ix.FindRulesByImport(spec, query.Lang) {
			one := provider(c, match)
			one.Payload = s.payloads[payloadKey{query.Lang, one.Label}]
			found.Matches = append(found.Matches, one)
		}
		found.Matches = append(found.Matches, s.provided[thing{query.Lang, spec}]...)
		found.Origin = abi.OriginIndex
	}
	if len(found.Matches) == 0 {
		found.Matches, found.Origin = dirOf(c, query.Lang).scope.find(spec), abi.OriginConfigure
	}
	if len(found.Matches) == 0 {
		// Guests leave their answers with payloads, and nothing that they have provided; what others find has none.
		var payloads []abi.Provider
		s.found = &payloads
		for _, match := range ix.FindRulesByImportWithConfig(c, spec, query.Lang) {
			one := provider(c, match)
			for i, with := range payloads {
				if with.Label == one.Label {
					one.Payload = with.Payload
					payloads = slices.Delete(payloads, i, i+1)
					break
				}
			}
			found.Matches = append(found.Matches, one)
		}
		s.found = nil
		found.Origin = abi.OriginFind
	}
	if len(found.Matches) == 0 {
		found.Origin = abi.OriginNowhere
	}
	slices.SortStableFunc(found.Matches, func(a, b abi.Provider) int { return cmp.Compare(a.Label, b.Label) })
	return found
}

func provider(c *config.Config, match resolve.FindResult) abi.Provider {
	one := abi.Provider{Label: explicit(c.RepoName, match.Label)}
	for _, e := range match.Embeds {
		one.Embeds = append(one.Embeds, explicit(c.RepoName, e))
	}
	return one
}

// find says what the guest knows of an import that no rule in the index provides: what it has provided without one, or else
// what its find answers.
func (l *one) find(c *config.Config, spec resolve.ImportSpec, lang string) ([]resolve.FindResult, error) {
	s, d := sharedOf(c), dirOf(c, l.name())
	if lang == l.name() && s.found == nil {
		if c.IndexLibraries {
			if known := s.provided[thing{lang, spec}]; len(known) > 0 {
				return results(c, known)
			}
		}
		if known := d.scope.find(spec); len(known) > 0 {
			return results(c, known)
		}
	}
	if !l.Has("find") {
		return nil, nil
	}
	query := abi.Query{Import: abi.ImportSpec{Lang: spec.Lang, Imp: spec.Imp}, Lang: lang}
	request := abi.FindRequest{Rel: d.rel, State: d.state, Queries: []abi.Query{query}}
	var response abi.FindResponse
	if err := guest.Call(l.Guest, &request, &response); err != nil {
		return nil, l.wrap(d.rel, err)
	}
	matches := response.Found[0].Matches
	if s.found != nil {
		for _, match := range matches {
			match.Label = spelled(c.RepoName, match.Label)
			*s.found = append(*s.found, match)
		}
	}
	return results(c, matches)
}

// results are answers as Gazelle has them, where this repository has its name.
func results(c *config.Config, providers []abi.Provider) ([]resolve.FindResult, error) {
	var list []resolve.FindResult
	own := func(text string) (label.Label, error) {
		l, err := parseLabel(text)
		if err == nil && !l.Relative && l.Repo == "" {
			l.Repo = c.RepoName
		}
		return l, err
	}
	for _, p := range providers {
		at, err := own(p.Label)
		if err != nil {
			return nil, err
		}
		result := resolve.FindResult{Label: at}
		for _, text := range p.Embeds {
			e, err := own(text)
			if err != nil {
				return nil, err
			}
			result.Embeds = append(result.Embeds, e)
		}
		list = append(list, result)
	}
	return list, nil
}
