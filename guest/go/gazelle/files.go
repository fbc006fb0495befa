package gazelle

import (
	"maps"
	"path"
	"slices"
	"strings"
	"unsafe"

	"dorcas.dev/dorcas"
)

// repoRoot is where extensions see the repository. What they log has it replaced, so it is a path that stands for nothing else.
var repoRoot = "/dorcas/repo"

// dirOf is a directory's path as extensions see it.
func dirOf(rel string) string { return path.Join(repoRoot, rel) }

// contents are the files that are there, by their paths without the slash in front. One without bytes can be found, but not
// read.
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

func (c contents) set(path string, content []byte) {
	if isPath(path) {
		c[path] = content
	}
}

// isPath says whether a path is in the repository, and one that `dorcas seal` takes.
func isPath(path string) bool {
	return strings.HasPrefix(path, pathOf("")+"/") && len(path) < 4096 && strings.IndexByte(path, 0) < 0
}

// putBuild takes the text of a BUILD file that is there by its name: what the host has told of the file, without the directives
// that were for its walk.
func (c contents) putBuild(rel string, f file) {
	name := path.Join(rel, path.Base(f.Path))
	if _, ok := c[pathOf(name)]; ok {
		c.put(name, f.text())
	}
}

func pathOf(rel string) string { return strings.TrimPrefix(dirOf(rel), "/") }

func (c contents) mount() {
	var t table
	for _, path := range slices.Sorted(maps.Keys(c)) {
		t.insert(len(t.paths), path, c[path])
	}
	t.mount()
}

// table is what `dorcas seal` is shown: paths in their order, one with a slash at its end for a directory without anything in it,
// and contents, nil where there is nothing to be read. All of it stays where it is as long as it is mounted.
type table struct {
	paths    []string
	contents [][]byte
	records  []record
}

// record is a file as it is found in memory.
type record struct{ path, pathLen, content, contentLen uint32 }

func (t *table) insert(i int, path string, content []byte) {
	t.paths = slices.Insert(t.paths, i, path)
	t.contents = slices.Insert(t.contents, i, content)
	t.records = slices.Insert(t.records, i, record{path: address(unsafe.StringData(path)), pathLen: uint32(len(path))})
	t.fill(i, content)
}

func (t *table) fill(i int, content []byte) {
	t.contents[i] = content
	r := &t.records[i]
	r.content, r.contentLen = absent, 0
	if content != nil {
		r.content, r.contentLen = address(unsafe.SliceData(content)), uint32(len(content))
	}
}

func (t *table) remove(i int) {
	t.paths = slices.Delete(t.paths, i, i+1)
	t.contents = slices.Delete(t.contents, i, i+1)
	t.records = slices.Delete(t.records, i, i+1)
}

// absent stands for the address of a content that isn't there.
const absent = 1<<32 - 1

func address(b *byte) uint32 { return uint32(uintptr(unsafe.Pointer(b))) }
