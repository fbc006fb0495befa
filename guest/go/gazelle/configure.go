package gazelle

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"maps"
	"path"
	"slices"
	"strings"

	"dorcas.dev/dorcas"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/resolve"
	"github.com/bazelbuild/bazel-gazelle/repo"
	"github.com/bazelbuild/bazel-gazelle/rule"
)

// configured is the configuration of a directory, and the files that Configure may read there.
type configured struct {
	rel    string
	config *config.Config
	files  contents
}

func (a *adapter) configure(request dorcas.ConfigureRequest) (dorcas.ConfigureResponse, error) {
	var response dorcas.ConfigureResponse
	state := request.Parent
	own := dorcas.ConfigureRequest{Rel: request.Rel, Run: request.Run, BuildFile: request.BuildFile, Files: request.Files}
	if a.seen != nil {
		if err := a.see(request); err != nil {
			return response, err
		}
		// What is only there by its name has been seen.
		own.Files = slices.DeleteFunc(slices.Clone(own.Files), func(file dorcas.File) bool { return file.Data == nil })
	}
	// Of a directory without anything in it that matters, the path says all.
	if own.Run != nil || own.BuildFile != nil || len(own.Files) > 0 {
		bytes, err := dorcas.Encode(&own)
		if err != nil {
			return response, err
		}
		state = slices.Concat(binary.AppendUvarint(slices.Clone(state), uint64(len(bytes))), bytes)
	}
	_, err := a.configured(state, request.Rel)
	response.State, response.Diagnostics = state, a.logged.diagnostics()
	return response, err
}

// configured configures a directory and those that it is in, from the state of the directory. What is logged for the
// directory itself can be had from a.logged until the next call.
func (a *adapter) configured(state []byte, rel string) (configured, error) {
	a.logged.listen()
	key := rel + "\x00" + string(state)
	if known, ok := a.configs[key]; ok {
		known.files.mount()
		return known, nil
	}
	levels, ends, err := parseState(state)
	if err != nil {
		return configured{}, err
	}
	dirs := withParents(rel)
	result, done := a.above(state, dirs, levels, ends)
	result.rel = rel
	for _, level := range levels {
		if slices.Contains(dirs[done:], level.Rel) {
			result.files.add(level.Rel, level.Files)
		}
	}
	result.files.mount()
	if done == 0 {
		root := dorcas.RunInfo{}
		if len(levels) > 0 && levels[0].Run != nil {
			root = *levels[0].Run
		}
		if result.config, err = a.root(root, result.files); err != nil {
			return configured{}, err
		}
	}
	for _, dir := range dirs[done:] {
		a.logged.forget()
		var request dorcas.ConfigureRequest
		if i := slices.IndexFunc(levels, func(level dorcas.ConfigureRequest) bool { return level.Rel == dir }); i >= 0 {
			request = levels[i]
		}
		if dir != "" {
			result.config = result.config.Clone()
		}
		args := config.ConfigureArgs{Config: result.config, Rel: dir}
		if request.BuildFile != nil {
			file, err := a.buildFile(dir, *request.BuildFile)
			if err != nil {
				return configured{}, err
			}
			args.File = file.File
			result.files.putBuild(dir, file)
		}
		overrides.Configure(args.Config, dir, args.File)
		for _, other := range a.with {
			if err := other.Configure(context.Background(), args); err != nil {
				return configured{}, err
			}
		}
		// What these have to say is the host's, or another guest's, to report.
		a.logged.forget()
		if err := a.language.Configure(context.Background(), args); err != nil {
			return configured{}, err
		}
	}
	if a.configs != nil {
		a.configs[key] = result
	}
	return result, nil
}

// above is what a stateful extension has configured last of the directories, which are in each other, and how many that were.
func (a *adapter) above(state []byte, dirs []string, levels []dorcas.ConfigureRequest, ends []int) (configured, int) {
	for done := len(dirs) - 1; done > 0; done-- {
		end := 0
		for i, level := range levels {
			if !slices.Contains(dirs[:done], level.Rel) {
				break
			}
			end = ends[i]
		}
		if known, ok := a.configs[dirs[done-1]+"\x00"+string(state[:end])]; ok {
			return configured{config: known.config, files: maps.Clone(known.files)}, done
		}
	}
	return configured{files: contents{}}, 0
}

// overrides reads the directives `resolve` and `resolve_regexp`, for FindRuleWithOverride.
var overrides resolve.Configurer

// root is the configuration in front of the root directory's Configure.
func (a *adapter) root(root dorcas.RunInfo, files contents) (*config.Config, error) {
	c := config.New()
	c.RepoRoot, c.WorkDir = repoRoot, repoRoot
	c.ReadBuildFilesDir, c.WriteBuildFilesDir = repoRoot, repoRoot
	c.RepoName = root.RepoName
	c.ShouldFix = root.Command == dorcas.CommandFix
	c.IndexLibraries = true
	c.Bzlmod = len(root.Modules) > 0
	c.ModuleToApparentName = func(name string) string {
		for _, module := range root.Modules {
			if module.Name == name {
				return module.Apparent
			}
		}
		return ""
	}
	if err := loadRepos(c, files); err != nil {
		return nil, err
	}
	command := strings.ToLower(root.Command.String())
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(&a.logged)
	overrides.RegisterFlags(flags, command, c)
	for _, other := range a.with {
		other.RegisterFlags(flags, command, c)
	}
	a.language.RegisterFlags(flags, command, c)
	for _, value := range root.Flags {
		f := flags.Lookup(value.Name)
		// A default is not set, so that an extension can tell it from the same value on the command line.
		if f == nil || flagType(f) != dorcas.FlagStrings && value.Value == f.DefValue {
			continue
		}
		if err := flags.Set(value.Name, value.Value); err != nil {
			return nil, errors.New("invalid value " + value.Value + " for -" + value.Name + ": " + err.Error())
		}
	}
	for _, other := range a.with {
		if err := other.CheckFlags(flags, c); err != nil {
			return nil, err
		}
	}
	return c, a.language.CheckFlags(flags, c)
}

// loadRepos reads the rules for other repositories, where there is a WORKSPACE file to be read.
func loadRepos(c *config.Config, files contents) error {
	for _, name := range []string{"WORKSPACE.bazel", "WORKSPACE"} {
		if content := files[pathOf(name)]; content != nil {
			file, err := rule.LoadWorkspaceData(path.Join(c.RepoRoot, name), "", content)
			if err == nil {
				c.Repos, _, err = repo.ListRepositories(file)
			}
			return err
		}
	}
	return nil
}

// parseState takes a state apart: what Configure was asked, from the root directory on, and where each of that ends.
func parseState(state []byte) (levels []dorcas.ConfigureRequest, ends []int, err error) {
	for at := 0; at < len(state); {
		size, n := binary.Uvarint(state[at:])
		if n <= 0 || size > uint64(len(state)-at-n) {
			return nil, nil, errors.New("the state is not one that configure has returned")
		}
		begin := at + n
		at = begin + int(size)
		var level dorcas.ConfigureRequest
		if err := dorcas.Decode(state[begin:at], &level); err != nil {
			return nil, nil, errors.New("the state is not one that configure has returned: " + err.Error())
		}
		levels, ends = append(levels, level), append(ends, at)
	}
	return levels, ends, nil
}

// withParents are the paths of a directory and those that it is in, the root first.
func withParents(rel string) []string {
	paths := []string{""}
	for i, char := range []byte(rel) {
		if char == '/' && i > 0 {
			paths = append(paths, rel[:i])
		}
	}
	if rel != "" {
		paths = append(paths, rel)
	}
	return paths
}
