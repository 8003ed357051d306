package cfrouter

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// toyNames are the domain names that cover toyHosts, the hosts of patterns.
var (
	toyNames = []string{"ex.am", "*.ex.am"}
	toyHosts = []string{"", "ex.am", "a.ex.am", "b.a.ex.am", "*.ex.am", "*.a.ex.am", "*.b.ex.am"}
)

// requestHosts tell any two of toyHosts apart.
var requestHosts = []string{"ex.am", "a.ex.am", "b.ex.am", "a.b.ex.am", "c.b.ex.am", "b.a.ex.am", "c.a.ex.am", "d.c.a.ex.am", "d111111abcdef8.cloudfront.net"}

func TestHostMatches(t *testing.T) {
	for _, test := range []struct {
		pattern string
		yes, no []string
	}{
		{"/", []string{"ex.am", "a.ex.am", "d111111abcdef8.cloudfront.net"}, nil},
		{"ex.am/", []string{"ex.am"}, []string{"a.ex.am", "hex.am", "ex.am.org", "*.ex.am"}},
		{"*.ex.am/", []string{"a.ex.am", "b.a.ex.am", "*.ex.am", "*.a.ex.am"}, []string{"ex.am", ".ex.am", "hex.am", "a.ex.am.org"}},
		{"*.a.ex.am/", []string{"b.a.ex.am", "c.b.a.ex.am"}, []string{"a.ex.am", "b.ex.am", "ba.ex.am", "*.ex.am"}},
	} {
		p := mustParse(t, test.pattern)
		for _, host := range test.yes {
			if !p.hostMatches(host) {
				t.Errorf("%q does not match the host %q", p, host)
			}
		}
		for _, host := range test.no {
			if p.hostMatches(host) {
				t.Errorf("%q matches the host %q", p, host)
			}
		}
	}
}

func TestCoveredHosts(t *testing.T) {
	for _, test := range []struct {
		names, host string
		covered     bool
	}{
		{"ex.am", "ex.am", true},
		{"ex.am", "a.ex.am", false},
		{"a.ex.am", "ex.am", false},
		{"*.ex.am", "a.ex.am", true},
		{"*.ex.am", "b.a.ex.am", true},
		{"*.ex.am", "ex.am", false},
		{"*.ex.am", "hex.am", false},
		{"*.a.ex.am", "b.ex.am", false},
		{"a.ex.am *.ex.org", "b.ex.org", true},
		{"*.ex.am", "*.ex.am", true},
		{"*.ex.am", "*.a.ex.am", true},
		{"*.a.ex.am", "*.ex.am", true},
		{"a.ex.am", "*.ex.am", true},
		{"b.a.ex.am", "*.ex.am", true},
		{"ex.am", "*.ex.am", false},
		{"a.ex.am", "*.a.ex.am", false},
		{"*.a.ex.am", "*.b.ex.am", false},
	} {
		p, err := parsePattern(test.host+"/", false, strings.Fields(test.names))
		if (err == nil) != test.covered {
			t.Errorf("%q with the domain names %q: %v", test.host, test.names, err)
		}
		if err == nil && p.host != test.host {
			t.Errorf("%q is read as %q", test.host, p.host)
		}
	}
}

func TestConflictsOfHosts(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"a.ex.am/api", "a.ex.am/api/", true},
		{"a.ex.am/api", "a.ex.am/api/*", true},
		{"a.ex.am/api", "/api", false},
		{"a.ex.am/api", "/api/*", false},
		{"a.ex.am/api", "b.ex.am/api", false},
		{"a.ex.am/api", "*.ex.am/api", false},
		{"*.a.ex.am/", "*.ex.am/", false},
		{"*.ex.am/api/*", "/api", false},
	} {
		a, b := &route{pattern: mustParse(t, test.a)}, &route{pattern: mustParse(t, test.b)}
		for _, err := range []error{conflict(a, b), conflict(b, a)} {
			if (err != nil) != test.want {
				t.Errorf("%q and %q: %v", test.a, test.b, err)
			}
		}
	}
}

// TestSortedByHostThenPath holds the first match of sorted patterns to what the
// rules say of all that match.
func TestSortedByHostThenPath(t *testing.T) {
	seed := rand.New(rand.NewPCG(3, 4))
	pick := func(from []string) string { return from[seed.IntN(len(from))] }
	paths := []string{"/", "/a", "/a/b", "/ab", "/*b", "/a*", "/?", "/a/*/b"}
	won := map[string]int{}
	for range 2000 {
		var patterns []pattern
		for range 8 {
			p, err := parsePattern(pick(toyHosts)+pick(paths), false, toyNames)
			if err != nil {
				t.Fatal(err)
			}
			patterns = append(patterns, p)
		}
		host, path := pick(requestHosts), pick(toyPaths)
		matches := func(p pattern) bool { return p.hostMatches(host) && p.matches(path) }
		sorted := sortPatterned(patterns, func(p pattern) pattern { return p })
		want, matched := mostSpecific(slices.DeleteFunc(patterns, func(p pattern) bool { return !matches(p) }))
		at := slices.IndexFunc(sorted, matches)
		if (at >= 0) != matched || matched && sorted[at] != want {
			t.Fatalf("%s%s: want %q of %q", host, path, want, sorted)
		}
		if matched {
			won[want.host]++
		}
	}
	for _, host := range toyHosts {
		if won[host] == 0 {
			t.Errorf("no request was for the host %q of a pattern", host)
		}
	}
}

// mostSpecific applies the rules one after the other: the host that is spelled
// out, or else the wildcard of most labels, or else none; then the path.
func mostSpecific(matching []pattern) (best pattern, ok bool) {
	labels := func(p pattern) int {
		switch {
		case p.host == "":
			return 0
		case strings.HasPrefix(p.host, "*."):
			return strings.Count(p.host, ".")
		}
		return 1000
	}
	most := 0
	for _, p := range matching {
		most = max(most, labels(p))
	}
	byPath := map[pattern]pattern{}
	var alone []pattern
	for _, p := range matching {
		if labels(p) == most {
			path := pattern{kind: p.kind, path: p.path}
			byPath[path], alone = p, append(alone, path)
		}
	}
	if len(alone) == 0 {
		return pattern{}, false
	}
	slices.SortFunc(alone, comparePatterns)
	return byPath[alone[0]], true
}
