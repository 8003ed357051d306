package edgejs

import (
	"strings"
	"testing"
)

// TestPatterns compiles regular expressions that are Perl's, and some that only
// look like it.
func TestPatterns(t *testing.T) {
	for pattern, message := range map[string]string{
		`/\Aab\z/`:                             `2:12: the regular expression /\Aab\z/ has a \A, which is Perl's and is not simulated`,
		`/x|\p{L}/`:                            `has a \p`,
		`/[[:alpha:]]/`:                        `has a [:alpha:]`,
		`/[]a]/`:                               `has a []`,
		`/(?i)a/`:                              `cannot be simulated, though CloudFront takes it: SyntaxError: Invalid group`,
		`/a++/`:                                `cannot be simulated, though CloudFront takes it: SyntaxError`,
		`(() => [/\h/])()`:                     `has a \h`,
		`/\\A/`:                                "",
		`/[\]]/`:                               "",
		`/\d\w\s\b\D\W\S\B/`:                   "",
		`/\u0041\x41\cA\t\n\0\//`:              "",
		`/(?<n>a)(?=b)(?!c)(?<=d)(?<!e)(?:f)/`: "",
		`"\\A"`:                                "",
	} {
		_, err := Compile("Edge", handler("return {"+"v: "+pattern+"};"), "cloudfront-js-2.0")
		switch {
		case message == "" && err != nil:
			t.Errorf("%s: %v", pattern, err)
		case message != "" && (err == nil || !strings.Contains(err.Error(), message)):
			t.Errorf("%s: got %v, want … %s …", pattern, err, message)
		}
	}
}
