package gazelle

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"dorcas.dev/dorcas"
	bzl "github.com/bazelbuild/buildtools/build"
)

// expression is the value of an attribute as Gazelle has it.
func expression(value dorcas.Value) (bzl.Expr, error) {
	switch v := value.(type) {
	case dorcas.Bool:
		if v {
			return &bzl.Ident{Name: "True"}, nil
		}
		return &bzl.Ident{Name: "False"}, nil
	case dorcas.Int:
		return &bzl.LiteralExpr{Token: strconv.FormatInt(int64(v), 10)}, nil
	case dorcas.String:
		return text(string(v)), nil
	case dorcas.Label:
		return text(string(v)), nil
	case dorcas.Strings:
		return texts(v), nil
	case dorcas.SortedStrings:
		return texts(v), nil
	case dorcas.Labels:
		return texts(v), nil
	case dorcas.StringDict:
		dict := &bzl.DictExpr{ForceMultiLine: true}
		for _, entry := range v {
			dict.List = append(dict.List, &bzl.KeyValueExpr{Key: text(entry.Key), Value: text(entry.Value)})
		}
		return dict, nil
	case dorcas.ListDict:
		dict := &bzl.DictExpr{ForceMultiLine: true}
		for _, entry := range v {
			dict.List = append(dict.List, &bzl.KeyValueExpr{Key: text(entry.Key), Value: texts(entry.Values)})
		}
		return dict, nil
	case dorcas.Glob:
		return glob(v), nil
	case dorcas.Select:
		return selectOf(v), nil
	case dorcas.Concat:
		var sum bzl.Expr
		for _, term := range v {
			var part bzl.Expr
			switch t := term.(type) {
			case dorcas.Strings:
				part = texts(t)
			case dorcas.Glob:
				part = glob(t)
			case dorcas.Select:
				part = selectOf(t)
			}
			if sum == nil {
				sum = part
			} else {
				sum = &bzl.BinaryExpr{X: sum, Op: "+", Y: part}
			}
		}
		if sum == nil {
			return &bzl.ListExpr{}, nil
		}
		return sum, nil
	case dorcas.Raw:
		return parseExpression(string(v))
	}
	return &bzl.Ident{Name: "None"}, nil
}

// opaque is like expression, but leaves Starlark text as it is: to parse it is what takes longest, and nobody looks there in
// rules of other extensions.
func opaque(value dorcas.Value) (bzl.Expr, error) {
	if raw, ok := value.(dorcas.Raw); ok {
		return &bzl.LiteralExpr{Token: string(raw)}, nil
	}
	return expression(value)
}

func parseExpression(starlark string) (bzl.Expr, error) {
	// In parentheses lines need no backslash.
	file, err := bzl.ParseBuild("", []byte("(\n"+starlark+"\n)"))
	if err != nil {
		return nil, err
	}
	if len(file.Stmt) == 1 {
		if in, ok := file.Stmt[0].(*bzl.ParenExpr); ok {
			return in.X, nil
		}
	}
	return nil, errors.New("not an expression: " + starlark)
}

func text(value string) *bzl.StringExpr { return &bzl.StringExpr{Value: value} }

func texts[T ~[]string](values T) *bzl.ListExpr {
	list := &bzl.ListExpr{}
	for _, value := range values {
		list.List = append(list.List, text(value))
	}
	return list
}

func glob(value dorcas.Glob) bzl.Expr {
	call := &bzl.CallExpr{X: &bzl.Ident{Name: "glob"}, List: []bzl.Expr{texts(value.Include)}}
	if len(value.Exclude) > 0 {
		call.List = append(call.List, &bzl.AssignExpr{LHS: &bzl.Ident{Name: "exclude"}, Op: "=", RHS: texts(value.Exclude)})
	}
	return call
}

func selectOf(branches dorcas.Select) bzl.Expr {
	dict := &bzl.DictExpr{ForceMultiLine: true}
	for _, branch := range branches {
		dict.List = append(dict.List, &bzl.KeyValueExpr{Key: text(branch.Condition), Value: texts(branch.Values)})
	}
	return &bzl.CallExpr{X: &bzl.Ident{Name: "select"}, List: []bzl.Expr{dict}}
}

// value is what the host is told of an expression. Lists that Gazelle would sort are sorted by the host.
func value(expr bzl.Expr, sorted bool) dorcas.Value {
	if plain(expr) {
		switch e := expr.(type) {
		case *bzl.Ident:
			switch e.Name {
			case "True":
				return dorcas.Bool(true)
			case "False":
				return dorcas.Bool(false)
			}
		case *bzl.LiteralExpr:
			if n, err := strconv.ParseInt(e.Token, 10, 64); err == nil && strconv.FormatInt(n, 10) == e.Token {
				return dorcas.Int(n)
			}
		case *bzl.StringExpr:
			return dorcas.String(e.Value)
		case *bzl.ListExpr:
			if list, ok := stringsIn(e); ok {
				if sorted {
					return dorcas.SortedStrings(list)
				}
				return dorcas.Strings(list)
			}
		case *bzl.DictExpr:
			if dict := dictOf(e); dict != nil {
				return dict
			}
		case *bzl.CallExpr, *bzl.BinaryExpr:
			terms, ok := termsOf(expr)
			if ok && len(terms) == 1 {
				switch t := terms[0].(type) {
				case dorcas.Glob:
					return t
				case dorcas.Select:
					return t
				}
			} else if ok {
				return dorcas.Concat(terms)
			}
		}
	}
	return dorcas.Raw(bzl.FormatString(expr))
}

// plain says whether an expression has no comments, which no value but Raw can carry, and no strings in a form of its own.
func plain(expr bzl.Expr) bool {
	is := true
	bzl.Walk(expr, func(e bzl.Expr, _ []bzl.Expr) {
		if c := e.Comment(); len(c.Before)+len(c.Suffix)+len(c.After) > 0 {
			is = false
		}
		if s, ok := e.(*bzl.StringExpr); ok && s.TripleQuote {
			is = false
		}
	})
	return is
}

func stringsIn(expr bzl.Expr) ([]string, bool) {
	list, ok := expr.(*bzl.ListExpr)
	if !ok {
		return nil, false
	}
	texts := []string{}
	for _, item := range list.List {
		text, ok := item.(*bzl.StringExpr)
		if !ok {
			return nil, false
		}
		texts = append(texts, text.Value)
	}
	return texts, true
}

// dictOf is a dict of strings, or of lists; nil for any other.
func dictOf(expr *bzl.DictExpr) dorcas.Value {
	flat, lists := dorcas.StringDict{}, dorcas.ListDict{}
	for _, entry := range expr.List {
		key, ok := entry.Key.(*bzl.StringExpr)
		if !ok {
			return nil
		}
		if one, ok := entry.Value.(*bzl.StringExpr); ok {
			flat = append(flat, dorcas.StringEntry{Key: key.Value, Value: one.Value})
		} else if many, ok := stringsIn(entry.Value); ok {
			lists = append(lists, dorcas.ListEntry{Key: key.Value, Values: many})
		} else {
			return nil
		}
	}
	// A dict in another order, or with a key twice, is written as it is.
	switch {
	case len(lists) == 0 && rising(flat, func(e dorcas.StringEntry) string { return e.Key }):
		return flat
	case len(flat) == 0 && rising(lists, func(e dorcas.ListEntry) string { return e.Key }):
		return lists
	}
	return nil
}

func rising[T any](list []T, key func(T) string) bool {
	for i := 1; i < len(list); i++ {
		if key(list[i-1]) >= key(list[i]) {
			return false
		}
	}
	return true
}

// termsOf takes a sum apart.
func termsOf(expr bzl.Expr) ([]dorcas.Term, bool) {
	switch e := expr.(type) {
	case *bzl.BinaryExpr:
		if e.Op != "+" {
			return nil, false
		}
		left, ok := termsOf(e.X)
		if !ok {
			return nil, false
		}
		right, ok := termsOf(e.Y)
		return append(left, right...), ok
	case *bzl.ListExpr:
		list, ok := stringsIn(e)
		return []dorcas.Term{dorcas.Strings(list)}, ok
	case *bzl.CallExpr:
		callee, ok := e.X.(*bzl.Ident)
		if !ok {
			return nil, false
		}
		switch callee.Name {
		case "glob":
			return globOf(e)
		case "select":
			return branchesOf(e)
		}
	}
	return nil, false
}

func globOf(call *bzl.CallExpr) ([]dorcas.Term, bool) {
	var glob dorcas.Glob
	for i, arg := range call.List {
		list, ok := stringsIn(arg)
		switch {
		case ok && i == 0:
			glob.Include = list
		default:
			assign, isAssign := arg.(*bzl.AssignExpr)
			if !isAssign {
				return nil, false
			}
			name, isName := assign.LHS.(*bzl.Ident)
			list, ok = stringsIn(assign.RHS)
			if !isName || !ok || name.Name != "exclude" {
				return nil, false
			}
			glob.Exclude = list
		}
	}
	return []dorcas.Term{glob}, true
}

func branchesOf(call *bzl.CallExpr) ([]dorcas.Term, bool) {
	if len(call.List) != 1 {
		return nil, false
	}
	dict, ok := call.List[0].(*bzl.DictExpr)
	if !ok {
		return nil, false
	}
	var branches dorcas.Select
	for _, entry := range dict.List {
		key, isText := entry.Key.(*bzl.StringExpr)
		list, isList := stringsIn(entry.Value)
		if !isText || !isList {
			return nil, false
		}
		branches = append(branches, dorcas.SelectBranch{Condition: key.Value, Values: list})
	}
	// The host has the default stand last, as Gazelle does.
	slices.SortFunc(branches, func(a, b dorcas.SelectBranch) int { return strings.Compare(a.Condition, b.Condition) })
	return []dorcas.Term{branches}, rising(branches, func(b dorcas.SelectBranch) string { return b.Condition })
}
