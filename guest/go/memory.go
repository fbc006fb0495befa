package dorcas

import (
	"runtime"
	"slices"
	"unsafe"
)

// Buffers that cross the boundary lie in here, and nothing else does. A fixed piece of memory, because Go's runtime ends
// the program where its own memory can't grow, and alloc has to return 0 then. Pages that nobody touches cost a host
// nothing.
var crossing [RoomBytes]byte

// RoomBytes is the room for requests and replies together that are live at the same time.
const RoomBytes = 12 << 20

var room = extents{{0, RoomBytes}}

//go:wasmexport dorcas_abi_v1
func abiVersion() {}

//go:wasmexport alloc
func alloc(size uint32) uint32 {
	start, ok := room.take(size)
	if !ok {
		return 0
	}
	return address(&crossing[0]) + start
}

//go:wasmexport free
func free(ptr, size uint32) {
	// Constant texts are lent too: there is nothing to free.
	if start := ptr - address(&crossing[0]); start < RoomBytes {
		room.give(start, size)
	}
}

// lend hands a copy of the bytes over to the host: address above, length below.
func lend(bytes []byte) int64 {
	start, ok := room.take(uint32(len(bytes)))
	if !ok {
		return lendText("\x01\x03\x1dno room for the reply's bytes")
	}
	copy(crossing[start:], bytes)
	return pack(&crossing[start], len(bytes))
}

// lendText hands over a text that stays where it is.
func lendText(text string) int64 { return pack(unsafe.StringData(text), len(text)) }

func pack(start *byte, size int) int64 { return int64(uint64(address(start))<<32 | uint64(size)) }

func address(b *byte) uint32 { return uint32(uintptr(unsafe.Pointer(b))) }

// extents are the pieces that are free, by their start. No two of them touch.
type extents []extent

type extent struct{ start, size uint32 }

// Buffers begin at multiples of this, so that their ends leave no crumbs.
const grain = 16

func rounded(size uint32) uint32 { return (max(size, 1) + grain - 1) &^ (grain - 1) }

// take finds the first piece that is large enough.
func (e *extents) take(size uint32) (start uint32, ok bool) {
	if size > RoomBytes {
		return 0, false
	}
	size = rounded(size)
	for i, piece := range *e {
		if piece.size >= size {
			if piece.size == size {
				*e = slices.Delete(*e, i, i+1)
			} else {
				(*e)[i] = extent{piece.start + size, piece.size - size}
			}
			return piece.start, true
		}
	}
	return 0, false
}

// give takes a piece back and joins it with its neighbours.
func (e *extents) give(start, size uint32) {
	size = rounded(size)
	i, _ := slices.BinarySearchFunc(*e, start, func(piece extent, start uint32) int {
		return int(int64(piece.start) - int64(start))
	})
	*e = slices.Insert(*e, i, extent{start, size})
	if i+1 < len(*e) && start+size == (*e)[i+1].start {
		(*e)[i].size += (*e)[i+1].size
		*e = slices.Delete(*e, i+1, i+2)
	}
	if i > 0 && (*e)[i-1].start+(*e)[i-1].size == start {
		(*e)[i-1].size += (*e)[i].size
		*e = slices.Delete(*e, i, i+1)
	}
}

// Settle makes Go's heap as large as it grows between collections, and leaves it empty. Called in an init function of package
// main, it keeps memory from growing in calls, which would be later than a host expects (mem.steady). It takes some hundred
// milliseconds, so that it is for guests of which `dorcas seal --snapshot` keeps what initialisation has left.
func Settle() {
	// The runtime keeps lists by size, by whether there are pointers, and by the parity of the collection, and what it notes
	// in them is memory that never comes back. So there are objects of all sizes, some left over from the collection before.
	for range 4 {
		before := settled
		settled = nil
		for size := 8; size <= largestClass; size += max(8, size/8) {
			for range 2 {
				settled = append(settled, make([]byte, size), make([]*byte, size/8))
			}
		}
		runtime.GC()
		runtime.KeepAlive(before)
	}
	// As much as there is between two collections.
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	for left := int64(stats.NextGC - stats.HeapAlloc); left > 0; left -= settledPiece {
		settled = append(settled, make([]byte, settledPiece))
	}
	settled = nil
	runtime.GC()
}

const settledPiece = 4096

// The largest size that has a list of its own: a larger object is a piece of the heap.
const largestClass = 32768

// A variable, so that the compiler doesn't leave it out.
var settled []any
