package gazelle

import (
	"path"

	"dorcas.dev/dorcas"
)

// seen is what a stateful extension can find out about the directories of earlier calls, by their paths.
type seen map[string]*directory

type directory struct {
	files   []string
	subdirs []string
	// The name of the BUILD file, and its text.
	build string
	text  []byte
}

// see notes a directory that is configured.
func (a *adapter) see(request dorcas.ConfigureRequest) error {
	a.seen.note(request.Rel, request.Files, nil)
	if above, name := path.Split(request.Rel); name != "" {
		a.seen.note(path.Clean("/" + above)[1:], nil, []string{name})
	}
	if request.BuildFile == nil {
		return nil
	}
	f, err := a.buildFile(request.Rel, *request.BuildFile)
	if err == nil {
		d := a.seen[request.Rel]
		d.build, d.text = request.BuildFile.Name, f.text()
	}
	return err
}

// note adds to what is known of a directory.
func (s seen) note(rel string, files []dorcas.File, subdirs []string) {
	d := s[rel]
	if d == nil {
		d = &directory{}
		s[rel] = d
	}
	for _, file := range files {
		d.files = append(d.files, file.Name)
	}
	d.subdirs = append(d.subdirs, subdirs...)
	d.files, d.subdirs = sortedSet(d.files), sortedSet(d.subdirs)
}

// around puts in what is in a directory, in those in it, and in those that it is in.
func (s seen) around(rel string, into contents) {
	for _, above := range withParents(rel) {
		s.in(above, into)
	}
	s.below(rel, into)
}

func (s seen) in(rel string, into contents) {
	d := s[rel]
	if d == nil {
		return
	}
	for _, file := range d.files {
		if name := path.Join(rel, file); into[pathOf(name)] == nil {
			into.put(name, nil)
		}
	}
	if d.build != "" {
		into.put(path.Join(rel, d.build), d.text)
	}
	for _, subdir := range d.subdirs {
		into.putDir(path.Join(rel, subdir))
	}
}

func (s seen) below(rel string, into contents) {
	d := s[rel]
	if d == nil {
		return
	}
	for _, subdir := range d.subdirs {
		// A name like `..` leads nowhere.
		if subdir = path.Join(rel, subdir); len(subdir) > len(rel) {
			s.in(subdir, into)
			s.below(subdir, into)
		}
	}
}
