package edgefn_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cfrouter/cfrouter/edgefn"
	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// site is a route to a site with an index document, at the root.
func site(docs edgefn.Documents) edgefn.Route {
	return edgefn.Route{Path: "/", Destination: edgefn.Destination{Index: pointer("index.html"), Documents: &docs}}
}

// at has a route under a prefix, which is stripped.
func at(path string, r edgefn.Route) edgefn.Route {
	r.Path, r.Strip = path, path
	return r
}

// checkDocuments holds what becomes of requests against what is wanted: a path for
// the origin, "308" and a location, or "404". A path that can be decoded costs one
// read if the content is known.
func checkDocuments(t *testing.T, route edgefn.Route, wants map[string]string) {
	t.Helper()
	program := composed(t, edgefn.Table{Routes: []edgefn.Route{route}})
	d := deployed(t, program)
	reads := func(path string) int {
		if decoded, err := url.PathUnescape(path); program.Stored && err == nil && utf8.ValidString(decoded) {
			return 1
		}
		return 0
	}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		var requests []edgetest.Request
		for sent := range wants {
			requests = append(requests, edgetest.Request{URL: sent})
		}
		for i, got := range send(t, engine, d, requests...) {
			if sent := requests[i].URL; outcome(got) != wants[sent] || got.Reads != reads(sent) {
				t.Errorf("%s: got %s with %d reads of the store, want %s with %d", sent, outcome(got), got.Reads, wants[sent], reads(sent))
			}
		}
	})
}

func TestFallback(t *testing.T) {
	checkDocuments(t, site(edgefn.Documents{Fallback: "/app.html"}), map[string]string{
		"/":                   "/index.html",
		"/users":              "/app.html",
		"/users/":             "/app.html",
		"/users/7?tab=a.b":    "/app.html",
		"/users/j.doe/edit":   "/app.html",
		"/users/j.doe/":       "/app.html",
		"/users/j.doe":        "/users/j.doe",
		"/app.4f2a.js":        "/app.4f2a.js",
		"/.well-known/thing":  "/app.html",
		"/caf%C3%A9":          "/app.html",
		"/caf%C3%A9.html":     "/caf%C3%A9.html",
		"/%zz":                "/app.html",
		"/a//b":               "/app.html",
		"/.env":               "/.env",
		"/users/7/avatar.png": "/users/7/avatar.png",
	})
	bare := site(edgefn.Documents{Fallback: "/my app.html"})
	bare.Index = nil
	checkDocuments(t, bare, map[string]string{"/": "/my%20app.html", "/a": "/my%20app.html", "/a.js": "/a.js"})
}

func TestHtmlFiles(t *testing.T) {
	docs := edgefn.Documents{Clean: edgefn.HtmlFiles}
	checkDocuments(t, site(docs), map[string]string{
		"/":               "/index.html",
		"/about":          "/about.html",
		"/about?a=1":      "/about.html",
		"/about/":         "308 /about",
		"/about/?a=1":     "308 /about?a=1",
		"/docs/intro":     "/docs/intro.html",
		"/docs/intro/":    "308 /docs/intro",
		"/about.html":     "/about.html",
		"/style.css":      "/style.css",
		"/v1.2/":          "308 /v1.2",
		"//evil.example/": "308 /evil.example",
		"/caf%C3%A9":      "/caf%C3%A9.html",
	})
	checkDocuments(t, at("/docs", site(docs)), map[string]string{
		"/docs":         "308 /docs/",
		"/docs/":        "/index.html",
		"/docs/about":   "/about.html",
		"/docs/about/":  "308 /docs/about",
		"/docs//about":  "/about.html",
		"/docs//about/": "/about.html", // the viewer's path is another one than the document's anyway
	})
}

func TestHtmlFolders(t *testing.T) {
	docs := edgefn.Documents{Clean: edgefn.HtmlFolders}
	checkDocuments(t, site(docs), map[string]string{
		"/":              "/index.html",
		"/about":         "308 /about/",
		"/about?a=1":     "308 /about/?a=1",
		"/about/":        "/about/index.html",
		"/docs/intro":    "308 /docs/intro/",
		"/docs/intro/":   "/docs/intro/index.html",
		"/about.html":    "/about.html",
		"/style.css":     "/style.css",
		"/v1.2/":         "/v1.2/index.html",
		"//evil.example": "//evil.example",
		"//evil":         "308 /evil/",
	})
	checkDocuments(t, at("/docs", site(docs)), map[string]string{
		"/docs": "308 /docs/", "/docs/": "/index.html", "/docs/about": "308 /docs/about/", "/docs/about/": "/about/index.html",
	})
}

func TestDocumentsWithoutIndex(t *testing.T) {
	for _, index := range []*string{nil, pointer("")} {
		route := site(edgefn.Documents{Immutable: []string{"/assets/*"}})
		route.Index = index
		checkDocuments(t, route, map[string]string{"/": "404", "/a/": "/a/", "/a": "/a"})
	}
}

// A rule that makes another path of the viewer's leaves the viewer where it is,
// since what is redirected would be the path before.
func TestRewrittenDocuments(t *testing.T) {
	for name, docs := range map[string]edgefn.Documents{
		"shape":   {Clean: edgefn.HtmlFolders},
		"content": {Clean: edgefn.HtmlFolders, Content: []string{"/pages/about/index.html"}},
	} {
		route := site(docs)
		route.Rewrites = []edgefn.Rewrite{{Match: "^/([a-z]+)/?$", Replace: "/pages/$1"}}
		t.Run(name, func(t *testing.T) {
			checkDocuments(t, route, map[string]string{"/about": "/pages/about/index.html", "/about/": "/pages/about/index.html"})
		})
	}
}

// siteContent has a page of every kind, of each with both spellings or one.
var siteContent = []string{
	"/index.html", "/404.html", "/app.html", "/style.css", "/about.html", "/blog/index.html", "/both.html", "/both/index.html",
	"/café.html", "/a b.html", "/1+1.html", "/100%.html", "/v1.2.html", "/LICENSE", "/deep/er/index.html", "/folder/", "/日本/index.html",
}

func TestContent(t *testing.T) {
	common := map[string]string{
		"/": "/index.html", "/index.html": "/index.html", "/style.css": "/style.css", "/LICENSE": "/LICENSE",
		"/blog/": "/blog/index.html", "/blog": "308 /blog/", "/deep/er": "308 /deep/er/", "/deep": "404", "/deep/": "404",
		"/about.html": "/about.html", "/both/": "/both/index.html", "/folder": "404", "/folder/": "404", "/missing": "404", "/missing.js": "404",
		"/ABOUT.html": "404", "/about.html/": "404", "/style.css/": "404", "/about.html?a=b": "/about.html",

		// Spelled otherwise, it is the same document.
		"/caf%C3%A9.html": "/caf%C3%A9.html", "/caf%c3%a9.html": "/caf%C3%A9.html", "/caf%65.html": "404", "/%61bout.html": "/about.html",
		"/a%20b.html": "/a%20b.html", "/1+1.html": "/1%2B1.html", "/1%2B1.html": "/1%2B1.html", "/1%201.html": "404",
		"/%E6%97%A5%E6%9C%AC/": "/%E6%97%A5%E6%9C%AC/index.html",
		"/100%25.html":         "/100%25.html", "/100%.html": "404", "/%": "404", "/%zz": "404", "/%C3": "404", "/%C3%28": "404", "/%00": "404",
		"/" + strings.Repeat("a", 2000): "404",
	}
	files := map[string]string{
		"/about": "/about.html", "/about/": "308 /about", "/both": "/both.html", "/v1.2": "/v1.2.html", "/v1.2/": "308 /v1.2",
		"/caf%C3%A9": "/caf%C3%A9.html", "/caf%C3%A9/": "308 /caf%C3%A9",
	}
	folders := map[string]string{"/about": "/about.html", "/about/": "308 /about", "/both": "308 /both/", "/v1.2": "/v1.2.html"}
	plain := map[string]string{"/about": "404", "/about/": "404", "/both": "308 /both/", "/v1.2": "404"}
	for clean, own := range map[edgefn.CleanUrls]map[string]string{edgefn.NoCleanUrls: plain, edgefn.HtmlFiles: files, edgefn.HtmlFolders: folders} {
		for _, docs := range []edgefn.Documents{
			{Clean: clean, Content: siteContent},
			{Clean: clean, Content: siteContent, NotFound: "/404.html"},
			{Clean: clean, Content: siteContent, Fallback: "/app.html"},
			{Clean: clean, Content: siteContent, Fallback: "/app.html", NotFound: "/404.html"},
		} {
			t.Run(fmt.Sprintf("%d%s%s", clean, docs.Fallback, docs.NotFound), func(t *testing.T) {
				wants := map[string]string{}
				for _, some := range []map[string]string{common, own} {
					for path, want := range some {
						wants[path] = want
						if want == "404" {
							wants[path] = lost(docs, path)
						}
					}
				}
				checkDocuments(t, site(docs), wants)
			})
		}
	}
}

// lost is what becomes of a path that names no document.
func lost(docs edgefn.Documents, path string) string {
	switch last := path[strings.LastIndexByte(path, '/'):]; {
	case docs.Fallback != "" && !strings.Contains(last, "."):
		return docs.Fallback
	case docs.NotFound != "":
		return docs.NotFound
	}
	return "404"
}

// An empty list says that there is nothing, and none says that it is not known.
func TestNoContent(t *testing.T) {
	checkDocuments(t, site(edgefn.Documents{Content: []string{}}), map[string]string{"/": "404", "/a.js": "404"})
	checkDocuments(t, site(edgefn.Documents{Clean: edgefn.HtmlFiles}), map[string]string{"/": "/index.html", "/a.js": "/a.js"})
}

// Wherever a request for a random site is redirected to, it ends at a document
// that exists, or at what is there for those that do not.
func TestContentProperty(t *testing.T) {
	r := randomSource(7)
	names := []string{"a", "b", "a.html", "index", "index.html", "a.js", "é", "ä b"}
	path := func() string {
		var b strings.Builder
		for range 1 + r.IntN(3) {
			b.WriteString("/" + oneOf(r, names...))
		}
		return b.String()
	}
	for range 12 {
		content := []string{"/404.html"}
		for range r.IntN(12) {
			content = append(content, path())
		}
		docs := edgefn.Documents{NotFound: "/404.html", Content: content, Clean: oneOf(r, edgefn.NoCleanUrls, edgefn.HtmlFiles, edgefn.HtmlFolders)}
		prefixed := at("/p", site(docs))
		d := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{prefixed}}))
		var requests []edgetest.Request
		for range 40 {
			requests = append(requests, edgetest.Request{URL: "/p" + (&url.URL{Path: path()}).EscapedPath() + oneOf(r, "", "/")})
		}
		eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
			for i, answer := range follow(t, engine, d, requests) {
				document, err := url.PathUnescape(answer.URI)
				if err != nil || !slices.Contains(content, document) {
					t.Errorf("%s of %+v: got %s, which is no document", requests[i].URL, docs, outcome(answer))
				}
				if asked, _ := url.PathUnescape(strings.TrimPrefix(requests[i].URL, "/p")); slices.Contains(content, asked) && document != asked {
					t.Errorf("%s of %+v: got %s, though there is a document of that name", requests[i].URL, docs, document)
				}
			}
		})
	}
}

// follow sends requests as a browser does.
func follow(t *testing.T, engine edgetest.Engine, d *edgetest.Distribution, requests []edgetest.Request) []edgetest.Answer {
	t.Helper()
	requests = slices.Clone(requests)
	answers := send(t, engine, d, requests...)
	for range redirectsLeft {
		var again []int
		var next []edgetest.Request
		for i, answer := range answers {
			if answer.Status == 308 {
				again, next = append(again, i), append(next, edgetest.Request{URL: answer.Headers["location"]})
			}
		}
		if len(again) == 0 {
			return answers
		}
		for j, answer := range send(t, engine, d, next...) {
			answers[again[j]] = answer
		}
	}
	t.Errorf("redirected more than %d times", redirectsLeft)
	return answers
}

func TestNotFoundDocument(t *testing.T) {
	docs := edgefn.Documents{NotFound: "/404.html", Content: []string{"/index.html", "/404.html"}}
	d := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{site(docs)}}))
	page := edgetest.OriginResponse{Headers: map[string]string{"content-type": "text/html"}, Body: "<h1>Lost</h1>"}
	eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
		request := edgetest.Request{URL: "/missing", Headers: map[string]string{"range": "bytes=0-9"}}
		if asked := send(t, engine, d, request)[0]; asked.URI != "/404.html" || asked.Headers["range"] != "" {
			t.Errorf("the origin is asked for %s with range %q, want all of /404.html", asked.URI, asked.Headers["range"])
		}
		got := respond(t, engine, d, request, page)
		if got.Status != 404 || got.Body != page.Body || got.Headers["content-type"] != "text/html" || got.Headers["cache-control"] != "no-cache" {
			t.Errorf("got %d %v with %q, want the page with status 404 and no-cache", got.Status, got.Headers, got.Body)
		}
		if got := respond(t, engine, d, request, edgetest.OriginResponse{Status: 304}); got.Status != 304 {
			t.Errorf("a page that the browser has is answered with %d, want 304", got.Status)
		}
		for _, path := range []string{"/", "/404.html"} {
			if got := respond(t, engine, d, edgetest.Request{URL: path}, page); got.Status != 200 || got.Headers["cache-control"] != "" {
				t.Errorf("%s: got %d %v, want the response as it was", path, got.Status, got.Headers)
			}
		}
	})
}

func TestImmutable(t *testing.T) {
	const year, none = "public, max-age=31536000, immutable", "no-cache"
	immutable := []string{"/assets/*", "/*.????????.css", "/caf é/*"}
	wants := map[string]string{ // cache-control by path
		"/assets/app.js": year, "/assets/": none, "/assets/page.html": none, "/assets/page.HTM": none, "/assetsx/app.js": "",
		"/main.12345678.css": year, "/main.1234567.css": "", "/": none, "/about": none, "/favicon.ico": "", "/caf%20%C3%A9/x.png": year, "/feed.htmlx": "",
	}
	for name, docs := range map[string]edgefn.Documents{
		"shape": {Clean: edgefn.HtmlFiles, Immutable: immutable},
		"content": {Clean: edgefn.HtmlFiles, Immutable: immutable, Content: []string{
			"/assets/app.js", "/assets/index.html", "/assets/page.html", "/assets/page.HTM", "/assetsx/app.js",
			"/main.12345678.css", "/main.1234567.css", "/index.html", "/about.html", "/favicon.ico", "/caf é/x.png", "/feed.htmlx",
		}},
	} {
		if name == "shape" {
			delete(wants, "/assets/") // which is redirected
		} else {
			wants["/assets/"] = none
		}
		route := site(docs)
		uncached := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{route}}))
		route.Key = "site"
		d := deployed(t, composed(t, edgefn.Table{Routes: []edgefn.Route{route}}))
		eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
			for path, want := range wants {
				request := edgetest.Request{URL: path}
				for _, status := range []int{200, 304} {
					if got := respond(t, engine, d, request, edgetest.OriginResponse{Status: status}); got.Status != status || got.Headers["cache-control"] != want {
						t.Errorf("%s: %s: got %d with cache-control %q, want %d with %q", name, path, got.Status, got.Headers["cache-control"], status, want)
					}
				}
				for header, value := range map[string]string{"cache-control": "max-age=5", "expires": "Wed, 05 Apr 2028 07:28:00 GMT"} {
					own := respond(t, engine, d, request, edgetest.OriginResponse{Headers: map[string]string{header: value}})
					if own.Headers[header] != value || header == "expires" && own.Headers["cache-control"] != "" {
						t.Errorf("%s: %s: an object's own %s became %v", name, path, header, own.Headers)
					}
				}
				if got := send(t, engine, uncached, request)[0].Headers[edgefn.RouteHeader]; (got != "") != (want == none) {
					t.Errorf("%s: %s: the key of a route without one is %q, with cache-control %q", name, path, got, want)
				}
				answers := send(t, engine, d, request, request)
				first, second := answers[0].Headers[edgefn.RouteHeader], answers[1].Headers[edgefn.RouteHeader]
				if kept := first == "site" && second == "site"; kept == (want == none) || first == second == (want == none) {
					t.Errorf("%s: %s: two requests have the keys %q and %q, with cache-control %q", name, path, first, second, want)
				}
			}
		})
	}
}

// The documents of several routes are in the store once, and every path to one of
// them is a key.
func TestContentEntries(t *testing.T) {
	docs := edgefn.Documents{Clean: edgefn.HtmlFolders, Content: siteContent}
	other := docs
	other.Clean = edgefn.HtmlFiles
	one := composed(t, edgefn.Table{Routes: []edgefn.Route{at("/a", site(docs))}})
	same := composed(t, edgefn.Table{Routes: []edgefn.Route{at("/a", site(docs)), at("/b", site(docs))}})
	two := composed(t, edgefn.Table{Routes: []edgefn.Route{at("/a", site(docs)), at("/b", site(other))}})
	if !slices.Equal(one.Entries, same.Entries) || len(two.Entries) <= len(one.Entries) {
		t.Errorf("one route has %d entries, two with the same documents %d, two with others %d", len(one.Entries), len(same.Entries), len(two.Entries))
	}
	keys := map[string]bool{}
	for _, entry := range two.Entries {
		if keys[entry.Key] || entry.Value == "" {
			t.Errorf("the entry %v is there twice, or has no value", entry)
		}
		keys[entry.Key] = true
	}
}

func TestContentLimits(t *testing.T) {
	many := make([]string, 60_000)
	for i := range many {
		many[i] = fmt.Sprintf("/%s/%d.html", strings.Repeat("d", 40), i)
	}
	for name, test := range map[string]struct {
		content []string
		want    []string
	}{
		"a long key":   {[]string{"/" + strings.Repeat("a", 511)}, []string{`/aaa`, "a key of 525", "512", "shorter path"}},
		"a long value": {[]string{"/" + strings.Repeat("é", 230)}, []string{`/éé`, "a value of 1381 bytes", "1024"}},
		"many":         {many, []string{"60000 documents", "5000000", "leave the content out"}},
	} {
		_, err := edgefn.Compose(edgefn.Table{Routes: []edgefn.Route{site(edgefn.Documents{Content: test.content})}})
		for _, part := range test.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%s: got error %.300v, want one with %q", name, err, part)
			}
		}
	}
	long := []string{"/" + strings.Repeat("a", 490)}
	checkDocuments(t, site(edgefn.Documents{Content: long}), map[string]string{long[0]: long[0]})
}

// FuzzDocuments asks for paths of which some name documents: whatever is asked,
// the origin is sent to a document, and nobody to another site.
func FuzzDocuments(f *testing.F) {
	for _, path := range []string{"/", "/about", "/about/", "//evil.example/about/", "/%zz", "/caf%C3%A9", `/\evil/`, "/blog", "/.", "/a/../about/", "/%2e%2e/x", "/about//"} {
		f.Add(path)
	}
	docs := edgefn.Documents{Clean: edgefn.HtmlFiles, Content: siteContent}
	d := deployed(f, composed(f, edgefn.Table{Routes: []edgefn.Route{site(docs)}}))
	f.Fuzz(func(t *testing.T, path string) {
		if !strings.HasPrefix(path, "/") || strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r > '~' || r == '?' || r == '#' }) {
			t.Skip("no path that a viewer can send")
		}
		got := send(t, edgetest.Goja(), d, edgetest.Request{URL: path})[0]
		switch document, _ := url.PathUnescape(got.URI); {
		case got.Status == 308 && (!strings.HasPrefix(got.Headers["location"], "/") || strings.HasPrefix(got.Headers["location"], "//")):
			t.Errorf("%q is redirected to %q", path, got.Headers["location"])
		case got.Status == 0 && !slices.Contains(siteContent, document):
			t.Errorf("%q asks for %q, which is no document", path, got.URI)
		}
	})
}

// A prefix that is kept is a clean url like any other: the bare one is not sent to
// its folder, which would send it back.
func TestCleanBarePrefix(t *testing.T) {
	for clean, want := range map[edgefn.CleanUrls]string{edgefn.HtmlFiles: "/docs.html", edgefn.HtmlFolders: "308 /docs/"} {
		route := edgefn.Route{Path: "/docs", Destination: edgefn.Destination{Index: pointer("index.html"), Documents: &edgefn.Documents{Clean: clean}}}
		d := behind(t, compose(t, []edgefn.Route{route}))
		eachEngine(t, func(t *testing.T, engine edgetest.Engine) {
			if got := outcome(send(t, engine, d, edgetest.Request{URL: "/docs"})[0]); got != want {
				t.Errorf("clean urls %v: got %s, want %s", clean, got, want)
			}
		})
	}
}
