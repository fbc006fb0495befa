// A guest that keeps something between calls: it counts the directories that it was asked for, and sums up their files.
//
// A goroutine owns the numbers. It is started once and parks on a channel; each call sends it an event and waits for its
// answer, so that the goroutine runs while the call does: between calls nothing runs in a guest. The event that says that
// all is over ends it.
package main

import "dorcas.dev/dorcas"

func main() {}

// Once, for the snapshot: memory as large as it gets.
func init() { dorcas.Settle() }

// event is what the goroutine is told. It answers each one.
type event struct {
	files  int
	stop   bool
	answer chan total
}

type total struct {
	directories, files int64
}

// No buffer: what is sent is taken before the call that sends it goes on, and nothing waits to be seen.
var events chan event

// start starts the goroutine, where it doesn't run yet.
func start() {
	if events == nil {
		events = make(chan event)
		go count(events)
	}
}

func count(events <-chan event) {
	var sum total
	for e := range events {
		if !e.stop {
			sum.directories++
			sum.files += int64(e.files)
		}
		e.answer <- sum
		if e.stop {
			return
		}
	}
}

// process has an event counted.
func process(files int) total {
	start()
	answer := make(chan total)
	events <- event{files: files, answer: answer}
	return <-answer
}

// stop ends the goroutine, and gives the last sum.
func stop() total {
	start()
	answer := make(chan total)
	events <- event{stop: true, answer: answer}
	sum := <-answer
	events = nil
	return sum
}

//go:wasmexport lang_name
func langName() int64 { return dorcas.Name("counter") }

//go:wasmexport manifest
func manifest(argument string) int64 {
	return dorcas.Answer(argument, func(dorcas.ManifestRequest) (dorcas.Manifest, error) {
		kind := dorcas.Kind{Name: "file_count", MatchAny: true, MergeableAttrs: []string{"directories", "files"}}
		// One instance, every call, in order. The host memoises nothing, and runs nothing in parallel.
		return dorcas.Manifest{Kinds: []dorcas.Kind{kind}, Inputs: []dorcas.Input{{Glob: "**", Methods: dorcas.Methods{GenerateRules: true}}}, Stateful: true}, nil
	})
}

// configure has nothing to do with the sum: the goroutine is parked while it runs.
//
//go:wasmexport configure
func configure(argument string) int64 {
	return dorcas.Answer(argument, func(request dorcas.ConfigureRequest) (dorcas.ConfigureResponse, error) {
		return dorcas.ConfigureResponse{State: request.Parent}, nil
	})
}

//go:wasmexport generate_rules
func generateRules(argument string) int64 { return dorcas.Answer(argument, generate) }

// generate is called for a directory after those in it, so for the root directory last.
func generate(request dorcas.GenerateRequest) (response dorcas.GenerateResponse, err error) {
	process(len(request.Files))
	if request.Rel == "" {
		sum := stop()
		response.Rules = []dorcas.GeneratedRule{{Rule: dorcas.Rule{Kind: "file_count", Name: "count", Attrs: []dorcas.Attr{
			{Name: "directories", Value: dorcas.Int(sum.directories)},
			{Name: "files", Value: dorcas.Int(sum.files)},
		}}}}
	}
	return response, nil
}
