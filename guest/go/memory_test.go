package dorcas

import (
	"math/rand"
	"testing"
)

func TestBuffersDontOverlapWhateverIsFreedWhen(t *testing.T) {
	seeded := rand.New(rand.NewSource(1))
	free := extents{{0, RoomBytes}}
	owner := make([]uint16, RoomBytes/grain)
	live := map[uint16]extent{}
	for id := uint16(1); id < 20_000; id++ {
		size := uint32(1) << seeded.Intn(21)
		if start, ok := free.take(size); ok {
			for at := start / grain; at < (start+rounded(size))/grain; at++ {
				if owner[at] != 0 {
					t.Fatalf("buffer %d overlaps buffer %d", id, owner[at])
				}
				owner[at] = id
			}
			live[id] = extent{start, size}
		}
		for old, piece := range live {
			if seeded.Intn(3) == 0 {
				continue
			}
			free.give(piece.start, piece.size)
			for at := piece.start / grain; at < (piece.start+rounded(piece.size))/grain; at++ {
				owner[at] = 0
			}
			delete(live, old)
			break
		}
	}
	for _, piece := range live {
		free.give(piece.start, piece.size)
	}
	if len(free) != 1 || free[0] != (extent{0, RoomBytes}) {
		t.Errorf("all is free, in the pieces %v", free)
	}
}

func TestWhereThereIsNoRoomNothingChanges(t *testing.T) {
	free := extents{{0, RoomBytes}}
	first, _ := free.take(RoomBytes - 100)
	for _, size := range []uint32{101, 16_777_216, 1<<32 - 1} {
		if start, ok := free.take(size); ok {
			t.Errorf("%d bytes at %d", size, start)
		}
	}
	if _, ok := free.take(80); !ok {
		t.Error("no room for 80 bytes of 100")
	}
	free.give(first, RoomBytes-100)
	if _, ok := free.take(1 << 20); !ok {
		t.Error("no room after all was freed")
	}
}
