package cfrouter

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
)

func mustParse(t testing.TB, text string) pattern {
	t.Helper()
	exact := strings.HasPrefix(text, "=")
	p, err := parsePattern(strings.TrimPrefix(text, "="), exact)
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
	f.Add("/a", "/a/b", "/*", false, true, false)
	f.Add("/a*b", "/a?b*", "/ab", false, false, true)
	f.Add("/*a", "/a*", "/*a*", false, false, false)
	f.Add("/?*a", "/*a", "/??a", false, false, false)
	f.Fuzz(func(t *testing.T, x, y, z string, ex, ey, ez bool) {
		var patterns []pattern
		for i, text := range []string{x, y, z} {
			if p, err := parsePattern(toyPattern(text), []bool{ex, ey, ez}[i]); err == nil {
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

// toyPattern turns any text into a pattern over a small alphabet.
func toyPattern(text string) string {
	var b strings.Builder
	b.WriteByte('/')
	for i := range min(len(text), 6) {
		b.WriteByte("ab/*?"[text[i]%5])
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
	} {
		if _, err := parsePattern(test.text, test.exact); (err == nil) != test.ok {
			t.Errorf("%d characters, exact %v: %v", len(test.text), test.exact, err)
		}
	}
}

func TestRouteKeysAreDistinct(t *testing.T) {
	var routes []*route
	for i := range 75 {
		p := pattern{edgefn.Prefix, "/" + strings.Repeat("a", i+1)}
		routes = append(routes, &route{pattern: p, target: &boundTarget{key: "bucket:Stack/Site"}, cached: i%3 != 0})
	}
	seen := map[string]bool{}
	for i, key := range routeKeys(routes) {
		switch {
		case !routes[i].cached && key != "":
			t.Errorf("route %d is not cached and has the key %q", i, key)
		case routes[i].cached && (key == "" || seen[key]):
			t.Errorf("route %d has the key %q, which is empty or taken", i, key)
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
	r := &router{}
	for i := range 35 {
		p := pattern{edgefn.Prefix, "/" + strings.Repeat(string(rune('a'+i%26)), 1+i)}
		r.routes = append(r.routes, &route{pattern: p, strip: p.path, target: &boundTarget{key: p.path, config: &TargetConfig{}}, cached: i%2 == 0})
	}
	for b.Loop() {
		sorted := r.sorted()
		planBehaviors(sorted)
		planTable(sorted)
	}
}
