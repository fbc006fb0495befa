package gazelle

import (
	"log"
	"strings"

	"dorcas.dev/dorcas"
)

// logged gathers what an extension logs, a message a line.
type logged struct{ messages []string }

func (l *logged) Write(text []byte) (int, error) {
	l.messages = append(l.messages, string(text))
	return len(text), nil
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
		// Paths are shown as the user knows them.
		message = strings.NewReplacer(repoRoot+"/", "", repoRoot, "/").Replace(message)
		var lines []string
		for line := range strings.Lines(strings.ToValidUTF8(message, "\uFFFD")) {
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
