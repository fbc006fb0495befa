package adapter

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"dorcas.dev/adapter/internal/abi"
	"dorcas.dev/adapter/internal/guest"
	"dorcas.dev/adapter/internal/judge"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/walk"
)

// maxSourceBytes is the most bytes of a file that is read.
const maxSourceBytes = 256 << 20

// nameable are the names that a guest can be told, in their order and each once.
func nameable(names []string) []string {
	list := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return !utf8.ValidString(name) || strings.IndexByte(name, 0) >= 0
	})
	slices.Sort(list)
	return slices.Compact(list)
}

// files are those of a directory that match a list of inputs, as the inputs want them.
func (l *one) files(c *config.Config, list judge.List, rel string, names []string) ([]abi.File, error) {
	if len(l.inputs(list)) == 0 {
		return nil, nil
	}
	names = nameable(names)
	choices, err := l.Judge.Choose(list, names)
	if err != nil {
		return nil, err
	}
	var files []abi.File
	size := uint64(0)
	for i, choice := range choices {
		if choice.Input == judge.None {
			continue
		}
		file := abi.File{Name: names[i]}
		if choice.Want != judge.WantName {
			content, err := sharedOf(c).read(c, path.Join(rel, names[i]))
			var out leftOut
			if errors.As(err, &out) {
				log.Printf("%s: it is left out: %s", path.Join(rel, guest.Shown(names[i])), string(out))
				continue
			}
			if err != nil {
				return nil, err
			}
			if choice.Want == judge.WantContent {
				size += uint64(len(content))
				if size > abi.MaxMessageBytes {
					return nil, fmt.Errorf("%s: with the files before it the request has %d bytes, the limit is %d",
						path.Join(rel, names[i]), size, abi.MaxMessageBytes)
				}
				file.Data = abi.FileContent(content)
			} else if file.Data, err = l.Judge.Matches(list, choice.Input, content); err != nil {
				return nil, fmt.Errorf("%s: %w", path.Join(rel, names[i]), err)
			}
		}
		files = append(files, file)
	}
	return files, nil
}

// inputs are those of the manifest for a method.
func (l *one) inputs(list judge.List) []abi.Input {
	return slices.DeleteFunc(slices.Clone(l.Manifest.Inputs), func(input abi.Input) bool {
		switch list {
		case judge.Inputs:
			return !input.Methods.GenerateRules
		case judge.ConfigureInputs:
			return !input.Methods.Configure
		}
		return !input.Methods.Imports
	})
}

// concerned says whether any file matches an input of any list.
func (l *one) concerned(names []string) (bool, error) {
	names = nameable(names)
	for _, list := range []judge.List{judge.Inputs, judge.ConfigureInputs, judge.ImportsInputs} {
		if len(l.inputs(list)) == 0 {
			continue
		}
		choices, err := l.Judge.Choose(list, names)
		if err != nil {
			return false, err
		}
		for _, choice := range choices {
			if choice.Input != judge.None {
				return true, nil
			}
		}
	}
	return false, nil
}

// leftOut is why what is called a file is none that can be read.
type leftOut string

func (l leftOut) Error() string { return string(l) }

// read reads a file of the repository. A link may lead to another file of it.
func (s *shared) read(c *config.Config, name string) ([]byte, error) {
	if s.root == nil {
		root, err := os.OpenRoot(c.RepoRoot)
		if err != nil {
			return nil, err
		}
		s.root = root
	}
	place := filepath.FromSlash(name)
	about, err := s.root.Lstat(place)
	if err != nil {
		// A directory on the way is a link.
		about = nil
	}
	if about == nil || about.Mode()&fs.ModeSymlink != 0 {
		real, err := filepath.EvalSymlinks(filepath.Join(c.RepoRoot, place))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, leftOut("it is a link that leads to nothing")
		}
		if err != nil {
			return nil, err
		}
		if place, err = filepath.Rel(c.RepoRoot, real); err != nil || !filepath.IsLocal(place) {
			return nil, leftOut("it is a link that leads out of the repository")
		}
	}
	// To open a pipe takes as long as nobody writes to it.
	if about, err = s.root.Stat(place); err != nil {
		return nil, err
	}
	if !about.Mode().IsRegular() {
		return nil, leftOut("it is not a file")
	}
	if about.Size() > maxSourceBytes {
		return nil, fmt.Errorf("%s: it has %d bytes, the limit is %d", name, about.Size(), maxSourceBytes)
	}
	file, err := s.root.Open(place)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content := make([]byte, 0, about.Size()+1)
	for {
		n, err := file.Read(content[len(content):cap(content)])
		content = content[:len(content)+n]
		if err == io.EOF {
			return content, nil
		}
		if err != nil {
			return nil, err
		}
		if len(content) == cap(content) {
			if len(content) > maxSourceBytes {
				return nil, fmt.Errorf("%s: it has more than %d bytes, which is the limit", name, maxSourceBytes)
			}
			content = slices.Grow(content, len(content))
		}
	}
}

// regularFiles are the files of a directory, and of those below that belong to it, where Gazelle hasn't told them.
func regularFiles(c *config.Config, rel string, updateOnly bool) ([]string, error) {
	info, err := walk.GetDirInfo(rel)
	if err != nil {
		return nil, err
	}
	names := slices.Clone(info.RegularFiles)
	if !updateOnly {
		return names, nil
	}
	var collect func(prefix string, subdirs []string)
	collect = func(prefix string, subdirs []string) {
		for _, subdir := range subdirs {
			below := path.Join(prefix, subdir)
			info, err := walk.GetDirInfo(path.Join(rel, below))
			if err != nil || info.File != nil {
				continue
			}
			for _, name := range info.RegularFiles {
				names = append(names, path.Join(below, name))
			}
			collect(below, info.Subdirs)
		}
	}
	collect("", info.Subdirs)
	return names, nil
}
