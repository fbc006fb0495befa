package adapter

import (
	"context"
	"flag"

	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/label"
	v2 "github.com/bazel-contrib/bazel-gazelle/v2/language"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
	"github.com/bazelbuild/bazel-gazelle/language"
	"github.com/bazelbuild/bazel-gazelle/repo"
	"github.com/bazelbuild/bazel-gazelle/resolve"
)

// Language is a guest as a language of Gazelle's version 1.
type Language struct {
	one    *one
	fail   func(error)
	embeds []label.Label
}

var (
	_ language.Language            = (*Language)(nil)
	_ language.ModuleAwareLanguage = (*Language)(nil)
	_ language.LifecycleManager    = (*Language)(nil)
	_ resolve.CrossResolver        = (*Language)(nil)
)

func (l *Language) check(err error) {
	if err != nil {
		l.fail(err)
	}
}

// Name is the name that the guest has for its language.
func (l *Language) Name() string { return l.one.name() }

// Kinds are those of the guest's manifest.
func (l *Language) Kinds() map[string]rule.KindInfo { return l.one.kindInfos() }

// Loads are those of the guest's manifest, without modules.
func (l *Language) Loads() []rule.LoadInfo { return l.one.loads(nil) }

// ApparentLoads are those of the guest's manifest.
func (l *Language) ApparentLoads(apparent func(string) string) []rule.LoadInfo {
	return l.one.loads(apparent)
}

// KnownDirectives are those of the guest's manifest.
func (l *Language) KnownDirectives() []string { return l.one.knownDirectives() }

// RegisterFlags registers the flags of the guest's manifest.
func (l *Language) RegisterFlags(fs *flag.FlagSet, _ string, c *config.Config) {
	l.one.registerFlags(fs, c)
}

// CheckFlags asks the guest for what holds in this run. A flag has checked its value when it was set.
func (l *Language) CheckFlags(_ *flag.FlagSet, c *config.Config) error { return l.one.setup(c) }

// Configure asks the guest for the state of a directory.
func (l *Language) Configure(c *config.Config, rel string, f *rule.File) {
	l.check(l.one.configure(c, rel, f))
}

// Fix makes the edits that the guest wants.
func (l *Language) Fix(c *config.Config, f *rule.File) { l.check(l.one.fix(c, f)) }

// GenerateRules asks the guest for the rules of a directory.
func (l *Language) GenerateRules(args language.GenerateArgs) language.GenerateResult {
	result, err := l.one.generate(v2.GenerateArgs{
		Config: args.Config, Dir: args.Dir, Rel: args.Rel, File: args.File, Subdirs: args.Subdirs, RegularFiles: args.RegularFiles,
		GenFiles: args.GenFiles, OtherEmpty: args.OtherEmpty, OtherGen: args.OtherGen,
	})
	l.check(err)
	return language.GenerateResult{Gen: result.Gen, Empty: result.Empty, Imports: result.Imports, RelsToIndex: result.RelsToIndex}
}

// Imports asks the guest how a rule is imported.
func (l *Language) Imports(c *config.Config, r *rule.Rule, f *rule.File) []resolve.ImportSpec {
	specs, embeds, err := l.one.importSpecs(c, r, f)
	l.check(err)
	// Gazelle asks for them next.
	l.embeds = embeds
	return specs
}

// Embeds are those of the rule that Imports was last called with, as Gazelle does it.
func (l *Language) Embeds(*rule.Rule, label.Label) []label.Label { return l.embeds }

// Resolve gives a rule the dependencies that the guest wants.
func (l *Language) Resolve(c *config.Config, ix *resolve.RuleIndex, _ *repo.RemoteCache, r *rule.Rule, imports any, from label.Label) {
	l.check(l.one.resolve(c, ix, r, imports, from))
}

// CrossResolve asks the guest for an import that no rule in the index provides.
func (l *Language) CrossResolve(c *config.Config, _ *resolve.RuleIndex, imp resolve.ImportSpec, lang string) []resolve.FindResult {
	found, err := l.one.find(c, imp, lang)
	l.check(err)
	return found
}

// Before has nothing to do.
func (l *Language) Before(context.Context) {}

// DoneGeneratingRules has nothing to do: calls depend on their requests alone.
func (l *Language) DoneGeneratingRules() {}

// AfterResolvingDeps tells the guest that the run is at its end, before anything is written.
func (l *Language) AfterResolvingDeps(context.Context) {
	l.check(l.one.finish())
	l.one.Rest()
}

// Close gives back all that the guest takes. The language can't be used any more.
func (l *Language) Close() error { return l.one.Close() }
