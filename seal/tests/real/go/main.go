// A guest in stock Go, without an SDK: its answer is an error that tells what it saw of its surroundings.
package main

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unsafe"
)

//go:wasmimport dorcas_seal mount
func mount(table unsafe.Pointer, count uint32) uint32

// What crosses stays where it is as long as it is here.
var live = map[uint32][]byte{}

func give(bytes []byte) uint64 {
	at := uint32(uintptr(unsafe.Pointer(unsafe.SliceData(bytes))))
	live[at] = bytes
	return uint64(at)<<32 | uint64(len(bytes))
}

//go:wasmexport dorcas_abi_v1
func marker() {}

//go:wasmexport alloc
func alloc(n uint32) uint32 { return uint32(give(make([]byte, max(n, 1))) >> 32) }

//go:wasmexport free
func free(at, n uint32) { delete(live, at) }

//go:wasmexport lang_name
func langName() uint64 { return give([]byte("stock_go")) }

//go:wasmexport generate_rules
func generate(at, n uint32) uint64 {
	text := see(string(live[at][:n]))
	reply := []byte{1, 0xe8, 7}
	length := len(text)
	for ; length >= 128; length >>= 7 {
		reply = append(reply, byte(length)|128)
	}
	return give(append(append(reply, byte(length)), text...))
}

type record struct{ path, pathLen, content, contentLen uint32 }

var mounted any

func address(text string) uint32 { return uint32(uintptr(unsafe.Pointer(unsafe.StringData(text)))) }

func see(request string) string {
	fmt.Println("a call")
	switch {
	case strings.Contains(request, "panic"):
		panic("as requested")
	case strings.Contains(request, "exit"):
		os.Exit(3)
	case strings.Contains(request, "deadlock"):
		select {}
	}
	files := []string{"cmd/main.go", "package main", "empty/", "", "go.mod", strings.Repeat("x", 5000)}
	var table []record
	for i := 0; i < len(files); i += 2 {
		table = append(table, record{address(files[i]), uint32(len(files[i])), address(files[i+1]), uint32(len(files[i+1]))})
	}
	mounted = []any{table, files}

	var seen strings.Builder
	fmt.Fprintf(&seen, "mounted: %d\n", mount(unsafe.Pointer(&table[0]), uint32(len(table))))
	fmt.Fprintf(&seen, "arguments %q, environment %q\n", os.Args, os.Environ())
	filepath.WalkDir("/", func(path string, entry fs.DirEntry, err error) error {
		info, statErr := entry.Info()
		fmt.Fprintln(&seen, path, entry.IsDir(), info.Size(), err, statErr)
		return nil
	})
	for _, name := range []string{"cmd/main.go", "/cmd/../go.mod", "nowhere"} {
		content, err := os.ReadFile(name)
		fmt.Fprintf(&seen, "%s: %.20q %v\n", name, content, err)
	}
	fmt.Fprintln(&seen, os.WriteFile("new", nil, 0o666), os.Remove("go.mod"), os.MkdirAll("cmd/new", 0o777))

	some := make([]byte, 8)
	rand.Read(some)
	fmt.Fprintf(&seen, "random %x, now %s", some, time.Now().UTC().Format(time.RFC3339))
	time.Sleep(time.Hour)
	// Rounded: how often the runtime looks at the clock differs from call to call.
	fmt.Fprintf(&seen, ", an hour later %s\n", time.Now().UTC().Round(time.Second).Format(time.RFC3339))
	done := make(chan string)
	go func() { time.Sleep(time.Second); done <- "in time" }()
	select {
	case said := <-done:
		fmt.Fprintln(&seen, said)
	case <-time.After(time.Minute):
		fmt.Fprintln(&seen, "too late")
	}
	set := map[int]bool{}
	for i := range 20 {
		set[i] = true
	}
	// Printed in order: Go shuffles what it ranges over, differently from call to call.
	fmt.Fprint(&seen, set)
	return seen.String()
}

func main() {}
