package cfn

import (
	"iter"
	"strings"
)

// hasSymbol reports whether a text has a part that is not known.
func hasSymbol(text string) bool { return strings.Contains(text, "${") }

// isSymbol reports whether a text is one symbol and nothing else.
func isSymbol(text string) bool {
	return strings.HasPrefix(text, "${") && symbolEnd(text) == len(text)
}

// unwrap takes the braces off a text that is one symbol.
func unwrap(text string) string {
	if isSymbol(text) {
		return text[2 : len(text)-1]
	}
	return text
}

// symbolEnd is the length of the symbol that text begins with, nested ones
// included, or 0 if it is not closed.
func symbolEnd(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch {
		case strings.HasPrefix(text[i:], "${"):
			depth++
			i++
		case text[i] == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// splitText splits around a delimiter, but not within symbols.
func splitText(text, delimiter string) []any {
	var parts []any
	start := 0
	for i := 0; i < len(text); {
		if strings.HasPrefix(text[i:], "${") {
			if n := symbolEnd(text[i:]); n > 0 {
				i += n
				continue
			}
		}
		if strings.HasPrefix(text[i:], delimiter) {
			parts = append(parts, text[start:i])
			i += len(delimiter)
			start = i
			continue
		}
		i++
	}
	return append(parts, text[start:])
}

// symbolNames ranges over the content of the symbols of a text, of nested ones
// the innermost.
func symbolNames(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			_, rest, found := strings.Cut(text, "${")
			end := strings.IndexByte(rest, '}')
			if !found || end < 0 {
				return
			}
			name := rest[:end]
			if inner := strings.LastIndex(name, "${"); inner >= 0 {
				name = name[inner+2:]
			}
			if !yield(name) {
				return
			}
			text = rest[end+1:]
		}
	}
}
