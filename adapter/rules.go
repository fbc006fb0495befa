package adapter

import (
	"fmt"
	"slices"
	"strings"

	"dorcas.dev/adapter/internal/abi"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
	bzl "github.com/bazelbuild/buildtools/build"
)

// ownKind is the kind that languages know, of one that a file has: `alias_kind` and `map_kind` the other way.
func ownKind(c *config.Config, kind string) string {
	if wrapped, ok := c.AliasMap[kind]; ok {
		kind = wrapped
	}
	for _, mapped := range c.KindMap {
		if mapped.KindName == kind {
			return mapped.FromKind
		}
	}
	return kind
}

// buildFile is a file as guests see it; nil where there is none.
func buildFile(c *config.Config, f *rule.File) *abi.BuildFile {
	if f == nil {
		return nil
	}
	b := &abi.BuildFile{Name: f.Path[strings.LastIndexAny(f.Path, `/\`)+1:]}
	for _, l := range f.Loads {
		b.Loads = append(b.Loads, loadOf(f, l))
	}
	for _, r := range f.Rules {
		b.Rules = append(b.Rules, told(c, r, f))
	}
	for _, d := range f.Directives {
		b.Directives = append(b.Directives, abi.Directive{Key: d.Key, Value: d.Value})
	}
	return b
}

// loadOf is a load statement with its symbols in the order in which they are written.
func loadOf(f *rule.File, l *rule.Load) abi.Load {
	one := abi.Load{Name: l.Name()}
	if i := l.Index(); i >= 0 && i < len(f.File.Stmt) {
		if stmt, ok := f.File.Stmt[i].(*bzl.LoadStmt); ok && stmt.Module.Value == l.Name() && len(stmt.To) == len(l.Symbols()) {
			for i := range stmt.From {
				one.Symbols = append(one.Symbols, abi.Symbol{From: stmt.From[i].Name, To: stmt.To[i].Name})
			}
			return one
		}
	}
	for _, pair := range l.SymbolPairs() {
		one.Symbols = append(one.Symbols, abi.Symbol{From: pair.From, To: pair.To})
	}
	return one
}

// told is a rule as guests see it; f is its file, if it is in one.
func told(c *config.Config, r *rule.Rule, f *rule.File) abi.Rule {
	var content []byte
	if f != nil {
		content = f.Content
	}
	m := abi.Rule{Kind: ownKind(c, r.Kind()), Name: r.Name(), Comments: trimmed(r.Comments()), Keep: r.ShouldKeep()}
	if m.Kind != r.Kind() {
		written := r.Kind()
		m.Written = &written
	}
	for _, arg := range r.Args() {
		m.Args = append(m.Args, starlark(arg, content))
	}
	keys := r.AttrKeys()
	slices.Sort(keys)
	for _, key := range keys {
		if key == "name" {
			continue
		}
		attr := abi.Attr{Name: key, Value: value(r.Attr(key), content)}
		for _, comment := range r.AttrComments(key).Before {
			attr.Comments = append(attr.Comments, strings.TrimSpace(comment.Token))
		}
		m.Attrs = append(m.Attrs, attr)
	}
	return m
}

func trimmed(comments []string) []string {
	var lines []string
	for _, comment := range comments {
		lines = append(lines, strings.TrimSpace(comment))
	}
	return lines
}

// goValue is what other languages in this process see of a private attribute.
func goValue(value abi.Value) any {
	switch v := value.(type) {
	case nil:
		return false
	case abi.Bool:
		return bool(v)
	case abi.Int:
		return int(v)
	case abi.String:
		return string(v)
	case abi.Label:
		return string(v)
	case abi.Strings:
		return []string(v)
	case abi.SortedStrings:
		return []string(v)
	case abi.Labels:
		return []string(v)
	}
	return value
}

// privates are the private attributes of a rule of another language, as far as a guest can be told of them.
func privates(r *rule.Rule) []abi.Attr {
	var attrs []abi.Attr
	keys := r.PrivateAttrKeys()
	slices.Sort(keys)
	for _, key := range keys {
		if key == "" {
			continue
		}
		switch v := r.PrivateAttr(key).(type) {
		case string:
			attrs = append(attrs, abi.Attr{Name: key, Value: abi.String(v)})
		case []string:
			attrs = append(attrs, abi.Attr{Name: key, Value: abi.Strings(v)})
		case bool:
			attrs = append(attrs, abi.Attr{Name: key, Value: abi.Bool(v)})
		case int:
			attrs = append(attrs, abi.Attr{Name: key, Value: abi.Int(v)})
		}
	}
	return attrs
}

// place is where a rule stands, for its labels.
type place struct {
	repo, pkg string
	// named are the labels that a guest was told without the name of this repository.
	named map[string]bool
	own   string
}

// shortest is a label in its shortest form.
func (p place) shortest(text string) (string, error) {
	l, err := parseLabel(text)
	if err != nil {
		return "", err
	}
	if p.repo != "" && p.named[text] && text != p.own && strings.HasPrefix(text, "//") {
		l.Repo = p.repo
	}
	return l.Rel(p.repo, p.pkg).String(), nil
}

// setAttr gives an attribute to a rule.
func setAttr(r *rule.Rule, attr abi.Attr, p place) error {
	switch v := attr.Value.(type) {
	case abi.Strings:
		r.SetAttr(attr.Name, rule.UnsortedStrings(v))
		sorts(r, attr.Name, false)
	case abi.SortedStrings:
		r.SetAttr(attr.Name, texts(nameableTexts(v)))
		sorts(r, attr.Name, true)
	case abi.Label:
		text, err := p.shortest(string(v))
		if err != nil {
			return err
		}
		r.SetAttr(attr.Name, text)
	case abi.Labels:
		list := make([]string, 0, len(v))
		for _, one := range v {
			text, err := p.shortest(one)
			if err != nil {
				return err
			}
			list = append(list, text)
		}
		r.SetAttr(attr.Name, texts(nameableTexts(list)))
		sorts(r, attr.Name, true)
	default:
		expr, err := expression(attr.Value)
		if err != nil {
			return fmt.Errorf("attribute %s: %w", attr.Name, err)
		}
		r.SetAttr(attr.Name, expr)
	}
	if len(attr.Comments) > 0 {
		comments := r.AttrComments(attr.Name)
		comments.Before = nil
		for _, line := range attr.Comments {
			comments.Before = append(comments.Before, bzl.Comment{Token: strings.TrimSpace(line)})
		}
	}
	return nil
}

// nameableTexts are texts in their order, each once.
func nameableTexts[T ~[]string](list T) []string {
	sorted := slices.Sorted(slices.Values([]string(list)))
	return slices.Compact(sorted)
}

// sorts says whether Gazelle sorts the lists of an attribute.
func sorts(r *rule.Rule, attr string, is bool) {
	has := slices.Contains(r.SortedAttrs(), attr)
	switch {
	case is && !has:
		r.SetSortedAttrs(append(slices.Clone(r.SortedAttrs()), attr))
	case !is && has:
		r.SetSortedAttrs(slices.DeleteFunc(slices.Clone(r.SortedAttrs()), func(name string) bool { return name == attr }))
	}
}

// newRule makes a rule that is in no file yet.
func newRule(m abi.Rule, p place) (*rule.Rule, error) {
	r := rule.NewRule(m.Kind, m.Name)
	for _, line := range m.Comments {
		r.AddComment(strings.TrimSpace(line))
	}
	for _, arg := range m.Args {
		expr, err := parsed(arg)
		if err != nil {
			return nil, err
		}
		r.AddArg(expr)
	}
	for _, attr := range m.Attrs {
		if err := setAttr(r, attr, p); err != nil {
			return nil, fmt.Errorf("%s %q: %w", m.Kind, m.Name, err)
		}
	}
	return r, nil
}
