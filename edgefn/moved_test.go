package edgefn_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// What Go says of redirects is what the edge answers.
func TestMoved(t *testing.T) {
	clean := func(clean edgefn.CleanUrls, content []string, r edgefn.Route) edgefn.Route {
		r.Documents = &edgefn.Documents{Clean: clean, Content: content}
		return r
	}
	content := []string{"/about.html", "/blog/index.html", "/both.html", "/both/index.html", "/x/about.html", "/file.txt", "/a b/index.html", "/index.html"}
	split := prefix("/a")
	split.Split = &edgefn.Split{ID: "s", Weights: []float64{1, 1}, Cookie: "c"}
	split.Split.Destinations = []edgefn.Destination{store("index.html", split).Destination, split.Destination}
	rewritten := clean(edgefn.HtmlFolders, nil, store("index.html", prefix("/a")))
	rewritten.Rewrites = []edgefn.Rewrite{{Match: "^/x", Replace: "/y"}}
	of := func(index string, docs edgefn.CleanUrls, content []string) []edgefn.Route {
		return []edgefn.Route{
			clean(docs, content, store(index, prefix("/a"))), clean(docs, content, store(index, kept("/a"))),
			clean(docs, content, store(index, prefix("/"))), clean(docs, content, store(index, exact("/about"))), clean(docs, content, store(index, glob("/*/"))),
		}
	}
	routes := slices.Concat(
		[]edgefn.Route{
			prefix("/a"), store("", prefix("/a")), store("index.html", prefix("/a")), store("index.html", kept("/a")), store("index.html", prefix("/")),
			store("index.html", exact("/a")), split, rewritten,
			{Path: "/a", Answer: &edgefn.Response{Status: 204}},
		},
		of("index.html", edgefn.HtmlFiles, nil), of("", edgefn.HtmlFiles, nil), of("index.html", edgefn.HtmlFolders, nil),
		of("index.html", edgefn.NoCleanUrls, content), of("index.html", edgefn.HtmlFiles, content), of("index.html", edgefn.HtmlFolders, content),
	)
	paths := []string{"/"}
	for _, path := range []string{"/about", "/blog", "/both", "/x/about", "/x", "/file.txt", "/a%20b", "/a b", "/%zz", "/index", "/.well-known/x", "/x%2Fabout", "/x//about"} {
		for _, under := range []string{"", "/a", "/a/"} {
			paths = append(paths, under+path, under+path+"/")
		}
	}
	paths = append(paths, "/a", "/a/", "/a//")
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		moved := 0
		for _, route := range routes {
			program := composed(t, edgefn.Table{Routes: []edgefn.Route{route}})
			d := deployed(t, program)
			var requests []edgetest.Request
			for _, path := range paths {
				if matches(route, path) {
					requests = append(requests, edgetest.Request{URL: path})
				}
			}
			for i, got := range send(t, engine, d, requests...) {
				path, want := requests[i].URL, ""
				if got.Status == 308 {
					want = got.Headers["location"]
				}
				// Rules and draws are taken for such that redirect nobody.
				if to := route.Moved(path); to != want && (to != "" || route.Rewrites == nil && route.Split == nil) && !strings.Contains(path, " ") {
					t.Errorf("%+v: %q is moved to %q, and the edge says %q", route, path, to, want)
				}
				if want != "" {
					moved++
				}
			}
		}
		if moved < 100 {
			t.Errorf("%d requests were redirected, so there is little to compare", moved)
		}
	})
}

func TestRespelled(t *testing.T) {
	routes := []edgefn.Route{exact("/a/b"), exact("/a~b"), prefix("/a"), prefix("/b"), prefix("/.well-known")}
	find := func(path string) int {
		return slices.IndexFunc(routes, func(r edgefn.Route) bool { return matches(r, path) })
	}
	paths := []string{
		"/a/b", "/%61/b", "/a%2Fb", "/a//b", "/a///x", "/a/./b", "/a/../b", "/a/%2e%2E/b", "/a/..%2fb", "/a/..%5Cb", "/a/.%2F", "/a~b", "/a%7Eb", "/a%7eb",
		"/x", "/%78", "/x//y", "//b", "//x", "/%2e", "/..", "/a/..", "/a/.", "/.well-known/x", "/%2Ewell-known/x", "/.a", "/a%25", "/%2561/b", "/a/x%20y", "/b//", "/b/..//",
	}
	d := behind(t, compose(t, routes))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		var requests []edgetest.Request
		for _, path := range paths {
			requests = append(requests, edgetest.Request{URL: path})
		}
		for i, got := range send(t, engine, d, requests...) {
			path, want := paths[i], paths[i]
			switch got.Status {
			case 308:
				want = got.Headers["location"]
			case 400:
				want = ""
			}
			if got := edgefn.Respelled(path, find); got != want {
				t.Errorf("%q is respelled %q, and the edge says %q", path, got, want)
			}
		}
	})
}
