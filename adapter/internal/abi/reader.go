// Code generated from guest/go by `cargo run -p dorcas-generate`. DO NOT EDIT.

package abi

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf8"
	"unsafe"
)

// Decode reads one message, a pointer to which is given. Texts and bytes of the message lie in data, which must not
// change any more.
func Decode(data []byte, message any) error {
	read, _ := codecOf(message)
	if read == nil {
		panic("dorcas: not a message of the ABI")
	}
	if fault := decode(data, read); fault != nil {
		return fault
	}
	return nil
}

func decode(data []byte, read func(*reader) *Fault) *Fault {
	if len(data) > MaxMessageBytes {
		return &Fault{Clause: "wire.size", what: "message of " + strconv.Itoa(len(data)) + " bytes exceeds the limit of " +
			strconv.Itoa(MaxMessageBytes)}
	}
	r := reader{data: data}
	if fault := read(&r); fault != nil {
		return fault
	}
	if left := len(data) - r.pos; left > 0 {
		return r.fault("wire.exact", strconv.Itoa(left)+" bytes are left over")
	}
	return nil
}

// reader reads from left to right and checks each value as it comes.
type reader struct {
	data  []byte
	pos   int
	items int
}

//go:noinline
func (r *reader) fault(clause, what string) *Fault {
	return &Fault{Clause: clause, Offset: r.pos, what: what}
}

// In WebAssembly, Go's jumps are loops around whole functions. So the functions on the way of each value are small, and what is
// rare is in functions of its own.

// varint reads a number of so many bits in its shortest form.
func (r *reader) varint(bits uint) (uint64, *Fault) {
	if pos := r.pos; pos < len(r.data) && r.data[pos] < 0x80 {
		r.pos = pos + 1
		return uint64(r.data[pos]), nil
	}
	return r.longVarint(bits)
}

//go:noinline
func (r *reader) longVarint(bits uint) (uint64, *Fault) {
	var value uint64
	for pos, shift := r.pos, uint(0); ; pos, shift = pos+1, shift+7 {
		if shift >= bits {
			return 0, r.fault("wire.canonical", "varint is out of range for "+strconv.Itoa(int(bits))+" bits")
		}
		if pos >= len(r.data) {
			r.pos = pos
			return 0, r.ended()
		}
		b := r.data[pos]
		low := uint64(b & 0x7f)
		if bits-shift < 7 && low>>(bits-shift) != 0 {
			return 0, r.fault("wire.canonical", "varint is out of range for "+strconv.Itoa(int(bits))+" bits")
		}
		value |= low << shift
		if b < 0x80 {
			if b == 0 && shift > 0 {
				return 0, r.fault("wire.canonical", "varint is not in its shortest form")
			}
			r.pos = pos + 1
			return value, nil
		}
	}
}

//go:noinline
func (r *reader) ended() *Fault {
	return r.fault("wire.exact", "message ends here, 1 more bytes were expected")
}

// length reads a count, and compares it with the bytes that are left.
func (r *reader) length(least int) (int, *Fault) {
	begin := r.pos
	n, fault := r.varint(32)
	if fault != nil {
		return 0, fault
	}
	if n*uint64(least) > uint64(len(r.data)-r.pos) {
		return 0, r.noRoom(begin, n, least)
	}
	return int(n), nil
}

//go:noinline
func (r *reader) noRoom(begin int, count uint64, least int) *Fault {
	need, left := count*uint64(least), uint64(len(r.data)-r.pos)
	r.pos = begin
	return r.fault("wire.length", "length "+strconv.FormatUint(count, 10)+" needs at least "+
		strconv.FormatUint(need, 10)+" bytes, "+strconv.FormatUint(left, 10)+" are left")
}

// tag reads the number of a variant.
func (r *reader) tag(name string, variants uint32) (uint32, *Fault) {
	begin := r.pos
	n, fault := r.varint(32)
	if fault == nil && n >= uint64(variants) {
		fault = r.noVariant(begin, name, variants, n)
	}
	return uint32(n), fault
}

//go:noinline
func (r *reader) noVariant(begin int, name string, variants uint32, got uint64) *Fault {
	r.pos = begin
	return r.fault("wire.closed", unknownVariant(name, variants, got))
}

func unknownVariant(name string, variants uint32, got uint64) string {
	return "`" + name + "` has " + strconv.Itoa(int(variants)) + " variants, 0 to " + strconv.Itoa(int(variants-1)) +
		", got " + strconv.FormatUint(got, 10)
}

func readU32(r *reader, v *uint32) *Fault {
	n, fault := r.varint(32)
	*v = uint32(n)
	return fault
}

func readI64(r *reader, v *int64) *Fault {
	n, fault := r.varint(64)
	*v = int64(n>>1) ^ -int64(n&1)
	return fault
}

func readBool(r *reader, v *bool) *Fault {
	if r.pos >= len(r.data) {
		return r.ended()
	}
	b := r.data[r.pos]
	if b > 1 {
		return r.noBool(b)
	}
	r.pos++
	*v = b == 1
	return nil
}

//go:noinline
func (r *reader) noBool(b byte) *Fault {
	const digits = "0123456789abcdef"
	return r.fault("wire.bool", "expected 00 or 01, got "+string([]byte{digits[b>>4], digits[b&15]}))
}

//go:noinline
func readBytes(r *reader, v *[]byte) *Fault {
	n, fault := r.length(1)
	if fault != nil {
		return fault
	}
	end := r.pos + n
	// Whoever appends to it gets a copy.
	*v = r.data[r.pos:end:end]
	r.pos = end
	return nil
}

//go:noinline
func readText(r *reader, v *string) *Fault {
	n, fault := r.length(1)
	if fault != nil {
		return fault
	}
	bytes := r.data[r.pos : r.pos+n]
	r.pos += n
	if !ascii(bytes) {
		if fault := r.utf8(bytes); fault != nil {
			return fault
		}
	}
	*v = unsafe.String(unsafe.SliceData(bytes), n)
	return nil
}

//go:noinline
func ascii(bytes []byte) bool {
	for len(bytes) >= 8 {
		if binary.LittleEndian.Uint64(bytes)&0x8080808080808080 != 0 {
			return false
		}
		bytes = bytes[8:]
	}
	var all byte
	for _, b := range bytes {
		all |= b
	}
	return all < 0x80
}

// utf8 checks the bytes in front of the reader, and goes to the first wrong one.
//
//go:noinline
func (r *reader) utf8(bytes []byte) *Fault {
	if utf8.Valid(bytes) {
		return nil
	}
	at := 0
	for {
		char, size := utf8.DecodeRune(bytes[at:])
		if char == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	r.pos -= len(bytes) - at
	return r.fault("wire.utf8", "text is not UTF-8")
}

func readNonEmpty(r *reader, v *string) *Fault {
	begin := r.pos
	fault := readText(r, v)
	if fault == nil && *v == "" {
		r.pos = begin
		fault = r.fault("wire.non-empty", "text is empty")
	}
	return fault
}

func readOption[T any](r *reader, v **T, one func(*reader, *T) *Fault) *Fault {
	var some bool
	if fault := readBool(r, &some); fault != nil || !some {
		return fault
	}
	*v = new(T)
	return one(r, *v)
}

// readOptionalBytes has nil for none, and something else for no bytes.
func readOptionalBytes(r *reader, v *[]byte) *Fault {
	var some bool
	if fault := readBool(r, &some); fault != nil || !some {
		return fault
	}
	return readBytes(r, v)
}

func readList[T any](r *reader, v *[]T, least, key int, one func(*reader, *T) *Fault) *Fault {
	n, fault := r.listLength(least)
	if fault != nil || n == 0 {
		return fault
	}
	// A byte of the message can be many here: what is allocated follows what was read.
	const first = 1024
	list := make([]T, min(n, first))
	before := 0
	for i := 0; i < n; i++ {
		if i == len(list) {
			list = longer(list, n)
		}
		at := r.pos
		if fault := one(r, &list[i]); fault != nil {
			return fault.at(i)
		}
		if key > 0 {
			if fault := r.risen(before, at, key, i); fault != nil {
				return fault
			}
			before = at
		}
	}
	*v = list
	return nil
}

// listLength reads the number of items, which counts for the message.
//
//go:noinline
func (r *reader) listLength(least int) (int, *Fault) {
	begin := r.pos
	n, fault := r.length(least)
	if fault != nil {
		return 0, fault
	}
	if r.items += n; r.items > MaxMessageItems {
		r.pos = begin
		return 0, r.fault("wire.size", tooManyItems(n))
	}
	return n, nil
}

//go:noinline
func longer[T any](list []T, most int) []T {
	return append(list, make([]T, min(len(list), most-len(list)))...)
}

func tooManyItems(n int) string {
	return "list of " + strconv.Itoa(n) + " items brings the message over the limit of " + strconv.Itoa(MaxMessageItems) + " items"
}

// risen compares an item with the one before.
//
//go:noinline
func (r *reader) risen(before, at, key, index int) *Fault {
	if index == 0 {
		return nil
	}
	if fault := rising(r.data, before, at, key); fault != nil {
		return fault.at(index)
	}
	return nil
}

// rising compares the first texts of two items that lie in data at a and b.
//
//go:noinline
func rising(data []byte, a, b, key int) *Fault {
	first, second := reader{data: data, pos: a}, reader{data: data, pos: b}
	for range key {
		var x, y []byte
		// Both have been read, or written, without a fault.
		readBytes(&first, &x)
		readBytes(&second, &y)
		switch order := bytes.Compare(x, y); {
		case order < 0:
			return nil
		case order > 0:
			return &Fault{Clause: "wire.sorted", Offset: b, what: "item sorts before the one in front of it"}
		}
	}
	return &Fault{Clause: "wire.sorted", Offset: b, what: "item has the same key as the one in front of it"}
}
