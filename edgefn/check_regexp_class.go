package edgefn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// class reads a class of characters in brackets.
func (p *pattern) class() {
	from := p.i
	if posix := posixClass(p.rest()); posix != "" {
		p.problem(from, posix+" outside of brackets", "["+posix+"]")
	}
	p.i++
	if strings.HasPrefix(p.rest(), "^") {
		p.i++
	}
	if strings.IndexByte(p.rest(), ']') == 0 && strings.IndexByte(p.rest()[1:], ']') < 0 {
		empty := p.text[from : p.i+1]
		p.problem(from, empty, map[string]string{"[]": "(?!)", "[^]": `[\s\S]`}[empty])
	}
	if strings.HasPrefix(p.rest(), "]") {
		p.onlyPerl(from, p.i+1, `\] for the character`)
	}
	low := rune(-1) // of what may become a range; -1 if nothing can
	for first := true; first || !strings.HasPrefix(p.rest(), "]"); first = false {
		p.skipEnd()
		if p.i == len(p.text) {
			p.problem(from, "a [ without its ]", `\[ for the character`)
		}
		low = p.member(low)
	}
	p.i++
}

// member reads one character of a class, or a range of which low is the
// beginning, and returns what the next one may continue.
func (p *pattern) member(low rune) rune {
	from := p.i
	isRange := low >= 0 && strings.HasPrefix(p.rest(), "-") && !strings.HasPrefix(p.rest()[1:], "]") && len(p.rest()) > 1
	if isRange {
		p.i++
	}
	high := p.character()
	switch {
	case isRange && high < 0:
		p.problem(from, "a range up to "+p.text[from+1:p.i], `\- for the character`)
	case isRange && high < low:
		p.problem(from, fmt.Sprintf("a range from %q to %q", low, high), "it the other way round")
	case isRange:
		return -1
	case high < 0 && strings.HasPrefix(p.rest(), "-") && len(p.rest()) > 1 && p.rest()[1] != ']':
		p.problem(p.i, "a - behind "+p.text[from:p.i]+" in brackets", `\- for the character`)
	}
	return high
}

// character reads a character of a class, and returns -1 for what stands for
// several.
func (p *pattern) character() rune {
	if posix := posixClass(p.rest()); posix != "" {
		if !slices.Contains(posixNames, strings.TrimPrefix(strings.Trim(posix, "[:]"), "^")) {
			p.problem(p.i, posix, `\[ for the character`)
		}
		p.i += len(posix)
		p.onlyPerl(p.i-len(posix), p.i, "the characters, in ranges such as A-Za-z0-9")
		return -1
	}
	from := p.i
	r, size := utf8.DecodeRuneInString(p.rest())
	p.i += size
	if r != '\\' {
		return r
	}
	r, size = utf8.DecodeRuneInString(p.rest())
	p.i += size
	switch {
	case p.common && perlEscapes[r] != "":
		p.onlyPerl(from, p.i, perlEscapes[r])
	case r == 'Q', r == 'E', r == 'o':
		p.perlEscape(from, r)
	case r == 'c':
		at := p.i
		p.control(from)
		return unicode.ToUpper(rune(p.text[at])) ^ 64
	case r == 'p' || r == 'P':
		p.unicodeProperty(from)
		return -1
	case r == 'x' || r == 'u':
		at := p.i
		p.hexadecimal(r)
		if n, err := strconv.ParseInt(p.text[at:p.i], 16, 32); err == nil {
			return rune(n)
		}
	case '0' <= r && r <= '7':
		digits := 1 + min(2, spanLength(p.rest()[:min(2, len(p.rest()))], "01234567"))
		n, _ := strconv.ParseInt(p.text[p.i-1:p.i-1+digits], 8, 32)
		p.i += digits - 1
		return rune(n)
	case strings.ContainsRune(ofClasses, r):
		return -1
	case r < utf8.RuneSelf && unicode.IsLetter(r) && !strings.ContainsRune(inClass, r):
		p.problem(from, fmt.Sprintf(`the unknown escape \%c`, r), string(r))
	case strings.ContainsRune("abefnrt", r):
		return map[rune]rune{'a': 7, 'b': 8, 'e': 27, 'f': 12, 'n': 10, 'r': 13, 't': 9}[r]
	}
	return r
}

var posixNames = strings.Fields("alpha lower upper alnum ascii blank cntrl digit graph print punct space word xdigit")

// posixClass is the POSIX class that a pattern begins with: [:name:], [.name.]
// or [=name=].
func posixClass(s string) string {
	if len(s) < 4 || s[0] != '[' || strings.IndexByte(":.=", s[1]) < 0 {
		return ""
	}
	for i := 2; i+1 < len(s); i++ {
		switch {
		case s[i] == '\\' && (s[i+1] == ']' || s[i+1] == '\\'):
			i++
		case s[i] == ']', s[i] == '[' && s[i+1] == s[1]:
			return ""
		case s[i] == s[1] && s[i+1] == ']':
			return s[:i+2]
		}
	}
	return ""
}
