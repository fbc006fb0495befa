// Command wazero measures wazero, for the report of dorcas-benches: it answers orders, a line of JSON each.
//
//	wazero compiler
//	wazero interpreter
//
// What an order means is worded in benches/src/measurement.rs, what is said in benches/src/protocol.rs.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"runtime/debug"
	"time"
	"unicode/utf8"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

type greeting struct {
	Subject string `json:"subject"`
	Version string `json:"version"`
}

type order struct {
	Measure  string `json:"measure"`
	Workload string `json:"workload"`
	Module   string `json:"module"`
	Method   string `json:"method"`
	Request  string `json:"request"`
	Times    int    `json:"times"`
}

type done struct {
	Nanoseconds int64  `json:"nanoseconds"`
	Reply       string `json:"reply"`
}

type reason struct {
	Why string `json:"why"`
}

// Exactly one of the three is there.
type answer struct {
	Done    *done   `json:"done,omitempty"`
	Missing *reason `json:"missing,omitempty"`
	Failed  *reason `json:"failed,omitempty"`
}

var errMissing = errors.New("it calls modules, no more")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "wazero:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	var config func() wazero.RuntimeConfig
	switch {
	case len(arguments) == 1 && arguments[0] == "compiler":
		config = wazero.NewRuntimeConfigCompiler
	case len(arguments) == 1 && arguments[0] == "interpreter":
		config = wazero.NewRuntimeConfigInterpreter
	default:
		return errors.New("usage: wazero compiler|interpreter")
	}
	subject := &subject{config: config, loaded: map[string]*loaded{}}
	say := json.NewEncoder(os.Stdout)
	if err := say.Encode(greeting{"wazero " + arguments[0], version()}); err != nil {
		return err
	}
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		if err := say.Encode(subject.answer(orders.Bytes())); err != nil {
			return err
		}
	}
	return orders.Err()
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/tetratelabs/wazero" {
				return module.Version + ", " + info.GoVersion
			}
		}
	}
	return "unknown"
}

type subject struct {
	config func() wazero.RuntimeConfig
	loaded map[string]*loaded
}

// A module that can be called, with what it was made of.
type loaded struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	*instance
}

type instance struct {
	module   api.Module
	memory   api.Memory
	alloc    api.Function
	free     api.Function
	langName api.Function
	methods  map[string]api.Function
}

func (s *subject) answer(line []byte) answer {
	var order order
	if err := json.Unmarshal(line, &order); err != nil {
		return answer{Failed: &reason{"not an order: " + err.Error()}}
	}
	took, reply, err := s.measure(order)
	switch {
	case errors.Is(err, errMissing):
		return answer{Missing: &reason{err.Error()}}
	case err != nil:
		return answer{Failed: &reason{err.Error()}}
	}
	digest := ""
	if len(reply) > 0 {
		sum := sha256.Sum256(reply)
		digest = hex.EncodeToString(sum[:])
	}
	return answer{Done: &done{took.Nanoseconds(), digest}}
}

func (s *subject) measure(order order) (time.Duration, []byte, error) {
	ctx := context.Background()
	var wasm, request []byte
	var err error
	if order.Module != "" {
		if wasm, err = os.ReadFile(order.Module); err != nil {
			return 0, nil, err
		}
	}
	if order.Request != "" {
		if request, err = os.ReadFile(order.Request); err != nil {
			return 0, nil, err
		}
	}
	switch order.Measure {
	case "runtime_creation":
		return timed(order.Times, func() ([]byte, error) {
			return nil, wazero.NewRuntimeWithConfig(ctx, s.config()).Close(ctx)
		})
	case "module_loading_cold":
		return timed(order.Times, func() ([]byte, error) {
			fresh, err := s.load(ctx, wasm)
			if err != nil {
				return nil, err
			}
			return nil, fresh.runtime.Close(ctx)
		})
	case "module_loading_warm":
		// The first one stays open, as in a program that goes on; what wazero keeps, it keeps as long.
		first, err := s.load(ctx, wasm)
		if err != nil {
			return 0, nil, err
		}
		defer first.runtime.Close(ctx)
		return timed(order.Times, func() ([]byte, error) {
			compiled, err := first.runtime.CompileModule(ctx, wasm)
			if err != nil {
				return nil, err
			}
			again, err := start(ctx, first.runtime, compiled)
			if err != nil {
				return nil, err
			}
			return nil, again.module.Close(ctx)
		})
	}

	if order.Module == "" {
		return 0, nil, errMissing
	}
	it, err := s.get(ctx, order.Workload, wasm)
	if err != nil {
		return 0, nil, err
	}
	switch order.Measure {
	case "simple_call_wasm", "expensive_call_wasm":
		return timed(order.Times, func() ([]byte, error) { return it.exchange(ctx, order.Method, request) })
	case "service_echo":
		return served(order.Times, request, echo, func(message []byte) ([]byte, error) { return it.exchange(ctx, order.Method, message) })
	case "service_work":
		return served(order.Times, request, hash, func(message []byte) ([]byte, error) { return it.exchange(ctx, order.Method, message) })
	case "fresh_instance_call":
		return timed(order.Times, func() ([]byte, error) {
			fresh, err := start(ctx, it.runtime, it.compiled)
			if err != nil {
				return nil, err
			}
			reply, err := fresh.exchange(ctx, order.Method, request)
			if err != nil {
				return nil, err
			}
			return reply, fresh.module.Close(ctx)
		})
	case "instantiation":
		return timed(order.Times, func() ([]byte, error) {
			fresh, err := start(ctx, it.runtime, it.compiled)
			if err != nil {
				return nil, err
			}
			return nil, fresh.module.Close(ctx)
		})
	case "lang_name":
		return timed(order.Times, func() ([]byte, error) {
			ptr, len, err := it.name(ctx)
			if err != nil {
				return nil, err
			}
			view, err := it.read(ptr, len)
			if err != nil {
				return nil, err
			}
			if !utf8.Valid(view) {
				return nil, errors.New("the name is not UTF-8")
			}
			name := string(view)
			return []byte(name), it.give(ctx, ptr, len)
		})
	case "lang_name_call":
		took, _, err := timed(order.Times, func() ([]byte, error) {
			ptr, len, err := it.name(ctx)
			if err != nil {
				return nil, err
			}
			return nil, it.give(ctx, ptr, len)
		})
		if err != nil {
			return 0, nil, err
		}
		name, err := it.nameOnce(ctx)
		return took, name, err
	case "lang_name_read":
		ptr, len, err := it.name(ctx)
		if err != nil {
			return 0, nil, err
		}
		took, name, err := timed(order.Times, func() ([]byte, error) {
			view, err := it.read(ptr, len)
			return append([]byte(nil), view...), err
		})
		if err != nil {
			return 0, nil, err
		}
		return took, name, it.give(ctx, ptr, len)
	}
	return 0, nil, errMissing
}

// timed does something so many times; the last result counts.
func timed(times int, work func() ([]byte, error)) (time.Duration, []byte, error) {
	var last []byte
	started := time.Now()
	for range times {
		result, err := work()
		if err != nil {
			return 0, nil, err
		}
		last = result
	}
	return time.Since(started), last, nil
}

// served calls a service so many times and compares each reply with what its work gives here, as measure in
// benches/src/transport/mod.rs does. The message that was ordered is the last one.
func served(times int, message []byte, work func([]byte) []byte, call func([]byte) ([]byte, error)) (time.Duration, []byte, error) {
	const variants = 4
	var messages, replies [variants][]byte
	for variant := range messages {
		messages[variant] = bytes.Clone(message)
		messages[variant][0] ^= byte(variant)
		replies[variant] = work(messages[variant])
	}
	left := times
	return timed(times, func() ([]byte, error) {
		left--
		reply, err := call(messages[left%variants])
		if err == nil && !bytes.Equal(reply, replies[left%variants]) {
			err = fmt.Errorf("the reply to %d bytes is another", len(message))
		}
		return reply, err
	})
}

func echo(message []byte) []byte { return message }

// hash is the message and behind it its FNV-1a of 64 bits.
func hash(message []byte) []byte {
	sum := fnv.New64a()
	sum.Write(message)
	return binary.LittleEndian.AppendUint64(bytes.Clone(message), sum.Sum64())
}

func (s *subject) get(ctx context.Context, workload string, wasm []byte) (*loaded, error) {
	if it, ok := s.loaded[workload]; ok {
		return it, nil
	}
	it, err := s.load(ctx, wasm)
	if err == nil {
		s.loaded[workload] = it
	}
	return it, err
}

func (s *subject) load(ctx context.Context, wasm []byte) (*loaded, error) {
	runtime := wazero.NewRuntimeWithConfig(ctx, s.config())
	compiled, err := runtime.CompileModule(ctx, wasm)
	if err != nil {
		return nil, err
	}
	instance, err := start(ctx, runtime, compiled)
	if err != nil {
		return nil, err
	}
	return &loaded{runtime, compiled, instance}, nil
}

func start(ctx context.Context, runtime wazero.Runtime, compiled wazero.CompiledModule) (*instance, error) {
	// Without a name, so that there can be several.
	module, err := runtime.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize"))
	if err != nil {
		return nil, err
	}
	methods := map[string]api.Function{}
	for _, name := range []string{"generate_rules", "manifest", "configure", "fix", "imports", "resolve", "find"} {
		if function := module.ExportedFunction(name); function != nil {
			methods[name] = function
		}
	}
	it := &instance{
		module:   module,
		memory:   module.ExportedMemory("memory"),
		alloc:    module.ExportedFunction("alloc"),
		free:     module.ExportedFunction("free"),
		langName: module.ExportedFunction("lang_name"),
		methods:  methods,
	}
	if it.memory == nil || it.alloc == nil || it.free == nil || it.langName == nil {
		return nil, errors.New("an export is missing")
	}
	return it, nil
}

func (i *instance) exchange(ctx context.Context, method string, request []byte) ([]byte, error) {
	function, ok := i.methods[method]
	if !ok {
		return nil, fmt.Errorf("no export %s", method)
	}
	var stack [2]uint64
	stack[0] = uint64(len(request))
	if err := i.alloc.CallWithStack(ctx, stack[:1]); err != nil {
		return nil, err
	}
	ptr, size := uint32(stack[0]), uint32(len(request))
	if !i.memory.Write(ptr, request) {
		return nil, errors.New("outside the memory")
	}
	stack[0], stack[1] = uint64(ptr), uint64(size)
	if err := function.CallWithStack(ctx, stack[:]); err != nil {
		return nil, err
	}
	result, length := uint32(stack[0]>>32), uint32(stack[0])
	view, err := i.read(result, length)
	if err != nil {
		return nil, err
	}
	reply := append([]byte(nil), view...)
	if err := i.give(ctx, ptr, size); err != nil {
		return nil, err
	}
	return reply, i.give(ctx, result, length)
}

func (i *instance) name(ctx context.Context) (uint32, uint32, error) {
	var stack [1]uint64
	err := i.langName.CallWithStack(ctx, stack[:])
	return uint32(stack[0] >> 32), uint32(stack[0]), err
}

func (i *instance) nameOnce(ctx context.Context) ([]byte, error) {
	ptr, len, err := i.name(ctx)
	if err != nil {
		return nil, err
	}
	view, err := i.read(ptr, len)
	if err != nil {
		return nil, err
	}
	name := append([]byte(nil), view...)
	return name, i.give(ctx, ptr, len)
}

func (i *instance) read(ptr, len uint32) ([]byte, error) {
	view, ok := i.memory.Read(ptr, len)
	if !ok {
		return nil, errors.New("outside the memory")
	}
	return view, nil
}

func (i *instance) give(ctx context.Context, ptr, len uint32) error {
	stack := [2]uint64{uint64(ptr), uint64(len)}
	return i.free.CallWithStack(ctx, stack[:])
}
