// Package vcs stands in for golang.org/x/tools/go/vcs, which Gazelle imports to ask the network where a Go module comes from.
// A guest has no network, and without this package it is half as large.
package vcs

import "errors"

// RepoRoot is where a repository is.
type RepoRoot struct {
	VCS  *Cmd
	Repo string
	Root string
}

// Cmd is a version control system.
type Cmd struct {
	Name string
	Cmd  string
}

// RepoRootForImportPath fails.
func RepoRootForImportPath(importPath string, verbose bool) (*RepoRoot, error) {
	return nil, errors.New("the repository of " + importPath + " can't be looked up: a guest has no network")
}
