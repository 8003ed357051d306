package edgefn_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
	patterns "github.com/cfrouter/cfrouter/internal/glob"
)

// Random tables and urls are made of so few parts that most urls have to do
// with some route.
const (
	randomTables = 60
	urlsPerTable = 50
	routesAtMost = 10
	partsAtMost  = 9
)

// randomSource is the same for a seed on every machine.
func randomSource(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func oneOf[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

// randomTable is a table of routes in route order. One in three has routes for
// hosts, one in three has conditions, and one in three is long and has few globs.
func randomTable(r *rand.Rand) []edgefn.Route {
	var routes []edgefn.Route
	seen := map[string]bool{}
	n, hosts, conditions := 1+r.IntN(routesAtMost), r.IntN(3) == 0, r.IntN(3) == 0
	if r.IntN(3) == 0 {
		n *= 8
	}
	for range n {
		route := randomRoute(r)
		if n > routesAtMost && route.Kind == edgefn.Glob && r.IntN(8) > 0 {
			continue
		}
		if hosts {
			route.Host = oneOf(r, "", "", "a.example.com", "b.a.example.com", "*.example.com", "*.a.example.com")
		}
		if conditions && r.IntN(4) == 0 {
			route.When = conditionsOfRoute(r)
		}
		if id := fmt.Sprint(route.Kind, route.Path, route.Host, route.When); !seen[id] {
			seen[id] = true
			routes = append(routes, route)
		}
	}
	sortRoutes(routes)
	return routes
}

func sortRoutes(routes []edgefn.Route) {
	slices.SortFunc(routes, func(a, b edgefn.Route) int {
		return cmp.Or(cmp.Compare(hostRank(a), hostRank(b)), cmp.Compare(len(b.Host), len(a.Host)), moreSpecific(a, b),
			cmp.Compare(boolInt(len(a.When) == 0), boolInt(len(b.When) == 0)))
	})
}

// hostRank puts hosts that are spelled out before those with a star, and these
// before none.
func hostRank(r edgefn.Route) int {
	switch {
	case r.Host == "":
		return 2
	case r.Host[0] == '*':
		return 1
	}
	return 0
}

func conditionsOfRoute(r *rand.Rand) []edgefn.Condition {
	out := []edgefn.Condition{oneOf(r,
		edgefn.Condition{Subject: edgefn.Header, Name: "x-version", Values: []string{"1", "2"}},
		edgefn.Condition{Subject: edgefn.Header, Name: "x-version", Values: []string{"2"}},
		edgefn.Condition{Subject: edgefn.Cookie, Name: "beta"},
		edgefn.Condition{Subject: edgefn.Parameter, Name: "a", Values: []string{"1"}},
		edgefn.Condition{Subject: edgefn.Method, Values: []string{"GET", "HEAD"}},
	)}
	if out[0].Not = r.IntN(3) == 0; r.IntN(3) == 0 {
		out = append(out, conditionsOfRoute(r)...)
	}
	return out
}

// moreSpecific is the order of the paths of routes: an exact path is a single path;
// a longer literal beginning leaves fewer paths; where the beginnings are equally
// long, so do a longer shortest match and then more characters that are fixed.
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

var randomOrigins = []string{"o1", "o2", "bucket:Stack|Assets", "bucket:Stack|Site"}

func randomRoute(r *rand.Rand) edgefn.Route {
	route := edgefn.Route{Kind: oneOf(r, edgefn.Prefix, edgefn.Prefix, edgefn.Exact, edgefn.Glob), Destination: edgefn.Destination{Forwards: r.IntN(2) == 0}}
	route.Path = randomPath(r, route.Kind)
	if r.IntN(4) > 0 {
		route.Strip = strippable(route)
	}
	if r.IntN(6) == 0 {
		route.Destination, route.Answer = edgefn.Destination{}, randomRedirect(r)
		return route
	}
	if r.IntN(2) == 0 {
		route.Key = oneOf(r, "k1", "k2", "k3")
	}
	switch r.IntN(5) {
	case 0:
	case 1:
		route.Elsewhere = oneOf(r, "a.example.net", "b.example.net/base")
	default:
		route.Origin = oneOf(r, randomOrigins...)
	}
	if r.IntN(2) == 0 {
		route.Index = pointer(oneOf(r, "", "a", "index.html"))
	}
	return route
}

// randomRedirect has a status that tells it from a redirect to another spelling.
func randomRedirect(r *rand.Rand) *edgefn.Response {
	return &edgefn.Response{
		Status:    oneOf(r, 301, 302, 307),
		Location:  oneOf(r, "/", "/to", "/to/", "https://www.example.org", "https://www.example.org/b") + oneOf(r, "", "", "?c=3") + oneOf(r, "", "", "#d"),
		KeepPath:  r.IntN(2) == 0,
		KeepQuery: r.IntN(2) == 0,
	}
}

// randomPath is a path that a route of the kind can have.
func randomPath(r *rand.Rand, kind edgefn.Kind) string {
	segments := []string{"a", "b", "ab", "a.b", "a-b", ".a", "-", "a0"}
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

// randomRequest asks for a url in the ways that routes can tell apart.
func randomRequest(r *rand.Rand, url string) edgetest.Request {
	request := edgetest.Request{URL: url, Method: oneOf(r, "", "", "GET", "POST"), Headers: map[string]string{}}
	request.Host = oneOf(r, "", "a.example.com", "A.Example.com:443", "b.a.example.com", "x.b.a.example.com", "example.com", "w.example.com", "aexample.com", "a.example.com.")
	if r.IntN(4) == 0 {
		request.Headers = spoofed()
	}
	if r.IntN(2) == 0 {
		request.Headers["x-version"] = oneOf(r, "1", "2", "3")
	}
	if r.IntN(2) == 0 {
		request.Headers["cookie"] = oneOf(r, "beta=1", "alpha=2; beta=", "gamma=3")
	}
	return request
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
