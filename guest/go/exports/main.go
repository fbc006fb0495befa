// Functions that a host calls by their own names, in a Go program that stays alive between the calls: what the proposal of
// go:wasmexport is about. It is no language for Gazelle. host/examples/go_exports calls it.
package main

import (
	"os"
	"runtime"
	"time"
	"unsafe"
)

func main() {}

var (
	events chan int32
	done   chan int32
	sum    int32
)

// begin starts a goroutine that takes events until there are no more. It is parked on the channel whenever a call returns.
func begin(buffer int32) {
	events, done, sum = make(chan int32, buffer), make(chan int32), 0
	go func() {
		for event := range events {
			sum += event
		}
		done <- sum
	}()
}

//go:wasmexport start
func start() { begin(0) }

// process_a hands an event over. How many of those before it are in the sum by now is the scheduler's business.
//
//go:wasmexport process_a
func processA(event int32) int32 {
	events <- event
	return sum
}

// stop closes the channel, waits for the goroutine to have taken everything, and returns the sum.
//
//go:wasmexport stop
func stop() int32 {
	close(events)
	return <-done
}

// start_buffered is start with a channel that holds events: nothing runs while no call does, so that they wait there.
//
//go:wasmexport start_buffered
func startBuffered(buffer int32) { begin(buffer) }

// drain lets the goroutine run until it has taken everything.
//
//go:wasmexport drain
func drain() int32 {
	for len(events) > 0 {
		runtime.Gosched()
	}
	runtime.Gosched()
	return sum
}

//go:wasmexport add
func add(a, b int32) int32 { return a + b }

//go:wasmexport mix
func mix(a int64, b float64, c float32) float64 { return float64(a) + b + float64(c) }

// deadlock waits for what nobody sends.
//
//go:wasmexport deadlock
func deadlock() { <-make(chan int) }

//go:wasmexport do_panic
func doPanic() { panic("out of order") }

// recover_nil survives a fault of its own.
//
//go:wasmexport recover_nil
func recoverNil() (result int32) {
	defer func() {
		if recover() != nil {
			result = 7
		}
	}()
	var nothing *int32
	return *nothing
}

//go:wasmexport exit
func exit(status int32) { os.Exit(int(status)) }

// sleep_ms sleeps, and says how long by its own clock.
//
//go:wasmexport sleep_ms
func sleepMs(ms int32) int64 {
	before := time.Now()
	time.Sleep(time.Duration(ms) * time.Millisecond)
	return time.Since(before).Milliseconds()
}

// map_order is a number for the order in which a map is gone through, which Go makes up at random.
//
//go:wasmexport map_order
func mapOrder() int64 {
	numbers := map[int64]bool{}
	for number := range int64(12) {
		numbers[number] = true
	}
	var order int64
	for number := range numbers {
		order = order*13 + number
	}
	return order
}

// pinned keeps what the host has an address of.
var pinned = map[uint32][]byte{}

func pin(bytes []byte) uint32 {
	address := uint32(uintptr(unsafe.Pointer(unsafe.SliceData(bytes))))
	pinned[address] = bytes
	return address
}

// alloc makes room for a host that is about to pass bytes.
//
//go:wasmexport alloc
func alloc(length uint32) uint32 { return pin(make([]byte, max(length, 1))) }

//go:wasmexport free
func free(address uint32) { delete(pinned, address) }

// take_string sums up a string's bytes. The host passes its address and length.
//
//go:wasmexport take_string
func takeString(text string) int32 {
	var sum int32
	for _, letter := range []byte(text) {
		sum += int32(letter)
	}
	return sum
}

// give_bytes returns so many bytes, 0, 1, 2 and on: their address in the low half, their length in the high one. They are the
// host's until it calls free.
//
//go:wasmexport give_bytes
func giveBytes(length int32) uint64 {
	bytes := make([]byte, max(length, 1))
	for i := range bytes {
		bytes[i] = byte(i)
	}
	return uint64(pin(bytes)) | uint64(length)<<32
}

type node struct{ left, right *node }

func tree(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{tree(depth - 1), tree(depth - 1)}
}

// collect makes garbage and has it collected, again and again.
//
//go:wasmexport collect
func collect(times int32) int32 {
	kept := tree(12)
	for range times {
		tree(10)
		runtime.GC()
	}
	runtime.KeepAlive(kept)
	return times
}

//go:wasmimport env notify
func notify(value int32) int32

// call_host asks the host, and answers.
//
//go:wasmexport call_host
func callHost(value int32) int32 { return notify(value) + 1 }
