package edgefn

import (
	"slices"
	"strings"
)

// A minifier would shorten names as well, but the ones there are cost a user's
// build more than the rest of this library does, and with as many plain paths as
// fit CloudFront's behaviors the function is well within its size as it is.

// includeParts puts the named file in the place of a line "//#include name".
func includeParts(source string) string {
	var out strings.Builder
	for line := range strings.Lines(source) {
		if name, found := strings.CutPrefix(strings.TrimSpace(line), "//#include "); found {
			out.WriteString(includeParts(script(name)))
		} else {
			out.WriteString(line)
		}
	}
	return out.String()
}

// selectParts leaves out the lines between "//#if name" and "//#end" whose name
// is not wanted.
func selectParts(source string, wanted map[string]bool) string {
	var out strings.Builder
	var within []bool // for each "//#if" around a line, whether it is wanted
	for line := range strings.Lines(source) {
		directive := strings.TrimSpace(line)
		switch name, found := strings.CutPrefix(directive, "//#if "); {
		case found:
			within = append(within, wanted[name])
		case directive == "//#end":
			within = within[:len(within)-1]
		case !slices.Contains(within, false):
			out.WriteString(line)
		}
	}
	return out.String()
}

// squeeze removes comments, and the white space that does not hold two words
// apart. Every slash outside a string begins a comment or a regular expression.
func squeeze(source string) string {
	var out []byte
	space := false
	for i := 0; i < len(source); {
		token := source[i : i+tokenLength(source[i:])]
		i += len(token)
		switch {
		case strings.HasPrefix(token, "//"), token[0] == ' ', token[0] == '\n':
			space = true
			continue
		case space && len(out) > 0 && isWord(out[len(out)-1]) && isWord(token[0]):
			out = append(out, ' ')
		}
		space = false
		out = append(out, token...)
	}
	return string(out)
}

// tokenLength is the length of a comment, string or regular expression that the
// source begins with, and else 1.
func tokenLength(source string) int {
	switch c := source[0]; {
	case strings.HasPrefix(source, "//"):
		return strings.IndexByte(source, '\n')
	case c == '\'' || c == '"' || c == '/':
		return literalLength(source)
	}
	return 1
}

// literalLength is the length of a string or regular expression up to where the
// character that opens it stands again, outside of brackets and not escaped.
func literalLength(source string) int {
	bracket := false
	for i := 1; i < len(source); i++ {
		switch c := source[i]; {
		case c == '\\':
			i++
		case source[0] == '/' && (c == '[' || c == ']'):
			bracket = c == '['
		case c == source[0] && !bracket:
			return i + 1
		}
	}
	return len(source)
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
