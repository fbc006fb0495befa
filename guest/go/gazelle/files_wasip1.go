package gazelle

import (
	"strconv"
	"unsafe"
)

//go:wasmimport dorcas_seal mount
func mount(table unsafe.Pointer, count uint32) uint32

// record is a file as `dorcas seal` finds it in memory.
type record struct{ path, pathLen, content, contentLen uint32 }

// absent stands for the address of a content that isn't there.
const absent = 1<<32 - 1

// mounted is kept so that the collector leaves alone what the records point to.
var mounted struct {
	files   contents
	paths   []string
	records []record
}

// mount lets the extension read these files. They are gone when the call ends.
func (c contents) mount() {
	mounted.files, mounted.paths, mounted.records = c, c.sorted(), nil
	for _, path := range mounted.paths {
		file := record{
			path:    uint32(uintptr(unsafe.Pointer(unsafe.StringData(path)))),
			pathLen: uint32(len(path)),
			content: absent,
		}
		if content := c[path]; content != nil {
			file.content = uint32(uintptr(unsafe.Pointer(unsafe.SliceData(content))))
			file.contentLen = uint32(len(content))
		}
		mounted.records = append(mounted.records, file)
	}
	if errno := mount(unsafe.Pointer(unsafe.SliceData(mounted.records)), uint32(len(mounted.records))); errno != 0 {
		panic("dorcas_seal.mount gave errno " + strconv.Itoa(int(errno)))
	}
}
