// Package judge asks what the adapter has in common with dorcas: the same code, compiled to WebAssembly by adapter/judge/build.
package judge

import (
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"dorcas.dev/adapter/internal/abi"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

//go:embed judge.wasm
var code []byte

// The questions, by their numbers in adapter/judge/src/answer.rs.
const (
	module = iota
	manifest
	reply
	choice
	matches
	places
)

// Judge is an instance of the code. Its methods may be called from several goroutines.
type Judge struct {
	mu        sync.Mutex
	runtime   wazero.Runtime
	room, ask api.Function
	memory    api.Memory
	failed    error
}

// Refusal is what is wrong with what was asked about, in the words that dorcas has for it.
type Refusal struct{ Text string }

func (r *Refusal) Error() string { return r.Text }

// New makes an instance. The cache may be nil.
func New(ctx context.Context, cache wazero.CompilationCache) (*Judge, error) {
	config := wazero.NewRuntimeConfig()
	if cache != nil {
		config = config.WithCompilationCache(cache)
	}
	j := &Judge{runtime: wazero.NewRuntimeWithConfig(ctx, config)}
	instance, err := j.runtime.Instantiate(ctx, code)
	if err != nil {
		j.runtime.Close(ctx)
		return nil, fmt.Errorf("the judge can't be started: %w", err)
	}
	j.room, j.ask, j.memory = instance.ExportedFunction("room"), instance.ExportedFunction("ask"), instance.Memory()
	return j, nil
}

// Close gives the memory of the instance back.
func (j *Judge) Close() error { return j.runtime.Close(context.Background()) }

// put asks a question, which stands in several parts one behind the other. read gets the answer where it lies.
func (j *Judge) put(number uint32, read func(answer []byte) error, parts ...[]byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failed != nil {
		return j.failed
	}
	broken := func(err error) error {
		j.failed = fmt.Errorf("the judge failed, please report this: %w", err)
		return j.failed
	}
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	if uint64(size) > 1<<30 {
		return fmt.Errorf("%d bytes are more than the judge takes", size)
	}
	ctx := context.Background()
	at, err := j.room.Call(ctx, uint64(size))
	if err != nil {
		return broken(err)
	}
	offset := uint32(at[0])
	for _, part := range parts {
		if !j.memory.Write(offset, part) {
			return broken(errors.New("there is no room"))
		}
		offset += uint32(len(part))
	}
	span, err := j.ask.Call(ctx, uint64(number))
	if err != nil {
		return broken(err)
	}
	answer, ok := j.memory.Read(uint32(span[0]>>32), uint32(span[0]))
	if !ok || len(answer) == 0 {
		return broken(errors.New("there is no answer"))
	}
	if answer[0] != 0 {
		return &Refusal{Text: string(answer[1:])}
	}
	if read == nil {
		return nil
	}
	return read(answer[1:])
}

func number(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }

// Module says whether a module is a guest that may be compiled, with so many pages of memory, and returns what is to be compiled:
// the same with bounds for its tables.
func (j *Judge) Module(wasm []byte, pages uint32) ([]byte, error) {
	var bounded []byte
	err := j.put(module, func(answer []byte) error {
		bounded = append(bounded, answer...)
		return nil
	}, number(pages), wasm)
	return bounded, err
}

// Manifest is a manifest that keeps its clauses.
type Manifest struct {
	judge  *Judge
	number uint32
}

// Manifest says whether a manifest keeps the clauses that bind it, and makes its inputs ready.
func (j *Judge) Manifest(encoded []byte) (*Manifest, error) {
	m := &Manifest{judge: j}
	err := j.put(manifest, func(answer []byte) error {
		m.number = binary.LittleEndian.Uint32(answer)
		return nil
	}, encoded)
	return m, err
}

// Reply says whether the response to a request keeps the clauses that bind it. The response is what stands behind the first byte
// of a reply.
func (m *Manifest) Reply(method string, request, response []byte) error {
	return m.judge.put(reply, nil, number(m.number), number(uint32(len(method))), []byte(method), number(uint32(len(request))),
		request, response)
}

// A Method can be told of files.
type Method uint32

// The methods that can, and Any, for what concerns a quiet guest, whichever method is told.
const (
	Setup Method = iota
	Configure
	Fix
	Generate
	Imports
	Any
)

// A Place is where a file is, seen from the directory that a call is about.
type Place uint32

// The places. Of the root directory Any is asked as Root, setup as Own.
const (
	Own   Place = iota // in the directory itself
	Below              // in one below it
	Above              // in the directory itself, or in one that it is in, but for the root
	Root               // the same of the root
)

// Wants of an input.
const (
	WantName    = 0
	WantContent = 1
	WantMatches = 2
	WantScan    = 3
)

// Choice is the first input that matches a file, and what it wants.
type Choice struct{ Input, Want uint32 }

// None stands for a file that no input matches.
const None = ^uint32(0)

// Choose finds the input that decides about each of some files at a place. No name has a zero byte.
func (m *Manifest) Choose(method Method, place Place, names []string) ([]Choice, error) {
	var text []byte
	for _, name := range names {
		text = append(append(text, name...), 0)
	}
	choices := make([]Choice, 0, len(names))
	err := m.judge.put(choice, func(answer []byte) error {
		for ; len(answer) >= 8; answer = answer[8:] {
			choices = append(choices, Choice{binary.LittleEndian.Uint32(answer), binary.LittleEndian.Uint32(answer[4:])})
		}
		if len(choices) != len(names) {
			return fmt.Errorf("%d names have %d choices", len(names), len(choices))
		}
		return nil
	}, number(m.number), number(4*uint32(method)+uint32(place)), text)
	return choices, err
}

// Matches finds where the expressions of an input match in a text.
func (m *Manifest) Matches(input uint32, text []byte) (abi.FileData, error) {
	var data abi.FileData
	err := m.judge.put(matches, func(answer []byte) error {
		// Texts of what is decoded lie in the bytes.
		return abi.Decode(append([]byte(nil), answer...), &data)
	}, number(m.number), number(input), text)
	return data, err
}

// Places finds the offsets at which these matches begin.
func (m *Manifest) Places(input uint32, text []byte) ([]int, error) {
	var found []int
	err := m.judge.put(places, func(answer []byte) error {
		for ; len(answer) >= 4; answer = answer[4:] {
			found = append(found, int(binary.LittleEndian.Uint32(answer)))
		}
		return nil
	}, number(m.number), number(input), text)
	return found, err
}
