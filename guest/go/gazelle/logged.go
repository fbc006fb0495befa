package gazelle

import (
	"log"
	"os"
	"strings"

	"dorcas.dev/dorcas"
)

// logged gathers what an extension logs, a message a line.
type logged struct{ messages []string }

// Write takes a message. After log.Fatal there is no call of diagnostics: what a module has said on standard error is shown with
// its exit status then.
func (l *logged) Write(text []byte) (int, error) {
	l.messages = append(l.messages, string(text))
	os.Stderr.WriteString(relative(string(text)))
	return len(text), nil
}

// relative has paths as the user knows them.
func relative(message string) string {
	return strings.NewReplacer(repoRoot+"/", "", repoRoot, "/").Replace(message)
}

// listen begins to gather, and forgets what was gathered before.
func (l *logged) listen() {
	l.messages = nil
	log.SetFlags(0)
	log.SetPrefix("")
	log.SetOutput(l)
}

// forget drops what was logged since the last listen.
func (l *logged) forget() { l.messages = nil }

// diagnostics are the messages. Gazelle goes on after a message, and exits as if there had been none.
func (l *logged) diagnostics() []dorcas.Diagnostic {
	var list []dorcas.Diagnostic
	for _, message := range l.messages {
		var lines []string
		for line := range strings.Lines(strings.ToValidUTF8(relative(message), "\uFFFD")) {
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
		if len(lines) > 0 {
			list = append(list, dorcas.Diagnostic{Severity: dorcas.SeverityWarning, Message: strings.Join(lines, "; ")})
		}
	}
	return list
}
