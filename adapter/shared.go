package adapter

import (
	"os"
	"slices"
	"strings"

	"dorcas.dev/adapter/internal/abi"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/label"
	"github.com/bazel-contrib/bazel-gazelle/v2/resolve"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
)

// shared is what the guests of a run know of each other: what Gazelle's index has no place for.
type shared struct {
	guests []*one
	// records has the rules that guests have generated.
	records map[*rule.Rule]*record
	// provided is what can be imported without a rule, by the language that says so.
	provided map[thing][]abi.Provider
	// payloads are those of rules in the index.
	payloads map[payloadKey][]byte
	// found is where a guest's find leaves its answers with their payloads, while a guest asks.
	found *[]abi.Provider
	root  *os.Root
}

type thing struct {
	of   string
	spec resolve.ImportSpec
}

type payloadKey struct{ of, label string }

// record is a rule that a guest has generated.
type record struct {
	dir  *generated
	told abi.GeneratedRule
	rule *rule.Rule
	// at is its place among those that are resolved together.
	at int
}

// generated is what a guest has generated in a directory.
type generated struct {
	by       *one
	rel      string
	records  []*record
	resolved []abi.ResolvedRule
	told     map[string]bool
	done     bool
}

const sharedKey = "dorcas"

func sharedOf(c *config.Config) *shared {
	s, ok := c.Exts[sharedKey].(*shared)
	if !ok {
		s = &shared{records: map[*rule.Rule]*record{}, provided: map[thing][]abi.Provider{}, payloads: map[payloadKey][]byte{}}
		c.Exts[sharedKey] = s
	}
	return s
}

// dir is what a guest keeps for a directory. It is never changed.
type dir struct {
	rel   string
	state []byte
	scope *scope
	// updateOnly says that directories without a BUILD file belong to the one above.
	updateOnly bool
}

// scope is what configure has provided in a directory, and in those above.
type scope struct {
	things map[resolve.ImportSpec][]abi.Provider
	above  *scope
}

func (s *scope) find(spec resolve.ImportSpec) []abi.Provider {
	for ; s != nil; s = s.above {
		if found := s.things[spec]; len(found) > 0 {
			return found
		}
	}
	return nil
}

func dirKey(name string) string { return "dorcas:" + name }

func dirOf(c *config.Config, name string) *dir {
	if d, ok := c.Exts[dirKey(name)].(*dir); ok {
		return d
	}
	return &dir{}
}

// explicit is a label as requests have it: with its name, and without the name of this repository.
func explicit(own string, l label.Label) string {
	repo := ""
	switch {
	case l.Repo == "" || l.Repo == "@" || l.Repo == own && !l.Canonical:
	case l.Canonical:
		repo = "@@" + l.Repo
	default:
		repo = "@" + l.Repo
	}
	return repo + "//" + l.Pkg + ":" + l.Name
}

// spelled is the same of a text; one that is no label stays as it is.
func spelled(own, text string) string {
	l, err := parseLabel(text)
	if err != nil {
		return text
	}
	return explicit(own, l)
}

// summaries are what generate_rules has told for the directories above.
type summaries map[string][]byte

// take gives the children of a directory, which are those below it that no directory between has taken.
func (s summaries) take(rel string) []abi.Child {
	var children []abi.Child
	for below, summary := range s {
		name, ok := strings.CutPrefix(below, rel+"/")
		if rel == "" {
			name, ok = below, below != ""
		}
		if ok {
			children = append(children, abi.Child{Name: name, Summary: summary})
			delete(s, below)
		}
	}
	slices.SortFunc(children, func(a, b abi.Child) int { return strings.Compare(a.Name, b.Name) })
	return children
}
