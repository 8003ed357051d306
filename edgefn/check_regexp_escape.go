package edgefn

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	repeatable   = "adefhnrstuvwxCDHNRSUVWX" // letters that mean something behind a backslash
	unrepeatable = "bABGKZz"
	inClass      = "abdefghnrstuvwxDHSUVW"
	ofClasses    = "dDhHsSvVwW" // that stand for several characters
)

// escape reads a backslash and what follows it, outside of a class.
func (p *pattern) escape() (length int, again bool) {
	from := p.i
	p.i++
	r, size := utf8.DecodeRuneInString(p.rest())
	p.i += size
	switch {
	case p.common && perlEscapes[r] != "":
		p.onlyPerl(from, p.i, perlEscapes[r])
	case r == 'Q', r == 'g', r == 'o', strings.HasPrefix(p.text[from:], `\N{U+`):
		p.perlEscape(from, r)
	case r == 'K' && p.around > 0:
		p.problem(from, `\K in a lookahead or lookbehind`, "it behind them")
	case r == 'k':
		p.namedReference(from)
		return anyLength, true
	case '1' <= r && r <= '9':
		return p.numberedReference(from)
	case r == '0':
		p.i += min(2, spanLength(p.rest()[:min(2, len(p.rest()))], "01234567"))
	case r == 'c':
		p.control(from)
	case r == 'p' || r == 'P':
		p.unicodeProperty(from)
	case strings.ContainsRune(unrepeatable, r):
		return 0, false
	case r == 'R' || r == 'X':
		return anyLength, true
	case r == 'x' || r == 'u':
		p.hexadecimal(r)
	case r < utf8.RuneSelf && unicode.IsLetter(r) && !strings.ContainsRune(repeatable, r):
		p.problem(from, fmt.Sprintf(`the unknown escape \%c`, r), string(r))
	}
	return 1, true
}

// hexadecimal reads the digits of \x and \u, which are letters without them.
func (p *pattern) hexadecimal(r rune) {
	n := map[rune]int{'x': 2, 'u': 4}[r]
	if isHex(p.rest(), n) {
		p.i += n
	}
}

// perlEscape ends the reading at an escape that only Perl gives a meaning, if it
// has one.
func (p *pattern) perlEscape(from int, r rune) {
	if rest := p.rest(); r == 'g' && (rest == "" || strings.IndexByte("0123456789+-{<'", rest[0]) < 0) || r == 'o' && !strings.HasPrefix(rest, "{") {
		p.problem(from, fmt.Sprintf(`the unknown escape \%c`, r), string(r))
	}
	panic(perl{})
}

func (p *pattern) namedReference(from int) {
	rest := p.rest()
	if strings.HasPrefix(rest, "{") || strings.HasPrefix(rest, "'") {
		panic(perl{})
	}
	name, _, closed := strings.Cut(rest, ">")
	if !strings.HasPrefix(name, "<") || !closed || name == "<" {
		p.problem(from, `\k without the name of a group`, `\k<name>, or k`)
	}
	p.i += len(name) + 1
	p.references = append(p.references, reference{i: from, name: name[1:]})
}

// numberedReference reads the number of a group. A number of several digits that
// is above that of the groups so far is an octal escape.
func (p *pattern) numberedReference(from int) (length int, again bool) {
	digits := p.text[from+1 : p.i+spanLength(p.rest(), "0123456789")]
	n, err := strconv.Atoi(digits)
	if err != nil {
		n = 1 << 30
	}
	if n >= 10 && n > p.groups && digits[0] < '8' {
		p.i = from + 1 + min(3, spanLength(digits, "01234567"))
		return 1, true
	}
	p.i = from + 1 + len(digits)
	p.references = append(p.references, reference{i: from, number: n})
	return anyLength, true
}

func (p *pattern) control(from int) {
	if rest := p.rest(); rest == "" || rest[0] < ' ' || rest[0] > '~' {
		p.problem(from, `\c without a letter`, `\\c`)
	}
	p.i++
}

func (p *pattern) unicodeProperty(from int) {
	rest := p.rest()
	name, _, closed := strings.Cut(rest, "}")
	switch {
	case strings.HasPrefix(rest, "{") && closed && len(name) > 1:
		p.i += len(name) + 1
	case rest != "" && unicode.IsLetter(rune(rest[0])):
		p.i++
	default:
		p.problem(from, `\p without a property`, `\p{L}, or p`)
	}
	p.onlyPerl(from, p.i, "the characters, in ranges such as [A-Za-z0-9]")
}
