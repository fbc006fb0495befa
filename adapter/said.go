package adapter

import (
	"path"
	"strings"

	"dorcas.dev/adapter/internal/abi"
	"dorcas.dev/adapter/internal/judge"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
)

// said is what a diagnostic is about, so that its line can be found.
type said struct {
	one    *one
	c      *config.Config
	rel    string
	name   string
	file   *rule.File
	method judge.Method
	// known are lines that were looked for before the file changed.
	known map[abi.Position]int
}

// lines are those of positions in the BUILD file, before it changes.
func (s said) lines(diagnostics []abi.Diagnostic) map[abi.Position]int {
	known := map[abi.Position]int{}
	for _, d := range diagnostics {
		if d.File == nil && d.Position != nil {
			known[d.Position] = s.line(d)
		}
	}
	return known
}

// line is the line that a diagnostic is about, from 1; 0 where there is none.
func (s said) line(d abi.Diagnostic) int {
	if line, ok := s.known[d.Position]; ok && d.File == nil {
		return line
	}
	switch at := d.Position.(type) {
	case abi.Line:
		return int(at)
	case abi.Offset:
		if content, err := s.content(d); err == nil {
			return lineOf(content, int(at))
		}
	case abi.MatchIndex:
		return s.match(d, int(at))
	case abi.DirectiveIndex:
		return s.directive(int(at))
	case abi.RuleIndex:
		if s.file != nil && int64(at) < int64(len(s.file.Rules)) {
			if i := s.file.Rules[at].Index(); i < len(s.file.File.Stmt) {
				start, _ := s.file.File.Stmt[i].Span()
				return start.Line
			}
		}
	}
	return 0
}

func (s said) content(d abi.Diagnostic) ([]byte, error) {
	return sharedOf(s.c).read(s.c, path.Join(s.rel, *d.File))
}

func (s said) match(d abi.Diagnostic, at int) int {
	choices, err := s.one.Judge.Choose(s.method, judge.Own, []string{*d.File})
	if err != nil || choices[0].Want != judge.WantMatches {
		return 0
	}
	content, err := s.content(d)
	if err != nil {
		return 0
	}
	places, err := s.one.Judge.Places(choices[0].Input, content)
	if err != nil || at >= len(places) {
		return 0
	}
	return lineOf(content, places[at])
}

// directive finds the line of one of the directives that the guest knows.
func (s said) directive(at int) int {
	if s.file == nil {
		return 0
	}
	for i, line := range strings.Split(string(s.file.Content), "\n") {
		text, ok := strings.CutPrefix(strings.TrimSpace(line), "# gazelle:")
		if !ok {
			continue
		}
		key, _, _ := strings.Cut(text, " ")
		if !s.one.isDirective(key) {
			continue
		}
		if at == 0 {
			return i + 1
		}
		at--
	}
	return 0
}
