// Package guest calls a guest in a sandbox: what a module has, and what it answers, is checked before it is used.
package guest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"dorcas.dev/adapter/internal/abi"
	"dorcas.dev/adapter/internal/judge"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
)

// Limits of a guest.
type Limits struct {
	// MemoryBytes of a guest, growth included. It is rounded down to pages of 64 KiB.
	MemoryBytes uint64
	// LoadTime is the longest that compiling may take.
	LoadTime time.Duration
	// Time of a call, once more for each 50,000 bytes of its request. The engine counts no instructions.
	Time time.Duration
	// RequestBytes and ReplyBytes of one call.
	RequestBytes, ReplyBytes uint32
}

const (
	page = 64 << 10
	// requestStep is the bytes of a request for which Time is meant.
	requestStep = 50_000
	// maxInstanceBytes is the most memory of an instance that is used again.
	maxInstanceBytes = 32 << 20
	maxTextBytes     = 4096
	// firstOwn is the first code of an error that is the guest's own.
	firstOwn = 1000
)

// Guest is a module that keeps the ABI, as far as can be seen.
type Guest struct {
	Name     string
	Manifest abi.Manifest
	// Judge knows the manifest.
	Judge *judge.Manifest

	judge    *judge.Judge
	limits   Limits
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	has      map[string]bool
	// mu is held for a call: a guest gets one after the other.
	mu   sync.Mutex
	idle api.Module
	dead error
	// compiling says that the engine is still at work on the module.
	compiling bool
}

var methods = []string{
	"manifest", "setup", "scan", "configure", "fix", "generate_rules", "imports", "resolve", "find", "finish",
}

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// Breach is a clause that a guest has broken, or a limit that it has gone over.
type Breach struct{ Clause, What string }

func (b *Breach) Error() string {
	if b.Clause == "" {
		return b.What
	}
	return b.What + " (" + b.Clause + ")"
}

// Failure is an error that a guest has answered with.
type Failure struct {
	Code    uint32
	Message string
}

func (f *Failure) Error() string {
	return fmt.Sprintf("the guest answers with error %d: %s", f.Code, Shown(f.Message))
}

// MustStop says whether an error demands that the run ends.
func MustStop(err error) bool {
	var failure *Failure
	return errors.As(err, &failure) && failure.Code == 4
}

// Load makes a guest of a module. Nothing of it is compiled before its bytes have been looked at.
func Load(ctx context.Context, wasm []byte, limits Limits, j *judge.Judge, cache wazero.CompilationCache) (*Guest, error) {
	pages := uint32(min(limits.MemoryBytes/page, 65_536))
	wasm, err := j.Module(wasm, pages)
	if err != nil {
		return nil, err
	}
	config := wazero.NewRuntimeConfig().
		WithMemoryLimitPages(pages).
		WithCoreFeatures(api.CoreFeaturesV2 &^ api.CoreFeatureSIMD).
		WithCloseOnContextDone(true).
		WithDebugInfoEnabled(false)
	if cache != nil {
		config = config.WithCompilationCache(cache)
	}
	g := &Guest{limits: limits, runtime: wazero.NewRuntimeWithConfig(ctx, config), has: map[string]bool{}}
	if err := g.load(ctx, wasm, j); err != nil {
		g.Close()
		return nil, err
	}
	return g, nil
}

func (g *Guest) load(ctx context.Context, wasm []byte, j *judge.Judge) error {
	var err error
	if g.compiled, err = g.compile(ctx, wasm); err != nil {
		return err
	}
	exports := g.compiled.ExportedFunctions()
	for _, method := range methods {
		g.has[method] = exports[method] != nil
	}
	name, err := g.enter("lang_name", nil)
	if err != nil {
		return err
	}
	if !nameForm.Match(name) {
		return &Breach{"lang_name.form", fmt.Sprintf("language name %q is not a lower-case letter followed by up to 63 "+
			"lower-case letters, digits and underscores", cut(string(name)))}
	}
	g.Name = string(name)
	if g.has["manifest"] {
		if err := Call(g, &abi.ManifestRequest{Host: "dorcas adapter 0.1.0"}, &g.Manifest); err != nil {
			return err
		}
	} else {
		g.Manifest.Inputs = []abi.Input{{Glob: "*", Methods: abi.Methods{GenerateRules: true}}}
	}
	g.judge = j
	return g.judged()
}

// judged has the manifest looked at.
func (g *Guest) judged() error {
	for _, input := range g.Manifest.Inputs {
		if _, scans := input.Want.(abi.WantScan); scans && !g.has["scan"] {
			return &Breach{"manifest.scan", fmt.Sprintf("input %q wants `Scan`, and the module exports no `scan`", cut(input.Glob))}
		}
	}
	encoded, err := abi.Encode(&g.Manifest)
	if err != nil {
		return err
	}
	g.Judge, err = g.judge.Manifest(encoded)
	return err
}

// Hold has what setup has returned hold in the place of what the manifest says.
func (g *Guest) Hold(c *abi.Catalogue) error {
	g.Manifest.Kinds, g.Manifest.Loads, g.Manifest.Directives, g.Manifest.Inputs = c.Kinds, c.Loads, c.Directives, c.Inputs
	return g.judged()
}

// compile compiles a module, as long as that doesn't take too long. What takes longer goes on until the process ends, which a
// guest that can't be loaded ends soon.
func (g *Guest) compile(ctx context.Context, wasm []byte) (wazero.CompiledModule, error) {
	type result struct {
		module wazero.CompiledModule
		err    error
	}
	done := make(chan result, 1)
	go func() {
		module, err := g.runtime.CompileModule(ctx, wasm)
		done <- result{module, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, &Breach{"module.features", fmt.Sprintf("the module can't be compiled: %s", Shown(r.err.Error()))}
		}
		return r.module, nil
	case <-time.After(g.limits.LoadTime):
		g.compiling = true
		return nil, &Breach{What: fmt.Sprintf("compiling takes longer than %v, the limit (Options.LoadTime)", g.limits.LoadTime)}
	}
}

// Has says whether the guest has a method.
func (g *Guest) Has(method string) bool { return g.has[method] }

// Rest gives back the memory of an instance that is of no further use.
func (g *Guest) Rest() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.Manifest.Stateful {
		g.drop(nil)
	}
}

// Close gives back what the guest takes.
func (g *Guest) Close() error {
	if g.compiling {
		return nil
	}
	return g.runtime.Close(context.Background())
}

// A request knows the method that it is for.
type request[Q, R any] interface {
	*Q
	AnsweredBy(*R) string
}

// Call makes a call. Of a response that breaks a clause nothing is used.
func Call[Q, R any, P request[Q, R]](g *Guest, ask *Q, answer *R) error {
	method := P(ask).AnsweredBy(answer)
	argument, err := abi.Encode(ask)
	if err != nil {
		return fmt.Errorf("%s: the request: %w", method, err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	reply, err := g.enter(method, argument)
	if err == nil {
		err = g.open(method, argument, reply, answer)
		// Whatever broke a clause is not called again; an error is an answer.
		var failure *Failure
		if err != nil && !errors.As(err, &failure) {
			g.drop(err)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}

func (g *Guest) open(method string, argument, reply []byte, answer any) error {
	if len(reply) == 0 {
		return &Breach{"wire.exact", "the reply is empty"}
	}
	switch reply[0] {
	case 0:
		if err := abi.Decode(reply[1:], answer); err != nil {
			return fmt.Errorf("the reply: %w", err)
		}
		if method == "manifest" {
			return nil
		}
		return g.Judge.Reply(method, argument, reply[1:])
	case 1:
		var failure abi.GuestError
		if err := abi.Decode(reply[1:], &failure); err != nil {
			return fmt.Errorf("the reply: %w", err)
		}
		if failure.Code == 0 || failure.Code > 4 && failure.Code < firstOwn {
			return &Breach{"error.code", fmt.Sprintf("it answered with an error of code %d", failure.Code)}
		}
		return &Failure{failure.Code, failure.Message}
	}
	clause := "wire.closed"
	if reply[0] >= 0x80 {
		clause = "wire.canonical"
	}
	return &Breach{clause, fmt.Sprintf("the reply begins with the byte %02x, neither Ok nor Err", reply[0])}
}

// enter makes a call of bytes.
func (g *Guest) enter(method string, argument []byte) ([]byte, error) {
	if g.dead != nil {
		return nil, fmt.Errorf("%s: the guest keeps state, and failed before: %w", method, g.dead)
	}
	if len(argument) > int(g.limits.RequestBytes) {
		return nil, &Breach{What: fmt.Sprintf("the request has %d bytes, the limit is %d (Options.RequestBytes)", len(argument),
			g.limits.RequestBytes)}
	}
	time := g.limits.Time * time.Duration(1+len(argument)/requestStep)
	ctx, cancel := context.WithTimeout(context.Background(), time)
	defer cancel()
	instance := g.idle
	g.idle = nil
	if instance == nil {
		config := wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize")
		var err error
		if instance, err = g.runtime.InstantiateModule(ctx, g.compiled, config); err != nil {
			return nil, g.stopped(method, time, nil, err)
		}
	}
	reply, err := g.exchange(ctx, instance, method, argument, time)
	if err != nil {
		g.idle = instance
		g.drop(err)
		return nil, err
	}
	if size := uint64(instance.Memory().Size()); size > maxInstanceBytes && !g.Manifest.Stateful {
		instance.Close(context.Background())
	} else {
		g.idle = instance
	}
	return reply, nil
}

// drop throws the instance away.
func (g *Guest) drop(cause error) {
	if g.idle != nil {
		g.idle.Close(context.Background())
		g.idle = nil
	}
	if g.Manifest.Stateful && g.dead == nil {
		g.dead = cause
	}
}

// exchange is a call as the ABI has it: allocate, write, call, read, free the argument, free the result.
func (g *Guest) exchange(ctx context.Context, m api.Module, method string, argument []byte, time time.Duration) ([]byte, error) {
	call := func(name string, params ...uint64) (uint64, error) {
		results, err := m.ExportedFunction(name).Call(ctx, params...)
		if err != nil {
			where := method
			if name != method {
				where += ", in " + name
			}
			return 0, g.stopped(where, time, m, err)
		}
		if len(results) == 0 {
			return 0, nil
		}
		return results[0], nil
	}
	var params []uint64
	at, size := uint32(0), uint32(len(argument))
	if method != "lang_name" {
		if size > 0 {
			result, err := call("alloc", uint64(size))
			if err != nil {
				return nil, err
			}
			if at = uint32(result); at == 0 {
				return nil, &Breach{What: fmt.Sprintf("`alloc` has no room for %d bytes: the memory has %d, the limit is %d "+
					"(Options.MemoryBytes)", size, m.Memory().Size(), g.limits.MemoryBytes)}
			}
			if !m.Memory().Write(at, argument) {
				return nil, &Breach{"mem.alloc-bounds", fmt.Sprintf("`alloc` returned %d bytes at %#08x, outside its memory of "+
					"%d bytes", size, at, m.Memory().Size())}
			}
		}
		params = []uint64{uint64(at), uint64(size)}
	}
	word, err := call(method, params...)
	if err != nil {
		return nil, err
	}
	ptr, length := uint32(word>>32), uint32(word)
	if word == 0 {
		return nil, &Breach{"result.not-zero", "it returned 0, which is no reply"}
	}
	view, ok := m.Memory().Read(ptr, length)
	switch {
	case !ok:
		return nil, &Breach{"result.bounds", fmt.Sprintf("it returned %d bytes at %#08x, outside its memory of %d bytes", length,
			ptr, m.Memory().Size())}
	case uint64(ptr) < uint64(at)+uint64(size) && uint64(at) < uint64(ptr)+uint64(length) && size > 0 && length > 0:
		return nil, &Breach{"result.own-buffer", fmt.Sprintf("it returned %d bytes at %#08x, which is not a buffer of its own: "+
			"the argument is %d bytes at %#08x", length, ptr, size, at)}
	case length > g.limits.ReplyBytes:
		return nil, &Breach{What: fmt.Sprintf("the reply has %d bytes, the limit is %d (Options.ReplyBytes)", length,
			g.limits.ReplyBytes)}
	}
	// Texts of what is decoded lie in these bytes.
	reply := append([]byte(nil), view...)
	if size > 0 {
		if _, err := call("free", uint64(at), uint64(size)); err != nil {
			return nil, err
		}
	}
	if _, err := call("free", uint64(ptr), uint64(length)); err != nil {
		return nil, err
	}
	return reply, nil
}

// stopped is the error of a call that did not return.
func (g *Guest) stopped(where string, time time.Duration, m api.Module, err error) error {
	var exit *sys.ExitError
	if errors.As(err, &exit) && (exit.ExitCode() == sys.ExitCodeDeadlineExceeded || exit.ExitCode() == sys.ExitCodeContextCanceled) {
		return &Breach{What: fmt.Sprintf("%s took longer than %v, the limit for a request of this size (Options.Time)", where, time)}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &Breach{What: fmt.Sprintf("%s took longer than %v, the limit for a request of this size (Options.Time)", where, time)}
	}
	text, _, _ := cutAt(err.Error(), "\nwasm stack trace")
	what := fmt.Sprintf("%s did not return: %s", where, Shown(text))
	if m != nil {
		if said := panicText(m); said != "" {
			what += ": " + Shown(said)
		}
	}
	return &Breach{What: what}
}

// panicText is what the guest has left for its user.
func panicText(m api.Module) string {
	global, memory := m.ExportedGlobal("dorcas_panic"), m.Memory()
	if global == nil {
		return ""
	}
	at := uint32(global.Get())
	ptr, ok := memory.ReadUint32Le(at)
	size, more := memory.ReadUint32Le(at + 4)
	if !ok || !more {
		return ""
	}
	text, ok := memory.Read(ptr, min(size, maxTextBytes))
	if !ok {
		return ""
	}
	return string(text)
}
