package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestGeneratedFilesFollowFromTheSchema(t *testing.T) {
	schema, err := os.ReadFile("../../../../abi/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	files, err := Files(schema)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s doesn't follow from abi/schema.json: run `go generate` in guest/go", name)
		}
	}
}
