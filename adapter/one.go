package adapter

import (
	"cmp"
	"flag"
	"fmt"
	"log"
	"path"
	"slices"
	"strconv"
	"strings"

	"dorcas.dev/adapter/internal/abi"
	"dorcas.dev/adapter/internal/guest"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
)

// one is a guest as both versions of Gazelle's interfaces need it.
type one struct {
	*guest.Guest
	options Options
	kinds   map[string]abi.Kind
	// flags has the values that the command line has for each.
	flags map[string]*[]string
	// What it has told in this run.
	summaries summaries
	generated map[string]*generated
	asked     *importsOf
	ended     []abi.Summary
	scanned   map[string]scanned
	saidOf    map[string]bool
	// updateOnly has what generation_mode says, by directory.
	updateOnly map[string]bool
	// root is the configuration of the root directory.
	root *config.Config
}

func newOne(g *guest.Guest, options Options) *one {
	l := &one{Guest: g, options: options, flags: map[string]*[]string{}}
	l.begin()
	l.kindsOf()
	return l
}

// kindsOf finds kinds by their names.
func (l *one) kindsOf() {
	l.kinds = map[string]abi.Kind{}
	for _, kind := range l.Manifest.Kinds {
		l.kinds[kind.Name] = kind
	}
}

// begin forgets what was told in another run.
func (l *one) begin() {
	l.summaries, l.generated, l.asked, l.ended, l.root = summaries{}, map[string]*generated{}, nil, nil, nil
	l.scanned, l.saidOf, l.updateOnly = map[string]scanned{}, map[string]bool{}, map[string]bool{}
}

func (l *one) name() string { return l.Guest.Name }

func (l *one) wrap(rel string, err error) error {
	if err == nil {
		return nil
	}
	if guest.MustStop(err) {
		return fmt.Errorf("//%s: %s: the run ends, and nothing is written: %w", rel, l.name(), err)
	}
	return fmt.Errorf("//%s: %s: %w; nothing is written", rel, l.name(), err)
}

func set(names []string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, name := range names {
		m[name] = true
	}
	return m
}

func (l *one) kindInfos() map[string]rule.KindInfo {
	kinds := make(map[string]rule.KindInfo, len(l.kinds))
	for name, k := range l.kinds {
		kinds[name] = rule.KindInfo{MatchAny: k.MatchAny, MatchAttrs: k.MatchAttrs, NonEmptyAttrs: set(k.NonEmptyAttrs),
			SubstituteAttrs: set(k.SubstituteAttrs), MergeableAttrs: set(k.MergeableAttrs), ResolveAttrs: set(k.ResolveAttrs)}
	}
	return kinds
}

func (l *one) loads(apparent func(string) string) []rule.LoadInfo {
	var loads []rule.LoadInfo
	for _, load := range l.Manifest.Loads {
		name := load.File
		if load.Module != "" || load.Repo != "" {
			known := ""
			if load.Module != "" && apparent != nil {
				known = apparent(load.Module)
			}
			name = "@" + cmp.Or(known, load.Repo, load.Module) + load.File
		}
		loads = append(loads, rule.LoadInfo{Name: name, Symbols: load.Symbols, After: load.After})
	}
	return loads
}

func (l *one) knownDirectives() []string {
	names := make([]string, 0, len(l.Manifest.Directives))
	for _, d := range l.Manifest.Directives {
		names = append(names, d.Name)
	}
	return names
}

func (l *one) isDirective(key string) bool {
	_, found := slices.BinarySearchFunc(l.Manifest.Directives, key, func(d abi.DirectiveInfo, key string) int {
		return cmp.Compare(d.Name, key)
	})
	return found
}

func (l *one) registerFlags(fs *flag.FlagSet, c *config.Config) {
	l.begin()
	s := sharedOf(c)
	if !slices.Contains(s.guests, l) {
		s.guests = append(s.guests, l)
	}
	for _, f := range l.Manifest.Flags {
		l.flags[f.Name] = &[]string{}
		v := &flagValues{of: f, list: l.flags[f.Name]}
		if known := fs.Lookup(f.Name); known != nil {
			// Another language has it too: both get its values.
			v.also = known.Value
			known.Value = v
			continue
		}
		fs.Var(v, f.Name, f.Help)
	}
}

// flagValues are what the command line has for a flag of a guest.
type flagValues struct {
	of   abi.Flag
	list *[]string
	also flag.Value
}

func (v *flagValues) Set(text string) error {
	switch v.of.Type {
	case abi.FlagBool:
		is, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is not true or false", text)
		}
		text = strconv.FormatBool(is)
	case abi.FlagInt:
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			return fmt.Errorf("%q is not a decimal integer of 64 bits", text)
		}
	}
	if v.also != nil {
		if err := v.also.Set(text); err != nil {
			return err
		}
	}
	*v.list = append(*v.list, text)
	return nil
}

func (v *flagValues) String() string {
	if v == nil || v.list == nil {
		return ""
	}
	if v.of.Type == abi.FlagStrings {
		return strings.Join(*v.list, ",")
	}
	if n := len(*v.list); n > 0 {
		return (*v.list)[n-1]
	}
	return v.of.Default
}

// IsBoolFlag says whether the flag may stand alone.
func (v *flagValues) IsBoolFlag() bool { return v.of.Type == abi.FlagBool }

func (l *one) flagList() []abi.FlagValue {
	var list []abi.FlagValue
	for _, f := range l.Manifest.Flags {
		var values []string
		if given := l.flags[f.Name]; given != nil {
			values = *given
		}
		if f.Type != abi.FlagStrings {
			last := f.Default
			if n := len(values); n > 0 {
				last = values[n-1]
			}
			values = []string{last}
		}
		for _, v := range values {
			list = append(list, abi.FlagValue{Name: f.Name, Value: v})
		}
	}
	return list
}

// tell shows what a guest has to say. In a strict run what the user has to put right is an error.
func (l *one) tell(c *config.Config, rel string, about said, diagnostics []abi.Diagnostic) error {
	var failed error
	for _, d := range diagnostics {
		where := path.Join(rel, about.name)
		if d.File != nil {
			where = path.Join(rel, guest.Shown(*d.File))
		}
		if line := about.line(d); line > 0 {
			where = fmt.Sprintf("%s:%d", where, line)
		}
		if where == "" {
			where = "."
		}
		word := ""
		switch d.Severity {
		case abi.SeverityError:
			word = "error: "
		case abi.SeverityNote:
			word = "note: "
		}
		log.Printf("%s: %s: %s%s", where, l.name(), word, guest.Shown(d.Message))
		if d.Severity == abi.SeverityError && c.Strict && failed == nil {
			failed = fmt.Errorf("//%s: %s: %s, and the run is strict; nothing is written", rel, l.name(), guest.Shown(d.Message))
		}
	}
	return failed
}
