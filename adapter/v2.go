package adapter

import (
	"context"
	"flag"

	"github.com/bazel-contrib/bazel-gazelle/v2/compat"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/language"
	"github.com/bazel-contrib/bazel-gazelle/v2/resolve"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
)

// LanguageV2 is a guest as a language of Gazelle's version 2.
type LanguageV2 struct{ one *one }

var (
	_ language.Language     = (*LanguageV2)(nil)
	_ language.Generator    = (*LanguageV2)(nil)
	_ language.Fixer        = (*LanguageV2)(nil)
	_ language.OnFinisher   = (*LanguageV2)(nil)
	_ config.Configurer     = (*LanguageV2)(nil)
	_ resolve.Indexer       = (*LanguageV2)(nil)
	_ resolve.Resolver      = (*LanguageV2)(nil)
	_ resolve.Finder        = (*LanguageV2)(nil)
	_ compat.FlagConfigurer = (*LanguageV2)(nil)
	_ compat.ApparentLoader = (*LanguageV2)(nil)
)

// Name is the name that the guest has for its language.
func (l *LanguageV2) Name() string { return l.one.name() }

// Kinds are those of the guest's manifest.
func (l *LanguageV2) Kinds() map[string]rule.KindInfo { return l.one.kindInfos() }

// ApparentLoads are those of the guest's manifest.
func (l *LanguageV2) ApparentLoads(apparent func(string) string) []rule.LoadInfo {
	return l.one.loads(apparent)
}

// KnownDirectives are those of the guest's manifest.
func (l *LanguageV2) KnownDirectives() []string { return l.one.knownDirectives() }

// RegisterFlags registers the flags of the guest's manifest.
func (l *LanguageV2) RegisterFlags(fs *flag.FlagSet, _ string, c *config.Config) {
	l.one.registerFlags(fs, c)
}

// CheckFlags asks the guest for what holds in this run. A flag has checked its value when it was set.
func (l *LanguageV2) CheckFlags(_ *flag.FlagSet, c *config.Config) error { return l.one.setup(c) }

// Configure asks the guest for the state of a directory.
func (l *LanguageV2) Configure(_ context.Context, args config.ConfigureArgs) error {
	return l.one.configure(args.Config, args.Rel, args.File)
}

// Fix makes the edits that the guest wants.
func (l *LanguageV2) Fix(_ context.Context, args language.FixArgs) error {
	return l.one.fix(args.Config, args.File)
}

// Generate asks the guest for the rules of a directory.
func (l *LanguageV2) Generate(_ context.Context, args language.GenerateArgs) (language.GenerateResult, error) {
	return l.one.generate(args)
}

// Imports asks the guest how a rule is imported.
func (l *LanguageV2) Imports(_ context.Context, args resolve.ImportsArgs) (resolve.ImportsResult, error) {
	specs, embeds, err := l.one.importSpecs(args.Config, args.Rule, args.File)
	return resolve.ImportsResult{Imports: specs, Embeds: embeds, NotImportable: specs == nil}, err
}

// Resolve gives a rule the dependencies that the guest wants.
func (l *LanguageV2) Resolve(_ context.Context, args resolve.ResolveArgs) error {
	return l.one.resolve(args.Config, args.Index, args.Rule, args.Imports, args.From)
}

// Find asks the guest for an import that no rule in the index provides.
func (l *LanguageV2) Find(_ context.Context, args resolve.FindArgs) ([]resolve.FindResult, error) {
	return l.one.find(args.Config, args.Import, args.Lang)
}

// OnFinish tells the guest that the run is at its end.
func (l *LanguageV2) OnFinish(context.Context) error {
	err := l.one.finish()
	l.one.Rest()
	return err
}

// Close gives back all that the guest takes. The language can't be used any more.
func (l *LanguageV2) Close() error { return l.one.Close() }
