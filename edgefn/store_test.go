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
	for name, n := range map[string]int{"goja": 10_000, "njs": 1_000} {
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
