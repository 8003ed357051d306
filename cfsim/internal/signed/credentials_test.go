package signed

import (
	"strings"
	"testing"
)

var queries = []struct{ query, want string }{
	{"", ""},
	{"color=red&size=medium", "color=red&size=medium"},
	{"color=red&size=medium&Expires=1&Signature=s&Key-Pair-Id=k", "color=red&size=medium"},
	{"Policy=p&color=red&Signature=s&size=medium&Key-Pair-Id=k&Hash-Algorithm=SHA256", "color=red&size=medium"},
	{"Expires=1&Signature=s&Key-Pair-Id=k", ""},
	{"expires=1&signature=s", "expires=1&signature=s"},
	{"Hash-Algorithm=SHA256", "Hash-Algorithm=SHA256"},
	{"a=1&&b=%20+&Expires", "a=1&&b=%20+"},
}

func TestStrip(t *testing.T) {
	for _, test := range queries {
		if got := Strip(test.query); got != test.want {
			t.Errorf("%q: got %q, want %q", test.query, got, test.want)
		}
	}
}

func FuzzStrip(f *testing.F) {
	for _, test := range queries {
		f.Add(test.query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got := Strip(query)
		if Strip(got) != got || isSigned(got) || len(got) > len(query) {
			t.Errorf("%q became %q", query, got)
		}
	})
}

func TestIsCookie(t *testing.T) {
	for _, name := range []string{"CloudFront-Expires", "CloudFront-Policy", "CloudFront-Signature", "CloudFront-Key-Pair-Id", "CloudFront-Hash-Algorithm"} {
		if !IsCookie(name) {
			t.Errorf("%s is none", name)
		}
		for _, other := range []string{strings.ToLower(name), strings.TrimPrefix(name, cookieStart), name + "s"} {
			if IsCookie(other) {
				t.Errorf("%s is one", other)
			}
		}
	}
}

func FuzzPolicy(f *testing.F) {
	for _, text := range []string{
		cannedPolicy(image, until), customPolicy("*"), `{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":-0}}}]}`, "{}", "null", `{"Statement":[null]}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parsePolicy(text)
		if err != nil {
			return
		}
		if s.before < 0 || s.before > maxEpoch || s.from != nil && !s.from.Addr().Is4() {
			t.Errorf("%q was read as %+v", text, s)
		}
	})
}
