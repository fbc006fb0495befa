package adapter

import (
	"crypto/sha256"
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

// files are those that a call is told of: those of the directory and below it, and those from above. names are the files of the
// directory.
func (l *one) files(c *config.Config, method judge.Method, rel string, names []string) (files, above []abi.File, err error) {
	g := gathering{one: l, c: c, method: method}
	if l.reaches(method, abi.ReachHere) || l.reaches(method, abi.ReachBelow) {
		g.add(rel, "", judge.Own, names)
	}
	if l.reaches(method, abi.ReachBelow) {
		g.add(rel, "", judge.Below, l.below(c, rel, names))
	}
	slices.SortFunc(g.files, func(a, b abi.File) int { return strings.Compare(a.Name, b.Name) })
	files, g.files = g.files, nil
	for at := rel; l.reaches(method, abi.ReachAbove) || l.reaches(method, abi.ReachRoot); at = parent(at) {
		own := names
		if at != rel {
			if l.isPart(at) {
				continue
			}
			if own, err = regularFiles(c, at, l.updateOnly[at]); err != nil {
				return nil, nil, err
			}
		}
		if at == "" {
			g.add(at, at, judge.Root, own)
			break
		}
		g.add(at, at, judge.Above, own)
	}
	return files, g.files, g.failed
}

// isPart says whether a directory belongs to the one above it.
func (l *one) isPart(rel string) bool {
	if rel == "" || !l.updateOnly[parent(rel)] {
		return false
	}
	info, err := walk.GetDirInfo(rel)
	return err == nil && info.File == nil
}

func parent(rel string) string {
	if at := strings.LastIndexByte(rel, '/'); at >= 0 {
		return rel[:at]
	}
	return ""
}

// tells says whether a method is one that an input is for.
func tells(method judge.Method, m abi.Methods) bool {
	return [...]bool{m.Setup, m.Configure, m.Fix, m.GenerateRules, m.Imports}[method]
}

// reaches says whether any input for a method has a reach.
func (l *one) reaches(method judge.Method, reach abi.Reach) bool {
	return slices.ContainsFunc(l.Manifest.Inputs, func(in abi.Input) bool {
		return in.Reach == reach && tells(method, in.Methods)
	})
}

// gathering reads files for a request.
type gathering struct {
	one    *one
	c      *config.Config
	method judge.Method
	files  []abi.File
	size   int
	failed error
}

// add adds those files of a directory that match. Their names in the request have a prefix.
func (g *gathering) add(rel, prefix string, place judge.Place, names []string) {
	if g.failed != nil || len(names) == 0 {
		return
	}
	names = nameable(names)
	choices, err := g.one.Judge.Choose(g.method, place, names)
	if err != nil {
		g.failed = err
		return
	}
	for i, choice := range choices {
		if choice.Input == judge.None {
			continue
		}
		data, err := g.data(path.Join(rel, names[i]), choice)
		var out leftOut
		if errors.As(err, &out) {
			log.Printf("%s: it is left out: %s", guest.Shown(path.Join(rel, names[i])), string(out))
			continue
		}
		if err != nil {
			g.failed = err
			return
		}
		g.files = append(g.files, abi.File{Name: path.Join(prefix, names[i]), Data: data})
	}
}

func (g *gathering) data(name string, choice judge.Choice) (abi.FileData, error) {
	if choice.Want == judge.WantName {
		return nil, nil
	}
	content, err := sharedOf(g.c).read(g.c, name)
	if err != nil {
		return nil, err
	}
	switch choice.Want {
	case judge.WantContent:
		if g.size += len(content); g.size > abi.MaxMessageBytes {
			return nil, fmt.Errorf("%s: with the files before it the request has %d bytes, the limit is %d", name, g.size,
				abi.MaxMessageBytes)
		}
		return abi.FileContent(content), nil
	case judge.WantScan:
		return g.one.scan(g.c, name, content)
	}
	data, err := g.one.Judge.Matches(choice.Input, content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return data, nil
}

// scan is what the guest makes of a file: once in a run for the same name and content.
func (l *one) scan(c *config.Config, name string, content []byte) (abi.FileData, error) {
	base := path.Base(name)
	sum := sha256.Sum256(content)
	key := base + "\x00" + string(sum[:])
	known, ok := l.scanned[key]
	if !ok {
		var response abi.ScanResponse
		err := guest.Call(l.Guest, &abi.ScanRequest{Name: base, Content: content}, &response)
		if guest.MustStop(err) {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		known = scanned{abi.FileFacts(response.Facts), response.Diagnostics}
		if err != nil {
			known = scanned{abi.FileFailed{}, []abi.Diagnostic{{Severity: abi.SeverityError, Message: err.Error()}}}
		}
		l.scanned[key] = known
	}
	if l.saidOf[name] {
		return known.data, nil
	}
	l.saidOf[name] = true
	rel := path.Dir(name)
	if rel == "." {
		rel = ""
	}
	return known.data, l.tell(c, rel, said{one: l, c: c, rel: rel, name: base}, known.diagnostics)
}

// scanned is what comes of a file.
type scanned struct {
	data        abi.FileData
	diagnostics []abi.Diagnostic
}

// below are the files in the directories below one, but for those that belong to it.
func (l *one) below(c *config.Config, rel string, own []string) []string {
	known := set(own)
	var names []string
	var collect func(prefix string, subdirs []string)
	collect = func(prefix string, subdirs []string) {
		for _, subdir := range subdirs {
			below := path.Join(prefix, subdir)
			info, err := walk.GetDirInfo(path.Join(rel, below))
			if err != nil {
				continue
			}
			for _, name := range info.RegularFiles {
				if name = path.Join(below, name); !known[name] {
					names = append(names, name)
				}
			}
			collect(below, info.Subdirs)
		}
	}
	if info, err := walk.GetDirInfo(rel); err == nil {
		collect("", info.Subdirs)
	}
	return names
}

// concerned says whether a file of a directory matches an input, whichever method is told, or one below it that an input reaches.
func (l *one) concerned(c *config.Config, rel string, names []string) (bool, error) {
	place := judge.Own
	if rel == "" {
		place = judge.Root
	}
	found, err := l.anyMatches(place, names)
	reachesBelow := slices.ContainsFunc(l.Manifest.Inputs, func(in abi.Input) bool { return in.Reach == abi.ReachBelow })
	if found || err != nil || !reachesBelow {
		return found, err
	}
	return l.anyMatches(judge.Below, l.below(c, rel, names))
}

func (l *one) anyMatches(place judge.Place, names []string) (bool, error) {
	if len(names) == 0 {
		return false, nil
	}
	choices, err := l.Judge.Choose(judge.Any, place, nameable(names))
	return slices.ContainsFunc(choices, func(choice judge.Choice) bool { return choice.Input != judge.None }), err
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
