package adapter

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dorcas.dev/adapter/internal/abi"
	bzl "github.com/bazelbuild/buildtools/build"
)

const defaultCondition = "//conditions:default"

// expression is a value as Gazelle has it.
func expression(value abi.Value) (bzl.Expr, error) {
	switch v := value.(type) {
	case nil:
		return truth(false), nil
	case abi.Bool:
		return truth(bool(v)), nil
	case abi.Int:
		return &bzl.LiteralExpr{Token: strconv.FormatInt(int64(v), 10)}, nil
	case abi.String:
		return text(string(v)), nil
	case abi.Strings:
		return texts(v), nil
	case abi.StringDict:
		dict := &bzl.DictExpr{ForceMultiLine: true}
		for _, entry := range v {
			dict.List = append(dict.List, &bzl.KeyValueExpr{Key: text(entry.Key), Value: text(entry.Value)})
		}
		return dict, nil
	case abi.ListDict:
		dict := &bzl.DictExpr{ForceMultiLine: true}
		for _, entry := range v {
			dict.List = append(dict.List, &bzl.KeyValueExpr{Key: text(entry.Key), Value: inLines(entry.Values)})
		}
		return dict, nil
	case abi.Glob:
		return glob(v), nil
	case abi.Select:
		return selection(v), nil
	case abi.Concat:
		return sum(v), nil
	case abi.Raw:
		return parsed(string(v))
	}
	return nil, fmt.Errorf("a value of the type %T can't be written", value)
}

func truth(is bool) bzl.Expr {
	if is {
		return &bzl.Ident{Name: "True"}
	}
	return &bzl.Ident{Name: "False"}
}

func text(value string) *bzl.StringExpr { return &bzl.StringExpr{Value: value} }

func texts[T ~[]string](values T) *bzl.ListExpr {
	list := &bzl.ListExpr{}
	for _, value := range values {
		list.List = append(list.List, text(value))
	}
	return list
}

func inLines(values []string) *bzl.ListExpr {
	list := texts(values)
	list.ForceMultiLine = true
	return list
}

func glob(value abi.Glob) bzl.Expr {
	call := &bzl.CallExpr{X: &bzl.Ident{Name: "glob"}, List: []bzl.Expr{texts(value.Include)}}
	if len(value.Exclude) > 0 {
		call.List = append(call.List, &bzl.AssignExpr{LHS: &bzl.Ident{Name: "exclude"}, Op: "=", RHS: texts(value.Exclude)})
	}
	return call
}

// selection has the branches in the order of their conditions, the default last.
func selection(branches abi.Select) bzl.Expr {
	dict := &bzl.DictExpr{ForceMultiLine: true}
	add := func(branch abi.SelectBranch) {
		list := texts(branch.Values)
		list.ForceMultiLine = branch.Condition != defaultCondition && len(branch.Values) > 0
		dict.List = append(dict.List, &bzl.KeyValueExpr{Key: text(branch.Condition), Value: list})
	}
	for _, branch := range branches {
		if branch.Condition != defaultCondition {
			add(branch)
		}
	}
	for _, branch := range branches {
		if branch.Condition == defaultCondition {
			add(branch)
		}
	}
	return &bzl.CallExpr{X: &bzl.Ident{Name: "select"}, List: []bzl.Expr{dict}}
}

func sum(terms abi.Concat) bzl.Expr {
	var all bzl.Expr
	for i, term := range terms {
		var part bzl.Expr
		switch t := term.(type) {
		case abi.Strings:
			list := texts(t)
			list.ForceMultiLine = i == 0 && len(terms) > 1
			part = list
		case abi.Glob:
			part = glob(t)
		case abi.Select:
			part = selection(t)
		}
		if all == nil {
			all = part
		} else {
			all = &bzl.BinaryExpr{X: all, Op: "+", Y: part}
		}
	}
	if all == nil {
		return &bzl.ListExpr{}
	}
	return all
}

func parsed(starlark string) (bzl.Expr, error) {
	// In parentheses lines need no backslash.
	file, err := bzl.ParseBuild("", []byte("(\n"+starlark+"\n)"))
	if err != nil {
		return nil, fmt.Errorf("%q is no expression to Gazelle: %w", starlark, err)
	}
	if len(file.Stmt) == 1 {
		if in, ok := file.Stmt[0].(*bzl.ParenExpr); ok {
			return in.X, nil
		}
	}
	return nil, fmt.Errorf("%q is no expression to Gazelle", starlark)
}

// value is what a guest is told of an expression. What has no form of its own is told as it stands in the file, of which the
// content is given; nil where there is none.
func value(expr bzl.Expr, content []byte) abi.Value {
	switch e := expr.(type) {
	case *bzl.Ident:
		switch e.Name {
		case "True":
			return abi.Bool(true)
		case "False":
			return abi.Bool(false)
		}
	case *bzl.LiteralExpr:
		if n, err := strconv.ParseInt(e.Token, 10, 64); err == nil {
			return abi.Int(n)
		}
	case *bzl.StringExpr:
		return abi.String(e.Value)
	case *bzl.ListExpr:
		if list, ok := stringsIn(e); ok {
			return abi.Strings(list)
		}
	case *bzl.DictExpr:
		if dict := dictOf(e); dict != nil {
			return dict
		}
	case *bzl.CallExpr:
		switch t := termOf(e).(type) {
		case abi.Glob:
			return t
		case abi.Select:
			return t
		}
	case *bzl.BinaryExpr:
		if terms, ok := termsOf(e); ok {
			return abi.Concat(terms)
		}
	}
	return abi.Raw(starlark(expr, content))
}

// starlark is an expression as the file has it, or as it is laid out where it isn't from there any more.
func starlark(expr bzl.Expr, content []byte) string {
	laid := bzl.FormatString(expr)
	start, end := expr.Span()
	if start.Byte < end.Byte && end.Byte <= len(content) && end.Line > 0 {
		source := string(content[start.Byte:end.Byte])
		if read, err := parsed(source); err == nil && bzl.FormatString(read) == laid {
			return source
		}
	}
	return strings.TrimSuffix(laid, "\n")
}

func stringsIn(expr bzl.Expr) ([]string, bool) {
	list, ok := expr.(*bzl.ListExpr)
	if !ok {
		return nil, false
	}
	texts := make([]string, 0, len(list.List))
	for _, item := range list.List {
		text, ok := item.(*bzl.StringExpr)
		if !ok {
			return nil, false
		}
		texts = append(texts, text.Value)
	}
	return texts, true
}

// entries are those of a dict with different strings as keys, in their order.
func entries(dict *bzl.DictExpr) ([]*bzl.KeyValueExpr, bool) {
	list := slices.Clone(dict.List)
	for _, entry := range list {
		if _, ok := entry.Key.(*bzl.StringExpr); !ok {
			return nil, false
		}
	}
	slices.SortStableFunc(list, func(a, b *bzl.KeyValueExpr) int { return strings.Compare(keyOf(a), keyOf(b)) })
	for i := 1; i < len(list); i++ {
		if keyOf(list[i-1]) == keyOf(list[i]) {
			return nil, false
		}
	}
	return list, true
}

func keyOf(entry *bzl.KeyValueExpr) string { return entry.Key.(*bzl.StringExpr).Value }

// dictOf is a dict of strings, or of lists; nil for any other.
func dictOf(dict *bzl.DictExpr) abi.Value {
	list, ok := entries(dict)
	if !ok {
		return nil
	}
	flat, lists := abi.StringDict{}, abi.ListDict{}
	for _, entry := range list {
		if one, ok := entry.Value.(*bzl.StringExpr); ok {
			flat = append(flat, abi.StringEntry{Key: keyOf(entry), Value: one.Value})
		} else if many, ok := stringsIn(entry.Value); ok {
			lists = append(lists, abi.ListEntry{Key: keyOf(entry), Values: many})
		} else {
			return nil
		}
	}
	switch {
	case len(lists) == 0:
		return flat
	case len(flat) == 0:
		return lists
	}
	return nil
}

// termsOf takes a sum apart.
func termsOf(expr bzl.Expr) ([]abi.Term, bool) {
	switch e := expr.(type) {
	case *bzl.BinaryExpr:
		if e.Op != "+" {
			return nil, false
		}
		left, ok := termsOf(e.X)
		if !ok {
			return nil, false
		}
		if _, nested := e.Y.(*bzl.BinaryExpr); nested {
			return nil, false
		}
		right, ok := termsOf(e.Y)
		return append(left, right...), ok
	case *bzl.ListExpr:
		list, ok := stringsIn(e)
		return []abi.Term{abi.Strings(list)}, ok
	case *bzl.CallExpr:
		term := termOf(e)
		return []abi.Term{term}, term != nil
	}
	return nil, false
}

// termOf is a call of glob or select in the form in which they are generated; nil for any other.
func termOf(call *bzl.CallExpr) abi.Term {
	callee, ok := call.X.(*bzl.Ident)
	if !ok {
		return nil
	}
	switch {
	case callee.Name == "glob" && (len(call.List) == 1 || len(call.List) == 2):
		include, ok := stringsIn(call.List[0])
		if !ok {
			return nil
		}
		all := abi.Glob{Include: include}
		if len(call.List) == 2 {
			named, ok := call.List[1].(*bzl.AssignExpr)
			if !ok {
				return nil
			}
			name, isName := named.LHS.(*bzl.Ident)
			exclude, isList := stringsIn(named.RHS)
			if !isName || name.Name != "exclude" || !isList {
				return nil
			}
			all.Exclude = exclude
		}
		return all
	case callee.Name == "select" && len(call.List) == 1:
		dict, ok := call.List[0].(*bzl.DictExpr)
		if !ok {
			return nil
		}
		list, ok := entries(dict)
		if !ok {
			return nil
		}
		branches := abi.Select{}
		for _, entry := range list {
			values, ok := stringsIn(entry.Value)
			if !ok {
				return nil
			}
			branches = append(branches, abi.SelectBranch{Condition: keyOf(entry), Values: values})
		}
		return branches
	}
	return nil
}

// lineOf is the line of an offset, from 1.
func lineOf(content []byte, offset int) int {
	return 1 + bytes.Count(content[:min(max(offset, 0), len(content))], []byte("\n"))
}
