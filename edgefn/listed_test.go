package edgefn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// Routes of every kind go into the store by the thousand.
func TestThousandsOf(t *testing.T) {
	redirect := func(i int) edgefn.Route {
		r := answering(fmt.Sprintf("/old/article-%d", i), edgefn.Response{Status: []int{301, 307}[i%2], Location: fmt.Sprintf("/news/%d/story-%d", i%20, i)})
		if r.Kind = edgefn.Exact; i%3 == 0 {
			r.Kind, r.Strip = edgefn.Prefix, r.Path
			r.Answer.Location, r.Answer.KeepPath, r.Answer.KeepQuery = "https://archive.example.com/"+r.Path+"?from=shop#top", true, i%2 == 0
		}
		return r
	}
	details := func(i int) edgefn.Route {
		r := answering(fmt.Sprintf("/docs/page-%d", i), edgefn.Response{Status: 307, KeepQuery: i%2 == 0, KeepPath: i%3 == 0})
		switch i % 4 {
		case 0:
			r.Answer.Location = fmt.Sprintf("/manual#section-%d", i)
		case 1:
			r.Answer.Location = fmt.Sprintf("/product?id=%d#details-%d", i, i)
		case 2:
			r.Kind, r.Path, r.Strip = edgefn.Glob, fmt.Sprintf("/docs%d/*.html", i), ""
			r.Answer.Location = fmt.Sprintf("https://docs.example.com/%d?from=%d", i, i)
		case 3:
			r.Answer.Location = fmt.Sprintf("/%s/%d", strings.Repeat("long/", 120), i)
		}
		return r
	}
	shop := func(path string, i int) edgefn.Route {
		r := customOrigin(fmt.Sprintf(path, i))
		r.Origin = typicalOrigin(i, 20)
		if i%2 == 0 {
			r.Key = fmt.Sprint("key ", i)
		}
		if strings.ContainsAny(r.Path, "*?") {
			r.Kind, r.Strip = edgefn.Glob, ""
			if i%3 == 0 {
				r.Strip = strippable(r)
			}
		}
		return r
	}
	beta := edgefn.Condition{Subject: edgefn.Cookie, Name: "beta"}
	mixed := func(i int) []edgefn.Route {
		switch i % 7 {
		case 0:
			return []edgefn.Route{redirect(i)}
		case 1:
			return []edgefn.Route{shop("/image%d/*", i)}
		case 2:
			return []edgefn.Route{shop("/image%d/*.jpg", i)}
		case 3:
			return []edgefn.Route{when(beta, shop("/service%d", i)), when(method("POST"), shop("/service%d", i+1)), shop("/service%d", i)}
		case 4:
			return []edgefn.Route{onHost("*.example.com", shop("/team%d", i)), shop("/team%d", i+1)}
		}
		return []edgefn.Route{shop("/page%d", i), shop("/page%d/details", i)}
	}
	for name, test := range map[string]struct {
		n     int
		route func(i int) []edgefn.Route
	}{
		"redirects":       {3000, func(i int) []edgefn.Route { return []edgefn.Route{redirect(i)} }},
		"details":         {800, func(i int) []edgefn.Route { return []edgefn.Route{details(i)} }},
		"globs":           {900, func(i int) []edgefn.Route { return []edgefn.Route{shop("/image%d/*", i)} }},
		"globs of files":  {900, func(i int) []edgefn.Route { return []edgefn.Route{shop("/image%d/*.jpg", i)} }},
		"with conditions": {1000, func(i int) []edgefn.Route { return mixed(7*i + 3) }},
		"wildcard hosts":  {1000, func(i int) []edgefn.Route { return mixed(7*i + 4) }},
		"of all kinds":    {2000, mixed},
	} {
		t.Run(name, func(t *testing.T) {
			routes := []edgefn.Route{customOrigin("/")}
			routes[0].Strip = ""
			for i := range test.n / slower {
				routes = append(routes, test.route(i)...)
			}
			sortRoutes(routes)
			checkStored(t, routes)
		})
	}
}

// checkStored checks that routes fit, with the store, and are found there.
func checkStored(t *testing.T, routes []edgefn.Route) {
	t.Helper()
	program := composed(t, edgefn.Table{Routes: routes, Store: true})
	if slower == 1 && program.Layout != edgefn.LayoutStore || len(program.Request) > edgefn.MaxBytes {
		t.Fatalf("%d routes: layout %d, %d bytes", len(routes), program.Layout, len(program.Request))
	}
	d := deployProgram(t, routes, program)
	r := randomSource(uint64(len(routes)))
	requests := make([]edgetest.Request, 400)
	for i := range requests {
		route := oneOf(r, routes...)
		path := strings.NewReplacer("*", oneOf(r, "a", "x/y", "", "1.jpg"), "?", "z").Replace(route.Path)
		route.Path = path
		requests[i] = edgetest.Request{
			URL: oneOf(r, path, nearby(r, route), nearby(r, route)) + oneOf(r, "", "", "?q=1"), Method: oneOf(r, "GET", "POST"),
			Host: oneOf(r, "", "a.example.com", "a.b.example.com", "example.org"), Headers: map[string]string{},
		}
		if r.IntN(2) == 0 {
			requests[i].Headers["cookie"] = "beta=1"
		}
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for i, got := range d.send(t, engine, requests...) {
			if problem := d.compare(got, requests[i]); problem != "" {
				t.Fatalf("%+v: %s", requests[i], problem)
			}
		}
	})
	t.Logf("%d routes: %d bytes, %d entries", len(routes), len(program.Request), len(program.Entries))
}

// A split that many routes lead to is there once, and each has objects of its own.
func TestListedSplit(t *testing.T) {
	split := canary(50, 50)
	for i := range split.Destinations {
		split.Destinations[i].Origin = fmt.Sprint("o", i+1)
	}
	var routes []edgefn.Route
	for i := range 1000 {
		r := prefix(fmt.Sprint("/docs/page-", i))
		own := split
		own.Destinations = slices.Clone(split.Destinations)
		for j := range own.Destinations {
			own.Destinations[j].Key = fmt.Sprint("key ", i, j)
		}
		r.Split = &own
		routes = append(routes, r)
	}
	program := composed(t, edgefn.Table{Routes: routes, Store: true})
	if len(program.Request) > edgefn.MaxBytes || program.Layout != edgefn.LayoutStore {
		t.Fatalf("layout %d, %d bytes", program.Layout, len(program.Request))
	}
	d := deployed(t, program, "o1", "o2")
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		seen := map[string]string{}
		for _, r := range routes[:20] {
			for _, point := range []string{"1", "99"} {
				got := ask(t, engine, d, edgetest.Request{URL: r.Path + "/x", Headers: map[string]string{"cookie": split.Cookie + "=" + point}})
				key := got.Headers[edgefn.RouteHeader]
				if other, found := seen[key]; found || key == "" || got.Status != 0 {
					t.Errorf("%s at %s: %v with the key %q, which %s has", r.Path, point, got, key, other)
				}
				seen[key] = r.Path + " at " + point
			}
		}
	})
}
