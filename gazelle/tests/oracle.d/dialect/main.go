// Command dialect says which texts Gazelle's reader takes for Starlark.
//
// The table beside it has a text a line: the word `read` or `refused`, what dorcas does with the text as a file, a word
// for the same text as an expression of a guest's (`raw`, `no-raw`, or `-`), and the text in Go's quotes. A line that begins
// with # is a note on the ones below it. A text that dorcas deliberately treats in another way than Gazelle has the word
// `but-gazelle` in front. The command compares the table with the reader and ends with 1 if one differs.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/bazelbuild/buildtools/build"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: dialect TABLE")
		os.Exit(2)
	}
	table, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	defer table.Close()
	different, texts := 0, 0
	lines := bufio.NewScanner(table)
	for number := 1; lines.Scan(); number++ {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		rest, excused := strings.CutPrefix(line, "but-gazelle ")
		words := strings.SplitN(rest, " ", 3)
		if len(words) != 3 {
			fmt.Fprintf(os.Stderr, "line %d has no three words\n", number)
			os.Exit(2)
		}
		text, err := strconv.Unquote(words[2])
		if err != nil {
			fmt.Fprintf(os.Stderr, "line %d: %v\n", number, err)
			os.Exit(2)
		}
		texts++
		_, fault := build.ParseBuild("BUILD", []byte(text))
		same := (words[0] == "read") == (fault == nil)
		if same == excused {
			different++
			fmt.Printf("line %d: Gazelle says %v of %s\n", number, fault, words[2])
		}
	}
	fmt.Printf("%d texts, %d differ\n", texts, different)
	if different > 0 || texts == 0 {
		os.Exit(1)
	}
}
