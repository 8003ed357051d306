package edgefn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// services are n routes with names in a series, each to one of some origins.
func services(n, origins int) []edgefn.Route {
	routes := make([]edgefn.Route, n)
	for i := range routes {
		routes[i] = customOrigin(fmt.Sprintf("/service%03d", i))
		routes[i].Origin = typicalOrigin(i*7, origins)
	}
	return routes
}

// teams are n routes that are named after teams and what they make. Every fifth
// takes all that is left of its team.
func teams(n, origins int) []edgefn.Route {
	var routes []edgefn.Route
	for i := 0; len(routes) < n; i++ {
		p := fmt.Sprintf("/team-%c%c", 'a'+i/5%26, 'a'+i/5/26)
		if i%5 > 0 {
			p += []string{"", "/orders", "/users", "/billing", "/reports"}[i%5]
		}
		r := customOrigin(p)
		r.Origin = typicalOrigin(i*7, origins)
		routes = append(routes, r)
	}
	sortRoutes(routes)
	return routes
}

// typicalOrigin is the id of one of some origins of three kinds.
func typicalOrigin(i, origins int) string {
	i %= origins
	return fmt.Sprintf("%s:Stack|%s%d", []string{"bucket", "function", "http"}[i%3], []string{"Assets", "Orders", "Users", "Billing", "Reports"}[i%5], i)
}

// At least this many routes with origins of their own fit into a function.
func TestFit(t *testing.T) {
	const atLeast = 250
	for _, origins := range []int{20, 50, 100} {
		for name, routes := range map[string][]edgefn.Route{"services": services(atLeast, origins), "teams": teams(atLeast, origins)} {
			program := composed(t, edgefn.Table{Routes: routes, Store: true})
			if program.Layout == edgefn.LayoutStore || program.Stored || len(program.Request) > edgefn.MaxBytes {
				t.Errorf("%s, %d origins: layout %d, %d bytes", name, origins, program.Layout, len(program.Request))
				continue
			}
			checkNearby(t, routes, program)
		}
	}
}

// checkNearby sends requests that have to do with a table's routes.
func checkNearby(t *testing.T, routes []edgefn.Route, program edgefn.Program) {
	t.Helper()
	d := deployProgram(t, routes, program)
	r := randomSource(uint64(len(routes)))
	requests := make([]edgetest.Request, 200)
	for i := range requests {
		requests[i].URL = nearby(r, oneOf(r, routes...))
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for i, got := range d.send(t, engine, requests...) {
			if problem := d.compare(got, requests[i]); problem != "" {
				t.Fatalf("%s: %s", requests[i].URL, problem)
			}
		}
	})
}

// The more routes, the less of the function each may take; those that do not fit
// go into the store, if there may be one.
func TestLayouts(t *testing.T) {
	for _, test := range []struct {
		n      int
		store  bool
		layout edgefn.Layout
		fits   bool
	}{
		{1, true, edgefn.LayoutTree, true},
		{40, true, edgefn.LayoutTree, true},
		{200, true, edgefn.LayoutChunks, true},
		{1000, true, edgefn.LayoutStore, true},
		{1000, false, edgefn.LayoutChunks, false},
	} {
		program := composed(t, edgefn.Table{Routes: services(test.n, 50), Store: test.store})
		stored := test.layout == edgefn.LayoutStore
		if fits := len(program.Request) <= edgefn.MaxBytes; program.Layout != test.layout || fits != test.fits || program.Stored != stored || (program.Entries != nil) != stored {
			t.Errorf("%d routes, store %t: layout %d, %d bytes, stored %t, %d entries; want layout %d, that fits: %t",
				test.n, test.store, program.Layout, len(program.Request), program.Stored, len(program.Entries), test.layout, test.fits)
		}
	}
}

// Whatever a table is like that does not fit, the caller is told how much it is.
func TestTooLong(t *testing.T) {
	var routes []edgefn.Route
	for i := range 200 {
		routes = append(routes, glob(fmt.Sprintf("/service%03d/*/v?", i)))
	}
	program := composed(t, edgefn.Table{Routes: routes, Store: true})
	if len(program.Request) <= edgefn.MaxBytes || program.Stored {
		t.Errorf("200 globs take %d bytes, stored %t", len(program.Request), program.Stored)
	}
}

// Routes that are not listed keep those around them out of the lists, and no others.
func TestListedBesideOthers(t *testing.T) {
	routes := services(150, 20)
	routes = append(routes, when(method("POST"), kept("/service007")), glob("/service008/*.png"), glob("/service0*/x"), prefix("/service009/a"), exact("/service010"), prefix("/"))
	sortRoutes(routes)
	program := composed(t, edgefn.Table{Routes: routes})
	if program.Layout != edgefn.LayoutChunks {
		t.Fatalf("layout %d", program.Layout)
	}
	checkNearby(t, routes, program)
}

// Routes to one origin that differ otherwise are told apart by another character,
// rather than by the name of the origin once more.
func TestTwoCharacters(t *testing.T) {
	routes := services(200, 60)
	for i := range routes {
		routes[i].Forwards = i%3 > 0
		if i%5 == 0 {
			routes[i].Strip = ""
		}
		if i%4 == 0 {
			routes[i].Key = fmt.Sprint("key ", i)
		}
		if i%7 == 0 {
			routes[i].Kind, routes[i].Strip = edgefn.Exact, ""
		}
	}
	sortRoutes(routes)
	program := composed(t, edgefn.Table{Routes: routes})
	if n := strings.Count(program.Request, `"http:Stack|`); n > 8 || program.Layout != edgefn.LayoutChunks {
		t.Errorf("layout %d, and the origins of a kind are named in %d places:\n%s", program.Layout, n, program.Request)
	}
	checkNearby(t, routes, program)
}

// The number of origins that one character of ASCII tells apart is no limit.
func TestManyOrigins(t *testing.T) {
	routes := services(230, 120)
	program := composed(t, edgefn.Table{Routes: routes})
	if program.Layout != edgefn.LayoutChunks || strings.ContainsFunc(program.Request, func(c rune) bool { return c > '~' }) {
		t.Errorf("layout %d, and the code is not ASCII:\n%s", program.Layout, program.Request)
	}
	checkNearby(t, routes, program)
	stored := composed(t, edgefn.Table{Routes: services(2000, 120), Store: true})
	if !slices.ContainsFunc(stored.Entries, func(e edgefn.Entry) bool { return len([]rune(e.Value)) < len(e.Value) }) {
		t.Error("no value has a character beyond ASCII, which is what this test is about")
	}
	checkNearby(t, services(2000, 120), stored)
}

// What is cached under a key made at the edge must be cached so by one route only,
// and by the same route after the table changed.
func TestMadeKeys(t *testing.T) {
	keys := func(others int) map[string]string {
		routes := []edgefn.Route{kept("/a"), exact("/a"), kept("/a/b"), onHost(admin, kept("/a")), onHost(admin, kept("/")), onHost(www, kept("/a"))}
		for i := range routes {
			routes[i].Origin = "o1"
		}
		routes = append(routes, services(others, 10)...)
		sortRoutes(routes)
		program, ok, err := edgefn.ComposeBy(edgefn.Table{Routes: routes}, edgefn.Plans()[3])
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		out := map[string]string{}
		d := deployed(t, program, originsOf(routes)...)
		for _, r := range []edgetest.Request{{URL: "/a"}, {URL: "/a/x"}, {URL: "/a/b"}, {URL: "/a", Host: admin}, {URL: "/b", Host: admin}, {URL: "/a", Host: www}} {
			out[r.Host+r.URL] = ask(t, edgetest.Goja(), d, r).Headers[edgefn.RouteHeader]
		}
		return out
	}
	got := keys(200)
	want := map[string]string{"/a": "=/a o1", "/a/x": "/a o1", "/a/b": "/a/b o1", admin + "/a": admin + "/a o1", admin + "/b": admin + " o1", www + "/a": www + "/a o1"}
	for url, key := range want {
		if got[url] != key {
			t.Errorf("%s: key %q, want %q", url, got[url], key)
		}
	}
	if fewer := keys(20); fmt.Sprint(fewer) != fmt.Sprint(got) {
		t.Errorf("with fewer routes, the keys are %v, want %v", fewer, got)
	}
}
