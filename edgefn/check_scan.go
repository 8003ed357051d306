package edgefn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is the kind of a token.
type kind int

const (
	endOfCode kind = iota
	word           // a name or a keyword
	number
	quoted // a string
	punctuator
	illegal // nothing that code can go on with
)

// token is a word, a number, a string or a punctuator.
type token struct {
	kind    kind
	text    string // as it stands in the code
	at, end int    // offsets of its first character and of what follows its last

	newline bool     // the end of a line stands in front of it
	flaw    *finding // what is wrong with it
}

func (t token) is(text string) bool {
	return t.text == text && (t.kind == punctuator || t.kind == word)
}

// literal is what stands between the quotes of a string.
func (t token) literal() string { return t.text[1 : len(t.text)-1] }

// scanner splits code into tokens. Regular expressions and the later parts of
// template literals are found by the parser, which alone knows where a slash or a
// brace begins one.
type scanner struct {
	code   string
	offset int
	gaps   []gap
}

// gap is white space and comments between two tokens.
type gap struct {
	from, to int
	newline  bool
}

// forgetGaps forgets what was taken for a gap from an offset on.
func (s *scanner) forgetGaps(offset int) {
	for len(s.gaps) > 0 && s.gaps[len(s.gaps)-1].from >= offset {
		s.gaps = s.gaps[:len(s.gaps)-1]
	}
}

func (s *scanner) rest() string { return s.code[s.offset:] }

func (s *scanner) scan() token {
	from := s.offset
	newline, flaw := s.skipSpace()
	if s.offset > from {
		s.gaps = append(s.gaps, gap{from, s.offset, newline})
	}
	t := token{at: s.offset, newline: newline, flaw: flaw}
	switch rest := s.rest(); {
	case flaw != nil:
		t.kind = illegal
	case rest == "":
		t.kind = endOfCode
	case startsName(rest):
		t.kind, t.flaw = word, s.scanName()
	case isDigit(rest[0]), rest[0] == '.' && len(rest) > 1 && isDigit(rest[1]):
		t.kind, t.flaw = s.scanNumber()
	case rest[0] == '"' || rest[0] == '\'':
		t.kind, t.flaw = s.scanString(rest[:1])
	case punctuatorLength(rest) > 0:
		t.kind = punctuator
		s.offset += punctuatorLength(rest)
	default:
		t.kind, t.flaw = illegal, strangeCharacter(s.offset, rest)
	}
	t.end = s.offset
	t.text = s.code[t.at:t.end]
	return t
}

func strangeCharacter(at int, rest string) *finding {
	if rest[0] == '#' {
		return &finding{at, "a private name (#)", "a name that begins with _"}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return &finding{at, fmt.Sprintf("the character %q", r), "code without it; it may stand in a string"}
}

// skipSpace skips white space and comments, and reports whether a line ended. As
// in njs, a line ends with \n alone, and the line ends within a comment are none.
func (s *scanner) skipSpace() (newline bool, flaw *finding) {
	for s.offset < len(s.code) {
		rest := s.rest()
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case r == '\n':
			newline = true
			s.offset++
		case isSpace(r):
			s.offset += size
		case rest == "//":
			// Right at the end of the code, njs takes the slashes for operators.
			return newline, &finding{s.offset, "an empty comment at the end of the code", "the code without it"}
		case strings.HasPrefix(rest, "//"):
			line, _, _ := strings.Cut(rest, "\n")
			s.offset += len(line)
		case strings.HasPrefix(rest, "/*"):
			comment, _, closed := strings.Cut(rest[2:], "*/")
			if !closed {
				return newline, &finding{s.offset, "a comment that does not end", "*/ behind it"}
			}
			s.offset += len(comment) + 4
		default:
			return newline, nil
		}
	}
	return newline, nil
}

func isSpace(r rune) bool {
	return strings.ContainsRune("\t\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff", r) || '\u2000' <= r && r <= '\u200a'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// startsName reports whether a name begins here, be it one that the engine does
// not take: its names are ASCII.
func startsName(s string) bool { return s != "" && !isDigit(s[0]) && nameLength(s) > 0 }

// nameLength is the length of the next character of a name, 0 if none follows.
func nameLength(s string) int {
	switch r, size := utf8.DecodeRuneInString(s); {
	case s == "":
		return 0
	case isWord(s[0]):
		return 1
	case r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)):
		return size
	case strings.HasPrefix(s, `\u`):
		length, _ := escape(s)
		return length
	}
	return 0
}

func (s *scanner) scanName() *finding {
	from, strange := s.offset, false
	for length := nameLength(s.rest()); length > 0; length = nameLength(s.rest()) {
		strange = strange || !isWord(s.code[s.offset])
		s.offset += length
	}
	if !strange {
		return nil
	}
	return &finding{from, "the name " + shorten(s.code[from:s.offset]), "a name of the characters A-Z, a-z, 0-9, _ and $"}
}

const hexDigits = "0123456789abcdefABCDEF"

// digitsOf are the digits of numbers with a prefix.
var digitsOf = map[string]string{"0x": hexDigits, "0o": "01234567", "0b": "01"}

func (s *scanner) scanNumber() (kind, *finding) {
	from := s.offset
	digits := "0123456789"
	if byPrefix := digitsOf[strings.ToLower(s.rest()[:min(2, len(s.rest()))])]; byPrefix != "" {
		digits = byPrefix
		s.offset += 2
		s.skipAny(digits + "_")
	} else {
		s.skipDecimal()
	}
	text := s.code[from:s.offset]
	switch {
	case s.rest() != "" && s.rest()[0] == 'n' && !startsName(s.rest()[1:]):
		s.offset++
		return number, &finding{from, "a BigInt (" + shorten(text) + "n)", shorten(text) + ", which is exact up to 9007199254740991"}
	case len(text) > 1 && text[0] == '0' && (isDigit(text[1]) || text[1] == '_'):
		return illegal, &finding{from, "a number that begins with 0 (" + shorten(text) + ")", "it without the 0, or an octal number like 0o17"}
	case startsName(s.rest()), len(text) == 2 && digits == digitsOf[strings.ToLower(text)], misplacedSeparator(text, digits):
		return illegal, &finding{from, "something that is no number (" + shorten(text) + ")", "digits, such as 1000, 0x1f or 1.5e3, and a space behind them"}
	}
	return number, nil
}

func (s *scanner) skipAny(of string) { s.offset += spanLength(s.rest(), of) }

// spanLength is how many of the first characters are of those given.
func spanLength(s, of string) int { return len(s) - len(strings.TrimLeft(s, of)) }

func (s *scanner) skipDecimal() {
	const digits = "0123456789_"
	s.skipAny(digits)
	if strings.HasPrefix(s.rest(), ".") {
		s.offset++
		s.skipAny(digits)
	}
	if rest := s.rest(); rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		sign := spanLength(rest[1:min(2, len(rest))], "+-")
		if n := spanLength(rest[1+sign:], digits); n > 0 {
			s.offset += 1 + sign + n
		}
	}
}

// misplacedSeparator reports whether an underscore in a number does not stand
// between two digits.
func misplacedSeparator(text, digits string) bool {
	for i := range text {
		if text[i] == '_' && (i == 0 || i+1 == len(text) || !strings.Contains(digits, text[i-1:i]) || !strings.Contains(digits, text[i+1:i+2])) {
			return true
		}
	}
	return false
}

// punctuators are those of JavaScript. What the engine does not have of them is
// for the parser to say.
var punctuators = wordSet("{ } ( ) [ ] ; , < > + - * / % & | ^ ! ~ ? : = . ` => == != <= >= && || ?? ?. ++ -- += -= *= /= %= &= |= ^= << >> ** === !== **= <<= >>= >>> &&= ||= ??= ... >>>=")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// punctuatorLength is the length of the punctuator that the code begins with, 0
// if it begins with none.
func punctuatorLength(s string) int {
	for n := min(4, len(s)); n > 0; n-- {
		if punctuators[s[:n]] && !(s[:n] == "?." && len(s) > 2 && isDigit(s[2])) {
			return n
		}
	}
	return 0
}

// scanText goes past characters up to one of the ends, of which it returns the
// one it came to; "" is the end of the code. A flaw is that of an escape sequence.
func (s *scanner) scanText(ends ...string) (end string, flaw *finding) {
	for s.offset < len(s.code) {
		rest := s.rest()
		if i := slices.IndexFunc(ends, func(end string) bool { return strings.HasPrefix(rest, end) }); i >= 0 {
			s.offset += len(ends[i])
			return ends[i], flaw
		}
		length := 1
		if rest[0] == '\\' {
			var problem string
			if length, problem = escape(rest); problem != "" && flaw == nil {
				flaw = &finding{s.offset, problem, `\xHH or \uHHHH with the code of the character in hexadecimal digits`}
			}
		}
		s.offset += length
	}
	return "", flaw
}

func (s *scanner) scanString(quote string) (kind, *finding) {
	from := s.offset
	s.offset++
	end, flaw := s.scanText(quote, "\n", "\r")
	if end != quote {
		return illegal, &finding{from, "a string that does not end on its line", quote + " at its end, and \\n for the end of a line in it"}
	}
	return quoted, flaw
}

// escape is the length of the escape sequence that the code begins with, or of
// what makes it one, and what is wrong with it.
func escape(s string) (length int, problem string) {
	switch {
	case len(s) == 1:
		return 1, ""
	case strings.HasPrefix(s, "\\\r\n"):
		return 3, ""
	case '1' <= s[1] && s[1] <= '9':
		return 2, "an octal escape (" + s[:2] + ")"
	case strings.HasPrefix(s, `\u{`):
		digits, _, closed := strings.Cut(s[3:], "}")
		if code, err := strconv.ParseUint(digits, 16, 32); !closed || err != nil || len(digits) > 6 || code > unicode.MaxRune {
			return 3, `an escape that names no character (\u{)`
		}
		return len(digits) + 4, ""
	case s[1] == 'x' && !isHex(s[2:], 2), s[1] == 'u' && !isHex(s[2:], 4):
		return 2, "an escape without its digits (" + s[:2] + ")"
	}
	return 2, ""
}

// isHex reports whether code begins with n hexadecimal digits.
func isHex(s string, n int) bool { return spanLength(s[:min(n, len(s))], hexDigits) == n }

// reserved are the words that can name no variable. The engine is always
// strict.
var reserved = wordSet(`await break case catch class const continue debugger default delete do else enum export
	extends false finally for function if implements import in instanceof interface let new null package private
	protected public return static super switch this throw true try typeof var void while with yield`)
