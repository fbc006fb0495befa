//go:build !wasip1

package gazelle

import (
	"os"
	"path/filepath"
	"strings"
)

// mount writes the files to repoRoot, which tests have set to a folder of their own.
func (t *table) mount() {
	if err := os.RemoveAll(repoRoot); err != nil {
		panic(err)
	}
	for i, path := range t.paths {
		file := "/" + path
		// Of a path with a slash at its end this is all of it.
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			panic(err)
		}
		if !strings.HasSuffix(file, "/") {
			if err := os.WriteFile(file, t.contents[i], 0o644); err != nil {
				panic(err)
			}
		}
	}
}
