package main

import "testing"

func TestThousandEventsReachTheLastSum(t *testing.T) {
	var want total
	for i := range 1000 {
		want.directories, want.files = want.directories+1, want.files+int64(i)
		if got := process(i); got != want {
			t.Fatalf("event %d: %+v, wanted %+v", i, got, want)
		}
	}
	if got := stop(); got != want {
		t.Errorf("the last sum is %+v, wanted %+v", got, want)
	}
	if got := stop(); got != (total{}) {
		t.Errorf("a new start begins with %+v", got)
	}
}
