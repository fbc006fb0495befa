package gazelle

import (
	"flag"
	"maps"
	"slices"
	"strings"

	"dorcas.dev/dorcas"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
	gazelleflag "github.com/bazelbuild/bazel-gazelle/flag"
)

func (a *adapter) manifest(dorcas.ManifestRequest) (dorcas.Manifest, error) {
	return dorcas.Manifest{
		Version:    a.options.Version,
		Kinds:      kinds(a.kinds),
		Loads:      loads(a.language.ApparentLoads),
		Directives: directives(a.language.KnownDirectives()),
		Flags:      a.flags(),
		Inputs:     a.inputs(),
		Stateful:   a.options.Stateful,
	}, nil
}

// inputs are those of the options, each for its method.
func (a *adapter) inputs() []dorcas.Input {
	var list []dorcas.Input
	for _, input := range a.options.Inputs {
		input.Methods = dorcas.Methods{GenerateRules: true}
		list = append(list, input)
	}
	for _, input := range a.options.ConfigureInputs {
		input.Methods = dorcas.Methods{Configure: true}
		list = append(list, input)
	}
	return list
}

func kinds(infos map[string]rule.KindInfo) []dorcas.Kind {
	var list []dorcas.Kind
	for _, name := range slices.Sorted(maps.Keys(infos)) {
		info := infos[name]
		list = append(list, dorcas.Kind{
			Name:            name,
			MatchAny:        info.MatchAny,
			MatchAttrs:      info.MatchAttrs,
			NonEmptyAttrs:   names(info.NonEmptyAttrs),
			SubstituteAttrs: names(info.SubstituteAttrs),
			MergeableAttrs:  names(info.MergeableAttrs),
			ResolveAttrs:    names(info.ResolveAttrs),
		})
	}
	return list
}

func names(set map[string]bool) []string {
	var list []string
	for name, is := range set {
		if is {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// marker stands in front of the name of a module where its apparent name will be.
const marker = "dorcas_module_"

// loads finds out what modules the files are of: it asks with names that can be told apart, and without any.
func loads(apparent func(func(string) string) []rule.LoadInfo) []dorcas.LoadInfo {
	byModule := apparent(func(module string) string { return marker + module })
	byRepo := apparent(func(string) string { return "" })
	var list []dorcas.LoadInfo
	for i, load := range byModule {
		info := dorcas.LoadInfo{After: load.After, Symbols: sortedSet(load.Symbols)}
		var repo string
		repo, info.File = splitRepo(load.Name)
		if module, ok := strings.CutPrefix(repo, marker); ok {
			info.Module = module
			if i < len(byRepo) {
				info.Repo, _ = splitRepo(byRepo[i].Name)
			}
		} else {
			info.Repo = repo
		}
		list = append(list, info)
	}
	return list
}

// splitRepo splits `@repo//pkg:file`.
func splitRepo(label string) (repo, file string) {
	repo, file, ok := strings.Cut(label, "//")
	if !ok {
		return "", label
	}
	return strings.TrimLeft(repo, "@"), "//" + file
}

func sortedSet(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

func directives(names []string) []dorcas.DirectiveInfo {
	var list []dorcas.DirectiveInfo
	for _, name := range sortedSet(names) {
		list = append(list, dorcas.DirectiveInfo{Name: name})
	}
	return list
}

// flags are those that the extension registers.
func (a *adapter) flags() []dorcas.Flag {
	var list []dorcas.Flag
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	a.language.RegisterFlags(flags, "update", config.New())
	// They come in the order of their names.
	flags.VisitAll(func(f *flag.Flag) {
		// The first line says what it is.
		help, _, _ := strings.Cut(f.Usage, "\n")
		list = append(list, dorcas.Flag{Name: f.Name, Type: flagType(f), Default: flagDefault(f), Help: help})
	})
	return list
}

func flagType(f *flag.Flag) dorcas.FlagType {
	if _, ok := f.Value.(*gazelleflag.MultiFlag); ok {
		return dorcas.FlagStrings
	}
	if boolean, ok := f.Value.(interface{ IsBoolFlag() bool }); ok && boolean.IsBoolFlag() {
		return dorcas.FlagBool
	}
	if getter, ok := f.Value.(flag.Getter); ok {
		switch getter.Get().(type) {
		case int, int64:
			return dorcas.FlagInt
		}
	}
	return dorcas.FlagString
}

func flagDefault(f *flag.Flag) string {
	if flagType(f) == dorcas.FlagStrings {
		return ""
	}
	return f.DefValue
}
