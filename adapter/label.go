package adapter

import (
	"fmt"
	"path"
	"strings"

	"github.com/bazel-contrib/bazel-gazelle/v2/label"
)

// parseLabel reads a label of a guest. Gazelle's own reader refuses letters beyond ASCII in a package, which Bazel takes, and of
// which the guest has been told; what else a label may not have is seen with the reply (rule.labels).
func parseLabel(text string) (label.Label, error) {
	if l, err := label.Parse(text); err == nil {
		return l, nil
	}
	bad := fmt.Errorf("%q is not a label (rule.labels)", text)
	l, rest := label.Label{Relative: true}, text
	if repo, ok := strings.CutPrefix(rest, "@"); ok {
		if repo, ok = strings.CutPrefix(repo, "@"); ok {
			l.Canonical = true
		}
		at := strings.Index(repo, "//")
		if at < 0 {
			return l, bad
		}
		l.Relative, l.Repo, rest = false, repo[:at], repo[at:]
	}
	if pkg, ok := strings.CutPrefix(rest, "//"); ok {
		l.Relative = false
		l.Pkg, l.Name, ok = strings.Cut(pkg, ":")
		if !ok {
			l.Name = path.Base(pkg)
		}
	} else {
		l.Name = strings.TrimPrefix(rest, ":")
	}
	if l.Name == "" || strings.ContainsAny(l.Name+l.Pkg, ":\\") {
		return l, bad
	}
	return l, nil
}
