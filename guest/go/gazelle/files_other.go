//go:build !wasip1

package gazelle

import (
	"os"
	"path/filepath"
)

// mount writes the files to repoRoot, which tests have set to a folder of their own.
func (c contents) mount() {
	if err := os.RemoveAll(repoRoot); err != nil {
		panic(err)
	}
	for _, path := range c.sorted() {
		path, content := "/"+path, c[path]
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			panic(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			panic(err)
		}
	}
}
