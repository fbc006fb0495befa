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

// contents are the files that are there, by their paths without the slash in front. One without bytes can be found, but not
// read; a path with a slash at its end is a directory without anything in it.
type contents map[string][]byte

// add takes the files of a directory, with their contents where the request has them.
func (c contents) add(rel string, files []dorcas.File) {
	for _, file := range files {
		var content []byte
		switch data := file.Data.(type) {
		case dorcas.FileContent:
			content = data
		case dorcas.FileMatches:
			content = lines(data)
		}
		if file.Data != nil && content == nil {
			// nil stands for a file that can't be read.
			content = []byte{}
		}
		c.put(path.Join(rel, file.Name), content)
	}
}

// lines are what a file reads like of which there are matches: the first group of each, on a line of its own.
func lines(matches dorcas.FileMatches) []byte {
	var text []byte
	for _, match := range matches {
		if len(match.Groups) > 0 && match.Groups[0] != nil {
			text = append(append(text, match.Groups[0]...), '\n')
		}
	}
	return text
}

// put takes a file by its path in the repository, if it is a path that there can be.
func (c contents) put(file string, content []byte) { c.set(pathOf(file), content) }

// putDir takes a directory, which there doesn't have to be anything in.
func (c contents) putDir(rel string) { c.set(pathOf(rel)+"/", nil) }

func (c contents) set(path string, content []byte) {
	if len(path) < longestPath && strings.IndexByte(path, 0) < 0 {
		c[path] = content
	}
}

// putBuild takes the text of a BUILD file that is there by its name: what the host has told of the file, without the directives
// that were for its walk.
func (c contents) putBuild(rel string, f file) {
	name := path.Join(rel, path.Base(f.Path))
	if _, ok := c[pathOf(name)]; ok {
		c.put(name, f.text())
	}
}

// longestPath is how long a path may be for `dorcas seal`.
const longestPath = 4096

func pathOf(rel string) string { return strings.TrimPrefix(dirOf(rel), "/") }

func (c contents) sorted() []string {
	paths := make([]string, 0, len(c))
	for path := range c {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	// A directory with something in it is there by that.
	next := 0
	return slices.DeleteFunc(paths, func(path string) bool {
		next++
		return strings.HasSuffix(path, "/") && next < len(paths) && strings.HasPrefix(paths[next], path)
	})
}
