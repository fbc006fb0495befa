package adapter

import (
	"encoding/binary"
	"slices"

	"dorcas.dev/adapter/internal/abi"
)

// constant is a guest whose methods answer the same to everything: replies by the names of methods.
func constant(name string, replies map[string][]byte) []byte {
	section := func(id byte, items ...[]byte) []byte {
		content := binary.AppendUvarint(nil, uint64(len(items)))
		for _, item := range items {
			content = append(content, item...)
		}
		return append(binary.AppendUvarint([]byte{id}, uint64(len(content))), content...)
	}
	named := func(name string, kind, index byte) []byte {
		return append(append([]byte{byte(len(name))}, name...), kind, index)
	}
	body := func(code ...byte) []byte {
		code = append(append([]byte{0}, code...), 0x0b)
		return append(binary.AppendUvarint(nil, uint64(len(code))), code...)
	}
	signed := func(n int64) []byte {
		var out []byte
		for {
			low := byte(n & 0x7f)
			n >>= 7
			if n == 0 && low&0x40 == 0 || n == -1 && low&0x40 != 0 {
				return append(out, low)
			}
			out = append(out, low|0x80)
		}
	}
	const i32, i64 = 0x7f, 0x7e
	types := [][]byte{
		{0x60, 0, 0}, {0x60, 1, i32, 1, i32}, {0x60, 2, i32, i32, 0}, {0x60, 0, 1, i64}, {0x60, 2, i32, i32, 1, i64},
	}
	functions := [][]byte{{0}, {1}, {2}}
	exports := [][]byte{named("memory", 2, 0), named("dorcas_abi_v1", 0, 0), named("alloc", 0, 1), named("free", 0, 2)}
	// Arguments are at a place behind all constants.
	bodies := [][]byte{body(), body(append([]byte{0x41}, signed(1<<20)...)...), body()}
	var data []byte
	method := func(export string, typ byte, reply []byte) {
		exports = append(exports, named(export, 0, byte(len(functions))))
		functions = append(functions, []byte{typ})
		at := int64(16+len(data))<<32 | int64(len(reply))
		bodies = append(bodies, body(append([]byte{0x42}, signed(at)...)...))
		data = append(data, reply...)
	}
	method("lang_name", 3, []byte(name))
	if replies["generate_rules"] == nil {
		method("generate_rules", 4, ok(&abi.GenerateResponse{}))
	}
	for _, export := range slices.Sorted(func(yield func(string) bool) {
		for export := range replies {
			if !yield(export) {
				return
			}
		}
	}) {
		method(export, 4, replies[export])
	}
	module := []byte("\x00asm\x01\x00\x00\x00")
	module = append(module, section(1, types...)...)
	module = append(module, section(3, functions...)...)
	module = append(module, section(5, []byte{0, 32})...)
	module = append(module, section(7, exports...)...)
	module = append(module, section(10, bodies...)...)
	segment := append([]byte{0, 0x41, 16, 0x0b}, binary.AppendUvarint(nil, uint64(len(data)))...)
	return append(module, section(11, append(segment, data...))...)
}

// ok is a reply with a response, and failure one with an error.
func ok(response any) []byte {
	encoded, err := abi.Encode(response)
	if err != nil {
		panic(err)
	}
	return append([]byte{0}, encoded...)
}

func failure(code uint32, message string) []byte {
	encoded, err := abi.Encode(&abi.GuestError{Code: code, Message: message})
	if err != nil {
		panic(err)
	}
	return append([]byte{1}, encoded...)
}
