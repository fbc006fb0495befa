package gazelle

import (
	"reflect"
	"slices"
	"strings"

	"dorcas.dev/dorcas"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
	bzl "github.com/bazelbuild/buildtools/build"
)

// file is a BUILD file as Gazelle has it, with the loads and rules of the request by their indices.
type file struct {
	*rule.File
	loads []*rule.Load
	rules []*rule.Rule
}

// buildFile builds a BUILD file from what the request says of it.
func (a *adapter) buildFile(rel string, from dorcas.BuildFile) (file, error) {
	tree := &bzl.File{Path: dirOf(rel) + "/" + from.Name, Pkg: rel, Label: from.Name, Type: bzl.TypeBuild}
	for _, load := range from.Loads {
		statement := &bzl.LoadStmt{Module: text(load.Name)}
		for _, symbol := range load.Symbols {
			statement.From = append(statement.From, &bzl.Ident{Name: symbol.From})
			statement.To = append(statement.To, &bzl.Ident{Name: symbol.To})
		}
		tree.Stmt = append(tree.Stmt, statement)
	}
	for _, one := range from.Rules {
		parse := opaque
		if _, own := a.kinds[one.Kind]; own {
			parse = expression
		}
		call, err := callOf(one, parse)
		if err != nil {
			return file{}, err
		}
		tree.Stmt = append(tree.Stmt, call)
	}
	f := file{File: rule.ScanAST(rel, tree)}
	f.Path = tree.Path
	f.Directives = nil
	for _, directive := range from.Directives {
		f.Directives = append(f.Directives, rule.Directive{Key: directive.Key, Value: directive.Value})
	}
	f.loads, f.rules = slices.Clone(f.Loads), slices.Clone(f.Rules)
	return f, nil
}

// text is what a walk would read in the file, but for the directives that the host's walk has heeded.
func (f file) text() []byte {
	text := []byte{}
	for _, directive := range f.Directives {
		if directive.Key == "build_file_name" || !slices.Contains(walkConfigurer.KnownDirectives(), directive.Key) {
			text = append(text, "# gazelle:"+directive.Key+" "+directive.Value+"\n"...)
		}
	}
	// Not by rewriting, which would change the file itself.
	return append(text, bzl.FormatWithoutRewriting(f.File.File)...)
}

// callOf is a rule as a statement.
func callOf(from dorcas.Rule, parse func(dorcas.Value) (bzl.Expr, error)) (*bzl.CallExpr, error) {
	call := &bzl.CallExpr{X: kindOf(from.Kind), ForceMultiLine: true}
	for _, line := range from.Comments {
		call.Comments.Before = append(call.Comments.Before, bzl.Comment{Token: line})
	}
	if from.Keep && !slices.ContainsFunc(from.Comments, isKeep) {
		call.Comments.Before = append(call.Comments.Before, bzl.Comment{Token: "# keep"})
	}
	for _, arg := range from.Args {
		expr, err := parse(dorcas.Raw(arg))
		if err != nil {
			return nil, err
		}
		call.List = append(call.List, expr)
	}
	if from.Name != "" {
		call.List = append(call.List, assign("name", text(from.Name)))
	}
	for _, attr := range from.Attrs {
		expr, err := parse(attr.Value)
		if err != nil {
			return nil, err
		}
		assignment := assign(attr.Name, expr)
		for _, line := range attr.Comments {
			assignment.Comments.Before = append(assignment.Comments.Before, bzl.Comment{Token: line})
		}
		call.List = append(call.List, assignment)
	}
	return call, nil
}

func isKeep(comment string) bool {
	return strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(comment, "#")), "keep")
}

// kindOf is the callee: names with dots between them.
func kindOf(kind string) bzl.Expr {
	var expr bzl.Expr
	for i, name := range strings.Split(kind, ".") {
		if i == 0 {
			expr = &bzl.Ident{Name: name}
		} else {
			expr = &bzl.DotExpr{X: expr, Name: name}
		}
	}
	return expr
}

func assign(name string, value bzl.Expr) *bzl.AssignExpr {
	return &bzl.AssignExpr{LHS: &bzl.Ident{Name: name}, Op: "=", RHS: value}
}

// looseRule is a rule that stands in no file: one that was generated.
func looseRule(from dorcas.Rule, private []dorcas.Attr) (*rule.Rule, error) {
	r := rule.NewRule(from.Kind, from.Name)
	for _, line := range from.Comments {
		r.AddComment(line)
	}
	for _, arg := range from.Args {
		expr, err := parseExpression(arg)
		if err != nil {
			return nil, err
		}
		r.AddArg(expr)
	}
	for _, attr := range from.Attrs {
		expr, err := expression(attr.Value)
		if err != nil {
			return nil, err
		}
		r.SetAttr(attr.Name, expr)
		for _, line := range attr.Comments {
			comments := r.AttrComments(attr.Name)
			comments.Before = append(comments.Before, bzl.Comment{Token: line})
		}
	}
	for _, attr := range private {
		r.SetPrivateAttr(attr.Name, goValue(attr.Value))
	}
	return r, nil
}

// message is what the host is told of a rule.
func message(r *rule.Rule) dorcas.Rule {
	m := dorcas.Rule{Kind: r.Kind(), Name: r.Name(), Comments: commentLines(r.Comments())}
	for _, arg := range r.Args() {
		m.Args = append(m.Args, bzl.FormatString(arg))
	}
	keys := r.AttrKeys()
	slices.Sort(keys)
	for _, key := range keys {
		if key != "name" {
			m.Attrs = append(m.Attrs, attribute(r, key))
		}
	}
	return m
}

func attribute(r *rule.Rule, key string) dorcas.Attr {
	attr := dorcas.Attr{Name: key, Value: value(r.Attr(key), isSorted(r, key))}
	for _, comment := range r.AttrComments(key).Before {
		attr.Comments = append(attr.Comments, commentLines([]string{comment.Token})...)
	}
	return attr
}

// isSorted says whether Gazelle sorts a list when it writes it. What an extension has set an attribute to can't be asked, but
// it is there to be seen.
func isSorted(r *rule.Rule, key string) bool {
	if attrs := reflect.ValueOf(r).Elem().FieldByName("attrs"); attrs.Kind() == reflect.Map {
		if attr := attrs.MapIndex(reflect.ValueOf(key)); attr.Kind() == reflect.Struct {
			if set := attr.FieldByName("val"); set.Kind() == reflect.Interface && !set.IsNil() {
				switch set.Elem().Type() {
				case reflect.TypeFor[rule.SortedStrings]():
					return true
				case reflect.TypeFor[rule.UnsortedStrings]():
					return false
				}
			}
		}
	}
	return slices.Contains(r.SortedAttrs(), key)
}

// commentLines are comments a line each, with their #.
func commentLines(comments []string) []string {
	var lines []string
	for _, comment := range comments {
		for _, line := range strings.Split(comment, "\n") {
			if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
				line = "# " + line
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// private are the private attributes that other languages may understand: texts, lists of texts, booleans and integers.
func private(r *rule.Rule) []dorcas.Attr {
	var attrs []dorcas.Attr
	keys := r.PrivateAttrKeys()
	slices.Sort(keys)
	for _, key := range keys {
		if isIdentifier(key) {
			switch v := r.PrivateAttr(key).(type) {
			case string:
				attrs = append(attrs, dorcas.Attr{Name: key, Value: dorcas.String(v)})
			case []string:
				attrs = append(attrs, dorcas.Attr{Name: key, Value: dorcas.Strings(v)})
			case bool:
				attrs = append(attrs, dorcas.Attr{Name: key, Value: dorcas.Bool(v)})
			case int:
				attrs = append(attrs, dorcas.Attr{Name: key, Value: dorcas.Int(v)})
			}
		}
	}
	return attrs
}

// goValue is the inverse of what private does.
func goValue(value dorcas.Value) any {
	switch v := value.(type) {
	case dorcas.Bool:
		return bool(v)
	case dorcas.Int:
		return int(v)
	case dorcas.String:
		return string(v)
	case dorcas.Strings:
		return []string(v)
	}
	return value
}

func isIdentifier(name string) bool {
	for i, char := range []byte(name) {
		letter := char == '_' || 'a' <= char && char <= 'z' || 'A' <= char && char <= 'Z'
		if !letter && (i == 0 || char < '0' || char > '9') {
			return false
		}
	}
	return name != "" && name != "name"
}
