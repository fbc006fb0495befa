// Code generated from guest/go by `cargo run -p dorcas-generate`. DO NOT EDIT.

package abi

import (
	"slices"
	"strconv"
	"unicode/utf8"
	"unsafe"
)

// Encode writes one message, a pointer to which is given.
func Encode(message any) ([]byte, error) {
	_, write := codecOf(message)
	if write == nil {
		panic("dorcas: not a message of the ABI")
	}
	var w writer
	if fault := encode(&w, write); fault != nil {
		return nil, fault
	}
	return w.out, nil
}

func encode(w *writer, write func(*writer) *Fault) *Fault {
	if fault := write(w); fault != nil {
		return fault
	}
	if len(w.out) > MaxMessageBytes {
		return &Fault{Clause: "wire.size", what: "message of " + strconv.Itoa(len(w.out)) + " bytes exceeds the limit of " +
			strconv.Itoa(MaxMessageBytes)}
	}
	return nil
}

// writer refuses what a reader would.
type writer struct {
	out   []byte
	items int
}

//go:noinline
func (w *writer) fault(clause, what string) *Fault {
	return &Fault{Clause: clause, Offset: len(w.out), what: what}
}

func (w *writer) varint(n uint64) {
	if n < 0x80 {
		w.byte(byte(n))
	} else {
		w.longVarint(n)
	}
}

//go:noinline
func (w *writer) longVarint(n uint64) {
	for n >= 0x80 {
		w.byte(byte(n) | 0x80)
		n >>= 7
	}
	w.byte(byte(n))
}

//go:noinline
func (w *writer) byte(b byte) {
	if len(w.out) == cap(w.out) {
		w.grow(1)
	}
	w.out = append(w.out, b)
}

//go:noinline
func (w *writer) grow(more int) {
	w.out = slices.Grow(w.out, max(more, len(w.out), 512))
}

func (w *writer) tag(name string, tag, variants uint32) *Fault {
	if tag >= variants {
		return w.fault("wire.closed", unknownVariant(name, variants, uint64(tag)))
	}
	w.varint(uint64(tag))
	return nil
}

// none is about a variant that is nil.
func (w *writer) none(name string) *Fault {
	return w.fault("wire.closed", "a `"+name+"` is needed, got nil")
}

func writeU32(w *writer, v *uint32) *Fault {
	w.varint(uint64(*v))
	return nil
}

func writeI64(w *writer, v *int64) *Fault {
	w.varint(uint64(*v<<1) ^ uint64(*v>>63))
	return nil
}

func writeBool(w *writer, v *bool) *Fault {
	if *v {
		w.byte(1)
	} else {
		w.byte(0)
	}
	return nil
}

func writeBytes(w *writer, v *[]byte) *Fault {
	return w.run(unsafe.String(unsafe.SliceData(*v), len(*v)))
}

//go:noinline
func writeText(w *writer, v *string) *Fault {
	if !ascii(unsafe.Slice(unsafe.StringData(*v), len(*v))) && !utf8.ValidString(*v) {
		return w.fault("wire.utf8", "text is not UTF-8")
	}
	return w.run(*v)
}

// run writes a length and so many bytes.
//
//go:noinline
func (w *writer) run(bytes string) *Fault {
	if len(bytes) > MaxMessageBytes {
		return w.fault("wire.size", strconv.Itoa(len(bytes))+" bytes are more than the "+strconv.Itoa(MaxMessageBytes)+" of a message")
	}
	w.varint(uint64(len(bytes)))
	if cap(w.out)-len(w.out) < len(bytes) {
		w.grow(len(bytes))
	}
	w.out = append(w.out, bytes...)
	return nil
}

func writeNonEmpty(w *writer, v *string) *Fault {
	if *v == "" {
		return w.fault("wire.non-empty", "text is empty")
	}
	return writeText(w, v)
}

func writeOption[T any](w *writer, v **T, one func(*writer, *T) *Fault) *Fault {
	some := *v != nil
	writeBool(w, &some)
	if !some {
		return nil
	}
	return one(w, *v)
}

func writeOptionalBytes(w *writer, v *[]byte) *Fault {
	some := *v != nil
	writeBool(w, &some)
	if !some {
		return nil
	}
	return writeBytes(w, v)
}

func writeList[T any](w *writer, v *[]T, _, key int, one func(*writer, *T) *Fault) *Fault {
	list := *v
	if fault := w.length(len(list)); fault != nil {
		return fault
	}
	before := 0
	for i := 0; i < len(list); i++ {
		at := len(w.out)
		if fault := one(w, &list[i]); fault != nil {
			return fault.at(i)
		}
		if key > 0 {
			if fault := w.risen(before, at, key, i); fault != nil {
				return fault
			}
			before = at
		}
	}
	return nil
}

// length writes the number of items, which counts for the message.
//
//go:noinline
func (w *writer) length(n int) *Fault {
	if w.items += n; w.items > MaxMessageItems {
		return w.fault("wire.size", tooManyItems(n))
	}
	w.varint(uint64(n))
	return nil
}

// risen compares an item with the one before.
//
//go:noinline
func (w *writer) risen(before, at, key, index int) *Fault {
	if index == 0 {
		return nil
	}
	if fault := rising(w.out, before, at, key); fault != nil {
		return fault.at(index)
	}
	return nil
}
