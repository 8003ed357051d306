package iam

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          truth
	}{
		{"", "", yes},
		{"*", "", yes},
		{"?", "", no},
		{"a*c", "abc", yes},
		{"a*c", "ac", yes},
		{"a*c", "abd", no},
		{"*a*b*", "xaxbx", yes},
		{"???", "äöü", yes},
		{"a\xff", "a\xff", yes},
		{"${A}", "${A}", yes},
		{"*", "x${A}y", yes},
		{"x${A}*", "x${A}y", yes},
		{"${A}", "${B}", no},
		{"${A}", "a", unknown},
		{"a", "${A}", unknown},
		{"a*b", "${A}", unknown},
		{"?", "${A}", unknown},
		{"x${A}y", "xy", no}, // a symbol is never empty
		{"x${A}y", "xzzy", unknown},
		{"x${A}y", "xzz", no},
		{"xzzy", "x${A}y", unknown},
		{"xy", "x${A}y", no},
		{"${A}-${B}", "a-b", unknown},
		{"${A}-${B}", "a-", no},
		{"${A}-b", "${A}-${C}", unknown},
		{"${A}-${B}", "${A}-${C}", no},
		{"${AWS::Region}", "${Region}", unknown},
		{"${AWS::Region}-x", "${Region}", unknown},
		{"${Region}", "x-${AWS::Region}", unknown},
		{"${AWS::Region}", "${AWS::Region}", yes},
		{"${", "${", yes},
		{"${}", "${}", yes},
		{"${A", "${A", yes},
		{"$A", "$A", yes},
	} {
		pattern, _ := lexPattern(test.pattern, true, nil)
		if got := (matcher{}).text(pattern, lex(test.text)); got != test.want {
			t.Errorf("%q with %q: %d, want %d", test.pattern, test.text, got, test.want)
		}
	}
}

// A certain answer stays when a symbol turns out to be some text, which is what
// certain means.
func FuzzSubstitution(f *testing.F) {
	f.Add("a*${A}?", "ab${A}c", "x")
	f.Add("${A}${A}", "${A}b", "b")
	f.Add("?b*", "${A}", "ab")
	f.Add("arn:aws:s3:::${A}/*", "arn:aws:s3:::site/x", "site")
	f.Fuzz(func(t *testing.T, pattern, text, value string) {
		if value == "" || len(pattern)+len(text)+len(value) > 300 {
			return
		}
		replace := func(tokens []token) (out []token) {
			for _, x := range tokens {
				if x.symbol == "${A}" {
					out = append(out, lex(value)...)
				} else {
					out = append(out, x)
				}
			}
			return out
		}
		p, ok := lexPattern(pattern, true, nil)
		if !ok || len(lex(value)) == 0 {
			return
		}
		m := matcher{distinct: func(symbol string) bool { return symbol != "${A}" }}
		if strings.Contains(value, ":") {
			return // would make other parts of an ARN
		}
		for name, compare := range map[string]func(p, text []token) truth{"text": m.text, "arn": m.arn} {
			before, after := compare(p, lex(text)), compare(replace(p), replace(lex(text)))
			if before != unknown && after != before && !(name == "arn" && after == unknown) {
				t.Errorf("%s: %q with %q is %d, and %d once ${A} is %q", name, pattern, text, before, after, value)
			}
		}
	})
}
