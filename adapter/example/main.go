// Command example is Gazelle with guests beside, or instead of, its own languages:
//
//	example -guest ts.wasm -guest zig.wasm -native go -- update -repo_root .
//
// In a repository that builds Gazelle with Bazel, dorcas_language and gazelle_binary take its place.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"

	"dorcas.dev/adapter"
	"github.com/bazel-contrib/bazel-gazelle/v2/cmd/gazelle/update"
	"github.com/bazelbuild/bazel-gazelle/language"
	"github.com/bazelbuild/bazel-gazelle/language/bazel/visibility"
	golang "github.com/bazelbuild/bazel-gazelle/language/go"
	"github.com/bazelbuild/bazel-gazelle/language/proto"
)

var natives = map[string]func() language.Language{
	"visibility": visibility.NewLanguage,
	"proto":      proto.NewLanguage,
	"go":         golang.NewLanguage,
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("gazelle: ")
	languages, options := []language.Language{}, adapter.Options{}
	flag.StringVar(&options.CacheDir, "cache", "", "a directory for compiled code")
	flag.DurationVar(&options.Time, "time", 0, "longest time of a call")
	flag.Func("guest", "a guest; may be repeated", func(path string) error {
		wasm, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		l, err := adapter.Load(wasm, options)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		languages = append(languages, l)
		return nil
	})
	flag.Func("native", "languages of Gazelle's own, with commas between them: visibility, proto, go", func(names string) error {
		for _, name := range strings.Split(names, ",") {
			native := natives[name]
			if native == nil {
				return errors.New("there is no language " + name)
			}
			languages = append(languages, native())
		}
		return nil
	})
	flag.Parse()
	here, err := os.Getwd()
	if err != nil {
		log.Fatal(err)
	}
	err = update.Run(context.Background(), languages, here, flag.Args())
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, update.ErrDiff):
		os.Exit(1)
	default:
		log.Fatal(err)
	}
}
