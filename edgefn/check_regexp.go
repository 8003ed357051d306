package edgefn

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The engine hands regular expressions to PCRE2, and AWS says that their
// language is Perl's: what JavaScript has and PCRE2 does not is refused, and
// what is Perl's alone is let through unseen.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html,
// https://www.pcre.org/current/doc/html/pcre2pattern.html)

// regexp reads a regular expression from its first slash on.
func (c *checker) regexp() {
	open := c.token
	c.rewind(open.at + 1)
	length := regexpLength(c.code[c.offset:])
	if length < 0 {
		c.fail(open.at, "a regular expression that does not end on its line", "/ at its end")
	}
	p := &pattern{checker: c, at: c.offset, text: c.code[c.offset : c.offset+length], names: map[string]bool{}}
	p.read()
	c.offset += length + 1
	c.flags()
	c.advance()
}

// regexpLength is the length of a regular expression up to the slash behind it,
// -1 if there is none.
func regexpLength(s string) int {
	class := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\n' || s[i] == '\r':
			return -1
		case s[i] == '\\' && i+1 < len(s) && s[i+1] != '\n' && s[i+1] != '\r':
			i++
		case s[i] == '[':
			class = true
		case s[i] == ']':
			class = false
		case s[i] == '/' && !class:
			return i
		}
	}
	return -1
}

// flags reads the flags behind a regular expression.
func (c *checker) flags() {
	instead := map[byte]string{
		'u': `it without the flag, and two \uHHHH escapes for a character above \uFFFF`,
		'v': "it without the flag",
		's': `it without the flag, and [\s\S] for a dot`,
		'd': "it without the flag, and match.index",
		'y': `it without the flag, and ^ in front`,
	}
	seen := ""
	for c.offset < len(c.code) && isWord(c.code[c.offset]) {
		flag := c.code[c.offset]
		switch {
		case strings.IndexByte(seen, flag) >= 0:
			c.report(c.offset, fmt.Sprintf("the flag %c twice", flag), "it once")
		case flag == 'y' && c.runtime == Runtime1:
			c.report(c.offset, "the flag y, which is in runtime 2.0 only", instead[flag])
		case strings.IndexByte("gimy", flag) >= 0:
		case instead[flag] != "":
			c.report(c.offset, fmt.Sprintf("the flag %c", flag), instead[flag])
		default:
			c.report(c.offset, fmt.Sprintf("%c behind a regular expression", flag), "none but the flags g, i, m and y there")
		}
		seen += string(flag)
		c.offset++
	}
}

// pattern is what stands between the slashes.
type pattern struct {
	*checker
	at     int // its offset in the code
	text   string
	i      int  // offset in the text
	common bool // it has to mean the same in Perl and in JavaScript

	around     int // lookaheads and lookbehinds around it
	groups     int
	names      map[string]bool
	references []reference // to groups, which may follow
}

type reference struct {
	i      int
	number int
	name   string
}

// anyLength is the length of what matches texts of several lengths.
const anyLength = -1

// perl ends the reading of a pattern that is not JavaScript's.
type perl struct{}

func (p *pattern) read() {
	defer func() {
		if r := recover(); r != nil && r != (perl{}) {
			panic(r)
		}
	}()
	p.alternatives()
	if p.i < len(p.text) {
		p.problem(p.i, "a ) without its (", `\) for the character`)
	}
	for _, r := range p.references {
		switch {
		case r.name != "" && !p.names[r.name], r.name == "" && r.number > p.groups:
			p.report(p.at+r.i, "a reference to a group that is not there", "a reference to one of the groups, or no backslash")
		}
	}
}

// problem reports what is wrong with a pattern, and ends reading it.
func (p *pattern) problem(i int, found, instead string) {
	p.report(p.at+i, found+" in a regular expression", instead)
	panic(perl{})
}

func (p *pattern) rest() string { return p.text[p.i:] }

// alternatives reads alternatives up to the end of a group. It returns their
// common length, and whether each has one length.
func (p *pattern) alternatives() (common int, fixed bool) {
	common = p.sequence()
	fixed = common != anyLength
	for strings.HasPrefix(p.rest(), "|") {
		p.i++
		n := p.sequence()
		fixed = fixed && n != anyLength
		if n != common {
			common = anyLength
		}
	}
	return common, fixed
}

// sequence reads what is matched one after the other, and returns its length.
func (p *pattern) sequence() (length int) {
	for p.skipEnd(); p.i < len(p.text) && p.text[p.i] != '|' && p.text[p.i] != ')'; p.skipEnd() {
		n, repeatable := p.item()
		p.skipEnd()
		n = p.quantified(n, repeatable)
		if n == anyLength || length == anyLength {
			length = anyLength
		} else {
			length += n
		}
	}
	return length
}

// skipEnd goes past \E, which ends a quotation and else means nothing.
func (p *pattern) skipEnd() {
	for strings.HasPrefix(p.rest(), `\E`) {
		p.i += 2
		p.onlyPerl(p.i-2, p.i, "E for the letter")
	}
}

// item reads what a quantifier can follow, and returns its length.
func (p *pattern) item() (length int, repeatable bool) {
	r, size := utf8.DecodeRuneInString(p.rest())
	switch {
	case r == '^' || r == '$':
		p.i++
		return 0, false
	case r == '(':
		return p.group(), true
	case r == '[':
		p.class()
	case r == '\\':
		return p.escape()
	case r == '*' || r == '+' || r == '?', quantifier(p.rest()) != "":
		p.problem(p.i, "nothing to repeat", fmt.Sprintf(`\%c for the character`, r))
	default:
		p.i += size
	}
	return 1, true
}

// quantifier is the quantifier that a pattern begins with.
func quantifier(s string) string {
	if s == "" {
		return ""
	}
	if strings.IndexByte("*+?", s[0]) >= 0 {
		return s[:1]
	}
	n := 1
	n += spanLength(s[n:], "0123456789")
	if s[0] != '{' || n == 1 {
		return ""
	}
	if n < len(s) && s[n] == ',' {
		n++
		n += spanLength(s[n:], "0123456789")
	}
	if n < len(s) && s[n] == '}' {
		return s[:n+1]
	}
	return ""
}

// quantified reads the quantifier behind an item, and returns the length of both.
func (p *pattern) quantified(length int, repeatable bool) int {
	q := quantifier(p.rest())
	if q == "" {
		return length
	}
	if !repeatable {
		p.problem(p.i, "nothing to repeat", `the repetition behind a character or a group`)
	}
	least, most := p.counts(q)
	p.i += len(q)
	if strings.HasPrefix(p.rest(), "+") {
		p.onlyPerl(p.i-len(q), p.i+1, q+", or (?:…)+ for a repetition of a repetition")
	}
	if p.i < len(p.text) && (p.text[p.i] == '?' || p.text[p.i] == '+') {
		p.i++
	}
	if more := quantifier(p.rest()); more != "" {
		p.problem(p.i, "nothing to repeat", "(…)"+more+" for a repetition of a repetition")
	}
	if least != most || length == anyLength {
		return anyLength
	}
	return length * least
}

// counts are how often a quantifier repeats, at least and at most.
func (p *pattern) counts(q string) (least, most int) {
	if q[0] != '{' {
		return 0, anyLength
	}
	const limit = 65535
	first, second, several := strings.Cut(q[1:len(q)-1], ",")
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil || n > limit {
			p.problem(p.i, "a number above 65535", "a smaller number")
		}
		return n
	}
	least = number(first)
	switch {
	case !several:
		return least, least
	case second == "":
		return least, anyLength
	}
	if most = number(second); most < least {
		p.problem(p.i, "a repetition of at least more than at most", fmt.Sprintf("{%d,%d}", most, least))
	}
	return least, most
}

// group reads a group from its parenthesis on, and returns its length.
func (p *pattern) group() int {
	defer p.deeper()()
	open := p.i
	kind := ""
	for _, k := range []string{"(?:", "(?=", "(?!", "(?<=", "(?<!", "(?<", "(?", "(*", "("} {
		if strings.HasPrefix(p.rest(), k) {
			kind = k
			break
		}
	}
	p.i += len(kind)
	switch {
	case kind == "(?" && p.i < len(p.text), kind == "(*" && p.i < len(p.text) && 'A' <= p.text[p.i] && p.text[p.i] <= 'Z':
		panic(perl{})
	case kind == "(*":
		p.i--
	case kind == "(?<":
		p.name()
		p.groups++
	case kind == "(":
		p.groups++
	}
	behind := kind == "(?<=" || kind == "(?<!"
	around := behind || kind == "(?=" || kind == "(?!"
	referencesBefore := len(p.references)
	if around {
		p.around++
	}
	length, fixed := p.alternatives()
	if p.i == len(p.text) {
		p.problem(open, "a ( without its )", `\( for the character`)
	}
	p.i++
	if behind && (!fixed || len(p.references) > referencesBefore) {
		p.report(p.at+open, "a lookbehind of no fixed length in a regular expression", "(?:…)(…) and match[1] for what follows")
	}
	if around {
		p.around--
		return 0
	}
	return length
}

// name reads the name of a group.
func (p *pattern) name() {
	from := p.i
	name, _, closed := strings.Cut(p.rest(), ">")
	isPart := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	switch {
	case !closed, name == "", len(name) > 32, unicode.IsDigit(rune(name[0])), strings.ContainsFunc(name, func(r rune) bool { return !isPart(r) }):
		p.problem(from, "a group without a proper name", "a name of up to 32 letters, digits and underscores: (?<name>…)")
	case p.names[name]:
		p.problem(from, "a second group named "+name, "another name")
	}
	p.names[name] = true
	p.i += len(name) + 1
}
