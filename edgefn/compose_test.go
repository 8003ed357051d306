package edgefn_test

import (
	"cmp"
	"fmt"
	"hash/crc32"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// spoofed is every header that an origin might believe, as a viewer sends it.
func spoofed() map[string]string {
	headers := map[string]string{"accept": "text/css"}
	for _, name := range []string{
		"x-forwarded-host", "x-forwarded-prefix", "forwarded", "x-forwarded-port", "x-original-url", "x-rewrite-url", edgefn.RouteHeader,
	} {
		headers[name] = "spoofed"
	}
	return headers
}

func TestHeaders(t *testing.T) {
	const host = "www.example.com"
	tests := []struct {
		name  string
		route edgefn.Route
		sent  map[string]string
		want  map[string]string
	}{
		{"forwarded", edgefn.Route{Path: "/a", Strip: "/a", Destination: edgefn.Destination{Forwards: true}}, nil, map[string]string{
			"x-forwarded-host": host, "x-forwarded-prefix": "/a",
		}},
		{"forwarded and kept", edgefn.Route{Path: "/a", Destination: edgefn.Destination{Forwards: true}}, nil, map[string]string{"x-forwarded-host": host}},
		{"forwarded and cached", edgefn.Route{Path: "/a", Strip: "/a", Destination: edgefn.Destination{Forwards: true, Key: "k"}}, nil, map[string]string{
			"x-forwarded-host": host, "x-forwarded-prefix": "/a", edgefn.RouteHeader: "k",
		}},
		{"cached", edgefn.Route{Path: "/a", Strip: "/a", Destination: edgefn.Destination{Key: "k"}}, nil, map[string]string{
			"x-forwarded-prefix": "/a", edgefn.RouteHeader: "k",
		}},
		{"spoofed", edgefn.Route{Path: "/a", Strip: "/a", Destination: edgefn.Destination{Forwards: true, Key: "k"}}, spoofed(), map[string]string{
			"accept": "text/css", "x-forwarded-host": host, "x-forwarded-prefix": "/a", edgefn.RouteHeader: "k",
		}},
		{"spoofed and kept", edgefn.Route{Path: "/a", Destination: edgefn.Destination{Forwards: true, Key: "k"}}, spoofed(), map[string]string{
			"accept": "text/css", "x-forwarded-host": host, edgefn.RouteHeader: "k",
		}},
		{"spoofed exact", edgefn.Route{Kind: edgefn.Exact, Path: "/a/b", Destination: edgefn.Destination{Forwards: true, Key: "k"}}, spoofed(), map[string]string{
			"accept": "text/css", "x-forwarded-host": host, edgefn.RouteHeader: "k",
		}},
		{"spoofed glob", edgefn.Route{Kind: edgefn.Glob, Path: "/a/*b", Strip: "/a", Destination: edgefn.Destination{Forwards: true, Key: "k"}}, spoofed(), map[string]string{
			"accept": "text/css", "x-forwarded-host": host, "x-forwarded-prefix": "/a", edgefn.RouteHeader: "k",
		}},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			d := behind(t, compose(t, []edgefn.Route{test.route}))
			got := send(t, engine, d, edgetest.Request{URL: "/a/b", Host: host, Headers: test.sent})[0]
			want := maps.Clone(test.want)
			want["host"] = host
			if got.Status != 0 || !maps.Equal(got.Headers, want) {
				t.Errorf("%s: got %v, want headers %v", test.name, got, want)
			}
		}
	})
}

// The key of one route must not be what another sends, nor what a viewer says.
func TestKeysOfNeighbours(t *testing.T) {
	d := behind(t, compose(t, []edgefn.Route{prefix("/a/b"), prefix("/a"), prefix("/")}))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for url, key := range map[string]string{"/a/b/x": "/a/b", "/a/x": "/a", "/x": "/"} {
			got := send(t, engine, d, edgetest.Request{URL: url, Headers: map[string]string{edgefn.RouteHeader: "/other"}})[0]
			if got.Headers[edgefn.RouteHeader] != key || got.URI != "/x" {
				t.Errorf("%s: got %v, want /x with key %s", url, got, key)
			}
		}
	})
}

var methods = []string{"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"}

func TestNotFound(t *testing.T) {
	const html, json = "text/html; charset=utf-8", "application/json"
	types := map[string]string{ // by what is accepted
		"*/*": json, "application/json": json, "text/plain, text/*;q=0.5": json,
		"text/html": html, "text/html,application/xml;q=0.9": html, "application/xml,text/html;q=0.8": html,
	}
	requests := []edgetest.Request{{URL: "/"}}
	for _, method := range methods {
		for accept := range types {
			requests = append(requests, edgetest.Request{Method: method, URL: "/", Headers: map[string]string{"accept": accept}})
		}
	}
	for name, routes := range map[string][]edgefn.Route{
		"no root": {prefix("/api")},
		"a store": {store("", prefix("/"))},
	} {
		d := behind(t, compose(t, routes))
		eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
			for i, got := range send(t, engine, d, requests...) {
				want := cmp.Or(types[requests[i].Headers["accept"]], json)
				if got.Status != 404 || got.Headers["content-type"] != want || strings.HasPrefix(got.Body, "<") != (want == html) || !strings.Contains(got.Body, "Not Found") {
					t.Errorf("%s: %+v: got %v with %q, want a 404 of type %s", name, requests[i], got, got.Body, want)
				}
			}
		})
	}
}

// Every method is routed and redirected alike: 308, unlike 301, keeps it.
func TestMethods(t *testing.T) {
	d := behind(t, compose(t, []edgefn.Route{store("index.html", prefix("/docs")), prefix("/")}))
	want := map[string]string{
		"/a/../b": "308 /b", "//docs/a": "308 /docs/a", "/docs": "308 /docs/", "/docs/a": "/docs /a", "/a/..%2fb": "400",
	}
	var requests []edgetest.Request
	for _, method := range methods {
		for url := range want {
			requests = append(requests, edgetest.Request{Method: method, URL: url})
		}
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for i, a := range send(t, engine, d, requests...) {
			if r := requests[i]; outcome(a) != want[r.URL] {
				t.Errorf("%s %s: got %s, want %s", r.Method, r.URL, outcome(a), want[r.URL])
			}
		}
	})
}

func TestRedirectKeepsQuery(t *testing.T) {
	d := behind(t, compose(t, []edgefn.Route{store("index.html", prefix("/docs"))}))
	tests := []struct{ query, want, rebuilt string }{
		{"", "", ""},
		{"?", "", ""},
		{"?a", "?a", "?a"},
		{"?a=", "?a=", "?a"},
		{"?a=1&b=2", "?a=1&b=2", "?a=1&b=2"},
		{"?b=2&a=1&b=1", "?b=2&a=1&b=1", "?b=2&b=1&a=1"},
		{"?a=1&a=1&a&a=2", "?a=1&a=1&a&a=2", "?a=1&a=1&a&a=2"},
		{"?a=b=c", "?a=b=c", "?a=b=c"},
		{"?next=%2F%2Fx&q=%C3%A4+b", "?next=%2F%2Fx&q=%C3%A4+b", "?next=%2F%2Fx&q=%C3%A4+b"},
		{"?u=//x/../y?z", "?u=//x/../y?z", "?u=//x/../y?z"},
		{`?a='"\$&`, `?a='"\$&`, `?a='"\$`},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			for path, location := range map[string]string{"/docs": "/docs/", "/docs/./a": "/docs/a"} {
				answers := send(t, engine, d,
					edgetest.Request{URL: path + test.query},
					edgetest.Request{URL: path + test.query, NoRawQueryString: true})
				if got, want := outcome(answers[0]), "308 "+location+test.want; got != want {
					t.Errorf("%s%s: got %s, want %s", path, test.query, got, want)
				}
				if got, want := outcome(answers[1]), "308 "+location+test.rebuilt; got != want {
					t.Errorf("%s%s without rawQueryString: got %s, want %s", path, test.query, got, want)
				}
			}
		}
	})
}

// The query string of a request that is passed on is nobody's business here.
func TestQueryIsLeftAlone(t *testing.T) {
	d := behind(t, compose(t, []edgefn.Route{prefix("/a")}))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		const query = "b=2&a=%2e%2e/&b=1&c"
		if got := send(t, engine, d, edgetest.Request{URL: "/a/x?" + query})[0]; got.URI != "/x" || got.Query != query {
			t.Errorf("got %v with query %q", got, got.Query)
		}
	})
}

// What no route of a table uses costs no byte of its function.
func TestUnusedIsLeftOut(t *testing.T) {
	route := edgefn.Route{Path: "/a", Strip: "/a", Destination: edgefn.Destination{Forwards: true}}
	keyed, listed, indexed := route, store("", route), store("home.htm", route)
	keyed.Key = "k"
	const lastCharacter = ".length-1]" // where a path is looked at for its last slash
	tests := []struct {
		name      string
		route     edgefn.Route
		has, lack []string
	}{
		{"plain", route, nil, []string{edgefn.RouteHeader, lastCharacter, "home.htm"}},
		{"keyed", keyed, []string{edgefn.RouteHeader}, []string{lastCharacter}},
		{"store", listed, []string{lastCharacter}, []string{edgefn.RouteHeader}},
		{"store with a document", indexed, []string{lastCharacter, "home.htm"}, []string{edgefn.RouteHeader}},
	}
	for _, test := range tests {
		code := compose(t, []edgefn.Route{test.route})
		for _, text := range test.has {
			if !strings.Contains(code, text) {
				t.Errorf("%s: %q is not in the code:\n%s", test.name, text, code)
			}
		}
		for _, text := range append(test.lack, "USES", "FIND") {
			if strings.Contains(code, text) {
				t.Errorf("%s: %q is in the code:\n%s", test.name, text, code)
			}
		}
	}
	// A store without a document has no bare prefix to redirect.
	without, with := compose(t, []edgefn.Route{store("", route)}), compose(t, []edgefn.Route{store("h", route)})
	if len(with)-len(without) <= len("h") {
		t.Errorf("without a document, the code is as long as with one:\n%s\n%s", without, with)
	}
}

// CloudFront calls the function by its name, and a comment would be shipped to
// every edge.
func TestShape(t *testing.T) {
	code := compose(t, []edgefn.Route{prefix("/a"), prefix("/")})
	if !strings.Contains(code, "function handler(") || strings.Contains(code, "//"+" ") || strings.Contains(code, "/*") {
		t.Errorf("want a minified function named handler:\n%s", code)
	}
	if again := compose(t, []edgefn.Route{prefix("/a"), prefix("/")}); again != code {
		t.Errorf("the same table gave different code:\n%s\n%s", code, again)
	}
}

func TestComposeLeavesRoutesAlone(t *testing.T) {
	routes := []edgefn.Route{store("i", kept("/a")), prefix("/")}
	before := slices.Clone(routes)
	compose(t, routes)
	if !reflect.DeepEqual(routes, before) {
		t.Errorf("got %v, want %v", routes, before)
	}
}

// TestSize holds a full distribution to CloudFront's limit: 75 behaviors besides
// the default are 37 prefixes, and one behavior over.
func TestSize(t *testing.T) {
	for name, routes := range map[string][]edgefn.Route{
		"custom origins": prefixes(37, customOrigin),
		"object stores":  prefixes(37, objectStore),
	} {
		if size := len(compose(t, routes)); size > edgefn.MaxBytes {
			t.Errorf("%s: %d bytes, want at most %d", name, size, edgefn.MaxBytes)
		} else {
			t.Logf("%s: %d of %d bytes", name, size, edgefn.MaxBytes)
		}
	}
}

// prefixes are n routes whose paths are as long as those of an application.
func prefixes(n int, route func(path string) edgefn.Route) []edgefn.Route {
	routes := make([]edgefn.Route, n)
	for i := range routes {
		routes[i] = route(fmt.Sprintf("/service%02d", i))
	}
	return routes
}

func customOrigin(path string) edgefn.Route {
	return edgefn.Route{Path: path, Strip: path, Destination: edgefn.Destination{Forwards: true}}
}

func objectStore(path string) edgefn.Route {
	return edgefn.Route{Path: path, Strip: path, Destination: edgefn.Destination{Index: pointer("index.html"), Key: fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(path)))}}
}
