package dorcas

import (
	"strconv"
	"unicode/utf8"
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

func (w *writer) fault(clause, what string) *Fault {
	return &Fault{Clause: clause, Offset: len(w.out), what: what}
}

func (w *writer) varint(n uint64) {
	for n >= 0x80 {
		w.out = append(w.out, byte(n)|0x80)
		n >>= 7
	}
	w.out = append(w.out, byte(n))
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
	b := byte(0)
	if *v {
		b = 1
	}
	w.out = append(w.out, b)
	return nil
}

func writeBytes(w *writer, v *[]byte) *Fault {
	if len(*v) > MaxMessageBytes {
		return w.fault("wire.size", strconv.Itoa(len(*v))+" bytes are more than the "+strconv.Itoa(MaxMessageBytes)+" of a message")
	}
	w.varint(uint64(len(*v)))
	w.out = append(w.out, *v...)
	return nil
}

func writeText(w *writer, v *string) *Fault {
	if len(*v) > MaxMessageBytes {
		return w.fault("wire.size", strconv.Itoa(len(*v))+" bytes are more than the "+strconv.Itoa(MaxMessageBytes)+" of a message")
	}
	if !utf8.ValidString(*v) {
		return w.fault("wire.utf8", "text is not UTF-8")
	}
	w.varint(uint64(len(*v)))
	w.out = append(w.out, *v...)
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
	if w.items += len(*v); w.items > MaxMessageItems {
		return w.fault("wire.size", tooManyItems(len(*v)))
	}
	w.varint(uint64(len(*v)))
	before := 0
	for i := range *v {
		at := len(w.out)
		if fault := one(w, &(*v)[i]); fault != nil {
			return fault.at(i)
		}
		if key > 0 && i > 0 {
			if fault := rising(w.out, before, at, key); fault != nil {
				return fault.at(i)
			}
		}
		before = at
	}
	return nil
}
