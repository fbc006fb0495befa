package gazelle

import (
	"context"
	"slices"

	"dorcas.dev/dorcas"
	"github.com/bazel-contrib/bazel-gazelle/v2/language"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
)

// fix lets the extension change the file, and compares it with what it was.
func (a *adapter) fix(request dorcas.FixRequest) (response dorcas.FixResponse, err error) {
	dir, err := a.configured(request.State, request.Rel)
	if err != nil {
		return response, err
	}
	f, err := a.buildFile(request.Rel, request.BuildFile)
	if err != nil {
		return response, err
	}
	before := make([]dorcas.Rule, len(f.rules))
	for i, r := range f.rules {
		before[i] = message(r)
	}
	loadsBefore := make([]dorcas.Load, len(f.loads))
	for i, l := range f.loads {
		loadsBefore[i] = loadMessage(l)
	}
	a.logged.listen()
	c := dir.config.Clone()
	c.ShouldFix = request.ShouldFix
	if err := a.language.Fix(context.Background(), language.FixArgs{Config: c, Rel: request.Rel, File: f.File}); err != nil {
		return response, err
	}
	response.Diagnostics = a.logged.diagnostics()
	// What was deleted is not in the file any more then, and what was put in is in its place.
	f.Sync()
	for i, r := range f.rules {
		edits, err := ruleEdits(uint32(i), before[i], r, slices.Contains(f.Rules, r))
		if err != nil {
			return response, err
		}
		response.Edits = append(response.Edits, edits...)
	}
	for _, r := range f.Rules {
		if !slices.Contains(f.rules, r) {
			response.Edits = append(response.Edits, dorcas.AppendRule{Rule: message(r)})
		}
	}
	response.Edits = append(response.Edits, loadEdits(f, loadsBefore)...)
	if !request.ShouldFix && slices.ContainsFunc(response.Edits, isForFixAlone) {
		// What is renamed is named by other edits: all of them or none.
		response.Edits = nil
		response.Diagnostics = append(response.Diagnostics, dorcas.Diagnostic{
			Severity: dorcas.SeverityWarning,
			File:     &request.BuildFile.Name,
			Message:  "rules would be renamed or deleted before others are generated; `dorcas fix` does that, `dorcas update` leaves them",
		})
	}
	return response, nil
}

// isForFixAlone tells whether an edit needs the command fix (fix.should-fix). Gazelle makes it in any command.
func isForFixAlone(edit dorcas.Edit) bool {
	switch edit.(type) {
	case dorcas.SetKind, dorcas.SetName, dorcas.DeleteRule:
		return true
	}
	return false
}

func ruleEdits(index uint32, before dorcas.Rule, r *rule.Rule, there bool) (edits []dorcas.Edit, err error) {
	if !there {
		return []dorcas.Edit{dorcas.DeleteRule{Rule: index}}, nil
	}
	after := message(r)
	if after.Kind != before.Kind {
		edits = append(edits, dorcas.SetKind{Rule: index, Kind: after.Kind})
	}
	if after.Name != before.Name {
		edits = append(edits, dorcas.SetName{Rule: index, Name: after.Name})
	}
	changed, err := difference(before, after)
	for _, attr := range changed.Set {
		edits = append(edits, dorcas.SetAttr{Rule: index, Attr: attr})
	}
	for _, name := range changed.Delete {
		edits = append(edits, dorcas.DeleteAttr{Rule: index, Name: name})
	}
	return edits, err
}

func loadMessage(l *rule.Load) dorcas.Load {
	m := dorcas.Load{Name: l.Name()}
	for _, pair := range l.SymbolPairs() {
		m.Symbols = append(m.Symbols, dorcas.Symbol{From: pair.From, To: pair.To})
	}
	return m
}

func loadEdits(f file, before []dorcas.Load) (edits []dorcas.Edit) {
	for i, l := range f.loads {
		after := dorcas.Load{Name: l.Name()}
		if slices.Contains(f.Loads, l) {
			after = loadMessage(l)
		}
		if after.Name != before[i].Name || !slices.Equal(after.Symbols, before[i].Symbols) {
			edits = append(edits, dorcas.SetLoad{Load: uint32(i), Name: after.Name, Symbols: after.Symbols})
		}
	}
	for _, l := range f.Loads {
		if slices.Contains(f.loads, l) {
			continue
		}
		// In front of the first of the old ones that stands behind it.
		at := slices.IndexFunc(f.loads, func(old *rule.Load) bool {
			return slices.Contains(f.Loads, old) && old.Index() > l.Index()
		})
		if at < 0 {
			at = len(f.loads)
		}
		m := loadMessage(l)
		edits = append(edits, dorcas.InsertLoad{Load: uint32(at), Name: m.Name, Symbols: m.Symbols})
	}
	return edits
}
