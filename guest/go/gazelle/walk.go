package gazelle

import (
	"flag"
	"maps"
	"runtime"

	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/walk"
)

// inWalk runs a piece of an extension within a walk of Gazelle's, over the files that are mounted: walk.GetDirInfo has to have
// one going on. The walk itself is of the root directory alone, and stays there; what is asked about, it reads when it is.
func (a *adapter) inWalk(run func()) {
	c := *ofWalk
	c.RepoRoot, c.WorkDir = repoRoot, repoRoot
	c.Exts = maps.Clone(c.Exts)
	// That the root directory can't be listed, where no file is mounted, is no error of the extension.
	_ = walk.Walk2(&c, nil, []string{repoRoot}, walk.UpdateDirsMode, func(walk.Walk2FuncArgs) walk.Walk2FuncResult {
		// The walk reads ahead in a goroutine, which would be left behind.
		runtime.Gosched()
		// What the walk says of the root directory, the host has said.
		a.logged.forget()
		run()
		return walk.Walk2FuncResult{}
	})
}

// ofWalk is the configuration of such a walk. It is made once, since it depends on nothing: what is to be left out, the host
// leaves out.
var ofWalk = func() *config.Config {
	c := config.New()
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	walkConfigurer.RegisterFlags(flags, "update", c)
	if err := walkConfigurer.CheckFlags(flags, c); err != nil {
		panic(err)
	}
	return c
}()

var walkConfigurer walk.Configurer
