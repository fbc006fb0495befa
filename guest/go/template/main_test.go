package main

import (
	"slices"
	"testing"

	"dorcas.dev/dorcas"
)

func TestImportsAreSortedAndThereOnce(t *testing.T) {
	var matches dorcas.FileMatches
	for _, text := range []string{"fruit/pear", "fruit/apple", "fruit/pear", "\xff"} {
		matches = append(matches, dorcas.Match{Pattern: 1, Groups: [][]byte{[]byte(text)}})
	}
	got := importsIn(dorcas.File{Name: "bowl.my_lang", Data: matches})
	want := []dorcas.ImportSpec{{Lang: lang, Imp: "fruit/apple"}, {Lang: lang, Imp: "fruit/pear"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, wanted %v", got, want)
	}
}
