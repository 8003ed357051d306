package edgefn

import "strings"

// stripped is the code that was read, without its comments and the white space
// that no token needs. Unlike squeeze it works on any code, as it goes by what the
// parser took for a gap between tokens: what looks like a comment within a string,
// a template or a regular expression is none.
func (c *checker) stripped() string {
	var out strings.Builder
	from := 0
	for _, g := range c.gaps {
		out.WriteString(c.code[from:g.from])
		if g.from > 0 && g.to < len(c.code) {
			out.WriteString(g.kept(c.code[g.from-1], c.code[g.to]))
		}
		from = g.to
	}
	out.WriteString(c.code[from:])
	return out.String()
}

// kept is the white space that has to stay of a gap between two characters. The
// end of a line may end a statement; it cannot where a statement or an expression
// begins, or in front of a bracket that closes and a comma.
func (g gap) kept(left, right byte) string {
	either := func(set string) bool { return strings.IndexByte(set, left) >= 0 || strings.IndexByte(set, right) >= 0 }
	switch {
	case g.newline && strings.IndexByte("({[,;", left) < 0 && strings.IndexByte(")}],", right) < 0:
		return "\n"
	case either("(){}[],;'\"`"):
		return ""
	case isWord(left) == isWord(right), left == '/', either("."):
		// Two names or numbers, two operators, a word that would be the flags of a
		// regular expression, or a dot that would be that of a number.
		return " "
	}
	return ""
}
