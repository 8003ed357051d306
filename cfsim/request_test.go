package cfsim

import (
	"net/http"
	"strings"
	"testing"
)

// refusing is a handler that must not be asked.
type refusing struct{ t *testing.T }

func (h refusing) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	h.t.Errorf("the origin was asked for %s", r.URL)
}

func TestNewRequest(t *testing.T) {
	for _, test := range []struct{ url, scheme, host, target, path, query string }{
		{"/", "https", "", "/", "/", ""},
		{"/files/a.csv?v=2", "https", "", "/files/a.csv?v=2", "/files/a.csv", "v=2"},
		{"/a?", "https", "", "/a?", "/a", ""},
		{"/a?b?c", "https", "", "/a?b?c", "/a", "b?c"},
		{"https://www.example.com", "https", "www.example.com", "/", "/", ""},
		{"https://www.example.com?a=1", "https", "www.example.com", "/?a=1", "/", "a=1"},
		{"http://localhost:8080/a", "http", "localhost:8080", "/a", "/a", ""},
		// The spelling stays.
		{"/a/../b", "https", "", "/a/../b", "/a/../b", ""},
		{"//a", "https", "", "//a", "//a", ""},
		{"//a://b", "https", "", "//a://b", "//a://b", ""},
		{"/%61%2F%zz", "https", "", "/%61%2F%zz", "/%61%2F%zz", ""},
		{"/go?to=https://example.org/", "https", "", "/go?to=https://example.org/", "/go", "to=https://example.org/"},
		{"/ü", "https", "", "/ü", "/ü", ""},
	} {
		r, err := NewRequest("GET", test.url)
		if err != nil {
			t.Errorf("%s: %v", test.url, err)
			continue
		}
		got := [...]string{r.URL.Scheme, r.Host, r.RequestURI, r.URL.Path, r.URL.RawQuery}
		if want := [...]string{test.scheme, test.host, test.target, test.path, test.query}; got != want {
			t.Errorf("%s: got %q, want %q", test.url, got, want)
		}
		if r.Body == nil || r.Header == nil {
			t.Errorf("%s: the request cannot be sent", test.url)
		}
	}
}

func TestNewRequestRefuses(t *testing.T) {
	for _, test := range []struct{ method, url, says string }{
		{"GET", "", `"" has to begin with a slash`},
		{"GET", "a", `"a" has to begin with a slash`},
		{"GET", "www.example.com/a", `"www.example.com/a" has to begin with a slash, or with https://`},
		{"GET", "?a=1", "has to begin with a slash"},
		{"GET", "ftp://example.com/", `has the scheme "ftp"`},
		{"GET", "https:///a", `"https:///a" has no host`},
		{"GET", "/a b", "write %20"},
		{"GET", "/a#b", "%23"},
		{"GET", "/a\r\nHost: b", "has a space"},
		{"GET", "/a\x00b", `"/a\x00b"`},
		{"", "/", `the method "" is not one word in upper case`},
		{"get", "/", `the method "get" is not one word in upper case, like GET`},
		{"GET /", "/", `the method "GET /"`},
	} {
		_, err := NewRequest(test.method, test.url)
		if err == nil || !strings.HasPrefix(err.Error(), "cfsim: ") || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q %q: got %v, want %s", test.method, test.url, err, test.says)
		}
	}
}

// TestRequestForms: the forms of a request that reach a handler are one request.
func TestRequestForms(t *testing.T) {
	template := benchTemplate(1, 0)
	d := OpenTemplate(t, &template)
	uri := func(r *http.Request) string { return d.Explain(r).URI }
	for _, target := range []string{"/a/%2e%2E/b//c;d?x=/y%", "//e", "/%", "/?", "/../a", "/ü"} {
		made, err := NewRequest("GET", target)
		if err != nil {
			t.Fatal(err)
		}
		want, _, _ := strings.Cut(target, "?")
		if want == "/" {
			want = "/index.html"
		}
		if got := uri(made); got != want {
			t.Errorf("%s: the origin is asked for %s", target, got)
		}
		absolute, err := NewRequest("GET", target)
		if err != nil {
			t.Fatal(err)
		}
		absolute.RequestURI = "https://d111111abcdef8.cloudfront.net" + target // as a proxy is asked
		if got := uri(absolute); got != want {
			t.Errorf("%s in absolute form: the origin is asked for %s", target, got)
		}
	}
	client, err := http.NewRequest("GET", "https://d111111abcdef8.cloudfront.net/a%2Fb/../c", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := uri(client), "/a%2Fb/../c"; got != want {
		t.Errorf("a request of net/http asks for %s, want %s", got, want)
	}
}
