package edgefn_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// onHost puts a route on a host, and the host in front of the name of the route.
func onHost(host string, r edgefn.Route) edgefn.Route {
	r.Host, r.Key = host, host+r.Key
	return r
}

func when(c edgefn.Condition, r edgefn.Route) edgefn.Route {
	r.When, r.Key = []edgefn.Condition{c}, r.Key+" when"
	return r
}

const admin, www, tenant = "admin.example.com", "www.example.com", "acme.example.com"

var hostTests = []tableTest{
	{"a host beside none", []edgefn.Route{onHost(admin, prefix("/api")), prefix("/api/v1"), prefix("/")}, map[string]string{
		// Any host beats none, before paths are compared.
		admin + " /api": admin + "/api /", admin + " /api/v1/x": admin + "/api /v1/x", admin + " /x": "/ /x", admin + " /": "/ /",
		www + " /api/v1/x": "/api/v1 /x", www + " /api": "/ /api", www + " /": "/ /",
	}},
	{"a host with a root", []edgefn.Route{onHost(admin, prefix("/")), prefix("/api")}, map[string]string{
		admin + " /": admin + "/ /", admin + " /api/x": admin + "/ /api/x", www + " /api/x": "/api /x", www + " /": "404", "/api": "/api /",
	}},
	{"hosts without others", []edgefn.Route{onHost(admin, prefix("/a")), onHost(www, prefix("/a")), onHost(www, prefix("/"))}, map[string]string{
		admin + " /a/x": admin + "/a /x", www + " /a/x": www + "/a /x", www + " /b": www + "/ /b", admin + " /b": "404", tenant + " /a": "404", "/a": "404",
	}},
	{"a star", []edgefn.Route{onHost(admin, prefix("/a")), onHost("*.example.com", prefix("/a/b")), onHost("*.example.com", prefix("/c")), prefix("/a/b/c"), prefix("/d")}, map[string]string{
		admin + " /a/b/c/x": admin + "/a /b/c/x", admin + " /c": "*.example.com/c /", admin + " /d": "/d /", admin + " /e": "404",
		tenant + " /a/b/c/x": "*.example.com/a/b /c/x", tenant + " /a": "404", "x.y.example.com /c/": "*.example.com/c /",
		"example.com /c": "404", "xexample.com /c": "404", "example.com.evil.org /c": "404", "example.com /a/b/c": "/a/b/c /", "example.org /a/b/c": "/a/b/c /",
	}},
	{"stars within stars", []edgefn.Route{onHost("*.b.example.com", prefix("/a")), onHost("*.example.com", prefix("/a/b")), onHost("*.example.com", prefix("/")), onHost("*.example.org", prefix("/a")), prefix("/a")}, map[string]string{
		"x.b.example.com /a/b": "*.b.example.com/a /b", "x.b.example.com /c": "*.example.com/ /c", "b.example.com /a/b/c": "*.example.com/a/b /c",
		"x.example.org /a": "*.example.org/a /", "x.example.org /b": "404", "example.org /a": "/a /",
	}},
	{"spellings of a host", []edgefn.Route{onHost(admin, prefix("/a")), onHost("*.example.org", prefix("/a")), prefix("/")}, map[string]string{
		"Admin.Example.COM /a/x": admin + "/a /x", admin + ":443 /a/x": admin + "/a /x", "X.example.ORG:8443 /a": "*.example.org/a /", "admin.example.com.au /a": "/ /a",
	}},
	{"every kind of route", []edgefn.Route{
		onHost(admin, exact("/up")), onHost(admin, store("i", prefix("/docs"))), onHost(admin, store("i", kept("/kept"))), onHost(admin, prefix("/docs-old")), onHost(admin, glob("/*.png")),
		glob("/docs/*.png"), exact("/up"), prefix("/up"), prefix("/docs"),
	}, map[string]string{
		admin + " /up": admin + "=/up /up", admin + " /up/": "/up /", admin + " /docs": "308 /docs/", admin + " /docs/": admin + "/docs /i", admin + " /docs/a.png": admin + "/docs /a.png",
		admin + " /kept": "308 /kept/", admin + " /kept/": admin + "/kept kept /kept/i", admin + " /docs-old/x": admin + "/docs-old /x", admin + " /a.png": admin + "/*.png /a.png", admin + " /docs-new": "404",
		www + " /up": "=/up /up", www + " /docs/a.png": "/docs/*.png /docs/a.png", www + " /docs/a": "/docs /a", www + " /a.png": "404", www + " /kept": "404",
	}},
	{"conditions", []edgefn.Route{
		onHost(admin, when(method("GET"), prefix("/a"))), onHost(admin, when(method("POST"), prefix("/b"))), onHost(admin, prefix("/b")), when(method("POST"), prefix("/c")), when(method("GET"), glob("/c*")), prefix("/"),
	}, map[string]string{
		admin + " /a/x": admin + "/a when /x", admin + " /b/x": admin + "/b /x", www + " /a/x": "/ /a/x", "/c/x": "/c* when /c/x", "/cd": "/c* when /cd",
	}},
	// What a path means is asked of the same host.
	{"spellings of a path", []edgefn.Route{onHost(admin, prefix("/img/private")), onHost(admin, prefix("/img")), prefix("/img"), prefix("/private")}, map[string]string{
		admin + " /img//x": admin + "/img /x", admin + " /img//private/x": "308 /img/private/x", admin + " //private": "308 /private", admin + " /img/../private": "308 /private", admin + " /im%67": "308 /img",
		www + " /img//private/x": "/img /private/x", www + " //private": "308 /private", www + " /img/%70rivate": "/img /%70rivate", admin + " /img/%70rivate": "308 /img/private", admin + " /img/..%2fx": "400",
		admin + " /img/http://x": admin + "/img /http://x",
	}},
	// A host is no beginning of another one, nor of a path.
	{"hosts like each other", []edgefn.Route{onHost("a.example.com", prefix("/")), onHost("a.example", prefix("/x")), onHost("a.example.com.au", prefix("/x")), onHost("0.example.com", prefix("/x")), prefix("/0.example.com"), prefix("/")}, map[string]string{
		"a.example /x": "a.example/x /", "a.example /y": "/ /y", "a.example.com /x": "a.example.com/ /x", "a.example.com.au /x/y": "a.example.com.au/x /y", "a.example.com.au /y": "/ /y",
		"0.example.com /x": "0.example.com/x /", "0.example.com /0.example.com/x": "/0.example.com /x",
	}},
}

func TestHosts(t *testing.T) {
	for _, test := range hostTests {
		t.Run(test.name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
				for _, plan := range edgefn.Plans() {
					checkTable(t, engine, plan, test)
				}
			})
		})
	}
}

// A request without a Host, which HTTP/1.0 has, belongs to no host's routes.
func TestWithoutHost(t *testing.T) {
	program, err := edgefn.Compose(edgefn.Table{Routes: []edgefn.Route{onHost(admin, prefix("/a")), onHost("*.example.com", prefix("/a")), exact("/a")}})
	if err != nil {
		t.Fatal(err)
	}
	event := edgetest.NewEvent(edgetest.Request{URL: "/a"})
	event.Request.Headers = nil
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		results, err := engine.Run(edgetest.Function{Code: program.Request}, []edgetest.Event{event})
		if err != nil {
			t.Fatal(err)
		}
		if got := results[0]; got.Err != nil || !strings.Contains(string(got.Value), `"x-cfrouter-route":{"value":"=/a"}`) {
			t.Errorf("got %s, %v", got.Value, got.Err)
		}
	})
}

// A table pays for no kind of lookup that it has no use for.
func TestUnusedLookups(t *testing.T) {
	words := []string{"viewerHost", "stars", "while(entry)", "held"}
	for _, test := range []struct {
		name   string
		routes []edgefn.Route
		has    []string
	}{
		{"plain", []edgefn.Route{prefix("/a"), glob("/b*"), prefix("/")}, nil},
		{"a host", []edgefn.Route{onHost(admin, prefix("/a")), prefix("/")}, []string{"viewerHost"}},
		{"a star", []edgefn.Route{onHost("*.example.com", prefix("/a")), prefix("/")}, []string{"viewerHost", "stars"}},
		{"lists", services(200, 20), []string{"while(entry)"}},
		{"store", services(1000, 20), []string{"while(entry)", "held"}},
	} {
		code := composed(t, edgefn.Table{Routes: test.routes, Store: true}).Request
		for _, word := range words {
			if want := slices.Contains(test.has, word); strings.Contains(code, word) != want {
				t.Errorf("%s: %q is in the code: %t, want %t:\n%s", test.name, word, !want, want, code)
			}
		}
	}
}
