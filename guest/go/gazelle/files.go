package gazelle

import (
	"path"
	"slices"
	"strings"

	"dorcas.dev/dorcas"
)

// repoRoot is where extensions see the repository. What they log has it replaced, so it is a path that stands for nothing else.
var repoRoot = "/dorcas/repo"

// dirOf is a directory's path as extensions see it.
func dirOf(rel string) string { return path.Join(repoRoot, rel) }

// contents are the files that can be read, by their paths without the slash in front.
type contents map[string][]byte

// add takes the files of a directory for which the request has contents.
func (c contents) add(rel string, files []dorcas.File) {
	for _, file := range files {
		if content, ok := file.Data.(dorcas.FileContent); ok {
			c[strings.TrimPrefix(path.Join(repoRoot, rel, file.Name), "/")] = content
		}
	}
}

func (c contents) sorted() []string {
	paths := make([]string, 0, len(c))
	for path := range c {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}
