package dorcas

import (
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

func (r *reader) fault(clause, what string) *Fault {
	return &Fault{Clause: clause, Offset: r.pos, what: what}
}

// varint reads a number of so many bits in its shortest form.
func (r *reader) varint(bits uint) (uint64, *Fault) {
	var value uint64
	for pos, shift := r.pos, uint(0); ; pos, shift = pos+1, shift+7 {
		if shift >= bits {
			return 0, r.fault("wire.canonical", "varint is out of range for "+strconv.Itoa(int(bits))+" bits")
		}
		if pos >= len(r.data) {
			r.pos = pos
			return 0, r.fault("wire.exact", "message ends here, 1 more bytes were expected")
		}
		b := r.data[pos]
		if low := uint64(b & 0x7f); bits-shift < 7 && low>>(bits-shift) != 0 {
			return 0, r.fault("wire.canonical", "varint is out of range for "+strconv.Itoa(int(bits))+" bits")
		} else {
			value |= low << shift
		}
		if b < 0x80 {
			if b == 0 && shift > 0 {
				return 0, r.fault("wire.canonical", "varint is not in its shortest form")
			}
			r.pos = pos + 1
			return value, nil
		}
	}
}

// room compares a count with the bytes that are left; begin is where the count stands.
func (r *reader) room(begin int, count uint64, least int) *Fault {
	if need, left := count*uint64(least), uint64(len(r.data)-r.pos); need > left {
		r.pos = begin
		return r.fault("wire.length", "length "+strconv.FormatUint(count, 10)+" needs at least "+
			strconv.FormatUint(need, 10)+" bytes, "+strconv.FormatUint(left, 10)+" are left")
	}
	return nil
}

// tag reads the number of a variant.
func (r *reader) tag(name string, variants uint32) (uint32, *Fault) {
	begin := r.pos
	n, fault := r.varint(32)
	if fault != nil {
		return 0, fault
	}
	if n >= uint64(variants) {
		r.pos = begin
		return 0, r.fault("wire.closed", unknownVariant(name, variants, n))
	}
	return uint32(n), nil
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
		return r.fault("wire.exact", "message ends here, 1 more bytes were expected")
	}
	b := r.data[r.pos]
	if b > 1 {
		const digits = "0123456789abcdef"
		return r.fault("wire.bool", "expected 00 or 01, got "+string([]byte{digits[b>>4], digits[b&15]}))
	}
	r.pos++
	*v = b == 1
	return nil
}

func readBytes(r *reader, v *[]byte) *Fault {
	begin := r.pos
	n, fault := r.varint(32)
	if fault != nil {
		return fault
	}
	if fault := r.room(begin, n, 1); fault != nil {
		return fault
	}
	end := r.pos + int(n)
	// Whoever appends to it gets a copy.
	*v = r.data[r.pos:end:end]
	r.pos = end
	return nil
}

func readText(r *reader, v *string) *Fault {
	var bytes []byte
	if fault := readBytes(r, &bytes); fault != nil {
		return fault
	}
	if !utf8.Valid(bytes) {
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
	*v = unsafe.String(unsafe.SliceData(bytes), len(bytes))
	return nil
}

func readNonEmpty(r *reader, v *string) *Fault {
	begin := r.pos
	if fault := readText(r, v); fault != nil {
		return fault
	}
	if *v == "" {
		r.pos = begin
		return r.fault("wire.non-empty", "text is empty")
	}
	return nil
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
	begin := r.pos
	n, fault := r.varint(32)
	if fault != nil {
		return fault
	}
	if fault := r.room(begin, n, least); fault != nil {
		return fault
	}
	if r.items += int(n); r.items > MaxMessageItems {
		r.pos = begin
		return r.fault("wire.size", tooManyItems(int(n)))
	}
	if n == 0 {
		return nil
	}
	// A byte of the message can be many here: what is allocated follows what was read.
	const first = 256
	list := make([]T, 0, min(int(n), first))
	before := 0
	for i := range int(n) {
		at := r.pos
		var item T
		if fault := one(r, &item); fault != nil {
			return fault.at(i)
		}
		if key > 0 && i > 0 {
			if fault := rising(r.data, before, at, key); fault != nil {
				return fault.at(i)
			}
		}
		before = at
		list = append(list, item)
	}
	*v = list
	return nil
}

func tooManyItems(n int) string {
	return "list of " + strconv.Itoa(n) + " items brings the message over the limit of " + strconv.Itoa(MaxMessageItems) + " items"
}

// rising compares the first texts of two items that lie in data at a and b.
func rising(data []byte, a, b, key int) *Fault {
	first, second := reader{data: data, pos: a}, reader{data: data, pos: b}
	for range key {
		var x, y []byte
		// Both have been read, or written, without a fault.
		readBytes(&first, &x)
		readBytes(&second, &y)
		switch x, y := string(x), string(y); {
		case x < y:
			return nil
		case x > y:
			return &Fault{Clause: "wire.sorted", Offset: b, what: "item sorts before the one in front of it"}
		}
	}
	return &Fault{Clause: "wire.sorted", Offset: b, what: "item has the same key as the one in front of it"}
}
