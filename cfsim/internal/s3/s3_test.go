package s3

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

var (
	long   = strings.Repeat("k", maxKey+1)
	stored = time.Date(2026, 3, 4, 5, 6, 7, 800_000_000, time.UTC)
	now    = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
)

func files() fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range map[string]string{
		"index.html":        "<h1>home</h1>",
		"a b+c&d.txt":       "spaced",
		"ü.txt":             "umlaut",
		"docs/index.html":   "<h1>docs</h1>",
		"docs/a/deep.css":   "body{}",
		"docs-2/notes":      "0123456789",
		"empty":             "",
		"%2F.txt":           "percent",
		"old/page.html":     "old",
		"secret/*?[x].json": "{}",
	} {
		fsys[name] = &fstest.MapFile{Data: []byte(text), ModTime: stored, Mode: 0o644}
	}
	return fsys
}

func bucket() *Bucket {
	return &Bucket{Files: files(), Name: "site", CanList: true, Now: func() time.Time { return now }}
}

// do sends a request as a server would receive it.
func do(t testing.TB, h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "http://site.s3.amazonaws.com"+target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

type xmlError struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	Key       string
	Condition string
	RequestId string
	Details   []struct {
		XMLName xml.Name
		Value   string `xml:",chardata"`
	} `xml:",any"`
}

func errorOf(t testing.TB, w *httptest.ResponseRecorder) xmlError {
	t.Helper()
	var e xmlError
	if err := xml.Unmarshal(w.Body.Bytes(), &e); err != nil {
		t.Fatalf("status %d with a body that is no error: %v\n%s", w.Code, err, w.Body)
	}
	if got, want := w.Header().Get("Content-Type"), "application/xml"; got != want {
		t.Errorf("Content-Type of the error is %q, want %q", got, want)
	}
	if e.RequestId == "" || e.RequestId != w.Header().Get("X-Amz-Request-Id") {
		t.Errorf("RequestId %q is not the header's %q", e.RequestId, w.Header().Get("X-Amz-Request-Id"))
	}
	return e
}

func TestKeys(t *testing.T) {
	for _, test := range []struct {
		target string
		want   string // body, or the error's code
	}{
		{"/index.html", "<h1>home</h1>"},
		{"/index.html?x=1", "<h1>home</h1>"},
		{"/a%20b+c&d.txt", "spaced"},
		{"/a%20b%2Bc%26d.txt", "spaced"},
		{"/a+b+c&d.txt", "NoSuchKey"},
		{"/%C3%BC.txt", "umlaut"},
		{"/docs%2Findex.html", "<h1>docs</h1>"},
		{"/%252F.txt", "percent"},
		{"/secret/*%3F%5Bx%5D.json", "{}"},
		{"/empty", ""},
		{"/docs", "NoSuchKey"},
		{"/docs/", "NoSuchKey"},
		{"/docs/index.html/", "NoSuchKey"},
		{"/docs/index.html/x", "NoSuchKey"},
		{"//index.html", "NoSuchKey"},
		{"/docs//index.html", "NoSuchKey"},
		{"/Index.html", "NoSuchKey"},
		{"/./index.html", "NoSuchKey"},
		{"/.", "NoSuchKey"},
		{"/..", "NoSuchKey"},
		{"/docs/../index.html", "NoSuchKey"},
		{"/docs%2F..%2Findex.html", "NoSuchKey"},
		{"/%2e%2e/%2e%2e/etc/passwd", "NoSuchKey"},
		{"/..%5c..%5cindex.html", "NoSuchKey"},
		{"/index.html%00", "NoSuchKey"},
		{"/%ff.txt", "InvalidURI"},
		{"/" + long, "KeyTooLongError"},
		{"/" + long[1:], "NoSuchKey"},
	} {
		w := do(t, bucket(), "GET", test.target)
		got := w.Body.String()
		if w.Code >= 400 {
			got = errorOf(t, w).Code
		}
		if got != test.want {
			t.Errorf("GET %.60s: %d %q, want %q", test.target, w.Code, got, test.want)
		}
	}
}

func TestHeaders(t *testing.T) {
	b := bucket()
	b.Metadata = func(key string) http.Header {
		return http.Header{"cache-control": {"max-age=60"}, "X-Amz-Meta-Key": {key}}
	}
	for _, method := range []string{"GET", "HEAD"} {
		w := do(t, b, method, "/index.html")
		for name, want := range map[string]string{
			"Server":                       "AmazonS3",
			"Date":                         "Fri, 01 May 2026 00:00:00 GMT",
			"Content-Type":                 "text/html",
			"Content-Length":               "13",
			"Etag":                         `"381aea190f2453592cf31db1c8528a28"`,
			"Last-Modified":                "Wed, 04 Mar 2026 05:06:07 GMT",
			"Accept-Ranges":                "bytes",
			"Cache-Control":                "max-age=60",
			"X-Amz-Meta-Key":               "index.html",
			"X-Amz-Server-Side-Encryption": "AES256",
			"Content-Range":                "",
			"Access-Control-Allow-Origin":  "",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", method, name, got, want)
			}
		}
		if len(w.Header().Get("X-Amz-Request-Id")) != 16 || w.Header().Get("X-Amz-Id-2") == "" {
			t.Errorf("%s: the request has no ids: %v", method, w.Header())
		}
		if want := map[string]int{"GET": 13, "HEAD": 0}[method]; w.Code != 200 || w.Body.Len() != want {
			t.Errorf("%s: status %d and %d bytes, want 200 and %d", method, w.Code, w.Body.Len(), want)
		}
	}
}

func TestPermissions(t *testing.T) {
	for _, test := range []struct {
		name           string
		change         func(*Bucket)
		method, target string
		status         int
		code           string
	}{
		{"missing, may list", func(b *Bucket) {}, "GET", "/x", 404, "NoSuchKey"},
		{"missing, may not list", func(b *Bucket) { b.CanList = false }, "GET", "/x", 403, "AccessDenied"},
		{"root, may not list", func(b *Bucket) { b.CanList = false }, "GET", "/", 403, "AccessDenied"},
		{"there, may not list", func(b *Bucket) { b.CanList = false }, "GET", "/empty", 200, ""},
		{"there, may not get", func(b *Bucket) { b.CannotGet = true }, "GET", "/empty", 403, "AccessDenied"},
		{"missing, may not get", func(b *Bucket) { b.CannotGet = true }, "GET", "/x", 403, "AccessDenied"},
		{"no files", func(b *Bucket) { b.Files = nil }, "GET", "/x", 404, "NoSuchBucket"},
		{"no files, root", func(b *Bucket) { b.Files = nil }, "GET", "/", 404, "NoSuchBucket"},
		{"no such directory", func(b *Bucket) { b.Files = os.DirFS("testdata/not-built") }, "GET", "/x", 404, "NoSuchBucket"},
		{"no such directory, root", func(b *Bucket) { b.Files = os.DirFS("testdata/not-built") }, "GET", "/", 404, "NoSuchBucket"},
		{"head of missing", func(b *Bucket) {}, "HEAD", "/x", 404, ""},
		{"head of bucket", func(b *Bucket) {}, "HEAD", "/", 200, ""},
		{"head of bucket, may not list", func(b *Bucket) { b.CanList = false }, "HEAD", "/", 403, ""},
	} {
		b := bucket()
		test.change(b)
		w := do(t, b, test.method, test.target)
		if w.Code != test.status {
			t.Errorf("%s: status %d, want %d", test.name, w.Code, test.status)
		}
		if test.method == "HEAD" {
			if w.Body.Len() > 0 {
				t.Errorf("%s: HEAD has a body: %s", test.name, w.Body)
			}
		} else if test.code != "" && errorOf(t, w).Code != test.code {
			t.Errorf("%s: %s, want %s", test.name, errorOf(t, w).Code, test.code)
		}
	}
}

func TestNotSimulated(t *testing.T) {
	for _, test := range []struct {
		method, target string
		status         int
		message        string
	}{
		{"PUT", "/x", 501, "cfsim: writing to a bucket is not simulated. To answer PUT requests, attach"},
		{"POST", "/", 501, "cfsim: writing to a bucket is not simulated. To answer POST requests, attach"},
		{"DELETE", "/index.html", 501, "cfsim: writing to a bucket is not simulated. To answer DELETE requests, attach"},
		{"GET", "/index.html?acl", 501, "cfsim: the subresource ?acl is not simulated."},
		{"GET", "/index.html?versionId=3", 501, "cfsim: the subresource ?versionId is not simulated."},
		{"GET", "/?versioning", 501, "cfsim: the subresource ?versioning is not simulated."},
		{"PATCH", "/index.html", 405, "The specified method is not allowed against this resource."},
	} {
		w := do(t, bucket(), test.method, test.target)
		if e := errorOf(t, w); w.Code != test.status || !strings.HasPrefix(e.Message, test.message) {
			t.Errorf("%s %s: %d %q, want %d %q", test.method, test.target, w.Code, e.Message, test.status, test.message)
		}
	}
	// A bucket's subresource means nothing on an object.
	if w := do(t, bucket(), "GET", "/empty?website"); w.Code != 200 {
		t.Errorf("GET /empty?website: %d, want 200", w.Code)
	}
}

func TestAuthorization(t *testing.T) {
	for value, status := range map[string]int{
		"Bearer abc": 400,
		"Basic abc":  400,
		"AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y": 200,
		"AWS key:signature": 200,
		"":                  200,
	} {
		w := do(t, bucket(), "GET", "/index.html", "Authorization", value)
		if w.Code != status {
			t.Errorf("Authorization: %s: %d, want %d", value, w.Code, status)
		}
		if status == 400 && errorOf(t, w).Message != "Unsupported Authorization Type" {
			t.Errorf("Authorization: %s: %s", value, w.Body)
		}
	}
}

func TestOverrides(t *testing.T) {
	target := "/index.html?response-content-type=text/plain&response-cache-control=" + url.QueryEscape("max-age=74, public") + "&response-content-disposition=attachment"
	w := do(t, bucket(), "GET", target)
	if got := w.Header().Get("Content-Type") + "; " + w.Header().Get("Cache-Control") + "; " + w.Header().Get("Content-Disposition"); got != "text/plain; max-age=74, public; attachment" {
		t.Errorf("overridden headers are %q", got)
	}
	anonymous := bucket()
	anonymous.Unsigned = true
	if w := do(t, anonymous, "GET", target); w.Code != 400 || errorOf(t, w).Code != "InvalidRequest" {
		t.Errorf("unsigned: %d %s, want 400 InvalidRequest", w.Code, w.Body)
	}
	if w := do(t, bucket(), "GET", "/index.html?response-content-type=a%0d%0ab"); w.Code != 400 {
		t.Errorf("a header with a line break: %d, want 400", w.Code)
	}
}

func TestErrorsAreEscaped(t *testing.T) {
	w := do(t, bucket(), "GET", "/%3Cscript%3E&x")
	if e := errorOf(t, w); e.Key != "<script>&x" {
		t.Errorf("Key of the error is %q", e.Key)
	}
}

func TestSymbolicLinks(t *testing.T) {
	outside, inside := t.TempDir(), t.TempDir()
	write(t, filepath.Join(outside, "secret.txt"), "secret")
	write(t, filepath.Join(inside, "real.txt"), "real")
	for link, to := range map[string]string{"out.txt": filepath.Join(outside, "secret.txt"), "in.txt": "real.txt", "dangling": "nowhere"} {
		if err := os.Symlink(to, filepath.Join(inside, link)); err != nil {
			t.Skip(err)
		}
	}
	root, err := os.OpenRoot(inside)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	b := &Bucket{Files: root.FS(), CanList: true}
	for target, status := range map[string]int{"/real.txt": 200, "/in.txt": 200, "/out.txt": 404, "/dangling": 404} {
		if w := do(t, b, "GET", target); w.Code != status {
			t.Errorf("GET %s within a root: %d, want %d", target, w.Code, status)
		}
	}
	if got := listOf(t, b, "/").names(); got != "in.txt real.txt" {
		t.Errorf("listed within a root: %s", got)
	}
	if w := do(t, &Bucket{Files: os.DirFS(inside)}, "GET", "/out.txt"); w.Body.String() != "secret" {
		t.Errorf("GET /out.txt within os.DirFS: %d %s, want what the link leads to", w.Code, w.Body)
	}
}

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func FuzzServe(f *testing.F) {
	f.Add("GET", "/index.html", "prefix=d&delimiter=/", "Range", "bytes=0-1")
	f.Add("GET", "/", "list-type=2&max-keys=1&encoding-type=url", "If-None-Match", `W/"x", *`)
	f.Add("HEAD", "/..%2F", "continuation-token=aW5kZXg", "If-Range", "Wed, 04 Mar 2026 05:06:07 GMT")
	f.Add("OPTIONS", "//", "marker=docs/", "Origin", "https://a.example")
	f.Add("PUT", "/docs", "response-expires=0", "Authorization", "Bearer")
	b := bucket()
	b.CORS = []CORSRule{{AllowedOrigins: []string{"https://*.example"}, AllowedMethods: []string{"GET"}, AllowedHeaders: []string{"x-*"}}}
	site := &Website{Bucket: Bucket{Files: files()}, Index: "index.html", Error: "empty", RoutingRules: []RoutingRule{{KeyPrefix: "old/", Redirect: Redirect{ReplaceKeyPrefixWith: new("new/")}}}}
	f.Fuzz(func(t *testing.T, method, path, query, name, value string) {
		for _, h := range []http.Handler{b, site} {
			r := httptest.NewRequest("GET", "http://site/", nil)
			r.Method, r.URL.Path, r.URL.RawQuery = method, path, query
			r.Header[http.CanonicalHeaderKey(name)] = []string{value}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code < 200 || w.Code > 599 {
				t.Errorf("%s %s: status %d", method, path, w.Code)
			}
			if method == "HEAD" && w.Body.Len() > 0 {
				t.Errorf("HEAD %s has a body", path)
			}
			if strings.ContainsAny(w.Header().Get("Location"), "\r\n ") {
				t.Errorf("Location is %q", w.Header().Get("Location"))
			}
		}
	})
}
