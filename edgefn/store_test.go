package edgefn_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// manyRoutes is a table of n routes of every kind, most of them plain prefixes,
// side by side and nested, on hosts and without.
func manyRoutes(n int) []edgefn.Route {
	r := randomSource(1)
	seen := map[string]bool{}
	var routes []edgefn.Route
	for len(routes) < n {
		route := edgefn.Route{Kind: edgefn.Prefix, Path: manyPath(r), Destination: edgefn.Destination{Forwards: true}}
		route.Origin = fmt.Sprintf("function:Shop|Orders%02d", r.IntN(60))
		switch r.IntN(200) {
		case 0:
			route.Kind, route.Path = edgefn.Glob, oneOf(r, "/*/"+word(r)+".png", route.Path+"/*."+word(r))
		case 1, 2, 3, 4, 5, 20, 21, 22, 23, 24:
			route.Kind = edgefn.Exact
		case 6, 7, 8, 9, 10, 11, 12, 13, 14, 15:
			route.Host = oneOf(r, admin, www, tenant)
		case 16:
			route.Host = "*.example.com"
		}
		// What is not listed stays in the function, so that there are few of these.
		if len(routes) > n/8 && (route.Kind == edgefn.Glob || strings.HasPrefix(route.Host, "*")) {
			continue
		}
		if route.Kind == edgefn.Prefix {
			route.Strip = route.Path
		}
		if r.IntN(2) == 0 {
			route.Key = fmt.Sprint("key ", len(routes))
		}
		if id := fmt.Sprint(route.Kind, route.Host, route.Path); !seen[id] {
			seen[id] = true
			routes = append(routes, route)
		}
	}
	sortRoutes(routes)
	return routes
}

func word(r *rand.Rand) string {
	return oneOf(r, "orders", "users", "billing", "reports", "search", "admin", "assets", "docs", "v1", "v2") + oneOf(r, "", "", "-old", ".x", fmt.Sprint(r.IntN(100)))
}

func manyPath(r *rand.Rand) string {
	if r.IntN(2) == 0 {
		return fmt.Sprintf("/service%04d", r.IntN(10_000))
	}
	p := fmt.Sprintf("/team-%d", r.IntN(100))
	for range r.IntN(4) {
		p += "/" + word(r)
	}
	return p
}

// nearby is a url that has to do with a route.
func nearby(r *rand.Rand, route edgefn.Route) string {
	p := strings.ReplaceAll(route.Path, "*", word(r))
	cut := 1 + r.IntN(len(p))
	return oneOf(r, p, p+"/", p+"/"+word(r), p+"/"+word(r)+"/x.png", p[:cut], p[:cut]+"-"+p[cut:], p[:cut]+"/"+p[cut:], p+"-new", p+"0", p+".html",
		strings.Replace(p, "e", "%65", 1), "/"+p, p+"/../x", p+"/%2e", p+"/a%20b", p+"//"+word(r))
}

// TestManyRoutes sends requests to a table that is far too long for a function.
func TestManyRoutes(t *testing.T) {
	routes := manyRoutes(5000)
	program, err := edgefn.Compose(edgefn.Table{Routes: routes, Store: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(program.Request) > edgefn.MaxBytes || program.Layout != edgefn.LayoutStore || !program.Stored {
		t.Fatalf("%d bytes, layout %d, stored %t; want at most %d bytes that read from the store", len(program.Request), program.Layout, program.Stored, edgefn.MaxBytes)
	}
	for _, e := range program.Entries {
		if !strings.HasPrefix(e.Key, "routes/") || len(e.Key) > 512 || len(e.Value) > 1024 {
			t.Errorf("key %q with %d bytes", e.Key, len(e.Value))
		}
	}
	d := deployProgram(t, routes, program)
	for name, n := range map[string]int{"goja": 10_000 / slower, "njs": 1_000 / slower} {
		for _, engine := range edgetest.Engines(t) {
			if !strings.HasPrefix(engine.Name(), name) {
				continue
			}
			r := randomSource(2)
			requests := make([]edgetest.Request, n)
			for i := range requests {
				route := oneOf(r, routes...)
				requests[i] = edgetest.Request{URL: nearby(r, route), Host: oneOf(r, "", "", strings.Replace(route.Host, "*", "x.y", 1), admin, "other.example.com")}
			}
			reads := map[int]int{}
			for i, got := range d.send(t, engine, requests...) {
				reads[got.Reads]++
				if problem := d.compare(got, requests[i]); problem != "" {
					t.Fatalf("%s: %+v: %s", engine.Name(), requests[i], problem)
				}
			}
			t.Logf("%s: %d bytes, %d entries; requests by number of reads: %v", engine.Name(), len(program.Request), len(program.Entries), reads)
		}
	}
}

// Without hosts, a path in its normal form takes one read, whether it matches or not.
func TestOneRead(t *testing.T) {
	routes := services(5000, 100)
	program := composed(t, edgefn.Table{Routes: routes, Store: true})
	d := deployProgram(t, routes, program)
	var requests []edgetest.Request
	for _, u := range []string{"/", "/service000", "/service4999/a/b", "/service4999.html", "/service1/x", "/zzz", "/a%20b", "/service100/%E2%82%AC"} {
		requests = append(requests, edgetest.Request{URL: u})
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for i, got := range d.send(t, engine, requests...) {
			problem := d.compare(got, requests[i])
			if escaped := strings.Contains(requests[i].URL, "%"); problem != "" || got.Reads != 1 && !escaped {
				t.Errorf("%s: %d reads %s", requests[i].URL, got.Reads, problem)
			}
		}
	})
}

// A host that no route is for costs no read, as long as there are few that routes
// are for.
func TestReadsOfHosts(t *testing.T) {
	routes := services(3000, 100)
	for i := range 1000 {
		routes[i].Host = oneOf(randomSource(uint64(i)), admin, tenant)
	}
	sortRoutes(routes)
	program := composed(t, edgefn.Table{Routes: routes, Store: true})
	d := deployProgram(t, routes, program)
	for host, reads := range map[string]int{www: 1, "": 1, admin: 2} {
		if got := d.send(t, edgetest.Goja(), edgetest.Request{Host: host, URL: "/service2000/x"})[0]; got.Reads != reads || got.Status != 0 {
			t.Errorf("%s: %v after %d reads, want %d", host, got, got.Reads, reads)
		}
	}
}

// A tree of chunks that the function does not hold is in the store as well.
func TestIndex(t *testing.T) {
	routes := services(3000, 100)
	for i := range routes {
		routes[i].Path += strings.Repeat("/long", 45)
		routes[i].Strip = routes[i].Path
	}
	program := composed(t, edgefn.Table{Routes: routes, Store: true})
	if program.Layout != edgefn.LayoutStore || len(program.Request) > edgefn.MaxBytes {
		t.Fatalf("layout %d, %d bytes", program.Layout, len(program.Request))
	}
	d := deployProgram(t, routes, program)
	r := randomSource(3)
	requests := make([]edgetest.Request, 300)
	for i := range requests {
		requests[i].URL = nearby(r, oneOf(r, routes...))
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for i, got := range d.send(t, engine, requests...) {
			if problem := d.compare(got, requests[i]); problem != "" || got.Reads < 2 {
				t.Errorf("%s: %d reads %s", requests[i].URL, got.Reads, problem)
			}
		}
	})
}

// If the store has not got what the function looks for, as while one of the two is
// newer than the other, no route is the right one.
func TestMissingValues(t *testing.T) {
	routes := append(services(1000, 10), prefix("/"))
	program := composed(t, edgefn.Table{Routes: routes, Store: true})
	other := composed(t, edgefn.Table{Routes: routes[1:], Store: true})
	for _, e := range program.Entries {
		for _, o := range other.Entries {
			if e.Key == o.Key {
				t.Fatalf("two tables have the key %q", e.Key)
			}
		}
	}
	program.Entries = other.Entries
	d := deployed(t, program, originsOf(routes)...)
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, got := range send(t, engine, d, edgetest.Request{URL: "/service500/x"}, edgetest.Request{URL: "/x"}, edgetest.Request{URL: "/%61//x"}) {
			if got.Status != 404 {
				t.Errorf("got %v, want a 404", got)
			}
		}
	})
}

// A route that takes much of a value stays in the function.
func TestLongPattern(t *testing.T) {
	long := prefix("/" + strings.Repeat("x", 1100))
	long.Origin = "o1"
	routes := append(services(1000, 10), long)
	sortRoutes(routes)
	program := composed(t, edgefn.Table{Routes: routes, Store: true})
	if program.Layout != edgefn.LayoutStore || len(program.Request) > edgefn.MaxBytes || !strings.Contains(program.Request, long.Path) {
		t.Errorf("layout %d, %d bytes", program.Layout, len(program.Request))
	}
	checkNearby(t, routes, program)
}

// All that is around a route must be in one value with it.
func TestDeeplyNested(t *testing.T) {
	routes := services(1000, 10)
	for i := range 6 {
		routes = append(routes, prefix(strings.Repeat("/"+strings.Repeat("x", 60), i+1)))
		routes[len(routes)-1].Origin = "o1"
	}
	sortRoutes(routes)
	_, err := edgefn.Compose(edgefn.Table{Routes: routes, Store: true})
	for _, text := range []string{`pattern "/xxx`, "1299 bytes", "1024", "shorter patterns"} {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want %s in it", err, text)
		}
	}
}

func TestFullStore(t *testing.T) {
	entries := make([]edgefn.Entry, 5000)
	for i := range entries {
		entries[i] = edgefn.Entry{Key: fmt.Sprintf("k%04d", i), Value: strings.Repeat("x", 995)}
	}
	if err := edgefn.CheckEntries(entries); err != nil {
		t.Errorf("5,000,000 bytes: %v", err)
	}
	entries[0].Value += "x"
	err := edgefn.CheckEntries(entries)
	for _, text := range []string{"5000 entries", "5000001 bytes", "5000000", "another Router"} {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want %s in it", err, text)
		}
	}
}
