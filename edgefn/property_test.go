package edgefn_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// compare says how an answer differs from the one that must be given, "" if it
// does not.
func compare(got, want edgetest.Answer) string {
	switch {
	case got.Status != want.Status, got.URI != want.URI, got.Headers["location"] != want.Headers["location"],
		want.Status == 0 && (got.Origin != want.Origin || !maps.Equal(got.Headers, want.Headers)):
		return fmt.Sprintf("\n got %v\nwant %v", got, want)
	}
	return ""
}

func TestAgainstReference(t *testing.T) {
	eachRandomTable(t, func(t *testing.T, engine edgetest.Engine, r *rand.Rand, routes []edgefn.Route, plan edgefn.Plan) {
		d := deploy(t, routes, plan)
		if d == nil {
			return
		}
		requests := make([]edgetest.Request, urlsPerTable)
		for i := range requests {
			requests[i] = randomRequest(r, randomURL(r))
		}
		for i, got := range d.send(t, engine, requests...) {
			if problem := d.compare(got, requests[i]); problem != "" {
				t.Errorf("%+v: %s", requests[i], problem)
			}
		}
	})
}

// eachRandomTable runs a test on every engine with random tables, laid out as a
// tree and in one of the other ways.
func eachRandomTable(t *testing.T, f func(*testing.T, edgetest.Engine, *rand.Rand, []edgefn.Route, edgefn.Plan)) {
	plans := edgefn.Plans()
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for seed := range randomTables / slower {
			for _, plan := range []edgefn.Plan{plans[0], plans[1+seed%(len(plans)-1)]} {
				r := randomSource(uint64(seed))
				routes := randomTable(r)
				if f(t, engine, r, routes, plan); t.Failed() {
					t.Fatalf("seed %d, layout %s, routes:\n%s", seed, plan, describe(routes))
				}
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
		fmt.Fprintf(&b, "%s %q when %v, strip %q, answer %+v, origin %q, elsewhere %q, key %q, index %s, forwards %t\n",
			[]string{"prefix", "exact", "glob"}[r.Kind], r.Host+r.Path, r.When, r.Strip, value(r.Answer), r.Origin, r.Elsewhere, r.Key, index, r.Forwards)
	}
	return b.String()
}

// Whatever is sent, no origin is reached through a spelling trick, nothing
// redirects off the site, and redirects end.
func TestSafety(t *testing.T) {
	eachRandomTable(t, func(t *testing.T, engine edgetest.Engine, r *rand.Rand, routes []edgefn.Route, plan edgefn.Plan) {
		d := deploy(t, mark(routes), plan)
		if d == nil {
			return
		}
		requests := make([]edgetest.Request, urlsPerTable)
		for i := range requests {
			requests[i] = randomRequest(r, oneOf(r, randomURL, randomBytes)(r))
		}
		checkSafety(t, engine, d, requests...)
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

const redirectsLeft = 6 // browsers give up after twenty

// checkSafety sends requests to a deployment of marked routes and follows where
// they are redirected to.
func checkSafety(t testing.TB, engine edgetest.Engine, d *deployment, requests ...edgetest.Request) {
	t.Helper()
	for range redirectsLeft {
		var redirected []edgetest.Request
		for i, a := range d.send(t, engine, requests...) {
			r := requests[i]
			switch {
			case a.Status == 0:
				checkRoute(t, d.routes, r, a)
			case a.Status == 308:
				checkLocation(t, r.URL, a)
				r.URL = a.Headers["location"]
				redirected = append(redirected, r)
			}
		}
		if requests = redirected; len(requests) == 0 {
			return
		}
	}
	t.Errorf("%s: still redirected after %d steps: %+v", engine.Name(), redirectsLeft, requests)
}

// checkRoute checks that a request went by the route that CloudFront chose a
// behavior of, whichever normal form it chose by.
func checkRoute(t testing.TB, routes reference, r edgetest.Request, a edgetest.Answer) {
	t.Helper()
	p, _, _ := strings.Cut(r.URL, "?")
	for _, seen := range []string{p, normal(p), normal(decode(p))} {
		number := routes.route(r, seen)
		if number < 0 || a.Headers[edgefn.RouteHeader] != routes[number].Key {
			t.Errorf("%+v was passed on as %v, but %s belongs to route %d", r, a, seen, number)
		}
	}
	if slices.ContainsFunc(strings.Split(disguised.Replace(decode(p)), "/"), isDot) {
		t.Errorf("%s was passed on as %v, with a dot segment in it", r.URL, a)
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
// the tables of the table tests and on random ones, laid out in every way.
func FuzzRoute(f *testing.F) {
	plans := edgefn.Plans()
	var tables []*fuzzTable
	add := func(routes []edgefn.Route, urls ...string) {
		for i, u := range urls {
			f.Add(uint16(len(tables)+i%len(plans)), uint64(i), u)
		}
		for _, plan := range plans {
			tables = append(tables, &fuzzTable{routes: routes, plan: plan})
		}
	}
	for _, test := range tableTests {
		add(test.routes, slices.Sorted(maps.Keys(test.want))...)
	}
	for seed := range uint64(randomTables) {
		r := randomSource(seed)
		add(randomTable(r), randomURL(r), randomURL(r))
	}
	f.Fuzz(func(t *testing.T, table uint16, sender uint64, text string) {
		on := tables[int(table)%len(tables)].load(t)
		if on.d == nil || on.marked == nil {
			return
		}
		r := randomRequest(randomSource(sender), sendable(text))
		got := on.d.send(t, edgetest.Goja(), r)[0]
		if problem := on.d.compare(got, r); problem != "" {
			t.Errorf("%+v: %s\nlayout %s, routes:\n%s", r, problem, on.plan, describe(on.routes))
		}
		checkSafety(t, edgetest.Goja(), on.marked, r)
	})
}

// A fuzzTable is composed once, when the first url is sent to it: composing
// takes many times as long as a request.
type fuzzTable struct {
	once      sync.Once
	routes    []edgefn.Route
	plan      edgefn.Plan
	d, marked *deployment
}

func (table *fuzzTable) load(t testing.TB) *fuzzTable {
	table.once.Do(func() {
		table.d, table.marked = deploy(t, table.routes, table.plan), deploy(t, mark(table.routes), table.plan)
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
