"""A language of Gazelle from a Dorcas guest."""

load("@bazel_skylib//rules:write_file.bzl", "write_file")
load("@rules_go//go:def.bzl", "go_library")

_SOURCE = """\
// Package {package} is the guest {file} as a language of Gazelle.
package {package}

import (
	_ "embed"

	"dorcas.dev/adapter"
	"github.com/bazelbuild/bazel-gazelle/language"
)

//go:embed {file}
var wasm []byte

// NewLanguage is what gazelle_binary calls.
func NewLanguage() language.Language {{ return adapter.New(wasm, adapter.Options{{}}) }}
"""

def dorcas_language(name, guest, importpath, adapter = "@dev_dorcas_adapter//:adapter", **kwargs):
    """Makes a go_library that gazelle_binary takes as one of its languages.

    Args:
        name: the name of the library.
        guest: the guest, a .wasm file in this package.
        importpath: the import path of the library.
        adapter: the library of the module dorcas.dev/adapter.
        **kwargs: other arguments of go_library, visibility for one.
    """
    file = guest.rpartition(":")[2]
    package = "".join([char if char.isalnum() else "_" for char in importpath.rpartition("/")[2].elems()])
    write_file(
        name = name + "_source",
        out = name + "_language.go",
        content = _SOURCE.format(package = package, file = file).splitlines(),
    )
    go_library(
        name = name,
        srcs = [name + "_language.go"],
        embedsrcs = [guest],
        importpath = importpath,
        deps = [
            adapter,
            "@gazelle//language",
        ],
        **kwargs
    )
