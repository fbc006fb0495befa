// Package adapter makes a language of Gazelle of a Dorcas guest: a WebAssembly module that knows one language.
//
//	//go:embed ts.wasm
//	var wasm []byte
//
//	func NewLanguage() language.Language { return adapter.New(wasm, adapter.Options{}) }
//
// A guest can't open files, look at the clock or reach the network: it gets what Gazelle reads for it, and answers. README.md
// says what is different from dorcas, the program.
package adapter

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"sync"
	"time"

	"dorcas.dev/adapter/internal/guest"
	"dorcas.dev/adapter/internal/judge"
	"github.com/bazelbuild/bazel-gazelle/language"
	"github.com/tetratelabs/wazero"
)

// Options of a guest. The zero value is what most want.
type Options struct {
	// MemoryBytes is the most memory of the guest, in bytes, growth included; 64 MiB where it is 0, 4 GiB at most. A guest that
	// wants more is told that there is none.
	MemoryBytes uint64
	// LoadTime is the longest that compiling the guest may take; a minute where it is 0.
	LoadTime time.Duration
	// Time is the longest that a call may take, and once more for each 50,000 bytes of its request; 10 seconds where it is 0.
	// It is there to end a guest that doesn't: wazero counts no instructions.
	Time time.Duration
	// RequestBytes is the most bytes of a request; 16 MiB where it is 0, and at most.
	RequestBytes uint32
	// ReplyBytes is the most bytes of a reply; 8 MiB where it is 0, 16 MiB at most.
	ReplyBytes uint32
	// CacheDir is a directory for compiled code, which makes all runs but the first start faster; none where it is empty.
	// Code that is put there runs: nobody else should be able to write to it.
	CacheDir string
	// Languages are the names of all languages of the binary in their order, which a guest may ask for and Gazelle doesn't
	// tell. Where it is empty, those of the guests are told.
	Languages []string
	// Fail is called with an error after which nothing may be written: a guest that fails, or that breaks a clause. Where it is
	// nil, the process ends by log.Fatal. It is for the interfaces of Gazelle's version 1 alone, whose methods return no error.
	Fail func(error)
}

// New makes a language of a guest, for Gazelle's version 1. Where the module is not a guest, the process ends by log.Fatal:
// see [Load].
func New(wasm []byte, options Options) language.Language {
	l, err := Load(wasm, options)
	if err != nil {
		log.Fatal(err)
	}
	return l
}

// NewV2 makes a language of a guest, for Gazelle's version 2. Where the module is not a guest, the process ends by log.Fatal:
// see [LoadV2].
func NewV2(wasm []byte, options Options) *LanguageV2 {
	l, err := LoadV2(wasm, options)
	if err != nil {
		log.Fatal(err)
	}
	return l
}

// Load is [New] that returns an error: of a module that is not a guest, names the clause of abi-spec.md that it breaks.
func Load(wasm []byte, options Options) (*Language, error) {
	one, err := load(wasm, options)
	if err != nil {
		return nil, err
	}
	return &Language{one: one, fail: cmpFail(options.Fail)}, nil
}

// LoadV2 is [NewV2] that returns an error: see [Load].
func LoadV2(wasm []byte, options Options) (*LanguageV2, error) {
	one, err := load(wasm, options)
	if err != nil {
		return nil, err
	}
	return &LanguageV2{one: one}, nil
}

func cmpFail(fail func(error)) func(error) {
	if fail != nil {
		return fail
	}
	return func(err error) { log.Fatal(err) }
}

// shares is what all guests of the process have in common.
var shares struct {
	sync.Mutex
	judge  *judge.Judge
	caches map[string]wazero.CompilationCache
}

func theJudge(ctx context.Context, cacheDir string) (*judge.Judge, wazero.CompilationCache, error) {
	shares.Lock()
	defer shares.Unlock()
	var cache wazero.CompilationCache
	if cacheDir != "" {
		if cache = shares.caches[cacheDir]; cache == nil {
			var err error
			if cache, err = wazero.NewCompilationCacheWithDir(cacheDir); err != nil {
				return nil, nil, fmt.Errorf("Options.CacheDir %q can't be used: %w", cacheDir, err)
			}
			if shares.caches == nil {
				shares.caches = map[string]wazero.CompilationCache{}
			}
			shares.caches[cacheDir] = cache
		}
	}
	if shares.judge == nil {
		var err error
		if shares.judge, err = judge.New(ctx, cache); err != nil {
			return nil, nil, err
		}
	}
	return shares.judge, cache, nil
}

func load(wasm []byte, options Options) (*one, error) {
	ctx := context.Background()
	j, cache, err := theJudge(ctx, options.CacheDir)
	if err != nil {
		return nil, fmt.Errorf("dorcas: %w", err)
	}
	const message = 16 << 20
	g, err := guest.Load(ctx, wasm, guest.Limits{
		MemoryBytes:  cmp.Or(options.MemoryBytes, 64<<20),
		LoadTime:     cmp.Or(options.LoadTime, time.Minute),
		Time:         cmp.Or(options.Time, 10*time.Second),
		RequestBytes: min(cmp.Or(options.RequestBytes, message), message),
		ReplyBytes:   min(cmp.Or(options.ReplyBytes, 8<<20), message),
	}, j, cache)
	if err != nil {
		return nil, fmt.Errorf("dorcas: the module can't be used as a guest: %w", err)
	}
	return newOne(g, options), nil
}
