package gazelle

import (
	"path"
	"slices"
	"strings"

	"dorcas.dev/dorcas"
)

// seen is all that a stateful extension was told of directories, which it can look into while it generates. It is kept as it is
// mounted, since it may be long.
type seen struct{ table }

// see notes a directory that is configured.
func (a *adapter) see(request dorcas.ConfigureRequest) error {
	a.seen.set(pathOf(request.Rel)+"/", nil)
	for _, file := range request.Files {
		a.seen.set(pathOf(path.Join(request.Rel, file.Name)), nil)
	}
	if request.BuildFile == nil {
		return nil
	}
	f, err := a.buildFile(request.Rel, *request.BuildFile)
	if err == nil {
		a.seen.set(pathOf(path.Join(request.Rel, request.BuildFile.Name)), f.text())
	}
	return err
}

// set notes a file, or a directory by a slash at its end, if it has a path that there can be, and gives what was known of its
// content. What could be read before, still can.
func (s *seen) set(file string, content []byte) (before []byte) {
	if !isPath(file) {
		return nil
	}
	i, found := slices.BinarySearch(s.paths, file)
	if found {
		before = s.contents[i]
		if content != nil {
			s.fill(i, content)
		}
		return before
	}
	// A directory with something in it is there by that.
	if strings.HasSuffix(file, "/") && i < len(s.paths) && strings.HasPrefix(s.paths[i], file) {
		return nil
	}
	s.insert(i, file, content)
	for at := strings.IndexByte(file, '/') + 1; at > 0 && at < len(file); {
		if i, empty := slices.BinarySearch(s.paths, file[:at]); empty {
			s.remove(i)
		}
		next := strings.IndexByte(file[at:], '/') + 1
		if next == 0 {
			break
		}
		at += next
	}
	return nil
}

// lend lets files be read until what it returns is called.
func (s *seen) lend(files contents) (giveBack func()) {
	before := contents{}
	for file, content := range files {
		before[file] = s.set(file, content)
	}
	s.mount()
	return func() {
		for file, content := range before {
			if i, found := slices.BinarySearch(s.paths, file); found {
				s.fill(i, content)
			}
		}
	}
}
