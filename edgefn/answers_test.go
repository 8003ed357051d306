package edgefn_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// answering is a route whose requests the edge answers.
func answering(path string, r edgefn.Response) edgefn.Route {
	route := prefix(path)
	route.Destination, route.Answer = edgefn.Destination{}, &r
	return route
}

func TestResponses(t *testing.T) {
	header := func(name, value string) map[string]string { return map[string]string{name: value} }
	tests := []struct {
		path     string
		response edgefn.Response
		headers  map[string]string
	}{
		{"/robots.txt", edgefn.Response{Status: 200, Body: "User-agent: *\nDisallow: /\n"}, map[string]string{
			"content-type": "text/plain; charset=utf-8", "cache-control": "no-store",
		}},
		{"/health", edgefn.Response{Status: 204}, header("cache-control", "no-store")},
		{"/page", edgefn.Response{Status: 503, Headers: map[string]string{
			"content-type": "text/html", "retry-after": "120", "cache-control": "max-age=5",
		}, Body: "<h1>\"Wörk\" \\ 'in' // \u2028 /* ${progress} ANSWERS</h1>"}, map[string]string{
			"content-type": "text/html", "retry-after": "120", "cache-control": "max-age=5",
		}},
		{"/empty", edgefn.Response{Status: 599, Headers: header("x-empty", "")}, map[string]string{"x-empty": "", "cache-control": "no-store"}},
	}
	routes := make([]edgefn.Route, len(tests))
	for i, test := range tests {
		routes[i] = answering(test.path, test.response)
		if err := test.response.Check(); err != nil {
			t.Errorf("%s: %v", test.path, err)
		}
	}
	d := behind(t, compose(t, routes))
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		for _, test := range tests {
			for _, method := range []string{"GET", "HEAD", "POST"} {
				got := ask(t, engine, d, edgetest.Request{Method: method, URL: test.path + "?q"})
				if got.Status != test.response.Status || got.Body != test.response.Body || fmt.Sprint(got.Headers) != fmt.Sprint(test.headers) {
					t.Errorf("%s %s: got %v with %q, want headers %v and %q", method, test.path, got, got.Body, test.headers, test.response.Body)
				}
			}
		}
	})
}

// ask sends one request to code that must neither throw nor return what
// CloudFront refuses.
func ask(t testing.TB, engine edgetest.Engine, d *edgetest.Distribution, r edgetest.Request) edgetest.Answer {
	t.Helper()
	answers, err := d.Do(engine, r)
	if err != nil {
		t.Fatal(err)
	}
	if answers[0].Err != nil {
		t.Fatalf("%s: %s: %d, %v", engine.Name(), r.URL, answers[0].Status, answers[0].Err)
	}
	return answers[0]
}

func TestRedirects(t *testing.T) {
	const host = "https://www.example.com"
	tests := []struct {
		route    string // path of the route, which is stripped
		location string
		keep     string // "path", "query" or both
		url      string
		want     string
	}{
		{"/old", "/new", "", "/old/a?b=1", "/new"},
		{"/old", "/new", "path", "/old", "/new"},
		{"/old", "/new", "path", "/old/", "/new/"},
		{"/old", "/new", "path", "/old/a/b.html?c=1", "/new/a/b.html"},
		{"/old", "/new/", "path", "/old", "/new/"},
		{"/old", "/new/", "path", "/old/", "/new/"},
		{"/old", "/new/", "path", "/old/a", "/new/a"},
		{"/old", "/new", "path", "/old//a//b", "/new/a//b"},
		{"/old", "/", "path", "/old", "/"},
		{"/old", "/", "path", "/old/a", "/a"},
		{"/old", "/", "path", "/old//evil.example.com", "/evil.example.com"},
		{"/old", "/", "path", `/old/\evil.example.com`, "/%5Cevil.example.com"},
		{"/old", "/", "path", "/old/\t/evil.example.com", "/%09/evil.example.com"},
		{"/old", "/new", "path", "/old/%5c%2F%61ä", "/new/%5c%2F%61%C3%A4"},
		{"/old", "/new", "query", "/old/a?b=1&a=%20+", "/new?b=1&a=%20+"},
		{"/old", "/new", "query", "/old/a", "/new"},
		{"/old", "/new", "query", "/old/a?", "/new"},
		{"/old", "/new", "path query", "/old/a?b&b=&c=//x", "/new/a?b&b=&c=//x"},
		{"/old", "/new?from=old", "path query", "/old/a?b=1", "/new/a?from=old&b=1"},
		{"/old", "/new?from=old", "path query", "/old/a", "/new/a?from=old"},
		{"/old", "/new/?from=old#top", "path query", "/old?b=1", "/new/?from=old&b=1#top"},
		{"/old", "/new#top", "path query", "/old/a?b=1", "/new/a?b=1#top"},
		{"/", host, "", "/a?b", host},
		{"/", host, "path query", "/?b", host + "/?b"},
		{"/", host, "path query", "/a/b?b", host + "/a/b?b"},
		{"/", host, "path", "/.evil.example.com", host + "/.evil.example.com"},
		{"/", host, "path", "/@evil.example.com", host + "/@evil.example.com"},
		{"/", host, "path", "//evil.example.com/", host + "/evil.example.com/"},
		{"/", host + "/base", "path", "/a", host + "/base/a"},
		{"/", "http://localhost:8080/", "path", "/a", "http://localhost:8080/a"},
		{"/old", host, "path", "/old", host},
	}
	for _, test := range tests {
		r := edgefn.Response{
			Status: 301, Location: test.location,
			KeepPath: strings.Contains(test.keep, "path"), KeepQuery: strings.Contains(test.keep, "query"),
		}
		if err := r.Check(); err != nil {
			t.Errorf("%s: %v", test.location, err)
		}
		d := behind(t, compose(t, []edgefn.Route{answering(test.route, r)}))
		eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
			got := send(t, engine, d, edgetest.Request{URL: test.url})[0]
			if got.Status != 301 || got.Headers["location"] != test.want {
				t.Errorf("%s to %s, keep %q: %s: got %v, want %s", test.route, test.location, test.keep, test.url, got, test.want)
			}
		})
	}
}

// What a viewer sends decides neither the host nor how often the slash stands
// there that a path begins with.
func FuzzRedirectStaysOnHost(f *testing.F) {
	for _, path := range []string{"/", "//evil.example.com", `/\evil.example.com`, `\\evil.example.com`, "/\t/x", "/%2f%2fx", "/@x", "/a?b#c", "/.x", "/ä", "/\x00/x", "/:80/"} {
		f.Add(path)
	}
	locations := []string{"/", "/new", "https://www.example.com", "https://www.example.com/", "https://www.example.com/base?a=1"}
	distributions := make([]*edgetest.Distribution, len(locations))
	for i, location := range locations {
		r := edgefn.Response{Status: 308, Location: location, KeepPath: true, KeepQuery: true}
		distributions[i] = behind(f, compose(f, []edgefn.Route{answering("/old", r)}))
	}
	const site = "https://www.example.com"
	base, err := url.Parse(site)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		for i, d := range distributions {
			got := ask(t, edgetest.Goja(), d, edgetest.Request{URL: "/old" + strings.ToValidUTF8(path, "")})
			if got.Status != 308 {
				continue
			}
			location := got.Headers["location"]
			target, err := base.Parse(asBrowsersRead(location))
			if err != nil || target.Host != base.Host || target.Scheme != base.Scheme {
				t.Errorf("%q redirects to %q, which is %v, %v", path, location, target, err)
			}
			if start := strings.TrimRight(locations[i], "/"); strings.HasPrefix(location, "//") || strings.HasPrefix(location, start+"//") {
				t.Errorf("%q redirects to %q, whose path begins with two slashes", path, location)
			}
		}
	})
}

// asBrowsersRead does what the URL standard has browsers do with what is no url:
// tabs and line ends are left out, and a backslash is a slash. A percent sign is
// taken for itself, since Go minds those that begin no escape.
// (https://url.spec.whatwg.org/#concept-basic-url-parser)
func asBrowsersRead(location string) string {
	path, rest, _ := strings.Cut(location, "?")
	return strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/", "%", "%25").Replace(path) + "?" + url.QueryEscape(rest)
}

func TestResponseCheck(t *testing.T) {
	redirect := func(location string) edgefn.Response { return edgefn.Response{Status: 302, Location: location} }
	with := func(name, value string) edgefn.Response {
		return edgefn.Response{Status: 200, Headers: map[string]string{name: value}}
	}
	tests := []struct {
		response edgefn.Response
		want     []string // parts of the error
	}{
		{edgefn.Response{}, []string{"status 0", "200 to 599"}},
		{edgefn.Response{Status: 101}, []string{"status 101", "200 to 599"}},
		{edgefn.Response{Status: 600}, []string{"status 600", "200 to 599"}},
		{edgefn.Response{Status: 301}, []string{"status 301", "without a location", "say where it leads"}},
		{edgefn.Response{Status: 200, Location: "/new"}, []string{"status 200", `"/new"`, "308"}},
		{edgefn.Response{Status: 303, Location: "/new"}, []string{"status 303", "302"}},
		{edgefn.Response{Status: 200, KeepPath: true}, []string{"redirects only"}},
		{edgefn.Response{Status: 204, Body: "x"}, []string{"status 204", "no body"}},
		{with("x-amz-cf-id", "1"), []string{`"x-amz-cf-id"`, "leave it out"}},
		{with("x-amz-cf-whatever", "1"), []string{`"x-amz-cf-whatever"`, "leave it out"}},
		{with("via", "1"), []string{`"via"`, "leave it out"}},
		{with("content-length", "1"), []string{`"content-length"`, "counts"}},
		{with("set-cookie", "a=b"), []string{`"set-cookie"`, "code of your own"}},
		{with("location", "/a"), []string{`"location"`, "as such"}},
		{with("x a", "1"), []string{`"x a"`, "hyphens"}},
		{with("X-A", "1"), []string{`"X-A"`, "lower case"}},
		{with("", "1"), []string{`""`, "hyphens"}},
		{with("x-a", "1\r\nx-b: 2"), []string{`"x-a"`, `1\r\nx-b: 2`, "one line"}},
		{redirect("//evil.example.com"), []string{`"//evil.example.com"`, "another host", `"https://evil.example.com"`}},
		{redirect(`/\evil.example.com`), []string{`"/\\evil.example.com"`, "%5C"}},
		{redirect("/a b"), []string{`"/a b"`, "%20"}},
		{redirect("/ä"), []string{`"/ä"`, "%C3%A4"}},
		{redirect("/a\n"), []string{`"/a\n"`, "%0A"}},
		{redirect("/50%"), []string{`"/50%"`, "no url"}},
		{redirect("new"), []string{`"new"`, "relative", `"/new"`}},
		{redirect("www.example.com"), []string{"relative", `"https://www.example.com"`}},
		{redirect("?a"), []string{`"?a"`, "relative"}},
		{redirect("ftp://example.com"), []string{"scheme ftp", "https://"}},
		{redirect("javascript:alert(1)"), []string{"scheme javascript", "https://"}},
		{redirect("https://user@example.com"), []string{"user name", "host alone"}},
		{redirect("https://user:secret@example.com"), []string{`"https://user:xxxxx@example.com" holds a user name`}},
		{redirect("https:///a"), []string{"no host", "https://www.example.com"}},
		{redirect("https:a"), []string{"no host"}},
		{redirect("https://*.example.com"), []string{"no host"}},
		{edgefn.Response{Status: 200, Body: "\xff\xfe"}, []string{"2 bytes", "UTF-8", "bucket"}},
		{edgefn.Response{Status: 200, Body: strings.Repeat("x", edgefn.MaxBytes)}, []string{"10240 bytes", `"xxx`, "bucket"}},
	}
	for _, test := range tests {
		err := test.response.Check()
		for _, part := range test.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%.80q: got error %v, want %q in it", fmt.Sprint(test.response), err, part)
			}
		}
	}
	several := edgefn.Response{Status: 99, Headers: map[string]string{"via": "1", "host": "2"}}
	if err := several.Check(); strings.Count(fmt.Sprint(err), "\n") != 2 {
		t.Errorf("got %v, want three problems", err)
	}
}
