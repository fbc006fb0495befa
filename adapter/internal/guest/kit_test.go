package guest

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"dorcas.dev/adapter/internal/abi"
	"dorcas.dev/adapter/internal/judge"
)

// The kit for hosts, which `cargo run -p dorcas-conformance --example kit` writes.
type entry struct {
	Name, Module, Load string
	Breaks             []string
	Calls              []struct{ Method, Request, Outcome, Response string }
}

var limits = Limits{MemoryBytes: 64 << 20, LoadTime: 30 * time.Second, Time: 2 * time.Second, RequestBytes: 16 << 20, ReplyBytes: 8 << 20}

func newJudge(t *testing.T) *judge.Judge {
	t.Helper()
	j, err := judge.New(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

var clauseAtEnd = regexp.MustCompile(`\(([a-z_]+\.[a-z0-9-]+)\)`)

// outcome is an error in the words of the kit.
func outcome(err error) string {
	text := err.Error()
	if found := clauseAtEnd.FindAllStringSubmatch(text, -1); found != nil {
		return found[len(found)-1][1]
	}
	switch {
	case strings.Contains(text, "the guest answers with error"):
		return "error"
	case strings.Contains(text, " longer than "), strings.Contains(text, "has no room for"), strings.Contains(text, "the limit is"),
		strings.Contains(text, "stack overflow"):
		return "limit"
	}
	if strings.Contains(text, "did not return") {
		return "trap"
	}
	return "refused"
}

// same says whether two hosts mean the same. Where the kit has no verdict, one by a clause that the guest is known to break is
// right; and a module that can't be instantiated traps, for an engine that doesn't say why.
func same(kit, here string, breaks []string) bool {
	switch {
	case kit == here:
		return true
	case kit == "loads" || kit == "reply":
		return slices.Contains(breaks, here)
	case kit == "refused":
		return here != "loads"
	case kit == "module.instantiates":
		return here == "trap"
	case kit == "result.packing":
		// Only a guess at what is behind the other tells them apart.
		return slices.Contains([]string{"result.bounds", "result.own-buffer", "lang_name.form"}, here)
	}
	return false
}

func TestKit(t *testing.T) {
	dir := os.Getenv("DORCAS_KIT")
	if dir == "" {
		t.Skip("DORCAS_KIT names no folder: cargo run -p dorcas-conformance --example kit -- DIR")
	}
	text, err := os.ReadFile(filepath.Join(dir, "kit.json"))
	if err != nil {
		t.Fatal(err)
	}
	var kit []entry
	if err := json.Unmarshal(text, &kit); err != nil || len(kit) < 100 {
		t.Fatalf("%d guests, %v", len(kit), err)
	}
	j := newJudge(t)
	for _, e := range kit {
		t.Run(e.Name, func(t *testing.T) {
			wasm, err := os.ReadFile(filepath.Join(dir, e.Module))
			if err != nil {
				t.Fatal(err)
			}
			g, err := Load(context.Background(), wasm, limits, j, nil)
			got := "loads"
			if err != nil {
				got = outcome(err)
			} else {
				defer g.Close()
			}
			if !same(e.Load, got, e.Breaks) {
				t.Fatalf("load: %s is wanted, and not %s: %v", e.Load, got, err)
			}
			if err != nil {
				return
			}
			for _, c := range e.Calls {
				request, err := hex.DecodeString(c.Request)
				if err != nil {
					t.Fatal(err)
				}
				// The kit's calls are each made in a fresh instance.
				g.drop(nil)
				g.dead = nil
				response, err := answer(g, c.Method, request)
				got := "reply"
				if err != nil {
					got = outcome(err)
				}
				if !same(c.Outcome, got, e.Breaks) {
					t.Errorf("%s: %s is wanted, and not %s: %v", c.Method, c.Outcome, got, err)
				} else if err == nil && c.Outcome == "reply" && response != c.Response {
					t.Errorf("%s: the response is %s and not %s", c.Method, response, c.Response)
				}
			}
		})
	}
}

// answer makes a call with a request as the kit has it.
func answer(g *Guest, method string, request []byte) (string, error) {
	hexed := func(message any, err error) (string, error) {
		if err != nil {
			return "", err
		}
		encoded, err := abi.Encode(message)
		return hex.EncodeToString(encoded), err
	}
	switch method {
	case "setup":
		return hexed(call[abi.SetupRequest, abi.Catalogue](g, request))
	case "scan":
		return hexed(call[abi.ScanRequest, abi.ScanResponse](g, request))
	case "finish":
		return hexed(call[abi.FinishRequest, abi.FinishResponse](g, request))
	case "configure":
		return hexed(call[abi.ConfigureRequest, abi.ConfigureResponse](g, request))
	case "fix":
		return hexed(call[abi.FixRequest, abi.FixResponse](g, request))
	case "generate_rules":
		return hexed(call[abi.GenerateRequest, abi.GenerateResponse](g, request))
	case "imports":
		return hexed(call[abi.ImportsRequest, abi.ImportsResponse](g, request))
	case "resolve":
		return hexed(call[abi.ResolveRequest, abi.ResolveResponse](g, request))
	case "find":
		return hexed(call[abi.FindRequest, abi.FindResponse](g, request))
	}
	panic("the kit has a method that is unknown here: " + method)
}

func call[Q, R any, P request[Q, R]](g *Guest, encoded []byte) (*R, error) {
	var q Q
	var r R
	if err := abi.Decode(encoded, &q); err != nil {
		return nil, err
	}
	return &r, Call[Q, R, P](g, &q, &r)
}

// The hostile modules of host/tests/attacks: those that are refused are refused by the same code before anything is compiled,
// and the others end.
func TestAttacks(t *testing.T) {
	dir := os.Getenv("DORCAS_ATTACKS")
	if dir == "" {
		t.Skip("DORCAS_ATTACKS names no folder: DORCAS_ATTACKS=DIR cargo test --workspace --test attacks")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.wasm"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d modules, %v", len(files), err)
	}
	j := newJudge(t)
	for _, file := range files {
		t.Run(filepath.Base(file)[:16], func(t *testing.T) {
			wasm, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			g, err := Load(context.Background(), wasm, limits, j, nil)
			runtime.ReadMemStats(&after)
			said := "loads"
			if err != nil {
				said = cut(err.Error())
			}
			t.Logf("%d bytes, load %v, %d MiB allocated: %s", len(wasm), time.Since(began).Round(time.Millisecond),
				(after.TotalAlloc-before.TotalAlloc)>>20, said)
			if strings.HasPrefix(filepath.Base(file), "refused-") {
				if err == nil {
					t.Error("it loads")
				}
				return
			}
			if err != nil {
				// Some bounds are lower here than in dorcas, which loads it.
				if outcome(err) != "limit" {
					t.Fatal(err)
				}
				return
			}
			defer g.Close()
			began = time.Now()
			var response abi.GenerateResponse
			err = Call(g, &abi.GenerateRequest{}, &response)
			t.Logf("call %v: %v", time.Since(began).Round(time.Millisecond), err)
		})
	}
}
