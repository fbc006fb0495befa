// Command oracle is the real Gazelle: its driver with the languages that its own command links, in the same order.
//
// It exists because the command of v0.54.0 does not compile from the published modules: it hands version 2 languages
// to a driver that, in the newest published v2.0.0-3, still takes version 1. Everything but this entry is Gazelle's.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"os"

	"github.com/bazel-contrib/bazel-gazelle/v2/cmd/gazelle/update"
	"github.com/bazelbuild/bazel-gazelle/language"
	"github.com/bazelbuild/bazel-gazelle/language/bazel/visibility"
	golang "github.com/bazelbuild/bazel-gazelle/language/go"
	"github.com/bazelbuild/bazel-gazelle/language/proto"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gazelle: ")

	here, err := os.Getwd()
	if err != nil {
		log.Fatal(err)
	}
	languages := []language.Language{
		visibility.NewLanguage(),
		proto.NewLanguage(),
		golang.NewLanguage(),
	}

	err = update.Run(context.Background(), languages, here, os.Args[1:])
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, update.ErrDiff):
		os.Exit(1)
	default:
		log.Fatal(err)
	}
}
