package guest

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Shown is a guest's text as people may read it: control characters, and characters that order text or can't be seen, are
// made visible, and what is beyond 4,096 bytes is cut off.
func Shown(text string) string {
	text = cut(text)
	var out strings.Builder
	for _, char := range text {
		switch {
		case char == utf8.RuneError:
			out.WriteRune(char)
		case char == '\n':
			out.WriteString(`\n`)
		case char == '\t':
			out.WriteString(`\t`)
		case unicode.IsPrint(char):
			out.WriteRune(char)
		default:
			fmt.Fprintf(&out, `\u{%x}`, char)
		}
	}
	return out.String()
}

func cut(text string) string {
	if len(text) <= maxTextBytes {
		return text
	}
	end := maxTextBytes
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}

func cutAt(text, mark string) (string, string, bool) { return strings.Cut(text, mark) }
