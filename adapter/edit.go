package adapter

import (
	"fmt"
	"slices"

	"dorcas.dev/adapter/internal/abi"
	"dorcas.dev/adapter/internal/guest"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
	bzl "github.com/bazelbuild/buildtools/build"
)

// edit makes a guest's edits one after the other, or none of them. Rules and load statements are named by their places in the
// file as the guest has seen it.
func edit(c *config.Config, f *rule.File, edits []abi.Edit) error {
	if err := editable(c, f, edits); err != nil {
		return err
	}
	if len(edits) == 0 {
		return nil
	}
	rules, loads := slices.Clone(f.Rules), slices.Clone(f.Loads)
	here := place{repo: c.RepoName, pkg: f.Pkg}
	end := 0
	if n := len(loads); n > 0 {
		end = loads[n-1].Index() + 1
	}
	for i, one := range edits {
		var err error
		switch e := one.(type) {
		case abi.SetKind:
			rules[e.Rule].SetKind(e.Kind)
		case abi.SetName:
			rules[e.Rule].SetName(e.Name)
		case abi.SetAttr:
			err = setKeeping(rules[e.Rule], e.Attr, here)
		case abi.DeleteAttr:
			rules[e.Rule].DelAttr(e.Name)
		case abi.DeleteRule:
			rules[e.Rule].Delete()
		case abi.AppendRule:
			var r *rule.Rule
			if r, err = newRule(e.Rule, here); err == nil {
				r.Insert(f)
			}
		case abi.SetLoad:
			old := loads[e.Load]
			old.Delete()
			if len(e.Symbols) > 0 {
				one := newLoad(e.Name, e.Symbols)
				for _, comment := range old.Comments() {
					one.AddComment(comment)
				}
				one.Insert(f, old.Index())
			}
		case abi.InsertLoad:
			if len(e.Symbols) == 0 {
				continue
			}
			at := end
			if int(e.Load) < len(loads) {
				at = loads[e.Load].Index()
			}
			newLoad(e.Name, e.Symbols).Insert(f, at)
		}
		if err != nil {
			return fmt.Errorf("edit %d: %w", i+1, err)
		}
	}
	f.Sync()
	return nil
}

func newLoad(name string, symbols []abi.Symbol) *rule.Load {
	l := rule.NewLoad(name)
	for _, s := range symbols {
		if s.From == s.To {
			l.Add(s.From)
		} else {
			l.AddAlias(s.From, s.To)
		}
	}
	return l
}

// editable says whether all edits can be made.
func editable(c *config.Config, f *rule.File, edits []abi.Edit) error {
	deleted := map[uint32]bool{}
	for i, one := range edits {
		breach := func(clause, format string, args ...any) error {
			return fmt.Errorf("edit %d: %w", i+1, &guest.Breach{Clause: clause, What: fmt.Sprintf(format, args...)})
		}
		aRule := func(n uint32) error {
			if int64(n) >= int64(len(f.Rules)) {
				return breach("fix.indices", "there is no rule %d: the file has %d", n, len(f.Rules))
			}
			if deleted[n] {
				return breach("fix.deleted", "rule %d was deleted by an edit before", n)
			}
			return nil
		}
		aLoad := func(n uint32, most int) error {
			if int64(n) >= int64(most) {
				return breach("fix.indices", "there is no load statement %d: the file has %d", n, len(f.Loads))
			}
			return nil
		}
		onlyFix := func(name string) error {
			if !c.ShouldFix {
				return breach("fix.should-fix", "%s is for `fix` alone", name)
			}
			return nil
		}
		symbols := func(list []abi.Symbol) error {
			seen := map[string]bool{}
			for _, s := range list {
				for _, name := range []string{s.From, s.To} {
					if !isIdentifier(name) {
						return breach("rule.identifiers", "%q is no name that a load statement can have", name)
					}
				}
				if seen[s.To] {
					return breach("rule.identifiers", "%q is loaded twice in one statement", s.To)
				}
				seen[s.To] = true
			}
			return nil
		}
		var err error
		first := func(checks ...error) {
			for _, check := range checks {
				if err == nil {
					err = check
				}
			}
		}
		switch e := one.(type) {
		case abi.SetKind:
			first(onlyFix("SetKind"), aRule(e.Rule))
		case abi.SetName:
			first(onlyFix("SetName"), aRule(e.Rule))
		case abi.SetAttr:
			first(aRule(e.Rule))
		case abi.DeleteAttr:
			first(aRule(e.Rule))
		case abi.DeleteRule:
			first(onlyFix("DeleteRule"), aRule(e.Rule))
			deleted[e.Rule] = true
		case abi.SetLoad:
			first(aLoad(e.Load, len(f.Loads)), symbols(e.Symbols))
		case abi.InsertLoad:
			first(aLoad(e.Load, len(f.Loads)+1), symbols(e.Symbols))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isIdentifier says whether a text is a name in Starlark, and no word of the language.
func isIdentifier(name string) bool {
	file, err := bzl.ParseBuild("", []byte(name))
	if err != nil || len(file.Stmt) != 1 {
		return false
	}
	ident, ok := file.Stmt[0].(*bzl.Ident)
	return ok && ident.Name == name && name != "None" && name != "True" && name != "False"
}

// setKeeping gives an attribute to a rule in a file: a list that takes the place of another keeps the comments of what is in
// both, and what a comment keeps. A guest knows of neither.
func setKeeping(r *rule.Rule, attr abi.Attr, p place) error {
	old, _ := r.Attr(attr.Name).(*bzl.ListExpr)
	if err := setAttr(r, attr, p); err != nil {
		return err
	}
	now, _ := r.Attr(attr.Name).(*bzl.ListExpr)
	if old == nil || now == nil {
		return nil
	}
	left := map[string]bzl.Expr{}
	for _, item := range old.List {
		if s, ok := item.(*bzl.StringExpr); ok {
			left[s.Value] = item
		}
	}
	for i, item := range now.List {
		s := item.(*bzl.StringExpr)
		if known := left[s.Value]; known != nil {
			now.List[i] = known
			delete(left, s.Value)
		}
	}
	for _, item := range old.List {
		s, isText := item.(*bzl.StringExpr)
		if rule.ShouldKeep(item) && (!isText || left[s.Value] != nil) {
			now.List = append(now.List, item)
		}
	}
	now.End = old.End
	return nil
}
