package adapter

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"dorcas.dev/adapter/internal/abi"
	"dorcas.dev/adapter/internal/guest"
	"dorcas.dev/adapter/internal/judge"
	"github.com/bazel-contrib/bazel-gazelle/v2/config"
	"github.com/bazel-contrib/bazel-gazelle/v2/label"
	"github.com/bazel-contrib/bazel-gazelle/v2/language"
	"github.com/bazel-contrib/bazel-gazelle/v2/merger"
	"github.com/bazel-contrib/bazel-gazelle/v2/resolve"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
)

func (l *one) configure(c *config.Config, rel string, f *rule.File) error {
	return l.wrap(rel, l.tryConfigure(c, rel, f))
}

func (l *one) tryConfigure(c *config.Config, rel string, f *rule.File) error {
	if err := l.besideNative(c); err != nil {
		return err
	}
	if rel == "" {
		l.root = c
	}
	above := dirOf(c, l.name())
	now := &dir{rel: rel, scope: above.scope, updateOnly: above.updateOnly}
	var directives []abi.Directive
	if f != nil {
		for _, d := range f.Directives {
			if d.Key == "generation_mode" {
				now.updateOnly = d.Value == "update_only"
			}
			if l.isDirective(d.Key) {
				directives = append(directives, abi.Directive{Key: d.Key, Value: d.Value})
			}
		}
	}
	l.updateOnly[rel] = now.updateOnly
	defer func() { c.Exts[dirKey(l.name())] = now }()
	if !l.Has("configure") {
		return nil
	}
	now.state = above.state
	var names []string
	if l.told(judge.Configure) || l.Manifest.Quiet {
		var err error
		if names, err = regularFiles(c, rel, now.updateOnly); err != nil {
			return err
		}
	}
	if rel != "" {
		alone, err := l.leavesAlone(c, rel, f, names)
		if err != nil || alone {
			return err
		}
	}
	request := abi.ConfigureRequest{Rel: rel, Parent: above.state, Directives: directives, BuildFile: buildFile(c, f)}
	if rel == "" {
		request.Parent = nil
		run, err := l.runInfo(c)
		if err != nil {
			return err
		}
		request.Run = run
	}
	var err error
	if request.Files, request.Above, err = l.files(c, judge.Configure, rel, names); err != nil {
		return err
	}
	var response abi.ConfigureResponse
	if err := guest.Call(l.Guest, &request, &response); err != nil {
		return err
	}
	now.state = response.State
	if len(response.Provided) > 0 {
		now.scope = &scope{things: map[resolve.ImportSpec][]abi.Provider{}, above: above.scope}
		for _, p := range response.Provided {
			spec := resolve.ImportSpec{Lang: p.Import.Lang, Imp: p.Import.Imp}
			now.scope.things[spec] = append(now.scope.things[spec], abi.Provider{Label: spelled(c.RepoName, p.Label), Payload: p.Payload})
		}
	}
	return l.tell(c, rel, said{one: l, c: c, rel: rel, file: f, method: judge.Configure}, response.Diagnostics)
}

// leavesAlone says whether a guest that is quiet has nothing to say of a directory.
func (l *one) leavesAlone(c *config.Config, rel string, f *rule.File, names []string) (bool, error) {
	if !l.Manifest.Quiet {
		return false, nil
	}
	if f != nil {
		for _, d := range f.Directives {
			if l.isDirective(d.Key) {
				return false, nil
			}
		}
		for _, r := range f.Rules {
			if _, ok := l.kinds[ownKind(c, r.Kind())]; ok {
				return false, nil
			}
		}
	}
	concerned, err := l.concerned(c, rel, names)
	return !concerned, err
}

func (l *one) runInfo(c *config.Config) (*abi.RunInfo, error) {
	run := &abi.RunInfo{RepoName: c.RepoName, RootName: filepath.Base(c.RepoRoot), BuildFileNames: c.ValidBuildFileNames,
		Flags: l.flagList(), Languages: l.options.Languages}
	if c.ShouldFix {
		run.Command = abi.CommandFix
	}
	switch {
	case !c.IndexLibraries:
		run.Indexing = abi.IndexingNone
	case c.IndexLazy:
		run.Indexing = abi.IndexingLazy
	}
	if len(run.Languages) == 0 {
		for _, other := range sharedOf(c).guests {
			run.Languages = append(run.Languages, other.name())
		}
	}
	var err error
	run.Modules, err = modules(c)
	return run, err
}

func (l *one) fix(c *config.Config, f *rule.File) error {
	if f == nil || !l.Has("fix") {
		return nil
	}
	return l.wrap(f.Pkg, l.tryFix(c, f))
}

func (l *one) tryFix(c *config.Config, f *rule.File) error {
	d := dirOf(c, l.name())
	var names []string
	var err error
	if l.told(judge.Fix) || l.Manifest.Quiet {
		if names, err = regularFiles(c, f.Pkg, d.updateOnly); err != nil {
			return err
		}
		if alone, err := l.leavesAlone(c, f.Pkg, f, names); err != nil || alone {
			return err
		}
	}
	request := abi.FixRequest{Rel: f.Pkg, State: d.state, BuildFile: *buildFile(c, f), ShouldFix: c.ShouldFix}
	if request.Files, request.Above, err = l.files(c, judge.Fix, f.Pkg, names); err != nil {
		return err
	}
	var response abi.FixResponse
	if err := guest.Call(l.Guest, &request, &response); err != nil {
		return err
	}
	// Lines are those of the file as it is told.
	about := said{one: l, c: c, rel: f.Pkg, file: f, method: judge.Fix}
	lines := about.lines(response.Diagnostics)
	if err := edit(c, f, response.Edits); err != nil {
		return fmt.Errorf("fix: %w", err)
	}
	about.known = lines
	return l.tell(c, f.Pkg, about, response.Diagnostics)
}

func (l *one) generate(args language.GenerateArgs) (language.GenerateResult, error) {
	result, err := l.tryGenerate(args)
	return result, l.wrap(args.Rel, err)
}

func (l *one) tryGenerate(args language.GenerateArgs) (result language.GenerateResult, err error) {
	c, s := args.Config, sharedOf(args.Config)
	children := l.summaries.take(args.Rel)
	if len(args.OtherGen) == 0 && len(args.OtherEmpty) == 0 && len(children) == 0 {
		if alone, err := l.leavesAlone(c, args.Rel, args.File, args.RegularFiles); err != nil || alone {
			return result, err
		}
	}
	request := abi.GenerateRequest{Rel: args.Rel, State: dirOf(c, l.name()).state, BuildFile: buildFile(c, args.File),
		Subdirs: nameable(args.Subdirs), Children: children}
	if request.Files, request.Above, err = l.files(c, judge.Generate, args.Rel, args.RegularFiles); err != nil {
		return result, err
	}
	made := slices.Clone(args.GenFiles)
	for _, r := range args.OtherGen {
		made = append(made, r.AttrStrings("outs")...)
		made = append(made, r.AttrStrings("out")...)
		for _, name := range []string{r.AttrString("out"), r.AttrString("outs")} {
			if name != "" {
				made = append(made, name)
			}
		}
		if known := s.records[r]; known != nil {
			request.OtherRules = append(request.OtherRules, known.told)
		} else {
			request.OtherRules = append(request.OtherRules, abi.GeneratedRule{Rule: told(c, r, nil), Private: privates(r)})
		}
	}
	request.GeneratedFiles = nameable(made)
	for _, r := range args.OtherEmpty {
		m := told(c, r, nil)
		request.OtherEmpty = append(request.OtherEmpty, abi.EmptyRule{Kind: m.Kind, Name: m.Name, Attrs: m.Attrs})
	}
	var response abi.GenerateResponse
	if err := guest.Call(l.Guest, &request, &response); err != nil {
		return result, err
	}
	for _, rel := range response.RelsToIndex {
		if rel != "" && (!filepath.IsLocal(rel) || path.Clean(rel) != rel) {
			return result, fmt.Errorf("generate_rules: %w", &guest.Breach{Clause: "generate_rules.rels", What: fmt.Sprintf("%q in "+
				"`rels_to_index` is no path of a directory in the repository", rel)})
		}
	}
	if args.File == nil && len(args.OtherGen) == 0 && onlyPackages(response.Rules) {
		response.Rules = nil
	}
	here := place{repo: c.RepoName, pkg: args.Rel}
	own := &generated{by: l, rel: args.Rel}
	for i, one := range response.Rules {
		r, err := newRule(one.Rule, here)
		if err != nil {
			return language.GenerateResult{}, fmt.Errorf("generate_rules: %w", err)
		}
		for _, attr := range one.Private {
			r.SetPrivateAttr(attr.Name, goValue(attr.Value))
		}
		if r.Kind() == "package" && args.File != nil {
			r.SetPrivateAttr(merger.UnstableInsertIndexKey, beforeRules(args.File))
		}
		rec := &record{dir: own, told: one, rule: r, at: i}
		own.records = append(own.records, rec)
		s.records[r] = rec
		result.Gen = append(result.Gen, r)
		result.Imports = append(result.Imports, rec)
	}
	for _, empty := range response.Empty {
		if l.stays(c, args.File, empty) {
			continue
		}
		r, err := newRule(abi.Rule{Kind: empty.Kind, Name: empty.Name, Attrs: empty.Attrs}, here)
		if err != nil {
			return language.GenerateResult{}, fmt.Errorf("generate_rules: %w", err)
		}
		result.Empty = append(result.Empty, r)
	}
	if c.IndexLibraries && c.IndexLazy {
		result.RelsToIndex = response.RelsToIndex
	}
	for _, p := range response.Provided {
		key := thing{l.name(), resolve.ImportSpec{Lang: p.Import.Lang, Imp: p.Import.Imp}}
		s.provided[key] = append(s.provided[key], abi.Provider{Label: spelled(c.RepoName, p.Label), Payload: p.Payload})
	}
	if len(response.Summary) > 0 {
		l.ended = append(l.ended, abi.Summary{Rel: args.Rel, Summary: response.Summary})
		if args.Rel != "" {
			l.summaries[args.Rel] = response.Summary
		}
	}
	l.generated[args.Rel] = own
	about := said{one: l, c: c, rel: args.Rel, file: args.File, method: judge.Generate}
	return result, l.tell(c, args.Rel, about, response.Diagnostics)
}

// onlyPackages says whether there are no rules but package(), for which alone a directory gets no BUILD file.
func onlyPackages(rules []abi.GeneratedRule) bool {
	return !slices.ContainsFunc(rules, func(one abi.GeneratedRule) bool { return one.Rule.Kind != "package" })
}

// beforeRules is the place of a new package(), in front of the first rule.
func beforeRules(f *rule.File) int {
	for _, r := range f.Rules {
		if r.Kind() != "package" {
			return r.Index()
		}
	}
	return len(f.File.Stmt)
}

// stays says whether a rule for which nothing is left stays all the same: a macro of alias_kind may find its sources by itself, or
// make them, and a rule of a kind from map_kind that has none was written like that.
func (l *one) stays(c *config.Config, f *rule.File, empty abi.EmptyRule) bool {
	if f == nil {
		return false
	}
	for _, r := range f.Rules {
		if r.Name() != empty.Name || r.Kind() == empty.Kind || ownKind(c, r.Kind()) != empty.Kind {
			continue
		}
		if _, is := c.AliasMap[r.Kind()]; is {
			return true
		}
		needed := l.kinds[empty.Kind].NonEmptyAttrs
		return !slices.ContainsFunc(needed, func(attr string) bool { return r.Attr(attr) != nil })
	}
	return false
}

// importsOf is how the rules of a file are imported.
type importsOf struct {
	file  *rule.File
	rules map[*rule.Rule]int
	named map[string]int
	told  []abi.RuleImports
}

// imports says how a rule is imported, and which rules it embeds; nil where it can't be imported.
func (l *one) imports(c *config.Config, r *rule.Rule, f *rule.File) (*abi.RuleImports, error) {
	if !l.Has("imports") {
		return nil, nil
	}
	if l.asked == nil || l.asked.file != f {
		var err error
		if l.asked, err = l.askImports(c, f); err != nil {
			l.asked = nil
			return nil, l.wrap(f.Pkg, err)
		}
	}
	at, ok := l.asked.rules[r]
	if !ok {
		// Where a kind is mapped, Gazelle hands out a copy.
		if at, ok = l.asked.named[r.Kind()+" "+r.Name()]; !ok {
			return nil, nil
		}
	}
	one := l.asked.told[at]
	if !one.Importable {
		return nil, nil
	}
	if len(one.Payload) > 0 {
		own := payloadKey{l.name(), "//" + f.Pkg + ":" + r.Name()}
		if s := sharedOf(c); s.payloads[own] == nil {
			s.payloads[own] = one.Payload
		}
	}
	return &one, nil
}

func (l *one) importSpecs(c *config.Config, r *rule.Rule, f *rule.File) ([]resolve.ImportSpec, []label.Label, error) {
	answer, err := l.imports(c, r, f)
	if answer == nil || err != nil {
		return nil, nil, err
	}
	// Not nil: the rule is in the index even when no import names it.
	specs := []resolve.ImportSpec{}
	for _, spec := range answer.Imports {
		specs = append(specs, resolve.ImportSpec{Lang: spec.Lang, Imp: spec.Imp})
	}
	var embeds []label.Label
	for _, text := range answer.Embeds {
		embed, err := parseLabel(text)
		if err != nil {
			return nil, nil, l.wrap(f.Pkg, fmt.Errorf("imports: %w", err))
		}
		embeds = append(embeds, embed)
	}
	return specs, embeds, nil
}

func (l *one) askImports(c *config.Config, f *rule.File) (*importsOf, error) {
	asked := &importsOf{file: f, rules: map[*rule.Rule]int{}, named: map[string]int{}}
	d := dirOf(c, l.name())
	request := abi.ImportsRequest{Rel: f.Pkg, State: d.state}
	known := map[string]*record{}
	if made := l.generated[f.Pkg]; made != nil {
		for _, rec := range made.records {
			key := rec.told.Rule.Kind + " " + rec.rule.Name()
			if known[key] == nil {
				known[key] = rec
			}
		}
	}
	for _, r := range f.Rules {
		m := told(c, r, f)
		if _, own := l.kinds[m.Kind]; !own {
			request.OtherRules = append(request.OtherRules, m)
			continue
		}
		asked.rules[r] = len(request.Rules)
		if key := m.Kind + " " + m.Name; !hasKey(asked.named, key) {
			asked.named[key] = len(request.Rules)
		}
		entry := abi.ImportsRule{Rule: m}
		if rec := known[m.Kind+" "+m.Name]; rec != nil {
			entry.Private, entry.Note = rec.told.Private, rec.told.Note
		}
		request.Rules = append(request.Rules, entry)
	}
	if len(request.Rules) == 0 {
		return asked, nil
	}
	if l.told(judge.Imports) {
		names, err := regularFiles(c, f.Pkg, d.updateOnly)
		if err != nil {
			return nil, err
		}
		if request.Files, request.Above, err = l.files(c, judge.Imports, f.Pkg, names); err != nil {
			return nil, err
		}
	}
	var response abi.ImportsResponse
	if err := guest.Call(l.Guest, &request, &response); err != nil {
		return nil, err
	}
	asked.told = response.Rules
	return asked, nil
}

func hasKey[K comparable, V any](m map[K]V, key K) bool { _, ok := m[key]; return ok }

// told says whether a method is told of any files.
func (l *one) told(method judge.Method) bool {
	return slices.ContainsFunc(l.Manifest.Inputs, func(in abi.Input) bool { return tells(method, in.Methods) })
}

// setup asks the guest what holds in this run. Gazelle has read the command line then, and no directory yet.
func (l *one) setup(c *config.Config) error {
	if !l.Has("setup") {
		return nil
	}
	for _, in := range l.Manifest.Inputs {
		if in.Methods.Setup && in.Reach == abi.ReachBelow {
			return fmt.Errorf("%s: the input %q for setup has the reach Below, which isn't served inside Gazelle: it looks at "+
				"directories later; dorcas serves it", l.name(), in.Glob)
		}
	}
	run, err := l.runInfo(c)
	if err != nil {
		return l.wrap("", err)
	}
	request := abi.SetupRequest{Run: *run}
	entries, err := os.ReadDir(c.RepoRoot)
	if err != nil {
		return err
	}
	var names []string
	for _, entry := range entries {
		if about, err := os.Stat(filepath.Join(c.RepoRoot, entry.Name())); err == nil && about.Mode().IsRegular() {
			names = append(names, entry.Name())
		}
	}
	g := gathering{one: l, c: c, method: judge.Setup}
	g.add("", "", judge.Own, names)
	if g.failed != nil {
		return l.wrap("", g.failed)
	}
	request.Files = g.files
	var response abi.Catalogue
	if err := guest.Call(l.Guest, &request, &response); err != nil {
		return l.wrap("", err)
	}
	if err := l.Hold(&response); err != nil {
		return l.wrap("", fmt.Errorf("setup: %w", err))
	}
	l.kindsOf()
	return l.tell(c, "", said{one: l, c: c, method: judge.Setup}, response.Diagnostics)
}

// finish tells the guest what it has said of all directories.
func (l *one) finish() error {
	if !l.Has("finish") || l.root == nil {
		return nil
	}
	slices.SortFunc(l.ended, func(a, b abi.Summary) int { return strings.Compare(a.Rel, b.Rel) })
	request := abi.FinishRequest{State: dirOf(l.root, l.name()).state, Summaries: l.ended}
	var response abi.FinishResponse
	if err := guest.Call(l.Guest, &request, &response); err != nil {
		return l.wrap("", err)
	}
	return l.tell(l.root, "", said{one: l, c: l.root}, response.Diagnostics)
}

// besideNative refuses what can only end in a panic: Gazelle's Go language asks the language called proto for Go values.
func (l *one) besideNative(c *config.Config) error {
	if l.name() != "proto" || c.Exts["go"] == nil {
		return nil
	}
	if len(c.Langs) > 0 && !slices.Contains(c.Langs, "go") {
		return nil
	}
	return errors.New("Gazelle's own Go language is in this binary, and asks the language called proto for Go values that a guest " +
		"doesn't have: proto.GetProtoConfig, and the private attribute proto.PackageKey of each proto_library. Put Gazelle's own " +
		"proto language into the binary instead of the guest, or leave Go out, by `-lang proto` or `# gazelle:lang proto`")
}
