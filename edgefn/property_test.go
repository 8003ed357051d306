package edgefn_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
	patterns "github.com/cfrouter/cfrouter/internal/glob"
)

// Random tables and urls are made of so few parts that most urls have to do
// with some route.
const (
	randomTables  = 60
	urlsPerTable  = 50
	routesAtMost  = 10
	partsAtMost   = 9
	redirectsLeft = 6 // browsers give up after twenty
)

// randomSource is the same for a seed on every machine.
func randomSource(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func oneOf[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

// randomTable is a table of routes in route order.
func randomTable(r *rand.Rand) []edgefn.Route {
	var routes []edgefn.Route
	seen := map[string]bool{}
	for range 1 + r.IntN(routesAtMost) {
		route := randomRoute(r)
		if id := fmt.Sprint(route.Kind, route.Path); !seen[id] {
			seen[id] = true
			routes = append(routes, route)
		}
	}
	slices.SortFunc(routes, moreSpecific)
	return routes
}

// moreSpecific is the order of routes: an exact path is a single path; a longer
// literal beginning leaves fewer paths; where the beginnings are equally long,
// so do a longer shortest match and then more characters that are fixed.
func moreSpecific(a, b edgefn.Route) int {
	count := func(r edgefn.Route, wildcards string) int {
		return len(strings.Map(func(c rune) rune {
			if r.Kind == edgefn.Glob && strings.ContainsRune(wildcards, c) {
				return -1
			}
			return c
		}, r.Path))
	}
	return cmp.Or(
		cmp.Compare(boolInt(b.Kind == edgefn.Exact), boolInt(a.Kind == edgefn.Exact)),
		cmp.Compare(len(literal(b)), len(literal(a))),
		cmp.Compare(count(b, "*"), count(a, "*")),
		cmp.Compare(count(b, "*?"), count(a, "*?")),
		cmp.Compare(strings.Count(a.Path, "*"), strings.Count(b.Path, "*")),
		cmp.Compare(a.Path, b.Path),
	)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// literal is the path up to the first wildcard.
func literal(r edgefn.Route) string {
	if r.Kind == edgefn.Glob {
		return r.Path[:strings.IndexAny(r.Path, "*?")]
	}
	return r.Path
}

func randomRoute(r *rand.Rand) edgefn.Route {
	route := edgefn.Route{Kind: oneOf(r, edgefn.Prefix, edgefn.Prefix, edgefn.Exact, edgefn.Glob), Forwards: r.IntN(2) == 0}
	route.Path = randomPath(r, route.Kind)
	if r.IntN(4) > 0 {
		route.Strip = strippable(route)
	}
	if r.IntN(2) == 0 {
		route.Key = oneOf(r, "k1", "k2", "k3")
	}
	if r.IntN(2) == 0 {
		route.Index = pointer(oneOf(r, "", "a", "index.html"))
	}
	return route
}

// randomPath is a path that a route of the kind can have.
func randomPath(r *rand.Rand, kind edgefn.Kind) string {
	segments := []string{"a", "b", "ab", "a.b", ".a", "-"}
	if kind == edgefn.Glob {
		segments = append(segments, "*", "?", "a*", "*b", "?b", "a?", "*.b", "??*", "???", "*a*")
	}
	var p string
	for range r.IntN(4) {
		p += "/" + oneOf(r, segments...)
	}
	switch {
	case kind == edgefn.Prefix:
		return cmp.Or(p, "/")
	case p == "" || r.IntN(4) == 0:
		p += "/"
	}
	if kind == edgefn.Glob && !strings.ContainsAny(p, "*?") {
		p += oneOf(r, "a*", "?")
	}
	if kind == edgefn.Glob {
		return patterns.Canonical(p)
	}
	return p
}

// strippable is what a route strips when it is asked to.
func strippable(r edgefn.Route) string {
	switch {
	case r.Kind == edgefn.Exact || r.Path == "/":
		return ""
	case r.Kind == edgefn.Prefix:
		return r.Path
	}
	return r.Path[:strings.LastIndexByte(literal(r), '/')]
}

// randomURL is a url with every way to spell the paths of random tables.
func randomURL(r *rand.Rand) string {
	u := "/"
	for range r.IntN(partsAtMost) {
		u += oneOf(r,
			"/", "/", "/", "/", "/a", "/b", "a", "b", "ab", ".b", "-", "/a.b", "/index.html",
			"/.", "/..", ".", "//", "%61", "%62", "%2d", "%2e", "%2E", "%2f", "%5C", `\`, "%", "%25", "6", "2", string(rune(' '+1+r.IntN(94))))
	}
	if r.IntN(4) == 0 {
		u += oneOf(r, "?", "?a=1&b=2&a=3", "?/../b", "?a=?&%61")
	}
	return strings.ReplaceAll(u, "#", "")
}

// randomBytes is a url of printable characters, in which slashes and dots are
// not rare.
func randomBytes(r *rand.Rand) string {
	u := []byte("/")
	for range r.IntN(24) {
		u = append(u, oneOf(r, '/', '.', '%', '2', byte('!'+r.IntN(94))))
	}
	return string(u)
}

// compare says how an answer differs from the one that must be given, "" if it
// does not.
func compare(got, want edgetest.Answer) string {
	switch {
	case got.Status != want.Status, got.URI != want.URI, got.Headers["location"] != want.Headers["location"],
		want.Status == 0 && !maps.Equal(got.Headers, want.Headers):
		return fmt.Sprintf("\n got %v\nwant %v", got, want)
	}
	return ""
}

func TestAgainstReference(t *testing.T) {
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for seed := range uint64(randomTables) {
			r := randomSource(seed)
			routes := randomTable(r)
			requests := make([]edgetest.Request, urlsPerTable)
			for i := range requests {
				requests[i].URL = randomURL(r)
				if r.IntN(4) == 0 {
					requests[i].Headers = spoofed()
				}
			}
			for i, got := range send(t, engine, behind(t, edgefn.Compose(routes)), requests...) {
				if problem := compare(got, reference(routes).answer(requests[i])); problem != "" {
					t.Errorf("seed %d, %s: %s", seed, requests[i].URL, problem)
				}
			}
			if t.Failed() {
				t.Fatalf("seed %d, routes:\n%s", seed, describe(routes))
			}
		}
	})
}

// describe lists routes, one a line.
func describe(routes []edgefn.Route) string {
	var b strings.Builder
	for _, r := range routes {
		index := "none"
		if r.Index != nil {
			index = fmt.Sprintf("%q", *r.Index)
		}
		fmt.Fprintf(&b, "%s %q, strip %q, key %q, index %s, forwards %t\n",
			[]string{"prefix", "exact", "glob"}[r.Kind], r.Path, r.Strip, r.Key, index, r.Forwards)
	}
	return b.String()
}

// Whatever is sent, no origin is reached through a spelling trick, nothing
// redirects off the site, and redirects end.
func TestSafety(t *testing.T) {
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for seed := range uint64(randomTables) {
			r := randomSource(seed)
			routes := randomTable(r)
			urls := make([]string, urlsPerTable)
			for i := range urls {
				urls[i] = oneOf(r, randomURL, randomBytes)(r)
			}
			marked := mark(routes)
			checkSafety(t, engine, marked, behind(t, edgefn.Compose(marked)), urls...)
			if t.Failed() {
				t.Fatalf("seed %d, routes:\n%s", seed, describe(routes))
			}
		}
	})
}

// mark returns the routes with a key each, so that an answer tells them apart.
func mark(routes []edgefn.Route) []edgefn.Route {
	marked := slices.Clone(routes)
	for i := range marked {
		marked[i].Key = fmt.Sprint("route ", i)
	}
	return marked
}

// checkSafety sends the urls to the distribution of marked routes and follows
// where they are redirected to.
func checkSafety(t testing.TB, engine edgetest.Engine, routes []edgefn.Route, d *edgetest.Distribution, urls ...string) {
	t.Helper()
	for range redirectsLeft {
		requests := make([]edgetest.Request, len(urls))
		for i, u := range urls {
			requests[i].URL = u
		}
		urls = nil
		for i, a := range send(t, engine, d, requests...) {
			u := requests[i].URL
			switch {
			case a.Status == 0:
				checkRoute(t, routes, u, a)
			case a.Status == 308:
				checkLocation(t, u, a)
				urls = append(urls, a.Headers["location"])
			}
		}
		if len(urls) == 0 {
			return
		}
	}
	t.Errorf("%s: still redirected after %d steps: %s", engine.Name(), redirectsLeft, urls)
}

// checkRoute checks that a request went by the route that CloudFront chose a
// behavior of, whichever normal form it chose by.
func checkRoute(t testing.TB, routes []edgefn.Route, u string, a edgetest.Answer) {
	t.Helper()
	p, _, _ := strings.Cut(u, "?")
	for _, seen := range []string{p, normal(p), normal(decode(p))} {
		number := reference(routes).route(seen)
		if number < 0 || a.Headers[edgefn.RouteHeader] != routes[number].Key {
			t.Errorf("%s was passed on as %v, but %s belongs to route %d", u, a, seen, number)
		}
	}
	if slices.ContainsFunc(strings.Split(disguised.Replace(decode(p)), "/"), isDot) {
		t.Errorf("%s was passed on as %v, with a dot segment in it", u, a)
	}
}

// checkLocation checks that a browser stays on the site. It reads a backslash
// as a slash, and two of them as the beginning of another host.
func checkLocation(t testing.TB, u string, a edgetest.Answer) {
	t.Helper()
	to := a.Headers["location"]
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`) {
		t.Errorf("%s is redirected to %s", u, to)
	}
}

// FuzzRoute compares the function with the reference and checks its safety, on
// the tables of the table tests and on random ones.
func FuzzRoute(f *testing.F) {
	tables := make([]fuzzTable, len(tableTests)+randomTables)
	for i := range tables {
		if i < len(tableTests) {
			tables[i].routes = tableTests[i].routes
			continue
		}
		r := randomSource(uint64(i))
		tables[i].routes = randomTable(r)
		f.Add(uint8(i), randomURL(r), true)
	}
	for i, test := range tableTests {
		for _, u := range slices.Sorted(maps.Keys(test.want)) {
			f.Add(uint8(i), u, false)
		}
	}
	f.Fuzz(func(t *testing.T, table uint8, text string, spoof bool) {
		on := tables[int(table)%len(tables)].load(t)
		r := edgetest.Request{URL: sendable(text)}
		if spoof {
			r.Headers = spoofed()
		}
		got := send(t, edgetest.Goja(), on.d, r)[0]
		if problem := compare(got, reference(on.routes).answer(r)); problem != "" {
			t.Errorf("%s: %s\nroutes:\n%s", r.URL, problem, describe(on.routes))
		}
		checkSafety(t, edgetest.Goja(), on.marked, on.dMarked, r.URL)
	})
}

// A fuzzTable is composed once, when the first url is sent to it: composing
// takes many times as long as a request.
type fuzzTable struct {
	once           sync.Once
	routes, marked []edgefn.Route
	d, dMarked     *edgetest.Distribution
}

func (table *fuzzTable) load(t testing.TB) *fuzzTable {
	table.once.Do(func() {
		table.marked = mark(table.routes)
		table.d, table.dMarked = behind(t, edgefn.Compose(table.routes)), behind(t, edgefn.Compose(table.marked))
	})
	return table
}

// sendable makes a url of any text. One that is longer would be redirected more
// often than a browser follows: each redirect decodes once.
func sendable(text string) string {
	u := []byte("/")
	for i := range min(len(text), 40) {
		if c := text[i]; i > 0 || c != '/' {
			u = append(u, '!'+(c-'!')%94)
		}
	}
	return string(u)
}
