package edgefn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// own is a source whose handler has a body.
func own(body string) *edgefn.Source {
	return &edgefn.Source{Name: "own.js", Code: "function handler(event) {\n" + body + "\n}"}
}

// note is a source that adds a mark and the uri it sees to the header x-seen.
func note(mark string) *edgefn.Source {
	return own(fmt.Sprintf(`
		var headers = event.request.headers;
		var seen = headers['x-seen'];
		headers['x-seen'] = { value: (seen ? seen.value + ' ' : '') + '%s:' + event.request.uri };
		return event.request;`, mark))
}

// setting is a source that changes the uri.
func setting(uri string) *edgefn.Source {
	return own("event.request.uri = " + uri + "; return event.request;")
}

func with(code edgefn.Hooks, r edgefn.Route) edgefn.Route {
	r.Code = code
	return r
}

// answersTo are what becomes of requests, whether or not CloudFront would refuse what the
// code returned.
func answersTo(t testing.TB, engine edgetest.Engine, d *edgetest.Distribution, requests ...edgetest.Request) []edgetest.Answer {
	t.Helper()
	answers, err := d.Do(engine, requests...)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

func TestOwnCode(t *testing.T) {
	answer := own("return { statusCode: 403, headers: { 'x-by': { value: event.request.uri } } };")
	before := func(s *edgefn.Source) edgefn.Hooks { return edgefn.Hooks{BeforeRequest: s} }
	after := func(s *edgefn.Source) edgefn.Hooks { return edgefn.Hooks{AfterRequest: s} }
	routes := []edgefn.Route{prefix("/a/b"), prefix("/a"), kept("/k"), prefix("/")}
	ofA := func(code edgefn.Hooks) []edgefn.Route {
		return []edgefn.Route{prefix("/a/b"), with(code, prefix("/a")), kept("/k"), prefix("/")}
	}
	ofStore := func(code edgefn.Hooks) []edgefn.Route {
		return []edgefn.Route{with(code, store("index.html", prefix("/docs"))), prefix("/")}
	}
	all := func(mark string) edgefn.Hooks {
		return edgefn.Hooks{BeforeRequest: note(mark + "before"), AfterRequest: note(mark + "after")}
	}
	tests := []struct {
		name   string
		code   edgefn.Hooks
		routes []edgefn.Route
		want   map[string]string // by url: the outcome, and what was noted
	}{
		{"each sees the request as it is then", all("t"), ofA(all("r")), map[string]string{
			"/a/x":   "/a /x tbefore:/a/x rbefore:/a/x rafter:/x tafter:/x",
			"/a/b/x": "/a/b /x tbefore:/a/b/x tafter:/x",
			"/a":     "/a / tbefore:/a rbefore:/a rafter:/ tafter:/",
			"/k/x":   "/k kept /k/x tbefore:/k/x tafter:/k/x",
			"/x?y":   "/ /x tbefore:/x tafter:/x",
		}},
		// A path that is looked at more closely, and what the edge answers by itself.
		{"each runs once", all("t"), ofA(all("r")), map[string]string{
			"/a/x%20y": "/a /x%20y tbefore:/a/x%20y rbefore:/a/x%20y rafter:/x%20y tafter:/x%20y",
			"/a//x":    "/a /x tbefore:/a//x rbefore:/a//x rafter:/x tafter:/x",
			"/a/./x":   "308 /a/x",
			"//a/x":    "308 /a/x",
			"/a/..%2f": "400",
		}},
		{"a changed path is routed", before(setting("'/a' + event.request.uri")), routes, map[string]string{
			"/x": "/a /x", "/b/x": "/a/b /x", "/": "/a /", "/a/x": "/a /a/x",
		}},
		{"a changed path is checked", before(setting("event.request.uri.slice(2)")), routes, map[string]string{
			"/-/a/../k/x": "308 /k/x", "/-/a/b%2f..%2f": "400", "/-/%61/x": "308 /a/x", "/-/%61/x/%2e%2e/b": "308 /a/b",
			"/-//a/x": "308 /a/x", "/-/a/x%20y": "/a /x%20y", "/-/a": "/a /",
		}},
		{"a changed path is not one of the Router's", before(setting("event.request.uri + 'z'")), []edgefn.Route{exact("/a")}, map[string]string{
			"/a": "404", "/b": "404",
		}},
		{"a response ends the request", before(answer), routes, map[string]string{"/a/x": "403", "/a/../x": "403"}},
		{"a response of a route ends its requests", edgefn.Hooks{}, ofA(before(answer)), map[string]string{"/a/x": "403", "/a/b/x": "/a/b /x", "/a/../x": "308 /x"}},
		{"a response instead of the request to the origin", after(answer), routes, map[string]string{"/a/x": "403", "/a/../x": "308 /x"}},
		{"a response of a route instead of the request to the origin", after(note("t")), ofA(after(answer)), map[string]string{
			"/a/x": "403", "/a/b/x": "/a/b /x t:/x",
		}},
		{
			"another request", before(own("var r = event.request; return { method: r.method, uri: '/a/other', headers: r.headers, cookies: {}, querystring: {} };")),
			ofA(all("r")),
			map[string]string{"/x": "/a /other rbefore:/a/other rafter:/other"},
		},
		{
			"another request of a route", after(note("t")),
			ofA(before(own("return Object.assign({}, event.request, { uri: '/a/other' });"))),
			map[string]string{"/a/x": "/a /other t:/other"},
		},
		{
			"another request to the origin", after(note("t")),
			ofA(after(own("return Object.assign({}, event.request, { uri: '/other' });"))),
			map[string]string{"/a/x": "/a /other t:/other"},
		},
		{"what is stripped of a changed path", after(note("t")), ofA(before(setting("event.request.uri.slice(4)"))), map[string]string{
			"/a/-/a/y": "/a /y t:/y", "/a/-/a": "/a / t:/", "/a/-/a//y": "/a /y t:/y",
			"/a/-/ab/y": "/a /ab/y t:/ab/y", "/a/-/x": "/a /x t:/x", "/a/-/a/b/y": "/a /b/y t:/b/y",
		}},
		{"a document of a changed path", edgefn.Hooks{}, ofStore(before(setting("event.request.uri.slice(7)"))), map[string]string{
			"/docs/-/docs/x": "/docs /x", "/docs/-/docs/": "/docs /index.html", "/docs/-/docs": "308 /docs/", "/docs/-/y/": "/docs /y/index.html",
		}},
		{"nothing", before(own("")), routes, map[string]string{"/a/x": "502"}},
		{"null of a route", edgefn.Hooks{}, ofA(before(own("return null;"))), map[string]string{"/a/x": "502", "/x": "/ /x"}},
		{"what is none", before(own("return 1;")), routes, map[string]string{"/a/x": "502"}},
		{"a text", before(own("return 'x';")), routes, map[string]string{"/a/x": "502"}},
		{"an empty object", before(own("return {};")), routes, map[string]string{"/a/x": "502", "/a/../x": "502"}},
		{"the event", before(own("return event;")), routes, map[string]string{"/a/x": "502"}},
		{"a status under another name", before(own("return { status: 403, headers: {} };")), routes, map[string]string{"/a/x": "502"}},
		{"a request without headers", before(own("return { method: 'GET', uri: '/a/x' };")), routes, map[string]string{"/a/x": "502"}},
		{"what is none of a route", edgefn.Hooks{}, ofA(before(own("return 1;"))), map[string]string{"/a/x": "502", "/x": "/ /x"}},
		{"what is none to the origin", after(own("return true;")), routes, map[string]string{"/a/x": "502"}},
		{"what is none of a route to the origin", after(note("t")), ofA(after(own("return {};"))), map[string]string{"/a/x": "502", "/x": "/ /x t:/x"}},
		{"nothing to the origin", after(own("")), routes, map[string]string{"/a/x": "502"}},
		{"null of a route to the origin", after(note("t")), ofA(after(own("return null;"))), map[string]string{"/a/x": "502", "/x": "/ /x t:/x"}},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				d := deployed(t, composed(t, edgefn.Table{Code: test.code, Routes: test.routes}))
				for url, want := range test.want {
					a := answersTo(t, engine, d, edgetest.Request{URL: url})[0]
					got := outcome(a)
					if seen := a.Headers["x-seen"]; seen != "" {
						got += " " + seen
					}
					if got != want {
						t.Errorf("%s: got %s (%v), want %s", url, got, a.Err, want)
					}
				}
			})
		}
	})
}

// The prefix that is told to the origin is the one that was taken off the path.
func TestOwnCodeAndPrefix(t *testing.T) {
	d := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{
		with(edgefn.Hooks{BeforeRequest: setting("event.request.uri.slice(4)")}, prefix("/a")),
	}}))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for url, want := range map[string]string{"/a/-/a/x": "/a", "/a/-/x": ""} {
			if got := answersTo(t, engine, d, edgetest.Request{URL: url, Headers: map[string]string{"x-forwarded-prefix": "/spoofed"}})[0]; got.Headers["x-forwarded-prefix"] != want {
				t.Errorf("%s: got %v, want prefix %q", url, got, want)
			}
		}
	})
}

// Of the headers of a request nothing that the user's code leaves there before
// routing is taken for the Router's.
func TestOwnCodeCannotSpoof(t *testing.T) {
	d := deployed(t, composed(t, edgefn.Table{
		Code: edgefn.Hooks{BeforeRequest: own(`
			['x-forwarded-host', 'x-forwarded-prefix', 'x-cfrouter-route', 'x-own'].forEach(function (name) {
				event.request.headers[name] = { value: 'own' };
			});
			return event.request;`)},
		Routes: []edgefn.Route{{Path: "/", Destination: edgefn.Destination{Key: "k", Forwards: true}}},
	}))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		got := answersTo(t, engine, d, edgetest.Request{URL: "/x", Host: "www.example.com"})[0].Headers
		want := map[string]string{"host": "www.example.com", "x-forwarded-host": "www.example.com", edgefn.RouteHeader: "k", "x-own": "own"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// asyncNote is a note that has to be waited for.
func asyncNote(mark string) *edgefn.Source {
	return &edgefn.Source{Code: fmt.Sprintf(`
		let calls = 0;
		async function later(value) { calls++; return await Promise.resolve(value + calls); }
		const handler = async (event) => {
			const headers = event.request.headers;
			const first = await later('%s');
			const second = await later(first);
			headers['x-seen'] = { value: (headers['x-seen'] ? headers['x-seen'].value + ' ' : '') + second };
			return event.request;
		};`, mark)}
}

// promisedNote is one whose handler is not async and returns a promise.
func promisedNote(mark string) *edgefn.Source {
	s := note(mark)
	s.Code = strings.Replace(s.Code, "return event.request", "return Promise.resolve(event.request)", 1)
	return s
}

func TestOwnCodeAwaits(t *testing.T) {
	hooks := func(before, after *edgefn.Source) edgefn.Hooks {
		return edgefn.Hooks{BeforeRequest: before, AfterRequest: after}
	}
	routes := []edgefn.Route{
		with(hooks(asyncNote("a"), note("b")), prefix("/async/plain")),
		with(hooks(note("c"), asyncNote("d")), prefix("/plain/async")),
		with(hooks(asyncNote("e"), asyncNote("f")), prefix("/async")),
		with(hooks(promisedNote("g"), promisedNote("h")), prefix("/promised")),
		with(hooks(note("i"), note("j")), prefix("/plain")),
		prefix("/"),
	}
	want := map[string]string{
		"/async/plain/x":   "a12 b:/x",
		"/plain/async/x":   "c:/plain/async/x d12",
		"/async/x%20y":     "e12 f12",
		"/promised/x":      "g:/promised/x h:/x",
		"/plain/x":         "i:/plain/x j:/x",
		"/x":               "",
		"/async/../x":      "308 /x",
		"/plain/async//x/": "c:/plain/async//x/ d12",
	}
	for name, code := range map[string]edgefn.Hooks{
		"routes": {}, "plain": hooks(note("1"), note("2")), "async": hooks(asyncNote("1"), asyncNote("2")), "both": hooks(promisedNote("1"), asyncNote("2")),
	} {
		around := map[string][2]string{"plain": {"1:%s", "2:%s"}, "async": {"112", "212"}, "both": {"1:%s", "212"}}
		d := deployed(t, composed(t, edgefn.Table{Code: code, Routes: routes}))
		eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
			for url, seen := range want {
				a := answersTo(t, engine, d, edgetest.Request{URL: url})[0]
				if a.Err != nil {
					t.Errorf("%s: %s: %v", name, url, a.Err)
				}
				if strings.HasPrefix(seen, "308") {
					if outcome(a) != seen {
						t.Errorf("%s: %s: got %v, want %s", name, url, a, seen)
					}
					continue
				}
				words := strings.Fields(seen)
				if marks, ok := around[name]; ok {
					words = slices.Concat([]string{strings.ReplaceAll(marks[0], "%s", url)}, words, []string{strings.ReplaceAll(marks[1], "%s", a.URI)})
				}
				if got := a.Headers["x-seen"]; got != strings.Join(words, " ") {
					t.Errorf("%s: %s: got %q, want %q", name, url, got, strings.Join(words, " "))
				}
			}
		})
	}
}

// A table whose code awaits nothing is not made asynchronous, which costs more
// than all else that a request does.
func TestOwnCodeWithoutPromises(t *testing.T) {
	for name, test := range map[string]struct {
		source *edgefn.Source
		want   bool
	}{
		"plain": {note("a"), false}, "async": {asyncNote("a"), true}, "promise": {promisedNote("a"), true},
		"store": {own("return cf.kvs().get('a').then(function () { return event.request; });"), true},
	} {
		code := composed(t, edgefn.Table{Code: edgefn.Hooks{BeforeRequest: test.source}, Routes: []edgefn.Route{prefix("/a")}}).Request
		if got := strings.Contains(code, "async function handler(event){var request"); got != test.want {
			t.Errorf("%s: the function is async: %t, want %t\n%s", name, got, test.want, code)
		}
	}
}

func TestOwnCodeReadsStore(t *testing.T) {
	reads := &edgefn.Source{Code: `
		const kvs = cf.kvs();
		async function handler(event) {
			const value = await kvs.get('greeting');
			event.request.headers['x-greeting'] = { value: value };
			return event.request;
		}`}
	shadows := own("var cf = { kvs: 'own' }; event.request.headers['x-greeting'] = { value: cf.kvs }; return event.request;")
	origin := own("cf.selectRequestOriginById('other'); event.request.headers['x-greeting'] = { value: 'there' }; return event.request;")
	tests := []struct {
		name         string
		source       *edgefn.Source
		stored       bool
		want, origin string
	}{
		{"reads", reads, true, "hello", "origin.example.com"},
		{"shadows", shadows, false, "own", "origin.example.com"},
		{"origin", origin, false, "there", "other.example.com"},
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			program := composed(t, edgefn.Table{
				Code:   edgefn.Hooks{BeforeRequest: test.source},
				Routes: []edgefn.Route{with(edgefn.Hooks{AfterRequest: test.source}, prefix("/a"))},
			})
			if program.Stored != test.stored {
				t.Errorf("%s: stored is %t, want %t", test.name, program.Stored, test.stored)
			}
			d := deployed(t, program, "other")
			d.Store(map[string]string{"greeting": "hello"})
			got := answersTo(t, engine, d, edgetest.Request{URL: "/a/x"})[0]
			if got.Err != nil || got.Headers["x-greeting"] != test.want || got.Origin != test.origin {
				t.Errorf("%s: got %v, want greeting %q and origin %s", test.name, got, test.want, test.origin)
			}
		}
	})
}

// Code costs the tables that have none nothing.
func TestOwnCodeIsLeftOut(t *testing.T) {
	program := composed(t, edgefn.Table{Routes: []edgefn.Route{prefix("/a"), prefix("/")}})
	for _, text := range []string{"u1", "statusCode)return", "event.request=", "cloudfront", "async", "OWN"} {
		if strings.Contains(program.Request, text) {
			t.Errorf("%q is in the code:\n%s", text, program.Request)
		}
	}
	if program.Response != "" || program.Stored {
		t.Errorf("got stored %t and a function for responses:\n%s", program.Stored, program.Response)
	}
}
