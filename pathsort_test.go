package cfrouter

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
)

func mustParse(t testing.TB, text string) pattern {
	t.Helper()
	exact := strings.HasPrefix(text, "=")
	p, err := parsePattern(strings.TrimPrefix(text, "="), exact, toyNames)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestBehaviorsOfPatterns(t *testing.T) {
	for _, test := range []struct {
		text  string // "=" in front stands for Exact
		want  []string
		strip string
	}{
		{"/", []string{"/*"}, ""},
		{"/api", []string{"/api", "/api/*"}, "/api"},
		{"/api/", []string{"/api", "/api/*"}, "/api"},
		{"/a/b", []string{"/a/b", "/a/b/*"}, "/a/b"},
		{"=/api", []string{"/api"}, ""},
		{"=/api/", []string{"/api/"}, ""},
		{"=/", []string{"/"}, ""},
		{"/*.jpg", []string{"/*.jpg"}, ""},
		{"/a/**?", []string{"/a/?*"}, "/a"},
		{"/media/raw/*", []string{"/media/raw/*"}, "/media/raw"},
		{"/media/raw*/x", []string{"/media/raw*/x"}, "/media"},
		{"/v?/health/*", []string{"/v?/health/*"}, ""},
		{"a.ex.am/", []string{"/*"}, ""},
		{"*.ex.am/api/", []string{"/api", "/api/*"}, "/api"},
		{"=a.ex.am/api/", []string{"/api/"}, ""},
		{"*.ex.am/a/**?", []string{"/a/?*"}, "/a"},
	} {
		p := mustParse(t, test.text)
		if got := []string(p.behaviors()); !slices.Equal(got, test.want) {
			t.Errorf("%q needs behaviors %q, want %q", test.text, got, test.want)
		}
		if got := p.strippable(); got != test.strip {
			t.Errorf("%q can strip %q, want %q", test.text, got, test.strip)
		}
	}
}

// TestRelate runs each row both ways round.
func TestRelate(t *testing.T) {
	inverse := map[relation]relation{narrower: wider, wider: narrower}
	for _, test := range []struct {
		a, b string
		want relation
	}{
		{"/api", "/", narrower},
		{"/api/admin", "/api", narrower},
		{"/api", "/apiary", disjoint},
		{"=/api", "/api", narrower},
		{"=/api/", "/api", narrower},
		{"=/api", "=/api/", disjoint},
		{"=/api", "=/api", equal},
		{"/api", "/api/", equal},
		{"/api", "/api*", narrower},
		{"/api/*", "/api", narrower},
		{"/*.jpg", "/img", overlapping},
		{"/*.jpg", "/", narrower},
		{"/a*b", "/a*", narrower},
		{"/a*", "/*b", overlapping},
		{"/a?", "/a*", narrower},
		{"/?*", "/", narrower},
		{"/v?/health", "/v12", disjoint},
		{"/v?/health", "/v1", overlapping},
		{"=/a/b", "/*/b", narrower},
		{"/*?", "/?*", equal},
		{"a.ex.am/api", "a.ex.am/", narrower},
		{"*.ex.am/*.jpg", "*.ex.am/img", overlapping},
		{"=ex.am/api", "ex.am/api/", narrower},
		{"ex.am/api", "ex.am/api/", equal},
		{"a.ex.am/api", "/api", disjoint},
		{"a.ex.am/api", "*.ex.am/", disjoint},
		{"a.ex.am/*.jpg", "b.a.ex.am/img", disjoint},
	} {
		check := func(x, y string, want relation) {
			a, b := mustParse(t, x), mustParse(t, y)
			got, witness := relate(a, b)
			if got != want {
				t.Errorf("relate(%q, %q) = %d, want %d", x, y, got, want)
			}
			if got != disjoint && (!a.matches(witness) || !b.matches(witness)) {
				t.Errorf("relate(%q, %q): %q does not match both", x, y, witness)
			}
		}
		check(test.a, test.b, test.want)
		back, differs := inverse[test.want]
		if !differs {
			back = test.want
		}
		check(test.b, test.a, back)
	}
}

func TestOrder(t *testing.T) {
	want := []string{
		"b.a.ex.am/", "=a.ex.am/api", "a.ex.am/api", "a.ex.am/", "b.ex.am/*.jpg", "ex.am/api/admin", "ex.am/",
		"*.a.ex.am/", "*.b.ex.am/api", "=*.ex.am/healthz", "*.ex.am/api", "*.ex.am/",
		"=/healthz", "=/api", "=/",
		"/api/admin/audit", "/api/admin", "/content", "/content*", "/files/*.jpg", "/files", "/v1/*.js", "/api",
		"/ab*", "/v?/health", "/v?/*", "/a*b*", "/a*", "/*.jpeg", "/*.jpg", "/?*", "/",
	}
	for range 20 {
		shuffled := slices.Clone(want)
		rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		got := sortPatterned(shuffled, func(text string) pattern { return mustParse(t, text) })
		if !slices.Equal(got, want) {
			t.Fatalf("sorted\n%q, want\n%q", got, want)
		}
	}
}

// FuzzOrder checks that the order is total, does not depend on the order of
// addition and never puts a wider pattern first; and that relations agree with
// matching.
func FuzzOrder(f *testing.F) {
	f.Add("a", "a/b", "b*", false, true, false, uint8(0), uint8(0), uint8(0))
	f.Add("a*b", "a?b*", "ab", false, false, true, uint8(1), uint8(1), uint8(1))
	f.Add("*a", "a*", "*a*", false, false, false, uint8(4), uint8(4), uint8(4))
	f.Add("?*a", "*a", "??a", false, false, false, uint8(0), uint8(4), uint8(5))
	f.Add("a", "a", "a/", false, true, false, uint8(3), uint8(5), uint8(6))
	f.Fuzz(func(t *testing.T, x, y, z string, ex, ey, ez bool, hx, hy, hz uint8) {
		var patterns []pattern
		for i, text := range []string{x, y, z} {
			host := toyHosts[int([]uint8{hx, hy, hz}[i])%len(toyHosts)]
			if p, err := parsePattern(host+toyPattern(text), []bool{ex, ey, ez}[i], toyNames); err == nil {
				patterns = append(patterns, p)
			}
		}
		for _, a := range patterns {
			for _, b := range patterns {
				checkPair(t, a, b)
				for _, c := range patterns {
					if comparePatterns(a, b) < 0 && comparePatterns(b, c) < 0 && comparePatterns(a, c) >= 0 {
						t.Errorf("%q before %q before %q before %q", a, b, c, a)
					}
				}
			}
		}
		sorted := sortPatterned(patterns, func(p pattern) pattern { return p })
		slices.Reverse(patterns)
		if again := sortPatterned(patterns, func(p pattern) pattern { return p }); !slices.Equal(sorted, again) {
			t.Errorf("%q or %q, depending on the order of addition", sorted, again)
		}
	})
}

func checkPair(t *testing.T, a, b pattern) {
	t.Helper()
	r, witness := relate(a, b)
	order := comparePatterns(a, b)
	if (order == 0) != (a == b) || order != -comparePatterns(b, a) {
		t.Errorf("comparing %q with %q gives %d, and the other way round %d", a, b, order, comparePatterns(b, a))
	}
	switch {
	case r == equal && a != b, r == narrower && order >= 0, r == wider && order <= 0:
		t.Errorf("%q and %q are related by %d and compare as %d", a, b, r, order)
	}
	if r != disjoint && (!a.matches(witness) || !b.matches(witness) || witness[0] != '/') {
		t.Errorf("%q and %q: %q is no path of both", a, b, witness)
	}
	if a.host != b.host {
		checkHosts(t, a, b, r, order)
		return
	}
	for _, path := range toyPaths {
		inA, inB := a.matches(path), b.matches(path)
		if inA != a.behaviors().Match(path) {
			t.Fatalf("%q matches %q: %v, and its behaviors %v", a, path, inA, !inA)
		}
		if inA && inB && r == disjoint || inA && !inB && (r == equal || r == narrower) || inB && !inA && (r == equal || r == wider) {
			t.Errorf("%q and %q are related by %d, which %q contradicts", a, b, r, path)
		}
	}
}

// checkHosts is checkPair for patterns of different hosts.
func checkHosts(t *testing.T, a, b pattern, r relation, order int) {
	t.Helper()
	if r != disjoint {
		t.Errorf("%q and %q have different hosts and are related by %d", a, b, r)
	}
	within, around := true, true
	for _, host := range requestHosts {
		inA, inB := a.hostMatches(host), b.hostMatches(host)
		within, around = within && (inB || !inA), around && (inA || !inB)
	}
	switch {
	case within && around:
		t.Errorf("%q and %q have different hosts that match the same requests", a, b)
	case within && order >= 0, around && order <= 0:
		t.Errorf("%q and %q compare as %d, which puts the wider host first", a, b, order)
	}
}

// toyPattern turns any text into a path over a small alphabet, which it leaves as
// it is.
func toyPattern(text string) string {
	const alphabet = "ab/*?"
	var b strings.Builder
	b.WriteByte('/')
	for _, c := range []byte(text[:min(len(text), 6)]) {
		if strings.IndexByte(alphabet, c) < 0 {
			c = alphabet[int(c)%len(alphabet)]
		}
		b.WriteByte(c)
	}
	return b.String()
}

// toyPaths are the paths of up to four characters behind the first slash.
var toyPaths = func() []string {
	paths := []string{"/"}
	for from := 0; len(paths) < 256; {
		end := len(paths)
		for _, path := range paths[from:end] {
			for _, c := range "ab/z" {
				paths = append(paths, path+string(c))
			}
		}
		from = end
	}
	return paths
}()

// FuzzParsePattern checks that what was parsed can be written and parsed again,
// that it fits what CloudFront takes, and that what was refused is quoted.
func FuzzParsePattern(f *testing.F) {
	for _, text := range []string{
		"", "/", "//", "/api", "/api/", "/a/**?", "/*", "/v?/x", "/café", "/a%20b", "/a?b=c", "/a#b", "/.", "/\xff", longest + "a",
		"api/users", "*.jpg", "robots.txt", "v1.2/users", ".well-known/x", "https://ex.am/a", "//ex.am/a", "ex.am:80/", "1.2.3.4/", "[::1]:80/", "::1/",
		"ex.am", "ex.am/", "ex.am/*", "ex.am//", "EX.am/a", "a.b.ex.am/a/", "*.ex.am/*.jpg", "*.am/", "a*.ex.am/", "*.*.am/", "*.", "*./", "./", "ex..am/", "\xff.am/",
		"a.ex.am" + longest, "${Token[TOKEN.1]}/", "ex.am/${Token[TOKEN.1]}", "ex.am/a (exact)",
	} {
		f.Add(text, false)
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, exact bool) {
		p, err := parsePattern(text, exact, toyNames)
		if err != nil {
			if !strings.Contains(err.Error(), strconv.Quote(text)) {
				t.Errorf("%q is refused with a message that does not quote it: %v", text, err)
			}
			return
		}
		written, exactly := strings.CutSuffix(p.String(), " (exact)")
		if again, err := parsePattern(written, exactly, toyNames); err != nil || again != p || exactly != exact {
			t.Errorf("%q, exact %v, is written %q and read as %q (%v)", text, exact, p, again, err)
		}
		if !strings.HasPrefix(p.path, "/") || p.host != "" && p.host != "ex.am" && !strings.HasSuffix(p.host, ".ex.am") {
			t.Errorf("%q has the host %q and the path %q", text, p.host, p.path)
		}
		for _, behavior := range p.behaviors() {
			if len(behavior) > maxPatternLength {
				t.Errorf("%q needs a behavior of %d characters", text, len(behavior))
			}
		}
	})
}

// longest is the longest path of a prefix.
var longest = "/" + strings.Repeat("a", maxPatternLength-len("//*"))

func TestLongestPatterns(t *testing.T) {
	for _, test := range []struct {
		text  string
		exact bool
		ok    bool
	}{
		{"/" + strings.Repeat("a", 252), false, true},
		{"/" + strings.Repeat("a", 253), false, false},
		{"/" + strings.Repeat("a", 254), true, true},
		{"/" + strings.Repeat("a", 255), true, false},
		{"/*" + strings.Repeat("a", 253), false, true},
		{"/*" + strings.Repeat("a", 254), false, false},
		{"a.ex.am" + longest, false, true},
		{"a.ex.am" + longest + "a", false, false},
	} {
		if _, err := parsePattern(test.text, test.exact, toyNames); (err == nil) != test.ok {
			t.Errorf("%d characters, exact %v: %v", len(test.text), test.exact, err)
		}
	}
}

func TestRouteKeysAreDistinct(t *testing.T) {
	var routes []*route
	for i := range 75 {
		r := toyRoute(pattern{kind: edgefn.Prefix, path: "/" + strings.Repeat("a", i+1)}, i%3 != 0)
		r.destinations[0].target.key = "bucket:Stack/Site"
		routes = append(routes, r)
	}
	keys := newPlan(routes, Dispatch_BEHAVIORS).keys()
	seen := map[string]bool{}
	for _, r := range routes {
		key, cached := keys[r.destinations[0]], r.destinations[0].wants.cached
		switch {
		case !cached && key != "":
			t.Errorf("%q is not cached and has the key %q", r.pattern, key)
		case cached && (key == "" || seen[key]):
			t.Errorf("%q has the key %q, which is empty or taken", r.pattern, key)
		}
		seen[key] = true
	}
}

func BenchmarkSort1000Patterns(b *testing.B) {
	var patterns []pattern
	for i := range 1000 {
		text := "/" + strings.Repeat("segment/", i%5) + string(rune('a'+i%26))
		if i%4 == 0 {
			text += "*" + string(rune('a'+i%7))
		}
		patterns = append(patterns, mustParse(b, text))
	}
	for b.Loop() {
		sortPatterned(patterns, func(p pattern) pattern { return p })
	}
}

func BenchmarkPlan35Routes(b *testing.B) {
	var routes []*route
	for i := range 35 {
		p := pattern{kind: edgefn.Prefix, path: "/" + strings.Repeat(string(rune('a'+i%26)), 1+i)}
		routes = append(routes, toyRoute(p, i%2 == 0))
	}
	for b.Loop() {
		newPlan(routes, Dispatch_BEHAVIORS).table()
	}
}
