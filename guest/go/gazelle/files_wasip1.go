package gazelle

import (
	"strconv"
	"unsafe"
)

//go:wasmimport dorcas_seal mount
func mountTable(records unsafe.Pointer, count uint32) uint32

// mounted is kept so that the collector leaves alone what the records point to.
var mounted table

// mount lets the extension read these files. They are gone when the call ends.
func (t *table) mount() {
	mounted = *t
	if errno := mountTable(unsafe.Pointer(unsafe.SliceData(t.records)), uint32(len(t.records))); errno != 0 {
		panic("dorcas_seal.mount gave errno " + strconv.Itoa(int(errno)))
	}
}
