package s3

import (
	"net/http"
	"strings"
	"testing"
)

func website(change func(*Website)) *Website {
	s := &Website{Bucket: Bucket{Files: files(), Name: "site", CanList: true}, Index: "index.html"}
	if change != nil {
		change(s)
	}
	return s
}

func TestWebsite(t *testing.T) {
	withError := func(s *Website) { s.Error = "old/page.html" }
	moved := func(s *Website) {
		s.Error = "old/page.html"
		s.Metadata = func(key string) http.Header {
			return map[string]http.Header{
				"empty":         {"x-amz-website-redirect-location": {"/docs/"}},
				"old/page.html": {"X-Amz-Website-Redirect-Location": {"https://errors.example/"}},
			}[key]
		}
	}
	for _, test := range []struct {
		name   string
		change func(*Website)
		target string
		status int
		want   string // Location, or a part of the body
	}{
		{"root", nil, "/", 200, "<h1>home</h1>"},
		{"object", nil, "/old/page.html", 200, "old"},
		{"folder", nil, "/docs/", 200, "<h1>docs</h1>"},
		{"folder without its slash", nil, "/docs", 302, "/docs/"},
		{"folder without its slash, and a query", nil, "/docs?x=1", 302, "/docs/"},
		{"folder without an index document", nil, "/old/", 404, "<li>Key: old/index.html</li>"},
		{"the same without its slash", nil, "/old", 404, "<li>Key: old</li>"},
		{"missing", nil, "/x%3Cb%3E", 404, "<li>Key: x&lt;b&gt;</li>"},
		{"double slash", nil, "//docs", 404, "<li>Key: /docs</li>"},
		{"missing, may not list", func(s *Website) { s.CanList = false }, "/x", 403, "<h1>403 Forbidden</h1>\n<ul>\n<li>Code: AccessDenied</li>"},
		{"folder, may not list", func(s *Website) { s.CanList = false }, "/docs", 302, "/docs/"},
		{"private", func(s *Website) { s.CannotGet = true }, "/", 403, "AccessDenied"},
		{"no bucket", func(s *Website) { s.Files = nil }, "/", 404, "<li>BucketName: site</li>"},
		{"parameters mean nothing", nil, "/empty?acl&response-content-type=x", 200, ""},
		{"error document", withError, "/x", 404, "old"},
		{"error document, may not list", func(s *Website) { withError(s); s.CanList = false }, "/x", 403, "old"},
		{"error document is missing", func(s *Website) { s.Error = "error.html" }, "/x", 404, "<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n<ul>\n<li>Code: NoSuchKey</li>\n<li>Message: The specified key does not exist.</li>\n<li>Key: error.html</li>"},
		{"object is moved", moved, "/empty", 301, "/docs/"},
		{"error document is moved", moved, "/x", 301, "https://errors.example/"},
		{"all redirected", func(s *Website) { s.RedirectAllTo = &Redirect{HostName: "www.example.com", Protocol: "https"} }, "/a%20b/?x", 301, "https://www.example.com/a%20b/"},
		{"all redirected, http", func(s *Website) { s.RedirectAllTo = &Redirect{HostName: "www.example.com"} }, "/", 301, "http://www.example.com/"},
	} {
		w := do(t, website(test.change), "GET", test.target)
		got := w.Body.String()
		if w.Code/100 == 3 {
			if w.Body.Len() > 0 {
				t.Errorf("%s: the redirect has a body", test.name)
			}
			got = w.Header().Get("Location")
		}
		if w.Code != test.status || !strings.Contains(got, test.want) || w.Code/100 == 3 && got != test.want {
			t.Errorf("%s: %d %s\nwant %d %s", test.name, w.Code, got, test.status, test.want)
		}
		head := do(t, website(test.change), "HEAD", test.target)
		if head.Code != w.Code || head.Body.Len() > 0 {
			t.Errorf("%s: HEAD is answered with %d and %d bytes", test.name, head.Code, head.Body.Len())
		}
	}
}

func TestRoutingRules(t *testing.T) {
	site := website(func(s *Website) {
		s.Error = "empty"
		s.RoutingRules = []RoutingRule{
			{KeyPrefix: "both/", ErrorCode: 404, Redirect: Redirect{ReplaceKeyWith: new("both.html")}},
			{KeyPrefix: "host/", Redirect: Redirect{HostName: "other.example"}},
			{KeyPrefix: "prefix/", Redirect: Redirect{ReplaceKeyPrefixWith: new("new prefix/")}},
			{KeyPrefix: "strip/", Redirect: Redirect{ReplaceKeyPrefixWith: new("")}},
			{KeyPrefix: "tls/", Redirect: Redirect{Protocol: "https"}},
			{KeyPrefix: "code/", Redirect: Redirect{Code: 307}},
			{KeyPrefix: "index", Redirect: Redirect{ReplaceKeyWith: new("never for the root")}},
			{KeyPrefix: "old/", Redirect: Redirect{ReplaceKeyWith: new("first")}},
			{KeyPrefix: "old/", Redirect: Redirect{ReplaceKeyWith: new("second")}},
			{ErrorCode: 403, Redirect: Redirect{ReplaceKeyWith: new("forbidden")}},
			{KeyPrefix: "report/", ErrorCode: 404, Redirect: Redirect{HostName: "reports.example", ReplaceKeyPrefixWith: new("report-404/")}},
		}
	})
	const host = "http://site.s3.amazonaws.com"
	for _, test := range []struct {
		target   string
		status   int
		location string
	}{
		{"/both/", 301, host + "/both.html"},
		{"/both/x", 301, host + "/both.html"},
		{"/host/key", 301, "http://other.example/host/key"},
		{"/prefix/a%20b", 301, host + "/new%20prefix/a%20b"},
		{"/strip/a/b", 301, host + "/a/b"},
		{"/tls/key", 301, "https://site.s3.amazonaws.com/tls/key"},
		{"/code/key", 307, host + "/code/key"},
		{"/", 200, ""},
		{"/index.html", 301, host + "/never%20for%20the%20root"},
		{"/old/page.html", 301, host + "/first"}, // though the object exists
		{"/report/today", 301, "http://reports.example/report-404/today"},
		{"/missing", 404, ""},
	} {
		w := do(t, site, "GET", test.target)
		if got := w.Header().Get("Location"); w.Code != test.status || got != test.location {
			t.Errorf("GET %s: %d %q, want %d %q", test.target, w.Code, got, test.status, test.location)
		}
	}
}

func TestWebsiteMethods(t *testing.T) {
	site := website(func(s *Website) { s.Error = "old/page.html" })
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		w := do(t, site, method, "/x")
		if w.Code != 405 || !strings.Contains(w.Body.String(), "<li>Method: "+method+"</li>") {
			t.Errorf("%s: %d %s", method, w.Code, w.Body)
		}
	}
	site.CORS = []CORSRule{{AllowedOrigins: []string{"*"}, AllowedMethods: []string{"GET"}}}
	if w := do(t, site, "OPTIONS", "/", "Origin", "http://a", "Access-Control-Request-Method", "GET"); w.Code != 200 {
		t.Errorf("a preflight request: %d, want 200", w.Code)
	}
	if w := do(t, site, "OPTIONS", "/"); w.Code != 400 || !strings.Contains(w.Body.String(), "<h1>400 Bad Request</h1>") {
		t.Errorf("OPTIONS without an origin: %d %s", w.Code, w.Body)
	}
}

func TestWebsiteConditions(t *testing.T) {
	site := website(func(s *Website) { s.Error = "docs-2/notes" })
	tag := do(t, site, "GET", "/docs/").Header().Get("Etag")
	if w := do(t, site, "GET", "/docs/", "If-None-Match", tag); w.Code != 304 {
		t.Errorf("an index document that has not changed: %d, want 304", w.Code)
	}
	if w := do(t, site, "GET", "/docs/", "Range", "bytes=0-3"); w.Code != 206 || w.Body.String() != "<h1>" {
		t.Errorf("a range of an index document: %d %q", w.Code, w.Body)
	}
	// The error document is sent whole: the conditions were not for it.
	w := do(t, site, "GET", "/x", "Range", "bytes=0-3", "If-None-Match", "*")
	if w.Code != 404 || w.Body.String() != "0123456789" || w.Header().Get("Etag") != `"781e5e245d69b566979b86e28d23f2c7"` {
		t.Errorf("the error document: %d %q %v", w.Code, w.Body, w.Header())
	}
}
